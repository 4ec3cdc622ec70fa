//! `data/beads.toml`: magnetic beads and labels. No scene uses them yet.

use super::{LibraryError, damaged};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A bead or label as it stands in the reference. Quantities keep their text and unit until something uses them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bead {
    /// Name for people.
    pub label: String,
    /// Diameter, with its unit.
    pub diameter: Option<String>,
    /// Spread of the diameter over its mean.
    pub diameter_cv: Option<f64>,
    /// Density, with its unit.
    pub density: Option<String>,
    /// Iron [mg/g].
    pub iron_mg_per_g: Option<f64>,
    /// Saturation magnetisation [A m2/kg].
    pub saturation_am2_per_kg: Option<f64>,
    /// Mass susceptibility [m3/kg].
    pub mass_susceptibility_m3_per_kg: Option<f64>,
    /// Moment or measured mobility, in words.
    pub moment_or_mobility: Option<String>,
    /// Beads per cell, in words.
    pub number_per_cell: Option<String>,
    /// Where it comes from.
    pub source: String,
    /// How well it is known, in words.
    pub status: String,
}

/// All beads by key.
///
/// # Errors
/// [`LibraryError::Data`] if the embedded file is damaged.
pub fn beads() -> Result<&'static BTreeMap<String, Bead>, LibraryError> {
    static ALL: LazyLock<Result<BTreeMap<String, Bead>, LibraryError>> = LazyLock::new(|| {
        toml::from_str(include_str!("../../data/beads.toml")).map_err(|e| damaged("data/beads.toml", e))
    });
    ALL.as_ref().map_err(Clone::clone)
}
