//! C01: cells alone in plasma on the bench.

use super::lab::{dilute, trace_of, tube};
use super::reference::Quoted;
use super::tracers::drift;
use super::{Case, Lab, blood};
use super::{Check, Expected};
use crate::Error;
use crate::constants::SECOND;
use crate::model::{Protocol, Rotor};

pub(super) const CASE: Case = Case {
    id: "C01",
    method: "dilute, 100 mm column, 10 000 s at 1 g; mean displacement of the parcels that start in the upper half",
    run,
};

const HEIGHT: f64 = 1e5;

fn run(lab: &mut Lab<'_>) -> Result<Vec<Check>, Error> {
    let c = Quoted::case(CASE.id)?;
    let cells = [
        (blood::platelet()?, c.expected("platelet 0.09065")?),
        (blood::lymphocyte()?, c.expected("lymph 0.98338")?),
        (blood::neutrophil()?, c.expected("neut 1.94973")?),
        (blood::red_cell()?, c.expected("RBC 0.97793")?),
    ];
    let setup = dilute(
        blood::plasma()?,
        tube(HEIGHT),
        Rotor::bench(),
        Protocol::new(0.0).hold(1e4 * SECOND),
        cells.iter().map(|(s, _)| trace_of(s.clone(), 500)).collect(),
        20,
    );
    let seen = lab.trace(&setup)?;
    let last = seen.profiles.len() - 1;
    cells
        .iter()
        .enumerate()
        .map(|(k, (species, expected))| {
            Ok(Check::new(
                format!("velocity, {}", species.name),
                "um/s",
                Expected::Value(*expected),
                drift(&seen, k, last, 0.0, 0.5 * HEIGHT).velocity,
                c.tolerance()?,
            ))
        })
        .collect()
}
