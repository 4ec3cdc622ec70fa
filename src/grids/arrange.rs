//! Points in any order onto the grid that they lie on.

use super::{VectorGrid, millimetres};
use glam::DVec3;

/// Nodes of the grid that points span over the points themselves, above which they lie on none.
const SPARSE: usize = 8;

/// Most that the places of an even grid may be off by the digits that they were printed with, as a share of a step.
const PRINTED: f64 = 0.1;

/// What stands at a point.
pub(super) struct Row {
    /// Line in the file, 0 where it has none.
    pub line: u32,
    /// Where [um].
    pub at: DVec3,
    /// Not a number where nothing is known.
    pub vector: DVec3,
}

/// How finely numbers of a column were printed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Printed {
    /// Digits behind the point, most of all.
    pub decimals: i32,
    /// Digits that count, most of all.
    pub significant: i32,
    /// Micrometres in one.
    pub unit: f64,
}

impl Printed {
    /// Looks at a number as it is written.
    pub fn note(&mut self, text: &str) {
        let (mantissa, exponent) = match text.split_once(['e', 'E', 'd', 'D']) {
            Some((m, e)) => (m, e.parse().unwrap_or(0)),
            None => (text, 0),
        };
        let decimals = mantissa.split_once(['.', ',']).map_or(0, |(_, d)| d.len() as i32);
        let digits = mantissa.chars().filter(char::is_ascii_digit);
        let significant = digits.skip_while(|c| *c == '0').count() as i32;
        self.decimals = self.decimals.max(decimals - exponent);
        self.significant = self.significant.max(significant);
    }

    /// Half of the last digit of a place [um].
    fn half(&self, place: f64) -> f64 {
        let fixed = 0.5 * 10f64.powi(-self.decimals);
        let size = (place / self.unit).abs();
        let floating = if size > 0.0 {
            0.5 * 10f64.powi(size.log10().floor() as i32 + 1 - self.significant)
        } else {
            0.0
        };
        self.unit * fixed.max(floating)
    }
}

/// What is wrong, and in which line.
pub(super) type Fault = (Option<u64>, String);

/// The places along an axis, and whether they are even only within what was printed.
fn axis(rows: &[Row], k: usize, printed: Option<&Printed>) -> (Vec<f64>, bool) {
    let mut values: Vec<f64> = rows.iter().map(|r| r.at[k]).collect();
    values.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (values.first(), values.last()) else {
        return (Vec::new(), false);
    };
    let same = 1e-6 * (high - low);
    values.dedup_by(|b, a| *b - *a <= same);
    let n = values.len();
    if n < 3 {
        return (values, false);
    }
    let step = (high - low) / (n - 1) as f64;
    let expected = |i: usize| low + step * i as f64;
    let off = |i: usize| (values[i] - expected(i)).abs();
    let even = (0..n).all(|i| off(i) <= 1e-3 * step);
    let rounded = !even
        && printed.is_some_and(|p| {
            // both ends are rounded, too
            let slack = |i: usize| p.half(values[i]) + p.half(low).max(p.half(high));
            (0..n).all(|i| p.half(values[i]) <= PRINTED * step && off(i) <= 1.001 * slack(i))
        });
    if even || rounded {
        // the ends as they are written
        values = (0..n)
            .map(|i| if i + 1 == n { high } else { expected(i) })
            .collect();
    }
    (values, rounded)
}

/// Rows in any order onto their grid; also, which axes are even within the digits that were printed.
pub(super) fn arrange(
    rows: &[Row],
    printed: Option<&[Printed; 3]>,
) -> Result<(VectorGrid, [bool; 3]), Fault> {
    if rows.is_empty() {
        return Err((None, "there are no points".into()));
    }
    let found = [0, 1, 2].map(|k| axis(rows, k, printed.map(|p| &p[k])));
    let rounded = [0, 1, 2].map(|k| found[k].1);
    let axes = found.map(|f| f.0);
    let counts = [0, 1, 2].map(|k| axes[k].len());
    let total = counts.iter().fold(1_usize, |t, n| t.saturating_mul(*n));
    let [nx, ny, nz] = counts;
    if total > super::MOST_POINTS || total > rows.len().saturating_mul(SPARSE) {
        return Err((
            None,
            format!(
                "its {} points do not lie on a grid: they have {nx} different x, {ny} y and {nz} z. Write it on a regular grid: COMSOL by \
                 Export > Grid, ParaView by the filter Resample To Image",
                rows.len()
            ),
        ));
    }
    let mut grid = VectorGrid::on(axes, vec![DVec3::NAN; total]);
    grid.lines = vec![0; total];
    let mut there = vec![false; total];
    for row in rows {
        let index = [0, 1, 2].map(|k: usize| {
            let axis = &grid.axes[k];
            let after = axis.partition_point(|a| *a < row.at[k]).min(axis.len() - 1);
            let before = after.saturating_sub(1);
            let nearer = (row.at[k] - axis[before]).abs() < (axis[after] - row.at[k]).abs();
            if nearer { before } else { after }
        });
        let i = index[0] + counts[0] * (index[1] + counts[1] * index[2]);
        let same = |a: DVec3, b: DVec3| a == b || (a.is_nan() && b.is_nan());
        if there[i] && !same(grid.vectors[i], row.vector) {
            let before = grid
                .line(i)
                .map_or("further up".into(), |l| format!("in line {l}"));
            let what = format!(
                "the point {} is there twice with different values, first {before}",
                millimetres(row.at)
            );
            return Err((Some(u64::from(row.line)).filter(|l| *l > 0), what));
        }
        there[i] = true;
        grid.vectors[i] = row.vector;
        grid.lines[i] = row.line;
    }
    if grid.lines.iter().all(|l| *l == 0) {
        grid.lines = Vec::new();
    }
    mark(&mut grid);
    Ok((grid, rounded))
}

/// Notes which nodes have no value.
pub(super) fn mark(grid: &mut VectorGrid) {
    for v in &mut grid.vectors {
        if !v.is_finite() {
            *v = DVec3::NAN;
        }
    }
    if grid.vectors.iter().any(|v| v.is_nan()) {
        grid.gaps = grid.vectors.iter().map(|v| v.is_nan()).collect();
    }
}
