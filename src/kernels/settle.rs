//! Adds to every patch of a surface what arrived there in the last step, says how much of it is still free, and which share of a patch
//! filled at most.

use super::passage::SURFACES;
use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, Statistics, fixture};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "settle",
    over: Over::Patches,
    workgroup: 64,
    outputs: &[
        Output {
            buffer: "held",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "integers",
        },
        Output {
            buffer: "arrived",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "integers",
        },
        Output {
            buffer: "vacant",
            compare: Compare::Columns(1),
            tolerance: 3e-7,
            reason: "two integers rounded to f32 and their quotient, 6e-8 each; WGSL allows 2.5 last bits for a division",
        },
        Output {
            buffer: "stats",
            compare: Compare::Statistics,
            tolerance: 3e-7,
            reason: "a quotient of two integers, as above",
        },
    ],
    fixtures,
    twin,
};

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let layers = f.params.cells[2] as usize;
    let (capacity, arrived) = (f.words("capacity"), f.words("arrived"));
    let mut held = f.words("held").to_vec();
    let mut left = arrived.to_vec();
    let mut stats = f.statistics();
    let mut vacant: Vec<f64> = f.floats("vacant").iter().map(|v| f64::from(*v)).collect();
    for (surface, room) in capacity.iter().take(SURFACES as usize).enumerate() {
        for layer in 0..layers {
            let i = surface * layers + layer;
            held[i] = (i64::from(held[i]) + i64::from(arrived[i] as i32)) as u32;
            left[i] = 0;
            stats.fullest = stats.fullest.max(f64::from(arrived[i] as i32) / f64::from(*room));
            vacant[i] = (1.0 - f64::from(held[i]) / f64::from(*room)).max(0.0);
        }
    }
    vec![
        ("held", Reference::Words(held)),
        ("arrived", Reference::Words(left)),
        ("vacant", Reference::Reals(vacant)),
        ("stats", Reference::Statistics(stats)),
    ]
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = [1, 7, 11, 200].map(build).into();
    // what another pass has seen stays where it is more
    let mut later = build(9);
    later.label += ", after more";
    fixture::set(
        &mut later,
        (
            "stats",
            Data::U32(
                Statistics {
                    fullest: 1e4,
                    ..Statistics::FRESH
                }
                .words()
                .into(),
            ),
        ),
    );
    all.push(later);
    // nothing but what comes off
    let mut off = build(5);
    off.label += ", coming off";
    let less = off
        .words("arrived")
        .iter()
        .map(|a| if (*a as i32) > 0 { 0 } else { *a })
        .collect();
    fixture::set(&mut off, ("arrived", Data::U32(less)));
    all.push(off);
    // single units
    let mut single = build(6);
    single.label += ", single units";
    let one = single
        .words("arrived")
        .iter()
        .map(|a| u32::from(*a as i32 > 0))
        .collect();
    fixture::set(&mut single, ("arrived", Data::U32(one)));
    all.push(single);
    all
}

fn build(layers: u32) -> Fixture {
    let mut s = fixture::Stream::new(layers + 91);
    let mut params = fixture::tube_params();
    params.cells = [1, 1, layers, layers];
    let patches = (SURFACES * layers) as usize;
    let n = patches + fixture::PADDING;
    let capacity: Vec<u32> = (0..SURFACES).map(|_| 1000 + s.word() % 1_000_000).collect();
    let room = |i: usize| capacity[(i / layers as usize).min(5)];
    // some overfull, as after a step in which many arrived at once
    let held: Vec<u32> = (0..n).map(|i| s.word() % (room(i) + room(i) / 3)).collect();
    // what comes off arrives as less than nothing, and never more than there is
    let arrived = (0..n)
        .map(|i| match i % 3 {
            0 => s.word() % 1000,
            1 => (s.word() % (held[i] + 1)).wrapping_neg(),
            _ => 0,
        })
        .collect();
    Fixture {
        label: format!("{layers} layers"),
        items: patches,
        params,
        passage: Default::default(),
        page: fixture::page(patches),
        buffers: vec![
            ("capacity", Data::U32(capacity)),
            ("held", Data::U32(held)),
            ("arrived", Data::U32(arrived)),
            ("vacant", Data::F32(vec![0.5; n])),
            fixture::statistics(),
        ],
    }
}
