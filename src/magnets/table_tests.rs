use super::*;
use crate::magnets::{Cuboid, Multipole, Pose, Source};

fn beside() -> Field {
    let pose = Pose::at(DVec3::new(17e3, 0.0, 10e3)).unwrap();
    let block = Cuboid::new(pose, DVec3::splat(16e3), DVec3::X * 1.3).unwrap();
    Field::new(vec![Source::Cuboid(block)]).unwrap()
}

fn sampled(cells: [u32; 3]) -> Table {
    let (origin, size) = (DVec3::new(-7e3, -7e3, 0.0), DVec3::new(14e3, 14e3, 20e3));
    Table::sample(&beside(), origin, size, cells).unwrap()
}

/// In a quadrupole grad(B2) is linear and the table has nothing but the rounding of f32.
#[test]
fn a_linear_force_is_exact() {
    let pose = Pose::at(DVec3::ZERO).unwrap();
    let m = Multipole::quadrupole(pose, 1.36, 4755.0, false).unwrap();
    let field = Field::new(vec![Source::Multipole(m)]).unwrap();
    let t = Table::sample(&field, DVec3::splat(-3e3), DVec3::splat(6e3), [3, 4, 1]).unwrap();
    assert!(
        t.error().force_max < 2e-5 && t.error().force_max > 0.0,
        "{:?}",
        t.error()
    );
    assert_eq!(t.nodes().len(), 4 * 5 * 2);
    assert_eq!(t.error().points, 8000);
}

/// Half the step leaves a quarter of the error, and the advice leads to what was asked for.
#[test]
fn the_error_is_measured_and_the_advice_holds() {
    let (coarse, fine) = (sampled([14, 14, 20]), sampled([28, 28, 40]));
    let (a, b) = (coarse.error(), fine.error());
    assert!(
        a.force_rms / b.force_rms > 3.5 && a.force_rms / b.force_rms < 4.5,
        "{a:?} {b:?}"
    );
    assert!(a.force_max > a.force_rms && a.magnitude_max < a.force_max);
    let cells = coarse.advice(0.01);
    let advised = sampled(cells).error();
    assert!(advised.force_max < 0.015, "{cells:?} {advised:?}");
    assert!(advised.force_max > 0.002, "{cells:?} {advised:?}");
}

/// The node on a corner of the grid, a place within, and the far end.
#[test]
fn looking_up() {
    let t = sampled([7, 7, 10]);
    for q in [
        DVec3::new(-7e3, -7e3, 0.0),
        DVec3::new(7e3, 7e3, 20e3),
        DVec3::new(1e3, -3e3, 6e3),
    ] {
        let exact = beside().at(q).unwrap();
        let found = t.at(q).unwrap();
        assert!(found.force_density.distance(exact.force_density()) < 1e-6 * exact.force_density().length());
        assert!((found.magnitude / exact.magnitude() - 1.0).abs() < 1e-6);
    }
    assert!(t.at(DVec3::new(0.0, 0.0, -1.0)).is_none());
    assert!(t.at(DVec3::splat(f64::NAN)).is_none());
}

/// The corner of the box lies within the magnet, the tube does not.
#[test]
fn magnets_in_the_corners_of_the_box() {
    let pose = Pose::at(DVec3::new(10.3e3, 10.3e3, 10e3)).unwrap();
    let block = Cuboid::new(pose, DVec3::splat(10e3), DVec3::X * 1.3).unwrap();
    let field = Field::new(vec![Source::Cuboid(block)]).unwrap();
    let (origin, size) = (DVec3::new(-7e3, -7e3, 0.0), DVec3::new(14e3, 14e3, 20e3));
    assert!(Table::sample(&field, origin, size, [56, 56, 40]).is_err());
    let tube = |q: DVec3| 7e3 - q.x.hypot(q.y);
    let table = Table::sample_where(&field, origin, size, [112, 112, 80], tube).unwrap();
    assert!(table.nodes().iter().any(|n| n[0].is_nan()));
    assert!(table.at(DVec3::new(6.9e3, 6.9e3, 10e3)).is_none());
    assert!(table.error().force_max < 0.3, "{:?}", table.error());
    let coarse = Table::sample_where(&field, origin, size, [2, 2, 2], tube);
    assert!(coarse.is_err());
}

#[test]
fn bad_boxes() {
    let sample = |size, cells| Table::sample(&beside(), DVec3::ZERO, size, cells);
    assert!(sample(DVec3::new(1.0, 0.0, 1.0), [1, 1, 1]).is_err());
    assert!(sample(DVec3::ONE, [1, 0, 1]).is_err());
    assert!(sample(DVec3::ONE, [1 << 20, 1 << 20, 1 << 20]).is_err());
}

/// The walls are sampled: beside a magnet the error there is nearly twice that of what lies a fifth of the radius off them, and
/// no point of a wall lies off it.
#[test]
fn the_walls_are_worst() {
    let tube = |q: DVec3| 7e3 - q.x.hypot(q.y);
    let (origin, size) = (DVec3::new(-7e3, -7e3, 0.0), DVec3::new(14e3, 14e3, 20e3));
    let table = Table::sample_where(&beside(), origin, size, [14, 14, 20], tube).unwrap();
    let e = table.error();
    let inside = inner(&table, 0.8);
    assert!(
        e.force_max >= e.force_wall && e.force_wall > 1.5 * inside,
        "{e:?} {inside}"
    );
    let (mut ends, mut sides) = (0, 0);
    for (i, q) in table.within(&tube).into_iter().enumerate() {
        let wall = table.to_the_wall(i as u64, q, &tube);
        let end = wall.z < 1e-6 || wall.z > 20e3 - 1e-6;
        assert!(end || tube(wall).abs() < 1e-3, "{wall}");
        ends += u32::from(end);
        sides += u32::from(!end);
    }
    assert!(ends > 500 && sides > 1500, "{ends} {sides}");
    // where nothing is said of the chamber, its walls are the box
    let q = table.to_the_wall(5, DVec3::new(1.0, 2.0, 3.0), &|_| f64::INFINITY);
    let faces = [(q - origin).abs(), (q - origin - size).abs()];
    assert!(faces.iter().any(|d| d.min_element() < 1e-9), "{q}");
}

/// Worst error of the force within `share` of the radius.
fn inner(table: &Table, share: f64) -> f64 {
    let field = beside();
    let largest = field.force_density(DVec3::new(7e3, 0.0, 10e3)).unwrap().length();
    table
        .within(&|q: DVec3| share * 7e3 - q.x.hypot(q.y))
        .into_iter()
        .map(|q| {
            let exact = field.at(q).unwrap().force_density();
            exact.distance(table.at(q).unwrap().force_density) / exact.length().max(SMALL * largest)
        })
        .fold(0.0, f64::max)
}
