//! The flow between its nodes, for the step of carried parcels: by lane where it is the same all around and along, else in the
//! coordinates of the duct.

use crate::kernels::Passage;
use crate::kernels::passage::{ANNULUS, CHANNEL};
use glam::{DVec2, DVec3};
use std::f64::consts::TAU;

/// A flow, and the shape of its duct.
pub struct Carrier<'a> {
    /// Velocities over the mean: along the duct by lane, or three components by node.
    values: &'a [f32],
    lanes: f64,
    counts: [usize; 3],
    channel: bool,
    inner: f64,
    outer: f64,
    length: f64,
    per_width: f64,
    by_width: bool,
}

impl<'a> Carrier<'a> {
    pub fn new(p: &Passage, values: &'a [f32]) -> Self {
        let [inner, outer, length] = [p.wall[0], p.wall[1], p.wall[2]].map(f64::from);
        let channel = p.shape == CHANNEL;
        Self {
            values,
            lanes: f64::from(p.lanes),
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

    /// Whether it is the same all around and along.
    pub fn by_lane(&self) -> bool {
        self.counts[1] == 0
    }

    /// Place across the flow, 0 to 1.
    #[inline(always)]
    pub fn lane(&self, q: DVec2) -> f64 {
        if self.channel {
            (q.y + self.outer) * self.per_width
        } else {
            (q.length() - self.inner) * self.per_width
        }
    }

    /// Place across the streams of the outlets, 0 to 1.
    pub fn strip(&self, q: DVec2) -> f64 {
        if self.by_width {
            0.5 + 0.5 * q.x / self.inner
        } else {
            self.lane(q)
        }
    }

    /// Velocity along the duct over its mean, of a flow by lane; `lane` in intervals.
    #[inline(always)]
    pub fn along(&self, lane: f64) -> f64 {
        let k = (lane as usize).min(self.values.len() - 2);
        let [u, v] = [self.values[k], self.values[k + 1]].map(f64::from);
        u + (v - u) * (lane - k as f64)
    }

    /// The lane of a place in intervals, within the duct.
    #[inline(always)]
    pub fn interval(&self, q: DVec2) -> f64 {
        self.lane(q).clamp(0.0, 1.0) * self.lanes
    }

    /// Velocity over its mean of any flow.
    #[inline(always)]
    pub fn at(&self, q: DVec3) -> [f64; 3] {
        let around = if self.channel {
            0.5 + 0.5 * q.x / self.inner
        } else {
            (q.y.atan2(q.x) / TAU).rem_euclid(1.0)
        };
        let [lanes, turns, layers] = self.counts;
        let place = |x: f64, n: usize| {
            let x = x.clamp(0.0, 1.0) * n as f64;
            let i = (x as usize).min(n - 1);
            (i, (x - i as f64) as f32)
        };
        let (i, s) = place(self.lane(q.truncate()), lanes);
        let (j, t) = place(around, turns);
        let row = lanes + 1;
        let face = |node: usize| -> [f32; 3] {
            let two = |node: usize| {
                let pair = &self.values[3 * node..3 * node + 6];
                [0, 1, 2].map(|k| pair[k] + (pair[k + 3] - pair[k]) * s)
            };
            let (a, b) = (two(node), two(node + row));
            [0, 1, 2].map(|k| a[k] + (b[k] - a[k]) * t)
        };
        let near = j * row + i;
        if layers == 0 {
            return face(near).map(f64::from);
        }
        let (k, u) = place(q.z / self.length, layers);
        let layer = row * (turns + 1);
        let (a, b) = (face(near + k * layer), face(near + (k + 1) * layer));
        [0, 1, 2].map(|k| f64::from(a[k] + (b[k] - a[k]) * u))
    }
}
