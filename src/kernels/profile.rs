//! Counts parcels and sums their volumes by component and by bin along the vessel.

use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, fixture};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "profile",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[Output {
        buffer: "tally",
        compare: Compare::Exact,
        tolerance: 0.0,
        reason: "integers",
    }],
    fixtures,
    twin,
};

/// Count and volume of a component in a bin; the volume in units of the first moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Parcels.
    pub parcels: u64,
    /// Their volumes, as the integer sum of the first moments.
    pub volume: u64,
}

impl Tally {
    /// Words of a bin in the buffer `tally`.
    pub const WORDS: usize = 3;

    /// From the words of a bin: count, low and high word of the volume.
    pub fn from_words(w: [u32; Self::WORDS]) -> Self {
        Self {
            parcels: u64::from(w[0]),
            volume: u64::from(w[1]) | u64::from(w[2]) << 32,
        }
    }

    /// The words that [`Tally::from_words`] takes.
    pub fn words(&self) -> [u32; Self::WORDS] {
        [
            self.parcels as u32,
            self.volume as u32,
            (self.volume >> 32) as u32,
        ]
    }
}

/// Bin of a position on an axis of `cells` grid cells, `bins` bins over the whole axis.
#[inline(always)]
pub fn bin(position: u64, bins: u32, cells: u32) -> usize {
    (((u128::from(position) * u128::from(bins)) >> 32) as u64 / u64::from(cells)) as usize
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let mut tally = f.words("tally").to_vec();
    let (z, kind, moments) = (f.positions("position_z"), f.words("kind"), f.words("moments"));
    for i in 0..f.items {
        if z[i] >> 32 >= u64::from(f.params.cells[2]) {
            continue;
        }
        // the whole axis is as many units as it has grid cells times 2^32
        let axis = u128::from(f.params.cells[2]) << 32;
        let bin = u128::from(z[i]) * u128::from(f.params.bins) / axis;
        let slot = (kind[i] as usize * f.params.bins as usize + bin as usize) * 3;
        tally[slot] += 1;
        let volume =
            (u64::from(tally[slot + 1]) | u64::from(tally[slot + 2]) << 32) + u64::from(moments[4 * i]);
        tally[slot + 1] = volume as u32;
        tally[slot + 2] = (volume >> 32) as u32;
    }
    vec![("tally", Reference::Words(tally))]
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(format!("{n} parcels in 97 bins"), n, fixture::tube_params()))
        .collect();
    let mut fine = fixture::tube_params();
    // 131068 x 32769 = 2^32 - 4, and both halves of 131068 = 0x1fffc take part in `high_word` and its carries
    fine.bins = 131_068;
    fine.cells = [1, 1, 32_769, 32_769];
    let mut few = fixture::tube_params();
    few.bins = 200_003;
    few.cells = [1, 1, 1, 1];
    all.push(build("far more bins than cells".into(), 40_013, few));
    let mut rows = build("several rows of workgroups".into(), 5_003, fixture::tube_params());
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    let mut limit = build("bins and cells near the product's limit".into(), 20_011, fine);
    limit.buffers[0].1 = edges(&mut fixture::Stream::new(37), limit.items, fine);
    all.push(limit);
    all.push(fixture::escaped(build(
        "parcels outside of the grid".into(),
        777,
        fixture::tube_params(),
    )));
    all
}

/// The first place of a bin and the last before it, in turn: a lost carry of one unit puts them into another bin, which
/// it does to one place in `cells` elsewhere.
fn edges(stream: &mut fixture::Stream, items: usize, params: super::Params) -> Data {
    let (bins, cells) = (u64::from(params.bins), u64::from(params.cells[2]));
    let words = (0..items + fixture::PADDING).flat_map(|i| {
        let edge = (1 + u64::from(stream.word()) % (bins - 1)) * cells;
        let first = (u128::from(edge) << 32).div_ceil(u128::from(bins)) as u64;
        let place = first - i as u64 % 2;
        [place as u32, (place >> 32) as u32]
    });
    Data::U32(words.collect())
}

fn build(label: String, items: usize, params: super::Params) -> Fixture {
    let mut s = fixture::Stream::new(items as u32 + 31);
    let n = items + fixture::PADDING;
    let z = fixture::positions(&mut s, items, params.cells[2]);
    let kind = (0..n).map(|_| s.word() % 3).collect();
    let moments = (0..4 * n).map(|_| (s.word() >> 1) as i32).collect();
    let tally = vec![0; 3 * 3 * params.bins as usize];
    Fixture {
        label,
        items,
        params,
        passage: Default::default(),
        page: fixture::page(items),
        buffers: vec![
            ("position_z", z),
            ("kind", Data::U32(kind)),
            ("moments", Data::I32(moments)),
            ("tally", Data::U32(tally)),
        ],
    }
}
