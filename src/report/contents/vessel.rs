//! The page of a vessel's run.

use super::super::Run;
use super::super::cases;
use super::super::chart::Figure;
use super::super::page::Page;
use super::super::summary::{Layer, Vessel};
use super::super::text::{escape, fixed, number, share, short, whole};
use crate::constants::MILLIMETRE;
use crate::model::CellClass;
use crate::observe::LayerKind;
use crate::units::{Dimension, clock, decimals, show, stretch};

/// The whole page.
pub fn page(s: &Vessel, figures: &[Figure], run: &Run) -> String {
    let setup = &s.setup;
    let spin = if setup.mounting == "bench" {
        "standing at 1 x g".to_owned()
    } else {
        format!(
            "spun at up to {} rpm, {} x g at the bottom ({} mm from the axis, {})",
            short(setup.peak_rpm, 4),
            short(setup.peak_rcf_bottom, 4),
            short(setup.bottom_radius_mm, 5),
            escape(&setup.mounting)
        )
    };
    let mut page = Page::new(
        &s.scene.title,
        &[
            format!(
                "{} mL, {} mm high, in a {}, {spin}, for {}",
                number(setup.volume_ml),
                short(setup.height_mm, 5),
                escape(&setup.shape),
                clock(s.run.simulated_seconds),
            ),
            format!(
                "Computed with buffycoat {} from {} parcels on {}",
                escape(&s.version),
                whole(setup.parcels),
                escape(&s.run.device)
            ),
        ],
    );
    page.key(&key(s));
    super::warnings(&mut page, &s.scene, &s.run, &s.notes);
    page.heading("What came out");
    page.picture(
        &run.png,
        &described(s),
        "The vessel at the end: final.png of the run.",
    );
    tables(&mut page, s);
    page.heading("Over time, and against depth");
    for figure in figures {
        page.figure(figure);
    }
    page.heading("What was put in, and how it was run");
    put_in(&mut page, s);
    page.heading("How far to trust it");
    resolution(&mut page, s);
    let parcels: Vec<(&str, u64)> = s
        .species
        .iter()
        .map(|x| (x.species.as_str(), x.parcels_end))
        .collect();
    super::counting(&mut page, &parcels);
    super::trust(
        &mut page,
        &cases::of_vessel(s),
        s.run.backend == "gpu",
        ("Where the model is known to fail", &cases::limits_of_blood()),
    );
    super::scene(&mut page, &s.scene, run);
    page.finish(&super::footer(&s.version, run))
}

/// The figures by which spins are compared.
fn key(s: &Vessel) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if let Some(x) = s.red_cell_surface_mm {
        out.push((
            format!("{} mm", fixed(x, 2)),
            "depth of the red-cell surface, where they fill half of what they fill right below".into(),
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
                    "of {} on the red cells or just in them, {}",
                    near.species,
                    stretch(top, bottom)
                ),
            ));
        }
    }
    out
}

/// The picture in words.
fn described(s: &Vessel) -> String {
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

fn tables(page: &mut Page, s: &Vessel) {
    let thinnest = s.layers.iter().map(|l| l.height_mm);
    let n = decimals(thinnest.fold(f64::INFINITY, f64::min));
    let rows = s
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
    let parts: Vec<Vec<Vec<String>>> = s.layers.iter().map(|l| contents(s, l)).collect();
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

fn contents(s: &Vessel, layer: &Layer) -> Vec<Vec<String>> {
    let red = |name: &str| {
        s.species
            .iter()
            .any(|x| x.species == name && x.class == CellClass::Erythrocyte)
    };
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
                if red(&c.species) {
                    String::new()
                } else {
                    share(c.purity_without_red_cells)
                },
            ]
        })
        .collect()
}

fn put_in(page: &mut Page, s: &Vessel) {
    let setup = &s.setup;
    let per_ul = |cells: f64| cells / (1000.0 * setup.volume_ml);
    let rows = s
        .species
        .iter()
        .map(|x| {
            vec![
                escape(&x.species),
                number(x.cells),
                number(per_ul(x.cells)),
                whole(x.parcels_end),
                number(x.weight),
                super::status(x.status).to_owned(),
            ]
        })
        .collect();
    page.table(
        "Species. Status: how well their numbers are known",
        &[
            ("species", false),
            ("cells", true),
            ("cells per \u{b5}L", true),
            ("parcels", true),
            ("cells per parcel", true),
            ("status", false),
        ],
        &[rows],
    );
    let mut facts = super::facts_of_run(&s.version, setup.seed, setup.parcels, &s.run);
    facts.push((
        "grid",
        format!("{} layers of {} mm", setup.grid_layers, number(cell(s))),
    ));
    facts.push((
        "suspending fluid",
        format!(
            "{} g/mL, {} mPa s",
            short(setup.fluid_density_g_per_ml, 6),
            short(setup.fluid_viscosity_mpa_s, 4)
        ),
    ));
    facts.push((
        "suspension",
        if setup.suspension == "dense" {
            format!(
                "dense: cells hinder each other by (1 - \u{3c6})^{}, and pack up to \u{3c6} = {}",
                short(setup.hindrance_exponent, 4),
                short(setup.packing_limit, 4)
            )
        } else {
            "dilute: cells do not feel each other".into()
        },
    ));
    facts.push((
        "fullest grid cell",
        format!("{} of its volume", short(s.run.max_fraction, 4)),
    ));
    facts.push((
        "parcels at the end",
        if s.parcels_conserved {
            "all of them"
        } else {
            "NOT as many as at the start"
        }
        .into(),
    ));
    page.facts("Run", &facts);
}

/// Height of a grid cell [mm].
fn cell(s: &Vessel) -> f64 {
    s.setup.height_mm / f64::from(s.setup.grid_layers.max(1))
}

fn resolution(page: &mut Page, s: &Vessel) {
    page.paragraph(&format!(
        "Resolution: a grid cell is {} high. Boundaries are known to about one cell, and thin layers no better than that.",
        show(cell(s) * MILLIMETRE, Dimension::Length)
    ));
    let unverified: Vec<&str> = s
        .species
        .iter()
        .filter(|x| x.status == crate::model::Status::Unverified)
        .map(|x| x.species.as_str())
        .collect();
    if !unverified.is_empty() {
        page.paragraph(&format!(
            "Numbers: some of the sizes, densities or spreads of {} are unverified (from memory); `buffycoat check` on the scene \
             names them.",
            unverified.join(", ")
        ));
    }
}
