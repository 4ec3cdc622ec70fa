//! `buffycoat run`: a scene from its text to files and a table.

use super::channel;
use super::failure::{Failure, colour};
use super::frames::Film;
use super::options::{DeviceOptions, SceneOptions};
use super::prepare::prepare;
use super::progress::Progress;
use super::results::{Paths, caption, origin, publish, take};
use super::{interrupt, print, say, say_in_colour};
use buffycoat::constants::SECOND;
use buffycoat::engine::{self, Event, Outcome, Program, Setup};
use buffycoat::model::Parcels;
use buffycoat::observe::{Findings, LayerKind, Specimen};
use buffycoat::output::atomic::{self, AtomicFile, Ready};
use buffycoat::output::csv::ProfileCsv;
use buffycoat::output::layers::LayersCsv;
use buffycoat::output::summary::{Counted, Summary};
use buffycoat::output::{RunReport, places, table};
use buffycoat::render::photo::{Moment, Subject};
use buffycoat::render::{self, Caption};
use buffycoat::units::clock;
use buffycoat::{Error, reading};
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
pub(super) fn tell(options: &Options, paths: &Paths, table: &str) -> Result<(), Failure> {
    if !options.json {
        return print(table);
    }
    let path = paths.at("summary");
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
    if let Some(channel) = &loaded.scene.setup.channel {
        return channel::go(options, &loaded, channel);
    }
    let mut scene = loaded.scene.clone();
    let mut decision = options.device.choice().decide()?;
    decision.check_memory(&scene.setup)?;
    let out = options.out.clone();
    let out = out.unwrap_or_else(|| Path::new("out").join(&scene.name));
    // before anything is computed: a folder that cannot be written to is better known now
    let paths = Paths::of(&scene.setup, &out);
    let folder = take(&out, &paths, &loaded)?;
    let specimen = Specimen::of(&scene.setup, scene.makeup.has_plasma());
    let mut along = Along::create(&paths, &scene.setup, &specimen)?;
    let mut progress = Progress::new(options.quiet);
    progress.note(&scene.title);
    let field = prepare(&mut scene, &decision, &|what| progress.preparing(what))?;
    // the table of the field may have been refined
    decision.check_memory(&scene.setup)?;
    let wait = progress.preparing("estimating what the scene will do");
    let doubts = scene.prospect(field.as_ref())?.warnings;
    drop(wait);
    for warning in &doubts {
        say(&format!("warning: {warning}"));
    }
    let (scene, setup) = (&scene, &scene.setup);
    let wait = progress.preparing("drawing the parcels");
    let parcels = setup.draw().map_err(|e| scene.placed(e))?;
    drop(wait);
    let wait = progress.preparing("preparing the device");
    let mut backend = decision.open(&Program::new(setup, &parcels, field.as_ref())?)?;
    drop(wait);
    progress.note(&format!(
        "{} back-end: {}",
        backend.device().backend,
        decision.why
    ));
    let device = &backend.device().name;
    let caption = Caption {
        outlets: scene.outlets.clone(),
        ..caption(&scene.title, &scene.name, parcels.len(), setup.seed, device)
    };
    let mut film = Film::new(
        scene.frames.as_ref(),
        Subject(setup),
        (&caption, setup.protocol.end()),
        &folder,
    )?;
    let mut disk: Result<(), Error> = Ok(());
    let mut warned = Vec::new();
    let steps = interrupt::steps();
    let result = engine::run_watched(setup, &parcels, backend.as_mut(), &mut |event, backend| {
        progress.show(event);
        match event {
            Event::Profile(profile) => disk = along.as_mut().map_or(Ok(()), |a| a.sample(profile)),
            Event::Warning(text) => warned.push(text.clone()),
            _ => {}
        }
        if let (Some(film), Some(time), true) = (&mut film, event.counted(), disk.is_ok()) {
            disk = film.shoot(moment(setup, time), backend);
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
        for text in &warned {
            say(&format!("warning: {text}"));
        }
    })?;
    if let (Some(film), true) = (&mut film, outcome.over) {
        film.end(moment(setup, outcome.time), backend.as_mut())?;
    }

    let found = Findings::of(
        setup,
        &parcels,
        &outcome,
        &scene.outlets,
        scene.makeup.has_plasma(),
    );
    let layers = found.layers.as_ref().filter(|_| outcome.over);
    let bed = layers.and_then(|l| l.contents.get(LayerKind::RedCells));
    let notes = scene.caveats_of_run(field.as_ref(), bed.map(|l| l.haematocrit));
    let report = RunReport::of(setup, &outcome, parcels.len(), &doubts);
    let counted = Counted::of(&parcels, &outcome, &found);
    let summary = |origin| {
        Summary::new(
            origin,
            (setup, field.as_ref()),
            report.clone(),
            &counted,
            &found,
            notes.clone(),
        )
    };
    if !outcome.over {
        let end = setup.protocol.duration();
        let at = format!("{} of {}", clock(outcome.time / SECOND), clock(end / SECOND));
        if !options.json {
            let title = format!("{}: stopped at {at}", scene.title);
            print(&table::text(&title, &summary(Default::default()), &doubts))?;
        }
        say(&format!("stopped at {at}; no files were written"));
        return Err(Failure::Stopped);
    }
    if interrupt::stopped() {
        say("the run had already finished; all results were written");
    }
    if counted.iter().any(|c| c.parcels != c.end) {
        return Err(Error::Internal("the results do not hold all parcels".into()).into());
    }
    let (mut files, taken) = film.map_or_else(Default::default, Film::finish);
    if let Some(along) = along {
        files.extend(along.ready(&outcome, &found)?);
    }
    files.extend(by_place(&paths, (setup, &parcels), &outcome, &found)?);
    let picture = render::end_of_run(setup, &parcels, &outcome, &found, &caption);
    files.push(render::prepare_png(&picture, paths.at("picture"))?);
    files.push(atomic::prepare(paths.at("scene"), |out| {
        out.write_all(loaded.copy.as_bytes())
    })?);
    let summary = summary(origin(scene, &loaded, backend.device(), (&folder, &files)));
    publish(folder, files, summary.prepare(paths.at("summary"))?)?;
    let text = table::text(&scene.title, &summary, &doubts);
    tell(options, &paths, &format!("{text}\n{}{taken}", paths.list()))
}

/// A moment of the programme, for its picture.
fn moment(setup: &Setup, time: f64) -> Moment {
    Moment {
        time,
        omega: setup.protocol.omega(time),
        rate: None,
    }
}

/// The tables of a vessel, which grow while it runs.
struct Along {
    profile: ProfileCsv<AtomicFile>,
    layers: LayersCsv,
}

impl Along {
    /// None where a run has no profiles.
    fn create(paths: &Paths, setup: &Setup, specimen: &Specimen) -> Result<Option<Self>, Error> {
        let (Some(profile), Some(layers)) = (paths.get("profile"), paths.get("layers")) else {
            return Ok(None);
        };
        Ok(Some(Self {
            profile: ProfileCsv::create(profile, setup)?,
            layers: LayersCsv::create(layers, setup, specimen)?,
        }))
    }

    fn sample(&mut self, profile: &engine::Profile) -> Result<(), Error> {
        self.profile.sample(profile)?;
        self.layers.sample(profile)
    }

    fn ready(self, outcome: &Outcome, found: &Findings) -> Result<[Ready; 2], Error> {
        let depths = found.layers.as_ref().and_then(|l| l.depths.as_ref());
        Ok([
            self.profile.ready()?,
            self.layers.ready(&outcome.profile, depths)?,
        ])
    }
}

/// The tables of a duct, which are made at its end; none where a run has no places.
fn by_place(
    paths: &Paths,
    (setup, parcels): (&Setup, &Parcels),
    outcome: &Outcome,
    found: &Findings,
) -> Result<Vec<Ready>, Error> {
    let Some(sorting) = &found.separation else {
        return Ok(Vec::new());
    };
    let source = places::Source {
        separator: setup,
        charge: parcels,
        run: outcome,
        separation: &sorting.separation,
    };
    Ok(vec![
        source.counts(paths.at("counts"))?,
        source.surface(paths.at("surfaces"))?,
        source.mobility(paths.at("mobilities"))?,
    ])
}
