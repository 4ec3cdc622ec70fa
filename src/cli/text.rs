//! Text for a terminal.

/// Widest line that is printed.
pub const WIDTH: usize = 100;

/// `text` in lines of at most [`WIDTH`], each with its line break; the first begins with `head`, the others are
/// indented as far as `head` is long.
pub fn wrap(head: &str, text: &str) -> String {
    let indent = head.chars().count();
    let mut out = head.to_owned();
    let mut used = indent;
    // not at the spaces in a number, which do not break
    for word in text.split_ascii_whitespace() {
        let length = word.chars().count();
        if used > indent && used + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        } else if used > indent {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_between_words_under_the_text() {
        let long = "word ".repeat(60);
        let text = wrap("head: ", &long);
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH));
        assert!(text.lines().skip(1).all(|l| l.starts_with("      word")));
        assert_eq!(text.matches("word").count(), 60);
        assert_eq!(wrap("head: ", ""), "head: \n");
        // wherever it falls, a number is not parted
        let number = buffycoat::units::grouped(1_500_000);
        for before in 80..100 {
            let text = wrap("", &format!("{} {number}, and 12 cells", "x".repeat(before)));
            assert!(text.contains(&number), "{text}");
            assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
        }
    }
}
