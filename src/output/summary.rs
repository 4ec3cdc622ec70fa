//! `summary.json`: one run for other programs. Missing numbers are `null`; fractions are 0 to 1.

use super::atomic::{self, Ready};
use super::folder::{Record, seal};
use super::{RunReport, total_cells};
use crate::Error;
use crate::chamber::Chamber;
use crate::constants::{MILLILITRE, MILLIMETRE, RPM, SECOND};
use crate::engine::{Lateral, Profile, Setup, Suspension};
use crate::model::{CellClass, Makeup, Mounting, Status};
use crate::observe::{Contents, LayerContent, LayerKind, Layers, Specimen};
use crate::units::per_second;
use serde::Serialize;
use std::path::Path;

/// Version of the file's layout; it rises when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// Where the run came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Scene {
    /// Title of the scene.
    pub title: String,
    /// Hash of its text, where it had one.
    pub hash: Option<String>,
    /// What it was warned of before the run, each with its line.
    pub warnings: Vec<String>,
    /// What tells the run from others, and its files.
    #[serde(skip)]
    pub record: Record,
    /// What its fluid was made of and how much of it was red cells, where a scene says so.
    pub sample: Option<Makeup>,
}

/// The whole file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Name of the program.
    pub program: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What tells the run from others, and its files.
    pub record: Record,
    /// Where the run came from.
    pub scene: Scene,
    /// What was run.
    pub setup: SetupDigest,
    /// How it went.
    pub run: RunReport,
    /// Parcel-steps per second of real time, where that was long enough to be told.
    pub parcel_steps_per_second: Option<f64>,
    /// Every species: parcels at the start and at the end.
    pub species: Vec<SpeciesRow>,
    /// True if every species ended with as many parcels as it began.
    pub parcels_conserved: bool,
    /// Layers from the top.
    pub layers: Vec<LayerRow>,
    /// Depth of the red-cell surface [mm].
    pub red_cell_surface_mm: Option<f64>,
    /// Fraction of all platelets above it.
    pub platelets_above_red_cells: Option<f64>,
    /// Where that lies in 19 of 20 runs.
    pub platelets_above_red_cells_95: Option<[f64; 2]>,
    /// From where to where leukocytes count as near that surface [mm]: from where the buffy coat shows (without one from
    /// 0.5 mm above the surface) to 3 mm below the surface.
    pub near_surface_mm: Option<[f64; 2]>,
    /// Fraction of each leukocyte that lies there.
    pub leukocytes_near_surface: Vec<NearSurface>,
    /// What to know of the layers: why an expected one is absent, how one was placed; and what the run leaves out.
    pub notes: Vec<String>,
}

/// The setup in a person's units.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct SetupDigest {
    pub seed: u64,
    pub parcels: usize,
    pub grid_layers: u32,
    pub shape: &'static str,
    pub meniscus_radius_mm: Option<f64>,
    pub height_mm: f64,
    pub volume_ml: f64,
    pub fluid_density_g_per_ml: f64,
    pub fluid_viscosity_mpa_s: f64,
    pub mounting: &'static str,
    pub bottom_radius_mm: f64,
    pub peak_rpm: f64,
    pub peak_rcf_bottom: f64,
    pub duration_s: f64,
    pub suspension: &'static str,
    pub lateral: &'static str,
    pub hindrance_exponent: f64,
    pub packing_limit: f64,
}

/// One species over the run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpeciesRow {
    /// Its name.
    pub species: String,
    /// Its family.
    pub class: CellClass,
    /// How well its numbers are known.
    pub status: Status,
    /// Real cells.
    pub cells: f64,
    /// Real cells per parcel.
    pub weight: f64,
    /// Whether part of it is lighter than the fluid: a fortieth, by its mean and spread.
    pub lighter_than_fluid: bool,
    /// Parcels at the start.
    pub parcels_start: u64,
    /// Parcels at the end.
    pub parcels_end: u64,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct LayerRow {
    pub kind: LayerKind,
    pub top_mm: f64,
    pub bottom_mm: f64,
    pub height_mm: f64,
    pub volume_ml: f64,
    pub volume_ml_95: [f64; 2],
    pub top_mm_95: [f64; 2],
    pub bottom_mm_95: [f64; 2],
    pub haematocrit: f64,
    pub haematocrit_95: [f64; 2],
    /// How much of the height is next to a boundary, where cells that were found may be counted in the neighbouring layer.
    pub boundary_zone_mm: f64,
    pub species: Vec<ShareRow>,
}

/// One species in one layer; see [`crate::observe::Share`]. What ends in `_95`, here and of a layer, is where the number lies in 19 of 20
/// runs, as far as chance and the height of a grid cell go; where no parcel was found, its upper end is the one that is exceeded in one run of 20.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct ShareRow {
    pub species: String,
    pub cells: f64,
    pub cells_95: [f64; 2],
    pub parcels: u64,
    /// Found in the zone of the boundary and counted in the neighbouring layer.
    pub parcels_counted_elsewhere: u64,
    pub per_ul: f64,
    pub per_ul_95: [f64; 2],
    pub recovery: f64,
    pub recovery_95: [f64; 2],
    pub purity: f64,
    pub purity_without_red_cells: Option<f64>,
}

/// A leukocyte near the red-cell surface.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NearSurface {
    /// Its name.
    pub species: String,
    /// Fraction of all of them, 0..=1.
    pub recovery: f64,
}

impl Summary {
    /// Puts the file together from the first and last profile and what was observed in the last.
    pub fn new(
        scene: Scene,
        setup: &Setup,
        (first, last): (&Profile, &Profile),
        layers: &Layers,
        contents: &Contents,
        run: RunReport,
    ) -> Self {
        let name = |k: usize| {
            setup
                .components
                .get(k)
                .map_or_else(String::new, |c| c.species.name.clone())
        };
        let parcels = |p: &Profile, k: usize| p.parcels.get(k).map_or(0, |row| row.iter().sum());
        let light = Specimen::of(setup, false).light;
        let species: Vec<SpeciesRow> = setup
            .components
            .iter()
            .enumerate()
            .filter(|(k, _)| *k < last.parcels.len())
            .map(|(k, c)| SpeciesRow {
                species: c.species.name.clone(),
                class: c.species.class,
                status: c.species.status,
                cells: total_cells(last, k),
                weight: last.weight[k],
                lighter_than_fluid: light.get(k) == Some(&true),
                parcels_start: parcels(first, k),
                parcels_end: parcels(last, k),
            })
            .collect();
        Self {
            schema: SCHEMA,
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            record: scene.record.clone(),
            scene,
            setup: digest(setup),
            parcel_steps_per_second: per_second(run.parcel_steps as f64, run.wall_seconds),
            run,
            parcels_conserved: species.iter().all(|s| s.parcels_start == s.parcels_end),
            species,
            layers: contents.layers.iter().map(|l| layer_row(l, name)).collect(),
            red_cell_surface_mm: layers.red_cell_surface.map(|x| x / MILLIMETRE),
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
            notes: layers.notes.clone(),
        }
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

fn digest(setup: &Setup) -> SetupDigest {
    let peak = setup.protocol.peak_omega();
    SetupDigest {
        seed: setup.seed,
        parcels: setup.parcels(),
        grid_layers: setup.layers(),
        shape: match setup.chamber {
            Chamber::Tube(_) => "tube",
            Chamber::Sector(_) => "sector",
            Chamber::Duct(_) => "duct",
        },
        // that of a sector is part of its shape; a tube on the bench has none
        meniscus_radius_mm: match (setup.chamber, setup.rotor.mounting) {
            (Chamber::Sector(s), _) => Some(s.meniscus_radius / MILLIMETRE),
            (_, Mounting::Bench { .. }) => None,
            _ => Some(setup.rotor.meniscus_radius / MILLIMETRE),
        },
        height_mm: setup.chamber.height() / MILLIMETRE,
        volume_ml: setup.chamber.volume() / MILLILITRE,
        fluid_density_g_per_ml: setup.fluid.density,
        fluid_viscosity_mpa_s: setup.fluid.viscosity,
        mounting: match setup.rotor.mounting {
            Mounting::Bench { .. } => "bench",
            Mounting::SwingOut => "swing-out",
            Mounting::Horizontal => "horizontal",
        },
        bottom_radius_mm: setup.rotor.bottom_radius / MILLIMETRE,
        peak_rpm: peak / RPM,
        peak_rcf_bottom: super::rcf(&setup.rotor, peak, setup.rotor.bottom_radius),
        duration_s: setup.protocol.duration() / SECOND,
        suspension: match setup.physics.suspension {
            Suspension::Dense => "dense",
            Suspension::Dilute => "dilute",
        },
        lateral: match setup.physics.lateral {
            Lateral::Mixed => "mixed",
            Lateral::Resolved => "resolved",
        },
        hindrance_exponent: setup.physics.exponent,
        packing_limit: setup.physics.packing_limit,
    }
}

fn layer_row(content: &LayerContent, name: impl Fn(usize) -> String) -> LayerRow {
    let l = &content.layer;
    LayerRow {
        kind: l.kind,
        top_mm: l.top_mm(),
        bottom_mm: l.bottom_mm(),
        height_mm: l.height_mm(),
        volume_ml: l.volume_ml(),
        volume_ml_95: content.volume_95.map(|v| v / MILLILITRE),
        top_mm_95: content.ends_95[0].map(|z| z / MILLIMETRE),
        bottom_mm_95: content.ends_95[1].map(|z| z / MILLIMETRE),
        haematocrit: content.haematocrit,
        haematocrit_95: content.haematocrit_95,
        boundary_zone_mm: content.front / MILLIMETRE,
        species: content
            .shares
            .iter()
            .map(|s| ShareRow {
                species: name(s.component),
                cells: s.cells,
                cells_95: s.cells_95,
                parcels: s.parcels,
                parcels_counted_elsewhere: s.elsewhere,
                per_ul: s.concentration,
                per_ul_95: s.concentration_95,
                recovery: s.recovery,
                recovery_95: s.recovery_95(),
                purity: s.purity,
                purity_without_red_cells: s.purity_without_red_cells,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::observe::synthetic::{BLOOD, hard_spin, specimen};

    #[test]
    fn reads_back() -> Result<(), Box<dyn std::error::Error>> {
        let profile = hard_spin(260);
        let layers = Layers::find(&profile, &specimen(&profile, &BLOOD), None);
        let contents = Contents::of(&profile, &specimen(&profile, &BLOOD), &layers);
        let scene = Scene {
            title: "test".into(),
            ..Scene::default()
        };
        let summary = Summary::new(
            scene,
            &fixture::setup(),
            (&profile, &profile),
            &layers,
            &contents,
            fixture::report(),
        );
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("summary.json");
        summary.write(&path)?;
        let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
        assert_eq!(json["schema"], 1);
        assert_eq!(json["layers"][1]["kind"], "buffy_coat");
        assert_eq!(json["layers"][1]["species"][3]["species"], "platelet");
        assert_eq!(json["parcels_conserved"], true);
        assert_eq!(json["setup"]["mounting"], "swing-out");
        assert_eq!(json["setup"]["shape"], "tube");
        assert_eq!(json["setup"]["meniscus_radius_mm"], 105.0);
        assert_eq!(json["run"]["steps"], 3123);
        assert_eq!(json["run"]["time_step"]["mean_s"], 0.2594);
        let surface = json["red_cell_surface_mm"].as_f64().unwrap_or(f64::NAN);
        assert!((surface - 34.667).abs() < 0.05);
        let near = json["near_surface_mm"][1].as_f64().unwrap_or(f64::NAN);
        assert!((near - surface - 3.0).abs() < 1e-9, "{near}");
        let unwritable = summary.write(path.join("below-a-file.json"));
        assert!(matches!(unwritable, Err(Error::Disk { .. })));
        Ok(())
    }
}
