//! How the vessel hangs in the rotor, and the acceleration that follows.
//!
//! Vessel frame: origin on the vessel's axis at the meniscus; z along the axis away from it (downwards in
//! the tube, outwards in the rotor), x along the rotor's motion, y completing the right-handed set. The
//! acceleration `a = g + Omega^2 r_perp - dOmega/dt x r` is affine in the position, so one 3x3 matrix and
//! one vector carry it to any back-end.

use super::Protocol;
use crate::laws;
use glam::{DMat3, DQuat, DVec3};

/// How a vessel is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mounting {
    /// On the bench, without a rotor.
    Bench {
        /// Gravity in the vessel frame [um/us2]: 1 g along z where the vessel stands upright.
        gravity: DVec3,
    },
    /// A bucket that swings out until its axis lies along gravity plus centrifugal force.
    SwingOut,
    /// The vessel's axis is radial at every speed; gravity has no component along it.
    Horizontal,
    /// Fixed to a rotor with a vertical axis, in any position.
    Fixed {
        /// Gravity in the vessel frame [um/us2]; the rotor's axis lies along it, and the rotor turns to the left seen from above.
        gravity: DVec3,
        /// From the rotor's axis to the origin of the vessel frame [um], across gravity; zero where the axis goes through the origin.
        arm: DVec3,
    },
}

/// Mounting and radii.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotor {
    /// How the vessel is held.
    pub mounting: Mounting,
    /// Distance of the meniscus from the rotor's axis when the vessel lies horizontal [um]; of a fixed vessel that of its place nearest to
    /// the axis.
    pub meniscus_radius: f64,
    /// Distance of the inner bottom from the rotor's axis when the vessel lies horizontal [um]; of a fixed vessel that of its place furthest
    /// from the axis.
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

impl Mounting {
    /// Whether there is no rotor.
    pub fn on_bench(self) -> bool {
        matches!(self, Self::Bench { .. })
    }
}

impl Rotor {
    /// A vessel upright on the bench.
    pub fn bench() -> Self {
        Self::lying(DVec3::Z * crate::constants::STANDARD_GRAVITY)
    }

    /// A vessel on the bench that lies as this gravity in its own frame says [um/us2].
    pub fn lying(gravity: DVec3) -> Self {
        Self {
            mounting: Mounting::Bench { gravity },
            meniscus_radius: 0.0,
            bottom_radius: 0.0,
        }
    }

    /// A vessel fixed to a rotor: gravity in its frame [um/us2], which is the direction of the rotor's axis, the way from that axis to the
    /// origin of the frame [um], and the distances of its nearest and its furthest place from the axis [um].
    pub fn fixed(gravity: DVec3, arm: DVec3, [nearest, furthest]: [f64; 2]) -> Self {
        Self {
            mounting: Mounting::Fixed { gravity, arm },
            meniscus_radius: nearest,
            bottom_radius: furthest,
        }
    }

    /// Mean acceleration over `[t, t + dt]` of the programme, with the exact mean of Omega^2.
    ///
    /// A swing-out bucket points along gravity plus centrifugal force at mid-height, and turns about that point: mid-height
    /// keeps its radius. A real one turns about a pivot above the tube, so that mid-height comes outwards while it swings;
    /// that travel is neglected. It matters only while the rotor field is of the order of 1 g.
    pub fn acceleration(&self, protocol: &Protocol, t: f64, dt: f64) -> Acceleration {
        let square = protocol.mean_omega_squared(t, dt);
        let rate = protocol.mean_angular_acceleration(t, dt);
        // unit vectors of the vessel frame in the rotor's (radial, along the motion, up)
        let (sin, cos) = match self.mounting {
            Mounting::Bench { gravity } => {
                return Acceleration {
                    constant: gravity,
                    gradient: DMat3::ZERO,
                    omega: DVec3::ZERO,
                };
            }
            Mounting::Fixed { gravity, arm } => {
                let axis = -gravity.normalize_or_zero();
                // as the laws have it, whose axis is z
                let frame = DMat3::from_quat(DQuat::from_rotation_arc(DVec3::Z, axis));
                let gradient = laws::centrifugal::gradient(square) + laws::euler::gradient(rate);
                let gradient = frame * gradient * frame.transpose();
                return Acceleration {
                    constant: gravity + gradient * arm,
                    gradient,
                    omega: axis * protocol.mean_omega(t, dt),
                };
            }
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
        let spin = protocol.mean_omega(t, dt);
        // the radius of the meniscus; heights do not matter
        let half = 0.5 * (self.bottom_radius - self.meniscus_radius);
        let origin = DVec3::new(self.meniscus_radius + half * (1.0 - sin), 0.0, 0.0);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constants::STANDARD_GRAVITY;

    fn swinging() -> Rotor {
        Rotor {
            mounting: Mounting::SwingOut,
            meniscus_radius: 105e3,
            bottom_radius: 170e3,
        }
    }

    /// By hand: at rest a swing-out bucket hangs, and the tube feels 1 g along its axis.
    #[test]
    fn a_hanging_bucket_feels_one_g() {
        let a = swinging()
            .acceleration(&Protocol::new(0.0), 0.0, 1.0)
            .at(DVec3::new(0.0, 0.0, 30e3));
        assert!(
            (a - DVec3::new(0.0, 0.0, STANDARD_GRAVITY)).length() < 1e-18,
            "{a}"
        );
    }

    /// By hand: at 3e-4 rad/us (300 rad/s) and 0.17 m the centrifugal acceleration is 9e-8 * 170e3 = 0.0153 um/us2;
    /// gravity tilts the bucket by 1/1260 and adds less than a millionth.
    #[test]
    fn at_speed_it_is_omega_squared_r() {
        let a = swinging()
            .acceleration(&Protocol::new(3e-4), 0.0, 1.0)
            .at(DVec3::new(0.0, 0.0, 65e3));
        assert!((a.z / 0.0153 - 1.0).abs() < 1e-5, "{a}");
    }

    /// By hand: a rotor that speeds up leaves its contents behind, -dOmega/dt r along its motion; 1e-11 rad/us2 at
    /// 0.17 m is 1.7e-6 um/us2, and sideways of the axis by 5 mm it pushes 5e-8 outwards.
    #[test]
    fn euler_points_against_the_motion() {
        let level = Rotor {
            mounting: Mounting::Horizontal,
            ..swinging()
        };
        let protocol = Protocol::new(0.0).ramp(1e-4, 1e7);
        let a = level.acceleration(&protocol, 0.0, 1e-3);
        let at_the_bottom = a.at(DVec3::new(0.0, 0.0, 65e3));
        assert!((at_the_bottom.x / -1.7e-6 - 1.0).abs() < 1e-6, "{at_the_bottom}");
        assert!((a.at(DVec3::new(5e3, 0.0, 65e3)).z - at_the_bottom.z - 5e-8).abs() < 1e-13);
        // gravity lies across a level vessel
        assert!((at_the_bottom.y.abs() / STANDARD_GRAVITY - 1.0).abs() < 1e-9);
    }

    /// The rotor turns x into the motion: Coriolis drives what sinks outwards against the motion (-2 Omega x u along -x).
    #[test]
    fn coriolis_turns_against_the_motion() {
        let level = Rotor {
            mounting: Mounting::Horizontal,
            ..swinging()
        };
        let a = level.acceleration(&Protocol::new(3e-4), 0.0, 1.0);
        let u = laws::coriolis::coriolis(DVec3::new(0.0, 0.0, 1e-3), 10.0, a.omega);
        assert!(
            u.x < 0.0 && (u.x / (-2.0 * 10.0 * 3e-4 * 1e-3) - 1.0).abs() < 1e-4,
            "{u}"
        );
    }

    /// By hand: a frame whose origin is 0.15 m from the axis along y, with gravity along -x: at 2e-4 rad/us the acceleration is 4e-8 * 150e3 =
    /// 6e-3 um/us2 along y, 1e3 um further out 4e-5 more, along z the same for each 1e3 um, and along x gravity alone. The rotor turns
    /// about x: what speeds up by 1e-11 rad/us2 leaves its contents behind by 1.5e-6 um/us2, along -z.
    #[test]
    fn a_fixed_vessel_turns_about_the_vertical() {
        let gravity = DVec3::X * -STANDARD_GRAVITY;
        let rotor = Rotor::fixed(gravity, DVec3::Y * 150e3, [149e3, 151e3]);
        let near = |a: DVec3, b: DVec3| assert!((a - b).length() < 1e-12, "{a}, {b}");
        let steady = rotor.acceleration(&Protocol::new(2e-4).hold(1e6), 0.0, 1.0);
        near(steady.at(DVec3::ZERO), gravity + DVec3::Y * 6e-3);
        near(
            steady.at(DVec3::new(5e3, 1e3, -1e3)),
            gravity + DVec3::new(0.0, 6.04e-3, -4e-5),
        );
        near(steady.omega, DVec3::X * 2e-4);
        let faster = Protocol::new(0.0).ramp(1e-4, 1e7);
        near(
            rotor.acceleration(&faster, 0.0, 1e-6).at(DVec3::ZERO),
            gravity + DVec3::Z * -1.5e-6,
        );
        // about its own axis: outwards all around, nothing on the axis
        let own = Rotor::fixed(DVec3::Z * STANDARD_GRAVITY, DVec3::ZERO, [0.0, 1e3]);
        let own = own.acceleration(&Protocol::new(2e-4).hold(1e6), 0.0, 1.0);
        near(
            own.at(DVec3::new(3e2, -4e2, 9e3)),
            DVec3::new(1.2e-5, -1.6e-5, STANDARD_GRAVITY),
        );
    }

    /// The exact mean over a corner of the programme against a fine sum.
    #[test]
    fn means_cross_corners() {
        let p = Protocol::new(0.0).ramp(3e-4, 30e6).hold(10e6).ramp(0.0, 5e6);
        let (t, dt, n) = (25e6, 19e6, 190_000);
        let sum: f64 = (0..n)
            .map(|i| p.omega(t + (f64::from(i) + 0.5) * dt / f64::from(n)).powi(2))
            .sum();
        let mean = sum / f64::from(n);
        assert!((p.mean_omega_squared(t, dt) / mean - 1.0).abs() < 1e-8);
    }
}
