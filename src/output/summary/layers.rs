//! The layers of a vessel and what they hold.

use super::read::{perhaps_share, share};
use crate::constants::{MILLILITRE, MILLIMETRE};
use crate::engine::{Setup, Suspension};
use crate::observe::{LayerContent, LayerKind, Layering};
use serde::{Deserialize, Serialize};

/// What was found along a vessel at the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerResults {
    /// Layers from the top.
    pub layers: Vec<LayerRow>,
    /// Depth of the red-cell surface [mm].
    pub red_cell_surface_mm: Option<f64>,
    /// Fraction of all platelets above it.
    #[serde(deserialize_with = "perhaps_share")]
    pub platelets_above_red_cells: Option<f64>,
    /// Where that lies in 19 of 20 runs.
    #[serde(default)]
    pub platelets_above_red_cells_95: Option<[f64; 2]>,
    /// From where to where leukocytes count as near that surface [mm]: from where the buffy coat shows (without one from
    /// 0.5 mm above the surface) to 3 mm below the surface, or to the bottom.
    pub near_surface_mm: Option<[f64; 2]>,
    /// Fraction of each leukocyte that lies there.
    pub leukocytes_near_surface: Vec<NearSurface>,
    /// How well boundaries are known; none in files of version 0.1.
    #[serde(default)]
    pub resolution: Option<Resolution>,
}

/// On what boundaries are found: a grid cell, or a bin of the profile where those are coarser or there is no grid.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Height of a grid cell [mm].
    GridCellMm(f64),
    /// Height of a bin of the profile [mm].
    ProfileBinMm(f64),
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct LayerRow {
    pub kind: LayerKind,
    pub top_mm: f64,
    pub bottom_mm: f64,
    pub height_mm: f64,
    pub volume_ml: f64,
    /// Null, as all that ends so, in files of version 0.1.
    #[serde(default)]
    pub volume_ml_95: Option<[f64; 2]>,
    #[serde(default)]
    pub top_mm_95: Option<[f64; 2]>,
    #[serde(default)]
    pub bottom_mm_95: Option<[f64; 2]>,
    pub haematocrit: Option<f64>,
    #[serde(default)]
    pub haematocrit_95: Option<[f64; 2]>,
    /// How much of the height is next to a boundary, where cells that were found may be counted in the neighbouring layer.
    #[serde(default)]
    pub boundary_zone_mm: Option<f64>,
    pub species: Vec<ShareRow>,
}

/// One species in one layer; see [`crate::observe::Share`]. What ends in `_95`, here and of a layer, is where the number lies in 19 of 20
/// runs, as far as chance and the height of a grid cell go; where no parcel was found, its upper end is the one that is exceeded in one run of 20.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct ShareRow {
    pub species: String,
    pub cells: f64,
    #[serde(default)]
    pub cells_95: Option<[f64; 2]>,
    #[serde(default)]
    pub parcels: Option<u64>,
    /// Found in the zone of the boundary and counted in the neighbouring layer.
    #[serde(default)]
    pub parcels_counted_elsewhere: Option<u64>,
    pub per_ul: Option<f64>,
    #[serde(default)]
    pub per_ul_95: Option<[f64; 2]>,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub recovery: Option<f64>,
    #[serde(default)]
    pub recovery_95: Option<[f64; 2]>,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub purity: Option<f64>,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub purity_without_red_cells: Option<f64>,
}

/// A leukocyte near the red-cell surface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearSurface {
    /// Its name.
    pub species: String,
    /// Fraction of all of them, 0..=1.
    #[serde(deserialize_with = "share")]
    pub recovery: f64,
}

impl LayerResults {
    pub(super) fn of(setup: &Setup, found: &Layering) -> Self {
        let name = |k: usize| {
            let component = setup.components.get(k);
            component.map_or_else(String::new, |c| c.species.name.clone())
        };
        let contents = &found.contents;
        let surface = found.layers.red_cell_surface;
        Self {
            layers: contents.layers.iter().map(|l| row(l, name)).collect(),
            red_cell_surface_mm: surface.map(|x| x / MILLIMETRE),
            platelets_above_red_cells: contents.platelets_above_red_cells,
            platelets_above_red_cells_95: contents.platelets_above_red_cells_95,
            near_surface_mm: contents
                .near_surface
                .map(|(a, b)| [a / MILLIMETRE, b / MILLIMETRE]),
            leukocytes_near_surface: contents
                .leukocytes_near_surface
                .iter()
                .map(|(k, recovery)| NearSurface {
                    species: name(*k),
                    recovery: *recovery,
                })
                .collect(),
            resolution: Some(Resolution::of(setup)),
        }
    }

    /// The layer of that kind, if there is one.
    pub fn get(&self, kind: LayerKind) -> Option<&LayerRow> {
        self.layers.iter().find(|l| l.kind == kind)
    }
}

impl Resolution {
    fn of(setup: &Setup) -> Self {
        let of = |n: u32| setup.chamber.height() / f64::from(n.max(1)) / MILLIMETRE;
        let (cell, bin) = (of(setup.layers()), of(setup.sampling.bins));
        if setup.physics.suspension == Suspension::Dilute || bin > cell {
            Self::ProfileBinMm(bin)
        } else {
            Self::GridCellMm(cell)
        }
    }
}

/// A number, if it is one.
fn known(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

fn both(ends: [f64; 2]) -> Option<[f64; 2]> {
    ends.iter().all(|x| x.is_finite()).then_some(ends)
}

fn row(content: &LayerContent, name: impl Fn(usize) -> String) -> LayerRow {
    let l = &content.layer;
    LayerRow {
        kind: l.kind,
        top_mm: l.top_mm(),
        bottom_mm: l.bottom_mm(),
        height_mm: l.height_mm(),
        volume_ml: l.volume_ml(),
        volume_ml_95: both(content.volume_95.map(|v| v / MILLILITRE)),
        top_mm_95: both(content.ends_95[0].map(|z| z / MILLIMETRE)),
        bottom_mm_95: both(content.ends_95[1].map(|z| z / MILLIMETRE)),
        haematocrit: known(content.haematocrit),
        haematocrit_95: both(content.haematocrit_95),
        boundary_zone_mm: known(content.front / MILLIMETRE),
        species: content
            .shares
            .iter()
            .map(|s| ShareRow {
                species: name(s.component),
                cells: s.cells,
                cells_95: both(s.cells_95),
                parcels: Some(s.parcels),
                parcels_counted_elsewhere: Some(s.elsewhere),
                per_ul: known(s.concentration),
                per_ul_95: both(s.concentration_95),
                recovery: known(s.recovery),
                recovery_95: both(s.recovery_95()),
                purity: known(s.purity),
                purity_without_red_cells: s.purity_without_red_cells.and_then(known),
            })
            .collect(),
    }
}
