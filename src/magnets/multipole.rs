//! Ideal multipoles about an axis: quadrupoles and Halbach cylinders.
//!
//! In the plane across the axis Bx - i By = B0 ((x + i y)/r0)^(k-1), so |B| = B0 (r/r0)^(k-1). Real bores follow it
//! away from their ends. Source: K. Halbach, Nucl. Instrum. Methods 169:1-10 (1980).

use super::fault::{MagnetError, invalid, positive};
use super::packed::{Kind, Record};
use super::point::FieldPoint;
use super::pose::Pose;
use glam::{DMat3, DVec3};
use std::ops::RangeInclusive;

/// Orders that are known.
const ORDERS: RangeInclusive<u32> = 1..=12;

/// A multipole of order k: 1 is a uniform field across the axis, 2 a quadrupole, 3 a sextupole.
#[derive(Clone, Debug, PartialEq)]
pub struct Multipole {
    pose: Pose,
    order: u32,
    strength: f64,
    reference: f64,
    bore: Option<f64>,
    /// Where what is around the bore ends.
    outer: f64,
}

impl Multipole {
    /// |B| = `strength` (r/`reference`)^(`order`-1) [T, um] about the z axis of `pose`, along whose x axis it points away
    /// from the axis for a positive strength. Beyond `bore` [um] there is no field to be had.
    ///
    /// # Errors
    /// If the order is not 1 to 12, a radius is not above zero, or the strength is zero or not finite.
    pub fn new(
        pose: Pose,
        order: u32,
        strength: f64,
        reference: f64,
        bore: Option<f64>,
    ) -> Result<Self, MagnetError> {
        if !ORDERS.contains(&order) {
            return invalid(format!(
                "a multipole of order {order}; {} to {} are known",
                ORDERS.start(),
                ORDERS.end()
            ));
        }
        if !(strength.is_finite() && strength != 0.0) {
            return invalid(format!("a multipole of {strength} T"));
        }
        positive(reference, "the radius of the multipole [um]")?;
        if let Some(bore) = bore {
            positive(bore, "the bore [um]")?;
        }
        Ok(Self {
            pose,
            order,
            strength,
            reference,
            bore,
            outer: f64::INFINITY,
        })
    }

    /// |B| = `pole_tip` r/`radius` [T, um]. With `limited`, there is no field beyond the radius of the pole tips;
    /// without, the caller knows that the formula goes on.
    ///
    /// # Errors
    /// As [`Multipole::new`].
    pub fn quadrupole(pose: Pose, pole_tip: f64, radius: f64, limited: bool) -> Result<Self, MagnetError> {
        Self::new(pose, 2, pole_tip, radius, limited.then_some(radius))
    }

    /// The bore of an ideal, long Halbach cylinder of polarisation `remanence` [T] between the radii `inner` and `outer`
    /// [um]: at the inner radius B = J ln(b/a) for k = 1, and J k/(k-1) (1 - (a/b)^(k-1)) above.
    ///
    /// # Errors
    /// As [`Multipole::new`], and if the outer radius is not the larger.
    pub fn halbach(
        pose: Pose,
        order: u32,
        remanence: f64,
        inner: f64,
        outer: f64,
    ) -> Result<Self, MagnetError> {
        positive(inner, "the inner radius [um]")?;
        if !(outer > inner && outer.is_finite()) {
            return invalid("the outer radius of a Halbach cylinder is larger than the inner one");
        }
        let k = f64::from(order);
        let share = if order == 1 {
            (outer / inner).ln()
        } else {
            k / (k - 1.0) * (1.0 - (inner / outer).powf(k - 1.0))
        };
        Self::new(pose, order, remanence * share, inner, Some(inner)).map(|ring| Self { outer, ..ring })
    }

    /// A point of its axis [um], the axis' direction, and the radii between which its magnets or poles are [um], endless along it;
    /// poles are taken to fill all beyond their bore. None without a bore.
    pub(super) fn shell(&self) -> Option<(DVec3, DVec3, [f64; 2])> {
        let bore = self.bore?;
        Some((self.pose.centre(), self.pose.axes().z_axis, [bore, self.outer]))
    }

    /// |B| [T] at `radius` [um] from the axis; the bore does not matter.
    pub fn at_radius(&self, radius: f64) -> f64 {
        self.strength.abs() * (radius / self.reference).powi(self.order as i32 - 1)
    }

    /// Field at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Beyond`] outside the bore.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        if self.clearance(q) <= 0.0 {
            let what = format!("the bore of a multipole of order {}", self.order);
            return Err(MagnetError::Beyond { what, at: q });
        }
        let p = self.pose.inward(q);
        let (x, y) = (p.x / self.reference, p.y / self.reference);
        // w^(k-2) and w^(k-1), with w = x + i y; the former is not needed where k = 1
        let (mut below, mut power) = ((0.0, 0.0), (1.0, 0.0));
        for _ in 1..self.order {
            below = power;
            power = (power.0 * x - power.1 * y, power.0 * y + power.1 * x);
        }
        let n = f64::from(self.order - 1) * self.strength / self.reference;
        let (re, im) = (n * below.0, n * below.1);
        Ok(self.pose.outward(FieldPoint {
            b: DVec3::new(self.strength * power.0, -self.strength * power.1, 0.0),
            gradient: DMat3::from_cols(DVec3::new(re, -im, 0.0), DVec3::new(-im, -re, 0.0), DVec3::ZERO),
        }))
    }

    /// What a GPU is given; the place along the axis does not matter and is that of `origin`.
    pub(super) fn record(&self, origin: DVec3) -> Record {
        let axes = self.pose.axes();
        let centre = self.pose.centre();
        Record {
            kind: Kind::Multipole { order: self.order },
            centre: centre + axes.z_axis.dot(origin - centre) * axes.z_axis,
            axes,
            scale: self.reference,
            size: [
                self.bore.map_or(f64::from(f32::MAX), |b| b / self.reference),
                0.0,
                0.0,
            ],
            strength: self.strength * DVec3::X,
            ..Record::default()
        }
    }

    /// The same field without an end: what a table needs on corners beyond the wall of the chamber.
    pub fn endless(&self) -> Self {
        Self {
            bore: None,
            ..self.clone()
        }
    }

    /// Distance from the poles or the ring around the bore [um], also where [`Multipole::endless`] leaves them out; negative in them.
    pub fn off_poles(&self, q: DVec3) -> f64 {
        let p = self.pose.inward(q);
        let r = p.x.hypot(p.y);
        (self.reference - r).max(r - self.outer)
    }

    /// Distance to the wall of the bore [um], positive inside it; infinite where there is none.
    pub fn clearance(&self, q: DVec3) -> f64 {
        let p = self.pose.inward(q);
        self.bore.map_or(f64::INFINITY, |bore| bore - p.x.hypot(p.y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: of a ring from 10 to 20 mm a place at 4 mm is 6 mm off, one at 15 mm 5 mm deep and one at 22 mm 2 mm off, also where the
    /// field has no end.
    #[test]
    fn bodies_stay_where_the_field_goes_on() {
        let pose = Pose::at(DVec3::ZERO).unwrap();
        let endless = Multipole::halbach(pose, 2, 1.3, 10e3, 20e3).unwrap().endless();
        for (r, off) in [(4e3, 6e3), (15e3, -5e3), (22e3, 2e3)] {
            let q = DVec3::new(0.6 * r, 0.8 * r, 7e3);
            assert!((endless.off_poles(q) - off).abs() < 1e-6, "{r}");
            assert!(endless.at(q).is_ok() && endless.clearance(q) == f64::INFINITY);
        }
    }

    /// By hand: 1.36 T at the tips, 286 T/m, so B = 1.2012 T at 4.2 mm and B dB/dr / mu0 = 2.7338e8 T A/m2 outwards.
    #[test]
    fn a_quadrupole() {
        let pose = Pose::along(DVec3::new(1e3, 0.0, 0.0), DVec3::Z, DVec3::X).unwrap();
        let tip = 1.36 / 286.0 * 1e6;
        let m = Multipole::quadrupole(pose, 1.36, tip, true).unwrap();
        for angle in [0.0_f64, 0.7, 2.0, 4.0] {
            let out = DVec3::new(angle.cos(), angle.sin(), 0.0);
            let q = DVec3::new(1e3, 0.0, 5e4) + 4.2e3 * out;
            let p = m.at(q).unwrap();
            assert!((p.magnitude() - 1.2012).abs() < 1e-12);
            assert!((p.force_density() - 0.273_379 * out).length() < 1e-5);
        }
        assert!(m.at(DVec3::X * 6e3).is_err());
        assert!((m.clearance(DVec3::X * 5e3) - (tip - 4e3)).abs() < 1e-9);
        let open = Multipole::quadrupole(pose, 1.36, tip, false).unwrap();
        assert!((open.at(DVec3::X * 11e3).unwrap().magnitude() - 2.86).abs() < 1e-12);
        assert_eq!(open.clearance(DVec3::X), f64::INFINITY);
    }

    /// By hand: J = 1.3 T, 10 and 20 mm: 1.3 ln 2 = 0.901 T uniform for k = 1; 1.3 * 2 * 0.5 = 1.3 T at the wall for
    /// k = 2, 1.3 * 1.5 * 0.75 = 1.4625 T for k = 3, where |B| at half the radius is a quarter.
    #[test]
    fn halbach_cylinders() {
        let pose = Pose::at(DVec3::ZERO).unwrap();
        let at = |k, x: f64| {
            let m = Multipole::halbach(pose, k, 1.3, 10e3, 20e3).unwrap();
            m.at(DVec3::X * x).unwrap()
        };
        assert!((at(1, 3e3).b.x - 0.901_091_3).abs() < 1e-6);
        assert_eq!(at(1, 3e3).gradient, DMat3::ZERO);
        assert!((at(2, 5e3).magnitude() - 0.65).abs() < 1e-12);
        assert!((at(3, 5e3).magnitude() - 1.4625 / 4.0).abs() < 1e-12);
        assert!(Multipole::halbach(pose, 2, 1.3, 20e3, 10e3).is_err());
        assert!(Multipole::halbach(pose, 0, 1.3, 10e3, 20e3).is_err());
    }
}
