//! Units as other tools write them.

use super::Quantity;
use crate::units::{Dimension, UnitError, unit_factor};

/// Products without a sign between their parts, and prefixes before names: the units of scenes refuse both. Each with what it stands for.
const RUN_TOGETHER: &[(&str, &str)] = &[
    ("ms^-1", "m/s"),
    ("ms-1", "m/s"),
    ("mms^-1", "mm/s"),
    ("cms^-1", "cm/s"),
    ("Am^-1", "A/m"),
    ("Am-1", "A/m"),
    ("kGauss", "kG"),
    ("mTesla", "mT"),
    ("Vs/m^2", "T"),
    ("Vs/m2", "T"),
];

/// What one of a unit is in the engine's.
pub(super) fn factor(unit: &str, dimension: Dimension) -> Result<f64, UnitError> {
    unit_factor(unit, dimension).or_else(|e| {
        let known = RUN_TOGETHER.iter().find(|s| s.0 == unit.trim());
        known.map_or(Err(e), |s| unit_factor(s.1, dimension))
    })
}

/// Micrometres in one unit of length.
pub(super) fn length(unit: &str) -> Result<f64, String> {
    factor(unit, Dimension::Length).map_err(|e| e.to_string())
}

/// What one unit of the vectors is in the engine's.
pub(super) fn vector(unit: &str, quantity: &Quantity) -> Result<f64, String> {
    factor(unit, quantity.dimension).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_other_tools() {
        // 1 A/m is mu0 = 1.25663706127e-6 N/A2 of flux density in a vacuum (CODATA 2022)
        let mu0 = 1.25663706127e-6;
        let flux = [
            ("T Tesla tesla Wb/m2 Wb/m^2 Vs/m^2 kg*s^-2*A^-1", 1.0),
            ("mT mTesla millitesla", 1e-3),
            ("\u{b5}T \u{3bc}T uT", 1e-6),
            ("G Gs Gauss gauss Oe Oersted", 1e-4),
            ("kG kGauss", 0.1),
            ("A/m A\u{b7}m\u{207b}\u{b9} Am^-1 Am-1", mu0),
            ("kA/m", 1e3 * mu0),
        ];
        let lengths = [
            ("m metre meters Meter", 1e6),
            ("um \u{b5}m \u{3bc}m micron microns", 1.0),
            ("mm millimeter", 1e3),
            ("cm", 1e4),
        ];
        let velocities = [
            ("m/s ms^-1 ms-1 m*s^-1 m.s-1 m/sec", 1.0),
            ("mm/s mms^-1 mm.s^-1", 1e-3),
            ("cm/s cms^-1", 1e-2),
        ];
        for (dimension, all) in [
            (Dimension::FluxDensity, &flux[..]),
            (Dimension::Length, &lengths),
            (Dimension::Velocity, &velocities),
        ] {
            for (units, is) in all {
                for unit in units.split(' ') {
                    let found = factor(unit, dimension).unwrap_or_else(|e| panic!("{unit}: {e}"));
                    assert!((found / is - 1.0).abs() < 1e-12, "{unit}: {found}");
                }
            }
        }
        for (unit, one) in [("V s / m^2", None), ("m s^-1", Some(1.0)), ("A m^-1", Some(mu0))] {
            let dimension = if unit.starts_with("m ") {
                Dimension::Velocity
            } else {
                Dimension::FluxDensity
            };
            assert_eq!(factor(unit, dimension).ok(), one, "{unit}");
        }
    }

    #[test]
    fn a_unit_of_something_else_is_named() {
        for (unit, dimension, is) in [
            ("m^3/s", Dimension::Velocity, "flow rate"),
            ("ms", Dimension::Velocity, "time"),
            ("T/m", Dimension::FluxDensity, "gradient"),
            ("mL", Dimension::Length, "volume"),
        ] {
            let error = factor(unit, dimension).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{unit}` is a ")) && error.contains(is),
                "{error}"
            );
        }
    }
}
