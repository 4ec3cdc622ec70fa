//! A grid of vectors as a legacy VTK file of structured points.
//!
//! Source: Kitware, The VTK User's Guide, "VTK File Formats": text or big-endian binary after a header of lines.

use super::{GridError, Quantity, Units, VectorGrid};
use glam::DVec3;

/// A file, read line by line up to its data.
struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
}

impl<'a> Lines<'a> {
    /// The next line that is not empty, as words.
    fn next(&mut self) -> Option<Vec<&'a str>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let end = self.rest.iter().position(|b| *b == b'\n');
            let (line, rest) = match end {
                Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
                None => (self.rest, &self.rest[..0]),
            };
            (self.rest, self.number) = (rest, self.number + 1);
            let words: Vec<&str> = std::str::from_utf8(line).ok()?.split_whitespace().collect();
            if !words.is_empty() {
                return Some(words);
            }
        }
    }
}

fn three<T: std::str::FromStr>(words: &[&str]) -> Option<[T; 3]> {
    match words {
        [_, x, y, z] => Some([x.parse().ok()?, y.parse().ok()?, z.parse().ok()?]),
        _ => None,
    }
}

/// Reads `bytes` with lengths and vectors in `units`; `name` is what errors call it.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    units: Units<'_>,
    quantity: &Quantity,
) -> Result<VectorGrid, GridError> {
    let mut lines = Lines {
        rest: bytes,
        number: 0,
    };
    parse(&mut lines, units, quantity).map_err(|what| GridError {
        file: name.to_owned(),
        line: (lines.number > 0).then_some(lines.number),
        what,
    })
}

fn parse(lines: &mut Lines, units: Units<'_>, quantity: &Quantity) -> Result<VectorGrid, String> {
    let (um, one) = units.factors(quantity)?;
    if lines
        .next()
        .is_none_or(|l| l[..l.len().min(3)] != ["#", "vtk", "DataFile"])
    {
        return Err("this is no legacy VTK file: `# vtk DataFile` is missing".into());
    }
    // the title may be empty, so it is skipped as bytes
    let end = lines
        .rest
        .iter()
        .position(|b| *b == b'\n')
        .map_or(lines.rest.len(), |e| e + 1);
    (lines.rest, lines.number) = (&lines.rest[end..], lines.number + 1);
    let binary = match lines.next().unwrap_or_default().as_slice() {
        ["ASCII"] => false,
        ["BINARY"] => true,
        _ => return Err("ASCII or BINARY is expected".into()),
    };
    let (mut counts, mut origin, mut spacing, mut points) = (None, None, None, None);
    loop {
        let words = lines
            .next()
            .ok_or("there is no field of vectors (VECTORS) on the points")?;
        match words.first().map(|w| w.to_ascii_uppercase()).as_deref() {
            Some("DATASET") if words.get(1) != Some(&"STRUCTURED_POINTS") => {
                return Err(format!(
                    "the data set is {}; STRUCTURED_POINTS is needed",
                    words[1..].join(" ")
                ));
            }
            Some("DATASET") => {}
            Some("DIMENSIONS") => {
                counts = Some(three::<usize>(&words).ok_or("DIMENSIONS needs three numbers")?)
            }
            Some("ORIGIN") => origin = Some(three::<f64>(&words).ok_or("ORIGIN needs three numbers")?),
            Some("SPACING" | "ASPECT_RATIO") => {
                spacing = Some(three::<f64>(&words).ok_or("SPACING needs three numbers")?);
            }
            Some("POINT_DATA") => points = words.get(1).and_then(|n| n.parse::<usize>().ok()),
            Some("VECTORS") => {
                let counts = counts.ok_or("DIMENSIONS are missing")?;
                let total = counts.iter().fold(1_usize, |t, n| t.saturating_mul(*n));
                if points != Some(total) || total > super::MOST_POINTS {
                    return Err(format!(
                        "POINT_DATA does not give {total} points, as DIMENSIONS do"
                    ));
                }
                let kind = words.get(2).copied().unwrap_or("");
                let numbers = if binary {
                    big_endian(lines, kind, 3 * total)?
                } else {
                    text(lines, 3 * total)?
                };
                let vectors = numbers
                    .chunks_exact(3)
                    .map(|v| one * DVec3::new(v[0], v[1], v[2]))
                    .collect();
                return Ok(VectorGrid {
                    origin: um * DVec3::from_array(origin.ok_or("ORIGIN is missing")?),
                    spacing: um * DVec3::from_array(spacing.ok_or("SPACING is missing")?),
                    counts,
                    vectors,
                });
            }
            _ => {
                return Err(format!(
                    "`{}` is not expected here; VECTORS has to come first",
                    words.join(" ")
                ));
            }
        }
    }
}

fn text(lines: &mut Lines, wanted: usize) -> Result<Vec<f64>, String> {
    let mut out = Vec::with_capacity(wanted);
    while out.len() < wanted {
        let words = lines
            .next()
            .ok_or_else(|| format!("{} numbers of {wanted} are there", out.len()))?;
        for word in words {
            out.push(
                word.parse::<f64>()
                    .map_err(|_| format!("`{word}` is no number"))?,
            );
        }
    }
    Ok(out)
}

fn big_endian(lines: &Lines, kind: &str, wanted: usize) -> Result<Vec<f64>, String> {
    let size = match kind {
        "float" => 4,
        "double" => 8,
        _ => return Err(format!("vectors of `{kind}`; float or double are needed")),
    };
    let bytes = lines
        .rest
        .get(..size * wanted)
        .ok_or("the file ends before its data do")?;
    Ok(if size == 4 {
        let read = |c: &[u8]| f64::from(f32::from_be_bytes([c[0], c[1], c[2], c[3]]));
        bytes.chunks_exact(4).map(read).collect()
    } else {
        let read = |c: &[u8]| f64::from_be_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]]);
        bytes.chunks_exact(8).map(read).collect()
    })
}
