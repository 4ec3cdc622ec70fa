//! The CPU back-end's fast loops against the twins that define them.

use buffycoat::verify;

#[test]
fn every_loop_agrees_with_its_twin() {
    let rows = verify::cpu().unwrap();
    assert!(rows.iter().all(|r| r.passed), "{}", verify::table(&rows));
    // both compute in f64: positions differ by roundings of one unit of 2^-32 cells, not by f32's
    for r in rows.iter().filter(|r| r.output.starts_with("position")) {
        assert!(r.worst < 5e-9, "{}", verify::table(&rows));
    }
}
