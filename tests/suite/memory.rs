//! A run that does not fit is refused before its memory is taken: the program under a limited address space.

use std::process::Command;

/// Runs the program's arguments in a shell whose address space is limited [KiB].
fn limited(kib: u64, arguments: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let command = format!(
        "ulimit -v {kib} && cd '{}' && exec '{}' {arguments}",
        folder.path().display(),
        env!("CARGO_BIN_EXE_buffycoat"),
    );
    let out = Command::new("sh").args(["-c", &command]).output().unwrap();
    (
        out.status.code(),
        String::from_utf8_lossy(&out.stderr).into_owned(),
    )
}

#[test]
fn a_run_that_does_not_fit_is_refused() {
    // half a million parcels take 72 MB, and the program, its threads and their arenas about 200 MB
    let (code, text) = limited(280_000, "run --backend cpu --quiet --parcels 20000000");
    assert_eq!(code, Some(5), "{text}");
    assert!(text.contains("at most") && text.contains("parcels fit"), "{text}");
}

#[test]
fn a_benchmark_that_does_not_fit_is_refused() {
    let (code, text) = limited(280_000, "bench --backend cpu --quick");
    assert_eq!(code, Some(5), "{text}");
    assert!(text.contains("of memory"), "{text}");
}

/// Whatever the limit is, a command does its work or ends with 5 and says what to do; none is aborted without a word.
#[test]
fn too_little_memory_is_told_in_every_command() {
    // what the program itself takes before its first line
    let least = (20..)
        .step_by(10)
        .find(|mib| limited(mib << 10, "--version").0 == Some(0))
        .unwrap();
    let (mut done, mut told, mut late) = (0, 0, 0);
    for arguments in [
        "run dilute_platelets --backend cpu --quiet --threads 2 --parcels 20000",
        "field rack_separation --backend cpu --threads 2 --grid 33x33x65 -o field.csv",
        "render dilute_platelets --backend cpu --quiet --threads 2 --parcels 20000 --at '1 s' -o a.png",
        "check rack_separation --backend cpu --threads 2",
    ] {
        for mib in (least..least + 180).step_by(30) {
            let (code, said) = limited(mib << 10, arguments);
            match code {
                Some(0) => done += 1,
                Some(5) => {
                    told += 1;
                    late += usize::from(said.contains("the system gave no more memory"));
                    let words = ["fewer", "close other programs", "smaller", "parcels fit"];
                    assert!(
                        words.iter().any(|w| said.contains(w)),
                        "{mib} MiB, {arguments}: {said}"
                    );
                }
                other => panic!("{mib} MiB, {arguments}: {other:?}: {said}"),
            }
        }
    }
    println!("{done} commands had enough memory, {told} were told, {late} of them late");
    assert!(done > 0 && told > 0);
}

/// F7. What a run on the CPU is forecast to take is within 5 % of what it takes at its height, as the system counts it.
#[test]
fn f7_the_forecast_of_a_run() {
    use buffycoat::devices::{Choice, Wanted};
    let home = crate::small_run::home();
    let short = [
        "--set",
        "protocol[0].hold=1 s",
        "--set",
        "output.profile.every=1 s",
        "--parcels",
    ];
    let choice = Choice {
        backend: Wanted::Cpu,
        threads: 2,
        ..Choice::default()
    };
    let decision = choice.decide().unwrap();
    // so many that tables, pictures and the program itself (10 to 21 MB by its build, forecast 25) weigh little
    let parcels = 3_000_000;
    let mut scene = buffycoat::scenario::Scene::from_file(home.path().join("scene.toml")).unwrap();
    scene.rescale(parcels);
    let forecast = decision.need(&scene.setup).bytes();
    let mut command = crate::small_run::program(home.path());
    command.args(["run", "scene.toml", "-q", "--backend", "cpu", "--threads", "2"]);
    command.args(short).arg(parcels.to_string());
    let mut child = command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // at its height, which the system keeps for the program alone; what `wait4` gives begins at that of these tests
    let mut taken = 0;
    let ended = loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let height = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let kib = height.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok());
        taken = kib.map_or(taken, |kib| 1024 * kib);
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    };
    assert!(ended.success());
    println!("F7: {parcels} parcels on the CPU: forecast {forecast} bytes, taken {taken}");
    assert!(
        (forecast as f64 / taken as f64 - 1.0).abs() < 0.05,
        "{forecast} {taken}"
    );
}
