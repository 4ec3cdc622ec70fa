//! A run that somebody steers: it goes on a little at a time, and the rotor and the magnets do as they are told.
//!
//! What is told changes the programme from that moment on; the steps are those of an ordinary run of the changed programme.

use super::pace::Pace;
use super::run::steepest;
use super::separator::{Phase, Separator};
use super::timestep::Clock;
use super::{Backend, Setup};
use crate::Error;
use crate::constants::SECOND;
use crate::model::{Parcels, Protocol};
use std::time::{Duration, Instant};

/// How long a rotor takes to another speed [us].
const RAMP: f64 = 10.0 * SECOND;

/// What runs, and its clock.
#[derive(Debug)]
enum Kind {
    Vessel { setup: Box<Setup>, clock: Clock },
    Duct { separator: Box<Separator>, pace: Pace },
}

/// A steered run; the parcels are with the back-end.
#[derive(Debug)]
pub struct Live(Kind);

impl Live {
    /// A vessel whose parcels are at their start.
    ///
    /// # Errors
    /// As [`Setup::check`].
    pub fn vessel(setup: Setup, parcels: &Parcels) -> Result<Self, Error> {
        setup.check()?;
        let clock = Clock::new(&setup, steepest(&setup, parcels));
        Ok(Self(Kind::Vessel {
            setup: Box::new(setup),
            clock,
        }))
    }

    /// A separator whose parcels are at their start.
    ///
    /// # Errors
    /// As [`Separator::check`].
    pub fn duct(separator: Separator) -> Result<Self, Error> {
        separator.check()?;
        let pace = Pace::new(&separator);
        Ok(Self(Kind::Duct {
            separator: Box::new(separator),
            pace,
        }))
    }

    /// Simulated time [us].
    pub fn time(&self) -> f64 {
        match &self.0 {
            Kind::Vessel { clock, .. } => clock.time,
            Kind::Duct { pace, .. } => pace.time,
        }
    }

    /// Length of the programme as it stands [us].
    pub fn duration(&self) -> f64 {
        match &self.0 {
            Kind::Vessel { setup, .. } => setup.protocol.duration(),
            Kind::Duct { separator, .. } => separator.duration,
        }
    }

    /// Steps so far.
    pub fn steps(&self) -> u64 {
        match &self.0 {
            Kind::Vessel { clock, .. } => clock.steps,
            Kind::Duct { pace, .. } => pace.steps,
        }
    }

    /// True at the end of the programme.
    pub fn finished(&self) -> bool {
        match &self.0 {
            Kind::Vessel { clock, .. } => clock.finished(),
            Kind::Duct { separator, pace } => pace.time >= separator.duration,
        }
    }

    /// Speed of the rotor [rad/us]; zero without one.
    pub fn omega(&self) -> f64 {
        match &self.0 {
            Kind::Vessel { setup, clock } => setup.protocol.omega(clock.time),
            Kind::Duct { .. } => 0.0,
        }
    }

    /// Whether the magnets are on.
    pub fn magnets(&self) -> bool {
        match &self.0 {
            Kind::Vessel { .. } => false,
            Kind::Duct { pace, .. } => pace.magnets(),
        }
    }

    /// The programme as it stands, of a vessel.
    pub fn protocol(&self) -> Option<&Protocol> {
        match &self.0 {
            Kind::Vessel { setup, .. } => Some(&setup.protocol),
            Kind::Duct { .. } => None,
        }
    }

    /// Goes on until the simulated time `until` [us], the end, or for `budget` of real time, whichever comes first; at least one
    /// batch of steps if there is one.
    ///
    /// # Errors
    /// [`Error::Numerics`] when a displacement is not a number or a grid cell overfills, [`Error::Device`] when the back-end fails.
    pub fn advance(&mut self, backend: &mut dyn Backend, until: f64, budget: Duration) -> Result<(), Error> {
        let begin = Instant::now();
        while !self.finished() && self.time() < until {
            let before = self.time();
            let stats = match &mut self.0 {
                Kind::Vessel { setup, clock } => {
                    let steps = clock.plan(setup, backend.batch());
                    let stats = backend.run(&steps)?;
                    clock.learn(setup, &steps, &stats);
                    stats
                }
                Kind::Duct { separator, pace } => {
                    let steps = pace.plan(separator, backend.batch());
                    if steps.is_empty() {
                        return Err(still(before));
                    }
                    let stats = backend.run(&steps)?;
                    pace.learn(&steps, stats.greatest);
                    if pace.time >= pace.next && pace.go_on() {
                        backend.release(&pace.still())?;
                    }
                    stats
                }
            };
            if let Some((step, parcel)) = stats.bad {
                return Err(Error::Numerics(format!(
                    "parcel {parcel} has a displacement that is not a number, or is outside of the grid, in step {step}, at {:.6} s",
                    before / SECOND
                )));
            }
            if stats.fullest > 1.0 {
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

    /// Brings the rotor to `omega` [rad/us] within ten seconds, and keeps it there until the programme was to end, or for a minute
    /// where that is less. Nothing in a duct.
    pub fn spin(&mut self, omega: f64) {
        if let Kind::Vessel { setup, clock } = &mut self.0 {
            let left = setup.protocol.duration() - clock.time;
            let hold = (left - RAMP).max(60.0 * SECOND);
            setup.protocol = setup
                .protocol
                .until(clock.time)
                .ramp(omega.max(0.0), RAMP)
                .hold(hold);
            clock.follow(setup);
        }
    }

    /// Switches the magnets on or off; when they go off, surfaces let go what they hold. Nothing in a vessel.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub fn switch(&mut self, backend: &mut dyn Backend, on: bool) -> Result<(), Error> {
        let Kind::Duct { separator, pace } = &mut self.0 else {
            return Ok(());
        };
        let before = pace.magnets();
        if before == on {
            return Ok(());
        }
        separator.phases = switched(separator, pace.time, on);
        pace.follow(separator);
        if before {
            backend.release(&pace.still())?;
        }
        Ok(())
    }
}

fn still(time: f64) -> Error {
    Error::Numerics(format!(
        "time stands still at {:.6} s: a cell is so fast that a step of no length would be needed",
        time / SECOND
    ))
}

/// The phases with the one at `time` cut in two, and the magnets in all that follows as they are told.
fn switched(s: &Separator, time: f64, on: bool) -> Vec<Phase> {
    let whole = Phase {
        length: s.duration,
        rate: s.stream.map_or(0.0, |stream| stream.rate),
        magnets: true,
        outlet: 0,
    };
    let given = if s.phases.is_empty() {
        &[whole][..]
    } else {
        &s.phases
    };
    let (mut out, mut start) = (Vec::new(), 0.0);
    for phase in given {
        let before = (time - start).clamp(0.0, phase.length);
        if before > 0.0 {
            out.push(Phase {
                length: before,
                ..*phase
            });
        }
        if before < phase.length {
            out.push(Phase {
                length: phase.length - before,
                magnets: on,
                ..*phase
            });
        }
        start += phase.length;
    }
    out
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
