//! What takes too long or too much memory for every change; CONTRIBUTING.md says when and how to run it.

use buffycoat::cpu::Cpu;
use buffycoat::engine::run;
use buffycoat::model::Parcels;
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
    use buffycoat::engine::{Backend, Clock};
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
    let mut gpu = GpuBackend::on(gpu, &s, &p, u64::MAX).unwrap();
    let mut cpu = Cpu::new(&s, &p, 0).unwrap();
    let mut clock = Clock::new(&s, 0.25);
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
    if cfg!(debug_assertions) {
        panic!("this is about an optimised build: cargo test --release");
    }
    let scene = Scene::bundled().unwrap();
    let s = &scene.setup;
    let begin = Instant::now();
    let p = Parcels::draw(&s.components, s.fluid, &s.chamber, &s.grid(), s.seed).unwrap();
    let mut cpu = Cpu::new(s, &p, 0).unwrap();
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
