//! The step of parcels that a flow carries or a field pulls, laid out for speed: a block of parcels takes it together, so that
//! vectors do the arithmetic and many look-ups are under way at once; only the few that may meet a wall go one by one.

use super::block::{Block, LANES, Reals};
pub use super::block::{Changed, Given};
use super::carrier::Carrier;
use super::lookup::{Axis, Nodes, saturation};
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
#[multiversion(targets("x86_64+avx+avx2+fma+bmi1+bmi2"))]
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
        let (env, step) = (self.scene.env, self.scene.step);
        let n = env.cells.map(u64::from);
        // a parcel that does not move has no time; what is worked out for it is not written
        let (mut late, mut dt, mut mass) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let (mut outside, mut moves) = (0, 0);
        let [x, y, z] = &b.position;
        for l in 0..LANES {
            let inside = (x[l] >> 32 < n[0]) & (y[l] >> 32 < n[1]) & (z[l] >> 32 < n[2]);
            late[l] = (f64::from(b.enter[l]) - step.time).max(0.0);
            let left = step.dt - late[l];
            let live = inside & (b.fate[l] < HELD) & (left > 0.0);
            dt[l] = if live { left } else { 0.0 };
            mass[l] = f64::from(b.mobility[l]) * f64::from(b.excess[l]) * self.fluidity;
            outside |= u64::from(!inside) << l;
            moves |= u64::from(live);
        }
        if moves == 0 {
            return outside;
        }
        let (origin, size) = (env.origin.to_array(), env.size.to_array());
        let (mut at, mut q) = ([[0.0; LANES]; 3], [[0.0; LANES]; 3]);
        for k in 0..3 {
            for l in 0..LANES {
                at[k][l] = fixed::to_cells(b.position[k][l]);
                q[k][l] = origin[k] + size[k] * at[k][l];
            }
        }
        let labelled = step.magnets && b.magnetic != [0.0; LANES];
        let places = self.nodes.places(&at);
        let (v, _) = self.drift(b, labelled, &q, &places, &mass);
        let (mut middle, mut cells) = ([[0.0; LANES]; 3], [[0.0; LANES]; 3]);
        for k in 0..3 {
            for l in 0..LANES {
                let way = v[k][l] * (0.5 * dt[l]);
                middle[k][l] = q[k][l] + way;
                cells[k][l] = at[k][l] + way * self.inverse[k];
            }
        }
        let places = self.nodes.places(&cells);
        let (mut d, pulled) = self.drift(b, labelled, &middle, &places, &mass);
        let mut broken = 0;
        for l in 0..LANES {
            let whole = dt[l];
            for d in &mut d {
                d[l] *= whole;
            }
            // a sum of what is not a number is not one either, a maximum may lose it
            let fine = (d[0][l] + d[1][l] + d[2][l]).abs() < f64::INFINITY;
            broken |= u64::from(!fine & (whole > 0.0)) << l;
            dt[l] = if fine { whole } else { 0.0 };
            for d in &mut d {
                d[l] = if fine { d[l] } else { 0.0 };
            }
        }
        let mut met = 0;
        for l in 0..LANES {
            let size = [0, 1, 2].map(|k| (d[k][l] * self.inverse[k]).abs());
            let size = greater(size[0], greater(size[1], size[2]));
            greatest[l] = greater(greatest[l], size);
            let [q, d] = [&q, &d].map(|v| DVec3::new(v[0][l], v[1][l], v[2][l]));
            met |= u64::from(self.walls.may_meet(q, d)) << l;
        }
        for (fate, dt) in b.fate.iter_mut().zip(&dt) {
            *fate = if *dt > 0.0 { FREE } else { *fate };
        }
        let mut held = 0_u64;
        while met != 0 {
            let l = met.trailing_zeros() as usize;
            met &= met - 1;
            if dt[l] > 0.0 {
                let radius = 0.5 * (18.0 * f64::from(b.mobility[l])).sqrt();
                let [q, way, pulled] = [&q, &d, &pulled].map(|v| DVec3::new(v[0][l], v[1][l], v[2][l]));
                let (way, fate, part) = self.walls.meet(
                    self.scene,
                    &self.carrier,
                    (q, b.position[2][l]),
                    way,
                    pulled,
                    radius,
                );
                held |= u64::from((HELD..OUT).contains(&fate)) << l;
                if fate != FREE {
                    clock[l][1] = (step.time + late[l] + part * dt[l]) as f32;
                }
                b.fate[l] = fate;
                for k in 0..3 {
                    d[k][l] = way[k];
                }
            }
        }
        for k in 0..3 {
            for l in 0..LANES {
                let to = fixed::from_cells(at[k][l] + d[k][l] * self.inverse[k], env.cells[k]);
                b.position[k][l] = if dt[l] > 0.0 { to } else { b.position[k][l] };
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

    /// Velocities at `q` [um], which is at `places` in the grid, and the parts of them that the field makes.
    #[inline(always)]
    fn drift(
        &self,
        b: &Block,
        labelled: bool,
        q: &[Reals; 3],
        places: &[Axis; 3],
        mass: &Reals,
    ) -> ([Reals; 3], [Reals; 3]) {
        let (mut whole, mut pulled) = ([[0.0; LANES]; 3], [[0.0; LANES]; 3]);
        let a = &self.scene.step.acceleration;
        let constant = a.constant.to_array();
        let [x, y, z] = a.gradient.to_cols_array_2d();
        for k in 0..3 {
            for l in 0..LANES {
                whole[k][l] = constant[k] * mass[l];
            }
            if !self.even {
                for l in 0..LANES {
                    whole[k][l] += (x[k] * q[0][l] + y[k] * q[1][l] + z[k] * q[2][l]) * mass[l];
                }
            }
        }
        if labelled {
            let [fx, fy, fz, strength] = self.nodes.field(places);
            let field = [fx, fy, fz];
            let mut factor = [0.0; LANES];
            for l in 0..LANES {
                let x = f64::from(strength[l]) * f64::from(b.per_field[l]);
                factor[l] = f64::from(b.magnetic[l]) * saturation(x);
            }
            for k in 0..3 {
                for l in 0..LANES {
                    pulled[k][l] = f64::from(field[k][l]) * factor[l];
                    whole[k][l] += pulled[k][l];
                }
            }
        }
        let flow = self.scene.step.flow;
        if flow != 0.0 && self.carrier.by_lane() {
            let mut lanes = [0.0; LANES];
            for l in 0..LANES {
                lanes[l] = self.carrier.interval(DVec2::new(q[0][l], q[1][l]));
            }
            for l in 0..LANES {
                whole[2][l] += flow * self.carrier.along(lanes[l]);
            }
        } else if flow != 0.0 {
            for l in 0..LANES {
                let v = self.carrier.at(DVec3::new(q[0][l], q[1][l], q[2][l]));
                for k in 0..3 {
                    whole[k][l] += flow * v[k];
                }
            }
        }
        (whole, pulled)
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

    /// False for most ways: they meet no wall and no end.
    #[inline(always)]
    fn may_meet(&self, q: DVec3, d: DVec3) -> bool {
        let to = q + d;
        let across = if self.shape == CHANNEL {
            (to.x.abs() > self.inner - self.largest) | (to.y.abs() > self.outer - self.largest)
        } else {
            let square = to.x * to.x + to.y * to.y;
            // squares are rounded: what comes within a millionth of a wall is looked at
            (square > self.far) | (square < self.near)
        };
        across | (to.z >= self.length)
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
