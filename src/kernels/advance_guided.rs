//! One step of a cell that any steady flow carries: as [`super::advance_carried`], whose step, twin and tolerances it has, but for a flow
//! with all three components on nodes all over the duct. It is a kernel of its own because a driver that is a program on the CPU
//! takes both ways of every branch.

use super::{Kernel, advance_carried};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "advance_guided",
    fixtures: advance_carried::guided,
    ..advance_carried::KERNEL
};
