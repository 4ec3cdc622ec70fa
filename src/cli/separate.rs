//! `buffycoat run` of a separator: from its scene to six files and a table.

use super::failure::Failure;
use super::frames::Film;
use super::options::Loaded;
use super::progress::Progress;
use super::run::{Options, Paths, about, caption, late, publish, take, tell};
use super::{interrupt, print, say};
use buffycoat::constants::SECOND;
use buffycoat::engine::{self, Event, Program};
use buffycoat::observe::{self, Separation};
use buffycoat::output::separator::{Finished, csv, summary, table};
use buffycoat::output::{SCENE_FILE, atomic};
use buffycoat::render::photo::{Moment, Subject};
use buffycoat::render::{self, Caption};
use buffycoat::scenario::Scene;
use buffycoat::units::clock;
use buffycoat::{Error, memory};
use std::ops::ControlFlow;
use std::path::Path;

/// Files of a separator's run, and what they are.
const FILES: [(&str, &str); 6] = [
    ("summary", "summary.json"),
    ("counts", "counts.csv"),
    ("surfaces", "surface.csv"),
    ("mobilities", "mobility.csv"),
    ("picture", "final.png"),
    ("scene", SCENE_FILE),
];

pub fn separate(mut scene: Scene, loaded: &Loaded, options: &Options) -> Result<(), Failure> {
    let mut decision = options.device.choice().decide()?;
    let out = options.out.clone();
    let out = out.unwrap_or_else(|| Path::new("out").join(&scene.name));
    // a folder that cannot be written to is better known before anything is computed
    let paths = Paths::of_folder(&out, &FILES);
    let folder = take(&out, &FILES, loaded)?;
    let mut progress = Progress::new(options.quiet);
    progress.note(&scene.title);
    let wait = progress.preparing("computing the field of the magnets");
    let field = scene.tabulate()?;
    drop(wait);
    if scene.collector.is_some() {
        let _wait = progress.preparing("finding what the collectors catch");
        let pilot = decision.pilot()?;
        scene.survey(&mut |collector, starts| pilot.fly(collector, starts))?;
    }
    let separator = &scene.setup;
    decision.need(separator).check(memory::available())?;
    let wait = progress.preparing("estimating what the scene will do");
    let doubts = scene
        .forecast_carried(field.as_ref())
        .map_err(|e| scene.placed(e))?
        .warnings;
    drop(wait);
    for warning in &doubts {
        say(&format!("warning: {warning}"));
    }
    let wait = progress.preparing("drawing the parcels");
    let charge = separator.draw().map_err(|e| scene.placed(e))?;
    drop(wait);
    let wait = progress.preparing("preparing the device");
    let mut backend = decision.open(&Program::new(separator, &charge, field.as_ref())?)?;
    drop(wait);
    progress.note(&format!(
        "{} back-end: {}",
        backend.device().backend,
        decision.why
    ));
    let caption = Caption {
        outlets: scene.outlets.clone(),
        ..caption(
            &scene.title,
            &scene.name,
            charge.len(),
            separator.seed,
            &backend.device().name,
        )
    };
    let mut film = Film::new(
        scene.frames.as_ref(),
        Subject(separator),
        (&caption, separator.duration()),
        &folder,
    )?;
    let mut filmed: Result<(), Error> = Ok(());
    let steps = interrupt::steps();
    let result = engine::run_watched(separator, &charge, backend.as_mut(), &mut |event, backend| {
        progress.show(event);
        if let (Some(film), Event::Census { time, .. }) = (&mut film, event) {
            let moment = Moment {
                time: *time,
                omega: 0.0,
                rate: None,
            };
            filmed = film.shoot(moment, backend);
        }
        if filmed.is_err() || interrupt::stopped() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    progress.finish();
    drop(steps);
    filmed?;
    let run = result?;
    if let (Some(film), true) = (&mut film, run.over) {
        let moment = Moment {
            time: run.time,
            omega: 0.0,
            rate: None,
        };
        film.end(moment, backend.as_mut())?;
    }

    let separation = Separation::of(separator, &charge, &run, &scene.outlets);
    let steady = observe::steady(separator, &charge, &run);
    let notes = scene.caveats(field.as_ref());
    let finished = Finished {
        separator,
        run: &run,
        separation: &separation,
        steady: steady.as_ref(),
        doubts: &doubts,
        notes: &notes,
    };
    // what was doubted before the run has been said
    let told = Finished {
        doubts: &[],
        ..finished
    };
    if !run.over {
        let at = format!(
            "{} of {}",
            clock(run.time / SECOND),
            clock(separator.duration().us() / SECOND)
        );
        let title = format!("{}: stopped at {at}", scene.title);
        if !options.json {
            print(&table::text(&title, &told))?;
        }
        say(&format!("stopped at {at}; no files were written"));
        return Err(Failure::Stopped);
    }
    late();
    if !separation.conserved {
        return Err(Error::Internal("the places do not hold all parcels".into()).into());
    }
    let source = csv::Source {
        separator,
        charge: &charge,
        run: &run,
        separation: &separation,
    };
    let picture = render::duct::picture(separator, &charge, &run, &separation, &caption);
    let (mut files, taken) = film.map_or_else(Default::default, Film::finish);
    files.extend([
        source.counts(paths.of("counts"))?,
        source.surface(paths.of("surfaces"))?,
        source.mobility(paths.of("mobilities"))?,
        render::prepare_png(&picture, paths.of("picture"))?,
        atomic::prepare(paths.of("scene"), |out| out.write_all(loaded.copy.as_bytes()))?,
    ]);
    let about = about(
        (&scene.title, &scene.warnings, &scene.makeup),
        loaded,
        backend.device(),
        (&folder, &files),
    );
    let summary = summary::prepare(
        &summary::summary(&about, &finished, field.as_ref()),
        paths.of("summary"),
    )?;
    publish(folder, files, summary)?;
    let all = format!("{}\n{}{taken}", table::text(&scene.title, &told), paths.list());
    tell(options, &paths, &all)
}
