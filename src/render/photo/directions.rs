//! Where a direction in space points on a page, in words.

use super::View;
use glam::DVec3;

/// A part of a direction below this is not spoken of.
const SHOWS: f64 = 0.3;

/// Its parts to the right, down the page and into it, of a unit vector. None on a rolled-out wall, but for the direction of the axis.
fn parts(view: View, lying: bool, way: DVec3) -> Option<DVec3> {
    if view == View::Unrolled && way.truncate().length() > 1e-6 {
        return None;
    }
    let [right, down] = view.axes(lying);
    Some(DVec3::new(
        right.dot(way),
        down.dot(way),
        right.cross(down).dot(way),
    ))
}

/// The words for the parts that show, the stronger one in the page first.
fn words(parts: DVec3, names: [[&'static str; 2]; 3]) -> String {
    let name = |k: usize| names[k][usize::from(parts[k] > 0.0)];
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| parts[*b].abs().total_cmp(&parts[*a].abs()));
    let shown = order.into_iter().filter(|k| parts[*k].abs() > SHOWS);
    shown.map(name).collect::<Vec<_>>().join(" and ")
}

/// Where something that goes along `way` comes from.
pub fn from(view: View, lying: bool, way: DVec3) -> Option<String> {
    let names = [
        ["from the right", "from the left"],
        ["from below", "from above"],
        ["out of the page", "into the page"],
    ];
    Some(words(parts(view, lying, way.try_normalize()?)?, names))
}

/// Where `way` points to.
pub fn to(view: View, lying: bool, way: DVec3) -> Option<String> {
    let names = [
        ["left", "right"],
        ["up", "down"],
        ["out of the page", "into the page"],
    ];
    Some(words(parts(view, lying, way.try_normalize()?)?, names))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, of a duct whose flow goes along z and whose gravity along -y: from the side z goes to the right and y up; seen along the
    /// axis, with x to the right and y up, z comes towards the eye; from above y does.
    #[test]
    fn a_flow_and_gravity() {
        let orbit = View::Orbit {
            azimuth: 0.0,
            elevation: 90.0,
        };
        for (view, flow, down) in [
            (View::Side, "from the left", "down"),
            (View::Along, "out of the page", "down"),
            (View::Top, "from the left", "into the page"),
            (View::Cut, "from the left", "down"),
            (orbit, "into the page", "left"),
        ] {
            assert_eq!(from(view, true, DVec3::Z).as_deref(), Some(flow), "{view:?}");
            assert_eq!(to(view, true, -2.0 * DVec3::Y).as_deref(), Some(down), "{view:?}");
        }
        assert_eq!(
            from(View::Unrolled, true, DVec3::Z).as_deref(),
            Some("from the left")
        );
        assert_eq!(to(View::Unrolled, true, DVec3::Y), None);
        assert_eq!(to(View::Side, true, DVec3::ZERO), None);
    }
}
