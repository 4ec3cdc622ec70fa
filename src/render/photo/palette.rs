//! Colours: classes of parcels with one each, or a ramp for a value.

use super::super::canvas::{BOLD, Canvas, Colour, GREY, INK, Place, SMALL, fit, wrap};
use super::super::eye;
use super::super::splat::linear;
use super::{HIDDEN, Subject, slip};
use crate::engine::Suspension;
use crate::kernels::Shown;
use crate::kernels::passage::FATES;
use crate::magnets::MOBILITY_SI;
use crate::model::{CellClass, Component, MagneticResponse};
use crate::units::digits;

pub use crate::model::look::{Colouring, NO_VALUE};

impl Colouring {
    /// Whether the cells of this run have it.
    pub fn suits(self, subject: Subject<'_>) -> bool {
        let crowded = subject.physics.suspension == Suspension::Dense;
        self.goes_with(subject.carries(), crowded)
    }

    /// What a back-end looks at.
    pub fn shown(self) -> Shown {
        match self {
            Self::Species | Self::Eye | Self::Fate => Shown::Class,
            Self::Density => Shown::Excess,
            Self::Slip => Shown::Slip,
            Self::Haematocrit => Shown::Fraction,
            Self::Load => Shown::Magnetic,
        }
    }
}

/// A class of parcels that share a colour.
#[derive(Clone, Debug, PartialEq)]
struct Class {
    name: String,
    colour: Colour,
    /// Components that it is made of.
    members: Vec<usize>,
}

/// The classes of a picture, or the value that stands in their place.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes {
    colouring: Colouring,
    classes: Vec<Class>,
    /// Least and greatest value, in engine units.
    range: [f64; 2],
    /// What is written at even distances along the ramp, from its lower end.
    ticks: Vec<String>,
    /// What the ramp shows, with its unit.
    value: String,
    hidden: Vec<bool>,
    note: String,
}

/// Blue and vermilion of Okabe & Ito's palette (2008), which the colour-blind tell apart.
const WAY: Colour = [86, 180, 233];
const HELD: Colour = [213, 94, 0];

impl Classes {
    pub fn new(subject: Subject<'_>, colouring: Colouring, hidden: &[bool]) -> Self {
        let components = subject.components();
        let is_hidden = |k: usize| hidden.get(k).copied().unwrap_or(false);
        let shown: Vec<usize> = (0..components.len()).filter(|k| !is_hidden(*k)).collect();
        let class = |name: &str, colour, members| Class {
            name: name.to_owned(),
            colour,
            members,
        };
        let classes = match colouring {
            Colouring::Species => shown
                .iter()
                .map(|k| {
                    class(
                        &components[*k].species.name,
                        components[*k].species.colour,
                        vec![*k],
                    )
                })
                .collect(),
            Colouring::Eye => shown
                .iter()
                .map(|k| {
                    let (name, colour) = match components[*k].species.class {
                        CellClass::Erythrocyte => ("red cells", eye::RED),
                        CellClass::Leukocyte | CellClass::Platelet => ("white, platelets", eye::BUFF),
                        CellClass::Particle => ("beads", eye::BEAD),
                    };
                    class(name, colour, vec![*k])
                })
                .collect(),
            Colouring::Fate => vec![
                class("on their way", WAY, shown.clone()),
                class("held", HELD, shown.clone()),
            ],
            _ => Vec::new(),
        };
        let species = || shown.iter().map(|k| &components[*k].species);
        let (range, ticks, value): ([f64; 2], Vec<String>, &str) = match colouring {
            Colouring::Density => {
                let fluid = subject.fluid.density;
                let low = species()
                    .map(|s| s.density - 2.0 * s.density_sd)
                    .fold(f64::INFINITY, f64::min);
                let high = species()
                    .map(|s| s.density + 2.0 * s.density_sd)
                    .fold(0.0, f64::max);
                let (low, high) = if high > low + 1e-6 {
                    (low, high)
                } else {
                    (fluid, fluid + 0.1)
                };
                (
                    [low - fluid, high - fluid],
                    [low, 0.5 * (low + high), high].map(|d| format!("{d:.3}")).into(),
                    "density g/mL",
                )
            }
            Colouring::Slip => {
                let each = subject.components.iter();
                let mobilities: Vec<f64> = each
                    .map(|c| greatest_mobility(c, subject.fluid.viscosity))
                    .collect();
                let most = slip::fastest(subject, hidden, &mobilities);
                let decade = |k: u32| digits(most / 10_f64.powi((slip::DECADES - k) as i32), 2);
                (
                    slip::range(most),
                    (0..=slip::DECADES).map(decade).collect(),
                    "slip velocity um/s",
                )
            }
            Colouring::Haematocrit => (
                [0.0, 1.0],
                ["0 %", "50 %", "100 %"].map(String::from).into(),
                "cell volume",
            ),
            Colouring::Load => {
                let most = subject
                    .components
                    .iter()
                    .map(|c| greatest_mobility(c, subject.fluid.viscosity))
                    .fold(0.0, f64::max);
                let most = if most > 0.0 { most } else { 1.0 };
                (
                    [0.0, most],
                    vec![
                        "0".into(),
                        digits(0.5 * most / MOBILITY_SI, 2),
                        digits(most / MOBILITY_SI, 2),
                    ],
                    "mobility m3 s/kg",
                )
            }
            _ => ([0.0, 1.0], Vec::new(), ""),
        };
        Self {
            colouring,
            classes,
            range,
            ticks,
            value: value.into(),
            hidden: (0..components.len()).map(is_hidden).collect(),
            note: super::parcels(subject),
        }
    }

    pub fn len(&self) -> usize {
        self.classes.len()
    }

    pub fn range(&self) -> [f64; 2] {
        self.range
    }

    /// Colours with the opacity that one amount gives, which `gain` works out from the members.
    pub fn entries(&self, gain: impl Fn(&[usize]) -> f64) -> Vec<[f32; 4]> {
        let entry = |c: &Class| {
            let [r, g, b] = c.colour.map(linear);
            [r, g, b, gain(&c.members) as f32]
        };
        let mut all: Vec<[f32; 4]> = self.classes.iter().map(entry).collect();
        if all.is_empty() {
            all.push([0.0; 4]);
        }
        all
    }

    /// The channel of every component and fate.
    pub fn channels(&self, subject: Subject<'_>) -> Vec<u32> {
        let mut out = Vec::new();
        for k in 0..self.hidden.len() {
            for fate in 0..FATES {
                let class = match self.colouring {
                    Colouring::Species | Colouring::Eye => self.classes.iter().position(|c| c.members == [k]),
                    Colouring::Fate => Some(usize::from(Subject::held(fate))),
                    _ => Some(0),
                };
                let drawn = subject.shows(fate) && !self.hidden[k];
                out.push(class.filter(|_| drawn).map_or(HIDDEN, |c| c as u32));
            }
        }
        out
    }

    /// Names and colours, or the ramp with its ends.
    /// `notes` follow, a line each.
    pub fn legend(
        &self,
        canvas: &mut Canvas,
        (x, mut y): (i32, i32),
        (width, bottom): (i32, i32),
        notes: &[String],
    ) {
        if !self.ticks.is_empty() {
            const TALL: i32 = 160;
            for line in wrap(&self.value, width, BOLD) {
                canvas.text(&line, (x, y), Place::Left, BOLD, INK);
                y += 16;
            }
            y += 6;
            for row in 0..TALL {
                let colour = viridis(1.0 - f64::from(row) / f64::from(TALL - 1));
                canvas.fill((x, y + row), (18, 1), colour);
            }
            let parts = self.ticks.len().saturating_sub(1).max(1) as i32;
            for (k, tick) in self.ticks.iter().enumerate() {
                let at = y + TALL - 1 - k as i32 * (TALL - 1) / parts;
                canvas.line((x + 18, at), (x + 22, at), 1, INK);
                canvas.text(tick, (x + 26, at), Place::Left, SMALL, INK);
            }
            y += TALL + 18;
        } else {
            let mut named: Vec<&str> = Vec::new();
            for class in &self.classes {
                // to the eye many species are one
                if named.contains(&class.name.as_str()) {
                    continue;
                }
                named.push(&class.name);
                canvas.fill((x, y - 8), (16, 16), class.colour);
                for (k, line) in wrap(&class.name, width - 24, SMALL).iter().enumerate() {
                    y += if k > 0 { 14 } else { 0 };
                    canvas.text(line, (x + 24, y), Place::Left, SMALL, INK);
                }
                y += 22;
            }
            let relative = match self.colouring {
                Colouring::Eye => ["to the eye", ""],
                _ => ["each relative to", "its mean"],
            };
            for line in relative {
                canvas.text(&fit(line, width, SMALL), (x, y + 6), Place::Left, SMALL, GREY);
                y += 16;
            }
        }
        y += 10;
        for note in std::iter::once(&self.note).chain(notes) {
            // a small picture has no room for all
            for line in wrap(note, width, SMALL) {
                if y < bottom {
                    canvas.text(&line, (x, y), Place::Left, SMALL, GREY);
                }
                y += 16;
            }
        }
    }
}

/// The mobility that few cells of a component exceed [um3 us/pg]; the back-ends show those as the greatest.
fn greatest_mobility(c: &Component, viscosity: f64) -> f64 {
    use std::f64::consts::PI;
    let species = &c.species;
    let drag = 3.0 * PI * viscosity * species.diameter * species.drag_factor;
    match c.response {
        MagneticResponse::None => 0.0,
        MagneticResponse::Mobility { median, spread, .. } => median * (2.0 * spread).exp(),
        MagneticResponse::Beads { bead, loading, .. } => {
            let mean = loading.mean();
            (mean + 2.0 * mean.sqrt()) * bead.mean_volume() * bead.curve.susceptibility() / drag
        }
        MagneticResponse::FreeBead { curve } => {
            PI / 6.0 * species.diameter.powi(3) * curve.susceptibility() / drag
        }
    }
}

/// Optical depth of a vessel per volume fraction of such cells.
pub fn absorbs(class: CellClass) -> f64 {
    match class {
        CellClass::Erythrocyte => eye::ABSORB_RED,
        CellClass::Leukocyte | CellClass::Platelet | CellClass::Particle => eye::SCATTER,
    }
}

/// Colour of the fluid to the eye: plasma where there is blood.
pub fn fluid(subject: Subject<'_>) -> Colour {
    let blood = |c: &&crate::model::Component| c.species.class == CellClass::Erythrocyte;
    if subject.components().iter().any(blood) {
        eye::STRAW
    } else {
        eye::WATER
    }
}

/// Colours from the low end to the high one, and one entry more.
pub fn ramp(steps: u32) -> Vec<[f32; 4]> {
    (0..=steps + 1)
        .map(|i| {
            let [r, g, b] = viridis(f64::from(i) / f64::from(steps)).map(linear);
            [r, g, b, 0.0]
        })
        .collect()
}

/// Part of viridis that is left out at its dark end.
const DARKEST: f64 = 0.2;

/// S. van der Walt and N. Smith's viridis at eight points (matplotlib, public domain), which grows lighter evenly, also for the
/// colour-blind.
fn viridis(part: f64) -> Colour {
    const POINTS: [Colour; 9] = [
        [68, 1, 84],
        [71, 44, 122],
        [59, 81, 139],
        [44, 113, 142],
        [33, 144, 141],
        [39, 173, 129],
        [92, 200, 99],
        [170, 220, 50],
        [253, 231, 37],
    ];
    // its darkest colours would be lost on the dark of the vessel
    let part = DARKEST + (1.0 - DARKEST) * part.clamp(0.0, 1.0);
    let at = part * (POINTS.len() - 1) as f64;
    let k = (at as usize).min(POINTS.len() - 2);
    std::array::from_fn(|c| {
        let [a, b] = [POINTS[k][c], POINTS[k + 1][c]].map(f64::from);
        (a + (b - a) * (at - k as f64)).round() as u8
    })
}
