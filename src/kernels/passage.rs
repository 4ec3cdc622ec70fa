//! The vessel of a run in which a field or a flow carries parcels, as its kernels know it.

use crate::chamber::duct::Section;
use crate::engine::setup::Setup;
use crate::flow::{Flow, LANES, Nodes};
use crate::shaders::{gpu_constants, gpu_struct};
use crate::{Error, memory};

gpu_struct! {
    /// Twin of `Passage` in `shaders/lib/passage.wgsl`, which says what each field is.
    pub struct Passage {
        /// Radii or half widths; z: length.
        pub wall: [f32; 4],
        /// Strips that divide the outlets.
        pub splits: [f32; 4],
        /// Furthest that a part of a step leads along each axis; w: share by which a velocity may change on half of its way.
        pub stride: [f32; 4],
        /// [`TUBE`], [`ANNULUS`] or [`CHANNEL`].
        pub shape: u32,
        /// 1 where the far end is open.
        pub open: u32,
        /// Bit k: surface k holds what a field pulls onto it.
        pub holding: u32,
        /// Intervals of the flow's nodes across.
        pub lanes: u32,
        /// One over the share of a column that is fluid.
        pub per_porosity: f32,
        /// Dispersivity of a column [um].
        pub dispersivity: f32,
        /// Magnetic velocity at a collector over magnetic mobility [pg/(um2 us2)].
        pub strength: f32,
        /// Share of the held cells that come off when the magnets are off.
        pub released: f32,
        /// Intervals of the flow's nodes around; 0 where it is the same all around and along.
        pub around: u32,
        /// Intervals of the flow's nodes along; 0 where it is the same all along, and along the duct.
        pub along: u32,
        /// 1 where outlets lie side by side over the width of a channel.
        pub by_width: u32,
        /// Nothing.
        pub spare: u32,
    }
}

impl Passage {
    /// The vessel of a separator.
    pub fn new(s: &Setup, flow: Option<&Flow>) -> Self {
        let length = s.duct().length as f32;
        let (shape, a, b) = match s.duct().section {
            Section::Tube { radius } => (TUBE, 0.0, radius),
            Section::Annulus { inner, outer } => (ANNULUS, inner, outer),
            Section::Channel { width, height } => (CHANNEL, 0.5 * width, 0.5 * height),
        };
        let mut splits = [2.0; 4];
        if let Some(flow) = flow {
            for (split, share) in splits.iter_mut().zip(&s.ports.splits) {
                *split = flow.outlet.strip(*share) as f32;
            }
        }
        let [lanes, around, along] = match flow.map(|f| &f.nodes) {
            Some(Nodes::All { counts, .. }) => counts.map(|n| n as u32),
            Some(Nodes::Sheet { counts, .. }) => [counts[0] as u32, counts[1] as u32, 0],
            Some(Nodes::Lanes(speed)) => [speed.len() as u32 - 1, 0, 0],
            None => [LANES as u32, 0, 0],
        };
        let h = s.holding;
        let holding = [
            (INNER, h.inner),
            (OUTER, h.outer),
            (LOW_Y, h.low_y),
            (HIGH_Y, h.high_y),
            (END, h.end),
        ];
        Self {
            wall: [a as f32, b as f32, length, 0.0],
            splits,
            stride: {
                let [x, y, z] = s.stride(flow).to_array().map(|v| v as f32);
                [x, y, z, (CHANGE * s.stepping.courant) as f32]
            },
            shape,
            open: u32::from(flow.is_some()),
            holding: holding.iter().map(|(k, holds)| u32::from(*holds) << k).sum(),
            lanes,
            per_porosity: s.matrix.as_ref().map_or(1.0, |m| 1.0 / m.porosity) as f32,
            dispersivity: s.matrix.as_ref().map_or(0.0, |m| m.dispersivity) as f32,
            strength: s.matrix.as_ref().map_or(0.0, |m| m.strength) as f32,
            released: s.matrix.as_ref().map_or(1.0, |m| m.released) as f32,
            around,
            along,
            by_width: u32::from(s.over_width()),
            spare: 0,
        }
    }
}

/// Velocity of the flow over its mean for a back-end: along the duct by lane, on a sheet of nodes around, too, or its three components
/// on nodes all over; zeros without a flow.
///
/// # Errors
/// [`Error::Device`] if the memory does not suffice.
pub fn carrier(flow: Option<&Flow>) -> Result<Vec<f32>, Error> {
    let mut out;
    match flow.map(|f| &f.nodes) {
        None => out = memory::filled(LANES + 1, 0.0)?,
        Some(Nodes::Lanes(speed)) => {
            out = memory::room(speed.len())?;
            out.extend(speed.iter().map(|v| *v as f32));
        }
        Some(Nodes::Sheet { speed, .. }) => {
            out = memory::room(speed.len())?;
            out.extend(speed);
        }
        Some(Nodes::All { values, .. }) => {
            out = memory::room(3 * values.len())?;
            out.extend(values.iter().flatten());
        }
    }
    Ok(out)
}

/// The field on the corners of the grid cells for a back-end: zeros without a field, and on corners that no place in the vessel
/// needs (there may be a magnet there, and the table holds NaN). The middle of a step that ends at a wall may lie beyond it
/// and touch those.
///
/// # Errors
/// [`Error::Device`] if the memory does not suffice.
pub fn pull(s: &Setup, nodes: Option<&[[f32; 4]]>) -> Result<Vec<[f32; 4]>, Error> {
    let n = s.cells.iter().map(|c| *c as usize + 1).product();
    let mut pull = memory::filled(n, [0.0; 4])?;
    for (out, node) in pull.iter_mut().zip(nodes.unwrap_or_default()) {
        if node.iter().all(|v| v.is_finite()) {
            *out = *node;
        }
    }
    Ok(pull)
}

/// Share by which a velocity may change on the way to the middle of a part of a step, over [`Stepping::courant`]. The midpoint rule
/// then errs by 0.8 times the square of that share (exact for a velocity that is proportional to the place): 0.2 % for a Courant number
/// of 0.4, a fifth of what is asked of the table of the field, and that where it changes most.
pub const CHANGE: f64 = 0.125;

gpu_constants! {
    /// [`Passage::shape`]: within the outer radius.
    pub const TUBE: u32 = 0;
    /// [`Passage::shape`]: between the inner and the outer radius.
    pub const ANNULUS: u32 = 1;
    /// [`Passage::shape`]: between half the widths.
    pub const CHANNEL: u32 = 2;
    /// Fate of a parcel: on its way.
    pub const FREE: u32 = 0;
    /// Fate of a parcel: not yet in.
    pub const WAITING: u32 = 1;
    /// Fate of a parcel: held by the first surface; the others follow.
    pub const HELD: u32 = 2;
    /// Fate of a parcel: out by the first outlet; the others follow.
    pub const OUT: u32 = 8;
    /// Number of fates.
    pub const FATES: u32 = 12;
    /// Surface: the inner wall, or that at low x.
    pub const INNER: u32 = 0;
    /// Surface: the outer wall, or that at high x.
    pub const OUTER: u32 = 1;
    /// Surface: the wall at low y.
    pub const LOW_Y: u32 = 2;
    /// Surface: the wall at high y.
    pub const HIGH_Y: u32 = 3;
    /// Surface: the closed end.
    pub const END: u32 = 4;
    /// Surface: the matrix of a column.
    pub const MATRIX: u32 = 5;
    /// Number of surfaces.
    pub const SURFACES: u32 = 6;
}
