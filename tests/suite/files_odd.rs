//! Files with something odd: values that nobody knows, one wrong number among right ones, what cannot be told apart, and no tables at all.

use super::files::{IN_METRES, axes, nodes, read, refused, rows};
use buffycoat::chamber::duct::{Duct, Section};
use buffycoat::flow::Chart;
use buffycoat::grids::{FLUX_DENSITY, Layout, VELOCITY, VectorGrid};
use buffycoat::magnets::{
    Cuboid, Cylinder, Dipole, Field, FieldMap, Interpolation, LIMIT, Multipole, Pose, Source,
};
use glam::DVec3;
use std::fmt::Write as _;

const HEADER: &str = "x [mm],y [mm],z [mm],Bx [T],By [T],Bz [T]\n";

/// Numbers that could be read in two ways are asked about, others are not.
#[test]
fn what_cannot_be_known_is_asked_for() {
    let none = Layout::default();
    // 1,250 mm or 1250 mm?
    let table = |x: [&str; 2]| {
        let mut out = HEADER.replace(',', ";");
        for i in 0..8 {
            let at = [i & 1, i >> 1 & 1, i >> 2].map(|k| x[k]);
            let _ = writeln!(out, "{};1;2;3", at.join(";"));
        }
        out
    };
    let (_, said) = refused(table(["1,250", "2,500"]).as_bytes(), &none);
    assert!(said.contains("`decimal = \",\"` for the first"), "{said}");
    let comma = Layout {
        decimal_comma: Some(true),
        ..Layout::default()
    };
    assert_eq!(
        read(table(["1,250", "2,500"]).as_bytes(), &comma).0.axes[0],
        [1250.0, 2500.0]
    );
    assert_eq!(
        read(table(["0,250", "2,500"]).as_bytes(), &none).0.axes[0],
        [250.0, 2500.0]
    );
    assert_eq!(
        read(table(["1,25", "2,500"]).as_bytes(), &none).0.axes[0],
        [1250.0, 2500.0]
    );
    // commas between and within
    let (_, said) = refused(format!("{HEADER}1,5,2,5,3,5,1,5,2,5,3,5\n").as_bytes(), &none);
    assert!(
        said.contains("12 values where 6 columns are named")
            && said.contains("decimal commas between commas?"),
        "{said}"
    );
    // a unit is in one place
    let mm = Layout {
        length_unit: Some("mm"),
        ..Layout::default()
    };
    let plain = rows(&nodes(&axes()), ",", 1.0, 1.0);
    let (key, said) = refused(format!("{HEADER}{plain}").as_bytes(), &mm);
    assert_eq!(key, "length_unit");
    assert!(said.contains("Remove `"), "{said}");
    let (_, said) = refused(format!("x,y,z,Bx,By,Bz\n{plain}").as_bytes(), &none);
    assert!(
        said.contains("`length_unit = \"mm\"`") && said.contains("`flux_unit = \"T\"`"),
        "{said}"
    );
    // columns that nobody knows, and their number
    let (_, said) = refused(format!("a,b,c,d,e,f\n{plain}").as_bytes(), &none);
    assert!(
        said.contains("map, line 1: none of the columns `a`, `b`, `c`, `d`, `e`, `f` is recognised"),
        "{said}"
    );
    let five = Layout {
        columns: vec!["x [mm]", "y [mm]", "z [mm]", "Bx [T]", "By [T]"],
        ..Layout::default()
    };
    let (key, said) = refused(plain.as_bytes(), &five);
    assert!(
        key == "columns" && said.contains("5 columns are named, and 6 are there"),
        "{said}"
    );
    // field strengths are no flux densities
    let (_, said) = refused(
        format!("{}{plain}", HEADER.replace('B', "H").replace("[T]", "[A/m]")).as_bytes(),
        &none,
    );
    assert!(
        said.contains("there is no column for the flux density (Bx, By, Bz)"),
        "{said}"
    );
}

#[test]
fn what_is_no_table_says_what_it_is() {
    for (bytes, what) in [
        (&b"PK\x03\x04abc"[..], "save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0abc", "workbook (.xls)"),
        (b"\x89HDF\r\n", "HDF5"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"abc\0\0\0def", "format is not known"),
        (b"", "empty"),
        (b"hello, world\n", "not a table of points"),
        (b"# vtk DataFile Version 3.0\n\nASCII\nDATASET POLYDATA\n", "line 4: the data set is POLYDATA"),
        (b"# vtk DataFile Version 3.0\n\nASCII\nDATASET STRUCTURED_POINTS\nDIMENSIONS 99999999 99999999 9\nORIGIN 0 0 0\nSPACING 1 1 1\n", "points;"),
        (b"# vtk DataFile Version 3.0\n\nASCII\nDATASET STRUCTURED_GRID\nPOINTS 99999999999999999999 double\n", "an impossible number of values"),
        (b"<html></html>", "`<VTKFile` is missing"),
    ] {
        let (key, said) = refused(bytes, &IN_METRES);
        assert!(key == "file" && said.contains(what), "{what}: {said}");
    }
}

/// Points outside may have no value, or not be there at all; where the field is asked for one, it is refused with its line.
#[test]
fn what_has_no_value_is_refused_only_where_it_is_asked_for() {
    let axes = axes();
    let nodes = nodes(&axes);
    let inside = |q: DVec3| q.x.abs() < 2.0 && q.y.abs() < 2.0;
    for blank in ["", "NaN", "-nan(ind)", "#N/A", "gone", "mask"] {
        let mut text = if blank == "mask" {
            HEADER.replace('\n', ",vtkValidPointMask\n")
        } else {
            HEADER.to_owned()
        };
        for (q, b) in &nodes {
            let vector = if inside(*q) || blank == "mask" {
                format!("{},{},{}", b.x, b.y, b.z)
            } else {
                [blank; 3].join(",")
            };
            if blank == "mask" {
                let _ = writeln!(text, "{},{},{},{vector},{}", q.x, q.y, q.z, u8::from(inside(*q)));
            } else if blank != "gone" || inside(*q) {
                let _ = writeln!(text, "{},{},{},{vector}", q.x, q.y, q.z);
            }
        }
        // where whole rows are gone, the grid is what is left
        let (grid, told) = read(text.as_bytes(), &Layout::default());
        let outside = nodes.iter().filter(|n| !inside(n.0)).count();
        assert_eq!(
            grid.gaps.iter().filter(|g| **g).count(),
            if blank == "gone" { 0 } else { outside },
            "{blank}"
        );
        assert_eq!(
            told.contains("416 of 1053 nodes without a value"),
            blank != "gone",
            "{blank}: {told}"
        );
        let map = FieldMap::new("b.csv", grid, Interpolation::Cubic, LIMIT).unwrap();
        let field = super::files::block();
        // beside the edge the slopes go on as they do at the end of a map
        for q in [
            DVec3::new(1.8e3, 0.0, 5e3),
            DVec3::new(-1.7e3, 1.6e3, 0.3e3),
            DVec3::ZERO,
        ] {
            let off = map.at(q).unwrap().b.distance(field.at(q).unwrap().b);
            assert!(off < 0.01 * field.at(q).unwrap().b.length(), "{blank} {q}: {off}");
        }
        let said = map.at(DVec3::new(2.1e3, 0.0, 5e3)).unwrap_err().to_string();
        let line = ["", "NaN", "-nan(ind)", "#N/A", "mask"].contains(&blank);
        assert!(
            !line || said.starts_with("b.csv, line 532: there is no value at (2.5, 0, 5) mm"),
            "{blank}: {said}"
        );
    }
    // a place without a number is no place
    let (_, said) = refused(
        format!("{HEADER}1,,2,3,4,5\n1,2,2,3,4,5\n").as_bytes(),
        &Layout::default(),
    );
    assert!(said.contains("line 2: column y is empty"), "{said}");
}

const TUBE: Duct = Duct {
    section: Section::Tube { radius: 2e3 },
    length: 10e3,
};

/// Poiseuille's flow, 1 mm/s in the mean, with `outside` written where there is no fluid.
fn poiseuille(outside: impl Fn(f64) -> String, n: usize) -> String {
    let mut text = "x [mm],y [mm],z [mm],vx [mm/s],vy [mm/s],vz [mm/s]\n".to_owned();
    let step = 4.1 / (n - 1) as f64;
    for k in 0..6 {
        for j in 0..n {
            for i in 0..n {
                let (x, y) = (-2.05 + step * i as f64, -2.05 + step * j as f64);
                let profile = 2.0 * (1.0 - (x * x + y * y) / 4.0);
                let v = if profile >= 0.0 {
                    format!("0,0,{profile}")
                } else {
                    outside(profile)
                };
                let _ = writeln!(text, "{x},{y},{},{v}", -0.1 + 2.04 * f64::from(k));
            }
        }
    }
    text
}

/// Whatever a tool writes outside of the duct, zeros, nothing or what is not a number, the flow inside is the same, and nearly what it
/// is with the profile carried on.
#[test]
fn what_lies_outside_of_the_duct_does_not_matter() {
    let chart = |text: &str| {
        let grid = VectorGrid::from_csv("u.csv", text, &VELOCITY).unwrap();
        Chart::new("u.csv", &grid, &TUBE).unwrap()
    };
    let exact = std::f64::consts::PI * 4e6 * 1e-3;
    let on = chart(&poiseuille(|p| format!("0,0,{p}"), 22));
    let others: Vec<Chart> = ["0,0,0", ",,", "nan,nan,nan"]
        .iter()
        .map(|o| chart(&poiseuille(|_| (*o).into(), 22)))
        .collect();
    for other in &others {
        assert!((other.rate() / others[0].rate() - 1.0).abs() < 1e-12);
    }
    let [carried, bare] = [&on, &others[0]].map(|c| c.rate() / exact - 1.0);
    // straight lines between points a tenth of the radius apart: h2/4 of the curvature, 0.5 % of the flow
    assert!(carried.abs() < 0.01 && bare.abs() < 0.01, "{carried} {bare}");
    // and one in the duct is refused with its line
    let mut lines: Vec<String> = poiseuille(|_| ",,".into(), 22)
        .lines()
        .map(str::to_owned)
        .collect();
    let line = 1 + 10 + 22 * (11 + 22 * 2);
    let at = lines[line].rsplitn(4, ',').last().unwrap().to_owned();
    lines[line] = format!("{at},,,");
    let grid = VectorGrid::from_csv("u.csv", &lines.join("\n"), &VELOCITY).unwrap();
    let said = Chart::new("u.csv", &grid, &TUBE).unwrap_err().to_string();
    assert!(
        said.starts_with(&format!("u.csv, line {}: there is no velocity at", line + 1)),
        "{said}"
    );
}

/// A flow around an axis: Poiseuille's profile by its distance from it.
#[test]
fn a_flow_around_an_axis() {
    let mut text = "r [mm],z [mm],vr [mm/s],vz [mm/s]\n".to_owned();
    for (k, i) in (0..6).flat_map(|k| (0..=20).map(move |i| (k, i))) {
        let r = 0.1 * f64::from(i);
        let _ = writeln!(
            text,
            "{r},{},0,{}",
            -5.1 + 2.04 * f64::from(k),
            2.0 * (1.0 - r * r / 4.0)
        );
    }
    let grid = VectorGrid::from_csv("u.csv", &text, &VELOCITY).unwrap();
    let placed = grid.clone().placed([1, 2, 3], DVec3::new(0.0, 0.0, 5e3)).unwrap();
    let chart = Chart::new("u.csv", &placed, &TUBE).unwrap();
    let exact = std::f64::consts::PI * 4e6 * 1e-3;
    // as fine as the file: h2/4 of the curvature at h = 0.1 mm
    assert!(
        (chart.rate() / exact - 1.0).abs() < 5e-3,
        "{}",
        chart.rate() / exact
    );
    let across = grid.placed([2, 3, 1], DVec3::ZERO).unwrap();
    assert!(
        Chart::new("u.csv", &across, &TUBE)
            .unwrap_err()
            .to_string()
            .contains("along the duct")
    );
}

/// Right fields, as steep as a map may be: nothing stands out. One number that is off by 10 % does, wherever it is, and is named.
#[test]
fn one_wrong_number_is_found_and_no_right_one() {
    let pose = |x: f64, y: f64, z: f64| Pose::about(DVec3::new(x, y, z), DVec3::new(0.3, 0.1, 1.0)).unwrap();
    let at = |x: f64, y: f64, z: f64| DVec3::new(x, y, z);
    let near = |z: f64| {
        Source::Cuboid(
            Cuboid::new(
                Pose::at(at(0.0, 0.0, z)).unwrap(),
                at(4e3, 3e3, 2e3),
                at(0.0, 0.3, 1.2),
            )
            .unwrap(),
        )
    };
    let sources = [
        // faces at 0.5 and 1 mm from the map, whose step is 0.5 mm; edges among what is seen
        near(-1.5e3),
        near(-2e3),
        Source::Cylinder(Cylinder::new(pose(1e3, 2e3, -4e3), 2e3, 4e3, 1.2).unwrap()),
        // one step and two from a point
        Source::Dipole(Dipole::new(at(0.0, 0.0, -0.5e3), at(0.0, 0.0, 1e-3)).unwrap()),
        Source::Dipole(Dipole::new(at(0.2e3, 0.1e3, -1e3), at(1e-3, 0.0, 1e-3)).unwrap()),
        Source::Dipole(Dipole::new(at(-3.6e3, -3.6e3, -1.0e3), at(1e-3, 2e-3, 1e-3)).unwrap()),
        Source::Multipole(
            Multipole::quadrupole(Pose::at(at(7e3, 1e3, 0.0)).unwrap(), 1.0, 20e3, true).unwrap(),
        ),
    ];
    let n = [13, 13, 15];
    let mut refused = 0;
    for (s, source) in sources.into_iter().enumerate() {
        let field = Field::new(vec![source]).unwrap();
        let place = |i: usize| {
            at(
                (i % n[0]) as f64,
                (i / n[0] % n[1]) as f64,
                (i / (n[0] * n[1])) as f64,
            ) * 500.0
                - at(3e3, 3e3, 0.0)
        };
        let total: usize = n.iter().product();
        let right: Vec<DVec3> = (0..total).map(|i| field.at(place(i)).unwrap().b).collect();
        let grid =
            |vectors: Vec<DVec3>| VectorGrid::even(at(-3e3, -3e3, 0.0), DVec3::splat(500.0), n, vectors);
        // what is too coarse to be a map at all is refused before
        if FieldMap::new("b", grid(right.clone()), Interpolation::Cubic, LIMIT).is_err() {
            refused += 1;
            continue;
        }
        let found = grid(right.clone()).outlier(|_| true, |_| true);
        assert!(
            found.is_none(),
            "{s}: {found:?} at {}",
            place(found.unwrap().node)
        );
        // the middle, a face, an edge, a corner: far enough from the magnet for the map to be fine enough there
        for i in [
            6 + 13 * (6 + 13 * 9),
            13 * (6 + 13 * 9),
            13 * 13 * 9,
            13 * 13 * 14,
            5 + 13 * (7 + 13 * 14),
        ] {
            for factor in [1.1, 0.9, 0.0, -1.0] {
                let mut wrong = right.clone();
                wrong[i] *= factor;
                let found = grid(wrong).outlier(|_| true, |_| true);
                let Some(found) = found else {
                    panic!("{s}: node {i} times {factor} is not found")
                };
                assert_eq!((found.node, found.count), (i, 1), "{s} {factor}");
                let off = (factor - 1.0) * right[i];
                assert!(
                    found.off.distance(off) < 0.2 * off.length(),
                    "{s} {i} {factor}: {found:?}"
                );
            }
        }
    }
    assert!(refused < 3, "{refused} of seven");
    // noise of 0.3 % of a probe is no slip
    let field = super::files::block();
    let mut grid = VectorGrid::even(
        at(-2.5e3, -2.5e3, 0.0),
        DVec3::splat(500.0),
        [11, 11, 21],
        Vec::new(),
    );
    for i in 0..11 * 11 * 21 {
        let q = at((i % 11) as f64, (i / 11 % 11) as f64, (i / 121) as f64) * 500.0 - at(2.5e3, 2.5e3, 0.0);
        let [x, y, z, _] = buffycoat::rng::unit_vector(9, i as u64);
        let b = field.at(q).unwrap().b;
        grid.vectors
            .push(b + 0.003 * b.length() * (2.0 * at(x, y, z) - 1.0));
    }
    assert_eq!(grid.outlier(|_| true, |_| true), None);
}

/// Nothing in a file makes the reader panic: any file cut anywhere, and with any byte changed, is read or refused.
#[test]
fn a_spoilt_file_is_read_or_refused() {
    let text = format!(
        "% Length unit: mm\n{HEADER}{}",
        rows(&nodes(&axes())[..162], ",", 1.0, 1.0)
    );
    let vtk = "# vtk DataFile Version 3.0\nb\nASCII\nDATASET RECTILINEAR_GRID\nDIMENSIONS 2 2 2\nX_COORDINATES 2 double\n0 1\nY_COORDINATES 2 \
               double\n0 1\nZ_COORDINATES 2 double\n0 1\nPOINT_DATA 8\nFIELD f 1\nB 3 8 double\n1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6\n";
    let xml = "<VTKFile type=\"ImageData\" byte_order=\"LittleEndian\" compressor=\"vtkZLibDataCompressor\"><ImageData WholeExtent=\"0 1 0 1 0 1\" \
               Origin=\"0 0 0\" Spacing=\"1 1 1\"><Piece Extent=\"0 1 0 1 0 1\"><PointData><DataArray type=\"Float32\" Name=\"B\" \
               NumberOfComponents=\"3\" format=\"binary\">AQAAAACAAABgAAAAQQAAAA==eJxjYGiwZ2BgcGBgYGBgYGAAAA</DataArray></PointData></Piece></ImageData></VTKFile>";
    for (bytes, layout) in [
        (text.as_bytes(), Layout::default()),
        (vtk.as_bytes(), IN_METRES),
        (xml.as_bytes(), IN_METRES),
    ] {
        for i in 0..300 {
            let [x, y, z, _] = buffycoat::rng::unit_vector(1, i);
            let cut = (x * bytes.len() as f64) as usize;
            let mut spoilt = bytes[..if i % 2 == 0 { cut.max(1) } else { bytes.len() }].to_vec();
            let at = (y * spoilt.len() as f64) as usize;
            spoilt[at] = (z * 256.0) as u8;
            let _ = VectorGrid::read("spoilt", &spoilt, &layout, &FLUX_DENSITY);
        }
    }
}
