//! Whole numbers as people type them: 100000, 100_000, 1e5.

use std::ops::RangeInclusive;

/// The largest exponent that is read; nothing is counted beyond it.
const MOST_TEN: u32 = 30;

/// Reads a whole number of `range`.
pub fn whole(text: &str, range: RangeInclusive<u64>) -> Result<u64, String> {
    let (low, high) = (range.start(), range.end());
    let needed = format!("a whole number is needed, {low} to {high}");
    let text = text.trim();
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}'])
        && read(rest).is_some()
    {
        return Err(format!("it cannot be negative; {needed}"));
    }
    match read(text) {
        Some(n) => match u64::try_from(n) {
            Ok(n) if range.contains(&n) => Ok(n),
            Ok(n) if n < *low => Err(format!("it has to be at least {low}")),
            _ => Err(format!("it has to be at most {high}")),
        },
        None => Err(match grouped(text) {
            Some(meant) => format!("{needed}; if you mean {meant}, leave out what stands between the digits"),
            None => needed,
        }),
    }
}

/// Digits, with `_` between them, and a power of ten; nothing if that is no whole number.
fn read(text: &str) -> Option<u128> {
    let (digits, ten) = match text.split_once(['e', 'E']) {
        Some((digits, ten)) => (digits, ten.strip_prefix('+').unwrap_or(ten).parse::<u32>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let groups = whole
        .split('_')
        .all(|g| !g.is_empty() && g.bytes().all(|c| c.is_ascii_digit()));
    let decimals = part.bytes().all(|c| c.is_ascii_digit());
    let part = part.trim_end_matches('0');
    let left = ten.checked_sub(part.len() as u32)?;
    if !groups || !decimals || ten > MOST_TEN || digits.contains('.') && ten == 0 {
        return None;
    }
    let number: u128 = format!("{}{part}", whole.replace('_', "")).parse().ok()?;
    number.checked_mul(10_u128.checked_pow(left)?)
}

/// The number of groups of three digits, with one sort of mark between them.
fn grouped(text: &str) -> Option<u128> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    let mut groups = text.split(mark);
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len())
        && groups.all(|g| g.len() == 3 && g.bytes().all(|c| c.is_ascii_digit()));
    let marks = [',', '.', ' ', '\'', '\u{2019}', '\u{a0}', '\u{202f}'];
    (fits && marks.contains(&mark))
        .then(|| text.replace(mark, "").parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_as_they_are_typed() {
        for (text, n) in [
            ("20000", 20_000),
            ("20_000", 20_000),
            ("2e4", 20_000),
            ("2E+4", 20_000),
            ("1.25e5", 125_000),
            ("1.50e1", 15),
            (" 7 ", 7),
            ("1e0", 1),
        ] {
            assert_eq!(whole(text, 1..=1_000_000), Ok(n), "{text}");
        }
        assert_eq!(whole("18446744073709551615", 0..=u64::MAX), Ok(u64::MAX));
        let needed = "a whole number is needed, 1 to 1000000";
        for (text, said) in [
            ("", needed.to_owned()),
            ("many", needed.to_owned()),
            ("1e", needed.to_owned()),
            ("1.5", needed.to_owned()),
            ("1.25e1", needed.to_owned()),
            ("1e-3", needed.to_owned()),
            ("_1", needed.to_owned()),
            ("1__0", needed.to_owned()),
            ("-5", format!("it cannot be negative; {needed}")),
            ("0", "it has to be at least 1".to_owned()),
            ("1000001", "it has to be at most 1000000".to_owned()),
            ("1e30", "it has to be at most 1000000".to_owned()),
            (
                "100.000",
                format!("{needed}; if you mean 100000, leave out what stands between the digits"),
            ),
            (
                "1,000,000",
                format!("{needed}; if you mean 1000000, leave out what stands between the digits"),
            ),
        ] {
            assert_eq!(whole(text, 1..=1_000_000), Err(said), "{text}");
        }
    }
}
