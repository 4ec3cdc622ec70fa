//! How fast a rotor turns: a speed, or a centrifugal force at a radius; and what no rotor withstands.

use super::node::Span;
use super::problem::Problems;
use crate::constants::{RPM, STANDARD_GRAVITY};
use crate::units::{Dimension, Quantity, digits, show};

/// Centrifugal forces above this are beyond the rotors and tubes of a blood laboratory [g].
const HIGH_FORCE: f64 = 30_000.0;

/// Speed of the bottom [um/us] that no rotor holds: a ring under its own centrifugal load bursts at the root of strength over density,
/// 1900 m/s for the best carbon fibre (6.4 GPa, 1.8 g/mL, makers' data from memory, unverified). Ultracentrifuges reach half of it.
const BURSTS: f64 = 2000.0;

/// Rotor speed [rad/us] of a quantity that is a speed, or a centrifugal force at `radius` [um]. A note says what a force means; `place` names
/// the radius after a comma, or is empty.
pub fn speed(to: Quantity, (radius, place): (f64, &str), notes: &mut Vec<String>) -> f64 {
    if to.dimension != Dimension::CentrifugalForce {
        return to.value;
    }
    let omega = (to.value * STANDARD_GRAVITY / radius).sqrt();
    notes.push(format!(
        "{} x g is meant at {}{place}: {} rpm",
        digits(to.value, 4),
        show(radius, Dimension::Length),
        digits(omega / RPM, 4)
    ));
    omega
}

/// Whether a rotor withstands a speed [rad/us] of its place furthest from the axis, which is `named`, at `radius` [um]. Refuses what bursts, and
/// warns of what is beyond the rotors of a blood laboratory.
pub fn bearable(span: &Span, omega: f64, (radius, named): (f64, &str), problems: &mut Problems<'_>) -> bool {
    let force = omega * omega * radius / STANDARD_GRAVITY;
    let speed = omega * radius;
    if speed > BURSTS {
        problems.error(
            span,
            format!(
                "at {} x g {named} moves at {} m/s: every rotor would burst",
                digits(force, 3),
                digits(speed, 4)
            ),
            format!("no material withstands {BURSTS} m/s"),
        );
        return false;
    }
    if force > HIGH_FORCE {
        problems.warning(
            span,
            format!(
                "{} x g at {named} is more than blood tubes and their rotors withstand",
                digits(force, 3)
            ),
            format!("{} x g is already high", digits(HIGH_FORCE, 5)),
        );
    }
    true
}
