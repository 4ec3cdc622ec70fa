//! `summary.json`: one run for other programs. Missing numbers are `null`; fractions are 0 to 1. What ends with `_95` are the two numbers
//! between which a quantity lies in 19 of 20 runs.
//!
//! The table at the end of a run and the page about it are made from the same types, which are read back as they were written. What
//! every run has stands first; [`LayerResults`] and [`PlaceResults`] are there where they were observed.

mod channel;
mod layers;
mod old;
mod places;
mod read;
mod setup;

pub use channel::{ChannelResults, PortRow, PortSpeciesRow, StageRow};
pub use layers::{LayerResults, LayerRow, NearSurface, Resolution, ShareRow};
pub use places::{
    FractionRow, PartRow, PlaceKind, PlaceResults, Rate, ReleasedRow, SteadyRow, SteadySpeciesRow,
};
pub use read::ReadError;
pub use setup::{
    ChamberDigest, FlowDigest, FlowFileDigest, InletDigest, MagneticDigest, MatrixDigest, PhaseDigest,
    RotorDigest, SectionDigest, SetupDigest, TableErrorDigest,
};

use super::RunReport;
use super::atomic::{self, Ready};
use super::folder::{Record, seal};
use crate::Error;
use crate::engine::{Outcome, Setup};
use crate::magnets::Table;
use crate::model::{CellClass, Makeup, Parcels, Status};
use crate::observe::{Findings, Specimen};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Version of the file's layout; it rises when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 3;

/// Where the run came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// Title of the scene.
    pub title: String,
    /// Hash of its text, where it had one.
    pub hash: Option<String>,
    /// What it was warned of before the run, each with its line.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// What its fluid was made of and how much of it was red cells, where a scene says so.
    #[serde(default)]
    pub sample: Option<Makeup>,
}

/// The whole file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Name of the program.
    pub program: String,
    /// Its version.
    pub version: String,
    /// What tells the run from others, and its files; none in files of version 0.1.
    pub record: Option<Record>,
    /// Where the run came from.
    pub scene: Scene,
    /// What was run.
    pub setup: SetupDigest,
    /// How it went.
    pub run: RunReport,
    /// Every species: what was put in, and what was there at the end.
    pub species: Vec<SpeciesRow>,
    /// True if every species ended with as many parcels as it began.
    pub parcels_conserved: bool,
    /// The layers of a vessel.
    #[serde(flatten, skip_deserializing)]
    pub layers: Option<LayerResults>,
    /// The outlets and surfaces of a duct.
    #[serde(flatten, skip_deserializing)]
    pub places: Option<PlaceResults>,
    /// The ports of a channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelResults>,
    /// What to know of the results: why an expected layer is absent, what the run leaves out and takes as ideal.
    pub notes: Vec<String>,
}

/// One species over the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeciesRow {
    /// Its name.
    pub species: String,
    /// Its family.
    pub class: CellClass,
    /// How well its numbers are known.
    pub status: Status,
    /// Real cells that were put in; none of free beads.
    pub cells: f64,
    /// Free beads that were put in; none of cells.
    pub free_beads: f64,
    /// Real cells, or free beads, per parcel.
    pub weight: f64,
    /// Whether part of it is lighter than the fluid: a fortieth, by its mean and spread.
    pub lighter_than_fluid: bool,
    /// Parcels that were put in.
    pub parcels: u64,
    /// Parcels at the end.
    pub parcels_end: u64,
    /// Share of all cells that were put in; none of free beads.
    #[serde(deserialize_with = "read::perhaps_share")]
    pub purity: Option<f64>,
    /// By what magnets pull on it; none where they do not.
    pub magnetic_response: Option<MagneticDigest>,
    /// Share of its parcels without a bead, where it has beads.
    pub without_a_bead: Option<f64>,
}

impl SpeciesRow {
    /// Whether these are free beads, and no cells.
    pub fn is_free_bead(&self) -> bool {
        self.free_beads > 0.0
    }
}

/// Parcels of one species.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counted {
    /// Put in.
    pub parcels: u64,
    /// Found at the end.
    pub end: u64,
    /// Real cells, or free beads, per parcel.
    pub weight: f64,
}

impl Counted {
    /// By component, of a run: along its vessel at the last count, or in all places.
    pub fn of(parcels: &Parcels, outcome: &Outcome, found: &Findings) -> Vec<Self> {
        let along = |k: usize| outcome.profile.parcels.get(k).map(|row| row.iter().sum());
        let in_places = |k: usize| {
            let fractions = found.separation.iter().flat_map(|s| &s.separation.fractions);
            let of = fractions.filter_map(|f| f.species.get(k));
            of.map(|c| c.parcels).sum()
        };
        let put_in = parcels.counts().into_iter().zip(&parcels.weight);
        put_in
            .enumerate()
            .map(|(k, (parcels, weight))| Self {
                parcels,
                end: along(k).unwrap_or_else(|| in_places(k)),
                weight: *weight,
            })
            .collect()
    }
}

impl Summary {
    /// Puts the file together: where the run came from and what tells it from others, what was run (with the table of its field), how it
    /// went, what was counted and what was observed. `notes` come after those of the layers.
    pub fn new(
        (scene, record): (Scene, Record),
        (setup, table): (&Setup, Option<&Table>),
        run: RunReport,
        counted: &[Counted],
        found: &Findings,
        notes: Vec<String>,
    ) -> Self {
        let light = Specimen::of(setup, false).light;
        let free = |k: usize| setup.components[k].response.is_free_bead();
        let number = |k: usize| counted[k].parcels as f64 * counted[k].weight;
        let kinds = || 0..setup.components.len().min(counted.len());
        let all: f64 = kinds().filter(|k| !free(*k)).map(number).sum();
        let without = |k: usize| found.separation.as_ref().and_then(|s| s.separation.without[k]);
        let species: Vec<SpeciesRow> = kinds()
            .map(|k| {
                let component = &setup.components[k];
                SpeciesRow {
                    species: component.species.name.clone(),
                    class: component.species.class,
                    status: component.species.status,
                    cells: if free(k) { 0.0 } else { number(k) },
                    free_beads: if free(k) { number(k) } else { 0.0 },
                    weight: counted[k].weight,
                    lighter_than_fluid: light[k],
                    parcels: counted[k].parcels,
                    parcels_end: counted[k].end,
                    purity: (!free(k) && all > 0.0).then(|| number(k) / all),
                    magnetic_response: MagneticDigest::of(&component.response),
                    without_a_bead: without(k),
                }
            })
            .collect();
        let layers = found.layers.as_ref();
        let mut run = run;
        run.warnings
            .extend(found.separation.iter().flat_map(|s| places::warnings(setup, s)));
        Self {
            schema: SCHEMA,
            program: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            record: Some(record),
            scene,
            setup: SetupDigest::of(setup, table),
            run,
            parcels_conserved: species.iter().all(|s| s.parcels == s.parcels_end),
            species,
            layers: layers.map(|l| LayerResults::of(setup, l)),
            places: found.separation.as_ref().map(|s| PlaceResults::of(setup, s)),
            channel: found
                .channel
                .as_ref()
                .and_then(|stages| Some(ChannelResults::of(setup.channel.as_ref()?, stages))),
            notes: layers
                .iter()
                .flat_map(|l| l.layers.notes.clone())
                .chain(notes)
                .collect(),
        }
    }

    /// Real cells per parcel and all else of a species by its name.
    pub fn species(&self, name: &str) -> Option<&SpeciesRow> {
        self.species.iter().find(|s| s.species == name)
    }

    /// The text of the file, sealed.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be put into JSON.
    pub fn to_json(&self) -> Result<String, Error> {
        let mut text = serde_json::to_string_pretty(self).map_err(|e| Error::Internal(e.to_string()))?;
        text.push('\n');
        Ok(seal(&text))
    }

    /// Writes the file, all but its name.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn prepare(&self, path: impl AsRef<Path>) -> Result<Ready, Error> {
        let text = self.to_json()?;
        atomic::prepare(path, |file| file.write_all(text.as_bytes()))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::Disk`] where it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        atomic::publish([self.prepare(path)?])
    }
}

#[cfg(test)]
mod tests;
