//! The step of parcels that a flow carries or a field pulls, laid out for speed: a block of parcels takes it together, so that
//! vectors do the arithmetic and many look-ups are under way at once; only the few that may meet a wall go one by one.

use super::block::{Block, LANES, Reals};
pub use super::block::{Changed, Given};
use super::carrier::Carrier;
use super::lookup::{Nodes, Places, saturation};
use super::patches::Patches;
use crate::engine::BatchStats;
use crate::fixed;
use crate::kernels::passage::{ANNULUS, CHANNEL, END, FREE, HELD, INNER, LOW_Y, OUT, OUTER};
use crate::kernels::{Environment, Passage, Step};
use crate::laws::crossing::{NEVER, crossing};
use glam::{DMat3, DVec2, DVec3};
use multiversion::multiversion;

/// What is the same for all parcels in a step.
pub struct Scene<'a> {
    pub env: &'a Environment,
    pub step: &'a Step,
    pub passage: &'a Passage,
    pub pull: &'a [[f32; 4]],
    /// Velocity of the flow over its mean, as [`crate::kernels::passage::carrier`] lays it out.
    pub carrier: &'a [f32],
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

/// A step of blocks of parcels.
struct Motion<'a> {
    scene: &'a Scene<'a>,
    nodes: Nodes<'a>,
    carrier: Carrier<'a>,
    walls: Walls,
    inverse: [f64; 3],
    fluidity: f64,
    /// True if the acceleration is the same everywhere, as gravity is.
    even: bool,
}

impl<'a> Motion<'a> {
    fn new(s: &'a Scene<'a>) -> Self {
        Self {
            scene: s,
            nodes: Nodes::new(s.pull, s.env.cells),
            carrier: Carrier::new(s.passage, s.carrier),
            walls: Walls::new(s.passage, s.largest),
            inverse: s.env.size.recip().to_array(),
            fluidity: 1.0 / s.env.viscosity,
            even: s.step.acceleration.gradient == DMat3::ZERO,
        }
    }
}

impl Motion<'_> {
    /// Moves a block, writes to `clock` when walls hold its parcels or they leave, and raises `greatest`, the displacements in
    /// grid cells. Returns a bit for each parcel that is outside of the grid or whose displacement is not a number.
    #[inline(always)]
    fn advance(&self, b: &mut Block, kinds: &[u32], clock: &mut [[f32; 2]], greatest: &mut Reals) -> u64 {
        // the loops below have no branches, and what they read lies in locals: else the compiler takes parcels one by one
        let (env, step, nodes, inverse) = (self.scene.env, self.scene.step, self.nodes, self.inverse);
        let n = env.cells;
        let constant = step.acceleration.constant.to_array();
        let (origin, size) = (env.origin.to_array(), env.size.to_array());
        // a parcel that does not move has no time; what is worked out for it is not written
        let (mut late, mut dt, mut mass) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let (mut at, mut places) = ([[0.0; LANES]; 3], Places::NONE);
        let (mut outside, mut moves) = (0, 0);
        for l in 0..LANES {
            let p = [0, 1, 2].map(|k| b.position[k][l]);
            let inside = (p[0] >> 32 < u64::from(n[0]))
                & (p[1] >> 32 < u64::from(n[1]))
                & (p[2] >> 32 < u64::from(n[2]));
            late[l] = greater(f64::from(b.enter[l]) - step.time, 0.0);
            let left = step.dt - late[l];
            let live = inside & (b.fate[l] < HELD) & (left > 0.0);
            dt[l] = if live { left } else { 0.0 };
            mass[l] = f64::from(b.mobility[l]) * f64::from(b.excess[l]) * self.fluidity;
            outside |= u64::from(!inside) << l;
            moves |= u64::from(live) << l;
            let p = p.map(fixed::to_cells);
            for k in 0..3 {
                at[k][l] = p[k];
            }
            nodes.place(&mut places, l, p);
        }
        if moves == 0 {
            return outside;
        }
        let labelled = step.magnets && b.magnetic != [0.0; LANES];
        let mut field = [[0.0; 4]; LANES];
        if labelled {
            nodes.field(&places, &mut field);
        }
        // what spinning and the flow add; nothing in a vessel at rest
        let more = !self.even || step.flow != 0.0;
        let mut others = [[0.0; LANES]; 3];
        if more {
            self.others(&at, &mass, &mut others);
        }
        let mut middle = [[0.0; LANES]; 3];
        for l in 0..LANES {
            let c = [0, 1, 2].map(|k| at[k][l]);
            let factor = b.felt(l, field[l][3]);
            let half = 0.5 * dt[l];
            let mut to = [0.0; 3];
            for k in 0..3 {
                let v = constant[k] * mass[l] + others[k][l] + f64::from(field[l][k]) * factor;
                to[k] = c[k] + v * half * inverse[k];
                middle[k][l] = to[k];
            }
            nodes.place(&mut places, l, to);
        }
        if labelled {
            nodes.field(&places, &mut field);
        }
        if more {
            self.others(&middle, &mass, &mut others);
        }
        let (mut d, mut factor) = ([[0.0; LANES]; 3], [0.0; LANES]);
        let (mut broken, mut met) = (0, 0);
        for l in 0..LANES {
            factor[l] = b.felt(l, field[l][3]);
            let whole = dt[l];
            let mut v = [0.0; 3];
            for k in 0..3 {
                v[k] = (constant[k] * mass[l] + others[k][l] + f64::from(field[l][k]) * factor[l]) * whole;
            }
            // a sum of what is not a number is not one either, a maximum may lose it
            let fine = (v[0] + v[1] + v[2]).abs() < f64::INFINITY;
            broken |= u64::from(!fine & (whole > 0.0)) << l;
            dt[l] = if fine { whole } else { 0.0 };
            let v = v.map(|v| if fine { v } else { 0.0 });
            let cells = [0, 1, 2].map(|k| v[k] * inverse[k]);
            let [x, y, z] = cells.map(f64::abs);
            greatest[l] = greater(greatest[l], greater(x, greater(y, z)));
            for k in 0..3 {
                d[k][l] = v[k];
                let c = at[k][l] + cells[k];
                middle[k][l] = origin[k] + size[k] * c; // from here on where it ends [um]
                let to = fixed::from_cells(c, n[k]);
                b.position[k][l] = if dt[l] > 0.0 { to } else { b.position[k][l] };
            }
            b.fate[l] = if dt[l] > 0.0 { FREE } else { b.fate[l] };
        }
        // a loop for each shape, so that neither has a branch in it
        let end = middle.each_ref();
        if self.walls.shape == CHANNEL {
            for l in 0..LANES {
                let to = end.map(|end| end[l]);
                met |= u64::from(self.walls.near_flat(to) & (dt[l] > 0.0)) << l;
            }
        } else {
            for l in 0..LANES {
                let to = end.map(|end| end[l]);
                met |= u64::from(self.walls.near_round(to) & (dt[l] > 0.0)) << l;
            }
        }
        let mut held = 0_u64;
        while met != 0 {
            let l = met.trailing_zeros() as usize;
            met &= met - 1;
            let radius = 0.5 * (18.0 * f64::from(b.mobility[l])).sqrt();
            let q = DVec3::from_array([0, 1, 2].map(|k| origin[k] + size[k] * at[k][l]));
            let way = DVec3::new(d[0][l], d[1][l], d[2][l]);
            let pulled = DVec3::from_array([0, 1, 2].map(|k| f64::from(field[l][k]) * factor[l]));
            let z = fixed::from_cells(at[2][l], n[2]);
            let (way, fate, part) = self
                .walls
                .meet(self.scene, &self.carrier, (q, z), way, pulled, radius);
            held |= u64::from((HELD..OUT).contains(&fate)) << l;
            if fate != FREE {
                clock[l][1] = (step.time + late[l] + part * dt[l]) as f32;
            }
            b.fate[l] = fate;
            let way = way.to_array();
            for k in 0..3 {
                b.position[k][l] = fixed::from_cells(at[k][l] + way[k] * inverse[k], n[k]);
            }
        }
        while held != 0 {
            let l = held.trailing_zeros() as usize;
            held &= held - 1;
            let layer = fixed::cell(b.position[2][l]) as usize;
            self.scene.patches.arrive(b.fate[l] - HELD, layer, kinds[l]);
        }
        outside | broken
    }

    /// Velocities that spinning and the flow give, so many grid cells from the corner.
    #[inline(always)]
    fn others(&self, at: &[Reals; 3], mass: &Reals, v: &mut [Reals; 3]) {
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
            self.carrier.add(&q, step.flow, v);
        }
    }
}

/// The walls in f64.
struct Walls {
    shape: u32,
    inner: f64,
    outer: f64,
    length: f64,
    /// Radius of the largest cell.
    largest: f64,
    /// Squares of the radii between which a wall is certainly not met.
    near: f64,
    far: f64,
    splits: [f64; 3],
    open: bool,
    holding: u32,
}

impl Walls {
    fn new(p: &Passage, largest: f64) -> Self {
        let [inner, outer, length] = [p.wall[0], p.wall[1], p.wall[2]].map(f64::from);
        Self {
            shape: p.shape,
            inner,
            outer,
            length,
            largest,
            near: if p.shape == ANNULUS {
                (inner + largest).powi(2) * (1.0 + 1e-6)
            } else {
                -1.0
            },
            far: (outer - largest).powi(2) * (1.0 - 1e-6),
            splits: [p.splits[0], p.splits[1], p.splits[2]].map(f64::from),
            open: p.open == 1,
            holding: p.holding,
        }
    }

    /// False for most places: a way that ends there has met no wall and no end of a channel.
    #[inline(always)]
    fn near_flat(&self, to: [f64; 3]) -> bool {
        (to[0].abs() > self.inner - self.largest)
            | (to[1].abs() > self.outer - self.largest)
            | (to[2] >= self.length)
    }

    /// The same in a tube or a ring.
    #[inline(always)]
    fn near_round(&self, to: [f64; 3]) -> bool {
        let square = to[0] * to[0] + to[1] * to[1];
        // squares are rounded: what comes within a millionth of a wall is looked at
        (square > self.far) | (square < self.near) | (to[2] >= self.length)
    }

    /// The way up to where it ends, the fate, and the part of the step until then. Every wall is looked at by itself: one that
    /// does not hold must not hide one that does.
    fn meet(
        &self,
        s: &Scene<'_>,
        carrier: &Carrier<'_>,
        (q, z): (DVec3, u64),
        d: DVec3,
        pulled: DVec3,
        radius: f64,
    ) -> (DVec3, u32, f64) {
        let layer = fixed::cell(z) as usize;
        let (mut part, mut fate) = (NEVER, FREE);
        let mut wall = |at: f64, surface: u32, outwards: bool| {
            let holds = self.holding & (1 << surface) != 0;
            if at < part && outwards && holds && s.patches.vacant(surface, layer) > 0.0 {
                (part, fate) = (at, HELD + surface);
            }
        };
        let (across, way, pull) = (q.truncate(), d.truncate(), pulled.truncate());
        if self.shape == CHANNEL {
            let flat = |x: f64, d: f64, half: f64| match (x + d).abs() <= half || d == 0.0 {
                true => NEVER,
                false => (half - x.abs()).max(0.0) / d.abs(),
            };
            let x = flat(q.x, d.x, self.inner - radius);
            wall(x, if d.x > 0.0 { OUTER } else { INNER }, pulled.x * d.x > 0.0);
            let y = flat(q.y, d.y, self.outer - radius);
            wall(y, LOW_Y + u32::from(d.y > 0.0), pulled.y * d.y > 0.0);
        } else {
            if self.shape == ANNULUS {
                let inner = crossing(across, way, self.inner + radius, false);
                wall(inner, INNER, (across + inner * way).dot(pull) < 0.0);
            }
            let outer = crossing(across, way, self.outer - radius, true);
            wall(outer, OUTER, (across + outer * way).dot(pull) > 0.0);
        }
        let room = self.length - q.z;
        if d.z > 0.0 && d.z >= room {
            let end = room.max(0.0) / d.z;
            if !self.open {
                wall(end, END, pulled.z > 0.0);
            } else if end < part {
                (part, fate) = (end, OUT);
            }
        }
        if fate == FREE {
            part = 1.0;
        }
        let to = self.within(across + way * part, radius);
        let ends = fate >= HELD + END || part * d.z >= room;
        let z = if ends { room } else { part * d.z };
        if fate == OUT {
            let strip = carrier.strip(to);
            fate += s.step.outlet;
            fate += self.splits.iter().filter(|split| strip > **split).count() as u32;
        }
        ((to - across).extend(z), fate, part)
    }

    fn within(&self, q: DVec2, radius: f64) -> DVec2 {
        let outer = self.outer - radius;
        match self.shape {
            CHANNEL => {
                let wall = DVec2::new(self.inner - radius, outer);
                q.clamp(-wall, wall)
            }
            ANNULUS => q.clamp_length(self.inner + radius, outer),
            _ => q.clamp_length_max(outer),
        }
    }
}
