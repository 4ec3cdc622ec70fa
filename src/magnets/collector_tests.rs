//! The flow is held to its boundary conditions, the pull to differences of the exact fields.

use super::*;
use crate::laws::collector_field::collector_field;
use crate::laws::collector_flow::collector_flow;
use crate::laws::collector_pull::collector_pull;
use crate::magnets::{Field, Source, Sphere, Wire};

const IRON: Soft = Soft {
    susceptibility: 1e3,
    saturation: 1.5,
};

fn collector(shape: Shape, past: Past, f: f64) -> Collector {
    Collector::new(shape, 25.0, IRON, DVec3::new(0.0, 0.3, 0.4), past, f).unwrap()
}

#[test]
fn creeping_flow_sticks_and_meets_the_stream() {
    for (shape, densest) in [(Shape::Wire, 0.9), (Shape::Sphere, 0.74)] {
        for f in [1e-3, 0.05, 0.3, 0.6, densest] {
            let c = collector(shape, Past::Creeping, f);
            let (k, wire) = (c.coefficients(), shape == Shape::Wire);
            for n in [DVec3::NEG_Z, DVec3::Y, DVec3::new(0.0, 0.6, 0.8)] {
                let on = collector_flow(n, 1.0, k, wire);
                assert!(on.length() < 1e-10, "{shape:?} {f} {n}: {on}");
                let u = collector_flow(n, c.reach(), k, wire);
                assert!((u.dot(n) - n.z).abs() < 1e-10, "{shape:?} {f} {n}: {u}");
            }
            // the powers of the distance from the surface say what k1 to k4 say
            let [k1, k2, k3, k4] = c.flow();
            let r = 0.5 * (1.0 + c.reach());
            let by_hand = match shape {
                Shape::Wire => k1 / (r * r) + k2 + k3 * r.ln() + k4 * r * r,
                Shape::Sphere => k1 / r.powi(3) + k2 / r + k3 + k4 * r * r,
            };
            let u = collector_flow(DVec3::Z, r, k, wire).z;
            assert!((u - by_hand).abs() < 1e-10, "{shape:?} {f}: {u} {by_hand}");
        }
    }
}

/// What enters comes out: the divergence by differences, over the velocity.
#[test]
fn no_flow_has_sources() {
    for shape in [Shape::Wire, Shape::Sphere] {
        for past in [Past::Potential, Past::Creeping] {
            let c = collector(shape, past, 0.2);
            let wire = shape == Shape::Wire;
            let u = |q: DVec3| collector_flow(q / q.length(), q.length(), c.coefficients(), wire);
            let q = DVec3::new(if wire { 0.0 } else { 0.4 }, 0.7, -1.1);
            let e = 1e-5;
            let axes = DVec3::AXES.into_iter().skip(usize::from(wire));
            let divergence: f64 = axes
                .map(|a| (u(q + e * a) - u(q - e * a)).dot(a) / (2.0 * e))
                .sum();
            assert!(divergence.abs() < 1e-8, "{shape:?} {past:?}: {divergence}");
        }
    }
}

#[test]
fn the_pull_is_that_of_the_exact_field() {
    let b0 = DVec3::new(0.0, 0.3, 0.4);
    let a = 25.0;
    let body = |shape| match shape {
        Shape::Wire => Source::Wire(Wire::new(DVec3::ZERO, DVec3::X, a, IRON, b0).unwrap()),
        Shape::Sphere => Source::Sphere(Sphere::new(DVec3::ZERO, a, IRON, b0).unwrap()),
    };
    for shape in [Shape::Wire, Shape::Sphere] {
        let c = collector(shape, Past::Potential, 0.2);
        let field = Field::in_background(b0, vec![body(shape)]).unwrap();
        let wire = shape == Shape::Wire;
        for q in [
            DVec3::new(0.0, 1.3, 0.1),
            DVec3::new(0.0, -0.8, 0.9),
            DVec3::new(if wire { 0.0 } else { 0.9 }, 1.1, -2.0),
        ] {
            let (r, n) = (q.length(), q / q.length());
            let m = 3.0;
            let pull = collector_pull(n, r, c.direction(), c.induced(), wire) * c.magnetic_velocity(m);
            let exact = m * field.force_density(a * q).unwrap();
            assert!(
                (pull - exact).length() < 1e-10 * exact.length(),
                "{shape:?} {q}: {pull} {exact}"
            );
            // and by differences of B alone
            let e = 1e-3;
            let square = |q: DVec3| field.at(q).unwrap().b.length_squared();
            let grad = DVec3::from_array(
                DVec3::AXES.map(|x| (square(a * q + e * x) - square(a * q - e * x)) / (2.0 * e)),
            );
            let differences = m * grad / (2.0 * VACUUM_PERMEABILITY);
            assert!((pull - differences).length() < 1e-6 * exact.length());
            let b = collector_field(n, r, c.direction(), c.induced(), wire) * c.background();
            assert!((b - field.at(a * q).unwrap().magnitude()).abs() < 1e-12);
        }
    }
}

/// By hand: a wire of 25 um, soft (J = 1000 0.5/501 = 0.998 T) in 0.5 T, m = 3.86e-6 um3 us/pg: 3.86e-6 0.5 0.998/(1.2566e-3 25)
/// = 6.131e-5 um/us. J/(2 B0) = 0.998; of a sphere J = 1000 0.5/334.3 = 1.4955 T, J/(3 B0) = 0.997. 8/27 of a bed solid: b = 1.5.
#[test]
fn numbers_of_a_matrix() {
    let wire = collector(Shape::Wire, Past::Creeping, 0.25);
    assert!((wire.magnetic_velocity(3.86e-6) - 6.131e-5).abs() < 1e-8);
    assert!((wire.induced() - 0.998_004).abs() < 1e-6);
    assert!((wire.reach() - 2.0).abs() < 1e-12);
    assert_eq!(wire.saturation(4.0), 2.0);
    let sphere = collector(Shape::Sphere, Past::Creeping, 8.0 / 27.0);
    assert!((sphere.induced() - 0.997_009).abs() < 1e-6);
    assert!((sphere.reach() - 1.5).abs() < 1e-12);
    assert_eq!(sphere.direction(), DVec3::new(0.0, 0.6, 0.8));
    assert_eq!(sphere.words()[9], 1.5);
}

#[test]
fn what_cannot_be_is_refused() {
    let new = |shape, radius, b0, f| Collector::new(shape, radius, IRON, b0, Past::Creeping, f);
    assert!(new(Shape::Wire, 25.0, DVec3::Z, 0.2).is_ok());
    assert!(new(Shape::Wire, 25.0, DVec3::ONE, 0.2).is_err());
    assert!(new(Shape::Sphere, 25.0, DVec3::ONE, 0.2).is_ok());
    assert!(new(Shape::Sphere, 25.0, DVec3::ZERO, 0.2).is_err());
    assert!(new(Shape::Sphere, 25.0, DVec3::NAN, 0.2).is_err());
    assert!(new(Shape::Sphere, 0.0, DVec3::Z, 0.2).is_err());
    assert!(new(Shape::Sphere, 25.0, DVec3::Z, 0.75).is_err());
    assert!(new(Shape::Wire, 25.0, DVec3::Z, 0.91).is_err());
    assert!(new(Shape::Wire, 25.0, DVec3::Z, f64::NAN).is_err());
}
