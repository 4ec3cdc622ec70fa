//! The language in which the scene format is described: tables, keys, kinds, bounds, defaults.
//!
//! `keys.rs` describes the format once; the reader, the refusal of unknown keys and the JSON Schema all follow
//! from that description.

use crate::units::{self, Dimension};

/// Words that people write for a key.
const OTHER_WORDS: &[(&[&str], &str)] = &[
    (&["hct", "htk", "hkt", "pcv", "htc"], "haematocrit"),
    (&["rcf", "rpm", "speed", "g_force"], "ramp_to"),
    (&["buffer", "suspending_fluid"], "medium"),
    (&["brake", "decelerate"], "brake_over"),
    (&["id", "bore"], "inner_diameter"),
];

/// The key that `word` is another word for.
pub fn other_word(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    OTHER_WORDS
        .iter()
        .find(|(words, _)| words.contains(&word.as_str()))
        .map(|(_, key)| *key)
}

/// A table of keys.
#[derive(Debug)]
pub struct Table {
    /// What it is, for the schema.
    pub doc: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
    /// If not empty: exactly one of these sets of keys is to be given, all of it. The first key of a set
    /// stands for it.
    pub forms: &'static [&'static [&'static str]],
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Whether it has to be there.
    pub need: Need,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// Another name under which the same thing may be written, and what a value written so is multiplied by: a
    /// diameter for a radius.
    pub twin: Option<(&'static str, f64)>,
}

impl Key {
    /// The same key, which may also be written as `name`; a value written so counts `factor` times.
    pub const fn or(mut self, name: &'static str, factor: f64) -> Self {
        self.twin = Some((name, factor));
        self
    }

    /// The names under which it may be written.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.twin.map(|t| t.0))
    }

    /// "`radius` or `inner_diameter`".
    pub fn named(&self) -> String {
        self.names()
            .map(|n| format!("`{n}`"))
            .collect::<Vec<_>>()
            .join(" or ")
    }
}

/// Whether a key has to be given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Need {
    /// Always.
    Required,
    /// Never; what it means to leave it out is said in the doc.
    Optional,
    /// Never; this is then its value, as TOML.
    Default(&'static str),
    /// If, and only if, a key of the same table has one of these values.
    When(&'static str, &'static [&'static str]),
    /// Never; it may only be given if a key of the same table has one of these values.
    May(&'static str, &'static [&'static str]),
    /// Never; it may only be given beside this other key of the same table.
    Beside(&'static str),
}

/// What people ask for and this version does not have.
#[derive(Clone, Copy, Debug)]
pub struct Later {
    /// What it is, in the plural or as a mass: "fixed-angle rotors".
    pub what: &'static str,
    /// What to do as long, and what that changes.
    pub way: &'static str,
}

/// What a value may be.
#[derive(Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// True or false.
    Bool,
    /// A whole number between two bounds.
    Integer(i64, i64),
    /// A number between two bounds.
    Number(f64, f64),
    /// Text with a number and its unit, of one of these dimensions.
    Quantity(&'static [Dimension], Bounds),
    /// A colour, `#rrggbb`.
    Colour,
    /// One of these words; and words of later versions with what to say of them.
    Choice(&'static [&'static str], &'static [(&'static str, Later)]),
    /// A table.
    Table(&'static Table),
    /// One or more tables, `[[name]]`.
    Tables(&'static Table),
    /// A list of so many values of one kind.
    List(&'static Kind, usize, usize),
    /// A table whose keys are names chosen by the user or taken from the library.
    Map(&'static Kind),
    /// The first of two kinds that fits: a quantity, or a table of particulars.
    Either(&'static Kind, &'static Kind),
    /// Not in this version: what it would be, and what to do as long.
    Later(Later),
}

/// What a quantity may be, in engine units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bounds {
    /// Anything finite.
    Any,
    /// Above zero.
    Positive,
    /// Zero or above.
    NotNegative,
    /// Above the first, up to the second.
    UpTo(f64, f64),
    /// From the first up to the second.
    Within(f64, f64),
}

impl Bounds {
    /// From where to where, if that is bounded on both sides.
    pub fn range(self) -> Option<std::ops::RangeInclusive<f64>> {
        match self {
            Self::UpTo(low, high) | Self::Within(low, high) => Some(low..=high),
            Self::Any | Self::Positive | Self::NotNegative => None,
        }
    }

    /// What is wrong with `value`, if anything: "has to be positive".
    pub fn complaint(self, value: f64, dimension: Dimension) -> Option<String> {
        let show = |x: f64| units::show(x, dimension);
        match self {
            Self::Any => None,
            Self::Positive if value > 0.0 => None,
            Self::Positive => Some("has to be positive".into()),
            Self::NotNegative if value >= 0.0 => None,
            Self::NotNegative => Some("must not be negative".into()),
            Self::UpTo(low, high) if value > low && value <= high => None,
            // one end is enough to say of what lies beyond it
            Self::UpTo(low, _) if value <= low => Some(format!("has to be above {}", show(low))),
            Self::UpTo(_, high) => Some(format!("has to be at most {}", show(high))),
            Self::Within(low, high) if (low..=high).contains(&value) => None,
            Self::Within(low, high) => Some(format!("has to lie between {} and {}", show(low), show(high))),
        }
    }
}

impl Kind {
    /// What is expected, in words: "a length with its unit, e.g. \"5 um\"".
    pub fn expected(&self) -> String {
        match self {
            Self::Text => "text in quotes".into(),
            Self::Bool => "true or false".into(),
            Self::Integer(..) => "a whole number".into(),
            Self::Number(..) => "a number".into(),
            Self::Quantity(dimensions, _) => {
                let names: Vec<&str> = dimensions.iter().map(|d| d.name()).collect();
                format!("{} with its unit, in quotes", names.join(" or "))
            }
            Self::Colour => "a colour, \"#rrggbb\"".into(),
            Self::Choice(words, _) => quoted(words),
            Self::Table(_) | Self::Map(_) => "a table".into(),
            Self::Tables(_) => "one or more tables, [[..]]".into(),
            Self::List(inner, low, high) => {
                let many = if low == high {
                    low.to_string()
                } else {
                    format!("{low} to {high}")
                };
                format!("a list of {many}, each {}", inner.expected())
            }
            Self::Either(a, b) => format!("{}, or {}", a.expected(), b.expected()),
            Self::Later(_) => "nothing".into(),
        }
    }
}

/// `"a", "b" or "c"`.
pub fn quoted(words: &[&str]) -> String {
    let all: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
    match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => all.concat(),
    }
}

impl Table {
    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|k| k.names().any(|n| n == name))
    }

    /// Names of the keys that this version takes.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys
            .iter()
            .filter(|k| !matches!(k.kind, Kind::Later(_)))
            .flat_map(Key::names)
    }
}
