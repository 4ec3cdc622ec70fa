//! `[flow]`, `[feed]`, `[[inlet]]`, `[[outlet]]`: what goes through a duct, and where it comes in and leaves.

use super::super::node::{Node, Value};
use super::super::problem::Problems;
use super::super::spec::quoted;
use super::duct::{Vessel, taken};
use super::field::stands_out;
use super::grid_file::{self, FileRead};
use crate::chamber::duct::Section;
use crate::constants::{MILLILITRE, SECOND};
use crate::engine::{Feed, Inlet, MOST_OUTLETS, Stream};
use crate::flow::{Across, Chart, Profile};
use crate::grids::VELOCITY;
use crate::library::near;
use crate::model::Component;
use crate::plain;
use crate::units::{Dimension, digits, show};
use std::sync::Arc;

/// Difference of the rate of the scene from that of a file above which it is worth a warning: only creeping flows keep their shape.
const SCALED: f64 = 0.02;

/// Velocity along the walls, over the mean one, and error between the points of a file above which it is worth a warning.
const SLIPS: f64 = 0.1;
const COARSE: f64 = 0.02;

/// Reads `[flow]`; `Some(None)` where nothing flows.
pub fn stream(
    root: &Node,
    path: &str,
    vessel: Option<&Vessel>,
    notes: &mut Vec<String>,
    files: &mut Vec<FileRead>,
    problems: &mut Problems<'_>,
) -> Option<Option<(Stream, f64)>> {
    let Some(node) = root.table("flow") else {
        return (!root.given("flow") && !root.attempted("flow")).then_some(None);
    };
    let rate = node.quantity("rate")?;
    let round = |v: &&Vessel| !matches!(v.duct.section, Section::Channel { .. });
    let profile = match node.text("profile")? {
        "plug" => Profile::Plug,
        // the flow through a bed is plug flow
        _ if root.given("matrix") => Profile::Plug,
        "plates" => {
            if vessel.filter(round).is_some() {
                problems
                    .error(
                        &node.at("profile"),
                        "this duct is round and has no plates",
                        "for `shape = \"channel\"` only",
                    )
                    .help("\"laminar\" is the profile of every shape");
                return None;
            }
            Profile::Plates
        }
        "file" => Profile::Given(Arc::new(chart(
            node, path, vessel?, rate, notes, files, problems,
        )?)),
        _ => Profile::Laminar,
    };
    let across = match node.text("side_by_side") {
        Some("width") => Across::Width,
        _ => Across::Lanes,
    };
    if vessel.filter(round).is_some() && node.given("side_by_side") {
        problems
            .error(
                &node.at("side_by_side"),
                "only a channel has a width and a height",
                "this duct is round: its streams lie side by side from the inside out",
            )
            .help("leave it out");
        return None;
    }
    Some(Some((Stream { profile, across }, rate)))
}

/// The flow of a file.
fn chart(
    node: &Node,
    path: &str,
    vessel: &Vessel,
    rate: f64,
    notes: &mut Vec<String>,
    files: &mut Vec<FileRead>,
    problems: &mut Problems<'_>,
) -> Option<Chart> {
    let read = grid_file::read(node, path, &VELOCITY)?.and_then(|(file, grid)| {
        let chart = Chart::new(&file.name, &grid, &vessel.duct).map_err(|e| ("file", e.to_string()))?;
        Ok((file, chart))
    });
    let chart = match read {
        Ok((file, chart)) => {
            files.push(file);
            chart
        }
        Err((key, why)) => {
            let at = if node.given(key) {
                node.at(key)
            } else {
                node.span.clone()
            };
            problems.error(&at, why, "this flow cannot be used");
            return None;
        }
    };
    let d = chart.doubts();
    let per_minute = |rate: f64| digits(rate / MILLILITRE * 60.0 * SECOND, 4);
    let percent = |x: f64| show(x, Dimension::Fraction);
    notes.push(format!(
        "flow of {}: {} mL/min in the file. Between sections the rate differs by {} at most; the divergence is {} of the velocity \
         gradients; {} of the flow goes backwards through an end. Velocity through walls: {} of the mean; along walls: {}; lost between \
         points: {}",
        chart.name(),
        per_minute(chart.rate()),
        percent(d.uneven),
        percent(d.divergence),
        percent(d.back),
        percent(d.leak),
        percent(d.slip),
        percent(d.coarse)
    ));
    if let Some((at, line, found)) = chart.outlier() {
        problems.warning(
            &node.at("file"),
            stands_out(chart.name(), at, line, &found),
            "is this a typing error? Cells near it take wrong paths",
        );
    }
    let scale = rate / chart.rate();
    if (scale - 1.0).abs() > SCALED {
        problems.warning(
            &node.at("rate"),
            format!("the flow of the file is scaled by {}", digits(scale, 3)),
            format!(
                "the file has {} mL/min. Only a creeping flow keeps its shape when scaled, and a coarse file loses some flow at the walls",
                per_minute(chart.rate())
            ),
        );
    }
    if d.slip > SLIPS {
        problems.warning(
            &node.at("file"),
            format!(
                "the fluid of the file slips along the walls, with {} of the mean velocity",
                percent(d.slip)
            ),
            "here it is at rest there. Does the duct match the file, and is the grid of the file fine enough?",
        );
    }
    if d.coarse > COARSE {
        problems.warning(
            &node.at("file"),
            format!(
                "straight lines between the points of the file miss {} of the mean velocity",
                percent(d.coarse)
            ),
            "halving the spacing of the file quarters this error",
        );
    }
    Some(chart)
}

/// How the sample comes in, and by which inlets.
pub fn feed(root: &Node, problems: &mut Problems<'_>) -> Option<(Feed, Vec<Inlet>)> {
    let nodes = root.tables("inlet");
    let Some(node) = root.table("feed") else {
        if root.given("feed") || root.attempted("feed") {
            return None;
        }
        return Some((Feed::Filled, Vec::new()));
    };
    let over = node.quantity("over")?;
    if root.attempted("inlet") {
        return None;
    }
    let share = |node: &Node, problems: &mut Problems<'_>| {
        let share = node.quantities::<2>("share")?;
        if share[0] >= share[1] {
            problems.error(
                &node.at("share"),
                "there is no flow between these shares",
                "give the smaller one first",
            );
            return None;
        }
        Some(share)
    };
    if nodes.is_empty() {
        if root.given("inlet") {
            return None;
        }
        return Some((Feed::Inlets { over }, vec![Inlet::of(share(node, problems)?)]));
    }
    if node.given("share") {
        problems
            .error(
                &node.at("share"),
                "the inlets have shares of their own",
                "[[inlet]] says where sample comes in",
            )
            .help("leave it out");
        return None;
    }
    let mut inlets: Vec<Inlet> = Vec::new();
    let mut sound = true;
    for node in nodes {
        let name = node.text("name")?;
        let odd = name.trim().is_empty() || name.contains(plain::obeyed) || plain::formula(name);
        if odd || inlets.iter().any(|i| i.name == name) {
            problems.error(
                &node.at("name"),
                format!("an inlet cannot be called {name:?}"),
                "a unique name on one line is needed",
            );
            sound = false;
        }
        let Some(share) = share(node, problems) else {
            sound = false;
            continue;
        };
        if let Some(other) = inlets
            .iter()
            .find(|i| i.share[0] < share[1] && share[0] < i.share[1])
        {
            problems.error(
                &node.at("share"),
                format!("the inlets \"{}\" and \"{name}\" take the same flow", other.name),
                format!(
                    "\"{}\" has {} to {}",
                    other.name,
                    show(other.share[0], Dimension::Fraction),
                    show(other.share[1], Dimension::Fraction)
                ),
            );
            sound = false;
        }
        inlets.push(Inlet {
            name: name.to_owned(),
            share,
        });
    }
    sound.then_some((Feed::Inlets { over }, inlets))
}

/// The inlet that an entry of the sample names, or the first where it names none; none where the scene names no inlets.
pub fn inlet_named<'a>(root: &'a Node, named: Option<&'a str>) -> Option<&'a str> {
    let first = root.tables("inlet").first();
    first.and_then(|first| named.or_else(|| first.text("name")))
}

/// Says by which inlet each component comes in.
pub fn assign(
    root: &Node,
    inlets: &[Inlet],
    components: &mut [Component],
    problems: &mut Problems<'_>,
) -> Option<()> {
    let mut sound = true;
    let entries = root.table("sample").map(|s| s.map("cells")).unwrap_or_default();
    for entry in entries {
        let Value::Table(node) = &entry.value else {
            continue;
        };
        let Some(name) = node.text("inlet") else { continue };
        if let Some(k) = inlets.iter().position(|i| i.name == name) {
            let own = components.iter_mut().filter(|c| c.species.name == entry.name);
            own.for_each(|c| c.inlet = k);
            continue;
        }
        let named = root.given("inlet");
        let told = std::mem::replace(&mut sound, false);
        if !told && !named {
            continue;
        }
        let names: Vec<&str> = inlets.iter().map(|i| i.name.as_str()).collect();
        let problem = problems.error(
            &node.at("inlet"),
            format!("there is no inlet \"{name}\""),
            if named {
                format!("{} is possible", quoted(&names))
            } else {
                "this scene has no [[inlet]]".into()
            },
        );
        match near(name, names.iter().copied()).advice("\"") {
            Some(help) if named => problem.help(help),
            _ => problem.help("add an `[[inlet]]` with this `name` and a `share`, or leave this out"),
        };
    }
    for (k, inlet) in inlets.iter().enumerate().filter(|_| root.given("inlet")) {
        if !components.iter().any(|c| c.inlet == k) {
            let node = root.tables("inlet").get(k);
            problems.warning(
                &node.map_or_else(|| root.at("inlet"), |n| n.at("name")),
                format!("nothing comes in by \"{}\"", inlet.name),
                "no entry of `sample.cells` names it, so clear fluid comes in",
            );
        }
    }
    sound.then_some(())
}

/// Names of the outlets and the shares of the flow between them.
pub fn outlets(root: &Node, flows: bool, problems: &mut Problems<'_>) -> Option<(Vec<String>, Vec<f64>)> {
    let nodes = root.tables("outlet");
    if !flows {
        return Some((Vec::new(), Vec::new()));
    }
    if nodes.is_empty() {
        return (!root.given("outlet")).then(|| (vec!["outlet".into()], Vec::new()));
    }
    let (mut names, mut splits): (Vec<String>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut sound = true;
    let mut wrong = |problems: &mut Problems<'_>, at, title: String, label: String| {
        problems.error(&at, title, label);
        sound = false;
    };
    if root.attempted("outlet") || !nodes.iter().all(Node::whole) {
        return None;
    }
    for (i, node) in nodes.iter().enumerate() {
        let name = node.text("name")?;
        let at = node.at("name");
        if name.trim().is_empty()
            || name.contains(plain::obeyed)
            || plain::formula(name)
            || taken(name)
            || names.iter().any(|n| n == name)
        {
            wrong(
                problems,
                at,
                format!("an outlet cannot be called \"{name}\""),
                "a unique name is needed".into(),
            );
        }
        names.push(name.to_owned());
        let last = i + 1 == nodes.len();
        match (last, node.quantity("up_to")) {
            (true, None) if !node.given("up_to") => {}
            (true, Some(1.0)) => {}
            (true, Some(_)) => wrong(
                problems,
                node.at("up_to"),
                "the last outlet takes the rest of the flow".into(),
                "leave `up_to` out, or give 100 %".into(),
            ),
            (false, None) if !node.given("up_to") => wrong(
                problems,
                node.span.clone(),
                format!("up to which share of the flow does `{name}` reach?"),
                "every outlet but the last needs `up_to`".into(),
            ),
            (false, Some(x)) => {
                let before = splits.last().copied().unwrap_or(0.0);
                if x <= before || x >= 1.0 {
                    wrong(
                        problems,
                        node.at("up_to"),
                        "this outlet would take nothing, or all that is left".into(),
                        format!("above {} and below 100 %", show(before, Dimension::Fraction)),
                    );
                }
                splits.push(x);
            }
            _ => return None,
        }
    }
    if nodes.len() > MOST_OUTLETS {
        wrong(
            problems,
            nodes[MOST_OUTLETS].span.clone(),
            format!("{} outlets", nodes.len()),
            format!("at most {MOST_OUTLETS} are possible"),
        );
    }
    sound.then_some((names, splits))
}
