//! A cylindrical tube with a flat bottom.

/// Inner radius and height of the sample [um].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tube {
    /// Inner radius [um].
    pub radius: f64,
    /// Meniscus to bottom [um].
    pub height: f64,
}

impl Tube {
    /// Signed distance to the nearest wall or the meniscus [um], positive inside.
    pub fn distance(&self, [x, y, z]: [f64; 3]) -> f64 {
        let (side, ends) = (self.radius - x.hypot(y), z.min(self.height - z));
        if side < 0.0 && ends < 0.0 {
            -side.hypot(ends)
        } else {
            side.min(ends)
        }
    }

    /// Volume between the meniscus and depth `z` [um3].
    pub fn volume_above(&self, z: f64) -> f64 {
        std::f64::consts::PI * self.radius * self.radius * z.clamp(0.0, self.height)
    }

    /// Equal ranks hold equal volumes.
    pub fn place(&self, along: f64, u: f64, v: f64) -> [f64; 3] {
        let (r, (sin, cos)) = (self.radius * u.sqrt(), (std::f64::consts::TAU * v).sin_cos());
        [r * cos, r * sin, along * self.height]
    }

    /// Bounding box.
    pub fn bounds(&self) -> ([f64; 3], [f64; 3]) {
        (
            [-self.radius, -self.radius, 0.0],
            [self.radius, self.radius, self.height],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Tube;

    /// By hand: a 14 mm tube filled 65 mm high holds pi 7^2 65 mm3 = 10.006 mL.
    #[test]
    fn volume_and_distance() {
        let tube = Tube {
            radius: 7e3,
            height: 65e3,
        };
        assert!((tube.volume_above(65e3) / 1e12 - 10.006).abs() < 1e-3);
        assert_eq!(tube.distance([0.0, 0.0, 1e3]), 1e3);
        assert_eq!(tube.distance([6e3, 0.0, 30e3]), 1e3);
        assert_eq!(tube.distance([10e3, 0.0, 69e3]), -5e3);
    }
}
