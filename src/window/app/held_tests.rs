//! Every control while the picture is held back: it acts on what the run does, not on what was last drawn.

use super::tests::Screen;
use crate::window::sim::Present;
use eframe::egui::Key;

/// A run that has gone on for a while since its only picture.
fn held(scene: &str, since: impl Fn(Present, Present) -> bool) -> Screen {
    let mut screen = Screen::open(scene);
    screen.app.set_speed(5.0);
    screen.until("a picture of that size", |app| {
        app.shown.as_ref().is_some_and(|s| s.look == app.look)
    });
    screen.app.held = true;
    let then = screen.app.shown.as_ref().unwrap().state;
    screen.until("something else", |app| {
        app.present.is_some_and(|now| since(then, now))
    });
    screen
}

/// On the way up from rest the last picture shows a rotor that hardly turns: `up` does not bring it back to that, nor does `down`, and
/// the slider and the button have what the run does.
#[test]
fn a_rotor_is_not_braked_by_an_old_picture() {
    let mut screen = held("whole_blood", |then, now| {
        now.omega > 3.0 * then.omega && now.omega > 2e-5
    });
    let shown = screen.app.shown.as_ref().unwrap().state.omega;
    screen.press(Key::Space);
    let before = screen.now();
    assert!(!before.playing && before.omega > 3.0 * shown);
    assert_eq!(screen.app.omega.value, before.omega);
    screen.says("play");
    screen.press(Key::ArrowUp);
    let after = screen.now();
    assert!(after.aim.unwrap() > 1.05 * before.omega, "{after:?} {before:?}");
    assert_eq!(after.omega, before.omega);
    screen.press(Key::ArrowDown);
    let down = screen.now();
    assert!((down.aim.unwrap() / after.aim.unwrap() - 0.95).abs() < 1e-12);
    assert_eq!(screen.app.shown.as_ref().unwrap().state.omega, shown);
}

/// `space` twice is nothing, and once the other; `n` three times is three hundredths.
#[test]
fn play_and_step_need_no_picture() {
    let mut screen = held("quadrupole_sorter", |then, now| now.time > then.time);
    screen.press(Key::Space);
    screen.press(Key::Space);
    assert!(screen.now().playing);
    screen.press(Key::Space);
    let before = screen.now();
    assert!(!before.playing && !screen.app.plays());
    screen.app.set_speed(1e5);
    for _ in 0..3 {
        screen.press(Key::N);
    }
    let step = screen.app.facts.duration / 100.0;
    let goal = before.time + 2.9 * step;
    screen.until("three steps", |app| {
        app.present.is_some_and(|now| now.time > goal)
    });
}

/// Magnets by key and by box, and the pump: twice is twice, whatever was last drawn.
#[test]
fn magnets_and_pump_need_no_picture() {
    let mut screen = held("quadrupole_sorter", |then, now| now.time > then.time);
    screen.press(Key::M);
    screen.press(Key::M);
    let before = screen.now();
    assert!(before.magnets);
    screen.press(Key::M);
    assert!(!screen.now().magnets && screen.app.shown.as_ref().unwrap().state.magnets);
    // the box shows what is: a click switches them on
    screen.click_on("magnets on");
    assert!(screen.now().magnets);
    for _ in 0..3 {
        screen.press(Key::ArrowUp);
    }
    let times = screen.now().rate / before.rate;
    assert!((times / 1.05_f64.powi(3) - 1.0).abs() < 1e-9, "{times}");
}

/// By hand: the picture that is seen was taken before it was to be twice as large and 40 pixels to the right. A point 10 to the right of
/// its middle is 60 to the right of the middle by now: brought to the middle, and enlarged about, it is that point.
#[test]
fn a_point_is_the_one_that_is_seen() {
    let mut screen = held("quadrupole_sorter", |then, now| now.time > then.time);
    let middle = screen.app.look.middle();
    assert_eq!(screen.app.shown.as_ref().unwrap().look.zoom, 1.0);
    (screen.app.look.zoom, screen.app.look.pan) = (2.0, [40.0, 0.0]);
    let seen = [middle[0] + 10.0, middle[1]];
    let at = screen.app.by_now(seen);
    assert_eq!(at, [middle[0] + 60.0, middle[1]]);
    screen.app.centre(at);
    assert_eq!(screen.app.look.pan, [-20.0, 0.0]);
}

/// A click is on the picture that is seen: the cell is looked for as that was taken, though another view is asked for by now.
#[test]
fn a_click_is_on_what_is_seen() {
    let mut screen = held("whole_blood", |then, now| now.time > then.time);
    screen.press(Key::Space);
    screen.now();
    let middle = screen.app.shown.as_ref().unwrap().look.middle();
    // far away: not one cell would be under the pointer
    screen.app.look.pan = [1e5, 0.0];
    screen.app.changed();
    screen.click(eframe::egui::pos2(
        258.0 + middle[0] as f32,
        8.0 + middle[1] as f32,
    ));
    screen.now();
    screen.app.held = false;
    screen.until("a cell", |app| app.followed.cell.is_some());
    let cell = screen.app.followed.cell.unwrap();
    assert!(
        cell.place.x.abs() < 2e3 && (cell.place.z - 32.5e3).abs() < 4e3,
        "{cell:?}"
    );
}
