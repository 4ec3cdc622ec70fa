//! Memory that the system does not give. Runs are forecast and refused before they begin; what slips through ends the process in the
//! allocator, which says how many bytes failed and aborts. Then a person is told what to do, and the exit code is that of too little memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether an allocation has failed.
static DENIED: AtomicBool = AtomicBool::new(false);

/// The system's allocator, which remembers that it had nothing to give.
pub struct Remembering;

fn remember(given: *mut u8) -> *mut u8 {
    if given.is_null() {
        DENIED.store(true, Ordering::Relaxed);
    }
    given
}

// SAFETY: all is passed on to the system's allocator and back
unsafe impl GlobalAlloc for Remembering {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller's
        remember(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller's
        remember(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller's
        remember(unsafe { System.realloc(at, layout, size) })
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as the caller's
        unsafe { System.dealloc(at, layout) }
    }
}

/// From now on an abort after a failed allocation ends with 5 and what to do.
#[cfg(unix)]
pub fn catch() {
    const SAID: &str = "error: the system gave no more memory; take fewer parcels, [numerics] layers or nodes, close other programs, or raise \
                        the limit of the shell (`ulimit -v`). An unfinished file (.buffycoat-*.part) may stay; the next run into its folder \
                        removes it\n";

    extern "C" fn aborted(_: libc::c_int) {
        // SAFETY: these may be called in a handler
        unsafe {
            if DENIED.load(Ordering::Relaxed) {
                libc::write(libc::STDERR_FILENO, SAID.as_ptr().cast(), SAID.len());
                libc::_exit(5);
            }
            // any other abort goes on
            libc::signal(libc::SIGABRT, libc::SIG_DFL);
        }
    }
    let handler = aborted as extern "C" fn(libc::c_int);
    // SAFETY: the handler calls only what it may
    unsafe { libc::signal(libc::SIGABRT, handler as libc::sighandler_t) };
}

/// Elsewhere the message of the allocator is all there is.
#[cfg(not(unix))]
pub fn catch() {}
