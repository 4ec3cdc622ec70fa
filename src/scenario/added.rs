//! What was added to the blood, one after the other, and in how much of it the cells were counted.

use super::medium::{no_medium, refuse};
use super::node::{Node, Span};
use super::problem::Problems;
use super::ratio::ratio;
use crate::library::{self, MediumEntry};
use crate::units::{Dimension, digits, show};
use std::ops::RangeInclusive;

/// Volumes of blood to one of anticoagulant: from sedimentation by Westergren to apheresis at its thriftiest (from memory, unverified).
const BLOOD_TO_ONE: RangeInclusive<f64> = 4.0..=20.0;

/// How far beyond these a ratio may be before it is asked about.
const SLACK: f64 = 1.1;

/// A solution in the blood.
pub struct Added {
    pub entry: &'static MediumEntry,
    /// Share of what it was added to in both together.
    pub kept: f64,
    pub words: String,
    pub at: Span,
}

/// What a table adds to the blood.
pub fn addition(
    table: &Node,
    medium: &str,
    anticoagulant: bool,
    to: &str,
    problems: &mut Problems<'_>,
) -> Option<Added> {
    let (name, at) = (table.text(medium)?, table.at(medium));
    let example = if anticoagulant { "acd_a" } else { "saline" };
    let entry = match library::medium_entry(name) {
        Ok(entry) => entry,
        Err(e) => {
            let dry = ["edta", "heparin"]
                .iter()
                .any(|d| name.to_lowercase().contains(d));
            if anticoagulant && dry {
                problems
                    .error(
                        &at,
                        format!("`{name}` is not a solution in the library"),
                        "adds no volume",
                    )
                    .help("leave `anticoagulant` out: EDTA and heparin hardly change density or viscosity");
            } else if anticoagulant {
                problems
                    .error(
                        &at,
                        format!("there is no anticoagulant `{name}`"),
                        "not in the library",
                    )
                    .help(format!("it has {}", anticoagulants()));
            } else {
                refuse(&at, &e, problems);
            }
            return None;
        }
    };
    if entry.refused.is_some() {
        let help =
            format!("the sample is the blood; name what was added to it, e.g. `{medium} = \"{example}\"`");
        no_medium(&at, entry, &help, problems);
        return None;
    }
    if !entry.watery() {
        not_watery(&at, entry, "blood", problems);
        return None;
    }
    let (parts, of) = match ratio(table.text("ratio")?, entry, anticoagulant) {
        Ok(volumes) => volumes,
        Err(fault) => {
            problems
                .error(&table.at("ratio"), fault.title, fault.label)
                .help(fault.help);
            return None;
        }
    };
    let plural = if parts == 1.0 { "volume" } else { "volumes" };
    let words = format!(
        "{} {plural} of {} to {} of {to}",
        digits(parts, 6),
        entry.name,
        digits(of, 6)
    );
    let kept = of / (parts + of);
    if anticoagulant {
        unusual(of / parts, parts, &words, &table.at("ratio"), problems);
    }
    Some(Added {
        entry,
        kept,
        words,
        at,
    })
}

/// Asks about so many volumes of blood to one of anticoagulant, or to `parts` of it as it is written, where that is more or less than anybody
/// uses.
fn unusual(blood: f64, parts: f64, words: &str, at: &Span, problems: &mut Problems<'_>) {
    let (few, many) = (*BLOOD_TO_ONE.start(), *BLOOD_TO_ONE.end());
    let usual = format!("usually 1 to {} down to 1 to {}", digits(few, 3), digits(many, 3));
    if blood * SLACK < few {
        problems
            .warning(at, format!("{words} is unusually much"), usual)
            .help("if it dilutes the blood, give it as `diluted_with`");
    } else if blood > many * SLACK {
        let problem = problems.warning(at, format!("{words} is unusually little"), usual);
        let tenth = blood / 10.0;
        if BLOOD_TO_ONE.contains(&tenth) {
            problem.help(format!(
                "did you mean `ratio = \"{}:{}\"`?",
                digits(parts, 6),
                digits(parts * tenth, 6)
            ));
        }
    }
}

/// Those of the library, each with its name for people: "acd_a (ACD-A), cpd (CPD)".
fn anticoagulants() -> String {
    let all = library::media().unwrap_or_default().iter();
    all.filter(|m| m.anticoagulant)
        .map(|m| format!("{} ({})", m.name, m.label))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Refuses a medium of which it is not known how it mixes.
pub fn not_watery(at: &Span, entry: &MediumEntry, with: &str, problems: &mut Problems<'_>) {
    problems
        .error(
            at,
            format!("how {} mixes with {with} is not known", entry.name),
            "mixing rules are known only for aqueous media",
        )
        .help(
            "leave out what was added, and `amounts`, and give the mixture's own numbers, `fluid = { density = \"... g/mL\", viscosity = \"... mPa s\", \
             aggregation = ... }`, instead of `medium`",
        );
}

/// How many additions are in what the amounts are of; asks where it matters and is not said.
pub fn counted_with(node: &Node, added: &[Added], problems: &mut Problems<'_>) -> Option<usize> {
    let all = added.len();
    let anticoagulated = node.given("anticoagulant");
    match node.text("amounts") {
        Some("anticoagulated") if !anticoagulated => {
            problems
                .error(
                    &node.at("amounts"),
                    "no anticoagulant was added",
                    "there is no `anticoagulant` in [sample]",
                )
                .help("say \"blood\" or \"sample\"");
            None
        }
        Some(_) if all == 0 => {
            problems.warning(
                &node.at("amounts"),
                "nothing was added to the blood",
                "has no effect",
            );
            Some(0)
        }
        Some("blood") => Some(0),
        Some("anticoagulated") => Some(1),
        Some(_) => Some(all),
        None if all == 0 => Some(0),
        // of a value that did not fit it has been said
        None if node.attempted("amounts") => None,
        None => {
            let given = node.quantity("haematocrit").filter(|_| node.given("haematocrit"));
            let kept: f64 = added.iter().map(|a| a.kept).product();
            let percent = |x: f64| show(x, Dimension::Fraction);
            let what = given.map_or_else(
                || "do the counts refer".to_owned(),
                |h| format!("does {} refer", percent(h)),
            );
            let (sample, blood) = match given {
                Some(h) if h < kept => (
                    format!(" (the sample then has {})", percent(h * kept)),
                    format!(" (the blood then had {})", percent(h / kept)),
                ),
                _ => (String::new(), String::new()),
            };
            let third = if anticoagulated && all > 1 {
                ", or `amounts = \"anticoagulated\"`"
            } else {
                ""
            };
            let names: Vec<&str> = added.iter().map(|a| a.entry.name.as_str()).collect();
            problems
                .error(
                    &node.at(if given.is_some() { "haematocrit" } else { "cells" }),
                    format!("{what} to the blood or to the sample with {}?", names.join(" and ")),
                    "`amounts` is not given",
                )
                .help(format!(
                    "add `amounts = \"blood\"`{sample} or `amounts = \"sample\"`{blood}{third}; it applies to haematocrit and all counts"
                ))
                .absent();
            None
        }
    }
}
