//! What `check` tells of the number of steps is counted in a run of few parcels: all of them take as many.

use crate::setups::blood;
use buffycoat::cpu::Cpu;
use buffycoat::engine::{Program, Suspension, run};
use buffycoat::scenario::{BUNDLED, Scene};
use std::ops::ControlFlow;

/// Share by which the numbers may differ.
const APART: f64 = 0.1;

fn bundled(name: &str) -> Scene {
    let text = BUNDLED.iter().find(|(n, _)| *n == name).unwrap().1;
    Scene::from_str(&format!("{name}.toml"), text).unwrap()
}

/// Steps of a scene with so many parcels, on the CPU.
fn steps(scene: &Scene, parcels: usize) -> u64 {
    let mut scene = scene.clone();
    let table = scene.tabulate().unwrap();
    if scene.collector.is_some() {
        let pilot = buffycoat::devices::Choice::default()
            .decide()
            .unwrap()
            .pilot()
            .unwrap();
        scene
            .survey(&mut |collector, starts| pilot.fly(collector, starts))
            .unwrap();
    }
    scene.rescale(parcels);
    let s = &scene.setup;
    let drawn = s.draw().unwrap();
    let mut cpu = Cpu::new(&Program::new(s, &drawn, table.as_ref()).unwrap(), 0).unwrap();
    run(s, &drawn, &mut cpu, &mut |_| ControlFlow::Continue(()))
        .unwrap()
        .steps
}

fn alike(few: u64, all: u64, what: &str) {
    println!("{what}: {few} steps of few parcels, {all} of all");
    let ratio = few as f64 / all as f64;
    assert!((ratio - 1.0).abs() < APART, "{what}: {few} and {all}");
}

#[test]
fn few_parcels_take_as_many_steps() {
    // fifty a layer, which is what `check` takes at least, and ten times as many
    let mut counts = Vec::new();
    for parcels in [3_000, 30_000] {
        let mut s = blood(parcels, 60.0);
        s.cells[2] = 60;
        assert_eq!(s.physics.suspension, Suspension::Dense);
        let p = s.draw().unwrap();
        let mut cpu = Cpu::new(&Program::new(&s, &p, None).unwrap(), 0).unwrap();
        counts.push(
            run(&s, &p, &mut cpu, &mut |_| ControlFlow::Continue(()))
                .unwrap()
                .steps,
        );
    }
    alike(counts[0], counts[1], "blood");
    let mut scene = bundled("quadrupole_sorter");
    let s = &mut scene.setup;
    s.protocol = s.protocol.lasting(s.duration().part(5));
    alike(steps(&scene, 2_000), steps(&scene, 12_000), "the sorter");
}

/// `check` tells of 326 steps at most. The length of a step does not hang on how fine the field's table is.
#[test]
fn the_microchannel_takes_few_steps() {
    let taken = steps(&bundled("microchannel"), 300);
    assert!((50..500).contains(&taken), "{taken}");
}

/// Every bundled scene with all its parcels, against the trial of `check`.
#[test]
#[ignore = "twelve whole scenes: some minutes of all processors in an optimised build (cargo test --release)"]
fn every_bundled_scene_takes_the_steps_it_was_told() {
    for (name, _) in crate::setups::with_parcels() {
        let scene = bundled(name);
        let (few, all) = match &scene.setup {
            s if s.carries() => (2_000, s.parcels()),
            s => (20_000.max(50 * s.layers() as usize), s.parcels()),
        };
        alike(steps(&scene, few.min(all)), steps(&scene, all), name);
    }
}
