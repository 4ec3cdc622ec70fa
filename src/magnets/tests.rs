//! What holds for every source: Maxwell's equations, its own gradient, no number where there is no field.

use super::*;
use crate::rng::unit_vector;
use glam::{DMat3, DQuat, DVec3};
use std::sync::Arc;

const IRON: Soft = Soft {
    susceptibility: 1e3,
    saturation: 2.16,
};

fn turned(centre: DVec3) -> Pose {
    Pose::turned(centre, DQuat::from_rotation_z(0.7) * DQuat::from_rotation_x(-1.2)).unwrap()
}

/// One of each, with the length over which its field changes [um]; around the origin.
fn all() -> Vec<(Source, f64)> {
    let centre = DVec3::new(300.0, -200.0, 500.0);
    let cuboid = Cuboid::new(
        turned(centre),
        DVec3::new(2e3, 3e3, 1e3),
        DVec3::new(0.4, -0.5, 1.1),
    )
    .unwrap();
    let cylinder = Cylinder::new(turned(centre), 1.5e3, 2e3, -1.2).unwrap();
    let ring = Cylinder::ring(turned(centre), 1.2e3, 2.5e3, 2e3, 0.9).unwrap();
    let dipole = Dipole::new(centre, DVec3::new(0.01, 0.02, -0.03)).unwrap();
    let wire = Wire::new(
        centre,
        DVec3::new(1.0, 1.0, 0.0),
        500.0,
        IRON,
        DVec3::new(1.0, -1.0, 0.5),
    )
    .unwrap();
    let sphere = Sphere::new(centre, 1e3, IRON, DVec3::new(0.3, 0.1, 0.2)).unwrap();
    let repeat = |step, count, alternating| Repeat {
        step,
        count,
        alternating,
    };
    let rows = [repeat(DVec3::X * 4e3, 3, true), repeat(DVec3::Y * 5e3, 2, false)];
    let array = Array::new(&Source::Cylinder(cylinder.clone()), &rows).unwrap();
    let gradient = DMat3::from_cols(
        DVec3::new(1e-4, 2e-4, 0.0),
        DVec3::new(2e-4, 1e-4, -3e-4),
        DVec3::new(0.0, -3e-4, -2e-4),
    );
    vec![
        (
            Source::Uniform(Uniform::new(centre, DVec3::ONE, gradient).unwrap()),
            1e3,
        ),
        (
            Source::Multipole(Multipole::quadrupole(turned(centre), 1.3, 6e3, true).unwrap()),
            1e3,
        ),
        (
            Source::Multipole(Multipole::halbach(turned(centre), 4, 1.2, 6e3, 9e3).unwrap()),
            1e3,
        ),
        (Source::Dipole(dipole), 1e3),
        (Source::Cuboid(cuboid), 1e3),
        (Source::Cylinder(cylinder), 1e3),
        (Source::Cylinder(ring), 1e3),
        (Source::Wire(wire), 500.0),
        (Source::Sphere(sphere), 1e3),
        (Source::Array(array), 1e3),
    ]
}

/// Random points within `reach` of the origin.
fn points(reach: f64, n: u64) -> impl Iterator<Item = DVec3> {
    (0..n).map(move |i| {
        let [x, y, z, _] = unit_vector(91, i);
        reach * (2.0 * DVec3::new(x, y, z) - 1.0)
    })
}

fn norm(m: DMat3) -> f64 {
    m.to_cols_array().iter().map(|g| g * g).sum::<f64>().sqrt()
}

/// div B and curl B by finite differences of B alone, and the gradient against the same differences: fourth order, so that
/// the steps can be long enough for rounding not to matter.
#[test]
fn maxwell_and_the_gradient() {
    for (source, scale) in all() {
        let (mut seen, mut worst) = (0, [0.0_f64; 3]);
        for q in points(5e3, 400) {
            let h = 2e-3 * scale.min(source.clearance(q));
            if h < 2e-2 {
                continue;
            }
            let p = source.at(q).unwrap();
            let b = |x: DVec3| source.at(q + x).unwrap().b;
            let column = |k: usize| {
                let e = h * DVec3::AXES[k];
                (8.0 * (b(e) - b(-e)) - (b(2.0 * e) - b(-2.0 * e))) / (12.0 * h)
            };
            let differences = FieldPoint {
                b: p.b,
                gradient: DMat3::from_cols(column(0), column(1), column(2)),
            };
            // what rounding of B leaves in the differences
            let scale = norm(p.gradient) + 1e-6 * p.magnitude() / h;
            seen += 1;
            worst[0] = worst[0].max(norm(p.gradient - differences.gradient) / scale);
            worst[1] = worst[1].max(differences.divergence().abs() / scale);
            worst[2] = worst[2].max(differences.curl().length() / scale);
            // the gradients themselves keep both to rounding
            assert!(
                p.divergence().abs() < 1e-9 * scale && p.curl().length() < 1e-9 * scale,
                "{}",
                source.name()
            );
        }
        println!(
            "{}: {seen} points, gradient {:.1e}, div {:.1e}, curl {:.1e}",
            source.name(),
            worst[0],
            worst[1],
            worst[2]
        );
        assert!(seen > 150, "{}: {seen}", source.name());
        assert!(worst.iter().all(|w| *w < 1e-7), "{}: {worst:?}", source.name());
    }
}

/// A field exactly where the clearance says so, and no point nearer to none than it says.
#[test]
fn clearance_and_field_agree() {
    for (source, _) in all() {
        let (mut inside, mut last) = (0, DVec3::ZERO);
        for q in points(5e3, 3000) {
            let clear = source.clearance(q);
            assert_eq!(source.at(q).is_ok(), clear > 0.0, "{} {q}", source.name());
            assert_eq!(source.contains(q), clear <= 0.0);
            inside += u32::from(clear <= 0.0);
            if clear.is_finite() {
                assert!(
                    (clear - source.clearance(last)).abs() <= 1.000_001 * q.distance(last),
                    "{}",
                    source.name()
                );
            }
            last = q;
        }
        let solid = !matches!(source, Source::Uniform(_) | Source::Dipole(_));
        assert_eq!(inside > 0, solid, "{}: {inside}", source.name());
    }
}

/// A body that is moved takes its field with it.
#[test]
fn moved_bodies_keep_their_fields() {
    let by = DVec3::new(-700.0, 300.0, 1100.0);
    let mut bodies = 0;
    for (source, _) in all() {
        let Some(moved) = source.moved(by) else {
            continue;
        };
        bodies += 1;
        for q in points(5e3, 50).filter(|q| !source.contains(*q)) {
            let (a, b) = (source.at(q).unwrap(), moved.at(q + by).unwrap());
            assert!(a.b.distance(b.b) < 1e-10 * a.magnitude(), "{}", source.name());
        }
    }
    assert_eq!(bodies, 6);
}

/// Far out, blocks and rods are dipoles of J V; what is left falls with the square of the distance.
#[test]
fn far_away_magnets_are_dipoles() {
    let pose = turned(DVec3::ZERO);
    let cuboid = Cuboid::new(pose, DVec3::new(2e3, 3e3, 1e3), DVec3::new(0.4, -0.5, 1.1)).unwrap();
    let cylinder = Cylinder::new(pose, 1.5e3, 2e3, -1.2).unwrap();
    let moment = |j: DVec3, volume: f64| j * volume * 1e-18 / 1.256_637_061_27e-6;
    let ring = Cylinder::ring(pose, 1e3, 1.5e3, 2e3, 0.9).unwrap();
    let cases = [
        (moment(ring.polarisation(), ring.volume()), Source::Cylinder(ring)),
        (
            moment(cuboid.polarisation(), cuboid.volume()),
            Source::Cuboid(cuboid),
        ),
        (
            moment(cylinder.polarisation(), cylinder.volume()),
            Source::Cylinder(cylinder),
        ),
    ];
    for (moment, source) in cases {
        let dipole = Dipole::new(DVec3::ZERO, moment).unwrap();
        let error = |r: f64| {
            let mut worst: f64 = 0.0;
            for q in points(1.0, 60) {
                let q = r * q.normalize();
                let (a, b) = (source.at(q).unwrap(), dipole.at(q).unwrap());
                worst = worst.max(a.b.distance(b.b) / b.magnitude());
                worst = worst.max(norm(a.gradient - b.gradient) / norm(b.gradient));
            }
            worst
        };
        // the first two by the closed form, the others by the cloud; to the dipole's own rounding at the end
        let (near, double, far) = (error(15e3), error(30e3), error(1.5e6));
        assert!(
            near < 0.03 && (near / double - 4.0).abs() < 0.3,
            "{} {near} {double}",
            source.name()
        );
        assert!((near / far / 1e4 - 1.0).abs() < 0.1, "{} {far}", source.name());
        assert!(error(1e9) < 1e-11, "{}", error(1e9));
    }
}

/// A cube magnetised along x, y or z is one cube turned; a plate of four cubes is their sum.
#[test]
fn symmetry_and_additivity() {
    let at =
        |centre: DVec3, sides: DVec3, j: DVec3| Cuboid::new(Pose::at(centre).unwrap(), sides, j).unwrap();
    let q = DVec3::new(1.3e3, 0.9e3, -1.1e3);
    let cube = |j| at(DVec3::ZERO, DVec3::splat(1e3), j);
    let z = cube(DVec3::Z).at(q).unwrap().b;
    let x = cube(DVec3::X).at(DVec3::new(q.z, q.x, q.y)).unwrap().b;
    assert!(x.distance(DVec3::new(z.z, z.x, z.y)) < 1e-15);
    let j = DVec3::new(0.2, 0.3, 1.0);
    let plate = at(DVec3::ZERO, DVec3::new(2e3, 2e3, 1e3), j).at(q).unwrap();
    let mut sum = FieldPoint::ZERO;
    for (x, y) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
        sum = sum
            + at(DVec3::new(x, y, 0.0) * 500.0, DVec3::splat(1e3), j)
                .at(q)
                .unwrap();
    }
    assert!(plate.b.distance(sum.b) < 1e-14 && norm(plate.gradient - sum.gradient) < 1e-16);
    // a rod of two halves, and the mirror at its middle plane
    let rod = |z: f64, h: f64| Cylinder::new(Pose::at(DVec3::Z * z).unwrap(), 700.0, h, 1.1).unwrap();
    let whole = rod(0.0, 2e3).at(q).unwrap();
    let halves = rod(500.0, 1e3).at(q).unwrap() + rod(-500.0, 1e3).at(q).unwrap();
    assert!(whole.b.distance(halves.b) < 1e-14 && norm(whole.gradient - halves.gradient) < 1e-16);
    let mirrored = rod(0.0, 2e3).at(q * DVec3::new(1.0, 1.0, -1.0)).unwrap().b;
    assert!(mirrored.distance(whole.b * DVec3::new(-1.0, -1.0, 1.0)) < 1e-15);
}

/// A slender block and a slender rod of the same cross-section and moment agree some diameters away.
#[test]
fn a_square_rod_is_nearly_a_round_one() {
    let rod = Cylinder::new(Pose::at(DVec3::ZERO).unwrap(), 100.0, 5e3, 1.0).unwrap();
    let side = 100.0 * std::f64::consts::PI.sqrt();
    let bar = Cuboid::new(
        Pose::at(DVec3::ZERO).unwrap(),
        DVec3::new(side, side, 5e3),
        DVec3::Z,
    )
    .unwrap();
    for q in [
        DVec3::new(1e3, 600.0, 2e3),
        DVec3::new(0.0, 0.0, 4e3),
        DVec3::new(1.5e3, 0.0, 0.0),
    ] {
        let (a, b) = (rod.at(q).unwrap().b, bar.at(q).unwrap().b);
        assert!(a.distance(b) < 1e-3 * a.length(), "{a} {b}");
    }
}

/// A map is a source like the others, and an error says where and why.
#[test]
fn a_map_in_a_field_and_what_errors_say() {
    let background = Uniform::background(DVec3::Z * 0.2).unwrap();
    let grid = crate::grids::VectorGrid::even(
        DVec3::splat(-1e3),
        DVec3::splat(1e3),
        [3; 3],
        vec![DVec3::X * 0.1; 27],
    );
    let map = FieldMap::new("poles.csv", grid, Interpolation::Cubic, LIMIT).unwrap();
    let field = Field::new(vec![Source::Uniform(background), Source::Map(Arc::new(map))]).unwrap();
    assert!(
        field
            .at(DVec3::ZERO)
            .unwrap()
            .b
            .distance(DVec3::new(0.1, 0.0, 0.2))
            < 1e-15
    );
    assert_eq!(field.clearance(DVec3::X * 3e3), -2e3);
    let said: crate::Error = field.at(DVec3::X * 3e3).unwrap_err().into();
    assert_eq!(
        said.to_string(),
        "(3, 0, 0) mm lies outside the field map poles.csv, beyond which the field is not known"
    );
    assert_eq!(said.exit_code(), 2);
}
