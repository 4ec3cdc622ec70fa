//! The step as a list of passes over named buffers: built once, compiled once by each back-end, replayed.

use super::Suspension;
use crate::kernels::{
    Kernel, advance_carried, advance_dense, advance_dilute, advance_matrix, deposit, fields, settle,
};

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

    /// The step of a separator: an open duct or a column with a matrix, whose surfaces may fill.
    pub fn carried(matrix: bool, limited: bool) -> Self {
        let passes: &[Pass] = match (matrix, limited) {
            (false, false) => &[Pass::Run(&advance_carried::KERNEL)],
            (false, true) => &[Pass::Run(&advance_carried::KERNEL), Pass::Run(&settle::KERNEL)],
            (true, false) => &[Pass::Run(&advance_matrix::KERNEL)],
            (true, true) => &[Pass::Run(&advance_matrix::KERNEL), Pass::Run(&settle::KERNEL)],
        };
        Self { passes }
    }
}
