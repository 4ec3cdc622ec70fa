//! Units as other tools write them.

use super::Quantity;
use crate::units::{self, Dimension};

/// Spellings of files for what the unit table knows: (as files have it, as the table does), without white space.
const SPELT: &[(&str, &str)] = &[
    ("Tesla", "T"),
    ("tesla", "T"),
    ("Gauss", "G"),
    ("gauss", "G"),
    ("Gs", "G"),
    ("kGauss", "kG"),
    ("Oersted", "Oe"),
    ("Wb/m2", "T"),
    ("Wb/m^2", "T"),
    ("Am-1", "A/m"),
    ("Am^-1", "A/m"),
    ("meter", "m"),
    ("metre", "m"),
    ("meters", "m"),
    ("metres", "m"),
    ("micron", "um"),
    ("microns", "um"),
    ("millimeter", "mm"),
    ("millimetre", "mm"),
    ("ms^-1", "m/s"),
    ("ms-1", "m/s"),
    ("mms^-1", "mm/s"),
    ("cms^-1", "cm/s"),
];

/// What one of a unit is in the engine's.
pub(super) fn factor(unit: &str, dimension: Dimension) -> Option<f64> {
    let plain: String = unit.replace(['\u{b5}', '\u{3bc}'], "u");
    let tight: String = plain
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '\u{b7}' | '\u{22c5}'))
        .collect();
    let known = SPELT
        .iter()
        .find(|s| s.0 == tight)
        .map_or(tight.as_str(), |s| s.1);
    // "cm/s" is in no table yet
    if dimension == Dimension::Velocity && known == "cm/s" {
        return Some(1e-2);
    }
    units::parse(&format!("1 {known}"), dimension).ok()
}

/// Micrometres in one unit of length.
pub(super) fn length(unit: &str) -> Result<f64, String> {
    factor(unit, Dimension::Length).ok_or_else(|| format!("`{unit}` is not a unit of length; write e.g. mm"))
}

/// What one unit of the vectors is in the engine's.
pub(super) fn vector(unit: &str, quantity: &Quantity) -> Result<f64, String> {
    factor(unit, quantity.dimension).ok_or_else(|| {
        format!(
            "`{unit}` is not a unit of {}; write e.g. {}",
            quantity.name, quantity.unit
        )
    })
}
