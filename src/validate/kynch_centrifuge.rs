//! C11: Kynch's shocks in a spinning tube, where the field grows with the radius.

use super::kynch::{Column, Fronts, coefficient, mean};
use super::lab::{horizontal, tube};
use super::reference::Reference;
use super::track::at;
use super::{Case, Check, Lab};
use crate::Error;
use crate::constants::RPM;
use crate::model::Protocol;
use crate::units::Dimension;

pub(super) const CASE: Case = Case {
    id: "C11",
    method: "1500 rpm, horizontal, 400 layers, 250 parcels a layer; fronts and plateau in the profile at T = 0.2; the \
             end is where parabolas through the fronts meet, its radius the bed's top in the last profile",
    on_host: false,
    run,
};

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let metre = 1e6;
    let (a, b) = (
        c.given("rm", Dimension::Length)?,
        c.given("rb", Dimension::Length)?,
    );
    let column = Column {
        fraction: c.number("phi0", "")?,
        packing_limit: c.number("phimax", "")?,
        packing_width: 0.05,
        exponent: c.number("n", "")?,
        layers: 400,
        parcels_per_layer: 250,
    };
    let speed = 1500.0 * RPM;
    // time in 1 / (s Omega^2)
    let unit = 1.0 / (coefficient() * speed * speed);
    let setup = column.setup(
        tube(b - a),
        horizontal(a, b),
        Protocol::new(speed).hold(0.8 * unit),
        80,
    );
    let seen = lab.run(&setup)?;
    let height = b - a;
    let fronts = Fronts::of(&seen, unit, height);
    let radius = |depth: f64| (a + depth * height) / metre;
    let moment = c.number("T", "")?;
    let (interface, bed) = (at(&fronts.interface, moment), at(&fronts.bed, moment));
    let plateau = seen
        .profiles
        .iter()
        .min_by(|p, q| {
            let far = |t: f64| (t / unit - moment).abs();
            far(p.time).total_cmp(&far(q.time))
        })
        .map_or(f64::NAN, |p| {
            // the fronts are a few grid cells thick
            mean(p, (interface + 0.03) * height, (bed - 0.03) * height)
        });
    let end = fronts.meeting(2).0;
    let last = fronts.bed.last().map_or(f64::NAN, |b| b.1);
    let (front, pellet) = ("interface radius at T = {T}", "radius of the final bed");
    let millimetre = 1e3;
    Ok(vec![
        c.check(front, "m", radius(interface))?,
        // 1 % of a radius is a fiftieth of the tube; what was covered since the start is the sharper test
        c.derived(
            &[front],
            format!("path of the interface until T = {moment}"),
            "mm",
            c.value(front, "m")? * millimetre - a / millimetre,
            interface * height / millimetre,
        )?,
        c.check("plateau at T = {T}", "", plateau)?,
        c.check("bed radius at T = {T}", "m", radius(bed))?,
        c.check("end T", "", end)?,
        c.check(pellet, "m", radius(last))?,
        c.derived(
            &[pellet],
            "height of the final bed".into(),
            "mm",
            b / millimetre - c.value(pellet, "m")? * millimetre,
            (1.0 - last) * height / millimetre,
        )?,
    ])
}
