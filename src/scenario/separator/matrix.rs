//! `[matrix]`: what makes a duct a column.

use super::super::node::{Node, Value};
use super::super::problem::Problems;
use super::duct::Vessel;
use crate::engine::Matrix;
use crate::library::near;
use crate::magnets::{Collector, Past, Shape, material_named};
use crate::model::Component;
use glam::DVec3;

/// Radii of a collector from the axis of a column to its wall, below which the flow through it is not that through a large one.
const FEWEST: f64 = 10.0;

/// Layers of a column where the scene does not say.
pub const LAYERS: u32 = 100;

/// Reads the matrix; `Some(None)` if there is none. Its filter coefficients are zero until the collectors are surveyed.
pub fn matrix(
    root: &Node,
    vessel: Option<&Vessel>,
    components: Option<&[Component]>,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<Option<(Collector, Matrix)>> {
    let Some(node) = root.table("matrix") else {
        return (!root.given("matrix")).then_some(None);
    };
    let mut sound = beside(root, problems);
    let shape = match node.text("collectors")? {
        "wires" => Shape::Wire,
        _ => Shape::Sphere,
    };
    let direction = match node.text("field")? {
        "along" => DVec3::Z,
        _ => DVec3::Y,
    };
    let past = match node.text("flow")? {
        "potential" => Past::Potential,
        _ => Past::Creeping,
    };
    let (radius, porosity) = (node.quantity("radius")?, node.quantity("porosity")?);
    let soft = material_named(node.text("material")?)
        .and_then(|m| m.soft(node.number("susceptibility").unwrap_or(1e3)));
    let soft = match soft {
        Ok(soft) => soft,
        Err(e) => {
            problems.error(
                &node.at("material"),
                e.to_string(),
                "cannot be magnetised by a field",
            );
            return None;
        }
    };
    let b0 = node.quantity("background")? * direction;
    let collector = match Collector::new(shape, radius, soft, b0, past, 1.0 - porosity) {
        Ok(collector) => collector,
        Err(e) => {
            problems.error(&node.at("porosity"), e.to_string(), "there can be no such matrix");
            return None;
        }
    };
    if let Some(v) = vessel {
        let [x, y] = v.duct.section.half();
        if radius >= x.min(y) {
            sound = false;
            problems.error(
                &node.at("radius"),
                "the collectors are too large for the column",
                "not even one fits into it",
            );
        } else if FEWEST * radius > x.min(y) {
            problems.warning(
                &node.at("radius"),
                "the collectors are large for the column",
                format!(
                    "with fewer than {FEWEST} radii between axis and wall, much of the flow bypasses them: less is caught than computed"
                ),
            );
        }
        if v.cells[0] != 1 || v.cells[1] != 1 {
            sound = false;
            let duct = root.table("duct")?;
            problems.error(
                &duct.at("grid"),
                "a column has one grid cell across",
                "[1, 1, layers]",
            );
        }
    }
    let components = components?;
    let mut unspecific = vec![0.0; components.len()];
    for entry in node.map("unspecific") {
        let names = || components.iter().map(|c| c.species.name.as_str());
        match (names().position(|n| n == entry.name), &entry.value) {
            (Some(k), Value::Quantity(share)) => unspecific[k] = share.value,
            (None, _) => {
                sound = false;
                let p = problems.error(
                    &entry.span,
                    format!("there is no `{}` in the sample", entry.name),
                    "nothing to keep",
                );
                if let Some(help) = near(&entry.name, names()).advice("`") {
                    p.help(help);
                }
            }
            _ => return None,
        }
    }
    let dispersivity = node.quantity("dispersivity").unwrap_or_else(|| {
        notes.push(
            "dispersivity: a diameter of a collector, as in beds of grains (J. Bear, Dynamics of Fluids in Porous Media; from \
             memory, unverified)"
                .into(),
        );
        2.0 * radius
    });
    let matrix = Matrix {
        porosity,
        strength: collector.magnetic_velocity(1.0),
        capture: vec![vec![0.0; crate::laws::capture_row::CAPTURE_ROWS]; components.len()],
        unspecific,
        capacity: node.number("capacity"),
        dispersivity,
        released: node.quantity("released")?,
    };
    sound.then_some(Some((collector, matrix)))
}

/// Refuses what a column has no use for.
fn beside(root: &Node, problems: &mut Problems<'_>) -> bool {
    let mut sound = true;
    let mut refuse = |at, what: &str, why: &str| {
        sound = false;
        problems.error(&at, format!("{what} beside a matrix"), why.to_owned());
    };
    if root.given("magnet") {
        refuse(
            root.at("magnet"),
            "magnets",
            "its `background` magnetises it: leave them out",
        );
    }
    if let Some(duct) = root.table("duct") {
        if !duct.texts("holds").is_empty() {
            refuse(
                duct.at("holds"),
                "walls that hold",
                "the matrix holds the cells: leave them out",
            );
        }
        if duct.given("coverage") {
            refuse(
                duct.at("coverage"),
                "`coverage`",
                "`matrix.capacity` says how much it holds",
            );
        }
    }
    if root.given("outlet") {
        refuse(
            root.at("outlet"),
            "outlets by lanes",
            "use [[phase]] with `collect`",
        );
    }
    if let Some(flow) = root.table("flow")
        && flow.given("profile")
        && flow.text("profile") != Some("plug")
    {
        refuse(
            flow.at("profile"),
            "a laminar profile",
            "the flow through a bed is plug flow: leave it out",
        );
    }
    sound
}
