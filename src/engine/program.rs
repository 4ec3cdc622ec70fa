//! The step as a list of passes over named buffers: built once, compiled once by each back-end, replayed.

use super::Suspension;
use super::separator::{Separator, Stream};
use crate::flow::Profile;
use crate::kernels::{
    Kernel, advance_carried, advance_dense, advance_dilute, advance_guided, advance_matrix, deposit, fields,
    settle,
};

/// One entry of the program.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
    /// Sets a buffer to zero.
    Clear(&'static str),
    /// Runs a kernel.
    Run(&'static Kernel),
}

/// What leads cells through a separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A flow along the duct, or none.
    Along,
    /// Any steady flow.
    Given,
    /// The matrix of a column.
    Matrix,
}

impl Way {
    /// That of a separator.
    pub fn of(s: &Separator) -> Self {
        match &s.stream {
            _ if s.matrix.is_some() => Self::Matrix,
            Some(Stream {
                profile: Profile::Given(_),
                ..
            }) => Self::Given,
            _ => Self::Along,
        }
    }
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

    /// The step of a separator: an open duct, with a flow along it or any other, or a column with a matrix; with `limited` its surfaces
    /// may fill.
    pub fn carried(way: Way, limited: bool) -> Self {
        let passes: &[Pass] = match (way, limited) {
            (Way::Along, false) => &[Pass::Run(&advance_carried::KERNEL)],
            (Way::Along, true) => &[Pass::Run(&advance_carried::KERNEL), Pass::Run(&settle::KERNEL)],
            (Way::Given, false) => &[Pass::Run(&advance_guided::KERNEL)],
            (Way::Given, true) => &[Pass::Run(&advance_guided::KERNEL), Pass::Run(&settle::KERNEL)],
            (Way::Matrix, false) => &[Pass::Run(&advance_matrix::KERNEL)],
            (Way::Matrix, true) => &[Pass::Run(&advance_matrix::KERNEL), Pass::Run(&settle::KERNEL)],
        };
        Self { passes }
    }
}
