//! Plots of what was read: the profile now, and interfaces and shares over time.

use super::App;
use crate::units::digits;
use eframe::egui::{self, Color32};
use egui_plot::{GridMark, HLine, Legend, Line, LineStyle, Plot, VLine};

/// Height of a plot [points].
const HEIGHT: f32 = 145.0;

const INK: Color32 = Color32::from_rgb(60, 60, 60);

/// Colour of the upper end of a layer.
fn layer(name: &str) -> Color32 {
    match name {
        "red cells" => Color32::from_rgb(198, 40, 40),
        "buffy coat" => Color32::from_rgb(200, 150, 40),
        "pellet" => Color32::from_rgb(0, 114, 178),
        _ => INK,
    }
}

/// A depth, which is drawn downwards, as it is read.
fn depth(mark: GridMark, _: &std::ops::RangeInclusive<f64>) -> String {
    digits(mark.value.abs(), 4)
}

/// A plot that looks as all of them do.
fn plot<'a>(name: &str, width: f32) -> Plot<'a> {
    Plot::new(name.to_owned())
        .width(width)
        .height(HEIGHT)
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .y_axis_min_width(30.0)
        // in a plot as small as this the ticks would not be labelled otherwise
        .grid_spacing(egui::Rangef::new(8.0, 40.0))
        .legend(
            Legend::default()
                .text_style(egui::TextStyle::Small)
                .background_alpha(0.6),
        )
}

impl App {
    fn colour(&self, component: Option<usize>) -> Color32 {
        let species = component.and_then(|k| self.facts.species.get(k));
        species.map_or(INK, |(_, [r, g, b])| Color32::from_rgb(*r, *g, *b))
    }

    /// The plots, one below the other.
    pub(super) fn plots(&mut self, ui: &mut egui::Ui) {
        let Some(last) = self.record.readings.last() else {
            ui.label("the first numbers come in a moment");
            return;
        };
        let width = ui.available_width();
        // where the picture that is looked at is, in time [s]
        let then = self
            .back
            .and_then(|i| self.kept.pictures.get(i))
            .map(|old| old.time / crate::constants::SECOND);
        if self.facts.pump.is_none() && self.facts.rotor.is_some() || last.along.starts_with("depth") {
            ui.label("volume fraction, %, by depth, mm");
            plot("profile", width)
                .include_x(0.0)
                // as the tube stands
                .y_axis_formatter(depth)
                .show(ui, |plot| {
                    for curve in &last.profile {
                        let points: Vec<[f64; 2]> = curve.points.iter().map(|[x, y]| [*y, -x]).collect();
                        plot.line(Line::new(curve.name.clone(), points).color(self.colour(curve.component)));
                    }
                    for (name, at) in &last.interfaces {
                        plot.hline(
                            HLine::new(*name, -at)
                                .color(layer(name))
                                .style(LineStyle::dashed_loose()),
                        );
                    }
                });
            ui.label("where layers begin, mm, over time, s");
            plot("interfaces", width)
                .y_axis_formatter(depth)
                .show(ui, |plot| {
                    for name in self.record.interfaces() {
                        let points = self
                            .record
                            .interface(name)
                            .iter()
                            .map(|[t, z]| [*t, -z])
                            .collect::<Vec<_>>();
                        plot.line(Line::new(name, points).color(layer(name)));
                    }
                    if let Some(then) = then {
                        plot.vline(VLine::new("this picture", then).color(INK));
                    }
                });
        } else {
            ui.label(format!("% of a species' cells inside, {}", last.along));
            plot("profile", width).include_y(0.0).show(ui, |plot| {
                for curve in &last.profile {
                    plot.line(
                        Line::new(curve.name.clone(), curve.points.clone())
                            .color(self.colour(curve.component)),
                    );
                }
            });
        }
        self.shares(ui, width, then);
    }

    /// Recovery or purity by species in a layer or a place, over time.
    fn shares(&mut self, ui: &mut egui::Ui, width: f32, then: Option<f64>) {
        let groups: Vec<String> = self.record.groups().into_iter().map(str::to_owned).collect();
        if groups.is_empty() {
            ui.label(egui::RichText::new("nothing has parted yet").weak());
            return;
        }
        let chosen = self
            .group
            .clone()
            .filter(|g| groups.contains(g))
            .or_else(|| groups.iter().find(|g| *g == "buffy coat").cloned())
            .unwrap_or_else(|| groups[0].clone());
        let mut wish = chosen.clone();
        ui.horizontal(|ui| {
            ui.selectable_value(&mut self.purity, false, "recovery");
            ui.selectable_value(&mut self.purity, true, "purity");
            egui::ComboBox::from_id_salt("group")
                .selected_text(&chosen)
                .width(95.0)
                .show_ui(ui, |ui| {
                    for group in &groups {
                        ui.selectable_value(&mut wish, group.clone(), group);
                    }
                });
        });
        if wish != chosen {
            self.group = Some(wish);
        }
        ui.label(if self.purity {
            "% of the cells there, over time, s"
        } else {
            "% of the species there, over time, s"
        });
        plot("shares", width).include_y(0.0).show(ui, |plot| {
            for (k, (name, _)) in self.facts.species.iter().enumerate() {
                let points = self.record.share(&chosen, k, self.purity);
                plot.line(Line::new(name.clone(), points).color(self.colour(Some(k))));
            }
            if let Some(then) = then {
                plot.vline(VLine::new("this picture", then).color(INK));
            }
        });
    }
}
