//! All that the engine needs to know of a run, in engine units. A scene file is one way to make it.

use crate::chamber::{Chamber, Grid};
use crate::memory::{self, Host, Need};
use crate::model::{Component, Fluid, Parcels, PopulationError, Protocol, Rotor};
use crate::times::Time;

/// Whether cells feel each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspension {
    /// Mixture density, volume backflow, hindrance and packing.
    Dense,
    /// Every cell alone in the fluid.
    Dilute,
}

/// What becomes of the accelerations across the vessel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lateral {
    /// Dropped: convection keeps the cross-section mixed (or the walls are parallel to the acceleration).
    Mixed,
    /// Followed, in three dimensions, until a cell meets the wall and slides along it. Dilute only.
    Resolved,
}

/// Drag law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drag {
    /// Creeping flow, proportional to the velocity.
    Stokes,
    /// Schiller & Naumann's correction for a finite Reynolds number. Dilute only.
    SchillerNaumann,
}

/// Switches and parameters of the physics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Physics {
    /// Dense or dilute.
    pub suspension: Suspension,
    /// Exponent n of the hindrance `(1 - phi)^(n - 2)`; for one species u = u_Stokes (1 - phi)^n.
    pub exponent: f64,
    /// Volume fraction at which cells pack.
    pub packing_limit: f64,
    /// Width below the limit over which the mobility falls to zero (volume fraction).
    pub packing_width: f64,
    /// Accelerations across the vessel.
    pub lateral: Lateral,
    /// Coriolis acceleration; it acts across the vessel, so only where that is resolved.
    pub coriolis: bool,
    /// Drag law.
    pub drag: Drag,
}

impl Default for Physics {
    fn default() -> Self {
        Self {
            suspension: Suspension::Dense,
            exponent: 4.65,
            packing_limit: 0.94,
            packing_width: 0.05,
            lateral: Lateral::Mixed,
            coriolis: false,
            drag: Drag::Stokes,
        }
    }
}

/// When and how finely profiles are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Interval; the start and the end are always sampled.
    pub every: Time,
    /// Bins along the vessel.
    pub bins: u32,
}

/// How time is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stepping {
    /// Furthest a parcel aims to move in one dense step [grid cells], at most 0.5.
    pub courant: f64,
    /// Longest step [us].
    pub longest: f64,
}

impl Default for Stepping {
    fn default() -> Self {
        Self {
            courant: 0.4,
            longest: 10.0 * crate::constants::SECOND,
        }
    }
}

/// A run, ready for the engine. Lengths um, times us, masses pg.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Decides where parcels start and what sizes they have.
    pub seed: u64,
    /// The suspending fluid.
    pub fluid: Fluid,
    /// Species and amounts.
    pub components: Vec<Component>,
    /// The vessel.
    pub chamber: Chamber,
    /// Grid cells along the axis of the vessel.
    pub layers: u32,
    /// How the vessel is held.
    pub rotor: Rotor,
    /// What the rotor does.
    pub protocol: Protocol,
    /// Switches and parameters.
    pub physics: Physics,
    /// Profiles.
    pub sampling: Sampling,
    /// Time step.
    pub stepping: Stepping,
}

impl Setup {
    /// The grid over the vessel.
    pub fn grid(&self) -> Grid {
        Grid::layered(&self.chamber, self.layers)
    }

    /// Draws the parcels of its cells.
    ///
    /// # Errors
    /// As [`Parcels::draw`].
    pub fn draw(&self) -> Result<Parcels, PopulationError> {
        Parcels::draw(
            &self.components,
            self.fluid,
            &self.chamber,
            &self.grid(),
            self.seed,
        )
    }

    /// What a run takes of the host's memory: `per_parcel` bytes a parcel, and the grid cells and bins of `threads`
    /// threads (each sums on its own; 0 is one a logical processor).
    pub fn need(&self, per_parcel: u64, threads: usize) -> Need {
        let threads = match threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        } as u64;
        let host = self.host();
        Need {
            parcels: self.parcels() as u64,
            per_parcel,
            fixed: host.fixed.saturating_add(host.thread.saturating_mul(threads)),
            held: 0,
        }
    }

    /// What a back-end on the host takes beside its columns.
    pub(crate) fn host(&self) -> Host {
        let (cells, bins) = (u64::from(self.layers), u64::from(self.sampling.bins));
        // by bin and component: count and volume (16) of each thread and their total, and in up to three profiles
        let counts = bins.saturating_mul(16 * self.components.len() as u64);
        Host {
            end: memory::END_BYTES_PER_PARCEL,
            // by cell: integer sums of each thread and their total (32), field (32) and a copy of it, volume and its inverse (8
            // each, the former in up to three copies of the grid), row of a table (48)
            fixed: cells
                .saturating_mul(32 + 64 + 32 + 48)
                .saturating_add(counts.saturating_mul(4))
                .saturating_add(memory::RUN_BYTES),
            thread: cells.saturating_mul(32).saturating_add(counts),
        }
    }

    /// Number of parcels.
    pub fn parcels(&self) -> usize {
        self.components.iter().map(|c| c.parcels).sum()
    }
}
