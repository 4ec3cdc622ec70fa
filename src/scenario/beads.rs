//! Beads of the library and of `[beads]`: on cells, or free in the sample.

use super::node::{Entry, Node, Span, Value};
use super::problem::Problems;
use crate::library::{self, LibraryError, near};
use crate::magnets::{Bead, Curve, MagnetError};
use crate::model::{CellClass, Species, Status};

/// The bead called `name`, of the scene or the library; what is wrong is said at `at`, where it is asked for. A bead of the
/// scene that cannot be is complained of by [`own_beads`], not here.
pub fn named(
    root: &Node,
    name: &str,
    at: &Span,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<Bead> {
    if let Some(entry) = root.map("beads").iter().find(|e| e.name == name) {
        return own(entry)?.ok();
    }
    match library::bead(name) {
        Ok((bead, entry)) => {
            let note = format!("unverified library data: bead {name} ({})", entry.status);
            if entry.unverified() && !notes.contains(&note) {
                notes.push(note);
            }
            Some(bead)
        }
        Err(LibraryError::Unknown { meant, .. }) => {
            let own = near(name, root.map("beads").iter().map(|e| e.name.as_str()));
            problems
                .error(
                    at,
                    format!("there is no bead `{name}`"),
                    "neither in the library nor in [beads]",
                )
                .help(
                    own.or(meant)
                        .advice("\"")
                        .unwrap_or_else(|| "`buffycoat list beads` shows what there is".into()),
                );
            None
        }
        Err(e) => {
            problems.error(at, e.to_string(), "cannot be used as beads");
            None
        }
    }
}

/// Complains of the beads of `[beads]` that cannot be; true if there are none.
pub fn own_beads(root: &Node, problems: &mut Problems<'_>) -> bool {
    let mut sound = true;
    for entry in root.map("beads") {
        match (own(entry), &entry.value) {
            (Some(Err(e)), Value::Table(node)) => {
                sound = false;
                problems.error(
                    &node.at("susceptibility"),
                    e.to_string(),
                    "no superparamagnetic bead is like that",
                );
            }
            (Some(Ok(_)), _) => {}
            _ => sound = false,
        }
    }
    sound
}

/// A bead of `[beads]`; none where a key is missing or wrong, which has been said.
fn own(entry: &Entry) -> Option<Result<Bead, MagnetError>> {
    let Value::Table(node) = &entry.value else {
        return None;
    };
    let (diameter, density) = (node.quantity("diameter")?, node.quantity("density")?);
    let diameter_cv = node.number("diameter_cv")?;
    let curve = Curve::new(node.number("susceptibility")?, node.quantity("saturation")?);
    Some(curve.map(|curve| Bead {
        diameter,
        diameter_cv,
        density,
        curve,
    }))
}

/// The kind of bead that an entry of `sample.cells` is, if it is one.
pub fn of_entry(entry: &Entry) -> Option<(&str, Span)> {
    match &entry.value {
        Value::Table(node) => Some((node.text("bead")?, node.at("bead"))),
        _ => None,
    }
}

/// Free beads as particles of their own: rigid spheres, whose sizes are drawn from a normal distribution.
pub fn species(name: &str, bead: &Bead, kind: &str) -> Species {
    Species {
        name: name.to_owned(),
        class: CellClass::Particle,
        diameter: bead.diameter,
        diameter_sd: bead.diameter_cv * bead.diameter,
        density: bead.density,
        density_sd: 0.0,
        correlation: 0.0,
        drag_factor: 1.0,
        packing_limit: PACKING,
        aggregation: 1.0,
        colour: COLOUR,
        source: format!("bead {kind}"),
        status: library::bead(kind).map_or(Status::Unverified, |(_, entry)| {
            if entry.unverified() {
                Status::Unverified
            } else {
                Status::Read
            }
        }),
    }
}

/// Random close packing of rigid spheres.
pub const PACKING: f64 = 0.64;

/// Rust brown, which no species of the library has.
const COLOUR: [u8; 3] = [166, 98, 47];
