//! C11: Kynch's shocks in a spinning tube, where the field grows with the radius.

use super::kynch::{Column, Fronts, coefficient, mean};
use super::lab::{horizontal, tube};
use super::reference::Quoted;
use super::track::at;
use super::{Case, Lab};
use super::{Check, Expected};
use crate::Error;
use crate::constants::RPM;
use crate::model::Protocol;

pub(super) const CASE: Case = Case {
    id: "C11",
    method: "1500 rpm, horizontal, 400 layers, 250 parcels a layer; fronts and plateau in the profile at T = 0.2; the \
             end is where parabolas through the fronts meet, its radius the bed's top in the last profile",
    run,
};

fn run(lab: &mut Lab<'_>) -> Result<Vec<Check>, Error> {
    let c = Quoted::case(CASE.id)?;
    let metre = 1e6;
    let (a, b) = (c.given("rm=.10")? * metre, c.given("rb=.15")? * metre);
    let column = Column {
        fraction: c.given("phi0=.10")?,
        packing_limit: c.given("phimax=.64")?,
        packing_width: 0.05,
        exponent: c.given("n=4.65")?,
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
    let moment = c.observed("at T=.2")?;
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
    let (r, rb) = (c.expected("(0.113473")?, c.expected("0.146773")?);
    let (tolerance, end_radius) = (c.tolerance()?, c.expected("r=0.1421875")?);
    let check = |quantity: &str, unit, expected, measured| {
        Check::new(quantity, unit, Expected::Value(expected), measured, tolerance)
    };
    let millimetre = 1e3;
    Ok(vec![
        check("interface radius at T = 0.2", "m", r, radius(interface)),
        // 1 % of a radius is a fiftieth of the tube; what was covered since the start is the sharper test
        check(
            "path of the interface until T = 0.2",
            "mm",
            r * millimetre - a / millimetre,
            interface * height / millimetre,
        ),
        check("plateau at T = 0.2", "", c.expected("0.088127")?, plateau),
        check("bed radius at T = 0.2", "m", rb, radius(bed)),
        check("end T", "", c.expected("T_end=0.530704")?, end),
        check("radius of the final bed", "m", end_radius, radius(last)),
        check(
            "height of the final bed",
            "mm",
            b / millimetre - end_radius * millimetre,
            (1.0 - last) * height / millimetre,
        ),
    ])
}
