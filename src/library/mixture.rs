//! Watery media mixed with each other, and what becomes of rouleaux in them.

use super::media::{Medium, medium_entry};
use super::{LibraryError, MediumEntry};
use crate::model::{Fluid, Status};

/// The column of the species' aggregation tables that holds in plasma, and the medium after which it is named.
pub const PLASMA: &str = "plasma";

/// Share of plasma below which fibrinogen may be too thin for any rouleaux: 1 g/L of the 3 g/L of normal plasma. Between 0.82 and
/// 1.16 g/L its effect on the viscosity of blood changes sign (R93 of data/SOURCES.md, read); that rouleaux end there, too, is
/// our reading.
const THRESHOLD: f64 = 1.0 / 3.0;

/// Factor on the mobility of red cells by rouleaux where plasma is only a share of the fluid (0..=1) and the factor in plasma is
/// `full`: 1 + share (full - 1). The velocity of rouleaux rises linearly with fibrinogen (R91, read), which is diluted with the plasma;
/// that the line begins at single cells is ours (a fit). [`least_aggregation`] says how much less it may be.
pub fn diluted_aggregation(full: f64, share: f64) -> f64 {
    1.0 + share * (full - 1.0)
}

/// What the factor of [`diluted_aggregation`] may fall to: the line then begins not without plasma but at a third of it.
pub fn least_aggregation(full: f64, share: f64) -> f64 {
    1.0 + ((share - THRESHOLD) / (1.0 - THRESHOLD)).max(0.0) * (full - 1.0)
}

/// Watery media mixed by volume, at a temperature [degC]. Densities add by volume, and so do the logarithms of the viscosities: for
/// plasma in water that is mu_rel = exp(0.0084 TP[g/L]), its own rule. Volumes that shrink on mixing are left out (under 0.1 %).
///
/// # Errors
/// [`LibraryError`] if a medium is not listed, is not watery, or is not known at that temperature; without any volume.
pub fn mixture(parts: &[(&str, f64)], celsius: f64) -> Result<Medium, LibraryError> {
    let mut flat: Vec<(&MediumEntry, f64)> = Vec::new();
    for (name, volume) in parts {
        let entry = medium_entry(name)?;
        let whole: f64 = entry.parts.iter().map(|(_, v)| v).sum();
        for (part, v) in &entry.parts {
            flat.push((medium_entry(part)?, volume * v / whole));
        }
        if entry.parts.is_empty() {
            flat.push((entry, *volume));
        }
    }
    flat.retain(|(_, volume)| *volume > 0.0);
    let whole: f64 = flat.iter().map(|(_, v)| v).sum();
    let unusable = |medium: &str, why: &str| LibraryError::Unusable {
        medium: medium.to_owned(),
        why: why.to_owned(),
    };
    if flat.is_empty() || !whole.is_finite() {
        return Err(unusable("a mixture", "it has no volume"));
    }
    let (mut density, mut viscosity, mut others) = (0.0, 0.0, 0.0);
    let mut aggregation = None;
    let (mut assumed, mut source) = (Vec::new(), Vec::new());
    let mut status = Status::Derived;
    for (entry, volume) in flat {
        if !entry.watery() {
            return Err(unusable(
                &entry.name,
                "it is not an aqueous solution, and how it mixes is not known; give the mixture's own numbers, `fluid = { density = .., \
                 viscosity = .., aggregation = .. }`",
            ));
        }
        let share = volume / whole;
        let medium = entry.at(celsius)?;
        density += share * medium.fluid.density;
        viscosity += share * medium.fluid.viscosity.ln();
        if medium.aggregation.as_deref() != Some(PLASMA) {
            others += share;
        }
        // the column of plasma, or of the first that has one
        if aggregation.is_none() || medium.aggregation.as_deref() == Some(PLASMA) {
            aggregation = medium.aggregation.or(aggregation);
        }
        assumed.extend(medium.assumed);
        source.push(medium.source);
        if medium.status == Status::Unverified {
            status = Status::Unverified;
        }
    }
    assumed.dedup();
    Ok(Medium {
        fluid: Fluid {
            density,
            viscosity: viscosity.exp(),
        },
        share: if aggregation.as_deref() == Some(PLASMA) {
            1.0 - others
        } else {
            1.0
        },
        aggregation,
        assumed,
        source: source.join("; "),
        status,
    })
}

#[cfg(test)]
mod tests {
    use super::super::medium;
    use super::*;
    use approx::assert_relative_eq;

    /// By hand, at 20 degC: 9 volumes of blood with 42 % cells bring 5.22 of plasma, 1028 kg/m3 and 1.8 times water, to 1 of
    /// ACD-A, 1018 kg/m3 and 1.2 mPa s. Plasma is 5.22/6.22 = 0.839228 of the fluid: 1026.3923 kg/m3, and exp(0.839228 ln 1.8 +
    /// 0.160772 ln(1.2/1.0016)) = 1.68597 times water, 1.6887 mPa s.
    #[test]
    fn blood_with_acda() -> Result<(), LibraryError> {
        let m = mixture(&[("plasma", 5.22), ("acd_a", 1.0)], 20.0)?;
        assert_relative_eq!(m.share, 0.839_228, max_relative = 1e-6);
        assert_relative_eq!(m.fluid.density, 1.026_392_3, max_relative = 1e-7);
        // water at 20 degC is known to five digits here
        assert_relative_eq!(m.fluid.viscosity, 1.6887, max_relative = 1e-4);
        assert_eq!(m.aggregation.as_deref(), Some("plasma"));
        assert!(m.assumed.is_empty(), "{:?}", m.assumed);
        // 1 + 0.839228 * 11; at least 1 + (0.839228 - 1/3)/(2/3) * 11
        assert_relative_eq!(diluted_aggregation(12.0, m.share), 10.231_5, max_relative = 1e-5);
        assert_relative_eq!(least_aggregation(12.0, m.share), 9.347_3, max_relative = 1e-5);
        assert_eq!(
            [0.0, 0.2, 1.0].map(|x| least_aggregation(12.0, x)),
            [1.0, 1.0, 12.0]
        );
        Ok(())
    }

    /// The rule from which the mixing law comes: half the protein, exp(0.0084 * 35) = 1.3418 times water.
    #[test]
    fn plasma_in_water_obeys_the_protein_rule() -> Result<(), LibraryError> {
        let m = mixture(&[("plasma", 1.0), ("water", 1.0)], 25.0)?;
        let water = medium("water", 25.0)?.fluid.viscosity;
        // 1.8 is exp(0.0084 * 70) = 1.8004 to two digits
        assert_relative_eq!(m.fluid.viscosity / water, 1.3418, max_relative = 5e-4);
        Ok(())
    }

    /// The library's mixture is one: by hand (10 x 1020.5 + 1018 x 993.33/998.21)/11 = 1019.82 kg/m3 at 37 degC; the reference
    /// has 1.18 mPa s, without what citrate and dextrose do to the viscosity. Mixed once more it is taken apart first: 10 + 1 volumes and 11 of saline.
    #[test]
    fn mixtures_of_mixtures() -> Result<(), LibraryError> {
        let m = medium("plasma_acda", 37.0)?;
        assert_relative_eq!(m.fluid.density, 1.019_82, max_relative = 1e-5);
        assert_relative_eq!(m.fluid.viscosity, 1.18, max_relative = 0.02);
        assert_relative_eq!(m.share, 10.0 / 11.0, max_relative = 1e-12);
        let half = mixture(&[("plasma_acda", 3.0), ("saline", 3.0)], 22.0)?;
        assert_relative_eq!(half.share, 5.0 / 11.0, max_relative = 1e-12);
        let all = mixture(&[("plasma", 10.0), ("acd_a", 1.0), ("pbs", 11.0)], 22.0)?;
        assert_relative_eq!(half.fluid.viscosity, all.fluid.viscosity, max_relative = 1e-12);
        assert_relative_eq!(half.fluid.density, all.fluid.density, max_relative = 1e-12);
        Ok(())
    }

    #[test]
    fn what_does_not_mix() {
        for (parts, why) in [
            (&[("plasma", 1.0), ("hes_6", 1.0)][..], "not an aqueous solution"),
            (&[("plasma", 0.0)], "no volume"),
            (&[("plasma", f64::INFINITY)], "no volume"),
            (&[("plasma", 1.0), ("plasna", 1.0)], "did you mean `plasma`"),
        ] {
            let said = mixture(parts, 20.0).map_err(|e| e.to_string());
            assert!(
                said.as_ref().is_err_and(|e| e.contains(why)),
                "{parts:?}: {said:?}"
            );
        }
        // washed cells know nothing of plasma
        let washed = mixture(&[("saline", 9.0), ("acd_a", 1.0)], 20.0);
        assert_eq!(washed.map(|m| m.aggregation), Ok(Some("saline".to_owned())));
    }
}
