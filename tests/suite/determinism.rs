//! The same back-end, device and seed give the same bits, whatever the number of threads.

use crate::setups::{blood, dilute, parcels};
use buffycoat::cpu::Cpu;
#[cfg(feature = "gpu")]
use buffycoat::engine::Clock;
use buffycoat::engine::{Backend, Program, Readings, Setup, run};
use buffycoat::model::Parcels;
use std::ops::ControlFlow;

fn positions(s: &Setup, p: &Parcels, backend: &mut dyn Backend) -> [Vec<u64>; 3] {
    run(s, p, backend, &mut |_| ControlFlow::Continue(())).unwrap();
    backend.positions().unwrap()
}

#[test]
fn threads_do_not_change_a_bit() {
    for s in [blood(40_000, 20.0), dilute(40_000, 20.0)] {
        let p = parcels(&s);
        let one = positions(
            &s,
            &p,
            &mut Cpu::new(&Program::new(&s, &p, None).unwrap(), 1).unwrap(),
        );
        for threads in [2, 3, 7] {
            assert!(
                one == positions(
                    &s,
                    &p,
                    &mut Cpu::new(&Program::new(&s, &p, None).unwrap(), threads).unwrap()
                ),
                "{threads} threads"
            );
        }
        // and the run did something
        assert!(one[2] != p.position[2]);
    }
}

#[test]
fn the_seed_matters() {
    let s = blood(20_000, 10.0);
    let mut other = s.clone();
    other.seed = 8;
    let (a, b) = (parcels(&s), parcels(&other));
    assert!(a.position != b.position && a.mobility != b.mobility);
    assert!(parcels(&s) == a);
}

#[cfg(feature = "gpu")]
#[test]
fn a_graphics_adapter_repeats_itself() {
    use buffycoat::gpu::{GpuBackend, Selector};
    let s = blood(40_000, 10.0);
    let p = parcels(&s);
    let go = || {
        positions(
            &s,
            &p,
            &mut GpuBackend::new(&Program::new(&s, &p, None).unwrap(), &Selector::Default).unwrap(),
        )
    };
    assert!(go() == go());
}

/// Parcels on many pages move as on one: random numbers and sums know parcels by their number, not by their page.
#[cfg(feature = "gpu")]
#[test]
fn pages_do_not_change_a_bit() {
    use buffycoat::gpu::GpuBackend;
    let s = blood(30_000, 5.0);
    let p = parcels(&s);
    let go = |page| {
        positions(
            &s,
            &p,
            &mut GpuBackend::on(crate::parity::gpu(), &Program::new(&s, &p, None).unwrap(), page).unwrap(),
        )
    };
    let one = go(u64::MAX);
    assert!(one == go(7_001), "pages of 7001");
}

/// From the same state and over a few steps the back-ends agree to 1e-5 of the way that parcels went.
///
/// A parcel may be mixed on one back-end and not on the other when its random number meets the share to within a
/// rounding (1e-7 of all). The parcels that are further apart are counted; among these few none is expected.
#[cfg(feature = "gpu")]
#[test]
fn a_few_steps_on_both_back_ends() {
    use buffycoat::gpu::{GpuBackend, Selector};
    for (what, s, probes) in [
        ("dense", blood(30_000, 60.0), 6),
        ("dilute", dilute(30_000, 60.0), 3),
    ] {
        let p = parcels(&s);
        let (mut cpu, mut gpu) = (
            Cpu::new(&Program::new(&s, &p, None).unwrap(), 0).unwrap(),
            GpuBackend::new(&Program::new(&s, &p, None).unwrap(), &Selector::Default).unwrap(),
        );
        let mut clock = Clock::new(&s, &p);
        for _ in 0..probes {
            let steps = clock.plan(&s, 8);
            let stats = cpu.run(&steps).unwrap();
            let other = gpu.run(&steps).unwrap();
            assert!(
                (stats.greatest / other.greatest - 1.0).abs() < 1e-5,
                "{what}: {stats:?} {other:?}"
            );
            assert_eq!(stats.bounded, other.bounded);
            clock.learn(&s, &steps, &stats);
        }
        let (a, b) = (cpu.positions().unwrap(), gpu.positions().unwrap());
        let cells = |x: u64| x as f64 / buffycoat::fixed::UNITS_PER_CELL;
        let way = a[2]
            .iter()
            .zip(&p.position[2])
            .map(|(a, b)| cells(a.abs_diff(*b)))
            .fold(0.0, f64::max);
        assert!(way > 0.1, "{what}: parcels went {way:.3} cells");
        let gaps = || a[2].iter().zip(&b[2]).map(|(a, b)| cells(a.abs_diff(*b)));
        let apart = gaps().filter(|gap| *gap > 1e-5 * way.max(1.0)).count();
        let widest = gaps().fold(0.0, f64::max);
        println!("{what}: parcels went up to {way:.3} cells, back-ends are {widest:.2e} cells apart");
        assert_eq!(
            apart, 0,
            "{what}: parcels apart, the widest by {widest:.2e} of {way:.3}"
        );
    }
}

/// A picture of the same look takes the buffers of the last one again: it is the same picture, also after one of another look, and so
/// is one on a back-end that has taken none.
#[cfg(feature = "gpu")]
#[test]
fn pictures_leave_nothing_behind() {
    use buffycoat::gpu::GpuBackend;
    use buffycoat::render::photo::{Colouring, Look, Photo, Subject, View};
    let s = blood(20_000, 5.0);
    let p = parcels(&s);
    let photo = |view, hidden| {
        let look = Look {
            view,
            colouring: Colouring::Species,
            size: [400, 330],
            hidden: vec![hidden; s.components.len()],
            magnets: true,
            zoom: 1.0,
            pan: [0.0; 2],
        };
        Photo::new(Subject(&s), look).unwrap().plate
    };
    let open = || GpuBackend::on(crate::parity::gpu(), &Program::new(&s, &p, None).unwrap(), 7_001).unwrap();
    let (side, top, empty) = (
        photo(View::Side, false),
        photo(View::Along, false),
        photo(View::Side, true),
    );
    let mut backend = open();
    let mut take = |plate| backend.picture(plate).unwrap();
    let first = take(&side);
    assert!(first == take(&side), "the second of a look");
    // the same shape and size, and nothing in it
    let mut unseen = side.clone();
    unseen.channel.clone_from(&empty.channel);
    assert!(first != take(&unseen), "cells that are hidden");
    let other = take(&top);
    assert!(first != other && first == take(&side), "after another look");
    assert!(other == open().picture(&top).unwrap(), "without one before");
}
