//! Speed of every parcel relative to the fluid around it, for pictures.
//!
//! In a crowd the fluid flows back: the parcels' velocity is the slip less the volume backflow, and that of the fluid is less the
//! same backflow, because both together carry no volume. What is left between them is the slip: that which the look-ahead of
//! [`super::advance_dense`] gives the parcel, of the grid cell that it would move into. What that cell does not let in rests, however
//! fast it would be in the one that it is in.

use super::params::{CARRIED, CORIOLIS, CROWDED, MAGNETS, SCHILLER_NAUMANN};
use super::passage::{FATES, FREE};
use super::{Compare, Data, Fixture, Kernel, Output, Over, Params, Reference, fixture};
use crate::fixed;
use crate::laws::saturation::saturation;
use crate::laws::schiller_naumann::schiller_naumann;
use crate::shaders::gpu_constants;
use glam::{DMat3, DVec3};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "slip_speed",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[Output {
        buffer: "speed",
        compare: Compare::Columns(1),
        tolerance: 1e-5,
        reason: "a logarithm is off by 4e-7 and by the relative error of its argument, some 1e-4 where weight and pull, a cell and the \
                 mixture, or the ways to both sides nearly cancel; the greatest logarithm of the fixtures is 40",
    }],
    fixtures,
    twin,
};

gpu_constants! {
    /// Slower than this is as slow [um/us].
    pub const FAINTEST: f64 = 1e-12;
}

/// Velocity relative to the fluid [um/us] of parcel `i` in a crowd: axis by axis the slip in the grid cell that it moves into, as the
/// look-ahead decides; none where it moves into neither.
fn in_a_crowd(f: &Fixture, i: usize, position: [u64; 3]) -> DVec3 {
    let (env, step) = f.params.split();
    let n = env.cells.map(|n| n as usize);
    let index = position.map(|p| fixed::cell(p) as usize);
    let place = env.origin + env.size * DVec3::from_array(position.map(fixed::to_cells));
    let (m0, e) = (
        f64::from(f.floats("mobility")[i]),
        f64::from(f.floats("excess")[i]),
    );
    // slip and velocity beyond the face of number `face`
    let beyond = |axis: usize, face: usize, neighbour: usize| {
        let mut q = place;
        q[axis] = env.origin[axis] + face as f64 * env.size[axis];
        let a = (step.acceleration.gradient * q + step.acceleration.constant)[axis];
        let mut at = index;
        at[axis] = neighbour;
        let row = 4 * ((at[2] * n[1] + at[1]) * n[0] + at[0]);
        let [h, mixture, backflow] = [0, 1, 2].map(|k| f64::from(f.floats("fields")[row + k]));
        let slip = m0 * h * (e - mixture) * a / env.viscosity;
        (slip, slip - backflow * a / env.viscosity)
    };
    DVec3::from_array(std::array::from_fn(|axis| {
        let k = index[axis];
        let forward = (k + 1 < n[axis]).then(|| beyond(axis, k + 1, k + 1));
        let backward = (k > 0).then(|| beyond(axis, k, k - 1));
        let forward = forward.filter(|(_, v)| *v > 0.0);
        let backward = backward.filter(|(_, v)| *v < 0.0);
        let part = fixed::fraction(position[axis]);
        match (forward, backward) {
            (Some((a, _)), Some((b, _))) => a * part + b * (1.0 - part),
            (Some((s, _)), None) | (None, Some((s, _))) => s,
            (None, None) => 0.0,
        }
    }))
}

/// Velocity relative to the fluid [um/us] of parcel `i`, which feels no others, at a place [um].
fn velocity(f: &Fixture, i: usize, q: DVec3) -> DVec3 {
    let (env, step) = f.params.split();
    let real = |name: &str, k: usize| f64::from(f.floats(name)[k]);
    let (m0, e) = (real("mobility", i), real("excess", i));
    let a = step.acceleration.gradient * q + step.acceleration.constant;
    let stokes = m0 * e / env.viscosity;
    let mut s = stokes;
    if env.switches & SCHILLER_NAUMANN != 0 {
        let reynolds = env.fluid_density * (stokes * a).length() * (18.0 * m0).sqrt() / env.viscosity;
        s = stokes * schiller_naumann(reynolds);
    }
    let mut v = s * a;
    if env.switches & CORIOLIS != 0 {
        // u + 2 s Omega x u = v
        let w = step.acceleration.omega * 2.0 * s;
        let turn = DMat3::from_cols(
            DVec3::new(1.0, w.z, -w.y),
            DVec3::new(-w.z, 1.0, w.x),
            DVec3::new(w.y, -w.x, 1.0),
        );
        v = turn.inverse() * v;
    }
    if step.magnets {
        let (field, b) = pull(f, q);
        v += field * (real("magnetic", 2 * i) * saturation(b * real("magnetic", 2 * i + 1)));
    }
    v
}

/// grad(B2)/(2 mu0) and |B|: the mean of the eight corners, weighted by the volumes opposite.
fn pull(f: &Fixture, q: DVec3) -> (DVec3, f64) {
    let (env, _) = f.params.split();
    let n = env.cells.map(|n| n as usize);
    let c = ((q - env.origin) / env.size).to_array();
    let low: [usize; 3] = std::array::from_fn(|k| (c[k].max(0.0) as usize).min(n[k] - 1));
    let mut sum = [0.0; 4];
    for corner in 0..8 {
        let (mut weight, mut node, mut stride) = (1.0, 0, 1);
        for k in 0..3 {
            let t = (c[k] - low[k] as f64).clamp(0.0, 1.0);
            let high = corner >> k & 1;
            weight *= if high == 1 { t } else { 1.0 - t };
            node += (low[k] + high) * stride;
            stride *= n[k] + 1;
        }
        for (s, v) in sum.iter_mut().zip(&f.floats("pull")[4 * node..]) {
            *s += weight * f64::from(*v);
        }
    }
    (DVec3::new(sum[0], sum[1], sum[2]), sum[3])
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (env, _) = f.params.split();
    let places = ["position_x", "position_y", "position_z"].map(|name| f.positions(name));
    let cells = f.cell_indices();
    let mut speed: Vec<f64> = f.floats("speed").iter().map(|v| f64::from(*v)).collect();
    for (i, out) in speed.iter_mut().enumerate().take(f.items) {
        let held = env.switches & CARRIED != 0 && f.words("fate")[i] != FREE;
        let of = |_: usize| {
            let position = [0, 1, 2].map(|k: usize| places[k][i]);
            if env.switches & CROWDED != 0 {
                return in_a_crowd(f, i, position).length();
            }
            let at = DVec3::from_array(position.map(fixed::to_cells));
            let v = velocity(f, i, env.origin + env.size * at);
            let (z, end) = (places[2][i], u64::from(env.cells[2]) << 32);
            if (z + 1 == end && v.z > 0.0) || (z == 0 && v.z < 0.0) {
                0.0
            } else {
                v.length()
            }
        };
        let v = cells[i].filter(|_| !held).map_or(0.0, of);
        *out = v.max(FAINTEST).log2();
    }
    vec![("speed", Reference::Reals(speed))]
}

fn fixtures() -> Vec<Fixture> {
    let tube = fixture::tube_params();
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(&format!("{n} parcels in a crowd"), n, with(tube, CROWDED)))
        .collect();
    let oblique = fixture::box_params();
    for (what, switches) in [
        ("a crowd in an oblique field", CROWDED),
        ("each alone", 0),
        ("Coriolis", CORIOLIS),
        ("Schiller-Naumann", SCHILLER_NAUMANN),
        ("both", CORIOLIS | SCHILLER_NAUMANN),
        ("fates", CARRIED),
        ("magnets", MAGNETS),
        ("fates and magnets", CARRIED | MAGNETS),
    ] {
        let mut p = with(oblique, switches);
        if switches & CORIOLIS != 0 {
            // so fast that the law counts
            p.omega = [2.1e-1, -3.3e-1, 2.7e-1, 0.0];
        }
        if switches & SCHILLER_NAUMANN != 0 {
            p.fluid_density = 3.0e5;
        }
        all.push(build(what, 3_001, p));
    }
    // as wide as the field is known, so that parcels lie at its last corners
    let mut rows = build("several rows of workgroups", 5_003, with(tube, 0));
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    let narrow = with(fixture::narrow_params(), CROWDED);
    all.push(build("a crowd two cells across", 3_001, narrow));
    let mut still = tube;
    still.row_z = [0.0; 4];
    all.push(build("nothing moves", 301, with(still, CROWDED)));
    all.push(fixture::escaped(build(
        "parcels outside of the grid",
        777,
        with(oblique, MAGNETS),
    )));
    all
}

fn with(mut p: Params, switches: u32) -> Params {
    p.switches = switches;
    p
}

fn build(label: &str, items: usize, params: Params) -> Fixture {
    let mut s = fixture::Stream::new(items as u32 + label.len() as u32);
    let n = items + fixture::PADDING;
    let mut buffers = fixture::all_positions(&mut s, items, &params);
    buffers.extend(fixture::cells(&mut s, items));
    let fields = (0..params.cells[3])
        .flat_map(|i| {
            let phi = if i % 9 == 0 { 0.95 } else { s.between(0.0, 0.93) };
            let h = if i % 9 == 0 { 0.0 } else { (1.0 - phi).powf(2.65) };
            [h, s.between(0.0, 0.06), h * s.between(-0.02, 0.3), phi].map(|x| x as f32)
        })
        .collect();
    let nodes: usize = params.cells[..3].iter().map(|c| *c as usize + 1).product();
    let pull = (0..nodes)
        .flat_map(|_| {
            let mut f = || s.between(-0.011, 0.012);
            [f(), f(), f(), s.between(0.05, 1.4)]
        })
        .map(|v| v as f32)
        .collect();
    let magnetic = (0..n)
        .flat_map(|i| {
            // unlabelled, weakly and strongly saturated, repelled
            let m = [0.0, 0.9, 0.9, -0.5][i % 4] * s.between(0.2, 1.0);
            [m, [0.0, 0.1, 9.0, 1.0][i % 4] * s.between(0.5, 1.0)]
        })
        .map(|v| v as f32)
        .collect();
    buffers.extend([
        ("fields", Data::F32(fields)),
        ("pull", Data::F32(pull)),
        ("magnetic", Data::F32(magnetic)),
        ("fate", Data::U32((0..n).map(|_| s.word() % FATES / 4).collect())),
        ("speed", Data::F32(vec![-3.25; n])),
    ]);
    Fixture {
        label: label.into(),
        items,
        params,
        passage: Default::default(),
        page: fixture::page(items),
        buffers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::run_fixture;

    /// By hand: m0 = 2 um2 and 0.05 pg/um3 in 0.01 um/us2 at a viscosity of 1.25 go 2 / 1.25 x 0.05 x 0.01 = 8e-4 um/us; in a crowd
    /// that leaves a quarter of the mobility and is itself 0.03 pg/um3 denser than the fluid, 2 / 1.25 / 4 x 0.02 x 0.01 = 8e-5.
    #[test]
    fn a_cell_alone_and_in_a_crowd() {
        for (switches, expected) in [(0, 8e-4_f64), (CROWDED, 8e-5)] {
            let mut p = with(fixture::tube_params(), switches);
            p.row_z = [0.0, 0.0, 0.0, 0.01];
            p.size[3] = 1.25;
            let mut f = build("by hand", 1, p);
            fixture::set(&mut f, ("position_z", Data::U32([[7, 3]; 4].concat())));
            fixture::set(&mut f, ("mobility", Data::F32(vec![2.0; 4])));
            fixture::set(&mut f, ("excess", Data::F32(vec![0.05; 4])));
            let rows = [0.25, 0.03, 0.1, 0.4].repeat(260);
            fixture::set(&mut f, ("fields", Data::F32(rows)));
            let outputs = run_fixture(&KERNEL, &f).unwrap();
            let log = f64::from(f32::from_bits(outputs[0].1.0[0]));
            assert!((log - expected.log2()).abs() < 1e-5, "{log} {}", expected.log2());
            // what lies behind the parcel is left alone
            assert_eq!(f32::from_bits(outputs[0].1.0[1]), -3.25);
        }
    }

    /// In the grid cell before a bed, which lets nothing in, a parcel rests, though in its own cell it would go 8e-5 um/us; in the bed's
    /// first cell, too, and one grid cell before it goes as fast as where it goes. Without a backflow nothing goes back.
    #[test]
    fn what_bears_on_a_bed_rests() {
        for (cell, expected) in [(2, 8e-5_f64), (3, FAINTEST), (4, FAINTEST)] {
            let mut p = with(fixture::tube_params(), CROWDED);
            p.row_z = [0.0, 0.0, 0.0, 0.01];
            p.size[3] = 1.25;
            let mut f = build("by hand", 1, p);
            fixture::set(&mut f, ("position_z", Data::U32([[7, cell]; 4].concat())));
            fixture::set(&mut f, ("mobility", Data::F32(vec![2.0; 4])));
            fixture::set(&mut f, ("excess", Data::F32(vec![0.05; 4])));
            let mut rows = [0.25, 0.03, 0.0, 0.4].repeat(260);
            for row in rows.chunks_exact_mut(4).skip(4) {
                row.copy_from_slice(&[0.0, 0.07, 0.0, 0.94]);
            }
            fixture::set(&mut f, ("fields", Data::F32(rows)));
            let outputs = run_fixture(&KERNEL, &f).unwrap();
            let log = f64::from(f32::from_bits(outputs[0].1.0[0]));
            assert!(
                (log - expected.log2()).abs() < 1e-5,
                "{cell}: {log} {}",
                expected.log2()
            );
        }
    }
}
