//! What a run leaves behind: files that appear under their final name only when complete, and a table.

pub mod atomic;
pub mod channel;
pub mod csv;
pub mod folder;
pub mod layers;
pub mod places;
pub mod readings;
pub mod summary;
pub mod table;
mod time_step;

pub use time_step::TimeStep;

use crate::constants::{SECOND, STANDARD_GRAVITY};
use crate::engine::{Outcome, Setup, Suspension};
use crate::model::{Mounting, Rotor};
use crate::units::per_second;

/// Name of the copy of its scene that a run leaves beside its results; a name that nobody gives a scene of his own, which it
/// would replace.
pub const SCENE_FILE: &str = "scene_as_run.toml";

/// How a run went.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RunReport {
    /// The device, in words.
    pub device: String,
    /// The back-end: `cpu`, `gpu`.
    pub backend: String,
    /// Threads of the host that took part.
    pub threads: usize,
    /// Real time [s].
    pub wall_seconds: f64,
    /// Simulated time [s].
    pub simulated_seconds: f64,
    /// Time steps.
    pub steps: u64,
    /// How long they were.
    pub time_step: TimeStep,
    /// Parcels times steps, summed over the run.
    pub parcel_steps: Option<u64>,
    /// The same per second of real time, where that was long enough to be told.
    #[serde(default)]
    pub parcel_steps_per_second: Option<f64>,
    /// BLAKE3 hash of the places and kinds of all parcels at the end: equal where two runs end alike to the last bit.
    #[serde(default)]
    pub final_state: String,
    /// Moves that were cut to the length a step allows; none of a dilute suspension.
    pub bounded: Option<u64>,
    /// Greatest fraction of all cells in one grid cell at any step; none of a dilute suspension.
    pub max_fraction: Option<f64>,
    /// What the person should know: what was to be expected of the scene, and what was seen.
    #[serde(default)]
    pub warnings: Vec<String>,
}

impl RunReport {
    /// Of a run of so many parcels; `doubts` is what was warned of before.
    pub fn of(setup: &Setup, outcome: &Outcome, parcels: usize, doubts: &[String]) -> Self {
        let device = &outcome.device;
        let (wall, all) = (outcome.wall.as_secs_f64(), outcome.steps * parcels as u64);
        let crowd = setup.physics.suspension == Suspension::Dense;
        Self {
            device: format!("{}, {}", device.name, device.driver),
            backend: device.backend.into(),
            threads: device.threads,
            wall_seconds: wall,
            simulated_seconds: outcome.time / SECOND,
            steps: outcome.steps,
            time_step: TimeStep::of(outcome),
            parcel_steps: Some(all),
            parcel_steps_per_second: per_second(all as f64, wall),
            final_state: outcome.state.clone(),
            bounded: crowd.then_some(outcome.bounded),
            max_fraction: crowd.then_some(outcome.greatest_fraction),
            warnings: doubts.iter().chain(&outcome.warnings).cloned().collect(),
        }
    }
}

/// Relative centrifugal force (x g) at `radius` [um] and rotor speed `omega` [rad/us]; 1 on the bench.
pub fn rcf(rotor: &Rotor, omega: f64, radius: f64) -> f64 {
    match rotor.mounting {
        Mounting::Bench { .. } => 1.0,
        _ => omega * omega * radius / STANDARD_GRAVITY,
    }
}

/// A time [us] as seconds, to the nanosecond and without trailing zeros.
pub(crate) fn seconds(us: f64) -> String {
    let text = format!("{:.9}", us / SECOND);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
pub(crate) mod fixture {
    //! A run of whole blood that has just ended, for tests of output and pictures.

    use crate::chamber::{Chamber, tube::Tube};
    use crate::constants::SECOND;
    use crate::engine::{Profile, Sampling, Setup};
    use crate::model::*;
    use crate::observe::{Contents, Findings, Layering, Layers, Specimen};

    fn component(name: &str, class: CellClass, diameter: f64, fraction: f64, colour: [u8; 3]) -> Component {
        Component::new(
            Species {
                name: name.into(),
                class,
                diameter,
                diameter_sd: 0.0,
                density: 1.07,
                density_sd: 0.0,
                correlation: 0.0,
                drag_factor: 1.0,
                packing_limit: 0.94,
                aggregation: 1.0,
                colour,
                source: "made up for a test".into(),
                status: Status::Unverified,
            },
            Amount::VolumeFraction(fraction),
            1000,
        )
    }

    /// 14 mm tube, 65 mm of blood, swing-out at 170 mm; components in the order of `observe::synthetic::BLOOD`.
    pub(crate) fn setup() -> Setup {
        let chamber = Chamber::Tube(Tube {
            radius: 7e3,
            height: 65e3,
        });
        let fluid = Fluid {
            density: 1.026,
            viscosity: 1.24,
        };
        Setup {
            seed: 7,
            components: vec![
                component("erythrocyte", CellClass::Erythrocyte, 5.56, 0.42, [213, 54, 46]),
                component("lymphocyte", CellClass::Leukocyte, 7.3, 0.0005, [86, 180, 233]),
                component("neutrophil", CellClass::Leukocyte, 8.6, 0.0014, [0, 158, 115]),
                component("platelet", CellClass::Platelet, 2.3, 0.0016, [240, 228, 66]),
            ],
            cells: [1, 1, 260],
            rotor: Rotor {
                mounting: Mounting::SwingOut,
                meniscus_radius: 105e3,
                bottom_radius: 170e3,
            },
            protocol: Protocol::new(0.0)
                .ramp(2.942e-4, 30.0 * SECOND)
                .hold(720.0 * SECOND),
            sampling: Sampling {
                every: crate::times::Time::seconds(10.0),
                bins: 260,
            },
            ..Setup::new(chamber, fluid)
        }
    }

    /// The summary of a run that ended with this profile.
    pub(crate) fn summary(setup: &Setup, profile: &Profile, specimen: &Specimen) -> super::summary::Summary {
        let layers = Layers::find(profile, specimen, None);
        let contents = Contents::of(profile, specimen, &layers);
        let counted: Vec<super::summary::Counted> = profile
            .parcels
            .iter()
            .zip(&profile.weight)
            .map(|(row, weight)| {
                let parcels = row.iter().sum();
                super::summary::Counted {
                    parcels,
                    end: parcels,
                    weight: *weight,
                }
            })
            .collect();
        let found = Findings {
            channel: None,
            layers: Some(Layering {
                layers,
                contents,
                depths: None,
            }),
            separation: None,
        };
        super::summary::Summary::new(
            Default::default(),
            (setup, None),
            report(),
            &counted,
            &found,
            Vec::new(),
        )
    }

    pub(crate) fn report() -> super::RunReport {
        super::RunReport {
            device: "a test".into(),
            backend: "cpu".into(),
            threads: 2,
            wall_seconds: 41.3,
            simulated_seconds: 810.0,
            steps: 3123,
            time_step: super::TimeStep {
                mean_s: Some(0.2594),
                shortest_s: Some(0.182),
                longest_s: Some(5.0),
            },
            final_state: String::new(),
            parcel_steps: Some(1_561_500_000),
            parcel_steps_per_second: Some(37_808_717.0),
            bounded: Some(0),
            max_fraction: Some(0.941),
            warnings: Vec::new(),
        }
    }
}
