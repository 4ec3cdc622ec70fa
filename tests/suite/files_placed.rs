//! Files that stand for more than their points, lie elsewhere, or are flows.

use super::files::{HEADER, IN_METRES, axes, even, is_the_block, nodes, read, refused, rows};
use buffycoat::grids::{Interpolation, Layout, Symmetry, VELOCITY, VectorGrid};
use buffycoat::magnets::{Cylinder, Pose};
use glam::DVec3;
use std::fmt::Write as _;

/// A plane through a field that is the same all along z, and one through the axis of a rod, turned onto another axis and moved.
#[test]
fn planes_stand_for_what_is_said() {
    // the field of a line of dipoles: B = ((x2 - y2), 2 x y) m / r4, here about (8, 0) mm
    let line = |x: f64, y: f64| {
        let (x, r2) = (x - 8.0, (x - 8.0).powi(2) + y * y);
        DVec3::new(x * x - y * y, 2.0 * x * y, 0.0) / (r2 * r2)
    };
    let mut text = "VARIABLES = x y B Bx By\nZONE I=21 J=21\n".to_owned();
    for (x, y) in even(-2.5, 2.5, 21)
        .iter()
        .flat_map(|y| even(-2.5, 2.5, 21).into_iter().map(move |x| (x, *y)))
    {
        let b = line(x, y);
        let _ = writeln!(text, "{} {} {} {} {}", x / 1e3, y / 1e3, b.length(), b.x, b.y);
    }
    let (_, said) = refused(text.as_bytes(), &IN_METRES);
    assert!(
        said.contains("`symmetry = \"planar\"`") && said.contains("`symmetry = \"axial\"`"),
        "{said}"
    );
    let planar = Layout {
        around: Some(false),
        ..IN_METRES
    };
    let (grid, told) = read(text.as_bytes(), &planar);
    assert_eq!(grid.symmetry, Symmetry::Planar(2));
    assert!(told.contains("the same all along z"), "{told}");
    for z in [-1e6, 0.0, 5e3] {
        let (b, gradient) = grid
            .at(DVec3::new(1.1e3, -700.0, z), Interpolation::Cubic)
            .unwrap();
        // the step is a 27th of the distance
        assert!(b.distance(line(1.1, -0.7)) < 1e-4 * b.length(), "{b}");
        assert_eq!(gradient.z_axis, DVec3::ZERO);
    }
    // a block of zones would be read row by row
    assert!(
        refused(text.replace("J=21", "J=21, F=BLOCK").as_bytes(), &planar)
            .1
            .contains("DATAPACKING=POINT")
    );

    let rod = Cylinder::new(Pose::about(DVec3::ZERO, DVec3::Z).unwrap(), 3e3, 4e3, 1.2).unwrap();
    let mut text = "r (mm),z (mm),Br (T),Bz (T)\n".to_owned();
    for (z, r) in even(3.0, 16.0, 53)
        .iter()
        .flat_map(|z| even(0.0, 6.0, 25).into_iter().map(move |r| (*z, r)))
    {
        let b = rod.at(1e3 * DVec3::new(r, 0.0, z)).unwrap().b;
        let _ = writeln!(text, "{r},{z},{},{}", b.x, b.z);
    }
    let (grid, told) = read(text.as_bytes(), &Layout::default());
    assert!(
        told.contains("r 0 to 6 mm (25 nodes)") && told.contains("the same all around z"),
        "{told}"
    );
    // x, y, z of the file along y, z, x of the duct, its origin at (-10, 1, 2) mm
    let centre = DVec3::new(-10e3, 1e3, 2e3);
    let placed = grid.placed([2, 3, 1], centre).unwrap();
    let turned = Cylinder::new(Pose::about(centre, DVec3::X).unwrap(), 3e3, 4e3, 1.2).unwrap();
    for q in [
        DVec3::new(-3e3, 1e3, 2e3),
        DVec3::new(-2e3, 2.2e3, 1.3e3),
        DVec3::new(1e3, -1.5e3, 4e3),
        DVec3::new(4e3, 1e3, 2.7e3),
    ] {
        let (b, gradient) = placed.at(q, Interpolation::Cubic).unwrap();
        let exact = turned.at(q).unwrap();
        // the step is a twelfth of the distance and more
        assert!(
            b.distance(exact.b) < 2e-3 * exact.b.length(),
            "{q}: {b} {}",
            exact.b
        );
        for k in 0..3 {
            let off = gradient.col(k).distance(exact.gradient.col(k));
            assert!(
                off < 0.02 * exact.gradient.x_axis.length(),
                "{q} {k}: {gradient} {}",
                exact.gradient
            );
        }
    }
    let low = text.replacen("\n0,", "\n-1,", 1);
    assert!(
        refused(low.as_bytes(), &Layout::default())
            .1
            .contains("distances from the axis below zero")
    );
}

/// A file about an origin of its own, turned: moved and turned back it is the field.
#[test]
fn a_file_is_put_where_it_belongs() {
    let axes = axes();
    // the file's x is the duct's -z, its y the duct's y, its z the duct's x; its origin is at (0, 0, 5) mm
    let own = |v: DVec3| DVec3::new(-v.z, v.y, v.x);
    let moved: Vec<(DVec3, DVec3)> = nodes(&axes)
        .iter()
        .map(|(q, b)| (own(*q - DVec3::new(0.0, 0.0, 5.0)), own(*b)))
        .collect();
    let (grid, _) = read(
        format!("{HEADER}{}", rows(&moved, ",", 1.0, 1.0)).as_bytes(),
        &Layout::default(),
    );
    let placed = grid.placed([-3, 2, 1], DVec3::new(0.0, 0.0, 5e3)).unwrap();
    is_the_block("placed", &placed, &axes, 1e-8, 1e-12);
    let back = placed.clone().placed([2, 1, 3], DVec3::ZERO).unwrap_err();
    assert!(back.contains("mirror"), "{back}");
    assert!(
        placed
            .placed([1, 1, 3], DVec3::ZERO)
            .unwrap_err()
            .contains("another one")
    );
}

/// A flow as ParaView, Fluent, CFX and COMSOL name it.
#[test]
fn velocities_of_every_tool() {
    for titles in [
        "x [mm],y [mm],z [mm],vx [m/s],vy [m/s],vz [m/s]",
        "X [ mm ],Y [ mm ],Z [ mm ],Velocity u [ m s^-1 ],Velocity v [ m s^-1 ],Velocity w [ m s^-1 ]",
        "x (mm),y (mm),z (mm),spf.u (m/s),spf.v (m/s),spf.w (m/s)",
        "x-coordinate [mm],y-coordinate [mm],z-coordinate [mm],x-velocity [m/s],y-velocity [m/s],z-velocity [m/s]",
        "Points:0 [mm],Points:1 [mm],Points:2 [mm],U:0 [m/s],U:1 [m/s],U:2 [m/s]",
        "X (mm),Y (mm),Z (mm),Velocity[i] (m/s),Velocity[j] (m/s),Velocity[k] (m/s)",
    ] {
        let mut text = format!("{titles}\n");
        for i in 0..8 {
            let _ = writeln!(text, "{},{},{},{i},0,{}", i & 1, i >> 1 & 1, i >> 2, 2 * i);
        }
        let read = VectorGrid::read("u", text.as_bytes(), &Layout::default(), &VELOCITY);
        let grid = read.unwrap_or_else(|e| panic!("{titles}: {}", e.1)).grid;
        assert_eq!(grid.vectors[6], DVec3::new(6.0, 0.0, 12.0), "{titles}");
        assert_eq!(grid.node(6), DVec3::new(0.0, 1e3, 1e3), "{titles}");
    }
}
