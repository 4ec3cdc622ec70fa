//! One step along a flow that is given by its volume fluxes through the faces of the grid cells.
//!
//! Within a cell the velocity along each axis is linear between its two faces (the lowest Raviart-Thomas element). Its paths are known
//! exactly (Pollock 1988), so that where as much flows into every cell as out of it a suspension is neither thinned nor crowded.

use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, fixture};
use crate::fixed;
use crate::flow::{faces, lower};
use crate::laws::pollock::{STAYS, exit, pollock};
use crate::shaders::gpu_constants;

const MOVED: &str = "f32 roundings (6e-8 each) of a fraction, two velocities and two exponentials in each cell on the way, and the parts of the \
                     step that are left; relative to the greatest displacement";

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "advect",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[
        Output {
            buffer: "position_x",
            compare: Compare::Displacement,
            tolerance: 1e-5,
            reason: MOVED,
        },
        Output {
            buffer: "position_y",
            compare: Compare::Displacement,
            tolerance: 1e-5,
            reason: MOVED,
        },
        Output {
            buffer: "position_z",
            compare: Compare::Displacement,
            tolerance: 1e-5,
            reason: MOVED,
        },
        Output {
            buffer: "stats",
            compare: Compare::Statistics,
            tolerance: 0.0,
            reason: "numbers of a step and of a parcel",
        },
    ],
    fixtures,
    twin,
};

gpu_constants! {
    /// Most grid cells that a parcel passes through in a step. A step is so short that a way leads through few. More pass only parcels that circle
    /// within some thousandths of a cell of a maximum of the stream function, where the speed of this flow does not fall to zero. Such a parcel
    /// stays where it is after so many.
    pub const MOST_CELLS: u32 = 64;
}

/// The path of one parcel, cell by cell; none if it cannot be followed.
fn path(mut p: [u64; 3], n: [u32; 3], dt: f64, flux: &[f32], inverse: &[f32]) -> Option<[u64; 3]> {
    let all = n.map(|n| n as usize);
    let mut left = dt;
    let mut passed = 0;
    while left > 0.0 && passed < MOST_CELLS {
        passed += 1;
        let at = p.map(|p| fixed::cell(p) as usize);
        let volume = f64::from(inverse[(at[2] * all[1] + at[1]) * all[0] + at[0]]);
        let rates: [[f64; 2]; 3] = std::array::from_fn(|axis| {
            let (begin, stride) = faces(all, axis);
            let low = begin + lower(all, axis, at);
            [low, low + stride].map(|f| f64::from(flux[f]) * volume)
        });
        if !rates.iter().flatten().all(|r| r.is_finite()) {
            return None;
        }
        let x = p.map(fixed::fraction);
        let times: [f64; 3] = std::array::from_fn(|k| exit(x[k], rates[k][0], rates[k][1]));
        // the first of the earliest
        let k = (0..3).fold(0, |k, j| if times[j] < times[k] { j } else { k });
        let ends = times[k] >= left;
        let time = if ends { left } else { times[k] };
        debug_assert!(time < STAYS);
        for axis in 0..3 {
            let [low, high] = rates[axis];
            if axis == k && !ends {
                let up = low + (high - low) * x[k] > 0.0;
                if up && at[k] + 1 == all[k] || !up && at[k] == 0 {
                    return None;
                }
                p[k] = if up {
                    (p[k] >> 32 << 32) + (1 << 32)
                } else {
                    (p[k] >> 32 << 32) - 1
                };
            } else {
                // within the cell, whatever roundings do
                let to = (x[axis] + pollock(x[axis], low, high, time)) * fixed::UNITS_PER_CELL;
                let to = to.round().clamp(0.0, fixed::UNITS_PER_CELL - 1.0);
                p[axis] = (p[axis] >> 32 << 32) + to as u64;
            }
        }
        left -= time;
    }
    Some(p)
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (env, step) = f.params.split();
    let names = ["position_x", "position_y", "position_z"];
    let mut moved = names.map(|k| f.positions(k));
    let mut stats = f.statistics();
    let (flux, inverse) = (f.floats("flux"), f.floats("inverse_volume"));
    let [x, y, z] = &mut moved;
    let places = x.iter_mut().zip(y).zip(z).map(|((x, y), z)| [x, y, z]);
    for (i, place) in places.take(f.items).enumerate() {
        let p = place.each_ref().map(|p| **p);
        let to = match fixed::inside(p, env.cells) {
            true => path(p, env.cells, step.dt, flux, inverse),
            false => None,
        };
        match to {
            Some(to) => place.into_iter().zip(to).for_each(|(p, to)| *p = to),
            None => stats.report(step.number, f.page.first + i as u32),
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
    let several = fixture::box_params();
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(format!("{n} parcels in a box"), n, several, 0.5))
        .collect();
    all.push(build("many cells a step".into(), 3_001, several, 2.0));
    all.push(build("hardly any way".into(), 3_001, several, 0.02));
    all.push(build("a column".into(), 3_001, fixture::tube_params(), 2.0));
    all.push(build(
        "two cells across".into(),
        3_001,
        fixture::narrow_params(),
        2.0,
    ));
    let mut rows = build("several rows of workgroups".into(), 5_003, several, 1.0);
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    // as much into each cell as out of it; at rest; and round and round
    for (what, items, courant) in [
        ("a vortex", 5_003, 2.0),
        ("a fluid at rest", 777, 0.0),
        ("more cells than are followed", 301, 300.0),
    ] {
        let mut f = build(what.into(), items, several, 1.0);
        fixture::set(&mut f, ("flux", Data::F32(vortex(&several, courant))));
        if courant > 100.0 {
            // away from walls, near which fluid is as slow as may be
            for (axis, name) in ["position_x", "position_y", "position_z"].into_iter().enumerate() {
                let inner = |cell: u32| cell.clamp(1, several.cells[axis] - 2);
                let place = |p: u64| [p as u32 & 0x7fff_ffff | 0x4000_0000, inner(fixed::cell(p))];
                let words = f.positions(name).into_iter().flat_map(place).collect();
                fixture::set(&mut f, (name, Data::U32(words)));
            }
        }
        all.push(f);
    }
    let mut open = build("a flow out of the grid".into(), 777, several, 1.0);
    let (mut down, mut broken) = (open.clone(), open.clone());
    for (name, data) in &mut open.buffers {
        if let ("flux", Data::F32(v)) = (*name, data) {
            v.iter_mut().for_each(|v| *v = v.abs() + 1e3);
        }
    }
    all.push(open);
    for (name, data) in &mut down.buffers {
        if let ("flux", Data::F32(v)) = (*name, data) {
            v.iter_mut().for_each(|v| *v = -v.abs() - 1e3);
        }
    }
    down.label = "a flow out of the grid, downwards".into();
    all.push(down);
    for (name, data) in &mut broken.buffers {
        if let ("flux", Data::F32(v)) = (*name, data) {
            v[40] = f32::NAN;
            v[170] = f32::INFINITY;
        }
    }
    broken.label = "a flux that is no number".into();
    all.push(broken);
    all.push(fixture::escaped(build(
        "parcels outside of the grid".into(),
        777,
        several,
        1.0,
    )));
    all
}

/// Fluxes of a grid: differences of a vector potential on the edges of the cells, so that as much flows into each cell as out of it. `potential` has
/// the axis and the lower end of an edge; on the outer faces it is zero, so that nothing leaves the grid.
fn balanced(n: [usize; 3], potential: &dyn Fn(usize, [usize; 3]) -> f64) -> Vec<f32> {
    let inner = |axis: usize, at: [usize; 3]| {
        let outer = (0..3).any(|k| k != axis && (at[k] == 0 || at[k] == n[k]));
        if outer { 0.0 } else { potential(axis, at) }
    };
    let mut flux = Vec::new();
    for axis in 0..3 {
        let [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
        let count: [usize; 3] = std::array::from_fn(|k| n[k] + usize::from(k == axis));
        for z in 0..count[2] {
            for y in 0..count[1] {
                for x in 0..count[0] {
                    let at = [x, y, z];
                    let next = |k: usize| std::array::from_fn(|j| at[j] + usize::from(j == k));
                    // the sum around the face
                    let around = inner(c, next(b)) - inner(c, at) - inner(b, next(c)) + inner(b, at);
                    flux.push(around as f32);
                }
            }
        }
    }
    flux
}

/// A vortex in the plane of x and z, the same at every y. The fastest parcels pass about `courant` cells in a step.
fn vortex(p: &super::Params, courant: f64) -> Vec<f32> {
    let n = [p.cells[0], p.cells[1], p.cells[2]].map(|n| n as usize);
    let hump = |i: usize, n: usize| (std::f64::consts::PI * i as f64 / n as f64).sin();
    let scale = courant * volume(p) / f64::from(p.omega[3]);
    balanced(n, &|axis, at| match axis {
        1 => 2.0 * scale * hump(at[0], n[0]) * hump(at[2], n[2]),
        _ => 0.0,
    })
}

/// Volume of a grid cell [um3].
fn volume(p: &super::Params) -> f64 {
    f64::from(p.size[0]) * f64::from(p.size[1]) * f64::from(p.size[2])
}

/// Fluxes at random; the fastest parcels pass about `courant` cells in a step. Some edges have no potential, and cells have not quite the same
/// volume.
fn build(label: String, items: usize, params: super::Params, courant: f64) -> Fixture {
    let mut s = fixture::Stream::new(items as u32 + 23);
    let n = [params.cells[0], params.cells[1], params.cells[2]].map(|n| n as usize);
    let volume = volume(&params);
    let cells = n.iter().product::<usize>();
    let inverse: Vec<f32> = (0..cells)
        .map(|_| (s.between(0.7, 1.3) / volume) as f32)
        .collect();
    let scale = 0.4 * courant * volume / f64::from(params.omega[3]);
    let potential = |axis: usize, at: [usize; 3]| {
        let number = ((at[2] * 512 + at[1]) * 512 + at[0]) * 3 + axis;
        let mut s = fixture::Stream::new(number as u32 + 7);
        let v = s.between(-1.0, 1.0) * scale;
        if s.word().is_multiple_of(5) { 0.0 } else { v }
    };
    let mut buffers = fixture::all_positions(&mut s, items, &params);
    buffers.push(("inverse_volume", Data::F32(inverse)));
    buffers.push(("flux", Data::F32(balanced(n, &potential))));
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
