//! `buffycoat run`: a scene from its text to files and a table.

use super::failure::{Failure, colour};
use super::frames::Film;
use super::options::{DeviceOptions, SceneOptions};
use super::progress::Progress;
use super::text::clock;
use super::{interrupt, print, say, separate};
use buffycoat::Error;
use buffycoat::constants::{MILLIMETRE, SECOND};
use buffycoat::engine::{self, Event, Job, Outcome, Profile, Setup, Suspension};
use buffycoat::observe::{Contents, Layers, classes};
use buffycoat::output::csv::ProfileCsv;
use buffycoat::output::summary::{self, Summary};
use buffycoat::output::{RunReport, SCENE_FILE, TimeStep, atomic, table};
use buffycoat::render::photo::{Moment, Subject};
use buffycoat::render::{self, Caption};
use buffycoat::scenario::{AnyScene, Problem, Scene};
use buffycoat::units::counted;
use clap::Args;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    #[command(flatten)]
    scene: SceneOptions,
    #[command(flatten)]
    pub device: DeviceOptions,
    /// Folder for the results; older results in it are replaced [default: out/<scene>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Shows no progress; warnings, errors and the table stay
    #[arg(long, short)]
    pub quiet: bool,
}

/// Files of a vessel's run, and what they are.
const FILES: [(&str, &str); 4] = [
    ("summary", "summary.json"),
    ("profile", "profile.csv"),
    ("picture", "final.png"),
    ("scene", SCENE_FILE),
];

pub fn run(options: &Options) -> Result<(), Failure> {
    let scene = options.scene.load()?;
    let warnings = scene.render_warnings(colour());
    if !warnings.is_empty() {
        say(&warnings);
    }
    match scene {
        AnyScene::Vessel(scene) => vessel(&scene, options),
        AnyScene::Separator(scene) => separate::separate(*scene, options),
    }
}

/// A vessel in a rotor.
fn vessel(scene: &Scene, options: &Options) -> Result<(), Failure> {
    let mut decision = options.device.choice().decide()?;
    let (setup, count) = (&scene.setup, scene.setup.parcels());
    decision.check_memory(setup)?;
    let out = options.out.clone();
    let out = out.unwrap_or_else(|| Path::new("out").join(&scene.name));
    let paths = Paths::in_folder(&out, &FILES)?;
    // before there is a file that could stay behind
    interrupt::catch();
    // before anything is computed: a folder that cannot be written to is better known now
    let mut csv = ProfileCsv::create(paths.of("profile"), setup)?;
    let mut progress = Progress::new(options.quiet);
    progress.note(&scene.title);
    let parcels = setup.draw().map_err(Error::from)?;
    let mut backend = decision.open(&Job::Vessel {
        setup,
        parcels: &parcels,
    })?;
    progress.note(&format!(
        "{} back-end: {}",
        backend.device().backend,
        decision.why
    ));

    let caption = caption(
        &scene.title,
        &scene.name,
        count,
        setup.seed,
        &backend.device().name,
    );
    let mut film = Film::new(
        scene.frames.as_ref(),
        Subject::Vessel(setup),
        (&caption, setup.protocol.duration()),
        &out,
    )?;
    let mut first: Option<Profile> = None;
    let mut disk: Result<(), Error> = Ok(());
    let mut warnings = Vec::new();
    let mut time_step = TimeStep::watch();
    let result = engine::run_watched(setup, &parcels, backend.as_mut(), &mut |event, backend| {
        progress.show(&event);
        time_step.event(&event);
        match event {
            Event::Sample(profile) => {
                disk = csv.sample(&profile);
                if let (Some(film), true) = (&mut film, disk.is_ok()) {
                    let moment = Moment {
                        time: profile.time,
                        omega: profile.omega,
                        rate: None,
                    };
                    disk = film.shoot(moment, backend);
                }
                first.get_or_insert(profile);
            }
            Event::Warning(text) => warnings.push(text),
            Event::Started { .. } | Event::Progress { .. } => {}
        }
        if disk.is_err() || interrupt::stopped() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    progress.finish();
    disk?;
    let outcome = result.inspect_err(|_| {
        // the table would have shown them
        for text in &warnings {
            say(&format!("warning: {text}"));
        }
    })?;

    let report = report(&outcome, count, time_step.seen());
    let mut layers = Layers::find(&outcome.profile, &classes(setup));
    if !scene.medium.starts_with("plasma") {
        layers = layers.in_other_fluid();
    }
    let names: Vec<&str> = setup.components.iter().map(|c| c.species.name.as_str()).collect();
    layers = layers.with_floating(&outcome.profile, &classes(setup), &names);
    let contents = Contents::of(&outcome.profile, &classes(setup), &layers);
    let table = |title: &str| table::text(title, &names, &layers, &contents, &report);
    let end = setup.protocol.duration();
    if interrupt::stopped() && outcome.time < end {
        let at = format!("{} of {}", clock(outcome.time / SECOND), clock(end / SECOND));
        print(&table(&format!("{}: stopped at {at}", scene.title)))?;
        say(&format!(
            "stopped at {at}; no files were written{}",
            but_frames(film.as_ref())
        ));
        return Err(Failure::Stopped);
    }

    let profile = csv.ready()?;
    let picture = render::picture(setup, &outcome.snapshot, &outcome.profile, &layers, &caption);
    let picture = render::prepare_png(&picture, paths.of("picture"))?;
    let start = first.as_ref().unwrap_or(&outcome.profile);
    let about = about(&scene.title, &scene.text, &scene.warnings);
    let text = table(&scene.title);
    let summary = Summary::new(
        about,
        setup,
        (start, &outcome.profile),
        &layers,
        &contents,
        report,
    )
    .prepare(paths.of("summary"))?;
    let text_of_scene = atomic::prepare(paths.of("scene"), |out| out.write_all(scene.text.as_bytes()))?;
    // all or none: a new profile beside an older summary would belong to another run
    atomic::publish([profile, picture, text_of_scene, summary])?;
    let taken = film.map_or(String::new(), |f| f.list());
    print(&format!("{text}{}\n\n{}{taken}", resolution(setup), paths.list()))
}

/// What is under a picture: nothing that differs between two runs of one scene on one machine.
pub fn caption(title: &str, name: &str, parcels: usize, seed: u64, device: &str) -> Caption {
    Caption {
        title: title.to_owned(),
        outlets: Vec::new(),
        footer: format!(
            "buffycoat {}  \u{b7}  {name}  \u{b7}  {}, seed {seed}  \u{b7}  {device}",
            env!("CARGO_PKG_VERSION"),
            counted(parcels, "parcel"),
        ),
    }
}

/// What a stopped run leaves besides nothing.
pub fn but_frames(film: Option<&Film<'_>>) -> String {
    film.map_or(String::new(), |f| format!(" but these: {}", f.list().trim_end()))
}

/// Where a run came from, for its summary.
pub fn about(title: &str, text: &str, warnings: &[Problem]) -> summary::Scene {
    summary::Scene {
        title: title.to_owned(),
        hash: Some(hash(text.as_bytes())),
        warnings: warnings
            .iter()
            .map(|w| format!("{} (line {} of the scene: {})", w.title, w.line, w.label))
            .collect(),
    }
}

/// What tells one text from another.
pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// How well boundaries are known: by the profile's bins, on which they are found, or by the grid, if that is coarser. A
/// dilute suspension has no grid to speak of.
fn resolution(setup: &Setup) -> String {
    let of = |n: u32| setup.chamber.height() / f64::from(n) / MILLIMETRE;
    let (cell, bin) = (of(setup.layers), of(setup.sampling.bins));
    if setup.physics.suspension == Suspension::Dilute || bin > cell {
        format!("boundaries are resolved to a profile bin of {bin:.2} mm ([output] profile bins)")
    } else {
        format!("boundaries are resolved to a grid cell of {cell:.2} mm ([numerics] layers)")
    }
}

fn report(outcome: &Outcome, parcels: usize, time_step: TimeStep) -> RunReport {
    let device = &outcome.device;
    RunReport {
        device: format!("{}, {}", device.name, device.driver),
        backend: device.backend.into(),
        threads: device.threads,
        wall_seconds: outcome.wall.as_secs_f64(),
        simulated_seconds: outcome.time / SECOND,
        steps: outcome.steps,
        time_step,
        parcel_steps: outcome.steps * parcels as u64,
        bounded: outcome.bounded,
        max_fraction: outcome.greatest_fraction,
        warnings: outcome.warnings.clone(),
    }
}

/// Where the results go.
pub struct Paths(Vec<(&'static str, PathBuf)>);

impl Paths {
    /// `files` (what they are, and their names) in `folder`; an error if one of the names is taken by a folder.
    pub fn in_folder(folder: &Path, files: &[(&'static str, &str)]) -> Result<Self, Error> {
        if folder.exists() && !folder.is_dir() {
            return Err(Error::disk(folder)(io::ErrorKind::NotADirectory.into()));
        }
        files
            .iter()
            .map(|(what, name)| {
                let path = folder.join(name);
                if path.is_dir() {
                    return Err(Error::disk(path)(io::ErrorKind::IsADirectory.into()));
                }
                Ok((*what, path))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Path of what is called `what`.
    pub fn of(&self, what: &str) -> &Path {
        self.0
            .iter()
            .find(|f| f.0 == what)
            .map_or(Path::new(""), |f| &f.1)
    }

    /// All of them, a line each.
    pub fn list(&self) -> String {
        let wide = self.0.iter().map(|f| f.0.len()).max().unwrap_or(0);
        self.0
            .iter()
            .map(|(what, path)| format!("{what:wide$}  {}\n", path.display()))
            .collect()
    }
}
