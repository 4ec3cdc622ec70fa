//! Files that exist under their final name only when they are complete, and all of a run's files together.
//!
//! The bytes go to a temporary file in the same folder (a rename is atomic only within a file system), are
//! flushed and synchronised ([`AtomicFile::ready`]), and only then take the name ([`publish`]). What belongs together is
//! made ready first and published in one go, so that a new file never stands beside an older one's companions. A full
//! disk or a crash leaves the older files of those names, or none; the temporary ones are removed when their writers are
//! dropped, or by [`abandon`] where a process ends without dropping anything, and with them the folders that were made for
//! them. Only a kill leaves them.

use crate::Error;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::NamedTempFile;

/// Temporary files that are there now, and folders that were made for them and hold no result yet.
struct Scraps {
    files: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
}

/// Who holds the lock decides what becomes of them.
static TEMPORARY: Mutex<Scraps> = Mutex::new(Scraps {
    files: BTreeSet::new(),
    folders: BTreeSet::new(),
});

fn temporary() -> MutexGuard<'static, Scraps> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scraps {
    /// Makes a folder and those that it lies in, and remembers which were not there.
    fn make(&mut self, folder: &Path) -> io::Result<()> {
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
    fn tidy(&mut self, folder: &Path) {
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
/// waits for the end of the process.
pub fn abandon() {
    let mut list = temporary();
    for path in std::mem::take(&mut list.files) {
        // there is nobody left to tell
        let _ = std::fs::remove_file(&path);
        list.tidy(folder_of(&path));
    }
    std::mem::forget(list);
}

/// A temporary file that [`abandon`] knows of; removed when dropped.
#[derive(Debug)]
struct Temporary(Option<NamedTempFile>);

impl Temporary {
    /// Makes one in `folder`, and the folder if there is none.
    fn new(folder: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".").suffix(".part");
        // a temporary file is private by default; a result is for whoever may read its folder
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut list = temporary();
        list.make(folder)?;
        match builder.tempfile_in(folder) {
            Ok(file) => {
                list.files.insert(file.path().to_owned());
                Ok(Self(Some(file)))
            }
            Err(e) => {
                list.tidy(folder);
                Err(e)
            }
        }
    }

    fn file(&mut self) -> io::Result<&mut File> {
        match &mut self.0 {
            Some(file) => Ok(file.as_file_mut()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
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
        if let Some(file) = self.0.take() {
            let mut list = temporary();
            let path = file.path().to_owned();
            list.files.remove(&path);
            drop(file);
            list.tidy(folder_of(&path));
        }
    }
}

/// A file being written. Dropping it without [`AtomicFile::finish`] leaves nothing.
#[derive(Debug)]
pub struct AtomicFile {
    file: BufWriter<Temporary>,
    path: PathBuf,
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
        })
    }

    /// The final name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts what was written on the disk; it has no name yet.
    ///
    /// # Errors
    /// [`Error::Disk`] where the bytes do not reach the disk; then nothing is left.
    pub fn ready(self) -> Result<Ready, Error> {
        let Self { file, path } = self;
        let mut temporary = file
            .into_inner()
            .map_err(|e| Error::disk(&path)(e.into_error()))?;
        temporary
            .file()
            .and_then(|f| f.sync_all())
            .map_err(Error::disk(&path))?;
        Ok(Ready { temporary, path })
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
}

/// Gives files that belong together their names. What can be known beforehand to fail (a name that is taken by a folder)
/// is looked for before the first is given.
///
/// # Errors
/// [`Error::Disk`] with the first file that does not get its name.
pub fn publish(files: impl IntoIterator<Item = Ready>) -> Result<(), Error> {
    let files: Vec<Ready> = files.into_iter().collect();
    if let Some(taken) = files.iter().find(|f| f.path.is_dir()) {
        return Err(Error::disk(&taken.path)(io::ErrorKind::IsADirectory.into()));
    }
    let mut folders = BTreeSet::new();
    let mut files = files.into_iter();
    let mut list = temporary();
    let result = files.by_ref().try_for_each(|mut f| {
        let Some(file) = f.temporary.0.take() else {
            return Ok(());
        };
        list.files.remove(file.path());
        let folder = folder_of(&f.path);
        folders.insert(folder.to_owned());
        file.persist(&f.path)
            .map(|_| list.keep(folder))
            .map_err(|e| Error::disk(&f.path)(e.error))
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

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
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
    fill(&mut file).map_err(Error::disk(path.as_ref()))?;
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
mod tests {
    use super::*;

    fn entries(folder: &Path) -> usize {
        std::fs::read_dir(folder).map_or(99, Iterator::count)
    }

    #[test]
    fn appears_when_finished() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("deep/er/file.txt");
        let mut file = AtomicFile::create(&path).map_err(io::Error::other)?;
        file.write_all(b"whole")?;
        assert!(!path.exists());
        file.finish().map_err(io::Error::other)?;
        assert_eq!(std::fs::read(&path)?, b"whole");
        assert_eq!(entries(&folder.path().join("deep/er")), 1);
        Ok(())
    }

    /// A disk that fills up half-way leaves the old file as it was, and no scrap.
    #[test]
    fn full_disk_leaves_nothing() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file.txt");
        let full = |w: &mut dyn Write| {
            w.write_all(b"half")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        };
        let error = write(&path, full);
        assert!(matches!(&error, Err(Error::Disk { path: p, .. }) if *p == path));
        assert_eq!(entries(folder.path()), 0);
        std::fs::write(&path, b"old")?;
        assert!(write(&path, full).is_err());
        assert_eq!(std::fs::read(&path)?, b"old");
        assert_eq!(entries(folder.path()), 1);
        Ok(())
    }

    /// Files that belong together get their names together, or none of them does.
    #[test]
    fn all_or_none() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
        std::fs::write(&a, b"old")?;
        std::fs::write(&b, b"old")?;
        let text = |text: &'static [u8]| move |w: &mut dyn Write| w.write_all(text);
        let first = prepare(&a, text(b"new"))?;
        // the second one fails: the first, complete as it is, keeps its old content
        assert!(prepare(&b, |_| Err(io::ErrorKind::StorageFull.into())).is_err());
        drop(first);
        assert_eq!((std::fs::read(&a)?, entries(folder.path())), (b"old".to_vec(), 2));
        // so it does where the second cannot have its name
        let files = [prepare(&a, text(b"new"))?, prepare(&b, text(b"new"))?];
        std::fs::remove_file(&b)?;
        std::fs::create_dir(&b)?;
        let error = publish(files);
        assert!(
            matches!(&error, Err(Error::Disk { path, .. }) if *path == b),
            "{error:?}"
        );
        assert_eq!((std::fs::read(&a)?, entries(folder.path())), (b"old".to_vec(), 2));
        std::fs::remove_dir(&b)?;
        publish([prepare(&a, text(b"new"))?, prepare(&b, text(b"new"))?])?;
        assert_eq!(
            (std::fs::read(&a)?, std::fs::read(&b)?),
            (b"new".to_vec(), b"new".to_vec())
        );
        Ok(())
    }

    /// A folder that was made for a file that came to nothing goes again, with those made to hold it; any other stays.
    #[test]
    fn empty_folders_go() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("new/deep/file.txt");
        drop(AtomicFile::create(&path)?);
        assert_eq!(entries(folder.path()), 0);
        // what else was put there is not touched
        let file = AtomicFile::create(&path)?;
        std::fs::write(folder.path().join("new/mine"), b"")?;
        drop(file);
        assert_eq!(entries(&folder.path().join("new")), 1);
        // a folder that holds a result stays when that is taken away, and when a later file comes to nothing
        write(&path, |w| w.write_all(b"whole"))?;
        std::fs::remove_file(&path)?;
        drop(AtomicFile::create(&path)?);
        assert!(folder.path().join("new/deep").is_dir());
        Ok(())
    }

    /// A folder that is a file; unlike permissions, this stops the superuser too.
    #[test]
    fn unwritable_folder() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("plain"), b"")?;
        let error = AtomicFile::create(folder.path().join("plain/file.txt"));
        assert!(matches!(error, Err(Error::Disk { .. })));
        // the name is taken by a folder: found out at the end, and nothing stays behind
        let taken = folder.path().join("taken");
        std::fs::create_dir(&taken)?;
        assert!(matches!(write(&taken, |_| Ok(())), Err(Error::Disk { .. })));
        assert_eq!(entries(folder.path()), 2);
        Ok(())
    }
}
