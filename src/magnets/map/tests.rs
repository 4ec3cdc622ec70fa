use super::*;
use crate::grids::Layout;
use crate::magnets::{Cylinder, Pose};

/// A file whose places are in `length` and whose flux densities in `flux`.
fn vtk(name: &str, bytes: &[u8], length: &str, flux: &str) -> Result<FieldMap, MagnetError> {
    let layout = Layout {
        length_unit: Some(length),
        vector_unit: Some(flux),
        ..Layout::default()
    };
    let read = VectorGrid::read(name, bytes, &layout, &FLUX_DENSITY).map_err(|e| e.1)?;
    FieldMap::new(name, read.grid, Interpolation::Cubic, LIMIT)
}

/// A rod below a box of 4 x 5 x 6 mm, sampled every `step` mm.
fn rod() -> Cylinder {
    let pose = Pose::about(DVec3::new(1e3, 2e3, -9e3), DVec3::new(0.3, 0.1, 1.0)).unwrap();
    Cylinder::new(pose, 4e3, 6e3, 1.2).unwrap()
}

fn nodes(step: f64) -> (Vec<(DVec3, DVec3)>, [usize; 3]) {
    let counts = [4.0, 5.0, 6.0].map(|l: f64| (l / step).round() as usize + 1);
    let mut out = Vec::new();
    for i in 0..counts.iter().product() {
        let at = [
            i % counts[0],
            i / counts[0] % counts[1],
            i / (counts[0] * counts[1]),
        ];
        let q = DVec3::from_array(at.map(|k| k as f64)) * step - DVec3::X;
        out.push((q, rod().at(1e3 * q).unwrap().b));
    }
    (out, counts)
}

fn csv(step: f64) -> Vec<String> {
    let row = |(q, b): &(DVec3, DVec3)| {
        format!(
            "{},{:e},{},{},{:e},{:e},-",
            q.z / 10.0,
            b.x * 1e3,
            q.x,
            q.y,
            b.y,
            b.z
        )
    };
    let mut lines = vec!["z [cm], Bx [mT], x[mm], y [mm], By [T], bz [T], note".to_owned()];
    lines.extend(nodes(step).0.iter().map(row));
    lines
}

fn read(lines: &[String], interpolation: Interpolation) -> Result<FieldMap, MagnetError> {
    FieldMap::from_csv("map.csv", &lines.join("\n"), interpolation)
}

/// Columns and rows in any order, other units, and back: nodes exactly, points between them to the interpolant's order.
#[test]
fn text_round_trip() {
    let mut lines = csv(0.5);
    lines[1..].reverse();
    lines.insert(1, "# a remark".into());
    let map = read(&lines, Interpolation::Cubic).unwrap();
    for (q, b) in nodes(0.5).0 {
        assert!(map.at(1e3 * q).unwrap().b.distance(b) < 1e-12);
    }
    let worst = |map: &FieldMap| {
        let (mut field, mut slope) = (0.0_f64, 0.0_f64);
        for i in 0..500 {
            let [x, y, z, _] = crate::rng::unit_vector(3, i);
            let (lo, hi) = map.bounds();
            let q = lo + (hi - lo) * DVec3::new(x, y, z);
            let (a, b) = (map.at(q).unwrap(), rod().at(q).unwrap());
            field = field.max(a.b.distance(b.b) / b.magnitude());
            slope = slope.max(a.force_density().distance(b.force_density()) / b.force_density().length());
        }
        (field, slope)
    };
    let (cubic, linear) = (
        worst(&map),
        worst(&read(&csv(0.5), Interpolation::Linear).unwrap()),
    );
    assert!(cubic.0 < 1e-3 && cubic.1 < 2e-2, "{cubic:?}");
    assert!(
        linear.0 > 3.0 * cubic.0 && linear.1 > 3.0 * cubic.1,
        "{linear:?} {cubic:?}"
    );
    let residual = map.consistency();
    assert!(residual.divergence < 0.01 && residual.curl < 0.01, "{residual:?}");
    assert!(residual.divergence > 0.0);
}

#[test]
fn vtk_round_trip_as_text_and_binary() {
    let (points, n) = nodes(0.5);
    let header = |kind: &str, number: &str| {
        format!(
            "# vtk DataFile Version 3.0\n\n{kind}\nDATASET STRUCTURED_POINTS\nDIMENSIONS {} {} {}\nORIGIN -1 0 0\n\
             SPACING 0.5 0.5 0.5\nPOINT_DATA {}\nVECTORS B {number}\n",
            n[0],
            n[1],
            n[2],
            points.len()
        )
    };
    let text = points.iter().fold(header("ASCII", "float"), |t, (_, b)| {
        t + &format!("{:e} {:e} {:e}\n", b.x * 1e4, b.y * 1e4, b.z * 1e4)
    });
    let mut binary = header("BINARY", "double").into_bytes();
    for (_, b) in &points {
        for v in b.to_array() {
            binary.extend((v * 1e4).to_be_bytes());
        }
    }
    let expected = read(&csv(0.5), Interpolation::Cubic).unwrap();
    for bytes in [text.as_bytes(), &binary] {
        let map = vtk("b.vtk", bytes, "mm", "G").unwrap();
        let q = DVec3::new(0.3e3, 1.7e3, 3.1e3);
        assert!(map.at(q).unwrap().b.distance(expected.at(q).unwrap().b) < 1e-12);
    }
    let bad = |bytes: &[u8], length, flux| vtk("b.vtk", bytes, length, flux).unwrap_err().to_string();
    assert!(bad(&binary[..binary.len() - 1], "mm", "T").contains("ends before"));
    assert!(bad(&binary, "mm", "V/m").contains("flux density"));
    assert!(bad(&binary, "K", "T").contains("length"));
    assert!(bad(b"hello", "mm", "T").contains("not a table of points"));
    let other = text.replace("STRUCTURED_POINTS", "POLYDATA");
    assert!(bad(other.as_bytes(), "mm", "T").contains("b.vtk, line 4: the data set is POLYDATA"));
}

#[test]
fn holes_and_doubles_are_told_with_their_lines() {
    let message = |lines: &[String]| read(lines, Interpolation::Cubic).unwrap_err().to_string();
    // a point that is missing is refused where it is asked for, and nowhere else
    let mut hole = csv(1.0);
    let gone = nodes(1.0).0[86].0;
    hole.remove(87);
    let map = read(&hole, Interpolation::Cubic).unwrap();
    let said = map
        .at(1e3 * gone + DVec3::new(100.0, -100.0, 100.0))
        .unwrap_err()
        .to_string();
    assert!(
        said.starts_with("map.csv: there is no value at (0, 5, 2) mm"),
        "{said}"
    );
    assert!(map.at(DVec3::new(2.5e3, 0.5e3, 5.5e3)).is_ok());
    let mut twice = csv(1.0);
    // the last number another one
    twice.push(format!("{}1,-", twice[7].strip_suffix(",-").unwrap()));
    let said = message(&twice);
    assert!(
        said.starts_with(
            "map.csv, line 212: the point (0, 1, 0) mm is there twice with different values, first in line 8"
        ),
        "{said}"
    );
    let mut text = csv(1.0);
    text[5] = "1,2,3,4,5,hello,-".into();
    assert_eq!(
        message(&text),
        "map.csv, line 6: `hello` in column bz is not a number"
    );
    let mut scattered = csv(1.0);
    for (i, line) in scattered.iter_mut().enumerate().skip(1) {
        *line = format!(
            "{},1,{},{},1,1,-",
            0.1 * (i as f64).sqrt(),
            (i as f64).sqrt(),
            (i as f64).ln()
        );
    }
    assert!(
        message(&scattered).contains("its 210 points do not lie on a grid"),
        "{}",
        message(&scattered)
    );
    let with = |header: &str| {
        let mut lines = csv(1.0);
        lines[0] = header.into();
        message(&lines)
    };
    assert!(with("z, Bx [mT], x[mm], y [mm], By [T], bz [T], note").contains("column z has no unit"));
    assert!(with("z [s], Bx [mT], x[mm], y [mm], By [T], bz [T], note").contains("column z: `s` is a time"));
    assert!(
        with("z [m], Bx [V/m], x[mm], y [mm], By [T], bz [T], note")
            .contains("column Bx: `V` in `V/m` is not a unit known here")
    );
    assert!(
        with("z [m], bz [T], x[mm], y [mm], By [T], b [T], note")
            .contains("no column for Bx among the columns `z`, `bz`")
    );
    assert!(with("z [m], Bx [T], x[mm], y [mm], By [T], bz [T], z [m]").contains("could be"));
    assert!(message(&csv(1.0)[..1]).contains("not a table of points"));
}

/// A wrong sign, swapped columns or a wrong unit in one column leave div B or curl B.
#[test]
fn what_breaks_maxwell_is_refused() {
    let from = |to: &dyn Fn(DVec3) -> DVec3| {
        let (points, counts) = nodes(0.5);
        let grid = VectorGrid::even(
            DVec3::X * -1e3,
            DVec3::splat(500.0),
            counts,
            points.iter().map(|p| to(p.1)).collect(),
        );
        FieldMap::new("b", grid, Interpolation::Cubic, LIMIT)
    };
    assert!(from(&|b| b).is_ok());
    assert!(from(&|b| -3.0 * b).is_ok());
    assert!(from(&|_| DVec3::new(0.1, 0.3, -0.2)).is_ok());
    let said = from(&|b| DVec3::new(b.x, b.y, -b.z)).unwrap_err().to_string();
    assert!(said.contains("div B is"), "{said}");
    assert!(from(&|b| DVec3::new(b.y, b.x, b.z)).is_err());
    assert!(from(&|b| DVec3::new(0.1 * b.x, b.y, b.z)).is_err());
}

/// What [`LIMIT`] stands between: a dipole, seen from one unit of length on through a box of two, in steps of a fifth, a third and
/// a half of that distance. The expected shares are those of a second program, with the interpolants written anew in Python.
#[test]
fn the_limit_lets_a_step_of_a_third_of_the_distance_pass() {
    let dipole = crate::magnets::Dipole::new(DVec3::ZERO, DVec3::new(0.3, -0.5, 0.8)).unwrap();
    let shares = |interpolation, steps: usize| {
        let h = 2e3 / steps as f64;
        let n = steps + 1;
        let at = |i: usize| {
            let q = DVec3::new((i % n) as f64, (i / n % n) as f64, (i / (n * n)) as f64);
            dipole.at(h * q + DVec3::new(-1e3, -1e3, 1e3)).unwrap().b
        };
        let grid = VectorGrid::even(
            DVec3::new(-1e3, -1e3, 1e3),
            DVec3::splat(h),
            [n; 3],
            (0..n * n * n).map(at).collect(),
        );
        let c = FieldMap::new("dipole", grid, interpolation, 10.0)
            .unwrap()
            .consistency();
        [c.divergence, c.curl]
    };
    for (interpolation, steps, expected) in [
        (Interpolation::Linear, 10, [0.030_591, 0.030_816]),
        (Interpolation::Cubic, 10, [0.018_944, 0.019_215]),
        (Interpolation::Linear, 6, [0.077_846, 0.078_982]),
        (Interpolation::Cubic, 6, [0.052_741, 0.056_437]),
        (Interpolation::Linear, 4, [0.145_43, 0.164_62]),
        (Interpolation::Cubic, 4, [0.102_45, 0.149_72]),
    ] {
        let got = shares(interpolation, steps);
        for (a, b) in got.into_iter().zip(expected) {
            assert!((a / b - 1.0).abs() < 2e-3, "{interpolation:?} {steps}: {got:?}");
        }
        assert_eq!(
            got[0].max(got[1]) < LIMIT,
            steps >= 6,
            "{interpolation:?} {steps}"
        );
    }
}

/// The strongest node, and where it is: 3 T at (1, 2, 0) of 2 x 3 x 2 nodes, a step of 1, 2 and 3 mm apart.
#[test]
fn the_strongest_node() {
    let mut b = vec![DVec3::X; 12];
    b[5] = DVec3::new(0.0, -3.0, 0.0);
    let grid = VectorGrid::even(
        DVec3::new(0.0, 0.0, -1e3),
        DVec3::new(1e3, 2e3, 3e3),
        [2, 3, 2],
        b,
    );
    let map = FieldMap::new("b", grid, Interpolation::Linear, 10.0).unwrap();
    assert_eq!(map.strongest(), (DVec3::new(1e3, 4e3, -1e3), 3.0));
}

#[test]
fn coverage_and_the_edge() {
    let map = read(&csv(1.0), Interpolation::Cubic).unwrap();
    let (lo, hi) = map.bounds();
    assert!(lo.distance(DVec3::X * -1e3) < 1e-9 && hi.distance(DVec3::new(3e3, 5e3, 6e3)) < 1e-9);
    assert!(map.covers(lo, hi).is_ok());
    let said = map.covers(lo - DVec3::Y, hi).unwrap_err().to_string();
    assert!(
        said.contains("the file covers (-1, 0, 0) mm to (3, 5, 6) mm"),
        "{said}"
    );
    assert!(matches!(map.at(hi + DVec3::X), Err(MagnetError::Beyond { .. })));
    assert!(map.at(hi).is_ok() && map.clearance(hi) > 0.0);
    assert_eq!(map.clearance(hi + DVec3::X), -1.0);
    assert!((map.clearance(DVec3::new(0.0, 2e3, 2e3)) - 1e3).abs() < 1e-3);
}

/// A .vti of the rod with its data as `array` says, and `rest` behind.
fn vti(head: &str, array: &str, rest: &str) -> String {
    let (_, n) = nodes(0.5);
    let extent = format!("2 {} 0 {} 0 {}", n[0] + 1, n[1] - 1, n[2] - 1);
    format!(
        "<?xml version=\"1.0\"?>\n<VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" {head}>\n\
         <ImageData WholeExtent=\"{extent}\" Origin=\"-2 0 0\" Spacing=\"0.5 0.5 0.5\">\n<Piece Extent=\"{extent}\">\n\
         <PointData Vectors=\"B\"><DataArray type=\"Float64\" Name=\"B\" NumberOfComponents=\"3\" {array}</DataArray>\n\
         </PointData></Piece></ImageData>{rest}"
    )
}

/// Text, base64 (header with the data, or before them) within and appended, and raw appended, little and big end first, all are
/// the same map.
#[test]
fn vti_round_trips() {
    use base64::Engine as _;
    let (points, _) = nodes(0.5);
    let expected = read(&csv(0.5), Interpolation::Cubic).unwrap();
    let numbers: Vec<f64> = points.iter().flat_map(|(_, b)| (*b * 1e4).to_array()).collect();
    let little: Vec<u8> = numbers.iter().flat_map(|v| v.to_le_bytes()).collect();
    let big: Vec<u8> = numbers.iter().flat_map(|v| v.to_be_bytes()).collect();
    let (size, code) = (little.len(), base64::engine::general_purpose::STANDARD);
    let with = |header: &[u8], data: &[u8]| [header, data].concat();
    let (short, long) = ((size as u32).to_le_bytes(), (size as u64).to_be_bytes());
    let text: Vec<String> = numbers.iter().map(|v| format!("{v:e}")).collect();
    let wide = "header_type=\"UInt64\"";
    let end = "\n</VTKFile>\n";
    let appended = |encoding: &str| format!("<AppendedData encoding=\"{encoding}\">\n  _");
    let tail = "</AppendedData></VTKFile>";
    let offset = "format=\"appended\" offset=\"4\">";
    let files: Vec<Vec<u8>> = vec![
        vti("", &format!("format=\"ascii\">{}", text.join(" ")), end).into_bytes(),
        vti(
            "",
            &format!("format=\"binary\">\n {}\n", code.encode(with(&short, &little))),
            end,
        )
        .into_bytes(),
        vti(
            "",
            &format!("format=\"binary\">{}{}", code.encode(short), code.encode(&little)),
            end,
        )
        .into_bytes(),
        vti(
            wide,
            &format!("format=\"binary\">{}", code.encode(with(&long, &big))),
            end,
        )
        .replace("LittleEndian", "BigEndian")
        .into_bytes(),
        format!(
            "{}====\u{0}{tail}",
            vti(
                "",
                offset,
                &format!("{}AAAA{}", appended("base64"), code.encode(with(&short, &little)))
            )
        )
        .into_bytes(),
        [
            vti("", offset, &format!("{}<&>_", appended("raw"))).into_bytes(),
            with(&short, &little),
            tail.into(),
        ]
        .concat(),
    ];
    for (i, bytes) in files.iter().enumerate() {
        let map = vtk("b.vti", bytes, "mm", "G").unwrap_or_else(|e| panic!("{i}: {e}"));
        assert!(map.bounds().0.distance(expected.bounds().0) < 1e-9, "{i}");
        let q = DVec3::new(0.3e3, 1.7e3, 3.1e3);
        assert!(
            map.at(q).unwrap().b.distance(expected.at(q).unwrap().b) < 1e-12,
            "{i}"
        );
    }
    // what ends too early
    for bytes in [&files[1], &files[5]] {
        let cut = &bytes[..bytes.len() / 2];
        assert!(vtk("b.vti", cut, "mm", "G").is_err());
    }
}

/// What is not taken says what to do instead, and where.
#[test]
fn vti_that_cannot_be_read() {
    let said = |text: &str| vtk("b.vti", text.as_bytes(), "mm", "T").unwrap_err().to_string();
    let end = "</VTKFile>";
    let packed = said(&vti(
        "compressor=\"vtkLZ4DataCompressor\"",
        "format=\"binary\">AAAA",
        end,
    ));
    assert!(
        packed.starts_with(
            "b.vti, line 2: the file is packed by vtkLZ4DataCompressor; in ParaView choose ZLib or None"
        ),
        "{packed}"
    );
    let plain = vti("", "format=\"ascii\">1 2 3", end);
    assert!(
        said(&plain).contains("line 5: 3 numbers of 3861 are there"),
        "{}",
        said(&plain)
    );
    for (from, to, what) in [
        (
            "type=\"ImageData\"",
            "type=\"PolyData\"",
            "the data set is PolyData",
        ),
        ("<PointData", "<CellData", "not XML"),
        ("Float64", "Complex", "numbers of Complex"),
        ("ascii", "octal", "its format is octal"),
        ("1 2 3", "1 2 x", "`x` is not a number"),
        (
            "\"3\"",
            "\"1\"",
            "no array of vectors (three components) on the points",
        ),
        ("Origin=\"-2 0 0\"", "Origin=\"-2 0\"", "Origin needs 3 numbers"),
        (
            "Origin",
            "Direction=\"0 1 0 1 0 0 0 0 1\" Origin",
            "its axes are turned",
        ),
        ("Piece Extent=\"2", "Piece Extent=\"3", "only a part"),
        ("Extent=\"2", "Extent=\"-9000000000", "points;"),
        ("<VTKFile", "<!DOCTYPE x [<!ENTITY a \"b\">]><VTKFile", "not XML"),
        ("ascii\">1 2 3", "appended\" offset=\"0\">", "no <AppendedData"),
        ("ascii\">1 2 3", "binary\">AAAA", "ends before"),
    ] {
        let text = plain.replace(from, to);
        assert!(text != plain, "{from}");
        assert!(said(&text).contains(what), "{to}: {}", said(&text));
    }
    assert!(said("<hello").contains("not XML"));
}
