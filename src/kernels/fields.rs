//! From the moments of a grid cell to what its surroundings do to any cell in it.

use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, fixture};
use crate::laws::{hindrance::hindrance, packing::packing};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "fields",
    over: Over::Cells,
    workgroup: 64,
    outputs: &[
        Output {
            buffer: "fields",
            compare: Compare::Columns(4),
            tolerance: 4e-6,
            reason: "exp2 of 2.65 log2 with absolute error 4e-7 in the logarithm and 1e-6 relative in the exponential, \
                     and a few roundings of f32 (6e-8 each)",
        },
        Output {
            buffer: "stats",
            compare: Compare::Statistics,
            tolerance: 1e-6,
            reason: "a volume fraction is a sum, a unit and an inverse volume: four roundings of f32 (6e-8 each)",
        },
    ],
    fixtures,
    twin,
};

/// What a grid cell does to a cell in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Field {
    /// Hindrance times packing.
    pub hindrance: f64,
    /// Density of the mixture above the fluid's [pg/um3].
    pub mixture: f64,
    /// Volume backflow per acceleration and fluidity [pg/um].
    pub backflow: f64,
    /// Volume fraction of all cells.
    pub fraction: f64,
}

impl Field {
    /// The rows of a `fields` buffer.
    pub fn rows(floats: &[f32]) -> Vec<Self> {
        let row = |w: &[f32]| Self {
            hindrance: f64::from(w[0]),
            mixture: f64::from(w[1]),
            backflow: f64::from(w[2]),
            fraction: f64::from(w[3]),
        };
        floats.chunks_exact(4).map(row).collect()
    }

    /// From a row of a `fields` buffer, in f64.
    pub fn of(wide: [f64; 4]) -> Self {
        let [hindrance, mixture, backflow, fraction] = wide;
        Self {
            hindrance,
            mixture,
            backflow,
            fraction,
        }
    }

    /// As a row of a `fields` buffer, in f64.
    pub fn wide(&self) -> [f64; 4] {
        [self.hindrance, self.mixture, self.backflow, self.fraction]
    }

    /// As a row of a `fields` buffer.
    pub fn row(&self) -> [f32; 4] {
        self.wide().map(|x| x as f32)
    }
}

/// The volume backflow is what all cells together carry through the fluid, the sum of their slips by volume: the sum
/// of phi_i m_i h (e_i - M) over the cells, which the moments hold as h (sum phi_i m_i e_i - M sum phi_i m_i).
fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (e, _) = f.params.split();
    let inverse = f.floats("inverse_volume");
    let mut out: Vec<f64> = f.floats("fields").iter().map(|x| f64::from(*x)).collect();
    let mut stats = f.statistics();
    for (i, w) in f.words("sums").chunks_exact(8).enumerate().take(f.items) {
        let moment = |k: usize| {
            let integer = i128::from(w[2 * k]) + i128::from(w[2 * k + 1] as i32) * (1 << 32);
            integer as f64 * e.moment_unit[k] * f64::from(inverse[i])
        };
        let (phi, mixture) = (moment(0), moment(1));
        let h = packing(phi, e.packing_limit, e.packing_width) * hindrance(phi, e.exponent);
        out[4 * i] = h;
        out[4 * i + 1] = mixture;
        out[4 * i + 2] = h * moment(3) - h * mixture * moment(2);
        out[4 * i + 3] = phi;
        stats.fullest = stats.fullest.max(phi);
    }
    vec![
        ("fields", Reference::Reals(out)),
        ("stats", Reference::Statistics(stats)),
    ]
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(format!("{n} grid cells"), n, 1.0))
        .collect();
    all.push(build("sums of more than 32 bits".into(), 1_003, 1e-4));
    let emptier = |mut f: Fixture, factor: f32| {
        for (name, data) in &mut f.buffers {
            if let ("inverse_volume", Data::F32(v)) = (*name, data) {
                v.iter_mut().for_each(|x| *x *= factor);
            }
        }
        f
    };
    // no fuller than a half, so that the maximum is the one before
    let mut later = emptier(build("after a fuller step".into(), 65, 1.0), 0.5);
    fixture::set(&mut later, fixture::later_statistics(41));
    all.push(later);
    all.push(emptier(build("a nearly empty vessel".into(), 130, 1.0), 0.1));
    all.push(small());
    all
}

/// Cells from empty to overfilled; the excess moments of some are negative and small. `unit` scales the units of the
/// moments, and so the other way round the integers.
fn build(label: String, items: usize, unit: f32) -> Fixture {
    let mut params = fixture::tube_params();
    params.moment_unit.iter_mut().for_each(|u| *u *= unit);
    let mut s = fixture::Stream::new(items as u32 + 5);
    let (mut sums, mut inverse) = (Vec::new(), Vec::new());
    for i in 0..items.max(1) + fixture::PADDING {
        let volume = s.between(2e10, 5e10);
        inverse.push((1.0 / volume) as f32);
        let phi = match i % 11 {
            0 => 0.0,
            1 => 0.939,
            2 => 0.97,
            3 => 1.01,
            4 => 0.91,
            _ => s.between(0.0, 0.93),
        };
        let excess = if i % 7 == 0 {
            s.between(-1e-6, 0.0)
        } else {
            s.between(-0.01, 0.07)
        };
        let m = s.between(0.3, 20.0);
        for (k, moment) in [phi, phi * excess, phi * m, phi * m * excess * 1.1]
            .into_iter()
            .enumerate()
        {
            let integer = (moment * volume / f64::from(params.moment_unit[k])).round() as i64;
            // a negative number whose low word is zero borrows across the words
            sums.push(if unit < 1.0 && i % 13 == 4 && k == 1 {
                -(3_i64 << 32)
            } else {
                integer
            });
        }
    }
    finish(label, items, params, sums, inverse)
}

/// Sums of a few units, so that a single one shows.
fn small() -> Fixture {
    let mut params = fixture::tube_params();
    params.moment_unit = [0.05; 4];
    let items = 400;
    let n = items + fixture::PADDING;
    let mut s = fixture::Stream::new(77);
    let mut draw = |low: f64, high: f64| s.between(low, high).round() as i64;
    let sums = (0..n)
        .flat_map(|_| [draw(0.0, 17.0), draw(-5.0, 5.0), draw(0.0, 9.0), draw(-9.0, 9.0)])
        .collect();
    finish("sums of a few units".into(), items, params, sums, vec![1.0; n])
}

fn finish(
    label: String,
    items: usize,
    mut params: super::Params,
    sums: Vec<i64>,
    inverse: Vec<f32>,
) -> Fixture {
    params.cells = [1, 1, items as u32, items as u32];
    let words = sums.iter().flat_map(|s| [*s as u32, (*s >> 32) as u32]).collect();
    // before the kernel writes them the fields hold a plain float, so that errors stay finite
    let fields = vec![-3.25_f32; 4 * inverse.len()];
    Fixture {
        label,
        items,
        params,
        passage: Default::default(),
        page: fixture::page(items),
        buffers: vec![
            ("sums", Data::U32(words)),
            ("inverse_volume", Data::F32(inverse)),
            ("fields", Data::F32(fields)),
            fixture::statistics(),
        ],
    }
}
