//! How long the steps of a run were.

use crate::constants::SECOND;
use crate::engine::Outcome;

/// Lengths of the time steps of a run [s]; none where there was no such step.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TimeStep {
    /// Simulated time over the number of steps, all of them.
    pub mean_s: Option<f64>,
    /// Shortest. Steps at the start, which grow to their length, do not count here and below.
    pub shortest_s: Option<f64>,
    /// Longest.
    pub longest_s: Option<f64>,
}

impl TimeStep {
    /// Of a finished run.
    pub fn of(outcome: &Outcome) -> Self {
        let seconds = |t: f64| (t.is_finite() && t > 0.0).then_some(t / SECOND);
        Self {
            mean_s: (outcome.steps > 0).then(|| outcome.time / SECOND / outcome.steps as f64),
            shortest_s: seconds(outcome.step[0]),
            longest_s: seconds(outcome.step[1]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_run_and_of_none() {
        let run = Outcome {
            steps: 50,
            time: 40.0 * SECOND,
            step: [0.25 * SECOND, 2.0 * SECOND],
            ..Outcome::default()
        };
        let found = TimeStep::of(&run);
        assert_eq!(
            [found.mean_s, found.shortest_s, found.longest_s],
            [Some(0.8), Some(0.25), Some(2.0)]
        );
        // no step but those that grow
        let none = Outcome {
            step: [f64::INFINITY, 0.0],
            ..Outcome::default()
        };
        assert_eq!(TimeStep::of(&none), TimeStep::default());
    }
}
