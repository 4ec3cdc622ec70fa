//! A run that does not fit is refused before its memory is taken: the program under a limited address space.

use std::process::Command;

/// Runs the program's arguments in a shell whose address space is limited [KiB].
fn limited(kib: u64, arguments: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let command = format!(
        "ulimit -v {kib} && cd '{}' && exec '{}' {arguments}",
        folder.path().display(),
        env!("CARGO_BIN_EXE_buffycoat"),
    );
    let out = Command::new("sh").args(["-c", &command]).output().unwrap();
    (
        out.status.code(),
        String::from_utf8_lossy(&out.stderr).into_owned(),
    )
}

#[test]
fn a_run_that_does_not_fit_is_refused() {
    // half a million parcels take 72 MB, and the program, its threads and their arenas about 200 MB
    let (code, text) = limited(280_000, "run --backend cpu --quiet --parcels 20000000");
    assert_eq!(code, Some(5), "{text}");
    assert!(text.contains("at most") && text.contains("parcels fit"), "{text}");
}

#[test]
fn a_benchmark_that_does_not_fit_is_refused() {
    let (code, text) = limited(280_000, "bench --backend cpu --quick");
    assert_eq!(code, Some(5), "{text}");
    assert!(text.contains("of memory"), "{text}");
}
