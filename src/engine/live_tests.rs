use super::*;
use crate::cpu::Cpu;
use crate::engine::{Job, run};
use crate::scenario::Scene;
use std::ops::ControlFlow;

fn blood() -> (Setup, Parcels) {
    let mut scene = Scene::bundled().unwrap();
    scene.rescale(20_000);
    let s = scene.setup;
    let parcels = Parcels::draw(&s.components, s.fluid, &s.chamber, &s.grid(), s.seed).unwrap();
    (s, parcels)
}

fn cpu(setup: &Setup, parcels: &Parcels) -> Cpu {
    Cpu::take(&Job::Vessel { setup, parcels }, 1).unwrap()
}

/// Left alone it is the run, to the last bit: the steps end at the same stops.
#[test]
fn left_alone_it_is_the_run() {
    let (mut setup, parcels) = blood();
    setup.protocol = setup.protocol.until(100.0 * SECOND);
    let mut whole = cpu(&setup, &parcels);
    run(&setup, &parcels, &mut whole, &mut |_| ControlFlow::Continue(())).unwrap();
    let mut bits = cpu(&setup, &parcels);
    let mut live = Live::vessel(setup.clone(), &parcels).unwrap();
    let mut until = 0.0;
    while !live.finished() {
        until += 7.0 * SECOND;
        live.advance(&mut bits, until, Duration::from_secs(60)).unwrap();
    }
    assert_eq!(live.time(), 100.0 * SECOND);
    assert_eq!(whole.positions().unwrap(), bits.positions().unwrap());
}

/// A rotor that is told another speed takes ten seconds to it, and the run is that of the programme that follows.
#[test]
fn a_rotor_does_as_it_is_told() {
    let (setup, parcels) = blood();
    let mut backend = cpu(&setup, &parcels);
    let mut live = Live::vessel(setup.clone(), &parcels).unwrap();
    let forever = Duration::from_secs(600);
    live.advance(&mut backend, 60.0 * SECOND, forever).unwrap();
    let told = live.time();
    let (fast, slow) = (live.omega(), 0.25 * live.omega());
    live.spin(slow);
    assert_eq!(live.omega(), fast);
    assert_eq!(live.duration(), setup.protocol.duration());
    live.advance(&mut backend, told + 5.0 * SECOND, forever).unwrap();
    assert!(live.omega() < fast && live.omega() > slow);
    live.advance(&mut backend, told + 12.0 * SECOND, forever).unwrap();
    assert_eq!(live.omega(), slow);
    // near the end there is a minute more
    live.advance(&mut backend, f64::INFINITY, forever).unwrap();
    assert!(live.finished());
    live.spin(0.0);
    assert_eq!(live.duration(), setup.protocol.duration() + 70.0 * SECOND);
    assert!(!live.finished());
}

/// By hand: a phase of 100 is cut at 30, and only what follows has the magnets off.
#[test]
fn phases_are_cut() {
    use crate::scenario::AnyScene;
    let text = crate::scenario::BUNDLED
        .iter()
        .find(|(n, _)| *n == "quadrupole_sorter")
        .unwrap()
        .1;
    let AnyScene::Separator(scene) = AnyScene::from_str("a.toml", text).unwrap() else {
        panic!("no separator")
    };
    let mut s = scene.separator;
    s.duration = 100.0;
    let cut = switched(&s, 30.0, false);
    let told: Vec<(f64, bool)> = cut.iter().map(|p| (p.length, p.magnets)).collect();
    assert_eq!(told, [(30.0, true), (70.0, false)]);
    s.phases = cut;
    let again = switched(&s, 50.0, true);
    let told: Vec<(f64, bool)> = again.iter().map(|p| (p.length, p.magnets)).collect();
    assert_eq!(told, [(30.0, true), (20.0, false), (50.0, true)]);
}
