//! The field between the corners of the grid, and what labels keep of it, for a block of parcels at a time.
//!
//! The field is interpolated in f32, two corners at once: the table is f32, too, and its own error is far larger.

use super::block::{Floats, LANES};
use crate::fixed;

/// The field on the corners of the grid cells, x fastest.
#[derive(Clone, Copy)]
pub struct Nodes<'a> {
    nodes: &'a [[f32; 4]],
    /// Number of the last cell along each axis.
    last: [f64; 3],
    /// From one corner to the next along each axis.
    stride: [f64; 3],
    row: usize,
    layer: usize,
}

/// Where parcels are in the grid: the number of the lowest corner of their cell, and the place in it, 0 to 1 along each axis.
#[derive(Clone, Copy)]
pub struct Places {
    corner: [u64; LANES],
    part: [Floats; 3],
}

impl Places {
    /// None yet.
    pub const NONE: Self = Self {
        corner: [0; LANES],
        part: [[0.0; LANES]; 3],
    };
}

impl<'a> Nodes<'a> {
    /// Of a grid of so many cells.
    pub fn new(nodes: &'a [[f32; 4]], cells: [u32; 3]) -> Self {
        let row = cells[0] as usize + 1;
        let layer = row * (cells[1] as usize + 1);
        Self {
            nodes,
            last: cells.map(|n| f64::from(n) - 1.0),
            stride: [1.0, row as f64, layer as f64],
            row,
            layer,
        }
    }

    /// Sets the place of parcel `l` to so many grid cells from the corner of the grid; what lies outside of the grid, or is not
    /// a number, is on its edge. In f64 alone: conversions to integers and back would go one by one.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "one number runs over several columns")]
    pub fn place(&self, places: &mut Places, l: usize, at: [f64; 3]) {
        let mut corner = 0.0;
        for k in 0..3 {
            // half a cell less, rounded to the nearest; where two cells meet it may be either, and the field is the same in both
            let low = at[k] - 0.5;
            let low = if low > 0.0 { low } else { 0.0 };
            let low = fixed::whole(if low < self.last[k] { low } else { self.last[k] });
            let t = (at[k] - low) as f32;
            let t = if t > 0.0 { t } else { 0.0 };
            places.part[k][l] = if t < 1.0 { t } else { 1.0 };
            corner += low * self.stride[k];
        }
        places.corner[l] = fixed::to_units(corner);
    }

    /// grad(B2)/(2 mu0) [pg/(um2 us2)] along the axes, and |B| [T]: the mean of the eight corners, weighted by the volumes
    /// opposite.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "one number runs over several columns")]
    pub fn field(&self, places: &Places, field: &mut [[f32; 4]; LANES]) {
        for l in 0..LANES {
            let [x, y, z] = [0, 1, 2].map(|k| places.part[k][l]);
            let low = places.corner[l] as usize;
            let high = low + self.layer;
            let near = mix(self.pair(low), self.pair(high), z);
            let far = mix(self.pair(low + self.row), self.pair(high + self.row), z);
            let both = mix(near, far, y);
            for k in 0..4 {
                field[l][k] = both[k] + (both[k + 4] - both[k]) * x;
            }
        }
    }

    /// A corner and its neighbour along x, which lies beside it.
    #[inline(always)]
    fn pair(&self, node: usize) -> [f32; 8] {
        let pair = &self.nodes[node..node + 2];
        let (a, b) = (pair[0], pair[1]);
        [a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]]
    }
}

#[inline(always)]
fn mix(a: [f32; 8], b: [f32; 8], t: f32) -> [f32; 8] {
    let mut c = [0.0; 8];
    for k in 0..8 {
        c[k] = a[k] + (b[k] - a[k]) * t;
    }
    c
}

/// Terms of Langevin's function as a continued fraction, enough up to [`STRONG`]: it is then exact to 4e-9.
const TERMS: usize = 14;

/// From here on coth is one to 5e-9.
const STRONG: f64 = 10.0;

/// `3 L(x)/x = 3/(3 + s/(5 + s/(7 + ..)))`, s = x2 (Gauss), as one fraction of polynomials in s, both over the constant of
/// the lower one. All are positive: nothing cancels.
const WEAK: [[f64; TERMS / 2 + 1]; 2] = {
    const N: usize = TERMS / 2 + 1;
    let (mut upper, mut lower) = ([0.0_f64; N], [0.0_f64; N]);
    (lower[0], upper[0]) = (2.0 * TERMS as f64 + 1.0, 1.0);
    let mut j = TERMS - 1;
    while j > 0 {
        // c + s / (lower/upper) = (c lower + s upper) / lower
        let mut next = [0.0; N];
        let mut i = 0;
        while i < N {
            next[i] = (2.0 * j as f64 + 1.0) * lower[i] + if i > 0 { upper[i - 1] } else { 0.0 };
            i += 1;
        }
        (upper, lower) = (lower, next);
        j -= 1;
    }
    let mut both = [[0.0; N]; 2];
    let mut i = 0;
    while i < N {
        both[0][i] = 3.0 * upper[i] / lower[0];
        both[1][i] = lower[i] / lower[0];
        i += 1;
    }
    both
};

/// [`crate::laws::saturation`] without branches, to 1e-8. In f64: where pull and weight nearly cancel, the roundings of f32
/// would count.
#[inline(always)]
pub fn saturation(x: f64) -> f64 {
    let s = x * x;
    let [upper, lower] = WEAK.map(|c| c.iter().rev().fold(0.0, |sum, c| sum * s + c));
    // a choice between numbers that are there already needs no branch, and one division does for both
    let strong = 3.0 - 3.0 / x;
    let weak = x < STRONG;
    let upper = if weak { upper } else { strong };
    let lower = if weak { lower } else { x };
    upper / lower
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::saturation::saturation as exact;

    /// To what the continued fraction leaves out at the end of its range, and the other form at its beginning.
    #[test]
    fn saturation_is_the_law() {
        for i in 0..200_000 {
            let x = (1.0 + f64::from(i) * 1e-4).ln() * 20.0;
            let error = saturation(x) / exact(x) - 1.0;
            assert!(error.abs() < 1e-8, "{error} at {x}");
        }
        assert_eq!(saturation(0.0), 1.0);
        assert_eq!(saturation(f64::INFINITY), 0.0);
        assert!(saturation(f64::NAN).is_nan());
    }
}
