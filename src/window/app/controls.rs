//! The buttons and sliders at the right.

use super::{App, SPEEDS, same};
use crate::constants::{MILLILITRE, MILLIMETRE, RPM, SECOND, STANDARD_GRAVITY};
use crate::render::photo::View;
use crate::units::digits;
use crate::window::clip;
use crate::window::sim::Told;
use eframe::egui::{self, RichText};

impl App {
    pub(super) fn controls(&mut self, ui: &mut egui::Ui) {
        let playing = self.plays();
        let steers = self.error.is_none();
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
            if ui
                .button("restart")
                .on_hover_text("start again with the scene's programme")
                .clicked()
            {
                let ctx = ui.ctx().clone();
                self.restart(&ctx);
            }
            if ui.button("?").on_hover_text("every key").clicked() {
                self.help = !self.help;
            }
        });
        let mut speed = self.speed;
        let slider = egui::Slider::new(&mut speed, SPEEDS)
            .logarithmic(true)
            .custom_formatter(|x, _| digits(x, 3))
            .suffix(" x");
        ui.label("seconds of the run in a second");
        if ui.add(slider).changed() {
            self.set_speed(speed);
        }
        ui.separator();
        if let Some((radius, fastest)) = self.facts.rotor {
            ui.label(RichText::new("rotor").strong());
            let mut rpm = self.omega.value / RPM;
            // a slider with fixed decimals would round the scene's own speed, and that would be a change
            let slider = egui::Slider::new(&mut rpm, 0.0..=(fastest / RPM).round())
                .suffix(" rpm")
                .custom_formatter(|x, _| format!("{x:.0}"));
            let response = ui.add_enabled(steers, slider);
            if response.changed() {
                self.omega.change(rpm * RPM);
            }
            let rcf = self.omega.value.powi(2) * radius / STANDARD_GRAVITY;
            ui.label(format!("{rcf:.0} x g at {:.0} mm", radius / MILLIMETRE));
            if !response.dragged() {
                self.tell_wishes();
            }
            ui.label(RichText::new("within ten seconds, until the programme's next ramp or brake").weak());
            ui.separator();
        }
        if let Some(rate) = self.facts.pump {
            ui.label(RichText::new("pump").strong());
            let per_minute = MILLILITRE / (60.0 * SECOND);
            let mut shown = self.rate.value / per_minute;
            let range = [0.05 * rate, self.facts.fastest_pump].map(|x| x / per_minute);
            let slider = egui::Slider::new(&mut shown, range[0]..=range[1])
                .logarithmic(true)
                .custom_formatter(|x, _| digits(x, 3))
                .suffix(" mL/min");
            let response = ui.add_enabled(steers, slider);
            if response.changed() {
                self.rate.change(shown * per_minute);
            }
            if !response.dragged() {
                self.tell_wishes();
            }
            ui.label(RichText::new("until the next phase; sample comes with the flow").weak());
            ui.separator();
        }
        if self.facts.magnets {
            let mut on = self.magnets.value;
            let checkbox = egui::Checkbox::new(&mut on, "magnets on");
            if ui
                .add_enabled(steers, checkbox)
                .on_hover_text("for the rest of the phase")
                .changed()
            {
                self.sim.tell(Told::Switch(on));
                self.magnets.told(on, self.sim.told());
            }
            ui.separator();
        }
        if let Some(gravity) = &self.facts.gravity {
            ui.label(RichText::new(format!("gravity: {gravity}")).weak());
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
}
