//! What a user of a separator reads, before a run and after it: `check`, the table, the summary, the page, the picture.

use super::separators::{buffycoat, run};

/// Free beads outnumber the labelled cells with which they leave, and do not thin them: nearly all that are there are lymphocytes.
/// They have a table of their own, and so they have on the page.
#[test]
fn free_beads_are_shown_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let output = run("microchannel", folder.path(), &["--quiet"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("summary.json")).unwrap()).unwrap();
    // 20 000 lymphocytes and 160 000 neutrophils in 6 s, beside 40 000 beads
    let fed = summary["throughput_cells_per_s"].as_f64().unwrap();
    assert!((fed - 30_000.0).abs() < 1.0, "{fed}");
    let labelled = summary["fractions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["place"] == "labelled")
        .unwrap();
    let species = |name: &str| {
        labelled["species"]
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["species"] == name)
            .unwrap()
    };
    assert_eq!(species("lymphocyte")["purity"], 1.0);
    assert!(species("free_beads")["free_beads"].as_f64().unwrap() > 39_000.0);
    for words in ["40000 free beads (free_beads)", "to a cell"] {
        assert!(text.contains(words), "{text}");
    }
    let made = buffycoat(&["report", folder.path().to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(
        page.contains("Free beads by outlet and surface") && page.contains("none: "),
        "no beads on the page"
    );
    // the picture of a short run: the dark duct is full of cells, though all have left by the end
    let picture = image::open(folder.path().join("final.png")).unwrap().to_rgb8();
    let lit = (110..940).flat_map(|x| (150..320).map(move |y| (x, y)));
    let lit = lit
        .filter(|(x, y)| picture.get_pixel(*x, *y).0.iter().any(|c| *c > 90))
        .count();
    assert!(lit > 500, "{lit} pixels are not dark");
}

/// What a run is warned of is in its table and its summary, of a column too: here one that holds a hundredth of what comes.
#[test]
fn a_column_is_warned_of_in_its_summary() {
    let folder = tempfile::tempdir().unwrap();
    let text = buffycoat(&["list", "scenes", "cd34_selection_column"]).stdout;
    let scene = String::from_utf8(text)
        .unwrap()
        .replace("capacity   = 6e8", "capacity   = 1.5e6");
    let path = folder.path().join("full.toml");
    std::fs::write(&path, scene).unwrap();
    let output = run(path.to_str().unwrap(), &folder.path().join("out"), &["--quiet"]);
    // long lines are broken; what is known before a run is said before it, and not again in its table
    let said = [&output.stderr[..], &output.stdout[..]].concat();
    let text = String::from_utf8_lossy(&said).replace("\n    ", " ");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("out/summary.json")).unwrap())
            .unwrap();
    let warnings: Vec<&str> = summary["run"]["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|w| w.as_str())
        .collect();
    for words in ["it overloads", "the matrix became full"] {
        assert!(warnings.iter().any(|w| w.contains(words)), "{warnings:?}");
        let times = text
            .lines()
            .filter(|l| l.starts_with("warning: ") && l.contains(words))
            .count();
        assert_eq!(times, 1, "`{words}`: {text}");
    }
}

#[test]
fn check_says_what_follows() {
    let output = buffycoat(&[
        "check",
        "quadrupole_sorter",
        "--parcels",
        "2000",
        "--backend",
        "cpu",
    ]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for word in [
        "2.021 mL",
        "Reynolds number",
        "force density",
        "error of the force",
        "at the worst of 8000 places",
        "in a weak field, as in mobility.csv",
        "settling",
        "memory on the host",
    ] {
        assert!(text.contains(word), "`{word}` is missing:\n{text}");
    }
}

/// What is to be known of a scene before it runs is said on standard error, of a separator as of a vessel; what was asked for is on standard
/// output.
#[test]
fn warnings_of_check_are_beside_its_table() {
    let folder = tempfile::tempdir().unwrap();
    let text = buffycoat(&["list", "scenes", "cd34_selection_column"]).stdout;
    let scene = String::from_utf8(text)
        .unwrap()
        .replace("capacity   = 6e8", "capacity   = 1.5e6");
    let path = folder.path().join("full.toml");
    std::fs::write(&path, scene).unwrap();
    for (scene, parcels, words) in [
        (path.to_str().unwrap(), "2000", "it overloads"),
        ("whole_blood", "20000", "are few"),
    ] {
        let output = buffycoat(&["check", scene, "--backend", "cpu", "--parcels", parcels]);
        let [out, said] = [&output.stdout, &output.stderr].map(|b| String::from_utf8_lossy(b).into_owned());
        assert!(output.status.success(), "{said}");
        let warned = |text: &str| text.lines().filter(|l| l.starts_with("warning: ")).count();
        assert!(warned(&said) > 0 && said.contains(words), "{said}");
        assert_eq!(warned(&out), 0, "{out}");
        assert!(out.contains("memory on the host"), "{out}");
    }
}

/// The rack takes 3098 steps (release, 60 000 parcels); its first ones, while cells beside the magnet race to the wall, are twenty
/// times as short as the rest, and from them alone it would be 75 000.
#[test]
fn check_knows_how_many_steps_there_are() {
    let output = buffycoat(&["check", "rack_separation", "--backend", "cpu"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|w| *w == "steps").unwrap();
    let steps: f64 = words[at - 1].parse().unwrap();
    // a run of the whole scene takes 235 (measured); a tenth either way
    assert!((211.0..260.0).contains(&steps), "{text}");
}

/// A column says what its bed does before it is run, in the summary what it is, and at the end how full it was.
#[test]
fn a_column_is_described() {
    let few = ["--parcels", "2000", "--backend", "cpu"];
    let output = buffycoat(&[&["check", "cd34_selection_column"], &few[..]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    // by hand: pull in a weak field 2.83e-12 * 0.5 * 1.496/(4 pi 1e-7 * 140e-6) = 12.05 mm/s over 0.4145 mm/s are 29.1, of which
    // 9.67 % are left in 0.5 T: 2.81; 40 % of 4.02 mL
    // the fluid has 40 % of the room: 19.3 s at 5 mL/min, not the 48 s of an empty tube
    for word in [
        "1.608 mL",
        "2.81",
        "6.000e8 cells",
        "unspecific",
        "19.3 s for the length",
        "2.413 s for the length",
    ] {
        assert!(text.contains(word), "`{word}` is missing:\n{text}");
    }
    // phase by phase: 5 mL/min, 10 mL/min, and without the magnets, where no label holds
    let cells = |phase: usize| {
        let from = text.find(&format!("phase {phase}, ")).unwrap();
        let row = text[from..]
            .lines()
            .find(|l| l.starts_with("cd34_mobilised"))
            .unwrap();
        row.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        (cells(1)[2].as_str(), cells(2)[2].as_str(), cells(3)[2].as_str()),
        ("2.81", "1.4", "-"),
        "{text}"
    );
    assert_eq!(
        (cells(1)[1].as_str(), cells(3)[1].as_str(), cells(3)[3].as_str()),
        ("2.83e-12", "2.83e-12", "-")
    );
    assert_eq!(cells(3)[4..6], ["100", "%"], "{text}");
    assert!(
        text.contains("magnets off, 82 % of what is held comes off"),
        "{text}"
    );
    assert!(!text.contains("warning"), "{text}");
    let folder = tempfile::tempdir().unwrap();
    let output = run("cd34_selection_column", folder.path(), &["--quiet"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("held: matrix, until 62 min") && text.contains("the matrix was full to 2"),
        "{text}"
    );
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("summary.json")).unwrap()).unwrap();
    let setup = &summary["setup"];
    assert_eq!(setup["matrix"]["capacity_cells"], 6e8);
    assert_eq!(setup["matrix"]["released"], 0.82);
    assert_eq!(setup["matrix"]["unspecific"]["monocyte"], 0.00057);
    assert_eq!(setup["phases"].as_array().unwrap().len(), 3);
    assert_eq!(setup["phases"][2]["magnets"], false);
    assert!((setup["phases"][2]["rate_ml_per_min"].as_f64().unwrap() - 40.0).abs() < 1e-9);
    let filled = summary["matrix_filled"].as_f64().unwrap();
    // 1.53e8 of 6e8 and what is kept without a label
    assert!((0.25..0.30).contains(&filled), "{filled}");
}
