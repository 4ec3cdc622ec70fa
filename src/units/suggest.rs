//! What a person may have meant by a text that is no quantity of what is needed.

use super::atoms::spellings;
use super::table::{Fit, fit, other_kind};
use super::{Dimension, Miss, resolve};
use strsim::damerau_levenshtein;

/// Units that are taken for another by people: written, needed, meant.
const SLIPS: &[(&str, Dimension, &str)] = &[
    ("m", Dimension::Time, "min"),
    ("M", Dimension::Time, "min"),
    ("mn", Dimension::Time, "min"),
    ("'", Dimension::Time, "min"),
    ("G", Dimension::CentrifugalForce, "x g"),
    ("x", Dimension::CentrifugalForce, "x g"),
    ("deg", Dimension::Temperature, "degC"),
    ("degree", Dimension::Temperature, "degC"),
    ("degrees", Dimension::Temperature, "degC"),
    ("grad", Dimension::Temperature, "degC"),
    ("Grad", Dimension::Temperature, "degC"),
    ("\u{b0}", Dimension::Temperature, "degC"),
    ("c", Dimension::Temperature, "degC"),
    ("u", Dimension::Length, "um"),
    ("g", Dimension::FluxDensity, "G"),
    ("t", Dimension::FluxDensity, "T"),
    ("p", Dimension::Fraction, "%"),
];

/// "RCF 300" and "rpm = 3000" with the unit behind.
pub(super) fn unit_first(text: &str, wanted: &[Dimension]) -> Option<String> {
    let all = [
        (Dimension::CentrifugalForce, "rcf", "xg"),
        (Dimension::RotorSpeed, "rpm", "rpm"),
    ];
    all.into_iter()
        .filter(|(d, ..)| wanted.contains(d))
        .find_map(|(_, word, unit)| {
            let head = text.get(..word.len())?;
            let rest = text.get(word.len()..)?.trim_start_matches([' ', ':', '=', 'x']);
            let begins = head.eq_ignore_ascii_case(word) && rest.starts_with(|c: char| c.is_ascii_digit());
            let bare = rest.ends_with(|c: char| c.is_ascii_digit());
            begins.then(|| {
                if bare {
                    format!("{rest} {unit}")
                } else {
                    rest.to_owned()
                }
            })
        })
}

/// What is wrong with a number that another one follows.
pub(super) fn several(rest: &str) -> Option<&'static str> {
    let rest = rest.trim_start();
    let number = |s: &str| s.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let after = |sign: &str| rest.strip_prefix(sign).is_some_and(number);
    if after("\u{b1}") || after("+/-") || after("+-") {
        return Some("is a value with its spread; one number is needed");
    }
    if after("-") || after("to ") || after("..") {
        return Some("is a range; one number is needed");
    }
    None
}

/// What is wrong with the unit `unit` of a value that is `shown`, with the number `head`, and what may have been meant.
pub(super) fn miss(
    shown: &str,
    head: &str,
    unit: &str,
    miss: &Miss,
    wanted: &[Dimension],
) -> (String, Vec<String>) {
    let what = match miss {
        Miss::Other(m) => {
            let known = Dimension::ALL
                .into_iter()
                .find(|d| matches!(fit(m, *d), Fit::Yes { .. }));
            match known.map(Dimension::name).or_else(|| other_kind(m)) {
                Some(name) => format!("`{shown}` is {name}"),
                None => format!("`{unit}` is a unit of nothing known here"),
            }
        }
        Miss::Temperature => format!("`{shown}` is a temperature"),
        Miss::Unknown(words) => match words.as_slice() {
            [word] if word != unit && unit.contains(word.as_str()) => {
                format!("`{word}` in `{unit}` is not a unit known here")
            }
            _ => format!("`{unit}` is not a unit known here"),
        },
        Miss::Unsure(_) => format!("`{shown}` can be read in two ways"),
    };
    let words: &[String] = match miss {
        Miss::Unknown(words) => words,
        _ => &[],
    };
    let whole = |u: String| {
        if head.is_empty() { u } else { format!("{head} {u}") }
    };
    let meant = slip(unit, wanted)
        .or_else(|| other_word(unit, words, wanted))
        .or_else(|| near(unit, wanted));
    (what, meant.map(whole).into_iter().collect())
}

fn slip(unit: &str, wanted: &[Dimension]) -> Option<String> {
    SLIPS
        .iter()
        .find(|(u, d, _)| *u == unit && wanted.contains(d))
        .map(|s| s.2.to_owned())
}

/// How far apart two spellings are: case counts little.
fn distance(a: &str, b: &str) -> usize {
    let (x, y) = (a.to_lowercase(), b.to_lowercase());
    2 * damerau_levenshtein(&x, &y) + usize::from(a != b)
}

/// Furthest that something of this length may be off.
fn furthest(text: &str) -> usize {
    match text.chars().count() {
        ..3 => 1,
        3..6 => 3,
        _ => 5,
    }
}

/// The unit with its unknown words replaced by known ones that are spelt alike, such that it fits.
fn other_word(unit: &str, words: &[String], wanted: &[Dimension]) -> Option<String> {
    if words.len() > 1 {
        return None;
    }
    let word = words.first()?;
    let mut near: Vec<(usize, f64, String)> = spellings()
        .map(|s| (distance(word, &s), -strsim::jaro_winkler(word, &s), s))
        .filter(|(d, ..)| *d <= furthest(word))
        .collect();
    // a plural is meant where it is as near: "12 minuten" is "12 minutes"
    let plural = |s: &str, d: usize, all: &[(usize, f64, String)]| {
        all.iter()
            .any(|(e, _, t)| *e == d && t.strip_suffix('s') == Some(s))
    };
    let all = near.clone();
    near.retain(|(d, _, s)| !plural(s, *d, &all));
    near.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    near.into_iter()
        .map(|(.., s)| unit.replacen(word.as_str(), &s, 1))
        .find(|u| resolve(u, wanted).is_ok())
}

/// The handy unit that is spelt alike.
fn near(unit: &str, wanted: &[Dimension]) -> Option<String> {
    let bare = |s: &str| -> String { s.chars().filter(|c| !c.is_whitespace()).collect() };
    let unit = bare(unit);
    wanted
        .iter()
        .flat_map(|d| d.handy())
        .map(|s| (distance(&unit, &bare(s)), *s))
        .filter(|(d, _)| *d <= furthest(&unit))
        .min_by_key(|(d, _)| *d)
        .map(|(_, s)| s.to_owned())
}
