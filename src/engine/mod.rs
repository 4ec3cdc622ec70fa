//! The engine: state, program, time step, events. It names no back-end.

mod backend;
mod program;
mod run;
mod sample;
// plain data that the kernels know too, below the engine in the layers
pub(crate) mod setup;
mod sound;
mod timestep;

pub use backend::{Backend, BatchStats, Device, Tally};
pub use program::{Pass, Program};
pub use run::{Event, Outcome, run};
pub use sample::{Profile, Snapshot};
pub use setup::{Drag, Lateral, Physics, Sampling, Setup, Stepping, Suspension};
pub use sound::{Fault, Field, MAX_SAMPLES, MAX_STEPS};
pub use timestep::{Clock, felt, sample_times};
