//! C04: what lies at the bottom and how much thinner the rest has become, in a tube and in a sector.

use super::lab::{Seen, cell, dilute, horizontal, sector, trace_of, tube};
use super::reference::Reference;
use super::{Case, Check, Lab};
use crate::Error;
use crate::chamber::Chamber;
use crate::constants::RPM;
use crate::model::{Fluid, Protocol};
use crate::units::Dimension;

pub(super) const CASE: Case = Case {
    id: "C04",
    method: "dilute, 200 000 parcels of one size; share of parcels at the bottom, and volume fraction over the middle \
             of what is still suspended against that at the start",
    on_host: false,
    run,
};

/// A rotor speed of a clinical centrifuge; only s Omega^2 t counts.
const SPEED: f64 = 2000.0 * RPM;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let (a, b) = (
        c.given("rm", Dimension::Length)?,
        c.given("rb", Dimension::Length)?,
    );
    let mut checks = Vec::new();
    for (name, chamber) in [("tube", tube(b - a)), ("sector", sector(a, b))] {
        let (pelleted, plateau) = settle(lab, chamber, a, b, c.number("T", "")?)?;
        checks.push(c.check(&format!("pelleted fraction, {name}"), "", pelleted)?);
        checks.push(c.check(&format!("plateau c/c0, {name}"), "", plateau)?);
    }
    Ok(checks)
}

/// Pelleted fraction and dilution of the plateau at s Omega^2 t = `end`.
fn settle(lab: &mut Lab<'_>, chamber: Chamber, a: f64, b: f64, end: f64) -> Result<(f64, f64), Error> {
    let fluid = Fluid {
        density: 1.0,
        viscosity: 1.0,
    };
    let (diameter, excess) = (6.0_f64, 0.05);
    let s = diameter * diameter * excess / (18.0 * fluid.viscosity);
    let hold = end / (s * SPEED * SPEED);
    let setup = dilute(
        fluid,
        chamber,
        horizontal(a, b),
        Protocol::new(SPEED).hold(hold),
        vec![trace_of(
            cell("particle", diameter, fluid.density + excess),
            200_000,
        )],
        20,
    );
    let seen = lab.trace(&setup)?;
    Ok((pelleted(&seen), plateau(&seen)))
}

/// Share of parcels on the bottom.
fn pelleted(seen: &Seen) -> f64 {
    let Some(z) = seen.depths.last() else {
        return f64::NAN;
    };
    let bottom = seen.profiles[0].edges.last().copied().unwrap_or(f64::NAN);
    let resting = z.iter().filter(|z| **z > bottom * (1.0 - 1e-7)).count();
    resting as f64 / z.len() as f64
}

/// Volume fraction over the middle half of the depth that is still occupied, over that at the start.
fn plateau(seen: &Seen) -> f64 {
    let (Some(z), Some(last)) = (seen.depths.last(), seen.profiles.last()) else {
        return f64::NAN;
    };
    let top = z.iter().copied().fold(f64::INFINITY, f64::min);
    let bottom = last.edges[last.bins()];
    let (from, to) = (top + 0.25 * (bottom - top), bottom - 0.25 * (bottom - top));
    let bins: Vec<usize> = (0..last.bins())
        .filter(|i| last.edges[*i] >= from && last.edges[*i + 1] <= to)
        .collect();
    let mean = |p: &crate::engine::Profile| {
        let cells: f64 = bins.iter().map(|i| p.volume[0][*i]).sum();
        let space: f64 = bins.iter().map(|i| p.bin_volume[*i]).sum();
        cells / space
    };
    mean(last) / mean(&seen.profiles[0])
}
