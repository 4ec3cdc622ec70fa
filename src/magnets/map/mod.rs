//! A field from a file: B on the nodes of a regular grid, measured or computed elsewhere.
//!
//! B is interpolated, and the gradient is that of the interpolant, so force and field belong together. The map is held to
//! Maxwell's equations by that very interpolant: what it leaves of div B and curl B is reported and limited.

mod interpolate;

use super::fault::MagnetError;
use super::point::FieldPoint;
use crate::grids::{FLUX_DENSITY, GridError, Units, VectorGrid, millimetres};
use glam::{DMat3, DVec3};
use interpolate::weights;

/// Largest share of the gradient that may be divergence or curl before a map is refused. It stands between what interpolation
/// leaves of a right map and what a slip makes of one. Above a dipole, linear and cubic interpolation leave 3 and 2 % where the
/// step of the map is a fifth of the distance to the magnet, 8 and 6 % at a third, 15 % at a half, all measured in the tests of
/// this module; swapped columns, a wrong sign or a wrong unit in one of them come to some tens of per cent. A map that is refused
/// for its step alone has forces that are wrong by about as much.
pub const LIMIT: f64 = 0.1;

/// How B is interpolated between the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// Trilinear: B is continuous, its gradient jumps between cells.
    Linear,
    /// Tricubic after Catmull and Rom: the gradient is continuous too. Needs three nodes along each axis.
    Cubic,
}

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
    /// Reads text with the columns x, y, z, Bx, By, Bz in any order, each with its unit in the header: `x [mm]`, `Bx [T]`
    /// (or mT, uT, kG, G). Rows in any order; other columns and lines that begin with # do not matter. `name` is what
    /// errors call the file.
    ///
    /// # Errors
    /// [`MagnetError::Map`] with the line, if a column or unit is missing, a row is not numbers, a point is missing or
    /// there twice, the grid is not even, or the field breaks Maxwell's equations (see [`LIMIT`]).
    pub fn from_csv(name: &str, text: &str, interpolation: Interpolation) -> Result<Self, MagnetError> {
        Self::new(
            name,
            VectorGrid::from_csv(name, text, &FLUX_DENSITY)?,
            interpolation,
            LIMIT,
        )
    }

    /// Reads a legacy VTK file of structured points with one field of vectors, text or binary. Such files carry no units:
    /// `units` are theirs.
    ///
    /// # Errors
    /// As [`FieldMap::from_csv`].
    pub fn from_vtk(
        name: &str,
        bytes: &[u8],
        units: Units<'_>,
        interpolation: Interpolation,
    ) -> Result<Self, MagnetError> {
        let grid = VectorGrid::from_vtk(name, bytes, units, &FLUX_DENSITY)?;
        Self::new(name, grid, interpolation, LIMIT)
    }

    /// Reads a VTK XML file of image data (.vti) with one field of vectors on its points: as text, in base64 within the file or
    /// appended, or appended raw; not compressed. Units as for [`FieldMap::from_vtk`].
    ///
    /// # Errors
    /// As [`FieldMap::from_csv`].
    pub fn from_vti(
        name: &str,
        bytes: &[u8],
        units: Units<'_>,
        interpolation: Interpolation,
    ) -> Result<Self, MagnetError> {
        let grid = VectorGrid::from_vti(name, bytes, units, &FLUX_DENSITY)?;
        Self::new(name, grid, interpolation, LIMIT)
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
                return fault(format!(
                    "{what} is {:.1} % of the gradient, more than {:.1} %: columns or signs are mixed up, or the grid \
                     is too coarse for this field",
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
        let squares = self.grid.vectors.iter().map(|b| b.length_squared()).enumerate();
        let (i, square) = squares.fold((0, 0.0), |most, this| if this.1 > most.1 { this } else { most });
        let [nx, ny, _] = self.grid.counts;
        let node = DVec3::from_array([i % nx, i / nx % ny, i / (nx * ny)].map(|k| k as f64));
        (self.grid.origin + self.grid.spacing * node, square.sqrt())
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
        if lo.cmpge(from).all() && hi.cmple(to).all() {
            return Ok(());
        }
        Err(MagnetError::from(GridError {
            file: self.name.clone(),
            line: None,
            what: format!(
                "the map reaches from {} to {}, but the chamber from {} to {}",
                millimetres(from),
                millimetres(to),
                millimetres(lo),
                millimetres(hi)
            ),
        }))
    }

    /// Distance to the edge of the map [um], not positive outside.
    pub fn clearance(&self, q: DVec3) -> f64 {
        let (from, to) = self.bounds();
        // the edge itself belongs to the map
        let slack = 1e-9 * self.grid.spacing.min_element();
        let inside = (q - from).min(to - q);
        let inside = if inside.min_element() >= 0.0 {
            inside + slack
        } else {
            inside
        };
        inside.min_element()
    }

    /// Field at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Beyond`] off the map.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        let (from, to) = self.bounds();
        if !(q.cmpge(from).all() && q.cmple(to).all()) {
            return Err(MagnetError::Beyond {
                what: format!("the field map {}", self.name),
                at: q,
            });
        }
        let x = ((q - from) / self.grid.spacing).to_array();
        let [wx, wy, wz] = std::array::from_fn(|k| weights(self.interpolation, x[k], self.grid.counts[k]));
        let n = self.grid.counts;
        let (mut b, mut slope) = (DVec3::ZERO, [DVec3::ZERO; 3]);
        for z in wz {
            for y in wy {
                for x in wx {
                    let v = self.grid.vectors[x.node + n[0] * (y.node + n[1] * z.node)];
                    b += x.weight * y.weight * z.weight * v;
                    slope[0] += x.slope * y.weight * z.weight * v;
                    slope[1] += x.weight * y.slope * z.weight * v;
                    slope[2] += x.weight * y.weight * z.slope * v;
                }
            }
        }
        let h = self.grid.spacing;
        Ok(FieldPoint {
            b,
            gradient: DMat3::from_cols(slope[0] / h.x, slope[1] / h.y, slope[2] / h.z),
        })
    }

    /// In the middle of every cell.
    fn measure(&self) -> Consistency {
        let [nx, ny, nz] = self.grid.counts;
        let (mut div, mut curl, mut all, mut b2, mut n) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for i in 0..(nx - 1) * (ny - 1) * (nz - 1) {
            let at = [i % (nx - 1), i / (nx - 1) % (ny - 1), i / ((nx - 1) * (ny - 1))];
            let q = self.grid.origin + self.grid.spacing * (DVec3::from_array(at.map(|k| k as f64)) + 0.5);
            if let Ok(p) = self.at(q) {
                div += p.divergence().powi(2);
                curl += p.curl().length_squared();
                all += p.gradient.to_cols_array().iter().map(|g| g * g).sum::<f64>();
                b2 += p.b.length_squared();
                n += 1.0;
            }
        }
        // a field that hardly changes over the map has rounding for a gradient
        let (from, to) = self.bounds();
        let floor = 1e-6 * b2 / (to - from).length_squared();
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
