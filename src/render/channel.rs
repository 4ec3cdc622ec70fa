//! The picture of a channel: unrolled along its length and in section, with its stream lines, its interface and its ports; beside it what each port
//! drew.

use super::Caption;
use super::canvas::{BOLD, Canvas, Colour, GREY, INK, LARGE, PALE, Place, SMALL, fit};
use super::tube::{millimetres, nice};
use crate::constants::{MILLILITRE, MILLIMETRE, SECOND};
use crate::continuum::{ChannelRun, Findings};
use crate::model::CellClass;
use crate::output::table::percent;
use crate::units::{clock, digits};
use image::RgbImage;

/// Size of the page [pixels].
const PAGE: (u32, u32) = (1280, 720);
/// Left and upper edge, width and height of the section.
const SECTION: [i32; 4] = [90, 110, 800, 420];
/// Left edge and width of the bags.
const BAGS: [i32; 2] = [960, 260];

/// Plasma without cells.
const PLASMA: Colour = [247, 238, 200];
/// Paths of the fluid that are drawn.
const LINES: usize = 14;

/// How a run stands, and what its ports drew.
pub fn picture(run: &ChannelRun, found: &Findings, caption: &Caption) -> RgbImage {
    let mut canvas = Canvas::new(PAGE.0, PAGE.1);
    let [left, top, _, high] = SECTION;
    canvas.text(
        &fit(&caption.title, 1100, LARGE),
        (left, 36),
        Place::Left,
        LARGE,
        INK,
    );
    let told = format!(
        "after {}: the channel unrolled, {} times as deep as it is; the axis of the rotor is above",
        clock(run.time() / SECOND),
        digits(stretch(run), 2)
    );
    canvas.text(&told, (left, 70), Place::Left, SMALL, GREY);
    section(&mut canvas, run);
    streams(&mut canvas, run);
    interface(&mut canvas, run);
    ports(&mut canvas, run);
    axes(&mut canvas, run);
    legend(&mut canvas, run, top + high + 80);
    bags(&mut canvas, run, found);
    canvas.text(
        &fit(&caption.footer, 1180, SMALL),
        (left, PAGE.1 as i32 - 20),
        Place::Left,
        SMALL,
        GREY,
    );
    canvas.0
}

/// By how much more the depth is enlarged than the length.
fn stretch(run: &ChannelRun) -> f64 {
    let [_, _, wide, high] = SECTION.map(f64::from);
    let mesh = run.mesh();
    (high / mesh.depth) / (wide / mesh.length)
}

/// How strongly a family of cells colours the fluid, by its volume fraction.
fn strength(class: CellClass) -> f64 {
    match class {
        CellClass::Erythrocyte => 3.5,
        _ => 25.0,
    }
}

/// Every cell of the grid in the colour of what it holds; cells of one column run into those of the next.
fn section(canvas: &mut Canvas, run: &ChannelRun) {
    let [left, top, wide, high] = SECTION;
    let (mesh, channel) = (run.mesh(), run.channel());
    let all = || 0..channel.components.len();
    // red cells below, what is rare above
    let layers =
        [true, false].map(|red| -> Vec<usize> { all().filter(|k| channel.is_red(*k) == red).collect() });
    let colours: Vec<Vec<[f64; 3]>> = (0..mesh.columns)
        .map(|i| {
            let profiles: Vec<Vec<f64>> = all().map(|k| run.profile(i, k)).collect();
            (0..mesh.levels)
                .map(|level| {
                    let mut mixed = PLASMA.map(f64::from);
                    for layer in &layers {
                        let weight =
                            |k: &usize| strength(channel.components[*k].species.class) * profiles[*k][level];
                        let sum: f64 = layer.iter().map(weight).sum();
                        let part = 1.0 - (-sum).exp();
                        mixed.iter_mut().for_each(|m| *m *= 1.0 - part);
                        for k in layer.iter().filter(|_| sum > 0.0) {
                            let colour = channel.components[*k].species.colour;
                            for (m, c) in mixed.iter_mut().zip(colour) {
                                *m += part * weight(k) / sum * f64::from(c);
                            }
                        }
                    }
                    mixed
                })
                .collect()
        })
        .collect();
    for x in 0..wide {
        let at = (f64::from(x) + 0.5) / f64::from(wide) * mesh.columns as f64 - 0.5;
        let last = mesh.columns - 1;
        let i = (at.max(0.0) as usize).min(last);
        let (next, part) = ((i + 1).min(last), (at - i as f64).clamp(0.0, 1.0));
        for y in 0..high {
            let level = ((f64::from(y) + 0.5) / f64::from(high) * mesh.levels as f64) as usize;
            let level = level.min(mesh.levels - 1);
            let (a, b) = (colours[i][level], colours[next][level]);
            let colour = [0, 1, 2].map(|c| (a[c] + part * (b[c] - a[c])).round() as u8);
            canvas.put(left + x, top + y, colour);
        }
    }
    let corners = [
        (left, top),
        (left + wide, top),
        (left + wide, top + high),
        (left, top + high),
        (left, top),
    ];
    for pair in corners.windows(2) {
        canvas.line(pair[0], pair[1], 2, INK);
    }
}

/// Paths of the fluid through half of the channel's length, and on to the ports and back to the inlet: between two of them the same volume
/// flows.
fn streams(canvas: &mut Canvas, run: &ChannelRun) {
    let mesh = run.mesh();
    let middle = mesh.columns / 2;
    let along = run.carrier().along(middle);
    let each = along.iter().map(|q| q.abs()).sum::<f64>() / LINES as f64;
    if each <= 0.0 {
        return;
    }
    let (mut sum, mut next) = (0.0, 0.5 * each);
    for (k, q) in along.iter().enumerate() {
        while sum + q.abs() > next {
            let depth = k as f64 + (next - sum) / q.abs();
            for forwards in [1.0, -1.0] {
                trace(canvas, run, [middle as f64, depth], forwards);
            }
            next += each;
        }
        sum += q.abs();
    }
}

/// Follows the fluid from a place [columns, levels], with the flow or against it, until it leaves by a port, comes from the inlet or rests.
fn trace(canvas: &mut Canvas, run: &ChannelRun, mut at: [f64; 2], forwards: f64) {
    let [left, top, wide, high] = SECTION.map(f64::from);
    let (mesh, carrier) = (run.mesh(), run.carrier());
    let pixel = |at: [f64; 2]| {
        (
            (left + at[0] / mesh.columns as f64 * wide) as i32,
            (top + at[1] / mesh.levels as f64 * high) as i32,
        )
    };
    let mut before = pixel(at);
    for _ in 0..MOST_MOVES {
        let (i, k) = (at[0] as usize, at[1] as usize);
        if i >= mesh.columns || k >= mesh.levels || at[0] < 0.0 || at[1] < 0.0 {
            return;
        }
        let part = [at[0] - i as f64, at[1] - k as f64];
        let between = |a: f64, b: f64, part: f64| a + (b - a) * part;
        let across = carrier.across(i);
        let u = between(carrier.along(i)[k], carrier.along(i + 1)[k], part[0]) / mesh.volume[k];
        let v = between(across[k], across[k + 1], part[1]) / mesh.volume[k];
        // most of what is here leaves by a port, or came from the inlet
        let through = (u.abs() + v.abs()) * mesh.volume[k];
        let ends = if forwards > 0.0 {
            carrier.drawn(i)[k]
        } else {
            carrier.fed(i)[k]
        };
        if through <= 0.0 || ends > 2.0 * through {
            return;
        }
        let time = forwards * 0.2 / (u.abs() + v.abs());
        at = [at[0] + time * u, at[1] + time * v];
        let now = pixel(at);
        if now != before {
            canvas.line(before, now, 1, STREAM);
            before = now;
        }
    }
}

/// Moves of a fifth of a cell after which a path is given up.
const MOST_MOVES: usize = 20_000;

/// Colour of the paths.
const STREAM: Colour = [120, 112, 104];

/// Where the red cells begin.
fn interface(canvas: &mut Canvas, run: &ChannelRun) {
    let [left, top, wide, high] = SECTION;
    let mesh = run.mesh();
    for i in 0..mesh.columns {
        if let Some(depth) = run.interface(i) {
            let y = top + (depth / mesh.depth * f64::from(high)) as i32;
            let at = |i: usize| left + (i as f64 / mesh.columns as f64 * f64::from(wide)) as i32;
            canvas.dashes((at(i), at(i + 1)), y, INK);
        }
    }
}

/// Frames around what each port draws from, with its name.
fn ports(canvas: &mut Canvas, run: &ChannelRun) {
    let [left, top, wide, high] = SECTION;
    let mesh = run.mesh();
    let x = |s: f64| left + (s / mesh.length * f64::from(wide)) as i32;
    let y = |d: f64| top + (d / mesh.depth * f64::from(high)) as i32;
    for p in &run.channel().ports {
        let ([a, b], [c, d]) = (p.along.map(x), p.depth.map(y));
        for (from, to) in [
            ((a, c), (b, c)),
            ((b, c), (b, d)),
            ((b, d), (a, d)),
            ((a, d), (a, c)),
        ] {
            canvas.line(from, to, 2, INK);
        }
        // above its frame, where that is in the channel
        let at = if c > top + 20 { c - 12 } else { d + 14 };
        canvas.text(&p.name, (a, at), Place::Left, BOLD, INK);
    }
    let inlet = &run.channel().inlets[0];
    canvas.line(
        (x(inlet.along[0]) + 1, top - 6),
        (x(inlet.along[1]), top - 6),
        4,
        PALE,
    );
    canvas.text("inlet", (x(inlet.along[0]), top - 18), Place::Left, BOLD, INK);
}

/// Marks along and across.
fn axes(canvas: &mut Canvas, run: &ChannelRun) {
    let [left, top, wide, high] = SECTION;
    let mesh = run.mesh();
    let mut marks = |whole: f64, parts: f64, draw: &mut dyn FnMut(&mut Canvas, f64, &str)| {
        let step = nice(whole / parts);
        let mut at = 0.0;
        while at <= whole * (1.0 + 1e-9) {
            draw(canvas, at / whole, &millimetres(at, step));
            at += step;
        }
    };
    marks(mesh.length, 8.0, &mut |canvas, part, text| {
        let x = left + (part * f64::from(wide)) as i32;
        canvas.line((x, top + high), (x, top + high + 6), 1, INK);
        canvas.text(text, (x, top + high + 18), Place::Middle, SMALL, INK);
    });
    marks(mesh.depth, 7.0, &mut |canvas, part, text| {
        let y = top + (part * f64::from(high)) as i32;
        canvas.line((left - 6, y), (left, y), 1, INK);
        canvas.text(text, (left - 10, y), Place::Right, SMALL, INK);
    });
    let below = top + high + 40;
    canvas.text(
        "along the channel [mm], depth from the inner wall [mm]",
        (left + wide / 2, below),
        Place::Middle,
        SMALL,
        GREY,
    );
}

/// Colours of the species.
fn legend(canvas: &mut Canvas, run: &ChannelRun, y: i32) {
    let mut x = SECTION[0];
    for c in &run.channel().components {
        canvas.fill((x, y - 6), (12, 12), c.species.colour);
        canvas.text(&c.species.name, (x + 18, y), Place::Left, SMALL, INK);
        x += 18 + super::canvas::text_width(&c.species.name, SMALL) + 24;
    }
}

/// What each port drew.
fn bags(canvas: &mut Canvas, run: &ChannelRun, found: &Findings) {
    let [left, wide] = BAGS;
    let top = SECTION[1];
    let most = found.ports.iter().map(|p| p.volume).fold(0.0, f64::max);
    let high = SECTION[3] / found.ports.len().max(1) as i32;
    for (i, p) in found.ports.iter().enumerate() {
        let y = top + i as i32 * high;
        canvas.text(&fit(&p.port, wide, BOLD), (left, y + 8), Place::Left, BOLD, INK);
        let frame = (60, high - 40);
        canvas.fill(
            (left, y + 24),
            (frame.0 as u32, frame.1.max(1) as u32),
            [236, 238, 242],
        );
        let full = if most > 0.0 {
            (p.volume / most * f64::from(frame.1)) as i32
        } else {
            0
        };
        let colour = blood(p.haematocrit);
        canvas.fill(
            (left, y + 24 + frame.1 - full),
            (frame.0 as u32, full.max(0) as u32),
            colour,
        );
        let white = |k: &usize| run.channel().components[*k].species.class == CellClass::Leukocyte;
        let whites: f64 = (0..p.species.len())
            .filter(white)
            .map(|k| p.species[k].cells)
            .sum();
        let platelet = |k: &usize| run.channel().components[*k].species.class == CellClass::Platelet;
        let platelets: f64 = (0..p.species.len())
            .filter(platelet)
            .map(|k| p.species[k].cells)
            .sum();
        let lines = [
            format!("{} mL", digits(p.volume / MILLILITRE, 3)),
            format!("haematocrit {} %", percent(p.haematocrit)),
            format!("{whites:.2e} leukocytes"),
            format!("{platelets:.2e} platelets"),
        ];
        for (n, text) in lines.iter().enumerate() {
            canvas.text(text, (left + 74, y + 34 + 20 * n as i32), Place::Left, SMALL, INK);
        }
    }
    let told = run.sensed().map_or_else(
        || "no interface at the sensor".to_owned(),
        |y| format!("interface {} mm deep", digits(y / MILLIMETRE, 3)),
    );
    canvas.text(&told, (left, top + SECTION[3] + 18), Place::Left, SMALL, GREY);
}

/// Colour of a fluid with so many red cells.
fn blood(haematocrit: f64) -> Colour {
    let part = 1.0 - (-strength(CellClass::Erythrocyte) * haematocrit).exp();
    let red = [150.0, 20.0, 30.0];
    [0, 1, 2].map(|c| (f64::from(PLASMA[c]) + part * (red[c] - f64::from(PLASMA[c]))).round() as u8)
}
