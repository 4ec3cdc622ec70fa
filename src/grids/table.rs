//! A grid of vectors as text in columns, as spreadsheets and other tools write them.

mod columns;
mod style;

use super::arrange::{Printed, Row, arrange};
use super::names::Column;
use super::read::{Fault, Layout};
use super::{Quantity, VectorGrid};
use columns::Columns;
use glam::DVec3;
use style::{Field, Style, bare, remark};

/// Reads `text`, and says what it was taken for.
pub(super) fn read(
    text: &str,
    layout: &Layout<'_>,
    quantity: &Quantity,
) -> Result<(VectorGrid, String), Fault> {
    let style = Style::find(text, layout.decimal_comma)?;
    let mut fields = Vec::new();
    let first = text
        .lines()
        .enumerate()
        .find(|(_, l)| !remark(l) && style.is_data(l, &mut fields))
        .map(|(i, _)| i)
        .ok_or_else(|| Fault::plain("no line has numbers in columns: it is not a table of points"))?;
    let before: Vec<(usize, &str)> = text.lines().take(first).enumerate().collect();
    let columns = header(&before, first, text, &style, layout, quantity)?;
    let mut rows = Vec::new();
    let mut printed = [Printed::default(); 3];
    for (printed, column) in printed.iter_mut().zip(&columns.at) {
        printed.unit = column.map_or(1.0, |c| c.1);
    }
    let (mut grouped, mut certain) = (None, false);
    for (i, line) in text.lines().enumerate().skip(first) {
        if remark(line) || line.trim().is_empty() || bare(line) {
            continue;
        }
        style.split(line, &mut fields);
        if fields.iter().all(|f| f.is_empty()) {
            continue;
        }
        let at = |what: String| Fault::at(i, what);
        if let Some(row) = columns.row(&fields, &style, &mut printed).map_err(at)? {
            rows.push(Row {
                line: u32::try_from(i + 1).unwrap_or(0),
                ..row
            });
        }
        if style.comma && !certain {
            for field in fields.iter().filter(|f| f.contains(',')) {
                if style::thousands(field) {
                    grouped.get_or_insert((i, (*field).to_owned()));
                } else {
                    certain = true;
                }
            }
        }
    }
    if let (Some((i, field)), false, None) = (grouped, certain, layout.decimal_comma) {
        return Err(Fault::at(
            i,
            format!(
                "`{field}` can have a decimal comma or one that groups thousands. Add `decimal = \",\"` for the first, `decimal = \".\"` for the second"
            ),
        ));
    }
    let (grid, rounded) = arrange(&rows, Some(&printed)).map_err(|(line, what)| Fault {
        line,
        what,
        key: None,
    })?;
    let mut told = format!("text in columns, {}", style.told());
    for (k, name) in ["x", "y", "z"].iter().enumerate() {
        if rounded[k] {
            told.push_str(&format!(", {name} even within its digits"));
        }
    }
    let grid = if columns.around { around(grid)? } else { grid };
    Ok((grid, format!("{told}; {}", columns.told)))
}

fn around(grid: VectorGrid) -> Result<VectorGrid, Fault> {
    grid.around(DVec3::ZERO, [DVec3::X, DVec3::Z])
        .map_err(Fault::plain)
}

/// What the columns are: as the scene says, or by the line above the numbers that names them.
fn header(
    before: &[(usize, &str)],
    first: usize,
    text: &str,
    style: &Style,
    layout: &Layout<'_>,
    quantity: &Quantity,
) -> Result<Columns, Fault> {
    let mut fields = Vec::new();
    style.split(text.lines().nth(first).unwrap_or_default(), &mut fields);
    let mut count = fields.len();
    while count > 0 && fields[count - 1].is_empty() {
        count -= 1;
    }
    if !layout.columns.is_empty() {
        let columns: Vec<Column> = layout.columns.iter().map(|c| Column::new(c)).collect();
        if columns.len() != fields.len() && columns.len() != count {
            let what = format!(
                "{} columns are named, and {} are there",
                columns.len(),
                fields.len()
            );
            return Err(Fault {
                key: Some("columns"),
                ..Fault::at(first, what)
            });
        }
        return Columns::new(&columns, None, layout, quantity).map_err(|f| Fault {
            key: f.key.or(Some("columns")),
            ..f
        });
    }
    for (_, line) in before {
        let upper = line.to_uppercase().replace(' ', "");
        if upper.contains("DATAPACKING=BLOCK") || (upper.starts_with("ZONE") && upper.contains("F=BLOCK")) {
            return Err(Fault::plain(
                "its numbers are in blocks; write it with DATAPACKING=POINT, a line for each point",
            ));
        }
    }
    // COMSOL: "% Length unit: mm"
    let meta = before.iter().find_map(|(_, l)| {
        let plain = l.trim_start_matches(['%', '#', ' ']);
        let rest = plain.strip_prefix("Length unit")?;
        Some(rest.trim_matches([':', ',', ';', ' ', '\t', '"']).to_owned())
    });
    let candidates = before
        .iter()
        .rev()
        .filter(|(_, l)| !l.trim().is_empty() && !bare(l));
    let (plain, remarks): (Vec<_>, Vec<_>) = candidates.partition(|(_, l)| !remark(l));
    let mut nearest: Option<(usize, Vec<Column>)> = None;
    let mut units: Option<Vec<String>> = None;
    for (i, line) in plain.into_iter().chain(remarks).copied() {
        let titles = style.titles(line, fields.len());
        let mut columns: Vec<Column> = titles.iter().map(|t| Column::new(t)).collect();
        if units.is_none() && columns::are_units(&titles, quantity) {
            units = Some(titles);
            continue;
        }
        if !columns.iter().any(|c| c.role(quantity, layout.array).is_some()) {
            nearest = nearest.or(Some((i, columns)));
            continue;
        }
        if let Some(units) = &units {
            for (column, unit) in columns.iter_mut().zip(units) {
                if column.unit.is_none() {
                    column.unit = Some(unit.trim_matches(['[', ']', '(', ')', ' ']).to_owned())
                        .filter(|u| !u.is_empty());
                }
            }
        }
        return Columns::new(&columns, meta.as_deref(), layout, quantity).map_err(|f| Fault {
            line: f.line.or(Some(i as u64 + 1)),
            ..f
        });
    }
    let example = quantity
        .columns
        .map(|c| format!("\"{c} [{}]\"", quantity.unit))
        .join(", ");
    let advice = format!(
        "`columns = [\"x [mm]\", \"y [mm]\", \"z [mm]\", {example}]` in the scene names them in their order; \"-\" is for one that does not matter"
    );
    Err(match nearest {
        Some((i, columns)) => Fault {
            key: None,
            ..Fault::at(
                i,
                format!(
                    "none of the {} is recognised as a coordinate or as a {}; {advice}",
                    columns::listed(&columns),
                    quantity.name
                ),
            )
        },
        None => Fault::at(
            first,
            format!("no line above the numbers names their {count} columns; {advice}"),
        ),
    })
}

impl Columns {
    /// A point; none where its line has no numbers at all.
    fn row(&self, fields: &[&str], style: &Style, printed: &mut [Printed; 3]) -> Result<Option<Row>, String> {
        if let Some(extra) = fields.iter().skip(self.titles.len()).find(|f| !f.is_empty()) {
            let comma = if style.separator == Some(',') {
                "; are there decimal commas between commas? Write it with points, or with semicolons between the columns"
            } else {
                ""
            };
            return Err(format!(
                "{} values where {} columns are named (`{extra}`){comma}",
                fields.len(),
                self.titles.len()
            ));
        }
        let value = |column: (usize, f64)| -> Result<Option<f64>, String> {
            let text = fields.get(column.0).copied().unwrap_or("");
            match style.number(text) {
                Field::Number(x) => Ok(Some(x * column.1)),
                Field::Blank => Ok(None),
                Field::Other => Err(format!(
                    "`{text}` in column {} is not a number",
                    self.titles[column.0]
                )),
            }
        };
        let mut at = DVec3::ZERO;
        for k in 0..3 {
            let Some(column) = self.at[k] else { continue };
            at[k] = value(column)?.ok_or_else(|| {
                format!(
                    "column {} is empty, so the point has no place",
                    self.titles[column.0]
                )
            })?;
            printed[k].note(fields[column.0]);
        }
        let mut vector = DVec3::ZERO;
        for k in 0..3 {
            if let Some(column) = self.components[k] {
                vector[k] = value(column)?.unwrap_or(f64::NAN);
            }
        }
        if let Some(valid) = self.valid
            && value((valid, 1.0))? == Some(0.0)
        {
            vector = DVec3::NAN;
        }
        Ok(Some(Row { line: 0, at, vector }))
    }
}
