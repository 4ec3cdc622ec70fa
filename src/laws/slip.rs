//! Slip of one cell in a mixture under one acceleration.
//!
//! Source: Stokes (1851) with the mixture's density and a hindrance factor, after Masliyah (Chem. Eng. Sci.
//! 34:1166, 1979) and Lockett & Bassoon (Powder Technol. 24:1, 1979).

/// Velocity relative to the volume flux before the backflow is taken off [um/us].
///
/// `m0`: d^2/(18 f) times the aggregation factor [um2]; `excess`, `mixture`: densities of the cell and of the
/// mixture above the fluid's [pg/um3]; `a`: acceleration [um/us2]; `mu`: viscosity of the fluid [pg/(um us)].
#[inline(always)]
pub fn slip(m0: f64, excess: f64, mixture: f64, hindrance: f64, a: f64, mu: f64) -> f64 {
    m0 / mu * hindrance * (excess - mixture) * a
}

#[cfg(test)]
mod tests {
    /// By hand: a 2 um sphere 0.1 g/mL denser than water (1 mPa s) sinks at 4/18 0.1 9.81e-6 = 0.218 um/s.
    #[test]
    fn a_two_micron_sphere() {
        let v = super::slip(4.0 / 18.0, 0.1, 0.0, 1.0, 9.81e-6, 1.0);
        assert!((v * 1e6 - 0.218).abs() < 1e-9);
    }
}
