//! An axially magnetised cylinder or ring, by its closed form.
//!
//! Outside, it is a solenoid of the sheet current J/mu0. Its axial field is Bulirsch's integral (Derby & Olbert, Am. J.
//! Phys. 78:229-235, 2010; Caciagli et al., J. Magn. Magn. Mater. 456:423-432, 2018). The rest follows from single loops:
//! the radial field is the difference of the vector potentials of the loops at both ends, and the change along the axis
//! the difference of their fields (Jackson, Classical Electrodynamics, 3rd ed., section 5.5); divergence and curl give
//! what is left of the gradient. Written with integrals that have no difference in them on the axis, see `elliptic`.

use super::cloud;
use super::elliptic::{cel, complete};
use super::fault::{MagnetError, invalid, positive};
use super::packed::{self, Kind, Record};
use super::point::FieldPoint;
use super::pose::Pose;
use glam::{DMat3, DVec3};
use std::f64::consts::PI;

/// A disc, rod or ring magnetised along its axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Cylinder {
    pose: Pose,
    radius: f64,
    /// Radius of the hole along the axis, zero where there is none.
    bore: f64,
    half: f64,
    polarisation: f64,
}

impl Cylinder {
    /// `radius` and `height` [um] about the z axis of `pose`, polarised by `polarisation` J = mu0 M [T] along it; a
    /// negative one points the other way.
    ///
    /// # Errors
    /// If a length is not above zero, or the polarisation zero or not finite.
    pub fn new(pose: Pose, radius: f64, height: f64, polarisation: f64) -> Result<Self, MagnetError> {
        positive(radius, "the radius of a cylinder [um]")?;
        positive(height, "the height of a cylinder [um]")?;
        if !(polarisation.is_finite() && polarisation != 0.0) {
            return invalid(format!("a cylinder with a polarisation of {polarisation} T"));
        }
        Ok(Self {
            pose,
            radius,
            bore: 0.0,
            half: 0.5 * height,
            polarisation,
        })
    }

    /// A ring between the radii `inner` and `outer` [um]; otherwise as [`Cylinder::new`]. In its bore there is a field.
    ///
    /// # Errors
    /// As [`Cylinder::new`], and if the inner radius is not above zero and below the outer.
    pub fn ring(
        pose: Pose,
        inner: f64,
        outer: f64,
        height: f64,
        polarisation: f64,
    ) -> Result<Self, MagnetError> {
        let whole = Self::new(pose, outer, height, polarisation)?;
        if positive(inner, "the inner radius of a ring [um]")? >= outer {
            return invalid("the inner radius of a ring is below the outer one");
        }
        Ok(Self { bore: inner, ..whole })
    }

    /// Centre and half the extents of the box around it along the world's axes [um].
    pub(super) fn extent(&self) -> (DVec3, DVec3) {
        let axis = self.pose.axes().z_axis.to_array();
        let half = axis.map(|a| self.half * a.abs() + self.radius * (1.0 - a * a).max(0.0).sqrt());
        (self.pose.centre(), DVec3::from_array(half))
    }

    /// Volume [um3].
    pub fn volume(&self) -> f64 {
        2.0 * PI * (self.radius * self.radius - self.bore * self.bore) * self.half
    }

    /// Polarisation in the world's axes [T].
    pub fn polarisation(&self) -> DVec3 {
        self.pose.axes().z_axis * self.polarisation
    }

    /// Distance to the surface [um], negative inside.
    pub fn clearance(&self, q: DVec3) -> f64 {
        let p = self.pose.inward(q);
        let rho = p.x.hypot(p.y);
        let side = if self.bore > 0.0 {
            (rho - self.radius).max(self.bore - rho)
        } else {
            rho - self.radius
        };
        let end = p.z.abs() - self.half;
        side.max(0.0).hypot(end.max(0.0)) + side.max(end).min(0.0)
    }

    /// Field at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Inside`] in or on the cylinder.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        if self.clearance(q) <= 0.0 {
            let what = "a cylinder magnet".to_owned();
            return Err(MagnetError::Inside { what, at: q });
        }
        let r = self.pose.inward(q);
        // a hole is a cylinder of the opposite polarisation: B of both is that of their solenoids, within them too
        let whole = |radius: f64| {
            if r.length() > cloud::FAR * self.radius.hypot(self.half) {
                let volume = 2.0 * PI * radius * radius * self.half;
                cloud::cylinder(radius, self.half, DVec3::Z * volume, r)
            } else {
                near(radius, self.half, r)
            }
        };
        let mut p = self.polarisation * whole(self.radius);
        if self.bore > 0.0 {
            p = p + -self.polarisation * whole(self.bore);
        }
        Ok(self.pose.outward(p))
    }

    /// What a GPU is given: in half diagonals.
    pub(super) fn record(&self) -> Record {
        let scale = self.radius.hypot(self.half);
        Record {
            kind: Kind::Cylinder,
            centre: self.pose.centre(),
            axes: self.pose.axes(),
            scale,
            near: packed::NEAR_EDGES,
            size: [self.radius / scale, self.bore / scale, self.half / scale],
            strength: self.polarisation * DVec3::Z,
        }
    }

    pub(super) fn moved(&self, by: DVec3) -> Self {
        let pose = self.pose.moved(by);
        Self { pose, ..self.clone() }
    }
}

/// One end of the solenoid, `z` above it, for a polarisation of 1 T.
struct End {
    /// Share of the axial field.
    axial: f64,
    /// Vector potential of the loop over the distance from the axis.
    potential: f64,
    /// Axial field of the loop, and its radial one over the distance.
    loop_axial: f64,
    loop_radial: f64,
}

fn end(a: f64, rho: f64, z: f64) -> End {
    let q2 = z * z + (a + rho) * (a + rho);
    let q = q2.sqrt();
    let complement = (z * z + (a - rho) * (a - rho)) / q2;
    let i = complete(4.0 * a * rho / q2, complement);
    let gamma = (a - rho) / (a + rho);
    // at the radius of the cylinder the integral jumps by as much at both ends: its mean will do
    let cel = if gamma == 0.0 {
        i.k
    } else {
        cel(complement.sqrt(), gamma * gamma, 1.0, gamma)
    };
    let a2 = 4.0 * a * a / PI;
    End {
        axial: a / (PI * (a + rho)) * z / q * cel,
        potential: a2 * i.s / (q2 * q),
        loop_axial: (i.k + (a * a - rho * rho - z * z) / (q2 * complement) * i.e) / (2.0 * PI * q),
        loop_radial: a2 * z * i.t / (q2 * q2 * q),
    }
}

fn near(a: f64, half: f64, r: DVec3) -> FieldPoint {
    let rho = r.x.hypot(r.y);
    let (upper, lower) = (end(a, rho, r.z - half), end(a, rho, r.z + half));
    let axial = lower.axial - upper.axial;
    let radial = upper.potential - lower.potential;
    let axial_along = lower.loop_axial - upper.loop_axial;
    let radial_along = lower.loop_radial - upper.loop_radial;
    // out from the axis; on it any direction will do
    let n = if rho > 0.0 {
        DVec3::new(r.x / rho, r.y / rho, 0.0)
    } else {
        DVec3::X
    };
    // d B_rho / d rho - B_rho / rho, of order rho2 at the axis
    let excess = -axial_along - 2.0 * radial;
    let gradient = DMat3::from_cols(
        DVec3::new(
            radial + excess * n.x * n.x,
            excess * n.x * n.y,
            radial_along * r.x,
        ),
        DVec3::new(
            excess * n.x * n.y,
            radial + excess * n.y * n.y,
            radial_along * r.y,
        ),
        DVec3::new(radial_along * r.x, radial_along * r.y, axial_along),
    );
    FieldPoint {
        b: DVec3::new(radial * r.x, radial * r.y, axial),
        gradient,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rod() -> Cylinder {
        let pose = Pose::at(DVec3::ZERO).unwrap();
        Cylinder::new(pose, 5e3, 20e3, 1.3).unwrap()
    }

    /// On the axis B = J/2 [(z + h)/sqrt((z + h)2 + a2) - z/sqrt(z2 + a2)], z from the face: every textbook's.
    #[test]
    fn on_the_axis() {
        for z in [1.0, 500.0, 5e3, 80e3] {
            let term = |z: f64| z / z.hypot(5e3);
            let expected = 0.65 * (term(z + 20e3) - term(z));
            let slope = |z: f64| 25e6 / z.hypot(5e3).powi(3);
            for off in [0.0, 1e-9] {
                let p = rod().at(DVec3::new(off, 0.0, 10e3 + z)).unwrap();
                assert!(
                    (p.b.z / expected - 1.0).abs() < 1e-11,
                    "{z}: {} {expected}",
                    p.b.z
                );
                let along = 0.65 * (slope(z + 20e3) - slope(z));
                assert!((p.gradient.z_axis.z / along - 1.0).abs() < 1e-10);
                assert!((p.gradient.x_axis.x / along + 0.5).abs() < 1e-10);
                assert!((p.gradient.y_axis.y / along + 0.5).abs() < 1e-10);
            }
        }
    }

    /// On the axis the field of a ring is that of the whole less that of the hole; in the middle of a flat one it points
    /// against the polarisation: by hand, J h/2 (1/a - 1/b) = 1.3 * 0.5 * (0.1 - 0.2) for h = 1, a = 5, b = 10 mm and
    /// thin against both.
    #[test]
    fn a_ring() {
        let pose = Pose::at(DVec3::ZERO).unwrap();
        let ring = Cylinder::ring(pose, 5e3, 10e3, 1e3, 1.3).unwrap();
        for z in [0.0_f64, 2e3, -30e3] {
            let term = |a: f64| (z + 500.0) / (z + 500.0).hypot(a) - (z - 500.0) / (z - 500.0).hypot(a);
            let b = ring.at(DVec3::Z * z).unwrap().b;
            assert!((b.z - 0.65 * (term(10e3) - term(5e3))).abs() < 1e-14, "{b}");
        }
        assert!((ring.at(DVec3::ZERO).unwrap().b.z + 0.065).abs() < 1e-3);
        assert_eq!(ring.clearance(DVec3::ZERO), 5e3);
        assert_eq!(ring.clearance(DVec3::X * 7e3), -500.0);
        assert_eq!(ring.clearance(DVec3::new(2e3, 0.0, 4.5e3)), 5e3);
        assert!(ring.at(DVec3::X * 7e3).is_err());
        assert!((ring.volume() / 2.356_194_490_192_345e11 - 1.0).abs() < 1e-12);
        assert!(Cylinder::ring(pose, 5e3, 5e3, 1e3, 1.3).is_err());
        assert!(Cylinder::ring(pose, 0.0, 5e3, 1e3, 1.3).is_err());
    }

    /// The mantle's extension, the planes of the ends and the middle plane, and points a hair beside them.
    #[test]
    fn the_surfaces_of_the_formula_are_ordinary() {
        let hair = DVec3::new(1e-3, -2e-3, 1e-3);
        for q in [
            DVec3::new(5e3, 0.0, 11e3),
            DVec3::new(3e3, 4e3, -14e3),
            DVec3::new(3e3, 4e3, 90e3),
            DVec3::new(6e3, 0.0, 10e3),
            DVec3::new(0.0, 6e3, -10e3),
            DVec3::new(6e3, 0.0, 0.0),
            DVec3::new(0.0, 0.0, 10.5e3),
        ] {
            let on = rod().at(q).unwrap();
            for hair in [hair, -hair, 1e-6 * hair] {
                let beside = rod().at(q + hair).unwrap();
                let expected = beside.b - beside.gradient * hair;
                assert!(on.b.distance(expected) < 1e-10, "{q}: {} {expected}", on.b);
                let change = (on.gradient - beside.gradient).to_cols_array();
                assert!(change.iter().all(|g| g.abs() < 1e-9), "{q}: {change:?}");
            }
        }
    }

    #[test]
    fn the_body_and_its_rim() {
        for q in [DVec3::ZERO, DVec3::new(5e3, 0.0, 10e3), DVec3::new(0.0, 5e3, 3e3)] {
            assert!(matches!(rod().at(q), Err(MagnetError::Inside { .. })), "{q}");
        }
        let close = rod().at(DVec3::new(5e3 + 1e-3, 0.0, 10e3)).unwrap();
        assert!(close.b.is_finite() && close.gradient.is_finite() && close.magnitude() < 10.0);
        assert_eq!(rod().clearance(DVec3::ZERO), -5e3);
        assert_eq!(rod().clearance(DVec3::new(8e3, 0.0, 14e3)), 5e3);
    }

    /// Where the closed form hands over to the cloud both are the same, for a disc and a rod of 100:1 too.
    #[test]
    fn near_and_far_forms_agree() {
        for (a, half) in [(1e3, 1e3), (5e3, 50.0), (50.0, 5e3)] {
            for towards in [DVec3::new(0.3, 0.8, 0.52), DVec3::X, DVec3::Z] {
                let r = towards.normalize() * cloud::FAR * f64::hypot(a, half);
                let strength = DVec3::Z * 2.0 * PI * a * a * half;
                let (x, y) = (near(a, half, r), cloud::cylinder(a, half, strength, r));
                assert!(
                    x.b.distance(y.b) < 3e-9 * y.magnitude(),
                    "{a} {half}: {} {}",
                    x.b,
                    y.b
                );
                let change = (x.gradient - y.gradient).to_cols_array();
                let most = 2e-8 * y.magnitude() / r.length();
                assert!(change.iter().all(|g| g.abs() < most), "{a} {half}: {change:?}");
            }
        }
    }
}
