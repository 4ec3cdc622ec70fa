//! Simulated time: times that differ by less than a nanosecond are one, and what is over is told as over.

use crate::setups::{blood, parcels};
use buffycoat::cpu::Cpu;
use buffycoat::engine::{self, Event, Program, Setup};
use buffycoat::model::Protocol;
use buffycoat::times::Time;
use std::ops::ControlFlow;

/// A run on the CPU whose listener is asked after every event; the times of its profiles [us], and its outcome.
fn times(s: &Setup, mut go: impl FnMut(&Event) -> bool) -> (Vec<f64>, engine::Outcome) {
    let drawn = parcels(s);
    let mut cpu = Cpu::new(&Program::new(s, &drawn, None).unwrap(), 1).unwrap();
    let mut times = Vec::new();
    let outcome = engine::run(s, &drawn, &mut cpu, &mut |event| {
        if let Event::Profile(p) = &event {
            times.push(p.time);
        }
        match go(event) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    })
    .unwrap();
    (times, outcome)
}

/// On the bench, so that nothing has to be followed: a hold of `end` [us], a profile each `every` [us].
fn hold(end: f64, every: f64) -> Setup {
    let mut s = blood(800, 1.0);
    s.cells[2] = 20;
    s.sampling.bins = 20;
    s.sampling.every = Time::from_us(every);
    s.protocol = Protocol::new(0.0).hold(end);
    s.stepping.longest = 1e12;
    s
}

/// 1.1 min is 66 s and a little: not one profile at 66 s and another a rounding later. Nor the other way round, nor where a corner of
/// the programme lies beside a profile.
#[test]
fn times_that_differ_by_rounding_are_one() {
    for (end, every, count) in [
        (1.1 * 60e6, 1e6, 67),
        (66e6 - 1e-8, 1e6, 67),
        (118.904862e6, 118.904862e6 / 40.0, 41),
        (0.3e6, 0.1e6, 4),
        (0.7e6, 0.1e6, 8),
        (2.5e6, 1e6, 4),
    ] {
        let (times, outcome) = times(&hold(end, every), |_| true);
        assert_eq!(
            times.len(),
            count,
            "{end} us, each {every}: {:?}",
            &times[times.len() - 2..]
        );
        let end = Time::from_us(end).us();
        assert_eq!((times.last(), outcome.time), (Some(&end), end));
    }
    let mut s = hold(1e6, 1e6);
    s.protocol = Protocol::new(0.0).hold(1.1 * 60e6).hold(0.4 * 60e6).hold(6e6);
    let (times, _) = times(&s, |_| true);
    assert_eq!(times.len(), 97);
    assert!(times.windows(2).all(|t| t[1] - t[0] > 0.9e6), "{times:?}");
}

/// Who breaks a run off after its last batch breaks nothing off: the last profile is told, and once.
#[test]
fn a_stop_in_the_last_batch_is_no_stop() {
    let s = hold(2.5e6, 1e6);
    let end = s.protocol.duration();
    let (all, _) = times(&s, |_| true);
    let (stopped, outcome) = times(
        &s,
        |event| !matches!(event, Event::Progress { time, .. } if *time >= end),
    );
    assert_eq!((stopped, outcome.time), (all, end));
    // before that it is one
    let (stopped, outcome) = times(
        &s,
        |event| !matches!(event, Event::Progress { time, .. } if *time >= 1e6),
    );
    assert_eq!((stopped, outcome.time), (vec![0.0], 1e6));
}
