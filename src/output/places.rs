//! The tables of a separator's run as comma-separated text, one row a number of cells, nine significant digits. All end with
//! `species`, [`AMOUNT`]: `parcels`, `cells` (none of free beads), `free_beads` (none of cells), `share` of all that was put in
//! of the species, and `share_low`, `share_high`, between which it lies in 19 of 20 runs ([`chance::share`]).
//!
//! * `counts.csv`: `time_s`, `place`. Of each time and species the places add up to all.
//! * `surface.csv`: `surface`, `coordinate` (`z_mm`, `x_mm`, `y_mm`, `angle_deg` about the axis from x towards y), `from`,
//!   `to`. Of each surface and coordinate the bins add up to all that it holds or, where the magnets went off, to all that it
//!   held until then.
//! * `mobility.csv`: `from_m3_s_per_kg`, `to_m3_s_per_kg` (in a weak field, as in the table of `check`; both zero for cells that
//!   it does not move), `place` where they came to in the end, `caught` (`yes` for what a surface holds, or held when the
//!   magnets first went off). Bins without a parcel are left out.

use crate::Error;
use crate::constants::MILLIMETRE;
use crate::engine::{Outcome, Setup};
use crate::magnets::MOBILITY_SI;
use crate::model::Parcels;
use crate::observe::held::{Along, BINS, mobilities, on_surface};
use crate::observe::{Place, Separation, chance};
use crate::output::atomic::{self, Ready};
use crate::output::seconds;
use std::io;
use std::path::Path;

/// How many there are of a species: the last columns of every table.
pub const AMOUNT: [&str; 6] = [
    "parcels",
    "cells",
    "free_beads",
    "share",
    "share_low",
    "share_high",
];

/// What the tables are made from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What was run.
    pub separator: &'a Setup,
    /// Its parcels.
    pub charge: &'a Parcels,
    /// How it went.
    pub run: &'a Outcome,
    /// What came of it.
    pub separation: &'a Separation,
}

impl Source<'_> {
    fn name(&self, k: usize) -> &str {
        self.separator
            .components
            .get(k)
            .map_or("", |c| c.species.name.as_str())
    }

    /// The columns [`AMOUNT`] for so many parcels of component `k`.
    fn amount(&self, k: usize, parcels: u64) -> [String; 6] {
        let real = parcels as f64 * self.charge.weight[k];
        let (cells, beads) = match self.separation.is_free_bead(k) {
            true => (0.0, real),
            false => (real, 0.0),
        };
        let all = self.separation.parcels[k];
        let [low, high] = chance::share(parcels, all);
        let share = parcels as f64 / all.max(1) as f64;
        let [cells, beads, share, low, high] = [cells, beads, share, low, high].map(number);
        [parcels.to_string(), cells, beads, share, low, high]
    }

    fn places(&self) -> impl Iterator<Item = &Place> {
        self.separation.fractions.iter().map(|f| &f.place)
    }

    /// Prepares `counts.csv`.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn counts(&self, path: impl AsRef<Path>) -> Result<Ready, Error> {
        file(path.as_ref(), &["time_s", "place", "species"], |write| {
            for (time, census) in &self.run.counts {
                for (k, counts) in census.iter().enumerate() {
                    for place in self.places() {
                        let amount = self.amount(k, counts[place.fate as usize]);
                        let time = seconds(*time);
                        write(&[&time, &place.name, self.name(k)], &amount)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// Prepares `surface.csv`.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn surface(&self, path: impl AsRef<Path>) -> Result<Ready, Error> {
        let head = ["surface", "coordinate", "from", "to", "species"];
        file(path.as_ref(), &head, |write| {
            for place in self.places() {
                for h in on_surface(self.separator, self.charge, self.run, place) {
                    let (name, unit) = match h.along {
                        Along::X => ("x_mm", MILLIMETRE),
                        Along::Y => ("y_mm", MILLIMETRE),
                        Along::Z => ("z_mm", MILLIMETRE),
                        Along::Angle => ("angle_deg", std::f64::consts::PI / 180.0),
                    };
                    let edge = |i: usize| {
                        let part = i as f64 / BINS as f64;
                        number((h.range[0] + part * (h.range[1] - h.range[0])) / unit)
                    };
                    for (k, row) in h.parcels.iter().enumerate() {
                        for (i, n) in row.iter().enumerate() {
                            let (from, to) = (edge(i), edge(i + 1));
                            let amount = self.amount(k, *n);
                            write(&[&place.name, name, &from, &to, self.name(k)], &amount)?;
                        }
                    }
                }
            }
            Ok(())
        })
    }

    /// Prepares `mobility.csv`.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn mobility(&self, path: impl AsRef<Path>) -> Result<Ready, Error> {
        let head = ["from_m3_s_per_kg", "to_m3_s_per_kg", "place", "caught", "species"];
        let places: Vec<Place> = self.places().cloned().collect();
        file(path.as_ref(), &head, |write| {
            for bin in mobilities(self.charge, self.run, &places) {
                let [from, to] = bin.range.map(|m| number(m / MOBILITY_SI));
                for (k, row) in bin.parcels.iter().enumerate() {
                    for (both, place) in row.iter().zip(&places) {
                        for (n, caught) in both.iter().zip(["no", "yes"]).filter(|(n, _)| **n > 0) {
                            let amount = self.amount(k, *n);
                            write(&[&from, &to, &place.name, caught, self.name(k)], &amount)?;
                        }
                    }
                }
            }
            Ok(())
        })
    }
}

/// Writes a row: what the table is about, and [`AMOUNT`].
type Row<'a> = dyn FnMut(&[&str], &[String; 6]) -> io::Result<()> + 'a;

fn file(
    path: &Path,
    head: &[&str],
    fill: impl FnOnce(&mut Row<'_>) -> io::Result<()>,
) -> Result<Ready, Error> {
    atomic::prepare(path, |out| {
        let mut writer = csv::Writer::from_writer(out);
        let mut write = |row: &[&str], amount: &[String; 6]| {
            let row = row.iter().copied().chain(amount.iter().map(String::as_str));
            writer.write_record(row).map_err(|e| match e.into_kind() {
                csv::ErrorKind::Io(e) => e,
                other => io::Error::other(format!("{other:?}")),
            })
        };
        write(head, &AMOUNT.map(String::from))?;
        fill(&mut write)?;
        writer.flush()
    })
}

/// Nine significant digits, the shortest that reads back the same.
fn number(x: f64) -> String {
    let rounded: f64 = format!("{x:.8e}").parse().unwrap_or(x);
    if rounded != 0.0 && !(1e-4..1e12).contains(&rounded.abs()) {
        format!("{rounded:e}")
    } else {
        format!("{rounded}")
    }
}
