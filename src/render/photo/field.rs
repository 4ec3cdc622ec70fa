//! The magnets of a separator and lines of equal |B|, in the plane through the axis of the duct that the view looks at, or on the
//! wall that it rolls out.

use super::super::canvas::{Canvas, Colour, Place, SMALL};
use super::{Map, View};
use crate::magnets::Field;
use glam::{DVec2, DVec3};
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// Pixels between the points at which the field is worked out.
const MESH: i32 = 6;
/// Levels of |B| [T], each with its neighbours about a factor of two apart.
const LEVELS: [f64; 12] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
];
const LINE: Colour = [230, 159, 0];
/// Readable on paper and on the dark of the vessel.
const NAME: Colour = [196, 132, 0];
const BODY: Colour = [196, 200, 206];

/// The place that a pixel shows, in the plane that [`draw`] draws in; none beyond the edges of a rolled-out wall. An orbit looks at
/// the plane through the axis that it sees widest, or from nearly along the axis at the one across, in the middle of the duct.
fn place(map: &Map, view: View, (lying, length): (bool, f64), p: DVec2) -> Option<DVec3> {
    let axes = view.axes(lying);
    let part: [f64; 2] = std::array::from_fn(|k| (p[k] - map.rows[k].w) / map.scale[k]);
    match view {
        View::Unrolled => {
            // arc and z; which of the two lies across is the axes' matter
            let flat = axes[0] * part[0] + axes[1] * part[1];
            let angle = flat.x / map.unrolled;
            let (sin, cos) = angle.sin_cos();
            (angle.abs() <= PI).then(|| DVec3::new(map.unrolled * cos, map.unrolled * sin, flat.z))
        }
        View::Orbit { azimuth, elevation } => {
            let (sin, cos) = azimuth.to_radians().sin_cos();
            let (rise, level) = elevation.to_radians().sin_cos();
            let (across, towards) = (DVec3::new(cos, sin, 0.0), DVec3::new(-sin, cos, 0.0));
            let (along, aside) = if lying {
                (part[0], -part[1])
            } else {
                (part[1], part[0])
            };
            Some(if level.abs() >= STEEP {
                across * aside + DVec3::Z * (along / level)
            } else {
                let middle = 0.5 * length;
                across * aside + towards * ((along - middle * level) / rise) + DVec3::Z * middle
            })
        }
        _ => Some(axes[0] * part[0] + axes[1] * part[1]),
    }
}

/// Cosine of the elevation from which on an orbit looks at the plane across the axis.
const STEEP: f64 = 0.4;

/// Draws them between `low` and `high` [pixels]; no lines where the magnets are not `on`.
pub fn draw(
    canvas: &mut Canvas,
    (field, on): (&Field, bool),
    (map, view, duct): (&Map, View, (bool, f64)),
    (low, high): ((i32, i32), (i32, i32)),
) {
    let place = |p: DVec2| place(map, view, duct, p);
    bodies(canvas, field, &place, (low, high));
    let (columns, rows) = ((high.0 - low.0) / MESH, (high.1 - low.1) / MESH);
    let at = |i: i32, k: i32| DVec2::new(f64::from(low.0 + i * MESH), f64::from(low.1 + k * MESH));
    let strength: Vec<Option<f64>> = (0..=rows)
        .flat_map(|k| (0..=columns).map(move |i| (i, k)))
        .map(|(i, k)| place(at(i, k)).filter(|q| on && field.off_bodies(*q) > 0.0))
        .map(|q| Some(field.at(q?).ok()?.magnitude()))
        .collect();
    let value = |i: i32, k: i32| strength[(k * (columns + 1) + i) as usize];
    let mut labels: BTreeMap<usize, DVec2> = BTreeMap::new();
    for k in 0..rows {
        for i in 0..columns {
            let corners = [(i, k), (i + 1, k), (i + 1, k + 1), (i, k + 1)];
            let values = corners.map(|(i, k)| value(i, k));
            let [Some(a), Some(b), Some(c), Some(d)] = values else {
                continue;
            };
            let values = [a, b, c, d];
            let points = corners.map(|(i, k)| at(i, k));
            for (n, level) in LEVELS.iter().enumerate() {
                for [p, q] in crossings(values, points, *level) {
                    stroke(canvas, p, q);
                    // a level is named where it is furthest to the right
                    let label = labels.entry(n).or_insert(p);
                    if p.x > label.x {
                        *label = p;
                    }
                }
            }
        }
    }
    let mut named: Vec<DVec2> = Vec::new();
    for (n, p) in labels.into_iter().rev() {
        // names that would touch: the stronger field has its own
        if named
            .iter()
            .any(|q| (q.x - p.x).abs() < 60.0 && (q.y - p.y).abs() < 14.0)
        {
            continue;
        }
        named.push(p);
        let text = format!("{} T", LEVELS[n]);
        canvas.text(&text, (p.x as i32 + 4, p.y as i32), Place::Left, SMALL, NAME);
    }
}

/// What is no place for a cell: magnets, poles, what lies off a map.
fn bodies(
    canvas: &mut Canvas,
    field: &Field,
    place: &impl Fn(DVec2) -> Option<DVec3>,
    (low, high): ((i32, i32), (i32, i32)),
) {
    for y in low.1..high.1 {
        for x in low.0..high.0 {
            // every third line: the paper stays visible, and it is three times as fast
            if (x + y) % 3 == 0 {
                let p = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                if place(p).is_some_and(|q| field.off_bodies(q) <= 0.0) {
                    canvas.put(x, y, BODY);
                }
            }
        }
    }
}

/// Where a level crosses a square whose corners go around: one line, or two where opposite corners are alike, which are then kept
/// apart.
fn crossings(values: [f64; 4], points: [DVec2; 4], level: f64) -> Vec<[DVec2; 2]> {
    let mut ends = Vec::new();
    for k in 0..4 {
        let (a, b) = (values[k], values[(k + 1) % 4]);
        if (a < level) != (b < level) {
            ends.push(points[k].lerp(points[(k + 1) % 4], (level - a) / (b - a)));
        }
    }
    ends.chunks_exact(2).map(|p| [p[0], p[1]]).collect()
}

fn stroke(canvas: &mut Canvas, from: DVec2, to: DVec2) {
    const OPACITY: f32 = 0.6;
    let steps = (to - from).abs().max_element().ceil().max(1.0);
    for i in 0..steps as u32 {
        let p = from.lerp(to, f64::from(i) / steps).round();
        canvas.blend(p.x as i32, p.y as i32, LINE, OPACITY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a pixel shows comes to lie on that pixel again, in every view.
    #[test]
    fn places_lie_where_they_are_drawn() {
        let points: Vec<DVec3> = super::super::view::ring(2e3, 0.0)
            .chain(super::super::view::ring(2e3, 30e3))
            .collect();
        let frame = (DVec2::new(70.0, 96.0), DVec2::new(900.0, 700.0));
        for name in [
            "side",
            "top",
            "along",
            "cut",
            "unrolled",
            "orbit:30,20",
            "orbit:-120,-50",
            "orbit:10,80",
        ] {
            let view: View = name.parse().unwrap();
            for lying in [true, false] {
                let map = Map::fit(view, lying, 2e3, &points, frame, 64.0);
                for p in [DVec2::new(480.0, 390.0), DVec2::new(500.0, 410.0)] {
                    let q = place(&map, view, (lying, 30e3), p).unwrap();
                    assert!(
                        map.at(q).distance(p) < 1e-6,
                        "{name} {lying}: {p} {q} {}",
                        map.at(q)
                    );
                }
            }
        }
        let wall = Map::fit(View::Unrolled, true, 2e3, &points, frame, 64.0);
        let beyond = place(&wall, View::Unrolled, (true, 30e3), DVec2::new(480.0, 20.0));
        assert_eq!(beyond, None);
    }

    /// By hand: a level of one half on a slope from 0 to 1 along x crosses in the middle, and a saddle is crossed twice.
    #[test]
    fn a_slope_and_a_saddle() {
        let v = DVec2::new;
        let square = [v(0.0, 0.0), v(1.0, 0.0), v(1.0, 1.0), v(0.0, 1.0)];
        let lines = crossings([0.0, 1.0, 1.0, 0.0], square, 0.5);
        assert_eq!(lines, [[v(0.5, 0.0), v(0.5, 1.0)]]);
        assert_eq!(crossings([0.0, 1.0, 0.0, 1.0], square, 0.5).len(), 2);
        assert!(crossings([0.6, 1.0, 0.9, 0.8], square, 0.5).is_empty());
    }
}
