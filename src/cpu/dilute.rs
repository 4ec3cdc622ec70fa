//! The dilute step: along the axis alone, laid out for vector instructions, or in three dimensions.

use crate::engine::BatchStats;
use crate::fixed;
use crate::kernels::params::{CORIOLIS, LATERAL, SCHILLER_NAUMANN};
use crate::kernels::{Environment, Step, advance_dilute};
use multiversion::multiversion;

/// True if only the axis of the vessel matters and drag is linear, so that the path is a scalar exponential.
pub fn along_axis(env: &Environment, step: &Step) -> bool {
    let g = &step.acceleration.gradient;
    let coupled = g.x_axis.z != 0.0 || g.y_axis.z != 0.0 || g.z_axis.x != 0.0 || g.z_axis.y != 0.0;
    env.switches & (LATERAL | SCHILLER_NAUMANN | CORIOLIS) == 0 && !coupled
}

/// Moves a chunk along the axis: `z += s a(z) dt phi1(s k dt)`, where k is the gradient of a and phi1(x) =
/// (e^x - 1)/x by its series to the order of the kernel.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw+fma", "x86_64+avx+avx2+fma"))]
pub fn advance_column(
    z: &mut [u64],
    m: &[f32],
    e: &[f32],
    env: &Environment,
    step: &Step,
    first: u64,
) -> BatchStats {
    let n = f64::from(env.cells[2]);
    let k = step.acceleration.gradient.z_axis.z;
    // acceleration in grid cells at the grid's corner, and per grid cell
    let constant = (step.acceleration.constant.z + k * env.origin.z) / env.size.z;
    let time = step.dt / env.viscosity;
    let last = n * fixed::UNITS_PER_CELL - 1.0;
    let end = u64::from(env.cells[2]) << 32;
    // the bits of positive floats order as the floats do, and a maximum of integers can be taken in any order: the
    // compiler may then use vectors
    let mut greatest = 0_u64;
    let mut bad = 0_u64;
    let way = |z: u64, m: f32, e: f32| {
        let st = f64::from(m) * f64::from(e) * time;
        let x = st * k;
        // 1 + x/2 (1 + x/3 (1 + ... x/7))
        let phi = 1.0
            + x * (1.0 / 2.0)
                * (1.0
                    + x * (1.0 / 3.0)
                        * (1.0
                            + x * (1.0 / 4.0)
                                * (1.0
                                    + x * (1.0 / 5.0) * (1.0 + x * (1.0 / 6.0) * (1.0 + x * (1.0 / 7.0))))));
        let at = fixed::to_cells(z);
        let d = st * (constant + k * at) * phi;
        (at, d, d.abs() < f64::INFINITY && z < end)
    };
    for ((z, m), e) in z.iter_mut().zip(m).zip(e) {
        let (at, d, fine) = way(*z, *m, *e);
        bad |= u64::from(!fine);
        let d = if fine { d } else { 0.0 };
        greatest = greatest.max(d.abs().to_bits());
        let to = (at + d) * fixed::UNITS_PER_CELL;
        let to = if to > 0.0 { to } else { 0.0 };
        let to = if to < last { to } else { last };
        *z = if fine { fixed::to_units(to) } else { *z };
    }
    let mut stats = BatchStats {
        greatest: f64::from_bits(greatest),
        ..BatchStats::default()
    };
    if bad != 0 {
        // a bad parcel was left where it was and is bad there still, so that it can be found after the fact
        let parcel = z
            .iter()
            .zip(m)
            .zip(e)
            .position(|((z, m), e)| !way(*z, *m, *e).2)
            .unwrap_or(0);
        stats.bad = Some((step.number, first + parcel as u64));
    }
    stats
}

/// Moves a chunk in three dimensions.
pub fn advance(
    [x, y, z]: [&mut [u64]; 3],
    m: &[f32],
    e: &[f32],
    env: &Environment,
    step: &Step,
    first: u64,
) -> BatchStats {
    let mut stats = BatchStats::default();
    for i in 0..z.len() {
        let mut p = [x[i], y[i], z[i]];
        let inside = fixed::inside(p, env.cells);
        let moved = inside
            .then(|| advance_dilute::advance(&mut p, f64::from(m[i]), f64::from(e[i]), env, step))
            .flatten();
        match moved {
            Some(d) => stats.greatest = stats.greatest.max(d.abs()),
            None => {
                stats.bad = stats.bad.or(Some((step.number, first + i as u64)));
            }
        }
        [x[i], y[i], z[i]] = p;
    }
    stats
}
