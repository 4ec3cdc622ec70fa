//! The part of the table about layers: where they are and what they hold. At most 100 columns.

use super::line;
use crate::constants::MILLIMETRE;
use crate::model::CellClass;
use crate::observe::LayerKind;
use crate::observe::recovery::HARVEST_DEPTH;
use crate::output::summary::{LayerResults, Resolution, ShareRow, Summary};
use crate::units::{Dimension, decimals, grouped, show, significant, stretch};
use std::fmt::Write as _;

/// Widths of the species table's columns: layer, species, cells, per uL, where that lies, recovery, purity, purity without red
/// cells.
const COLUMNS: [usize; 8] = [12, 16, 10, 10, 19, 11, 9, 11];

pub(super) fn tell(out: &mut String, s: &Summary, found: &LayerResults) {
    boundaries(out, found);
    line(out, "");
    species(out, found);
    line(out, "");
    residual(out, s, found);
    if let Some(x) = found.platelets_above_red_cells {
        let [low, high] = found.platelets_above_red_cells_95.unwrap_or([x; 2]).map(percent);
        line(
            out,
            &format!(
                "platelets above the red cells: {} % ({low} to {high} %, 95 %)",
                percent(x)
            ),
        );
    }
    if !found.leukocytes_near_surface.is_empty() {
        let each: Vec<String> = found
            .leukocytes_near_surface
            .iter()
            .map(|x| format!("{} {} %", x.species, percent(x.recovery)))
            .collect();
        let from = found.near_surface_mm.map_or_else(String::new, |[top, bottom]| {
            format!(" ({})", stretch(top, bottom))
        });
        line(
            out,
            &format!(
                "from the first sign of the coat to {}{from}: {}",
                reach(found),
                each.join(", ")
            ),
        );
    }
}

/// How far below the red-cell surface leukocytes are counted as near it: less far where the vessel ends before.
fn reach(found: &LayerResults) -> String {
    let depth = found
        .near_surface_mm
        .zip(found.red_cell_surface_mm)
        .map(|([_, bottom], surface)| (bottom - surface) * MILLIMETRE);
    match depth {
        Some(depth) if depth < 0.999 * HARVEST_DEPTH => "the bottom of the vessel".into(),
        _ => format!(
            "{} below the red-cell surface",
            show(HARVEST_DEPTH, Dimension::Length)
        ),
    }
}

/// How well boundaries are known.
pub(super) fn resolution(out: &mut String, found: &LayerResults) {
    let length = |mm: f64| show(mm * MILLIMETRE, Dimension::Length);
    let text = match found.resolution {
        None => return,
        Some(Resolution::ProfileBinMm(bin)) => {
            format!("a profile bin of {} ([output] profile bins)", length(bin))
        }
        Some(Resolution::GridCellMm(cell)) => {
            format!("a grid cell of {} ([numerics] layers)", length(cell))
        }
    };
    line(out, &format!("boundaries are resolved to {text}"));
}

/// Layers thinner than this share of the sample: their volume and haematocrit hang on the noise of a boundary.
const THIN: f64 = 0.05;

fn boundaries(out: &mut String, found: &LayerResults) {
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
    let whole: f64 = found.layers.iter().map(|l| l.height_mm).sum();
    let thinnest = found.layers.iter().map(|l| l.height_mm);
    let n = decimals(thinnest.fold(f64::INFINITY, f64::min));
    for l in &found.layers {
        let thin = l.height_mm < THIN * whole;
        line(
            out,
            &row([
                l.kind.name().into(),
                format!("{:.n$}", l.top_mm),
                format!("{:.n$}", l.bottom_mm),
                show(l.height_mm * MILLIMETRE, Dimension::Length),
                match l.volume_ml_95.filter(|_| thin) {
                    Some(range) => ends(range),
                    None => format!("{:.3}", l.volume_ml),
                },
                match l.haematocrit_95.filter(|_| thin) {
                    Some(range) => format!("{} %", ends(range.map(|x| 100.0 * x))),
                    None => format!("{} %", percent(l.haematocrit.unwrap_or(f64::NAN))),
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

fn species(out: &mut String, found: &LayerResults) {
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
    for l in &found.layers {
        for (i, x) in l.species.iter().enumerate() {
            let name: String = x.species.chars().take(COLUMNS[1] - 1).collect();
            line(
                out,
                &row([
                    if i == 0 { l.kind.name() } else { "" },
                    &name,
                    &significant(x.cells),
                    &significant(x.per_ul.unwrap_or(f64::NAN)),
                    &range(x),
                    &percent(x.recovery.unwrap_or(f64::NAN)),
                    &percent(x.purity.unwrap_or(f64::NAN)),
                    &x.purity_without_red_cells.map_or_else(String::new, percent),
                ]),
            );
        }
    }
}

/// Where a concentration lies.
fn range(x: &ShareRow) -> String {
    match (x.per_ul_95, x.parcels) {
        (Some([_, high]), Some(0)) => format!("< {}", significant(high)),
        (Some([low, high]), Some(_)) => format!("{} - {}", significant(low), significant(high)),
        _ => String::new(),
    }
}

/// What is said below the table of layers that are drawn off, where hardly a parcel of a species was found or where parcels next to
/// a boundary are counted on its other side; and what the intervals are.
fn residual(out: &mut String, s: &Summary, found: &LayerResults) {
    use LayerKind::{BuffyCoat, Plasma, Subnatant, Supernatant};
    for l in &found.layers {
        let what = match l.kind {
            Plasma | Supernatant | Subnatant => format!("left in the {}", l.kind.name()),
            BuffyCoat => "in the buffy coat".to_owned(),
            _ => continue,
        };
        let said: Vec<String> = l
            .species
            .iter()
            .filter_map(|x| {
                let species = s.species(&x.species)?;
                // how many of them are in the coat its haematocrit says
                if l.kind == BuffyCoat && species.class == CellClass::Erythrocyte {
                    return None;
                }
                let of = species.parcels;
                let beside = x.parcels_counted_elsewhere.unwrap_or(0) > 0 && l.kind != BuffyCoat;
                (of > 0 && (x.parcels? < FEW || beside)).then(|| left(x, of))
            })
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
fn left(x: &ShareRow, of: u64) -> String {
    let [low, high] = x.per_ul_95.unwrap_or([f64::NAN; 2]);
    let parcels = x.parcels.unwrap_or(0);
    let range = if parcels < FEW {
        format!("below {}", significant(high))
    } else {
        format!("{} to {}", significant(low), significant(high))
    };
    let elsewhere = match x.parcels_counted_elsewhere.unwrap_or(0) {
        0 => String::new(),
        n => format!(
            "; the limits allow for {} more, found next to a boundary and counted in the neighbouring layer",
            grouped(n)
        ),
    };
    let count = format!("{} of {} parcels", grouped(parcels), grouped(of));
    format!("{} {range} per µL ({count}, 95 %{elsewhere})", plural(&x.species))
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
fn two_digits(x: f64) -> String {
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

#[cfg(test)]
mod tests {
    use super::super::{WIDTH, text};
    use super::*;
    use crate::observe::synthetic::{BLOOD, hard_spin, jammed, specimen};
    use crate::output::fixture;

    fn table(profile: &crate::engine::Profile) -> String {
        let summary = fixture::summary(&fixture::setup(), profile, &specimen(profile, &BLOOD));
        text("Whole blood", &summary, &[])
    }

    #[test]
    fn says_what_there_is_within_a_hundred_columns() {
        let text = table(&hard_spin(260));
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
        for word in [
            "plasma",
            "buffy coat",
            "red cells",
            "from the first sign of the coat to 3 mm below the red-cell surface (34.00-37.67 mm): lymphocyte",
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
        let mut setup = fixture::setup();
        setup.components.truncate(1);
        "cell".clone_into(&mut setup.components[0].species.name);
        let text = text("Pellet", &fixture::summary(&setup, &p, &specimen), &[]);
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
