//! C32: what one wire in a field along the stream catches.

use super::reference::Quoted;
use super::{Case, Lab};
use super::{Check, Expected};
use crate::Error;
use crate::magnets::{Collector, Past, Shape, Soft};
use glam::DVec3;

pub(super) const CASE: Case = Case {
    id: "C32",
    method: "points fly past a wire of 25 um in potential flow from 100 radii upstream, in a field of 1 T along the stream that its \
             polarisation of 1e-6 T does not disturb (K = 5e-7); half the width from which they come to its surface",
    run,
};

fn run(lab: &mut Lab<'_>) -> Result<Vec<Check>, Error> {
    let c = Quoted::case(CASE.id)?;
    let weak = Soft {
        susceptibility: 1e3,
        saturation: 1e-6,
    };
    let wire = Collector::new(Shape::Wire, 25.0, weak, DVec3::Z, Past::Potential, 0.05)?;
    // the ratios stand in what is observed, one after the other
    let ratios = [
        c.observed("V0 = .3")?,
        c.observed("V0 = .3/1")?,
        c.observed("V0 = .3/1/3")?,
        c.observed("V0 = .3/1/3/10")?,
        c.observed("V0 = .3/1/3/10/30")?,
    ];
    let expected = [
        c.expected("0.1501")?,
        c.expected("0.5001")?,
        c.expected("1.279")?,
        c.expected("2.398")?,
        c.expected("3.758")?,
    ];
    let found = lab.capture(&wire, &ratios)?;
    ratios
        .iter()
        .zip(expected)
        .zip(found)
        .map(|((ratio, expected), found)| {
            Ok(Check::new(
                format!("captured half width at Vm/V0 = {ratio}"),
                "radii",
                Expected::Value(expected),
                found,
                c.tolerance()?,
            ))
        })
        .collect()
}
