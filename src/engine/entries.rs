//! Entries of buffers, of the types that kernels have, and what is wrong when they are asked for in another way.

use crate::{Error, memory};
use std::borrow::Cow;
use std::ops::Range;

/// A type that entries may have.
pub trait Entry: bytemuck::Pod {
    /// The entries, if they are of this type.
    fn of<'e>(entries: &'e Entries<'_>) -> Option<&'e [Self]>;

    /// As [`Entry::of`], taken out.
    fn taken(entries: Entries<'_>) -> Option<Vec<Self>>;
}

macro_rules! entries {
    ($($kind:ident $type:ty),+) => {
        /// Entries of a buffer, all of one type.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(missing_docs, reason = "the types that entries may have")]
        pub enum Entries<'a> {
            $($kind(Cow<'a, [$type]>),)+
        }

        /// The type of entries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the types that entries may have")]
        pub enum Form {
            $($kind,)+
        }

        impl Form {
            /// Bytes of one entry.
            pub fn each(self) -> usize {
                match self {
                    $(Self::$kind => size_of::<$type>(),)+
                }
            }
        }

        $(
            impl Entry for $type {
                fn of<'e>(entries: &'e Entries<'_>) -> Option<&'e [Self]> {
                    match entries {
                        Entries::$kind(all) => Some(all),
                        _ => None,
                    }
                }

                fn taken(entries: Entries<'_>) -> Option<Vec<Self>> {
                    match entries {
                        Entries::$kind(all) => Some(all.into_owned()),
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
            /// So many entries, all zero.
            ///
            /// # Errors
            /// [`Error::Device`] if the memory does not suffice.
            pub fn zeros(form: Form, n: usize) -> Result<Entries<'static>, Error> {
                Ok(match form {
                    $(Form::$kind => memory::filled(n, <$type as bytemuck::Zeroable>::zeroed())?.into(),)+
                })
            }

            /// None yet, with room for so many.
            ///
            /// # Errors
            /// [`Error::Device`] if the memory does not suffice.
            pub fn room(form: Form, n: usize) -> Result<Entries<'static>, Error> {
                Ok(match form {
                    $(Form::$kind => memory::room::<$type>(n)?.into(),)+
                })
            }

            /// Adds entries that lie in memory as `bytes`.
            pub fn append(&mut self, bytes: &[u8]) {
                match self {
                    $(Self::$kind(all) => all.to_mut().extend(
                        bytes.chunks_exact(size_of::<$type>()).map(bytemuck::pod_read_unaligned::<$type>),
                    ),)+
                }
            }

            /// All of them, as they lie in memory.
            pub fn bytes(&self) -> &[u8] {
                match self {
                    $(Self::$kind(all) => bytemuck::cast_slice(all),)+
                }
            }

            /// Their type.
            pub fn form(&self) -> Form {
                match self {
                    $(Self::$kind(_) => Form::$kind,)+
                }
            }

            /// The same, borrowed.
            pub fn borrowed(&self) -> Entries<'_> {
                match self {
                    $(Self::$kind(all) => Entries::$kind(Cow::Borrowed(all)),)+
                }
            }

            /// The same, with a copy where they were borrowed.
            pub fn into_owned(self) -> Entries<'static> {
                match self {
                    $(Self::$kind(all) => Entries::$kind(Cow::Owned(all.into_owned())),)+
                }
            }

            /// A copy of these rows; `name` is that of the buffer.
            ///
            /// # Errors
            /// [`Error::Input`] for rows that there are not, [`Error::Device`] if the memory does not suffice.
            pub fn rows(&self, name: &str, rows: Range<usize>) -> Result<Entries<'static>, Error> {
                check_rows(name, &rows, self.len())?;
                Ok(match self {
                    $(Self::$kind(all) => memory::copy(&all[rows])?.into(),)+
                })
            }
        }
    };
}

entries!(U64 u64, U32 u32, F32 f32, F32x2 [f32; 2], F32x4 [f32; 4], F64x4 [f64; 4], I32x4 [i32; 4]);

impl Entries<'_> {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.bytes().len() / self.each()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    /// Bytes of one.
    pub fn each(&self) -> usize {
        self.form().each()
    }

    /// Puts these entries into `column`, the buffer of that name, from row `first` on.
    ///
    /// # Errors
    /// [`Error::Input`] for rows that there are not, [`Error::Internal`] where the entries are of another type.
    pub fn put<T: Entry>(&self, name: &str, column: &mut [T], first: usize) -> Result<(), Error> {
        let new = T::of(self).ok_or_else(|| other_type(name))?;
        let rows = first..first.saturating_add(new.len());
        check_rows(name, &rows, column.len())?;
        column[rows].copy_from_slice(new);
        Ok(())
    }
}

/// Refuses rows that a buffer of `of` rows has not.
///
/// # Errors
/// [`Error::Input`] with the rows there are.
pub(crate) fn check_rows(name: &str, rows: &Range<usize>, of: usize) -> Result<(), Error> {
    if rows.start <= rows.end && rows.end <= of {
        return Ok(());
    }
    Err(Error::Input(format!(
        "the buffer `{name}` has {of} rows, numbered from 0, and not {} to {}",
        rows.start, rows.end
    )))
}

/// The error for a buffer that there is not.
pub(crate) fn no_buffer(name: &str) -> Error {
    Error::Input(format!("this run has no buffer `{name}`"))
}

/// The error for a buffer whose entries are of another type.
pub(crate) fn other_type(name: &str) -> Error {
    Error::Internal(format!("the buffer `{name}` has entries of another type"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows are those of one type, and what is asked for beyond them is refused in words.
    #[test]
    fn rows_of_a_buffer() {
        let all = Entries::from(vec![[1.0_f64, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]);
        assert_eq!((all.len(), all.each(), all.form()), (2, 32, Form::F64x4));
        let last = all.rows("fields", 1..2).unwrap();
        assert_eq!(<[f64; 4]>::taken(last), Some(vec![[5.0, 6.0, 7.0, 8.0]]));
        assert_eq!(u32::of(&all), None);
        let backward = Range { start: 2, end: 1 };
        let wrong = [1..3, backward, 0..usize::MAX];
        for rows in wrong {
            let Err(Error::Input(text)) = all.rows("fields", rows) else {
                panic!("rows that there are not")
            };
            assert!(text.contains("`fields` has 2 rows"), "{text}");
        }
        let mut column = vec![1_u32, 2, 3];
        Entries::from(vec![7_u32]).put("kind", &mut column, 2).unwrap();
        assert_eq!(column, [1, 2, 7]);
        assert!(Entries::from(vec![7_u32, 8]).put("kind", &mut column, 2).is_err());
        assert!(
            Entries::from(vec![7_u32])
                .put("kind", &mut column, usize::MAX)
                .is_err()
        );
        assert!(Entries::from(vec![7.0_f32]).put("kind", &mut column, 0).is_err());
        let mut read = Entries::room(Form::U64, 2).unwrap();
        read.append(bytemuck::cast_slice(&[1_u32, 0, 0, 1]));
        assert_eq!(read, Entries::from(vec![1_u64, 1 << 32]));
    }
}
