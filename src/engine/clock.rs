//! The clock of a run: where steps have to end, and the steps from one such stop to the next.
//!
//! A step never crosses a stop: the end of a segment of the programme, or a count.

use super::controller::{PROBE, StepController, mean_velocity};
use super::timing::{felt, sample_times};
use super::{BatchStats, Setup};
use crate::kernels::Step;
use crate::model::Parcels;
use crate::times::Time;
use std::collections::BTreeMap;

/// A time at which a step has to end.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stop {
    time: Time,
    /// Whether a count is due.
    count: bool,
}

/// Decides where steps end and how long they are.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Simulated time.
    pub time: Time,
    /// Steps done.
    pub steps: u64,
    /// Last step's length.
    pub dt: Time,
    /// Shortest and longest step but for those at the start that grow to their length [us].
    pub extremes: [f64; 2],
    stops: Vec<Stop>,
    controller: StepController,
}

impl Clock {
    /// A clock at time zero, for these parcels.
    pub fn new(setup: &Setup, parcels: &Parcels) -> Self {
        let controller = StepController::new(setup, parcels);
        let mut clock = Self {
            time: Time::ZERO,
            steps: 0,
            dt: Time::ZERO,
            extremes: [f64::INFINITY, 0.0],
            stops: Self::stops(setup),
            controller,
        };
        clock.restart();
        clock
    }

    /// Goes on by another programme, from the present time.
    pub fn follow(&mut self, setup: &Setup) {
        self.stops = Self::stops(setup);
        self.restart();
    }

    fn restart(&mut self) {
        if self.controller.restart() {
            self.dt = Time::from_us(PROBE);
        }
    }

    /// The ends of segments and the counts, in order; the same moment once. Where parcels are carried out and caught, what a segment has
    /// done is counted at its end.
    fn stops(setup: &Setup) -> Vec<Stop> {
        let ends = setup
            .protocol
            .timed()
            .map(|(start, s)| (start + s.duration, setup.carries()));
        let mut stops: BTreeMap<Time, bool> = ends.collect();
        stops.extend(sample_times(setup).into_iter().map(|t| (t, true)));
        let stop = |(time, count)| Stop { time, count };
        stops.into_iter().map(stop).collect()
    }

    /// True when the programme is over.
    pub fn finished(&self) -> bool {
        self.next_stop().is_none()
    }

    /// How many stops are behind.
    fn passed(&self) -> usize {
        self.stops.partition_point(|s| s.time <= self.time)
    }

    /// The next time at which a step has to end.
    pub fn next_stop(&self) -> Option<Time> {
        self.stops.get(self.passed()).map(|s| s.time)
    }

    /// Time of the next count; none after the end.
    pub fn next_count(&self) -> Option<Time> {
        let rest = &self.stops[self.passed()..];
        rest.iter().find(|s| s.count).map(|s| s.time)
    }

    /// True at the moment of a count.
    pub fn count_due(&self) -> bool {
        let behind = self.passed().checked_sub(1).and_then(|i| self.stops.get(i));
        behind.is_some_and(|s| s.count && s.time == self.time)
    }

    /// Goes into the next segment where one ends at this time; true if the magnets go off there.
    pub fn pass(&mut self, setup: &Setup) -> bool {
        let protocol = &setup.protocol;
        let over = protocol
            .timed()
            .find(|(start, s)| *start + s.duration == self.time);
        let (Some((_, over)), Some((_, next))) = (over, protocol.segment(self.time)) else {
            return false;
        };
        self.restart();
        over.magnets && !next.magnets
    }

    /// Whether what is held at this time, at the end of a segment or within one, comes off later.
    pub fn lets_go(&self, setup: &Setup) -> bool {
        let mut later = setup.protocol.timed().filter(|(start, _)| *start >= self.time);
        later.any(|(_, s)| !s.magnets)
    }

    /// A step of no length at the present time.
    pub fn still(&self, setup: &Setup) -> Step {
        let time = self.time.us();
        let segment = setup.protocol.at(time);
        Step {
            acceleration: felt(setup, time, 0.0),
            dt: 0.0,
            number: self.steps as u32,
            time,
            flow: mean_velocity(setup, time),
            magnets: segment.is_some_and(|s| s.magnets),
            outlet: segment.map_or(0, |s| s.outlet),
        }
    }

    /// Up to `most` steps, none beyond the next stop; empty at the end, and where time stands still. Advances the clock.
    pub fn plan(&mut self, setup: &Setup, most: usize) -> Vec<Step> {
        let Some(stop) = self.next_stop() else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        let most = self.controller.batch(most);
        while steps.len() < most && self.time < stop {
            let wish = self.controller.wish(setup, self.time, self.dt, stop);
            let longest = Time::from_us(wish.length);
            if longest < Time::TICK {
                // the caller sees that time stands still
                self.dt = longest;
                break;
            }
            // the rest of an interval is cut into equal steps, so that none is a sliver
            let left = stop - self.time;
            let parts = left.parts(longest);
            let dt = left.part(parts);
            // at the start steps grow to their length, or until one reaches from stop to stop
            if !wish.growing || parts <= 1 {
                let dt = dt.us();
                self.extremes = [self.extremes[0].min(dt), self.extremes[1].max(dt)];
            }
            steps.push(Step {
                acceleration: felt(setup, self.time.us(), dt.us()),
                dt: dt.us(),
                ..self.still(setup)
            });
            self.steps += 1;
            self.dt = dt;
            self.time += dt;
        }
        steps
    }

    /// Learns from a finished batch.
    pub fn learn(&mut self, setup: &Setup, steps: &[Step], stats: &BatchStats) {
        self.controller.learn(setup, steps, stats);
    }
}
