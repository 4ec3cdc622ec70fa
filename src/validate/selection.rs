//! What the cases of CD34 selection share: the bundled column, a product, and what is eluted.

use super::Lab;
use crate::Error;
use crate::constants::SECOND;
use crate::engine::{Feed, Setup};
use crate::model::Amount;
use crate::observe::{Content, Separation};
use crate::scenario::Scene;

const SCENE: &str = include_str!("../../examples/scenes/cd34_selection_column.toml");

/// Species of the scene, in its order.
pub(super) const CD34: usize = 0;
pub(super) const LYMPHOCYTE: usize = 1;

/// Name of the outlet that takes the eluate.
const ELUATE: &str = "CD34+";

/// Time in which the product is fed [us]. The scene takes an hour, at the same flow; cells do not feel each other, and the matrix
/// counts them. What differs is the share of them that is between inlet and outlet at once: an overloaded column caught 57.7 %
/// this way, 56.2 % when it was fed in 4 min, and 58.0 % in an hour.
const FEEDING: f64 = 600.0 * SECOND;

/// Grid cells along the column: enough for its front, which is a few millimetres wide.
const LAYERS: u32 = 20;

/// The column of the scene, surveyed on the lab's back-end, with so many parcels of each species.
pub(super) fn column(lab: &mut Lab<'_>, parcels: [usize; 4]) -> Result<Scene, Error> {
    let mut scene = Scene::from_str("cd34_selection_column.toml", SCENE)?;
    lab.survey(&mut scene)?;
    let s = &mut scene.setup;
    s.cells = [1, 1, LAYERS];
    if let Feed::Inlets { over } = &mut s.ports.feed {
        *over = FEEDING;
    }
    let mut segments = s.protocol.segments().to_vec();
    if let Some(first) = segments.first_mut() {
        first.duration = crate::times::Time::from_us(FEEDING);
    }
    s.protocol = segments.into_iter().collect();
    s.sampling.every = s.duration().part(20);
    for (c, n) in s.components.iter_mut().zip(parcels) {
        c.parcels = n;
    }
    Ok(scene)
}

/// Makes the product one of `leukocytes` cells in all, of which the share `cd34` carries the label; the others are to each
/// other as they are in the scene.
pub(super) fn load(s: &mut Setup, leukocytes: f64, cd34: f64) {
    let number = |s: &Setup, k: usize| match s.components[k].amount {
        Amount::Concentration(n) => n,
        Amount::VolumeFraction(_) => 0.0,
    };
    let others: f64 = (0..s.components.len())
        .filter(|k| *k != CD34)
        .map(|k| number(s, k))
        .sum();
    let per_volume = leukocytes / s.sample();
    for k in 0..s.components.len() {
        let share = if k == CD34 {
            cd34
        } else {
            (1.0 - cd34) * number(s, k) / others
        };
        s.components[k].amount = Amount::Concentration(share * per_volume);
    }
}

/// What is eluted.
pub(super) struct Eluate {
    /// By species.
    pub(super) species: Vec<Content>,
    /// Share of the labelled cells that the matrix had caught.
    pub(super) caught: f64,
}

/// Loads, washes and elutes.
pub(super) fn select(lab: &mut Lab<'_>, scene: &mut Scene) -> Result<Eluate, Error> {
    let (charge, end) = lab.separate(&mut scene.setup)?;
    let all = Separation::of(&scene.setup, &charge, &end, &scene.outlets);
    let missing = || Error::Internal("the column has no eluate".into());
    let eluate = all.fractions.iter().find(|f| f.place.name == ELUATE);
    let held = all.released.as_ref().and_then(|r| r.fractions.first());
    Ok(Eluate {
        species: eluate.ok_or_else(missing)?.species.clone(),
        caught: held.ok_or_else(missing)?.species[CD34].recovery,
    })
}
