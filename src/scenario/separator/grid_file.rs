//! Vectors from a file beside the scene: a field, or a flow.

use super::super::node::Node;
use super::magnet::Refusal;
use crate::grids::{Along, Layout, Quantity, VectorGrid};
use crate::reading;
use glam::DVec3;
use std::path::{Path, PathBuf};

/// A file that a scene names, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// As the scene names it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// BLAKE3 of its bytes, in hexadecimal digits.
    pub blake3: String,
    /// What it was taken for: format, columns, units, nodes, span.
    pub told: String,
}

/// Reads the `file` of a table as its other keys say. None where the table lacks what has been complained of already.
pub fn read(node: &Node, path: &str, quantity: &Quantity) -> Option<Result<(FileRead, VectorGrid), Refusal>> {
    let name = node.text("file")?;
    let file = Path::new(path).parent().unwrap_or(Path::new("")).join(name);
    let layout = Layout {
        length_unit: node.text("length_unit"),
        vector_unit: node.text(quantity.key),
        columns: node.texts("columns"),
        array: node.text("array"),
        decimal_comma: node.text("decimal").map(|d| d == ","),
        around: node.text("symmetry").map(|s| s == "axial"),
    };
    if node.given("centre") && node.quantities::<3>("centre").is_none() {
        return None;
    }
    let centre = DVec3::from_array(node.quantities("centre").unwrap_or_default());
    let along = match node.texts("axes").as_slice() {
        [x, y, z] => [along(x), along(y), along(z)],
        _ if node.given("axes") => return None,
        _ => [1, 2, 3],
    };
    Some(grid(&file, name, &layout, quantity).and_then(|(about, grid)| {
        let grid = grid.placed(along, centre).map_err(|e| ("axes", e))?;
        Ok((about, grid))
    }))
}

fn along(text: &str) -> Along {
    let k = match text.trim_start_matches('-') {
        "x" => 1,
        "y" => 2,
        _ => 3,
    };
    if text.starts_with('-') { -k } else { k }
}

fn grid(
    file: &Path,
    name: &str,
    layout: &Layout<'_>,
    quantity: &Quantity,
) -> Result<(FileRead, VectorGrid), Refusal> {
    let bytes = reading::bytes(file, reading::GRID).map_err(|e| ("file", e.to_string()))?;
    let read = VectorGrid::read(name, &bytes, layout, quantity).map_err(|(key, e)| (key, e.to_string()))?;
    let about = FileRead {
        name: name.to_owned(),
        path: std::path::absolute(file).unwrap_or_else(|_| file.to_owned()),
        bytes: bytes.len() as u64,
        blake3: blake3::hash(&bytes).to_hex().to_string(),
        told: read.told,
    };
    Ok((about, read.grid))
}
