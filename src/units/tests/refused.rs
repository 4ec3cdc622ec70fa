//! What is refused, and what is proposed instead.

use super::super::Dimension::*;
use super::super::*;

#[test]
fn messages() {
    let length = "a length is needed, e.g. um, nm, mm";
    let time = "a time is needed, e.g. s, min, h";
    for (text, dimension, message) in [
        ("8 mL", Length, format!("`8 mL` is a volume; {length}")),
        ("8", Length, format!("`8` has no unit; {length}; write \"8 mm\", \"8 um\" or \"8 cm\", whichever is meant")),
        ("um", Length, format!("`um` does not begin with a number; {length}")),
        ("", Time, format!("there is nothing here; {time}")),
        ("nan s", Time, format!("`nan s` does not begin with a number; {time}")),
        ("1e999 s", Time, format!("`1e999 s` is not finite; {time}")),
        ("1e308 h", Time, format!("`1e308 h` is too large; {time}")),
        ("1e-330 nm", Length, format!("`1e-330 nm` is too small; {length}")),
        ("5,56 um", Length, format!("`5,56 um` has a decimal comma; write a point; {length}; did you mean \"5.56 um\"?")),
        ("3 furlong", Length, format!("`furlong` is not a unit known here; {length}")),
        ("10-12 min", Time, format!("`10-12 min` is a range; one number is needed; {time}")),
        ("7.3 \u{b1} 0.5 um", Length, format!("`7.3 \u{b1} 0.5 um` is a value with its spread; one number is needed; {length}")),
        ("200 g", Density, "`200 g` is a mass; a density is needed, e.g. g/mL, kg/m3".into()),
        ("1.2 cSt", Viscosity, "`1.2 cSt` is a kinematic viscosity; a viscosity is needed, e.g. mPa s, Pa s".into()),
        ("-1 K", Temperature, "`-1 K` is below absolute zero; a temperature is needed, e.g. degC, K".into()),
        ("1,500 x g", CentrifugalForce, "`1,500 x g` can be read in two ways; a relative centrifugal force is needed, e.g. x g; write \"1500 x g\" or \"1.5 x g\", whichever is meant".into()),
    ] {
        assert_eq!(parse(text, dimension).map_err(|e| e.to_string()), Err(message), "{text}");
    }
    let both = parse_any("3 mm", &[RotorSpeed, CentrifugalForce]).map_err(|e| e.to_string());
    let message =
        "`3 mm` is a length; a rotor speed or a relative centrifugal force is needed, e.g. rpm, rad/s, x g";
    assert_eq!(both, Err(message.to_owned()));
}

/// Text, what is wanted, and all that it may mean.
#[test]
fn readings() {
    let turning = &[RotorSpeed, CentrifugalForce][..];
    for (text, wanted, meant) in [
        // two readings
        ("1,500 x g", turning, &["1500 x g", "1.5 x g"][..]),
        ("1.500 x g", turning, &["1500 x g", "1.5 x g"]),
        ("12.500 rpm", turning, &["12500 rpm", "12.5 rpm"]),
        ("250.000 /uL", &[Concentration], &["250000 /uL", "250 /uL"]),
        ("250,000 /uL", &[Concentration], &["250000 /uL", "250 /uL"]),
        ("2.000 /\u{b5}L", &[Concentration], &["2000 /uL", "2 /uL"]),
        ("12.000 G", &[FluxDensity], &["12000 G", "12 G"]),
        ("250 x10e9/L", &[Concentration], &["250e9 /L", "250e10 /L"]),
        ("250 109/L", &[Concentration], &["250e9 /L", "250109 /L"]),
        ("100 /s", turning, &["100 Hz", "100 rad/s"]),
        ("100 s^-1", turning, &["100 Hz", "100 rad/s"]),
        ("5 M", &[Concentration], &["5 mol/L", "5 x10^6/mL", "5 x10^6/uL"]),
        ("1:30", &[Time], &["1 h 30 min", "1 min 30 s"]),
        // one
        ("12 minuten", &[Time], &["12 minutes"]),
        ("1:30:00", &[Time], &["1 h 30 min"]),
        ("1 h 30", &[Time], &["1 h 30 min"]),
        ("5 min 20", &[Time], &["5 min 20 s"]),
        ("1,500,000 /uL", &[Concentration], &["1500000 /uL"]),
        ("1.500.000 /uL", &[Concentration], &["1500000 /uL"]),
        ("1.234,5 mm", &[Length], &["1234.5 mm"]),
        ("1,234.5 mm", &[Length], &["1234.5 mm"]),
        ("0,420 L/L", &[Fraction], &["0.420 L/L"]),
        ("250 x109/L", &[Concentration], &["250e9 /L"]),
        // by spelling
        ("14 MM", &[Length], &["14 mm"]),
        ("14 milimetres", &[Length], &["14 millimetres"]),
        ("10 minuts", &[Time], &["10 minutes"]),
        ("12 ML/min", &[FlowRate], &["12 mL/min"]),
        ("12 ML/MIN", &[FlowRate], &["12 mL/MIN"]),
        ("1026 KG/M3", &[Density], &["1026 kg/m3"]),
        ("22 Celcius", &[Temperature], &["22 Celsius"]),
        ("1.2 MPa s", &[Viscosity], &["1.2 mPa s"]),
        ("3000 rmp", turning, &["3000 rpm"]),
        ("1.2 Telsa", &[FluxDensity], &["1.2 tesla"]),
        // by what is needed
        ("10 m", &[Time], &["10 min"]),
        ("1500 G", turning, &["1500 x g"]),
        ("22 deg", &[Temperature], &["22 degC"]),
        ("8 \u{b5}", &[Length], &["8 um"]),
        ("1500 x", turning, &["1500 x g"]),
        // nothing that it could be
        ("8 mL", &[Length], &[]),
        ("0.42 g/g", &[Fraction], &[]),
        ("42 wt%", &[Fraction], &[]),
        ("5 K", &[Length], &[]),
        ("5 m in", &[Time], &["5 min"]),
        ("1/2 h", &[Time], &[]),
        ("5 mL/min", &[BindingRate], &[]),
    ] {
        let e = parse_any(text, wanted).expect_err(text);
        assert_eq!(e.meant, meant, "{text}: {e}");
    }
}

/// Points between groups of digits are asked about only where people write whole numbers.
#[test]
fn points_that_are_points() {
    for (text, dimension) in [
        ("1.050 g/mL", Density),
        ("7.250 K/uL", Concentration),
        ("6.350 mm", Length),
        ("1.512 x g", CentrifugalForce),
        ("0.500 x g", CentrifugalForce),
        ("1.5000 x g", CentrifugalForce),
        ("6.280 rad/s", RotorSpeed),
    ] {
        assert!(parse(text, dimension).is_ok(), "{text}");
    }
}

/// A unit of something else is named as what it is.
#[test]
fn other_things_are_named() {
    for (text, what) in [
        ("8 mL", "`8 mL` is a volume"),
        ("8 K", "`8 K` is a temperature"),
        ("8 mm2", "`8 mm2` is an area"),
        ("8 m/s2", "`8 m/s2` is an acceleration"),
        ("8 bar", "`bar` is not a unit known here"),
        ("8 Pa", "`8 Pa` is a pressure"),
        ("8 %", "`8 %` is a fraction"),
        ("8 /uL", "`8 /uL` is a concentration"),
        ("8 T/m", "`8 T/m` is a field gradient"),
        ("8 kg m", "`kg m` is a unit of nothing known here"),
        ("8 um/", "`um/` is not a unit known here"),
    ] {
        assert_eq!(parse(text, Time).map_err(|e| e.what), Err(what.to_owned()));
    }
}
