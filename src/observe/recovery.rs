//! What each layer holds of each species: count, concentration, recovery, purity, haematocrit.
//!
//! A boundary cuts through a bin. What lies there is charged to the side to which it belongs (see `bed`): the suspension above a
//! bed goes on to its surface, and the rest is the bed's. Every count comes with the parcels behind it, and with how far chance
//! may have moved it.
//!
//! **What the rule at a boundary may hide.** A computed front is a few grid cells wide, a real one is not. So cells just above a bed
//! are counted in the bed. Some of them may be haze, which a person who draws off the fluid takes along, and counting parcels
//! cannot tell which. The grid cell with the surface is no evidence: parcels are mixed within it, and the surface is where its content
//! fills it. The grid cells above it are: whatever is found there lies above the surface. The interval of every count
//! therefore reaches from what the rule charges to a layer to all that was found in it, and tables say how many parcels that are.
//!
//! **Red cells in a buffy coat.** It ends at the red-cell surface, which runs through a grid cell. A sharp surface leaves no red cell
//! in the coat; a front that is even over the grid cell leaves its share. The first is what is counted, the second the upper end of the
//! interval, of the haematocrit too. A coat that is drawn off takes more red cells along than either, as no cut is level.
//!
//! **Where a boundary lies.** A grid resolves a front to half a cell or so, and chance moves it. Both are in the intervals of depths and
//! volumes, and of what is divided by a volume. A layer whose cells say how thick it is (a pellet) is known better.

use super::chance::{self, Known};
use super::curve::{overlap, ratio};
use super::layers::{Layer, LayerKind, Layers, layer};
use super::specimen::Specimen;
use crate::constants::{MICROLITRE, MILLIMETRE};
use crate::engine::Profile;
use crate::model::CellClass;

/// How deep into the red cells leukocytes count as harvestable [um]: what an apheresis operator takes along
/// with the buffy coat.
pub const HARVEST_DEPTH: f64 = 3.0 * MILLIMETRE;

/// How far above the red-cell surface cells count as lying on it where no buffy coat is drawn [um].
pub const RESTING: f64 = 0.5 * MILLIMETRE;

/// One species in one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Which component of the run.
    pub component: usize,
    /// Real cells.
    pub cells: f64,
    /// Parcels behind that number; a boundary that cuts through a bin can make them part of one.
    pub parcels: u64,
    /// Parcels of the species in the sample.
    pub of: u64,
    /// Cells of the species in the sample.
    pub all: f64,
    /// Where the number of cells lies in 19 of 20 runs; for none of the parcels, below what ([`chance::none`]). Cells near a
    /// boundary that may belong to the other side widen it.
    pub cells_95: [f64; 2],
    /// Parcels found in the layer, within [`LayerContent::front`] of its boundaries, that are counted in a neighbour.
    pub elsewhere: u64,
    /// Cells per microlitre of layer.
    pub concentration: f64,
    /// Where that lies in 19 of 20 runs: cells do not pack beyond the limit, however thin the layer is.
    pub concentration_95: [f64; 2],
    /// Fraction of all cells of the species in the sample, 0..=1.
    pub recovery: f64,
    /// Fraction of all cells in the layer, 0..=1; NaN in a layer without cells.
    pub purity: f64,
    /// Fraction of the cells in the layer that are not red cells, 0..=1; `None` for red cells, NaN where there are
    /// no others.
    pub purity_without_red_cells: Option<f64>,
}

impl Share {
    /// Where the recovery lies in 19 of 20 runs.
    pub fn recovery_95(&self) -> [f64; 2] {
        self.cells_95.map(|n| ratio(n, self.all))
    }
}

/// One layer and what it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerContent {
    /// The layer.
    pub layer: Layer,
    /// Where its upper and its lower boundary lie in 19 of 20 runs [um].
    pub ends_95: [[f64; 2]; 2],
    /// Where its volume lies in 19 of 20 runs [um3].
    pub volume_95: [f64; 2],
    /// Volume of erythrocytes per volume of layer.
    pub haematocrit: f64,
    /// Where the haematocrit lies in 19 of 20 runs, as [`Share::cells_95`].
    pub haematocrit_95: [f64; 2],
    /// How much of its height is next to a boundary, where it is not known cell by cell to which side they belong [um].
    pub front: f64,
    /// By component, in their order.
    pub shares: Vec<Share>,
}

/// The contents of all layers, and two figures by which spins are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// From the top.
    pub layers: Vec<LayerContent>,
    /// Fraction of all platelets in the layers above the red cells, buffy coat included; `None` without platelets or without a
    /// layer of red cells.
    pub platelets_above_red_cells: Option<f64>,
    /// Where that lies in 19 of 20 runs.
    pub platelets_above_red_cells_95: Option<[f64; 2]>,
    /// From where to where leukocytes count as near the red-cell surface [um]: from where the buffy coat shows (without
    /// one from [`RESTING`] above the surface) to [`HARVEST_DEPTH`] below the surface, no further than the sample reaches; `None` without a
    /// surface.
    pub near_surface: Option<(f64, f64)>,
    /// For each leukocyte component: fraction that lies there.
    pub leukocytes_near_surface: Vec<(usize, f64)>,
}

impl Contents {
    /// What `layers` of `profile` hold.
    pub fn of(profile: &Profile, specimen: &Specimen, layers: &Layers) -> Self {
        let classes = &specimen.classes[..];
        let within = |z: f64| match profile.edges[..] {
            [top, .., bottom] => z.clamp(top, bottom),
            _ => z,
        };
        let near = layers.red_cell_surface.map(|surface| {
            (
                layers.coat_shows_from().unwrap_or(within(surface - RESTING)),
                within(surface + HARVEST_DEPTH),
            )
        });
        let leukocytes =
            (0..profile.parcels.len()).filter(|k| classes.get(*k) == Some(&CellClass::Leukocyte));
        let contents: Vec<LayerContent> = layers
            .layers
            .iter()
            .enumerate()
            .map(|(i, l)| content(profile, specimen, layers, i, l))
            .collect();
        Self {
            platelets_above_red_cells: above_red_cells(&contents, classes, CellClass::Platelet),
            platelets_above_red_cells_95: above_red_cells_95(&contents, classes, CellClass::Platelet),
            layers: contents,
            near_surface: near,
            leukocytes_near_surface: near.map_or_else(Vec::new, |(top, bottom)| {
                leukocytes
                    .map(|k| (k, cells(profile, k, top, bottom) / all_cells(profile, k)))
                    .filter(|(_, x)| x.is_finite())
                    .collect()
            }),
        }
    }

    /// The content of the layer of that kind, if there is one.
    pub fn get(&self, kind: LayerKind) -> Option<&LayerContent> {
        self.layers.iter().find(|l| l.layer.kind == kind)
    }
}

/// Real cells of component `k` between two depths [um].
pub fn cells(profile: &Profile, k: usize, top: f64, bottom: f64) -> f64 {
    (0..profile.bins())
        .map(|i| profile.cells(k, i) * overlap(profile, i, top, bottom))
        .sum()
}

fn all_cells(profile: &Profile, k: usize) -> f64 {
    profile.parcels[k].iter().sum::<u64>() as f64 * profile.weight[k]
}

/// Fraction of all cells of a class in the layers above the red cells; `None` where there are none, or no layer of red cells.
fn above_red_cells(layers: &[LayerContent], classes: &[CellClass], class: CellClass) -> Option<f64> {
    let red = layers.iter().position(|l| l.layer.kind == LayerKind::RedCells)?;
    let of = |layers: &[LayerContent], n: fn(&Share) -> f64| -> f64 {
        let shares = layers.iter().flat_map(|l| &l.shares);
        shares
            .filter(|s| classes.get(s.component) == Some(&class))
            .map(n)
            .sum()
    };
    let all = of(&layers[..1], |s| s.all);
    (all > 0.0).then(|| of(&layers[..red], |s| s.cells) / all)
}

/// Where that fraction lies: what is not in the layer of red cells is above them.
fn above_red_cells_95(layers: &[LayerContent], classes: &[CellClass], class: CellClass) -> Option<[f64; 2]> {
    let red = layers.iter().find(|l| l.layer.kind == LayerKind::RedCells)?;
    let of = || {
        let shares = red.shares.iter();
        shares.filter(|s| classes.get(s.component) == Some(&class))
    };
    let below = Known::sum(of().map(|s| Known {
        value: s.cells,
        range: s.cells_95,
    }));
    let all: f64 = of().map(|s| s.all).sum();
    let [low, high] = below.range;
    (all > 0.0).then(|| [high, low].map(|n| (1.0 - n / all).clamp(0.0, 1.0)))
}

/// What of `row`, a component's share of every bin, is in layer `i`.
fn part(profile: &Profile, layers: &Layers, i: usize, k: usize, row: &[f64]) -> f64 {
    let whole: f64 = row.iter().sum();
    // two boundaries within a bin may overlap
    let mut above = [0.0, whole];
    for (j, cut) in layers.cuts.iter().enumerate() {
        let here = cut.above(profile, k, row);
        if j < i {
            above[0] = here.max(above[0]);
        } else {
            above[1] = here.min(above[1]);
        }
    }
    (above[1] - above[0].min(above[1])).max(0.0)
}

/// How much larger a layer is than the bins in which its parcels were counted.
fn beyond_what_was_counted(profile: &Profile, layers: &Layers, i: usize, layer: &Layer) -> f64 {
    let doubtful: f64 = [i.checked_sub(1), Some(i)]
        .into_iter()
        .flatten()
        .filter_map(|j| layers.cuts.get(j))
        .filter(|cut| cut.exact.is_none())
        .map(|cut| cut.space(profile, layer.top, layer.bottom))
        .sum();
    let counted = layer.volume - doubtful;
    // a layer that is nothing but doubt holds anything up to all of what is there; the bound of a share says that
    if counted > 0.0 {
        layer.volume / counted
    } else {
        1.0
    }
}

/// Cells of component `k` near the boundaries of layer `i`: found in it and counted in a neighbour, and counted in it and found
/// in a neighbour.
fn misplaced(profile: &Profile, specimen: &Specimen, layers: &Layers, i: usize, k: usize) -> [f64; 2] {
    let row: Vec<f64> = (0..profile.bins()).map(|b| profile.cells(k, b)).collect();
    let at = |j: usize| {
        layers
            .cuts
            .get(j)
            .map(|c| c.misplaced(profile, k, &row, specimen.cell))
    };
    let [lower, upper] = at(i).unwrap_or_default();
    let [up, down] = i.checked_sub(1).and_then(at).unwrap_or_default();
    [lower + down, upper + up]
}

fn content(profile: &Profile, specimen: &Specimen, layers: &Layers, i: usize, layer: &Layer) -> LayerContent {
    let classes = &specimen.classes[..];
    let red = |k: usize| classes.get(k) == Some(&CellClass::Erythrocyte);
    let components = 0..profile.parcels.len();
    let count: Vec<f64> = components
        .clone()
        .map(|k| {
            let row: Vec<f64> = (0..profile.bins()).map(|i| profile.cells(k, i)).collect();
            part(profile, layers, i, k, &row)
        })
        .collect();
    let all: f64 = count.iter().sum();
    let others: f64 = components.clone().filter(|k| !red(*k)).map(|k| count[k]).sum();
    let larger = beyond_what_was_counted(profile, layers, i, layer);
    let volumes: Vec<f64> = components
        .clone()
        .map(|k| part(profile, layers, i, k, &profile.volume[k]))
        .collect();
    let limit = specimen.packing_limit;
    // an empty sum is -0
    let filled: f64 = volumes.iter().fold(0.0, |a, b| a + b);
    let (ends_95, volume_95) = thickness(profile, layers, i, layer, filled / limit);
    // with so much more of something, the layer is no thinner than its cells pack
    let thinnest = |more: f64| {
        volume_95[0]
            .max((filled + more.max(0.0)) / limit)
            .min(layer.volume)
    };
    let shares: Vec<Share> = components
        .clone()
        .map(|k| {
            let of: u64 = profile.parcels[k].iter().sum();
            let weight = profile.weight[k];
            let one = ratio(profile.volume[k].iter().sum(), all_cells(profile, k));
            let (parcels, [low, high]) = known(ratio(count[k], weight), of, larger);
            // cells have no room for more than they pack to
            let densest = ratio(limit, one).max(ratio(count[k], layer.volume));
            let most = match specimen.cell > 0.0 {
                true => (densest * volume_95[1]).min(of as f64 * weight),
                // where cells do not crowd each other any number is in a layer
                false => of as f64 * weight,
            };
            let [elsewhere, from_elsewhere] = misplaced(profile, specimen, layers, i, k);
            let cells_95 = [
                (low * weight - from_elsewhere).max(0.0),
                (high * weight + elsewhere).min(most).max(count[k]),
            ];
            Share {
                component: k,
                cells: count[k],
                parcels,
                of,
                all: all_cells(profile, k),
                cells_95,
                elsewhere: ratio(elsewhere, weight).round() as u64,
                concentration: ratio(count[k], layer.volume / MICROLITRE),
                concentration_95: [
                    ratio(cells_95[0], volume_95[1] / MICROLITRE),
                    ratio(cells_95[1], thinnest(cells_95[1] * one - volumes[k]) / MICROLITRE)
                        .min(densest * MICROLITRE),
                ],
                recovery: count[k] / all_cells(profile, k),
                purity: count[k] / all,
                purity_without_red_cells: (!red(k)).then(|| count[k] / others),
            }
        })
        .collect();
    let red_end = |end: usize| -> f64 {
        let volume = |s: &Share| ratio(profile.volume[s.component].iter().sum(), s.all);
        let red = shares.iter().filter(|s| red(s.component));
        red.map(|s| s.cells_95[end] * volume(s)).fold(0.0, |a, b| a + b)
    };
    let red_ends = [0, 1].map(red_end);
    let red_volume = components
        .filter(|k| red(*k))
        .map(|k| volumes[k])
        .fold(0.0, |a, b| a + b);
    let haematocrit = ratio(red_volume, layer.volume);
    LayerContent {
        layer: *layer,
        haematocrit,
        haematocrit_95: [
            ratio(red_ends[0], volume_95[1]),
            ratio(red_ends[1], thinnest(red_ends[1] - red_volume)).min(limit.max(haematocrit)),
        ],
        ends_95,
        volume_95,
        front: front(profile, layers, i, layer),
        shares,
    }
}

/// Where both boundaries of layer `i` lie [um], and its volume, which is `least` at least, as cells do not pack more densely [um3].
fn thickness(
    profile: &Profile,
    layers: &Layers,
    i: usize,
    l: &Layer,
    least: f64,
) -> ([[f64; 2]; 2], [f64; 2]) {
    let off = |j: Option<usize>| j.and_then(|j| layers.cuts.get(j)).map_or([0.0; 2], |c| c.off);
    let off = [off(i.checked_sub(1)), off(Some(i))];
    let (top, bottom) = (profile.edges[0], profile.edges[profile.bins()]);
    let ends = [(l.top, off[0]), (l.bottom, off[1])]
        .map(|(z, [up, down])| [(z - up).max(top), (z + down).min(bottom)]);
    let between = |a: f64, b: f64| layer(profile, l.kind, a, b).volume;
    // both boundaries scatter by themselves
    let smaller = between(l.top, ends[0][1]).hypot(between(ends[1][0], l.bottom));
    let larger = between(ends[0][0], l.top).hypot(between(l.bottom, ends[1][1]));
    let low = (l.volume - smaller).max(least.min(l.volume));
    (ends, [low, l.volume + larger])
}

/// How much of the height of layer `i` lies in the zones of its boundaries [um].
fn front(profile: &Profile, layers: &Layers, i: usize, layer: &Layer) -> f64 {
    let zone = |j: usize| {
        let cut = layers.cuts.get(j).filter(|c| c.exact.is_none())?;
        let (top, bottom) = (profile.edges[cut.zone.0], profile.edges[cut.zone.1]);
        Some((bottom.min(layer.bottom) - top.max(layer.top)).max(0.0))
    };
    let both = [i.checked_sub(1).and_then(zone), zone(i)];
    both.into_iter()
        .flatten()
        .sum::<f64>()
        .min(layer.bottom - layer.top)
}

/// Parcels behind `here` of `all` parcels, and where that number lies in 19 of 20 runs. Where none was found, the bound is that of
/// the bins that were counted, for the whole layer, which is `larger` times as large.
fn known(here: f64, all: u64, larger: f64) -> (u64, [f64; 2]) {
    let n = (here.round().max(0.0) as u64).min(all);
    let most = all as f64;
    if n == 0 {
        let bound = chance::none(all) * most * larger;
        return (0, [0.0, bound.max(here).min(most)]);
    }
    let scale = here / n as f64;
    let [low, high] = chance::share(n, all).map(|p| p * most * scale);
    (n, [low.min(here), high.max(here).min(most)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::synthetic::{BLOOD, fresh_blood, hard_spin, noisy, soft_spin, specimen};

    fn contents(profile: &Profile) -> Contents {
        let s = specimen(profile, &BLOOD);
        Contents::of(profile, &s, &Layers::find(profile, &s, None))
    }

    /// By hand: 0.0016 of 100 um3 cells are 16 000 per uL; 6.5 mL hold 6.5e6 uL-equivalents.
    #[test]
    fn the_whole_sample() {
        let c = contents(&fresh_blood(260));
        let l = &c.layers[0];
        assert!((l.haematocrit - 0.42).abs() < 1e-9);
        let platelet = &l.shares[3];
        assert!((platelet.concentration / 16_000.0 - 1.0).abs() < 1e-3);
        assert!((platelet.cells / (16_000.0 * 6500.0) - 1.0).abs() < 1e-3);
        assert!((platelet.recovery - 1.0).abs() < 1e-12);
        assert!((platelet.purity - 0.0016 / 0.4235).abs() < 1e-5);
        let without = platelet.purity_without_red_cells.unwrap_or(f64::NAN);
        assert!((without - 16.0 / 35.0).abs() < 1e-3);
        assert_eq!(l.shares[0].purity_without_red_cells, None);
        assert_eq!(c.platelets_above_red_cells, None);
    }

    /// The profile was made with 92 % of the platelets and 90 % of each leukocyte in the band.
    #[test]
    fn recoveries_of_a_hard_spin() {
        let c = contents(&hard_spin(260));
        let recovery = |kind: LayerKind, k: usize| c.get(kind).map_or(f64::NAN, |l| l.shares[k].recovery);
        assert!((recovery(LayerKind::BuffyCoat, 1) - 0.90).abs() < 0.003);
        assert!((recovery(LayerKind::BuffyCoat, 2) - 0.90).abs() < 0.003);
        assert!((recovery(LayerKind::BuffyCoat, 3) - 0.92).abs() < 0.003);
        assert!((recovery(LayerKind::Plasma, 3) - 0.08).abs() < 0.003);
        // red cells: the half bin below the surface of a 30.3 mm bed
        assert!(recovery(LayerKind::RedCells, 0) > 0.99);
        for k in 0..4 {
            let sum: f64 = c.layers.iter().map(|l| l.shares[k].recovery).sum();
            assert!((sum - 1.0).abs() < 1e-9);
        }
        assert!((c.platelets_above_red_cells.unwrap_or(f64::NAN) - 1.0).abs() < 0.01);
        let (top, bottom) = c.near_surface.unwrap_or_default();
        let (coat, surface) = (c.get(LayerKind::BuffyCoat), 65e3 - 65e3 * 0.42 / 0.90);
        let begins = coat.map_or(f64::NAN, |l| l.layer.top);
        assert!(top <= begins && top > begins - 250.0, "{top} {begins}");
        assert!((bottom - surface - 3000.0).abs() < 50.0, "{bottom}");
        // all in the band, and 3 mm of the 30.3 mm bed that holds the last tenth
        for (_, x) in &c.leukocytes_near_surface {
            assert!((x - (0.9 + 0.1 * 3.0 / 30.333)).abs() < 0.002, "{x}");
        }
    }

    #[test]
    fn noise_moves_recoveries_by_less_than_half_a_point() {
        let clean = contents(&hard_spin(260));
        for seed in 0..20 {
            let c = contents(&noisy(&hard_spin(260), 0.02, seed));
            for (a, b) in clean.layers.iter().zip(&c.layers) {
                for (x, y) in a.shares.iter().zip(&b.shares) {
                    assert!((x.recovery - y.recovery).abs() < 0.005, "{x:?} {y:?}");
                }
            }
        }
    }

    /// The headline number and the rows of the table are one number, with a coat and without, wherever the bins lie.
    #[test]
    fn platelets_above_the_red_cells_are_those_of_the_layers_above() {
        use crate::observe::synthetic::jammed;
        for (make, with_coat) in [
            (hard_spin as fn(usize) -> Profile, true),
            (soft_spin, true),
            (jammed, false),
        ] {
            for (bins, seed) in [(200, 1), (260, 2), (261, 3), (333, 4)] {
                let c = contents(&noisy(&make(bins), 0.05, seed));
                assert_eq!(c.get(LayerKind::BuffyCoat).is_some(), with_coat);
                let of = |kind| c.get(kind).map_or(0.0, |l| l.shares[3].recovery);
                let sum = of(LayerKind::Plasma) + of(LayerKind::BuffyCoat);
                let told = c.platelets_above_red_cells.unwrap_or(f64::NAN);
                assert!((told - sum).abs() < 1e-12, "{bins}: {told} {sum}");
            }
        }
    }

    #[test]
    fn platelets_of_a_soft_spin_stay_in_the_plasma() {
        let c = contents(&soft_spin(260));
        assert!((c.platelets_above_red_cells.unwrap_or(f64::NAN) - 0.75).abs() < 0.005);
        // none of them lies in the thin coat of leukocytes but those of its own height of plasma
        let plasma = c.get(LayerKind::Plasma).unwrap();
        assert!((plasma.shares[3].recovery - 0.73).abs() < 0.03, "{plasma:?}");
    }
}
