//! What is looked at: a setup, and what a picture has to know of it.

use super::view::ring;
use crate::chamber::Chamber;
use crate::chamber::duct::Section;
use crate::engine::{Feed, Setup};
use crate::kernels::passage::{FREE, HELD, OUT};
use crate::model::Component;
use glam::{DQuat, DVec3};
use std::ops::Deref;

/// A run whose parcels can be photographed.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a>(pub &'a Setup);

impl Deref for Subject<'_> {
    type Target = Setup;

    fn deref(&self) -> &Setup {
        self.0
    }
}

impl<'a> Subject<'a> {
    /// Its components.
    pub fn components(&self) -> Vec<&'a Component> {
        self.0.components.iter().collect()
    }

    /// True for what is drawn lying, its axis to the right.
    pub fn lying(&self) -> bool {
        self.carries()
    }

    /// Length along the axis [um].
    pub fn length(&self) -> f64 {
        self.chamber.height()
    }

    /// Volume of the fluid that the parcels are in [um3].
    pub fn volume(&self) -> f64 {
        self.room()
    }

    /// Volume of all cells of each component that are expected to be drawn at once [um3].
    pub fn volumes(&self) -> Vec<f64> {
        self.components()
            .iter()
            .map(|c| c.amount.fraction(&c.species) * self.volume())
            .collect()
    }

    /// Radius of its outer wall [um]; of a channel that of a round tube as wide, of a sector that at its bottom.
    pub fn radius(&self) -> f64 {
        match self.chamber {
            Chamber::Duct(d) => d.section.half().into_iter().fold(0.0, f64::max),
            _ => self.chamber.half_width(self.chamber.height()),
        }
    }

    /// Whether it has a round wall that can be unrolled.
    pub fn round(&self) -> bool {
        !matches!(self.duct().section, Section::Channel { .. })
    }

    /// Simulated time between two moments that a person tells apart [us]: the interval of profiles or counts, or a hundredth of the
    /// whole where that is shorter.
    pub fn apart(&self) -> f64 {
        self.sampling.every.us().min(0.01 * self.protocol.duration())
    }

    /// Thickness of the middle tenth across [um].
    pub fn tenth(&self) -> f64 {
        0.2 * self.radius()
    }

    /// Its edges as lines in space; the first ones span its outer shape. The lines along a round wall are `turn` [radians] about the
    /// axis from where x and y cross it.
    pub fn outline(&self, turn: f64) -> Vec<Vec<DVec3>> {
        let length = self.length();
        let tube = |radius: f64| {
            let mut lines: Vec<Vec<DVec3>> =
                vec![ring(radius, 0.0).collect(), ring(radius, length).collect()];
            lines.extend([DVec3::X, DVec3::Y, -DVec3::X, -DVec3::Y].map(|side| {
                let side = DQuat::from_rotation_z(turn) * side;
                [0.0, length].map(|z| radius * side + z * DVec3::Z).into()
            }));
            lines
        };
        match (&self.chamber, self.duct().section) {
            (Chamber::Sector(_), _) => {
                let ([_, low, _], [_, high, _]) = self.chamber.bounds();
                frame(|z| [self.chamber.half_width(z), low, high], length)
            }
            (_, Section::Tube { radius }) => tube(radius),
            (_, Section::Annulus { inner, outer }) => {
                let mut lines = tube(outer);
                lines.extend(tube(inner));
                lines
            }
            (_, Section::Channel { width, height }) => {
                frame(|_| [0.5 * width, -0.5 * height, 0.5 * height], length)
            }
        }
    }

    /// How many of the parcels of each component are expected to be drawn at once.
    pub fn expected(&self) -> Vec<f64> {
        let all = self.components();
        // what comes in over the feed fills the duct so many times
        let inside = match (self.ports.feed, &self.stream) {
            (Feed::Inlets { over }, Some(_)) => (self.room() / (self.rate() * over)).min(1.0),
            _ => 1.0,
        };
        all.iter().map(|c| c.parcels as f64 * inside).collect()
    }

    /// Whether parcels of this fate are drawn: those on their way, and those that are held.
    pub fn shows(&self, fate: u32) -> bool {
        !self.carries() || fate == FREE || Self::held(fate)
    }

    /// Whether parcels of this fate are held by a surface.
    pub fn held(fate: u32) -> bool {
        (HELD..OUT).contains(&fate)
    }
}

/// The twelve edges of a body whose half width along x, and whose y, are given at each end.
fn frame(across: impl Fn(f64) -> [f64; 3], length: f64) -> Vec<Vec<DVec3>> {
    let corners = |z: f64| {
        let [half, low, high] = across(z);
        [(-half, low), (half, low), (half, high), (-half, high)].map(|(x, y)| DVec3::new(x, y, z))
    };
    let (near, far) = (corners(0.0), corners(length));
    let closed = |c: [DVec3; 4]| c.into_iter().chain([c[0]]).collect::<Vec<_>>();
    let mut lines = vec![closed(near), closed(far)];
    lines.extend(near.into_iter().zip(far).map(|(a, b)| vec![a, b]));
    lines
}
