//! What laboratories have: a value far outside of it runs, but may have slipped by a unit or a power of ten, and is asked about.
//!
//! The ranges are judgement, from what makers of tubes, rotors and separators sell, and wide on purpose. None is a limit.

use super::components::Draft;
use super::keys;
use super::node::{Node, Span, Value};
use super::physics::Wish;
use super::place::strongest;
use super::problem::Problems;
use super::spec::Kind;
use super::vessel::Vessel;
use crate::constants::{RPM, STANDARD_GRAVITY};
use crate::engine::Suspension;
use crate::library;
use crate::model::{Amount, CellClass, Mounting, Protocol};
use crate::units::{Dimension, Quantity, advice, digits, show, slips};
use std::f64::consts::PI;
use std::ops::RangeInclusive;

/// A key with what is usual of it [engine units].
struct Usual {
    /// Tables from the scene down; the entries of a table of names, or of a list of tables, are all looked at.
    path: &'static [&'static str],
    key: &'static str,
    /// What it is: "a bottom radius".
    name: &'static str,
    dimension: Dimension,
    range: RangeInclusive<f64>,
}

const fn usual(
    path: &'static [&'static str],
    key: &'static str,
    name: &'static str,
    dimension: Dimension,
    range: RangeInclusive<f64>,
) -> Usual {
    Usual {
        path,
        key,
        name,
        dimension,
        range,
    }
}

const USUAL: &[Usual] = {
    use Dimension::{Density, FlowRate, Length, Viscosity};
    // beads of iron or gold are dense, fat and gas are light
    const MATTER: RangeInclusive<f64> = 0.7..=8.0;
    const CELL: RangeInclusive<f64> = 0.02..=100.0;
    const CROSS: RangeInclusive<f64> = 5.0..=200e3;
    &[
        // from a capillary to a bottle
        usual(
            &["chamber"],
            "inner_diameter",
            "an inner diameter",
            Length,
            300.0..=150e3,
        ),
        usual(&["chamber"], "thickness", "a thickness", Length, 300.0..=150e3),
        usual(&["chamber"], "fill_height", "a fill height", Length, 1e3..=500e3),
        // from a microcentrifuge to the largest floor-standing ones
        usual(
            &["chamber", "rotor"],
            "bottom_radius",
            "a bottom radius",
            Length,
            30e3..=400e3,
        ),
        usual(&["protocol"], "at_radius", "a radius", Length, 20e3..=400e3),
        usual(&["sample", "fluid"], "density", "a density", Density, 0.7..=2.0),
        usual(
            &["sample", "fluid"],
            "viscosity",
            "a viscosity",
            Viscosity,
            0.2..=200.0,
        ),
        usual(&["sample", "cells"], "diameter", "a diameter", Length, CELL),
        usual(&["sample", "cells"], "density", "a density", Density, MATTER),
        usual(&["species"], "diameter", "a diameter", Length, CELL),
        usual(&["species"], "density", "a density", Density, MATTER),
        usual(&["beads"], "diameter", "a diameter", Length, CELL),
        usual(&["beads"], "density", "a density", Density, MATTER),
        usual(&["duct"], "radius", "a radius", Length, CROSS),
        usual(&["duct"], "inner_radius", "an inner radius", Length, CROSS),
        usual(&["duct"], "outer_radius", "an outer radius", Length, CROSS),
        usual(&["duct"], "width", "a width", Length, CROSS),
        usual(&["duct"], "height", "a height", Length, CROSS),
        usual(&["duct"], "length", "a length", Length, 100.0..=2e6),
        // 0.01 uL/min to 2 L/min
        usual(
            &["flow"],
            "rate",
            "a flow rate",
            FlowRate,
            1e7 / 60e6..=2e15 / 60e6,
        ),
        // wool and grids of wires, beds of spheres
        usual(&["matrix"], "radius", "a radius", Length, 1.0..=5e3),
    ]
};

/// Force at the bottom below which a centrifuge is hardly worth its name [g], and above which it is an ultracentrifuge.
const FORCES: RangeInclusive<f64> = 10.0..=30_000.0;

/// Haematocrits of blood, thin or thick, that one hundredth of may have been written for it.
const HAEMATOCRITS: RangeInclusive<f64> = 0.2..=0.65;

/// Share of red cells from which a sample in plasma is taken to be blood.
const BLOOD: f64 = 0.1;

/// Speeds of rotors, from a slow one to an ultracentrifuge [rad/us].
const SPEEDS: RangeInclusive<f64> = 60.0 * RPM..=100e3 * RPM;

/// What is usual of the value that the scene writes at `place`, "chamber.rotor.bottom_radius", under the name it has there [engine
/// units].
pub fn range(place: &str, dimension: Dimension) -> Option<RangeInclusive<f64>> {
    let mut names = place.split('.').peekable();
    let (mut table, mut path, mut entry) = (&keys::SCENE, Vec::new(), None);
    loop {
        let name = names.next()?;
        let key = table.key(name)?;
        if names.peek().is_none() {
            return match (path.as_slice(), key.name) {
                (["sample", "cells"], "concentration") => amount(entry?, dimension),
                (["protocol"], "ramp_to") if dimension == Dimension::CentrifugalForce => Some(FORCES),
                (["protocol"], "ramp_to") => Some(SPEEDS),
                _ => {
                    let u = USUAL
                        .iter()
                        .find(|u| u.path == path && u.key == key.name && u.dimension == dimension)?;
                    let factor = key.twin.filter(|t| t.0 == name).map_or(1.0, |t| t.1);
                    Some(u.range.start() / factor..=u.range.end() / factor)
                }
            };
        }
        path.push(key.name);
        let mut kind = &key.kind;
        table = loop {
            match kind {
                Kind::Table(t) | Kind::Tables(t) => break t,
                Kind::Map(inner) => {
                    entry = names.next();
                    if names.peek().is_none() {
                        let cells = path == ["sample", "cells"];
                        return entry.filter(|_| cells).and_then(|e| amount(e, dimension));
                    }
                    kind = inner;
                }
                Kind::Either(_, b) => kind = b,
                _ => return None,
            }
        };
    }
}

/// How much of a library's cell a sample may well have: from a thousandth of what is least in blood, in what was diluted or depleted,
/// to thirty times the most, in a concentrate.
fn amount(name: &str, dimension: Dimension) -> Option<RangeInclusive<f64>> {
    let entry = library::species_entry(name).ok()?;
    let c = entry
        .concentration
        .as_ref()
        .filter(|_| dimension == Dimension::Concentration)?;
    Some(c.low? / 1000.0..=c.high? * 30.0)
}

/// Whether somebody may well have meant this for the value at `place`: it is usual there, or nothing that no laboratory has.
pub fn plausible(place: &str, q: Quantity) -> bool {
    match range(place, q.dimension) {
        Some(range) => range.contains(&q.value),
        None => q.value.abs() < most(q.dimension),
    }
}

/// What the values of most keys stay below [engine units]; 0 where people do not write whole numbers of thousands.
fn most(dimension: Dimension) -> f64 {
    use Dimension::{
        Angle, BindingRate, CentrifugalForce, Concentration, Density, FieldGradient, FlowRate, FluxDensity,
        Fraction, Length, MagneticMobility, MagneticMoment, Mass, RotorSpeed, Temperature, Time, Velocity,
        Viscosity, Volume,
    };
    match dimension {
        // a metre, a litre, a kilogram, a week
        Length => 1e6,
        Volume => 1e15,
        Mass => 1e15,
        Time => 7.0 * 86_400e6,
        Density => 25.0,
        Viscosity => 1e3,
        Fraction => 1.0,
        // more cells have no room in a microlitre
        Concentration => 1e-2,
        // a litre a minute, a metre a second
        FlowRate => 1e15 / 60e6,
        Velocity => 1.0,
        RotorSpeed => *SPEEDS.end(),
        CentrifugalForce => 1e6,
        Angle => 2.0 * PI,
        FluxDensity => 20.0,
        FieldGradient => 0.1,
        Temperature | MagneticMobility | MagneticMoment | BindingRate => 0.0,
    }
}

/// Warns of what is far from usual in the scene `root`.
pub fn warn(root: &Node, problems: &mut Problems<'_>) {
    for u in USUAL {
        let mut nodes = vec![root];
        for name in u.path {
            nodes = nodes.into_iter().flat_map(|n| below(n, name)).collect();
        }
        for node in nodes {
            let Some(value) = node.quantity(u.key).filter(|_| node.given(u.key)) else {
                continue;
            };
            if u.range.contains(&value) {
                continue;
            }
            // by the name that was written, a radius for a diameter
            let (name, factor) = match node.twin(u.key) {
                Some((twin, factor)) => (named(twin), factor),
                None => (u.name.to_owned(), 1.0),
            };
            let range = u.range.start() / factor..=u.range.end() / factor;
            let what = format!("{name} of {} is unusual", show(value / factor, u.dimension));
            far(&node.at(u.key), what, u.dimension, &range, problems);
        }
    }
    haematocrit(root, problems);
}

/// A key in words: "an inner diameter".
fn named(key: &str) -> String {
    let article = if key.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {}", key.replace('_', " "))
}

/// The tables of this name in a table: one, several, or those of a table of names.
fn below<'a>(node: &'a Node, name: &str) -> Vec<&'a Node> {
    let entries = node.map(name).iter().filter_map(|e| match &e.value {
        Value::Table(n) => Some(n),
        _ => None,
    });
    node.table(name)
        .into_iter()
        .chain(node.tables(name))
        .chain(entries)
        .collect()
}

/// A warning with what is usual, and what may have been meant instead.
fn far(
    at: &Span,
    what: String,
    dimension: Dimension,
    range: &RangeInclusive<f64>,
    problems: &mut Problems<'_>,
) {
    let meant = slips(problems.written(at), dimension, range);
    let label = format!(
        "usually {} to {}",
        show(*range.start(), dimension),
        show(*range.end(), dimension)
    );
    let problem = problems.warning(at, what, label);
    if let Some(help) = advice(&meant) {
        problem.help(help);
    }
}

/// A share that was written for its hundredths: 0.42 % for 0.42.
fn haematocrit(root: &Node, problems: &mut Problems<'_>) {
    let Some(sample) = root.table("sample").filter(|s| s.given("haematocrit")) else {
        return;
    };
    let Some(value) = sample.quantity("haematocrit") else {
        return;
    };
    if HAEMATOCRITS.contains(&(100.0 * value)) {
        let show = |x| show(x, Dimension::Fraction);
        problems
            .warning(
                &sample.at("haematocrit"),
                format!("a haematocrit of {} is unusual", show(value)),
                "blood has about 100 times as much",
            )
            .help(format!("did you mean \"{}\"?", show(100.0 * value)));
    }
}

/// A rotor whose greatest force is hardly more than gravity.
pub fn force(root: &Node, vessel: &Vessel, protocol: &Protocol, problems: &mut Problems<'_>) {
    let bottom = vessel.rotor.bottom_radius;
    let fastest = protocol
        .segments()
        .iter()
        .map(|s| s.omega_start.max(s.omega_end))
        .fold(0.0, f64::max);
    let force = fastest * fastest * bottom / STANDARD_GRAVITY;
    if vessel.rotor.mounting == Mounting::Bench || fastest == 0.0 || force >= *FORCES.start() {
        return;
    }
    let at = strongest(root, protocol);
    let omega = |g: f64| (g * STANDARD_GRAVITY / bottom).sqrt();
    let text = problems.written(&at);
    let mut meant = slips(text, Dimension::CentrifugalForce, &FORCES);
    if meant.is_empty() {
        let range = omega(*FORCES.start())..=omega(*FORCES.end());
        meant = slips(text, Dimension::RotorSpeed, &range);
    }
    let problem = problems.warning(
        &at,
        format!(
            "{} x g at the bottom is little for a centrifuge",
            digits(force, 3)
        ),
        format!("usually {} to {} x g", FORCES.start(), FORCES.end()),
    );
    if let Some(help) = advice(&meant) {
        problem.help(help);
    }
}

/// Concentrations that are unusual in blood, of a sample that may be blood: red cells in plasma, neither diluted nor enriched.
pub fn blood(drafts: &[Draft], plasma: bool, wish: &Wish, problems: &mut Problems<'_>) {
    let red = |d: &&Draft| d.species.class == CellClass::Erythrocyte;
    // what is usual is that of blood to which nothing was added
    let share = |d: &Draft| d.fraction() / d.blood;
    let reds: f64 = drafts.iter().filter(red).map(share).sum();
    if wish.suspension() != Suspension::Dense || !plasma || reds < BLOOD {
        return;
    }
    let number = |d: &Draft| d.amount.concentration(&d.species) / d.blood;
    let ranged: Vec<(&Draft, RangeInclusive<f64>)> = drafts
        .iter()
        .filter_map(|d| {
            let entry = library::species_entry(&d.kind).ok()?;
            let c = entry.concentration.as_ref()?;
            Some((d, c.low.unwrap_or(0.0)..=c.high.unwrap_or(f64::INFINITY)))
        })
        .collect();
    let odd: Vec<&(&Draft, RangeInclusive<f64>)> =
        ranged.iter().filter(|(d, r)| !r.contains(&number(d))).collect();
    // all together thinner or thicker: diluted blood, or a product of it
    let same_way =
        odd.iter().all(|(d, r)| number(d) < *r.start()) || odd.iter().all(|(d, r)| number(d) > *r.end());
    if odd.len() > 1 && 2 * odd.len() > ranged.len() && same_way {
        return;
    }
    for (d, range) in odd {
        let show = |c: f64| show(c, Dimension::Concentration);
        let meant = match d.amount {
            Amount::Concentration(_) => slips(problems.written(&d.span), Dimension::Concentration, range),
            Amount::VolumeFraction(_) => Vec::new(),
        };
        let problem = problems.warning(
            &d.span,
            format!("{} of `{}` is unusual in blood", show(number(d)), d.species.name),
            format!("usually {} to {}", show(*range.start()), show(*range.end())),
        );
        if let Some(help) = advice(&meant) {
            problem.help(help);
        }
    }
}
