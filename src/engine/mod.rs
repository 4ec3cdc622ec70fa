//! The engine: state, program, time step, events. It names no back-end.

mod sample;
mod setup;

pub use sample::{Profile, Snapshot};
pub use setup::{Drag, Lateral, Physics, Sampling, Setup, Stepping, Suspension};
