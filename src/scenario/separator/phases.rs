//! `[[phase]]`: the programme of a separator.

use super::super::node::Node;
use super::super::problem::Problems;
use super::duct::{Run, taken};
use crate::engine::{Feed, MOST_OUTLETS, Phase};
use crate::units::{Dimension, show};
use strsim::damerau_levenshtein;

/// Reads the phases into a run that was read without them; nothing to do where there are none.
pub fn phases(root: &Node, run: Option<Run>, problems: &mut Problems<'_>) -> Option<(Run, Vec<Phase>)> {
    let mut run = run?;
    let nodes = root.tables("phase");
    if nodes.is_empty() {
        return (!root.given("phase")).then_some((run, Vec::new()));
    }
    let rate = run.stream?.rate;
    let (mut phases, mut names): (Vec<Phase>, Vec<String>) = (Vec::new(), Vec::new());
    let mut sound = true;
    let mut wrong = |problems: &mut Problems<'_>, at, title: String, label: String| {
        problems.error(&at, title, label);
        sound = false;
    };
    for (key, why) in [
        ("duration", "the phases say how long the run is"),
        ("outlet", "each phase names the outlet that collects"),
    ] {
        if root.given(key) {
            wrong(
                problems,
                root.at(key),
                format!("`{key}` beside phases"),
                format!("{why}: leave it out"),
            );
        }
    }
    for (i, node) in nodes.iter().enumerate() {
        let key = if node.given("collect") { "collect" } else { "name" };
        let name = node.text(key)?;
        if name.trim().is_empty() || taken(name) {
            wrong(
                problems,
                node.at(key),
                format!("an outlet cannot be called \"{name}\""),
                "a name that nothing else has is needed".into(),
            );
        }
        let outlet = names.iter().position(|n| n == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        let own = node.quantity("rate");
        if own.is_none() && node.given("rate") {
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
        phases.push(Phase {
            length: node.quantity("over")?,
            rate: own.unwrap_or(rate),
            magnets: node.bool("magnets")?,
            outlet: outlet as u32,
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
    let first = phases.first()?.length;
    if let Feed::Inlet { over, .. } = run.feed
        && over > first
    {
        let feed = root.table("feed")?;
        wrong(
            problems,
            feed.at("over"),
            "the sample is fed beyond the first phase".into(),
            format!("at most {}", show(first, Dimension::Time)),
        );
    }
    run.duration = phases.iter().map(|p| p.length).sum();
    if !run.every_given {
        run.every = run.duration / super::duct::COUNTS;
    }
    run.outlets = names;
    sound.then_some((run, phases))
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
