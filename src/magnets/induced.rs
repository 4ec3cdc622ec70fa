//! How far a soft body in a field is magnetised: the law that wires and spheres share.
//!
//! A body with demagnetising factor N and susceptibility chi takes J = chi B0 / (1 + N chi), as long as that is below the
//! saturation polarisation of its material, and that from there on (the sharp knee of an ideal soft magnet). For a cylinder
//! across the field N = 1/2 and a soft one saturates near B0 = Js/2; for a sphere 1/3. Source: R. Gerber & R. R. Birss,
//! High Gradient Magnetic Separation (1983), from memory; J. Svoboda, Magnetic Techniques for the Treatment of Materials
//! (2004), from memory.

use super::fault::{MagnetError, finite, invalid, positive};
use glam::DVec3;

/// A soft magnetic material.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Soft {
    /// Susceptibility of the material, not of the body [1].
    pub susceptibility: f64,
    /// Polarisation that it cannot exceed [T].
    pub saturation: f64,
}

/// Which part of the magnetisation curve a body is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Polarisation proportional to the background.
    Linear,
    /// Polarisation at the material's limit, whatever the background.
    Saturated,
}

/// Polarisation of a body of demagnetising factor `n` in the uniform background `b0` [T], and its regime.
pub(super) fn polarisation(soft: Soft, n: f64, b0: DVec3) -> Result<(DVec3, Regime), MagnetError> {
    positive(soft.susceptibility, "the susceptibility of a soft body")?;
    positive(soft.saturation, "the saturation of a soft body [T]")?;
    let b = finite(b0, "the background field")?.length();
    if b == 0.0 {
        return invalid("a soft body without a background field is not a magnet");
    }
    let linear = soft.susceptibility / (1.0 + n * soft.susceptibility) * b;
    Ok(if linear < soft.saturation {
        (b0 / b * linear, Regime::Linear)
    } else {
        (b0 / b * soft.saturation, Regime::Saturated)
    })
}
