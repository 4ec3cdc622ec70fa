//! Vessels that a flow passes through: the same cross-section from end to end, along z.

use std::f64::consts::{PI, TAU};

/// Cross-section of a duct, lengths in um.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Section {
    /// A round tube.
    Tube {
        /// Inner radius [um].
        radius: f64,
    },
    /// The gap between two coaxial cylinders.
    Annulus {
        /// Radius of the core [um].
        inner: f64,
        /// Radius of the outer wall [um].
        outer: f64,
    },
    /// A flat channel: wide along x, its height along y.
    Channel {
        /// Width along x [um].
        width: f64,
        /// Height along y [um].
        height: f64,
    },
}

/// A duct from z = 0 to its length [um].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duct {
    /// Its cross-section.
    pub section: Section,
    /// Its length along z [um].
    pub length: f64,
}

/// What cells are called that are on their way.
pub const INSIDE: &str = "inside";

/// What cells are called that the matrix of a column holds.
pub const IN_THE_MATRIX: &str = "matrix";

/// What cells are called that have not come in yet.
pub const NOT_YET_IN: &str = "not yet in";

impl Section {
    /// What its surfaces are called, in the order of their numbers: inner or low x, outer or high x, low y, high y, and the
    /// end that a duct without a flow has.
    pub fn surfaces(&self) -> [Option<&'static str>; 5] {
        let end = Some("end");
        match self {
            Self::Tube { .. } => [None, Some("outer wall"), None, None, end],
            Self::Annulus { .. } => [Some("inner wall"), Some("outer wall"), None, None, end],
            Self::Channel { .. } => [Some("low x"), Some("high x"), Some("low y"), Some("high y"), end],
        }
    }

    /// The lengths that it has, with their names [um]; all of them have to be above zero.
    pub fn lengths(&self) -> [(&'static str, f64); 2] {
        match *self {
            Self::Tube { radius } => [("the radius", radius); 2],
            Self::Annulus { inner, outer } => [("the inner radius", inner), ("the gap", outer - inner)],
            Self::Channel { width, height } => [("the width", width), ("the height", height)],
        }
    }

    /// Area [um2].
    pub fn area(&self) -> f64 {
        match *self {
            Self::Tube { radius } => PI * radius * radius,
            Self::Annulus { inner, outer } => PI * (outer - inner) * (outer + inner),
            Self::Channel { width, height } => width * height,
        }
    }

    /// Signed distance to the side walls [um], positive inside.
    pub fn distance(&self, [x, y]: [f64; 2]) -> f64 {
        match *self {
            Self::Tube { radius } => radius - x.hypot(y),
            Self::Annulus { inner, outer } => {
                let r = x.hypot(y);
                (outer - r).min(r - inner)
            }
            Self::Channel { width, height } => {
                let (a, b) = (0.5 * width - x.abs(), 0.5 * height - y.abs());
                if a < 0.0 && b < 0.0 { -a.hypot(b) } else { a.min(b) }
            }
        }
    }

    /// Half of the extent along x and along y [um].
    pub fn half(&self) -> [f64; 2] {
        match *self {
            Self::Tube { radius } => [radius; 2],
            Self::Annulus { outer, .. } => [outer; 2],
            Self::Channel { width, height } => [0.5 * width, 0.5 * height],
        }
    }

    /// The narrowest of what a cell must not jump over in a step [um]: the gap of an annulus or the diameter of its core. None
    /// in the others, whose narrowest is their extent.
    pub fn narrowest(&self) -> Option<f64> {
        match *self {
            Self::Annulus { inner, outer } => Some((outer - inner).min(2.0 * inner)),
            Self::Tube { .. } | Self::Channel { .. } => None,
        }
    }

    /// Lane of a point: 0 on the axis, the core or the wall at low y, 1 on the other wall. The velocity of a laminar flow is
    /// the same all along a lane.
    pub fn lane(&self, [x, y]: [f64; 2]) -> f64 {
        match *self {
            Self::Tube { radius } => x.hypot(y) / radius,
            Self::Annulus { inner, outer } => (x.hypot(y) - inner) / (outer - inner),
            Self::Channel { height, .. } => y / height + 0.5,
        }
    }

    /// The point at rank `v` (0..1) of a lane.
    pub fn on_lane(&self, lane: f64, v: f64) -> [f64; 2] {
        let round = |r: f64| {
            let (sin, cos) = (TAU * v).sin_cos();
            [r * cos, r * sin]
        };
        match *self {
            Self::Tube { radius } => round(lane * radius),
            Self::Annulus { inner, outer } => round(inner + lane * (outer - inner)),
            Self::Channel { width, height } => [(v - 0.5) * width, (lane - 0.5) * height],
        }
    }

    /// The point, or the nearest to it that is no nearer to a wall than `radius` [um]; none if there is no such point.
    pub fn keep_off(&self, [x, y]: [f64; 2], radius: f64) -> Option<[f64; 2]> {
        let round = |least: f64, most: f64| {
            let r = x.hypot(y);
            let to = r.clamp(least, most.max(least));
            let scale = if r > 0.0 { to / r } else { 1.0 };
            (most > least || (least == 0.0 && most > 0.0)).then_some([x * scale, y * scale])
        };
        match *self {
            Self::Tube { radius: wall } => round(0.0, wall - radius),
            Self::Annulus { inner, outer } => round(inner + radius, outer - radius),
            Self::Channel { width, height } => {
                let (a, b) = (0.5 * width - radius, 0.5 * height - radius);
                (a > 0.0 && b > 0.0).then(|| [x.clamp(-a, a), y.clamp(-b, b)])
            }
        }
    }

    /// Share of the area up to a lane.
    pub fn area_share(&self, lane: f64) -> f64 {
        match *self {
            Self::Tube { .. } => lane * lane,
            Self::Annulus { inner, outer } => {
                let r = inner + lane * (outer - inner);
                (r - inner) * (r + inner) / ((outer - inner) * (outer + inner))
            }
            Self::Channel { .. } => lane,
        }
    }

    /// The lane up to which a share of the area lies.
    pub fn lane_of_area(&self, share: f64) -> f64 {
        match *self {
            Self::Tube { .. } => share.sqrt(),
            Self::Annulus { inner, outer } => {
                let r = (inner * inner + share * (outer - inner) * (outer + inner)).sqrt();
                (r - inner) / (outer - inner)
            }
            Self::Channel { .. } => share,
        }
    }
}

impl Duct {
    /// Signed distance to walls and ends [um], positive inside.
    pub fn distance(&self, [x, y, z]: [f64; 3]) -> f64 {
        let (side, ends) = (self.section.distance([x, y]), z.min(self.length - z));
        if side < 0.0 && ends < 0.0 {
            -side.hypot(ends)
        } else {
            side.min(ends)
        }
    }

    /// Volume [um3].
    pub fn volume(&self) -> f64 {
        self.section.area() * self.length
    }

    /// Volume of the fluid in it [um3]: of a column only its pores, which are this share of it.
    pub fn room(&self, porosity: Option<f64>) -> f64 {
        self.volume() * porosity.unwrap_or(1.0)
    }

    /// Lower and upper corner of the bounding box [um].
    pub fn bounds(&self) -> ([f64; 3], [f64; 3]) {
        let [x, y] = self.section.half();
        ([-x, -y, 0.0], [x, y, self.length])
    }

    /// A place in the duct's own coordinates, each 0 to 1: across (the lane), around the axis from x towards y or over the width of
    /// a channel, and along.
    pub fn own(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let around = match self.section {
            Section::Channel { width, .. } => x / width + 0.5,
            Section::Tube { .. } | Section::Annulus { .. } => (y.atan2(x) / TAU).rem_euclid(1.0),
        };
        [self.section.lane([x, y]), around, z / self.length]
    }

    /// The point at rank `along` of the length and ranks `u`, `v` across: equal ranks hold equal volumes.
    pub fn place(&self, along: f64, u: f64, v: f64) -> [f64; 3] {
        let [x, y] = self.section.on_lane(self.section.lane_of_area(u), v);
        [x, y, along * self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Section; 3] = [
        Section::Tube { radius: 500.0 },
        Section::Annulus {
            inner: 3980.0,
            outer: 4360.0,
        },
        Section::Channel {
            width: 4000.0,
            height: 300.0,
        },
    ];

    /// By hand: pi (4.36^2 - 3.98^2) = 9.956 mm2 over 203 mm are 2.0211 mL.
    #[test]
    fn the_volume_of_a_sorter() {
        let duct = Duct {
            section: ALL[1],
            length: 203e3,
        };
        assert!((duct.volume() / 1e12 - 2.0211).abs() < 1e-4);
        assert_eq!(duct.distance([4000.0, 0.0, 100e3]), 20.0);
        assert_eq!(duct.distance([0.0, 4300.0, 30.0]), 30.0);
        assert_eq!(duct.distance([0.0, 0.0, 30.0]), -3980.0);
    }

    #[test]
    fn cells_keep_off_the_walls() {
        for section in ALL {
            for q in [[1e4, 3.0], [-4200.0, 140.0], [0.1, -0.2], [3979.0, 0.0]] {
                let to = section.keep_off(q, 6.0).unwrap();
                assert!(section.distance(to) >= 6.0 - 1e-9, "{section:?} {to:?}");
                if section.distance(q) > 6.0 {
                    assert_eq!(to, q);
                }
            }
            assert_eq!(section.keep_off([100.0, 0.0], 501.0), None);
        }
    }

    #[test]
    fn places_lie_inside_and_ranks_hold_equal_areas() {
        for section in ALL {
            let duct = Duct { section, length: 1e3 };
            for i in 0..50 {
                let u = (f64::from(i) + 0.5) / 50.0;
                let q = duct.place(u, u, (u * 17.0).fract());
                assert!(duct.distance(q) >= 0.0, "{section:?} {q:?}");
                let lane = section.lane([q[0], q[1]]);
                assert!((section.area_share(lane) - u).abs() < 1e-12);
                assert!((section.lane_of_area(u) - lane).abs() < 1e-12);
            }
        }
    }
}
