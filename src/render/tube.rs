//! `final.png`: the vessel from the side. Left by species, beside it as the eye would see it, then the region of
//! the interface enlarged, the legend, and the volume fractions against depth.

use super::canvas::{BOLD, Canvas, GREY, INK, LARGE, PALE, Place, SMALL, fit};
use super::frame::Frame;
use super::{eye, plot, splat};
use crate::chamber::Chamber;
use crate::constants::{MILLIMETRE, RPM, SECOND};
use crate::engine::{Profile, Setup, Snapshot};
use crate::observe::{LayerKind, Layers};
use crate::units::{Dimension, counted, decimals, show, stretch};
use image::RgbImage;

/// What the picture says beyond what it shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caption {
    /// Title, at the top.
    pub title: String,
    /// A line at the foot: program, device, whatever identifies the run. May be empty.
    pub footer: String,
    /// Names of a separator's outlets, from lane 0; a vessel has none.
    pub outlets: Vec<String>,
}

/// Size of the page [pixels].
const PAGE: (u32, u32) = (1240, 940);
/// Left edge of the first vessel and upper edge of all panels.
const ORIGIN: (i32, i32) = (112, 138);
/// Largest vessel drawn.
const VESSEL: (f64, f64) = (160.0, 700.0);
/// Space between the two vessels, and least distance of their middles: their headings need it.
const GAP: (i32, i32) = (64, 116);
/// Left edge of the enlarged panel, and its columns: by species, between, by eye.
const ENLARGED: (i32, [u32; 3], u32) = (776, [120, 6, 60], 480);
/// Depth shown enlarged [um].
const ENLARGED_DEPTH: f64 = 8.0 * MILLIMETRE;
/// Space that a number at the axis takes [pixels]; a round step may be up to 2.5 times less.
const LINE: f64 = 35.0;
/// Left edge of the legend.
const LEGEND: i32 = 1050;
/// The plot: left, top, width, height.
const PLOT: (i32, i32, i32, i32) = (790, 716, 410, 118);

/// Draws the vessel as it is in `snapshot` and `profile`, which belong to the same moment of the run `setup`.
/// The same arguments give the same bytes.
pub fn picture(
    setup: &Setup,
    snapshot: &Snapshot,
    profile: &Profile,
    layers: &Layers,
    caption: &Caption,
) -> RgbImage {
    let mut canvas = Canvas::new(PAGE.0, PAGE.1);
    heading(&mut canvas, setup, profile, caption);
    let first = vessel(&setup.chamber);
    let second = beside(&first);
    splat::draw(&mut canvas, &first, setup, snapshot, profile);
    eye::draw(&mut canvas, &second, setup, profile);
    for (frame, what) in [(&first, "by species"), (&second, "by eye")] {
        glass(&mut canvas, frame, &setup.chamber);
        let middle = frame.left + frame.width as i32 / 2;
        canvas.text(what, (middle, ORIGIN.1 - 32), Place::Middle, BOLD, INK);
    }
    axis(&mut canvas, &first, setup.chamber.height());
    scale_bar(&mut canvas, &first);
    layer_labels(&mut canvas, (&first, &second), layers);
    if let Some(centre) = interface(layers) {
        enlarged(&mut canvas, centre, setup, snapshot, profile, layers);
    }
    legend(&mut canvas, setup, snapshot);
    let (left, top, width, height) = PLOT;
    let area = plot::Area {
        left,
        top,
        width,
        height,
        step: nice(setup.chamber.height() / 5.0),
    };
    plot::draw(&mut canvas, area, setup, profile);
    canvas.0
}

fn heading(canvas: &mut Canvas, setup: &Setup, profile: &Profile, caption: &Caption) {
    let width = PAGE.0 as i32 - 80;
    let title = fit(&caption.title, width, LARGE);
    // drawn twice, a pixel apart: the large font has no bold cut
    canvas.text(&title, (40, 36), Place::Left, LARGE, INK);
    canvas.text(&title, (41, 36), Place::Left, LARGE, INK);
    let mut parts = vec![time(profile.time)];
    if setup.rotor.mounting.on_bench() {
        parts.push("1 g".into());
    } else {
        let rcf = crate::output::rcf(&setup.rotor, profile.omega, setup.rotor.bottom_radius);
        parts.push(format!("{:.0} rpm", profile.omega / RPM));
        parts.push(format!("{rcf:.0} x g at the bottom"));
        let peak = setup.protocol.peak_omega();
        if profile.omega < 0.99 * peak {
            let rcf = crate::output::rcf(&setup.rotor, peak, setup.rotor.bottom_radius);
            parts.push(format!("spun at {:.0} rpm, {rcf:.0} x g", peak / RPM));
        }
    }
    canvas.text(&parts.join("  \u{b7}  "), (40, 62), Place::Left, BOLD, GREY);
    canvas.line((40, 80), (PAGE.0 as i32 - 40, 80), 1, PALE);
    let footer = fit(&caption.footer, width, SMALL);
    canvas.text(&footer, (40, PAGE.1 as i32 - 22), Place::Left, SMALL, GREY);
}

pub(super) fn time(microseconds: f64) -> String {
    time_to(microseconds, SECOND)
}

/// A time [us] with as many digits as moments need that are `apart` [us].
pub(super) fn time_to(microseconds: f64, apart: f64) -> String {
    const MOST: i32 = 6;
    // two digits of the interval
    let fine = (1.0 - (apart / SECOND).log10().floor()).clamp(0.0, f64::from(MOST)) as i32;
    let short = microseconds < 60.0 * SECOND;
    // whole seconds are enough from a second on; a short time has a tenth
    let digits = match (fine, short) {
        (..=1, true) => 1,
        (..=1, false) => 0,
        _ => fine as usize,
    };
    let unit = 10_f64.powi(digits as i32);
    let s = (microseconds / SECOND * unit).round() / unit;
    // what has to be told apart at 0.12 s is not told with 0.30
    let trim = |text: String| match text.split_once('.') {
        Some((whole, part)) => {
            let part = part.trim_end_matches('0');
            let least = usize::from(short);
            format!("{whole}.{part:0<least$}")
                .trim_end_matches('.')
                .to_owned()
        }
        None => text,
    };
    if short {
        format!("t = {} s", trim(format!("{s:.digits$}")))
    } else {
        let minutes = (s / 60.0).floor();
        let width = if digits > 0 { digits + 3 } else { 2 };
        format!("t = {minutes:.0} min {:0width$.digits$} s", s - 60.0 * minutes)
    }
}

/// The frame of the first vessel: to scale, as large as the page allows.
fn vessel(chamber: &Chamber) -> Frame {
    let height = chamber.height();
    let half = chamber.half_width(0.0).max(chamber.half_width(height));
    let pixel = (height / VESSEL.1).max(2.0 * half / VESSEL.0);
    Frame {
        left: ORIGIN.0,
        top: ORIGIN.1,
        width: ((2.0 * half / pixel).ceil() as u32).max(2) + 2,
        height: ((height / pixel).round() as u32).max(1),
        depth: 0.0,
        pixel,
    }
}

/// The same frame to its right.
fn beside(first: &Frame) -> Frame {
    Frame {
        left: first.left + (first.width as i32 + GAP.0).max(GAP.1),
        ..*first
    }
}

/// Walls, a little higher than the sample, and the bottom.
fn glass(canvas: &mut Canvas, frame: &Frame, chamber: &Chamber) {
    const RIM: i32 = 12;
    const WALL: f64 = 2.5;
    let middle = f64::from(frame.left) + 0.5 * f64::from(frame.width);
    let bottom = frame.height as i32 + WALL.ceil() as i32;
    for y in -RIM..bottom {
        let row = y.clamp(0, frame.height as i32 - 1) as u32;
        let (a, b) = (
            frame.half_width(chamber, row),
            frame.half_width(chamber, row) + WALL,
        );
        let floor = y >= frame.height as i32;
        let reach = (b + 2.0) as i32;
        for x in -reach..=reach {
            let edge = (f64::from(x) + 0.5).abs();
            let outer = (b + 0.5 - edge).clamp(0.0, 1.0);
            let inner = if floor {
                0.0
            } else {
                (a + 0.5 - edge).clamp(0.0, 1.0)
            };
            if outer > inner {
                let at = (middle + f64::from(x)).floor() as i32;
                canvas.blend(at, frame.top + y, PALE, (outer - inner) as f32);
            }
        }
    }
}

/// Depth below the meniscus.
fn axis(canvas: &mut Canvas, frame: &Frame, height: f64) {
    let x = frame.left - 16;
    // a line below the headings, which over a narrow vessel reach as far to the left
    canvas.text("depth [mm]", (x + 6, ORIGIN.1 - 16), Place::Right, SMALL, GREY);
    canvas.line((x, frame.top), (x, frame.top + frame.height as i32), 1, INK);
    // a low vessel has room for few numbers
    let step = nice((height / 7.0).max(LINE * frame.pixel));
    ticks(canvas, frame, (0.0, height), 0.5 * step, |canvas, y, i, depth| {
        let major = i % 2 == 0;
        canvas.line((x - if major { 7 } else { 4 }, y), (x, y), 1, INK);
        if major {
            canvas.text(&millimetres(depth, step), (x - 11, y), Place::Right, SMALL, INK);
        }
    });
}

/// Calls `mark` with the page height, number and depth of every multiple of `step` from the one number to the
/// other [um].
fn ticks(
    canvas: &mut Canvas,
    frame: &Frame,
    (from, to): (f64, f64),
    step: f64,
    mark: impl Fn(&mut Canvas, i32, i64, f64),
) {
    let first = (from / step - 1e-9).ceil() as i64;
    let last = (to / step + 1e-9).floor() as i64;
    for i in first..=last {
        let depth = i as f64 * step;
        mark(canvas, frame.y(depth).round() as i32, i, depth);
    }
}

/// A horizontal bar of a round length under a panel.
fn scale_bar(canvas: &mut Canvas, frame: &Frame) {
    let length = nice(0.5 * f64::from(frame.width) * frame.pixel);
    let pixels = (length / frame.pixel).round() as i32;
    let left = frame.left + (frame.width as i32 - pixels) / 2;
    let y = frame.top + frame.height as i32 + 20;
    canvas.fill((left, y), (pixels.max(1) as u32, 4), INK);
    let text = format!("{} mm", millimetres(length, length));
    canvas.text(&text, (left + pixels / 2, y + 16), Place::Middle, SMALL, INK);
}

/// Boundaries between the vessels, names and sizes of the layers to their right.
fn layer_labels(canvas: &mut Canvas, (first, second): (&Frame, &Frame), layers: &Layers) {
    const LINE: i32 = 46;
    let (from, to) = (first.left + first.width as i32 + 4, second.left - 4);
    let right = second.left + second.width as i32;
    for l in layers.layers.iter().skip(1) {
        canvas.dashes((from, to), second.y(l.top).round() as i32, GREY);
        canvas.dashes((right + 4, right + 20), second.y(l.top).round() as i32, GREY);
    }
    // each label at the middle of its layer, pushed down where they would touch, then back up from the bottom
    let middle = |l: &crate::observe::Layer| second.y(0.5 * (l.top + l.bottom)).round() as i32;
    let mut places: Vec<i32> = layers.layers.iter().map(middle).collect();
    for i in 1..places.len() {
        places[i] = places[i].max(places[i - 1] + LINE);
    }
    let mut limit = second.top + second.height as i32;
    for place in places.iter_mut().rev() {
        *place = (*place).min(limit);
        limit = *place - LINE;
    }
    for (l, y) in layers.layers.iter().zip(places) {
        let (anchor, x) = (middle(l), right + 22);
        canvas.line((right + 6, anchor), (x, anchor), 1, GREY);
        canvas.line((x, anchor), (x + 14, y), 1, GREY);
        let x = x + 22;
        canvas.text(l.kind.name(), (x, y - 8), Place::Left, BOLD, INK);
        let size = format!(
            "{}, {}",
            stretch(l.top_mm(), l.bottom_mm()),
            show(l.volume, Dimension::Volume)
        );
        canvas.text(&size, (x, y + 8), Place::Left, SMALL, GREY);
    }
}

/// The depth worth enlarging [um].
fn interface(layers: &Layers) -> Option<f64> {
    let buffy = layers.get(LayerKind::BuffyCoat).map(|l| 0.5 * (l.top + l.bottom));
    let pellet = layers.get(LayerKind::Pellet).map(|l| l.top);
    buffy.or(layers.red_cell_surface).or(pellet)
}

fn enlarged(
    canvas: &mut Canvas,
    centre: f64,
    setup: &Setup,
    snapshot: &Snapshot,
    profile: &Profile,
    layers: &Layers,
) {
    let (left, [cells, between, eyes], height) = ENLARGED;
    let whole = setup.chamber.height();
    let shown = ENLARGED_DEPTH.min(0.5 * whole);
    let frame = Frame {
        left,
        top: ORIGIN.1,
        width: cells,
        height,
        depth: (centre - 0.5 * shown).clamp(0.0, whole - shown),
        pixel: shown / f64::from(height),
    };
    let second = Frame {
        left: left + (cells + between) as i32,
        width: eyes,
        ..frame
    };
    splat::draw(canvas, &frame, setup, snapshot, profile);
    eye::draw(canvas, &second, setup, profile);
    let (right, bottom) = (second.left + eyes as i32, frame.top + height as i32);
    canvas.text(
        "enlarged",
        ((left + right) / 2, ORIGIN.1 - 32),
        Place::Middle,
        BOLD,
        INK,
    );
    let step = nice(shown / 6.0);
    ticks(
        canvas,
        &frame,
        (frame.depth, frame.end()),
        step,
        |canvas, y, _, depth| {
            canvas.line((left - 6, y), (left - 1, y), 1, INK);
            canvas.text(
                &millimetres(depth, step),
                (left - 10, y),
                Place::Right,
                SMALL,
                INK,
            );
        },
    );
    let heights = layers.layers.iter().map(crate::observe::Layer::height_mm);
    let thinnest = decimals(heights.fold(f64::INFINITY, f64::min));
    let mut clear = i32::MIN;
    for l in layers.layers.iter().skip(1) {
        if l.top < frame.depth || l.top > frame.end() {
            continue;
        }
        let y = frame.y(l.top).round() as i32;
        canvas.dashes((right + 3, right + 19), y, GREY);
        // two boundaries close together: the lower number moves down
        let label = y.max(clear);
        clear = label + 14;
        canvas.text(
            &format!("{:.thinnest$}", l.top_mm()),
            (right + 23, label),
            Place::Left,
            SMALL,
            INK,
        );
    }
    for (a, b) in [
        ((left - 1, frame.top - 1), (right, frame.top - 1)),
        ((left - 1, bottom), (right, bottom)),
        ((left - 1, frame.top - 1), (left - 1, bottom)),
        ((right, frame.top - 1), (right, bottom)),
    ] {
        canvas.line(a, b, 1, PALE);
    }
    scale_bar(
        canvas,
        &Frame {
            width: cells + between + eyes,
            ..frame
        },
    );
}

fn legend(canvas: &mut Canvas, setup: &Setup, snapshot: &Snapshot) {
    let width = PAGE.0 as i32 - 20 - LEGEND;
    canvas.text("species", (LEGEND, ORIGIN.1 - 32), Place::Left, BOLD, INK);
    let mut y = ORIGIN.1 + 6;
    for component in &setup.components {
        canvas.fill((LEGEND, y - 8), (16, 16), component.species.colour);
        let name = fit(&component.species.name, width - 26, SMALL);
        canvas.text(&name, (LEGEND + 26, y), Place::Left, SMALL, INK);
        y += 24;
    }
    y += 10;
    let lines = [
        counted(grouped(snapshot.kind.len()), "parcel"),
        String::new(),
        "each species shown".into(),
        "relative to its mean".into(),
        "in the sample".into(),
    ];
    for line in lines {
        canvas.text(&fit(&line, width, SMALL), (LEGEND, y), Place::Left, SMALL, GREY);
        y += 17;
    }
}

/// 1, 2 or 5 times a power of ten, not more than about `x`.
pub(super) fn nice(x: f64) -> f64 {
    let unit = 10f64.powf(x.max(1e-6).log10().floor());
    let lead = x / unit;
    unit * if lead >= 5.0 {
        5.0
    } else if lead >= 2.0 {
        2.0
    } else {
        1.0
    }
}

/// A depth [um] in mm with as many decimals as multiples of `step` need.
pub(super) fn millimetres(depth: f64, step: f64) -> String {
    let decimals = (-(step / MILLIMETRE).log10().floor()).max(0.0) as usize;
    format!("{:.decimals$}", depth / MILLIMETRE)
}

pub(super) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
#[path = "tube_tests.rs"]
mod tests;
