//! `final.png` of a separator: the duct from the side and in section with the cells where they ended, what became of them as
//! bars, where on the surfaces they sit, and which mobilities were caught. What surfaces let go when the magnets went off is
//! shown as it was until then, and a duct that has emptied as it was when it was full. A column has no section to speak of: across it all is the same.

mod bars;
mod shown;
mod strips;
mod window;

use super::canvas::{BOLD, Canvas, GREY, INK, LARGE, PALE, Place, SMALL, fit};
use super::tube::{Caption, millimetres, nice, time};
use crate::chamber::duct::Section;
use crate::constants::{MILLILITRE, RPM, SECOND};
use crate::engine::{Outcome, Setup};
use crate::kernels::passage::OUT;
use crate::model::Parcels;
use crate::observe::Separation;
use crate::units::digits;
use image::RgbImage;
use shown::Shown;
use window::{Window, frame, splat};

/// Size of the page [pixels].
const PAGE: (u32, u32) = (1240, 1170);
/// Left edge of the panels.
const LEFT: i32 = 100;
/// The side view: top, width, height.
const SIDE: (i32, u32, u32) = (140, 850, 190);
/// Where the cells left: left edge, width; top and height are those of the side view.
const EXIT: (i32, i32) = (1040, 150);
/// Bins across the exit.
const BINS: usize = 38;
/// The section: top, and the square that it has to fit into.
const ROUND: (i32, f64) = (448, 300.0);
/// Least extent of a flat section; its scale is stretched to it.
const LEAST: f64 = 60.0;
/// The bars: left edge, top, length of a whole one.
const BARS: (i32, i32, f64) = (700, 448, 330.0);

/// The same where there is no section.
const WIDE_BARS: (i32, i32, f64) = (LEFT, 448, 850.0);

/// Which coordinate the side view shows across.
#[derive(Clone, Copy)]
enum Across {
    X,
    Y,
    /// Distance from the axis, in a ring.
    Radius,
}

/// Draws the duct with the cells where they ended. The same arguments give the same bytes.
pub fn picture(
    s: &Setup,
    charge: &Parcels,
    run: &Outcome,
    separation: &Separation,
    caption: &Caption,
) -> RgbImage {
    let mut canvas = Canvas::new(PAGE.0, PAGE.1);
    heading(&mut canvas, s, run, caption);
    let shown = Shown::of(run);
    side(&mut canvas, s, charge, &shown);
    if s.matrix.is_some() {
        bars::legend(&mut canvas, (EXIT.0 - 60, SIDE.0 + 10), s, charge);
        bars::bars(&mut canvas, WIDE_BARS, s, separation);
    } else {
        exit(&mut canvas, s, charge, run);
        section(&mut canvas, s, charge, &shown);
        bars::bars(&mut canvas, BARS, s, separation);
    }
    strips::plots(&mut canvas, s, charge, run, separation);
    canvas.0
}

fn heading(canvas: &mut Canvas, s: &Setup, run: &Outcome, caption: &Caption) {
    let width = PAGE.0 as i32 - 80;
    let title = fit(&caption.title, width, LARGE);
    // drawn twice, a pixel apart: the large font has no bold cut
    canvas.text(&title, (40, 36), Place::Left, LARGE, INK);
    canvas.text(&title, (41, 36), Place::Left, LARGE, INK);
    let mut parts = vec![time(run.time)];
    if s.stream.is_some() {
        let per_minute = |rate: f64| digits(rate / MILLILITRE * 60.0 * SECOND, 3);
        let mut rates: Vec<String> = s.protocol.segments().iter().map(|p| per_minute(p.rate)).collect();
        rates.dedup();
        parts.push(format!("{} mL/min", rates.join(", ")));
    }
    if !s.rotor.mounting.on_bench() {
        let peak = s.protocol.peak_omega();
        let rcf = crate::output::rcf(&s.rotor, peak, s.rotor.bottom_radius);
        parts.push(format!("up to {:.0} rpm, {rcf:.0} x g", peak / RPM));
    }
    let g = s.gravity().to_array();
    if let Some(axis) = (0..3).max_by(|a, b| g[*a].abs().total_cmp(&g[*b].abs())) {
        let sign = if g[axis] < 0.0 { "-" } else { "" };
        parts.push(format!("gravity along {sign}{}", ["x", "y", "z"][axis]));
    }
    canvas.text(&parts.join("  \u{b7}  "), (40, 62), Place::Left, BOLD, GREY);
    canvas.line((40, 80), (PAGE.0 as i32 - 40, 80), 1, PALE);
    let footer = fit(&caption.footer, width, SMALL);
    canvas.text(&footer, (40, PAGE.1 as i32 - 22), Place::Left, SMALL, GREY);
}

/// The coordinate across which the streams lie, or along which the cells have gone further from where they began.
fn across(s: &Setup, charge: &Parcels, shown: &Shown<'_>) -> Across {
    if matches!(s.duct().section, Section::Annulus { .. }) {
        return Across::Radius;
    }
    if s.over_width() {
        return Across::X;
    }
    let half = s.duct().section.half();
    let mut sum = [0.0; 2];
    for (_, q) in shown.parcels(charge) {
        for k in 0..2 {
            sum[k] += q[k] / half[k];
        }
    }
    if sum[0].abs() > sum[1].abs() {
        Across::X
    } else {
        Across::Y
    }
}

fn side(canvas: &mut Canvas, s: &Setup, charge: &Parcels, shown: &Shown<'_>) {
    let (top, width, height) = SIDE;
    let across = across(s, charge, shown);
    let [x, y] = s.duct().section.half();
    let (name, low, high) = match (across, s.duct().section) {
        (Across::Radius, Section::Annulus { inner, outer }) => ("radius", inner, outer),
        (Across::X, _) => ("x", -x, x),
        _ => ("y", -y, y),
    };
    let window = Window {
        left: LEFT,
        top,
        width,
        height,
        origin: [0.0, high],
        pixel: [
            s.duct().length / f64::from(width),
            (high - low) / f64::from(height),
        ],
    };
    let points = shown.parcels(charge).map(|(k, [x, y, z])| {
        let b = match across {
            Across::X => x,
            Across::Y => y,
            Across::Radius => x.hypot(y),
        };
        (k, z, b)
    });
    splat(canvas, &window, s, points, |_, _| 1.0);
    let stretch = window.pixel[0] / window.pixel[1];
    let magnified = if !(0.8..=1.2).contains(&stretch) {
        format!(", {name} at {} times the scale of z", digits(stretch, 2))
    } else {
        String::new()
    };
    canvas.text(
        // along y, which is where a flat channel is looked at from
        &format!(
            "from {}{magnified}{}",
            if s.over_width() { "above (y)" } else { "the side" },
            shown.when
        ),
        (LEFT, top - 30),
        Place::Left,
        BOLD,
        INK,
    );
    let (right, bottom) = (LEFT + width as i32, top + height as i32);
    if shown.empty() {
        let middle = ((LEFT + right) / 2, (top + bottom) / 2);
        canvas.text(shown.nobody, middle, Place::Middle, BOLD, PALE);
    }
    frame(canvas, (LEFT, top), (right, bottom));
    canvas.text(
        &millimetres(high, 0.05 * (high - low)),
        (LEFT - 8, top + 6),
        Place::Right,
        SMALL,
        INK,
    );
    canvas.text(
        &millimetres(low, 0.05 * (high - low)),
        (LEFT - 8, bottom - 6),
        Place::Right,
        SMALL,
        INK,
    );
    canvas.text(
        name,
        (LEFT - 8, (top + bottom) / 2 - 8),
        Place::Right,
        SMALL,
        GREY,
    );
    canvas.text(
        "[mm]",
        (LEFT - 8, (top + bottom) / 2 + 8),
        Place::Right,
        SMALL,
        GREY,
    );
    let step = nice(s.duct().length / 6.0);
    let mut z = 0.0;
    while z <= s.duct().length * (1.0 + 1e-9) {
        let at = LEFT + (z / window.pixel[0]).round() as i32;
        canvas.line((at, bottom), (at, bottom + 6), 1, INK);
        canvas.text(
            &millimetres(z, step),
            (at, bottom + 17),
            Place::Middle,
            SMALL,
            INK,
        );
        z += step;
    }
    let arrow = if s.stream.is_some() {
        "z [mm], with the flow to the right"
    } else {
        "z [mm]"
    };
    canvas.text(
        arrow,
        ((LEFT + right) / 2, bottom + 36),
        Place::Middle,
        SMALL,
        GREY,
    );
}

/// Where across the flow each species left, and where the splitters stand.
fn exit(canvas: &mut Canvas, s: &Setup, charge: &Parcels, run: &Outcome) {
    let Some(flow) = s.flow() else {
        return;
    };
    let ((left, width), (top, _, height)) = (EXIT, SIDE);
    let (name, low, high) = match s.duct().section {
        Section::Tube { radius } => ("radius", 0.0, radius),
        Section::Annulus { inner, outer } => ("radius", inner, outer),
        Section::Channel { width, .. } if s.over_width() => ("x", -0.5 * width, 0.5 * width),
        Section::Channel { height, .. } => ("y", -0.5 * height, 0.5 * height),
    };
    let mut bins = vec![[0u32; BINS]; s.components.len()];
    for (i, _) in run.fates.fate.iter().enumerate().filter(|f| *f.1 >= OUT) {
        let at = |k: usize| run.snapshot.position[k].get(i).map_or(0.0, |p| f64::from(*p));
        let bin = (flow.outlet.strip_of([at(0), at(1)]) * BINS as f64).max(0.0) as usize;
        if let Some(row) = charge.kind.get(i).and_then(|k| bins.get_mut(*k as usize)) {
            row[bin.min(BINS - 1)] += 1;
        }
    }
    canvas.text(
        &format!("left at this {name}"),
        (left, top - 30),
        Place::Left,
        BOLD,
        INK,
    );
    let bottom = top + height as i32;
    frame(canvas, (left, top), (left + width, bottom));
    let row = |lane: f64| bottom - (lane * f64::from(height)).round() as i32;
    for (row_of, component) in bins.iter().zip(&s.components) {
        let most = row_of.iter().copied().max().unwrap_or(0).max(1);
        let mut last = None;
        for (i, n) in row_of.iter().enumerate() {
            let x = left + (f64::from(*n) / f64::from(most) * f64::from(width - 2)) as i32;
            let (from, to) = (row(i as f64 / BINS as f64), row((i + 1) as f64 / BINS as f64));
            let colour = component.species.colour;
            if let Some(before) = last {
                canvas.line((before, from), (x, from), 2, colour);
            }
            canvas.line((x, from), (x, to), 2, colour);
            last = Some(x);
        }
    }
    for split in &s.ports.splits {
        canvas.dashes((left - 6, left + width + 6), row(flow.outlet.strip(*split)), INK);
    }
    for (value, y) in [(high, top + 6), (low, bottom - 6)] {
        canvas.text(
            &millimetres(value, 0.05 * (high - low)),
            (left - 8, y),
            Place::Right,
            SMALL,
            INK,
        );
    }
    let note = if s.ports.splits.is_empty() {
        "each to its most"
    } else {
        "dashed: splitters"
    };
    canvas.text(note, (left, bottom + 17), Place::Left, SMALL, GREY);
}

fn section(canvas: &mut Canvas, s: &Setup, charge: &Parcels, shown: &Shown<'_>) {
    let (top, square) = ROUND;
    let [x, y] = s.duct().section.half();
    let pixel = 2.0 * x.max(y) / square;
    let stretched = |half: f64| pixel.min(2.0 * half / LEAST);
    let scale = [stretched(x), stretched(y)];
    let window = Window {
        left: LEFT,
        top,
        width: (2.0 * x / scale[0]).round() as u32,
        height: (2.0 * y / scale[1]).round() as u32,
        origin: [-x, y],
        pixel: scale,
    };
    let points = shown.parcels(charge).map(|(k, [x, y, _])| (k, x, y));
    let duct = s.duct().section;
    let edge = scale[0].max(scale[1]);
    splat(canvas, &window, s, points, |a, b| {
        (duct.distance([a, b]) / edge + 0.5).clamp(0.0, 1.0) as f32
    });
    let stretch = scale[0] / scale[1];
    let note = if stretch > 1.01 {
        format!(", y stretched {} times", digits(stretch, 2))
    } else if stretch < 0.99 {
        format!(", x stretched {} times", digits(1.0 / stretch, 2))
    } else {
        String::new()
    };
    canvas.text(
        &format!("in section, against the flow{note}"),
        (LEFT, top - 30),
        Place::Left,
        BOLD,
        INK,
    );
    let (right, bottom) = (LEFT + window.width as i32, top + window.height as i32);
    if matches!(duct, Section::Channel { .. }) {
        frame(canvas, (LEFT, top), (right, bottom));
    }
    let length = nice(x);
    let pixels = (length / scale[0]).round() as i32;
    let y = bottom + 16;
    canvas.fill((LEFT, y), (pixels.max(1) as u32, 4), INK);
    canvas.text(
        &format!("{} mm", millimetres(length, length)),
        (LEFT, y + 16),
        Place::Left,
        SMALL,
        INK,
    );
    // x to the right, y up
    let (cx, cy) = (right + 30, top + 40);
    canvas.line((cx, cy), (cx + 26, cy), 1, INK);
    canvas.line((cx, cy), (cx, cy - 26), 1, INK);
    canvas.text("x", (cx + 34, cy), Place::Left, SMALL, INK);
    canvas.text("y", (cx, cy - 34), Place::Middle, SMALL, INK);
    bars::legend(canvas, (cx, top + 76), s, charge);
}
