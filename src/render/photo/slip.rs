//! What a picture has to know to show how fast parcels go relative to the fluid.

use super::{Moment, Subject};
use crate::engine::{Setup, Suspension, felt};
use crate::kernels::Step;
use crate::laws::saturation::saturation;
use crate::model::{Component, Protocol};
use glam::DVec3;

/// Decades that the colours span.
pub const DECADES: u32 = 3;

/// A um/s in um/us.
const UM_PER_SECOND: f64 = 1e-6;

/// Points along each axis at which the field of a separator is looked at.
const POINTS: u32 = 7;

/// The acceleration at a moment, and whether the magnets are on; without what a rotor's change of speed adds.
pub fn step(subject: Subject<'_>, moment: Moment) -> Step {
    let acceleration = if subject.rotor.mounting.on_bench() {
        felt(&subject, 0.0, 1.0)
    } else {
        let mut now = Setup::clone(&subject);
        now.protocol = Protocol::new(moment.omega).hold(1.0);
        felt(&now, 0.0, 1.0)
    };
    Step {
        acceleration,
        magnets: subject.carries() && magnets(&subject, moment.time),
        ..Step::still()
    }
}

/// Whether the magnets are on at a time [us].
fn magnets(s: &Setup, time: f64) -> bool {
    s.protocol.at(time).is_none_or(|p| p.magnets)
}

/// About how fast the fastest of the shown cells are [um/s], rounded up to 1, 2 or 5: the upper end of the colours. `mobilities` are
/// the magnetic ones of a separator's components [um3 us/pg].
pub fn fastest(subject: Subject<'_>, hidden: &[bool], mobilities: &[f64]) -> f64 {
    let components = subject.components();
    let shown = (0..components.len()).filter(|k| !hidden.get(*k).copied().unwrap_or(false));
    let s = &*subject;
    let acceleration = s.greatest_acceleration();
    let fraction = match s.physics.suspension {
        Suspension::Dense => subject.volumes().iter().sum::<f64>() / subject.volume(),
        Suspension::Dilute => 0.0,
    };
    // one power for the density of the mixture, the others are what crowding leaves of the mobility
    let crowd = (1.0 - fraction.clamp(0.0, 1.0)).powf(s.physics.exponent - 1.0);
    let (density, viscosity) = (s.fluid.density, s.fluid.viscosity);
    let speed = |k: usize| {
        let c = components[k];
        let excess = (c.species.density - density).abs() + 2.0 * c.species.density_sd;
        let alone = stokes(c) * excess / viscosity * acceleration;
        let pulled = mobilities.get(k).map_or(0.0, |m| m.abs() * pull(s, k));
        alone * crowd + pulled
    };
    let most = shown.map(speed).fold(0.0, f64::max) / UM_PER_SECOND;
    if most > 0.0 && most.is_finite() {
        round_up(most)
    } else {
        1.0
    }
}

/// d2 A / (18 f) [um2] of the mean cell.
fn stokes(c: &Component) -> f64 {
    c.species.diameter.powi(2) * c.aggregation / (18.0 * c.species.drag_factor)
}

/// Mean over a duct of grad(B2)/(2 mu0) [pg/(um2 us2)] times what the beads of component `k` keep of their susceptibility there.
fn pull(s: &Setup, k: usize) -> f64 {
    let Some(field) = &s.field else { return 0.0 };
    let per_field = s.components[k].response.per_field();
    let part = |i: u32| (f64::from(i) + 0.5) / f64::from(POINTS);
    let (mut sum, mut count) = (0.0, 0.0_f64);
    for i in 0..POINTS.pow(3) {
        // by lanes, so that a narrow gap has its points too
        let [x, y] = s
            .duct()
            .section
            .on_lane(part(i % POINTS), part(i / POINTS % POINTS));
        let q = DVec3::new(x, y, s.duct().length * part(i / POINTS / POINTS));
        if let Ok(point) = field.at(q) {
            sum += point.force_density().length() * saturation(point.magnitude() * per_field);
            count += 1.0;
        }
    }
    sum / count.max(1.0)
}

/// The next of 1, 2, 5 times a power of ten.
fn round_up(x: f64) -> f64 {
    let ten = 10_f64.powf(x.log10().floor());
    let next = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|n| n * ten >= x * (1.0 - 1e-9));
    next.unwrap_or(10.0) * ten
}

/// Logarithms to base 2 of the ends of the colours [um/us], from the upper end [um/s].
pub fn range(fastest: f64) -> [f64; 2] {
    let high = (fastest * UM_PER_SECOND).log2();
    [high - f64::from(DECADES) * 10_f64.log2(), high]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constants::STANDARD_GRAVITY;
    use crate::scenario::{BUNDLED, Scene};

    /// By hand: 1500 x g at the bottom, 170 mm from the axis, is omega = sqrt(1500 x 9.80665 / 0.17) rad/s; at the meniscus, 105 mm
    /// from it, 926.5 x g are left.
    #[test]
    fn the_acceleration_of_a_moment() {
        let scene = Scene::bundled().unwrap();
        let omega = (1500.0 * 9.80665 / 0.17_f64).sqrt() * 1e-6;
        let moment = Moment {
            time: 0.0,
            omega,
            rate: None,
        };
        let a = step(Subject(&scene.setup), moment).acceleration;
        let bottom = (a.constant + a.gradient * DVec3::Z * 65e3) / STANDARD_GRAVITY;
        let g = bottom.z;
        assert!((g / 1500.0 - 1.0).abs() < 1e-3, "{g}");
        assert!((a.constant.z / STANDARD_GRAVITY / 926.5 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn round_ends() {
        for (x, end) in [
            (0.9, 1.0),
            (1.0, 1.0),
            (1.1, 2.0),
            (23.0, 50.0),
            (0.0051, 0.01),
            (700.0, 1000.0),
        ] {
            assert!((round_up(x) / end - 1.0).abs() < 1e-9, "{x}");
        }
        let [low, high] = range(50.0);
        assert!((high - 5e-5_f64.log2()).abs() < 1e-12 && (low - 5e-8_f64.log2()).abs() < 1e-12);
    }

    /// By hand: the field of the sorter's quadrupole grows by 1.42 T / 4.965 mm = 286 T/m, and pulls with 286^2 r / mu0, 2.714e8
    /// N/m3 at the middle of its gap, 4.17 mm: 1.5e-13 m3 s/kg makes 41 um/s of it, and the weight of the heaviest a few more: 50. Twice the
    /// mobility is beyond that.
    #[test]
    fn the_fastest_of_the_sorter() {
        let text = BUNDLED.iter().find(|b| b.0 == "quadrupole_sorter").unwrap().1;
        let scene = Scene::from_str("sorter.toml", text).unwrap();
        let s = &scene.setup;
        let force = pull(s, 0) * 1e9;
        assert!((force / 2.714e8 - 1.0).abs() < 1e-3, "{force}");
        for (mobility, end) in [(1.5e-13, 50.0), (3e-13, 100.0)] {
            let mobilities = vec![mobility * crate::magnets::MOBILITY_SI; s.components.len()];
            assert_eq!(fastest(Subject(s), &[], &mobilities), end, "{mobility}");
        }
    }

    /// The magnets of a column go off for its elution.
    #[test]
    fn the_magnets_of_a_moment() {
        let text = BUNDLED.iter().find(|b| b.0 == "cd34_selection_column").unwrap().1;
        let scene = Scene::from_str("column.toml", text).unwrap();
        let at = |time| {
            step(
                Subject(&scene.setup),
                Moment {
                    time,
                    ..Moment::default()
                },
            )
            .magnets
        };
        assert!(at(0.0) && !at(scene.setup.duration().us()));
    }
}
