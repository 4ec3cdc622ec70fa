//! Inputs for the comparison of a kernel with its twin.

use super::params::{Environment, Page, Params, Step};
use super::passage::Passage;
use super::statistics::Statistics;
use crate::model::Acceleration;
use crate::{fixed, rng};
use glam::{DMat3, DVec3};

/// Contents of a buffer.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Unsigned words.
    U32(Vec<u32>),
    /// Signed words.
    I32(Vec<i32>),
    /// Floats.
    F32(Vec<f32>),
}

impl Data {
    /// As bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::U32(v) => bytemuck::cast_slice(v),
            Self::I32(v) => bytemuck::cast_slice(v),
            Self::F32(v) => bytemuck::cast_slice(v),
        }
    }
}

/// One input of a kernel: parameters and named buffers, those it writes included.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixture {
    /// What is special about it.
    pub label: String,
    /// Threads that have something to do.
    pub items: usize,
    /// Parameters.
    pub params: Params,
    /// The vessel that parcels are carried through; zeros for a kernel that does not ask.
    pub passage: Passage,
    /// Page.
    pub page: Page,
    /// Buffers by the name of their WGSL variable.
    pub buffers: Vec<(&'static str, Data)>,
}

/// Elements behind the last one in use, which a kernel must leave alone.
pub const PADDING: usize = 3;

impl Fixture {
    /// The words of a buffer; empty if there is none of that name.
    pub fn words(&self, name: &str) -> &[u32] {
        self.buffers
            .iter()
            .find(|(n, _)| *n == name)
            .map_or(&[], |(_, d)| bytemuck::cast_slice(d.bytes()))
    }

    /// A buffer as floats.
    pub fn floats(&self, name: &str) -> &[f32] {
        bytemuck::cast_slice(self.words(name))
    }

    /// A buffer as positions.
    pub fn positions(&self, name: &str) -> Vec<u64> {
        self.words(name)
            .chunks_exact(2)
            .map(|w| u64::from(w[0]) | u64::from(w[1]) << 32)
            .collect()
    }

    /// The statistics that the fixture starts from.
    pub fn statistics(&self) -> Statistics {
        let mut w = [0; Statistics::WORDS];
        w.iter_mut().zip(self.words("stats")).for_each(|(a, b)| *a = *b);
        Statistics::from_words(w)
    }

    /// Cell index of each parcel in use; none outside of the grid.
    pub fn cell_indices(&self) -> Vec<Option<usize>> {
        let n = self.params.cells;
        let [x, y, z] = ["position_x", "position_y", "position_z"].map(|k| self.positions(k));
        (0..self.items)
            .map(|i| {
                let c = |p: &[u64]| p[i] >> 32;
                fixed::inside([x[i], y[i], z[i]], [n[0], n[1], n[2]])
                    .then(|| ((c(&z) * u64::from(n[1]) + c(&y)) * u64::from(n[0]) + c(&x)) as usize)
            })
            .collect()
    }
}

/// A repeatable stream of test values.
pub struct Stream(u32, u32);

impl Stream {
    /// Stream number `n`.
    pub fn new(n: u32) -> Self {
        Self(n, 0)
    }

    /// The next word.
    pub fn word(&mut self) -> u32 {
        self.1 += 1;
        rng::pcg3d([self.0, self.1, 77])[1]
    }

    /// The next number between `low` and `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (f64::from(self.word()) + 0.5) / 4_294_967_296.0
    }
}

/// Sizes that meet every edge of a workgroup of `w` threads.
pub fn sizes(w: u32) -> [usize; 6] {
    let w = w as usize;
    [0, 1, w - 1, w, w + 1, 100_000]
}

/// A crowded tube, 260 layers of 0.25 mm, in a field of about 1500 g: typical values, none of them round.
pub fn tube_params() -> Params {
    params(
        [1, 1, 260],
        DVec3::new(-7000.0, -7000.0, 0.0),
        DVec3::new(14_000.0, 14_000.0, 251.0),
        DMat3::from_diagonal(DVec3::new(0.0, 0.0, 8.65e-8)),
        DVec3::new(0.0, 0.0, 9.08e-3),
        31_000.0,
    )
}

/// A grid with several cells along every axis and an oblique field with all nine gradients.
pub fn box_params() -> Params {
    let gradient = DMat3::from_cols(
        DVec3::new(7.1e-8, 2.3e-9, -1.1e-9),
        DVec3::new(-3.7e-9, 6.3e-8, 4.9e-9),
        DVec3::new(2.9e-9, -5.3e-9, 8.3e-8),
    );
    params(
        [5, 4, 7],
        DVec3::new(-1100.0, -900.0, 130.0),
        DVec3::new(410.0, 470.0, 290.0),
        gradient,
        DVec3::new(-1.3e-3, 2.1e-3, 6.1e-3),
        23_000.0,
    )
}

fn params(cells: [u32; 3], origin: DVec3, size: DVec3, gradient: DMat3, constant: DVec3, dt: f64) -> Params {
    let environment = Environment {
        origin,
        size,
        cells,
        tube_radius: 0.0,
        fluid_density: 1.026,
        viscosity: 1.24,
        exponent: 4.65,
        packing_limit: 0.94,
        packing_width: 0.05,
        bound: super::params::BOUND,
        switches: 0,
        bins: 97,
        moment_unit: [3.1e1, 2.3e0, 5.7e2, 4.3e1],
        seed: 0x5EED_1234,
    };
    let omega = DVec3::new(1.3e-4, -2.1e-4, 1.7e-4);
    let acceleration = Acceleration {
        constant,
        gradient,
        omega,
    };
    Params::new(
        &environment,
        &Step {
            acceleration,
            dt,
            number: 41,
            time: 7.3e6,
            flow: 0.0,
            magnets: false,
            outlet: 0,
        },
    )
}

/// A page of `items` parcels.
pub fn page(items: usize) -> Page {
    Page {
        first: 1_000_000,
        count: items as u32,
        row: (items as u32).div_ceil(256).max(1) * 256,
        spare: 0,
    }
}

/// A page whose dispatch takes rows of two workgroups, as that of a very large one takes several rows.
pub fn page_in_rows(items: usize) -> Page {
    Page {
        row: 512,
        ..page(items)
    }
}

/// A box with two cells along x, the fewest between which a parcel can move.
pub fn narrow_params() -> Params {
    let mut p = box_params();
    p.cells = [2, 3, 4, 24];
    p
}

/// As the crowded tube, with so many layers.
pub fn layers_params(layers: u32) -> Params {
    let mut p = tube_params();
    p.cells = [1, 1, layers, layers];
    p
}

/// Positions of `items` parcels (and padding) along an axis of `cells` cells, both ends among them.
pub fn positions(stream: &mut Stream, items: usize, cells: u32) -> Data {
    let mut words = Vec::with_capacity(2 * (items + PADDING));
    for i in 0..items + PADDING {
        let (low, high) = match i % 97 {
            3 => (0, 0),
            5 => (u32::MAX, cells - 1),
            7 => (0, cells - 1),
            9 => (u32::MAX, 0),
            _ => (stream.word(), stream.word() % cells),
        };
        words.extend([low, high]);
    }
    Data::U32(words)
}

/// The three position buffers on the grid of `params`.
pub fn all_positions(stream: &mut Stream, items: usize, p: &Params) -> Vec<(&'static str, Data)> {
    ["position_x", "position_y", "position_z"]
        .into_iter()
        .enumerate()
        .map(|(axis, name)| (name, positions(stream, items, p.cells[axis])))
        .collect()
}

/// Mobilities m0 A [um2] and excess densities [pg/um3] from platelets to rouleaux, floating cells included.
pub fn cells(stream: &mut Stream, items: usize) -> Vec<(&'static str, Data)> {
    let mut draw = |low, high| {
        Data::F32(
            (0..items + PADDING)
                .map(|_| stream.between(low, high) as f32)
                .collect(),
        )
    };
    vec![("mobility", draw(0.25, 20.0)), ("excess", draw(-0.02, 0.08))]
}

/// Fresh statistics: nothing seen, no bad step, no bad parcel.
pub fn statistics() -> (&'static str, Data) {
    ("stats", Data::U32(Statistics::FRESH.words().into()))
}

/// Statistics of a batch in which the step before already met a bad parcel, and much more besides.
pub fn later_statistics(step: u32) -> (&'static str, Data) {
    let before = Statistics {
        greatest: 1e-3,
        bounded: 17,
        bad_step: step - 1,
        bad_parcel: 3_000_000,
        fullest: 0.875,
    };
    ("stats", Data::U32(before.words().into()))
}

/// Puts a buffer in the place of the one of that name.
pub fn set(f: &mut Fixture, (name, data): (&'static str, Data)) {
    for (n, d) in &mut f.buffers {
        if *n == name {
            *d = data.clone();
        }
    }
}

/// With three parcels outside of the grid, one along each axis, as a fault of the memory may put them there.
pub fn escaped(f: Fixture) -> Fixture {
    [("position_x", 500), ("position_y", 402), ("position_z", 601)]
        .into_iter()
        .enumerate()
        .fold(f, |f, (axis, (name, parcel))| {
            escaped_along(f, axis, name, parcel)
        })
}

/// With two parcels below the end of the vessel.
pub fn escaped_below(f: Fixture) -> Fixture {
    let f = escaped_along(f, 2, "position_z", 601);
    escaped_along(f, 2, "position_z", 333)
}

fn escaped_along(mut f: Fixture, axis: usize, name: &str, parcel: usize) -> Fixture {
    let cells = f.params.cells[axis];
    for (n, data) in &mut f.buffers {
        if let (true, Data::U32(words)) = (*n == name, data) {
            words[2 * parcel + 1] = cells + 7 * axis as u32;
        }
    }
    f
}
