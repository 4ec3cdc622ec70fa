//! Columns and levels over a channel.

/// What the walls along the channel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walls {
    /// Cylinders around the axis of the rotor: outer levels are longer than inner ones.
    Round,
    /// Planes: all levels are as long as the one at half depth. The acceleration still grows with the distance from the axis. For comparison with
    /// exact answers, and for channels that are no part of a ring.
    Plane,
}

/// The grid of a channel. Column 0 is at its beginning, level 0 at its inner wall. Lengths in um.
#[derive(Clone, Debug, PartialEq)]
pub struct Mesh {
    /// Number of columns along the channel.
    pub columns: usize,
    /// Number of levels across it.
    pub levels: usize,
    /// Length at half depth [um].
    pub length: f64,
    /// Depth of the liquid, from the inner wall outwards [um].
    pub depth: f64,
    /// Extent along the axis of the rotor [um].
    pub width: f64,
    /// Distance of every face between levels from the axis [um]; one more than there are levels.
    pub radius: Vec<f64>,
    /// Area of the faces between levels, in one column [um2]; one more than there are levels.
    pub area: Vec<f64>,
    /// Volume of a cell, by level [um3].
    pub volume: Vec<f64>,
}

impl Mesh {
    /// The grid of a channel whose inner wall is at `radius` um from the axis, with `[length, depth, width]` in um.
    pub fn new(walls: Walls, radius: f64, size: [f64; 3], columns: usize, levels: usize) -> Self {
        let [length, depth, width] = size;
        let (step, middle) = (depth / levels as f64, radius + 0.5 * depth);
        let along = length / columns as f64;
        let radii: Vec<f64> = (0..=levels).map(|k| radius + k as f64 * step).collect();
        // how much longer a level is than that at half depth
        let stretch = |r: f64| match walls {
            Walls::Round => r / middle,
            Walls::Plane => 1.0,
        };
        Self {
            columns,
            levels,
            length,
            depth,
            width,
            area: radii.iter().map(|r| width * along * stretch(*r)).collect(),
            // a ring's sector has the area of its middle arc times its depth, exactly
            volume: radii
                .windows(2)
                .map(|r| width * along * step * stretch(0.5 * (r[0] + r[1])))
                .collect(),
            radius: radii,
        }
    }

    /// Depth of a level [um].
    pub fn step(&self) -> f64 {
        self.depth / self.levels as f64
    }

    /// Length of a column at half depth [um].
    pub fn stride(&self) -> f64 {
        self.length / self.columns as f64
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.columns * self.levels
    }

    /// Depth of the middle of a level below the inner wall [um].
    pub fn middle(&self, level: usize) -> f64 {
        (level as f64 + 0.5) * self.step()
    }

    /// Volume of the channel [um3].
    pub fn whole(&self) -> f64 {
        self.columns as f64 * self.volume.iter().sum::<f64>()
    }

    /// Acceleration at the faces between levels [um/us2], at an angular velocity [rad/us].
    pub fn acceleration(&self, omega: f64) -> Vec<f64> {
        self.radius.iter().map(|r| omega * omega * r).collect()
    }

    /// Acceleration at half depth [um/us2], at an angular velocity [rad/us].
    pub fn mean_acceleration(&self, omega: f64) -> f64 {
        omega * omega * (self.radius[0] + 0.5 * self.depth)
    }

    /// Share of each column that lies between two places along the channel [um].
    pub fn columns_between(&self, [from, to]: [f64; 2]) -> Vec<f64> {
        shares(self.columns, self.stride(), from, to)
    }

    /// Share of each level that lies between two depths [um].
    pub fn levels_between(&self, [from, to]: [f64; 2]) -> Vec<f64> {
        shares(self.levels, self.step(), from, to)
    }
}

/// Share of each of `n` intervals of this length that lies between two places.
fn shares(n: usize, length: f64, from: f64, to: f64) -> Vec<f64> {
    let of = |i: usize| {
        let low = i as f64 * length;
        ((to.min(low + length) - from.max(low)) / length).clamp(0.0, 1.0)
    };
    (0..n).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// By hand: a whole ring between radii of 100 and 110 mm has pi (110^2 - 100^2) mm2, and walls of 2 pi 100 and 2 pi 110 mm.
    #[test]
    fn a_ring() {
        let round = 2.0 * PI * 105e3;
        let m = Mesh::new(Walls::Round, 100e3, [round, 10e3, 20e3], 12, 40);
        let area = PI * (110e3 * 110e3 - 100e3 * 100e3);
        assert!((m.whole() / (area * 20e3) - 1.0).abs() < 1e-12);
        assert!((12.0 * m.area[0] / (2.0 * PI * 100e3 * 20e3) - 1.0).abs() < 1e-12);
        assert!((12.0 * m.area[40] / (2.0 * PI * 110e3 * 20e3) - 1.0).abs() < 1e-12);
        let plane = Mesh::new(Walls::Plane, 100e3, [round, 10e3, 20e3], 12, 40);
        assert_eq!(plane.area[0], plane.area[40]);
        assert!((plane.whole() / m.whole() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn shares_add_up() {
        let m = Mesh::new(Walls::Plane, 1e5, [10e3, 1e3, 1e3], 5, 4);
        // columns of 2 mm: the second and half of the third
        assert_eq!(m.columns_between([2e3, 5e3]), [0.0, 1.0, 0.5, 0.0, 0.0]);
        assert_eq!(m.levels_between([-1.0, 300.0])[..2], [1.0, 0.2]);
    }
}
