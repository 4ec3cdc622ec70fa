//! How fast pictures are taken.

use super::{Maker, Options, Row, setup, vessel};
use crate::Error;
use crate::engine::{Readings, Suspension};
use crate::render::Caption;
use crate::render::photo::{Colouring, Look, Moment, Photo, Subject, View};
use std::time::Instant;

/// Parcels that are drawn, at most: what a window is asked for.
const MOST: usize = 1_000_000;

/// Bytes that a parcel's picture reads: three places, its component.
const BYTES: f64 = 28.0;

/// The bundled scene from the side, by species, at the window's usual size, finished; none if too few parcels are asked for.
pub fn row(options: &Options, make: &mut Maker<'_>) -> Result<Option<Row>, Error> {
    let Some(n) = options.parcels.iter().copied().filter(|n| *n <= MOST).max() else {
        return Ok(None);
    };
    let setup = setup(n, Suspension::Dense)?;
    let mut backend = vessel(&setup, options, make)?;
    let look = Look {
        view: View::Side,
        colouring: Colouring::Species,
        size: [1280, 800],
        hidden: Vec::new(),
        magnets: true,
        zoom: 1.0,
        pan: [0.0; 2],
    };
    let mut photo = Photo::new(Subject(&setup), look)?;
    let mut take = || -> Result<(), Error> {
        photo.expose(Moment::default(), backend.as_mut())?;
        let image = backend.picture(&photo.plate)?;
        photo.develop(&image, Moment::default(), &Caption::default())?;
        Ok(())
    };
    // once to warm up: compile, fill caches
    take()?;
    let begin = Instant::now();
    let mut done = 0_u32;
    while begin.elapsed() < options.least {
        take()?;
        done += 1;
    }
    let rate = f64::from(done) * setup.parcels() as f64 / begin.elapsed().as_secs_f64();
    Ok(Some(Row {
        step: "picture",
        parcels: setup.parcels(),
        backend: backend.device().backend,
        steps: u64::from(done),
        rate,
        bytes: BYTES,
        bandwidth: rate * BYTES,
    }))
}
