//! The flow that carries cells through a duct: one interface, and who provides it.
//!
//! | provider | velocity |
//! |---|---|
//! | none ([`Flow`] is absent) | still fluid |
//! | [`Profile::Plug`], [`Profile::Laminar`], [`Profile::Plates`] | along the duct, from a formula |
//! | [`Profile::Given`] | any steady flow, from a file ([`Chart`]) |
//!
//! Velocities are those over the mean one, on nodes in the duct's own coordinates ([`Duct::own`]): across (the lane), around (or over
//! the width of a channel) and along. Walls are planes of nodes there, whatever their shape, so that a wall lets nothing through
//! and holds the fluid beside it; on the faces of a square grid the ring of a sorter would be stairs. Where a flow is the same all
//! around and along, one row of nodes says it all, and where it is the same all along one sheet of them; they are looked up as that.
//!
//! What circulates in a closed vessel is given by its volume fluxes through the faces of the grid cells instead ([`Fluxes`]).
//!
//! Ports are parts of the two ends: strips, side by side across the lanes or over the width of a channel ([`Across`]), each with a
//! share of the flow ([`Plane`]).

mod chart;
mod fluxes;
mod lanes;
mod plane;
mod ports;
mod rectangle;
mod sampled;

pub use chart::{Chart, ChartDoubts};
pub use fluxes::{Fluxes, faces, lower};
pub use plane::Plane;
pub use ports::{Feed, Inlet, MOST_OUTLETS, Stream, check_ports};

use crate::chamber::duct::{Duct, Section};
use glam::DVec3;
use std::f64::consts::TAU;
use std::sync::Arc;

/// Intervals over which the profile of a flow that is the same all around is tabulated. Between their ends it is taken as linear,
/// which is exact to 1.5 over the square of this number, of the mean.
pub const LANES: usize = 1024;

/// Who provides the velocity.
#[derive(Clone, Debug, PartialEq)]
pub enum Profile {
    /// The same velocity everywhere.
    Plug,
    /// Fully developed and laminar (Poiseuille), with no slip at any wall.
    Laminar,
    /// In a channel that between two plates, without side walls; in other ducts as [`Profile::Laminar`].
    Plates,
    /// A flow from a file.
    Given(Arc<Chart>),
}

/// Which way the streams of inlets and outlets lie side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Across {
    /// Across the lanes: from the axis or the core outwards, in a channel over its height.
    #[default]
    Lanes,
    /// Over the width of a channel.
    Width,
}

/// Velocities over the mean on nodes.
#[derive(Clone, Debug, PartialEq)]
pub enum Nodes {
    /// Along the duct, at the ends of equal intervals of lanes; the same all around and along.
    Lanes(Vec<f64>),
    /// Along the duct, at the ends of intervals across and around, lane fastest; the same all along.
    Sheet {
        /// Intervals.
        counts: [usize; 2],
        /// Velocity at each node.
        speed: Vec<f32>,
    },
    /// All three components at the ends of intervals across, around and along, lane fastest.
    All {
        /// Intervals.
        counts: [usize; 3],
        /// Velocity at each node.
        values: Arc<[[f32; 3]]>,
    },
}

impl Nodes {
    /// At a place in the duct's own coordinates, each 0 to 1.
    fn at(&self, own: [f64; 3]) -> DVec3 {
        match self {
            Self::Lanes(speed) => {
                let (i, t) = interval(own[0], speed.len() - 1);
                DVec3::Z * (speed[i] + (speed[i + 1] - speed[i]) * t)
            }
            Self::Sheet { counts, speed } => {
                let [(i, s), (j, t)] = [0, 1].map(|k| interval(own[k], counts[k]));
                let row = |j: usize| {
                    let [a, b] = [i, i + 1].map(|i| f64::from(speed[j * (counts[0] + 1) + i]));
                    a + (b - a) * s
                };
                DVec3::Z * (row(j) + (row(j + 1) - row(j)) * t)
            }
            Self::All { counts, values } => {
                let mut sum = DVec3::ZERO;
                let at: [(usize, f64); 3] = std::array::from_fn(|k| interval(own[k], counts[k]));
                for corner in 0..8 {
                    let (mut weight, mut node) = (1.0, 0);
                    for k in (0..3).rev() {
                        let high = corner >> k & 1;
                        weight *= if high == 1 { at[k].1 } else { 1.0 - at[k].1 };
                        node = node * (counts[k] + 1) + at[k].0 + high;
                    }
                    sum += weight * DVec3::from_array(values[node].map(f64::from));
                }
                sum
            }
        }
    }

    /// Greatest velocity along each axis.
    fn greatest(&self) -> DVec3 {
        match self {
            Self::Lanes(speed) => DVec3::Z * speed.iter().copied().fold(0.0, f64::max),
            Self::Sheet { speed, .. } => DVec3::Z * f64::from(speed.iter().copied().fold(0.0, f32::max)),
            Self::All { values, .. } => values.iter().fold(DVec3::ZERO, |most, v| {
                most.max(DVec3::from_array(v.map(f64::from)).abs())
            }),
        }
    }
}

/// The interval of `n` in which `x` of 0 to 1 is, and the part of it up to there.
fn interval(x: f64, n: usize) -> (usize, f64) {
    let x = x.clamp(0.0, 1.0) * n as f64;
    let i = (x as usize).min(n.saturating_sub(1));
    (i, x - i as f64)
}

/// A flow through a duct.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Volume a time [um3/us].
    pub rate: f64,
    /// Mean velocity [um/us].
    pub mean: f64,
    /// Velocity over its mean.
    pub nodes: Nodes,
    /// Where it comes in, at z = 0.
    pub inlet: Plane,
    /// Where it leaves.
    pub outlet: Plane,
    duct: Duct,
}

impl Flow {
    /// A flow of `rate` [um3/us].
    pub fn new(duct: &Duct, profile: &Profile, across: Across, rate: f64) -> Self {
        let section = &duct.section;
        let nodes = match (profile, *section) {
            (Profile::Given(chart), _) => chart.nodes(),
            (Profile::Laminar, Section::Channel { width, height }) => rectangle::nodes(width, height),
            (Profile::Plug, _) => Nodes::Lanes(vec![1.0; LANES + 1]),
            (Profile::Laminar | Profile::Plates, _) => Nodes::Lanes(lanes::poiseuille(section)),
        };
        let plane = |end: f64| Plane::new(section, across, &nodes, end);
        Self {
            rate,
            mean: rate / section.area(),
            inlet: plane(0.0),
            outlet: plane(1.0),
            nodes,
            duct: *duct,
        }
    }

    /// Velocity over its mean at a place in the duct [um].
    pub fn at(&self, q: DVec3) -> DVec3 {
        self.nodes.at(self.duct.own(q.to_array()))
    }

    /// Greatest velocity over the mean along each axis.
    pub fn greatest(&self) -> DVec3 {
        self.nodes.greatest()
    }

    /// Distances along x, y and z between its nodes [um], which a step must not jump over; none of a flow along the duct that is the same
    /// all along, which leads nobody to another place of it.
    pub fn changes_over(&self) -> Option<DVec3> {
        let Nodes::All { counts, .. } = self.nodes else {
            return None;
        };
        let [across, around, along] = counts.map(|n| n as f64);
        let (x, y) = match self.duct.section {
            Section::Channel { width, height } => (width / around, height / across),
            Section::Tube { radius } => {
                let finest = (radius / across).min(TAU * radius / around);
                (finest, finest)
            }
            Section::Annulus { inner, outer } => {
                let finest = ((outer - inner) / across).min(TAU * inner / around);
                (finest, finest)
            }
        };
        Some(DVec3::new(x, y, self.duct.length / along))
    }
}

#[cfg(test)]
mod tests;
