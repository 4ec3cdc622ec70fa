//! Files in a folder of results that somebody else put there or changed, and what a program hears of a run.

use crate::cli_limits::signal;
use crate::small_run::{SCENE, good, home, left_by, program, refused, report, run};
use crate::{names, text};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};

/// Whatever a journal says, what lies elsewhere stays, and so does a file of another name or with other bytes.
#[test]
fn a_journal_removes_nothing_but_results() {
    let home = home();
    let at = home.path();
    std::fs::create_dir(at.join("o")).unwrap();
    let absolute = at.join("absolute.txt");
    let kept = [
        at.join("thesis.tex"),
        absolute.clone(),
        at.join("o/notes.txt"),
        at.join("o/mobility.csv"),
    ];
    let words = "years of work";
    for path in &kept {
        std::fs::write(path, words).unwrap();
    }
    let hash = blake3::hash(words.as_bytes()).to_hex();
    let above = ["..", "thesis.tex"].join("/");
    let (short, other) = (&hash[..32], "0".repeat(32));
    let mut journal = String::new();
    for name in [above.as_str(), &absolute.display().to_string(), "notes.txt"] {
        journal.push_str(&format!("{name}\n{short}  {name}\n{hash}  {name}\n"));
    }
    journal.push_str(&format!("mobility.csv\n{other}  mobility.csv\n  mobility.csv\n"));
    std::fs::write(at.join("o/.buffycoat.lock"), journal).unwrap();
    good(&run(at, "scene.toml", &["--out", "o"]));
    for path in &kept {
        assert!(path.exists(), "{} was removed", path.display());
        assert_eq!(std::fs::read_to_string(path).unwrap(), words);
    }
    // nor does a summary say more than a journal
    let summary = std::fs::read_to_string(at.join("o/summary.json")).unwrap();
    let mut summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    for name in [above.as_str(), &absolute.display().to_string(), "notes.txt"] {
        summary["record"]["files"][name] = hash.as_str().into();
    }
    summary.as_object_mut().unwrap().remove("content_hash");
    let text = serde_json::to_string_pretty(&summary).unwrap() + "\n";
    std::fs::write(at.join("o/summary.json"), buffycoat::output::folder::seal(&text)).unwrap();
    good(&run(at, "scene.toml", &["--out", "o"]));
    assert!(kept.iter().all(|path| path.exists()));
}

/// A lock that is a link, a pipe or too large is not ours: it is neither read to its end nor written to.
#[test]
fn a_lock_that_is_not_ours_is_refused() {
    let home = home();
    let at = home.path();
    let lock = at.join("o/.buffycoat.lock");
    std::fs::create_dir(at.join("o")).unwrap();
    std::fs::write(at.join("thesis.tex"), "years of work").unwrap();
    let refuse = |words: &[&str]| refused(&run(at, "scene.toml", &["--out", "o"]), 2, words);
    std::os::unix::fs::symlink(at.join("thesis.tex"), &lock).unwrap();
    refuse(&["o/.buffycoat.lock", "not a regular file"]);
    assert_eq!(
        std::fs::read_to_string(at.join("thesis.tex")).unwrap(),
        "years of work"
    );
    std::fs::remove_file(&lock).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&lock).status().unwrap();
    assert!(made.success());
    refuse(&["o/.buffycoat.lock", "not a regular file"]);
    std::fs::remove_file(&lock).unwrap();
    let large = std::fs::File::create(&lock).unwrap();
    large.set_len(5 << 30).unwrap();
    refuse(&["o/.buffycoat.lock", "too large"]);
    assert_eq!(large.metadata().unwrap().len(), 5 << 30);
}

/// A result that was changed is not replaced, be it a table, the picture or one of the pictures of the run.
#[test]
fn a_changed_result_is_not_overwritten() {
    let home = home();
    let at = home.path();
    let film = ["--out", "o", "--set", "output.frames.every=10 s"];
    good(&run(at, "scene.toml", &film));
    for name in ["final.png", "profile.csv", "frames/0001.png"] {
        let path = at.join("o").join(name);
        let own = std::fs::read(&path).unwrap();
        std::fs::write(&path, "with my notes").unwrap();
        refused(
            &run(at, "scene.toml", &film),
            2,
            &[
                name,
                "this file was changed since buffycoat wrote it, or was not written by buffycoat, and would be overwritten",
                "Move it, or choose another --out",
            ],
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "with my notes");
        std::fs::write(&path, own).unwrap();
    }
    // as it was it is replaced
    good(&run(at, "scene.toml", &film));
    // a picture that the older run had not
    std::fs::write(at.join("o/frames/0003.png"), "microscopy").unwrap();
    let longer = [film.as_slice(), &["--set", "protocol[0].hold=30 s"]].concat();
    refused(&run(at, "scene.toml", &longer), 2, &["frames/0003.png", "--out"]);
}

/// Results of a version that kept no hashes are replaced, and that is said.
#[test]
fn results_without_hashes_are_replaced_with_a_note() {
    let home = home();
    let at = home.path();
    std::fs::create_dir(at.join("o")).unwrap();
    std::fs::write(
        at.join("o/summary.json"),
        r#"{"program": "buffycoat", "schema": 1}"#,
    )
    .unwrap();
    for name in ["profile.csv", "final.png"] {
        std::fs::write(at.join("o").join(name), "of long ago").unwrap();
    }
    let output = run(at, "scene.toml", &["--out", "o"]);
    good(&output);
    assert!(
        text(&output).contains("of an earlier version, which kept no hashes"),
        "{}",
        text(&output)
    );
    assert_eq!(names(&at.join("o")), left_by(&at.join("o")));
}

/// Starts the program, and waits until it has said `word` on standard error.
fn started(folder: &Path, arguments: &[&str], word: &str) -> Child {
    let mut child = program(folder)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(
        lines.by_ref().any(|line| line.unwrap().contains(word)),
        "it never said {word}"
    );
    // what else it says has to go somewhere
    std::thread::spawn(move || lines.count());
    child
}

/// Whatever is changed, put there or replaced by a link while a run goes on is kept by another name, and that is said; an
/// unchanged result is replaced.
#[test]
fn what_is_changed_during_a_run_is_kept() {
    let home = home();
    let at = home.path();
    good(&run(at, "scene.toml", &["--out", "o"]));
    std::fs::remove_file(at.join("o/layers.csv")).unwrap();
    std::fs::write(at.join("o/profile.kept.csv"), "kept before").unwrap();
    std::fs::write(at.join("thesis.tex"), "years of work").unwrap();
    let arguments = ["run", "scene.toml", "--backend", "cpu", "--threads", "1"];
    let arguments = [&arguments[..], &["--parcels", "400000", "--out", "o"]].concat();
    let mut child = program(at)
        .args(&arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(lines.by_ref().any(|line| line.contains("cpu back-end")));
    let changed = [
        ("profile.csv", "profile.kept_2.csv"),
        ("layers.csv", "layers.kept.csv"),
        ("summary.json", "summary.kept.json"),
    ];
    for (name, _) in changed {
        std::fs::write(at.join("o").join(name), format!("my {name}")).unwrap();
    }
    std::fs::remove_file(at.join("o/final.png")).unwrap();
    std::os::unix::fs::symlink(at.join("thesis.tex"), at.join("o/final.png")).unwrap();
    let said: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{said:?}");
    let mut expected = left_by(&at.join("o"));
    for (name, kept) in changed {
        let text = std::fs::read_to_string(at.join("o").join(kept)).unwrap();
        assert_eq!(text, format!("my {name}"));
        let told = |l: &&String| l.starts_with("note: ") && l.contains(name) && l.contains(kept);
        assert_eq!(said.iter().filter(told).count(), 1, "{name}: {said:?}");
    }
    expected.extend(changed.map(|(_, kept)| kept.to_owned()));
    expected.extend(["final.kept.png", "profile.kept.csv"].map(str::to_owned));
    expected.sort();
    assert_eq!(names(&at.join("o")), expected);
    assert!(at.join("o/final.kept.png").is_symlink());
    let kept = |path: &str| std::fs::read_to_string(at.join(path)).unwrap();
    assert_eq!(
        (kept("thesis.tex").as_str(), kept("o/profile.kept.csv").as_str()),
        ("years of work", "kept before")
    );
    good(&report(at, &["o"]));
    // an unchanged set is replaced without a word
    let output = run(at, "scene.toml", &["--out", "o"]);
    good(&output);
    assert!(!text(&output).contains(".kept"), "{}", text(&output));
}

/// A page that went with the run that it was about, files that a page does without, and those of them that somebody changed: each is told.
#[test]
fn what_went_and_what_is_missing_is_said() {
    let home = home();
    let at = home.path();
    let film = ["--out", "o", "--set", "output.frames.every=10 s"];
    good(&run(at, "scene.toml", &film));
    let whole = report(at, &["o"]);
    good(&whole);
    assert!(!text(&whole).contains("note: "), "{}", text(&whole));
    let told = |words: &[&str]| {
        let output = report(at, &["o"]);
        good(&output);
        let said = text(&output);
        let note = said
            .lines()
            .find(|l| l.starts_with("note: ") && words.iter().all(|w| l.contains(w)));
        assert!(note.is_some(), "{words:?}: {said}");
    };
    std::fs::write(at.join("o/layers.csv"), "changed").unwrap();
    told(&["o/layers.csv", "was changed"]);
    std::fs::remove_file(at.join("o/layers.csv")).unwrap();
    told(&["o/layers.csv", "is missing"]);
    for (name, words) in [
        ("0001.png", "1 picture of the run is missing"),
        ("0002.png", "2 pictures of the run are missing"),
    ] {
        std::fs::remove_file(at.join("o/frames").join(name)).unwrap();
        told(&[words, "o/frames"]);
    }
    let output = run(at, "scene.toml", &["--out", "o"]);
    good(&output);
    let said = text(&output);
    let words =
        "o/report.html was about the older run and was removed; `buffycoat report o` writes a new page";
    assert!(
        said.contains(words) && !at.join("o/report.html").exists(),
        "{said}"
    );
}

/// A map that is edited while the run goes on: the summary has the hash of what was read.
#[test]
fn the_hash_of_a_map_is_that_of_what_was_read() {
    let home = home();
    let at = home.path();
    let block = std::fs::read_to_string(crate::root().join("examples/scenes/microchannel.toml")).unwrap();
    std::fs::write(at.join("block.toml"), &block).unwrap();
    let field = [
        "field",
        "block.toml",
        "--backend",
        "cpu",
        "--grid",
        "9x5x33",
        "-o",
        "map.csv",
    ];
    good(&program(at).args(field).output().unwrap());
    let magnet = block.find("[[magnet]]").unwrap();
    let end = magnet + 1 + block[magnet + 1..].find("\n[").unwrap();
    let mapped = format!(
        "{}[[magnet]]\nkind = \"map\"\nfile = \"map.csv\"\n{}",
        &block[..magnet],
        &block[end..]
    );
    std::fs::write(at.join("mapped.toml"), mapped).unwrap();
    let map = std::fs::read(at.join("map.csv")).unwrap();
    let arguments = [
        "run",
        "mapped.toml",
        "--backend",
        "cpu",
        "--parcels",
        "600",
        "--set",
        "duration=7 s",
        "--out",
        "o",
    ];
    let child = started(at, &arguments, "back-end");
    std::fs::write(at.join("map.csv"), "edited").unwrap();
    let output = child.wait_with_output().unwrap();
    good(&output);
    let summary = std::fs::read_to_string(at.join("o/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(
        summary["record"]["inputs"],
        serde_json::json!({ "map.csv": blake3::hash(&map).to_hex().as_str() })
    );
}

/// Whenever a signal comes, before the first step or within one, a program that waits for JSON gets it.
#[test]
fn an_outcome_as_json_whenever_the_signal_comes() {
    let home = home();
    let at = home.path();
    std::fs::write(
        at.join("long.toml"),
        SCENE.replace("hold = \"20 s\"", "hold = \"20 h\""),
    )
    .unwrap();
    let common = ["run", "long.toml", "--backend", "cpu", "--threads", "1", "--json"];
    // the title is said before the parcels are drawn; the length when all is ready for the first step
    for (word, parcels) in [("A short run", "3000000"), ("to simulate", "20000")] {
        let arguments = [&common[..], &["--parcels", parcels, "--out", "o"]].concat();
        let mut child = started(at, &arguments, word);
        signal(&child, "-TERM");
        let mut told = String::new();
        child.stdout.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{word}: {told}");
        let told: serde_json::Value =
            serde_json::from_str(&told).unwrap_or_else(|e| panic!("{word}: {e}: `{told}`"));
        assert_eq!(
            (&told["outcome"], &told["exit_code"]),
            (&"stopped".into(), &130.into())
        );
        assert!(!at.join("o").exists());
    }
}

/// Twenty reports while runs write into the folder: the page of a whole run, or a message that says what is missing or another's.
#[test]
fn a_reader_beside_a_writer() {
    let home = home();
    let at = home.path();
    good(&run(at, "scene.toml", &["--out", "o"]));
    let reads = std::thread::spawn({
        let at = at.to_owned();
        // a page elsewhere, as others read
        move || [(); 20].map(|()| report(&at, &["o", "-o", "page.html"]))
    });
    let mut runs = 0_u32;
    while !reads.is_finished() {
        good(&run(
            at,
            "scene.toml",
            &["--out", "o", "--seed", &runs.to_string()],
        ));
        runs += 1;
    }
    let (mut pages, mut refusals) = (0, 0);
    for read in reads.join().unwrap() {
        let said = text(&read);
        match read.status.code() {
            Some(0) => pages += 1,
            Some(2 | 4) => {
                assert!(
                    ["summary.json", "another run", "is missing", "changed"]
                        .iter()
                        .any(|word| said.contains(word)),
                    "{said}"
                );
                refusals += 1;
            }
            other => panic!("{other:?}: {said}"),
        }
    }
    println!("{pages} pages and {refusals} refusals beside {runs} runs");
    assert!(pages > 0 && runs > 0, "{pages} {runs}");
    good(&report(at, &["o"]));
}
