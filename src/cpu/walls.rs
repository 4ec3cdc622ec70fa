//! The walls of a vessel for the step of carried parcels: which of them a way meets, and what holds.

use super::block::{LANES, Reals};
use super::carried::Scene;
use super::carrier::Carrier;
use crate::kernels::Passage;
use crate::kernels::passage::{ANNULUS, CHANNEL, END, FREE, HELD, INNER, LOW_Y, OUT, OUTER};
use crate::laws::crossing::{NEVER, crossing};
use glam::{DVec2, DVec3};

/// The length of a vector.
#[inline(always)]
pub fn length(v: [f64; 3]) -> f64 {
    (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).sqrt()
}

/// The walls in f64.
pub struct Walls {
    pub shape: u32,
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
    pub fn new(p: &Passage, largest: f64) -> Self {
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
    pub fn near_flat(&self, to: [f64; 3]) -> bool {
        (to[0].abs() > self.inner - self.largest)
            | (to[1].abs() > self.outer - self.largest)
            | (to[2] >= self.length)
    }

    /// The same in a tube or a ring.
    #[inline(always)]
    pub fn near_round(&self, to: [f64; 3]) -> bool {
        let square = to[0] * to[0] + to[1] * to[1];
        // squares are rounded: what comes within a millionth of a wall is looked at
        (square > self.far) | (square < self.near) | (to[2] >= self.length)
    }

    /// The way up to where it ends, the fate, and the part of the step until then. Every wall is looked at by itself: one that
    /// does not hold must not hide one that does.
    pub fn meet(
        &self,
        s: &Scene<'_>,
        carrier: &Carrier<'_>,
        q: DVec3,
        d: DVec3,
        pulled: DVec3,
        radius: f64,
    ) -> (DVec3, u32, f64) {
        let layers = s.env.cells[2] as usize;
        // a surface has room or none where it is met
        let layer = |at: f64| {
            let z = (q.z + at * d.z) / s.env.size.z;
            (z.max(0.0) as usize).min(layers - 1)
        };
        let (mut part, mut fate) = (NEVER, FREE);
        let mut wall = |at: f64, surface: u32, outwards: bool| {
            let holds = self.holding & (1 << surface) != 0;
            if at < part && outwards && holds && s.patches.vacant(surface, layer(at)) > 0.0 {
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

    /// Brings places, in grid cells, back between the walls, a loop for each shape so that neither has a branch in it. What lies between
    /// them stays as it is.
    #[inline(always)]
    pub fn keep(
        &self,
        middle: &mut [Reals; 3],
        radius: &Reals,
        (origin, size, inverse): ([f64; 3], [f64; 3], [f64; 3]),
    ) {
        if self.shape == CHANNEL {
            for l in 0..LANES {
                let half = [self.inner - radius[l], self.outer - radius[l]];
                for k in 0..2 {
                    let x = origin[k] + size[k] * middle[k][l];
                    let beside = if x > 0.0 { half[k] } else { -half[k] };
                    let beside = (beside - origin[k]) * inverse[k];
                    middle[k][l] = if x.abs() > half[k] { beside } else { middle[k][l] };
                }
            }
        } else {
            let inner = if self.shape == ANNULUS {
                self.inner
            } else {
                -self.largest
            };
            for l in 0..LANES {
                let q = [0, 1].map(|k| origin[k] + size[k] * middle[k][l]);
                let r = length([q[0], q[1], 0.0]);
                let far = self.outer - radius[l];
                let near = inner + radius[l];
                let to = if r > far { far / r } else { near / r };
                let out = (r > far) | (r < near);
                for k in 0..2 {
                    let beside = (q[k] * to - origin[k]) * inverse[k];
                    middle[k][l] = if out { beside } else { middle[k][l] };
                }
            }
        }
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
