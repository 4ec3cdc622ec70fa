//! `duct.rotor`: a duct that is fixed to a rotor whose axis is vertical.

use super::super::node::{Node, Span};
use super::super::problem::Problems;
use super::super::turning;
use crate::chamber::duct::{Duct, Section};
use crate::model::Rotor;
use crate::units::{Dimension, Quantity, show};
use glam::DVec3;

/// How a duct is held, and how fast the rotor turns when the run begins [rad/us].
pub struct Mounted {
    pub rotor: Rotor,
    pub speed: f64,
}

/// The directions that `outward` names.
fn direction(name: &str) -> DVec3 {
    match name {
        "x" => DVec3::X,
        "-x" => DVec3::NEG_X,
        "y" => DVec3::Y,
        "-y" => DVec3::NEG_Y,
        "z" => DVec3::Z,
        _ => DVec3::NEG_Z,
    }
}

/// Reads `duct.rotor`; without one the duct lies on the bench. `gravity` is that in the duct's frame [um/us2].
pub fn mounted(
    duct_node: &Node,
    duct: &Duct,
    gravity: DVec3,
    [column, magnets]: [bool; 2],
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<Mounted> {
    let Some(node) = duct_node.table("rotor") else {
        return (!duct_node.given("rotor")).then(|| Mounted {
            rotor: Rotor::lying(gravity),
            speed: 0.0,
        });
    };
    if column {
        problems
            .error(
                &duct_node.at("rotor"),
                "a column does not spin",
                "centrifugal force would drive the cells across the matrix; how it catches them is known only for cells that come along its axis",
            )
            .help("leave `rotor` out");
        return None;
    }
    if !magnets && !duct_node.texts("holds").is_empty() {
        problems
            .error(
                &duct_node.at("holds"),
                "no magnet pulls cells onto the walls that hold",
                "a wall holds the cells that a field pulls onto it; along others they slide, also where a rotor presses them",
            )
            .help("leave `holds` out: cells slide along the wall, slowly where the flow is laminar");
        return None;
    }
    let arm = match node.text("outward") {
        Some(name) => offset(node, name, duct, gravity, problems)?,
        None => concentric(duct_node, node, gravity, problems)?,
    };
    let reach = reach(duct, gravity, arm);
    if node.given("outward") && reach[0] <= 0.0 {
        problems
            .error(
                &node.at("radius"),
                "the duct would reach across the rotor's axis",
                format!("its furthest place is {} from it", show(reach[1], Dimension::Length)),
            )
            .help("`radius` is the distance of the duct from the axis: of the middle of the duct, or of its inlet where it lies along the radius");
        return None;
    }
    let to = node.measured("speed")?;
    let speed = speed(&node.at("speed"), to, reach[1], notes, problems)?;
    Some(Mounted {
        rotor: Rotor::fixed(gravity, arm, reach),
        speed,
    })
}

/// A speed of the rotor [rad/us] of a duct whose place furthest from the axis is at `radius` [um].
pub fn speed(
    span: &Span,
    to: Quantity,
    radius: f64,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<f64> {
    let omega = turning::speed(to, (radius, ", the furthest place of the duct"), notes);
    turning::bearable(span, omega, (radius, "the furthest place of the duct"), problems).then_some(omega)
}

/// The way from the axis to the duct's inlet where the duct lies beside the axis [um].
fn offset(
    node: &Node,
    name: &str,
    duct: &Duct,
    gravity: DVec3,
    problems: &mut Problems<'_>,
) -> Option<DVec3> {
    let outward = direction(name);
    if outward.dot(gravity) != 0.0 {
        let level = ["x", "-x", "y", "-y", "z", "-z"].into_iter();
        let level: Vec<String> = level
            .filter(|n| direction(n).dot(gravity) == 0.0)
            .map(|n| format!("\"{n}\""))
            .collect();
        problems
            .error(
                &node.at("outward"),
                "the rotor's axis is vertical, so away from it is not up or down",
                format!(
                    "gravity lies along this direction; {} are possible",
                    level.join(", ")
                ),
            )
            .help("the position of the duct is given by `axis` and `gravity` in [duct]");
        return None;
    }
    let Some(radius) = node.quantity("radius") else {
        if !node.given("radius") && !node.attempted("radius") {
            problems
                .error(
                    &node.at("outward"),
                    "how far is the duct from the rotor's axis?",
                    "`radius` is needed beside `outward`",
                )
                .help("add `radius = \"... mm\"`")
                .absent();
        }
        return None;
    };
    // a duct that lies along the motion has its middle at the radius
    let along = if outward.z == 0.0 && gravity.z == 0.0 {
        0.5 * duct.length
    } else {
        0.0
    };
    Some(outward * radius - DVec3::Z * along)
}

/// None: the duct's own axis is that of the rotor.
fn concentric(duct_node: &Node, node: &Node, gravity: DVec3, problems: &mut Problems<'_>) -> Option<DVec3> {
    if node.attempted("outward") {
        return None;
    }
    if node.given("radius") {
        problems
            .error(
                &node.at("radius"),
                "in which direction does the rotor's axis lie?",
                "`outward` is needed beside `radius`",
            )
            .help("add `outward`, the direction in the duct that leads away from the axis; without both, the duct turns about its own axis");
        return None;
    }
    if gravity.x != 0.0 || gravity.y != 0.0 {
        problems
            .error(
                &duct_node.at("axis"),
                "a horizontal duct cannot turn about its own axis, as the rotor's axis is vertical",
                "`rotor` has no `outward` and no `radius`",
            )
            .help("add both to `rotor`; or for a duct that turns about its own axis, use axis = \"up\" or axis = \"down\"");
        return None;
    }
    Some(DVec3::ZERO)
}

/// Distances of the nearest and of the furthest place of the duct from the axis [um].
fn reach(duct: &Duct, gravity: DVec3, arm: DVec3) -> [f64; 2] {
    let round = match duct.section {
        Section::Tube { radius } => Some([0.0, radius]),
        Section::Annulus { inner, outer } => Some([inner, outer]),
        Section::Channel { .. } => None,
    };
    if let Some([inner, outer]) = round.filter(|_| gravity.x == 0.0 && gravity.y == 0.0) {
        let far = arm.length();
        return if far > 0.0 {
            [(far - outer).max(0.0), far + outer]
        } else {
            [inner, outer]
        };
    }
    let (low, high) = duct.bounds();
    let (mut near, mut far) = (0.0_f64, 0.0_f64);
    for k in (0..3).filter(|k| gravity[*k] == 0.0) {
        let [a, b] = [low[k] + arm[k], high[k] + arm[k]];
        let least = if a * b <= 0.0 { 0.0 } else { a.abs().min(b.abs()) };
        near = near.hypot(least);
        far = far.hypot(a.abs().max(b.abs()));
    }
    [near, far]
}
