//! V4, V5 and V9: the interface without and with a controller, and what becomes of every cell.

use super::{Case, Check, Lab, ML_PER_MIN, Plain, RED_CELLS, Reference, drawn, sensed};
use crate::Error;
use crate::constants::MILLIMETRE;
use crate::continuum::ChannelRun;
use crate::units::Dimension::{FlowRate, Length, Time};

pub(crate) const INTEGRATOR: Case = Case {
    id: "V4",
    method: "144 levels; the interface is held for 700 s, then all pumps keep their rates. The mean interface of all columns is compared with that of \
             a run whose red-cell pump was not changed",
    on_host: true,
    run: integrator,
};

pub(crate) const CONTROLLER: Case = Case {
    id: "V5",
    method: "one column of 96 levels; the interface is held for 2000 s, then its set point changes, and it is looked at every second",
    on_host: true,
    run: controller,
};

pub(crate) const BALANCE: Case = Case {
    id: "V9",
    method: "12 columns of 72 levels at 200 x g with a bed at the start, 120 s to settle, then 60 s",
    on_host: true,
    run: balance,
};

/// Haematocrit of the donor.
const HAEMATOCRIT: f64 = 0.40;

fn integrator(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let plain = Plain::new()?;
    let (more, time) = (
        c.given("more of red cells", FlowRate)?,
        c.given("time", Time)? / crate::constants::SECOND,
    );
    let mut checks = Vec::new();
    for columns in [1, 12] {
        let channel = plain.red(columns, 144, HAEMATOCRIT)?;
        let mut run = lab.channel(channel)?.with_bed(plain.interface, 0.85);
        let held = plain.phase(
            100.0,
            plain.inlet,
            24.0 * ML_PER_MIN,
            Some((plain.interface, 40.0)),
        );
        lab.watch(&mut run, &held, 700.0)?;
        let red = drawn(&lab.watch(&mut run, &held, 10.0)?, RED_CELLS) * ML_PER_MIN;
        let mut after = |more: f64| -> Result<f64, Error> {
            let mut run: ChannelRun = run.clone();
            lab.watch(&mut run, &plain.phase(100.0, plain.inlet, red + more, None), time)?;
            let all = run.moment().interface;
            let depths: Option<Vec<f64>> = all.into_iter().collect();
            let depths = depths.ok_or_else(|| Error::Numerics("a column has no interface".into()))?;
            Ok(depths.iter().sum::<f64>() / depths.len() as f64)
        };
        let moved = after(more)? - after(0.0)?;
        let of = match columns {
            1 => "way of the interface, one column".to_owned(),
            n => format!("way of the interface, {n} columns"),
        };
        checks.push(c.check(&of, "mm", moved / MILLIMETRE)?);
    }
    Ok(checks)
}

fn controller(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let plain = Plain::new()?;
    let step = c.given("step", Length)?;
    let time = c.given("time constant", Time)? / crate::constants::SECOND;
    let mut run = lab
        .channel(plain.red(1, 96, HAEMATOCRIT)?)?
        .with_bed(plain.interface, 0.85);
    let held = |depth: f64| plain.phase(100.0, plain.inlet, 24.0 * ML_PER_MIN, Some((depth, time)));
    lab.watch(&mut run, &held(plain.interface), 2000.0)?;
    let set = plain.interface + step;
    let (mut crossed, mut highest, mut when) = (f64::NAN, 0.0, f64::NAN);
    for second in 1..=600 {
        lab.watch(&mut run, &held(set), 1.0)?;
        let e = (sensed(&run)? - set) / step;
        let second = f64::from(second);
        if e > 0.0 && crossed.is_nan() {
            crossed = second;
        }
        if e > highest {
            (highest, when) = (e, second);
        }
    }
    Ok(vec![
        c.check("crosses the set point", "s", crossed)?,
        c.check("goes beyond it by", "%", 100.0 * highest)?,
        c.check("is furthest beyond it", "s", when)?,
    ])
}

fn balance(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let plain = Plain::new()?;
    let mut run = lab
        .channel(plain.red(12, 72, HAEMATOCRIT)?)?
        .with_bed(plain.interface, 0.8);
    let held = plain.phase(
        200.0,
        plain.inlet,
        21.0 * ML_PER_MIN,
        Some((plain.interface, 60.0)),
    );
    lab.watch(&mut run, &held, 120.0)?;
    let found = lab.watch(&mut run, &held, 60.0)?;
    let off = run.carrier().imbalance(run.mesh());
    Ok(vec![
        c.check("red cells that are lost, of those fed", "", found.imbalance)?,
        c.check(
            "fluid that any cell of the grid loses, of what comes in",
            "",
            off / plain.inlet,
        )?,
        c.check("fullest level", "", run.moment().fullest)?,
    ])
}
