//! The field at a point.

use crate::constants::VACUUM_PERMEABILITY;
use glam::{DMat3, DVec3};
use std::ops::{Add, Mul};

/// Flux density and its gradient at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldPoint {
    /// Flux density [T].
    pub b: DVec3,
    /// dB_i/dx_j in row i and column j [T/um]: column j is the change of B along axis j.
    pub gradient: DMat3,
}

impl FieldPoint {
    /// No field.
    pub const ZERO: Self = Self {
        b: DVec3::ZERO,
        gradient: DMat3::ZERO,
    };

    /// |B| [T].
    pub fn magnitude(&self) -> f64 {
        self.b.length()
    }

    /// grad(B2) = 2 (grad B)^T B [T2/um].
    pub fn grad_b2(&self) -> DVec3 {
        2.0 * (self.gradient.transpose() * self.b)
    }

    /// grad(B2) / (2 mu0) [nN/um3]: the force on a unit volume of unit susceptibility; 1 nN/um3 = 1e9 T A/m2.
    pub fn force_density(&self) -> DVec3 {
        self.grad_b2() / (2.0 * VACUUM_PERMEABILITY)
    }

    /// grad|B| [T/um], zero where there is no field: what pulls a saturated bead.
    pub fn grad_magnitude(&self) -> DVec3 {
        let b = self.magnitude();
        if b > 0.0 {
            self.grad_b2() / (2.0 * b)
        } else {
            DVec3::ZERO
        }
    }

    /// div B [T/um], zero in every field there is.
    pub fn divergence(&self) -> f64 {
        let g = &self.gradient;
        g.x_axis.x + g.y_axis.y + g.z_axis.z
    }

    /// curl B [T/um], zero where no current flows.
    pub fn curl(&self) -> DVec3 {
        let g = &self.gradient;
        DVec3::new(
            g.y_axis.z - g.z_axis.y,
            g.z_axis.x - g.x_axis.z,
            g.x_axis.y - g.y_axis.x,
        )
    }

    /// The same field seen from axes turned by `turn` (columns: the local axes).
    pub(super) fn turned(&self, turn: DMat3) -> Self {
        Self {
            b: turn * self.b,
            gradient: turn * self.gradient * turn.transpose(),
        }
    }
}

impl Add for FieldPoint {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            b: self.b + other.b,
            gradient: self.gradient + other.gradient,
        }
    }
}

impl Mul<FieldPoint> for f64 {
    type Output = FieldPoint;
    fn mul(self, p: FieldPoint) -> FieldPoint {
        FieldPoint {
            b: self * p.b,
            gradient: self * p.gradient,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, from a published calibration region (Zborowski et al., Biophys. J. 84:2638, 2003): B = 1.40 T and
    /// grad B = 0.131 T/mm give B grad B / mu0 = 1.459e8 T A/m2 = 0.1459 nN/um3.
    #[test]
    fn a_calibration_region() {
        let p = FieldPoint {
            b: DVec3::new(0.0, 0.0, 1.40),
            gradient: DMat3::from_cols(
                DVec3::new(0.0, 0.0, 1.31e-4),
                DVec3::ZERO,
                DVec3::new(1.31e-4, 0.0, 0.0),
            ),
        };
        assert!((p.force_density() - DVec3::X * 0.14594).length() < 1e-5);
        assert!((p.grad_b2() - DVec3::X * 3.668e-4).length() < 1e-12);
        assert!((p.grad_magnitude() - DVec3::X * 1.31e-4).length() < 1e-12);
        assert_eq!(p.curl(), DVec3::ZERO);
        assert_eq!(p.divergence(), 0.0);
    }
}
