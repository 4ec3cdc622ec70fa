//! C14: how crowded the red cells have to be for each other cell to stand still.

use super::lab::{crowd_of, dense, trace_of, tube};
use super::reference::Reference;
use super::tracers::{Drift, drift};
use super::{Case, Check, Lab, blood};
use crate::Error;
use crate::constants::SECOND;
use crate::model::{Protocol, Rotor, Species};

pub(super) const CASE: Case = Case {
    id: "C14",
    method: "bench, 100 layers, 1500 red-cell parcels a layer and 5000 of each other species; scan of H from 0.05 to 0.85, \
             then two more runs inside the interval in which a cell's mean velocity changes its sign, each at the root of \
             the chord",
    on_host: false,
    run,
};

const HEIGHT: f64 = 2e4;

/// Steps of a run. No parcel moves more than half a layer in a step, so that those that start between 0.3 and 0.5 of the
/// depth see neither clear plasma nor bed.
const STEPS: u64 = 40;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let species = [
        blood::platelet()?,
        blood::stem_cell()?,
        blood::lymphocyte()?,
        blood::monocyte()?,
        blood::neutrophil()?,
    ];
    let mut runs: Vec<(f64, Vec<Drift>)> = Vec::new();
    for i in 0..9 {
        let h = 0.05 + 0.1 * f64::from(i);
        runs.push((h, velocities(lab, h, &species)?));
    }
    let mut checks = Vec::new();
    for (k, s) in species.iter().enumerate() {
        for _ in 0..2 {
            if let Some(r) = root(&runs, k) {
                // a root near one that was tried already is served by it
                if runs.iter().all(|(h, _)| (h - r.haematocrit).abs() > 2e-3) {
                    let v = velocities(lab, r.haematocrit, &species)?;
                    runs.push((r.haematocrit, v));
                    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
                }
            }
        }
        let found = root(&runs, k);
        let check = c.check(
            &format!("haematocrit at which the {} stands still", s.name),
            "",
            found.map_or(f64::NAN, |r| r.haematocrit),
        )?;
        checks.push(check.with_uncertainty(found.map_or(f64::NAN, |r| r.standard_error)));
    }
    Ok(checks)
}

#[derive(Clone, Copy)]
struct Root {
    haematocrit: f64,
    standard_error: f64,
}

/// Where the chord between the neighbouring runs in which cell `k` goes down and up is level.
fn root(runs: &[(f64, Vec<Drift>)], k: usize) -> Option<Root> {
    runs.windows(2).find_map(|w| {
        let (h, v) = ([w[0].0, w[1].0], [w[0].1[k], w[1].1[k]]);
        let fall = v[0].velocity - v[1].velocity;
        (v[0].velocity > 0.0 && v[1].velocity <= 0.0).then(|| {
            let x = v[0].velocity / fall;
            let error = ((1.0 - x) * v[0].standard_error).hypot(x * v[1].standard_error);
            Root {
                haematocrit: h[0] + x * (h[1] - h[0]),
                standard_error: error * (h[1] - h[0]) / fall,
            }
        })
    })
}

/// Mean velocities of all species in red cells of volume fraction `h`.
fn velocities(lab: &mut Lab<'_>, h: f64, species: &[Species]) -> Result<Vec<Drift>, Error> {
    let mut components = vec![crowd_of(blood::red_cell()?, h, 150_000)];
    components.extend(species.iter().map(|s| trace_of(s.clone(), 5_000)));
    let setup = dense(
        blood::plasma()?,
        tube(HEIGHT),
        Rotor::bench(),
        // longer than any run takes for its steps
        Protocol::new(0.0).hold(1e9 * SECOND),
        components,
        100,
        1,
    );
    let seen = lab.trace_steps(&setup, STEPS)?;
    let last = seen.depths.len() - 1;
    Ok((1..=species.len())
        .map(|k| drift(&seen, k, last, 0.3 * HEIGHT, 0.5 * HEIGHT))
        .collect())
}
