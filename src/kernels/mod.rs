//! The kernels, one a file: what a back-end runs over all parcels or all grid cells.
//!
//! Each is declared once: its WGSL text, its f64 (or exact integer) twin, the fixtures on which the two are
//! compared, and for every output the tolerance with its reason. Twins are written from the formulas, without regard to
//! speed, and share with the back-ends only the laws and the arithmetic of positions; `buffycoat verify` and the tests
//! run every fixture through the CPU back-end and on the adapter at hand.

pub mod advance_carried;
pub mod advance_dense;
pub mod advance_dilute;
pub mod advance_guided;
pub mod advance_matrix;
pub mod advect;
pub mod approach;
pub mod census;
mod compare;
pub mod deposit;
pub mod field;
mod field_fixtures;
pub mod fields;
mod fixture;
pub mod params;
pub mod passage;
pub mod profile;
pub mod release;
pub mod settle;
pub mod shot;
pub mod slip_speed;
pub mod splat;
mod statistics;
pub mod tint;

pub use compare::{Agreement, Measured, Mismatch, Reference, compare};
pub use fixture::{Data, Fixture};
pub use params::{Environment, Page, Params, Step};
pub use passage::Passage;
pub use shot::{Plate, Shot, Shown};
pub use statistics::Statistics;

/// What a kernel is run over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// One thread a parcel, page by page.
    Parcels,
    /// As over parcels, but every thread takes one after the other, as many as [`rounds`] says; any number of workgroups does.
    Rounds,
    /// One thread a grid cell, once.
    Cells,
    /// One thread a patch of the surfaces, once.
    Patches,
    /// One thread a row of the table of that name, which a call brings.
    Rows(&'static str),
}

/// Parcels that a thread takes at most before there are more workgroups, and how many of those there are at most: eight on each
/// of 128 multiprocessors keep a large GPU busy.
const ROUNDS: (usize, u32) = (16, 1024);

/// Workgroups of `size` threads for `items` that are taken in rounds.
pub fn rounds(items: usize, size: u32) -> u32 {
    let groups = items.div_ceil(size as usize * ROUNDS.0);
    groups.clamp(1, ROUNDS.1 as usize) as u32
}

/// How an output is compared with its reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Integers: every bit.
    Exact,
    /// Floats in rows of this many columns; errors are relative to the greatest reference value of a column.
    Columns(usize),
    /// Positions; errors are relative to the greatest displacement of the fixture.
    Displacement,
    /// Integers that are sums of rounded amounts; errors are relative to the greatest reference.
    Amounts,
    /// Four bytes a word, the levels of a pixel; errors are absolute.
    Levels,
    /// [`Statistics`]: maxima relative to themselves, counts exact.
    Statistics,
}

/// One output of a kernel.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Name of the WGSL variable.
    pub buffer: &'static str,
    /// How it is compared.
    pub compare: Compare,
    /// Greatest error allowed.
    pub tolerance: f64,
    /// Why that much.
    pub reason: &'static str,
}

/// A kernel.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// Name, also of its files.
    pub name: &'static str,
    /// What it runs over.
    pub over: Over,
    /// Threads in a workgroup; a test compares it with the shader.
    pub workgroup: u32,
    /// What it writes.
    pub outputs: &'static [Output],
    /// Inputs on which it is verified.
    pub fixtures: fn() -> Vec<Fixture>,
    /// What the outputs have to be.
    pub twin: fn(&Fixture) -> Vec<(&'static str, Reference)>,
}

impl Kernel {
    /// Its path in [`crate::shaders::SOURCES`].
    pub fn source(&self) -> String {
        format!("kernels/{}", self.name)
    }
}

/// Every kernel.
pub const ALL: &[&Kernel] = &[
    &deposit::KERNEL,
    &fields::KERNEL,
    &advance_dense::KERNEL,
    &advance_dilute::KERNEL,
    &advance_carried::KERNEL,
    &advance_guided::KERNEL,
    &advance_matrix::KERNEL,
    &advect::KERNEL,
    &approach::KERNEL,
    &field::KERNEL,
    &census::KERNEL,
    &profile::KERNEL,
    &release::KERNEL,
    &settle::KERNEL,
    &slip_speed::KERNEL,
    &splat::KERNEL,
    &tint::KERNEL,
];
