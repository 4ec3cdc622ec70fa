//! How much faster than the cells the news of crowding travels.
//!
//! Cells that enter a layer at the velocity v(phi) that it allows change phi and so v: a wave of the kinematic theory (Kynch,
//! Trans. Faraday Soc. 48:166, 1952), whose speed is of the order of v (1 + phi |dv/dphi| / v). In a bed that is many times
//! v, and a step that only looks at how far cells go would overfill it.

/// Speed of the wave over that of the cells where the volume fraction is `phi`: the derivative of `(1 - phi)^n` and of the
/// packing slope of `width` below `limit`. At most 100; nothing moves where it would be more.
#[inline(always)]
pub fn stiffness(phi: f64, exponent: f64, limit: f64, width: f64) -> f64 {
    let mut slope = exponent / (1.0 - phi).max(1e-6);
    if phi > limit - width {
        slope += 1.0 / (limit - phi).max(1e-6);
    }
    (1.0 + phi * slope).min(100.0)
}

#[cfg(test)]
mod tests {
    /// By hand: 1 + 0.5 4.65/0.5 = 5.65; on the slope 0.92 (4.65/0.08 + 1/0.02) + 1 = 100.475, cut to 100; clear fluid has
    /// no waves.
    #[test]
    fn half_full_and_nearly_packed() {
        assert!((super::stiffness(0.5, 4.65, 0.94, 0.05) - 5.65).abs() < 1e-12);
        assert!((super::stiffness(0.8, 4.65, 0.94, 0.05) - 19.6).abs() < 1e-12);
        assert!((super::stiffness(0.8, 4.65, 0.84, 0.05) - 39.6).abs() < 1e-9);
        assert_eq!(super::stiffness(0.92, 4.65, 0.94, 0.05), 100.0);
        assert_eq!(super::stiffness(0.0, 4.65, 0.94, 0.05), 1.0);
    }
}
