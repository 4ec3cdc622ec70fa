//! Vectors from a file beside the scene: a field, or a flow.

use super::super::node::Node;
use super::magnet::Refusal;
use crate::grids::{Quantity, Units, VectorGrid};
use crate::reading;
use std::path::Path;

/// Reads the `file` of a table, with its `length_unit` and the unit of the vectors at `key`, and says what it is called. None
/// where the table lacks what has been complained of already.
pub fn read(
    node: &Node,
    path: &str,
    key: &'static str,
    quantity: &Quantity,
) -> Option<Result<(String, VectorGrid), Refusal>> {
    let name = node.text("file")?;
    let file = Path::new(path).parent().unwrap_or(Path::new("")).join(name);
    let bytes = match reading::bytes(&file, reading::GRID) {
        Ok(bytes) => bytes,
        Err(e) => return Some(Err(("file", e.to_string()))),
    };
    let ending = file.extension().map(|e| e.to_string_lossy().to_lowercase());
    let grid = match (ending.as_deref(), node.text("length_unit"), node.text(key)) {
        (Some(kind @ ("vtk" | "vti")), Some(length), Some(vector)) => {
            let units = Units { length, vector };
            if kind == "vtk" {
                VectorGrid::from_vtk(name, &bytes, units, quantity)
            } else {
                VectorGrid::from_vti(name, &bytes, units, quantity)
            }
        }
        (Some("vtk" | "vti"), ..) => {
            let example = quantity.units[0].0;
            return Some(Err((
                "file",
                format!(
                    "such a file carries no units: add those it was written in, e.g. `length_unit = \"mm\"` and `{key} = \"{example}\"`"
                ),
            )));
        }
        (Some("csv" | "txt" | "dat"), None, None) => {
            VectorGrid::from_csv(name, &String::from_utf8_lossy(&bytes), quantity)
        }
        (Some("csv" | "txt" | "dat"), length, _) => {
            let key = if length.is_some() { "length_unit" } else { key };
            return Some(Err((
                key,
                "the columns of a .csv name their units themselves: leave it out".into(),
            )));
        }
        _ => {
            return Some(Err((
                "file",
                "its name has to end in .csv, .vtk (legacy, structured points) or .vti (image data)".into(),
            )));
        }
    };
    Some(
        grid.map(|grid| (name.to_owned(), grid))
            .map_err(|e| ("file", e.to_string())),
    )
}
