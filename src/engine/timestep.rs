//! How long the next steps are, and the acceleration during each.
//!
//! A step never crosses a stop (a corner of the rotor programme, a sample). In a dense run its length follows from
//! the greatest displacement of the last batch, which grows in proportion to the acceleration: the speed per
//! acceleration is measured, the acceleration itself is known. In a dilute run the path is exact, and only the
//! series of its exponential and the ramps bound the step.

use super::{BatchStats, Lateral, Setup, Suspension};
use crate::Error;
use crate::kernels::Step;
use crate::kernels::advance_dilute::LONGEST;
use crate::model::Acceleration;
use crate::times::Time;
use glam::{DMat3, DVec3};
use std::collections::BTreeMap;

/// First step of a dense run [us]: short enough for any field, it only measures the speed.
const PROBE: f64 = 1.0;

/// Most by which a step may outgrow the one before.
const GROWTH: f64 = 1.5;

/// A few fast parcels in clear plasma need not slow everything: the step may be so long that this share of all
/// displacements is held back to half a grid cell. It is counted and reported.
const HELD_BACK: f64 = 1e-5;

/// Most by which the step may for that reason exceed the one that the fastest parcel would ask for.
const OVERSPEED: f64 = 2.0;

/// Parts into which a ramp is cut at least, so that the acceleration's direction follows it.
const PARTS_OF_A_RAMP: f64 = 100.0;

/// A time at which a step has to end.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stop {
    time: Time,
    /// Whether a profile is due.
    sample: bool,
}

/// Decides the lengths of steps.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Simulated time.
    pub time: Time,
    /// Steps done.
    pub steps: u64,
    /// Last step's length.
    pub dt: Time,
    stops: Vec<Stop>,
    /// Greatest speed over acceleration [grid cells / us per um/us2]; none before it was measured.
    speed: Option<f64>,
    /// Step over the one that the fastest parcel asks for, 1 to [`OVERSPEED`].
    overspeed: f64,
    /// Steepest exponent s Omega^2 per Omega^2 of any parcel [us].
    steepest: f64,
}

impl Clock {
    /// A clock at time zero. `sedimentation` is the greatest |s| of any parcel alone in the fluid [us].
    pub fn new(setup: &Setup, sedimentation: f64) -> Self {
        Self {
            time: Time::ZERO,
            steps: 0,
            dt: Time::ZERO,
            stops: Self::stops(setup),
            speed: None,
            overspeed: 1.0,
            steepest: sedimentation,
        }
    }

    /// Goes on by another programme, from the present time.
    pub fn follow(&mut self, setup: &Setup) {
        self.stops = Self::stops(setup);
    }

    /// The corners of the programme and the samples, in order; the same moment once.
    fn stops(setup: &Setup) -> Vec<Stop> {
        let mut end = Time::ZERO;
        let corners = setup.protocol.segments().iter().map(|s| {
            end += s.duration;
            (end, false)
        });
        let mut stops: BTreeMap<Time, bool> = corners.collect();
        stops.extend(sample_times(setup).into_iter().map(|t| (t, true)));
        let stop = |(time, sample)| Stop { time, sample };
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

    /// True at the moment of a sample.
    pub fn sample_due(&self) -> bool {
        let behind = self.passed().checked_sub(1).and_then(|i| self.stops.get(i));
        behind.is_some_and(|s| s.sample && s.time == self.time)
    }

    /// Up to `most` steps, none beyond the next stop; empty at the end. Advances the clock.
    pub fn plan(&mut self, setup: &Setup, most: usize) -> Vec<Step> {
        let Some(stop) = self.next_stop() else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        // until the speed is known one step has to do
        let most = if setup.physics.suspension == Suspension::Dense && self.speed.is_none() {
            1
        } else {
            most
        };
        while steps.len() < most && self.time < stop {
            let left = stop - self.time;
            let wish = self
                .wish(setup, stop)
                .min(setup.stepping.longest)
                .min(self.ramp_limit(setup));
            // the rest of an interval is cut into equal steps, so that none is a sliver
            let wish = Time::from_us(wish);
            let dt = left.part(left.parts(wish));
            if wish < Time::TICK {
                // the caller sees that time stands still
                self.dt = wish;
                break;
            }
            let acceleration = felt(setup, self.time.us(), dt.us());
            steps.push(Step {
                acceleration,
                dt: dt.us(),
                number: self.steps as u32,
                time: self.time.us(),
                flow: 0.0,
                magnets: false,
                outlet: 0,
            });
            self.steps += 1;
            self.dt = dt;
            self.time += dt;
        }
        steps
    }

    /// Learns from a finished batch the greatest speed per acceleration, and how many parcels were held back.
    pub fn learn(&mut self, setup: &Setup, steps: &[Step], stats: &BatchStats) {
        let reach = steps
            .iter()
            .map(|s| s.dt * strength(setup, &s.acceleration))
            .fold(0.0, f64::max);
        if reach > 0.0 && stats.greatest.is_finite() {
            self.speed = Some(stats.greatest / reach);
        }
        let share = stats.bounded as f64 / (setup.parcels().max(1) * steps.len().max(1)) as f64;
        let factor = if share > HELD_BACK { 0.5 } else { 1.05 };
        self.overspeed = (self.overspeed * factor).clamp(1.0, OVERSPEED);
    }

    /// The longest step that the way of the parcels allows [us]; it will end at `stop` at the latest.
    fn wish(&self, setup: &Setup, stop: Time) -> f64 {
        let time = self.time.us();
        match setup.physics.suspension {
            Suspension::Dilute => {
                let now = setup.protocol.omega(time).powi(2);
                // no step crosses a corner of the programme, and between two corners the speed has no peak
                let end = stop.us().min(time + setup.stepping.longest);
                let square = now.max(setup.protocol.omega(end).powi(2));
                if square > 0.0 {
                    LONGEST / (self.steepest * square)
                } else {
                    f64::INFINITY
                }
            }
            Suspension::Dense => {
                if strength(setup, &felt(setup, time, PROBE)) == 0.0 {
                    // a rotor at rest, its vessel level: nothing moves, and there is no speed to measure
                    return f64::INFINITY;
                }
                let Some(speed) = self.speed else { return PROBE };
                let rate = |dt: f64| speed * strength(setup, &felt(setup, time, dt));
                // the field at the end of the step may be stronger than at its start: look ahead once
                let goal = setup.stepping.courant * self.overspeed;
                let grown = self.dt.us() * GROWTH;
                let first = goal / rate(self.dt.us());
                let second = goal / rate(first.min(grown));
                second.min(grown)
            }
        }
    }

    fn ramp_limit(&self, setup: &Setup) -> f64 {
        match setup.protocol.segment(self.time) {
            Some((_, s)) if s.omega_start != s.omega_end => s.duration.us() / PARTS_OF_A_RAMP,
            _ => f64::INFINITY,
        }
    }
}

/// Refuses more steps than 32 bits count: they are numbers in every random draw and in what is told of a bad parcel, and after the last
/// the first would come again.
///
/// # Errors
/// [`Error::Numerics`] from the 4294967295th step on.
pub fn countable(steps: u64) -> Result<(), Error> {
    if steps < u64::from(u32::MAX) {
        return Ok(());
    }
    Err(Error::Numerics(format!(
        "a run takes at most {} steps, and this one needs more: end it sooner, or take longer steps (a larger [numerics] courant, fewer \
         cells in its grid)",
        u32::MAX
    )))
}

/// Times at which profiles are taken, the start and the end included.
pub fn sample_times(setup: &Setup) -> Vec<Time> {
    let (end, every) = (setup.protocol.end(), setup.sampling.every);
    let mut times: Vec<Time> = (0..end.parts(every)).map(|i| every * i).collect();
    times.push(end);
    times
}

/// The acceleration that a step applies: its mean over the step, without what the scene leaves out.
pub fn felt(setup: &Setup, time: f64, dt: f64) -> Acceleration {
    let mut a = setup.rotor.acceleration(&setup.protocol, time, dt);
    if setup.physics.lateral == Lateral::Mixed {
        a.constant = DVec3::new(0.0, 0.0, a.constant.z);
        a.gradient = DMat3::from_diagonal(DVec3::new(0.0, 0.0, a.gradient.z_axis.z));
        a.omega = DVec3::ZERO;
    }
    a
}

/// Greatest acceleration along the axis of the vessel [um/us2].
fn strength(setup: &Setup, a: &Acceleration) -> f64 {
    let at = |z: f64| (a.constant.z + a.gradient.z_axis.z * z).abs();
    at(0.0).max(at(setup.chamber.height()))
}
