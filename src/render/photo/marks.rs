//! Marks around the vessel: the rotor's axis with the sense in which it turns, and where a flow comes in and leaves.

use super::super::canvas::{BOLD, Canvas, Colour, GREY, INK, Place, SMALL};
use super::view::ring;
use super::{Map, View};
use crate::chamber::duct::Section;
use crate::engine::{Feed, Setup};
use crate::model::Mounting;
use glam::{DVec2, DVec3};
use std::f64::consts::TAU;

/// Radius of the circle that shows the sense of rotation [pixels].
const CIRCLE: f64 = 18.0;
/// Length of the arrow at an inlet, and what is left between it and the vessel [pixels].
const ARROW: (f64, f64) = (22.0, 6.0);
/// How far outlets stand out from the end [pixels].
const LIP: f64 = 14.0;
/// Least distance of the numbers of outlets [pixels].
const APART: f64 = 15.0;
/// Least part of the axis that shows on the page for its ends to be marked.
const SHOWS: f64 = 0.3;

/// Directions of the rotor's axis and away from it in the vessel's frame (see [`crate::model::Rotor`]).
fn directions(mounting: Mounting) -> (DVec3, DVec3) {
    match mounting {
        Mounting::Fixed { gravity, arm } => {
            let up = -gravity.normalize_or(DVec3::NEG_Y);
            let any = up.any_orthonormal_vector();
            (up, arm.reject_from_normalized(up).normalize_or(any))
        }
        _ => (DVec3::Y, DVec3::Z),
    }
}

/// The rotor's axis as seen from where the vessel is seen: a line with its arrow upwards, and a circle in which the arrow says how the vessel is carried around. A rotor that stands still
/// has no sense.
pub fn rotor(canvas: &mut Canvas, view: View, mounting: Mounting, omega: f64, middle: (i32, i32)) {
    if mounting.on_bench() || view == View::Unrolled {
        return;
    }
    let [right, down] = view.axes(false);
    let flat = |q: DVec3| DVec2::new(right.dot(q), down.dot(q));
    let centre = DVec2::new(f64::from(middle.0), f64::from(middle.1));
    let (axis, outward) = directions(mounting);
    let motion = axis.cross(outward);
    let round = |angle: f64| {
        let (sin, cos) = angle.sin_cos();
        centre + CIRCLE * flat(outward * cos + motion * sin)
    };
    const PARTS: u32 = 40;
    // a gap, so that the arrow's head stands free
    const TURN: f64 = 0.85 * TAU;
    let points: Vec<DVec2> = (0..=PARTS)
        .map(|i| round(TURN * f64::from(i) / f64::from(PARTS)))
        .collect();
    for pair in points.windows(2) {
        stroke(canvas, pair[0], pair[1], INK);
    }
    if omega != 0.0 {
        // a head of a fixed length along the chord before the end
        let last = points.len() - 1;
        head(canvas, points[last], points[last] - points[last - 4], INK);
    }
    let up = flat(axis);
    if up.length() > SHOWS {
        stroke(
            canvas,
            centre - 1.5 * CIRCLE * up,
            centre + 1.5 * CIRCLE * up,
            GREY,
        );
        head(canvas, centre + 1.5 * CIRCLE * up, up, GREY);
    } else {
        // along the line of sight: the point of an arrow
        disc(canvas, centre, 2.5, GREY);
    }
    let below = middle.1 + (1.5 * CIRCLE) as i32 + 12;
    canvas.text("rotor", (middle.0, below), Place::Middle, SMALL, GREY);
    if omega == 0.0 {
        canvas.text("at rest", (middle.0, below + 14), Place::Middle, SMALL, GREY);
    }
}

/// Where the sample comes in, and the edges between the outlets with a number for each, in the order of [`outlets`].
pub fn ports(canvas: &mut Canvas, map: &Map, s: &Setup) {
    let Some(flow) = s.flow() else { return };
    let along = map.at(DVec3::Z * s.duct().length) - map.at(DVec3::ZERO);
    // how much of the axis lies in the page; either direction of the page may be stretched
    let shows = DVec2::new(map.axes[0].z, map.axes[1].z);
    // seen along the axis, or on the rolled-out wall, where lanes lie one behind another, there is nothing to mark
    if map.unrolled > 0.0 || shows.length() < SHOWS {
        return;
    }
    let along = along.normalize();
    let sides = sides(map, s);
    let place = |strip: f64, side: DVec3, z: f64| map.at(on(s, strip, side) + DVec3::Z * z);
    let shares = match s.ports.feed {
        Feed::Inlets { .. } => s.ports.inlets.iter().map(|i| i.share).collect(),
        Feed::Filled => vec![[0.0, 1.0]],
    };
    for share in shares {
        let strip = flow.inlet.strip(0.5 * (share[0] + share[1]));
        for side in &sides {
            let tip = place(strip, *side, 0.0) - ARROW.1 * along;
            stroke(canvas, tip - ARROW.0 * along, tip, INK);
            head(canvas, tip, along, INK);
        }
    }
    let end = s.duct().length;
    let mut edges = vec![0.0];
    edges.extend(s.ports.splits.iter().map(|share| flow.outlet.strip(*share)));
    edges.push(1.0);
    for side in &sides {
        for strip in &edges {
            let from = place(*strip, *side, end);
            stroke(canvas, from, from + LIP * along, GREY);
        }
    }
    if s.ports.splits.is_empty() || behind(map, s) {
        return;
    }
    // outlets may be narrower than their numbers: these are moved apart, outwards
    let side = sides[0];
    let outwards = (place(1.0, side, end) - place(0.0, side, end)).normalize_or_zero();
    let mut before = f64::NEG_INFINITY;
    for (k, pair) in edges.windows(2).enumerate() {
        let p = place(0.5 * (pair[0] + pair[1]), side, end) + (LIP + 8.0) * along;
        let out = outwards.dot(p);
        let moved = out.max(before + APART);
        before = moved;
        let p = p + (moved - out) * outwards;
        let at = (p.x.round() as i32, p.y.round() as i32);
        canvas.text(&(k + 1).to_string(), at, Place::Middle, BOLD, INK);
    }
    // the splitters as what they are, rings or plates, where the view shows them
    for share in &s.ports.splits {
        let radius = on(s, flow.outlet.strip(*share), DVec3::X).length();
        if !matches!(s.duct().section, Section::Channel { .. }) {
            let points: Vec<DVec2> = ring(radius, end).map(|q| map.at(q)).collect();
            for pair in points.windows(2) {
                stroke(canvas, pair[0], pair[1], GREY);
            }
        }
    }
}

/// Whether the view shows the outlets of a duct one behind the other, so that its numbers would lie on each other.
pub fn behind(map: &Map, s: &Setup) -> bool {
    let side = sides(map, s)[0];
    map.at(on(s, 0.0, side)).distance(map.at(on(s, 1.0, side))) < 1.0
}

/// What the legend says of the outlets at a time [us]: each with its number, or the one that takes all.
pub fn outlets(s: &Setup, names: &[String], time: f64) -> Vec<String> {
    if s.stream.is_none() || names.is_empty() {
        return Vec::new();
    }
    if !s.ports.splits.is_empty() {
        let numbered = names.iter().enumerate().map(|(k, n)| format!("{} {n}", k + 1));
        return std::iter::once("outlets".to_owned()).chain(numbered).collect();
    }
    let outlet = s.protocol.at(time).map_or(0, |p| p.outlet as usize);
    names
        .get(outlet)
        // one that nobody named
        .map(|n| {
            if n == "outlet" {
                n.clone()
            } else {
                format!("outlet: {n}")
            }
        })
        .into_iter()
        .collect()
}

/// The point of a strip on a side of the axis [um].
fn on(s: &Setup, strip: f64, side: DVec3) -> DVec3 {
    let [x, y] = match s.duct().section {
        Section::Channel { .. } if s.over_width() => s.duct().section.on_lane(0.5, strip),
        Section::Channel { .. } => s.duct().section.on_lane(strip, 0.5),
        _ => {
            let [r, _] = s.duct().section.on_lane(strip, 0.0);
            [r * side.x, r * side.y]
        }
    };
    DVec3::new(x, y, 0.0)
}

/// The sides of the axis that the view shows furthest from it: both of a round duct, and of a channel, whose lanes go from one wall
/// to the other, one.
fn sides(map: &Map, s: &Setup) -> Vec<DVec3> {
    let apparent = |q: DVec3| (map.at(q) - map.at(DVec3::ZERO)).length();
    let side = if apparent(DVec3::X) > apparent(DVec3::Y) {
        DVec3::X
    } else {
        DVec3::Y
    };
    match s.duct().section {
        Section::Channel { .. } => vec![side],
        _ => vec![side, -side],
    }
}

fn stroke(canvas: &mut Canvas, from: DVec2, to: DVec2, colour: Colour) {
    let [a, b] = [from, to].map(|p| (p.x.round() as i32, p.y.round() as i32));
    canvas.line(a, b, 1, colour);
}

/// The head of an arrow that points along `way` and ends at `tip`.
fn head(canvas: &mut Canvas, tip: DVec2, way: DVec2, colour: Colour) {
    let Some(way) = way.try_normalize() else { return };
    for side in [0.45, -0.45] {
        let back = DVec2::from_angle(side).rotate(-way);
        stroke(canvas, tip, tip + 9.0 * back, colour);
    }
}

fn disc(canvas: &mut Canvas, centre: DVec2, radius: f64, colour: Colour) {
    let r = radius.ceil() as i32;
    let middle = (centre.x.round() as i32, centre.y.round() as i32);
    for y in -r..=r {
        for x in -r..=r {
            if f64::from(x * x + y * y) <= radius * radius {
                canvas.put(middle.0 + x, middle.1 + y, colour);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rotor;
    use crate::scenario::Scene;

    fn separator(name: &str) -> (Setup, Vec<String>) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples/scenes")
            .join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        let scene = Scene::from_str(name, &text).unwrap();
        (scene.setup, scene.outlets)
    }

    #[test]
    fn outlets_by_lane_and_by_phase() {
        let (s, names) = separator("quadrupole_sorter.toml");
        assert_eq!(
            outlets(&s, &names, 0.0),
            ["outlets", "1 unlabelled", "2 labelled"]
        );
        let (s, names) = separator("cd34_selection_column.toml");
        assert_eq!(outlets(&s, &names, 0.0), ["outlet: flow-through"]);
        assert_eq!(outlets(&s, &names, s.duration().us()), ["outlet: CD34+"]);
        // a closed tube has none
        let (s, names) = separator("rack_separation.toml");
        assert!(outlets(&s, &names, 0.0).is_empty());
    }

    /// A flat channel is stretched across on its page from the side, and its inlet and outlets are marked all the same.
    #[test]
    fn ports_of_a_stretched_channel() {
        use super::super::{Colouring, Look, Photo, Subject};
        let (s, _) = separator("microchannel.toml");
        let subject = Subject(&s);
        for (view, marked) in [(View::Side, true), (View::Top, true), (View::Along, false)] {
            let look = Look {
                view,
                colouring: Colouring::Species,
                size: [960, 540],
                hidden: Vec::new(),
                magnets: false,
                zoom: 1.0,
                pan: [0.0; 2],
            };
            let photo = Photo::new(subject, look).unwrap();
            assert!(view != View::Side || photo.map.stretch() > 4.0);
            let mut canvas = Canvas::new(960, 540);
            ports(&mut canvas, &photo.map, &s);
            assert_eq!(!ink(&canvas).is_empty(), marked, "{view:?}");
        }
    }

    /// The dark pixels.
    fn ink(canvas: &Canvas) -> Vec<(i32, i32)> {
        let dark = canvas.0.enumerate_pixels().filter(|(.., p)| p.0 == INK);
        dark.map(|(x, y, _)| (x as i32, y as i32)).collect()
    }

    /// By hand: from the side the rotor's axis points at the eye, and what lies below it, away from the axis, goes to the right:
    /// counter-clockwise. The circle begins at the bottom and its arrow's head, after 0.85 of a turn, is at
    /// (sin, cos)(306 degrees) = (-0.81, 0.59) of the radius, left of the middle and below. From behind the sense is the other.
    #[test]
    fn the_sense_of_rotation() {
        let drawn = |view, omega| {
            let mut canvas = Canvas::new(100, 100);
            rotor(&mut canvas, view, Mounting::SwingOut, omega, (50, 50));
            ink(&canvas)
        };
        let head = |view| -> Vec<(i32, i32)> {
            let still = drawn(view, 0.0);
            let all = drawn(view, 1.0).into_iter();
            all.filter(|p| !still.contains(p)).collect()
        };
        let behind = View::Orbit {
            azimuth: 180.0,
            elevation: 0.0,
        };
        for (view, side) in [(View::Side, -1), (behind, 1)] {
            let head = head(view);
            assert!(head.len() > 5, "{view:?}: {head:?}");
            assert!(
                head.iter().all(|(x, y)| (x - 50) * side > 3 && *y > 50),
                "{view:?}: {head:?}"
            );
        }
        let mut canvas = Canvas::new(100, 100);
        rotor(&mut canvas, View::Side, Rotor::bench().mounting, 0.0, (50, 50));
        assert!(ink(&canvas).is_empty());
    }
}
