//! Lets go what surfaces hold when the magnets are off: all of it, or a share drawn by chance.

use super::passage::{FREE, HELD, OUT, SURFACES};
use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, fixture};
use crate::shaders::gpu_constants;
use crate::{fixed, rng};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "release",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[
        Output {
            buffer: "fate",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "integers",
        },
        Output {
            buffer: "depth",
            compare: Compare::Columns(1),
            tolerance: 2e-6,
            reason: "a logarithm, for which WGSL allows 3 last bits and, near one, an absolute error of 2^-21",
        },
        Output {
            buffer: "arrived",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "integers",
        },
    ],
    fixtures,
    twin,
};

gpu_constants! {
    /// Keeps these draws apart from others of the same step.
    pub const RELEASE: u32 = 4;
}

/// Whether a parcel comes off, and how deep into a matrix it comes the next time, in mean depths.
pub fn comes_off(parcel: u32, step: u32, seed: u32, released: f32) -> Option<f64> {
    let [first, second, _] = rng::pcg3d([parcel, step, rng::key(seed, RELEASE)]);
    // 24 bits, which an f32 holds
    let comes = (first >> 8) < (released * 16_777_216.0) as u32;
    comes.then(|| -(1.0 - f64::from(second >> 8) / 16_777_216.0).ln())
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let layers = f.params.cells[2];
    let mut fate = f.words("fate").to_vec();
    let mut depth: Vec<f64> = f.floats("depth").iter().map(|v| f64::from(*v)).collect();
    let mut arrived = f.words("arrived").to_vec();
    let (position, kind, footprint) = (f.positions("position_z"), f.words("kind"), f.words("footprint"));
    for i in (0..f.items).filter(|i| (HELD..OUT).contains(&f.words("fate")[*i])) {
        let parcel = f.page.first + i as u32;
        if let Some(next) = comes_off(parcel, f.params.step, f.params.seed, f.passage.released) {
            let patch = (fate[i] - HELD) * layers + fixed::cell(position[i]);
            let slot = &mut arrived[patch as usize];
            *slot = slot.wrapping_sub(footprint[kind[i] as usize]);
            fate[i] = FREE;
            depth[i] = next;
        }
    }
    vec![
        ("fate", Reference::Words(fate)),
        ("depth", Reference::Reals(depth)),
        ("arrived", Reference::Words(arrived)),
    ]
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(format!("{n} parcels"), n, 1.0))
        .collect();
    all.push(build("a share comes off".into(), 3_001, 0.37));
    all.push(build("nothing comes off".into(), 777, 0.0));
    let mut rows = build("several rows of workgroups".into(), 5_003, 0.9);
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    all
}

/// Components in the fixtures.
const KINDS: u32 = 5;

fn build(label: String, items: usize, released: f32) -> Fixture {
    let mut s = fixture::Stream::new(items as u32 + 83);
    let params = fixture::tube_params();
    let n = items + fixture::PADDING;
    let z = fixture::positions(&mut s, items, params.cells[2]);
    let kind = (0..n).map(|_| s.word() % KINDS).collect();
    let fate = (0..n).map(|i| [0, 1, 2, 4, 7, 8, 9, 11, 7, 6][i % 10]).collect();
    let depth = (0..n).map(|_| s.between(0.0, 3.0) as f32).collect();
    let patches = (SURFACES * params.cells[2]) as usize + fixture::PADDING;
    Fixture {
        label,
        items,
        params,
        passage: super::Passage {
            released,
            ..Default::default()
        },
        page: fixture::page(items),
        buffers: vec![
            ("position_z", z),
            ("kind", Data::U32(kind)),
            ("fate", Data::U32(fate)),
            ("depth", Data::F32(depth)),
            ("footprint", Data::U32((0..KINDS).map(|k| 1 + 1000 * k).collect())),
            ("arrived", Data::U32(vec![7; patches])),
        ],
    }
}
