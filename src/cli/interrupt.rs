//! Ctrl-C, and a request to end (SIGTERM, SIGHUP): the run stops after its batch.

use buffycoat::output::atomic::abandon;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// From now on a first Ctrl-C asks the run to stop; a second one ends the program at once, without leaving
/// half-written files. Where the terminal is to be survived (`nohup`), its end is no such request. A file that grows
/// beyond the limit of the process (`ulimit -f`) is an error of the disk and no longer the end of the process.
#[cfg(unix)]
pub fn catch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    let mut wanted = vec![SIGINT, SIGTERM, SIGXFSZ];
    if !ignored(SIGHUP) {
        wanted.push(SIGHUP);
    }
    // where no handler can be set, Ctrl-C does what it always did
    let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else {
        return;
    };
    std::thread::spawn(move || signals.forever().filter(|s| *s != SIGXFSZ).for_each(|_| stop()));
}

/// The same, where signals are not those of Unix.
#[cfg(not(unix))]
pub fn catch() {
    let _ = ctrlc::set_handler(stop);
}

/// Whether this process was started with `signal` ignored.
#[cfg(unix)]
fn ignored(signal: i32) -> bool {
    let mut present = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action it only writes the present one, and has done so where it returns zero
    unsafe {
        libc::sigaction(signal, std::ptr::null(), present.as_mut_ptr()) == 0
            && present.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

fn stop() {
    if STOP.swap(true, Ordering::Relaxed) {
        abandon();
        std::process::exit(130);
    }
}

/// True after Ctrl-C.
pub fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}
