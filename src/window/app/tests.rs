//! The window's panels without a display: egui lays them out, and what they say is read from what it would draw.

use super::*;
use crate::window::run::tests::work;
use egui::epaint::Shape;
use std::time::{Duration, Instant};

struct Screen {
    ctx: egui::Context,
    app: App,
    time: f64,
}

impl Screen {
    fn open(scene: &str) -> Self {
        let (work, decision) = work(scene, 3_000);
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

    fn press(&mut self, key: egui::Key) {
        self.frame(vec![egui::Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: egui::Modifiers::default(),
        }]);
    }

    fn click(&mut self, at: egui::Pos2) {
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
    fn click_on(&mut self, text: &str) {
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

    fn says(&mut self, word: &str) {
        self.wait(word, |texts| texts.iter().any(|(t, _)| t.contains(word)));
    }

    fn says_not(&mut self, word: &str) {
        self.wait(word, |texts| !texts.iter().any(|(t, _)| t.contains(word)));
    }
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
        "collected",
        "recovery",
        "% of a species' cells inside",
    ] {
        screen.says(word);
    }
    screen.press(egui::Key::ArrowUp);
    screen.says("14.7 mL/min");
    screen.click_on("magnets on");
    let begin = Instant::now();
    while screen.app.shown.as_ref().unwrap().magnets {
        screen.frame(Vec::new());
        assert!(begin.elapsed() < Duration::from_secs(120));
    }
    assert!(screen.app.facts.rotor.is_none());
    screen.click_on("purity");
    screen.says("% of the cells there");
    screen.press(egui::Key::P);
    screen.says_not("collected");
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
    // a click on an old picture picks nothing
    screen.click(egui::pos2(600.0, 400.0));
    screen.says("a look back");
    screen.click_on("live");
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
    // an error of the run is said in the window
    screen.app.error = Some("a grid cell is too full".into());
    screen.says("the run has ended: a grid cell is too full");
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
    assert!(
        screen.app.omega < 0.3 * screen.app.facts.rotor.unwrap().1,
        "{}",
        screen.app.omega
    );
    // what there was until now, a ramp, a hold, and the brake of the scene
    let text = saved(&mut screen, "b.toml");
    let (_, rotor) = text.split_once("[[protocol]]").unwrap();
    assert!(
        rotor.matches("ramp_to").count() == 2 && rotor.contains("brake_over = \"60 s\""),
        "{text}"
    );
    screen.press(egui::Key::N);
    let before = screen.app.told;
    screen.press(egui::Key::ArrowUp);
    assert!(screen.app.told[0] > before[0]);
}
