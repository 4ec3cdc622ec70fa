//! How much of a vessel a cut through its middle leaves.

use super::Subject;
use crate::chamber::Chamber;
use crate::chamber::duct::Section;
use glam::{DVec2, DVec3};
use std::f64::consts::TAU;

/// Sides of the polygon that stands for a circle; it holds 3e-4 less.
const SIDES: u32 = 128;
/// Heights at which a vessel that widens is looked at.
const SLICES: u32 = 16;

/// Share of the volume that lies in the middle tenth across `normal`.
pub fn share(subject: Subject<'_>, normal: DVec3) -> f64 {
    let n = normal.truncate();
    let half = 0.5 * subject.tenth();
    let box_of = |x: f64, low: f64, high: f64| -> Vec<DVec2> {
        [(-x, low), (x, low), (x, high), (-x, high)]
            .map(DVec2::from)
            .into()
    };
    let circle = |r: f64| -> Vec<DVec2> {
        let angle = |i: u32| TAU * f64::from(i) / f64::from(SIDES);
        (0..SIDES).map(|i| r * DVec2::from_angle(angle(i))).collect()
    };
    // shapes that count, and those that are taken out of them
    let chamber = &subject.chamber;
    let (counted, out): (Vec<_>, Vec<_>) = match (chamber, chamber.duct().section) {
        (Chamber::Sector(_), _) => {
            let ([_, low, _], [_, high, _]) = chamber.bounds();
            let depth = |i: u32| chamber.height() * (f64::from(i) + 0.5) / f64::from(SLICES);
            let slice = |i| box_of(chamber.half_width(depth(i)), low, high);
            ((0..SLICES).map(slice).collect(), vec![])
        }
        (_, Section::Tube { radius }) => (vec![circle(radius)], vec![]),
        (_, Section::Annulus { inner, outer }) => (vec![circle(outer)], vec![circle(inner)]),
        (_, Section::Channel { width, height }) => {
            (vec![box_of(0.5 * width, -0.5 * height, 0.5 * height)], vec![])
        }
    };
    let sum = |shapes: &[Vec<DVec2>], of: &dyn Fn(&[DVec2]) -> f64| shapes.iter().map(|s| of(s)).sum::<f64>();
    let within = |s: &[DVec2]| area(&beyond(&beyond(s, n, half), -n, half));
    let part = sum(&counted, &within) - sum(&out, &within);
    let whole = sum(&counted, &|s| area(s)) - sum(&out, &|s| area(s));
    part / whole
}

fn area(corners: &[DVec2]) -> f64 {
    let around = corners.iter().zip(corners.iter().cycle().skip(1));
    0.5 * around.map(|(a, b)| a.perp_dot(*b)).sum::<f64>().abs()
}

/// What is left of a convex shape where `n` points no further than `most`.
fn beyond(corners: &[DVec2], n: DVec2, most: f64) -> Vec<DVec2> {
    let mut left = Vec::new();
    for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
        let (da, db) = (n.dot(*a) - most, n.dot(*b) - most);
        if da <= 0.0 {
            left.push(*a);
        }
        if (da < 0.0 && db > 0.0) || (da > 0.0 && db < 0.0) {
            left.push(a.lerp(*b, da / (da - db)));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{BUNDLED, Scene};

    /// By hand: of a circle the strip of a tenth of its width in the middle has 2/pi (asin 0.1 + 0.1 sqrt 0.99) = 0.1271, at any angle; of
    /// the microchannel, 0.2 mm high and 2 mm wide, a slab of a tenth of the width across holds a tenth, and one along it all.
    #[test]
    fn of_a_tube_and_of_a_channel() {
        let blood = Scene::bundled().unwrap();
        for n in [DVec3::Y, DVec3::new(0.6, 0.8, 0.0)] {
            let part = share(Subject(&blood.setup), n);
            assert!((part - 0.1271).abs() < 2e-4, "{part}");
        }
        let text = BUNDLED.iter().find(|b| b.0 == "microchannel").unwrap().1;
        let scene = Scene::from_str("microchannel.toml", text).unwrap();
        let subject = Subject(&scene.setup);
        let [x, y] = scene.setup.duct().section.half();
        let (wide, thin) = if x > y {
            (DVec3::X, DVec3::Y)
        } else {
            (DVec3::Y, DVec3::X)
        };
        assert!((share(subject, wide) - 0.1).abs() < 1e-9);
        assert!((share(subject, thin) - (0.1 * x.max(y) / x.min(y)).min(1.0)).abs() < 1e-9);
    }
}
