//! The part of a page about layers.

use super::super::page::Page;
use super::super::text::{escape, fixed, grouped, number, share, short, whole};
use crate::constants::MILLIMETRE;
use crate::model::CellClass;
use crate::observe::LayerKind;
use crate::output::summary::{LayerResults, LayerRow, Resolution, Summary};
use crate::units::{Dimension, decimals, show, significant, stretch};

/// The figures by which spins are compared.
pub(super) fn key(summary: &Summary, s: &LayerResults) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = residual(summary, s).into_iter().collect();
    if let Some(x) = s.red_cell_surface_mm {
        out.push((
            format!("{} mm", fixed(x, 2)),
            "depth of the red-cell surface: there red cells fill half as much as right below it".into(),
        ));
    }
    for l in s
        .layers
        .iter()
        .filter(|l| matches!(l.kind, LayerKind::BuffyCoat | LayerKind::Pellet))
    {
        out.push((
            match l.volume_ml_95 {
                Some([low, high]) if low < high => {
                    format!("{} to {} mL", short(low, 2), short(high, 2))
                }
                _ => format!("{} mL", short(l.volume_ml, 2)),
            },
            format!("{}, {}", l.kind.name(), stretch(l.top_mm, l.bottom_mm)),
        ));
    }
    if let Some(x) = s.platelets_above_red_cells {
        out.push((
            format!("{} %", share(x)),
            "of the platelets above the red cells".into(),
        ));
    }
    if let Some([top, bottom]) = s.near_surface_mm {
        for near in &s.leukocytes_near_surface {
            out.push((
                format!("{} %", share(near.recovery)),
                format!(
                    "of {} near the red-cell surface, {}",
                    near.species,
                    stretch(top, bottom)
                ),
            ));
        }
    }
    out
}

/// Red cells in the plasma, by what the parcels can tell at 95 %.
fn residual(summary: &Summary, s: &LayerResults) -> Option<(String, String)> {
    let plasma = s.layers.iter().find(|l| l.kind == LayerKind::Plasma)?;
    let red = plasma.species.iter().find(|x| red(summary, &x.species))?;
    let [low, high] = red.per_ul_95?;
    let of = summary.species(&red.species)?.parcels;
    let range = if low > 0.0 {
        format!("{} to {}", significant(low), significant(high))
    } else {
        format!("below {}", significant(high))
    };
    Some((
        format!("{range} /\u{b5}L"),
        format!(
            "{} in the plasma (95 %): {} of {} parcels. The notes say what is not modelled",
            red.species,
            grouped(red.parcels?),
            grouped(of)
        ),
    ))
}

/// Whether a species is a kind of red cells.
fn red(s: &Summary, name: &str) -> bool {
    s.species
        .iter()
        .any(|x| x.species == name && x.class == CellClass::Erythrocyte)
}

/// The picture in words.
pub(super) fn described(s: &LayerResults) -> String {
    let layers: Vec<String> = s
        .layers
        .iter()
        .map(|l| format!("{} {}", l.kind.name(), stretch(l.top_mm, l.bottom_mm)))
        .collect();
    format!(
        "Picture of the vessel at the end, from the top: {}",
        layers.join(", ")
    )
}

pub(super) fn tables(page: &mut Page, s: &Summary, found: &LayerResults) {
    let thinnest = found.layers.iter().map(|l| l.height_mm);
    let n = decimals(thinnest.fold(f64::INFINITY, f64::min));
    let rows = found
        .layers
        .iter()
        .map(|l| {
            vec![
                escape(l.kind.name()),
                fixed(l.top_mm, n),
                fixed(l.bottom_mm, n),
                fixed(l.height_mm, n),
                number(l.volume_ml),
                number(l.volume_ml_95.map(|x| x[0])),
                number(l.volume_ml_95.map(|x| x[1])),
                share(l.haematocrit),
                share(l.haematocrit_95.map(|x| x[0])),
                share(l.haematocrit_95.map(|x| x[1])),
            ]
        })
        .collect();
    page.table(
        "Layers from the top; depths are below the meniscus",
        &[
            ("layer", false),
            ("from [mm]", true),
            ("to [mm]", true),
            ("height [mm]", true),
            ("volume [mL]", true),
            ("from, at 95 %", true),
            ("to", true),
            ("haematocrit [%]", true),
            ("from, at 95 %", true),
            ("to", true),
        ],
        &[rows],
    );
    let parts: Vec<Vec<Vec<String>>> = found.layers.iter().map(|l| contents(s, l)).collect();
    page.table(
        "What each layer holds. At 95 %: sampling error from the number of parcels, \
         parcels next to a boundary that are counted in the neighbouring layer, and the height of a grid cell; model error is not included. Recovery: of all of the species. Purity: of all cells in the layer, by number",
        &[
            ("layer", false),
            ("species", false),
            ("cells", true),
            ("cells per \u{b5}L", true),
            ("from, at 95 %", true),
            ("to", true),
            ("parcels", true),
            ("found, counted in the next layer", true),
            ("recovery [%]", true),
            ("purity [%]", true),
            ("purity without red cells [%]", true),
        ],
        &parts,
    );
}

fn contents(s: &Summary, layer: &LayerRow) -> Vec<Vec<String>> {
    layer
        .species
        .iter()
        .enumerate()
        .map(|(i, c)| {
            vec![
                if i == 0 {
                    escape(layer.kind.name())
                } else {
                    String::new()
                },
                escape(&c.species),
                number(c.cells),
                number(c.per_ul),
                number(c.per_ul_95.map(|x| x[0])),
                number(c.per_ul_95.map(|x| x[1])),
                c.parcels.map_or_else(|| "\u{2013}".to_owned(), whole),
                c.parcels_counted_elsewhere
                    .map_or_else(|| "\u{2013}".to_owned(), whole),
                share(c.recovery),
                share(c.purity),
                if red(s, &c.species) {
                    String::new()
                } else {
                    share(c.purity_without_red_cells)
                },
            ]
        })
        .collect()
}

/// How well boundaries are known.
pub(super) fn resolution(page: &mut Page, s: &Summary, found: &LayerResults) {
    let (what, mm) = match found.resolution {
        Some(Resolution::ProfileBinMm(bin)) => ("a bin of the profile", bin),
        Some(Resolution::GridCellMm(cell)) => ("a grid cell", cell),
        None if s.setup.suspension == "dense" => ("a grid cell", s.setup.cell_mm()),
        // version 0.1 did not write how many bins there were
        None => return,
    };
    page.paragraph(&format!(
        "Resolution: {what} is {} high. Boundaries are known to about that, and thin layers no better.",
        show(mm * MILLIMETRE, Dimension::Length)
    ));
}
