//! The table at the end of a separator's run. At most 100 columns but for long names. Free beads have rows of their own: they
//! are no cells.

use super::Finished;
use crate::constants::SECOND;
use crate::observe::{Content, Fraction};
use crate::output::table::line;
use crate::units::{Dimension, counted, digits, show};
use std::fmt::Write as _;

/// The table as text, with a newline at its end.
pub fn text(title: &str, f: &Finished<'_>) -> String {
    let mut out = format!("{title}\n\n");
    fed(&mut out, f);
    out.push('\n');
    fractions(&mut out, f);
    loose(&mut out, f);
    out.push('\n');
    released(&mut out, f);
    times(&mut out, f);
    steady(&mut out, f);
    let s = f.separation;
    for warning in f.warnings() {
        line(&mut out, &format!("warning: {warning}"));
    }
    for note in f.notes {
        line(&mut out, &format!("note: {note}"));
    }
    let parcels: u64 = s.parcels.iter().sum();
    let _ = if s.conserved {
        writeln!(
            out,
            "every one of the {} is accounted for",
            counted(parcels, "parcel")
        )
    } else {
        writeln!(out, "the counts do not add up to the {parcels} parcels put in")
    };
    let run = f.run;
    let _ = writeln!(
        out,
        "{} simulated in {} ({}, {})\non {}",
        show(run.time, Dimension::Time),
        show(run.wall.as_secs_f64() * SECOND, Dimension::Time),
        counted(parcels, "parcel"),
        counted(run.steps, "step"),
        run.device,
    );
    out
}

/// What was put in.
fn fed(out: &mut String, f: &Finished<'_>) {
    let s = f.separation;
    let total: f64 = s.cells.iter().sum();
    let rows = kinds(f, false).map(|(k, name)| {
        vec![
            name.to_owned(),
            s.parcels[k].to_string(),
            number(s.cells[k]),
            percent(Some(s.purity_before(k))),
            s.without[k].map_or("-".into(), |w| percent(Some(w))),
        ]
    });
    grid(
        out,
        &["put in", "parcels", "cells", "purity", "without a bead"],
        rows,
    );
    let volume = show(f.separator.sample(), Dimension::Volume);
    let _ = match s.throughput {
        Some(t) => writeln!(
            out,
            "{} cells in {volume}, {} a second",
            number(total),
            counted(number(t), "cell")
        ),
        None => writeln!(out, "{} cells in {volume}", number(total)),
    };
    for (k, name) in kinds(f, true) {
        let _ = writeln!(
            out,
            "{} free beads ({name}) in {}, not counted as cells",
            number(s.beads[k]),
            counted(s.parcels[k], "parcel")
        );
    }
}

/// The species that are free beads, or those that are not, with their numbers.
fn kinds<'a>(f: &'a Finished<'_>, beads: bool) -> impl Iterator<Item = (usize, &'a str)> {
    let names = f.names().into_iter().enumerate();
    names.filter(move |(k, _)| f.separation.is_free_bead(*k) == beads)
}

// nobody on the way is no news
fn told(part: &&Fraction) -> bool {
    part.place.end || part.cells + part.beads > 0.0
}

/// What cells are where.
fn fractions(out: &mut String, f: &Finished<'_>) {
    let mut rows = Vec::new();
    for part in f.separation.fractions.iter().filter(told) {
        rows.push(vec![heading(part)]);
        for (k, name) in kinds(f, false) {
            let c = &part.species[k];
            rows.push(vec![
                format!("  {name}"),
                c.parcels.to_string(),
                number(c.cells),
                percent(Some(c.recovery)),
                range(Some(c.recovery_range)),
                percent(c.purity),
                range(c.purity_range),
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
fn loose(out: &mut String, f: &Finished<'_>) {
    let mut rows = Vec::new();
    for part in f.separation.fractions.iter().filter(told) {
        if kinds(f, true).next().is_some() {
            rows.push(vec![heading(part)]);
        }
        for (k, name) in kinds(f, true) {
            let c = &part.species[k];
            rows.push(vec![
                format!("  {name}"),
                c.parcels.to_string(),
                number(c.beads),
                percent(Some(c.recovery)),
                range(Some(c.recovery_range)),
                if part.cells > 0.0 {
                    digits(c.beads / part.cells, 3)
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
fn released(out: &mut String, f: &Finished<'_>) {
    let Some(before) = &f.separation.released else {
        return;
    };
    for part in &before.fractions {
        let all: u64 = part.species.iter().map(|c| c.parcels).sum();
        if all == 0 {
            continue;
        }
        let rows = kinds(f, false).map(|(k, name)| {
            let c = &part.species[k];
            vec![
                name.to_owned(),
                c.parcels.to_string(),
                number(c.cells),
                percent(Some(c.recovery)),
                range(Some(c.recovery_range)),
                percent(c.purity),
                range(c.purity_range),
            ]
        });
        let title = format!("{}, until {}", heading(part), show(before.time, Dimension::Time));
        grid(
            out,
            &[&title, "parcels", "cells", "of all", "95 %", "purity", "95 %"],
            rows,
        );
        for (k, name) in kinds(f, true) {
            let c = &part.species[k];
            let _ = writeln!(
                out,
                "and {} free beads ({name}), {} of all",
                number(c.beads),
                percent(Some(c.recovery))
            );
        }
    }
    if let Some(full) = f.filled() {
        let _ = writeln!(
            out,
            "the matrix was full to {} at most; it holds {} cells",
            percent(Some(full.0)),
            number(full.1)
        );
    }
    out.push('\n');
}

/// `held: outer wall`, or the name of an outlet.
pub(super) fn heading(part: &Fraction) -> String {
    if part.place.end && part.place.fate < crate::kernels::passage::OUT {
        format!("held: {}", part.place.name)
    } else if part.place.end {
        format!("out: {}", part.place.name)
    } else {
        part.place.name.clone()
    }
}

/// log10 of what was put in over what is here.
fn depletion(c: &Content) -> String {
    // less than a parcel is more than so much
    let sign = if c.parcels == 0 { ">" } else { "" };
    c.depletion.map_or("-".into(), |d| format!("{sign}{d:.2}"))
}

/// How long it took.
fn times(out: &mut String, f: &Finished<'_>) {
    let time = |t: f64| show(t, Dimension::Time);
    let rows: Vec<Vec<String>> = f
        .separation
        .fractions
        .iter()
        .filter_map(|part| {
            let [a, b, c] = part.took?;
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
fn steady(out: &mut String, f: &Finished<'_>) {
    let Some(s) = f.steady else { return };
    let when = |since: Option<f64>| match since {
        Some(0.0) => "the start".into(),
        Some(t) => show(t, Dimension::Time),
        None => "not yet".into(),
    };
    let names = f.names();
    let rows = names
        .iter()
        .zip(&s.species)
        .filter(|(_, x)| x.fed > 0.0)
        .map(|(name, x)| {
            let seen = if x.within < 1.0 {
                format!("{} %", digits(100.0 * x.within, 2))
            } else {
                "nothing".into()
            };
            vec![(*name).to_owned(), when(x.since), seen]
        });
    grid(out, &["rates of arrival", "steady from", "seen above"], rows);
    out.push_str(match s.since {
        Some(_) => "seen above: changes of a rate that its parcels can tell, of what is fed of the species\n",
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
