//! What the ports of a channel drew.

use crate::constants::{MICROLITRE, MILLILITRE, MILLIMETRE, RPM, SECOND, STANDARD_GRAVITY};
use crate::continuum::{Channel, Collection, Findings, Stage};
use crate::model::{CellClass, Status};
use serde::{Deserialize, Serialize};

/// The channel and its phases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct ChannelResults {
    /// Distance of the inner wall from the axis.
    pub radius_mm: f64,
    pub length_mm: f64,
    pub depth_mm: f64,
    pub width_mm: f64,
    pub volume_ml: f64,
    pub columns: usize,
    pub levels: usize,
    /// Assumed: results depend on it.
    pub mixing_length_um: f64,
    /// Species, in the order of the ports' rows, and how well their numbers are known.
    pub species: Vec<String>,
    pub status: Vec<Status>,
    pub phases: Vec<StageRow>,
    /// What came in, in all phases; absent in summaries of earlier versions, as is what follows.
    #[serde(default)]
    pub fed_ml: f64,
    /// Cells that came in, by species.
    #[serde(default)]
    pub fed_cells: Vec<f64>,
    /// What each port drew in all phases: its bag.
    #[serde(default)]
    pub bags: Vec<PortRow>,
}

/// A phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct StageRow {
    pub name: String,
    pub from_s: f64,
    pub to_s: f64,
    pub rpm: f64,
    /// At half depth.
    pub rcf: f64,
    /// What came in.
    pub fed_ml: f64,
    pub fed_ml_per_min: f64,
    /// Cells that came in, by species.
    pub fed_cells: Vec<f64>,
    /// Depth of the interface at the sensor, at the end; null where there is none.
    pub interface_mm: Option<f64>,
    /// Depth at which it was to be held; null where pumps kept their rates.
    pub set_point_mm: Option<f64>,
    /// Its depth in every column, from the inlet on.
    pub interface_along_mm: Vec<Option<f64>>,
    /// Greatest volume fraction of all cells in any cell of the grid, from the start of the run.
    pub max_fraction: f64,
    /// What each port drew in the whole phase.
    pub ports: Vec<PortRow>,
    /// What each port drew in the last fifth of the phase.
    pub late: Vec<PortRow>,
    /// What the channel gained in the last fifth, by species, as a share of what was fed; near zero where it is steady.
    pub gained: Vec<Option<f64>>,
    /// Greatest difference between the cells that came in and those that left or stayed, over what came in, by volume.
    pub imbalance: f64,
}

/// What a port drew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct PortRow {
    pub port: String,
    pub volume_ml: f64,
    pub rate_ml_per_min: f64,
    /// Volume fraction of red cells.
    pub haematocrit: f64,
    /// Leukocytes.
    pub white_cells: f64,
    pub species: Vec<PortSpeciesRow>,
}

/// One species in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct PortSpeciesRow {
    pub cells: f64,
    pub per_ul: f64,
    /// Share of the cells that came in meanwhile: the collection efficiency.
    pub share: Option<f64>,
    /// Share of the leukocytes in it, of a leukocyte.
    pub of_white_cells: Option<f64>,
}

impl ChannelResults {
    /// Of a channel and what happened in its phases.
    pub fn of(channel: &Channel, stages: &[Stage]) -> Self {
        let mesh = channel.mesh();
        let [length, depth, width] = channel.size;
        let row = |stage: &Stage| {
            let ports = |found: &Findings| {
                let of = |p: &Collection| PortRow::of(channel, p, found.time[1] - found.time[0]);
                found.ports.iter().map(of).collect()
            };
            StageRow {
                name: stage.name.clone(),
                from_s: stage.whole.time[0] / SECOND,
                to_s: stage.whole.time[1] / SECOND,
                rpm: stage.omega / RPM,
                rcf: mesh.mean_acceleration(stage.omega) / STANDARD_GRAVITY,
                fed_ml: stage.whole.come / MILLILITRE,
                fed_ml_per_min: per(
                    stage.whole.come / MILLILITRE,
                    (stage.whole.time[1] - stage.whole.time[0]) / (60.0 * SECOND),
                ),
                fed_cells: stage.whole.fed.clone(),
                interface_mm: stage.end.sensed.map(|y| y / MILLIMETRE),
                set_point_mm: stage.set_point.map(|y| y / MILLIMETRE),
                interface_along_mm: stage
                    .end
                    .interface
                    .iter()
                    .map(|y| y.map(|y| y / MILLIMETRE))
                    .collect(),
                max_fraction: stage.end.fullest,
                ports: ports(&stage.whole),
                late: ports(&stage.late),
                gained: stage.late.stored.clone(),
                imbalance: stage.whole.imbalance,
            }
        };
        let all: Vec<&Findings> = stages.iter().map(|s| &s.whole).collect();
        let whole = Findings::together(&all).unwrap_or_default();
        let bag = |p: &Collection| PortRow::of(channel, p, whole.time[1] - whole.time[0]);
        Self {
            fed_ml: whole.come / MILLILITRE,
            fed_cells: whole.fed.clone(),
            bags: whole.ports.iter().map(bag).collect(),
            radius_mm: channel.radius / MILLIMETRE,
            length_mm: length / MILLIMETRE,
            depth_mm: depth / MILLIMETRE,
            width_mm: width / MILLIMETRE,
            volume_ml: mesh.whole() / MILLILITRE,
            columns: mesh.columns,
            levels: mesh.levels,
            mixing_length_um: channel.settling.mixing_length,
            species: channel
                .components
                .iter()
                .map(|c| c.species.name.clone())
                .collect(),
            status: channel.components.iter().map(|c| c.species.status).collect(),
            phases: stages.iter().map(row).collect(),
        }
    }
}

impl PortRow {
    fn of(channel: &Channel, p: &Collection, time: f64) -> Self {
        let white = |k: usize| channel.components[k].species.class == CellClass::Leukocyte;
        let whites: f64 = (0..p.species.len())
            .filter(|k| white(*k))
            .map(|k| p.species[k].cells)
            .sum();
        Self {
            port: p.port.clone(),
            volume_ml: p.volume / MILLILITRE,
            rate_ml_per_min: per(p.volume / MILLILITRE, time / (60.0 * SECOND)),
            haematocrit: p.haematocrit,
            white_cells: whites,
            species: p
                .species
                .iter()
                .enumerate()
                .map(|(k, c)| PortSpeciesRow {
                    cells: c.cells,
                    per_ul: per(c.cells, p.volume / MICROLITRE),
                    share: c.share,
                    of_white_cells: (white(k) && whites > 0.0).then(|| c.cells / whites),
                })
                .collect(),
        }
    }
}

fn per(x: f64, of: f64) -> f64 {
    if of > 0.0 { x / of } else { 0.0 }
}
