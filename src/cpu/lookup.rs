//! The field between the corners of the grid, and what labels keep of it, for a block of parcels at a time.
//!
//! The field is interpolated in f32, four numbers at once: the table is f32, too, and its own error is far larger.

use super::block::{Floats, LANES, Reals};
use glam::Vec4;

/// The field on the corners of the grid cells, x fastest.
#[derive(Clone, Copy)]
pub struct Nodes<'a> {
    nodes: &'a [[f32; 4]],
    cells: [u32; 3],
    row: usize,
    layer: usize,
}

/// Where parcels are along one axis: the grid cell and the place in it, 0 to 1.
#[derive(Clone, Copy)]
pub struct Axis {
    cell: [i32; LANES],
    part: Floats,
}

impl Axis {
    /// At so many grid cells from the corner, on an axis of so many; what lies outside of the grid, or is not a number, is on
    /// its edge.
    #[inline(always)]
    fn new(at: &Reals, cells: u32) -> Self {
        let (mut cell, mut part) = ([0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            let x = at[l].max(0.0).min(f64::from(cells));
            let low = (x as i32).min(cells as i32 - 1);
            cell[l] = low;
            part[l] = (x - f64::from(low)) as f32;
        }
        Self { cell, part }
    }
}

impl<'a> Nodes<'a> {
    /// Of a grid of so many cells.
    pub fn new(nodes: &'a [[f32; 4]], cells: [u32; 3]) -> Self {
        let row = cells[0] as usize + 1;
        Self {
            nodes,
            cells,
            row,
            layer: row * (cells[1] as usize + 1),
        }
    }

    /// Places that are so many grid cells from the corner.
    #[inline(always)]
    pub fn places(&self, [x, y, z]: &[Reals; 3]) -> [Axis; 3] {
        let n = self.cells;
        [Axis::new(x, n[0]), Axis::new(y, n[1]), Axis::new(z, n[2])]
    }

    /// grad(B2)/(2 mu0) [pg/(um2 us2)] along the axes, and |B| [T]: the mean of the eight corners, weighted by the volumes
    /// opposite.
    #[inline(always)]
    pub fn field(&self, [x, y, z]: &[Axis; 3]) -> [Floats; 4] {
        let mut parcels = [[0.0; 4]; LANES];
        for (l, parcel) in parcels.iter_mut().enumerate() {
            let low = z.cell[l] as usize * self.layer + y.cell[l] as usize * self.row + x.cell[l] as usize;
            let along_x = |node| {
                let [a, b] = self.pair(node);
                mix(a, b, x.part[l])
            };
            let face = |node| mix(along_x(node), along_x(node + self.row), y.part[l]);
            *parcel = mix(face(low), face(low + self.layer), z.part[l]).to_array();
        }
        let mut field = [[0.0; LANES]; 4];
        for (l, parcel) in parcels.iter().enumerate() {
            for (field, value) in field.iter_mut().zip(parcel) {
                field[l] = *value;
            }
        }
        field
    }

    /// A corner and its neighbour along x, which lies beside it.
    #[inline(always)]
    fn pair(&self, node: usize) -> [Vec4; 2] {
        let pair = &self.nodes[node..node + 2];
        [Vec4::from_array(pair[0]), Vec4::from_array(pair[1])]
    }
}

#[inline(always)]
fn mix(a: Vec4, b: Vec4, t: f32) -> Vec4 {
    a + (b - a) * t
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
    let r = 1.0 / x;
    if x < STRONG {
        upper / lower
    } else {
        3.0 * (1.0 - r) * r
    }
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
