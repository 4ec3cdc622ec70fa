//! Values that are changed from outside, and what is said of them.

use super::*;

const TEXT: &str = "seed = 1\n[sample] # c\ncells = { a = \"1\" }\nlist = [7, 8]\n[[protocol]]\nhold = \"1 s\"\n[[protocol]]\n";

fn amended(path: &str, value: &str) -> Result<String, Error> {
    let mut text = Amended::new(TEXT);
    text.set(&format!("--set {path}={value}"), path, value)?;
    let parsed = text.text.parse::<toml::Table>();
    assert!(parsed.is_ok(), "{}", text.text);
    Ok(text.text)
}

#[test]
fn values_are_changed_where_they_stand_and_added_where_they_are_not() -> Result<(), Error> {
    for (path, value, line) in [
        ("seed", "5", "seed = 5"),
        ("title", "a 'b' \"c\"", "title = "),
        ("sample.cells.a", "35 %", "cells = { a = \"35 %\" }"),
        ("sample.cells.b", "2 /uL", "cells = { b = \"2 /uL\",  a = \"1\" }"),
        ("sample.cells", "{ x = 1 }", "cells = { x = 1 }"),
        ("sample.list[1]", "9", "list = [7, 9]"),
        ("sample.haematocrit", "35 %", "haematocrit = \"35 %\""),
        ("protocol[0].hold", "2 min", "hold = \"2 min\""),
        ("protocol[1].hold", "3 min", "hold = \"3 min\""),
        ("output.profile.bins", "7", "output.profile.bins = 7"),
    ] {
        let text = amended(path, value)?;
        assert!(text.lines().any(|l| l.starts_with(line)), "{path}: {text}");
    }
    for (path, value) in [
        ("", "1"),
        ("a..b", "1"),
        ("protocol[2].hold", "1 s"),
        ("protocol[0]", "1"),
        ("seed.x", "1"),
        ("sample", "1"),
        ("seed[0]", "1"),
    ] {
        assert!(amended(path, value).is_err(), "{path}");
    }
    Ok(())
}

/// The path that was meant is named, and can be changed.
#[test]
fn a_path_that_is_not_there_leads_to_one_that_is() {
    let text = crate::scenario::Scene::bundled_text();
    for (path, value, advice) in [
        ("haematocrit", "30%", "did you mean sample.haematocrit?"),
        ("hct", "30%", "did you mean sample.haematocrit?"),
        ("cells.platelet", "1e5 /uL", "did you mean sample.cells.platelet?"),
        (
            "rotor.bottom_radius",
            "16 cm",
            "did you mean chamber.rotor.bottom_radius?",
        ),
        (
            "protocol[2].hold",
            "5 min",
            "protocol[2] has `brake_over`, and not `hold`. Counting starts at 0; did you mean protocol[1].hold?",
        ),
        ("protocol.hold", "5 min", "did you mean protocol[1].hold?"),
        ("hold", "5 min", "did you mean protocol[1].hold?"),
        ("protocl[1].hold", "5 min", "did you mean protocol[1].hold?"),
        ("smaple.haematocrit", "30%", "did you mean sample.haematocrit?"),
        (
            "protocol.at_radius",
            "15 cm",
            "name one of its entries: protocol[0].at_radius, protocol[1].at_radius, protocol[2].at_radius",
        ),
    ] {
        let said = Amended::new(text)
            .set("--set x", path, value)
            .expect_err(path)
            .to_string();
        assert!(said.ends_with(advice), "{path}: {said}");
        let meant = advice.trim_start_matches("did you mean ").trim_end_matches('?');
        if meant.contains(' ') {
            continue;
        }
        let mut amended = Amended::new(text);
        amended
            .set("--set x", meant, value)
            .unwrap_or_else(|e| unreachable!("{e}"));
        let scene = crate::scenario::Scene::from_str("scene.toml", &amended.text);
        assert!(scene.is_ok(), "{meant}: {scene:?}");
    }
    // a number that is too large for TOML is none the less a number
    let mut amended = Amended::new(text);
    amended
        .set("--set x", "seed", "99999999999999999999")
        .unwrap_or_else(|e| unreachable!("{e}"));
    let error = crate::scenario::Scene::from_str("scene.toml", &amended.text).expect_err("huge");
    assert_eq!(error.problems[0].label, "has to be at most 9223372036854775807");
    // and one with a power of ten is a whole one
    let mut amended = Amended::new(text);
    amended
        .set("--set x", "sample.parcels", "1e5")
        .unwrap_or_else(|e| unreachable!("{e}"));
    let scene = crate::scenario::Scene::from_str("scene.toml", &amended.text);
    assert!(scene.is_ok_and(|s| s.setup.parcels() == 100_000));
}

#[test]
fn what_is_wrong_is_shown_where_it_was_written() -> Result<(), Error> {
    let mut text = Amended::new(TEXT);
    text.set("--set title=new", "title", "new")?;
    text.set("--set sample.cells.a=many", "sample.cells.a", "many")?;
    let at = |what: &str| text.text.find(what).map_or(0..0, |i| i..i + what.len());
    assert!(matches!(text.home(&at("\"1 s\"")), Home::Text(s) if TEXT[s.clone()] == *"\"1 s\""));
    assert!(matches!(text.home(&at("seed")), Home::Text(s) if s == (0..4)));
    let many = text.home(&at("\"many\""));
    assert!(matches!(many, Home::Option(1, s) if "--set sample.cells.a=many"[s.clone()] == *"many"));
    assert!(matches!(text.home(&at("\"new\"")), Home::Option(0, _)));
    Ok(())
}

#[test]
fn files_are_found() {
    let text = "[[magnet]]\nfile = \"a.csv\"\n[flow]\nfile = 'b c.vti'\n";
    let expected = [("flow.file", "b c.vti"), ("magnet[0].file", "a.csv")];
    assert_eq!(files(text), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

/// Two values for one key are a slip; neither is preferred.
#[test]
fn one_key_is_set_once() -> Result<(), Error> {
    let mut text = Amended::new(TEXT);
    text.set("--set protocol[0].hold=2 s", "protocol[0].hold", "2 s")?;
    text.set("--set protocol[1].hold=2 s", "protocol[1].hold", "2 s")?;
    let said = text
        .set("--set protocol[ 0 ].hold=3 s", "protocol[ 0 ].hold", "3 s")
        .expect_err("a second value")
        .to_string();
    assert_eq!(
        said,
        "--set protocol[0].hold=2 s and --set protocol[ 0 ].hold=3 s set the same value; give one of them"
    );
    Ok(())
}
