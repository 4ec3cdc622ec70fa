//! What the window shows and what its keys and the mouse do.

mod controls;

use super::sim::{Shown, Sim, Told, Work};
use crate::Error;
use crate::constants::{RPM, SECOND};
use crate::devices::Decision;
use crate::model::Mounting;
use crate::render::photo::{Colouring, Look, SIZES, Subject, View};
use crate::render::{Caption, save_png};
use eframe::egui::{self, Key, RichText};
use image::RgbImage;
use std::path::Path;

/// Every key, and what it does; the list that `?` shows.
const KEYS: [(&str, &str); 12] = [
    ("space", "play, pause"),
    ("n", "a hundredth of the programme further"),
    ("+  -", "twice or half as fast"),
    ("1 2 3 4 5", "side, top, along, cut, unrolled"),
    ("o", "orbit"),
    ("c", "next colouring"),
    ("drag", "turn (in an orbit), else move"),
    ("right drag", "move"),
    ("wheel", "zoom"),
    ("f, double click", "the whole vessel"),
    ("s", "save the picture"),
    ("?", "these keys"),
];

/// Kept pictures at most.
const KEPT: usize = 200;

/// A picture that the time slider goes back to.
struct Kept {
    time: f64,
    image: RgbImage,
}

/// The vessel's own numbers, which do not change.
struct Facts {
    species: Vec<(String, [u8; 3])>,
    colourings: Vec<(Colouring, &'static str)>,
    views: Vec<(View, &'static str)>,
    /// Radius at which RCF is said [um], and the fastest speed that can be chosen [rad/us], of a rotor.
    rotor: Option<(f64, f64)>,
    magnets: bool,
    parcels: usize,
    duration: f64,
}

pub(super) struct App {
    sim: Sim,
    facts: Facts,
    look: Look,
    name: String,
    shown: Option<Shown>,
    texture: Option<egui::TextureHandle>,
    device: String,
    error: Option<String>,
    /// Pictures at even distances, thinned out as they become many.
    kept: Vec<Kept>,
    keep_every: f64,
    /// The kept picture that is looked at instead of the present.
    back: Option<usize>,
    speed: f64,
    /// Wish of the person [rad/us].
    omega: f64,
    help: bool,
    note: String,
    rates: Rates,
}

/// Pictures a second, of late.
#[derive(Default)]
struct Rates {
    last: Option<std::time::Instant>,
    rate: f64,
}

impl Rates {
    fn tick(&mut self) {
        if let Some(last) = self.last {
            let now = 1.0 / last.elapsed().as_secs_f64().max(1e-3);
            self.rate += 0.1 * (now - self.rate);
        }
        self.last = Some(std::time::Instant::now());
    }
}

fn facts(work: &Work) -> Facts {
    let subject = work.subject();
    let named = [
        (Colouring::Species, "species"),
        (Colouring::Eye, "to the eye"),
        (Colouring::Fate, "free or held"),
        (Colouring::Density, "density"),
        (Colouring::Haematocrit, "haematocrit"),
        (Colouring::Load, "magnetic load"),
    ];
    let mut views = vec![
        (View::Side, "side"),
        (View::Top, "top"),
        (View::Along, "along the axis"),
        (View::Cut, "cut"),
    ];
    if subject.round() {
        views.push((View::Unrolled, "unrolled"));
    }
    views.push((ORBIT, "orbit"));
    let components = subject.components();
    let (rotor, magnets, duration) = match work {
        Work::Vessel(s) => {
            let peak = s.protocol.peak_omega();
            let rotor = (s.rotor.mounting != Mounting::Bench)
                .then(|| (s.rotor.bottom_radius, (2.0 * peak).max(1000.0 * RPM)));
            (rotor, false, s.protocol.duration())
        }
        Work::Duct(s, _) => (None, s.field.is_some() || s.matrix.is_some(), s.duration),
    };
    Facts {
        species: components
            .iter()
            .map(|c| (c.species.name.clone(), c.species.colour))
            .collect(),
        colourings: named.into_iter().filter(|(c, _)| c.suits(subject)).collect(),
        views,
        rotor,
        magnets,
        parcels: components.iter().map(|c| c.parcels).sum(),
        duration,
    }
}

/// From where an orbit begins.
const ORBIT: View = View::Orbit {
    azimuth: 30.0,
    elevation: 20.0,
};

fn same(a: View, b: View) -> bool {
    std::mem::discriminant(&a) == std::mem::discriminant(&b)
}

impl App {
    pub(super) fn new(
        context: &eframe::CreationContext<'_>,
        work: Work,
        decision: Decision,
        caption: Caption,
        name: String,
    ) -> Result<Self, Error> {
        context.egui_ctx.set_visuals(egui::Visuals::light());
        let facts = facts(&work);
        let omega = match work.subject() {
            Subject::Vessel(s) => s.protocol.peak_omega(),
            Subject::Duct(_) => 0.0,
        };
        let look = Look {
            view: View::Side,
            colouring: Colouring::Species,
            size: [960, 700],
            hidden: vec![false; facts.species.len()],
            magnets: true,
            zoom: 1.0,
            pan: [0.0; 2],
        };
        // the whole programme in half a minute
        let speed = (facts.duration / (30.0 * SECOND)).max(1e-3);
        let wake = context.egui_ctx.clone();
        let sim = Sim::start(work, decision, caption, look.clone(), speed, move || {
            wake.request_repaint();
        })?;
        Ok(Self {
            sim,
            keep_every: facts.duration / KEPT as f64,
            facts,
            look,
            name,
            shown: None,
            texture: None,
            device: String::new(),
            error: None,
            kept: Vec::new(),
            back: None,
            speed,
            omega,
            help: false,
            note: String::new(),
            rates: Rates::default(),
        })
    }

    /// Fetches what the run has to show.
    fn fetch(&mut self, ctx: &egui::Context) {
        let (shown, error, device) = self.sim.look();
        self.device = device;
        if error.is_some() {
            self.error = error;
        }
        if let Some(shown) = shown {
            self.rates.tick();
            let due = self
                .kept
                .last()
                .is_none_or(|k| shown.moment.time >= k.time + self.keep_every);
            if due {
                if self.kept.len() >= KEPT {
                    let mut odd = false;
                    self.kept.retain(|_| {
                        odd = !odd;
                        odd
                    });
                    self.keep_every *= 2.0;
                }
                self.kept.push(Kept {
                    time: shown.moment.time,
                    image: shown.image.clone(),
                });
            }
            if self.back.is_none() {
                self.paint(ctx, &shown.image);
            }
            self.shown = Some(shown);
        }
    }

    fn paint(&mut self, ctx: &egui::Context, image: &RgbImage) {
        let size = [image.width() as usize, image.height() as usize];
        let image = egui::ColorImage::from_rgb(size, image.as_raw());
        match &mut self.texture {
            Some(texture) => texture.set(image, egui::TextureOptions::LINEAR),
            None => self.texture = Some(ctx.load_texture("picture", image, egui::TextureOptions::LINEAR)),
        }
    }

    fn changed(&self) {
        self.sim.tell(Told::Look(self.look.clone()));
    }

    fn set_view(&mut self, view: View) {
        if self.facts.views.iter().any(|(v, _)| same(*v, view)) {
            self.look.view = view;
            (self.look.zoom, self.look.pan) = (1.0, [0.0; 2]);
            self.changed();
        }
    }

    fn play(&mut self, ctx: &egui::Context, on: bool) {
        self.back = None;
        if let Some(image) = self.shown.as_ref().map(|s| s.image.clone()) {
            self.paint(ctx, &image);
        }
        self.sim.tell(Told::Play(on));
    }

    fn set_speed(&mut self, speed: f64) {
        self.speed = speed.clamp(1e-3, 1e5);
        self.sim.tell(Told::Speed(self.speed));
    }

    fn save(&mut self) {
        let Some(shown) = &self.shown else { return };
        let (image, time) = match self.back.and_then(|i| self.kept.get(i)) {
            Some(kept) => (&kept.image, kept.time),
            None => (&shown.image, shown.moment.time),
        };
        let path = Path::new("out")
            .join(&self.name)
            .join(format!("picture_{:.0}_s.png", time / SECOND));
        self.note = match save_png(image, &path) {
            Ok(()) => format!("saved as {}", path.display()),
            Err(e) => e.to_string(),
        };
    }

    fn keys(&mut self, ctx: &egui::Context) {
        let pressed = |key| ctx.input(|i| i.key_pressed(key));
        if pressed(Key::Space) {
            let playing = self.shown.as_ref().is_some_and(|s| s.playing);
            self.play(ctx, !playing);
        }
        if pressed(Key::N) {
            self.back = None;
            self.sim.tell(Told::Step(self.facts.duration / 100.0));
        }
        if pressed(Key::Plus) || pressed(Key::Equals) {
            self.set_speed(2.0 * self.speed);
        }
        if pressed(Key::Minus) {
            self.set_speed(0.5 * self.speed);
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
        if pressed(Key::C) {
            let all = &self.facts.colourings;
            let at = all
                .iter()
                .position(|(c, _)| *c == self.look.colouring)
                .unwrap_or(0);
            self.look.colouring = all[(at + 1) % all.len()].0;
            self.changed();
        }
        if pressed(Key::F) {
            (self.look.zoom, self.look.pan) = (1.0, [0.0; 2]);
            self.changed();
        }
        if pressed(Key::S) {
            self.save();
        }
        if pressed(Key::Questionmark) || ctx.input(|i| i.key_pressed(Key::Slash) && i.modifiers.shift) {
            self.help = !self.help;
        }
    }

    /// The picture, and what the mouse does on it.
    fn picture(&mut self, ui: &mut egui::Ui) {
        let room = ui.available_size();
        let scale = ui.ctx().pixels_per_point();
        let size = [room.x, room.y].map(|n| ((n * scale) as u32).clamp(SIZES.0, SIZES.1));
        if size != self.look.size {
            self.look.size = size;
            self.changed();
        }
        let (rect, response) = ui.allocate_exact_size(room, egui::Sense::click_and_drag());
        if let Some(texture) = &self.texture {
            let whole = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
            ui.painter()
                .image(texture.id(), rect, whole, egui::Color32::WHITE);
        } else {
            ui.painter().text(
                rect.center(),
                egui::Align2::CENTER_CENTER,
                "drawing the cells ...",
                egui::FontId::proportional(18.0),
                egui::Color32::GRAY,
            );
        }
        if response.double_clicked() {
            (self.look.zoom, self.look.pan) = (1.0, [0.0; 2]);
            self.changed();
        } else if response.dragged() {
            let d = response.drag_delta();
            match self.look.view {
                View::Orbit { azimuth, elevation } if response.dragged_by(egui::PointerButton::Primary) => {
                    self.look.view = View::Orbit {
                        azimuth: azimuth - 0.4 * f64::from(d.x),
                        elevation: (elevation + 0.4 * f64::from(d.y)).clamp(-90.0, 90.0),
                    };
                }
                _ => {
                    self.look.pan[0] += f64::from(d.x * scale);
                    self.look.pan[1] += f64::from(d.y * scale);
                }
            }
            self.changed();
        }
        let wheel = ui.input(|i| i.smooth_scroll_delta().y);
        if response.hovered() && wheel != 0.0 {
            self.look.zoom = (self.look.zoom * f64::from(wheel / 200.0).exp()).clamp(0.2, 2000.0);
            self.changed();
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.fetch(&ctx);
        self.keys(&ctx);
        egui::Panel::bottom("status").show(ui, |ui| {
            ui.add_space(4.0);
            self.status(ui);
            ui.add_space(4.0);
        });
        egui::Panel::right("controls").exact_size(240.0).show(ui, |ui| {
            egui::ScrollArea::vertical().show(ui, |ui| self.controls(ui));
        });
        if let Some(error) = &self.error {
            egui::Panel::top("error").show(ui, |ui| {
                let text = format!("the run has ended: {error}");
                ui.label(
                    RichText::new(text)
                        .color(egui::Color32::from_rgb(180, 0, 0))
                        .strong(),
                );
            });
        }
        egui::CentralPanel::default().show(ui, |ui| self.picture(ui));
        if self.help {
            egui::Window::new("keys").collapsible(false).show(&ctx, |ui| {
                egui::Grid::new("keys").show(ui, |ui| {
                    for (key, what) in KEYS {
                        ui.label(RichText::new(key).strong());
                        ui.label(what);
                        ui.end_row();
                    }
                });
            });
        }
    }
}
