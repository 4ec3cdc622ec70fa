//! What a separator's run leaves behind: a table, `summary.json`, `counts.csv`, `surface.csv` and `mobility.csv`.

pub mod csv;
pub mod summary;
pub mod table;

use super::TimeStep;
use crate::constants::SECOND;
use crate::engine::{Attraction, Separated, Separator};
use crate::kernels::passage::{HELD, MATRIX};
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

    /// How full the matrix of a column was when the magnets first went off, or at the end, as a share of the cells that it
    /// holds, and these; none where that is not known.
    pub fn filled(&self) -> Option<(f64, f64)> {
        let s = self.separator;
        let capacity = s.matrix.as_ref()?.capacity?;
        let parts = match &self.separation.released {
            Some(before) => &before.fractions,
            None => &self.separation.fractions,
        };
        let held = parts.iter().find(|p| p.place.fate == HELD + MATRIX)?;
        let area = |k: usize| s.components[k].component.species.diameter.powi(2);
        let is_bead = |k: usize| matches!(s.components[k].attraction, Attraction::FreeBead { .. });
        let pulled = |k: &usize| !is_bead(*k) && s.components[*k].attraction != Attraction::None;
        let cells = &self.separation.cells;
        let of = |weigh: &dyn Fn(usize) -> f64| (0..cells.len()).filter(pulled).map(weigh).sum::<f64>();
        let (number, place) = (of(&|k| cells[k]), of(&|k| cells[k] * area(k)));
        let taken: f64 = held
            .species
            .iter()
            .enumerate()
            .map(|(k, c)| match is_bead(k) && number > 0.0 {
                true => c.cells * area(k) * number / place,
                false => c.cells,
            })
            .sum();
        Some((taken / capacity, capacity))
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
