//! Where a named file is to go, tried before anything is computed.

use super::failure::Failure;
use buffycoat::Error;
use buffycoat::output::atomic::AtomicFile;
use std::io;
use std::path::{Path, PathBuf};

/// Tries whether a file can be written at `path`, and leaves nothing. Its folder may be new, but not the one that that would lie in: a
/// name that is misspelt further up is no wish for new folders.
///
/// # Errors
/// [`Error::Input`] where more than one folder is missing, [`Error::Disk`] where the system does not let a file be written.
pub fn try_file(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(Error::disk(path)(io::ErrorKind::IsADirectory.into()).into());
    }
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty() && !f.exists());
    let above = folder
        .and_then(Path::parent)
        .filter(|f| !f.as_os_str().is_empty());
    if let Some(above) = above.filter(|f| !f.exists()) {
        return Err(Error::Input(format!(
            "{}: there is no folder {}. Only the last folder of a path is created; make this one first",
            path.display(),
            above.display()
        ))
        .into());
    }
    drop(AtomicFile::create(path)?);
    Ok(())
}

/// The one of `endings` that a name has. Refuses a name with another: it may be a file of another kind, which would be lost. A folder
/// counts as if it had the first; it is refused as what it is.
///
/// # Errors
/// [`Error::Input`] with the endings that are written.
pub fn ending<'a>(path: &Path, endings: &[&'a str], what: &str) -> Result<&'a str, Error> {
    let found = match path.is_dir() {
        true => endings.first(),
        false => endings
            .iter()
            .find(|ending| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))),
    };
    found.copied().ok_or_else(|| {
        let all: Vec<String> = endings.iter().map(|e| format!(".{e}")).collect();
        Error::Input(format!(
            "{}: {what} written as {}",
            path.display(),
            all.join(" or ")
        ))
    })
}

/// Refuses to write to a file that is read: `output` may be given by another path than one of `inputs`, or through a link.
///
/// # Errors
/// [`Error::Input`] with the file.
pub fn spare(output: &Path, inputs: &[PathBuf]) -> Result<(), Error> {
    let Ok(there) = output.canonicalize() else {
        return Ok(());
    };
    if inputs.iter().any(|i| same(i, &there)) {
        return Err(Error::Input(format!(
            "{}: this file is read as input and would be overwritten. Write to another file",
            output.display()
        )));
    }
    Ok(())
}

/// Whether two paths lead to one file.
fn same(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |p: &Path| std::fs::metadata(p).map(|m| (m.dev(), m.ino()));
        matches!((id(a), id(b)), (Ok(a), Ok(b)) if a == b)
    }
    #[cfg(not(unix))]
    a.canonicalize().is_ok_and(|a| a == b)
}
