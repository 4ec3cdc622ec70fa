//! One step of a cell through a column filled with a matrix, until the matrix catches it or it leaves.
//!
//! A column is many collectors to a cell's one: whether it is caught is a matter of chance, so many times per length as the
//! filter coefficient says, and less where the matrix is full. Every parcel carries the way it has left, in mean ways.

use super::passage::{FREE, HELD, MATRIX, OUT, SURFACES};
use super::{Compare, Data, Environment, Fixture, Kernel, Output, Over, Passage, Reference, Step, fixture};
use crate::laws::capture_row::{CAPTURE_ROWS, capture_row};
use crate::shaders::gpu_constants;
use crate::{fixed, rng};

const MOVED: &str = "f32 roundings (6e-8 each) in the place, which at the far end is 1e3 steps, and of the logarithm and the \
                     power of two (3 last bits each and more near zero) in the filter coefficient";

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "advance_matrix",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[
        Output {
            buffer: "position_z",
            compare: Compare::Displacement,
            tolerance: 2e-5,
            reason: MOVED,
        },
        Output {
            buffer: "fate",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "integers; no parcel of the fixtures passes an edge within a rounding",
        },
        Output {
            buffer: "clock",
            compare: Compare::Columns(2),
            tolerance: 1e-5,
            reason: "times since the start in f32, and the place where a cell is caught (2e-5 of a step)",
        },
        Output {
            buffer: "depth",
            compare: Compare::Columns(1),
            tolerance: 2e-5,
            reason: MOVED,
        },
        Output {
            buffer: "arrived",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "integers; no parcel of the fixtures is caught within a rounding of a layer's edge",
        },
        Output {
            buffer: "stats",
            compare: Compare::Statistics,
            tolerance: 2e-5,
            reason: MOVED,
        },
    ],
    fixtures,
    twin,
};

gpu_constants! {
    /// Keeps these draws apart from others of the same step.
    pub const WINDINGS: u32 = 3;
}

/// Filter coefficient [1/um] of an empty matrix for a cell of mobility `m` [um3 us/pg] and component `kind`.
fn coefficient(f: &Fixture, step: &Step, kind: usize, m: f64) -> f64 {
    let unlabelled = f64::from(f.floats("unspecific")[kind]);
    if m <= 0.0 || !step.magnets {
        return unlabelled;
    }
    let rows = &f.floats("capture")[kind * CAPTURE_ROWS..][..CAPTURE_ROWS];
    let ratio = m * f64::from(f.passage.strength) / step.flow;
    let x = capture_row(ratio);
    let k = (x as usize).min(CAPTURE_ROWS - 2);
    let [a, b] = [k, k + 1].map(|k| f64::from(rows[k]));
    unlabelled + (ratio * 4096.0).min(1.0) * (a + (b - a) * (x - k as f64)).exp2()
}

/// How far the windings of the way carry a cell ahead [um]: evenly within a width that has the variance of a random walk with
/// the dispersion coefficient dispersivity times velocity (J. Bear, Dynamics of Fluids in Porous Media, section 10.4).
pub fn windings(p: &Passage, parcel: u32, step: u32, seed: u32, way: f64) -> f64 {
    let [r, ..] = rng::pcg3d([parcel, step, rng::key(seed, WINDINGS)]);
    (6.0 * f64::from(p.dispersivity) * way).sqrt() * (f64::from(r >> 8) / 8_388_608.0 - 1.0)
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (env, step): (Environment, Step) = f.params.split();
    let p = &f.passage;
    let layers = env.cells[2];
    let mut position = f.positions("position_z");
    let mut fate = f.words("fate").to_vec();
    let reals = |name: &str| -> Vec<f64> { f.floats(name).iter().map(|v| f64::from(*v)).collect() };
    let (mut clock, mut depth) = (reals("clock"), reals("depth"));
    let (mobility, excess, magnetic, vacant) = (
        reals("mobility"),
        reals("excess"),
        reals("magnetic"),
        reals("vacant"),
    );
    let (kind, footprint) = (f.words("kind"), f.words("footprint"));
    let mut arrived = f.words("arrived").to_vec();
    let mut stats = f.statistics();
    for i in 0..f.items {
        let parcel = f.page.first + i as u32;
        let layer = fixed::cell(position[i]);
        if layer >= layers {
            stats.report(step.number, parcel);
            continue;
        }
        let late = (clock[2 * i] - step.time).max(0.0);
        if fate[i] >= HELD || late >= step.dt {
            continue;
        }
        let dt = step.dt - late;
        let kind = kind[i] as usize;
        let way = step.flow * f64::from(p.per_porosity) * dt;
        let sinking = mobility[i] * excess[i] / env.viscosity * step.acceleration.constant.z * dt;
        if !sinking.is_finite() || !magnetic[2 * i].is_finite() {
            stats.report(step.number, parcel);
            continue;
        }
        stats.greatest = stats.greatest.max((way + sinking).abs() / env.size.z);
        let d = way + sinking + windings(p, parcel, step.number, env.seed, way);
        let taken =
            coefficient(f, &step, kind, magnetic[2 * i]) * way * vacant[(MATRIX * layers + layer) as usize];
        let at = fixed::to_cells(position[i]);
        let room = f64::from(p.wall[2]) - env.origin.z - env.size.z * at;
        let leaves = (d > 0.0 && d >= room).then(|| room.max(0.0) / d);
        let caught = Some(depth[i] / taken).filter(|part| *part < leaves.unwrap_or(1.0));
        let part = caught.or(leaves).unwrap_or(1.0);
        depth[i] -= taken * part;
        position[i] = fixed::from_cells(at + d * part / env.size.z, layers);
        fate[i] = match (caught, leaves) {
            (Some(_), _) => HELD + MATRIX,
            (None, Some(_)) => OUT + step.outlet,
            (None, None) => FREE,
        };
        if fate[i] != FREE {
            clock[2 * i + 1] = step.time + late + part * dt;
        }
        if caught.is_some() {
            let patch = MATRIX * layers + fixed::cell(position[i]);
            arrived[patch as usize] += footprint[kind];
        }
    }
    vec![
        ("position_z", Reference::Positions(position)),
        ("fate", Reference::Words(fate)),
        ("clock", Reference::Reals(clock)),
        ("depth", Reference::Reals(depth)),
        ("arrived", Reference::Words(arrived)),
        ("stats", Reference::Statistics(stats)),
    ]
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(&format!("{n} parcels"), n))
        .collect();
    let mut off = build("the magnets are off", 3_001);
    off.params.switches = 0;
    off.params.outlet = 3;
    all.push(off);
    let mut still = build("the flow stands still, and the cells sink", 3_001);
    still.params.flow = 0.0;
    all.push(still.clone());
    still.label = "and rise".into();
    still.params.row_z[3] *= -1.0;
    all.push(still);
    let mut smooth = build("without windings", 3_001);
    smooth.passage.dispersivity = 0.0;
    all.push(smooth);
    let mut rows = build("several rows of workgroups", 5_003);
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    let mut broken = build("parcels that are not sound", 777);
    for (name, data) in &mut broken.buffers {
        match (*name, data) {
            ("excess", Data::F32(v)) => (v[321], v[400]) = (f32::NAN, f32::NEG_INFINITY),
            ("magnetic", Data::F32(v)) => v[2 * 333] = f32::NAN,
            ("fate", Data::U32(v)) => v.fill(FREE),
            ("clock", Data::F32(v)) => v.fill(0.0),
            _ => {}
        }
    }
    all.push(broken.clone());
    broken.label = "a bad parcel after a bad step".into();
    let step = broken.params.step;
    fixture::set(&mut broken, fixture::later_statistics(step));
    all.push(broken);
    all.push(fixture::escaped_below(build("parcels outside of the grid", 777)));
    all
}

/// Components in the fixtures.
const KINDS: u32 = 4;

fn build(label: &str, items: usize) -> Fixture {
    let mut params = fixture::tube_params();
    params.cells = [1, 1, 23, 23];
    params.origin[2] = 130.0;
    params.size[2] = 901.0;
    params.omega[3] = 410_000.0;
    params.flow = 1.1e-3;
    params.row_z[3] = -9.81e-6;
    params.switches = super::params::MAGNETS;
    params.outlet = 1;
    let layers = params.cells[2];
    let mut s = fixture::Stream::new(items as u32 + 97);
    let n = items + fixture::PADDING;
    let z = fixture::positions(&mut s, items, layers);
    let (start, dt) = (f64::from(params.time), f64::from(params.omega[3]));
    let clock = (0..n).flat_map(|i| {
        let enter = match i % 7 {
            // in the middle of this step, and after it
            3 => start + s.between(0.1, 0.9) * dt,
            4 => start + s.between(1.1, 9.0) * dt,
            _ => s.between(0.0, start),
        };
        [enter as f32, -1.0]
    });
    let clock = clock.collect();
    let mut buffers = vec![("position_z", z)];
    buffers.extend(fixture::cells(&mut s, items));
    // from below the table to beyond it, not pulled, repelled
    let magnetic = (0..n).flat_map(|i| {
        let m = s.between(-16.0, 14.0).exp2();
        [[m, m, 0.0, -m][i % 4] as f32, 1.0]
    });
    let magnetic = magnetic.collect();
    let patches = (SURFACES * layers) as usize + fixture::PADDING;
    // filter coefficients that rise with the ratio: the means of ways between 1000 and 0.1 steps
    let capture = (0..=KINDS as usize * CAPTURE_ROWS)
        .map(|i| (0.22 * (i % CAPTURE_ROWS) as f64 - 18.0 + s.between(-0.3, 0.3)) as f32)
        .collect();
    buffers.extend([
        ("magnetic", Data::F32(magnetic)),
        ("kind", Data::U32((0..n).map(|_| s.word() % KINDS).collect())),
        (
            "fate",
            Data::U32((0..n).map(|i| [0, 0, 0, 1, 1, 7, 9][i % 7]).collect()),
        ),
        ("clock", Data::F32(clock)),
        (
            "depth",
            Data::F32((0..n).map(|_| -(s.between(0.0, 1.0).ln()) as f32).collect()),
        ),
        ("capture", Data::F32(capture)),
        ("unspecific", Data::F32(vec![0.0, 3e-6, 0.0, 1.3e-4])),
        (
            "vacant",
            Data::F32(
                (0..patches)
                    .map(|i| {
                        if i % 5 == 0 {
                            0.0
                        } else {
                            s.between(0.1, 1.0) as f32
                        }
                    })
                    .collect(),
            ),
        ),
        ("footprint", Data::U32((0..KINDS).map(|k| 1 + 1000 * k).collect())),
        ("arrived", Data::U32(vec![3; patches])),
        fixture::statistics(),
    ]);
    let end = 130.0 + f64::from(layers) * f64::from(params.size[2]);
    Fixture {
        label: label.into(),
        items,
        params,
        passage: Passage {
            wall: [0.0, 7000.0, end as f32, 0.0],
            per_porosity: 2.7,
            dispersivity: 130.0,
            strength: 1.3e-3,
            ..Passage::default()
        },
        page: fixture::page(items),
        buffers,
    }
}
