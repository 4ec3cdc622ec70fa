//! `buffycoat render`: a picture of a scene at a moment, or a movie of it.

use super::count::whole;
use super::failure::Failure;
use super::movie::Movie;
use super::options::{DeviceOptions, SceneOptions};
use super::place::{ending, try_file};
use super::prepare::prepare;
use super::progress::Progress;
use super::results::caption;
use super::{interrupt, print, say};
use buffycoat::Error;
use buffycoat::engine::{self, Backend, Program};
use buffycoat::library::{self, LibraryError, Meant, near};
use buffycoat::model::look;
use buffycoat::output::atomic::AtomicFile;
use buffycoat::render::photo::{Colouring, Look, Moment, NO_VALUE, Shots, Subject, View};
use buffycoat::render::{Caption, save_png};
use buffycoat::times::Time;
use buffycoat::units::{Dimension, parse, show};
use clap::{Args, ValueEnum};
use image::RgbImage;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    scene: SceneOptions,
    #[command(flatten)]
    device: DeviceOptions,
    /// When, for example "5 min"; the end of the programme if left out
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true, conflicts_with = "movie")]
    at: Option<f64>,
    /// From where: side, top, along, cut, cut:ANGLE, unrolled, orbit:AZIMUTH,ELEVATION, perspective:AZIMUTH,ELEVATION; angles in degrees
    #[arg(long, value_name = "VIEW", default_value = "side", value_parser = view)]
    view: View,
    /// Coloured by what
    #[arg(long, value_enum, default_value_t)]
    colour: ColourName,
    /// Leaves a species out; may be given several times
    #[arg(long, value_name = "SPECIES")]
    hide: Vec<String>,
    /// Beside it the same vessel as the eye would see it
    #[arg(long)]
    beside: bool,
    /// Draws no magnets and no lines of equal |B|
    #[arg(long)]
    no_magnets: bool,
    /// Width and height in pixels, each 320 to 8192; of an .mp4 even
    #[arg(long, value_name = "WxH", default_value = "1280x800", value_parser = look::size, allow_hyphen_values = true)]
    size: [u32; 2],
    /// The file, .png [default: out/<scene>/picture.png]
    #[arg(long, short, value_name = "FILE", conflicts_with = "movie")]
    output: Option<PathBuf>,
    /// A movie from the start to the end instead: .gif, or .mp4 if ffmpeg is installed
    #[arg(long, value_name = "FILE")]
    movie: Option<PathBuf>,
    /// Simulated time from one picture of the movie to the next [default: a hundredth of the whole]
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    every: Option<f64>,
    /// Pictures of the movie a second, 1 to 50 [default: 12]
    #[arg(long, value_name = "N", value_parser = pictures_per_second, allow_negative_numbers = true)]
    fps: Option<u16>,
    /// Shows no progress
    #[arg(long, short)]
    quiet: bool,
}

/// The colourings as they are written on the command line.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ColourName {
    /// By species
    #[default]
    Species,
    /// As the eye would see it
    Eye,
    /// On their way or held; in a separator
    Fate,
    /// By density
    Density,
    /// By speed relative to the fluid around
    Slip,
    /// By the volume fraction of all cells around; in a vessel that is not dilute
    Haematocrit,
    /// By magnetic mobility; in a separator
    Load,
}

impl ColourName {
    fn colouring(self) -> Colouring {
        match self {
            Self::Species => Colouring::Species,
            Self::Eye => Colouring::Eye,
            Self::Fate => Colouring::Fate,
            Self::Density => Colouring::Density,
            Self::Slip => Colouring::Slip,
            Self::Haematocrit => Colouring::Haematocrit,
            Self::Load => Colouring::Load,
        }
    }
}

/// Those of `names` that the library knows by another word.
fn other_word(word: &str, names: &[&str]) -> Meant {
    let Err(LibraryError::Unknown { meant, .. }) = library::species_entry(word) else {
        return Meant::Nothing;
    };
    let here = |n: &&str| meant.names().iter().any(|m| m == n);
    match names
        .iter()
        .copied()
        .filter(here)
        .map(str::to_owned)
        .collect::<Vec<_>>()
    {
        none if none.is_empty() => Meant::Nothing,
        some => Meant::OneOf(some),
    }
}

fn pictures_per_second(text: &str) -> Result<u16, String> {
    whole(text, 1..=50).map(|n| n as u16)
}

fn time(text: &str) -> Result<f64, String> {
    let t = parse(text, Dimension::Time).map_err(|e| e.to_string())?;
    if t.is_finite() && t >= 0.0 {
        Ok(t)
    } else {
        Err("a time from the start cannot be negative".into())
    }
}

fn view(text: &str) -> Result<View, String> {
    text.parse()
}

/// Pictures a second, if nothing else is asked for.
const FPS: u16 = 12;

/// Where the pictures go.
enum Sink {
    Still(PathBuf, Option<RgbImage>),
    Movie(Movie),
}

impl Options {
    /// The option that says where the file goes.
    pub fn place(&self) -> &'static str {
        if self.movie.is_some() {
            "--movie"
        } else {
            "--output"
        }
    }

    fn look(&self, subject: Subject<'_>) -> Result<Look, Failure> {
        let names: Vec<&str> = subject
            .components()
            .iter()
            .map(|c| c.species.name.as_str())
            .collect();
        for hidden in &self.hide {
            if !names.contains(&hidden.as_str()) {
                let meant = match near(hidden, names.iter().copied()) {
                    Meant::Nothing => other_word(hidden, &names),
                    near => near,
                };
                let help = meant.advice("`").unwrap_or_else(|| names.join(", "));
                return Err(
                    Error::Input(format!("--hide {hidden}: no such species in the scene; {help}")).into(),
                );
            }
        }
        if !self.colour.colouring().suits(subject) {
            let name = self.colour.to_possible_value();
            return Err(Error::Input(format!(
                "--colour {}: this scene's cells have no such value; {NO_VALUE}",
                name.map_or_else(String::new, |n| n.get_name().to_owned())
            ))
            .into());
        }
        Ok(Look {
            view: self.view,
            colouring: self.colour.colouring(),
            size: self.size,
            magnets: !self.no_magnets,
            zoom: 1.0,
            pan: [0.0; 2],
            hidden: names.iter().map(|n| self.hide.iter().any(|h| h == n)).collect(),
        })
    }

    /// When pictures are taken: at which interval, and up to when.
    fn interval(&self, whole: Time) -> Result<(Time, Time), Failure> {
        if self.movie.is_some() {
            let every = self.every.map_or(whole.part(100), Time::from_us);
            if every <= Time::ZERO || whole.parts(every) > 10_000 {
                return Err(Error::Input(format!(
                    "a picture every {} would give more than 10 000 pictures, or none",
                    show(every.us(), Dimension::Time)
                ))
                .into());
            }
            return Ok((every, whole));
        }
        for (option, given) in [("--every", self.every.is_some()), ("--fps", self.fps.is_some())] {
            if given {
                return Err(
                    Error::Input(format!("{option} is for a movie; name one with --movie FILE")).into(),
                );
            }
        }
        let mut at = self.at.map_or(whole, Time::from_us);
        let words = |t: Time| show(t.us(), Dimension::Time);
        // what the end is printed as is the end
        if at > whole && words(at) == words(whole) {
            at = whole;
        }
        if at > whole {
            return Err(Error::Input(format!(
                "--at {}: the programme lasts {}",
                words(at),
                words(whole)
            ))
            .into());
        }
        Ok((if at > Time::ZERO { at } else { whole }, at))
    }

    fn sink(&self, name: &str) -> Result<Sink, Failure> {
        match &self.movie {
            Some(path) => {
                // the ending and the size first: they need no disk
                let movie = Movie::create(path, self.size, self.fps.unwrap_or(FPS))?;
                Ok(Sink::Movie(movie))
            }
            None => {
                let path = match &self.output {
                    Some(path) => path.clone(),
                    None => Path::new("out").join(name).join("picture.png"),
                };
                ending(&path, &["png"], "pictures are")?;
                if self.output.is_some() {
                    try_file(&path)?;
                } else {
                    // its folders are ours to make
                    drop(AtomicFile::create(&path)?);
                }
                Ok(Sink::Still(path, None))
            }
        }
    }
}

/// Takes pictures at the moments that the run stops at.
struct Camera<'a> {
    view: Shots<'a>,
    caption: Caption,
    sink: Sink,
    until: Time,
    /// Interval of the pictures of a movie; counts where a phase ending are between them.
    every: Time,
    /// The first thing that went wrong.
    failed: Option<Failure>,
}

impl Camera<'_> {
    fn shoot(&mut self, moment: Moment, backend: &mut dyn Backend) -> ControlFlow<()> {
        let still = matches!(self.sink, Sink::Still(..));
        let number = (moment.time / self.every.us()).round();
        let between = moment.time != (self.every * number as i64).us();
        let due = moment.time >= self.until.us();
        if !due && (still || between) {
            return ControlFlow::Continue(());
        }
        if let Err(e) = self.take(moment, backend) {
            self.failed = Some(e);
        }
        if self.failed.is_some() || due {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn take(&mut self, moment: Moment, backend: &mut dyn Backend) -> Result<(), Failure> {
        let image = self.view.take(moment, &self.caption, backend)?;
        match &mut self.sink {
            Sink::Still(_, kept) => *kept = Some(image),
            Sink::Movie(movie) => movie.add(&image)?,
        }
        Ok(())
    }

    /// Says which pictures stay of a movie that came to nothing.
    fn lament(&self) {
        if let Sink::Movie(movie) = &self.sink
            && let Some(left) = movie.left()
        {
            say(&left);
        }
    }

    fn finish(mut self) -> Result<(), Failure> {
        if let Some(e) = self.failed.take() {
            self.lament();
            return Err(e);
        }
        if interrupt::stopped() {
            let left = match &self.sink {
                Sink::Still(..) => "no picture was written".into(),
                Sink::Movie(movie) => movie.left().unwrap_or("no movie was written".into()),
            };
            say(&format!("stopped; {left}"));
            return Err(Failure::Stopped);
        }
        match self.sink {
            Sink::Still(path, Some(image)) => {
                save_png(&image, &path)?;
                print(&format!("picture  {}\n", path.display()))
            }
            Sink::Still(..) => {
                Err(Error::Internal("the run ended before the picture could be taken".into()).into())
            }
            Sink::Movie(movie) => print(&movie.finish()?),
        }
    }
}

pub fn render(options: &Options) -> Result<(), Failure> {
    let mut scene = options.scene.load()?;
    let mut decision = options.device.choice().decide()?;
    let (every, until) = options.interval(scene.setup.protocol.end())?;
    scene.setup.sampling.every = every;
    let mut progress = Progress::new(options.quiet);
    let table = prepare(&mut scene, &decision, &|what| progress.preparing(what))?;
    let setup = &scene.setup;
    let subject = Subject(setup);
    let view = Shots::new(subject, options.look(subject)?, options.beside)?;
    decision.check_memory(setup)?;
    let sink = options.sink(&scene.name)?;
    let wait = progress.preparing("drawing the parcels");
    let parcels = setup.draw().map_err(|e| scene.placed(e))?;
    let mut backend = decision.open(&Program::new(setup, &parcels, table.as_ref())?)?;
    drop(wait);
    progress.note(&scene.title);
    progress.note(&format!(
        "{} back-end: {}",
        backend.device().backend,
        decision.why
    ));
    let mut camera = Camera {
        caption: Caption {
            outlets: scene.outlets.clone(),
            ..caption(
                &scene.title,
                &scene.name,
                parcels.len(),
                setup.seed,
                &backend.device().name,
            )
        },
        view,
        sink,
        until,
        every,
        failed: None,
    };
    let moment = |time: f64| Moment {
        time,
        omega: setup.protocol.omega(time),
        ..Moment::default()
    };
    let steps = interrupt::steps();
    let result = engine::run_watched(setup, &parcels, backend.as_mut(), &mut |event, backend| {
        progress.show(event);
        let go = match event.counted() {
            Some(time) => camera.shoot(moment(time), backend),
            None => ControlFlow::Continue(()),
        };
        if interrupt::stopped() {
            ControlFlow::Break(())
        } else {
            go
        }
    });
    progress.finish();
    drop(steps);
    let run = result.inspect_err(|_| camera.lament())?;
    if let (Sink::Still(_, None), None, false) = (&camera.sink, &camera.failed, interrupt::stopped()) {
        // nothing was on its way any more: what there is at the end is what there is later
        say(&format!(
            "nothing moves after {}, so the picture is of that moment",
            show(run.time, Dimension::Time)
        ));
        camera.take(moment(run.time), backend.as_mut())?;
    }
    camera.finish()
}
