//! Dimensions: what each is called, the units that it is shown in, and which readings of a unit fit it.

use super::atoms::{Axes, Class};
use super::expression::Meaning;
use crate::constants::VACUUM_PERMEABILITY;

/// Avogadro's number [1/mol]. Source: SI (2019), exact by definition.
const AVOGADRO: f64 = 6.022_140_76e23;

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

    /// Units to show values in and to name in messages, handiest first. Many more are understood.
    pub fn handy(self) -> &'static [&'static str] {
        match self {
            Self::Length => &["um", "nm", "mm", "cm", "m"],
            Self::Time => &["s", "min", "h", "ms", "us", "d"],
            Self::Volume => &["mL", "uL", "L", "fL"],
            Self::Mass => &["g", "mg", "kg", "pg"],
            Self::Density => &["g/mL", "kg/m3"],
            Self::Viscosity => &["mPa s", "Pa s"],
            Self::Temperature => &["degC", "K"],
            Self::Fraction => &["%", "L/L"],
            Self::Concentration => &["/uL", "/mL", "/L", "x10^9/L", "K/uL"],
            Self::FlowRate => &["mL/min", "mL/h", "mL/s", "uL/min", "L/h"],
            Self::Velocity => &["um/s", "mm/s", "mm/h", "m/s"],
            Self::RotorSpeed => &["rpm", "rad/s"],
            Self::CentrifugalForce => &["x g"],
            Self::Angle => &["deg", "rad"],
            Self::FluxDensity => &["T", "mT", "G", "kA/m"],
            Self::FieldGradient => &["T/m", "T/mm", "G/cm"],
            Self::MagneticMobility => &["m3 s/kg", "mm3/(T A s)", "um3 us/pg"],
            Self::MagneticMoment => &["A m2", "mA m2"],
            Self::BindingRate => &["L/(mol s)", "um3/s"],
        }
    }

    /// Every dimension.
    pub(super) const ALL: [Self; 19] = [
        Self::Length,
        Self::Time,
        Self::Volume,
        Self::Mass,
        Self::Density,
        Self::Viscosity,
        Self::Temperature,
        Self::Fraction,
        Self::Concentration,
        Self::FlowRate,
        Self::Velocity,
        Self::RotorSpeed,
        Self::CentrifugalForce,
        Self::Angle,
        Self::FluxDensity,
        Self::FieldGradient,
        Self::MagneticMobility,
        Self::MagneticMoment,
        Self::BindingRate,
    ];

    /// Powers of length, time, mass, current, amount, angle and gravity.
    fn axes(self) -> Axes {
        match self {
            Self::Length => [1, 0, 0, 0, 0, 0, 0],
            Self::Time => [0, 1, 0, 0, 0, 0, 0],
            Self::Volume => [3, 0, 0, 0, 0, 0, 0],
            Self::Mass => [0, 0, 1, 0, 0, 0, 0],
            Self::Density => [-3, 0, 1, 0, 0, 0, 0],
            Self::Viscosity => [-1, -1, 1, 0, 0, 0, 0],
            Self::Fraction | Self::Temperature => [0; 7],
            Self::Concentration => [-3, 0, 0, 0, 0, 0, 0],
            Self::FlowRate => [3, -1, 0, 0, 0, 0, 0],
            Self::Velocity => [1, -1, 0, 0, 0, 0, 0],
            Self::RotorSpeed => [0, -1, 0, 0, 0, 1, 0],
            Self::CentrifugalForce => [0, 0, 0, 0, 0, 0, 1],
            Self::Angle => [0, 0, 0, 0, 0, 1, 0],
            Self::FluxDensity => [0, -2, 1, -1, 0, 0, 0],
            Self::FieldGradient => [-1, -2, 1, -1, 0, 0, 0],
            Self::MagneticMobility => [3, 1, -1, 0, 0, 0, 0],
            Self::MagneticMoment => [2, 0, 0, 1, 0, 0, 0],
            Self::BindingRate => [3, -1, 0, 0, -1, 0, 0],
        }
    }
}

/// How a reading of a unit fits a dimension.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fit {
    /// Not at all.
    No,
    /// One of it is `num / den * 10^ten` of the engine's.
    Yes { num: f64, den: f64, ten: i32 },
    /// It may stand for any of these units.
    Unsure(&'static [&'static str]),
}

/// How a reading fits `wanted`.
pub(super) fn fit(m: &Meaning, wanted: Dimension) -> Fit {
    use Dimension::{
        BindingRate, Concentration, FieldGradient, FluxDensity, Fraction, MagneticMoment, RotorSpeed,
        Temperature,
    };
    let times = |num: f64, den: f64, ten: i32| Fit::Yes {
        num: m.num * num,
        den: m.den * den,
        ten: m.ten + ten,
    };
    let only = |keep: &dyn Fn(Class, i32) -> bool| m.parts.iter().all(|(c, p)| keep(*c, *p));
    // what counts cells is no part of any other unit, nor is a large number by name
    let cells = |c: Class| matches!(c, Class::Count | Class::Many);
    let plain = only(&|c, _| !cells(c) && c != Class::Share);
    let same = m.axes == wanted.axes();
    match wanted {
        // of which nothing but the number is read here
        Temperature => Fit::No,
        // the mass of a part in the whole's is another fraction than its volume
        Fraction => {
            let volumes = only(&|c, p| match c {
                Class::Share => p == 1,
                Class::Volume => p.abs() == 1,
                Class::Length => p.abs() == 3,
                _ => false,
            });
            if same && volumes && !m.parts.is_empty() {
                times(1.0, 1.0, 0)
            } else {
                Fit::No
            }
        }
        Concentration => {
            let counted = only(&|c, p| c != Class::Share && (!cells(c) || p == 1));
            let molar = m.axes == [-3, 0, 0, 0, 1, 0, 0];
            if molar && m.parts == [(Class::Molar, 1)] && m.ten == -15 {
                Fit::Unsure(&["mol/L", "x10^6/mL", "x10^6/uL"])
            } else if molar && plain {
                times(AVOGADRO, 1.0, 0)
            } else if same && counted {
                times(1.0, 1.0, 0)
            } else {
                Fit::No
            }
        }
        RotorSpeed if m.axes == [0, -1, 0, 0, 0, 0, 0] => match m.parts.as_slice() {
            // by custom revolutions
            [(Class::Minute, -1)] => times(std::f64::consts::TAU, 1.0, 0),
            [(Class::Second, -1)] if m.ten == -6 => Fit::Unsure(&["Hz", "rad/s"]),
            _ => Fit::No,
        },
        // a field strength or magnetisation by the flux density mu0 H or mu0 M; mu0 in T m/A is 1e-3 of that in T2/kPa
        FluxDensity if plain && m.axes == [-1, 0, 0, 1, 0, 0, 0] => times(VACUUM_PERMEABILITY, 1.0, 0),
        FieldGradient if plain && m.axes == [-2, 0, 0, 1, 0, 0, 0] => times(VACUUM_PERMEABILITY, 1.0, 0),
        MagneticMoment if plain && same => times(1.0, 1.0, -15),
        BindingRate if plain && same => times(1.0, AVOGADRO, 0),
        BindingRate if m.axes == Dimension::FlowRate.axes() => {
            if only(&|c, p| (c, p) == (Class::Length, 3) || (c, p) == (Class::Second, -1)) {
                times(1.0, 1.0, 0)
            } else {
                Fit::No
            }
        }
        _ if plain && same => times(1.0, 1.0, 0),
        _ => Fit::No,
    }
}

/// What a reading is, in words, where it is none of the dimensions.
pub(super) fn other_kind(m: &Meaning) -> Option<&'static str> {
    const KINDS: &[(Axes, &str)] = &[
        ([2, 0, 0, 0, 0, 0, 0], "an area"),
        ([1, -2, 0, 0, 0, 0, 0], "an acceleration"),
        ([1, -2, 1, 0, 0, 0, 0], "a force"),
        ([-1, -2, 1, 0, 0, 0, 0], "a pressure"),
        ([2, -1, 0, 0, 0, 0, 0], "a kinematic viscosity"),
        ([2, -2, 1, 0, 0, 0, 0], "an energy"),
        ([0, -1, 0, 0, 0, 0, 0], "a rate"),
        ([-1, 0, 0, 0, 0, 0, 0], "a number per length"),
        ([-2, 0, 0, 0, 0, 0, 0], "a number per area"),
        ([0, -1, 1, 0, 0, 0, 0], "a mass flow"),
        ([0, 0, 0, 0, 1, 0, 0], "an amount of substance"),
        ([0, 0, 0, 1, 0, 0, 0], "a current"),
        ([-1, 0, 0, 1, 0, 0, 0], "a field strength"),
        ([0; 7], "a number without a dimension"),
    ];
    KINDS.iter().find(|k| k.0 == m.axes).map(|k| k.1)
}
