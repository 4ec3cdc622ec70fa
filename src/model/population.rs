//! From "42 % red cells, 2000 lymphocytes per microlitre" to parcels with a size, a density and a place.
//!
//! A parcel moves like one cell and stands for `weight` identical ones. Start positions are quiet: along
//! the vessel each species is stratified, and size, density and the other coordinates follow a
//! low-discrepancy sequence (Roberts' R4, an additive recurrence), shifted by the scene's seed.

use super::species::CUT;
use super::{Fluid, Species};
use crate::chamber::{Chamber, Grid};
use crate::memory::{self, Need};
use crate::{Error, fixed, rng};
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

/// One species in the sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// What it is.
    pub species: Species,
    /// How much there is.
    pub amount: Amount,
    /// By how many parcels it is represented (> 0).
    pub parcels: usize,
    /// Factor on its mobility: rouleaux in plasma, 1 for single cells.
    pub aggregation: f64,
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
    /// More parcels than the memory holds.
    #[error("{0}")]
    NoMemory(String),
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
        match e {
            PopulationError::NoMemory(text) => Self::Device(text),
            other => Self::Input(other.to_string()),
        }
    }
}

/// The parcels of a run, one entry per parcel in every vector, species after species.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parcels {
    /// Positions along x, y, z of the vessel frame: grid cell index and 2^-32 fractions of a cell.
    pub position: [Vec<u64>; 3],
    /// m0 A: mobility times viscosity over volume, `d^2/(18 f)` times the aggregation factor [um2].
    pub mobility: Vec<f32>,
    /// Density of the cell less that of the fluid [g/mL].
    pub excess: Vec<f32>,
    /// What a parcel adds to the moments of its cell: weight V times (1, excess, m0 A, m0 A excess), in
    /// units of [`Parcels::moment_unit`].
    pub moments: Vec<[i32; 4]>,
    /// Which component a parcel belongs to.
    pub kind: Vec<u32>,
    /// Value of one unit of each moment [um3, pg, um5, pg um2].
    pub moment_unit: [f64; 4],
    /// Real cells per parcel, for each component.
    pub weight: Vec<f64>,
    /// Volume of all cells [um3], for each component.
    pub volume: Vec<f64>,
}

/// Most parcels: their numbers are 32-bit indices.
pub const MAX_PARCELS: usize = (1 << 31) - 1;

impl Parcels {
    /// Makes sure that the vectors belong together and every parcel lies on the grid.
    ///
    /// # Errors
    /// [`PopulationError::Inconsistent`].
    pub fn check(&self, components: usize, grid: &Grid) -> Result<(), PopulationError> {
        let n = self.len();
        let lengths = self.position.iter().map(Vec::len).chain([
            self.mobility.len(),
            self.excess.len(),
            self.moments.len(),
        ]);
        let fine = lengths.into_iter().all(|m| m == n)
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

    /// Draws the parcels of all `components` in `chamber`, on `grid`.
    ///
    /// # Errors
    /// [`PopulationError`] when a component has no parcels, its numbers cannot be those of a cell, or the memory does
    /// not suffice.
    pub fn draw(
        components: &[Component],
        fluid: Fluid,
        chamber: &Chamber,
        grid: &Grid,
        seed: u64,
    ) -> Result<Self, PopulationError> {
        if grid.is_empty() || !(chamber.volume() > 0.0 && chamber.volume().is_finite()) {
            return Err(PopulationError::NoRoom);
        }
        let all: u128 = components.iter().map(|c| c.parcels as u128).sum();
        if all > MAX_PARCELS as u128 {
            return Err(PopulationError::TooMany(all));
        }
        // all room at once: a vector that grows by doubling takes up to three times what it holds
        let all = all as usize;
        let no_memory = |e: Error| PopulationError::NoMemory(e.to_string());
        let need = Need {
            parcels: all as u64,
            per_parcel: memory::DRAWN_BYTES_PER_PARCEL + memory::DRAFT_BYTES_PER_PARCEL,
            fixed: 0,
            held: 0,
        };
        need.check(memory::available()).map_err(no_memory)?;
        let mut out = Self {
            position: [
                memory::room(all).map_err(no_memory)?,
                memory::room(all).map_err(no_memory)?,
                memory::room(all).map_err(no_memory)?,
            ],
            mobility: memory::room(all).map_err(no_memory)?,
            excess: memory::room(all).map_err(no_memory)?,
            kind: memory::room(all).map_err(no_memory)?,
            moments: memory::room(all).map_err(no_memory)?,
            ..Self::default()
        };
        let mut raw: Vec<[f64; 4]> = memory::room(all).map_err(no_memory)?;
        for (k, component) in components.iter().enumerate() {
            check(component)?;
            let first = raw.len();
            let shift = rng::unit_vector(seed, k as u64);
            let mut volume_of_one_each = 0.0;
            for i in 0..component.parcels {
                let u = rng::roberts4(i as u64, shift);
                let along = stratum(i, component.parcels, shift[3]);
                let q = chamber.place(along, u[2], u[3]);
                for (axis, column) in out.position.iter_mut().enumerate() {
                    column.push(fixed::from_cells(
                        grid.coordinate(axis, q[axis]),
                        grid.cells[axis],
                    ));
                }
                let (diameter, density) = draw_cell(&component.species, u[0], u[1]);
                let volume = std::f64::consts::PI / 6.0 * diameter.powi(3);
                let m = f64::from(
                    (diameter * diameter / (18.0 * component.species.drag_factor) * component.aggregation)
                        as f32,
                );
                let e = f64::from((density - fluid.density) as f32);
                volume_of_one_each += volume;
                out.mobility.push(m as f32);
                out.excess.push(e as f32);
                out.kind.push(k as u32);
                raw.push([volume, volume * e, volume * m, volume * m * e]);
            }
            let weight = match component.amount {
                Amount::VolumeFraction(phi) => phi * chamber.volume() / volume_of_one_each,
                Amount::Concentration(c) => c * chamber.volume() / component.parcels as f64,
            };
            for row in &mut raw[first..] {
                row.iter_mut().for_each(|x| *x *= weight);
            }
            out.weight.push(weight);
            out.volume.push(weight * volume_of_one_each);
        }
        out.quantise(&raw);
        Ok(out)
    }

    /// Rounds the moments to integers, so that sums do not depend on their order. The largest takes 30 bits,
    /// which leaves 33 bits of head-room in a 64-bit sum.
    fn quantise(&mut self, raw: &[[f64; 4]]) {
        const LARGEST: f64 = (1u32 << 30) as f64;
        for k in 0..4 {
            let largest = raw.iter().map(|r| r[k].abs()).fold(0.0, f64::max);
            self.moment_unit[k] = if largest > 0.0 { largest / LARGEST } else { 1.0 };
        }
        let unit = self.moment_unit;
        self.moments.clear();
        self.moments.extend(
            raw.iter()
                .map(|r| -> [i32; 4] { std::array::from_fn(|k| (r[k] / unit[k]).round() as i32) }),
        );
    }
}

/// Rank of parcel `i` of `n` along the vessel, in (0, 1): the middle of its stratum, moved within it.
fn stratum(i: usize, n: usize, shift: f64) -> f64 {
    (i as f64 + 0.25 + 0.5 * shift) / n as f64
}

fn check(c: &Component) -> Result<(), PopulationError> {
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
