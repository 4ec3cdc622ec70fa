//! The flow alone, with layers of given density and viscosity, against exact answers.

use super::super::carrier::{Carrier, Forces, Momentum};
use super::*;
use std::f64::consts::PI;

/// Thickness [um] and viscosity [pg/(um us)] of a layer of plasma on one of packed cells.
const UPPER: [f64; 2] = [3e3, 1.24];
const LOWER: [f64; 2] = [4e3, 37.2];
/// Difference of their densities [pg/um3], length and width of the channel [um].
const DENSER: f64 = 0.060;
const LENGTH: f64 = 500e3;
const WIDTH: f64 = 30e3;

/// Solves a system of four equations.
fn solve4(mut m: [[f64; 4]; 4], mut b: [f64; 4]) -> [f64; 4] {
    for c in 0..4 {
        let p = (c..4)
            .max_by(|i, j| m[*i][c].abs().total_cmp(&m[*j][c].abs()))
            .unwrap();
        m.swap(c, p);
        b.swap(c, p);
        for r in c + 1..4 {
            let (above, below) = m.split_at_mut(r);
            let f = below[0][c] / above[c][c];
            for (x, y) in below[0].iter_mut().zip(&above[c]).skip(c) {
                *x -= f * y;
            }
            b[r] -= f * b[c];
        }
    }
    let mut x = [0.0; 4];
    for r in (0..4).rev() {
        let known: f64 = (r + 1..4).map(|k| m[r][k] * x[k]).sum();
        x[r] = (b[r] - known) / m[r][r];
    }
    x
}

/// Two layers between resting walls, with these flows per width [um2/us]: the pressure gradients P1, P2 and the slopes a, c at the walls of
/// u = P1 y^2/(2 mu1) + a y above and P2 (h - y)^2/(2 mu2) + c (h - y) below, with the same speed and stress where they meet.
fn two_layers(q1: f64, q2: f64) -> [f64; 4] {
    let ([h1, m1], [h2, m2]) = (UPPER, LOWER);
    solve4(
        [
            [h1 * h1 / 2.0 / m1, h1, -h2 * h2 / 2.0 / m2, -h2],
            [h1, m1, h2, m2],
            [h1.powi(3) / 6.0 / m1, h1 * h1 / 2.0, 0.0, 0.0],
            [0.0, 0.0, h2.powi(3) / 6.0 / m2, h2 * h2 / 2.0],
        ],
        [0.0, 0.0, q1, q2],
    )
}

/// The carrier in layers whose interface is at a depth that changes along the channel, at 100 x g; what comes in at one end leaves at the other.
fn solved(mesh: &Mesh, interface: impl Fn(f64) -> f64, rate: f64, interval: f64, soft: f64) -> Carrier {
    let (mut density, mut viscosity) = (Vec::new(), Vec::new());
    for i in 0..mesh.columns {
        let at = interface((i as f64 + 0.5) * mesh.stride());
        for k in 0..mesh.levels {
            let below = ((mesh.middle(k) - at) / soft + 0.5).clamp(0.0, 1.0);
            density.push(DENSER * below);
            viscosity.push(UPPER[1].powf(1.0 - below) * LOWER[1].powf(below));
        }
    }
    let mut carrier = Carrier::still(mesh, 1, 1);
    let at = |column: usize| {
        let mut weights = vec![0.0; mesh.cells()];
        weights[column * mesh.levels..(column + 1) * mesh.levels].fill(1.0 / mesh.levels as f64);
        weights
    };
    carrier.supply(&[(rate, at(0))], &[(rate, at(mesh.columns - 1))]);
    let forces = Forces {
        density: &density,
        viscosity: &viscosity,
        drag: &vec![0.0; mesh.cells()],
        acceleration: 100.0 * STANDARD_GRAVITY,
        interval,
    };
    Momentum::new(mesh).solve(mesh, &forces, &mut carrier).unwrap();
    carrier
}

/// Two layers that flow side by side: 27 mL/min of plasma above 22 mL/min of cells. With the tilt of the interface that exact theory asks for, the
/// layers carry these flows. The error is first order in the levels, because the viscosity of the one with the interface is a mean: half a level of
/// 50 um, of 3 mm, is 1.7 % at 70 levels. Found are a third of it, and half of that with twice the levels.
#[test]
fn two_layers_flow() {
    let (q1, q2) = (27.0 * ML_PER_MIN / WIDTH, 22.0 * ML_PER_MIN / WIDTH);
    let [p1, a, p2, c] = two_layers(q1, q2);
    let tilt = (p1 - p2) / (DENSER * 100.0 * STANDARD_GRAVITY);
    assert!((tilt - 2.584e-4).abs() < 1e-7, "{tilt}");
    let exact = |y: f64| {
        if y < UPPER[0] {
            p1 * y * y / 2.0 / UPPER[1] + a * y
        } else {
            let z = 7e3 - y;
            p2 * z * z / 2.0 / LOWER[1] + c * z
        }
    };
    let (mut worst, mut flows) = (Vec::new(), Vec::new());
    for levels in [70, 140, 280] {
        let mesh = Mesh::new(Walls::Plane, 120e3, [LENGTH, 7e3, WIDTH], 24, levels);
        let interface = |s: f64| UPPER[0] + tilt * (s - 0.5 * LENGTH);
        let carrier = solved(&mesh, interface, (q1 + q2) * WIDTH, 0.0, mesh.step());
        // half way along the channel
        let along = carrier.along(12);
        let upper: f64 = along[..levels * 3 / 7].iter().sum();
        flows.push((upper / (q1 * WIDTH) - 1.0).abs());
        let off = (0..levels).map(|k| (along[k] / WIDTH / mesh.step() - exact(mesh.middle(k))).abs());
        worst.push(off.fold(0.0, f64::max));
    }
    for (found, allowed) in flows.iter().zip([0.0083, 0.0042, 0.0021]) {
        assert!(found < &allowed, "{flows:?}");
    }
    // the same share of the greatest speed, 5 mm/s, near the interface, and twice that where the shear is greatest
    for (found, allowed) in worst.iter().zip([1.7e-4, 0.85e-4, 0.43e-4]) {
        assert!(found < &allowed, "{worst:?}");
    }
}

/// A tilted interface levels at the rate K drho G (pi/L)^2 of the lowest mode, with K the exchange of both layers for a difference of their
/// pressure gradients; with a time step tau as rate/(1 + rate tau). By hand 0.7509 /s. 40 columns and a soft interface of 0.1 mm are 1.6 % slow.
#[test]
fn a_tilted_interface_levels() {
    let [p1, _, p2, _] = two_layers(1.0, -1.0);
    let rate = DENSER * 100.0 * STANDARD_GRAVITY * (PI / LENGTH).powi(2) / (p2 - p1).abs() * SECOND;
    assert!((rate - 0.7509).abs() < 1e-4, "{rate}");
    let (columns, tilt) = (40, 20.0);
    let mesh = Mesh::new(Walls::Plane, 120e3, [LENGTH, 7e3, WIDTH], columns, 280);
    let mode = |s: f64| (PI * s / LENGTH).cos();
    for tau in [0.002, 0.02, 0.2] {
        let carrier = solved(&mesh, |s| UPPER[0] + tilt * mode(s), 0.0, tau * SECOND, 100.0);
        let exchange = |i: usize| carrier.along(i)[..120].iter().sum::<f64>() / WIDTH;
        let (mut down, mut norm) = (0.0, 0.0);
        for i in 0..columns {
            let m = mode((i as f64 + 0.5) * mesh.stride());
            down -= (exchange(i + 1) - exchange(i)) / mesh.stride() * m;
            norm += m * m;
        }
        let found = (down / norm / tilt * SECOND).abs();
        let want = rate / (1.0 + rate * tau);
        assert!(
            (found / want - 1.0).abs() < 0.02,
            "{tau} s: {found} /s, {want} expected"
        );
    }
}
