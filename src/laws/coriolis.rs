//! Coriolis acceleration on a cell without inertia.

use glam::DVec3;

/// Solves `u = v - 2 s Omega x u` [um/us]: `s` is the sedimentation coefficient [us], `v` the velocity without the
/// term [um/us], `omega` the rotor's angular velocity [rad/us]. Exact.
#[inline(always)]
pub fn coriolis(v: DVec3, s: f64, omega: DVec3) -> DVec3 {
    let b = 2.0 * s * omega;
    (v - b.cross(v) + b * b.dot(v)) / (1.0 + b.dot(b))
}

#[cfg(test)]
mod tests {
    use glam::DVec3;

    /// By hand: b = 1 about z turns a unit velocity along x into (1, -1, 0)/2; and the equation itself holds.
    #[test]
    fn solves_its_equation() {
        let u = super::coriolis(DVec3::X, 0.5, DVec3::Z);
        assert!((u - DVec3::new(0.5, -0.5, 0.0)).length() < 1e-15);
        let (v, s, w) = (DVec3::new(1.0, 2.0, -3.0), 0.3, DVec3::new(0.1, -0.7, 0.4));
        let u = super::coriolis(v, s, w);
        assert!((u - (v - 2.0 * s * w.cross(u))).length() < 1e-14);
    }
}
