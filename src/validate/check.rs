//! Comparing one number with what it should be.

use super::{Check, Expected, Tolerance};

impl Check {
    /// Compares `measured` with `expected`. What is not a number fails.
    pub fn new(
        quantity: impl Into<String>,
        unit: &str,
        expected: Expected,
        measured: f64,
        tolerance: Tolerance,
    ) -> Self {
        let (distance, scale) = match expected {
            Expected::Value(x) => ((measured - x).abs(), x.abs()),
            Expected::Band(a, b) if measured.is_finite() => {
                ((a - measured).max(measured - b).max(0.0), a.abs().min(b.abs()))
            }
            Expected::Band(..) => (f64::NAN, 1.0),
        };
        let (error, limit) = match tolerance {
            Tolerance::Relative(t) => (distance / scale, t),
            Tolerance::Absolute(t) => (distance, t),
        };
        Self {
            quantity: quantity.into(),
            unit: unit.to_owned(),
            expected,
            measured,
            uncertainty: None,
            error,
            tolerance,
            passed: error <= limit,
            set: false,
            missed: None,
        }
    }

    /// As one that the model is known to miss, for this reason.
    pub fn known_to_miss(mut self, reason: Option<String>) -> Self {
        self.missed = reason;
        self
    }

    /// As one whose expected value the model was set from.
    pub fn set_from_it(mut self) -> Self {
        self.set = true;
        self
    }

    /// With the standard error of the measured value.
    pub fn with_uncertainty(mut self, standard_error: f64) -> Self {
        self.uncertainty = Some(standard_error);
        self
    }
}

/// One line for the terminal: quantity, expected, measured, error and how large it may be.
impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:<48} expected {:>14} measured {:>12}  off by {:>9}, allowed {:>8}  {}",
            self.title(),
            self.expected,
            self.measured_text(),
            self.tolerance.spread(self.error),
            self.tolerance,
            match (self.passed, self.set, &self.missed) {
                (true, false, None) => "ok",
                (true, false, Some(_)) => "ok, though known to be missed",
                (true, true, _) => "as set",
                (false, _, Some(_)) => "missed, as known",
                (false, _, None) => "MISSED",
            }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_bands_and_what_is_not_a_number() {
        let value = |m, t| Check::new("x", "", Expected::Value(-2.0), m, t);
        assert!(value(-2.01, Tolerance::Relative(0.0051)).passed);
        assert!(!value(-2.01, Tolerance::Relative(0.0049)).passed);
        assert!(!value(2.0, Tolerance::Relative(0.5)).passed);
        assert!(value(-2.01, Tolerance::Absolute(0.011)).passed);
        assert!(!value(f64::NAN, Tolerance::Absolute(1e9)).passed);
        let band = |m| Check::new("x", "%", Expected::Band(70.0, 80.0), m, Tolerance::Absolute(8.0));
        assert_eq!((band(75.0).error, band(75.0).passed), (0.0, true));
        assert_eq!((band(62.5).error, band(62.5).passed), (7.5, true));
        assert!(!band(88.5).passed);
        assert!(!band(f64::NAN).passed);
    }

    /// What the model is known to miss is no surprise, and no success.
    #[test]
    fn what_is_known_to_be_missed() {
        let made = |m, why: Option<&str>| {
            Check::new("x", "", Expected::Value(1.0), m, Tolerance::Absolute(0.1))
                .known_to_miss(why.map(Into::into))
        };
        let off = made(1.2, Some("no donor"));
        assert!(
            !off.passed && off.to_string().ends_with("missed, as known"),
            "{off}"
        );
        assert!(
            made(1.0, Some("no donor"))
                .to_string()
                .ends_with("ok, though known to be missed")
        );
        assert!(made(1.2, None).to_string().ends_with("MISSED"));
    }

    /// What the model was set from is told apart, and still has to come out.
    #[test]
    fn what_was_set_is_no_prediction() {
        let made = |m| Check::new("x", "", Expected::Value(1.0), m, Tolerance::Absolute(0.1)).set_from_it();
        let said = made(1.0).to_string();
        assert!(
            said.starts_with("x (set from it)") && said.ends_with("as set"),
            "{said}"
        );
        assert!(made(1.2).to_string().ends_with("MISSED"));
        assert_eq!(
            Check {
                set: false,
                ..made(1.0)
            }
            .title(),
            "x"
        );
    }
}
