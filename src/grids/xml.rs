//! A grid of vectors as a VTK XML file: image data (.vti), rectilinear (.vtr), structured (.vts) or unstructured (.vtu) grids.
//!
//! Source: Kitware, The VTK User's Guide, "VTK File Formats", XML formats: arrays as text, or as bytes behind a header with their
//! number, in base64 within their element or appended to the file, there also raw; packed with zlib or not.

mod data;

use super::arrange::{Row, arrange, mark};
use super::names::means;
use super::read::{Fault, Layout};
use super::{Quantity, VectorGrid, unit};
pub(super) use data::integer;
use data::{Packing, values};
use glam::DVec3;
use roxmltree::{Document, Node};

/// What to do with a file that cannot be read as it is.
const CONVERT: &str = "write it as ImageData packed with zlib or not at all, as legacy .vtk or as .csv";

/// Where the values of a file are.
pub(super) enum Geometry {
    /// On a grid with these axes.
    Axes([Vec<f64>; 3]),
    /// At these points, three numbers each.
    Points(Vec<f64>),
}

impl Geometry {
    pub fn even(origin: [f64; 3], spacing: [f64; 3], counts: [usize; 3]) -> Result<Self, String> {
        let total = counts.iter().fold(1_usize, |t, n| t.saturating_mul(*n));
        if total == 0 || total > super::MOST_POINTS {
            return Err(format!(
                "{total} points; {} at most are possible",
                super::MOST_POINTS
            ));
        }
        Ok(Self::Axes([0, 1, 2].map(|k| {
            (0..counts[k])
                .map(|i| origin[k] + spacing[k] * i as f64)
                .collect()
        })))
    }

    pub fn points(&self) -> usize {
        match self {
            Self::Axes(axes) => axes.iter().fold(1_usize, |t, a| t.saturating_mul(a.len())),
            Self::Points(p) => p.len() / 3,
        }
    }
}

/// Arrays at the points: name and values.
#[derive(Default)]
pub(super) struct Arrays {
    vectors: Vec<(String, Vec<f64>)>,
    valid: Option<Vec<f64>>,
    others: Vec<String>,
}

impl Arrays {
    pub fn add(&mut self, name: &str, width: usize, values: Vec<f64>) {
        if width == 3 {
            self.vectors.push((name.to_owned(), values));
        } else if width == 1 && name == "vtkValidPointMask" {
            self.valid = Some(values);
        } else {
            self.others.push(name.to_owned());
        }
    }
}

/// Which of several arrays of vectors is meant.
fn choose(
    names: &[&str],
    others: &[String],
    layout: &Layout<'_>,
    quantity: &Quantity,
) -> Result<usize, Fault> {
    let listed = |names: &[&str]| {
        names
            .iter()
            .map(|n| format!("\"{n}\""))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if let Some(wanted) = layout.array {
        let found = names.iter().position(|n| *n == wanted);
        let found = found.or_else(|| names.iter().position(|n| n.eq_ignore_ascii_case(wanted)));
        return found.ok_or_else(|| Fault {
            key: Some("array"),
            ..Fault::plain(match names {
                [] => "the file has no array of vectors on its points".to_owned(),
                _ => format!(
                    "the file has no array of vectors \"{wanted}\"; there is {}",
                    listed(names)
                ),
            })
        });
    }
    let meant: Vec<usize> = (0..names.len()).filter(|i| means(names[*i], quantity)).collect();
    match (names.len(), meant.as_slice()) {
        (1, _) => Ok(0),
        (_, [one]) => Ok(*one),
        (0, _) => {
            let others = if others.is_empty() {
                String::new()
            } else {
                let others: Vec<&str> = others.iter().map(String::as_str).collect();
                format!("; there is {}", listed(&others))
            };
            Err(Fault::plain(format!(
                "there is no array of vectors (three components) on the points; values on cells are not used{others}"
            )))
        }
        _ => Err(Fault::plain(format!(
            "which of its arrays of vectors is the {}? `array` says it, and there is {}",
            quantity.name,
            listed(names)
        ))),
    }
}

/// The grid of one of the arrays, in the engine's units.
pub(super) fn assemble(
    geometry: Geometry,
    arrays: Arrays,
    layout: &Layout<'_>,
    quantity: &Quantity,
    format: &str,
) -> Result<(VectorGrid, String), Fault> {
    let of = |key: &'static str| {
        move |what: String| Fault {
            key: Some(key),
            ..Fault::plain(what)
        }
    };
    let (length, vector) = (
        layout.length_unit.unwrap_or_default(),
        layout.vector_unit.unwrap_or_default(),
    );
    let um = unit::length(length).map_err(of("length_unit"))?;
    let one = unit::vector(vector, quantity).map_err(of(quantity.key))?;
    let names: Vec<&str> = arrays.vectors.iter().map(|a| a.0.as_str()).collect();
    let (name, numbers) = &arrays.vectors[choose(&names, &arrays.others, layout, quantity)?];
    let points = geometry.points();
    if numbers.len() != 3 * points {
        return Err(Fault::plain(format!(
            "the array {name} has {} numbers of {} for {points} points",
            numbers.len(),
            3 * points
        )));
    }
    let mut vectors: Vec<DVec3> = numbers
        .chunks_exact(3)
        .map(|v| one * DVec3::new(v[0], v[1], v[2]))
        .collect();
    if let Some(valid) = &arrays.valid {
        for (v, valid) in vectors.iter_mut().zip(valid) {
            if *valid == 0.0 {
                *v = DVec3::NAN;
            }
        }
    }
    let told = format!("{format}; array {name} [{vector}], places [{length}]");
    let grid = match geometry {
        Geometry::Axes(axes) => {
            let axes = axes.map(|a| a.iter().map(|x| um * x).collect());
            let mut grid = VectorGrid::on(axes, vectors);
            grid.rise();
            mark(&mut grid);
            grid
        }
        Geometry::Points(places) => {
            let rows: Vec<Row> = places
                .chunks_exact(3)
                .zip(&vectors)
                .map(|(q, v)| Row {
                    line: 0,
                    at: um * DVec3::new(q[0], q[1], q[2]),
                    vector: *v,
                })
                .collect();
            arrange(&rows, None).map_err(|f| Fault::plain(f.1))?.0
        }
    };
    Ok((grid, told))
}

/// Reads `bytes`, and says what they were taken for.
pub(super) fn read(
    bytes: &[u8],
    layout: &Layout<'_>,
    quantity: &Quantity,
) -> Result<(VectorGrid, String), Fault> {
    let (head, appended) = data::split(bytes).map_err(Fault::plain)?;
    let text = match std::str::from_utf8(head) {
        Ok(text) if appended.is_some() => format!("{text}</VTKFile>"),
        Ok(text) => text.to_owned(),
        Err(_) => return Err(Fault::plain("this is not a VTK XML file: it is not UTF-8 text")),
    };
    let document = Document::parse(&text).map_err(|e| Fault {
        line: Some(u64::from(e.pos().row)),
        ..Fault::plain(format!("this is not XML: {e}"))
    })?;
    let root = document.root_element();
    let at = |node: Node<'_, '_>, what: String| Fault {
        line: Some(u64::from(document.text_pos_at(node.range().start).row)),
        ..Fault::plain(what)
    };
    if root.tag_name().name() != "VTKFile" {
        return Err(at(
            root,
            "this is not a VTK XML file: `<VTKFile` is missing".into(),
        ));
    }
    let kind = root.attribute("type").unwrap_or("not given");
    if !matches!(
        kind,
        "ImageData" | "RectilinearGrid" | "StructuredGrid" | "UnstructuredGrid"
    ) {
        return Err(at(root, format!("the data set is {kind}; {CONVERT}")));
    }
    let packing = Packing::of(root).map_err(|what| at(root, format!("{what}; {CONVERT}")))?;
    let set = child(root, kind).ok_or_else(|| at(root, format!("there is no {kind} in it")))?;
    let pieces: Vec<Node<'_, '_>> = set.children().filter(|n| n.has_tag_name("Piece")).collect();
    let [piece] = pieces.as_slice() else {
        return Err(at(
            set,
            format!("{} pieces; one is needed: {CONVERT}", pieces.len()),
        ));
    };
    let array = |node: Node<'_, '_>, wanted: usize| {
        values(node, wanted, packing, appended.as_ref()).map_err(|what| at(node, what))
    };
    let geometry = if kind == "UnstructuredGrid" {
        let points = points_of(*piece).ok_or_else(|| at(*piece, "it has no Points".into()))?;
        let n = numbers::<usize, 1>(*piece, "NumberOfPoints").map_err(|what| at(*piece, what))?[0];
        limited(n).map_err(|what| at(*piece, what))?;
        Geometry::Points(array(points, 3 * n)?)
    } else {
        let extent: [i64; 6] = numbers(set, "WholeExtent").map_err(|what| at(set, what))?;
        if numbers::<i64, 6>(*piece, "Extent").is_ok_and(|e| e != extent) {
            return Err(at(
                *piece,
                format!("the piece is only a part of the whole; {CONVERT}"),
            ));
        }
        let counts: [usize; 3] = std::array::from_fn(|k| {
            let n = extent[2 * k + 1].saturating_sub(extent[2 * k]).saturating_add(1);
            usize::try_from(n).unwrap_or(0)
        });
        let total = counts.iter().fold(1_usize, |t, n| t.saturating_mul(*n));
        limited(total).map_err(|what| at(set, what))?;
        match kind {
            "ImageData" => image(set, extent, counts).map_err(|what| at(set, what))?,
            "RectilinearGrid" => {
                let axes: Vec<Node<'_, '_>> = child(*piece, "Coordinates").map_or_else(Vec::new, arrays_of);
                let [x, y, z] = axes[..] else {
                    return Err(at(*piece, "it needs three arrays of Coordinates".into()));
                };
                Geometry::Axes([array(x, counts[0])?, array(y, counts[1])?, array(z, counts[2])?])
            }
            _ => {
                let points = points_of(*piece).ok_or_else(|| at(*piece, "it has no Points".into()))?;
                Geometry::Points(array(points, 3 * total)?)
            }
        }
    };
    let total = geometry.points();
    let all = child(*piece, "PointData").map_or_else(Vec::new, arrays_of);
    let name = |n: &Node<'_, '_>| n.attribute("Name").unwrap_or("without a name").to_owned();
    let width = |n: &Node<'_, '_>| n.attribute("NumberOfComponents").unwrap_or("1").to_owned();
    let (vectors, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|n| width(n) == "3");
    let names: Vec<String> = vectors.iter().map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let other_names: Vec<String> = others.iter().map(name).collect();
    // only what is meant is unpacked
    let chosen = choose(&names, &other_names, layout, quantity).map_err(|f| Fault {
        line: at(*piece, String::new()).line,
        ..f
    })?;
    let mut arrays = Arrays::default();
    arrays.add(names[chosen], 3, array(vectors[chosen], 3 * total)?);
    if let Some(mask) = others
        .iter()
        .find(|n| n.attribute("Name") == Some("vtkValidPointMask"))
    {
        arrays.add("vtkValidPointMask", 1, array(*mask, total)?);
    }
    let told = format!(
        "VTK XML, {kind}, {}",
        packing.told(vectors[chosen].attribute("format").unwrap_or(""))
    );
    assemble(geometry, arrays, layout, quantity, &told)
}

fn limited(total: usize) -> Result<(), String> {
    if total == 0 || total > super::MOST_POINTS {
        return Err(format!(
            "{total} points; {} at most are possible",
            super::MOST_POINTS
        ));
    }
    Ok(())
}

fn image(set: Node<'_, '_>, extent: [i64; 6], counts: [usize; 3]) -> Result<Geometry, String> {
    let origin: [f64; 3] = numbers(set, "Origin")?;
    let spacing: [f64; 3] = numbers(set, "Spacing")?;
    let straight = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    if set.attribute("Direction").is_some() && numbers::<f64, 9>(set, "Direction") != Ok(straight) {
        return Err("its axes are turned (Direction); a map along x, y and z is needed".into());
    }
    let first = [0, 1, 2].map(|k| origin[k] + spacing[k] * extent[2 * k] as f64);
    Geometry::even(first, spacing, counts)
}

fn child<'a, 'b>(node: Node<'a, 'b>, name: &str) -> Option<Node<'a, 'b>> {
    node.children().find(|n| n.has_tag_name(name))
}

fn arrays_of<'a, 'b>(node: Node<'a, 'b>) -> Vec<Node<'a, 'b>> {
    node.children().filter(|n| n.has_tag_name("DataArray")).collect()
}

fn points_of<'a, 'b>(piece: Node<'a, 'b>) -> Option<Node<'a, 'b>> {
    arrays_of(child(piece, "Points")?).into_iter().next()
}

/// The numbers of an attribute.
fn numbers<T: std::str::FromStr, const N: usize>(node: Node<'_, '_>, key: &str) -> Result<[T; N], String> {
    let text = node.attribute(key).unwrap_or_default();
    let read: Option<Vec<T>> = text.split_whitespace().map(|w| w.parse().ok()).collect();
    read.and_then(|r| r.try_into().ok())
        .ok_or_else(|| format!("{key} needs {N} numbers, and is \"{text}\""))
}
