//! Magnetisation of a superparamagnetic bead, from its first slope to saturation.

use super::fault::{MagnetError, invalid, positive};

/// coth x - 1/x. Source: P. Langevin, Ann. Chim. Phys. 5:70-127 (1905); superparamagnets: Bean & Livingston, J. Appl.
/// Phys. 30:120S (1959).
pub fn langevin(x: f64) -> f64 {
    let a = x.abs();
    if a < 0.05 {
        // x/3 - x3/45 + 2 x5/945 - x7/4725: the next term is below 1e-15 of the first
        let s = x * x;
        x * (1.0 / 3.0 + s * (-1.0 / 45.0 + s * (2.0 / 945.0 - s / 4725.0)))
    } else {
        (1.0 / a.tanh() - 1.0 / a).copysign(x)
    }
}

/// A bead's polarisation J = mu0 M over the applied field, J = Js L(3 chi B / Js): slope chi at first, Js in the end. One
/// Langevin function stands for all grains of a bead; a spread of their moments bends the curve earlier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    susceptibility: f64,
    saturation: f64,
}

impl Curve {
    /// `susceptibility` [1]: of the bead's volume and to the applied field, as it is measured on suspended beads, with
    /// demagnetisation in it. `saturation`: polarisation of the bead's volume [T].
    ///
    /// # Errors
    /// If one is not above zero, or the susceptibility is above 3, which no sphere can have to the applied field.
    pub fn new(susceptibility: f64, saturation: f64) -> Result<Self, MagnetError> {
        positive(susceptibility, "the susceptibility of a bead")?;
        positive(saturation, "the saturation of a bead [T]")?;
        if susceptibility > 3.0 {
            return invalid(format!(
                "a bead with a susceptibility of {susceptibility}; to the applied field a sphere has at most 3"
            ));
        }
        Ok(Self {
            susceptibility,
            saturation,
        })
    }

    /// First slope [1].
    pub fn susceptibility(&self) -> f64 {
        self.susceptibility
    }

    /// Polarisation in the end [T].
    pub fn saturation(&self) -> f64 {
        self.saturation
    }

    /// Flux density Js/chi [T] at which the first slope, drawn on, meets saturation; there 3 L(3)/3 = 0.672 of the slope is left.
    pub fn saturation_field(&self) -> f64 {
        self.saturation / self.susceptibility
    }

    /// Polarisation in the applied field `b` [T], in tesla.
    pub fn polarisation(&self, b: f64) -> f64 {
        self.saturation * langevin(3.0 * self.susceptibility * b / self.saturation)
    }

    /// J/B [1]: what takes the place of chi in F = V chi grad(B2)/(2 mu0). It falls as 1/B once the bead is saturated, so
    /// that the force follows grad|B| alone.
    pub fn effective_susceptibility(&self, b: f64) -> f64 {
        if b == 0.0 {
            self.susceptibility
        } else {
            self.polarisation(b) / b
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: L(1) = 1.313035 - 1; L(3) = 1.0049698 - 1/3; both forms meet at 0.05.
    #[test]
    fn values() {
        assert!((langevin(1.0) - 0.313_035_285_5).abs() < 1e-10);
        assert!((langevin(-3.0) + 0.671_636_490_0).abs() < 1e-9);
        assert!((langevin(1e4) - 0.9999).abs() < 1e-12);
        assert!((langevin(0.05 - 1e-15) / langevin(0.05) - 1.0).abs() < 2e-12);
        assert_eq!(langevin(0.0), 0.0);
    }

    /// By hand: chi = 1.05, Js = 0.0369 T: at 1 mT x = 0.0854, still the slope; at 0.0117 T x = 1 and a third is missing
    /// to it, 0.939 of 1; at 1 T the bead lacks 1/85 of saturation.
    #[test]
    fn from_slope_to_saturation() {
        let c = Curve::new(1.05, 0.0369).unwrap();
        assert_eq!(c.effective_susceptibility(0.0), 1.05);
        assert!((c.effective_susceptibility(1e-3) / 1.05 - 1.0).abs() < 1e-3);
        let b = 0.0369 / 3.15;
        assert!((c.effective_susceptibility(b) / 1.05 - 3.0 * 0.313_035_285_5).abs() < 1e-9);
        assert!((c.polarisation(1.0) / 0.0369 - (1.0 - 0.0369 / 3.15)).abs() < 1e-9);
        // saturated: J/B halves when B doubles
        assert!((c.effective_susceptibility(2.0) / c.effective_susceptibility(1.0) - 0.5).abs() < 4e-3);
        // 36.9 mT over 1.05; there L(3)/3 of three times the slope is left
        assert!((c.saturation_field() - 0.035_142_857).abs() < 1e-9);
        assert!((c.effective_susceptibility(c.saturation_field()) / 1.05 - 0.671_636_490).abs() < 1e-9);
        assert!(Curve::new(4.0, 0.1).is_err() && Curve::new(0.1, 0.0).is_err());
    }
}
