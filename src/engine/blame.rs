//! What ended a run, in words: which parcel, of which species, where and in which step; or which grid cell.

use super::{Backend, Readings, Setup};
use crate::constants::{MILLIMETRE, SECOND};
use crate::kernels::advance_carried::MOST_PARTS;
use crate::model::Parcels;
use crate::units::digits;
use crate::{Error, fixed};

fn name(setup: &Setup, kind: Option<u32>) -> &str {
    kind.and_then(|k| setup.components.get(k as usize))
        .map_or("unknown species", |c| c.species.name.as_str())
}

/// The place of a parcel in words; depths in a vessel.
fn place(setup: &Setup, position: Option<[u64; 3]>) -> String {
    let grid = setup.grid();
    let along = if setup.carries() { "z" } else { "depth" };
    position.map_or("an unknown place".into(), |p| {
        let [x, y, z] = [0, 1, 2].map(|k| grid.position(k, fixed::to_cells(p[k])) / MILLIMETRE);
        format!("x {x:.3} mm, y {y:.3} mm, {along} {z:.3} mm")
    })
}

/// Greatest mobility of a parcel [um2] (that of a sphere of 4 m) and greatest density less that of the fluid [g/mL] (osmium has 22.6): beyond them
/// are faults of memory, no cells.
const MOST: (f32, f32) = (1e12, 1e3);

/// Whether these numbers are finite and cannot be a cell's. Those that are not finite a back-end finds by itself.
fn absurd(mobility: f32, excess: f32) -> bool {
    let beyond = |x: f32, most: f32| x.is_finite() && x.abs() > most;
    beyond(mobility, MOST.0) || beyond(excess, MOST.1)
}

/// Refuses a run with a parcel whose numbers cannot be a cell's.
pub(super) fn check(setup: &Setup, parcels: &Parcels) -> Result<(), Error> {
    let mut numbers = parcels.mobility.iter().zip(&parcels.excess);
    let Some(i) = numbers.position(|(m, e)| absurd(*m, *e)) else {
        return Ok(());
    };
    Err(Error::Numerics(format!(
        "parcel {i} ({}) has a velocity that is not a number or cannot be a cell's, at {}, step 0; mobility {:e} um2, excess density \
         {:e} g/mL",
        name(setup, parcels.kind.get(i).copied()),
        place(setup, Some([0, 1, 2].map(|k| parcels.position[k][i]))),
        parcels.mobility[i],
        parcels.excess[i],
    )))
}

/// A step of no length: the fastest parcel would cross more than it may in any other. Of the parcels as drawn `fastest` sinks or rises
/// fastest; the step that would be needed lasts `dt` [us].
pub(super) fn too_fast(
    setup: &Setup,
    fastest: Option<usize>,
    backend: &mut dyn Backend,
    (step, dt): (u64, f64),
    time: f64,
) -> Error {
    let still = format!(
        "time stands still at {:.6} s: a step of {dt:e} us would be needed",
        time / SECOND
    );
    let Some((i, p)) = fastest.and_then(|i| Some((i, backend.parcel(i).ok()?))) else {
        let why = if setup.carries() {
            ", by how fast the flow or the field moves a cell, or how fast a surface fills"
        } else {
            ""
        };
        return Error::Numerics(still + why);
    };
    Error::Numerics(format!(
        "{still}, as the fastest of those drawn is parcel {i} ({}), at {}, step {step}; mobility {:e} um2, excess density {:e} g/mL",
        name(setup, Some(p.kind)),
        place(setup, Some(p.position)),
        p.mobility,
        p.excess,
    ))
}

/// What a back-end calls bad: a parcel with a velocity that is not a number, or outside of the grid.
pub(super) fn bad_parcel(
    setup: &Setup,
    backend: &mut dyn Backend,
    (step, parcel): (u32, u64),
    time: f64,
) -> Error {
    let i = parcel as usize;
    let found = backend.parcel(i).ok();
    let position = backend.positions().ok().and_then(|p| {
        let [x, y, z] = [0, 1, 2].map(|k| p[k].get(i).copied());
        Some([x?, y?, z?])
    });
    let name = name(setup, found.map(|p| p.kind));
    let (cells, before) = (setup.grid().cells, time / SECOND);
    if let Some(p) = position.filter(|p| !fixed::inside(*p, cells)) {
        return Error::Numerics(format!(
            "parcel {parcel} ({name}) is outside of the grid, in cell {:?} of {cells:?}, step {step}, before {before:.6} s: a \
             fault of the device or its memory; run it again or on another back-end",
            p.map(fixed::cell),
        ));
    }
    let parts = if setup.carries() {
        format!(", or needs more than {MOST_PARTS} parts of a step")
    } else {
        String::new()
    };
    let mut numbers = "its numbers are not known".to_owned();
    if let Some(p) = found {
        numbers = format!(
            "mobility {:e} um2, excess density {:e} g/mL",
            p.mobility, p.excess
        );
        if let Some(c) = p.carried {
            numbers += &format!(", magnetic {:?}", c.magnetic);
        }
        let magnetic = p.carried.map_or([0.0; 2], |c| c.magnetic);
        let finite = (p.mobility * p.excess).is_finite() && magnetic.iter().all(|m| m.is_finite());
        if finite && !absurd(p.mobility, p.excess) {
            numbers += "; its own numbers are sound, so those of the fluid, the flow or the grid cells around it are not";
        }
    }
    Error::Numerics(format!(
        "parcel {parcel} ({name}) has a velocity that is not a number or cannot be a cell's{parts}, at {}, step {step}, before \
         {before:.6} s; {numbers}",
        place(setup, position),
    ))
}

/// Refuses a grid cell that holds more than it has room for; `fullest` is the greatest volume fraction.
pub(super) fn overfull(
    setup: &Setup,
    backend: &mut dyn Backend,
    fullest: f64,
    time: f64,
) -> Result<(), Error> {
    if fullest <= 1.0 {
        return Ok(());
    }
    let (grid, fields) = (setup.grid(), backend.fields()?);
    let at = fields
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.fraction.total_cmp(&b.1.fraction))
        .map_or(0.0, |(i, _)| grid.depth(i));
    Err(Error::Numerics(format!(
        "a grid cell holds more cells than it has room for, after {:.6} s (volume fraction {fullest:.3}, the fullest \
         now is at {:.3} mm): the parcels are too few, {} to a grid cell; take more of them or fewer [numerics] \
         layers",
        time / SECOND,
        at / MILLIMETRE,
        digits(setup.parcels() as f64 / grid.len() as f64, 2)
    )))
}

/// Where the first parcel outside of the grid is, as the end of a message; empty if there is none.
pub(super) fn escaped(setup: &Setup, backend: &mut dyn Backend) -> String {
    let cells = setup.grid().cells;
    let Ok([x, y, z]) = backend.positions() else {
        return String::new();
    };
    (0..z.len())
        .find(|&i| !fixed::inside([x[i], y[i], z[i]], cells))
        .map_or_else(String::new, |i| {
            format!(
                "; parcel {i} is outside of the grid, in cell {} {} {} of {} {} {}: a fault of the device or its \
                 memory, run it again or on another back-end",
                fixed::cell(x[i]),
                fixed::cell(y[i]),
                fixed::cell(z[i]),
                cells[0],
                cells[1],
                cells[2]
            )
        })
}
