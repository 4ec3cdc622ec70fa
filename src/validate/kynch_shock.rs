//! C09: Kynch's two shocks, down from the meniscus and up from the bottom.

use super::kynch::{Column, Fronts, between, coefficient};
use super::lab::tube;
use super::reference::Reference;
use super::track::fit;
use super::{Case, Check, Lab};
use crate::Error;
use crate::constants::STANDARD_GRAVITY;
use crate::model::{Protocol, Rotor};

pub(super) const CASE: Case = Case {
    id: "C09",
    method: "bench, 400 layers, 250 parcels a layer; straight lines through the fronts in 81 profiles; the end is where \
             the lines meet, the bed's height is that of the last profile",
    on_host: false,
    run,
};

const HEIGHT: f64 = 5e4;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let column = Column {
        fraction: c.number("phi0", "")?,
        packing_limit: c.number("phimax", "")?,
        packing_width: 0.05,
        exponent: c.number("n", "")?,
        layers: 400,
        parcels_per_layer: 250,
    };
    // time in H/v0, depth in H
    let unit = HEIGHT / (coefficient() * STANDARD_GRAVITY);
    let setup = column.setup(
        tube(HEIGHT),
        Rotor::bench(),
        Protocol::new(0.0).hold(2.0 * unit),
        80,
    );
    let seen = lab.run(&setup)?;
    let fronts = Fronts::of(&seen, unit, HEIGHT);
    // long enough after the start for the fronts to have their shape, well before they meet
    let (from, to) = (0.3, 1.2);
    let down = fit(&between(&fronts.interface, from, to), 1)[1];
    let up = -fit(&between(&fronts.bed, from, to), 1)[1];
    let end = fronts.meeting(1).0;
    let bed = 1.0 - fronts.bed.last().map_or(f64::NAN, |b| b.1);
    [
        ("interface speed", "v0", down),
        ("bed speed", "v0", up),
        ("end time", "H/v0", end),
        ("bed height", "H", bed),
    ]
    .into_iter()
    .map(|(of, unit, measured)| c.check(of, unit, measured))
    .collect()
}
