//! `buffycoat report`, as a person meets it: a page that needs nothing but itself, whose numbers are those of the run, and
//! which refuses what it cannot stand for.

mod refusals;

use refusals::refused;
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

/// The text of a summary that somebody has changed, with the hash of what is in it now.
fn sealed(summary: &Value) -> String {
    let mut summary = summary.clone();
    summary.as_object_mut().unwrap().remove("content_hash");
    buffycoat::output::folder::seal(&(serde_json::to_string_pretty(&summary).unwrap() + "\n"))
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
            let x: f64 = plain
                .parse()
                .unwrap_or_else(|_| panic!("`{shown}` is not a number"));
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
            let mut row = numbers(l, &["top_mm", "bottom_mm", "height_mm", "volume_ml"]);
            row.extend([0, 1].map(|i| l["volume_ml_95"][i].as_f64()));
            row.extend(numbers(l, &["haematocrit"]));
            row.extend([0, 1].map(|i| l["haematocrit_95"][i].as_f64()));
            row
        })
        .collect();
    assert_eq!(values(table(&page, "Layers from the top")), expected);
    let mut expected = Vec::new();
    for share in layers.iter().flat_map(|l| l["species"].as_array().unwrap()) {
        expected.extend(numbers(share, &["cells", "per_ul"]));
        expected.extend([0, 1].map(|i| share["per_ul_95"][i].as_f64()));
        expected.extend(numbers(
            share,
            &["parcels", "parcels_counted_elsewhere", "recovery", "purity"],
        ));
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
        "This run, under conditions of its own:",
        "platelets above the red cells, 100 g, 10 min [%]",
        "Recovery and purity against time",
        "Volume fractions against depth",
        "Boundaries against time",
        "[[protocol]]",
        "cpu back-end",
        "Rouleaux are one constant factor",
        "time step",
        "No warnings, but some input values are unverified",
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
        // the summary last: it has the hashes of the others
        let files = [
            "profile.csv",
            "counts.csv",
            "surface.csv",
            "mobility.csv",
            "summary.json",
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
                for (file, hash) in s["record"]["files"].as_object_mut().unwrap() {
                    let bytes = std::fs::read(folder.path().join(file)).unwrap();
                    *hash = blake3::hash(&bytes).to_hex().as_str().into();
                }
                // names of species and outlets, too
                let within = serde_json::to_string(&format!("{name}<b>")).unwrap();
                let text = s.to_string().replace(&format!("\"{name}\""), &within);
                sealed(&serde_json::from_str(&text).unwrap())
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
