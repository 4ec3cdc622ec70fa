//! `data/beads.toml`: magnetic beads and labels.

use super::{LibraryError, damaged, unknown};
use crate::magnets;
use crate::units::{self, Dimension};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A bead or label as it stands in the reference.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bead {
    /// Name for people.
    pub label: String,
    /// Diameter, with its unit.
    pub diameter: Option<String>,
    /// Standard deviation of the diameter over its mean [1].
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

/// The bead called `name`, with what the library says of it.
///
/// # Errors
/// [`LibraryError::Unknown`] if there is none, [`LibraryError::Unusable`] if its magnetisation is not known.
pub fn bead(name: &str) -> Result<(magnets::Bead, &'static Bead), LibraryError> {
    let all = beads()?;
    let Some(entry) = all.get(name) else {
        return Err(unknown("bead", name, all.keys().map(|k| (k.as_str(), &[][..]))));
    };
    Ok((entry.magnetic(name)?, entry))
}

impl Bead {
    /// As the engine takes it; `name` is for the error.
    ///
    /// # Errors
    /// [`LibraryError::Unusable`] if a number that it needs is not known, or cannot be.
    pub fn magnetic(&self, name: &str) -> Result<magnets::Bead, LibraryError> {
        let unusable = |why: String| LibraryError::Unusable {
            medium: name.to_owned(),
            why,
        };
        let length = |text: &Option<String>, d| text.as_deref().and_then(|t| units::parse(t, d).ok());
        let numbers = (
            length(&self.diameter, Dimension::Length),
            length(&self.density, Dimension::Density),
            self.mass_susceptibility_m3_per_kg,
            self.saturation_am2_per_kg,
        );
        let (Some(diameter), Some(density), Some(susceptibility), Some(saturation)) = numbers else {
            let known = self.moment_or_mobility.as_deref().unwrap_or("nothing");
            return Err(unusable(format!(
                "its magnetisation is not known; of its moment or mobility: {known}; give a `mobility` instead"
            )));
        };
        magnets::Bead::from_mass(diameter, density, susceptibility, saturation)
            .and_then(|bead| bead.spread(self.diameter_cv.unwrap_or(0.0)))
            .map_err(|e| unusable(e.to_string()))
    }

    /// True if its numbers are from memory, wholly or in part.
    pub fn unverified(&self) -> bool {
        self.status.to_uppercase().contains("UNVERIFIED")
    }
}
