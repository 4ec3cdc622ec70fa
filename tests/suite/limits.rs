//! F7. Requests of 0.9, 1.1, 2 and 10 times what a device gives: in one binding, in one buffer, in all. What fits runs; what does not is
//! refused with the bytes that are needed and those that there are, before anything is allocated.
//!
//! The device is opened with limits of 64 KiB, so that nothing large is asked for.

use crate::faults::sorter;
use crate::setups::{blood, dilute, parcels};
use buffycoat::Error;
use buffycoat::devices::{Choice, Wanted};
use buffycoat::engine::{Backend, Clock, Program, Readings, Setup};
use buffycoat::gpu::{Gpu, GpuBackend, Selector};
use buffycoat::memory::DEVICE_BYTES_PER_PARCEL;
use std::sync::atomic::Ordering;

const LIMIT: u64 = 64 << 10;

const FACTORS: [f64; 4] = [0.9, 1.1, 2.0, 10.0];

/// A device whose bindings, or whose buffers, are small.
fn small(buffers: bool) -> Gpu {
    let (binding, buffer) = if buffers {
        (u64::MAX, LIMIT)
    } else {
        (LIMIT, u64::MAX)
    };
    Gpu::open_within(&Selector::Default, binding, buffer).unwrap()
}

/// That what is `factor` times the limit is given or refused, with `needed` bytes.
fn judged(what: &str, factor: f64, needed: u64, given: u64, answer: Result<GpuBackend, Error>) {
    match answer {
        Ok(_) => assert!(factor < 1.0, "{what}: {factor} times the limit was given"),
        Err(error) => {
            let said = error.to_string();
            assert!(
                factor > 1.0,
                "{what}: {factor} times the limit was refused: {said}"
            );
            assert_eq!(error.exit_code(), 5, "{said}");
            for word in [
                format!("({needed} bytes)"),
                format!("({LIMIT} bytes)"),
                "--backend cpu".into(),
            ] {
                assert!(said.contains(&word), "{what}: `{word}` is missing: {said}");
            }
            assert_eq!(given, 0, "{what}: bytes were allocated before it was refused");
        }
    }
}

fn some_steps(s: &Setup, mut backend: GpuBackend) -> [Vec<u64>; 3] {
    backend.run(&Clock::new(s, &parcels(s)).plan(s, 8)).unwrap();
    backend.positions().unwrap()
}

#[test]
fn f7_requests_beyond_a_device() {
    let mut tried = 0;
    for factor in FACTORS {
        let times = |each: u64| (factor * LIMIT as f64) as u64 / each;
        for buffers in [false, true] {
            // 32 bytes a grid cell, 12 a bin of five components
            for (what, layers, bins) in [("cells", times(32), 20), ("bins", 20, times(60))] {
                let mut s = blood(2_000, 5.0);
                (s.cells[2], s.sampling.bins) = (layers as u32, bins as u32);
                let gpu = small(buffers);
                let given = gpu.given();
                let answer = GpuBackend::on(gpu, &Program::new(&s, &parcels(&s), None).unwrap(), u64::MAX);
                let needed = if what == "cells" { 32 * layers } else { 60 * bins };
                judged(what, factor, needed, given.load(Ordering::Relaxed), answer);
                tried += 1;
            }
            // 16 bytes a corner of the grid over a duct
            let (mut s, ..) = sorter();
            s.cells = [7, 7, times(64 * 16) as u32 - 1];
            let (charge, table) = (s.draw().unwrap(), s.table().unwrap().unwrap());
            let gpu = small(buffers);
            let given = gpu.given();
            let answer = GpuBackend::on(gpu, &Program::new(&s, &charge, Some(&table)).unwrap(), u64::MAX);
            let needed = 64 * 16 * u64::from(s.cells[2] + 1);
            judged(
                "the table of a field",
                factor,
                needed,
                given.load(Ordering::Relaxed),
                answer,
            );
            tried += 1;
            // parcels lie on as many pages as they need: none is refused, and no bit is another
            let mut s = dilute(times(16) as usize, 5.0);
            s.cells[2] = 20;
            let p = parcels(&s);
            let whole = some_steps(
                &s,
                GpuBackend::on(
                    crate::parity::gpu(),
                    &Program::new(&s, &p, None).unwrap(),
                    u64::MAX,
                )
                .unwrap(),
            );
            let pages = some_steps(
                &s,
                GpuBackend::on(small(buffers), &Program::new(&s, &p, None).unwrap(), u64::MAX).unwrap(),
            );
            assert!(whole == pages, "{} parcels", p.len());
            tried += 1;
        }
        // all together, of what the machine has
        let (vessel, (separator, ..)) = (blood(100_000, 5.0), sorter());
        for backend in [Wanted::Cpu, Wanted::Gpu] {
            let choice = Choice {
                backend,
                ..Choice::default()
            };
            let decision = choice.decide().unwrap();
            for need in [decision.need(&vessel), decision.need(&separator)] {
                let there = (need.bytes() as f64 / factor) as u64 + 2;
                match need.check(Some(there)) {
                    Ok(()) => assert!(factor < 1.0, "{factor} times all memory"),
                    Err(error) => {
                        let said = error.to_string();
                        assert!(factor > 1.0 && error.exit_code() == 5, "{said}");
                        let both = [need.bytes(), there].map(buffycoat::memory::show);
                        assert!(both.iter().all(|b| said.contains(b)), "{both:?}: {said}");
                    }
                }
                tried += 1;
            }
        }
    }
    println!(
        "F7: {tried} requests of 0.9 to 10 times a limit, given or refused with needed and available bytes"
    );
    assert!(tried >= 40);
}

/// What a device is forecast to hold is within 5 % of the buffers that are made.
#[test]
fn f7_the_forecast_of_a_device() {
    let s = blood(100_000, 5.0);
    let gpu = crate::parity::gpu();
    let given = gpu.given();
    let _vessel = GpuBackend::on(gpu, &Program::new(&s, &parcels(&s), None).unwrap(), u64::MAX).unwrap();
    let forecast = s.parcels() as u64 * DEVICE_BYTES_PER_PARCEL;
    near(forecast, given.load(Ordering::Relaxed), "a vessel on a device");
    let (s, charge, table) = sorter();
    let gpu = crate::parity::gpu();
    let given = gpu.given();
    let _separator =
        GpuBackend::on(gpu, &Program::new(&s, &charge, table.as_ref()).unwrap(), u64::MAX).unwrap();
    let table = table.as_ref().map_or(0, |t| size_of_val(t.nodes()) as u64);
    let forecast = charge.len() as u64 * buffycoat::engine::CARRIED_BYTES_PER_PARCEL + table;
    near(forecast, given.load(Ordering::Relaxed), "a separator on a device");
}

fn near(forecast: u64, taken: u64, what: &str) {
    println!("F7: {what}: forecast {forecast} bytes, taken {taken}");
    assert!(
        (forecast as f64 / taken as f64 - 1.0).abs() < 0.05,
        "{what}: {forecast}, {taken}"
    );
}
