//! The formulas, one a file: pure functions of one cell, the fluid around it and their parameters.
//!
//! Body accelerations act on the host, in f64. What a kernel evaluates per parcel or per grid cell has a WGSL
//! twin of the same name in `shaders/laws/`.

pub mod centrifugal;
pub mod euler;
pub mod gravity;
