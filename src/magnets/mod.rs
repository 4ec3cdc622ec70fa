//! Magnets: their fields with exact gradients, and what the fields act on.
//!
//! Lengths in um, flux density in tesla, gradients in T/um, all in f64. Magnets are given by their polarisation
//! J = mu0 M in tesla, which for a permanent magnet is its remanence. A source answers with the field at a point or with an
//! error, never with a number where a parcel cannot be ([`Source::at`], [`Source::clearance`]).
//!
//! What moves a cell is grad(B2)/(2 mu0) [nN/um3], called force density: 1 nN/um3 = 1e9 T A/m2 = 1e9 N/m3. Times a
//! mobility [um3 us/pg] (1e-9 of it is 1 m3 s/kg) it is a velocity [um/us = m/s].
//!
//! | part | what |
//! |---|---|
//! | [`Uniform`], [`Multipole`], [`Dipole`], [`Cuboid`], [`Cylinder`] | fields of their own |
//! | [`Wire`], [`Sphere`] | soft bodies in a background ([`Field::in_background`]) |
//! | [`Collector`] | one wire or sphere of a column's matrix, in a stream |
//! | [`Array`], [`Field`] | repetition and superposition |
//! | [`FieldMap`] | a field from a file |
//! | [`Table`] | what a run looks up, with its measured error |
//! | [`MATERIALS`] | what a magnet can be made of |
//! | [`Curve`], [`Bead`], [`Labelled`], [`Loading`], [`Binding`], [`intrinsic`] | beads, labels, cells |
//!
//! ```
//! use buffycoat::magnets::{Cuboid, Field, Pose, Source};
//! use glam::DVec3;
//!
//! // a block of 10 x 20 x 5 mm, 1.3 T along z, and the pull 8 mm above its centre
//! let block = Cuboid::new(Pose::at(DVec3::ZERO)?, DVec3::new(10e3, 20e3, 5e3), 1.3 * DVec3::Z)?;
//! let field = Field::new(vec![Source::Cuboid(block)])?;
//! assert!(field.force_density(8e3 * DVec3::Z)?.z < 0.0);
//! assert!(field.at(DVec3::ZERO).is_err());
//! # Ok::<(), buffycoat::magnets::MagnetError>(())
//! ```

mod array;
mod binding;
mod cloud;
mod collector;
mod cuboid;
mod cylinder;
mod dipole;
mod elliptic;
mod fault;
mod field;
mod induced;
pub mod intrinsic;
mod label;
mod langevin;
mod loading;
mod map;
mod material;
mod multipole;
mod overlap;
pub(crate) mod packed;
mod point;
mod pose;
mod source;
mod sphere;
mod table;
mod uniform;
mod wire;

pub use array::{Array, Repeat};
pub use binding::{Binding, Shared, encounter_rate};
pub use collector::{Collector, FAR, Past, Shape};
pub use cuboid::Cuboid;
pub use cylinder::Cylinder;
pub use dipole::Dipole;
pub use fault::MagnetError;
pub use field::Field;
pub use induced::{Regime, Soft};
pub use label::{Bead, Carrier, Labelled, MOBILITY_SI, measured_mobility};
pub use langevin::{Curve, langevin};
pub use loading::Loading;
pub use map::{Consistency, FieldMap, Interpolation, LIMIT};
pub use material::{Doubt, MATERIALS, MOST_STEADY, Material, Nature, material_named};
pub use multipole::Multipole;
pub use overlap::{Overlap, overlap};
pub use packed::Packed;
pub use point::FieldPoint;
pub use pose::Pose;
pub use source::Source;
pub use sphere::Sphere;
pub use table::{MOST_NODES, SMALL, Table, TableError, TablePoint};
pub use uniform::Uniform;
pub use wire::Wire;

#[cfg(test)]
mod tests;
