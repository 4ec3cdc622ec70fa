//! Red cells by their own iron.
//!
//! Deoxygenated haemoglobin and methaemoglobin are paramagnetic, oxygenated haemoglobin is about as diamagnetic as water.
//! The measured mobility is to be preferred: with the susceptibility and an equal-volume sphere it comes out 1.7
//! times too high (1.4 with the drag of a disc, by the reference dossier).

use super::fault::{MagnetError, invalid};
use super::label::MOBILITY_SI;

/// Red cells without oxygen, 3.86e-15 m3 s/kg, in um3 us/pg. Source: Zborowski et al., Biophys. J. 84:2638-2645 (2003);
/// read.
pub const DEOXYGENATED: f64 = 3.86e-15 * MOBILITY_SI;

/// All haemoglobin as methaemoglobin, 3.66e-15 m3 s/kg, in um3 us/pg. Source: as above; read.
pub const METHAEMOGLOBIN: f64 = 3.66e-15 * MOBILITY_SI;

/// Oxygenated red cells, -0.2e-15 to 0.30e-15 m3 s/kg over donors, in um3 us/pg. Source: as above; read.
pub const OXYGENATED: (f64, f64) = (-0.2e-15 * MOBILITY_SI, 0.30e-15 * MOBILITY_SI);

/// Susceptibility of deoxygenated red cells less water's [1], SI. Source: high-gradient magnetic separation of red cells,
/// 1975 (R24 of data/SOURCES.md); read.
pub const DEOXYGENATED_SUSCEPTIBILITY: f64 = 3.88e-6;

/// Mobility [um3 us/pg] of red cells whose haemoglobin is oxygenated to the share `saturation`: linear between the measured
/// ends, as the iron's moments add up; the oxygenated end is the middle of its range.
///
/// # Errors
/// If the share is not within 0 and 1.
pub fn red_cell_mobility(saturation: f64) -> Result<f64, MagnetError> {
    if !(0.0..=1.0).contains(&saturation) {
        return invalid(format!(
            "an oxygen saturation of {saturation}; it lies between 0 and 1"
        ));
    }
    let oxygenated = 0.5 * (OXYGENATED.0 + OXYGENATED.1);
    Ok((1.0 - saturation) * DEOXYGENATED + saturation * oxygenated)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 3.86e-15 * 1.459e8 = 0.563 um/s in the reference field; venous blood at 70 % has
    /// 0.3 * 3.86 + 0.7 * 0.05 = 1.193e-15.
    #[test]
    fn measured_mobilities() {
        assert!((red_cell_mobility(0.0).unwrap() * 0.145_94 * 1e6 - 0.5633).abs() < 1e-4);
        assert!((red_cell_mobility(0.7).unwrap() - 1.193e-6).abs() < 1e-12);
        assert!(red_cell_mobility(1.1).is_err());
        // what it would be from first principles: chi V/(3 pi mu d), 90 fL and 5.56 um, is 1.7 times as much
        let sphere = DEOXYGENATED_SUSCEPTIBILITY * 90.0 / (3.0 * std::f64::consts::PI * 5.56);
        assert!(
            (sphere / DEOXYGENATED - 1.727).abs() < 2e-3,
            "{}",
            sphere / DEOXYGENATED
        );
    }

    /// The library's row says the same numbers.
    #[test]
    fn the_library_agrees() {
        let row = &crate::library::beads().unwrap()["rbc_deoxy_intrinsic"];
        let text = row.moment_or_mobility.as_ref().unwrap();
        for number in ["m=3.86e-15", "3.66e-15", "-0.2..+0.30e-15", "chi=3.88e-6"] {
            assert!(text.contains(number), "{number} is not in {text}");
        }
    }
}
