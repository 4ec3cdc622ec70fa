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

mod table;

pub use table::{Dimension, UNITS, Unit};

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
            '\u{b2}' => '2',
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
        FluxDensity => &["mT", "T"],
        FieldGradient => &["T/m"],
        MagneticMobility => &["m3 s/kg"],
        MagneticMoment => &["A m2"],
        BindingRate => &["L/(mol s)"],
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

/// A number of things, of which there may be one: "1 parcel", "2 parcels".
pub fn counted(n: impl std::fmt::Display, thing: &str) -> String {
    let n = n.to_string();
    let s = if n == "1" { "" } else { "s" };
    format!("{n} {thing}{s}")
}

#[cfg(test)]
mod tests;
