//! A run that can be steered between its steps. `engine::run` is one that is not.

use super::clock::Clock;
use super::timing::countable;
use super::{Backend, BatchStats, Profile, Readings, Setup, blame};
use crate::Error;
use crate::flow::Feed;
use crate::kernels::Step;
use crate::model::{Parcels, Protocol};
use crate::times::Time;
use std::time::{Duration, Instant};

/// How long a rotor takes to another speed [s].
const RAMP: f64 = 10.0;

/// How long it turns at that speed at least where no programme follows [s].
const MINUTE: f64 = 60.0;

/// Steps that are planned together, and how many of them are done.
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

    /// The steps to come until one of them reaches `until`.
    fn until(&self, until: Time) -> &[Step] {
        let rest = self.rest();
        let last = rest
            .iter()
            .position(|s| Time::from_us(s.time) + Time::from_us(s.dt) >= until);
        &rest[..last.map_or(rest.len(), |i| i + 1)]
    }
}

/// A run in the making; the parcels are with the back-end.
#[derive(Debug)]
pub struct Live {
    pub(super) setup: Setup,
    pub(super) clock: Clock,
    batch: Batch,
    /// Value of one unit of each moment, as [`Parcels::moment_unit`].
    pub(super) unit: [f64; 4],
    /// Real cells per parcel, by component.
    pub(super) weight: Vec<f64>,
    /// The parcel that sinks or rises fastest, of those drawn.
    fastest: Option<usize>,
    /// The speed of the rotor that was told [rad/us], and until when it rules.
    told: Option<(f64, Time)>,
}

impl Live {
    /// A run whose parcels are at their start.
    ///
    /// # Errors
    /// As [`Setup::check`], and [`Error::Numerics`] for a parcel whose numbers cannot be a cell's.
    pub fn new(setup: Setup, parcels: &Parcels) -> Result<Self, Error> {
        setup.check()?;
        blame::check(&setup, parcels)?;
        let speed = |i: usize| f64::from(parcels.mobility[i]) * f64::from(parcels.excess[i]).abs();
        Ok(Self {
            clock: Clock::new(&setup, parcels),
            batch: Batch::default(),
            unit: parcels.moment_unit,
            weight: parcels.weight.clone(),
            fastest: (0..parcels.len()).max_by(|a, b| speed(*a).total_cmp(&speed(*b))),
            told: None,
            setup,
        })
    }

    /// The setup, with its programme as it stands.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Simulated time [us].
    pub fn time(&self) -> f64 {
        match self.batch.rest().first() {
            Some(next) => next.time,
            None => self.clock.time.us(),
        }
    }

    /// Length of the programme as it stands [us].
    pub fn duration(&self) -> f64 {
        self.setup.protocol.duration()
    }

    /// Steps so far.
    pub fn steps(&self) -> u64 {
        self.clock.steps - self.batch.rest().len() as u64
    }

    /// True at the end of the programme.
    pub fn finished(&self) -> bool {
        self.clock.finished() && self.batch.rest().is_empty()
    }

    /// Speed of the rotor [rad/us]; zero without one.
    pub fn omega(&self) -> f64 {
        self.setup.protocol.omega(self.time())
    }

    /// The speed of the rotor that was told [rad/us], as long as the programme has not taken over again.
    pub fn aim(&self) -> Option<f64> {
        self.told
            .and_then(|(omega, until)| (self.time() < until.us()).then_some(omega))
    }

    /// The speed that a faster (or slower) one is measured by [rad/us]: the one that was told while it rules, else the present one, or
    /// the one to which a change of speed under way leads where that is faster (slower): who asks for more does not brake a ramp.
    pub fn heading(&self, faster: bool) -> f64 {
        let now = self.omega();
        let goal = self.protocol().towards(self.time());
        self.aim().unwrap_or(match faster {
            true => now.max(goal),
            false => now.min(goal),
        })
    }

    /// Whether there are magnets, and they are on.
    pub fn magnets(&self) -> bool {
        let any = self.setup.field.is_some() || self.setup.matrix.is_some();
        any && self.protocol().at(self.time()).is_some_and(|s| s.magnets)
    }

    /// The programme as it stands.
    pub fn protocol(&self) -> &Protocol {
        &self.setup.protocol
    }

    /// Volume a time that the pump moves [um3/us]; zero without a flow.
    pub fn rate(&self) -> f64 {
        self.protocol().at(self.time()).map_or(0.0, |s| s.rate)
    }

    /// The profile at this moment, of a closed vessel.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub fn profile(&self, backend: &mut dyn Backend) -> Result<Option<Profile>, Error> {
        if self.setup.carries() {
            return Ok(None);
        }
        let tally = backend.tally()?;
        Ok(Some(Profile::of(
            &self.setup,
            &tally,
            self.unit[0],
            &self.weight,
            self.time(),
        )))
    }

    /// A step of no length at this moment, for what only looks.
    pub(super) fn still(&self) -> Step {
        let mut step = self.clock.still(&self.setup);
        if let Some(next) = self.batch.rest().first() {
            step = Step { dt: 0.0, ..*next };
        }
        step
    }

    /// Goes on until the simulated time `until` [us], the end, or for `budget` of real time, whichever comes first; at least one
    /// step if there is one. Where it pauses changes nothing: the steps are planned as in a run that nobody watches.
    ///
    /// # Errors
    /// [`Error::Numerics`] when a displacement is not a number or a grid cell overfills, [`Error::Device`] when the back-end fails.
    pub fn advance(&mut self, backend: &mut dyn Backend, until: f64, budget: Duration) -> Result<(), Error> {
        let begin = Instant::now();
        while !self.finished() && self.time() < until {
            self.batch(backend, Time::from_us(until))?;
            if self.batch.rest().is_empty() && self.pass() {
                self.release(backend)?;
            }
            if begin.elapsed() >= budget {
                break;
            }
        }
        Ok(())
    }

    /// Goes on by a batch of steps, or what is left of one, or until a step of it reaches `until`.
    ///
    /// # Errors
    /// As [`Live::advance`].
    pub(super) fn batch(&mut self, backend: &mut dyn Backend, until: Time) -> Result<BatchStats, Error> {
        let before = self.time();
        if self.batch.rest().is_empty() {
            self.batch = Batch {
                steps: self.clock.plan(&self.setup, backend.device().batch),
                ..Batch::default()
            };
            countable(self.clock.steps)?;
        }
        let part = self.batch.until(until);
        let still = |live: &Self, backend: &mut dyn Backend| {
            let step = (live.clock.steps, live.clock.dt.us());
            // what is fast in a duct is pulled or carried, and not the one that sinks fastest
            let fastest = live.fastest.filter(|_| !live.setup.carries());
            blame::too_fast(&live.setup, fastest, backend, step, before)
        };
        if part.is_empty() {
            return Err(still(self, backend));
        }
        let (stats, n) = (backend.run(part)?, part.len());
        self.batch.stats = self.batch.stats.merge(stats);
        self.batch.done += n;
        if let Some((step, parcel)) = stats.bad {
            return Err(blame::bad_parcel(
                &self.setup,
                backend,
                (step, parcel),
                self.time(),
            ));
        }
        if self.batch.rest().is_empty() {
            self.learn();
        }
        if !self.setup.carries() {
            blame::overfull(&self.setup, backend, stats.fullest, before)?;
        }
        if self.time() <= before {
            return Err(still(self, backend));
        }
        Ok(stats)
    }

    /// Goes past the end of a segment, where one ends at this time; true if the magnets go off there.
    pub(super) fn pass(&mut self) -> bool {
        self.clock.pass(&self.setup)
    }

    /// Lets go what surfaces hold.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub(super) fn release(&mut self, backend: &mut dyn Backend) -> Result<(), Error> {
        backend.release(&Step {
            number: self.clock.steps as u32,
            time: self.clock.time.us(),
            ..Step::still()
        })
    }

    /// Learns from the steps that are done how long the next ones may be.
    fn learn(&mut self) {
        let done = &self.batch.steps[..self.batch.done];
        self.clock.learn(&self.setup, done, &self.batch.stats);
    }

    /// Drops the steps that are planned and not done, before the programme changes: what is told holds from now on.
    fn settle(&mut self) {
        let left = self.batch.rest().len();
        if left == 0 {
            return;
        }
        self.clock.time = Time::from_us(self.time());
        self.clock.steps -= left as u64;
        if let Some(last) = self.batch.steps[..self.batch.done].last() {
            self.clock.dt = Time::from_us(last.dt);
            self.learn();
        }
        self.batch = Batch::default();
    }

    /// Brings the rotor to `omega` [rad/us] within ten seconds, and keeps it there until the programme's next change of speed, which
    /// begins there ([`Protocol::steered`]); with none to come, until the programme was to end, or for a minute where that is less.
    /// Nothing without a rotor, and for a speed that is not a number.
    pub fn spin(&mut self, omega: f64) {
        if !omega.is_finite() || self.setup.rotor.mounting.on_bench() {
            return;
        }
        self.settle();
        let omega = omega.max(0.0);
        let (protocol, until) =
            self.setup
                .protocol
                .steered(self.clock.time, omega, Time::seconds(RAMP), Time::seconds(MINUTE));
        self.setup.protocol = protocol;
        self.told = Some((omega, until));
        self.clock.follow(&self.setup);
    }

    /// Switches the magnets on or off for the rest of the segment; when they go off, surfaces let go what they hold. Nothing without
    /// magnets.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub fn switch(&mut self, backend: &mut dyn Backend, on: bool) -> Result<(), Error> {
        let before = self.magnets();
        if before == on || !(self.setup.field.is_some() || self.setup.matrix.is_some()) {
            return Ok(());
        }
        self.settle();
        self.setup.protocol = self
            .setup
            .protocol
            .changed(self.clock.time, |rest| rest.magnets = on);
        self.clock.follow(&self.setup);
        if before && !self.magnets() {
            self.release(backend)?;
        }
        Ok(())
    }

    /// Brings the pump to `rate` [um3/us] at once, for the rest of the segment. Sample comes with the flow: what has not come in
    /// yet comes so much the sooner or later. Nothing without a flow, and for a rate that is not above zero.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub fn pump(&mut self, backend: &mut dyn Backend, rate: f64) -> Result<(), Error> {
        let flows = self.setup.stream.is_some();
        if !(flows && rate.is_finite() && rate > 0.0 && rate != self.rate()) {
            return Ok(());
        }
        self.settle();
        let before = self.setup.clone();
        let setup = &mut self.setup;
        setup.protocol = setup.protocol.changed(self.clock.time, |rest| rest.rate = rate);
        let scale = before.rate() / setup.rate();
        // told before anything has flowed: the sample's volume stays
        if let (true, Feed::Inlets { over }) = (scale != 1.0, &mut setup.ports.feed) {
            *over *= scale;
        }
        self.clock.follow(&self.setup);
        // both count in the time of a flow of their own
        let after = &self.setup;
        backend.retime(&|t| after.enters(before.fed(t) * scale))
    }
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
