//! Laminar flow through a rectangular channel, with all four walls.
//!
//! Source: H. Bruus, Theoretical Microfluidics, section 3.4.5 (Fourier series of J. Boussinesq, 1868).

use super::Nodes;
use std::f64::consts::PI;

/// Intervals over the short side. Between nodes the profile is linear, which is exact to 1.5/64^2 = 4e-4 of the mean between plates, and to twice
/// that in a square.
const SHORT: f64 = 64.0;

/// Most intervals over the long side: from sixteen times the short one on they are wider than those, and beside its ends, within half of the short
/// one of the side walls, the error is 1.3e-3 of the mean at thirty times and 1.3e-2 at a hundred.
const LONG: f64 = 1024.0;

/// Odd terms of the series: what is left out is below 1/(4 n2) of the first, n = 2 * 60, 2e-5.
const TERMS: usize = 60;

/// Velocity along z over its mean on nodes over the height (y, fastest) and the width (x).
pub fn nodes(width: f64, height: f64) -> Nodes {
    let (long, short) = (width.max(height), width.min(height));
    let many = (SHORT * long / short).ceil().min(LONG) as usize;
    let few = SHORT as usize;
    let [across, around] = if width >= height { [few, many] } else { [many, few] };
    let series = Series::new(long, short, many, few);
    // a quarter says it all
    let quarter: Vec<Vec<f32>> = (0..=many / 2 + 1)
        .map(|i| (0..=few / 2).map(|j| series.at(i, j) as f32).collect())
        .collect();
    let value = |i: usize, j: usize| {
        let (i, j) = if width >= height { (j, i) } else { (i, j) };
        quarter[i.min(many - i)][j.min(few - j)]
    };
    let speed = (0..=around)
        .flat_map(|j| (0..=across).map(move |i| (i, j)))
        .map(|(i, j)| value(i, j))
        .collect();
    Nodes::Sheet {
        counts: [across, around],
        speed,
    }
}

/// The series on nodes: a term is a function along the long side times one along the short side.
struct Series {
    /// By place and term.
    long: Vec<[f64; TERMS]>,
    short: Vec<[f64; TERMS]>,
    mean: f64,
}

impl Series {
    fn new(long: f64, short: f64, many: usize, few: usize) -> Self {
        let order = |k: usize| (2 * k + 1) as f64;
        let aspect = long / short;
        // 1 - cosh(a x)/cosh(a/2 long), with x in short sides, without overflow
        let along = |i: usize| -> [f64; TERMS] {
            let from_wall = i.min(many - i) as f64 / many as f64 * aspect;
            std::array::from_fn(|k| {
                let a = PI * order(k);
                let far = (-a * (aspect - from_wall)).exp();
                1.0 - ((-a * from_wall).exp() + far) / (1.0 + (-a * aspect).exp())
            })
        };
        let across = |j: usize| -> [f64; TERMS] {
            let y = j.min(few - j) as f64 / few as f64;
            std::array::from_fn(|k| (PI * order(k) * y).sin() / order(k).powi(3))
        };
        // of each term the mean over both sides
        let mean = (0..TERMS).map(|k| {
            let a = PI * order(k);
            2.0 / (a * order(k).powi(3)) * (1.0 - 2.0 / (a * aspect) * (0.5 * a * aspect).tanh())
        });
        Self {
            long: (0..=many).map(along).collect(),
            short: (0..=few).map(across).collect(),
            mean: mean.sum(),
        }
    }

    /// Velocity over its mean.
    fn at(&self, i: usize, j: usize) -> f64 {
        let last = [self.long.len() - 1, self.short.len() - 1];
        if i == 0 || j == 0 || i == last[0] || j == last[1] {
            return 0.0;
        }
        let terms = self.long[i].iter().zip(&self.short[j]);
        terms.map(|(a, b)| a * b).sum::<f64>() / self.mean
    }
}
