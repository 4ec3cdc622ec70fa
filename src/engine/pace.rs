//! The lengths of a separator's steps, and the phases of its programme.

use super::BatchStats;
use super::room::parcels_held;
use super::separator::{Phase, Separator};
use crate::kernels::Step;
use crate::model::Acceleration;
use crate::times::Time;
use glam::{DMat3, DVec3};

/// First step of a phase [us]: short enough for any field, it only measures the speed.
const PROBE: f64 = 1.0;

/// Most by which a step may outgrow the one before.
const GROWTH: f64 = 1.5;

/// Parts that the parcel with the most of them takes of a step: the others take fewer, and what is the same for all, such as counting
/// and the round of a batch, is done that much less often.
const PARTS: f64 = 16.0;

/// The same where surfaces can fill: before the first cell arrives nothing says how fast they do.
const PARTS_FILLING: f64 = 2.0;

/// How much of a patch of a surface a step aims to fill at most: how much of it is free is known as it was at the start of the step.
const FILLED: f64 = 0.01;

/// How far a step may go, in the unit in which the back-end tells how far the last one went: parts of the parcel with the most of them,
/// or grid cells in a column.
fn goal(s: &Separator) -> f64 {
    match (&s.matrix, s.coverage) {
        (Some(_), _) => s.courant,
        (None, Some(_)) => PARTS_FILLING,
        (None, None) => PARTS,
    }
}

/// A phase on the clock of the run.
#[derive(Debug)]
struct Timed {
    end: Time,
    phase: Phase,
    /// Mean velocity of the fluid [um/us].
    mean: f64,
    /// Longest step that the flow alone allows [us].
    longest: f64,
}

/// Decides the lengths of steps.
#[derive(Debug)]
pub struct Pace {
    pub time: Time,
    pub steps: u64,
    pub dt: Time,
    /// When the parcels are counted next: never later than the end of the phase.
    pub next: Time,
    /// Shortest and longest step but for those that a count cut short [us].
    pub extremes: [f64; 2],
    /// How far the last batch went a time, in the unit of [`goal`] [1/us].
    speed: f64,
    /// Share of the patch that fills fastest, a time [1/us].
    filling: f64,
    /// How much of a patch a step aims to fill: no less than one parcel.
    filled: f64,
    phases: Vec<Timed>,
    current: usize,
    every: Time,
}

impl Pace {
    pub fn new(s: &Separator) -> Self {
        let whole = [Phase {
            length: s.duration,
            rate: s.stream.as_ref().map_or(0.0, |stream| stream.rate),
            magnets: true,
            outlet: 0,
        }];
        let given = if s.phases.is_empty() {
            &whole[..]
        } else {
            &s.phases
        };
        // parcels that have not entered have not been measured: the flow they will meet is known
        let flow = s.flow();
        let unit = match s.matrix {
            Some(_) => DVec3::from_array(s.grid().size),
            None => s.stride(flow.as_ref()),
        };
        let greatest = flow.map_or(0.0, |f| (f.greatest() / unit).max_element());
        let per_fluid = s.matrix.as_ref().map_or(1.0, |m| 1.0 / m.porosity);
        let (mut end, mut phases) = (Time::ZERO, Vec::new());
        for phase in given {
            end += phase.length;
            let mean = phase.rate / s.duct.section.area();
            let longest = goal(s) / (mean * greatest * per_fluid);
            phases.push(Timed {
                end,
                phase: *phase,
                mean,
                longest: longest.min(s.duration.us()),
            });
        }
        Self {
            time: Time::ZERO,
            steps: 0,
            dt: Time::from_us(PROBE),
            next: Time::ZERO.next(s.every, phases[0].end),
            extremes: [f64::INFINITY, 0.0],
            speed: 0.0,
            filling: 0.0,
            filled: FILLED.max(parcels_held(s).map_or(0.0, |(_, [patch, _])| 1.0 / patch)),
            phases,
            current: 0,
            every: s.every,
        }
    }

    /// Goes on by another programme, from the present time.
    pub fn follow(&mut self, s: &Separator) {
        let fresh = Self::new(s);
        let current = fresh.phases.iter().position(|p| self.time < p.end);
        self.current = current.unwrap_or(fresh.phases.len() - 1);
        self.phases = fresh.phases;
        self.next = self.time.next(self.every, self.now().end);
        (self.speed, self.filling, self.dt) = (0.0, 0.0, Time::from_us(PROBE));
    }

    fn now(&self) -> &Timed {
        &self.phases[self.current]
    }

    /// Whether the magnets are on.
    pub fn magnets(&self) -> bool {
        self.now().phase.magnets
    }

    /// Volume a time [um3/us].
    pub fn rate(&self) -> f64 {
        self.now().phase.rate
    }

    /// Mean velocity of the flow [um/us].
    pub fn flow(&self) -> f64 {
        self.now().mean
    }

    /// Whether what is held now comes off later.
    pub fn lets_go(&self) -> bool {
        self.phases[self.current + 1..].iter().any(|p| !p.phase.magnets)
    }

    /// After a count: to the next one, and into the next phase where this one is over. True where the magnets go off.
    pub fn go_on(&mut self) -> bool {
        let before = self.now().phase.magnets;
        let over = self.time >= self.now().end && self.current + 1 < self.phases.len();
        if over {
            self.current += 1;
            // neither the flow nor the field that was measured is there any more
            (self.speed, self.filling, self.dt) = (0.0, 0.0, Time::from_us(PROBE));
        }
        self.next = self.time.next(self.every, self.now().end);
        over && before && !self.now().phase.magnets
    }

    /// A step of no length at the present time.
    pub fn still(&self) -> Step {
        Step {
            number: self.steps as u32,
            time: self.time.us(),
            ..Step::still()
        }
    }

    /// Up to `most` steps, none beyond the next count; none if time stands still.
    pub fn plan(&mut self, s: &Separator, most: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        while steps.len() < most && self.time < self.next {
            let now = self.now();
            let (longest, flow) = (now.longest, now.mean);
            let (magnets, outlet) = (now.phase.magnets, now.phase.outlet);
            let left = self.next - self.time;
            let grown = self.dt.us() * GROWTH;
            let wish = (goal(s) / self.speed)
                .min(self.filled / self.filling)
                .min(grown)
                .min(longest);
            let (parts, growing) = (left.parts(Time::from_us(wish)), wish == grown);
            let dt = left.part(parts);
            if Time::from_us(wish) < Time::TICK {
                self.dt = Time::from_us(wish);
                return Vec::new();
            }
            if !growing {
                let dt = dt.us();
                self.extremes = [self.extremes[0].min(dt), self.extremes[1].max(dt)];
            }
            steps.push(Step {
                acceleration: Acceleration {
                    constant: s.gravity,
                    gradient: DMat3::ZERO,
                    omega: DVec3::ZERO,
                },
                dt: dt.us(),
                number: self.steps as u32,
                time: self.time.us(),
                flow,
                magnets,
                outlet,
            });
            self.steps += 1;
            self.dt = dt;
            self.time += dt;
        }
        steps
    }

    /// Learns from a finished batch how far the furthest parcel went. The longest step is where a parcel went furthest, but for one that
    /// a count cut short.
    pub fn learn(&mut self, steps: &[Step], stats: &BatchStats) {
        let longest = steps.iter().map(|step| step.dt).fold(0.0, f64::max);
        self.filling = stats.fullest / longest;
        self.speed = if stats.greatest.is_finite() {
            stats.greatest / longest
        } else {
            0.0
        };
    }
}
