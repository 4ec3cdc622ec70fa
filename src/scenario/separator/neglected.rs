//! What Brownian motion, which a separator's run leaves out, may do to its result: to shares of cells at outlets and on what holds, judged
//! over the whole way of a cell. Sinking is in the run.

use super::bed::coefficient;
use super::forecast::{PhaseForecast, percent};
use super::typical::Typical;
use crate::chamber::duct::Section;
use crate::constants::{BOLTZMANN, ICE_POINT};
use crate::engine::{Setup, holding_area};
use crate::flow::Profile;
use crate::magnets::{Collector, Table};
use crate::model::{Component, MagneticResponse, Mounting};
use crate::scenario::Scene;
use crate::units::{Dimension, digits, rounded, show};
use glam::DVec3;
use std::f64::consts::{PI, TAU};

/// Share of a species from which on it is said that it may end elsewhere: tables of recoveries tell a tenth of it, experiments hardly it.
const TOLD: f64 = 0.01;

/// Places along each coordinate of the duct over which a pull is averaged.
const PLACES: u32 = 8;

impl Scene {
    /// Of each species that Brownian motion would bring elsewhere in a number that shows.
    pub(super) fn brownian(&self, table: Option<&Table>) -> Vec<String> {
        let s = &self.setup;
        s.components
            .iter()
            .enumerate()
            .filter_map(|(k, c)| {
                // of cells that cannot carry their beads the forecast tells
                let typical = Typical::of(c, s.fluid).ok()?;
                let drag = 3.0 * PI * s.fluid.viscosity * typical.diameter * c.species.drag_factor;
                let diffusivity = BOLTZMANN * (self.temperature + ICE_POINT) / drag;
                let name = &c.species.name;
                if let Some(collector) = &self.collector {
                    return self.in_a_column(k, collector, &typical, diffusivity);
                }
                let spread = (2.0 * diffusivity * self.longest_way()).sqrt();
                let mut all = vec![(strayed(s, spread), "leave by another outlet")];
                if c.response != MagneticResponse::None {
                    let caught = caught(s, c, &typical, table, diffusivity, spread);
                    all.push((caught, "be caught that are not"));
                }
                let (share, what) = all.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
                (share > TOLD).then(|| {
                    format!(
                        "not modelled: Brownian motion. It would spread `{name}` by {} while they pass: about {} of them would {what}",
                        show(rounded(spread, 2), Dimension::Length),
                        percent(share)
                    )
                })
            })
            .collect()
    }

    /// How long a cell is on its way at most [us]: its passage in the slowest phase, or all of that, or of the run where nothing flows.
    fn longest_way(&self) -> f64 {
        let s = &self.setup;
        let Some(flow) = s.flow() else {
            return s.duration().us();
        };
        let slowest = PhaseForecast::all(self)
            .iter()
            .map(|p| p.passage.min(p.length))
            .fold(0.0, f64::max);
        (s.duct().length / flow.mean).min(s.duration().us()).max(slowest)
    }

    /// In a column: cells that are pulled come to a collector by diffusion as well.
    fn in_a_column(
        &self,
        k: usize,
        collector: &Collector,
        typical: &Typical,
        diffusivity: f64,
    ) -> Option<String> {
        let s = &self.setup;
        let (matrix, c) = (s.matrix.as_ref()?, s.components.get(k)?);
        if c.response == MagneticResponse::None {
            return None;
        }
        let rates = PhaseForecast::all(self)
            .into_iter()
            .filter(|p| p.magnets)
            .map(|p| p.rate);
        let slowest = rates.fold(f64::INFINITY, f64::min);
        let rate = if slowest.is_finite() {
            slowest
        } else {
            s.stream.as_ref().map(|_| s.rate())?
        };
        let speed = rate / s.duct().section.area();
        let wide = 2.0 * collector.radius();
        let length = s.duct().length;
        let magnetic = matrix.capture.get(k).map_or(0.0, |row| {
            coefficient(row, typical.mobility.max(0.0) * matrix.strength / speed)
        });
        let share = (-magnetic * length).exp()
            * (1.0 - (-diffusive(wide, matrix.porosity, speed, diffusivity) * length).exp());
        (share > TOLD).then(|| {
            format!(
                "not modelled: Brownian motion. By it about {} of `{}` more would come to a collector",
                percent(share),
                c.species.name
            )
        })
    }
}

/// Filter coefficient [1/um] of a bed of spheres of a width [um] for what comes to them by diffusion alone, at a superficial velocity
/// [um/us]: 3/2 (1 - porosity)/width times 4 A^(1/3) (velocity width/diffusivity)^(-2/3), with Happel's A = 2 (1 - g^5)/(2 - 3 g + 3 g^5 - 2 g^6),
/// g^3 = 1 - porosity. Sources: K.-M. Yao, M. T. Habibian & C. R. O'Melia, Environ. Sci. Technol. 5:1105-1112 (1971); R. Rajagopalan & C. Tien,
/// AIChE J. 22:523-533 (1976), both from memory. Of wires it gives the order.
fn diffusive(width: f64, porosity: f64, speed: f64, diffusivity: f64) -> f64 {
    let g = (1.0 - porosity).cbrt();
    let happel = 2.0 * (1.0 - g.powi(5)) / (2.0 - 3.0 * g + 3.0 * g.powi(5) - 2.0 * g.powi(6));
    let peclet = speed * width / diffusivity;
    let one = (4.0 * happel.cbrt() * peclet.powf(-2.0 / 3.0)).min(1.0);
    1.5 * (1.0 - porosity) / width * one
}

/// Share of cells that a spread [um] brings over the boundaries of the narrowest stream of an outlet: of cells that are spread evenly over
/// a width, spread/sqrt(2 pi) cross either end of it. A wall is no such end; a stream between two others has two.
fn strayed(s: &Setup, spread: f64) -> f64 {
    let Some(flow) = s.flow().filter(|_| !s.ports.splits.is_empty()) else {
        return 0.0;
    };
    let ends: Vec<[f64; 2]> = [0.0]
        .into_iter()
        .chain(s.ports.splits.iter().copied())
        .chain([1.0])
        .map(|share| flow.outlet.at(flow.outlet.strip(share), 0.5))
        .collect();
    let last = ends.len() - 2;
    let most = ends
        .windows(2)
        .enumerate()
        .map(|(i, w)| {
            let inner = f64::from(u8::from(i > 0) + u8::from(i < last));
            inner / (w[0][0] - w[1][0]).hypot(w[0][1] - w[1][1])
        })
        .fold(0.0, f64::max);
    (spread / TAU.sqrt() * most).min(1.0)
}

/// Ekman number, viscosity over density, speed of the rotor and the square of the width of a duct, below which it is worth a word that the
/// Coriolis force turns the flow across it.
const EKMAN: f64 = 1.0;

/// What the Coriolis force, which a run of a spinning duct leaves out, does to the flow. A flow along the rotor's axis has none, and where
/// nothing changes along that axis, between two plates parallel to it, pressure balances it.
pub fn coriolis(s: &Setup) -> Option<String> {
    let Mounting::Fixed { gravity, .. } = s.rotor.mounting else {
        return None;
    };
    let omega = s.protocol.peak_omega();
    if omega == 0.0 || (gravity.x == 0.0 && gravity.y == 0.0) {
        return None;
    }
    let stream = s.stream.as_ref()?;
    let [x, y] = s.duct().section.half();
    let width = match s.duct().section {
        Section::Annulus { inner, outer } => outer - inner,
        _ => 2.0 * x.min(y),
    };
    let plates = stream.profile == Profile::Plates && gravity.y == 0.0;
    if stream.profile == Profile::Plug || plates {
        return None;
    }
    let ekman = s.fluid.viscosity / (s.fluid.density * omega * width * width);
    (ekman < EKMAN).then(|| {
        format!(
            "not modelled: the Coriolis force on the flow. It is about {} times the viscous force (Ekman number {}), turns the flow across the duct and \
             flattens its profile",
            digits(1.0 / ekman, 2),
            digits(ekman, 2),
        )
    })
}

/// Share of pulled cells that come to the surfaces that hold by diffusion, of cells that are spread evenly over the duct: those of a layer
/// on them as thick as sqrt(2/pi) of the spread. A pull takes those near a surface itself; then it is a layer in which both are as fast.
fn caught(
    s: &Setup,
    c: &Component,
    typical: &Typical,
    table: Option<&Table>,
    diffusivity: f64,
    spread: f64,
) -> f64 {
    let sinking = typical.diameter.powi(2) * (typical.density - s.fluid.density).abs()
        / (18.0 * c.species.drag_factor * s.fluid.viscosity)
        * s.greatest_acceleration();
    let drift = table.map_or(0.0, |t| pulled(s, typical, t)).max(sinking);
    let layer = (2.0 / PI).sqrt() * spread;
    let layer = layer.min(diffusivity / drift.max(f64::MIN_POSITIVE));
    (layer * holding_area(s) / (s.duct().section.area() * s.duct().length)).min(1.0)
}

/// Mean speed by which the field pulls a cell [um/us], over the duct.
fn pulled(s: &Setup, typical: &Typical, table: &Table) -> f64 {
    let part = |i: u32| (f64::from(i) + 0.5) / f64::from(PLACES);
    let (mut sum, mut n) = (0.0, 0.0);
    for i in 0..PLACES {
        for j in 0..PLACES {
            for k in 0..PLACES {
                let q = s.duct().place(part(i), part(j), part(k));
                if let Some(p) = table.at(DVec3::from_array(q)) {
                    sum += typical.at(p.magnitude).abs() * p.force_density.length();
                    n += 1.0;
                }
            }
        }
    }
    sum / f64::max(n, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: porosity 0.4: g = 0.843433, g^5 = 0.426837, g^6 = 0.36, A = 1.146326/(2 - 2.530299 + 1.280511 - 0.72) = 1.146326/0.030212 =
    /// 37.94. Spheres of 280 um, 100 um/s and 1 um2/s: Pe = 28 000, Pe^(-2/3) = 1.0846e-3, so that 4 x 3.3604 x 1.0846e-3 = 0.014579
    /// come to each, and 1.5 x 0.6/280 of that a um: 4.686e-5.
    #[test]
    fn what_diffuses_to_a_collector() {
        let found = diffusive(280.0, 0.4, 1e-4, 1e-6);
        assert!((found / 4.686e-5 - 1.0).abs() < 2e-3, "{found}");
    }

    fn separator(text: &str) -> Setup {
        match crate::scenario::Scene::from_str("scene.toml", text) {
            Ok(scene) => scene.setup,
            other => panic!("{other:?}"),
        }
    }

    const SORTER: &str = include_str!("../../../examples/scenes/quadrupole_sorter.toml");

    /// By hand: the flow between 3.98 and 4.36 mm is nearly that between plates, of which 3 u^2 - 2 u^3 is within a share u of the width.
    /// A third is at 0.3870, so that the middle of three equal streams is 0.2259 x 380 = 85.9 um wide, of which 4 um/sqrt(2 pi) cross
    /// either boundary: 3.72 %. The outer half, of two, is 190 um wide and has one: 0.84 %. Both within the 3 % that the curvature of the
    /// annulus comes to.
    #[test]
    fn a_stream_between_two_has_two_boundaries() {
        let outlet = "[[outlet]]\nname  = \"unlabelled\"\nup_to = \"50 %\"";
        let third =
            |name: &str, up_to: &str| format!("[[outlet]]\nname = \"{name}\"\nup_to = \"{up_to} %\"\n");
        let thirds = third("a", "33.3333") + &third("b", "66.6667");
        assert!(SORTER.contains(outlet));
        for (text, share) in [
            (SORTER.to_owned(), 0.0084),
            (SORTER.replace(outlet, &thirds), 0.0372),
        ] {
            let found = strayed(&separator(&text), 4.0);
            assert!((found / share - 1.0).abs() < 0.03, "{found} {share}");
        }
    }

    /// By hand, of a layer 1 um thick on what holds, for its part of the duct: tube 2/R, outer wall of an annulus 2 Ro/(Ro^2 - Ri^2),
    /// opposite walls of a channel 1/h each.
    #[test]
    fn what_holds_has_its_area() {
        let of = |text: &str| {
            let s = separator(text);
            holding_area(&s) / (s.duct().section.area() * s.duct().length)
        };
        let rack = include_str!("../../../examples/scenes/rack_separation.toml");
        let channel = include_str!("../../../examples/scenes/microchannel.toml");
        let holds = |walls: &str| channel.replace("[flow]", &format!("holds = [{walls}]\n[flow]"));
        for (text, share) in [
            (rack.to_owned(), 2.0 / 6500.0),
            (
                SORTER.to_owned(),
                2.0 * 4360.0 / (4360.0_f64.powi(2) - 3980.0_f64.powi(2)),
            ),
            (channel.to_owned(), 0.0),
            (holds("\"low y\""), 1.0 / 200.0),
            (holds("\"low y\", \"high y\""), 2.0 / 200.0),
        ] {
            let found = of(&text);
            assert!((found - share).abs() <= 1e-9 * share, "{found} {share}");
        }
    }
}
