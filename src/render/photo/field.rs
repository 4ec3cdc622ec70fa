//! The magnets of a separator and lines of equal |B|, in the plane through the axis of the duct that the view looks at, or on the
//! wall that it rolls out; of magnets in front of that plane and behind it the outline.

use super::super::canvas::{Canvas, Colour, PAPER, Place, SMALL, text_width};
use super::{Map, View, bodies};
use crate::magnets::Field;
use glam::{DVec2, DVec3};
use std::f64::consts::PI;

/// Pixels between the points at which the field is worked out.
const MESH: i32 = 6;
/// Levels of |B| [T], each with its neighbours about a factor of two apart.
const LEVELS: [f64; 12] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
];
const LINE: Colour = [230, 159, 0];
/// Readable on paper, which it brings along.
const NAME: Colour = [140, 92, 0];
/// Height of a name [pixels].
const TALL: i32 = 13;
/// Least distance between a line's name and the line, and all around it [pixels].
const GAP: i32 = 4;
/// Every so many points of a line are tried for its name.
const TRIED: usize = 200;
/// How far from the plane magnets are looked for, in lengths of the duct, and beyond that [um].
const REACH: (f64, f64) = (4.0, 2e5);

/// The place that a pixel shows, in the plane that [`draw`] draws in; none beyond the edges of a rolled-out wall, nor where an eye
/// nearby sees that plane edgewise or not at all. An orbit looks at the plane through the axis that it sees widest, or from nearly along
/// the axis at the one across, in the middle of the duct.
fn place(map: &Map, view: View, length: f64, p: DVec2) -> Option<DVec3> {
    let flat = map.place(p);
    match view {
        View::Unrolled => {
            // arc and z
            let angle = flat.x / map.unrolled;
            let (sin, cos) = angle.sin_cos();
            (angle.abs() <= PI).then(|| DVec3::new(map.unrolled * cos, map.unrolled * sin, flat.z))
        }
        View::Orbit { azimuth, .. } | View::Perspective { azimuth, .. } => {
            let (sin, cos) = azimuth.to_radians().sin_cos();
            let (normal, on) = if across(view) {
                (DVec3::Z, 0.5 * length * DVec3::Z)
            } else {
                (DVec3::new(-sin, cos, 0.0), DVec3::ZERO)
            };
            let (way, eye) = map.ray(flat);
            let slope = normal.dot(way);
            let t = normal.dot(on - flat) / slope;
            (slope.abs() > EDGEWISE && t > -eye).then(|| flat + t * way)
        }
        _ => Some(flat),
    }
}

/// Cosine of the elevation from which on an orbit looks at the plane across the axis.
const STEEP: f64 = 0.4;
/// Cosine between a ray and the normal of a plane up to which the plane is not drawn.
const EDGEWISE: f64 = 0.05;

/// A line of equal |B| that has been drawn.
pub struct Level {
    value: f64,
    points: Vec<DVec2>,
}

/// Whether a view from anywhere draws the plane across the axis, half way along.
pub fn across(view: View) -> bool {
    let steep = |[_, elevation]: [f64; 2]| elevation.to_radians().cos().abs() < STEEP;
    view.angles().is_some_and(steep)
}

/// Draws them between `low` and `high` [pixels]; no lines where the magnets are not `on`. Returns the lines, whose names come last, and
/// whether all magnets lie beyond the picture. `covers` says where the vessel is: what lies half way along it is not hatched over its near
/// and far parts, which are no part of that plane.
pub fn draw(
    canvas: &mut Canvas,
    (field, on): (&Field, bool),
    covers: &dyn Fn(DVec2) -> bool,
    (map, view, duct): (&Map, View, (bool, f64)),
    (low, high): ((i32, i32), (i32, i32)),
) -> (Vec<Level>, bool) {
    let place = |p: DVec2| place(map, view, duct.1, p);
    let hatched = |p: DVec2| place(p).filter(|_| !(across(view) && covers(p)));
    let mut seen = bodies::cut(canvas, field, &hatched, (low, high));
    if view != View::Unrolled {
        let rays = bodies::Rays {
            field,
            // in every view there is one, and nobody is asked for an outline on a rolled-out wall
            place: &|p| Some(map.place(p)),
            through: &|q| map.ray(q),
            reach: REACH.0 * duct.1 + REACH.1,
            near: 0.5 / map.scale.max_element(),
        };
        let outline = rays.outline((low, high));
        seen |= !outline.is_empty();
        bodies::dashed(canvas, &outline);
    }
    let (columns, rows) = ((high.0 - low.0) / MESH, (high.1 - low.1) / MESH);
    let at = |i: i32, k: i32| DVec2::new(f64::from(low.0 + i * MESH), f64::from(low.1 + k * MESH));
    let strength: Vec<Option<f64>> = (0..=rows)
        .flat_map(|k| (0..=columns).map(move |i| (i, k)))
        .map(|(i, k)| place(at(i, k)).filter(|q| on && field.off_bodies(*q) > 0.0))
        .map(|q| Some(field.at(q?).ok()?.magnitude()))
        .collect();
    let value = |i: i32, k: i32| strength[(k * (columns + 1) + i) as usize];
    let mut levels: Vec<Level> = LEVELS
        .iter()
        .map(|value| Level {
            value: *value,
            points: Vec::new(),
        })
        .collect();
    for k in 0..rows {
        for i in 0..columns {
            let corners = [(i, k), (i + 1, k), (i + 1, k + 1), (i, k + 1)];
            let values = corners.map(|(i, k)| value(i, k));
            let [Some(a), Some(b), Some(c), Some(d)] = values else {
                continue;
            };
            let values = [a, b, c, d];
            let points = corners.map(|(i, k)| at(i, k));
            for level in &mut levels {
                for [p, q] in crossings(values, points, level.value) {
                    stroke(canvas, p, q);
                    level.points.push(p);
                }
            }
        }
    }
    levels.retain(|l| !l.points.is_empty());
    let bodies = field.off_bodies(DVec3::ZERO).is_finite();
    (levels, bodies && !seen)
}

/// Names the lines between `low` and `high` [pixels], after all else is drawn: where nothing dark is in the way, as far to the right
/// as can be; where there is no such place, over what is there. Every name has paper around it, and no other line near it: where lines
/// lie too close for that, one goes without.
pub fn names(canvas: &mut Canvas, levels: Vec<Level>, (low, high): ((i32, i32), (i32, i32))) {
    let mut named: Vec<[(i32, i32); 2]> = Vec::new();
    // where names would touch, the stronger field has its own
    for at in (0..levels.len()).rev() {
        let Level { value, points } = &levels[at];
        let mut points = points.clone();
        let other = |[a, b]: &[(i32, i32); 2]| {
            let [low, high] = [(a.0 - GAP, a.1 - GAP), (b.0 + GAP, b.1 + GAP)]
                .map(|(x, y)| DVec2::new(f64::from(x), f64::from(y)));
            let others = levels.iter().enumerate().filter(|(k, _)| *k != at);
            let mut points = others.flat_map(|(_, l)| &l.points);
            points.any(|p| p.cmpge(low).all() && p.cmple(high).all())
        };
        points.sort_by(|a, b| b.x.total_cmp(&a.x).then(a.y.total_cmp(&b.y)));
        let text = format!("{value} T");
        let wide = text_width(&text, SMALL);
        let boxes: Vec<[(i32, i32); 2]> = points
            .iter()
            .step_by(1 + points.len() / TRIED)
            .flat_map(|p| {
                let (x, y) = (p.x.round() as i32, p.y.round() as i32);
                let half = TALL / 2;
                [
                    (x + GAP, y - half),
                    (x - wide / 2, y - TALL - GAP),
                    (x - wide / 2, y + GAP),
                    (x - GAP - wide, y - half),
                ]
            })
            .map(|(x, y)| [(x, y), (x + wide, y + TALL)])
            .filter(|[a, b]| a.0 >= low.0 && a.1 >= low.1 && b.0 <= high.0 && b.1 <= high.1)
            .filter(|[a, b]| {
                named
                    .iter()
                    .all(|[c, d]| a.0 > d.0 + GAP || b.0 + GAP < c.0 || a.1 > d.1 + GAP || b.1 + GAP < c.1)
            })
            .filter(|spot| !other(spot))
            .collect();
        let clear =
            |[a, b]: &&[(i32, i32); 2]| canvas.is_light((a.0 - GAP, a.1 - GAP), (b.0 + GAP, b.1 + GAP));
        let Some(spot) = boxes.iter().find(clear).or(boxes.first()) else {
            continue;
        };
        named.push(*spot);
        let (x, y) = (spot[0].0, spot[0].1 + TALL / 2);
        for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
            canvas.text(&text, (x + dx, y + dy), Place::Left, SMALL, PAPER);
        }
        canvas.text(&text, (x, y), Place::Left, SMALL, NAME);
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
            "perspective:30,20",
            "perspective:-120,-50",
            "perspective:10,80",
        ] {
            let view: View = name.parse().unwrap();
            for lying in [true, false] {
                let map = Map::fit(view, lying, 2e3, &points, frame, 64.0);
                for p in [DVec2::new(480.0, 390.0), DVec2::new(500.0, 410.0)] {
                    let q = place(&map, view, 30e3, p).unwrap();
                    assert!(
                        map.at(q).distance(p) < 1e-6,
                        "{name} {lying}: {p} {q} {}",
                        map.at(q)
                    );
                }
            }
        }
        let wall = Map::fit(View::Unrolled, true, 2e3, &points, frame, 64.0);
        let beyond = place(&wall, View::Unrolled, 30e3, DVec2::new(480.0, 20.0));
        assert_eq!(beyond, None);
    }

    /// A line from the left to the right, half of it over something dark: its name stands over the light half, not where it would
    /// first be put, at the far right. Where all is dark the name has paper around it.
    #[test]
    fn names_keep_off_what_is_dark() {
        let level = || Level {
            value: 0.1,
            points: (0..40).map(|i| DVec2::new(5.0 * f64::from(i), 50.0)).collect(),
        };
        let named = |dark: i32| {
            let mut canvas = Canvas::new(200, 100);
            canvas.fill((dark, 0), (200, 100), [10, 12, 16]);
            names(&mut canvas, vec![level()], ((0, 0), (200, 100)));
            let of = |colour: Colour| -> Vec<u32> {
                let all = canvas.0.enumerate_pixels();
                let all = all.filter(|(x, _, p)| p.0 == colour && (*x as i32) >= dark);
                all.map(|(x, ..)| x).collect()
            };
            let all = canvas.0.enumerate_pixels().filter(|(.., p)| p.0 == NAME);
            (all.map(|(x, ..)| x).max(), of(PAPER).len())
        };
        let (right, paper) = named(100);
        assert!(
            right.is_some_and(|x| (60..100).contains(&x)) && paper == 0,
            "{right:?} {paper}"
        );
        let (right, paper) = named(0);
        assert!(right.is_some_and(|x| x > 180) && paper > 100, "{right:?} {paper}");
    }

    /// Lines 8 pixels apart are too close for a name of 13 pixels: only the outermost have room beside them, and no name lies on another's
    /// line.
    #[test]
    fn names_do_not_pile_up() {
        let levels: Vec<Level> = (0..5)
            .map(|k| Level {
                value: LEVELS[k],
                points: (0..40)
                    .map(|i| DVec2::new(5.0 * f64::from(i), 40.0 + 8.0 * k as f64))
                    .collect(),
            })
            .collect();
        let mut canvas = Canvas::new(200, 120);
        names(&mut canvas, levels, ((0, 0), (200, 120)));
        let all = canvas.0.enumerate_pixels().filter(|(.., p)| p.0 == NAME);
        let rows: Vec<u32> = all.map(|(_, y, _)| y).collect();
        assert!(rows.iter().any(|y| *y < 40) && rows.iter().any(|y| *y > 72));
        assert!(rows.iter().all(|y| !(40..=72).contains(y)), "{rows:?}");
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
