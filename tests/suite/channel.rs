//! The program with a channel through which blood flows.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program on the bundled channel, on a coarse grid and for a short time, with these arguments besides.
fn run(command: &str, out: Option<&Path>, more: &[&str]) -> Output {
    let mut all = Command::new(env!("CARGO_BIN_EXE_buffycoat"));
    all.args([command, "leukapheresis_mnc"]);
    for set in [
        "channel.grid=[6, 36]",
        "channel.mixing_length=100 um",
        "channel.phase[0].over=2 min",
        "channel.phase[1].over=1 min",
    ] {
        all.args(["--set", set]);
    }
    if let Some(out) = out {
        all.arg("--out").arg(out);
    }
    all.args(more).output().unwrap()
}

fn told(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr)
}

/// Two runs in the same folder, with one thread and with two, leave the same numbers, and all that came in is accounted for.
#[test]
fn runs_and_runs_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("o");
    let summary = |threads: &str| -> Value {
        let run = run("run", Some(&out), &["-q", "--json", "--threads", threads]);
        assert!(run.status.success(), "{}", told(&run));
        let told: Value = serde_json::from_slice(&run.stdout).unwrap();
        told["summary"].clone()
    };
    let (one, two) = (summary("1"), summary("2"));
    assert_eq!(one["channel"], two["channel"]);
    assert_eq!(one["run"]["final_state"], two["run"]["final_state"]);
    let phases = one["channel"]["phases"].as_array().unwrap();
    assert_eq!(phases.len(), 2);
    for phase in phases {
        assert!(phase["imbalance"].as_f64().unwrap() < 1e-11, "{phase}");
        assert!(phase["max_fraction"].as_f64().unwrap() < 0.94 + 1e-9, "{phase}");
        let volumes = phase["ports"].as_array().unwrap().iter();
        let left: f64 = volumes.map(|p| p["volume_ml"].as_f64().unwrap()).sum();
        let minutes = (phase["to_s"].as_f64().unwrap() - phase["from_s"].as_f64().unwrap()) / 60.0;
        assert!((left / (45.0 * minutes) - 1.0).abs() < 1e-9, "{left} mL left");
    }
    // a summary that was written is read back
    let text = std::fs::read_to_string(out.join("summary.json")).unwrap();
    let read = buffycoat::output::summary::Summary::read(&text).unwrap();
    assert_eq!(read.channel.unwrap().phases.len(), 2);
    // a row a second and one of the names above
    let rows = std::fs::read_to_string(out.join("channel.csv")).unwrap();
    assert_eq!(rows.lines().count(), 181);
    let head: Vec<&str> = rows.lines().next().unwrap().split(',').collect();
    assert!(head.contains(&"red_cells_haematocrit") && head.contains(&"collect_monocyte_per_ul"));
    assert!(rows.lines().all(|l| l.split(',').count() == head.len()));
    assert!(out.join("final.png").is_file() && out.join("scene_as_run.toml").is_file());
}

/// What cannot be done with a channel says so, and what to do.
#[test]
fn what_a_channel_has_not() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("o");
    assert!(run("run", Some(&out), &["-q"]).status.success());
    let page = Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .arg("report")
        .arg(&out)
        .output()
        .unwrap();
    for (what, output, words) in [
        ("report", page, "a report of a channel is not in this version"),
        ("render", run("render", None, &[]), "computed without parcels"),
        (
            "parcels",
            run("run", None, &["--parcels", "100"]),
            "leave out `--parcels`",
        ),
        (
            "gpu",
            run("check", None, &["--backend", "gpu"]),
            "leave out `--backend gpu`",
        ),
    ] {
        assert_eq!(output.status.code(), Some(2), "{what}: {}", told(&output));
        assert!(told(&output).contains(words), "{what}: {}", told(&output));
    }
}

/// `check` tells the numbers that decide, by hand: 100 x g at 123.5 mm are 850.9 rpm, and 105 mL at 45 mL/min are 140 s.
#[test]
fn what_follows() {
    let out = run("check", None, &[]);
    let text = told(&out);
    assert!(out.status.success(), "{text}");
    for words in [
        "850.9 rpm",
        "105 mL",
        "140 s",
        "held at 3.2 mm by the pump of `red cells`",
        "24 mL/min, what the others leave",
    ] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
}
