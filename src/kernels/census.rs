//! Counts parcels by component and by what has become of them.

use super::passage::FATES;
use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, fixture};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "census",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[Output {
        buffer: "census",
        compare: Compare::Exact,
        tolerance: 0.0,
        reason: "integers",
    }],
    fixtures,
    twin,
};

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let mut census = f.words("census").to_vec();
    for (kind, fate) in f.words("kind").iter().zip(f.words("fate")).take(f.items) {
        // a fate that there is not is counted nowhere, and the count is one short
        if *fate < FATES {
            census[(kind * FATES + fate) as usize] += 1;
        }
    }
    vec![("census", Reference::Words(census))]
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(format!("{n} parcels"), n))
        .collect();
    let mut rows = build("several rows of workgroups".into(), 5_003);
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    all
}

/// Components in the fixtures.
const KINDS: u32 = 29;

fn build(label: String, items: usize) -> Fixture {
    let mut s = fixture::Stream::new(items as u32 + 71);
    let n = items + fixture::PADDING;
    let kind = (0..n).map(|_| s.word() % KINDS).collect();
    // one in seven is no fate
    let fate = (0..n).map(|_| s.word() % (FATES + 2)).collect();
    Fixture {
        label,
        items,
        params: fixture::tube_params(),
        passage: Default::default(),
        page: fixture::page(items),
        buffers: vec![
            ("kind", Data::U32(kind)),
            ("fate", Data::U32(fate)),
            ("census", Data::U32(vec![5; (KINDS * FATES) as usize])),
        ],
    }
}
