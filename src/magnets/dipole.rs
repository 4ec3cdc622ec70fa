//! A point dipole, or the ball that has its field: outside a uniformly magnetised ball it is exactly that (Jackson, Classical
//! Electrodynamics, 3rd ed. (1999), section 5.10).

use super::fault::{MagnetError, finite, positive};
use super::packed::Record;
use super::point::FieldPoint;
use crate::constants::VACUUM_PERMEABILITY;
use glam::{DMat3, DVec3};
use std::f64::consts::PI;

/// mu0 in T m/A times um3/m3: turns a moment in A m2 into T um3.
pub(super) const STRENGTH: f64 = VACUUM_PERMEABILITY * 1e-3 * 1e18;

/// A moment at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dipole {
    centre: DVec3,
    strength: DVec3,
    /// Of the ball [um]; zero for a point.
    radius: f64,
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
            radius: 0.0,
        })
    }

    /// The same as a ball of `radius` [um], within which nothing can be.
    ///
    /// # Errors
    /// As [`Dipole::new`]; if the radius is not above zero.
    pub fn ball(centre: DVec3, moment: DVec3, radius: f64) -> Result<Self, MagnetError> {
        let point = Self::new(centre, moment)?;
        Ok(Self {
            radius: positive(radius, "the radius of the ball [um]")?,
            ..point
        })
    }

    /// Centre and radius of its ball [um], if it has one.
    pub(super) fn ball_around(&self) -> Option<(DVec3, f64)> {
        (self.radius > 0.0).then_some((self.centre, self.radius))
    }

    /// Moment [A m2].
    pub fn moment(&self) -> DVec3 {
        self.strength / STRENGTH
    }

    /// Field at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Inside`] at the dipole itself, or in or on its ball.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        if self.clearance(q) <= 0.0 {
            let what = if self.radius > 0.0 {
                "a ball magnet"
            } else {
                "a point dipole"
            }
            .to_owned();
            return Err(MagnetError::Inside { what, at: q });
        }
        Ok(dipole(self.strength, q - self.centre))
    }

    /// Distance to the dipole or the surface of its ball [um], negative within.
    pub fn clearance(&self, q: DVec3) -> f64 {
        q.distance(self.centre) - self.radius
    }

    /// What a GPU is given: in radii of the ball, or of one with which the point's field would be about 0.1 T at its surface.
    pub(super) fn record(&self) -> Record {
        let strength = self.strength.length();
        let scale = if self.radius > 0.0 {
            self.radius
        } else if strength > 0.0 {
            strength.cbrt()
        } else {
            1.0
        };
        Record::ball(
            self.centre,
            scale,
            self.radius / scale,
            self.strength / scale.powi(3),
        )
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

    /// A ball has the field of its dipole, and nothing can be in it.
    #[test]
    fn a_ball() {
        let ball = Dipole::ball(DVec3::X, DVec3::Z, 1e4).unwrap();
        let q = DVec3::new(3e3, 0.0, 1.2e4);
        assert_eq!(
            ball.at(q).unwrap(),
            Dipole::new(DVec3::X, DVec3::Z).unwrap().at(q).unwrap()
        );
        assert_eq!(ball.clearance(DVec3::new(1.0, 0.0, 1.1e4)), 1e3);
        let said = ball.at(DVec3::new(1.0, 0.0, 1e4)).unwrap_err().to_string();
        assert!(said.contains("a ball magnet"), "{said}");
        assert!(Dipole::ball(DVec3::ZERO, DVec3::Z, 0.0).is_err());
    }
}
