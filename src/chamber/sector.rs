//! A sector-shaped cell: two side walls lie along radii of the rotor, so that nothing meets them.

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

    /// Equal ranks hold equal volumes: r^2 is uniform.
    pub fn place(&self, along: f64, u: f64, v: f64) -> [f64; 3] {
        let (a, b) = (self.meniscus_radius, self.meniscus_radius + self.height);
        let r = (a * a + along * (b * b - a * a)).sqrt();
        [
            r * ((u - 0.5) * self.angle).sin(),
            (v - 0.5) * self.thickness,
            r - a,
        ]
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
}
