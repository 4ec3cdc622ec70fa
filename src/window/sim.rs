//! What a window and its run tell each other: orders one way, pictures and readings the other. The run has a thread of its own.

use super::clip::Clip;
use super::reading::Record;
use super::run::{Run, Start};
use crate::Error;
use crate::devices::Decision;
use crate::engine::{Cell, Setup};
use crate::kernels::Plate;
use crate::magnets::Table;
use crate::render::Caption;
use crate::render::photo::{Look, Moment, Subject};
use image::RgbImage;
use std::any::Any;
use std::cell::Cell as Count;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What the run is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// To go on, or to wait.
    Play(bool),
    /// To begin anew, by the programme of the scene.
    Restart,
    /// To go on for so long [us], and then to wait.
    Step(f64),
    /// Simulated time over real time.
    Speed(f64),
    /// Speed of the rotor [rad/us].
    Spin(f64),
    /// Another speed of the rotor: what it has, or is brought to, times a factor, within bounds [rad/us].
    SpinBy(f64, [f64; 2]),
    /// Rate of the pump [um3/us].
    Pump(f64),
    /// Another rate of the pump: what it has times a factor, within bounds [um3/us].
    PumpBy(f64, [f64; 2]),
    /// Magnets on or off.
    Switch(bool),
    /// Magnets off where they are on, and on where they are off.
    Toggle,
    /// From where and how it is looked at, and what of it is cut away.
    Look(Look, Clip),
    /// To follow the cell at this column and row [pixels] of a picture that was taken so.
    Pick([f64; 2], Arc<Plate>),
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
    /// How it was taken.
    pub plate: Arc<Plate>,
    /// How it was asked for.
    pub look: Look,
    /// The moment.
    pub moment: Moment,
    /// What the run did at that moment.
    pub state: Present,
    /// The cell that is followed.
    pub cell: Option<Cell>,
}

/// What a run does: controls show this, and act on it, however long ago the last picture was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Present {
    /// Simulated time [us].
    pub time: f64,
    /// Length of the programme as it stands [us].
    pub duration: f64,
    /// Steps so far.
    pub steps: u64,
    /// Simulated over real time of late; zero while it waits.
    pub ratio: f64,
    /// Whether it goes on.
    pub playing: bool,
    /// How many orders it had followed.
    pub obeyed: u64,
    /// Speed of the rotor [rad/us].
    pub omega: f64,
    /// The speed of the rotor that was told [rad/us], while it rules.
    pub aim: Option<f64>,
    /// Whether magnets are on.
    pub magnets: bool,
    /// Rate of the pump [um3/us].
    pub rate: f64,
    /// True at the end of the programme.
    pub finished: bool,
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
pub struct Work {
    /// The run.
    pub setup: Box<Setup>,
    /// The table of its field, if it has one.
    pub table: Option<Table>,
    /// What else is known of its scene.
    pub origin: Origin,
}

impl Work {
    /// As a picture's subject.
    pub fn subject(&self) -> Subject<'_> {
        Subject(&self.setup)
    }
}

/// What the run has pinned up since it was last looked at.
#[derive(Default)]
pub struct Board {
    /// The latest picture.
    pub shown: Option<Shown>,
    /// What the run does now.
    pub present: Option<Present>,
    /// Readings for the plots: a bounded number, however long nobody looks.
    pub readings: Record,
    /// What became of an order.
    pub note: Option<String>,
    /// The run has ended with this.
    pub error: Option<String>,
    /// How often a run has begun.
    pub begun: u64,
    /// On what it runs.
    pub device: String,
    /// Real cells that its parcels stand for.
    pub cells: f64,
}

impl Board {
    /// Nothing is known of the run that begins.
    fn clear(&mut self) {
        (self.shown, self.present, self.error) = (None, None, None);
        self.readings = Record::default();
        self.begun += 1;
    }
}

/// How long a window that is closed waits for its run to put the device away: a driver whose process ends in the midst of its work may
/// crash (NVIDIA's does). A run that takes longer, for its steps are long, is left to itself.
const FAREWELL: Duration = Duration::from_secs(3);

/// A handle on the running thread; dropping it ends the run.
pub struct Sim {
    tell: Option<Sender<Told>>,
    thread: Option<JoinHandle<()>>,
    /// Orders so far.
    told: Count<u64>,
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
        let thread = std::thread::Builder::new()
            .name("buffycoat-run".into())
            .spawn(move || {
                let mut start = Start::new(look, speed);
                loop {
                    locked(&shared).clear();
                    // a defect is said in the window as any other end is: the person may begin anew
                    let end = catch_unwind(AssertUnwindSafe(|| {
                        serve(
                            &work,
                            &mut decision,
                            &mut start,
                            &told,
                            (&caption, &shared, &wake),
                        )
                    }));
                    let error = match end {
                        Ok(Ok(End::Again)) => continue,
                        Ok(Ok(End::Gone)) => return,
                        Ok(Err(e)) => e,
                        Err(payload) => Error::Internal(what(payload.as_ref())),
                    };
                    locked(&shared).error = Some(error.to_string());
                    wake();
                    if !start.wait(&told) {
                        return;
                    }
                }
            })
            .map_err(|e| Error::Device(format!("the thread of the run could not be started: {e}")))?;
        Ok(Self {
            tell: Some(tell),
            thread: Some(thread),
            told: Count::new(0),
            board,
        })
    }

    /// Tells the run something; it may have ended.
    pub fn tell(&self, told: Told) {
        self.told.set(self.told.get() + 1);
        if let Some(tell) = &self.tell {
            let _ = tell.send(told);
        }
    }

    /// How many orders it was given.
    pub fn told(&self) -> u64 {
        self.told.get()
    }

    /// Takes what is new off the board. Error, device and what the run does stay.
    pub fn look(&self) -> Board {
        let mut board = locked(&self.board);
        Board {
            shown: board.shown.take(),
            present: board.present,
            readings: std::mem::take(&mut board.readings),
            note: board.note.take(),
            error: board.error.clone(),
            begun: board.begun,
            device: board.device.clone(),
            cells: board.cells,
        }
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.tell = None;
        let Some(thread) = self.thread.take() else { return };
        let begin = Instant::now();
        while !thread.is_finished() && begin.elapsed() < FAREWELL {
            std::thread::sleep(Duration::from_millis(2));
        }
        if thread.is_finished() {
            // a panic in the run has been shown
            let _ = thread.join();
        }
    }
}

/// Why a run is over.
enum End {
    /// The window is gone.
    Gone,
    /// It is to begin anew.
    Again,
}

/// One run, from its beginning until it is over.
fn serve(
    work: &Work,
    decision: &mut Decision,
    start: &mut Start,
    told: &Receiver<Told>,
    (caption, board, wake): (&Caption, &Mutex<Board>, &dyn Fn()),
) -> Result<End, Error> {
    let mut run = Run::begin(work, decision, start)?;
    {
        let mut board = locked(board);
        (board.device, board.cells) = (run.device(), run.cells());
    }
    let mut orders = std::mem::take(&mut start.orders);
    loop {
        if let Some(at) = orders.iter().rposition(|o| *o == Told::Restart) {
            *start = run.start();
            orders.drain(..=at).for_each(|o| start.learn(o));
            start.orders = orders;
            return Ok(End::Again);
        }
        run.go_on(orders, caption, board, wake);
        match run.wait(told) {
            Some(new) => orders = new,
            None => return Ok(End::Gone),
        }
    }
}

/// What a panic said.
fn what(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic in the run".into())
}

pub(super) fn locked(board: &Mutex<Board>) -> std::sync::MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "sim_tests.rs"]
mod tests;
