//! All that is found in a run: layers where its parcels were counted along a vessel, a separation where they were counted by place.

use super::{Contents, Depths, Layers, Separation, Specimen, Steady, steady};
use crate::continuum::Stage;
use crate::engine::{Outcome, Setup};
use crate::model::Parcels;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Along a vessel.
    pub layers: Option<Layering>,
    /// In the outlets and on the surfaces of a duct.
    pub separation: Option<Sorting>,
    /// By the ports of a channel, phase by phase.
    pub channel: Option<Vec<Stage>>,
}

/// The layers of a vessel.
#[derive(Clone, Debug, PartialEq)]
pub struct Layering {
    /// Where they are.
    pub layers: Layers,
    /// What they hold.
    pub contents: Contents,
    /// Where all parcels are, if that is known.
    pub depths: Option<Depths>,
}

/// What a duct has done to its cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Sorting {
    /// What is where.
    pub separation: Separation,
    /// Since when; none where nothing is fed.
    pub steady: Option<Steady>,
}

impl Findings {
    /// Looks at the end of a run: with the names of its outlets, and whether its fluid is plasma.
    pub fn of(setup: &Setup, parcels: &Parcels, outcome: &Outcome, outlets: &[String], plasma: bool) -> Self {
        let specimen = || Specimen::of(setup, plasma);
        Self {
            layers: (!outcome.profile.parcels.is_empty()).then(|| {
                let (specimen, depths) = (specimen(), Depths::of(setup, &outcome.snapshot));
                let layers = Layers::find(&outcome.profile, &specimen, depths.as_ref());
                let contents = Contents::of(&outcome.profile, &specimen, &layers);
                Layering {
                    layers,
                    contents,
                    depths,
                }
            }),
            separation: (!outcome.counts.is_empty()).then(|| Sorting {
                separation: Separation::of(setup, parcels, outcome, outlets),
                steady: steady(setup, parcels, outcome),
            }),
            channel: None,
        }
    }
}
