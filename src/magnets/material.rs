//! What materials can give.
//!
//! The limits are those of the best grades in trade, or of the pure material where it is soft. All are from memory, to be
//! read before a run relies on the last per cent; they are here to catch slips by a factor.

use super::fault::{MagnetError, invalid};
use super::induced::Soft;

/// A magnetic material and the most polarisation it can have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Material {
    /// Name for people and scenes.
    pub name: &'static str,
    /// Largest remanence of a permanent magnet, or saturation polarisation of a soft material [T].
    pub most: f64,
    /// Whether it keeps its polarisation without a field.
    pub permanent: bool,
    /// Where the number comes from.
    pub source: &'static str,
    /// How well it is known.
    pub status: &'static str,
}

const fn material(name: &'static str, most: f64, permanent: bool, source: &'static str) -> Material {
    Material {
        name,
        most,
        permanent,
        source,
        status: "unverified",
    }
}

/// All known materials.
pub const MATERIALS: &[Material] = &[
    material(
        "NdFeB",
        1.48,
        true,
        "grade N55 of makers' tables; Nd2Fe14B itself saturates at 1.61 T (Coey 2010)",
    ),
    material("SmCo", 1.20, true, "Sm2Co17 grades of makers' tables; Coey 2010"),
    material(
        "ferrite",
        0.45,
        true,
        "Sr ferrite, best grades; saturates at 0.48 T (Coey 2010)",
    ),
    material("AlNiCo", 1.35, true, "AlNiCo 5-7 of makers' tables; Coey 2010"),
    material("iron", 2.16, false, "Bozorth, Ferromagnetism (1951)"),
    material("nickel", 0.61, false, "Bozorth, Ferromagnetism (1951)"),
    material(
        "cobalt iron",
        2.40,
        false,
        "Fe-Co 50 %, Bozorth, Ferromagnetism (1951)",
    ),
    material(
        "stainless steel 430",
        1.50,
        false,
        "makers' data of ferritic stainless wire",
    ),
];

/// The material called `name`, in any case of letters.
///
/// # Errors
/// If there is none, with those there are.
pub fn material_named(name: &str) -> Result<&'static Material, MagnetError> {
    MATERIALS
        .iter()
        .find(|m| m.name.eq_ignore_ascii_case(name.trim()))
        .map_or_else(
            || {
                let known: Vec<&str> = MATERIALS.iter().map(|m| m.name).collect();
                invalid(format!("no material `{name}`; known are {}", known.join(", ")))
            },
            Ok,
        )
}

impl Material {
    /// Accepts a polarisation (remanence or saturation) of `tesla` if the material can have it.
    ///
    /// # Errors
    /// If it cannot, with the reason.
    pub fn check(&self, tesla: f64) -> Result<f64, MagnetError> {
        let what = if self.permanent { "remanence" } else { "saturation" };
        if !(tesla > 0.0 && tesla.is_finite()) {
            return invalid(format!("a {what} of {tesla} T; it has to be above zero"));
        }
        if tesla > self.most {
            return invalid(format!(
                "a {what} of {tesla} T; {} has at most {} T ({})",
                self.name, self.most, self.source
            ));
        }
        Ok(tesla)
    }

    /// The material as a soft body's, with its full saturation.
    ///
    /// # Errors
    /// If it is a permanent magnet, or the susceptibility not above zero.
    pub fn soft(&self, susceptibility: f64) -> Result<Soft, MagnetError> {
        if self.permanent {
            return invalid(format!(
                "{} is a permanent magnet, not a soft material",
                self.name
            ));
        }
        super::fault::positive(susceptibility, "the susceptibility of a soft body")?;
        Ok(Soft {
            susceptibility,
            saturation: self.most,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_material_cannot_give_is_refused_with_the_reason() {
        let neo = material_named("ndfeb").unwrap();
        assert_eq!(neo.check(1.42).unwrap(), 1.42);
        let e = neo.check(1.6).unwrap_err().to_string();
        assert!(e.contains("NdFeB has at most 1.48 T") && e.contains("N55"), "{e}");
        assert!(material_named("ferrite").unwrap().check(0.46).is_err());
        assert!(neo.check(f64::NAN).is_err() && neo.check(0.0).is_err());
        assert!(neo.soft(1e3).is_err());
        assert_eq!(
            material_named("iron").unwrap().soft(1e3).unwrap().saturation,
            2.16
        );
        let e = material_named("cheese").unwrap_err().to_string();
        assert!(e.contains("AlNiCo, iron"), "{e}");
    }
}
