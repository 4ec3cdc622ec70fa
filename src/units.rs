//! The units that people write, and the one table that turns them into the engine's.
//!
//! Engine units are the micrometre, the microsecond and the picogram (temperatures stay in degrees
//! Celsius, angles in radians). A value is text with its unit, `"8 um"`; a bare number is an error that
//! names the units it would take. `µ` may be written u or either micro sign, `·` may be a point, a star or a space,
//! and white space within a unit does not matter.
//!
//! ```
//! use buffycoat::units::{Dimension, parse};
//! assert_eq!(parse("1.077 g/mL", Dimension::Density)?, 1.077);
//! assert_eq!(parse("65mm", Dimension::Length)?, 65_000.0);
//! let wrong = parse("8 mL", Dimension::Length).unwrap_err();
//! assert_eq!(wrong.to_string(), "`8 mL` is a volume; a length is needed, e.g. um, nm, mm");
//! # Ok::<(), buffycoat::units::UnitError>(())
//! ```

use crate::constants::{MICROLITRE, MILLILITRE, RPM, SECOND};

/// What kind of quantity a value is. The engine's unit is given for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Length [um].
    Length,
    /// Time [us].
    Time,
    /// Volume [um3].
    Volume,
    /// Mass [pg].
    Mass,
    /// Mass per volume [pg/um3 = g/mL].
    Density,
    /// Dynamic viscosity [pg/(um us) = mPa s].
    Viscosity,
    /// Temperature [degC].
    Temperature,
    /// Share of a whole [1].
    Fraction,
    /// Cells per volume [1/um3].
    Concentration,
    /// Volume per time [um3/us].
    FlowRate,
    /// Distance per time [um/us = m/s].
    Velocity,
    /// Speed of a rotor [rad/us].
    RotorSpeed,
    /// Relative centrifugal force: acceleration over standard gravity [1].
    CentrifugalForce,
    /// Plane angle [rad].
    Angle,
}

/// One row of the table of units.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    /// Spellings, the preferred one first.
    pub symbols: &'static [&'static str],
    /// What it measures.
    pub dimension: Dimension,
    /// Engine units in one of it.
    pub factor: f64,
    /// Added after the factor; only temperatures have one.
    pub offset: f64,
}

impl Unit {
    /// `number` of this unit in engine units, rounded as well as it can be: 1005 kg/m3 are exactly 1.005 g/mL,
    /// which 1005 times 1e-3 is not.
    pub fn to_engine(&self, number: f64) -> f64 {
        let inverse = (1.0 / self.factor).round();
        if inverse > 1.0 && (inverse * self.factor - 1.0).abs() < 1e-15 {
            number / inverse + self.offset
        } else {
            number * self.factor + self.offset
        }
    }
}

const fn unit(dimension: Dimension, factor: f64, symbols: &'static [&'static str]) -> Unit {
    Unit {
        symbols,
        dimension,
        factor,
        offset: 0.0,
    }
}

/// Every unit that is understood, the handiest of each dimension first.
pub const UNITS: &[Unit] = {
    use Dimension::*;
    const MINUTE: f64 = 60.0 * SECOND;
    const HOUR: f64 = 3600.0 * SECOND;
    &[
        unit(Length, 1.0, &["um"]),
        unit(Length, 1e-3, &["nm"]),
        unit(Length, 1e3, &["mm"]),
        unit(Length, 1e4, &["cm"]),
        unit(Length, 1e6, &["m"]),
        unit(Time, SECOND, &["s", "sec"]),
        unit(Time, MINUTE, &["min"]),
        unit(Time, HOUR, &["h", "hr"]),
        unit(Time, 1e3, &["ms"]),
        unit(Time, 1.0, &["us"]),
        unit(Time, 24.0 * HOUR, &["d"]),
        unit(Volume, MILLILITRE, &["mL", "ml", "cm3"]),
        unit(Volume, MICROLITRE, &["uL", "ul", "mm3"]),
        unit(Volume, 1e3 * MILLILITRE, &["L", "l"]),
        unit(Volume, 1.0, &["fL", "fl", "um3"]),
        unit(Mass, 1e12, &["g"]),
        unit(Mass, 1e9, &["mg"]),
        unit(Mass, 1e15, &["kg"]),
        unit(Mass, 1.0, &["pg"]),
        unit(Density, 1.0, &["g/mL", "g/ml", "g/cm3", "kg/L", "pg/um3"]),
        unit(Density, 1e-3, &["kg/m3", "g/L", "g/l", "mg/mL"]),
        unit(Viscosity, 1.0, &["mPa s", "cP"]),
        unit(Viscosity, 1e3, &["Pa s"]),
        unit(Temperature, 1.0, &["degC", "°C", "C"]),
        Unit {
            symbols: &["K"],
            dimension: Temperature,
            factor: 1.0,
            offset: -273.15,
        },
        unit(Fraction, 1e-2, &["%", "vol%"]),
        unit(Fraction, 1.0, &["L/L", "mL/mL"]),
        unit(Concentration, 1.0 / MICROLITRE, &["/uL", "/ul", "/mm3"]),
        unit(Concentration, 1.0 / MILLILITRE, &["/mL", "/ml"]),
        unit(Concentration, 1e-15, &["/L", "/l"]),
        unit(Concentration, 1e-6, &["x10^9/L", "10^9/L", "G/L"]),
        unit(
            Concentration,
            1e-3,
            &["x10^12/L", "10^12/L", "x10^6/uL", "10^6/uL", "T/L"],
        ),
        unit(Concentration, 1e-6, &["x10^3/uL", "10^3/uL", "K/uL"]),
        unit(FlowRate, MILLILITRE / MINUTE, &["mL/min", "ml/min"]),
        unit(FlowRate, MILLILITRE / HOUR, &["mL/h", "ml/h"]),
        unit(FlowRate, MILLILITRE / SECOND, &["mL/s", "ml/s"]),
        unit(FlowRate, MICROLITRE / MINUTE, &["uL/min", "ul/min"]),
        unit(FlowRate, 1e3 * MILLILITRE / HOUR, &["L/h", "l/h"]),
        unit(Velocity, 1e-6, &["um/s"]),
        unit(Velocity, 1e-3, &["mm/s"]),
        unit(Velocity, 1e3 / HOUR, &["mm/h"]),
        unit(Velocity, 1.0, &["m/s"]),
        unit(RotorSpeed, RPM, &["rpm", "RPM", "rev/min", "/min"]),
        unit(RotorSpeed, 1.0 / SECOND, &["rad/s"]),
        unit(CentrifugalForce, 1.0, &["x g", "g", "RCF", "rcf"]),
        unit(Angle, std::f64::consts::PI / 180.0, &["deg", "°"]),
        unit(Angle, 1.0, &["rad"]),
    ]
};

impl Dimension {
    /// Its name with the article: "a length".
    pub fn name(self) -> &'static str {
        match self {
            Self::Length => "a length",
            Self::Time => "a time",
            Self::Volume => "a volume",
            Self::Mass => "a mass",
            Self::Density => "a density",
            Self::Viscosity => "a viscosity",
            Self::Temperature => "a temperature",
            Self::Fraction => "a fraction",
            Self::Concentration => "a concentration",
            Self::FlowRate => "a flow rate",
            Self::Velocity => "a velocity",
            Self::RotorSpeed => "a rotor speed",
            Self::CentrifugalForce => "a relative centrifugal force",
            Self::Angle => "an angle",
        }
    }

    /// The units it may be written in, handiest first.
    pub fn units(self) -> impl Iterator<Item = &'static Unit> {
        UNITS.iter().filter(move |u| u.dimension == self)
    }

    /// Every accepted spelling of those units.
    pub fn symbols(self) -> impl Iterator<Item = &'static str> {
        self.units().flat_map(|u| u.symbols.iter().copied())
    }

    /// The first few units, for messages: "um, nm, mm".
    pub fn examples(self) -> String {
        let first: Vec<&str> = self
            .units()
            .filter_map(|u| u.symbols.first().copied())
            .take(3)
            .collect();
        first.join(", ")
    }

    /// The handiest unit, for messages.
    pub fn handiest(self) -> &'static str {
        self.symbols().next().unwrap_or("")
    }
}

/// A value in engine units, with what it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// Value [engine units].
    pub value: f64,
    /// What it measures.
    pub dimension: Dimension,
}

/// Why a piece of text is not the quantity that is needed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {needed}")]
pub struct UnitError {
    /// What is wrong with the text: "`8 mL` is a volume".
    pub what: String,
    /// What would be right: "a length is needed, e.g. um, nm, mm".
    pub needed: String,
}

/// Reads `text` as a quantity of `wanted` dimension; the result is in engine units.
///
/// # Errors
/// [`UnitError`] if there is no number, no unit, an unknown unit, one of another dimension, or the number
/// is not finite.
pub fn parse(text: &str, wanted: Dimension) -> Result<f64, UnitError> {
    parse_any(text, &[wanted]).map(|q| q.value)
}

/// Reads `text` as a quantity of one of the dimensions in `wanted`, tried in order: where a rotor speed or
/// a centrifugal force is wanted, "200 g" is a force, elsewhere a mass.
///
/// # Errors
/// As [`parse`].
pub fn parse_any(text: &str, wanted: &[Dimension]) -> Result<Quantity, UnitError> {
    let shown = text.trim();
    let error = |what: String| UnitError {
        what,
        needed: needed(wanted),
    };
    let plain = plain(text);
    let (number, symbol) = split(&plain);
    let Some(number) = number else {
        return Err(error(if shown.is_empty() {
            "there is nothing here".into()
        } else {
            format!("`{shown}` does not begin with a number")
        }));
    };
    if !number.is_finite() {
        return Err(error(format!("`{shown}` is not finite")));
    }
    if symbol.is_empty() {
        return Err(error(format!("`{shown}` has no unit")));
    }
    let known = |d: Option<Dimension>| {
        UNITS
            .iter()
            .find(|u| d.is_none_or(|d| u.dimension == d) && u.symbols.iter().any(|s| squeeze(s) == symbol))
    };
    if let Some(u) = wanted.iter().find_map(|d| known(Some(*d))) {
        let value = u.to_engine(number);
        if !value.is_finite() {
            return Err(error(format!("`{shown}` is too large")));
        }
        if u.dimension == Dimension::Temperature && value < -273.15 {
            return Err(error(format!("`{shown}` is below absolute zero")));
        }
        return Ok(Quantity {
            value,
            dimension: u.dimension,
        });
    }
    Err(match known(None) {
        Some(u) => error(format!("`{shown}` is {}", u.dimension.name())),
        None if symbol.starts_with(',') => error(format!("`{shown}` has a decimal comma; write a point")),
        None => error(format!("`{symbol}` is not a unit known here")),
    })
}

/// "a length is needed, e.g. um, nm, mm".
pub fn needed(wanted: &[Dimension]) -> String {
    let names: Vec<&str> = wanted.iter().map(|d| d.name()).collect();
    let examples: Vec<String> = wanted.iter().map(|d| d.examples()).collect();
    format!("{} is needed, e.g. {}", names.join(" or "), examples.join(", "))
}

/// One spelling for the several signs of one thing.
fn plain(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| match c {
            '\u{b5}' | '\u{3bc}' => 'u',
            '\u{d7}' => 'x',
            '\u{2212}' => '-',
            '\u{b3}' => '3',
            c => c,
        })
        .collect()
}

/// A unit without what does not matter in it: white space and signs of multiplication.
fn squeeze(symbol: &str) -> String {
    let s: String = symbol
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '\u{b7}' | '\u{22c5}' | '*'))
        .collect();
    // "2000 cells/uL" and "2000 1/uL" are "2000 /uL"
    let bare = s.strip_prefix("cells").or_else(|| s.strip_prefix('1'));
    match bare {
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        _ => s,
    }
}

/// The number that `text` begins with, and the rest without insignificant signs.
fn split(text: &str) -> (Option<f64>, String) {
    let bytes = text.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut end = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut any = false;
    while digit(end) || (bytes.get(end) == Some(&b'_') && any && digit(end + 1)) {
        any |= digit(end);
        end += 1;
    }
    if bytes.get(end) == Some(&b'.') && (any || digit(end + 1)) {
        end += 1;
        while digit(end) || (bytes.get(end) == Some(&b'_') && digit(end + 1)) {
            any = true;
            end += 1;
        }
    }
    if any && matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if digit(end + 1 + sign) {
            end += 1 + sign;
            while digit(end) {
                end += 1;
            }
        }
    }
    let (number, rest) = text.split_at(end);
    let number = if any {
        number.replace('_', "").parse().ok()
    } else {
        None
    };
    (number, squeeze(rest))
}

/// Shows a value of `dimension` [engine units] in a unit that gives a readable number: "65 mm".
pub fn show(value: f64, dimension: Dimension) -> String {
    use Dimension::*;
    let ladder: &[&str] = match dimension {
        Length => &["nm", "um", "mm", "m"],
        Time => &["us", "ms", "s", "min", "h", "d"],
        Volume => &["fL", "uL", "mL", "L"],
        Mass => &["pg", "mg", "g", "kg"],
        Density => &["g/mL"],
        Viscosity => &["mPa s"],
        Temperature => &["degC"],
        Fraction => &["%"],
        Concentration => &["/uL"],
        FlowRate => &["mL/min"],
        Velocity => &["um/s", "mm/s"],
        RotorSpeed => &["rpm"],
        CentrifugalForce => &["x g"],
        Angle => &["deg"],
    };
    let rung = |s: &str| {
        UNITS
            .iter()
            .find(|u| u.dimension == dimension && u.symbols.contains(&s))
            .map_or(1.0, |u| u.factor)
    };
    // the first unit whatever its size, then each larger one that leaves at least one (two minutes, not 120 s)
    let mut chosen = ladder.first().copied().unwrap_or("");
    for s in ladder.iter().skip(1) {
        let least = if matches!(*s, "min" | "h" | "d") { 2.0 } else { 1.0 };
        if value.abs() >= least * rung(s) * (1.0 - 1e-12) {
            chosen = s;
        }
    }
    if value == 0.0 {
        chosen = ["mm", "s", "mL"]
            .into_iter()
            .find(|s| ladder.contains(s))
            .unwrap_or(chosen);
    }
    format!("{} {chosen}", digits(value / rung(chosen), 4))
}

/// `x` with `n` significant digits, without trailing zeros; powers of ten where they are shorter.
pub fn digits(x: f64, n: usize) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let exponent = x.abs().log10().floor() as i32;
    if !(-4..=8).contains(&exponent) {
        return format!("{:.*e}", n.saturating_sub(1), x);
    }
    let decimals = (n as i32 - 1 - exponent).max(0) as usize;
    let s = format!("{x:.decimals$}");
    if s.contains('.') {
        s.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        s
    }
}

#[cfg(test)]
mod tests {
    use super::Dimension::*;
    use super::*;

    /// By hand, from the definitions of the units.
    #[test]
    #[expect(
        clippy::approx_constant,
        reason = "1.57 rad is a quarter turn to three digits, not PI/2"
    )]
    fn values() {
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
        for (text, dimension, expected) in [
            ("8 um", Length, 8.0),
            ("8um", Length, 8.0),
            ("8 \u{b5}m", Length, 8.0),
            ("8\u{3bc}m", Length, 8.0),
            (" 1.4e1 mm ", Length, 14e3),
            ("1_000.5 nm", Length, 1.0005),
            (".5 mm", Length, 500.0),
            ("5. mm", Length, 5000.0),
            ("30 s", Time, 30e6),
            ("12 min", Time, 720e6),
            ("1 h", Time, 3600e6),
            ("1.077 g/mL", Density, 1.077),
            ("1026 kg/m3", Density, 1.026),
            ("1026 kg/m\u{b3}", Density, 1.026),
            ("1.24 mPa s", Viscosity, 1.24),
            ("1.24 mPa.s", Viscosity, 1.24),
            ("1.24 mPa\u{b7}s", Viscosity, 1.24),
            ("1.24 mPas", Viscosity, 1.24),
            ("1.24cP", Viscosity, 1.24),
            ("37 degC", Temperature, 37.0),
            ("37 \u{b0}C", Temperature, 37.0),
            ("273.15 K", Temperature, 0.0),
            ("42 %", Fraction, 0.42),
            ("0.42 L/L", Fraction, 0.42),
            ("250000 /uL", Concentration, 250_000e-9),
            ("250_000 cells/\u{b5}L", Concentration, 250_000e-9),
            ("2e9 /L", Concentration, 2e-6),
            ("250 x10^9/L", Concentration, 250e-6),
            ("4.7 10^12/L", Concentration, 4.7e-3),
            ("12 mL/min", FlowRate, 2e5),
            ("1500 rpm", RotorSpeed, 1500.0 * std::f64::consts::TAU / 60e6),
            ("100 rad/s", RotorSpeed, 1e-4),
            ("1500 x g", CentrifugalForce, 1500.0),
            ("1500 \u{d7} g", CentrifugalForce, 1500.0),
            ("400 xg", CentrifugalForce, 400.0),
            ("200 g", CentrifugalForce, 200.0),
            ("200 RCF", CentrifugalForce, 200.0),
            ("2 g", Mass, 2e12),
            ("180 deg", Angle, std::f64::consts::PI),
            ("1.57 rad", Angle, 1.57),
            ("3.6 mm/h", Velocity, 1e-6),
            ("-3 mm", Length, -3000.0),
        ] {
            let got = parse(text, dimension);
            assert!(
                got.as_ref()
                    .is_ok_and(|g| close(*g, expected) || (*g - expected).abs() < 1e-12 && expected == 0.0),
                "{text}: {got:?} instead of {expected}"
            );
        }
    }

    #[test]
    fn refusals() {
        for (text, dimension, message) in [
            (
                "8 mL",
                Length,
                "`8 mL` is a volume; a length is needed, e.g. um, nm, mm",
            ),
            (
                "8",
                Length,
                "`8` has no unit; a length is needed, e.g. um, nm, mm",
            ),
            (
                "um",
                Length,
                "`um` does not begin with a number; a length is needed, e.g. um, nm, mm",
            ),
            (
                "",
                Time,
                "there is nothing here; a time is needed, e.g. s, min, h",
            ),
            (
                "nan s",
                Time,
                "`nan s` does not begin with a number; a time is needed, e.g. s, min, h",
            ),
            (
                "1e999 s",
                Time,
                "`1e999 s` is not finite; a time is needed, e.g. s, min, h",
            ),
            (
                "1e308 h",
                Time,
                "`1e308 h` is too large; a time is needed, e.g. s, min, h",
            ),
            (
                "5,56 um",
                Length,
                "`5,56 um` has a decimal comma; write a point; a length is needed, e.g. um, nm, mm",
            ),
            (
                "3 furlong",
                Length,
                "`furlong` is not a unit known here; a length is needed, e.g. um, nm, mm",
            ),
            (
                "200 g",
                Density,
                "`200 g` is a mass; a density is needed, e.g. g/mL, kg/m3",
            ),
            (
                "-1 K",
                Temperature,
                "`-1 K` is below absolute zero; a temperature is needed, e.g. degC, K",
            ),
        ] {
            assert_eq!(
                parse(text, dimension).map_err(|e| e.to_string()),
                Err(message.to_owned())
            );
        }
        let both = parse_any("3 mm", &[RotorSpeed, CentrifugalForce]).map_err(|e| e.to_string());
        assert_eq!(
            both,
            Err(
                "`3 mm` is a length; a rotor speed or a relative centrifugal force is needed, e.g. \
                 rpm, rad/s, x g"
                    .to_owned()
            )
        );
    }

    /// No spelling may stand for two units of one dimension, or the order of the table would decide.
    #[test]
    fn spellings_are_unambiguous() {
        for (i, a) in UNITS.iter().enumerate() {
            for b in &UNITS[i + 1..] {
                for s in a.symbols {
                    assert!(
                        a.dimension != b.dimension || b.symbols.iter().all(|t| squeeze(t) != squeeze(s)),
                        "{s}"
                    );
                }
            }
        }
    }

    #[test]
    fn shown() {
        assert_eq!(show(65e3, Length), "65 mm");
        assert_eq!(show(0.05, Length), "50 nm");
        assert_eq!(show(720e6, Time), "12 min");
        assert_eq!(show(90e6, Time), "90 s");
        assert_eq!(show(10.006e12, Volume), "10.01 mL");
        assert_eq!(show(0.42, Fraction), "42 %");
        assert_eq!(show(0.0, Length), "0 mm");
        assert_eq!(digits(0.979_4e-7, 3), "9.79e-8");
        assert_eq!(digits(1234.5, 3), "1234");
    }

    proptest::proptest! {
        /// Whatever is typed, there is an answer; and a finite one.
        #[test]
        fn never_panics(text in "\\PC{0,24}|[0-9._eE+-]{0,12} ?[a-zA-Z/%µμ°^0-9 ]{0,8}") {
            for u in UNITS {
                if let Ok(x) = parse(&text, u.dimension) {
                    proptest::prop_assert!(x.is_finite());
                }
            }
        }
    }
}
