//! The table of a separator's field: as fine as its error asks for, within bounds.

use crate::Error;
use crate::magnets::Table;
use crate::scenario::Scene;
use crate::units::{counted, digits};

/// Error of the tabulated force at which a grid is fine enough, relative, at the worst of the points where it is measured.
pub(super) const TABLE_ERROR: f64 = 0.01;

/// Nodes of a table up to which the grid is refined by itself: 128 MB, as much as every graphics driver binds.
const MOST_NODES: f64 = 8e6;

/// Cells along an axis at most where the grid is refined by itself. A step hardly depends on their size; they take memory and time to
/// fill.
const MOST_CELLS: u32 = 2000;

/// Rounds of refinement: each doubles an axis at most.
const ROUNDS: u32 = 12;

/// What ends the refinement of a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bound {
    Nodes,
    Cells,
    Rounds,
}

impl Bound {
    /// What it comes to, where there may be so many nodes.
    fn words(self, most_nodes: f64) -> String {
        match self {
            Self::Nodes if most_nodes >= 1e6 => format!("{} million nodes", digits(most_nodes / 1e6, 3)),
            Self::Nodes => counted(most_nodes, "node"),
            Self::Cells => format!("{} along an axis", counted(MOST_CELLS, "cell")),
            Self::Rounds => counted(ROUNDS, "round") + " of refinement",
        }
    }
}

impl Scene {
    /// The field as a table, none without magnets. Where the scene gives no grid, it is refined until the table's worst error, on the walls
    /// too, is small enough, or until it meets a bound on nodes, cells along an axis or rounds, which the forecast then names.
    ///
    /// # Errors
    /// [`Error::Input`] where the duct reaches into a magnet or out of a map.
    pub fn tabulate(&mut self) -> Result<Option<Table>, Error> {
        self.tabulate_within(MOST_NODES)
    }

    /// The same with no more than so many nodes.
    pub(in super::super) fn tabulate_within(&mut self, most: f64) -> Result<Option<Table>, Error> {
        let mut table = self.setup.table();
        self.stopped = None;
        if self.grid_given {
            return Ok(table?);
        }
        let mut full = false;
        for round in 0..=ROUNDS {
            let before = self.setup.cells;
            let (error, wish) = match &table {
                Ok(None) => break,
                Ok(Some(t)) if t.error().force_max <= TABLE_ERROR => {
                    self.stopped = None;
                    break;
                }
                Ok(Some(t)) => (t.error().force_max, t.advice(0.8 * TABLE_ERROR)),
                // a cell may be too coarse to tell a magnet beside the duct from one inside
                Err(_) => (f64::INFINITY, before.map(|c| 2 * c)),
            };
            let (cells, bound) = if full {
                (shared(before, wish, most), Bound::Nodes)
            } else {
                refined(before, wish, most)
            };
            self.stopped = Some(bound.words(most));
            if cells == before || round == ROUNDS {
                break;
            }
            self.setup.cells = cells;
            let other = std::mem::replace(&mut table, self.setup.table());
            if full {
                if !matches!(&table, Ok(Some(t)) if t.error().force_max < error) {
                    (self.setup.cells, table) = (before, other);
                }
                break;
            }
            full = bound == Bound::Nodes;
        }
        Ok(table?)
    }
}

fn nodes(cells: [u32; 3]) -> f64 {
    cells.iter().map(|n| f64::from(*n) + 1.0).product()
}

/// The next grid towards the one that is wished for, and the bound that it met. No axis is more than doubled at once: where a field changes
/// within a cell, what it would take is not known yet, and an axis that was made too fine would leave no nodes for the others. Where the
/// nodes run out, every axis goes as much of its way.
fn refined(before: [u32; 3], wish: [u32; 3], most_nodes: f64) -> ([u32; 3], Bound) {
    let most = |k: usize| MOST_CELLS.max(before[k]);
    let bound = if (0..3).any(|k| wish[k] > most(k)) {
        Bound::Cells
    } else {
        Bound::Rounds
    };
    let cells = std::array::from_fn(|k| wish[k].clamp(before[k], (2 * before[k]).min(most(k))));
    if nodes(cells) <= most_nodes {
        return (cells, bound);
    }
    let on_the_way = |part: f64| -> [u32; 3] {
        std::array::from_fn(|k| {
            let (from, to) = (f64::from(before[k]), f64::from(cells[k]));
            (from * (to / from).powf(part)) as u32
        })
    };
    let parts = (0..=100).rev().map(|k| f64::from(k) / 100.0);
    let cells = parts
        .map(on_the_way)
        .find(|c| nodes(*c) <= most_nodes)
        .unwrap_or(before);
    (cells, Bound::Nodes)
}

/// As many nodes as there may be, shared among the axes as the wish has it: what each needs is known once the field is resolved.
fn shared(before: [u32; 3], wish: [u32; 3], most_nodes: f64) -> [u32; 3] {
    let scaled = |part: f64| -> [u32; 3] {
        std::array::from_fn(|k| ((f64::from(wish[k]) * part) as u32).clamp(1, MOST_CELLS.max(before[k])))
    };
    let parts = (1..=200).rev().map(|k| f64::from(k) / 200.0);
    parts
        .map(scaled)
        .find(|c| nodes(*c) <= most_nodes)
        .unwrap_or(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page about separators names the bounds that there are.
    #[test]
    fn bounds_are_those_of_the_page() {
        let page = include_str!("../../../docs/separators.md");
        for bound in [Bound::Nodes, Bound::Cells, Bound::Rounds] {
            let words = bound.words(MOST_NODES);
            assert!(page.contains(&words), "{words}");
        }
        let percent = format!("below {} %", digits(100.0 * TABLE_ERROR, 3));
        assert!(page.contains(&percent), "{percent}");
    }
}
