//! A scene with a `[channel]`: blood flows through a ring that spins, and its layers leave by ports.

mod caveats;
mod forecast;

use super::node::Node;
use super::problem::Problems;
use super::{Scene, physics, place, sample, stem, title, turning, usual};
use crate::chamber::Chamber;
use crate::chamber::duct::{Duct, Section};
use crate::constants::{MILLIMETRE, SECOND};
use crate::continuum::{Channel, Controller, Draw, Inlet, Numerics, Phase, Port, Settling, Viscosity};
use crate::engine::{Field, Setup, Suspension};
use crate::model::{Component, Protocol, Segment};
use crate::times::Time;
use crate::units::digits;

/// Time constant of the controller where a scene gives none [us].
const TIME_CONSTANT: f64 = 60.0 * SECOND;

/// Everything that needs more than one key. Goes on as far as it can, so as to find all problems.
pub fn build(path: &str, text: &str, root: &Node, problems: &mut Problems<'_>) -> Option<Scene> {
    others(root, problems);
    let mut notes = Vec::new();
    let node = root.table("channel");
    let phases = node.map(|n| n.tables("phase")).unwrap_or_default();
    let fed: Option<f64> = phases
        .iter()
        .map(|p| Some(p.quantity("inlet")? * p.quantity("over")?))
        .sum();
    let mut wish = physics::physics(root, problems);
    if wish.suspension() == Suspension::Dilute {
        wish = wish.crowded();
        let at = root
            .table("physics")
            .map_or_else(|| root.at("physics"), |p| p.at("suspension"));
        problems
            .error(
                &at,
                "blood in a channel is crowded",
                "only \"dense\" is possible here",
            )
            .help("leave it out");
    }
    usual::warn(root, problems);
    let sample = sample::sample(root, &|_| fed, &wish, &mut notes, problems);
    let (node, sample) = (node?, sample?);
    let size = [
        node.quantity("length")?,
        node.quantity("depth")?,
        node.quantity("width")?,
    ];
    let radius = node.quantity("radius")?;
    let ports = ports(node, size, problems);
    let ports = ports?;
    let phases = programme(node, radius, size, &ports, &mut notes, problems)?;
    let named = |name: &str| ports.iter().position(|p| p.name == name);
    let sensor = node.text("sensor")?;
    let Some(sensor) = named(sensor) else {
        unknown(node, "sensor", sensor, &ports, problems);
        return None;
    };
    let laws = wish.finish(&sample);
    let [columns, levels] = node.quantities::<2>("grid")?;
    let settling = Settling {
        exponent: laws.exponent,
        packing_limit: laws.packing_limit,
        packing_width: laws.packing_width,
        mixing_length: node.quantity("mixing_length")?,
        ..Settling::usual(sample.fluid)
    };
    let channel = Channel {
        viscosity: Viscosity::Blood {
            factor: node.number("bed_viscosity")?,
        },
        inlets: vec![Inlet {
            along: [0.0, node.quantity("inlet_length")?],
            spread: node.quantity("inlet_spread")?,
        }],
        sensor,
        phases,
        numerics: Numerics {
            columns: columns as usize,
            levels: levels as usize,
            interval: node.quantity("solve_every")?,
            ..Numerics::default()
        },
        ..Channel::usual(size, radius, sample.components.clone(), settling, ports).ok()?
    };
    if problems.any_errors() {
        return None;
    }
    for (phase, node) in channel.phases.iter().zip(node.tables("phase")) {
        match channel.check_phase(phase) {
            Err(e) => {
                problems.error(
                    &node.at("draw"),
                    e.to_string(),
                    "pumps and interface of this phase do not go together",
                );
            }
            Ok(()) => {
                if let Some(doubt) = channel.overdrawn(phase) {
                    problems.warning(
                        &node.at("speed"),
                        doubt,
                        "a higher speed or a lower flow clears it",
                    );
                }
            }
        }
    }
    if problems.any_errors() {
        return None;
    }
    if let Err(e) = channel.check() {
        problems.error(&root.at("channel"), e.to_string(), "cannot be run");
        return None;
    }
    if let Some(doubt) = channel.capped() {
        problems.warning(
            &root.at("sample"),
            doubt,
            "plasma clears more slowly than such rouleaux would let it",
        );
    }
    if let Some(doubt) = channel.unresolved() {
        problems.warning(
            &node.at("mixing_length"),
            doubt,
            "give more levels, or a greater length",
        );
    }
    let name = stem(path);
    let setup = Setup {
        seed: u64::try_from(root.integer("seed")?).ok()?,
        components: sample
            .components
            .into_iter()
            .map(|c| Component { parcels: 0, ..c })
            .collect(),
        cells: [columns as u32, 1, levels as u32],
        protocol: Protocol::new(0.0).then(Segment::resting(Time::from_us(channel.duration()), 0.0)),
        physics: laws,
        channel: Some(Box::new(channel)),
        ..Setup::new(
            Chamber::Duct(Duct {
                section: Section::Channel {
                    width: size[2],
                    height: size[1],
                },
                length: size[0],
            }),
            sample.fluid,
        )
    };
    let written_parcels = setup.parcels();
    Some(Scene {
        title: title(root, &name),
        setup,
        medium: sample.makeup.medium.clone(),
        temperature: sample.makeup.temperature_degc,
        makeup: sample.makeup,
        notes,
        outlets: Vec::new(),
        files: Vec::new(),
        collector: None,
        grid_given: true,
        stopped: None,
        frames: None,
        warnings: Vec::new(),
        path: path.to_owned(),
        text: text.to_owned(),
        parcels_at: place::place(Field::Components, root),
        written_parcels,
        name,
    })
}

/// Refuses keys of other kinds of scenes.
fn others(root: &Node, problems: &mut Problems<'_>) {
    let mut refuse = |node: Option<&Node>, key: &str, place: &str, why: &str| {
        if let Some(node) = node.filter(|n| n.given(key)) {
            problems
                .error(
                    &node.at(key),
                    format!("`{place}` does not go with a [channel]"),
                    why,
                )
                .help("leave it out");
        }
    };
    let output = root.table("output");
    for key in ["profile", "counts", "frames"] {
        refuse(
            output,
            key,
            &format!("output.{key}"),
            "a channel has no parcels to count or to show",
        );
    }
    let numerics = root.table("numerics");
    for key in ["layers", "courant", "longest_step"] {
        refuse(
            numerics,
            key,
            &format!("numerics.{key}"),
            "a channel has `grid` and `solve_every`",
        );
    }
    let sample = root.table("sample");
    refuse(
        sample,
        "parcels",
        "sample.parcels",
        "a channel is computed without parcels",
    );
}

/// The ports.
fn ports(node: &Node, size: [f64; 3], problems: &mut Problems<'_>) -> Option<Vec<Port>> {
    let mut out: Vec<Port> = Vec::new();
    let mut sound = !node.attempted("port");
    for port in node.tables("port") {
        let (Some(name), Some(at), Some(length), Some(depth)) = (
            port.text("name"),
            port.quantity("at"),
            port.quantity("length"),
            port.quantities::<2>("depth"),
        ) else {
            sound = false;
            continue;
        };
        if name.trim().is_empty() || out.iter().any(|p| p.name == name) {
            problems.error(
                &port.at("name"),
                format!("a port cannot be called \"{name}\""),
                "a name of its own is needed",
            );
            sound = false;
        }
        if at > size[0] || depth[1] > size[1] || depth[0] >= depth[1] {
            let key = if at > size[0] { "at" } else { "depth" };
            problems.error(
                &port.at(key),
                format!("the port `{name}` is not in the channel"),
                format!(
                    "the channel is {} mm long and {} mm deep, and the smaller depth comes first",
                    digits(size[0] / MILLIMETRE, 4),
                    digits(size[1] / MILLIMETRE, 4)
                ),
            );
            sound = false;
        }
        let new = Port {
            name: name.to_owned(),
            along: [(at - 0.5 * length).max(0.0), (at + 0.5 * length).min(size[0])],
            depth,
        };
        if let Some(other) = out.iter().find(|p| sound && p.overlaps(&new)) {
            let [from, to] = other.depth.map(|y| digits(y / MILLIMETRE, 4));
            problems.error(
                &port.at("depth"),
                format!("the ports `{}` and `{name}` draw from the same place", other.name),
                format!(
                    "`{}` draws from {from} to {to} mm, over some of the same length",
                    other.name
                ),
            );
            sound = false;
        }
        out.push(new);
    }
    (sound && !out.is_empty()).then_some(out)
}

/// The phases.
fn programme(
    node: &Node,
    radius: f64,
    size: [f64; 3],
    ports: &[Port],
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<Vec<Phase>> {
    let mut sound = !node.attempted("phase");
    let mut out: Vec<Phase> = Vec::new();
    let (middle, outer) = (radius + 0.5 * size[1], radius + size[1]);
    for phase in node.tables("phase") {
        let (Some(name), Some(over), Some(speed), Some(inlet)) = (
            phase.text("name"),
            phase.quantity("over"),
            phase.measured("speed"),
            phase.quantity("inlet"),
        ) else {
            sound = false;
            continue;
        };
        if name.trim().is_empty() || out.iter().any(|p| p.name == name) {
            problems.error(
                &phase.at("name"),
                format!("a phase cannot be called \"{name}\""),
                "a name of its own is needed",
            );
            sound = false;
        }
        let mut told = Vec::new();
        let omega = turning::speed(speed, (middle, ", half of the channel's depth"), &mut told);
        notes.extend(
            told.into_iter()
                .filter(|n| !notes.contains(n))
                .collect::<Vec<_>>(),
        );
        sound &= turning::bearable(
            &phase.at("speed"),
            omega,
            (outer, "the outer wall of the channel"),
            problems,
        );
        let mut draw = vec![Draw::Rest; ports.len()];
        let mut pumps_known = phase.given("draw") && !phase.attempted("draw");
        for entry in phase.map("draw") {
            let rate = match &entry.value {
                super::node::Value::Quantity(q) => q.value,
                _ => {
                    (sound, pumps_known) = (false, false);
                    continue;
                }
            };
            match ports.iter().position(|p| p.name == entry.name) {
                Some(i) => draw[i] = Draw::Rate(rate),
                None => {
                    let names: Vec<&str> = ports.iter().map(|p| p.name.as_str()).collect();
                    problems.error(
                        &entry.span,
                        format!("there is no port `{}`", entry.name),
                        format!("the channel has {}", names.join(", ")),
                    );
                    (sound, pumps_known) = (false, false);
                }
            }
        }
        let deepest = ports.iter().map(|p| p.depth[1]).fold(0.0, f64::max);
        let above = |name: &str| ports.iter().any(|p| p.name == name && p.depth[1] < deepest);
        let without_pump = |name: &str| {
            ports
                .iter()
                .zip(&draw)
                .any(|(p, d)| p.name == name && *d == Draw::Rest)
        };
        sound &= !phase.attempted("draw");
        let control = match (phase.quantity("interface"), phase.text("held_by")) {
            (Some(depth), Some(_)) if depth >= size[1] => {
                problems.error(
                    &phase.at("interface"),
                    format!(
                        "there is no depth of {} mm in this channel",
                        digits(depth / MILLIMETRE, 4)
                    ),
                    format!("it is {} mm deep", digits(size[1] / MILLIMETRE, 4)),
                );
                sound = false;
                None
            }
            (Some(_), Some(by)) if pumps_known && without_pump(by) => {
                problems.error(
                    &phase.at("held_by"),
                    format!(
                        "`{by}` has no pump that could hold the interface: it takes what the others leave"
                    ),
                    "only a port that is in `draw` can",
                );
                sound = false;
                None
            }
            (Some(_), Some(by)) if pumps_known && above(by) => {
                problems.error(
                    &phase.at("held_by"),
                    format!("`{by}` cannot hold the interface: more of it moves the interface towards the port, not away"),
                    "only the outermost port can",
                );
                sound = false;
                None
            }
            (Some(depth), Some(by)) => match ports.iter().position(|p| p.name == by) {
                Some(port) => Some((
                    port,
                    Controller {
                        depth,
                        time: phase.quantity("time_constant").unwrap_or(TIME_CONSTANT),
                    },
                )),
                None => {
                    unknown(phase, "held_by", by, ports, problems);
                    sound = false;
                    None
                }
            },
            (Some(_), None) => {
                if !phase.attempted("held_by") {
                    problems.error(
                        &phase.at("interface"),
                        "which pump holds the interface?",
                        "`held_by` names its port: usually that of the red cells",
                    );
                }
                sound = false;
                None
            }
            _ => None,
        };
        out.push(Phase {
            name: name.to_owned(),
            duration: over,
            omega,
            feed: vec![inlet],
            draw,
            control,
        });
    }
    (sound && !out.is_empty()).then_some(out)
}

/// A name of no port.
fn unknown(node: &Node, key: &str, name: &str, ports: &[Port], problems: &mut Problems<'_>) {
    let names: Vec<&str> = ports.iter().map(|p| p.name.as_str()).collect();
    problems.error(
        &node.at(key),
        format!("there is no port `{name}`"),
        format!("the channel has {}", names.join(", ")),
    );
}
