//! Pictures, drawn by the CPU into memory; a library user decides where they go.

mod canvas;
pub mod channel;
pub mod duct;
mod eye;
mod frame;
pub mod photo;
mod plot;
mod splat;
pub mod tube;

pub use tube::{Caption, picture};

use crate::Error;
use crate::engine::{Outcome, Setup};
use crate::model::Parcels;
use crate::observe::Findings;
use crate::output::atomic::{self, Ready};
use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::png::PngEncoder};
use std::path::Path;

/// The end of a run with what was found in it: a duct with its outlets, or a vessel with its layers.
pub fn end_of_run(
    setup: &Setup,
    parcels: &Parcels,
    outcome: &Outcome,
    found: &Findings,
    caption: &Caption,
) -> RgbImage {
    if let Some(sorting) = &found.separation {
        return duct::picture(setup, parcels, outcome, &sorting.separation, caption);
    }
    let none = Default::default();
    let layers = found.layers.as_ref().map_or(&none, |l| &l.layers);
    picture(setup, &outcome.snapshot, &outcome.profile, layers, caption)
}

/// Writes a picture as a PNG file that has its name only when complete.
///
/// # Errors
/// [`Error::Disk`] where it cannot be written.
pub fn save_png(image: &RgbImage, path: impl AsRef<Path>) -> Result<(), Error> {
    atomic::publish([prepare_png(image, path)?])
}

/// Writes a picture as a PNG file, all but its name.
///
/// # Errors
/// [`Error::Disk`] where it cannot be written.
pub fn prepare_png(image: &RgbImage, path: impl AsRef<Path>) -> Result<Ready, Error> {
    atomic::prepare(path, |file| {
        PngEncoder::new(file)
            .write_image(
                image.as_raw(),
                image.width(),
                image.height(),
                ExtendedColorType::Rgb8,
            )
            .map_err(|e| match e {
                image::ImageError::IoError(e) => e,
                other => std::io::Error::other(other),
            })
    })
}
