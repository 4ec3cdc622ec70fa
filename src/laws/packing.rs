//! The packing limit: mobility falls linearly to zero over the last few per cent before it.
//!
//! A numerical closure rather than a law of nature: the width is the volume fraction over which a bed stiffens,
//! and makes the flux into a cell vanish before the cell overfills.

/// 1 well below the limit, 0 at and above it.
#[inline(always)]
pub fn packing(phi: f64, limit: f64, width: f64) -> f64 {
    ((limit - phi) / width).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    /// By hand: 0.92 is two fifths of the way from the limit 0.94 down a width of 0.05.
    #[test]
    fn on_the_slope() {
        assert!((super::packing(0.92, 0.94, 0.05) - 0.4).abs() < 1e-12);
        assert_eq!(super::packing(0.95, 0.94, 0.05), 0.0);
        assert_eq!(super::packing(0.2, 0.94, 0.05), 1.0);
    }
}
