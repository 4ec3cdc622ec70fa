//! Figures of outlets and surfaces, and `counts.csv` read back; the other tables are in [`super::held`].

use super::axis::{Axis, time_unit};
use super::chart::{Figure, Mark, Panel};
use super::files::{Source, index};
use super::held;
use super::layers::looks;
use crate::Error;
use crate::output::places::AMOUNT;
use crate::output::summary::{FractionRow, PlaceKind, PlaceResults, Summary};
use std::collections::BTreeMap;

/// The tables of a run.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// `counts.csv`.
    pub counts: &'a Source,
    /// `surface.csv`.
    pub surface: &'a Source,
    /// `mobility.csv`.
    pub mobility: &'a Source,
}

/// All figures of the run.
///
/// # Errors
/// [`Error::Input`] with file and line for a table that is none, is cut off, or belongs to another run than the summary.
pub fn figures(summary: &Summary, found: &PlaceResults, tables: Tables<'_>) -> Result<Vec<Figure>, Error> {
    let mut out = vec![over_time(summary, found, tables.counts)?];
    out.extend(held::mobility(summary, found, tables.mobility)?);
    out.extend(held::surfaces(summary, found, tables.surface)?);
    Ok(out)
}

pub(super) fn species(s: &Summary) -> BTreeMap<&str, usize> {
    index(s.species.iter().map(|s| s.species.as_str()))
}

pub(super) fn places(found: &PlaceResults) -> BTreeMap<&str, usize> {
    index(found.fractions.iter().map(|f| f.place.as_str()))
}

/// The columns of a table that tells `what` of how many there are.
pub(super) fn columns(what: &[&str]) -> Vec<String> {
    what.iter().chain(&AMOUNT).map(|s| (*s).to_owned()).collect()
}

/// Parcels and cells at one time, by place and species; none where no row has said so yet.
struct Count {
    time: f64,
    line: usize,
    of: Vec<Vec<Option<(u64, f64)>>>,
}

/// What has come to every place by when.
fn over_time(s: &Summary, found: &PlaceResults, source: &Source) -> Result<Figure, Error> {
    let (species, places) = (species(s), places(found));
    let mut counts: Vec<Count> = Vec::new();
    source
        .table(&columns(&["time_s", "place", "species"]))?
        .rows(|row| {
            let time = row.number(0)?;
            let (place, k) = (row.one_of(1, &places)?, row.one_of(2, &species)?);
            let amount = (row.count(3)?, row.number(4)?);
            if counts.last().is_none_or(|c| c.time != time) {
                if let Some(before) = counts.last().filter(|c| time < c.time) {
                    return Err(row.fault(&format!("time goes back from {} s to {time} s", before.time)));
                }
                counts.push(Count {
                    time,
                    line: row.line,
                    of: vec![vec![None; s.species.len()]; found.fractions.len()],
                });
            }
            let Some(count) = counts.last_mut() else {
                return Ok(());
            };
            count.line = row.line;
            match count.of[place][k].replace(amount) {
                None => Ok(()),
                Some(_) => Err(row.fault("this place and species were counted at this time already")),
            }
        })?;
    let Some(last) = counts.last() else {
        return Err(source.fault(1, "nothing is counted in the table"));
    };
    for c in &counts {
        if c.of.iter().flatten().any(Option::is_none) {
            let what = format!(
                "not every species is counted in every place at {} s: is the file cut off?",
                c.time
            );
            return Err(source.fault(c.line, &what));
        }
    }
    for (f, row) in found.fractions.iter().zip(&last.of) {
        for (part, count) in f.species.iter().zip(row) {
            let n = count.map_or(0, |c| c.0);
            if n != part.parcels {
                let what = format!(
                    "the last count of `{}` in `{}` is {n}, that of summary.json {}: is the file cut off, or of another run?",
                    part.species, f.place, part.parcels
                );
                return Err(source.fault(last.line, &what));
            }
        }
    }
    let (unit, seconds) = time_unit(last.time);
    let x = Axis::linear(format!("time [{unit}]"), [0.0, last.time / seconds]);
    let looks = looks(s);
    let ends: Vec<usize> = (0..found.fractions.len())
        .filter(|i| found.fractions[*i].kind != PlaceKind::OnTheWay)
        .collect();
    let ends = if ends.is_empty() {
        (0..found.fractions.len()).collect()
    } else {
        ends
    };
    let amount = |c: &Count, place: usize, k: usize| c.of[place][k].unwrap_or((0, 0.0));
    let line = |k: usize, y: &dyn Fn(&Count) -> f64| {
        Mark::Line(
            looks[k].clone(),
            counts.iter().map(|c| [c.time / seconds, y(c)]).collect(),
        )
    };
    let mut panels = Vec::new();
    // as many columns as there are places, in rows of three: recovery above purity
    for group in ends.chunks(3) {
        let titled = |what: &str, place: usize| format!("{what}: {}", heading(&found.fractions[place]));
        for place in group {
            panels.push(Panel {
                title: titled("Recovery", *place),
                x: x.clone(),
                y: Axis::linear("of all of the species [%]", [0.0, 100.0]),
                marks: (0..looks.len())
                    .map(|k| {
                        let all = s.species[k].parcels as f64;
                        line(k, &|c| 100.0 * amount(c, *place, k).0 as f64 / all)
                    })
                    .collect(),
            });
        }
        for place in group {
            panels.push(Panel {
                title: titled("Purity", *place),
                x: x.clone(),
                y: Axis::linear("of all cells there [%]", [0.0, 100.0]),
                // free beads are no cells, and none of their table's cells
                marks: (0..looks.len())
                    .filter(|k| !s.species[*k].is_free_bead())
                    .map(|k| {
                        line(k, &|c| {
                            let all: f64 = (0..looks.len()).map(|k| amount(c, *place, k).1).sum();
                            100.0 * amount(c, *place, k).1 / all
                        })
                    })
                    .collect(),
            });
        }
    }
    Ok(Figure {
        name: "recovery_and_purity",
        title: "Recovery and purity against time".into(),
        caption: "Recovery: how much of all that is put in of a species, in the whole run, has come to a place by then. \
                  Purity: of which cells that consists, by number; free beads are no cells."
            .into(),
        panels,
        columns: ends.len().min(3),
        height: 190.0,
    })
}

/// The name of a place with what it is.
pub fn heading(f: &FractionRow) -> String {
    match f.kind {
        PlaceKind::Outlet => format!("out, {}", f.place),
        PlaceKind::Surface => format!("held, {}", f.place),
        PlaceKind::OnTheWay => f.place.clone(),
    }
}
