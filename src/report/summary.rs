//! What a report needs of `summary.json`, of either kind. Missing numbers are `None`.

use super::files::Source;
use crate::Error;
use crate::model::{CellClass, Status};
use crate::observe::LayerKind;
use crate::output::folder::{Record, Seal, seal_of};
use crate::output::{TimeStep, separator, summary};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

/// A summary of either kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Summary {
    /// Of a vessel in a rotor or on the bench.
    Vessel(Box<Vessel>),
    /// Of a magnetic separator.
    Separator(Box<Separator>),
}

/// What tells whether a file is a summary, and which.
#[derive(Deserialize)]
struct Head {
    program: Option<String>,
    schema: Option<u64>,
    kind: Option<String>,
}

/// A share of cells, which is none below zero and none above one, but for roundings.
fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let x = f64::deserialize(from)?;
    if (-ROUNDING..=1.0 + ROUNDING).contains(&x) {
        return Ok(x);
    }
    Err(D::Error::custom(format!(
        "a share of {x}, which is not between 0 and 1"
    )))
}

fn perhaps_share<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    struct Share(#[serde(deserialize_with = "share")] f64);
    Ok(Option::<Share>::deserialize(from)?.map(|x| x.0))
}

/// What sums of shares may be off by.
const ROUNDING: f64 = 1e-9;

/// As in `output::summary::Summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Vessel {
    pub version: String,
    #[serde(default)]
    pub record: Option<Record>,
    pub scene: Scene,
    pub setup: VesselSetup,
    pub run: Run,
    pub species: Vec<VesselSpecies>,
    pub parcels_conserved: bool,
    pub layers: Vec<Layer>,
    pub red_cell_surface_mm: Option<f64>,
    #[serde(default)]
    pub platelets_above_red_cells_95: Option<[f64; 2]>,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub platelets_above_red_cells: Option<f64>,
    pub near_surface_mm: Option<[f64; 2]>,
    pub leukocytes_near_surface: Vec<Near>,
    pub notes: Vec<String>,
}

/// As in `output::summary::Scene`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Scene {
    pub title: String,
    pub hash: Option<String>,
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// As in `output::summary::SetupDigest`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct VesselSetup {
    pub seed: u64,
    pub parcels: u64,
    pub grid_layers: u32,
    pub shape: String,
    pub meniscus_radius_mm: Option<f64>,
    pub height_mm: f64,
    pub volume_ml: f64,
    pub fluid_density_g_per_ml: f64,
    pub fluid_viscosity_mpa_s: f64,
    pub mounting: String,
    pub bottom_radius_mm: f64,
    pub peak_rpm: f64,
    pub peak_rcf_bottom: f64,
    pub duration_s: f64,
    pub suspension: String,
    pub hindrance_exponent: f64,
    pub packing_limit: f64,
}

/// As in `output::RunReport`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Run {
    pub device: String,
    pub backend: String,
    pub threads: u64,
    pub wall_seconds: f64,
    pub simulated_seconds: f64,
    pub steps: u64,
    pub time_step: TimeStep,
    pub parcel_steps: Option<u64>,
    pub bounded: Option<u64>,
    pub max_fraction: Option<f64>,
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// As in `output::summary::SpeciesRow`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct VesselSpecies {
    pub species: String,
    pub class: CellClass,
    pub status: Status,
    pub cells: f64,
    pub weight: f64,
    #[serde(default)]
    pub lighter_than_fluid: bool,
    pub parcels_end: u64,
}

/// As in `output::summary::LayerRow`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Layer {
    pub kind: LayerKind,
    pub top_mm: f64,
    pub bottom_mm: f64,
    pub height_mm: f64,
    pub volume_ml: f64,
    /// None, as the two after it, in a summary of before boundaries had intervals.
    #[serde(default)]
    pub volume_ml_95: Option<[f64; 2]>,
    #[serde(default)]
    pub top_mm_95: Option<[f64; 2]>,
    #[serde(default)]
    pub bottom_mm_95: Option<[f64; 2]>,
    pub haematocrit: Option<f64>,
    #[serde(default)]
    pub haematocrit_95: Option<[f64; 2]>,
    #[serde(default)]
    pub boundary_zone_mm: Option<f64>,
    pub species: Vec<Share>,
}

/// As in `output::summary::ShareRow`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Share {
    pub species: String,
    pub cells: f64,
    pub per_ul: Option<f64>,
    /// None in a summary of before there were intervals.
    #[serde(default)]
    pub per_ul_95: Option<[f64; 2]>,
    #[serde(default)]
    pub parcels: Option<u64>,
    #[serde(default)]
    pub parcels_counted_elsewhere: Option<u64>,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub recovery: Option<f64>,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub purity: Option<f64>,
    #[serde(default)]
    pub recovery_95: Option<[f64; 2]>,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub purity_without_red_cells: Option<f64>,
}

/// As in `output::summary::NearSurface`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Near {
    pub species: String,
    #[serde(deserialize_with = "share")]
    pub recovery: f64,
}

/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Separator {
    pub version: String,
    #[serde(default)]
    pub record: Option<Record>,
    pub scene: Scene,
    pub setup: SeparatorSetup,
    pub run: Run,
    pub species: Vec<SeparatorSpecies>,
    pub fractions: Vec<Fraction>,
    pub parcels_conserved: bool,
    pub throughput_cells_per_s: Option<f64>,
    pub held_until_release: Option<Released>,
    pub matrix_filled: Option<f64>,
    pub steady: Option<Steady>,
    #[serde(default)]
    pub notes: Vec<String>,
}

/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SeparatorSetup {
    pub seed: u64,
    pub parcels: u64,
    pub duct: Duct,
    pub length_mm: f64,
    pub volume_ml: f64,
    pub sample_ml: f64,
    pub flow_ml_per_min: Option<f64>,
    pub profile: Option<String>,
    pub feed_s: Option<f64>,
    pub fluid_density_g_per_ml: f64,
    pub fluid_viscosity_mpa_s: f64,
    pub phases: Vec<Phase>,
    pub table_error: Option<TableError>,
}

/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "shape", rename_all = "lowercase")]
pub enum Duct {
    Tube {
        radius_mm: f64,
    },
    Annulus {
        inner_radius_mm: f64,
        outer_radius_mm: f64,
    },
    Channel {
        width_mm: f64,
        height_mm: f64,
    },
}

/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Phase {
    pub length_s: f64,
    pub rate_ml_per_min: f64,
    pub magnets: bool,
}

/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TableError {
    pub force_worst: f64,
    pub force_mean_square: f64,
    pub points: u64,
}

/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SeparatorSpecies {
    pub species: String,
    pub status: Status,
    pub parcels: u64,
    pub cells: f64,
    pub free_beads: f64,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub purity: Option<f64>,
    pub attraction: Option<MagneticResponse>,
    pub without_a_bead: Option<f64>,
}

/// By what magnets pull on a species: a mobility, or beads.
/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MagneticResponse {
    pub mobility_m3_s_per_kg: Option<f64>,
    pub mean_beads: Option<f64>,
    pub free_bead_susceptibility: Option<f64>,
    pub bead_diameter_um: Option<f64>,
}

/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Fraction {
    pub place: String,
    pub kind: PlaceKind,
    pub cells: f64,
    pub free_beads: f64,
    pub species: Vec<Part>,
    pub time_from_entry_s: Option<[f64; 3]>,
}

/// What surfaces held when the magnets first went off.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Released {
    pub time_s: f64,
    pub fractions: Vec<Fraction>,
}

/// What a place of a separator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum PlaceKind {
    /// Where fluid leaves.
    #[serde(rename = "outlet")]
    Outlet,
    /// A wall or matrix that holds.
    #[serde(rename = "surface")]
    Surface,
    /// Inside, or not yet in.
    #[serde(rename = "on the way")]
    OnTheWay,
}

/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Part {
    pub species: String,
    pub parcels: u64,
    pub cells: f64,
    pub free_beads: f64,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub recovery: Option<f64>,
    pub recovery_95: Option<[f64; 2]>,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub purity: Option<f64>,
    pub purity_95: Option<[f64; 2]>,
    pub enrichment: Option<f64>,
    pub log10_depletion: Option<f64>,
    pub log10_depletion_above: Option<f64>,
}

/// As in `output::separator::summary`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Steady {
    pub since_s: Option<f64>,
}

impl Separator {
    /// Which species are free beads, and no cells.
    pub fn is_free_bead(&self, k: usize) -> bool {
        self.species.get(k).is_some_and(|x| x.free_beads > 0.0)
    }
}

impl Summary {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Error::Input`] with file and line for what is not a summary, one of another layout, or one that was changed.
    pub fn read(source: &Source) -> Result<Self, Error> {
        let head: Head = json(source)?;
        if head.program.as_deref() != Some(env!("CARGO_PKG_NAME")) {
            let whose = head.program.map_or_else(
                || "it names no program".to_owned(),
                |p| format!("its program is `{p}`"),
            );
            return Err(source.fault(
                line_of(source, "program"),
                &format!("this is not a summary of buffycoat: {whose}"),
            ));
        }
        let (known, vessel) = match head.kind.as_deref() {
            None => (summary::SCHEMA, true),
            Some("separator") => (separator::summary::SCHEMA, false),
            Some(other) => {
                let what = format!("a run of kind `{other}` is not known to this version");
                return Err(source.fault(line_of(source, "kind"), &what));
            }
        };
        if head.schema != Some(u64::from(known)) {
            let found = head.schema.map_or("no number".to_owned(), |n| n.to_string());
            return Err(source.fault(
                line_of(source, "schema"),
                &format!(
                    "the layout of this summary is {found}; this version reads {known}; run the scene again"
                ),
            ));
        }
        if seal_of(&source.text) == Seal::Broken {
            return Err(source.fault(
                source.text.lines().count().max(1),
                "this summary was changed since the run wrote it: its contents do not have the hash at its end. Put back the file as it was, or \
                 run the scene again",
            ));
        }
        Ok(if vessel {
            Self::Vessel(Box::new(json(source)?))
        } else {
            Self::Separator(Box::new(json(source)?))
        })
    }
}

/// The line in which a key first stands, from 1.
fn line_of(source: &Source, key: &str) -> usize {
    let quoted = format!("\"{key}\"");
    source
        .text
        .lines()
        .position(|l| l.trim_start().starts_with(&quoted))
        .map_or(1, |i| i + 1)
}

fn json<T: DeserializeOwned>(source: &Source) -> Result<T, Error> {
    serde_json::from_str(&source.text).map_err(|e| {
        let text = e.to_string();
        // the place is said once, in front
        let what = text.split(" at line ").next().unwrap_or(&text);
        let what = match e.classify() {
            serde_json::error::Category::Eof => format!("the file is cut off: {what}"),
            serde_json::error::Category::Data => {
                format!("{what}; is it of another version? Then run the scene again")
            }
            _ => format!("this is not JSON: {what}"),
        };
        source.fault(e.line().max(1), &what)
    })
}
