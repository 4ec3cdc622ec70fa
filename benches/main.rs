//! Every kernel on its largest fixture, CPU back-end beside graphics adapter: `cargo bench`.
//!
//! What is timed is a call of the harness that `verify` uses: a kernel once, and all that is copied, made, bound and read
//! back for it. `buffycoat bench` measures the whole step at up to ten million parcels, where nothing is copied.

#![allow(clippy::print_stderr, reason = "a benchmark talks to a person")]

use buffycoat::kernels::{self, Fixture, Kernel};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn largest(kernel: &Kernel) -> Option<Fixture> {
    (kernel.fixtures)().into_iter().max_by_key(|f| f.items)
}

fn cpu(c: &mut Criterion) {
    let mut group = c.benchmark_group("cpu");
    for kernel in kernels::ALL {
        let Some(fixture) = largest(kernel) else { continue };
        group.throughput(Throughput::Elements(fixture.items as u64));
        group.bench_function(BenchmarkId::new(kernel.name, fixture.items), |b| {
            b.iter(|| buffycoat::cpu::run_fixture(kernel, &fixture));
        });
    }
    group.finish();
}

#[cfg(feature = "gpu")]
fn gpu(c: &mut Criterion) {
    use buffycoat::gpu::{Gpu, Harness, Selector};
    let gpu = match Gpu::open(&Selector::Default) {
        Ok(gpu) => gpu,
        Err(e) => {
            eprintln!("the graphics half is left out: {e}");
            return;
        }
    };
    let mut group = c.benchmark_group(&gpu.adapter.name);
    for kernel in kernels::ALL {
        let Some(fixture) = largest(kernel) else { continue };
        let harness = match Harness::new(&gpu, kernel) {
            Ok(harness) => harness,
            Err(e) => {
                eprintln!("{} is left out: {e}", kernel.name);
                continue;
            }
        };
        group.throughput(Throughput::Elements(fixture.items as u64));
        group.bench_function(BenchmarkId::new(kernel.name, fixture.items), |b| {
            b.iter(|| harness.run(&fixture))
        });
    }
    group.finish();
}

#[cfg(not(feature = "gpu"))]
fn gpu(_: &mut Criterion) {}

criterion_group!(benches, cpu, gpu);
criterion_main!(benches);
