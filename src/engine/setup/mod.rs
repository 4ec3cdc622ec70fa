//! All that the engine needs to know of a run, in engine units: a chamber, how it is held, what flows through it, what is suspended in
//! it, what pulls and what holds, and the programme. A scene file is one way to make it.

mod carrier;
mod carrier_check;
mod draw;
mod feeding;

use super::matrix::Matrix;
use crate::Error;
use crate::chamber::duct::Duct;
use crate::chamber::{Chamber, Grid};
use crate::continuum::Channel;
use crate::flow::{Feed, Fluxes, Inlet, Profile, Stream};
use crate::magnets::Field;
use crate::memory::{self, Host, Need};
use crate::model::{Component, Fluid, Protocol, Rotor};
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

impl Physics {
    /// Of cells that a flow or a field carries: each alone in the fluid, followed in three dimensions.
    pub fn carried() -> Self {
        Self {
            suspension: Suspension::Dilute,
            lateral: Lateral::Resolved,
            ..Self::default()
        }
    }
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

/// When parcels are counted, and in how many bins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Interval; the start and the end are always counted.
    pub every: Time,
    /// Bins along the vessel, for profiles.
    pub bins: u32,
}

/// How time is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stepping {
    /// In a dense suspension and in a column: furthest a parcel aims to move in one step [grid cells], at most 0.5 where it is dense.
    /// Where a flow or a field carries parcels: how fine the parts of a step are, above 0 and at most 1. In such a part a parcel goes at
    /// most `STRIDE` times as many grid cells, and its velocity changes on half of the way by at most an eighth
    /// of it, as a share.
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

/// Which surfaces hold the cells that a field pulls onto them; others let them slide along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// The core of an annulus, the wall of a channel at low x.
    pub inner: bool,
    /// The outer wall of a tube or an annulus, the wall of a channel at high x.
    pub outer: bool,
    /// The wall of a channel at low y.
    pub low_y: bool,
    /// The wall of a channel at high y.
    pub high_y: bool,
    /// The closed end.
    pub end: bool,
}

/// Ports at the two ends of a duct, and how the sample comes in.
#[derive(Clone, Debug, PartialEq)]
pub struct Ports {
    /// How the sample comes in.
    pub feed: Feed,
    /// Where it comes in, if it is fed.
    pub inlets: Vec<Inlet>,
    /// Shares of the flow up to which each outlet but the last takes it, ascending from strip 0.
    pub splits: Vec<f64>,
}

impl Default for Ports {
    fn default() -> Self {
        Self {
            feed: Feed::Filled,
            inlets: Vec::new(),
            splits: Vec::new(),
        }
    }
}

/// A run, ready for the engine. Lengths um, times us, masses pg.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Decides where and when parcels start, and what they are.
    pub seed: u64,
    /// The suspending fluid.
    pub fluid: Fluid,
    /// Species and amounts.
    pub components: Vec<Component>,
    /// The chamber; a flow goes along its z.
    pub chamber: Chamber,
    /// Grid cells along each axis; one across in a closed vessel, but for a channel, which may have several columns. A field is tabulated on their corners.
    pub cells: [u32; 3],
    /// How the chamber is held.
    pub rotor: Rotor,
    /// What the rotor, the pump, the magnets and the valve do. Sample is fed in the first segment, at the rate of the stream, which is that
    /// segment's. Where a flow or a field carries parcels, the run ends before when nothing is on its way any more.
    pub protocol: Protocol,
    /// The flow through the chamber; none leaves it closed.
    pub stream: Option<Stream>,
    /// What circulates in a closed channel, on its grid; none if the fluid rests. Cells go with it, and settle relative to it along the axis. A
    /// summary does not tell of it yet.
    pub circulation: Option<Fluxes>,
    /// The channel through which blood flows while it spins, with its ports and its procedure; none of other setups. It is computed by finite
    /// volumes ([`crate::continuum::ChannelRun`]), and nothing else of the setup but the components has a say. There are no parcels in it yet.
    pub channel: Option<Box<Channel>>,
    /// Where the flow and the sample come in and leave.
    pub ports: Ports,
    /// The magnets, if there are any.
    pub field: Option<Field>,
    /// What fills a column; the flow through it is plug flow, and there is no other field.
    pub matrix: Option<Matrix>,
    /// Which surfaces hold.
    pub holding: Holding,
    /// Share of a wall that cells may cover until it holds no more, above one for several layers; none if walls never fill.
    pub coverage: Option<f64>,
    /// Switches and parameters of the suspension.
    pub physics: Physics,
    /// Counts and profiles.
    pub sampling: Sampling,
    /// Time step.
    pub stepping: Stepping,
}

impl Setup {
    /// A chamber on the bench with this fluid in it, one grid cell, no cells, no flow, no magnets and an empty programme.
    pub fn new(chamber: Chamber, fluid: Fluid) -> Self {
        Self {
            seed: 1,
            fluid,
            components: Vec::new(),
            chamber,
            cells: [1; 3],
            rotor: Rotor::bench(),
            protocol: Protocol::new(0.0),
            stream: None,
            circulation: None,
            channel: None,
            ports: Ports::default(),
            field: None,
            matrix: None,
            holding: Holding::default(),
            coverage: None,
            physics: Physics::default(),
            sampling: Sampling {
                every: Time::seconds(1.0),
                bins: 1,
            },
            stepping: Stepping::default(),
        }
    }

    /// A duct in which a flow or magnets carry cells, each alone in the fluid; on the bench, its axis level.
    pub fn carried(duct: Duct, fluid: Fluid) -> Self {
        Self {
            physics: Physics::carried(),
            // the way of the cells alone bounds a step
            stepping: Stepping {
                longest: f64::INFINITY,
                ..Stepping::default()
            },
            ..Self::new(Chamber::Duct(duct), fluid)
        }
    }

    /// Whether flow, field and weight carry parcels between the walls of a duct, which may hold them, and out of it. Otherwise they
    /// settle in a closed vessel; a duct is one where the acceleration across it is dropped ([`Lateral::Mixed`]).
    pub fn carries(&self) -> bool {
        matches!(self.chamber, Chamber::Duct(_)) && self.physics.lateral == Lateral::Resolved
    }

    /// Makes sure that the setup is run with parcels.
    ///
    /// # Errors
    /// [`Error::Input`] for a channel through which blood flows.
    pub fn has_parcels(&self) -> Result<(), Error> {
        match self.channel {
            None => Ok(()),
            Some(_) => Err(Error::Input(
                "blood that flows through a channel is computed without parcels in this version: `buffycoat check` and `buffycoat run` do it"
                    .into(),
            )),
        }
    }

    /// Grid cells along the axis of the chamber.
    pub fn layers(&self) -> u32 {
        self.cells[2]
    }

    /// The grid over the chamber.
    pub fn grid(&self) -> Grid {
        match self.carries() {
            true => Grid::new(&self.chamber, self.cells),
            false => Grid::summed(&self.chamber, self.cells),
        }
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
        if self.carries() {
            return self.host_of_tables();
        }
        let cells = self
            .cells
            .iter()
            .map(|n| u64::from(*n))
            .fold(1, u64::saturating_mul);
        let bins = u64::from(self.sampling.bins);
        // in the setup and its copy in the run (8 each), for the back-end and in it (4 each)
        let fluxes = self
            .circulation
            .as_ref()
            .map_or(0, |f| f.through().len() as u64 * (2 * 8 + 2 * 4));
        // by bin and component: count and volume (16) of each thread and their total, and in up to three profiles
        let counts = bins.saturating_mul(16 * self.components.len() as u64);
        Host {
            end: memory::END_BYTES_PER_PARCEL,
            // by cell: integer sums of each thread and their total (32), field (32) and a copy of it, volume and its inverse (8
            // each, the former in up to three copies of the grid), row of a table (48)
            fixed: cells
                .saturating_mul(32 + 64 + 32 + 48)
                .saturating_add(counts.saturating_mul(4))
                .saturating_add(fluxes)
                .saturating_add(memory::RUN_BYTES),
            thread: cells.saturating_mul(32).saturating_add(counts),
        }
    }

    /// The same where a flow or a field carries parcels: tables of both.
    fn host_of_tables(&self) -> Host {
        let nodes = self.cells.iter().map(|c| u64::from(*c) + 1).product::<u64>();
        let flow = match self.stream.as_ref().map(|s| &s.profile) {
            // as read, for the back-end, and in it with a fourth component
            Some(Profile::Given(chart)) => chart.size() as u64 * (2 * 12 + 16),
            _ => 0,
        };
        Host {
            end: CARRIED_BYTES_PER_PARCEL,
            // sampled, and in the back-end
            fixed: nodes
                .saturating_mul(2 * 16)
                .saturating_add(memory::RUN_BYTES + flow),
            thread: 0,
        }
    }

    /// Number of parcels.
    pub fn parcels(&self) -> usize {
        self.components.iter().map(|c| c.parcels).sum()
    }
}

/// Bytes of a parcel that a flow or a field carries, as drawn, and again in a back-end: positions 24, mobility, excess density, kind,
/// fate 16, magnetic 8, clock 8, depth 4.
pub const CARRIED_BYTES_PER_PARCEL: u64 = 24 + 16 + 8 + 8 + 4;
