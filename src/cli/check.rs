//! `buffycoat check`: is the scene right, and what follows from it.

use super::failure::{Failure, colour};
use super::options::{DeviceOptions, SceneOptions};
use super::text::{clock, wrap};
use super::{print, say};
use buffycoat::devices::Decision;
use buffycoat::engine::{self, Event, Setup};
use buffycoat::model::Parcels;
use buffycoat::scenario::Scene;
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

/// Length of the trial that measures the speed.
const TRIAL: Duration = Duration::from_millis(400);

/// Most parcels in the trial.
const TRIAL_PARCELS: usize = 100_000;

pub fn check(options: &Options) -> Result<(), Failure> {
    let scene = options.scene.load()?;
    if !scene.warnings.is_empty() {
        say(&scene.render_warnings(colour()));
    }
    let mut decision = options.device.choice().decide()?;
    let forecast = scene.forecast();
    let (rate, device) = trial(&scene, &mut decision)?;
    let mut out = format!("{}\n{}, {}\n\n", scene.title, scene.path, scene.medium);
    out.push_str(&forecast.table(Some(rate)));
    out.push('\n');
    let bytes = decision.host_bytes_per_parcel();
    let free = memory::available().map_or_else(String::new, |b| format!(" of {} free", memory::show(b)));
    out.push_str(&wrap(
        "",
        &format!(
            "run time from a trial of {} on {device} ({}); memory on the host {}{free}",
            clock(TRIAL.as_secs_f64()),
            decision.why,
            memory::show(forecast.parcels as u64 * bytes),
        ),
    ));
    for note in &scene.notes {
        out.push_str(&wrap("note: ", note));
    }
    print(&out)?;
    decision.check_memory(forecast.parcels)?;
    Ok(())
}

/// Runs the beginning of the scene with few parcels: parcel-steps per second, and on what.
fn trial(scene: &Scene, decision: &mut Decision) -> Result<(f64, String), Error> {
    let mut scene = scene.clone();
    scene.rescale(scene.setup.parcels().min(TRIAL_PARCELS));
    let setup: &Setup = &scene.setup;
    let parcels = Parcels::draw(
        &setup.components,
        setup.fluid,
        &setup.chamber,
        &setup.grid(),
        setup.seed,
    )?;
    let mut backend = decision.open(setup, &parcels)?;
    let begin = Instant::now();
    let (mut elapsed, mut done) = (begin.elapsed(), 0);
    engine::run(setup, &parcels, backend.as_mut(), &mut |event| {
        if let Event::Progress { steps, .. } = event {
            (elapsed, done) = (begin.elapsed(), steps);
        }
        if begin.elapsed() < TRIAL {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    let work = done.max(1) as f64 * parcels.len() as f64;
    let device = backend.device().to_string();
    Ok((work / elapsed.as_secs_f64().max(1e-9), device))
}
