//! Vectors between the nodes of a grid.

use super::{Symmetry, VectorGrid};
use glam::{DMat3, DVec3};

/// How a grid is interpolated between its nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// Trilinear: the vector is continuous, its gradient jumps between cells.
    Linear,
    /// Tricubic: the gradient is continuous too. Needs three nodes along each axis.
    Cubic,
}

/// Why there is no value at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// It lies outside of the grid.
    Outside,
    /// This node beside it has no value.
    Node(usize),
}

/// A node's share in the value and in its slope per micrometre.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Weight {
    node: usize,
    weight: f64,
    slope: f64,
}

const NONE: Weight = Weight {
    node: 0,
    weight: 0.0,
    slope: 0.0,
};

/// The interval of `axis` that `x` lies in.
fn cell(axis: &[f64], x: f64) -> usize {
    axis.partition_point(|a| *a <= x)
        .saturating_sub(1)
        .min(axis.len().saturating_sub(2))
}

/// Slopes at `axis[i]` of the parabola through the three nodes from `first` on, by node.
fn parabola(axis: &[f64], first: usize, i: usize) -> [f64; 3] {
    let x = [0, 1, 2].map(|k| axis[first + k]);
    let at = axis[i];
    [0, 1, 2].map(|k: usize| {
        let (a, b) = ((k + 1) % 3, (k + 2) % 3);
        (2.0 * at - x[a] - x[b]) / ((x[k] - x[a]) * (x[k] - x[b]))
    })
}

/// For the place `x` on `axis`.
///
/// Cubic: Hermite's polynomial between two nodes, whose slopes are those of the parabolas through them and their neighbours, at the
/// ends of the three last. On even nodes these are Catmull & Rom's (1974), third order.
fn weights(interpolation: Interpolation, x: f64, axis: &[f64]) -> [Weight; 4] {
    let n = axis.len();
    let mut out = [NONE; 4];
    if n < 2 {
        out[0].weight = 1.0;
        return out;
    }
    let i = cell(axis, x);
    let h = axis[i + 1] - axis[i];
    let t = (x - axis[i]) / h;
    if interpolation == Interpolation::Linear || n < 3 {
        out[0] = Weight {
            node: i,
            weight: 1.0 - t,
            slope: -1.0 / h,
        };
        out[1] = Weight {
            node: i + 1,
            weight: t,
            slope: 1.0 / h,
        };
        return out;
    }
    let base = i.saturating_sub(1).min(n.saturating_sub(4));
    for (k, o) in out.iter_mut().enumerate() {
        o.node = (base + k).min(n - 1);
    }
    let mut add = |node: usize, weight: f64, slope: f64| {
        let o = &mut out[node - base];
        o.weight += weight;
        o.slope += slope / h;
    };
    add(i, 1.0 + t * t * (2.0 * t - 3.0), 6.0 * t * (t - 1.0));
    add(i + 1, t * t * (3.0 - 2.0 * t), 6.0 * t * (1.0 - t));
    for (node, value, slope) in [
        (i, t * (1.0 + t * (t - 2.0)), 1.0 + t * (3.0 * t - 4.0)),
        (i + 1, t * t * (t - 1.0), t * (3.0 * t - 2.0)),
    ] {
        let first = node.saturating_sub(1).min(n - 3);
        for (k, s) in parabola(axis, first, node).into_iter().enumerate() {
            add(first + k, h * s * value, h * s * slope);
        }
    }
    out
}

impl VectorGrid {
    /// The vector at `q` [um] and its gradient, column by column along x, y and z [per um].
    ///
    /// # Errors
    /// [`Gap`] where there is none.
    pub fn at(&self, q: DVec3, interpolation: Interpolation) -> Result<(DVec3, DMat3), Gap> {
        let Symmetry::Around { centre, axis, out } = self.symmetry else {
            return self.own(q, interpolation);
        };
        let along = (q - centre).dot(axis);
        let across = q - centre - along * axis;
        let r = across.length();
        let (v, g) = self.own(DVec3::new(r, 0.0, along), interpolation)?;
        let out = if r > 0.0 { across / r } else { out };
        let side = axis.cross(out);
        // on the axis the radial part rises as it does beside it
        let round = if r > 1e-9 * self.step(0) {
            v.x / r
        } else {
            g.x_axis.x
        };
        let turn = DMat3::from_cols(out, side, axis);
        let own = DMat3::from_cols(
            DVec3::new(g.x_axis.x, 0.0, g.x_axis.z),
            DVec3::new(0.0, round, 0.0),
            DVec3::new(g.z_axis.x, 0.0, g.z_axis.z),
        );
        Ok((v.x * out + v.z * axis, turn * own * turn.transpose()))
    }

    /// In its own coordinates.
    fn own(&self, q: DVec3, interpolation: Interpolation) -> Result<(DVec3, DMat3), Gap> {
        for k in 0..3 {
            if let [first, .., last] = self.axes[k].as_slice() {
                // written so that what is not a number is refused, too
                let within = q[k] >= *first && q[k] <= *last;
                if !within {
                    return Err(Gap::Outside);
                }
            }
        }
        let n = self.counts();
        let index = |x: usize, y: usize, z: usize| x + n[0] * (y + n[1] * z);
        if !self.gaps.is_empty() {
            let near = [0, 1, 2].map(|k| weights(Interpolation::Linear, q[k], &self.axes[k]));
            for z in &near[2] {
                for y in &near[1] {
                    for x in &near[0] {
                        let i = index(x.node, y.node, z.node);
                        if x.weight * y.weight * z.weight != 0.0 && !self.known(i) {
                            return Err(Gap::Node(i));
                        }
                    }
                }
            }
        }
        let [wx, wy, wz] = [0, 1, 2].map(|k| weights(interpolation, q[k], &self.axes[k]));
        let (mut b, mut slope) = (DVec3::ZERO, [DVec3::ZERO; 3]);
        for z in wz {
            for y in wy {
                for x in wx {
                    let i = index(x.node, y.node, z.node);
                    let (value, dx, dy, dz) = (
                        x.weight * y.weight * z.weight,
                        x.slope * y.weight * z.weight,
                        x.weight * y.slope * z.weight,
                        x.weight * y.weight * z.slope,
                    );
                    if value == 0.0 && dx == 0.0 && dy == 0.0 && dz == 0.0 {
                        continue;
                    }
                    let v = self.vectors[i];
                    if v.is_nan() {
                        return Err(Gap::Node(i));
                    }
                    b += value * v;
                    slope[0] += dx * v;
                    slope[1] += dy * v;
                    slope[2] += dz * v;
                }
            }
        }
        Ok((b, DMat3::from_cols(slope[0], slope[1], slope[2])))
    }

    /// Continues the vectors by two nodes into what has no value, with the parabolas of the last three nodes, as interpolation does
    /// at the ends of a grid. These nodes only shape the slopes beside them: between them there still is no value.
    pub fn bridge(&mut self) {
        if self.gaps.is_empty() {
            return;
        }
        let n = self.counts();
        let strides = [1, n[0], n[0] * n[1]];
        for _ in 0..2 {
            let mut found = Vec::new();
            for i in (0..self.vectors.len()).filter(|i| self.vectors[*i].is_nan()) {
                let at = self.indices(i);
                let (mut sum, mut ways) = (DVec3::ZERO, 0.0);
                for k in 0..3 {
                    for up in [false, true] {
                        let far = if up { at[k] + 3 < n[k] } else { at[k] >= 3 };
                        if !far {
                            continue;
                        }
                        let node = |d: usize| {
                            if up {
                                i + d * strides[k]
                            } else {
                                i - d * strides[k]
                            }
                        };
                        let place = |d: usize| self.axes[k][if up { at[k] + d } else { at[k] - d }];
                        let v = [1, 2, 3].map(|d| self.vectors[node(d)]);
                        if v.iter().any(|v| v.is_nan()) {
                            continue;
                        }
                        let x = [0, 1, 2, 3].map(place);
                        let share = |a: usize, b: usize, c: usize| {
                            (x[0] - x[b]) * (x[0] - x[c]) / ((x[a] - x[b]) * (x[a] - x[c]))
                        };
                        sum += share(1, 2, 3) * v[0] + share(2, 1, 3) * v[1] + share(3, 1, 2) * v[2];
                        ways += 1.0;
                    }
                }
                if ways > 0.0 {
                    found.push((i, sum / ways));
                }
            }
            for (i, v) in found {
                self.vectors[i] = v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(x: f64, axis: &[f64], f: impl Fn(f64) -> f64, interpolation: Interpolation) -> (f64, f64) {
        let mut sum = (0.0, 0.0);
        for w in weights(interpolation, x, axis) {
            sum.0 += w.weight * f(axis[w.node]);
            sum.1 += w.slope * f(axis[w.node]);
        }
        sum
    }

    /// Cubic weights reproduce parabolas and their slopes everywhere, on uneven nodes and at the ends too; linear ones straight lines.
    #[test]
    fn polynomials_come_out() {
        for axis in [
            vec![0.0, 1.0, 2.0, 3.0, 4.0],
            vec![0.0, 0.3, 1.9, 2.0, 4.0],
            vec![0.0, 3.0, 4.0],
        ] {
            for i in 0..=40 {
                let x = f64::from(i) / 10.0;
                let (v, d) = apply(x, &axis, |x| 1.0 - 2.0 * x + 0.5 * x * x, Interpolation::Cubic);
                assert!((v - (1.0 - 2.0 * x + 0.5 * x * x)).abs() < 1e-12, "{x}: {v}");
                assert!((d - (x - 2.0)).abs() < 1e-12, "{x}: {d}");
                let (v, d) = apply(x, &axis, |x| 3.0 - x, Interpolation::Linear);
                assert!((v - 3.0 + x).abs() < 1e-12 && (d + 1.0).abs() < 1e-12);
            }
        }
    }

    /// On even nodes it is Catmull and Rom's: the cubic x^3 at 1.5 from its values at 0, 1, 2, 3 is (-0 + 9 + 72 - 27)/16 = 3.375.
    #[test]
    fn even_nodes_are_catmull_and_rom() {
        let axis = [0.0, 1.0, 2.0, 3.0, 4.0];
        let (v, _) = apply(1.5, &axis, |x| x.powi(3), Interpolation::Cubic);
        assert!((v - 3.375).abs() < 1e-12, "{v}");
    }
}
