//! C03: how long a rotor takes to pellet particles of one million svedberg.

use super::lab::{cell, dilute, horizontal, trace_of, tube};
use super::reference::Reference;
use super::track::when;
use super::{Case, Check, Lab};
use crate::Error;
use crate::constants::SECOND;
use crate::model::{Fluid, Protocol};
use crate::units::Dimension;

pub(super) const CASE: Case = Case {
    id: "C03",
    method: "dilute, a tube that goes on beyond r_max; time at which the uppermost of 20 000 parcels (within 1e-4 of the \
             height below the meniscus) passes r_max, k = time in hours times the svedbergs",
    on_host: false,
    run,
};

/// How far the tube goes on beyond r_max, so that the passage is seen rather than a rest at the bottom.
const BEYOND: f64 = 1.1;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let svedbergs = c.number("sedimentation coefficient", "S")?;
    let mut pelleting = |rotor: &str, watch| -> Result<f64, Error> {
        let speed = c.given(&format!("{rotor} speed"), Dimension::RotorSpeed)?;
        let a = c.given(&format!("{rotor} rmin"), Dimension::Length)?;
        let b = c.given(&format!("{rotor} rmax"), Dimension::Length)?;
        pelleting(lab, svedbergs, speed, a, b, watch)
    };
    let (slow, fast) = (pelleting("slow", 100.0)?, pelleting("fast", 4.0)?);
    let k = |seconds: f64| seconds / 3600.0 * svedbergs;
    Ok(vec![
        c.check("k at {slow speed}", "h S", k(slow))?,
        c.check("pelleting time at {slow speed}", "s", slow)?,
        c.check("k at {fast speed}", "h S", k(fast))?,
    ])
}

/// Time [s] for a particle from radius `a` to `b` [um] at a speed [rad/us], watched for `watch` seconds.
fn pelleting(
    lab: &mut Lab<'_>,
    svedbergs: f64,
    omega: f64,
    a: f64,
    b: f64,
    watch: f64,
) -> Result<f64, Error> {
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
        Protocol::new(omega).hold(watch * SECOND),
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
