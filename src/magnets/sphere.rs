//! A soft sphere in a uniform background field: one of a column's matrix.
//!
//! Outside, a uniformly magnetised sphere is exactly a dipole at its centre. Source: Jackson, Classical Electrodynamics,
//! 3rd ed. (1999), section 5.10.

use super::dipole::dipole;
use super::fault::{MagnetError, finite, positive};
use super::induced::{Regime, Soft, polarisation};
use super::packed::Record;
use super::point::FieldPoint;
use glam::DVec3;
use std::f64::consts::PI;

/// A ball. Its field is what it adds; the background is a source of its own (`Field::in_background`).
#[derive(Clone, Debug, PartialEq)]
pub struct Sphere {
    centre: DVec3,
    radius: f64,
    background: DVec3,
    polarisation: DVec3,
    regime: Regime,
}

impl Sphere {
    /// At `centre`, of `radius` [um], in the background `b0` [T].
    ///
    /// # Errors
    /// If a number is none that can be.
    pub fn new(centre: DVec3, radius: f64, soft: Soft, b0: DVec3) -> Result<Self, MagnetError> {
        finite(centre, "the centre of a sphere")?;
        positive(radius, "the radius of a sphere [um]")?;
        let (polarisation, regime) = polarisation(soft, 1.0 / 3.0, b0)?;
        Ok(Self {
            centre,
            radius,
            background: b0,
            polarisation,
            regime,
        })
    }

    /// Centre and radius [um].
    pub(super) fn ball(&self) -> (DVec3, f64) {
        (self.centre, self.radius)
    }

    /// Polarisation [T].
    pub fn polarisation(&self) -> DVec3 {
        self.polarisation
    }

    /// The background that magnetises it [T].
    pub fn background(&self) -> DVec3 {
        self.background
    }

    /// Linear or saturated.
    pub fn regime(&self) -> Regime {
        self.regime
    }

    /// Most by which it disturbs the background `distance` [um] away [T]: 2 J a3/(3 d3). Spheres do not magnetise each
    /// other here; where this is not small beside the background they would.
    pub fn influence(&self, distance: f64) -> f64 {
        2.0 / 3.0 * self.polarisation.length() * (self.radius / distance).powi(3)
    }

    /// Distance to the surface [um], negative inside.
    pub fn clearance(&self, q: DVec3) -> f64 {
        q.distance(self.centre) - self.radius
    }

    /// What the sphere adds to the background at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Inside`] in or on the sphere.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        if self.clearance(q) <= 0.0 {
            let what = "a sphere".to_owned();
            return Err(MagnetError::Inside { what, at: q });
        }
        let volume = 4.0 / 3.0 * PI * self.radius.powi(3);
        Ok(dipole(self.polarisation * volume, q - self.centre))
    }

    /// What a GPU is given.
    pub(super) fn record(&self) -> Record {
        Record::ball(self.centre, self.radius, 1.0, 4.0 / 3.0 * PI * self.polarisation)
    }

    pub(super) fn moved(&self, by: DVec3) -> Self {
        Self {
            centre: self.centre + by,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: chi = 1000 in 0.3 T: J = 300/(1 + 333.3) = 0.8973 T; at the pole the sphere adds 2 J/3 = 0.598 T (a soft
    /// sphere triples the field), at the equator it takes J/3 off. It saturates at 2.16/3 = 0.72 T.
    #[test]
    fn linear_and_saturated() {
        let iron = Soft {
            susceptibility: 1e3,
            saturation: 2.16,
        };
        let at = |b: f64| Sphere::new(DVec3::ONE, 100.0, iron, DVec3::Z * b).unwrap();
        assert!((at(0.3).polarisation().z - 0.897_308).abs() < 1e-6);
        let pole = at(0.3).at(DVec3::ONE + DVec3::Z * 100.000_001).unwrap();
        assert!((pole.b.z - 0.598_205).abs() < 1e-6);
        let equator = at(0.3).at(DVec3::ONE + DVec3::X * 100.000_001).unwrap();
        assert!((equator.b.z + 0.299_103).abs() < 1e-6);
        assert_eq!(at(0.72).regime(), Regime::Linear);
        assert_eq!(at(0.73).regime(), Regime::Saturated);
        assert_eq!(at(5.0).polarisation(), DVec3::Z * 2.16);
        assert!((at(5.0).influence(200.0) - 0.18).abs() < 1e-12);
        assert!(at(1.0).at(DVec3::ONE).is_err());
    }
}
