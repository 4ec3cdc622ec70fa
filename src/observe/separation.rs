//! What a separator has done to its cells: how many of each are where, how pure, and how long they took. Free beads are no cells:
//! they are counted by themselves.

use super::chance::{self, Known};
use crate::chamber::duct::{IN_THE_MATRIX, INSIDE, NOT_YET_IN};
use crate::engine::{Census, Fates, Feed, Outcome, Setup};
use crate::kernels::passage::{FREE, HELD, MATRIX, OUT, WAITING};
use crate::model::{MagneticResponse, Parcels};

/// What has become of a part of the cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Number, as `kernels::passage` has it.
    pub fate: u32,
    /// Name: of a surface, an outlet, `inside`, `not yet in`.
    pub name: String,
    /// Whether it ends a cell's way, so that there is something to harvest.
    pub end: bool,
}

/// All places that a cell of this separator can come to: its outlets, the surfaces that hold, inside, not yet in.
pub fn places(s: &Setup, outlets: &[String]) -> Vec<Place> {
    let mut out: Vec<Place> = (0..s.outlets())
        .map(|i| Place {
            fate: OUT + i as u32,
            name: outlets
                .get(i)
                .cloned()
                .unwrap_or_else(|| format!("outlet {}", i + 1)),
            end: true,
        })
        .collect();
    let h = s.holding;
    let holds = [h.inner, h.outer, h.low_y, h.high_y, h.end];
    for (i, (name, holds)) in s.duct().section.surfaces().into_iter().zip(holds).enumerate() {
        if let (Some(name), true) = (name, holds) {
            out.push(Place {
                fate: HELD + i as u32,
                name: name.to_owned(),
                end: true,
            });
        }
    }
    if s.matrix.is_some() {
        out.push(Place {
            fate: HELD + MATRIX,
            name: IN_THE_MATRIX.to_owned(),
            end: true,
        });
    }
    let mut other = |fate, name: &str| {
        out.push(Place {
            fate,
            name: name.to_owned(),
            end: false,
        });
    };
    other(FREE, INSIDE);
    if matches!(s.ports.feed, Feed::Inlets { .. }) {
        other(WAITING, NOT_YET_IN);
    }
    out
}

/// One species in one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Parcels.
    pub parcels: u64,
    /// Real cells; none of free beads.
    pub cells: f64,
    /// Free beads; none of cells.
    pub beads: f64,
    /// Share of all of this species.
    pub recovery: f64,
    /// Between which two shares it lies, in 19 of 20 runs ([`chance::share`]).
    pub recovery_range: [f64; 2],
    /// Share of the cells that are there; none where there is none, and of free beads.
    pub purity: Option<f64>,
    /// As [`Content::recovery_range`].
    pub purity_range: Option<[f64; 2]>,
    /// Purity over that of the sample; none where no cell is, or where the sample has none of the species.
    pub enrichment: Option<f64>,
    /// As [`Content::recovery_range`].
    pub enrichment_range: Option<[f64; 2]>,
    /// Decimal logarithm of the species in the sample over those here; where no parcel is here it is more than this, in 19 of
    /// 20 runs. None where none was put in: nothing can be depleted of what was not there.
    pub depletion: Option<f64>,
    /// As [`Content::recovery_range`]; without an upper end where no parcel is here.
    pub depletion_range: Option<(f64, Option<f64>)>,
    /// Times that 10, 50 and 90 % of them took from entering to here [us].
    pub took: Option<[f64; 3]>,
}

/// What is in one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Fraction {
    /// Where.
    pub place: Place,
    /// By component.
    pub species: Vec<Content>,
    /// All cells.
    pub cells: f64,
    /// All free beads.
    pub beads: f64,
    /// Times that 10, 50 and 90 % of all cells took from entering to here [us]; free beads are not among them.
    pub took: Option<[f64; 3]>,
}

/// What surfaces held when the magnets first went off.
#[derive(Clone, Debug, PartialEq)]
pub struct Released {
    /// When [us].
    pub time: f64,
    /// By surface, in the order of [`places`].
    pub fractions: Vec<Fraction>,
}

/// The separation.
#[derive(Clone, Debug, PartialEq)]
pub struct Separation {
    /// By place, in the order of [`places`].
    pub fractions: Vec<Fraction>,
    /// What was caught, where it was let go again; none if the magnets never went off.
    pub released: Option<Released>,
    /// Parcels that were put in, by component.
    pub parcels: Vec<u64>,
    /// Cells that were put in, by component; none of free beads.
    pub cells: Vec<f64>,
    /// Free beads that were put in, by component; none of cells.
    pub beads: Vec<f64>,
    /// Share of a species without a bead, where it has beads, by component; of its parcels.
    pub without: Vec<Option<f64>>,
    /// Cells fed a second, without free beads; none where the sample filled the duct.
    pub throughput: Option<f64>,
    /// True if the places hold as many parcels of every species as were put in.
    pub conserved: bool,
}

impl Separation {
    /// Takes stock of a run that has ended.
    pub fn of(s: &Setup, charge: &Parcels, run: &Outcome, outlets: &[String]) -> Self {
        let (parcels, count) = (charge.counts(), charge.weight.len());
        let free: Vec<bool> = (0..count)
            .map(|k| s.components.get(k).is_some_and(|c| c.response.is_free_bead()))
            .collect();
        let put_in = |beads: bool| -> Vec<f64> {
            let each = parcels.iter().zip(&charge.weight).zip(&free);
            each.map(|((n, w), free)| if *free == beads { *n as f64 * w } else { 0.0 })
                .collect()
        };
        let (cells, beads) = (put_in(false), put_in(true));
        let census: Vec<Census> = run.counts.last().map(|c| c.1.clone()).unwrap_or_default();
        let stock = Stock {
            charge,
            parcels: &parcels,
            cells: &cells,
            free: &free,
        };
        let places = places(s, outlets);
        let fractions: Vec<Fraction> = places
            .iter()
            .map(|place| {
                let here = |k: usize| census.get(k).map_or(0, |c| c[place.fate as usize]);
                stock.fraction(place, &run.fates, here)
            })
            .collect();
        let released = run.held.as_ref().map(|held| Released {
            time: held.time,
            fractions: places
                .iter()
                .filter(|p| (HELD..OUT).contains(&p.fate))
                .map(|place| {
                    let mut here = vec![0u64; count];
                    for (fate, kind) in held.fates.fate.iter().zip(&charge.kind) {
                        here[*kind as usize] += u64::from(*fate == place.fate);
                    }
                    stock.fraction(place, &held.fates, |k| here[k])
                })
                .collect(),
        });
        let conserved =
            (0..count).all(|k| fractions.iter().map(|f| f.species[k].parcels).sum::<u64>() == parcels[k]);
        let without = (0..count)
            .map(|k| {
                let mine = || {
                    charge
                        .kind
                        .iter()
                        .zip(&charge.beads)
                        .filter(|(c, _)| **c as usize == k)
                };
                let bare = mine().filter(|(_, beads)| **beads == 0).count();
                let labelled = s
                    .components
                    .get(k)
                    .is_some_and(|c| matches!(c.response, crate::model::MagneticResponse::Beads { .. }));
                labelled.then(|| share(bare as u64, parcels[k]))
            })
            .collect();
        let throughput = s
            .feeding()
            .map(|over| cells.iter().sum::<f64>() / (over / crate::constants::SECOND));
        Self {
            fractions,
            released,
            parcels,
            cells,
            beads,
            without,
            throughput,
            conserved,
        }
    }

    /// Whether a component are free beads.
    pub fn is_free_bead(&self, k: usize) -> bool {
        self.beads.get(k).is_some_and(|n| *n > 0.0)
    }

    /// How full the matrix of a column was when the magnets first went off, or at the end, as a share of the cells that it
    /// holds, and these; none where that is not known.
    pub fn filled(&self, setup: &Setup) -> Option<(f64, f64)> {
        let capacity = setup.matrix.as_ref()?.capacity?;
        let parts = match &self.released {
            Some(before) => &before.fractions,
            None => &self.fractions,
        };
        let held = parts.iter().find(|p| p.place.fate == HELD + MATRIX)?;
        let component = |k: usize| &setup.components[k];
        let area = |k: usize| component(k).species.diameter.powi(2);
        let is_bead = |k: usize| component(k).response.is_free_bead();
        let pulled = |k: &usize| !is_bead(*k) && component(*k).response != MagneticResponse::None;
        let of = |weigh: &dyn Fn(usize) -> f64| (0..self.cells.len()).filter(pulled).map(weigh).sum::<f64>();
        let (number, place) = (of(&|k| self.cells[k]), of(&|k| self.cells[k] * area(k)));
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

    /// Share of a component among the cells that were put in; zero where there is none.
    pub fn purity_before(&self, k: usize) -> f64 {
        let all: f64 = self.cells.iter().sum();
        if all > 0.0 { self.cells[k] / all } else { 0.0 }
    }
}

/// What was put in, to compare with.
struct Stock<'a> {
    charge: &'a Parcels,
    parcels: &'a [u64],
    cells: &'a [f64],
    /// Which components are free beads.
    free: &'a [bool],
}

impl Stock<'_> {
    /// What is in a place, with `here` parcels of each component.
    fn fraction(&self, place: &Place, fates: &Fates, here: impl Fn(usize) -> u64) -> Fraction {
        let (count, put_in) = (self.parcels.len(), self.cells);
        let all: f64 = put_in.iter().sum();
        let weigh = |k: usize| here(k) as f64 * self.charge.weight[k];
        let of = |free: bool| -> f64 { (0..count).filter(|k| self.free[*k] == free).map(weigh).sum() };
        let (whole, beads) = (of(false), of(true));
        let known = |k: usize| Known::cells(here(k), self.parcels[k], self.charge.weight[k]);
        let mut times = Times::of(self.charge, fates, place);
        let species = (0..count)
            .map(|k| {
                let some = whole > 0.0 && !self.free[k];
                let purity = some.then(|| weigh(k) / whole);
                let purity_range = some.then(|| {
                    let others = (0..count).filter(|j| *j != k && !self.free[*j]);
                    chance::part(known(k), Known::sum(others.map(known)))
                });
                let enriched = |purity: f64| purity / (put_in[k] / all);
                let [low, high] = chance::share(here(k), self.parcels[k]);
                let depleted = |share: f64| (1.0 / share).log10();
                let there = self.parcels[k] > 0;
                Content {
                    parcels: here(k),
                    cells: if self.free[k] { 0.0 } else { weigh(k) },
                    beads: if self.free[k] { weigh(k) } else { 0.0 },
                    recovery: share(here(k), self.parcels[k]),
                    recovery_range: [low, high],
                    purity,
                    purity_range,
                    enrichment: purity.filter(|_| put_in[k] > 0.0).map(enriched),
                    enrichment_range: purity_range
                        .filter(|_| put_in[k] > 0.0)
                        .map(|range| range.map(enriched)),
                    depletion: there.then(|| match here(k) {
                        0 => depleted(high),
                        n => depleted(share(n, self.parcels[k])),
                    }),
                    depletion_range: there.then(|| (depleted(high), (low > 0.0).then(|| depleted(low)))),
                    took: times.quantiles(|j| j == k),
                }
            })
            .collect();
        Fraction {
            species,
            cells: whole,
            beads,
            took: times.quantiles(|j| !self.free[j]),
            place: place.clone(),
        }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// How long the cells of a place took to get there, with the cells that each parcel stands for.
struct Times(Vec<(f32, usize, f64)>);

impl Times {
    fn of(charge: &Parcels, fates: &Fates, place: &Place) -> Self {
        if !place.end {
            return Self(Vec::new());
        }
        let fates = fates.fate.iter().zip(&fates.clock).zip(&charge.kind);
        let mut list: Vec<(f32, usize, f64)> = fates
            .filter(|((fate, _), _)| **fate == place.fate)
            .map(|((_, clock), kind)| {
                let k = *kind as usize;
                (clock[1] - clock[0], k, charge.weight[k])
            })
            .collect();
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(list)
    }

    /// Of some components.
    fn quantiles(&mut self, of: impl Fn(usize) -> bool) -> Option<[f64; 3]> {
        let mine = || self.0.iter().filter(|t| of(t.1));
        let whole: f64 = mine().map(|t| t.2).sum();
        if whole <= 0.0 {
            return None;
        }
        let at = |part: f64| {
            let mut sum = 0.0;
            let found = mine().find(|t| {
                sum += t.2;
                sum >= part * whole
            });
            found.or(mine().next_back()).map_or(0.0, |t| f64::from(t.0))
        };
        Some([at(0.1), at(0.5), at(0.9)])
    }
}

#[cfg(test)]
#[path = "separation_tests.rs"]
mod tests;
