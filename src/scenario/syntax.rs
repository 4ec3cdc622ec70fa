//! Text that is not TOML: what is wrong, once for each line that is broken, and the same text with these lines mended. What the parser
//! says of other lines because of them goes away with the mending, and all that is not broken is read as if they were sound.

use super::keys;
use super::problem::Problems;
use super::repairs::{Repair, header, repairs};
use super::spec::Kind;
use std::ops::Range;
use toml::de::DeTable;

/// Most broken lines that are told: whoever has more has another file in hand.
const MOST: usize = 10;

/// Up to so many lines that are broken in the same way are told each by itself.
const FEW: usize = 3;

/// Bytes of a text of which only one broken line is looked for: each is sought in the whole text.
const LARGE: usize = 2_000_000;

/// Most lines with an open bracket that are tried for one error, the nearest first.
const CANDIDATES: usize = 20;

/// Bytes that may be parsed in all to find brackets that are not closed.
const TRIED: usize = 8_000_000;

/// A text that can be read, and what was wrong with it.
pub struct Mended {
    /// As many lines as the original.
    pub text: String,
    /// What was wrong, in the order of the lines.
    pub faults: Vec<Fault>,
    /// Whether nothing but the mended lines is in doubt.
    pub sound: bool,
}

/// A line that is not TOML.
#[derive(Debug)]
pub struct Fault {
    /// Bytes of the original text.
    pub span: Range<usize>,
    pub label: String,
    pub help: Option<String>,
    /// Which line it is, from 0.
    pub line: usize,
}

/// Finds what is wrong with `text`; nothing if it is TOML.
pub fn mend(text: &str) -> Option<Mended> {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let mut faults: Vec<Fault> = Vec::new();
    let mut now = text.to_owned();
    let mut sound = true;
    let mut tries = TRIED / text.len().max(1);
    let most = (LARGE / text.len().max(1)).clamp(1, MOST);
    for _ in 0..4 * most {
        let Some((span, message)) = first_error(&now) else {
            break;
        };
        let line = line_of(&now, span.start);
        if !sound {
            break;
        }
        if faults.len() == most {
            sound = false;
            break;
        }
        let mut fault = Fault {
            span: original(text, &now, &span),
            label: message,
            help: None,
            line,
        };
        if let Some(repair) = repaired(&lines, line) {
            lines[line] = repair.line;
            fault.label = repair.label.map_or(fault.label, str::to_owned);
            fault.help = repair.write.map(|w| format!("write {w}"));
        } else if let Some((open, closed)) = unclosed(&lines, line, &mut tries) {
            let begin = start(text, open);
            fault.span = begin..begin + lines[open].len();
            fault.label = "a bracket is not closed here".into();
            fault.line = open;
            lines[open] = closed;
        } else if let Some(list) = tables_of_a_list(&lines, line) {
            fault.label = "each of several tables has double brackets".into();
            fault.help = Some(format!("write {}", list.1));
            lines = list.0;
        } else {
            // without it; if that is no better, the end of something is missing, and the rest of the text is in it
            let all = lines.clone();
            lines[line].clear();
            if header(&all[line]).is_some() {
                let body = lines[line + 1..].iter_mut().take_while(|l| header(l).is_none());
                body.for_each(String::clear);
            }
            if first_error(&lines.join("\n")).is_some_and(|e| e.0.start <= span.start) {
                lines = all;
                sound = false;
                let quotes = ["\"\"\"", "\'\'\'"]
                    .iter()
                    .filter_map(|q| now[..span.start].rfind(q))
                    .max();
                if let Some(at) = quotes.filter(|_| fault.label.contains("multi-line")) {
                    fault.span = original(text, &now, &(at..at + 3));
                    fault.label = "the text that begins here has no end".into();
                    fault.line = line_of(&now, at);
                }
            }
        }
        // a second error in one line follows from the first, or is found when that one is mended
        if faults.iter().all(|f| f.line != fault.line) {
            faults.push(fault);
        }
        let then = lines.join("\n");
        sound &= then != now;
        now = then;
    }
    sound &= faults.is_empty() || first_error(&now).is_none();
    (!faults.is_empty()).then_some(Mended {
        text: now,
        faults,
        sound,
    })
}

/// A line up to `line` of which a bracket is open, and the same line with it closed, if that helps. The nearest ones are tried, and
/// no more than there are `tries` left.
fn unclosed(lines: &[String], line: usize, tries: &mut usize) -> Option<(usize, String)> {
    let open = lines[..=line].iter().enumerate().rev().filter_map(|(i, l)| {
        let (mut open, mut text, mut end) = (Vec::new(), None, l.len());
        for (at, c) in l.char_indices() {
            match (text, c) {
                (None, '#') => {
                    end = at;
                    break;
                }
                (None, '"' | '\'') => text = Some(c),
                (Some(q), c) if c == q => text = None,
                (None, '{') => open.push('}'),
                (None, '[') => open.push(']'),
                (None, '}' | ']') => drop(open.pop()),
                _ => {}
            }
        }
        if open.is_empty() || header(l).is_some() {
            return None;
        }
        let close: String = open.iter().rev().collect();
        let closed = format!(
            "{}{close} {}",
            l[..end].trim_end().trim_end_matches(','),
            &l[end..]
        );
        Some((i, closed))
    });
    let past: usize = lines[..=line].iter().map(|l| l.len() + 1).sum();
    let most = CANDIDATES.min(*tries);
    open.take(most).find(|(i, closed)| {
        *tries -= 1;
        let mut all = lines.to_vec();
        all[*i].clone_from(closed);
        first_error(&all.join("\n")).is_none_or(|e| e.0.start >= past - lines[*i].len() + closed.len())
    })
}

/// All lines with double brackets around the name that the header at `line` repeats, if the format has a list of such tables; and that
/// header.
fn tables_of_a_list(lines: &[String], line: usize) -> Option<(Vec<String>, String)> {
    let name = header(&lines[line])?;
    let list = keys::SCENE
        .key(name)
        .filter(|k| matches!(k.kind, Kind::Tables(_)))?;
    let double = format!("[[{}]]", list.name);
    let all = lines
        .iter()
        .map(|l| {
            if header(l) == Some(name) {
                double.clone()
            } else {
                l.clone()
            }
        })
        .collect();
    Some((all, double))
}

/// The place in `text` of what stands at `span` in `now`, whose lines are the same but for some of them.
pub fn original(text: &str, now: &str, span: &Range<usize>) -> Range<usize> {
    let place = |at: usize| {
        let line = line_of(now, at);
        let column = at - start(now, line);
        let begin = start(text, line);
        let length = text[begin..].find('\n').unwrap_or(text.len() - begin);
        begin + column.min(length)
    };
    let from = place(span.start);
    from..place(span.end).max(from)
}

/// Which line a byte is in, from 0.
pub fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count()
}

fn start(text: &str, line: usize) -> usize {
    match line {
        0 => 0,
        n => text
            .match_indices('\n')
            .nth(n - 1)
            .map_or(text.len(), |(i, _)| i + 1),
    }
}

/// Where the parser stumbles first, and over what.
fn first_error(text: &str) -> Option<(Range<usize>, String)> {
    let (_, errors) = DeTable::parse_recoverable(text);
    errors
        .iter()
        .map(|e| (e.span().unwrap_or(0..0), e.message().trim().to_owned()))
        .min_by_key(|e| e.0.start)
}

/// The first way to mend a line after which the parser comes past it.
fn repaired(lines: &[String], line: usize) -> Option<Repair> {
    let before: usize = lines[..line].iter().map(|l| l.len() + 1).sum();
    repairs(&lines[line]).into_iter().find(|repair| {
        if repair.line == lines[line] {
            return false;
        }
        let mut lines = lines.to_vec();
        lines[line].clone_from(&repair.line);
        let end = before + repair.line.len();
        first_error(&lines.join("\n")).is_none_or(|e| e.0.start > end)
    })
}

/// Says what is wrong. `advice` is what the reader says of the values in the mended lines, by line: it knows their units.
pub fn tell(faults: &[Fault], advice: &[(usize, String)], problems: &mut Problems<'_>) {
    for (i, fault) in faults.iter().enumerate() {
        // one habit, many times, is told once
        let same = |f: &&Fault| f.label == fault.label;
        let many = faults.iter().filter(same).count();
        if many > FEW && faults[..i].iter().any(|f| same(&f)) {
            continue;
        }
        let better = advice.iter().find(|a| a.0 == fault.line).map(|a| a.1.clone());
        let problem = problems.error(&fault.span, "this is not TOML", fault.label.clone());
        if many > FEW {
            let more = if faults.len() == MOST { " or more" } else { "" };
            problem.label += &format!("; likewise in {} other lines{more}", many - 1);
        }
        problem.help = better.or_else(|| fault.help.clone());
    }
}
