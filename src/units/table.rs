//! Dimensions and the table of units.

use crate::constants::{MICROLITRE, MILLILITRE, RPM, SECOND, VACUUM_PERMEABILITY};

/// What kind of quantity a value is. The engine's unit is given for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Length [um].
    Length,
    /// Time [us].
    Time,
    /// Volume [um3].
    Volume,
    /// Mass [pg].
    Mass,
    /// Mass per volume [pg/um3 = g/mL].
    Density,
    /// Dynamic viscosity [pg/(um us) = mPa s].
    Viscosity,
    /// Temperature [degC].
    Temperature,
    /// Share of a whole [1].
    Fraction,
    /// Cells per volume [1/um3].
    Concentration,
    /// Volume per time [um3/us].
    FlowRate,
    /// Distance per time [um/us = m/s].
    Velocity,
    /// Speed of a rotor [rad/us].
    RotorSpeed,
    /// Relative centrifugal force: acceleration over standard gravity [1].
    CentrifugalForce,
    /// Plane angle [rad].
    Angle,
    /// Magnetic flux density [T].
    FluxDensity,
    /// Flux density over length [T/um].
    FieldGradient,
    /// Magnetophoretic mobility: velocity over grad(B2)/(2 mu0) [um3 us/pg].
    MagneticMobility,
    /// Magnetic moment [A m2].
    MagneticMoment,
    /// Rate constant of two partners [um3/us].
    BindingRate,
}

/// One row of the table of units.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    /// Spellings, the preferred one first.
    pub symbols: &'static [&'static str],
    /// What it measures.
    pub dimension: Dimension,
    /// Engine units in one of it.
    pub factor: f64,
    /// Added after the factor; only temperatures have one.
    pub offset: f64,
}

impl Unit {
    /// `number` of this unit in engine units, rounded as well as it can be: 1005 kg/m3 are exactly 1.005 g/mL,
    /// which 1005 times 1e-3 is not.
    pub fn to_engine(&self, number: f64) -> f64 {
        let inverse = (1.0 / self.factor).round();
        if inverse > 1.0 && (inverse * self.factor - 1.0).abs() < 1e-15 {
            number / inverse + self.offset
        } else {
            number * self.factor + self.offset
        }
    }
}

const fn unit(dimension: Dimension, factor: f64, symbols: &'static [&'static str]) -> Unit {
    Unit {
        symbols,
        dimension,
        factor,
        offset: 0.0,
    }
}

/// Every unit that is understood, the handiest of each dimension first.
pub const UNITS: &[Unit] = {
    use Dimension::*;
    const MINUTE: f64 = 60.0 * SECOND;
    const HOUR: f64 = 3600.0 * SECOND;
    &[
        unit(Length, 1.0, &["um"]),
        unit(Length, 1e-3, &["nm"]),
        unit(Length, 1e3, &["mm"]),
        unit(Length, 1e4, &["cm"]),
        unit(Length, 1e6, &["m"]),
        unit(Time, SECOND, &["s", "sec"]),
        unit(Time, MINUTE, &["min"]),
        unit(Time, HOUR, &["h", "hr"]),
        unit(Time, 1e3, &["ms"]),
        unit(Time, 1.0, &["us"]),
        unit(Time, 24.0 * HOUR, &["d"]),
        unit(Volume, MILLILITRE, &["mL", "ml", "cm3"]),
        unit(Volume, MICROLITRE, &["uL", "ul", "mm3"]),
        unit(Volume, 1e3 * MILLILITRE, &["L", "l"]),
        unit(Volume, 1.0, &["fL", "fl", "um3"]),
        unit(Mass, 1e12, &["g"]),
        unit(Mass, 1e9, &["mg"]),
        unit(Mass, 1e15, &["kg"]),
        unit(Mass, 1.0, &["pg"]),
        unit(Density, 1.0, &["g/mL", "g/ml", "g/cm3", "kg/L", "pg/um3"]),
        unit(Density, 1e-3, &["kg/m3", "g/L", "g/l", "mg/mL"]),
        unit(Viscosity, 1.0, &["mPa s", "cP"]),
        unit(Viscosity, 1e3, &["Pa s"]),
        unit(Temperature, 1.0, &["degC", "°C", "C"]),
        Unit {
            symbols: &["K"],
            dimension: Temperature,
            factor: 1.0,
            offset: -273.15,
        },
        unit(Fraction, 1e-2, &["%", "vol%"]),
        unit(Fraction, 1.0, &["L/L", "mL/mL"]),
        unit(Concentration, 1.0 / MICROLITRE, &["/uL", "/ul", "/mm3"]),
        unit(Concentration, 1.0 / MILLILITRE, &["/mL", "/ml"]),
        unit(Concentration, 1e-15, &["/L", "/l"]),
        unit(Concentration, 1e-6, &["x10^9/L", "10^9/L", "G/L"]),
        unit(
            Concentration,
            1e-3,
            &["x10^12/L", "10^12/L", "x10^6/uL", "10^6/uL", "T/L"],
        ),
        unit(Concentration, 1e-6, &["x10^3/uL", "10^3/uL", "K/uL"]),
        unit(FlowRate, MILLILITRE / MINUTE, &["mL/min", "ml/min"]),
        unit(FlowRate, MILLILITRE / HOUR, &["mL/h", "ml/h"]),
        unit(FlowRate, MILLILITRE / SECOND, &["mL/s", "ml/s"]),
        unit(FlowRate, MICROLITRE / MINUTE, &["uL/min", "ul/min"]),
        unit(FlowRate, 1e3 * MILLILITRE / HOUR, &["L/h", "l/h"]),
        unit(FlowRate, 1e3 * MILLILITRE / MINUTE, &["L/min", "l/min"]),
        unit(FlowRate, MICROLITRE / HOUR, &["uL/h", "ul/h"]),
        unit(FlowRate, MICROLITRE / SECOND, &["uL/s", "ul/s"]),
        unit(Velocity, 1e-6, &["um/s"]),
        unit(Velocity, 1e-3, &["mm/s"]),
        unit(Velocity, 1e3 / HOUR, &["mm/h"]),
        unit(Velocity, 1.0, &["m/s"]),
        unit(RotorSpeed, RPM, &["rpm", "RPM", "rev/min", "/min"]),
        unit(RotorSpeed, 1.0 / SECOND, &["rad/s"]),
        unit(CentrifugalForce, 1.0, &["x g", "g", "RCF", "rcf"]),
        unit(Angle, std::f64::consts::PI / 180.0, &["deg", "°"]),
        unit(Angle, 1.0, &["rad"]),
        unit(FluxDensity, 1.0, &["T"]),
        unit(FluxDensity, 1e-3, &["mT"]),
        unit(FluxDensity, 1e-4, &["G"]),
        // a field strength or magnetisation by the flux density mu0 H or mu0 M; mu0 in T m/A is 1e-3 of that in T2/kPa
        unit(FluxDensity, VACUUM_PERMEABILITY, &["kA/m"]),
        unit(FluxDensity, 1e-3 * VACUUM_PERMEABILITY, &["A/m"]),
        unit(FluxDensity, 1e-4, &["Oe"]),
        unit(FluxDensity, 0.1, &["kG", "kOe"]),
        unit(FieldGradient, 1e-6, &["T/m"]),
        unit(FieldGradient, 1e-3, &["T/mm"]),
        unit(FieldGradient, 1e-8, &["G/cm"]),
        // (1 m/s) / (1e-9 nN/um3); one T A/m2 is one N/m3
        unit(MagneticMobility, 1e9, &["m3 s/kg"]),
        unit(MagneticMobility, 1.0, &["mm3/(T A s)", "um3 us/pg"]),
        unit(MagneticMoment, 1.0, &["A m2"]),
        unit(MagneticMoment, 1e-3, &["mA m2"]),
        // litre over Avogadro's number, 6.02214076e23, in the time of a second
        unit(
            BindingRate,
            1e15 / 6.022_140_76e23 / SECOND,
            &["L/(mol s)", "L/mol/s", "/(M s)"],
        ),
        unit(BindingRate, 1.0 / SECOND, &["um3/s"]),
    ]
};

impl Dimension {
    /// Its name with the article: "a length".
    pub fn name(self) -> &'static str {
        match self {
            Self::Length => "a length",
            Self::Time => "a time",
            Self::Volume => "a volume",
            Self::Mass => "a mass",
            Self::Density => "a density",
            Self::Viscosity => "a viscosity",
            Self::Temperature => "a temperature",
            Self::Fraction => "a fraction",
            Self::Concentration => "a concentration",
            Self::FlowRate => "a flow rate",
            Self::Velocity => "a velocity",
            Self::RotorSpeed => "a rotor speed",
            Self::CentrifugalForce => "a relative centrifugal force",
            Self::Angle => "an angle",
            Self::FluxDensity => "a flux density",
            Self::FieldGradient => "a field gradient",
            Self::MagneticMobility => "a magnetic mobility",
            Self::MagneticMoment => "a magnetic moment",
            Self::BindingRate => "a binding rate",
        }
    }

    /// The units it may be written in, handiest first.
    pub fn units(self) -> impl Iterator<Item = &'static Unit> {
        UNITS.iter().filter(move |u| u.dimension == self)
    }

    /// Every accepted spelling of those units.
    pub fn symbols(self) -> impl Iterator<Item = &'static str> {
        self.units().flat_map(|u| u.symbols.iter().copied())
    }

    /// The first few units, for messages: "um, nm, mm".
    pub fn examples(self) -> String {
        let first: Vec<&str> = self
            .units()
            .filter_map(|u| u.symbols.first().copied())
            .take(3)
            .collect();
        first.join(", ")
    }

    /// The handiest unit, for messages.
    pub fn handiest(self) -> &'static str {
        self.symbols().next().unwrap_or("")
    }
}
