//! Pictures while `buffycoat run` goes on.

use buffycoat::Error;
use buffycoat::engine::{Backend, Readings};
use buffycoat::output::atomic::Ready;
use buffycoat::output::folder::{FRAMES, Folder};
use buffycoat::render::photo::{Look, Moment, Photo, Subject};
use buffycoat::render::{Caption, prepare_png};
use buffycoat::scenario::Frames;
use buffycoat::times::Time;
use std::path::PathBuf;

/// Takes the pictures that a scene asks for, together with its profiles or counts.
pub struct Film<'a> {
    photo: Photo<'a>,
    caption: Caption,
    folder: PathBuf,
    every: Time,
    duration: Time,
    taken: Vec<Ready>,
    /// When the last one was taken [us].
    last: f64,
}

impl<'a> Film<'a> {
    /// Prepares them, if the scene asks for them, for a folder that has room for their names.
    ///
    /// # Errors
    /// As [`Folder::spare`] and [`Photo::new`].
    pub fn new(
        frames: Option<&Frames>,
        subject: Subject<'a>,
        (caption, duration): (&Caption, Time),
        out: &Folder,
    ) -> Result<Option<Self>, Error> {
        let Some(frames) = frames else { return Ok(None) };
        // with one more, for an end that is between two
        let most = duration.parts(frames.every) as usize + 2;
        out.spare((0..most).map(|i| format!("{FRAMES}/{}", name(i))))?;
        let folder = out.path().join(FRAMES);
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
            taken: Vec::new(),
            last: f64::NEG_INFINITY,
        }))
    }

    /// Takes a picture if one is due.
    ///
    /// # Errors
    /// As [`Readings::picture`]; [`Error::Disk`] where it cannot be written.
    pub fn shoot(&mut self, moment: Moment, backend: &mut dyn Backend) -> Result<(), Error> {
        let due = (self.every * self.taken.len() as i64).min(self.duration);
        if moment.time < due.us() {
            return Ok(());
        }
        self.take(moment, backend)
    }

    /// Takes a picture of the end of a run that was over before its time, if there is none of it yet.
    ///
    /// # Errors
    /// As [`Film::shoot`].
    pub fn end(&mut self, moment: Moment, backend: &mut dyn Backend) -> Result<(), Error> {
        if self.last < moment.time {
            self.take(moment, backend)?;
        }
        Ok(())
    }

    fn take(&mut self, moment: Moment, backend: &mut dyn Backend) -> Result<(), Error> {
        self.photo.expose(moment, backend)?;
        let image = backend.picture(&self.photo.plate)?;
        let image = self.photo.develop(&image, moment, &self.caption)?;
        let path = self.folder.join(name(self.taken.len()));
        self.taken.push(prepare_png(&image, path)?.closed());
        self.last = moment.time;
        Ok(())
    }

    /// What was taken, without names yet, and a line for people.
    pub fn finish(self) -> (Vec<Ready>, String) {
        let pictures = buffycoat::units::counted(self.taken.len(), "picture");
        let line = format!("frames  {}, {pictures}\n", self.folder.display());
        (self.taken, line)
    }
}

fn name(index: usize) -> String {
    format!("{index:04}.png")
}
