//! The run behind the window: it does as it is told and hands over pictures.

use super::clip::{self, Clip};
use super::reading;
use super::sim::{Board, Shown, Told, Work, locked};
use crate::devices::Decision;
use crate::engine::{Backend, Charge, Job, Live};
use crate::model::Parcels;
use crate::output::atomic;
use crate::render::Caption;
use crate::render::photo::{Look, Moment, Photo};
use crate::scenario::{Programme, as_steered};
use crate::{Error, memory};
use glam::DVec2;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Real time that one stretch of the run takes at most: as long as a person does not notice.
const STRETCH: Duration = Duration::from_millis(40);
/// Between two looks at what is told while it waits.
const REST: Duration = Duration::from_millis(50);
/// Between two pictures of a run that keeps up: what is faster than the eye only takes time from it.
const FRAME: Duration = Duration::from_millis(15);
/// Over so long the ratio of simulated to real time is worked out.
const RATED: Duration = Duration::from_millis(500);
/// Between two readings.
const READING: Duration = Duration::from_millis(250);
/// Times as long as pictures and readings take that a run which does not keep up goes on undisturbed: they slow it by less than
/// a tenth.
const PATIENCE: u32 = 14;

/// The run behind a window: it does as it is told and hands over pictures.
pub(super) struct Run<'a> {
    work: &'a Work,
    live: Live,
    backend: Box<dyn Backend>,
    /// Real cells per parcel, by component.
    weight: Vec<f64>,
    photo: Photo<'a>,
    look: Look,
    clip: Clip,
    playing: bool,
    /// Real time that one stretch takes at most.
    stretch: Duration,
    speed: f64,
    /// Until when it goes on though it is told to wait [us].
    step_until: f64,
    /// Where the speed that is asked for has come to [us]: steps are long, and what goes beyond is not gone again.
    goal: f64,
    ratio: f64,
    /// Simulated [us] and real time since the ratio was last worked out.
    since: (f64, Duration),
    /// The parcel that is followed.
    followed: Option<usize>,
    last: Instant,
    /// When the next picture is due, and from when on a reading is taken with one.
    due: Instant,
    reading_due: Instant,
    /// What they usually take.
    picture_took: Duration,
    reading_took: Duration,
    /// Simulated time of the last picture and the last reading [us].
    pictured: f64,
    read: f64,
}

impl<'a> Run<'a> {
    /// Draws the parcels and opens the back-end; it goes on at `speed` times real time.
    ///
    /// # Errors
    /// As the scene's memory, its parcels or its back-end have them.
    pub(super) fn begin(
        work: &'a Work,
        decision: &mut Decision,
        look: Look,
        speed: f64,
    ) -> Result<Self, Error> {
        let (live, backend, weight) = begin(work, decision)?;
        let now = Instant::now();
        Ok(Self {
            work,
            live,
            backend,
            weight,
            photo: photo(work, &look, Clip::default())?,
            look,
            clip: Clip::default(),
            playing: true,
            stretch: STRETCH,
            speed,
            step_until: 0.0,
            goal: 0.0,
            ratio: 0.0,
            since: (0.0, Duration::ZERO),
            followed: None,
            last: now,
            due: now,
            reading_due: now,
            picture_took: Duration::ZERO,
            reading_took: Duration::ZERO,
            pictured: f64::NAN,
            read: f64::NAN,
        })
    }

    fn goes(&self) -> bool {
        (self.playing || self.live.time() < self.step_until) && !self.live.finished()
    }

    /// On what it runs.
    pub(super) fn device(&self) -> String {
        self.backend.device().to_string()
    }

    /// What was told; waits for it a little where there is nothing to do. None when the window is gone.
    pub(super) fn wait(&self, told: &Receiver<Told>) -> Option<Vec<Told>> {
        let first = if self.goes() {
            None
        } else {
            match told.recv_timeout(REST) {
                Ok(told) => Some(told),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        };
        let mut orders: Vec<Told> = first.into_iter().collect();
        loop {
            match told.try_recv() {
                Ok(order) => orders.push(order),
                Err(std::sync::mpsc::TryRecvError::Empty) => return Some(orders),
                Err(std::sync::mpsc::TryRecvError::Disconnected) => return None,
            }
        }
    }

    /// Follows the orders, goes on for a stretch, and shows what there is when it is time to.
    ///
    /// # Errors
    /// As the back-end has them.
    pub(super) fn go_on(
        &mut self,
        orders: Vec<Told>,
        caption: &Caption,
        board: &Mutex<Board>,
        wake: &dyn Fn(),
    ) -> Result<(), Error> {
        let told = !orders.is_empty();
        let before = (self.look.clone(), self.clip);
        for order in orders {
            if let Some(note) = self.obey(order)? {
                locked(board).note = Some(note);
            }
        }
        if before != (self.look.clone(), self.clip) {
            self.photo = photo(self.work, &self.look, self.clip)?;
        }
        let real = self.last.elapsed();
        self.last = Instant::now();
        let keeps_up = self.advance(real)?;
        let now = Instant::now();
        let time = self.live.time();
        // a person who has told something sees it at once
        if told || (time != self.pictured && now >= self.due) {
            let shown = self.picture(caption)?;
            locked(board).shown = Some(shown);
            self.pictured = time;
            let mut cost = usual(&mut self.picture_took, now.elapsed());
            let begin = Instant::now();
            if time != self.read && begin >= self.reading_due {
                let reading = reading::read(self.work, &self.live, &self.weight, self.backend.as_mut())?;
                locked(board).readings.push(reading);
                self.read = time;
                self.reading_due = begin + READING;
                cost += usual(&mut self.reading_took, begin.elapsed());
            }
            let wait = match keeps_up {
                true => FRAME.saturating_sub(now.elapsed()),
                false => PATIENCE * cost,
            };
            self.due = Instant::now() + wait;
            wake();
        }
        if self.goes() && keeps_up {
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// Goes on for a stretch; true if it keeps up with the speed that is asked for.
    fn advance(&mut self, real: Duration) -> Result<bool, Error> {
        let before = self.live.time();
        if !self.goes() {
            (self.ratio, self.since, self.goal) = (0.0, (0.0, Duration::ZERO), before);
            return Ok(true);
        }
        // a machine that was busy with something else does not make the run jump
        let way = self.speed * (real.as_secs_f64().min(0.1) * 1e6);
        // what it has fallen behind it does not make up for
        self.goal = self.goal.min(before) + way;
        let until = match self.playing {
            true => self.goal,
            false => self.goal.min(self.step_until),
        };
        if before < until {
            self.live.advance(self.backend.as_mut(), until, self.stretch)?;
        }
        self.since.0 += self.live.time() - before;
        self.since.1 += real;
        if self.since.1 >= RATED {
            self.ratio = self.since.0 / (self.since.1.as_secs_f64() * 1e6);
            self.since = (0.0, Duration::ZERO);
        }
        Ok(self.live.time() >= until || self.live.finished())
    }

    /// Does as it is told; what there is to say of it.
    fn obey(&mut self, order: Told) -> Result<Option<String>, Error> {
        let backend = self.backend.as_mut();
        match order {
            Told::Play(on) => self.playing = on,
            Told::Step(length) => {
                self.playing = false;
                self.step_until = self.live.time() + length;
            }
            Told::Speed(speed) => self.speed = speed,
            Told::Spin(omega) => self.live.spin(omega),
            Told::Pump(rate) => self.live.pump(backend, rate)?,
            Told::Switch(on) => self.live.switch(backend, on)?,
            Told::Look(look, clip) => (self.look, self.clip) = (look, clip),
            Told::Pick(at) => {
                self.followed = self
                    .live
                    .pick(backend, &self.photo.plate, DVec2::from_array(at))?;
                if self.followed.is_none() {
                    return Ok(Some("there is no cell near that point".into()));
                }
            }
            Told::Forget => self.followed = None,
            Told::Save(path) => {
                // what cannot be written is no reason to end the run
                let said = self
                    .save(&path)
                    .map_or_else(|e| e.to_string(), |()| format!("saved as {}", path.display()));
                return Ok(Some(said));
            }
        }
        Ok(None)
    }

    fn save(&self, path: &std::path::Path) -> Result<(), Error> {
        let origin = self.work.origin();
        let programme = match (self.live.protocol(), self.live.separator()) {
            (Some(protocol), _) => Programme::Vessel(protocol),
            (None, Some(s)) => Programme::Separator(s, &origin.outlets),
            (None, None) => return Err(Error::Internal("a run has no programme".into())),
        };
        let text = as_steered(&origin.text, &origin.path, programme)?;
        atomic::write(path, |out| out.write_all(text.as_bytes()))
    }

    fn picture(&mut self, caption: &Caption) -> Result<Shown, Error> {
        let live = &self.live;
        let backend = self.backend.as_mut();
        let moment = Moment {
            time: live.time(),
            omega: live.omega(),
            rate: live.separator().map(|_| live.rate()),
        };
        // where speeds are shown they are those of this moment
        self.photo.expose(moment);
        self.photo.plate.step.magnets = live.magnets();
        let image = backend.picture(&self.photo.plate)?;
        let cell = match self.followed {
            Some(parcel) => Some(live.cell(backend, parcel)?),
            None => None,
        };
        Ok(Shown {
            image: self.photo.develop(&image, moment, caption)?,
            shot: self.photo.plate.shot,
            moment,
            duration: live.duration(),
            steps: live.steps(),
            ratio: self.ratio,
            playing: self.playing,
            magnets: live.magnets(),
            rate: live.rate(),
            finished: live.finished(),
            cell,
        })
    }
}

/// What something usually takes, when it has just taken `took`: a running mean, in which a machine that was busy with something
/// else once counts three times at most.
fn usual(usually: &mut Duration, took: Duration) -> Duration {
    *usually = match usually.is_zero() {
        true => took,
        false => (*usually * 3 + took.min(*usually * 3)) / 4,
    };
    *usually
}

fn photo<'a>(work: &'a Work, look: &Look, clip: Clip) -> Result<Photo<'a>, Error> {
    let mut photo = Photo::new(work.subject(), look.clone())?;
    clip::apply(&mut photo.plate, clip, look.view, work.subject());
    Ok(photo)
}

/// A run that has not moved yet, what holds its parcels, and the real cells per parcel, by component.
type Begun = (Live, Box<dyn Backend>, Vec<f64>);

/// Draws the parcels and opens the back-end; with the real cells per parcel, by component.
fn begin(work: &Work, decision: &mut Decision) -> Result<Begun, Error> {
    match work {
        Work::Vessel(setup, _) => {
            decision.check_memory(setup)?;
            let parcels = Parcels::draw(
                &setup.components,
                setup.fluid,
                &setup.chamber,
                &setup.grid(),
                setup.seed,
            )?;
            let backend = decision.open(&Job::Vessel {
                setup,
                parcels: &parcels,
            })?;
            let live = Live::vessel((**setup).clone(), &parcels)?;
            Ok((live, backend, parcels.weight))
        }
        Work::Duct(separator, table, _) => {
            decision.need_of_separator(separator).check(memory::available())?;
            let charge = Charge::draw(separator)?;
            let backend = decision.open(&Job::Separator {
                separator,
                charge: &charge,
                table: table.as_ref(),
            })?;
            Ok((Live::duct((**separator).clone())?, backend, charge.weight))
        }
    }
}
#[cfg(test)]
#[path = "run_tests.rs"]
pub(in crate::window) mod tests;
