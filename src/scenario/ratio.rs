//! Volumes of a solution and of the blood it is added to: "1:9", "9 blood : 1 acd_a".

use crate::library::MediumEntry;
use crate::units::digits;

/// Words that stand for what something is added to, and for what is added.
const BLOOD: [&str; 3] = ["blood", "whole_blood", "sample"];
const SOLUTION: [&str; 5] = ["solution", "anticoagulant", "medium", "diluent", "buffer"];

/// Words that say nothing.
const FILLERS: [&str; 5] = ["of", "part", "parts", "volume", "volumes"];

/// What is wrong with a ratio: a title, what stands at the caret, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub title: String,
    pub label: String,
    pub help: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Blood,
    Solution,
    Bare,
}

/// Volumes of the solution and of blood. Without words the smaller one is that of an anticoagulant; of anything else it has to be
/// asked, unless both are the same.
pub fn ratio(text: &str, solution: &MediumEntry, anticoagulant: bool) -> Result<(f64, f64), Fault> {
    let name = &solution.name;
    let form = || Fault {
        title: format!("`{text}` is not a ratio of volumes"),
        label: "two volumes with a colon between them are needed".into(),
        help: format!("write e.g. `ratio = \"1:9\"` or `ratio = \"9 blood : 1 {name}\"`"),
    };
    let text = text.trim();
    let one = text.replace(" to ", ":");
    let (left, right) = one.split_once(':').ok_or_else(form)?;
    let (a, left) = side(left, solution).ok_or_else(form)?;
    let (b, right) = side(right, solution).ok_or_else(form)?;
    match (left, right) {
        (Side::Blood, Side::Solution | Side::Bare) | (Side::Bare, Side::Solution) => Ok((b, a)),
        (Side::Solution, Side::Blood | Side::Bare) | (Side::Bare, Side::Blood) => Ok((a, b)),
        (Side::Bare, Side::Bare) if anticoagulant => Ok((a.min(b), a.max(b))),
        (Side::Bare, Side::Bare) if a == b => Ok((a, b)),
        (Side::Bare, Side::Bare) => {
            let (a, b) = (digits(a, 6), digits(b, 6));
            Err(Fault {
                title: format!("which part of {text} is the blood?"),
                label: "blood and diluent can be either".into(),
                help: format!(
                    "write `ratio = \"{a} blood : {b} {name}\"` or `ratio = \"{a} {name} : {b} blood\"`, whichever was done"
                ),
            })
        }
        (Side::Blood, Side::Blood) | (Side::Solution, Side::Solution) => Err(form()),
    }
}

/// A volume, and what of.
fn side(text: &str, solution: &MediumEntry) -> Option<(f64, Side)> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let volume: f64 = text.get(..end)?.parse().ok()?;
    if !(1e-6..=1e6).contains(&volume) {
        return None;
    }
    let words: Vec<String> = text
        .get(end..)?
        .split_whitespace()
        .map(str::to_lowercase)
        .filter(|w| !FILLERS.contains(&w.as_str()))
        .collect();
    let word = words.join("_");
    let side = if word.is_empty() {
        Side::Bare
    } else if BLOOD.contains(&word.as_str()) {
        Side::Blood
    } else if SOLUTION.contains(&word.as_str()) || solution.is_called(&word) {
        Side::Solution
    } else {
        return None;
    };
    Some((volume, side))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{LibraryError, medium_entry};

    #[test]
    fn as_people_write_them() -> Result<(), LibraryError> {
        let (acda, saline) = (medium_entry("acd_a")?, medium_entry("saline")?);
        for (text, is) in [
            ("1:9", (1.0, 9.0)),
            ("9:1", (1.0, 9.0)),
            (" 1 : 9 ", (1.0, 9.0)),
            ("1 to 9", (1.0, 9.0)),
            ("9 blood : 1 acd_a", (1.0, 9.0)),
            ("1 part of ACD-A to 9 parts of blood", (1.0, 9.0)),
            ("63 solution : 450", (63.0, 450.0)),
            ("1.5:10", (1.5, 10.0)),
            ("1:1", (1.0, 1.0)),
        ] {
            assert_eq!(ratio(text, acda, true), Ok(is), "{text}");
        }
        for (text, is) in [
            ("1:1", (1.0, 1.0)),
            ("1 blood : 4 PBS", (4.0, 1.0)),
            ("4 : 1 blood", (4.0, 1.0)),
            ("1 : 4 saline", (4.0, 1.0)),
            ("1 saline : 4 sample", (1.0, 4.0)),
        ] {
            assert_eq!(ratio(text, saline, false), Ok(is), "{text}");
        }
        Ok(())
    }

    /// What can be meant in two ways is asked, and either answer is taken.
    #[test]
    fn what_is_asked_and_what_is_refused() -> Result<(), LibraryError> {
        let saline = medium_entry("saline")?;
        let asked = ratio("1:4", saline, false).map_err(|f| f.help);
        assert_eq!(
            asked,
            Err(
                "write `ratio = \"1 blood : 4 saline\"` or `ratio = \"1 saline : 4 blood\"`, whichever was done"
                    .to_owned()
            )
        );
        assert_eq!(ratio("1 blood : 4 saline", saline, false), Ok((4.0, 1.0)));
        assert_eq!(ratio("1 saline : 4 blood", saline, false), Ok((1.0, 4.0)));
        for text in [
            "",
            "1",
            "10 %",
            "1:",
            ":9",
            "0:9",
            "1:-9",
            "1:inf",
            "1 wine : 4 blood",
            "1 blood : 9 blood",
            "1:2:3",
            "1e99:1",
        ] {
            let said = ratio(text, saline, true);
            assert!(
                said.as_ref().is_err_and(|f| f.title.contains("not a ratio")),
                "{text}: {said:?}"
            );
        }
        Ok(())
    }
}
