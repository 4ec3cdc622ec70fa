//! The units that people write, read by one grammar.
//!
//! A value is text with its unit, `"8 um"`; a bare number is an error that names the units it would take. A unit is made of symbols
//! or words with their prefixes (`um`, `micrometre`), powers (`cm3`, `cm^3`, `cm\u{b3}`, `cubic cm`), products and quotients. White
//! space within it does not matter. Several terms make a time: `"1 h 30 min"`. What can be read in two ways is refused, with both
//! readings ([`UnitError::meant`]).
//!
//! Engine units are the micrometre, the microsecond and the picogram (temperatures stay in degrees Celsius, angles in radians).
//!
//! ```
//! use buffycoat::units::{Dimension, parse};
//! assert_eq!(parse("1077 kg/m^3", Dimension::Density)?, 1.077);
//! assert_eq!(parse("65mm", Dimension::Length)?, 65_000.0);
//! assert_eq!(parse("1 h 30 min", Dimension::Time)?, 5.4e9);
//! let wrong = parse("8 mL", Dimension::Length).unwrap_err();
//! assert_eq!(wrong.to_string(), "`8 mL` is a volume; a length is needed, e.g. um, nm, mm");
//! let unsure = parse("1,500 x g", Dimension::CentrifugalForce).unwrap_err();
//! assert_eq!(unsure.meant, ["1500 x g", "1.5 x g"]);
//! # Ok::<(), buffycoat::units::UnitError>(())
//! ```

mod atoms;
mod duration;
mod expression;
mod likely;
mod number;
mod show;
mod suggest;
mod table;
mod text;

pub use likely::{likely, other_units, slips, units_for};
pub use show::{
    clock, counted, decimals, digits, grouped, per_second, rough_clock, rounded, show, significant, stretch,
};
pub use table::Dimension;

use crate::constants::RPM;
use expression::{Fault, Meaning};
use number::{Number, Start};
use table::{Fit, fit};
use text::{phrase, plain, scale};

/// A value in engine units, with what it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// Value [engine units].
    pub value: f64,
    /// What it measures.
    pub dimension: Dimension,
}

/// Why a piece of text is not the quantity that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitError {
    /// What is wrong with the text: "`8 mL` is a volume".
    pub what: String,
    /// What would be right: "a length is needed, e.g. um, nm, mm".
    pub needed: String,
    /// What may have been meant, each in full and accepted: "1500 x g", "1.5 x g".
    pub meant: Vec<String>,
}

impl UnitError {
    /// What to write instead: "did you mean \"8 um\"?".
    pub fn advice(&self) -> Option<String> {
        advice(&self.meant)
    }
}

impl std::fmt::Display for UnitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.what, self.needed)?;
        match self.advice() {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnitError {}

/// What to write where any of `readings` may have been meant.
pub fn advice(readings: &[String]) -> Option<String> {
    match readings {
        [] => None,
        [one] => Some(format!("did you mean \"{one}\"?")),
        [all @ .., last] => {
            let all: Vec<String> = all.iter().map(|r| format!("\"{r}\"")).collect();
            Some(format!(
                "write {} or \"{last}\", whichever is meant",
                all.join(", ")
            ))
        }
    }
}

/// Reads `text` as a quantity of `wanted` dimension; the result is in engine units.
///
/// # Errors
/// [`UnitError`] if there is not a number, no unit, an unknown unit or one of another dimension, if the number is not finite, or if it
/// or the unit can be read in two ways.
pub fn parse(text: &str, wanted: Dimension) -> Result<f64, UnitError> {
    parse_any(text, &[wanted]).map(|q| q.value)
}

/// Reads `text` as a quantity of one of the dimensions in `wanted`, tried in order: where a rotor speed or
/// a centrifugal force is wanted, "200 g" is a force, elsewhere a mass. "1.500 x g" is refused, with both readings: people write whole
/// numbers of this unit, and some of them with a point between groups of digits.
///
/// # Errors
/// As [`parse`].
pub fn parse_any(text: &str, wanted: &[Dimension]) -> Result<Quantity, UnitError> {
    read(text, wanted, &|one, number, _| {
        number.ends_with('0') && one.whole_numbers()
    })
}

/// As [`parse_any`], for a key of which it is known what is plausible: "1.375 rpm" is refused where 1375 rpm are `plausible`, and is
/// 1.375 rpm where they are not.
///
/// # Errors
/// As [`parse`].
pub fn parse_judged(
    text: &str,
    wanted: &[Dimension],
    plausible: &dyn Fn(Quantity) -> bool,
) -> Result<Quantity, UnitError> {
    read(text, wanted, &|_, _, grouped| plausible(grouped))
}

/// `grouped` says whether the number whose digits are given may have a point between groups of digits, which makes it the quantity.
fn read(
    text: &str,
    wanted: &[Dimension],
    grouped: &dyn Fn(&One, &str, Quantity) -> bool,
) -> Result<Quantity, UnitError> {
    let shown = text.trim();
    let error = |what: String, meant: Vec<String>| UnitError {
        what,
        needed: needed(wanted),
        meant,
    };
    let refused = |what: &str| error(format!("`{shown}` {what}"), Vec::new());
    let plain = plain(text);
    if plain.is_empty() {
        return Err(error("there is nothing here".into(), Vec::new()));
    }
    if let Some(turned) = suggest::unit_first(&plain, wanted) {
        return read(&turned, wanted, grouped);
    }
    // what may have been meant is told only if it would be taken
    let unsure = |what: &str, mut readings: Vec<String>| {
        readings.retain(|r| r != shown && read(r, wanted, grouped).is_ok());
        error(format!("`{shown}` {what}"), readings)
    };
    if wanted.contains(&Dimension::Time) {
        match duration::read(&plain) {
            Some(Ok(value)) => {
                return Ok(Quantity {
                    value,
                    dimension: Dimension::Time,
                });
            }
            Some(Err(readings)) => return Err(unsure("is not certain", readings)),
            None => {}
        }
    }
    let number = match number::start(&plain) {
        Start::Number(number) => number,
        Start::Unsure(what, numbers, rest) => {
            let all = numbers.iter().map(|n| format!("{n} {}", rest.trim())).collect();
            return Err(unsure(what, all));
        }
        Start::Nothing => return Err(refused("does not begin with a number")),
    };
    if !number.value().is_finite() {
        return Err(refused("is not finite"));
    }
    if let Some(what) = suggest::several(number.rest) {
        return Err(refused(what));
    }
    let unit = number.rest.trim();
    if unit.is_empty() {
        let mut meant = match number.groups() {
            Some([whole, part]) => vec![whole, part],
            None => vec![plain.clone()],
        };
        meant = meant.iter().flat_map(|n| likely::of(n, wanted)).collect();
        return Err(error(format!("`{shown}` has no unit"), meant));
    }
    let one = match resolve(unit, wanted) {
        Ok(one) => one,
        Err(Miss::Unsure(units)) => {
            let head = plain[..plain.len() - number.rest.len()].trim();
            let all = units.iter().map(|u| format!("{head} {u}")).collect();
            return Err(unsure("can be read in two ways", all));
        }
        Err(miss) => {
            let head = &plain[..plain.len() - number.rest.len()];
            let (what, meant) = suggest::miss(shown, head.trim(), unit, &miss, wanted);
            return Err(error(what, meant));
        }
    };
    let may_be_groups = |whole: &str| {
        let Start::Number(whole) = number::start(whole) else {
            return false;
        };
        let quantity = Quantity {
            value: one.engine(&whole),
            dimension: one.dimension,
        };
        grouped(&one, number.digits(), quantity)
    };
    if let Some(numbers) = number.groups().filter(|n| may_be_groups(&n[0])) {
        return Err(unsure(
            "can be read in two ways",
            numbers.map(|n| format!("{n} {unit}")).to_vec(),
        ));
    }
    let value = one.engine(&number);
    if !value.is_finite() {
        return Err(refused("is too large"));
    }
    if value == 0.0 && !number.is_zero() && one.scale.is_none() {
        return Err(refused("is too small"));
    }
    if one.dimension == Dimension::Temperature && value < -crate::constants::ICE_POINT {
        return Err(refused("is below absolute zero"));
    }
    Ok(Quantity {
        value,
        dimension: one.dimension,
    })
}

/// How much one of the unit `text` is in the engine's: 1000 for "mm". For tables whose header names the unit of a column.
///
/// # Errors
/// [`UnitError`] as [`parse`], for a unit alone. Of the temperatures only degrees Celsius have a factor.
pub fn unit_factor(text: &str, wanted: Dimension) -> Result<f64, UnitError> {
    let shown = text.trim();
    let error = |what: String, meant: Vec<String>| UnitError {
        what,
        needed: needed(&[wanted]),
        meant,
    };
    let plain = plain(text);
    if plain.is_empty() {
        return Err(error("there is no unit".into(), Vec::new()));
    }
    match resolve(&plain, &[wanted]) {
        Ok(one) if one.scale.is_none_or(|s| s == text::Scale::Celsius) => Ok(one.factor()),
        Ok(_) => Err(error(format!("`{shown}` has another zero"), vec!["degC".into()])),
        Err(Miss::Unsure(units)) => Err(error(
            format!("`{shown}` can be read in two ways"),
            units.iter().map(|u| (*u).to_owned()).collect(),
        )),
        Err(miss) => {
            let (what, meant) = suggest::miss(shown, "", &plain, &miss, &[wanted]);
            Err(error(what, meant))
        }
    }
}

/// The first dimension that the unit `text` fits; none if it is no unit.
pub fn dimension_of(text: &str) -> Option<Dimension> {
    Dimension::ALL.into_iter().find(|d| unit_factor(text, *d).is_ok())
}

/// Whether `text` is a number that has no unit.
pub fn is_number(text: &str) -> bool {
    matches!(number::start(&plain(text)), Start::Number(n) if n.rest.trim().is_empty())
}

/// "a length is needed, e.g. um, nm, mm".
fn needed(wanted: &[Dimension]) -> String {
    needed_in(wanted, |d| d.handy())
}

/// The same with the first three of the `units` of each dimension.
pub fn needed_in<U: AsRef<[&'static str]>>(wanted: &[Dimension], units: impl Fn(Dimension) -> U) -> String {
    let names: Vec<&str> = wanted.iter().map(|d| d.name()).collect();
    let examples: Vec<String> = wanted
        .iter()
        .map(|d| {
            let first: Vec<&str> = units(*d).as_ref().iter().copied().take(3).collect();
            first.join(", ")
        })
        .collect();
    format!("{} is needed, e.g. {}", names.join(" or "), examples.join(", "))
}

/// A unit that fits.
#[derive(Clone, Copy, Debug, PartialEq)]
struct One {
    dimension: Dimension,
    num: f64,
    den: f64,
    ten: i32,
    scale: Option<text::Scale>,
}

impl One {
    /// `number` of it in the engine's units, rounded as well as it can be: 1005 kg/m3 are exactly 1.005 g/mL, which 1005 times
    /// 1e-3 is not.
    fn engine(&self, number: &Number<'_>) -> f64 {
        match self.scale {
            Some(scale) => scale.celsius(number.value()),
            None => number.scaled(self.ten) * self.num / self.den,
        }
    }

    fn factor(&self) -> f64 {
        let ten: f64 = format!("1e{}", self.ten).parse().unwrap_or(f64::NAN);
        ten * self.num / self.den
    }

    /// Whether people write whole numbers of it, so that a point may be one between groups of digits.
    fn whole_numbers(&self) -> bool {
        let near = |x: f64| (self.factor() / x - 1.0).abs() < 1e-9;
        match self.dimension {
            Dimension::CentrifugalForce => true,
            Dimension::RotorSpeed => near(RPM),
            Dimension::Concentration => self.factor() < 1.5e-9,
            Dimension::FluxDensity => near(1e-4),
            _ => false,
        }
    }
}

/// Why a text is no unit of what is wanted.
#[derive(Clone, Debug)]
enum Miss {
    /// It may stand for any of these.
    Unsure(&'static [&'static str]),
    /// A unit of something else.
    Other(Meaning),
    /// A temperature.
    Temperature,
    /// Words that are not known, or none at all if it does not hold together.
    Unknown(Vec<String>),
}

/// The unit `text`, with plain signs, as one of the dimensions in `wanted`.
fn resolve(text: &str, wanted: &[Dimension]) -> Result<One, Miss> {
    let scale = scale(text);
    if let Some(scale) = scale.filter(|_| wanted.contains(&Dimension::Temperature)) {
        return Ok(One {
            dimension: Dimension::Temperature,
            num: 1.0,
            den: 1.0,
            ten: 0,
            scale: Some(scale),
        });
    }
    let text = phrase(text);
    // "x10^9/L" and "*10^9/L"
    let text = match text.strip_prefix(['x', 'X', '*']).map(str::trim_start) {
        Some(rest) if rest.starts_with("10") => rest,
        _ => text,
    };
    let readings = match expression::read(text) {
        Ok(readings) => readings,
        Err(_) if scale.is_some() => return Err(Miss::Temperature),
        Err(Fault::Words(words)) => return Err(Miss::Unknown(words)),
        Err(Fault::Form) => return Err(Miss::Unknown(Vec::new())),
    };
    for all in [&readings.strict, &readings.loose] {
        let fits = wanted
            .iter()
            .flat_map(|d| all.iter().map(move |m| (*d, fit(m, *d))));
        for (dimension, fit) in fits {
            match fit {
                Fit::No => {}
                Fit::Unsure(units) => return Err(Miss::Unsure(units)),
                Fit::Yes { num, den, ten } => {
                    return Ok(One {
                        dimension,
                        num,
                        den,
                        ten,
                        scale: None,
                    });
                }
            }
        }
    }
    Err(match readings.strict.into_iter().next() {
        _ if scale.is_some() => Miss::Temperature,
        Some(meaning) => Miss::Other(meaning),
        None => Miss::Unknown(Vec::new()),
    })
}

#[cfg(test)]
mod tests;
