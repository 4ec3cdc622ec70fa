//! Where the buffy coat is, or why there is none.
//!
//! **Buffy coat.** What a haematologist sees and an apheresis operator collects: the whitish band on the red cells.
//! It is the stretch next to the red-cell surface in which leukocytes and platelets together fill more than
//! [`ENRICHMENT`] times their mean fraction in the sample and more than [`PEAK_SHARE`] of their peak. Low
//! thresholds put the boundaries where hardly any of those cells are, so that recoveries do not hang on a
//! tenth of a bin; the price is a layer up to a bin wider on each side than a sharp one. A layer bears the
//! name only if it holds at least [`MAJORITY`] of all leukocytes by volume (where there are none, of all platelets).
//! After a soft spin the leukocytes lie on the red cells and most platelets are still above: then the coat is thin,
//! and the plasma over it is platelet-rich plasma. Nobody who draws that off counts the coat as plasma.

use super::bed::Cut;
use super::curve::Curve;
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

/// Upper and lower boundary of the buffy coat [um], or why there is none (nothing to say where the sample holds
/// neither leukocytes nor platelets).
pub(super) fn buffy_coat(
    profile: &Profile,
    specimen: &Specimen,
    surface: f64,
) -> Result<[Cut; 2], Option<String>> {
    let classes = &specimen.classes;
    let of = |class: CellClass| Curve::of(profile, move |k| classes.get(k) == Some(&class));
    let (white, platelets) = (of(CellClass::Leukocyte), of(CellClass::Platelet));
    let both = Curve::of(profile, |k| {
        matches!(classes.get(k), Some(CellClass::Leukocyte | CellClass::Platelet))
    });
    let n = both.len();
    if both.total() <= 0.0 {
        return Err(None);
    }
    let near = |i: &usize| (both.middle(*i as isize) - surface).abs() <= REACH;
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
    let [(top, above), (bottom, below)] = [-1, 1].map(|step| edge(profile, &both, peak, threshold, step));
    let share = |c: &Curve| (c.total() > 0.0).then(|| c.between(top, bottom) / c.total());
    let (w, p) = (share(&white), share(&platelets));
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
            bottom / MILLIMETRE,
            parts.join(" and "),
            100.0 * MAJORITY
        )));
    }
    // the plasma goes on as it is above; what it does not account for belongs to the coat. Likewise below
    let cut = |depth: f64, bin: Option<usize>, sinks: bool| {
        let zone = bin.map_or((depth, depth), |i| (profile.edges[i], profile.edges[i + 1]));
        Cut::at(profile, depth, zone, vec![sinks; profile.parcels.len()], 1)
    };
    Ok([cut(top, above, true), cut(bottom, below, false)])
}

/// From the peak in direction `step` to where the curve falls below `threshold` for good, bridging gaps of up to
/// [`BRIDGE`] [um]; and the bin that is cut there.
fn edge(profile: &Profile, curve: &Curve, peak: usize, threshold: f64, step: isize) -> (f64, Option<usize>) {
    let inside = |i: isize| i >= 0 && (i as usize) < curve.len();
    let mut last = peak as isize;
    let mut i = last + step;
    while inside(i) && (curve.middle(i) - curve.middle(last)).abs() <= BRIDGE + width(profile, last) {
        if curve.at(i as usize) >= threshold {
            last = i;
        }
        i += step;
    }
    let next = last + step;
    if !inside(next) {
        let end = if step < 0 { 0 } else { curve.len() };
        return (profile.edges[end], None);
    }
    // the next bin is taken in as far as it comes to the threshold, so that the boundary moves steadily as a bin
    // fills, and stands at the edge of the last enriched bin where nothing lies beyond
    let outer = profile.edges[if step < 0 { last } else { next } as usize];
    let part = (curve.at(next as usize) / threshold).clamp(0.0, 1.0);
    (
        outer + step as f64 * width(profile, next) * part,
        Some(next as usize),
    )
}

fn width(profile: &Profile, i: isize) -> f64 {
    let i = i as usize;
    profile.edges[i + 1] - profile.edges[i]
}
