//! A run that somebody steers: it goes on a little at a time, and rotor, pump and magnets do as they are told.
//!
//! What is told changes the programme from that moment until its next phase, or the next change of the rotor's speed, takes over;
//! the steps are those of an ordinary run of the changed programme.

use super::pace::Pace;
use super::run::steepest;
use super::separator::{Feed, Phase, Separator, Stream};
use super::timestep::Clock;
use super::{Backend, BatchStats, Profile, Setup};
use crate::Error;
use crate::constants::SECOND;
use crate::kernels::Step;
use crate::model::{Parcels, Protocol};
use crate::times::Time;
use std::time::{Duration, Instant};

/// How long a rotor takes to another speed [s].
const RAMP: f64 = 10.0;

/// How long it turns at that speed at least where no programme follows [s].
const MINUTE: f64 = 60.0;

/// What runs, and its clock.
#[derive(Debug)]
pub(super) enum Kind {
    Vessel {
        setup: Box<Setup>,
        clock: Clock,
        /// Value of one unit of each moment, as [`Parcels::moment_unit`].
        unit: [f64; 4],
        /// Real cells per parcel, by component.
        weight: Vec<f64>,
        /// The speed of the rotor that was told [rad/us], and until when it rules.
        told: Option<(f64, Time)>,
    },
    Duct {
        separator: Box<Separator>,
        pace: Pace,
    },
}

/// Steps that are planned together, as in any run, and how many of them are done.
#[derive(Debug, Default)]
struct Batch {
    steps: Vec<Step>,
    done: usize,
    stats: BatchStats,
}

impl Batch {
    fn rest(&self) -> &[Step] {
        &self.steps[self.done..]
    }

    /// The steps to come until one of them reaches `until` [us].
    fn until(&self, until: Time) -> &[Step] {
        let rest = self.rest();
        let last = rest
            .iter()
            .position(|s| Time::from_us(s.time) + Time::from_us(s.dt) >= until);
        &rest[..last.map_or(rest.len(), |i| i + 1)]
    }
}

/// A steered run; the parcels are with the back-end.
#[derive(Debug)]
pub struct Live {
    pub(super) kind: Kind,
    batch: Batch,
}

impl Live {
    /// A vessel whose parcels are at their start.
    ///
    /// # Errors
    /// As [`Setup::check`].
    pub fn vessel(setup: Setup, parcels: &Parcels) -> Result<Self, Error> {
        setup.check()?;
        let clock = Clock::new(&setup, steepest(&setup, parcels));
        Ok(Self {
            kind: Kind::Vessel {
                setup: Box::new(setup),
                clock,
                unit: parcels.moment_unit,
                weight: parcels.weight.clone(),
                told: None,
            },
            batch: Batch::default(),
        })
    }

    /// A separator whose parcels are at their start.
    ///
    /// # Errors
    /// As [`Separator::check`].
    pub fn duct(separator: Separator) -> Result<Self, Error> {
        separator.check()?;
        let pace = Pace::new(&separator);
        Ok(Self {
            kind: Kind::Duct {
                separator: Box::new(separator),
                pace,
            },
            batch: Batch::default(),
        })
    }

    /// Simulated time [us].
    pub fn time(&self) -> f64 {
        match (self.batch.rest().first(), &self.kind) {
            (Some(next), _) => next.time,
            (None, Kind::Vessel { clock, .. }) => clock.time.us(),
            (None, Kind::Duct { pace, .. }) => pace.time.us(),
        }
    }

    /// Length of the programme as it stands [us].
    pub fn duration(&self) -> f64 {
        match &self.kind {
            Kind::Vessel { setup, .. } => setup.protocol.duration(),
            Kind::Duct { separator, .. } => separator.duration.us(),
        }
    }

    /// Steps so far.
    pub fn steps(&self) -> u64 {
        let planned = match &self.kind {
            Kind::Vessel { clock, .. } => clock.steps,
            Kind::Duct { pace, .. } => pace.steps,
        };
        planned - self.batch.rest().len() as u64
    }

    /// True at the end of the programme.
    pub fn finished(&self) -> bool {
        let planned = match &self.kind {
            Kind::Vessel { clock, .. } => clock.finished(),
            Kind::Duct { separator, pace } => pace.time >= separator.duration,
        };
        planned && self.batch.rest().is_empty()
    }

    /// Speed of the rotor [rad/us]; zero without one.
    pub fn omega(&self) -> f64 {
        match &self.kind {
            Kind::Vessel { setup, .. } => setup.protocol.omega(self.time()),
            Kind::Duct { .. } => 0.0,
        }
    }

    /// The speed of the rotor that was told [rad/us], as long as the programme has not taken over again.
    pub fn aim(&self) -> Option<f64> {
        match &self.kind {
            Kind::Vessel { told, .. } => {
                told.and_then(|(omega, until)| (self.time() < until.us()).then_some(omega))
            }
            Kind::Duct { .. } => None,
        }
    }

    /// The speed that a faster (or slower) one is measured by [rad/us]: the one that was told while it rules, else the present one, or
    /// the one to which a change of speed under way leads where that is faster (slower): who asks for more does not brake a ramp.
    pub fn heading(&self, faster: bool) -> f64 {
        let now = self.omega();
        let goal = self.protocol().map_or(now, |p| p.towards(self.time()));
        self.aim().unwrap_or(match faster {
            true => now.max(goal),
            false => now.min(goal),
        })
    }

    /// Whether the magnets are on.
    pub fn magnets(&self) -> bool {
        match &self.kind {
            Kind::Vessel { .. } => false,
            Kind::Duct { pace, .. } => pace.magnets(),
        }
    }

    /// The programme as it stands, of a vessel.
    pub fn protocol(&self) -> Option<&Protocol> {
        match &self.kind {
            Kind::Vessel { setup, .. } => Some(&setup.protocol),
            Kind::Duct { .. } => None,
        }
    }

    /// The separator with its programme as it stands, of a duct.
    pub fn separator(&self) -> Option<&Separator> {
        match &self.kind {
            Kind::Vessel { .. } => None,
            Kind::Duct { separator, .. } => Some(separator),
        }
    }

    /// Volume a time that the pump moves [um3/us]; zero in a vessel, and in a duct without a flow.
    pub fn rate(&self) -> f64 {
        match &self.kind {
            Kind::Vessel { .. } => 0.0,
            Kind::Duct { pace, .. } => pace.rate(),
        }
    }

    /// The profile at this moment, of a vessel.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub fn profile(&self, backend: &mut dyn Backend) -> Result<Option<Profile>, Error> {
        match &self.kind {
            Kind::Vessel {
                setup, unit, weight, ..
            } => {
                let tally = backend.tally()?;
                Ok(Some(Profile::of(setup, &tally, unit[0], weight, self.time())))
            }
            Kind::Duct { .. } => Ok(None),
        }
    }

    /// Goes on until the simulated time `until` [us], the end, or for `budget` of real time, whichever comes first; at least one
    /// step if there is one. Where it pauses changes nothing: the steps are planned as in a run that nobody watches.
    ///
    /// # Errors
    /// [`Error::Numerics`] when a displacement is not a number or a grid cell overfills, [`Error::Device`] when the back-end fails.
    pub fn advance(&mut self, backend: &mut dyn Backend, until: f64, budget: Duration) -> Result<(), Error> {
        let begin = Instant::now();
        while !self.finished() && self.time() < until {
            let before = self.time();
            if self.batch.rest().is_empty() {
                let most = backend.batch();
                self.batch = Batch {
                    steps: match &mut self.kind {
                        Kind::Vessel { setup, clock, .. } => clock.plan(setup, most),
                        Kind::Duct { separator, pace } => pace.plan(separator, most),
                    },
                    ..Batch::default()
                };
            }
            let part = self.batch.until(Time::from_us(until));
            if part.is_empty() {
                return Err(still(before));
            }
            let (stats, n) = (backend.run(part)?, part.len());
            self.batch.stats = self.batch.stats.merge(stats);
            self.batch.done += n;
            if self.batch.rest().is_empty() {
                self.learn();
                if let Kind::Duct { pace, .. } = &mut self.kind
                    && pace.time >= pace.next
                    && pace.go_on()
                {
                    backend.release(&pace.still())?;
                }
            }
            if let Some((step, parcel)) = stats.bad {
                return Err(Error::Numerics(format!(
                    "parcel {parcel} has a displacement that is not a number, or is outside of the grid, in step {step}, at {:.6} s",
                    before / SECOND
                )));
            }
            if stats.fullest > 1.0 && matches!(self.kind, Kind::Vessel { .. }) {
                return Err(Error::Numerics(format!(
                    "a grid cell holds more cells than it has room for, after {:.6} s (volume fraction {:.3}): take more parcels, or \
                     fewer [numerics] layers",
                    before / SECOND,
                    stats.fullest
                )));
            }
            if self.time() <= before {
                return Err(still(before));
            }
            if begin.elapsed() >= budget {
                break;
            }
        }
        Ok(())
    }

    /// Learns from the steps that are done how long the next ones may be.
    fn learn(&mut self) {
        let done = &self.batch.steps[..self.batch.done];
        match &mut self.kind {
            Kind::Vessel { setup, clock, .. } => clock.learn(setup, done, &self.batch.stats),
            Kind::Duct { pace, .. } => pace.learn(done, &self.batch.stats),
        }
    }

    /// Drops the steps that are planned and not done, before the programme changes: what is told holds from now on.
    fn settle(&mut self) {
        let left = self.batch.rest().len();
        if left == 0 {
            return;
        }
        let now = Time::from_us(self.time());
        let last = self.batch.steps[..self.batch.done]
            .last()
            .map(|s| Time::from_us(s.dt));
        match &mut self.kind {
            Kind::Vessel { clock, .. } => {
                clock.time = now;
                clock.steps -= left as u64;
                clock.dt = last.unwrap_or(clock.dt);
            }
            Kind::Duct { pace, .. } => {
                pace.time = now;
                pace.steps -= left as u64;
                pace.dt = last.unwrap_or(pace.dt);
            }
        }
        if last.is_some() {
            self.learn();
        }
        self.batch = Batch::default();
    }

    /// Brings the rotor to `omega` [rad/us] within ten seconds, and keeps it there until the programme's next change of speed, which
    /// begins there ([`Protocol::steered`]); with none to come, until the programme was to end, or for a minute where that is less.
    /// Nothing in a duct, and for a speed that is not a number.
    pub fn spin(&mut self, omega: f64) {
        if !omega.is_finite() || matches!(self.kind, Kind::Duct { .. }) {
            return;
        }
        self.settle();
        if let Kind::Vessel {
            setup, clock, told, ..
        } = &mut self.kind
        {
            let omega = omega.max(0.0);
            let (protocol, until) =
                setup
                    .protocol
                    .steered(clock.time, omega, Time::seconds(RAMP), Time::seconds(MINUTE));
            setup.protocol = protocol;
            *told = Some((omega, until));
            clock.follow(setup);
        }
    }

    /// Switches the magnets on or off for the rest of the phase; when they go off, surfaces let go what they hold. Nothing in a
    /// vessel.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub fn switch(&mut self, backend: &mut dyn Backend, on: bool) -> Result<(), Error> {
        let before = self.magnets();
        if before == on || matches!(self.kind, Kind::Vessel { .. }) {
            return Ok(());
        }
        self.settle();
        let Kind::Duct { separator, pace } = &mut self.kind else {
            return Ok(());
        };
        separator.phases = cut(separator, pace.time, |phase| phase.magnets = on);
        pace.follow(separator);
        if before && !pace.magnets() {
            backend.release(&pace.still())?;
        }
        Ok(())
    }

    /// Brings the pump to `rate` [um3/us] at once, for the rest of the phase. Sample comes with the flow: what has not come in
    /// yet comes so much the sooner or later. Nothing in a vessel, in a duct without a flow, and for a rate that is not above zero.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub fn pump(&mut self, backend: &mut dyn Backend, rate: f64) -> Result<(), Error> {
        let stream = self.separator().and_then(|s| s.stream.clone());
        let Some(stream) = stream.filter(|_| rate.is_finite() && rate > 0.0 && rate != self.rate()) else {
            return Ok(());
        };
        self.settle();
        let Kind::Duct { separator, pace } = &mut self.kind else {
            return Ok(());
        };
        let before = separator.clone();
        separator.phases = cut(separator, pace.time, |phase| phase.rate = rate);
        let first = separator.phases.first().map_or(rate, |p| p.rate);
        if first != stream.rate {
            // told before anything has flowed: the sample's volume stays
            separator.stream = Some(Stream {
                rate: first,
                ..stream.clone()
            });
            if let Feed::Inlets { over } = &mut separator.feed {
                *over *= stream.rate / first;
            }
        }
        pace.follow(separator);
        // both count in the time of a flow of their own
        let scale = stream.rate / first;
        backend.retime(&|t| separator.enters(before.fed(t) * scale))
    }
}

fn still(time: f64) -> Error {
    Error::Numerics(format!(
        "time stands still at {:.6} s: a cell is so fast that a step of no length would be needed",
        time / SECOND
    ))
}

/// The phases with the one at `time` cut in two, and its rest changed.
fn cut(s: &Separator, time: Time, change: impl Fn(&mut Phase)) -> Vec<Phase> {
    let whole = Phase {
        length: s.duration,
        rate: s.stream.as_ref().map_or(0.0, |stream| stream.rate),
        magnets: true,
        outlet: 0,
    };
    let given = if s.phases.is_empty() {
        &[whole][..]
    } else {
        &s.phases
    };
    let (mut out, mut start) = (given.to_vec(), Time::ZERO);
    for (i, phase) in given.iter().enumerate() {
        let before = time - start;
        if before < phase.length {
            let mut rest = *phase;
            change(&mut rest);
            out[i] = rest;
            if before > Time::ZERO {
                out[i].length = phase.length - before;
                let begun = Phase {
                    length: before,
                    ..*phase
                };
                out.insert(i, begun);
            }
            break;
        }
        start += phase.length;
    }
    out
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
