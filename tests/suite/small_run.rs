//! A run of a tenth of a second through the whole program, for tests of what becomes of its files.

use crate::cli_limits::dispositions;
use crate::text;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Cells that nothing crowds, for a few seconds on the bench; two profiles.
pub const SCENE: &str = r#"schema = 1
title = "A short run"
seed = 4
[sample]
medium = "plasma"
temperature = "20 degC"
haematocrit = "36 %"
parcels = 400
[chamber]
shape = "tube"
inner_diameter = "2.55 mm"
fill_height = "200 mm"
rotor = { mounting = "bench" }
[[protocol]]
hold = "20 s"
[output]
profile = { every = "10 s", bins = 20 }
[numerics]
layers = 20
"#;

pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_buffycoat"));
    command
        .current_dir(folder)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    dispositions(&mut command);
    command
}

pub fn run(folder: &Path, scene: &str, more: &[&str]) -> Output {
    let mut command = program(folder);
    command.args(["run", scene, "--backend", "cpu", "--threads", "1", "-q"]);
    command.args(more).output().unwrap()
}

pub fn report(folder: &Path, more: &[&str]) -> Output {
    program(folder).arg("report").args(more).output().unwrap()
}

/// A folder with the scene in it.
pub fn home() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("scene.toml"), SCENE).unwrap();
    folder
}

pub fn good(output: &Output) {
    assert!(output.status.success(), "{}", text(output));
}

pub fn refused(output: &Output, code: i32, words: &[&str]) {
    let said = text(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is missing: {said}");
    }
}

/// What the run has left in this folder, by its own summary: five files at least.
pub fn left_by(folder: &Path) -> Vec<String> {
    let summary = std::fs::read(folder.join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    let files = summary["record"]["files"].as_object().unwrap();
    let mut all: Vec<String> = files.keys().cloned().chain(["summary.json".into()]).collect();
    all.sort();
    assert!(
        all.len() >= 5 && all.iter().any(|n| n == "profile.csv"),
        "{all:?}"
    );
    all
}
