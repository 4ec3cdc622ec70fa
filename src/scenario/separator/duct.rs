//! `[duct]`, and for how long it is followed.

use super::super::node::Node;
use super::super::problem::Problems;
use super::super::spec::quoted;
use super::grid_file::FileRead;
use super::matrix::LAYERS;
use super::ports;
use super::rotor::{Mounted, mounted};
use crate::chamber::duct::{Duct, IN_THE_MATRIX, INSIDE, NOT_YET_IN, Section};
use crate::constants::STANDARD_GRAVITY;
use crate::engine::{Feed, Holding, Inlet, Stream};
use crate::times::Time;
use crate::units::{Dimension, show};
use glam::DVec3;

/// Cells of the grid where the scene gives none: across and along.
const CELLS: [u32; 3] = [16, 16, 64];

/// Times that the mean flow takes through the duct after which a run ends where the scene does not say.
const PASSAGES: f64 = 10.0;

/// Counts of a run where the scene does not say.
pub const COUNTS: i64 = 100;

/// The duct and how it lies.
pub struct Vessel {
    pub duct: Duct,
    pub mounted: Mounted,
    pub cells: [u32; 3],
    pub grid_given: bool,
    pub holding: Holding,
    pub coverage: Option<f64>,
    /// Volume of the fluid in it [um3].
    pub room: f64,
}

/// The flow and how long it is followed.
pub struct Run {
    pub stream: Option<Stream>,
    /// Volume a time [um3/us]; zero without a flow.
    pub rate: f64,
    pub feed: Feed,
    pub inlets: Vec<Inlet>,
    pub splits: Vec<f64>,
    pub outlets: Vec<String>,
    pub duration: Time,
    pub every: Time,
    /// Whether the scene says so.
    pub every_given: bool,
}

/// Reads `[duct]`.
pub fn vessel(root: &Node, notes: &mut Vec<String>, problems: &mut Problems<'_>) -> Option<Vessel> {
    let node = root.table("duct")?;
    let section = match node.text("shape")? {
        "tube" => Section::Tube {
            radius: node.quantity("radius")?,
        },
        "annulus" => {
            let (inner, outer) = (node.quantity("inner_radius")?, node.quantity("outer_radius")?);
            if outer <= inner {
                problems.error(
                    &node.at("outer_radius"),
                    "the core is as wide as the wall",
                    format!("has to be larger than {}", show(inner, Dimension::Length)),
                );
                return None;
            }
            Section::Annulus { inner, outer }
        }
        _ => Section::Channel {
            width: node.quantity("width")?,
            height: node.quantity("height")?,
        },
    };
    let mut holding = Holding::default();
    let mut sound = true;
    let mut surfaces = section.surfaces();
    if root.given("flow") {
        // the far end is open
        surfaces[4] = None;
    }
    for word in node.texts("holds") {
        match surfaces.iter().position(|s| *s == Some(word)) {
            Some(0) => holding.inner = true,
            Some(1) => holding.outer = true,
            Some(2) => holding.low_y = true,
            Some(3) => holding.high_y = true,
            Some(_) => holding.end = true,
            None => {
                sound = false;
                let there: Vec<&str> = surfaces.iter().flatten().copied().collect();
                problems.error(
                    &node.at("holds"),
                    format!("this duct has no \"{word}\" to hold cells"),
                    format!("{} is possible", quoted(&there)),
                );
            }
        }
    }
    // a column holds without walls, and says so itself
    if node.given("coverage") && node.texts("holds").is_empty() && !root.given("matrix") {
        sound = false;
        problems
            .error(
                &node.at("coverage"),
                "no surface of this duct holds cells, so none can fill",
                "`duct.holds` names none",
            )
            .help("name one in `holds`, or leave this out");
    }
    let g = STANDARD_GRAVITY;
    let gravity = match (node.text("axis")?, node.text("gravity")) {
        ("up", _) => -g * DVec3::Z,
        ("down", _) => g * DVec3::Z,
        (_, Some("x")) => g * DVec3::X,
        (_, Some("-x")) => -g * DVec3::X,
        (_, Some("y")) => g * DVec3::Y,
        (_, Some(_)) => -g * DVec3::Y,
        (_, None) => return None,
    };
    let column = root.given("matrix");
    let porosity = match root.table("matrix") {
        Some(matrix) => Some(matrix.quantity("porosity")?),
        None => None,
    };
    let given = node.quantities::<3>("grid").map(|n| n.map(|x| x as u32));
    let duct = Duct {
        section,
        length: node.quantity("length")?,
    };
    let mounted = mounted(
        node,
        &duct,
        gravity,
        [column, root.given("magnet") || root.attempted("magnet")],
        notes,
        problems,
    )?;
    sound.then_some(Vessel {
        duct,
        mounted,
        cells: given.unwrap_or(if column { [1, 1, LAYERS] } else { CELLS }),
        grid_given: given.is_some() || column,
        holding,
        coverage: node.quantity("coverage"),
        room: duct.room(porosity),
    })
}

/// Reads the flow, the feed, the outlets and the times.
pub fn run(
    root: &Node,
    path: &str,
    vessel: Option<&Vessel>,
    notes: &mut Vec<String>,
    files: &mut Vec<FileRead>,
    problems: &mut Problems<'_>,
) -> Option<Run> {
    let (stream, rate) = ports::stream(root, path, vessel, notes, files, problems)?.unzip();
    let rate: f64 = rate.unwrap_or(0.0);
    let (feed, inlets) = ports::feed(root, problems)?;
    let (outlets, splits) = ports::outlets(root, stream.is_some(), problems)?;
    let phased = root.given("phase");
    let passage = stream.as_ref().zip(vessel).map(|(_, v)| v.room / rate);
    let duration = match (root.quantity("duration"), passage) {
        (Some(d), _) => d,
        (None, Some(passage)) => {
            let over = match feed {
                Feed::Inlets { over } => over,
                Feed::Filled => 0.0,
            };
            let d = over + PASSAGES * passage;
            if !phased {
                notes.push(format!(
                    "followed for {} at most: the feed and {PASSAGES} times the mean passage of {}",
                    show(d, Dimension::Time),
                    show(passage, Dimension::Time)
                ));
            }
            d
        }
        (None, None) if root.given("flow") || root.attempted("flow") || root.attempted("duration") => {
            return None;
        }
        // the phases say
        (None, None) if phased && stream.is_none() => 0.0,
        (None, None) => {
            problems
                .error(
                    &root.at("duct"),
                    "for how long is the duct followed?",
                    "`duration` is needed where nothing flows",
                )
                .help("add `duration = \"... min\"` above the first table")
                .absent();
            return None;
        }
    };
    if let Feed::Inlets { over } = feed
        && duration < over
    {
        problems
            .warning(
                &root.at("duration"),
                format!(
                    "the run ends after {}, before the feed does: {} of the sample never enters",
                    show(duration, Dimension::Time),
                    show(1.0 - duration / over, Dimension::Fraction)
                ),
                format!("`feed.over` is {}", show(over, Dimension::Time)),
            )
            .help("recoveries are shares of the whole sample; shorten `feed.over`, or follow it for longer");
    }
    let counts = root.table("output").and_then(|o| o.table("counts"));
    let every = counts.and_then(|c| c.quantity("every"));
    Some(Run {
        stream,
        rate,
        feed,
        inlets,
        splits,
        outlets,
        duration: Time::from_us(duration),
        every: every.map_or(Time::from_us(duration).part(COUNTS), Time::from_us),
        every_given: every.is_some(),
    })
}

/// Whether something that is no outlet has this name.
pub fn taken(name: &str) -> bool {
    let fixed = [
        INSIDE,
        NOT_YET_IN,
        IN_THE_MATRIX,
        "end",
        "inner wall",
        "outer wall",
        "low x",
        "high x",
        "low y",
        "high y",
    ];
    fixed.contains(&name)
}
