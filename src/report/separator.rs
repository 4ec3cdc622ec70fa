//! `counts.csv`, `surface.csv` and `mobility.csv` read back, and figures of a separator's run.

use super::axis::{Axis, time_unit};
use super::chart::{Figure, Look, Mark, Panel};
use super::files::{Source, index};
use super::palette;
use super::summary::{PlaceKind, Separator};
use super::text::share_text;
use crate::Error;
use crate::chamber::duct::IN_THE_MATRIX;
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
pub fn figures(summary: &Separator, tables: Tables<'_>) -> Result<Vec<Figure>, Error> {
    let mut out = vec![over_time(summary, tables.counts)?];
    out.extend(mobility(summary, tables.mobility)?);
    out.extend(surfaces(summary, tables.surface)?);
    Ok(out)
}

fn species(s: &Separator) -> BTreeMap<&str, usize> {
    index(s.species.iter().map(|s| s.species.as_str()))
}

fn places(s: &Separator) -> BTreeMap<&str, usize> {
    index(s.fractions.iter().map(|f| f.place.as_str()))
}

fn looks(s: &Separator) -> Vec<Look> {
    s.species
        .iter()
        .enumerate()
        .map(|(k, s)| palette::species(&s.species, k))
        .collect()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}

/// Parcels and cells at one time, by place and species; none where no row has said so yet.
struct Count {
    time: f64,
    line: usize,
    of: Vec<Vec<Option<(u64, f64)>>>,
}

/// What has come to every place by when.
fn over_time(s: &Separator, source: &Source) -> Result<Figure, Error> {
    let (species, places) = (species(s), places(s));
    let mut counts: Vec<Count> = Vec::new();
    source
        .table(&names(&["time_s", "species", "place", "parcels", "cells"]))?
        .rows(|row| {
            let time = row.number(0)?;
            let (k, place) = (row.one_of(1, &species)?, row.one_of(2, &places)?);
            let amount = (row.count(3)?, row.number(4)?);
            if counts.last().is_none_or(|c| c.time != time) {
                if let Some(before) = counts.last().filter(|c| time < c.time) {
                    return Err(row.fault(&format!("time goes back from {} s to {time} s", before.time)));
                }
                counts.push(Count {
                    time,
                    line: row.line,
                    of: vec![vec![None; s.species.len()]; s.fractions.len()],
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
    for (f, row) in s.fractions.iter().zip(&last.of) {
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
    let ends: Vec<usize> = (0..s.fractions.len())
        .filter(|i| s.fractions[*i].kind != PlaceKind::OnTheWay)
        .collect();
    let ends = if ends.is_empty() {
        (0..s.fractions.len()).collect()
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
        let titled = |what: &str, place: usize| format!("{what}: {}", heading(s, place));
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
                marks: (0..looks.len())
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
                  Purity: of which cells that consists, by number."
            .into(),
        panels,
        columns: ends.len().min(3),
        height: 190.0,
    })
}

/// The name of a place with what it is.
pub fn heading(s: &Separator, place: usize) -> String {
    s.fractions.get(place).map_or_else(String::new, |f| match f.kind {
        PlaceKind::Outlet => format!("out, {}", f.place),
        PlaceKind::Surface => format!("held, {}", f.place),
        PlaceKind::OnTheWay => f.place.clone(),
    })
}

/// Which mobilities ended where; none where nothing is pulled.
fn mobility(s: &Separator, source: &Source) -> Result<Option<Figure>, Error> {
    let (species, places) = (species(s), places(s));
    let columns = names(&[
        "from_m3_s_per_kg",
        "to_m3_s_per_kg",
        "place",
        "species",
        "parcels",
        "cells",
    ]);
    // by species and place
    let mut bars = vec![vec![Vec::new(); s.fractions.len()]; s.species.len()];
    let mut counted = vec![0u64; s.species.len()];
    let mut unmoved = vec![0u64; s.species.len()];
    let mut range = [f64::INFINITY, 0.0f64];
    let mut line = 1;
    source.table(&columns)?.rows(|row| {
        let [from, to] = [row.number(0)?, row.number(1)?];
        let (place, k) = (row.one_of(2, &places)?, row.one_of(3, &species)?);
        let parcels = row.count(4)?;
        line = row.line;
        counted[k] = counted[k].saturating_add(parcels);
        if to <= 0.0 {
            unmoved[k] = unmoved[k].saturating_add(parcels);
            return Ok(());
        }
        if !(from > 0.0 && from < to) {
            return Err(row.fault(&format!("no mobilities lie from {from} to {to} m3 s/kg")));
        }
        range = [range[0].min(from), range[1].max(to)];
        bars[k][place].push([from, to, 100.0 * parcels as f64 / s.species[k].parcels as f64]);
        Ok(())
    })?;
    all_there(s, source, line, &counted)?;
    let shown: Vec<usize> = (0..s.species.len())
        .filter(|k| bars[*k].iter().any(|b| !b.is_empty()))
        .collect();
    if shown.is_empty() {
        return Ok(None);
    }
    let looks: Vec<Look> = (0..s.fractions.len())
        .map(|i| match s.fractions[i].kind {
            PlaceKind::OnTheWay => palette::rest(heading(s, i), i),
            _ => palette::nth(heading(s, i), i),
        })
        .collect();
    let panels = shown
        .iter()
        .map(|k| Panel {
            title: s.species[*k].species.clone(),
            x: Axis::log(
                "mobility in a weak field [m\u{b3} s/kg]",
                [range[0] / 1.3, range[1] * 1.3],
            ),
            y: Axis::from_zero("of the species [%]", tallest(&bars[*k])),
            marks: looks
                .iter()
                .zip(&bars[*k])
                .filter(|(_, b)| !b.is_empty())
                .map(|(look, b)| Mark::Bars(look.clone(), b.clone()))
                .collect(),
        })
        .collect();
    let still: Vec<String> = (0..s.species.len())
        .filter(|k| unmoved[*k] > 0)
        .map(|k| {
            let part = unmoved[k] as f64 / s.species[k].parcels as f64;
            format!("{} {} %", s.species[k].species, share_text(part))
        })
        .collect();
    let still = if still.is_empty() {
        String::new()
    } else {
        format!(
            " Not shown, because magnets do not move them: {}.",
            still.join(", ")
        )
    };
    Ok(Some(Figure {
        name: "mobility",
        title: "Mobilities caught against passed".into(),
        caption: format!(
            "Which magnetic mobilities ended where, stacked, as shares of what was put in of the species.{still}"
        ),
        panels,
        columns: shown.len().min(2),
        height: 190.0,
    }))
}

/// Height of the highest stack.
fn tallest(bars: &[Vec<[f64; 3]>]) -> f64 {
    let all: Vec<&[f64; 3]> = bars.iter().flatten().collect();
    let stack = |b: &[f64; 3]| -> f64 { all.iter().filter(|o| o[..2] == b[..2]).map(|o| o[2]).sum() };
    all.iter().map(|b| stack(b)).fold(0.0, f64::max)
}

fn all_there(s: &Separator, source: &Source, line: usize, counted: &[u64]) -> Result<(), Error> {
    for (species, n) in s.species.iter().zip(counted) {
        if *n != species.parcels {
            let what = format!(
                "the table holds {n} parcels of `{}`, the run {}: is the file cut off, or of another run?",
                species.species, species.parcels
            );
            return Err(source.fault(line, &what));
        }
    }
    Ok(())
}

/// What sits on a surface along a coordinate: by species, from, to and share [%] of every bin.
struct Surface {
    place: usize,
    along: String,
    rows: Vec<Vec<[f64; 3]>>,
    /// Parcels, by species.
    held: Vec<u64>,
}

/// What shows that a table of surfaces is cut off: coordinates or bins that are missing, or coordinates of a surface that hold
/// unequal numbers of cells. How many these are is not in the summary where magnets went off.
fn cut_off(s: &Separator, found: &[Surface]) -> Option<String> {
    for (place, f) in s
        .fractions
        .iter()
        .enumerate()
        .filter(|(_, f)| f.kind == PlaceKind::Surface)
    {
        let of: Vec<&Surface> = found.iter().filter(|x| x.place == place).collect();
        let coordinates = if f.place == IN_THE_MATRIX { 1 } else { 2 };
        if of.len() != coordinates {
            return Some(format!(
                "`{}` has {} coordinates of {coordinates}",
                f.place,
                of.len()
            ));
        }
        let bins = of[0].rows.first().map_or(0, Vec::len);
        if let Some(x) = of.iter().find(|x| x.rows.iter().any(|row| row.len() != bins)) {
            return Some(format!("bins of `{}` along {} are missing", f.place, x.along));
        }
        if of.iter().any(|x| x.held != of[0].held) {
            return Some(format!(
                "the coordinates of `{}` hold unequal numbers of cells",
                f.place
            ));
        }
    }
    None
}

/// Where on the surfaces the cells sit; none where nothing is held.
fn surfaces(s: &Separator, source: &Source) -> Result<Option<Figure>, Error> {
    let (species, places) = (species(s), places(s));
    let columns = names(&[
        "surface",
        "coordinate",
        "from",
        "to",
        "species",
        "parcels",
        "cells",
    ]);
    let mut found: Vec<Surface> = Vec::new();
    let mut line = 1;
    source.table(&columns)?.rows(|row| {
        let (place, k) = (row.one_of(0, &places)?, row.one_of(4, &species)?);
        let along = row.text(1).to_owned();
        if coordinate(&along).is_none() {
            return Err(row.fault("`coordinate` is not z_mm, x_mm, y_mm or angle_deg"));
        }
        let [from, to] = [row.number(2)?, row.number(3)?];
        if from >= to {
            return Err(row.fault(&format!("no bin lies from {from} to {to}")));
        }
        let parcels = row.count(5)?;
        let part = 100.0 * parcels as f64 / s.species[k].parcels as f64;
        line = row.line;
        let i = found.iter().position(|f| f.place == place && f.along == along);
        let i = i.unwrap_or_else(|| {
            found.push(Surface {
                place,
                along,
                rows: vec![Vec::new(); s.species.len()],
                held: vec![0; s.species.len()],
            });
            found.len() - 1
        });
        found[i].rows[k].push([from, to, part]);
        found[i].held[k] = found[i].held[k].saturating_add(parcels);
        Ok(())
    })?;
    if let Some(what) = cut_off(s, &found) {
        return Err(source.fault(line, &format!("{what}: is the file cut off, or of another run?")));
    }
    let looks = looks(s);
    let panels: Vec<Panel> = found
        .iter()
        .filter(|f| f.rows.iter().flatten().any(|b| b[2] > 0.0))
        .map(
            |Surface {
                 place, along, rows, ..
             }| {
                let all = rows.iter().flatten();
                let from = all.clone().map(|b| b[0]).fold(f64::INFINITY, f64::min);
                let to = all.clone().map(|b| b[1]).fold(f64::NEG_INFINITY, f64::max);
                let most = all.map(|b| b[2]).fold(0.0, f64::max);
                Panel {
                    title: heading(s, *place),
                    x: Axis::linear(coordinate(along).unwrap_or_default(), [from, to]),
                    y: Axis::from_zero("of the species, a bin [%]", most),
                    marks: looks
                        .iter()
                        .zip(rows)
                        .filter(|(_, row)| row.iter().any(|b| b[2] > 0.0))
                        .map(|(look, row)| Mark::Line(look.clone(), steps(row)))
                        .collect(),
                }
            },
        )
        .collect();
    if panels.is_empty() {
        return Ok(None);
    }
    Ok(Some(Figure {
        name: "surfaces",
        title: "Where on the surfaces the cells sit".into(),
        caption: "Share of all that was put in of a species that sits in each bin; z is the distance from the inlet end, the angle \
                  is about the axis, from x towards y. Where magnets went off, of what was held until then."
            .into(),
        columns: panels.len().min(2),
        panels,
        height: 190.0,
    }))
}

/// What a coordinate of the table is, for an axis.
fn coordinate(name: &str) -> Option<&'static str> {
    match name {
        "z_mm" => Some("z [mm]"),
        "x_mm" => Some("x [mm]"),
        "y_mm" => Some("y [mm]"),
        "angle_deg" => Some("angle [deg]"),
        _ => None,
    }
}

/// The outline of a histogram.
fn steps(row: &[[f64; 3]]) -> Vec<[f64; 2]> {
    row.iter()
        .flat_map(|[from, to, y]| [[*from, *y], [*to, *y]])
        .collect()
}
