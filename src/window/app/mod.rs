//! What the window shows and what its keys and the mouse do.

mod cell;
mod controls;
mod facts;
mod keys;
mod picture;
mod plots;

use super::clip::Clip;
use super::reading::Record;
use super::sim::{Shown, Sim, Told, Work};
use crate::Error;
use crate::constants::SECOND;
use crate::devices::Decision;
use crate::output::SCENE_FILE;
use crate::render::photo::{Colouring, Look, Subject, View};
use crate::render::{Caption, save_png};
use eframe::egui::{self, RichText};
use facts::{Facts, ORBIT, facts, same};
use image::RgbImage;
use picture::{Followed, Kept};
use std::path::{Path, PathBuf};

pub(super) struct App {
    sim: Sim,
    facts: Facts,
    look: Look,
    clip: Clip,
    name: String,
    shown: Option<Shown>,
    texture: Option<egui::TextureHandle>,
    device: String,
    error: Option<String>,
    kept: Kept,
    /// The kept picture that is looked at instead of the present.
    back: Option<usize>,
    followed: Followed,
    record: Record,
    /// Whether plots are shown, of which layer or place, and whether purity instead of recovery.
    plots: bool,
    group: Option<String>,
    purity: bool,
    speed: f64,
    /// Wishes of the person: speed of the rotor [rad/us], rate of the pump [um3/us].
    omega: f64,
    rate: f64,
    /// Both as the run was last told.
    told: [f64; 2],
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

impl App {
    pub(super) fn new(
        ctx: &egui::Context,
        work: Work,
        decision: Decision,
        caption: Caption,
        name: String,
    ) -> Result<Self, Error> {
        ctx.set_visuals(egui::Visuals::light());
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
        let wake = ctx.clone();
        let sim = Sim::start(work, decision, caption, look.clone(), speed, move || {
            wake.request_repaint();
        })?;
        let rate = facts.pump.unwrap_or(0.0);
        Ok(Self {
            sim,
            kept: Kept::new(facts.duration),
            rate,
            told: [omega, rate],
            facts,
            look,
            clip: Clip::default(),
            name,
            shown: None,
            texture: None,
            device: String::new(),
            error: None,
            back: None,
            followed: Followed::default(),
            record: Record::default(),
            plots: true,
            group: None,
            purity: false,
            speed,
            omega,
            help: false,
            note: String::new(),
            rates: Rates::default(),
        })
    }

    /// Fetches what the run has to show.
    fn fetch(&mut self, ctx: &egui::Context) {
        let board = self.sim.look();
        self.device = board.device;
        if board.error.is_some() {
            self.error = board.error;
        }
        if let Some(note) = board.note {
            self.note = note;
        }
        for reading in board.readings {
            self.record.add(reading);
        }
        if let Some(shown) = board.shown {
            self.rates.tick();
            self.kept.offer(shown.moment.time, &shown.image, shown.shot);
            self.followed.learn(shown.moment.time, shown.cell);
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
        self.sim.tell(Told::Look(self.look.clone(), self.clip));
    }

    fn set_view(&mut self, view: View) {
        if self.facts.views.iter().any(|(v, _)| same(*v, view)) {
            self.look.view = view;
            self.frame_all();
        }
    }

    /// The whole vessel in the picture.
    fn frame_all(&mut self) {
        (self.look.zoom, self.look.pan) = (1.0, [0.0; 2]);
        self.changed();
    }

    /// From a look back to the present.
    fn present(&mut self, ctx: &egui::Context) {
        self.back = None;
        if let Some(image) = self.shown.as_ref().map(|s| s.image.clone()) {
            self.paint(ctx, &image);
        }
    }

    /// To a kept picture; the run waits meanwhile.
    fn look_back(&mut self, ctx: &egui::Context, at: usize) {
        let last = self.kept.pictures.len().saturating_sub(1);
        self.sim.tell(Told::Play(false));
        self.back = (at < last).then_some(at);
        match self.back.and_then(|i| self.kept.pictures.get(i)) {
            Some(old) => {
                let image = old.image.clone();
                self.paint(ctx, &image);
            }
            None => self.present(ctx),
        }
    }

    fn play(&mut self, ctx: &egui::Context, on: bool) {
        self.present(ctx);
        self.sim.tell(Told::Play(on));
    }

    fn step(&mut self, ctx: &egui::Context) {
        self.present(ctx);
        self.sim.tell(Told::Step(self.facts.duration / 100.0));
    }

    fn set_speed(&mut self, speed: f64) {
        self.speed = speed.clamp(1e-3, 1e5);
        self.sim.tell(Told::Speed(self.speed));
    }

    /// Changes the speed of the rotor, or the rate of the pump, by a factor.
    fn turn_up(&mut self, by: f64) {
        if let Some((_, fastest)) = self.facts.rotor {
            // from rest to a hundredth of what there is
            self.omega = (self.omega * by).clamp(0.0, fastest);
            if self.omega == 0.0 && by > 1.0 {
                self.omega = 0.01 * fastest;
            }
        } else if let Some(rate) = self.facts.pump {
            self.rate = (self.rate * by).clamp(0.05 * rate, 5.0 * rate);
        }
        self.tell_wishes();
    }

    /// Tells the run of another speed of the rotor, or rate of the pump, once.
    fn tell_wishes(&mut self) {
        let [omega, rate] = std::mem::replace(&mut self.told, [self.omega, self.rate]);
        if omega != self.omega {
            self.sim.tell(Told::Spin(self.omega));
        }
        if rate != self.rate {
            self.sim.tell(Told::Pump(self.rate));
        }
    }

    fn forget(&mut self) {
        self.followed = Followed::default();
        self.sim.tell(Told::Forget);
    }

    fn folder(&self) -> PathBuf {
        Path::new("out").join(&self.name)
    }

    fn save_picture(&mut self) {
        let Some(shown) = &self.shown else { return };
        let (image, time) = match self.back.and_then(|i| self.kept.pictures.get(i)) {
            Some(old) => (&old.image, old.time),
            None => (&shown.image, shown.moment.time),
        };
        let path = self.folder().join(format!("picture_{:.0}_s.png", time / SECOND));
        self.note = match save_png(image, &path) {
            Ok(()) => format!("saved as {}", path.display()),
            Err(e) => e.to_string(),
        };
    }

    /// The scene with its programme as it was steered.
    fn save_scene(&self) {
        // not in the folder of the results of a run, which has a scene of that name
        let path = Path::new("out").join(format!("{}_steered", self.name));
        self.sim.tell(Told::Save(path.join(SCENE_FILE)));
    }

    /// One frame of the window.
    fn draw(&mut self, ui: &mut egui::Ui) {
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
        if self.plots || self.followed.cell.is_some() {
            egui::Panel::left("numbers").exact_size(250.0).show(ui, |ui| {
                egui::ScrollArea::vertical().show(ui, |ui| {
                    self.cell(ui);
                    if self.plots {
                        self.plots(ui);
                    }
                });
            });
        }
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
                    for (key, what) in keys::KEYS {
                        ui.label(RichText::new(key).strong());
                        ui.label(what);
                        ui.end_row();
                    }
                });
            });
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.draw(ui);
    }
}

#[cfg(test)]
mod tests;
