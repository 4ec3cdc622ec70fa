//! How long the steps of a run were, from what it tells while it goes on.

use crate::constants::SECOND;
use crate::engine::Event;

/// While a step grows to its length (from a microsecond, by half each step), a batch's last one exceeds that of the batch
/// before by more than this factor.
const GROWING: f64 = 1.4;

/// Lengths of the time steps of a run [s]; none before there was a step.
///
/// Shortest and longest are those of the last steps of batches, which is what the run tells. The first batches, in which
/// the step grows to its length, do not count unless there are no others.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TimeStep {
    /// Simulated time over the number of steps, all of them.
    pub mean_s: Option<f64>,
    /// Shortest.
    pub shortest_s: Option<f64>,
    /// Longest.
    pub longest_s: Option<f64>,
}

/// Listens to a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    grown: bool,
    last: f64,
    so_far: TimeStep,
}

impl TimeStep {
    /// What listens to the events of a run.
    pub fn watch() -> Watch {
        Watch::default()
    }
}

impl Watch {
    /// Takes notice of an event.
    pub fn event(&mut self, event: &Event) {
        let Event::Progress { time, steps, dt } = event else {
            return;
        };
        let dt = dt / SECOND;
        // a single first step has nothing before it to be compared with
        let growing = !self.grown && (self.last == 0.0 || dt > GROWING * self.last);
        let first = !self.grown;
        self.grown |= !growing;
        self.last = dt;
        let of = |old: Option<f64>, pick: fn(f64, f64) -> f64| match old {
            Some(old) if !first => Some(pick(old, dt)),
            _ => Some(dt),
        };
        self.so_far = TimeStep {
            mean_s: (*steps > 0).then(|| time / SECOND / *steps as f64),
            shortest_s: of(self.so_far.shortest_s, f64::min),
            longest_s: of(self.so_far.longest_s, f64::max),
        };
    }

    /// What was seen so far.
    pub fn seen(self) -> TimeStep {
        self.so_far
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(batches: &[(f64, u64, f64)]) -> TimeStep {
        let mut watch = TimeStep::watch();
        watch.event(&Event::Warning("not a step".into()));
        for &(time, steps, dt) in batches {
            watch.event(&Event::Progress {
                time: time * SECOND,
                steps,
                dt: dt * SECOND,
            });
        }
        watch.seen()
    }

    #[test]
    fn growth_does_not_count() {
        assert_eq!(seen(&[]), TimeStep::default());
        // one step of a microsecond, eight that grow, then steps of a quarter to two seconds
        let found = seen(&[
            (1e-6, 1, 1e-6),
            (1e-4, 9, 4e-5),
            (2.0, 17, 0.5),
            (6.0, 25, 0.4),
            (8.0, 33, 0.25),
            (24.0, 41, 2.0),
            (40.0, 50, 1.0),
        ]);
        let near = |x: Option<f64>, y: f64| x.is_some_and(|x| (x / y - 1.0).abs() < 1e-12);
        assert!(near(found.mean_s, 0.8), "{found:?}");
        assert!(
            near(found.shortest_s, 0.25) && near(found.longest_s, 2.0),
            "{found:?}"
        );
    }

    /// A run that ends while its step still grows has had the last of them.
    #[test]
    fn a_short_run_has_its_last_step() {
        let found = seen(&[(1e-6, 1, 1e-6), (1e-4, 9, 4e-5)]);
        assert!(
            found.shortest_s == found.longest_s && found.shortest_s.is_some(),
            "{found:?}"
        );
    }
}
