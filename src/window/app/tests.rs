//! The window's panels without a display: egui lays them out, and what they say is read from what it would draw.

use super::*;
use crate::devices::Wanted;
use crate::window::run::tests::work_on;
use egui::epaint::Shape;
use std::time::{Duration, Instant};

pub(super) struct Screen {
    pub ctx: egui::Context,
    pub app: App,
    time: f64,
}

impl Screen {
    pub fn open(scene: &str) -> Self {
        Self::open_on(scene, 3_000, Wanted::Cpu)
    }

    fn open_on(scene: &str, parcels: usize, backend: Wanted) -> Self {
        let (work, decision) = work_on(scene, parcels, backend);
        let ctx = egui::Context::default();
        let caption = Caption {
            title: "a test".into(),
            footer: String::new(),
            outlets: Vec::new(),
        };
        let app = App::new(&ctx, work, decision, caption, "a_test".into()).unwrap();
        Self { ctx, app, time: 0.0 }
    }

    /// One frame; every text on it, and where its middle is.
    fn frame(&mut self, events: Vec<egui::Event>) -> Vec<(String, egui::Pos2)> {
        self.time += 0.02;
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(
                egui::Pos2::ZERO,
                egui::vec2(1280.0, 1100.0),
            )),
            time: Some(self.time),
            events,
            ..Default::default()
        };
        let app = &mut self.app;
        let mut output = self.ctx.run_ui(input, |ui| app.draw(ui));
        // nothing is painted
        output.textures_delta.clear();
        let mut texts = Vec::new();
        for shape in output.shapes {
            read(&shape.shape, &mut texts);
        }
        texts
    }

    pub fn press(&mut self, key: egui::Key) {
        self.press_often(key, 1);
    }

    /// So many presses within one frame.
    fn press_often(&mut self, key: egui::Key, times: usize) {
        let press = egui::Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: egui::Modifiers::default(),
        };
        self.frame(vec![press; times]);
    }

    pub fn click(&mut self, at: egui::Pos2) {
        let button = |pressed| egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::default(),
        };
        self.frame(vec![egui::Event::PointerMoved(at)]);
        self.frame(vec![button(true)]);
        self.frame(vec![button(false)]);
    }

    /// Clicks what has this text.
    pub fn click_on(&mut self, text: &str) {
        let texts = self.wait(text, |t| t.iter().any(|(t, _)| t == text));
        let at = texts.iter().find(|(t, _)| t == text).unwrap().1;
        self.click(at);
    }

    /// Frames until what is on the screen is as it should be.
    fn wait(
        &mut self,
        what: &str,
        is: impl Fn(&[(String, egui::Pos2)]) -> bool,
    ) -> Vec<(String, egui::Pos2)> {
        let begin = Instant::now();
        loop {
            let texts = self.frame(Vec::new());
            if is(&texts) {
                return texts;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(120),
                "never {what}: {texts:?}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Frames until the window knows what it should.
    pub fn until(&mut self, what: &str, is: impl Fn(&App) -> bool) {
        let begin = Instant::now();
        while !is(&self.app) {
            self.frame(Vec::new());
            assert!(begin.elapsed() < Duration::from_secs(120), "never {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What the run does once it has heard all that it was told.
    pub fn now(&mut self) -> Present {
        let told = self.app.sim.told();
        self.until("an answer", |app| {
            app.present.is_some_and(|now| now.obeyed >= told)
        });
        self.app.present.unwrap()
    }

    pub fn says(&mut self, word: &str) {
        self.wait(word, |texts| texts.iter().any(|(t, _)| t.contains(word)));
    }

    fn says_not(&mut self, word: &str) {
        self.wait(word, |texts| !texts.iter().any(|(t, _)| t.contains(word)));
    }
}

/// How many pictures a second come to the window while the run keeps up, and how long the window takes for a frame of its own, up to
/// what a graphics device would be handed: 1 million parcels, on a hardware GPU if there is one. Not part of the tests, as it
/// wants a machine that does nothing else; docs/pictures.md has what it said.
#[test]
#[ignore = "a measurement"]
fn how_many_pictures_come() {
    let mut said = String::new();
    for view in [
        View::Side,
        View::Orbit {
            azimuth: 30.0,
            elevation: 20.0,
        },
    ] {
        let mut screen = Screen::open_on("whole_blood", 1_000_000, Wanted::Auto);
        screen.app.set_view(view);
        screen.says("pictures/s");
        let (begin, mut frames, mut pictures, mut before) = (Instant::now(), 0, 0, f64::NAN);
        let mut spent = Duration::ZERO;
        while begin.elapsed() < Duration::from_secs(5) {
            let from = Instant::now();
            let input = egui::RawInput {
                screen_rect: Some(egui::Rect::from_min_size(
                    egui::Pos2::ZERO,
                    egui::vec2(1280.0, 800.0),
                )),
                ..Default::default()
            };
            let app = &mut screen.app;
            let mut output = screen.ctx.run_ui(input, |ui| app.draw(ui));
            output.textures_delta.clear();
            let _ = screen.ctx.tessellate(output.shapes, output.pixels_per_point);
            spent += from.elapsed();
            frames += 1;
            let now = screen.app.shown.as_ref().map_or(f64::NAN, |s| s.moment.time);
            pictures += u32::from(now != before);
            before = now;
            std::thread::sleep(Duration::from_millis(2));
        }
        let shown = screen.app.shown.as_ref().unwrap();
        said += &format!(
            "{}, {view:?}: {:.0} pictures a second at {:.1} times real time (asked {:.1}), {:.2} ms of the window a frame\n",
            screen.app.device,
            f64::from(pictures) / begin.elapsed().as_secs_f64(),
            shown.state.ratio,
            screen.app.speed,
            1e3 * spent.as_secs_f64() / f64::from(frames)
        );
    }
    let _ = std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes());
}

fn read(shape: &Shape, texts: &mut Vec<(String, egui::Pos2)>) {
    match shape {
        Shape::Text(t) => texts.push((t.galley.text().to_owned(), t.visual_bounding_rect().center())),
        Shape::Vec(all) => all.iter().for_each(|s| read(s, texts)),
        _ => {}
    }
}

/// The cell that is clicked is said: its species, size and forces; it is followed, and let go.
#[test]
fn a_cell_is_clicked() {
    let mut screen = Screen::open("whole_blood");
    screen.says("parcels");
    screen.press(egui::Key::Space);
    screen.says("waiting");
    screen.until("a picture of that size", |app| {
        app.shown.as_ref().is_some_and(|s| s.look == app.look)
    });
    // the middle of the tube
    let middle = screen.app.look.middle();
    let at = egui::pos2(258.0 + middle[0] as f32, 8.0 + middle[1] as f32);
    screen.click(at);
    for word in ["parcel ", "diameter", "g/mL", "um/s", "pN", "buoyancy", "% cells"] {
        screen.says(word);
    }
    let cell = screen.app.followed.cell.unwrap();
    assert!(
        cell.place.x.abs() < 1e3 && (cell.place.z - 32.5e3).abs() < 3e3,
        "{cell:?}"
    );
    // it leaves a trail as it goes
    screen.press(egui::Key::N);
    let before = screen.app.followed.trail.len();
    let begin = Instant::now();
    while screen.app.followed.trail.len() < before + 2 {
        screen.frame(Vec::new());
        assert!(begin.elapsed() < Duration::from_secs(120));
        std::thread::sleep(Duration::from_millis(20));
    }
    // its numbers are of the present, and not shown beside the past
    screen.says("buoyancy");
    screen.until("a past", |app| app.kept.pictures.len() > 1);
    let ctx = screen.ctx.clone();
    screen.app.look_back(&ctx, 0);
    screen.says("its numbers are of the present");
    screen.says_not("buoyancy");
    screen.press(egui::Key::L);
    screen.says("buoyancy");
    screen.press(egui::Key::Escape);
    screen.says_not("buoyancy");
    assert!(screen.app.followed.trail.is_empty());
}

/// What a separator has: a pump that is turned up, magnets that go off, plots of what is collected.
#[test]
fn a_separator_has_its_controls() {
    let mut screen = Screen::open("quadrupole_sorter");
    for word in [
        "pump",
        "14 mL/min",
        "magnets on",
        // what the sorter is run for, at first
        "labelled",
        "recovery",
        "not yet in, ",
        " held, ",
        "gravity: ",
        "% of a species' cells inside",
    ] {
        screen.says(word);
    }
    // however long a frame takes, the programme is not over before all is pressed
    screen.press(egui::Key::Space);
    screen.press(egui::Key::ArrowUp);
    screen.says("14.7 mL/min");
    screen.press_often(egui::Key::ArrowUp, 3);
    screen.says("17.02 mL/min");
    screen.click_on("magnets on");
    let begin = Instant::now();
    while screen.app.shown.as_ref().unwrap().state.magnets {
        screen.frame(Vec::new());
        assert!(begin.elapsed() < Duration::from_secs(120));
    }
    assert!(screen.app.facts.rotor.is_none());
    screen.click_on("purity");
    screen.says("% of the cells there");
    screen.press(egui::Key::P);
    screen.says_not("% of the cells there");
}

/// A look back shows an old picture, and `live` returns; every key is said; a point is brought to the middle, and back.
#[test]
fn looks_and_keys() {
    let mut screen = Screen::open("whole_blood");
    let begin = Instant::now();
    while screen.app.kept.pictures.len() < 5 {
        // a picture follows every order, however busy the machine is
        screen.press(egui::Key::N);
        assert!(begin.elapsed() < Duration::from_secs(120));
        std::thread::sleep(Duration::from_millis(20));
    }
    let ctx = screen.ctx.clone();
    screen.app.look_back(&ctx, 1);
    screen.says("waiting");
    assert_eq!(screen.app.back, Some(1));
    let time = crate::units::show(screen.app.kept.pictures[1].time, crate::units::Dimension::Time);
    screen.says(&format!("a look back at {time}"));
    screen.says("the run is at ");
    // a click on an old picture picks nothing
    screen.click(egui::pos2(600.0, 400.0));
    screen.says("press l");
    screen.click_on("live");
    assert_eq!(screen.app.back, None);
    screen.says_not("a look back at");
    // a click on the slider of times that is over within one frame
    let rail = screen.wait("live", |t| t.iter().any(|(t, _)| t == "live"));
    let y = rail.iter().find(|(t, _)| t == "live").unwrap().1.y;
    let at = egui::pos2(20.0, y);
    let button = |pressed| egui::Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::default(),
    };
    screen.frame(vec![egui::Event::PointerMoved(at), button(true), button(false)]);
    assert_eq!(screen.app.back, Some(0));
    screen.press(egui::Key::L);
    assert_eq!(screen.app.back, None);
    screen.press(egui::Key::Questionmark);
    for (key, what) in keys::KEYS {
        let texts = screen.frame(Vec::new());
        assert!(texts.iter().any(|(t, _)| t == key), "{key}");
        assert!(texts.iter().any(|(t, _)| t == what), "{what}");
    }
    screen.press(egui::Key::Questionmark);
    let middle = screen.app.look.middle();
    screen.app.centre([middle[0] + 30.0, middle[1] - 20.0]);
    assert_eq!(screen.app.look.pan, [-30.0, 20.0]);
    // enlarged about the middle, where that point is now, it stays there: the pan grows with the zoom
    screen.app.zoom(2.0, middle);
    assert_eq!((screen.app.look.zoom, screen.app.look.pan), (2.0, [-60.0, 40.0]));
    screen.press(egui::Key::F);
    assert_eq!((screen.app.look.zoom, screen.app.look.pan), (1.0, [0.0; 2]));
}

/// Rays are parallel in an orbit, and come from an eye nearby after `v`, which leaves everything else as it is; `v` again brings back
/// what was. From a view of another kind it begins where an orbit does.
#[test]
fn an_eye_comes_nearer() {
    let mut screen = Screen::open("whole_blood");
    screen.says("parcels");
    screen.press(egui::Key::O);
    let turned = ORBIT.from_angles([70.0, -5.0]);
    (screen.app.look.view, screen.app.look.zoom) = (turned, 3.0);
    screen.press(egui::Key::V);
    assert_eq!(screen.app.look.view, NEAR.from_angles([70.0, -5.0]));
    assert_eq!(screen.app.look.zoom, 3.0);
    let begin = Instant::now();
    let near = |screen: &Screen| {
        screen
            .app
            .shown
            .as_ref()
            .map(|s| s.plate.shot.divisor[..3] != [0.0; 3])
    };
    while near(&screen) != Some(true) {
        screen.frame(Vec::new());
        assert!(begin.elapsed() < Duration::from_secs(120));
    }
    screen.press(egui::Key::V);
    assert_eq!((screen.app.look.view, screen.app.look.zoom), (turned, 3.0));
    screen.click_on("perspective");
    assert_eq!(screen.app.look.view.angles(), turned.angles());
    screen.press(egui::Key::Num1);
    screen.press(egui::Key::V);
    assert_eq!((screen.app.look.view, screen.app.look.zoom), (NEAR, 1.0));
}

/// A run that overfills ends by an error: the window says so, offers no pause, and begins anew.
#[test]
fn an_error_of_the_run_is_said() {
    // so few parcels that a grid cell overfills
    let mut screen = Screen::open("whole_blood");
    screen.app.set_speed(1e5);
    screen.says("the run has ended: a grid cell holds more cells");
    screen.says("ended by an error");
    let texts = screen.frame(Vec::new());
    let says = |word: &str| texts.iter().any(|(t, _)| t.contains(word));
    assert!(
        says("play") && !says("pause") && !says("x real time"),
        "{texts:?}"
    );
    // nothing is steered that does not run
    let told = screen.app.sim.told();
    screen.press(egui::Key::ArrowUp);
    assert_eq!(screen.app.sim.told(), told);
    screen.click_on("play");
    screen.says("x real time");
    assert_eq!((screen.app.begun, screen.app.error.is_none()), (2, true));
}

/// At the end there is a way on: `play` and `r` begin anew, with nothing of the run before.
#[test]
fn at_the_end_it_begins_anew() {
    let mut screen = Screen::open("quadrupole_sorter");
    screen.app.set_speed(1e5);
    screen.says("at the end of the programme");
    screen.until("the last picture", |app| {
        app.shown.as_ref().is_some_and(|s| s.state.finished)
    });
    screen.app.set_speed(1.0);
    let last = screen.app.kept.pictures.last().unwrap().time;
    screen.click_on("play");
    screen.wait("another run", |t| t.iter().any(|(t, _)| t == "pause"));
    assert_eq!(screen.app.begun, 2);
    screen.until("a picture", |app| !app.kept.pictures.is_empty());
    assert!(screen.app.kept.pictures.last().unwrap().time < last);
    assert!(screen.app.record.readings.iter().all(|r| r.time * SECOND < last));
    screen.press(egui::Key::R);
    let begin = Instant::now();
    while screen.app.begun < 3 {
        screen.frame(Vec::new());
        assert!(begin.elapsed() < Duration::from_secs(120));
    }
    screen.click_on("restart");
    let begin = Instant::now();
    while screen.app.begun < 4 {
        screen.frame(Vec::new());
        assert!(begin.elapsed() < Duration::from_secs(120));
    }
}

/// A disk that takes no more is told with the file and what to do; another trouble as the system says it.
#[test]
fn what_was_not_saved_is_told() {
    use std::io::ErrorKind;
    let told = |kind: ErrorKind| crate::window::unsaved(&crate::Error::disk("out/a.png")(kind.into()));
    let full = told(ErrorKind::StorageFull);
    assert!(
        full.starts_with("out/a.png: ") && full.contains("make room, and save it again"),
        "{full}"
    );
    assert!(told(ErrorKind::FileTooLarge).contains("ulimit -f"));
    assert!(!told(ErrorKind::PermissionDenied).contains("room"));
}

/// Nothing that was saved is written over.
#[test]
fn saved_pictures_stay() {
    let folder = tempfile::tempdir().unwrap();
    let first = free(folder.path(), "picture_1.250_s");
    assert_eq!(first, folder.path().join("picture_1.250_s.png"));
    std::fs::write(first, "").unwrap();
    let second = free(folder.path(), "picture_1.250_s");
    assert_eq!(second, folder.path().join("picture_1.250_s_2.png"));
    std::fs::write(second, "").unwrap();
    let third = free(folder.path(), "picture_1.250_s");
    assert_eq!(third, folder.path().join("picture_1.250_s_3.png"));
}

/// Until somebody touches it the rotor does what the scene says; a click on the slider is told once, and that is what is saved.
#[test]
fn only_a_person_steers() {
    let mut screen = Screen::open("whole_blood");
    screen.says("parcels");
    let folder = tempfile::tempdir().unwrap();
    let saved = |screen: &mut Screen, name: &str| {
        let path = folder.path().join(name);
        screen.app.sim.tell(Told::Save(path.clone()));
        screen.wait("a file", |_| path.is_file());
        std::fs::read_to_string(path).unwrap()
    };
    screen.press(egui::Key::Space);
    screen.says("waiting");
    let text = saved(&mut screen, "a.toml");
    assert!(
        text.contains("over    = \"30 s\"") && text.contains("brake_over"),
        "{text}"
    );
    let texts = screen.frame(Vec::new());
    let label = texts.iter().find(|(t, _)| t == "rotor").unwrap().1;
    let at = egui::pos2(1060.0, label.y + 22.0);
    screen.click(at);
    screen.frame(Vec::new());
    let told = screen.app.omega.value;
    assert!(told < 0.3 * screen.app.facts.rotor.unwrap().1, "{told}");
    // what there was until now, a ramp, a hold, and the brake of the scene
    let text = saved(&mut screen, "b.toml");
    let (_, rotor) = text.split_once("[[protocol]]").unwrap();
    assert!(
        rotor.matches("ramp_to").count() == 2 && rotor.contains("brake_over = \"60 s\""),
        "{text}"
    );
    screen.press(egui::Key::N);
    let before = screen.app.sim.told();
    screen.press_often(egui::Key::ArrowUp, 4);
    assert_eq!(screen.app.sim.told(), before + 4);
    screen.until("four times", |app| {
        (app.omega.value / told - 1.05_f64.powi(4)).abs() < 1e-9
    });
}
