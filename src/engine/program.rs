//! All that a back-end is given: buffers by name, and the passes of a step over them.

use super::entries::{Entries, Entry, Form, other_type};
use crate::Error;
use crate::kernels::passage::FATES;
use crate::kernels::{Environment, Kernel, Passage, Step};
use crate::memory::{Host, Need};
use std::sync::Arc;

/// One entry of a step.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
    /// Sets a buffer to zero.
    Clear(&'static str),
    /// Runs a kernel.
    Run(&'static Kernel),
}

/// What a table holds when a run begins, or a call.
#[derive(Clone, Debug)]
pub enum Contents<'a> {
    /// So many entries of this type on a device, in a run all zero. A back-end that computes in 64 bits may have its own form of them. A
    /// call finds in it what the last one left, if that had a table of the same name and size, and else zeros.
    Empty(Form, usize),
    /// These entries.
    Given(Entries<'a>),
    /// These numbers, in the precision in which the back-end computes.
    Reals(Vec<f64>),
    /// These entries, which are large and the same from call to call: a back-end that has them already can tell.
    Shared(Arc<Vec<[f32; 4]>>),
}

impl Contents<'_> {
    /// Type and number of the entries on a device.
    pub fn size(&self) -> (Form, usize) {
        match self {
            Self::Empty(form, rows) => (*form, *rows),
            Self::Given(entries) => (entries.form(), entries.len()),
            Self::Reals(all) => (Form::F32, all.len()),
            Self::Shared(all) => (Form::F32x4, all.len()),
        }
    }

    /// Bytes of all entries on a device.
    pub fn bytes(&self) -> u64 {
        let (form, rows) = self.size();
        form.each() as u64 * rows as u64
    }
}

/// What a back-end keeps of a program beside its buffers: who reads them has to know their lengths.
#[derive(Clone, Debug)]
pub struct Layout {
    /// What does not change from step to step.
    pub environment: Environment,
    /// Where a flow or a field carries parcels: its vessel.
    pub passage: Option<Passage>,
    /// Number of components.
    pub components: usize,
    /// Number of parcels: rows of every column.
    pub parcels: usize,
    /// The passes of a step, in order.
    pub step: &'static [Pass],
    /// Passes that are run when something is asked for, by name: `count`, `fields`, `release`.
    pub calls: &'static [(&'static str, &'static [Pass])],
}

impl Layout {
    /// The passes of that name; none in a program that has no such.
    pub fn passes(&self, name: &str) -> &'static [Pass] {
        match self.calls.iter().find(|(n, _)| *n == name) {
            Some((_, passes)) => passes,
            None => &[],
        }
    }

    /// Refuses entries of a column that no kernel knows: a component or a fate that there is not.
    ///
    /// # Errors
    /// [`Error::Input`] with the entry.
    pub fn admits(&self, column: &str, entries: &Entries<'_>) -> Result<(), Error> {
        let most = match column {
            "kind" => self.components as u32,
            "fate" => FATES,
            _ => return Ok(()),
        };
        match u32::of(entries).and_then(|all| all.iter().find(|x| **x >= most)) {
            None => Ok(()),
            Some(x) => Err(Error::Input(format!(
                "`{column}` can be 0 to {}, not {x}",
                most.saturating_sub(1)
            ))),
        }
    }
}

/// The buffers of a run and the passes over them. A back-end needs nothing else, and does not know what the numbers mean.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    /// All but the buffers.
    pub layout: Layout,
    /// What every parcel has, by name: as many entries each as there are parcels.
    pub columns: Vec<(&'static str, Entries<'a>)>,
    /// What there is besides, by name.
    pub tables: Vec<(&'static str, Contents<'a>)>,
    /// What the host needs beside the columns.
    pub host: Host,
}

/// Passes outside of a step, and what they get beside the buffers of the program.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// What it is, for people: "a picture of 400 x 300 pixels".
    pub what: String,
    /// The passes, in order.
    pub passes: &'a [Pass],
    /// Their parameters.
    pub step: Step,
    /// Tables that are there for this call, by name; they hide those of the program. Such as are [`Contents::Empty`] can be read until
    /// the next call that brings tables.
    pub tables: Vec<(&'static str, Contents<'a>)>,
    /// Columns of numbers ([`Form::F32`]) that there are for this call, for the passes to fill.
    pub columns: &'a [&'static str],
    /// Names that the kernels have for other buffers: theirs first.
    pub aliases: Vec<(&'static str, &'static str)>,
}

impl<'a> Call<'a> {
    /// Passes over the buffers of the program alone.
    pub fn new(what: impl Into<String>, passes: &'a [Pass], step: Step) -> Self {
        Self {
            what: what.into(),
            passes,
            step,
            tables: Vec::new(),
            columns: &[],
            aliases: Vec::new(),
        }
    }

    /// The buffer that a kernel means by `name`.
    pub fn meant<'n>(&self, name: &'n str) -> &'n str {
        let found = self.aliases.iter().find(|(alias, _)| *alias == name);
        found.map_or(name, |(_, buffer)| buffer)
    }
}

impl Program<'_> {
    /// Bytes of a parcel in all columns.
    pub fn each(&self) -> u64 {
        self.columns.iter().map(|(_, c)| c.each() as u64).sum()
    }

    /// What the host needs for a back-end that lives there, with so many threads and `beside` bytes more for each parcel. The columns are
    /// there already, and a back-end has a copy of them.
    pub fn need(&self, threads: usize, beside: u64) -> Need {
        Need {
            parcels: self.layout.parcels as u64,
            per_parcel: self.each() + self.host.end + beside,
            fixed: self
                .host
                .fixed
                .saturating_add(self.host.thread.saturating_mul(threads as u64)),
            held: self.each(),
        }
    }

    /// A column; none of that name has no entries.
    ///
    /// # Errors
    /// [`Error::Internal`] where its entries are of another type.
    pub fn column<T: Entry>(&self, name: &str) -> Result<&[T], Error> {
        match self.columns.iter().find(|(n, _)| *n == name) {
            Some((_, entries)) => T::of(entries).ok_or_else(|| other_type(name)),
            None => Ok(&[]),
        }
    }

    /// A table that is given; none of that name has no entries.
    ///
    /// # Errors
    /// [`Error::Internal`] where its entries are of another type.
    pub fn table<T: Entry>(&self, name: &str) -> Result<&[T], Error> {
        match self.tables.iter().find(|(n, _)| *n == name) {
            Some((_, Contents::Given(entries))) => T::of(entries).ok_or_else(|| other_type(name)),
            Some(_) => Err(other_type(name)),
            None => Ok(&[]),
        }
    }

    /// A table of numbers; none of that name has none.
    ///
    /// # Errors
    /// [`Error::Internal`] where it is of another type.
    pub fn reals(&self, name: &str) -> Result<&[f64], Error> {
        match self.tables.iter().find(|(n, _)| *n == name) {
            Some((_, Contents::Reals(all))) => Ok(all),
            Some(_) => Err(other_type(name)),
            None => Ok(&[]),
        }
    }

    /// Rows of a table; none of that name has none.
    pub fn rows(&self, name: &str) -> usize {
        let found = self.tables.iter().find(|(n, _)| *n == name);
        found.map_or(0, |(_, contents)| contents.size().1)
    }
}

/// A buffer as people call it, where its name says too little.
pub fn told(name: &'static str) -> &'static str {
    match name {
        "pull" => "the table of the field",
        "carrier" => "the table of the flow",
        other => other,
    }
}
