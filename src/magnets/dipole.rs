//! A point dipole.

use super::fault::{MagnetError, finite};
use super::point::FieldPoint;
use crate::constants::VACUUM_PERMEABILITY;
use glam::{DMat3, DVec3};
use std::f64::consts::PI;

/// mu0 in T m/A times um3/m3: turns a moment in A m2 into T um3.
const STRENGTH: f64 = VACUUM_PERMEABILITY * 1e-3 * 1e18;

/// A moment at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dipole {
    centre: DVec3,
    strength: DVec3,
}

impl Dipole {
    /// `moment` [A m2] at `centre` [um].
    ///
    /// # Errors
    /// If a number is not finite.
    pub fn new(centre: DVec3, moment: DVec3) -> Result<Self, MagnetError> {
        Ok(Self {
            centre: finite(centre, "the place of the dipole")?,
            strength: finite(moment * STRENGTH, "the moment of the dipole")?,
        })
    }

    /// Moment [A m2].
    pub fn moment(&self) -> DVec3 {
        self.strength / STRENGTH
    }

    /// Field at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Inside`] at the dipole itself.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        if self.clearance(q) <= 0.0 {
            let what = "a point dipole".to_owned();
            return Err(MagnetError::Inside { what, at: q });
        }
        Ok(dipole(self.strength, q - self.centre))
    }

    /// Distance to the dipole [um].
    pub fn clearance(&self, q: DVec3) -> f64 {
        q.distance(self.centre)
    }

    pub(super) fn moved(&self, by: DVec3) -> Self {
        Self {
            centre: self.centre + by,
            ..*self
        }
    }
}

/// Field of a dipole of strength mu0 m = `p` [T um3] at `r` [um] from it:
/// B = (3 (p.r) r / r5 - p / r3) / (4 pi). Source: Jackson, Classical Electrodynamics, 3rd ed. (1999), eq. 5.56.
pub(super) fn dipole(p: DVec3, r: DVec3) -> FieldPoint {
    let d = r.length();
    let (n, f) = (r / d, 1.0 / (4.0 * PI * d * d * d));
    let along = p.dot(n);
    let column = |j: usize| {
        let e = DVec3::AXES[j];
        p * n[j] + n * p[j] + along * e - 5.0 * along * n[j] * n
    };
    FieldPoint {
        b: f * (3.0 * along * n - p),
        gradient: 3.0 * f / d * DMat3::from_cols(column(0), column(1), column(2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 1 A m2 at 10 cm: mu0 2 m / (4 pi r3) = 2e-7 * 1e3 = 0.2 mT on the axis, half and opposite across it;
    /// it falls by 3 B/r = 6 mT/m = 6e-9 T/um.
    #[test]
    fn on_the_axis_and_across() {
        let d = Dipole::new(DVec3::ZERO, DVec3::Z).unwrap();
        let p = d.at(DVec3::Z * 1e5).unwrap();
        assert!((p.b - DVec3::Z * 2e-4).length() < 1e-12);
        assert!((p.gradient.z_axis - DVec3::Z * -6e-9).length() < 1e-16);
        assert!((d.at(DVec3::X * 1e5).unwrap().b + DVec3::Z * 1e-4).length() < 1e-12);
        assert!(d.at(DVec3::ZERO).is_err());
        assert!((d.moment() - DVec3::Z).length() < 1e-15);
    }
}
