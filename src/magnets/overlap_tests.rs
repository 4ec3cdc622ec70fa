use super::*;
use crate::magnets::{Array, Cuboid, Cylinder, Dipole, Multipole, Pose, Repeat, Soft, Sphere, Uniform, Wire};

const SOFT: Soft = Soft {
    susceptibility: 1e3,
    saturation: 1.5,
};

fn block(x: f64, y: f64, z: f64) -> Source {
    let pose = Pose::at(DVec3::new(x, y, z)).unwrap();
    Source::Cuboid(Cuboid::new(pose, DVec3::new(10e3, 20e3, 40e3), DVec3::X).unwrap())
}

fn rod(centre: DVec3, axis: DVec3) -> Source {
    let pose = Pose::about(centre, axis).unwrap();
    Source::Cylinder(Cylinder::new(pose, 5e3, 20e3, 1.0).unwrap())
}

fn ring(centre: DVec3) -> Source {
    let pose = Pose::at(centre).unwrap();
    Source::Cylinder(Cylinder::ring(pose, 5e3, 8e3, 10e3, 1.0).unwrap())
}

fn wire(point: DVec3, axis: DVec3) -> Source {
    let b0 = axis.any_orthogonal_vector();
    Source::Wire(Wire::new(point, axis, 100.0, SOFT, b0).unwrap())
}

fn ball(x: f64) -> Source {
    Source::Sphere(Sphere::new(DVec3::X * x, 2e3, SOFT, DVec3::Y).unwrap())
}

fn halbach(x: f64, inner: f64, outer: f64) -> Source {
    let pose = Pose::at(DVec3::X * x).unwrap();
    Source::Multipole(Multipole::halbach(pose, 2, 1.2, inner, outer).unwrap())
}

fn meet(a: Source, b: Source) -> bool {
    let found = overlap(&[a.clone(), b.clone()]);
    // a place that is said to be in both is
    if let Some(o) = found {
        assert_eq!(o.sources, [0, 1]);
        for s in [a, b].iter().filter(|s| !matches!(s, Source::Multipole(_))) {
            assert!(s.contains(o.at), "{} {s:?}", o.at);
        }
    }
    found.is_some()
}

/// The same block twice, and blocks that are half a millimetre, or less than they are made to, within each other. By hand: 10 mm
/// wide, so the next stands 10 mm beside it, and a thousandth is 10 um.
#[test]
fn blocks() {
    assert!(meet(block(0.0, 0.0, 0.0), block(0.0, 0.0, 0.0)));
    assert!(meet(block(0.0, 0.0, 0.0), block(9.5e3, 0.0, 0.0)));
    assert!(meet(block(0.0, 0.0, 0.0), block(9.98e3, 19.9e3, 39.9e3)));
    assert!(!meet(block(0.0, 0.0, 0.0), block(9.995e3, 0.0, 0.0)));
    assert!(!meet(block(0.0, 0.0, 0.0), block(10e3, 0.0, 0.0)));
    assert!(!meet(block(0.0, 0.0, 0.0), block(0.0, 20e3, 3e3)));
    assert!(!meet(block(0.0, 0.0, 0.0), block(30e3, 0.0, 0.0)));
}

/// By hand: two rods of 5 mm radius side by side touch at 10 mm, crossed at 10 mm too; one on the other at 20 mm. A rod stands in
/// a ring's bore of 5 mm, and not in it when it is 1 mm off. The corners of boxes around rods say nothing: at (7.2, 7.2) mm two
/// are 10.18 mm apart.
#[test]
fn rods_and_rings() {
    let o = DVec3::ZERO;
    let at = |x: f64, y: f64, z: f64| DVec3::new(x, y, z) * 1e3;
    assert!(!meet(rod(o, DVec3::Z), rod(at(10.0, 0.0, 0.0), DVec3::Z)));
    assert!(meet(rod(o, DVec3::Z), rod(at(9.9, 0.0, 0.0), DVec3::Z)));
    assert!(!meet(rod(o, DVec3::Z), rod(at(7.2, 7.2, 0.0), DVec3::Z)));
    assert!(meet(rod(o, DVec3::Z), rod(at(7.0, 7.0, 0.0), DVec3::Z)));
    assert!(!meet(rod(o, DVec3::Z), rod(at(0.0, 10.05, 0.0), DVec3::X)));
    assert!(meet(rod(o, DVec3::Z), rod(at(0.0, 9.9, 0.0), DVec3::X)));
    assert!(!meet(rod(o, DVec3::Z), rod(at(0.0, 0.0, 20.0), DVec3::Z)));
    assert!(!meet(ring(o), rod(o, DVec3::Z)));
    assert!(meet(ring(o), rod(at(1.0, 0.0, 0.0), DVec3::Z)));
    assert!(meet(ring(o), rod(o, DVec3::X)));
    assert!(meet(ring(o), ring(at(12.0, 0.0, 0.0))) && !meet(ring(o), ring(at(16.0, 0.0, 0.0))));
    // turned blocks: half a diagonal is 7.07 mm where half a side is 5
    let turned = |x: f64| {
        let turn = glam::DQuat::from_rotation_z(std::f64::consts::FRAC_PI_4);
        let pose = Pose::turned(DVec3::X * x, turn).unwrap();
        Source::Cuboid(Cuboid::new(pose, DVec3::splat(10e3), DVec3::X).unwrap())
    };
    assert!(meet(turned(11.9e3), block(0.0, 0.0, 0.0)) && !meet(turned(12.2e3), block(0.0, 0.0, 0.0)));
}

/// By hand: balls of 2 mm radius touch at 4 mm; the ball of a dipole counts, its point does not.
#[test]
fn balls_and_points() {
    assert!(meet(ball(0.0), ball(3.9e3)) && !meet(ball(0.0), ball(4e3)));
    let moment = DVec3::Z * 0.1;
    let magnet = |x: f64| Source::Dipole(Dipole::ball(DVec3::X * x, moment, 3e3).unwrap());
    assert!(meet(magnet(4.9e3), ball(0.0)) && !meet(magnet(5.1e3), ball(0.0)));
    assert!(meet(magnet(7.9e3), block(0.0, 0.0, 0.0)) && !meet(magnet(8.1e3), block(0.0, 0.0, 0.0)));
    let point = Source::Dipole(Dipole::new(DVec3::ZERO, moment).unwrap());
    let even = Source::Uniform(Uniform::background(DVec3::X).unwrap());
    assert_eq!(overlap(&[point.clone(), point, even.clone(), even]), None);
    assert_eq!(overlap(&[]), None);
}

/// By hand: wires of 100 um radius; bores of 3 and 20 mm in cylinders of 12 and 30 mm: the smaller fits into the larger (12 < 20)
/// until it is 8 mm off its axis. Poles without an outer radius fill all beyond the bore.
#[test]
fn what_has_no_ends() {
    let (o, up) = (DVec3::ZERO, DVec3::Z);
    assert!(meet(wire(o, up), wire(DVec3::X * 150.0, up)) && !meet(wire(o, up), wire(DVec3::X * 200.0, up)));
    assert!(meet(wire(o, up), wire(DVec3::new(3e3, 150.0, 7e3), DVec3::X)));
    assert!(!meet(wire(o, up), wire(DVec3::new(3e3, 250.0, 7e3), DVec3::X)));
    assert!(meet(wire(o, up), rod(DVec3::X * 5e3, up)) && !meet(wire(o, up), rod(DVec3::X * 5.2e3, up)));
    assert!(!meet(halbach(0.0, 3e3, 12e3), halbach(0.0, 20e3, 30e3)));
    assert!(!meet(halbach(7.9e3, 3e3, 12e3), halbach(0.0, 20e3, 30e3)));
    assert!(meet(halbach(9e3, 3e3, 12e3), halbach(0.0, 20e3, 30e3)));
    assert!(meet(halbach(0.0, 3e3, 12e3), halbach(0.0, 3e3, 12e3)));
    assert!(!meet(halbach(0.0, 3e3, 12e3), halbach(24e3, 3e3, 12e3)));
    let poles = Multipole::quadrupole(Pose::at(o).unwrap(), 1.4, 5e3, true).unwrap();
    let poles = Source::Multipole(poles);
    assert!(meet(poles.clone(), poles.clone()) && meet(poles.clone(), block(20e3, 0.0, 0.0)));
    assert!(!meet(poles.clone(), ball(2.9e3)) && meet(poles.clone(), ball(3.1e3)));
    assert!(!meet(poles.clone(), wire(DVec3::X * 4.8e3, up)) && meet(poles, wire(o, DVec3::X)));
    assert!(!meet(halbach(0.0, 20e3, 30e3), block(36e3, 0.0, 0.0)));
    assert!(meet(halbach(0.0, 20e3, 30e3), block(34e3, 0.0, 0.0)));
}

/// Rows whose magnets touch are sound, those that are narrower than their magnets are not, and both sides are named; a large
/// sheet is looked at in no time.
#[test]
fn arrays() {
    let row = |step: DVec3, count| {
        let repeat = Repeat {
            step,
            count,
            alternating: true,
        };
        Source::Array(Array::new(&block(0.0, 0.0, 0.0), &[repeat]).unwrap())
    };
    assert_eq!(overlap(&[row(DVec3::X * 10e3, 50)]), None);
    let found = overlap(&[block(-50e3, 0.0, 0.0), row(DVec3::X * 9e3, 50)]).unwrap();
    assert_eq!(found.sources, [1, 1]);
    let found = overlap(&[row(DVec3::X * 10e3, 50), block(95e3, 0.0, 0.0)]).unwrap();
    assert_eq!(found.sources, [0, 1]);
    assert!(found.to_string().starts_with("both fill ("), "{found}");
    let sheet = |dy: f64| {
        let repeats = [(DVec3::X * 10e3, 150), (DVec3::Y * dy, 150)].map(|(step, count)| Repeat {
            step,
            count,
            alternating: true,
        });
        Source::Array(Array::new(&block(0.0, 0.0, 0.0), &repeats).unwrap())
    };
    assert_eq!(overlap(&[sheet(20e3)]), None);
    assert!(overlap(&[sheet(19e3)]).is_some());
}
