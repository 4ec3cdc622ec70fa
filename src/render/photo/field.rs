//! The magnets of a separator and lines of equal |B|, in the plane through the axis of the duct that the view looks at.

use super::super::canvas::{Canvas, Colour, Place, SMALL};
use super::{Map, View};
use crate::magnets::Field;
use glam::{DVec2, DVec3};
use std::collections::BTreeMap;

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

/// Draws them between `low` and `high` [pixels]. Nothing where the view shows no plane.
pub fn draw(
    canvas: &mut Canvas,
    field: &Field,
    (map, view, lying): (&Map, View, bool),
    (low, high): ((i32, i32), (i32, i32)),
) {
    if matches!(view, View::Unrolled | View::Orbit { .. }) {
        return;
    }
    let axes = view.axes(lying);
    let place = |p: DVec2| -> DVec3 {
        (0..2)
            .map(|k| axes[k] * ((p[k] - map.rows[k].w) / map.scale[k]))
            .sum()
    };
    bodies(canvas, field, &place, (low, high));
    let (columns, rows) = ((high.0 - low.0) / MESH, (high.1 - low.1) / MESH);
    let at = |i: i32, k: i32| DVec2::new(f64::from(low.0 + i * MESH), f64::from(low.1 + k * MESH));
    let strength: Vec<Option<f64>> = (0..=rows)
        .flat_map(|k| (0..=columns).map(move |i| (i, k)))
        .map(|(i, k)| field.at(place(at(i, k))).ok().map(|p| p.magnitude()))
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
    place: &impl Fn(DVec2) -> DVec3,
    (low, high): ((i32, i32), (i32, i32)),
) {
    for y in low.1..high.1 {
        for x in low.0..high.0 {
            // every third line: the paper stays visible, and it is three times as fast
            if (x + y) % 3 == 0 {
                let p = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                if field.clearance(place(p)) <= 0.0 {
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
