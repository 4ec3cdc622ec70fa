//! Where the surface of a bed is, and what lies above it and in it.
//!
//! A bin, or a grid cell, at the surface holds some of the bed and some of what is above, and its content does not say where. So the
//! surface is placed by content: the zone of doubt (the grid cell in which the front is found, and the one above) is cut into a part
//! that is filled as the bed is below it and one that is filled as the suspension is above it, so that the volume of the cells comes
//! out. A bed without a whole grid cell of its own has no fraction that can be read: it is taken as packed to the limit, and that
//! is said. Cells of the zone that the suspension above does not account for belong to the bed.

use super::curve::Curve;
use super::interface::{self, PLATEAU_BINS};
use super::specimen::{Depths, Specimen};
use crate::engine::Profile;

/// Standard deviations of a count by which a bed has to stand out.
const CHANCE: f64 = 4.0;

/// A grid cell with less than this share of the one below is not the one in which a bed ends.
const TRACE: f64 = 0.05;

/// Least part of the packing limit that is believed of a bed of [`THICK`] whole grid cells or fewer: a grid cell at the bottom
/// that holds less is filling.
const FILLED: f64 = 0.5;
const THICK: f64 = 2.0;

/// How far a front may be from where it is found at half its height, in grid cells (or bins, where they are higher): so far it moves with the
/// number of parcels and the height of the grid cells. Blood with ACD-A at 4 degC, 1e5 to 4e6 parcels, cells of 0.25 to 0.0625 mm: 0.4.
const RESOLVED: f64 = 0.5;

/// How many grid cells a layer on top of another may be thinner than it is found: its upper front is as blurred as the lower one, and there
/// is no more of it. The same blood: 1.2.
pub(super) const BLURRED: f64 = 2.0;

/// Standard deviations of what chance does that an interval takes in.
pub(super) const SIGMAS: f64 = 2.0;

/// A boundary between two layers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cut {
    /// Its depth [um].
    pub(super) depth: f64,
    /// First bin of the zone of doubt, and the first below it.
    pub(super) zone: (usize, usize),
    /// Bins above the zone that show what lies there, and bins below it; they may be none.
    pub(super) plain: [(usize, usize); 2],
    /// For each component, whether what the upper side does not account for lies below the boundary; else what the lower
    /// side does not account for lies above.
    pub(super) sinks: Vec<bool>,
    /// Whether it was placed where its content fills the grid cell; else by a threshold, or at half height.
    pub(super) by_content: bool,
    /// Parcels above the boundary, by component, where their depths are known.
    pub(super) exact: Option<Vec<u64>>,
    /// How far up and down from its depth it may be in 19 of 20 runs [um]; 0 where a layer is as thick as its cells fill.
    pub(super) off: [f64; 2],
    /// The depth in whose grid cell it is not known to which side cells belong [um]: its own, but of a front that was found to be blurred
    /// the upper end.
    pub(super) doubt: f64,
}

/// A bed on the bottom.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bed {
    pub(super) cut: Cut,
    /// The volume fraction with which it was placed where it was not read: the packing limit.
    pub(super) assumed: Option<f64>,
}

impl Cut {
    /// A boundary at `depth`, whose zone is the bins from `top` to `bottom` [um].
    pub(super) fn at(
        profile: &Profile,
        depth: f64,
        (top, bottom): (f64, f64),
        sinks: Vec<bool>,
        reach: usize,
    ) -> Self {
        let n = profile.bins();
        let eps = 1e-6 * width(profile);
        let from = (0..n).find(|i| profile.edges[i + 1] > top + eps).unwrap_or(n);
        let to = (from..n).find(|i| profile.edges[*i] >= bottom - eps).unwrap_or(n);
        Self {
            by_content: false,
            ..Self::around(depth, (from, to), n, sinks, reach)
        }
    }

    fn around(depth: f64, zone: (usize, usize), n: usize, sinks: Vec<bool>, reach: usize) -> Self {
        let far = PLATEAU_BINS * reach;
        Self {
            depth,
            zone,
            plain: [
                (zone.0.saturating_sub(far), zone.0),
                (zone.1, (zone.1 + far).min(n)),
            ],
            sinks,
            by_content: true,
            exact: None,
            off: [0.0; 2],
            doubt: depth,
        }
    }

    /// The same with parcels counted one by one.
    pub(super) fn counted(mut self, depths: Option<&Depths>) -> Self {
        self.exact = depths.map(|d| (0..self.sinks.len()).map(|k| d.above(k, self.depth)).collect());
        self
    }

    /// How much lies above the boundary of what the bins hold of component `k` by `row`.
    pub(super) fn above(&self, profile: &Profile, k: usize, row: &[f64]) -> f64 {
        let whole: f64 = row.iter().sum();
        if let Some(n) = self.exact.as_ref().and_then(|list| list.get(k)) {
            let all: u64 = profile.parcels[k].iter().sum();
            return if all > 0 {
                whole * (*n as f64 / all as f64)
            } else {
                0.0
            };
        }
        let (from, to) = self.zone;
        let clear: f64 = row[..from].iter().sum();
        let zone: f64 = row[from..to].iter().sum();
        let sinks = self.sinks.get(k).copied().unwrap_or(true);
        // a side without a bin of its own says nothing
        let below = self.plain[1].0 < self.plain[1].1;
        let part = if sinks || !below {
            (self.mean(profile, row, 0) * self.space(profile, profile.edges[0], self.depth)).min(zone)
        } else {
            let bottom = profile.edges[profile.bins()];
            (zone - self.mean(profile, row, 1) * self.space(profile, self.depth, bottom)).max(0.0)
        };
        clear + part
    }

    /// How far the count above the boundary may be wrong because of the rule by which cells of the zone are charged: cells of
    /// component `k` found above it and charged below, and found below it and charged above. Within the grid cell of the
    /// boundary, `cell` um high, places say nothing. A boundary that was placed by content parts what is there by content; through
    /// the cell of any other, anything from that to an even spread is possible.
    pub(super) fn misplaced(&self, profile: &Profile, k: usize, row: &[f64], cell: f64) -> [f64; 2] {
        let n = profile.bins();
        if self.exact.is_some() || n == 0 {
            return [0.0; 2];
        }
        let (bin, eps) = (width(profile), 1e-3 * width(profile));
        let height = cell.max(bin);
        let top = (self.doubt / height + 1e-4).floor() * height;
        let from = (0..n).find(|i| profile.edges[i + 1] > top + eps).unwrap_or(n - 1);
        let to = (from + 1..n)
            .find(|i| profile.edges[*i] >= top + height - eps)
            .unwrap_or(n);
        let clear: f64 = row[..from].iter().sum();
        let here: f64 = row[from..to].iter().sum();
        let space = |a: f64, b: f64| -> f64 {
            let volume = |i: usize| profile.bin_volume[i] * super::curve::overlap(profile, i, a, b);
            (from..to).map(volume).sum()
        };
        // as little, and as much, as can lie above in the grid cell: all of it as above, all of it as below
        let whole = space(profile.edges[0], profile.edges[n]);
        let even = clear + here * super::curve::ratio(space(profile.edges[0], self.doubt), whole);
        let goes_on = self.mean(profile, row, 0) * space(profile.edges[0], self.doubt);
        let least = clear + goes_on.min(here);
        let most = if !self.by_content {
            even
        } else if self.plain[1].0 < self.plain[1].1 {
            let fills = self.mean(profile, row, 1) * space(self.doubt, profile.edges[n]);
            clear + (here - fills).max(0.0)
        } else {
            least
        };
        let (least, most) = (least.min(most), most.max(least));
        let counted = self.above(profile, k, row);
        [(most - counted).max(0.0), (counted - least).max(0.0)]
    }

    /// Volume of the part of the zone between two depths [um3].
    pub(super) fn space(&self, profile: &Profile, top: f64, bottom: f64) -> f64 {
        (self.zone.0..self.zone.1)
            .map(|i| profile.bin_volume[i] * super::curve::overlap(profile, i, top, bottom))
            .sum()
    }

    fn mean(&self, profile: &Profile, row: &[f64], side: usize) -> f64 {
        let (from, to) = self.plain[side];
        let sum: f64 = row[from..to].iter().sum();
        super::curve::ratio(sum, profile.bin_volume[from..to].iter().sum())
    }

    /// The same in a profile of `n` bins that is upside down; `bottom` is its depth [um].
    pub(super) fn mirrored(self, n: usize, bottom: f64) -> Self {
        let turn = |(from, to): (usize, usize)| (n - to, n - from);
        Self {
            depth: bottom - self.depth,
            zone: turn(self.zone),
            plain: [turn(self.plain[1]), turn(self.plain[0])],
            sinks: self.sinks.iter().map(|x| !x).collect(),
            by_content: self.by_content,
            exact: None,
            off: [self.off[1], self.off[0]],
            doubt: bottom - self.doubt,
        }
    }
}

/// Mean height of a bin [um].
pub(super) fn width(profile: &Profile) -> f64 {
    let n = profile.bins();
    (profile.edges[n] - profile.edges[0]) / n.max(1) as f64
}

/// Height of a grid cell, or of a bin where it is higher [um].
pub(super) fn height(profile: &Profile, specimen: &Specimen) -> f64 {
    width(profile).max(specimen.cell)
}

/// How far off a front may be that was found on a grid, without what chance does [um].
pub(super) fn unresolved(profile: &Profile, specimen: &Specimen) -> f64 {
    RESOLVED * height(profile, specimen)
}

/// How far chance moves the half height of the front above a bed of the components that `keep` picks [um], as a standard deviation: three
/// bins are averaged, so that a front that is off by a bin changes their mean by a third; and each scatters as its parcels do.
pub(super) fn shaken(
    profile: &Profile,
    keep: &dyn Fn(usize) -> bool,
    bed: (usize, usize),
    reach: usize,
) -> f64 {
    let parcels: u64 = (0..profile.parcels.len())
        .filter(|k| keep(*k))
        .flat_map(|k| &profile.parcels[k][bed.0..bed.1])
        .sum();
    let each = parcels as f64 / (bed.1 - bed.0).max(1) as f64;
    let bins = (2 * reach + 1) as f64;
    // half of the bins are full
    width(profile) * (0.5 * bins / each.max(1.0)).sqrt()
}

/// Bins over which a front is smoothed on either side, so that a grid cell that is partly full is always within.
pub(super) fn reach(profile: &Profile, specimen: &Specimen) -> usize {
    let bins = specimen.cell / width(profile);
    // heights that are rounded in a table count as equal
    if bins.is_finite() {
        ((bins - 1e-4).ceil() as usize).clamp(1, profile.bins().max(1))
    } else {
        1
    }
}

/// The bed of the components that `keep` picks; `None` where nothing stands out from what is above.
pub(super) fn bed(
    profile: &Profile,
    specimen: &Specimen,
    depths: Option<&Depths>,
    keep: &dyn Fn(usize) -> bool,
) -> Option<Bed> {
    let reach = reach(profile, specimen);
    let curve = Curve::of(profile, keep).reaching(reach);
    let sinks = vec![true; profile.parcels.len()];
    if let Some(depths) = depths {
        let resting: f64 = (0..profile.parcels.len())
            .filter(|k| keep(*k))
            .map(|k| depths.on_the_bottom(k) as f64 * one(profile, k))
            .sum();
        if resting <= 0.0 {
            return None;
        }
        let n = profile.bins();
        let (depth, top) = filled(profile, (0, n), resting / specimen.packing_limit);
        let cut = Cut::around(depth, (top, n), n, sinks, reach).counted(Some(depths));
        return Some(Bed {
            cut,
            assumed: Some(specimen.packing_limit),
        });
    }
    let front = interface::bed(&curve)?;
    let bed = placed(profile, &curve, specimen, front, sinks)?;
    stands_out(profile, keep, &curve, &bed.cut).then_some(bed)
}

/// Places the surface of a bed whose front was found at the depth `front` [um].
pub(super) fn placed(
    profile: &Profile,
    curve: &Curve<'_>,
    specimen: &Specimen,
    front: f64,
    sinks: Vec<bool>,
) -> Option<Bed> {
    let (n, bin) = (profile.bins(), width(profile));
    let (reach, eps) = (reach(profile, specimen), 1e-6 * bin);
    let (edges, bottom) = (&profile.edges, profile.edges[n]);
    let height = bin.max(specimen.cell);
    let bin_at = |z: f64| (0..n).find(|i| edges[i + 1] > z + eps).unwrap_or(n - 1);
    // where the grid cell, or the bin, around a depth ends
    let end = |z: f64| {
        let cell = specimen.cell;
        let of_cell = if cell > 0.0 {
            ((z / cell + 1e-4).floor() + 1.0) * cell
        } else {
            0.0
        };
        edges[bin_at(z) + 1].max(of_cell).min(bottom)
    };
    let first = |z: f64| (0..n).find(|i| edges[*i] >= z - 1e-3 * bin).unwrap_or(n);
    let level = |from: usize| {
        let to = from.saturating_sub(reach);
        curve.mean(to.saturating_sub(PLATEAU_BINS * reach), to)
    };
    let mut front = front.clamp(edges[0], bottom - eps);
    let start = bin_at(front - height);
    let above = level(start);
    // the front between an empty cell and a partly full one may be found in the empty one
    while end(front) < bottom - eps {
        let (a, b) = (first(end(front)), first(end(end(front))));
        let here = curve.mean(bin_at(front), a) - above;
        if here >= TRACE * (curve.mean(a, b.max(a + 1)) - above) {
            break;
        }
        front = end(front);
    }
    let to = first(end(front));
    let mut from = bin_at(front - height).min(to.saturating_sub(1));
    let thick = (bottom - edges[to]) / height;
    let read = curve.mean(to, to + PLATEAU_BINS * reach);
    let limit = specimen.packing_limit;
    let believed = specimen.cell > 0.0
        && thick > 1.0 - 1e-3
        && (thick > THICK || read >= FILLED * limit)
        && read > interface::BED_LEAST * above;
    let packed = if believed { read } else { limit };
    if packed <= above {
        return None;
    }
    let mut part = 0.0;
    for top in (0..=from).rev() {
        from = top;
        part = (curve.mean(from, to) - above) / (packed - above);
        if part <= 1.0 {
            break;
        }
    }
    let space: f64 = profile.bin_volume[from..to].iter().sum();
    let (depth, _) = filled(profile, (from, to), part.clamp(0.0, 1.0) * space);
    let mut cut = Cut::around(depth, (from, to), n, sinks, reach);
    // next to the front lies what the scheme smears
    let clear = cut.plain[0].1.saturating_sub(reach);
    if cut.plain[0].0 < clear {
        cut.plain[0].1 = clear;
    }
    Some(Bed {
        cut,
        assumed: (!believed).then_some(limit),
    })
}

/// Depth to which a volume [um3] fills the bins `from..to` from below, and the bin there.
pub(super) fn filled(profile: &Profile, (from, to): (usize, usize), volume: f64) -> (f64, usize) {
    let mut left = volume;
    for i in (from..to).rev() {
        let room = profile.bin_volume[i];
        if left <= room {
            let part = super::curve::ratio(left, room);
            let (a, b) = (profile.edges[i], profile.edges[i + 1]);
            return (b - part * (b - a), i);
        }
        left -= room;
    }
    (profile.edges[from], from)
}

/// Mean volume of a parcel's cells [um3].
fn one(profile: &Profile, k: usize) -> f64 {
    let n: u64 = profile.parcels[k].iter().sum();
    super::curve::ratio(profile.volume[k].iter().sum(), n as f64)
}

/// Whether what lies in the bed is more than chance makes of parcels that are spread evenly.
fn stands_out(profile: &Profile, keep: &dyn Fn(usize) -> bool, curve: &Curve<'_>, cut: &Cut) -> bool {
    let n = profile.bins();
    let from = cut.zone.0;
    let space: f64 = profile.bin_volume[from..].iter().sum();
    let whole: f64 = profile.bin_volume.iter().sum();
    let excess = (curve.mean(from, n) - curve.mean(cut.plain[0].0, cut.plain[0].1)) * space;
    let (mut variance, mut largest) = (0.0, 0.0_f64);
    for k in (0..profile.parcels.len()).filter(|k| keep(*k)) {
        let all: u64 = profile.parcels[k].iter().sum();
        let expected = all as f64 * super::curve::ratio(space, whole);
        variance += expected * one(profile, k).powi(2);
        largest = largest.max(one(profile, k));
    }
    excess > CHANCE * variance.sqrt() + largest
}

#[cfg(test)]
#[path = "bed_tests.rs"]
mod tests;
