//! Vectors on the nodes of a grid, from a file: fields of magnets and of flows that were measured or computed elsewhere.
//!
//! What a file is, its content says, not its name: text in columns, legacy VTK, VTK XML, or an array of NumPy. Whatever is recognised is
//! certain, or it is asked for with the key that answers; [`Read::told`] says what it was taken for. What the numbers have to obey is
//! for those to check who know what they are.

mod arrange;
mod interpolate;
mod legacy;
mod names;
mod npy;
mod outliers;
mod read;
mod symmetry;
mod table;
mod unit;
mod xml;

pub use interpolate::{Gap, Interpolation};
pub use outliers::Outlier;
pub use read::{Layout, Read};
pub use symmetry::{Along, Symmetry};

use crate::units::{Dimension, digits};
use glam::DVec3;

/// Most nodes of a grid.
pub const MOST_POINTS: usize = 1 << 26;

/// What a vector of a file can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// Its name, for messages.
    pub name: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    /// Columns of a table with its components along x, y and z.
    pub columns: [&'static str; 3],
    /// What tools call it, in small letters, without its component.
    names: &'static [&'static str],
    /// What tools call its components alone, in small letters.
    components: [&'static [&'static str]; 3],
    /// A unit of it, for messages.
    pub unit: &'static str,
    /// The key of a scene with the unit of a file that has none.
    pub key: &'static str,
    /// What is the same all along an axis without end, so that a plane of it stands for space; and what to do where there is no such thing.
    planar: Result<&'static str, &'static str>,
}

/// Flux density [T].
pub const FLUX_DENSITY: Quantity = Quantity {
    name: "flux density",
    dimension: Dimension::FluxDensity,
    columns: ["Bx", "By", "Bz"],
    names: &["b", "b field", "flux density", "magnetic flux density"],
    components: [&[], &[], &[]],
    unit: "T",
    key: "flux_unit",
    planar: Ok("as beside a long magnet"),
};

/// Velocity [um/us, that is m/s].
pub const VELOCITY: Quantity = Quantity {
    name: "velocity",
    dimension: Dimension::Velocity,
    columns: ["vx", "vy", "vz"],
    names: &["v", "u", "velocity", "vel"],
    components: [
        &["u", "x velocity", "velocity u"],
        &["v", "y velocity", "velocity v"],
        &["w", "z velocity", "velocity w"],
    ],
    unit: "m/s",
    key: "velocity_unit",
    planar: Err(
        "export the flow in space, as a duct has side walls; the flow between two plates is `profile = \"plates\"`",
    ),
};

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

/// Vectors on the nodes of a grid whose axes may be uneven.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorGrid {
    /// Places of the nodes along each axis [um], rising; one alone where it is the same all along. Around an axis: distances from it
    /// first, negative ones among them, places along it last.
    pub axes: [Vec<f64>; 3],
    /// The vector at each node, in the engine's unit of what it is, x fastest. What nobody knows is not a number.
    pub vectors: Vec<DVec3>,
    /// Which nodes have no value; empty where all have one.
    pub gaps: Vec<bool>,
    /// Line of the file of each node; empty where the file has none.
    pub lines: Vec<u32>,
    /// What it stands for.
    pub symmetry: Symmetry,
}

impl VectorGrid {
    /// Vectors on an even grid from `origin` [um] on, `spacing` [um] apart, x fastest.
    pub fn even(origin: DVec3, spacing: DVec3, counts: [usize; 3], vectors: Vec<DVec3>) -> Self {
        let axes = [0, 1, 2].map(|k| {
            (0..counts[k])
                .map(|i| origin[k] + spacing[k] * i as f64)
                .collect()
        });
        Self::on(axes, vectors)
    }

    /// Vectors on the nodes of `axes` [um], x fastest.
    pub fn on(axes: [Vec<f64>; 3], vectors: Vec<DVec3>) -> Self {
        Self {
            axes,
            vectors,
            gaps: Vec::new(),
            lines: Vec::new(),
            symmetry: Symmetry::None,
        }
    }

    /// Nodes along each axis.
    pub fn counts(&self) -> [usize; 3] {
        [0, 1, 2].map(|k| self.axes[k].len())
    }

    /// Number along each axis of node `i`.
    pub fn indices(&self, i: usize) -> [usize; 3] {
        let [nx, ny, _] = self.counts();
        [i % nx, i / nx % ny, i / (nx * ny)]
    }

    /// Place of node `i` [um]; around an axis, on its half of the plane.
    pub fn node(&self, i: usize) -> DVec3 {
        let at = self.indices(i);
        let own = DVec3::from_array([0, 1, 2].map(|k| self.axes[k][at[k]]));
        self.symmetry.place(own)
    }

    /// The place [um] of a point of its own coordinates.
    pub fn place(&self, own: DVec3) -> DVec3 {
        self.symmetry.place(own)
    }

    /// Whether node `i` has a value.
    pub fn known(&self, i: usize) -> bool {
        !self.gaps.get(i).is_some_and(|g| *g)
    }

    /// Line of node `i` in its file.
    pub fn line(&self, i: usize) -> Option<u64> {
        self.lines.get(i).filter(|l| **l > 0).map(|l| u64::from(*l))
    }

    /// Refuses what is no grid of at least `least` nodes along each axis, or has vectors that are not finite. `what` names the
    /// vectors.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, least: usize, what: &str) -> Result<(), String> {
        let counts = self.counts();
        let [nx, ny, nz] = counts;
        let endless = self.symmetry.endless();
        if (0..3).any(|k| counts[k] < least && endless != Some(k)) {
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
        for (axis, name) in self.axes.iter().zip(["x", "y", "z"]) {
            if axis.iter().any(|x| !x.is_finite()) {
                return Err(format!("one of its {name} coordinates is not a finite number"));
            }
            if let Some(w) = axis.windows(2).find(|w| w[1] <= w[0]) {
                let [a, b] = [w[0], w[1]].map(|x| digits(x / crate::constants::MILLIMETRE, 6));
                return Err(if w[1] == w[0] {
                    format!("two of its points in a row have the same {name}, {a} mm")
                } else {
                    format!("its {name} coordinates rise and fall: {b} mm follows {a} mm")
                });
            }
        }
        if (0..points).any(|i| self.known(i) && !self.vectors[i].is_finite()) {
            return Err(format!("a value of {what} is not finite"));
        }
        if !(0..points).any(|i| self.known(i)) {
            return Err(format!("no point has a value of {what}"));
        }
        Ok(())
    }

    /// Turns axes that fall from node to node round, the vectors with them.
    fn rise(&mut self) {
        let counts = self.counts();
        for k in 0..3 {
            if counts[k] < 2 || self.axes[k].windows(2).any(|w| w[1] >= w[0]) {
                continue;
            }
            self.axes[k].reverse();
            let stride = counts[..k].iter().product::<usize>();
            // whole layers change places
            for block in self.vectors.chunks_mut(stride * counts[k]) {
                for i in 0..counts[k] / 2 {
                    let (low, high) = block.split_at_mut((counts[k] - 1 - i) * stride);
                    low[i * stride..][..stride].swap_with_slice(&mut high[..stride]);
                }
            }
        }
    }

    /// Smallest distance of nodes along an axis [um]; without end where there is one alone.
    pub fn step(&self, k: usize) -> f64 {
        let steps = self.axes[k].windows(2).map(|w| w[1] - w[0]);
        steps.fold(f64::INFINITY, f64::min)
    }

    /// Lowest and highest corner of the box that it covers, or lies in [um]; without end along what it is the same all along.
    pub fn bounds(&self) -> (DVec3, DVec3) {
        let end = |k: usize, last: bool| {
            let axis = &self.axes[k];
            match (axis.as_slice(), last) {
                ([_], true) => f64::INFINITY,
                ([_], false) => f64::NEG_INFINITY,
                (_, true) => axis.last().copied().unwrap_or_default(),
                (_, false) => axis.first().copied().unwrap_or_default(),
            }
        };
        let [lo, hi] = [false, true].map(|last| DVec3::from_array([0, 1, 2].map(|k| end(k, last))));
        self.symmetry.bounds(lo, hi)
    }
}

/// A point for people: "(1, 2.5, -3) mm".
pub fn millimetres(q: DVec3) -> String {
    let [x, y, z] = (q / crate::constants::MILLIMETRE)
        .to_array()
        .map(|x| if x.is_finite() { digits(x, 6) } else { "any".into() });
    format!("({x}, {y}, {z}) mm")
}
