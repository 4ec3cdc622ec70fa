//! What is shown to newcomers works: the example programs, the scenes, and what README.md says.

use crate::{files, read, root};
use buffycoat::scenario::Scene;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of this build's outputs, `target/debug` or the like.
fn build_folder() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    this.ancestors()
        .find(|p| p.join("deps").is_dir())
        .unwrap_or(Path::new("."))
        .to_owned()
}

/// Runs an example program with `arguments` and gives what it printed. It is built first, with the features and the
/// profile of this test, so that no stale program passes; in a full `cargo test` that has been done and costs nothing.
fn example(name: &str, arguments: &[&str]) -> String {
    let folder = build_folder();
    let profile = match folder.file_name().and_then(|n| n.to_str()) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    // the same set to the letter, `default` too: another set would be another build
    let features: Vec<&str> = [
        ("default", cfg!(feature = "default")),
        ("gpu", cfg!(feature = "gpu")),
        ("cli", cfg!(feature = "cli")),
    ]
    .iter()
    .filter(|f| f.1)
    .map(|f| f.0)
    .collect();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| env!("CARGO").into());
    let built = Command::new(cargo)
        .current_dir(root())
        .args([
            "build",
            "--quiet",
            "--locked",
            "--no-default-features",
            "--profile",
            profile,
            "--example",
            name,
        ])
        .args(["--features", &features.join(",")])
        .env("CARGO_TARGET_DIR", folder.parent().unwrap())
        // `./check` sets it for the test harness; build scripts ask for it, so that with it all is built anew
        .env_remove("RUSTC_BOOTSTRAP")
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{name} does not build:\n{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let program = folder
        .join("examples")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let run = Command::new(&program)
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("{}: {e}", program.display()));
    let (text, errors) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(
        run.status.success(),
        "{name} ended with {}:\n{text}\n{errors}",
        run.status
    );
    text.into_owned()
}

/// The numbers of a line.
fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace().filter_map(|w| w.parse().ok()).collect()
}

#[test]
fn spin_blood_finds_a_buffy_coat() {
    let text = example("spin_blood", &["20000"]);
    println!("{text}");
    let of = |layer: &str| {
        let line = text
            .lines()
            .find(|l| l.starts_with(layer))
            .unwrap_or_else(|| panic!("no {layer} in:\n{text}"));
        numbers(line)
    };
    let (plasma, buffy, red) = (of("plasma"), of("buffy coat"), of("red cells"));
    assert_eq!(plasma[0], 0.0);
    assert_eq!((plasma[1], buffy[1]), (buffy[0], red[0]), "layers touch");
    assert!(
        (red[1] - 65.0).abs() < 1e-6,
        "the red cells reach the bottom: {red:?}"
    );
    // a bed of 0.42 * 65 mm of red cells, packed to between 0.8 and 0.94
    let bed = red[1] - red[0];
    assert!(
        (27.3 / 0.94 - 1.0..27.3 / 0.8).contains(&bed),
        "a bed of {bed} mm"
    );
}

#[test]
fn settling_column_follows_kynch() {
    let text = example("settling_column", &[]);
    println!("{text}");
    let rows: Vec<Vec<f64>> = text.lines().map(numbers).filter(|n| n.len() == 3).collect();
    assert!(rows.len() >= 5, "{text}");
    for row in &rows {
        // one grid cell: the front itself is a few cells wide, its middle is placed better
        assert!((row[1] - row[2]).abs() < 0.25, "{row:?}");
    }
    assert!(
        rows.last().unwrap()[2] > 30.0,
        "the front has not gone far: {text}"
    );
}

#[test]
fn leukapheresis_finds_a_coat() {
    let text = example("leukapheresis", &["3"]);
    println!("{text}");
    let rows: Vec<Vec<f64>> = text.lines().map(numbers).filter(|n| n.len() == 6).collect();
    assert_eq!(rows.len(), 3, "{text}");
    // a deeper interface leaves red cells and neutrophils out of the bag
    let falls = |column: usize| rows.windows(2).all(|r| r[1][column] < r[0][column]);
    assert!(falls(5) && falls(3), "{text}");
    // the haematocrit of a product, not of blood
    assert!(rows.iter().all(|r| r[5] < 10.0), "{text}");
}

#[test]
fn every_example_is_listed() {
    let readme = read("examples/README.md");
    for file in files("examples") {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            name == "README.md" || readme.contains(&name),
            "examples/README.md does not say what {name} is"
        );
    }
}

#[test]
fn every_bundled_scene_reads_without_an_error() {
    for file in files("examples/scenes") {
        Scene::from_file(root().join(&file)).unwrap_or_else(|e| panic!("{e}"));
    }
}

/// The fenced blocks of a language in a Markdown text.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut inside: Option<String> = None;
    for line in text.lines() {
        match &mut inside {
            Some(block) if line.starts_with("```") => {
                out.push(std::mem::take(block));
                inside = None;
            }
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
            None if line.trim_end() == format!("```{language}") => inside = Some(String::new()),
            None => {}
        }
    }
    out
}

#[test]
fn the_scene_in_the_readme_reads_without_a_warning() {
    let scenes = blocks(&read("README.md"), "toml");
    assert!(!scenes.is_empty());
    for text in scenes.iter().filter(|t| t.contains("schema")) {
        let scene = Scene::from_str("README.md", text).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(scene.render_warnings(false), "");
    }
}

/// It is also compiled and run, as a documentation test of the library.
#[test]
fn the_program_in_the_readme_is_an_example() {
    let shown = blocks(&read("README.md"), "rust");
    assert_eq!(shown.len(), 1);
    let example = read("examples/first_run.rs");
    let body = example.find("\n\nuse ").map_or("", |at| &example[at + 2..]);
    assert_eq!(
        shown[0], body,
        "README.md shows another text than examples/first_run.rs"
    );
}

/// Pictures are made by the program and may be missing from a package.
#[test]
fn the_links_in_the_documents_lead_somewhere() {
    for document in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "examples/README.md",
    ] {
        let text = read(document);
        let folder = root().join(document).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).filter_map(|l| l.split(')').next()) {
            let elsewhere = link.contains("://") || link.starts_with('#') || link.ends_with(".png");
            let file = link.split('#').next().unwrap_or(link);
            assert!(
                elsewhere || folder.join(file).exists(),
                "{document}: {link} is not there"
            );
        }
    }
}

/// A command in the documents, less its comment, as words.
fn commands(document: &str) -> Vec<Vec<String>> {
    blocks(&read(document), "sh")
        .iter()
        .flat_map(|b| b.lines().map(str::to_owned).collect::<Vec<_>>())
        .map(|l| {
            l.split(" #")
                .next()
                .unwrap_or("")
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|words| !words.is_empty())
        .collect()
}

#[test]
fn the_commands_in_the_documents_exist() {
    let mut seen = 0;
    for document in ["README.md", "CONTRIBUTING.md", "examples/README.md"] {
        for words in commands(document) {
            seen += 1;
            let line = words.join(" ");
            for file in words.iter().filter(|w| w.ends_with(".toml") && w.contains('/')) {
                assert!(
                    root().join(file).is_file(),
                    "{document}: `{line}`: {file} is not there"
                );
            }
            let arguments = |n: usize| words[n..].iter().map(String::as_str).collect::<Vec<_>>();
            match words[0].as_str() {
                "./check" => assert!(root().join("check").is_file()),
                "buffycoat" => understood(document, &line, &arguments(1)),
                "cargo" => match words.iter().position(|w| w == "--example") {
                    Some(n) => assert!(
                        root()
                            .join("examples")
                            .join(format!("{}.rs", words[n + 1]))
                            .is_file(),
                        "{document}: `{line}`: no such example"
                    ),
                    None => {
                        if let Some(n) = words.iter().position(|w| w == "suite") {
                            let name = words.get(n + 1).map_or("", String::as_str);
                            assert!(
                                is_a_test(name),
                                "{document}: `{line}`: tests/suite has no `{name}`"
                            );
                        }
                        if let Some(n) = words.iter().position(|w| w == "--")
                            && words[1] == "run"
                        {
                            understood(document, &line, &arguments(n + 1));
                        }
                    }
                },
                other => panic!("{document}: `{line}`: what is {other}?"),
            }
        }
    }
    assert!(seen >= 5, "only {seen} commands were found");
}

/// True for a module of this binary and for a test in one.
fn is_a_test(name: &str) -> bool {
    let module = format!("mod {name};");
    let test = format!("]\nfn {name}()");
    read("tests/suite/main.rs").contains(&module)
        || files("tests/suite").iter().any(|f| read(f).contains(&test))
}

/// The program knows these arguments: with `--help` behind them it explains the command that they begin with.
#[cfg(feature = "cli")]
fn understood(document: &str, line: &str, arguments: &[&str]) {
    let command: Vec<&str> = arguments
        .iter()
        .take_while(|a| !a.starts_with('-'))
        .take(1)
        .copied()
        .collect();
    // a program without a window has no command for one
    if command == ["view"] && !cfg!(feature = "window") {
        return;
    }
    let run = |extra: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_buffycoat"))
            .args(&command)
            .args(extra)
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{document}: `{line}`: {}",
            String::from_utf8_lossy(&out.stderr)
        );
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    let help = run(&["--help"]);
    for option in arguments.iter().filter(|a| a.starts_with("--")) {
        let option = option.split('=').next().unwrap_or(option);
        assert!(
            help.contains(option),
            "{document}: `{line}`: no option {option} in\n{help}"
        );
    }
}

#[cfg(not(feature = "cli"))]
fn understood(_: &str, _: &str, _: &[&str]) {}

#[cfg(unix)]
#[test]
fn the_test_command_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for file in ["check", ".ci/run"] {
        let mode = std::fs::metadata(root().join(file)).unwrap().permissions().mode();
        assert!(mode & 0o111 != 0, "{file} is not executable");
    }
    assert!(read(".ci/run").lines().any(|l| l.trim() == "exec ./check"));
}

/// The page of keys is the one that the program prints.
#[test]
fn the_key_reference_is_current() {
    let page = read("docs/keys.md");
    assert!(
        page == buffycoat::scenario::key_reference(),
        "docs/keys.md is not what `buffycoat keys` prints: cargo run -- keys > docs/keys.md"
    );
}
