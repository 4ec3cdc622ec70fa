//! Short runs of a scene, which say how many steps it takes and how long.

use super::progress::preparing;
use buffycoat::Error;
use buffycoat::devices::Decision;
use buffycoat::engine::{self, Event, Program, Suspension};
use buffycoat::magnets::Table;
use buffycoat::scenario::Scene;
use buffycoat::units::{counted, grouped, per_second, rough_clock};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Parcels and longest time of the trial that counts steps to the end: there are hardly more of them with more parcels, whose spreads
/// are cut at three standard deviations.
const COUNT: (usize, Duration) = (2_000, Duration::from_millis(8000));

/// Parcels and time of the trial that measures the speed.
const SPEED: (usize, Duration) = (500_000, Duration::from_millis(1000));

/// Parcels of a trial for each grid layer of a crowd at least: with fewer, layers overfill by chance and end it.
const LEAST_PER_LAYER: usize = 50;

/// What a trial came to.
struct Trial {
    /// Simulated time [us] and steps after every batch.
    way: Vec<(f64, u64)>,
    /// Whether the run came to its end.
    ended: bool,
    elapsed: Duration,
    parcels: usize,
    device: String,
}

impl Trial {
    fn steps(&self) -> u64 {
        self.way.last().map_or(0, |w| w.1)
    }

    /// Steps of a run of at most `duration` [us]. Where the trial was stopped its later half goes on: the first steps are short,
    /// and those while the fastest cells are on their way are not like the rest.
    fn whole(&self, duration: f64) -> f64 {
        let (Some(last), false) = (self.way.last(), self.ended) else {
            return self.steps() as f64;
        };
        let half = self.way.iter().rev().find(|w| 2 * w.1 <= last.1);
        let (from, steps) = half.copied().unwrap_or((0.0, 0));
        let step = (last.0 - from) / (last.1 - steps).max(1) as f64;
        last.1 as f64 + (duration - last.0).max(0.0) / step.max(f64::MIN_POSITIVE)
    }
}

/// Runs the scene with few parcels for a moment, and with more for another, and says how long it would take with all of them.
pub fn estimate(scene: &Scene, decision: &mut Decision, field: Option<&Table>) -> Result<String, Error> {
    let all = scene.setup.parcels();
    let wait = preparing("counting the steps of a trial");
    let count = run(scene, decision, field, COUNT)?;
    drop(wait);
    let wait = preparing("timing a trial");
    let speed = run(scene, decision, field, SPEED)?;
    drop(wait);
    // the trial with more parcels knows better, if it came to its end
    let counted_by = if speed.ended { &speed } else { &count };
    let whole = counted_by.whole(scene.setup.protocol.duration());
    let steps = format!(
        "{} {}",
        if counted_by.ended { "about" } else { "at most" },
        counted(whole.round(), "step")
    );
    let on = format!("{} ({})", speed.device, decision.why);
    let by = counted(grouped(counted_by.parcels as u64), "parcel");
    let work = speed.steps() as f64 * speed.parcels as f64;
    Ok(match per_second(work, speed.elapsed.as_secs_f64()) {
        Some(rate) => format!(
            "{steps} and {} for {}, estimated on {on}: steps by a trial with {by}, speed by one with {}, {} in all",
            rough_clock(whole * all as f64 / rate),
            counted(grouped(all as u64), "parcel"),
            grouped(speed.parcels as u64),
            rough_clock((count.elapsed + speed.elapsed).as_secs_f64()),
        ),
        None => format!("{steps}, estimated with {by} on {on}; the trial was too short to time a run by it"),
    })
}

/// Runs the scene with at most so many parcels for at most so long.
fn run(
    scene: &Scene,
    decision: &mut Decision,
    field: Option<&Table>,
    (most, limit): (usize, Duration),
) -> Result<Trial, Error> {
    // with fewer parcels than the scene's own a run may fail that the scene itself would not
    let least = match scene.setup.physics.suspension {
        Suspension::Dense => LEAST_PER_LAYER * scene.setup.layers() as usize,
        Suspension::Dilute => 0,
    };
    let (all, few) = (scene.setup.parcels(), most.max(least));
    let mut scene = scene.clone();
    scene.rescale(all.min(few));
    let setup = &scene.setup;
    let parcels = setup.draw().map_err(|e| scene.placed(e))?;
    let mut backend = decision.open(&Program::new(setup, &parcels, field)?)?;
    let begin = Instant::now();
    let (mut way, mut stopped, mut elapsed) = (Vec::new(), false, Duration::ZERO);
    let outcome = engine::run(setup, &parcels, backend.as_mut(), &mut |event| {
        if let Event::Progress { time, steps, .. } = event {
            elapsed = begin.elapsed();
            way.push((*time, *steps));
        }
        // what was not stepped cannot be timed
        stopped = begin.elapsed() >= limit && !way.is_empty();
        if stopped {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let ended = match outcome {
        Ok(outcome) => !stopped || outcome.time >= setup.protocol.duration(),
        Err(Error::Numerics(_)) if all > few && !way.is_empty() => false,
        Err(e) => return Err(e),
    };
    Ok(Trial {
        way,
        ended,
        elapsed,
        parcels: parcels.len(),
        device: backend.device().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stopped(way: &[(f64, u64)]) -> Trial {
        Trial {
            way: way.to_vec(),
            ended: false,
            elapsed: Duration::from_secs(1),
            parcels: 1,
            device: String::new(),
        }
    }

    /// By hand: 100 steps of 1 us, then 100 of 9 us; the later half goes on, so 9000 us more are 1000 steps. From the mean of all
    /// of them, 5 us, it would be 1800.
    #[test]
    fn the_later_half_of_a_trial_goes_on() {
        let trial = stopped(&[(50.0, 50), (100.0, 100), (550.0, 150), (1000.0, 200)]);
        assert_eq!(trial.whole(10_000.0), 1200.0);
        // one that came to its end took as many as there are
        let ended = Trial { ended: true, ..trial };
        assert_eq!(ended.whole(10_000.0), 200.0);
        assert_eq!(stopped(&[]).whole(10.0), 0.0);
        // a single batch
        assert_eq!(stopped(&[(100.0, 10)]).whole(200.0), 20.0);
    }
}
