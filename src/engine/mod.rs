//! The engine: state, program, time step, events. It names no back-end.

mod backend;
mod blame;
mod capture;
mod cell;
mod clock;
mod controller;
mod entries;
mod event;
mod live;
pub(crate) mod matrix;
mod patience;
mod pick;
mod profile;
mod program;
mod programs;
mod readings;
mod room;
mod run;
mod sample;
// what the kernels know too, below the engine in the layers
pub(crate) mod setup;
mod sound;
mod state;
mod timing;

pub use crate::flow::{Feed, Inlet, MOST_OUTLETS, Stream};
pub use crate::kernels::profile::Tally;
pub use backend::{Backend, BatchStats, Device};
pub use capture::{Capture, Fly, survey};
pub use cell::{Cell, Forces};
pub use clock::Clock;
pub use entries::{Entries, Entry, Form};
pub(crate) use entries::{check_rows, no_buffer, other_type};
pub use event::{Event, Moment, Outcome, Watcher};
pub use live::Live;
pub use matrix::Matrix;
pub use patience::{PATIENCE, Patience, on_silence, patiently};
pub use pick::{REACH, Seen, seen};
pub use program::{Call, Contents, Layout, Pass, Program, told};
pub use readings::{Carriage, Census, Fates, Parcel, Readings};
pub(crate) use room::holding_area;
pub use room::{Room, parcels_held};
pub use run::{run, run_watched};
pub use sample::{Profile, Snapshot};
pub use setup::{
    CARRIED_BYTES_PER_PARCEL, Drag, Holding, Lateral, Physics, Ports, Sampling, Setup, Stepping, Suspension,
};
pub use sound::{Fault, Field, MAX_SAMPLES, MAX_STEPS};
pub use timing::{countable, felt, sample_times};
