//! `channel.csv`: a channel over time, one row per interval.
//!
//! Columns: `time_s` (end of the interval), `phase`, `rpm`, `interface_mm` (at the sensor) and `interface_inlet_mm` (in the first column), both from
//! the inner wall; then for every port `<port>_ml_per_min`, `<port>_haematocrit` and, species by species, `<port>_<species>_per_ul`, in what it drew
//! in the interval. A haematocrit is a share, 0 to 1. Where there is no interface its depth is empty. Spaces in names of ports
//! become `_`. Digits as in profile.csv.

use super::atomic::{AtomicFile, Ready};
use super::csv::{number, written};
use crate::Error;
use crate::constants::{MICROLITRE, MILLILITRE, MILLIMETRE, RPM, SECOND};
use crate::continuum::{Channel, ChannelRun, Findings, Ledger, Phase};
use std::path::{Path, PathBuf};

/// Share of the cells fed, and haematocrit, below which there is none.
const NEGLIGIBLE: f64 = 1e-12;

/// The table being written.
pub struct ChannelCsv {
    writer: csv::Writer<AtomicFile>,
    path: PathBuf,
    before: Ledger,
}

impl ChannelCsv {
    /// Starts the file that will be called `path`, for a run that has not begun.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn create(path: impl AsRef<Path>, run: &ChannelRun) -> Result<Self, Error> {
        let mut out = Self {
            writer: csv::Writer::from_writer(AtomicFile::create(&path)?),
            path: path.as_ref().to_owned(),
            before: run.ledger().clone(),
        };
        let header = header(run.channel());
        written(out.writer.write_record(header), &out.path)?;
        Ok(out)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn sample(&mut self, phase: &Phase, run: &ChannelRun) -> Result<(), Error> {
        let found = Findings::between(run.channel(), &self.before, run.ledger());
        self.before = run.ledger().clone();
        let minutes = (found.time[1] - found.time[0]) / (60.0 * SECOND);
        let depth = |y: Option<f64>| y.map_or_else(String::new, |y| number(y / MILLIMETRE));
        let mut row = vec![
            number(run.time() / SECOND),
            phase.name.clone(),
            number(phase.omega / RPM),
            depth(run.sensed()),
            depth(run.interface(0)),
        ];
        for p in &found.ports {
            row.push(number(p.volume / MILLILITRE / minutes));
            row.push(number(if p.haematocrit.abs() <= NEGLIGIBLE {
                0.0
            } else {
                p.haematocrit
            }));
            let per = |cells: f64| {
                if p.volume > 0.0 {
                    cells / (p.volume / MICROLITRE)
                } else {
                    0.0
                }
            };
            // what rounding leaves of none is none
            let cells = |k: usize| {
                if p.species[k].cells.abs() <= NEGLIGIBLE * found.fed[k] {
                    0.0
                } else {
                    p.species[k].cells
                }
            };
            row.extend((0..p.species.len()).map(|k| number(per(cells(k)))));
        }
        written(self.writer.write_record(row), &self.path)
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
}

fn header(channel: &Channel) -> Vec<String> {
    let mut out: Vec<String> = ["time_s", "phase", "rpm", "interface_mm", "interface_inlet_mm"]
        .map(str::to_owned)
        .into();
    for p in &channel.ports {
        let of = |what: &str| format!("{}_{what}", p.name.replace(' ', "_"));
        out.push(of("ml_per_min"));
        out.push(of("haematocrit"));
        let names = channel.components.iter().map(|c| &c.species.name);
        out.extend(names.map(|name| of(&format!("{name}_per_ul"))));
    }
    out
}
