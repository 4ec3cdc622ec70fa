//! The buttons and sliders at the right, and the line at the foot.

use super::{App, same};
use crate::constants::{MILLILITRE, MILLIMETRE, RPM, SECOND, STANDARD_GRAVITY};
use crate::render::photo::View;
use crate::units::{Dimension, digits, show};
use crate::window::clip;
use crate::window::sim::Told;
use eframe::egui::{self, RichText};

impl App {
    pub(super) fn controls(&mut self, ui: &mut egui::Ui) {
        let playing = self.shown.as_ref().is_some_and(|s| s.playing && !s.finished);
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            let label = if playing { "pause" } else { "play" };
            if ui.button(RichText::new(label).size(17.0)).clicked() {
                let ctx = ui.ctx().clone();
                self.play(&ctx, !playing);
            }
            if ui
                .button("step")
                .on_hover_text("a hundredth of the programme")
                .clicked()
            {
                let ctx = ui.ctx().clone();
                self.step(&ctx);
            }
            if ui.button("?").on_hover_text("every key").clicked() {
                self.help = !self.help;
            }
        });
        let mut speed = self.speed;
        let slider = egui::Slider::new(&mut speed, 0.1..=1000.0)
            .logarithmic(true)
            .suffix(" x");
        ui.label("seconds of the run in a second");
        if ui.add(slider).changed() {
            self.set_speed(speed);
        }
        ui.separator();
        if let Some((radius, fastest)) = self.facts.rotor {
            ui.label(RichText::new("rotor").strong());
            let mut rpm = self.omega / RPM;
            // a slider with fixed decimals would round the scene's own speed, and that would be a change
            let slider = egui::Slider::new(&mut rpm, 0.0..=(fastest / RPM).round())
                .suffix(" rpm")
                .custom_formatter(|x, _| format!("{x:.0}"));
            let response = ui.add(slider);
            if response.changed() {
                self.omega = rpm * RPM;
            }
            let rcf = self.omega * self.omega * radius / STANDARD_GRAVITY;
            ui.label(format!("{rcf:.0} x g at {:.0} mm", radius / MILLIMETRE));
            if !response.dragged() {
                self.tell_wishes();
            }
            ui.label(RichText::new("reached within ten seconds").weak());
            ui.separator();
        }
        if let Some(rate) = self.facts.pump {
            ui.label(RichText::new("pump").strong());
            let per_minute = MILLILITRE / (60.0 * SECOND);
            let mut shown = self.rate / per_minute;
            let slider = egui::Slider::new(&mut shown, 0.05 * rate / per_minute..=5.0 * rate / per_minute)
                .logarithmic(true)
                .custom_formatter(|x, _| digits(x, 3))
                .suffix(" mL/min");
            let response = ui.add(slider);
            if response.changed() {
                self.rate = shown * per_minute;
            }
            if !response.dragged() {
                self.tell_wishes();
            }
            ui.label(RichText::new("sample comes with the flow").weak());
            ui.separator();
        }
        if self.facts.magnets {
            let mut on = self.shown.as_ref().is_none_or(|s| s.magnets);
            if ui.checkbox(&mut on, "magnets on").changed() {
                self.sim.tell(Told::Switch(on));
            }
            ui.separator();
        }
        ui.label(RichText::new("view").strong());
        let mut view = None;
        ui.horizontal_wrapped(|ui| {
            for (v, name) in &self.facts.views {
                if ui.selectable_label(same(self.look.view, *v), *name).clicked() {
                    view = Some(*v);
                }
            }
        });
        if let Some(view) = view {
            self.set_view(view);
        }
        ui.label(RichText::new("coloured by").strong());
        let mut colouring = self.look.colouring;
        ui.horizontal_wrapped(|ui| {
            for (c, name) in &self.facts.colourings {
                ui.selectable_value(&mut colouring, *c, *name);
            }
        });
        let mut changed = colouring != self.look.colouring;
        if clip::suits(self.look.view) {
            let cut = self.look.view == View::Cut;
            let (value, text) = match cut {
                true => (&mut self.clip.place, "place of the cut, front to back"),
                false => (&mut self.clip.front, "cut away in front"),
            };
            let mut percent = 100.0 * *value;
            ui.label(RichText::new(text).strong());
            let slider = egui::Slider::new(&mut percent, 0.0..=100.0)
                .suffix(" %")
                .fixed_decimals(0);
            if ui.add(slider).changed() {
                *value = percent / 100.0;
                changed = true;
            }
        }
        self.look.colouring = colouring;
        ui.separator();
        ui.label(RichText::new("species").strong());
        for ((name, [r, g, b]), hidden) in self.facts.species.iter().zip(&mut self.look.hidden) {
            ui.horizontal(|ui| {
                let (dot, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
                ui.painter()
                    .rect_filled(dot, 2.0, egui::Color32::from_rgb(*r, *g, *b));
                let mut on = !*hidden;
                if ui.checkbox(&mut on, name.as_str()).changed() {
                    *hidden = !on;
                    changed = true;
                }
            });
        }
        if self.facts.magnets
            && ui
                .checkbox(&mut self.look.magnets, "draw magnets and |B|")
                .changed()
        {
            changed = true;
        }
        if changed {
            self.changed();
        }
        ui.separator();
        ui.checkbox(&mut self.plots, "plots");
        ui.horizontal(|ui| {
            if ui.button("save picture").clicked() {
                self.save_picture();
            }
            if ui
                .button("save scene")
                .on_hover_text("with its programme as it was steered, for `buffycoat run`")
                .clicked()
            {
                self.save_scene();
            }
        });
        if !self.note.is_empty() {
            ui.label(RichText::new(&self.note).weak());
        }
    }

    /// Always on screen: time, speed, counts, device, rates; and the slider over the kept pictures.
    pub(super) fn status(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        let Some(shown) = &self.shown else {
            ui.label("the run begins ...");
            return;
        };
        let mut words = vec![format!(
            "{} of {}",
            show(shown.moment.time, Dimension::Time),
            show(shown.duration, Dimension::Time)
        )];
        if self.facts.pump.is_some() {
            words.push(show(shown.rate, Dimension::FlowRate));
        }
        if let Some((radius, _)) = self.facts.rotor {
            let omega = shown.moment.omega;
            let rcf = omega * omega * radius / STANDARD_GRAVITY;
            words.push(format!("{:.0} rpm, {rcf:.0} x g", omega / RPM));
        }
        words.push(format!("{} parcels, {} steps", self.facts.parcels, shown.steps));
        words.push(match (shown.finished, shown.playing) {
            (true, _) => "at the end of the programme".into(),
            (_, false) => "waiting".into(),
            _ => format!("{} x real time", digits(shown.ratio, 2)),
        });
        words.push(format!("{:.0} pictures/s", self.rates.rate));
        words.push(self.device.clone());
        ui.label(words.join("   \u{b7}   "));
        if self.kept.pictures.len() < 2 {
            return;
        }
        let last = self.kept.pictures.len() - 1;
        let mut at = self.back.unwrap_or(last);
        ui.horizontal(|ui| {
            ui.spacing_mut().slider_width = (ui.available_width() - 180.0).max(100.0);
            let times: Vec<f64> = self.kept.pictures.iter().map(|k| k.time).collect();
            let slider = egui::Slider::new(&mut at, 0..=last)
                .show_value(true)
                .custom_formatter(move |x, _| {
                    times
                        .get(x as usize)
                        .map_or_else(String::new, |t| show(*t, Dimension::Time))
                });
            if ui.add(slider).changed() {
                self.look_back(&ctx, at);
            }
            let live = egui::Button::new("live").selected(self.back.is_none());
            if ui
                .add(live)
                .on_hover_text("from a look back to the present")
                .clicked()
            {
                self.present(&ctx);
            }
        });
    }
}
