//! What a grid stands for beyond its nodes: the same all along an axis, or all around one; and where it lies.

use super::VectorGrid;
use glam::{DMat3, DVec3};

/// What a grid stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Symmetry {
    /// A box.
    #[default]
    None,
    /// The same all along this axis, without an end.
    Planar(usize),
    /// The same all around an axis.
    Around {
        /// Where its places along the axis are counted from [um].
        centre: DVec3,
        /// Direction of the axis, of length one.
        axis: DVec3,
        /// Direction from the axis to the points of the file, of length one.
        out: DVec3,
    },
}

/// Along which axis of the duct one of a file points: 1, 2, 3 along x, y, z, negative against them.
pub type Along = i8;

impl Symmetry {
    /// Along which axis it has no end.
    pub fn endless(self) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Planar(k) => Some(k),
            // the middle one of its own coordinates, which is the angle
            Self::Around { .. } => Some(1),
        }
    }

    /// The place of a point of its own coordinates.
    pub(super) fn place(self, own: DVec3) -> DVec3 {
        match self {
            Self::Around { centre, axis, out } => centre + own.x * out + own.z * axis,
            _ => own,
        }
    }

    /// The box around what lies between two corners of its own coordinates.
    pub(super) fn bounds(self, lo: DVec3, hi: DVec3) -> (DVec3, DVec3) {
        match self {
            Self::Around { centre, axis, .. } => {
                let across = hi.x * (DVec3::ONE - axis.abs());
                let [a, b] = [centre + lo.z * axis, centre + hi.z * axis];
                (a.min(b) - across, a.max(b) + across)
            }
            _ => (lo, hi),
        }
    }
}

/// The signed axis as a direction.
fn direction(along: Along) -> DVec3 {
    let k = usize::from(along.unsigned_abs()).clamp(1, 3) - 1;
    f64::from(along.signum()) * DVec3::AXES[k]
}

impl VectorGrid {
    /// Puts it where it belongs: its axes along those of the duct, then its origin to `centre` [um].
    ///
    /// # Errors
    /// Axes that are not three different ones, or mirror the file.
    pub fn placed(mut self, along: [Along; 3], centre: DVec3) -> Result<Self, String> {
        let turn = DMat3::from_cols(direction(along[0]), direction(along[1]), direction(along[2]));
        let det = turn.determinant();
        if det.abs() < 0.5 {
            return Err("`axes` names one axis twice; use x, y and z once each".into());
        }
        if det < 0.0 {
            return Err(
                "these axes would mirror the file. Change the sign of one, as in [\"y\", \"-x\", \"z\"]"
                    .into(),
            );
        }
        if let Symmetry::Around { centre: c, axis, out } = self.symmetry {
            self.symmetry = Symmetry::Around {
                centre: centre + turn * c,
                axis: turn * axis,
                out: turn * out,
            };
            return Ok(self);
        }
        let to = along.map(|a| usize::from(a.unsigned_abs()) - 1);
        let mut axes: [Vec<f64>; 3] = Default::default();
        for k in 0..3 {
            let mut axis = self.axes[k].clone();
            if along[k] < 0 {
                axis.reverse();
                axis.iter_mut().for_each(|x| *x = -*x);
            }
            let shift = centre[to[k]];
            axis.iter_mut().for_each(|x| *x += shift);
            axes[to[k]] = axis;
        }
        let counts = [0, 1, 2].map(|k| axes[k].len());
        let old = self.counts();
        let order: Vec<usize> = (0..self.vectors.len())
            .map(|i| {
                let at = [
                    i % counts[0],
                    i / counts[0] % counts[1],
                    i / (counts[0] * counts[1]),
                ];
                let own = [0, 1, 2].map(|k: usize| {
                    let j = at[to[k]];
                    if along[k] < 0 { old[k] - 1 - j } else { j }
                });
                own[0] + old[0] * (own[1] + old[1] * own[2])
            })
            .collect();
        self.vectors = order.iter().map(|i| turn * self.vectors[*i]).collect();
        if !self.gaps.is_empty() {
            self.gaps = order.iter().map(|i| self.gaps[*i]).collect();
        }
        if !self.lines.is_empty() {
            self.lines = order.iter().map(|i| self.lines[*i]).collect();
        }
        if let Symmetry::Planar(k) = self.symmetry {
            self.symmetry = Symmetry::Planar(to[k]);
        }
        self.axes = axes;
        Ok(self)
    }

    /// From nodes (r, one, z) with vectors (radial, none, along) to what is the same all around an axis. Distances that begin at the axis get their negative ones, so that what is smooth there is interpolated as such.
    ///
    /// # Errors
    /// Distances below zero.
    pub(super) fn around(mut self, centre: DVec3, [out, axis]: [DVec3; 2]) -> Result<Self, String> {
        let r = self.axes[0].clone();
        let Some(first) = r.first().copied() else {
            return Err("there are no points".into());
        };
        let step = self.step(0);
        if first < -1e-6 * step {
            return Err(
                "it has negative distances from the axis. Export only one half of the plane, from the axis outwards"
                    .into(),
            );
        }
        if first.abs() <= 1e-6 * step {
            let (n, nz) = (r.len(), self.axes[2].len());
            let mut axis: Vec<f64> = r[1..].iter().rev().map(|x| -x).collect();
            axis.push(0.0);
            axis.extend(&r[1..]);
            let m = axis.len();
            let from: Vec<(usize, bool)> = (0..m * nz)
                .map(|i| {
                    let (j, k) = (i % m, i / m);
                    let mirrored = j + 1 < n;
                    let own = if mirrored { n - 1 - j } else { j + 1 - n };
                    (own + n * k, mirrored)
                })
                .collect();
            let vectors = from.iter().map(|(i, mirrored)| {
                let v = self.vectors[*i];
                if *mirrored { DVec3::new(-v.x, v.y, v.z) } else { v }
            });
            self.vectors = vectors.collect();
            if !self.gaps.is_empty() {
                self.gaps = from.iter().map(|(i, _)| self.gaps[*i]).collect();
            }
            if !self.lines.is_empty() {
                self.lines = from.iter().map(|(i, _)| self.lines[*i]).collect();
            }
            self.axes[0] = axis;
        }
        self.symmetry = Symmetry::Around { centre, axis, out };
        Ok(self)
    }
}
