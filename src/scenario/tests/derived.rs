//! Numbers that follow from scenes, against values worked out elsewhere.

use super::super::*;
use super::with;
use crate::cpu::Cpu;
use crate::engine::{Physics, Program, Suspension, run};
use crate::model::{Amount, Mounting};
use approx::assert_relative_eq;
use std::ops::ControlFlow;

/// The bundled scene, key by key. 1500 x g at 170 mm: omega = sqrt(1500 9.80665 / 0.17) = 294.16 rad/s, 2809.0
/// rpm; at the meniscus, 105 mm, 926.47 x g.
#[test]
fn bundled_scene() {
    let scene = Scene::bundled().unwrap();
    let s = &scene.setup;
    assert_eq!(scene.name, "whole_blood");
    assert_eq!(s.seed, 7);
    let names: Vec<&str> = s.components.iter().map(|c| c.species.name.as_str()).collect();
    assert_eq!(
        names,
        ["erythrocyte", "lymphocyte", "monocyte", "neutrophil", "platelet"]
    );
    let parcels: Vec<usize> = s.components.iter().map(|c| c.parcels).collect();
    assert_eq!(parcels, [250_000, 62_500, 62_500, 62_500, 62_500]);
    let factors: Vec<f64> = s.components.iter().map(|c| c.aggregation).collect();
    assert_eq!(factors, [12.0, 1.0, 1.0, 1.0, 1.0]);
    assert_eq!(s.components[0].amount, Amount::VolumeFraction(0.42));
    assert_eq!(s.components[4].amount, Amount::Concentration(250_000.0 / 1e9));
    assert_eq!(s.physics, Physics::default());
    assert_eq!(s.rotor.mounting, Mounting::SwingOut);
    assert_eq!((s.rotor.meniscus_radius, s.rotor.bottom_radius), (105e3, 170e3));
    assert_eq!(s.protocol.duration(), 810e6);
    assert_relative_eq!(s.protocol.peak_omega() * 1e6, 294.16, max_relative = 1e-5);
    let f = scene.forecast();
    assert_relative_eq!(f.force[0], 926.47, max_relative = 1e-5);
    assert_relative_eq!(f.volume / 1e12, 10.006, max_relative = 1e-4);
    assert_eq!(f.device_bytes, 26_000_000);
    // 42 % of 10.006 mL in cells of 90.0 fL (5.56 um), over 250 000 parcels
    assert_relative_eq!(
        f.species[0].weight,
        0.42 * 10.006e12 / 90.528 / 250e3,
        max_relative = 1e-4
    );
}

/// Cells and fluid of cases C01 and C13 of `data/cases.toml`, at 1 g.
const C13: &str = r#"
schema = 1
[sample]
fluid = { density = "1026 kg/m3", viscosity = "1.24 mPa s" }
temperature = "37 degC"
haematocrit = "40 %"
[sample.cells]
erythrocyte = { density = "1098 kg/m3", drag_factor = 1.0 }
platelet = { concentration = "1e-6 /uL", diameter = "2.3 um", density = "1065 kg/m3", drag_factor = 1.0 }
lymphocyte = { concentration = "1e-6 /uL", diameter = "7.3 um", density = "1068 kg/m3" }
monocyte = { concentration = "1e-6 /uL", diameter = "9.0 um", density = "1066 kg/m3" }
neutrophil = { concentration = "1e-6 /uL", diameter = "8.6 um", density = "1086 kg/m3" }
cd34_mobilised = { concentration = "1e-6 /uL", diameter = "9.0 um", density = "1064 kg/m3" }
[chamber]
shape = "tube"
inner_diameter = "10 mm"
fill_height = "20 mm"
rotor = { mounting = "bench" }
[physics]
packing_limit = "94 %"
[[protocol]]
hold = "1 h"
"#;

#[test]
fn velocities_of_blood() {
    let f = Scene::from_str("c13.toml", C13)
        .unwrap_or_else(|e| unreachable!("{e}"))
        .forecast();
    // C13, um/s, as printed there
    for (s, expected) in f
        .species
        .iter()
        .zip([0.0909, -0.0545, 0.0192, 0.0423, 0.2012, 0.0239])
    {
        assert!(
            (s.hindered * 1e6 - expected).abs() < 6e-5,
            "{}: {}",
            s.name,
            s.hindered * 1e6
        );
        assert_eq!(s.hindered, s.hindered_peak, "on the bench the peak is 1 g");
    }
    assert_relative_eq!(f.mixture_density, 1.0548, max_relative = 1e-5);
    // C01, um/s
    for (k, expected) in [(0, 0.97793), (1, 0.09065), (2, 0.98338), (4, 1.94973)] {
        assert_relative_eq!(f.species[k].stokes * 1e6, expected, max_relative = 1e-4);
    }
    // C06: platelet in plasma at 37 degC, D = 1.5931e-13 m2/s, scale height 1.757 um
    assert_relative_eq!(f.species[1].diffusivity * 1e6, 0.15931, max_relative = 1e-4);
    assert_relative_eq!(f.species[1].scale_height, 1.757, max_relative = 1e-3);
    assert_relative_eq!(f.species[1].peclet, 20e3 / 1.757, max_relative = 1e-3);
    // with the default aggregation of an unnamed fluid nothing forms rouleaux
    assert_eq!(f.species[0].aggregation, 1.0);
}

/// `check` says before a run how many cells a parcel stands for, the report after it; sizes spread, and red cells are counted by volume. By
/// hand for a spread of a tenth: a mean cell is 1 + 3 x 0.9733/100 = 1.0292 times the cell of the mean diameter.
#[test]
fn a_parcel_stands_for_as_many_cells_before_a_run_as_after_it() {
    let mut scene = Scene::bundled().unwrap();
    scene.rescale(20_000);
    let drawn = scene.setup.draw().unwrap();
    for (s, weight) in scene.forecast().species.iter().zip(&drawn.weight) {
        assert_relative_eq!(s.weight, *weight, max_relative = 2e-4);
    }
    for (s, c) in scene.forecast().species.iter().zip(&scene.setup.components) {
        let cells = s.weight * s.parcels as f64 * c.species.mean_volume();
        assert_relative_eq!(
            cells,
            s.fraction * scene.setup.chamber.volume(),
            max_relative = 1e-12
        );
    }
    let mut even = scene.setup.components[0].species.clone();
    even.diameter_sd = 0.1 * even.diameter;
    let sphere = std::f64::consts::FRAC_PI_6 * even.diameter.powi(3);
    assert_relative_eq!(even.mean_volume() / sphere, 1.0292, max_relative = 1e-5);
}

#[test]
fn parcels_are_shared() {
    let shares = |text: &str| -> Vec<usize> {
        let scene = Scene::from_str("x", text).unwrap_or_else(|e| unreachable!("{e}"));
        scene.setup.components.iter().map(|c| c.parcels).collect()
    };
    // what does not divide goes to the first
    assert_eq!(shares(&with("500_000", "13")), [7, 2, 2, 1, 1]);
    assert_eq!(shares(&with("500_000", "5")), [1, 1, 1, 1, 1]);
    let own = with(
        "monocyte = \"450 /uL\"",
        "monocyte = { concentration = \"450 /uL\", parcels = 100_000 }",
    );
    assert_eq!(shares(&own), [200_000, 66_667, 100_000, 66_667, 66_666]);
    assert_eq!(shares(&with("haematocrit = \"42 %\"", "")), [125_000; 4]);
}

/// Rouleaux: the library's for the medium, the scene's over it, a species' own over both, none when dilute.
#[test]
fn aggregation_by_scene() {
    let red = |text: &str| {
        let scene = Scene::from_str("x", text).unwrap_or_else(|e| unreachable!("{e}"));
        scene.setup.components[0].aggregation
    };
    assert_eq!(red(&with("\"plasma\"", "\"saline\"")), 1.0);
    assert_eq!(red(&with("[output]", "[physics]\nrouleaux = 3\n[output]")), 3.0);
    assert_eq!(
        red(&with("[output]", "[physics]\nsuspension = \"dilute\"\n[output]").replace("42 %", "4 %")),
        1.0
    );
    let own = with("cells = { ", "cells = { erythrocyte = { aggregation = 5.0 }, ");
    assert_eq!(
        red(&own.replace("[output]", "[physics]\nrouleaux = 3\n[output]")),
        5.0
    );
}

#[test]
fn own_species_and_units() {
    let text = with("cells = { ", "cells = { bead = \"10 x10^9/L\", ").replace(
        "[output]",
        "[species.bead]\nsource = \"datasheet\"\nclass = \"particle\"\ndiameter = \"4.5 \u{b5}m\"\ndensity = \"1500 \
         kg/m3\"\n[output]",
    );
    let scene = Scene::from_str("x", &text).unwrap_or_else(|e| unreachable!("{e}"));
    let bead = &scene.setup.components[1];
    assert_eq!(bead.species.diameter, 4.5);
    assert_eq!(bead.species.density, 1.5);
    assert_eq!(bead.species.packing_limit, 0.64);
    // 10e9 per litre are 10 000 per microlitre
    assert!(matches!(bead.amount, Amount::Concentration(c) if (c * 1e9 - 1e4).abs() < 1e-6));
}

/// The limit is that of what fills the vessel.
#[test]
fn packing_limit_of_the_many() {
    let text = C13
        .replace("haematocrit = \"40 %\"", "")
        .replace("packing_limit = \"94 %\"", "");
    let start = text.find("erythrocyte").unwrap();
    let end = text.find("[chamber]").unwrap();
    let text = format!("{}rigid_sphere = \"10 %\"\n{}", &text[..start], &text[end..]);
    let scene = Scene::from_str("x", &text).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(scene.setup.physics.packing_limit, 0.64);
    assert_eq!(scene.setup.physics.suspension, Suspension::Dense);
}

/// The same force at another radius is another speed; a speed needs no radius.
#[test]
fn force_is_meant_at_a_radius() {
    let omega = |text: &str| {
        Scene::from_str("x", text)
            .unwrap_or_else(|e| unreachable!("{e}"))
            .setup
            .protocol
            .peak_omega()
            * 1e6
    };
    let at = with("over    = \"30 s\"", "over = \"30 s\"\nat_radius = \"105 mm\"");
    assert_relative_eq!(
        omega(&at),
        (1500.0 * 9.80665 / 0.105f64).sqrt(),
        max_relative = 1e-12
    );
    assert_relative_eq!(
        omega(&with("1500 x g", "3000 rpm")),
        314.159_265,
        max_relative = 1e-8
    );
    let note = &Scene::bundled().unwrap().notes[1];
    assert_eq!(
        note,
        "1500 x g is meant at 170 mm, the bottom of the vessel: 2809 rpm"
    );
}

/// What is from memory only is said.
#[test]
fn unverified_numbers_are_named() {
    let scene = Scene::bundled().unwrap();
    let note = scene.notes.last().unwrap();
    assert!(
        note.starts_with(
            "unverified library data: erythrocyte (density, spread of densities, drag factor, aggregation); \
             lymphocyte (spread of diameters, spread of densities, packing limit); "
        ),
        "{note}"
    );
    assert!(
        note.ends_with("; plasma at 22 degC (density, viscosity)"),
        "{note}"
    );
    // what the scene sets it answers for
    let own = with(
        "lymphocyte = \"2000 /uL\"",
        "lymphocyte = { concentration = \"2000 /uL\", density_sd = \"3 kg/m3\" }",
    );
    let scene = Scene::from_str("x", &own).unwrap_or_else(|e| unreachable!("{e}"));
    let note = scene.notes.last().unwrap();
    assert!(
        note.contains("lymphocyte (spread of diameters, packing limit)"),
        "{note}"
    );
}

/// The forecast's steps are a lower estimate, by a factor of up to three; a trial puts their number in its place.
#[test]
fn steps_are_a_lower_estimate() {
    for name in ["prp_soft_spin", "dilute_platelets"] {
        let (_, text) = BUNDLED.iter().find(|(n, _)| *n == name).unwrap();
        let mut scene = Scene::from_str(name, text).unwrap_or_else(|e| unreachable!("{e}"));
        scene.rescale(20_000);
        let s = &scene.setup;
        let parcels = s.draw().unwrap();
        let mut cpu = Cpu::new(&Program::new(s, &parcels, None).unwrap(), 0).unwrap();
        let taken = run(s, &parcels, &mut cpu, &mut |_| ControlFlow::Continue(()))
            .unwrap()
            .steps;
        let least = scene.forecast().steps;
        assert!(least <= taken && taken <= 3 * least, "{name}: {least}, {taken}");
    }
}

#[test]
fn table_is_readable() {
    let table = Scene::bundled().unwrap().forecast().table();
    for part in ["2809 rpm", "926.5 x g at 105 mm", "erythrocyte", "24.8 MiB"] {
        assert!(table.contains(part), "{part} is not in\n{table}");
    }
    assert!(table.lines().all(|l| l.len() <= 140 && l == l.trim_end()));
}
