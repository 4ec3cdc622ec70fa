//! Crowded suspensions by finite volumes: the laws of the parcels on classes of cells of the same size and density, without parcels and without
//! their noise.
//!
//! A channel that spins ([`Channel`], [`ChannelRun`]): blood flows in, settles across the channel, and leaves by ports. The channel is cut into
//! columns along it, and each column into levels across it. In a column cells settle as parcels do, with the look-ahead rule. Along the channel
//! fluid and cells are carried by a flow that follows from their own weight: denser columns sink and push the fluid above them aside
//! ([`Carrier`]). What flows into a cell of the grid flows out of it, to rounding.

mod banded;
mod carrier;
mod channel;
mod channel_run;
mod classes;
mod column;
mod control;
mod findings;
mod mesh;
mod operating;
mod ports;
mod sensing;
mod stages;
#[cfg(test)]
mod tests;
mod usual;

pub use carrier::Carrier;
pub(crate) use carrier::{Forces, Momentum};
pub use channel::{Channel, Numerics, Phase, Viscosity};
pub use channel_run::ChannelRun;
pub use classes::{Class, classes};
pub use column::Settling;
pub use control::Controller;
pub use findings::{Collection, Content, Findings, Ledger};
pub use mesh::{Mesh, Walls};
pub use operating::OperatingPoint;
pub use ports::{Draw, Inlet, Port};
pub use sensing::Moment;
pub use stages::Stage;
