//! Text from elsewhere, made harmless in one place: titles, names of species, devices and files, as they are shown on a terminal, in
//! tables, pages and pictures.

/// Whether a character is obeyed and not shown: a control character, or one that turns the direction of the text around it.
pub fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// On one line, without what is obeyed.
pub fn line(text: &str) -> String {
    swap(text, |_| false)
}

/// The same; line breaks and tabs stay.
pub fn lines(text: &str) -> String {
    swap(text, |c| matches!(c, '\n' | '\t'))
}

/// The same, in as many bytes, so that every place in it stays where it is.
pub fn in_place(text: &str) -> String {
    let sign = |c: char| match c.len_utf8() {
        _ if c.is_ascii() || !obeyed(c) => c,
        2 => '\u{b7}',
        _ => char::REPLACEMENT_CHARACTER,
    };
    text.chars().map(sign).collect()
}

/// What a spreadsheet would take for a formula.
pub fn formula(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r'])
}

fn swap(text: &str, keep: impl Fn(char) -> bool) -> String {
    text.chars()
        .map(|c| match obeyed(c) && !keep(c) {
            true => char::REPLACEMENT_CHARACTER,
            false => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_obeyed() {
        let hostile = "a\u{1b}[31m\u{202e}b\nc\u{9b}\td\u{feff}";
        assert!(!line(hostile).chars().any(obeyed));
        assert_eq!(lines(hostile).matches(['\n', '\t']).count(), 2);
        assert_eq!(in_place(hostile).len(), hostile.len());
        assert!(in_place(hostile).chars().all(|c| c.is_ascii() || !obeyed(c)));
        for text in ["=1+1", " +a", "-2", "@x", "\ta"] {
            assert!(formula(text), "{text}");
        }
        assert!(!formula("CD34+") && !formula("T-cell"));
    }
}
