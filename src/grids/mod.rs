//! Vectors on the points of a regular grid, from a file: fields of magnets and of flows that were measured or computed
//! elsewhere.
//!
//! A reader takes every point or refuses the file with its line; what the numbers have to obey is for those to check who know
//! what they are.

mod csv;
mod vti;
mod vtk;

use crate::units::{self, Dimension, digits};
use glam::DVec3;

/// Most points of a grid.
pub const MOST_POINTS: usize = 1 << 26;

/// What a vector of a file can be.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// Its name, for messages.
    pub name: &'static str,
    /// Columns of a table with its components along x, y and z.
    pub columns: [&'static str; 3],
    /// Units that a person may write, each with what one of it is in the engine's.
    pub units: &'static [(&'static str, f64)],
}

/// Flux density [T].
pub const FLUX_DENSITY: Quantity = Quantity {
    name: "flux density",
    columns: ["Bx", "By", "Bz"],
    units: &[("T", 1.0), ("mT", 1e-3), ("uT", 1e-6), ("kG", 0.1), ("G", 1e-4)],
};

/// Velocity [um/us, that is m/s].
pub const VELOCITY: Quantity = Quantity {
    name: "velocity",
    columns: ["vx", "vy", "vz"],
    units: &[("m/s", 1.0), ("cm/s", 1e-2), ("mm/s", 1e-3), ("um/s", 1e-6)],
};

impl Quantity {
    /// What one of a unit is in the engine's; the letter mu may be written as such.
    fn factor(&self, unit: &str) -> Option<f64> {
        let plain = unit.trim().replace(['\u{b5}', '\u{3bc}'], "u");
        self.units.iter().find(|(u, _)| *u == plain).map(|u| u.1)
    }

    fn wrong(&self, unit: &str) -> String {
        let known: Vec<&str> = self.units.iter().map(|u| u.0).collect();
        format!(
            "`{unit}` is not a unit of {}; {} are",
            self.name,
            known.join(", ")
        )
    }
}

/// Micrometres in one unit of length.
fn micrometres(symbol: &str) -> Option<f64> {
    units::parse(&format!("1 {symbol}"), Dimension::Length).ok()
}

/// Units of a file that carries none itself.
#[derive(Clone, Copy, Debug)]
pub struct Units<'a> {
    /// Of lengths, as a person writes it ("mm").
    pub length: &'a str,
    /// Of the vectors ("T", "mm/s").
    pub vector: &'a str,
}

impl Units<'_> {
    /// Micrometres in a length, and what one of a vector is in the engine's units.
    fn factors(&self, quantity: &Quantity) -> Result<(f64, f64), String> {
        let um =
            micrometres(self.length).ok_or_else(|| format!("`{}` is not a unit of length", self.length))?;
        let one = quantity
            .factor(self.vector)
            .ok_or_else(|| quantity.wrong(self.vector))?;
        Ok((um, one))
    }
}

/// Why a file is none that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {what}", line.map_or(String::new(), |l| format!(", line {l}")))]
pub struct GridError {
    /// Name of the file.
    pub file: String,
    /// Line in it, from 1, where there is one to point at.
    pub line: Option<u64>,
    /// What is wrong with it.
    pub what: String,
}

impl From<GridError> for crate::Error {
    fn from(e: GridError) -> Self {
        Self::Input(e.to_string())
    }
}

/// Vectors on the points of a regular grid.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorGrid {
    /// Point with the lowest coordinates [um].
    pub origin: DVec3,
    /// Between points [um].
    pub spacing: DVec3,
    /// Points along each axis.
    pub counts: [usize; 3],
    /// The vector at each point, in the engine's unit of what it is, x fastest.
    pub vectors: Vec<DVec3>,
}

impl VectorGrid {
    /// Reads text with the columns x, y, z and those of `quantity` in any order, each with its unit in the header: `x [mm]`,
    /// `Bx [T]`. Rows in any order; other columns and lines that begin with # do not matter. `name` is what errors call the file.
    ///
    /// # Errors
    /// [`GridError`] with the line, if a column or unit is missing, a row is not numbers, a point is missing or there twice, or
    /// the grid is not even.
    pub fn from_csv(name: &str, text: &str, quantity: &Quantity) -> Result<Self, GridError> {
        csv::read(name, text, quantity)
    }

    /// Reads a legacy VTK file of structured points with one field of vectors, text or binary.
    ///
    /// # Errors
    /// As [`VectorGrid::from_csv`].
    pub fn from_vtk(
        name: &str,
        bytes: &[u8],
        units: Units<'_>,
        quantity: &Quantity,
    ) -> Result<Self, GridError> {
        vtk::read(name, bytes, units, quantity)
    }

    /// Reads a VTK XML file of image data (.vti) with one field of vectors on its points: as text, in base64 within the file or
    /// appended, or appended raw; not compressed.
    ///
    /// # Errors
    /// As [`VectorGrid::from_csv`].
    pub fn from_vti(
        name: &str,
        bytes: &[u8],
        units: Units<'_>,
        quantity: &Quantity,
    ) -> Result<Self, GridError> {
        vti::read(name, bytes, units, quantity)
    }

    /// Refuses what is no grid of at least `least` points along each axis, or has vectors that are not finite. `what` names the
    /// vectors.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, least: usize, what: &str) -> Result<(), String> {
        let [nx, ny, nz] = self.counts;
        if self.counts.iter().any(|n| *n < least) {
            return Err(format!(
                "{nx} x {ny} x {nz} points; {least} along each axis are needed to interpolate"
            ));
        }
        let points = nx.saturating_mul(ny).saturating_mul(nz);
        if points != self.vectors.len() || points > MOST_POINTS {
            return Err(format!(
                "{nx} x {ny} x {nz} points, but {} values of {what}",
                self.vectors.len()
            ));
        }
        let sound = self.origin.is_finite() && self.spacing.is_finite();
        if !(sound && self.spacing.cmpgt(DVec3::ZERO).all()) {
            return Err("the grid has no size".into());
        }
        if self.vectors.iter().any(|v| !v.is_finite()) {
            return Err(format!("a value of {what} is not finite"));
        }
        Ok(())
    }

    /// Lowest and highest corner [um].
    pub fn bounds(&self) -> (DVec3, DVec3) {
        let cells = DVec3::from_array(self.counts.map(|n| n as f64 - 1.0));
        (self.origin, self.origin + self.spacing * cells)
    }
}

/// A point for people: "(1, 2.5, -3) mm".
pub fn millimetres(q: DVec3) -> String {
    let [x, y, z] = (q / crate::constants::MILLIMETRE)
        .to_array()
        .map(|x| digits(x, 6));
    format!("({x}, {y}, {z}) mm")
}
