//! The part of the table about a channel: what its ports drew.

use super::line;
use super::percent;
use crate::output::summary::{ChannelResults, PortRow, PortSpeciesRow, StageRow};
use crate::units::{clock, digits, significant};
use std::fmt::Write as _;

pub(super) fn tell(out: &mut String, c: &ChannelResults) {
    for stage in &c.phases {
        phase(out, c, stage);
        out.push('\n');
    }
    bags(out, c);
    let off = c.phases.iter().map(|p| p.imbalance).fold(0.0, f64::max);
    line(
        out,
        &format!("cells that came in, left and stayed agree to {off:.0e} of what came in"),
    );
}

fn phase(out: &mut String, c: &ChannelResults, s: &StageRow) {
    let depth = |y: Option<f64>| y.map_or_else(|| "none".to_owned(), |y| format!("{} mm deep", digits(y, 3)));
    let wanted = s
        .set_point_mm
        .map_or(String::new(), |y| format!(", to be held at {} mm", digits(y, 3)));
    line(
        out,
        &format!(
            "{}, {} to {}: {} rpm, {} x g at half depth; {} mL came in, {} mL/min",
            s.name,
            clock(s.from_s),
            clock(s.to_s),
            digits(s.rpm, 4),
            digits(s.rcf, 3),
            digits(s.fed_ml, 4),
            digits(s.fed_ml_per_min, 4)
        ),
    );
    line(
        out,
        &format!(
            "interface at the end: {} at the sensor{wanted}; at the inlet {}",
            depth(s.interface_mm),
            depth(s.interface_along_mm.first().copied().flatten())
        ),
    );
    let mut head = vec![String::new()];
    head.extend(s.ports.iter().map(|p| p.port.clone()));
    let row = |name: &str, of: &dyn Fn(&PortRow) -> String| {
        let mut cells = vec![name.to_owned()];
        cells.extend(s.ports.iter().map(of));
        cells
    };
    let mut rows = vec![
        head,
        row("volume [mL]", &|p| digits(p.volume_ml, 4)),
        row("rate [mL/min]", &|p| digits(p.rate_ml_per_min, 4)),
        row("haematocrit [%]", &|p| percent(p.haematocrit)),
        row("leukocytes", &|p| powers(p.white_cells)),
    ];
    let late = |p: usize, k: usize| s.late.get(p).and_then(|p| p.species.get(k)?.share);
    for (k, name) in c.species.iter().enumerate() {
        let mut cells = vec![format!("{name} [% of those fed]")];
        for (i, p) in s.ports.iter().enumerate() {
            let share = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), percent);
            cells.push(format!(
                "{} ({})",
                share(p.species.get(k).and_then(|x| x.share)),
                share(late(i, k))
            ));
        }
        rows.push(cells);
    }
    columns(out, &rows);
    let changes: Vec<String> = c
        .species
        .iter()
        .zip(&s.gained)
        .filter_map(|(name, g)| Some((name, (*g).filter(|g| g.abs() > STEADY)?)))
        .map(|(name, g)| {
            format!(
                "{} {} % of the {name}",
                if g > 0.0 { "gained" } else { "lost" },
                percent(g.abs())
            )
        })
        .collect();
    let steady = if s.gained.iter().all(Option::is_none) {
        "nothing came in".to_owned()
    } else if changes.is_empty() {
        "in brackets: in the last fifth of the phase, in which the channel was steady".to_owned()
    } else {
        format!(
            "in brackets: in the last fifth of the phase. It was not steady: of what came in then the channel {}",
            changes.join(", ")
        )
    };
    line(out, &format!("  {steady}"));
    let over = |rows: &[PortRow]| {
        rows.iter()
            .flat_map(|p| &p.species)
            .any(|x| x.share.is_some_and(|x| x > 1.0))
    };
    if over(&s.ports) || over(&s.late) {
        line(out, "  more than 100 %: cells left that had come in before");
    }
}

/// What is in every bag at the end of the procedure.
fn bags(out: &mut String, c: &ChannelResults) {
    if c.bags.is_empty() {
        return;
    }
    line(
        out,
        &format!(
            "in the bags at the end, of {} mL that came in; shares are of all cells that came in",
            digits(c.fed_ml, 4)
        ),
    );
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(c.bags.iter().map(|p| p.port.clone()));
    let mut row = |name: String, of: &dyn Fn(&PortRow) -> String| {
        let mut cells = vec![name];
        cells.extend(c.bags.iter().map(of));
        rows.push(cells);
    };
    row("volume [mL]".into(), &|p| digits(p.volume_ml, 4));
    row("haematocrit [%]".into(), &|p| percent(p.haematocrit));
    for (k, name) in c.species.iter().enumerate() {
        let of = |p: &PortRow, what: &dyn Fn(&PortSpeciesRow) -> String| {
            p.species.get(k).map_or_else(|| "-".to_owned(), what)
        };
        let least = |x: f64, least: f64| {
            if x > 0.0 && x < least {
                format!("<{least}")
            } else {
                powers(x)
            }
        };
        row(format!("{name} [cells]"), &|p| of(p, &|s| least(s.cells, 1.0)));
        row("  [/uL]".into(), &|p| of(p, &|s| least(s.per_ul, 1e-3)));
        let share = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), percent);
        row("  [% of those fed]".into(), &|p| of(p, &|s| share(s.share)));
        let white = |p: &PortRow| p.species.get(k).and_then(|s| s.of_white_cells);
        if c.bags.iter().any(|p| white(p).is_some()) {
            row("  [% of the leukocytes]".into(), &|p| share(white(p)));
        }
    }
    columns(out, &rows);
    out.push('\n');
}

/// Rows of cells, the first to the left and the others to the right.
fn columns(out: &mut String, rows: &[Vec<String>]) {
    let wide: Vec<usize> = (0..rows[0].len())
        .map(|i| rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0))
        .collect();
    for r in rows {
        let mut text = format!("  {:w$}", r[0], w = wide[0]);
        for (cell, w) in r[1..].iter().zip(&wide[1..]) {
            let _ = write!(text, "  {cell:>w$}");
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

/// Share of what is fed that a channel may still gain where it is called steady.
const STEADY: f64 = 0.02;

/// "1.2e9", and small numbers as they are.
fn powers(x: f64) -> String {
    if x >= 1e5 {
        format!("{x:.2e}")
    } else {
        significant(x)
    }
}
