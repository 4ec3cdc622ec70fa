//! C13: how fast each kind of cell goes in a suspension of red cells.

use super::lab::{Seen, crowd_of, dense, trace_of, tube};
use super::reference::Reference;
use super::tracers::{Drift, drift};
use super::{Case, Check, Lab, blood};
use crate::Error;
use crate::constants::SECOND;
use crate::model::{Protocol, Rotor};

pub(super) const CASE: Case = Case {
    id: "C13",
    method: "bench, 400 layers, 2500 red-cell parcels a layer (fewer scatter H, which biases the lymphocyte, whose velocity \
             is a small difference) and 100 000 parcels of each other species, so few cells that nothing feels them; mean \
             displacement, with its standard error, of the parcels that start in the middle, over a time in which \
             neither clear plasma nor bed reaches them",
    on_host: false,
    run,
};

const HEIGHT: f64 = 5e4;

/// Depth that the red cells cover [share of the column].
const PATH: f64 = 0.14;

/// How much faster than the red cells sink the news of the bottom comes up: 1 - n phi/(1 - phi) = -2.1 at 0.40, and a
/// margin. It only decides which parcels count.
const WAVE: f64 = 2.5;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let mut components = vec![crowd_of(blood::red_cell()?, c.number("H", "")?, 1_000_000)];
    for tracer in [
        blood::platelet()?,
        blood::lymphocyte()?,
        blood::monocyte()?,
        blood::neutrophil()?,
        blood::stem_cell()?,
    ] {
        components.push(trace_of(tracer, 100_000));
    }
    let names: Vec<String> = components.iter().map(|c| c.species.name.clone()).collect();
    let duration = PATH * HEIGHT / c.value("velocity, red cell", "um/s")? * SECOND;
    let mut setup = dense(
        blood::plasma()?,
        tube(HEIGHT),
        Rotor::bench(),
        Protocol::new(0.0).hold(duration),
        components,
        400,
        5,
    );
    setup.physics.exponent = c.number("n", "")?;
    let seen = lab.trace(&setup)?;
    names
        .iter()
        .enumerate()
        .map(|(k, name)| {
            let d = measured(&seen, k);
            let check = c.check(&format!("velocity, {name}"), "um/s", d.velocity)?;
            Ok(check.with_uncertainty(d.standard_error))
        })
        .collect()
}

/// Mean velocity of component `k` over the whole run, of the parcels that stay in the undisturbed middle: below the
/// clear plasma, which comes down as fast as the red cells, and above the first thickening that comes up from the bottom.
fn measured(seen: &Seen, k: usize) -> Drift {
    let last = seen.profiles.len() - 1;
    let seconds = seen.profiles[last].time / SECOND;
    // how far they go, from how far they went in a fifth of the time
    let path = |k: usize| drift(seen, k, last / 5, 0.3 * HEIGHT, 0.4 * HEIGHT).velocity * seconds;
    let (own, red) = (path(k), path(0));
    let margin = 0.03 * HEIGHT;
    let top = margin + (red - own).max(0.0);
    let bottom = HEIGHT - margin - WAVE * red - own.max(0.0);
    drift(seen, k, last, top, bottom)
}
