//! What goes wrong on purpose, many times over: lost devices, numbers that are none, drivers that are broken, counts beyond 32 bits.
//! Each says how often it tried. The short forms run with every check; the long ones are in `slow_faults`.

use crate::random_scenes::Dice;
use crate::setups::{blood, dilute, parcels};
use buffycoat::Error;
use buffycoat::cpu::Cpu;
use buffycoat::engine::{self, Backend, Program, Readings, Setup, run};
use buffycoat::magnets::Table;
use buffycoat::model::Parcels;
use buffycoat::scenario::{BUNDLED, Scene};
use std::ops::ControlFlow;

/// F8. A device that is lost at a random moment ends the run with 5, whatever comes next.
#[cfg(feature = "gpu")]
pub fn lost_devices(count: usize, seed: u64) {
    use crate::hooked::Hooked;
    use buffycoat::gpu::GpuBackend;
    let mut dice = Dice(seed);
    let setups = [blood(2_000, 20.0), dilute(2_000, 20.0)];
    for i in 0..count {
        let mut s = setups[i % 2].clone();
        s.cells[2] = 20;
        let p = parcels(&s);
        let (at, mut batches) = (dice.below(12), 0);
        let lose = |b: &mut GpuBackend, steps: &[_]| {
            if batches == at {
                b.lose();
            }
            batches += 1;
            b.run(steps)
        };
        let mut backend = Hooked::new(
            GpuBackend::on(
                crate::parity::gpu(),
                &Program::new(&s, &p, None).unwrap(),
                u64::MAX,
            )
            .unwrap(),
        )
        .on_run(lose);
        let Err(error) = run(&s, &p, &mut backend, &mut |_| ControlFlow::Continue(())) else {
            panic!("run {i}: lost at batch {at}, and it went on")
        };
        assert_eq!(error.exit_code(), 5, "run {i}: {error}");
    }
    println!("F8: {count} devices lost at random moments, all told with exit code 5");
}

#[cfg(feature = "gpu")]
#[test]
fn f8_lost_devices() {
    lost_devices(10, 8);
}

/// What was said of devices that do not answer.
#[cfg(feature = "gpu")]
static SILENCES: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());

/// F9. A device that answers late at a random moment of a run, by a clock that is only counted: told within 30 s, given up after two
/// minutes, and as good as any other if it comes back before.
#[cfg(feature = "gpu")]
pub fn late_answers(count: usize, seed: u64) {
    use crate::hooked::Hooked;
    use buffycoat::engine::{PATIENCE, on_silence};
    use buffycoat::gpu::GpuBackend;
    use std::time::Duration;
    on_silence(|text| SILENCES.lock().unwrap().push(text.to_owned()));
    let unanswered = format!("not answered for {} s", PATIENCE.told.as_secs());
    let mut dice = Dice(seed);
    let s = dilute(500, 20.0);
    let p = parcels(&s);
    let on_time = |backend: &mut dyn Backend| {
        run(&s, &p, backend, &mut |_| ControlFlow::Continue(())).map(|_| backend.positions().unwrap())
    };
    let expected = on_time(
        &mut GpuBackend::on(
            crate::parity::gpu(),
            &Program::new(&s, &p, None).unwrap(),
            u64::MAX,
        )
        .unwrap(),
    )
    .unwrap();
    let (mut quiet, mut told, mut given_up) = (0, 0, 0);
    for i in 0..count {
        // a fourth in time, a half late, a fourth never
        let late = match i % 4 {
            0 => PATIENCE.told / 4,
            1 | 2 => PATIENCE.told * (6 + dice.below(34) as u32) / 10,
            _ => Duration::from_secs(3600),
        };
        let (at, mut batches) = (dice.below(3), 0);
        let stall = |b: &mut GpuBackend, steps: &[_]| {
            if batches == at {
                SILENCES.lock().unwrap().clear();
                b.stall(late);
            }
            batches += 1;
            b.run(steps)
        };
        let mut backend = Hooked::new(
            GpuBackend::on(
                crate::parity::gpu(),
                &Program::new(&s, &p, None).unwrap(),
                u64::MAX,
            )
            .unwrap(),
        )
        .on_run(stall);
        let ended = on_time(&mut backend);
        drop(backend);
        assert!(batches > at, "the run was over before");
        let said = SILENCES
            .lock()
            .unwrap()
            .iter()
            .filter(|t| t.contains(&unanswered))
            .count();
        assert_eq!(
            said,
            usize::from(late > PATIENCE.told),
            "run {i}: late by {late:?}"
        );
        match ended {
            Ok(places) if late < PATIENCE.most => {
                assert!(places == expected, "run {i}");
                *(if said == 0 { &mut quiet } else { &mut told }) += 1;
            }
            Err(error) if late > PATIENCE.most => {
                assert_eq!(error.exit_code(), 5, "{error}");
                assert!(
                    error.to_string().contains("given up") && error.to_string().contains("--backend cpu")
                );
                given_up += 1;
            }
            other => panic!("run {i}: late by {late:?}: {:?}", other.map(|_| ())),
        }
    }
    println!(
        "F9: {count} late answers: {quiet} within {:?} unsaid, {told} told and waited for, {given_up} told and given up",
        PATIENCE.told
    );
    assert!(PATIENCE.told <= Duration::from_secs(30));
}

#[cfg(feature = "gpu")]
#[test]
fn f9_late_answers() {
    late_answers(8, 9);
}

/// F10. One parcel of a run has a number that is none; the run ends with its id, its species, its place and the step.
pub fn bad_numbers(count: usize, seed: u64) {
    let mut dice = Dice(seed);
    let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30];
    let mut setups = [blood(4_000, 5.0), dilute(4_000, 5.0)];
    setups[0].cells[2] = 20;
    let whole = setups.each_ref().map(parcels);
    for i in 0..count {
        let (s, mut p) = (&setups[i % 2], whole[i % 2].clone());
        let who = dice.below(p.len());
        let column = if dice.below(2) == 0 {
            &mut p.mobility
        } else {
            &mut p.excess
        };
        column[who] = bad[dice.below(bad.len())];
        let name = &s.components[p.kind[who] as usize].species.name;
        #[cfg_attr(
            not(feature = "gpu"),
            expect(unused_mut, reason = "only a graphics back-end is added")
        )]
        let mut all: Vec<Box<dyn Backend>> = vec![Box::new(
            Cpu::new(&Program::new(s, &p, None).unwrap(), 2).unwrap(),
        )];
        #[cfg(feature = "gpu")]
        if i % 10 < 2 {
            // each opens a device, which takes longer than the run
            all.push(Box::new(
                buffycoat::gpu::GpuBackend::on(
                    crate::parity::gpu(),
                    &Program::new(s, &p, None).unwrap(),
                    u64::MAX,
                )
                .unwrap(),
            ));
        }
        for mut backend in all {
            let Err(error) = run(s, &p, backend.as_mut(), &mut |_| ControlFlow::Continue(())) else {
                panic!("{i}: it went on")
            };
            let said = error.to_string();
            assert_eq!(error.exit_code(), 3, "{said}");
            assert!(
                said.contains(&format!("parcel {who} ({name})"))
                    && said.contains(" mm")
                    && said.contains("step 0"),
                "{} of {i}: {said}",
                backend.device()
            );
        }
    }
    println!("F10: {count} bad numbers, all found with id, species, place and step");
}

#[test]
fn f10_bad_numbers() {
    bad_numbers(60, 10);
}

/// The sorter with few parcels, which is quick.
pub fn sorter() -> (Setup, Parcels, Option<Table>) {
    let text = BUNDLED.iter().find(|(n, _)| *n == "quadrupole_sorter").unwrap().1;
    let mut scene = Scene::from_str("a.toml", text).unwrap();
    scene.rescale(3_000);
    scene.setup.protocol = scene.setup.protocol.lasting(scene.setup.duration().part(5));
    let charge = scene.setup.draw().unwrap();
    let table = scene.setup.table().unwrap();
    (scene.setup, charge, table)
}

/// F10 of separators: the same, and what is found where.
#[test]
fn f10_bad_numbers_in_a_flow() {
    let (s, whole, table) = sorter();
    let (mut dice, count) = (Dice(11), 20);
    for i in 0..count {
        let mut charge = whole.clone();
        // one that comes in at all before the run ends
        let who = loop {
            let who = dice.below(charge.len());
            if charge.enter[who] < 0.1 * s.duration().us() as f32 {
                break who;
            }
        };
        charge.excess[who] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30][i % 5];
        let name = &s.components[charge.kind[who] as usize].species.name;
        let job = Program::new(&s, &charge, table.as_ref()).unwrap();
        let mut cpu = Cpu::new(&job, 2).unwrap();
        let Err(error) = engine::run(&s, &charge, &mut cpu, &mut |_| ControlFlow::Continue(())) else {
            panic!("{i}: it went on")
        };
        let said = error.to_string();
        assert_eq!(error.exit_code(), 3, "{said}");
        assert!(
            said.contains(&format!("parcel {who} ({name})")) && said.contains("x ") && said.contains("step "),
            "{i}: {said}"
        );
    }
    println!("F10: {count} bad numbers in a flow, all found with id, species, place and step");
}

/// F13 of separators: any number of threads gives the same bits, and so does the same run again.
#[test]
fn f13_threads_do_not_change_a_separator() {
    let (s, charge, table) = sorter();
    let job = Program::new(&s, &charge, table.as_ref()).unwrap();
    let go = |threads| {
        let mut cpu = Cpu::new(&job, threads).unwrap();
        let end = engine::run(&s, &charge, &mut cpu, &mut |_| ControlFlow::Continue(())).unwrap();
        (cpu.positions().unwrap(), end.fates, end.steps)
    };
    let one = go(1);
    assert!(one.0[2] != charge.position[2], "nothing moved");
    for threads in [1, 2, 4, 8] {
        assert!(one == go(threads), "{threads} threads");
    }
    println!("F13: a separator on 1, 1, 2, 4 and 8 threads, the same bits");
}

/// F22. Counters that 32 bits do not hold are an error that says so, not another run.
#[test]
fn f22_steps_that_32_bits_do_not_count() {
    let s = dilute(500, 5.0);
    let p = parcels(&s);
    let mut tried = 0;
    for most in [
        u64::from(u32::MAX) - 1,
        u64::from(u32::MAX),
        u64::from(u32::MAX) + 1,
        1 << 40,
    ] {
        let answer = buffycoat::engine::countable(most);
        assert_eq!(answer.is_ok(), most < u64::from(u32::MAX), "{most}");
        if let Err(e) = answer {
            assert!(
                matches!(e, Error::Numerics(_)) && e.to_string().contains("4294967295"),
                "{e}"
            );
        }
        tried += 1;
    }
    // a parcel's number is one of 32 bits, too
    let need = buffycoat::memory::Need {
        parcels: 1 << 32,
        per_parcel: 52,
        fixed: 0,
        held: 0,
    };
    assert_eq!(need.bytes(), 52 << 32);
    assert!(need.check(Some(1 << 30)).is_err());
    let mut many = s.clone();
    for n in [1_usize << 31, (1 << 32) - 1, 1 << 32, (1 << 32) + 1, 1 << 40] {
        many.components[0].parcels = n;
        let refused = many.check().is_err() || many.need(104, 2).check(Some(1 << 36)).is_err();
        assert!(refused, "{n} parcels");
        tried += 1;
    }
    assert_eq!(p.len(), s.parcels());
    println!("F22: {tried} counts near and beyond 32 bits, all refused or right");
}

/// F21. No loader, no driver, a broken one: `auto` goes on with the CPU, and `gpu` ends with 5 and says what to do; none panics.
#[cfg(all(feature = "cli", feature = "gpu", target_os = "linux"))]
#[test]
fn f21_drivers_that_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(folder.path().join("broken.json"), "{ \"file_format_version\": ").unwrap();
    std::fs::write(
        folder.path().join("gone.json"),
        r#"{ "file_format_version": "1.0.0", "ICD": { "library_path": "/no/such/library.so", "api_version": "1.3.0" } }"#,
    )
    .unwrap();
    // what is found first is no library: the loader cannot be loaded
    std::fs::create_dir(folder.path().join("lib")).unwrap();
    std::fs::write(folder.path().join("lib/libvulkan.so.1"), "none").unwrap();
    let cases = [
        ("no driver", "VK_DRIVER_FILES", path("none.json")),
        ("a broken file", "VK_DRIVER_FILES", path("broken.json")),
        ("a library that is gone", "VK_DRIVER_FILES", path("gone.json")),
        ("no loader", "LD_LIBRARY_PATH", path("lib")),
    ];
    for (what, key, value) in &cases {
        for (backend, code) in [("auto", 0), ("gpu", 5)] {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_buffycoat"))
                .args([
                    "run",
                    "dilute_platelets",
                    "--quiet",
                    "--parcels",
                    "300",
                    "--backend",
                    backend,
                    "--out",
                ])
                .arg(folder.path().join("out"))
                .env(key, value)
                .env(key.replace("DRIVER_FILES", "ICD_FILENAMES"), value)
                .output()
                .unwrap();
            let said = crate::text(&output);
            assert_eq!(output.status.code(), Some(code), "{what}, {backend}: {said}");
            assert!(!said.contains("panicked"), "{what}: {said}");
            assert!(code == 0 || said.contains("--backend cpu"), "{what}: {said}");
        }
    }
    println!(
        "F21: {} kinds of missing drivers, each told or gone without",
        cases.len()
    );
}
