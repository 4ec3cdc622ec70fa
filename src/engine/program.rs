//! The step as a list of passes over named buffers: built once, compiled once by each back-end, replayed.

use super::Suspension;
use crate::kernels::{Kernel, advance_carried, advance_dense, advance_dilute, deposit, fields};

/// One entry of the program.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
    /// Sets a buffer to zero.
    Clear(&'static str),
    /// Runs a kernel.
    Run(&'static Kernel),
}

/// The passes of one step, in order.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The passes.
    pub passes: &'static [Pass],
}

impl Program {
    /// The step of a dense or a dilute suspension.
    pub fn new(suspension: Suspension) -> Self {
        let passes: &[Pass] = match suspension {
            Suspension::Dense => &[
                Pass::Clear("sums"),
                Pass::Run(&deposit::KERNEL),
                Pass::Run(&fields::KERNEL),
                Pass::Run(&advance_dense::KERNEL),
            ],
            Suspension::Dilute => &[Pass::Run(&advance_dilute::KERNEL)],
        };
        Self { passes }
    }

    /// The step of a separator.
    pub fn carried() -> Self {
        Self {
            passes: &[Pass::Run(&advance_carried::KERNEL)],
        }
    }
}
