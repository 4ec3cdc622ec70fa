//! V7: the greatest flow of clear plasma.

use super::{Case, Check, Lab, ML_PER_MIN, Plain, Reference, sensed};
use crate::Error;
use crate::units::Dimension::{FlowRate, Length};

pub(crate) const CASE: Case = Case {
    id: "V7",
    method: "one column of 96 levels with a bed of a haematocrit of 50 % from half depth; the flow of plasma at which the interface turns round, by \
             bisection: it is looked at for 60 s, after 240 s",
    on_host: true,
    run,
};

/// Relative width at which the bisection ends, a quarter of the tolerance.
const NARROW: f64 = 5e-3;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let plain = Plain::new()?;
    let half = 0.5 * c.given("depth", Length)?;
    let mut checks = Vec::new();
    for g in [50.0, 100.0] {
        let inlet = c.given(&format!("inlet flow, {g} x g"), FlowRate)?;
        let of = format!("greatest flow of clear plasma, {g} x g");
        let mut moves = |plasma: f64| -> Result<f64, Error> {
            let mut run = lab.channel(plain.red(1, 96, 0.40)?)?.with_bed(half, 0.5);
            let phase = plain.phase(g, inlet, inlet - plasma * ML_PER_MIN, None);
            lab.watch(&mut run, &phase, 240.0)?;
            let before = sensed(&run)?;
            lab.watch(&mut run, &phase, 60.0)?;
            Ok(sensed(&run)? - before)
        };
        // these hold what is expected between them
        let expected = c.value(&of, "mL/min")?;
        let (mut low, mut high) = (0.8 * expected, 1.2 * expected);
        while high / low > 1.0 + NARROW {
            let middle = (low * high).sqrt();
            match moves(middle)? < 0.0 {
                true => high = middle,
                false => low = middle,
            }
        }
        checks.push(c.check(&of, "mL/min", (low * high).sqrt())?);
    }
    Ok(checks)
}
