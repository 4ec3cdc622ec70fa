//! The dense step on a grid of several columns: axis by axis, with what depends on the grid cell alone worked out once a step.

use crate::engine::BatchStats;
use crate::fixed;
use crate::kernels::advance_dense::{MIXED, waves};
use crate::kernels::fields::Field;
use crate::kernels::{Environment, Step};
use crate::laws::{look_ahead::look_ahead, mixing::mixing};
use crate::rng;
use multiversion::multiversion;

/// What a grid cell contributes.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    hindrance: f64,
    mixture: f64,
    backflow: f64,
    /// Wave speed over cell speed, as far as it counts.
    waves: f64,
    /// Below this a random number of 24 bits mixes a parcel.
    mixed: u32,
}

/// What a step does along one axis.
#[derive(Clone, Copy, Debug)]
struct Axis {
    /// Which one.
    axis: usize,
    /// Distance of neighbours in the table.
    stride: usize,
    stream: u32,
    /// Acceleration times dt over viscosity and cell size, in grid cells: at the corner of the grid, and its slope along each axis.
    drive: f64,
    slope: [f64; 3],
}

/// A grid at one step.
pub struct Table {
    cells: Vec<Cell>,
    n: [u32; 3],
    /// The axes along which cells slip.
    axes: Vec<Axis>,
    bound: f64,
    step: u32,
}

impl Table {
    /// For one step.
    pub fn new(fields: &[Field], env: &Environment, step: &Step) -> Self {
        let n = env.cells;
        let a = &step.acceleration;
        let strides = [1, n[0] as usize, n[0] as usize * n[1] as usize];
        let along = |axis: usize| {
            let scale = step.dt / (env.viscosity * env.size[axis]);
            let row = a.gradient.row(axis);
            Axis {
                axis,
                stride: strides[axis],
                stream: rng::key(env.seed, axis as u32),
                drive: scale * (a.constant[axis] + row.dot(env.origin)),
                slope: std::array::from_fn(|k| scale * row[k] * env.size[k]),
            }
        };
        Self {
            cells: fields
                .iter()
                .map(|f| Cell {
                    hindrance: f.hindrance,
                    mixture: f.mixture,
                    backflow: f.backflow,
                    waves: waves(f, env),
                    mixed: (mixing(f.fraction) * MIXED) as u32,
                })
                .collect(),
            n,
            axes: step.slips(n).map(along).collect(),
            bound: env.bound,
            step: step.number,
        }
    }
}

/// Moves the parcels of a chunk; `first` is the number of its first parcel.
#[multiversion(targets("x86_64+avx+avx2+fma+bmi1+bmi2"))]
pub fn advance(table: &Table, p: [&mut [u64]; 3], m: &[f32], e: &[f32], first: u64) -> BatchStats {
    let mut stats = BatchStats::default();
    let [x, y, z] = p;
    let n = table.n;
    for (j, ((((x, y), z), m), e)) in x.iter_mut().zip(y).zip(z).zip(m).zip(e).enumerate() {
        let (m, e) = (f64::from(*m), f64::from(*e));
        let start = [*x, *y, *z];
        let number = first + j as u64;
        if !fixed::inside(start, n) {
            stats.bad = stats.bad.or(Some((table.step, number)));
            continue;
        }
        let at = start.map(|p| fixed::cell(p) as usize);
        let cell = (at[2] * n[1] as usize + at[1]) * n[0] as usize + at[0];
        let Some(here) = table.cells.get(cell) else {
            stats.bad = stats.bad.or(Some((table.step, number)));
            continue;
        };
        let place = start.map(fixed::to_cells);
        let mut to = start;
        for axis in &table.axes {
            let k = axis.axis;
            let r = rng::pcg3d([number as u32, table.step, axis.stream]);
            let from = if r[0] >> 8 < here.mixed {
                start[k] & !0xffff_ffff | u64::from(r[1])
            } else {
                start[k]
            };
            // the drive at the lower face; at the upper one it is a slope more
            let others: f64 = (0..3).filter(|i| *i != k).map(|i| axis.slope[i] * place[i]).sum();
            let low = axis.drive + others + axis.slope[k] * at[k] as f64;
            let by = |neighbour: Option<&Cell>, drive: f64| {
                neighbour.map_or((0.0, 1.0), |c| {
                    (drive * (m * c.hindrance * (e - c.mixture) - c.backflow), c.waves)
                })
            };
            let behind = (at[k] > 0).then(|| table.cells.get(cell - axis.stride)).flatten();
            let ahead = (at[k] + 1 < n[k] as usize)
                .then(|| table.cells.get(cell + axis.stride))
                .flatten();
            let (backward, before) = by(behind, low);
            let (forward, after) = by(ahead, low + axis.slope[k]);
            if !(forward + backward).is_finite() {
                stats.bad = stats.bad.or(Some((table.step, number)));
                to[k] = from;
                continue;
            }
            let d = look_ahead(forward, backward, fixed::fraction(from));
            stats.greatest = stats.greatest.max(forward * after).max(-backward * before);
            stats.bounded += u64::from(d.abs() > table.bound);
            let d = d.clamp(-table.bound, table.bound);
            to[k] = fixed::from_cells(fixed::to_cells(from) + d, n[k]);
        }
        [*x, *y, *z] = to;
    }
    stats
}
