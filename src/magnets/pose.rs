//! Where a body is and how it is turned.

use super::fault::{MagnetError, direction, finite, invalid};
use super::point::FieldPoint;
use glam::{DMat3, DQuat, DVec3};

/// A place and a rotation from a body's own axes to the world's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    centre: DVec3,
    turn: DMat3,
}

impl Pose {
    /// The body's centre [um], its axes along the world's.
    ///
    /// # Errors
    /// If the centre is not finite.
    pub fn at(centre: DVec3) -> Result<Self, MagnetError> {
        Self::turned(centre, DQuat::IDENTITY)
    }

    /// Turned about its centre [um].
    ///
    /// # Errors
    /// If a number is not finite or the rotation has no length.
    pub fn turned(centre: DVec3, rotation: DQuat) -> Result<Self, MagnetError> {
        let centre = finite(centre, "the centre")?;
        if !(rotation.is_finite() && rotation.length_squared() > 0.0) {
            return invalid("this is not a rotation");
        }
        let turn = DMat3::from_quat(rotation.normalize());
        Ok(Self { centre, turn })
    }

    /// The body's z axis along `axis`, its x axis as near to `towards` as that allows.
    ///
    /// # Errors
    /// If a vector has no direction, or both have the same.
    pub fn along(centre: DVec3, axis: DVec3, towards: DVec3) -> Result<Self, MagnetError> {
        let centre = finite(centre, "the centre")?;
        let z = direction(axis, "the axis")?;
        let towards = direction(towards, "the direction of the x axis")?;
        let across = towards - towards.dot(z) * z;
        if across.length() < 1e-9 {
            return invalid("the direction of the x axis lies along the axis");
        }
        let x = across.normalize();
        Ok(Self {
            centre,
            turn: DMat3::from_cols(x, z.cross(x), z),
        })
    }

    /// The body's z axis along `axis`, its x axis anywhere across.
    ///
    /// # Errors
    /// If the axis has no direction.
    pub fn about(centre: DVec3, axis: DVec3) -> Result<Self, MagnetError> {
        let z = direction(axis, "the axis")?;
        Self::along(centre, z, z.any_orthonormal_vector())
    }

    /// Centre [um].
    pub fn centre(&self) -> DVec3 {
        self.centre
    }

    /// The body's axes in the world, as columns.
    pub fn axes(&self) -> DMat3 {
        self.turn
    }

    /// A point of the world in the body's axes [um].
    pub(super) fn inward(&self, q: DVec3) -> DVec3 {
        self.turn.transpose() * (q - self.centre)
    }

    /// A field in the body's axes as the world sees it.
    pub(super) fn outward(&self, p: FieldPoint) -> FieldPoint {
        p.turned(self.turn)
    }

    /// The same body elsewhere.
    pub(super) fn moved(&self, by: DVec3) -> Self {
        Self {
            centre: self.centre + by,
            turn: self.turn,
        }
    }
}
