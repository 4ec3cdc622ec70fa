//! What can be asked of a run, whatever its back-end: each question is a few reads of named buffers, after the passes that fill them.
//! How the entries of those buffers lie is known here alone.

use super::backend::Backend;
use super::entries::{Entries, Entry, Form, other_type};
use super::program::{Call, Contents, Pass};
use super::programs::{COUNT, FIELDS, RELEASE};
use crate::kernels::approach::{self, End, Start, TOGETHER};
use crate::kernels::fields::Field;
use crate::kernels::passage::{FATES, WAITING};
use crate::kernels::profile::Tally;
use crate::kernels::{Plate, Shown, Step, slip_speed, splat, tint};
use crate::magnets::Collector;
use crate::{Error, memory};
use std::ops::Range;
use std::sync::Arc;

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

/// A picture, and what comes before it where it shows speeds.
static PICTURE: [Pass; 4] = [
    Pass::Run(&slip_speed::KERNEL),
    Pass::Clear("sums"),
    Pass::Run(&splat::KERNEL),
    Pass::Run(&tint::KERNEL),
];

/// Questions that every back-end answers.
pub trait Readings: Backend {
    /// Counts the parcels, `[component][bin]`, at their present places.
    ///
    /// # Errors
    /// As [`Backend::call`] and [`Backend::read`]; [`Error::Input`] where a flow or a field carries parcels.
    fn tally(&mut self) -> Result<Vec<Vec<Tally>>, Error> {
        named(self, COUNT, Step::still())?;
        let bins = self.layout().environment.bins as usize;
        let words = self.layout().components * bins * Tally::WORDS;
        let words: Vec<u32> = entries(self, "tally", 0..words)?;
        let all = words.as_chunks().0;
        let row = |row: &[[u32; Tally::WORDS]]| row.iter().copied().map(Tally::from_words).collect();
        Ok(all.chunks_exact(bins.max(1)).map(row).collect())
    }

    /// The fields of the grid cells for the present places of the parcels; empty in a dilute run.
    ///
    /// # Errors
    /// As [`Backend::call`] and [`Backend::read`].
    fn fields(&mut self) -> Result<Vec<Field>, Error> {
        if !named(self, FIELDS, Step::still())? {
            return Ok(Vec::new());
        }
        let cells = self.layout().environment.cell_count();
        let all = self.read("fields", 0..cells)?;
        let mut out = memory::room(cells)?;
        match &all {
            Entries::F64x4(rows) => out.extend(rows.iter().copied().map(Field::of)),
            Entries::F32x4(rows) => out.extend(rows.iter().map(|r| Field::of(r.map(f64::from)))),
            _ => return Err(other_type("fields")),
        }
        Ok(out)
    }

    /// The present places of all parcels, by axis.
    ///
    /// # Errors
    /// As [`Backend::read`].
    fn positions(&mut self) -> Result<[Vec<u64>; 3], Error> {
        let n = self.layout().parcels;
        let mut axis = |name| entries(self, name, 0..n);
        Ok([axis("position_x")?, axis("position_y")?, axis("position_z")?])
    }

    /// One parcel, at its present place.
    ///
    /// # Errors
    /// As [`Backend::read`], and [`Error::Input`] for a parcel that there is not.
    fn parcel(&mut self, index: usize) -> Result<Parcel, Error> {
        let of = self.layout().parcels;
        if index >= of {
            return Err(Error::Input(format!(
                "there is no parcel {index}: the run has {of}, numbered from 0"
            )));
        }
        let carried = match carries(self) {
            false => None,
            true => Some(Carriage {
                magnetic: entry(self, "magnetic", index)?,
                fate: entry(self, "fate", index)?,
                clock: entry(self, "clock", index)?,
            }),
        };
        Ok(Parcel {
            position: [
                entry(self, "position_x", index)?,
                entry(self, "position_y", index)?,
                entry(self, "position_z", index)?,
            ],
            mobility: entry(self, "mobility", index)?,
            excess: entry(self, "excess", index)?,
            kind: entry(self, "kind", index)?,
            carried,
        })
    }

    /// Counts the parcels by component and fate; empty but in a separator.
    ///
    /// # Errors
    /// As [`Backend::call`] and [`Backend::read`].
    fn census(&mut self) -> Result<Vec<Census>, Error> {
        if !carries(self) {
            return Ok(Vec::new());
        }
        named(self, COUNT, Step::still())?;
        let words = self.layout().components * FATES as usize;
        let words: Vec<u32> = entries(self, "census", 0..words)?;
        Ok(words.as_chunks().0.iter().map(|row| row.map(u64::from)).collect())
    }

    /// What has become of every parcel; empty but in a separator.
    ///
    /// # Errors
    /// As [`Backend::read`].
    fn fates(&mut self) -> Result<Fates, Error> {
        if !carries(self) {
            return Ok(Fates::default());
        }
        let n = self.layout().parcels;
        Ok(Fates {
            fate: entries(self, "fate", 0..n)?,
            clock: entries(self, "clock", 0..n)?,
        })
    }

    /// Lets go what surfaces hold, all or a share, because the magnets go off; `step` is where its chances are keyed. Nothing
    /// but in a separator.
    ///
    /// # Errors
    /// As [`Backend::call`] and [`Backend::read`].
    fn release(&mut self, step: &Step) -> Result<(), Error> {
        if named(self, RELEASE, *step)? {
            // whether it was done
            self.read("fate", 0..self.layout().parcels.min(1))?;
        }
        Ok(())
    }

    /// Lets the parcels that have not come in yet come at other times: `when` takes the old one [us]. Nothing but in a separator.
    ///
    /// # Errors
    /// As [`Backend::read`] and [`Backend::write`].
    fn retime(&mut self, when: &dyn Fn(f64) -> f64) -> Result<(), Error> {
        let Fates { fate, mut clock } = self.fates()?;
        for (fate, clock) in fate.iter().zip(&mut clock) {
            if *fate == WAITING {
                clock[0] = when(f64::from(clock[0])) as f32;
            }
        }
        match fate.contains(&WAITING) {
            true => self.write("clock", 0, &clock.into()),
            false => Ok(()),
        }
    }

    /// Flies cells past a collector; no parcel of the run takes part, and any program will do ([`super::Program::empty`]).
    ///
    /// # Errors
    /// As [`Backend::call`] and [`Backend::read`], and [`Error::Input`] for a start out of reach.
    fn approach(&mut self, collector: &Collector, starts: &[Start]) -> Result<Vec<End>, Error> {
        approach::check(collector, starts)?;
        let words = collector.words();
        let mut out = memory::room(starts.len())?;
        for part in starts.chunks(TOGETHER) {
            let n = part.len();
            let starts: &[[f32; 4]] = bytemuck::cast_slice(part);
            self.call(&Call {
                tables: vec![
                    ("collector", Contents::Given((&words[..]).into())),
                    ("starts", Contents::Given(starts.into())),
                    ("ends", Contents::Empty(Form::F32x4, n)),
                    ("spent", Contents::Empty(Form::F32, n)),
                ],
                ..Call::new(
                    "a survey of a collector",
                    &[Pass::Run(&approach::KERNEL)],
                    Step::still(),
                )
            })?;
            let ends: Vec<[f32; 4]> = entries(self, "ends", 0..n)?;
            let spent: Vec<f32> = entries(self, "spent", 0..n)?;
            out.extend(
                ends.into_iter()
                    .zip(spent)
                    .map(|(row, time)| End::from_row(row, time)),
            );
        }
        Ok(out)
    }

    /// A picture of the parcels at their present places, a word a pixel: red in the lowest byte, then green, blue, and 255.
    ///
    /// # Errors
    /// As [`Backend::call`] and [`Backend::read`], and [`Error::Input`] for a value that this run does not have.
    fn picture(&mut self, plate: &Plate) -> Result<Vec<u32>, Error> {
        plate.check(self.layout().components)?;
        let carried = carries(self);
        let crowded = match plate.shown {
            // of the present places
            Shown::Fraction | Shown::Slip => named(self, FIELDS, Step::still())?,
            _ => false,
        };
        let value = match plate.shown {
            // not read, but something has to be bound
            Shown::Class => "kind",
            Shown::Excess => "excess",
            Shown::Slip => "speed",
            Shown::Magnetic if carried => "magnetic",
            Shown::Fraction if crowded => "fields",
            Shown::Magnetic | Shown::Fraction => return Err(unknown_value()),
        };
        // neither are these
        let missing: &[&'static str] = match carried {
            true => &["fields"],
            false => &["fate", "magnetic", "pull"],
        };
        let mut aliases = vec![("value", value)];
        aliases.extend(missing.iter().map(|name| (*name, "kind")));
        let (passes, columns): (&[Pass], &[&'static str]) = match plate.shown {
            Shown::Slip => (&PICTURE, &["speed"]),
            _ => (&PICTURE[1..], &[]),
        };
        let shot = plate.shot_for(carried);
        let shot: &[u32] = bytemuck::cast_slice(bytemuck::bytes_of(&shot));
        let blots: &[[f32; 4]] = bytemuck::cast_slice(&plate.blots);
        self.call(&Call {
            what: format!("a picture of {} x {} pixels", plate.shot.width, plate.shot.height),
            passes,
            step: plate.step,
            tables: vec![
                ("shot", Contents::Given(shot.into())),
                ("blots", Contents::Given(blots.into())),
                ("channel", Contents::Given((&plate.channel).into())),
                ("palette", Contents::Given((&plate.palette).into())),
                ("behind", Contents::Shared(Arc::clone(&plate.behind))),
                ("sums", Contents::Empty(Form::U32, plate.sums())),
                ("image", Contents::Empty(Form::U32, plate.pixels())),
            ],
            columns,
            aliases,
        })?;
        entries(self, "image", 0..plate.pixels())
    }
}

impl<B: Backend + ?Sized> Readings for B {}

/// Whether a flow or a field carries parcels.
fn carries<B: Backend + ?Sized>(backend: &B) -> bool {
    backend.layout().passage.is_some()
}

/// Runs the passes of that name; false where the program has none.
fn named<B: Backend + ?Sized>(backend: &mut B, name: &str, step: Step) -> Result<bool, Error> {
    let passes = backend.layout().passes(name);
    if passes.is_empty() {
        return Ok(false);
    }
    backend.call(&Call::new(name, passes, step))?;
    Ok(true)
}

/// Rows of a buffer of this type.
fn entries<T: Entry, B: Backend + ?Sized>(
    backend: &mut B,
    name: &str,
    rows: Range<usize>,
) -> Result<Vec<T>, Error> {
    let n = rows.len();
    let all = T::taken(backend.read(name, rows)?).ok_or_else(|| other_type(name))?;
    match all.len() == n {
        true => Ok(all),
        false => Err(Error::Internal(format!(
            "{} of {n} rows of `{name}` came back",
            all.len()
        ))),
    }
}

/// One row of a buffer of this type.
fn entry<T: Entry, B: Backend + ?Sized>(backend: &mut B, name: &str, row: usize) -> Result<T, Error> {
    Ok(entries(backend, name, row..row + 1)?[0])
}

fn unknown_value() -> Error {
    Error::Input("the cells of this run have no such value to colour them by".into())
}
