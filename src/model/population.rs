//! How much of a species there is, and the parcels that stand for its cells.

use super::species::CUT;
use super::{Component, Species};
use crate::chamber::Grid;
use crate::memory;
use crate::{Error, fixed};
use statrs::distribution::{ContinuousCDF, Normal};

/// How much of a species there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// Volume of cells per volume of sample (a haematocrit is one).
    VolumeFraction(f64),
    /// Cells per um3 of sample; one per microlitre is 1e-9 per um3.
    Concentration(f64),
}

impl Amount {
    /// Volume of cells of a species per volume of sample.
    pub fn fraction(self, species: &Species) -> f64 {
        match self {
            Self::VolumeFraction(phi) => phi,
            Self::Concentration(n) => n * species.mean_volume(),
        }
    }

    /// Cells of a species per um3 of sample.
    pub fn concentration(self, species: &Species) -> f64 {
        match self {
            Self::VolumeFraction(phi) => phi / species.mean_volume(),
            Self::Concentration(n) => n,
        }
    }
}

/// Why a population cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PopulationError {
    /// A component without parcels.
    #[error("{species}: no parcels to carry it; give it at least one or leave it out")]
    NoParcels {
        /// The species.
        species: String,
    },
    /// A vessel or a grid without room.
    #[error("the vessel has no volume, or its grid no cells; nothing can be put into it")]
    NoRoom,
    /// Parcels made for another setup, or altered by hand.
    #[error("the parcels do not belong to this setup: lengths, components or places on the grid differ")]
    Inconsistent,
    /// More parcels than there are indices.
    #[error("{0} parcels are too many; at most {MAX_PARCELS} fit into 32-bit indices")]
    TooMany(u128),
    /// Diameters or densities that cannot be.
    #[error("{species}: {what}")]
    Unphysical {
        /// The species.
        species: String,
        /// What is wrong.
        what: String,
    },
}

impl From<PopulationError> for crate::Error {
    fn from(e: PopulationError) -> Self {
        Self::Input(e.to_string())
    }
}

/// The parcels of a run, one entry per parcel in every vector, species after species.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parcels {
    /// Positions along x, y, z of the frame of the chamber: grid cell index and 2^-32 fractions of a cell.
    pub position: [Vec<u64>; 3],
    /// m0 A: mobility times viscosity over volume, `d^2/(18 f)` times the aggregation factor [um2].
    pub mobility: Vec<f32>,
    /// Density of the cell less that of the fluid [g/mL].
    pub excess: Vec<f32>,
    /// What a parcel adds to the moments of its cell: weight V times (1, excess, m0 A, m0 A excess), in
    /// units of [`Parcels::moment_unit`]. Only in closed vessels.
    pub moments: Vec<[i32; 4]>,
    /// Which component a parcel belongs to.
    pub kind: Vec<u32>,
    /// Value of one unit of each moment [um3, pg, um5, pg um2].
    pub moment_unit: [f64; 4],
    /// Real cells per parcel, for each component.
    pub weight: Vec<f64>,
    /// Volume of all cells [um3], for each component.
    pub volume: Vec<f64>,
    /// Magnetic mobility in a weak field [um3 us/pg]; one over the field at which it saturates [1/T]. Only where a flow or a field carries
    /// parcels, as all that follows.
    pub magnetic: Vec<[f32; 2]>,
    /// When it enters [us].
    pub enter: Vec<f32>,
    /// Beads on the cell.
    pub beads: Vec<u32>,
    /// How deep it comes into a matrix until it is caught, in mean ways: exponentially distributed.
    pub depth: Vec<f32>,
}

/// Most parcels: their numbers are 32-bit indices.
pub const MAX_PARCELS: usize = (1 << 31) - 1;

impl Parcels {
    /// Makes sure that the vectors belong together, that every parcel lies on the grid, and that parcels have what those of a duct have where
    /// they are `carried`, and what those of a closed vessel have elsewhere.
    ///
    /// # Errors
    /// [`PopulationError::Inconsistent`].
    pub fn check(&self, components: usize, grid: &Grid, carried: bool) -> Result<(), PopulationError> {
        let n = self.len();
        let lengths = self
            .position
            .iter()
            .map(Vec::len)
            .chain([self.mobility.len(), self.excess.len()]);
        let own = if carried {
            [self.magnetic.len(), self.enter.len(), self.depth.len()]
        } else {
            [self.moments.len(); 3]
        };
        let fine = lengths.into_iter().all(|m| m == n)
            && own == [n; 3]
            && self.weight.len() == components
            && self.kind.iter().all(|k| (*k as usize) < components)
            && self
                .position
                .iter()
                .zip(grid.cells)
                .all(|(p, cells)| p.iter().all(|x| fixed::cell(*x) < cells));
        if fine {
            Ok(())
        } else {
            Err(PopulationError::Inconsistent)
        }
    }

    /// Number of parcels.
    pub fn len(&self) -> usize {
        self.kind.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.kind.is_empty()
    }

    /// Parcels of each component.
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.weight.len()];
        for k in &self.kind {
            counts[*k as usize] += 1;
        }
        counts
    }
}

/// What parcels add to the moments of their grid cells, before it is rounded.
#[derive(Debug)]
pub struct Moments(Vec<[f64; 4]>);

impl Moments {
    /// None yet, and room for so many parcels.
    ///
    /// # Errors
    /// [`Error::Device`] if the memory does not suffice.
    pub fn with_room(parcels: usize) -> Result<Self, Error> {
        Ok(Self(memory::room(parcels)?))
    }

    /// Number of parcels.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds those of one cell: volume [um3], mobility over volume times viscosity [um2], excess density [g/mL].
    pub fn push(&mut self, volume: f64, mobility: f64, excess: f64) {
        self.0.push([
            volume,
            volume * excess,
            volume * mobility,
            volume * mobility * excess,
        ]);
    }

    /// Multiplies those from the parcel `first` on by the number of cells that a parcel stands for.
    pub fn weigh(&mut self, first: usize, weight: f64) {
        for row in &mut self.0[first..] {
            row.iter_mut().for_each(|x| *x *= weight);
        }
    }

    /// Rounded to integers, so that sums do not depend on their order, with the value of one unit of each. The largest takes 30 bits,
    /// which leaves 33 bits of head-room in a 64-bit sum.
    ///
    /// # Errors
    /// [`Error::Device`] if the memory does not suffice.
    pub fn rounded(&self) -> Result<(Vec<[i32; 4]>, [f64; 4]), Error> {
        const LARGEST: f64 = (1u32 << 30) as f64;
        let unit: [f64; 4] = std::array::from_fn(|k| {
            let largest = self.0.iter().map(|r| r[k].abs()).fold(0.0, f64::max);
            if largest > 0.0 { largest / LARGEST } else { 1.0 }
        });
        let round = |r: &[f64; 4]| -> [i32; 4] { std::array::from_fn(|k| (r[k] / unit[k]).round() as i32) };
        let mut out = memory::room(self.0.len())?;
        out.extend(self.0.iter().map(round));
        Ok((out, unit))
    }
}

/// Refuses a component whose numbers cannot be those of a cell.
///
/// # Errors
/// [`PopulationError`] with the species and what is wrong.
pub fn check_component(c: &Component) -> Result<(), PopulationError> {
    let s = &c.species;
    let wrong = |what: String| PopulationError::Unphysical {
        species: s.name.clone(),
        what,
    };
    if c.parcels == 0 {
        return Err(PopulationError::NoParcels {
            species: s.name.clone(),
        });
    }
    for (what, value) in [
        ("diameter", s.diameter),
        ("density", s.density),
        ("drag factor", s.drag_factor),
        ("aggregation factor", c.aggregation),
    ] {
        if !(value.is_finite() && value > 0.0) {
            return Err(wrong(format!("{what} is {value}; it has to be positive")));
        }
    }
    let amount = match c.amount {
        Amount::VolumeFraction(x) | Amount::Concentration(x) => x,
    };
    if !(amount.is_finite() && amount >= 0.0) {
        return Err(wrong(format!(
            "its amount is {amount}; it has to be a finite number that is not negative"
        )));
    }
    if !(s.diameter_sd >= 0.0 && s.diameter > CUT * s.diameter_sd) {
        return Err(wrong(format!(
            "diameter {} um with a standard deviation of {} um reaches zero within {CUT} deviations",
            s.diameter, s.diameter_sd
        )));
    }
    if !(s.density_sd >= 0.0 && s.density > CUT * s.density_sd && s.correlation.abs() <= 1.0) {
        return Err(wrong("density spread or correlation out of range".into()));
    }
    Ok(())
}

/// Diameter [um] and density [g/mL] of the cell at ranks `u`, `v` (0..1).
pub fn draw_cell(s: &Species, u: f64, v: f64) -> (f64, f64) {
    let normal = Normal::standard();
    let lowest = normal.cdf(-CUT);
    let score = |x: f64| normal.inverse_cdf(lowest + x * (1.0 - 2.0 * lowest));
    let (a, b) = (score(u), score(v));
    let c = s.correlation;
    let density = c * a + (1.0 - c * c).max(0.0).sqrt() * b;
    (s.diameter + s.diameter_sd * a, s.density + s.density_sd * density)
}
