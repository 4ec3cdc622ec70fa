//! The part of the table about outlets and surfaces. At most 100 columns but for long names. Free beads have rows of their own: they
//! are no cells.

use crate::constants::{MILLILITRE, SECOND};
use crate::output::summary::{FractionRow, PartRow, PlaceKind, PlaceResults, SpeciesRow, Summary};
use crate::units::{Dimension, counted, digits, show};
use std::fmt::Write as _;

pub(super) fn tell(out: &mut String, s: &Summary, found: &PlaceResults) {
    fed(out, s, found);
    out.push('\n');
    fractions(out, s, found);
    loose(out, s, found);
    out.push('\n');
    released(out, s, found);
    times(out, found);
    steady(out, found);
}

/// What was put in.
fn fed(out: &mut String, s: &Summary, found: &PlaceResults) {
    let total: f64 = s.species.iter().map(|x| x.cells).sum();
    let rows = kinds(s, false).map(|(_, x)| {
        vec![
            x.species.clone(),
            x.parcels.to_string(),
            number(x.cells),
            percent(x.purity),
            x.without_a_bead.map_or("-".into(), |w| percent(Some(w))),
        ]
    });
    grid(
        out,
        &["put in", "parcels", "cells", "purity", "without a bead"],
        rows,
    );
    let volume = show(s.setup.sample_ml * MILLILITRE, Dimension::Volume);
    let _ = match found.throughput_cells_per_s {
        Some(t) => writeln!(
            out,
            "{} cells in {volume}, {} a second",
            number(total),
            counted(number(t), "cell")
        ),
        None => writeln!(out, "{} cells in {volume}", number(total)),
    };
    for (_, x) in kinds(s, true) {
        let _ = writeln!(
            out,
            "{} free beads ({}) in {}, not counted as cells",
            number(x.free_beads),
            x.species,
            counted(x.parcels, "parcel")
        );
    }
}

/// The species that are free beads, or those that are not, with their numbers.
fn kinds(s: &Summary, beads: bool) -> impl Iterator<Item = (usize, &SpeciesRow)> {
    let all = s.species.iter().enumerate();
    all.filter(move |(_, x)| x.is_free_bead() == beads)
}

// nobody on the way is no news
fn told(part: &&FractionRow) -> bool {
    part.kind != PlaceKind::OnTheWay || part.cells + part.free_beads > 0.0
}

/// What cells are where.
fn fractions(out: &mut String, s: &Summary, found: &PlaceResults) {
    let mut rows = Vec::new();
    for part in found.fractions.iter().filter(told) {
        rows.push(vec![heading(part)]);
        for (k, x) in kinds(s, false) {
            let Some(c) = part.species.get(k) else { continue };
            rows.push(vec![
                format!("  {}", x.species),
                c.parcels.to_string(),
                number(c.cells),
                percent(c.recovery),
                range(c.recovery_95),
                percent(c.purity),
                range(c.purity_95),
                c.enrichment.map_or("-".into(), |e| digits(e, 3)),
                depletion(c),
            ]);
        }
    }
    grid(
        out,
        &[
            "where",
            "parcels",
            "cells",
            "recovery",
            "95 %",
            "purity",
            "95 %",
            "enriched",
            "log depl.",
        ],
        rows.into_iter(),
    );
    out.push_str(
        "95 %: from - to, by chance alone, of as many parcels; enriched: purity over that of what was put in;\nlog depl.: log10 of \
         what was put in over what is here\n",
    );
}

/// Where the free beads are.
fn loose(out: &mut String, s: &Summary, found: &PlaceResults) {
    let mut rows = Vec::new();
    for part in found.fractions.iter().filter(told) {
        if kinds(s, true).next().is_some() {
            rows.push(vec![heading(part)]);
        }
        for (k, x) in kinds(s, true) {
            let Some(c) = part.species.get(k) else { continue };
            rows.push(vec![
                format!("  {}", x.species),
                c.parcels.to_string(),
                number(c.free_beads),
                percent(c.recovery),
                range(c.recovery_95),
                if part.cells > 0.0 {
                    digits(c.free_beads / part.cells, 3)
                } else {
                    "-".into()
                },
                depletion(c),
            ]);
        }
    }
    if rows.is_empty() {
        return;
    }
    out.push('\n');
    grid(
        out,
        &[
            "free beads",
            "parcels",
            "beads",
            "of all",
            "95 %",
            "to a cell",
            "log depl.",
        ],
        rows.into_iter(),
    );
}

/// What surfaces held before the magnets went off, and how full they were.
fn released(out: &mut String, s: &Summary, found: &PlaceResults) {
    let Some(before) = &found.held_until_release else {
        return;
    };
    for part in &before.fractions {
        let all: u64 = part.species.iter().map(|c| c.parcels).sum();
        if all == 0 {
            continue;
        }
        let of = |k: usize| part.species.get(k);
        let rows = kinds(s, false).filter_map(|(k, x)| {
            let c = of(k)?;
            Some(vec![
                x.species.clone(),
                c.parcels.to_string(),
                number(c.cells),
                percent(c.recovery),
                range(c.recovery_95),
                percent(c.purity),
                range(c.purity_95),
            ])
        });
        let title = format!("{}, until {}", heading(part), time(before.time_s));
        grid(
            out,
            &[&title, "parcels", "cells", "of all", "95 %", "purity", "95 %"],
            rows,
        );
        for (x, c) in kinds(s, true).filter_map(|(k, x)| Some((x, of(k)?))) {
            let _ = writeln!(
                out,
                "and {} free beads ({}), {} of all",
                number(c.free_beads),
                x.species,
                percent(c.recovery)
            );
        }
    }
    let capacity = s.setup.matrix.as_ref().and_then(|m| m.capacity_cells);
    if let (Some(full), Some(capacity)) = (found.matrix_filled, capacity) {
        let _ = writeln!(
            out,
            "the matrix was full to {} at most; it holds {} cells",
            percent(Some(full)),
            number(capacity)
        );
    }
    out.push('\n');
}

fn time(seconds: f64) -> String {
    show(seconds * SECOND, Dimension::Time)
}

/// `held: outer wall`, or the name of an outlet.
fn heading(part: &FractionRow) -> String {
    match part.kind {
        PlaceKind::Surface => format!("held: {}", part.place),
        PlaceKind::Outlet => format!("out: {}", part.place),
        PlaceKind::OnTheWay => part.place.clone(),
    }
}

/// log10 of what was put in over what is here.
fn depletion(c: &PartRow) -> String {
    match (c.log10_depletion_above, c.log10_depletion) {
        // less than a parcel is more than so much
        (Some(d), _) => format!(">{d:.2}"),
        (None, Some(d)) => format!("{d:.2}"),
        (None, None) => "-".into(),
    }
}

/// How long it took.
fn times(out: &mut String, found: &PlaceResults) {
    let rows: Vec<Vec<String>> = found
        .fractions
        .iter()
        .filter_map(|part| {
            let [a, b, c] = part.time_from_entry_s?;
            Some(vec![heading(part), time(a), time(b), time(c)])
        })
        .collect();
    if !rows.is_empty() {
        grid(
            out,
            &["time from entry", "10 %", "50 %", "90 %"],
            rows.into_iter(),
        );
    }
}

/// Whether and when the flow out became steady: of every species, and of all.
fn steady(out: &mut String, found: &PlaceResults) {
    let Some(s) = &found.steady else { return };
    let when = |since: Option<f64>| match since {
        Some(0.0) => "the start".into(),
        Some(t) => time(t),
        None => "not yet".into(),
    };
    let rows = s.species.iter().filter(|x| x.fed_per_s > 0.0).map(|x| {
        let seen = match x.seen_above.filter(|w| *w < 1.0) {
            Some(within) => format!("{} %", digits(100.0 * within, 2)),
            None => "none, too few parcels".into(),
        };
        vec![x.species.clone(), when(x.since_s), seen]
    });
    grid(
        out,
        &["rates of arrival", "steady from", "smallest change seen"],
        rows,
    );
    out.push_str(match s.since_s {
        Some(_) => "smallest change seen: in % of the rate of the feed; smaller ones are lost in the noise of the parcels\n",
        None => "not steady before the end of the feed: feed longer for numbers of the steady state\n",
    });
}

/// Four significant digits; powers of ten from a million on.
fn number(x: f64) -> String {
    if x.abs() >= 1e6 {
        format!("{x:.3e}")
    } else {
        digits(x, 4)
    }
}

/// A share with at most two decimals.
fn percent(x: Option<f64>) -> String {
    x.map_or_else(|| "-".into(), |x| format!("{} %", hundredths(x)))
}

/// The same of a share that is known, without the sign. What would be rounded to nothing or to all is neither.
pub(crate) fn hundredths(share: f64) -> String {
    match share {
        0.0 => "0".into(),
        x if x < 1e-4 => format!("{:.1e}", 100.0 * x),
        x if (0.999_95..1.0).contains(&x) => ">99.99".into(),
        x => format!("{:.2}", 100.0 * x),
    }
}

/// Both ends of a share, as many decimals as the difference needs.
fn range(ends: Option<[f64; 2]>) -> String {
    let Some([low, high]) = ends.map(|ends| ends.map(|x| 100.0 * x)) else {
        return "-".into();
    };
    let decimals = match high - low {
        0.0 => 0,
        w if w >= 1.0 => 1,
        w if w >= 0.1 => 2,
        w if w >= 0.01 => 3,
        _ => 4,
    };
    let end = |x: f64| {
        let text = format!("{x:.decimals$}");
        match text.trim_matches(['0', '.']) {
            "" => "0".to_owned(),
            "1" if x >= 99.0 => "100".to_owned(),
            _ => text,
        }
    };
    format!("{}-{}", end(low), end(high))
}

/// Columns with two spaces between them; all but the first flush right. A row of one cell is a heading.
fn grid(out: &mut String, head: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let mut all: Vec<Vec<String>> = vec![head.iter().map(|h| (*h).to_owned()).collect()];
    all.extend(rows);
    let width: Vec<usize> = (0..head.len())
        .map(|k| {
            let cells = all.iter().filter_map(|r| r.get(k));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for row in &all {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(k, cell)| match k == 0 {
                true => format!("{cell:w$}", w = width[k]),
                false => format!("{cell:>w$}", w = width[k]),
            })
            .collect();
        let _ = writeln!(out, "{}", cells.join("  ").trim_end());
    }
}
