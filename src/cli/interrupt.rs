//! Ctrl-C, and a request to end (SIGTERM, SIGHUP). While a run makes its steps it stops after its batch; at any other time the program
//! ends at once. Neither leaves a file that is not complete.

use super::failure::Failure;
use super::{print, say};
use buffycoat::output::atomic::abandon;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whether somebody will look at [`STOP`] soon.
static STEPS: AtomicBool = AtomicBool::new(false);

static STOP: AtomicBool = AtomicBool::new(false);

/// Whether somebody has looked since.
static HEARD: AtomicBool = AtomicBool::new(false);

/// How long a batch may take before a person is told that it is waited for.
const PATIENCE: Duration = Duration::from_millis(400);

/// Whether a program waits for the outcome of a run as JSON.
static AWAITED: Mutex<bool> = Mutex::new(false);

/// From now on an outcome is waited for on standard output, whatever ends the run.
pub fn await_outcome() {
    *AWAITED.lock().unwrap_or_else(PoisonError::into_inner) = true;
}

/// Prints an outcome, unless there is one already; a signal waits for it.
pub fn outcome(told: &serde_json::Value) -> Result<(), Failure> {
    let mut awaited = AWAITED.lock().unwrap_or_else(PoisonError::into_inner);
    *awaited = false;
    print(&format!("{told:#}\n"))
}

/// The outcome of a run that a signal ends at once. A reader that takes nothing does not hold it up.
fn tell(text: &str) {
    let told = serde_json::json!({ "outcome": "stopped", "exit_code": 130, "message": text });
    let spawned = std::thread::Builder::new().spawn(move || {
        let mut awaited = AWAITED.lock().unwrap_or_else(PoisonError::into_inner);
        if *awaited {
            *awaited = false;
            let _ = print(&format!("{told:#}\n"));
        }
        // whoever comes later tells nothing
        std::mem::forget(awaited);
    });
    let Ok(thread) = spawned else { return };
    let began = Instant::now();
    while !thread.is_finished() && began.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// From now on signals are heard. Where the terminal is to be survived (`nohup`), its end is none. A file that grows beyond the limit
/// of the process (`ulimit -f`) is an error of the disk and no longer the end of the process.
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
    let spawned = std::thread::Builder::new()
        .spawn(move || signals.forever().filter(|s| *s != SIGXFSZ).for_each(|_| stop()));
    // without a thread nobody listens
    drop(spawned);
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
    let asked_before = STOP.swap(true, Ordering::SeqCst);
    if asked_before || !STEPS.load(Ordering::SeqCst) {
        super::movie::kill();
        let text = if abandon() {
            "stopped; the files that have their names are complete"
        } else {
            "stopped; no files were written"
        };
        say(text);
        tell(text);
        std::process::exit(130);
    }
    let spawned = std::thread::Builder::new().spawn(|| {
        std::thread::sleep(PATIENCE);
        if !HEARD.load(Ordering::SeqCst) {
            say("stopping after this batch; press Ctrl-C again to quit now");
        }
    });
    // who cannot be told is not
    drop(spawned);
}

/// While it lives somebody asks [`stopped`] after every batch.
pub struct Steps(());

/// Steps begin.
pub fn steps() -> Steps {
    STEPS.store(true, Ordering::SeqCst);
    Steps(())
}

impl Drop for Steps {
    fn drop(&mut self) {
        STEPS.store(false, Ordering::SeqCst);
        HEARD.store(true, Ordering::SeqCst);
    }
}

/// True after the first signal.
pub fn stopped() -> bool {
    let stopped = STOP.load(Ordering::SeqCst);
    if stopped {
        HEARD.store(true, Ordering::SeqCst);
    }
    stopped
}
