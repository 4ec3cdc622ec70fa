//! A grid of vectors as comma-separated text.

use super::{GridError, Quantity, VectorGrid, micrometres, millimetres};
use crate::units::{self, Dimension};
use glam::DVec3;

const AXES: [&str; 3] = ["x", "y", "z"];

struct Row {
    line: u64,
    at: DVec3,
    vector: DVec3,
}

/// Reads `text`; `name` is what errors call it.
pub(super) fn read(name: &str, text: &str, quantity: &Quantity) -> Result<VectorGrid, GridError> {
    let fault = |line: Option<u64>, what: String| GridError {
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
    for (k, found) in columns.iter_mut().enumerate() {
        *found = column(&header, quantity, k).map_err(|what| fault(line, what))?;
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
                        format!("`{text}` in column {} is no number", title(quantity, k)),
                    ));
                }
            };
        }
        rows.push(Row {
            line,
            at: DVec3::new(v[0], v[1], v[2]),
            vector: DVec3::new(v[3], v[4], v[5]),
        });
    }
    arrange(rows).map_err(|(line, what)| fault(line, what))
}

/// What column `k` of the six is called.
fn title(quantity: &Quantity, k: usize) -> &'static str {
    AXES.iter().chain(&quantity.columns).nth(k).copied().unwrap_or("")
}

/// Index and factor of column `k` of the six.
fn column(header: &csv::StringRecord, quantity: &Quantity, k: usize) -> Result<(usize, f64), String> {
    let (wanted, length) = (title(quantity, k), k < AXES.len());
    let mut found = None;
    for (i, title) in header.iter().enumerate() {
        let (name, unit) = match title.trim_start_matches('\u{feff}').split_once('[') {
            Some((name, rest)) => (name.trim(), rest.split(']').next().map(str::trim)),
            None => (title.trim_start_matches('\u{feff}').trim(), None),
        };
        if !name.eq_ignore_ascii_case(wanted) {
            continue;
        }
        let example = if length { "mm" } else { quantity.units[0].0 };
        let Some(unit) = unit else {
            return Err(format!(
                "column {wanted} has no unit; write `{wanted} [{example}]`"
            ));
        };
        let factor = if length {
            micrometres(unit)
        } else {
            quantity.factor(unit)
        };
        let Some(factor) = factor else {
            return Err(format!(
                "`{unit}` is not a unit for column {wanted}; write e.g. [{example}]"
            ));
        };
        if found.replace((i, factor)).is_some() {
            return Err(format!("column {wanted} is there twice"));
        }
    }
    found.ok_or_else(|| {
        format!(
            "there is no column {wanted}; the columns are x, y, z, {}, each with its unit",
            quantity.columns.join(", ")
        )
    })
}

type Fault = (Option<u64>, String);

/// One axis: lowest value, step, number of values.
fn axis(rows: &[Row], k: usize) -> Result<(f64, f64, usize), Fault> {
    let name = AXES[k];
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
fn arrange(rows: Vec<Row>) -> Result<VectorGrid, Fault> {
    let axes = [axis(&rows, 0)?, axis(&rows, 1)?, axis(&rows, 2)?];
    let [origin, spacing] = [axes.map(|a| a.0), axes.map(|a| a.1)].map(DVec3::from_array);
    let counts = axes.map(|a| a.2);
    let total = counts.iter().fold(1_usize, |t, n| t.saturating_mul(*n));
    if total > super::MOST_POINTS {
        return Err((
            None,
            format!("{total} points of a grid; the points do not lie on one"),
        ));
    }
    let mut vectors: Vec<Option<(DVec3, u64)>> = vec![None; total];
    for row in &rows {
        let [i, j, k] = ((row.at - origin) / spacing)
            .round()
            .to_array()
            .map(|x| x as usize);
        let place = &mut vectors[i + counts[0] * (j + counts[1] * k)];
        if let Some((_, before)) = place {
            return Err((
                Some(row.line),
                format!(
                    "the point {} stands in line {before} already",
                    millimetres(row.at)
                ),
            ));
        }
        *place = Some((row.vector, row.line));
    }
    let full: Option<Vec<DVec3>> = vectors.iter().map(|p| p.map(|p| p.0)).collect();
    let Some(full) = full else {
        let hole = vectors.iter().position(Option::is_none).unwrap_or(0);
        // the nearest point before or after it in the grid, to have a line to look at
        let near = (0..total).find_map(|d| {
            let before = hole.checked_sub(d).and_then(|i| vectors[i]);
            before.or_else(|| vectors.get(hole + d).copied().flatten())
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
                millimetres(at),
                counts[0],
                counts[1],
                counts[2],
                rows.len()
            ),
        ));
    };
    Ok(VectorGrid {
        origin,
        spacing,
        counts,
        vectors: full,
    })
}
