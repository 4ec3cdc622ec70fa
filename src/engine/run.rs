//! A run from start to end, as a stream of events.

use super::state::StateHash;
use super::timestep::Clock;
use super::{Backend, Device, Profile, Setup, Snapshot, Suspension, blame};
use crate::kernels::Environment;
use crate::model::Parcels;
use crate::units::digits;
use crate::{Error, fixed, memory};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// What a run has to tell while it goes on.
#[derive(Clone, Debug)]
pub enum Event {
    /// It begins.
    Started {
        /// On what.
        device: Device,
        /// Parcels.
        parcels: usize,
        /// Length of the programme [us].
        duration: f64,
    },
    /// A batch of steps is done.
    Progress {
        /// Simulated time [us].
        time: f64,
        /// Steps so far.
        steps: u64,
        /// Length of the last step [us].
        dt: f64,
    },
    /// A profile was taken.
    Sample(Profile),
    /// Something a person should know; the run goes on.
    Warning(String),
}

/// Gets every event, with the back-end that holds the parcels at that moment, and may break the run off.
pub type Watcher<'a> = dyn FnMut(Event, &mut dyn Backend) -> ControlFlow<()> + 'a;

/// What a finished run leaves.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The last profile.
    pub profile: Profile,
    /// Where every parcel is.
    pub snapshot: Snapshot,
    /// BLAKE3 hash of the places and kinds of all parcels, as 64 hexadecimal digits: equal where two runs end alike to the last bit.
    pub state: String,
    /// On what it ran.
    pub device: Device,
    /// Steps done.
    pub steps: u64,
    /// Displacements that were held back to the bound of a step, at most half a grid cell.
    pub bounded: u64,
    /// Greatest volume fraction of all cells in any grid cell at any step; 0 in a dilute run.
    pub greatest_fraction: f64,
    /// Real time of the stepping and sampling.
    pub wall: Duration,
    /// Simulated time [us]; shorter than the programme if the listener stopped the run.
    pub time: f64,
    /// Warnings, also sent as events.
    pub warnings: Vec<String>,
}

/// Share of displacements held back above which a run warns that its time step was too long.
const BOUNDED_WARNING: f64 = 1e-4;

/// Runs `setup`, whose parcels `backend` holds; `listen` gets every event and may break the run off.
///
/// # Errors
/// [`Error::Numerics`] when a displacement is not a number or a parcel is lost, [`Error::Device`] when the back-end
/// fails.
pub fn run(
    setup: &Setup,
    parcels: &Parcels,
    backend: &mut dyn Backend,
    listen: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> Result<Outcome, Error> {
    run_watched(setup, parcels, backend, &mut |event, _| listen(event))
}

/// As [`run`], for a listener that also looks at the parcels, to take pictures of them.
///
/// # Errors
/// As [`run`].
pub fn run_watched(
    setup: &Setup,
    parcels: &Parcels,
    backend: &mut dyn Backend,
    listen: &mut Watcher<'_>,
) -> Result<Outcome, Error> {
    setup.check()?;
    let begin = Instant::now();
    let mut counts = vec![0_u64; setup.components.len()];
    for k in &parcels.kind {
        counts[*k as usize] += 1;
    }
    parcels.check(setup.components.len(), &setup.grid())?;
    let mut run = Run {
        parcel: parcel_of_the_bed(parcels),
        counts,
        setup,
        parcels,
        warnings: Vec::new(),
        greatest_fraction: 0.0,
        overfilled: false,
    };
    let mut clock = Clock::new(setup, steepest(setup, parcels));
    let mut bounded = 0;
    let mut go = listen(
        Event::Started {
            device: backend.device().clone(),
            parcels: parcels.len(),
            duration: setup.protocol.duration(),
        },
        backend,
    );
    blame::check(setup, parcels, backend)?;
    let mut profile = run.profile(backend, 0.0)?;
    if go.is_continue() {
        go = listen(Event::Sample(profile.clone()), backend);
    }
    while go.is_continue() && !clock.finished() {
        let before = clock.time;
        let steps = clock.plan(setup, backend.batch());
        if clock.time <= before {
            return Err(blame::too_fast(
                setup,
                parcels,
                backend,
                clock.steps,
                before.us(),
                clock.dt.us(),
            ));
        }
        super::countable(clock.steps)?;
        let stats = backend.run(&steps)?;
        if let Some((step, parcel)) = stats.bad {
            return Err(blame::bad_parcel(
                setup,
                parcels,
                backend,
                u64::from(step),
                parcel,
                clock.time.us(),
            ));
        }
        run.crowd(backend, stats.fullest, before.us())?;
        bounded += stats.bounded;
        clock.learn(setup, &steps, &stats);
        go = listen(
            Event::Progress {
                time: clock.time.us(),
                steps: clock.steps,
                dt: clock.dt.us(),
            },
            backend,
        );
        // who breaks off after the last batch breaks off nothing: the end is told like any other sample
        let over = clock.finished();
        if (go.is_continue() || over) && clock.sample_due() {
            profile = run.profile(backend, clock.time.us())?;
            go = run.watch(backend, clock.time.us(), listen)?;
            if go.is_continue() || over {
                go = listen(Event::Sample(profile.clone()), backend);
            }
        }
    }
    let smallest = setup.grid().volume.iter().copied().fold(f64::INFINITY, f64::min);
    let most = setup.physics.packing_limit + run.one_parcel(smallest);
    if run.greatest_fraction > most && !run.overfilled {
        let text = format!(
            "between two profiles a grid cell held a volume fraction of {:.4}, more than the packing limit {}; more parcels \
             or a smaller [numerics] courant would keep it below",
            run.greatest_fraction, setup.physics.packing_limit
        );
        run.warnings.push(text.clone());
        let _ = listen(Event::Warning(text), backend);
    }
    let share = bounded as f64 / (clock.steps.max(1) as f64 * parcels.len().max(1) as f64);
    if share > BOUNDED_WARNING {
        let bound = Environment::new(setup, parcels.moment_unit).bound;
        let text = format!(
            "{} % of the moves were limited to {}, so the fastest cells lag. More parcels or a smaller courant do not help",
            digits(100.0 * share, 2),
            if bound == 0.5 {
                "half a grid cell".to_owned()
            } else {
                format!("{} of a grid cell", digits(bound, 2))
            }
        );
        run.warnings.push(text.clone());
        let _ = listen(Event::Warning(text), backend);
    }
    let profile = if profile.time < clock.time.us() {
        run.profile(backend, clock.time.us())?
    } else {
        profile
    };
    let (snapshot, state) = run.snapshot(backend, clock.time.us())?;
    Ok(Outcome {
        profile,
        snapshot,
        state,
        device: backend.device().clone(),
        steps: clock.steps,
        bounded,
        greatest_fraction: run.greatest_fraction,
        wall: begin.elapsed(),
        time: clock.time.us(),
        warnings: run.warnings,
    })
}

/// Greatest |s| of any parcel alone in the fluid [us].
pub(super) fn steepest(setup: &Setup, parcels: &Parcels) -> f64 {
    parcels
        .mobility
        .iter()
        .zip(&parcels.excess)
        .map(|(m, e)| (f64::from(*m) * f64::from(*e) / setup.fluid.viscosity).abs())
        // one that has no such number is found, and named, in the first step
        .filter(|s| s.is_finite())
        .fold(0.0, f64::max)
}

/// Mean volume of a parcel of the component with the greatest volume [um3]: the bed is made of those.
fn parcel_of_the_bed(parcels: &Parcels) -> f64 {
    let mut sums = vec![(0.0_f64, 0_u64); parcels.weight.len()];
    for (kind, moments) in parcels.kind.iter().zip(&parcels.moments) {
        let (volume, count) = &mut sums[*kind as usize];
        *volume += f64::from(moments[0]) * parcels.moment_unit[0];
        *count += 1;
    }
    sums.into_iter()
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(0.0, |(volume, count)| volume / count.max(1) as f64)
}

struct Run<'a> {
    setup: &'a Setup,
    parcels: &'a Parcels,
    counts: Vec<u64>,
    /// Mean volume of a parcel of the component that makes the bed [um3].
    parcel: f64,
    warnings: Vec<String>,
    greatest_fraction: f64,
    overfilled: bool,
}

impl Run<'_> {
    /// Takes a profile and makes sure that no parcel was lost.
    fn profile(&self, backend: &mut dyn Backend, time: f64) -> Result<Profile, Error> {
        let tally = backend.tally()?;
        for ((component, row), put_in) in self.setup.components.iter().zip(&tally).zip(&self.counts) {
            let found: u64 = row.iter().map(|t| t.parcels).sum();
            if found != *put_in {
                return Err(Error::Numerics(format!(
                    "{} of {put_in} parcels of {} are in the vessel at {:.6} s; none may be lost{}",
                    found,
                    component.species.name,
                    time / crate::constants::SECOND,
                    self.escaped(backend),
                )));
            }
        }
        Ok(Profile::of(
            self.setup,
            &tally,
            self.parcels.moment_unit[0],
            &self.parcels.weight,
            time,
        ))
    }

    /// Where the first parcel outside of the grid is, as the end of a message; empty if there is none.
    fn escaped(&self, backend: &mut dyn Backend) -> String {
        let cells = self.setup.grid().cells;
        let Ok([x, y, z]) = backend.positions() else {
            return String::new();
        };
        (0..z.len())
            .find(|&i| !fixed::inside([x[i], y[i], z[i]], cells))
            .map_or_else(String::new, |i| {
                format!(
                    "; parcel {i} is outside of the grid, in cell {} {} {} of {} {} {}: a fault of the device or its \
                     memory, run it again or on another back-end",
                    fixed::cell(x[i]),
                    fixed::cell(y[i]),
                    fixed::cell(z[i]),
                    cells[0],
                    cells[1],
                    cells[2]
                )
            })
    }

    /// Keeps the greatest volume fraction of every step; more than there is room for ends the run.
    fn crowd(&mut self, backend: &mut dyn Backend, fullest: f64, time: f64) -> Result<(), Error> {
        self.greatest_fraction = self.greatest_fraction.max(fullest);
        if fullest <= 1.0 {
            return Ok(());
        }
        let (grid, fields) = (self.setup.grid(), backend.fields()?);
        let at = fields
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.fraction.total_cmp(&b.1.fraction))
            .map_or(0.0, |(i, _)| grid.position(2, i as f64 + 0.5));
        Err(Error::Numerics(format!(
            "a grid cell holds more cells than it has room for, after {:.6} s (volume fraction {fullest:.3}, the fullest \
             now is at {:.3} mm): the parcels are too few, {} to a grid cell; take more of them or fewer [numerics] \
             layers",
            time / crate::constants::SECOND,
            at / crate::constants::MILLIMETRE,
            digits(self.parcels.len() as f64 / grid.len() as f64, 2)
        )))
    }

    /// Looks at the grid cells: none may be fuller than the packing limit.
    fn watch(
        &mut self,
        backend: &mut dyn Backend,
        time: f64,
        listen: &mut Watcher<'_>,
    ) -> Result<ControlFlow<()>, Error> {
        if self.setup.physics.suspension == Suspension::Dilute {
            return Ok(ControlFlow::Continue(()));
        }
        let limit = self.setup.physics.packing_limit;
        let grid = self.setup.grid();
        let fields = backend.fields()?;
        let fullest = fields.iter().map(|f| f.fraction).fold(0.0, f64::max);
        self.crowd(backend, fullest, time)?;
        for (i, f) in fields.iter().enumerate() {
            if f.fraction > limit + self.one_parcel(grid.volume[i]) && !self.overfilled {
                self.overfilled = true;
                let text = format!(
                    "the grid cell at {:.3} mm holds a volume fraction of {:.4}, more than the packing limit {limit}; \
                     more parcels or fewer [numerics] layers would keep it below",
                    grid.position(2, i as f64 + 0.5) / crate::constants::MILLIMETRE,
                    f.fraction
                );
                self.warnings.push(text.clone());
                if listen(Event::Warning(text), backend).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Volume fraction of one parcel of the bed in a grid cell of `volume` um3: no scheme that moves whole parcels can
    /// do better than that.
    fn one_parcel(&self, volume: f64) -> f64 {
        self.parcel / volume
    }

    fn snapshot(&self, backend: &mut dyn Backend, time: f64) -> Result<(Snapshot, String), Error> {
        let grid = self.setup.grid();
        let raw = backend.positions()?;
        let mut state = StateHash::default();
        raw.iter().for_each(|column| state.wide(column));
        state.narrow(&self.parcels.kind);
        let mut position: [Vec<f32>; 3] = Default::default();
        for (axis, (column, out)) in raw.into_iter().zip(&mut position).enumerate() {
            *out = memory::room(column.len())?;
            out.extend(
                column
                    .iter()
                    .map(|p| grid.position(axis, fixed::to_cells(*p)) as f32),
            );
        }
        let snapshot = Snapshot {
            time,
            position,
            kind: memory::copy(&self.parcels.kind)?,
        };
        Ok((snapshot, state.hex()))
    }
}
