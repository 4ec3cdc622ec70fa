//! `buffycoat report`, as a person meets it: a page that needs nothing but itself, whose numbers are those of the run, and
//! which refuses what it cannot stand for.

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

fn buffycoat(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// A finished run of a bundled scene, made once.
fn ran(scene: &str, parcels: &str, place: &'static OnceLock<TempDir>) -> &'static Path {
    place
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().to_str().unwrap();
            let output = buffycoat(&[
                "run",
                scene,
                "--parcels",
                parcels,
                "--backend",
                "cpu",
                "--quiet",
                "--out",
                out,
            ]);
            assert!(output.status.success(), "{output:?}");
            folder
        })
        .path()
}

fn vessel() -> &'static Path {
    static PLACE: OnceLock<TempDir> = OnceLock::new();
    ran("whole_blood", "30000", &PLACE)
}

fn separator() -> &'static Path {
    static PLACE: OnceLock<TempDir> = OnceLock::new();
    ran("quadrupole_sorter", "6000", &PLACE)
}

/// A copy of the files of a run, to be spoilt.
fn copy(of: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(of).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

fn report(folder: &Path, more: &[&str]) -> Output {
    let mut arguments = vec!["report", folder.to_str().unwrap()];
    arguments.extend(more);
    buffycoat(&arguments)
}

/// The page of a run.
fn page(folder: &Path) -> String {
    let output = report(folder, &[]);
    assert!(output.status.success(), "{output:?}");
    std::fs::read_to_string(folder.join("report.html")).unwrap()
}

fn parse(html: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(html, options).unwrap()
}

fn summary(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("summary.json")).unwrap()).unwrap()
}

/// The table whose caption begins with these words.
fn table<'a>(page: &'a Document<'_>, caption: &str) -> Node<'a, 'a> {
    page.descendants()
        .filter(|n| n.has_tag_name(("http://www.w3.org/1999/xhtml", "table")))
        .find(|t| {
            let said = t.descendants().find(|n| n.tag_name().name() == "caption");
            said.and_then(|n| n.text())
                .is_some_and(|t| t.starts_with(caption))
        })
        .unwrap_or_else(|| panic!("no table `{caption}`"))
}

/// Exact values of a table in the order of the page; a dash is none. That what is shown is what is meant is checked on the way:
/// three digits of a number, or of a hundred times it where it is a share.
fn values(table: Node<'_, '_>) -> Vec<Option<f64>> {
    let mut out = Vec::new();
    for cell in table.descendants().filter(|n| n.tag_name().name() == "td") {
        let text: String = cell
            .descendants()
            .filter(|n| n.is_text())
            .filter_map(|n| n.text())
            .collect();
        if text == "\u{2013}" {
            out.push(None);
        }
        let Some(data) = cell.descendants().find(|n| n.tag_name().name() == "data") else {
            continue;
        };
        let value: f64 = data.attribute("value").unwrap().parse().unwrap();
        let shown: String = data.text().unwrap().replace('\u{202f}', "");
        let raised = "\u{2070}\u{b9}\u{b2}\u{b3}\u{2074}\u{2075}\u{2076}\u{2077}\u{2078}\u{2079}\u{207b}";
        let plain: String = shown
            .replace("\u{a0}\u{d7}\u{a0}10", "e")
            .chars()
            .map(|c| {
                raised
                    .chars()
                    .position(|r| r == c)
                    .map_or(c, |i| b"0123456789-"[i] as char)
            })
            .collect();
        if let Some(bound) = plain.strip_prefix(['<', '>']) {
            let bound: f64 = bound.parse().unwrap();
            assert!(
                (100.0 * value < bound) == plain.starts_with('<'),
                "{shown} for {value}"
            );
        } else {
            let x: f64 = plain.parse().unwrap_or_else(|_| panic!("`{shown}` is no number"));
            let near = |y: f64| (x - y).abs() <= 0.0051 * y.abs() || (x - y).abs() <= 0.051;
            assert!(near(value) || near(100.0 * value), "{shown} for {value}");
        }
        out.push(Some(value));
    }
    out
}

fn numbers(row: &Value, keys: &[&str]) -> Vec<Option<f64>> {
    keys.iter().map(|k| row[*k].as_f64()).collect()
}

/// The tables of a vessel hold what summary.json holds, to the last digit.
#[test]
fn numbers_of_a_vessel_are_those_of_the_summary() {
    let folder = copy(vessel());
    let (html, s) = (page(folder.path()), summary(folder.path()));
    let page = parse(&html);
    let layers = s["layers"].as_array().unwrap();
    let expected: Vec<_> = layers
        .iter()
        .flat_map(|l| {
            numbers(
                l,
                &["top_mm", "bottom_mm", "height_mm", "volume_ml", "haematocrit"],
            )
        })
        .collect();
    assert_eq!(values(table(&page, "Layers from the top")), expected);
    let mut expected = Vec::new();
    for share in layers.iter().flat_map(|l| l["species"].as_array().unwrap()) {
        expected.extend(numbers(share, &["cells", "per_ul", "recovery", "purity"]));
        if share["species"] != "erythrocyte" {
            expected.extend(numbers(share, &["purity_without_red_cells"]));
        }
    }
    assert!(expected.len() > 60 && expected.iter().any(Option::is_some));
    assert_eq!(values(table(&page, "What each layer holds")), expected);
    // what stands on top
    let key: Vec<&str> = page
        .descendants()
        .filter(|n| n.tag_name().name() == "b")
        .filter_map(|n| {
            n.descendants()
                .find(|n| n.tag_name().name() == "data")?
                .attribute("value")
        })
        .collect();
    let surface = format!("{}", s["red_cell_surface_mm"].as_f64().unwrap());
    let platelets = format!("{}", s["platelets_above_red_cells"].as_f64().unwrap());
    assert!(
        key.contains(&surface.as_str()) && key.contains(&platelets.as_str()),
        "{key:?}"
    );
}

#[test]
fn numbers_of_a_separator_are_those_of_the_summary() {
    let folder = copy(separator());
    let (html, s) = (page(folder.path()), summary(folder.path()));
    let page = parse(&html);
    let mut expected = Vec::new();
    for part in s["fractions"].as_array().unwrap() {
        for row in part["species"].as_array().unwrap() {
            expected.extend(numbers(
                row,
                &["parcels", "cells", "recovery", "purity", "enrichment"],
            ));
            let above = row["log10_depletion_above"].as_f64();
            expected.push(above.or(row["log10_depletion"].as_f64()));
        }
    }
    assert!(expected.len() > 60);
    assert_eq!(values(table(&page, "By outlet and surface")), expected);
}

/// A column that lets go says what it had held, and which of what came out it had caught.
#[test]
fn a_column_shows_what_it_held() {
    static PLACE: OnceLock<TempDir> = OnceLock::new();
    let folder = copy(ran("cd34_selection_column", "6000", &PLACE));
    let (html, s) = (page(folder.path()), summary(folder.path()));
    let page = parse(&html);
    let mut expected = Vec::new();
    for part in s["held_until_release"]["fractions"].as_array().unwrap() {
        for row in part["species"].as_array().unwrap() {
            expected.extend(numbers(
                row,
                &["parcels", "cells", "recovery", "purity", "enrichment"],
            ));
            let above = row["log10_depletion_above"].as_f64();
            expected.push(above.or(row["log10_depletion"].as_f64()));
        }
    }
    assert!(expected.len() >= 24);
    assert_eq!(
        values(table(&page, "What was held until magnets first went off")),
        expected
    );
    for words in ["out, CD34+, held before", "magnets off", "C33", "matrix filled"] {
        assert!(html.contains(words), "{words}");
    }
    let path = folder.path().join("mobility.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen(",yes,", ",perhaps,", 1)).unwrap();
    refused(
        folder.path(),
        2,
        &["mobility.csv:", "`caught` is neither yes nor no"],
    );
}

/// What a page of either kind has to hold, and that it opens without a network, runs nothing, and is the same twice.
#[test]
fn pages_hold_everything_and_need_nothing() {
    let blood = [
        "How far to trust it",
        "C23",
        "C13",
        "C22",
        "This run:",
        "platelets above the red cells, 100 g, 10 min [%]",
        "Recovery and purity against time",
        "Volume fractions against depth",
        "Boundaries against time",
        "[[protocol]]",
        "cpu back-end",
        "Rouleaux are one constant factor",
        "time step",
        "no warnings",
    ];
    let sorter = [
        "How far to trust it",
        "C30",
        "C31",
        "time to cross the annulus [s]",
        "Mobilities caught against passed",
        "Where on the surfaces the cells sit",
        "[[magnet]]",
        "Cells do not feel each other",
        "compared with no experiment",
    ];
    for (run, words) in [(vessel(), &blood[..]), (separator(), &sorter[..])] {
        let folder = copy(run);
        let html = page(folder.path());
        let document = parse(&html);
        let text: String = document
            .descendants()
            .filter(|n| n.is_text())
            .filter_map(|n| n.text())
            .collect();
        for word in words {
            assert!(text.contains(word), "`{word}` is missing");
        }
        let (mut ids, mut targets) = (BTreeSet::new(), BTreeSet::new());
        for node in document.descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            assert!(
                ![
                    "script",
                    "link",
                    "iframe",
                    "object",
                    "embed",
                    "base",
                    "form",
                    "use",
                    "image",
                    "foreignObject"
                ]
                .contains(&name),
                "<{name}>"
            );
            for a in node.attributes() {
                assert!(!a.name().starts_with("on"), "{}", a.name());
                if a.name() == "href" {
                    let target = a.value().strip_prefix('#').expect("a link out of the page");
                    targets.insert(target.to_owned());
                }
                assert!(
                    a.name() != "src" || a.value().starts_with("data:image/png;base64,"),
                    "{a:?}"
                );
                assert!(
                    !a.value().contains("url(") || a.value().starts_with("url(#"),
                    "{a:?}"
                );
            }
            if let Some(id) = node.attribute("id") {
                assert!(ids.insert(id.to_owned()), "two elements are called {id}");
            }
            // words for those who do not see it
            if name == "svg" {
                let named = node.attribute("aria-labelledby").unwrap().split(' ');
                assert!(named.into_iter().all(|id| html.contains(&format!("id=\"{id}\""))));
            }
            assert!(name != "img" || node.attribute("alt").is_some_and(|t| t.len() > 40));
        }
        // from the sentence about them to the nearest cases
        assert!(
            targets.len() > 1 && targets.is_subset(&ids),
            "{targets:?} {ids:?}"
        );
        assert!(html.contains("default-src 'none'") && !html.contains("@import"));
        assert!(page(folder.path()) == html, "a second page differs");
        let png = std::fs::read(folder.path().join("final.png")).unwrap();
        assert!(html.len() > png.len() * 4 / 3);
    }
}

/// Plots stand alone, in the page's words, and come only when asked for.
#[test]
fn plots_stand_alone() {
    let folder = copy(vessel());
    let output = report(folder.path(), &["--svg"]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let plots: Vec<PathBuf> = said
        .lines()
        .filter_map(|l| l.strip_prefix("plot"))
        .map(|l| PathBuf::from(l.trim()))
        .collect();
    assert!(plots.len() >= 4, "{said}");
    for plot in &plots {
        let text = std::fs::read_to_string(plot).unwrap();
        let svg = Document::parse(&text).unwrap();
        assert!(
            svg.root_element()
                .has_tag_name(("http://www.w3.org/2000/svg", "svg"))
        );
        assert!(
            svg.descendants()
                .filter(|n| n.tag_name().name() == "path")
                .count()
                > 10
        );
        assert!(!text.contains("NaN") && !text.contains("inf"));
    }
    // beside the page, wherever that is
    let other = tempfile::tempdir().unwrap();
    let file = other.path().join("mine.html");
    let output = report(folder.path(), &["--output", file.to_str().unwrap()]);
    assert!(output.status.success() && file.is_file());
    assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 1);
}

/// What comes from files is text, never markup.
#[test]
fn hostile_words_are_only_words() {
    let hostile = "</title><script>alert('1')</script><img src=x onerror=alert(2)>&amp;\" ]]> \u{1b}[31m";
    for (run, name) in [(vessel(), "lymphocyte"), (separator(), "labelled")] {
        let folder = copy(run);
        let files = [
            "summary.json",
            "profile.csv",
            "counts.csv",
            "surface.csv",
            "mobility.csv",
        ];
        for file in files.map(|f| folder.path().join(f)) {
            let Ok(text) = std::fs::read_to_string(&file) else {
                continue;
            };
            let text = if file.ends_with("summary.json") {
                let mut s: Value = serde_json::from_str(&text).unwrap();
                s["scene"]["title"] = hostile.into();
                s["scene"]["warnings"] = vec![hostile].into();
                s["run"]["device"] = hostile.into();
                s["version"] = hostile.into();
                // names of species and outlets, too
                let within = serde_json::to_string(&format!("{name}<b>")).unwrap();
                serde_json::to_string_pretty(&s)
                    .unwrap()
                    .replace(&format!("\"{name}\""), &within)
            } else {
                text.replace(&format!(",{name},"), &format!(",{name}<b>,"))
                    .replace(&format!(",{name}_"), &format!(",{name}<b>_"))
            };
            std::fs::write(file, text).unwrap();
        }
        let html = page(folder.path());
        let document = parse(&html);
        let title = document
            .descendants()
            .find(|n| n.tag_name().name() == "title")
            .unwrap();
        assert!(title.text().unwrap().starts_with("</title><script>alert('1')"));
        assert!(document.descendants().all(|n| n.tag_name().name() != "script"));
        assert_eq!(
            document
                .descendants()
                .filter(|n| n.tag_name().name() == "img")
                .count(),
            1
        );
        assert!(html.contains(&format!("{name}&lt;b&gt;")) && !html.contains('\u{1b}'));
    }
}

#[track_caller]
fn refused(folder: &Path, code: i32, words: &[&str]) {
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
        &["profile.csv:100: `x0` in column `rpm` is no number"],
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
            std::fs::write(&path, spoilt).unwrap();
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
                "/setup/height_mm",
                "/setup/volume_ml",
                "/setup/grid_layers",
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
                "/setup/length_mm",
                "/species/0/parcels",
                "/species",
                "/fractions",
                "/fractions/0/species",
                "/fractions/0/species/0/parcels",
                "/steady",
                "/setup/duct",
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
                std::fs::write(&path, s.to_string()).unwrap();
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
    assert_eq!(text, crate::read("examples/scenes/whole_blood.toml"));
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
