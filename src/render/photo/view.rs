//! From where a vessel is looked at, and how its places come to lie on the picture.
//!
//! Vessel frame: z along the axis from the meniscus or the inlet, x and y across. A vessel in a rotor is drawn upright, z down
//! the page; a duct is drawn lying, z to the right. An orbit shows z as it lies: down the page for a vessel, and away to the right
//! for a duct.

use glam::{DQuat, DVec2, DVec3, DVec4};
use std::f64::consts::{PI, TAU};

pub use crate::model::look::{VIEWS, View};

impl View {
    /// Unit vectors to the right and down the page, in the vessel's frame; for the unrolled view in its own, (arc, radius, z).
    pub fn axes(self, lying: bool) -> [DVec3; 2] {
        let (x, y, z) = (DVec3::X, DVec3::Y, DVec3::Z);
        match self {
            Self::CutAt { angle } => {
                let turn = DQuat::from_rotation_z(angle.to_radians());
                Self::Cut.axes(lying).map(|axis| turn * axis)
            }
            Self::Side | Self::Cut if lying => [z, -y],
            Self::Side | Self::Cut => [x, z],
            Self::Top if lying => [z, -x],
            Self::Top => [y, z],
            Self::Along => [x, -y],
            Self::Unrolled if lying => [z, -x],
            Self::Unrolled => [x, z],
            Self::Orbit { azimuth, elevation } | Self::Perspective { azimuth, elevation } => {
                let (sa, ca) = azimuth.to_radians().sin_cos();
                let (se, ce) = elevation.to_radians().sin_cos();
                let across = DVec3::new(ca, sa, 0.0);
                let towards = DVec3::new(-sa, ca, 0.0);
                let along = z * ce + towards * se;
                if lying { [along, -across] } else { [across, along] }
            }
        }
    }

    /// By how much it looks at a plane that is turned about the axis [radians].
    pub fn turn(self) -> f64 {
        match self {
            Self::CutAt { angle } => angle.to_radians(),
            _ => 0.0,
        }
    }

    /// The direction that a cut leaves thin, if it is one.
    pub fn thin(self, lying: bool) -> Option<DVec3> {
        match self {
            Self::Cut if lying => Some(DVec3::X),
            Self::Cut => Some(DVec3::Y),
            Self::CutAt { angle } => {
                let turn = DQuat::from_rotation_z(angle.to_radians());
                Self::Cut.thin(lying).map(|n| turn * n)
            }
            _ => None,
        }
    }
}

/// How far an eye is from the middle of what it sees, in radii of the sphere around that: what is nearest is then 2.3 times as large as
/// what is furthest, about as a tube that is held in the hand.
const EYE: f64 = 2.5;

/// Where places come to lie on a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Map {
    /// Unit vectors to the right and down the page.
    pub axes: [DVec3; 2],
    /// A place that keeps its size [um], and where it lies [pixels].
    centre: DVec3,
    origin: DVec2,
    /// Pixels a um to the right and down the page, in the plane of the centre.
    pub scale: DVec2,
    /// One over the distance of the eye from the centre [1/um]; zero for parallel rays.
    near: f64,
    /// Radius at which the vessel is unrolled [um]; 0 where it is not.
    pub unrolled: f64,
}

impl Map {
    /// Fits points into the middle of a field of the page, both directions to one scale unless the picture would be a sliver:
    /// then the short direction is stretched until it has `least` pixels, but not in perspective.
    pub fn fit(
        view: View,
        lying: bool,
        unrolled: f64,
        points: &[DVec3],
        field: (DVec2, DVec2),
        least: f64,
    ) -> Self {
        let axes = view.axes(lying);
        let unrolled = if view == View::Unrolled { unrolled } else { 0.0 };
        let around = points
            .iter()
            .fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(low, high), q| {
                (low.min(*q), high.max(*q))
            });
        let centre = match view {
            View::Perspective { .. } => 0.5 * (around.0 + around.1),
            _ => DVec3::ZERO,
        };
        let radius = points.iter().map(|q| q.distance(centre)).fold(1e-9, f64::max);
        let mut map = Self {
            axes,
            centre,
            origin: DVec2::ZERO,
            scale: DVec2::ONE,
            near: match view {
                View::Perspective { .. } => 1.0 / (EYE * radius),
                _ => 0.0,
            },
            unrolled,
        };
        let (mut low, mut high) = (DVec2::INFINITY, DVec2::NEG_INFINITY);
        for p in points.iter().map(|q| map.at(*q)) {
            (low, high) = (low.min(p), high.max(p));
        }
        if unrolled > 0.0 {
            let arc = PI * unrolled;
            let wide = DVec2::new(axes[0].x.abs(), axes[1].x.abs()) * arc;
            (low, high) = (low.min(-wide), high.max(wide));
        }
        let extent = (high - low).max(DVec2::splat(1e-9));
        let room = field.1 - field.0;
        let one = (room / extent).min_element();
        map.scale = match view {
            // stretched it would be none
            View::Perspective { .. } => DVec2::splat(one),
            _ => DVec2::new(
                one.max(least.min(room.x) / extent.x),
                one.max(least.min(room.y) / extent.y),
            ),
        };
        map.origin = 0.5 * (field.0 + field.1) - 0.5 * (low + high) * map.scale;
        map
    }

    /// The same `zoom` times as large, about the middle of the field, and shifted by `pan` [pixels].
    pub fn closer(mut self, zoom: f64, pan: DVec2, field: (DVec2, DVec2)) -> Self {
        let middle = 0.5 * (field.0 + field.1);
        self.origin = middle + zoom * (self.origin - middle) + pan;
        self.scale *= zoom;
        self
    }

    /// Unit vector into the page.
    pub fn sight(&self) -> DVec3 {
        self.axes[0].cross(self.axes[1])
    }

    /// Where a place comes to lie [pixels].
    pub fn at(&self, q: DVec3) -> DVec2 {
        self.flat(roll(q, self.unrolled))
    }

    /// As [`Map::at`], of a place on the rolled-out wall where there is one.
    pub fn flat(&self, q: DVec3) -> DVec2 {
        let beside = q - self.centre;
        let part = DVec2::new(self.axes[0].dot(beside), self.axes[1].dot(beside));
        self.origin + self.scale * part / (1.0 + self.near * self.sight().dot(beside))
    }

    /// As rows of a map: column and row [pixels], both times the divisor, and the divisor.
    pub fn rows(&self) -> [DVec4; 3] {
        let sight = self.near * self.sight();
        let divisor = sight.extend(1.0 - sight.dot(self.centre));
        let row = |k: usize| {
            let along = self.scale[k] * self.axes[k];
            along.extend(-along.dot(self.centre)) + self.origin[k] * divisor
        };
        [row(0), row(1), divisor]
    }

    /// The place in the plane of the centre that a pixel shows, on the rolled-out wall where there is one.
    pub fn place(&self, p: DVec2) -> DVec3 {
        let part = (p - self.origin) / self.scale;
        self.centre + part.x * self.axes[0] + part.y * self.axes[1]
    }

    /// Unit vector of the ray through a place, into the page, and how far the eye is from the place [um].
    pub fn ray(&self, q: DVec3) -> (DVec3, f64) {
        if self.near == 0.0 {
            return (self.sight(), f64::INFINITY);
        }
        let from_eye = q - self.centre + self.sight() / self.near;
        (from_eye.normalize_or(self.sight()), from_eye.length())
    }

    /// Whether rays come from an eye nearby.
    pub fn is_perspective(&self) -> bool {
        self.near > 0.0
    }

    /// How many times one direction is stretched against the other; one where the picture is to scale.
    pub fn stretch(&self) -> f64 {
        self.scale.max_element() / self.scale.min_element()
    }
}

/// A place on the rolled-out wall: arc, radius, z; the place itself where nothing is unrolled.
fn roll(q: DVec3, radius: f64) -> DVec3 {
    if radius > 0.0 {
        DVec3::new(radius * q.y.atan2(q.x), q.x.hypot(q.y), q.z)
    } else {
        q
    }
}

/// Points on a circle about the z axis.
pub fn ring(radius: f64, z: f64) -> impl Iterator<Item = DVec3> {
    const PARTS: u32 = 72;
    (0..=PARTS).map(move |i| {
        let (sin, cos) = (TAU * f64::from(i) / f64::from(PARTS)).sin_cos();
        DVec3::new(radius * cos, radius * sin, z)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: a tube of 10 by 40 into a field of 100 by 200 pixels: 5 pixels a unit, the axis in the middle.
    #[test]
    fn a_tube_fits_its_field() {
        let points: Vec<DVec3> = ring(5.0, 0.0).chain(ring(5.0, 40.0)).collect();
        let field = (DVec2::new(50.0, 10.0), DVec2::new(150.0, 210.0));
        let map = Map::fit(View::Side, false, 5.0, &points, field, 10.0);
        assert_eq!(map.scale, DVec2::splat(5.0));
        assert_eq!(map.at(DVec3::ZERO), DVec2::new(100.0, 10.0));
        assert_eq!(map.at(DVec3::new(5.0, 3.0, 40.0)), DVec2::new(125.0, 210.0));
        assert_eq!(map.stretch(), 1.0);
        // lying, z goes to the right and y up
        let map = Map::fit(View::Side, true, 5.0, &points, field, 10.0);
        assert_eq!(map.at(DVec3::new(0.0, 0.0, 40.0)), DVec2::new(150.0, 110.0));
        assert_eq!(map.at(DVec3::new(0.0, 5.0, 0.0)), DVec2::new(50.0, 97.5));
    }

    /// By hand: a ball of radius 10 about (0, 0, 20), the eye at 25 from its middle. What is 10 nearer is 1/(1 - 10/25) = 5/3 times as
    /// large as in the middle, what is 10 further 5/7.
    #[test]
    fn what_is_near_is_larger() {
        let about = DVec3::new(0.0, 0.0, 20.0);
        let points: Vec<DVec3> = [DVec3::X, DVec3::Y, DVec3::Z]
            .into_iter()
            .flat_map(|axis| [about + 10.0 * axis, about - 10.0 * axis])
            .collect();
        let field = (DVec2::ZERO, DVec2::new(400.0, 400.0));
        let view = View::Perspective {
            azimuth: 0.0,
            elevation: 0.0,
        };
        // x to the right, z down, into the page against y
        let map = Map::fit(view, false, 0.0, &points, field, 10.0);
        assert!(map.is_perspective() && map.sight().distance(-DVec3::Y) < 1e-12);
        assert!((map.scale.x - 20.0).abs() < 1e-9, "{}", map.scale);
        let size = |y: f64| map.at(about + DVec3::new(1.0, y, 0.0)).x - map.at(about + DVec3::Y * y).x;
        for (y, times) in [(0.0, 1.0), (10.0, 5.0 / 3.0), (-10.0, 5.0 / 7.0)] {
            assert!((size(y) - 20.0 * times).abs() < 1e-9, "{y}: {}", size(y));
        }
        // the rows that a back-end is given say the same, and a ray meets what lies behind each other
        let map = map.closer(2.5, DVec2::new(7.0, -3.0), field);
        let [column, row, divisor] = map.rows();
        for q in points {
            let w = divisor.dot(q.extend(1.0));
            let p = DVec2::new(column.dot(q.extend(1.0)), row.dot(q.extend(1.0))) / w;
            assert!(p.distance(map.at(q)) < 1e-9);
            let (way, distance) = map.ray(q);
            assert!(map.at(q + 5.0 * way).distance(p) < 1e-9);
            assert!((distance - 25.0 * w / map.sight().dot(way)).abs() < 1e-9);
            assert!(map.at(map.place(p)).distance(p) < 1e-9);
        }
    }

    /// A needle is stretched across, and the wall of a tube is as wide as its circumference.
    #[test]
    fn slivers_and_walls() {
        let points: Vec<DVec3> = ring(1.0, 0.0).chain(ring(1.0, 1000.0)).collect();
        let field = (DVec2::ZERO, DVec2::new(1000.0, 300.0));
        let map = Map::fit(View::Side, true, 1.0, &points, field, 60.0);
        assert_eq!(map.scale, DVec2::new(1.0, 30.0));
        assert_eq!(map.stretch(), 30.0);
        let near = "perspective:0,0".parse().unwrap();
        assert_eq!(Map::fit(near, true, 1.0, &points, field, 60.0).stretch(), 1.0);
        let map = Map::fit(View::Unrolled, true, 1.0, &points, field, 60.0);
        let half = map.at(DVec3::new(-1.0, 1e-9, 0.0)) - map.at(DVec3::X);
        assert!((half.y.abs() - 30.0).abs() < 1e-6, "{half}");
    }

    /// By hand: a quarter turn about z takes x to y, and y to -x; the cut of a vessel then shows y and z.
    #[test]
    fn a_cut_is_turned() {
        let cut = View::CutAt { angle: 90.0 };
        let [right, down] = cut.axes(false);
        assert!(right.distance(DVec3::Y) < 1e-15 && down.distance(DVec3::Z) < 1e-15);
        assert!(cut.thin(false).unwrap().distance(-DVec3::X) < 1e-15);
        // none is the cut itself
        let none = View::CutAt { angle: 0.0 };
        assert_eq!(none.axes(true), View::Cut.axes(true));
        assert_eq!(none.thin(true), View::Cut.thin(true));
    }

    /// Seen from above, an orbit is the view along the axis.
    #[test]
    fn an_orbit_ends_at_the_poles() {
        let [right, down] = View::Orbit {
            azimuth: 0.0,
            elevation: 90.0,
        }
        .axes(false);
        assert!(right.distance(DVec3::X) < 1e-15 && down.distance(DVec3::Y) < 1e-15);
        let [right, down] = View::Orbit {
            azimuth: 0.0,
            elevation: 0.0,
        }
        .axes(true);
        assert!(right.distance(DVec3::Z) < 1e-15 && down.distance(-DVec3::X) < 1e-15);
    }
}
