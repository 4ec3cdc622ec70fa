//! Keys and what they do.

use super::{App, NEAR, ORBIT};
use crate::render::photo::View;
use crate::window::sim::Told;
use eframe::egui::{self, Key};

/// Every key, and what it does; the list that `?` shows.
pub(super) const KEYS: [(&str, &str); 21] = [
    ("space", "play, pause"),
    ("r", "start again with the scene's programme"),
    ("n", "a hundredth of the programme further"),
    ("+  -", "twice or half as fast"),
    ("up  down", "rotor, or pump, a twentieth faster or slower"),
    ("m", "magnets on, off"),
    ("1 2 3 4 5", "side, top, along, cut, unrolled"),
    ("o", "orbit"),
    ("v", "orbit: parallel rays, or perspective"),
    ("c", "next colouring"),
    ("click", "identify a cell and follow it"),
    ("esc", "follow no cell"),
    ("drag", "turn (in an orbit), else move"),
    ("right drag", "move"),
    ("wheel", "zoom"),
    ("double click", "this point in the middle"),
    ("f", "the whole vessel"),
    ("l", "back to the present"),
    ("p", "plots on, off"),
    ("s  w", "save the picture, the scene as it was steered"),
    ("?", "these keys"),
];

impl App {
    pub(super) fn keys(&mut self, ctx: &egui::Context) {
        // who types a number means no key
        if ctx.text_edit_focused() {
            return;
        }
        // a frame may take long: every press within it counts
        let presses = |key| ctx.input(|i| i.num_presses(key));
        let pressed = |key| presses(key) > 0;
        let odd = |key| presses(key) % 2 == 1;
        if odd(Key::Space) {
            let on = !self.plays();
            self.play(ctx, on);
        }
        if pressed(Key::R) {
            self.restart(ctx);
        }
        for _ in 0..presses(Key::N) {
            self.step(ctx);
        }
        let doubled = presses(Key::Plus) + presses(Key::Equals);
        let halved = presses(Key::Minus);
        if doubled != halved {
            self.set_speed(self.speed * 2_f64.powi(doubled as i32 - halved as i32));
        }
        for _ in 0..presses(Key::ArrowUp) {
            self.turn_up(1.05);
        }
        for _ in 0..presses(Key::ArrowDown) {
            self.turn_up(0.95);
        }
        if odd(Key::M) && self.facts.magnets {
            self.sim.tell(Told::Toggle);
        }
        for (key, view) in [
            (Key::Num1, View::Side),
            (Key::Num2, View::Top),
            (Key::Num3, View::Along),
            (Key::Num4, View::Cut),
            (Key::Num5, View::Unrolled),
            (Key::O, ORBIT),
        ] {
            if pressed(key) {
                self.set_view(view);
            }
        }
        if odd(Key::V) {
            self.set_view(match self.look.view {
                View::Perspective { .. } => ORBIT,
                _ => NEAR,
            });
        }
        for _ in 0..presses(Key::C) {
            let all = &self.facts.colourings;
            let at = all
                .iter()
                .position(|(c, _)| *c == self.look.colouring)
                .unwrap_or(0);
            self.look.colouring = all[(at + 1) % all.len()].0;
            self.changed();
        }
        if pressed(Key::F) {
            self.frame_all();
        }
        if pressed(Key::L) {
            self.present(ctx);
        }
        if odd(Key::P) {
            self.plots = !self.plots;
        }
        if pressed(Key::Escape) {
            self.forget();
        }
        if pressed(Key::S) {
            self.save_picture();
        }
        if pressed(Key::W) {
            self.save_scene();
        }
        if odd(Key::Questionmark) || ctx.input(|i| i.key_pressed(Key::Slash) && i.modifiers.shift) {
            self.help = !self.help;
        }
    }
}
