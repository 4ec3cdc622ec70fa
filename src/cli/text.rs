//! Text for a terminal.

/// Widest line that is printed.
pub const WIDTH: usize = 100;

/// `text` in lines of at most [`WIDTH`], each with its line break; the first begins with `head`, the others are
/// indented as far as `head` is long.
pub fn wrap(head: &str, text: &str) -> String {
    let indent = head.chars().count();
    let mut out = head.to_owned();
    let mut used = indent;
    for word in text.split_whitespace() {
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

/// A span of time for people: "42 s", "13 min 30 s", "2 h 05 min".
pub fn clock(seconds: f64) -> String {
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let s = seconds.round() as u64;
    match s {
        ..60 => format!("{s} s"),
        60..3600 => format!("{} min {:02} s", s / 60, s % 60),
        _ => format!("{} h {:02} min", s / 3600, s % 3600 / 60),
    }
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
    }

    #[test]
    fn clocks() {
        let said = [0.0, 9.97, 59.9, 810.0, 7500.0].map(clock);
        assert_eq!(said, ["0.0 s", "10 s", "1 min 00 s", "13 min 30 s", "2 h 05 min"]);
    }
}
