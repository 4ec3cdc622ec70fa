//! The sum of the body accelerations, affine in the position.

use glam::{DMat3, DVec3};

/// Acceleration [um/us2] at `q` [um], from its gradient [1/us2] and its value at the origin [um/us2].
#[inline(always)]
pub fn acceleration(q: DVec3, gradient: DMat3, constant: DVec3) -> DVec3 {
    gradient * q + constant
}
