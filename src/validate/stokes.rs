//! C01: cells alone in plasma on the bench.

use super::lab::{dilute, trace_of, tube};
use super::reference::Reference;
use super::tracers::drift;
use super::{Case, Check, Lab, blood};
use crate::Error;
use crate::constants::SECOND;
use crate::model::{Protocol, Rotor};

pub(super) const CASE: Case = Case {
    id: "C01",
    method: "dilute, 100 mm column, 10 000 s at 1 g; mean displacement of the parcels that start in the upper half",
    on_host: false,
    run,
};

const HEIGHT: f64 = 1e5;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let cells = [
        blood::platelet()?,
        blood::lymphocyte()?,
        blood::neutrophil()?,
        blood::red_cell()?,
    ];
    let setup = dilute(
        blood::plasma()?,
        tube(HEIGHT),
        Rotor::bench(),
        Protocol::new(0.0).hold(1e4 * SECOND),
        cells.iter().map(|s| trace_of(s.clone(), 500)).collect(),
        20,
    );
    let seen = lab.trace(&setup)?;
    let last = seen.profiles.len() - 1;
    cells
        .iter()
        .enumerate()
        .map(|(k, species)| {
            c.check(
                &format!("velocity, {}", species.name),
                "um/s",
                drift(&seen, k, last, 0.0, 0.5 * HEIGHT).velocity,
            )
        })
        .collect()
}
