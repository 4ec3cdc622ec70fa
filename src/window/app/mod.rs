//! What the window shows and what its keys and the mouse do.

mod axes;
mod cell;
mod controls;
mod facts;
mod keys;
mod picture;
mod plots;
mod status;
mod wish;

use super::clip::Clip;
use super::reading::Record;
use super::sim::{Present, Shown, Sim, Told, Work};
use crate::Error;
use crate::constants::SECOND;
use crate::devices::Decision;
use crate::output::SCENE_FILE;
use crate::render::photo::{Colouring, Look, View};
use crate::render::{Caption, save_png};
use eframe::egui::{self, RichText};
use facts::{Facts, NEAR, ORBIT, facts, same};
use image::RgbImage;
use picture::{Followed, Kept, Old};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wish::{Rates, Wish};

/// Simulated over real time, as it can be chosen.
const SPEEDS: RangeInclusive<f64> = 1e-3..=1e5;

/// Widths of the window from which there is room for the controls, and for the numbers too [points].
const ROOMY: [f32; 2] = [520.0, 800.0];

pub(super) struct App {
    sim: Sim,
    facts: Facts,
    look: Look,
    clip: Clip,
    name: String,
    shown: Option<Shown>,
    /// What the run does now, which may be long after what is shown.
    present: Option<Present>,
    texture: Option<egui::TextureHandle>,
    device: String,
    /// Real cells that the parcels stand for.
    cells: f64,
    /// How often a run has begun.
    begun: u64,
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
    /// Wishes of the person: speed of the rotor [rad/us], rate of the pump [um3/us], magnets on, whether it goes on.
    omega: Wish<f64>,
    rate: Wish<f64>,
    magnets: Wish<bool>,
    playing: Wish<bool>,
    help: bool,
    note: String,
    rates: Rates,
    /// A test that shows no picture any more.
    #[cfg(test)]
    held: bool,
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
        let omega = work.setup.protocol.omega(0.0);
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
        let speed = (facts.duration / (30.0 * SECOND)).clamp(*SPEEDS.start(), *SPEEDS.end());
        let wake = ctx.clone();
        let sim = Sim::start(work, decision, caption, look.clone(), speed, move || {
            wake.request_repaint();
        })?;
        let rate = facts.pump.unwrap_or(0.0);
        Ok(Self {
            sim,
            kept: Kept::new(facts.duration),
            rate: Wish::new(rate),
            group: facts.target.clone(),
            facts,
            look,
            clip: Clip::default(),
            name,
            shown: None,
            present: None,
            texture: None,
            device: String::new(),
            cells: 0.0,
            begun: 0,
            error: None,
            back: None,
            followed: Followed::default(),
            record: Record::default(),
            plots: true,
            purity: false,
            speed,
            omega: Wish::new(omega),
            magnets: Wish::new(true),
            playing: Wish::new(true),
            help: false,
            note: String::new(),
            rates: Rates::default(),
            #[cfg(test)]
            held: false,
        })
    }

    /// Fetches what the run has to show.
    fn fetch(&mut self, ctx: &egui::Context) {
        let board = self.sim.look();
        #[cfg(test)]
        let board = super::sim::Board {
            shown: board.shown.filter(|_| !self.held),
            ..board
        };
        (self.device, self.cells, self.error) = (board.device, board.cells, board.error);
        if board.begun != self.begun {
            // all that is known is of a run that is no more
            self.begun = board.begun;
            self.kept = Kept::new(self.facts.duration);
            (self.record, self.followed) = (Record::default(), Followed::default());
            (self.shown, self.back) = (None, None);
        }
        self.present = board.present;
        if let Some(now) = self.present {
            self.omega.follow(now.aim.unwrap_or(now.omega), now.obeyed);
            self.rate.follow(now.rate, now.obeyed);
            self.magnets.follow(now.magnets, now.obeyed);
            self.playing.follow(now.playing, now.obeyed);
        }
        if let Some(note) = board.note {
            self.note = note;
        }
        for reading in board.readings.readings {
            self.record.add(reading);
        }
        if let Some(shown) = board.shown {
            self.rates.tick(Instant::now());
            self.kept.offer(shown.moment.time, &shown.image, shown.plate.shot);
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
        if !self.facts.views.iter().any(|(v, _)| same(*v, view)) {
            return;
        }
        match self.look.view.angles() {
            // an eye comes nearer, or goes away: it looks from where it did, at what it did
            Some(angles) if !same(self.look.view, view) && view.angles().is_some() => {
                self.look.view = view.from_angles(angles);
                self.changed();
            }
            _ => {
                self.look.view = view;
                self.frame_all();
            }
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
        self.goes_on(false);
        self.back = (at < last).then_some(at);
        match self.back.and_then(|i| self.kept.pictures.get(i)) {
            Some(old) => {
                let image = old.image.clone();
                self.paint(ctx, &image);
            }
            None => self.present(ctx),
        }
    }

    /// Plays or waits; a run that is over is played from the start.
    fn play(&mut self, ctx: &egui::Context, on: bool) {
        self.present(ctx);
        if on && self.over() {
            self.restart(ctx);
        } else {
            self.goes_on(on);
        }
    }

    /// Tells the run to go on, or to wait.
    fn goes_on(&mut self, on: bool) {
        self.sim.tell(Told::Play(on));
        self.playing.told(on, self.sim.told());
    }

    /// From the start, by the programme of the scene.
    fn restart(&mut self, ctx: &egui::Context) {
        self.present(ctx);
        self.sim.tell(Told::Restart);
        // until then it is the run before, which is over or soon will be
        self.playing.told(true, self.sim.told());
    }

    /// Whether nothing follows: at the end of the programme, or after an error.
    fn over(&self) -> bool {
        self.error.is_some() || self.present.is_some_and(|now| now.finished)
    }

    /// Whether the run goes on.
    fn plays(&self) -> bool {
        !self.over() && self.present.is_some() && self.playing.value
    }

    /// The kept picture that is looked at instead of the present.
    fn old(&self) -> Option<&Old> {
        self.back.and_then(|i| self.kept.pictures.get(i))
    }

    fn step(&mut self, ctx: &egui::Context) {
        self.present(ctx);
        self.sim.tell(Told::Step(self.facts.duration / 100.0));
    }

    fn set_speed(&mut self, speed: f64) {
        self.speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
        self.sim.tell(Told::Speed(self.speed));
    }

    /// Changes the speed of the rotor, or the rate of the pump, by a factor.
    fn turn_up(&mut self, by: f64) {
        if self.error.is_some() {
            return;
        }
        // a slider that was moved is heard first
        self.tell_wishes();
        if let Some((_, fastest)) = self.facts.rotor {
            // from rest to a hundredth of what there is
            let least = if by > 1.0 { 0.01 * fastest } else { 0.0 };
            self.sim.tell(Told::SpinBy(by, [least, fastest]));
        } else if let Some(rate) = self.facts.pump {
            self.sim
                .tell(Told::PumpBy(by, [0.05 * rate, self.facts.fastest_pump]));
        }
    }

    /// Tells the run of another speed of the rotor, or rate of the pump, once.
    fn tell_wishes(&mut self) {
        if let Some(omega) = self.omega.take(self.sim.told() + 1) {
            self.sim.tell(Told::Spin(omega));
        }
        if let Some(rate) = self.rate.take(self.sim.told() + 1) {
            self.sim.tell(Told::Pump(rate));
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
        let (image, time) = match self.old() {
            Some(old) => (&old.image, old.time),
            None => (&shown.image, shown.moment.time),
        };
        let path = free(&self.folder(), &format!("picture_{:.3}_s", time / SECOND));
        self.note = match save_png(image, &path) {
            Ok(()) => format!("saved as {}", path.display()),
            Err(e) => crate::window::unsaved(&e),
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
        if self.rates.rate(Instant::now()) > 0.0 {
            // what is said of pictures that come no more
            ctx.request_repaint_after(Duration::from_millis(500));
        }
        let [some, all] = ROOMY.map(|width| ui.available_width() >= width);
        egui::Panel::bottom("status").show(ui, |ui| {
            ui.add_space(4.0);
            self.status(ui);
            ui.add_space(4.0);
        });
        if some {
            egui::Panel::right("controls").exact_size(240.0).show(ui, |ui| {
                egui::ScrollArea::vertical().show(ui, |ui| self.controls(ui));
            });
        }
        if all && (self.plots || self.followed.cell.is_some()) {
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
                let text = format!("the run has ended: {error}. `restart` begins anew");
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

/// A file of that name that there is not yet: whatever was saved before stays.
fn free(folder: &Path, name: &str) -> PathBuf {
    let mut path = folder.join(format!("{name}.png"));
    let mut n = 1;
    while path.exists() {
        n += 1;
        path = folder.join(format!("{name}_{n}.png"));
    }
    path
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.draw(ui);
    }
}

#[cfg(test)]
mod held_tests;
#[cfg(test)]
mod tests;
