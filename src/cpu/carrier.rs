//! The flow between its nodes, for the step of carried parcels: by lane where it is the same all around and along, on a sheet where it is the
//! same all along, else in the coordinates of the duct.

use super::block::{LANES, Reals};
use crate::kernels::Passage;
use crate::kernels::passage::{ANNULUS, CHANNEL};
use crate::{Error, fixed, memory};
use glam::DVec2;
use std::f64::consts::TAU;

/// A flow, and the shape of its duct.
pub struct Carrier<'a> {
    /// Velocities over the mean: along the duct by lane or on a sheet, or three components by node.
    values: &'a [f32],
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
    pub fn new(p: &Passage, values: &'a [f32]) -> Self {
        let [inner, outer, length] = [p.wall[0], p.wall[1], p.wall[2]].map(f64::from);
        let channel = p.shape == CHANNEL;
        Self {
            values,
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
    #[expect(clippy::needless_range_loop, reason = "one number runs over several columns")]
    fn given(&self, q: &[Reals; 3], mean: f64, v: &mut [Reals; 3]) {
        let [intervals, turns, layers] = self.counts;
        let lanes = self.lanes(q);
        let (mut around, mut along) = (Axis::NONE, Axis::NONE);
        if self.channel {
            let per = 0.5 / self.inner;
            for (l, x) in q[0].iter().enumerate() {
                around.set(l, 0.5 + per * x, turns as f64);
            }
        } else {
            for l in 0..LANES {
                let turn = q[1][l].atan2(q[0][l]) / TAU;
                let turn = if turn < 0.0 { turn + 1.0 } else { turn };
                around.set(l, turn, turns as f64);
            }
        }
        let per = 1.0 / self.length;
        for (l, z) in q[2].iter().enumerate() {
            along.set(l, per * z, layers as f64);
        }
        let (row, layer) = (intervals + 1, (intervals + 1) * (turns + 1));
        for l in 0..LANES {
            let node = along.node[l] * layer as f64 + around.node[l] * row as f64 + lanes.node[l];
            let near = fixed::to_units(node) as usize;
            // in f32, as the nodes are
            let [s, t, u] = [&lanes, &around, &along].map(|axis| axis.part[l] as f32);
            let face = |node: usize| mix(self.between(node, s), self.between(node + row, s), t);
            let found = mix(face(near), face(near + layer), u);
            for k in 0..3 {
                v[k][l] += mean * f64::from(found[k]);
            }
        }
    }

    /// The velocity between a node and the next one across: three components and one that is not used, so that all of them fit into a
    /// vector.
    #[inline(always)]
    fn between(&self, node: usize, part: f32) -> [f32; 4] {
        let values = &self.values[3 * node..3 * node + 7];
        let (a, b) = ([0, 1, 2, 3].map(|k| values[k]), [3, 4, 5, 6].map(|k| values[k]));
        mix(a, b, part)
    }
}

/// What lies the part `t` of the way from `a` to `b`.
#[inline(always)]
fn mix(a: [f32; 4], b: [f32; 4], t: f32) -> [f32; 4] {
    [0, 1, 2, 3].map(|k| a[k] + (b[k] - a[k]) * t)
}

/// The velocities of a flow with room behind the last one for [`Carrier::between`].
///
/// # Errors
/// [`crate::Error::Device`] if the memory does not suffice.
pub fn padded(values: &[f32]) -> Result<Vec<f32>, Error> {
    let mut out = memory::room(values.len() + 1)?;
    out.extend_from_slice(values);
    out.push(0.0);
    Ok(out)
}
