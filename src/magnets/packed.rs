//! A field as the kernel `field` is given it: magnets one by one, places as 64-bit integers about a common origin.
//!
//! An f32 knows a place within a metre to 60 nm. A place less the centre of a magnet, both as integers, is exact, and only
//! then rounded; lengths are in units of the magnet, so that no power of one leaves the range of 32 bits.

use super::cloud::GAUSS5;
use super::fault::{MagnetError, finite};
use super::field::Field;
use super::point::FieldPoint;
use crate::shaders::gpu_constants;
use glam::{DMat3, DVec3};
use std::f64::consts::{PI, TAU};

/// How near to a body with edges, in its half diagonals, 32 bits do not tell the field any more: there a place has an error
/// of 1e-3 of the distance to an edge, along which the field grows like a logarithm and its gradient without bound.
pub(super) const NEAR_EDGES: f64 = 1e-4;

/// As [`NEAR_EDGES`], for what has none: the rounding of a place.
const NEAR: f64 = 1e-6;

gpu_constants! {
    /// Rows of four words that describe a magnet.
    const ROWS: usize = 7;
    /// Number of a uniform field with its gradient.
    pub const UNIFORM: u32 = 0;
    /// Number of a multipole.
    pub const MULTIPOLE: u32 = 1;
    /// Number of a ball, or of a point.
    pub const DIPOLE: u32 = 2;
    /// Number of a cuboid.
    pub const CUBOID: u32 = 3;
    /// Number of a cylinder, or of a ring.
    pub const CYLINDER: u32 = 4;
    /// Number of a wire.
    pub const WIRE: u32 = 5;
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Uniform,
    Multipole { order: u32 },
    Dipole,
    Cuboid,
    Cylinder,
    Wire,
}

/// One magnet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Record {
    pub kind: Kind,
    /// Its centre [um].
    pub centre: DVec3,
    /// Its own axes in the world, as columns; of a uniform field its gradient [T/um].
    pub axes: DMat3,
    /// Its unit of length [um].
    pub scale: f64,
    /// Within this of where it has no field, f64 decides and computes.
    pub near: f64,
    /// Half sides; radius, bore and half the height; radius alone.
    pub size: [f64; 3],
    /// Polarisation [T], or what its law calls strength.
    pub strength: DVec3,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            kind: Kind::Uniform,
            centre: DVec3::ZERO,
            axes: DMat3::IDENTITY,
            scale: 1.0,
            near: NEAR,
            size: [0.0; 3],
            strength: DVec3::ZERO,
        }
    }
}

impl Record {
    /// A ball or point of `strength` [T scale3].
    pub fn ball(centre: DVec3, scale: f64, radius: f64, strength: DVec3) -> Self {
        Self {
            kind: Kind::Dipole,
            centre,
            scale,
            size: [radius, 0.0, 0.0],
            strength,
            ..Self::default()
        }
    }
}

/// Magnets and places for the kernel `field`.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    /// Of every magnet 28 words, as the kernel describes them.
    pub magnets: Vec<u32>,
    /// Places on discs and rings of radius one, with their shares of the area: x, y, share, nothing.
    pub nodes: Vec<[f32; 4]>,
    /// Most terms that the field of one magnet is the sum of.
    pub most: usize,
    origin: DVec3,
    unit: f64,
}

impl Packed {
    /// Words of one magnet.
    pub const WORDS: usize = 4 * ROWS;

    /// `field` for points within the box `lo`..`hi` [um].
    ///
    /// # Errors
    /// [`MagnetError::Invalid`] for a field map, which has no closed form, and a box that is not finite.
    pub fn new(field: &Field, lo: DVec3, hi: DVec3) -> Result<Self, MagnetError> {
        let origin = finite(0.5 * (lo + hi), "the middle of the points")?;
        let mut records = Vec::new();
        for source in field.sources() {
            source.records(1.0, origin, &mut records)?;
        }
        let reach = records
            .iter()
            .map(|r| (r.centre - origin).abs().max_element())
            .fold((0.5 * (hi - lo)).max_element(), f64::max);
        // a power of two, so that scaling by it is exact; places reach to a quarter of the range
        let unit = (reach.max(1e-9).log2().ceil() - 61.0).exp2();
        let mut packed = Self {
            magnets: Vec::with_capacity(Self::WORDS * records.len()),
            nodes: vec![[0.0; 4]],
            most: 0,
            origin,
            unit,
        };
        let mut known: Vec<(f64, Ring)> = Vec::new();
        for r in &records {
            packed.push(r, &mut known);
        }
        Ok(packed)
    }

    /// A point [um] as the kernel takes it.
    pub fn place(&self, q: DVec3) -> [u32; 6] {
        let [x, y, z] = ((q - self.origin) / self.unit)
            .to_array()
            .map(|x| x.round() as i64 as u64);
        [
            x as u32,
            (x >> 32) as u32,
            y as u32,
            (y >> 32) as u32,
            z as u32,
            (z >> 32) as u32,
        ]
    }

    /// How many magnets.
    pub fn count(&self) -> usize {
        self.magnets.len() / Self::WORDS
    }

    fn push(&mut self, r: &Record, known: &mut Vec<(f64, Ring)>) {
        let mut ring = Ring::default();
        let (kind, order) = match r.kind {
            Kind::Uniform => (UNIFORM, 0),
            Kind::Multipole { order } => (MULTIPOLE, order),
            Kind::Dipole => (DIPOLE, 0),
            Kind::Cuboid => (CUBOID, 0),
            Kind::Cylinder => {
                let bore = r.size[1] / r.size[0];
                ring = match known.iter().find(|(b, _)| *b == bore) {
                    Some((_, ring)) => *ring,
                    None => {
                        let ring = self.ring(bore);
                        known.push((bore, ring));
                        ring
                    }
                };
                (CYLINDER, ring.first)
            }
            Kind::Wire => (WIRE, 0),
        };
        self.most = self.most.max(ring.count.max(1) as usize);
        let f = |x: f64| (x as f32).to_bits();
        let row = |v: DVec3, w: f64| [f(v.x), f(v.y), f(v.z), f(w)];
        let [a, b, c, d, e, g] = self.place(r.centre);
        self.magnets.extend([a, b, c, d, e, g, kind, order]);
        self.magnets.extend(row(r.axes.x_axis, self.unit / r.scale));
        self.magnets.extend(row(r.axes.y_axis, r.near));
        self.magnets.extend(row(r.axes.z_axis, 1.0 / r.scale));
        self.magnets
            .extend(row(DVec3::from_array(r.size), ring.reach * r.size[0]));
        let [x, y, z, _] = row(r.strength, 0.0);
        self.magnets.extend([x, y, z, ring.count]);
    }

    /// Nodes of a ring from `bore` to 1: five radii by Gauss in their squares, angles so many that beyond the reach the rule
    /// is exact to 1e-6. The closed form serves nearer; the thinner the ring, the sooner it loses digits.
    fn ring(&mut self, bore: f64) -> Ring {
        let reach = if bore < 0.5 {
            1.25
        } else {
            (20.0 * (1.0 - bore)).clamp(0.05, 0.5)
        };
        let angles = if bore < 0.5 { 32.0 } else { (32.0 / reach).ceil() };
        let first = self.nodes.len() as u32;
        let square = bore * bore;
        for (x, w) in GAUSS5 {
            let rho = (square + 0.5 * (1.0 + x) * (1.0 - square)).sqrt();
            let share = w * PI * (1.0 - square) / angles;
            for k in 0..angles as u32 {
                let (sin, cos) = (TAU * (f64::from(k) + 0.5) / angles).sin_cos();
                self.nodes
                    .push([rho * cos, rho * sin, share, 0.0].map(|x| x as f32));
            }
        }
        Ring {
            first,
            count: self.nodes.len() as u32 - first,
            reach,
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Ring {
    first: u32,
    count: u32,
    /// Distance from the nearer end from which the nodes serve, over the radius.
    reach: f64,
}

impl FieldPoint {
    /// From what the kernel `field` writes: B [T], and dB_x/dx, dB_y/dy, dB_z/dy, dB_x/dz, dB_y/dx [T/um].
    pub fn from_rows(b: &[f32], gradient: &[f32]) -> Option<Self> {
        let &[x, y, z] = b else { return None };
        let &[xx, yy, yz, zx, xy] = gradient else {
            return None;
        };
        let [xx, yy, yz, zx, xy] = [xx, yy, yz, zx, xy].map(f64::from);
        Some(Self {
            b: DVec3::new(x.into(), y.into(), z.into()),
            gradient: DMat3::from_cols(
                DVec3::new(xx, xy, zx),
                DVec3::new(xy, yy, yz),
                DVec3::new(zx, yz, -xx - yy),
            ),
        })
    }
}
