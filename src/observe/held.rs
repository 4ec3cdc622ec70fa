//! Where on the surfaces the cells sit that are held, and which mobilities ended where.

use super::separation::Place;
use crate::chamber::duct::Section;
use crate::engine::{Outcome, Setup};
use crate::kernels::passage::{HELD, HIGH_Y, INNER, LOW_Y, MATRIX, OUT, OUTER};
use crate::model::Parcels;
use std::f64::consts::PI;

/// Bins of a histogram over a surface.
pub const BINS: usize = 50;

/// Bins a decade of mobilities.
const DECADE: f64 = 8.0;

/// A coordinate on a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// Across the section, horizontally in its drawing [um].
    X,
    /// Across the section, the other way [um].
    Y,
    /// From the inlet [um].
    Z,
    /// Angle about the axis, from x towards y [rad].
    Angle,
}

/// How many parcels of each component sit in each of [`BINS`] bins of a coordinate.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Which coordinate.
    pub along: Along,
    /// From where to where.
    pub range: [f64; 2],
    /// By component and bin.
    pub parcels: Vec<[u64; BINS]>,
}

/// The histograms of what a surface holds, along and across it; none for a place that is no surface. Where the magnets went
/// off, of what it held until then.
pub fn on_surface(s: &Setup, charge: &Parcels, run: &Outcome, place: &Place) -> Vec<Histogram> {
    if !(HELD..OUT).contains(&place.fate) {
        return Vec::new();
    }
    let round = !matches!(s.duct().section, Section::Channel { .. });
    let [x, y] = s.duct().section.half();
    let mut axes = vec![(Along::Z, [0.0, s.duct().length])];
    match place.fate - HELD {
        MATRIX => {}
        INNER | OUTER if round => axes.push((Along::Angle, [-PI, PI])),
        INNER | OUTER => axes.push((Along::Y, [-y, y])),
        LOW_Y | HIGH_Y => axes.push((Along::X, [-x, x])),
        _ => axes = vec![(Along::X, [-x, x]), (Along::Y, [-y, y])],
    }
    let (fates, position) = match &run.held {
        Some(held) => (&held.fates.fate, &held.position),
        None => (&run.fates.fate, &run.snapshot.position),
    };
    axes.into_iter()
        .map(|(along, range)| {
            let mut parcels = vec![[0; BINS]; charge.weight.len()];
            for (i, fate) in fates.iter().enumerate() {
                if *fate != place.fate {
                    continue;
                }
                let at = |axis: usize| position[axis].get(i).map_or(0.0, |p| f64::from(*p));
                let value = match along {
                    Along::X => at(0),
                    Along::Y => at(1),
                    Along::Z => at(2),
                    Along::Angle => at(1).atan2(at(0)),
                };
                let part = (value - range[0]) / (range[1] - range[0]);
                // what is held a rounding beyond the edge is in the last bin
                let bin = ((part * BINS as f64).max(0.0) as usize).min(BINS - 1);
                if let Some(row) = charge.kind.get(i).and_then(|k| parcels.get_mut(*k as usize)) {
                    row[bin] += 1;
                }
            }
            Histogram {
                along,
                range,
                parcels,
            }
        })
        .collect()
}

/// A bin of mobilities, and how many parcels of each component came to each place with one within.
#[derive(Clone, Debug, PartialEq)]
pub struct MobilityBin {
    /// From where to where [um3 us/pg]; both zero for cells that no field moves.
    pub range: [f64; 2],
    /// By component and place: those that were never held, or not yet when the magnets first went off, and those that were.
    pub parcels: Vec<Vec<[u64; 2]>>,
}

/// Whether a surface holds parcel `i`, or held it when the magnets first went off.
pub fn caught(run: &Outcome, i: usize) -> bool {
    let fates = run.held.as_ref().map_or(&run.fates, |held| &held.fates);
    fates.fate.get(i).is_some_and(|f| (HELD..OUT).contains(f))
}

/// Histogram of the mobilities in a weak field of what came to each of `places`, ascending; bins without a parcel are left
/// out, and so add up to all parcels.
pub fn mobilities(charge: &Parcels, run: &Outcome, places: &[Place]) -> Vec<MobilityBin> {
    use std::collections::BTreeMap;
    let mut bins: BTreeMap<i64, Vec<Vec<[u64; 2]>>> = BTreeMap::new();
    let each = charge.magnetic.iter().zip(&charge.kind).zip(&run.fates.fate);
    for (i, ((m, kind), fate)) in each.enumerate() {
        let Some(place) = places.iter().position(|p| p.fate == *fate) else {
            continue;
        };
        let row = bins
            .entry(bin_of(f64::from(m[0])))
            .or_insert_with(|| vec![vec![[0; 2]; places.len()]; charge.weight.len()]);
        row[*kind as usize][place][usize::from(caught(run, i))] += 1;
    }
    bins.into_iter()
        .map(|(bin, parcels)| MobilityBin {
            range: range_of(bin),
            parcels,
        })
        .collect()
}

/// Far enough from zero that no f32 reaches it.
const OFFSET: i64 = 1000;

/// Number of the bin: zero for zero, and with the sign of the mobility.
fn bin_of(m: f64) -> i64 {
    if m == 0.0 {
        return 0;
    }
    let step = (m.abs().log10() * DECADE).floor() as i64 + OFFSET;
    if m > 0.0 { step } else { -step }
}

fn range_of(bin: i64) -> [f64; 2] {
    if bin == 0 {
        return [0.0; 2];
    }
    let edge = |n: i64| 10f64.powf((n - OFFSET) as f64 / DECADE);
    let (low, high) = (edge(bin.abs()), edge(bin.abs() + 1));
    if bin > 0 { [low, high] } else { [-high, -low] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mobility_lies_in_its_bin() {
        for m in [0.0, 1e-30, 3.86e-6, -2e-7, 1e-4, 5.5, 1e20, -1e20] {
            let [low, high] = range_of(bin_of(m));
            assert!(
                low <= m * (1.0 + 1e-12) + 1e-300 && m <= high * (1.0 + 1e-12) + 1e-300
                    || m < 0.0 && (low..=high).contains(&m),
                "{m} in {low}..{high}"
            );
        }
        // eight bins a decade
        assert_eq!(bin_of(1.01) - bin_of(0.101), 8);
    }
}
