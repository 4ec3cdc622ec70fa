//! How the vessel hangs in the rotor, and the acceleration that follows.
//!
//! Vessel frame: origin on the vessel's axis at the meniscus; z along the axis away from it (downwards in
//! the tube, outwards in the rotor), x along the rotor's motion, y completing the right-handed set. The
//! acceleration `a = g + Omega^2 r_perp - dOmega/dt x r` is affine in the position, so one 3x3 matrix and
//! one vector carry it to any back-end.

use super::Protocol;
use crate::laws;
use glam::{DMat3, DVec3};

/// How a vessel is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mounting {
    /// Upright on the bench: 1 g along the axis, no rotor.
    Bench,
    /// A bucket that swings out until its axis lies along gravity plus centrifugal force.
    SwingOut,
    /// The vessel's axis is radial at every speed; gravity has no component along it.
    Horizontal,
}

/// Mounting and radii.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotor {
    /// How the vessel is held.
    pub mounting: Mounting,
    /// Distance of the meniscus from the rotor's axis when the vessel lies horizontal [um].
    pub meniscus_radius: f64,
    /// Distance of the inner bottom from the rotor's axis when the vessel lies horizontal [um].
    pub bottom_radius: f64,
}

/// The acceleration field over one step, in the vessel frame: `a(q) = constant + gradient q` [um/us2].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Acceleration {
    /// Acceleration at the origin of the vessel frame [um/us2].
    pub constant: DVec3,
    /// Its gradient [1/us2].
    pub gradient: DMat3,
    /// Rotor's angular velocity in the vessel frame [rad/us], for the Coriolis term.
    pub omega: DVec3,
}

impl Acceleration {
    /// Acceleration at `q` [um] in the vessel frame.
    pub fn at(&self, q: DVec3) -> DVec3 {
        self.constant + self.gradient * q
    }
}

impl Rotor {
    /// A vessel upright on the bench.
    pub fn bench() -> Self {
        Self {
            mounting: Mounting::Bench,
            meniscus_radius: 0.0,
            bottom_radius: 0.0,
        }
    }

    /// Mean acceleration over `[t, t + dt]` of the programme, with the exact mean of Omega^2.
    ///
    /// A swing-out bucket points along gravity plus centrifugal force at mid-height. The travel of its
    /// pivot is neglected: radii are those of the horizontal bucket, which differ from the hanging one's
    /// only while the rotor field is of the order of 1 g.
    pub fn acceleration(&self, protocol: &Protocol, t: f64, dt: f64) -> Acceleration {
        let square = protocol.mean_omega_squared(t, dt);
        let rate = protocol.mean_angular_acceleration(t, dt);
        // unit vectors of the vessel frame in the rotor's (radial, along the motion, up)
        let (sin, cos) = match self.mounting {
            Mounting::Bench => (0.0, 1.0),
            Mounting::Horizontal => (1.0, 0.0),
            Mounting::SwingOut => {
                let outward = square * 0.5 * (self.meniscus_radius + self.bottom_radius);
                let total = outward.hypot(crate::constants::STANDARD_GRAVITY);
                (outward / total, crate::constants::STANDARD_GRAVITY / total)
            }
        };
        let z = DVec3::new(sin, 0.0, -cos);
        let x = DVec3::Y;
        let frame = DMat3::from_cols(x, z.cross(x), z);
        let (spin, square, rate) = match self.mounting {
            Mounting::Bench => (0.0, 0.0, 0.0),
            _ => (protocol.mean_omega(t, dt), square, rate),
        };
        let origin = DVec3::new(self.meniscus_radius, 0.0, 0.0);
        let gradient = laws::centrifugal::gradient(square) + laws::euler::gradient(rate);
        let constant = laws::gravity::acceleration() + gradient * origin;
        let back = frame.transpose();
        Acceleration {
            constant: back * constant,
            gradient: back * gradient * frame,
            omega: back * DVec3::new(0.0, 0.0, spin),
        }
    }
}
