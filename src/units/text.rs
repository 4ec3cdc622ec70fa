//! One spelling for the several signs of one thing.

/// The text with plain signs: u for micro, * for a raised point, ^ before raised digits, - for a minus, one blank for any.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut raised = false;
    for c in text.trim().chars() {
        let up = match c {
            '\u{2070}' => Some('0'),
            '\u{b9}' => Some('1'),
            '\u{b2}' => Some('2'),
            '\u{b3}' => Some('3'),
            '\u{2074}'..='\u{2079}' => char::from_digit(c as u32 - 0x2070, 10),
            '\u{207b}' => Some('-'),
            '\u{207a}' => Some('+'),
            _ => None,
        };
        if let Some(up) = up {
            if !raised {
                out.push('^');
            }
            raised = true;
            out.push(up);
            continue;
        }
        raised = false;
        match c {
            '\u{b5}' | '\u{3bc}' => out.push('u'),
            '\u{d7}' | '\u{2715}' | '\u{2a2f}' => out.push('x'),
            '\u{2212}' | '\u{2010}'..='\u{2014}' => out.push('-'),
            '\u{b7}' | '\u{22c5}' | '\u{2022}' | '\u{2219}' | '\u{2217}' => out.push('*'),
            '\u{2044}' | '\u{2215}' => out.push('/'),
            '\u{2113}' => out.push('l'),
            '\u{212b}' => out.push('\u{c5}'),
            '\u{2103}' => out.push_str("\u{b0}C"),
            '\u{2109}' => out.push_str("\u{b0}F"),
            '\u{ba}' | '\u{2da}' => out.push('\u{b0}'),
            '\u{2019}' | '\u{2032}' => out.push('\''),
            c if c.is_whitespace() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Spellings that the grammar of units does not follow from, with what they are in it; white space and case do not matter.
const PHRASES: &[(&str, &str)] = &[
    ("x g", "xg"),
    ("times g", "xg"),
    ("*g", "xg"),
    ("x gravity", "xg"),
    ("times gravity", "xg"),
    ("g-force", "xg"),
    ("g force", "xg"),
    ("g's", "xg"),
    ("rcf (g)", "xg"),
    ("rcf (x g)", "xg"),
    ("rcf g", "xg"),
    ("g (rcf)", "xg"),
    ("x g (rcf)", "xg"),
    ("r.p.m.", "rpm"),
    ("vol%", "%"),
    ("vol.%", "%"),
    ("vol.-%", "%"),
    ("vol-%", "%"),
    ("% vol", "%"),
    ("% v/v", "%"),
    ("% (v/v)", "%"),
    ("(v/v)%", "%"),
    ("v/v%", "%"),
    ("% by volume", "%"),
    ("per cent", "%"),
    ("volume percent", "%"),
    ("v/v", "L/L"),
    ("vol/vol", "L/L"),
];

/// The unit that a phrase stands for; the text itself if it is none.
pub(super) fn phrase(unit: &str) -> &str {
    let bare = |s: &str| -> String {
        s.chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let unit = unit.trim();
    let squeezed = bare(unit);
    PHRASES
        .iter()
        .find(|(p, _)| bare(p) == squeezed)
        .map_or(unit, |(_, u)| *u)
}

/// A scale of temperature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    Celsius,
    Kelvin,
    Fahrenheit,
}

/// The scale of temperature that a unit names, or that it may have been meant to name.
pub(super) fn scale(unit: &str) -> Option<Scale> {
    let bare: String = unit.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let lower = bare.to_lowercase();
    let name = ["degrees", "degree", "deg", "\u{b0}"]
        .iter()
        .find_map(|d| lower.strip_prefix(d))
        .unwrap_or(&lower);
    let degrees = name.len() < lower.len();
    match name {
        "c" if degrees || bare == "C" => Some(Scale::Celsius),
        "celsius" | "centigrade" => Some(Scale::Celsius),
        "f" if degrees || bare == "F" => Some(Scale::Fahrenheit),
        "fahrenheit" => Some(Scale::Fahrenheit),
        "k" if degrees || bare == "K" => Some(Scale::Kelvin),
        "kelvin" | "kelvins" => Some(Scale::Kelvin),
        _ => None,
    }
}

impl Scale {
    /// A temperature of this scale [degC].
    pub fn celsius(self, number: f64) -> f64 {
        match self {
            Self::Celsius => number,
            Self::Kelvin => number - crate::constants::ICE_POINT,
            Self::Fahrenheit => (number - 32.0) * 5.0 / 9.0,
        }
    }
}
