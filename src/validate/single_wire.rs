//! C32: what one wire in a field along the stream catches.

use super::reference::Reference;
use super::{Case, Check, Lab};
use crate::Error;
use crate::magnets::{Collector, Past, Shape, Soft};
use glam::DVec3;

pub(super) const CASE: Case = Case {
    id: "C32",
    method: "points fly past a wire of 25 um in potential flow from 100 radii upstream, in a field of 1 T along the stream that its \
             polarisation of 1e-6 T does not disturb (K = 5e-7); half the width from which they come to its surface",
    on_host: false,
    run,
};

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let weak = Soft {
        susceptibility: 1e3,
        saturation: 1e-6,
    };
    let wire = Collector::new(Shape::Wire, 25.0, weak, DVec3::Z, Past::Potential, 0.05)?;
    let names = ["first", "second", "third", "fourth", "fifth"].map(|n| format!("{n} ratio"));
    let ratios = names
        .iter()
        .map(|name| c.number(name, ""))
        .collect::<Result<Vec<f64>, Error>>()?;
    let found = lab.capture(&wire, &ratios)?;
    names
        .iter()
        .zip(found)
        .map(|(name, found)| {
            let of = format!("captured half width at Vm/V0 = {{{name}}}");
            c.check(&of, "radii", found)
        })
        .collect()
}
