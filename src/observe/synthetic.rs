//! Profiles whose answers can be computed by hand, for tests.

use crate::engine::Profile;
use crate::model::CellClass;

/// Cross-section of the vessel [um2]: 1 mm of depth is 0.1 mL.
pub(crate) const AREA: f64 = 1e8;

/// Volume of every cell [um3].
pub(crate) const CELL: f64 = 100.0;

/// Slabs of constant fraction in a prismatic vessel.
pub(crate) struct Sample {
    height: f64,
    bins: usize,
    weight: Vec<f64>,
    slabs: Vec<(usize, f64, f64, f64)>,
}

impl Sample {
    /// `weight`: real cells per parcel for each component; all cells are [`CELL`] um3.
    pub(crate) fn new(height: f64, bins: usize, weight: &[f64]) -> Self {
        Self {
            height,
            bins,
            weight: weight.to_vec(),
            slabs: Vec::new(),
        }
    }

    /// Adds `fraction` of component `k` between two depths [um].
    pub(crate) fn slab(mut self, k: usize, top: f64, bottom: f64, fraction: f64) -> Self {
        self.slabs.push((k, top, bottom, fraction));
        self
    }

    pub(crate) fn profile(&self) -> Profile {
        let bin = self.height / self.bins as f64;
        let edges: Vec<f64> = (0..=self.bins).map(|i| i as f64 * bin).collect();
        let mut volume = vec![vec![0.0; self.bins]; self.weight.len()];
        for (k, top, bottom, fraction) in &self.slabs {
            for i in 0..self.bins {
                let part = (bottom.min(edges[i + 1]) - top.max(edges[i])).max(0.0);
                volume[*k][i] += fraction * part * AREA;
            }
        }
        let parcels = volume
            .iter()
            .zip(&self.weight)
            .map(|(row, w)| row.iter().map(|v| (v / (CELL * w)).round() as u64).collect())
            .collect();
        Profile {
            time: 0.0,
            omega: 0.0,
            edges,
            bin_volume: vec![bin * AREA; self.bins],
            parcels,
            volume,
            weight: self.weight.clone(),
        }
    }
}

/// Cells in plasma that pack up to 94 %, in grid cells as high as a bin.
pub(crate) fn specimen(profile: &Profile, classes: &[CellClass]) -> super::Specimen {
    let cell = profile.edges[profile.bins()] / profile.bins().max(1) as f64;
    super::Specimen::blood(classes, 0.94, cell)
}

/// Whole blood, 65 mm, H = 0.42: red cells, lymphocytes, neutrophils, platelets.
pub(crate) const BLOOD: [CellClass; 4] = [
    CellClass::Erythrocyte,
    CellClass::Leukocyte,
    CellClass::Leukocyte,
    CellClass::Platelet,
];

/// Blood as drawn.
pub(crate) fn fresh_blood(bins: usize) -> Profile {
    Sample::new(65e3, bins, &[1e3, 10.0, 10.0, 100.0])
        .slab(0, 0.0, 65e3, 0.42)
        .slab(1, 0.0, 65e3, 0.0005)
        .slab(2, 0.0, 65e3, 0.0014)
        .slab(3, 0.0, 65e3, 0.0016)
        .profile()
}

/// After a hard spin, every species conserved: red cells 0.90 from 34.667 mm; of the leukocytes 90 % and of the
/// platelets 92 % in the 0.5 mm above that, the other platelets in the plasma, the other leukocytes in the bed.
pub(crate) fn hard_spin(bins: usize) -> Profile {
    let surface = 65e3 - 65e3 * 0.42 / 0.90;
    let band = surface - 500.0;
    let concentrate = |phi: f64, share: f64| phi * share * 65e3 / 500.0;
    let bed = 65e3 - surface;
    Sample::new(65e3, bins, &[1e3, 10.0, 10.0, 100.0])
        .slab(0, surface, 65e3, 0.90)
        .slab(1, band, surface, concentrate(0.0005, 0.9))
        .slab(1, surface, 65e3, 0.0005 * 0.1 * 65e3 / bed)
        .slab(2, band, surface, concentrate(0.0014, 0.9))
        .slab(2, surface, 65e3, 0.0014 * 0.1 * 65e3 / bed)
        .slab(3, band, surface, concentrate(0.0016, 0.92))
        .slab(3, 0.0, band, 0.0016 * 0.08 * 65e3 / band)
        .profile()
}

/// After a soft spin: red cells 0.73 from 27.603 mm, 90 % of the leukocytes in the 0.5 mm above that, but three
/// quarters of the platelets still in the plasma and the rest in the bed.
pub(crate) fn soft_spin(bins: usize) -> Profile {
    let surface = 65e3 - 65e3 * 0.42 / 0.73;
    let band = surface - 500.0;
    Sample::new(65e3, bins, &[1e3, 10.0, 10.0, 100.0])
        .slab(0, surface, 65e3, 0.73)
        .slab(1, band, surface, 0.0005 * 0.9 * 130.0)
        .slab(1, surface, 65e3, 0.0005 * 0.1 * 65e3 / (65e3 - surface))
        .slab(2, band, surface, 0.0014 * 0.9 * 130.0)
        .slab(2, surface, 65e3, 0.0014 * 0.1 * 65e3 / (65e3 - surface))
        .slab(3, 0.0, surface, 0.0016 * 0.75 * 65e3 / surface)
        .slab(3, surface, 65e3, 0.0016 * 0.25 * 65e3 / (65e3 - surface))
        .profile()
}

/// Without rouleaux: as the soft spin, but with 30 % of the leukocytes on the red cells and the rest in them.
pub(crate) fn jammed(bins: usize) -> Profile {
    let surface = 65e3 - 65e3 * 0.42 / 0.73;
    let band = surface - 500.0;
    Sample::new(65e3, bins, &[1e3, 10.0, 10.0, 100.0])
        .slab(0, surface, 65e3, 0.73)
        .slab(1, band, surface, 0.0005 * 0.3 * 130.0)
        .slab(1, surface, 65e3, 0.0005 * 0.7 * 65e3 / (65e3 - surface))
        .slab(2, band, surface, 0.0014 * 0.3 * 130.0)
        .slab(2, surface, 65e3, 0.0014 * 0.7 * 65e3 / (65e3 - surface))
        .slab(3, 0.0, surface, 0.0016 * 0.75 * 65e3 / surface)
        .slab(3, surface, 65e3, 0.0016 * 0.25 * 65e3 / (65e3 - surface))
        .profile()
}

/// The same with every bin scaled by 1 +- `relative`, reproducibly.
pub(crate) fn noisy(profile: &Profile, relative: f64, seed: u64) -> Profile {
    let mut out = profile.clone();
    for k in 0..out.volume.len() {
        let u = crate::rng::unit_vector(seed, k as u64);
        for i in 0..out.bins() {
            let noise = 2.0 * crate::rng::roberts4((i as u64).wrapping_mul(7919), u)[i % 4] - 1.0;
            out.volume[k][i] *= 1.0 + relative * noise;
            out.parcels[k][i] = (out.volume[k][i] / (CELL * out.weight[k])).round() as u64;
        }
    }
    out
}
