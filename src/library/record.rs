//! What came of the validation cases when they were last run: `data/validation.json`, which `buffycoat validate --write` writes, and from
//! which VALIDATION.md is made.

use super::{LibraryError, damaged};
use crate::units::digits;
use serde::{Deserialize, Deserializer, Serialize};
use std::sync::LazyLock;

/// What should come out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Expected {
    /// This.
    Value(f64),
    /// Something between these two.
    Band(f64, f64),
}

/// How far off the measured value may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tolerance {
    /// As a share of what is expected.
    Relative(f64),
    /// In the unit of the quantity.
    Absolute(f64),
}

/// A comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What is compared.
    pub quantity: String,
    /// Its unit; empty for a ratio.
    pub unit: String,
    /// What should come out.
    pub expected: Expected,
    /// What came out.
    #[serde(deserialize_with = "number")]
    pub measured: f64,
    /// Standard error of `measured`, where chance enters.
    #[serde(rename = "standard_error")]
    pub uncertainty: Option<f64>,
    /// Distance from what is expected, 0 inside a band; a share of it if the tolerance is one.
    #[serde(deserialize_with = "number")]
    pub error: f64,
    /// How large `error` may be.
    pub tolerance: Tolerance,
    /// Whether it is no larger.
    pub passed: bool,
    /// True if the model was set from the expected value: that it comes out shows that the run does what it was set to, and is
    /// no prediction.
    #[serde(rename = "set_from_it")]
    pub set: bool,
    /// Why the model is known to miss it; none where it should come out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<String>,
}

/// A case that was run, on one device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Name in `data/cases.toml`.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// How it was measured.
    pub method: String,
    /// What came out.
    pub checks: Vec<Check>,
    /// The back-end on which it ran: `cpu`, `gpu`.
    pub backend: String,
    /// Its device, in words.
    pub device: String,
    /// Whether that is a processor that stands in for a graphics adapter.
    pub software_device: bool,
    /// Parcels of its largest run.
    pub parcels: usize,
    /// Grid cells of its finest run.
    pub layers: u32,
    /// Runs.
    pub runs: usize,
    /// Steps of all runs.
    pub steps: u64,
    /// Real time [s].
    pub seconds: f64,
    /// Where the expected values come from.
    pub source: String,
    /// What kind of reference it is: exact, experiment, ...
    pub kind: String,
    /// How well the reference is known.
    pub status: String,
    /// What else was seen, in sentences; empty if nothing.
    pub note: String,
}

/// What is not a number is written as null.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
}

impl Report {
    /// True if there are checks and all of them passed, those that the model was set from among them. What the model is known to miss does not
    /// count; VALIDATION.md says so.
    pub fn passed(&self) -> bool {
        !self.checks.is_empty()
            && self
                .checks
                .iter()
                .all(|c| c.passed || c.missed.is_some() && c.measured.is_finite())
    }
}

impl Check {
    /// What is compared, with its unit, and that the model was set from it where it was.
    pub fn title(&self) -> String {
        let set = if self.set { " (set from it)" } else { "" };
        let unit = match self.unit.as_str() {
            "" => String::new(),
            unit => format!(" [{unit}]"),
        };
        format!("{}{set}{unit}", self.quantity)
    }

    /// What came out, with its standard error where there is one.
    pub fn measured_text(&self) -> String {
        let value = digits(self.measured, 6);
        match self.uncertainty {
            Some(u) => format!("{value} +- {}", digits(u, 1)),
            None => value,
        }
    }
}

/// As a number or as both ends of a band.
impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value(x) => f.pad(&digits(*x, 7)),
            Self::Band(a, b) => f.pad(&format!("{} to {}", digits(*a, 7), digits(*b, 7))),
        }
    }
}

impl Tolerance {
    /// An error as it is compared with this: in per cent of what is expected, or in the unit of the quantity.
    pub fn spread(self, error: f64) -> String {
        match self {
            Self::Relative(_) => format!("{:.3} %", 100.0 * error),
            Self::Absolute(_) => digits(error, 2),
        }
    }
}

/// In per cent of what is expected, or in the unit of the quantity.
impl std::fmt::Display for Tolerance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Relative(t) => f.pad(&format!("{} %", digits(100.0 * t, 3))),
            Self::Absolute(t) => f.pad(&digits(*t, 3)),
        }
    }
}

/// The cases as they were last run, with all back-ends, in their order.
///
/// # Errors
/// [`LibraryError::Data`] if the embedded file is damaged.
pub fn recorded() -> Result<&'static [Report], LibraryError> {
    static ALL: LazyLock<Result<Vec<Report>, LibraryError>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../data/validation.json"))
            .map_err(|e| damaged("data/validation.json", e))
    });
    ALL.as_deref().map_err(Clone::clone)
}

/// What the models leave out, a paragraph each, with a few words in bold at its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Where the law of crowded cells is known to fail.
    pub blood: Vec<String>,
    /// What magnetic separators leave out.
    pub separators: Vec<String>,
}

/// What the models leave out: `data/limits.toml`.
///
/// # Errors
/// [`LibraryError::Data`] if the embedded file is damaged.
pub fn limits() -> Result<&'static Limits, LibraryError> {
    static ALL: LazyLock<Result<Limits, LibraryError>> = LazyLock::new(|| {
        toml::from_str(include_str!("../../data/limits.toml")).map_err(|e| damaged("data/limits.toml", e))
    });
    ALL.as_ref().map_err(Clone::clone)
}
