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

/// Packed cells were measured to fill 0.94 above this force (Clark & Walsh 1960), and less below it [g].
const FIRM_BED: f64 = 1430.0;

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
            let sector = root.table("chamber").and_then(|c| c.text("shape")) == Some("sector");
            problems
                .error(
                    &node.at("coriolis"),
                    "the Coriolis acceleration acts across the vessel, where motion is not followed",
                    "needs lateral = \"resolved\"",
                )
                .help(if sector {
                    "leave it out: a sector has no motion across it in this version"
                } else {
                    "add `lateral = \"resolved\"`, or leave it out"
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
        Mounting::Bench => 1.0,
        _ => protocol.peak_omega().powi(2) * vessel.rotor.bottom_radius / STANDARD_GRAVITY,
    };
    if force < FIRM_BED {
        problems
            .warning(
                &place::strongest(root, protocol),
                format!(
                    "the packing limit of red cells was measured above 1430 x g; this scene reaches {} x g",
                    digits(force, 4)
                ),
                "beds are looser at low force (60-75 % at 100-300 x g, unverified)",
            )
            .help("give the limit of such a bed as `packing_limit` in [physics], e.g. \"70 %\": it sets the height of the bed");
    }
}
