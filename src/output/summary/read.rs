//! Reading `summary.json` back.

use super::{ChamberDigest, LayerResults, PlaceResults, SCHEMA, Summary, old};
use crate::output::folder::{Seal, seal_of};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

/// What is wrong with a file, and in which of its lines, from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ReadError {
    /// The line.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// What sums of shares may be off by.
const ROUNDING: f64 = 1e-9;

/// A share of cells, which is none below zero and none above one, but for roundings.
pub(super) fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let x = f64::deserialize(from)?;
    if (-ROUNDING..=1.0 + ROUNDING).contains(&x) {
        return Ok(x);
    }
    Err(D::Error::custom(format!(
        "a share of {x}, which is not between 0 and 1"
    )))
}

pub(super) fn perhaps_share<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    struct Share(#[serde(deserialize_with = "share")] f64);
    Ok(Option::<Share>::deserialize(from)?.map(|x| x.0))
}

/// What tells whether a file is a summary, and which.
#[derive(Deserialize)]
struct Head {
    program: Option<String>,
    schema: Option<u64>,
    kind: Option<String>,
    layers: Option<serde::de::IgnoredAny>,
    fractions: Option<serde::de::IgnoredAny>,
}

impl Summary {
    /// Reads the text of the file, of this version or of 0.1.
    ///
    /// # Errors
    /// [`ReadError`] for what is not a summary, one of another layout, or one that was changed.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let fault = |line: usize, what: String| Err(ReadError { line, what });
        if !text.trim_start().starts_with('{') {
            // a list of the right values would do for a table
            return Err(json::<Head>(text)
                .err()
                .filter(|_| !text.trim_start().starts_with('['))
                .unwrap_or_else(|| ReadError {
                    line: 1,
                    what: "this is not a summary of buffycoat: it is a list".to_owned(),
                }));
        }
        let head: Head = json(text)?;
        if head.program.as_deref() != Some(env!("CARGO_PKG_NAME")) {
            let whose = head.program.map_or_else(
                || "it names no program".to_owned(),
                |p| format!("its program is `{p}`"),
            );
            return fault(
                line_of(text, "program"),
                format!("this is not a summary of buffycoat: {whose}"),
            );
        }
        let earlier = old::Layout::of(head.schema, head.kind.as_deref());
        if earlier.is_none() && head.schema != Some(u64::from(SCHEMA)) {
            let found = head.schema.map_or("no number".to_owned(), |n| n.to_string());
            let what = format!(
                "the layout of this summary is {found}; this version reads {SCHEMA} and those of version 0.1; run the scene again"
            );
            return fault(line_of(text, "schema"), what);
        }
        if seal_of(text) == Seal::Broken {
            let what = "this summary was changed since the run wrote it: its contents do not have the hash at its end. Put back the file as it \
                        was, or run the scene again";
            return fault(text.lines().count().max(1), what.to_owned());
        }
        match earlier {
            Some(layout) => {
                let value = old::brought(layout, json(text)?);
                let told = |e: ReadError| {
                    // the place in the file as it was, where what is missing was there under the same name
                    let key = e.what.split('`').nth(1).unwrap_or_default();
                    ReadError {
                        line: line_of(text, key),
                        ..e
                    }
                };
                sections(&value.to_string(), layout.sections())
                    .and_then(|s| sound(s, text))
                    .map_err(told)
            }
            None => {
                sections(text, [head.layers.is_some(), head.fractions.is_some()]).and_then(|s| sound(s, text))
            }
        }
    }
}

/// Refuses a summary whose parts do not fit each other: one without results, and places that count other species.
fn sound(s: Summary, text: &str) -> Result<Summary, ReadError> {
    let fault = |key: &str, what: String| {
        Err(ReadError {
            line: line_of(text, key),
            what: format!("{what}; was the file changed? Then run the scene again"),
        })
    };
    // cells are carried through a duct, or settle in it as in another vessel
    let duct = matches!(s.setup.chamber, ChamberDigest::Duct { .. });
    let settles = s.setup.lateral.as_deref() == Some("mixed");
    match (&s.layers, &s.places) {
        (None, None) if s.channel.is_some() => {}
        (None, _) if !duct || settles => return fault("species", "missing field `layers`".into()),
        (_, None) if duct && !settles => return fault("species", "missing field `fractions`".into()),
        (Some(_), Some(_)) => return fault("layers", "there are both `layers` and `fractions`".into()),
        _ => {}
    }
    let released = s.places.iter().flat_map(|p| &p.held_until_release);
    let released = released.flat_map(|r| &r.fractions);
    let all = s.places.iter().flat_map(|p| &p.fractions).chain(released);
    for part in all {
        let named = part.species.iter().map(|x| &x.species);
        if !named.eq(s.species.iter().map(|x| &x.species)) {
            let what = format!(
                "the species of `{}` are not those of the run, in their order",
                part.place
            );
            return fault("fractions", what);
        }
    }
    Ok(s)
}

/// The common part, and which of layers and places there are.
fn sections(text: &str, [layers, places]: [bool; 2]) -> Result<Summary, ReadError> {
    Ok(Summary {
        layers: layers.then(|| json::<LayerResults>(text)).transpose()?,
        places: places.then(|| json::<PlaceResults>(text)).transpose()?,
        ..json(text)?
    })
}

/// The line in which a key first stands, from 1.
fn line_of(text: &str, key: &str) -> usize {
    let quoted = format!("\"{key}\"");
    text.lines()
        .position(|l| l.trim_start().starts_with(&quoted))
        .map_or(1, |i| i + 1)
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    serde_json::from_str(text).map_err(|e| {
        let said = e.to_string();
        // the place is said once, in front
        let what = said.split(" at line ").next().unwrap_or(&said);
        let what = match e.classify() {
            serde_json::error::Category::Eof => format!("the file is cut off: {what}"),
            serde_json::error::Category::Data => {
                format!("{what}; is it of another version? Then run the scene again")
            }
            _ => format!("this is not JSON: {what}"),
        };
        ReadError {
            line: e.line().max(1),
            what,
        }
    })
}
