//! One step through a crowded suspension: the look-ahead scheme, axis by axis.

use super::fields::Field;
use super::{Compare, Data, Environment, Fixture, Kernel, Output, Over, Reference, Step, fixture};
use crate::fixed;
use crate::laws::{
    acceleration::acceleration, look_ahead::look_ahead, mixing::mixing, slip::slip, stiffness::stiffness,
};
use crate::rng;
use crate::shaders::gpu_constants;
use glam::DVec3;

const MOVED: &str = "f32 roundings (6e-8 each) in the acceleration, in the difference of densities (some ten times \
                     their own rounding) and in the interpolation; relative to the greatest displacement";

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "advance_dense",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[
        Output {
            buffer: "position_x",
            compare: Compare::Displacement,
            tolerance: 4e-6,
            reason: MOVED,
        },
        Output {
            buffer: "position_y",
            compare: Compare::Displacement,
            tolerance: 4e-6,
            reason: MOVED,
        },
        Output {
            buffer: "position_z",
            compare: Compare::Displacement,
            tolerance: 4e-6,
            reason: MOVED,
        },
        Output {
            buffer: "stats",
            compare: Compare::Statistics,
            tolerance: 4e-6,
            reason: MOVED,
        },
    ],
    fixtures,
    twin,
};

/// Velocity that a grid cell with field `f` allows a parcel [um/us].
#[inline(always)]
pub fn allowed(f: &Field, m0: f64, e: f64, a: f64, mu: f64) -> f64 {
    slip(m0, e, f.mixture, f.hindrance, a, mu) - f.backflow * a / mu
}

/// One parcel, as the twin moves it.
#[derive(Clone, Copy, Debug)]
struct Parcel {
    /// Position on each axis.
    pub position: [u64; 3],
    /// m0 A [um2].
    pub mobility: f64,
    /// Density above the fluid's [pg/um3].
    pub excess: f64,
}

/// Displacement along `axis` in one step [grid cells], not yet bounded, and the Courant number that counts for the length of
/// the step: that of the waves that the parcel takes part in.
fn displacement(p: &Parcel, axis: usize, env: &Environment, step: &Step, fields: &[Field]) -> (f64, f64) {
    let n = env.cells.map(|n| n as usize);
    let index = p.position.map(|x| fixed::cell(x) as usize);
    let cell = (index[2] * n[1] + index[1]) * n[0] + index[0];
    let stride = [1, n[0], n[0] * n[1]][axis];
    let place = DVec3::from_array(p.position.map(fixed::to_cells));
    let velocity = |cell: usize, face: usize| {
        let mut q = env.origin + env.size * place;
        q[axis] = env.origin[axis] + face as f64 * env.size[axis];
        let a = acceleration(q, step.acceleration.gradient, step.acceleration.constant)[axis];
        allowed(&fields[cell], p.mobility, p.excess, a, env.viscosity)
    };
    let i = index[axis];
    let behind = if i > 0 { velocity(cell - stride, i) } else { 0.0 };
    let ahead = if i + 1 < n[axis] {
        velocity(cell + stride, i + 1)
    } else {
        0.0
    };
    if !(ahead + behind).is_finite() {
        // the look-ahead would take what is not a number for zero
        return (f64::NAN, 0.0);
    }
    let speed = look_ahead(ahead, behind, fixed::fraction(p.position[axis]));
    let mut courant = 0.0_f64;
    if i > 0 {
        courant = courant.max(-behind * waves(&fields[cell - stride], env));
    }
    if i + 1 < n[axis] {
        courant = courant.max(ahead * waves(&fields[cell + stride], env));
    }
    let scale = step.dt / env.size[axis];
    (speed * scale, courant * scale)
}

/// Velocity of a parcel of mobility and excess density `(m0, e)` at `position` [um/us], before it is bounded: what the look-ahead
/// rule gives it.
pub fn velocity(
    position: [u64; 3],
    (mobility, excess): (f64, f64),
    env: &Environment,
    step: &Step,
    fields: &[Field],
) -> DVec3 {
    let p = Parcel {
        position,
        mobility,
        excess,
    };
    DVec3::from_array(std::array::from_fn(|axis| match env.cells[axis] {
        1 => 0.0,
        _ => displacement(&p, axis, env, step, fields).0 * env.size[axis] / step.dt,
    }))
}

gpu_constants! {
    /// Share of a wave's Courant number that counts as a cell's: a step at the usual Courant number of 0.4 lets waves go one grid
    /// cell, as far as they may.
    pub const WAVES: f64 = 0.4;
}

/// How the speed of a wave into a grid cell with field `f` compares with what a step may do; never less than one.
#[inline(always)]
pub fn waves(f: &Field, e: &Environment) -> f64 {
    (WAVES * stiffness(f.fraction, e.exponent, e.packing_limit, e.packing_width)).max(1.0)
}

/// Integers of 24 bits, which a float holds: the share of them below which a parcel is mixed.
pub const MIXED: f64 = 16_777_216.0;

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (env, step) = f.params.split();
    let fields = Field::rows(f.floats("fields"));
    let names = ["position_x", "position_y", "position_z"];
    let start = names.map(|k| f.positions(k));
    let mut moved = start.clone();
    let (mobility, excess) = (f.floats("mobility"), f.floats("excess"));
    let mut stats = f.statistics();
    for i in 0..f.items {
        let p = Parcel {
            position: std::array::from_fn(|k| start[k][i]),
            mobility: f64::from(mobility[i]),
            excess: f64::from(excess[i]),
        };
        let parcel = f.page.first + i as u32;
        if !fixed::inside(p.position, env.cells) {
            stats.report(step.number, parcel);
            continue;
        }
        let index = p.position.map(|x| fixed::cell(x) as usize);
        let n = env.cells.map(|n| n as usize);
        let phi = fields[(index[2] * n[1] + index[1]) * n[0] + index[0]].fraction;
        for axis in step.slips(env.cells) {
            let stream = rng::key(env.seed, axis as u32);
            // the place within a crowded cell is drawn anew, keyed by parcel, step, and seed and axis
            let [draw, place, _] = rng::pcg3d([parcel, step.number, stream]);
            let share = (mixing(phi) * MIXED).floor();
            let from = if f64::from(draw >> 8) < share {
                (p.position[axis] >> 32 << 32) + u64::from(place)
            } else {
                p.position[axis]
            };
            let mut p = p;
            p.position[axis] = from;
            let (mut d, courant) = displacement(&p, axis, &env, &step, &fields);
            if !d.is_finite() {
                stats.report(step.number, parcel);
                d = 0.0;
            }
            stats.greatest = stats.greatest.max(courant);
            if d.abs() > env.bound {
                stats.bounded += 1;
                d = d.clamp(-env.bound, env.bound);
            }
            moved[axis][i] = fixed::from_cells(fixed::to_cells(p.position[axis]) + d, env.cells[axis]);
        }
    }
    let mut out: Vec<(&'static str, Reference)> = names
        .into_iter()
        .zip(moved)
        .map(|(n, v)| (n, Reference::Positions(v)))
        .collect();
    out.push(("stats", Reference::Statistics(stats)));
    out
}

fn fixtures() -> Vec<Fixture> {
    let tube = fixture::tube_params();
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(format!("{n} parcels in a tube"), n, tube))
        .collect();
    all.push(build(
        "a box of several cells each way".into(),
        10_007,
        fixture::box_params(),
    ));
    let mut upwards = fixture::box_params();
    for row in [&mut upwards.row_x, &mut upwards.row_y, &mut upwards.row_z] {
        row.iter_mut().for_each(|x| *x = -*x);
    }
    all.push(build("the field reversed".into(), 5_003, upwards));
    all.push(build("two cells across".into(), 3_001, fixture::narrow_params()));
    // along the other axes nothing slips, and nothing is mixed
    let mut sideways = fixture::box_params();
    (sideways.row_x, sideways.row_z) = ([0.0; 4], [0.0; 4]);
    all.push(build("an acceleration along y alone".into(), 3_001, sideways));
    let mut rows = build("several rows of workgroups".into(), 5_003, tube);
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    let mut far = tube;
    far.omega[3] *= 40.0;
    all.push(build(
        "a step so long that parcels are held back".into(),
        3_001,
        far,
    ));
    let mut broken = build("a parcel without a mobility".into(), 777, tube);
    for (name, data) in &mut broken.buffers {
        if let ("mobility", Data::F32(v)) = (*name, data) {
            v[500] = f32::NAN;
            v[600] = f32::INFINITY;
        }
    }
    all.push(broken.clone());
    broken.label = "a bad parcel after a bad step".into();
    let step = broken.params.step;
    fixture::set(&mut broken, fixture::later_statistics(step));
    all.push(broken);
    all.push(fixture::escaped(build(
        "parcels outside of the grid".into(),
        777,
        fixture::box_params(),
    )));
    // where the waves of crowding decide: in thick suspension, on the packing slope, at the limit; sinking and rising
    for (what, low, high) in [
        ("thick suspension", 0.6, 0.8),
        ("on the packing slope", 0.892, 0.915),
        ("nearly packed", 0.932, 0.9395),
    ] {
        for sign in [1.0, -1.0] {
            let mut p = tube;
            p.row_z.iter_mut().for_each(|x| *x *= sign);
            let mut f = build(format!("{what}, {sign}"), 301, p);
            let mut s = fixture::Stream::new(991);
            let fields =
                (0..p.cells[3]).flat_map(|_| [0.02, 0.01, 0.0, s.between(low, high)].map(|x| x as f32));
            fixture::set(&mut f, ("fields", Data::F32(fields.collect())));
            all.push(f);
        }
    }
    let mut still = tube;
    still.row_z = [0.0; 4];
    all.push(build("no acceleration".into(), 301, still));
    all.push(fixture::escaped_below(build(
        "parcels below the end of a tube".into(),
        777,
        tube,
    )));
    all
}

/// Fields from clear plasma to a full bed, with backflows of both signs.
fn build(label: String, items: usize, params: super::Params) -> Fixture {
    let mut s = fixture::Stream::new(items as u32 + 11);
    let mut buffers = fixture::all_positions(&mut s, items, &params);
    buffers.extend(fixture::cells(&mut s, items));
    let fields = (0..params.cells[3])
        .flat_map(|i| {
            let phi = if i % 9 == 0 { 0.95 } else { s.between(0.0, 0.93) };
            let h = if i % 9 == 0 { 0.0 } else { (1.0 - phi).powf(2.65) };
            [h, s.between(0.0, 0.06), h * s.between(-0.02, 0.3), phi].map(|x| x as f32)
        })
        .collect();
    buffers.push(("fields", Data::F32(fields)));
    buffers.push(fixture::statistics());
    Fixture {
        label,
        items,
        params,
        passage: Default::default(),
        page: fixture::page(items),
        buffers,
    }
}
