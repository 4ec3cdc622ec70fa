//! Which validation cases are near a run, and what came of them when they were last run ([`library::recorded`]).

use super::text::share_text;
use crate::library::{self, Report};
use crate::model::CellClass;
use crate::observe::LayerKind;
use crate::output::summary::{
    ChamberDigest, LayerResults, MagneticDigest, PlaceKind, PlaceResults, SectionDigest, Summary,
};
use crate::units::clock;

/// What was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What, with its unit.
    pub quantity: String,
    /// What should come out.
    pub expected: String,
    /// What the CPU computed, and what a GPU did.
    pub computed: [String; 2],
    /// How far they are apart, and how far they may be.
    pub error: [String; 2],
}

/// What is known of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `C01` ... `C50`.
    pub id: &'static str,
    /// What it is about.
    pub topic: &'static str,
    /// Exact, experiment, ...
    pub kind: &'static str,
    /// Why it is near the run.
    pub near: String,
    /// What came out of the run where the case has a number for it.
    pub here: Option<String>,
    /// What should come out, and how near, in words.
    pub expected: String,
    /// Source and status of the reference.
    pub source: String,
    /// What was compared; empty where the case was not run.
    pub checks: Vec<Check>,
    /// Why it was not run, where it was not.
    pub not_run: Option<String>,
}

/// The cases nearest to a vessel's run. The rule: what moves alone is near the exact paths of single cells; what crowds is near
/// Kynch's fronts, at 1 g or spun as it was; blood with other cells is near the cases of cells among red cells; and what is
/// measured on blood is near it whether the program passes, fails or cannot do it.
pub fn of_layers(s: &Summary, found: &LayerResults) -> Vec<Case> {
    let spun = s.setup.rotor.is_some();
    let dense = s.setup.suspension == "dense";
    let has = |class: CellClass| s.species.iter().any(|x| x.class == class && x.cells > 0.0);
    let red = has(CellClass::Erythrocyte);
    let others = has(CellClass::Leukocyte) || has(CellClass::Platelet);
    let mut out: Vec<(&str, String)> = Vec::new();
    let mut near = |id, why: &str| out.push((id, why.to_owned()));
    if dense {
        near(
            "C09",
            "one crowded class settles at 1 g: speed of its front, rise of its bed",
        );
        if spun {
            near(
                "C11",
                "the same in a spinning tube, where the force grows with the depth",
            );
        }
        if red {
            near(
                "C10",
                "as dense as blood: the front slows down as the cells crowd",
            );
        }
        if red && others {
            near("C13", "how fast each kind of cell goes among 40 % red cells");
            near(
                "C14",
                "the haematocrit at which each kind of cell stops sinking and rises",
            );
        }
        if red && spun && has(CellClass::Platelet) {
            near(
                "C23",
                "measured on blood: platelets above the red cells after 10 min at 100 x g",
            );
        }
        if red && spun {
            near(
                "C21",
                "measured on blood: how much plasma stays between packed red cells",
            );
            near(
                "C22",
                "measured on blood: how densely red cells pack at which force",
            );
        }
        if red && !spun {
            near("C15", "measured on blood: how far it clears in an hour");
            near("C16", "how fast red cells settle that do not aggregate");
        }
    } else {
        near("C01", "single cells of blood settle at 1 g");
        if spun {
            near("C02", "the path of one cell outwards");
            near(
                "C04",
                "how much of a dilute suspension is pelleted, in a tube and in a sector",
            );
        }
        near("C05", "how long cells of many sizes take");
    }
    let mut out: Vec<Case> = out.into_iter().filter_map(|(id, why)| case(id, why)).collect();
    for case in &mut out {
        case.here = here(s, found, case.id);
    }
    sorted(out)
}

/// What was measured says most, what was not compared least.
fn sorted(mut cases: Vec<Case>) -> Vec<Case> {
    cases.sort_by_key(|c| (c.not_run.is_some(), !c.measured()));
    cases
}

/// The number of a vessel's run that stands beside that of a case.
fn here(s: &Summary, found: &LayerResults, id: &str) -> Option<String> {
    let spin = format!(
        "after {} at up to {:.0} x g",
        clock(s.run.simulated_seconds),
        s.setup.rotor.as_ref().map_or(1.0, |r| r.peak_rcf_bottom)
    );
    let red = found.get(LayerKind::RedCells);
    match id {
        "C23" => found
            .platelets_above_red_cells
            .map(|x| format!("{} % {spin}", share_text(x))),
        "C21" => {
            let part = 1.0 - found.red_cell_surface_mm? / s.setup.height_mm();
            let cells = s.scene.sample.as_ref()?.haematocrit;
            let trapped = library::case(id)
                .ok()?
                .expectation("plasma trapped in the column of red cells");
            let trapped = trapped.ok()?.value?;
            Some(format!(
                "the red cells take {:.1} % of the height {spin}. With the {trapped} % of plasma that was measured among them, the {:.1} % of red \
                 cells of this sample would take {:.1} %",
                100.0 * part,
                100.0 * cells,
                100.0 * cells / (1.0 - trapped / 100.0)
            ))
        }
        "C22" => red?.haematocrit.map(|x| {
            format!(
                "{} % of the volume of the red-cell layer are cells {spin}",
                share_text(x)
            )
        }),
        "C15" | "C16" => found
            .red_cell_surface_mm
            .map(|x| format!("cleared to {x:.2} mm after {}", clock(s.run.simulated_seconds))),
        _ => None,
    }
}

impl Case {
    /// Whether its reference was measured, not computed.
    pub fn measured(&self) -> bool {
        !(self.kind.contains("exact") || self.kind.contains("model"))
    }
}

/// The cases nearest to a separator's run. The rule: every magnet is near the velocity of a cell in a known field; a ring is near
/// the quadrupole sorter; a matrix is near its wires and near the columns that were measured, and so are beads.
pub fn of_places(s: &Summary, found: &PlaceResults) -> Vec<Case> {
    let matrix = found
        .fractions
        .iter()
        .any(|f| f.kind == PlaceKind::Surface && f.place == crate::chamber::duct::IN_THE_MATRIX);
    let beads = s
        .species
        .iter()
        .any(|x| matches!(x.magnetic_response, Some(MagneticDigest::Beads { .. })));
    let mut out: Vec<(&str, &str)> = Vec::new();
    if matrix {
        out.push(("C32", "what one wire of a matrix catches"));
        out.push(("C34", "measured: what a column holds until it is full"));
    } else {
        out.push(("C30", "the velocity of a cell of known mobility in a known field"));
        let ring = matches!(
            s.setup.chamber,
            ChamberDigest::Duct {
                section: SectionDigest::Annulus { .. },
                ..
            }
        );
        if ring {
            out.push(("C31", "cells cross the ring of a quadrupole sorter"));
        }
    }
    if matrix || beads {
        out.push((
            "C33",
            "measured: selection of labelled cells from a leukapheresis product",
        ));
    }
    sorted(
        out.into_iter()
            .filter_map(|(id, why)| case(id, why.to_owned()))
            .collect(),
    )
}

/// On what the record was made, by back-end.
pub fn devices() -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for r in recorded() {
        let text = format!("{}: {}", r.backend, r.device);
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

fn recorded() -> &'static [Report] {
    library::recorded().unwrap_or_default()
}

fn case(id: &'static str, near: String) -> Option<Case> {
    let known = library::case(id).ok()?;
    let mine: Vec<&Report> = recorded().iter().filter(|r| r.id == id).collect();
    let not_run = mine.is_empty().then(|| {
        let why = known.not_run.as_deref();
        why.unwrap_or("not in the record of this version").to_owned()
    });
    Some(Case {
        id,
        topic: &known.topic,
        kind: &known.kind,
        near,
        here: None,
        expected: format!(
            "{} ({}; within {}; {}, {})",
            known.expected_text(),
            known.observable,
            known.tolerance,
            known.source,
            known.status
        ),
        source: format!("{} ({})", known.source, known.status),
        checks: checks(&mine),
        not_run,
    })
}

/// What was compared, with the worse of the errors on both back-ends.
fn checks(mine: &[&Report]) -> Vec<Check> {
    let on = |backend: &str| mine.iter().find(|r| r.backend == backend);
    let Some(first) = mine.first() else {
        return Vec::new();
    };
    let of = |backend: &str, i: usize| {
        let check = on(backend).and_then(|r| r.checks.get(i));
        check.map_or_else(|| "not run".to_owned(), library::Check::measured_text)
    };
    let checks = first.checks.iter().enumerate();
    checks
        .map(|(i, c)| {
            let all = || mine.iter().filter_map(|r| r.checks.get(i));
            let error = all().map(|c| c.error).fold(0.0, f64::max);
            let missed = if all().all(|c| c.passed) {
                ""
            } else {
                " **missed**"
            };
            Check {
                quantity: c.title(),
                expected: c.expected.to_string(),
                computed: [of("cpu", i), of("gpu", i)],
                error: [
                    format!("{}{missed}", c.tolerance.spread(error)),
                    c.tolerance.to_string(),
                ],
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every case that was run has its checks, every other its reason.
    #[test]
    fn the_record_is_understood() -> Result<(), Box<dyn std::error::Error>> {
        let mut run = 0;
        for known in library::cases()? {
            let case = case(&known.id, String::new()).ok_or("no such case")?;
            run += usize::from(!case.checks.is_empty());
            let on_host = crate::validate::ALL.iter().any(|c| c.id == known.id && c.on_host);
            assert!(case.checks.is_empty() == case.not_run.is_some(), "{case:?}");
            assert_eq!(case.not_run, known.not_run, "{}", known.id);
            for c in &case.checks {
                let all = c
                    .computed
                    .iter()
                    .chain(&c.error)
                    .chain([&c.quantity, &c.expected]);
                let known = |x: &String| !x.is_empty() && (on_host || x != "not run");
                assert!(all.into_iter().all(known), "{c:?}");
            }
        }
        assert!(run >= 14, "{run}");
        // both back-ends, each on one machine or on several: cases may be recorded one by one
        for backend in ["cpu: ", "gpu: "] {
            assert!(
                devices().iter().any(|d| d.starts_with(backend)),
                "{:?}",
                devices()
            );
        }
        Ok(())
    }
}
