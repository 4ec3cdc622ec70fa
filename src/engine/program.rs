//! All that a back-end is given: buffers by name, and the passes of a step over them.

use crate::Error;
use crate::kernels::{Environment, Kernel, Passage};
use crate::memory::{Host, Need};
use std::borrow::Cow;

/// One entry of a step.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
    /// Sets a buffer to zero.
    Clear(&'static str),
    /// Runs a kernel.
    Run(&'static Kernel),
}

/// Entries of a buffer, each of one to four words.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the types that entries may have")]
pub enum Entries<'a> {
    U64(Cow<'a, [u64]>),
    U32(Cow<'a, [u32]>),
    F32(Cow<'a, [f32]>),
    F32x2(Cow<'a, [[f32; 2]]>),
    F32x4(Cow<'a, [[f32; 4]]>),
    I32x4(Cow<'a, [[i32; 4]]>),
}

/// A type that entries may have.
pub trait Entry: bytemuck::Pod {
    /// The entries, if they are of this type.
    fn of<'e>(entries: &'e Entries<'_>) -> Option<&'e [Self]>;
}

macro_rules! entries {
    ($($kind:ident $type:ty),+) => {
        $(
            impl Entry for $type {
                fn of<'e>(entries: &'e Entries<'_>) -> Option<&'e [Self]> {
                    match entries {
                        Entries::$kind(all) => Some(all),
                        _ => None,
                    }
                }
            }
            impl<'a> From<&'a [$type]> for Entries<'a> {
                fn from(all: &'a [$type]) -> Self {
                    Self::$kind(Cow::Borrowed(all))
                }
            }
            impl<'a> From<&'a Vec<$type>> for Entries<'a> {
                fn from(all: &'a Vec<$type>) -> Self {
                    Self::$kind(Cow::Borrowed(all))
                }
            }
            impl From<Vec<$type>> for Entries<'_> {
                fn from(all: Vec<$type>) -> Self {
                    Self::$kind(Cow::Owned(all))
                }
            }
        )+
        impl Entries<'_> {
            /// All of them, as they lie in memory.
            pub fn bytes(&self) -> &[u8] {
                match self {
                    $(Self::$kind(all) => bytemuck::cast_slice(all),)+
                }
            }

            /// Bytes of one.
            pub fn each(&self) -> usize {
                match self {
                    $(Self::$kind(_) => size_of::<$type>(),)+
                }
            }
        }
    };
}

entries!(U64 u64, U32 u32, F32 f32, F32x2 [f32; 2], F32x4 [f32; 4], I32x4 [i32; 4]);

/// What a table holds when a run begins.
#[derive(Clone, Debug)]
pub enum Contents<'a> {
    /// So many 32-bit words on a device, all zero. A back-end that computes in 64 bits has its own form of them.
    Empty(u64),
    /// These entries.
    Given(Entries<'a>),
    /// These numbers, in the precision in which the back-end computes.
    Reals(Vec<f64>),
}

/// The buffers of a run and the passes over them. A back-end needs nothing else, and does not know what the numbers mean.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    /// What does not change from step to step.
    pub environment: Environment,
    /// Where a flow or a field carries parcels: its vessel.
    pub passage: Option<Passage>,
    /// Number of components.
    pub components: usize,
    /// The passes of a step, in order.
    pub step: &'static [Pass],
    /// The passes that work out the fields of the grid cells for the present places of the parcels; none where there are no fields.
    pub fields: &'static [Pass],
    /// The kernel that counts the parcels when a count is due.
    pub count: &'static Kernel,
    /// The passes that let go what surfaces hold.
    pub release: &'static [Pass],
    /// What every parcel has, by name: as many entries each as there are parcels.
    pub columns: Vec<(&'static str, Entries<'a>)>,
    /// What there is besides, by name.
    pub tables: Vec<(&'static str, Contents<'a>)>,
    /// What the host needs beside the columns.
    pub host: Host,
}

impl Program<'_> {
    /// Number of parcels.
    pub fn parcels(&self) -> usize {
        self.columns
            .first()
            .map_or(0, |(_, c)| c.bytes().len() / c.each())
    }

    /// Bytes of a parcel in all columns.
    pub fn each(&self) -> u64 {
        self.columns.iter().map(|(_, c)| c.each() as u64).sum()
    }

    /// What the host needs for a back-end that lives there, with so many threads and `beside` bytes more for each parcel. The columns are
    /// there already, and a back-end has a copy of them.
    pub fn need(&self, threads: usize, beside: u64) -> Need {
        Need {
            parcels: self.parcels() as u64,
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

    /// Whether there is such a table.
    pub fn has(&self, name: &str) -> bool {
        self.tables.iter().any(|(n, _)| *n == name)
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

fn other_type(name: &str) -> Error {
    Error::Internal(format!("the buffer `{name}` has entries of another type"))
}
