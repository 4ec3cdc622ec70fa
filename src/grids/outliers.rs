//! Nodes that stand out of their neighbours: a wrong number among right ones.

use super::{Symmetry, VectorGrid};
use glam::DVec3;

/// How far a node has to stand out, as a share of the vectors around it. Less does no harm to a force that is known to a few per cent.
const LEAST: f64 = 0.02;

/// And how many times as far as its neighbours miss what is interpolated: well above one, since a steep field misses everywhere.
const TIMES: f64 = 3.0;

/// How alike what it is off by has to be along each axis: a wrong number is off by the same along all, a steep field is not.
const ALIKE: f64 = 0.35;

/// A node that stands out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    /// Which.
    pub node: usize,
    /// The vector less what its neighbours lead to.
    pub off: DVec3,
    /// That over the vectors around it.
    pub share: f64,
    /// How many nodes stand out.
    pub count: usize,
}

/// Offsets of four nodes that lead to the one between or beside them.
const FOURS: [[isize; 4]; 5] = [
    [-2, -1, 1, 2],
    [-3, -2, -1, 1],
    [-1, 1, 2, 3],
    [-4, -3, -2, -1],
    [1, 2, 3, 4],
];

impl VectorGrid {
    /// The node that stands out most, of those that are `asked` for; only nodes that are `sound` are looked at.
    ///
    /// Along each axis the cubic through four neighbours leads to a value. A node stands out where it is off by the same along every
    /// axis, and by much more than its neighbours are across, whose own four do not contain it.
    pub fn outlier(&self, asked: impl Fn(DVec3) -> bool, sound: impl Fn(DVec3) -> bool) -> Option<Outlier> {
        let around = matches!(self.symmetry, Symmetry::Around { .. });
        let sound: Vec<bool> = (0..self.vectors.len())
            .map(|i| self.known(i) && sound(self.node(i)))
            .collect();
        let mut worst: Option<Outlier> = None;
        let mut count = 0;
        for i in 0..self.vectors.len() {
            // the mirrored half of a plane says nothing new
            if !sound[i] || (around && self.axes[0][self.indices(i)[0]] < 0.0) || !asked(self.node(i)) {
                continue;
            }
            let Some((off, share)) = self.stands_out(i, &sound) else {
                continue;
            };
            count += 1;
            if worst.is_none_or(|w| share > w.share) {
                worst = Some(Outlier {
                    node: i,
                    off,
                    share,
                    count,
                });
            }
        }
        worst.map(|w| Outlier { count, ..w })
    }

    fn stands_out(&self, i: usize, sound: &[bool]) -> Option<(DVec3, f64)> {
        let off: Vec<DVec3> = (0..3).filter_map(|k| self.missed(i, k, sound)).collect();
        if off.len() < 2 {
            return None;
        }
        let mean = off.iter().sum::<DVec3>() / off.len() as f64;
        let size = mean.length();
        if size == 0.0 || off.iter().any(|o| o.distance(mean) > ALIKE * size) {
            return None;
        }
        let (mut around, mut missed, mut n) = (0.0, Vec::new(), 0.0);
        for j in self.across(i).into_iter().filter(|j| sound[*j]) {
            around += self.vectors[j].length();
            n += 1.0;
            let of = (0..3).filter_map(|k| self.missed(j, k, sound)).map(DVec3::length);
            missed.push(of.fold(0.0, f64::max));
        }
        missed.sort_by(f64::total_cmp);
        // the second, so that another wrong one beside it does not hide it
        let [.., usual, _] = missed.as_slice() else {
            return None;
        };
        let share = size / (around / n);
        (share > LEAST && size > TIMES * usual).then_some((mean, share))
    }

    /// What node `i` is off by from the cubic through four others along axis `k`.
    fn missed(&self, i: usize, k: usize, sound: &[bool]) -> Option<DVec3> {
        let counts = self.counts();
        let stride = [1, counts[0], counts[0] * counts[1]][k];
        let at = self.indices(i)[k];
        FOURS.iter().find_map(|four| {
            let places = four.map(|d| at.checked_add_signed(d).filter(|p| *p < counts[k]));
            let places = [places[0]?, places[1]?, places[2]?, places[3]?];
            let nodes = places.map(|p| i + p * stride - at * stride);
            if nodes.iter().any(|n| !sound[*n]) {
                return None;
            }
            let x = places.map(|p| self.axes[k][p]);
            let here = self.axes[k][at];
            let mut led = DVec3::ZERO;
            for a in 0..4 {
                let share = (0..4).filter(|b| *b != a).map(|b| (here - x[b]) / (x[a] - x[b]));
                led += share.product::<f64>() * self.vectors[nodes[a]];
            }
            Some(self.vectors[i] - led)
        })
    }

    /// The neighbours of node `i` that share no line of the grid with it.
    fn across(&self, i: usize) -> Vec<usize> {
        let (counts, at) = (self.counts(), self.indices(i));
        let mut out = Vec::new();
        for c in 0..27 {
            let d = [c % 3, c / 3 % 3, c / 9].map(|d: isize| d - 1);
            if d.iter().filter(|d| **d != 0).count() < 2 {
                continue;
            }
            let p = [0, 1, 2].map(|k| at[k].checked_add_signed(d[k]).filter(|p| *p < counts[k]));
            if let [Some(x), Some(y), Some(z)] = p {
                out.push(x + counts[0] * (y + counts[1] * z));
            }
        }
        out
    }
}
