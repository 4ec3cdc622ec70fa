//! Files that exist under their final name only when they are complete.
//!
//! The bytes go to a temporary file in the same folder (a rename is atomic only within a file system), are
//! flushed and synchronised, and only then take the name. A full disk, a kill or a crash leaves the older file
//! of that name, or none; the temporary one is removed when the writer is dropped.

use crate::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file being written. Dropping it without [`AtomicFile::finish`] leaves nothing.
#[derive(Debug)]
pub struct AtomicFile {
    file: BufWriter<NamedTempFile>,
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
        std::fs::create_dir_all(folder).map_err(Error::disk(folder))?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".").suffix(".part");
        // a temporary file is private by default; a result is for whoever may read its folder
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder).map_err(Error::disk(path))?;
        Ok(Self {
            file: BufWriter::new(file),
            path: path.to_owned(),
        })
    }

    /// The final name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts what was written on the disk and gives it its name.
    ///
    /// # Errors
    /// [`Error::Disk`] where the bytes or the name do not reach the disk; then nothing is left.
    pub fn finish(self) -> Result<(), Error> {
        let Self { file, path } = self;
        let temporary = file
            .into_inner()
            .map_err(|e| Error::disk(&path)(e.into_error()))?;
        temporary.as_file().sync_all().map_err(Error::disk(&path))?;
        temporary
            .persist(&path)
            .map_err(|e| Error::disk(&path)(e.error))?;
        // the name itself lives in the folder; systems that cannot synchronise a folder do it by themselves
        if let Ok(folder) = File::open(folder_of(&path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a whole file in one go; `fill` gets the open file.
///
/// # Errors
/// [`Error::Disk`] with `path`; then nothing is left under that name that was not there before.
pub fn write(
    path: impl AsRef<Path>,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    let mut file = AtomicFile::create(&path)?;
    fill(&mut file).map_err(Error::disk(path.as_ref()))?;
    file.finish()
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
