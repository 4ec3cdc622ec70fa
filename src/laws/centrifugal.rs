//! Centrifugal acceleration, `Omega^2 r_perp`.

use glam::{DMat3, DVec3};

/// Gradient in the rotor's frame (radial, along the motion, up) [1/us2] for a mean square speed [rad2/us2].
pub fn gradient(omega_squared: f64) -> DMat3 {
    DMat3::from_diagonal(DVec3::new(omega_squared, omega_squared, 0.0))
}
