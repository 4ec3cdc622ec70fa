//! A grid of vectors as a VTK XML file of image data, uncompressed.
//!
//! Source: Kitware, The VTK User's Guide, "VTK File Formats", XML formats: arrays as text, or as bytes behind a header with
//! their number, in base64 within their element or appended to the file, there also raw.

use super::{GridError, Quantity, Units, VectorGrid};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use glam::DVec3;
use roxmltree::{Document, Node};

/// What to do with a file that cannot be read as it is.
const CONVERT: &str =
    "write it as ImageData without compression (in ParaView: compressor None), as legacy .vtk or as .csv";

/// What went wrong, and in which line where there is one.
type Fault = (Option<u32>, String);

fn fault<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err((None, what.into()))
}

/// Reads `bytes` with lengths and vectors in `units`; `name` is what errors call it.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    units: Units<'_>,
    quantity: &Quantity,
) -> Result<VectorGrid, GridError> {
    parse(bytes, units, quantity).map_err(|(line, what)| GridError {
        file: name.to_owned(),
        line: line.map(u64::from),
        what,
    })
}

/// The data behind the last element, which need not be XML.
struct Appended<'a> {
    raw: bool,
    /// After the underscore.
    data: &'a [u8],
}

fn parse(bytes: &[u8], units: Units<'_>, quantity: &Quantity) -> Result<VectorGrid, Fault> {
    let (um, one) = units.factors(quantity).map_err(|what| (None, what))?;
    let (head, appended) = split(bytes)?;
    let text = match std::str::from_utf8(head) {
        Ok(text) if appended.is_some() => format!("{text}</VTKFile>"),
        Ok(text) => text.to_owned(),
        Err(_) => return fault("this is no VTK XML file: it is not UTF-8 text"),
    };
    let document =
        Document::parse(&text).map_err(|e| (Some(e.pos().row), format!("this is not XML: {e}")))?;
    let root = document.root_element();
    let at = |node: Node<'_, '_>, what: String| (Some(document.text_pos_at(node.range().start).row), what);
    if root.tag_name().name() != "VTKFile" {
        return Err(at(root, "this is no VTK XML file: `<VTKFile` is missing".into()));
    }
    let kind = root.attribute("type").unwrap_or("not given");
    if kind != "ImageData" {
        return Err(at(root, format!("the data set is {kind}; ImageData is needed")));
    }
    if let Some(compressor) = root.attribute("compressor") {
        return Err(at(
            root,
            format!("the file is compressed ({compressor}); {CONVERT}"),
        ));
    }
    let layout = Layout {
        little: root.attribute("byte_order") != Some("BigEndian"),
        header: if root.attribute("header_type") == Some("UInt64") {
            8
        } else {
            4
        },
    };
    let image = child(root, "ImageData").ok_or_else(|| at(root, "there is no ImageData in it".into()))?;
    let pieces: Vec<Node<'_, '_>> = image.children().filter(|n| n.has_tag_name("Piece")).collect();
    let [piece] = pieces.as_slice() else {
        return Err(at(
            image,
            format!("{} pieces; one is needed: {CONVERT}", pieces.len()),
        ));
    };
    let extent: [i64; 6] = numbers(image, "WholeExtent").map_err(|what| at(image, what))?;
    if numbers::<i64, 6>(*piece, "Extent").is_ok_and(|e| e != extent) {
        return Err(at(
            *piece,
            format!("the piece is only a part of the whole; {CONVERT}"),
        ));
    }
    let origin: [f64; 3] = numbers(image, "Origin").map_err(|what| at(image, what))?;
    let spacing: [f64; 3] = numbers(image, "Spacing").map_err(|what| at(image, what))?;
    let straight = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    if image.attribute("Direction").is_some() && numbers::<f64, 9>(image, "Direction") != Ok(straight) {
        return Err(at(
            image,
            "its axes are turned (Direction); a map along x, y and z is needed".into(),
        ));
    }
    let counts: [usize; 3] = std::array::from_fn(|k| {
        let n = extent[2 * k + 1].saturating_sub(extent[2 * k]).saturating_add(1);
        usize::try_from(n).unwrap_or(0)
    });
    let total = counts.iter().fold(1_usize, |t, n| t.saturating_mul(*n));
    if total == 0 || total > super::MOST_POINTS {
        return Err(at(
            image,
            format!("{total} points; {} at most are possible", super::MOST_POINTS),
        ));
    }
    let array = vectors(*piece).map_err(|what| at(*piece, what))?;
    let values = values(array, 3 * total, layout, appended.as_ref()).map_err(|what| at(array, what))?;
    let low = DVec3::from_array([extent[0], extent[2], extent[4]].map(|i| i as f64));
    let spacing = DVec3::from_array(spacing);
    Ok(VectorGrid {
        origin: um * (DVec3::from_array(origin) + spacing * low),
        spacing: um * spacing,
        counts,
        vectors: values
            .chunks_exact(3)
            .map(|v| one * DVec3::new(v[0], v[1], v[2]))
            .collect(),
    })
}

/// Up to the appended data, and those.
fn split(bytes: &[u8]) -> Result<(&[u8], Option<Appended<'_>>), Fault> {
    let find = |what: &[u8], from: &[u8]| from.windows(what.len()).position(|w| w == what);
    let Some(start) = find(b"<AppendedData", bytes) else {
        return Ok((bytes, None));
    };
    let (head, rest) = bytes.split_at(start);
    let Some(end) = find(b">", rest) else {
        return fault("the file ends within <AppendedData");
    };
    let (tag, data) = rest.split_at(end);
    let raw = match (find(b"\"raw\"", tag), find(b"\"base64\"", tag)) {
        (Some(_), _) => true,
        (None, Some(_)) => false,
        (None, None) => return fault("the encoding of <AppendedData is neither raw nor base64"),
    };
    let Some(mark) = find(b"_", data) else {
        return fault("there is no `_` before the appended data");
    };
    Ok((
        head,
        Some(Appended {
            raw,
            data: data.get(mark + 1..).unwrap_or_default(),
        }),
    ))
}

fn child<'a, 'b>(node: Node<'a, 'b>, name: &str) -> Option<Node<'a, 'b>> {
    node.children().find(|n| n.has_tag_name(name))
}

/// The numbers of an attribute.
fn numbers<T: std::str::FromStr, const N: usize>(node: Node<'_, '_>, key: &str) -> Result<[T; N], String> {
    let text = node.attribute(key).unwrap_or_default();
    let read: Option<Vec<T>> = text.split_whitespace().map(|w| w.parse().ok()).collect();
    read.and_then(|r| r.try_into().ok())
        .ok_or_else(|| format!("{key} needs {N} numbers, and is \"{text}\""))
}

/// The field: the array that the points' `Vectors` names, or the only one of three components.
fn vectors<'a, 'b>(piece: Node<'a, 'b>) -> Result<Node<'a, 'b>, String> {
    let points = child(piece, "PointData");
    let arrays: Vec<Node<'a, 'b>> = points
        .iter()
        .flat_map(Node::children)
        .filter(|n| n.has_tag_name("DataArray") && n.attribute("NumberOfComponents") == Some("3"))
        .collect();
    let named = points.and_then(|p| p.attribute("Vectors"));
    match (named, arrays.as_slice()) {
        (_, [one]) => Ok(*one),
        (_, []) => {
            Err("there is no array of vectors on the points (PointData); values on cells do not do".into())
        }
        (Some(name), many) => many
            .iter()
            .find(|n| n.attribute("Name") == Some(name))
            .copied()
            .ok_or_else(|| format!("Vectors names `{name}`, which is not there")),
        (None, many) => Err(format!(
            "{} arrays of vectors; the attribute Vectors of PointData says which",
            many.len()
        )),
    }
}

#[derive(Clone, Copy)]
struct Layout {
    little: bool,
    /// Bytes of a header.
    header: usize,
}

/// The `wanted` numbers of an array.
fn values(
    array: Node<'_, '_>,
    wanted: usize,
    layout: Layout,
    appended: Option<&Appended<'_>>,
) -> Result<Vec<f64>, String> {
    let size = match array.attribute("type") {
        Some("Float32") => 4,
        Some("Float64") => 8,
        other => {
            let other = other.unwrap_or("no type");
            return Err(format!("vectors of {other}; Float32 or Float64 are needed"));
        }
    };
    let inside = array.text().unwrap_or_default();
    let bytes = match array.attribute("format") {
        Some("ascii") => return text(inside, wanted),
        Some("binary") => {
            let packed: Vec<u8> = inside.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            decode(&packed, layout, size * wanted)?
        }
        Some("appended") => {
            let appended = appended.ok_or("its data are to be appended, but there is no <AppendedData")?;
            let offset: usize = array
                .attribute("offset")
                .and_then(|o| o.parse().ok())
                .ok_or("it has no offset into the appended data")?;
            let data = appended
                .data
                .get(offset..)
                .ok_or("its offset is beyond the end of the file")?;
            if appended.raw {
                data.to_vec()
            } else {
                decode(data, layout, size * wanted)?
            }
        }
        other => {
            let other = other.unwrap_or("not given");
            return Err(format!(
                "its format is {other}; ascii, binary or appended are known"
            ));
        }
    };
    let told = number(bytes.get(..layout.header), layout.little).ok_or("the file ends before its data do")?;
    if told != (size * wanted) as u64 {
        return Err(format!(
            "it has {told} bytes, and {} are expected of {wanted} numbers",
            size * wanted
        ));
    }
    let data = bytes
        .get(layout.header..layout.header + size * wanted)
        .ok_or("the file ends before its data do")?;
    let value = |c: &[u8]| {
        let bits = number(Some(c), layout.little).unwrap_or_default();
        if size == 4 {
            f64::from(f32::from_bits(bits as u32))
        } else {
            f64::from_bits(bits)
        }
    };
    Ok(data.chunks_exact(size).map(value).collect())
}

/// The whole number in some bytes.
fn number(bytes: Option<&[u8]>, little: bool) -> Option<u64> {
    let mut bytes = bytes?.to_vec();
    if little {
        bytes.reverse();
    }
    Some(bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
}

/// Header and `wanted` bytes of base64 text, encoded together or one after the other: an encoded header by itself ends with `=`.
fn decode(text: &[u8], layout: Layout, wanted: usize) -> Result<Vec<u8>, String> {
    let chars = |bytes: usize| bytes.div_ceil(3) * 4;
    let part = |from: usize, bytes: usize| {
        let part = text
            .get(from..from + chars(bytes))
            .ok_or("the file ends before its data do")?;
        STANDARD
            .decode(part)
            .map_err(|e| format!("it is not base64: {e}"))
    };
    let alone = chars(layout.header);
    if text.get(alone - 1) == Some(&b'=') {
        let mut out = part(0, layout.header)?;
        out.extend(part(alone, wanted)?);
        Ok(out)
    } else {
        part(0, layout.header + wanted)
    }
}

fn text(inside: &str, wanted: usize) -> Result<Vec<f64>, String> {
    let read: Result<Vec<f64>, String> = inside
        .split_whitespace()
        .map(|w| w.parse().map_err(|_| format!("`{w}` is no number")))
        .collect();
    let read = read?;
    if read.len() == wanted {
        Ok(read)
    } else {
        Err(format!("{} numbers of {wanted} are there", read.len()))
    }
}
