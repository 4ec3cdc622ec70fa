//! The step of parcels that a flow carries or a field pulls, laid out for speed: what the vessel's shape decides is decided
//! once a chunk, and the four numbers of a field's node are interpolated together.

use crate::engine::BatchStats;
use crate::fixed;
use crate::kernels::passage::{ANNULUS, CHANNEL, END, FREE, HELD, INNER, LOW_Y, OUT, OUTER};
use crate::kernels::{Environment, Passage, Step};
use crate::laws::crossing::{NEVER, crossing};
use crate::laws::saturation::saturation;
use glam::{DVec2, DVec3, Vec4};
use multiversion::multiversion;

/// What is the same for all parcels in a step.
pub struct Scene<'a> {
    pub env: &'a Environment,
    pub step: &'a Step,
    pub passage: &'a Passage,
    pub pull: &'a [[f32; 4]],
    pub lane_speed: &'a [f32],
    /// Radius of the largest cell [um].
    pub largest: f64,
}

/// The columns of a chunk that the step only reads.
pub struct Given<'a> {
    pub mobility: &'a [f32],
    pub excess: &'a [f32],
    pub magnetic: &'a [[f32; 2]],
}

/// The columns of a chunk that the step writes.
pub struct Changed<'a> {
    pub x: &'a mut [u64],
    pub y: &'a mut [u64],
    pub z: &'a mut [u64],
    pub fate: &'a mut [u32],
    pub clock: &'a mut [[f32; 2]],
}

/// Moves a chunk; `first` is the number of its first parcel.
#[multiversion(targets("x86_64+avx+avx2+fma+bmi1+bmi2"))]
pub fn advance(s: &Scene<'_>, given: &Given<'_>, changed: &mut Changed<'_>, first: u64) -> BatchStats {
    let mut stats = BatchStats::default();
    let (env, step) = (s.env, s.step);
    let walls = Walls::new(s.passage, s.largest);
    let inverse = env.size.recip();
    let fluidity = 1.0 / env.viscosity;
    for i in 0..changed.z.len() {
        let p = [changed.x[i], changed.y[i], changed.z[i]];
        if !fixed::inside(p, env.cells) {
            stats.bad = stats.bad.or(Some((step.number, first + i as u64)));
            continue;
        }
        let late = (f64::from(changed.clock[i][0]) - step.time).max(0.0);
        let dt = step.dt - late;
        if changed.fate[i] >= HELD || dt <= 0.0 {
            continue;
        }
        let at = DVec3::new(
            fixed::to_cells(p[0]),
            fixed::to_cells(p[1]),
            fixed::to_cells(p[2]),
        );
        let q = env.origin + env.size * at;
        let mass = f64::from(given.mobility[i]) * f64::from(given.excess[i]) * fluidity;
        let magnetic = given.magnetic[i];
        let (velocity, _) = s.drift(&walls, q, at, mass, magnetic);
        let way = velocity * (0.5 * dt);
        let (velocity, pulled) = s.drift(&walls, q + way, at + way * inverse, mass, magnetic);
        let mut d = velocity * dt;
        let size = (d * inverse).abs();
        let size = size.x.max(size.y).max(size.z);
        // a sum of what is not a number is not one either, a maximum may lose it
        if !(d.x + d.y + d.z).is_finite() {
            stats.bad = stats.bad.or(Some((step.number, first + i as u64)));
            continue;
        }
        stats.greatest = stats.greatest.max(size);
        let mut fate = FREE;
        if walls.may_meet(q, d) {
            let part;
            let radius = 0.5 * (18.0 * f64::from(given.mobility[i])).sqrt();
            (d, fate, part) = walls.meet(q, d, pulled, radius);
            if fate != FREE {
                changed.clock[i][1] = (step.time + late + part * dt) as f32;
            }
        }
        changed.fate[i] = fate;
        let to = at + d * inverse;
        changed.x[i] = fixed::from_cells(to.x, env.cells[0]);
        changed.y[i] = fixed::from_cells(to.y, env.cells[1]);
        changed.z[i] = fixed::from_cells(to.z, env.cells[2]);
    }
    stats
}

impl Scene<'_> {
    /// Velocity at `q` [um], which is `at` in grid cells, and the part of it that the field makes.
    #[inline(always)]
    fn drift(
        &self,
        walls: &Walls,
        q: DVec3,
        at: DVec3,
        mass: f64,
        [m, per_field]: [f32; 2],
    ) -> (DVec3, DVec3) {
        let pulled = if m == 0.0 {
            DVec3::ZERO
        } else {
            let field = self.pull(at);
            let strength = f64::from(m) * saturation(field[3] * f64::from(per_field));
            DVec3::new(field[0], field[1], field[2]) * strength
        };
        let a = self.step.acceleration.gradient * q + self.step.acceleration.constant;
        let mut whole = a * mass + pulled;
        if self.step.flow != 0.0 {
            let x = walls.lane(q.truncate()).clamp(0.0, 1.0) * f64::from(self.passage.lanes);
            let k = (x as usize).min(self.lane_speed.len() - 2);
            let [u, v] = [self.lane_speed[k], self.lane_speed[k + 1]].map(f64::from);
            whole.z += self.step.flow * (u + (v - u) * (x - k as f64));
        }
        (whole, pulled)
    }

    /// The field at `at` grid cells. In f32, four numbers at once: the table is f32, too, and its own error is far larger.
    #[inline(always)]
    fn pull(&self, at: DVec3) -> [f64; 4] {
        let n = self.env.cells;
        let axis = |x: f64, n: u32| {
            let x = x.max(0.0).min(f64::from(n));
            let low = (x as u32).min(n - 1);
            (low as usize, (x - f64::from(low)) as f32)
        };
        let ((i, tx), (j, ty), (k, tz)) = (axis(at.x, n[0]), axis(at.y, n[1]), axis(at.z, n[2]));
        let row = n[0] as usize + 1;
        let layer = row * (n[1] as usize + 1);
        let low = k * layer + j * row + i;
        let mix = |a: Vec4, b: Vec4, t: f32| a + (b - a) * t;
        // both neighbours along x lie side by side
        let along_x = |node: usize| {
            let pair = &self.pull[node..node + 2];
            mix(Vec4::from_array(pair[0]), Vec4::from_array(pair[1]), tx)
        };
        let face = |node: usize| mix(along_x(node), along_x(node + row), ty);
        mix(face(low), face(low + layer), tz).to_array().map(f64::from)
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
    per_width: f64,
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
            per_width: 1.0
                / if p.shape == CHANNEL {
                    2.0 * outer
                } else {
                    outer - inner
                },
            splits: [p.splits[0], p.splits[1], p.splits[2]].map(f64::from),
            open: p.open == 1,
            holding: p.holding,
        }
    }

    /// Place across the flow, 0 to 1.
    #[inline(always)]
    fn lane(&self, q: DVec2) -> f64 {
        if self.shape == CHANNEL {
            (q.y + self.outer) * self.per_width
        } else {
            (q.length() - self.inner) * self.per_width
        }
    }

    /// False for most ways: they meet no wall and no end.
    #[inline(always)]
    fn may_meet(&self, q: DVec3, d: DVec3) -> bool {
        let to = q + d;
        if to.z >= self.length {
            return true;
        }
        if self.shape == CHANNEL {
            return to.x.abs() > self.inner - self.largest || to.y.abs() > self.outer - self.largest;
        }
        let square = to.truncate().length_squared();
        // squares are rounded: what comes within a millionth of a wall is looked at
        square > self.far || square < self.near
    }

    /// The way up to where it ends, the fate, and the part of the step until then. Every wall is looked at by itself: one that
    /// does not hold must not hide one that does.
    fn meet(&self, q: DVec3, d: DVec3, pulled: DVec3, radius: f64) -> (DVec3, u32, f64) {
        let (mut part, mut fate) = (NEVER, FREE);
        let mut wall = |at: f64, surface: u32, outwards: bool| {
            if at < part && outwards && self.holding & (1 << surface) != 0 {
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
            let lane = self.lane(to);
            fate += self.splits.iter().filter(|split| lane > **split).count() as u32;
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
