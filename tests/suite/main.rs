//! The one test binary. What needs a back-end or the program is behind the feature that builds it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, and what it prints is shown when it fails"
)]

mod architecture;
#[cfg(feature = "gpu")]
mod capture;
#[cfg(feature = "cli")]
mod channel;
mod circulation;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod cli_limits;
mod clock;
mod columns;
mod cpu_loops;
mod determinism;
#[cfg(all(feature = "cli", target_os = "linux"))]
mod disk;
mod examples;
mod faults;
#[cfg(feature = "gpu")]
mod fields;
mod files;
mod files_in_scenes;
mod files_named;
mod files_odd;
mod files_placed;
mod files_vtk;
mod flows;
#[cfg(all(feature = "cli", unix))]
mod folder;
#[cfg(all(feature = "cli", unix))]
mod folder_changes;
#[cfg(feature = "cli")]
mod frames;
mod free_beads;
mod hooked;
mod intervals;
#[cfg(feature = "gpu")]
mod layout;
#[cfg(feature = "gpu")]
mod limits;
#[cfg(all(feature = "cli", target_os = "linux"))]
mod memory;
#[cfg(feature = "cli")]
mod movies;
#[cfg(feature = "gpu")]
mod mutants;
#[cfg(all(feature = "cli", unix))]
mod old_files;
#[cfg(feature = "gpu")]
mod parity;
mod physics;
#[cfg(feature = "cli")]
mod pictures;
mod pins;
mod random_scenes;
#[cfg(feature = "cli")]
mod reports;
#[cfg(feature = "gpu")]
mod robustness;
mod rotor_runs;
#[cfg(feature = "gpu")]
mod scene;
#[cfg(feature = "cli")]
mod separator_results;
mod separator_runs;
#[cfg(feature = "cli")]
mod separators;
mod setups;
mod shaders;
mod sliding;
mod slow;
mod slow_faults;
#[cfg(all(feature = "cli", unix))]
mod small_run;
mod step_counts;
mod validation;
#[cfg(all(feature = "window", target_os = "linux"))]
mod window;
#[cfg(all(feature = "cli", unix))]
mod words;

use std::path::{Path, PathBuf};

/// All that a program has said.
#[cfg(feature = "cli")]
pub fn text(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// What a folder holds, sorted.
#[cfg(feature = "cli")]
pub fn names(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    all.sort();
    all
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the repository.
pub fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// All files under a folder of the repository, relative to the repository, sorted.
pub fn files(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else {
                out.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    let mut out = Vec::new();
    walk(&root().join(folder), &mut out);
    out.sort();
    out
}
