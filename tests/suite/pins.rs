//! What every bundled scene gives with few parcels, to the last bit on the CPU back-end, and within what chance and 32-bit numbers
//! change on the GPU back-end.
//!
//! The pins are in tests/pins, one file a scene. A change of the order of operations may change bits; then they are written anew with
//! `BUFFYCOAT_PINS=write cargo test --test suite pins::cpu`, and the commit says which numbers changed and why.

use buffycoat::scenario::{BUNDLED, Scene};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::process::Command;

/// Parts of a summary that are not of the run's numbers: where and when it ran, and prose.
const LEFT_OUT: [&str; 12] = [
    "content_hash",
    "record",
    "scene",
    "program",
    "version",
    "device",
    "backend",
    "threads",
    "wall_seconds",
    "parcel_steps_per_second",
    "notes",
    "warnings",
];

/// Number of parcels: as few as `check` takes for its trial, so that no layer is overfilled by chance.
fn few(name: &str) -> usize {
    let text = BUNDLED.iter().find(|(n, _)| *n == name).unwrap().1;
    let setup = Scene::from_str(&format!("{name}.toml"), text).unwrap().setup;
    if setup.carries() {
        2_000
    } else {
        2_000.max(50 * setup.layers() as usize)
    }
}

/// What makes the run of a scene short: few parcels, or of a channel a coarse grid and a part of its procedure.
fn short(name: &str) -> Vec<String> {
    let text = BUNDLED.iter().find(|(n, _)| *n == name).unwrap().1;
    let setup = Scene::from_str(&format!("{name}.toml"), text).unwrap().setup;
    let set = |what: &str| ["--set".to_owned(), what.to_owned()];
    match setup.channel {
        None => ["--parcels".to_owned(), few(name).to_string()].into(),
        Some(channel) => {
            let mut out: Vec<String> = set("channel.grid=[8, 36]").into();
            out.extend(set("channel.mixing_length=100 um"));
            for i in 0..channel.phases.len() {
                out.extend(set(&format!("channel.phase[{i}].over=3 min")));
            }
            out
        }
    }
}

/// The summary of a run by the program, and the instructions that it ran on.
fn summary(name: &str, backend: &str) -> (Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_buffycoat"))
        .args(["run", name, "-q", "--json", "--backend", backend])
        .args(short(name))
        .arg("--out")
        .arg(folder.path().join("o"))
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    let told: Value = serde_json::from_slice(&out.stdout).unwrap();
    let mut whole = told["summary"].clone();
    assert!(whole.is_object(), "{name}: no summary in {told}");
    let device = whole["run"]["device"].as_str().unwrap_or_default();
    let on = device
        .split_once(", ")
        .map_or("", |(_, driver)| driver)
        .to_owned();
    prune(&mut whole);
    (whole, on)
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !LEFT_OUT.contains(&key.as_str()));
            map.values_mut().for_each(prune);
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pins")
        .join(format!("{name}.json"))
}

fn pinned(name: &str) -> Value {
    let path = file(name);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; BUFFYCOAT_PINS=write makes it", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Every leaf of a value with its path.
fn leaves(value: &Value, at: &str, out: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| leaves(v, &format!("{at}.{k}"), out)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, v)| leaves(v, &format!("{at}[{i}]"), out)),
        leaf => out.push((at.to_owned(), leaf.clone())),
    }
}

fn told(value: &Value) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    leaves(value, "", &mut out);
    out
}

/// Relative difference of numbers that are equal: a reader of JSON may be off by the last bit.
const EQUAL: f64 = 1e-15;

/// Whether two leaves are the same but for a relative difference; the hash of the final state only where numbers are to be equal.
fn alike(at: &str, a: &Value, b: &Value, apart: f64) -> bool {
    match (a.as_f64(), b.as_f64()) {
        _ if at.ends_with(".final_state") && apart > EQUAL => true,
        (Some(a), Some(b)) => (a - b).abs() <= apart * a.abs().max(b.abs()),
        _ => a == b,
    }
}

/// How a run differs from its pin: each number that is further than `apart` from it, and all that has another name.
fn differences(name: &str, pin: &Value, now: &Value, apart: f64) -> (Vec<String>, usize) {
    let (before, now) = (told(&pin["summary"]), told(now));
    let mut wrong: Vec<String> = before
        .iter()
        .zip(&now)
        .filter(|(a, b)| a.0 != b.0 || !alike(&a.0, &a.1, &b.1, apart))
        .map(|(a, b)| format!("{name}{}: {} was pinned; {name}{}: {} now", a.0, a.1, b.0, b.1))
        .collect();
    if before.len() != now.len() {
        wrong.push(format!(
            "{name}: {} numbers were pinned, {} now",
            before.len(),
            now.len()
        ));
    }
    (wrong, before.len())
}

/// Every bundled scene ends with the parcels and the numbers that are pinned, to the last bit.
///
/// Vector loops of another width add in another order. Their numbers may differ by 0.1 %: single cells that end on the other side of a
/// boundary.
#[test]
fn cpu() {
    let write = std::env::var("BUFFYCOAT_PINS").is_ok_and(|v| v == "write");
    let mut wrong = Vec::new();
    for (name, _) in BUNDLED {
        let (now, on) = summary(name, "cpu");
        if write {
            let mut pin = Map::new();
            pin.insert("instructions".into(), on.into());
            pin.insert("summary".into(), now);
            let text = serde_json::to_string_pretty(&pin).unwrap() + "\n";
            std::fs::write(file(name), text).unwrap();
            continue;
        }
        let pin = pinned(name);
        let same = pin["instructions"].as_str() == Some(on.as_str());
        if !same {
            println!(
                "{name}: pinned on {}, run on {on}: numbers only",
                pin["instructions"]
            );
        }
        let (differs, _) = differences(name, &pin, &now, if same { EQUAL } else { 1e-3 });
        wrong.extend(differs.into_iter().take(3));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// On the GPU back-end the numbers are those of the CPU within 0.5 %, but for one in fifty.
///
/// It computes in 32 bits, and its paths leave those of the CPU. A parcel that ends on the other side of a boundary changes the numbers of
/// its species in two layers, and there are some thousands of parcels. On llvmpipe all numbers of all scenes are within 0.1 %.
#[cfg(feature = "gpu")]
#[test]
fn gpu() {
    let mut wrong = Vec::new();
    for (name, _) in crate::setups::with_parcels() {
        let (now, _) = summary(name, "gpu");
        let (differs, all) = differences(name, &pinned(name), &now, 5e-3);
        println!(
            "{name}: {} of {all} numbers differ by more than 0.5 %",
            differs.len()
        );
        if differs.len() * 50 > all {
            wrong.extend(differs.into_iter().take(3));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
