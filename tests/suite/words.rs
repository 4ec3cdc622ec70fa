//! What comes from scenes, files and options is shown, never obeyed; and how a run ended is told to programs.

use crate::small_run::{SCENE, program as bare};
use crate::text;
use std::process::Output;

/// The small scene with a title that a terminal would obey.
fn coloured() -> String {
    SCENE.replace("A short run", "A \\u001b[31mred\\u202e and\\tblue <title>")
}

fn program(folder: &std::path::Path, arguments: &[&str]) -> Output {
    bare(folder).args(arguments).output().unwrap()
}

/// Whether a character is obeyed by a terminal or turns the text around it; of the first kind line breaks may be there.
fn obeyed(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// An escape code that is written out in full, a character that turns the direction, and a name as a formula: none reaches a terminal,
/// a table, the summary or the page.
#[test]
fn nothing_that_is_shown_is_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    // a title may not hold an escape code at all; the text is there without it
    std::fs::write(at.join("a.toml"), coloured()).unwrap();
    let output = program(at, &["run", "a.toml", "-q", "--backend", "cpu", "--out", "o"]);
    assert!(!text(&output).chars().any(obeyed), "{:?}", text(&output));
    let plain = coloured().replace("\\u001b", "").replace("\\u202e", "");
    std::fs::write(at.join("b\u{202e}\u{1b}[1m.toml"), &plain).unwrap();
    let output = program(
        at,
        &[
            "run",
            "b\u{202e}\u{1b}[1m.toml",
            "-q",
            "--backend",
            "cpu",
            "--out",
            "o",
        ],
    );
    assert!(output.status.success(), "{}", text(&output));
    let page = program(at, &["report", "o", "--svg"]);
    assert!(page.status.success(), "{}", text(&page));
    let mut said = text(&output) + &text(&page);
    for name in ["summary.json", "profile.csv", "report.html", "plot_profiles.svg"] {
        said += &std::fs::read_to_string(at.join("o").join(name)).unwrap();
    }
    assert!(
        !said.chars().any(obeyed),
        "{:?}",
        said.chars().find(|c| obeyed(*c))
    );
    let html = std::fs::read_to_string(at.join("o/report.html")).unwrap();
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..Default::default()
    };
    roxmltree::Document::parse_with_options(&html, options).unwrap();
    // an error about a file of such a name
    let none = program(at, &["report", "n\u{1b}[2Jo\u{202e}ne"]);
    assert!(!text(&none).chars().any(obeyed), "{:?}", text(&none));
    for name in ["=1+1", "@a", "+b", "-c", "d\\u202e"] {
        let scene = plain.replace(
            "[chamber]",
            &format!("[sample.cells]\n\"{name}\" = \"1 /uL\"\n[chamber]"),
        );
        std::fs::write(at.join("c.toml"), scene).unwrap();
        let output = program(at, &["check", "c.toml"]);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains("c.toml:10:1"), "{name}: {said}");
        assert!(!said.chars().any(obeyed), "{name}: {said:?}");
    }
}

/// One value on standard output, whatever comes of it.
#[test]
fn how_a_run_ended_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("a.toml"), SCENE).unwrap();
    let told = |more: &[&str]| -> (Option<i32>, serde_json::Value) {
        let all = [
            &["run", "a.toml", "--json", "--backend", "cpu", "--out", "o"],
            more,
        ]
        .concat();
        let output = program(at, &all);
        (
            output.status.code(),
            serde_json::from_slice(&output.stdout).unwrap(),
        )
    };
    let (code, json) = told(&[]);
    assert_eq!(
        (code, &json["outcome"], &json["folder"]),
        (Some(0), &"done".into(), &"o".into())
    );
    let file: serde_json::Value =
        serde_json::from_slice(&std::fs::read(at.join("o/summary.json")).unwrap()).unwrap();
    assert_eq!(json["summary"], file);
    let (code, json) = told(&["--set", "sample.haematocrit=none"]);
    assert_eq!(
        (code, &json["outcome"], &json["exit_code"]),
        (Some(2), &"failed".into(), &2.into())
    );
    assert!(
        json["message"].as_str().unwrap().contains("command line:1:"),
        "{json}"
    );
}

/// Cells that do not fit into the duct are found when they are drawn; the message says where the duct stands all the same.
#[test]
fn cells_that_do_not_fit_have_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let narrow = [
        "--set",
        "duct.radius=0.0036053 mm",
        "--set",
        "duct.grid=[7, 7, 9]",
    ];
    let all = [
        &["run", "halbach_flow_through", "--backend", "cpu", "-q"][..],
        &narrow[..],
    ]
    .concat();
    let output = program(folder.path(), &all);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.lines().any(|l| l.starts_with("error: ")
            && l.contains("halbach_flow_through.toml:22:2: ")
            && l.contains("fit")),
        "{said}"
    );
}

/// What is doubted before a run is said once, before it begins.
#[test]
fn a_warning_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let all = [
        "run",
        "rack_separation",
        "--backend",
        "cpu",
        "-q",
        "--parcels",
        "600",
        "--out",
        "o",
    ];
    let said = text(&program(folder.path(), &all));
    assert_eq!(said.matches("is taken as a sphere").count(), 1, "{said}");
    let summary = std::fs::read_to_string(folder.path().join("o/summary.json")).unwrap();
    assert!(summary.contains("is taken as a sphere"), "{summary}");
}
