//! The cell that is followed, in numbers.

use super::App;
use super::picture::TRAIL;
use crate::constants::MILLIMETRE;
use crate::engine::Cell;
use crate::units::{Dimension, digits, show};
use eframe::egui::{self, RichText};
use glam::DVec3;

/// What is said of a cell, a line each: what, how much, and what that means.
fn lines(cell: &Cell) -> Vec<(&'static str, String, &'static str)> {
    // zero has no sign
    let vector = |v: DVec3, per: f64, n: usize| {
        let [x, y, z] = [v.x, v.y, v.z].map(|c| digits(c / per + 0.0, n));
        format!("{x}, {y}, {z}")
    };
    let mut out = vec![
        (
            "diameter",
            show(cell.diameter, Dimension::Length),
            "with what it carries",
        ),
        (
            "density",
            format!("{} g/mL", digits(cell.density, 5)),
            "with what it carries",
        ),
        (
            "x, y, z",
            format!("{} mm", vector(cell.place, MILLIMETRE, 4)),
            "z from the meniscus, or the inlet, along the axis",
        ),
        (
            "velocity",
            format!("{} um/s", vector(cell.velocity, 1e-6, 3)),
            "along x, y, z",
        ),
        (
            "weight",
            format!("{} pN", vector(cell.forces.weight, 1.0, 3)),
            "its mass times the acceleration there, gravity and centrifugal",
        ),
        (
            "buoyancy",
            format!("{} pN", vector(cell.forces.buoyancy, 1.0, 3)),
            "of the fluid that it displaces; in a crowd, of the mixture",
        ),
    ];
    if let Some(magnetic) = cell.forces.magnetic {
        out.push((
            "magnetic",
            format!("{} pN", vector(magnetic, 1.0, 3)),
            "on the cell and its label",
        ));
    }
    out.push((
        "drag",
        format!("{} pN", vector(cell.forces.drag, 1.0, 3)),
        "balances the others: cells have no inertia. In a bed the cells below, and where a surface holds it that surface, are part of it",
    ));
    if let Some(fraction) = cell.fraction {
        out.push((
            "around it",
            format!("{} % cells", digits(100.0 * fraction, 3)),
            "volume fraction of all cells",
        ));
    }
    out
}

impl App {
    /// The panel of the cell that is followed; nothing where there is none.
    pub(super) fn cell(&mut self, ui: &mut egui::Ui) {
        let Some(cell) = self.followed.cell else { return };
        let name = self
            .facts
            .species
            .get(cell.component)
            .map_or("", |s| s.0.as_str());
        let mut away = false;
        ui.horizontal(|ui| {
            let (ring, _) = ui.allocate_exact_size(egui::vec2(14.0, 14.0), egui::Sense::hover());
            ui.painter().circle_stroke(ring.center(), 5.0, (2.0, TRAIL));
            ui.label(RichText::new(name).strong());
            away = ui.button("\u{d7}").on_hover_text("follow it no longer").clicked();
        });
        // where it is now, which a look back does not show
        let what = self
            .facts
            .fates
            .iter()
            .find(|f| f.0 == cell.fate && self.back.is_none());
        ui.label(
            RichText::new(match what {
                Some((_, place)) => format!("parcel {}, {place}", cell.parcel),
                None => format!("parcel {}", cell.parcel),
            })
            .weak(),
        );
        if self.back.is_some() {
            // what is known of it is of the present, which is not what is seen
            ui.label(RichText::new("its numbers are of the present: press l").weak());
            ui.separator();
            if away {
                self.forget();
            }
            return;
        }
        egui::Grid::new("cell").num_columns(2).show(ui, |ui| {
            for (what, value, why) in lines(&cell) {
                ui.label(what).on_hover_text(why);
                ui.label(value);
                ui.end_row();
            }
        });
        ui.separator();
        if away {
            self.forget();
        }
    }
}
