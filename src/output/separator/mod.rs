//! What a separator's run leaves behind: a table, `summary.json`, `counts.csv`, `surface.csv` and `mobility.csv`.

pub mod csv;
pub mod summary;
pub mod table;

use super::TimeStep;
use crate::constants::SECOND;
use crate::engine::{Separated, Separator};
use crate::observe::{Separation, Steady};

/// A finished run and what was observed of it.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a> {
    /// What was run.
    pub separator: &'a Separator,
    /// How it went.
    pub run: &'a Separated,
    /// What came of it.
    pub separation: &'a Separation,
    /// Whether it became steady.
    pub steady: Option<&'a Steady>,
}

impl Finished<'_> {
    /// How long the steps were.
    pub fn time_step(&self) -> TimeStep {
        let seconds = |t: f64| (t.is_finite() && t > 0.0).then_some(t / SECOND);
        TimeStep {
            mean_s: (self.run.steps > 0).then(|| self.run.time / SECOND / self.run.steps as f64),
            shortest_s: seconds(self.run.step[0]),
            longest_s: seconds(self.run.step[1]),
        }
    }

    /// Names of the species.
    pub fn names(&self) -> Vec<&str> {
        self.separator
            .components
            .iter()
            .map(|c| c.component.species.name.as_str())
            .collect()
    }
}
