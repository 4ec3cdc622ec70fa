//! The table at the end of a run: where the layers are, what they hold, and what it took. At most 100 columns.

use super::{RunReport, TimeStep};
use crate::constants::MILLIMETRE;
use crate::observe::recovery::HARVEST_DEPTH;
use crate::observe::{Contents, LayerContent, LayerKind, Layers, Share};
use crate::units::{Dimension, clock, counted, rough_clock, show};
use std::fmt::Write as _;

/// Widths of the species table's columns: layer, species, cells, per uL, where that lies, recovery, purity, purity without red
/// cells.
const COLUMNS: [usize; 8] = [12, 16, 10, 10, 19, 11, 9, 11];

/// Narrowest line that is not wrapped.
const WIDTH: usize = 100;

/// The table as text, with a newline at its end. `names` are those of the components.
pub fn text(title: &str, names: &[&str], layers: &Layers, contents: &Contents, run: &RunReport) -> String {
    let mut out = String::new();
    line(&mut out, title);
    line(&mut out, "");
    boundaries(&mut out, contents);
    line(&mut out, "");
    species(&mut out, names, contents);
    line(&mut out, "");
    residual(&mut out, names, contents);
    if let Some(x) = contents.platelets_above_red_cells {
        line(
            &mut out,
            &format!("platelets above the red cells: {} %", percent(x)),
        );
    }
    if !contents.leukocytes_near_surface.is_empty() {
        let each: Vec<String> = contents
            .leukocytes_near_surface
            .iter()
            .map(|(k, x)| format!("{} {} %", names.get(*k).unwrap_or(&"?"), percent(*x)))
            .collect();
        line(
            &mut out,
            &format!(
                "on the red cells or in their top {}{}: {}",
                show(HARVEST_DEPTH, Dimension::Length),
                contents.near_surface.map_or_else(String::new, |(top, bottom)| {
                    format!(" ({:.2} - {:.2} mm)", top / MILLIMETRE, bottom / MILLIMETRE)
                }),
                each.join(", ")
            ),
        );
    }
    for note in layers.notes.iter() {
        line(&mut out, &format!("note: {note}"));
    }
    for warning in &run.warnings {
        line(&mut out, &format!("warning: {warning}"));
    }
    line(
        &mut out,
        &format!(
            "{} simulated in {} on {} ({}{})",
            clock(run.simulated_seconds),
            rough_clock(run.wall_seconds),
            run.device,
            run.backend,
            match run.threads {
                0 => String::new(),
                n => format!(", {}", counted(n, "thread")),
            },
        ),
    );
    line(
        &mut out,
        &format!(
            "{}{}, {} million parcel-steps/s",
            counted(run.steps, "step"),
            steps(&run.time_step),
            significant(1e-6 * run.parcel_steps as f64 / run.wall_seconds),
        ),
    );
    out
}

/// " of 0.259 s on average (0.182 to 5 s)".
fn steps(step: &TimeStep) -> String {
    let range = match (step.shortest_s, step.longest_s) {
        (Some(a), Some(b)) if significant(a) != significant(b) => {
            format!(" ({} to {} s)", significant(a), significant(b))
        }
        _ => String::new(),
    };
    step.mean_s.map_or_else(String::new, |mean| {
        format!(" of {} s on average{range}", significant(mean))
    })
}

/// Layers thinner than this share of the sample: their volume and haematocrit hang on the noise of a boundary.
const THIN: f64 = 0.05;

fn boundaries(out: &mut String, contents: &Contents) {
    let row = |cells: [String; 6]| {
        let [layer, rest @ ..] = cells;
        let rest: String = rest.iter().map(|c| format!("{c:>12}")).collect();
        format!("{layer:<12}{rest}")
    };
    line(
        out,
        &row([
            "layer",
            "from mm",
            "to mm",
            "height mm",
            "volume mL",
            "haematocrit",
        ]
        .map(String::from)),
    );
    rule(out, 72);
    let whole: f64 = contents.layers.iter().map(|l| l.layer.height_mm()).sum();
    let thin = |l: &LayerContent| l.layer.height_mm() < THIN * whole;
    for l in &contents.layers {
        line(
            out,
            &row([
                l.layer.kind.name().into(),
                format!("{:.2}", l.layer.top_mm()),
                format!("{:.2}", l.layer.bottom_mm()),
                if l.layer.height_mm() < 0.1 {
                    two_digits(l.layer.height_mm())
                } else {
                    format!("{:.2}", l.layer.height_mm())
                },
                if thin(l) {
                    two_digits(l.layer.volume_ml())
                } else {
                    format!("{:.3}", l.layer.volume_ml())
                },
                if thin(l) {
                    format!("{} %", two_digits(100.0 * l.haematocrit))
                } else {
                    format!("{} %", percent(l.haematocrit))
                },
            ]),
        );
    }
}

fn species(out: &mut String, names: &[&str], contents: &Contents) {
    let row = |cells: [&str; 8]| {
        let mut text = String::new();
        for (i, (cell, width)) in cells.iter().zip(COLUMNS).enumerate() {
            // writing to a String cannot fail
            let _ = if i < 2 {
                write!(text, "{cell:<width$}")
            } else {
                write!(text, "{cell:>width$}")
            };
        }
        text
    };
    line(
        out,
        &row([
            "layer",
            "species",
            "cells",
            "per µL",
            "95 %",
            "recovery %",
            "purity %",
            "w/o red %",
        ]),
    );
    rule(out, COLUMNS.iter().sum());
    for l in &contents.layers {
        for (i, s) in l.shares.iter().enumerate() {
            let name: String = names
                .get(s.component)
                .unwrap_or(&"?")
                .chars()
                .take(COLUMNS[1] - 1)
                .collect();
            line(
                out,
                &row([
                    if i == 0 { l.layer.kind.name() } else { "" },
                    &name,
                    &significant(s.cells),
                    &significant(s.concentration),
                    &range(s, l.layer.volume),
                    &percent(s.recovery),
                    &percent(s.purity),
                    &s.purity_without_red_cells.map_or_else(String::new, percent),
                ]),
            );
        }
    }
}

/// Where a concentration lies.
fn range(share: &Share, volume: f64) -> String {
    let [low, high] = share.concentration_95(volume);
    if share.of == 0 {
        String::new()
    } else if share.parcels == 0 {
        format!("< {}", significant(high))
    } else {
        format!("{} - {}", significant(low), significant(high))
    }
}

/// What is said below the table of fluids in which hardly a parcel of a species was found, as long as that is asked of them, and of
/// what the intervals are.
fn residual(out: &mut String, names: &[&str], contents: &Contents) {
    use LayerKind::{Plasma, Subnatant, Supernatant};
    for l in &contents.layers {
        let of = |s: &Share| {
            let [_, high] = s.concentration_95(l.layer.volume);
            format!(
                "{} in {} of {} parcels: below {} per µL at 95 %",
                names.get(s.component).unwrap_or(&"?"),
                s.parcels,
                s.of,
                significant(high)
            )
        };
        let few = l.shares.iter().filter(|s| s.of > 0 && s.parcels < FEW);
        let few: Vec<String> = few.map(of).collect();
        if matches!(l.layer.kind, Plasma | Supernatant | Subnatant) && !few.is_empty() {
            line(
                out,
                &format!("left in the {}: {}", l.layer.kind.name(), few.join("; ")),
            );
        }
    }
    line(
        out,
        "95 %: where a number lies in 19 of 20 runs, as far as the count of parcels goes; the model may be further off",
    );
}

/// Parcels below which a residual count says little.
const FEW: u64 = 10;

/// A fraction in per cent: one decimal, more below one per cent.
pub(crate) fn percent(x: f64) -> String {
    let p = 100.0 * x;
    if !p.is_finite() {
        "-".into()
    } else if p == 0.0 || p.abs() >= 1.0 {
        format!("{p:.1}")
    } else if p.abs() >= 0.001 {
        format!("{p:.3}")
    } else {
        "<0.001".into()
    }
}

/// Two significant digits, zeros at the end included, for numbers that are no better known.
pub(crate) fn two_digits(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return significant(x);
    }
    if x.abs() < 1e-3 {
        return format!("{x:.1e}");
    }
    // rounded first: 0.0996 is 0.10
    let rounded: f64 = format!("{x:.1e}").parse().unwrap_or(x);
    let decimals = (1 - rounded.abs().log10().floor() as i32).max(0) as usize;
    format!("{rounded:.decimals$}")
}

/// Three significant digits; powers of ten from a million up.
pub(crate) fn significant(x: f64) -> String {
    if !x.is_finite() {
        return "-".into();
    }
    if x == 0.0 {
        return "0".into();
    }
    if x.abs() >= 999_500.0 || x.abs() < 0.01 {
        return format!("{x:.2e}");
    }
    let exponent = x.abs().log10().floor() as i32;
    let unit = 10f64.powi((exponent - 2).max(0));
    let decimals = (2 - exponent).max(0) as usize;
    format!(
        "{:.decimals$}",
        if unit > 1.0 { (x / unit).round() * unit } else { x }
    )
}

fn rule(out: &mut String, width: usize) {
    line(out, &"-".repeat(width));
}

/// Appends a line, wrapped between words at [`WIDTH`].
pub(super) fn line(out: &mut String, text: &str) {
    let mut used = 0;
    for (i, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if i > 0 {
            if used + 1 + length > WIDTH {
                out.push_str("\n    ");
                used = 4;
            } else {
                out.push(' ');
                used += 1;
            }
        }
        out.push_str(word);
        used += length;
    }
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::observe::synthetic::{BLOOD, hard_spin, jammed, specimen};

    const NAMES: [&str; 4] = ["erythrocyte", "lymphocyte", "neutrophil", "platelet"];

    fn table(profile: &crate::engine::Profile) -> String {
        let layers = Layers::find(profile, &specimen(profile, &BLOOD), None);
        let contents = Contents::of(profile, &specimen(profile, &BLOOD), &layers);
        text("Whole blood", &NAMES, &layers, &contents, &fixture::report())
    }

    #[test]
    fn says_what_there_is_within_a_hundred_columns() {
        let text = table(&hard_spin(260));
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
        for word in [
            "plasma",
            "buffy coat",
            "red cells",
            "on the red cells or in their top 3 mm (34.00 - 37.67 mm): lymphocyte",
            "platelet",
            "13 min 30 s simulated in 41 s",
            "3123 steps of 0.259 s on average (0.182 to 5.00 s)",
            "left in the plasma: erythrocyte in 0 of ",
        ] {
            assert!(text.contains(word), "{word} is missing:\n{text}");
        }
    }

    #[test]
    fn says_why_there_is_no_buffy_coat() {
        let text = table(&jammed(260));
        assert!(text.contains("note: no buffy coat"), "{text}");
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn numbers_have_sensible_digits() {
        let digits = [
            0.0,
            0.00123,
            0.1234,
            12.345,
            2000.4,
            252_340.0,
            4_720_000.0,
            f64::NAN,
        ]
        .map(significant);
        assert_eq!(
            digits,
            ["0", "1.23e-3", "0.123", "12.3", "2000", "252000", "4.72e6", "-"]
        );
        let two = [0.159, 0.0996, 2.04, 43.2, 0.0, 1.08e-5].map(two_digits);
        assert_eq!(two, ["0.16", "0.10", "2.0", "43", "0", "1.1e-5"]);
        let shares = [0.0, 0.000_001, 0.0012, 0.4567, 1.0, f64::NAN].map(percent);
        assert_eq!(shares, ["0.0", "<0.001", "0.120", "45.7", "100.0", "-"]);
    }
}
