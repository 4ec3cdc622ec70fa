//! Where the buffy coat is, or why there is none.
//!
//! **Buffy coat.** What a haematologist sees and an apheresis operator collects: the whitish band on the red cells.
//! It is the stretch on the red-cell surface in which leukocytes and platelets together fill more than
//! [`ENRICHMENT`] times their mean fraction in the sample and more than [`PEAK_SHARE`] of their peak. Low
//! thresholds take in all of those cells, so that recoveries do not hang on a tenth of a bin. How thick it is follows from
//! them (`thickness`), as a grid blurs its upper end over two or three cells. It ends where the red cells begin: one
//! surface parts the two, and what the bed does not hold further down belongs to the coat. A layer bears the
//! name only if it holds at least [`MAJORITY`] of all leukocytes by volume (where there are none, of all platelets).
//! After a soft spin the leukocytes lie on the red cells and most platelets are still above: then the coat is thin,
//! and the plasma over it is platelet-rich plasma. Nobody who draws that off counts the coat as plasma.

use super::bed::{self, Cut, SIGMAS};
use super::curve::{Curve, overlap, ratio};
use super::specimen::Specimen;
use crate::constants::MILLIMETRE;
use crate::engine::Profile;
use crate::model::CellClass;

/// How many times their mean fraction in the sample leukocytes and platelets fill in a buffy coat. Platelets
/// swept out of the red cells by the backflow make the lowest plasma 2-4 times richer than the sample even
/// where nothing has settled on the red cells; above 5 there is a deposit.
pub const ENRICHMENT: f64 = 5.0;

/// Share of the peak of leukocytes and platelets that still belongs to the buffy coat: in a sharp layer
/// (peak 100 times the mean) it keeps tails of a few per cent out.
pub const PEAK_SHARE: f64 = 0.05;

/// Share of all leukocytes (where there are none, of all platelets) that a layer has to hold to be called a buffy coat.
pub const MAJORITY: f64 = 0.5;

/// How far from the red-cell surface the peak of a buffy coat may lie [um]. Leukocytes as dense as young red
/// cells (neutrophils) are found up to 3 mm deep.
pub const REACH: f64 = 3.0 * MILLIMETRE;

/// Enriched stretches closer than this are one layer [um]: bins a quarter of a millimetre wide can part a
/// band of platelets from the band of leukocytes under it by one bin.
pub const BRIDGE: f64 = 0.3 * MILLIMETRE;

/// Upper boundary of the buffy coat on the surface of the red cells, or why there is none (nothing to say where the sample
/// holds neither leukocytes nor platelets).
pub(super) fn buffy_coat(
    profile: &Profile,
    specimen: &Specimen,
    surface: &Cut,
) -> Result<Cut, Option<String>> {
    let classes = &specimen.classes;
    let both = Curve::of(profile, |k| light(classes, k));
    let n = both.len();
    if both.total() <= 0.0 {
        return Err(None);
    }
    let near = |i: &usize| (both.middle(*i as isize) - surface.depth).abs() <= REACH;
    let peak = (0..n)
        .filter(near)
        .max_by(|a, b| both.at(*a).total_cmp(&both.at(*b)))
        .ok_or(None)?;
    let threshold = (ENRICHMENT * both.mean(0, n)).max(PEAK_SHARE * both.at(peak));
    if both.at(peak) <= threshold {
        return Err(Some(format!(
            "no buffy coat: at the red cells leukocytes and platelets are at most {:.1} times as dense as in the \
             sample (a buffy coat: {ENRICHMENT})",
            both.at(peak) / both.mean(0, n)
        )));
    }
    let (trace, bin) = top_of(profile, &both, peak, threshold);
    let rows = || (0..profile.volume.len()).filter(|k| light(classes, *k));
    let cells: f64 = rows()
        .map(|k| surface.above(profile, k, &profile.volume[k]))
        .sum();
    let first = bin.unwrap_or(0);
    let Some(top) = thickness(profile, &both, surface, first, cells).filter(|top| *top < surface.depth)
    else {
        return Err(Some(
            "no buffy coat: leukocytes and platelets are densest below the red-cell surface".into(),
        ));
    };
    // the plasma goes on as it is above; what it does not account for belongs to the coat
    let mut upper = Cut::at(
        profile,
        top,
        (profile.edges[first], top),
        vec![true; profile.parcels.len()],
        1,
    );
    upper.doubt = trace;
    let height = bed::height(profile, specimen);
    let chance = SIGMAS * scatter(profile, classes, first..surface.zone.1) * (surface.depth - top);
    upper.off = [
        bed::unresolved(profile, specimen).hypot(chance),
        (bed::BLURRED * height).hypot(chance),
    ];
    let share = |class: CellClass| {
        let of = |k: &usize| classes.get(*k) == Some(&class);
        let (mut here, mut all) = (0.0, 0.0);
        for k in (0..profile.volume.len()).filter(of) {
            let row = &profile.volume[k];
            here += (surface.above(profile, k, row) - upper.above(profile, k, row)).max(0.0);
            all += row.iter().sum::<f64>();
        }
        (all > 0.0).then(|| here / all)
    };
    let (w, p) = (share(CellClass::Leukocyte), share(CellClass::Platelet));
    if w.or(p).is_some_and(|x| x < MAJORITY) {
        let say = |x: Option<f64>, what: &str| x.map(|x| format!("{:.0} % of the {what}", 100.0 * x));
        let parts: Vec<String> = [say(w, "leukocytes"), say(p, "platelets")]
            .into_iter()
            .flatten()
            .collect();
        return Err(Some(format!(
            "no buffy coat: the enriched band on the red cells ({:.1}-{:.1} mm) holds {} by volume; a buffy coat holds \
             at least {:.0} % of the leukocytes",
            top / MILLIMETRE,
            surface.depth / MILLIMETRE,
            parts.join(" and "),
            100.0 * MAJORITY
        )));
    }
    Ok(upper)
}

/// From the peak upwards to where the curve falls below `threshold` for good, bridging gaps of up to [`BRIDGE`] [um]; and the bin that
/// is cut there.
fn top_of(profile: &Profile, curve: &Curve, peak: usize, threshold: f64) -> (f64, Option<usize>) {
    let mut last = peak;
    for i in (0..peak).rev() {
        let (a, b) = (last as isize, i as isize);
        if curve.middle(a) - curve.middle(b) > BRIDGE + width(profile, a) {
            break;
        }
        if curve.at(i) >= threshold {
            last = i;
        }
    }
    let Some(next) = last.checked_sub(1) else {
        return (profile.edges[0], None);
    };
    // the next bin is taken in as far as it comes to the threshold, so that the boundary moves steadily as a bin
    // fills, and stands at the edge of the last enriched bin where nothing lies beyond
    let part = (curve.at(next) / threshold).clamp(0.0, 1.0);
    (
        profile.edges[last] - width(profile, next as isize) * part,
        Some(next),
    )
}

/// Where a coat begins on the `surface` [um] whose `cells` [um3] lie from bin `first` on: it is as thick as they fill at the fraction around the
/// mean one of them. Of an even layer that is its own; a blurred end, where few of them are, counts little. None where nothing is above.
fn thickness(profile: &Profile, curve: &Curve, surface: &Cut, first: usize, cells: f64) -> Option<f64> {
    let last = (first..curve.len()).find(|i| profile.edges[i + 1] >= surface.depth)?;
    let above: f64 = (0..first).map(|i| curve.at(i) * profile.bin_volume[i]).sum();
    let (mut left, mut squares) = (cells - above, 0.0);
    let all = left;
    for i in first..=last {
        let room = profile.bin_volume[i] * overlap(profile, i, profile.edges[0], surface.depth);
        let here = (curve.at(i) * profile.bin_volume[i]).min(left).min(room);
        left -= here;
        squares += ratio(here * here, room);
    }
    let below = profile.bin_volume[last] * overlap(profile, last, surface.depth, profile.edges[last + 1]);
    (squares > 0.0).then(|| bed::filled(profile, (0, last + 1), below + all * all / squares).0)
}

/// Whether a component is of what makes a coat.
fn light(classes: &[CellClass], k: usize) -> bool {
    matches!(classes.get(k), Some(CellClass::Leukocyte | CellClass::Platelet))
}

/// By how much of itself chance moves what lies in some bins: as their parcels of leukocytes and platelets do.
fn scatter(profile: &Profile, classes: &[CellClass], mut bins: std::ops::Range<usize>) -> f64 {
    bins.end = bins.end.min(profile.bins());
    let rows = (0..profile.parcels.len()).filter(|k| light(classes, *k));
    let n: u64 = rows.flat_map(|k| &profile.parcels[k][bins.clone()]).sum();
    1.0 / (n.max(1) as f64).sqrt()
}

fn width(profile: &Profile, i: isize) -> f64 {
    let i = i as usize;
    profile.edges[i + 1] - profile.edges[i]
}
