//! The formulas, one a file: pure functions of one cell, the fluid around it and their parameters.
//!
//! Body accelerations (`gravity`, `centrifugal`, `euler`) are summed on the host, in f64, into one affine map. What
//! a kernel evaluates per parcel or per grid cell is here in f64 and has a WGSL twin of the same name in
//! `shaders/laws/`.

pub mod acceleration;
pub mod bed_viscosity;
pub mod capture_row;
pub mod centrifugal;
pub mod collector_field;
pub mod collector_flow;
pub mod collector_pull;
pub mod coriolis;
pub mod crossing;
pub mod euler;
pub mod gravity;
pub mod hindrance;
pub mod look_ahead;
pub mod mixing;
pub mod packing;
pub mod pollock;
pub mod roscoe;
pub mod saturation;
pub mod schiller_naumann;
pub mod slip;
pub mod stiffness;
pub mod tube_wall;
