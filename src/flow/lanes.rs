//! Laminar profiles that are the same all around, by lane.

use super::LANES;
use crate::chamber::duct::Section;

/// Velocity over its mean at the ends of [`LANES`] intervals of lanes; in a channel that between two plates.
pub fn poiseuille(section: &Section) -> Vec<f64> {
    (0..=LANES)
        .map(|i| relative(section, i as f64 / LANES as f64))
        .collect()
}

/// Velocity over its mean in a lane. Sources: Poiseuille's law; for the annulus R. B. Bird, W. E. Stewart & E. N. Lightfoot,
/// Transport Phenomena, section 2.4.
pub fn relative(section: &Section, lane: f64) -> f64 {
    match *section {
        Section::Tube { .. } => 2.0 * (1.0 - lane) * (1.0 + lane),
        Section::Channel { .. } => 6.0 * lane * (1.0 - lane),
        Section::Annulus { inner, outer } => {
            let k = inner / outer;
            let rho = k + lane * (1.0 - k);
            let bend = (1.0 - k) * (1.0 + k) / -k.ln();
            // at the walls exactly zero, where rounding would leave a little
            if lane <= 0.0 || lane >= 1.0 {
                return 0.0;
            }
            2.0 * ((1.0 - rho) * (1.0 + rho) + bend * rho.ln()) / (1.0 + k * k - bend)
        }
    }
}
