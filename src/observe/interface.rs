//! Fronts in the profile of one species (or of all cells): what Kynch's theory predicts and a camera measures.

use super::curve::Curve;
use crate::engine::Profile;

/// Bins over which the plateau next to a front is averaged.
pub(super) const PLATEAU_BINS: usize = 8;

/// Bins left out next to a front: the front itself covers them.
const FRONT_BINS: usize = 2;

/// A plateau thinner than this share of the sample's mean fraction is stray cells, not a suspension.
const PLATEAU_LEAST: f64 = 0.2;

/// A bed is at least this many times as dense as what lies above it.
pub(super) const BED_LEAST: f64 = 1.25;

/// Fixed-point steps for the bed's threshold; it settles in two or three.
const ROUNDS: usize = 6;

fn curve(profile: &Profile, component: Option<usize>) -> Curve<'_> {
    Curve::of(profile, |k| component.is_none_or(|c| c == k))
}

/// Depth [um] of the front between clear fluid and suspension: where the fraction of `component` (`None`: of
/// all cells) passes half of the plateau right below. `None` where there is no front.
pub fn shock(profile: &Profile, component: Option<usize>) -> Option<f64> {
    front(&curve(profile, component))
}

/// As [`shock`], of any curve.
pub(super) fn front(curve: &Curve<'_>) -> Option<f64> {
    let (n, reach) = (curve.len(), curve.reach());
    if n == 0 || curve.total() <= 0.0 {
        return None;
    }
    let least = PLATEAU_LEAST * curve.mean(0, n);
    let plateau = |i: isize| {
        let from = ((i + (FRONT_BINS * reach) as isize).max(0) as usize).min(n - 1);
        curve.mean(from, from + PLATEAU_BINS * reach)
    };
    let i = (-1..n as isize).find(|i| {
        let p = plateau(*i);
        p >= least && curve.smooth(*i) >= 0.5 * p
    })?;
    Some(curve.crossing(i, 0.5 * plateau(i)))
}

/// Depth [um] of the top of the bed: where the fraction of `component` (`None`: of all cells), coming up from the
/// bottom, passes midway between the bed and what lies above it. `None` where nothing is packed.
pub fn bed_top(profile: &Profile, component: Option<usize>) -> Option<f64> {
    bed(&curve(profile, component))
}

/// As [`bed_top`], of any curve.
pub(super) fn bed(curve: &Curve<'_>) -> Option<f64> {
    let (n, reach) = (curve.len(), curve.reach());
    if n < 2 || curve.total() <= 0.0 {
        return None;
    }
    let mut threshold = 0.5 * (curve.mean(0, n) + curve.at(n - 1).max(curve.smooth(n as isize - 1)));
    let mut found = None;
    for _ in 0..ROUNDS {
        // the front lies between bins i - 1 and i
        let above = (0..n).rev().find(|i| curve.smooth(*i as isize) < threshold);
        let i = above.map_or(0, |i| i + 1);
        // nowhere, or nowhere any more, as much as the threshold
        if i == 0 || i == n {
            return None;
        }
        let packed = curve.mean((i + FRONT_BINS * reach - 1).min(n - 1), n);
        let end = i.saturating_sub(FRONT_BINS * reach);
        let plateau = curve.mean(end.saturating_sub(PLATEAU_BINS * reach), end);
        if packed < BED_LEAST * plateau || packed < BED_LEAST * curve.mean(0, n) {
            return None;
        }
        threshold = 0.5 * (packed + plateau);
        found = Some((i, threshold));
    }
    found.map(|(i, threshold)| curve.crossing(i as isize, threshold))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::synthetic::{Sample, noisy};

    /// Kynch C09 at t = 0.8 H/v0, by hand: clear above 0.4901 H, plateau 0.10, bed 0.64 in the lowest 0.0908 H.
    fn kynch(bins: usize) -> Profile {
        Sample::new(1e5, bins, &[100.0])
            .slab(0, 49_010.0, 90_920.0, 0.10)
            .slab(0, 90_920.0, 1e5, 0.64)
            .profile()
    }

    #[test]
    fn sharp_fronts_are_found_within_their_bin() {
        for bins in [100, 173, 260, 400] {
            let p = kynch(bins);
            let bin = 1e5 / bins as f64;
            let found = shock(&p, Some(0)).unwrap_or(f64::NAN);
            assert!((found - 49_010.0).abs() < 0.02 * bin, "{bins} bins: {found}");
            let bed = bed_top(&p, Some(0)).unwrap_or(f64::NAN);
            assert!((bed - 90_920.0).abs() < 0.1 * bin, "{bins} bins: {bed}");
        }
    }

    #[test]
    fn noise_moves_the_fronts_little() {
        for seed in 0..20 {
            let p = noisy(&kynch(200), 0.03, seed);
            let found = shock(&p, None).unwrap_or(f64::NAN);
            assert!((found - 49_010.0).abs() < 100.0, "seed {seed}: {found}");
            let bed = bed_top(&p, None).unwrap_or(f64::NAN);
            assert!((bed - 90_920.0).abs() < 100.0, "seed {seed}: {bed}");
        }
    }

    #[test]
    fn uniform_and_empty_samples_have_no_bed() {
        let p = Sample::new(1e5, 100, &[100.0]).slab(0, 0.0, 1e5, 0.1).profile();
        assert_eq!(bed_top(&p, None), None);
        assert!(shock(&p, None).is_some_and(|x| x < 1e-6));
        let empty = Sample::new(1e5, 100, &[100.0]).profile();
        assert_eq!((shock(&empty, None), bed_top(&empty, None)), (None, None));
    }

    /// Few parcels: some bins hold one, most none. The threshold can rise above what any bin holds; there is no bed then.
    #[test]
    fn scattered_cells_are_no_bed() {
        let mut beds = 0;
        for seed in 0..4000_u64 {
            let mut p = Sample::new(1e5, 24, &[100.0]).profile();
            let mut state = seed;
            for v in &mut p.volume[0] {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                *v = ((state >> 60) / 5) as f64;
            }
            beds += usize::from(bed_top(&p, None).is_some());
        }
        assert!(beds > 0 && beds < 4000, "{beds}");
    }
}
