//! A field from a file: B on the nodes of a grid, measured or computed elsewhere.
//!
//! B is interpolated, and the gradient is that of the interpolant, so force and field belong together. The map is held to
//! Maxwell's equations by that very interpolant: what it leaves of div B and curl B is reported and limited.

use super::fault::MagnetError;
use super::point::FieldPoint;
pub use crate::grids::Interpolation;
use crate::grids::{FLUX_DENSITY, Gap, GridError, Outlier, Symmetry, VectorGrid, millimetres};
use glam::DVec3;

/// Largest share of the gradient that may be divergence or curl before a map is refused. It stands between what interpolation
/// leaves of a right map and what a slip makes of one. Above a dipole, linear and cubic interpolation leave 3 and 2 % where the
/// step of the map is a fifth of the distance to the magnet, 8 and 6 % at a third, 15 % at a half, all measured in the tests of
/// this module; swapped columns, a wrong sign or a wrong unit in one of them come to some tens of per cent. A map that is refused
/// for its step alone has forces that are wrong by about as much.
pub const LIMIT: f64 = 0.1;

/// What a map leaves of Maxwell's equations: root mean squares over its cells, as shares of the gradient's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Consistency {
    /// div B.
    pub divergence: f64,
    /// curl B.
    pub curl: f64,
}

/// A checked map.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldMap {
    name: String,
    grid: VectorGrid,
    interpolation: Interpolation,
    consistency: Consistency,
}

impl FieldMap {
    /// Reads text with the columns x, y, z, Bx, By, Bz, each with its unit in the header: `x [mm]`, `Bx [T]`. `name` is what errors call the
    /// file.
    ///
    /// # Errors
    /// [`MagnetError::Map`] with the line, if a column or unit is missing, a row is not numbers, or the field breaks Maxwell's equations
    /// (see [`LIMIT`]).
    pub fn from_csv(name: &str, text: &str, interpolation: Interpolation) -> Result<Self, MagnetError> {
        Self::new(
            name,
            VectorGrid::from_csv(name, text, &FLUX_DENSITY)?,
            interpolation,
            LIMIT,
        )
    }

    /// A map of `grid`; refused if div B or curl B are above `limit` times the gradient.
    ///
    /// # Errors
    /// [`MagnetError::Map`] if the grid is none, not finite, or breaks Maxwell's equations.
    pub fn new(
        name: &str,
        grid: VectorGrid,
        interpolation: Interpolation,
        limit: f64,
    ) -> Result<Self, MagnetError> {
        let fault = |what: String| {
            Err(MagnetError::from(GridError {
                file: name.to_owned(),
                line: None,
                what,
            }))
        };
        let least = if interpolation == Interpolation::Cubic {
            3
        } else {
            2
        };
        if let Err(what) = grid.check(least, "B") {
            return fault(what);
        }
        let mut map = Self {
            name: name.to_owned(),
            grid,
            interpolation,
            consistency: Consistency {
                divergence: 0.0,
                curl: 0.0,
            },
        };
        map.consistency = map.measure();
        for (share, what) in [
            (map.consistency.divergence, "div B"),
            (map.consistency.curl, "curl B"),
        ] {
            if share > limit {
                let planar = match map.grid.symmetry {
                    Symmetry::Planar(_) => "; a section through a field of three dimensions is not planar",
                    _ => "",
                };
                return fault(format!(
                    "{what} is {:.1} % of the gradient; {:.1} % is allowed. Columns or signs are mixed up, or the grid is too coarse for \
                     this field{planar}",
                    100.0 * share,
                    100.0 * limit
                ));
            }
        }
        Ok(map)
    }

    /// How far the map keeps Maxwell's equations.
    pub fn consistency(&self) -> Consistency {
        self.consistency
    }

    /// The node with the largest flux density [um], and how large that is [T].
    pub fn strongest(&self) -> (DVec3, f64) {
        let grid = &self.grid;
        let squares = (0..grid.vectors.len())
            .filter(|i| grid.known(*i))
            .map(|i| (i, grid.vectors[i].length_squared()));
        let (i, square) = squares.fold((0, 0.0), |most, this| if this.1 > most.1 { this } else { most });
        (self.grid.node(i), square.sqrt())
    }

    /// The node that stands out most of its neighbours, of those that are `asked` for.
    pub fn outlier(&self, asked: impl Fn(DVec3) -> bool) -> Option<Outlier> {
        self.grid.outlier(asked, |_| true)
    }

    /// The grid.
    pub fn grid(&self) -> &VectorGrid {
        &self.grid
    }

    /// Lowest and highest corner [um].
    pub fn bounds(&self) -> (DVec3, DVec3) {
        self.grid.bounds()
    }

    /// Refuses a box `lo`..`hi` [um] that the map does not cover.
    ///
    /// # Errors
    /// [`MagnetError::Map`] with the corners.
    pub fn covers(&self, lo: DVec3, hi: DVec3) -> Result<(), MagnetError> {
        let (from, to) = self.bounds();
        let corner = |i: usize| DVec3::select([i & 1 == 1, i & 2 == 2, i & 4 == 4].into(), hi, lo);
        if (0..8).all(|i| self.clearance(corner(i)) >= 0.0) {
            return Ok(());
        }
        Err(MagnetError::from(GridError {
            file: self.name.clone(),
            line: None,
            what: format!(
                "the file covers {} to {}{}, the duct needs {} to {}. Check the length unit, or set `centre` and `axes`",
                millimetres(from),
                millimetres(to),
                self.around(),
                millimetres(lo),
                millimetres(hi)
            ),
        }))
    }

    /// What a box does not say of a field around an axis.
    fn around(&self) -> String {
        match (
            self.grid.symmetry,
            self.grid.axes[0].first(),
            self.grid.axes[0].last(),
        ) {
            (Symmetry::Around { .. }, Some(first), Some(last)) => {
                let [first, last] = [first.max(0.0), *last].map(|r| crate::units::digits(r / 1e3, 5));
                format!(" (a cylinder, {first} to {last} mm from its axis)")
            }
            _ => String::new(),
        }
    }

    /// Distance to the edge of the map [um], not positive outside.
    pub fn clearance(&self, q: DVec3) -> f64 {
        let steps = [0, 1, 2].map(|k| self.grid.step(k));
        // the edge itself belongs to the map
        let slack = 1e-9 * steps.into_iter().fold(f64::INFINITY, f64::min);
        let inside = if let Symmetry::Around { centre, axis, .. } = self.grid.symmetry {
            let along = (q - centre).dot(axis);
            let r = (q - centre - along * axis).length();
            let ends = |k: usize, x: f64| {
                let a = &self.grid.axes[k];
                let [first, .., last] = a.as_slice() else {
                    return f64::INFINITY;
                };
                (x - first).min(last - x)
            };
            ends(0, r).min(ends(2, along))
        } else {
            let (from, to) = self.bounds();
            (q - from).min(to - q).min_element()
        };
        if inside >= 0.0 { inside + slack } else { inside }
    }

    /// Field at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Beyond`] off the map, [`MagnetError::Map`] beside a node that has no value.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        match self.grid.at(q, self.interpolation) {
            Ok((b, gradient)) => Ok(FieldPoint { b, gradient }),
            Err(Gap::Outside) => Err(MagnetError::Beyond {
                what: format!("the field map {}", self.name),
                at: q,
            }),
            Err(Gap::Node(i)) => Err(MagnetError::from(GridError {
                file: self.name.clone(),
                line: self.grid.line(i),
                what: format!(
                    "there is no value at {}, next to {} in the duct. Resample the field one step further out",
                    millimetres(self.grid.node(i)),
                    millimetres(q)
                ),
            })),
        }
    }

    /// In the middle of every cell.
    fn measure(&self) -> Consistency {
        let (mut div, mut curl, mut all, mut b2, mut n) = (0.0, 0.0, 0.0, 0.0, 0.0);
        // the middle of every cell; around an axis those beyond it say nothing new
        let first = match self.grid.symmetry {
            Symmetry::Around { .. } => self.grid.axes[0].partition_point(|r| *r < 0.0),
            _ => 0,
        };
        let middles = [0, 1, 2].map(|k| -> Vec<f64> {
            let axis = &self.grid.axes[k][if k == 0 { first } else { 0 }..];
            match axis {
                [one] => vec![*one],
                _ => axis.windows(2).map(|w| 0.5 * (w[0] + w[1])).collect(),
            }
        });
        let cells = middles.iter().map(Vec::len).product();
        for i in 0..cells {
            let [nx, ny] = [middles[0].len(), middles[1].len()];
            let at = [i % nx, i / nx % ny, i / (nx * ny)];
            let own = DVec3::from_array([0, 1, 2].map(|k| middles[k][at[k]]));
            if let Ok(p) = self.at(self.grid.place(own)) {
                div += p.divergence().powi(2);
                curl += p.curl().length_squared();
                all += p.gradient.to_cols_array().iter().map(|g| g * g).sum::<f64>();
                b2 += p.b.length_squared();
                n += 1.0;
            }
        }
        // a field that hardly changes over the map has rounding for a gradient
        let (from, to) = self.bounds();
        let size = (to - from).to_array().into_iter().filter(|l| l.is_finite());
        let floor = 1e-6 * b2 / size.map(|l| l * l).sum::<f64>();
        let scale = all + floor;
        let share = |x: f64| {
            if n > 0.0 && scale > 0.0 {
                (x / scale).sqrt()
            } else {
                0.0
            }
        };
        Consistency {
            divergence: share(div),
            curl: share(curl),
        }
    }
}

#[cfg(test)]
mod tests;
