//! The part of a page about outlets and surfaces.

use super::super::page::{Column, Page};
use super::super::places::heading;
use super::super::text::{escape, number, share, share_text, short, whole};
use crate::output::summary::{FractionRow, PartRow, PlaceKind, PlaceResults, SpeciesRow, Summary};
use crate::units::clock;

/// What is enriched by less is not what a place is for.
const ENRICHED: f64 = 1.5;

/// For every place where cells end: the species that is enriched there most, or else the one that there is most of.
pub(super) fn key(s: &Summary, found: &PlaceResults) -> Vec<(String, String)> {
    found
        .fractions
        .iter()
        .filter(|f| f.kind != PlaceKind::OnTheWay)
        .filter_map(|f| {
            let there = || {
                let cells = f
                    .species
                    .iter()
                    .enumerate()
                    .filter(|(k, _)| !s.species.get(*k).is_some_and(SpeciesRow::is_free_bead));
                cells.map(|(_, c)| c).filter(|c| c.parcels > 0)
            };
            let most = |of: fn(&PartRow) -> Option<f64>| {
                there().max_by(|a, b| of(a).unwrap_or(0.0).total_cmp(&of(b).unwrap_or(0.0)))
            };
            let best = most(|c| c.enrichment)
                .filter(|c| c.enrichment.is_some_and(|e| e >= ENRICHED))
                .or_else(|| most(|c| c.purity))?;
            Some((
                format!("{} %", share(best.recovery)),
                format!(
                    "of {}: {}; {} % of the cells there",
                    best.species,
                    heading(f),
                    best.purity.map_or("-".into(), share_text)
                ),
            ))
        })
        .collect()
}

/// The picture in words.
pub(super) fn described(found: &PlaceResults) -> String {
    let shares: Vec<String> = found
        .fractions
        .iter()
        .map(|f| {
            let each: Vec<String> = f
                .species
                .iter()
                .map(|c| format!("{} {:.1} %", c.species, 100.0 * c.recovery.unwrap_or(0.0)))
                .collect();
            format!("{}: {}", heading(f), each.join(", "))
        })
        .collect();
    format!(
        "Picture of the separator at the end. Shares of each species by place: {}",
        shares.join("; ")
    )
}

/// Columns of a table by place and species.
const COLUMNS: [Column<'_>; 10] = [
    ("place", false),
    ("species", false),
    ("parcels", true),
    ("cells", true),
    ("recovery [%]", true),
    ("95 %", true),
    ("purity [%]", true),
    ("95 %", true),
    ("enrichment", true),
    ("depletion [log10]", true),
];

/// The same of free beads, which are no cells.
const BEADS: [Column<'_>; 8] = [
    ("place", false),
    ("free beads", false),
    ("parcels", true),
    ("beads", true),
    ("recovery [%]", true),
    ("95 %", true),
    ("to a cell", true),
    ("depletion [log10]", true),
];

pub(super) fn tables(page: &mut Page, s: &Summary, found: &PlaceResults) {
    let parts: Vec<Vec<Vec<String>>> = found.fractions.iter().map(|f| place(s, f)).collect();
    page.table(
        "By outlet and surface. Recovery: of all of the species. Purity: of all cells there, by number. Enrichment: purity over \
         that of what was put in. Depletion: log10 of what was put in over what is there. 95 %: between which numbers recovery \
         and purity lie in 19 of 20 runs, by chance alone, with as many parcels",
        &COLUMNS,
        &parts,
    );
    beads(
        page,
        s,
        &found.fractions,
        "Free beads by outlet and surface. They are no cells: the table above is without them",
    );
    if let Some(held) = &found.held_until_release {
        let parts: Vec<Vec<Vec<String>>> = held.fractions.iter().map(|f| place(s, f)).collect();
        page.table(
            &format!(
                "What was held until magnets first went off, after {}; some of it is elsewhere in the table above",
                clock(held.time_s)
            ),
            &COLUMNS,
            &parts,
        );
        beads(page, s, &held.fractions, "Free beads that were held until then");
    }
    let times: Vec<Vec<String>> = found
        .fractions
        .iter()
        .filter_map(|f| {
            let took = f.time_from_entry_s?;
            let mut row = vec![escape(&heading(f))];
            row.extend(took.map(number));
            Some(row)
        })
        .collect();
    if !times.is_empty() {
        page.table(
            "Time from entry until 10, 50 and 90 % of the cells of a place had come there",
            &[
                ("place", false),
                ("10 % [s]", true),
                ("50 % [s]", true),
                ("90 % [s]", true),
            ],
            &[times],
        );
    }
}

/// The rows of the cells in a place.
fn place(s: &Summary, f: &FractionRow) -> Vec<Vec<String>> {
    let mut name = escape(&heading(f));
    let cells = f
        .species
        .iter()
        .enumerate()
        .filter(|(k, _)| !s.species.get(*k).is_some_and(SpeciesRow::is_free_bead));
    cells
        .map(|(_, c)| {
            vec![
                std::mem::take(&mut name),
                escape(&c.species),
                whole(c.parcels),
                number(c.cells),
                share(c.recovery),
                range(c.recovery_95),
                share(c.purity),
                range(c.purity_95),
                number(c.enrichment),
                depletion(c),
            ]
        })
        .collect()
}

/// A table of the free beads in every place, if there are any.
fn beads(page: &mut Page, s: &Summary, fractions: &[FractionRow], title: &str) {
    let rows = |f: &FractionRow| -> Vec<Vec<String>> {
        let mut name = escape(&heading(f));
        let beads = f
            .species
            .iter()
            .enumerate()
            .filter(|(k, _)| s.species.get(*k).is_some_and(SpeciesRow::is_free_bead));
        beads
            .map(|(_, c)| {
                vec![
                    std::mem::take(&mut name),
                    escape(&c.species),
                    whole(c.parcels),
                    number(c.free_beads),
                    share(c.recovery),
                    range(c.recovery_95),
                    number((f.cells > 0.0).then(|| c.free_beads / f.cells)),
                    depletion(c),
                ]
            })
            .collect()
    };
    let parts: Vec<Vec<Vec<String>>> = fractions.iter().map(rows).collect();
    if parts.iter().any(|p| !p.is_empty()) {
        page.table(title, &BEADS, &parts);
    }
}

fn depletion(c: &PartRow) -> String {
    match c.log10_depletion_above {
        Some(x) => format!("above {}", number(x)),
        None => number(c.log10_depletion),
    }
}

/// Both ends of a share in per cent.
fn range(ends: Option<[f64; 2]>) -> String {
    ends.map_or_else(
        || "-".into(),
        |[a, b]| escape(&format!("{} - {}", share_text(a), share_text(b))),
    )
}

/// Throughput, filling and steadiness.
pub(super) fn facts(found: &PlaceResults) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(x) = found.throughput_cells_per_s {
        facts.push(("throughput", format!("{} cells a second", number(x))));
    }
    if let Some(x) = found.matrix_filled {
        facts.push((
            "matrix filled",
            format!("{} % of the cells that it holds", share(x)),
        ));
    }
    if let Some(steady) = &found.steady {
        facts.push((
            "rates of arrival",
            steady.since_s.map_or_else(
                || "did not become steady".into(),
                |t| format!("steady from {} s", short(t, 4)),
            ),
        ));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::range;

    /// A share below what is shown is `<0.001`, which is markup unless it is escaped.
    #[test]
    fn a_range_is_well_formed() {
        for ends in [[0.0, 1e-7], [1e-7, 1.0 - 1e-7], [0.5, f64::NAN]] {
            let cell = format!("<td>{}</td>", range(Some(ends)));
            assert!(roxmltree::Document::parse(&cell).is_ok(), "{cell}");
        }
    }
}
