//! One-token changes of a shader.

/// A change of one token: the file and its altered text.
pub struct Mutant {
    pub file: &'static str,
    pub text: String,
    /// The line it is in, without indentation.
    pub line: String,
    /// Number of that line.
    pub number: usize,
    /// Old and new token.
    pub change: String,
}

/// Tokens and what they become.
const SWAPS: &[(&str, &[&str])] = &[
    (" + ", &[" - "]),
    (" - ", &[" + "]),
    (" * ", &[" / "]),
    (" / ", &[" * "]),
    (" < ", &[" >= "]),
    (" > ", &[" <= "]),
    (" >= ", &[" < "]),
    (" <= ", &[" > "]),
    (" == ", &[" != "]),
    (" != ", &[" == "]),
    (" && ", &[" || "]),
    (" || ", &[" && "]),
    (" >> ", &[" << "]),
    (" += ", &[" -= "]),
    (" *= ", &[" /= "]),
    (" ^= ", &[" += "]),
    (" & ", &[" | "]),
    ("min(", &["max("]),
    ("max(", &["min("]),
    ("floor(", &["ceil("]),
    ("round(", &["floor("]),
    ("log2(", &["exp2("]),
    ("exp2(", &["log2("]),
    ("sqrt(", &["abs("]),
    ("cross(b, v)", &["cross(v, b)"]),
    ("atomicMax(", &["atomicMin("]),
    ("atomicMin(", &["atomicMax("]),
    ("atomicAdd(", &["atomicSub("]),
    ("workgroupBarrier();", &[""]),
    ("storageBarrier();", &[""]),
];

/// All mutants of one file: operators, functions and barriers as above, and every number literal by one, those of constants
/// included.
pub fn mutants(file: &'static str, source: &str) -> Vec<Mutant> {
    let mut out = Vec::new();
    let mut push = |at: usize, old: &str, new: &str| {
        let line = source[..at].matches('\n').count();
        out.push(Mutant {
            file,
            line: source.lines().nth(line).unwrap_or_default().trim().to_owned(),
            text: format!("{}{new}{}", &source[..at], &source[at + old.len()..]),
            number: line + 1,
            change: format!("`{}` -> `{}`", old.trim(), new.trim()),
        });
    };
    let code = |at: usize| {
        let start = source[..at].rfind('\n').map_or(0, |p| p + 1);
        let line = &source[start..];
        let line = &line[..line.find('\n').unwrap_or(line.len())];
        // bindings and workgroups are compared with their declarations; a function has no numbers in its first line
        let declaration = ["//", "@group", "@compute", "#import", "fn "]
            .iter()
            .any(|p| line.trim_start().starts_with(p));
        !declaration && !source[start..at].contains("//")
    };
    for (old, news) in SWAPS {
        for (at, _) in source.match_indices(old) {
            let inside_a_word = old.ends_with('(')
                && source[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|c| c.is_alphanumeric() || c == '_');
            if code(at) && !inside_a_word {
                news.iter().for_each(|new| push(at, old, new));
            }
        }
    }
    for (at, literal) in numbers(source) {
        if code(at) {
            push(at, literal, &bumped(literal));
        }
    }
    out
}

/// Number literals that stand alone (not part of a name such as `vec3`), with their places.
fn numbers(source: &str) -> Vec<(usize, &str)> {
    let bytes = source.as_bytes();
    let (mut out, mut i) = (Vec::new(), 0);
    while i < bytes.len() {
        let starts = bytes[i].is_ascii_digit()
            && !(i > 0 && (bytes[i - 1].is_ascii_alphanumeric() || b"_.".contains(&bytes[i - 1])));
        if !starts {
            i += 1;
            continue;
        }
        let mut end = i;
        while end < bytes.len()
            && (bytes[end].is_ascii_alphanumeric()
                || bytes[end] == b'.'
                || (b"+-".contains(&bytes[end])
                    && bytes[end - 1] == b'e'
                    && !source[i..end].starts_with("0x")))
        {
            end += 1;
        }
        out.push((i, &source[i..end]));
        i = end;
    }
    out
}

/// A literal changed by one, or by a few per cent where it is a float.
fn bumped(literal: &str) -> String {
    if let Some(hex) = literal.strip_prefix("0x") {
        let value = u32::from_str_radix(hex.trim_end_matches('u'), 16).unwrap();
        return format!("0x{:x}u", value ^ 0x10);
    }
    if literal.contains(['.', 'e']) {
        let value: f64 = literal.parse().unwrap();
        return format!("{:?}", if value == 0.0 { 0.3 } else { value * 1.03 });
    }
    let value: u32 = literal.trim_end_matches('u').parse().unwrap();
    format!(
        "{}{}",
        value.wrapping_add(1),
        if literal.ends_with('u') { "u" } else { "" }
    )
}
