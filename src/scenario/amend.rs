//! A scene's text with some values changed from outside, `sample.haematocrit=35 %`, before it is checked. What is wrong with a value that
//! was changed has its place in the option, everything else where it stands in the file.

use super::problem::{Problem, render};
use super::{keys, reference, spec};
use crate::Error;
use crate::library::near;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A text with what was changed in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Amended {
    /// As it is to be checked.
    pub text: String,
    original: String,
    /// In the order in which they were made.
    changes: Vec<Change>,
    /// The options so far, each with its path.
    set: Vec<(String, Vec<Step>)>,
}

/// Bytes of a text that became others.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    before: Range<usize>,
    /// How many they are now.
    now: usize,
    /// Where in them the value begins.
    value: usize,
    /// The option as it was given, and where its value begins.
    option: (String, usize),
}

/// A key, or a place in a list.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

/// Where a span lies.
enum Home {
    /// In the text as it was.
    Text(Range<usize>),
    /// In the option of this change.
    Option(usize, Range<usize>),
}

impl Amended {
    /// Nothing is changed yet.
    pub fn new(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        Self {
            original: text.clone(),
            text,
            changes: Vec::new(),
            set: Vec::new(),
        }
    }

    /// Changes the value at `path`, such as `protocol[1].hold`; `said` is the option as it was given. A value that is none in TOML is
    /// text, so that a quantity needs no quotes.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no path, or no place in this scene.
    pub fn set(&mut self, said: &str, path: &str, value: &str) -> Result<(), Error> {
        let wrong = |what: String| Error::Input(format!("{said}: {what}"));
        let steps = steps(path).map_err(wrong)?;
        if let Some((twice, _)) = self.set.iter().find(|(_, s)| *s == steps) {
            return Err(Error::Input(format!(
                "{twice} and {said} set the same value; give one of them"
            )));
        }
        let value = literal(value);
        let (document, _) = DeTable::parse_recoverable(&self.text);
        elsewhere(document.get_ref(), &steps).map_err(wrong)?;
        other_form(document.get_ref(), &steps).map_err(wrong)?;
        let (before, new, at) = place(document.get_ref(), &self.text, &steps, &value).map_err(wrong)?;
        self.text.replace_range(before.clone(), &new);
        let begin = said
            .rfind('=')
            .map_or(said.len(), |_| said.find('=').unwrap_or(0) + 1);
        let begin = if said.contains('=') {
            begin
        } else {
            said.rfind(' ').map_or(0, |i| i + 1)
        };
        self.changes.push(Change {
            before,
            now: new.len(),
            value: at,
            option: (said.to_owned(), begin),
        });
        self.set.push((said.to_owned(), steps));
        Ok(())
    }

    /// True if nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    fn home(&self, span: &Range<usize>) -> Home {
        let (mut start, mut end) = (span.start, span.end);
        for (i, c) in self.changes.iter().enumerate().rev() {
            let now = c.before.start..c.before.start + c.now;
            if now.contains(&start) {
                let (said, begin) = &c.option;
                let from = (begin + start.saturating_sub(now.start + c.value)).min(said.len());
                let to = (from + (end - start)).clamp(from, said.len());
                let boundary = |mut at: usize| {
                    while !said.is_char_boundary(at) {
                        at -= 1;
                    }
                    at
                };
                return Home::Option(i, boundary(from)..boundary(to));
            }
            let back = |at: usize| {
                if at >= now.end {
                    at - c.now + c.before.len()
                } else {
                    at.min(now.start)
                }
            };
            (start, end) = if start >= now.end {
                (back(start), back(end))
            } else {
                (
                    start,
                    if end > now.start {
                        back(end).max(start)
                    } else {
                        end
                    },
                )
            };
        }
        Home::Text(start..end)
    }

    /// As [`super::render`], with every problem where the person wrote what it is about.
    pub fn render(&self, name: &str, problems: &[Problem], colour: bool) -> String {
        let mut here = Vec::new();
        let mut there: Vec<(usize, Problem)> = Vec::new();
        for p in problems {
            let mut p = p.clone();
            match self.home(&p.span) {
                Home::Text(span) => {
                    p.span = span;
                    here.push(p);
                }
                Home::Option(i, span) => {
                    p.span = span;
                    there.push((i, p));
                }
            }
        }
        let mut parts = vec![render(name, &self.original, &here, colour)];
        for (i, p) in there {
            parts.push(render("command line", &self.changes[i].option.0, &[p], colour));
        }
        parts.retain(|p| !p.is_empty());
        parts.join("\n\n")
    }
}

/// `sample.cells."a b".parcels`, `protocol[1].hold`.
fn steps(path: &str) -> Result<Vec<Step>, String> {
    let no = || {
        format!("`{path}` is not a path to a value; write for example sample.haematocrit or protocol[0].hold")
    };
    let mut out = Vec::new();
    let mut rest = path.trim();
    loop {
        let key = if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').ok_or_else(no)?;
            rest = &quoted[end + 1..];
            &quoted[..end]
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let key = &rest[..end];
            rest = &rest[end..];
            key.trim()
        };
        if key.is_empty() {
            return Err(no());
        }
        out.push(Step::Key(key.to_owned()));
        while let Some(inside) = rest.strip_prefix('[') {
            let end = inside.find(']').ok_or_else(no)?;
            out.push(Step::Index(inside[..end].trim().parse().map_err(|_| no())?));
            rest = &inside[end + 1..];
        }
        if rest.is_empty() {
            return Ok(out);
        }
        rest = rest.strip_prefix('.').ok_or_else(no)?;
    }
}

/// Refuses a path that begins with a key of another table, and names the paths that may have been meant.
fn elsewhere(root: &DeTable<'_>, steps: &[Step]) -> Result<(), String> {
    let Some(Step::Key(first)) = steps.first() else {
        return Ok(());
    };
    if keys::SCENE.key(first).is_some() {
        return Ok(());
    }
    if !root.contains_key(first.as_str())
        && let Some(help) = near(first, keys::SCENE.names())
            .map(|n| key(&n) + &words(&steps[1..]))
            .advice("")
    {
        return Err(format!("the scene itself has no key `{first}`; {help}"));
    }
    let first = spec::other_word(first).unwrap_or(first);
    let paths: Vec<String> = reference::paths_to(first)
        .into_iter()
        .flat_map(|path| in_entries(root, path))
        .collect();
    // of a duct where there is one, and of a chamber where there is one
    let there = |p: &String| root.contains_key(p.split(['.', '[']).next().unwrap_or_default());
    let paths: Vec<String> = match paths.iter().any(there) {
        true => paths.into_iter().filter(there).collect(),
        false => paths,
    };
    // tables that have names of the person's own are less likely
    let plain = paths.iter().any(|p| !p.contains("NAME"));
    let meant: Vec<String> = paths
        .into_iter()
        .filter(|p| !plain || !p.contains("NAME"))
        .map(|path| path + &words(&steps[1..]))
        .collect();
    match meant.as_slice() {
        [] => Ok(()),
        [one] => Err(format!(
            "the scene itself has no key `{first}`; did you mean {one}?"
        )),
        all => Err(format!(
            "the scene itself has no key `{first}`; name the table that it is in: {}",
            all.join(", ")
        )),
    }
}

/// Refuses a key in an entry of a list that says the other of two things already, `hold` in a step that brakes: it is the number of the
/// entry that is wrong.
fn other_form(root: &DeTable<'_>, steps: &[Step]) -> Result<(), String> {
    let [Step::Key(list), Step::Index(i), Step::Key(name)] = steps else {
        return Ok(());
    };
    let forms = match keys::SCENE.key(list).map(|k| &k.kind) {
        Some(spec::Kind::Tables(spec)) => spec.forms,
        _ => return Ok(()),
    };
    let Some(DeValue::Array(entries)) = root.get(list.as_str()).map(Spanned::get_ref) else {
        return Ok(());
    };
    let of = |key: &str| forms.iter().position(|form| form.contains(&key));
    let there = entries
        .get(*i)
        .and_then(|e| forms.iter().flat_map(|f| f.iter()).find(|k| has(e, k)));
    match (of(name), there) {
        (Some(asked), Some(key)) if of(key) != Some(asked) => {
            let having: Vec<String> = (0..entries.len())
                .filter(|i| has(&entries[*i], name))
                .map(|i| format!("{list}[{i}].{name}"))
                .collect();
            let meant = match having.as_slice() {
                [] => String::new(),
                all => format!("; did you mean {}?", all.join(" or ")),
            };
            Err(format!(
                "{list}[{i}] has `{key}`, and not `{name}`. Counting starts at 0{meant}"
            ))
        }
        _ => Ok(()),
    }
}

/// A path to a key of a list's first entry, as one to each entry that has the key already, or else as it is.
fn in_entries(root: &DeTable<'_>, path: String) -> Vec<String> {
    if let Some((list, name)) = path.split_once("[0].")
        && let Some(DeValue::Array(entries)) = root.get(list).map(Spanned::get_ref)
    {
        let having: Vec<String> = (0..entries.len())
            .filter(|i| has(&entries[*i], name))
            .map(|i| format!("{list}[{i}].{name}"))
            .collect();
        if !having.is_empty() {
            return having;
        }
    }
    vec![path]
}

/// Whether an entry of a list is a table with this key.
fn has(entry: &Spanned<DeValue<'_>>, key: &str) -> bool {
    matches!(entry.get_ref(), DeValue::Table(t) if t.contains_key(key))
}

/// Steps behind others, as they are written.
fn words(steps: &[Step]) -> String {
    steps
        .iter()
        .map(|step| match step {
            Step::Key(name) => format!(".{}", key(name)),
            Step::Index(n) => format!("[{n}]"),
        })
        .collect()
}

/// A value as TOML.
fn literal(value: &str) -> String {
    // one that is too large for TOML is a number all the same
    let digits = value.trim().strip_prefix(['+', '-']).unwrap_or(value.trim());
    if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) && !digits.starts_with('0') {
        return value.trim().to_owned();
    }
    let alone = format!("v = {value}");
    let one_line = !value.contains(['\n', '\r', '#']);
    match alone.parse::<toml::Table>() {
        Ok(table) if one_line && table.len() == 1 => value.trim().to_owned(),
        _ => toml::Value::String(value.to_owned()).to_string(),
    }
}

fn key(name: &str) -> String {
    let bare = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare {
        name.to_owned()
    } else {
        toml::Value::String(name.to_owned()).to_string()
    }
}

/// Which bytes become what, and where in that the value begins.
fn place(
    root: &DeTable<'_>,
    text: &str,
    steps: &[Step],
    value: &str,
) -> Result<(Range<usize>, String, usize), String> {
    let mut table = root;
    // of the table: none for the whole text
    let mut span: Option<Range<usize>> = None;
    let mut i = 0;
    loop {
        let Some(Step::Key(name)) = steps.get(i) else {
            return Err("a table of a list has keys; name one of them".into());
        };
        let Some(found) = table.get(name.as_str()) else {
            return insert(span, text, &steps[i..], value);
        };
        let mut found = found;
        i += 1;
        while let Some(Step::Index(n)) = steps.get(i) {
            let DeValue::Array(list) = found.get_ref() else {
                return Err(format!("`{name}` is not a list"));
            };
            found = list.get(*n).ok_or_else(|| {
                format!(
                    "`{name}` has {} entries, the first of which is {name}[0]",
                    list.len()
                )
            })?;
            i += 1;
        }
        let here = found.span();
        let shown = text.get(here.clone()).unwrap_or("");
        if i == steps.len() {
            let whole = match found.get_ref() {
                DeValue::Table(_) => shown.starts_with('{'),
                DeValue::Array(_) => shown.starts_with('[') && !shown.starts_with("[["),
                _ => true,
            };
            return match whole {
                true => Ok((here, value.to_owned(), 0)),
                false => Err(format!("`{name}` is a table; name a key of it")),
            };
        }
        if let (DeValue::Array(list), Some(Step::Key(next))) = (found.get_ref(), steps.get(i)) {
            return Err(entries(name, list, next, &words(&steps[i..])));
        }
        let DeValue::Table(inner) = found.get_ref() else {
            return Err(format!("`{name}` is not a table, so there are no keys in it"));
        };
        (table, span) = (inner, Some(here));
    }
}

/// Which entries of a list may have been meant, where none is named: those that have the key `next`, or else all.
fn entries(name: &str, list: &[Spanned<DeValue<'_>>], next: &str, rest: &str) -> String {
    let any = list.iter().any(|v| has(v, next));
    let paths: Vec<String> = (0..list.len())
        .filter(|i| !any || has(&list[*i], next))
        .map(|i| format!("{name}[{i}]{rest}"))
        .collect();
    match paths.as_slice() {
        [one] => format!("`{name}` is a list; did you mean {one}?"),
        all => format!("`{name}` is a list; name one of its entries: {}", all.join(", ")),
    }
}

/// Adds a key to the table that begins at `span`.
fn insert(
    span: Option<Range<usize>>,
    text: &str,
    steps: &[Step],
    value: &str,
) -> Result<(Range<usize>, String, usize), String> {
    let mut names = Vec::new();
    for step in steps {
        match step {
            Step::Key(name) => names.push(key(name)),
            Step::Index(_) => return Err("there is no such list in the scene".into()),
        }
    }
    let head = format!("{} = ", names.join("."));
    let Some(span) = span else {
        return Ok((0..0, format!("{head}{value}\n"), head.len()));
    };
    let shown = text.get(span.clone()).unwrap_or("");
    if shown.starts_with('{') {
        let inside = shown
            .trim_start_matches('{')
            .trim_end_matches('}')
            .trim()
            .trim_end_matches(',');
        let end = if inside.is_empty() { "" } else { ", " };
        let at = span.start + 1;
        return Ok((at..at, format!(" {head}{value}{end}"), 1 + head.len()));
    }
    if shown.starts_with('[') {
        let at = text[span.end..].find('\n').map(|i| span.end + i + 1);
        return Ok(match at {
            Some(at) => (at..at, format!("{head}{value}\n"), head.len()),
            None => (
                text.len()..text.len(),
                format!("\n{head}{value}\n"),
                1 + head.len(),
            ),
        });
    }
    Err("that table is written with dotted keys; add the key in the scene itself".into())
}

/// The files that a scene names, as they stand in it, and where: paths for [`Amended::set`].
pub fn files(text: &str) -> Vec<(String, String)> {
    fn walk(value: &DeValue<'_>, path: &str, out: &mut Vec<(String, String)>) {
        match value {
            DeValue::Table(t) => table(t, path, out),
            DeValue::Array(list) => {
                for (i, v) in list.iter().enumerate() {
                    walk(v.get_ref(), &format!("{path}[{i}]"), out);
                }
            }
            _ => {}
        }
    }
    fn table(t: &DeTable<'_>, path: &str, out: &mut Vec<(String, String)>) {
        for (name, v) in t.iter() {
            let path = if path.is_empty() {
                key(name.get_ref())
            } else {
                format!("{path}.{}", key(name.get_ref()))
            };
            match v.get_ref() {
                DeValue::String(file) if name.get_ref() == "file" => out.push((path, file.to_string())),
                other => walk(other, &path, out),
            }
        }
    }
    let mut out = Vec::new();
    let (document, _) = DeTable::parse_recoverable(text.strip_prefix('\u{feff}').unwrap_or(text));
    table(document.get_ref(), "", &mut out);
    out
}

#[cfg(test)]
#[path = "amend_tests.rs"]
mod tests;
