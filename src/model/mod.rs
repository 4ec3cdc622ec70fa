//! Plain data: what is in the vessel and what is done to it. No engine, no files, no back-end.

pub mod look;
mod makeup;
mod medium;
mod population;
mod protocol;
mod rotor;
mod species;

pub use makeup::Makeup;
pub use medium::Fluid;
pub use population::{Amount, Component, MAX_PARCELS, Parcels, PopulationError, draw_cell};
pub use protocol::{Protocol, Segment};
pub use rotor::{Acceleration, Mounting, Rotor};
pub use species::{CellClass, Species, Status};
