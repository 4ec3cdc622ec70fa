//! Weights of the nodes along one axis.

use super::Interpolation;

/// A node's share in the value and in its slope per step of the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weight {
    pub node: usize,
    pub weight: f64,
    pub slope: f64,
}

/// For the place `x` in steps from the first of `n` nodes.
///
/// Cubic: Catmull & Rom (1974), third order; beyond the ends the parabola through the last three nodes goes on.
pub(super) fn weights(interpolation: Interpolation, x: f64, n: usize) -> [Weight; 4] {
    let cell = (x.floor().max(0.0) as usize).min(n.saturating_sub(2));
    let t = x - cell as f64;
    let none = Weight {
        node: cell,
        weight: 0.0,
        slope: 0.0,
    };
    let mut out = [none; 4];
    match interpolation {
        Interpolation::Linear => {
            out[0] = Weight {
                node: cell,
                weight: 1.0 - t,
                slope: -1.0,
            };
            out[1] = Weight {
                node: cell + 1,
                weight: t,
                slope: 1.0,
            };
        }
        Interpolation::Cubic => {
            let mut w = [
                0.5 * t * (-1.0 + t * (2.0 - t)),
                0.5 * (2.0 + t * t * (-5.0 + 3.0 * t)),
                0.5 * t * (1.0 + t * (4.0 - 3.0 * t)),
                0.5 * t * t * (t - 1.0),
            ];
            let mut d = [
                0.5 * (-1.0 + t * (4.0 - 3.0 * t)),
                0.5 * t * (-10.0 + 9.0 * t),
                0.5 * (1.0 + t * (8.0 - 9.0 * t)),
                0.5 * t * (3.0 * t - 2.0),
            ];
            // the node that is missing is 3 f0 - 3 f1 + f2 of those beside it
            let mut first = cell.wrapping_sub(1);
            if cell == 0 {
                first = 0;
                for v in [&mut w, &mut d] {
                    *v = [v[1] + 3.0 * v[0], v[2] - 3.0 * v[0], v[3] + v[0], 0.0];
                }
            } else if cell + 2 == n {
                for v in [&mut w, &mut d] {
                    *v = [v[0] + v[3], v[1] - 3.0 * v[3], v[2] + 3.0 * v[3], 0.0];
                }
            }
            for (k, o) in out.iter_mut().enumerate() {
                *o = Weight {
                    node: (first + k).min(n - 1),
                    weight: w[k],
                    slope: d[k],
                };
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(x: f64, f: impl Fn(f64) -> f64, interpolation: Interpolation) -> (f64, f64) {
        let mut sum = (0.0, 0.0);
        for w in weights(interpolation, x, 5) {
            sum.0 += w.weight * f(w.node as f64);
            sum.1 += w.slope * f(w.node as f64);
        }
        sum
    }

    /// Cubic weights reproduce parabolas and their slopes everywhere, the ends too; linear ones straight lines.
    #[test]
    fn polynomials_come_out() {
        for i in 0..=40 {
            let x = f64::from(i) / 10.0;
            let (v, d) = apply(x, |x| 1.0 - 2.0 * x + 0.5 * x * x, Interpolation::Cubic);
            assert!((v - (1.0 - 2.0 * x + 0.5 * x * x)).abs() < 1e-12, "{x}: {v}");
            assert!((d - (x - 2.0)).abs() < 1e-12, "{x}: {d}");
            let (v, d) = apply(x, |x| 3.0 - x, Interpolation::Linear);
            assert!((v - 3.0 + x).abs() < 1e-12 && (d + 1.0).abs() < 1e-12);
        }
    }
}
