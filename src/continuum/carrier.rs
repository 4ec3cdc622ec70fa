//! The flow along a channel: what the weight of its columns, the viscosity of their levels and the pumps make of it.
//!
//! The channel is thin and the force across it great, so that pressure is hydrostatic across it (lubrication). With psi(s, y) the volume a time
//! that passes a place s along the channel within the depth y, the balance of forces, differentiated by y so that the pressure drops out, is
//!
//! ```text
//! (mu psi_yy)_yy - (beta psi_y)_y = b G rho_s
//! ```
//!
//! with the width b, the acceleration G across the channel, the density rho, the viscosity mu and the drag beta of the two walls across the
//! axis. Where a column is heavier than the next, it sinks, and lifts what is in that. The flow levels a tilted interface in a second, while the
//! densities are known from one solve to the next only. So rho_s is taken where the flow itself brings it until then (backward Euler): that makes
//! the flow stable for any interval. Fluxes through faces are differences of psi. So as much flows into a cell of the grid as out of it.

use super::banded::Banded;
use super::mesh::Mesh;
use crate::Error;
use crate::constants::SECOND;

/// Volumes a time through the faces of the grid [um3/us], and what comes in and leaves in its cells.
#[derive(Clone, Debug, Default)]
pub struct Carrier {
    levels: usize,
    inlets: usize,
    ports: usize,
    /// Along the channel, face by face between columns, level by level.
    along: Vec<f64>,
    /// Outwards, column by column, face by face between levels.
    across: Vec<f64>,
    /// What comes in by every inlet, column by column, inlet after inlet.
    sources: Vec<f64>,
    /// What comes in by all, column by column.
    fed: Vec<f64>,
    /// What every port draws, column by column, port after port.
    sinks: Vec<f64>,
    /// What all ports draw, column by column.
    drawn: Vec<f64>,
}

impl Carrier {
    /// A fluid at rest, with so many inlets and ports.
    pub fn still(mesh: &Mesh, inlets: usize, ports: usize) -> Self {
        let (n, levels) = (mesh.columns, mesh.levels);
        Self {
            levels,
            inlets,
            ports,
            along: vec![0.0; (n + 1) * levels],
            across: vec![0.0; n * (levels + 1)],
            sources: vec![0.0; n * levels * inlets],
            fed: vec![0.0; n * levels],
            sinks: vec![0.0; n * levels * ports],
            drawn: vec![0.0; n * levels],
        }
    }

    /// Through the face before column `i`, by level.
    pub fn along(&self, i: usize) -> &[f64] {
        &self.along[i * self.levels..(i + 1) * self.levels]
    }

    /// Through the faces between the levels of column `i`.
    pub fn across(&self, i: usize) -> &[f64] {
        let faces = self.levels + 1;
        &self.across[i * faces..(i + 1) * faces]
    }

    /// What inlets bring into column `i`, inlet after inlet, by level.
    pub fn sources(&self, i: usize) -> &[f64] {
        let each = self.levels * self.inlets;
        &self.sources[i * each..(i + 1) * each]
    }

    /// What all inlets bring, by level of column `i`.
    pub fn fed(&self, i: usize) -> &[f64] {
        &self.fed[i * self.levels..(i + 1) * self.levels]
    }

    /// What ports draw from column `i`, port after port, by level.
    pub fn sinks(&self, i: usize) -> &[f64] {
        let each = self.levels * self.ports;
        &self.sinks[i * each..(i + 1) * each]
    }

    /// What all ports draw, by level of column `i`.
    pub fn drawn(&self, i: usize) -> &[f64] {
        &self.drawn[i * self.levels..(i + 1) * self.levels]
    }

    /// Puts in what every inlet brings and what every port draws: the rate [um3/us], and the share of it in each cell, column by column.
    pub fn supply(&mut self, inlets: &[(f64, Vec<f64>)], ports: &[(f64, Vec<f64>)]) {
        place(inlets, self.levels, &mut self.sources, &mut self.fed);
        place(ports, self.levels, &mut self.sinks, &mut self.drawn);
    }

    /// What more comes in than leaves between the inner wall and every face between levels, column by column; in the last entry of a column what
    /// it gains from its neighbours less.
    fn gains(&self) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.across.len());
        for (come, go) in self
            .fed
            .chunks_exact(self.levels)
            .zip(self.drawn.chunks_exact(self.levels))
        {
            let mut sum = 0.0;
            out.push(sum);
            for (come, go) in come.iter().zip(go) {
                sum += come - go;
                out.push(sum);
            }
        }
        out
    }

    /// Greatest share of its volume that leaves any cell in a time [1/us].
    pub fn busiest(&self, mesh: &Mesh) -> f64 {
        let mut greatest = 0.0_f64;
        for i in 0..mesh.columns {
            let (left, right, across) = (self.along(i), self.along(i + 1), self.across(i));
            for k in 0..mesh.levels {
                let faces = left[k].abs() + right[k].abs() + across[k].abs() + across[k + 1].abs();
                let both = faces + self.fed[i * self.levels + k] + self.drawn(i)[k];
                // as much flows in as out
                greatest = greatest.max(0.5 * both / mesh.volume[k]);
            }
        }
        greatest
    }

    /// Greatest difference of what flows into a cell and out of it [um3/us].
    pub fn imbalance(&self, mesh: &Mesh) -> f64 {
        let mut greatest = 0.0_f64;
        for i in 0..mesh.columns {
            let (left, right, across) = (self.along(i), self.along(i + 1), self.across(i));
            for k in 0..mesh.levels {
                let come = left[k] - right[k] + across[k] - across[k + 1];
                let net = come + self.fed[i * self.levels + k] - self.drawn(i)[k];
                greatest = greatest.max(net.abs());
            }
        }
        greatest
    }

    /// Shear rate in every cell [1/s], column by column: of the flow along the channel, with fluid at rest on its walls.
    pub fn shear(&self, mesh: &Mesh) -> Vec<f64> {
        let per_speed = 1.0 / (mesh.width * mesh.step());
        let mut out = Vec::with_capacity(mesh.cells());
        for i in 0..mesh.columns {
            let (left, right) = (self.along(i), self.along(i + 1));
            let speed = |k: usize| 0.5 * (left[k] + right[k]) * per_speed;
            for k in 0..mesh.levels {
                // a wall is half of a level away, where the fluid rests
                let above = if k > 0 { speed(k - 1) } else { -speed(k) };
                let below = if k + 1 < mesh.levels {
                    speed(k + 1)
                } else {
                    -speed(k)
                };
                out.push((below - above).abs() / (2.0 * mesh.step()) * SECOND);
            }
        }
        out
    }
}

/// Fills what each of `parts` brings or draws, column by column and part after part, and the sum of all.
fn place(parts: &[(f64, Vec<f64>)], levels: usize, each: &mut [f64], all: &mut [f64]) {
    all.fill(0.0);
    for (p, (rate, weights)) in parts.iter().enumerate() {
        for (cell, weight) in weights.iter().enumerate() {
            let (i, k) = (cell / levels, cell % levels);
            let q = rate * weight;
            each[(i * parts.len() + p) * levels + k] = q;
            all[cell] += q;
        }
    }
}

/// The equations of the flow, kept from solve to solve.
#[derive(Clone, Debug)]
pub struct Momentum {
    matrix: Banded,
    right: Vec<f64>,
}

/// What the flow follows from, by cell, column by column.
#[derive(Clone, Copy, Debug)]
pub struct Forces<'a> {
    /// Density of the mixture above the fluid's [pg/um3].
    pub density: &'a [f64],
    /// Viscosity [pg/(um us)].
    pub viscosity: &'a [f64],
    /// Drag of the walls across the axis [pg/(um3 us)].
    pub drag: &'a [f64],
    /// Acceleration across the channel [um/us2].
    pub acceleration: f64,
    /// Time until the next solve [us].
    pub interval: f64,
}

impl Momentum {
    /// For this grid.
    pub fn new(mesh: &Mesh) -> Self {
        let n = mesh.columns.saturating_sub(1);
        let rows = n * mesh.levels.saturating_sub(1);
        Self {
            matrix: Banded::new(rows, 2 * n),
            right: vec![0.0; rows],
        }
    }

    /// Gives a carrier whose sources and sinks are known the fluxes that follow.
    ///
    /// # Errors
    /// [`Error::Numerics`] where the equations cannot be solved.
    pub fn solve(&mut self, mesh: &Mesh, forces: &Forces<'_>, carrier: &mut Carrier) -> Result<(), Error> {
        let (columns, levels) = (mesh.columns, mesh.levels);
        let gains = carrier.gains();
        let faces = levels + 1;
        // what passes from column to column
        let mut passes = 0.0;
        let through: Vec<f64> = (0..columns)
            .map(|i| {
                passes += gains[i * faces + levels];
                passes
            })
            .collect();
        // psi on the edges of the cells: face by face between columns, depth by depth
        let mut psi = vec![0.0; (columns + 1) * faces];
        if columns > 1 && levels > 1 {
            self.assemble(mesh, forces, &gains, &through);
            self.matrix.solve(&mut self.right)?;
            let n = columns - 1;
            for i in 0..n {
                for k in 1..levels {
                    psi[(i + 1) * faces + k] = self.right[(k - 1) * n + i];
                }
            }
        }
        for i in 0..columns.saturating_sub(1) {
            psi[(i + 1) * faces + levels] = through[i];
        }
        for (along, psi) in carrier
            .along
            .chunks_exact_mut(levels)
            .zip(psi.chunks_exact(faces))
        {
            for k in 0..levels {
                along[k] = psi[k + 1] - psi[k];
            }
        }
        for (i, across) in carrier.across.chunks_exact_mut(faces).enumerate() {
            let (here, next) = (&psi[i * faces..], &psi[(i + 1) * faces..]);
            // nothing passes through the walls
            for k in 1..levels {
                across[k] = gains[i * faces + k] - (next[k] - here[k]);
            }
        }
        Ok(())
    }

    /// One equation for each edge between columns i, i + 1 and levels k - 1, k.
    fn assemble(&mut self, mesh: &Mesh, forces: &Forces<'_>, gains: &[f64], through: &[f64]) {
        let (n, levels) = (mesh.columns - 1, mesh.levels);
        let (dy, ds) = (mesh.step(), mesh.stride());
        let at = |i: usize, k: usize| i * levels + k;
        let (rho, mu, drag) = (forces.density, forces.viscosity, forces.drag);
        let levelling = forces.acceleration * forces.interval / (ds * ds);
        let weight = mesh.width * forces.acceleration / (2.0 * ds);
        let row = |i: usize, k: usize| (k - 1) * n + i;
        self.matrix.clear();
        for k in 1..levels {
            for i in 0..n {
                let (r, last) = (row(i, k), through[i]);
                let mut right = 0.0;
                let beside = |of: &[f64], k: usize| 0.5 * (of[at(i, k)] + of[at(i + 1, k)]);
                // the stress mu psi_yy at the depths k - 1, k and k + 1, and its second difference
                for (j, second) in [(k - 1, 1.0), (k, -2.0), (k + 1, 1.0)] {
                    if j == 0 || j == levels {
                        // fluid rests on a wall: its stress is that of the half of a level next to it
                        let wall =
                            second * 2.0 * beside(mu, if j == 0 { 0 } else { levels - 1 }) / dy.powi(4);
                        self.matrix.add(r, r, wall);
                        if j == levels {
                            right += wall * last;
                        }
                        continue;
                    }
                    let stress = second * 0.5 * (beside(mu, j - 1) + beside(mu, j)) / dy.powi(4);
                    for (t, factor) in [(j - 1, 1.0), (j, -2.0), (j + 1, 1.0)] {
                        let c = stress * factor;
                        match t {
                            0 => {}
                            t if t == levels => right -= c * last,
                            t if t >= k => self.matrix.add(row(i, t), r, c),
                            _ => {}
                        }
                    }
                }
                let (below, above) = (beside(drag, k) / (dy * dy), beside(drag, k - 1) / (dy * dy));
                self.matrix.add(r, r, below + above);
                if k + 1 < levels {
                    self.matrix.add(row(i, k + 1), r, -below);
                } else {
                    right += below * last;
                }
                // the weight of the two columns, where the flow brings it until the next solve
                right +=
                    weight * (rho[at(i + 1, k)] + rho[at(i + 1, k - 1)] - rho[at(i, k)] - rho[at(i, k - 1)]);
                let rise = |i: usize| levelling * (rho[at(i, k)] - rho[at(i, k - 1)]).max(0.0) / dy;
                let (next, here) = (rise(i + 1), rise(i));
                self.matrix.add(r, r, next + here);
                if i + 1 < n {
                    self.matrix.add(r + 1, r, -next);
                }
                let gained = |i: usize| gains[i * (levels + 1) + k];
                self.right[r] = right - next * gained(i + 1) + here * gained(i);
            }
        }
    }
}
