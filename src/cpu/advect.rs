//! Along the fluxes through the faces of the grid cells, from face to face.

use crate::engine::BatchStats;
use crate::fixed;
use crate::flow::{faces, lower};
use crate::kernels::advect::MOST_CELLS;
use crate::kernels::{Environment, Step};
use crate::laws::pollock::{exit, pollock};

/// The flow of one step, and the grid that it is given on.
pub struct Grid<'a> {
    flux: &'a [f32],
    inverse: &'a [f64],
    cells: [u32; 3],
    n: [usize; 3],
    /// Of each axis: where its faces begin, and how far apart the two faces of a cell are.
    axes: [(usize, usize); 3],
    dt: f64,
    number: u32,
}

impl<'a> Grid<'a> {
    /// For one step.
    pub fn new(env: &Environment, step: &Step, flux: &'a [f32], inverse: &'a [f64]) -> Self {
        let n = env.cells.map(|n| n as usize);
        Self {
            flux,
            inverse,
            cells: env.cells,
            n,
            axes: std::array::from_fn(|axis| faces(n, axis)),
            dt: step.dt,
            number: step.number,
        }
    }

    /// Rates at which fluid comes in and goes out through the two faces of a cell, over its volume [1/us].
    #[inline(always)]
    fn rates(&self, at: [usize; 3], axis: usize) -> Option<[f64; 2]> {
        let (begin, stride) = self.axes[axis];
        let cell = (at[2] * self.n[1] + at[1]) * self.n[0] + at[0];
        let low = begin + lower(self.n, axis, at);
        let inverse = self.inverse.get(cell)?;
        let rates = [*self.flux.get(low)?, *self.flux.get(low + stride)?].map(|f| f64::from(f) * inverse);
        (rates[0].is_finite() && rates[1].is_finite()).then_some(rates)
    }

    /// Where the path of a parcel leads in the step; none if it leaves the grid, or a flux is no number.
    #[inline(always)]
    fn path(&self, mut p: [u64; 3]) -> Option<[u64; 3]> {
        let mut left = self.dt;
        for _ in 0..MOST_CELLS {
            if left <= 0.0 {
                return Some(p);
            }
            let at = p.map(|p| fixed::cell(p) as usize);
            let mut rates = [[0.0; 2]; 3];
            let (mut first, mut through) = (left, None);
            for axis in 0..3 {
                rates[axis] = self.rates(at, axis)?;
                let [low, high] = rates[axis];
                let x = fixed::fraction(p[axis]);
                let time = exit(x, low, high);
                if time < first {
                    (first, through) = (time, Some((axis, low + (high - low) * x > 0.0)));
                }
            }
            for axis in 0..3 {
                let cell = p[axis] >> 32 << 32;
                p[axis] = match through {
                    Some((k, true)) if k == axis => {
                        if at[k] + 1 == self.n[k] {
                            return None;
                        }
                        cell + (1 << 32)
                    }
                    Some((k, false)) if k == axis => cell.checked_sub(1)?,
                    _ => {
                        let [low, high] = rates[axis];
                        let x = fixed::fraction(p[axis]);
                        // no rounding leads out of the cell
                        cell + (fixed::from_cells(x + pollock(x, low, high, first), 1))
                    }
                };
            }
            left -= first;
        }
        Some(p)
    }
}

/// Carries the parcels of a chunk; `first` is the number of its first parcel.
pub fn advance(grid: &Grid<'_>, [x, y, z]: [&mut [u64]; 3], first: u64) -> BatchStats {
    let mut stats = BatchStats::default();
    for i in 0..z.len() {
        let p = [x[i], y[i], z[i]];
        let to = match fixed::inside(p, grid.cells) {
            true => grid.path(p),
            false => None,
        };
        match to {
            Some(to) => [x[i], y[i], z[i]] = to,
            None => stats.bad = stats.bad.or(Some((grid.number, first + i as u64))),
        }
    }
    stats
}
