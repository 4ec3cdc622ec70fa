//! A picture, or two of the same moment side by side: as it was asked for, and as the eye would see the vessel.

use super::{Colouring, Look, Moment, Photo, Subject};
use crate::Error;
use crate::engine::{Backend, Readings};
use crate::model::look::{self, SIZES};
use crate::render::Caption;
use crate::render::canvas::Canvas;
use image::{GenericImage, RgbImage};

/// What is said over the picture for the eye.
const EYE: &str = "As the eye would see it";

/// One picture or two, prepared.
#[derive(Clone, Debug)]
pub struct Shots<'a> {
    first: Photo<'a>,
    beside: Option<Photo<'a>>,
}

impl<'a> Shots<'a> {
    /// Prepares a picture; `beside` gives its right half to what the eye would see.
    ///
    /// # Errors
    /// As [`Photo::new`]; each half has to be as large as a picture has to be.
    pub fn new(subject: Subject<'a>, look: Look, beside: bool) -> Result<Self, Error> {
        if !beside {
            return Ok(Self {
                first: Photo::new(subject, look)?,
                beside: None,
            });
        }
        let [width, height] = look.size;
        if width / 2 < SIZES.0 {
            return Err(Error::Input(format!(
                "two pictures beside each other in {width} x {height} pixels would be too narrow; the width has to be {} to {}",
                2 * SIZES.0,
                SIZES.1
            )));
        }
        look::fits(look.size).map_err(Error::Input)?;
        let half = |width: u32, colouring: Colouring| Look {
            size: [width, height],
            colouring,
            ..look.clone()
        };
        Ok(Self {
            first: Photo::new(subject, half(width / 2, look.colouring))?,
            beside: Some(Photo::new(subject, half(width - width / 2, Colouring::Eye))?),
        })
    }

    /// Takes it.
    ///
    /// # Errors
    /// As [`Readings::picture`].
    pub fn take(
        &mut self,
        moment: Moment,
        caption: &Caption,
        backend: &mut dyn Backend,
    ) -> Result<RgbImage, Error> {
        let mut one = |photo: &mut Photo<'a>, caption: &Caption| {
            photo.expose(moment, backend)?;
            let image = backend.picture(&photo.plate)?;
            photo.develop(&image, moment, caption)
        };
        let Some(beside) = &mut self.beside else {
            return one(&mut self.first, caption);
        };
        // the line at the foot has the width of both
        let upper = Caption {
            footer: String::new(),
            ..caption.clone()
        };
        let left = one(&mut self.first, &upper)?;
        let right = one(
            beside,
            &Caption {
                title: EYE.into(),
                ..upper
            },
        )?;
        let mut both = RgbImage::new(left.width() + right.width(), left.height());
        let fits = both.copy_from(&left, 0, 0);
        fits.and_then(|()| both.copy_from(&right, left.width(), 0))
            .map_err(|e| Error::Internal(format!("two pictures do not fit side by side: {e}")))?;
        let mut both = Canvas(both);
        super::footer(&mut both, &caption.footer);
        Ok(both.0)
    }
}
