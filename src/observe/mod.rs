//! Observables: from one [`Profile`](crate::engine::Profile) to what a person wants to know of the spin, and from the fates of
//! a separator's cells to what came of them.
//!
//! Everything here is a pure function of one profile (or two). Depths are measured from the meniscus, in um;
//! volumes are in um3; methods whose name ends in `_mm` or `_ml` convert.

#[cfg(test)]
mod any_profile_tests;
mod bed;
pub mod chance;
mod coat;
mod curve;
mod findings;
mod floating;
pub mod held;
pub mod interface;
pub mod layers;
pub mod recovery;
pub mod separation;
pub mod specimen;
mod steady;
#[cfg(test)]
pub(crate) mod synthetic;

pub use findings::{Findings, Layering, Sorting};
pub use layers::{Layer, LayerKind, Layers};
pub use recovery::{Contents, LayerContent, Share};
pub use separation::{Content, Fraction, Place, Separation, places};
pub use specimen::{Depths, Specimen};
pub use steady::{Steady, SteadySpecies, steady};

use crate::engine::Setup;
use crate::model::CellClass;

/// Families of the components of a run, in their order.
pub fn classes(setup: &Setup) -> Vec<CellClass> {
    setup.components.iter().map(|c| c.species.class).collect()
}
