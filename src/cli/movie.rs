//! Movies: a GIF made here, an MP4 made by ffmpeg where it is installed.

use super::failure::Failure;
use super::place::{ending, try_file};
use buffycoat::Error;
use buffycoat::output::atomic::{self, AtomicFile, Lent};
use buffycoat::render::save_png;
use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, DynamicImage, Frame, RgbImage};
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How carefully colours are chosen for each picture of a GIF, 1 to 30; this is the middle of what its makers advise.
const GIF_SPEED: i32 = 10;

/// How the pictures become a movie.
enum Way {
    /// One file, written as the pictures come.
    Gif(Option<(GifEncoder<Shared>, Shared)>),
    /// Raw pictures to the running ffmpeg, which writes a file of ours.
    Ffmpeg { into: Option<ChildStdin>, file: Lent },
    /// Single pictures in a folder, for an ffmpeg elsewhere.
    Pictures(PathBuf),
}

/// The ffmpeg that is running. Who ends the process takes it.
static FFMPEG: Mutex<Option<Child>> = Mutex::new(None);

fn ffmpeg() -> MutexGuard<'static, Option<Child>> {
    FFMPEG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends an ffmpeg that is running, before its file is removed: it could make the file again.
pub fn kill() {
    let child = ffmpeg().take();
    if let Some(mut child) = child {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Waits for ffmpeg to end by itself.
fn wait() -> io::Result<ExitStatus> {
    loop {
        let mut running = ffmpeg();
        match running.as_mut().map(Child::try_wait) {
            // it was taken by who ends the process
            None => {
                drop(running);
                loop {
                    std::thread::park();
                }
            }
            Some(Ok(None)) => {}
            Some(Ok(Some(status))) => {
                *running = None;
                return Ok(status);
            }
            Some(Err(e)) => return Err(e),
        }
        drop(running);
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A file that an encoder writes, which has no way of giving it back.
#[derive(Clone)]
struct Shared(Rc<RefCell<AtomicFile>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

/// A movie that is being made.
pub struct Movie {
    path: PathBuf,
    way: Way,
    fps: u16,
    count: usize,
}

fn encoding(path: &Path) -> impl Fn(image::ImageError) -> Error + '_ {
    move |e| match e {
        image::ImageError::IoError(e) => Error::disk(path)(e),
        other => Error::disk(path)(io::Error::other(other)),
    }
}

/// What makes an MP4 that every player shows.
fn into_mp4(out: &Path) -> Vec<String> {
    let mut all: Vec<String> = [
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
        "-movflags",
        "+faststart",
        "-f",
        "mp4",
    ]
    .map(String::from)
    .into();
    all.push(out.display().to_string());
    all
}

/// The colours of an MP4 are kept for squares of two by two pixels. A picture with an odd side would have to lose a row, or to be given
/// one that nobody took.
fn even([width, height]: [u32; 2]) -> Result<(), Error> {
    if width % 2 == 0 && height % 2 == 0 {
        return Ok(());
    }
    let (w, h) = (width - width % 2, height - height % 2);
    Err(Error::Input(format!(
        "--size {width}x{height}: an .mp4 needs even sides, such as {w}x{h}"
    )))
}

/// How long picture `index` of a GIF stays [hundredths of a second]: the format knows no finer ones, and what one picture leaves over the
/// next one gets, so that the whole is as long as it should be.
fn delay(index: usize, fps: u16) -> u32 {
    let until = |pictures: usize| (pictures as f64 * 100.0 / f64::from(fps)).round() as u32;
    until(index + 1) - until(index)
}

/// What an ffmpeg that did not do its work leaves to say.
fn failed(path: &Path, status: io::Result<ExitStatus>) -> Failure {
    let how = match status {
        Ok(status) => format!("ended with {status}"),
        Err(e) => format!("was lost: {e}"),
    };
    let said =
        format!("ffmpeg {how} and made no movie; see its message above, if any. A .gif needs no ffmpeg");
    Error::disk(path)(io::Error::other(said)).into()
}

impl Movie {
    /// Begins one; the ending of the name says which kind.
    ///
    /// # Errors
    /// [`Error::Input`] for another ending, and for an odd side of an .mp4; [`Error::Disk`] where nothing can be written.
    pub fn create(path: &Path, size: [u32; 2], fps: u16) -> Result<Self, Failure> {
        let way = match ending(path, &["gif", "mp4"], "a movie is")? {
            "gif" => {
                try_file(path)?;
                let file = Shared(Rc::new(RefCell::new(AtomicFile::create(path)?)));
                let mut encoder = GifEncoder::new_with_speed(file.clone(), GIF_SPEED);
                encoder.set_repeat(Repeat::Infinite).map_err(encoding(path))?;
                Way::Gif(Some((encoder, file)))
            }
            _ => {
                even(size)?;
                try_file(path)?;
                mp4(path, size, fps)?
            }
        };
        Ok(Self {
            path: path.to_owned(),
            way,
            fps,
            count: 0,
        })
    }

    /// Adds a picture.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn add(&mut self, image: &RgbImage) -> Result<(), Failure> {
        let path = &self.path;
        let index = self.count;
        match &mut self.way {
            Way::Gif(None) => {}
            Way::Gif(Some((encoder, _))) => {
                let delay = Delay::from_numer_denom_ms(10 * delay(index, self.fps), 1);
                let whole = DynamicImage::ImageRgb8(image.clone()).into_rgba8();
                encoder
                    .encode_frame(Frame::from_parts(whole, 0, 0, delay))
                    .map_err(encoding(path))?;
            }
            Way::Ffmpeg { into, .. } => {
                let sent = into
                    .as_mut()
                    .ok_or(io::ErrorKind::BrokenPipe)
                    .map_err(io::Error::from)
                    .and_then(|pipe| pipe.write_all(image.as_raw()));
                if sent.is_err() {
                    // it reads no more because it ended; how it ended says more than the broken pipe
                    drop(into.take());
                    return Err(failed(path, wait()));
                }
            }
            Way::Pictures(folder) => save_png(image, folder.join(format!("{:05}.png", index + 1)))?,
        }
        self.count += 1;
        Ok(())
    }

    /// Ends it: the file gets its name. Returns what to tell the person.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written, or ffmpeg could not make it.
    pub fn finish(mut self) -> Result<String, Failure> {
        let path = self.path.clone();
        let pictures = buffycoat::units::counted(self.count, "picture");
        match std::mem::replace(&mut self.way, Way::Gif(None)) {
            Way::Gif(None) => Ok(String::new()),
            Way::Gif(Some((encoder, file))) => {
                // writes the end of the file
                drop(encoder);
                let file = Rc::into_inner(file.0)
                    .ok_or_else(|| Error::Internal("a movie is still being written".into()))?;
                atomic::publish([file.into_inner().ready()?])?;
                Ok(format!("movie  {}, {pictures}\n", path.display()))
            }
            Way::Ffmpeg { into, file } => {
                drop(into);
                let status = wait();
                if !status.as_ref().is_ok_and(ExitStatus::success) {
                    return Err(failed(&path, status));
                }
                file.finish()?;
                Ok(format!("movie  {}, {pictures}\n", path.display()))
            }
            Way::Pictures(folder) => {
                // a percent sign of the folder's own name is none of the number's
                let numbered = folder.display().to_string().replace('%', "%%");
                let mut words = vec![
                    "ffmpeg".to_owned(),
                    "-framerate".into(),
                    self.fps.to_string(),
                    "-i".into(),
                ];
                words.push(Path::new(&numbered).join("%05d.png").display().to_string());
                words.extend(into_mp4(&path));
                // a path that has a zero byte is none
                let command = shlex::try_join(words.iter().map(String::as_str))
                    .map_err(|e| Error::Internal(format!("the command for ffmpeg cannot be written: {e}")))?;
                Ok(format!(
                    "pictures  {}, {pictures}\nffmpeg, which makes an .mp4 of them, is not installed here; where it is:\n    {command}\n",
                    folder.display(),
                ))
            }
        }
    }

    /// What is there of a movie that was not finished, in words; none where that is nothing.
    pub fn left(&self) -> Option<String> {
        match &self.way {
            Way::Pictures(folder) if self.count > 0 => Some(format!(
                "no movie was made; {} of it {} in {}",
                buffycoat::units::counted(self.count, "picture"),
                if self.count == 1 { "is" } else { "are" },
                folder.display()
            )),
            _ => None,
        }
    }
}

impl Drop for Movie {
    fn drop(&mut self) {
        if let Way::Ffmpeg { .. } = &self.way {
            // a movie that is not finished is none
            kill();
        }
    }
}

fn mp4(path: &Path, [width, height]: [u32; 2], fps: u16) -> Result<Way, Failure> {
    let file = Lent::create(path)?;
    let mut command = Command::new("ffmpeg");
    // a Ctrl-C is for us: we end it, or let it end
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    // held until it is known, so that no signal comes between
    let mut running = ffmpeg();
    let child = command
        .args(["-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"])
        .args([
            "-s",
            &format!("{width}x{height}"),
            "-r",
            &fps.to_string(),
            "-i",
            "-",
        ])
        .args(into_mp4(file.part()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    match child {
        Ok(mut child) => {
            let into = child.stdin.take();
            *running = Some(child);
            Ok(Way::Ffmpeg { into, file })
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            // ffmpeg would take what is there for the rest of the movie
            let folder = (1..)
                .map(|i| match i {
                    1 => path.with_extension("frames"),
                    i => path.with_extension(format!("frames_{i}")),
                })
                .find(|f| std::fs::read_dir(f).map_or(!f.exists(), |mut e| e.next().is_none()));
            Ok(Way::Pictures(
                folder.unwrap_or_else(|| path.with_extension("frames")),
            ))
        }
        Err(e) => Err(Error::disk(path)(e).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: at 40 a second pictures last 2.5 hundredths, by turns 3 and 2; a third of them, 3, 4, 3 as 10/3 goes on.
    #[test]
    fn what_a_picture_leaves_over_the_next_one_gets() {
        assert_eq!([0, 1, 2, 3].map(|k| delay(k, 40)), [3, 2, 3, 2]);
        assert_eq!([0, 1, 2].map(|k| delay(k, 30)), [3, 4, 3]);
        for fps in 1..=50_u16 {
            let whole: u32 = (0..usize::from(fps) * 7).map(|k| delay(k, fps)).sum();
            assert_eq!(whole, 700, "{fps}");
        }
    }
}
