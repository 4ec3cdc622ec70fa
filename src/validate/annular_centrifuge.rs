//! C35: platelets go to the wall of an annulus that turns about its own axis while plug flow carries them through.

use super::magnetic::mean;
use super::reference::Reference;
use super::{Case, Check, Lab, blood};
use crate::Error;
use crate::chamber::duct::{Duct, Section};
use crate::constants::{MILLILITRE, SECOND, STANDARD_GRAVITY};
use crate::engine::{Feed, Inlet, Ports, Setup, Stream};
use crate::flow::Profile;
use crate::model::{Protocol, Rotor, Segment};
use crate::times::Time;
use crate::units::Dimension;
use glam::DVec3;

pub(super) const CASE: Case = Case {
    id: "C35",
    method: "platelets fed with all of the flow, 20 000 parcels, 60 mL/min: share that lies at the outer wall where it leaves; then 200 parcels fed \
             at the core, and the flow at which they just reach that wall, by bisection",
    on_host: false,
    run,
};

/// How near to where the wall stops it a cell counts as being there [um].
const AT_THE_WALL: f64 = 0.5;

/// Relative width at which the bisection ends, a fifth of the tolerance.
const NARROW: f64 = 1e-3;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let mut checks = Vec::new();
    for speed in ["slow speed", "fast speed"] {
        let omega = c.given(speed, Dimension::RotorSpeed)?;
        let mut at = |rate: f64, fed: [f64; 2], parcels: usize| -> Result<f64, Error> {
            let mut s = annulus(c, omega, rate, (fed, parcels))?;
            let (charge, end) = lab.separate(&mut s)?;
            let Section::Annulus { outer, .. } = s.duct().section else {
                return Ok(f64::NAN);
            };
            let [x, y, _] = &end.snapshot.position;
            Ok(mean((0..charge.len()).map(|i| {
                let radius = 0.5 * (18.0 * f64::from(charge.mobility[i])).sqrt();
                let stops = outer - radius - AT_THE_WALL;
                f64::from(u8::from(f64::from(x[i]).hypot(f64::from(y[i])) > stops))
            })))
        };
        let fed = c.number("flow", "mL/min")?;
        let caught = at(fed, [0.0, 1.0], 20_000)?;
        // a fifth and five times what is fed hold it between them
        let (mut low, mut high) = (0.2 * fed, 5.0 * fed);
        while high / low > 1.0 + NARROW {
            let middle = (low * high).sqrt();
            match at(middle, [0.0, 1e-6], 200)? > 0.5 {
                true => low = middle,
                false => high = middle,
            }
        }
        let greatest = format!("greatest flow from which all are caught, {{{speed}}}");
        checks.push(c.check(&greatest, "mL/min", (low * high).sqrt())?);
        let share = format!("share that is caught at {{flow}}, {{{speed}}}");
        checks.push(c.check(&share, "", caught)?);
    }
    Ok(checks)
}

/// The annulus, at a speed [rad/us] and a flow [mL/min], fed with a part of the flow.
fn annulus(
    c: &Reference,
    omega: f64,
    rate: f64,
    (share, parcels): ([f64; 2], usize),
) -> Result<Setup, Error> {
    let (inner, outer) = (
        c.given("r1", Dimension::Length)?,
        c.given("r2", Dimension::Length)?,
    );
    let duct = Duct {
        section: Section::Annulus { inner, outer },
        length: c.given("length", Dimension::Length)?,
    };
    let rate = rate * MILLILITRE / (60.0 * SECOND);
    let over = SECOND;
    // until the last has left, and somewhat longer as they sink against the flow
    let end = Time::from_us(1.1 * duct.volume() / rate + 2.0 * over);
    Ok(Setup {
        seed: 7,
        components: vec![super::lab::trace_of(blood::platelet()?, parcels)],
        cells: [16, 16, 16],
        rotor: Rotor::fixed(DVec3::Z * -STANDARD_GRAVITY, DVec3::ZERO, [inner, outer]),
        protocol: Protocol::new(omega).then(Segment {
            omega_start: omega,
            omega_end: omega,
            ..Segment::resting(end, rate)
        }),
        stream: Some(Stream::new(Profile::Plug)),
        ports: Ports {
            feed: Feed::Inlets { over },
            inlets: vec![Inlet::of(share)],
            splits: Vec::new(),
        },
        sampling: crate::engine::Sampling { every: end, bins: 1 },
        ..Setup::carried(duct, blood::plasma()?)
    })
}
