//! Volume fraction of every species against depth, on a logarithmic axis: the picture's numbers.

use super::canvas::{BOLD, Canvas, Colour, GREY, INK, PALE, Place, SMALL};
use crate::constants::MILLIMETRE;
use crate::engine::{Profile, Setup};

/// Decades shown, up to a fraction of 1: a hundred-thousandth of the volume is where leukocytes in
/// plasma begin to matter.
const DECADES: i32 = 5;

/// Where the plot lies on the page [pixels] and which round step its depth axis has [um].
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
    pub step: f64,
}

/// Draws the plot.
pub(super) fn draw(canvas: &mut Canvas, area: Area, setup: &Setup, profile: &Profile) {
    let (right, bottom) = (area.left + area.width, area.top + area.height);
    canvas.text(
        "volume fraction",
        (area.left, area.top - 20),
        Place::Left,
        BOLD,
        INK,
    );
    for decade in 0..=DECADES {
        let y = area.top + decade * area.height / DECADES;
        canvas.line(
            (area.left, y),
            (right, y),
            1,
            if decade == DECADES { INK } else { PALE },
        );
        let label = if decade == 0 {
            "1".into()
        } else {
            format!("1e-{decade}")
        };
        canvas.text(&label, (area.left - 8, y), Place::Right, SMALL, INK);
    }
    let height = setup.chamber.height();
    let x = |depth: f64| area.left + (depth / height * f64::from(area.width)).round() as i32;
    for i in 0..=(height / area.step + 1e-9) as i32 {
        let depth = f64::from(i) * area.step;
        canvas.line((x(depth), bottom), (x(depth), bottom + 5), 1, INK);
        let label = format!("{}", depth / MILLIMETRE);
        canvas.text(&label, (x(depth), bottom + 14), Place::Middle, SMALL, INK);
    }
    canvas.text(
        "depth [mm]",
        (area.left + area.width / 2, bottom + 32),
        Place::Middle,
        SMALL,
        GREY,
    );
    let y = |fraction: f64| {
        let part = (-fraction.max(1e-300).log10() / f64::from(DECADES)).clamp(0.0, 1.0);
        area.top + (part * f64::from(area.height)).round() as i32
    };
    // in the order of the scene, which begins with what there is most of
    for (k, c) in setup
        .components
        .iter()
        .enumerate()
        .filter(|(k, _)| *k < profile.volume.len())
    {
        let colour = darker(c.species.colour);
        let mut before: Option<(i32, i32)> = None;
        for i in 0..profile.bins() {
            let here = (
                x(0.5 * (profile.edges[i] + profile.edges[i + 1])),
                y(profile.fraction(k, i)),
            );
            if let Some(from) = before.filter(|from| from.1 < bottom || here.1 < bottom) {
                canvas.line(from, here, 2, colour);
            }
            before = Some(here);
        }
    }
}

/// Light colours made for a dark ground, dark enough for paper.
pub(super) fn darker(colour: Colour) -> Colour {
    let light: u32 = colour.iter().map(|c| u32::from(*c)).sum();
    if light > 480 {
        colour.map(|c| (f32::from(c) * 0.82) as u8)
    } else {
        colour
    }
}
