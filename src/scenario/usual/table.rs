//! What is usual, key by key.

use crate::units::Dimension;
use std::ops::RangeInclusive;

/// A key with what is usual of it [engine units].
pub struct Usual {
    /// Tables from the scene down; the entries of a table of names, or of a list of tables, are all looked at.
    pub path: &'static [&'static str],
    pub key: &'static str,
    /// What it is: "a bottom radius".
    pub name: &'static str,
    pub dimension: Dimension,
    pub range: RangeInclusive<f64>,
    /// What has the largest, where that is not plain.
    pub because: &'static str,
    /// Kinds of the table, its key `kind` or `shape`, of which this holds; all if there are none.
    pub kinds: &'static [&'static str],
    /// True if what is above is not asked about here: it is held against what the thing is made of.
    pub only_below: bool,
}

impl Usual {
    const fn of(mut self, kinds: &'static [&'static str]) -> Self {
        self.kinds = kinds;
        self
    }

    const fn only_below(mut self) -> Self {
        self.only_below = true;
        self
    }

    /// True if `value` [engine units] is asked about.
    pub fn unusual(&self, value: f64) -> bool {
        value < *self.range.start() || value > *self.range.end() && !self.only_below
    }

    const fn because(mut self, why: &'static str) -> Self {
        self.because = why;
        self
    }
}

const fn usual(
    path: &'static [&'static str],
    key: &'static str,
    name: &'static str,
    dimension: Dimension,
    range: RangeInclusive<f64>,
) -> Usual {
    Usual {
        path,
        key,
        name,
        dimension,
        range,
        because: "",
        kinds: &[],
        only_below: false,
    }
}

pub const USUAL: &[Usual] = {
    use Dimension::{Density, FieldGradient, FlowRate, FluxDensity, Length, Time, Viscosity};
    // beads of iron or gold are dense, fat and gas are light
    const MATTER: RangeInclusive<f64> = 0.7..=8.0;
    const CELL: RangeInclusive<f64> = 0.02..=100.0;
    const CROSS: RangeInclusive<f64> = 5.0..=200e3;
    const SECOND: f64 = 1e6;
    const HOUR: f64 = 3600.0 * SECOND;
    const WEEK: f64 = 7.0 * 24.0 * HOUR;
    // from a micromagnet to a scanner
    const MAGNET: RangeInclusive<f64> = 100.0..=1e6;
    // from bonded ferrite to neodymium, whose limits are known by material
    const REMANENCE: RangeInclusive<f64> = 0.1..=1.5;
    const SOLID: &[&str] = &["block", "cylinder", "ring", "halbach"];
    &[
        // from a capillary to a bottle
        usual(
            &["chamber"],
            "inner_diameter",
            "an inner diameter",
            Length,
            300.0..=150e3,
        ),
        usual(&["chamber"], "thickness", "a thickness", Length, 300.0..=150e3).of(&["sector"]),
        usual(&["chamber"], "fill_height", "a fill height", Length, 1e3..=500e3).of(&["tube", "sector"]),
        // a channel may be a slit of any height
        usual(&["chamber"], "thickness", "a thickness", Length, CROSS).of(&["channel"]),
        usual(&["chamber"], "width", "a width", Length, CROSS).of(&["channel"]),
        // from a microcentrifuge to swing-out rotors for blood bags, 250 to 260 mm (data sheets, from memory, unverified); channels of
        // apheresis devices 120 to 130 mm, an elutriator 126 mm
        usual(
            &["chamber", "rotor"],
            "bottom_radius",
            "a bottom radius",
            Length,
            30e3..=275e3,
        )
        .because(ROTORS),
        usual(&["protocol"], "at_radius", "a radius", Length, 20e3..=275e3).because(ROTORS),
        usual(&["sample", "fluid"], "density", "a density", Density, 0.7..=2.0),
        usual(
            &["sample", "fluid"],
            "viscosity",
            "a viscosity",
            Viscosity,
            0.2..=200.0,
        ),
        usual(&["sample", "cells"], "diameter", "a diameter", Length, CELL),
        usual(&["sample", "cells"], "density", "a density", Density, MATTER),
        usual(&["species"], "diameter", "a diameter", Length, CELL),
        usual(&["species"], "density", "a density", Density, MATTER),
        usual(&["beads"], "diameter", "a diameter", Length, CELL),
        usual(&["beads"], "density", "a density", Density, MATTER),
        usual(&["duct"], "radius", "a radius", Length, CROSS),
        usual(&["duct"], "inner_radius", "an inner radius", Length, CROSS),
        usual(&["duct"], "outer_radius", "an outer radius", Length, CROSS),
        usual(&["duct"], "width", "a width", Length, CROSS),
        usual(&["duct"], "height", "a height", Length, CROSS),
        usual(&["duct"], "length", "a length", Length, 100.0..=2e6),
        // from 0.01 uL/min; apheresis devices draw 55 to 85 mL/min, elutriation takes up to 104 mL/min
        usual(
            &["flow"],
            "rate",
            "a flow rate",
            FlowRate,
            1e7 / 60e6..=5e14 / 60e6,
        )
        .because("apheresis devices and elutriators pump about 100 mL/min"),
        // wool and grids of wires, beds of spheres
        usual(&["matrix"], "radius", "a radius", Length, 1.0..=5e3),
        usual(
            &["matrix"],
            "background",
            "a background",
            FluxDensity,
            0.02..=10.0,
        )
        .only_below(),
        usual(&["magnet"], "remanence", "a remanence", FluxDensity, REMANENCE).only_below(),
        usual(
            &["magnet"],
            "pole_tip",
            "a field at the pole tips",
            FluxDensity,
            0.02..=2.0,
        )
        .only_below(),
        usual(
            &["magnet"],
            "background",
            "a background",
            FluxDensity,
            0.02..=10.0,
        )
        .only_below(),
        usual(&["magnet"], "field", "a field", FluxDensity, 0.005..=10.0).only_below(),
        usual(&["magnet"], "gradient", "a gradient", FieldGradient, 1e-7..=0.1),
        usual(&["magnet"], "size", "a side", Length, MAGNET),
        usual(&["magnet"], "radius", "a radius", Length, MAGNET).of(SOLID),
        usual(&["magnet"], "radius", "a radius", Length, 1.0..=1e6).of(&["wire", "sphere"]),
        usual(&["magnet"], "height", "a height", Length, MAGNET),
        usual(&["magnet"], "inner_radius", "an inner radius", Length, MAGNET),
        usual(&["magnet"], "outer_radius", "an outer radius", Length, MAGNET),
        usual(
            &["magnet"],
            "tip_radius",
            "a distance of the pole tips",
            Length,
            MAGNET,
        ),
        // rotors take seconds to minutes to their speed
        usual(&["protocol"], "over", "a ramp", Time, 0.1 * SECOND..=HOUR),
        usual(
            &["protocol"],
            "brake_over",
            "a brake",
            Time,
            0.1 * SECOND..=2.0 * HOUR,
        ),
        usual(&["protocol"], "hold", "a hold", Time, 0.1 * SECOND..=WEEK),
        usual(&[], "duration", "a duration", Time, 0.01 * SECOND..=WEEK),
        usual(&["feed"], "over", "a feed", Time, 0.01 * SECOND..=WEEK),
        usual(&["phase"], "over", "a phase", Time, 0.01 * SECOND..=WEEK),
    ]
};

/// Why a radius of a rotor is asked about.
pub const ROTORS: &str = "the largest rotors for blood have about 260 mm";
