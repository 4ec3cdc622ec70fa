//! Where in a table of filter coefficients a ratio of magnetic velocity to flow stands.

use crate::shaders::gpu_constants;

gpu_constants! {
    /// Rows of the table, two an octave, from 2^-12 to 2^12.
    pub const CAPTURE_ROWS: usize = 49;
}

/// The ratio at a row.
pub fn ratio_at(row: usize) -> f64 {
    (0.5 * row as f64 - 12.0).exp2()
}

/// Row of a ratio, a real number; ratios beyond the table stand at its ends.
pub fn capture_row(ratio: f64) -> f64 {
    (2.0 * ratio.log2() + 24.0).clamp(0.0, (CAPTURE_ROWS - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 1 is in the middle, the root of two half an octave further; nothing and infinity stand at the ends.
    #[test]
    fn rows() {
        assert_eq!(capture_row(1.0), 24.0);
        assert!((capture_row(2f64.sqrt()) - 25.0).abs() < 1e-12);
        assert_eq!(capture_row(0.0), 0.0);
        assert_eq!(capture_row(f64::INFINITY), 48.0);
        for row in 0..CAPTURE_ROWS {
            assert_eq!(capture_row(ratio_at(row)), row as f64);
        }
    }
}
