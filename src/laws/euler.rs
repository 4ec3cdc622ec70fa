//! Euler acceleration of a rotor that changes its speed, `-dOmega/dt x r`.

use glam::{DMat3, DVec3};

/// Gradient in the rotor's frame (radial, along the motion, up) [1/us2] for an angular acceleration
/// [rad/us2].
pub fn gradient(rate: f64) -> DMat3 {
    DMat3::from_cols(
        DVec3::new(0.0, -rate, 0.0),
        DVec3::new(rate, 0.0, 0.0),
        DVec3::ZERO,
    )
}
