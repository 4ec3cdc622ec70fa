//! Columns by the words that people have for them, and arrays of NumPy.

use super::files::{axes, is_the_block, nodes, read, refused, rows};
use buffycoat::grids::Layout;
use glam::DVec3;

/// Words beside the letter of an axis.
#[test]
fn places_by_other_words() {
    let axes = axes();
    let table = rows(&nodes(&axes), ";", 1.0, 1.0);
    for place in [
        "L\u{e4}nge #",
        "Laenge #",
        "#-Koordinate",
        "Position #",
        "Abstand #",
        "Longueur #",
        "Axis #",
    ] {
        let head: String = ["x", "y", "z"]
            .iter()
            .map(|a| format!("{} [mm];", place.replace('#', a)))
            .collect();
        let text = format!("{head}Bx [T];By [T];Bz [T]\n{table}");
        is_the_block(
            place,
            &read(text.as_bytes(), &Layout::default()).0,
            &axes,
            1e-9,
            1e-12,
        );
    }
}

/// NumPy's own file, by rows and by columns.
#[test]
fn an_array_of_numpy() {
    let axes = axes();
    let nodes = nodes(&axes);
    let row = |n: &(DVec3, DVec3)| [n.0.to_array(), n.1.to_array()].concat();
    let layout = Layout {
        columns: vec!["x [mm]", "y [mm]", "z [mm]", "Bx [T]", "By [T]", "Bz [T]"],
        ..Layout::default()
    };
    for fortran in ["False", "True"] {
        let head = format!(
            "{{'descr': '<f8', 'fortran_order': {fortran}, 'shape': ({}, 6), }}\n",
            nodes.len()
        );
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((head.len() as u16).to_le_bytes());
        bytes.extend(head.bytes());
        if fortran == "True" {
            (0..6).for_each(|k| nodes.iter().for_each(|n| bytes.extend(row(n)[k].to_le_bytes())));
        } else {
            nodes
                .iter()
                .for_each(|n| row(n).iter().for_each(|x| bytes.extend(x.to_le_bytes())));
        }
        is_the_block(fortran, &read(&bytes, &layout).0, &axes, 1e-9, 1e-12);
        assert!(
            refused(&bytes[..bytes.len() - 8], &layout)
                .1
                .contains("ends before its data")
        );
        assert!(refused(&bytes, &Layout::default()).1.contains("`columns = ["));
        for (kind, said) in [
            ("<i8", "integers (`<i8`)"),
            (">f8", "in big-endian order (`>f8`)"),
            ("<f2", "floating-point numbers of 2 bytes (`<f2`)"),
            (
                "<c8",
                "complex (`<c8`), and floating-point numbers of 4 or 8 bytes are needed; save it with `.real",
            ),
        ] {
            let mut other = bytes.clone();
            let at = other.windows(3).position(|w| w == b"<f8").unwrap();
            other[at..at + 3].copy_from_slice(kind.as_bytes());
            let why = refused(&other, &layout).1;
            assert!(why.contains(said), "{kind}: {why}");
        }
    }
}
