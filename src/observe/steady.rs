//! Whether what leaves a separator has become steady while it was fed.

use crate::engine::{Charge, Feed, Separated, Separator};
use crate::kernels::passage::{FATES, HELD};

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
    /// From when on the rates of all places stay within the tolerance of their means at the end of the feed [us]; none if
    /// only the last quarter of the feeding time or less does.
    pub since: Option<f64>,
    /// Cells a second by fate in the last quarter of the feeding time.
    pub rate: Vec<f64>,
    /// Cells fed a second.
    pub fed: f64,
}

/// Looks for a steady state; none where nothing is fed, or with too few counts to tell.
///
/// The feeding time is cut into twentieths. From each on, the rate at which cells come to each place has to stay within
/// 3 % of the feed, and three standard deviations of a count of parcels, of the mean of the last five.
pub fn steady(s: &Separator, charge: &Charge, run: &Separated) -> Option<Steady> {
    let Feed::Inlet { over: feeding, .. } = s.feed else {
        return None;
    };
    // a run may end before the feed does
    let over = feeding.min(run.time);
    let window = over / WINDOWS as f64;
    if window <= 0.0 || charge.is_empty() {
        return None;
    }
    // by fate and window: cells, and the sum of the squares of weights, which is the variance of a count
    let mut came = vec![[(0.0_f64, 0.0_f64); WINDOWS]; FATES as usize];
    for ((fate, clock), kind) in run.fates.fate.iter().zip(&run.fates.clock).zip(&charge.kind) {
        let at = f64::from(clock[1]) / window;
        if *fate >= HELD && *fate < FATES && (0.0..WINDOWS as f64).contains(&at) {
            let weight = charge.weight[*kind as usize];
            let slot = &mut came[*fate as usize][at as usize];
            slot.0 += weight;
            slot.1 += weight * weight;
        }
    }
    let cells: f64 = charge.kind.iter().map(|k| charge.weight[*k as usize]).sum();
    let fed = cells * (over / feeding) / WINDOWS as f64;
    let mean = |row: &[(f64, f64)]| row.iter().map(|w| w.0).sum::<f64>() / row.len() as f64;
    let means: Vec<f64> = came.iter().map(|row| mean(&row[WINDOWS - LAST..])).collect();
    let calm = |i: usize| {
        came.iter().zip(&means).all(|(row, mean)| {
            let (cells, variance) = row[i];
            (cells - mean).abs() <= TOLERANCE * fed + CHANCE * variance.sqrt()
        })
    };
    let moving = means.iter().any(|m| *m > 0.0);
    let first = (0..WINDOWS).rev().take_while(|i| calm(*i)).last();
    let per_second = crate::constants::SECOND / window;
    Some(Steady {
        since: first
            .filter(|i| moving && *i < WINDOWS - LAST)
            .map(|i| i as f64 * window),
        rate: means.iter().map(|m| m * per_second).collect(),
        fed: fed * per_second,
    })
}
