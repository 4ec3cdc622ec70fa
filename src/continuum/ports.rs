//! Where blood comes in and layers leave.

use super::mesh::Mesh;

/// How much a port draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// What a pump draws [um3/us].
    Rate(f64),
    /// What all others leave: of a channel that is full all that comes in leaves.
    Rest,
}

/// Where a layer leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// What it is called.
    pub name: String,
    /// From where to where along the channel [um].
    pub along: [f64; 2],
    /// From which depth to which below the inner wall it draws [um].
    pub depth: [f64; 2],
}

/// Where blood comes in. It spreads at the depth at which the column is as dense as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Inlet {
    /// From where to where along the channel [um].
    pub along: [f64; 2],
    /// How far it spreads above and below that depth [um].
    pub spread: f64,
}

impl Port {
    /// Whether it draws from a place from which another does.
    pub fn overlaps(&self, other: &Self) -> bool {
        let meets = |[a, b]: [f64; 2], [c, d]: [f64; 2]| a < d && c < b;
        meets(self.along, other.along) && meets(self.depth, other.depth)
    }

    /// Share of what the port draws that comes from each cell, column by column. Within a column fluid comes the easier, the less viscous it is.
    pub fn weights(&self, mesh: &Mesh, viscosity: &[f64]) -> Vec<f64> {
        let (columns, levels) = (mesh.columns_between(self.along), mesh.levels_between(self.depth));
        let whole: f64 = columns.iter().sum();
        let mut out = Vec::with_capacity(mesh.cells());
        for (share, mu) in columns.iter().zip(viscosity.chunks_exact(mesh.levels)) {
            let of = |(l, mu): (&f64, &f64)| l / mu;
            let sum: f64 = levels.iter().zip(mu).map(of).sum();
            out.extend(levels.iter().zip(mu).map(|x| share / whole * of(x) / sum));
        }
        out
    }
}

impl Inlet {
    /// Share of what comes in that spreads in each cell, column by column, for a feed that is denser than the fluid by `excess` [g/mL].
    pub fn weights(&self, mesh: &Mesh, density: &[f64], excess: f64) -> Vec<f64> {
        let columns = mesh.columns_between(self.along);
        let whole: f64 = columns.iter().sum();
        let mut out = Vec::with_capacity(mesh.cells());
        for (share, rho) in columns.iter().zip(density.chunks_exact(mesh.levels)) {
            let denser = rho.iter().position(|r| *r > excess).unwrap_or(mesh.levels);
            let furthest = (mesh.depth - self.spread).max(0.5 * mesh.depth);
            let middle = (denser as f64 * mesh.step()).clamp(self.spread.min(furthest), furthest);
            let levels = mesh.levels_between([middle - self.spread, middle + self.spread]);
            let sum: f64 = levels.iter().sum();
            out.extend(levels.iter().map(|l| share / whole * l / sum));
        }
        out
    }
}

/// Half the height of the layer from which a port draws where the fluid is stratified [um]: the greater of that which viscosity and that which
/// inertia set. A port nearer to an interface than this draws from beyond it.
///
/// `rate` [um3/us], viscosity [pg/(um us)], `excess`: difference of the densities of both layers [pg/um3], `density` of the fluid [pg/um3],
/// acceleration [um/us2].
pub fn withdrawal(rate: f64, viscosity: f64, excess: f64, density: f64, acceleration: f64) -> f64 {
    let buoyancy = excess * acceleration;
    if buoyancy <= 0.0 {
        return f64::INFINITY;
    }
    let viscous = (viscosity * rate / buoyancy).powf(0.25);
    let inertial = (rate * rate * density / buoyancy).powf(0.2);
    viscous.max(inertial)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::continuum::Walls;

    /// By hand: 1 mL/min in plasma at 100 x g, with 60 kg/m3 between the layers: (1.24e-3 1.667e-8/(60 981))^(1/4) m = 0.137 mm by viscosity, and
    /// (2.78e-16 1026/(60 981))^(1/5) m = 0.344 mm by inertia.
    #[test]
    fn withdrawal_from_a_layer() {
        let g = 100.0 * crate::constants::STANDARD_GRAVITY;
        let rate = 1e12 / 60e6;
        assert!((withdrawal(rate, 1.24, 0.060, 1.026, g) - 344.4).abs() < 0.1);
        assert!((withdrawal(rate * 1e-4, 1.24, 0.060, 1.026, g) - 13.7).abs() < 0.1);
        assert_eq!(withdrawal(rate, 1.24, 0.0, 1.026, g), f64::INFINITY);
    }

    #[test]
    fn weights_are_shares() {
        let mesh = Mesh::new(Walls::Round, 1e5, [10e3, 1e3, 1e3], 5, 10);
        let viscosity: Vec<f64> = (0..mesh.cells()).map(|c| 1.0 + (c % 10) as f64).collect();
        let port = Port {
            name: "collect".into(),
            along: [5e3, 10e3],
            depth: [250.0, 500.0],
        };
        let w = port.weights(&mesh, &viscosity);
        assert!((w.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        // half of the third column and two whole ones; the third level half open, and less viscous than the others
        assert!((w[20..30].iter().sum::<f64>() - 0.2).abs() < 1e-12);
        assert!((w[43] / w[44] - 5.0 / 4.0).abs() < 1e-12 && (w[42] / w[43] - 0.5 * 4.0 / 3.0).abs() < 1e-12);
        let inlet = Inlet {
            along: [0.0, 2e3],
            spread: 100.0,
        };
        let density: Vec<f64> = (0..mesh.cells())
            .map(|c| if c % 10 < 4 { 0.0 } else { 0.06 })
            .collect();
        let w = inlet.weights(&mesh, &density, 0.03);
        assert!((w[3] - 0.5).abs() < 1e-12 && (w[4] - 0.5).abs() < 1e-12);
        // nothing is as dense: it spreads on the outer wall
        assert!((inlet.weights(&mesh, &density, 0.09)[9] - 0.5).abs() < 1e-12);
    }
}
