//! Times of several terms: "1 h 30 min".

use super::number::{self, Start};
use super::{Dimension, resolve};

/// A time of two terms or more [us], or what may have been meant. Nothing if it is a single term, or no time at all.
pub(super) fn read(text: &str) -> Option<Result<f64, Vec<String>>> {
    if let Some(readings) = clock(text) {
        return Some(Err(readings));
    }
    let mut rest = text;
    let (mut sum, mut terms, mut last) = (0.0, 0, f64::INFINITY);
    loop {
        let Start::Number(number) = number::start(rest) else {
            return None;
        };
        // only the first could have a sign, and then it is not certain what the others are
        if rest.starts_with(['+', '-']) {
            return None;
        }
        let behind = number.rest.trim_start();
        let end = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
        let (unit, after) = behind.split_at(end);
        if unit.is_empty() {
            let read = text.strip_suffix(rest)?.trim_end_matches([' ', ',']);
            return (terms > 0 && behind.is_empty())
                .then(|| smaller(last).map(|unit| Err(vec![format!("{read} {} {unit}", rest.trim())])))?;
        }
        let one = resolve(unit, &[Dimension::Time]).ok()?;
        if one.factor() >= last {
            return None;
        }
        last = one.factor();
        sum += one.engine(&number);
        terms += 1;
        rest = after.trim_start_matches([' ', ',', '&', '+']);
        rest = rest.strip_prefix("and ").unwrap_or(rest).trim_start();
        if rest.is_empty() {
            return (terms > 1 && sum.is_finite()).then_some(Ok(sum));
        }
    }
}

/// The unit below one of so many microseconds.
fn smaller(factor: f64) -> Option<&'static str> {
    [(86_400e6, "h"), (3600e6, "min"), (60e6, "s")]
        .into_iter()
        .find(|(f, _)| *f == factor)
        .map(|(_, unit)| unit)
}

/// "1:30" may be hours or minutes, "1:30:00" is not.
fn clock(text: &str) -> Option<Vec<String>> {
    let parts: Option<Vec<u64>> = text
        .split(':')
        .map(|p| p.trim().parse().ok().filter(|_| !p.starts_with(['+', '-'])))
        .collect();
    let said = |terms: &[(u64, &str)]| {
        let terms: Vec<String> = terms
            .iter()
            .filter(|t| t.0 > 0)
            .map(|(n, unit)| format!("{n} {unit}"))
            .collect();
        terms.join(" ")
    };
    match parts?.as_slice() {
        [a, b] => Some(vec![
            said(&[(*a, "h"), (*b, "min")]),
            said(&[(*a, "min"), (*b, "s")]),
        ]),
        [a, b, c] => Some(vec![said(&[(*a, "h"), (*b, "min"), (*c, "s")])]),
        _ => None,
    }
}
