//! The flow between its nodes, for the step of carried parcels: by lane where it is the same all around and along, on a sheet where it is the
//! same all along, else in the coordinates of the duct.

use super::block::{LANES, Reals};
use super::lookup::{Nodes, Places};
use crate::kernels::Passage;
use crate::kernels::passage::{ANNULUS, CHANNEL};
use crate::{Error, fixed, memory};
use glam::DVec2;
use std::f64::consts::TAU;

/// A flow, and the shape of its duct.
pub struct Carrier<'a> {
    /// Velocities over the mean along the duct, by lane or on a sheet.
    values: &'a [f32],
    /// Three components by node.
    nodes: Nodes<'a>,
    counts: [usize; 3],
    channel: bool,
    inner: f64,
    outer: f64,
    length: f64,
    per_width: f64,
    by_width: bool,
}

/// Where parcels are on an axis of nodes: the node before, and the part of the interval behind it.
struct Axis {
    node: Reals,
    part: Reals,
}

impl Axis {
    const NONE: Self = Self {
        node: [0.0; LANES],
        part: [0.0; LANES],
    };

    /// Sets parcel `l` to a place of 0 to 1, of so many intervals. In f64 alone, as [`super::lookup::Nodes::place`].
    #[inline(always)]
    fn set(&mut self, l: usize, x: f64, intervals: f64) {
        let x = x * intervals;
        let x = if x > 0.0 { x } else { 0.0 };
        let x = if x < intervals { x } else { intervals };
        let low = x - 0.5;
        let low = if low > 0.0 { low } else { 0.0 };
        let last = intervals - 1.0;
        let low = fixed::whole(if low < last { low } else { last });
        self.node[l] = low;
        self.part[l] = x - low;
    }
}

impl<'a> Carrier<'a> {
    /// Of velocities as [`crate::kernels::passage::carrier`] lays them out; those of [`by_node`] where they are given at every node.
    pub fn new(p: &Passage, values: &'a [f32], given: &'a [[f32; 4]]) -> Self {
        let [inner, outer, length] = [p.wall[0], p.wall[1], p.wall[2]].map(f64::from);
        let channel = p.shape == CHANNEL;
        Self {
            values,
            nodes: Nodes::new(given, [p.lanes, p.around, p.along]),
            counts: [p.lanes, p.around, p.along].map(|n| n as usize),
            channel,
            inner: if channel || p.shape == ANNULUS { inner } else { 0.0 },
            outer,
            length,
            per_width: if channel {
                0.5 / outer
            } else {
                1.0 / (outer - inner)
            },
            by_width: p.by_width == 1,
        }
    }

    /// Place across the flow, 0 to 1.
    #[inline(always)]
    fn lane(&self, q: DVec2) -> f64 {
        if self.channel {
            (q.y + self.outer) * self.per_width
        } else {
            (q.length() - self.inner) * self.per_width
        }
    }

    #[inline(always)]
    fn over_width(&self, x: f64) -> f64 {
        0.5 + 0.5 * x / self.inner
    }

    /// Place across the streams of the outlets, 0 to 1.
    pub fn strip(&self, q: DVec2) -> f64 {
        if self.by_width {
            self.over_width(q.x)
        } else {
            self.lane(q)
        }
    }

    /// Adds the flow at places [um], `mean` times, to velocities.
    #[inline(always)]
    pub fn add(&self, q: &[Reals; 3], mean: f64, v: &mut [Reals; 3]) {
        match self.counts {
            [_, 0, _] => self.by_lane(q, mean, v),
            [.., 0] => self.sheet(q, mean, v),
            _ => self.given(q, mean, v),
        }
    }

    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "one number runs over several columns")]
    fn lanes(&self, q: &[Reals; 3]) -> Axis {
        let (mut axis, intervals) = (Axis::NONE, self.counts[0] as f64);
        // a loop for each shape, so that neither has a branch in it
        if self.channel {
            for (l, y) in q[1].iter().enumerate() {
                axis.set(l, (y + self.outer) * self.per_width, intervals);
            }
        } else {
            for l in 0..LANES {
                let r = DVec2::new(q[0][l], q[1][l]).length();
                axis.set(l, (r - self.inner) * self.per_width, intervals);
            }
        }
        axis
    }

    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "one number runs over several columns")]
    fn by_lane(&self, q: &[Reals; 3], mean: f64, v: &mut [Reals; 3]) {
        let lanes = self.lanes(q);
        for l in 0..LANES {
            let k = fixed::to_units(lanes.node[l]) as usize;
            let pair = &self.values[k..k + 2];
            let [a, b] = [pair[0], pair[1]].map(f64::from);
            v[2][l] += mean * (a + (b - a) * lanes.part[l]);
        }
    }

    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "one number runs over several columns")]
    fn sheet(&self, q: &[Reals; 3], mean: f64, v: &mut [Reals; 3]) {
        let lanes = self.lanes(q);
        let mut turns = Axis::NONE;
        let (row, intervals, per) = (self.counts[0] + 1, self.counts[1] as f64, 0.5 / self.inner);
        for (l, x) in q[0].iter().enumerate() {
            turns.set(l, 0.5 + per * x, intervals);
        }
        for l in 0..LANES {
            let k = fixed::to_units(turns.node[l] * row as f64 + lanes.node[l]) as usize;
            let (near, far) = (&self.values[k..k + 2], &self.values[k + row..k + row + 2]);
            // in f32, as the nodes are: both ends of the interval across at once
            let [s, t] = [lanes.part[l] as f32, turns.part[l] as f32];
            let [a, b] = [0, 1].map(|i| near[i] + (far[i] - near[i]) * t);
            v[2][l] += mean * f64::from(a + (b - a) * s);
        }
    }

    #[inline(always)]
    fn given(&self, q: &[Reals; 3], mean: f64, v: &mut [Reals; 3]) {
        // in intervals between nodes: these are the corners of a grid in the coordinates of the duct
        let [across, around, along] = self.counts.map(|n| n as f64);
        let mut at = [[0.0; LANES]; 3];
        if self.channel {
            let per = 0.5 / self.inner;
            for l in 0..LANES {
                at[0][l] = across * self.per_width * (q[1][l] + self.outer);
                at[1][l] = around * (0.5 + per * q[0][l]);
            }
        } else {
            for l in 0..LANES {
                let r = DVec2::new(q[0][l], q[1][l]).length();
                at[0][l] = across * self.per_width * (r - self.inner);
                let turn = q[1][l].atan2(q[0][l]) / TAU;
                at[1][l] = around * if turn < 0.0 { turn + 1.0 } else { turn };
            }
        }
        let per = along / self.length;
        let mut places = Places::NONE;
        for l in 0..LANES {
            at[2][l] = per * q[2][l];
            self.nodes.place(&mut places, l, at.map(|at| at[l]));
        }
        let mut found = [[0.0; 4]; LANES];
        self.nodes.field(&places, &mut found);
        for k in 0..3 {
            for l in 0..LANES {
                v[k][l] += mean * f64::from(found[l][k]);
            }
        }
    }
}

/// The velocities of a flow that is given at every node as its three components: a fourth one that is not used fills up a vector.
///
/// # Errors
/// [`crate::Error::Device`] if the memory does not suffice.
pub fn by_node(p: &Passage, values: &[f32]) -> Result<Vec<[f32; 4]>, Error> {
    if p.along == 0 {
        return Ok(Vec::new());
    }
    let mut out = memory::room(values.len() / 3)?;
    out.extend(values.as_chunks().0.iter().map(|[x, y, z]| [*x, *y, *z, 0.0]));
    Ok(out)
}
