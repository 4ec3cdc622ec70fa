//! The run behind the window: it does as it is told and hands over pictures.

use super::clip::{self, Clip};
use super::reading;
use super::sim::{Board, Present, Shown, Told, Work, locked};
use crate::Error;
use crate::devices::Decision;
use crate::engine::{Backend, Live, Program, Readings};
use crate::output::atomic;
use crate::render::Caption;
use crate::render::photo::{Look, Moment, Photo};
use crate::scenario::as_steered;
use glam::DVec2;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Real time that one stretch of the run takes at most: as long as a person does not notice.
const STRETCH: Duration = Duration::from_millis(40);
/// Between two looks at what is told while it waits.
const REST: Duration = Duration::from_millis(50);
/// Least time from one picture to the next of a run that keeps up, so that there can be sixty in a second: what is faster than the
/// eye only takes time from it.
const FRAME: Duration = Duration::from_millis(8);
/// Sleep of a run that keeps up, at most.
const NAP: Duration = Duration::from_millis(2);
/// Over so long the ratio of simulated to real time is worked out.
const RATED: Duration = Duration::from_millis(500);
/// Between two readings.
const READING: Duration = Duration::from_millis(250);
/// Times as long as pictures and readings take that a run which does not keep up goes on undisturbed: they slow it by a twentieth (4.7 and 5.6 % on
/// two cores; with 14 it was 8.4 and 8.5 %, and a tenth is the most it may be).
const PATIENCE: u32 = 19;

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
    /// Orders followed so far.
    obeyed: u64,
    /// Whether it has ended with an error: it can be looked at still.
    failed: bool,
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
    /// Draws the parcels and opens the back-end.
    ///
    /// # Errors
    /// As the scene's memory, its parcels or its back-end have them.
    pub(super) fn begin(work: &'a Work, decision: &mut Decision, start: &Start) -> Result<Self, Error> {
        let (live, backend, weight) = begin(work, decision)?;
        let now = Instant::now();
        let (look, clip) = (start.look.clone(), start.clip);
        Ok(Self {
            work,
            live,
            backend,
            weight,
            photo: photo(work, &look, clip)?,
            look,
            clip,
            playing: true,
            stretch: STRETCH,
            speed: start.speed,
            obeyed: start.obeyed,
            failed: false,
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
        (self.playing || self.live.time() < self.step_until) && !self.live.finished() && !self.failed
    }

    /// As another run of the same would begin.
    pub(super) fn start(&self) -> Start {
        Start {
            look: self.look.clone(),
            clip: self.clip,
            speed: self.speed,
            obeyed: self.obeyed,
            orders: Vec::new(),
        }
    }

    /// Real cells that its parcels stand for; free beads are none.
    pub(super) fn cells(&self) -> f64 {
        let all = self.work.setup.components.iter().zip(&self.weight);
        all.filter(|(c, _)| !c.response.is_free_bead())
            .map(|(c, weight)| weight * c.parcels as f64)
            .sum()
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

    /// Follows the orders, goes on for a stretch, and shows what there is when it is time to. With an error the run ends; what it
    /// has come to can be looked at, picked from and saved still, as far as the back-end goes along.
    pub(super) fn go_on(
        &mut self,
        orders: Vec<Told>,
        caption: &Caption,
        board: &Mutex<Board>,
        wake: &dyn Fn(),
    ) {
        let Err(e) = self.beat(orders, caption, board, wake) else {
            return;
        };
        if std::mem::replace(&mut self.failed, true) {
            // the first is the cause of those that follow
            locked(board).note = Some(e.to_string());
        } else {
            self.ratio = 0.0;
            // the moment at which it ended
            let shown = self.picture(caption).ok();
            let mut board = locked(board);
            board.shown = shown.or(board.shown.take());
            board.present = Some(self.present());
            board.error = Some(e.to_string());
        }
        wake();
    }

    fn beat(
        &mut self,
        orders: Vec<Told>,
        caption: &Caption,
        board: &Mutex<Board>,
        wake: &dyn Fn(),
    ) -> Result<(), Error> {
        let told = !orders.is_empty();
        self.obeyed += orders.len() as u64;
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
        locked(board).present = Some(self.present());
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
                locked(board).readings.add(reading);
                self.read = time;
                self.reading_due = begin + READING;
                cost += usual(&mut self.reading_took, begin.elapsed());
            }
            let wait = match keeps_up {
                true => pause(now.elapsed()),
                false => PATIENCE * cost,
            };
            self.due = Instant::now() + wait;
            wake();
        }
        if self.goes() && keeps_up {
            // no longer than until the next picture, unless there is nothing new to see
            let left = match self.live.time() == self.pictured {
                true => NAP,
                false => self.due.saturating_duration_since(Instant::now()),
            };
            std::thread::sleep(left.min(NAP));
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
        let steers = matches!(
            order,
            Told::Spin(_)
                | Told::SpinBy(..)
                | Told::Pump(_)
                | Told::PumpBy(..)
                | Told::Switch(_)
                | Told::Toggle
        );
        if self.failed && steers {
            return Ok(Some("the run has ended: begin from the start".into()));
        }
        let backend = self.backend.as_mut();
        match order {
            // the run after this one is not the run's affair
            Told::Restart => {}
            // who waits does so at once, within a step too
            Told::Play(on) => (self.playing, self.step_until) = (on, 0.0),
            Told::Step(length) => {
                // further than a step that is not over yet
                let from = match self.playing {
                    true => self.live.time(),
                    false => self.live.time().max(self.step_until),
                };
                (self.playing, self.step_until) = (false, from + length);
            }
            Told::Speed(speed) => self.speed = speed,
            Told::Spin(omega) => self.live.spin(omega),
            Told::SpinBy(by, [least, most]) => {
                let omega = self.live.heading(by > 1.0);
                self.live.spin((omega * by).clamp(least, most));
            }
            Told::Pump(rate) => self.live.pump(backend, rate)?,
            Told::PumpBy(by, [least, most]) => {
                let rate = (self.live.rate() * by).clamp(least, most);
                self.live.pump(backend, rate)?;
            }
            Told::Switch(on) => self.live.switch(backend, on)?,
            Told::Toggle => {
                let on = !self.live.magnets();
                self.live.switch(backend, on)?;
            }
            Told::Look(look, clip) => (self.look, self.clip) = (look, clip),
            Told::Pick(at, plate) => {
                self.followed = self.live.pick(backend, &plate, DVec2::from_array(at))?;
                if self.followed.is_none() {
                    return Ok(Some("there is no cell near that point".into()));
                }
                // instead of what was said of an earlier click
                return Ok(Some(String::new()));
            }
            Told::Forget => self.followed = None,
            Told::Save(path) => {
                // what cannot be written is no reason to end the run
                let said = self.save(&path).map_or_else(
                    |e| super::unsaved(&e),
                    |()| format!("saved as {}", path.display()),
                );
                return Ok(Some(said));
            }
        }
        Ok(None)
    }

    fn save(&self, path: &std::path::Path) -> Result<(), Error> {
        let origin = &self.work.origin;
        let text = as_steered(&origin.text, &origin.path, self.live.setup(), &origin.outlets)?;
        atomic::write(path, |out| out.write_all(text.as_bytes()))
    }

    /// What it does now.
    fn present(&self) -> Present {
        let live = &self.live;
        Present {
            time: live.time(),
            duration: live.duration(),
            steps: live.steps(),
            ratio: self.ratio,
            playing: self.playing && !self.failed,
            obeyed: self.obeyed,
            omega: live.omega(),
            aim: live.aim(),
            magnets: live.magnets(),
            rate: live.rate(),
            finished: live.finished(),
        }
    }

    fn picture(&mut self, caption: &Caption) -> Result<Shown, Error> {
        let live = &self.live;
        let backend = self.backend.as_mut();
        let moment = Moment {
            time: live.time(),
            omega: live.omega(),
            rate: live.setup().carries().then(|| live.rate()),
        };
        // where speeds are shown they are those of this moment
        self.photo.expose(moment, backend)?;
        self.photo.plate.step.magnets = live.magnets();
        let image = backend.picture(&self.photo.plate)?;
        let cell = match self.followed {
            Some(parcel) => Some(live.cell(backend, parcel)?),
            None => None,
        };
        Ok(Shown {
            image: self.photo.develop(&image, moment, caption)?,
            plate: Arc::new(self.photo.plate.clone()),
            look: self.look.clone(),
            moment,
            state: self.present(),
            cell,
        })
    }
}

/// How long a run that keeps up is left alone after a picture that took so long: to the next frame, and at least as long as the
/// picture took, so that a picture does not take more than half of its time, or 8 ms.
fn pause(took: Duration) -> Duration {
    FRAME.saturating_sub(took).max(took.min(FRAME))
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
    photo.note = clip::apply(&mut photo.plate, clip, look.view, work.subject());
    Ok(photo)
}

/// As a run begins.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub look: Look,
    pub clip: Clip,
    /// Simulated over real time.
    pub speed: f64,
    /// Orders that runs before it have followed.
    pub obeyed: u64,
    /// Orders that are for it.
    pub orders: Vec<Told>,
}

impl Start {
    /// For the first run.
    pub fn new(look: Look, speed: f64) -> Self {
        Self {
            look,
            clip: Clip::default(),
            speed,
            obeyed: 0,
            orders: Vec::new(),
        }
    }

    /// What an order that no run follows changes of it.
    pub fn learn(&mut self, order: Told) {
        self.obeyed += 1;
        match order {
            Told::Look(look, clip) => (self.look, self.clip) = (look, clip),
            Told::Speed(speed) => self.speed = speed,
            _ => {}
        }
    }

    /// Waits, without a run, until there is to be one; false when the window is gone.
    pub fn wait(&mut self, told: &Receiver<Told>) -> bool {
        while let Ok(order) = told.recv() {
            let again = order == Told::Restart;
            self.learn(order);
            if again {
                return true;
            }
        }
        false
    }
}

/// A run that has not moved yet, what holds its parcels, and the real cells per parcel, by component.
type Begun = (Live, Box<dyn Backend>, Vec<f64>);

/// Draws the parcels and opens the back-end; with the real cells per parcel, by component.
fn begin(work: &Work, decision: &mut Decision) -> Result<Begun, Error> {
    let setup = &*work.setup;
    decision.check_memory(setup)?;
    let parcels = setup.draw()?;
    let backend = decision.open(&Program::new(setup, &parcels, work.table.as_ref())?)?;
    Ok((Live::new(setup.clone(), &parcels)?, backend, parcels.weight))
}

#[cfg(test)]
#[path = "run_tests.rs"]
pub(in crate::window) mod tests;
