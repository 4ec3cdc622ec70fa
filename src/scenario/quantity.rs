//! Values with their units: what is wrong with one, and what may have been meant, judged by the key it was written for.

use super::node::Span;
use super::plausible;
use super::problem::Problems;
use super::spec::Bounds;
use crate::units::{self, Dimension, Quantity, UnitError};

/// A key that takes a quantity.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub dimensions: &'static [Dimension],
    pub bounds: Bounds,
    /// Its name from the scene down: "chamber.fill_height".
    pub place: &'a str,
}

impl Wanted<'_> {
    /// Reads what was written in quotes; nothing if it does not fit, which has then been reported.
    pub fn read(self, text: &str, span: &Span, problems: &mut Problems<'_>) -> Option<Quantity> {
        let place = self.place;
        let q = match self.parse(text) {
            Ok(q) => q,
            Err(e) => {
                let help = self.advice(e.meant, units::is_number(text));
                let title = format!("`{place}`: {}", e.what);
                problems.error(span, title, self.needed()).help = help;
                return None;
            }
        };
        let Some(complaint) = self.bounds.complaint(q.value, q.dimension) else {
            return Some(q);
        };
        let usual = plausible::range(place, q.dimension).or_else(|| self.bounds.range());
        let help = match usual {
            _ if q.value == 0.0 => nothing(q.dimension, place),
            Some(range) => units::advice(&units::other_units(text, q.dimension, &range)),
            None => None,
        };
        problems
            .error(span, format!("`{place}` is out of range"), complaint)
            .help = help;
        None
    }

    /// Complains of a number without quotes, and so without a unit.
    pub fn bare(self, number: Option<f64>, span: &Span, problems: &mut Problems<'_>) {
        let meant = number.map_or_else(Vec::new, |x| units::likely(x, self.dimensions));
        let help = self.advice(meant, true);
        let title = format!("`{}` has no unit", self.place);
        problems.error(span, title, self.needed()).help = help;
    }

    /// "a length is needed, e.g. mm, cm".
    fn needed(self) -> String {
        units::needed_in(self.dimensions, |d| plausible::units(self.place, d))
    }

    fn parse(self, text: &str) -> Result<Quantity, UnitError> {
        units::parse_judged(text, self.dimensions, &|q| {
            self.fits(q) && plausible::plausible(self.place, q)
        })
    }

    fn fits(self, q: Quantity) -> bool {
        self.bounds.complaint(q.value, q.dimension).is_none()
    }

    /// What to write instead, of all that may have been meant: what is usual of this key if anything is, else what it takes.
    fn advice(self, meant: Vec<String>, bare: bool) -> Option<String> {
        let mut meant: Vec<(String, Quantity)> = meant
            .into_iter()
            .filter_map(|text| {
                let q = self.parse(&text).ok().filter(|q| self.fits(*q))?;
                Some((text, q))
            })
            .collect();
        let usual =
            |q: &Quantity| plausible::range(self.place, q.dimension).is_none_or(|r| r.contains(&q.value));
        if meant.iter().any(|(_, q)| usual(q)) {
            meant.retain(|(_, q)| usual(q));
        }
        let mut texts: Vec<String> = meant.iter().map(|m| m.0.clone()).collect();
        if !meant.iter().any(|(_, q)| usual(q)) {
            // the same number with units that bring it to what is usual
            let others = meant.iter().filter_map(|(text, q)| {
                let range = plausible::range(self.place, q.dimension)?;
                Some(units::other_units(text, q.dimension, &range))
            });
            let others: Vec<String> = others.flatten().collect();
            if !others.is_empty() {
                texts = others;
                texts.sort();
                texts.dedup();
            }
        }
        match texts.as_slice() {
            [one] if bare => Some(format!(
                "write \"{one}\" if that is meant: a unit is never guessed"
            )),
            [] if bare => Some("write its unit after it, in quotes".into()),
            all => units::advice(all),
        }
    }
}

/// What to do about an amount of nothing in the sample.
fn nothing(dimension: Dimension, place: &str) -> Option<String> {
    let cells = place
        .strip_prefix("sample.cells.")
        .map(|p| p.split('.').next().unwrap_or(p));
    match cells {
        Some(name) if matches!(dimension, Dimension::Fraction | Dimension::Concentration) => {
            Some(format!("leave `{name}` out of the cells where there are none"))
        }
        _ if place == "sample.haematocrit" => Some("leave it out where there are no red cells".into()),
        _ => None,
    }
}
