#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail by panicking, and reports when asked")]

use super::*;
use crate::cpu::Cpu;

fn cpu(setup: &Setup, parcels: &Parcels) -> Result<Box<dyn Backend>, Error> {
    Ok(Box::new(Cpu::new(setup, parcels, 0)?))
}

/// `cargo test --release --lib validate::tests::all -- --ignored --nocapture`, with CASE=C09 for one.
#[test]
#[ignore = "takes minutes; `buffycoat validate` runs the same"]
fn all() {
    let only = std::env::var("CASE").ok();
    for c in ALL.iter().filter(|c| only.as_deref().is_none_or(|o| o == c.id)) {
        let r = run(c, &cpu).unwrap();
        println!("{} {:.1} s, {} runs, {} steps, {} parcels; {}", r.id, r.seconds, r.runs, r.steps, r.parcels, r.note);
        for c in &r.checks {
            println!("   {} {:55} {:?} {:.6} +- {:?} error {:.5} of {:?}",
                if c.passed { "ok  " } else { "FAIL" }, c.quantity, c.expected, c.measured, c.uncertainty, c.error, c.tolerance);
        }
    }
}
