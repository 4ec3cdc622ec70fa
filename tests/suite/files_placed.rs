//! Files that stand for more than their points, lie elsewhere, or are flows.

use super::files::{HEADER, IN_METRES, axes, even, is_the_block, nodes, read, refused, rows};
use base64::Engine as _;
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
            .contains("negative distances from the axis")
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
            .contains("names one axis twice")
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

/// A plane through the axis of a rod is turned about the file's second axis, whichever that is and wherever the plane lies; `axes` turns
/// that with the file.
#[test]
fn a_plane_turns_about_its_second_axis() {
    let titles = ["x", "y", "z"];
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let k = 3 - a - b;
        let off = 2.0;
        let file = Cylinder::new(
            Pose::about(1e3 * off * DVec3::AXES[k], DVec3::AXES[b]).unwrap(),
            3e3,
            4e3,
            1.2,
        )
        .unwrap();
        let mut text = "x [mm],y [mm],z [mm],Bx [T],By [T],Bz [T]\n".to_owned();
        for along in even(3.0, 16.0, 53) {
            for out in even(0.0, 6.0, 25) {
                let q = out * DVec3::AXES[a] + along * DVec3::AXES[b] + off * DVec3::AXES[k];
                let v = file.at(1e3 * q).unwrap().b;
                let _ = writeln!(text, "{},{},{},{},{},{}", q.x, q.y, q.z, v.x, v.y, v.z);
            }
        }
        let layout = Layout {
            around: Some(true),
            ..Layout::default()
        };
        let (grid, told) = read(text.as_bytes(), &layout);
        let name = format!("the same all around {}", titles[b]);
        assert!(
            told.contains(&name) && told.contains(&format!("{} 3 to 16 mm", titles[b])),
            "{told}"
        );
        let first = 1e3 * (3.0 * DVec3::AXES[b] + off * DVec3::AXES[k]);
        let zero = grid.axes[0].iter().position(|r| *r == 0.0).unwrap();
        assert!(grid.node(zero).distance(first) < 1e-6, "{}", grid.node(zero));
        // as it is; its x, y and z along y, z and x; along z, -y and x
        for (along, columns) in [
            ([1, 2, 3], [DVec3::X, DVec3::Y, DVec3::Z]),
            ([2, 3, 1], [DVec3::Y, DVec3::Z, DVec3::X]),
            ([3, -2, 1], [DVec3::Z, DVec3::NEG_Y, DVec3::X]),
        ] {
            let turn = glam::DMat3::from_cols(columns[0], columns[1], columns[2]);
            let centre = DVec3::new(-1e3, 500.0, 700.0);
            let placed = grid.clone().placed(along, centre).unwrap();
            for q in [
                DVec3::new(4e3, 4e3, 5e3),
                DVec3::new(3.7e3, 5.2e3, 4.4e3),
                DVec3::new(5e3, 4.1e3, 3.9e3),
            ] {
                // within 6 mm of the axis, 3 mm and more from the rod
                let q = q - q.dot(DVec3::AXES[k]) * DVec3::AXES[k] + (1e3 * off + 1.2e3) * DVec3::AXES[k];
                let (v, gradient) = placed.at(centre + turn * q, Interpolation::Cubic).unwrap();
                let exact = file.at(q).unwrap();
                let wanted = turn * exact.b;
                // the step is a twelfth of the distance and more
                assert!(
                    v.distance(wanted) < 2e-3 * wanted.length(),
                    "{b} {along:?} {q}: {v} {wanted}"
                );
                let wanted = turn * exact.gradient * turn.transpose();
                for i in 0..3 {
                    let off = gradient.col(i).distance(wanted.col(i));
                    assert!(
                        off < 0.02 * exact.gradient.x_axis.length().max(exact.gradient.y_axis.length()),
                        "{b} {along:?} {q}"
                    );
                }
            }
        }
    }
}

/// Whole numbers below zero stay below zero, and axes that fall are turned round with their values.
#[test]
fn signs_and_falling_axes() {
    let values: Vec<i64> = (0..24).map(|i| if i % 2 == 0 { i - 100 } else { i }).collect();
    let is = |what: &str, bytes: &[u8], wanted: &[f64]| {
        let (grid, _) = read(bytes, &IN_METRES);
        let found: Vec<f64> = grid.vectors.iter().flat_map(|v| v.to_array()).collect();
        assert_eq!(found, wanted, "{what}");
        assert_eq!(
            grid.axes,
            [vec![0.0, 1e6], vec![0.0, 1e6], vec![0.0, 1e6]],
            "{what}"
        );
    };
    let legacy = |encoding: &str, spacing: &str, kind: &str| {
        format!(
            "# vtk DataFile Version 3.0\nb\n{encoding}\nDATASET STRUCTURED_POINTS\nDIMENSIONS 2 2 2\n{spacing}\nPOINT_DATA 8\nVECTORS B {kind}\n"
        )
        .into_bytes()
    };
    let signed: Vec<f64> = values.iter().map(|v| *v as f64).collect();
    for (kind, name, size) in [
        ("char", "Int8", 1),
        ("short", "Int16", 2),
        ("int", "Int32", 4),
        ("long", "Int64", 8),
        ("vtktypeint64", "Int64", 8),
        ("unsigned_char", "UInt8", 1),
        ("unsigned_short", "UInt16", 2),
        ("unsigned_int", "UInt32", 4),
    ] {
        let wanted: Vec<f64> = if name.starts_with('U') {
            let all = (1_u64 << (8 * size)) as f64;
            signed
                .iter()
                .map(|v| if *v < 0.0 { v + all } else { *v })
                .collect()
        } else {
            signed.clone()
        };
        let mut bytes = legacy("BINARY", "ORIGIN 0 0 0\nSPACING 1 1 1", kind);
        values
            .iter()
            .for_each(|v| bytes.extend(&v.to_be_bytes()[8 - size..]));
        is(kind, &bytes, &wanted);
        let mut data = (24 * size as u32).to_le_bytes().to_vec();
        values.iter().for_each(|v| data.extend(&v.to_le_bytes()[..size]));
        let xml = format!(
            "<VTKFile type=\"ImageData\" byte_order=\"LittleEndian\"><ImageData WholeExtent=\"0 1 0 1 0 1\" Origin=\"0 0 0\" Spacing=\"1 1 1\"><Piece \
             Extent=\"0 1 0 1 0 1\"><PointData><DataArray type=\"{name}\" Name=\"B\" NumberOfComponents=\"3\" \
             format=\"binary\">{}</DataArray></PointData></Piece></ImageData></VTKFile>",
            base64::engine::general_purpose::STANDARD.encode(&data)
        );
        is(name, xml.as_bytes(), &wanted);
    }
    // x and z fall
    let text: String = signed.iter().map(|v| format!("{v} ")).collect();
    let turned: Vec<f64> = [5, 4, 7, 6, 1, 0, 3, 2]
        .iter()
        .flat_map(|i| signed[3 * i..3 * i + 3].to_vec())
        .collect();
    let mut bytes = legacy("ASCII", "ORIGIN 1 0 1\nSPACING -1 1 -1", "double");
    bytes.extend(text.bytes());
    is("spacing", &bytes, &turned);
    let axes = |x: &str| {
        format!(
            "# vtk DataFile Version 3.0\nb\nASCII\nDATASET RECTILINEAR_GRID\nDIMENSIONS 2 2 2\nX_COORDINATES 2 double\n{x}\nY_COORDINATES 2 \
             double\n0 1\nZ_COORDINATES 2 double\n1 0\nPOINT_DATA 8\nVECTORS B double\n{text}\n"
        )
    };
    is("rectilinear", axes("1 0").as_bytes(), &turned);
    let (_, said) = refused(axes("1 1").as_bytes(), &IN_METRES);
    assert!(
        said.contains("two of its points in a row have the same x, 1000 mm"),
        "{said}"
    );
    let long = axes("0 2 1")
        .replace("2 2 2", "3 2 2")
        .replace("X_COORDINATES 2", "X_COORDINATES 3");
    let long = long.replace("POINT_DATA 8", "POINT_DATA 12") + &"1 ".repeat(12);
    let (_, said) = refused(long.as_bytes(), &IN_METRES);
    assert!(
        said.contains("its x coordinates rise and fall: 1000 mm follows 2000 mm"),
        "{said}"
    );
}

/// A duct has side walls: no plane stands for the flow in it, and nobody is told to say that it does.
#[test]
fn no_flow_is_planar() {
    let mut text = "x [mm],y [mm],vx [m/s],vy [m/s]\n".to_owned();
    for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let _ = writeln!(text, "{x},{y},1,0");
    }
    let said = |around| {
        let layout = Layout {
            around,
            ..Layout::default()
        };
        VectorGrid::read("flow", text.as_bytes(), &layout, &VELOCITY)
            .unwrap_err()
            .1
            .to_string()
    };
    let asked = said(None);
    assert!(
        asked.contains("`symmetry = \"axial\"`") && asked.contains("`profile = \"plates\"`"),
        "{asked}"
    );
    assert!(!asked.contains("planar"), "{asked}");
    assert!(said(Some(false)).contains("no velocity is \"planar\""));
}
