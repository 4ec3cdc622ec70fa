//! What a back-end has to be able to do. It knows the program and its buffers, not what the numbers mean.

use super::entries::Entries;
use super::program::{Call, Layout};
use crate::Error;
use crate::kernels::Step;
use std::ops::Range;

/// What a back-end says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// `cpu` or `gpu`.
    pub backend: &'static str,
    /// Name of the processor or adapter.
    pub name: String,
    /// Driver or instruction set.
    pub driver: String,
    /// Threads of the CPU back-end; 0 on a GPU.
    pub threads: usize,
    /// Steps that one batch should at most hold, so that a submission stays short.
    pub batch: usize,
    /// True for an adapter that is a program on the CPU (llvmpipe and the like).
    pub software: bool,
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.name, self.driver)?;
        if self.threads > 0 {
            write!(
                f,
                ", {} thread{}",
                self.threads,
                if self.threads == 1 { "" } else { "s" }
            )?;
        }
        Ok(())
    }
}

/// What a batch of steps has to report.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BatchStats {
    /// Greatest volume fraction of all cells in any grid cell at the start of any step; in a separator whose surfaces can fill, the
    /// greatest share of a patch that filled in any step. 0 in other runs.
    pub fullest: f64,
    /// Greatest Courant number of any parcel in any step of the batch: its displacement before it was bounded [grid cells],
    /// or, in a crowd, as much of that of the waves of crowding as counts (`kernels::advance_dense::WAVES`).
    pub greatest: f64,
    /// Displacements that were held back to the bound.
    pub bounded: u64,
    /// First step (number given in [`Step::number`]) and in it first parcel at which a displacement was not a number
    /// or the parcel was outside of the grid.
    pub bad: Option<(u32, u64)>,
}

impl BatchStats {
    /// Both together: the greatest of the maxima, the sum of the counts, the first of the bad.
    pub fn merge(self, other: Self) -> Self {
        let bad = match (self.bad, other.bad) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            fullest: self.fullest.max(other.fullest),
            greatest: self.greatest.max(other.greatest),
            bounded: self.bounded + other.bounded,
            bad,
        }
    }
}

/// An executor of a program, which owns its buffers. It does not know what the numbers mean: [`super::Readings`] does.
///
/// Beside four verbs there is what a back-end says of itself and of its program. Lengths and the passes that can be called for follow
/// from the program, so a wrapper hands [`Backend::layout`] on and nobody has to guess them from a read.
pub trait Backend {
    /// What it is.
    fn device(&self) -> &Device;

    /// What it was given beside the buffers.
    fn layout(&self) -> &Layout;

    /// Runs the program once for each step.
    ///
    /// # Errors
    /// [`Error::Device`] when the device is lost or does not answer.
    fn run(&mut self, steps: &[Step]) -> Result<BatchStats, Error>;

    /// Runs passes outside of a step. What fails on a device is told now or by the next read.
    ///
    /// # Errors
    /// As [`Backend::run`], [`Error::Device`] for tables that find no room, and [`Error::Internal`] for a pass that lacks a buffer.
    fn call(&mut self, call: &Call<'_>) -> Result<(), Error>;

    /// These rows of a column, of a table, or of a table that the last call brought [`super::Contents::Empty`].
    ///
    /// # Errors
    /// As [`Backend::run`], and [`Error::Input`] for a buffer or rows that there are not.
    fn read(&mut self, buffer: &str, rows: Range<usize>) -> Result<Entries<'static>, Error>;

    /// Puts entries into a column, from row `first` on.
    ///
    /// # Errors
    /// As [`Backend::read`]; [`Error::Internal`] for entries of another type.
    fn write(&mut self, column: &str, first: usize, entries: &Entries<'_>) -> Result<(), Error>;
}
