//! What one magnetised wire or sphere does to a small magnetisable cell beside it.
//!
//! The field is the background's and that of a line dipole (wire) or a dipole (sphere), exact outside either; the velocity is
//! m grad(B2)/(2 mu0), written out. In two dimensions that is the radial -cos(2 phi)/r3 - K/r5 and the tangential
//! -sin(2 phi)/r3 of J. H. P. Watson, J. Appl. Phys. 44:4209-4213 (1973), from memory; both are derived here, and a test in
//! `magnets::Collector` holds them to differences of the fields.

use glam::DVec3;

/// Velocity at the distance `r` radii in the direction `n`, in m B0 J/(mu0 a). `h`: direction of the background; `induced`:
/// J/(2 B0) of a wire, J/(3 B0) of a sphere. Of a wire n and h lie across it.
#[inline(always)]
pub fn collector_pull(n: DVec3, r: f64, h: DVec3, induced: f64, wire: bool) -> DVec3 {
    let c = n.dot(h);
    let s = 1.0 / (r * r);
    if wire {
        return s / r * (2.0 * c * h + (1.0 - 4.0 * c * c - induced * s) * n);
    }
    let outer = 2.0 * c * h + (1.0 - 5.0 * c * c) * n;
    s * s * (outer + induced * s / r * (c * h - (1.0 + 4.0 * c * c) * n))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, at twice the radius. Wire, K = 1/2: -1/8 - 1/64 along the field, +1/8 - 1/64 across it; at 45 degrees radial
    /// -1/64, tangential -1/8. Sphere, A = 1/2: -2/16 - 4/2/128 along it, 1/16 - 1/2/128 across.
    #[test]
    fn along_and_across_the_field() {
        let (y, z) = (DVec3::Y, DVec3::Z);
        let at = |n, wire| collector_pull(n, 2.0, z, 0.5, wire);
        assert!((at(z, true) + (0.125 + 0.015_625) * z).length() < 1e-15);
        assert!((at(y, true) - (0.125 - 0.015_625) * y).length() < 1e-15);
        let n = (y + z) / 2.0_f64.sqrt();
        let away = (y - z) / 2.0_f64.sqrt();
        assert!((at(n, true) + n / 64.0 + away / 8.0).length() < 1e-15);
        assert!((at(z, false) + (0.125 + 2.0 / 128.0) * z).length() < 1e-15);
        assert!((at(y, false) - (0.0625 - 0.5 / 128.0) * y).length() < 1e-15);
    }
}
