//! Separators from outside: every bundled one runs with few parcels and leaves five files that agree with each other.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PARCELS: u64 = 3000;

pub fn buffycoat(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .stdin(Stdio::null())
        .args(arguments)
        .output()
        .unwrap()
}

pub fn run(scene: &str, out: &Path, more: &[&str]) -> Output {
    let parcels = PARCELS.to_string();
    let mut all = vec!["run", scene, "--backend", "cpu", "--parcels", &parcels, "--out"];
    all.push(out.to_str().unwrap());
    all.extend(more);
    buffycoat(&all)
}

/// A row by the names of its columns.
type Row = BTreeMap<String, String>;

fn rows(path: &Path) -> Vec<Row> {
    csv::Reader::from_path(path)
        .unwrap()
        .deserialize()
        .map(|r| r.unwrap())
        .collect()
}

/// Sum of a column by what `key` makes of a row.
fn sums(rows: &[Row], column: &str, key: impl Fn(&Row) -> String) -> BTreeMap<String, f64> {
    let mut out = BTreeMap::new();
    for row in rows {
        *out.entry(key(row)).or_insert(0.0) += row[column].parse::<f64>().unwrap();
    }
    out
}

/// Every table adds up to what was put in, to the last parcel, and to what the summary says.
#[test]
fn every_scene_runs_and_its_files_agree() {
    for scene in crate::setups::separators() {
        let folder = tempfile::tempdir().unwrap();
        let output = run(scene, folder.path(), &["--quiet"]);
        let (text, errors) = (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        );
        assert!(output.status.success(), "{scene}: {errors}");
        for word in [
            "put in",
            "recovery",
            "purity",
            "enriched",
            "log depl.",
            "time from entry",
            "accounted for",
        ] {
            assert!(text.contains(word), "{scene}: `{word}` is missing:\n{text}");
        }
        // paths, and the names of processors, are as long as they are
        let named = |l: &str| l.contains('/') || l.contains(" simulated in ");
        assert!(
            text.lines().all(|l| l.chars().count() <= 110 || named(l)),
            "{text}"
        );
        let file = |name: &str| folder.path().join(name);
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "counts.csv",
                "final.png",
                "mobility.csv",
                "scene_as_run.toml",
                "summary.json",
                "surface.csv"
            ]
        );
        let summary: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(file("summary.json")).unwrap()).unwrap();
        assert_eq!(summary["parcels_conserved"], true);
        assert!(summary.get("layers").is_none(), "{scene}");
        reads_back(&file("summary.json"));
        let fed: BTreeMap<String, f64> = summary["species"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| {
                (
                    s["species"].as_str().unwrap().to_owned(),
                    s["parcels"].as_f64().unwrap(),
                )
            })
            .collect();
        assert_eq!(fed.values().sum::<f64>(), PARCELS as f64);
        // where something is fed, every species is judged, and all together are steady no earlier than any of them
        if let Some(species) = summary["steady"]["species"].as_array() {
            assert_eq!(species.len(), fed.len(), "{scene}");
            let since = summary["steady"]["since_s"].as_f64();
            for one in species {
                assert!(one["seen_above"].as_f64().unwrap() > 0.03, "{scene}");
                assert!(
                    since.is_none() || one["since_s"].as_f64().unwrap() <= since.unwrap(),
                    "{scene}"
                );
            }
            assert!(text.contains("rates of arrival"), "{text}");
        }
        let free = |species: &str| species == "free_beads";
        for s in summary["species"].as_array().unwrap() {
            let name = s["species"].as_str().unwrap();
            let (cells, beads) = (s["cells"].as_f64().unwrap(), s["free_beads"].as_f64().unwrap());
            assert!(if free(name) {
                cells == 0.0 && beads > 0.0
            } else {
                cells > 0.0 && beads == 0.0
            });
            assert_eq!(s["purity"].is_null(), free(name), "{scene}");
        }
        // by place and species, from the summary
        let mut held: BTreeMap<String, f64> = BTreeMap::new();
        let mut purity: BTreeMap<String, f64> = BTreeMap::new();
        for fraction in summary["fractions"].as_array().unwrap() {
            let place = fraction["place"].as_str().unwrap();
            for s in fraction["species"].as_array().unwrap() {
                let species = s["species"].as_str().unwrap();
                held.insert(format!("{place}/{species}"), s["parcels"].as_f64().unwrap());
                let recovered = s["parcels"].as_f64().unwrap() / fed[species];
                assert!((s["recovery"].as_f64().unwrap() - recovered).abs() < 1e-12);
                *purity.entry(place.to_owned()).or_insert(0.0) += s["purity"].as_f64().unwrap_or(0.0);
                // free beads have none; of cells every share has its ends
                assert!(!free(species) || (s["purity"].is_null() && s["enrichment"].is_null()));
                for (what, ends) in [("recovery", "recovery_95"), ("purity", "purity_95")] {
                    let Some(share) = s[what].as_f64() else {
                        assert!(s[ends].is_null(), "{scene} {what}");
                        continue;
                    };
                    let [low, high] = [0, 1].map(|i| s[ends][i].as_f64().unwrap());
                    assert!(
                        low <= share && share <= high,
                        "{scene} {place} {species}: {low} {share} {high}"
                    );
                    assert!(what == "purity" || high > low, "{scene} {place} {species}");
                }
            }
        }
        assert!(
            purity.values().all(|p| *p == 0.0 || (p - 1.0).abs() < 1e-9),
            "{purity:?}"
        );

        let counts = rows(&file("counts.csv"));
        for (key, n) in sums(&counts, "parcels", |r| {
            format!("{}/{}", r["time_s"], r["species"])
        }) {
            assert_eq!(n, fed[key.split('/').next_back().unwrap()], "{scene} {key}");
        }
        let last = counts.last().unwrap()["time_s"].clone();
        let end: Vec<Row> = counts.iter().filter(|r| r["time_s"] == last).cloned().collect();
        let by_place = |r: &Row| format!("{}/{}", r["place"], r["species"]);
        assert_eq!(sums(&end, "parcels", by_place), held, "{scene}");
        assert!(counts.len() > 20 * end.len(), "{scene}: {} rows", counts.len());

        for row in &counts {
            let get = |column: &str| row[column].parse::<f64>().unwrap();
            assert!(get("share_low") <= get("share") && get("share") <= get("share_high"));
            assert!((get("share") - get("parcels") / fed[&row["species"]]).abs() < 1e-6);
            let none = if free(&row["species"]) {
                "cells"
            } else {
                "free_beads"
            };
            assert_eq!(get(none), 0.0, "{scene}");
        }

        let mobility = rows(&file("mobility.csv"));
        for (key, n) in sums(&mobility, "parcels", by_place) {
            assert_eq!(n, held[&key], "{scene} {key}");
        }
        let total = sums(&mobility, "parcels", |r| r["species"].clone());
        assert_eq!(total, fed, "{scene}");
        // what surfaces hold, or held until they let go
        let mut caught: BTreeMap<String, f64> = BTreeMap::new();
        let parts = match &summary["held_until_release"] {
            serde_json::Value::Null => &summary["fractions"],
            before => &before["fractions"],
        };
        for part in parts
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["kind"] == "surface")
        {
            for s in part["species"].as_array().unwrap() {
                let key = format!(
                    "{}/{}",
                    part["place"].as_str().unwrap(),
                    s["species"].as_str().unwrap()
                );
                caught.insert(key, s["parcels"].as_f64().unwrap());
            }
        }
        let yes: Vec<Row> = mobility
            .iter()
            .filter(|r| r["caught"] == "yes")
            .cloned()
            .collect();
        let of_mobility: f64 = sums(&yes, "parcels", |_| String::new()).values().sum();
        assert_eq!(of_mobility, caught.values().sum::<f64>(), "{scene}");

        let surface = rows(&file("surface.csv"));
        let all = sums(&surface, "parcels", |r| {
            format!("{}/{}/{}", r["coordinate"], r["surface"], r["species"])
        });
        for (key, n) in all {
            let (_, place) = key.split_once('/').unwrap();
            assert_eq!(n, caught[place], "{scene} {key}");
        }
        let picture = image::open(file("final.png")).unwrap();
        assert_eq!((picture.width(), picture.height()), (1240, 1170));
    }
}

/// A summary is read as it was written, to the last byte.
pub fn reads_back(path: &std::path::Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let summary = buffycoat::output::summary::Summary::read(&text).unwrap();
    // the record of a file does not hold its own seal
    assert_eq!(summary.to_json().unwrap(), text, "{}", path.display());
}

/// The summary of a run with several inlets has each with its share, its rate and its cells, and so has that of one.
#[test]
fn inlets_are_in_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    let setup = |scene: &str| {
        let out = folder.path().join(scene);
        assert!(run(scene, &out, &["--quiet"]).status.success());
        let text = std::fs::read_to_string(out.join("summary.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["setup"].clone()
    };
    let two = setup("two_samples");
    let second = &two["inlets"][1];
    assert_eq!(second["name"], "sample 2");
    assert_eq!(second["share"], serde_json::json!([0.55, 0.7]));
    // by hand: 15 % of 4 mL/min
    assert!((second["rate_ml_per_min"].as_f64().unwrap() - 0.6).abs() < 1e-9);
    assert_eq!(
        second["species"],
        serde_json::json!(["lymphocyte_2", "neutrophil_2"])
    );
    assert!(two["flow"]["streams"] == "over the width" && two["flow"]["profile"] == "laminar");
    let one = setup("quadrupole_sorter");
    assert_eq!(one["inlets"][0]["share"], serde_json::json!([0.0, 0.2]));
    assert_eq!(one["inlets"][0]["species"].as_array().unwrap().len(), 3);
    assert!(setup("rack_separation")["inlets"].as_array().unwrap().is_empty());
}

/// What the scenes are for, with the hand estimates of their comments.
#[test]
fn the_scenes_come_to_what_their_comments_say() {
    let folder = tempfile::tempdir().unwrap();
    for (scene, place, species, low, high) in [
        // k t drives all of them beyond the middle, and none of the oxygenated
        ("deoxygenated_red_cells", "outer", "erythrocyte", 0.98, 1.0),
        (
            "deoxygenated_red_cells",
            "inner",
            "oxygenated_erythrocyte",
            0.99,
            1.0,
        ),
        // 87 % less what the width of the lamina costs
        ("quadrupole_sorter", "labelled", "lymphocyte", 0.70, 0.87),
        ("quadrupole_sorter", "unlabelled", "neutrophil", 0.99, 1.0),
        // all but the 6.25 % without a bead
        ("rack_separation", "outer wall", "lymphocyte", 0.93, 0.945),
        ("rack_separation", "inside", "neutrophil", 1.0, 1.0),
        // 88.4 % by the bound on the radial velocity
        ("halbach_flow_through", "outer wall", "lymphocyte", 0.87, 0.90),
        ("halbach_flow_through", "outlet", "neutrophil", 0.98, 1.0),
        // 81.3 % with two beads or more, and of those with one some
        ("microchannel", "labelled", "lymphocyte", 0.81, 0.88),
        // of those that come to the ceiling where a side wall slows the flow some are on their way still
        ("microchannel", "labelled", "free_beads", 0.97, 1.0),
        ("microchannel", "unlabelled", "neutrophil", 1.0, 1.0),
        // 34 to 50 % have too few beads to leave their stream; nothing crosses the middle
        ("two_samples", "rest", "lymphocyte_1", 0.34, 0.5),
        ("two_samples", "rest", "lymphocyte_2", 0.34, 0.5),
        ("two_samples", "labelled 1", "lymphocyte_1", 0.2, 0.4),
        ("two_samples", "labelled 2", "lymphocyte_2", 0.2, 0.4),
        ("two_samples", "labelled 2", "lymphocyte_1", 0.0, 0.0),
        ("two_samples", "labelled 1", "neutrophil_1", 0.0, 0.0),
        // by hand all but a few leukocytes pass the edge, and no platelet
        ("spinning_annulus", "leukocytes", "lymphocyte", 0.93, 0.98),
        ("spinning_annulus", "leukocytes", "monocyte", 0.98, 1.0),
        ("spinning_annulus", "platelets", "platelet", 1.0, 1.0),
        // what comes off of what is held, which is all
        ("cd34_selection_column", "CD34+", "cd34_mobilised", 0.79, 0.85),
        (
            "cd34_selection_column",
            "flow-through",
            "cd34_mobilised",
            0.0,
            0.0,
        ),
        ("cd34_selection_column", "flow-through", "neutrophil", 0.998, 1.0),
    ] {
        let out = folder.path().join(scene);
        if !out.exists() {
            let output = run(scene, &out, &["--quiet"]);
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let summary: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
        let find = |list: &serde_json::Value, key: &str, name: &str| {
            list.as_array()
                .unwrap()
                .iter()
                .find(|x| x[key] == name)
                .unwrap_or_else(|| panic!("{scene}: no {name}"))
                .clone()
        };
        let fraction = find(&summary["fractions"], "place", place);
        let recovery = find(&fraction["species"], "species", species)["recovery"]
            .as_f64()
            .unwrap();
        assert!(
            (low..=high).contains(&recovery),
            "{scene}: {species} at {place}: {recovery}"
        );
    }
}

/// The same bytes whatever the number of threads.
#[test]
fn threads_change_nothing_in_a_separator() {
    let folder = tempfile::tempdir().unwrap();
    let [one, three] = ["1", "3"].map(|threads| {
        let out = folder.path().join(threads);
        let output = run("quadrupole_sorter", &out, &["--quiet", "--threads", threads]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        ["counts.csv", "mobility.csv", "surface.csv", "final.png"]
            .map(|f| std::fs::read(out.join(f)).unwrap())
    });
    assert!(one == three);
}

/// The scene of the documentation runs, and nothing has to be warned of but the drag of its beads, which is true of all large ones.
#[test]
fn the_scene_in_the_documentation_runs() {
    let text = crate::read("docs/separators.md");
    let scene = text
        .split("```toml")
        .nth(1)
        .and_then(|t| t.split("```").next())
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.toml");
    std::fs::write(&path, scene).unwrap();
    let output = run(path.to_str().unwrap(), &folder.path().join("out"), &["--quiet"]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut others = errors
        .lines()
        .filter(|l| !l.contains("the least drag there can be"));
    assert!(
        output.status.success() && others.all(|l| l.is_empty()),
        "{errors}"
    );
}

/// A block beside a channel: its field as a file, which stands for the block in a scene of its own.
#[test]
fn a_field_is_written_and_read_back_as_a_map() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let text = buffycoat(&["list", "scenes", "rack_separation"]).stdout;
    let block = String::from_utf8(text).unwrap();
    std::fs::write(path("block.toml"), &block).unwrap();
    let made = buffycoat(&[
        "field",
        &path("block.toml"),
        "--backend",
        "cpu",
        "--grid",
        "21x21x61",
        "-o",
        &path("block.csv"),
    ]);
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(
        made.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&made.stderr)
    );
    // that of the finer grid by default: the greatest is at the wall next to the block. Of the 441 nodes across, which are 0.1 radii
    // apart, those with i2 + j2 <= 100 are in the tube: 317
    for word in [
        "21 x 21 x 61 nodes",
        "19337 of 26901",
        "at most, at (6.5, 0, ",
        "T A/m2 in the mean",
    ] {
        assert!(said.contains(word), "`{word}` is missing:\n{said}");
    }
    let magnet = block.find("[[magnet]]").unwrap();
    let end = magnet + 1 + block[magnet + 1..].find("\n[").unwrap();
    let mapped = format!(
        "{}[[magnet]]\nkind = \"map\"\nfile = \"block.csv\"\n{}",
        &block[..magnet],
        &block[end..]
    );
    std::fs::write(path("map.toml"), mapped).unwrap();
    let strongest = |scene: &str| {
        let out = buffycoat(&["field", &path(scene), "--backend", "cpu", "--grid", "21x21x61"]);
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(
            out.status.success(),
            "{text}{}",
            String::from_utf8_lossy(&out.stderr)
        );
        let row = text.lines().find(|l| l.starts_with("|B|")).unwrap();
        row.to_owned()
    };
    // one line of titles with units, as plain readers of tables take it
    let written = std::fs::read_to_string(path("block.csv")).unwrap();
    assert!(
        written.starts_with("x [um],y [um],z [um],Bx [T],By [T],Bz [T],|B| [T],"),
        "{}",
        &written[..80]
    );
    // on its nodes a map is what was written
    assert_eq!(strongest("block.toml"), strongest("map.toml"));
    let onto_a_folder = buffycoat(&[
        "field",
        &path("block.toml"),
        "--backend",
        "cpu",
        "--grid",
        "3x3x3",
        "-o",
        &path(""),
    ]);
    assert_eq!(onto_a_folder.status.code(), Some(4));
    let vessel = buffycoat(&["field", "whole_blood"]);
    assert_eq!(vessel.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&vessel.stderr).contains("has no magnets"));
}
