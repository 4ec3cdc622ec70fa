//! Pictures while `buffycoat run` goes on.

use buffycoat::Error;
use buffycoat::engine::Backend;
use buffycoat::render::photo::{Look, Moment, Photo, Subject};
use buffycoat::render::{Caption, save_png};
use buffycoat::scenario::Frames;
use std::path::{Path, PathBuf};

/// Takes the pictures that a scene asks for, together with its profiles or counts.
pub struct Film<'a> {
    photo: Photo<'a>,
    caption: Caption,
    folder: PathBuf,
    every: f64,
    duration: f64,
    count: usize,
    /// When the last one was taken [us].
    last: f64,
}

impl<'a> Film<'a> {
    /// Prepares them in `out`, if the scene asks for them; pictures of an older run are removed even if it does not, for they would
    /// stand beside results that they do not belong to.
    ///
    /// # Errors
    /// [`Error::Disk`] where an older picture cannot be removed; as [`Photo::new`].
    pub fn new(
        frames: Option<&Frames>,
        subject: Subject<'a>,
        (caption, duration): (&Caption, f64),
        out: &Path,
    ) -> Result<Option<Self>, Error> {
        let folder = out.join("frames");
        forget(&folder)?;
        let Some(frames) = frames else { return Ok(None) };
        let look = Look {
            view: frames.view,
            colouring: frames.colouring,
            size: frames.size,
            hidden: vec![false; subject.components().len()],
            magnets: true,
            zoom: 1.0,
            pan: [0.0; 2],
        };
        Ok(Some(Self {
            photo: Photo::new(subject, look)?,
            caption: caption.clone(),
            folder,
            every: frames.every,
            duration,
            count: 0,
            last: f64::NEG_INFINITY,
        }))
    }

    /// Takes a picture if one is due.
    ///
    /// # Errors
    /// As [`Backend::picture`]; [`Error::Disk`] where it cannot be written.
    pub fn shoot(&mut self, moment: Moment, backend: &mut dyn Backend) -> Result<(), Error> {
        // every so many profiles: which one is meant does not hang on a rounding
        let due = (self.count as f64 * self.every).min(self.duration);
        if moment.time < due - 1e-3 * self.every {
            return Ok(());
        }
        self.take(moment, backend)
    }

    /// Takes a picture of the end of a run that was over before its time, if there is none of it yet.
    ///
    /// # Errors
    /// As [`Film::shoot`].
    pub fn end(&mut self, moment: Moment, backend: &mut dyn Backend) -> Result<(), Error> {
        if moment.time > self.last * (1.0 + 1e-9) {
            self.take(moment, backend)?;
        }
        Ok(())
    }

    fn take(&mut self, moment: Moment, backend: &mut dyn Backend) -> Result<(), Error> {
        self.photo.expose(moment);
        let image = backend.picture(&self.photo.plate)?;
        let image = self.photo.develop(&image, moment, &self.caption)?;
        save_png(&image, self.folder.join(format!("{:04}.png", self.count)))?;
        self.count += 1;
        self.last = moment.time;
        Ok(())
    }

    /// What was taken, a line for people.
    pub fn list(&self) -> String {
        let pictures = buffycoat::units::counted(self.count, "picture");
        format!("frames  {}, {pictures}\n", self.folder.display())
    }
}

/// Removes the numbered pictures of an older run, and their folder if nothing else is in it; other files stay.
///
/// # Errors
/// [`Error::Disk`] where one cannot be removed.
pub fn forget(folder: &Path) -> Result<(), Error> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for path in entries.flatten().map(|e| e.path()) {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
        let numbered = stem.is_some_and(|s| s.len() >= 4 && s.bytes().all(|b| b.is_ascii_digit()));
        if numbered && path.extension().is_some_and(|e| e == "png") {
            std::fs::remove_file(&path).map_err(Error::disk(&path))?;
        }
    }
    // one that holds anything else stays
    let _ = std::fs::remove_dir(folder);
    Ok(())
}
