//! The page of a separator's run.

use super::super::Run;
use super::super::cases;
use super::super::chart::Figure;
use super::super::page::{Column, Page};
use super::super::separator::heading;
use super::super::summary::{Duct, Fraction, MagneticResponse, Part, PlaceKind, Separator};
use super::super::text::{escape, grouped, number, share, share_text, short, whole};
use crate::units::clock;

/// The whole page.
pub fn page(s: &Separator, figures: &[Figure], run: &Run) -> String {
    let setup = &s.setup;
    let duct = match setup.duct {
        Duct::Tube { radius_mm } => format!("a tube of {} mm radius", short(radius_mm, 4)),
        Duct::Annulus {
            inner_radius_mm,
            outer_radius_mm,
        } => format!(
            "a ring between radii of {} and {} mm",
            short(inner_radius_mm, 4),
            short(outer_radius_mm, 4)
        ),
        Duct::Channel { width_mm, height_mm } => {
            format!("a channel of {} x {} mm", short(width_mm, 4), short(height_mm, 4))
        }
    };
    let flow = match setup.flow_ml_per_min {
        Some(q) => format!(
            "{} mL/min{}",
            short(q, 4),
            setup
                .profile
                .as_ref()
                .map_or_else(String::new, |p| format!(" ({} flow)", escape(p)))
        ),
        None => "without flow".into(),
    };
    let mut page = Page::new(
        &s.scene.title,
        &[
            format!(
                "{} mL through {duct}, {} mm long, {flow}, for {}",
                number(setup.sample_ml),
                short(setup.length_mm, 5),
                clock(s.run.simulated_seconds)
            ),
            format!(
                "Computed with buffycoat {} from {} parcels on {}",
                escape(&s.version),
                whole(setup.parcels),
                escape(&s.run.device)
            ),
        ],
    );
    page.key(&key(s));
    super::warnings(&mut page, &s.scene, &s.run, &s.notes);
    page.heading("What came out");
    page.picture(
        &run.png,
        &described(s),
        "The separator at the end: final.png of the run.",
    );
    tables(&mut page, s);
    page.heading("Over time, by mobility, and on the surfaces");
    for figure in figures {
        page.figure(figure);
    }
    page.heading("What was put in, and how it was run");
    put_in(&mut page, s);
    page.heading("How far to trust it");
    trust(&mut page, s);
    super::scene(&mut page, &s.scene, run);
    page.finish(&super::footer(&s.version, run))
}

/// What is enriched by less is not what a place is for.
const ENRICHED: f64 = 1.5;

/// For every place where cells end: the species that is enriched there most, or else the one that there is most of.
fn key(s: &Separator) -> Vec<(String, String)> {
    s.fractions
        .iter()
        .filter(|f| f.kind != PlaceKind::OnTheWay)
        .filter_map(|f| {
            let there = || {
                let cells = f.species.iter().enumerate().filter(|(k, _)| !s.is_free_bead(*k));
                cells.map(|(_, c)| c).filter(|c| c.parcels > 0)
            };
            let most = |of: fn(&Part) -> Option<f64>| {
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
fn described(s: &Separator) -> String {
    let shares: Vec<String> = s
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

fn tables(page: &mut Page, s: &Separator) {
    let parts: Vec<Vec<Vec<String>>> = s.fractions.iter().map(|f| place(s, f)).collect();
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
        &s.fractions,
        "Free beads by outlet and surface. They are no cells: the table above is without them",
    );
    if let Some(held) = &s.held_until_release {
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
    let times: Vec<Vec<String>> = s
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
fn place(s: &Separator, f: &Fraction) -> Vec<Vec<String>> {
    let mut name = escape(&heading(f));
    let cells = f.species.iter().enumerate().filter(|(k, _)| !s.is_free_bead(*k));
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
fn beads(page: &mut Page, s: &Separator, fractions: &[Fraction], title: &str) {
    let rows = |f: &Fraction| -> Vec<Vec<String>> {
        let mut name = escape(&heading(f));
        let beads = f.species.iter().enumerate().filter(|(k, _)| s.is_free_bead(*k));
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

fn depletion(c: &Part) -> String {
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

fn put_in(page: &mut Page, s: &Separator) {
    let rows = s
        .species
        .iter()
        .map(|x| {
            vec![
                escape(&x.species),
                if x.free_beads > 0.0 {
                    format!("none: {} free beads", number(x.free_beads))
                } else {
                    number(x.cells)
                },
                share(x.purity),
                whole(x.parcels),
                x.attraction
                    .as_ref()
                    .map_or_else(|| "not magnetic".into(), pulled),
                share(x.without_a_bead),
                super::status(x.status).to_owned(),
            ]
        })
        .collect();
    page.table(
        "Species. Status: how well their numbers are known",
        &[
            ("species", false),
            ("cells", true),
            ("purity [%]", true),
            ("parcels", true),
            ("pulled by", false),
            ("without a bead [%]", true),
            ("status", false),
        ],
        &[rows],
    );
    let setup = &s.setup;
    let mut facts = super::facts_of_run(&s.version, setup.seed, setup.parcels, &s.run);
    facts.push(("volume of the duct", format!("{} mL", number(setup.volume_ml))));
    if let Some(x) = setup.feed_s {
        facts.push(("fed for", format!("{} s", short(x, 5))));
    }
    if let Some(x) = s.throughput_cells_per_s {
        facts.push(("throughput", format!("{} cells a second", number(x))));
    }
    for (i, p) in setup.phases.iter().enumerate() {
        let name = match i {
            0 => "phases",
            _ => "",
        };
        facts.push((
            name,
            format!(
                "{} at {} mL/min, magnets {}",
                clock(p.length_s),
                short(p.rate_ml_per_min, 4),
                if p.magnets { "on" } else { "off" }
            ),
        ));
    }
    if let Some(x) = s.matrix_filled {
        facts.push((
            "matrix filled",
            format!("{} % of the cells that it holds", share(x)),
        ));
    }
    if let Some(steady) = &s.steady {
        facts.push((
            "rates of arrival",
            steady.since_s.map_or_else(
                || "did not become steady".into(),
                |t| format!("steady from {} s", short(t, 4)),
            ),
        ));
    }
    facts.push((
        "suspending fluid",
        format!(
            "{} g/mL, {} mPa s",
            short(setup.fluid_density_g_per_ml, 6),
            short(setup.fluid_viscosity_mpa_s, 4)
        ),
    ));
    facts.push((
        "parcels at the end",
        if s.parcels_conserved {
            "all accounted for"
        } else {
            "NOT as many as were put in"
        }
        .into(),
    ));
    page.facts("Run", &facts);
}

fn pulled(a: &MagneticResponse) -> String {
    match (a.mobility_m3_s_per_kg, a.mean_beads) {
        (Some(m), _) => format!("its mobility, {} m\u{b3} s/kg", number(m)),
        (None, Some(n)) => format!(
            "{} beads a cell of {} \u{b5}m, on average",
            number(n),
            number(a.bead_diameter_um)
        ),
        (None, None) if a.free_bead_susceptibility.is_some() => "what it is: a free bead".into(),
        (None, None) => "not known here".into(),
    }
}

fn trust(page: &mut Page, s: &Separator) {
    if let Some(e) = &s.setup.table_error {
        page.paragraph(&format!(
            "Field: forces come from a table; at the worst of {} random places in the duct and on its walls they are off by {:.2e} of \
             the force there (where it is small, of a hundredth of the greatest), {:.2e} in the mean square.",
            grouped(e.points),
            e.force_worst,
            e.force_mean_square
        ));
    }
    let parcels: Vec<(&str, u64)> = s
        .species
        .iter()
        .map(|x| (x.species.as_str(), x.parcels))
        .collect();
    super::counting(page, &parcels);
    let unverified: Vec<&str> = s
        .species
        .iter()
        .filter(|x| x.status == crate::model::Status::Unverified)
        .map(|x| x.species.as_str())
        .collect();
    if !unverified.is_empty() {
        page.paragraph(&format!(
            "Numbers: some of the sizes, densities or spreads of {} are unverified (from memory); `buffycoat check` on the scene \
             names them.",
            unverified.join(", ")
        ));
    }
    super::trust(
        page,
        &cases::of_separator(s),
        s.run.backend == "gpu",
        ("What the model leaves out", &cases::limits_of_separators()),
    );
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
