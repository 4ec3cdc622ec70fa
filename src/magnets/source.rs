//! One source of a field, whichever.

use super::array::Array;
use super::cuboid::Cuboid;
use super::cylinder::Cylinder;
use super::dipole::Dipole;
use super::fault::{MagnetError, invalid};
use super::map::FieldMap;
use super::multipole::Multipole;
use super::packed::Record;
use super::point::FieldPoint;
use super::sphere::Sphere;
use super::uniform::Uniform;
use super::wire::Wire;
use glam::DVec3;
use std::sync::Arc;

/// A source: its field where it is known, and how far it is from there to where it is not.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Constant gradient.
    Uniform(Uniform),
    /// Quadrupole, Halbach cylinder.
    Multipole(Multipole),
    /// Point dipole.
    Dipole(Dipole),
    /// Block.
    Cuboid(Cuboid),
    /// Disc, rod or ring.
    Cylinder(Cylinder),
    /// Soft wire in a background that is another source.
    Wire(Wire),
    /// Soft sphere in a background that is another source.
    Sphere(Sphere),
    /// Many of one kind.
    Array(Array),
    /// From a file.
    Map(Arc<FieldMap>),
}

impl Source {
    /// What it is, with the article.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Uniform(_) => "a uniform gradient",
            Self::Multipole(_) => "a multipole",
            Self::Dipole(_) => "a dipole",
            Self::Cuboid(_) => "a cuboid",
            Self::Cylinder(_) => "a cylinder",
            Self::Wire(_) => "a wire",
            Self::Sphere(_) => "a sphere",
            Self::Array(_) => "an array",
            Self::Map(_) => "a field map",
        }
    }

    /// Field at `q` [um]: there is one exactly where [`Source::clearance`] is above zero.
    ///
    /// # Errors
    /// [`MagnetError::Inside`] in a body, [`MagnetError::Beyond`] outside a bore or a map.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        match self {
            Self::Uniform(s) => Ok(s.at(q)),
            Self::Multipole(s) => s.at(q),
            Self::Dipole(s) => s.at(q),
            Self::Cuboid(s) => s.at(q),
            Self::Cylinder(s) => s.at(q),
            Self::Wire(s) => s.at(q),
            Self::Sphere(s) => s.at(q),
            Self::Array(s) => s.at(q),
            Self::Map(s) => s.at(q),
        }
    }

    /// Distance to where the field is not known: to the surface of a body, the wall of a bore, the edge of a map [um];
    /// negative there, infinite where there is no such place. No point is nearer than this.
    pub fn clearance(&self, q: DVec3) -> f64 {
        match self {
            Self::Uniform(_) => f64::INFINITY,
            Self::Multipole(s) => s.clearance(q),
            Self::Dipole(s) => s.clearance(q),
            Self::Cuboid(s) => s.clearance(q),
            Self::Cylinder(s) => s.clearance(q),
            Self::Wire(s) => s.clearance(q),
            Self::Sphere(s) => s.clearance(q),
            Self::Array(s) => s.clearance(q),
            Self::Map(s) => s.clearance(q),
        }
    }

    /// As [`Source::clearance`], but of poles around a bore also where the field goes on without them ([`Multipole::endless`]).
    pub fn off_bodies(&self, q: DVec3) -> f64 {
        match self {
            Self::Multipole(s) => s.off_poles(q),
            other => other.clearance(q),
        }
    }

    /// Whether `q` [um] lies in or on a body, outside a bore or off the map.
    pub fn contains(&self, q: DVec3) -> bool {
        self.clearance(q) <= 0.0
    }

    /// The background that a soft body was made for [T], or the first of an array; nothing for other sources.
    pub fn background(&self) -> Option<DVec3> {
        match self {
            Self::Wire(s) => Some(s.background()),
            Self::Sphere(s) => Some(s.background()),
            Self::Array(s) => s.members().first().and_then(|(first, _)| first.background()),
            _ => None,
        }
    }

    /// The axis along which [`Source::clearance`] is the same everywhere, of wires and bores without ends.
    pub(super) fn endless(&self) -> Option<DVec3> {
        match self {
            Self::Wire(s) => Some(s.line().1),
            Self::Multipole(s) => s.shell().map(|(_, axis, _)| axis),
            Self::Array(s) => s.members().first().and_then(|(first, _)| first.endless()),
            _ => None,
        }
    }

    /// Appends what a GPU is given, with the opposite poles if `sign` is below zero; places along endless axes as `origin` has
    /// them.
    pub(super) fn records(&self, sign: f64, origin: DVec3, out: &mut Vec<Record>) -> Result<(), MagnetError> {
        let one = match self {
            Self::Uniform(s) => s.record(origin),
            Self::Multipole(s) => s.record(origin),
            Self::Dipole(s) => s.record(),
            Self::Cuboid(s) => s.record(),
            Self::Cylinder(s) => s.record(),
            Self::Wire(s) => s.record(origin),
            Self::Sphere(s) => s.record(),
            Self::Array(s) => {
                let mut members = s.members().iter();
                return members.try_for_each(|(source, s)| source.records(sign * s, origin, out));
            }
            Self::Map(_) => {
                return invalid(
                    "a field map is interpolated on the CPU alone; a GPU sums the fields of the other kinds of magnets",
                );
            }
        };
        out.push(Record {
            strength: sign * one.strength,
            ..one
        });
        Ok(())
    }

    /// The same body elsewhere; nothing for sources without one.
    pub(super) fn moved(&self, by: DVec3) -> Option<Self> {
        Some(match self {
            Self::Dipole(s) => Self::Dipole(s.moved(by)),
            Self::Cuboid(s) => Self::Cuboid(s.moved(by)),
            Self::Cylinder(s) => Self::Cylinder(s.moved(by)),
            Self::Wire(s) => Self::Wire(s.moved(by)),
            Self::Sphere(s) => Self::Sphere(s.moved(by)),
            Self::Uniform(_) | Self::Multipole(_) | Self::Array(_) | Self::Map(_) => return None,
        })
    }
}
