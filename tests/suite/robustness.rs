//! Missing, lost and too small devices are errors, not panics.

use crate::hooked::Hooked;
use crate::parity::gpu;
use crate::setups::{blood, dilute, parcels};
use buffycoat::engine::{Backend, Clock, Program, Readings, Setup, Suspension, run};
use buffycoat::gpu::{Gpu, GpuBackend, Selector};
use buffycoat::{Error, memory};
use std::ops::ControlFlow;

#[test]
fn an_adapter_that_is_not_there() {
    for selector in [Selector::Index(99), Selector::Name("no such adapter".into())] {
        let Err(error) = Gpu::open(&selector) else {
            panic!("it opened")
        };
        assert_eq!(error.exit_code(), 5);
        assert!(error.to_string().contains("there are: 0 "), "{error}");
    }
}

/// A call that a back-end gets first after its device is gone.
type Call = fn(&mut GpuBackend, &Setup) -> Result<(), Error>;

/// Whatever is asked for first after a device was lost finds out and says so, and what is asked for next too; nothing
/// made up is handed on.
#[test]
fn a_lost_device() {
    let calls: [(&str, Call); 4] = [
        ("run", |b, s| {
            b.run(&Clock::new(s, &parcels(s)).plan(s, 8)).map(drop)
        }),
        ("tally", |b, _| b.tally().map(drop)),
        ("fields", |b, _| b.fields().map(drop)),
        ("positions", |b, _| b.positions().map(drop)),
    ];
    for s in [blood(5_000, 5.0), dilute(5_000, 5.0)] {
        let p = parcels(&s);
        let dense = s.physics.suspension == Suspension::Dense;
        for first in 0..calls.len() {
            let mut backend = GpuBackend::on(gpu(), &Program::new(&s, &p, None).unwrap(), u64::MAX).unwrap();
            for (what, call) in calls {
                assert!(call(&mut backend, &s).is_ok(), "{what} before the loss");
            }
            backend.lose();
            for (what, call) in calls.iter().cycle().skip(first).take(calls.len()) {
                // a dilute run has no fields, so that nothing is asked of the device
                if !dense && *what == "fields" {
                    continue;
                }
                let error = call(&mut backend, &s).expect_err(what);
                assert_eq!(error.exit_code(), 5, "{what}: {error}");
                assert!(error.to_string().contains("--backend cpu"), "{what}: {error}");
            }
        }
    }
}

/// A device that is lost in the middle of a run ends it, with 5.
#[test]
fn a_device_lost_in_a_run() {
    let s = blood(5_000, 60.0);
    let p = parcels(&s);
    let mut batches = 0;
    let mut backend = Hooked::new(
        GpuBackend::on(gpu(), &Program::new(&s, &p, None).unwrap(), u64::MAX).unwrap(),
    )
    .on_run(|b, steps| {
        batches += 1;
        if batches == 5 {
            b.lose();
        }
        b.run(steps)
    });
    let error = run(&s, &p, &mut backend, &mut |_| ControlFlow::Continue(())).unwrap_err();
    drop(backend);
    assert_eq!((error.exit_code(), batches), (5, 5), "{error}");
}

#[test]
fn a_population_that_does_not_fit_is_refused_with_the_one_that_would() {
    let need = |parcels| memory::Need {
        parcels,
        per_parcel: 52,
        fixed: 0,
        held: 0,
    };
    let error = need(1_000_000).check(Some(26_000_000)).unwrap_err();
    assert_eq!(error.exit_code(), 5);
    // nine tenths of what is free, over 52 bytes
    assert!(error.to_string().contains("at most 450000 parcels"), "{error}");
    assert!(need(450_000).check(Some(26_000_000)).is_ok());
}
