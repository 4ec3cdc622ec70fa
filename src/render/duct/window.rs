//! A window onto the duct, and the cells in it as specks of their colours.

use super::super::canvas::{Canvas, PALE};
use super::super::splat::{DARK, OPACITY, encode, linear, soften};
use crate::engine::Setup;

/// A window onto the duct: from two coordinates [um] to pixels.
pub(super) struct Window {
    pub left: i32,
    pub top: i32,
    pub width: u32,
    pub height: u32,
    /// Coordinates of the left and the upper edge.
    pub origin: [f64; 2],
    /// Extent of a pixel; the second one points up the page.
    pub pixel: [f64; 2],
}

impl Window {
    fn pixel_of(&self, a: f64, b: f64) -> Option<usize> {
        let column = ((a - self.origin[0]) / self.pixel[0]).floor();
        let row = ((self.origin[1] - b) / self.pixel[1]).floor();
        // what is at the very edge is in the last pixel
        let clamp = |v: f64, n: u32| {
            (-1.0..=f64::from(n))
                .contains(&v)
                .then(|| v.clamp(0.0, f64::from(n) - 1.0))
        };
        Some(clamp(row, self.height)? as usize * self.width as usize + clamp(column, self.width)? as usize)
    }
}

/// A pale outline.
pub(super) fn frame(canvas: &mut Canvas, (left, top): (i32, i32), (right, bottom): (i32, i32)) {
    for (a, b) in [
        ((left - 1, top - 1), (right, top - 1)),
        ((left - 1, bottom), (right, bottom)),
        ((left - 1, top - 1), (left - 1, bottom)),
        ((right, top - 1), (right, bottom)),
    ] {
        canvas.line(a, b, 1, PALE);
    }
}

/// Every point (component and two coordinates) as a speck of its species' colour; `coverage` says how much of a place
/// belongs to the duct. Each species is shown relative to its mean over the window, as in the picture of a vessel.
pub(super) fn splat(
    canvas: &mut Canvas,
    w: &Window,
    s: &Setup,
    points: impl Iterator<Item = (usize, f64, f64)>,
    coverage: impl Fn(f64, f64) -> f32,
) {
    let (species, pixels) = (s.components.len(), (w.width * w.height) as usize);
    let mut density = vec![0.0f32; species * pixels];
    let mut count = vec![0.0f32; species];
    for (k, a, b) in points {
        if let (true, Some(i)) = (k < species, w.pixel_of(a, b)) {
            density[k * pixels + i] += 1.0;
            count[k] += 1.0;
        }
    }
    let place = |i: usize| {
        let (row, column) = (i / w.width as usize, i % w.width as usize);
        (
            w.origin[0] + (column as f64 + 0.5) * w.pixel[0],
            w.origin[1] - (row as f64 + 0.5) * w.pixel[1],
        )
    };
    let parts: Vec<f32> = (0..pixels)
        .map(|i| {
            let (a, b) = place(i);
            coverage(a, b)
        })
        .collect();
    let area: f32 = parts.iter().sum::<f32>().max(1.0);
    for (plane, n) in density.chunks_mut(pixels).zip(&count) {
        soften(plane, w.width as usize);
        let even = (n / area).max(1e-12);
        plane.iter_mut().for_each(|x| *x /= even);
    }
    let dark = DARK.map(linear);
    let colours: Vec<[f32; 3]> = s
        .components
        .iter()
        .map(|c| c.species.colour.map(linear))
        .collect();
    for (i, part) in parts.iter().enumerate().filter(|p| *p.1 > 0.0) {
        let (mut sum, mut squares, mut mix) = (0.0f32, 0.0f32, [0.0f32; 3]);
        for (k, colour) in colours.iter().enumerate() {
            let a = density[k * pixels + i];
            sum += a;
            squares += a * a;
            for (m, c) in mix.iter_mut().zip(colour) {
                *m += a * a * c;
            }
        }
        let opacity = 1.0 - (-OPACITY * sum).exp();
        let colour = std::array::from_fn(|c| {
            let cells = if squares > 0.0 { mix[c] / squares } else { 0.0 };
            encode(dark[c] * (1.0 - opacity) + cells * opacity)
        });
        let (row, column) = (i / w.width as usize, i % w.width as usize);
        canvas.blend(w.left + column as i32, w.top + row as i32, colour, *part);
    }
}
