//! How much stronger than the background the field beside a magnetised wire or sphere is.
//!
//! Outside, a wire across the background adds J/2 (a/r)2 (2 (h.n) n - h), a sphere J/3 (a/r)3 (3 (h.n) n - h). Source:
//! Jackson, Classical Electrodynamics, 3rd ed. (1999), section 5.10, for the sphere; the wire is its two-dimensional twin.

use glam::DVec3;

/// |B|/B0 at the distance `r` radii in the direction `n`. `h`: direction of the background; `induced`: J/(2 B0) of a wire,
/// J/(3 B0) of a sphere.
#[inline(always)]
pub fn collector_field(n: DVec3, r: f64, h: DVec3, induced: f64, wire: bool) -> f64 {
    let c = n.dot(h);
    let added = if wire {
        (2.0 * c * n - h) / (r * r)
    } else {
        (3.0 * c * n - h) / (r * r * r)
    };
    (h + induced * added).length()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: on a soft wire (1) the field is doubled along the background and none across it; on a soft sphere (1) it is
    /// tripled and none; at twice the radius 1 + 1/4, 1 - 1/4, 1 + 2/8, 1 - 1/8.
    #[test]
    fn poles_and_equators() {
        let at = |n, r, wire| collector_field(n, r, DVec3::Z, 1.0, wire);
        for (n, r, wire, b) in [
            (DVec3::Z, 1.0, true, 2.0),
            (DVec3::Y, 1.0, true, 0.0),
            (DVec3::Z, 1.0, false, 3.0),
            (DVec3::Y, 1.0, false, 0.0),
            (DVec3::Z, 2.0, true, 1.25),
            (DVec3::Y, 2.0, true, 0.75),
            (DVec3::Z, 2.0, false, 1.25),
            (DVec3::X, 2.0, false, 0.875),
        ] {
            assert!((at(n, r, wire) - b).abs() < 1e-15, "{n} {r} {wire}");
        }
    }
}
