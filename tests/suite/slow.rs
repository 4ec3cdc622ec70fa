//! What takes too long or too much memory for every change; CONTRIBUTING.md says when and how to run it.

use buffycoat::cpu::Cpu;
use buffycoat::devices::{Choice, Wanted};
use buffycoat::engine::{self, Program, run};
use buffycoat::kernels::passage::{FATES, FREE, HELD, OUT};
use buffycoat::observe::Separation;
use buffycoat::scenario::Scene;
use std::ops::ControlFlow;
use std::time::Instant;

/// More parcels than one binding of the adapter holds: they lie on several pages, and move as on the CPU.
///
/// Adapters with bindings of gigabytes would need more parcels than a test should take: there the test says so and fails,
/// rather than pass without having tried.
#[cfg(feature = "gpu")]
#[test]
#[ignore = "nine million parcels: two gigabytes; for an adapter whose bindings hold 128 MiB, like llvmpipe"]
fn more_parcels_than_a_binding_holds() {
    use crate::setups::{dilute, parcels};
    use buffycoat::engine::{Backend, Clock, Readings};
    use buffycoat::fixed::UNITS_PER_CELL;
    use buffycoat::gpu::GpuBackend;

    const PARCELS: usize = 9_000_000;
    let gpu = crate::parity::gpu();
    let binding = gpu.adapter.max_binding;
    // the widest entry of a parcel are its moments, 16 bytes
    assert!(
        16 * PARCELS as u64 > binding,
        "{PARCELS} parcels fit one binding of {}, {binding} bytes: nothing would be tried",
        gpu.adapter.name
    );
    let s = dilute(PARCELS, 60.0);
    let p = parcels(&s);
    assert_eq!(p.len(), PARCELS);
    let mut gpu = GpuBackend::on(gpu, &Program::new(&s, &p, None).unwrap(), u64::MAX).unwrap();
    let mut cpu = Cpu::new(&Program::new(&s, &p, None).unwrap(), 0).unwrap();
    let mut clock = Clock::new(&s, &p);
    let steps = clock.plan(&s, 24);
    let (a, b) = (cpu.run(&steps).unwrap(), gpu.run(&steps).unwrap());
    assert!((a.greatest / b.greatest - 1.0).abs() < 1e-5, "{a:?} {b:?}");
    assert!(
        cpu.tally()
            .unwrap()
            .iter()
            .zip(gpu.tally().unwrap())
            .all(|(a, b)| {
                let count = |row: &[buffycoat::engine::Tally]| row.iter().map(|t| t.parcels).sum::<u64>();
                count(a) == count(&b)
            })
    );
    let (a, b) = (cpu.positions().unwrap(), gpu.positions().unwrap());
    assert_eq!(b[2].len(), PARCELS);
    let way = |i: usize| a[2][i].abs_diff(p.position[2][i]) as f64 / UNITS_PER_CELL;
    let furthest = (0..PARCELS).map(way).fold(0.0, f64::max);
    let apart = (0..PARCELS)
        .filter(|&i| a[2][i].abs_diff(b[2][i]) as f64 / UNITS_PER_CELL > 1e-5 * furthest.max(1.0))
        .count();
    println!(
        "{} steps, furthest {furthest:.3} cells, {apart} parcels apart",
        steps.len()
    );
    assert!(furthest > 1.0 && way(PARCELS - 1) > 0.0, "{furthest}");
    assert_eq!(apart, 0);
}

/// The scene that a run without arguments takes, on the CPU, in less than a minute.
#[test]
#[ignore = "a minute of all processors, and only an optimised build is fast enough"]
fn the_bundled_scene_in_less_than_a_minute() {
    optimised();
    let scene = Scene::bundled().unwrap();
    let s = &scene.setup;
    let begin = Instant::now();
    let p = s.draw().unwrap();
    let mut cpu = Cpu::new(&Program::new(s, &p, None).unwrap(), 0).unwrap();
    let outcome = run(s, &p, &mut cpu, &mut |_| ControlFlow::Continue(())).unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{}: {} parcels, {} steps in {seconds:.1} s",
        outcome.device,
        p.len(),
        outcome.steps
    );
    assert_eq!(outcome.time, s.protocol.duration());
    assert!(p.len() >= 500_000, "{} parcels", p.len());
    assert!(seconds < 60.0, "{seconds:.1} s on {}", outcome.device);
}

fn scene_file(name: &str) -> std::path::PathBuf {
    let scenes = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenes");
    scenes.join(format!("{name}.toml"))
}

/// Real time that a scene may take on two cores [s].
const TWO_MINUTES: f64 = 120.0;

/// One separator scene with all its parcels, as `run` runs it: seconds, steps, and whether every parcel of every species is free,
/// held or out. Fails if one is lost.
fn whole_separator(name: &str, choice: &Choice) -> (f64, u64, String) {
    let begin = Instant::now();
    let mut scene = Scene::from_file(scene_file(name)).unwrap();
    let mut decision = choice.clone().decide().unwrap();
    let table = scene.tabulate().unwrap();
    if scene.collector.is_some() {
        let pilot = decision.pilot().unwrap();
        scene
            .survey(&mut |collector, starts| pilot.fly(collector, starts))
            .unwrap();
    }
    let s = &scene.setup;
    let charge = s.draw().unwrap();
    let mut backend = decision
        .open(&Program::new(s, &charge, table.as_ref()).unwrap())
        .unwrap();
    let end = engine::run(s, &charge, backend.as_mut(), &mut |_| ControlFlow::Continue(())).unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    // free or not yet in, held, out: as many as were put in, at every count and by the fate of each
    for (time, census) in &end.counts {
        for (found, put_in) in census.iter().zip(charge.counts()) {
            let sum = |fates: std::ops::Range<u32>| fates.map(|f| found[f as usize]).sum::<u64>();
            let parts = [sum(FREE..HELD), sum(HELD..OUT), sum(OUT..FATES)];
            assert_eq!(
                parts.iter().sum::<u64>(),
                put_in,
                "{name} at {time} us: {parts:?}"
            );
        }
    }
    let last = &end.counts.last().unwrap().1;
    for (k, found) in last.iter().enumerate() {
        for fate in 0..FATES {
            let each = end.fates.fate.iter().zip(&charge.kind);
            let n = each
                .filter(|(f, kind)| **f == fate && **kind as usize == k)
                .count() as u64;
            assert_eq!(n, found[fate as usize], "{name}: {k}, fate {fate}");
        }
    }
    let all = Separation::of(s, &charge, &end, &scene.outlets);
    assert!(all.conserved && charge.len() == s.parcels(), "{name}");
    (seconds, end.steps, end.device.to_string())
}

/// The separator scenes as they are shipped, on the CPU: under two minutes each, and every parcel accounted for.
#[test]
#[ignore = "whole scenes: some minutes of all processors; in an optimised build alone is their time of interest"]
fn the_separator_scenes_in_two_minutes_each() {
    optimised();
    every_separator(&Choice {
        backend: Wanted::Cpu,
        ..Choice::default()
    });
}

/// The same on the adapter, a software one too.
#[cfg(feature = "gpu")]
#[test]
#[ignore = "whole scenes: some minutes of the adapter; in an optimised build alone is their time of interest"]
fn the_separator_scenes_in_two_minutes_each_on_graphics() {
    optimised();
    every_separator(&Choice {
        backend: Wanted::Gpu,
        ..Choice::default()
    });
}

fn optimised() {
    if cfg!(debug_assertions) {
        panic!("this is about an optimised build: cargo test --release");
    }
}

fn every_separator(choice: &Choice) {
    let mut late = Vec::new();
    for name in crate::setups::separators() {
        let (seconds, steps, device) = whole_separator(name, choice);
        println!("{name}: {seconds:.1} s, {steps} steps on {device}");
        // all of them are counted before one that was late is complained of
        if seconds >= TWO_MINUTES {
            late.push(format!("{name}: {seconds:.1} s on {device}"));
        }
    }
    assert!(late.is_empty(), "more than two minutes: {late:?}");
}

/// A thousand kills of a run at moments around its end; each leaves the files of one run, or none:
/// `cargo test --release --test suite a_thousand_kills -- --ignored --nocapture`.
#[cfg(all(feature = "cli", unix))]
#[test]
#[ignore = "takes minutes"]
fn a_thousand_kills() {
    crate::folder::kills(1000);
}
