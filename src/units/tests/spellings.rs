//! Units as people of the field write them, by what they measure: each with its value in the engine's units, worked out by hand
//! from the definitions of the units.

use super::super::Dimension::*;
use super::super::*;
use std::f64::consts::{PI, TAU};

type Case = (&'static str, f64);

/// mu0 [T m/A]. Source: CODATA 2022.
const MU0: f64 = 1.256_637_061_27e-6;
/// [1/mol]
const AVOGADRO: f64 = 6.022_140_76e23;

#[rustfmt::skip] // a table: spellings of one value in a line or two
const CASES: &[(Dimension, &[Case])] = &[
    (Length, &[
        ("8 um", 8.0), ("8um", 8.0), ("8 \u{b5}m", 8.0), ("8\u{3bc}m", 8.0), ("8 micron", 8.0), ("8 microns", 8.0),
        ("8 micrometre", 8.0), ("8 micrometers", 8.0), ("8 Micrometer", 8.0), ("+8 um", 8.0), ("-3 mm", -3000.0),
        (" 1.4e1 mm ", 14e3), ("1_000.5 nm", 1.0005), (".5 mm", 500.0), ("5. mm", 5000.0), ("14 millimetres", 14e3),
        ("6.5 cm", 65e3), ("1.5 dm", 150e3), ("0.17 m", 170e3), ("170 meters", 170e6), ("1 inch", 25.4e3), ("0.5 in", 12.7e3),
        ("2 inches", 50.8e3), ("1 ft", 304.8e3), ("50 \u{c5}", 5e-3), ("50 angstrom", 5e-3), ("1 500 nm", 1.5), ("5000 pm", 5e-3),
        ("1.2x10^-6 m", 1.2), ("1.2\u{d7}10\u{207b}\u{2076} m", 1.2), ("10^3 um", 1000.0), ("10\u{b3} \u{b5}m", 1000.0),
    ]),
    (Time, &[
        ("30 s", 30e6), ("30 sec", 30e6), ("30 secs", 30e6), ("30 seconds", 30e6), ("1 second", 1e6), ("30 Sec", 30e6),
        ("12 min", 720e6), ("12 mins", 720e6), ("12 minutes", 720e6), ("1 minute", 60e6), ("10 Min", 600e6), ("10 MIN", 600e6),
        ("1 h", 3600e6), ("2 hr", 7200e6), ("2 hrs", 7200e6), ("2 hours", 7200e6), ("0.5 hour", 1800e6), ("1 d", 86_400e6),
        ("2 days", 172_800e6), ("1 week", 604_800e6), ("5 ms", 5e3), ("5 msec", 5e3), ("5 milliseconds", 5e3), ("7 \u{b5}s", 7.0),
        ("7 microseconds", 7.0), ("3 ns", 3e-3), ("1 h 30 min", 5400e6), ("1h30min", 5400e6), ("1 h, 30 min", 5400e6),
        ("1 hour and 30 minutes", 5400e6), ("2 h 5 min 10 s", 7510e6), ("1 min 30 s", 90e6), ("1 d 2 h", 93_600e6),
        ("13 min 30 sec", 810e6),
    ]),
    (Volume, &[
        ("10 mL", 1e13), ("10 ml", 1e13), ("10 milliliters", 1e13), ("10 cc", 1e13), ("10 ccm", 1e13), ("10 cm3", 1e13),
        ("10 cm^3", 1e13), ("10 cm\u{b3}", 1e13), ("10 cubic centimetres", 1e13), ("0.25 L", 2.5e14), ("0.25 l", 2.5e14),
        ("0.25 litre", 2.5e14), ("5 uL", 5e9), ("5 \u{b5}l", 5e9), ("5 microlitres", 5e9), ("5 mm3", 5e9), ("5 cubic mm", 5e9),
        ("90 fL", 90.0), ("90 um^3", 90.0), ("7 nL", 7e6), ("7 pL", 7e3), ("1 dL", 1e14), ("1 dm3", 1e15), ("1 m^3", 1e18),
    ]),
    (Mass, &[
        ("2 g", 2e12), ("2 grams", 2e12), ("3 mg", 3e9), ("0.1 kg", 1e14), ("27 pg", 27.0), ("4 ug", 4e6), ("5 ng", 5e3),
        ("1 lb", 453.59237e12),
    ]),
    (Density, &[
        ("1.077 g/mL", 1.077), ("1.077 g/ml", 1.077), ("1.077 g/cm3", 1.077), ("1.077 g/cm^3", 1.077), ("1.077 g/cm\u{b3}", 1.077),
        ("1.077 g cm-3", 1.077), ("1.077 g cm^-3", 1.077), ("1.077 g\u{b7}cm\u{207b}\u{b3}", 1.077), ("1.077 g/cc", 1.077),
        ("1.077 gram per cubic centimetre", 1.077), ("1.077 grams per mL", 1.077), ("1.077 kg/L", 1.077), ("1.077 kg/dm3", 1.077),
        ("1026 kg/m3", 1.026), ("1026 kg/m^3", 1.026), ("1026 kg/m\u{b3}", 1.026), ("1026 kg/m**3", 1.026), ("1026 kg m^-3", 1.026),
        ("1026 kg\u{b7}m^-3", 1.026), ("1026 kg*m^(-3)", 1.026), ("1026 kg m^{-3}", 1.026), ("1026 g/L", 1.026), ("1026 g/l", 1.026),
        ("1026 mg/mL", 1.026), ("1.026 mg/uL", 1.026), ("1.05 t/m3", f64::NAN), ("1.026 pg/um3", 1.026), ("1026 g/dm3", 1.026),
        ("1005 kg/m3", 1.005), ("102.6 g/dL", 1.026),
    ]),
    (Viscosity, &[
        ("1.24 mPa s", 1.24), ("1.24 mPa.s", 1.24), ("1.24 mPa\u{b7}s", 1.24), ("1.24 mPa*s", 1.24), ("1.24 mPas", 1.24),
        ("1.24 mPa-s", 1.24), ("1.24 cP", 1.24), ("1.24cP", 1.24), ("1.24 centipoise", 1.24), ("1.24 cPoise", f64::NAN),
        ("0.0124 P", 1.24), ("0.0124 poise", 1.24), ("1.24e-3 Pa s", 1.24), ("0.00124 Pa.s", 1.24), ("0.00124 Pa\u{b7}s", 1.24),
        ("0.00124 Pas", 1.24), ("0.00124 pascal seconds", 1.24), ("1.24 millipascal seconds", 1.24), ("1240 uPa s", 1.24),
        ("0.00124 kg/(m s)", 1.24), ("0.00124 kg/m/s", 1.24), ("0.00124 kg m-1 s-1", 1.24), ("0.00124 kg/m\u{b7}s", 1.24),
        ("0.00124 N s/m2", 1.24), ("0.00124 N\u{b7}s/m\u{b2}", 1.24), ("0.0124 g/(cm s)", 1.24), ("0.0124 dyn s/cm2", 1.24),
        ("1.24 x 10^-3 Pa s", 1.24), ("1.24\u{d7}10\u{207b}\u{b3} Pa\u{b7}s", 1.24),
    ]),
    (Temperature, &[
        ("37 degC", 37.0), ("37 \u{b0}C", 37.0), ("37\u{b0}C", 37.0), ("37 C", 37.0), ("37 Celsius", 37.0), ("37 celsius", 37.0),
        ("37 deg C", 37.0), ("37 degrees C", 37.0), ("37 degrees Celsius", 37.0), ("37 \u{2103}", 37.0), ("37 \u{ba}C", 37.0),
        ("273.15 K", 0.0), ("310.15 K", 37.0), ("310.15 kelvin", 37.0), ("98.6 \u{b0}F", 37.0), ("98.6 degF", 37.0),
        ("98.6 F", 37.0), ("98.6 Fahrenheit", 37.0), ("-80 C", -80.0), ("\u{2212}80 \u{b0}C", -80.0),
    ]),
    (Fraction, &[
        ("42 %", 0.42), ("42%", 0.42), ("42 vol%", 0.42), ("42 vol.-%", 0.42), ("42 Vol%", 0.42), ("42 % v/v", 0.42),
        ("42 % (v/v)", 0.42), ("42 percent", 0.42), ("42 pct", 0.42), ("0.42 L/L", 0.42), ("0.42 l/l", 0.42), ("0.42 mL/mL", 0.42),
        ("0.42 v/v", 0.42), ("420 mL/L", 0.42), ("0.42 m3/m3", 0.42), ("420 \u{2030}", 0.42), ("50 ppm", 50e-6), ("42 mL/dL", 0.42),
    ]),
    (Concentration, &[
        ("250000 /uL", 250e-6), ("250000/uL", 250e-6), ("250 000 /\u{b5}L", 250e-6), ("250_000 cells/\u{b5}L", 250e-6),
        ("250'000 /\u{b5}l", 250e-6), ("250000 1/uL", 250e-6), ("250000 per uL", 250e-6), ("250000 cells per microliter", 250e-6),
        ("250000 uL^-1", 250e-6), ("250000 \u{b5}L\u{207b}\u{b9}", 250e-6), ("250000 uL-1", 250e-6), ("250000 /mm3", 250e-6),
        ("250000 /mm^3", 250e-6), ("250000 cells/mm\u{b3}", 250e-6), ("250000 per mm3", 250e-6), ("250000 per cubic mm", 250e-6),
        ("250000 /cmm", 250e-6), ("4000 cells/mcL", 4e-6), ("4000 /mcl", 4e-6), ("250000 /cumm", 250e-6), ("250000 /cu mm", 250e-6), ("2.5 lakhs/cumm", 250e-6),
        ("250 x10^9/L", 250e-6), ("250 \u{d7}10\u{2079}/L", 250e-6), ("250\u{d7}10\u{2079}/l", 250e-6), ("250 x 10^9 /L", 250e-6),
        ("250 10^9/L", 250e-6), ("250 *10^9/L", 250e-6), ("250 \u{b7} 10^9 / L", 250e-6), ("250 10*9/L", 250e-6),
        ("250 x10**9/L", 250e-6), ("250 x 10^9 cells/L", 250e-6), ("250 x 10^9 L^-1", 250e-6), ("250e9 /L", 250e-6),
        ("2.5E+11 /L", 250e-6), ("250 G/L", 250e-6), ("250 G/l", 250e-6), ("250 Gpt/L", 250e-6), ("250 K/uL", 250e-6),
        ("250 k/\u{b5}L", 250e-6), ("250 x10^3/uL", 250e-6), ("250 10^3/\u{b5}L", 250e-6), ("250 x 10\u{b3}/\u{b5}L", 250e-6),
        ("250 10*3/uL", 250e-6), ("250 thousand/uL", 250e-6), ("250 /nL", 250e-6), ("250 cells/nL", 250e-6), ("0.25 /pL", 250e-6),
        ("2.5e8 cells/mL", 250e-6), ("2.5 x 10^8 cells/ml", 250e-6), ("250 million/mL", 250e-6), ("250 Mio/mL", 250e-6),
        ("250 M/mL", 250e-6), ("250 M cells/mL", 250e-6), ("250 million cells per mL", 250e-6), ("250 10^6 cells/mL", 250e-6),
        ("2.5e8 mL^-1", 250e-6), ("2.5e8/cm3", 250e-6), ("2.5e14 m^-3", 250e-6), ("2.5e14 m\u{207b}\u{b3}", 250e-6),
        ("2.5e14 /m3", 250e-6), ("2.5e14 per m^3", 250e-6), ("2.5e10 /dL", 250e-6), ("0.00025 /fL", 250e-6),
        ("250000 platelets/uL", 250e-6), ("4.7 10^12/L", 4.7e-3), ("4.7 T/L", 4.7e-3), ("4.7 Tpt/L", 4.7e-3), ("4.7 x10^6/uL", 4.7e-3),
        ("4.7 M/uL", 4.7e-3), ("4.7 mio/\u{b5}L", 4.7e-3), ("10^6 /mL", 1e-6), ("10\u{2076} cells/mL", 1e-6), ("1e6 beads/mL", 1e-6),
        ("1 nM", 1e-24 * AVOGADRO), ("2 pmol/L", 2e-27 * AVOGADRO), ("7.250 K/uL", 7.25e-6),
    ]),
    (FlowRate, &[
        ("12 mL/min", 2e5), ("12 ml/min", 2e5), ("12 mL min^-1", 2e5), ("12 mL\u{b7}min\u{207b}\u{b9}", 2e5), ("12 mL per minute", 2e5),
        ("12 cc/min", 2e5), ("12 cm3/min", 2e5), ("720 mL/h", 2e5), ("720 ml/hr", 2e5), ("720 mL/hour", 2e5), ("0.2 mL/s", 2e5),
        ("0.2 mL/sec", 2e5), ("200 uL/s", 2e5), ("200 \u{b5}L/s", 2e5), ("12000 \u{b5}l/min", 2e5), ("720000 uL/h", 2e5),
        ("0.72 L/h", 2e5), ("0.012 L/min", 2e5), ("0.012 liters per minute", 2e5), ("2e-7 m3/s", 2e5), ("2e-7 m^3/s", 2e5),
        ("2e-7 m\u{b3}/s", 2e5), ("2e-7 m^3 s^-1", 2e5), ("7.2e-4 m3/h", 2e5), ("200 mm3/s", 2e5), ("17.28 L/d", 2e5),
        ("17.28 L/day", 2e5), ("500 nL/min", 500e6 / 60e6), ("200000 nL/s", 2e5),
    ]),
    (Velocity, &[
        ("3.6 mm/h", 1e-6), ("1 um/s", 1e-6), ("1 \u{b5}m/s", 1e-6), ("1 micron/s", 1e-6), ("1 mm/s", 1e-3), ("1 cm/s", 1e-2),
        ("1 m/s", 1.0), ("1 m s^-1", 1.0), ("1 m\u{b7}s\u{207b}\u{b9}", 1.0), ("6 cm/min", 1e-3), ("3.6 m/h", 1e-3), ("1 metre per second", 1.0),
    ]),
    (RotorSpeed, &[
        ("1500 rpm", 1500.0 * TAU / 60e6), ("1500rpm", 1500.0 * TAU / 60e6), ("1500 RPM", 1500.0 * TAU / 60e6), ("1500 Rpm", 1500.0 * TAU / 60e6),
        ("1500 r.p.m.", 1500.0 * TAU / 60e6), ("1 500 rpm", 1500.0 * TAU / 60e6), ("1500 rev/min", 1500.0 * TAU / 60e6),
        ("1500 r/min", 1500.0 * TAU / 60e6), ("1500 /min", 1500.0 * TAU / 60e6), ("1500 1/min", 1500.0 * TAU / 60e6),
        ("1500 min^-1", 1500.0 * TAU / 60e6), ("1500 min-1", 1500.0 * TAU / 60e6), ("1500 min\u{207b}\u{b9}", 1500.0 * TAU / 60e6),
        ("1500 U/min", 1500.0 * TAU / 60e6), ("1500 Upm", 1500.0 * TAU / 60e6), ("1500 tr/min", 1500.0 * TAU / 60e6),
        ("1500 revolutions per minute", 1500.0 * TAU / 60e6), ("1500 turns/min", 1500.0 * TAU / 60e6), ("RPM 1500", 1500.0 * TAU / 60e6),
        ("25 Hz", 50.0 * PI / 1e6), ("25 rps", 50.0 * PI / 1e6), ("25 rev/s", 50.0 * PI / 1e6), ("100 rad/s", 1e-4), ("100 rad s^-1", 1e-4),
        ("1500.5 rpm", 1500.5 * TAU / 60e6),
    ]),
    (CentrifugalForce, &[
        ("1500 x g", 1500.0), ("1500 \u{d7} g", 1500.0), ("1500 xg", 1500.0), ("1500xg", 1500.0), ("1500\u{d7}g", 1500.0), ("1500 x G", 1500.0),
        ("1500 g", 1500.0), ("1500g", 1500.0), ("1500 X g", 1500.0), ("1500 RCF", 1500.0), ("1500 rcf", 1500.0), ("RCF 1500", 1500.0),
        ("RCF = 1500 x g", 1500.0), ("1500 g-force", 1500.0), ("1500 g's", 1500.0), ("1500 times g", 1500.0), ("1500 *g", 1500.0),
        ("1500 x g (RCF)", 1500.0), ("1500 gees", 1500.0), ("1.5e3 x g", 1500.0), ("1 500 x g", 1500.0), ("1.5 x10^3 x g", 1500.0),
    ]),
    (Angle, &[
        ("180 deg", PI), ("180 \u{b0}", PI), ("180\u{b0}", PI), ("180 degrees", PI), ("1.57 rad", 1.57), ("1.57 radians", 1.57), ("5 mrad", 5e-3),
    ]),
    (FluxDensity, &[
        ("1.42 T", 1.42), ("1.42 tesla", 1.42), ("1.42 Tesla", 1.42), ("30 mT", 0.03), ("30 millitesla", 0.03), ("30 uT", 30e-6), ("250 G", 0.025),
        ("250 Gs", 0.025), ("250 gauss", 0.025), ("250 Gauss", 0.025), ("14.2 kG", 1.42), ("14.2 kGs", 1.42), ("14.2 kilogauss", 1.42), ("5 mG", 5e-7),
        ("12 kOe", 1.2), ("10 Oe", 1e-3), ("955 kA/m", 955e3 * MU0), ("1000 A/m", 1000.0 * MU0), ("1000 A m^-1", 1000.0 * MU0),
        ("955 emu/cm3", 955e3 * MU0), ("1 Wb/m2", 1.0), ("1 V s/m2", f64::NAN),
    ]),
    (FieldGradient, &[
        ("286 T/m", 286e-6), ("286 T m^-1", 286e-6), ("0.131 T/mm", 131e-6), ("1.31 T/cm", 131e-6), ("131 mT/mm", 131e-6), ("1 G/cm", 1e-8),
        ("10 kG/cm", 1e-4), ("1 gauss/cm", 1e-8), ("1e6 A/m2", 1e6 * MU0 * 1e-6),
    ]),
    // 1e-13 m3 s/kg are also 1e-4 mm3/(T A s)
    (MagneticMobility, &[
        ("1e-13 m3 s/kg", 1e-4), ("1e-13 m\u{b3}\u{b7}s/kg", 1e-4), ("1e-13 m^3 s kg^-1", 1e-4), ("1e-4 mm3/(T A s)", 1e-4), ("1e-4 mm^3/T-A-s", 1e-4),
        ("1e-4 mm\u{b3}/(T\u{b7}A\u{b7}s)", 1e-4), ("1e-4 um3 us/pg", 1e-4),
    ]),
    (MagneticMoment, &[
        ("2 A m2", 2.0), ("2 A m\u{b2}", 2.0), ("2 A\u{b7}m^2", 2.0), ("2 Am2", 2.0), ("2 Am\u{b2}", 2.0), ("3 mA m2", 3e-3), ("2000 emu", 2.0), ("2 J/T", 2.0),
    ]),
    // a litre is 1e15 um3, over Avogadro's number and 1e6 us
    (BindingRate, &[
        ("1e6 L/(mol s)", 1e15 / AVOGADRO), ("1e6 L/mol/s", 1e15 / AVOGADRO), ("1e6 L/mol s", 1e15 / AVOGADRO), ("1e6 /(M s)", 1e15 / AVOGADRO),
        ("1e6 M^-1 s^-1", 1e15 / AVOGADRO), ("1e6 M\u{207b}\u{b9}s\u{207b}\u{b9}", 1e15 / AVOGADRO), ("1e6 L mol-1 s-1", 1e15 / AVOGADRO), ("1e3 m3/(mol s)", 1e15 / AVOGADRO),
        ("3 um3/s", 3e-6), ("3e-12 cm3/s", 3e-6),
    ]),
];

#[test]
fn each_has_its_value() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (dimension, cases) in CASES {
        for (text, expected) in *cases {
            count += 1;
            let got = parse(text, *dimension);
            // two roundings, or three where a constant takes part
            let fits = match &got {
                Ok(x) => {
                    (x - expected).abs()
                        <= 1e-15
                            * 4.0
                            * expected
                                .abs()
                                .max(if *dimension == Temperature { 300.0 } else { 0.0 })
                }
                Err(_) => expected.is_nan(),
            };
            if !fits {
                wrong.push(format!("{text}: {got:?} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 162, "{count}");
}

/// The same letters are another thing where another is wanted.
#[test]
fn by_what_is_wanted() {
    let both = &[RotorSpeed, CentrifugalForce];
    for (text, wanted, dimension, value) in [
        ("200 g", &both[..], CentrifugalForce, 200.0),
        ("200 g", &[Mass], Mass, 2e14),
        ("3000 /min", both, RotorSpeed, 3000.0 * TAU / 60e6),
        ("2 G/L", &[Concentration, Fraction], Concentration, 2e-6),
        ("42 %", &[Concentration, Fraction], Fraction, 0.42),
        ("2 T", &[FluxDensity], FluxDensity, 2.0),
    ] {
        let got = parse_any(text, wanted).unwrap();
        assert!(
            got.dimension == dimension && (got.value / value - 1.0).abs() < 1e-15,
            "{text}: {got:?}"
        );
    }
}

/// Decimal units are exact, whatever the power of ten.
#[test]
fn decimal_units_are_rounded_once() {
    for (text, dimension, value) in [
        ("1005 kg/m3", Density, 1.005),
        ("0.1 nm", Length, 0.0001),
        ("7.3 um", Length, 7.3),
        ("42 %", Fraction, 0.42),
        ("250.3 x10^9/L", Concentration, 250.3e-6),
    ] {
        assert_eq!(parse(text, dimension), Ok(value), "{text}");
    }
}

/// A unit alone, as the header of a table has it.
#[test]
fn factors() {
    for (text, dimension, value) in [
        ("T", FluxDensity, 1.0),
        ("mT", FluxDensity, 1e-3),
        ("gauss", FluxDensity, 1e-4),
        ("A/m", FluxDensity, MU0),
        ("mm", Length, 1e3),
        ("m/s", Velocity, 1.0),
        ("m*s^-1", Velocity, 1.0),
        ("cm s-1", Velocity, 1e-2),
        ("m^3/s", FlowRate, 1e12),
        ("x10^9/L", Concentration, 1e-6),
        ("degC", Temperature, 1.0),
    ] {
        let got = unit_factor(text, dimension);
        assert!(
            got.as_ref().is_ok_and(|x| (x / value - 1.0).abs() < 1e-15),
            "{text}: {got:?}"
        );
    }
    for (text, dimension, message) in [
        (
            "",
            Length,
            "there is no unit; a length is needed, e.g. um, nm, mm",
        ),
        (
            "K",
            Temperature,
            "`K` has another zero; a temperature is needed, e.g. degC, K; did you mean \"degC\"?",
        ),
        (
            "V/m",
            FluxDensity,
            "`V` in `V/m` is not a unit known here; a flux density is needed, e.g. T, mT, G",
        ),
        (
            "5 mm",
            Length,
            "`5 mm` is not a unit known here; a length is needed, e.g. um, nm, mm; did you mean \"mm\"?",
        ),
    ] {
        assert_eq!(
            unit_factor(text, dimension).map_err(|e| e.to_string()),
            Err(message.to_owned()),
            "{text}"
        );
    }
}

/// What messages and tables show can be typed in.
#[test]
fn handy_units_are_known() {
    for d in Dimension::ALL {
        for unit in d.handy() {
            let got = parse_any(&format!("300 {unit}"), &[d]);
            assert!(got.is_ok_and(|q| q.dimension == d), "{unit}");
        }
    }
}
