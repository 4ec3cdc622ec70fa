//! `[physics]`: switches and parameters, and which of them go together.

use super::node::Node;
use super::place;
use super::problem::Problems;
use super::sample::Sample;
use super::vessel::Vessel;
use crate::constants::STANDARD_GRAVITY;
use crate::engine::{Drag, Lateral, Physics, Suspension};
use crate::model::{CellClass, Mounting, Protocol};
use crate::units::digits;

/// Forces at the bottom [g] with the share that red cells fill when packed there: 0.94 at the last and above it (Clark & Walsh 1960, read),
/// "60 to 75 % at 100 to 300 x g" (unverified; taken to rise with the force).
const BEDS: [(f64, f64); 3] = [(100.0, 0.60), (300.0, 0.75), (1430.0, 0.94)];

/// The share that packed red cells fill at so many g: between those of [`BEDS`] linear in the logarithm of the force. None below them, where
/// nothing was read, and none at the last and above it, where it stays the same.
fn bed(force: f64) -> Option<f64> {
    BEDS.windows(2)
        .find(|pair| (pair[0].0..pair[1].0).contains(&force))
        .map(|pair| {
            let [(from, low), (to, high)] = [pair[0], pair[1]];
            low + (high - low) * (force / from).ln() / (to / from).ln()
        })
}

/// `[physics]` as far as it does not depend on the sample.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    physics: Physics,
    packing_limit: Option<f64>,
    /// Factor on the mobility of red cells, if the scene gives one.
    pub rouleaux: Option<f64>,
}

impl Wish {
    /// Cells that are alone in the fluid.
    pub fn alone() -> Self {
        Self {
            physics: Physics {
                suspension: Suspension::Dilute,
                ..Physics::default()
            },
            packing_limit: None,
            rouleaux: None,
        }
    }

    /// The same of a crowded suspension.
    pub fn crowded(mut self) -> Self {
        self.physics.suspension = Suspension::Dense;
        self
    }

    /// Dense or dilute.
    pub fn suspension(&self) -> Suspension {
        self.physics.suspension
    }

    /// The limit that the scene gives.
    pub fn packing_limit(&self) -> Option<f64> {
        self.packing_limit
    }

    /// With what follows from the sample.
    pub fn finish(self, sample: &Sample) -> Physics {
        Physics {
            packing_limit: self.packing_limit.unwrap_or(sample.packing_limit),
            ..self.physics
        }
    }
}

/// Reads `[physics]`.
pub fn physics(root: &Node, problems: &mut Problems<'_>) -> Wish {
    let mut wish = Wish {
        physics: Physics::default(),
        packing_limit: None,
        rouleaux: None,
    };
    let Some(node) = root.table("physics") else {
        return wish;
    };
    let p = &mut wish.physics;
    let dilute = node.text("suspension") == Some("dilute");
    p.suspension = if dilute {
        Suspension::Dilute
    } else {
        Suspension::Dense
    };
    p.exponent = node.number("hindrance_exponent").unwrap_or(p.exponent);
    p.packing_width = node.quantity("packing_width").unwrap_or(p.packing_width);
    p.coriolis = node.bool("coriolis").unwrap_or(false);
    if node.text("lateral") == Some("resolved") {
        p.lateral = Lateral::Resolved;
    }
    if node.text("drag") == Some("schiller-naumann") {
        p.drag = Drag::SchillerNaumann;
    }
    wish.packing_limit = node.quantity("packing_limit");
    wish.rouleaux = node.number("rouleaux");
    if dilute {
        for key in ["hindrance_exponent", "packing_limit", "packing_width"] {
            if node.given(key) {
                problems.warning(
                    &node.at(key),
                    format!("`{key}` has no effect in a dilute suspension"),
                    "cells do not affect each other there",
                );
            }
        }
        if p.coriolis && p.lateral == Lateral::Mixed {
            let shape = root.table("chamber").and_then(|c| c.text("shape"));
            let other = shape.filter(|s| *s != "tube");
            problems
                .error(
                    &node.at("coriolis"),
                    "the Coriolis acceleration acts across the vessel, where motion is not followed",
                    "needs lateral = \"resolved\"",
                )
                .help(match other {
                    None => "add `lateral = \"resolved\"`, or leave it out".to_owned(),
                    Some(shape) => format!("leave it out: a {shape} has no motion across it in this version"),
                });
        }
    } else {
        let dense_only = "this needs the flow in the whole vessel, which this version does not compute";
        for (key, on) in [
            ("lateral", p.lateral == Lateral::Resolved),
            ("coriolis", p.coriolis),
            ("drag", p.drag == Drag::SchillerNaumann),
        ] {
            if on {
                problems
                    .error(
                        &node.at(key),
                        format!("`{key}` cannot have this value in a dense suspension"),
                        "only with suspension = \"dilute\"",
                    )
                    .help(dense_only);
            }
        }
    }
    if let Some(limit) = wish.packing_limit
        && !dilute
        && p.packing_width >= limit
    {
        problems.error(
            &node.at(if node.given("packing_width") {
                "packing_width"
            } else {
                "packing_limit"
            }),
            "the packing width reaches down to zero",
            "has to be smaller than the packing limit",
        );
    }
    wish
}

/// Warns where a packing limit read at high force is used at a low one.
pub fn loose_bed(
    root: &Node,
    vessel: &Vessel,
    protocol: &Protocol,
    sample: &Sample,
    problems: &mut Problems<'_>,
) {
    let Some(node) = root.table("physics") else {
        return;
    };
    let red = sample
        .components
        .iter()
        .any(|c| c.species.class == CellClass::Erythrocyte);
    let dense = node.text("suspension") == Some("dense");
    if !red || !dense || node.given("packing_limit") {
        return;
    }
    let force = match vessel.rotor.mounting {
        Mounting::Bench { .. } => 1.0,
        _ => protocol.peak_omega().powi(2) * vessel.rotor.bottom_radius / STANDARD_GRAVITY,
    };
    let [least, middle, firm] = BEDS;
    if force >= firm.0 {
        return;
    }
    let percent = |x: f64| format!("{} %", digits((100.0 * x).round(), 3));
    let (limit, how) = match bed(force) {
        Some(limit) => (
            limit,
            format!("interpolated between these for {} x g", digits(force, 3)),
        ),
        None => (
            least.1,
            format!("that at {} x g, below which nothing was read", digits(least.0, 4)),
        ),
    };
    problems
        .warning(
            &place::strongest(root, protocol),
            format!(
                "the packing limit of red cells was measured above {} x g; this scene reaches {} x g",
                digits(firm.0, 4),
                digits(force, 4)
            ),
            format!(
                "beds are looser at low force ({} at {} and {} at {} x g, unverified)",
                percent(least.1),
                digits(least.0, 4),
                percent(middle.1),
                digits(middle.0, 4)
            ),
        )
        .help(format!(
            "give the limit of such a bed as `packing_limit` in [physics], e.g. \"{}\", {how}: it sets the height of the bed",
            percent(limit)
        ));
}

#[cfg(test)]
mod tests {
    use super::bed;

    /// By hand: ln(827/300)/ln(1430/300) = 1.0141/1.5617 = 0.6494 of the way from 75 to 94 %.
    #[test]
    fn beds_follow_the_force() {
        let whole = |g: f64| bed(g).map(|x| (1e4 * x).round() / 1e4);
        assert_eq!(whole(827.0), Some(0.8734));
        assert_eq!(whole(100.0), Some(0.60));
        assert_eq!(whole(300.0), Some(0.75));
        assert_eq!([whole(1.0), whole(1430.0), whole(3000.0)], [None; 3]);
    }
}
