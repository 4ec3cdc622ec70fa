//! How long the next step may be. It follows from how parcels are moved, and from how far they went in the last batch.

use super::timing::felt;
use super::{BatchStats, Setup, Suspension, parcels_held};
use crate::kernels::Step;
use crate::kernels::advance_dilute::LONGEST;
use crate::model::{Acceleration, Parcels};
use crate::times::Time;
use glam::DVec3;

/// First step where a speed has to be measured [us]: short enough for any field.
pub(super) const PROBE: f64 = 1.0;

/// Most by which a step may outgrow the one before.
const GROWTH: f64 = 1.5;

/// A few fast parcels in clear plasma need not slow everything: the step may be so long that this share of all
/// displacements is held back to half a grid cell. It is counted and reported.
const HELD_BACK: f64 = 1e-5;

/// Most by which the step may for that reason exceed the one that the fastest parcel would ask for.
const OVERSPEED: f64 = 2.0;

/// Parts into which a ramp of the rotor is cut at least, so that the acceleration's direction follows it.
const PARTS_OF_A_RAMP: f64 = 100.0;

/// Parts that the parcel with the most of them takes of a step: the others take fewer, and what is the same for all, such as counting
/// and the round of a batch, is done that much less often.
const PARTS: f64 = 16.0;

/// The same where surfaces can fill: before the first cell arrives nothing says how fast they do.
const PARTS_FILLING: f64 = 2.0;

/// How much of a patch of a surface a step aims to fill at most: how much of it is free is known as it was at the start of the step.
const FILLED: f64 = 0.01;

/// Share of the fluid of the grid cell with the greatest throughput that a circulation replaces in one step. Its paths are exact; but cells settle
/// and are carried by turns, and a crowd is looked at once a step.
const REPLACED: f64 = 0.5;

/// How parcels are moved, and what has been measured of it.
#[derive(Clone, Debug)]
enum Scheme {
    /// Along the exact path of a single cell: the series of its exponential bounds the step.
    Exponential {
        /// Steepest exponent s Omega^2 per Omega^2 of any parcel [us].
        steepest: f64,
    },
    /// By look-ahead in a crowd: at most a part of a grid cell. The way grows in proportion to the acceleration, which is known.
    LookAhead {
        /// Greatest speed over acceleration [grid cells / us per um/us2]; none before it was measured.
        speed: Option<f64>,
        /// Step over the one that the fastest parcel asks for, 1 to [`OVERSPEED`].
        overspeed: f64,
    },
    /// In parts, as many as the path of each cell needs; or in a column by a part of a grid cell.
    Parts {
        /// How far a step may go, in the unit in which the back-end tells how far the last one went: parts of the parcel with the most
        /// of them, or grid cells in a column.
        goal: f64,
        /// How far the last batch went a time, in that unit [1/us].
        speed: f64,
        /// The same that the flow alone makes, for a mean velocity of 1 um/us; parcels that have not entered have not been measured.
        flow: f64,
        /// Share of the patch that fills fastest, a time [1/us].
        filling: f64,
        /// How much of a patch a step aims to fill: no less than one parcel.
        filled: f64,
    },
}

/// Decides how long steps are.
#[derive(Clone, Debug)]
pub(super) struct StepController {
    scheme: Scheme,
    /// The longest step in a fluid that circulates [us].
    flow: f64,
}

/// The longest step that is allowed.
pub(super) struct Wish {
    /// Its length [us].
    pub length: f64,
    /// Whether nothing but its growth limits it.
    pub growing: bool,
}

impl StepController {
    pub fn new(setup: &Setup, parcels: &Parcels) -> Self {
        let scheme = if setup.carries() {
            Scheme::parts(setup)
        } else if setup.physics.suspension == Suspension::Dense {
            Scheme::LookAhead {
                speed: None,
                overspeed: 1.0,
            }
        } else {
            Scheme::Exponential {
                steepest: steepest(setup, parcels),
            }
        };
        let fluxes = setup.circulation.as_ref();
        let fastest = fluxes.map_or(0.0, |f| f.fastest(&setup.grid().volume));
        Self {
            scheme,
            flow: REPLACED / fastest,
        }
    }

    /// Steps of a batch, of at most `most`: until the speed of a crowd is known one has to do.
    pub fn batch(&self, most: usize) -> usize {
        match self.scheme {
            Scheme::LookAhead { speed: None, .. } => 1,
            _ => most,
        }
    }

    /// Forgets what was measured where neither the flow nor the field that it was measured in is there any more; true if the next step
    /// has to be as short as the first.
    pub fn restart(&mut self) -> bool {
        let Scheme::Parts { speed, filling, .. } = &mut self.scheme else {
            return false;
        };
        (*speed, *filling) = (0.0, 0.0);
        true
    }

    /// The longest step that may begin at `now`, after one of length `last`; it will end at `stop` at the latest.
    pub fn wish(&self, setup: &Setup, now: Time, last: Time, stop: Time) -> Wish {
        let (time, grown) = (now.us(), last.us() * GROWTH);
        let scheme = match self.scheme {
            Scheme::Exponential { steepest } => {
                let omega = setup.protocol.omega(time).powi(2);
                // no step crosses a corner of the programme, and between two corners the speed has no peak
                let end = stop.us().min(time + setup.stepping.longest);
                let square = omega.max(setup.protocol.omega(end).powi(2));
                if square > 0.0 {
                    LONGEST / (steepest * square)
                } else {
                    f64::INFINITY
                }
            }
            Scheme::LookAhead { speed, overspeed } => {
                let rate = |dt: f64| speed.map(|s| s * strength(setup, &felt(setup, time, dt)));
                match rate(last.us()) {
                    // a rotor at rest, its vessel level: nothing moves, and there is no speed to measure
                    _ if strength(setup, &felt(setup, time, PROBE)) == 0.0 => f64::INFINITY,
                    None => PROBE,
                    Some(at_first) => {
                        // the field at the end of the step may be stronger than at its start: look ahead once
                        let goal = setup.stepping.courant * overspeed;
                        let first = goal / at_first;
                        let second = goal / rate(first.min(grown)).unwrap_or(at_first);
                        second.min(grown)
                    }
                }
            }
            Scheme::Parts {
                goal,
                speed,
                flow,
                filling,
                filled,
            } => {
                let mean = mean_velocity(setup, time);
                (goal / speed)
                    .min(filled / filling)
                    .min(grown)
                    .min((goal / (mean * flow)).min(setup.protocol.duration()))
            }
        };
        let length = scheme
            .min(self.flow)
            .min(setup.stepping.longest)
            .min(ramp_limit(setup, now));
        Wish {
            length,
            // the first step of a crowd only measures its speed
            growing: length == grown || length == PROBE,
        }
    }

    /// Learns from a finished batch how far the furthest parcel went, and how many were held back.
    pub fn learn(&mut self, setup: &Setup, steps: &[Step], stats: &BatchStats) {
        match &mut self.scheme {
            Scheme::Exponential { .. } => {}
            Scheme::LookAhead { speed, overspeed } => {
                let reach = steps
                    .iter()
                    .map(|s| s.dt * strength(setup, &s.acceleration))
                    .fold(0.0, f64::max);
                if reach > 0.0 && stats.greatest.is_finite() {
                    *speed = Some(stats.greatest / reach);
                }
                let share = stats.bounded as f64 / (setup.parcels().max(1) * steps.len().max(1)) as f64;
                let factor = if share > HELD_BACK { 0.5 } else { 1.05 };
                *overspeed = (*overspeed * factor).clamp(1.0, OVERSPEED);
            }
            // the longest step is where a parcel went furthest
            Scheme::Parts { speed, filling, .. } => {
                let longest = steps.iter().map(|step| step.dt).fold(0.0, f64::max);
                *filling = stats.fullest / longest;
                *speed = if stats.greatest.is_finite() {
                    stats.greatest / longest
                } else {
                    0.0
                };
            }
        }
    }
}

impl Scheme {
    fn parts(setup: &Setup) -> Self {
        let goal = match (&setup.matrix, setup.coverage) {
            (Some(_), _) => setup.stepping.courant,
            (None, Some(_)) => PARTS_FILLING,
            (None, None) => PARTS,
        };
        let flow = setup.flow();
        let unit = match setup.matrix {
            Some(_) => DVec3::from_array(setup.grid().size),
            None => setup.stride(flow.as_ref()),
        };
        let greatest = flow.map_or(0.0, |f| (f.greatest() / unit).max_element());
        let per_fluid = setup.matrix.as_ref().map_or(1.0, |m| 1.0 / m.porosity);
        Self::Parts {
            goal,
            speed: 0.0,
            flow: greatest * per_fluid,
            filling: 0.0,
            filled: FILLED.max(parcels_held(setup).map_or(0.0, |(_, [patch, _])| 1.0 / patch)),
        }
    }
}

/// Mean velocity of the flow at a time [um/us].
pub(super) fn mean_velocity(setup: &Setup, time: f64) -> f64 {
    let rate = setup.protocol.at(time).map_or(0.0, |s| s.rate);
    rate / setup.duct().section.area()
}

/// Greatest |s| of any parcel alone in the fluid [us].
fn steepest(setup: &Setup, parcels: &Parcels) -> f64 {
    parcels
        .mobility
        .iter()
        .zip(&parcels.excess)
        .map(|(m, e)| (f64::from(*m) * f64::from(*e) / setup.fluid.viscosity).abs())
        // one that has no such number is found, and named, in the first step
        .filter(|s| s.is_finite())
        .fold(0.0, f64::max)
}

/// Greatest acceleration along the axis of the vessel [um/us2].
fn strength(setup: &Setup, a: &Acceleration) -> f64 {
    let at = |z: f64| (a.constant.z + a.gradient.z_axis.z * z).abs();
    at(0.0).max(at(setup.chamber.height()))
}

fn ramp_limit(setup: &Setup, now: Time) -> f64 {
    match setup.protocol.segment(now) {
        Some((_, s)) if s.ramps() => s.duration.us() / PARTS_OF_A_RAMP,
        _ => f64::INFINITY,
    }
}
