//! The one test binary. What needs a back-end or the program is behind the feature that builds it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, and what it prints is shown when it fails"
)]

#[cfg(feature = "cli")]
mod cli;
