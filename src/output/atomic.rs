//! Files that exist under their final name only when they are complete, and all of a run's files together.
//!
//! The bytes go to a temporary file in the same folder (a rename is atomic only within a file system), are
//! flushed and synchronised ([`AtomicFile::ready`]), and only then take the name ([`publish`]). What belongs together is
//! made ready first and published in one go, so that a new file never stands beside an older one's companions. A full
//! disk or a crash leaves the older files of those names, or none; the temporary ones are removed when their writers are
//! dropped, or by [`abandon`] where a process ends without dropping anything, and with them the folders that were made for
//! them. Only a kill leaves them; [`super::folder`] finds those.

use crate::Error;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempPath;

/// Temporary files that are there now, and folders that were made for them and hold no result yet.
pub(super) struct Scraps {
    pub(super) files: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
}

/// Whether any file of this process has got its name.
static NAMED: AtomicBool = AtomicBool::new(false);

/// How the names of temporary files begin and end.
pub(super) const MARKS: (&str, &str) = (".buffycoat-", ".part");

/// Who holds the lock decides what becomes of them.
static TEMPORARY: Mutex<Scraps> = Mutex::new(Scraps {
    files: BTreeSet::new(),
    folders: BTreeSet::new(),
});

pub(super) fn temporary() -> MutexGuard<'static, Scraps> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scraps {
    /// Makes a folder and those that it lies in, and remembers which were not there.
    pub(super) fn make(&mut self, folder: &Path) -> io::Result<()> {
        // as the names of temporary files are
        let folder = &std::path::absolute(folder)?;
        let absent: Vec<PathBuf> = folder
            .ancestors()
            .filter(|f| !f.exists())
            .map(Path::to_owned)
            .collect();
        std::fs::create_dir_all(folder)?;
        self.folders.extend(absent);
        Ok(())
    }

    /// Removes `folder`, and those that it lies in, as far as they were made for files that came to nothing. One that
    /// holds anything stays.
    pub(super) fn tidy(&mut self, folder: &Path) {
        let Ok(folder) = std::path::absolute(folder) else {
            return;
        };
        for f in folder.ancestors() {
            if !self.folders.contains(f) || std::fs::remove_dir(f).is_err() {
                break;
            }
            self.folders.remove(f);
        }
    }

    /// There is a result in `folder`: it stays.
    fn keep(&mut self, folder: &Path) {
        if let Ok(folder) = std::path::absolute(folder) {
            for f in folder.ancestors() {
                self.folders.remove(f);
            }
        }
    }
}

/// Removes all temporary files, for a process that ends without dropping their writers (a second Ctrl-C). Files that are
/// taking their names get all of them first. From then on no file can be begun, named or dropped: a thread that tries
/// waits for the end of the process. True if files had got their names before.
pub fn abandon() -> bool {
    let mut list = temporary();
    for path in std::mem::take(&mut list.files) {
        // there is nobody left to tell
        let _ = std::fs::remove_file(&path);
        list.tidy(folder_of(&path));
    }
    std::mem::forget(list);
    named()
}

/// Whether any file of this process has got its name.
pub fn named() -> bool {
    NAMED.load(Ordering::Relaxed)
}

/// A temporary file that [`abandon`] knows of; removed when dropped. As long as it is open it is locked, which tells it from what a
/// killed process has left.
#[derive(Debug)]
struct Temporary {
    file: Option<File>,
    path: Option<TempPath>,
}

impl Temporary {
    /// Makes one in `folder`, and the folder if there is none.
    fn new(folder: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(MARKS.0).suffix(MARKS.1);
        // a temporary file is private by default; a result is for whoever may read its folder
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut list = temporary();
        list.make(folder)?;
        match builder.tempfile_in(folder) {
            Ok(file) => {
                let (file, path) = file.into_parts();
                list.files.insert(path.to_path_buf());
                // where a file system has no locks, nothing is taken for left behind
                let _ = file.try_lock();
                Ok(Self {
                    file: Some(file),
                    path: Some(path),
                })
            }
            Err(e) => {
                list.tidy(folder);
                Err(e)
            }
        }
    }

    fn file(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Write for Temporary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file()?.flush()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        self.file.take();
        if let Some(part) = self.path.take() {
            let mut list = temporary();
            let path = part.to_path_buf();
            list.files.remove(&path);
            drop(part);
            list.tidy(folder_of(&path));
        }
    }
}

/// A file being written. Dropping it without [`AtomicFile::finish`] leaves nothing.
#[derive(Debug)]
pub struct AtomicFile {
    file: BufWriter<Temporary>,
    path: PathBuf,
    digest: blake3::Hasher,
    /// What the system last said against writing, by its number.
    said: Option<i32>,
}

impl AtomicFile {
    /// Starts a file that will be called `path`; makes its folder if there is none.
    ///
    /// # Errors
    /// [`Error::Disk`] where the folder cannot be made or written to.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let folder = folder_of(path);
        let file = Temporary::new(folder).map_err(Error::disk(path))?;
        Ok(Self {
            file: BufWriter::new(file),
            path: path.to_owned(),
            digest: blake3::Hasher::new(),
            said: None,
        })
    }

    /// The final name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the system said, where an encoder hands on no more than the text of it: what there is to do hangs on its number.
    pub fn cause(&self, e: io::Error) -> io::Error {
        self.said.map_or(e, io::Error::from_raw_os_error)
    }

    /// Puts what was written on the disk; it has no name yet.
    ///
    /// # Errors
    /// [`Error::Disk`] where the bytes do not reach the disk; then nothing is left.
    pub fn ready(self) -> Result<Ready, Error> {
        let Self {
            file, path, digest, ..
        } = self;
        let digest = digest.finalize().to_hex().to_string();
        let mut temporary = file
            .into_inner()
            .map_err(|e| Error::disk(&path)(e.into_error()))?;
        temporary
            .file()
            .and_then(|f| f.sync_all())
            .map_err(Error::disk(&path))?;
        Ok(Ready {
            temporary,
            path,
            digest,
        })
    }

    /// Puts what was written on the disk and gives it its name.
    ///
    /// # Errors
    /// [`Error::Disk`] where the bytes or the name do not reach the disk; then nothing is left.
    pub fn finish(self) -> Result<(), Error> {
        publish([self.ready()?])
    }
}

/// A file that is complete on the disk and waits for its name. Dropping it leaves nothing.
#[derive(Debug)]
pub struct Ready {
    temporary: Temporary,
    path: PathBuf,
    digest: String,
}

impl Ready {
    /// The final name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// BLAKE3 hash of what is in it.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Closes the file, of which a process may have only so many open; it still waits for its name.
    #[must_use]
    pub fn closed(mut self) -> Self {
        self.temporary.file.take();
        self
    }
}

/// A temporary file that another program fills, by its path. Dropping it leaves nothing.
#[derive(Debug)]
pub struct Lent {
    temporary: Temporary,
    part: PathBuf,
    path: PathBuf,
}

impl Lent {
    /// Makes an empty one that will be called `path`; makes its folder if there is none.
    ///
    /// # Errors
    /// As [`AtomicFile::create`].
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let mut temporary = Temporary::new(folder_of(path)).map_err(Error::disk(path))?;
        if !cfg!(unix) {
            // elsewhere a lock keeps others from writing
            let _ = temporary.file().and_then(|f| f.unlock());
        }
        let part = temporary
            .path
            .as_ref()
            .map_or_else(PathBuf::new, |p| p.to_path_buf());
        Ok(Self {
            temporary,
            part,
            path: path.to_owned(),
        })
    }

    /// Where the other program writes.
    pub fn part(&self) -> &Path {
        &self.part
    }

    /// Gives the file its name. It has to be complete.
    ///
    /// # Errors
    /// As [`AtomicFile::finish`].
    pub fn finish(self) -> Result<(), Error> {
        // another program may have put a file of its own in the place of ours
        File::open(&self.part)
            .and_then(|f| f.sync_all())
            .map_err(Error::disk(&self.path))?;
        publish([Ready {
            temporary: self.temporary,
            path: self.path,
            digest: String::new(),
        }])
    }
}

/// Gives files that belong together their names. What can be known beforehand to fail (a name that is taken by a folder)
/// is looked for before the first is given.
///
/// # Errors
/// [`Error::Disk`] with the first file that does not get its name.
pub fn publish(files: impl IntoIterator<Item = Ready>) -> Result<(), Error> {
    replace(&[], files)
}

/// As [`publish`], after `old` files are removed; all of that is done before a signal is heard. An old file that is gone already is
/// no error.
///
/// # Errors
/// As [`publish`], and with the first old file that cannot be removed.
pub fn replace(old: &[PathBuf], files: impl IntoIterator<Item = Ready>) -> Result<(), Error> {
    let files: Vec<Ready> = files.into_iter().collect();
    if let Some(taken) = files.iter().find(|f| f.path.is_dir()) {
        return Err(Error::disk(&taken.path)(io::ErrorKind::IsADirectory.into()));
    }
    let mut folders = BTreeSet::new();
    let mut files = files.into_iter();
    let mut list = temporary();
    let removed = old.iter().try_for_each(|path| match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::disk(path)(e)),
        _ => Ok(()),
    });
    let result = removed.and_then(|()| {
        files.by_ref().try_for_each(|mut f| {
            let Some(part) = f.temporary.path.take() else {
                return Ok(());
            };
            list.files.remove(&part.to_path_buf());
            let folder = folder_of(&f.path);
            folders.insert(folder.to_owned());
            part.persist(&f.path)
                .map(|()| {
                    NAMED.store(true, Ordering::Relaxed);
                    list.keep(folder);
                })
                .map_err(|e| Error::disk(&f.path)(e.error))
        })
    });
    // what is left after an error takes the lock itself when it is dropped
    drop(list);
    // the names themselves live in the folder; systems that cannot synchronise a folder do it by themselves
    for folder in folders {
        if let Ok(folder) = File::open(folder) {
            let _ = folder.sync_all();
        }
    }
    result
}

/// BLAKE3 hash of some bytes, as [`Ready::digest`].
pub fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// BLAKE3 hash of a file of any size, as [`digest`].
///
/// # Errors
/// Those of the system.
pub fn digest_of_file(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut file = File::open(path)?;
    let mut room = vec![0; 1 << 16];
    loop {
        match file.read(&mut room) {
            Ok(0) => break,
            Ok(n) => hasher.update(&room[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
    }
    Ok(hasher.finalize().to_hex().to_string())
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        let n = written.inspect_err(|e| self.said = e.raw_os_error())?;
        self.digest.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a whole file in one go, all but its name; `fill` gets the open file.
///
/// # Errors
/// [`Error::Disk`] with `path`; then nothing is left.
pub fn prepare(
    path: impl AsRef<Path>,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Ready, Error> {
    let mut file = AtomicFile::create(&path)?;
    fill(&mut file).map_err(|e| Error::disk(path.as_ref())(file.cause(e)))?;
    file.ready()
}

/// Writes a whole file in one go; `fill` gets the open file.
///
/// # Errors
/// [`Error::Disk`] with `path`; then nothing is left under that name that was not there before.
pub fn write(
    path: impl AsRef<Path>,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    publish([prepare(path, fill)?])
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    }
}

#[cfg(test)]
#[path = "atomic_tests.rs"]
mod tests;
