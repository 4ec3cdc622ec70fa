//! Plots below the duct: where on the surfaces the cells sit, and which mobilities were caught and which passed. One strip a
//! place, one above the other on the same axis.

use super::super::canvas::{BOLD, Canvas, Colour, GREY, INK, PALE, Place, SMALL, fit};
use super::super::plot::darker;
use super::super::tube::{millimetres, nice};
use super::window::frame;
use crate::constants::MILLIMETRE;
use crate::engine::{Outcome, Setup};
use crate::kernels::passage::{HELD, OUT};
use crate::magnets::MOBILITY_SI;
use crate::model::Parcels;
use crate::observe::held::{Along, BINS, mobilities, on_surface};
use crate::observe::{Place as End, Separation};

/// Upper edge, width and height of a panel [pixels]; left edges of both.
const TOP: i32 = 880;
const WIDTH: i32 = 500;
const HEIGHT: i32 = 210;
const LEFTS: [i32; 2] = [100, 700];
/// Pixels between two strips.
const GAP: i32 = 6;
/// Most strips that are drawn.
const MOST: usize = 6;
/// Pixels left of the axis of mobilities, for cells that are not pulled.
const BESIDE: i32 = 92;

/// A place with a value for every bin of each species.
struct Strip {
    name: String,
    /// Bars left of the axis, one a species: colour and height, 0 to 1.
    beside: Vec<(Colour, f64)>,
    /// Curves: colour and heights, 0 to 1.
    series: Vec<(Colour, Vec<f64>)>,
}

/// Both panels.
pub(super) fn plots(canvas: &mut Canvas, s: &Setup, charge: &Parcels, run: &Outcome, all: &Separation) {
    let places: Vec<End> = all.fractions.iter().map(|f| f.place.clone()).collect();
    let until = all.released.as_ref().map_or(String::new(), |before| {
        format!(", until {}", super::super::tube::time(before.time))
    });
    surfaces(canvas, s, charge, run, &places, &until);
    moved(canvas, s, charge, run, &places);
}

/// Decades of numbers of cells, down from the most.
const DECADES: f64 = 5.0;

/// Cells along each surface that holds some, on a logarithmic axis that all share.
fn surfaces(canvas: &mut Canvas, s: &Setup, charge: &Parcels, run: &Outcome, places: &[End], until: &str) {
    let left = LEFTS[0];
    let mut rows = Vec::new();
    let mut also = "";
    for place in places {
        let Some(along) = on_surface(s, charge, run, place).into_iter().next() else {
            continue;
        };
        if along.parcels.iter().flatten().all(|n| *n == 0) {
            continue;
        }
        if along.along == Along::Z {
            rows.push((format!("{}{until}", place.name), along.parcels));
        } else {
            also = "; the closed end holds some, too";
        }
    }
    let beads = s.components.iter().any(|c| c.response.is_free_bead());
    let what = if beads {
        "cells, and free beads, held along z"
    } else {
        "cells held along z"
    };
    canvas.text(what, (left, TOP - 26), Place::Left, BOLD, INK);
    let width = s.duct().length / MILLIMETRE / BINS as f64;
    let cells = |k: usize, n: u64| n as f64 * charge.weight[k] / width;
    let numbers = |parcels: &[[u64; BINS]]| -> f64 {
        let each = |(k, row): (usize, &[u64; BINS])| cells(k, row.iter().copied().max().unwrap_or(0));
        parcels.iter().enumerate().map(each).fold(0.0, f64::max)
    };
    let most = rows.iter().map(|r| numbers(&r.1)).fold(0.0, f64::max);
    if most <= 0.0 {
        empty(canvas, left, &format!("no surface holds any{also}"));
        return;
    }
    let top = most.log10().ceil();
    let strips: Vec<Strip> = rows
        .into_iter()
        .map(|(name, parcels)| Strip {
            name,
            beside: Vec::new(),
            series: parcels
                .iter()
                .zip(&s.components)
                .enumerate()
                .map(|(k, (row, c))| {
                    let height = |n: &u64| {
                        let log = cells(k, *n).log10();
                        if *n == 0 {
                            0.0
                        } else {
                            (1.0 + (log - top) / DECADES).max(1e-3)
                        }
                    };
                    (c.species.colour, row.iter().map(height).collect())
                })
                .collect(),
        })
        .collect();
    draw(canvas, left, 0, &strips);
    let high = (HEIGHT - GAP * (strips.len().min(MOST) as i32 - 1)) / strips.len().min(MOST) as i32;
    for (y, log) in [(TOP + name_room(high), top), (TOP + high, top - DECADES)] {
        let label = format!("1e{log:.0}");
        canvas.text(&label, (left - 8, y - 4), Place::Right, SMALL, INK);
    }
    canvas.text("per mm", (left - 8, TOP + high / 2), Place::Right, SMALL, GREY);
    let step = nice(s.duct().length / 6.0);
    let mut z = 0.0;
    while z <= s.duct().length * (1.0 + 1e-9) {
        let x = left + (z / s.duct().length * f64::from(WIDTH)).round() as i32;
        tick(canvas, x, &millimetres(z, step));
        z += step;
    }
    canvas.text(
        &format!("z [mm], {} mm a step{also}", crate::units::digits(width, 2)),
        (left + WIDTH / 2, TOP + HEIGHT + 36),
        Place::Middle,
        SMALL,
        GREY,
    );
}

/// Mobilities of what was caught and of what passed, as shares of all cells of the species.
fn moved(canvas: &mut Canvas, s: &Setup, charge: &Parcels, run: &Outcome, places: &[End]) {
    let left = LEFTS[1];
    let bins = mobilities(charge, run, places);
    canvas.text(
        "mobility of what was caught and what passed",
        (left, TOP - 26),
        Place::Left,
        BOLD,
        INK,
    );
    let pulled: Vec<_> = bins.iter().filter(|b| b.range[1] > 0.0).collect();
    let (Some(first), Some(last)) = (pulled.first(), pulled.last()) else {
        empty(canvas, left, "the field pulls none of these cells");
        return;
    };
    let edges = [first.range[0].log10(), last.range[1].log10()];
    let bin = first.range[1].log10() - edges[0];
    let count = ((edges[1] - edges[0]) / bin).round().max(1.0) as usize;
    let totals = charge.counts();
    // where magnets went off, what was caught has gone elsewhere since: it is counted as caught
    let released = run.held.is_some();
    let mut strips = Vec::new();
    let mut strip = |name: String, take: &dyn Fn(usize, usize) -> bool| {
        let mut some = 0;
        let (mut beside, mut series) = (Vec::new(), Vec::new());
        for (k, c) in s.components.iter().enumerate() {
            let (mut none, mut heights) = (0.0, vec![0.0; count]);
            for b in &bins {
                let each = b.parcels[k].iter().enumerate();
                let n: u64 = each
                    .map(|(at, both)| {
                        [0, 1]
                            .map(|i| if take(at, i) { both[i] } else { 0 })
                            .iter()
                            .sum::<u64>()
                    })
                    .sum();
                some += n;
                let share = n as f64 / totals[k].max(1) as f64;
                if b.range[1] <= 0.0 {
                    none += share;
                } else if let Some(h) =
                    heights.get_mut(((b.range[0].log10() - edges[0]) / bin).round() as usize)
                {
                    *h += share;
                }
            }
            beside.push((c.species.colour, none));
            series.push((c.species.colour, heights));
        }
        if some > 0 {
            strips.push(Strip { name, beside, series });
        }
    };
    if released {
        strip("caught".into(), &|_, caught| caught == 1);
    }
    for (i, place) in places.iter().enumerate() {
        let name = match place.fate {
            f if f >= OUT => format!("out: {}", place.name),
            f if f >= HELD => format!("held: {}", place.name),
            _ => place.name.clone(),
        };
        // what was caught and let go stands with what was caught
        strip(name, &|at, caught| at == i && !(released && caught == 1));
    }
    // curves on one scale; of a species that is not pulled all is in one bar
    let heights = strips.iter().flat_map(|strip| &strip.series).flat_map(|(_, h)| h);
    let most = heights.copied().fold(1e-9, f64::max);
    for (_, heights) in strips.iter_mut().flat_map(|strip| &mut strip.series) {
        heights.iter_mut().for_each(|h| *h /= most);
    }
    draw(canvas, left, BESIDE, &strips);
    tick(canvas, left + BESIDE / 2, "none");
    let si = |log: f64| log - MOBILITY_SI.log10();
    let (from, to) = (si(edges[0]).ceil() as i32, si(edges[1]).floor() as i32);
    for decade in from..=to {
        let part = (f64::from(decade) - si(edges[0])) / (edges[1] - edges[0]);
        let x = left + BESIDE + (part * f64::from(WIDTH - BESIDE)).round() as i32;
        tick(canvas, x, &format!("1e{decade}"));
    }
    canvas.text(
        "in a weak field [m3 s/kg], shares of all of a species",
        (left + WIDTH / 2, TOP + HEIGHT + 36),
        Place::Middle,
        SMALL,
        GREY,
    );
}

/// Room for its name above the curves of a strip that is so high.
fn name_room(high: i32) -> i32 {
    if high > 32 { 20 } else { 2 }
}

fn empty(canvas: &mut Canvas, left: i32, text: &str) {
    frame(canvas, (left, TOP), (left + WIDTH, TOP + HEIGHT));
    canvas.text(text, (left + 12, TOP + 18), Place::Left, SMALL, GREY);
}

fn tick(canvas: &mut Canvas, x: i32, label: &str) {
    let bottom = TOP + HEIGHT;
    canvas.line((x, bottom), (x, bottom + 6), 1, INK);
    canvas.text(label, (x, bottom + 17), Place::Middle, SMALL, INK);
}

/// Draws strips one above the other, whose curves begin `indent` pixels from the left.
fn draw(canvas: &mut Canvas, left: i32, indent: i32, strips: &[Strip]) {
    let count = strips.len().clamp(1, MOST) as i32;
    let high = (HEIGHT - GAP * (count - 1)) / count;
    for (i, strip) in strips.iter().take(MOST).enumerate() {
        let top = TOP + i as i32 * (high + GAP);
        // the last one ends where the axis is
        let bottom = if i as i32 + 1 == count {
            TOP + HEIGHT
        } else {
            top + high
        };
        frame(canvas, (left, top), (left + WIDTH, bottom));
        let tall = f64::from(bottom - top - name_room(high));
        let y = |h: f64| bottom - (h * tall).round() as i32;
        for (k, (colour, h)) in strip.beside.iter().enumerate().filter(|(_, b)| b.1 > 0.0) {
            let each = (indent - 8) / strip.beside.len() as i32;
            let from = y(*h).min(bottom - 2);
            let at = (left + 4 + each * k as i32, from);
            canvas.fill(at, ((each - 2).max(1) as u32, (bottom - from) as u32), *colour);
        }
        for (colour, heights) in &strip.series {
            let wide = f64::from(WIDTH - indent);
            let x = |i: usize| left + indent + (i as f64 / heights.len() as f64 * wide).round() as i32;
            let ink = darker(*colour);
            let mut before = bottom;
            for (i, h) in heights.iter().enumerate() {
                let here = y(*h);
                // a few cells are not none
                let here = if *h > 0.0 { here.min(bottom - 2) } else { here };
                if here < bottom || before < bottom {
                    canvas.line((x(i), before), (x(i), here), 2, ink);
                }
                if here < bottom {
                    canvas.line((x(i), here), (x(i + 1), here), 2, ink);
                }
                before = here;
            }
            if before < bottom {
                canvas.line((left + WIDTH, before), (left + WIDTH, bottom), 2, ink);
            }
        }
        canvas.line((left, bottom), (left + WIDTH, bottom), 1, PALE);
        canvas.text(
            &fit(&strip.name, WIDTH - 20, SMALL),
            (left + WIDTH - 6, top + 10),
            Place::Right,
            SMALL,
            INK,
        );
    }
}
