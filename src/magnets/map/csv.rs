//! A field map as comma-separated text.

use super::{Grid, MagnetError};
use crate::units::{self, Dimension};
use glam::DVec3;

const NAMES: [&str; 6] = ["x", "y", "z", "Bx", "By", "Bz"];

/// Tesla in one unit of flux density.
pub(super) fn tesla(symbol: &str) -> Option<f64> {
    match symbol.trim() {
        "T" => Some(1.0),
        "mT" => Some(1e-3),
        "uT" | "\u{b5}T" | "\u{3bc}T" => Some(1e-6),
        "kG" => Some(0.1),
        "G" => Some(1e-4),
        _ => None,
    }
}

/// Micrometres in one unit of length.
pub(super) fn micrometres(symbol: &str) -> Option<f64> {
    units::parse(&format!("1 {symbol}"), Dimension::Length).ok()
}

struct Row {
    line: u64,
    at: DVec3,
    b: DVec3,
}

/// Reads `text`; `name` is what errors call it.
pub(super) fn read(name: &str, text: &str) -> Result<Grid, MagnetError> {
    let fault = |line: Option<u64>, what: String| MagnetError::Map {
        file: name.to_owned(),
        line,
        what,
    };
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let line_of = |e: &csv::Error| e.position().map(csv::Position::line);
    let header = reader
        .headers()
        .map_err(|e| fault(line_of(&e), e.to_string()))?
        .clone();
    let line = header.position().map(csv::Position::line);
    let mut columns = [(0, 0.0); 6];
    for (k, wanted) in NAMES.iter().enumerate() {
        columns[k] = column(&header, wanted, k < 3).map_err(|what| fault(line, what))?;
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| fault(line_of(&e), e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut v = [0.0; 6];
        for (k, (index, factor)) in columns.iter().enumerate() {
            let text = record.get(*index).unwrap_or("");
            v[k] = match text.parse::<f64>() {
                Ok(x) if x.is_finite() => x * factor,
                _ => {
                    return Err(fault(
                        Some(line),
                        format!("`{text}` in column {} is no number", NAMES[k]),
                    ));
                }
            };
        }
        rows.push(Row {
            line,
            at: DVec3::new(v[0], v[1], v[2]),
            b: DVec3::new(v[3], v[4], v[5]),
        });
    }
    arrange(rows).map_err(|(line, what)| fault(line, what))
}

/// Index and factor of the column called `wanted`.
fn column(header: &csv::StringRecord, wanted: &str, length: bool) -> Result<(usize, f64), String> {
    let mut found = None;
    for (i, title) in header.iter().enumerate() {
        let (name, unit) = match title.trim_start_matches('\u{feff}').split_once('[') {
            Some((name, rest)) => (name.trim(), rest.split(']').next().map(str::trim)),
            None => (title.trim_start_matches('\u{feff}').trim(), None),
        };
        if !name.eq_ignore_ascii_case(wanted) {
            continue;
        }
        let example = if length { "mm" } else { "T" };
        let Some(unit) = unit else {
            return Err(format!(
                "column {wanted} has no unit; write `{wanted} [{example}]`"
            ));
        };
        let factor = if length { micrometres(unit) } else { tesla(unit) };
        let Some(factor) = factor else {
            return Err(format!(
                "`{unit}` is not a unit for column {wanted}; write e.g. [{example}]"
            ));
        };
        if found.replace((i, factor)).is_some() {
            return Err(format!("column {wanted} is there twice"));
        }
    }
    let what =
        || format!("there is no column {wanted}; the columns are x, y, z, Bx, By, Bz, each with its unit");
    found.ok_or_else(what)
}

type Fault = (Option<u64>, String);

/// One axis: lowest value, step, number of values.
fn axis(rows: &[Row], k: usize) -> Result<(f64, f64, usize), Fault> {
    let name = NAMES[k];
    let mut values: Vec<(f64, u64)> = rows.iter().map(|r| (r.at[k], r.line)).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(&(low, _)), Some(&(high, _))) = (values.first(), values.last()) else {
        return Err((None, "there are no points".into()));
    };
    let same = 1e-6 * (high - low);
    values.dedup_by(|b, a| b.0 - a.0 <= same);
    let n = values.len();
    if n < 2 {
        return Err((
            None,
            format!("all points have the same {name}; a map has a volume"),
        ));
    }
    let step = (high - low) / (n - 1) as f64;
    for (i, (value, line)) in values.iter().enumerate() {
        let expected = low + step * i as f64;
        if (value - expected).abs() > 1e-3 * step {
            return Err((
                Some(*line),
                format!(
                    "the grid is not even: {name} = {} where {} is expected of {n} even steps",
                    units::show(*value, Dimension::Length),
                    units::show(expected, Dimension::Length)
                ),
            ));
        }
    }
    Ok((low, step, n))
}

/// Rows in any order onto their grid.
fn arrange(rows: Vec<Row>) -> Result<Grid, Fault> {
    let axes = [axis(&rows, 0)?, axis(&rows, 1)?, axis(&rows, 2)?];
    let [origin, spacing] = [axes.map(|a| a.0), axes.map(|a| a.1)].map(DVec3::from_array);
    let counts = axes.map(|a| a.2);
    let total = counts.iter().fold(1_usize, |t, n| t.saturating_mul(*n));
    if total > super::MOST_NODES {
        return Err((
            None,
            format!("{total} points of a grid; the points do not lie on one"),
        ));
    }
    let mut b: Vec<Option<(DVec3, u64)>> = vec![None; total];
    for row in &rows {
        let [i, j, k] = ((row.at - origin) / spacing)
            .round()
            .to_array()
            .map(|x| x as usize);
        let place = &mut b[i + counts[0] * (j + counts[1] * k)];
        if let Some((_, before)) = place {
            return Err((
                Some(row.line),
                format!(
                    "the point {} stands in line {before} already",
                    super::millimetres(row.at)
                ),
            ));
        }
        *place = Some((row.b, row.line));
    }
    let full: Option<Vec<DVec3>> = b.iter().map(|p| p.map(|p| p.0)).collect();
    let Some(b) = full else {
        let hole = b.iter().position(Option::is_none).unwrap_or(0);
        // the nearest point before or after it in the grid, to have a line to look at
        let near = (0..total).find_map(|d| {
            let before = hole.checked_sub(d).and_then(|i| b[i]);
            before.or_else(|| b.get(hole + d).copied().flatten())
        });
        let at = [
            hole % counts[0],
            hole / counts[0] % counts[1],
            hole / (counts[0] * counts[1]),
        ];
        let at = origin + spacing * DVec3::from_array(at.map(|i| i as f64));
        return Err((
            near.map(|n| n.1),
            format!(
                "the point {} is missing of {} x {} x {} ({} of {total} are there); the line is its neighbour's",
                super::millimetres(at),
                counts[0],
                counts[1],
                counts[2],
                rows.len()
            ),
        ));
    };
    Ok(Grid {
        origin,
        spacing,
        counts,
        b,
    })
}
