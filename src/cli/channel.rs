//! `buffycoat run` of a channel: from its procedure to files and a table.

use super::failure::Failure;
use super::options::Loaded;
use super::progress::Progress;
use super::results::{Paths, caption, origin, publish, take};
use super::{interrupt, print, run, say};
use buffycoat::Error;
use buffycoat::constants::SECOND;
use buffycoat::continuum::{Channel, ChannelRun, Findings as Drawn};
use buffycoat::cpu;
use buffycoat::engine::{Event, Outcome};
use buffycoat::observe::Findings;
use buffycoat::output::RunReport;
use buffycoat::output::atomic;
use buffycoat::output::channel::ChannelCsv;
use buffycoat::output::summary::Summary;
use buffycoat::output::table;
use buffycoat::render::{self, Caption};
use buffycoat::units::clock;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

/// Rows of the table over time: the procedure is cut into about as many parts.
const ROWS: f64 = 200.0;

/// Shortest and longest of these parts [us]: a person who stops it does not wait longer.
const PARTS: [f64; 2] = [SECOND, 10.0 * SECOND];

/// Runs the channel of a scene.
pub fn go(options: &run::Options, loaded: &Loaded, channel: &Channel) -> Result<(), Failure> {
    let (scene, setup) = (&loaded.scene, &loaded.scene.setup);
    let pool = options.device.threads_alone()?;
    let out = options.out.clone();
    let out = out.unwrap_or_else(|| Path::new("out").join(&scene.name));
    let paths = Paths::of(setup, &out);
    let folder = take(&out, &paths, loaded)?;
    let mut live = ChannelRun::new(channel.clone())?;
    let mut table = ChannelCsv::create(paths.at("channel"), &live)?;
    let mut progress = Progress::new(options.quiet);
    progress.note(&scene.title);
    let device = cpu::device(pool.current_num_threads());
    progress.show(&Event::Started {
        device: device.clone(),
        parcels: 0,
        duration: channel.duration(),
    });
    let (begin, start) = (Instant::now(), live.ledger().clone());
    let every = (channel.duration() / ROWS).clamp(PARTS[0], PARTS[1]);
    let mut disk: Result<(), Error> = Ok(());
    let steps = interrupt::steps();
    let result = pool.install(|| {
        live.run(every, &mut |phase, live| {
            progress.show(&Event::Progress {
                time: live.time(),
                steps: live.steps(),
                dt: live.time() / live.steps().max(1) as f64,
            });
            disk = table.sample(phase, live);
            match disk.is_err() || interrupt::stopped() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })
    });
    progress.finish();
    drop(steps);
    disk?;
    let stages = result?;
    let over = stages.len() == channel.phases.len() && live.time() >= channel.duration() * (1.0 - 1e-9);
    let mut warnings: Vec<String> = Vec::new();
    for stage in &stages {
        let told = stage.doubts.iter().map(|d| format!("{}: {d}", stage.name));
        warnings.extend(told);
    }
    let state: Vec<u8> = live.state().flat_map(u64::to_le_bytes).collect();
    let outcome = Outcome {
        state: atomic::digest(&state),
        device: device.clone(),
        steps: live.steps(),
        greatest_fraction: live.moment().fullest,
        wall: begin.elapsed(),
        time: live.time(),
        over,
        warnings,
        ..Outcome::default()
    };
    let found = Findings {
        channel: Some(stages),
        ..Findings::default()
    };
    let report = RunReport::of(setup, &outcome, 0, &[]);
    let mut notes = scene.caveats(None);
    notes.extend(
        scene
            .notes
            .iter()
            .filter(|n| n.starts_with("unverified"))
            .cloned(),
    );
    let summary = |origin| Summary::new(origin, (setup, None), report.clone(), &[], &found, notes.clone());
    if !over {
        let at = format!(
            "{} of {}",
            clock(live.time() / SECOND),
            clock(channel.duration() / SECOND)
        );
        if !options.json {
            let title = format!("{}: stopped at {at}", scene.title);
            print(&table::text(&title, &summary(Default::default()), &[]))?;
        }
        say(&format!("stopped at {at}; no files were written"));
        return Err(Failure::Stopped);
    }
    let caption = Caption {
        outlets: Vec::new(),
        ..caption(&scene.title, &scene.name, 0, setup.seed, &device.name)
    };
    let drawn = Drawn::between(channel, &start, live.ledger());
    let picture = render::channel::picture(&live, &drawn, &caption);
    let files = vec![
        table.ready()?,
        render::prepare_png(&picture, paths.at("picture"))?,
        atomic::prepare(paths.at("scene"), |out| out.write_all(loaded.copy.as_bytes()))?,
    ];
    let summary = summary(origin(scene, loaded, &device, (&folder, &files)));
    publish(folder, files, summary.prepare(paths.at("summary"))?)?;
    let text = table::text(&scene.title, &summary, &[]);
    run::tell(options, &paths, &format!("{text}\n{}", paths.list()))
}
