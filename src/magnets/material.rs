//! What materials can give.
//!
//! The limits are those of the best grades in trade, or of the pure material where it is soft. All are from memory, to be
//! read before a run relies on the last per cent; they are here to catch slips by a factor.

use super::dipole::STRENGTH;
use super::fault::{MagnetError, invalid, positive};
use super::induced::Soft;
use std::f64::consts::PI;

/// What keeps a field up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Nature {
    /// It keeps its polarisation without a field, against an opposing one of `coercivity` mu0 Hcj [T] at most.
    Permanent {
        /// Intrinsic coercivity times mu0 of the hardest grade [T].
        coercivity: f64,
    },
    /// A background or a coil polarises it.
    Soft,
    /// A current, without anything to be polarised.
    Current,
}

/// A magnetic material and the most that it can give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Material {
    /// Name for people and scenes.
    pub name: &'static str,
    /// Largest remanence of a permanent magnet, saturation polarisation of a soft material, flux density of a coil [T].
    pub most: f64,
    /// What keeps its field up.
    pub nature: Nature,
    /// Where the numbers come from.
    pub source: &'static str,
    /// How well they are known.
    pub status: &'static str,
}

const fn material(name: &'static str, most: f64, nature: Nature, source: &'static str) -> Material {
    Material {
        name,
        most,
        nature,
        source,
        status: "unverified",
    }
}

const fn permanent(coercivity: f64) -> Nature {
    Nature::Permanent { coercivity }
}

/// All known materials. Grades with the highest coercivity have less remanence than the best, so both limits are generous.
pub const MATERIALS: &[Material] = &[
    material(
        "NdFeB",
        1.48,
        permanent(3.5),
        "grade N55, coercivity of AH grades (2786 kA/m), of makers' tables; Nd2Fe14B itself saturates at 1.61 T (Coey 2010)",
    ),
    material(
        "SmCo",
        1.20,
        permanent(3.1),
        "Sm2Co17 grades, coercivity of SmCo5 (2400 kA/m), of makers' tables; Coey 2010",
    ),
    material(
        "ferrite",
        0.45,
        permanent(0.50),
        "Sr ferrite, best grades (400 kA/m); saturates at 0.48 T (Coey 2010)",
    ),
    material(
        "AlNiCo",
        1.35,
        permanent(0.20),
        "AlNiCo 5-7, coercivity of AlNiCo 8 and 9 (160 kA/m), of makers' tables; Coey 2010",
    ),
    material("iron", 2.16, Nature::Soft, "Bozorth, Ferromagnetism (1951)"),
    material("nickel", 0.61, Nature::Soft, "Bozorth, Ferromagnetism (1951)"),
    material(
        "cobalt iron",
        2.40,
        Nature::Soft,
        "Fe-Co 50 %, Bozorth, Ferromagnetism (1951)",
    ),
    material(
        "stainless steel 430",
        1.50,
        Nature::Soft,
        "makers' data of ferritic stainless wire",
    ),
    material(
        "superconductor",
        28.2,
        Nature::Current,
        "coils of commercial 1.2 GHz NMR magnets, makers' data",
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
    /// Whether it keeps its polarisation without a field.
    pub fn permanent(&self) -> bool {
        matches!(self.nature, Nature::Permanent { .. })
    }

    /// Accepts a polarisation (remanence or saturation) of `tesla` if the material can have it.
    ///
    /// # Errors
    /// If it cannot, with the reason.
    pub fn check(&self, tesla: f64) -> Result<f64, MagnetError> {
        self.at_most(
            tesla,
            match self.nature {
                Nature::Permanent { .. } => "a remanence",
                Nature::Soft => "a saturation",
                Nature::Current => "a flux density",
            },
        )
    }

    /// Accepts a flux density of `tesla` between poles, or at a pole's tip. What leaves a pole is what its polarisation can
    /// give; a coil that adds much more than that needs no pole.
    ///
    /// # Errors
    /// If it is more than the saturation, remanence or coil gives.
    pub fn check_pole(&self, tesla: f64) -> Result<f64, MagnetError> {
        self.at_most(tesla, "a flux density")
    }

    /// Accepts a flux density of `tesla` at the bore of a Halbach cylinder of this material. Where the field of the bore runs
    /// along its wall, H is the same on both sides of it and the magnetisation opposes it, at every order (derived here from
    /// the directions (1 - k) angle of B and (1 + k) angle of M): there the whole of B demagnetises.
    ///
    /// # Errors
    /// If it is more than the coercivity, or the material is not permanent.
    pub fn check_bore(&self, tesla: f64) -> Result<f64, MagnetError> {
        positive(tesla, "the flux density at the bore [T]")?;
        let Nature::Permanent { coercivity } = self.nature else {
            return invalid(format!("{} has no remanence to speak of", self.name));
        };
        if tesla > coercivity {
            return invalid(format!(
                "{tesla:.3} T at the bore demagnetise the magnet there; the coercivity of {} is at most {coercivity} T ({}; {})",
                self.name, self.source, self.status
            ));
        }
        Ok(tesla)
    }

    /// Accepts a flux density of `tesla` anywhere around magnets of this material, whatever their shape: what its polarisation can
    /// give, or where it is more the coercivity, at which magnets that lie across their own field are demagnetised.
    ///
    /// # Errors
    /// If it is more.
    pub fn check_around(&self, tesla: f64) -> Result<f64, MagnetError> {
        if !(tesla >= 0.0 && tesla.is_finite()) {
            return invalid(format!("a flux density of {tesla} T"));
        }
        let most = match self.nature {
            Nature::Permanent { coercivity } => self.most.max(coercivity),
            Nature::Soft | Nature::Current => self.most,
        };
        if tesla > most {
            return invalid(format!(
                "a flux density of {} T; {} gives at most {most} T ({}; {})",
                crate::units::digits(tesla, 4),
                self.name,
                self.source,
                self.status
            ));
        }
        Ok(tesla)
    }

    /// Accepts a `moment` [A m2] of a ball of `radius` [um].
    ///
    /// # Errors
    /// If the polarisation mu0 moment over volume is more than the material can have.
    pub fn check_moment(&self, moment: f64, radius: f64) -> Result<f64, MagnetError> {
        positive(moment, "the moment [A m2]")?;
        positive(radius, "the radius of the ball [um]")?;
        let volume = 4.0 / 3.0 * PI * radius.powi(3);
        let polarisation = moment * STRENGTH / volume;
        if polarisation > self.most {
            return invalid(format!(
                "a moment of {moment} A m2 in a ball of {radius} um is a polarisation of {polarisation:.3} T; {} has at most {} T \
                 ({}; {}), {:.3e} A m2",
                self.name,
                self.most,
                self.source,
                self.status,
                self.most * volume / STRENGTH
            ));
        }
        Ok(moment)
    }

    fn at_most(&self, tesla: f64, what: &str) -> Result<f64, MagnetError> {
        if !(tesla > 0.0 && tesla.is_finite()) {
            return invalid(format!("{what} of {tesla} T; it has to be above zero"));
        }
        if tesla > self.most {
            return invalid(format!(
                "{what} of {tesla} T; {} has at most {} T ({}; {})",
                self.name, self.most, self.source, self.status
            ));
        }
        Ok(tesla)
    }

    /// The material as a soft body's, with its full saturation.
    ///
    /// # Errors
    /// If it is no soft material, or the susceptibility not above zero.
    pub fn soft(&self, susceptibility: f64) -> Result<Soft, MagnetError> {
        if self.nature != Nature::Soft {
            return invalid(format!("{} is not a soft material", self.name));
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
        assert!(e.ends_with("; unverified)"), "{e}");
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

    /// By hand: a ball of 5 mm radius has 0.523599 cm3; with 1.48 T it has at most 1.48 / 1.256637e-6 * 0.523599e-6 =
    /// 0.61667 A m2.
    #[test]
    fn poles_bores_and_balls() {
        let [neo, iron, coil] = ["NdFeB", "iron", "superconductor"].map(|m| material_named(m).unwrap());
        assert!(iron.check_pole(2.1).is_ok() && neo.check_pole(1.5).is_err() && coil.check_pole(5.0).is_ok());
        let e = iron.check_pole(2.2).unwrap_err().to_string();
        assert!(
            e.contains("a flux density of 2.2 T; iron has at most 2.16 T"),
            "{e}"
        );
        assert!(neo.check_bore(3.4).is_ok() && iron.check_bore(1.0).is_err());
        let e = neo.check_bore(3.6).unwrap_err().to_string();
        assert!(e.contains("3.600 T at the bore demagnetise"), "{e}");
        assert!(neo.check_moment(0.6166, 5e3).is_ok());
        let e = neo.check_moment(0.6168, 5e3).unwrap_err().to_string();
        assert!(
            e.contains("a polarisation of 1.480 T") && e.contains("6.167e-1 A m2"),
            "{e}"
        );
        // of a map: the coercivity of NdFeB, the remanence of AlNiCo, which is the larger there
        let alnico = material_named("AlNiCo").unwrap();
        assert!(
            neo.check_around(3.5).is_ok()
                && alnico.check_around(1.35).is_ok()
                && neo.check_around(0.0).is_ok()
        );
        let e = neo.check_around(3.6).unwrap_err().to_string();
        assert!(
            e.starts_with("a flux density of 3.6 T; NdFeB gives at most 3.5 T") && e.ends_with("unverified)"),
            "{e}"
        );
        assert!(
            alnico.check_around(1.36).is_err()
                && iron.check_around(2.2).is_err()
                && neo.check_around(f64::NAN).is_err()
        );
        assert!(coil.soft(10.0).is_err() && coil.check(29.0).is_err());
    }
}
