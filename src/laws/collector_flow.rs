//! The flow past one wire or one sphere of a matrix.
//!
//! With the angle th from the stream u_r = cos(th) f(r) and, because the flow is free of sources,
//! u_th = -sin(th) (f + r f'/p), p = 1 for a wire and 2 for a sphere; lengths in radii of the body, velocities in that of the
//! stream. f is k1/r2 + k2 + k3 ln r + k4 r2 for a wire and k1/r3 + k2/r + k3 + k4 r2 for a sphere: what both potential and
//! creeping flow allow (Happel & Brenner, Low Reynolds Number Hydrodynamics, 1965, from memory; the coefficients are in
//! `magnets::Collector`, and tests hold them to their boundary conditions).

use glam::DVec3;

/// Velocity at the distance `r` in the direction `n` [1]. `k`: k1 to k4 and nothing for a wire; for a sphere the coefficients of
/// (r - 1) to (r - 1)^5 in r3 f, in which nothing cancels at the surface.
#[inline(always)]
pub fn collector_flow(n: DVec3, r: f64, k: [f64; 5], wire: bool) -> DVec3 {
    // f, and r f'/p
    let (radial, slope) = if wire {
        let s = r * r;
        (
            k[0] / s + k[1] + k[2] * r.ln() + k[3] * s,
            k[2] + 2.0 * (k[3] * s - k[0] / s),
        )
    } else {
        let s = r - 1.0;
        let whole = s * (k[0] + s * (k[1] + s * (k[2] + s * (k[3] + s * k[4]))));
        let rise = k[0] + s * (2.0 * k[1] + s * (3.0 * k[2] + s * (4.0 * k[3] + s * 5.0 * k[4])));
        let volume = r * r * r;
        (whole / volume, 0.5 * (r * rise - 3.0 * whole) / volume)
    };
    (radial + slope) * DVec3::Z - n.z * slope * n
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, potential flow at twice the radius. Wire (k = -1, 1, 0, 0): 1 - 1/4 = 3/4 ahead, 1 + 1/4 abreast. Sphere
    /// (r3 f = r3 - 1 = 3 s + 3 s2 + s3): 1 - 1/8 = 7/8 ahead, 1 + 1/16 abreast; 1.5 at the equator. Where both angles are 45
    /// degrees: u_r = f/sqrt 2, u_th = -(f + slope)/sqrt 2.
    #[test]
    fn potential_flow_ahead_and_abreast() {
        let wire = [-1.0, 1.0, 0.0, 0.0, 0.0];
        let sphere = [3.0, 3.0, 1.0, 0.0, 0.0];
        let u = |n, r, wire_not_sphere| {
            collector_flow(n, r, if wire_not_sphere { wire } else { sphere }, wire_not_sphere)
        };
        assert!((u(DVec3::NEG_Z, 2.0, true) - 0.75 * DVec3::Z).length() < 1e-15);
        assert!((u(DVec3::Y, 2.0, true) - 1.25 * DVec3::Z).length() < 1e-15);
        assert!((u(DVec3::NEG_Z, 2.0, false) - 0.875 * DVec3::Z).length() < 1e-15);
        assert!((u(DVec3::X, 2.0, false) - 1.0625 * DVec3::Z).length() < 1e-15);
        assert!((u(DVec3::Y, 1.0, false) - 1.5 * DVec3::Z).length() < 1e-15);
        let n = (DVec3::Y + DVec3::Z) / 2.0_f64.sqrt();
        let theta = (DVec3::Y - DVec3::Z) / 2.0_f64.sqrt();
        let by_hand = (0.75 * n - 1.25 * theta) / 2.0_f64.sqrt();
        assert!((u(n, 2.0, true) - by_hand).length() < 1e-15);
    }

    /// By hand: k3 = 1 alone at r = e: f = 1, r f' = 1, so 1 ahead and 2 abreast. r3 f = s4 + 2 s5 of a sphere at r = 2: f =
    /// 3/8, r3 f' + 3 r2 f = 4 + 10, so r f'/2 = (2 14 - 9)/16.
    #[test]
    fn each_coefficient_counts() {
        let e = std::f64::consts::E;
        let k = [0.0, 0.0, 1.0, 0.0, 0.0];
        assert!((collector_flow(DVec3::Z, e, k, true) - DVec3::Z).length() < 1e-15);
        assert!((collector_flow(DVec3::Y, e, k, true) - 2.0 * DVec3::Z).length() < 1e-15);
        let k = [0.0, 0.0, 0.0, 1.0, 0.0];
        assert!((collector_flow(DVec3::Y, 2.0, k, true) - 12.0 * DVec3::Z).length() < 1e-15);
        let k = [0.0, 0.0, 0.0, 1.0, 2.0];
        assert!((collector_flow(DVec3::Z, 2.0, k, false) - 0.375 * DVec3::Z).length() < 1e-15);
        assert!(
            (collector_flow(DVec3::Y, 2.0, k, false) - (0.375 + 19.0 / 16.0) * DVec3::Z).length() < 1e-15
        );
    }
}
