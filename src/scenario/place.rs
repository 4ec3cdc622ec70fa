//! Where in a scene the parts of the engine's input come from, for what is found out only when they are put together.

use super::node::{Node, Span, Value};
use crate::engine::{Fault, Field, MAX_SAMPLES, MAX_STEPS, Setup};
use crate::model::Protocol;
use crate::units::{Dimension, show};

/// The key that decides on a field, in the scene `root`: the first that is written of those that it follows from. Where
/// all of them are left out, the table that they belong to, or else the beginning.
pub fn place(field: Field, root: &Node) -> Span {
    let sample = root.table("sample");
    let physics = root.table("physics");
    let numerics = root.table("numerics");
    let profile = root.table("output").and_then(|n| n.table("profile"));
    let chamber = root.table("chamber");
    let found = match field {
        Field::Fluid => at(sample, "fluid").or_else(|| at(sample, "medium")),
        Field::Chamber => at(Some(root), "chamber"),
        Field::Rotor => at(chamber, "rotor"),
        Field::Layers => at(numerics, "layers"),
        Field::Bins => at(profile, "bins").or_else(|| at(numerics, "layers")),
        Field::Every => at(profile, "every").or_else(|| longest(root)),
        Field::Components => at(sample, "parcels").or_else(|| at(sample, "cells")),
        Field::Protocol => longest(root),
        Field::Longest => at(numerics, "longest_step").or_else(|| longest(root)),
        Field::Courant => at(numerics, "courant"),
        Field::PackingLimit => at(physics, "packing_limit").or_else(|| own_limit(root)),
        Field::PackingWidth => at(physics, "packing_width")
            .or_else(|| at(physics, "packing_limit"))
            .or_else(|| own_limit(root)),
        Field::Exponent => at(physics, "hindrance_exponent"),
        Field::Lateral => at(physics, "lateral").or_else(|| at(chamber, "shape")),
        Field::Parts => at(Some(root), "chamber"),
    };
    found
        .or_else(|| sample.map(|n| n.span.clone()))
        .unwrap_or_else(|| root.span.clone())
}

/// A fault of the engine's input in the words of the scene: its keys, and values with their units.
pub fn words(fault: &Fault, setup: &Setup) -> String {
    let time = |t: f64| show(t, Dimension::Time);
    let percent = |x: f64| show(x, Dimension::Fraction);
    let (end, every, longest) = (
        setup.protocol.duration(),
        setup.sampling.every.us(),
        setup.stepping.longest,
    );
    match fault.field {
        Field::Every => format!(
            "`output.profile.every` is {}, and the programme takes {}: more than {MAX_SAMPLES} profiles; it has to be \
             at least {}",
            time(every),
            time(end),
            time(end / MAX_SAMPLES)
        ),
        Field::Longest => format!(
            "`numerics.longest_step` is {}, and the programme takes {}: more than {MAX_STEPS} steps; it has to be at \
             least {}",
            time(longest),
            time(end),
            time(end / MAX_STEPS)
        ),
        Field::Bins => format!(
            "`output.profile.bins` is {}; with {} `layers` it has to be at most {}",
            setup.sampling.bins,
            setup.layers(),
            u32::MAX / setup.layers().max(1)
        ),
        Field::PackingWidth => format!(
            "`physics.packing_width` is {}; it has to be at most the packing limit, {}",
            percent(setup.physics.packing_width),
            percent(setup.physics.packing_limit)
        ),
        Field::Lateral => {
            "`physics.lateral` is \"resolved\" in a vessel other than a tube, whose side walls are not modelled yet; use \
                           \"mixed\", or a tube"
                .into()
        }
        // the keys' own ranges leave nothing for the others to complain of
        _ => fault.what.clone(),
    }
}

/// The value of a key, if it is written.
fn at(node: Option<&Node>, key: &str) -> Option<Span> {
    node.filter(|n| n.given(key)).map(|n| n.at(key))
}

/// The longest stretch of the rotor programme.
fn longest(root: &Node) -> Option<Span> {
    let stretches = root.tables("protocol").iter().flat_map(|step| {
        ["hold", "over", "brake_over"]
            .into_iter()
            .filter_map(|key| Some((step.quantity(key)?, step.at(key))))
    });
    stretches.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, span)| span)
}

/// The ramp that reaches the greatest speed; the mounting where nothing turns.
pub fn strongest(root: &Node, protocol: &Protocol) -> Span {
    let ramps = root.tables("protocol").iter().zip(protocol.segments());
    let fastest = ramps
        .filter(|(step, _)| step.given("ramp_to"))
        .max_by(|a, b| a.1.omega_end.total_cmp(&b.1.omega_end));
    let mounting = || at(root.table("chamber").and_then(|n| n.table("rotor")), "mounting");
    fastest
        .map(|(step, _)| step.at("ramp_to"))
        .or_else(mounting)
        .unwrap_or_else(|| root.span.clone())
}

/// The packing limit of a species of the scene's own.
fn own_limit(root: &Node) -> Option<Span> {
    root.map("species").iter().find_map(|e| match &e.value {
        Value::Table(n) => at(Some(n), "packing_limit"),
        _ => None,
    })
}
