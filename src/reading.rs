//! Reading files that somebody names: none without an end, none that is too large, none that is no file.
//!
//! A device has no end and a named pipe may never begin, so what a path is gets looked at before it is opened. Standard input is
//! taken where its own path is given (`/dev/stdin`, `/dev/fd/0`, or what a shell puts there for `<(...)`), up to the same size.

use crate::Error;
use std::io::Read;
use std::path::Path;

/// What is read, and how much of it at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Most bytes.
    pub bytes: u64,
    /// What such a file is, and so why no more is read; ends the message of one that is larger.
    pub why: &'static str,
}

/// A scene. The largest of those that are shipped has 3 KiB, and a person writes it.
pub const SCENE: Limit = Limit {
    bytes: 256 << 10,
    why: "a scene is a short text, so this is another file",
};

/// A field or a flow on a grid. As text a node takes about 100 bytes, so these are 10 million nodes, and in memory three times that.
pub const GRID: Limit = Limit {
    bytes: 1 << 30,
    why: "take a coarser grid, or only the part around the duct",
};

/// What a run has left. Fifty times the profile of the bundled scene at its finest.
pub const RESULT: Limit = Limit {
    bytes: 1 << 30,
    why: "fewer `bins` or samples in [output] make it smaller",
};

/// The bytes of a file.
///
/// # Errors
/// [`Error::Disk`] if it cannot be read, [`Error::Input`] if it is no file (a device, a named pipe) or larger than `limit`, of which no more
/// is then read.
pub fn bytes(path: impl AsRef<Path>, limit: Limit) -> Result<Vec<u8>, Error> {
    let path = path.as_ref();
    let refuse = |what: String| Error::Input(format!("{}: {what}", path.display()));
    let about = std::fs::metadata(path).map_err(Error::disk(path))?;
    if about.is_dir() {
        return Err(Error::disk(path)(std::io::ErrorKind::IsADirectory.into()));
    }
    if !about.is_file() && !standard(path) {
        let (what, instead) = kind(about.file_type());
        return Err(refuse(format!("this is {what}, not a file; {instead}")));
    }
    let too_large = || {
        let size = if limit.bytes < 1 << 20 {
            format!("{} KiB", limit.bytes >> 10)
        } else {
            format!("{} MiB", limit.bytes >> 20)
        };
        refuse(format!("larger than {size}; {}", limit.why))
    };
    if about.is_file() && about.len() > limit.bytes {
        return Err(too_large());
    }
    let mut out = Vec::new();
    // a file may grow while it is read, and those of /proc say that they are empty
    std::fs::File::open(path)
        .and_then(|file| file.take(limit.bytes + 1).read_to_end(&mut out))
        .map_err(Error::disk(path))?;
    if out.len() as u64 > limit.bytes {
        return Err(too_large());
    }
    Ok(out)
}

/// Text of a file.
///
/// # Errors
/// As [`bytes`], and [`Error::Input`] with line and column where it is not UTF-8.
pub fn text(path: impl AsRef<Path>, limit: Limit) -> Result<String, Error> {
    let path = path.as_ref();
    String::from_utf8(bytes(path, limit)?).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&e.as_bytes()[..at]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        Error::Input(format!(
            "{}:{line}:{column}: byte {at} ({:#04x}) is not UTF-8 text; save the file as UTF-8",
            path.display(),
            e.as_bytes()[at]
        ))
    })
}

/// Whether a path is one of what is open already: standard input, or a pipe that a shell has made.
fn standard(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

/// What a path is that is no file, and what to do.
fn kind(of: std::fs::FileType) -> (&'static str, &'static str) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if of.is_fifo() {
            return ("a named pipe", "write what comes out of it to a file first");
        }
        if of.is_char_device() || of.is_block_device() {
            return ("a device", "name a file");
        }
        if of.is_socket() {
            return ("a socket", "name a file");
        }
    }
    ("something else", "name a file")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Limit = Limit {
        bytes: 2048,
        why: "take less",
    };

    #[test]
    fn a_file_up_to_its_limit_and_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, vec![b'x'; 2048]).unwrap();
        assert_eq!(bytes(&path, SHORT).unwrap().len(), 2048);
        std::fs::write(&path, vec![b'x'; 2049]).unwrap();
        let error = bytes(&path, SHORT).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(
            error.to_string().ends_with("a: larger than 2 KiB; take less"),
            "{error}"
        );
        std::fs::write(&path, b"ab\nc\xff").unwrap();
        let error = text(&path, SHORT).unwrap_err().to_string();
        assert!(error.contains("a:2:2: byte 4 (0xff) is not UTF-8"), "{error}");
        assert_eq!(
            bytes(folder.path().join("none"), SHORT).unwrap_err().exit_code(),
            4
        );
        assert_eq!(bytes(folder.path(), SHORT).unwrap_err().exit_code(), 4);
    }

    /// Neither a device without an end nor a pipe without a writer is opened: the test ends.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_has_no_end_is_not_opened() {
        let error = bytes("/dev/zero", GRID).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(
            error
                .to_string()
                .contains("/dev/zero: this is a device, not a file"),
            "{error}"
        );
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("fifo.csv");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let error = bytes(&pipe, GRID).unwrap_err().to_string();
        assert!(
            error.contains("this is a named pipe, not a file; write what comes out"),
            "{error}"
        );
        // by a link, too
        let link = folder.path().join("link.csv");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        assert!(
            bytes(&link, GRID)
                .unwrap_err()
                .to_string()
                .contains("this is a device")
        );
        // a file of /proc says that it is empty, and is read
        assert!(!bytes("/proc/self/status", GRID).unwrap().is_empty());
    }
}
