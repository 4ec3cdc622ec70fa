//! A volume fraction against depth, and the few operations on it that every observable shares.

use crate::engine::Profile;

/// Volume fraction of some cells in each bin.
pub(super) struct Curve<'a> {
    profile: &'a Profile,
    /// Volume of those cells in each bin [um3].
    cells: Vec<f64>,
    /// Bins on either side that smoothing takes in.
    reach: usize,
}

impl<'a> Curve<'a> {
    /// Sum of the components that `keep` picks.
    pub(super) fn of(profile: &'a Profile, keep: impl Fn(usize) -> bool) -> Self {
        let mut cells = vec![0.0; profile.bins()];
        for (_, row) in profile.volume.iter().enumerate().filter(|(k, _)| keep(*k)) {
            for (sum, v) in cells.iter_mut().zip(row) {
                *sum += v;
            }
        }
        Self {
            profile,
            cells,
            reach: 1,
        }
    }

    /// The same, smoothed over more neighbours: those that a grid cell covers.
    pub(super) fn reaching(mut self, reach: usize) -> Self {
        self.reach = reach.max(1);
        self
    }

    /// Bins on either side that smoothing takes in.
    pub(super) fn reach(&self) -> usize {
        self.reach
    }

    /// Number of bins.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Volume fraction in bin `i`; 0 in a bin without room.
    pub(super) fn at(&self, i: usize) -> f64 {
        ratio(self.cells[i], self.profile.bin_volume[i])
    }

    /// Volume-weighted mean fraction over bins `from..to`; 0 for none.
    pub(super) fn mean(&self, from: usize, to: usize) -> f64 {
        let to = to.min(self.len());
        if from >= to {
            return 0.0;
        }
        let cells: f64 = self.cells[from..to].iter().sum();
        let space: f64 = self.profile.bin_volume[from..to].iter().sum();
        ratio(cells, space)
    }

    /// Volume of the cells over all bins [um3].
    pub(super) fn total(&self) -> f64 {
        self.cells.iter().sum()
    }

    /// Middle of bin `i` [um]; bins -1, -2, ... lie above the meniscus, those from [`Self::len`] on below the bottom.
    pub(super) fn middle(&self, i: isize) -> f64 {
        let edges = &self.profile.edges;
        let inside = i.clamp(0, self.len() as isize - 1);
        let (a, b) = (edges[inside as usize], edges[inside as usize + 1]);
        0.5 * (a + b) + (i - inside) as f64 * (b - a)
    }

    /// Mean of a bin and its neighbours, one on each side where not said otherwise. Above the meniscus there is nothing, below the bottom the last bin
    /// goes on.
    ///
    /// Three bins are averaged because then linear interpolation finds a sharp front exactly, wherever it
    /// lies within its bin, and because the noise of one bin, or a band of leukocytes one bin thick that pushes
    /// the red cells aside, no longer counts as a front.
    pub(super) fn smooth(&self, i: isize) -> f64 {
        let reach = self.reach as isize;
        let last = self.len() as isize - 1;
        let sum: f64 = (i - reach..=i + reach)
            .filter(|j| *j >= 0)
            .map(|j| self.at(j.min(last) as usize))
            .sum();
        sum / (2 * reach + 1) as f64
    }

    /// Depth [um] at which the smoothed curve, rising downwards, passes `threshold` between the middles of
    /// bins `i - 1` and `i`; never outside the sample.
    pub(super) fn crossing(&self, i: isize, threshold: f64) -> f64 {
        let (above, below) = (self.smooth(i - 1), self.smooth(i));
        let x = if below > above {
            ((threshold - above) / (below - above)).clamp(0.0, 1.0)
        } else {
            1.0
        };
        let (a, b) = (self.middle(i - 1), self.middle(i));
        let edges = &self.profile.edges;
        (a + x * (b - a)).clamp(edges[0], edges[self.len()])
    }
}

/// `part` of `whole`; 0 of nothing.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Part of bin `i` that lies between two depths, 0..=1.
pub(super) fn overlap(profile: &Profile, i: usize, top: f64, bottom: f64) -> f64 {
    let (a, b) = (profile.edges[i], profile.edges[i + 1]);
    ((bottom.min(b) - top.max(a)) / (b - a)).clamp(0.0, 1.0)
}
