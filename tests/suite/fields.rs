//! The fields of magnets on the GPU, through the function that a caller has.

use crate::parity::gpu;
use buffycoat::grids::VectorGrid;
use buffycoat::magnets::{
    Array, Cuboid, Cylinder, Dipole, Field, FieldMap, FieldPoint, Interpolation, LIMIT, MagnetError, Pose,
    Repeat, Source, Uniform,
};
use buffycoat::rng::unit_vector;
use buffycoat::{Error, cpu, gpu as device};
use glam::{DQuat, DVec3};
use std::sync::Arc;

/// A block of half a diagonal of 11.456 mm.
fn block() -> Source {
    let pose = Pose::turned(DVec3::new(3e3, -4e3, 5e3), DQuat::from_rotation_x(0.7)).unwrap();
    Source::Cuboid(Cuboid::new(pose, DVec3::new(10e3, 20e3, 5e3), DVec3::new(0.5, -0.7, 1.0)).unwrap())
}

fn ring(alternate: bool) -> Source {
    let pose = Pose::about(DVec3::new(-3e3, 1e3, 0.0), DVec3::new(1.0, 2.0, 3.0)).unwrap();
    let one = Source::Cylinder(Cylinder::ring(pose, 4e3, 9e3, 6e3, 1.25).unwrap());
    let row = |step, count| Repeat {
        step,
        count,
        alternating: alternate,
    };
    let rows = [
        row(30e3 * DVec3::X, 5),
        row(30e3 * DVec3::Y, 5),
        row(30e3 * DVec3::Z, 8),
    ];
    Source::Array(Array::new(&one, &rows).unwrap())
}

/// Points in a box of half the side `reach` [um].
fn points(n: u64, reach: f64) -> Vec<DVec3> {
    let place = |i| {
        let [a, b, c, _] = unit_vector(11, i);
        reach * (2.0 * DVec3::new(a, b, c) - 1.0)
    };
    (0..n).map(place).collect()
}

fn close(a: &FieldPoint, b: &FieldPoint, share: f64) -> bool {
    let size = b
        .gradient
        .to_cols_array()
        .iter()
        .map(|g| g * g)
        .sum::<f64>()
        .sqrt();
    let off = (a.gradient - b.gradient).to_cols_array();
    a.b.distance(b.b) < share * b.magnitude() && off.iter().all(|g| g.abs() < 10.0 * share * size)
}

/// Two hundred rings of opposite poles, in several passes, a block and a background: a point within is an error on both
/// back-ends, every other one the same to the rounding of the sum of fields that partly cancel.
#[test]
fn both_back_ends_give_the_same_field() {
    let background = Source::Uniform(Uniform::background(DVec3::new(0.2, 0.1, -0.3)).unwrap());
    let field = Field::new(vec![background, ring(true), block()]).unwrap();
    let points: Vec<DVec3> = points(400, 60e3).into_iter().map(|q| q + 60e3).collect();
    let there = device::field(&gpu(), &field, &points).unwrap();
    let here = cpu::field(0, &field, &points).unwrap();
    assert_eq!(there.len(), points.len());
    let within = here.iter().filter(|p| p.is_err()).count();
    assert!((5..200).contains(&within), "{within}");
    for ((a, b), q) in there.iter().zip(&here).zip(&points) {
        match (a, b) {
            (Ok(a), Ok(b)) => assert!(close(a, b, 1e-5), "{q}: {a:?} {b:?}"),
            (Err(a), Err(b)) => assert_eq!(a, b),
            _ => panic!("{q}: {a:?} {b:?}"),
        }
    }
}

/// So near that 32 bits cannot tell, the host computes: the same to the last bit. A hundred times as far it does not.
#[test]
fn beside_a_surface_the_host_computes() {
    let pose = Pose::at(DVec3::ZERO).unwrap();
    let cuboid = Cuboid::new(pose, DVec3::splat(10e3), DVec3::Z).unwrap();
    let field = Field::new(vec![Source::Cuboid(cuboid)]).unwrap();
    let at = |off: f64| DVec3::new(1e3, 2e3, 5e3 + off);
    // half the diagonal is 8660 um, 1e-4 of it 0.87 um
    let points = [at(0.5), at(50.0), at(0.0), at(-0.5), at(1e-9)];
    let there = device::field(&gpu(), &field, &points).unwrap();
    let here = cpu::field(1, &field, &points).unwrap();
    assert_eq!(there[0], here[0]);
    assert_ne!(there[1], here[1]);
    assert!(close(there[1].as_ref().unwrap(), here[1].as_ref().unwrap(), 1e-5));
    for k in [2, 3] {
        assert_eq!(there[k], here[k]);
        assert!(
            matches!(there[k], Err(MagnetError::Inside { .. })),
            "{:?}",
            there[k]
        );
    }
    assert_eq!(there[4], here[4]);
    assert!(there[4].is_ok());
}

/// div B and curl B vanish, and grad(B2) is the slope of B2 that the same kernel gives, by fourth-order differences over h, 3 % of
/// the distance to the surface. What such differences miss is that of the same ones in f64, and taken off; what is left is rounding.
/// With B good to e of itself, B2 is to 2 e, a difference of weights 1, 8, 8 and 1 over 12 h to 3 e B2/h, three of them to root
/// three of that; and the gradient itself is good to 2 |B| e |grad B|. For e 1e-6, some
/// sixteen roundings of f32; on a software driver a quarter to four fifths of what this allows was found.
#[test]
fn the_gradient_is_that_of_the_field() {
    let dipole = Dipole::new(DVec3::ZERO, DVec3::new(0.2, 0.3, -0.9)).unwrap();
    let pose = Pose::about(DVec3::ZERO, DVec3::new(1.0, 2.0, 3.0)).unwrap();
    let rod = Cylinder::new(pose, 2e3, 15e3, 1.1).unwrap();
    let gpu = gpu();
    for source in [
        block(),
        Source::Cylinder(rod),
        Source::Dipole(dipole),
        ring(false),
    ] {
        let field = Field::new(vec![source]).unwrap();
        let mut asked = Vec::new();
        let mut centres = points(300, 20e3);
        centres.retain(|q| field.clearance(*q) > 500.0);
        let step = |q: DVec3| 0.03 * field.clearance(q).min(5e3);
        for q in &centres {
            asked.push(*q);
            for axis in DVec3::AXES {
                asked.extend([-2.0, -1.0, 1.0, 2.0].map(|k| *q + k * step(*q) * axis));
            }
        }
        let there = device::field(&gpu, &field, &asked).unwrap();
        assert!(centres.len() > 150, "{}", centres.len());
        for ((q, rows), at) in centres.iter().zip(there.chunks(13)).zip(asked.chunks(13)) {
            let p = rows[0].clone().unwrap();
            let size = p
                .gradient
                .to_cols_array()
                .iter()
                .map(|g| g * g)
                .sum::<f64>()
                .sqrt();
            assert!(p.divergence().abs() <= 1e-15 * size, "{q}");
            assert_eq!(p.curl(), DVec3::ZERO, "{q}");
            let square = |k: usize| rows[k].as_ref().unwrap().b.length_squared();
            let h = step(*q);
            let slopes = |square: &dyn Fn(usize) -> f64| {
                DVec3::from_array([1, 5, 9].map(|k| {
                    (square(k) - square(k + 3) + 8.0 * (square(k + 2) - square(k + 1))) / (12.0 * h)
                }))
            };
            let exact = |k: usize| field.at(at[k]).unwrap().b.length_squared();
            let missed = slopes(&exact) - field.grad_b2(*q).unwrap();
            let off = (slopes(&square) - p.grad_b2() - missed).length() / (p.magnitude() * size);
            let allowed = 1e-6 * (3.0 * 3f64.sqrt() * p.magnitude() / (h * size) + 2.0);
            assert!(off < allowed, "{q}: {off:.1e} of {allowed:.1e}");
        }
    }
}

#[test]
fn what_a_gpu_does_not_take() {
    let gpu = gpu();
    let field = Field::new(vec![block()]).unwrap();
    assert_eq!(device::field(&gpu, &field, &[]).unwrap(), Vec::new());
    let nowhere = [DVec3::ZERO, DVec3::new(0.0, f64::NAN, 0.0)];
    assert!(matches!(
        device::field(&gpu, &field, &nowhere),
        Err(Error::Input(_))
    ));
    let grid = VectorGrid::even(DVec3::ZERO, DVec3::ONE, [3; 3], vec![DVec3::X; 27]);
    let map = FieldMap::new("map", grid, Interpolation::Linear, LIMIT).unwrap();
    let mapped = Field::new(vec![block(), Source::Map(Arc::new(map))]).unwrap();
    let said = device::field(&gpu, &mapped, &[DVec3::ONE])
        .unwrap_err()
        .to_string();
    assert!(said.contains("on the CPU alone"), "{said}");
}
