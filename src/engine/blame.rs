//! Which parcel ended a run, in words: its number, its species, its place and the step.

use super::{Backend, Setup};
use crate::kernels::Environment;
use crate::model::Parcels;
use crate::{Error, fixed};

fn name<'a>(setup: &'a Setup, parcels: &Parcels, parcel: u64) -> &'a str {
    let kind = parcels.kind.get(parcel as usize);
    kind.and_then(|k| setup.components.get(*k as usize))
        .map_or("unknown species", |c| c.species.name.as_str())
}

fn place(setup: &Setup, parcels: &Parcels, backend: &mut dyn Backend, parcel: u64) -> String {
    let env = Environment::new(setup, parcels.moment_unit);
    let place = backend.positions().ok().and_then(|p| {
        let at = |k: usize| {
            p[k].get(parcel as usize)
                .map(|x| (env.origin[k] + env.size[k] * fixed::to_cells(*x)) / 1e3)
        };
        Some([at(0)?, at(1)?, at(2)?])
    });
    place.map_or("an unknown place".into(), |[x, y, z]| {
        format!("x {x:.3} mm, y {y:.3} mm, depth {z:.3} mm")
    })
}

/// Greatest mobility of a parcel [um2] (that of a sphere of 4 m) and greatest density less that of the fluid [g/mL] (osmium has 22.6): beyond them
/// are faults of memory, no cells.
const MOST: (f32, f32) = (1e12, 1e3);

/// The first of these numbers that is finite and cannot be a cell's. Those that are not finite a back-end finds by itself.
pub(super) fn absurd(mobility: &[f32], excess: &[f32]) -> Option<usize> {
    let beyond = |x: f32, most: f32| x.is_finite() && x.abs() > most;
    (0..mobility.len().min(excess.len())).find(|&i| beyond(mobility[i], MOST.0) || beyond(excess[i], MOST.1))
}

/// Refuses a run with a parcel whose numbers cannot be a cell's.
pub(super) fn check(setup: &Setup, parcels: &Parcels, backend: &mut dyn Backend) -> Result<(), Error> {
    match absurd(&parcels.mobility, &parcels.excess) {
        None => Ok(()),
        Some(i) => Err(bad_parcel(setup, parcels, backend, 0, i as u64, 0.0)),
    }
}

/// A step of no length: the fastest parcel would cross more than it may in any other.
pub(super) fn too_fast(
    setup: &Setup,
    parcels: &Parcels,
    backend: &mut dyn Backend,
    step: u64,
    time: f64,
    dt: f64,
) -> Error {
    let still = format!(
        "time stands still at {:.6} s: a step of {dt:e} us would be needed",
        time / crate::constants::SECOND
    );
    let speed = |i: usize| f64::from(parcels.mobility[i]) * f64::from(parcels.excess[i]).abs();
    let Some(i) = (0..parcels.len()).max_by(|a, b| speed(*a).total_cmp(&speed(*b))) else {
        return Error::Numerics(still);
    };
    Error::Numerics(format!(
        "{still}, as the fastest of those drawn is parcel {i} ({}), at {}, step {step}; mobility {:e} um2, excess density {:e} g/mL",
        name(setup, parcels, i as u64),
        place(setup, parcels, backend, i as u64),
        parcels.mobility[i],
        parcels.excess[i],
    ))
}

/// What a back-end calls bad: a parcel with a velocity that is not a number, or outside of the grid.
pub(super) fn bad_parcel(
    setup: &Setup,
    parcels: &Parcels,
    backend: &mut dyn Backend,
    step: u64,
    parcel: u64,
    time: f64,
) -> Error {
    let name = name(setup, parcels, parcel);
    let (mobility, excess) = (
        parcels.mobility.get(parcel as usize),
        parcels.excess.get(parcel as usize),
    );
    let cells = setup.grid().cells;
    let outside = backend.positions().ok().and_then(|p| {
        let place = [0, 1, 2].map(|k| p[k].get(parcel as usize).copied());
        match place {
            [Some(x), Some(y), Some(z)] if !fixed::inside([x, y, z], cells) => Some([x, y, z]),
            _ => None,
        }
    });
    if let Some(place) = outside {
        return Error::Numerics(format!(
            "parcel {parcel} ({name}) is outside of the grid, in cell {:?} of {cells:?}, step {step}, before {:.6} s: a \
             fault of the device or its memory; run it again or on another back-end",
            place.map(fixed::cell),
            time / crate::constants::SECOND,
        ));
    }
    let sound = mobility
        .zip(excess)
        .is_some_and(|(m, e)| (m * e).is_finite() && absurd(&[*m], &[*e]).is_none());
    let blame = if sound {
        "; its own numbers are sound, so those of the fluid or of the grid cells around it are not"
    } else {
        ""
    };
    let place = place(setup, parcels, backend, parcel);
    Error::Numerics(format!(
        "parcel {parcel} ({}) has a velocity that is not a number or cannot be a cell's, at {place}, step {step}, before {:.6} s; \
         mobility {:e} um2, excess density {:e} g/mL{blame}",
        name,
        time / crate::constants::SECOND,
        mobility.copied().unwrap_or(f32::NAN),
        excess.copied().unwrap_or(f32::NAN),
    ))
}
