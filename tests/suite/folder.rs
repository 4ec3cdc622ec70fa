//! A folder of results is that of one run, or none: whoever else writes, whatever ends the process, whoever reads.

use crate::cli_limits::signal;
use crate::small_run::{SCENE, good, home, left_by, program, refused, report, run};
use crate::{names, text};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A new run takes the page and the plots of the older one away, and leaves what no run has made.
#[test]
fn nothing_of_an_older_run_stays() {
    let home = home();
    let at = home.path();
    good(&run(at, "scene.toml", &["--out", "o"]));
    good(&report(at, &["o", "--svg"]));
    std::fs::write(at.join("o/report_of_mine.html"), "my own").unwrap();
    assert!(at.join("o/report.html").exists() && at.join("o/plot_profiles.svg").exists());
    good(&run(at, "scene.toml", &["--out", "o", "--seed", "5"]));
    let mut expected = left_by(&at.join("o"));
    expected.push("report_of_mine.html".into());
    expected.sort();
    assert_eq!(names(&at.join("o")), expected);
}

/// A profile of another run, though it has as many rows and the same times; a picture; a scene.
#[test]
fn a_file_of_another_run_is_named() {
    let home = home();
    let at = home.path();
    good(&run(at, "scene.toml", &["--out", "a"]));
    good(&run(at, "scene.toml", &["--out", "b", "--seed", "5"]));
    for name in ["profile.csv", "final.png"] {
        let own = std::fs::read(at.join("a").join(name)).unwrap();
        std::fs::copy(at.join("b").join(name), at.join("a").join(name)).unwrap();
        refused(
            &report(at, &["a"]),
            2,
            &[name, "of another run", "run the scene again"],
        );
        std::fs::write(at.join("a").join(name), own).unwrap();
    }
    good(&report(at, &["a"]));
}

/// A summary that somebody has changed is taken neither for a page nor away by the next run; one without a hash, as of an earlier version, is.
#[test]
fn a_changed_summary_is_found_out() {
    let home = home();
    let at = home.path();
    good(&run(at, "scene.toml", &["--out", "o"]));
    let path = at.join("o/summary.json");
    let own = std::fs::read_to_string(&path).unwrap();
    let changed = own.replacen("\"seed\": 4", "\"seed\": 5", 1);
    assert_ne!(own, changed);
    std::fs::write(&path, &changed).unwrap();
    refused(
        &report(at, &["o"]),
        2,
        &[
            "o/summary.json:",
            "was changed since the run wrote it",
            "run the scene again",
        ],
    );
    refused(
        &run(at, "scene.toml", &["--out", "o"]),
        2,
        &[
            "o/summary.json: this file was changed since buffycoat wrote it",
            "Move it",
        ],
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), changed);
    let (unsealed, _) = own.rsplit_once(",\n  \"content_hash\"").unwrap();
    std::fs::write(&path, format!("{unsealed}\n}}\n")).unwrap();
    let output = report(at, &["o"]);
    good(&output);
    let said = text(&output);
    assert!(
        said.contains("no hash of its own contents") && said.contains("earlier version"),
        "{said}"
    );
    good(&run(at, "scene.toml", &["--out", "o"]));
}

/// A page goes into a file that is called one: a table or a scene of that name would be lost.
#[test]
fn a_page_has_the_ending_of_one() {
    let home = home();
    let at = home.path();
    good(&run(at, "scene.toml", &["--out", "o"]));
    for name in ["page.txt", "page", "scene.toml", "o/page.htm"] {
        let before = std::fs::read(at.join(name)).ok();
        let output = report(at, &["o", "-o", name]);
        refused(&output, 2, &[name, "a report is written as .html"]);
        assert_eq!(std::fs::read(at.join(name)).ok(), before, "{name}");
    }
    good(&report(at, &["o", "-o", "page.HTML"]));
}

/// Options are in the copy of the scene, which run again gives the same table; in the summary they stand by name.
#[test]
fn the_copy_of_the_scene_gives_the_same_bits() {
    let home = home();
    let at = home.path();
    let options = [
        "--out",
        "o",
        "--parcels",
        "500",
        "--seed",
        "9",
        "--set",
        "protocol[0].hold=30 s",
    ];
    good(&run(at, "scene.toml", &options));
    good(&run(at, "o/scene_as_run.toml", &["--out", "again"]));
    let bytes = |of: &str| std::fs::read(at.join(of).join("profile.csv")).unwrap();
    assert!(bytes("o") == bytes("again"));
    let summary: serde_json::Value =
        serde_json::from_slice(&std::fs::read(at.join("o/summary.json")).unwrap()).unwrap();
    assert_eq!(
        summary["record"]["options"],
        serde_json::json!(["--seed 9", "--set protocol[0].hold=30 s", "--parcels 500"])
    );
    assert_eq!(summary["record"]["left_out"], serde_json::json!([]));
    assert_eq!(
        (&summary["setup"]["seed"], &summary["setup"]["duration_s"]),
        (&9.into(), &30.0.into())
    );
    // from standard input, by a name of its own
    let mut child = program(at)
        .args([
            "run",
            "-",
            "-q",
            "--backend",
            "cpu",
            "--set",
            "sample.haematocrit=much",
        ])
        .stdin(std::fs::File::open(at.join("scene.toml")).unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    refused(
        &child.wait_with_output().unwrap(),
        2,
        &["--set sample.haematocrit=much", "command line:1:"],
    );
}

/// A file that a run did not make is not replaced, one that is read neither; a name of dots leads nowhere else.
#[test]
fn what_is_not_ours_stays() {
    let home = home();
    let at = home.path();
    std::fs::create_dir(at.join("mine")).unwrap();
    std::fs::write(at.join("mine/profile.csv"), "measured").unwrap();
    refused(
        &run(at, "scene.toml", &["--out", "mine"]),
        2,
        &["mine/profile.csv", "--out"],
    );
    assert_eq!(names(&at.join("mine")), ["profile.csv"]);
    // pictures of somebody else, also through a link
    std::fs::create_dir(at.join("proj")).unwrap();
    std::fs::create_dir(at.join("elsewhere")).unwrap();
    std::fs::write(at.join("elsewhere/0001.png"), "microscopy").unwrap();
    std::os::unix::fs::symlink(at.join("elsewhere"), at.join("proj/frames")).unwrap();
    good(&run(at, "scene.toml", &["--out", "proj"]));
    assert_eq!(names(&at.join("elsewhere")), ["0001.png"]);
    let film = ["--out", "proj", "--set", "output.frames.every=10 s"];
    refused(&run(at, "scene.toml", &film), 2, &["frames/0001.png", "--out"]);
    assert_eq!(
        std::fs::read_to_string(at.join("elsewhere/0001.png")).unwrap(),
        "microscopy"
    );
    // inputs as outputs
    good(&run(at, "scene.toml", &["--out", "o"]));
    let again = ["--out", "o", "--seed", "5"];
    refused(
        &run(at, "o/scene_as_run.toml", &again),
        2,
        &["scene_as_run.toml", "is read"],
    );
    for name in ["summary.json", "profile.csv", "final.png"] {
        let page = format!("o/{name}");
        refused(&report(at, &["o", "-o", &page]), 2, &[name, "is read"]);
    }
    let scene = std::fs::read_to_string(crate::root().join("examples/scenes/microchannel.toml")).unwrap();
    std::fs::write(at.join("duct.toml"), &scene).unwrap();
    let field = |to: &str| {
        program(at)
            .args(["field", "duct.toml", "-o", to])
            .output()
            .unwrap()
    };
    std::os::unix::fs::symlink("duct.toml", at.join("link.toml")).unwrap();
    for to in ["duct.toml", "link.toml"] {
        refused(&field(to), 2, &[to, "is read"]);
    }
    assert_eq!(std::fs::read_to_string(at.join("duct.toml")).unwrap(), scene);
    std::fs::write(at.join("...toml"), SCENE).unwrap();
    good(&run(at, "...toml", &[]));
    assert_eq!(names(&at.join("out")), ["scene"]);
}

/// Ten pairs of runs into one folder: the second one of each is refused by name, and the first has a whole set.
#[test]
fn two_runs_in_one_folder() {
    let home = home();
    let at = home.path();
    let (mut refusals, mut sets) = (0, 0);
    for pair in 0..10 {
        let start = |seed: u32| {
            let mut command = program(at);
            command.args([
                "run",
                "scene.toml",
                "--backend",
                "cpu",
                "--threads",
                "1",
                "-q",
                "--out",
                "o",
            ]);
            command.args(["--seed", &(2 * pair + seed).to_string()]);
            command
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let both = [start(0), start(1)].map(|c| c.wait_with_output().unwrap());
        for output in &both {
            match output.status.code() {
                Some(0) => sets += 1,
                _ => {
                    refused(output, 4, &["another run writes into this folder", "o"]);
                    refusals += 1;
                }
            }
        }
        assert!(both.iter().any(|o| o.status.success()));
        good(&report(at, &["o"]));
    }
    println!("10 pairs: {sets} runs have written, {refusals} were refused");
    assert_eq!(sets + refusals, 20);
}

/// Kills a run at moments around its end, and says how many left what.
pub fn kills(count: u64) {
    let home = home();
    let at = home.path();
    let start = |seed: u64| -> Child {
        let mut command = program(at);
        command.args([
            "run",
            "scene.toml",
            "--backend",
            "cpu",
            "--threads",
            "1",
            "-q",
            "--out",
            "o",
        ]);
        command.args(["--seed", &seed.to_string()]);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let began = Instant::now();
    assert!(start(0).wait().unwrap().success());
    let whole = began.elapsed();
    let (mut finished, mut sets, mut none) = (0, 0, 0);
    for i in 0..count {
        let mut child = start(i);
        // half of them where files are named
        let share = (i * 7919 % count) as f64 / count as f64;
        let part = if i % 2 == 0 { share } else { 0.85 + 0.2 * share };
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * part));
        let _ = child.kill();
        finished += u32::from(child.wait().unwrap().success());
        let read = report(at, &["o"]);
        match read.status.code() {
            Some(0) => sets += 1,
            // none: the summary is not there
            Some(4) => {
                assert!(text(&read).contains("summary.json"), "{}", text(&read));
                none += 1;
            }
            _ => panic!("a set of two runs: {}", text(&read)),
        }
    }
    println!("{count} kills: {finished} came too late, {sets} left a whole set, {none} none");
    // the next run is not hindered, and clears up
    let output = run(at, "scene.toml", &["--out", "o"]);
    good(&output);
    assert_eq!(names(&at.join("o")), left_by(&at.join("o")), "{}", text(&output));
}

/// Thirty here; a thousand in `slow`.
#[test]
fn a_kill_leaves_one_run_or_none() {
    kills(30);
}

/// What a kill between two names leaves is told of, and replaced: here as the journal and a scrap of a killed run.
#[test]
fn scraps_are_removed_and_told() {
    let home = home();
    let at = home.path();
    std::fs::create_dir(at.join("o")).unwrap();
    let hash = blake3::hash(b"of the run that was killed").to_hex();
    let journal = format!("{}  profile.csv\n{}  final.png\n", &hash[..32], &hash[..32]);
    for (name, content) in [
        (".buffycoat.lock", journal.as_str()),
        (".buffycoat-abc123.part", "half"),
        ("profile.csv", "of the run that was killed"),
    ] {
        std::fs::write(at.join("o").join(name), content).unwrap();
    }
    let output = run(at, "scene.toml", &["--out", "o"]);
    good(&output);
    for word in ["1 unfinished file", "run was killed while it named its files"] {
        assert!(text(&output).contains(word), "{}", text(&output));
    }
    assert_eq!(names(&at.join("o")), left_by(&at.join("o")));
}

/// Signals at many moments of every command that writes: nothing is left, or all, and nobody waits for more than half a second. A
/// loaded machine is given ten.
#[test]
fn every_command_hears_signals() {
    let home = home();
    let at = home.path();
    good(&run(at, "scene.toml", &["--out", "o"]));
    let commands: [&[&str]; 4] = [
        &[
            "run",
            "--parcels",
            "3000000",
            "--backend",
            "cpu",
            "-q",
            "--out",
            "new",
        ],
        &["report", "o", "-o", "new/page.html"],
        &[
            "field",
            "rack_separation",
            "--backend",
            "cpu",
            "--grid",
            "65x65x257",
            "-o",
            "new/field.csv",
        ],
        &[
            "render",
            "-q",
            "--backend",
            "cpu",
            "--parcels",
            "3000000",
            "-o",
            "new/a.png",
        ],
    ];
    let (mut stopped, mut done, mut longest) = (0, 0, Duration::ZERO);
    for (i, arguments) in commands.iter().enumerate() {
        for (j, which) in ["-INT", "-TERM", "-HUP"].iter().enumerate() {
            let mut child = program(at)
                .args(*arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(60 + 170 * j as u64 + 31 * i as u64));
            let told = Instant::now();
            signal(&child, which);
            let code = child.wait().unwrap().code();
            longest = longest.max(told.elapsed());
            match code {
                Some(130) => stopped += 1,
                Some(0) => done += 1,
                other => panic!("{arguments:?} {which}: {other:?}"),
            }
            let left = if at.join("new").exists() {
                names(&at.join("new"))
            } else {
                Vec::new()
            };
            let parts = left.iter().filter(|n| n.starts_with(".buffycoat")).count();
            // told between the name and the end, a command has done its work
            let whole = left.len() == 1 || left.iter().any(|n| n == "summary.json");
            assert!(
                parts == 0 && (whole || left.is_empty()),
                "{arguments:?}: {left:?}"
            );
            let _ = std::fs::remove_dir_all(at.join("new"));
        }
    }
    println!("{stopped} stopped, {done} were done; the longest took {longest:?}");
    assert!(stopped > 0);
    assert!(longest < Duration::from_secs(10), "{longest:?}");
}

/// A name that ends as another kind of file is refused, and what is there stays.
#[test]
fn files_of_another_kind_are_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    for (command, name, right) in [
        ("field", "job1.toml", ".csv"),
        ("field", "notes.txt", ".csv"),
        ("field", "none", ".csv"),
        ("render", "job1.toml", ".png"),
    ] {
        let there = folder.path().join(name);
        std::fs::write(&there, "mine").unwrap();
        let out = program(folder.path())
            .args([command, "quadrupole_sorter", "--backend", "cpu", "-o"])
            .arg(&there)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{command} {name}: {said}");
        assert!(said.contains(right) && said.contains(name), "{said}");
        assert_eq!(std::fs::read_to_string(&there).unwrap(), "mine");
    }
}
