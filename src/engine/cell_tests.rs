use super::*;
use crate::constants::SECOND;
use crate::cpu::Cpu;
use crate::engine::Program;
use crate::scenario::{BUNDLED, Scene};
use std::time::Duration;

fn separator(name: &str) -> (Setup, Option<crate::magnets::Table>) {
    let text = BUNDLED.iter().find(|(n, _)| *n == name).unwrap().1;
    let mut scene = Scene::from_str("a.toml", text).unwrap();
    scene.rescale(2_000);
    let table = scene.tabulate().unwrap();
    (scene.setup, table)
}

/// By hand: a sphere of 6 um has 113.0973 um3; at 1.1 g/mL and 0.01 um/us2 (1020 g) it weighs 1.244 nN, plasma of 1.026 g/mL
/// bears 1.160 nN of that.
#[test]
fn a_sphere_in_a_rotor() {
    let mut scene = Scene::bundled().unwrap();
    scene.rescale(2_000);
    let mut setup = scene.setup;
    setup.physics.suspension = Suspension::Dilute;
    // bench: g alone
    setup.rotor = crate::model::Rotor::bench();
    setup.protocol = crate::model::Protocol::new(0.0).hold(60.0 * SECOND);
    setup.fluid.density = 1.026;
    let c = &mut setup.components[0];
    (c.species.diameter, c.species.diameter_sd) = (6.0, 0.0);
    (c.species.density, c.species.density_sd) = (1.1, 0.0);
    let factor = c.species.drag_factor;
    let aggregation = c.aggregation;
    let parcels = setup.draw().unwrap();
    let mut cpu = Cpu::new(&Program::new(&setup, &parcels, None).unwrap(), 1).unwrap();
    let live = Live::new(setup.clone(), &parcels).unwrap();
    let cell = live.cell(&mut cpu, 0).unwrap();
    let g = crate::constants::STANDARD_GRAVITY;
    assert!((cell.diameter - 6.0).abs() < 1e-5, "{cell:?}");
    assert!((cell.density - 1.1).abs() < 1e-7, "{cell:?}");
    let volume = 113.097_335_5;
    assert!((cell.forces.weight.z / (1e3 * volume * 1.1 * g) - 1.0).abs() < 1e-5);
    assert!((cell.forces.buoyancy.z / (-1e3 * volume * 1.026 * g) - 1.0).abs() < 1e-5);
    let sum = cell.forces.weight + cell.forces.buoyancy + cell.forces.drag;
    assert!(sum.length() < 1e-12);
    // Stokes: F = 3 pi mu d f u over the aggregation factor
    let stokes = -cell.forces.drag.z * 1e-3 * aggregation / (3.0 * PI * setup.fluid.viscosity * 6.0 * factor);
    assert!((cell.velocity.z / stokes - 1.0).abs() < 1e-4, "{cell:?} {stokes}");
    let error = live.cell(&mut cpu, 1 << 40).unwrap_err().to_string();
    assert!(error.contains("there is no parcel"), "{error}");
}

/// What is said of a cell in a crowd is what it does: the way of a step over its length.
#[test]
fn a_cell_goes_where_it_says() {
    let mut scene = Scene::bundled().unwrap();
    scene.rescale(20_000);
    let mut setup = scene.setup;
    // so few that most are not mixed in a step
    setup.components[0].amount = crate::model::Amount::VolumeFraction(0.02);
    // 10 g, steady: red cells sink by some 0.1 mm/s
    setup.protocol = crate::model::Protocol::new(2.4e-5).hold(600.0 * SECOND);
    let parcels = setup.draw().unwrap();
    let mut cpu = Cpu::new(&Program::new(&setup, &parcels, None).unwrap(), 1).unwrap();
    let mut live = Live::new(setup.clone(), &parcels).unwrap();
    live.advance(&mut cpu, 60.0 * SECOND, Duration::from_secs(60))
        .unwrap();
    // red cells come first
    let cells: Vec<Cell> = (0..400).map(|i| live.cell(&mut cpu, 20 * i).unwrap()).collect();
    let before = live.time();
    live.advance(&mut cpu, before + 1.0, Duration::from_secs(60))
        .unwrap();
    let dt = live.time() - before;
    let mut right = 0;
    for c in cells.iter().filter(|c| c.velocity.z > 0.0) {
        let now = live.cell(&mut cpu, c.parcel).unwrap();
        let went = (now.place.z - c.place.z) / dt;
        right += usize::from((went / c.velocity.z - 1.0).abs() < 0.1);
    }
    assert!(right > 60, "{right} of {}", cells.len());
    // the weight is borne by the mixture, which is denser than plasma
    for c in &cells {
        let borne = -c.forces.buoyancy.z * c.density / c.forces.weight.z;
        let phi = c.fraction.unwrap();
        assert!(borne > setup.fluid.density * (1.0 + 0.03 * phi), "{c:?}");
        assert!(borne < setup.fluid.density * (1.0 + 0.12 * phi), "{c:?}");
    }
}

/// By hand, from the scene: a lymphocyte with M-450 beads is drawn at 11 pN a bead at the far wall, and more nearer by; what
/// carries none is not, and all go where their forces say.
#[test]
fn beads_are_pulled() {
    let (s, table) = separator("rack_separation");
    let charge = s.draw().unwrap();
    let mut cpu = Cpu::new(&Program::new(&s, &charge, table.as_ref()).unwrap(), 1).unwrap();
    let mut live = Live::new(s.clone(), &charge).unwrap();
    let far = (0..charge.len())
        .find(|i| {
            let c = live.cell(&mut cpu, *i).unwrap();
            charge.beads[*i] > 2 && c.place.x < -4.5e3 && (c.place.z - 20e3).abs() < 6e3
        })
        .unwrap();
    let cell = live.cell(&mut cpu, far).unwrap();
    let pull = cell.forces.magnetic.unwrap();
    let beads = f64::from(charge.beads[far]);
    assert!((9.0..18.0).contains(&(pull.x / beads)), "{beads} {cell:?}");
    let bare = (0..charge.len())
        .find(|i| charge.kind[*i] == 0 && charge.beads[*i] == 0)
        .unwrap();
    assert_eq!(
        live.cell(&mut cpu, bare).unwrap().forces.magnetic,
        Some(DVec3::ZERO)
    );
    live.advance(&mut cpu, 0.05 * SECOND, Duration::from_secs(60))
        .unwrap();
    let went = live.cell(&mut cpu, far).unwrap().place - cell.place;
    let says = cell.velocity * live.time();
    assert!((went - says).length() < 0.05 * says.length(), "{went} {says}");
    // magnets off: nothing pulls
    live.switch(&mut cpu, false).unwrap();
    assert_eq!(live.cell(&mut cpu, far).unwrap().forces.magnetic, None);
}
