//! The engine: state, program, time step, events. It names no back-end.

mod backend;
mod blame;
mod capture;
mod cell;
mod charge;
mod feeding;
mod live;
pub(crate) mod matrix;
mod pace;
mod patience;
mod pick;
mod profile;
mod program;
mod programs;
mod room;
mod run;
mod sample;
// plain data that the kernels know too, below the engine in the layers
mod separate;
pub(crate) mod separator;
pub(crate) mod setup;
mod sound;
mod state;
mod timestep;

pub(crate) use backend::no_parcel;
pub use backend::{Backend, BatchStats, Carriage, Census, Device, Fates, Parcel, Tally};
pub use capture::{Capture, Fly, survey};
pub use cell::{Cell, Forces};
pub use charge::{CARRIED_BYTES_PER_PARCEL, Charge};
pub use live::Live;
pub use matrix::Matrix;
pub use patience::{PATIENCE, Patience, on_silence, patiently};
pub use pick::{REACH, Seen, seen};
pub use program::{Contents, Entries, Entry, Pass, Program, told};
pub(crate) use room::holding_area;
pub use room::{Room, parcels_held};
pub use run::{Event, Outcome, Watcher, run, run_watched};
pub use sample::{Profile, Snapshot};
pub use separate::{Moment, Passing, PassingWatcher, Separated, separate, separate_watched};
pub use separator::{Attraction, Charged, Feed, Holding, Inlet, MOST_OUTLETS, Phase, Separator, Stream};
pub use setup::{Drag, Lateral, Physics, Sampling, Setup, Stepping, Suspension};
pub use sound::{Fault, Field, MAX_SAMPLES, MAX_STEPS};
pub use timestep::{Clock, countable, felt, sample_times};
