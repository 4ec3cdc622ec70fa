//! Fields as VTK and what is built on it write them.

use super::files::*;
use base64::Engine as _;
use buffycoat::grids::{FLUX_DENSITY, Layout, VectorGrid};
use std::io::Write as _;

/// VTK as ParaView, VTK and pyvista write it: legacy and XML, four kinds of grids, text, base64, raw, packed.
#[test]
fn vtk_of_every_kind_is_the_same_field() {
    let axes = axes();
    let nodes = nodes(&axes);
    let metres = axes
        .clone()
        .map(|a| a.iter().map(|x| x / 1e3).collect::<Vec<f64>>());
    let b: Vec<f64> = nodes.iter().flat_map(|n| n.1.to_array()).collect();
    let places: Vec<f64> = nodes.iter().flat_map(|n| (n.0 / 1e3).to_array()).collect();
    let text = |v: &[f64]| v.iter().map(|x| format!("{x}")).collect::<Vec<_>>().join(" ");
    let big = |v: &[f64]| v.iter().flat_map(|x| x.to_be_bytes()).collect::<Vec<u8>>();
    let little = |v: &[f64]| v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let join = |parts: &[&[u8]]| parts.concat();
    let legacy = |kind: &str| format!("# vtk DataFile Version 5.1\nb\n{kind}\n").into_bytes();
    let rectilinear = |numbers: &dyn Fn(&[f64]) -> Vec<u8>| {
        let mut out = b"DATASET RECTILINEAR_GRID\nDIMENSIONS 9 9 13\n".to_vec();
        for (name, axis) in ["X", "Y", "Z"].iter().zip(&metres) {
            out.extend(format!("{name}_COORDINATES {} double\n", axis.len()).bytes());
            out.extend(numbers(axis));
            out.push(b'\n');
        }
        out
    };
    let as_text = |v: &[f64]| text(v).into_bytes();
    let field = b"METADATA\nINFORMATION 0\n\nPOINT_DATA 1053\nSCALARS normB double\nLOOKUP_TABLE default\n";
    let norm: Vec<f64> = nodes.iter().map(|n| n.1.length()).collect();
    let arrays = |numbers: &dyn Fn(&[f64]) -> Vec<u8>| {
        join(&[
            field,
            &numbers(&norm),
            b"\nFIELD FieldData 1\nB 3 1053 double\n",
            &numbers(&b),
            b"\n",
        ])
    };
    let points = |kind: &str| format!("DATASET {kind}\nPOINTS 1053 double\n").into_bytes();
    let cells =
        b"\nCELLS 2 4\nOFFSETS vtktypeint64\n0 4 \nCONNECTIVITY vtktypeint64\n0 1 2 3 \nCELL_TYPES 1\n9\n";
    let code = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let head = |n: usize| (n as u64).to_le_bytes().to_vec();
    let packed = |v: &[f64]| {
        let bytes = little(v);
        let size = 4096;
        let blocks: Vec<Vec<u8>> = bytes
            .chunks(size)
            .map(|c| {
                let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
                out.write_all(c).unwrap();
                out.finish().unwrap()
            })
            .collect();
        let mut header = [head(blocks.len()), head(size), head(bytes.len() % size)].concat();
        blocks.iter().for_each(|b| header.extend(head(b.len())));
        (header, blocks.concat())
    };
    let in_base64 = |v: &[f64]| {
        let (header, data) = packed(v);
        format!("format=\"binary\">{}{}", code(&header), code(&data))
    };
    let plain = |v: &[f64]| {
        format!(
            "format=\"binary\">{}",
            code(&join(&[&head(8 * v.len()), &little(v)]))
        )
    };
    let array = |name: &str, n: usize, data: String| {
        format!("<DataArray type=\"Float64\" Name=\"{name}\" NumberOfComponents=\"{n}\" {data}</DataArray>\n")
    };
    let xml = |kind: &str, whole: &str, geometry: String, data: String, zlib: bool| {
        let zlib = if zlib {
            " compressor=\"vtkZLibDataCompressor\""
        } else {
            ""
        };
        format!(
            "<?xml version=\"1.0\"?>\n<VTKFile type=\"{kind}\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\"{zlib}>\n<{kind} \
             {whole}>\n<Piece Extent=\"0 8 0 8 0 12\" NumberOfPoints=\"1053\" NumberOfCells=\"0\">\n{geometry}<PointData \
             Scalars=\"normB\">\n{data}</PointData></Piece></{kind}>"
        )
    };
    let image = "WholeExtent=\"0 8 0 8 0 12\" Origin=\"-0.0025 -0.0025 -0.0005\" Spacing=\"0.000625 0.000625 0.00091666666666666668\"";
    let extent = "WholeExtent=\"0 8 0 8 0 12\"";
    let both = |data: &dyn Fn(&[f64]) -> String| {
        let h: Vec<f64> = b.iter().map(|x| x / 1.2566e-6).collect();
        array("H", 3, data(&h)) + &array("normB", 1, data(&norm)) + &array("B", 3, data(&b))
    };
    let coordinates = |data: &dyn Fn(&[f64]) -> String| {
        let all: String = metres.iter().map(|a| array("x", 1, data(a))).collect();
        format!("<Coordinates>{all}</Coordinates>")
    };
    let cloud =
        |data: &dyn Fn(&[f64]) -> String| format!("<Points>{}</Points>", array("Points", 3, data(&places)));
    let appended = {
        let (header, data) = packed(&b);
        let arrays = array("B", 3, "format=\"appended\" offset=\"0\">".into());
        let text = xml("ImageData", image, String::new(), arrays, true);
        join(&[
            text.as_bytes(),
            b"<AppendedData encoding=\"raw\">\n_",
            &header,
            &data,
            b"</AppendedData></VTKFile>",
        ])
    };
    let end = |text: String| format!("{text}</VTKFile>").into_bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "legacy rectilinear, text",
            join(&[&legacy("ASCII"), &rectilinear(&as_text), &arrays(&as_text)]),
        ),
        (
            "legacy rectilinear, binary",
            join(&[&legacy("BINARY"), &rectilinear(&big), &arrays(&big)]),
        ),
        (
            "legacy structured",
            join(&[
                &legacy("ASCII"),
                &points("STRUCTURED_GRID"),
                &as_text(&places),
                b"\n",
                &arrays(&as_text),
            ]),
        ),
        (
            "legacy unstructured",
            join(&[
                &legacy("ASCII"),
                &points("UNSTRUCTURED_GRID"),
                &as_text(&places),
                cells,
                &arrays(&as_text),
            ]),
        ),
        (
            "vti, zlib",
            end(xml("ImageData", image, String::new(), both(&in_base64), true)),
        ),
        (
            "vti, two arrays",
            end(xml("ImageData", image, String::new(), both(&plain), false)),
        ),
        ("vti, raw and packed", appended),
        (
            "vtr",
            end(xml(
                "RectilinearGrid",
                extent,
                coordinates(&plain),
                both(&plain),
                false,
            )),
        ),
        (
            "vtr, zlib",
            end(xml(
                "RectilinearGrid",
                extent,
                coordinates(&in_base64),
                both(&in_base64),
                true,
            )),
        ),
        (
            "vts",
            end(xml("StructuredGrid", extent, cloud(&plain), both(&plain), false)),
        ),
        (
            "vtu",
            end(xml(
                "UnstructuredGrid",
                "",
                cloud(&in_base64),
                both(&in_base64),
                true,
            )),
        ),
    ];
    for (what, bytes) in &cases {
        let (grid, told) = read(bytes, &IN_METRES);
        is_the_block(what, &grid, &axes, 1e-6, 1e-12);
        assert!(told.contains("array B [T], places [m]"), "{what}: {told}");
        // a file that is cut off is refused, whatever is missing
        let cut = &bytes[..bytes.len() * 2 / 3];
        assert!(
            VectorGrid::read("map", cut, &IN_METRES, &FLUX_DENSITY).is_err(),
            "{what}"
        );
        let (_, said) = refused(bytes, &Layout::default());
        assert!(
            said.contains("`length_unit = \"mm\"` and `flux_unit = \"T\"`"),
            "{said}"
        );
    }
    // two arrays of which neither is called as a flux density is: which one is asked for
    let other = String::from_utf8(cases[5].1.clone())
        .unwrap()
        .replace("\"B\"", "\"M\"");
    let (_, said) = refused(other.as_bytes(), &IN_METRES);
    assert!(
        said.contains("`array` says it, and there is \"H\", \"M\""),
        "{said}"
    );
    let named = Layout {
        array: Some("M"),
        ..IN_METRES
    };
    is_the_block("named", &read(other.as_bytes(), &named).0, &axes, 1e-6, 1e-12);
    let absent = Layout {
        array: Some("J"),
        ..IN_METRES
    };
    assert_eq!(refused(other.as_bytes(), &absent).0, "array");
}
