//! One step of a cell that a flow carries or a field pulls, until a wall holds it or it leaves.
//!
//! Overdamped: the velocity is the sum of what the body acceleration, the magnetic field and the flow give it. Each cell takes the
//! step in as many parts as its own path needs, each by the midpoint rule (second order): a part is as long as the velocity
//! changes little on the way to its middle, and leads over few nodes of the field and the flow.

mod fixtures;
mod moved;

pub(super) use fixtures::guided;
#[cfg(test)]
pub use fixtures::retried;

use super::passage::{ANNULUS, CHANNEL, FREE, HELD, HIGH_Y, INNER, LOW_Y, OUT, OUTER};
use super::{Compare, Environment, Fixture, Kernel, Output, Over, Passage, Reference, Step};
use crate::fixed;
use crate::laws::crossing::{NEVER, crossing};
use crate::laws::{acceleration::acceleration, saturation::saturation};
use crate::shaders::gpu_constants;
use glam::{DVec2, DVec3};
use moved::moved;
use std::f64::consts::TAU;

const MOVED: &str = "f32 roundings (6e-8 each) in the place, which at the far end of the vessel is 1e3 steps, in the field \
                     between eight corners and in the way to a wall; relative to the greatest displacement";

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "advance_carried",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[
        Output {
            buffer: "position_x",
            compare: Compare::Displacement,
            tolerance: 2e-5,
            reason: MOVED,
        },
        Output {
            buffer: "position_y",
            compare: Compare::Displacement,
            tolerance: 2e-5,
            reason: MOVED,
        },
        Output {
            buffer: "position_z",
            compare: Compare::Displacement,
            tolerance: 2e-5,
            reason: MOVED,
        },
        Output {
            buffer: "fate",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "integers; no parcel of the fixtures passes an edge within a rounding",
        },
        Output {
            buffer: "clock",
            compare: Compare::Columns(2),
            tolerance: 1e-5,
            reason: "times since the start in f32, and the place where a wall is met (2e-5 of a step)",
        },
        Output {
            buffer: "arrived",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "integers; no parcel of the fixtures is held within a rounding of a layer's edge",
        },
        Output {
            buffer: "stats",
            compare: Compare::Statistics,
            tolerance: 1e-4,
            reason: "the greatest sum of shares of parts: changes of velocities that are an eighth of them or less, so ten times their \
                     rounding, in each of some ten parts",
        },
    ],
    fixtures: fixtures::fixtures,
    twin,
};

/// A cell, as far as it matters to how it is carried.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// m0 A [um2].
    pub mobility: f64,
    /// Density above the fluid's [pg/um3].
    pub excess: f64,
    /// Magnetic mobility [um3 us/pg].
    pub magnetic: f64,
    /// One over the field at which it saturates [1/T].
    pub per_field: f64,
}

gpu_constants! {
    /// Most parts of a step; a cell that needs more is reported.
    pub const MOST_PARTS: u32 = 4096;
    /// How often a part is shortened at most until its velocity changes little enough.
    pub const TRIES: u32 = 6;
    /// A part that leads over less than one over this of what it might is not shortened any further.
    pub const FINEST: f64 = 256.0;
    /// Share of a cell's speed below which a change of its magnetic velocity does not count: where it passes through zero its relative
    /// change has no bound.
    pub const OF_SPEED: f64 = 0.01;
    /// The same for a flow along the duct, as a share of its mean. Across it a linear profile makes no error at all, and a parabola a
    /// small one.
    pub const OF_MEAN_ALONG: f64 = 1.0;
    /// The same for any other flow. In one that turns it is the direction that changes, wherever it is slow, too.
    pub const OF_MEAN_GIVEN: f64 = 0.1;
    /// One over how much longer the next part may be.
    pub const PER_GROWTH: f64 = 0.5;
    /// How much less than the longest possible the next part aims at.
    pub const AIM: f64 = 1.1;
}

/// Share of the mean flow below which a change of the flow does not count.
pub fn of_mean(passage: &Passage) -> f64 {
    if passage.along > 0 {
        OF_MEAN_GIVEN
    } else {
        OF_MEAN_ALONG
    }
}

/// What surrounds the cells.
struct Surroundings<'a> {
    env: &'a Environment,
    step: &'a Step,
    passage: &'a Passage,
    pull: &'a [f32],
    carrier: &'a [f32],
    /// Share of each patch that is still free.
    vacant: &'a [f32],
}

impl Surroundings<'_> {
    /// grad(B2)/(2 mu0) and |B|: the mean of the eight corners, weighted by the volumes opposite.
    fn pull(&self, q: DVec3) -> (DVec3, f64) {
        let n = self.env.cells.map(|n| n as usize);
        let c = ((q - self.env.origin) / self.env.size).to_array();
        let low: [usize; 3] = std::array::from_fn(|k| (c[k].max(0.0) as usize).min(n[k] - 1));
        let mut sum = [0.0; 4];
        for corner in 0..8 {
            let (mut weight, mut index) = (1.0, [0; 3]);
            for k in 0..3 {
                let t = (c[k] - low[k] as f64).clamp(0.0, 1.0);
                let high = corner >> k & 1;
                weight *= if high == 1 { t } else { 1.0 - t };
                index[k] = low[k] + high;
            }
            let node = (index[2] * (n[1] + 1) + index[1]) * (n[0] + 1) + index[0];
            for (s, v) in sum.iter_mut().zip(&self.pull[4 * node..]) {
                *s += weight * f64::from(*v);
            }
        }
        (DVec3::new(sum[0], sum[1], sum[2]), sum[3])
    }

    fn wall(&self) -> DVec3 {
        let w = self.passage.wall;
        DVec3::new(w[0].into(), w[1].into(), w[2].into())
    }

    /// The walls as the centre of a cell meets them: a radius before the cell's surface would be in them.
    fn reach(&self, radius: f64) -> DVec3 {
        let w = self.wall();
        let inner = match self.passage.shape {
            CHANNEL => w.x - radius,
            ANNULUS => w.x + radius,
            _ => 0.0,
        };
        DVec3::new(inner, w.y - radius, w.z)
    }

    fn lane(&self, q: DVec3) -> f64 {
        let w = self.wall();
        if self.passage.shape == CHANNEL {
            (q.y + w.y) / (2.0 * w.y)
        } else {
            (q.truncate().length() - w.x) / (w.y - w.x)
        }
    }

    /// Across the streams of the outlets.
    fn strip(&self, q: DVec3) -> f64 {
        if self.passage.by_width == 1 {
            self.over_width(q)
        } else {
            self.lane(q)
        }
    }

    fn over_width(&self, q: DVec3) -> f64 {
        let half = self.wall().x;
        (q.x + half) / (2.0 * half)
    }

    /// Velocity of the flow: the mean of the nodes around a place, weighted by what is opposite in the duct's own coordinates.
    fn flow(&self, q: DVec3) -> DVec3 {
        let p = self.passage;
        if p.around == 0 {
            let x = self.lane(q).clamp(0.0, 1.0) * f64::from(p.lanes);
            let i = (x as usize).min(p.lanes as usize - 1);
            let [a, b] = [i, i + 1].map(|k| f64::from(self.carrier[k]));
            return DVec3::Z * (self.step.flow * (a + (b - a) * (x - i as f64)));
        }
        if p.along == 0 {
            return DVec3::Z * (self.step.flow * self.sheet(q));
        }
        let around = if p.shape == CHANNEL {
            self.over_width(q)
        } else {
            (q.y.atan2(q.x) / TAU).rem_euclid(1.0)
        };
        let own = [self.lane(q), around, q.z / self.wall().z].map(|x| x.clamp(0.0, 1.0));
        let mut sum = DVec3::ZERO;
        for lane in 0..=p.lanes {
            for turn in 0..=p.around {
                for layer in 0..=p.along {
                    let node = [lane, turn, layer].map(f64::from);
                    let counts = [p.lanes, p.around, p.along].map(f64::from);
                    // a hat over each node
                    let weight: f64 = (0..3)
                        .map(|k| (1.0 - (own[k] * counts[k] - node[k]).abs()).max(0.0))
                        .product();
                    let at = 3 * ((layer * (p.around + 1) + turn) * (p.lanes + 1) + lane) as usize;
                    let v = [0, 1, 2].map(|k| f64::from(self.carrier[at + k]));
                    sum += weight * DVec3::from_array(v);
                }
            }
        }
        self.step.flow * sum
    }

    /// Velocity along the duct over the mean, of a flow that is the same all along: the mean of four nodes of a sheet.
    fn sheet(&self, q: DVec3) -> f64 {
        let p = self.passage;
        let place = |x: f64, n: u32| {
            let x = x.clamp(0.0, 1.0) * f64::from(n);
            let i = (x as u32).min(n - 1);
            (i, x - f64::from(i))
        };
        let (i, s) = place(self.lane(q), p.lanes);
        let (j, t) = place(self.over_width(q), p.around);
        let node = |i: u32, j: u32| f64::from(self.carrier[(j * (p.lanes + 1) + i) as usize]);
        (1.0 - s) * ((1.0 - t) * node(i, j) + t * node(i, j + 1))
            + s * ((1.0 - t) * node(i + 1, j) + t * node(i + 1, j + 1))
    }

    /// Velocity of a cell, and what makes it.
    fn drift(&self, q: DVec3, cell: &Cell) -> Drift {
        let (field, b) = self.pull(q);
        let pulled = field * (cell.magnetic * saturation(b * cell.per_field));
        let a = acceleration(
            q,
            self.step.acceleration.gradient,
            self.step.acceleration.constant,
        );
        let sinking = a * (cell.mobility * cell.excess / self.env.viscosity);
        let flow = self.flow(q);
        Drift {
            whole: sinking + pulled + flow,
            pulled,
            flow,
        }
    }

    /// How much a velocity changes from one place to another, over what it may.
    fn change(&self, from: &Drift, to: &Drift) -> f64 {
        let of_mean = of_mean(self.passage);
        let pulled = (to.pulled - from.pulled).length();
        let flow = (to.flow - from.flow).length();
        let share = |change: f64, size: f64| if change > 0.0 { change / size } else { 0.0 };
        let pulled = share(pulled, to.pulled.length() + OF_SPEED * to.whole.length());
        let flow = share(flow, to.flow.length() + of_mean * self.step.flow.abs());
        pulled.max(flow) / f64::from(self.passage.stride[3])
    }

    /// The next part of a step of a cell at `q` that is at most `h` long: its length, its displacement, the magnetic velocity half
    /// way, and the share that it is of the longest part that it might be.
    fn part(&self, q: DVec3, h: f64, cell: &Cell, radius: f64) -> (f64, DVec3, DVec3, f64, f64) {
        let [x, y, z, _] = self.passage.stride.map(f64::from);
        let first = self.drift(q, cell);
        let mut h = h;
        let mut reach = (first.whole * h / DVec3::new(x, y, z)).abs().max_element();
        if reach > 1.0 {
            h /= reach;
            reach = 1.0;
        }
        let mut tries = 0;
        loop {
            let half = q + first.whole * (0.5 * h);
            // what slides along a wall is beside it half way, too
            let half = self.within(half.truncate(), radius).extend(half.z);
            let middle = self.drift(half, cell);
            let change = self.change(&first, &middle).min(FINEST * reach);
            // not a number is no change, and is found by its displacement
            if change > 1.0 && tries < TRIES {
                tries += 1;
                h /= change;
                reach /= change;
                continue;
            }
            let next = h / (AIM * change).max(reach).max(PER_GROWTH);
            return (h, middle.whole * h, middle.pulled, change.max(reach), next);
        }
    }

    /// Every side wall that a way meets: at which fraction of it, which one, and its normal out of the vessel there.
    fn met(&self, q: DVec2, d: DVec2, radius: f64) -> Vec<(f64, u32, DVec2)> {
        let w = self.reach(radius);
        let mut met = Vec::new();
        if self.passage.shape == CHANNEL {
            for (axis, half, low, high) in [(DVec2::X, w.x, INNER, OUTER), (DVec2::Y, w.y, LOW_Y, HIGH_Y)] {
                let (x, d) = (q.dot(axis), d.dot(axis));
                if (x + d).abs() > half && d != 0.0 {
                    let at = (half - x.abs()).max(0.0) / d.abs();
                    met.push((at, if d > 0.0 { high } else { low }, axis * d.signum()));
                }
            }
            return met;
        }
        if self.passage.shape == ANNULUS {
            let at = crossing(q, d, w.x, false);
            met.push((at, INNER, -(q + at * d)));
        }
        let at = crossing(q, d, w.y, true);
        met.push((at, OUTER, q + at * d));
        met.retain(|(at, ..)| *at < NEVER);
        met
    }

    /// The nearest place that the centre of a cell can have.
    fn within(&self, q: DVec2, radius: f64) -> DVec2 {
        let w = self.reach(radius);
        match self.passage.shape {
            CHANNEL => q.clamp(-w.truncate(), w.truncate()),
            ANNULUS => q.clamp_length(w.x, w.y),
            _ => q.clamp_length_max(w.y),
        }
    }
}

/// A velocity [um/us].
struct Drift {
    whole: DVec3,
    /// Of the magnetic field.
    pulled: DVec3,
    /// Of the flow.
    flow: DVec3,
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (env, step) = f.params.split();
    let s = Surroundings {
        env: &env,
        step: &step,
        passage: &f.passage,
        pull: f.floats("pull"),
        carrier: f.floats("carrier"),
        vacant: f.floats("vacant"),
    };
    let names = ["position_x", "position_y", "position_z"];
    let mut positions = names.map(|k| f.positions(k));
    let mut fate = f.words("fate").to_vec();
    let mut clock: Vec<f64> = f.floats("clock").iter().map(|t| f64::from(*t)).collect();
    let mut arrived = f.words("arrived").to_vec();
    let mut stats = f.statistics();
    for i in 0..f.items {
        let p: [u64; 3] = std::array::from_fn(|k| positions[k][i]);
        let parcel = f.page.first + i as u32;
        if !fixed::inside(p, env.cells) {
            stats.report(step.number, parcel);
            continue;
        }
        let late = (clock[2 * i] - step.time).max(0.0);
        if fate[i] >= HELD || late >= step.dt {
            continue;
        }
        let dt = step.dt - late;
        let real = |name: &str, k: usize| f64::from(f.floats(name)[k]);
        let cell = Cell {
            mobility: real("mobility", i),
            excess: real("excess", i),
            magnetic: if step.magnets {
                real("magnetic", 2 * i)
            } else {
                0.0
            },
            per_field: real("magnetic", 2 * i + 1),
        };
        // the diameter of the sphere of the same mobility
        let radius = 0.5 * (18.0 * cell.mobility).sqrt();
        let mut at = p;
        let (mut left, mut next, mut parts, mut effort) = (dt, dt, 0, 0.0);
        let done = loop {
            let from = DVec3::from_array(at.map(fixed::to_cells));
            let q = env.origin + env.size * from;
            let (h, d, pulled, share, after) = s.part(q, next.min(left), &cell, radius);
            if !d.is_finite() || parts == MOST_PARTS {
                break None;
            }
            parts += 1;
            effort += share;
            let m = moved(q, d, pulled, radius, &s);
            let to = (from + m.d / env.size).to_array();
            at = std::array::from_fn(|k| fixed::from_cells(to[k], env.cells[k]));
            if m.fate != FREE {
                break Some((m.fate, dt - left + m.part * h));
            }
            left -= h;
            next = after;
            if left <= 0.0 {
                break Some((FREE, dt));
            }
        };
        let Some((now, passed)) = done else {
            stats.report(step.number, parcel);
            continue;
        };
        stats.greatest = stats.greatest.max(effort);
        for k in 0..3 {
            positions[k][i] = at[k];
        }
        fate[i] = now;
        if now != FREE {
            clock[2 * i + 1] = step.time + late + passed;
            if now < OUT {
                let patch = (now - HELD) * env.cells[2] + fixed::cell(at[2]);
                arrived[patch as usize] += f.words("footprint")[f.words("kind")[i] as usize];
            }
        }
    }
    let mut out: Vec<(&'static str, Reference)> = names
        .into_iter()
        .zip(positions)
        .map(|(n, v)| (n, Reference::Positions(v)))
        .collect();
    out.push(("fate", Reference::Words(fate)));
    out.push(("clock", Reference::Reals(clock)));
    out.push(("arrived", Reference::Words(arrived)));
    out.push(("stats", Reference::Statistics(stats)));
    out
}
