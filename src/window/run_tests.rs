use super::*;
use crate::constants::SECOND;
use crate::devices::{Choice, Wanted};
use crate::render::photo::{Colouring, View};
use crate::scenario::{BUNDLED, Scene};
use crate::window::Origin;

pub(in crate::window) fn look() -> Look {
    Look {
        view: View::Side,
        colouring: Colouring::Species,
        size: [774, 738],
        hidden: Vec::new(),
        magnets: true,
        zoom: 1.0,
        pan: [0.0; 2],
    }
}

fn start(speed: f64) -> Start {
    Start::new(look(), speed)
}

/// A bundled scene of so many parcels, as `view` opens it on the CPU.
pub(in crate::window) fn work(name: &str, parcels: usize) -> (Work, Decision) {
    work_on(name, parcels, Wanted::Cpu)
}

pub(in crate::window) fn work_on(name: &str, parcels: usize, backend: Wanted) -> (Work, Decision) {
    let text = BUNDLED.iter().find(|(n, _)| *n == name).unwrap().1;
    let mut scene = Scene::from_str("a.toml", text).unwrap();
    scene.rescale(parcels);
    let mut origin = Origin {
        text: text.to_owned(),
        path: "a.toml".into(),
        outlets: Vec::new(),
        plasma: true,
    };
    let decision = Choice {
        backend,
        device: None,
        threads: 0,
    }
    .decide()
    .unwrap();
    let table = scene.tabulate().unwrap();
    if scene.collector.is_some() {
        let pilot = decision.pilot().unwrap();
        scene
            .survey(&mut |collector, starts| pilot.fly(collector, starts))
            .unwrap();
    }
    origin.outlets = scene.outlets;
    let work = Work {
        setup: Box::new(scene.setup),
        table,
        origin,
    };
    (work, decision)
}

pub(in crate::window) fn caption() -> Caption {
    Caption {
        title: "a test".into(),
        footer: String::new(),
        outlets: Vec::new(),
    }
}

/// The run is told to pick, to turn the pump up, to switch, to look and to save; what it says of it is what was told, and the
/// scene that it writes is run by the same reader.
#[test]
fn a_separator_does_as_it_is_told() {
    let (work, mut decision) = work("quadrupole_sorter", 3_000);
    let folder = tempfile::tempdir().unwrap();
    let mut run = Run::begin(&work, &mut decision, &start(1e5)).unwrap();
    let board = Mutex::new(Board::default());
    let go = |run: &mut Run<'_>, orders: Vec<Told>| {
        run.go_on(orders, &caption(), &board, &|| ());
        std::mem::take(&mut *locked(&board))
    };
    // not by playing: on a busy machine one beat of it may lead to the end of the programme
    run.live
        .advance(run.backend.as_mut(), 20.0 * SECOND, Duration::from_secs(600))
        .unwrap();
    let rate = run.live.rate();
    let shown = go(&mut run, vec![Told::Play(false), Told::Pump(1.5 * rate)])
        .shown
        .unwrap();
    assert!(!shown.state.playing && shown.state.rate == 1.5 * rate && shown.cell.is_none());
    // where a cell that is on its way lies on the picture
    let one = (0..3_000)
        .map(|i| run.live.cell(run.backend.as_mut(), i).unwrap())
        .find(|c| c.fate == crate::kernels::passage::FREE)
        .unwrap();
    let at = crate::engine::seen(&shown.plate.shot, one.place).unwrap().at;
    let followed = go(
        &mut run,
        vec![Told::Pick(at.to_array(), Arc::clone(&shown.plate))],
    )
    .shown
    .unwrap()
    .cell
    .unwrap();
    let beside = crate::engine::seen(&shown.plate.shot, followed.place).unwrap().at;
    // where cells of several species lie together it is one of those that colour the place most, within a disc and what a click may miss
    let reach = f64::from(shown.plate.shot.most) + crate::engine::REACH;
    assert!(beside.distance(at) < reach, "{followed:?} {one:?}");
    // a corner of the paper has no cell
    let board_of = go(&mut run, vec![Told::Pick([3.0, 3.0], Arc::clone(&shown.plate))]);
    assert_eq!(board_of.note.as_deref(), Some("there is no cell near that point"));
    assert!(board_of.shown.unwrap().cell.is_none());
    assert!(
        !go(&mut run, vec![Told::Switch(false)])
            .shown
            .unwrap()
            .state
            .magnets
    );
    let path = folder.path().join("steered/scene.toml");
    let note = go(&mut run, vec![Told::Save(path.clone())]).note.unwrap();
    assert!(note.starts_with("saved as"), "{note}");
    let again = Scene::from_file(&path).unwrap();
    assert_eq!(again.setup.protocol, run.live.setup().protocol);
    assert_eq!(again.setup.protocol.segments().len(), 2);
    assert!(
        !again.setup.protocol.segments()[1].magnets && again.setup.protocol.segments()[1].rate == 1.5 * rate
    );
    // a folder that cannot be made is said, and no reason to end
    let blocked = path.join("below/a/file.toml");
    let note = go(&mut run, vec![Told::Save(blocked)]).note.unwrap();
    assert!(!note.starts_with("saved as"), "{note}");
}

/// A rotor that was steered is written so that a run of it is the very same.
#[test]
fn a_saved_scene_is_the_run() {
    let (work, mut decision) = work("whole_blood", 20_000);
    let mut run = Run::begin(&work, &mut decision, &start(1e5)).unwrap();
    let forever = Duration::from_secs(600);
    run.live
        .advance(run.backend.as_mut(), 50.0 * SECOND, forever)
        .unwrap();
    run.obey(Told::Spin(1.1e-4)).unwrap();
    run.live
        .advance(run.backend.as_mut(), 80.0 * SECOND, forever)
        .unwrap();
    run.obey(Told::Spin(0.0)).unwrap();
    run.live
        .advance(run.backend.as_mut(), 120.0 * SECOND, forever)
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.toml");
    run.save(&path).unwrap();
    let mut scene = Scene::from_file(&path).unwrap();
    scene.rescale(20_000);
    let again = Work {
        setup: Box::new(scene.setup),
        table: None,
        origin: Origin::default(),
    };
    let mut second = Run::begin(&again, &mut decision, &start(1e5)).unwrap();
    while second.live.time() < run.live.time() {
        let goal = run.live.time();
        second
            .live
            .advance(second.backend.as_mut(), goal, forever)
            .unwrap();
    }
    assert_eq!(run.live.time(), second.live.time());
    let places = |run: &mut Run<'_>| run.backend.positions().unwrap();
    // the same programme, but steps that end where it was told: a fraction of a grid cell apart
    let (a, b) = (places(&mut run), places(&mut second));
    let cells = |p: &u64| crate::fixed::to_cells(*p);
    let mean = |p: &[Vec<u64>; 3]| p[2].iter().map(cells).sum::<f64>() / p[2].len() as f64;
    assert!((mean(&a) - mean(&b)).abs() < 0.05, "{} {}", mean(&a), mean(&b));
}

/// So is a separator's whose magnets and pump were told while its sample came in: wash and elution are those of the scene.
#[test]
fn a_saved_programme_of_phases_is_the_run() {
    let (work, mut decision) = work("cd34_selection_column", 3_000);
    let mut run = Run::begin(&work, &mut decision, &start(1e5)).unwrap();
    let forever = Duration::from_secs(600);
    let minute = 60.0 * SECOND;
    for (time, order) in [
        (20.0, Told::Switch(false)),
        (22.0, Told::Switch(true)),
        (30.0, Told::Pump(1.3 * run.live.rate())),
    ] {
        run.live
            .advance(run.backend.as_mut(), time * minute, forever)
            .unwrap();
        run.obey(order).unwrap();
    }
    run.live
        .advance(run.backend.as_mut(), f64::INFINITY, forever)
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.toml");
    run.save(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for name in [
        "flow-through",
        "flow-through, 2",
        "flow-through, 4",
        "wash",
        "CD34+",
    ] {
        assert!(text.contains(&format!("name    = \"{name}\"")), "{name}: {text}");
    }
    let (given, steered) = (work.setup.protocol.segments(), run.live.protocol().segments());
    assert_eq!((given.len(), steered.len()), (3, 6));
    // those that follow are as they were
    assert_eq!(given[1..], steered[4..]);
    let mut scene = Scene::from_file(&path).unwrap();
    scene.rescale(3_000);
    // what the collectors catch is surveyed before a run, and not part of a scene
    scene.setup.matrix.clone_from(&work.setup.matrix);
    let origin = Origin {
        outlets: scene.outlets,
        ..Origin::default()
    };
    let again = Work {
        setup: Box::new(scene.setup),
        table: None,
        origin,
    };
    let mut second = Run::begin(&again, &mut decision, &start(1e5)).unwrap();
    second
        .live
        .advance(second.backend.as_mut(), f64::INFINITY, forever)
        .unwrap();
    let census = |run: &mut Run<'_>| run.backend.census().unwrap();
    let (a, b) = (census(&mut run), census(&mut second));
    assert_eq!(a.len(), b.len());
    // some were held until the elution, and came off
    let out = crate::kernels::passage::OUT as usize;
    assert!(a.iter().map(|c| c[out + 1]).sum::<u64>() > 50, "{a:?}");
    // the same programme; a step that ends where it was told may carry a few parcels across a border sooner
    for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
        assert!(a.abs_diff(*b) <= 6, "{a} {b}");
    }
}

/// The speed that is asked for is kept, though single steps go further.
#[test]
fn a_run_is_as_fast_as_it_is_asked_to_be() {
    let (work, mut decision) = work("whole_blood", 20_000);
    let mut run = Run::begin(&work, &mut decision, &start(10.0)).unwrap();
    // however slow the machine is on which this is tested
    run.stretch = Duration::MAX;
    let mut real = Duration::ZERO;
    while real < Duration::from_secs(20) {
        let beat = Duration::from_millis(10);
        assert!(run.advance(beat).unwrap());
        real += beat;
    }
    // the last step may go beyond
    let time = run.live.time() / SECOND;
    assert!((200.0..201.5).contains(&time), "{time}");
    assert!((run.ratio - 10.0).abs() < 4.0, "{}", run.ratio);
}

/// By hand: frames of 8 ms, and a picture takes half of the time at most, but for one that takes longer than a frame.
#[test]
fn sixty_pictures_in_a_second_are_possible() {
    let ms = Duration::from_millis;
    assert_eq!([1, 3, 6, 8, 30].map(|t| pause(ms(t))), [7, 5, 6, 8, 8].map(ms));
    assert!((0..=8).all(|t| ms(t) + pause(ms(t)) <= ms(16)));
}

/// By hand: 100 ms; a hiccup of a second counts as 300, (300 + 300)/4 = 150; then (450 + 50)/4 = 125.
#[test]
fn a_hiccup_is_no_habit() {
    let ms = Duration::from_millis;
    let mut usually = Duration::ZERO;
    let said: Vec<_> = [100, 1000, 50].map(|t| usual(&mut usually, ms(t))).into();
    assert_eq!(said, [ms(100), ms(150), ms(125)]);
}

/// A run that does not keep up is left alone for [`PATIENCE`] times as long as a picture took.
#[test]
fn pictures_wait_for_a_run_that_falls_behind() {
    let (work, mut decision) = work("whole_blood", 20_000);
    let mut run = Run::begin(&work, &mut decision, &start(1e12)).unwrap();
    let board = Mutex::new(Board::default());
    let before = Instant::now();
    run.go_on(Vec::new(), &caption(), &board, &|| ());
    assert!(run.due >= before + PATIENCE * run.picture_took);
    // who tells it something sees it at once
    locked(&board).shown = None;
    run.due = Instant::now() + Duration::from_secs(1000);
    run.go_on(Vec::new(), &caption(), &board, &|| ());
    assert!(locked(&board).shown.is_none());
    run.go_on(vec![Told::Speed(1e12)], &caption(), &board, &|| ());
    assert!(locked(&board).shown.is_some());
}

/// How much pictures and readings slow a run that does not keep up: against the same steps without; on a hardware GPU if there is
/// one. Not part of the tests, as it wants a machine that does nothing else; docs/pictures.md has what it said.
#[test]
#[ignore = "a measurement"]
fn what_pictures_cost() {
    let (mut said, mut fine) = (String::new(), true);
    for (parcels, slice) in [(100_000, 1), (1_000_000, 5)] {
        let (work, mut decision) = work_on("whole_blood", parcels, Wanted::Auto);
        let board = Mutex::new(Board::default());
        let (mut rates, mut pictures, mut device) = ([Vec::new(), Vec::new()], 0, String::new());
        let mut runs = 0;
        // in turns within one run, so that what else the machine does meets both, and every other run the other way round, as steps
        // take longer the later they are; a slice that the end cuts short does not count
        for order in [[false, true], [true, false]].into_iter().cycle() {
            if rates[1].len() >= 30 / slice && order[1] {
                break;
            }
            runs += 1;
            assert!(
                runs <= 2 || !rates[1].is_empty(),
                "{device} has done it all before anything can be measured: take more parcels"
            );
            let mut run = Run::begin(&work, &mut decision, &start(1e12)).unwrap();
            run.advance(Duration::from_millis(100)).unwrap();
            device = run.device();
            for with in order.into_iter().cycle() {
                let (first, begin, mut taken) = (run.live.steps(), Instant::now(), 0);
                while begin.elapsed() < Duration::from_secs(slice as u64) && !run.live.finished() {
                    if with {
                        run.go_on(Vec::new(), &caption(), &board, &|| ());
                        taken += u32::from(locked(&board).shown.take().is_some());
                    } else {
                        run.advance(Duration::from_millis(100)).unwrap();
                    }
                }
                if run.live.finished() {
                    break;
                }
                let steps = (run.live.steps() - first) as f64;
                rates[usize::from(with)].push(steps / begin.elapsed().as_secs_f64());
                pictures += taken;
            }
        }
        let mean = |r: &[f64]| r.iter().sum::<f64>() / r.len() as f64;
        let (without, with) = (mean(&rates[0]), mean(&rates[1]));
        let slower = 100.0 * (without / with - 1.0);
        said += &format!(
            "{device}, {parcels} parcels: {without:.1} steps a second without, {with:.1} with {pictures} pictures, {slower:.1} % slower\n"
        );
        fine &= slower < 10.0;
    }
    let _ = std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes());
    assert!(fine, "{said}");
}

/// By hand: three steps told at once are three steps, and one that is told within a step goes on from its end; a run that is told to
/// wait within a step waits.
#[test]
fn steps_add_up() {
    let (work, mut decision) = work("whole_blood", 3_000);
    let mut run = Run::begin(&work, &mut decision, &start(1.0)).unwrap();
    let board = Mutex::new(Board::default());
    let mut tell = |orders: Vec<Told>| {
        run.go_on(orders, &caption(), &board, &|| ());
        (run.live.time(), run.step_until, run.goes())
    };
    let second = Told::Step(SECOND);
    let (time, until, _) = tell(vec![
        Told::Play(false),
        second.clone(),
        second.clone(),
        second.clone(),
    ]);
    assert_eq!(until, 3.0 * SECOND);
    assert!(time < until);
    assert_eq!(tell(vec![second]).1, 4.0 * SECOND);
    assert!(!tell(vec![Told::Play(false)]).2);
}

/// Faster is faster than the rotor turns at the moment the order is heard, and never slower than where a ramp under way leads to.
#[test]
fn faster_is_faster_than_it_turns() {
    let (work, mut decision) = work("whole_blood", 3_000);
    let mut run = Run::begin(&work, &mut decision, &start(1.0)).unwrap();
    let bounds = [0.0, 1.0];
    let goal = run.live.protocol().towards(0.0);
    let forever = Duration::from_secs(600);
    // half way up the ramp of 30 s
    run.live
        .advance(run.backend.as_mut(), 15.0 * SECOND, forever)
        .unwrap();
    let now = run.live.omega();
    assert!((now / goal - 0.5).abs() < 0.01, "{now} {goal}");
    run.obey(Told::SpinBy(1.1, bounds)).unwrap();
    assert!((run.live.aim().unwrap() / goal - 1.1).abs() < 1e-12);
    // what was told is what the next order is measured by
    run.obey(Told::SpinBy(1.1, bounds)).unwrap();
    assert!((run.live.aim().unwrap() / goal - 1.21).abs() < 1e-12);
    run.obey(Told::SpinBy(0.5, bounds)).unwrap();
    assert!((run.live.aim().unwrap() / goal - 0.605).abs() < 1e-12);
    run.obey(Told::SpinBy(0.5, [0.7 * goal, 1.0])).unwrap();
    assert!((run.live.aim().unwrap() / goal - 0.7).abs() < 1e-12);
}
