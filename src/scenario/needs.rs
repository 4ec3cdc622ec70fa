//! Which keys of a table have to be there, which must not, and which ask for what is not there yet.

use super::node::{Node, Span};
use super::plausible;
use super::problem::Problems;
use super::reader::{called, path};
use super::spec::{Key, Kind, Need, Table, quoted};
use toml::de::{DeTable, DeValue};

/// Whether a table asks for something that this version does not have.
pub fn wishes(spec: &Table, raw: &DeTable<'_>) -> bool {
    raw.iter().any(|(key, value)| {
        let kind = spec.key(key.get_ref().as_ref()).map(|k| &k.kind);
        match (kind, value.get_ref()) {
            (Some(Kind::Later(_)), _) => true,
            (Some(Kind::Choice(_, coming)), DeValue::String(s)) => coming.iter().any(|c| c.0 == s.as_ref()),
            _ => false,
        }
    })
}

/// Keys that have to be there, and keys that must not. Gives the keys without which others mean nothing, and which are not there: of these
/// it has been said.
pub fn needs(
    spec: &'static Table,
    raw: &DeTable<'_>,
    node: &Node,
    place: &str,
    problems: &mut Problems<'_>,
) -> Vec<&'static str> {
    let mut alone: Vec<(&'static str, &'static Key, Span)> = Vec::new();
    for key in spec.keys {
        // of what was misspelt it has been said, and not that it is missing
        let written = |k: &str| raw.contains_key(k) || node.attempted(k);
        let there = key.names().any(written);
        let entry = || key.names().find_map(|n| raw.get_key_value(n));
        let missing = match key.need {
            Need::Required => !there,
            Need::When(sibling, values) => match node.text(sibling) {
                Some(v) if values.contains(&v) => !there,
                Some(v) => {
                    if let Some((k, _)) = entry() {
                        problems
                            .error(
                                &k.span(),
                                format!("`{}` does not go with {sibling} = \"{v}\"", k.get_ref()),
                                format!("belongs to {sibling} = {}", quoted(values)),
                            )
                            .help("leave it out");
                    }
                    false
                }
                None => false,
            },
            Need::May(sibling, values) => {
                let allowed = node.text(sibling).is_none_or(|v| values.contains(&v));
                if let Some((k, _)) = entry().filter(|_| !allowed) {
                    problems
                        .error(
                            &k.span(),
                            format!(
                                "`{}` does not go with {sibling} = \"{}\"",
                                key.name,
                                node.text(sibling).unwrap_or_default()
                            ),
                            format!("belongs to {sibling} = {}", quoted(values)),
                        )
                        .help("leave it out");
                }
                false
            }
            Need::Beside(other) => {
                // where none of the forms is given, that is what is said
                let some = spec.forms.is_empty() || spec.forms.iter().any(|f| f.iter().any(|k| written(k)));
                if let Some((k, _)) = entry().filter(|_| some && !written(other)) {
                    alone.push((other, key, k.span()));
                }
                false
            }
            Need::Optional | Need::Default(_) => false,
        };
        if missing {
            let help = match &key.kind {
                Kind::Quantity(d, _) => {
                    let place = path(place, key.name);
                    let unit = d
                        .first()
                        .and_then(|d| plausible::units(&place, *d).first().copied());
                    let unit = unit.unwrap_or_default();
                    format!("add `{} = \"... {unit}\"`: {}", key.name, key.doc)
                }
                _ => format!("add `{}`: {}", key.name, key.doc),
            };
            problems
                .error(
                    &node.span,
                    format!("{} is missing in {}", key.named(), called(place)),
                    key.kind.expected() + " is needed",
                )
                .help(help)
                .absent();
        }
    }
    let mut missing: Vec<&'static str> = alone.iter().map(|a| a.0).collect();
    missing.dedup();
    for other in &missing {
        // all that belongs to it is told in one
        let mut all = alone.iter().filter(|a| a.0 == *other);
        let Some((_, first, at)) = all.next() else {
            continue;
        };
        let names: Vec<String> = std::iter::once(*first)
            .chain(all.map(|a| a.1))
            .map(|k| format!("`{}`", path(place, k.name)))
            .collect();
        let belong = match names.as_slice() {
            [one] => format!("{one} belongs"),
            [rest @ .., last] => format!("{} and {last} belong", rest.join(", ")),
            [] => continue,
        };
        let doc = spec.key(other).map_or(first.doc, |k| k.doc);
        problems
            .error(
                at,
                format!("{belong} to a table with `{other}`"),
                format!("there is no `{other}`"),
            )
            .help(format!("add `{other}`: {doc}"));
    }
    missing
}

/// Exactly one of the table's forms.
pub fn forms(spec: &Table, raw: &DeTable<'_>, node: &Node, place: &str, problems: &mut Problems<'_>) {
    if spec.forms.is_empty() {
        return;
    }
    let span = &node.span;
    let written = |k: &str| raw.contains_key(k) || node.attempted(k);
    let describe = |form: &&[&str]| {
        form.iter()
            .map(|k| format!("`{k}`"))
            .collect::<Vec<_>>()
            .join(" with ")
    };
    let all: Vec<String> = spec.forms.iter().map(describe).collect();
    let given: Vec<&&[&str]> = spec
        .forms
        .iter()
        .filter(|form| form.iter().any(|k| written(k)))
        .collect();
    match given.as_slice() {
        [] => {
            problems
                .error(
                    span,
                    format!("{} needs one of {}", called(place), all.join(", ")),
                    "none of them is given",
                )
                .absent();
        }
        [form] => {
            for k in form.iter().filter(|k| !written(k)) {
                problems
                    .error(
                        span,
                        format!("{} needs {}", called(place), describe(form)),
                        format!("`{k}` is missing"),
                    )
                    .absent();
            }
        }
        [_, second, ..] => {
            let at = second
                .iter()
                .find_map(|k| raw.get_key_value(*k))
                .map_or_else(|| span.clone(), |(k, _)| k.span());
            problems.error(
                &at,
                format!("{} takes only one of {}", called(place), all.join(", ")),
                "a second one",
            );
        }
    }
}
