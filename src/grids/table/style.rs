//! What parts the columns of a text, and how its numbers are written.

use super::super::read::Fault;

/// Lines with numbers that are looked at to find out.
const LOOKED_AT: usize = 200;

/// What stands for "no value" in files.
const BLANK: &[&str] = &[
    "",
    "-",
    "--",
    "nan",
    "+nan",
    "-nan",
    "nan(ind)",
    "-nan(ind)",
    "1.#qnan",
    "-1.#ind",
    "1.#inf",
    "-1.#inf",
    "na",
    "n/a",
    "#n/a",
    "null",
    "none",
    "inf",
    "+inf",
    "-inf",
    "infinity",
    "-infinity",
];

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Between columns; none is white space.
    pub separator: Option<char>,
    /// Whether numbers have decimal commas.
    pub comma: bool,
}

/// A field of a line.
pub enum Field {
    Number(f64),
    Blank,
    Other,
}

/// Whether a line is a remark.
pub fn remark(line: &str) -> bool {
    line.trim_start_matches(['\u{feff}', ' ', '\t'])
        .starts_with(['#', '%', '!'])
}

/// Whether a line is a rule ("-----"), or says of a zone how many points it has (Tecplot).
pub fn bare(line: &str) -> bool {
    let line = line.trim();
    let rule = line.len() > 3
        && line
            .chars()
            .all(|c| matches!(c, '-' | '=' | '+' | '_' | '|' | ' '));
    let upper = line.get(..5).map(str::to_uppercase);
    rule || upper.is_some_and(|u| u.starts_with("ZONE ") || u.starts_with("TITLE"))
}

/// Whether a number with a comma could be one of thousands: "1,250", but not "0,125".
pub fn thousands(text: &str) -> bool {
    let plain = text.trim_start_matches(['+', '-']);
    let mut parts = plain.split(',');
    let first = parts.next().unwrap_or("");
    let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    let mut rest = parts.peekable();
    rest.peek().is_some()
        && (1..=3).contains(&first.len())
        && digits(first)
        && !first.starts_with('0')
        && rest.all(|p| p.len() == 3 && digits(p))
}

impl Style {
    /// The style of a text, by its lines with numbers.
    pub fn find(text: &str, comma: Option<bool>) -> Result<Self, Fault> {
        let lines: Vec<&str> = text
            .lines()
            .filter(|l| !remark(l) && !bare(l) && l.chars().any(|c| c.is_ascii_digit()))
            .take(LOOKED_AT)
            .collect();
        let decimals: &[bool] = match comma {
            Some(true) => &[true],
            Some(false) => &[false],
            None => &[false, true],
        };
        let mut fields = Vec::new();
        let mut best: Option<(usize, Self)> = None;
        for separator in [Some(';'), Some('\t'), Some(','), None] {
            for comma in decimals {
                let style = Self {
                    separator,
                    comma: *comma,
                };
                // an unquoted comma cannot be both
                if separator == Some(',') && *comma && !lines.iter().any(|l| l.contains('"')) {
                    continue;
                }
                let data = lines.iter().filter(|l| style.is_data(l, &mut fields)).count();
                // of several the first: a separator beats white space around it, a point a comma that is in no number
                if data > 0 && best.is_none_or(|(most, _)| data > most) {
                    best = Some((data, style));
                }
            }
        }
        best.map(|b| b.1)
            .ok_or_else(|| Fault::plain("no line has numbers in columns, parted by commas, semicolons, tabs or blanks: it is not a table of points"))
    }

    /// Whether a line has numbers in columns, and little else.
    pub fn is_data<'a>(&self, line: &'a str, fields: &mut Vec<&'a str>) -> bool {
        self.split(line, fields);
        let (mut numbers, mut blank) = (0, 0);
        for field in fields.iter() {
            match self.number(field) {
                Field::Number(_) => numbers += 1,
                Field::Blank => blank += 1,
                Field::Other => {}
            }
        }
        fields.len() >= 4 && (numbers >= 4 || (numbers >= 2 && numbers + blank == fields.len()))
    }

    /// The fields of a line, without quotes and blanks around them.
    pub fn split<'a>(&self, line: &'a str, out: &mut Vec<&'a str>) {
        out.clear();
        let clean = |s: &'a str| s.trim().trim_matches('"').trim();
        let Some(separator) = self.separator else {
            out.extend(line.split_whitespace().map(clean));
            return;
        };
        if !line.contains('"') {
            out.extend(line.split(separator).map(str::trim));
            return;
        }
        let (mut quoted, mut start) = (false, 0);
        for (i, c) in line.char_indices() {
            if c == '"' {
                quoted = !quoted;
            } else if c == separator && !quoted {
                out.push(clean(&line[start..i]));
                start = i + c.len_utf8();
            }
        }
        out.push(clean(&line[start..]));
    }

    /// What a field is.
    pub fn number(&self, text: &str) -> Field {
        let read = |plain: &str| match plain.parse::<f64>() {
            Ok(x) if x.is_finite() => Some(x),
            _ => None,
        };
        // by far the most fields are plain numbers
        let last = text
            .bytes()
            .last()
            .is_some_and(|b| b.is_ascii_digit() || b == b'.');
        if last {
            let found = if self.comma && text.contains(',') {
                let one = text.matches(',').count() == 1 && !text.contains('.');
                let spoilt = !one || text.ends_with(['.', ',']);
                (!spoilt).then(|| text.replace(',', ".")).and_then(|t| read(&t))
            } else if self.comma && text.contains('.') {
                None
            } else {
                read(text)
            };
            let odd = || {
                let plain = text.replace('\u{2212}', "-").replace(['d', 'D'], "e");
                let fortran = !self.comma
                    && plain
                        .bytes()
                        .next()
                        .is_some_and(|b| b"+-.0123456789".contains(&b));
                if fortran { read(&plain) } else { None }
            };
            if let Some(x) = found.or_else(odd) {
                return Field::Number(x);
            }
        }
        if BLANK.contains(&text.to_ascii_lowercase().as_str()) {
            Field::Blank
        } else {
            Field::Other
        }
    }

    /// The titles of a line above `count` columns.
    pub fn titles(&self, line: &str, count: usize) -> Vec<String> {
        let line = line.trim_start_matches('\u{feff}').trim_start();
        let line = line.trim_start_matches(['%', '#', '!']).trim();
        let tecplot = line
            .get(..9)
            .filter(|v| v.eq_ignore_ascii_case("VARIABLES"))
            .and_then(|_| line.split_once('='));
        let line = tecplot.map_or(line, |(_, names)| names.trim());
        let mut ways: Vec<Vec<String>> = Vec::new();
        for separator in [self.separator, Some('\t'), Some(';'), Some(',')]
            .into_iter()
            .flatten()
        {
            let style = Self {
                separator: Some(separator),
                ..*self
            };
            let mut fields = Vec::new();
            style.split(line, &mut fields);
            ways.push(fields.into_iter().map(str::to_owned).collect());
        }
        ways.push(wide(line));
        ways.push(words(line));
        let fits = ways.iter().position(|w| w.len() == count);
        let most = || (0..ways.len()).max_by_key(|i| ways[*i].len()).unwrap_or(0);
        // with a separator its fields count, however many
        let own = if self.separator.is_some() { 0 } else { most() };
        ways.swap_remove(fits.unwrap_or(own))
    }

    /// For people.
    pub fn told(&self) -> String {
        let between = match self.separator {
            Some(';') => "semicolons",
            Some('\t') => "tabs",
            Some(_) => "commas",
            None => "blanks",
        };
        let decimal = if self.comma { ", decimal commas" } else { "" };
        format!("{between} between{decimal}")
    }
}

/// Titles with two blanks and more between them.
fn wide(line: &str) -> Vec<String> {
    let parts = line.split("  ").map(str::trim).filter(|p| !p.is_empty());
    parts.map(|p| p.trim_matches('"').to_owned()).collect()
}

/// Titles with one blank between them: quoted ones as a whole, and units with what they are of.
fn words(line: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    if line.contains('"') {
        return line
            .split('"')
            .map(|p| p.trim_matches([' ', ',', '\t']))
            .filter(|p| !p.is_empty())
            .map(str::to_owned)
            .collect();
    }
    let mut open = false;
    for word in line.split_whitespace() {
        match out.last_mut() {
            Some(last) if open || word.starts_with(['[', '(']) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => out.push(word.to_owned()),
        }
        let all = out.last().map_or("", String::as_str);
        open = all.matches(['[', '(']).count() > all.matches([']', ')']).count();
    }
    out
}
