//! The one test binary: what needs more than one module to be tested.

mod cpu_loops;
mod determinism;
#[cfg(feature = "gpu")]
mod layout;
#[cfg(feature = "gpu")]
mod mutants;
#[cfg(feature = "gpu")]
mod parity;
mod physics;
#[cfg(feature = "gpu")]
mod robustness;
mod setups;
