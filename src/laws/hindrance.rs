//! Hindrance: what crowding leaves of the mobility.
//!
//! Source: Masliyah (Chem. Eng. Sci. 34:1166, 1979), Lockett & Bassoon (Powder Technol. 24:1, 1979). With n = 4.65
//! a single species then settles at u_Stokes (1 - phi)^n, Richardson & Zaki (Trans. IChemE 32:35, 1954).

/// `(1 - phi)^(n - 2)`; phi is the volume fraction of all cells.
#[inline(always)]
pub fn hindrance(phi: f64, exponent: f64) -> f64 {
    (1.0 - phi).max(1e-6).powf(exponent - 2.0)
}

#[cfg(test)]
mod tests {
    /// By hand: 0.5^(4.65 - 2) = 2^-2.65 = 0.15933.
    #[test]
    fn half_full() {
        assert!((super::hindrance(0.5, 4.65) - 0.159_33).abs() < 1e-5);
        assert_eq!(super::hindrance(0.0, 4.65), 1.0);
    }
}
