//! Every kernel on its fixtures against its twin, on the adapter of this machine. No adapter is a failure.

use buffycoat::gpu::{Gpu, Selector};
use buffycoat::verify;

/// The adapter of this machine; the tests of this file have nothing to say without one.
pub fn gpu() -> Gpu {
    Gpu::open(&Selector::Default).expect("a graphics adapter; a software one is enough (./check installs it)")
}

#[test]
fn every_kernel_agrees_with_its_twin() {
    let gpu = gpu();
    let rows = verify::gpu(&gpu).unwrap();
    println!("{}: {}", gpu.adapter.name, gpu.adapter.driver);
    println!("{}", verify::table(&rows));
    assert!(rows.iter().all(|r| r.passed), "{}", verify::table(&rows));
    // every kernel, and not on empty fixtures alone; a count by patch is as long as there are patches
    assert!(
        rows.iter()
            .all(|r| r.elements > 1000 || ["stats", "arrived"].contains(&r.output)),
        "{}",
        verify::table(&rows)
    );
}
