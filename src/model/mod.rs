//! Plain data: what is in the vessel and what is done to it. No engine, no files, no back-end.

mod component;
pub mod look;
mod makeup;
mod medium;
mod population;
mod protocol;
mod rotor;
mod species;

pub use component::{Component, MagneticResponse};
pub use makeup::Makeup;
pub use medium::Fluid;
pub use population::{Amount, MAX_PARCELS, Moments, Parcels, PopulationError, check_component, draw_cell};
pub use protocol::{Protocol, Segment};
pub use rotor::{Acceleration, Mounting, Rotor};
pub use species::{CellClass, Species, Status};
