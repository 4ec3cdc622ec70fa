//! Viscosity of a suspension of spheres at any shear rate: Roscoe (Br. J. Appl. Phys. 3:267, 1952), Brinkman (J. Chem. Phys. 20:571, 1952).

/// Volume fraction above which the viscosity no longer rises: the law has no finite value for a full bed.
const HIGHEST: f64 = 0.93;

/// `(1 - phi)^-2.5`: viscosity over that of the fluid.
#[inline(always)]
pub fn roscoe(phi: f64) -> f64 {
    (1.0 - phi.min(HIGHEST)).powf(-2.5)
}

#[cfg(test)]
mod tests {
    /// By hand: 0.25^-2.5 = 4^2.5 = 32.
    #[test]
    fn three_quarters_full() {
        assert!((super::roscoe(0.75) - 32.0).abs() < 1e-9);
        assert_eq!(super::roscoe(0.99), super::roscoe(0.93));
    }
}
