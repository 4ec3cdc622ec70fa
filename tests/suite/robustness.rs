//! Missing, lost and too small devices are errors, not panics.

use crate::setups::{blood, parcels};
use buffycoat::engine::Backend;
use buffycoat::gpu::{Gpu, GpuBackend, Selector};
use buffycoat::memory;

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

#[test]
fn a_lost_device() {
    let s = blood(5_000, 5.0);
    let p = parcels(&s);
    let mut backend = GpuBackend::new(&s, &p, &Selector::Default).unwrap();
    backend.tally().unwrap();
    backend.lose();
    for error in [
        backend.tally().unwrap_err(),
        backend.positions().unwrap_err(),
        backend.fields().unwrap_err(),
    ] {
        assert_eq!(error.exit_code(), 5, "{error}");
    }
}

#[test]
fn a_population_that_does_not_fit_is_refused_with_the_one_that_would() {
    let need = |parcels| memory::Need {
        parcels,
        per_parcel: 52,
        fixed: 0,
    };
    let error = need(1_000_000).check(Some(26_000_000)).unwrap_err();
    assert_eq!(error.exit_code(), 5);
    // nine tenths of what is free, over 52 bytes
    assert!(error.to_string().contains("at most 450000 parcels"), "{error}");
    assert!(need(450_000).check(Some(26_000_000)).is_ok());
}
