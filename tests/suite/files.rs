//! Fields and flows as other tools write them: every layout that is known is written here from one field in closed form, read, and
//! held against that field, node by node. What cannot be known has to be asked for.

use buffycoat::grids::{FLUX_DENSITY, Interpolation, Layout, VectorGrid};
use buffycoat::magnets::{Cuboid, Field, Pose, Source};
use glam::DVec3;
use std::fmt::Write as _;

/// A block beside a tube of 2 mm radius and 10 mm length.
pub fn block() -> Field {
    let pose = Pose::at(DVec3::new(6e3, 500.0, 5e3)).unwrap();
    let block = Cuboid::new(pose, DVec3::new(5e3, 6e3, 8e3), DVec3::new(-1.3, 0.0, 0.2)).unwrap();
    Field::new(vec![Source::Cuboid(block)]).unwrap()
}

pub fn even(low: f64, high: f64, n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| low + (high - low) * i as f64 / (n - 1) as f64)
        .collect()
}

/// Places [mm] as in a map around that tube.
pub fn axes() -> [Vec<f64>; 3] {
    [even(-2.5, 2.5, 9), even(-2.5, 2.5, 9), even(-0.5, 10.5, 13)]
}

/// Places [mm] and flux densities [T], x fastest.
pub fn nodes(axes: &[Vec<f64>; 3]) -> Vec<(DVec3, DVec3)> {
    let field = block();
    let mut out = Vec::new();
    for z in &axes[2] {
        for y in &axes[1] {
            for x in &axes[0] {
                let q = DVec3::new(*x, *y, *z);
                out.push((q, field.at(1e3 * q).unwrap().b));
            }
        }
    }
    out
}

/// Rows of numbers with `between` them.
pub fn rows(nodes: &[(DVec3, DVec3)], between: &str, places: f64, vectors: f64) -> String {
    let mut out = String::new();
    for (q, b) in nodes {
        let numbers = [(*q * places).to_array(), (*b * vectors).to_array()].concat();
        let text: Vec<String> = numbers.iter().map(|x| format!("{x}")).collect();
        let _ = writeln!(out, "{}", text.join(between));
    }
    out
}

pub fn read(bytes: &[u8], layout: &Layout<'_>) -> (VectorGrid, String) {
    match VectorGrid::read("map", bytes, layout, &FLUX_DENSITY) {
        Ok(read) => (read.grid, read.told),
        Err((key, e)) => panic!(
            "{key}: {e}\n{}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(300)])
        ),
    }
}

pub fn refused(bytes: &[u8], layout: &Layout<'_>) -> (&'static str, String) {
    let error = VectorGrid::read("map", bytes, layout, &FLUX_DENSITY).unwrap_err();
    (error.0, error.1.to_string())
}

/// Holds a grid to the field, node by node.
pub fn is_the_block(what: &str, grid: &VectorGrid, axes: &[Vec<f64>; 3], places: f64, vectors: f64) {
    let expected = nodes(axes);
    assert_eq!(grid.counts(), [0, 1, 2].map(|k| axes[k].len()), "{what}");
    assert!(grid.gaps.is_empty(), "{what}");
    for (i, (q, b)) in expected.iter().enumerate() {
        let at = grid.node(i);
        assert!(at.distance(1e3 * *q) <= places, "{what}: {at} {q}");
        assert!(
            grid.vectors[i].distance(*b) <= vectors,
            "{what}: {at}: {} {b}",
            grid.vectors[i]
        );
    }
}

pub const HEADER: &str = "x [mm],y [mm],z [mm],Bx [T],By [T],Bz [T]\n";
pub const IN_METRES: Layout<'static> = Layout {
    length_unit: Some("m"),
    vector_unit: Some("T"),
    columns: Vec::new(),
    array: None,
    decimal_comma: None,
    around: None,
};

/// Separators, decimal commas, headers, encodings and units of spreadsheets, COMSOL, CST, FEMM, ParaView, Fluent, STAR-CCM+, Origin, NumPy.
#[test]
fn tables_of_every_tool_are_the_same_field() {
    let axes = axes();
    let nodes = nodes(&axes);
    let plain = rows(&nodes, ",", 1.0, 1.0);
    let blanks = rows(&nodes, "   ", 1.0, 1.0);
    let semicolons = rows(&nodes, ";", 1.0, 1.0);
    let commas = semicolons.replace('.', ",");
    let tabs = rows(&nodes, "\t", 1.0, 1.0);
    let head = |between: &str| HEADER.replace(',', between);
    let comsol = "% Model:              rack.mph\n% Version:            COMSOL 6.1.0.252\n% Date:               Mar 13 2023, 16:27\n% \
                  Dimension:          3\n% Nodes:              1053\n% Length unit:        mm\n% X                       Y                        Z       \
                  mf.Bx (T)                mf.By (T)                mf.Bz (T)\n";
    let comsol_csv = "% Model,rack.mph\n% Date,\"Mar 13 2023, 16:27\"\n% Description,\"Magnetic flux density, x component\"\n% Length unit,mm\n% \
                      x,y,z,mf.Bx (T),mf.By (T),mf.Bz (T)\n";
    let quoted: String = rows(&nodes, ";", 1.0, 1.0)
        .lines()
        .map(|l| format!("\"{}\"\n", l.replace('.', ",").replace(';', "\",\"")))
        .collect();
    let utf16: Vec<u8> = format!("\u{feff}{}{commas}", head(";"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin = [
        b"x [\xb5m],y [\xb5m],z [\xb5m],Bx [mT],By [mT],Bz [mT]\n",
        rows(&nodes, ",", 1e3, 1e3).as_bytes(),
    ]
    .concat();
    let named = |columns: &[&'static str]| Layout {
        columns: columns.to_vec(),
        ..Layout::default()
    };
    let own = named(&["x [mm]", "y [mm]", "z [mm]", "Bx [T]", "By [T]", "Bz [T]"]);
    let mm = Layout {
        length_unit: Some("mm"),
        ..IN_METRES
    };
    let none = Layout::default();
    let cases: Vec<(&str, Vec<u8>, &Layout<'_>)> = vec![
        ("plain", format!("{HEADER}{plain}").into(), &none),
        ("semicolons, decimal commas", format!("{}{commas}", head(";")).into(), &none),
        ("semicolons", format!("{}{semicolons}", head(";")).into(), &none),
        ("tabs", format!("{}{tabs}", head("\t")).into(), &none),
        ("tabs, decimal commas", format!("{}{}", head("\t"), tabs.replace('.', ",")).into(), &none),
        ("blanks, decimal commas", format!("{}{}", head("  "), blanks.replace('.', ",")).into(), &none),
        ("quoted decimal commas", format!("{HEADER}{quoted}").into(), &none),
        ("UTF-16", utf16, &none),
        ("Latin-1", latin, &none),
        ("byte order mark, CRLF", format!("\u{feff}{HEADER}{plain}").replace('\n', "\r\n").into(), &none),
        ("COMSOL text", format!("{comsol}{blanks}").into(), &none),
        ("COMSOL csv", format!("{comsol_csv}{plain}").into(), &none),
        ("CST", format!("{}{}\n{blanks}", head("  "), "-".repeat(80)).into(), &none),
        ("no header", plain.clone().into(), &own),
        ("NumPy's savetxt", format!("# {HEADER}{plain}").into(), &none),
        ("Gauss", format!("x [cm],y [cm],z [cm],Bx [Gauss],By [Gauss],Bz [Gauss]\n{}", rows(&nodes, ",", 0.1, 1e4)).into(), &none),
        ("trailing commas", format!("{HEADER}\n{}\n,,,,,\n", plain.replace('\n', ",\n")).into(), &none),
        ("units below", format!("x,y,z,Bx,By,Bz\nmm,mm,mm,T,T,T\n{plain}").into(), &none),
        ("units behind a stroke", format!("x / mm,y / mm,z / mm,Bx / T,By / T,Bz / T\n{plain}").into(), &none),
        ("units hung on", format!("x_mm,y_mm,z_mm,Bx_T,By_T,Bz_T\n{plain}").into(), &none),
        ("ParaView", format!("\"Points:0\",\"Points:1\",\"Points:2\",\"B:0\",\"B:1\",\"B:2\"\n{plain}").into(), &mm),
        ("ParaView, later", format!("\"Points_0\",\"Points_1\",\"Points_2\",\"B_0\",\"B_1\",\"B_2\"\n{plain}").into(), &mm),
        ("STAR-CCM+", format!("X (mm),Y (mm),Z (mm),\"B[i] (T)\",\"B[j] (T)\",\"B[k] (T)\"\n{plain}").into(), &none),
        ("Tecplot", format!("TITLE = \"b\"\nVARIABLES = \"x [mm]\" \"y [mm]\" \"z [mm]\" \"Bx [T]\" \"By [T]\" \"Bz [T]\"\nZONE I=9, J=9, K=13\n{blanks}").into(), &none),
        ("Fortran", format!("{}{}", head("  "), blanks.replace("   ", "D0   ")).into(), &none),
    ];
    for (what, bytes, layout) in &cases {
        let (grid, told) = read(bytes, layout);
        // numbers are written with all their digits
        is_the_block(what, &grid, &axes, 1e-9, 1e-12);
        assert!(
            told.contains("9 nodes") && told.contains("-0.5 to 10.5 mm"),
            "{what}: {told}"
        );
    }
    let (grid, told) = read(format!("{}{commas}", head(";")).as_bytes(), &none);
    assert!(
        told.starts_with(
            "map: text in columns, semicolons between, decimal commas; x [mm], y [mm], z [mm], Bx [T]"
        ),
        "{told}"
    );
    // the third row of the file is line 4
    assert_eq!(grid.line(2), Some(4));
}

/// Coordinates that were rounded are even again, uneven ones stay as they are, and between nodes both are the field.
#[test]
fn uneven_grids_are_kept_and_rounded_ones_known() {
    let even_axes = axes();
    let text: String = nodes(&even_axes)
        .iter()
        .map(|(q, b)| {
            format!(
                "{:.4},{:.4},{:.4},{:.4},{:.4},{:.4}\n",
                q.x / 1e3,
                q.y / 1e3,
                q.z / 1e3,
                b.x,
                b.y,
                b.z
            )
        })
        .collect();
    let (grid, told) = read(
        format!("{}{text}", HEADER.replace("mm", "m")).as_bytes(),
        &Layout::default(),
    );
    // ends as printed; half of 1e-4 T in each component, and half of 0.1 mm at the ends
    is_the_block("rounded", &grid, &even_axes, 60.0, 1e-4);
    assert!(told.contains("x even within its digits"), "{told}");

    let mut uneven = axes();
    uneven[2].iter_mut().for_each(|z| *z += 0.2 * (3.0 * *z).sin());
    uneven[0].iter_mut().for_each(|x| *x += 0.1 * (2.0 * *x).cos());
    let text = rows(&nodes(&uneven), ",", 1.0, 1.0);
    let (grid, told) = read(format!("{HEADER}{text}").as_bytes(), &Layout::default());
    is_the_block("uneven", &grid, &uneven, 1e-9, 1e-12);
    assert!(told.contains("uneven"), "{told}");
    let field = block();
    let worst = |grid: &VectorGrid| {
        let mut worst = [0.0_f64; 2];
        for i in 0..1000 {
            let [x, y, z, _] = buffycoat::rng::unit_vector(5, i);
            let q = DVec3::new(-2e3, -2e3, 0.0) + DVec3::new(x, y, z) * DVec3::new(3.8e3, 4e3, 10e3);
            let (b, gradient) = grid.at(q, Interpolation::Cubic).unwrap();
            let exact = field.at(q).unwrap();
            worst[0] = worst[0].max(b.distance(exact.b) / exact.b.length());
            let off = gradient - exact.gradient;
            let size = |m: glam::DMat3| m.to_cols_array().iter().map(|x| x * x).sum::<f64>().sqrt();
            worst[1] = worst[1].max(size(off) / size(exact.gradient));
        }
        worst
    };
    let own = worst(&grid);
    // measured, with steps up to 0.4 of the distance to the block: 0.025 and 0.10
    assert!(own[0] < 0.03 && own[1] < 0.13, "{own:?}");
    // taken as even, it is another field
    let even = even_axes.map(|a| a.iter().map(|x| 1e3 * x).collect());
    let taken = worst(&VectorGrid::on(even, grid.vectors.clone()));
    assert!(
        taken[0] > 2.0 * own[0] && taken[1] > 2.0 * own[1],
        "{taken:?} {own:?}"
    );
}
