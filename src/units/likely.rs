//! What a number with no unit, or with one that does not fit, may have been meant to be.

use super::number::{self, Start};
use super::{Dimension, parse, parse_any, show};
use Dimension::{
    Angle, BindingRate, CentrifugalForce, Concentration, Density, FieldGradient, FlowRate, FluxDensity,
    Fraction, Length, MagneticMobility, MagneticMoment, Mass, RotorSpeed, Temperature, Time, Velocity,
    Viscosity, Volume,
};

/// Most readings that are offered where it is not known what is usual.
const MOST: usize = 3;

/// Units that people mean, each from and up to which number.
fn units(dimension: Dimension) -> &'static [(&'static str, f64, f64)] {
    const ALL: f64 = f64::INFINITY;
    match dimension {
        Length => &[
            ("mm", 0.0, ALL),
            ("um", 0.0, ALL),
            ("cm", 0.0, 100.0),
            ("m", 0.0, 0.5),
        ],
        Time => &[("s", 0.0, ALL), ("min", 0.0, ALL), ("h", 0.0, 10.0)],
        Volume => &[("mL", 0.0, ALL), ("uL", 0.0, ALL)],
        Mass => &[("g", 0.0, ALL), ("mg", 0.0, ALL)],
        Density => &[("g/mL", 0.0, 100.0), ("kg/m3", 100.0, ALL)],
        Viscosity => &[("mPa s", 0.05, ALL), ("Pa s", 0.0, 0.05)],
        Temperature => &[("degC", -ALL, 150.0), ("K", 150.0, ALL)],
        Fraction => &[("L/L", 0.0, 1.0), ("%", 0.0, 100.0)],
        Concentration => &[("/uL", 0.0, ALL), ("x10^9/L", 0.0, 5000.0), ("/mL", 5000.0, ALL)],
        FlowRate => &[("mL/min", 0.0, ALL), ("mL/h", 0.0, ALL), ("uL/min", 0.0, ALL)],
        Velocity => &[("mm/s", 0.0, ALL), ("um/s", 0.0, ALL)],
        RotorSpeed => &[("rpm", 0.0, ALL)],
        CentrifugalForce => &[("x g", 0.0, ALL)],
        Angle => &[("deg", -ALL, ALL), ("rad", -7.0, 7.0)],
        FluxDensity => &[("T", -20.0, 20.0), ("mT", -ALL, ALL)],
        FieldGradient => &[("T/m", 0.0, ALL), ("T/mm", 0.0, 10.0)],
        MagneticMobility => &[("m3 s/kg", -1e-6, 1e-6), ("mm3/(T A s)", -1.0, 1.0)],
        MagneticMoment => &[("A m2", 0.0, ALL)],
        BindingRate => &[("L/(mol s)", 1.0, ALL), ("um3/s", 0.0, 1.0)],
    }
}

/// Readings of a bare number as one of `wanted`, each of which is accepted: "42 %" and "0.42 %" of 0.42.
pub fn likely(number: f64, wanted: &[Dimension]) -> Vec<String> {
    // a point is a point here, and must not be taken for one between groups of digits
    of(&certain(&number.to_string()), wanted)
}

/// A value whose point cannot be taken for one between groups of digits.
fn certain(text: &str) -> String {
    match number::start(text) {
        Start::Number(n) => match n.groups() {
            Some([_, decimal]) => format!("{decimal}{}", n.rest),
            None => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

/// The same of a number as it is written.
pub(super) fn of(written: &str, wanted: &[Dimension]) -> Vec<String> {
    let Start::Number(start) = number::start(written) else {
        return Vec::new();
    };
    let number = start.value();
    let mut all = Vec::new();
    for d in wanted {
        for (unit, low, high) in units(*d) {
            // lengths and the like may have either sign, without being larger for it
            let x = if *low < 0.0 { number } else { number.abs() };
            if !(*low..=*high).contains(&x) {
                continue;
            }
            // a share is told in hundredths, whichever way it was meant
            let text = if *unit == "L/L" {
                format!("{} %", round(100.0 * number))
            } else {
                format!("{written} {unit}")
            };
            if !all.contains(&text) && parse_any(&text, wanted).is_ok() {
                all.push(text);
            }
        }
    }
    all
}

/// Without the last digits that a product of decimals has.
fn round(x: f64) -> f64 {
    format!("{x:.12e}").parse().unwrap_or(x)
}

/// Powers of ten by which values slip, the likeliest first.
const STEPS: [i32; 6] = [3, -3, -1, 1, -2, 2];

/// The number of a quantity that is written as `text` with other units that bring it into `usual` [engine units], the nearest first.
pub fn other_units(text: &str, dimension: Dimension, usual: &std::ops::RangeInclusive<f64>) -> Vec<String> {
    let plain = super::text::plain(text);
    let (Start::Number(number), Ok(value)) = (number::start(&plain), parse(text, dimension)) else {
        return Vec::new();
    };
    let head = plain[..plain.len() - number.rest.len()].trim();
    let mut found: Vec<(f64, String)> = Vec::new();
    for unit in dimension.handy() {
        let other = format!("{head} {unit}");
        match parse(&other, dimension) {
            Ok(x) if usual.contains(&x) && found.iter().all(|f| (f.0 / x - 1.0).abs() > 1e-9) => {
                found.push((x, other));
            }
            _ => {}
        }
    }
    // a slip is more likely by a step than by several
    found.sort_by(|a, b| {
        let far = |x: f64| (x / value).ln().abs();
        far(a.0).total_cmp(&far(b.0))
    });
    found.into_iter().take(MOST).map(|f| f.1).collect()
}

/// Numbers that people write before a unit of length or time.
const WRITTEN: std::ops::RangeInclusive<f64> = 1.0..=1000.0;

/// The units of a key of which it is known what is `usual` [engine units]: those in which most of that is between 1 and 1000. The units
/// of other dimensions than length and time are as good for any size.
pub fn units_for(dimension: Dimension, usual: Option<&std::ops::RangeInclusive<f64>>) -> Vec<&'static str> {
    let all = dimension.handy();
    let Some(usual) = usual.filter(|_| matches!(dimension, Length | Time)) else {
        return all.to_vec();
    };
    // decades of what is usual that are written so
    let decades: Vec<f64> = all
        .iter()
        .map(|unit| {
            let one = super::unit_factor(unit, dimension).unwrap_or(f64::NAN);
            let low = (usual.start() / one).max(*WRITTEN.start());
            let high = (usual.end() / one).min(*WRITTEN.end());
            (high / low).log10().max(0.0)
        })
        .collect();
    let most = decades.iter().copied().fold(0.0, f64::max);
    let suit: Vec<&'static str> = all
        .iter()
        .zip(&decades)
        .filter(|(_, d)| **d > 0.0 && **d >= most / 2.0)
        .map(|(unit, _)| *unit)
        .collect();
    if suit.is_empty() { all.to_vec() } else { suit }
}

/// What a quantity that is written as `text` may have been meant to be, that it lies in `usual` [engine units]: the same number
/// with another unit, or else a number with its point elsewhere.
pub fn slips(text: &str, dimension: Dimension, usual: &std::ops::RangeInclusive<f64>) -> Vec<String> {
    let Ok(value) = parse(text, dimension) else {
        return Vec::new();
    };
    let found = other_units(text, dimension, usual);
    if !found.is_empty() {
        return found;
    }
    let step = STEPS
        .iter()
        .map(|s| value * 10_f64.powi(*s))
        .find(|x| usual.contains(x));
    step.map(|x| certain(&show(x, dimension))).into_iter().collect()
}
