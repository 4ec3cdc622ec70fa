//! A measured mobility of `[labels.SPECIES]`: at which field it was measured, how it saturates, and whether it can be.

use super::super::beads;
use super::super::node::Node;
use super::super::problem::Problems;
use crate::laws::saturation::saturation;
use crate::magnets::MOBILITY_SI;
use crate::model::{MagneticResponse, Species};
use crate::units::{Dimension, show};

/// Largest bead in trade [um] (Dynabeads M-450, 4.5 um, of the library, rounded up).
const LARGEST_BEAD: f64 = 5.0;

/// Least mobility that is told from none [um3 us/pg], 1e-17 m3 s/kg: a thirtieth of the largest known of an oxygenated red cell
/// (0.30e-15), and 5 um in an hour where the force density is that of a measuring rig (1.46e8 T A/m2; both of `data/beads.toml`).
const LEAST: f64 = 1e-17 * MOBILITY_SI;

/// What the keys beside `mobility` make of it; none if one is missing or wrong, which has been said. `viscosity` [mPa s] is that
/// of the sample's fluid.
pub fn mobility(
    root: &Node,
    node: &Node,
    species: &Species,
    viscosity: f64,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<MagneticResponse> {
    let measured = node.quantity("mobility")?;
    let spread = node.number("spread")?;
    let measured_in = node.quantity("measured_in").unwrap_or(viscosity);
    let per_field = per_field(root, node, measured, notes, problems)?;
    // the scene gives it where it was measured, the engine takes what it is in a weak field
    let left = saturation(node.quantity("measured_at").unwrap_or(0.0) * per_field);
    let weak = measured / left;
    let outer = species.diameter + 2.0 * LARGEST_BEAD;
    let most = 3.0 * outer * outer / (18.0 * measured_in);
    if weak.abs() > most {
        let in_a_weak_field = if left < 1.0 {
            format!(", which is {} in a weak field", si(weak))
        } else {
            String::new()
        };
        problems
            .error(
                &node.at("mobility"),
                format!(
                    "no `{}` has a mobility of {}{in_a_weak_field}",
                    species.name,
                    si(measured)
                ),
                format!("even an iron ball of its size has no more than {}", si(most)),
            )
            .help(format!(
                "3 D2/(18 viscosity), D = {}, the cell with a bead of {} on both sides; nanobeads come to 0.3 to 10e-13 m3 s/kg, a few \
                 beads of some um to 1e-9",
                show(outer, Dimension::Length),
                show(LARGEST_BEAD, Dimension::Length)
            ));
        return None;
    }
    if measured != 0.0 && weak.abs() < LEAST {
        problems
            .warning(
                &node.at("mobility"),
                format!("`{}` would not move visibly in any field", species.name),
                format!("below {}", si(LEAST)),
            )
            .help("oxygenated red cells have -0.2e-15 to 0.30e-15 m3 s/kg, without a label");
    }
    Some(MagneticResponse::Mobility {
        median: weak * measured_in / viscosity,
        spread,
        per_field,
    })
}

/// Three over the field at which the label saturates [1/T], zero if the scene names none.
fn per_field(
    root: &Node,
    node: &Node,
    measured: f64,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<f64> {
    let key = match (node.given("bead"), node.given("saturation_field")) {
        (false, false) => {
            if node.given("measured_at") {
                problems
                    .error(
                        &node.at("measured_at"),
                        "a mobility that does not saturate is the same in any field",
                        "needs `bead` or `saturation_field` beside it",
                    )
                    .help("say how the label saturates, or leave this out");
                return None;
            }
            return Some(0.0);
        }
        (true, true) => {
            problems.error(
                &node.at("saturation_field"),
                "the curve of `bead` says how the label saturates",
                "one of `bead` and `saturation_field`, not both",
            );
            return None;
        }
        (true, false) => "bead",
        (false, true) => "saturation_field",
    };
    if measured < 0.0 {
        problems.error(
            &node.at(key),
            "what the field repels does not saturate",
            if node.given("measured_at") {
                "leave it and `measured_at` out beside a negative mobility"
            } else {
                "leave it out beside a negative mobility"
            },
        );
        return None;
    }
    let field = if key == "bead" {
        beads::named(root, node.text(key)?, &node.at(key), notes, problems)?
            .curve
            .saturation_field()
    } else {
        node.quantity(key)?
    };
    if !node.given("measured_at") {
        problems
            .error(
                &node.at("mobility"),
                "in which field was this mobility measured?",
                "`measured_at` is needed where the label saturates",
            )
            .help("e.g. measured_at = \"1.4 T\"; \"0 T\" if it is that of a weak field");
        return None;
    }
    node.quantity("measured_at")?;
    Some(3.0 / field)
}

/// A mobility as it is written [m3 s/kg].
fn si(mobility: f64) -> String {
    format!("{:.2e} m3 s/kg", mobility / MOBILITY_SI)
}
