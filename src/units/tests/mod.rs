use super::Dimension::*;
use super::*;

mod refused;
mod spellings;

#[test]
fn shown() {
    assert_eq!(show(65e3, Length), "65 mm");
    assert_eq!(show(0.05, Length), "50 nm");
    assert_eq!(show(720e6, Time), "12 min");
    assert_eq!(show(90e6, Time), "90 s");
    assert_eq!(show(10.006e12, Volume), "10.01 mL");
    assert_eq!(show(0.42, Fraction), "42 %");
    assert_eq!(show(0.0, Length), "0 mm");
    assert_eq!(digits(0.979_4e-7, 3), "9.79e-8");
    assert_eq!(digits(1234.5, 3), "1234");
}

proptest::proptest! {
    /// Whatever is typed, there is an answer; and a finite one. What a refusal proposes is taken.
    #[test]
    fn never_panics(
        text in "\\PC{0,24}|[0-9._eE+-]{0,12} ?[a-zA-Z/%µμ°^0-9 ]{0,8}|[0-9.,' ]{1,8} ?(x ?10\\^?[0-9]{1,2})?[a-zA-Z/%µ^*()0-9 ⁰¹²³⁻·-]{0,12}"
    ) {
        for d in Dimension::ALL {
            match parse(&text, d) {
                Ok(x) => proptest::prop_assert!(x.is_finite()),
                Err(e) => for meant in e.meant {
                    proptest::prop_assert!(parse(&meant, d).is_ok(), "{text}: {meant}");
                },
            }
            match unit_factor(&text, d) {
                Ok(x) => proptest::prop_assert!(!x.is_nan()),
                Err(e) => for meant in e.meant {
                    proptest::prop_assert!(unit_factor(&meant, d).is_ok(), "{text}: {meant}");
                },
            }
        }
    }

    /// What is shown is read as what it was: to the four digits that are shown.
    #[test]
    fn shown_and_read(mantissa in 1.0..10.0_f64, ten in -12..13_i32) {
        let x = mantissa * 10_f64.powi(ten);
        for d in Dimension::ALL {
            let text = show(x, d);
            let read = parse(&text, d);
            proptest::prop_assert!(read.as_ref().is_ok_and(|r| (r / x - 1.0).abs() < 5.1e-4), "{x}: {text}: {read:?}");
        }
    }
}

#[test]
fn one_is_not_plural() {
    let said = [0, 1, 2, 11].map(|n| counted(n, "parcel"));
    assert_eq!(said, ["0 parcels", "1 parcel", "2 parcels", "11 parcels"]);
    assert_eq!(counted(digits(1.0, 3), "cell"), "1 cell");
}
