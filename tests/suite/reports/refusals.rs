//! What `buffycoat report` refuses, and the odd things that it does not stumble over.

use super::{copy, page, parse, report, sealed, separator, summary, vessel};
use serde_json::Value;
use std::path::Path;

#[track_caller]
pub fn refused(folder: &Path, code: i32, words: &[&str]) {
    let _ = std::fs::remove_file(folder.join("report.html"));
    let output = report(folder, &[]);
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is missing: {said}");
    }
    assert!(!said.contains("internal error"), "{said}");
    assert!(!folder.join("report.html").exists());
}

/// Every file of a run, missing, cut off anywhere, or of another run, is an error that names it.
#[test]
fn broken_files_are_refused_by_name() {
    let runs = [
        (vessel(), &["summary.json", "profile.csv", "final.png"][..]),
        (
            separator(),
            &[
                "summary.json",
                "counts.csv",
                "surface.csv",
                "mobility.csv",
                "final.png",
            ],
        ),
    ];
    for (run, files) in runs {
        for file in files {
            let folder = copy(run);
            let path = folder.path().join(file);
            let whole = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            refused(folder.path(), 4, &[file, "buffycoat run"]);
            for part in [0.0, 0.01, 0.3, 0.6, 0.999] {
                let mut at = (part * whole.len() as f64) as usize;
                for _ in 0..2 {
                    std::fs::write(&path, &whole[..at]).unwrap();
                    refused(folder.path(), 2, &[file]);
                    // and at the end of a line
                    at = whole[..at]
                        .iter()
                        .rposition(|b| *b == b'\n')
                        .map_or(at, |i| i + 1);
                }
            }
            std::fs::write(&path, b"\xff\xfe not ours").unwrap();
            refused(folder.path(), 2, &[file]);
        }
    }
}

/// Complaints about tables say in which line.
#[test]
fn complaints_name_the_line() {
    let folder = copy(vessel());
    let path = folder.path().join("profile.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let spoil = |line: usize, with: &dyn Fn(&str) -> String| {
        let lines: Vec<String> = text
            .lines()
            .enumerate()
            .map(|(i, l)| if i + 1 == line { with(l) } else { l.to_owned() })
            .collect();
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    };
    spoil(100, &|l| l.replacen(',', ",x", 1));
    refused(
        folder.path(),
        2,
        &["profile.csv:100: `x0` in column `rpm` is not a number"],
    );
    spoil(100, &|l| l.replacen(',', ",inf", 1));
    refused(folder.path(), 2, &["profile.csv:100:"]);
    spoil(7, &|l| l.rsplit_once(',').unwrap().0.to_owned());
    refused(
        folder.path(),
        2,
        &["profile.csv:7: 14 fields, where 15 are named in the first line"],
    );
    spoil(1, &|l| l.replace("rpm", "<rpm>"));
    refused(
        folder.path(),
        2,
        &["profile.csv:1: column 2 should be `rpm`, and is `<rpm>`"],
    );
    // a table of another run: more cells of a kind in one bin than there are
    spoil(100, &|l| {
        let mut fields: Vec<&str> = l.split(',').collect();
        fields[10] = "9e6";
        fields.join(",")
    });
    refused(
        folder.path(),
        2,
        &["profile.csv:261:", "parcels of `erythrocyte`", "another run"],
    );

    let folder = copy(separator());
    let path = folder.path().join("counts.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("labelled", "elsewhere", 1)).unwrap();
    refused(folder.path(), 2, &["counts.csv:2: ", "different runs"]);
}

/// A recovery of 750 % was typed in by somebody.
#[test]
fn shares_are_shares() {
    for run in [vessel(), separator()] {
        let folder = copy(run);
        let path = folder.path().join("summary.json");
        let text = std::fs::read_to_string(&path).unwrap();
        let begin = text.find("\"recovery\": ").unwrap();
        let end = begin + text[begin..].find([',', '\n']).unwrap();
        for share in ["7.5", "-0.1", "1.01"] {
            let spoilt = format!("{}\"recovery\": {share}{}", &text[..begin], &text[end..]);
            std::fs::write(&path, &spoilt).unwrap();
            refused(
                folder.path(),
                2,
                &["summary.json:", "was changed", "run the scene again"],
            );
            // who hashes again is asked what that share should be
            std::fs::write(&path, sealed(&serde_json::from_str(&spoilt).unwrap())).unwrap();
            let said = format!("a share of {share}, which is not between 0 and 1");
            refused(folder.path(), 2, &["summary.json:", &said]);
        }
    }
}

/// A summary with numbers that no run has makes a page or an error, never a panic.
#[test]
fn odd_numbers_are_no_panic() {
    let odd = [
        serde_json::json!(0),
        serde_json::json!(-1.0),
        serde_json::json!(1e300),
        serde_json::json!(u64::MAX),
        Value::Null,
        serde_json::json!("text"),
        serde_json::json!([]),
    ];
    for (run, keys) in [
        (
            vessel(),
            &[
                "/setup/chamber/height_mm",
                "/setup/volume_ml",
                "/setup/grid/2",
                "/setup/parcels",
                "/run/simulated_seconds",
                "/run/steps",
                "/species/0/weight",
                "/species/1/parcels_end",
                "/species",
                "/layers",
                "/red_cell_surface_mm",
                "/near_surface_mm",
            ][..],
        ),
        (
            separator(),
            &[
                "/setup/chamber/length_mm",
                "/species/0/parcels",
                "/species",
                "/fractions",
                "/fractions/0/species",
                "/fractions/0/species/0/parcels",
                "/fractions/0/species/0/species",
                "/steady",
                "/setup/chamber",
            ],
        ),
    ] {
        let folder = copy(run);
        let path = folder.path().join("summary.json");
        let whole = summary(folder.path());
        for key in keys {
            for value in &odd {
                let mut s = whole.clone();
                *s.pointer_mut(key).unwrap() = value.clone();
                std::fs::write(&path, sealed(&s)).unwrap();
                let output = report(folder.path(), &[]);
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(
                    matches!(output.status.code(), Some(0 | 2)),
                    "{key} = {value}: {said}"
                );
                if output.status.success() {
                    parse(&std::fs::read_to_string(folder.path().join("report.html")).unwrap());
                }
            }
        }
    }
}

/// A folder without a run says what was expected.
#[test]
fn folders_of_neither_kind_say_what_was_expected() {
    let folder = tempfile::tempdir().unwrap();
    refused(
        folder.path(),
        4,
        &["summary.json", "profile.csv", "counts.csv", "buffycoat run"],
    );
    let nowhere = folder.path().join("nowhere");
    refused(
        &nowhere,
        4,
        &["nowhere: there is no such folder", "buffycoat run"],
    );
    let file = vessel().join("summary.json");
    let output = report(&file, &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(4) && said.contains("a folder is needed"),
        "{said}"
    );
}

/// A scene that is not the one that was run is not shown as it.
#[test]
fn only_the_scene_that_was_run_is_shown() {
    let folder = copy(vessel());
    let scene = folder.path().join("scene_as_run.toml");
    let text = std::fs::read_to_string(&scene).unwrap();
    // with what --parcels changed in it
    let written = crate::read("examples/scenes/whole_blood.toml");
    assert_eq!(text, written.replace("500_000", "30000"));
    std::fs::write(&scene, text.replace("12 min", "13 min")).unwrap();
    let output = report(folder.path(), &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && said.contains("not the scene that was run"),
        "{said}"
    );
    assert!(
        !std::fs::read_to_string(folder.path().join("report.html"))
            .unwrap()
            .contains("[[protocol]]")
    );
    std::fs::remove_file(&scene).unwrap();
    assert!(page(folder.path()).contains("holds no scene_as_run.toml"));
}
