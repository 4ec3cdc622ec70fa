//! The walls of the house: the layer table of ARCHITECTURE.md against what the sources name.
//!
//! It reads text, not the compiler's mind: a path that a macro builds, or a method of a type that came in by
//! inference, is not seen. What it sees it reports with file and line.

mod rules;
mod source;

use crate::{files, read, root};
use rules::{Layers, Source};

/// Every source file under `src/`.
fn sources() -> Vec<Source> {
    let all = files("src")
        .into_iter()
        .filter(|f| f.extension().is_some_and(|e| e == "rs"))
        .map(|f| Source::new(&f.to_string_lossy().replace('\\', "/"), &read(&f)))
        .collect();
    rules::without_test_files(all)
}

fn layers() -> Layers {
    Layers::parse(&read("ARCHITECTURE.md")).unwrap_or_else(|e| panic!("{e}"))
}

fn none(what: &str, problems: Vec<String>) {
    assert!(problems.is_empty(), "{what}:\n  {}", problems.join("\n  "));
}

#[test]
fn a_module_uses_only_lower_layers() {
    let seen = rules::count(&sources());
    assert!(
        seen > 150,
        "only {seen} paths were found in src/: the scanner misses them"
    );
    none(
        "ARCHITECTURE.md says which layer a module is in; move the code, or change the table in the same commit and \
         say why in CHANGELOG.md",
        rules::upward(&layers(), &sources()),
    );
}

#[test]
fn every_module_is_in_the_table_and_the_table_names_nothing_else() {
    none(
        "layer table of ARCHITECTURE.md",
        rules::unlisted(&layers(), &sources()),
    );
}

#[test]
fn only_the_gpu_back_end_names_wgpu() {
    none("wgpu belongs into src/gpu", rules::wgpu(&sources()));
}

#[test]
fn a_back_end_knows_its_program_alone() {
    none("what is run is the engine's business", rules::domain(&sources()));
}

#[test]
fn the_library_does_not_print() {
    none(
        "printing belongs into src/cli; a library returns what it has to say",
        rules::prints(&sources()),
    );
}

#[test]
fn rooms_are_small() {
    let (warnings, problems) = rules::sizes(&sources());
    println!(
        "near the limit of {} lines:\n  {}",
        rules::MOST_LINES,
        warnings.join("\n  ")
    );
    none("a file that long is usually two", problems);
}

/// A clone has to stand alone: no path of the machine it was written on, none that leads out of it.
#[test]
fn no_path_leads_out_of_the_repository() {
    let mut all: Vec<_> = ["src", "shaders", "examples", "tests", "data", "benches", ".ci"]
        .iter()
        .filter(|f| root().join(f).is_dir())
        .flat_map(files)
        .collect();
    for entry in std::fs::read_dir(root()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_owned();
        if path.is_file() && name != ".git" && name != "Cargo.lock" {
            all.push(name.into());
        }
    }
    let mut problems = Vec::new();
    for file in all {
        // pictures are not text
        if let Ok(text) = std::fs::read_to_string(root().join(&file)) {
            let name = file.to_string_lossy().replace('\\', "/");
            problems.extend(rules::outside(&name, &text, &|p| root().join(p).exists()));
        }
    }
    none("paths", problems);
}
