//! Whether what leaves a separator has become steady while it was fed: each species by itself, and all cells together. Free beads
//! are species of their own, but not among the cells.

use crate::engine::{Feed, Outcome, Setup};
use crate::kernels::passage::{FATES, HELD};
use crate::model::Parcels;

/// Shares of the feeding time at whose end the rates are averaged, and into which it is cut.
const WINDOWS: usize = 20;
const LAST: usize = 5;

/// By how much a window's rate may differ from the mean of the last ones, as a share of what is fed.
const TOLERANCE: f64 = 0.03;

/// Standard deviations that chance is granted on top: starts are spread evenly, so it is at most that of a count.
const CHANCE: f64 = 3.0;

/// The steady state of the cells that leave or are held.
#[derive(Clone, Debug, PartialEq)]
pub struct Steady {
    /// From when on every species, and all cells together, come to all places at the rates of the end of the feed, and as many
    /// as are fed [us]; none if that holds for only the last quarter of the feeding time or less, or for one of them never.
    pub since: Option<f64>,
    /// Cells a second by fate in the last quarter of the feeding time; free beads are none.
    pub rate: Vec<f64>,
    /// Cells fed a second.
    pub fed: f64,
    /// The same for each component.
    pub species: Vec<SteadySpecies>,
}

/// The steady state of one species.
#[derive(Clone, Debug, PartialEq)]
pub struct SteadySpecies {
    /// From when on its rates at all places stay near their means at the end of the feed [us]; as [`Steady::since`].
    pub since: Option<f64>,
    /// Cells or free beads a second by fate in the last quarter of the feeding time.
    pub rate: Vec<f64>,
    /// Cells or free beads fed a second; zero for a component without a parcel, of which nothing is said.
    pub fed: f64,
    /// What a change of a rate has to be above to be seen, as a share of what is fed of the species [1]: 3 %, and the noise of
    /// its parcels if all of them came to one place. Above one nothing can be seen.
    pub within: f64,
}

/// Arrivals by fate and window: cells, and the sum of the squares of their parcels' weights, which is the variance of a count.
type Arrivals = Vec<[(f64, f64); WINDOWS]>;

/// Looks for a steady state; none where nothing is fed, or the pump changes while it feeds.
///
/// The feeding time is cut into twentieths. From each on, the rate at which cells come to each place has to stay near the mean
/// of the last five: within 3 % of the feed, one parcel, and three standard deviations of the difference of a count of parcels
/// from the mean of five others. And as many have to come as are fed, as near: while the duct still fills up nothing is steady,
/// however even the rates are. A rare species is a few hundredths of all cells, so it is held to its own feed and its own
/// noise; with few parcels that noise is large (see [`SteadySpecies::within`]).
pub fn steady(s: &Setup, charge: &Parcels, run: &Outcome) -> Option<Steady> {
    let Feed::Inlets { over: feeding } = s.ports.feed else {
        return None;
    };
    if s.enters(feeding) != feeding {
        // with a pump that changes while it feeds there is no steady state
        return None;
    }
    // a run may end before the feed does
    let over = feeding.min(run.time);
    let window = over / WINDOWS as f64;
    if window <= 0.0 || charge.is_empty() {
        return None;
    }
    let count = charge.weight.len();
    let mut came: Vec<Arrivals> = vec![vec![[(0.0, 0.0); WINDOWS]; FATES as usize]; count];
    // where surfaces let go again, what they held came to them, and when is known only from then
    let fates = run.held.as_ref().map_or(&run.fates, |held| &held.fates);
    for ((fate, clock), kind) in fates.fate.iter().zip(&fates.clock).zip(&charge.kind) {
        let (at, k) = (f64::from(clock[1]) / window, *kind as usize);
        if *fate >= HELD && *fate < FATES && (0.0..WINDOWS as f64).contains(&at) {
            let weight = charge.weight[k];
            let slot = &mut came[k][*fate as usize][at as usize];
            slot.0 += weight;
            slot.1 += weight * weight;
        }
    }
    let parcels = charge.counts();
    let of_a_window = over / feeding / WINDOWS as f64;
    let per_second = crate::constants::SECOND / window;
    let species: Vec<SteadySpecies> = (0..count)
        .map(|k| {
            let (weight, fed) = (charge.weight[k], parcels[k] as f64 * of_a_window);
            let found = settled(&came[k], fed * weight, weight);
            SteadySpecies {
                since: found.since.map(|i| i as f64 * window),
                rate: found.means.iter().map(|m| m * per_second).collect(),
                fed: fed * weight * per_second,
                within: if fed > 0.0 {
                    TOLERANCE + (1.0 + CHANCE * (fed * MORE).sqrt()) / fed
                } else {
                    0.0
                },
            }
        })
        .collect();
    let cells: Vec<usize> = (0..count)
        .filter(|k| !s.components.get(*k).is_some_and(|c| c.response.is_free_bead()))
        .collect();
    let mut all: Arrivals = vec![[(0.0, 0.0); WINDOWS]; FATES as usize];
    for one in cells.iter().map(|k| &came[*k]) {
        for (sum, row) in all.iter_mut().zip(one) {
            for (a, b) in sum.iter_mut().zip(row) {
                *a = (a.0 + b.0, a.1 + b.1);
            }
        }
    }
    let fed: f64 = cells.iter().map(|k| species[*k].fed).sum();
    let heaviest = cells.iter().map(|k| charge.weight[*k]).fold(0.0, f64::max);
    let together = settled(&all, fed / per_second, heaviest);
    // where nothing but beads is fed, they alone decide
    let mut since = match cells.is_empty() {
        true => Some(0.0),
        false => together.since.map(|i| i as f64 * window),
    };
    for one in species.iter().filter(|x| x.fed > 0.0) {
        since = since.zip(one.since).map(|(a, b)| a.max(b));
    }
    Some(Steady {
        since,
        rate: together.means.iter().map(|m| m * per_second).collect(),
        fed,
        species,
    })
}

/// Variance of the difference of a count from the mean of `LAST` others, over that of a count.
const MORE: f64 = 1.0 + 1.0 / LAST as f64;

struct Settled {
    /// First window from which on the rates stay.
    since: Option<usize>,
    /// Cells a window, by fate, in the last ones.
    means: Vec<f64>,
}

/// Where `came` becomes steady, of which `fed` cells enter in a window, in parcels of `weight` cells at most.
fn settled(came: &Arrivals, fed: f64, weight: f64) -> Settled {
    let ends: Vec<(f64, f64)> = came
        .iter()
        .map(|row| {
            let last = row[WINDOWS - LAST..].iter();
            last.fold((0.0, 0.0), |sum, w| (sum.0 + w.0, sum.1 + w.1))
        })
        .collect();
    let near = |cells: f64, mean: f64, variance: f64| {
        // a window in which nothing came has the noise of what could have come: both together tell
        let expected = variance / (LAST + 1) as f64;
        let granted = TOLERANCE * fed + weight + CHANCE * (MORE * expected).sqrt();
        (cells - mean).abs() <= granted
    };
    let calm = |i: usize| {
        let rates = came
            .iter()
            .zip(&ends)
            .all(|(row, end)| near(row[i].0, end.0 / LAST as f64, row[i].1 + end.1));
        // what stays inside is a place, too: while it fills up nothing is steady, however even the rates are
        let (mut all, mut variance) = (0.0, 0.0);
        for (row, end) in came.iter().zip(&ends) {
            all += row[i].0;
            variance += row[i].1 + end.1;
        }
        rates && near(all, fed, variance)
    };
    let moving = ends.iter().any(|end| end.0 > 0.0);
    let first = (0..WINDOWS).rev().take_while(|i| calm(*i)).last();
    Settled {
        since: first.filter(|i| moving && *i < WINDOWS - LAST),
        means: ends.iter().map(|end| end.0 / LAST as f64).collect(),
    }
}
