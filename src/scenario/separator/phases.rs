//! `[[phase]]`: the programme of a separator.

use super::super::node::Node;
use super::super::problem::Problems;
use super::duct::{Run, Vessel, taken};
use super::rotor;
use crate::engine::{Feed, MOST_OUTLETS};
use crate::model::{Protocol, Segment};
use crate::times::Time;
use crate::units::{Dimension, show};
use strsim::damerau_levenshtein;

/// Reads the phases into a run that was read without them, and the programme; without phases it is one segment.
pub fn phases(
    root: &Node,
    run: Option<Run>,
    vessel: Option<&Vessel>,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<(Run, Protocol)> {
    let mut run = run?;
    let nodes = root.tables("phase");
    let mut speed = vessel.map_or(0.0, |v| v.mounted.speed);
    let mut protocol = Protocol::new(speed);
    if nodes.is_empty() {
        let steady = protocol.then(Segment {
            omega_start: speed,
            omega_end: speed,
            ..Segment::resting(run.duration, run.rate)
        });
        return (!root.given("phase")).then_some((run, steady));
    }
    if root.attempted("phase") || root.attempted("flow") {
        return None;
    }
    let flows = run.stream.is_some();
    let rate = run.rate;
    // lanes tell the outlets apart, or there is none
    let lanes = root.given("outlet");
    let mut names: Vec<String> = Vec::new();
    let mut sound = true;
    let mut wrong = |problems: &mut Problems<'_>, at, title: String, label: String| {
        problems.error(&at, title, label);
        sound = false;
    };
    if root.given("duration") {
        wrong(
            problems,
            root.at("duration"),
            "`duration` beside phases".into(),
            "the phases say how long the run is: leave it out".into(),
        );
    }
    for (i, node) in nodes.iter().enumerate() {
        let outlet = if lanes || !flows {
            if node.given("collect") {
                let why = if flows {
                    "the lanes of [[outlet]] decide what an outlet collects"
                } else {
                    "nothing flows out"
                };
                let title = "this phase cannot choose an outlet".into();
                wrong(
                    problems,
                    node.at("collect"),
                    title,
                    format!("{why}: leave it out"),
                );
            }
            0
        } else {
            let key = if node.given("collect") { "collect" } else { "name" };
            let name = node.text(key)?;
            if name.trim().is_empty() || taken(name) {
                wrong(
                    problems,
                    node.at(key),
                    format!("an outlet cannot be called \"{name}\""),
                    "a unique name is needed".into(),
                );
            }
            names.iter().position(|n| n == name).unwrap_or_else(|| {
                names.push(name.to_owned());
                names.len() - 1
            })
        };
        if !flows && node.given("rate") {
            wrong(
                problems,
                node.at("rate"),
                "a phase has a rate, but there is no flow".into(),
                "leave it out, or add a [flow]".into(),
            );
        }
        let own = node.quantity("rate").filter(|_| flows);
        if own.is_none() && flows && node.given("rate") {
            return None;
        }
        if i == 0 && own.is_some_and(|own| own != rate) {
            wrong(
                problems,
                node.at("rate"),
                "the sample comes with the flow, whose rate is another".into(),
                format!(
                    "`flow.rate` is {}; leave this out",
                    show(rate, Dimension::FlowRate)
                ),
            );
        }
        let before = speed;
        if let Some(to) = node.measured("speed") {
            match vessel {
                // of the duct it is complained already
                None => {}
                Some(v) if !v.mounted.rotor.mounting.on_bench() => {
                    let furthest = v.mounted.rotor.bottom_radius;
                    speed = rotor::speed(&node.at("speed"), to, furthest, notes, problems)?;
                }
                Some(_) => wrong(
                    problems,
                    node.at("speed"),
                    "a phase has a speed, but the duct is not in a rotor".into(),
                    "leave it out, or add `rotor` to [duct]".into(),
                ),
            }
        }
        protocol = protocol.then(Segment {
            omega_start: before,
            omega_end: speed,
            magnets: node.bool("magnets")?,
            outlet: outlet as u32,
            ..Segment::resting(Time::from_us(node.quantity("over")?), own.unwrap_or(rate))
        });
    }
    for node in nodes.iter().filter(|n| n.given("collect")) {
        let name = node.text("collect")?;
        if let Some(meant) = misspelt(name, nodes) {
            problems
                .error(
                    &node.at("collect"),
                    format!("no other phase has the outlet \"{name}\""),
                    "this would be an outlet of its own",
                )
                .help(format!(
                    "did you mean \"{meant}\"? For an outlet of its own, leave `collect` out and let `name` be \"{name}\""
                ));
            return None;
        }
    }
    if names.len() > MOST_OUTLETS {
        wrong(
            problems,
            root.at("phase"),
            format!("{} outlets", names.len()),
            format!("at most {MOST_OUTLETS} are possible; phases may share one by `collect`"),
        );
    }
    let first = protocol.segments().first()?.duration;
    if let Feed::Inlets { over } = run.feed
        && over > first.us()
    {
        let feed = root.table("feed")?;
        problems
            .warning(
                &feed.at("over"),
                "the feed is longer than the first phase",
                format!("the first phase lasts {}", show(first.us(), Dimension::Time)),
            )
            .help("the sample comes with the flow: a phase with another rate feeds it faster or slower");
    }
    run.duration = protocol.end();
    if !run.every_given {
        run.every = run.duration.part(super::duct::COUNTS);
    }
    if !lanes && flows {
        run.outlets = names;
    }
    sound.then_some((run, protocol))
}

/// The outlet that `collect = "name"` may have been meant for: one that is written nearly like it, where no other phase has `name`.
/// Names that are told apart by numbers or signs at their ends (fraction 1 and fraction 2, CD34+ and CD34-) are meant.
fn misspelt<'a>(name: &str, phases: &'a [Node]) -> Option<&'a str> {
    let outlets = || {
        phases
            .iter()
            .filter_map(|p| p.text("collect").or_else(|| p.text("name")))
    };
    let all = || outlets().chain(phases.iter().filter_map(|p| p.text("name")));
    if outlets().filter(|o| *o == name).count() > 1 || phases.iter().any(|p| p.text("name") == Some(name)) {
        return None;
    }
    let stem = |s: &'a str| s.trim_end_matches(|c: char| c.is_ascii_digit() || " +-".contains(c));
    let own = name.trim_end_matches(|c: char| c.is_ascii_digit() || " +-".contains(c));
    // a letter in four, and one at least
    let most = (name.chars().count() / 4).max(1);
    all()
        .filter(|o| *o != name && stem(o) != own)
        .map(|o| (damerau_levenshtein(&o.to_lowercase(), &name.to_lowercase()), o))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, o)| o)
}
