//! What a back-end has to be able to do. It knows the program and its buffers, not what the numbers mean.

use crate::Error;
use crate::kernels::approach::{End, Start};
use crate::kernels::fields::Field;
use crate::kernels::passage::FATES;
use crate::kernels::{Plate, Step};
use crate::magnets::Collector;

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

/// Count and volume of a component in a bin; the volume in units of the first moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Parcels.
    pub parcels: u64,
    /// Their volumes, as the integer sum of the first moments.
    pub volume: u64,
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

/// Parcels of a component by what has become of them, as `kernels::passage` numbers fates.
pub type Census = [u64; FATES as usize];

/// What has become of every parcel of a separator.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fates {
    /// Fate, as `kernels::passage` numbers them.
    pub fate: Vec<u32>,
    /// When it entered, and when it was held or left [us].
    pub clock: Vec<[f32; 2]>,
}

/// One parcel, as a back-end holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parcel {
    /// Place by axis: grid cell index and 2^-32 fractions of a cell.
    pub position: [u64; 3],
    /// Mobility times viscosity over volume, d^2/(18 f) times the aggregation factor [um2].
    pub mobility: f32,
    /// Density less that of the fluid [g/mL].
    pub excess: f32,
    /// Component.
    pub kind: u32,
    /// What only a parcel of a separator has.
    pub carried: Option<Carriage>,
}

/// What a parcel of a separator has besides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carriage {
    /// Magnetic mobility in a weak field [um3 us/pg]; one over the field at which it saturates [1/T].
    pub magnetic: [f32; 2],
    /// Fate, as `kernels::passage` numbers them.
    pub fate: u32,
    /// When it entered or will, and when it was held or left [us].
    pub clock: [f32; 2],
}

/// An executor of the program, which owns the state of the parcels.
pub trait Backend {
    /// What it is.
    fn device(&self) -> &Device;

    /// Runs the program once for each step.
    ///
    /// # Errors
    /// [`Error::Device`] when the device is lost or does not answer.
    fn run(&mut self, steps: &[Step]) -> Result<BatchStats, Error>;

    /// Counts the parcels, `[component][bin]`, at their present places.
    ///
    /// # Errors
    /// As [`Backend::run`].
    fn tally(&mut self) -> Result<Vec<Vec<Tally>>, Error>;

    /// The fields of the grid cells for the present places of the parcels; empty in a dilute run.
    ///
    /// # Errors
    /// As [`Backend::run`].
    fn fields(&mut self) -> Result<Vec<Field>, Error>;

    /// The present places of all parcels, by axis.
    ///
    /// # Errors
    /// As [`Backend::run`].
    fn positions(&mut self) -> Result<[Vec<u64>; 3], Error>;

    /// One parcel, at its present place.
    ///
    /// # Errors
    /// As [`Backend::run`], and [`Error::Input`] for a parcel that there is not.
    fn parcel(&mut self, index: usize) -> Result<Parcel, Error>;

    /// Counts the parcels by component and fate; empty but in a separator.
    ///
    /// # Errors
    /// As [`Backend::run`].
    fn census(&mut self) -> Result<Vec<Census>, Error>;

    /// What has become of every parcel; empty but in a separator.
    ///
    /// # Errors
    /// As [`Backend::run`].
    fn fates(&mut self) -> Result<Fates, Error>;

    /// Lets go what surfaces hold, all or a share, because the magnets go off; `step` is where its chances are keyed. Nothing
    /// but in a separator.
    ///
    /// # Errors
    /// As [`Backend::run`].
    fn release(&mut self, step: &Step) -> Result<(), Error>;

    /// Lets the parcels that have not come in yet come at other times: `when` takes the old one [us]. Nothing but in a separator.
    ///
    /// # Errors
    /// As [`Backend::run`].
    fn retime(&mut self, when: &dyn Fn(f64) -> f64) -> Result<(), Error>;

    /// Flies cells past a collector; no parcel of the run takes part.
    ///
    /// # Errors
    /// As [`Backend::run`], and [`Error::Input`] for a start out of reach.
    fn approach(&mut self, collector: &Collector, starts: &[Start]) -> Result<Vec<End>, Error>;

    /// A picture of the parcels at their present places, a word a pixel: red in the lowest byte, then green, blue, and 255.
    ///
    /// # Errors
    /// As [`Backend::run`], and [`Error::Input`] for a value that this run does not have.
    fn picture(&mut self, plate: &Plate) -> Result<Vec<u32>, Error>;

    /// Steps that one batch should at most hold, so that a submission stays short.
    fn batch(&self) -> usize;
}

/// The error for a parcel that there is not.
pub(crate) fn no_parcel(index: usize, of: usize) -> Error {
    Error::Input(format!(
        "there is no parcel {index}: the run has {of}, numbered from 0"
    ))
}
