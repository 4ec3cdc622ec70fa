//! The program from outside, as a person or a script meets it: files, text, exit codes.

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_buffycoat"));
    command.stdin(Stdio::null());
    command
}

fn buffycoat(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

/// A small run of the default scene.
fn small_run(out: &Path, more: &[&str]) -> Output {
    program()
        .args(["run", "--parcels", "20000", "--backend", "cpu", "--out"])
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
fn fails_with(output: &Output, code: i32, words: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert_eq!(text.matches("internal error").count(), 0, "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is missing:\n{text}");
    }
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map(|list| {
            list.map(|e| e.unwrap().file_name().into_string().unwrap())
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

/// The main job: five files, nothing else, and a table in which the blood has parted as it does.
#[test]
fn default_run_writes_its_files_and_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let output = small_run(folder.path(), &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(
        entries(folder.path()),
        [
            "final.png",
            "layers.csv",
            "profile.csv",
            "scene_as_run.toml",
            "summary.json"
        ]
    );
    let table = stdout(&output);
    for word in [
        "plasma",
        "buffy coat",
        "red cells",
        "neutrophil",
        "recovery",
        "purity",
        "summary.json",
    ] {
        assert!(table.contains(word), "`{word}` is missing:\n{table}");
    }
    assert!(table.lines().all(|l| l.chars().count() <= 100 || l.contains('/')));
    let text = std::fs::read_to_string(folder.path().join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(summary["parcels_conserved"], true);
    assert_eq!(summary["setup"]["parcels"], 20_000);
    assert_eq!(summary["run"]["backend"], "cpu");
    // 65 mm at a haematocrit of 42 %, packed to between 85 and 92 %: 32.9 to 35.3 mm
    let surface = summary["red_cell_surface_mm"].as_f64().unwrap();
    assert!((32.9..35.3).contains(&surface), "{surface}");
    assert!(summary["platelets_above_red_cells"].as_f64().unwrap() > 0.85);
    assert_eq!(summary["layers"].as_array().unwrap().len(), 3);
    crate::separators::reads_back(&folder.path().join("summary.json"));
    let picture = image::open(folder.path().join("final.png")).unwrap();
    assert!(picture.width() >= 1000);
    let profile = std::fs::read_to_string(folder.path().join("profile.csv")).unwrap();
    // 82 samples (every 10 s of 810 s, and the start) of 260 bins, and the header
    assert_eq!(profile.lines().count(), 82 * 260 + 1);
}

/// Without a command, in an empty folder: the bundled scene, into out/whole_blood. Stopped at once: it is the real
/// one, with all its parcels.
#[cfg(unix)]
#[test]
fn stopping_leaves_nothing_behind() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let mut child = program()
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let began = lines.by_ref().any(|l| l.unwrap().contains("parcels on"));
    assert!(began);
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{rest:?}");
    assert!(
        rest.iter().any(|l| l.contains("no files were written")),
        "{rest:?}"
    );
    assert!(stdout(&output).contains("stopped at"));
    assert_eq!(
        entries(&folder.path().join("out/whole_blood")),
        Vec::<String>::new()
    );
}

/// The same scene and seed give the same bytes whatever the number of threads; another seed does not.
#[test]
fn threads_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenes/whole_blood.toml"),
    )
    .unwrap();
    let results: Vec<[Vec<u8>; 2]> = [
        ("one", "1", "seed   = 7"),
        ("three", "3", "seed   = 7"),
        ("other", "2", "seed = 8"),
    ]
    .iter()
    .map(|(name, threads, seed)| {
        let here = folder.path().join(name);
        std::fs::create_dir(&here).unwrap();
        let scene = here.join("scene.toml");
        assert!(text.contains("seed   = 7"));
        std::fs::write(&scene, text.replace("seed   = 7", seed)).unwrap();
        let output = program()
            .args([
                "run",
                "--parcels",
                "30000",
                "--backend",
                "cpu",
                "--quiet",
                "--threads",
                threads,
                "--out",
            ])
            .arg(&here)
            .arg(&scene)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(stderr(&output), "");
        ["profile.csv", "final.png"].map(|f| std::fs::read(here.join(f)).unwrap())
    })
    .collect();
    assert!(results[0][0] == results[1][0], "the profiles differ");
    assert!(results[0][1] == results[1][1], "the pictures differ");
    assert!(results[0][0] != results[2][0], "the seed does nothing");
}

#[test]
fn bad_scene_says_where_and_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("bad.toml");
    std::fs::write(
        &scene,
        "schema = 1\n[sampel]\n[sample]\nhaematocrit = \"42 mm\"\n",
    )
    .unwrap();
    let path = scene.to_str().unwrap();
    for command in ["run", "check"] {
        let output = buffycoat(&[command, path]);
        let places = [
            format!("{path}:2:2"),
            format!("{path}:4:15"),
            "did you mean `sample`".into(),
        ];
        fails_with(&output, 2, &places.each_ref().map(String::as_str));
        assert_eq!(stdout(&output), "");
    }
    std::fs::write(&scene, b"schema = 1 # \xff").unwrap();
    fails_with(&buffycoat(&["check", path]), 2, &["byte 13", "UTF-8"]);
}

#[test]
fn missing_scene() {
    fails_with(
        &buffycoat(&["run", "nowhere.toml"]),
        4,
        &["nowhere.toml", "list scenes"],
    );
    fails_with(&buffycoat(&["check", "whole_blod"]), 4, &["`whole_blood`"]);
    // a folder is not a scene
    fails_with(&buffycoat(&["check", env!("CARGO_MANIFEST_DIR")]), 4, &[]);
}

/// Found out before the run, not after it.
#[test]
fn unwritable_folder() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "").unwrap();
    fails_with(&small_run(&plain, &[]), 4, &["plain", "--out"]);
    fails_with(&small_run(&plain.join("below"), &[]), 4, &["plain", "--out"]);
    let taken = folder.path().join("taken");
    std::fs::create_dir_all(taken.join("final.png")).unwrap();
    let output = small_run(&taken, &[]);
    fails_with(&output, 4, &["final.png", "--out"]);
    assert!(!stderr(&output).contains("parcels on"));
    assert_eq!(entries(&taken), ["final.png"]);
}

/// A disk that is full shows when the text arrives: /dev/full takes none.
#[cfg(target_os = "linux")]
#[test]
fn full_standard_output() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = program()
        .arg("schema")
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    fails_with(&output, 4, &["standard output"]);
}

/// Refused before anything is allocated, with what would fit.
#[test]
fn too_many_parcels() {
    use buffycoat::{memory, scenario::MAX_PARCELS};
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let most = MAX_PARCELS as u64;
    let run = |n: u64| {
        program()
            .args(["run", "--backend", "cpu", "--parcels", &n.to_string(), "--out"])
            .arg(&out)
            .output()
            .unwrap()
    };
    // a machine that could hold them all is not asked to
    if memory::available().is_none_or(|b| memory::most(memory::CPU_BYTES_PER_PARCEL, b, 0) < most) {
        fails_with(
            &run(most),
            5,
            &["2147483647 parcels need 264 GiB", "at most", "parcels fit"],
        );
    }
    fails_with(&run(most + 1), 2, &["--parcels"]);
    assert!(!out.exists());
}

#[test]
fn schema_is_json() {
    let output = buffycoat(&["schema"]);
    assert!(output.status.success());
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["properties"]["sample"].is_object());
}

/// `buffycoat schema | head -1`: the reader goes away, and that is no error.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in [&["schema"][..], &["list", "species"], &["list", "cases"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program()
            .args(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn check_says_what_follows() {
    let output = buffycoat(&["check", "whole_blood", "--backend", "cpu", "--parcels", "20000"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    for word in [
        "2809 rpm",
        "1500 x g at 170 mm",
        "steps by a trial with",
        "platelet",
        "note: unverified",
        "free",
    ] {
        assert!(text.contains(word), "`{word}` is missing:\n{text}");
    }
}

#[test]
fn lists_have_sources_and_mark_what_is_not_verified() {
    // alone it says what there is to list
    let text = stdout(&buffycoat(&["list"]));
    assert!(
        text.contains("  species   Cells") && text.contains("  kernels   "),
        "{text}"
    );
    let text = stdout(&buffycoat(&["list", "species"]));
    assert!(text.contains("erythrocyte") && text.contains("UNVERIFIED") && text.contains("R19"));
    let text = stdout(&buffycoat(&["list", "species", "platelet"]));
    assert!(text.starts_with("platelet") && !text.contains("erythrocyte"));
    for (what, word) in [
        ("media", "saline"),
        ("scenes", "whole_blood"),
        ("cases", "C23"),
        ("kernels", "advance_dense"),
    ] {
        let output = buffycoat(&["list", what]);
        assert!(
            output.status.success() && stdout(&output).contains(word),
            "{output:?}"
        );
    }
    // the text of a bundled scene is a scene
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("mine.toml");
    std::fs::write(&mine, buffycoat(&["list", "scenes", "prp_soft_spin"]).stdout).unwrap();
    assert!(
        buffycoat(&["check", mine.to_str().unwrap(), "--backend", "cpu"])
            .status
            .success()
    );
    fails_with(
        &buffycoat(&["list", "species", "plaetlet"]),
        2,
        &["did you mean `platelet`"],
    );
}

/// Works on a machine without any driver, and says what `auto` would take and why.
#[test]
fn doctor_and_list_devices() {
    for arguments in [&["doctor"][..], &["--list-devices"], &["run", "--list-devices"]] {
        let output = buffycoat(arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        let text = stdout(&output);
        assert!(
            text.contains("processor") && text.contains("auto picks"),
            "{text}"
        );
    }
}

#[test]
fn usage_errors() {
    fails_with(&buffycoat(&["spin"]), 2, &["spin"]);
    fails_with(&buffycoat(&["run", "--parcels", "0"]), 2, &["--parcels"]);
    fails_with(
        &buffycoat(&["run", "--backend", "cpu", "--device", "0"]),
        2,
        &["device"],
    );
    #[cfg(not(feature = "gpu"))]
    fails_with(&buffycoat(&["run", "--backend", "gpu"]), 5, &["no GPU back-end"]);
}

/// The proofs run from the command line and say in their exit code whether they held.
#[test]
fn verify_and_validate_from_the_command_line() {
    let on = if cfg!(feature = "gpu") { "both" } else { "cpu" };
    for arguments in [
        vec!["verify", "--json", "--backend", on],
        vec!["validate", "--json", "--case", "C01", "--backend", on],
    ] {
        let output = buffycoat(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let answer: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(answer["passed"], serde_json::Value::Bool(true), "{answer}");
    }
    fails_with(
        &buffycoat(&["validate", "--case", "C36"]),
        2,
        &["C36", "not run yet", "C01"],
    );
}

/// A run that goes wrong numerically ends with 3 and says what to change.
#[test]
fn far_too_few_parcels() {
    let folder = tempfile::tempdir().unwrap();
    let output = program()
        .args(["run", "--parcels", "500", "--backend", "cpu", "--quiet", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    fails_with(&output, 3, &["the parcels are too few", "[numerics] layers"]);
}

/// Asked to end once (SIGTERM) or pressed twice (SIGINT), the program leaves no half-written file. The parcels are so many
/// that they are still being drawn when it is told.
#[cfg(unix)]
#[test]
fn ending_at_once_leaves_nothing_behind() {
    for signals in [&["-TERM"][..], &["-INT", "-INT"], &["-TERM", "-INT"]] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = program()
            .args(["run", "--parcels", "2000000", "--backend", "cpu", "--out"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !entries(folder.path()).iter().any(|name| name.ends_with(".part")) {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        for signal in signals {
            let id = child.id().to_string();
            assert!(
                Command::new("kill")
                    .args([signal, id.as_str()])
                    .status()
                    .unwrap()
                    .success()
            );
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signals:?}");
        assert_eq!(entries(folder.path()), Vec::<String>::new(), "{signals:?}");
    }
}

/// A folder is not a scene, and another folder for the results would not help.
#[test]
fn a_folder_is_no_scene() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    for command in ["check", "run"] {
        let output = buffycoat(&[command, path]);
        fails_with(&output, 4, &["a scene is a file, not a folder", "list scenes"]);
        assert!(!stderr(&output).contains("--out"), "{}", stderr(&output));
    }
    std::fs::write(folder.path().join("mine.toml"), "").unwrap();
    fails_with(&buffycoat(&["check", path]), 4, &["for example", "mine.toml"]);
}

/// `check` and `run` say before they compute that the parcels are few.
#[test]
fn few_parcels_are_warned_of() {
    let output = buffycoat(&["check", "whole_blood", "--backend", "cpu", "--parcels", "20000"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("77 in each"), "{}", stderr(&output));
    let output = buffycoat(&["check", "whole_blood", "--backend", "cpu", "--parcels", "30000"]);
    assert_eq!(stderr(&output), "");
}
