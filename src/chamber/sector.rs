//! A sector-shaped cell: two side walls lie along radii of the rotor, so that nothing meets them.
//!
//! Depth is counted in two ways. The signed distance is that of a point in space: x, y and z are Cartesian, z along the
//! middle radius from the meniscus. Volumes, grid layers and the places that parcels start from ([`Sector::place`]) go by
//! the radial depth r - meniscus_radius, by which the motion is one-dimensional. At the edge of a sector of angle 2 phi the
//! two differ by r (1 - cos phi), 0.05 mm at 150 mm for 3 degrees. [`Sector::cartesian`] turns the second into the first.

/// Geometry of the sector, lengths in um.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sector {
    /// Distance of the meniscus from the rotor's axis [um].
    pub meniscus_radius: f64,
    /// Meniscus to bottom, along the radius [um].
    pub height: f64,
    /// Angle between the side walls [rad].
    pub angle: f64,
    /// Width along the rotor's axis [um].
    pub thickness: f64,
}

impl Sector {
    /// Signed distance to the nearest wall or the meniscus [um], positive inside (exact inside; a lower bound
    /// of the distance outside).
    pub fn distance(&self, [x, y, z]: [f64; 3]) -> f64 {
        let r = self.meniscus_radius + z;
        let rho = r.hypot(x);
        let ends = (rho - self.meniscus_radius).min(self.meniscus_radius + self.height - rho);
        let side = rho * (0.5 * self.angle - x.atan2(r).abs()).sin();
        ends.min(side).min(0.5 * self.thickness - y.abs())
    }

    /// Volume between the meniscus and depth `z` [um3].
    pub fn volume_above(&self, z: f64) -> f64 {
        let z = z.clamp(0.0, self.height);
        self.angle * self.thickness * z * (self.meniscus_radius + 0.5 * z)
    }

    /// Equal ranks hold equal volumes: r^2 is uniform. The third coordinate is the radial depth, as the grid counts it; for
    /// a point in space see [`Sector::cartesian`].
    pub fn place(&self, along: f64, u: f64, v: f64) -> [f64; 3] {
        let (a, b) = (self.meniscus_radius, self.meniscus_radius + self.height);
        let r = (a * a + along * (b * b - a * a)).sqrt();
        [
            r * ((u - 0.5) * self.angle).sin(),
            (v - 0.5) * self.thickness,
            r - a,
        ]
    }

    /// The point in space, as [`Sector::distance`] takes it, of a place `[x, y, radial depth]`.
    pub fn cartesian(&self, [x, y, depth]: [f64; 3]) -> [f64; 3] {
        let r = self.meniscus_radius + depth;
        [x, y, (r * r - x * x).max(0.0).sqrt() - self.meniscus_radius]
    }

    /// Half the width across the radius at depth `z` [um].
    pub fn half_width(&self, z: f64) -> f64 {
        (self.meniscus_radius + z) * (0.5 * self.angle).sin()
    }

    /// Bounding box.
    pub fn bounds(&self) -> ([f64; 3], [f64; 3]) {
        let w = self.half_width(self.height);
        (
            [-w, -0.5 * self.thickness, 0.0],
            [w, 0.5 * self.thickness, self.height],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Sector;
    use crate::rng;

    /// By hand: between 0.10 and 0.15 m the volume is angle thickness (0.15^2 - 0.10^2)/2.
    #[test]
    fn volume_and_place() {
        let s = Sector {
            meniscus_radius: 1e5,
            height: 5e4,
            angle: 0.05,
            thickness: 1e4,
        };
        assert!((s.volume_above(5e4) - 0.05 * 1e4 * (2.25e10 - 1e10) / 2.0).abs() < 1.0);
        let half = s.place(0.5, 0.5, 0.5);
        assert!((s.volume_above(half[2]) / s.volume_above(5e4) - 0.5).abs() < 1e-12);
        assert!((s.distance([0.0, 0.0, 1e3]) - 1e3).abs() < 1e-9);
        assert!(s.distance([0.0, 6e3, 1e3]) < 0.0);
    }

    /// Every place lies inside, once its radial depth is turned into a depth along the middle radius; as it stands, one in
    /// the lower corner of a wide sector does not.
    #[test]
    fn places_lie_inside() {
        for angle in [0.05, 1.0] {
            let s = Sector {
                meniscus_radius: 1e5,
                height: 5e4,
                angle,
                thickness: 1e4,
            };
            for i in 0..1000 {
                let [a, u, v, _] = rng::roberts4(i, rng::unit_vector(7, 0));
                let place = s.place(a, u, v);
                let point = s.cartesian(place);
                assert!(s.distance(point) > 0.0, "{place:?} {point:?}");
                // the same radius and the same angle
                let r = 1e5 + place[2];
                assert!((point[0].hypot(1e5 + point[2]) / r - 1.0).abs() < 1e-12);
                let turn = point[0].atan2(1e5 + point[2]);
                assert!((turn - (u - 0.5) * angle).abs() < 1e-9, "{turn}");
            }
            assert!(s.distance(s.place(0.9999, 0.01, 0.5)) < 0.0);
        }
    }
}
