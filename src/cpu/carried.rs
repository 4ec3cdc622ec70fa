//! The step of parcels that a flow carries or a field pulls, laid out for speed: a block of parcels takes it together, so that
//! vectors do the arithmetic and many look-ups are under way at once; only the few that may meet a wall go one by one.

use super::block::{Block, LANES, Reals};
pub use super::block::{Changed, Given};
use super::carrier::Carrier;
use super::lookup::{Nodes, Places, saturation};
use super::patches::Patches;
use super::walls::{Walls, length};
use crate::engine::BatchStats;
use crate::fixed;
use crate::kernels::advance_carried::{AIM, FINEST, MOST_PARTS, OF_SPEED, PER_GROWTH, TRIES, of_mean};
use crate::kernels::passage::{CHANNEL, FREE, HELD, OUT};
use crate::kernels::{Environment, Passage, Step};
use glam::{DMat3, DVec3};
use multiversion::multiversion;

/// What is the same for all parcels in a step.
pub struct Scene<'a> {
    pub env: &'a Environment,
    pub step: &'a Step,
    pub passage: &'a Passage,
    pub pull: &'a [[f32; 4]],
    /// Velocity of the flow over its mean, as [`crate::kernels::passage::carrier`] lays it out.
    pub carrier: &'a [f32],
    /// The same by node, as [`super::carrier::by_node`] lays it out.
    pub given: &'a [[f32; 4]],
    /// Radius of the largest cell [um].
    pub largest: f64,
    pub patches: &'a Patches,
}

/// Moves a chunk; `first` is the number of its first parcel.
#[multiversion(targets(
    "x86_64+avx512f+avx512dq+avx512vl+avx512bw+fma+bmi1+bmi2",
    "x86_64+avx+avx2+fma+bmi1+bmi2"
))]
pub fn advance(s: &Scene<'_>, given: &Given<'_>, changed: &mut Changed<'_>, first: u64) -> BatchStats {
    let mut stats = BatchStats::default();
    let mut greatest = [0.0; LANES];
    let motion = Motion::new(s);
    for from in (0..changed.z.len()).step_by(LANES) {
        let mut block = Block::take(given, changed, from);
        let kinds = &given.kind[from..];
        let bad = motion.advance(&mut block, kinds, &mut changed.clock[from..], &mut greatest);
        if bad != 0 {
            let parcel = first + from as u64 + u64::from(bad.trailing_zeros());
            stats.bad = stats.bad.or(Some((s.step.number, parcel)));
        }
        block.put(changed, from);
    }
    stats.greatest = greatest.into_iter().fold(0.0, f64::max);
    stats
}

/// The lesser of two numbers, as [`greater`].
#[inline(always)]
fn lesser(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The greater of two numbers; unlike `f64::max`, which looks for what is not a number, it is one instruction.
#[inline(always)]
fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

impl Block {
    /// Velocity of parcel `l` over the pull, in a field of such a strength.
    #[inline(always)]
    fn felt(&self, l: usize, strength: f32) -> f64 {
        f64::from(self.magnetic[l]) * saturation(f64::from(strength) * f64::from(self.per_field[l]))
    }
}

/// What the parcels of a block have still to go of a step.
struct Rest {
    /// When it enters [us], and the time that is left [us].
    late: Reals,
    left: Reals,
    /// How long the next part is at most [us].
    most: Reals,
    /// How often it has been shortened.
    tries: [u32; LANES],
    /// How many parts were taken; a part that is shortened is none.
    parts: [u32; LANES],
    /// Sum of the shares that the parts were of the longest possible.
    effort: Reals,
    /// Velocity over acceleration.
    mass: Reals,
    /// Of the sphere whose mobility a cell has [um].
    radius: Reals,
}

/// A change over the size of what changes; none of what stays.
#[inline(always)]
fn share(change: f64, size: f64) -> f64 {
    let share = change / size;
    if change > 0.0 { share } else { 0.0 }
}

/// A step of blocks of parcels.
struct Motion<'a> {
    scene: &'a Scene<'a>,
    nodes: Nodes<'a>,
    carrier: Carrier<'a>,
    walls: Walls,
    inverse: [f64; 3],
    fluidity: f64,
    /// One over the furthest that a part leads along each axis [1/um], and over the share by which a velocity may change.
    per_stride: [f64; 3],
    per_change: f64,
    /// Flow whose changes do not count [um/us].
    slight: f64,
    /// True if the acceleration is the same everywhere, as gravity is.
    even: bool,
}

impl<'a> Motion<'a> {
    fn new(s: &'a Scene<'a>) -> Self {
        Self {
            scene: s,
            nodes: Nodes::new(s.pull, s.env.cells),
            carrier: Carrier::new(s.passage, s.carrier, s.given),
            walls: Walls::new(s.passage, s.largest),
            inverse: s.env.size.recip().to_array(),
            fluidity: 1.0 / s.env.viscosity,
            per_stride: [0, 1, 2].map(|k| 1.0 / f64::from(s.passage.stride[k])),
            per_change: 1.0 / f64::from(s.passage.stride[3]),
            slight: of_mean(s.passage) * s.step.flow.abs(),
            even: s.step.acceleration.gradient == DMat3::ZERO,
        }
    }
}

impl Motion<'_> {
    /// Moves a block, writes to `clock` when walls hold its parcels or they leave, and raises `greatest`, the efforts of the parcels.
    /// Returns a bit for each parcel that is outside of the grid, whose displacement is not a number, or that needs too many parts.
    #[inline(always)]
    fn advance(&self, b: &mut Block, kinds: &[u32], clock: &mut [[f32; 2]], greatest: &mut Reals) -> u64 {
        let (step, n) = (self.scene.step, self.scene.env.cells);
        let mut rest = Rest {
            late: [0.0; LANES],
            left: [0.0; LANES],
            most: [0.0; LANES],
            tries: [0; LANES],
            parts: [0; LANES],
            effort: [0.0; LANES],
            mass: [0.0; LANES],
            radius: [0.0; LANES],
        };
        // a parcel that does not move has no time; what is worked out for it is not written
        let (mut bad, mut moves) = (0, 0);
        for l in 0..LANES {
            let p = [0, 1, 2].map(|k| b.position[k][l]);
            let inside = (p[0] >> 32 < u64::from(n[0]))
                & (p[1] >> 32 < u64::from(n[1]))
                & (p[2] >> 32 < u64::from(n[2]));
            rest.late[l] = greater(f64::from(b.enter[l]) - step.time, 0.0);
            let left = step.dt - rest.late[l];
            let live = inside & (b.fate[l] < HELD) & (left > 0.0);
            rest.left[l] = if live { left } else { 0.0 };
            rest.most[l] = rest.left[l];
            rest.mass[l] = f64::from(b.mobility[l]) * f64::from(b.excess[l]) * self.fluidity;
            rest.radius[l] = 0.5 * (18.0 * f64::from(b.mobility[l])).sqrt();
            bad |= u64::from(!inside) << l;
            moves |= u64::from(live) << l;
            b.fate[l] = if live { FREE } else { b.fate[l] };
        }
        let start = b.position;
        // this ends: a parcel takes a part or has one try less, and both are bounded
        while moves != 0 {
            let broken;
            (moves, broken) = self.part(b, &mut rest, kinds, clock);
            bad |= broken;
        }
        for (l, (most, effort)) in greatest.iter_mut().zip(rest.effort).enumerate() {
            *most = greater(*most, if bad >> l & 1 == 1 { 0.0 } else { effort });
        }
        // one that is bad stays where it was
        for (column, start) in b.position.iter_mut().zip(start) {
            for (l, p) in column.iter_mut().enumerate() {
                *p = if bad >> l & 1 == 1 { start[l] } else { *p };
            }
        }
        bad
    }

    /// Moves a block by one part of the step, or makes the part of a parcel shorter where its velocity changes too much. Returns a bit
    /// for each parcel that has still to go, and for each whose displacement is not a number or that needs too many parts.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "one number runs over several columns")]
    fn part(&self, b: &mut Block, rest: &mut Rest, kinds: &[u32], clock: &mut [[f32; 2]]) -> (u64, u64) {
        // the loops below have no branches, and what they read lies in locals: else the compiler takes parcels one by one
        let (env, step, nodes, inverse) = (self.scene.env, self.scene.step, self.nodes, self.inverse);
        let n = env.cells;
        let constant = step.acceleration.constant.to_array();
        let (origin, size) = (env.origin.to_array(), env.size.to_array());
        let (per_stride, per_change, slight) = (self.per_stride, self.per_change, self.slight);
        let mass = rest.mass;
        let (mut at, mut places) = ([[0.0; LANES]; 3], Places::NONE);
        for l in 0..LANES {
            let p = [0, 1, 2].map(|k| fixed::to_cells(b.position[k][l]));
            for k in 0..3 {
                at[k][l] = p[k];
            }
            nodes.place(&mut places, l, p);
        }
        let labelled = step.magnets && b.magnetic != [0.0; LANES];
        let mut field = [[0.0; 4]; LANES];
        if labelled {
            nodes.field(&places, &mut field);
        }
        // what spinning and the flow add; nothing in a vessel at rest
        let more = !self.even || step.flow != 0.0;
        let (mut others, mut flow) = ([[0.0; LANES]; 3], [[0.0; LANES]; 3]);
        if more {
            self.others(&at, &mass, &mut others, &mut flow);
        }
        let (mut middle, mut first) = ([[0.0; LANES]; 3], [[0.0; LANES]; 3]);
        let (mut h, mut reach) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            let c = [0, 1, 2].map(|k| at[k][l]);
            let factor = b.felt(l, field[l][3]);
            let most = lesser(rest.most[l], rest.left[l]);
            let (mut v, mut far) = ([0.0; 3], 0.0);
            for k in 0..3 {
                let pulled = f64::from(field[l][k]) * factor;
                v[k] = constant[k] * mass[l] + others[k][l] + flow[k][l] + pulled;
                first[k][l] = pulled;
                far = greater(far, (v[k] * most * per_stride[k]).abs());
            }
            let over = greater(far, 1.0);
            h[l] = most / over;
            reach[l] = far / over;
            let half = 0.5 * h[l];
            let mut to = [0.0; 3];
            for k in 0..3 {
                to[k] = c[k] + v[k] * half * inverse[k];
                middle[k][l] = to[k];
            }
        }
        // what slides along a wall is beside it half way, too
        self.walls
            .keep(&mut middle, &rest.radius, (origin, size, inverse));
        for l in 0..LANES {
            nodes.place(&mut places, l, [0, 1, 2].map(|k| middle[k][l]));
        }
        if labelled {
            nodes.field(&places, &mut field);
        }
        let before = flow;
        if more {
            self.others(&middle, &mass, &mut others, &mut flow);
        }
        let (mut d, mut pull) = ([[0.0; LANES]; 3], [[0.0; LANES]; 3]);
        let (mut broken, mut goes, mut met) = (0, 0, 0);
        for l in 0..LANES {
            let factor = b.felt(l, field[l][3]);
            let (mut v, mut p, mut f) = ([0.0; 3], [0.0; 3], [0.0; 3]);
            let (mut dp, mut df) = ([0.0; 3], [0.0; 3]);
            for k in 0..3 {
                p[k] = f64::from(field[l][k]) * factor;
                f[k] = flow[k][l];
                v[k] = constant[k] * mass[l] + others[k][l] + f[k] + p[k];
                dp[k] = p[k] - first[k][l];
                df[k] = f[k] - before[k][l];
                pull[k][l] = p[k];
            }
            // a sum of what is not a number is not one either, a maximum may lose it
            let live = rest.left[l] > 0.0;
            let fine = ((v[0] + v[1] + v[2]) * h[l]).abs() < f64::INFINITY;
            broken |= u64::from(!fine & live) << l;
            let change = greater(
                share(length(dp), length(p) + OF_SPEED * length(v)),
                share(length(df), length(f) + slight),
            ) * per_change;
            let change = lesser(change, FINEST * reach[l]);
            // what is too long goes nowhere and is tried again; the last try counts
            let short = (change > 1.0) & (rest.tries[l] < TRIES) & fine;
            let goes_on = fine & live & !short;
            let share = greater(change, reach[l]);
            rest.tries[l] = if short { rest.tries[l] + 1 } else { 0 };
            rest.most[l] = if short {
                h[l] / change
            } else {
                h[l] / greater(greater(AIM * change, reach[l]), PER_GROWTH)
            };
            rest.effort[l] += if goes_on { share } else { 0.0 };
            rest.parts[l] += u32::from(goes_on);
            h[l] = if goes_on { h[l] } else { 0.0 };
            rest.left[l] = if fine { rest.left[l] - h[l] } else { 0.0 };
            goes |= u64::from(goes_on) << l;
            for k in 0..3 {
                let v = if goes_on { v[k] * h[l] } else { 0.0 };
                d[k][l] = v;
                let c = at[k][l] + v * inverse[k];
                middle[k][l] = origin[k] + size[k] * c; // from here on where it ends [um]
                let to = fixed::from_cells(c, n[k]);
                b.position[k][l] = if goes_on { to } else { b.position[k][l] };
            }
        }
        // a loop for each shape, so that neither has a branch in it
        let end = middle.each_ref();
        if self.walls.shape == CHANNEL {
            for l in 0..LANES {
                let to = end.map(|end| end[l]);
                met |= u64::from(self.walls.near_flat(to)) << l;
            }
        } else {
            for l in 0..LANES {
                let to = end.map(|end| end[l]);
                met |= u64::from(self.walls.near_round(to)) << l;
            }
        }
        met &= goes;
        while met != 0 {
            let l = met.trailing_zeros() as usize;
            met &= met - 1;
            let radius = rest.radius[l];
            let q = DVec3::from_array([0, 1, 2].map(|k| origin[k] + size[k] * at[k][l]));
            let way = DVec3::new(d[0][l], d[1][l], d[2][l]);
            let pulled = DVec3::new(pull[0][l], pull[1][l], pull[2][l]);
            let (way, fate, part) = self.walls.meet(self.scene, &self.carrier, q, way, pulled, radius);
            b.fate[l] = fate;
            let way = way.to_array();
            for k in 0..3 {
                b.position[k][l] = fixed::from_cells(at[k][l] + way[k] * inverse[k], n[k]);
            }
            if fate != FREE {
                let passed = step.dt - rest.late[l] - rest.left[l] - (1.0 - part) * h[l];
                clock[l][1] = (step.time + rest.late[l] + passed) as f32;
                rest.left[l] = 0.0;
            }
            if (HELD..OUT).contains(&fate) {
                let layer = fixed::cell(b.position[2][l]) as usize;
                self.scene.patches.arrive(fate - HELD, layer, kinds[l]);
            }
        }
        let mut moves = 0;
        for l in 0..LANES {
            let many = (rest.parts[l] == MOST_PARTS) & (rest.left[l] > 0.0);
            broken |= u64::from(many) << l;
            rest.left[l] = if many { 0.0 } else { rest.left[l] };
            moves |= u64::from(rest.left[l] > 0.0) << l;
        }
        (moves, broken)
    }

    /// Velocities that spinning gives, and the flow, so many grid cells from the corner.
    #[inline(always)]
    fn others(&self, at: &[Reals; 3], mass: &Reals, v: &mut [Reals; 3], flow: &mut [Reals; 3]) {
        let step = self.scene.step;
        let (origin, size) = (self.scene.env.origin.to_array(), self.scene.env.size.to_array());
        let mut q = [[0.0; LANES]; 3];
        for k in 0..3 {
            for l in 0..LANES {
                q[k][l] = origin[k] + size[k] * at[k][l];
            }
        }
        *v = [[0.0; LANES]; 3];
        if !self.even {
            let [x, y, z] = step.acceleration.gradient.to_cols_array_2d();
            for k in 0..3 {
                for l in 0..LANES {
                    v[k][l] = (x[k] * q[0][l] + y[k] * q[1][l] + z[k] * q[2][l]) * mass[l];
                }
            }
        }
        if step.flow != 0.0 {
            *flow = [[0.0; LANES]; 3];
            self.carrier.add(&q, step.flow, flow);
        }
    }
}
