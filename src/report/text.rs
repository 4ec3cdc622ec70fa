//! Words and numbers of a page: what comes from files is escaped, and a number keeps its exact value beside the one shown.

use crate::output::table::percent;
use crate::plain;
use crate::units::digits;
pub use crate::units::grouped;
use crate::units::significant;

/// Text that may stand anywhere in a page or a picture, in an attribute too. What XML does not allow is replaced.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            // controls, and what would turn the direction of the text around it
            c if plain::obeyed(c) => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

/// A number as it is shown, with its exact value for programs; a dash where there is none.
fn data(x: Option<f64>, shown: impl FnOnce(f64) -> String) -> String {
    match x.filter(|x| x.is_finite()) {
        Some(x) => format!("<data value=\"{x}\">{}</data>", escape(&shown(x))),
        None => "\u{2013}".into(),
    }
}

/// A fraction as per cent, without the sign.
pub fn share(x: impl Into<Option<f64>>) -> String {
    data(x.into(), share_text)
}

/// A fraction in per cent as plain text, without the sign; what is not all is not shown as all.
pub fn share_text(x: f64) -> String {
    let text = percent(x);
    if text == "100.0" && x < 1.0 {
        ">99.9".into()
    } else {
        text
    }
}

/// Three significant digits.
pub fn number(x: impl Into<Option<f64>>) -> String {
    data(x.into(), |x| powers(&significant(x)))
}

/// A whole number, thousands apart.
pub fn whole(n: u64) -> String {
    format!("<data value=\"{n}\">{}</data>", grouped(n))
}

/// A length or a volume with a fixed number of decimals.
pub fn fixed(x: impl Into<Option<f64>>, decimals: usize) -> String {
    data(x.into(), |x| format!("{x:.decimals$}"))
}

/// Up to `n` significant digits without zeros at the end.
pub fn short(x: impl Into<Option<f64>>, n: usize) -> String {
    data(x.into(), |x| powers(&digits(x, n)))
}

/// "2.5e-7" as people write it: 2.5 × 10⁻⁷.
pub fn powers(text: &str) -> String {
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}\u{a0}\u{d7}\u{a0}10{}", raised(exponent)),
        None => text.to_owned(),
    }
}

/// An exponent in raised digits.
pub fn raised(exponent: &str) -> String {
    exponent
        .chars()
        .filter_map(|c| match c {
            '-' => Some('\u{207b}'),
            '1' => Some('\u{b9}'),
            '2' => Some('\u{b2}'),
            '3' => Some('\u{b3}'),
            '0' | '4'..='9' => char::from_u32(0x2070 + c as u32 - '0' as u32),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_file_is_markup() {
        let hostile = "</title><script>alert('1')</script>&\"\u{1b}[31m\u{202e}";
        let safe = escape(hostile);
        assert!(
            !safe.contains(['<', '>', '"', '\'', '\u{1b}', '\u{202e}']),
            "{safe}"
        );
        assert!(safe.starts_with("&lt;/title&gt;&lt;script&gt;"));
    }

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(
            [grouped(0), grouped(999), grouped(1000)],
            ["0", "999", "1\u{202f}000"]
        );
        assert_eq!(powers("4.5e-10"), "4.5\u{a0}\u{d7}\u{a0}10\u{207b}\u{b9}\u{2070}");
        assert_eq!(
            number(2.0e10),
            "<data value=\"20000000000\">2.00\u{a0}\u{d7}\u{a0}10\u{b9}\u{2070}</data>"
        );
        assert_eq!(share(None), "\u{2013}");
        assert_eq!(share(f64::NAN), "\u{2013}");
        assert_eq!([share_text(1.0), share_text(0.99999)], ["100.0", ">99.9"]);
        assert_eq!(share(0.5), "<data value=\"0.5\">50.0</data>");
    }
}
