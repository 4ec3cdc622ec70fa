//! Enough of Rust's grammar to see which modules a source file names: comments, strings and test code are blanked,
//! lines keep their numbers.

/// `text` with comments, strings and character literals replaced by blanks.
pub fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut i = 0;
    while i < bytes.len() {
        let end = match bytes[i] {
            b'/' if bytes[i..].starts_with(b"//") => bytes[i..]
                .iter()
                .position(|b| *b == b'\n')
                .map_or(bytes.len(), |n| i + n),
            b'/' if bytes[i..].starts_with(b"/*") => end_of_block_comment(bytes, i),
            b'"' => end_of_string(bytes, i),
            b'r' if !after_word(bytes, i) => match end_of_raw_string(bytes, i) {
                Some(end) => end,
                None => {
                    i += 1;
                    continue;
                }
            },
            b'\'' => match end_of_character(bytes, i) {
                Some(end) => end,
                None => {
                    i += 1;
                    continue;
                }
            },
            _ => {
                i += 1;
                continue;
            }
        };
        for b in &mut out[i..end] {
            if *b != b'\n' {
                *b = b' ';
            }
        }
        i = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn after_word(bytes: &[u8], i: usize) -> bool {
    i > 0 && (bytes[i - 1].is_ascii_alphanumeric() && bytes[i - 1] != b'b' || bytes[i - 1] == b'_')
}

fn end_of_block_comment(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut i) = (0, start);
    while i < bytes.len() {
        if bytes[i..].starts_with(b"/*") {
            depth += 1;
            i += 2;
        } else if bytes[i..].starts_with(b"*/") {
            depth -= 1;
            i += 2;
            if depth == 0 {
                return i;
            }
        } else {
            i += 1;
        }
    }
    bytes.len()
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut i = start + 1;
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 2,
            b'"' => return i + 1,
            _ => i += 1,
        }
    }
    bytes.len()
}

fn end_of_raw_string(bytes: &[u8], start: usize) -> Option<usize> {
    let hashes = bytes[start + 1..].iter().take_while(|b| **b == b'#').count();
    if bytes.get(start + 1 + hashes) != Some(&b'"') {
        return None;
    }
    let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let body = start + 2 + hashes;
    let n = bytes[body..].windows(close.len()).position(|w| w == close)?;
    Some(body + n + close.len())
}

/// None where the quote begins a lifetime.
fn end_of_character(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start + 1) == Some(&b'\\') {
        let n = bytes[start + 3..].iter().position(|b| *b == b'\'')?;
        return Some(start + 3 + n + 1);
    }
    // one character of any length in UTF-8
    let mut i = start + 2;
    while i < bytes.len() && bytes[i] & 0xc0 == 0x80 {
        i += 1;
    }
    (bytes.get(i) == Some(&b'\'')).then_some(i + 1)
}

/// Blanks every item behind `#[cfg(test)]` in blanked text, and gives the names of the files that such items declare:
/// the module's name, or the file of its `#[path]` as it stands in `raw`.
pub fn without_tests(raw: &str, blanked: &str) -> (String, Vec<String>) {
    const MARK: &str = "#[cfg(test)]";
    let mut out = blanked.as_bytes().to_vec();
    let mut declared = Vec::new();
    for (start, _) in blanked.match_indices(MARK) {
        let end = end_of_item(blanked.as_bytes(), start + MARK.len());
        let item = &blanked[start..end];
        if let Some(name) = item
            .trim_end()
            .strip_suffix(';')
            .and_then(|i| i.rsplit("mod ").next())
            && item.contains("mod ")
        {
            let path = raw[start..end]
                .split("#[path = \"")
                .nth(1)
                .and_then(|p| p.split('"').next());
            declared.push(path.unwrap_or(name.trim()).to_owned());
        }
        for b in &mut out[start..end] {
            if *b != b'\n' {
                *b = b' ';
            }
        }
    }
    (String::from_utf8_lossy(&out).into_owned(), declared)
}

/// Behind the `;` or the closing brace that ends the item at `start`.
fn end_of_item(bytes: &[u8], start: usize) -> usize {
    let (mut braces, mut others) = (0, 0);
    for (i, b) in bytes.iter().enumerate().skip(start) {
        match b {
            b'{' => braces += 1,
            b'}' => {
                braces -= 1;
                if braces == 0 && others == 0 {
                    return i + 1;
                }
            }
            b'(' | b'[' => others += 1,
            b')' | b']' => others -= 1,
            b';' if braces == 0 && others == 0 => return i + 1,
            _ => {}
        }
    }
    bytes.len()
}

/// A path named in a source file, from the crate's root: `["engine", "setup", "Setup"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Line, from 1.
    pub line: usize,
    /// Its segments.
    pub path: Vec<String>,
}

/// Every path in blanked text that begins with `crate::` or `super::`, of a file that is the module `module`.
pub fn paths(blanked: &str, module: &[String]) -> Vec<Named> {
    let mut out = Vec::new();
    for keyword in ["crate", "super"] {
        for (at, _) in blanked.match_indices(keyword) {
            let before = blanked[..at].trim_end();
            let word = blanked[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            // `self::super::`, `super::super::`: the first word has seen to it
            if word || before.ends_with("::") || !blanked[at + keyword.len()..].trim_start().starts_with("::")
            {
                continue;
            }
            let mut rest = &blanked[at..];
            let mut base = if keyword == "crate" {
                Vec::new()
            } else {
                module.to_vec()
            };
            while let Some(r) = rest.strip_prefix("super") {
                base.pop();
                rest = r.trim_start().strip_prefix("::").unwrap_or(r).trim_start();
            }
            if let Some(r) = rest.strip_prefix("crate") {
                rest = r.trim_start().strip_prefix("::").unwrap_or(r).trim_start();
            }
            let line = blanked[..at].matches('\n').count() + 1;
            tree(&mut rest, &base, line, &mut out);
        }
    }
    out.sort_by_key(|n| n.line);
    out
}

/// Reads `a::b`, `a::{b, c::d}` or `*` off the front of `rest`.
fn tree(rest: &mut &str, base: &[String], line: usize, out: &mut Vec<Named>) {
    let newlines = |from: &str, to: &str| from[..from.len() - to.len()].matches('\n').count();
    let mut path = base.to_vec();
    loop {
        let trimmed = rest.trim_start();
        let line = line + newlines(rest, trimmed);
        *rest = trimmed;
        if let Some(inner) = rest.strip_prefix('{') {
            let begin = inner;
            *rest = inner;
            loop {
                *rest = rest.trim_start().trim_start_matches(',').trim_start();
                if rest.is_empty() {
                    return;
                }
                if let Some(r) = rest.strip_prefix('}') {
                    *rest = r;
                    return;
                }
                let before = rest.len();
                tree(rest, &path, line + newlines(begin, rest), out);
                // `as name`, or something that is no path
                if let Some(n) = rest.find([',', '}']) {
                    *rest = &rest[n..];
                } else if rest.len() == before {
                    return;
                }
            }
        }
        let n = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let word = if n == 0 && rest.starts_with('*') {
            "*"
        } else {
            &rest[..n]
        };
        if word.is_empty() {
            break;
        }
        if word != "self" {
            path.push(word.to_owned());
        }
        *rest = &rest[word.len()..];
        match rest.trim_start().strip_prefix("::") {
            Some(r) if !r.trim_start().starts_with('<') => *rest = r,
            _ => {
                out.push(Named { line, path });
                return;
            }
        }
    }
    out.push(Named { line, path });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let module = ["a".to_owned(), "b".to_owned()];
        paths(&blank(text), &module)
            .iter()
            .map(|n| format!("{} {}", n.line, n.path.join("::")))
            .collect()
    }

    #[test]
    fn comments_strings_and_characters_are_blank() {
        let text = "a // crate::x\n/* crate::y /* nested */ crate::z */ 'b' \"crate::w \\\" crate::v\" r#\"crate::\"# 'x";
        assert_eq!(blank(text).split_whitespace().collect::<Vec<_>>(), ["a", "'x"]);
        assert_eq!(
            blank("for x<'a>(y: &'a str, z: char = '\\'') {}")
                .matches("'a")
                .count(),
            2
        );
    }

    #[test]
    fn use_trees_are_followed_to_their_leaves() {
        assert_eq!(
            named(
                "use crate::{\n    p::{Q, r as s},\n    t,\n};\nfn f() { super::c::g(); super::super::d::h() }"
            ),
            ["2 p::Q", "2 p::r", "3 t", "5 a::c::g", "5 d::h"]
        );
        assert_eq!(
            named("pub(crate) fn f() -> crate::E<crate::F> {}"),
            ["1 E", "1 F"]
        );
        assert_eq!(named("my_crate::x; let supers = 1;"), Vec::<String>::new());
        assert_eq!(named("use crate::p::{self, q::*};"), ["1 p", "1 p::q::*"]);
    }

    #[test]
    fn test_code_is_left_out() {
        let raw = "use crate::a;\n#[cfg(test)]\n#[path = \"b_tests.rs\"]\nmod tests;\n#[cfg(test)]\nmod t { use crate::z; }\nfn f() {}";
        let (text, files) = without_tests(raw, &blank(raw));
        assert!(text.contains("crate::a") && text.contains("fn f()") && !text.contains("crate::z"));
        assert_eq!(files, ["b_tests.rs"]);
        assert_eq!(text.matches('\n').count(), raw.matches('\n').count());
    }
}
