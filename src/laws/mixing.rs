//! How many parcels of a grid cell are mixed within it in a step.
//!
//! A parcel's speed in a crowd depends on the contents of whole grid cells. Parcels that keep their places within a
//! cell then bunch into convoys: all of a cell's contents cross into the next in one step, which overfills beds and
//! lets noise grow. Drawing the place within the cell anew makes the flux through a face what the finite-volume
//! scheme of Buerger et al. (2008) says, on average, and that scheme keeps volume fractions within their range. In
//! clear fluid nothing is mixed, and a parcel's path stays exact.

/// Share mixed in a step, 0..1, where the volume fraction of all cells is `phi`: all from one eighth on.
///
/// Measured on Kynch columns of phi = 0.1: noise grows below a share of about 0.2 and stays under that of independent
/// parcels from 0.24 on.
#[inline(always)]
pub fn mixing(phi: f64) -> f64 {
    (8.0 * phi).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    /// By hand: at a twentieth two fifths are mixed.
    #[test]
    fn a_twentieth() {
        assert!((super::mixing(0.05) - 0.4).abs() < 1e-12);
        assert_eq!(super::mixing(0.42), 1.0);
        assert_eq!(super::mixing(0.0), 0.0);
    }
}
