//! Values as people read them: in a unit and with digits that fit their size.

use super::{Dimension, unit_factor};

/// Shows a value of `dimension` [engine units] in a unit that gives a readable number: "65 mm".
pub fn show(value: f64, dimension: Dimension) -> String {
    use Dimension::*;
    let ladder: &[&str] = match dimension {
        Length => &["nm", "um", "mm", "m"],
        Time => &["us", "ms", "s", "min", "h", "d"],
        Volume => &["fL", "pL", "nL", "uL", "mL", "L"],
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
    // a time is told in a smaller unit where the digits shown would round it: 125 min, not 2.083 h
    if dimension == Dimension::Time && !round(value / rung(chosen)) {
        let mut smaller = ladder.iter().rev().skip_while(|s| **s != chosen);
        chosen = smaller.find(|s| round(value / rung(s))).unwrap_or(&chosen);
    }
    if value == 0.0 {
        chosen = ["mm", "s", "mL"]
            .into_iter()
            .find(|s| ladder.contains(s))
            .unwrap_or(chosen);
    }
    format!("{} {chosen}", digits(value / rung(chosen), 4))
}

/// Whether four digits are all that a number has.
fn round(x: f64) -> bool {
    let shown: f64 = digits(x, 4).parse().unwrap_or(f64::NAN);
    (shown - x).abs() <= 1e-9 * x.abs() && x.abs() < 1e4
}

/// A span of time [s] as it is, for people: "42.5 s", "13 min 30 s", "1 h 02 min 30 s".
pub fn clock(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "\u{2013}".into();
    }
    if seconds.abs() < 59.95 {
        return format!("{} s", digits(seconds, 3));
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let tenths = (seconds.abs() * 10.0).round();
    // tenths of a second are nothing to hours
    let tenths = if tenths < 36_000.0 {
        tenths
    } else {
        (tenths / 10.0).round() * 10.0
    };
    let (whole, part) = ((tenths / 10.0).floor(), tenths % 10.0);
    let (h, min, s) = (
        (whole / 3600.0).floor(),
        (whole % 3600.0 / 60.0).floor(),
        whole % 60.0,
    );
    let mut out = if h > 0.0 {
        format!("{sign}{h} h {min:02} min")
    } else {
        format!("{sign}{min} min")
    };
    if part > 0.0 {
        out.push_str(&format!(" {s:02}.{part} s"));
    } else if s > 0.0 {
        out.push_str(&format!(" {s:02} s"));
    } else if h > 0.0 && min == 0.0 {
        out.truncate(out.len() - " 00 min".len());
    }
    out
}

/// A span of time [s] that is only known roughly: "42 s", "13 min 30 s", "1 h 03 min".
pub fn rough_clock(seconds: f64) -> String {
    let step = match seconds.abs() {
        ..9.95 => {
            return if seconds.is_finite() {
                format!("{seconds:.1} s")
            } else {
                clock(seconds)
            };
        }
        ..3599.5 => 1.0,
        _ => 60.0,
    };
    clock((seconds / step).round() * step)
}

/// Least time that is told from the clock's own steps and the noise of a machine [s].
const TIMED: f64 = 1e-3;

/// How much of `amount` was done in a second; none where nothing was, or the time [s] is too short to be told.
pub fn per_second(amount: f64, seconds: f64) -> Option<f64> {
    (seconds >= TIMED && amount > 0.0).then(|| amount / seconds)
}

/// Thousands apart by narrow spaces that do not break.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(c);
    }
    out
}

/// Decimals of a boundary's depth [mm] by the height of the thinnest layer that it parts [mm]: two digits of that height, two
/// decimals at least, and five (10 nm) at most.
pub fn decimals(height: f64) -> usize {
    if height > 0.0 && height.is_finite() {
        (1.0 - height.log10().floor()).clamp(2.0, 5.0) as usize
    } else {
        2
    }
}

/// A stretch between two depths [mm]: "34.17-34.67 mm".
pub fn stretch(top: f64, bottom: f64) -> String {
    let n = decimals(bottom - top);
    format!("{top:.n$}-{bottom:.n$} mm")
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

/// Three significant digits; powers of ten from a million up.
pub fn significant(x: f64) -> String {
    if !x.is_finite() {
        return "-".into();
    }
    if x == 0.0 {
        return "0".into();
    }
    if x.abs() >= 999_500.0 || x.abs() < 0.01 {
        return format!("{x:.2e}");
    }
    let exponent = x.abs().log10().floor() as i32;
    let decimals = (2 - exponent).max(0) as usize;
    format!("{:.decimals$}", rounded(x, 3))
}

/// A number with so many significant digits.
pub fn rounded(x: f64, digits: i32) -> f64 {
    let unit = 10f64.powf(x.abs().max(f64::MIN_POSITIVE).log10().floor() + 1.0 - f64::from(digits));
    (x / unit).round() * unit
}

/// A number of things, of which there may be one: "1 parcel", "2 parcels".
pub fn counted(n: impl std::fmt::Display, thing: &str) -> String {
    let n = n.to_string();
    let s = if n == "1" { "" } else { "s" };
    format!("{n} {thing}{s}")
}
