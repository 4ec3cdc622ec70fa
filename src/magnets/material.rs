//! What materials can give.
//!
//! The limits of materials are those of the best grades in trade, or of the pure material where it is soft. All are from memory, so
//! what is above them is doubted, not refused: grades become better. Refused is only what nothing can be.

use super::dipole::STRENGTH;
use super::fault::{MagnetError, invalid, positive};
use super::induced::Soft;
use std::f64::consts::PI;

/// Polarisation [T] that no material has at room temperature: iron with 35 % of cobalt, the top of the Slater-Pauling curve, has 2.45 T
/// (Bozorth, Ferromagnetism, 1951; from memory, unverified).
pub const MOST_POLARISED: f64 = 2.5;

/// Flux density [T] that nothing keeps up for longer than an instant: hybrid magnets reach 45.5 T (makers' data; from memory,
/// unverified).
pub const MOST_STEADY: f64 = 50.0;

/// Why a value that can be is more than is known of its material; none where nothing is to be said.
pub type Doubt = Option<String>;

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

    /// Takes a polarisation (remanence or saturation) of `tesla`, and says if it is more than is known of the material.
    ///
    /// # Errors
    /// If nothing can have it: not above zero, or above `MOST_POLARISED` (of a coil [`MOST_STEADY`]).
    pub fn check(&self, tesla: f64) -> Result<Doubt, MagnetError> {
        self.at_most(
            tesla,
            match self.nature {
                Nature::Permanent { .. } => "a remanence",
                Nature::Soft => "a saturation",
                Nature::Current => "a flux density",
            },
            match self.nature {
                Nature::Permanent { .. } | Nature::Soft => MOST_POLARISED,
                Nature::Current => MOST_STEADY,
            },
        )
    }

    /// Takes a flux density of `tesla` between poles, or at a pole's tip, and says if it is more than the polarisation of the
    /// material: what leaves a pole is what its polarisation can give, and coils add little to it.
    ///
    /// # Errors
    /// If it is not above zero, or above [`MOST_STEADY`].
    pub fn check_pole(&self, tesla: f64) -> Result<Doubt, MagnetError> {
        self.at_most(tesla, "a flux density", MOST_STEADY)
    }

    /// Takes a flux density of `tesla` at the bore of a Halbach cylinder of this material, and says if it is more than its
    /// coercivity. Where the field of the bore runs along its wall, H is the same on both sides of it and the magnetisation opposes
    /// it, at every order (derived here from the directions (1 - k) angle of B and (1 + k) angle of M): there the whole of B
    /// demagnetises.
    ///
    /// # Errors
    /// If it is not above zero, above [`MOST_STEADY`], or the material is not permanent.
    pub fn check_bore(&self, tesla: f64) -> Result<Doubt, MagnetError> {
        positive(tesla, "the flux density at the bore [T]")?;
        let Nature::Permanent { coercivity } = self.nature else {
            return invalid(format!("{} has no remanence to speak of", self.name));
        };
        steady(tesla)?;
        Ok((tesla > coercivity).then(|| {
            format!(
                "{tesla:.3} T at the bore demagnetise the magnet there; the coercivity of {} is at most {coercivity} T ({}; {})",
                self.name, self.source, self.status
            )
        }))
    }

    /// Takes a flux density of `tesla` anywhere around magnets of this material, whatever their shape, and says if it is more than
    /// its polarisation can give, or where that is more than its coercivity, at which magnets that lie across their own field are
    /// demagnetised.
    ///
    /// # Errors
    /// If it is not finite, or above [`MOST_STEADY`].
    pub fn check_around(&self, tesla: f64) -> Result<Doubt, MagnetError> {
        if !(tesla >= 0.0 && tesla.is_finite()) {
            return invalid(format!("a flux density of {tesla} T"));
        }
        steady(tesla)?;
        let most = match self.nature {
            Nature::Permanent { coercivity } => self.most.max(coercivity),
            Nature::Soft | Nature::Current => self.most,
        };
        Ok((tesla > most).then(|| {
            format!(
                "a flux density of {} T; {} gives at most {most} T ({}; {})",
                crate::units::digits(tesla, 4),
                self.name,
                self.source,
                self.status
            )
        }))
    }

    /// Takes a `moment` [A m2] of a ball of `radius` [um], and says if its polarisation, mu0 moment over volume, is more than is known
    /// of the material.
    ///
    /// # Errors
    /// If one is not above zero, or the polarisation above `MOST_POLARISED`.
    pub fn check_moment(&self, moment: f64, radius: f64) -> Result<Doubt, MagnetError> {
        positive(moment, "the moment [A m2]")?;
        positive(radius, "the radius of the ball [um]")?;
        let volume = 4.0 / 3.0 * PI * radius.powi(3);
        let polarisation = moment * STRENGTH / volume;
        let what = format!(
            "a moment of {moment} A m2 in a ball of {radius} um is a polarisation of {polarisation:.3} T"
        );
        if polarisation > MOST_POLARISED {
            return invalid(format!(
                "{what}; no material has more than {MOST_POLARISED} T, {:.3e} A m2",
                MOST_POLARISED * volume / STRENGTH
            ));
        }
        Ok((polarisation > self.most).then(|| {
            format!(
                "{what}; {} has at most {} T ({}; {}), {:.3e} A m2",
                self.name,
                self.most,
                self.source,
                self.status,
                self.most * volume / STRENGTH
            )
        }))
    }

    fn at_most(&self, tesla: f64, what: &str, possible: f64) -> Result<Doubt, MagnetError> {
        if !(tesla > 0.0 && tesla.is_finite()) {
            return invalid(format!("{what} of {tesla} T; it has to be above zero"));
        }
        if tesla > possible {
            return invalid(match possible {
                MOST_STEADY => beyond(tesla),
                _ => format!("{what} of {tesla} T; no material has more than {possible} T"),
            });
        }
        Ok((tesla > self.most).then(|| {
            format!(
                "{what} of {tesla} T; {} has at most {} T ({}; {})",
                self.name, self.most, self.source, self.status
            )
        }))
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

/// Refuses a flux density [T] that nothing keeps up.
fn steady(tesla: f64) -> Result<(), MagnetError> {
    if tesla > MOST_STEADY {
        return invalid(beyond(tesla));
    }
    Ok(())
}

fn beyond(tesla: f64) -> String {
    format!(
        "a flux density of {} T; no magnet sustains more than {MOST_STEADY} T: is its unit right?",
        crate::units::digits(tesla, 4)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubt(found: Result<Doubt, MagnetError>) -> String {
        found.unwrap().unwrap_or_default()
    }

    /// What no grade of trade has is said with the reason and taken; what nothing can have is refused.
    #[test]
    fn what_a_material_is_not_known_to_give_is_doubted() {
        let neo = material_named("ndfeb").unwrap();
        assert_eq!(neo.check(1.42).unwrap(), None);
        // a published cylinder magnet
        let e = doubt(neo.check(1.5));
        assert!(e.contains("NdFeB has at most 1.48 T") && e.contains("N55"), "{e}");
        assert!(e.ends_with("; unverified)"), "{e}");
        assert!(doubt(material_named("ferrite").unwrap().check(0.46)).contains("0.45 T"));
        // 1.3 mT written as 13 T, or a gauss as a tesla
        let e = neo.check(2.6).unwrap_err().to_string();
        assert_eq!(e, "a remanence of 2.6 T; no material has more than 2.5 T");
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
    /// 0.61667 A m2, and with 2.5 T 1.04167 A m2.
    #[test]
    fn poles_bores_and_balls() {
        let [neo, iron, coil] = ["NdFeB", "iron", "superconductor"].map(|m| material_named(m).unwrap());
        assert_eq!(doubt(iron.check_pole(2.1)) + &doubt(coil.check_pole(5.0)), "");
        assert!(doubt(neo.check_pole(1.5)).contains("1.48 T"));
        let e = doubt(iron.check_pole(2.2));
        assert!(
            e.contains("a flux density of 2.2 T; iron has at most 2.16 T"),
            "{e}"
        );
        let e = iron.check_pole(13_000.0).unwrap_err().to_string();
        assert!(e.contains("no magnet sustains more than 50 T"), "{e}");
        assert_eq!(doubt(neo.check_bore(3.4)), "");
        assert!(iron.check_bore(1.0).is_err() && neo.check_bore(51.0).is_err());
        let e = doubt(neo.check_bore(3.6));
        assert!(e.contains("3.600 T at the bore demagnetise"), "{e}");
        assert_eq!(doubt(neo.check_moment(0.6166, 5e3)), "");
        let e = doubt(neo.check_moment(0.6168, 5e3));
        assert!(
            e.contains("a polarisation of 1.480 T") && e.contains("6.167e-1 A m2"),
            "{e}"
        );
        let e = neo.check_moment(1.0418, 5e3).unwrap_err().to_string();
        assert!(e.contains("no material has more than 2.5 T, 1.042e0 A m2"), "{e}");
        // of a map: the coercivity of NdFeB, the remanence of AlNiCo, which is the larger there
        let alnico = material_named("AlNiCo").unwrap();
        for (material, tesla) in [(neo, 3.5), (alnico, 1.35), (neo, 0.0), (coil, 28.0)] {
            assert_eq!(doubt(material.check_around(tesla)), "");
        }
        let e = doubt(neo.check_around(3.6));
        assert!(
            e.starts_with("a flux density of 3.6 T; NdFeB gives at most 3.5 T") && e.ends_with("unverified)"),
            "{e}"
        );
        for (material, tesla) in [(alnico, 1.36), (iron, 2.2), (coil, 29.0)] {
            assert!(!doubt(material.check_around(tesla)).is_empty());
        }
        assert!(neo.check_around(f64::NAN).is_err() && coil.check_around(51.0).is_err());
        assert!(coil.soft(10.0).is_err() && !doubt(coil.check(29.0)).is_empty());
    }
}
