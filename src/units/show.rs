//! Values as people read them: in a unit and with digits that fit their size.

use super::{Dimension, unit_factor};

/// Shows a value of `dimension` [engine units] in a unit that gives a readable number: "65 mm".
pub fn show(value: f64, dimension: Dimension) -> String {
    use Dimension::*;
    let ladder: &[&str] = match dimension {
        Length => &["nm", "um", "mm", "m"],
        Time => &["us", "ms", "s", "min", "h", "d"],
        Volume => &["fL", "uL", "mL", "L"],
        Mass => &["pg", "mg", "g", "kg"],
        Density => &["g/mL"],
        Viscosity => &["mPa s"],
        Temperature => &["degC"],
        Fraction => &["%"],
        Concentration => &["/uL"],
        FlowRate => &["mL/min"],
        Velocity => &["um/s", "mm/s"],
        RotorSpeed => &["rpm"],
        CentrifugalForce => &["x g"],
        Angle => &["deg"],
        FluxDensity => &["mT", "T"],
        FieldGradient => &["T/m"],
        MagneticMobility => &["m3 s/kg"],
        MagneticMoment => &["A m2"],
        BindingRate => &["L/(mol s)"],
    };
    let rung = |s: &str| unit_factor(s, dimension).unwrap_or(1.0);
    // the first unit whatever its size, then each larger one that leaves at least one (two minutes, not 120 s)
    let mut chosen = ladder.first().copied().unwrap_or("");
    for s in ladder.iter().skip(1) {
        let least = if matches!(*s, "min" | "h" | "d") { 2.0 } else { 1.0 };
        if value.abs() >= least * rung(s) * (1.0 - 1e-12) {
            chosen = s;
        }
    }
    if value == 0.0 {
        chosen = ["mm", "s", "mL"]
            .into_iter()
            .find(|s| ladder.contains(s))
            .unwrap_or(chosen);
    }
    format!("{} {chosen}", digits(value / rung(chosen), 4))
}

/// `x` with `n` significant digits, without trailing zeros; powers of ten where they are shorter.
pub fn digits(x: f64, n: usize) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let exponent = x.abs().log10().floor() as i32;
    if !(-4..=8).contains(&exponent) {
        return format!("{:.*e}", n.saturating_sub(1), x);
    }
    let decimals = (n as i32 - 1 - exponent).max(0) as usize;
    let s = format!("{x:.decimals$}");
    if s.contains('.') {
        s.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        s
    }
}

/// A number of things, of which there may be one: "1 parcel", "2 parcels".
pub fn counted(n: impl std::fmt::Display, thing: &str) -> String {
    let n = n.to_string();
    let s = if n == "1" { "" } else { "s" };
    format!("{n} {thing}{s}")
}
