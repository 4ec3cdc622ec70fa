//! Movies: a GIF made here, an MP4 made by ffmpeg where it is installed.

use super::failure::Failure;
use buffycoat::Error;
use buffycoat::output::atomic::{self, AtomicFile};
use buffycoat::render::save_png;
use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, DynamicImage, Frame, RgbImage};
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

/// How carefully colours are chosen for each picture of a GIF, 1 to 30; this is the middle of what its makers advise.
const GIF_SPEED: i32 = 10;

/// How the pictures become a movie.
enum Way {
    /// One file, written as the pictures come.
    Gif(Option<(GifEncoder<Shared>, Shared)>),
    /// Raw pictures to a running ffmpeg, which writes `part`.
    Ffmpeg { child: Child, part: PathBuf },
    /// Single pictures in a folder, for an ffmpeg elsewhere.
    Pictures(PathBuf),
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

/// What makes an MP4 that every player shows; the picture gets even sides, which its colours need.
fn into_mp4(out: &Path) -> Vec<String> {
    let filter = "pad=ceil(iw/2)*2:ceil(ih/2)*2";
    let mut all: Vec<String> = [
        "-vf",
        filter,
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

impl Movie {
    /// Begins one; the ending of the name says which kind.
    ///
    /// # Errors
    /// [`Error::Input`] for another ending, [`Error::Disk`] where nothing can be written.
    pub fn create(path: &Path, [width, height]: [u32; 2], fps: u16) -> Result<Self, Failure> {
        let ending = path.extension().map(|e| e.to_ascii_lowercase());
        let way = match ending.as_ref().and_then(|e| e.to_str()) {
            Some("gif") => {
                let file = Shared(Rc::new(RefCell::new(AtomicFile::create(path)?)));
                let mut encoder = GifEncoder::new_with_speed(file.clone(), GIF_SPEED);
                encoder.set_repeat(Repeat::Infinite).map_err(encoding(path))?;
                Way::Gif(Some((encoder, file)))
            }
            Some("mp4") => mp4(path, width, height, fps)?,
            _ => {
                return Err(
                    Error::Input(format!("{}: a movie is written as .gif or .mp4", path.display())).into(),
                );
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
        self.count += 1;
        match &mut self.way {
            Way::Gif(None) => {}
            Way::Gif(Some((encoder, _))) => {
                let delay = Delay::from_numer_denom_ms(1000, u32::from(self.fps));
                let whole = DynamicImage::ImageRgb8(image.clone()).into_rgba8();
                encoder
                    .encode_frame(Frame::from_parts(whole, 0, 0, delay))
                    .map_err(encoding(path))?;
            }
            Way::Ffmpeg { child, .. } => {
                let into = child.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe);
                into.map_err(io::Error::from)
                    .and_then(|pipe| pipe.write_all(image.as_raw()))
                    .map_err(Error::disk(path))?;
            }
            Way::Pictures(folder) => save_png(image, folder.join(format!("{:05}.png", self.count)))?,
        }
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
            Way::Ffmpeg { mut child, part } => {
                drop(child.stdin.take());
                let status = child.wait().map_err(Error::disk(&path))?;
                if !status.success() {
                    let _ = std::fs::remove_file(&part);
                    let said = io::Error::other(format!("ffmpeg could not make it and ended with {status}"));
                    return Err(Error::disk(&path)(said).into());
                }
                std::fs::rename(&part, &path).map_err(Error::disk(&path))?;
                Ok(format!("movie  {}, {pictures}\n", path.display()))
            }
            Way::Pictures(folder) => {
                let mut words = vec![
                    "ffmpeg".to_owned(),
                    "-framerate".into(),
                    self.fps.to_string(),
                    "-i".into(),
                ];
                words.push(folder.join("%05d.png").display().to_string());
                words.extend(into_mp4(&path));
                Ok(format!(
                    "pictures  {}, {pictures}\nffmpeg, which makes an .mp4 of them, is not installed here; where it is:\n    {}\n",
                    folder.display(),
                    words.join(" ")
                ))
            }
        }
    }
}

impl Drop for Movie {
    fn drop(&mut self) {
        if let Way::Ffmpeg { child, part } = &mut self.way {
            // a movie that is not finished is none
            let _ = child.kill();
            let _ = child.wait();
            let _ = std::fs::remove_file(part);
        }
    }
}

fn mp4(path: &Path, width: u32, height: u32, fps: u16) -> Result<Way, Failure> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Error::disk(folder))?;
    }
    let part = path.with_extension("mp4.part");
    let child = Command::new("ffmpeg")
        .args(["-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"])
        .args([
            "-s",
            &format!("{width}x{height}"),
            "-r",
            &fps.to_string(),
            "-i",
            "-",
        ])
        .args(into_mp4(&part))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    match child {
        Ok(child) => Ok(Way::Ffmpeg { child, part }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Way::Pictures(path.with_extension("frames"))),
        Err(e) => Err(Error::disk(path)(e).into()),
    }
}
