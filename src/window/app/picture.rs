//! The picture, what the mouse does on it, and the pictures that are kept.

use super::{App, Told};
use crate::engine::{Cell, seen};
use crate::kernels::Shot;
use crate::render::photo::{Look, SIZES};
use eframe::egui::{self, Color32, Pos2};
use glam::{DVec2, DVec3};
use image::RgbImage;
use std::sync::Arc;

/// Kept pictures at most.
const MOST: usize = 200;
/// Memory that kept pictures take at most [bytes].
const ROOM: usize = 192 << 20;

/// A picture that the time slider goes back to.
pub(super) struct Old {
    /// When [us].
    pub time: f64,
    pub image: RgbImage,
    /// How places come to lie on it.
    pub shot: Shot,
}

/// Pictures at even distances, thinned out as they become many.
pub(super) struct Kept {
    pub pictures: Vec<Old>,
    /// Between two of them [us].
    every: f64,
}

impl Kept {
    /// For a programme of that length [us].
    pub fn new(duration: f64) -> Self {
        Self {
            pictures: Vec::new(),
            every: duration / MOST as f64,
        }
    }

    /// Keeps a picture if one is due.
    pub fn offer(&mut self, time: f64, image: &RgbImage, shot: Shot) {
        let due = self.pictures.last().is_none_or(|k| time >= k.time + self.every);
        if !due {
            return;
        }
        let bytes = |image: &RgbImage| image.as_raw().len();
        let taken: usize = self.pictures.iter().map(|k| bytes(&k.image)).sum();
        if self.pictures.len() >= MOST || taken + bytes(image) > ROOM {
            let mut odd = false;
            self.pictures.retain(|_| {
                odd = !odd;
                odd
            });
            self.every *= 2.0;
        }
        self.pictures.push(Old {
            time,
            image: image.clone(),
            shot,
        });
    }
}

/// Places of a trail at most.
const LONGEST: usize = 4000;

/// The cell that is followed, and where it was [us, um].
#[derive(Default)]
pub(super) struct Followed {
    pub cell: Option<Cell>,
    pub trail: Vec<(f64, DVec3)>,
}

impl Followed {
    /// What is now known of it.
    pub fn learn(&mut self, time: f64, cell: Option<Cell>) {
        let same = |a: &Cell| cell.is_some_and(|b| a.parcel == b.parcel);
        if !self.cell.as_ref().is_some_and(same) {
            self.trail.clear();
        }
        self.cell = cell;
        let Some(cell) = cell else { return };
        if self.trail.last().is_none_or(|(t, _)| *t < time) {
            self.trail.push((time, cell.place));
        }
        if self.trail.len() > LONGEST {
            let mut odd = false;
            self.trail.retain(|_| {
                odd = !odd;
                odd
            });
        }
    }

    /// Its way until `time` [us] on a picture that lies in `rect`, as lines.
    pub fn lines(&self, time: f64, shot: &Shot, rect: egui::Rect) -> Vec<[Pos2; 2]> {
        let points: Vec<Option<DVec2>> = self
            .trail
            .iter()
            .filter(|(t, _)| *t <= time)
            .map(|(_, q)| on_picture(shot, *q))
            .collect();
        let place = |at: DVec2| place(at, shot, rect);
        points
            .windows(2)
            .filter_map(|w| {
                let (a, b) = (w[0]?, w[1]?);
                // across the seam of a wall that is rolled out there is no line
                let jump =
                    shot.unrolled > 0.0 && a.distance(b) > 0.4 * f64::from(shot.width.min(shot.height));
                (!jump).then(|| [place(a), place(b)])
            })
            .collect()
    }
}

/// Where a place lies on a picture, whatever is cut away of it [pixels].
fn on_picture(shot: &Shot, q: DVec3) -> Option<DVec2> {
    let whole = Shot {
        slab: [0.0; 4],
        ..*shot
    };
    seen(&whole, q).map(|s| s.at)
}

/// From the pixels of a picture to the points of the screen.
fn place(at: DVec2, shot: &Shot, rect: egui::Rect) -> Pos2 {
    let part = at / DVec2::new(shot.width.into(), shot.height.into());
    rect.min + rect.size() * egui::vec2(part.x as f32, part.y as f32)
}

/// Where in a room [points] a picture of that size [pixels] lies: as large as it fits, its sides in proportion. One that is as large
/// as the room, but for a part of a pixel, is not resized: its letters stay sharp.
fn fitted(size: [u32; 2], room: egui::Rect, scale: f32) -> egui::Rect {
    let own = egui::vec2(size[0] as f32, size[1] as f32) / scale;
    let by = (room.width() / own.x).min(room.height() / own.y);
    let spare = (room.size() - own).abs() * scale;
    if spare.x < 1.0 && spare.y < 1.0 {
        return egui::Rect::from_min_size(room.min, own);
    }
    egui::Rect::from_center_size(room.center(), own * by)
}

impl App {
    pub(super) fn picture(&mut self, ui: &mut egui::Ui) {
        let room = ui.available_size();
        let scale = ui.ctx().pixels_per_point();
        let size = [room.x, room.y].map(|n| ((n * scale) as u32).clamp(SIZES.0, SIZES.1));
        if size != self.look.size {
            self.look.size = size;
            self.changed();
        }
        let (rect, response) = ui.allocate_exact_size(room, egui::Sense::click_and_drag());
        let whole = rect;
        if let Some(texture) = &self.texture {
            let all = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
            let size = texture.size().map(|n| n as u32);
            let seen = fitted(size, whole, scale);
            ui.painter().image(texture.id(), seen, all, Color32::WHITE);
        } else {
            ui.painter().text(
                whole.center(),
                egui::Align2::CENTER_CENTER,
                "drawing the cells ...",
                egui::FontId::proportional(18.0),
                Color32::GRAY,
            );
        }
        self.trail(ui, whole);
        let pointer = response.interact_pointer_pos().or(response.hover_pos());
        // on the picture that is seen, and where that place lies on the next one [pixels]
        let seen = pointer.map(|p| self.on_shown(p, whole, scale));
        let at = seen.map(|at| self.by_now(at));
        if response.double_clicked() {
            if let Some(at) = at {
                self.centre(at);
            }
        } else if response.clicked() {
            match (seen, self.back, &self.shown) {
                (Some(at), None, Some(shown)) => {
                    self.sim.tell(Told::Pick(at, Arc::clone(&shown.plate)));
                }
                (Some(_), None, None) => {}
                _ => self.note = "a look back: press l, then click a cell".into(),
            }
        } else if response.dragged() {
            let d = response.drag_delta();
            match self.look.view.angles() {
                Some([azimuth, elevation]) if response.dragged_by(egui::PointerButton::Primary) => {
                    self.look.view = self.look.view.from_angles([
                        azimuth - 0.4 * f64::from(d.x),
                        (elevation + 0.4 * f64::from(d.y)).clamp(-90.0, 90.0),
                    ]);
                }
                _ => {
                    self.look.pan[0] += f64::from(d.x * scale);
                    self.look.pan[1] += f64::from(d.y * scale);
                }
            }
            self.changed();
        }
        let wheel = ui.input(|i| i.smooth_scroll_delta().y);
        if let (true, Some(at)) = (response.hovered() && wheel != 0.0, at) {
            self.zoom(f64::from(wheel / 200.0).exp(), at);
        }
    }

    /// Column and row of a point of the screen on the picture that is seen [pixels].
    fn on_shown(&self, p: Pos2, room: egui::Rect, scale: f32) -> [f64; 2] {
        let size = match (self.old(), &self.shown) {
            (Some(old), _) => [old.shot.width, old.shot.height],
            (None, Some(shown)) => shown.look.size,
            (None, None) => self.look.size,
        };
        let rect = fitted(size, room, scale);
        let part = (p - rect.min) / rect.size();
        [
            f64::from(part.x) * f64::from(size[0]),
            f64::from(part.y) * f64::from(size[1]),
        ]
    }

    /// Where a point of the picture that is seen lies on the one that is asked for by now [pixels].
    pub(super) fn by_now(&self, at: [f64; 2]) -> [f64; 2] {
        let (now, Some(then)) = (&self.look, self.shown.as_ref().map(|s| &s.look)) else {
            return at;
        };
        if self.back.is_some() || now.view != then.view || now.size != then.size {
            return at;
        }
        let (middle, by) = (now.middle(), now.zoom / then.zoom);
        std::array::from_fn(|k| middle[k] + now.pan[k] + by * (at[k] - middle[k] - then.pan[k]))
    }

    /// The way of the cell that is followed, and a ring around it.
    fn trail(&self, ui: &egui::Ui, room: egui::Rect) {
        let (time, shot) = match self.old() {
            Some(old) => (old.time, old.shot),
            None => match &self.shown {
                Some(shown) => (shown.moment.time, shown.plate.shot),
                None => return,
            },
        };
        let size = [shot.width, shot.height];
        let rect = fitted(size, room, ui.ctx().pixels_per_point());
        // where the picture draws the vessel, and no further
        let look = Look {
            size,
            ..self.look.clone()
        };
        let (low, high) = look.field();
        let field = egui::Rect::from_two_pos(place(low, &shot, rect), place(high, &shot, rect));
        let painter = ui.painter().with_clip_rect(field.intersect(rect));
        for line in self.followed.lines(time, &shot, rect) {
            painter.line_segment(line, (1.5, TRAIL));
        }
        let here = self.followed.trail.iter().rev().find(|(t, _)| *t <= time);
        if let Some(at) = here.and_then(|(_, q)| on_picture(&shot, *q)) {
            painter.circle_stroke(place(at, &shot, rect), 7.0, (2.0, TRAIL));
        }
    }

    /// Enlarges about a point of the picture.
    pub(super) fn zoom(&mut self, by: f64, at: [f64; 2]) {
        let zoom = (self.look.zoom * by).clamp(0.2, 2000.0);
        let by = zoom / self.look.zoom;
        let middle = self.look.middle();
        for k in 0..2 {
            let beside = at[k] - middle[k];
            self.look.pan[k] = beside + by * (self.look.pan[k] - beside);
        }
        self.look.zoom = zoom;
        self.changed();
    }

    /// Brings a point of the picture to the middle.
    pub(super) fn centre(&mut self, at: [f64; 2]) {
        let middle = self.look.middle();
        for k in 0..2 {
            self.look.pan[k] += middle[k] - at[k];
        }
        self.changed();
    }
}

/// Seen on the dark of the vessel and on paper.
pub(super) const TRAIL: Color32 = Color32::from_rgb(255, 0, 200);

#[cfg(test)]
mod tests {
    use super::*;

    fn shot() -> Shot {
        Shot {
            column: [1.0, 0.0, 0.0, 0.0],
            row: [0.0, 0.0, 1.0, 0.0],
            divisor: [0.0, 0.0, 0.0, 1.0],
            width: 200,
            height: 100,
            ..Shot::default()
        }
    }

    /// Never more pictures than there is room for, and the span of the run is kept however long it goes on.
    #[test]
    fn kept_pictures_take_bounded_memory() {
        let mut kept = Kept::new(1e3);
        for i in 0..5000 {
            kept.offer(f64::from(i), &RgbImage::new(320, 320), shot());
            assert!(kept.pictures.len() <= MOST);
        }
        assert_eq!(kept.pictures[0].time, 0.0);
        assert!(kept.pictures.last().unwrap().time > 4800.0);
        assert!(kept.pictures.len() > MOST / 3);
        // by hand: 8 million pixels are 24 MB, of which 192 MiB hold eight
        let mut kept = Kept::new(1e3);
        for i in 0..100 {
            kept.offer(100.0 * f64::from(i), &RgbImage::new(4000, 2000), shot());
            assert!(kept.pictures.len() <= 8, "{}", kept.pictures.len());
        }
        assert!(kept.pictures.len() >= 4);
    }

    /// By hand: 200 x 100 pixels in a room of 300 x 300 points are 300 x 150 in its middle; as large as the room they stay.
    #[test]
    fn a_picture_keeps_its_proportions() {
        let room = |w, h| egui::Rect::from_min_size(egui::pos2(10.0, 20.0), egui::vec2(w, h));
        let rect = |x, y, w, h| egui::Rect::from_min_size(egui::pos2(x, y), egui::vec2(w, h));
        assert_eq!(
            fitted([200, 100], room(300.0, 300.0), 1.0),
            rect(10.0, 95.0, 300.0, 150.0)
        );
        assert_eq!(
            fitted([200, 100], room(100.0, 300.0), 1.0),
            rect(10.0, 145.0, 100.0, 50.0)
        );
        assert_eq!(
            fitted([200, 100], room(200.4, 100.7), 1.0),
            rect(10.0, 20.0, 200.0, 100.0)
        );
        assert_eq!(
            fitted([400, 200], room(200.0, 100.4), 2.0),
            rect(10.0, 20.0, 200.0, 100.0)
        );
    }

    fn cell(parcel: usize, x: f64, z: f64) -> Cell {
        let none = DVec3::ZERO;
        Cell {
            parcel,
            component: 0,
            diameter: 6.0,
            density: 1.1,
            place: DVec3::new(x, 0.0, z),
            velocity: none,
            forces: crate::engine::Forces {
                weight: none,
                buoyancy: none,
                magnetic: None,
                drag: none,
            },
            fraction: None,
            fate: 0,
        }
    }

    /// By hand: a picture of 200 x 100 pixels in a field of 400 x 200 points at (10, 20): a place at (50, 25) lies at (110, 70).
    #[test]
    fn a_trail_lies_on_its_picture() {
        let mut f = Followed::default();
        f.learn(1.0, Some(cell(7, 0.0, 0.0)));
        f.learn(2.0, Some(cell(7, 50.0, 25.0)));
        f.learn(2.0, Some(cell(7, 50.0, 25.0)));
        f.learn(3.0, Some(cell(7, 100.0, 25.0)));
        let rect = egui::Rect::from_min_size(egui::pos2(10.0, 20.0), egui::vec2(400.0, 200.0));
        let lines = f.lines(3.0, &shot(), rect);
        let (a, b, c) = (
            egui::pos2(10.0, 20.0),
            egui::pos2(110.0, 70.0),
            egui::pos2(210.0, 70.0),
        );
        assert_eq!(lines, [[a, b], [b, c]]);
        // a look back shows the way until then
        assert_eq!(f.lines(2.5, &shot(), rect), [[a, b]]);
        // another cell has a way of its own, and none has none
        f.learn(4.0, Some(cell(8, 0.0, 0.0)));
        assert_eq!(f.trail.len(), 1);
        f.learn(5.0, None);
        assert!(f.trail.is_empty());
        for t in 0..3 * LONGEST {
            f.learn(t as f64, Some(cell(8, 0.0, 0.0)));
        }
        assert!(f.trail.len() <= LONGEST && f.trail[0].0 == 0.0);
    }
}
