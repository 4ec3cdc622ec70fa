//! The words that units are made of: symbols, names, and the prefixes that each takes.

use crate::constants::RPM;
use std::f64::consts::{PI, TAU};

/// Powers of length, time, mass, current, amount of substance, angle and standard gravity.
pub(super) type Axes = [i32; 7];

/// What a word is, beyond its dimension, where that decides how it may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A length, whose cube is a volume.
    Length,
    /// A volume by name.
    Volume,
    Second,
    Minute,
    /// Things that are counted: cells, beads.
    Count,
    /// A large number: K, million.
    Many,
    /// Hundredths and the like.
    Share,
    /// Moles per litre.
    Molar,
    Other,
}

/// One word, with its size in the engine's units: `num / den * 10^ten`, kept apart so that decimal units stay exact.
#[derive(Debug)]
pub(super) struct Atom {
    pub symbols: &'static [&'static str],
    /// Written out, in any case.
    pub words: &'static [&'static str],
    /// Prefixes that it takes, by symbol.
    pub prefixes: &'static str,
    pub class: Class,
    pub axes: Axes,
    pub num: f64,
    pub den: f64,
    pub ten: i32,
}

/// A prefix: symbol, word, power of ten.
pub(super) const PREFIXES: &[(char, &str, i32)] = &[
    ('f', "femto", -15),
    ('p', "pico", -12),
    ('n', "nano", -9),
    ('u', "micro", -6),
    ('m', "milli", -3),
    ('c', "centi", -2),
    ('d', "deci", -1),
    ('h', "hecto", 2),
    ('k', "kilo", 3),
];

const fn atom(
    symbols: &'static [&'static str],
    words: &'static [&'static str],
    prefixes: &'static str,
    class: Class,
    axes: Axes,
    (num, ten): (f64, i32),
) -> Atom {
    Atom {
        symbols,
        words,
        prefixes,
        class,
        axes,
        num,
        den: 1.0,
        ten,
    }
}

const PLAIN: Axes = [0; 7];
const LENGTH: Axes = [1, 0, 0, 0, 0, 0, 0];
const VOLUME: Axes = [3, 0, 0, 0, 0, 0, 0];
const TIME: Axes = [0, 1, 0, 0, 0, 0, 0];
const MASS: Axes = [0, 0, 1, 0, 0, 0, 0];
const FLUX: Axes = [0, -2, 1, -1, 0, 0, 0];
const ANGLE: Axes = [0, 0, 0, 0, 0, 1, 0];
const TURNING: Axes = [0, -1, 0, 0, 0, 1, 0];

/// Every word. Of several with one spelling the first names what a text without context is.
///
/// The engine's units are the micrometre, the microsecond and the picogram; that of current is the milliampere, with which the
/// tesla is one.
pub(super) const ATOMS: &[Atom] = &[
    atom(
        &["m"],
        &["metre", "meter", "metres", "meters"],
        "fpnumcdk",
        Class::Length,
        LENGTH,
        (1.0, 6),
    ),
    atom(&[], &["micron", "microns"], "", Class::Length, LENGTH, (1.0, 0)),
    atom(
        &["\u{c5}"],
        &["angstrom", "angstroms", "\u{e5}ngstr\u{f6}m"],
        "",
        Class::Length,
        LENGTH,
        (1.0, -4),
    ),
    // 25.4 mm and 304.8 mm, exact by definition
    atom(
        &["in"],
        &["inch", "inches"],
        "",
        Class::Length,
        LENGTH,
        (254.0, 2),
    ),
    atom(&["ft"], &["foot", "feet"], "", Class::Length, LENGTH, (3048.0, 2)),
    atom(
        &["L", "l"],
        &["litre", "liter", "litres", "liters"],
        "fpnumcdh",
        Class::Volume,
        VOLUME,
        (1.0, 15),
    ),
    atom(&["cc", "ccm"], &["cc"], "", Class::Volume, VOLUME, (1.0, 12)),
    atom(&["cumm", "cmm"], &[], "", Class::Volume, VOLUME, (1.0, 9)),
    // the microlitre of laboratories that write no u for micro
    atom(&["mcL", "mcl"], &[], "", Class::Volume, VOLUME, (1.0, 9)),
    atom(
        &["s"],
        &["second", "seconds"],
        "pnum",
        Class::Second,
        TIME,
        (1.0, 6),
    ),
    atom(&[], &["sec", "secs"], "", Class::Second, TIME, (1.0, 6)),
    atom(&["msec"], &["msec", "msecs"], "", Class::Second, TIME, (1.0, 3)),
    atom(
        &["min"],
        &["min", "mins", "minute", "minutes"],
        "",
        Class::Minute,
        TIME,
        (6.0, 7),
    ),
    atom(
        &["h"],
        &["hr", "hrs", "hour", "hours"],
        "",
        Class::Other,
        TIME,
        (36.0, 8),
    ),
    atom(&["d"], &["day", "days"], "", Class::Other, TIME, (864.0, 8)),
    atom(&["wk"], &["week", "weeks"], "", Class::Other, TIME, (6048.0, 8)),
    atom(
        &["g"],
        &["gram", "grams", "gramme", "grammes"],
        "fpnumk",
        Class::Other,
        MASS,
        (1.0, 12),
    ),
    // 453.59237 g, exact by definition
    atom(
        &["lb", "lbs"],
        &["pound", "pounds"],
        "",
        Class::Other,
        MASS,
        (45_359_237.0, 7),
    ),
    atom(
        &["Pa"],
        &["pascal", "pascals"],
        "numk",
        Class::Other,
        [-1, -2, 1, 0, 0, 0, 0],
        (1.0, -3),
    ),
    atom(
        &["P"],
        &["poise"],
        "umc",
        Class::Other,
        [-1, -1, 1, 0, 0, 0, 0],
        (1.0, 2),
    ),
    atom(
        &["St"],
        &["stokes"],
        "cm",
        Class::Other,
        [2, -1, 0, 0, 0, 0, 0],
        (1.0, 2),
    ),
    atom(
        &["N"],
        &["newton", "newtons"],
        "fpnumk",
        Class::Other,
        [1, -2, 1, 0, 0, 0, 0],
        (1.0, 9),
    ),
    atom(
        &["dyn"],
        &["dyne", "dynes"],
        "",
        Class::Other,
        [1, -2, 1, 0, 0, 0, 0],
        (1.0, 4),
    ),
    atom(
        &["J"],
        &["joule", "joules"],
        "fpnumk",
        Class::Other,
        [2, -2, 1, 0, 0, 0, 0],
        (1.0, 15),
    ),
    atom(&["T"], &["tesla", "teslas"], "pnum", Class::Other, FLUX, (1.0, 0)),
    atom(&["G", "Gs"], &["gauss"], "mk", Class::Other, FLUX, (1.0, -4)),
    // a field strength, told by the flux density in vacuum
    atom(
        &["Oe"],
        &["oersted", "oersteds"],
        "mk",
        Class::Other,
        FLUX,
        (1.0, -4),
    ),
    atom(
        &["Wb"],
        &["weber", "webers"],
        "mu",
        Class::Other,
        [2, -2, 1, -1, 0, 0, 0],
        (1.0, 12),
    ),
    atom(
        &["A"],
        &["ampere", "amperes", "amp", "amps"],
        "numk",
        Class::Other,
        [0, 0, 0, 1, 0, 0, 0],
        (1.0, 3),
    ),
    // 1e-3 A m2
    atom(
        &["emu"],
        &["emu"],
        "",
        Class::Other,
        [2, 0, 0, 1, 0, 0, 0],
        (1.0, 12),
    ),
    atom(
        &["mol"],
        &["mole", "moles"],
        "fpnumk",
        Class::Other,
        [0, 0, 0, 0, 1, 0, 0],
        (1.0, 0),
    ),
    atom(
        &["M"],
        &["molar"],
        "fpnum",
        Class::Molar,
        [-3, 0, 0, 0, 1, 0, 0],
        (1.0, -15),
    ),
    atom(
        &["rad"],
        &["radian", "radians"],
        "mu",
        Class::Other,
        ANGLE,
        (1.0, 0),
    ),
    atom(
        &["deg", "\u{b0}"],
        &["degree", "degrees"],
        "",
        Class::Other,
        ANGLE,
        (PI / 180.0, 0),
    ),
    atom(
        &["rev", "r", "U", "tr"],
        &[
            "rev",
            "revs",
            "revolution",
            "revolutions",
            "turn",
            "turns",
            "rotation",
            "rotations",
        ],
        "",
        Class::Other,
        ANGLE,
        (TAU, 0),
    ),
    atom(&["rpm"], &["rpm", "upm"], "", Class::Other, TURNING, (RPM, 0)),
    atom(&["rps"], &["rps"], "", Class::Other, TURNING, (TAU, -6)),
    atom(&["Hz"], &["hertz"], "mk", Class::Other, TURNING, (TAU, -6)),
    atom(
        &["xg", "g", "gn", "g0"],
        &["rcf", "xg", "gee", "gees"],
        "",
        Class::Other,
        [0, 0, 0, 0, 0, 0, 1],
        (1.0, 0),
    ),
    atom(&["%"], &["percent", "pct"], "", Class::Share, PLAIN, (1.0, -2)),
    atom(&["\u{2030}"], &["permille"], "", Class::Share, PLAIN, (1.0, -3)),
    atom(&["ppm"], &["ppm"], "", Class::Share, PLAIN, (1.0, -6)),
    atom(
        &["#"],
        &[
            "cell",
            "cells",
            "bead",
            "beads",
            "particle",
            "particles",
            "platelet",
            "platelets",
            "count",
            "counts",
            "wbc",
            "rbc",
            "plt",
            "leukocytes",
            "erythrocytes",
        ],
        "",
        Class::Count,
        PLAIN,
        (1.0, 0),
    ),
    atom(
        &["K", "k"],
        &["thousand", "thousands", "tsd"],
        "",
        Class::Many,
        PLAIN,
        (1.0, 3),
    ),
    atom(&[], &["lakh", "lakhs"], "", Class::Many, PLAIN, (1.0, 5)),
    atom(
        &["M", "Mpt"],
        &["million", "millions", "mio", "mln"],
        "",
        Class::Many,
        PLAIN,
        (1.0, 6),
    ),
    atom(
        &["G", "Gpt"],
        &["billion", "billions", "mrd"],
        "",
        Class::Many,
        PLAIN,
        (1.0, 9),
    ),
    atom(&["T", "Tpt"], &[], "", Class::Many, PLAIN, (1.0, 12)),
];

/// What a word may mean: an atom, and the power of ten of its prefix.
pub(super) fn meanings(word: &str) -> Vec<(&'static Atom, i32)> {
    let mut found = Vec::new();
    let lower = word.to_lowercase();
    for a in ATOMS {
        if a.symbols.contains(&word) || a.words.contains(&lower.as_str()) {
            found.push((a, 0));
        }
    }
    if !found.is_empty() {
        return found;
    }
    for (symbol, prefix, ten) in PREFIXES {
        for a in ATOMS.iter().filter(|a| a.prefixes.contains(*symbol)) {
            let short = word
                .strip_prefix(*symbol)
                .is_some_and(|rest| a.symbols.contains(&rest));
            let long = lower
                .strip_prefix(prefix)
                .is_some_and(|rest| a.words.contains(&rest));
            if short || long {
                found.push((a, *ten));
            }
        }
    }
    found
}

/// Every spelling of a word, for suggestions.
pub(super) fn spellings() -> impl Iterator<Item = String> {
    let scales = ["degC", "Celsius", "Kelvin", "Fahrenheit"].map(String::from);
    scales.into_iter().chain(words())
}

fn words() -> impl Iterator<Item = String> {
    ATOMS.iter().flat_map(|a| {
        let plain = a.symbols.iter().chain(a.words).map(|s| (*s).to_owned());
        let prefixed = PREFIXES
            .iter()
            .filter(|p| a.prefixes.contains(p.0))
            .flat_map(|p| {
                let short = a.symbols.iter().map(move |s| format!("{}{s}", p.0));
                short.chain(a.words.iter().map(move |w| format!("{}{w}", p.1)))
            });
        plain.chain(prefixed)
    })
}
