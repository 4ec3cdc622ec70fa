//! One thing broken at a time in every bundled scene: one error comes, about that thing, and nothing that follows from it.

use super::super::*;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A key of a scene as it is written.
#[derive(Debug)]
struct Written {
    name: String,
    key: Range<usize>,
    value: Range<usize>,
    /// What stands there: a table (of any kind), or a value.
    table: bool,
    text: bool,
    /// Whether the name is the scene's own.
    own: bool,
}

/// All keys of a scene, with those of its inner tables.
fn keys(text: &str) -> Vec<Written> {
    fn visit(value: &DeValue<'_>, own: bool, out: &mut Vec<Written>) {
        match value {
            DeValue::Table(t) => each(t, own, out),
            DeValue::Array(items) => items.iter().for_each(|i| visit(i.get_ref(), own, out)),
            _ => {}
        }
    }
    fn each(table: &DeTable<'_>, own: bool, out: &mut Vec<Written>) {
        for (key, value) in table {
            let v = value.get_ref();
            let inner = |v: &DeValue<'_>| matches!(v, DeValue::Table(_));
            let table = match v {
                DeValue::Array(items) => items.iter().any(|i| inner(i.get_ref())),
                v => inner(v),
            };
            out.push(Written {
                name: key.get_ref().to_string(),
                key: key.span(),
                value: value.span(),
                table,
                text: matches!(v, DeValue::String(_)),
                own,
            });
            let name = key.get_ref().as_ref();
            visit(
                v,
                ["cells", "labels", "species", "beads", "unspecific"].contains(&name),
                out,
            );
        }
    }
    let mut out = Vec::new();
    each(DeTable::parse(text).unwrap().get_ref(), false, &mut out);
    out
}

/// The text with one range of it replaced.
fn replaced(text: &str, at: &Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..at.start], &text[at.end..])
}

/// The text without a key and its value, and without the comma that parted it from others of its line.
fn removed(text: &str, w: &Written) -> String {
    let (mut start, mut end) = (w.key.start, w.value.end);
    let after = text[end..].len() - text[end..].trim_start_matches(' ').len();
    if text[end + after..].starts_with(',') {
        end += after + 1;
    } else if text[..start].trim_end().ends_with(',') {
        start = text[..start].trim_end().len() - 1;
    }
    replaced(text, &(start..end), "")
}

fn problems(name: &str, text: &str) -> Vec<Problem> {
    Scene::from_str(&format!("{name}.toml"), text).map_or_else(|e| e.problems, |_| Vec::new())
}

/// What was said of each broken scene that is not one error about it; empty if all is well.
fn said(broken: impl Fn(&str, &Written) -> Option<(String, bool)>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, text) in BUNDLED {
        for w in keys(text) {
            let Some((broken, may_run)) = broken(text, &w) else {
                continue;
            };
            let line = text[..w.key.start].matches('\n').count() + 1;
            let found = problems(name, &broken);
            let fine = match found.as_slice() {
                [] => may_run,
                [p] => {
                    let about = p.title.contains(&w.name) || p.label.contains(&w.name) || p.line == line;
                    p.severity == Severity::Error && (about || may_run)
                }
                _ => false,
            };
            if !fine {
                let all: Vec<String> = found
                    .iter()
                    .map(|p| {
                        format!(
                            "    {:?} {}:{} {} | {}",
                            p.severity, p.line, p.column, p.title, p.label
                        )
                    })
                    .collect();
                wrong.push(format!("{name}:{line} `{}`\n{}", w.name, all.join("\n")));
            }
        }
    }
    wrong
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

/// A key that is not there is missing, or was not needed; nothing else is said.
#[test]
fn a_key_removed() {
    none(&said(|text, w| {
        let line = text[..w.key.start].rfind('\n').map_or(0, |i| i + 1);
        let header = text[line..w.key.start].starts_with('[');
        (!header).then(|| (removed(text, w), true))
    }));
}

#[test]
fn a_key_misspelt() {
    none(&said(|text, w| {
        let q = format!("{}q", &text[w.key.clone()].trim_end_matches('"'));
        // a name in quotes stays in them
        let q = if q.starts_with('"') { q + "\"" } else { q };
        Some((replaced(text, &w.key, &q), w.own))
    }));
}

#[test]
fn a_value_of_another_type() {
    none(&said(|text, w| {
        let other = if matches!(&text[w.value.clone()], "true" | "false") {
            "7.5"
        } else {
            "true"
        };
        (!w.table).then(|| (replaced(text, &w.value, other), false))
    }));
}

/// Words are wrong too where a quantity is wanted, and a quantity where one of some words is.
#[test]
fn a_value_with_another_unit() {
    none(&said(|text, w| {
        let free = ["title", "name", "source", "collect"].contains(&w.name.as_str());
        (w.text && !free).then(|| (replaced(text, &w.value, "\"3 kat\""), false))
    }));
}
