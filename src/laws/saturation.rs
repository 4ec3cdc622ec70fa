//! What a magnetic label keeps of its first susceptibility in a strong field.
//!
//! Source: Langevin (Ann. Chim. Phys. 5:70-127, 1905) for superparamagnetic grains (Bean & Livingston, J. Appl. Phys.
//! 30:120S, 1959): J = Js L(x), L(x) = coth x - 1/x, x = B over the field at which the first slope meets saturation
//! thrice over.

/// `3 L(x)/x`: 1 in a weak field, `3/x` in a strong one, where the force follows grad|B| instead of grad(B2).
#[inline(always)]
pub fn saturation(x: f64) -> f64 {
    let s = x * x;
    if s < 0.25 {
        // the next term is 1.1e-9 of the first at the end of the range
        1.0 + s
            * (-1.0 / 15.0
                + s * (2.0 / 315.0 + s * (-1.0 / 1575.0 + s * (2.0 / 31_185.0 - s * 1382.0 / 212_837_625.0))))
    } else if x < 19.0 {
        // coth x = 1 + 2/(e^2x - 1)
        3.0 * (1.0 + 2.0 / ((2.0 * x).exp() - 1.0) - 1.0 / x) / x
    } else {
        // coth is one to the last bit
        let r = 1.0 / x;
        3.0 * (1.0 - r) * r
    }
}

#[cfg(test)]
mod tests {
    use super::saturation;

    /// By hand: L(1) = 0.313035, so 0.939106; L(3) = 0.671636, so 0.671636; at 100 it is 3 (1 - 0.01)/100; both forms meet.
    #[test]
    fn from_slope_to_saturation() {
        assert_eq!(saturation(0.0), 1.0);
        assert!((saturation(1.0) - 0.939_105_856).abs() < 1e-9);
        assert!((saturation(3.0) - 0.671_636_490).abs() < 1e-9);
        assert!((saturation(100.0) - 0.0297).abs() < 1e-12);
        assert!((saturation(18.999_999) / saturation(19.000_001) - 1.0).abs() < 1e-6);
        assert!((saturation(0.499_999_9) - saturation(0.500_000_1)).abs() < 1e-7);
    }
}
