//! The table at the end of a run: where the layers are, what they hold, and what it took. At most 100 columns.

use super::{RunReport, TimeStep};
use crate::constants::{MILLILITRE, MILLIMETRE};
use crate::observe::recovery::HARVEST_DEPTH;
use crate::observe::{Contents, LayerContent, LayerKind, Layers, Share};
use crate::units::{
    Dimension, clock, counted, decimals, digits, grouped, per_second, rough_clock, show, significant, stretch,
};
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
        let [low, high] = contents
            .platelets_above_red_cells_95
            .unwrap_or([x; 2])
            .map(percent);
        line(
            &mut out,
            &format!(
                "platelets above the red cells: {} % ({low} to {high} %, 95 %)",
                percent(x)
            ),
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
                "in the buffy coat or the top {} of the red cells{}: {}",
                show(HARVEST_DEPTH, Dimension::Length),
                contents.near_surface.map_or_else(String::new, |(top, bottom)| {
                    format!(" ({})", stretch(top / MILLIMETRE, bottom / MILLIMETRE))
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
            "{}{}{}",
            counted(run.steps, "step"),
            steps(&run.time_step),
            per_second(1e-6 * run.parcel_steps as f64, run.wall_seconds).map_or_else(
                String::new,
                |rate| format!(", {} million parcel-steps/s", significant(rate))
            ),
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
        let [rest @ .., haematocrit] = rest;
        let rest: String = rest.iter().map(|c| format!("{c:>12}")).collect();
        format!("{layer:<12}{rest}{haematocrit:>14}")
    };
    line(
        out,
        &row(["layer", "from mm", "to mm", "height", "volume mL", "haematocrit"].map(String::from)),
    );
    rule(out, 74);
    let whole: f64 = contents.layers.iter().map(|l| l.layer.height_mm()).sum();
    let thin = |l: &LayerContent| l.layer.height_mm() < THIN * whole;
    let thinnest = contents.layers.iter().map(|l| l.layer.height_mm());
    let n = decimals(thinnest.fold(f64::INFINITY, f64::min));
    for l in &contents.layers {
        line(
            out,
            &row([
                l.layer.kind.name().into(),
                format!("{:.n$}", l.layer.top_mm()),
                format!("{:.n$}", l.layer.bottom_mm()),
                show(l.layer.bottom - l.layer.top, Dimension::Length),
                if thin(l) {
                    ends(l.volume_95.map(|v| v / MILLILITRE))
                } else {
                    format!("{:.3}", l.layer.volume_ml())
                },
                if thin(l) {
                    format!("{} %", ends(l.haematocrit_95.map(|x| 100.0 * x)))
                } else {
                    format!("{} %", percent(l.haematocrit))
                },
            ]),
        );
    }
}

/// "0.03-0.12", or one number where both ends are the same.
fn ends(range: [f64; 2]) -> String {
    let [low, high] = range.map(two_digits);
    if low == high { low } else { format!("{low}-{high}") }
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
                    &range(s),
                    &percent(s.recovery),
                    &percent(s.purity),
                    &s.purity_without_red_cells.map_or_else(String::new, percent),
                ]),
            );
        }
    }
}

/// Where a concentration lies.
fn range(share: &Share) -> String {
    let [low, high] = share.concentration_95;
    if share.of == 0 {
        String::new()
    } else if share.parcels == 0 {
        format!("< {}", significant(high))
    } else {
        format!("{} - {}", significant(low), significant(high))
    }
}

/// What is said below the table of layers that are drawn off, where hardly a parcel of a species was found or where parcels next to
/// a boundary are counted on its other side; and what the intervals are.
fn residual(out: &mut String, names: &[&str], contents: &Contents) {
    use LayerKind::{BuffyCoat, Plasma, Subnatant, Supernatant};
    for l in &contents.layers {
        let what = match l.layer.kind {
            Plasma | Supernatant | Subnatant => format!("left in the {}", l.layer.kind.name()),
            BuffyCoat => "in the buffy coat".to_owned(),
            _ => continue,
        };
        let said = l
            .shares
            .iter()
            .filter(|s| s.of > 0 && (s.parcels < FEW || (s.elsewhere > 0 && l.layer.kind != BuffyCoat)));
        let said: Vec<String> = said
            .map(|s| left(names.get(s.component).unwrap_or(&"?"), l, s))
            .collect();
        if !said.is_empty() {
            line(out, &format!("{what}: {}", said.join("; ")));
        }
    }
    line(
        out,
        "95 %: from the number of parcels; where a volume counts, also from the height of a grid cell; model error is not included",
    );
}

/// "erythrocytes below 461 per uL (0 of 50 000 parcels, 95 %)".
fn left(name: &str, l: &LayerContent, s: &Share) -> String {
    let [low, high] = s.concentration_95;
    let range = if s.parcels < FEW {
        format!("below {}", significant(high))
    } else {
        format!("{} to {}", significant(low), significant(high))
    };
    let elsewhere = match s.elsewhere {
        0 => String::new(),
        n => format!(
            "; includes {} found within {} um of the boundary and counted in the next layer",
            grouped(n),
            digits(l.front, 2)
        ),
    };
    let count = format!("{} of {} parcels", grouped(s.parcels), grouped(s.of));
    format!("{} {range} per µL ({count}, 95 %{elsewhere})", plural(name))
}

/// Names of cells and particles in the plural; others, which people made up, as they are.
fn plural(name: &str) -> String {
    const KNOWN: [&str; 6] = ["cyte", "cell", "bead", "platelet", "phil", "particle"];
    let s = if KNOWN.iter().any(|end| name.ends_with(end)) {
        "s"
    } else {
        ""
    };
    format!("{name}{s}")
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
            "in the buffy coat or the top 3 mm of the red cells (34.00-37.67 mm): lymphocyte",
            "platelet",
            "13 min 30 s simulated in 41 s",
            "3123 steps of 0.259 s on average (0.182 to 5.00 s)",
            "left in the plasma: erythrocytes below ",
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

    /// A pellet of 5 um is not told as none between 49.99 and 50.00 mm.
    #[test]
    fn depths_have_the_digits_of_the_thinnest_layer() {
        use crate::model::CellClass::Leukocyte;
        use crate::observe::Specimen;
        use crate::observe::synthetic::Sample;
        let p = Sample::new(50e3, 250, &[1.0])
            .slab(0, 49_995.0, 50e3, 0.64)
            .profile();
        let specimen = Specimen::blood(&[Leukocyte], 0.64, 200.0);
        let layers = Layers::find(&p, &specimen, None);
        let contents = Contents::of(&p, &specimen, &layers);
        let text = text("Pellet", &["cell"], &layers, &contents, &fixture::report());
        let row = text.lines().find(|l| l.starts_with("pellet")).unwrap_or_default();
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(words[1..5], ["49.9950", "50.0000", "5", "um"], "{text}");
        assert!(text.contains("left in the supernatant: cells below "), "{text}");
        assert!(
            text.contains("too thin to resolve. Its volume assumes packing to 64 %"),
            "{text}"
        );
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
