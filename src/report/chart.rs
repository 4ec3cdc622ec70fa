//! Figures: panels of lines, bands and bars on axes, with one legend.

use super::axis::Axis;
use super::svg::{Anchor, Colour, GREY, INK, PALE, Stroke, Svg, WHITE, width};
use crate::output::readings;

/// Width of a figure [px]: that of the page.
pub const WIDTH: f64 = 1040.0;
const FONT: f64 = 13.0;
/// Room beside a panel for its ticks and the label of its axis.
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
/// Room above a panel for its title, and below for its axis.
const TOP: f64 = 26.0;
const BOTTOM: f64 = 46.0;
const LEGEND_LINE: f64 = 22.0;

/// How something looks in all panels of a figure, and what it is called in the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Name in the legend.
    pub label: String,
    /// Colour of the line or area.
    pub colour: Colour,
    /// Number of the dash or hatch.
    pub pattern: usize,
}

/// What a panel shows, in this order from the back.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// The area between two lines through points `[x, y1, y2]`; it ends where a y is not a number.
    Band(Look, Vec<[f64; 3]>),
    /// Bars from y = 0, or on those before at the same place: `[from, to, height]`.
    Bars(Look, Vec<[f64; 3]>),
    /// A line through points; it has a gap where a y is not a number.
    Line(Look, Vec<[f64; 2]>),
    /// Readings over time: a line where one is near the next, and points where they are few or far apart.
    Readings(Look, Vec<[f64; 2]>),
}

/// One plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Above it.
    pub title: String,
    /// Across.
    pub x: Axis,
    /// Up, or down.
    pub y: Axis,
    /// What it shows.
    pub marks: Vec<Mark>,
}

/// Plots that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Name of its file, a word.
    pub name: &'static str,
    /// What it is.
    pub title: String,
    /// What is to be seen; stands below it.
    pub caption: String,
    /// Its plots, row by row.
    pub panels: Vec<Panel>,
    /// How many stand beside each other.
    pub columns: usize,
    /// Height of the inside of a panel [px].
    pub height: f64,
}

impl Figure {
    /// The picture.
    pub fn svg(&self) -> String {
        let columns = self.columns.clamp(1, 4);
        let rows = self.panels.len().div_ceil(columns);
        let legend = legend(self.panels.iter().flat_map(|p| &p.marks).map(Mark::look));
        let head = legend.last().map_or(0.0, |l| l.1[1] + LEGEND_LINE);
        let [cell_w, cell_h] = [WIDTH / columns as f64, TOP + self.height + BOTTOM];
        let mut svg = Svg::new(self.name, [WIDTH, head + cell_h * rows as f64]);
        for (mark, [x, y]) in legend {
            key(&mut svg, mark, [x, y]);
        }
        for (i, panel) in self.panels.iter().enumerate() {
            let [column, row] = [(i % columns) as f64, (i / columns) as f64];
            let frame = Frame {
                left: column * cell_w + LEFT,
                top: head + row * cell_h + TOP,
                width: cell_w - LEFT - RIGHT,
                height: self.height,
            };
            draw(&mut svg, panel, &frame);
        }
        svg.finish(&self.title, &self.caption)
    }
}

impl Mark {
    /// The values that are drawn, along the y axis.
    pub fn heights(&self) -> Vec<f64> {
        match self {
            Self::Line(_, points) | Self::Readings(_, points) => points.iter().map(|p| p[1]).collect(),
            Self::Bars(_, points) => points.iter().map(|p| p[2]).collect(),
            Self::Band(_, points) => points.iter().flat_map(|p| [p[1], p[2]]).collect(),
        }
    }

    fn look(&self) -> (bool, &Look) {
        match self {
            Self::Line(look, _) | Self::Readings(look, _) => (true, look),
            Self::Band(look, _) | Self::Bars(look, _) => (false, look),
        }
    }
}

/// Every look once, in the order in which they come, with the place of its key.
fn legend<'a>(looks: impl Iterator<Item = (bool, &'a Look)>) -> Vec<((bool, &'a Look), [f64; 2])> {
    let mut out: Vec<((bool, &Look), [f64; 2])> = Vec::new();
    let [mut x, mut y] = [LEFT, 4.0];
    for look in looks.filter(|l| !l.1.label.is_empty()) {
        if out.iter().any(|(other, _)| *other == look) {
            continue;
        }
        let wide = 44.0 + width(&look.1.label, FONT) + 14.0;
        if x > LEFT && x + wide > WIDTH {
            (x, y) = (LEFT, y + LEGEND_LINE);
        }
        out.push((look, [x, y]));
        x += wide;
    }
    out
}

fn key(svg: &mut Svg, (line, look): (bool, &Look), [x, y]: [f64; 2]) {
    if line {
        svg.line([x, y + 8.0], [x + 36.0, y + 8.0], stroke(look));
    } else {
        svg.bar([x + 10.0, y + 1.0], [26.0, 14.0], look.colour, look.pattern);
    }
    svg.text([x + 42.0, y + 12.5], Anchor::Start, FONT, INK, false, &look.label);
}

fn stroke(look: &Look) -> Stroke {
    Stroke {
        colour: look.colour,
        width: 2.0,
        dash: look.pattern,
    }
}

/// Where the inside of a panel is [px].
struct Frame {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Frame {
    /// Place of `x` of the panel's axis, kept inside.
    fn x(&self, panel: &Panel, x: f64) -> f64 {
        self.left + self.width * panel.x.part(x).clamp(0.0, 1.0)
    }

    fn y(&self, panel: &Panel, y: f64) -> f64 {
        let part = panel.y.part(y).clamp(0.0, 1.0);
        self.top + self.height * if panel.y.down { part } else { 1.0 - part }
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn right(&self) -> f64 {
        self.left + self.width
    }
}

fn draw(svg: &mut Svg, panel: &Panel, frame: &Frame) {
    let pale = Stroke::thin(PALE);
    let (most_x, most_y) = (frame.width / 60.0, frame.height / 34.0);
    for (y, name) in panel.y.ticks(most_y) {
        let at = frame.y(panel, y);
        svg.line([frame.left, at], [frame.right(), at], pale);
        svg.text([frame.left - 6.0, at + 4.5], Anchor::End, FONT, INK, false, &name);
    }
    for (x, name) in panel.x.ticks(most_x) {
        let at = frame.x(panel, x);
        svg.line([at, frame.top], [at, frame.bottom()], pale);
        svg.text(
            [at, frame.bottom() + 17.0],
            Anchor::Middle,
            FONT,
            INK,
            false,
            &name,
        );
    }
    for mark in &panel.marks {
        if let Mark::Band(look, points) = mark {
            band(svg, panel, frame, look, points);
        }
    }
    bars(svg, panel, frame);
    for mark in &panel.marks {
        match mark {
            Mark::Line(look, points) => svg.path(&runs(panel, frame, points), stroke(look)),
            Mark::Readings(look, points) => readings_of(svg, panel, frame, look, points),
            Mark::Band(..) | Mark::Bars(..) => {}
        }
    }
    let ink = Stroke::thin(INK);
    let corner = [frame.left, frame.bottom()];
    svg.line([frame.left, frame.top], corner, ink);
    svg.line(corner, [frame.right(), frame.bottom()], ink);
    svg.text(
        [frame.left, frame.top - 9.0],
        Anchor::Start,
        FONT,
        INK,
        true,
        &panel.title,
    );
    let middle = frame.left + 0.5 * frame.width;
    svg.text(
        [middle, frame.bottom() + 36.0],
        Anchor::Middle,
        FONT,
        GREY,
        false,
        &panel.x.label,
    );
    svg.upright(
        [frame.left - 46.0, frame.top + 0.5 * frame.height],
        FONT,
        GREY,
        &panel.y.label,
    );
}

/// A line where readings are near each other, points where they are not, and at all of them where they are few.
fn readings_of(svg: &mut Svg, panel: &Panel, frame: &Frame, look: &Look, points: &[[f64; 2]]) {
    let pieces = readings::joined(points, panel.y.range[1] - panel.y.range[0]);
    let few = pieces.iter().map(Vec::len).sum::<usize>() <= readings::FEW;
    let (single, lines): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| piece.len() == 1);
    for piece in &lines {
        svg.path(&runs(panel, frame, piece), stroke(look));
    }
    let dots = single
        .iter()
        .chain(lines.iter().filter(|_| few))
        .flatten()
        .map(|[x, y]| vec![[frame.x(panel, *x), frame.y(panel, *y)]])
        .collect::<Vec<_>>();
    let dot = Stroke {
        width: 5.0,
        dash: 0,
        ..stroke(look)
    };
    svg.path(&dots, dot);
}

/// The runs of a line that are to be drawn: without what is not a number, and without ways along an edge beyond which the
/// values lie.
fn runs(panel: &Panel, frame: &Frame, points: &[[f64; 2]]) -> Vec<Vec<[f64; 2]>> {
    let beyond = |y: f64| panel.y.part(y) < -1e-9;
    let place = |[x, y]: [f64; 2]| [frame.x(panel, x), frame.y(panel, y)];
    let mut out: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut run: Vec<[f64; 2]> = Vec::new();
    let mut last: Option<[f64; 2]> = None;
    for p in points {
        let number = p[0].is_finite() && p[1].is_finite();
        let along_edge = last.is_some_and(|l| beyond(l[1])) && beyond(p[1]);
        if !number || along_edge {
            out.push(std::mem::take(&mut run));
        }
        last = number.then_some(*p);
        if number {
            run.push(place(*p));
        }
    }
    out.push(run);
    // a point beyond the edge alone is nothing to be seen
    out.retain(|r| {
        r.len() > 1
            || r.first()
                .is_some_and(|p| p[1] < frame.bottom() - 0.01 || panel.y.down)
    });
    out
}

fn band(svg: &mut Svg, panel: &Panel, frame: &Frame, look: &Look, points: &[[f64; 3]]) {
    // of readings over time, as lines are: no area across what was not read
    let span = panel.y.range[1] - panel.y.range[0];
    let near = |a: &[f64; 3], b: &[f64; 3]| {
        (1..3).all(|i| (a[i] - b[i]).abs() <= readings::STEP * span) && a[0].is_finite() && b[0].is_finite()
    };
    for run in points.chunk_by(near) {
        if run.len() < 2 {
            continue;
        }
        let there = run.iter().map(|p| [p[0], p[1]]);
        let back = run.iter().rev().map(|p| [p[0], p[2]]);
        let outline: Vec<[f64; 2]> = there
            .chain(back)
            .map(|[x, y]| [frame.x(panel, x), frame.y(panel, y)])
            .collect();
        svg.area(&outline, look.colour);
    }
}

/// Bars of all looks, on each other where they have the same place.
fn bars(svg: &mut Svg, panel: &Panel, frame: &Frame) {
    let mut below: Vec<([f64; 2], f64)> = Vec::new();
    for mark in &panel.marks {
        let Mark::Bars(look, list) = mark else { continue };
        for [from, to, high] in list
            .iter()
            .filter(|b| b.iter().all(|x| x.is_finite()) && b[2] > 0.0)
        {
            let base = match below.iter_mut().find(|(place, _)| *place == [*from, *to]) {
                Some((_, sum)) => {
                    let base = *sum;
                    *sum += high;
                    base
                }
                None => {
                    below.push(([*from, *to], *high));
                    0.0
                }
            };
            let [x1, x2] = [frame.x(panel, *from), frame.x(panel, *to)];
            let [low, top] = [frame.y(panel, base), frame.y(panel, base + high)];
            svg.bar([x1, top], [x2 - x1, low - top], look.colour, look.pattern);
            if x2 - x1 > 6.0 {
                let white = Stroke::thin(WHITE);
                svg.path(&[vec![[x1, low], [x1, top], [x2, top], [x2, low]]], white);
            }
        }
    }
}

#[cfg(test)]
#[path = "chart_tests.rs"]
mod tests;
