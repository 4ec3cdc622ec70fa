//! C03: how long a rotor takes to pellet particles of one million svedberg.

use super::lab::{cell, dilute, horizontal, trace_of, tube};
use super::reference::Quoted;
use super::track::when;
use super::{Case, Lab};
use super::{Check, Expected};
use crate::Error;
use crate::constants::{RPM, SECOND};
use crate::model::{Fluid, Protocol};

pub(super) const CASE: Case = Case {
    id: "C03",
    method: "dilute, a tube that goes on beyond r_max; time at which the uppermost of 20 000 parcels (within 1e-4 of the \
             height below the meniscus) passes r_max, k = time in hours times the svedbergs",
    run,
};

/// How far the tube goes on beyond r_max, so that the passage is seen rather than a rest at the bottom.
const BEYOND: f64 = 1.1;

fn run(lab: &mut Lab<'_>) -> Result<Vec<Check>, Error> {
    let c = Quoted::case(CASE.id)?;
    let metre = 1e6;
    let svedbergs = c.observed("pelleting time for 1e6")?;
    let seconds = pelleting(
        lab,
        svedbergs,
        c.given("3000")?,
        c.given("rmin .10")? * metre,
        c.given("rmax .16")? * metre,
        100.0,
    )?;
    let fast = pelleting(
        lab,
        svedbergs,
        c.given("20000")?,
        c.given("rpm .038")? * metre,
        c.given(".038/.075")? * metre,
        4.0,
    )?;
    let k = |seconds: f64| seconds / 3600.0 * svedbergs;
    let check = |quantity: &str, unit, expected, measured| -> Result<Check, Error> {
        Ok(Check::new(
            quantity,
            unit,
            Expected::Value(expected),
            measured,
            c.tolerance()?,
        ))
    };
    Ok(vec![
        check(
            "k at 3000 rpm, 0.10-0.16 m",
            "h S",
            c.expected("13228")?,
            k(seconds),
        )?,
        check("pelleting time at 3000 rpm", "s", c.expected("(47.6")?, seconds)?,
        check(
            "k at 20 000 rpm, 0.038-0.075 m",
            "h S",
            c.expected("430.5")?,
            k(fast),
        )?,
    ])
}

/// Time [s] for a particle from radius `a` to `b` [um], watched for `watch` seconds.
fn pelleting(lab: &mut Lab<'_>, svedbergs: f64, rpm: f64, a: f64, b: f64, watch: f64) -> Result<f64, Error> {
    // s = d^2 excess / (18 mu): a 3 um sphere in water-like fluid, its density chosen for s; 1 S = 1e-13 s = 1e-7 us
    let fluid = Fluid {
        density: 1.0,
        viscosity: 1.0,
    };
    let diameter = 3.0_f64;
    let excess = svedbergs * 1e-7 * 18.0 * fluid.viscosity / (diameter * diameter);
    let bottom = a + BEYOND * (b - a);
    let setup = dilute(
        fluid,
        tube(bottom - a),
        horizontal(a, bottom),
        Protocol::new(rpm * RPM).hold(watch * SECOND),
        vec![trace_of(
            cell("particle", diameter, fluid.density + excess),
            20_000,
        )],
        400,
    );
    let seen = lab.trace(&setup)?;
    let uppermost: Vec<(f64, f64)> = seen
        .times
        .iter()
        .zip(&seen.depths)
        .map(|(t, z)| (t / SECOND, z.iter().copied().fold(f64::INFINITY, f64::min)))
        .collect();
    Ok(when(&uppermost, b - a))
}
