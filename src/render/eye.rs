//! What the tube would look like: straw-yellow plasma, buff-coloured buffy coat, red red cells.
//!
//! Colours follow the local volume fractions: light is scattered by white cells and platelets (a few tenths of a per
//! cent cloud plasma, ten per cent are opaque) and absorbed by red cells much more strongly.

use super::canvas::{Canvas, Colour};
use super::frame::Frame;
use super::splat::{coverage, encode, linear};
use crate::engine::{Profile, Setup};
use crate::model::CellClass;

pub(super) const STRAW: Colour = [244, 221, 142];
pub(super) const WATER: Colour = [226, 238, 244];
pub(super) const BUFF: Colour = [243, 232, 205];
pub(super) const RED: Colour = [156, 14, 20];
pub(super) const BEAD: Colour = [150, 118, 92];

/// Optical depth of the vessel per unit of volume fraction. Red cells hide what is behind them from about half a
/// per cent on; white cells and platelets from some per cent on.
pub(super) const ABSORB_RED: f64 = 150.0;
pub(super) const SCATTER: f64 = 25.0;

/// Draws the part of the vessel in `frame`. In a sample without red cells the fluid is clear.
pub(super) fn draw(canvas: &mut Canvas, frame: &Frame, setup: &Setup, profile: &Profile) {
    let class = |k: usize| setup.components.get(k).map(|c| c.species.class);
    let blood = (0..profile.volume.len()).any(|k| class(k) == Some(CellClass::Erythrocyte));
    let fluid = if blood { STRAW } else { WATER };
    for row in 0..frame.height {
        let (depth, mut depths) = (frame.row_depth(row), [0.0; 3]);
        for k in 0..profile.volume.len() {
            let phi = fraction_at(profile, k, depth);
            match class(k) {
                Some(CellClass::Erythrocyte) => depths[0] += ABSORB_RED * phi,
                Some(CellClass::Leukocyte | CellClass::Platelet) => depths[1] += SCATTER * phi,
                Some(CellClass::Particle) => depths[2] += SCATTER * phi,
                None => {}
            }
        }
        // where white cells are packed, the few red cells between them tint, they do not hide
        if depths[1] > 1.0 {
            depths[0] /= depths[1];
        }
        for column in 0..frame.width {
            let across = frame.across(&setup.chamber, row, column);
            let part = coverage(across, frame, &setup.chamber, row);
            if part > 0.0 {
                // light goes through a box on ways that are all the same
                let path = match setup.chamber.is_box() {
                    true => 1.0,
                    false => (1.0 - across * across).max(0.04).sqrt(),
                };
                let colour = shade(tint(fluid, depths.map(|d| d * path)), across);
                canvas.blend(frame.left + column as i32, frame.top + row as i32, colour, part);
            }
        }
    }
}

/// Colour of the fluid with optical depths of red cells, white cells and beads in it, in linear light.
fn tint(fluid: Colour, depths: [f64; 3]) -> [f32; 3] {
    let sum: f64 = depths.iter().sum();
    let opacity = (1.0 - (-sum).exp()) as f32;
    std::array::from_fn(|c| {
        let cells: f32 = [RED, BUFF, BEAD]
            .iter()
            .zip(depths)
            .map(|(colour, d)| linear(colour[c]) * d as f32)
            .sum();
        let cells = if sum > 0.0 { cells / sum as f32 } else { 0.0 };
        linear(fluid[c]) * (1.0 - opacity) + cells * opacity
    })
}

/// Roundness: darker towards the walls, a soft gleam left of the middle.
fn shade(colour: [f32; 3], across: f64) -> Colour {
    let dark = (1.0 - 0.42 * across.powi(4)) as f32;
    let gleam = (-((across + 0.52) / 0.12).powi(2)).exp() as f32;
    colour.map(|c| encode(c * (dark + 0.30 * gleam) + 0.012 * gleam))
}

/// Volume fraction of component `k` at a depth [um]. Bins are drawn as they are: smoothing would colour a sharp
/// boundary with what is on its other side.
fn fraction_at(profile: &Profile, k: usize, depth: f64) -> f64 {
    let i = profile
        .edges
        .partition_point(|edge| *edge <= depth)
        .clamp(1, profile.bins().max(1));
    if profile.bins() == 0 {
        0.0
    } else {
        profile.fraction(k, i - 1)
    }
}
