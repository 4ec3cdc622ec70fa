//! Plots below the duct: where on the surfaces the cells sit, and which mobilities were caught and which passed. One strip a
//! place, one above the other on the same axis.

use super::super::canvas::{BOLD, Canvas, Colour, GREY, INK, PALE, Place, SMALL, fit};
use super::super::plot::darker;
use super::super::tube::{millimetres, nice};
use super::window::frame;
use crate::constants::MILLIMETRE;
use crate::engine::{Charge, Separated, Separator};
use crate::kernels::passage::{HELD, OUT};
use crate::magnets::MOBILITY_SI;
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

/// A place with a value for every bin of each species.
struct Strip {
    name: String,
    /// Colour, and heights relative to the greatest of the strip, or of all.
    series: Vec<(Colour, Vec<f64>)>,
}

/// Both panels.
pub(super) fn plots(canvas: &mut Canvas, s: &Separator, charge: &Charge, run: &Separated, all: &Separation) {
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
fn surfaces(
    canvas: &mut Canvas,
    s: &Separator,
    charge: &Charge,
    run: &Separated,
    places: &[End],
    until: &str,
) {
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
    canvas.text("cells held along z", (left, TOP - 26), Place::Left, BOLD, INK);
    let width = s.duct.length / MILLIMETRE / BINS as f64;
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
                    (c.component.species.colour, row.iter().map(height).collect())
                })
                .collect(),
        })
        .collect();
    draw(canvas, left, &strips);
    let high = (HEIGHT - GAP * (strips.len().min(MOST) as i32 - 1)) / strips.len().min(MOST) as i32;
    for (y, log) in [(TOP + name_room(high), top), (TOP + high, top - DECADES)] {
        let label = format!("1e{log:.0}");
        canvas.text(&label, (left - 8, y - 4), Place::Right, SMALL, INK);
    }
    canvas.text("a mm", (left - 8, TOP + high / 2), Place::Right, SMALL, GREY);
    let step = nice(s.duct.length / 6.0);
    let mut z = 0.0;
    while z <= s.duct.length * (1.0 + 1e-9) {
        let x = left + (z / s.duct.length * f64::from(WIDTH)).round() as i32;
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
fn moved(canvas: &mut Canvas, s: &Separator, charge: &Charge, run: &Separated, places: &[End]) {
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
    // the first column is for what is not pulled
    let count = ((edges[1] - edges[0]) / (first.range[1].log10() - edges[0])).round() as usize + 2;
    let of = |bin: f64| {
        2 + ((bin.log10() - edges[0]) / (edges[1] - edges[0]) * (count - 2) as f64).round() as usize
    };
    let totals = charge.counts();
    // where magnets went off, what was caught has gone elsewhere since: it is counted as caught
    let mut strips = Vec::new();
    let released = run.held.is_some();
    let mut strip = |name: String, take: &dyn Fn(usize, usize) -> bool| {
        let mut some = 0;
        let series = s
            .components
            .iter()
            .enumerate()
            .map(|(k, c)| {
                let mut heights = vec![0.0; count];
                for b in &bins {
                    let column = if b.range[1] > 0.0 { of(b.range[0]) } else { 0 };
                    for (at, both) in b.parcels[k].iter().enumerate() {
                        for n in [0, 1]
                            .into_iter()
                            .filter(|caught| take(at, *caught))
                            .map(|i| both[i])
                        {
                            some += n;
                            if let Some(h) = heights.get_mut(column) {
                                *h += n as f64 / totals[k].max(1) as f64;
                            }
                        }
                    }
                }
                (c.component.species.colour, heights)
            })
            .collect();
        if some > 0 {
            strips.push(Strip { name, series });
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
    // on one scale for the pulled ones; a species that is not pulled is all in one column
    let most = strips
        .iter()
        .flat_map(|strip| &strip.series)
        .flat_map(|(_, h)| h.iter().skip(1))
        .copied()
        .fold(1e-9, f64::max);
    for (_, heights) in strips.iter_mut().flat_map(|strip| &mut strip.series) {
        for (i, h) in heights.iter_mut().enumerate().filter(|(_, h)| **h > 0.0) {
            *h = if i == 0 { *h } else { *h / most };
        }
    }
    draw(canvas, left, &strips);
    let x_of = |column: f64| left + (column / count as f64 * f64::from(WIDTH)).round() as i32;
    tick(canvas, x_of(0.5), "none");
    let si = |log: f64| log - MOBILITY_SI.log10();
    let (from, to) = (si(edges[0]).ceil() as i32, si(edges[1]).floor() as i32);
    for decade in from..=to {
        let part = (f64::from(decade) - si(edges[0])) / (edges[1] - edges[0]);
        tick(
            canvas,
            x_of(2.0 + part * (count - 2) as f64),
            &format!("1e{decade}"),
        );
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
    if high > 24 { 14 } else { 2 }
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

/// Draws strips one above the other.
fn draw(canvas: &mut Canvas, left: i32, strips: &[Strip]) {
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
        for (colour, heights) in &strip.series {
            let x = |i: usize| left + (i as f64 / heights.len() as f64 * f64::from(WIDTH)).round() as i32;
            let y = |h: f64| bottom - (h * tall).round() as i32;
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
