//! A long soft wire across a uniform background field: the matrix of high-gradient magnetic separation.
//!
//! Outside, a wire magnetised across its axis is a line dipole. Source: J. H. P. Watson, J. Appl. Phys. 44:4209-4213
//! (1973), from memory; the field is the exact one of the two-dimensional boundary value problem.

use super::fault::{MagnetError, direction, finite, invalid, positive};
use super::induced::{Regime, Soft, polarisation};
use super::packed::{Kind, Record};
use super::point::FieldPoint;
use glam::{DMat3, DVec3};

/// A straight wire without ends. Its field is what it adds; the background is a source of its own
/// (`Field::in_background`).
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    point: DVec3,
    axis: DVec3,
    radius: f64,
    background: DVec3,
    polarisation: DVec3,
    regime: Regime,
}

impl Wire {
    /// Through `point` [um] along `axis`, `radius` [um], in the background `b0` [T] across it.
    ///
    /// # Errors
    /// If the background is not across the wire, or a number is none that can be.
    pub fn new(point: DVec3, axis: DVec3, radius: f64, soft: Soft, b0: DVec3) -> Result<Self, MagnetError> {
        let axis = direction(axis, "the wire")?;
        positive(radius, "the radius of a wire [um]")?;
        finite(point, "the place of the wire")?;
        let (polarisation, regime) = polarisation(soft, 0.5, b0)?;
        if b0.dot(axis).abs() > 1e-9 * b0.length() {
            return invalid(
                "the background field has to lie across the wire: along it the wire does not pull",
            );
        }
        Ok(Self {
            point,
            axis,
            radius,
            background: b0,
            polarisation,
            regime,
        })
    }

    /// A point of its axis [um], the axis' direction, and its radius [um].
    pub(super) fn line(&self) -> (DVec3, DVec3, f64) {
        (self.point, self.axis, self.radius)
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

    /// By how much it disturbs the background `distance` [um] away [T]: J a2/(2 d2). Wires do not magnetise each other
    /// here; where this is not small beside the background they would.
    pub fn influence(&self, distance: f64) -> f64 {
        0.5 * self.polarisation.length() * (self.radius / distance).powi(2)
    }

    /// Distance to the surface [um], negative inside.
    pub fn clearance(&self, q: DVec3) -> f64 {
        self.across(q).length() - self.radius
    }

    /// What the wire adds to the background at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Inside`] in or on the wire.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        if self.clearance(q) <= 0.0 {
            let what = "a wire".to_owned();
            return Err(MagnetError::Inside { what, at: q });
        }
        let r = self.across(q);
        let d = r.length();
        let (n, j) = (r / d, self.polarisation);
        let along = j.dot(n);
        let share = (self.radius / d).powi(2);
        let column = |k: usize| {
            let e = DVec3::AXES[k] - self.axis[k] * self.axis;
            j[k] * n + along * e + n[k] * j - 4.0 * along * n[k] * n
        };
        Ok(FieldPoint {
            b: 0.5 * share * (2.0 * along * n - j),
            gradient: share / d * DMat3::from_cols(column(0), column(1), column(2)),
        })
    }

    /// What a GPU is given, in radii; the place along the wire does not matter and is that of `origin`.
    pub(super) fn record(&self, origin: DVec3) -> Record {
        let x = self.axis.any_orthonormal_vector();
        let axes = DMat3::from_cols(x, self.axis.cross(x), self.axis);
        Record {
            kind: Kind::Wire,
            centre: self.point + self.axis.dot(origin - self.point) * self.axis,
            axes,
            scale: self.radius,
            size: [1.0, 0.0, 0.0],
            strength: axes.transpose() * self.polarisation,
            ..Record::default()
        }
    }

    fn across(&self, q: DVec3) -> DVec3 {
        let r = q - self.point;
        r - r.dot(self.axis) * self.axis
    }

    pub(super) fn moved(&self, by: DVec3) -> Self {
        Self {
            point: self.point + by,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IRON: Soft = Soft {
        susceptibility: 1e3,
        saturation: 2.16,
    };

    /// By hand: saturated iron, 2 T: at twice the radius the wire adds J/8 = 0.27 T along the field and takes as much off
    /// across it; |grad B| there is J a2/d3 = 2.16/(8 * 25 um) = 10.8 mT/um, and the side repels.
    #[test]
    fn a_saturated_wire() {
        let w = Wire::new(DVec3::ZERO, DVec3::Y, 25.0, IRON, DVec3::X * 2.0).unwrap();
        assert_eq!(w.regime(), Regime::Saturated);
        let p = w.at(DVec3::new(50.0, 9e9, 0.0)).unwrap();
        assert!((p.b - DVec3::X * 0.27).length() < 1e-12);
        assert!((p.gradient.x_axis - DVec3::X * -0.0108).length() < 1e-12);
        let side = w.at(DVec3::Z * 50.0).unwrap();
        assert!((side.b + DVec3::X * 0.27).length() < 1e-12);
        assert!((side.gradient.z_axis - DVec3::X * 0.0108).length() < 1e-12);
        assert!((w.influence(250.0) - 0.0108).abs() < 1e-12);
        assert_eq!(w.clearance(DVec3::new(0.0, -1e6, 10.0)), -15.0);
        assert!(w.at(DVec3::X * 25.0).is_err());
    }

    /// By hand: chi = 1000 in 0.5 T: J = 1000 * 0.5 / 501 = 0.998 T, so at the surface the field is nearly doubled.
    #[test]
    fn a_linear_wire() {
        let w = Wire::new(DVec3::ZERO, DVec3::Z, 25.0, IRON, DVec3::X * 0.5).unwrap();
        assert_eq!(w.regime(), Regime::Linear);
        assert!((w.polarisation().x - 0.998_004).abs() < 1e-6);
        let surface = w.at(DVec3::X * 25.000_001).unwrap();
        assert!((surface.b.x - 0.499_002).abs() < 1e-6);
        assert!(Wire::new(DVec3::ZERO, DVec3::Z, 25.0, IRON, DVec3::ONE).is_err());
        assert!(Wire::new(DVec3::ZERO, DVec3::Z, 25.0, IRON, DVec3::ZERO).is_err());
    }
}
