//! One page about a finished run, from the files that it left: tables, plots, the scene, and how far to trust it.
//!
//! The page needs no network and runs no scripts; what stands in it comes from the files and from the record of
//! validation, and everything from files is escaped. Every number of its tables has its exact value in a `data` element.
//!
//! Plots are drawn by `svg`, `axis` and `chart`, about as much as is needed and no more: plotting crates draw no dashes that
//! scale, no hatches and no descriptions for those who cannot see.

mod axis;
mod cases;
mod chart;
mod contents;
mod files;
mod held;
mod layers;
mod page;
mod palette;
mod places;
mod svg;
mod text;
mod timeline;

use crate::Error;
use crate::output::folder::{self as results, Record};
use crate::output::summary::Summary;
use crate::output::{SCENE_FILE, atomic};
use crate::units::counted;
use files::{Source, bytes};
use places::Tables;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

/// The page and its plots.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The text of the page.
    pub html: String,
    /// Names (words) and texts of the plots, which stand alone as well.
    pub plots: Vec<(&'static str, String)>,
    /// What the person should know of the folder: parts that are left out, and why.
    pub notes: Vec<String>,
    /// The files that it was made from.
    pub sources: Vec<PathBuf>,
    /// What tells the summary from others.
    mark: String,
}

/// The files of a run, as far as a page needs them besides the tables.
struct Run {
    png: Vec<u8>,
    /// The scene, or why it is not shown.
    scene: Result<String, String>,
    /// What tells the summary from others.
    mark: String,
}

impl Report {
    /// Makes the report of the run whose files are in `folder`.
    ///
    /// # Errors
    /// [`Error::Disk`] where a file is missing or cannot be read; [`Error::Input`], with file and line, where one is cut off,
    /// has another layout, is of another run or none of ours.
    pub fn of(folder: &Path) -> Result<Self, Error> {
        let source = Source::read(summary_in(folder)?)?;
        let summary = Summary::read(&source.text).map_err(|e| source.fault(e.line, &e.what))?;
        let (about, record) = (&summary.scene, &summary.record);
        let mark = results::mark(source.text.as_bytes());
        let mut notes = Vec::new();
        if record.is_none() {
            notes.push(
                "summary.json has no hashes of the files beside it, as those of an earlier version: that they are of one run is not known"
                    .to_owned(),
            );
        } else if results::seal_of(&source.text) == results::Seal::Absent {
            notes.push(
                "summary.json has no hash of its own contents, as those of an earlier version: whether it was changed is not known".to_owned(),
            );
        }
        let of_the_run = |name: &str, bytes: &[u8]| match record {
            Some(r) if r.files.get(name).map(String::as_str) != Some(&atomic::digest(bytes)) => {
                Err(Error::Input(format!(
                    "{}: this is not the file that the run of {} has left: it is of another run, or was changed; run the scene again",
                    folder.join(name).display(),
                    source.path.display()
                )))
            }
            _ => Ok(()),
        };
        if summary.channel.is_some() {
            return Err(Error::Input(format!(
                "{}: a report of a channel is not in this version. What its ports drew is in this file, over time in channel.csv, and \
                 in final.png",
                source.path.display()
            )));
        }
        let png = picture(folder.join("final.png"))?;
        let run = Run {
            scene: scene(folder, about.hash.as_deref())?,
            png,
            mark: mark.clone(),
        };
        notes.extend(run.scene.as_ref().err().cloned());
        let read = |name: &str| Source::read(folder.join(name));
        let mut sources = vec![source.clone()];
        let mut figures = Vec::new();
        if let Some(found) = &summary.places {
            let [counts, surface, mobility] = ["counts.csv", "surface.csv", "mobility.csv"].map(read);
            let [counts, surface, mobility] = [counts?, surface?, mobility?];
            let tables = Tables {
                counts: &counts,
                surface: &surface,
                mobility: &mobility,
            };
            figures.extend(places::figures(&summary, found, tables)?);
            sources.extend([counts, surface, mobility]);
        }
        if let Some(found) = &summary.layers {
            let profile = read("profile.csv")?;
            let timeline = timeline::read(&profile, &summary, found)?;
            figures.extend(layers::figures(&summary, found, &timeline));
            sources.push(profile);
        }
        let html = contents::page(&summary, &figures, &run);
        // a file that is cut off has been told of by its line
        for s in &sources[1..] {
            let name = s.path.file_name().map(|n| n.to_string_lossy().into_owned());
            of_the_run(&name.unwrap_or_default(), s.text.as_bytes())?;
        }
        of_the_run("final.png", &run.png)?;
        let mut sources: Vec<PathBuf> = sources.into_iter().map(|s| s.path).collect();
        sources.extend(["final.png", SCENE_FILE].map(|name| folder.join(name)));
        notes.extend(record.iter().flat_map(|r| others(folder, r, &sources)));
        let svg = |f: &chart::Figure| format!("{}<!-- {} -->\n", f.svg(), results::about(&mark));
        Ok(Self {
            html,
            plots: figures.iter().map(|f| (f.name, svg(f))).collect(),
            notes,
            sources,
            mark,
        })
    }

    /// Makes sure that the run in `folder` is still the one that the report is of.
    ///
    /// # Errors
    /// [`Error::Input`] if it is another, [`Error::Disk`] if it is gone.
    pub fn unchanged(&self, folder: &Path) -> Result<(), Error> {
        let source = Source::read(summary_in(folder)?)?;
        if results::mark(source.text.as_bytes()) == self.mark {
            return Ok(());
        }
        Err(Error::Input(format!(
            "{}: another run has come in between; ask for the report again",
            folder.display()
        )))
    }
}

/// What is to be said of the files of a run that the page needs not: those that are missing, and tables that were changed.
fn others(folder: &Path, record: &Record, read: &[PathBuf]) -> Vec<String> {
    let (mut said, mut pictures) = (Vec::new(), 0);
    for (name, hash) in &record.files {
        let path = folder.join(name);
        if read.contains(&path) || !results::ours(name) {
            continue;
        }
        let there = path.is_file();
        if name.contains('/') {
            pictures += usize::from(!there);
        } else if !there {
            said.push(format!(
                "{} is missing, which the run has left; the page does not need it",
                path.display()
            ));
        } else if atomic::digest_of_file(&path).ok().as_ref() != Some(hash) {
            said.push(format!(
                "{} is not the file that the run has left: it is of another run, or was changed; the page does not need it",
                path.display()
            ));
        }
    }
    if pictures > 0 {
        said.push(format!(
            "{} of the run {} missing in {}",
            counted(pictures, "picture"),
            if pictures == 1 { "is" } else { "are" },
            folder.join(results::FRAMES).display()
        ));
    }
    said
}

/// The summary in a folder, or what was expected there.
fn summary_in(folder: &Path) -> Result<PathBuf, Error> {
    let path = folder.join("summary.json");
    if path.is_file() {
        return Ok(path);
    }
    if !folder.exists() {
        return Err(Error::disk(folder)(missing("there is no such folder")));
    }
    if !folder.is_dir() {
        return Err(Error::disk(folder)(io::ErrorKind::NotADirectory.into()));
    }
    Err(Error::disk(path)(missing("there is no such file")))
}

/// What the system's "entity not found" means here.
fn missing(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, what)
}

/// The bytes of a picture that can be shown.
fn picture(path: PathBuf) -> Result<Vec<u8>, Error> {
    let png = bytes(&path)?;
    let wrong = |what: String| Error::Input(format!("{}: {what}", path.display()));
    image::ImageReader::with_format(Cursor::new(&png), image::ImageFormat::Png)
        .decode()
        .map_err(|e| wrong(format!("this is not a picture in PNG, or it is cut off: {e}")))?;
    Ok(png)
}

/// The scene that was run, or why it cannot be shown.
fn scene(folder: &Path, expected: Option<&str>) -> Result<Result<String, String>, Error> {
    let path = folder.join(SCENE_FILE);
    if !path.exists() {
        return Ok(Err(format!(
            "the folder holds no {SCENE_FILE}; the scene is not shown"
        )));
    }
    let source = Source::read(&path)?;
    if expected.is_some_and(|h| h != atomic::digest(source.text.as_bytes())) {
        return Ok(Err(format!(
            "{SCENE_FILE} is not the scene that was run (summary.json has the hash of another); it is not shown"
        )));
    }
    Ok(Ok(source.text))
}

#[cfg(test)]
mod tests;
