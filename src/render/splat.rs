//! Every parcel as a speck of its species' colour.
//!
//! Every parcel is spread over what it stands for, so that some of its species lie over every point (see `photo::blots`), and what
//! lies on a pixel is divided by what would if the species were spread evenly over the vessel. So 0.05 % of leukocytes show as clearly as 42 % of red cells
//! wherever they gather, whatever the weights of their parcels; a pixel's colour is the mean of the species'
//! colours by the squares of these enrichments (what is enriched most shows; a third of the leukocytes left in the
//! bed do not turn it pink), and it is the more opaque the more there is. Mixing is done in linear light.

use super::canvas::{Canvas, Colour};
use super::frame::Frame;
use crate::chamber::Chamber;
use crate::engine::{Profile, Setup, Snapshot};
use crate::kernels::shot::strayed;
use crate::render::photo::blots::{self, Speck};

/// Fluid without cells.
pub(super) const DARK: Colour = [14, 18, 28];

/// Opacity gained per unit of summed enrichment: a sample as drawn is two thirds opaque.
pub(super) const OPACITY: f32 = 1.1;

/// Draws the part of the vessel in `frame`.
pub(super) fn draw(
    canvas: &mut Canvas,
    frame: &Frame,
    setup: &Setup,
    snapshot: &Snapshot,
    profile: &Profile,
) {
    let species = setup.components.len();
    let pixels = (frame.width * frame.height) as usize;
    let mut density = vec![0.0f32; species * pixels];
    let mut count = vec![0u64; species];
    let scale = 1.0 / frame.pixel;
    let (middle, depth) = (0.5 * f64::from(frame.width), frame.depth);
    let area = silhouette(&setup.chamber, frame.pixel);
    let specks: Vec<Vec<Speck>> = (0..species)
        .map(|k| {
            blots::specks(
                profile,
                k,
                &setup.components[k],
                (
                    area,
                    frame.pixel,
                    setup.chamber.half_width(0.5 * setup.chamber.height()),
                ),
            )
        })
        .collect();
    let bin = |z: f64| {
        let after = profile.edges.partition_point(|edge| *edge <= z);
        after.clamp(1, profile.bins().max(1)) - 1
    };
    for (i, ((kind, x), z)) in snapshot
        .kind
        .iter()
        .zip(&snapshot.position[0])
        .zip(&snapshot.position[2])
        .enumerate()
    {
        let k = *kind as usize;
        if k >= species {
            continue;
        }
        count[k] += 1;
        let Some(speck) = specks[k].get(bin(f64::from(*z))) else {
            continue;
        };
        let [right, below] = strayed(i as u32, *kind);
        let column = f64::from(*x) * scale + middle + right * speck.shift;
        let row = (f64::from(*z) - depth) * scale + below * speck.shift;
        let size = (frame.width as usize, frame.height as usize);
        speck.add(&mut density[k * pixels..][..pixels], size, (column, row));
    }
    let colours: Vec<[f32; 3]> = setup
        .components
        .iter()
        .map(|c| c.species.colour.map(linear))
        .collect();
    for (k, plane) in density.chunks_mut(pixels).enumerate() {
        let even = (count[k] as f64 / area).max(1e-12) as f32;
        plane.iter_mut().for_each(|x| *x /= even);
    }
    let dark = DARK.map(linear);
    for row in 0..frame.height {
        for column in 0..frame.width {
            let part = coverage(
                frame.across(&setup.chamber, row, column),
                frame,
                &setup.chamber,
                row,
            );
            if part <= 0.0 {
                continue;
            }
            let i = (row * frame.width + column) as usize;
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
            canvas.blend(frame.left + column as i32, frame.top + row as i32, colour, part);
        }
    }
}

/// How much of a pixel lies in the vessel, from its distance to the wall; smooth edges for little.
pub(super) fn coverage(across: f64, frame: &Frame, chamber: &Chamber, row: u32) -> f32 {
    let inside = (1.0 - across.abs()) * frame.half_width(chamber, row) + 0.5;
    inside.clamp(0.0, 1.0) as f32
}

/// Area of the vessel seen from the side, in pixels.
fn silhouette(chamber: &Chamber, pixel: f64) -> f64 {
    const SLICES: u32 = 64;
    let step = chamber.height() / f64::from(SLICES);
    let area: f64 = (0..SLICES)
        .map(|i| 2.0 * chamber.half_width((f64::from(i) + 0.5) * step) * step)
        .sum();
    area / (pixel * pixel)
}

/// Spreads each speck over its neighbours (1 2 1 both ways), so that single parcels do not flicker between pixels.
pub(super) fn soften(plane: &mut [f32], width: usize) {
    let pass = |line: &mut [f32], stride: usize, n: usize| {
        let mut before = 0.0;
        for i in 0..n {
            let here = line[i * stride];
            let after = if i + 1 < n { line[(i + 1) * stride] } else { 0.0 };
            line[i * stride] = 0.25 * (before + 2.0 * here + after);
            before = here;
        }
    };
    for row in plane.chunks_mut(width) {
        pass(row, 1, width);
    }
    let height = plane.len() / width;
    for column in 0..width {
        pass(&mut plane[column..], width, height);
    }
}

/// sRGB to linear light (a plain power; the exact curve differs by less than one can see).
pub(super) fn linear(c: u8) -> f32 {
    (f32::from(c) / 255.0).powf(2.2)
}

/// The reverse.
pub(super) fn encode(x: f32) -> u8 {
    (255.0 * x.clamp(0.0, 1.0).powf(1.0 / 2.2)).round() as u8
}
