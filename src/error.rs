//! What can go wrong, sorted by what the person at the terminal can do about it.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// An error of the engine, a back-end or an output, with the exit code of the program that meets it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input cannot be run as it stands.
    #[error("{0}")]
    Input(String),
    /// The run went wrong numerically and was stopped.
    #[error("{0}")]
    Numerics(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Disk {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No device, a lost device, or a population that does not fit on it.
    #[error("{0}")]
    Device(String),
    /// A result missed its tolerance.
    #[error("{0}")]
    Tolerance(String),
    /// A defect of this program.
    #[error("internal error: {0}; please report it with the scene that led to it")]
    Internal(String),
}

impl Error {
    /// Exit code: 1 internal, 2 input, 3 numerics, 4 disk, 5 device, 6 a tolerance was missed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Internal(_) => 1,
            Self::Input(_) => 2,
            Self::Numerics(_) => 3,
            Self::Disk { .. } => 4,
            Self::Device(_) => 5,
            Self::Tolerance(_) => 6,
        }
    }

    /// What to do about a disk or a file that takes no more; none for any other error. Incomplete files are removed by whoever writes them.
    pub fn of_room(&self) -> Option<&'static str> {
        let Self::Disk { source, .. } = self else {
            return None;
        };
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                Some("no incomplete file was left; make room")
            }
            ErrorKind::FileTooLarge => Some(
                "no incomplete file was left. The shell (`ulimit -f`) or the file system limits the size of files",
            ),
            _ => None,
        }
    }

    /// A closure for `map_err` on operations on `path`.
    pub fn disk(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Disk { path, source }
    }
}
