//! From the counts of a back-end to a profile.

use super::{Profile, Setup, Tally};

impl Profile {
    /// The profile at `time` [us] of a run whose parcels were counted, `[component][bin]`; `unit` is that of the first moment
    /// [um3], `weight` the real cells per parcel, by component.
    pub fn of(setup: &Setup, tally: &[Vec<Tally>], unit: f64, weight: &[f64], time: f64) -> Self {
        let bins = setup.sampling.bins as usize;
        let height = setup.chamber.height();
        let edges: Vec<f64> = (0..=bins).map(|i| height * i as f64 / bins as f64).collect();
        let above: Vec<f64> = edges.iter().map(|z| setup.chamber.volume_above(*z)).collect();
        Self {
            time,
            omega: setup.protocol.omega(time),
            bin_volume: above.windows(2).map(|w| w[1] - w[0]).collect(),
            edges,
            parcels: tally
                .iter()
                .map(|row| row.iter().map(|t| t.parcels).collect())
                .collect(),
            volume: tally
                .iter()
                .map(|row| row.iter().map(|t| t.volume as f64 * unit).collect())
                .collect(),
            weight: weight.to_vec(),
        }
    }
}
