//! What is known of cells, media, beads and published results: data files with a source for every number.
//!
//! The files are `data/*.toml`, embedded in the program. A number without a source does not load.
//!
//! ```
//! use buffycoat::library;
//! let plasma = library::medium("plasma", 37.0)?.fluid;
//! assert!((plasma.viscosity - 1.24).abs() < 0.01);
//! let red = library::species("erythrocyte", Some("plasma"))?;
//! assert_eq!(red.aggregation, 12.0); // rouleaux
//! # Ok::<(), library::LibraryError>(())
//! ```

mod beads;
mod cases;
mod expectation;
mod media;
mod mixture;
mod names;
mod record;
mod species;
mod water;

pub use beads::{Bead, bead, beads};
pub use cases::{ValidationCase, case, cases};
pub use expectation::{Expectation, Given, Margin};
pub use media::{Medium, MediumEntry, MediumPoint, media, medium, medium_entry};
pub use mixture::{PLASMA, diluted_aggregation, least_aggregation, mixture};
pub use names::{Meant, near, nearest};
pub use record::{Check, Expected, Limits, Report, Tolerance, limits, recorded};
pub(crate) use species::colour;
pub use species::{Concentration, Sourced, SpeciesEntry, Spread, species, species_entries, species_entry};
pub use water::{water_density, water_viscosity};

use crate::units::{self, Dimension};

/// Why the library has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LibraryError {
    /// A name that is not in it.
    #[error("there is no {kind} `{name}` in the library{}", meant.advice("`").map(|s| format!("; {s}")).unwrap_or_default())]
    Unknown {
        /// What was looked for: "species", "medium", ...
        kind: &'static str,
        /// The name.
        name: String,
        /// What may have been meant.
        meant: Meant,
    },
    /// A temperature at which the medium is not known.
    #[error("{medium} is known from {low} to {high} degC, not at {asked} degC")]
    Temperature {
        /// The medium.
        medium: String,
        /// Lowest usable temperature [degC].
        low: f64,
        /// Highest usable temperature [degC].
        high: f64,
        /// The one asked for [degC].
        asked: f64,
    },
    /// A medium that cannot suspend cells here, and why.
    #[error("{medium}: {why}")]
    Unusable {
        /// The medium.
        medium: String,
        /// Why.
        why: String,
    },
    /// A data file is damaged: a defect of this program, or of a library file given to it.
    #[error("{file}: {what}")]
    Data {
        /// The file.
        file: String,
        /// What is wrong with it.
        what: String,
    },
}

impl From<LibraryError> for crate::Error {
    fn from(e: LibraryError) -> Self {
        match e {
            LibraryError::Data { .. } => Self::Internal(e.to_string()),
            _ => Self::Input(e.to_string()),
        }
    }
}

fn unknown<'a>(
    kind: &'static str,
    name: &str,
    entries: impl Iterator<Item = (&'a str, &'a [String])> + Clone,
) -> LibraryError {
    LibraryError::Unknown {
        kind,
        name: name.to_owned(),
        meant: names::meant(name, entries),
    }
}

fn damaged(file: &str, what: impl ToString) -> LibraryError {
    LibraryError::Data {
        file: file.to_owned(),
        what: what.to_string().trim_end().to_owned(),
    }
}

/// A quantity in a data file.
fn quantity(file: &str, key: &str, text: &str, dimension: Dimension) -> Result<f64, LibraryError> {
    units::parse(text, dimension).map_err(|e| damaged(file, format!("{key}: {e}")))
}

#[cfg(test)]
mod tests;
