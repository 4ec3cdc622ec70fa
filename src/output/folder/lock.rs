//! The lock of a folder, by which one process at a time writes into it.

use super::{Folder, LOCK, Written};
use crate::Error;
use crate::output::atomic::temporary;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Locks a folder, which is made if there is none; nothing where the file system knows no locks.
///
/// # Errors
/// [`Error::Disk`] where it cannot be written to, or another process has it.
pub(super) fn lock(folder: &Path) -> Result<Option<(File, PathBuf)>, Error> {
    temporary().make(folder).map_err(Error::disk(folder))?;
    let path = std::path::absolute(folder)
        .map_err(Error::disk(folder))?
        .join(LOCK);
    // what it leads to would be written to
    if path.symlink_metadata().is_ok_and(|about| !about.is_file()) {
        return Err(Error::Input(format!(
            "{}: buffycoat locks a folder by a file of this name, and this is not a regular file. Move it, or choose another folder",
            path.display()
        )));
    }
    let tidy = |e: io::Error| {
        temporary().tidy(folder);
        Error::disk(folder)(e)
    };
    loop {
        let file = open(&path).map_err(tidy)?;
        match file.try_lock() {
            // who had it may have removed it between the two
            Ok(()) if same(&file, &path) => {
                if file.metadata().is_ok_and(|m| m.len() == 0) {
                    temporary().files.insert(path.clone());
                }
                return Ok(Some((file, path)));
            }
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let busy =
                    "another run writes into this folder; wait until it ends, or choose another folder";
                return Err(Error::disk(folder)(io::Error::new(
                    io::ErrorKind::ResourceBusy,
                    busy,
                )));
            }
            Err(TryLockError::Error(_)) => {
                let _ = std::fs::remove_file(&path);
                return Ok(None);
            }
        }
    }
}

/// Opens the file that is locked, with what is in it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// Whether `path` still leads to `file`.
#[cfg(unix)]
fn same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// Elsewhere a file that is open keeps its name.
#[cfg(not(unix))]
fn same(_: &File, path: &Path) -> bool {
    path.exists()
}

/// A short exclusive hold on a folder, for who puts a page into it.
///
/// # Errors
/// As [`Folder::take`].
pub fn hold(folder: &Path) -> Result<Hold, Error> {
    Ok(Hold(Folder {
        path: folder.to_owned(),
        lock: lock(folder)?,
        old: Written::default(),
        mark: None,
        notes: Vec::new(),
    }))
}

/// As long as it lives no run writes into the folder.
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "held for its lock")] Folder);
