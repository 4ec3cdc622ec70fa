//! The field of magnets at a point: B and its gradient, magnet by magnet.
//!
//! It is no pass of a step: a run looks its field up in a table. The laws are those of `magnets`, in shaders/magnets, and it is
//! there that they have tests with values worked out by hand. For the curved and the cornered body this twin is the closed form
//! of `magnets` in f64, which a comparison with an independent library keeps honest (tests/magpylib); of the others it has its
//! own forms. Lengths are in units of the magnet, as in the rows of [`crate::magnets::Packed`].

use super::{Compare, Fixture, Kernel, Output, Over, Reference};
use crate::constants::VACUUM_PERMEABILITY;
use crate::magnets::packed::{CUBOID, CYLINDER, DIPOLE, MULTIPOLE, UNIFORM, WIRE};
use crate::magnets::{
    Cuboid, Cylinder, Dipole, FieldPoint, MagnetError, Multipole, Packed, Pose, Soft, Source, Uniform, Wire,
};
use glam::{DMat3, DQuat, DVec2, DVec3};
use std::f64::consts::PI;

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "field",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[
        Output {
            buffer: "flux",
            compare: Compare::Columns(3),
            tolerance: 2e-5,
            reason: "a place is rounded to 6e-8 of its distance from the centre, which is up to 1e-3 of the distance to an edge; \
                     the sums have some thirty terms, each with a rounding",
        },
        Output {
            buffer: "gradient",
            compare: Compare::Columns(5),
            tolerance: 2e-4,
            reason: "as B, but at an edge it grows like one over the distance, and with it the error of a rounded place",
        },
        Output {
            buffer: "within",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "a number",
        },
    ],
    fixtures: super::field_fixtures::fixtures,
    twin,
};

/// What of a magnet's rows.
#[derive(Clone, Copy, Debug)]
pub struct Magnet {
    kind: u32,
    order: u32,
    centre: [u64; 3],
    axes: DMat3,
    /// Units of length in one unit of a place.
    scale: f64,
    /// Within this of where there is no field the kernel only says so [units].
    pub near: f64,
    /// Units of length in 1 um.
    pub per_um: f64,
    size: DVec3,
    strength: DVec3,
}

impl Magnet {
    /// Those of a fixture.
    pub fn all(f: &Fixture) -> Vec<Self> {
        let words = f.words("magnets").chunks_exact(Packed::WORDS);
        words.take(f.page.spare as usize).map(Self::new).collect()
    }

    fn new(w: &[u32]) -> Self {
        let wide = |k: usize| u64::from(w[k]) | u64::from(w[k + 1]) << 32;
        let float = |k: usize| f64::from(f32::from_bits(w[k]));
        let vector = |k: usize| DVec3::new(float(k), float(k + 1), float(k + 2));
        Self {
            kind: w[6],
            order: w[7],
            centre: [wide(0), wide(2), wide(4)],
            axes: DMat3::from_cols(vector(8), vector(12), vector(16)),
            scale: float(11),
            near: float(15),
            per_um: float(19),
            size: vector(20),
            strength: vector(24),
        }
    }

    /// Point `i` of a fixture's places, seen from the magnet's centre [units].
    pub fn seen(&self, places: &[u64], i: usize) -> DVec3 {
        let axis = |k: usize| places[3 * i + k].wrapping_sub(self.centre[k]) as i64 as f64;
        self.scale * DVec3::new(axis(0), axis(1), axis(2))
    }

    /// The magnet of `magnets` that it stands for, about the origin, with its unit of length for 1 um.
    ///
    /// # Errors
    /// [`MagnetError`] for rows that are no magnet.
    pub fn source(&self) -> Result<Source, MagnetError> {
        let (size, strength, origin) = (self.size, self.strength, DVec3::ZERO);
        let pose = Pose::turned(origin, DQuat::from_mat3(&self.axes))?;
        let moment = self.axes * strength / (VACUUM_PERMEABILITY * 1e15);
        Ok(match self.kind {
            UNIFORM => {
                // symmetric and without a trace, as f32 has lost it
                let g = 0.5 * (self.axes + self.axes.transpose());
                let third = (g.x_axis.x + g.y_axis.y + g.z_axis.z) / 3.0;
                Source::Uniform(Uniform::new(
                    origin,
                    strength,
                    g - DMat3::from_diagonal(DVec3::splat(third)),
                )?)
            }
            MULTIPOLE => {
                let bore = (size.x < 1e30).then_some(size.x);
                Source::Multipole(Multipole::new(pose, self.order, strength.x, 1.0, bore)?)
            }
            DIPOLE if size.x > 0.0 => Source::Dipole(Dipole::ball(origin, moment, size.x)?),
            DIPOLE => Source::Dipole(Dipole::new(origin, moment)?),
            CUBOID => Source::Cuboid(Cuboid::new(pose, 2.0 * size, strength)?),
            CYLINDER if size.y > 0.0 => {
                Source::Cylinder(Cylinder::ring(pose, size.y, size.x, 2.0 * size.z, strength.z)?)
            }
            CYLINDER => Source::Cylinder(Cylinder::new(pose, size.x, 2.0 * size.z, strength.z)?),
            _ => {
                // far from saturation it is magnetised by twice the background
                let soft = Soft {
                    susceptibility: 1e15,
                    saturation: 1e15,
                };
                let axes = pose.axes();
                let across = axes * DVec3::new(strength.x, strength.y, 0.0);
                Source::Wire(Wire::new(origin, axes.z_axis, size.x, soft, 0.5 * across)?)
            }
        })
    }

    /// Field at `r` from its centre [units; T per unit].
    fn at(&self, r: DVec3) -> Result<FieldPoint, MagnetError> {
        let own = self.axes.transpose() * r;
        let clear = match self.kind {
            UNIFORM => f64::INFINITY,
            MULTIPOLE => self.size.x - own.truncate().length(),
            WIRE => own.truncate().length() - self.size.x,
            DIPOLE => own.length() - self.size.x,
            _ => self.source()?.clearance(r),
        };
        if clear <= self.near {
            return Err(MagnetError::Inside {
                what: "a magnet".into(),
                at: r,
            });
        }
        // Bx - i By as a function of x + i y, and its derivative, turned into the world
        let plane = |w: DVec2, slope: DVec2| {
            let gradient = DMat3::from_cols(
                DVec3::new(slope.x, -slope.y, 0.0),
                DVec3::new(-slope.y, -slope.x, 0.0),
                DVec3::ZERO,
            );
            FieldPoint {
                b: self.axes * DVec3::new(w.x, -w.y, 0.0),
                gradient: self.axes * gradient * self.axes.transpose(),
            }
        };
        let (rho, angle) = (own.truncate().length(), own.y.atan2(own.x));
        let polar = |length: f64, angle: f64| length * DVec2::from_angle(angle);
        Ok(match self.kind {
            UNIFORM => FieldPoint {
                b: self.strength + self.axes * r,
                gradient: self.axes,
            },
            MULTIPOLE => {
                let n = f64::from(self.order);
                plane(
                    polar(self.strength.x * rho.powf(n - 1.0), (n - 1.0) * angle),
                    polar(
                        (n - 1.0) * self.strength.x * rho.powf((n - 2.0).max(0.0)),
                        (n - 2.0) * angle,
                    ),
                )
            }
            WIRE => {
                let j = self.strength.truncate();
                plane(
                    polar(0.5 / (rho * rho), -2.0 * angle).rotate(j),
                    polar(-1.0 / rho.powi(3), -3.0 * angle).rotate(j),
                )
            }
            DIPOLE => {
                // B = grad(p.grad(1/r)) / (4 pi), whose gradient is the third derivative of 1/r
                let (p, d) = (self.axes * self.strength, r.length());
                let value = |k: usize| 3.0 * p.dot(r) * r[k] / d.powi(5) - p[k] / d.powi(3);
                let slope = |k: usize, l: usize| {
                    let same = if k == l { p.dot(r) } else { 0.0 };
                    3.0 * (p[l] * r[k] + p[k] * r[l] + same) / d.powi(5)
                        - 15.0 * p.dot(r) * r[k] * r[l] / d.powi(7)
                };
                let column = |l: usize| DVec3::new(slope(0, l), slope(1, l), slope(2, l)) / (4.0 * PI);
                FieldPoint {
                    b: DVec3::new(value(0), value(1), value(2)) / (4.0 * PI),
                    gradient: DMat3::from_cols(column(0), column(1), column(2)),
                }
            }
            _ => self.source()?.at(r)?,
        })
    }
}

/// What the outputs of a fixture hold before: B and the gradient of every point in one row, and the numbers of magnets.
pub fn outputs(f: &Fixture) -> (Vec<[f64; 8]>, Vec<u32>) {
    let (flux, gradient) = (f.floats("flux"), f.floats("gradient"));
    let rows = flux
        .chunks_exact(3)
        .zip(gradient.chunks_exact(5))
        .map(|(b, g)| std::array::from_fn(|k| if k < 3 { b[k].into() } else { g[k - 3].into() }));
    (rows.collect(), f.words("within").to_vec())
}

/// Adds a field to a row, its gradient `per_um` times.
pub fn add(row: &mut [f64; 8], p: &FieldPoint, per_um: f64) {
    let g = per_um * p.gradient;
    let [bx, by, bz] = p.b.to_array();
    let more = [
        bx, by, bz, g.x_axis.x, g.y_axis.y, g.y_axis.z, g.z_axis.x, g.x_axis.y,
    ];
    row.iter_mut().zip(more).for_each(|(sum, x)| *sum += x);
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (mut rows, mut within) = outputs(f);
    let places = f.positions("places");
    for (k, magnet) in Magnet::all(f).iter().enumerate() {
        for i in 0..f.items {
            // a point that is in a magnet is done with
            if within[i] != 0 {
                continue;
            }
            match magnet.at(magnet.seen(&places, i)) {
                Ok(p) => add(&mut rows[i], &p, magnet.per_um),
                Err(_) => within[i] = f.page.first + k as u32 + 1,
            }
        }
    }
    let reals = |columns: std::ops::Range<usize>| {
        Reference::Reals(rows.iter().flat_map(|r| r[columns.clone()].to_vec()).collect())
    };
    vec![
        ("flux", reals(0..3)),
        ("gradient", reals(3..8)),
        ("within", Reference::Words(within)),
    ]
}
