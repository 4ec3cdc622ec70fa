//! `data/cases.toml`: published and exact results that the engine is compared with.

use super::{Expectation, Given, LibraryError, Margin, Tolerance, damaged, unknown};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

const FILE: &str = "data/cases.toml";

/// One published or exact result: numbers in fields, and words about them. Braces in the words stand for numbers of the set-up in
/// the file; here the numbers are in their places.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationCase {
    /// `C01` ... `C50`.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// Cells, fluid, vessel, speed.
    pub setup: String,
    /// Numbers of the set-up.
    #[serde(default)]
    pub given: Vec<Given>,
    /// What is compared.
    pub observable: String,
    /// What should come out.
    pub expected: Vec<Expectation>,
    /// How near it should come.
    pub tolerance: Margin,
    /// The formula behind it, where there is one.
    pub formula: String,
    /// Exact, experiment, regression, band, ...
    pub kind: String,
    /// Where it comes from.
    pub source: String,
    /// How well it is known: read, derived, unverified, or a mixture in words.
    pub status: String,
    /// Why no run is compared with it; none where one is.
    pub not_run: Option<String>,
}

impl ValidationCase {
    /// The number of the set-up with this name.
    ///
    /// # Errors
    /// [`LibraryError::Data`] that names the case and what it gives.
    pub fn given(&self, of: &str) -> Result<&Given, LibraryError> {
        let all = || self.given.iter().map(|g| g.of.as_str());
        let found = self.given.iter().find(|g| g.of == of);
        found.ok_or_else(|| self.lacks("gives", of, all().collect()))
    }

    /// What the case expects under this name.
    ///
    /// # Errors
    /// [`LibraryError::Data`] that names the case and what it expects.
    pub fn expectation(&self, of: &str) -> Result<&Expectation, LibraryError> {
        let all = || self.expected.iter().map(|e| e.of.as_str());
        let found = self.expected.iter().find(|e| e.of == of);
        found.ok_or_else(|| self.lacks("expects", of, all().collect()))
    }

    fn lacks(&self, verb: &str, of: &str, all: Vec<&str>) -> LibraryError {
        let all = match all.as_slice() {
            [] => "nothing".to_owned(),
            all => format!("`{}`", all.join("`, `")),
        };
        damaged(FILE, format!("case {} {verb} no `{of}` but {all}", self.id))
    }

    /// What a result for `e` is held to [the unit of `e`]; none where the data say it in words.
    pub fn tolerance_of(&self, e: &Expectation) -> Option<Tolerance> {
        e.tolerance.as_ref().unwrap_or(&self.tolerance).tolerance(&e.unit)
    }

    /// All that should come out, for people.
    pub fn expected_text(&self) -> String {
        let all: Vec<String> = self.expected.iter().map(Expectation::to_string).collect();
        all.join("; ")
    }

    /// Checks the fields, and puts numbers where braces are.
    fn completed(mut self) -> Result<Self, String> {
        self.given.iter().try_for_each(Given::check)?;
        self.expected.iter().try_for_each(Expectation::check)?;
        self.tolerance.check()?;
        once(self.given.iter().map(|g| g.of.as_str()))?;
        once(self.expected.iter().map(|e| e.of.as_str()))?;
        if self.expected.is_empty() {
            return Err("it expects nothing".into());
        }
        for e in &self.expected {
            let compared = e.not_compared.is_none();
            match &self.not_run {
                Some(_) if !compared => {
                    return Err(format!("expected `{}`: the case is not run at all", e.of));
                }
                None if compared && (e.expected().is_none() || self.tolerance_of(e).is_none()) => {
                    return Err(format!(
                        "expected `{}`: to be compared it needs a value or both limits, and a tolerance in its unit",
                        e.of
                    ));
                }
                _ => {}
            }
        }
        // a number that no text tells would be known to the program alone
        let of = self.expected.iter().map(|e| e.of.as_str());
        let words: Vec<&str> = of.chain([self.setup.as_str(), &self.observable]).collect();
        let silent = |g: &&Given| !words.iter().any(|w| w.contains(&format!("{{{}}}", g.of)));
        if let Some(g) = self.given.iter().find(silent) {
            return Err(format!("given `{}`: no text has `{{{}}}`", g.of, g.of));
        }
        for text in [&mut self.setup, &mut self.observable] {
            *text = filled(text, &self.given)?;
        }
        for e in &mut self.expected {
            e.label = filled(&e.of, &self.given)?;
        }
        Ok(self)
    }
}

/// `text` with numbers of the set-up where their names stand in braces.
fn filled(text: &str, given: &[Given]) -> Result<String, String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after
            .split_once('}')
            .ok_or_else(|| format!("`{text}`: a brace is not closed"))?;
        let number = given
            .iter()
            .find(|g| g.of == name)
            .ok_or_else(|| format!("`{text}`: no `{name}` is given"))?;
        out += &format!("{before}{number}");
        rest = behind;
    }
    Ok(out + rest)
}

fn once<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("`{name}` is there twice"));
        }
    }
    Ok(())
}

/// All cases, in the order of the file.
///
/// # Errors
/// [`LibraryError::Data`] if the embedded file is damaged.
pub fn cases() -> Result<&'static [ValidationCase], LibraryError> {
    static ALL: LazyLock<Result<Vec<ValidationCase>, LibraryError>> =
        LazyLock::new(|| read(include_str!("../../data/cases.toml")));
    ALL.as_deref().map_err(Clone::clone)
}

fn read(text: &str) -> Result<Vec<ValidationCase>, LibraryError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        case: Vec<ValidationCase>,
    }
    let file: File = toml::from_str(text).map_err(|e| damaged(FILE, e))?;
    let complete = |case: ValidationCase| {
        let id = case.id.clone();
        case.completed()
            .map_err(|e| damaged(FILE, format!("case {id}: {e}")))
    };
    file.case.into_iter().map(complete).collect()
}

/// The case with this id.
///
/// # Errors
/// [`LibraryError::Unknown`].
pub fn case(id: &str) -> Result<&'static ValidationCase, LibraryError> {
    let all = cases()?;
    all.iter().find(|c| c.id.eq_ignore_ascii_case(id)).ok_or_else(|| {
        unknown(
            "validation case",
            id,
            all.iter().map(|c| (c.id.as_str(), &[][..])),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[case]]
id = "C99"
topic = "a test"
setup = "a cell of {size}, alone"
given = [{ of = "size", value = 8, unit = "um" }, { of = "n", value = 2 }]
observable = "its velocity"
expected = [
    { of = "velocity for n = {n}", value = 1.5, unit = "um/s" },
    { of = "share", low = 70, high = 80, spread = 2, unit = "%", tolerance = { absolute = { value = 5, unit = "%" } } },
    { of = "limit", low = 2e9, not_compared = "it is one" },
    { of = "trend", told = "it falls", not_compared = "in words" },
]
tolerance = { relative = 0.001 }
formula = ""
kind = "exact"
source = "none"
status = "derived"
"#;

    /// Words get their numbers, numbers their units; and the texts for people say both.
    #[test]
    fn fields_are_read_and_told() {
        let c = &read(GOOD).unwrap()[0];
        assert_eq!(c.setup, "a cell of 8 um, alone");
        assert_eq!(
            c.expected_text(),
            "velocity for n = 2: 1.5 um/s; share: 70 to 80 +- 2 % (within 5 percentage points); \
             limit: more than 2e9; trend: it falls"
        );
        assert_eq!(c.tolerance.to_string(), "0.1 %");
        let tolerance = |of: &str| c.tolerance_of(c.expectation(of).unwrap());
        assert_eq!(
            tolerance("velocity for n = {n}"),
            Some(Tolerance::Relative(0.001))
        );
        assert_eq!(tolerance("share"), Some(Tolerance::Absolute(5.0)));
        let said = |e: LibraryError| e.to_string();
        assert_eq!(
            said(c.given("diameter").unwrap_err()),
            "data/cases.toml: case C99 gives no `diameter` but `size`, `n`"
        );
        assert!(
            said(c.expectation("time").unwrap_err())
                .starts_with("data/cases.toml: case C99 expects no `time`")
        );
    }

    /// Each of these edits damages the file, and the message says where.
    #[test]
    fn damage_is_found() {
        for (from, to, word) in [
            ("\"um\"", "\"parsec\"", "given `size`: there is no unit `parsec`"),
            (
                "\"um/s\"",
                "\"um/ss\"",
                "expected `velocity for n = {n}`: there is no unit `um/ss`",
            ),
            ("{size}", "{size} or {width}", "no `width` is given"),
            ("{size}", "8 um", "given `size`: no text has `{size}`"),
            ("{size}, alone", "{size}, {alone", "a brace is not closed"),
            ("of = \"n\"", "of = \"size\"", "`size` is there twice"),
            ("of = \"limit\"", "of = \"share\"", "`share` is there twice"),
            ("value = 1.5", "value = 1.5, low = 1", "`value` does not go with"),
            ("value = 1.5", "value = nan", "NaN is not finite"),
            ("value = 1.5, ", "", "neither a number nor `told`"),
            ("low = 70", "low = 90", "`low = 90` lies above `high = 80`"),
            (
                "told = \"it falls\"",
                "told = \"it falls\", unit = \"s\"",
                "no number for its `spread`",
            ),
            (
                "value = 5, unit = \"%\"",
                "value = 5, unit = \"s\"",
                "the tolerance is in `s`, the number in `%`",
            ),
            ("relative = 0.001", "relative = -1", "a tolerance cannot be -1"),
            ("relative = 0.001", "factor = 0.5", "a tolerance cannot be 0.5"),
            (
                "relative = 0.001",
                "factor = 2",
                "expected `velocity for n = {n}`: to be compared",
            ),
            (
                "{ relative = 0.001 }",
                "{ absolute = { value = 1 } }",
                "a tolerance in its unit",
            ),
            (
                ", not_compared = \"it is one\"",
                "",
                "expected `limit`: to be compared",
            ),
            (
                "kind = ",
                "not_run = \"no time\"\nkind = ",
                "the case is not run at all",
            ),
            ("relative = 0.001", "relativ = 0.001", "relativ"),
            ("value = 1.5", "valeu = 1.5", "valeu"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let said = read(&GOOD.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(
                said.starts_with("data/cases.toml: ") && said.contains(word),
                "{to}: {said}"
            );
        }
    }
}
