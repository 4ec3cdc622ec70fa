//! What laboratories have: a value far outside of it runs, but may have slipped by a unit or a power of ten, and is asked about.
//!
//! The ranges of single keys are in `table`. They are judgement, from what makers of tubes, rotors and separators sell, and wide on purpose. None is a limit.

mod table;

use super::components::Draft;
use super::node::{Node, Span, Value};
use super::physics::Wish;
use super::place::strongest;
use super::problem::Problems;
use super::vessel::Vessel;
use crate::constants::STANDARD_GRAVITY;
use crate::engine::Suspension;
use crate::library;
use crate::model::{Amount, CellClass, Protocol};
use crate::units::{Dimension, advice, digits, show, slips};
use std::ops::RangeInclusive;

use table::ROTORS;
pub(super) use table::USUAL;
use table::Usual;

/// Force at the bottom below which a centrifuge is hardly worth its name [g], and above which it is an ultracentrifuge.
pub(super) const FORCES: RangeInclusive<f64> = 10.0..=30_000.0;

/// Haematocrits of blood, thin or thick, that one hundredth of may have been written for it.
const HAEMATOCRITS: RangeInclusive<f64> = 0.2..=0.65;

/// Share of red cells from which a sample in plasma is taken to be blood.
const BLOOD: f64 = 0.1;

/// Share of red cells below which blood to which something was added is asked about.
const LEAST_RED: f64 = 0.01;

/// Whether `value` [engine units] is usual of a key.
pub(super) fn is_usual(path: &[&str], key: &str, value: f64) -> bool {
    let of = USUAL.iter().find(|u| u.path == path && u.key == key);
    of.is_none_or(|u| !u.unusual(value))
}

/// Warns of what is far from usual in the scene `root`.
pub fn warn(root: &Node, problems: &mut Problems<'_>) {
    for u in USUAL {
        let mut nodes = vec![root];
        for name in u.path {
            nodes = nodes.into_iter().flat_map(|n| below(n, name)).collect();
        }
        let kind = |n: &Node| {
            ["kind", "shape"]
                .into_iter()
                .filter(|k| n.given(k))
                .any(|k| n.text(k).is_some_and(|k| u.kinds.contains(&k)))
        };
        let of = |n: &Node| u.kinds.is_empty() || kind(n);
        for node in nodes.into_iter().filter(|n| n.given(u.key) && of(n)) {
            let Some(value) = node.quantity(u.key).or_else(|| listed(u, node)) else {
                continue;
            };
            if !u.unusual(value) {
                continue;
            }
            // by the name that was written, a radius for a diameter
            let (name, factor) = match node.twin(u.key) {
                Some((twin, factor)) => (named(twin), factor),
                None => (u.name.to_owned(), 1.0),
            };
            let range = u.range.start() / factor..=u.range.end() / factor;
            let what = format!("{name} of {} is unusual", show(value / factor, u.dimension));
            far(
                &node.at(u.key),
                what,
                value / factor,
                (u.dimension, &range),
                u.because,
                problems,
            );
            // half of it is one, if it is a diameter
            if u.because == ROTORS && u.range.contains(&(value / 2.0)) && value > *u.range.end() {
                let half = show(value / 2.0, u.dimension);
                if let Some(p) = problems.last() {
                    p.help(format!(
                        "did you mean \"{half}\"? {} is the diameter then",
                        show(value, u.dimension)
                    ));
                }
            }
        }
    }
    haematocrit(root, problems);
    bore(root, problems);
}

/// Bores of blood tubes, and of conical tubes of 50 mL [um]. The makers' (from memory, unverified): 10 to 16 mm outside, and 27 to 28 mm inside.
const TUBES: RangeInclusive<f64> = 6.5e3..=16e3;
const CONICAL: RangeInclusive<f64> = 26e3..=29e3;

/// A radius that would be the diameter of a blood tube, and is too large for its radius.
fn bore(root: &Node, problems: &mut Problems<'_>) {
    let Some((node, diameter)) = root
        .table("chamber")
        .filter(|c| c.twin("inner_diameter").is_some())
        .and_then(|c| Some((c, c.quantity("inner_diameter")?)))
    else {
        return;
    };
    let radius = diameter / 2.0;
    if !TUBES.contains(&radius) || TUBES.contains(&diameter) || CONICAL.contains(&diameter) {
        return;
    }
    let show = |x| show(x, Dimension::Length);
    problems
        .warning(
            &node.at("inner_diameter"),
            format!("a radius of {} makes a bore of {}", show(radius), show(diameter)),
            format!(
                "wider than blood tubes, {} to {}",
                show(*TUBES.start()),
                show(*TUBES.end())
            ),
        )
        .help(format!(
            "if {0} is the bore, write `inner_diameter = \"{0}\"` instead of `radius`",
            show(radius)
        ));
}

/// A key in words: "an inner diameter".
fn named(key: &str) -> String {
    let article = if key.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {}", key.replace('_', " "))
}

/// The tables of this name in a table: one, several, or those of a table of names.
fn below<'a>(node: &'a Node, name: &str) -> Vec<&'a Node> {
    let entries = node.map(name).iter().filter_map(|e| match &e.value {
        Value::Table(n) => Some(n),
        _ => None,
    });
    node.table(name)
        .into_iter()
        .chain(node.tables(name))
        .chain(entries)
        .collect()
}

/// Of a list of lengths, the first that is unusual; of the components of a field, how strong it is.
fn listed(u: &Usual, node: &Node) -> Option<f64> {
    let all: [f64; 3] = node.quantities(u.key)?;
    match u.dimension {
        Dimension::FluxDensity => Some(all.iter().map(|x| x * x).sum::<f64>().sqrt()),
        _ => all.into_iter().find(|x| u.unusual(*x)),
    }
}

/// A warning about a value, with what is usual, and what may have been meant instead.
fn far(
    at: &Span,
    what: String,
    value: f64,
    (dimension, range): (Dimension, &RangeInclusive<f64>),
    because: &str,
    problems: &mut Problems<'_>,
) {
    let written = problems.written(at);
    // one of a list has no place of its own
    let shown = show(value, dimension);
    let text = if written.starts_with('[') {
        shown.as_str()
    } else {
        written
    };
    let meant = slips(text, dimension, range);
    let mut label = format!(
        "usually {} to {}",
        show(*range.start(), dimension),
        show(*range.end(), dimension)
    );
    if !because.is_empty() {
        label += &format!(": {because}");
    }
    let problem = problems.warning(at, what, label);
    if let Some(help) = advice(&meant) {
        problem.help(help);
    }
}

/// A share that was written for its hundredths: 0.42 % for 0.42.
fn haematocrit(root: &Node, problems: &mut Problems<'_>) {
    let Some(sample) = root.table("sample").filter(|s| s.given("haematocrit")) else {
        return;
    };
    let Some(value) = sample.quantity("haematocrit") else {
        return;
    };
    if HAEMATOCRITS.contains(&(100.0 * value)) {
        let show = |x| show(x, Dimension::Fraction);
        problems
            .warning(
                &sample.at("haematocrit"),
                format!("a haematocrit of {} is unusual", show(value)),
                "blood has about 100 times as much",
            )
            .help(format!("did you mean \"{}\"?", show(100.0 * value)));
    }
}

/// A rotor whose greatest force is hardly more than gravity.
pub fn force(root: &Node, vessel: &Vessel, protocol: &Protocol, problems: &mut Problems<'_>) {
    let bottom = vessel.rotor.bottom_radius;
    let fastest = protocol
        .segments()
        .iter()
        .map(|s| s.omega_start.max(s.omega_end))
        .fold(0.0, f64::max);
    let force = fastest * fastest * bottom / STANDARD_GRAVITY;
    if vessel.rotor.mounting.on_bench() || fastest == 0.0 || force >= *FORCES.start() {
        return;
    }
    let at = strongest(root, protocol);
    let omega = |g: f64| (g * STANDARD_GRAVITY / bottom).sqrt();
    let text = problems.written(&at);
    let mut meant = slips(text, Dimension::CentrifugalForce, &FORCES);
    if meant.is_empty() {
        let range = omega(*FORCES.start())..=omega(*FORCES.end());
        meant = slips(text, Dimension::RotorSpeed, &range);
    }
    let problem = problems.warning(
        &at,
        format!(
            "{} x g at the bottom is little for a centrifuge",
            digits(force, 3)
        ),
        format!("usually {} to {} x g", FORCES.start(), FORCES.end()),
    );
    if let Some(help) = advice(&meant) {
        problem.help(help);
    }
}

/// Concentrations that are unusual in blood, of a sample that may be blood: red cells in plasma, neither diluted nor enriched.
pub fn blood(drafts: &[Draft], plasma: bool, wish: &Wish, problems: &mut Problems<'_>) {
    let red = |d: &&Draft| d.species.class == CellClass::Erythrocyte;
    // what is usual is that of blood to which nothing was added
    let share = |d: &Draft| d.fraction() / d.blood;
    let reds: f64 = drafts.iter().filter(red).map(share).sum();
    let first = drafts
        .first()
        .filter(|d| d.blood < 1.0 && plasma && reds < LEAST_RED);
    if let Some(first) = first {
        let (what, label) = match drafts.iter().find(red) {
            Some(d) => (
                format!(
                    "the blood has a haematocrit of {}",
                    show(reds, Dimension::Fraction)
                ),
                (&d.span, "usually 35 to 50 %: are all zeros there?"),
            ),
            None => (
                "the blood has no red cells".into(),
                (&first.span, "only these cells are in it"),
            ),
        };
        problems
            .warning(label.0, what, label.1)
            .help("give `haematocrit` if the sample is blood; what was added is mixed with its plasma");
    }
    if wish.suspension() != Suspension::Dense || !plasma || reds < BLOOD {
        return;
    }
    let number = |d: &Draft| d.amount.concentration(&d.species) / d.blood;
    let ranged: Vec<(&Draft, RangeInclusive<f64>)> = drafts
        .iter()
        .filter_map(|d| {
            let entry = library::species_entry(&d.kind).ok()?;
            let c = entry.concentration.as_ref()?;
            Some((d, c.low.unwrap_or(0.0)..=c.high.unwrap_or(f64::INFINITY)))
        })
        .collect();
    let odd: Vec<&(&Draft, RangeInclusive<f64>)> =
        ranged.iter().filter(|(d, r)| !r.contains(&number(d))).collect();
    // all together thinner or thicker: diluted blood, or a product of it
    let same_way =
        odd.iter().all(|(d, r)| number(d) < *r.start()) || odd.iter().all(|(d, r)| number(d) > *r.end());
    if odd.len() > 1 && 2 * odd.len() > ranged.len() && same_way {
        return;
    }
    for (d, range) in odd {
        // in the unit in which it was written
        let each = share(d) / number(d);
        let show = |c: f64| match d.amount {
            Amount::Concentration(_) => show(c, Dimension::Concentration),
            Amount::VolumeFraction(_) => format!("{} %", digits(100.0 * c * each, 3)),
        };
        let meant = match d.amount {
            Amount::Concentration(_) => slips(problems.written(&d.span), Dimension::Concentration, range),
            Amount::VolumeFraction(_) => Vec::new(),
        };
        let problem = problems.warning(
            &d.span,
            match d.amount {
                Amount::VolumeFraction(_) if d.species.class == CellClass::Erythrocyte => {
                    format!("a haematocrit of {} is unusual in blood", show(number(d)))
                }
                _ => format!("{} of `{}` is unusual in blood", show(number(d)), d.species.name),
            },
            format!("usually {} to {}", show(*range.start()), show(*range.end())),
        );
        if let Some(help) = advice(&meant) {
            problem.help(help);
        }
    }
}
