//! The long forms of `faults`, on request. In an optimised build, one after the other and with what they counted:
//!
//! ```sh
//! cargo test --release --test suite slow_faults -- --ignored --nocapture --test-threads 1
//! ```

use crate::{faults, random_scenes};
use buffycoat::cpu::Cpu;
use buffycoat::engine::{Backend, Program, Readings, Setup, run};
use buffycoat::model::Parcels;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

#[cfg(all(feature = "cli", target_os = "linux"))]
#[test]
#[ignore = "F2: two thousand full disks, some minutes"]
fn f2_every_size() {
    crate::disk::full_disks(100, 1000);
}

#[test]
#[ignore = "F5: a million mutated scenes, some ten minutes"]
fn f5_a_million_scenes() {
    random_scenes::mutated_scenes(1_000_000, 55);
}

#[test]
#[ignore = "F6: two thousand random scenes on every back-end, an hour"]
fn f6_two_thousand_scenes() {
    random_scenes::random_scenes(2_000, 66);
}

#[cfg(feature = "gpu")]
#[test]
#[ignore = "F8: a hundred devices are opened and lost, some minutes"]
fn f8_a_hundred_devices() {
    faults::lost_devices(100, 88);
}

#[cfg(feature = "gpu")]
#[test]
#[ignore = "F9: forty devices are opened"]
fn f9_forty_late_answers() {
    faults::late_answers(40, 99);
}

#[test]
#[ignore = "F10: three hundred bad numbers, some minutes"]
fn f10_three_hundred_numbers() {
    faults::bad_numbers(300, 100);
}

/// Memory of this process [bytes].
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = text.split(' ').nth(1).unwrap().parse().unwrap();
    4096 * pages
}

/// F20. The same run again and again for an hour: no parcel is lost, and memory does not grow. `BUFFYCOAT_SOAK` is the time in seconds,
/// `BUFFYCOAT_SOAK_ON` (`cpu`, `gpu`) the only back-end. Prints the memory once a minute.
///
/// Memory is read between runs. It goes up and down by some 3 MB, as the allocator gives pages back or keeps them, and no single reading
/// tells whether it grows. The least of the last tenth of the time is compared with the least of the first tenth.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "F20: an hour"]
fn f20_an_hour() {
    let seconds = std::env::var("BUFFYCOAT_SOAK").map_or(3600, |t| t.parse().unwrap());
    let whole = Duration::from_secs(seconds);
    let only = std::env::var("BUFFYCOAT_SOAK_ON").ok();
    let mut s = crate::setups::blood(20_000, 60.0);
    s.cells[2] = 20;
    let p = crate::setups::parcels(&s);
    let put_in: Vec<u64> = s.components.iter().map(|c| c.parcels as u64).collect();
    let (mut steps, mut runs) = (0, 0);
    let [mut first, mut last, mut minute] = [u64::MAX; 3];
    let (began, mut told) = (Instant::now(), Instant::now());
    while began.elapsed() < whole {
        for mut backend in soaked(&s, &p, only.as_deref()) {
            steps += run(&s, &p, backend.as_mut(), &mut |_| ControlFlow::Continue(()))
                .unwrap()
                .steps;
            let found: Vec<u64> = backend
                .tally()
                .unwrap()
                .iter()
                .map(|row| row.iter().map(|t| t.parcels).sum())
                .collect();
            assert_eq!(found, put_in);
        }
        runs += 1;
        // arenas and the driver's caches have been filled after five
        let (now, part) = (resident(), began.elapsed().as_secs_f64() / whole.as_secs_f64());
        minute = minute.min(now);
        if runs == 5 || (runs > 5 && part < 0.1) {
            first = first.min(now);
        }
        if part > 0.9 {
            last = last.min(now);
        }
        if told.elapsed() > Duration::from_secs(60) {
            println!(
                "{:5} s {runs:6} runs {minute:10} bytes",
                began.elapsed().as_secs()
            );
            (told, minute) = (Instant::now(), u64::MAX);
        }
    }
    assert!(
        runs >= 5 && last < u64::MAX,
        "{runs} runs are too few, or none ended in the last tenth"
    );
    println!("F20: {runs} runs, {steps} steps, memory from {first} to {last} bytes");
    assert!(
        last as f64 <= 1.01 * first as f64,
        "memory grew from {first} to {last} bytes in {runs} runs"
    );
}

/// The back-ends of a soak, each with the same parcels: all that there are, or `only` one.
#[cfg(target_os = "linux")]
fn soaked(s: &Setup, p: &Parcels, only: Option<&str>) -> Vec<Box<dyn Backend>> {
    let mut all: Vec<Box<dyn Backend>> = Vec::new();
    if only != Some("gpu") {
        all.push(Box::new(Cpu::new(&Program::new(s, p, None).unwrap(), 0).unwrap()));
    }
    #[cfg(feature = "gpu")]
    if only != Some("cpu") {
        let program = Program::new(s, p, None).unwrap();
        let gpu = buffycoat::gpu::GpuBackend::on(crate::parity::gpu(), &program, u64::MAX);
        all.push(Box::new(gpu.unwrap()));
    }
    assert!(!all.is_empty(), "{only:?} is no back-end of this build");
    all
}
