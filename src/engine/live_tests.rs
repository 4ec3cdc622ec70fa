use super::*;
use crate::cpu::Cpu;
use crate::engine::{Program, run};
use crate::scenario::Scene;
use crate::times::Time;
use std::ops::ControlFlow;

fn blood() -> (Setup, Parcels) {
    let mut scene = Scene::bundled().unwrap();
    scene.rescale(20_000);
    let s = scene.setup;
    let parcels = s.draw().unwrap();
    (s, parcels)
}

fn cpu(setup: &Setup, parcels: &Parcels) -> Cpu {
    Cpu::new(&Program::of_vessel(setup, parcels).unwrap(), 1).unwrap()
}

/// Left alone it is the run, to the last bit: the steps end at the same stops.
#[test]
fn left_alone_it_is_the_run() {
    let (mut setup, parcels) = blood();
    setup.protocol = setup.protocol.until(Time::seconds(100.0));
    let mut whole = cpu(&setup, &parcels);
    run(&setup, &parcels, &mut whole, &mut |_| ControlFlow::Continue(())).unwrap();
    let mut bits = cpu(&setup, &parcels);
    let mut live = Live::vessel(setup.clone(), &parcels).unwrap();
    let (mut until, mut pauses) = (0.0, 0);
    while !live.finished() {
        // shorter than most steps, let alone a batch of them
        until += 0.13 * SECOND;
        live.advance(&mut bits, until, Duration::from_secs(60)).unwrap();
        // no further than the step that reaches it
        assert!(live.time() >= until.min(live.duration()));
        let last = &live.batch.steps[live.batch.done - 1];
        assert!(last.time < until);
        pauses += u32::from(!live.batch.rest().is_empty());
    }
    // within batches of eight
    assert!(pauses > 100, "{pauses}");
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
    assert_eq!(live.aim(), None);
    live.spin(slow);
    assert_eq!((live.omega(), live.aim()), (fast, Some(slow)));
    assert!((live.duration() - setup.protocol.duration()).abs() < 1.0);
    // the programme brakes at its end as it did before, from the speed that was told
    let brake = |p: &Protocol| p.segments().last().map(|s| (s.duration, s.omega_end));
    let steered = live.protocol().unwrap();
    assert_eq!(brake(steered), brake(&setup.protocol));
    assert_eq!(steered.segments().last().unwrap().omega_start, slow);
    live.advance(&mut backend, told + 5.0 * SECOND, forever).unwrap();
    assert!(live.omega() < fast && live.omega() > slow);
    live.advance(&mut backend, told + 12.0 * SECOND, forever).unwrap();
    assert_eq!((live.omega(), live.aim()), (slow, Some(slow)));
    // near the end there is a minute more
    live.advance(&mut backend, f64::INFINITY, forever).unwrap();
    assert!(live.finished());
    assert_eq!((live.omega(), live.aim()), (0.0, None));
    live.spin(0.0);
    assert!((live.duration() - setup.protocol.duration() - 70.0 * SECOND).abs() < 1.0);
    assert!(!live.finished());
}

/// What is told in the midst of a batch holds from then on: the rest of the batch is dropped, and the next step begins there.
#[test]
fn a_batch_is_broken_off() {
    let (setup, parcels) = blood();
    let mut backend = cpu(&setup, &parcels);
    let mut live = Live::vessel(setup, &parcels).unwrap();
    let forever = Duration::from_secs(600);
    live.advance(&mut backend, 60.4 * SECOND, forever).unwrap();
    let (told, steps) = (live.time(), live.steps());
    assert!(!live.batch.rest().is_empty());
    // what does nothing breaks nothing off
    live.spin(f64::NAN);
    live.switch(&mut backend, false).unwrap();
    live.pump(&mut backend, 1.0).unwrap();
    assert!(!live.batch.rest().is_empty());
    live.spin(0.0);
    assert!(live.batch.rest().is_empty());
    assert_eq!((live.time(), live.steps()), (told, steps));
    live.advance(&mut backend, told + 1.0, forever).unwrap();
    assert_eq!((live.steps(), live.batch.steps[0].time), (steps + 1, told));
    assert_eq!(u64::from(live.batch.steps[0].number), steps);
}

/// A separator, too, is the run, to the last bit, through counts, washing and the release of what is held, with pictures taken within
/// batches.
#[test]
fn a_separator_left_alone_is_the_run() {
    use crate::engine::{Charge, separate};
    use crate::render::photo::{Colouring, Look, Photo, Subject, View};
    use crate::scenario::AnyScene;
    let text = crate::scenario::BUNDLED
        .iter()
        .find(|(n, _)| *n == "rack_separation")
        .unwrap()
        .1;
    let AnyScene::Separator(mut scene) = AnyScene::from_str("rack.toml", text).unwrap() else {
        panic!("a rack is a separator")
    };
    scene.rescale(2_000);
    let table = scene.tabulate().unwrap();
    let mut s = scene.separator;
    s.duration = Time::seconds(60.0);
    s.every = Time::seconds(10.0);
    let phase = |length: f64, magnets| Phase {
        length: Time::seconds(length),
        rate: 0.0,
        magnets,
        outlet: 0,
    };
    s.phases = vec![phase(37.0, true), phase(23.0, false)];
    let charge = Charge::draw(&s).unwrap();
    let open = || Cpu::new(&Program::of_separator(&s, &charge, table.as_ref()).unwrap(), 1).unwrap();
    let mut whole = open();
    let ended = separate(&s, &charge, &mut whole, &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(ended.held.is_some(), "nothing was let go");
    let look = Look {
        view: View::Side,
        colouring: Colouring::Species,
        size: [400, 330],
        hidden: Vec::new(),
        magnets: false,
        zoom: 1.0,
        pan: [0.0; 2],
    };
    let photo = Photo::new(Subject::Duct(&s), look).unwrap();
    let mut bits = open();
    let mut live = Live::duct(s.clone()).unwrap();
    let (mut until, mut pauses) = (0.0, 0);
    while !live.finished() {
        until += 0.05 * SECOND;
        live.advance(&mut bits, until, Duration::from_secs(60)).unwrap();
        if !live.batch.rest().is_empty() && pauses < 30 {
            pauses += 1;
            bits.picture(&photo.plate).unwrap();
            bits.census().unwrap();
        }
    }
    assert_eq!(pauses, 30);
    assert_eq!(whole.positions().unwrap(), bits.positions().unwrap());
    assert_eq!(whole.fates().unwrap(), bits.fates().unwrap());
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
    s.duration = Time::from_us(100.0);
    let halves = cut(&s, Time::from_us(30.0), |p| p.magnets = false);
    let told: Vec<(f64, bool)> = halves.iter().map(|p| (p.length.us(), p.magnets)).collect();
    assert_eq!(told, [(30.0, true), (70.0, false)]);
    s.phases = halves;
    let again = cut(&s, Time::from_us(50.0), |p| p.magnets = true);
    let told: Vec<(f64, bool)> = again.iter().map(|p| (p.length.us(), p.magnets)).collect();
    assert_eq!(told, [(30.0, true), (20.0, false), (50.0, true)]);
    // only the phase that is on is changed: those that follow are as they were
    s.phases = again;
    let early = cut(&s, Time::from_us(10.0), |p| p.rate = 7.0);
    let told: Vec<(f64, bool, bool)> = early
        .iter()
        .map(|p| (p.length.us(), p.magnets, p.rate == 7.0))
        .collect();
    let parts = [
        (10.0, true, false),
        (20.0, true, true),
        (20.0, false, false),
        (50.0, true, false),
    ];
    assert_eq!(told, parts);
    // at its very start a phase is changed as a whole, and when all is over nothing is
    let start = cut(&s, Time::from_us(30.0 - 1e-14), |p| p.rate = 7.0);
    let told: Vec<(f64, bool)> = start.iter().map(|p| (p.length.us(), p.rate == 7.0)).collect();
    assert_eq!(told, [(30.0, false), (20.0, true), (50.0, false)]);
    assert_eq!(cut(&s, Time::from_us(100.0), |p| p.rate = 7.0), s.phases);
}

/// A separator of that name with few parcels, and the table of its field.
fn separator(name: &str) -> (Separator, Option<crate::magnets::Table>) {
    use crate::scenario::{AnyScene, BUNDLED};
    let text = BUNDLED.iter().find(|(n, _)| *n == name).unwrap().1;
    let AnyScene::Separator(mut scene) = AnyScene::from_str("a.toml", text).unwrap() else {
        panic!("no separator")
    };
    scene.rescale(2_000);
    let table = scene.tabulate().unwrap();
    (scene.separator, table)
}

/// By hand: a sample that comes in within 120 s meets a pump of twice the rate after 30 s: what was to come at 90 s comes at 60 s,
/// and the last at 75 s. All the others stay, the flow is twice as fast, and no cell is lost.
#[test]
fn a_pump_does_as_it_is_told() {
    use crate::engine::Charge;
    let (s, table) = separator("quadrupole_sorter");
    let charge = Charge::draw(&s).unwrap();
    let mut backend = Cpu::new(&Program::of_separator(&s, &charge, table.as_ref()).unwrap(), 1).unwrap();
    let mut live = Live::duct(s.clone()).unwrap();
    let rate = live.rate();
    live.advance(&mut backend, 30.0 * SECOND, Duration::from_secs(600))
        .unwrap();
    let told = live.time();
    assert!((told / SECOND - 30.0).abs() < 1.0);
    live.pump(&mut backend, 2.0 * rate).unwrap();
    assert_eq!(live.rate(), 2.0 * rate);
    for i in 0..charge.len() {
        let (old, new) = (
            f64::from(charge.enter[i]),
            f64::from(backend.parcel(i).unwrap().carried.unwrap().clock[0]),
        );
        let expected = if old <= told {
            old
        } else {
            told + 0.5 * (old - told)
        };
        assert!((new - expected).abs() < 1e-6 * old + 1.0, "{i}: {old} {new}");
    }
    let steered = live.separator().unwrap().clone();
    steered.check().unwrap();
    let end = told + 0.5 * (120.0 * SECOND - told);
    assert!((steered.feeding().unwrap() / end - 1.0).abs() < 1e-12);
    // a run of the programme as it was steered draws the same times
    for (a, i) in Charge::draw(&steered).unwrap().enter.iter().zip(0..) {
        let b = backend.parcel(i).unwrap().carried.unwrap().clock[0];
        assert!((a - b).abs() < 1e-6 * a + 1.0, "{i}: {a} {b}");
    }
    live.advance(&mut backend, f64::INFINITY, Duration::from_secs(600))
        .unwrap();
    let all: u64 = backend.census().unwrap().iter().flatten().sum();
    assert_eq!(all, charge.len() as u64);
    // told nothing that can be done
    for nothing in [0.0, -1.0, f64::NAN] {
        live.pump(&mut backend, nothing).unwrap();
        assert_eq!(live.rate(), 2.0 * rate);
    }
}

/// Told before anything has flowed, the pump makes another scene: the sample's volume stays, it comes in half the time.
#[test]
fn a_pump_told_at_the_start() {
    use crate::engine::Charge;
    let (s, table) = separator("quadrupole_sorter");
    let charge = Charge::draw(&s).unwrap();
    let job = Program::of_separator(&s, &charge, table.as_ref()).unwrap();
    let mut backend = Cpu::new(&job, 1).unwrap();
    let mut live = Live::duct(s.clone()).unwrap();
    live.pump(&mut backend, 2.0 * live.rate()).unwrap();
    let told = live.separator().unwrap();
    assert!((told.feeding().unwrap() / (60.0 * SECOND) - 1.0).abs() < 1e-12);
    assert!((told.sample() / s.sample() - 1.0).abs() < 1e-12);
    told.check().unwrap();
    for (i, old) in charge.enter.iter().enumerate() {
        let new = backend.parcel(i).unwrap().carried.unwrap().clock[0];
        assert!((new - 0.5 * old).abs() < 1e-6 * old + 1.0, "{i}: {old} {new}");
    }
}

/// A closed vessel in a field has no pump, but its magnets go off and on, and what is steered can be run.
#[test]
fn a_rack_is_steered() {
    use crate::engine::Charge;
    let (s, table) = separator("rack_separation");
    let charge = Charge::draw(&s).unwrap();
    let job = Program::of_separator(&s, &charge, table.as_ref()).unwrap();
    let mut backend = Cpu::new(&job, 1).unwrap();
    let mut live = Live::duct(s).unwrap();
    live.pump(&mut backend, 5.0).unwrap();
    assert_eq!(live.rate(), 0.0);
    live.advance(&mut backend, 20.0 * SECOND, Duration::from_secs(600))
        .unwrap();
    live.switch(&mut backend, false).unwrap();
    live.advance(&mut backend, 25.0 * SECOND, Duration::from_secs(600))
        .unwrap();
    live.switch(&mut backend, true).unwrap();
    let told = live.separator().unwrap();
    told.check().unwrap();
    let on: Vec<bool> = told.phases.iter().map(|p| p.magnets).collect();
    assert_eq!(on, [true, false, true]);
    assert_eq!(told.outlets(), 0);
}
