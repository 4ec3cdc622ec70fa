use super::Dimension::*;
use super::*;

/// By hand, from the definitions of the units.
#[test]
fn values() {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
    for (text, dimension, expected) in [
        ("8 um", Length, 8.0),
        ("8um", Length, 8.0),
        ("8 \u{b5}m", Length, 8.0),
        ("8\u{3bc}m", Length, 8.0),
        (" 1.4e1 mm ", Length, 14e3),
        ("1_000.5 nm", Length, 1.0005),
        (".5 mm", Length, 500.0),
        ("5. mm", Length, 5000.0),
        ("30 s", Time, 30e6),
        ("12 min", Time, 720e6),
        ("1 h", Time, 3600e6),
        ("1.077 g/mL", Density, 1.077),
        ("1026 kg/m3", Density, 1.026),
        ("1026 kg/m\u{b3}", Density, 1.026),
        ("1.24 mPa s", Viscosity, 1.24),
        ("1.24 mPa.s", Viscosity, 1.24),
        ("1.24 mPa\u{b7}s", Viscosity, 1.24),
        ("1.24 mPas", Viscosity, 1.24),
        ("1.24cP", Viscosity, 1.24),
        ("37 degC", Temperature, 37.0),
        ("37 \u{b0}C", Temperature, 37.0),
        ("273.15 K", Temperature, 0.0),
        ("42 %", Fraction, 0.42),
        ("0.42 L/L", Fraction, 0.42),
        ("250000 /uL", Concentration, 250_000e-9),
        ("250_000 cells/\u{b5}L", Concentration, 250_000e-9),
        ("2e9 /L", Concentration, 2e-6),
        ("250 x10^9/L", Concentration, 250e-6),
        ("4.7 10^12/L", Concentration, 4.7e-3),
        ("12 mL/min", FlowRate, 2e5),
        ("1500 rpm", RotorSpeed, 1500.0 * std::f64::consts::TAU / 60e6),
        ("100 rad/s", RotorSpeed, 1e-4),
        ("1500 x g", CentrifugalForce, 1500.0),
        ("1500 \u{d7} g", CentrifugalForce, 1500.0),
        ("400 xg", CentrifugalForce, 400.0),
        ("200 g", CentrifugalForce, 200.0),
        ("200 RCF", CentrifugalForce, 200.0),
        ("2 g", Mass, 2e12),
        ("180 deg", Angle, std::f64::consts::PI),
        ("1.57 rad", Angle, 1.57),
        ("3.6 mm/h", Velocity, 1e-6),
        ("-3 mm", Length, -3000.0),
        ("1.42 T", FluxDensity, 1.42),
        ("30 mT", FluxDensity, 0.03),
        ("250 G", FluxDensity, 0.025),
        ("286 T/m", FieldGradient, 286e-6),
        ("0.131 T/mm", FieldGradient, 131e-6),
        ("1 G/cm", FieldGradient, 1e-8),
        // 1e-13 m3 s/kg are also 1e-4 mm3/(T A s)
        ("1e-13 m3 s/kg", MagneticMobility, 1e-4),
        ("1e-13 m\u{b3}\u{b7}s/kg", MagneticMobility, 1e-4),
        ("1e-4 mm3/(T A s)", MagneticMobility, 1e-4),
        ("2 A m\u{b2}", MagneticMoment, 2.0),
        // by hand: 955 kA/m are 1.2001 T (a grade of NdFeB), 1000 A/m 1.2566 mT, which are 12.566 Oe
        ("955 kA/m", FluxDensity, 1.200_088_393_512_85),
        ("1000 A/m", FluxDensity, 1.256_637_061_27e-3),
        ("12 kOe", FluxDensity, 1.2),
        ("10 Oe", FluxDensity, 1e-3),
        // a litre is 1e15 um3, a minute 6e7 us, an hour 3.6e9 us
        ("1.2 L/min", FlowRate, 2e7),
        ("36 uL/h", FlowRate, 10.0),
        ("2 uL/s", FlowRate, 2e3),
        ("36 mL/h", FlowRate, 1e4),
        // 1e15 um3 a litre over 6.02214076e23 and 1e6 us
        ("1e6 L/(mol s)", BindingRate, 1e15 / 6.022_140_76e23),
        ("3 um3/s", BindingRate, 3e-6),
    ] {
        let got = parse(text, dimension);
        assert!(
            got.as_ref()
                .is_ok_and(|g| close(*g, expected) || (*g - expected).abs() < 1e-12 && expected == 0.0),
            "{text}: {got:?} instead of {expected}"
        );
    }
}

#[test]
fn refusals() {
    for (text, dimension, message) in [
        (
            "8 mL",
            Length,
            "`8 mL` is a volume; a length is needed, e.g. um, nm, mm",
        ),
        (
            "8",
            Length,
            "`8` has no unit; a length is needed, e.g. um, nm, mm",
        ),
        (
            "um",
            Length,
            "`um` does not begin with a number; a length is needed, e.g. um, nm, mm",
        ),
        (
            "",
            Time,
            "there is nothing here; a time is needed, e.g. s, min, h",
        ),
        (
            "nan s",
            Time,
            "`nan s` does not begin with a number; a time is needed, e.g. s, min, h",
        ),
        (
            "1e999 s",
            Time,
            "`1e999 s` is not finite; a time is needed, e.g. s, min, h",
        ),
        (
            "1e308 h",
            Time,
            "`1e308 h` is too large; a time is needed, e.g. s, min, h",
        ),
        (
            "5,56 um",
            Length,
            "`5,56 um` has a decimal comma; write a point; a length is needed, e.g. um, nm, mm",
        ),
        (
            "3 furlong",
            Length,
            "`furlong` is not a unit known here; a length is needed, e.g. um, nm, mm",
        ),
        (
            "200 g",
            Density,
            "`200 g` is a mass; a density is needed, e.g. g/mL, kg/m3",
        ),
        (
            "-1 K",
            Temperature,
            "`-1 K` is below absolute zero; a temperature is needed, e.g. degC, K",
        ),
    ] {
        assert_eq!(
            parse(text, dimension).map_err(|e| e.to_string()),
            Err(message.to_owned())
        );
    }
    let both = parse_any("3 mm", &[RotorSpeed, CentrifugalForce]).map_err(|e| e.to_string());
    assert_eq!(
        both,
        Err(
            "`3 mm` is a length; a rotor speed or a relative centrifugal force is needed, e.g. \
             rpm, rad/s, x g"
                .to_owned()
        )
    );
}

/// No spelling may stand for two units of one dimension, or the order of the table would decide.
#[test]
fn spellings_are_unambiguous() {
    for (i, a) in UNITS.iter().enumerate() {
        for b in &UNITS[i + 1..] {
            for s in a.symbols {
                assert!(
                    a.dimension != b.dimension || b.symbols.iter().all(|t| squeeze(t) != squeeze(s)),
                    "{s}"
                );
            }
        }
    }
}

#[test]
fn shown() {
    assert_eq!(show(65e3, Length), "65 mm");
    assert_eq!(show(0.05, Length), "50 nm");
    assert_eq!(show(720e6, Time), "12 min");
    assert_eq!(show(90e6, Time), "90 s");
    assert_eq!(show(10.006e12, Volume), "10.01 mL");
    assert_eq!(show(0.42, Fraction), "42 %");
    assert_eq!(show(0.0, Length), "0 mm");
    assert_eq!(digits(0.979_4e-7, 3), "9.79e-8");
    assert_eq!(digits(1234.5, 3), "1234");
}

proptest::proptest! {
    /// Whatever is typed, there is an answer; and a finite one.
    #[test]
    fn never_panics(text in "\\PC{0,24}|[0-9._eE+-]{0,12} ?[a-zA-Z/%µμ°^0-9 ]{0,8}") {
        for u in UNITS {
            if let Ok(x) = parse(&text, u.dimension) {
                proptest::prop_assert!(x.is_finite());
            }
        }
    }
}

#[test]
fn one_is_not_plural() {
    let said = [0, 1, 2, 11].map(|n| counted(n, "parcel"));
    assert_eq!(said, ["0 parcels", "1 parcel", "2 parcels", "11 parcels"]);
    assert_eq!(counted(digits(1.0, 3), "cell"), "1 cell");
}
