//! The dense step in a column of grid cells, laid out for speed: what depends on the grid cell alone is worked out
//! once a step, so that a parcel costs three look-ups and a dozen multiplications.

use crate::engine::BatchStats;
use crate::fixed;
use crate::kernels::advance_dense::{MIXED, waves};
use crate::kernels::fields::Field;
use crate::kernels::{Environment, Step};
use crate::laws::{look_ahead::look_ahead, mixing::mixing};
use crate::rng;
use multiversion::multiversion;

/// What a grid cell contributes: its field, and the drive through its upper face (acceleration times dt over
/// viscosity and cell size; zero at a wall).
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    hindrance: f64,
    mixture: f64,
    backflow: f64,
    /// Below this a random number of 24 bits mixes a parcel.
    mixed: u32,
    /// Wave speed over cell speed, as far as it counts.
    waves: f64,
    drive: f64,
}

/// The rows of a column with one more at each end, so that neighbours always exist.
pub struct Table {
    rows: Vec<Row>,
    cells: u32,
    bound: f64,
    stream: u32,
    step: u32,
}

impl Table {
    /// For one step.
    pub fn new(fields: &[Field], env: &Environment, step: &Step) -> Self {
        let n = env.cells[2] as usize;
        let a = &step.acceleration;
        let mut rows = vec![Row::default(); n + 2];
        for (row, f) in rows[1..=n].iter_mut().zip(fields) {
            let Field {
                hindrance,
                mixture,
                backflow,
                fraction,
            } = *f;
            *row = Row {
                hindrance,
                mixture,
                backflow,
                mixed: (mixing(fraction) * MIXED) as u32,
                waves: waves(f, env),
                drive: 0.0,
            };
        }
        // the faces 1..n-1; the drives of the first and the last stay zero, which is what a wall is
        for (i, row) in rows.iter_mut().enumerate().take(n + 1).skip(2) {
            let z = env.origin.z + (i - 1) as f64 * env.size.z;
            let acceleration = a.constant.z + a.gradient.z_axis.z * z;
            row.drive = acceleration * step.dt / (env.viscosity * env.size.z);
        }
        Self {
            rows,
            cells: env.cells[2],
            bound: env.bound,
            stream: rng::key(env.seed, 2),
            step: step.number,
        }
    }
}

/// Adds the moments of parcels to the sums of their cells.
pub fn deposit(sums: &mut [[i64; 4]], z: &[u64], moments: &[[i32; 4]]) {
    for (z, m) in z.iter().zip(moments) {
        crate::kernels::deposit::add(sums, fixed::cell(*z) as usize, *m);
    }
}

/// Moves the parcels of a chunk; `first` is the number of its first parcel.
#[multiversion(targets("x86_64+avx+avx2+fma+bmi1+bmi2"))]
pub fn advance(table: &Table, z: &mut [u64], m: &[f32], e: &[f32], first: u64) -> BatchStats {
    let mut stats = BatchStats::default();
    for (j, ((z, m), e)) in z.iter_mut().zip(m).zip(e).enumerate() {
        let (m, e) = (f64::from(*m), f64::from(*e));
        let i = fixed::cell(*z) as usize;
        let Some([behind, here, ahead]) = table.rows.get(i..i + 3) else {
            stats.bad = stats.bad.or(Some((table.step, first + j as u64)));
            continue;
        };
        let parcel = (first as u32).wrapping_add(j as u32);
        let r = rng::pcg3d([parcel, table.step, table.stream]);
        let from = if r[0] >> 8 < here.mixed {
            *z & !0xffff_ffff | u64::from(r[1])
        } else {
            *z
        };
        let by = |r: &Row| m * r.hindrance * (e - r.mixture) - r.backflow;
        let (forward, backward) = (ahead.drive * by(ahead), here.drive * by(behind));
        // the look-ahead would take what is not a number for zero
        let fine = (forward + backward).is_finite();
        if !fine {
            stats.bad = stats.bad.or(Some((table.step, first + j as u64)));
        }
        let d = if fine {
            look_ahead(forward, backward, fixed::fraction(from))
        } else {
            0.0
        };
        let size = d.abs();
        let courant = (forward * ahead.waves).max(-backward * behind.waves);
        if fine {
            stats.greatest = stats.greatest.max(courant);
        }
        stats.bounded += u64::from(size > table.bound);
        let d = d.clamp(-table.bound, table.bound);
        *z = fixed::from_cells(fixed::to_cells(from) + d, table.cells);
    }
    stats
}
