//! What somebody may well have meant for a key: it is usual there, or nothing that no laboratory has.

use super::keys;
use super::spec::Kind;
use super::usual::{FORCES, USUAL};
use crate::constants::RPM;
use crate::library;
use crate::units::{Dimension, Quantity, units_for};
use std::f64::consts::PI;
use std::ops::RangeInclusive;

/// Speeds of rotors, from a slow one to an ultracentrifuge [rad/us].
const SPEEDS: RangeInclusive<f64> = 60.0 * RPM..=100e3 * RPM;

/// What is usual of the value that the scene writes at `place`, "chamber.rotor.bottom_radius", under the name it has there [engine
/// units].
pub fn range(place: &str, dimension: Dimension) -> Option<RangeInclusive<f64>> {
    let mut names = place.split('.').peekable();
    let (mut table, mut path, mut entry) = (&keys::SCENE, Vec::new(), None);
    loop {
        let name = names.next()?;
        let key = table.key(name)?;
        if names.peek().is_none() {
            return match (path.as_slice(), key.name) {
                (["sample", "cells"], "concentration") => amount(entry?, dimension),
                (["protocol"], "ramp_to") if dimension == Dimension::CentrifugalForce => Some(FORCES),
                (["protocol"], "ramp_to") => Some(SPEEDS),
                _ => {
                    // what is usual of any kind of it
                    let (low, high) = USUAL
                        .iter()
                        .filter(|u| u.path == path && u.key == key.name && u.dimension == dimension)
                        .map(|u| (*u.range.start(), *u.range.end()))
                        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
                    let factor = key.twin.filter(|t| t.0 == name).map_or(1.0, |t| t.1);
                    Some(low / factor..=high / factor)
                }
            };
        }
        path.push(key.name);
        let mut kind = &key.kind;
        table = loop {
            match kind {
                Kind::Table(t) | Kind::Tables(t) => break t,
                Kind::Map(inner) => {
                    entry = names.next();
                    if names.peek().is_none() {
                        let cells = path == ["sample", "cells"];
                        return entry.filter(|_| cells).and_then(|e| amount(e, dimension));
                    }
                    kind = inner;
                }
                Kind::Either(_, b) => kind = b,
                _ => return None,
            }
        };
    }
}

/// Units in which what is usual of the value at `place` is written.
pub fn units(place: &str, dimension: Dimension) -> Vec<&'static str> {
    units_for(dimension, range(place, dimension).as_ref())
}

/// How much of a library's cell a sample may well have: from a thousandth of what is least in blood, in what was diluted or depleted,
/// to thirty times the most, in a concentrate.
fn amount(name: &str, dimension: Dimension) -> Option<RangeInclusive<f64>> {
    let entry = library::species_entry(name).ok()?;
    let c = entry
        .concentration
        .as_ref()
        .filter(|_| dimension == Dimension::Concentration)?;
    Some(c.low? / 1000.0..=c.high? * 30.0)
}

/// Whether somebody may well have meant this for the value at `place`: it is usual there, or nothing that no laboratory has.
pub fn plausible(place: &str, q: Quantity) -> bool {
    match range(place, q.dimension) {
        Some(range) => range.contains(&q.value),
        None => q.value.abs() < most(q.dimension),
    }
}

/// What the values of most keys stay below [engine units]; 0 where people do not write whole numbers of thousands.
fn most(dimension: Dimension) -> f64 {
    use Dimension::{
        Angle, BindingRate, CentrifugalForce, Concentration, Density, FieldGradient, FlowRate, FluxDensity,
        Fraction, Length, MagneticMobility, MagneticMoment, Mass, RotorSpeed, Temperature, Time, Velocity,
        Viscosity, Volume,
    };
    match dimension {
        // a metre, a litre, a kilogram, a week
        Length => 1e6,
        Volume => 1e15,
        Mass => 1e15,
        Time => 7.0 * 86_400e6,
        Density => 25.0,
        Viscosity => 1e3,
        Fraction => 1.0,
        // more cells have no room in a microlitre
        Concentration => 1e-2,
        // a litre a minute, a metre a second
        FlowRate => 1e15 / 60e6,
        Velocity => 1.0,
        RotorSpeed => *SPEEDS.end(),
        CentrifugalForce => 1e6,
        Angle => 2.0 * PI,
        FluxDensity => 20.0,
        FieldGradient => 0.1,
        Temperature | MagneticMobility | MagneticMoment | BindingRate => 0.0,
    }
}
