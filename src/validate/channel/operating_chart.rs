//! V1: how much the red-cell pump has to draw, and how densely the cells leave.

use super::{Case, Check, Lab, ML_PER_MIN, Plain, RED_CELLS, Reference, drawn};
use crate::Error;

pub(crate) const CASE: Case = Case {
    id: "V1",
    method: "one column of 200 levels with a bed at the start; the interface is held with a time constant of 40 s. 1000 s to settle, 100 s that \
             are counted",
    on_host: true,
    run,
};

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let plain = Plain::new()?;
    let mut checks = Vec::new();
    for g in [50.0, 100.0, 300.0, 900.0] {
        for haematocrit in [30.0, 40.0, 50.0] {
            let of = |what: &str| format!("{what}, {g} x g, {haematocrit} %");
            let (flow, packed) = (of("red-cell flow"), of("haematocrit of what leaves"));
            let channel = plain.red(1, 200, haematocrit / 100.0)?;
            let mut run = lab.channel(channel)?.with_bed(plain.interface, 0.85);
            let start = c.value(&flow, "mL/min")? + 1.0;
            let hold = Some((plain.interface, 40.0));
            let phase = plain.phase(g, plain.inlet, start * ML_PER_MIN, hold);
            lab.watch(&mut run, &phase, 1000.0)?;
            let found = lab.watch(&mut run, &phase, 100.0)?;
            checks.push(c.check(&flow, "mL/min", drawn(&found, RED_CELLS))?);
            checks.push(c.check(&packed, "", found.ports[RED_CELLS].haematocrit)?);
        }
    }
    Ok(checks)
}
