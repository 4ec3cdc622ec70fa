//! Sedimentation of blood cells in a centrifuge: the library behind `buffycoat`.
//!
//! Units inside the library are the micrometre, the microsecond and the picogram. They are coherent, and what
//! follows from them is what a laboratory writes anyway: density in pg/um3 = g/mL, viscosity in pg/(um us) =
//! mPa s, velocity in um/us = m/s.

pub mod bench;
pub mod chamber;
pub mod constants;
pub mod continuum;
pub mod cpu;
pub mod devices;
pub mod engine;
pub mod error;
pub mod fixed;
pub mod flow;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod grids;
pub mod kernels;
pub mod laws;
pub mod library;
pub mod magnets;
pub mod memory;
pub mod model;
pub mod observe;
pub mod output;
pub mod plain;
pub mod reading;
pub mod render;
pub mod report;
pub mod rng;
pub mod scenario;
pub mod shaders;
pub mod times;
pub mod units;
pub mod validate;
pub mod verify;
#[cfg(feature = "window")]
pub mod window;

pub use error::Error;

/// README.md, whose example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
