//! A symmetric, positive definite, banded system, by Cholesky's decomposition. The order of its operations is fixed, so that the same system has
//! the same solution to the last bit on any computer and with any number of threads.
//!
//! The rows are eliminated from both ends at once, each end by a thread of its own, until a block in the middle is left that both touch (a twisted
//! factorisation). The ends have no entries in common, as the block is as wide as the band.

use crate::Error;
use multiversion::multiversion;
use std::ops::Range;

/// A symmetric banded matrix.
#[derive(Clone, Debug)]
pub struct Banded {
    rows: usize,
    band: usize,
    /// Rows that are eliminated from either end.
    outer: usize,
    /// From the first row, with the block in the middle.
    head: End,
    /// From the last row backwards. Of the block in the middle it holds what its elimination takes off.
    tail: End,
}

/// One end of the matrix: the diagonal and the `band` entries to the right of it, row by row, counted from this end.
#[derive(Clone, Debug)]
struct End {
    /// Entries of a row: the band and the diagonal.
    wide: usize,
    /// Row r holds the columns r to r + band; those beyond the last are zero.
    upper: Vec<f64>,
    right: Vec<f64>,
}

impl Banded {
    /// A matrix of zeros.
    pub fn new(rows: usize, band: usize) -> Self {
        // in pairs
        let outer = rows.saturating_sub(band) / 4 * 2;
        Self {
            rows,
            band,
            outer,
            head: End::new(rows - outer, band),
            tail: End::new(rows - outer, band),
        }
    }

    /// Sets all entries to zero.
    pub fn clear(&mut self) {
        self.head.upper.fill(0.0);
        self.tail.upper.fill(0.0);
    }

    /// Adds to the entry in a row and a column to the left of its diagonal, or on it, and to its mirror image.
    pub fn add(&mut self, row: usize, column: usize, x: f64) {
        debug_assert!(column <= row && row - column <= self.band);
        let (end, first) = if row < self.rows - self.outer {
            (&mut self.head, column)
        } else {
            (&mut self.tail, self.rows - 1 - row)
        };
        end.upper[first * end.wide + row - column] += x;
    }

    /// Solves the system for this right side, which becomes the solution. The matrix becomes its decomposition.
    ///
    /// # Errors
    /// [`Error::Numerics`] for a matrix that is not positive definite, or whose entries are no numbers.
    pub fn solve(&mut self, right: &mut [f64]) -> Result<(), Error> {
        let (n, outer) = (self.rows, self.outer);
        let (head, tail) = (&mut self.head, &mut self.tail);
        head.right.copy_from_slice(&right[..n - outer]);
        tail.right.fill(0.0);
        for (x, r) in tail.right[..outer].iter_mut().zip(right.iter().rev()) {
            *x = *r;
        }
        let (a, b) = rayon::join(|| head.eliminate(0..outer), || tail.eliminate(0..outer));
        a.and(b)?;
        head.join(tail, outer);
        head.eliminate(outer..n - outer)?;
        head.substitute(outer..n - outer);
        // the block in the middle is known to both
        for (x, y) in tail.right[outer..]
            .iter_mut()
            .zip(head.right[outer..].iter().rev())
        {
            *x = *y;
        }
        rayon::join(|| head.substitute(0..outer), || tail.substitute(0..outer));
        right[..n - outer].copy_from_slice(&head.right);
        for (r, x) in right.iter_mut().rev().zip(&tail.right[..outer]) {
            *r = *x;
        }
        Ok(())
    }
}

impl End {
    fn new(rows: usize, band: usize) -> Self {
        Self {
            wide: band + 1,
            upper: vec![0.0; rows * (band + 1)],
            right: vec![0.0; rows],
        }
    }

    /// Eliminates rows, of which the first has an even number, from the matrix and from the right side.
    fn eliminate(&mut self, rows: Range<usize>) -> Result<(), Error> {
        let wide = self.wide;
        for r in rows.clone().step_by(2) {
            let (done, later) = self.upper.split_at_mut((r + 1) * wide);
            let row = &mut done[r * wide..];
            pivot(row, r)?;
            if r + 1 < rows.end {
                let (next, rest) = later.split_at_mut(wide);
                take(&row[1..], &mut next[..wide - 1]);
                pivot(next, r + 1)?;
                eliminate(row, next, rest, wide);
            }
        }
        for r in rows {
            let row = &self.upper[r * wide..(r + 1) * wide];
            let known = self.right[r] * row[0];
            self.right[r] = known;
            for (x, u) in self.right[r + 1..].iter_mut().zip(&row[1..]) {
                *x -= known * u;
            }
        }
        Ok(())
    }

    /// Adds what the other end has left of the block in the middle, which begins at row `outer` from either end.
    fn join(&mut self, other: &Self, outer: usize) {
        let Some(last) = self.right.len().checked_sub(1) else {
            return;
        };
        for r in outer..=last {
            for (d, x) in other.upper[r * self.wide..(r + 1) * self.wide].iter().enumerate() {
                // the same entry, its row and column counted from the other end
                if r + d <= last {
                    self.upper[(last + outer - r - d) * self.wide + d] += x;
                }
            }
            self.right[last + outer - r] += other.right[r];
        }
    }

    /// Solves for rows whose followers are known.
    fn substitute(&mut self, rows: Range<usize>) {
        for r in rows.rev() {
            let row = &self.upper[r * self.wide..(r + 1) * self.wide];
            let known: f64 = self.right[r + 1..]
                .iter()
                .zip(&row[1..])
                .map(|(x, u)| x * u)
                .sum();
            self.right[r] = (self.right[r] - known) * row[0];
        }
    }
}

/// Makes a row one of the decomposition; its diagonal becomes one over the root of the pivot.
fn pivot(row: &mut [f64], r: usize) -> Result<(), Error> {
    let pivot = row[0];
    if !(pivot > 0.0 && pivot.is_finite()) {
        let why = if pivot.is_finite() {
            "rounding spoils its equations. Fewer levels have a solution"
        } else {
            "its equations are no numbers"
        };
        return Err(Error::Numerics(format!(
            "the flow along the channel cannot be solved: {why} ({pivot:e} is left in row {r} from an end)"
        )));
    }
    let scale = 1.0 / pivot.sqrt();
    row[0] = scale;
    row[1..].iter_mut().for_each(|x| *x *= scale);
    Ok(())
}

/// Takes a row times its first entry off another.
fn take(row: &[f64], other: &mut [f64]) {
    let factor = row.first().copied().unwrap_or(0.0);
    for (x, u) in other.iter_mut().zip(row) {
        *x -= factor * u;
    }
}

/// Takes two rows, each times its entries, off the rows below: two at once, as every entry below is then read and written once for both. Wider
/// registers change no bit: no product is fused with a sum.
#[multiversion(targets("x86_64+avx+avx2"))]
fn eliminate(row: &[f64], next: &[f64], rest: &mut [f64], wide: usize) {
    for (i, below) in (2..=wide).zip(rest.chunks_exact_mut(wide)) {
        // the first row ends before the second
        let (f, g) = (row.get(i).copied().unwrap_or(0.0), next[i - 1]);
        let (first, second) = (&row[i.min(wide)..], &next[i - 1..]);
        let n = first.len();
        let (below, last) = below[..second.len()].split_at_mut(n);
        for ((x, u), v) in below.iter_mut().zip(first).zip(second) {
            *x = *x - f * u - g * v;
        }
        for (x, v) in last.iter_mut().zip(&second[n..]) {
            *x -= g * v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: [[4, 2, 0], [2, 5, 2], [0, 2, 5]] times (1, 2, 3) is (8, 18, 19).
    #[test]
    fn three_by_three() {
        let mut m = Banded::new(3, 1);
        for (r, c, x) in [(0, 0, 4.0), (1, 0, 2.0), (1, 1, 5.0), (2, 1, 2.0), (2, 2, 5.0)] {
            m.add(r, c, x);
        }
        let mut x = [8.0, 18.0, 19.0];
        m.solve(&mut x).unwrap();
        for (x, want) in x.iter().zip([1.0, 2.0, 3.0]) {
            assert!((x - want).abs() < 1e-14);
        }
    }

    /// A wide band, with an even and an odd number of rows: the solution of a product is what was multiplied.
    #[test]
    fn a_wide_band() {
        for (n, band) in [
            (57, 13),
            (58, 13),
            (20, 1),
            (9, 8),
            (12, 8),
            (13, 8),
            (14, 8),
            (1, 0),
            (2, 0),
            (9, 0),
            (5, 9),
            (0, 0),
        ] {
            let entry = |r: usize, c: usize| match r.abs_diff(c) {
                0 => 40.0 + r as f64 / 7.0,
                d if d <= band => (((r.min(c) * 31 + d * 17) % 11) as f64 - 5.0) / 3.0,
                _ => 0.0,
            };
            let want: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
            let mut right: Vec<f64> = (0..n)
                .map(|r| (0..n).map(|c| entry(r, c) * want[c]).sum())
                .collect();
            let mut m = Banded::new(n, band);
            for r in 0..n {
                for c in r.saturating_sub(band)..=r {
                    m.add(r, c, entry(r, c));
                }
            }
            m.solve(&mut right).unwrap();
            for (x, want) in right.iter().zip(&want) {
                assert!((x - want).abs() < 1e-12, "{n} rows");
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_is_refused() {
        let mut m = Banded::new(2, 1);
        m.add(0, 0, 1.0);
        m.add(1, 0, 2.0);
        m.add(1, 1, 1.0);
        assert!(m.solve(&mut [1.0, 1.0]).is_err());
        assert!(Banded::new(1, 0).solve(&mut [1.0]).is_err());
        // at either end, and in the middle
        for bad in [3, 28, 55] {
            let mut m = Banded::new(57, 13);
            (0..57).for_each(|r| m.add(r, r, if r == bad { -1.0 } else { 1.0 }));
            assert!(m.solve(&mut [1.0; 57]).is_err(), "{bad}");
        }
    }
}
