//! What is cut away of a picture: cells in front of a plane, or all but a slice.

use crate::kernels::Plate;
use crate::render::photo::{Subject, View};

/// What is cut away, from front to back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clip {
    /// Share of the depth of the vessel, along the line of sight, that is cut away in front; of views that are no cut.
    pub front: f64,
    /// Where a cut lies: 0 in front, 1 behind.
    pub place: f64,
}

impl Default for Clip {
    /// Nothing is cut away, and a cut goes through the middle.
    fn default() -> Self {
        Self {
            front: 0.0,
            place: 0.5,
        }
    }
}

/// Whether anything can be cut away in a view.
pub fn suits(view: View) -> bool {
    view != View::Unrolled
}

/// Cuts it away, and says so where a picture does not show it by itself.
pub fn apply(plate: &mut Plate, clip: Clip, view: View, subject: Subject<'_>) -> Option<String> {
    if !suits(view) {
        return None;
    }
    let [across, down] = view.axes(subject.lying());
    // into the page, right and down being right and down
    let into = across.cross(down);
    let (mut near, mut far) = (f64::INFINITY, f64::NEG_INFINITY);
    for q in subject.outline(0.0).iter().flatten() {
        let depth = into.dot(*q);
        (near, far) = (near.min(depth), far.max(depth));
    }
    let slab = |middle: f64, half: f64| (into / half).extend(-middle / half).to_array().map(|x| x as f32);
    if let Some(thin) = view.thin(subject.lying()) {
        let half = 0.5 * subject.tenth();
        // a cut across what is narrower than a tenth of its width shows all of it
        let place = near + clip.place.clamp(0.0, 1.0) * (far - near);
        debug_assert!(thin.cross(into).length() < 1e-6);
        plate.shot.slab = slab(place, half);
        None
    } else if clip.front > 0.0 {
        let from = near + clip.front.min(1.0) * (far - near);
        // one depth behind all
        let half = (far - near).max(1.0);
        plate.shot.slab = slab(from + half, half);
        Some(format!("front {:.0} % cut away", 100.0 * clip.front.min(1.0)))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::seen;
    use crate::render::photo::{Colouring, Look, Photo};
    use crate::scenario::Scene;
    use glam::DVec3;

    fn drawn(view: View, clip: Clip, q: DVec3) -> bool {
        let scene = Scene::bundled().unwrap();
        let subject = Subject(&scene.setup);
        let look = Look {
            view,
            colouring: Colouring::Species,
            size: [480, 400],
            hidden: Vec::new(),
            magnets: true,
            zoom: 1.0,
            pan: [0.0; 2],
        };
        let mut plate = Photo::new(subject, look).unwrap().plate;
        let said = apply(&mut plate, clip, view, subject);
        // a cut shows by itself that it is one
        let cuts = clip.front > 0.0 && !matches!(view, View::Cut | View::Unrolled);
        assert_eq!(said, cuts.then(|| "front 25 % cut away".to_owned()));
        seen(&plate.shot, q).is_some()
    }

    /// By hand: a tube of radius 7 mm seen from the side, y towards the person: with a quarter of 14 mm cut away in front, what is
    /// at y = 4 mm is gone and what is at 3 mm is there.
    #[test]
    fn what_is_in_front_is_cut_away() {
        let quarter = Clip {
            front: 0.25,
            ..Clip::default()
        };
        let at = |y: f64| DVec3::new(0.0, y, 30e3);
        for (y, there) in [(-6.9e3, true), (3e3, true), (4e3, false), (6.9e3, false)] {
            assert_eq!(drawn(View::Side, quarter, at(y)), there, "{y}");
            assert!(drawn(View::Side, Clip::default(), at(y)), "{y}");
        }
        // from the other side the other half goes
        let turned = View::Orbit {
            azimuth: 180.0,
            elevation: 0.0,
        };
        assert!(drawn(turned, quarter, at(6.9e3)) && !drawn(turned, quarter, at(-6.9e3)));
        // a wall that is rolled out is not cut
        assert!(drawn(View::Unrolled, quarter, at(6.9e3)));
    }

    /// By hand: the middle tenth is 1.4 mm thick; at a quarter of the depth it lies about y = 3.5 mm.
    #[test]
    fn a_cut_lies_where_it_is_told() {
        let at = |y: f64| DVec3::new(0.0, y, 30e3);
        let quarter = Clip {
            place: 0.25,
            ..Clip::default()
        };
        for (y, middle, quartered) in [
            (0.0, true, false),
            (0.8e3, false, false),
            (3e3, false, true),
            (4.3e3, false, false),
        ] {
            assert_eq!(drawn(View::Cut, Clip::default(), at(y)), middle, "{y}");
            assert_eq!(drawn(View::Cut, quarter, at(y)), quartered, "{y}");
        }
    }
}
