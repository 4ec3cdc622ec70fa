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
mod page;
mod palette;
mod separator;
mod summary;
mod svg;
mod text;
mod timeline;
mod vessel;

use crate::Error;
use crate::output::SCENE_FILE;
use files::{Source, bytes};
use separator::Tables;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};
use summary::Summary;

/// The page and its plots.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The text of the page.
    pub html: String,
    /// Names (words) and texts of the plots, which stand alone as well.
    pub plots: Vec<(&'static str, String)>,
    /// What the person should know of the folder: parts that are left out, and why.
    pub notes: Vec<String>,
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
    /// Makes the report of the run whose files are in `folder`. `hash` is the one that `summary.json` has of its scene.
    ///
    /// # Errors
    /// [`Error::Disk`] where a file is missing or cannot be read; [`Error::Input`], with file and line, where one is cut off,
    /// has another layout, is of another run or none of ours.
    pub fn of(folder: &Path, hash: &dyn Fn(&[u8]) -> String) -> Result<Self, Error> {
        let source = Source::read(summary_in(folder)?)?;
        let summary = Summary::read(&source)?;
        let about = match &summary {
            Summary::Vessel(s) => &s.scene,
            Summary::Separator(s) => &s.scene,
        };
        let run = Run {
            png: picture(folder.join("final.png"))?,
            scene: scene(folder, about.hash.as_deref(), hash)?,
            mark: hash(source.text.as_bytes()).chars().take(12).collect(),
        };
        let notes = run.scene.as_ref().err().cloned().into_iter().collect();
        let read = |name: &str| Source::read(folder.join(name));
        let (figures, html) = match &summary {
            Summary::Vessel(s) => {
                let timeline = timeline::read(&read("profile.csv")?, s)?;
                let figures = vessel::figures(s, &timeline);
                let html = contents::vessel(s, &figures, &run);
                (figures, html)
            }
            Summary::Separator(s) => {
                let [counts, surface, mobility] =
                    [read("counts.csv")?, read("surface.csv")?, read("mobility.csv")?];
                let tables = Tables {
                    counts: &counts,
                    surface: &surface,
                    mobility: &mobility,
                };
                let figures = separator::figures(s, tables)?;
                let html = contents::separator(s, &figures, &run);
                (figures, html)
            }
        };
        Ok(Self {
            html,
            plots: figures.iter().map(|f| (f.name, f.svg())).collect(),
            notes,
        })
    }
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
        .map_err(|e| wrong(format!("this is no picture in PNG, or it is cut off: {e}")))?;
    Ok(png)
}

/// The scene that was run, or why it cannot be shown.
fn scene(
    folder: &Path,
    expected: Option<&str>,
    hash: &dyn Fn(&[u8]) -> String,
) -> Result<Result<String, String>, Error> {
    let path = folder.join(SCENE_FILE);
    if !path.exists() {
        return Ok(Err(format!(
            "the folder holds no {SCENE_FILE}; the scene is not shown"
        )));
    }
    let source = Source::read(&path)?;
    if expected.is_some_and(|h| h != hash(source.text.as_bytes())) {
        return Ok(Err(format!(
            "{SCENE_FILE} is not the scene that was run (summary.json has the hash of another); it is not shown"
        )));
    }
    Ok(Ok(source.text))
}

#[cfg(test)]
mod tests;
