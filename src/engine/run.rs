//! A run from start to end, as a stream of events.

use super::event::{Event, Moment, Outcome, Watcher};
use super::live::Live;
use super::state::StateHash;
use super::{Backend, Census, Profile, Readings, Setup, Snapshot, Suspension, blame};
use crate::constants::{MILLIMETRE, SECOND};
use crate::kernels::Environment;
use crate::kernels::passage::{FREE, HELD, OUT};
use crate::model::Parcels;
use crate::times::Time;
use crate::units::digits;
use crate::{Error, fixed, memory};
use std::ops::{ControlFlow, Range};
use std::time::Instant;

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
    listen: &mut dyn FnMut(&Event) -> ControlFlow<()>,
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
    let begin = Instant::now();
    setup.check()?;
    parcels.check(setup.components.len(), &setup.grid(), setup.carries())?;
    let mut live = Live::new(setup.clone(), parcels)?;
    let mut record = Record::new(setup, parcels);
    let (mut bounded, mut over) = (0, live.finished());
    let mut go = listen(
        &Event::Started {
            device: backend.device().clone(),
            parcels: parcels.len(),
            duration: setup.protocol.duration(),
        },
        backend,
    );
    let event = record.count(backend, 0.0)?;
    if go.is_continue() {
        go = listen(&event, backend);
    }
    while go.is_continue() && !over {
        let before = live.time();
        let stats = live.batch(backend, Time::NEVER)?;
        if !setup.carries() {
            record.greatest_fraction = record.greatest_fraction.max(stats.fullest);
        }
        bounded += stats.bounded;
        debug_assert!(live.time() > before);
        go = listen(
            &Event::Progress {
                time: live.time(),
                steps: live.clock.steps,
                dt: live.clock.dt.us(),
            },
            backend,
        );
        over = live.finished();
        if !live.clock.count_due() {
            continue;
        }
        let event = record.count(backend, live.time())?;
        over = over || record.all_gone(&live);
        // who breaks off after the last batch breaks off nothing: the end is told like any other count
        if go.is_continue() || over {
            go = record.watch(backend, live.time(), listen)?;
        }
        if go.is_continue() || over {
            go = listen(&event, backend);
        }
        if over {
            break;
        }
        if live.pass() {
            if record.held.is_none() {
                record.held = Some(record.moment(backend, live.time())?);
            }
            live.release(backend)?;
        }
        if record.shows_most(&live) {
            record.full = Some(record.moment(backend, live.time())?);
        }
    }
    record.judge(backend, &live, bounded, listen);
    let now = live.time();
    if record.counted < now {
        record.count(backend, now)?;
    }
    let raw = backend.positions()?;
    let fates = backend.fates()?;
    let mut state = StateHash::default();
    raw.iter().for_each(|column| state.wide(column));
    state.narrow(&parcels.kind);
    if setup.carries() {
        state.narrow(&fates.fate);
        state.times(&fates.clock);
    }
    let snapshot = Snapshot {
        time: now,
        position: places(setup, raw)?,
        kind: memory::copy(&parcels.kind)?,
    };
    Ok(Outcome {
        profile: record.profile,
        counts: record.counts,
        snapshot,
        fates,
        held: record.held,
        full: record.full,
        state: state.hex(),
        device: backend.device().clone(),
        steps: live.clock.steps,
        step: live.clock.extremes,
        bounded,
        greatest_fraction: record.greatest_fraction,
        wall: begin.elapsed(),
        time: now,
        over,
        warnings: record.warnings,
    })
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

/// Where the parcels are [um].
fn places(setup: &Setup, raw: [Vec<u64>; 3]) -> Result<[Vec<f32>; 3], Error> {
    let grid = setup.grid();
    let mut position: [Vec<f32>; 3] = Default::default();
    for (axis, (column, out)) in raw.into_iter().zip(&mut position).enumerate() {
        *out = memory::room(column.len())?;
        out.extend(
            column
                .iter()
                .map(|p| grid.position(axis, fixed::to_cells(*p)) as f32),
        );
    }
    Ok(position)
}

/// What a run has counted so far.
struct Record<'a> {
    setup: &'a Setup,
    parcels: &'a Parcels,
    put_in: Vec<u64>,
    /// Mean volume of a parcel of the component that makes the bed [um3].
    parcel: f64,
    /// Time of the last count [us].
    counted: f64,
    profile: Profile,
    counts: Vec<(f64, Vec<Census>)>,
    held: Option<Moment>,
    full: Option<Moment>,
    warnings: Vec<String>,
    greatest_fraction: f64,
    overfilled: bool,
}

impl<'a> Record<'a> {
    fn new(setup: &'a Setup, parcels: &'a Parcels) -> Self {
        Self {
            parcel: parcel_of_the_bed(parcels),
            put_in: parcels.counts(),
            setup,
            parcels,
            counted: 0.0,
            profile: Profile::default(),
            counts: Vec::new(),
            held: None,
            full: None,
            warnings: Vec::new(),
            greatest_fraction: 0.0,
            overfilled: false,
        }
    }

    /// Counts the parcels and makes sure that none was lost.
    fn count(&mut self, backend: &mut dyn Backend, time: f64) -> Result<Event, Error> {
        self.counted = time;
        if self.setup.carries() {
            let census = backend.census()?;
            let found: Vec<u64> = census.iter().map(|c| c.iter().sum()).collect();
            self.all_there(backend, &found, time)?;
            self.counts.push((time, census.clone()));
            return Ok(Event::Census { time, census });
        }
        let tally = backend.tally()?;
        let found: Vec<u64> = tally
            .iter()
            .map(|row| row.iter().map(|t| t.parcels).sum())
            .collect();
        self.all_there(backend, &found, time)?;
        let (unit, weight) = (self.parcels.moment_unit[0], &self.parcels.weight);
        self.profile = Profile::of(self.setup, &tally, unit, weight, time);
        Ok(Event::Profile(self.profile.clone()))
    }

    fn all_there(&self, backend: &mut dyn Backend, found: &[u64], time: f64) -> Result<(), Error> {
        if found.len() != self.put_in.len() {
            return Err(Error::Internal(
                "the back-end counts other components than there are".into(),
            ));
        }
        let lost = (0..found.len()).find(|k| found[*k] != self.put_in[*k]);
        lost.map_or(Ok(()), |k| {
            Err(Error::Numerics(format!(
                "{} of {} parcels of {} are found at {:.6} s; none may be lost{}",
                found[k],
                self.put_in[k],
                self.setup.components[k].species.name,
                time / SECOND,
                blame::escaped(self.setup, backend),
            )))
        })
    }

    /// Parcels with one of these fates at the last count.
    fn with(&self, fates: Range<u32>) -> u64 {
        let of = |c: &Census| fates.clone().map(|f| c[f as usize]).sum::<u64>();
        self.counts
            .last()
            .map_or(0, |(_, census)| census.iter().map(of).sum())
    }

    /// Whether nothing is on its way any more, and nothing that is held comes off later.
    fn all_gone(&self, live: &Live) -> bool {
        self.setup.carries()
            && self.with(FREE..HELD) == 0
            && (self.with(HELD..OUT) == 0 || !live.clock.lets_go(self.setup))
    }

    /// Whether no later count will show more of the flow at work than the present one. A moment is a copy of all parcels: where a sample
    /// is fed there is one, of a duct that was filled one a count until half has left.
    fn shows_most(&self, live: &Live) -> bool {
        let (s, now) = (self.setup, live.time());
        match s.feeding() {
            _ if s.stream.is_none() => false,
            Some(over) => now <= over && live.clock.next_count().is_some_and(|next| over < next.us()),
            None => 2 * self.with(FREE..HELD) >= self.parcels.len() as u64,
        }
    }

    fn moment(&self, backend: &mut dyn Backend, time: f64) -> Result<Moment, Error> {
        Ok(Moment {
            time,
            fates: backend.fates()?,
            position: places(self.setup, backend.positions()?)?,
        })
    }

    /// Looks at the grid cells of a crowd: none may be fuller than the packing limit.
    fn watch(
        &mut self,
        backend: &mut dyn Backend,
        time: f64,
        listen: &mut Watcher<'_>,
    ) -> Result<ControlFlow<()>, Error> {
        let mut go = ControlFlow::Continue(());
        if self.setup.physics.suspension == Suspension::Dilute {
            return Ok(go);
        }
        let limit = self.setup.physics.packing_limit;
        let grid = self.setup.grid();
        let fields = backend.fields()?;
        let fullest = fields.iter().map(|f| f.fraction).fold(0.0, f64::max);
        self.greatest_fraction = self.greatest_fraction.max(fullest);
        blame::overfull(self.setup, backend, fullest, time)?;
        for (i, f) in fields.iter().enumerate() {
            if f.fraction > limit + self.one_parcel(grid.volume[i]) && !self.overfilled {
                self.overfilled = true;
                let text = format!(
                    "the grid cell at {:.3} mm holds a volume fraction of {:.4}, more than the packing limit {limit}; \
                     more parcels or fewer [numerics] layers would keep it below",
                    grid.depth(i) / MILLIMETRE,
                    f.fraction
                );
                go = self.warn(text, backend, listen);
            }
        }
        Ok(go)
    }

    fn warn(&mut self, text: String, backend: &mut dyn Backend, listen: &mut Watcher<'_>) -> ControlFlow<()> {
        self.warnings.push(text.clone());
        listen(&Event::Warning(text), backend)
    }

    /// Warns at the end of what the whole run shows.
    fn judge(&mut self, backend: &mut dyn Backend, live: &Live, bounded: u64, listen: &mut Watcher<'_>) {
        let limit = self.setup.physics.packing_limit;
        let volumes = self.setup.grid().volume;
        let smallest = volumes.iter().copied().fold(f64::INFINITY, f64::min);
        if self.greatest_fraction > limit + self.one_parcel(smallest) && !self.overfilled {
            let text = format!(
                "between two profiles a grid cell held a volume fraction of {:.4}, more than the packing limit {limit}; more parcels \
                 or a smaller [numerics] courant would keep it below",
                self.greatest_fraction
            );
            let _ = self.warn(text, backend, listen);
        }
        let moves = live.clock.steps.max(1) as f64 * self.parcels.len().max(1) as f64;
        let share = bounded as f64 / moves;
        if share > BOUNDED_WARNING {
            let bound = Environment::new(self.setup, self.parcels.moment_unit).bound;
            let text = format!(
                "{} % of the moves were limited to {}, so the fastest cells lag. More parcels or a smaller courant do not help",
                digits(100.0 * share, 2),
                if bound == 0.5 {
                    "half a grid cell".to_owned()
                } else {
                    format!("{} of a grid cell", digits(bound, 2))
                }
            );
            let _ = self.warn(text, backend, listen);
        }
    }

    /// Volume fraction of one parcel of the bed in a grid cell of `volume` um3: no scheme that moves whole parcels can
    /// do better than that.
    fn one_parcel(&self, volume: f64) -> f64 {
        self.parcel / volume
    }
}
