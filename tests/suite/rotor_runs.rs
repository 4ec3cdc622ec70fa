//! Cells alone in a rotor, through the engine and on every back-end, against what can be worked out with pen and paper:
//! Coriolis, gravity in a tube and in a bucket, drag at a finite Reynolds number, the side wall.
//!
//! The closed forms here do not use `laws/` or `model/rotor`: they are written in the rotor's plane as complex numbers, or
//! in SI, and solved by bisection.

use crate::hooked::Hooked;
use buffycoat::chamber::{Chamber, tube::Tube};
use buffycoat::cpu::Cpu;
use buffycoat::engine::{
    Backend, Drag, Lateral, Outcome, Physics, Program, Readings, Sampling, Setup, Stepping, Suspension, run,
};
use buffycoat::fixed;
use buffycoat::model::{
    Amount, CellClass, Component, Fluid, Mounting, Parcels, Protocol, Rotor, Species, Status,
};
use std::f64::consts::PI;
use std::ops::ControlFlow;

/// 9.80665 m/s2 in um/us2, typed in again on purpose.
const G: f64 = 9.806_65e-6;

/// A smooth sphere [um, g/mL].
fn sphere(diameter: f64, density: f64) -> Species {
    Species {
        name: format!("sphere of {diameter} um"),
        class: CellClass::Particle,
        diameter,
        diameter_sd: 0.0,
        density,
        density_sd: 0.0,
        correlation: 0.0,
        drag_factor: 1.0,
        packing_limit: 0.64,
        aggregation: 1.0,
        colour: [128; 3],
        source: "a test".into(),
        status: Status::Derived,
    }
}

/// The sedimentation coefficient of a sphere in water of 1 g/mL and 1 mPa s [us], by Stokes.
fn stokes(diameter: f64, density: f64) -> f64 {
    diameter * diameter * (density - 1.0) / 18.0
}

/// A dilute run of spheres in water, followed across the tube as well.
fn spheres(kinds: &[(f64, f64)], parcels: usize, tube: Tube, rotor: Rotor, protocol: Protocol) -> Setup {
    let duration = protocol.duration();
    Setup {
        seed: 3,
        components: kinds
            .iter()
            .map(|&(diameter, density)| {
                Component::new(sphere(diameter, density), Amount::Concentration(1e-15), parcels)
            })
            .collect(),
        cells: [1, 1, 50],
        rotor,
        protocol,
        physics: Physics {
            suspension: Suspension::Dilute,
            lateral: Lateral::Resolved,
            ..Physics::default()
        },
        sampling: Sampling {
            every: buffycoat::times::Time::from_us(duration).part(40),
            bins: 50,
        },
        stepping: Stepping {
            longest: duration / 40.0,
            ..Stepping::default()
        },
        ..Setup::new(
            Chamber::Tube(tube),
            Fluid {
                density: 1.0,
                viscosity: 1.0,
            },
        )
    }
}

/// Places `[parcel][axis]` [um].
type Places = Vec<[f64; 3]>;

fn places(s: &Setup, raw: &[Vec<u64>; 3]) -> Places {
    let grid = s.grid();
    (0..raw[0].len())
        .map(|i| std::array::from_fn(|k| grid.position(k, fixed::to_cells(raw[k][i]))))
        .collect()
}

/// Puts every parcel to one place [um].
fn gather(s: &Setup, p: &mut Parcels, place: [f64; 3]) {
    let grid = s.grid();
    for (k, column) in p.position.iter_mut().enumerate() {
        column.fill(fixed::from_cells(grid.coordinate(k, place[k]), grid.cells[k]));
    }
}

fn draw(s: &Setup) -> Parcels {
    crate::setups::parcels(s)
}

/// Where the parcels are at every profile, on every back-end of this build, by its name.
fn paths(s: &Setup, p: &Parcels) -> Vec<(&'static str, Vec<Places>)> {
    fn go<B: Backend>(s: &Setup, p: &Parcels, inner: B) -> (&'static str, Vec<Places>) {
        let name = inner.device().backend;
        let mut seen = Vec::new();
        let mut backend = Hooked::new(inner).on_tally(|b| {
            seen.push(places(s, &b.positions()?));
            b.tally()
        });
        let outcome: Outcome = run(s, p, &mut backend, &mut |_| ControlFlow::Continue(())).unwrap();
        drop(backend);
        assert_eq!(outcome.time, s.protocol.duration());
        assert_eq!(seen.len(), 41, "{name}: 40 intervals");
        (name, seen)
    }
    vec![
        go(s, p, Cpu::new(&Program::new(s, p, None).unwrap(), 0).unwrap()),
        #[cfg(feature = "gpu")]
        go(
            s,
            p,
            buffycoat::gpu::GpuBackend::on(
                crate::parity::gpu(),
                &Program::new(s, p, None).unwrap(),
                u64::MAX,
            )
            .unwrap(),
        ),
    ]
}

/// A tube that lies in the plane of the rotor, 100 to 160 mm from its axis.
const LEVEL: Rotor = Rotor {
    mounting: Mounting::Horizontal,
    meniscus_radius: 100e3,
    bottom_radius: 160e3,
};

/// Where a sphere is after a time at constant speed in a level tube: in the rotor's plane w = r + i t solves
/// w' (1 + 2 i s Omega) = s Omega^2 w, so it grows by exp(s Omega^2 time / (1 + 2 i s Omega)); r is the radius, t the place
/// along the rotor's motion. Across the plane gravity alone acts.
fn level_path(s: f64, omega: f64, time: f64, coriolis: bool, [x, y, z]: [f64; 3]) -> [f64; 3] {
    let b = if coriolis { 2.0 * s * omega } else { 0.0 };
    // 1 / (1 + i b)
    let (re, im) = (1.0 / (1.0 + b * b), -b / (1.0 + b * b));
    let exponent = s * omega * omega * time;
    let (size, (sin, cos)) = ((exponent * re).exp(), (exponent * im).sin_cos());
    let r = LEVEL.meniscus_radius + z;
    [
        size * (r * sin + x * cos),
        y - s * G * time,
        size * (r * cos - x * sin) - LEVEL.meniscus_radius,
    ]
}

/// Coriolis turns a sphere against the motion, by 2 s Omega times the logarithm of the radii's ratio: here by more than a
/// millimetre, which has to come out to a thousandth. Without the switch it stays on its radius.
#[test]
fn coriolis_deflects_against_the_motion() {
    let (diameter, density, omega) = (60.0, 2.0, 1e-4);
    let s = stokes(diameter, density);
    let tube = Tube {
        radius: 20e3,
        height: 60e3,
    };
    let time = 0.25 / (s * omega * omega);
    let mut setup = spheres(
        &[(diameter, density)],
        400,
        tube,
        LEVEL,
        Protocol::new(omega).hold(time),
    );
    let start = draw(&setup);
    let from = places(&setup, &start.position);
    for coriolis in [true, false] {
        setup.physics.coriolis = coriolis;
        for (name, path) in paths(&setup, &start) {
            let (mut compared, mut deflected) = (0, 0.0_f64);
            for (from, to) in from.iter().zip(path.last().unwrap()) {
                let expected = level_path(s, omega, time, coriolis, *from);
                // those that meet neither the wall nor the bottom on the way
                let free = expected[0].hypot(expected[1]) < 19e3 && from[0].hypot(from[1]) < 19e3;
                if !free || expected[2] > 59e3 {
                    continue;
                }
                let straight = level_path(s, omega, time, false, *from);
                let (went, should) = (to[0] - straight[0], expected[0] - straight[0]);
                if coriolis {
                    assert!(should < -1e3, "{should}");
                    assert!(
                        (went / should - 1.0).abs() < 1e-3,
                        "{name}: {went} um, not {should}"
                    );
                } else {
                    assert!(went.abs() < 1.0, "{name}: {went} um without Coriolis");
                }
                for k in 0..3 {
                    let off = (to[k] - expected[k]).abs();
                    assert!(off < 1.0, "{name}, axis {k}: {to:?} instead of {expected:?}");
                }
                compared += 1;
                deflected = deflected.min(went);
            }
            println!("{name}: {compared} spheres, deflected by up to {deflected:.0} um");
            assert!(
                compared > 100,
                "{name}: only {compared} spheres stayed clear of the walls"
            );
        }
    }
}

/// At speeds at which the rotor's field is of the order of gravity a level tube lets spheres fall onto its side, while a
/// bucket swings out so far that they do not and sink with the resultant of both.
#[test]
fn a_bucket_hangs_along_the_resultant() {
    let (diameter, density) = (20.0, 1.5);
    let s = stokes(diameter, density);
    let tube = Tube {
        radius: 7e3,
        height: 60e3,
    };
    let middle = 130e3_f64;
    // the fall onto the side of a level tube [um]
    let fall = 1.5e3;
    let time = fall / (s * G);
    // spheres on the axis, so that half of their way lies above the middle and half below
    let sink = |mounting, field: f64, along: f64| {
        let omega = (field * G / middle).sqrt();
        let rotor = Rotor { mounting, ..LEVEL };
        let setup = spheres(
            &[(diameter, density)],
            50,
            tube,
            rotor,
            Protocol::new(omega).hold(time),
        );
        let mut start = draw(&setup);
        gather(&setup, &mut start, [0.0, 0.0, 30e3 - 0.5 * along]);
        let all = paths(&setup, &start).into_iter();
        all.flat_map(|(name, path)| path[40].clone().into_iter().map(move |q| (name, q)))
            .map(|(name, [x, y, z])| (name, x, y, (z - 30e3) / along + 0.5))
            .collect::<Vec<_>>()
    };
    for field in [0.5, 1.0, 3.0, 10.0_f64] {
        for (name, x, y, went) in sink(Mounting::Horizontal, field, field * fall) {
            assert!(
                (y + fall).abs() < 0.5 && x.abs() < 0.5,
                "{name}, {field} g: fell {y} um"
            );
            // the field grows along the way: (e^T - 1)/T about the middle
            let bend = field * fall / middle;
            assert!(
                (went - 1.0).abs() < 1e-4 + 0.1 * bend * (1.0 + bend),
                "{name}, {field} g: {went}"
            );
        }
        let resultant = field.hypot(1.0);
        let bend = resultant * fall / middle;
        for (name, x, y, went) in sink(Mounting::SwingOut, field, resultant * fall) {
            let aside = x.hypot(y) / fall;
            assert!(aside < 0.1 * bend, "{name}, {field} g: {aside} g off the axis");
            let slack = 0.1 * bend * (1.0 + bend);
            assert!(
                (went - 1.0).abs() < 1e-4 + slack,
                "{name}, {field} g: {went} of the way"
            );
            println!("{name}, {field} g: {aside:.4} g off the axis, {went:.4} of the way");
        }
    }
}

/// Terminal velocity [m/s] of a sphere in water, from the balance of weight and drag as textbooks write it, by bisection:
/// pi/6 d^3 (rho - rho_f) g = C_D rho_f u^2/2 pi d^2/4 with C_D = 24/Re (1 + 0.15 Re^0.687).
fn terminal(diameter: f64, density: f64) -> f64 {
    let (d, excess, water, mu, g) = (diameter * 1e-6, (density - 1.0) * 1e3, 1e3, 1e-3, 9.806_65);
    let too_fast = |u: f64| {
        let re = water * u * d / mu;
        let drag = 24.0 / re * (1.0 + 0.15 * re.powf(0.687)) * water * u * u / 2.0 * PI * d * d / 4.0;
        drag > PI / 6.0 * d.powi(3) * excess * g
    };
    let (mut low, mut high) = (1e-12, 1e3);
    for _ in 0..200 {
        let u = 0.5 * (low + high);
        if too_fast(u) { high = u } else { low = u }
    }
    0.5 * (low + high)
}

/// Big fast spheres sink as fast as the drag law says, up to a Reynolds number of 300, and without it as Stokes says.
#[test]
fn schiller_naumann_drag() {
    let kinds = [
        (20.0, 1.1),
        (100.0, 2.5),
        (300.0, 2.5),
        (600.0, 2.5),
        (1500.0, 2.5),
    ];
    let tube = Tube {
        radius: 20e3,
        height: 400e3,
    };
    let mut setup = spheres(&kinds, 60, tube, Rotor::bench(), Protocol::new(0.0).hold(0.1e6));
    let start = draw(&setup);
    let from = places(&setup, &start.position);
    for drag in [Drag::SchillerNaumann, Drag::Stokes] {
        setup.physics.drag = drag;
        for (name, path) in paths(&setup, &start) {
            for (k, &(diameter, density)) in kinds.iter().enumerate() {
                let by_stokes = stokes(diameter, density) * G;
                let expected = match drag {
                    Drag::SchillerNaumann => terminal(diameter, density),
                    Drag::Stokes => by_stokes,
                };
                let reynolds = expected * diameter;
                if drag == Drag::SchillerNaumann {
                    // the law matters: 300 um of glass at less than half of Stokes' velocity
                    assert!(
                        diameter < 300.0 || expected < 0.6 * by_stokes,
                        "{diameter}: {expected}"
                    );
                    assert!(diameter > 20.0 || expected > 0.98 * by_stokes);
                    assert!(
                        diameter < 1500.0 || (250.0..400.0).contains(&reynolds),
                        "Re {reynolds}"
                    );
                }
                let mut compared = 0;
                for (i, to) in path.last().unwrap().iter().enumerate() {
                    let way = expected * 0.1e6;
                    if start.kind[i] != k as u32 || from[i][2] + way > 399e3 {
                        continue;
                    }
                    let u = (to[2] - from[i][2]) / 0.1e6;
                    assert!(
                        (u / expected - 1.0).abs() < 3e-4,
                        "{name}, {diameter} um, {drag:?}, Re {reynolds:.3}: {u} m/s instead of {expected}"
                    );
                    compared += 1;
                }
                assert!(
                    compared > 20 || drag == Drag::Stokes,
                    "{name}, {diameter} um: {compared}"
                );
            }
        }
    }
}

/// A sphere off the axis leaves it along its radius of the rotor, meets the wall when that says, slides down along it as fast
/// as before, and comes to rest at the bottom. No sphere leaves the tube at any time.
#[test]
fn spheres_meet_the_wall_and_slide() {
    let (diameter, density, omega) = (30.0, 1.3, 3e-4_f64);
    let s = stokes(diameter, density);
    let tube = Tube {
        radius: 7e3,
        height: 60e3,
    };
    // to 1.7 times the radius, past the bottom
    let time = 1.7_f64.ln() / (s * omega * omega);
    let setup = spheres(
        &[(diameter, density)],
        500,
        tube,
        LEVEL,
        Protocol::new(omega).hold(time),
    );
    let drawn = draw(&setup);
    // where the wall is met: x grows as the radius, from 6 to 7 mm
    let mut one = drawn.clone();
    gather(&setup, &mut one, [6e3, 0.0, 2e3]);
    for (name, path) in paths(&setup, &one) {
        let (mut free, mut sliding, mut resting) = (0, 0, 0);
        for (i, at) in path.iter().enumerate() {
            let t = time * i as f64 / 40.0;
            let growth = (s * omega * omega * t).exp();
            // gravity turns the sphere by less than a hundredth of the wall, which then turns it on
            let depth = 102e3 * growth - 100e3;
            let [x, y, z] = at[0];
            let off = x.hypot(y);
            if depth > 60e3 {
                assert!((z - 60e3).abs() < 1e-3, "{name}: {z}");
                assert!((off - 7e3).abs() < 1.0, "{name}: {off}");
                resting += 1;
            } else {
                assert!((z - depth).abs() < 1.0, "{name}: {z} um deep instead of {depth}");
                if 6e3 * growth < 6.99e3 {
                    assert!((x - 6e3 * growth).abs() < 1.0, "{name}: {x} um");
                    free += 1;
                } else if 6e3 * growth > 7.01e3 {
                    assert!((off - 7e3).abs() < 0.1, "{name}: {off} um off the axis");
                    sliding += 1;
                }
            }
        }
        assert!(
            free > 5 && sliding > 5 && resting > 3,
            "{name}: {free}, {sliding}, {resting}"
        );
    }
    // and none of 500 all over the tube ever leaves it, or goes inwards or up
    for (name, path) in paths(&setup, &drawn) {
        for pair in path.windows(2) {
            for (before, now) in pair[0].iter().zip(&pair[1]) {
                let out = |q: &[f64; 3]| q[0].hypot(q[1]);
                assert!(out(now) <= 7e3 + 0.01, "{name}: {now:?} is outside");
                assert!((0.0..=60e3).contains(&now[2]), "{name}: {now:?} is outside");
                assert!(now[2] >= before[2], "{name}: from {before:?} up to {now:?}");
            }
        }
        let down = path.last().unwrap().iter().filter(|q| q[2] > 60e3 - 1e-3).count();
        assert_eq!(down, 500, "{name}: all have come down");
    }
}
