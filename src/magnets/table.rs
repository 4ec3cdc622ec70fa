//! A field as a table that a run looks up: grad(B2)/(2 mu0) and |B| on the nodes of a regular grid.
//!
//! What the table costs in accuracy is measured when it is made, against the field itself: at random points of the chamber, and
//! at as many on its walls, which are nearest to the magnets and where cells are held.

use super::fault::{MagnetError, invalid};
use super::field::Field;
use crate::rng::unit_vector;
use glam::DVec3;
use rayon::prelude::*;

/// Most nodes in a table: 1 GiB at 16 bytes each.
pub const MOST_NODES: u64 = 1 << 26;

/// Points within the chamber, and again on its walls, at which the error is measured, and attempts to find them in a chamber
/// that is only part of its box.
const POINTS: usize = 4000;
const ATTEMPTS: u64 = 200_000;

/// Halvings of a ray until its end is on the wall: to within the rounding of its length.
const HALVINGS: usize = 52;

/// Below this share of its largest value a force is small, and its error is taken relative to that share of the largest. Where
/// the force vanishes (the axis of a quadrupole, between alternating magnets) a relative error has no meaning, and a cell that
/// is pulled with a hundredth of the greatest force or less is carried where the flow and gravity carry it.
pub const SMALL: f64 = 0.01;

/// What the table says at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TablePoint {
    /// grad(B2)/(2 mu0) [nN/um3].
    pub force_density: DVec3,
    /// |B| [T].
    pub magnitude: f64,
}

/// Measured difference between table and field, relative, at random points of the chamber and of its walls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TableError {
    /// Worst error of the force over its size there, or over [`SMALL`] times its largest size where it is smaller.
    pub force_max: f64,
    /// The same of the points on the walls alone.
    pub force_wall: f64,
    /// Root mean square error of the force over its root mean square, of the points within.
    pub force_rms: f64,
    /// As `force_max`, for |B|.
    pub magnitude_max: f64,
    /// As `force_rms`, for |B|.
    pub magnitude_rms: f64,
    /// How many points, within and on the walls.
    pub points: usize,
}

/// The table.
#[derive(Clone, Debug)]
pub struct Table {
    origin: DVec3,
    size: DVec3,
    cells: [u32; 3],
    nodes: Vec<[f32; 4]>,
    error: TableError,
}

impl Table {
    /// Samples `field` over the box at `origin` of `size` [um], in `cells` cells along each axis.
    ///
    /// # Errors
    /// If the box is none, the cells are none or too many, or there is no field at a node.
    pub fn sample(field: &Field, origin: DVec3, size: DVec3, cells: [u32; 3]) -> Result<Self, MagnetError> {
        Self::sample_where(field, origin, size, cells, |_| f64::INFINITY)
    }

    /// The same for a chamber that is only part of its box: `chamber` is its signed distance [um], positive inside.
    /// Nodes that no point of the chamber needs may lie within magnets; they hold NaN.
    ///
    /// # Errors
    /// As [`Table::sample`]; also if no random point is found in the chamber.
    pub fn sample_where(
        field: &Field,
        origin: DVec3,
        size: DVec3,
        cells: [u32; 3],
        chamber: impl Fn(DVec3) -> f64 + Sync,
    ) -> Result<Self, MagnetError> {
        if !(origin.is_finite() && size.is_finite() && size.cmpgt(DVec3::ZERO).all()) {
            return invalid("the box of a field table is empty");
        }
        let n = cells.map(|c| u64::from(c) + 1);
        let total = n[0].saturating_mul(n[1]).saturating_mul(n[2]);
        if cells.contains(&0) || total > MOST_NODES {
            return invalid(format!(
                "a field table of {total} nodes; 2 along each axis and {MOST_NODES} in all are possible"
            ));
        }
        let step = size / DVec3::from_array(cells.map(f64::from));
        let reach = step.length();
        let nodes = (0..total)
            .into_par_iter()
            .map(|i| {
                let at = [i % n[0], i / n[0] % n[1], i / (n[0] * n[1])].map(|k| k as f64);
                let q = origin + step * DVec3::from_array(at);
                match field.at(q) {
                    Ok(p) => {
                        let [x, y, z] = p.force_density().to_array();
                        Ok([x, y, z, p.magnitude()].map(|v| v as f32))
                    }
                    Err(_) if chamber(q) < -reach => Ok([f32::NAN; 4]),
                    Err(e) => Err(e),
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut table = Self {
            origin,
            size,
            cells,
            nodes,
            error: TableError {
                force_max: 0.0,
                force_wall: 0.0,
                force_rms: 0.0,
                magnitude_max: 0.0,
                magnitude_rms: 0.0,
                points: 0,
            },
        };
        table.error = table.measure(field, chamber)?;
        Ok(table)
    }

    /// Trilinear look-up at `q` [um]; nothing outside the box or beside a node without a field.
    pub fn at(&self, q: DVec3) -> Option<TablePoint> {
        let cells = DVec3::from_array(self.cells.map(f64::from));
        let x = (q - self.origin) / self.size * cells;
        if !(x.cmpge(DVec3::ZERO).all() && x.cmple(cells).all()) {
            return None;
        }
        let low = x.floor().min(cells - 1.0);
        let t = x - low;
        let mut sum = [0.0; 4];
        for corner in 0..8_u32 {
            let pick = DVec3::from_array([corner & 1, corner >> 1 & 1, corner >> 2].map(f64::from));
            let weight = (1.0 - t + pick * (2.0 * t - 1.0)).element_product();
            if weight > 0.0 {
                let node = self
                    .nodes
                    .get(self.index((low + pick).to_array().map(|k| k as usize)))?;
                for (s, v) in sum.iter_mut().zip(node) {
                    *s += weight * f64::from(*v);
                }
            }
        }
        let [fx, fy, fz, magnitude] = sum;
        let force_density = DVec3::new(fx, fy, fz);
        (force_density.is_finite() && magnitude.is_finite()).then_some(TablePoint {
            force_density,
            magnitude,
        })
    }

    /// What the look-up costs, as measured when the table was made.
    pub fn error(&self) -> TableError {
        self.error
    }

    /// Lower corner of the box [um].
    pub fn origin(&self) -> DVec3 {
        self.origin
    }

    /// Size of the box [um].
    pub fn size(&self) -> DVec3 {
        self.size
    }

    /// Cells along each axis.
    pub fn cells(&self) -> [u32; 3] {
        self.cells
    }

    /// Force density [nN/um3] and |B| [T] of every node, x fastest; one more node than cells along each axis.
    pub fn nodes(&self) -> &[[f32; 4]] {
        &self.nodes
    }

    /// Cells that would bring the worst error of the force to about `target`. The error of a trilinear look-up goes with
    /// the square of the step, and how much of it belongs to which axis is read from the second differences.
    pub fn advice(&self, target: f64) -> [u32; 3] {
        let curvature = self.curvature();
        let all: f64 = curvature.iter().sum();
        let scale = if all > 0.0 {
            self.error.force_max / all
        } else {
            0.0
        };
        std::array::from_fn(|k| {
            // each axis is to have a third of the target
            let factor = (3.0 * scale * curvature[k] / target).sqrt();
            (f64::from(self.cells[k]) * factor).ceil().clamp(1.0, 1e6) as u32
        })
    }

    /// Largest second difference of the force along each axis, relative as the error is. An axis of one cell has none and
    /// is taken to be as bad as the worst.
    fn curvature(&self) -> [f64; 3] {
        let force = |i: usize| {
            self.nodes
                .get(i)
                .map(|n| DVec3::new(n[0].into(), n[1].into(), n[2].into()))
        };
        let largest = (0..self.nodes.len())
            .filter_map(|i| force(i).filter(|f| f.is_finite()))
            .fold(0.0, |m: f64, f| m.max(f.length()));
        let n = self.cells.map(|c| c as usize + 1);
        let stride = [1, n[0], n[0] * n[1]];
        let mut worst: [f64; 3] = std::array::from_fn(|k| {
            let mut worst: f64 = 0.0;
            for i in 0..self.nodes.len() {
                let place = i / stride[k] % n[k];
                if place == 0 || place + 1 == n[k] {
                    continue;
                }
                let (Some(a), Some(b), Some(c)) = (force(i - stride[k]), force(i), force(i + stride[k]))
                else {
                    continue;
                };
                let share = (a - 2.0 * b + c).length() / b.length().max(SMALL * largest);
                if share.is_finite() {
                    worst = worst.max(share);
                }
            }
            worst
        });
        let most = worst.iter().fold(0.0, |m: f64, w| m.max(*w));
        for (w, cells) in worst.iter_mut().zip(self.cells) {
            if cells == 1 {
                *w = most;
            }
        }
        worst
    }

    fn index(&self, at: [usize; 3]) -> usize {
        let n = self.cells.map(|c| c as usize + 1);
        at[0] + n[0] * (at[1] + n[1] * at[2])
    }

    /// Random points in the chamber.
    fn within(&self, chamber: &impl Fn(DVec3) -> f64) -> Vec<DVec3> {
        (0..ATTEMPTS)
            .map(|i| {
                let [x, y, z, _] = unit_vector(0x6d61_676e, i);
                self.origin + self.size * DVec3::new(x, y, z)
            })
            .filter(|q| chamber(*q) >= 0.0)
            .take(POINTS)
            .collect()
    }

    /// From `q` in a random direction to the wall of the chamber, or to the face of the box where that comes first. Directions
    /// are even in a cube, so that a long duct's ends are met as often as its sides.
    fn to_the_wall(&self, number: u64, q: DVec3, chamber: &impl Fn(DVec3) -> f64) -> DVec3 {
        let [x, y, z, _] = unit_vector(0x7761_6c6c, number);
        let direction = (self.size * (2.0 * DVec3::new(x, y, z) - 1.0)).normalize_or(DVec3::X);
        let (low, high) = (self.origin, self.origin + self.size);
        let ahead = DVec3::select(direction.cmpgt(DVec3::ZERO), high - q, low - q) / direction;
        // along an axis the others are never met
        let most = ahead
            .to_array()
            .into_iter()
            .filter(|t| t.is_finite())
            .fold(f64::INFINITY, f64::min);
        let point = |way: f64| (q + way * direction).clamp(low, high);
        let (mut inside, mut outside) = (0.0, most);
        if chamber(point(most)) >= 0.0 {
            return point(most);
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (inside + outside);
            if chamber(point(middle)) >= 0.0 {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        point(inside)
    }

    fn measure(&self, field: &Field, chamber: impl Fn(DVec3) -> f64) -> Result<TableError, MagnetError> {
        let within = self.within(&chamber);
        if within.is_empty() {
            return invalid("no point of the chamber was found in the box of the field table");
        }
        let walls: Vec<DVec3> = within
            .iter()
            .enumerate()
            .map(|(i, q)| self.to_the_wall(i as u64, *q, &chamber))
            .collect();
        let pairs = |points: &[DVec3]| {
            let mut pairs = Vec::with_capacity(points.len());
            for q in points {
                let exact = field.at(*q)?;
                let Some(table) = self.at(*q) else {
                    return invalid(format!(
                        "at {} a magnet is nearer to the duct than one cell of `duct.grid`. Use more cells",
                        crate::grids::millimetres(*q)
                    ));
                };
                let (force, size) = (exact.force_density(), exact.magnitude());
                pairs.push([
                    [force.length(), force.distance(table.force_density)],
                    [size, (size - table.magnitude).abs()],
                ]);
            }
            Ok(pairs)
        };
        let (within, walls) = (pairs(&within)?, pairs(&walls)?);
        // of the force (0) or the magnitude (1): the worst of some points, small values as those of all of them
        let worst = |k: usize, points: &[[[f64; 2]; 2]]| {
            let largest = within.iter().chain(&walls).fold(0.0, |m: f64, p| m.max(p[k][0]));
            points.iter().fold(0.0, |worst: f64, p| {
                let [value, error] = p[k];
                if error > 0.0 {
                    worst.max(error / value.max(SMALL * largest))
                } else {
                    worst
                }
            })
        };
        let rms = |k: usize| {
            let squares: f64 = within.iter().map(|p| p[k][1] * p[k][1]).sum();
            let whole: f64 = within.iter().map(|p| p[k][0] * p[k][0]).sum();
            if whole > 0.0 {
                (squares / whole).sqrt()
            } else {
                0.0
            }
        };
        let force_wall = worst(0, &walls);
        Ok(TableError {
            force_max: worst(0, &within).max(force_wall),
            force_wall,
            force_rms: rms(0),
            magnitude_max: worst(1, &within).max(worst(1, &walls)),
            magnitude_rms: rms(1),
            points: within.len() + walls.len(),
        })
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
