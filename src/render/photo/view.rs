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
            Self::Orbit { azimuth, elevation } => {
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

/// Where places come to lie on a picture: parallel rays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Map {
    /// Rows of the map to column and row [pixels].
    pub rows: [DVec4; 2],
    /// Pixels a um to the right and down the page.
    pub scale: DVec2,
    /// Radius at which the vessel is unrolled [um]; 0 where it is not.
    pub unrolled: f64,
}

impl Map {
    /// Fits points into the middle of a field of the page, both directions to one scale unless the picture would be a sliver:
    /// then the short direction is stretched until it has `least` pixels.
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
        let flat = |q: &DVec3| {
            let q = roll(*q, unrolled);
            DVec2::new(axes[0].dot(q), axes[1].dot(q))
        };
        let (mut low, mut high) = (DVec2::INFINITY, DVec2::NEG_INFINITY);
        for p in points.iter().map(flat) {
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
        let scale = DVec2::new(
            one.max(least.min(room.x) / extent.x),
            one.max(least.min(room.y) / extent.y),
        );
        let middle = 0.5 * (field.0 + field.1);
        let centre = 0.5 * (low + high);
        let row = |k: usize| (axes[k] * scale[k]).extend(middle[k] - centre[k] * scale[k]);
        Self {
            rows: [row(0), row(1)],
            scale,
            unrolled,
        }
    }

    /// The same `zoom` times as large, about the middle of the field, and shifted by `pan` [pixels].
    pub fn closer(mut self, zoom: f64, pan: DVec2, field: (DVec2, DVec2)) -> Self {
        let middle = 0.5 * (field.0 + field.1);
        for k in 0..2 {
            let constant = middle[k] + zoom * (self.rows[k].w - middle[k]) + pan[k];
            self.rows[k] = (zoom * self.rows[k].truncate()).extend(constant);
        }
        self.scale *= zoom;
        self
    }

    /// Where a place comes to lie [pixels].
    pub fn at(&self, q: DVec3) -> DVec2 {
        let q = roll(q, self.unrolled).extend(1.0);
        DVec2::new(self.rows[0].dot(q), self.rows[1].dot(q))
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

    /// A needle is stretched across, and the wall of a tube is as wide as its circumference.
    #[test]
    fn slivers_and_walls() {
        let points: Vec<DVec3> = ring(1.0, 0.0).chain(ring(1.0, 1000.0)).collect();
        let field = (DVec2::ZERO, DVec2::new(1000.0, 300.0));
        let map = Map::fit(View::Side, true, 1.0, &points, field, 60.0);
        assert_eq!(map.scale, DVec2::new(1.0, 30.0));
        assert_eq!(map.stretch(), 30.0);
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
