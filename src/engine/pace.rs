//! The lengths of a separator's steps, and the phases of its programme.

use super::separator::{Phase, STRIDE, Separator};
use crate::kernels::Step;
use crate::model::Acceleration;
use crate::times::SLIVER;
use glam::{DMat3, DVec3};

/// First step of a phase [us]: short enough for any field, it only measures the speed.
const PROBE: f64 = 1.0;

/// Most by which a step may outgrow the one before.
const GROWTH: f64 = 1.5;

/// Parts that the parcel with the most of them takes of a step: the others take fewer, and what is the same for all, such as counting
/// and the round of a batch, is done that much less often.
const PARTS: f64 = 16.0;

/// The same where surfaces can fill: how much of them is free is known as it was at the start of a step. A quarter of a part is as far as
/// [`Separator::courant`] says.
const PARTS_FILLING: f64 = 1.0 / STRIDE;

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
    /// When it ends [us].
    end: f64,
    phase: Phase,
    /// Mean velocity of the fluid [um/us].
    mean: f64,
    /// Longest step that the flow alone allows [us].
    longest: f64,
}

/// The first multiple of `every` after `time` [us], or the `end` of the phase if that comes before: counts fall on round times whatever
/// the phases are. A multiple that is as good as now or as good as the end is none of its own.
fn due(time: f64, every: f64, end: f64) -> f64 {
    let round = ((time / every + SLIVER).floor() + 1.0) * every;
    if round < end - SLIVER * every { round } else { end }
}

/// Decides the lengths of steps.
#[derive(Debug)]
pub struct Pace {
    pub time: f64,
    pub steps: u64,
    pub dt: f64,
    /// When the parcels are counted next [us]: never later than the end of the phase.
    pub next: f64,
    /// Shortest and longest step but for those that a count cut short [us].
    pub extremes: [f64; 2],
    /// How far the last batch went a time, in the unit of [`goal`] [1/us].
    speed: f64,
    phases: Vec<Timed>,
    current: usize,
    every: f64,
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
        let (mut end, mut phases) = (0.0, Vec::new());
        for (i, phase) in given.iter().enumerate() {
            end += phase.length;
            let mean = phase.rate / s.duct.section.area();
            let longest = goal(s) / (mean * greatest * per_fluid);
            phases.push(Timed {
                end: if i + 1 == given.len() { s.duration } else { end },
                phase: *phase,
                mean,
                longest: longest.min(s.duration),
            });
        }
        Self {
            time: 0.0,
            steps: 0,
            dt: PROBE,
            next: due(0.0, s.every, phases[0].end),
            extremes: [f64::INFINITY, 0.0],
            speed: 0.0,
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
        self.next = due(self.time, self.every, self.now().end);
        (self.speed, self.dt) = (0.0, PROBE);
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
            (self.speed, self.dt) = (0.0, PROBE);
        }
        self.next = due(self.time, self.every, self.now().end);
        over && before && !self.now().phase.magnets
    }

    /// A step of no length at the present time.
    pub fn still(&self) -> Step {
        Step {
            number: self.steps as u32,
            time: self.time,
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
            let wish = (goal(s) / self.speed).min(self.dt * GROWTH).min(longest);
            let dt = left / (left / wish).ceil().max(1.0);
            if !(dt > 0.0 && self.time + dt > self.time) {
                self.dt = dt;
                return Vec::new();
            }
            if wish < self.dt * GROWTH {
                // no longer growing
                self.extremes = [self.extremes[0].min(dt), self.extremes[1].max(dt)];
            }
            steps.push(Step {
                acceleration: Acceleration {
                    constant: s.gravity,
                    gradient: DMat3::ZERO,
                    omega: DVec3::ZERO,
                },
                dt,
                number: self.steps as u32,
                time: self.time,
                flow,
                magnets,
                outlet,
            });
            self.steps += 1;
            self.dt = dt;
            self.time = if dt >= left { self.next } else { self.time + dt };
        }
        steps
    }

    /// Learns from a finished batch how far the furthest parcel went. The longest step is where a parcel went furthest, but for one that
    /// a count cut short.
    pub fn learn(&mut self, steps: &[Step], greatest: f64) {
        let longest = steps.iter().map(|step| step.dt).fold(0.0, f64::max);
        self.speed = if greatest.is_finite() {
            greatest / longest
        } else {
            0.0
        };
    }
}

#[cfg(test)]
mod tests {
    use super::due;

    /// By hand; 0.1 summed three times is a little more than 0.3, and still the third count.
    #[test]
    fn counts_are_due_on_round_times() {
        assert_eq!(due(0.0, 10.0, 1e3), 10.0);
        assert_eq!(due(10.0, 10.0, 1e3), 20.0);
        assert_eq!(due(73.742, 10.0, 1e3), 80.0);
        assert_eq!(due(70.0, 10.0, 73.742), 73.742);
        assert_eq!(due(0.1 + 0.1 + 0.1, 0.1, 1.0), 0.4);
        assert_eq!(due(0.3 - 1e-16, 0.1, 1.0), 0.4);
        // a tenth that was read as a little less or more: no count a rounding before the end, and none after it
        for end in [1.0 - 1e-9, 1.0 + 1e-9] {
            assert_eq!(due(0.9, 0.1, end), end);
            assert_eq!(due(end, 0.1, 2.0), 11.0 * 0.1);
        }
        // the last of 40 intervals ends at the end
        let end = 118.904862;
        assert_eq!(
            due(39.0 / 40.0 * end, end / 40.0, end * (1.0 + 1e-15)),
            end * (1.0 + 1e-15)
        );
    }
}
