//! `profile.csv`: what is where, when; one row per sample and bin.
//!
//! Columns: `time_s`, `rpm`, `rcf_bottom` (x g at the inner bottom), `radius_mm` (middle of the bin, from the
//! rotor's axis; empty on the bench), `depth_mm` (the same from the meniscus), then for every species
//! `<species>_fraction` (volume of cells per volume) and `<species>_per_uL` (cells per microlitre). Seven
//! significant digits; times to the nanosecond, so that no two samples have the same.

use super::atomic::{self, AtomicFile, Ready};
use crate::Error;
use crate::constants::{MICROLITRE, MILLIMETRE, RPM};
use crate::engine::{Profile, Setup};
use crate::model::Rotor;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A profile table being written, sample by sample; at no time are more than one sample's rows in memory.
pub struct ProfileCsv<W: Write> {
    writer: csv::Writer<W>,
    rotor: Rotor,
    path: PathBuf,
}

impl ProfileCsv<AtomicFile> {
    /// Starts the file that will be called `path`.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn create(path: impl AsRef<Path>, setup: &Setup) -> Result<Self, Error> {
        let file = AtomicFile::create(&path)?;
        Self::new(file, path, setup)
    }

    /// Completes the file, all but its name.
    ///
    /// # Errors
    /// [`Error::Disk`]; then nothing is left.
    pub fn ready(self) -> Result<Ready, Error> {
        let path = self.path;
        self.writer
            .into_inner()
            .map_err(|e| Error::disk(path)(e.into_error()))?
            .ready()
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    /// [`Error::Disk`]; then there is no file of that name.
    pub fn finish(self) -> Result<(), Error> {
        atomic::publish([self.ready()?])
    }
}

impl<W: Write> ProfileCsv<W> {
    /// Starts a table on any writer; `path` is what errors will name.
    ///
    /// # Errors
    /// [`Error::Disk`] where the header cannot be written.
    pub fn new(writer: W, path: impl AsRef<Path>, setup: &Setup) -> Result<Self, Error> {
        let mut out = Self {
            writer: csv::Writer::from_writer(writer),
            rotor: setup.rotor,
            path: path.as_ref().to_owned(),
        };
        let names = || setup.components.iter().map(|c| &c.species.name);
        let header = ["time_s", "rpm", "rcf_bottom", "radius_mm", "depth_mm"]
            .into_iter()
            .map(String::from)
            .chain(names().map(|n| format!("{n}_fraction")))
            .chain(names().map(|n| format!("{n}_per_uL")));
        out.row(header)?;
        Ok(out)
    }

    /// Appends the rows of one sample.
    ///
    /// # Errors
    /// [`Error::Disk`] where they cannot be written.
    pub fn sample(&mut self, profile: &Profile) -> Result<(), Error> {
        let bench = self.rotor.mounting.on_bench();
        let rcf = super::rcf(&self.rotor, profile.omega, self.rotor.bottom_radius);
        let components = 0..profile.parcels.len();
        for i in 0..profile.bins() {
            let depth = 0.5 * (profile.edges[i] + profile.edges[i + 1]);
            let radius = if bench {
                String::new()
            } else {
                number((self.rotor.meniscus_radius + depth) / MILLIMETRE)
            };
            let place = [
                super::seconds(profile.time),
                number(profile.omega / RPM),
                number(rcf),
                radius,
                number(depth / MILLIMETRE),
            ];
            let microlitres = profile.bin_volume[i] / MICROLITRE;
            self.row(
                place
                    .into_iter()
                    .chain(components.clone().map(|k| number(profile.fraction(k, i))))
                    .chain(
                        components
                            .clone()
                            .map(|k| number(profile.cells(k, i) / microlitres)),
                    ),
            )?;
        }
        Ok(())
    }

    /// Pushes what was written through to the writer.
    ///
    /// # Errors
    /// [`Error::Disk`] where it does not arrive.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.writer.flush().map_err(Error::disk(&self.path))
    }

    fn row(&mut self, fields: impl Iterator<Item = String>) -> Result<(), Error> {
        written(self.writer.write_record(fields), &self.path)
    }
}

/// What came of writing a row to the file that will be called `path`.
pub(super) fn written(result: Result<(), csv::Error>, path: &Path) -> Result<(), Error> {
    result.map_err(|e| {
        let io = match e.into_kind() {
            csv::ErrorKind::Io(e) => e,
            other => io::Error::other(format!("{other:?}")),
        };
        Error::disk(path)(io)
    })
}

/// Seven significant digits, without trailing zeros; the shortest that reads back the same.
pub(super) fn number(x: f64) -> String {
    let rounded: f64 = format!("{x:.6e}").parse().unwrap_or(x);
    if rounded != 0.0 && !(1e-4..1e9).contains(&rounded.abs()) {
        format!("{rounded:e}")
    } else {
        format!("{rounded}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::constants::SECOND;
    use crate::observe::synthetic::fresh_blood;

    #[test]
    fn rows_and_columns() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("profile.csv");
        let mut profile = fresh_blood(130);
        profile.time = 20.0 * SECOND;
        // 1500 x g at 170 mm, by hand: sqrt(1500 * 9.80665 / 0.170) = 294.16 rad/s = 2809.0 rpm
        profile.omega = 2.9416e-4;
        let mut table = ProfileCsv::create(&path, &fixture::setup())?;
        table.sample(&profile)?;
        table.sample(&profile)?;
        assert!(!path.exists());
        table.finish()?;
        let mut reader = csv::Reader::from_path(&path)?;
        assert_eq!(reader.headers()?.len(), 5 + 4 + 4);
        assert_eq!(&reader.headers()?[5], "erythrocyte_fraction");
        assert_eq!(&reader.headers()?[12], "platelet_per_uL");
        let rows: Vec<Vec<f64>> = reader.deserialize().collect::<Result<_, _>>()?;
        assert_eq!(rows.len(), 260);
        let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-3;
        let row = &rows[1];
        assert!(
            row[0] == 20.0 && near(row[1], 2809.0) && near(row[2], 1500.0),
            "{row:?}"
        );
        assert!(row[3] == 105.75 && row[4] == 0.75, "{row:?}");
        assert!(near(row[5], 0.42) && near(row[12], 16_000.0), "{row:?}");
        Ok(())
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn full_disk() -> std::io::Result<()> {
        let full = std::fs::File::options().write(true).open("/dev/full")?;
        let result = ProfileCsv::new(full, "/dev/full", &fixture::setup()).and_then(|mut table| {
            table.sample(&fresh_blood(260))?;
            table.flush()
        });
        assert!(matches!(result, Err(Error::Disk { ref path, .. }) if path == Path::new("/dev/full")));
        Ok(())
    }

    #[test]
    fn dropped_half_way_leaves_nothing() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let mut table = ProfileCsv::create(folder.path().join("profile.csv"), &fixture::setup())?;
        table.sample(&fresh_blood(260))?;
        drop(table);
        assert_eq!(std::fs::read_dir(folder.path())?.count(), 0);
        Ok(())
    }

    #[test]
    fn numbers() {
        assert_eq!(number(0.42), "0.42");
        assert_eq!(number(1.0 / 3.0), "0.3333333");
        assert_eq!(number(1.5e-7), "1.5e-7");
        assert_eq!(number(4_720_000.0), "4720000");
        assert_eq!(number(0.0), "0");
    }
}
