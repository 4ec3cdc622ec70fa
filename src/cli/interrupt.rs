//! Ctrl-C, and a request to end (SIGTERM, SIGHUP): the run stops after its batch.

use buffycoat::output::atomic::abandon;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// From now on a first Ctrl-C asks the run to stop; a second one ends the program at once, without leaving
/// half-written files.
pub fn catch() {
    // where no handler can be set, Ctrl-C does what it always did
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            abandon();
            std::process::exit(130);
        }
    });
}

/// True after Ctrl-C.
pub fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}
