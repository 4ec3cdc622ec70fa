//! `buffycoat check`: is the scene right, and what follows from it.

use super::failure::{Failure, colour};
use super::options::{DeviceOptions, SceneOptions};
use super::progress::preparing;
use super::text::wrap;
use super::{check_separator, print, say_in_colour};
use buffycoat::devices::Decision;
use buffycoat::engine::{self, Event, Program};
use buffycoat::scenario::Scene;
use buffycoat::units::{counted, grouped, per_second, rough_clock};
use buffycoat::{Error, memory};
use clap::Args;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    scene: SceneOptions,
    #[command(flatten)]
    device: DeviceOptions,
}

/// Parcels and longest time of the trial that counts steps: they hardly depend on how many parcels there are. It ends as soon as all of
/// them are counted; what is told without is an estimate that is too low by a factor of up to three.
const COUNT: (usize, Duration) = (20_000, Duration::from_secs(10));

/// Parcels and time of the trial that measures the speed.
const SPEED: (usize, Duration) = (500_000, Duration::from_millis(500));

/// Parcels of a trial for each grid layer at least: with fewer, layers overfill by chance and end it.
const LEAST_PER_LAYER: usize = 50;

pub fn check(options: &Options) -> Result<(), Failure> {
    let scene = options.scene.load()?;
    let warnings = scene.render_warnings(colour());
    if !warnings.is_empty() {
        say_in_colour(&warnings);
    }
    let decision = options.device.choice().decide()?;
    if scene.setup.carries() {
        check_separator::check(scene, decision)
    } else {
        vessel(&scene, decision)
    }
}

/// A vessel in a rotor.
fn vessel(scene: &Scene, mut decision: Decision) -> Result<(), Failure> {
    let mut forecast = scene.forecast();
    // a trial takes a part of the parcels; if all of them do not fit, that is to be known first
    let fits = decision.check_memory(&scene.setup);
    if fits.is_err() {
        print(&forecast.table(None))?;
        return Ok(fits?);
    }
    let wait = preparing("counting the steps of a trial");
    let count = trial(scene, &mut decision, COUNT)?;
    drop(wait);
    let wait = preparing("timing a trial");
    let speed = trial(scene, &mut decision, SPEED)?;
    drop(wait);
    if count.finished {
        forecast.count(count.steps);
    }
    let rate = per_second(
        speed.steps as f64 * speed.parcels as f64,
        speed.elapsed.as_secs_f64(),
    );
    let mut out = format!("{}\n{}, {}\n\n", scene.title, scene.path, scene.medium);
    out.push_str(&forecast.table(rate));
    out.push('\n');
    let free = memory::available().map_or_else(String::new, |b| format!(" of {} free", memory::show(b)));
    out.push_str(&wrap(
        "",
        &format!(
            "{}{} ({}); memory on the host {}{free}",
            if count.finished {
                format!(
                    "steps estimated with {}; ",
                    counted(grouped(count.parcels as u64), "parcel")
                )
            } else {
                String::new()
            },
            match rate {
                Some(_) => format!(
                    "run time estimated by a trial of {} on {}",
                    rough_clock(speed.elapsed.as_secs_f64()),
                    speed.device
                ),
                None => format!("no run time: the trial on {} was too short", speed.device),
            },
            decision.why,
            memory::show(decision.need(&scene.setup).bytes()),
        ),
    ));
    let caveats = scene.caveats(None);
    for note in scene
        .notes
        .iter()
        .filter(|n| !caveats.contains(n))
        .chain(&caveats)
    {
        out.push_str(&wrap("note: ", note));
    }
    print(&out)?;
    Ok(())
}

/// What a trial came to.
struct Trial {
    steps: u64,
    finished: bool,
    elapsed: Duration,
    parcels: usize,
    device: String,
}

/// Runs the scene with at most so many parcels for at most so long.
fn trial(scene: &Scene, decision: &mut Decision, (most, limit): (usize, Duration)) -> Result<Trial, Error> {
    // with fewer parcels than the scene's own a run may fail that the scene itself would not
    let most = most.max(LEAST_PER_LAYER * scene.setup.layers() as usize);
    let reduced = scene.setup.parcels() > most;
    let mut scene = scene.clone();
    scene.rescale(scene.setup.parcels().min(most));
    let setup = &scene.setup;
    let parcels = setup.draw()?;
    let mut backend = decision.open(&Program::new(setup, &parcels, None)?)?;
    let begin = Instant::now();
    let (mut elapsed, mut steps) = (Duration::ZERO, 0);
    let outcome = engine::run(setup, &parcels, backend.as_mut(), &mut |event| {
        if let Event::Progress { steps: done, .. } = event {
            (elapsed, steps) = (begin.elapsed(), *done);
        }
        // what was not stepped cannot be timed
        if begin.elapsed() < limit || steps == 0 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    let (finished, device) = match outcome {
        Ok(outcome) => (outcome.time >= setup.protocol.duration(), outcome.device),
        Err(Error::Numerics(_)) if reduced && steps > 0 => (false, backend.device().clone()),
        Err(e) => return Err(e),
    };
    Ok(Trial {
        steps,
        finished,
        elapsed,
        parcels: parcels.len(),
        device: device.to_string(),
    })
}
