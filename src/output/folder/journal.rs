//! What a run writes down before it names its files, and which names and contents count as a run's own.
//!
//! A line of the journal is the beginning of a file's BLAKE3 hash, two spaces, and its name. Only names that runs give are taken from it,
//! and a file counts as a run's only with the bytes that a run wrote: whatever the journal says, no other file is removed.

use super::{FRAMES, SUMMARY};
use crate::Error;
use crate::output::{SCENE_FILE, atomic};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

/// Most that is read or written of a journal [bytes]: the files of two runs with 10,000 pictures each take 1,020,000.
const MOST: usize = 1 << 20;

/// Digits of a hash in the journal.
const SHORT: usize = 32;

/// Files that runs leave beside their pictures.
const FILES: [&str; 9] = [
    SUMMARY,
    "layers.csv",
    "profile.csv",
    "counts.csv",
    "surface.csv",
    "mobility.csv",
    "channel.csv",
    "final.png",
    SCENE_FILE,
];

/// Whether runs give this name: one of `FILES`, or `frames/0001.png` with four digits or five.
pub fn ours(name: &str) -> bool {
    let picture = || {
        let number = name
            .strip_prefix(FRAMES)?
            .strip_prefix('/')?
            .strip_suffix(".png")?;
        Some((4..=5).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()))
    };
    FILES.contains(&name) || picture() == Some(true)
}

/// What runs wrote, by name: how the hashes of their files begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(BTreeMap<String, BTreeSet<String>>);

impl Written {
    /// A file that a run wrote. Other names, and what is no hash, are left out.
    pub(super) fn add(&mut self, name: &str, hash: &str) {
        let digits = hash.bytes().all(|b| b.is_ascii_hexdigit());
        if ours(name) && digits && hash.len() >= SHORT {
            self.0
                .entry(name.to_owned())
                .or_default()
                .insert(hash[..SHORT].to_ascii_lowercase());
        }
    }

    /// A file of a run that kept no hash of it: its name has to do.
    pub(super) fn add_unhashed(&mut self, name: &str) {
        if ours(name) {
            // every hash begins with nothing
            self.0.entry(name.to_owned()).or_default().insert(String::new());
        }
    }

    /// The names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether the file of this name, at `path`, is as a run wrote it.
    pub(super) fn holds(&self, name: &str, path: &Path) -> bool {
        let Some(hashes) = self.0.get(name) else {
            return false;
        };
        path.is_file()
            && (hashes.contains("")
                || atomic::digest_of_file(path)
                    .is_ok_and(|found| hashes.iter().any(|h| found.starts_with(h.as_str()))))
    }

    fn lines(&self) -> String {
        let hashed = self.0.iter().flat_map(|(name, hashes)| {
            hashes
                .iter()
                .filter(|h| !h.is_empty())
                .map(move |hash| format!("{hash}  {name}\n"))
        });
        hashed.collect()
    }

    /// Reads what a run that was killed had written down. Whether there was anything.
    ///
    /// # Errors
    /// [`Error::Input`] where it is larger than any that a run writes.
    pub(super) fn read(&mut self, file: &mut File, path: &Path) -> Result<bool, Error> {
        let mut bytes = Vec::new();
        file.take(MOST as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(Error::disk(path))?;
        if bytes.len() > MOST {
            return Err(Error::Input(format!(
                "{}: this file is too large to be a lock that buffycoat left. Move it, or choose another --out",
                path.display()
            )));
        }
        for line in String::from_utf8_lossy(&bytes).lines() {
            if let Some((hash, name)) = line.split_once("  ") {
                self.add(name, hash);
            }
        }
        Ok(!bytes.is_empty())
    }

    /// Writes down that `self` and `older` may be there; nothing where both are empty. What an earlier run has written down stays before it:
    /// if the disk takes no more, that is all that is left.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub(super) fn write(&self, older: &Self, file: &mut File, path: &Path) -> Result<(), Error> {
        let (mut text, more) = (self.lines(), older.lines());
        if text.len() + more.len() <= MOST {
            text.push_str(&more);
        }
        let mut before = file.metadata().map_err(Error::disk(path))?.len();
        if text.is_empty() || before as usize + text.len() > MOST {
            before = 0;
        }
        let mut write = || {
            file.set_len(before)?;
            file.seek(io::SeekFrom::Start(before))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|e| {
            // half a journal would be taken for that of a run that was killed
            let _ = file.set_len(before);
            Error::disk(path)(e)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_runs_give() {
        for name in [
            "summary.json",
            "layers.csv",
            "frames/0000.png",
            "frames/10001.png",
        ] {
            assert!(ours(name), "{name}");
        }
        for name in [
            "",
            ".",
            &["..", "x"].join("/"),
            "/etc/passwd",
            "frames",
            "frames/../../x.png",
            "frames/001.png",
            "frames/000001.png",
            "frames//0001.png",
            "notes.txt",
            "final.png/",
        ] {
            assert!(!ours(name), "{name}");
        }
    }

    /// Two runs with as many pictures as a scene may ask for, and one more of each.
    #[test]
    fn the_largest_journal_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let open = || super::super::lock::open(&path).unwrap();
        let of = |seed: &str| {
            let mut all = Written::default();
            for name in (0..10_002).map(|i| format!("{FRAMES}/{i:04}.png")) {
                all.add(&name, &atomic::digest(format!("{seed}{name}").as_bytes()));
            }
            all
        };
        let (new, old) = (of("new"), of("old"));
        new.write(&old, &mut open(), &path).unwrap();
        let mut read = Written::default();
        assert!(read.read(&mut open(), &path).unwrap());
        assert_eq!(read.0.len(), 10_002);
        assert!(read.0.values().all(|hashes| hashes.len() == 2));
        std::fs::write(&path, vec![b'\n'; MOST + 1]).unwrap();
        let error = Written::default().read(&mut open(), &path).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
    }
}
