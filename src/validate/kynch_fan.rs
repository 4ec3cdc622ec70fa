//! C10: a crowded column, as crowded as blood, whose bed spreads upwards as a fan.

use super::kynch::{Column, Fronts, between, coefficient, fraction};
use super::lab::{Seen, tube};
use super::reference::Reference;
use super::track::{at, fit, value};
use super::{Case, Check, Lab};
use crate::Error;
use crate::constants::STANDARD_GRAVITY;
use crate::engine::Profile;
use crate::model::{Protocol, Rotor};
use crate::observe::interface::shock;

pub(super) const CASE: Case = Case {
    id: "C10",
    method: "bench, 400 layers, 3000 parcels a layer (fewer bias the mean of (1 - phi)^n: independent parcels scatter \
             phi; on this grid the fraction under the interface comes out low by up to 0.9 %); height of the interface \
             at the four times, and the volume fraction right under it by a straight line through the bins 4 to 23 below",
    on_host: false,
    run,
};

const HEIGHT: f64 = 5e4;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let column = Column {
        fraction: c.number("phi0", "")?,
        packing_limit: c.number("packing", "")?,
        // the theory has a hard limit; the flux (1 - phi)^4.65 phi is below 1e-4 v0 from here on in any case
        packing_width: 0.02,
        exponent: c.number("n", "")?,
        layers: 400,
        parcels_per_layer: 3000,
    };
    let unit = HEIGHT / (coefficient() * STANDARD_GRAVITY);
    let setup = column.setup(
        tube(HEIGHT),
        Rotor::bench(),
        Protocol::new(0.0).hold(14.4 * unit),
        144,
    );
    let seen = lab.run(&setup)?;
    let track: Vec<(f64, f64)> = Fronts::of(&seen, unit, HEIGHT)
        .interface
        .into_iter()
        .map(|(t, z)| (t, 1.0 - z))
        .collect();
    let height = "interface height at t1";
    let (t1, h1) = (c.value("t1", "H/v0")?, c.value(height, "H")?);
    let mut checks = vec![
        c.derived(
            &["t1", height],
            "constant rate until t1".into(),
            "v0",
            (1.0 - h1) / t1,
            -fit(&between(&track, 0.3, 0.95 * t1), 1)[1],
        )?,
        c.check(height, "H", at(&track, t1))?,
    ];
    for time in ["first time", "second time", "third time"] {
        let t = c.number(time, "H/v0")?;
        checks.push(c.check(&format!("interface height at {{{time}}}"), "H", at(&track, t))?);
        checks.push(c.check(
            &format!("volume fraction at the interface at {{{time}}}"),
            "",
            at(&uppermost(&seen, unit), t),
        )?);
    }
    Ok(checks)
}

/// Volume fraction right under the interface against time.
fn uppermost(seen: &Seen, unit: f64) -> Vec<(f64, f64)> {
    seen.profiles
        .iter()
        .filter_map(|p| Some((p.time / unit, extrapolated(p, shock(p, None)?))))
        .collect()
}

/// The fraction under a front at depth `z` [um], from bins that the front does not reach.
fn extrapolated(p: &Profile, z: f64) -> f64 {
    let first = p.edges.iter().position(|e| *e >= z).unwrap_or(0) + 3;
    let points: Vec<(f64, f64)> = (first..(first + 20).min(p.bins()))
        .map(|i| (0.5 * (p.edges[i] + p.edges[i + 1]), fraction(p, i)))
        .collect();
    value(fit(&points, 1), z)
}
