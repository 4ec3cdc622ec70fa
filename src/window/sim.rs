//! What a window and its run tell each other: orders one way, pictures and readings the other. The run has a thread of its own.

use super::clip::Clip;
use super::reading::Reading;
use super::run::Run;
use crate::Error;
use crate::devices::Decision;
use crate::engine::{Cell, Separator, Setup};
use crate::kernels::Shot;
use crate::magnets::Table;
use crate::render::Caption;
use crate::render::photo::{Look, Moment, Subject};
use image::RgbImage;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Rate of the pump [um3/us].
    Pump(f64),
    /// Magnets on or off.
    Switch(bool),
    /// From where and how it is looked at, and what of it is cut away.
    Look(Look, Clip),
    /// To follow the cell that is drawn at this column and row of the picture [pixels].
    Pick([f64; 2]),
    /// To follow no cell.
    Forget,
    /// To write the scene with its programme as it stands.
    Save(PathBuf),
}

/// A picture, and what there is to say beside it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The finished picture.
    pub image: RgbImage,
    /// How places come to lie on it.
    pub shot: Shot,
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
    /// Rate of the pump [um3/us].
    pub rate: f64,
    /// True at the end of the programme.
    pub finished: bool,
    /// The cell that is followed.
    pub cell: Option<Cell>,
}

/// What else is known of the scene that is run.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Its text.
    pub text: String,
    /// Where it was read from.
    pub path: String,
    /// Names of a separator's outlets.
    pub outlets: Vec<String>,
    /// Whether the cells are in plasma.
    pub plasma: bool,
}

/// What a window is opened on.
pub enum Work {
    /// A vessel in a rotor.
    Vessel(Box<Setup>, Origin),
    /// A separator and the table of its field.
    Duct(Box<Separator>, Option<Table>, Origin),
}

impl Work {
    /// As a picture's subject.
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Self::Vessel(setup, _) => Subject::Vessel(setup),
            Self::Duct(s, ..) => Subject::Duct(s),
        }
    }

    pub(super) fn origin(&self) -> &Origin {
        match self {
            Self::Vessel(_, origin) | Self::Duct(_, _, origin) => origin,
        }
    }
}

/// What the run has pinned up since it was last looked at.
#[derive(Default)]
pub struct Board {
    /// The latest picture.
    pub shown: Option<Shown>,
    /// Readings for the plots.
    pub readings: Vec<Reading>,
    /// What became of an order.
    pub note: Option<String>,
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
                let all = || -> Result<(), Error> {
                    let mut run = Run::begin(&work, &mut decision, look, speed)?;
                    locked(&shared).device = run.device();
                    while let Some(orders) = run.wait(&told) {
                        run.go_on(orders, &caption, &shared, &wake)?;
                    }
                    Ok(())
                };
                if let Err(e) = all() {
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

    /// Takes what is new off the board. Error and device stay.
    pub fn look(&self) -> Board {
        let mut board = locked(&self.board);
        Board {
            shown: board.shown.take(),
            readings: std::mem::take(&mut board.readings),
            note: board.note.take(),
            error: board.error.clone(),
            device: board.device.clone(),
        }
    }
}

pub(super) fn locked(board: &Mutex<Board>) -> std::sync::MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}
