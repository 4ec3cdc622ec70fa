//! `surface.csv` and `mobility.csv` read back: what was caught, and where it sits.

use super::axis::Axis;
use super::chart::{Figure, Look, Mark, Panel};
use super::files::Source;
use super::layers::looks;
use super::palette;
use super::places::{columns, heading, places, species};
use super::text::share_text;
use crate::Error;
use crate::chamber::duct::IN_THE_MATRIX;
use crate::output::summary::{FractionRow, PlaceKind, PlaceResults, Summary};

/// Which mobilities ended where; none where nothing is pulled.
pub(super) fn mobility(s: &Summary, found: &PlaceResults, source: &Source) -> Result<Option<Figure>, Error> {
    let (species, places) = (species(s), places(found));
    let columns = columns(&["from_m3_s_per_kg", "to_m3_s_per_kg", "place", "caught", "species"]);
    // by species and place: what passed, and what was caught
    let mut bars = vec![vec![Vec::new(); 2 * found.fractions.len()]; s.species.len()];
    let mut counted = vec![0u64; s.species.len()];
    let mut unmoved = vec![0u64; s.species.len()];
    let mut range = [f64::INFINITY, 0.0f64];
    let mut line = 1;
    source.table(&columns)?.rows(|row| {
        let [from, to] = [row.number(0)?, row.number(1)?];
        let (place, k) = (row.one_of(2, &places)?, row.one_of(4, &species)?);
        let caught = match row.text(3) {
            "yes" => 1,
            "no" => 0,
            _ => return Err(row.fault("`caught` is neither yes nor no")),
        };
        let parcels = row.count(5)?;
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
        bars[k][2 * place + caught].push([from, to, 100.0 * parcels as f64 / s.species[k].parcels as f64]);
        Ok(())
    })?;
    all_there(s, source, line, &counted)?;
    let shown: Vec<usize> = (0..s.species.len())
        .filter(|k| bars[*k].iter().any(|b| !b.is_empty()))
        .collect();
    if shown.is_empty() {
        return Ok(None);
    }
    // looks are few, so only those that occur get one
    let used = (0..2 * found.fractions.len()).filter(|i| bars.iter().any(|b| !b[*i].is_empty()));
    let looks: Vec<(usize, Look)> = used
        .enumerate()
        .map(|(n, i)| {
            let (f, caught) = (&found.fractions[i / 2], i % 2 == 1);
            let look = match f.kind {
                PlaceKind::OnTheWay => palette::rest(heading(f), n),
                PlaceKind::Outlet if caught => palette::nth(heading(f) + ", held before", n),
                _ => palette::nth(heading(f), n),
            };
            (i, look)
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
                .map(|(i, look)| (look, &bars[*k][*i]))
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
            "Which magnetic mobilities ended where, stacked, as shares of what was put in of the species. Held before: until \
             magnets went off.{still}"
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

fn all_there(s: &Summary, source: &Source, line: usize, counted: &[u64]) -> Result<(), Error> {
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
fn cut_off(fractions: &[FractionRow], seen: &[Surface]) -> Option<String> {
    for (place, f) in fractions
        .iter()
        .enumerate()
        .filter(|(_, f)| f.kind == PlaceKind::Surface)
    {
        let of: Vec<&Surface> = seen.iter().filter(|x| x.place == place).collect();
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
pub(super) fn surfaces(s: &Summary, found: &PlaceResults, source: &Source) -> Result<Option<Figure>, Error> {
    let (species, places) = (species(s), places(found));
    let columns = columns(&["surface", "coordinate", "from", "to", "species"]);
    let mut seen: Vec<Surface> = Vec::new();
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
        let i = seen.iter().position(|f| f.place == place && f.along == along);
        let i = i.unwrap_or_else(|| {
            seen.push(Surface {
                place,
                along,
                rows: vec![Vec::new(); s.species.len()],
                held: vec![0; s.species.len()],
            });
            seen.len() - 1
        });
        seen[i].rows[k].push([from, to, part]);
        seen[i].held[k] = seen[i].held[k].saturating_add(parcels);
        Ok(())
    })?;
    if let Some(what) = cut_off(&found.fractions, &seen) {
        return Err(source.fault(line, &format!("{what}: is the file cut off, or of another run?")));
    }
    let looks = looks(s);
    let panels: Vec<Panel> = seen
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
                    title: heading(&found.fractions[*place]),
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
