//! C02: the path of a platelet in a rotor.

use super::lab::{dilute, horizontal, trace_of, tube};
use super::reference::Quoted;
use super::track::{at, when};
use super::{Case, Lab, blood};
use super::{Check, Expected};
use crate::Error;
use crate::constants::{RPM, SECOND};
use crate::model::Protocol;

pub(super) const CASE: Case = Case {
    id: "C02",
    method: "dilute, tube from 0.09 to 0.17 m; the path that starts at 0.10 m, interpolated between the two nearest of \
             500 parcels and between profiles 2 s apart",
    run,
};

/// Radii of meniscus and bottom [um].
const ENDS: [f64; 2] = [9e4, 1.7e5];

fn run(lab: &mut Lab<'_>) -> Result<Vec<Check>, Error> {
    let c = Quoted::case(CASE.id)?;
    let metre = 1e6;
    let start = c.given("r0=0.10")? * metre;
    let omega = c.given("2000")? * RPM;
    // the case gives s, not the cell: 9.24328e-9 s is the platelet of C01 in its plasma
    let setup = dilute(
        blood::plasma()?,
        tube(ENDS[1] - ENDS[0]),
        horizontal(ENDS[0], ENDS[1]),
        Protocol::new(omega).hold(1200.0 * SECOND),
        vec![trace_of(blood::platelet()?, 500)],
        600,
    );
    let seen = lab.trace(&setup)?;
    let path: Vec<(f64, f64)> = seen
        .times
        .iter()
        .zip(&seen.depths)
        .map(|(t, z)| {
            let pairs: Vec<(f64, f64)> = seen.depths[0].iter().copied().zip(z.iter().copied()).collect();
            (t / SECOND, (ENDS[0] + at(&pairs, start - ENDS[0])) / metre)
        })
        .collect();
    Ok(vec![
        Check::new(
            "radius after 300 s",
            "m",
            Expected::Value(c.expected("0.112934")?),
            at(&path, c.observed("r(300")?),
            c.tolerance()?,
        ),
        Check::new(
            "time to 0.15 m",
            "s",
            Expected::Value(c.expected("1000.02")?),
            when(&path, c.observed("time to 0.15")?),
            c.tolerance()?,
        ),
    ])
}
