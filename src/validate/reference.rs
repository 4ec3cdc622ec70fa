//! Quoting `data/cases.toml`, so that no number is typed in unchecked.

use super::Tolerance;
use crate::Error;
use crate::library::{self, ValidationCase};

/// A case of the library, to quote from.
#[derive(Clone, Copy, Debug)]
pub struct Quoted(&'static ValidationCase);

impl Quoted {
    /// The case with this name.
    ///
    /// # Errors
    /// [`Error::Input`] if there is none.
    pub fn case(id: &str) -> Result<Self, Error> {
        Ok(Self(library::case(id)?))
    }

    /// The case itself.
    pub fn text(&self) -> &'static ValidationCase {
        self.0
    }

    /// The number at the end of `phrase`, which has to stand in what the case expects.
    ///
    /// # Errors
    /// [`Error::Internal`] if it does not.
    pub fn expected(&self, phrase: &str) -> Result<f64, Error> {
        self.number(&self.0.expected, phrase)
    }

    /// The number at the end of `phrase`, which has to stand in the case's set-up.
    ///
    /// # Errors
    /// [`Error::Internal`] if it does not.
    pub fn given(&self, phrase: &str) -> Result<f64, Error> {
        self.number(&self.0.setup, phrase)
    }

    /// The number at the end of `phrase`, which has to stand in what the case says is compared.
    ///
    /// # Errors
    /// [`Error::Internal`] if it does not.
    pub fn observed(&self, phrase: &str) -> Result<f64, Error> {
        self.number(&self.0.observable, phrase)
    }

    /// The first number of the case's tolerance: a share ("1%"), percentage points ("8 pts") or a plain number.
    ///
    /// # Errors
    /// [`Error::Internal`] if there is not a number in it.
    pub fn tolerance(&self) -> Result<Tolerance, Error> {
        let text = self.0.tolerance.as_str();
        let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
        let digits = text[start..].split(|c: char| !part(c)).next().unwrap_or("");
        let rest = text[start + digits.len()..].trim_start();
        match digits.parse::<f64>() {
            Ok(x) if rest.starts_with('%') => Ok(Tolerance::Relative(x / 100.0)),
            Ok(x) => Ok(Tolerance::Absolute(x)),
            Err(_) => Err(Error::Internal(format!(
                "the tolerance `{text}` of case {} has no number",
                self.0.id
            ))),
        }
    }

    fn number(&self, text: &str, phrase: &str) -> Result<f64, Error> {
        // the longest end of the phrase that is a number, so that "for 1e6" is a million
        let start = phrase
            .char_indices()
            .find(|(i, c)| part(*c) && phrase[*i..].parse::<f64>().is_ok())
            .map_or(phrase.len(), |(i, _)| i);
        let digits = &phrase[start..];
        let negative = signed(&phrase[..start]);
        let whole = text.match_indices(phrase).any(|(i, _)| {
            let (before, after) = (&text[..i], &text[i + phrase.len()..]);
            // the phrase starts and ends where a number or word does, and has not lost a sign
            let cut = after.starts_with(|c: char| c.is_ascii_digit())
                || after
                    .strip_prefix('.')
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            let headless = phrase.starts_with(part) && (before.ends_with(part) || signed(before));
            !cut && !headless
        });
        match digits.parse::<f64>() {
            Ok(x) if whole => Ok(if negative { -x } else { x }),
            _ => Err(Error::Internal(format!(
                "case {} does not say `{phrase}`",
                self.0.id
            ))),
        }
    }
}

fn part(c: char) -> bool {
    c.is_ascii_digit() || c == '.'
}

/// True if a number that follows `text` is negative: "-" but not "70-".
fn signed(text: &str) -> bool {
    text.strip_suffix('-')
        .is_some_and(|t| !t.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '+'))
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn numbers_are_quoted_whole() {
        let c = Quoted::case("C13").unwrap();
        assert_eq!(c.expected("PLT -0.0545").unwrap(), -0.0545);
        assert_eq!(c.expected("RBC +0.0909").unwrap(), 0.0909);
        assert_eq!(c.given("CD34 9.0/1064").unwrap(), 1064.0);
        for wrong in ["0.0545", "PLT -0.054", "RBC +0.0908", ".0909", "909", "PLT", ""] {
            assert!(c.expected(wrong).is_err(), "{wrong}");
        }
        let c = Quoted::case("C23").unwrap();
        assert_eq!(c.expected("70").unwrap(), 70.0);
        assert_eq!(c.expected("70-80").unwrap(), 80.0);
        assert!(c.expected("0").is_err());
        let c = Quoted::case("C03").unwrap();
        assert_eq!(c.observed("time for 1e6").unwrap(), 1e6);
    }

    #[test]
    fn tolerances_are_read() {
        let t = |id: &str| Quoted::case(id).unwrap().tolerance();
        assert_eq!(t("C01").unwrap(), Tolerance::Relative(0.001));
        assert_eq!(t("C14").unwrap(), Tolerance::Absolute(0.005));
        assert_eq!(t("C23").unwrap(), Tolerance::Absolute(8.0));
        assert!(t("C15").is_err());
    }
}
