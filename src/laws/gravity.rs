//! Gravity.

use crate::constants::STANDARD_GRAVITY;
use glam::DVec3;

/// Acceleration in the rotor's frame (radial, along the motion, up) [um/us2].
pub fn acceleration() -> DVec3 {
    DVec3::new(0.0, 0.0, -STANDARD_GRAVITY)
}
