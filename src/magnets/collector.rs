//! One wire or sphere of the matrix of a magnetic column, with the fluid that flows past it.
//!
//! The stream comes along z; a wire lies along x. A cell beside the collector has the velocity of the fluid and that which the
//! field gives it; in radii of the collector and in velocities of the stream, the only number of the cell is their ratio
//! (and, for beads that saturate, how far the background takes them).
//!
//! Creeping flow is that in a cell of fluid around each collector whose radius b follows from the solid fraction F: F = 1/b2
//! (wires, S. Kuwabara, J. Phys. Soc. Japan 14:527-532, 1959) and F = 1/b3 (spheres, J. Happel, AIChE J. 4:197-201, 1958),
//! both from memory; tests hold the coefficients to no slip on the collector and u_r = cos(th) at b. Because of the latter what
//! enters the cell at a distance from the axis is what the stream brings there: cross-sections taken on the border of the
//! cell are those of the superficial velocity.

use super::fault::{MagnetError, finite, invalid, positive};
use super::induced::{Soft, polarisation};
use crate::constants::VACUUM_PERMEABILITY;
use glam::DVec3;

/// What a collector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A long wire across the stream, along x.
    Wire,
    /// A ball.
    Sphere,
}

/// How the fluid flows past it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// Without viscosity, around a collector alone.
    Potential,
    /// Without inertia, around one of many.
    Creeping,
}

/// From where on cells are followed in potential flow, in radii. Derived here: beside a wire what starts at the offset s there
/// carries the stream of s (1 - 1/R2), 1e-4 less, and the pull beyond, of the ratio over r3, displaces it by 2/3 of the ratio over R3:
/// 7e-4 of s at a ratio of 1000. Of a sphere both are a hundred times less.
pub const FAR: f64 = 100.0;

/// Solid fractions of the densest packings, pi/sqrt(12) of parallel wires and pi/sqrt(18) of spheres: beyond them there is no
/// such matrix.
const DENSEST: [f64; 2] = [0.9069, 0.7405];

/// A collector in a background field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collector {
    shape: Shape,
    radius: f64,
    background: f64,
    direction: DVec3,
    polarisation: f64,
    past: Past,
    solid_fraction: f64,
}

impl Collector {
    /// Of `radius` [um], of a soft material, in the background `b0` [T] (the stream comes along z); collectors fill the
    /// `solid_fraction` of their bed.
    ///
    /// # Errors
    /// If a number is none that can be: a wire in a field that is not across it (along x), a solid fraction that leaves no
    /// room or is beyond the densest packing.
    pub fn new(
        shape: Shape,
        radius: f64,
        soft: Soft,
        b0: DVec3,
        past: Past,
        solid_fraction: f64,
    ) -> Result<Self, MagnetError> {
        positive(radius, "the radius of a collector [um]")?;
        positive(solid_fraction, "the solid fraction of a matrix")?;
        finite(b0, "the background field")?;
        let (name, n, densest) = match shape {
            Shape::Wire => ("wires", 0.5, DENSEST[0]),
            Shape::Sphere => ("spheres", 1.0 / 3.0, DENSEST[1]),
        };
        if solid_fraction > densest {
            return invalid(format!(
                "a matrix of {name} cannot have a solid fraction of {solid_fraction}; the densest has {densest}"
            ));
        }
        let (j, _) = polarisation(soft, n, b0)?;
        let background = b0.length();
        if shape == Shape::Wire && b0.x.abs() > 1e-9 * background {
            return invalid(
                "the background field has to lie across the wire, which is along x: along it the wire does not pull",
            );
        }
        Ok(Self {
            shape,
            radius,
            background,
            direction: b0 / background,
            polarisation: j.length(),
            past,
            solid_fraction,
        })
    }

    /// Wire or sphere.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Radius [um].
    pub fn radius(&self) -> f64 {
        self.radius
    }

    /// The background field [T].
    pub fn background(&self) -> f64 {
        self.background
    }

    /// Its direction; the stream comes along z.
    pub fn direction(&self) -> DVec3 {
        self.direction
    }

    /// Polarisation of the collector [T].
    pub fn polarisation(&self) -> f64 {
        self.polarisation
    }

    /// Share of the bed that collectors fill.
    pub fn solid_fraction(&self) -> f64 {
        self.solid_fraction
    }

    /// Velocity m B0 J/(mu0 a) [um/us] of a cell of magnetic mobility `m` [um3 us/pg]; over that of the stream it is the ratio
    /// on which all depends. Source: Watson (1973), from memory.
    pub fn magnetic_velocity(&self, m: f64) -> f64 {
        m * self.background * self.polarisation / (VACUUM_PERMEABILITY * self.radius)
    }

    /// What the background does to beads that saturate at one over `per_field` [1/T]: the argument of `laws::saturation` [1].
    pub fn saturation(&self, per_field: f64) -> f64 {
        self.background * per_field
    }

    /// How far from the axis or centre cells are followed, in radii: to the border of the cell of creeping flow, or [`FAR`].
    pub fn reach(&self) -> f64 {
        match (self.past, self.shape) {
            (Past::Potential, _) => FAR,
            (Past::Creeping, Shape::Wire) => self.solid_fraction.powf(-1.0 / 2.0),
            (Past::Creeping, Shape::Sphere) => self.solid_fraction.powf(-1.0 / 3.0),
        }
    }

    /// J/(2 B0) of a wire, J/(3 B0) of a sphere: what it adds at its poles over the background.
    pub fn induced(&self) -> f64 {
        let parts = match self.shape {
            Shape::Wire => 2.0,
            Shape::Sphere => 3.0,
        };
        self.polarisation / (parts * self.background)
    }

    /// k1 to k4 of f in u_r = cos(th) f(r): k1/r2 + k2 + k3 ln r + k4 r2 for a wire, k1/r3 + k2/r + k3 + k4 r2 for a sphere.
    pub fn flow(&self) -> [f64; 4] {
        let f = self.solid_fraction;
        match (self.past, self.shape) {
            (Past::Potential, Shape::Wire) => [-1.0, 1.0, 0.0, 0.0],
            (Past::Potential, Shape::Sphere) => [-1.0, 0.0, 1.0, 0.0],
            (Past::Creeping, Shape::Wire) => {
                let ku = -0.5 * f.ln() - 0.75 + f - 0.25 * f * f;
                [1.0 - 0.5 * f, f - 1.0, 2.0, -0.5 * f].map(|k| k / (2.0 * ku))
            }
            (Past::Creeping, Shape::Sphere) => {
                let g = f.cbrt();
                let five = g.powi(5);
                let w = 2.0 - 3.0 * g + 3.0 * five - 2.0 * f * f;
                [1.0, -3.0 - 2.0 * five, 2.0 + 3.0 * five, -five].map(|k| k / w)
            }
        }
    }

    /// The coefficients as `laws::collector_flow` takes them.
    pub fn coefficients(&self) -> [f64; 5] {
        let [k1, k2, k3, k4] = self.flow();
        match self.shape {
            Shape::Wire => [k1, k2, k3, k4, 0.0],
            // k1 + k2 r2 + k3 r3 + k4 r5 in powers of r - 1. It begins with k1 + k2 + k3 + k4 = 0, and the next is zero where
            // the fluid sticks: as what it is and not as the rounding of a difference
            Shape::Sphere => {
                let first = match self.past {
                    Past::Potential => 2.0 * k2 + 3.0 * k3 + 5.0 * k4,
                    Past::Creeping => 0.0,
                };
                [first, k2 + 3.0 * k3 + 10.0 * k4, k3 + 10.0 * k4, 5.0 * k4, k4]
            }
        }
    }

    /// What the kernel `approach` binds as `collector`.
    pub fn words(&self) -> [f32; 12] {
        let k = self.coefficients().map(|k| k as f32);
        let h = self.direction.as_vec3();
        let ball = match self.shape {
            Shape::Wire => 0.0,
            Shape::Sphere => 1.0,
        };
        [
            k[0],
            k[1],
            k[2],
            k[3],
            h.x,
            h.y,
            h.z,
            self.induced() as f32,
            k[4],
            self.reach() as f32,
            ball,
            (self.reach() - 1.0) as f32,
        ]
    }
}

#[cfg(test)]
#[path = "collector_tests.rs"]
mod tests;
