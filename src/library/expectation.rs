//! What a validation case gives and expects: numbers with their units and tolerances.

use super::{Expected, Tolerance};
use crate::units::{self, Dimension, UnitError};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};

/// Units of the cases that are no unit of a scene: scales of a theory, and quantities that no scene has.
const OWN_UNITS: &[&str] = &[
    "",
    // velocity of one cell alone, height of the column, initial concentration, radii of a wire
    "v0",
    "H",
    "H/v0",
    "c0",
    "radii",
    // svedbergs, k-factors, rates, diffusion coefficients, powers of ten
    "S",
    "h S",
    "1/s",
    "m2/s",
    "log10",
    // amounts of substance, doses, a slope
    "mol/mol",
    "mg/kg/min",
    "mg/kg/h",
    "% per mm/h",
];

/// A number of the set-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Its name in the case.
    pub of: String,
    /// The number, in `unit`.
    pub value: f64,
    /// Its unit; empty for a plain number.
    #[serde(default)]
    pub unit: String,
}

/// One thing that should come out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Its name in the case, with numbers of the set-up in braces.
    pub of: String,
    /// The name with these numbers in their places.
    #[serde(skip)]
    pub label: String,
    /// The value, in `unit`, where one is known.
    pub value: Option<f64>,
    /// The lower limit, in `unit`.
    pub low: Option<f64>,
    /// The upper limit, in `unit`.
    pub high: Option<f64>,
    /// Error or standard deviation that the source states, in `unit`.
    pub spread: Option<f64>,
    /// Unit of the numbers; empty for plain ones.
    #[serde(default)]
    pub unit: String,
    /// What is no number.
    pub told: Option<String>,
    /// How near it should come, where that differs from the rest of the case.
    pub tolerance: Option<Margin>,
    /// Why a case that is run leaves it out.
    pub not_compared: Option<String>,
    /// Why the model is known to miss it: the likely cause.
    pub missed: Option<String>,
}

/// How near the results should come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Margin {
    /// By this share of what is expected.
    Relative(f64),
    /// By so much.
    Absolute {
        /// How much, in `unit`.
        value: f64,
        /// Its unit, which is that of what is expected; empty for a plain number.
        #[serde(default)]
        unit: String,
    },
    /// By this factor, either way.
    Factor(f64),
    /// Inside of the limits that are expected.
    Range,
    /// In words.
    Told(String),
}

impl Given {
    /// The number in engine units.
    ///
    /// # Errors
    /// [`UnitError`] if it is no quantity of this dimension.
    pub fn read(&self, dimension: Dimension) -> Result<f64, UnitError> {
        units::parse(&format!("{} {}", self.value, self.unit), dimension)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        finite(self.value)
            .and(known(&self.unit))
            .map_err(|e| format!("given `{}`: {e}", self.of))
    }
}

impl Expectation {
    /// What the engine's result can be compared with; none for words and for a single limit.
    pub fn expected(&self) -> Option<Expected> {
        match (self.value, self.low, self.high) {
            (Some(x), ..) => Some(Expected::Value(x)),
            (None, Some(a), Some(b)) => Some(Expected::Band(a, b)),
            _ => None,
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let numbers = [self.value, self.low, self.high, self.spread];
        let form = match (self.value, self.low, self.high) {
            (Some(_), None, None) => Ok(()),
            (None, Some(a), Some(b)) if a > b => Err(format!("`low = {a}` lies above `high = {b}`")),
            (None, Some(_), _) | (None, _, Some(_)) => Ok(()),
            (None, None, None) if self.told.is_none() => Err("there is neither a number nor `told`".into()),
            (None, None, None) if self.spread.is_some() || !self.unit.is_empty() => {
                Err("there is no number for its `spread` or `unit`".into())
            }
            (None, None, None) => Ok(()),
            (Some(_), ..) => Err("`value` does not go with `low` or `high`".into()),
        };
        let form = form.and(match (&self.missed, &self.not_compared) {
            (Some(_), Some(_)) => Err("what is not compared cannot be missed".to_owned()),
            (Some(_), None) if self.expected().is_none() => Err("there is no number to miss".into()),
            _ => Ok(()),
        });
        let margin = match &self.tolerance {
            Some(Margin::Absolute { unit, .. }) if *unit != self.unit => Err(format!(
                "the tolerance is in `{unit}`, the number in `{}`",
                self.unit
            )),
            Some(margin) => margin.check(),
            None => Ok(()),
        };
        form.and(numbers.into_iter().flatten().try_for_each(finite))
            .and(known(&self.unit))
            .and(margin)
            .map_err(|e| format!("expected `{}`: {e}", self.of))
    }
}

impl Margin {
    /// What the engine's result in `unit` is held to; none for a factor, for words and for another unit.
    pub fn tolerance(&self, unit: &str) -> Option<Tolerance> {
        match self {
            Self::Relative(t) => Some(Tolerance::Relative(*t)),
            Self::Absolute { value, unit: own } => (own == unit).then_some(Tolerance::Absolute(*value)),
            Self::Range => Some(Tolerance::Absolute(0.0)),
            Self::Factor(_) | Self::Told(_) => None,
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let least = |x: f64, least: f64| match x.is_finite() && x >= least {
            true => Ok(()),
            false => Err(format!("a tolerance cannot be {x}")),
        };
        match self {
            Self::Relative(t) => least(*t, 0.0),
            Self::Absolute { value, unit } => least(*value, 0.0).and(known(unit)),
            Self::Factor(f) => least(*f, 1.0),
            Self::Range | Self::Told(_) => Ok(()),
        }
    }
}

/// With its unit: "2.3 um".
impl Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&with_unit(number(self.value), &self.unit))
    }
}

/// For people: "recovery of CD34+ cells: 81.7 +- 6 %".
impl Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = match (self.value, self.low, self.high) {
            (Some(x), ..) => Some(number(x)),
            (None, Some(a), Some(b)) => Some(format!("{} to {}", number(a), number(b))),
            (None, Some(a), None) => Some(format!("more than {}", number(a))),
            (None, None, Some(b)) => Some(format!("less than {}", number(b))),
            (None, None, None) => None,
        };
        let spread = self
            .spread
            .map_or(String::new(), |s| format!(" +- {}", number(s)));
        let amount = amount.map(|a| with_unit(a + &spread, &self.unit));
        let told = self.told.as_deref();
        let own = self.tolerance.as_ref().map(|t| match t {
            Margin::Told(text) => text.clone(),
            margin => format!("within {margin}"),
        });
        write!(f, "{}: ", self.label)?;
        let aside: Vec<&str> = match &amount {
            Some(amount) => {
                f.write_str(amount)?;
                told.into_iter().chain(own.as_deref()).collect()
            }
            None => {
                f.write_str(told.unwrap_or_default())?;
                own.as_deref().into_iter().collect()
            }
        };
        if aside.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", aside.join("; "))
    }
}

/// To follow "within": "0.1 %", "8 percentage points", "a factor of 2".
impl Display for Margin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relative(t) => write!(f, "{} %", units::digits(100.0 * t, 3)),
            Self::Absolute { value, unit } if unit == "%" => {
                write!(f, "{} percentage points", number(*value))
            }
            Self::Absolute { value, unit } => f.write_str(&with_unit(number(*value), unit)),
            Self::Factor(x) => write!(f, "a factor of {}", number(*x)),
            Self::Range => f.write_str("the limits"),
            Self::Told(text) => f.write_str(text),
        }
    }
}

fn with_unit(number: String, unit: &str) -> String {
    match unit {
        "" => number,
        unit => format!("{number} {unit}"),
    }
}

/// All digits of a number, with a power of ten where it is very large or small.
fn number(x: f64) -> String {
    if x == 0.0 || (1e-3..1e6).contains(&x.abs()) {
        x.to_string()
    } else {
        format!("{x:e}")
    }
}

fn finite(x: f64) -> Result<(), String> {
    match x.is_finite() {
        true => Ok(()),
        false => Err(format!("{x} is not finite")),
    }
}

fn known(unit: &str) -> Result<(), String> {
    match OWN_UNITS.contains(&unit) || units::dimension_of(unit).is_some() {
        true => Ok(()),
        false => Err(format!("there is no unit `{unit}`")),
    }
}
