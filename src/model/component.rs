//! One species of a sample: how much of it there is, and what a magnetic field does to its cells.

use super::{Amount, Species};
use crate::magnets::{Bead, Curve, Loading};

/// What a magnetic field does to the cells of a component.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MagneticResponse {
    /// Nothing.
    None,
    /// A measured mobility in this fluid, that of labels or of the cell's own iron.
    Mobility {
        /// Median over the cells in a weak field [um3 us/pg]; negative for cells that the field repels.
        median: f64,
        /// Standard deviation of its logarithm.
        spread: f64,
        /// One over the field at which it saturates, as [`MagneticResponse::per_field`] [1/T]; zero where it does not.
        per_field: f64,
    },
    /// Beads on the surface.
    Beads {
        /// The bead.
        bead: Bead,
        /// How many a cell carries.
        loading: Loading,
        /// Susceptibility of the cell itself less the fluid's.
        susceptibility: f64,
    },
    /// The parcels are no cells but free beads, of the component's sizes.
    FreeBead {
        /// Their magnetisation.
        curve: Curve,
    },
}

impl MagneticResponse {
    /// One over the field at which its label saturates, as `laws::saturation` takes it [1/T]: three over
    /// [`Curve::saturation_field`]; zero where nothing saturates.
    pub fn per_field(&self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Mobility { per_field, .. } => *per_field,
            Self::Beads { bead, .. } => 3.0 / bead.curve.saturation_field(),
            Self::FreeBead { curve } => 3.0 / curve.saturation_field(),
        }
    }

    /// Whether the parcels are free beads: no cells, and not counted as such.
    pub fn is_free_bead(&self) -> bool {
        matches!(self, Self::FreeBead { .. })
    }
}

/// One species in the sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// What it is.
    pub species: Species,
    /// How much there is, per volume of the sample that fills the chamber or is fed.
    pub amount: Amount,
    /// By how many parcels it is represented (> 0).
    pub parcels: usize,
    /// Factor on its mobility: rouleaux in plasma, 1 for single cells.
    pub aggregation: f64,
    /// What a magnetic field does to its cells.
    pub response: MagneticResponse,
    /// Number of the inlet by which it comes in, where sample is fed.
    pub inlet: usize,
}

impl Component {
    /// A species that no magnet pulls, with the aggregation of the species. Where sample is fed it comes in by the first inlet.
    pub fn new(species: Species, amount: Amount, parcels: usize) -> Self {
        Self {
            aggregation: species.aggregation,
            species,
            amount,
            parcels,
            response: MagneticResponse::None,
            inlet: 0,
        }
    }

    /// The same with this response to a magnetic field.
    pub fn with_response(self, response: MagneticResponse) -> Self {
        Self { response, ..self }
    }

    /// The same, coming in by this inlet.
    pub fn by_inlet(self, inlet: usize) -> Self {
        Self { inlet, ..self }
    }
}
