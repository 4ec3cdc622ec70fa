//! A grid of vectors as a legacy VTK file: structured points, rectilinear, structured or unstructured.
//!
//! Source: Kitware, The VTK User's Guide, "VTK File Formats": text or big-endian binary after a header of lines.

use super::read::{Fault, Layout};
use super::xml::{Arrays, Geometry, assemble, integer};
use super::{Quantity, VectorGrid};

/// A file, read line by line up to its data.
struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
    binary: bool,
}

impl<'a> Lines<'a> {
    /// The next line, as words.
    fn line(&mut self) -> Option<Vec<&'a str>> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|b| *b == b'\n');
        let (line, rest) = match end {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => (self.rest, &self.rest[..0]),
        };
        (self.rest, self.number) = (rest, self.number + 1);
        Some(std::str::from_utf8(line).ok()?.split_whitespace().collect())
    }

    /// The next line that is not empty.
    fn next(&mut self) -> Option<Vec<&'a str>> {
        loop {
            let words = self.line()?;
            if !words.is_empty() {
                return Some(words);
            }
        }
    }

    /// So many numbers of a kind.
    fn numbers(&mut self, wanted: usize, kind: &str) -> Result<Vec<f64>, String> {
        if self.binary {
            self.big_endian(wanted, kind)
        } else {
            self.text(wanted)
        }
    }

    fn text(&mut self, wanted: usize) -> Result<Vec<f64>, String> {
        let mut out = Vec::new();
        while out.len() < wanted {
            let words = self
                .next()
                .ok_or_else(|| format!("{} numbers of {wanted} are there", out.len()))?;
            for word in words {
                out.push(
                    word.parse::<f64>()
                        .map_err(|_| format!("`{word}` is not a number"))?,
                );
            }
        }
        Ok(out)
    }

    fn big_endian(&mut self, wanted: usize, kind: &str) -> Result<Vec<f64>, String> {
        let size = match kind.to_ascii_lowercase().as_str() {
            "char" | "unsigned_char" | "signed_char" => 1,
            "short" | "unsigned_short" => 2,
            "int" | "unsigned_int" | "float" => 4,
            "long" | "unsigned_long" | "double" | "vtkidtype" | "vtktypeint64" | "vtktypeuint64" => 8,
            _ => return Err(format!("numbers of `{kind}`; float or double are needed")),
        };
        let bytes = size * wanted;
        let (data, rest) = self
            .rest
            .split_at_checked(bytes)
            .ok_or("the file ends before its data do")?;
        self.rest = rest;
        let whole = |c: &[u8]| c.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        let kind = kind.to_ascii_lowercase();
        Ok(match kind.as_str() {
            "float" => data
                .chunks_exact(4)
                .map(|c| f64::from(f32::from_bits(whole(c) as u32)))
                .collect(),
            "double" => data.chunks_exact(8).map(|c| f64::from_bits(whole(c))).collect(),
            _ => {
                let signed = !kind.contains("unsigned") && kind != "vtktypeuint64";
                let value = |c| integer(whole(c), size, signed);
                data.chunks_exact(size).map(value).collect()
            }
        })
    }
}

fn three<T: std::str::FromStr>(words: &[&str]) -> Result<[T; 3], String> {
    let read: Option<Vec<T>> = words[1..].iter().map(|w| w.parse().ok()).collect();
    read.and_then(|r| r.try_into().ok())
        .ok_or_else(|| format!("{} needs three numbers", words[0]))
}

/// Reads `bytes`, and says what they were taken for.
pub(super) fn read(
    bytes: &[u8],
    layout: &Layout<'_>,
    quantity: &Quantity,
) -> Result<(VectorGrid, String), Fault> {
    let mut lines = Lines {
        rest: bytes,
        number: 0,
        binary: false,
    };
    let found = parse(&mut lines).map_err(|what| Fault {
        line: (lines.number > 0).then_some(lines.number),
        ..Fault::plain(what)
    });
    let (geometry, arrays, kind) = found?;
    let encoding = if lines.binary { "binary" } else { "text" };
    assemble(
        geometry,
        arrays,
        layout,
        quantity,
        &format!("legacy VTK, {kind}, {encoding}"),
    )
}

fn parse(lines: &mut Lines<'_>) -> Result<(Geometry, Arrays, String), String> {
    lines.line();
    // the title may be anything
    let end = lines
        .rest
        .iter()
        .position(|b| *b == b'\n')
        .map_or(lines.rest.len(), |e| e + 1);
    (lines.rest, lines.number) = (&lines.rest[end..], lines.number + 1);
    lines.binary = match lines.next().unwrap_or_default().as_slice() {
        ["ASCII"] => false,
        ["BINARY"] => true,
        _ => return Err("ASCII or BINARY is expected".into()),
    };
    let (mut counts, mut origin, mut spacing) = (None, None, None);
    let mut axes: [Vec<f64>; 3] = Default::default();
    let mut places = Vec::new();
    let mut kind = String::new();
    let mut arrays = Arrays::default();
    let mut points = None;
    while let Some(words) = lines.next() {
        let word = words[0].to_ascii_uppercase();
        let count = |i: usize| -> Result<usize, String> {
            let n = words.get(i).and_then(|n| n.parse().ok());
            n.filter(|n| *n <= 16 * super::MOST_POINTS)
                .ok_or_else(|| format!("`{}` has an impossible number of values", words.join(" ")))
        };
        let text = |i: usize| words.get(i).copied().unwrap_or("");
        match word.as_str() {
            "DATASET" => {
                kind = words[1..].join(" ");
                if !matches!(
                    kind.as_str(),
                    "STRUCTURED_POINTS" | "RECTILINEAR_GRID" | "STRUCTURED_GRID" | "UNSTRUCTURED_GRID"
                ) {
                    return Err(format!(
                        "the data set is {kind}; STRUCTURED_POINTS or RECTILINEAR_GRID are needed: in ParaView the filter Resample To Image"
                    ));
                }
            }
            "DIMENSIONS" => counts = Some(three::<usize>(&words)?),
            "ORIGIN" => origin = Some(three::<f64>(&words)?),
            "SPACING" | "ASPECT_RATIO" => spacing = Some(three::<f64>(&words)?),
            "X_COORDINATES" => axes[0] = lines.numbers(count(1)?, text(2))?,
            "Y_COORDINATES" => axes[1] = lines.numbers(count(1)?, text(2))?,
            "Z_COORDINATES" => axes[2] = lines.numbers(count(1)?, text(2))?,
            "POINTS" => places = lines.numbers(3 * count(1)?, text(2))?,
            // since VTK 5: two arrays, each behind a line with its kind
            "CELLS" if lines.rest.starts_with(b"OFFSETS") => {
                for n in [count(1)?, count(2)?] {
                    let head = lines.next().unwrap_or_default();
                    lines.numbers(n, head.get(1).copied().unwrap_or(""))?;
                }
            }
            "CELLS" => drop(lines.numbers(count(2)?, "int")?),
            "CELL_TYPES" => drop(lines.numbers(count(1)?, "int")?),
            "POINT_DATA" => points = Some(count(1)?),
            "CELL_DATA" => break,
            "METADATA" => while lines.line().is_some_and(|l| !l.is_empty()) {},
            "FIELD" => {
                for _ in 0..count(2)? {
                    let head = lines.next().ok_or("the file ends within a field")?;
                    if head.first() == Some(&"METADATA") {
                        while lines.line().is_some_and(|l| !l.is_empty()) {}
                        continue;
                    }
                    let [name, width, tuples, of] = head.as_slice() else {
                        return Err(format!("`{}` is not an array of a field", head.join(" ")));
                    };
                    let [width, tuples] = [width, tuples].map(|n| n.parse::<usize>().unwrap_or(usize::MAX));
                    let all = width.saturating_mul(tuples);
                    if all > 16 * super::MOST_POINTS {
                        return Err(format!("`{}` has an impossible number of values", head.join(" ")));
                    }
                    let values = lines.numbers(all, of)?;
                    if points.is_some() {
                        arrays.add(name, width, values);
                    }
                }
            }
            "SCALARS" => {
                let (name, of) = (text(1).to_owned(), text(2).to_owned());
                let width = words
                    .get(3)
                    .map_or(Ok(1), |n| n.parse::<usize>())
                    .map_err(|_| "SCALARS needs a number of components")?;
                let before = lines.rest;
                let mark = lines.number;
                if lines.next().is_none_or(|l| l[0] != "LOOKUP_TABLE") {
                    (lines.rest, lines.number) = (before, mark);
                }
                let n = points.ok_or("POINT_DATA is missing")?;
                let values = lines.numbers(n.saturating_mul(width.min(9)), &of)?;
                arrays.add(&name, width, values);
            }
            "VECTORS" | "NORMALS" => {
                let n = points.ok_or("POINT_DATA is missing")?;
                let values = lines.numbers(3 * n, text(2))?;
                arrays.add(text(1), 3, values);
            }
            _ => return Err(format!("`{}` is not expected here", words.join(" "))),
        }
    }
    let geometry = match kind.as_str() {
        "STRUCTURED_POINTS" => {
            let counts = counts.ok_or("DIMENSIONS are missing")?;
            let origin = origin.ok_or("ORIGIN is missing")?;
            let spacing = spacing.ok_or("SPACING is missing")?;
            Geometry::even(origin, spacing, counts)?
        }
        "RECTILINEAR_GRID" => Geometry::Axes(axes),
        _ => Geometry::Points(places),
    };
    if let Some(points) = points
        && points != geometry.points()
    {
        return Err(format!(
            "POINT_DATA has {points} points, and the grid {}",
            geometry.points()
        ));
    }
    Ok((geometry, arrays, kind.to_lowercase().replace('_', " ")))
}
