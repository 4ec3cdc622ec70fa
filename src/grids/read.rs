//! What a file is, by its first bytes, and the grid in it.

use super::{GridError, Quantity, Symmetry, VectorGrid, legacy, millimetres, npy, table, xml};
use crate::constants::MILLIMETRE;
use crate::units::digits;

/// What a person says of a file beyond what stands in it.
#[derive(Clone, Debug, Default)]
pub struct Layout<'a> {
    /// Unit of the places, where the file has none.
    pub length_unit: Option<&'a str>,
    /// Unit of the vectors, where the file has none.
    pub vector_unit: Option<&'a str>,
    /// Names of the columns of a text in their order, as in "x [mm]", instead of its own.
    pub columns: Vec<&'a str>,
    /// Which array of several.
    pub array: Option<&'a str>,
    /// Whether numbers have decimal commas, where that cannot be known.
    pub decimal_comma: Option<bool>,
    /// What a plane stands for: `true` is the same all around its second axis, `false` the same all across it.
    pub around: Option<bool>,
}

/// A grid, and what its file was taken for.
#[derive(Clone, Debug)]
pub struct Read {
    /// The grid.
    pub grid: VectorGrid,
    /// One line for people: format, columns, units, nodes, span.
    pub told: String,
}

/// What is wrong, where, and which key of the scene decides.
pub(super) struct Fault {
    pub line: Option<u64>,
    pub what: String,
    pub key: Option<&'static str>,
}

impl Fault {
    pub fn plain(what: impl Into<String>) -> Self {
        Self {
            line: None,
            what: what.into(),
            key: None,
        }
    }

    /// In the line with this number from 0.
    pub fn at(line: usize, what: impl Into<String>) -> Self {
        Self {
            line: Some(line as u64 + 1),
            ..Self::plain(what)
        }
    }
}

impl VectorGrid {
    /// Reads a file, whatever it is; `name` is what errors call it.
    ///
    /// # Errors
    /// The key of the scene that decides (`file` where none does), and [`GridError`].
    pub fn read(
        name: &str,
        bytes: &[u8],
        layout: &Layout<'_>,
        quantity: &Quantity,
    ) -> Result<Read, (&'static str, GridError)> {
        any(name, bytes, layout, quantity).map_err(|fault| {
            (
                fault.key.unwrap_or("file"),
                GridError {
                    file: name.to_owned(),
                    line: fault.line,
                    what: fault.what,
                },
            )
        })
    }

    /// Reads text with the columns x, y, z and those of `quantity`, each with its unit in the header: `x [mm]`, `Bx [T]`. `name` is what
    /// errors call the file.
    ///
    /// # Errors
    /// [`GridError`] with the line.
    pub fn from_csv(name: &str, text: &str, quantity: &Quantity) -> Result<Self, GridError> {
        let read = Self::read(name, text.as_bytes(), &Layout::default(), quantity);
        read.map(|r| r.grid).map_err(|e| e.1)
    }
}

/// Files that are no tables, by how they begin, and what to do.
const OTHERS: &[(&[u8], &str)] = &[
    (
        b"PK\x03\x04",
        "this is a packed file, as workbooks (.xlsx, .ods) and archives (.npz, .zip) are; save the sheet as CSV, or the array with numpy.save",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "this is a workbook (.xls); save the sheet as CSV",
    ),
    (
        b"\x89HDF",
        "this is an HDF5 file; write the field as .csv, .vti or .vtk",
    ),
    (b"\x1f\x8b", "this is packed with gzip; unpack it"),
    (b"%PDF", "this is a PDF document; export the numbers as text"),
    (
        b"MATLAB",
        "this is a MATLAB file; write the numbers with writematrix, as .csv",
    ),
];

fn any(name: &str, bytes: &[u8], layout: &Layout<'_>, quantity: &Quantity) -> Result<Read, Fault> {
    if bytes.is_empty() {
        return Err(Fault::plain("the file is empty"));
    }
    if let Some((_, what)) = OTHERS.iter().find(|o| bytes.starts_with(o.0)) {
        return Err(Fault::plain(*what));
    }
    let begins = bytes.trim_ascii_start();
    let begins = begins.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begins);
    let vtk = begins.starts_with(b"# vtk DataFile") || begins.starts_with(b"<");
    if vtk && !layout.columns.is_empty() {
        return Err(Fault {
            key: Some("columns"),
            ..Fault::plain("a VTK file has arrays, not columns: leave it out; `array` names one of several")
        });
    }
    if vtk && (layout.length_unit.is_none() || layout.vector_unit.is_none()) {
        return Err(Fault::plain(format!(
            "such a file carries no units: add those it was written in, e.g. `length_unit = \"mm\"` and `{} = \"{}\"`",
            quantity.key, quantity.unit
        )));
    }
    let (grid, told) = if begins.starts_with(b"# vtk DataFile") {
        legacy::read(begins, layout, quantity)?
    } else if begins.starts_with(b"<") {
        xml::read(begins, layout, quantity)?
    } else if bytes.starts_with(b"\x93NUMPY") {
        let text = npy::text(bytes).map_err(Fault::plain)?;
        let (grid, told) = table::read(&text, layout, quantity)?;
        (grid, format!("array of NumPy as {told}"))
    } else {
        table::read(&decoded(bytes)?, layout, quantity)?
    };
    let mut grid = plane(grid, layout, quantity)?;
    grid.check(1, quantity.name).map_err(Fault::plain)?;
    grid.bridge();
    let told = format!("{name}: {told}; {}", described(&grid));
    Ok(Read { grid, told })
}

/// Text of any usual encoding.
fn decoded(bytes: &[u8]) -> Result<std::borrow::Cow<'_, str>, Fault> {
    let wide = |big: bool| {
        let units: Vec<u16> = bytes[2..]
            .chunks_exact(2)
            .map(|c| {
                if big {
                    u16::from_be_bytes([c[0], c[1]])
                } else {
                    u16::from_le_bytes([c[0], c[1]])
                }
            })
            .collect();
        String::from_utf16(&units)
            .map(Into::into)
            .map_err(|_| Fault::plain("it is not text (UTF-16)"))
    };
    match bytes {
        [0xff, 0xfe, ..] => return wide(false),
        [0xfe, 0xff, ..] => return wide(true),
        _ => {}
    }
    if bytes.iter().take(4096).any(|b| *b == 0) {
        return Err(Fault::plain(
            "the format is not known. Use a .csv or another text table, VTK (.vtk, .vti, .vtr, .vts, .vtu) or .npy",
        ));
    }
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').into(),
        // of spreadsheets: Latin-1, in which the micro sign and the degree are what they are
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect::<String>().into(),
    })
}

/// Says what a grid that lacks an axis stands for.
fn plane(mut grid: VectorGrid, layout: &Layout<'_>, quantity: &Quantity) -> Result<VectorGrid, Fault> {
    let refuse = |what: String| {
        Err(Fault {
            key: Some("symmetry"),
            ..Fault::plain(what)
        })
    };
    let flat: Vec<usize> = (0..3).filter(|k| grid.axes[*k].len() == 1).collect();
    let names = ["x", "y", "z"];
    if let Symmetry::Around { .. } = grid.symmetry {
        return match layout.around {
            Some(false) => refuse("the file has distances from an axis (r), so it is \"axial\"".into()),
            _ => Ok(grid),
        };
    }
    match (flat.as_slice(), layout.around) {
        ([], None) => Ok(grid),
        ([], Some(_)) => {
            refuse("the points of the file fill a volume, not a plane. Remove `symmetry`".into())
        }
        (&[k], None) => {
            let [a, b] = [0, 1, 2].into_iter().filter(|i| *i != k).collect::<Vec<_>>()[..] else {
                return Err(Fault::plain("its points lie in no plane"));
            };
            let axial = format!(
                "`symmetry = \"axial\"` if it is the same all around the file's {}, with {} the distance from it",
                names[b], names[a]
            );
            let ways = match quantity.planar {
                Ok(example) => format!(
                    "Add `symmetry = \"planar\"` if the {} is the same all along {}, {example}, or {axial}",
                    quantity.name, names[k]
                ),
                Err(instead) => format!("Add {axial}. Otherwise {instead}"),
            };
            Err(Fault::plain(format!(
                "its points lie in a plane (all have the same {}). {ways}",
                names[k]
            )))
        }
        (&[_], Some(false)) if let Err(instead) = quantity.planar => {
            refuse(format!("no {} is \"planar\": {instead}", quantity.name))
        }
        (&[k], Some(false)) => {
            grid.axes[k] = vec![0.0];
            grid.symmetry = Symmetry::Planar(k);
            Ok(grid)
        }
        (&[k], Some(true)) => {
            let own: Vec<usize> = (0..3).filter(|i| *i != k).collect();
            let (a, b) = (own[0], own[1]);
            // the axis lies in the plane, wherever that is
            let centre = grid.axes[k][0] * glam::DVec3::AXES[k];
            grid.axes = [
                std::mem::take(&mut grid.axes[a]),
                vec![0.0],
                std::mem::take(&mut grid.axes[b]),
            ];
            // the order of the nodes stays, for one axis is no more than one node
            for v in &mut grid.vectors {
                *v = glam::DVec3::new(v[a], 0.0, v[b]);
            }
            grid.around(centre, [a, b].map(|k| glam::DVec3::AXES[k]))
                .map_err(Fault::plain)
        }
        _ => Err(Fault::plain(
            "its points lie on a line. Export a plane or a volume",
        )),
    }
}

/// Nodes, span and gaps, for people.
fn described(grid: &VectorGrid) -> String {
    let names = ["x", "y", "z"];
    let name = |k: usize| match grid.symmetry {
        Symmetry::Around { .. } if k == 0 => "r",
        // as the file calls it
        Symmetry::Around { axis, .. } => names[axis.abs().max_position()],
        _ => names[k],
    };
    let mut parts = Vec::new();
    for k in (0..3).filter(|k| grid.axes[*k].len() > 1) {
        let axis = &grid.axes[k];
        let (low, high) = (
            axis[0].max(if name(k) == "r" { 0.0 } else { axis[0] }),
            axis[axis.len() - 1],
        );
        let n = axis.iter().filter(|x| **x >= low).count();
        let steps = axis.windows(2).map(|w| w[1] - w[0]);
        let widest = steps.fold(0.0, f64::max);
        let uneven = if widest > 1.002 * grid.step(k) {
            ", uneven"
        } else {
            ""
        };
        let [low, high] = [low, high].map(|x| digits(x / MILLIMETRE, 5));
        parts.push(format!("{} {low} to {high} mm ({n} nodes{uneven})", name(k)));
    }
    let mut out = parts.join(", ");
    match grid.symmetry {
        Symmetry::Planar(k) => out.push_str(&format!(", the same all along {}", name(k))),
        Symmetry::Around { .. } => out.push_str(&format!(", the same all around {}", name(2))),
        Symmetry::None => {}
    }
    let gaps = grid.gaps.iter().filter(|g| **g).count();
    if gaps > 0 {
        let first = grid.gaps.iter().position(|g| *g).unwrap_or(0);
        out.push_str(&format!(
            ", {gaps} of {} nodes without a value, as at {}",
            grid.gaps.len(),
            millimetres(grid.node(first))
        ));
    }
    out
}
