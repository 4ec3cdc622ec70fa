//! What people write that is not TOML, and the line that they may have meant.

/// A line as it may have been meant.
pub struct Repair {
    /// As it may have been meant.
    pub line: String,
    /// What was wrong.
    pub label: Option<&'static str>,
    /// What to write instead, shown in full.
    pub write: Option<String>,
}

/// The name in the brackets of a line that begins a table.
pub fn header(line: &str) -> Option<&str> {
    let line = line.trim().strip_prefix('[')?.trim_start_matches('[');
    Some(line.split(']').next().unwrap_or(line).trim())
}

/// Ways in which a line may have been meant.
pub fn repairs(line: &str) -> Vec<Repair> {
    let mut all = Vec::new();
    let mut add = |line: String, label: Option<&'static str>, write: Option<String>| {
        all.push(Repair { line, label, write });
    };
    let quotes = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}', '\u{2033}'];
    if line.contains(quotes) {
        let plain = line.replace(quotes, "\"");
        let write = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        add(plain, Some("these quotes are not plain ones (\")"), Some(write));
    }
    let trimmed = line.trim_start();
    if ["//", ";", "%", "--", "/*", "!"]
        .iter()
        .any(|c| trimmed.starts_with(c))
    {
        add(format!("#{line}"), Some("a comment begins with #"), None);
    }
    if let Some(name) = header(line) {
        let (open, close) = if trimmed.starts_with("[[") {
            ("[[", "]]")
        } else {
            ("[", "]")
        };
        let name = name.split('#').next().unwrap_or(name).trim();
        add(format!("{open}{name}{close}"), None, None);
        let quoted = name
            .split('.')
            .map(|part| key(part.trim()))
            .collect::<Vec<_>>()
            .join(".");
        let write = format!("{open}{quoted}{close}");
        add(
            write.clone(),
            Some("a name with a blank in it needs quotes"),
            Some(write),
        );
    }
    if let Some(quoted) = quoted_keys(line) {
        let names: Vec<String> = quoted.1;
        let write = Some(format!("{} = ...", names.join(" = ..., ")));
        add(quoted.0, Some("a name with a blank in it needs quotes"), write);
    }
    if let Some((name, value)) = statement(line, '=') {
        values(name, value, &mut add);
    } else if let Some((name, value)) = statement(line, ':') {
        let whole = format!("{} = {}", name.trim_end(), value.trim());
        let write = whole.trim().to_owned();
        add(
            whole,
            Some("a key and its value have `=` between them"),
            Some(write),
        );
        values(name, value, &mut |line, _, write| {
            add(line, Some("a key and its value have `=` between them"), write);
        });
    }
    all
}

/// Ways to mend the value of a statement.
fn values(name: &str, value: &str, add: &mut dyn FnMut(String, Option<&'static str>, Option<String>)) {
    let (value, comment) = match value.find('#') {
        Some(i) => (value[..i].trim(), &value[i..]),
        None => (value.trim().trim_end_matches(';').trim(), ""),
    };
    let with = |v: &str| format!("{name} = {v} {comment}").trim_end().to_owned();
    let shown = |v: &str| Some(format!("{} = {v}", name.trim()));
    if value.is_empty() {
        return;
    }
    let lower = value.to_lowercase();
    if ["true", "false"].contains(&lower.as_str()) {
        add(
            with(&lower),
            Some("write true and false in lower case"),
            shown(&lower),
        );
    }
    add(with(value), Some("nothing may follow the value"), shown(value));
    let digit = value
        .trim_start_matches(['+', '-'])
        .starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    let bare: String = value
        .replace(['"', '\''], " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let text = toml::Value::String(bare.clone()).to_string();
    if digit && bare.contains(',') {
        // by a point if there are no groups of digits in it
        let point = if decimal_comma(&bare) {
            toml::Value::String(bare.replacen(',', ".", 1)).to_string()
        } else {
            text.clone()
        };
        let label = "TOML has no decimal comma, and a value with a unit needs quotes";
        add(with(&point), Some(label), shown(&point));
    }
    let label = match value.matches(['"', '\'']).count() {
        _ if value.contains('\\') => {
            "a backslash in text between \" begins a special character; single quotes take it as it is"
        }
        0 if digit => "a number with a unit has to be in quotes",
        0 => "text has to be in quotes",
        1 => "there is only one quote",
        _ => "all of the value belongs inside the quotes",
    };
    if !value.starts_with(['{', '[']) {
        add(with(&text), Some(label), shown(&text));
    }
}

/// Whether a number has a comma for its point: "45,5" and "0,125", but not "1,500", which may be fifteen hundred.
fn decimal_comma(text: &str) -> bool {
    let mut parts = text.trim_start_matches(['+', '-']).split(',');
    let (Some(whole), Some(part), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let digits = part.bytes().take_while(u8::is_ascii_digit).count();
    let plain = whole.bytes().all(|c| c.is_ascii_digit());
    plain && digits > 0 && (digits != 3 || whole == "0" || whole.len() > 3)
}

/// Key and value of a line.
fn statement(line: &str, sign: char) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(sign)?;
    let bare = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'' | ' ' | '\t');
    (!name.trim().is_empty() && name.chars().all(bare)).then_some((name, value))
}

/// A key as TOML takes it.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.starts_with(['"', '\'']) || !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        toml::Value::String(name.to_owned()).to_string()
    }
}

/// The line with quotes around those of its keys that need them, and these keys; nothing if none does.
fn quoted_keys(line: &str) -> Option<(String, Vec<String>)> {
    let (mut out, mut names) = (String::new(), Vec::new());
    // what may be a key, since the last `{` or `,` that is in no text
    let mut candidate = String::new();
    let mut text = None;
    for (i, c) in line.char_indices() {
        match (text, c) {
            (None, '#') => {
                candidate.push_str(&line[i..]);
                break;
            }
            (None, '=') => {
                let name = candidate.trim();
                let quoted = key(name);
                if quoted != name && !name.is_empty() && !name.contains(['.', '"', '\'', '[', ']']) {
                    candidate = candidate.replace(name, &quoted);
                    names.push(quoted);
                }
                out.push_str(&std::mem::take(&mut candidate));
                out.push('=');
            }
            (None, '{' | ',') => {
                out.push_str(&std::mem::take(&mut candidate));
                out.push(c);
            }
            (None, '"' | '\'') => {
                text = Some(c);
                candidate.push(c);
            }
            (Some(q), c) => {
                text = if c == q { None } else { text };
                candidate.push(c);
            }
            (None, c) => candidate.push(c),
        }
    }
    out.push_str(&candidate);
    (!names.is_empty()).then_some((out, names))
}
