//! Pictures, drawn by the CPU into memory; a library user decides where they go.

mod canvas;
pub mod duct;
mod eye;
mod frame;
pub mod photo;
mod plot;
mod splat;
pub mod tube;

pub use tube::{Caption, picture};

use crate::Error;
use crate::output::atomic::{self, Ready};
use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::png::PngEncoder};
use std::path::Path;

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
