//! C02: the path of a platelet in a rotor.

use super::lab::{dilute, horizontal, trace_of, tube};
use super::reference::Reference;
use super::track::{at, when};
use super::{Case, Check, Lab, blood};
use crate::Error;
use crate::constants::SECOND;
use crate::model::Protocol;
use crate::units::Dimension;

pub(super) const CASE: Case = Case {
    id: "C02",
    method: "dilute, tube from 0.09 to 0.17 m; the path that starts at 0.10 m, interpolated between the two nearest of \
             500 parcels and between profiles 2 s apart",
    on_host: false,
    run,
};

/// Radii of meniscus and bottom [um].
const ENDS: [f64; 2] = [9e4, 1.7e5];

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let metre = 1e6;
    let start = c.given("start", Dimension::Length)?;
    let omega = c.given("speed", Dimension::RotorSpeed)?;
    // the case gives s, not the cell: it is that of the platelet of C01 in its plasma
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
        c.check("radius after {time}", "m", at(&path, c.number("time", "s")?))?,
        c.check("time to {radius}", "s", when(&path, c.number("radius", "m")?))?,
    ])
}
