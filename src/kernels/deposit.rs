//! Every parcel adds its four moments to the grid cell it is in: 64-bit integers, so order does not matter.

use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, fixture};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "deposit",
    over: Over::Rounds,
    workgroup: 256,
    outputs: &[Output {
        buffer: "sums",
        compare: Compare::Exact,
        tolerance: 0.0,
        reason: "integers",
    }],
    fixtures,
    twin,
};

/// Adds one parcel to the sums of its cell; one outside of the grid is left to the kernel that moves, which reports it.
#[inline(always)]
pub fn add(sums: &mut [[i64; 4]], cell: usize, moments: [i32; 4]) {
    if let Some(sums) = sums.get_mut(cell) {
        for (sum, m) in sums.iter_mut().zip(moments) {
            *sum = sum.wrapping_add(i64::from(m));
        }
    }
}

/// Every sum apart, in more bits than it needs, and cut to 64 at the end.
fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let mut sums: Vec<i128> = f
        .words("sums")
        .chunks_exact(2)
        .map(|w| i128::from(w[0]) + (i128::from(w[1]) << 32))
        .collect();
    let moments = f.words("moments");
    for (i, cell) in f.cell_indices().into_iter().enumerate() {
        let Some(cell) = cell else { continue };
        for k in 0..4 {
            sums[4 * cell + k] += i128::from(moments[4 * i + k] as i32);
        }
    }
    let words = sums.iter().flat_map(|s| [*s as u32, (*s >> 32) as u32]).collect();
    vec![("sums", Reference::Words(words))]
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(format!("{n} parcels in a tube"), n, fixture::tube_params(), false))
        .collect();
    all.push(build(
        "a box of several cells each way".into(),
        10_007,
        fixture::box_params(),
        false,
    ));
    // more than a workgroup has room for, and as many as it just has
    for cells in [513, 512] {
        all.push(build(
            format!("{cells} grid cells"),
            10_007,
            fixture::layers_params(cells),
            true,
        ));
    }
    all.push(build(
        "sums that carry and borrow across words".into(),
        4_001,
        fixture::box_params(),
        true,
    ));
    all.push(fixture::escaped(build(
        "parcels outside of the grid".into(),
        777,
        fixture::box_params(),
        false,
    )));
    all
}

fn build(label: String, items: usize, params: super::Params, extreme: bool) -> Fixture {
    let mut s = fixture::Stream::new(items as u32);
    let mut buffers = fixture::all_positions(&mut s, items, &params);
    let moments = (0..4 * (items + fixture::PADDING))
        .map(|i| match (extreme, i % 5) {
            (true, 0) => i32::MAX,
            (true, 1) => i32::MIN,
            (true, 2) => -1,
            (true, 3) => 0,
            _ => s.word() as i32 >> 1,
        })
        .collect();
    buffers.push(("moments", Data::I32(moments)));
    // sums that are about to overflow their low word
    let start = (0..params.cells[3] * 8)
        .map(|i| if i % 2 == 0 { 0xffff_fff0 - i } else { i % 3 })
        .collect();
    buffers.push(("sums", Data::U32(start)));
    Fixture {
        label,
        items,
        params,
        passage: Default::default(),
        page: fixture::page(items),
        buffers,
    }
}

#[cfg(test)]
mod tests {
    use crate::kernels::rounds;

    /// By hand: 16 rounds of 256 threads are 4096 parcels a workgroup, up to 1024 workgroups; after that there are more rounds.
    #[test]
    fn workgroups_take_rounds() {
        let groups = [0, 1, 4096, 4097, 1_000_000, 10_000_000].map(|n| rounds(n, 256));
        assert_eq!(groups, [1, 1, 1, 2, 245, 1024]);
    }
}
