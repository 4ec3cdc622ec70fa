//! A picture in memory with the few marks that figures are made of.

use embedded_graphics::mono_font::{MonoFont, MonoTextStyle, iso_8859_1};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::{Line, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Alignment, Baseline, Text, TextStyleBuilder};
use image::{Rgb, RgbImage};
use std::convert::Infallible;

/// sRGB.
pub(super) type Colour = [u8; 3];

/// Page.
pub(super) const PAPER: Colour = [255, 255, 255];
/// Text and axes.
pub(super) const INK: Colour = [32, 36, 42];
/// Less important text.
pub(super) const GREY: Colour = [104, 110, 120];
/// Rules and outlines.
pub(super) const PALE: Colour = [176, 182, 190];

/// Titles.
pub(super) const LARGE: &MonoFont = &iso_8859_1::FONT_10X20;
/// Labels that matter.
pub(super) const BOLD: &MonoFont = &iso_8859_1::FONT_9X15_BOLD;
/// Everything else.
pub(super) const SMALL: &MonoFont = &iso_8859_1::FONT_8X13;

/// Where a text stands relative to its point.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Begins there.
    Left,
    /// Centred there.
    Middle,
    /// Ends there.
    Right,
}

/// The picture.
pub(super) struct Canvas(pub(super) RgbImage);

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self(RgbImage::from_pixel(width, height, Rgb(PAPER)))
    }

    /// A text, vertically centred on `y`.
    pub(super) fn text(
        &mut self,
        text: &str,
        (x, y): (i32, i32),
        place: Place,
        font: &MonoFont,
        colour: Colour,
    ) {
        let style = TextStyleBuilder::new()
            .baseline(Baseline::Middle)
            .alignment(match place {
                Place::Left => Alignment::Left,
                Place::Middle => Alignment::Center,
                Place::Right => Alignment::Right,
            })
            .build();
        let marks = Text::with_text_style(
            text,
            Point::new(x, y),
            MonoTextStyle::new(font, rgb(colour)),
            style,
        );
        let Ok(_) = marks.draw(self);
    }

    pub(super) fn line(&mut self, from: (i32, i32), to: (i32, i32), width: u32, colour: Colour) {
        let line = Line::new(Point::new(from.0, from.1), Point::new(to.0, to.1));
        let Ok(()) = line
            .into_styled(PrimitiveStyle::with_stroke(rgb(colour), width))
            .draw(self);
    }

    /// A horizontal dashed line.
    pub(super) fn dashes(&mut self, (from, to): (i32, i32), y: i32, colour: Colour) {
        let mut x = from;
        while x < to {
            self.line((x, y), ((x + 4).min(to), y), 1, colour);
            x += 9;
        }
    }

    pub(super) fn fill(&mut self, (x, y): (i32, i32), (width, height): (u32, u32), colour: Colour) {
        let r = Rectangle::new(Point::new(x, y), Size::new(width, height));
        let Ok(()) = r.into_styled(PrimitiveStyle::with_fill(rgb(colour))).draw(self);
    }

    pub(super) fn put(&mut self, x: i32, y: i32, colour: Colour) {
        if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
            && let Some(p) = self.0.get_pixel_mut_checked(x, y)
        {
            *p = Rgb(colour);
        }
    }

    /// Whether nothing dark is drawn between two corners, the second one not included; beyond the picture there is nothing.
    pub(super) fn is_light(&self, low: (i32, i32), high: (i32, i32)) -> bool {
        // what text in ink or grey, and the dark of a vessel, stay below, and lines, outlines and paper above
        const DARK: u32 = 125 * 3;
        let at = |x: i32, y: i32| {
            self.0
                .get_pixel_checked(u32::try_from(x).ok()?, u32::try_from(y).ok()?)
        };
        let sum = |p: &Rgb<u8>| p.0.iter().map(|c| u32::from(*c)).sum::<u32>();
        (low.1..high.1)
            .flat_map(|y| (low.0..high.0).map(move |x| (x, y)))
            .all(|(x, y)| at(x, y).is_none_or(|p| sum(p) > DARK))
    }

    /// Covers a part of a pixel, `part` in 0..=1.
    pub(super) fn blend(&mut self, x: i32, y: i32, colour: Colour, part: f32) {
        if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
            && let Some(p) = self.0.get_pixel_mut_checked(x, y)
        {
            for (old, new) in p.0.iter_mut().zip(colour) {
                *old = (f32::from(*old) * (1.0 - part) + f32::from(new) * part).round() as u8;
            }
        }
    }
}

fn rgb([r, g, b]: Colour) -> Rgb888 {
    Rgb888::new(r, g, b)
}

/// Width of a text in a font [pixels].
pub(super) fn text_width(text: &str, font: &MonoFont) -> i32 {
    text.chars().count() as i32 * (font.character_size.width + font.character_spacing) as i32
}

/// A text cut to `width` pixels.
pub(super) fn fit(text: &str, width: i32, font: &MonoFont) -> String {
    let most = (width / text_width("m", font)).max(1) as usize;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(3)).collect();
    format!("{}...", head.trim_end())
}

/// A text in lines of at most `width` pixels, broken at spaces and after underscores; a word that is still too long is cut.
pub(super) fn wrap(text: &str, width: i32, font: &MonoFont) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in text.split_inclusive([' ', '_']) {
        match lines.last_mut() {
            Some(line) if text_width(format!("{line}{piece}").trim_end(), font) <= width => {
                line.push_str(piece)
            }
            _ => lines.push(piece.to_owned()),
        }
    }
    lines
        .iter()
        .map(|line| fit(line.trim_end(), width, font))
        .collect()
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(self.0.width(), self.0.height())
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, pixels: I) -> Result<(), Infallible> {
        for Pixel(p, c) in pixels {
            self.put(p.x, p.y, [c.r(), c.g(), c.b()]);
        }
        Ok(())
    }
}
