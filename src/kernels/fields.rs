//! From the moments of a grid cell to what its surroundings do to any cell in it.

use super::{Compare, Data, Environment, Fixture, Kernel, Output, Over, Reference, fixture};
use crate::laws::{hindrance::hindrance, packing::packing};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "fields",
    entry: "fields_of_cell",
    over: Over::Cells,
    workgroup: 64,
    outputs: &[Output {
        buffer: "fields",
        compare: Compare::Columns(4),
        tolerance: 4e-6,
        reason: "exp2 of 2.65 log2 with absolute error 4e-7 in the logarithm and 1e-6 relative in the exponential, \
                 and a few roundings of f32 (6e-8 each)",
    }],
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

/// From the four moments per volume: phi, phi excess, phi m0 A, phi m0 A excess.
#[inline(always)]
pub fn field(m: [f64; 4], e: &Environment) -> Field {
    let h = hindrance(m[0], e.exponent) * packing(m[0], e.packing_limit, e.packing_width);
    Field {
        hindrance: h,
        mixture: m[1],
        backflow: h * (m[3] - m[1] * m[2]),
        fraction: m[0],
    }
}

/// From the integer sums of a grid cell.
#[inline(always)]
pub fn field_of_sums(sums: [i64; 4], inverse_volume: f64, e: &Environment) -> Field {
    field(
        std::array::from_fn(|k| sums[k] as f64 * e.moment_unit[k] * inverse_volume),
        e,
    )
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (environment, _) = f.params.split();
    let inverse = f.floats("inverse_volume");
    let mut out: Vec<f64> = f.floats("fields").iter().map(|x| f64::from(*x)).collect();
    for (i, w) in f.words("sums").chunks_exact(8).enumerate().take(f.items) {
        let sums = std::array::from_fn(|k| (u64::from(w[2 * k]) | u64::from(w[2 * k + 1]) << 32) as i64);
        let v = field_of_sums(sums, f64::from(inverse[i]), &environment);
        out[4 * i..4 * i + 4].copy_from_slice(&[v.hindrance, v.mixture, v.backflow, v.fraction]);
    }
    vec![("fields", Reference::Reals(out))]
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(format!("{n} grid cells"), n, 1.0))
        .collect();
    all.push(build("sums of more than 32 bits".into(), 1_003, 1e-4));
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
        page: fixture::page(items),
        buffers: vec![
            ("sums", Data::U32(words)),
            ("inverse_volume", Data::F32(inverse)),
            ("fields", Data::F32(fields)),
        ],
    }
}
