//! Reading what a run has left: every complaint names file and line.

use crate::reading;
use crate::{Error, plain};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file and its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
}

impl Source {
    /// Reads a file of text.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be read, [`Error::Input`] where it is no text.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = String::from_utf8(bytes(path)?).map_err(|e| {
            let valid = e.utf8_error().valid_up_to();
            let line = 1 + e.as_bytes()[..valid].iter().filter(|b| **b == b'\n').count();
            fault(path, line, "this is not text (UTF-8)")
        })?;
        Ok(Self {
            path: path.to_owned(),
            text,
        })
    }

    /// What is wrong, and in which line.
    pub fn fault(&self, line: usize, what: &str) -> Error {
        fault(&self.path, line, what)
    }

    /// The rows of a table of comma-separated text whose columns are those named.
    ///
    /// # Errors
    /// [`Error::Input`] where they are not.
    pub fn table(&self, columns: &[String]) -> Result<Table<'_>, Error> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(self.text.as_bytes());
        let head = reader
            .headers()
            .map_err(|e| self.fault(1, &format!("this is not a table: {e}")))?;
        if let Some(i) =
            (0..columns.len().max(head.len())).find(|i| columns.get(*i).map(String::as_str) != head.get(*i))
        {
            let expected = columns
                .get(i)
                .map_or_else(|| "no more".to_owned(), |c| format!("`{c}`"));
            let found = head
                .get(i)
                .map_or_else(|| "nothing".to_owned(), |c| format!("`{}`", brief(c)));
            let what = format!("column {} should be {expected}, and is {found}", i + 1);
            return Err(self.fault(1, &what));
        }
        // the last row of a file that was cut off within a number would still be a row
        if !self.text.ends_with('\n') {
            let line = self.text.lines().count().max(1);
            return Err(self.fault(line, "the file is cut off: its last line does not end"));
        }
        Ok(Table {
            source: self,
            columns: columns.to_vec(),
            reader,
        })
    }
}

/// A table being read.
pub struct Table<'a> {
    source: &'a Source,
    columns: Vec<String>,
    reader: csv::Reader<&'a [u8]>,
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    source: &'a Source,
    columns: &'a [String],
    record: &'a csv::StringRecord,
    /// Line of the file, from 1.
    pub line: usize,
}

impl Table<'_> {
    /// Hands out the rows in their order.
    ///
    /// # Errors
    /// [`Error::Input`] with the first row that is no such row, or what `each` says.
    pub fn rows(mut self, mut each: impl FnMut(Row<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let mut record = csv::StringRecord::new();
        loop {
            let before = self.reader.position().line() as usize;
            let more = self
                .reader
                .read_record(&mut record)
                .map_err(|e| self.source.fault(before, &format!("this is not a row: {e}")))?;
            if !more {
                return Ok(());
            }
            let line = record.position().map_or(before, |p| p.line() as usize);
            if record.len() != self.columns.len() {
                let what = format!(
                    "{} fields, where {} are named in the first line: is the file cut off?",
                    record.len(),
                    self.columns.len()
                );
                return Err(self.source.fault(line, &what));
            }
            each(Row {
                source: self.source,
                columns: &self.columns,
                record: &record,
                line,
            })?;
        }
    }
}

impl Row<'_> {
    /// The text of column `i`.
    pub fn text(&self, i: usize) -> &str {
        self.record.get(i).unwrap_or("")
    }

    /// The number in column `i`.
    ///
    /// # Errors
    /// [`Error::Input`] where there is none.
    pub fn number(&self, i: usize) -> Result<f64, Error> {
        let text = self.text(i);
        match text.trim().parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(x),
            _ => Err(self.fault(&format!(
                "`{}` in column `{}` is not a number",
                brief(text),
                self.columns[i]
            ))),
        }
    }

    /// The number of things in column `i`.
    ///
    /// # Errors
    /// [`Error::Input`] where there is none.
    pub fn count(&self, i: usize) -> Result<u64, Error> {
        let text = self.text(i);
        text.trim().parse().map_err(|_| {
            self.fault(&format!(
                "`{}` in column `{}` is not a whole number",
                brief(text),
                self.columns[i]
            ))
        })
    }

    /// The place of the text of column `i` among `names`.
    ///
    /// # Errors
    /// [`Error::Input`] where it is not among them.
    pub fn one_of(&self, i: usize, names: &BTreeMap<&str, usize>) -> Result<usize, Error> {
        names.get(self.text(i)).copied().ok_or_else(|| {
            self.fault(&format!(
                "`{}` in column `{}` is not in the summary: are the files of different runs?",
                brief(self.text(i)),
                self.columns[i]
            ))
        })
    }

    /// What is wrong with the row.
    pub fn fault(&self, what: &str) -> Error {
        self.source.fault(self.line, what)
    }
}

/// The bytes of a file that is not too large.
///
/// # Errors
/// As [`reading::bytes`] for a [`reading::RESULT`].
pub fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    reading::bytes(path, reading::RESULT)
}

/// Names and their places.
pub fn index<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    names.enumerate().map(|(i, n)| (n, i)).collect()
}

fn fault(path: &Path, line: usize, what: &str) -> Error {
    Error::Input(format!("{}:{line}: {what}", path.display()))
}

/// As much of a text from a file as a message has room for.
fn brief(text: &str) -> String {
    let shown: String = plain::line(text).chars().take(40).collect();
    if text.chars().count() > 40 {
        shown + "\u{2026}"
    } else {
        shown
    }
}
