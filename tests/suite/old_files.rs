//! F19. Results and scenes of other versions: each is read and shows what it holds, or is refused with its place; nothing is read as something
//! else without a word.

use crate::small_run::{good, program, refused, report, run};
use crate::text;
use std::path::Path;

/// What version 0.1.0 has left, in a folder `o`.
fn old(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("o");
    std::fs::create_dir(&to).unwrap();
    for entry in std::fs::read_dir(crate::root().join("tests/old").join(name)).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    image::RgbImage::new(4, 4).save(to.join("final.png")).unwrap();
    folder
}

fn summary(at: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(at.join("o/summary.json")).unwrap()).unwrap()
}

/// The numbers of a summary that a page has to show, by the names of their keys.
fn numbers<'a>(value: &'a serde_json::Value, keys: &[&str], out: &mut Vec<(&'a str, f64)>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, inner) in map {
                match inner.as_f64().filter(|_| keys.contains(&key.as_str())) {
                    Some(number) => out.push((key, number)),
                    None => numbers(inner, keys, out),
                }
            }
        }
        serde_json::Value::Array(all) => all.iter().for_each(|inner| numbers(inner, keys, out)),
        _ => {}
    }
}

/// Results of the release before are read: the page has their numbers, and a note says what is not known of them. A run replaces
/// them, and says that, too.
#[test]
fn f19_results_of_the_release_before() {
    let cases = [
        (
            "vessel_0.1.0",
            &["recovery", "purity", "per_ul", "cells", "volume_ml"][..],
        ),
        ("separator_0.1.0", &["recovery", "purity"]),
    ];
    let mut shown = 0;
    for (name, keys) in cases {
        let folder = old(name);
        let at = folder.path();
        let output = report(at, &["o"]);
        good(&output);
        let said = text(&output);
        assert!(
            said.contains("note: ") && said.contains("no hashes"),
            "{name}: {said}"
        );
        let html = std::fs::read_to_string(at.join("o/report.html")).unwrap();
        let exact: Vec<f64> = html
            .split("<data value=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next()?.parse().ok())
            .collect();
        for (what, words) in [
            ("vessel_0.1.0", "dilute: cells do not feel each other"),
            ("vessel_0.1.0", "standing at 1 x g"),
            ("separator_0.1.0", "through a tube of"),
        ] {
            assert!(what != name || html.contains(words), "{name}: {words}");
        }
        for words in ["magnets on", "magnets off", "grid cell is", "hinder each other"] {
            assert!(!html.contains(words), "{name}: {words}");
        }
        let there = summary(at);
        let mut expected = Vec::new();
        numbers(&there, keys, &mut expected);
        assert!(expected.len() >= keys.len(), "{name}: {expected:?}");
        for (key, number) in expected {
            // as a share, or in per cent
            let found = exact.iter().any(|x| {
                [number, 100.0 * number]
                    .iter()
                    .any(|n| (x - n).abs() <= 1e-9 * n.abs())
            });
            assert!(found, "{name}: `{key}` of {number} is not on the page");
            shown += 1;
        }
        std::fs::write(at.join("scene.toml"), crate::small_run::SCENE).unwrap();
        let output = run(at, "scene.toml", &["--out", "o"]);
        good(&output);
        assert!(
            text(&output).contains("of an earlier version, which kept no hashes"),
            "{name}: {}",
            text(&output)
        );
    }
    println!(
        "F19: {} results of 0.1.0 are read, {shown} of their numbers are on the pages",
        cases.len()
    );
}

/// Layouts that this version does not know are refused by file, line and number, and so is a file without a key that is needed.
#[test]
fn f19_layouts_that_are_not_known() {
    let mut tried = 0;
    for (name, known) in [("vessel_0.1.0", 1), ("separator_0.1.0", 2)] {
        let folder = old(name);
        let at = folder.path();
        let path = at.join("o/summary.json");
        let own = std::fs::read_to_string(&path).unwrap();
        let head = format!("\"schema\": {known}");
        assert!(own.contains(&head));
        for other in ["0", "1", "2", "3", "99", "-1", "1.5", "null", "\"1\"", "{}"] {
            if other == known.to_string() {
                continue;
            }
            std::fs::write(&path, own.replacen(&head, &format!("\"schema\": {other}"), 1)).unwrap();
            let output = report(at, &["o"]);
            // that of the present layout is noticed where something is missing
            let line = if other == "3" { "" } else { "2: " };
            refused(
                &output,
                2,
                &[&format!("o/summary.json:{line}"), "un the scene again"],
            );
            tried += 1;
        }
        for key in ["layers", "outlets", "species", "setup", "run", "scene"] {
            let quoted = format!("\"{key}\":");
            if own.contains(&quoted) {
                std::fs::write(&path, own.replace(&quoted, "\"of another version\":")).unwrap();
                refused(&report(at, &["o"]), 2, &["o/summary.json:"]);
                tried += 1;
            }
        }
    }
    // scenes have had one layout so far, which is that of the scenes that are shipped
    let folder = tempfile::tempdir().unwrap();
    for other in ["0", "2", "99", "-1", "1.5", "\"1\"", "true"] {
        let scene = crate::small_run::SCENE.replace("schema = 1", &format!("schema = {other}"));
        std::fs::write(folder.path().join("scene.toml"), scene).unwrap();
        let output = program(folder.path())
            .args(["check", "scene.toml"])
            .output()
            .unwrap();
        refused(&output, 2, &["scene.toml:1:"]);
        tried += 1;
    }
    println!("F19: {tried} files of unknown layouts are refused by line");
}
