//! What a separator's run leaves behind: a table, `summary.json`, `counts.csv`, `surface.csv` and `mobility.csv`.

pub mod csv;
pub mod summary;
pub mod table;

use super::TimeStep;
use crate::constants::SECOND;
use crate::engine::{Outcome, Setup};
use crate::kernels::passage::{FREE, HELD, MATRIX, WAITING};
use crate::model::MagneticResponse;
use crate::observe::{Separation, Steady};
use crate::units::digits;

/// A finished run and what was observed of it.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a> {
    /// What was run.
    pub separator: &'a Setup,
    /// How it went.
    pub run: &'a Outcome,
    /// What came of it.
    pub separation: &'a Separation,
    /// Whether it became steady.
    pub steady: Option<&'a Steady>,
    /// What was warned of before it ran; what its end has to be warned of is in [`Finished::warnings`].
    pub doubts: &'a [String],
    /// What it leaves out, takes as ideal and rests on.
    pub notes: &'a [String],
}

/// Share of what a matrix holds from which on it is said to be full.
const FULL: f64 = 0.99;

/// Share of the parcels that may be inside at the end of a run with a flow; some creep along a wall.
const STILL_INSIDE: f64 = 0.01;

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
        let area = |k: usize| s.components[k].species.diameter.powi(2);
        let is_bead = |k: usize| s.components[k].response.is_free_bead();
        let pulled = |k: &usize| !is_bead(*k) && s.components[*k].response != MagneticResponse::None;
        let cells = &self.separation.cells;
        let of = |weigh: &dyn Fn(usize) -> f64| (0..cells.len()).filter(pulled).map(weigh).sum::<f64>();
        let (number, place) = (of(&|k| cells[k]), of(&|k| cells[k] * area(k)));
        let taken: f64 = held
            .species
            .iter()
            .enumerate()
            .map(|(k, c)| match is_bead(k) && number > 0.0 {
                true => c.beads * area(k) * number / place,
                // of beads alone each takes a place
                false => c.cells + c.beads,
            })
            .sum();
        Some((taken / capacity, capacity))
    }

    /// All that has to be warned of: before the run, and of how it ended.
    pub fn warnings(&self) -> Vec<String> {
        let mut out = self.doubts.to_vec();
        if let Some((part, cells)) = self.filled().filter(|full| full.0 >= FULL) {
            out.push(format!(
                "the matrix became full ({} % of the {cells:.3e} cells that it holds): what came later passed it",
                digits(100.0 * part, 3)
            ));
        }
        let left = |fate: u32| {
            let of = self.separation.fractions.iter().find(|f| f.place.fate == fate);
            of.map_or(0, |f| f.species.iter().map(|c| c.parcels).sum::<u64>())
        };
        let all: u64 = self.separation.parcels.iter().sum();
        let waiting = left(WAITING);
        if waiting > 0 {
            out.push(format!(
                "the run ended before the feed: {waiting} of {all} parcels had not come in"
            ));
        }
        let inside = left(FREE);
        if self.separator.stream.is_some() && inside as f64 > STILL_INSIDE * all as f64 {
            out.push(format!(
                "the run ended with {inside} of {all} parcels inside, on their way or back at the inlet"
            ));
        }
        if !self.separation.conserved {
            out.push("the counts do not add up to the parcels put in".into());
        }
        out
    }

    /// Names of the species.
    pub fn names(&self) -> Vec<&str> {
        self.separator
            .components
            .iter()
            .map(|c| c.species.name.as_str())
            .collect()
    }
}
