//! What is looked at: a vessel in a rotor, or a duct.

use super::view::ring;
use crate::chamber::Chamber;
use crate::chamber::duct::Section;
use crate::engine::{Feed, Separator, Setup};
use crate::kernels::passage::{FREE, HELD, OUT};
use crate::model::Component;
use glam::{DQuat, DVec3};

/// A run whose parcels can be photographed.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// A closed vessel.
    Vessel(&'a Setup),
    /// A separator.
    Duct(&'a Separator),
}

impl<'a> Subject<'a> {
    /// Its components.
    pub fn components(&self) -> Vec<&'a Component> {
        match self {
            Self::Vessel(s) => s.components.iter().collect(),
            Self::Duct(s) => s.components.iter().map(|c| &c.component).collect(),
        }
    }

    /// True for what is drawn lying, its axis to the right.
    pub fn lying(&self) -> bool {
        matches!(self, Self::Duct(_))
    }

    /// Length along the axis [um].
    pub fn length(&self) -> f64 {
        match self {
            Self::Vessel(s) => s.chamber.height(),
            Self::Duct(s) => s.duct.length,
        }
    }

    /// Volume of the fluid that the parcels are in [um3].
    pub fn volume(&self) -> f64 {
        match self {
            Self::Vessel(s) => s.chamber.volume(),
            Self::Duct(s) => s.room(),
        }
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
        match self {
            Self::Vessel(s) => s.chamber.half_width(s.chamber.height()),
            Self::Duct(s) => s.duct.section.half().into_iter().fold(0.0, f64::max),
        }
    }

    /// Whether it has a round wall that can be unrolled.
    pub fn round(&self) -> bool {
        match self {
            Self::Vessel(s) => matches!(s.chamber, Chamber::Tube(_)),
            Self::Duct(s) => !matches!(s.duct.section, Section::Channel { .. }),
        }
    }

    /// Simulated time between two moments that a person tells apart [us]: the interval of profiles or counts, or a hundredth of the
    /// whole where that is shorter.
    pub fn apart(&self) -> f64 {
        let (every, whole) = match self {
            Self::Vessel(s) => (s.sampling.every.us(), s.protocol.duration()),
            Self::Duct(s) => (s.every.us(), s.duration.us()),
        };
        every.min(0.01 * whole)
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
        match self {
            Self::Vessel(s) => match s.chamber {
                Chamber::Tube(t) => tube(t.radius),
                Chamber::Sector(_) => {
                    let ([_, low, _], [_, high, _]) = s.chamber.bounds();
                    frame(|z| [s.chamber.half_width(z), low, high], length)
                }
            },
            Self::Duct(s) => match s.duct.section {
                Section::Tube { radius } => tube(radius),
                Section::Annulus { inner, outer } => {
                    let mut lines = tube(outer);
                    lines.extend(tube(inner));
                    lines
                }
                Section::Channel { width, height } => {
                    frame(|_| [0.5 * width, -0.5 * height, 0.5 * height], length)
                }
            },
        }
    }

    /// How many of the parcels of each component are expected to be drawn at once.
    pub fn expected(&self) -> Vec<f64> {
        let all = self.components();
        let inside = match self {
            // what comes in over the feed fills the duct so many times
            Self::Duct(s) => match (s.feed, &s.stream) {
                (Feed::Inlets { over }, Some(stream)) => (s.room() / (stream.rate * over)).min(1.0),
                _ => 1.0,
            },
            _ => 1.0,
        };
        all.iter().map(|c| c.parcels as f64 * inside).collect()
    }

    /// Whether parcels of this fate are drawn: those on their way, and those that are held.
    pub fn shows(&self, fate: u32) -> bool {
        match self {
            Self::Vessel(_) => true,
            Self::Duct(_) => fate == FREE || Self::held(fate),
        }
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
