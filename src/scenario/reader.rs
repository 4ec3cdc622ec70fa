//! Walks a parsed TOML document along the description of the format, and reports all that does not fit.

use super::needs::{forms, needs, wishes};
use super::node::{Entry, Node, Span, Value};
use super::problem::Problems;
use super::quantity::Wanted;
use super::spec::{Bounds, Key, Kind, Later, Need, Table, quoted};
use crate::library::{self, Meant, near};
use crate::plain;
use crate::units::{self, Dimension};
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a table; `place` is its name for messages, empty for the scene itself.
pub fn table(
    spec: &'static Table,
    raw: &DeTable<'_>,
    span: &Span,
    place: &str,
    problems: &mut Problems<'_>,
) -> Node {
    let mut node = Node {
        span: span.clone(),
        values: BTreeMap::new(),
        attempts: Vec::new(),
        twins: Vec::new(),
    };
    let first = problems.len();
    for (key, _) in raw {
        let name = key.get_ref().as_ref();
        if spec.key(name).is_none() {
            node.attempts
                .extend(unknown_key(spec, name, &key.span(), place, problems));
        }
    }
    for (key, value) in raw {
        let Some(known) = spec.key(key.get_ref().as_ref()) else {
            continue;
        };
        let before = problems.len();
        let name = key.get_ref().as_ref();
        if let Kind::Later(wish) = &known.kind {
            later(wish, &format!("`{}`", path(place, name)), &key.span(), problems);
            node.attempts.push(known.name);
        } else if let Some(v) = read(&known.kind, value, &path(place, name), problems) {
            let v = as_written(known, name, v);
            node.twins
                .extend(known.twin.filter(|t| t.0 == name).map(|t| (known.name, t)));
            // names of its own of which some could not be read
            let holes =
                matches!((&v, value.get_ref()), (Value::Map(m), DeValue::Table(t)) if m.len() < t.len());
            node.attempts.extend(holes.then_some(known.name));
            if let Some((other, _, _)) = node.values.insert(known.name, (value.span(), v, true)) {
                twice(known, name, &key.span(), &other, problems);
            }
        } else {
            node.attempts.push(known.name);
        }
        if node.attempted(known.name) {
            // a misspelt table of this name may hold the rest
            problems.forget_absences(before);
        }
    }
    for key in spec.keys {
        if let Need::Default(toml) = key.need
            && !key.names().any(|n| raw.contains_key(n))
            && let Some(v) = default(&key.kind, toml)
        {
            node.values.insert(key.name, (span.clone(), v, false));
        }
    }
    if wishes(spec, raw) {
        // what else belongs to something that is not there nobody knows
        problems.forget_unknown(first);
        return node;
    }
    let missing = needs(spec, raw, &node, place, problems);
    forms(spec, raw, &node, place, problems);
    // what follows from their absence has been said
    node.attempts.extend(missing);
    node
}

/// The value that a default stands for. The description's own tests see to it that there is one.
pub fn default(kind: &'static Kind, toml: &str) -> Option<Value> {
    let parsed = DeValue::parse(toml).ok()?;
    let mut problems = Problems::new(toml);
    let value = read(kind, &parsed, "", &mut problems);
    if problems.any_errors() { None } else { value }
}

/// A value that was written under a key's other name, as the key means it.
fn as_written(key: &Key, name: &str, value: Value) -> Value {
    match (key.twin, value) {
        (Some((twin, factor)), Value::Quantity(q)) if twin == name => Value::Quantity(units::Quantity {
            value: q.value * factor,
            ..q
        }),
        (_, value) => value,
    }
}

/// One thing under both of its names.
fn twice(key: &Key, name: &str, here: &Span, other: &Span, problems: &mut Problems<'_>) {
    let (line, _) = problems.line_and_column(other);
    problems
        .error(
            here,
            format!("`{name}` repeats line {line}"),
            format!("only one of {} is taken", key.named()),
        )
        .help("remove one of the two");
}

pub(super) fn path(place: &str, name: &str) -> String {
    if place.is_empty() {
        name.to_owned()
    } else {
        format!("{place}.{name}")
    }
}

/// "[sample]", or "the scene".
pub(super) fn called(place: &str) -> String {
    if place.is_empty() {
        "the scene".into()
    } else {
        format!("[{place}]")
    }
}

/// Whether a number looks like one with points between groups of three digits: 100.000.
fn thousands(text: &str) -> bool {
    let mut groups = text.split('.');
    let first = groups
        .next()
        .is_some_and(|g| (1..=3).contains(&g.len()) && !g.starts_with('0'));
    let rest = groups.next().is_some_and(|g| g.len() == 3) && groups.next().is_none();
    first && rest && text.bytes().all(|c| c.is_ascii_digit() || c == b'.')
}

/// Complains, and gives back the keys that may have been meant.
fn unknown_key(
    spec: &Table,
    name: &str,
    span: &Span,
    place: &str,
    problems: &mut Problems<'_>,
) -> Vec<&'static str> {
    let other = super::spec::other_word(name).filter(|k| spec.key(k).is_some());
    let meant = match other {
        Some(key) => Meant::OneOf(vec![key.to_owned()]),
        None => near(name, spec.names()),
    };
    let problem = problems.error(
        span,
        format!("unknown key `{name}` in {}", called(place)),
        "not a key of this table",
    );
    problem.unknown = true;
    match meant.advice("`") {
        Some(help) => problem.help(help),
        None => problem.help(format!(
            "its keys are {}",
            spec.names().collect::<Vec<_>>().join(", ")
        )),
    };
    spec.names()
        .filter(|n| meant.names().iter().any(|m| m == n))
        .collect()
}

fn later(wish: &Later, name: &str, span: &Span, problems: &mut Problems<'_>) {
    let label = format!("{} will come later", wish.what);
    // several keys may ask for the same
    if !problems.said(&label) {
        problems
            .error(span, format!("{name} is not supported yet"), label)
            .help(wish.way);
    }
}

/// Reads one value; nothing if it does not fit, which has then been reported.
fn read(
    kind: &'static Kind,
    raw: &Spanned<DeValue<'_>>,
    place: &str,
    problems: &mut Problems<'_>,
) -> Option<Value> {
    let span = raw.span();
    let value = raw.get_ref();
    match (kind, value) {
        (Kind::Text, DeValue::String(s)) => match control(s) {
            None => Some(Value::Text(s.to_string())),
            Some(c) => {
                problems
                    .error(
                        &span,
                        format!("`{place}` holds the control character U+{:04X}", c as u32),
                        "plain text is needed",
                    )
                    .help("it would act on the terminal instead of being shown");
                None
            }
        },
        (Kind::Bool, DeValue::Boolean(b)) => Some(Value::Bool(*b)),
        (Kind::Integer(low, high), DeValue::Integer(i)) => match i64::from_str_radix(i.as_str(), i.radix()) {
            Ok(i) if (*low..=*high).contains(&i) => Some(Value::Integer(i)),
            _ => {
                let limits = if *high == i64::MAX && !i.as_str().starts_with('-') {
                    format!("has to be at most {high}")
                } else if *high == i64::MAX {
                    format!("has to be {low} or more")
                } else {
                    format!("has to lie between {low} and {high}")
                };
                problems.error(&span, format!("`{place}` is out of range"), limits);
                None
            }
        },
        // 100.000 is a hundred in some countries, and a hundred thousand in others
        (Kind::Integer(..), DeValue::Float(f)) if thousands(f.as_str()) => {
            let digits: String = f.as_str().chars().filter(char::is_ascii_digit).collect();
            let short = f.as_str().split('.').next().unwrap_or_default();
            problems
                .error(
                    &span,
                    format!("`{place}` can be read in two ways"),
                    "a whole number is needed",
                )
                .help(format!("write {short} or {digits}, whichever is meant"));
            None
        }
        // 1e5: whole, and exact
        (Kind::Integer(low, high), DeValue::Float(_))
            if number(value).is_some_and(|x| {
                x.fract() == 0.0 && x.abs() < 9e15 && (*low..=*high).contains(&(x as i64))
            }) =>
        {
            number(value).map(|x| Value::Integer(x as i64))
        }
        (Kind::Number(low, high), DeValue::Integer(_) | DeValue::Float(_)) => {
            let x = number(value).unwrap_or(f64::NAN);
            if (*low..=*high).contains(&x) {
                return Some(Value::Number(x));
            }
            problems.error(
                &span,
                format!("`{place}` is out of range"),
                format!("has to lie between {low} and {high}"),
            );
            None
        }
        (Kind::Quantity(dimensions, bounds), DeValue::String(s)) => wanted(dimensions, *bounds, place)
            .read(s, &span, problems)
            .map(Value::Quantity),
        (Kind::Quantity(dimensions, bounds), DeValue::Integer(_) | DeValue::Float(_)) => {
            wanted(dimensions, *bounds, place).bare(number(value), &span, problems);
            None
        }
        (Kind::Colour, DeValue::String(s)) => library::colour(s).map(Value::Colour).or_else(|| {
            problems.error(&span, format!("`{place}` is not a colour"), kind.expected());
            None
        }),
        (Kind::Choice(words, coming), DeValue::String(s)) => choice(words, coming, s, &span, place, problems),
        (Kind::Table(spec), DeValue::Table(t)) => Some(Value::Table(table(spec, t, &span, place, problems))),
        (Kind::Tables(spec), DeValue::Array(items)) => {
            if items.is_empty() {
                problems.error(
                    &span,
                    format!("`{place}` is empty"),
                    "at least one entry is needed",
                );
            }
            let mut nodes = Vec::new();
            for item in items.iter() {
                match item.get_ref() {
                    DeValue::Table(t) => nodes.push(table(spec, t, &item.span(), place, problems)),
                    other => misfit(kind, other, &item.span(), place, problems),
                }
            }
            Some(Value::Tables(nodes))
        }
        (Kind::List(inner, low, high), DeValue::Array(items)) => {
            if !(*low..=*high).contains(&items.len()) {
                problems.error(
                    &span,
                    format!("`{place}` is a list of {}", items.len()),
                    kind.expected() + " is needed",
                );
                return None;
            }
            let read: Vec<Option<Value>> = items
                .iter()
                .map(|item| read(inner, item, place, problems))
                .collect();
            read.into_iter().collect::<Option<Vec<_>>>().map(Value::List)
        }
        (Kind::Map(inner), DeValue::Table(t)) => {
            let mut entries: Vec<Entry> = t
                .iter()
                .filter_map(|(k, v)| {
                    let name = k.get_ref().to_string();
                    if name.chars().any(plain::obeyed) {
                        problems.error(
                            &k.span(),
                            format!("a name in [{place}] holds a control character"),
                            "a plain name is needed",
                        );
                        return None;
                    }
                    if plain::formula(&name) {
                        problems.error(
                            &k.span(),
                            format!("a name in [{place}] begins as a formula does"),
                            "a spreadsheet would compute it: begin with a letter or a digit",
                        );
                        return None;
                    }
                    let value = read(inner, v, &path(place, &name), problems)?;
                    Some(Entry {
                        name,
                        span: k.span(),
                        value_span: v.span(),
                        value,
                    })
                })
                .collect();
            // the parser sorts keys by name; people expect their own order
            entries.sort_by_key(|e| e.span.start);
            Some(Value::Map(entries))
        }
        (Kind::Either(a, b), v) => {
            let second = !written_as(a, v) && written_as(b, v);
            read(if second { b } else { a }, raw, place, problems)
        }
        (kind, other) => {
            misfit(kind, other, &span, place, problems);
            None
        }
    }
}

/// True if a value of this kind is written with the sort of value that is there.
fn written_as(kind: &Kind, value: &DeValue<'_>) -> bool {
    match kind {
        Kind::Table(_) | Kind::Map(_) => matches!(value, DeValue::Table(_)),
        Kind::Tables(_) | Kind::List(..) => matches!(value, DeValue::Array(_)),
        Kind::Bool => matches!(value, DeValue::Boolean(_)),
        Kind::Integer(..) => matches!(value, DeValue::Integer(_)),
        Kind::Number(..) => matches!(value, DeValue::Integer(_) | DeValue::Float(_)),
        Kind::Text | Kind::Quantity(..) | Kind::Colour | Kind::Choice(..) => {
            matches!(value, DeValue::String(_))
        }
        Kind::Either(a, b) => written_as(a, value) || written_as(b, value),
        Kind::Later(_) => false,
    }
}

fn wanted<'a>(dimensions: &'static [Dimension], bounds: Bounds, place: &'a str) -> Wanted<'a> {
    Wanted {
        dimensions,
        bounds,
        place,
    }
}

/// A character that is not to be shown but obeyed by a terminal; lines and tabs may be.
fn control(text: &str) -> Option<char> {
    text.chars().find(|c| plain::obeyed(*c) && !c.is_whitespace())
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(i) if i.radix() == 10 => i.as_str().replace('_', "").parse().ok(),
        DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix()).ok().map(|i| i as f64),
        DeValue::Float(f) => f.as_str().replace('_', "").parse().ok(),
        _ => None,
    }
}

fn misfit(kind: &Kind, value: &DeValue<'_>, span: &Span, place: &str, problems: &mut Problems<'_>) {
    let found = match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    let problem = problems.error(
        span,
        format!("`{place}` is {found}"),
        kind.expected() + " is needed",
    );
    if let (Kind::Tables(_), DeValue::Table(_)) = (kind, value) {
        problem.help(format!("write [[{place}]]"));
    }
}

fn choice(
    words: &'static [&'static str],
    coming: &[(&str, Later)],
    word: &str,
    span: &Span,
    place: &str,
    problems: &mut Problems<'_>,
) -> Option<Value> {
    if words.contains(&word) {
        return Some(Value::Text(word.to_owned()));
    }
    if let Some((_, what)) = coming.iter().find(|c| c.0 == word) {
        later(what, &format!("{place} = \"{word}\""), span, problems);
        return None;
    }
    let problem = problems.error(
        span,
        format!("`{place}` cannot be \"{word}\""),
        format!("{} is needed", quoted(words)),
    );
    if let Some(help) = near(word, words.iter().copied()).advice("\"") {
        problem.help(help);
    }
    None
}
