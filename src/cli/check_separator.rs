//! `buffycoat check` of a separator: what follows from its scene, with a trial that measures the speed.

use super::failure::Failure;
use super::print;
use super::text::{clock, wrap};
use buffycoat::devices::Decision;
use buffycoat::engine::{self, Charge, Job, Passing};
use buffycoat::magnets::Table;
use buffycoat::scenario::SeparatorScene;
use buffycoat::units::counted;
use buffycoat::{Error, memory};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Parcels and longest time of the trial.
const TRIAL: (usize, Duration) = (20_000, Duration::from_millis(1500));

pub fn check(mut scene: SeparatorScene, mut decision: Decision) -> Result<(), Failure> {
    let field = scene.tabulate()?;
    if scene.collector.is_some() {
        let pilot = decision.pilot()?;
        scene.survey(&mut |collector, starts| pilot.fly(collector, starts))?;
    }
    let forecast = scene.forecast(field.as_ref())?;
    let need = decision.need_of_separator(&scene.separator);
    let mut out = format!("{}\n{}, {}\n\n", scene.title, scene.path, scene.medium);
    out.push_str(&forecast.table());
    out.push_str(&scene.column_table());
    out.push('\n');
    let free = memory::available().map_or_else(String::new, |b| format!(" of {} free", memory::show(b)));
    out.push_str(&wrap(
        "",
        &format!(
            "{}; memory on the host {}{free}",
            trial(&scene, &mut decision, field.as_ref())?,
            memory::show(need.bytes())
        ),
    ));
    for note in &scene.notes {
        out.push_str(&wrap("note: ", note));
    }
    print(&out)?;
    need.check(memory::available())?;
    Ok(())
}

/// Runs the scene with few parcels for a moment, and says how long it would take with all of them.
fn trial(scene: &SeparatorScene, decision: &mut Decision, field: Option<&Table>) -> Result<String, Error> {
    let all = scene.separator.parcels();
    let mut few = scene.clone();
    few.rescale(all.min(TRIAL.0));
    let charge = Charge::draw(&few.separator)?;
    let mut backend = decision.open(&Job::Separator {
        separator: &few.separator,
        charge: &charge,
        table: field,
    })?;
    let begin = Instant::now();
    let (mut reached, mut steps) = (0.0, 0);
    let run = engine::separate(&few.separator, &charge, backend.as_mut(), &mut |event| {
        if let Passing::Progress {
            time, steps: done, ..
        } = event
        {
            (reached, steps) = (*time, *done);
        }
        if begin.elapsed() < TRIAL.1 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    let elapsed = run.wall.as_secs_f64();
    let rate = steps as f64 * charge.len() as f64 / elapsed.max(1e-9);
    // a run that ended took all the steps there are; one that was stopped is in its liveliest part
    let ended = elapsed < 0.95 * TRIAL.1.as_secs_f64() || run.time >= few.separator.duration;
    let whole = if ended {
        steps as f64
    } else {
        steps as f64 * few.separator.duration / reached.max(1.0)
    };
    Ok(format!(
        "{} {} and {} for {}, from a trial of {} on {} ({})",
        if ended { "about" } else { "at most" },
        counted(whole.round(), "step"),
        clock(whole * all as f64 / rate.max(1.0)),
        counted(all, "parcel"),
        clock(elapsed),
        run.device,
        decision.why
    ))
}
