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

/// Spans of time are told as they are; what is known roughly is rounded.
#[test]
fn clocks() {
    for (seconds, said, roughly) in [
        (0.0, "0 s", "0.0 s"),
        (9.97, "9.97 s", "10 s"),
        (59.9, "59.9 s", "1 min"),
        (62.5, "1 min 02.5 s", "1 min 03 s"),
        (720.0, "12 min", "12 min"),
        (810.0, "13 min 30 s", "13 min 30 s"),
        (3600.0, "1 h", "1 h"),
        (3630.0, "1 h 00 min 30 s", "1 h 01 min"),
        // 62.5 min
        (3750.0, "1 h 02 min 30 s", "1 h 03 min"),
        (7500.0, "2 h 05 min", "2 h 05 min"),
        (95_400.0, "26 h 30 min", "26 h 30 min"),
        (f64::NAN, "\u{2013}", "\u{2013}"),
    ] {
        assert_eq!(
            (clock(seconds).as_str(), rough_clock(seconds).as_str()),
            (said, roughly),
            "{seconds}"
        );
    }
    // what is shown can be typed in
    for seconds in [42.5, 720.0, 3630.0, 3750.0, 95_400.0] {
        assert_eq!(parse(&clock(seconds), Time), Ok(seconds * 1e6));
    }
    // 125 min are not 2.083 h
    assert_eq!(
        [7.5e9, 3.75e9, 7.2e9, 66e6].map(|t| show(t, Time)),
        ["125 min", "62.5 min", "2 h", "66 s"]
    );
}

#[test]
fn one_is_not_plural() {
    let said = [0, 1, 2, 11].map(|n| counted(n, "parcel"));
    assert_eq!(said, ["0 parcels", "1 parcel", "2 parcels", "11 parcels"]);
    assert_eq!(counted(digits(1.0, 3), "cell"), "1 cell");
}

#[test]
fn what_took_no_time_has_no_speed() {
    assert_eq!(per_second(6.0, 2.0), Some(3.0));
    for (amount, seconds) in [(6.0, 0.0), (6.0, 9e-4), (0.0, 2.0), (6.0, f64::NAN)] {
        assert_eq!(per_second(amount, seconds), None, "{amount} in {seconds} s");
    }
}
