//! A separator's run from start to end, as a stream of events.

use super::charge::Charge;
use super::pace::Pace;
use super::separator::Separator;
use super::state::StateHash;
use super::{Backend, Census, Device, Fates, blame};
use crate::constants::SECOND;
use crate::kernels::advance_carried::MOST_PARTS;
use crate::kernels::passage::{FREE, HELD, OUT};
use crate::{Error, fixed, memory};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// What a separator's run has to tell while it goes on.
#[derive(Clone, Debug)]
pub enum Passing {
    /// It begins.
    Started {
        /// On what.
        device: Device,
        /// Parcels.
        parcels: usize,
        /// Its length at most [us].
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
    /// The parcels were counted.
    Counted {
        /// When [us].
        time: f64,
        /// By component.
        census: Vec<Census>,
    },
}

/// Gets every event, with the back-end that holds the parcels at that moment, and may break the run off.
pub type PassingWatcher<'a> = dyn FnMut(&Passing, &mut dyn Backend) -> ControlFlow<()> + 'a;

/// All parcels at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// When [us].
    pub time: f64,
    /// What had become of every parcel, and when.
    pub fates: Fates,
    /// Where every parcel was: x, y, z [um].
    pub position: [Vec<f32>; 3],
}

/// What a finished run leaves.
#[derive(Clone, Debug)]
pub struct Separated {
    /// Times of the counts [us], and the counts by component.
    pub counts: Vec<(f64, Vec<Census>)>,
    /// What has become of every parcel, and when.
    pub fates: Fates,
    /// Where every parcel is or was held or left: x, y, z [um].
    pub position: [Vec<f32>; 3],
    /// What surfaces held when the magnets first went off, before they let go; none if the magnets never went off.
    pub held: Option<Moment>,
    /// The last count that shows the flow at work: the last one before the feed ended, or with half of what had filled the duct
    /// still inside. None without a flow, or if the feed ended before the first count.
    pub full: Option<Moment>,
    /// BLAKE3 hash of the places, kinds, fates and times of all parcels, as 64 hexadecimal digits: equal where two runs end alike to
    /// the last bit.
    pub state: String,
    /// On what it ran.
    pub device: Device,
    /// Steps done.
    pub steps: u64,
    /// Real time of the stepping and counting.
    pub wall: Duration,
    /// Simulated time [us]: until nothing was on its way any more, or the whole duration, or when the listener stopped it.
    pub time: f64,
    /// Shortest and longest step but for those that a count cut short [us].
    pub step: [f64; 2],
    /// False where the listener stopped it before its end.
    pub over: bool,
}

/// Runs a separator, whose parcels `backend` holds; `listen` gets every event and may break the run off.
///
/// # Errors
/// [`Error::Numerics`] when a displacement is not a number or a parcel is lost, [`Error::Device`] when the back-end fails.
pub fn separate(
    s: &Separator,
    charge: &Charge,
    backend: &mut dyn Backend,
    listen: &mut dyn FnMut(&Passing) -> ControlFlow<()>,
) -> Result<Separated, Error> {
    separate_watched(s, charge, backend, &mut |event, _| listen(event))
}

/// As [`separate`], for a listener that also looks at the parcels, to take pictures of them.
///
/// # Errors
/// As [`separate`].
pub fn separate_watched(
    s: &Separator,
    charge: &Charge,
    backend: &mut dyn Backend,
    listen: &mut PassingWatcher<'_>,
) -> Result<Separated, Error> {
    s.check()?;
    if let Some(i) = blame::absurd(&charge.mobility, &charge.excess) {
        return Err(bad(s, charge, backend, 0, i as u64, 0.0));
    }
    let begin = Instant::now();
    let put_in = charge.counts();
    let mut go = listen(
        &Passing::Started {
            device: backend.device().clone(),
            parcels: charge.len(),
            duration: s.duration.us(),
        },
        backend,
    );
    let mut clock = Pace::new(s);
    let (mut held, mut full) = (None, None);
    let mut counts = vec![(0.0, counted(s, backend, &put_in, 0.0)?)];
    let tell = |counts: &[(f64, Vec<Census>)], backend: &mut dyn Backend, listen: &mut PassingWatcher<'_>| {
        counts.last().map_or(ControlFlow::Continue(()), |(time, census)| {
            listen(
                &Passing::Counted {
                    time: *time,
                    census: census.clone(),
                },
                backend,
            )
        })
    };
    if go.is_continue() {
        go = tell(&counts, backend, listen);
    }
    let mut over = false;
    while go.is_continue() && clock.time < s.duration {
        let steps = clock.plan(s, backend.batch());
        if steps.is_empty() {
            return Err(Error::Numerics(format!(
                "time stands still at {:.6} s: a cell is so fast that a step of {:e} us would be needed",
                clock.time.us() / SECOND,
                clock.dt.us()
            )));
        }
        super::countable(clock.steps)?;
        let stats = backend.run(&steps)?;
        if let Some((step, parcel)) = stats.bad {
            return Err(bad(s, charge, backend, u64::from(step), parcel, clock.time.us()));
        }
        clock.learn(&steps, &stats);
        go = listen(
            &Passing::Progress {
                time: clock.time.us(),
                steps: clock.steps,
                dt: clock.dt.us(),
            },
            backend,
        );
        if clock.time >= clock.next {
            let now = clock.time.us();
            let census = counted(s, backend, &put_in, now)?;
            let sum = |fates: std::ops::Range<u32>| -> u64 {
                let of = |c: &Census| fates.clone().map(|f| c[f as usize]).sum::<u64>();
                census.iter().map(of).sum()
            };
            let (on_the_way, caught) = (sum(FREE..HELD), sum(HELD..OUT));
            counts.push((now, census));
            over = clock.time >= s.duration || on_the_way == 0 && (caught == 0 || !clock.lets_go());
            // who breaks off after the last batch breaks off nothing
            if go.is_continue() || over {
                go = tell(&counts, backend, listen);
            }
            if over {
                break;
            }
            if clock.go_on() {
                if held.is_none() {
                    held = Some(moment(s, backend, now)?);
                }
                backend.release(&clock.still())?;
            }
            if shows_most(s, &clock, on_the_way, charge.len() as u64) {
                full = Some(moment(s, backend, now)?);
            }
        }
    }
    let now = clock.time.us();
    if counts.last().is_some_and(|(t, _)| *t < now) {
        counts.push((now, counted(s, backend, &put_in, now)?));
    }
    let raw = backend.positions()?;
    let fates = backend.fates()?;
    let mut state = StateHash::default();
    raw.iter().for_each(|column| state.wide(column));
    state.narrow(&charge.kind);
    state.narrow(&fates.fate);
    state.times(&fates.clock);
    let position = places(s, raw)?;
    Ok(Separated {
        state: state.hex(),
        over,
        held,
        full,
        counts,
        fates,
        position,
        device: backend.device().clone(),
        steps: clock.steps,
        wall: begin.elapsed(),
        time: now,
        step: clock.extremes,
    })
}

/// Whether no later count will show more of the flow at work than the present one. A moment is a copy of all parcels: where a sample
/// is fed there is one, of a duct that was filled one a count until half has left.
fn shows_most(s: &Separator, clock: &Pace, on_the_way: u64, all: u64) -> bool {
    match s.feeding() {
        _ if s.stream.is_none() => false,
        Some(over) => clock.time.us() <= over && over < clock.next.us(),
        None => 2 * on_the_way >= all,
    }
}

fn moment(s: &Separator, backend: &mut dyn Backend, time: f64) -> Result<Moment, Error> {
    Ok(Moment {
        time,
        fates: backend.fates()?,
        position: places(s, backend.positions()?)?,
    })
}

/// Where the parcels are [um].
fn places(s: &Separator, raw: [Vec<u64>; 3]) -> Result<[Vec<f32>; 3], Error> {
    let grid = s.grid();
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

/// Counts the parcels and makes sure that none was lost.
fn counted(
    s: &Separator,
    backend: &mut dyn Backend,
    put_in: &[u64],
    time: f64,
) -> Result<Vec<Census>, Error> {
    let census = backend.census()?;
    for ((c, found), put_in) in s.components.iter().zip(&census).zip(put_in) {
        let found: u64 = found.iter().sum();
        if found != *put_in {
            return Err(Error::Numerics(format!(
                "{found} of {put_in} parcels of {} are accounted for at {:.6} s; none may be lost",
                c.component.species.name,
                time / SECOND
            )));
        }
    }
    if census.len() != put_in.len() {
        return Err(Error::Internal(
            "the back-end counts other components than there are".into(),
        ));
    }
    Ok(census)
}

fn bad(
    s: &Separator,
    charge: &Charge,
    backend: &mut dyn Backend,
    step: u64,
    parcel: u64,
    time: f64,
) -> Error {
    let i = parcel as usize;
    let grid = s.grid();
    let place = backend.positions().ok().and_then(|p| {
        let at = |k: usize| Some(grid.position(k, fixed::to_cells(*p[k].get(i)?)) / 1e3);
        Some(format!(
            "x {:.3} mm, y {:.3} mm, z {:.3} mm",
            at(0)?,
            at(1)?,
            at(2)?
        ))
    });
    let kind = charge.kind.get(i).and_then(|k| s.components.get(*k as usize));
    Error::Numerics(format!(
        "parcel {parcel} ({}) has a velocity that is not a number or cannot be a cell's, is outside of the grid, or needs more than {MOST_PARTS} parts of a \
         step, at {}, step {step}, before \
         {:.6} s; mobility {:?} um2, excess density {:?} g/mL, magnetic {:?}",
        kind.map_or("unknown species", |c| c.component.species.name.as_str()),
        place.unwrap_or_else(|| "an unknown place".into()),
        time / SECOND,
        charge.mobility.get(i),
        charge.excess.get(i),
        charge.magnetic.get(i),
    ))
}
