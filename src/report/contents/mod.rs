//! What stands on the page of a run, in which order.

mod layers;
mod places;

use super::Run;
use super::cases::{self, Case};
use super::chart::Figure;
use super::page::{Column, Page, capital};
use super::text::{escape, grouped, number, powers, share, short, whole};
use crate::library;
use crate::model::Status;
use crate::observe::chance::none;
use crate::output::SCENE_FILE;
use crate::output::folder::about;
use crate::output::summary::{
    ChamberDigest, MagneticDigest, SectionDigest, SetupDigest, SpeciesRow, Summary,
};
use crate::units::significant;
use crate::units::{clock, rough_clock};

/// The whole page.
pub(super) fn page(s: &Summary, figures: &[Figure], run: &Run) -> String {
    let (layers, places) = (s.layers.as_ref(), s.places.as_ref());
    let mut page = Page::new(
        &s.scene.title,
        &[
            format!("{}, for {}", put(&s.setup), clock(s.run.simulated_seconds)),
            format!(
                "Computed with buffycoat {} from {} parcels on {}",
                escape(&s.version),
                whole(s.setup.parcels),
                escape(&s.run.device)
            ),
        ],
    );
    let mut key = places.map_or_else(Vec::new, |p| places::key(s, p));
    key.extend(layers.into_iter().flat_map(|found| layers::key(s, found)));
    page.key(&key);
    warnings(&mut page, s);
    page.heading("What came out");
    let described: Vec<String> = places
        .map(places::described)
        .into_iter()
        .chain(layers.map(layers::described))
        .collect();
    page.picture(
        &run.png,
        &described.join(". "),
        "The end of the run: its final.png.",
    );
    if let Some(found) = places {
        places::tables(&mut page, s, found);
    }
    if let Some(found) = layers {
        layers::tables(&mut page, s, found);
    }
    page.heading("Over time, and where");
    for figure in figures {
        page.figure(figure);
    }
    page.heading("What was put in, and how it was run");
    species(&mut page, s);
    let mut facts = facts_of_run(s);
    facts.extend(facts_of_setup(&s.setup));
    if let Some(found) = places {
        facts.extend(places::facts(found));
    }
    facts.push((
        "parcels at the end",
        if s.parcels_conserved {
            "all accounted for"
        } else {
            "NOT as many as were put in"
        }
        .into(),
    ));
    page.facts("Run", &facts);
    page.heading("How far to trust it");
    if let Some(found) = layers {
        layers::resolution(&mut page, s, found);
    }
    field(&mut page, &s.setup);
    counting(&mut page, s);
    unverified(&mut page, s);
    let gpu = s.run.backend == "gpu";
    if let Some(found) = places {
        let limits = (
            "What the model leaves out",
            library::limits().map_or(&[][..], |l| &l.separators),
        );
        trust(&mut page, &cases::of_places(s, found), gpu, limits);
    }
    if let Some(found) = layers {
        let limits = (
            "Where the model is known to fail",
            library::limits().map_or(&[][..], |l| &l.blood),
        );
        trust(&mut page, &cases::of_layers(s, found), gpu, limits);
    }
    scene(&mut page, s, run);
    page.finish(&footer(&s.version, run))
}

/// What was put where, and how it was spun or pumped.
fn put(setup: &SetupDigest) -> String {
    let mm = |x: f64| short(x, 4);
    // a duct in which nothing flows and nothing across it is followed stands, or lies level
    let settles = setup.lateral.as_deref() == Some("mixed");
    let way = if settles { "in" } else { "through" };
    let chamber = match &setup.chamber {
        ChamberDigest::Tube { .. } => "in a tube".to_owned(),
        ChamberDigest::Sector { .. } => "in a sector".to_owned(),
        ChamberDigest::Duct { section, .. } => match section {
            SectionDigest::Tube { radius_mm } => format!("{way} a tube of {} mm radius", mm(*radius_mm)),
            SectionDigest::Annulus {
                inner_radius_mm,
                outer_radius_mm,
            } => format!(
                "{way} a ring between radii of {} and {} mm",
                mm(*inner_radius_mm),
                mm(*outer_radius_mm)
            ),
            SectionDigest::Channel { width_mm, height_mm } => {
                format!("{way} a channel of {} x {} mm", mm(*width_mm), mm(*height_mm))
            }
        },
    };
    let long = match setup.chamber {
        ChamberDigest::Duct { .. } if !settles => "long",
        _ => "high",
    };
    let mut out = format!(
        "{} mL {chamber}, {} mm {long}",
        number(setup.sample_ml),
        short(setup.height_mm(), 5)
    );
    match (&setup.flow, &setup.chamber) {
        (Some(flow), _) => {
            let profile = flow.profile.as_ref();
            let profile = profile.map_or_else(String::new, |p| format!(" ({} flow)", escape(p)));
            out += &format!(", {} mL/min{profile}", short(flow.rate_ml_per_min, 4));
        }
        (None, ChamberDigest::Duct { .. }) if !settles => out += ", without flow",
        (None, _) => {}
    }
    match (&setup.rotor, &setup.chamber) {
        (Some(rotor), _) => {
            out += &format!(
                ", spun at up to {} rpm, {} x g at the {} ({} mm from the axis, {})",
                short(rotor.peak_rpm, 4),
                short(rotor.peak_rcf_bottom, 4),
                match rotor.mounting.as_str() {
                    "fixed" => "furthest wall",
                    _ => "bottom",
                },
                short(rotor.bottom_radius_mm, 5),
                escape(&rotor.mounting)
            );
        }
        (None, ChamberDigest::Duct { .. }) if !settles => {}
        (None, _) => out += ", standing at 1 x g",
    }
    out
}

/// Columns of the table of species; what no species of a run has is left out.
const SPECIES: [Column<'_>; 9] = [
    ("species", false),
    ("cells", true),
    ("cells per \u{b5}L", true),
    ("purity [%]", true),
    ("parcels", true),
    ("cells per parcel", true),
    ("pulled by", false),
    ("without a bead [%]", true),
    ("status", false),
];

fn species(page: &mut Page, s: &Summary) {
    let magnetic = s.species.iter().any(|x| x.magnetic_response.is_some());
    let fed = s.setup.feed_s.is_some();
    let shown = |column: &str| match column {
        "pulled by" | "without a bead [%]" => magnetic,
        // what is fed by several inlets has no one volume
        "cells per \u{b5}L" => !fed,
        // which version 0.1 did not write of vessels
        "purity [%]" => s.species.iter().any(|x| x.purity.is_some()),
        _ => true,
    };
    let columns: Vec<Column<'_>> = SPECIES.into_iter().filter(|c| shown(c.0)).collect();
    let rows = s.species.iter().map(|x| {
        let cells = SPECIES.iter().zip(row(x, s.setup.sample_ml));
        cells
            .filter(|(column, _)| shown(column.0))
            .map(|(_, cell)| cell)
            .collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    page.table(
        "Species. Status: how well their numbers are known",
        &columns,
        &[rows],
    );
}

/// A row of [`SPECIES`].
fn row(x: &SpeciesRow, sample_ml: f64) -> [String; 9] {
    let cells = match x.is_free_bead() {
        true => format!("none: {} free beads", number(x.free_beads)),
        false => number(x.cells),
    };
    [
        escape(&x.species),
        cells,
        number((!x.is_free_bead()).then(|| x.cells / (1000.0 * sample_ml))),
        share(x.purity),
        whole(x.parcels),
        number((!x.is_free_bead()).then_some(x.weight)),
        x.magnetic_response
            .as_ref()
            .map_or_else(|| "not magnetic".into(), pulled),
        share(x.without_a_bead),
        status(x.status).to_owned(),
    ]
}

fn pulled(by: &MagneticDigest) -> String {
    match by {
        MagneticDigest::Mobility {
            mobility_m3_s_per_kg, ..
        } => format!("its mobility, {} m\u{b3} s/kg", number(*mobility_m3_s_per_kg)),
        MagneticDigest::Beads {
            mean_beads,
            bead_diameter_um,
            ..
        } => format!(
            "{} beads a cell of {} \u{b5}m, on average",
            number(*mean_beads),
            number(*bead_diameter_um)
        ),
        MagneticDigest::FreeBead { .. } => "what it is: a free bead".into(),
    }
}

/// Fluid, crowd, grid, feed and programme.
fn facts_of_setup(setup: &SetupDigest) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("volume of the chamber", format!("{} mL", number(setup.volume_ml))),
        (
            "suspending fluid",
            format!(
                "{} g/mL, {} mPa s",
                short(setup.fluid_density_g_per_ml, 6),
                short(setup.fluid_viscosity_mpa_s, 4)
            ),
        ),
        (
            "suspension",
            match setup.suspension.as_str() {
                "dense" => format!(
                    "dense: cells hinder each other by (1 - \u{3c6})^{}, and pack up to \u{3c6} = {}",
                    short(setup.hindrance_exponent, 4),
                    short(setup.packing_limit, 4)
                ),
                _ => "dilute: cells do not feel each other".into(),
            },
        ),
    ];
    if setup.suspension == "dense" {
        let grid = format!("{} layers of {} mm", setup.grid[2], number(setup.cell_mm()));
        facts.push(("grid", grid));
    }
    if let Some(x) = setup.feed_s {
        facts.push(("fed for", format!("{} s", short(x, 5))));
    }
    for (i, p) in setup.phases.iter().enumerate() {
        facts.push((
            if i == 0 { "phases" } else { "" },
            format!(
                "{} at {} mL/min, magnets {}",
                clock(p.length_s),
                short(p.rate_ml_per_min, 4),
                if p.magnets { "on" } else { "off" }
            ),
        ));
    }
    facts
}

/// How far the table of the field is off.
fn field(page: &mut Page, setup: &SetupDigest) {
    if let Some(e) = &setup.table_error {
        page.paragraph(&format!(
            "Field: forces come from a table; at the worst of {} random places in the duct and on its walls they are off by {:.2e} of \
             the force there (where it is small, of a hundredth of the greatest), {:.2e} in the mean square.",
            grouped(e.points),
            e.force_worst,
            e.force_mean_square
        ));
    }
}

/// Warnings of the scene and of the run, or that there are none.
fn warnings(page: &mut Page, s: &Summary) {
    let (notes, warnings) = (&s.notes, s.scene.warnings.iter().chain(&s.run.warnings));
    let all: Vec<String> = warnings.cloned().collect();
    if all.is_empty() && notes.iter().any(|n| n.starts_with("unverified")) {
        page.good("No warnings, but some input values are unverified; see the notes.");
    } else if all.is_empty() {
        page.good("The run gave no warnings.");
    } else {
        page.say("Warnings", &all);
    }
    if !notes.is_empty() {
        page.say("Notes", notes);
    }
}

/// How a status is said.
fn status(s: Status) -> &'static str {
    match s {
        Status::Read => "read in its source",
        Status::Derived => "derived",
        Status::Fit => "fit",
        Status::Unverified => "unverified",
    }
}

/// What was run on what, and in which steps.
fn facts_of_run(s: &Summary) -> Vec<(&'static str, String)> {
    let run = &s.run;
    let threads = match run.threads {
        0 => String::new(),
        1 => ", 1 thread".into(),
        n => format!(", {n} threads"),
    };
    let step = &run.time_step;
    let range = match (step.shortest_s, step.longest_s) {
        (Some(a), Some(b)) if b > 1.01 * a => format!(" (from {} to {} s)", number(a), number(b)),
        _ => String::new(),
    };
    let mut out = vec![
        ("program", format!("buffycoat {}", escape(&s.version))),
        (
            "device",
            format!(
                "{} ({} back-end{threads})",
                escape(&run.device),
                escape(&run.backend)
            ),
        ),
        (
            "parcels",
            format!("{}, seed {}", whole(s.setup.parcels), s.setup.seed),
        ),
        (
            "simulated time",
            format!(
                "{} ({} s)",
                clock(run.simulated_seconds),
                short(run.simulated_seconds, 6)
            ),
        ),
        ("computing time", rough_clock(run.wall_seconds)),
        ("time steps", whole(run.steps)),
        (
            "time step",
            format!("{} s on average{range}", number(step.mean_s)),
        ),
    ];
    if let Some(x) = run.max_fraction {
        out.push(("fullest grid cell", format!("{} of its volume", short(x, 4))));
    }
    if let (Some(n), Some(all)) = (run.bounded, run.parcel_steps) {
        out.push((
            "moves cut to the bound of a step",
            format!("{} of {}", whole(n), number(all as f64)),
        ));
    }
    out
}

/// Half the width of the band in which two of three recoveries lie when each of `n` parcels falls here or there by itself, at
/// most [per cent].
fn scatter(n: u64) -> f64 {
    50.0 / (n.max(1) as f64).sqrt()
}

/// The parcels of the species that has fewest, and what that means.
fn counting(page: &mut Page, s: &Summary) {
    let put_in = s.species.iter().filter(|x| x.parcels > 0);
    let Some(fewest) = put_in.min_by_key(|x| x.parcels) else {
        return;
    };
    page.paragraph(&format!(
        "Counting: {} has the fewest parcels, {}. By chance alone, a recovery of this species is off by up to {:.1} points (one standard error), and \
         those of other species by no more. A layer without a parcel of this species holds less than {} % of it (95 %).",
        capital(&fewest.species),
        grouped(fewest.parcels),
        scatter(fewest.parcels),
        powers(&significant(100.0 * none(fewest.parcels)))
    ));
}

/// Species whose numbers come from memory.
fn unverified(page: &mut Page, s: &Summary) {
    let names: Vec<&str> = s
        .species
        .iter()
        .filter(|x| x.status == Status::Unverified)
        .map(|x| x.species.as_str())
        .collect();
    if !names.is_empty() {
        page.paragraph(&format!(
            "Numbers: some of the sizes, densities or spreads of {} are unverified (from memory); `buffycoat check` on the scene \
             names them.",
            names.join(", ")
        ));
    }
}

/// How far to trust the page: nearest cases, and what is known to fail.
fn trust(page: &mut Page, cases: &[Case], gpu: bool, limits: (&str, &[String])) {
    let ids = |pick: &dyn Fn(&Case) -> bool| {
        let ids: Vec<&str> = cases.iter().filter(|c| pick(c)).map(|c| c.id).collect();
        ids.join(", ")
    };
    let measured = ids(&|c| c.not_run.is_none() && c.measured());
    let exact = ids(&|c| c.not_run.is_none() && !c.measured());
    let mut say =
        "The validation cases nearest to this scene follow; all are in VALIDATION.md of the program."
            .to_owned();
    say += &if measured.is_empty() {
        " **The program was compared with no experiment like it.**".to_owned()
    } else {
        format!(" The program was compared with experiment in {measured}.")
    };
    if !exact.is_empty() {
        say += &format!(
            " {exact}: exact solutions of the same equations, which say that the program solves them, not that cells obey them."
        );
    }
    if cases
        .iter()
        .flat_map(|c| &c.checks)
        .any(|c| c.quantity.contains("set from it"))
    {
        say += " Where a quantity is \u{201c}set from it\u{201d}, a number of the model was chosen so that it comes out: that \
                agreement predicts nothing.";
    }
    page.paragraph(&say);
    page.jumps(&cases.iter().map(|c| c.id).collect::<Vec<_>>());
    for case in cases {
        page.case(case, gpu);
    }
    page.paragraph(&format!(
        "The record was made on: {}.",
        cases::devices().join("; ")
    ));
    page.lesser(limits.0);
    page.list(limits.1);
}

/// The text of the scene.
fn scene(page: &mut Page, s: &Summary, run: &Run) {
    page.heading("The scene");
    match &run.scene {
        Ok(text) => {
            page.paragraph(&format!(
                "{SCENE_FILE} as it was run, with what the command line changed in it."
            ));
            page.verbatim(text);
        }
        Err(why) => page.paragraph(&format!("Not shown: {why}.")),
    }
    if let Some(hash) = &s.scene.hash {
        page.paragraph(&format!("BLAKE3 hash of the text: {hash}"));
    }
}

fn footer(version: &str, run: &Run) -> String {
    format!(
        "Made by buffycoat {} from the files of a run by buffycoat {version}; {}. Not a medical device: do \
         not decide with it about a patient or a product.",
        env!("CARGO_PKG_VERSION"),
        about(&run.mark)
    )
}
