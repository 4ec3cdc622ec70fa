//! The table at the end of a separator's run. At most 100 columns but for long names.

use super::Finished;
use crate::constants::SECOND;
use crate::observe::{Content, Fraction};
use crate::units::{Dimension, counted, digits, show};
use std::fmt::Write as _;

/// The table as text, with a newline at its end.
pub fn text(title: &str, f: &Finished<'_>) -> String {
    let mut out = format!("{title}\n\n");
    fed(&mut out, f);
    out.push('\n');
    fractions(&mut out, f);
    out.push('\n');
    released(&mut out, f);
    times(&mut out, f);
    steady(&mut out, f);
    let s = f.separation;
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
    let rows = f.names().into_iter().enumerate().map(|(k, name)| {
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
}

/// What is where.
fn fractions(out: &mut String, f: &Finished<'_>) {
    let names = f.names();
    // nobody on the way is no news
    let told = |part: &&Fraction| part.place.end || part.cells > 0.0;
    let rows = f.separation.fractions.iter().filter(told).flat_map(|part| {
        let heading = heading(part);
        names
            .iter()
            .zip(&part.species)
            .enumerate()
            .map(move |(k, (name, c))| {
                vec![
                    if k == 0 { heading.clone() } else { String::new() },
                    (*name).to_owned(),
                    c.parcels.to_string(),
                    number(c.cells),
                    percent(Some(c.recovery)),
                    percent(c.purity),
                    c.enrichment.map_or("-".into(), |e| digits(e, 3)),
                    depletion(c),
                ]
            })
            .collect::<Vec<_>>()
    });
    grid(
        out,
        &[
            "where",
            "species",
            "parcels",
            "cells",
            "recovery",
            "purity",
            "enriched",
            "log depl.",
        ],
        rows,
    );
    out.push_str("enriched: purity over that of what was put in; log depl.: log10 of what was put in over what is here\n");
}

/// What surfaces held before the magnets went off, and how full they were.
fn released(out: &mut String, f: &Finished<'_>) {
    let Some(before) = &f.separation.released else {
        return;
    };
    let names = f.names();
    for part in &before.fractions {
        let all: u64 = part.species.iter().map(|c| c.parcels).sum();
        if all == 0 {
            continue;
        }
        let rows = names.iter().zip(&part.species).map(|(name, c)| {
            vec![
                (*name).to_owned(),
                c.parcels.to_string(),
                number(c.cells),
                percent(Some(c.recovery)),
                percent(c.purity),
            ]
        });
        let title = format!("{}, until {}", heading(part), show(before.time, Dimension::Time));
        grid(out, &[&title, "parcels", "cells", "of all", "purity"], rows);
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
    match x {
        None => "-".into(),
        Some(0.0) => "0 %".into(),
        Some(x) if x < 1e-4 => format!("{:.1e} %", 100.0 * x),
        // a few cells of another kind are not none
        Some(x) if (0.999_95..1.0).contains(&x) => ">99.99 %".into(),
        Some(x) => format!("{:.2} %", 100.0 * x),
    }
}

/// Columns with two spaces between them; all but the leading words flush right.
fn grid(out: &mut String, head: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let mut all: Vec<Vec<String>> = vec![head.iter().map(|h| (*h).to_owned()).collect()];
    all.extend(rows);
    let width: Vec<usize> = (0..head.len())
        .map(|k| all.iter().map(|r| r[k].chars().count()).max().unwrap_or(0))
        .collect();
    let words = if head.get(1) == Some(&"species") { 2 } else { 1 };
    for row in &all {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(k, cell)| match k < words {
                true => format!("{cell:w$}", w = width[k]),
                false => format!("{cell:>w$}", w = width[k]),
            })
            .collect();
        let _ = writeln!(out, "{}", cells.join("  ").trim_end());
    }
}
