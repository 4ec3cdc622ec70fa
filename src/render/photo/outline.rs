//! The shape of the vessel on the picture: what is behind the cells, and its edges over them.

use super::super::canvas::{Canvas, Colour, PALE, PAPER};
use super::super::splat::linear;
use super::{Map, Subject};
use crate::chamber::duct::Section;
use crate::{Error, memory};
use glam::{DVec2, DVec3};
use std::f64::consts::PI;

/// Room around the field in which cells still show [pixels].
const EDGE: f64 = 8.0;

/// The shape that a vessel covers, convex but for the core of a ring seen along its axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Corners, in order around.
    hull: Vec<DVec2>,
    /// Middle and radius [pixels] of a core that is seen through.
    core: Option<(DVec2, f64)>,
}

impl Shape {
    pub fn new(map: &Map, points: &[DVec3], subject: Subject<'_>) -> Self {
        let mut flat: Vec<DVec2> = points.iter().map(|q| map.at(*q)).collect();
        if map.unrolled > 0.0 {
            // both edges of the cut
            let edge = |z: f64, side: f64| map.flat(DVec3::new(side * PI * map.unrolled, map.unrolled, z));
            flat.extend(
                [0.0, subject.length()]
                    .into_iter()
                    .flat_map(|z| [edge(z, -1.0), edge(z, 1.0)]),
            );
        }
        // seen along the axis both ends of the core lie on each other, the one that is further away within the other
        let ends = [0.0, subject.length()];
        let [here, there] = ends.map(|z| map.at(DVec3::Z * z));
        let along = here.distance(there) < 0.5;
        let core = match subject.duct().section {
            Section::Annulus { inner, .. } if along && map.unrolled == 0.0 => {
                let radius = ends.map(|z| map.at(DVec3::new(inner, 0.0, z)).distance(here));
                Some((here, radius[0].min(radius[1])))
            }
            _ => None,
        };
        Self {
            hull: hull(flat),
            core,
        }
    }

    /// Pixels that it covers.
    pub fn area(&self) -> f64 {
        let around = self.hull.iter().zip(self.hull.iter().cycle().skip(1));
        let whole = 0.5 * around.map(|(a, b)| a.perp_dot(*b)).sum::<f64>().abs();
        (whole - self.core.map_or(0.0, |(_, r)| PI * r * r)).max(1.0)
    }

    /// The shorter side of what is around it [pixels].
    pub fn short(&self) -> f64 {
        let around = (DVec2::INFINITY, DVec2::NEG_INFINITY);
        let (low, high) = self
            .hull
            .iter()
            .fold(around, |(low, high), p| (low.min(*p), high.max(*p)));
        (high - low).min_element().max(1.0)
    }

    /// How much of the pixel at `p` lies in it, smooth at the edges.
    pub fn covers(&self, p: DVec2) -> f64 {
        let around = self.hull.iter().zip(self.hull.iter().cycle().skip(1));
        let inside = around
            .map(|(a, b)| (*b - *a).normalize_or_zero().perp_dot(p - *a))
            .fold(f64::INFINITY, f64::min);
        let core = self.core.map_or(f64::INFINITY, |(c, r)| p.distance(c) - r);
        (inside.min(core) + 0.5).clamp(0.0, 1.0)
    }

    /// What lies behind the cells: paper, and the colour of the empty vessel; in linear light. With `within`, nothing of the cells
    /// shows beyond its edges; nothing of vessel or cells shows outside of `field`.
    ///
    /// # Errors
    /// [`Error::Device`] if the memory does not suffice.
    pub fn behind(
        &self,
        [width, height]: [u32; 2],
        dark: Colour,
        within: bool,
        field: (DVec2, DVec2),
    ) -> Result<Vec<[f32; 4]>, Error> {
        let [paper, dark] = [PAPER, dark].map(|c| c.map(linear));
        let mut out = memory::room(width as usize * height as usize)?;
        for y in 0..height {
            for x in 0..width {
                let p = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                // discs at the very edge are whole
                let shows = p.cmpge(field.0 - EDGE).all() && p.cmple(field.1 + EDGE).all();
                let part = if shows { self.covers(p) as f32 } else { 0.0 };
                let [r, g, b] = std::array::from_fn(|c| paper[c] + (dark[c] - paper[c]) * part);
                let cells = match (shows, within) {
                    (false, _) => 0.0,
                    (true, true) => part,
                    (true, false) => 1.0,
                };
                out.push([r, g, b, cells]);
            }
        }
        Ok(out)
    }
}

/// The smallest convex shape around points, counter-clockwise in the page's axes (A. M. Andrew, Inf. Process. Lett. 9:216, 1979).
fn hull(mut points: Vec<DVec2>) -> Vec<DVec2> {
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let half = |points: &mut dyn Iterator<Item = DVec2>| {
        let mut chain: Vec<DVec2> = Vec::new();
        for p in points {
            while let [.., a, b] = chain[..] {
                if (b - a).perp_dot(p - b) > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut out = half(&mut points.iter().copied());
    out.extend(half(&mut points.iter().rev().copied()));
    out
}

/// A line through which what is behind it can be seen.
fn faint(canvas: &mut Canvas, a: DVec2, b: DVec2, field: (DVec2, DVec2)) {
    const OPACITY: f32 = 0.55;
    let steps = (b - a).abs().max_element().ceil().max(1.0);
    // the last point is the first of the next line
    for i in 0..steps as u32 {
        let p = a.lerp(b, f64::from(i) / steps).round();
        if p.cmpge(field.0 - EDGE).all() && p.cmple(field.1 + EDGE).all() {
            canvas.blend(p.x as i32, p.y as i32, PALE, OPACITY);
        }
    }
}

/// The edges, over the cells.
pub fn draw(canvas: &mut Canvas, map: &Map, lines: &[Vec<DVec3>], field: (DVec2, DVec2)) {
    for line in lines {
        // the nearest and the furthest line along a round wall, seen from the side, are no edges
        let on_the_axis = |q: &DVec3| map.at(*q).distance(map.at(DVec3::Z * q.z)) < 0.5;
        if line.len() == 2 && map.unrolled == 0.0 && line.iter().all(on_the_axis) {
            continue;
        }
        for pair in line.windows(2) {
            let [a, b] = [map.at(pair[0]), map.at(pair[1])];
            // on a wall rolled out the line from one edge to the other is none
            if map.unrolled > 0.0 && a.distance(b) > 0.5 * 2.0 * PI * map.unrolled * map.scale.min_element() {
                continue;
            }
            faint(canvas, a, b, field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: a square with points inside and on its sides.
    #[test]
    fn the_hull_of_a_square() {
        let v = DVec2::new;
        let points = vec![
            v(0.0, 0.0),
            v(2.0, 0.0),
            v(1.0, 1.0),
            v(2.0, 2.0),
            v(0.0, 2.0),
            v(1.0, 0.0),
        ];
        let shape = Shape {
            hull: hull(points),
            core: None,
        };
        assert_eq!(shape.hull.len(), 4);
        assert_eq!(shape.area(), 4.0);
        assert_eq!(shape.covers(v(1.0, 1.0)), 1.0);
        assert_eq!(shape.covers(v(2.0, 1.0)), 0.5);
        assert_eq!(shape.covers(v(3.0, 1.0)), 0.0);
    }
}
