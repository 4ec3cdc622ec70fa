//! The description of the format as a page for people, in Markdown: a section for each table, a row for each key.

use super::keys::SCENE;
use super::plausible;
use super::spec::{Bounds, Key, Kind, Need, Table, quoted};
use crate::units::{Dimension, show};

/// What stands above the tables.
const HEAD: &str = "# Keys of a scene\n\n\
    A scene is a TOML file. This page lists all its tables and keys. `buffycoat keys` writes this page, and a test keeps it up to date.\n\n\
    Quantities are text with a unit, such as `\"65 mm\"` or `\"1500 x g\"`. Units may be spelt in the usual ways. A number without a \
    unit is refused. Keys marked \"required\" must be given. The other keys may be left out; where there is a default, it is shown.\n";

/// A table, and the name by which a scene writes it.
struct Section {
    heading: String,
    spec: &'static Table,
}

/// The whole reference in Markdown.
pub fn key_reference() -> String {
    let sections = sections();
    let mut out = String::from(HEAD);
    out.push_str("\n| table | what it is |\n|---|---|\n");
    for s in &sections {
        out.push_str(&format!(
            "| [`{}`](#{}) | {} |\n",
            s.heading,
            anchor(&s.heading),
            cell(&first_sentence(s.spec.doc))
        ));
    }
    for s in &sections {
        out.push_str(&section(s));
    }
    out
}

/// Names of all tables of a scene, without brackets.
pub fn key_tables() -> Vec<String> {
    let all = sections();
    let names = all
        .iter()
        .map(|s| s.heading.trim_matches(|c| matches!(c, '[' | ']')));
    names.map(str::to_owned).collect()
}

/// The part of the reference about the tables whose name contains `wanted`; nothing if there is none.
pub fn keys_of(wanted: &str) -> Option<String> {
    let wanted = wanted.trim_matches(|c| matches!(c, '[' | ']')).to_lowercase();
    let of = |exact: bool| -> String {
        sections()
            .iter()
            .filter(|s| {
                let name = s.heading.trim_matches(|c| matches!(c, '[' | ']')).to_lowercase();
                if exact {
                    name == wanted
                } else {
                    name.contains(&wanted)
                }
            })
            .map(section)
            .collect()
    };
    [of(true), of(false)]
        .into_iter()
        .find(|text| !text.is_empty())
        .map(|text| text.trim_start().to_owned())
}

/// Where in a scene the key `name` may stand: "sample.haematocrit", "protocol[0].hold".
pub fn paths_to(name: &str) -> Vec<String> {
    let mut out: Vec<String> = sections()
        .iter()
        .skip(1)
        .filter(|s| {
            s.spec
                .key(name)
                .is_some_and(|k| !matches!(k.kind, Kind::Later(_)))
        })
        .map(|s| match s.heading.strip_prefix("[[") {
            Some(list) => format!("{}[0].{name}", list.trim_end_matches(']')),
            None => format!("{}.{name}", s.heading.trim_matches(['[', ']'])),
        })
        .collect();
    out.dedup();
    out
}

/// Every table of the format, in the order in which the scene's keys lead to them.
fn sections() -> Vec<Section> {
    let mut out = vec![Section {
        heading: "the scene itself".into(),
        spec: &SCENE,
    }];
    walk(&SCENE, "", &mut out);
    out
}

fn walk(spec: &'static Table, path: &str, out: &mut Vec<Section>) {
    for key in spec.keys {
        let name = if path.is_empty() {
            key.name.to_owned()
        } else {
            format!("{path}.{}", key.name)
        };
        enter(&key.kind, &name, false, out);
    }
}

fn enter(kind: &'static Kind, name: &str, many: bool, out: &mut Vec<Section>) {
    match kind {
        Kind::Table(t) => {
            let heading = if many {
                format!("[[{name}]]")
            } else {
                format!("[{name}]")
            };
            // a table that stands in two places is described where it comes first
            if out
                .iter()
                .any(|s| std::ptr::eq(s.spec, *t) && s.heading == heading)
            {
                return;
            }
            out.push(Section { heading, spec: t });
            walk(t, name, out);
        }
        Kind::Tables(t) => {
            out.push(Section {
                heading: format!("[[{name}]]"),
                spec: t,
            });
            walk(t, name, out);
        }
        Kind::Map(inner) => enter(inner, &format!("{name}.NAME"), false, out),
        Kind::Either(a, b) => {
            enter(a, name, many, out);
            enter(b, name, many, out);
        }
        Kind::List(inner, ..) => enter(inner, name, true, out),
        _ => {}
    }
}

fn section(s: &Section) -> String {
    let mut out = format!("\n## `{}`\n\n{}\n", s.heading, s.spec.doc.trim());
    if !s.spec.forms.is_empty() {
        let forms: Vec<String> = s
            .spec
            .forms
            .iter()
            .map(|keys| {
                let keys: Vec<String> = keys.iter().map(|k| format!("`{k}`")).collect();
                keys.join(" with ")
            })
            .collect();
        out.push_str(&format!("\nGive exactly one of these: {}.\n", forms.join("; ")));
    }
    out.push_str("\n| key | value | needed | meaning |\n|---|---|---|---|\n");
    let place = s
        .heading
        .strip_prefix('[')
        .map_or("", |h| h.trim_matches(['[', ']']));
    for key in s.spec.keys.iter().filter(|k| !matches!(k.kind, Kind::Later(_))) {
        out.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            key.named(),
            cell(&value(&key.kind, &super::reader::path(place, key.name))),
            cell(&need(key)),
            cell(key.doc)
        ));
    }
    out
}

/// What may be written at `place`, in words.
fn value(kind: &'static Kind, place: &str) -> String {
    match kind {
        Kind::Text => "text".into(),
        Kind::Bool => "`true` or `false`".into(),
        Kind::Integer(low, high) if *high == i64::MAX => format!("whole number, at least {low}"),
        Kind::Integer(low, high) => format!("whole number, {low} to {high}"),
        Kind::Number(low, high) => format!("number, {low} to {high}"),
        Kind::Quantity(dimensions, bounds) => quantity(dimensions, *bounds, place),
        Kind::Colour => "`\"#rrggbb\"`".into(),
        Kind::Choice(words, _) => {
            let words: Vec<String> = words.iter().map(|w| format!("`\"{w}\"`")).collect();
            words.join(", ")
        }
        Kind::Table(_) => "table".into(),
        Kind::Tables(_) => "one or more tables".into(),
        Kind::List(inner, low, high) if low == high => format!("list of {low}: {}", value(inner, place)),
        Kind::List(inner, low, high) => format!("list of {low} to {high}: {}", value(inner, place)),
        Kind::Map(inner) => format!("by name: {}", value(inner, place)),
        Kind::Either(a, b) => format!("{}; or {}", value(a, place), value(b, place)),
        Kind::Later(_) => String::new(),
    }
}

fn quantity(dimensions: &[Dimension], bounds: Bounds, place: &str) -> String {
    let names: Vec<String> = dimensions
        .iter()
        .map(|d| {
            let example = plausible::units(place, *d).first().copied().unwrap_or_default();
            // of the articles that messages need none is left in a table
            let name = d.name();
            let name = name
                .strip_prefix("a ")
                .or_else(|| name.strip_prefix("an "))
                .unwrap_or(name);
            format!("{name} (`{example}`)")
        })
        .collect();
    let names = names.join(" or ");
    let show = |x: f64| dimensions.first().map_or_else(|| x.to_string(), |d| show(x, *d));
    match bounds {
        Bounds::Any => names,
        Bounds::Positive => format!("{names}, above 0"),
        Bounds::NotNegative => format!("{names}, 0 or more"),
        Bounds::UpTo(0.0, high) => format!("{names}, above 0, at most {}", show(high)),
        Bounds::UpTo(low, high) => format!("{names}, above {}, at most {}", show(low), show(high)),
        Bounds::Within(low, high) => format!("{names}, {} to {}", show(low), show(high)),
    }
}

/// Whether a key has to be there, in words.
fn need(key: &Key) -> String {
    match key.need {
        Need::Required => "**required**".into(),
        Need::Optional => "no".into(),
        Need::Default("{}") => "no".into(),
        Need::Default(toml) => format!("no; default `{toml}`"),
        Need::When(sibling, values) => format!("if, and only if, `{sibling}` is {}", quoted(values)),
        Need::May(sibling, values) => format!("no; only if `{sibling}` is {}", quoted(values)),
        Need::Beside(other) => format!("no; only beside `{other}`"),
    }
}

/// Text that stands in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn first_sentence(text: &str) -> String {
    match text.find(". ") {
        Some(i) => text[..=i].to_owned(),
        None => text.to_owned(),
    }
}

/// The anchor that Markdown viewers give to a heading in code.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || matches!(c, '_' | '-') => Some(c),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every key that the reader takes is on the page, under its table.
    #[test]
    fn every_key_has_a_row() {
        fn count(t: &'static Table, seen: &mut BTreeSet<*const Table>) -> usize {
            if !seen.insert(t) {
                return 0;
            }
            let mut n = 0;
            for key in t.keys.iter().filter(|k| !matches!(k.kind, Kind::Later(_))) {
                n += 1;
                let mut kinds = vec![&key.kind];
                while let Some(kind) = kinds.pop() {
                    match kind {
                        Kind::Table(t) | Kind::Tables(t) => n += count(t, seen),
                        Kind::List(k, ..) | Kind::Map(k) => kinds.push(k),
                        Kind::Either(a, b) => kinds.extend([*a, *b]),
                        _ => {}
                    }
                }
            }
            n
        }
        let keys = count(&SCENE, &mut BTreeSet::new());
        assert!(keys > 100, "{keys} keys: the walk is broken");
        let tables: BTreeSet<*const Table> = sections().iter().map(|s| std::ptr::from_ref(s.spec)).collect();
        let rows: usize = tables.len();
        let seen = sections();
        let mut first: BTreeSet<*const Table> = BTreeSet::new();
        let written: usize = seen
            .iter()
            .filter(|s| first.insert(s.spec))
            .map(|s| section(s).lines().filter(|l| l.starts_with("| `")).count())
            .sum();
        assert_eq!(written, keys, "in {rows} tables");
    }

    /// Two headings never share an anchor, so every link of the overview leads to its own table.
    #[test]
    fn anchors_differ() {
        let all: Vec<String> = sections().iter().map(|s| anchor(&s.heading)).collect();
        let unique: BTreeSet<&String> = all.iter().collect();
        assert_eq!(unique.len(), all.len(), "{all:?}");
    }

    #[test]
    fn one_table_by_its_name() {
        let text = keys_of("[[protocol]]").unwrap_or_default();
        assert!(text.starts_with("## `[[protocol]]`"), "{text}");
        assert!(text.contains("`ramp_to`") && !text.contains("`medium`"), "{text}");
        assert_eq!(keys_of("no such table"), None);
    }
}
