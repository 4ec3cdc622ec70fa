//! The magnets of a separator: where the plane that is drawn cuts them, and the outline of what lies in front of it and behind.

use super::super::canvas::{Canvas, Colour};
use crate::magnets::Field;
use glam::{DVec2, DVec3};

/// Pixels between the rays that look for magnets; an outline is then found to half a pixel.
const MESH: i32 = 6;
const BODY: Colour = [196, 200, 206];
/// Seen on paper and on the dark of the vessel.
const OUTLINE: Colour = [140, 146, 156];
/// Pixels of a dash and of the gap after it.
const DASH: (i32, i32) = (4, 3);
/// Steps along a ray after which it is taken for one that passes by.
const STEPS: u32 = 96;

/// What is no place for a cell in the plane: magnets, poles, what lies off a map. Tells whether there is any.
pub fn cut(
    canvas: &mut Canvas,
    field: &Field,
    place: &impl Fn(DVec2) -> Option<DVec3>,
    (low, high): ((i32, i32), (i32, i32)),
) -> bool {
    let mut seen = false;
    for y in low.1..high.1 {
        for x in low.0..high.0 {
            // every third line: the paper stays visible, and it is three times as fast
            if (x + y) % 3 == 0 {
                let p = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                if place(p).is_some_and(|q| field.off_bodies(q) <= 0.0) {
                    canvas.put(x, y, BODY);
                    seen = true;
                }
            }
        }
    }
    seen
}

/// Rays along the line of sight, for the outline of what they meet.
pub struct Rays<'a, P> {
    /// Whose magnets.
    pub field: &'a Field,
    /// A place on the ray of a pixel.
    pub place: &'a P,
    /// Unit vector into the page of the ray through a place, and how far the eye is [um].
    pub through: &'a dyn Fn(DVec3) -> (DVec3, f64),
    /// How far from that place a magnet is looked for [um].
    pub reach: f64,
    /// What is as near as that is met [um].
    pub near: f64,
}

impl<P: Fn(DVec2) -> Option<DVec3>> Rays<'_, P> {
    /// Whether there is a magnet at this pixel, at any depth. The clearance is no more than the distance to the next body, so a ray
    /// may go that far without missing one.
    fn meets(&self, p: DVec2) -> bool {
        let Some(from) = (self.place)(p) else { return false };
        let (way, eye) = (self.through)(from);
        [(1.0, self.reach), (-1.0, self.reach.min(eye))]
            .into_iter()
            .any(|(side, reach)| {
                let mut t = 0.0;
                for _ in 0..STEPS {
                    let clear = self.field.off_bodies(from + side * t * way);
                    if clear <= self.near {
                        return true;
                    }
                    t += clear;
                    if t > reach {
                        return false;
                    }
                }
                false
            })
    }

    /// The outlines, as short lines [pixels] between `low` and `high`.
    pub fn outline(&self, (low, high): ((i32, i32), (i32, i32))) -> Vec<[DVec2; 2]> {
        let (columns, rows) = ((high.0 - low.0) / MESH, (high.1 - low.1) / MESH);
        let at = |i: i32, k: i32| DVec2::new(f64::from(low.0 + i * MESH), f64::from(low.1 + k * MESH));
        let met: Vec<bool> = (0..=rows)
            .flat_map(|k| (0..=columns).map(move |i| at(i, k)))
            .map(|p| self.meets(p))
            .collect();
        let of = |i: i32, k: i32| met[(k * (columns + 1) + i) as usize];
        let mut lines = Vec::new();
        for k in 0..rows {
            for i in 0..columns {
                let corners = [(i, k), (i + 1, k), (i + 1, k + 1), (i, k + 1)];
                let mut ends = Vec::new();
                for c in 0..4 {
                    let (a, b) = (corners[c], corners[(c + 1) % 4]);
                    if of(a.0, a.1) != of(b.0, b.1) {
                        ends.push(self.edge(at(a.0, a.1), at(b.0, b.1), of(a.0, a.1)));
                    }
                }
                lines.extend(ends.chunks_exact(2).map(|p| [p[0], p[1]]));
            }
        }
        lines
    }

    /// Where between two pixels the outline lies, of which `met` is what the first one meets.
    fn edge(&self, mut a: DVec2, mut b: DVec2, met: bool) -> DVec2 {
        while a.distance(b) > 1.0 {
            let middle = 0.5 * (a + b);
            if self.meets(middle) == met {
                a = middle;
            } else {
                b = middle;
            }
        }
        0.5 * (a + b)
    }
}

/// Draws lines dashed.
pub fn dashed(canvas: &mut Canvas, lines: &[[DVec2; 2]]) {
    for [from, to] in lines {
        let way = (*to - *from).abs();
        let steps = way.max_element().ceil().max(1.0);
        for i in 0..=steps as u32 {
            let p = from.lerp(*to, f64::from(i) / steps).round();
            // by place, as the lines are shorter than a dash
            let along = if way.x > way.y { p.x } else { p.y } as i32;
            if along.rem_euclid(DASH.0 + DASH.1) < DASH.0 {
                canvas.put(p.x as i32, p.y as i32, OUTLINE);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scene;

    /// By hand: the block of the rack is 10 x 20 x 40 mm, beside the tube. Along x it covers y from -10 to 10 mm and z from 0 to 40,
    /// though the plane x = 0 does not touch it: at 10 pixels a mm a frame of 400 by 200 around it, to the pixel.
    #[test]
    fn a_block_behind_the_plane_has_an_outline() {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenes/rack_separation.toml");
        let text = std::fs::read_to_string(path).unwrap();
        let scene = Scene::from_str("rack.toml", &text).unwrap();
        let field = scene.setup.field.unwrap();
        let place = |p: DVec2| Some(DVec3::new(0.0, (p.y - 300.0) * 100.0, (p.x - 200.0) * 100.0));
        let rays = Rays {
            field: &field,
            place: &place,
            through: &|_| (DVec3::X, f64::INFINITY),
            reach: 1e6,
            near: 10.0,
        };
        assert!(field.off_bodies(place(DVec2::new(400.0, 300.0)).unwrap()) > 0.0);
        let lines = rays.outline(((50, 50), (750, 550)));
        let points: Vec<DVec2> = lines.iter().flatten().copied().collect();
        let low = points.iter().fold(DVec2::INFINITY, |a, b| a.min(*b));
        let high = points.iter().fold(DVec2::NEG_INFINITY, |a, b| a.max(*b));
        assert!(low.distance(DVec2::new(200.0, 200.0)) < 2.0, "{low}");
        assert!(high.distance(DVec2::new(600.0, 400.0)) < 2.0, "{high}");
    }
}
