//! The line at the foot, and the slider over the kept pictures.

use super::App;
use crate::constants::{RPM, STANDARD_GRAVITY};
use crate::units::{Dimension, digits, show};
use eframe::egui;
use std::time::Instant;

/// Where on a slider of this width a click began that was over within the frame: 0 at its left, 1 at its right end.
fn clicked(ui: &egui::Ui, slider: egui::Rect, width: f32) -> Option<f32> {
    ui.input(|i| {
        let on = |down: bool| {
            i.events.iter().rev().find_map(|e| match e {
                egui::Event::PointerButton {
                    pos,
                    button: egui::PointerButton::Primary,
                    pressed,
                    ..
                } if *pressed == down => Some(*pos),
                _ => None,
            })
        };
        let (press, _) = (on(true)?, on(false)?);
        let rail = egui::Rect::from_min_size(slider.min, egui::vec2(width, slider.height()));
        // the handle stays within the rail
        let margin = slider.height() / 2.5;
        let part = (press.x - rail.left() - margin) / (rail.width() - 2.0 * margin);
        rail.contains(press).then_some(part.clamp(0.0, 1.0))
    })
}

impl App {
    /// Always on screen: time, speed, counts, device, rates; and the slider over the kept pictures.
    pub(super) fn status(&mut self, ui: &mut egui::Ui) {
        let words = self.words();
        ui.label(words.join("   \u{b7}   "));
        if self.kept.pictures.len() < 2 {
            return;
        }
        let ctx = ui.ctx().clone();
        let last = self.kept.pictures.len() - 1;
        let mut at = self.back.unwrap_or(last);
        ui.horizontal(|ui| {
            ui.spacing_mut().slider_width = (ui.available_width() - 180.0).max(100.0);
            let mut times: Vec<f64> = self.kept.pictures.iter().map(|k| k.time).collect();
            if let (None, Some(shown), Some(present)) = (self.back, &self.shown, times.last_mut()) {
                // the last one kept is older than what is shown
                *present = shown.moment.time;
            }
            let slider = egui::Slider::new(&mut at, 0..=last)
                .show_value(true)
                .custom_formatter(move |x, _| {
                    times
                        .get(x as usize)
                        .map_or_else(String::new, |t| show(*t, Dimension::Time))
                });
            let width = ui.spacing().slider_width;
            let response = ui.add(slider);
            if response.changed() {
                self.look_back(&ctx, at);
            } else if let Some(part) = clicked(ui, response.rect, width) {
                // a press and its release within one frame, which a slider does not see
                self.look_back(&ctx, (part * last as f32).round() as usize);
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

    /// What is said, part by part.
    fn words(&mut self) -> Vec<String> {
        let time = |t: f64| show(t, Dimension::Time);
        let Some(shown) = &self.shown else {
            return vec![match self.error {
                Some(_) => "no run".into(),
                None => "the run begins ...".into(),
            }];
        };
        let mut words = Vec::new();
        let seen = match self.old() {
            Some(old) => {
                words.push(format!("a look back at {}", time(old.time)));
                let now = self.present.map_or(shown.moment.time, |now| now.time);
                words.push(format!("the run is at {}", time(now)));
                old.time
            }
            None => {
                words.push(format!(
                    "{} of {}",
                    time(shown.moment.time),
                    time(shown.state.duration)
                ));
                if self.facts.pump.is_some() {
                    words.push(show(shown.state.rate, Dimension::FlowRate));
                }
                if let Some((radius, _)) = self.facts.rotor {
                    let omega = shown.moment.omega;
                    let rcf = omega * omega * radius / STANDARD_GRAVITY;
                    words.push(format!("{:.0} rpm, {rcf:.0} x g", omega / RPM));
                }
                shown.moment.time
            }
        };
        words.push(format!(
            "{:.2e} cells, {} parcels",
            self.cells, self.facts.parcels
        ));
        // parcels of a separator, at the moment that is seen
        if let Some(counts) = self.record.counts(seen) {
            let counts: Vec<String> = counts.iter().map(|(what, n)| format!("{n} {what}")).collect();
            words.push(counts.join(", "));
        }
        words.push(format!("{} steps", shown.state.steps));
        words.push(match (&self.error, self.over(), self.plays()) {
            (Some(_), ..) => "ended by an error".into(),
            (None, true, _) => "at the end of the programme".into(),
            (None, false, false) => "waiting".into(),
            _ => format!(
                "{} x real time",
                digits(self.present.map_or(0.0, |now| now.ratio), 2)
            ),
        });
        words.push(format!(
            "{} pictures/s",
            digits(self.rates.rate(Instant::now()), 2)
        ));
        words.push(self.device.clone());
        words
    }
}
