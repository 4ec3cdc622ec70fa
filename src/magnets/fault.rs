//! What a magnet refuses.

use crate::grids::{GridError, millimetres};
use glam::DVec3;

/// Why there is no field here, or why a source cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MagnetError {
    /// The point lies in or on a solid body.
    #[error("{} lies inside {what}; nothing can be there", millimetres(*at))]
    Inside {
        /// Which body.
        what: String,
        /// Where [um].
        at: DVec3,
    },
    /// The point lies where the description of the field ends.
    #[error("{} lies outside {what}, beyond which the field is not known", millimetres(*at))]
    Beyond {
        /// Which region.
        what: String,
        /// Where [um].
        at: DVec3,
    },
    /// A source, material, label or table cannot be as it was described.
    #[error("{0}")]
    Invalid(String),
    /// A file does not hold a usable field map.
    #[error(transparent)]
    Map(#[from] GridError),
}

impl From<MagnetError> for crate::Error {
    fn from(e: MagnetError) -> Self {
        Self::Input(e.to_string())
    }
}

/// An [`MagnetError::Invalid`].
pub(super) fn invalid<T>(what: impl Into<String>) -> Result<T, MagnetError> {
    Err(MagnetError::Invalid(what.into()))
}

/// Refuses what is not a finite number above zero.
pub(super) fn positive(x: f64, what: &str) -> Result<f64, MagnetError> {
    if x > 0.0 && x.is_finite() {
        Ok(x)
    } else {
        invalid(format!("{what} is {x}; it has to be above zero"))
    }
}

/// Refuses what is not finite.
pub(super) fn finite(v: DVec3, what: &str) -> Result<DVec3, MagnetError> {
    if v.is_finite() {
        Ok(v)
    } else {
        invalid(format!("{what} is not finite"))
    }
}

/// A direction as a unit vector; refuses what has none.
pub(super) fn direction(v: DVec3, what: &str) -> Result<DVec3, MagnetError> {
    match v.try_normalize() {
        Some(unit) if v.is_finite() => Ok(unit),
        _ => invalid(format!("{what} has no direction")),
    }
}
