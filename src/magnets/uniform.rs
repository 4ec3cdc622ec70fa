//! A field with a constant gradient: a background, or the small region in which a rig was calibrated.

use super::fault::{MagnetError, direction, finite, invalid, positive};
use super::packed::{Kind, Record};
use super::point::FieldPoint;
use glam::{DMat3, DVec3};

/// How far a gradient may be from traceless and symmetric, as a share of its largest element: written with four digits.
const SLACK: f64 = 1e-3;

/// B = B0 + G (q - centre), everywhere.
///
/// Maxwell's equations without currents leave G symmetric and without a trace; anything else is refused. A consequence
/// is that the force, 2 G B, is not the same everywhere: it is B0's only at the centre (see [`Uniform::unevenness`]).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform {
    centre: DVec3,
    b: DVec3,
    gradient: DMat3,
}

impl Uniform {
    /// The same field everywhere [T].
    ///
    /// # Errors
    /// If it is not finite.
    pub fn background(b: DVec3) -> Result<Self, MagnetError> {
        Self::new(DVec3::ZERO, b, DMat3::ZERO)
    }

    /// `b` [T] at `centre` [um], dB_i/dx_j = `gradient` [T/um]. What is within rounding of traceless and symmetric is
    /// made exactly so.
    ///
    /// # Errors
    /// If a number is not finite, or the gradient is not traceless and symmetric.
    pub fn new(centre: DVec3, b: DVec3, gradient: DMat3) -> Result<Self, MagnetError> {
        finite(centre, "the centre of the field")?;
        finite(b, "the flux density")?;
        if !gradient.is_finite() {
            return invalid("the gradient is not finite");
        }
        let largest = gradient
            .to_cols_array()
            .iter()
            .fold(0.0, |m: f64, g| m.max(g.abs()));
        let p = FieldPoint { b, gradient };
        if p.divergence().abs() > SLACK * largest {
            return invalid(format!(
                "the gradient has a trace of {:.3e} T/um; div B = 0 leaves it none: what the field gains along one \
                 axis it loses across it",
                p.divergence()
            ));
        }
        if p.curl().length() > SLACK * largest {
            return invalid(format!(
                "the gradient is not symmetric: a curl of {:.3e} T/um needs currents in the sample",
                p.curl().length()
            ));
        }
        let even = 0.5 * (gradient + gradient.transpose());
        let gradient = even - DMat3::from_diagonal(DVec3::splat(p.divergence() / 3.0));
        Ok(Self { centre, b, gradient })
    }

    /// What a calibration region such as "B = 1.40 T, grad B = 0.131 T/mm" means: |B| and |grad |B|| at its centre, the
    /// force along `force`, so that grad(B2)/2 = B grad B there. The field lies along or across the force, as in a gap
    /// between tapered poles; the gradient is the one with the fewest elements that Maxwell's equations allow.
    ///
    /// # Errors
    /// If a number is not above zero, or the field lies neither along nor across the force.
    pub fn calibrated(
        centre: DVec3,
        b: f64,
        gradient: f64,
        field: DVec3,
        force: DVec3,
    ) -> Result<Self, MagnetError> {
        positive(b, "the flux density [T]")?;
        positive(gradient, "the gradient [T/um]")?;
        let (e, f) = (direction(field, "the field")?, direction(force, "the force")?);
        let outer = |a: DVec3, b: DVec3| DMat3::from_cols(a * b.x, a * b.y, a * b.z);
        let matrix = if e.dot(f).abs() < 1e-9 {
            outer(e, f) + outer(f, e)
        } else if e.cross(f).length() < 1e-9 {
            (outer(f, f) * 1.5 - DMat3::IDENTITY * 0.5) * e.dot(f)
        } else {
            return invalid("the field of a calibration region lies along the force or across it");
        };
        Self::new(centre, b * e, gradient * matrix)
    }

    /// Field at `q` [um].
    pub fn at(&self, q: DVec3) -> FieldPoint {
        FieldPoint {
            b: self.b + self.gradient * (q - self.centre),
            gradient: self.gradient,
        }
    }

    /// What a GPU is given, seen from `origin`.
    pub(super) fn record(&self, origin: DVec3) -> Record {
        Record {
            kind: Kind::Uniform,
            centre: origin,
            axes: self.gradient,
            strength: self.at(origin).b,
            ..Record::default()
        }
    }

    /// By which share of its value at the centre the force changes within `radius` [um] of it, at most; infinite where
    /// there is no force at the centre.
    pub fn unevenness(&self, radius: f64) -> f64 {
        let force = (self.gradient * self.b).length();
        // the force is G (B0 + G r), and |G G r| <= |G|^2 r in the Frobenius norm
        let norm: f64 = self.gradient.to_cols_array().iter().map(|g| g * g).sum();
        if force > 0.0 {
            norm * radius / force
        } else {
            f64::INFINITY
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: B grad B = 1.40 * 0.131e-3 T2/um = 1.834e-4, half of grad(B2), along the force and nothing across it.
    #[test]
    fn a_calibration_region_has_its_force() {
        for field in [DVec3::Y, DVec3::X, -DVec3::X] {
            let u = Uniform::calibrated(DVec3::ONE, 1.40, 0.131e-3, field, DVec3::X).unwrap();
            let p = u.at(DVec3::ONE);
            assert!(
                (0.5 * p.grad_b2() - DVec3::X * 1.834e-4).length() < 1e-15,
                "{field}"
            );
            assert!((p.magnitude() - 1.40).abs() < 1e-15);
        }
        let u = Uniform::calibrated(DVec3::ZERO, 1.40, 0.131e-3, DVec3::Y, DVec3::X).unwrap();
        // by hand: |G|^2 = 2 g2, so within 1 mm the force changes by at most 2 g r / B = 0.187
        assert!((u.unevenness(1e3) - 0.187_142_857).abs() < 1e-8);
        let there = u.at(DVec3::X * 1e3).grad_b2();
        assert!(there.distance(u.at(DVec3::ZERO).grad_b2()) / 3.668e-4 <= 0.188);
    }

    #[test]
    fn what_maxwell_does_not_allow_is_refused() {
        let with = |g: DMat3| Uniform::new(DVec3::ZERO, DVec3::Z, g);
        let trace = with(DMat3::from_diagonal(DVec3::X * 1e-4)).unwrap_err();
        assert!(trace.to_string().contains("trace"), "{trace}");
        let curl = with(DMat3::from_cols(DVec3::Z * 1e-4, DVec3::ZERO, DVec3::ZERO)).unwrap_err();
        assert!(curl.to_string().contains("curl"), "{curl}");
        assert!(with(DMat3::from_diagonal(DVec3::new(1e-4, 1e-4, -2e-4))).is_ok());
        assert!(Uniform::background(DVec3::splat(f64::NAN)).is_err());
        assert!(Uniform::calibrated(DVec3::ZERO, 1.0, 1e-4, DVec3::ONE, DVec3::X).is_err());
    }
}
