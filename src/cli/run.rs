//! `buffycoat run`: a scene from its text to files and a table.

use super::failure::{Failure, colour};
use super::frames::Film;
use super::options::{DeviceOptions, Loaded, SceneOptions};
use super::place::spare;
use super::progress::Progress;
use super::{interrupt, print, say, say_in_colour, separate};
use buffycoat::Error;
use buffycoat::constants::SECOND;
use buffycoat::engine::{self, Device, Event, Outcome, Profile, Program, Setup, Suspension};
use buffycoat::model::Makeup;
use buffycoat::observe::{Contents, Depths, LayerKind, Layers, Specimen};
use buffycoat::output::atomic::{self, Ready};
use buffycoat::output::csv::ProfileCsv;
use buffycoat::output::folder::{Folder, Record};
use buffycoat::output::layers::LayersCsv;
use buffycoat::output::summary::{self, Summary};
use buffycoat::output::{RunReport, SCENE_FILE, TimeStep, table};
use buffycoat::render::photo::{Moment, Subject};
use buffycoat::render::{self, Caption};
use buffycoat::scenario::{Problem, Scene};
use buffycoat::units::{Dimension, clock, counted, show};
use buffycoat::{plain, reading};
use clap::Args;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    #[command(flatten)]
    pub scene: SceneOptions,
    #[command(flatten)]
    pub device: DeviceOptions,
    /// Folder for the results; older results in it are replaced [default: out/<scene>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Prints how it ended as JSON instead of the table: outcome, folder, and what stands in summary.json
    #[arg(long)]
    pub json: bool,
    /// Shows no progress; warnings, errors and the table stay
    #[arg(long, short)]
    pub quiet: bool,
}

/// Files of a vessel's run, and what they are.
const FILES: [(&str, &str); 5] = [
    ("summary", "summary.json"),
    ("layers", "layers.csv"),
    ("profile", "profile.csv"),
    ("picture", "final.png"),
    ("scene", SCENE_FILE),
];

/// Runs a scene, and says how it ended in the way that is asked for.
pub fn run(options: &Options) -> Result<(), Failure> {
    if options.json {
        interrupt::await_outcome();
    }
    let ended = go(options);
    if options.json
        && let Err(failure) = &ended
    {
        let (outcome, code) = failure.outcome();
        let told = serde_json::json!({ "outcome": outcome, "exit_code": code, "message": failure.text() });
        interrupt::outcome(&told)?;
    }
    ended
}

/// The table, or the outcome for programs.
pub fn tell(options: &Options, paths: &Paths, table: &str) -> Result<(), Failure> {
    if !options.json {
        return print(table);
    }
    let path = paths.of("summary");
    let text = reading::text(path, reading::RESULT)?;
    let summary: serde_json::Value =
        serde_json::from_str(&text).map_err(|e| Error::Internal(e.to_string()))?;
    let folder = path.parent().map(|f| f.display().to_string());
    let told = serde_json::json!({ "outcome": "done", "exit_code": 0, "folder": folder, "summary": summary });
    interrupt::outcome(&told)
}

fn go(options: &Options) -> Result<(), Failure> {
    let loaded = options.scene.load_all()?;
    let warnings = loaded.render_warnings(colour());
    if !warnings.is_empty() {
        say_in_colour(&warnings);
    }
    let scene = loaded.scene.clone();
    if scene.setup.carries() {
        separate::separate(scene, &loaded, options)
    } else {
        vessel(&scene, &loaded, options)
    }
}

/// A vessel in a rotor.
fn vessel(scene: &Scene, loaded: &Loaded, options: &Options) -> Result<(), Failure> {
    let mut decision = options.device.choice().decide()?;
    let (setup, count) = (&scene.setup, scene.setup.parcels());
    decision.check_memory(setup)?;
    let out = options.out.clone();
    let out = out.unwrap_or_else(|| Path::new("out").join(&scene.name));
    // before anything is computed: a folder that cannot be written to is better known now
    let paths = Paths::of_folder(&out, &FILES);
    let folder = take(&out, &FILES, loaded)?;
    let mut csv = ProfileCsv::create(paths.of("profile"), setup)?;
    let specimen = Specimen::of(setup, scene.makeup.has_plasma());
    let mut history = LayersCsv::create(paths.of("layers"), setup, &specimen)?;
    let mut progress = Progress::new(options.quiet);
    progress.note(&scene.title);
    let wait = progress.preparing("drawing the parcels");
    let parcels = setup.draw()?;
    drop(wait);
    let wait = progress.preparing("preparing the device");
    let mut backend = decision.open(&Program::new(setup, &parcels, None)?)?;
    drop(wait);
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
        Subject(setup),
        (&caption, setup.protocol.end()),
        &folder,
    )?;
    let mut first: Option<Profile> = None;
    let mut disk: Result<(), Error> = Ok(());
    let mut warnings = Vec::new();
    let mut time_step = TimeStep::watch();
    let steps = interrupt::steps();
    let result = engine::run_watched(setup, &parcels, backend.as_mut(), &mut |event, backend| {
        progress.show(event);
        time_step.event(event);
        match event {
            Event::Profile(profile) => {
                disk = csv.sample(profile).and_then(|()| history.sample(profile));
                if let (Some(film), true) = (&mut film, disk.is_ok()) {
                    let moment = Moment {
                        time: profile.time,
                        omega: profile.omega,
                        rate: None,
                    };
                    disk = film.shoot(moment, backend);
                }
                first.get_or_insert_with(|| profile.clone());
            }
            Event::Warning(text) => warnings.push(text.clone()),
            _ => {}
        }
        if disk.is_err() || interrupt::stopped() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    progress.finish();
    drop(steps);
    disk?;
    let outcome = result.inspect_err(|_| {
        // the table would have shown them
        for text in &warnings {
            say(&format!("warning: {text}"));
        }
    })?;

    let report = report(&outcome, count, time_step.seen());
    let depths = Depths::of(setup, &outcome.snapshot);
    let mut layers = Layers::find(&outcome.profile, &specimen, depths.as_ref());
    let names: Vec<&str> = setup.components.iter().map(|c| c.species.name.as_str()).collect();
    let contents = Contents::of(&outcome.profile, &specimen, &layers);
    let end = setup.protocol.duration();
    let stopped = interrupt::stopped() && outcome.time < end;
    let bed = contents.get(LayerKind::RedCells).map(|l| l.haematocrit);
    layers
        .notes
        .extend(scene.caveats_of_run(bed.filter(|_| !stopped)));
    let table = |title: &str| table::text(title, &names, &layers, &contents, &report);
    if stopped {
        let at = format!("{} of {}", clock(outcome.time / SECOND), clock(end / SECOND));
        if !options.json {
            print(&table(&format!("{}: stopped at {at}", scene.title)))?;
        }
        say(&format!("stopped at {at}; no files were written"));
        return Err(Failure::Stopped);
    }
    late();

    let profile = csv.ready()?;
    let history = history.ready(&outcome.profile, depths.as_ref())?;
    let picture = render::picture(setup, &outcome.snapshot, &outcome.profile, &layers, &caption);
    let picture = render::prepare_png(&picture, paths.of("picture"))?;
    let start = first.as_ref().unwrap_or(&outcome.profile);
    let text = table(&scene.title);
    let text_of_scene = atomic::prepare(paths.of("scene"), |out| out.write_all(loaded.copy.as_bytes()))?;
    let (mut files, taken) = film.map_or_else(Default::default, Film::finish);
    files.extend([profile, history, picture, text_of_scene]);
    let about = about(
        (&scene.title, &scene.warnings, &scene.makeup),
        loaded,
        backend.device(),
        (&folder, &files),
    );
    let summary = Summary::new(
        about,
        setup,
        (start, &outcome.profile),
        &layers,
        &contents,
        report,
    )
    .prepare(paths.of("summary"))?;
    publish(folder, files, summary)?;
    let all = format!("{text}{}\n\n{}{taken}", resolution(setup), paths.list());
    tell(options, &paths, &all)
}

/// Takes the folder of the results, and says what is to be known of it.
pub fn take(out: &Path, files: &[(&str, &str)], loaded: &Loaded) -> Result<Folder, Error> {
    let names: Vec<&str> = files.iter().map(|f| f.1).collect();
    for name in &names {
        spare(&out.join(name), &loaded.sources)?;
    }
    let mut folder = Folder::take(out, &names)?;
    for note in folder.notes.drain(..) {
        say(&format!("note: {note}"));
    }
    Ok(folder)
}

/// Gives all files their names, or none, and says what of an older run stays or went.
pub fn publish(folder: Folder, files: Vec<Ready>, summary: Ready) -> Result<(), Error> {
    for note in folder.publish(files, summary)? {
        say(&format!("note: {note}"));
    }
    Ok(())
}

/// A run that was told to stop when it was over anyway has its results; says so.
pub fn late() {
    if interrupt::stopped() {
        say("the run had already finished; all results were written");
    }
}

/// What is under a picture: nothing that differs between two runs of one scene on one machine.
pub fn caption(title: &str, name: &str, parcels: usize, seed: u64, device: &str) -> Caption {
    Caption {
        title: plain::line(title),
        outlets: Vec::new(),
        footer: plain::line(&format!(
            "buffycoat {}  \u{b7}  {name}  \u{b7}  {}, seed {seed}  \u{b7}  {device}",
            env!("CARGO_PKG_VERSION"),
            counted(parcels, "parcel"),
        )),
    }
}

/// Where a run came from, for its summary: title, warnings and fluid of its scene, what it was read from, what computes, and the files that it
/// leaves in its folder.
pub fn about(
    (title, warnings, sample): (&str, &[Problem], &Makeup),
    loaded: &Loaded,
    device: &Device,
    (folder, files): (&Folder, &[Ready]),
) -> summary::Scene {
    let hash = atomic::digest(loaded.copy.as_bytes());
    let mut record = Record {
        id: String::new(),
        options: loaded.options.iter().map(|o| plain::line(o)).collect(),
        left_out: loaded.left_out.clone(),
        inputs: loaded.inputs(),
        files: folder.record(files),
    };
    // what differs between two runs that agree in all else is when they were
    let moment = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |t| t.as_nanos());
    let all = format!(
        "{} {hash} {record:?} {device:?} {moment} {}",
        env!("CARGO_PKG_VERSION"),
        std::process::id()
    );
    record.id = atomic::digest(all.as_bytes()).chars().take(32).collect();
    summary::Scene {
        title: title.to_owned(),
        hash: Some(hash),
        warnings: warnings
            .iter()
            .map(|w| format!("{} (line {} of the scene: {})", w.title, w.line, w.label))
            .collect(),
        sample: Some(sample.clone()),
        record,
    }
}

/// How well boundaries are known: by the profile's bins, on which they are found, or by the grid, if that is coarser. A
/// dilute suspension has no grid to speak of.
fn resolution(setup: &Setup) -> String {
    let of = |n: u32| setup.chamber.height() / f64::from(n);
    let length = |x: f64| show(x, Dimension::Length);
    let (cell, bin) = (of(setup.layers()), of(setup.sampling.bins));
    if setup.physics.suspension == Suspension::Dilute || bin > cell {
        format!(
            "boundaries are resolved to a profile bin of {} ([output] profile bins)",
            length(bin)
        )
    } else {
        format!(
            "boundaries are resolved to a grid cell of {} ([numerics] layers)",
            length(cell)
        )
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
        final_state: outcome.state.clone(),
        parcel_steps: outcome.steps * parcels as u64,
        bounded: outcome.bounded,
        max_fraction: outcome.greatest_fraction,
        warnings: outcome.warnings.clone(),
    }
}

/// Where the results go.
pub struct Paths(Vec<(&'static str, PathBuf)>);

impl Paths {
    /// `files` (what they are, and their names) in `folder`.
    pub fn of_folder(folder: &Path, files: &[(&'static str, &str)]) -> Self {
        Self(
            files
                .iter()
                .map(|(what, name)| (*what, folder.join(name)))
                .collect(),
        )
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
