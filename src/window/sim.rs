//! The run behind the window, on a thread of its own: it does as it is told and hands over pictures.

use crate::devices::Decision;
use crate::engine::{Backend, Charge, Job, Live, Separator, Setup};
use crate::magnets::Table;
use crate::model::Parcels;
use crate::render::Caption;
use crate::render::photo::{Look, Moment, Photo, Subject};
use crate::{Error, memory};
use image::RgbImage;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the run is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// To go on, or to wait.
    Play(bool),
    /// To go on for so long [us], and then to wait.
    Step(f64),
    /// Simulated time over real time.
    Speed(f64),
    /// Speed of the rotor [rad/us].
    Spin(f64),
    /// Magnets on or off.
    Switch(bool),
    /// From where and how it is looked at.
    Look(Look),
}

/// A picture, and what there is to say beside it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The finished picture.
    pub image: RgbImage,
    /// The moment.
    pub moment: Moment,
    /// Length of the programme as it stands [us].
    pub duration: f64,
    /// Steps so far.
    pub steps: u64,
    /// Simulated over real time of late; zero while it waits.
    pub ratio: f64,
    /// Whether it goes on.
    pub playing: bool,
    /// Whether magnets are on.
    pub magnets: bool,
    /// True at the end of the programme.
    pub finished: bool,
}

/// What a window is opened on.
pub enum Work {
    /// A vessel in a rotor.
    Vessel(Box<Setup>),
    /// A separator and the table of its field.
    Duct(Box<Separator>, Option<Table>),
}

impl Work {
    /// As a picture's subject.
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Self::Vessel(setup) => Subject::Vessel(setup),
            Self::Duct(s, _) => Subject::Duct(s),
        }
    }
}

/// The latest picture, or why there is none any more.
#[derive(Default)]
pub struct Board {
    /// Not yet fetched.
    pub shown: Option<Shown>,
    /// The run has ended with this.
    pub error: Option<String>,
    /// On what it runs.
    pub device: String,
}

/// A handle on the running thread; dropping it ends the run.
pub struct Sim {
    tell: Sender<Told>,
    board: Arc<Mutex<Board>>,
}

impl Sim {
    /// Starts the thread. `wake` is called whenever there is something new.
    ///
    /// # Errors
    /// [`Error::Device`] if there is no thread to be had.
    pub fn start(
        work: Work,
        mut decision: Decision,
        caption: Caption,
        look: Look,
        speed: f64,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self, Error> {
        let (tell, told) = channel();
        let board = Arc::new(Mutex::new(Board::default()));
        let shared = Arc::clone(&board);
        std::thread::Builder::new()
            .name("buffycoat-run".into())
            .spawn(move || {
                if let Err(e) = run(&work, &mut decision, &caption, look, speed, &told, &shared, &wake) {
                    locked(&shared).error = Some(e.to_string());
                }
                wake();
            })
            .map_err(|e| Error::Device(format!("the thread of the run could not be started: {e}")))?;
        Ok(Self { tell, board })
    }

    /// Tells the run something; it may have ended.
    pub fn tell(&self, told: Told) {
        let _ = self.tell.send(told);
    }

    /// Takes what is new off the board: a picture, an error; and the device.
    pub fn look(&self) -> (Option<Shown>, Option<String>, String) {
        let mut board = locked(&self.board);
        (board.shown.take(), board.error.clone(), board.device.clone())
    }
}

fn locked(board: &Mutex<Board>) -> std::sync::MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Real time that one stretch of the run takes at most: as long as a person does not notice.
const STRETCH: Duration = Duration::from_millis(40);
/// Between two looks at what is told while it waits.
const REST: Duration = Duration::from_millis(50);

struct State {
    look: Look,
    playing: bool,
    speed: f64,
    /// Until when it goes on though it is told to wait [us].
    step_until: f64,
    ratio: f64,
}

#[expect(clippy::too_many_arguments, reason = "the thread's whole world, used once")]
fn run(
    work: &Work,
    decision: &mut Decision,
    caption: &Caption,
    look: Look,
    speed: f64,
    told: &Receiver<Told>,
    board: &Mutex<Board>,
    wake: &dyn Fn(),
) -> Result<(), Error> {
    let (mut live, mut backend) = begin(work, decision)?;
    locked(board).device = backend.device().to_string();
    let mut state = State {
        look,
        playing: true,
        speed,
        step_until: 0.0,
        ratio: 0.0,
    };
    let mut photo = Photo::new(work.subject(), state.look.clone())?;
    let mut last = Instant::now();
    let mut stale = true;
    loop {
        let goes = (state.playing || live.time() < state.step_until) && !live.finished();
        let first = match goes {
            true => None,
            false => match told.recv_timeout(REST) {
                Ok(told) => Some(told),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            },
        };
        let mut looked = false;
        for order in first.into_iter().chain(told.try_iter()) {
            stale = true;
            match order {
                Told::Play(on) => state.playing = on,
                Told::Step(length) => {
                    state.playing = false;
                    state.step_until = live.time() + length;
                }
                Told::Speed(speed) => state.speed = speed,
                Told::Spin(omega) => live.spin(omega),
                Told::Switch(on) => live.switch(backend.as_mut(), on)?,
                Told::Look(look) => {
                    looked |= look != state.look;
                    state.look = look;
                }
            }
        }
        if looked {
            photo = Photo::new(work.subject(), state.look.clone())?;
        }
        let goes = (state.playing || live.time() < state.step_until) && !live.finished();
        let real = last.elapsed();
        last = Instant::now();
        if goes {
            // a machine that was busy with something else does not make the run jump
            let way = state.speed * (real.as_secs_f64().min(0.1) * 1e6);
            let goal = match state.playing {
                true => live.time() + way,
                false => (live.time() + way).min(state.step_until),
            };
            let before = live.time();
            live.advance(backend.as_mut(), goal, STRETCH)?;
            let ratio = (live.time() - before) / (real.as_secs_f64().max(1e-4) * 1e6);
            state.ratio += 0.2 * (ratio - state.ratio);
            stale = true;
        } else {
            state.ratio = 0.0;
        }
        if stale {
            let moment = Moment {
                time: live.time(),
                omega: live.omega(),
            };
            let image = backend.picture(&photo.plate)?;
            let shown = Shown {
                image: photo.develop(&image, moment, caption)?,
                moment,
                duration: live.duration(),
                steps: live.steps(),
                ratio: state.ratio,
                playing: state.playing,
                magnets: live.magnets(),
                finished: live.finished(),
            };
            locked(board).shown = Some(shown);
            stale = false;
            wake();
            // what is faster than the eye only takes time from the run
            if goes {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

/// Draws the parcels and opens the back-end.
fn begin(work: &Work, decision: &mut Decision) -> Result<(Live, Box<dyn Backend>), Error> {
    match work {
        Work::Vessel(setup) => {
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
            Ok((Live::vessel((**setup).clone(), &parcels)?, backend))
        }
        Work::Duct(separator, table) => {
            decision.need_of_separator(separator).check(memory::available())?;
            let charge = Charge::draw(separator)?;
            let backend = decision.open(&Job::Separator {
                separator,
                charge: &charge,
                table: table.as_ref(),
            })?;
            Ok((Live::duct((**separator).clone())?, backend))
        }
    }
}
