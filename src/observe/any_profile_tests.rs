//! Observables of any profile there can be: few bins, few parcels, species without a parcel, bins without room.

use super::interface::{bed_top, shock};
use super::{Contents, Layers, Specimen};
use crate::engine::Profile;
use crate::model::CellClass;
use crate::rng::pcg3d;

const CLASSES: [CellClass; 4] = [
    CellClass::Erythrocyte,
    CellClass::Leukocyte,
    CellClass::Platelet,
    CellClass::Particle,
];

/// A profile from a seed. Most bins are empty; what there is crowds now at the top, now at the bottom, now nowhere.
fn any(seed: u32) -> (Profile, Vec<CellClass>) {
    let mut n = 0;
    let mut draw = |below: u64| {
        n += 1;
        (u64::from(pcg3d([seed, n, 7])[0]) * below) >> 32
    };
    let bins = if draw(4) == 0 { draw(4) } else { 18 + draw(80) } as usize;
    let species = draw(4) as usize;
    let bin = 1.0 + draw(1000) as f64;
    let edges: Vec<f64> = (0..=bins).map(|i| i as f64 * bin).collect();
    let bin_volume: Vec<f64> = (0..bins)
        .map(|_| if draw(40) == 0 { 0.0 } else { 1e6 * bin })
        .collect();
    let weight: Vec<f64> = (0..species).map(|_| 1.0 + draw(1000) as f64).collect();
    let mut parcels = vec![vec![0; bins]; species];
    let mut volume = vec![vec![0.0; bins]; species];
    for k in 0..species {
        let (count, where_to) = ([0, 3, 30, 1000][draw(4) as usize], draw(4));
        let one = 1e6 * bin * (1 + draw(100)) as f64 / 1e3;
        for _ in 0..count {
            let Some(last) = bins.checked_sub(1) else { break };
            let near = draw(3).min(last as u64);
            let i = match where_to {
                0 => last - draw(1 + near) as usize,
                1 => draw(1 + near) as usize,
                _ => draw(bins as u64) as usize,
            };
            parcels[k][i] += 1;
            volume[k][i] += one;
        }
    }
    let first = draw(4) as usize;
    let classes = (0..species).map(|k| CLASSES[(first + k) % 4]).collect();
    let profile = Profile {
        time: 0.0,
        omega: 0.0,
        edges,
        bin_volume,
        parcels,
        volume,
        weight,
    };
    (profile, classes)
}

/// Dilute, or in grid cells narrower or wider than a bin; some float.
fn specimen(seed: u32, p: &Profile, classes: &[CellClass]) -> Specimen {
    let [cell, light, plasma] = pcg3d([seed, 1, 3]);
    let bin = p.edges[p.bins()] / p.bins().max(1) as f64;
    Specimen {
        light: (0..classes.len()).map(|k| (light >> (k + 8)) & 1 == 1).collect(),
        plasma: plasma % 2 == 1,
        ..Specimen::blood(classes, 0.64, bin * [0.0, 0.3, 1.0, 1.7, 5.0][cell as usize % 5])
    }
}

/// Depths lie in the sample, layers touch, volumes and counts are numbers, and every cell is in one layer.
#[test]
fn nothing_breaks_and_every_cell_is_in_a_layer() {
    for seed in 0..4000 {
        let (p, classes) = any(seed);
        let bottom = p.edges[p.bins()];
        let inside = |x: Option<f64>| x.is_none_or(|x| (0.0..=bottom).contains(&x));
        for k in (0..classes.len()).map(Some).chain([None]) {
            assert!(inside(shock(&p, k)) && inside(bed_top(&p, k)), "seed {seed}");
        }
        let specimen = specimen(seed, &p, &classes);
        let layers = Layers::find(&p, &specimen, None);
        assert!(inside(layers.red_cell_surface), "seed {seed}");
        let contents = Contents::of(&p, &specimen, &layers);
        let mut end = 0.0;
        for l in &contents.layers {
            assert!(
                l.layer.top == end && l.layer.bottom >= l.layer.top,
                "seed {seed}: {layers:?}"
            );
            assert!(
                l.layer.volume.is_finite() && !l.haematocrit.is_nan(),
                "seed {seed}: {l:?}"
            );
            end = l.layer.bottom;
        }
        assert!(
            contents.layers.is_empty() || end == bottom,
            "seed {seed}: {layers:?}"
        );
        for k in (0..classes.len()).filter(|_| !contents.layers.is_empty()) {
            let all: f64 = (0..p.bins()).map(|i| p.cells(k, i)).sum();
            let found: f64 = contents.layers.iter().map(|l| l.shares[k].cells).sum();
            assert!((found - all).abs() <= 1e-9 * all, "seed {seed}: {found} of {all}");
            for share in contents.layers.iter().map(|l| &l.shares[k]) {
                assert!(
                    share.cells >= 0.0 && !share.concentration.is_nan(),
                    "seed {seed}: {share:?}"
                );
                assert!(
                    all == 0.0 || (0.0..=1.0 + 1e-9).contains(&share.recovery),
                    "seed {seed}: {share:?}"
                );
                assert!(!share.cells.is_nan() && (share.purity.is_nan() || share.purity <= 1.0 + 1e-9));
            }
        }
    }
}
