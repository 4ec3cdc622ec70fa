//! `[chamber]` and `[[protocol]]`: the vessel, how it is held, and what the rotor does.

use super::node::Node;
use super::problem::Problems;
use super::turning;
use super::usual;
use crate::chamber::duct::{Duct, Section};
use crate::chamber::{Chamber, sector::Sector, tube::Tube};
use crate::model::{Mounting, Protocol, Rotor};
use crate::units::{Dimension, show};

/// Geometry and mounting.
#[derive(Clone, Copy, Debug)]
pub struct Vessel {
    pub chamber: Chamber,
    pub rotor: Rotor,
}

/// Reads `[chamber]`.
pub fn vessel(root: &Node, notes: &mut Vec<String>, problems: &mut Problems<'_>) -> Option<Vessel> {
    let node = root.table("chamber")?;
    let held = node.table("rotor")?;
    let shape = node.text("shape")?;
    let mounting = match held.text("mounting")? {
        "swing-out" => Mounting::SwingOut,
        "horizontal" => Mounting::Horizontal,
        _ => Rotor::bench().mounting,
    };
    if shape == "sector" && mounting != Mounting::Horizontal {
        problems
            .error(
                &held.at("mounting"),
                "a sector has radial side walls and only makes sense where its axis is radial",
                "\"horizontal\" is needed",
            )
            .help("use mounting = \"horizontal\", or shape = \"tube\"");
    }
    let height = node.quantity("fill_height")?;
    let rotor = match mounting {
        Mounting::Bench { .. } => Rotor::bench(),
        _ => {
            let bottom = held.quantity("bottom_radius")?;
            if bottom <= height {
                // the one that is unusual may be the slip
                let (at, other) = match usual::is_usual(&["chamber"], "fill_height", height) {
                    true => (held.at("bottom_radius"), "has to be larger than fill_height"),
                    false => (node.at("fill_height"), "has to be less than bottom_radius"),
                };
                problems
                    .error(
                        &at,
                        format!(
                            "the sample would reach across the rotor's axis: its bottom is {} from it, and it is {} high",
                            show(bottom, Dimension::Length),
                            show(height, Dimension::Length)
                        ),
                        other,
                    )
                    .help("bottom_radius is measured from the axis of the rotor to the inner bottom of the vessel");
                return None;
            }
            Rotor {
                mounting,
                meniscus_radius: bottom - height,
                bottom_radius: bottom,
            }
        }
    };
    let chamber = match shape {
        "sector" => Chamber::Sector(Sector {
            meniscus_radius: rotor.meniscus_radius,
            height,
            angle: node.quantity("angle")?,
            thickness: node.quantity("thickness")?,
        }),
        "channel" => Chamber::Duct(Duct {
            section: Section::Channel {
                width: node.quantity("width")?,
                height: node.quantity("thickness")?,
            },
            length: height,
        }),
        _ => Chamber::Tube(Tube {
            radius: 0.5 * node.quantity("inner_diameter")?,
            height,
        }),
    };
    notes.push(format!(
        "the sample is {}",
        show(chamber.volume(), Dimension::Volume)
    ));
    Some(Vessel { chamber, rotor })
}

/// Reads `[[protocol]]`. Without a vessel (it has been complained of) only what needs none is looked at.
pub fn protocol(
    root: &Node,
    vessel: Option<&Vessel>,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<Protocol> {
    let entries = root.tables("protocol");
    if entries.is_empty() {
        return None;
    }
    let mut protocol = Protocol::new(0.0);
    // one of several may be misspelt
    let mut complete = !root.attempted("protocol");
    for entry in entries {
        if entry.given("at_radius") && (entry.given("hold") || entry.given("brake_over")) {
            problems.error(
                &entry.at("at_radius"),
                "`at_radius` says where the force of a ramp is meant",
                "there is no `ramp_to` here",
            );
        }
        // which of two things a step is, nobody knows
        complete &= ["ramp_to", "hold", "brake_over"]
            .iter()
            .filter(|k| entry.given(k))
            .count()
            < 2;
        let rest = protocol.final_omega() == 0.0;
        let next = if let Some(time) = entry.quantity("hold") {
            Some(protocol.clone().hold(time))
        } else if let Some(time) = entry.quantity("brake_over") {
            // after a ramp that could not be read nobody knows whether the rotor turns
            if rest && complete {
                problems
                    .error(
                        &entry.at("brake_over"),
                        "the rotor does not turn here",
                        "nothing to brake",
                    )
                    .help("ramp up first, or use `hold`");
            }
            Some(protocol.clone().ramp(0.0, time))
        } else {
            ramp(entry, vessel, notes, problems)
                .zip(entry.quantity("over"))
                .map(|(omega, time)| protocol.clone().ramp(omega, time))
        };
        match next {
            Some(p) => protocol = p,
            None => complete = false,
        }
    }
    complete.then_some(protocol)
}

/// The rotor speed [rad/us] that a ramp reaches.
fn ramp(
    entry: &Node,
    vessel: Option<&Vessel>,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<f64> {
    let to = entry.measured("ramp_to")?;
    let vessel = vessel?;
    let span = entry.at("ramp_to");
    if vessel.rotor.mounting.on_bench() {
        problems
            .error(
                &span,
                "a vessel on the bench does not turn",
                "only `hold` goes with mounting = \"bench\"",
            )
            .help("use `hold`, or give the rotor a mounting and a bottom_radius");
        return None;
    }
    let bottom = vessel.rotor.bottom_radius;
    let length = |x: f64| show(x, Dimension::Length);
    let named = (bottom, ", the bottom of the vessel");
    let at = if to.dimension == Dimension::CentrifugalForce {
        match entry.quantity("at_radius") {
            Some(r) => {
                let far = 0.5 * vessel.rotor.meniscus_radius..=2.0 * bottom;
                if !far.contains(&r) {
                    problems
                        .error(
                            &entry.at("at_radius"),
                            format!("{} lies far outside the sample", length(r)),
                            format!(
                                "it reaches from {} to {}",
                                length(vessel.rotor.meniscus_radius),
                                length(bottom)
                            ),
                        )
                        .help("at_radius is measured from the axis of the rotor");
                    return None;
                }
                if !(vessel.rotor.meniscus_radius..=bottom).contains(&r) {
                    problems.warning(
                        &entry.at("at_radius"),
                        format!("{} lies outside the sample", length(r)),
                        format!(
                            "it reaches from {} to {}",
                            length(vessel.rotor.meniscus_radius),
                            length(bottom)
                        ),
                    );
                }
                (r, "")
            }
            None => named,
        }
    } else {
        if entry.given("at_radius") {
            problems.warning(
                &entry.at("at_radius"),
                "`at_radius` has no effect on a speed in revolutions",
                "only a centrifugal force needs a radius",
            );
        }
        named
    };
    let omega = turning::speed(to, at, notes);
    turning::bearable(&span, omega, (bottom, "the bottom of the vessel"), problems).then_some(omega)
}
