use super::*;
use crate::window::run::tests::{caption, look, work};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is on the board once it is as it should be.
fn wait(sim: &Sim, what: &str, is: impl Fn(&Board) -> bool) -> Board {
    let begin = Instant::now();
    loop {
        let board = sim.look();
        if is(&board) {
            return board;
        }
        assert!(begin.elapsed() < Duration::from_secs(300), "never {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A run that ends by an error says so; it can be looked at, picked from and saved still, and begins anew.
#[test]
fn an_error_is_not_the_end_of_the_window() {
    // so few parcels that a grid cell overfills
    let (work, decision) = work("whole_blood", 3_000);
    let sim = Sim::start(work, decision, caption(), look(), 1e9, || ()).unwrap();
    let board = wait(&sim, "an error", |b| b.error.is_some());
    assert_eq!(board.begun, 1);
    let error = board.error.unwrap();
    assert!(error.contains("a grid cell holds more cells"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.toml");
    sim.tell(Told::Save(path.clone()));
    wait(&sim, "a note", |b| {
        b.note.as_ref().is_some_and(|n| n.starts_with("saved as"))
    });
    assert!(path.is_file());
    sim.tell(Told::Spin(0.0));
    let other = Look {
        size: [400, 500],
        ..look()
    };
    sim.tell(Told::Look(other, Clip::default()));
    let board = wait(&sim, "another look", |b| {
        b.shown
            .as_ref()
            .is_some_and(|s| s.image.dimensions() == (400, 500))
    });
    assert!(board.error.is_some());
    let shown = board.shown.unwrap();
    assert!(
        !shown.state.playing
            && !shown.state.finished
            && shown.state.ratio == 0.0
            && shown.state.aim.is_none()
    );
    // what is told behind the order to begin is for the run that begins; how it is looked at stays
    sim.tell(Told::Restart);
    sim.tell(Told::Play(false));
    let board = wait(&sim, "another run", |b| {
        b.begun == 2 && b.shown.as_ref().is_some_and(|s| !s.state.playing)
    });
    let shown = board.shown.unwrap();
    assert!(board.error.is_none() && shown.image.dimensions() == (400, 500));
    assert_eq!(shown.state.obeyed, sim.told());
}

/// A defect in the run's thread is said, and is no reason not to begin anew.
#[test]
fn a_panic_is_said() {
    let (work, decision) = work("whole_blood", 20_000);
    let once = AtomicBool::new(true);
    let wake = move || {
        assert!(!once.swap(false, Ordering::SeqCst), "a defect that is made up");
    };
    let sim = Sim::start(work, decision, caption(), look(), 1.0, wake).unwrap();
    let error = wait(&sim, "a defect", |b| b.error.is_some()).error.unwrap();
    assert!(
        error.contains("internal error") && error.contains("made up"),
        "{error}"
    );
    sim.tell(Told::Restart);
    let board = wait(&sim, "another run", |b| b.begun == 2 && b.shown.is_some());
    assert!(board.error.is_none());
}

/// A window that is closed has its run put the device away first, even in the midst of it; one that does not listen is left behind.
#[test]
fn a_closed_window_waits_for_its_run() {
    let (work, decision) = work("whole_blood", 20_000);
    let sim = Sim::start(work, decision, caption(), look(), 10.0, || ()).unwrap();
    wait(&sim, "a picture", |b| b.shown.is_some());
    let board = Arc::clone(&sim.board);
    drop(sim);
    // the thread held the other one
    assert_eq!(Arc::strong_count(&board), 1);
}
