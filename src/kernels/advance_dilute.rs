//! One step of a cell alone in the fluid: the exact exponential path.

use super::params::{CORIOLIS, LATERAL, SCHILLER_NAUMANN};
use super::{Compare, Data, Environment, Fixture, Kernel, Output, Over, Reference, Step, fixture};
use crate::fixed;
use crate::laws::acceleration::acceleration;
use crate::laws::coriolis::coriolis;
use crate::laws::schiller_naumann::schiller_naumann;
use crate::laws::tube_wall::tube_wall;
use glam::{DMat3, DVec2, DVec3};

const MOVED: &str = "f32 roundings (6e-8 each) in the place, the acceleration and seven terms of the series, and with \
                     Schiller-Naumann two exponentials (1e-6); relative to the greatest displacement";

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "advance_dilute",
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

/// Terms of the exponential series.
pub const ORDER: u32 = 7;

/// Furthest that s Omega^2 dt may go in one step: the series is then exact to 0.25^7/8! = 2e-9.
pub const LONGEST: f64 = 0.25;

/// Displacement in one step [um] of a parcel at `q` [um].
#[inline]
pub fn displacement(q: DVec3, m0: f64, e: f64, env: &Environment, step: &Step) -> DVec3 {
    let a = &step.acceleration;
    let mut s = m0 / env.viscosity * e;
    let field = acceleration(q, a.gradient, a.constant);
    if env.switches & SCHILLER_NAUMANN != 0 {
        s *= schiller_naumann(env.fluid_density * (s * field).length() * (18.0 * m0).sqrt() / env.viscosity);
    }
    let turned = |v| {
        if env.switches & CORIOLIS != 0 {
            coriolis(v, s, a.omega)
        } else {
            v
        }
    };
    let mut term = turned(s * field) * step.dt;
    let mut sum = term;
    for k in 2..=ORDER {
        term = turned(s * (a.gradient * term)) * (step.dt / f64::from(k));
        sum += term;
    }
    sum
}

/// Moves one parcel; returns its displacement along the axis [grid cells], or none if it is not a number.
pub fn advance(position: &mut [u64; 3], m0: f64, e: f64, env: &Environment, step: &Step) -> Option<f64> {
    let q = env.origin + env.size * DVec3::from_array(position.map(fixed::to_cells));
    let d = displacement(q, m0, e, env, step);
    if !d.is_finite() {
        return None;
    }
    let last = (u64::from(env.cells[2]) << 32) - 1;
    let resting = position[2] == last && d.z >= 0.0;
    let mut go = |axis: usize, d: f64| {
        position[axis] = fixed::from_cells(
            fixed::to_cells(position[axis]) + d / env.size[axis],
            env.cells[axis],
        );
    };
    go(2, d.z);
    if env.switches & LATERAL != 0 && !resting {
        let mut to = DVec2::new(d.x, d.y);
        if env.tube_radius > 0.0 {
            to = tube_wall(DVec2::new(q.x, q.y), to, env.tube_radius);
        }
        go(0, to.x);
        go(1, to.y);
    }
    Some(d.z / env.size.z)
}

/// The displacement written as a matrix series: the velocity is `A (q + ...)`, so that the way in the time t is
/// t (1 + At/2 (1 + At/3 (1 + ...))) v.
fn path(q: DVec3, m0: f64, e: f64, env: &Environment, step: &Step) -> DVec3 {
    let a = step.acceleration.gradient * q + step.acceleration.constant;
    let stokes = m0 * e / env.viscosity;
    let mut s = stokes;
    if env.switches & SCHILLER_NAUMANN != 0 {
        let diameter = (18.0 * m0).sqrt();
        let reynolds = env.fluid_density * (stokes * a).length() * diameter / env.viscosity;
        s = stokes * schiller_naumann(reynolds);
    }
    // u + 2 s Omega x u = v, as a matrix
    let w = step.acceleration.omega * 2.0 * s;
    let turn = if env.switches & CORIOLIS != 0 {
        DMat3::from_cols(
            DVec3::new(1.0, w.z, -w.y),
            DVec3::new(-w.z, 1.0, w.x),
            DVec3::new(w.y, -w.x, 1.0),
        )
        .inverse()
    } else {
        DMat3::IDENTITY
    };
    let at = turn * step.acceleration.gradient * (s * step.dt);
    let mut series = DMat3::IDENTITY;
    for k in (2..=ORDER).rev() {
        series = DMat3::IDENTITY + at * series * (1.0 / f64::from(k));
    }
    series * (turn * (s * a)) * step.dt
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (env, step) = f.params.split();
    let names = ["position_x", "position_y", "position_z"];
    let mut moved = names.map(|k| f.positions(k));
    let (mobility, excess) = (f.floats("mobility"), f.floats("excess"));
    let mut stats = f.statistics();
    for i in 0..f.items {
        let p: [u64; 3] = std::array::from_fn(|k| moved[k][i]);
        let parcel = f.page.first + i as u32;
        if !fixed::inside(p, env.cells) {
            stats.report(step.number, parcel);
            continue;
        }
        let at = DVec3::from_array(p.map(fixed::to_cells));
        let q = env.origin + env.size * at;
        let mut d = path(q, f64::from(mobility[i]), f64::from(excess[i]), &env, &step);
        if !d.is_finite() {
            stats.report(step.number, parcel);
            continue;
        }
        stats.greatest = stats.greatest.max((d.z / env.size.z).abs());
        let on_the_bottom = p[2] + 1 == u64::from(env.cells[2]) << 32 && d.z >= 0.0;
        if env.switches & LATERAL == 0 || on_the_bottom {
            (d.x, d.y) = (0.0, 0.0);
        } else if env.tube_radius > 0.0 {
            let across = tube_wall(q.truncate(), d.truncate(), env.tube_radius);
            d = across.extend(d.z);
        }
        let to = at + d / env.size;
        for k in 0..3 {
            // an axis along which nothing moves keeps its integer
            if d[k] != 0.0 {
                moved[k][i] = fixed::from_cells(to[k], env.cells[k]);
            }
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
    let oblique = |switches: u32| {
        let mut p = fixture::box_params();
        p.switches = switches;
        // fast rotation and strong coupling, so that every term of the series and of the Coriolis law counts
        p.omega = [2.1e-1, -3.3e-1, 2.7e-1, 2.5e5];
        for row in [&mut p.row_x, &mut p.row_y, &mut p.row_z] {
            for g in row.iter_mut().take(3) {
                *g *= 40.0;
            }
        }
        p
    };
    for (what, switches) in [
        ("motion across the vessel", LATERAL),
        ("Coriolis", LATERAL | CORIOLIS),
        ("Schiller-Naumann", LATERAL | SCHILLER_NAUMANN),
        (
            "Coriolis and Schiller-Naumann along the axis alone",
            CORIOLIS | SCHILLER_NAUMANN,
        ),
    ] {
        let mut p = oblique(switches);
        if switches & SCHILLER_NAUMANN != 0 {
            p.fluid_density = 3.0e2;
        }
        all.push(build(what.into(), 3_001, p));
    }
    let mut rows = build("several rows of workgroups".into(), 5_003, tube);
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    // about a hundred units of a grid cell, so that a single unit shows; few parcels, because one whose displacement
    // falls between two units may be rounded either way
    for (what, sign) in [
        ("steps of a few units", 1.0),
        ("steps of a few units upwards", -1.0),
    ] {
        let mut p = fixture::box_params();
        p.switches = LATERAL;
        p.omega[3] = 2e-2;
        for row in [&mut p.row_x, &mut p.row_y, &mut p.row_z] {
            row.iter_mut().for_each(|x| *x *= sign);
        }
        all.push(build(what.into(), 300, p));
    }
    let mut wall = oblique(LATERAL);
    wall.origin[3] = 900.0;
    all.push(build("a side wall at 0.9 mm".into(), 5_003, wall));
    let mut broken = build("a parcel without a density".into(), 777, tube);
    for (name, data) in &mut broken.buffers {
        if let ("excess", Data::F32(v)) = (*name, data) {
            v[321] = f32::NAN;
            v[400] = f32::NEG_INFINITY;
        }
    }
    all.push(broken.clone());
    broken.label = "a bad parcel after a bad step".into();
    let step = broken.params.step;
    fixture::set(&mut broken, fixture::later_statistics(step));
    all.push(broken);
    let mut lateral = fixture::box_params();
    lateral.switches = LATERAL;
    all.push(fixture::escaped(build(
        "parcels outside of the grid".into(),
        777,
        lateral,
    )));
    all.push(fixture::escaped_below(build(
        "parcels below the end of a tube".into(),
        777,
        tube,
    )));
    all
}

fn build(label: String, items: usize, params: super::Params) -> Fixture {
    let mut s = fixture::Stream::new(items as u32 + 23);
    let mut buffers = fixture::all_positions(&mut s, items, &params);
    buffers.extend(fixture::cells(&mut s, items));
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
