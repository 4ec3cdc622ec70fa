//! What `data/cases.toml` says of a case: the numbers that it is run with, and those that it is compared with.

use super::{Check, Expected, Tolerance};
use crate::Error;
use crate::library::{self, Expectation, ValidationCase};
use crate::units::Dimension;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// A case of the library. It remembers what was compared, so that nothing that it expects is forgotten.
#[derive(Debug)]
pub struct Reference {
    case: &'static ValidationCase,
    /// Names of what was compared.
    compared: RefCell<BTreeSet<&'static str>>,
}

impl Reference {
    /// The case with this name.
    ///
    /// # Errors
    /// [`Error::Input`] if there is none.
    pub fn case(id: &str) -> Result<Self, Error> {
        Ok(Self {
            case: library::case(id)?,
            compared: RefCell::default(),
        })
    }

    /// A number of the set-up [engine units].
    ///
    /// # Errors
    /// [`Error::Internal`] if the case does not give it, or gives no quantity of this dimension.
    pub fn given(&self, of: &str, dimension: Dimension) -> Result<f64, Error> {
        let given = self.case.given(of)?;
        given.read(dimension).map_err(|e| self.wrong("given", of, e))
    }

    /// A number of the set-up in the unit in which the file has it, which has to be `unit`: empty for a plain number.
    ///
    /// # Errors
    /// [`Error::Internal`] if the case does not give it, or gives it in another unit.
    pub fn number(&self, of: &str, unit: &str) -> Result<f64, Error> {
        let given = self.case.given(of)?;
        self.same("given", of, &given.unit, unit)?;
        Ok(given.value)
    }

    /// The value that is expected, in `unit`. To use it is not to compare it.
    ///
    /// # Errors
    /// [`Error::Internal`] if the case expects no such thing, a range, or a value in another unit.
    pub fn value(&self, of: &str, unit: &str) -> Result<f64, Error> {
        let e = self.case.expectation(of)?;
        self.same("expected", of, &e.unit, unit)?;
        e.value
            .ok_or_else(|| self.wrong("expected", of, "there is no single value"))
    }

    /// Compares `measured`, in `unit`, with what is expected under this name.
    ///
    /// # Errors
    /// [`Error::Internal`] if the case expects no such thing, or in another unit, or says no number or tolerance.
    pub fn check(&self, of: &str, unit: &str, measured: f64) -> Result<Check, Error> {
        let e = self.case.expectation(of)?;
        self.same("expected", of, &e.unit, unit)?;
        let expected = e
            .expected()
            .ok_or_else(|| self.wrong("expected", of, "there are no numbers to compare with"))?;
        let tolerance = self.tolerance(e)?;
        self.compared.borrow_mut().insert(&e.of);
        Ok(Check::new(&e.label, unit, expected, measured, tolerance).known_to_miss(e.missed.clone()))
    }

    /// Compares `measured` with a value that follows from what is expected under the names `from`, and is held to their
    /// tolerance. Both are in `unit`.
    ///
    /// # Errors
    /// [`Error::Internal`] if the case expects no such thing, or has no relative tolerance, the same for all of them.
    pub fn derived(
        &self,
        from: &[&str],
        quantity: String,
        unit: &str,
        expected: f64,
        measured: f64,
    ) -> Result<Check, Error> {
        let mut shared = None;
        for of in from {
            let e = self.case.expectation(of)?;
            let tolerance = self.tolerance(e)?;
            if !matches!(tolerance, Tolerance::Relative(_)) || *shared.get_or_insert(tolerance) != tolerance {
                return Err(self.wrong(
                    "expected",
                    of,
                    format!("its tolerance does not do for `{quantity}`"),
                ));
            }
            self.compared.borrow_mut().insert(&e.of);
        }
        let tolerance = shared.ok_or_else(|| {
            Error::Internal(format!(
                "case {}: `{quantity}` follows from nothing",
                self.case.id
            ))
        })?;
        Ok(Check::new(
            quantity,
            unit,
            Expected::Value(expected),
            measured,
            tolerance,
        ))
    }

    /// Nothing that the case expects was left out, except what the file says is.
    ///
    /// # Errors
    /// [`Error::Internal`] that names what was left out.
    pub fn all_compared(&self) -> Result<(), Error> {
        let compared = self.compared.borrow();
        for e in &self.case.expected {
            match (&e.not_compared, compared.contains(e.of.as_str())) {
                (None, false) => return Err(self.wrong("expected", &e.of, "it was not compared")),
                (Some(_), true) => {
                    return Err(self.wrong(
                        "expected",
                        &e.of,
                        "it was compared, and the file says it is not",
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn tolerance(&self, e: &Expectation) -> Result<Tolerance, Error> {
        self.case
            .tolerance_of(e)
            .ok_or_else(|| self.wrong("expected", &e.of, "there is no tolerance in its unit"))
    }

    fn same(&self, field: &str, of: &str, unit: &str, wanted: &str) -> Result<(), Error> {
        if unit == wanted {
            return Ok(());
        }
        Err(self.wrong(field, of, format!("the unit is `{unit}`, not `{wanted}`")))
    }

    fn wrong(&self, field: &str, of: &str, what: impl std::fmt::Display) -> Error {
        Error::Internal(format!("case {}, {field} `{of}`: {what}", self.case.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
        result.unwrap_err().to_string()
    }

    /// Numbers come by their names, in engine units or in the unit of the file; what is not there is named.
    #[test]
    fn numbers_are_taken_by_name() {
        let c = Reference::case("C13").unwrap();
        assert_eq!(c.given("CD34+ cell density", Dimension::Density).unwrap(), 1.064);
        assert_eq!(c.given("CD34+ cell diameter", Dimension::Length).unwrap(), 9.0);
        assert_eq!(c.number("H", "").unwrap(), 0.4);
        assert_eq!(c.value("velocity, platelet", "um/s").unwrap(), -0.0545);
        assert_eq!(c.value("velocity, red cell", "um/s").unwrap(), 0.0909);
        let missing = said(c.given("CD34", Dimension::Length));
        assert!(
            missing.contains("case C13 gives no `CD34` but `monocyte diameter`"),
            "{missing}"
        );
        let length = said(c.given("monocyte density", Dimension::Length));
        assert!(
            length.contains(
                "case C13, given `monocyte density`: `1066 kg/m3` is a density; a length is needed"
            ),
            "{length}"
        );
        let bare = said(c.given("H", Dimension::Fraction));
        assert!(bare.contains("case C13, given `H`: `0.4` has no unit"), "{bare}");
        assert!(said(c.number("H", "%")).contains("case C13, given `H`: the unit is ``, not `%`"));
        let unit = said(c.value("velocity, platelet", "mm/s"));
        assert!(
            unit.contains("expected `velocity, platelet`: the unit is `um/s`, not `mm/s`"),
            "{unit}"
        );
        let c = Reference::case("C03").unwrap();
        assert_eq!(c.number("sedimentation coefficient", "S").unwrap(), 1e6);
        let c = Reference::case("C23").unwrap();
        let range = "platelets above the red cells, {force}, {duration}";
        assert!(said(c.value(range, "%")).contains("there is no single value"));
    }

    /// A comparison has the name, the numbers and the tolerance of the file.
    #[test]
    fn checks_are_made_from_the_fields() {
        let check =
            |id: &str, of: &str, unit: &str| Reference::case(id).unwrap().check(of, unit, 1.0).unwrap();
        let c = check("C01", "velocity, platelet", "um/s");
        assert_eq!(
            (c.quantity.as_str(), c.unit.as_str()),
            ("velocity, platelet", "um/s")
        );
        assert_eq!(
            (c.expected, c.tolerance),
            (Expected::Value(0.09065), Tolerance::Relative(0.001))
        );
        let c = check("C14", "haematocrit at which the platelet stands still", "");
        assert_eq!(c.tolerance, Tolerance::Absolute(0.005));
        let c = check("C23", "platelets above the red cells, {force}, {duration}", "%");
        assert_eq!(c.quantity, "platelets above the red cells, 100 g, 10 min");
        assert_eq!(
            (c.expected, c.tolerance),
            (Expected::Band(70.0, 80.0), Tolerance::Absolute(8.0))
        );
        let c = check("C33", "depletion of T cells", "log10");
        assert_eq!(
            (c.expected, c.tolerance),
            (Expected::Band(4.0, 5.0), Tolerance::Absolute(0.0))
        );
        let c = Reference::case("C01").unwrap();
        assert!(
            said(c.check("velocity, lymph", "um/s", 1.0)).contains("case C01 expects no `velocity, lymph`")
        );
        assert!(said(c.check("velocity, platelet", "m/s", 1.0)).contains("not `m/s`"));
        let c = Reference::case("C24").unwrap();
        assert!(said(c.check("platelets in the PC", "", 1.0)).contains("no numbers to compare with"));
        let c = Reference::case("C20").unwrap();
        assert!(said(c.check("reading, tilted over upright", "", 1.0)).contains("no tolerance in its unit"));
    }

    /// A case that forgets something that it expects fails, and so does one that compares what the file leaves out.
    #[test]
    fn what_is_left_out_is_found() {
        let c = Reference::case("C11").unwrap();
        for (of, unit) in [
            ("interface radius at T = {T}", "m"),
            ("plateau at T = {T}", ""),
            ("bed radius at T = {T}", "m"),
            ("end T", ""),
        ] {
            c.check(of, unit, 0.0).unwrap();
        }
        let left = said(c.all_compared());
        assert!(
            left.contains("case C11, expected `radius of the final bed`: it was not compared"),
            "{left}"
        );
        // to take a value is not to compare it, to derive another from it is
        c.value("radius of the final bed", "m").unwrap();
        assert!(c.all_compared().is_err());
        c.derived(&["radius of the final bed"], "height".into(), "mm", 1.0, 1.0)
            .unwrap();
        c.all_compared().unwrap();
        let c = Reference::case("C23").unwrap();
        c.check("platelets above the red cells, {force}, {duration}", "%", 75.0)
            .unwrap();
        c.all_compared().unwrap();
        // what follows from points of a percentage is not held to them
        let points = c.derived(
            &["platelets above the red cells, {force}, {duration}"],
            "share".into(),
            "",
            0.7,
            0.7,
        );
        assert!(said(points).contains("its tolerance does not do for `share`"));
        assert!(c.derived(&[], "share".into(), "", 0.7, 0.7).is_err());
        let c = Reference::case("C34").unwrap();
        assert!(said(c.all_compared()).contains("recovery within specification"));
    }
}
