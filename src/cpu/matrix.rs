//! The step of parcels in a column with a matrix, and their release.

use super::patches::Patches;
use crate::engine::BatchStats;
use crate::fixed;
use crate::kernels::advance_matrix::windings;
use crate::kernels::passage::{FREE, HELD, MATRIX, OUT};
use crate::kernels::release::comes_off;
use crate::kernels::{Environment, Passage, Step};
use crate::laws::capture_row::{CAPTURE_ROWS, capture_row};

/// What is the same for all parcels in a step.
pub struct Column<'a> {
    pub env: &'a Environment,
    pub step: &'a Step,
    pub passage: &'a Passage,
    pub capture: &'a [f32],
    pub unspecific: &'a [f32],
    pub patches: &'a Patches,
}

/// The columns of a chunk that the step only reads.
pub struct Given<'a> {
    pub mobility: &'a [f32],
    pub excess: &'a [f32],
    pub magnetic: &'a [[f32; 2]],
    pub kind: &'a [u32],
}

/// The columns of a chunk that the step writes.
pub struct Changed<'a> {
    pub z: &'a mut [u64],
    pub fate: &'a mut [u32],
    pub clock: &'a mut [[f32; 2]],
    pub depth: &'a mut [f32],
}

/// Moves a chunk; `first` is the number of its first parcel.
pub fn advance(c: &Column<'_>, given: &Given<'_>, changed: &mut Changed<'_>, first: u64) -> BatchStats {
    let mut stats = BatchStats::default();
    let (env, step, p) = (c.env, c.step, c.passage);
    let layers = env.cells[2];
    let length = f64::from(p.wall[2]) - env.origin.z;
    let weight = step.acceleration.constant.z / env.viscosity;
    let speed = step.flow * f64::from(p.per_porosity);
    let per_flow = f64::from(p.strength) / step.flow;
    for i in 0..changed.z.len() {
        let layer = fixed::cell(changed.z[i]);
        if layer >= layers {
            stats.bad = stats.bad.or(Some((step.number, first + i as u64)));
            continue;
        }
        if changed.fate[i] >= HELD {
            continue;
        }
        let late = (f64::from(changed.clock[i][0]) - step.time).max(0.0);
        let dt = step.dt - late;
        if dt <= 0.0 {
            continue;
        }
        let way = speed * dt;
        let sinking = f64::from(given.mobility[i]) * f64::from(given.excess[i]) * weight * dt;
        let m = f64::from(given.magnetic[i][0]);
        if !(sinking + m).is_finite() {
            stats.bad = stats.bad.or(Some((step.number, first + i as u64)));
            continue;
        }
        stats.greatest = stats.greatest.max((way + sinking).abs() / env.size.z);
        let d = way + sinking + windings(p, (first + i as u64) as u32, step.number, env.seed, way);
        let kind = given.kind[i] as usize;
        let mut coefficient = f64::from(c.unspecific[kind]);
        if m > 0.0 && step.magnets {
            let ratio = m * per_flow;
            let x = capture_row(ratio);
            let k = (x as usize).min(CAPTURE_ROWS - 2);
            let rows = &c.capture[kind * CAPTURE_ROWS + k..][..2];
            let [a, b] = [rows[0], rows[1]].map(f64::from);
            coefficient += (ratio * 4096.0).min(1.0) * (a + (b - a) * (x - k as f64)).exp2();
        }
        let taken = coefficient * way * f64::from(c.patches.vacant(MATRIX, layer as usize));
        let at = fixed::to_cells(changed.z[i]);
        let room = length - env.size.z * at;
        let (mut part, mut fate) = (1.0, FREE);
        if d > 0.0 && d >= room {
            (part, fate) = (room.max(0.0) / d, OUT + step.outlet);
        }
        let depth = f64::from(changed.depth[i]);
        if depth < taken * part {
            (part, fate) = (depth / taken, HELD + MATRIX);
        }
        changed.depth[i] = (depth - taken * part) as f32;
        changed.z[i] = fixed::from_cells(at + d * part / env.size.z, layers);
        changed.fate[i] = fate;
        if fate != FREE {
            changed.clock[i][1] = (step.time + late + part * dt) as f32;
        }
        if fate == HELD + MATRIX {
            c.patches
                .arrive(MATRIX, fixed::cell(changed.z[i]) as usize, given.kind[i]);
        }
    }
    stats
}

/// The columns of a chunk that a release reads and writes.
pub struct Held<'a> {
    pub z: &'a [u64],
    pub kind: &'a [u32],
    pub fate: &'a mut [u32],
    pub depth: &'a mut [f32],
}

/// Lets go what holds the parcels of a chunk; its chances are keyed by the number of its first parcel, the step and the seed.
pub fn release(p: &Passage, patches: &Patches, held: &mut Held<'_>, (first, step, seed): (u64, u32, u32)) {
    for i in 0..held.fate.len() {
        let fate = held.fate[i];
        if !(HELD..OUT).contains(&fate) {
            continue;
        }
        let parcel = (first + i as u64) as u32;
        if let Some(depth) = comes_off(parcel, step, seed, p.released) {
            patches.leave(fate - HELD, fixed::cell(held.z[i]) as usize, held.kind[i]);
            held.fate[i] = FREE;
            held.depth[i] = depth as f32;
        }
    }
}
