//! The CPU back-end's fast loops against the twins that define them.

use buffycoat::verify;

#[test]
fn every_loop_agrees_with_its_twin() {
    let rows = verify::cpu().unwrap();
    assert!(rows.iter().all(|r| r.passed), "{}", verify::table(&rows));
    // both compute in f64: positions differ by roundings of one unit of 2^-32 cells, not by f32's; only the magnetic field
    // and flows on a sheet or from a file, whose tables are f32, are interpolated in it
    for r in rows.iter().filter(|r| r.output.starts_with("position")) {
        let carried = ["advance_carried", "advance_guided"].contains(&r.kernel);
        let most = if carried { 1e-6 } else { 5e-9 };
        assert!(r.worst < most, "{}", verify::table(&rows));
    }
}
