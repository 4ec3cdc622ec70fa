//! How much room there is on the surfaces of a separator, and how much of it a parcel takes, in whole units: their sums do
//! not depend on order.

use super::setup::Setup;
use crate::chamber::duct::Section;
use crate::kernels::passage::{END, INNER, MATRIX, OUTER, SURFACES};
use crate::model::MagneticResponse;
use crate::model::Parcels;
use std::f64::consts::{PI, TAU};

/// Units that all parcels together take; a sum of them fits 32 bits.
const ALL: f64 = 2_147_483_648.0;

/// Room on surfaces. A wall's is its area times the share that cells may cover, of which a cell takes its cross-section; a
/// matrix holds a number of labelled cells, and free beads take the part of a cell's place that their cross-section is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Units that a parcel takes, by component.
    pub footprint: Vec<u32>,
    /// Units on a patch (a layer of the grid), by surface; above [`u32::MAX`] / 2 it cannot fill.
    pub capacity: [u32; SURFACES as usize],
    /// Whether anything can fill at all.
    pub limited: bool,
}

impl Room {
    /// The room of a separator for these parcels.
    pub fn new(s: &Setup, charge: &Parcels) -> Self {
        let matrix = s.matrix.as_ref().and_then(|m| m.capacity);
        let mut number = vec![0.0; charge.weight.len()];
        let mut areas = vec![0.0; charge.weight.len()];
        for (kind, mobility) in charge.kind.iter().zip(&charge.mobility) {
            number[*kind as usize] += 1.0;
            // the cross-section of the sphere of the same mobility
            areas[*kind as usize] += 0.25 * PI * 18.0 * f64::from(*mobility);
        }
        let area = |k: usize| areas[k] / f64::max(number[k], 1.0);
        let bead = |k: usize| s.components.get(k).is_some_and(|c| c.response.is_free_bead());
        let pulled = |k: &usize| {
            let c = s.components.get(*k);
            !bead(*k) && c.is_some_and(|c| c.response != MagneticResponse::None)
        };
        let (cells, place) = (0..number.len())
            .filter(pulled)
            .fold((0.0, 0.0), |sum, k| (sum.0 + number[k], sum.1 + areas[k]));
        let real = |k: usize| match matrix {
            Some(_) if bead(k) && cells > 0.0 => charge.weight[k] * area(k) * cells / place,
            Some(_) => charge.weight[k],
            None => charge.weight[k] * area(k),
        };
        let all: f64 = (0..number.len()).map(|k| number[k] * real(k)).sum();
        let unit = all / ALL;
        let footprint = (0..number.len())
            .map(|k| (real(k) / unit).round().clamp(1.0, ALL) as u32)
            .collect();
        let layers = f64::from(s.cells[2]);
        let mut capacity = [u32::MAX; SURFACES as usize];
        let units = |real: f64| (real / unit).clamp(1.0, f64::from(u32::MAX)) as u32;
        if let Some(covered) = s.coverage {
            for (surface, area) in areas_of(s).into_iter().enumerate() {
                let patches = if surface == END as usize { 1.0 } else { layers };
                capacity[surface] = units(covered * area / patches);
            }
        }
        if let Some(cells) = matrix {
            capacity[MATRIX as usize] = units(cells / layers);
        }
        Self {
            footprint,
            capacity,
            limited: s.coverage.is_some() || matrix.is_some(),
        }
    }

    /// Parcels that the fullest kind puts on a patch of a surface until it is full: the fewer, the coarser is its filling.
    pub fn parcels_a_patch(&self, surface: u32) -> f64 {
        let largest = self.footprint.iter().copied().max().unwrap_or(1);
        f64::from(self.capacity[surface as usize]) / f64::from(largest)
    }
}

/// Before parcels are drawn: the component whose parcels take most room of those that are pulled, and how many of them, of median
/// size, a layer of a surface or matrix holds, and all of its layers. Of several surfaces the one that holds least. None if nothing
/// fills.
pub fn parcels_held(s: &Setup) -> Option<(usize, [f64; 2])> {
    let weight = |k: usize| {
        let c = &s.components[k];
        let sample = s.sample_of(&s.components[k]);
        c.amount.concentration(&c.species) * sample / c.parcels.max(1) as f64
    };
    let cross_section = |k: usize| 0.25 * PI * s.components[k].species.diameter.powi(2);
    let pulled = (0..s.components.len()).filter(|k| s.components[*k].response != MagneticResponse::None);
    let layers = f64::from(s.cells[2]);
    if let Some(cells) = s.matrix.as_ref().and_then(|m| m.capacity) {
        // free beads take parts of places
        let bead = |k: &usize| matches!(s.components[*k].response, MagneticResponse::FreeBead { .. });
        let k = pulled
            .filter(|k| !bead(k))
            .max_by(|a, b| weight(*a).total_cmp(&weight(*b)))?;
        return Some((k, [cells / weight(k) / layers, cells / weight(k)]));
    }
    let covered = s.coverage?;
    let k = pulled.max_by(|a, b| {
        let [a, b] = [*a, *b].map(|k| weight(k) * cross_section(k));
        a.total_cmp(&b)
    })?;
    let parcels = |area: f64| covered * area / (weight(k) * cross_section(k));
    held_by(s)
        .map(|(surface, area)| {
            let patches = if surface == END as usize { 1.0 } else { layers };
            [parcels(area) / patches, parcels(area)]
        })
        .min_by(|a, b| a[0].total_cmp(&b[0]))
        .map(|held| (k, held))
}

/// The surfaces that hold, with their areas [um2].
fn held_by(s: &Setup) -> impl Iterator<Item = (usize, f64)> {
    let h = s.holding;
    let holds = [h.inner, h.outer, h.low_y, h.high_y, h.end];
    let all = areas_of(s).into_iter().enumerate().zip(holds);
    all.filter(|(_, holds)| *holds).map(|(surface, _)| surface)
}

/// Area of all surfaces that hold [um2].
pub(crate) fn holding_area(s: &Setup) -> f64 {
    held_by(s).map(|(_, area)| area).sum()
}

/// Areas of the walls and of the end [um2], zero where there is none.
fn areas_of(s: &Setup) -> [f64; SURFACES as usize] {
    let length = s.duct().length;
    let mut areas = [0.0; SURFACES as usize];
    match s.duct().section {
        Section::Tube { radius } => areas[OUTER as usize] = TAU * radius * length,
        Section::Annulus { inner, outer } => {
            areas[INNER as usize] = TAU * inner * length;
            areas[OUTER as usize] = TAU * outer * length;
        }
        Section::Channel { width, height } => {
            areas[..4].copy_from_slice(&[height, height, width, width].map(|side| side * length));
        }
    }
    areas[END as usize] = s.duct().section.area();
    areas
}
