//! Plots of what was read: the profile now, and interfaces and shares over time.

use super::App;
use super::axes::marks;
use crate::units::digits;
use eframe::egui::{self, Color32, RichText};
use egui_plot::{AxisHints, GridMark, HLine, Line, LineStyle, Plot, PlotUi, Points, VLine};

/// Height of a plot [points].
const HEIGHT: f32 = 145.0;

/// Length of a line in what says what is in a plot [points].
const DASH: f32 = 12.0;

const INK: Color32 = Color32::from_rgb(60, 60, 60);

/// Colour of the upper end of a layer.
fn layer(name: &str) -> Color32 {
    match name {
        "red cells" => Color32::from_rgb(198, 40, 40),
        "buffy coat" => Color32::from_rgb(200, 150, 40),
        "pellet" | "subnatant" => Color32::from_rgb(0, 114, 178),
        "front" => Color32::from_rgb(130, 80, 180),
        _ => INK,
    }
}

/// A depth, which is drawn downwards, as it is read.
fn depth(mark: GridMark, _: &std::ops::RangeInclusive<f64>) -> String {
    digits(mark.value.abs(), 4)
}

/// A number as it is.
fn plain(mark: GridMark, _: &std::ops::RangeInclusive<f64>) -> String {
    digits(mark.value, 4)
}

/// How a mark is labelled.
type Label = fn(GridMark, &std::ops::RangeInclusive<f64>) -> String;

/// What is in a plot, a line below it: within it would lie on the curves.
fn key(ui: &mut egui::Ui, entries: &[(&str, Color32)]) {
    ui.horizontal_wrapped(|ui| {
        for (name, colour) in entries {
            // one piece, which a line's end does not part
            let font = egui::TextStyle::Small.resolve(ui.style());
            let text = ui.painter().layout_no_wrap((*name).to_owned(), font, INK);
            let size = egui::vec2(DASH + 4.0 + text.size().x, text.size().y);
            let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
            let dash = [rect.left_center(), rect.left_center() + egui::vec2(DASH, 0.0)];
            ui.painter().line_segment(dash, (2.0, *colour));
            let at = rect.left_top() + egui::vec2(DASH + 4.0, 0.0);
            ui.painter().galley(at, text, INK);
        }
    });
}

/// A plot that looks as all of them do.
fn plot<'a>(name: &str, width: f32, upwards: Label) -> Plot<'a> {
    // marks are as far apart as their labels need
    let labelled = |axis: AxisHints<'a>| {
        axis.label_spacing(egui::Rangef::new(8.0, 9.0))
            .tick_label_font(egui::FontId::proportional(10.0))
    };
    Plot::new(name.to_owned())
        .width(width)
        .height(HEIGHT)
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .custom_x_axes(vec![labelled(AxisHints::new_x()).formatter(plain)])
        .custom_y_axes(vec![
            labelled(AxisHints::new_y())
                .formatter(upwards)
                .min_thickness(30.0),
        ])
        .x_grid_spacer(|input| marks(input.bounds))
        .y_grid_spacer(|input| marks(input.bounds))
        .grid_spacing(egui::Rangef::new(4.0, 5.0))
        // lighter than any curve
        .grid_color(Color32::from_gray(222))
        .grid_fade(0.0)
}

/// A piece of a series: a line, or the point that it is.
fn draw(plot: &mut PlotUi<'_>, name: &str, piece: Vec<[f64; 2]>, colour: Color32) {
    if piece.len() == 1 {
        plot.points(Points::new(name.to_owned(), piece).radius(2.0).color(colour));
    } else {
        plot.line(Line::new(name.to_owned(), piece).color(colour));
    }
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
            // as the tube stands
            plot("profile", width, depth).include_x(0.0).show(ui, |plot| {
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
            let curves = last.profile.iter();
            let mut entries: Vec<(&str, Color32)> = curves
                .map(|c| (c.name.as_str(), self.colour(c.component)))
                .collect();
            entries.extend(last.interfaces.iter().map(|(name, _)| (*name, layer(name))));
            key(ui, &entries);
            ui.label("where layers begin, mm, over time, s");
            let names = self.record.interfaces();
            plot("interfaces", width, depth).include_x(0.0).show(ui, |plot| {
                for name in &names {
                    for piece in self.record.interface(name) {
                        let points: Vec<[f64; 2]> = piece.iter().map(|[t, z]| [*t, -z]).collect();
                        draw(plot, name, points, layer(name));
                    }
                }
                if let Some(then) = then {
                    plot.vline(VLine::new("this picture", then).color(INK));
                }
            });
            let entries: Vec<(&str, Color32)> = names.iter().map(|n| (*n, layer(n))).collect();
            key(ui, &entries);
        } else {
            ui.label(format!("% of a species' cells inside, {}", last.along));
            plot("profile", width, plain).include_y(0.0).show(ui, |plot| {
                for curve in &last.profile {
                    plot.line(
                        Line::new(curve.name.clone(), curve.points.clone())
                            .color(self.colour(curve.component)),
                    );
                }
            });
            self.species_key(ui);
        }
        self.shares(ui, width, then);
    }

    /// Recovery or purity by species in a layer or a place, over time.
    fn shares(&mut self, ui: &mut egui::Ui, width: f32, then: Option<f64>) {
        let groups: Vec<String> = self.record.groups().into_iter().map(str::to_owned).collect();
        if groups.is_empty() {
            ui.label(RichText::new("nothing has parted yet").weak());
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
        plot("shares", width, plain)
            .include_x(0.0)
            .include_y(0.0)
            .show(ui, |plot| {
                for (k, (name, _)) in self.facts.species.iter().enumerate() {
                    for piece in self.record.share(&chosen, k, self.purity) {
                        draw(plot, name, piece, self.colour(Some(k)));
                    }
                }
                if let Some(then) = then {
                    plot.vline(VLine::new("this picture", then).color(INK));
                }
            });
        self.species_key(ui);
    }

    fn species_key(&self, ui: &mut egui::Ui) {
        let species = self.facts.species.iter().enumerate();
        let entries: Vec<(&str, Color32)> = species
            .map(|(k, (name, _))| (name.as_str(), self.colour(Some(k))))
            .collect();
        key(ui, &entries);
    }
}
