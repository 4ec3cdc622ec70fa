use super::*;
use crate::constants::SECOND;
use crate::cpu::Cpu;
use crate::engine::{Program, run};
use crate::model::{Protocol, Segment};
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
    Cpu::new(&Program::new(setup, parcels, None).unwrap(), 1).unwrap()
}

/// Left alone it is the run, to the last bit: the steps end at the same stops.
#[test]
fn left_alone_it_is_the_run() {
    let (mut setup, parcels) = blood();
    setup.protocol = setup.protocol.until(Time::seconds(100.0));
    let mut whole = cpu(&setup, &parcels);
    run(&setup, &parcels, &mut whole, &mut |_| ControlFlow::Continue(())).unwrap();
    let mut bits = cpu(&setup, &parcels);
    let mut live = Live::new(setup.clone(), &parcels).unwrap();
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
    let mut live = Live::new(setup.clone(), &parcels).unwrap();
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
    let steered = live.protocol();
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
    let mut live = Live::new(setup, &parcels).unwrap();
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
    use crate::engine;
    use crate::render::photo::{Colouring, Look, Photo, Subject, View};
    use crate::scenario::Scene;
    let text = crate::scenario::BUNDLED
        .iter()
        .find(|(n, _)| *n == "rack_separation")
        .unwrap()
        .1;
    let mut scene = Scene::from_str("rack.toml", text).unwrap();
    scene.rescale(2_000);
    let table = scene.tabulate().unwrap();
    let mut s = scene.setup;
    s.protocol = s.protocol.lasting(Time::seconds(60.0));
    s.sampling.every = Time::seconds(10.0);
    let phase = |length: f64, magnets| Segment {
        magnets,
        ..Segment::resting(Time::seconds(length), 0.0)
    };
    s.protocol = [phase(37.0, true), phase(23.0, false)].into_iter().collect();
    let charge = s.draw().unwrap();
    let open = || Cpu::new(&Program::new(&s, &charge, table.as_ref()).unwrap(), 1).unwrap();
    let mut whole = open();
    let ended = engine::run(&s, &charge, &mut whole, &mut |_| ControlFlow::Continue(())).unwrap();
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
    let photo = Photo::new(Subject(&s), look).unwrap();
    let mut bits = open();
    let mut live = Live::new(s.clone(), &charge).unwrap();
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

/// By hand: a segment of 100 is cut at 30, and only what follows has the magnets off.
#[test]
fn segments_are_cut() {
    let at = Time::from_us;
    let parts = |p: &Protocol| -> Vec<(f64, bool, bool)> {
        let part = |s: &Segment| (s.duration.us(), s.magnets, s.rate == 7.0);
        p.segments().iter().map(part).collect()
    };
    let whole = Protocol::steady(at(100.0), 1.0);
    let halves = whole.changed(at(30.0), |s| s.magnets = false);
    assert_eq!(parts(&halves), [(30.0, true, false), (70.0, false, false)]);
    let again = halves.changed(at(50.0), |s| s.magnets = true);
    let three = [(30.0, true, false), (20.0, false, false), (50.0, true, false)];
    assert_eq!(parts(&again), three);
    // only the segment that is on is changed: those that follow are as they were
    assert_eq!(
        parts(&again.changed(at(10.0), |s| s.rate = 7.0)),
        [
            (10.0, true, false),
            (20.0, true, true),
            (20.0, false, false),
            (50.0, true, false),
        ]
    );
    // at its very start a segment is changed as a whole, and when all is over nothing is
    let start = again.changed(at(30.0 - 1e-14), |s| s.rate = 7.0);
    assert_eq!(
        parts(&start),
        [(30.0, true, false), (20.0, false, true), (50.0, true, false)]
    );
    assert_eq!(again.changed(at(100.0), |s| s.rate = 7.0), again);
}

/// A separator of that name with few parcels, and the table of its field.
fn separator(name: &str) -> (Setup, Option<crate::magnets::Table>) {
    use crate::scenario::{BUNDLED, Scene};
    let text = BUNDLED.iter().find(|(n, _)| *n == name).unwrap().1;
    let mut scene = Scene::from_str("a.toml", text).unwrap();
    scene.rescale(2_000);
    let table = scene.tabulate().unwrap();
    (scene.setup, table)
}

/// By hand: a sample that comes in within 120 s meets a pump of twice the rate after 30 s: what was to come at 90 s comes at 60 s,
/// and the last at 75 s. All the others stay, the flow is twice as fast, and no cell is lost.
#[test]
fn a_pump_does_as_it_is_told() {
    let (s, table) = separator("quadrupole_sorter");
    let charge = s.draw().unwrap();
    let mut backend = Cpu::new(&Program::new(&s, &charge, table.as_ref()).unwrap(), 1).unwrap();
    let mut live = Live::new(s.clone(), &charge).unwrap();
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
    let steered = live.setup().clone();
    steered.check().unwrap();
    let end = told + 0.5 * (120.0 * SECOND - told);
    assert!((steered.feeding().unwrap() / end - 1.0).abs() < 1e-12);
    // a run of the programme as it was steered draws the same times
    for (a, i) in steered.draw().unwrap().enter.iter().zip(0..) {
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
    let (s, table) = separator("quadrupole_sorter");
    let charge = s.draw().unwrap();
    let job = Program::new(&s, &charge, table.as_ref()).unwrap();
    let mut backend = Cpu::new(&job, 1).unwrap();
    let mut live = Live::new(s.clone(), &charge).unwrap();
    live.pump(&mut backend, 2.0 * live.rate()).unwrap();
    let told = live.setup();
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
    let (s, table) = separator("rack_separation");
    let charge = s.draw().unwrap();
    let job = Program::new(&s, &charge, table.as_ref()).unwrap();
    let mut backend = Cpu::new(&job, 1).unwrap();
    let mut live = Live::new(s, &charge).unwrap();
    live.pump(&mut backend, 5.0).unwrap();
    assert_eq!(live.rate(), 0.0);
    live.advance(&mut backend, 20.0 * SECOND, Duration::from_secs(600))
        .unwrap();
    live.switch(&mut backend, false).unwrap();
    live.advance(&mut backend, 25.0 * SECOND, Duration::from_secs(600))
        .unwrap();
    live.switch(&mut backend, true).unwrap();
    let told = live.setup();
    told.check().unwrap();
    let on: Vec<bool> = told.protocol.segments().iter().map(|p| p.magnets).collect();
    assert_eq!(on, [true, false, true]);
    assert_eq!(told.outlets(), 0);
}
