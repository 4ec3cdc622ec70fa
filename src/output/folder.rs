//! A folder of results: those of one run, or none.
//!
//! `summary.json` names every other file of its run with its BLAKE3 hash ([`Record::files`]). A new run takes the old summary away
//! first and publishes its own last, so that there is none beside the files of two runs, whenever the process ends. Who reads
//! the files compares the hashes. The summary itself has the hash of its own contents ([`seal`]).
//!
//! While a run goes on the folder is locked: by a lock of the system on [`LOCK`], which ends with the process. While files are given
//! their names that file is a `journal` of them; the next run knows by it what a killed one has left. A run replaces and removes
//! what a run has made and nobody has changed since, and nothing else.

mod journal;
mod lock;
mod seal;
#[cfg(test)]
mod tests;

use self::journal::Written;
pub use self::journal::ours;
use self::lock::lock;
pub use self::lock::{Hold, hold};
pub use self::seal::{Seal, seal, seal_of};
use super::atomic::{self, MARKS, Ready, temporary};
use crate::Error;
use crate::reading::{self, RESULT};
use crate::units::counted;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Name of the file that is locked.
pub const LOCK: &str = ".buffycoat.lock";

/// Name of the summary.
pub const SUMMARY: &str = "summary.json";

/// Folder of the pictures that a run takes of itself.
pub const FRAMES: &str = "frames";

/// What makes a run another: all that has to be the same for the same bits, besides what stands in the summary anyway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Hash of all that is here, of version, scene, device and moment: no two runs have the same.
    pub id: String,
    /// Options of the command line that changed the scene, in their order; the copy of the scene has them in it, but for those that
    /// `left_out` names.
    pub options: Vec<String>,
    /// Those that are not in the copy of the scene, and are to be given with it again.
    pub left_out: Vec<String>,
    /// Files that the scene names, with their BLAKE3 hashes.
    pub inputs: BTreeMap<String, String>,
    /// Files of the run beside the summary, with their BLAKE3 hashes.
    pub files: BTreeMap<String, String>,
}

/// What a summary says of its files.
#[derive(Debug, Default, Deserialize)]
struct Old {
    program: Option<String>,
    schema: Option<u64>,
    record: Option<Record>,
}

/// Files of runs of versions that kept no hashes, by the schema of their summary.
const EARLIER: [(u64, &[&str]); 2] = [
    (1, &["profile.csv", "final.png", super::SCENE_FILE]),
    (
        2,
        &[
            "counts.csv",
            "surface.csv",
            "mobility.csv",
            "final.png",
            super::SCENE_FILE,
        ],
    ),
];

/// A folder that belongs to this process until it is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    lock: Option<(File, PathBuf)>,
    /// Files of the run that is there.
    old: Written,
    /// How pages about that run begin their hash of its summary.
    mark: Option<String>,
    /// What a person should know.
    pub notes: Vec<String>,
}

impl Folder {
    /// Takes a folder, which is made if there is none, for a run that will write `files` in it.
    ///
    /// # Errors
    /// [`Error::Disk`] where it is no folder, cannot be written to, or another process has it; [`Error::Input`] where a file has one
    /// of the names that no run has made.
    pub fn take(path: &Path, files: &[&str]) -> Result<Self, Error> {
        if path.exists() && !path.is_dir() {
            return Err(Error::disk(path)(io::ErrorKind::NotADirectory.into()));
        }
        if let Some(taken) = files.iter().map(|f| path.join(f)).find(|f| f.is_dir()) {
            return Err(Error::disk(taken)(io::ErrorKind::IsADirectory.into()));
        }
        let lock = lock(path)?;
        let mut out = Self {
            path: path.to_owned(),
            lock,
            old: Written::default(),
            mark: None,
            notes: Vec::new(),
        };
        out.sweep();
        out.look()?;
        out.spare(files.iter().map(|f| (*f).to_owned()))?;
        Ok(out)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes temporary files of processes that were killed.
    fn sweep(&mut self) {
        let mut gone = 0;
        for folder in [self.path.clone(), self.path.join(FRAMES)] {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let ours = name.starts_with(MARKS.0) && name.ends_with(MARKS.1);
                let plain = entry.file_type().is_ok_and(|t| t.is_file());
                // one that is being written is locked
                let free = || File::open(entry.path()).is_ok_and(|f| f.try_lock().is_ok());
                if ours && plain && free() && std::fs::remove_file(entry.path()).is_ok() {
                    gone += 1;
                }
            }
        }
        if gone > 0 {
            self.notes.push(format!(
                "{}: {} of a run that was killed {} removed",
                self.path.display(),
                counted(gone, "unfinished file"),
                if gone == 1 { "was" } else { "were" }
            ));
        }
    }

    /// Finds out whose files are there.
    fn look(&mut self) -> Result<(), Error> {
        // what a run that was killed was about to name
        if let Some((file, path)) = &mut self.lock
            && self.old.read(file, path)?
        {
            self.notes.push(format!(
                "{}: an earlier run was killed while it named its files; its unchanged files are replaced",
                self.path.display()
            ));
        }
        let summary = self.path.join(SUMMARY);
        if !summary.exists() {
            return Ok(());
        }
        let bytes = reading::bytes(&summary, RESULT)?;
        let old: Old = serde_json::from_slice(&bytes).unwrap_or_default();
        if old.program.as_deref() != Some(env!("CARGO_PKG_NAME")) {
            return Ok(());
        }
        // one that was changed since is no run's any more, and stays
        if seal_of(&String::from_utf8_lossy(&bytes)) != Seal::Broken {
            self.old.add_unhashed(SUMMARY);
        }
        self.mark = Some(mark(&bytes));
        match old.record {
            Some(record) => {
                for (name, hash) in &record.files {
                    self.old.add(name, hash);
                }
            }
            None => {
                let earlier = EARLIER.iter().filter(|e| Some(e.0) == old.schema);
                for name in earlier.flat_map(|e| e.1) {
                    self.old.add_unhashed(name);
                }
                self.notes.push(format!(
                    "{}: these results are of an earlier version, which kept no hashes; they are replaced, changed or not",
                    self.path.display()
                ));
            }
        }
        Ok(())
    }

    /// Refuses names that are taken by files which no run has made, or which were changed since.
    ///
    /// # Errors
    /// [`Error::Input`] with the first of them.
    pub fn spare(&self, names: impl IntoIterator<Item = String>) -> Result<(), Error> {
        for name in names {
            let path = self.path.join(&name);
            if path.symlink_metadata().is_ok() && !self.old.holds(&name, &path) {
                return Err(Error::Input(format!(
                    "{}: this file was changed since buffycoat wrote it, or was not written by buffycoat, and would be overwritten. \
                     Move it, or choose another --out",
                    path.display()
                )));
            }
        }
        Ok(())
    }

    /// The hashes of files of this folder by their names in it.
    pub fn record(&self, files: &[Ready]) -> BTreeMap<String, String> {
        files
            .iter()
            .map(|f| (self.name(f.path()), f.digest().to_owned()))
            .collect()
    }

    fn name(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.path).unwrap_or(path);
        let parts: Vec<_> = inside.iter().map(|p| p.to_string_lossy()).collect();
        parts.join("/")
    }

    /// Puts a run's files in the place of those of the run that was there before; the summary comes last. Pages about the older run
    /// go, too. What somebody has changed or put there since the run began is kept: by another name where it is in the way. Says what was
    /// kept and which pages went.
    ///
    /// # Errors
    /// [`Error::Disk`] where a file cannot be removed or named.
    pub fn publish(mut self, files: Vec<Ready>, summary: Ready) -> Result<Vec<String>, Error> {
        let mut new = Written::default();
        for file in files.iter().chain([&summary]) {
            new.add(&self.name(file.path()), file.digest());
        }
        let named: BTreeSet<&str> = new.names().collect();
        let (gone, mut said) = self.outdated(&named);
        // known before anything is touched
        if let Some(taken) = files.iter().map(Ready::path).find(|f| f.is_dir()) {
            return Err(Error::disk(taken)(io::ErrorKind::IsADirectory.into()));
        }
        for path in files.iter().chain([&summary]).map(Ready::path) {
            if let Some(kept) = self.put_aside(path)? {
                said.push(format!(
                    "{} was changed while the run went on; what was in it is now {}",
                    path.display(),
                    kept.display()
                ));
            }
        }
        self.journal(&new)?;
        atomic::replace(&gone, files.into_iter().chain([summary]))?;
        // one that holds anything stays
        let _ = std::fs::remove_dir(self.path.join(FRAMES));
        self.old = Written::default();
        self.journal(&Written::default())?;
        Ok(said)
    }

    /// What goes before a run's files get their names, in this order, and what a person should know of it. `named` are the names that the
    /// run gives.
    ///
    /// Pages go first, because only the summary that they are about tells whose they are. A run that is killed after the summary went
    /// would leave them for ever.
    fn outdated(&self, named: &BTreeSet<&str>) -> (Vec<PathBuf>, Vec<String>) {
        let (mut gone, mut said) = (Vec::new(), Vec::new());
        for page in self.pages() {
            said.push(format!(
                "{} was about the older run and was removed; `buffycoat report {}` writes a new page",
                page.display(),
                self.path.display()
            ));
            gone.push(page);
        }
        gone.push(self.path.join(SUMMARY));
        for name in self.old.names().filter(|name| !named.contains(name)) {
            let path = self.path.join(name);
            if self.old.holds(name, &path) {
                gone.push(path);
            } else if path.is_file() {
                said.push(format!(
                    "{} is from an older run, but was changed since, so it was kept",
                    path.display()
                ));
            }
        }
        (gone, said)
    }

    /// Gives a file that is no run's another name, if there is one at `path`.
    fn put_aside(&self, path: &Path) -> Result<Option<PathBuf>, Error> {
        let name = self.name(path);
        let same = match &self.mark {
            // any summary counts as a run's by its name; this one has been read
            Some(mark) if name == SUMMARY => {
                reading::bytes(path, RESULT).is_ok_and(|b| self::mark(&b) == *mark)
            }
            _ => self.old.holds(&name, path),
        };
        if same || path.symlink_metadata().is_err() {
            return Ok(None);
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let free = (1..).map(|i| match i {
            1 => path.with_file_name(format!("{stem}.kept.{ending}")),
            i => path.with_file_name(format!("{stem}.kept_{i}.{ending}")),
        });
        let Some(to) = free.into_iter().find(|p| p.symlink_metadata().is_err()) else {
            return Ok(None);
        };
        std::fs::rename(path, &to).map_err(Error::disk(path))?;
        Ok(Some(to))
    }

    /// Pages and plots of `report` about the run that was there.
    fn pages(&self) -> Vec<PathBuf> {
        let Some(mark) = &self.mark else {
            return Vec::new();
        };
        let names = std::fs::read_dir(&self.path).into_iter().flatten().flatten();
        names
            .map(|e| e.path())
            .filter(|p| {
                let name = p
                    .file_name()
                    .map(|n| n.to_string_lossy().into_owned())
                    .unwrap_or_default();
                let page = name.ends_with(".html") || name.starts_with("plot_") && name.ends_with(".svg");
                page && reading::text(p, RESULT).is_ok_and(|text| text.contains(&about(mark)))
            })
            .collect()
    }

    /// Writes down which files are about to be named, and which are there.
    fn journal(&mut self, new: &Written) -> Result<(), Error> {
        match &mut self.lock {
            Some((file, path)) => new.write(&self.old, file, path),
            None => Ok(()),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let mut list = temporary();
        if let Some((file, path)) = self.lock.take() {
            // a run that did not come to its end leaves what the one before it has said
            let empty = file.metadata().is_ok_and(|m| m.len() == 0);
            list.files.remove(&path);
            if empty {
                let _ = std::fs::remove_file(&path);
            }
        }
        list.tidy(&self.path);
    }
}

/// How a page about a run, or a plot of one, names the summary that it was made from.
pub fn about(mark: &str) -> String {
    format!("the BLAKE3 hash of its summary.json begins with {mark}")
}

/// What tells a summary from others, short enough for people.
pub fn mark(summary: &[u8]) -> String {
    atomic::digest(summary).chars().take(12).collect()
}
