//! What was run, in a person's units.

use crate::chamber::Chamber;
use crate::chamber::duct::Section;
use crate::constants::{MILLILITRE, MILLIMETRE, RPM, SECOND};
use crate::engine::{Feed, Lateral, Matrix, Setup, Suspension};
use crate::flow::{Across, Profile};
use crate::magnets::{Field, MOBILITY_SI, Source, Table};
use crate::model::{MagneticResponse, Mounting};
use crate::output::rcf;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The setup. Parts that it does not have are null or empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct SetupDigest {
    pub seed: u64,
    pub parcels: u64,
    /// Grid cells along x, y and z.
    pub grid: [u32; 3],
    pub chamber: ChamberDigest,
    pub volume_ml: f64,
    /// Of the sample: what fills the chamber, or what is fed.
    pub sample_ml: f64,
    pub duration_s: f64,
    pub fluid_density_g_per_ml: f64,
    pub fluid_viscosity_mpa_s: f64,
    pub rotor: Option<RotorDigest>,
    /// On the bench, along x, y and z.
    pub gravity_m_per_s2: Option<[f64; 3]>,
    /// `dense`, where cells hinder each other, or `dilute`.
    pub suspension: String,
    /// `mixed` or `resolved`.
    pub lateral: Option<String>,
    /// Of a dense suspension.
    pub hindrance_exponent: Option<f64>,
    pub packing_limit: Option<f64>,
    pub flow: Option<FlowDigest>,
    /// For how long the sample is fed; null where it fills the chamber.
    pub feed_s: Option<f64>,
    pub inlets: Vec<InletDigest>,
    /// Where a pump, a valve or magnets are changed while it runs.
    pub phases: Vec<PhaseDigest>,
    /// Walls that hold what reaches them.
    pub holds: Vec<String>,
    pub coverage: Option<f64>,
    pub matrix: Option<MatrixDigest>,
    /// What makes the field, source by source; sizes and places are in the scene.
    pub magnets: Option<Vec<String>>,
    pub table_error: Option<TableErrorDigest>,
}

/// Shape and size of the chamber; what version 0.1 did not write is null.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "lowercase")]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub enum ChamberDigest {
    Tube {
        radius_mm: Option<f64>,
        height_mm: f64,
    },
    Sector {
        meniscus_radius_mm: Option<f64>,
        height_mm: f64,
        angle_deg: Option<f64>,
        thickness_mm: Option<f64>,
    },
    Duct {
        section: SectionDigest,
        length_mm: f64,
    },
}

/// Cross-section of a duct.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "lowercase")]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub enum SectionDigest {
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

/// How a chamber is mounted in a rotor, and how fast that goes at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct RotorDigest {
    /// `swing-out`, `horizontal` or `fixed`.
    pub mounting: String,
    /// Of a fixed chamber the distance of its nearest place from the axis.
    pub meniscus_radius_mm: Option<f64>,
    /// Of a fixed chamber the distance of its furthest place from the axis.
    pub bottom_radius_mm: f64,
    pub peak_rpm: f64,
    pub peak_rcf_bottom: f64,
}

/// The flow along z.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct FlowDigest {
    pub rate_ml_per_min: f64,
    /// `laminar`, `plug`, `plates` or `file`.
    pub profile: Option<String>,
    /// `across` or `over the width`: how streams lie side by side.
    #[serde(default)]
    pub streams: Option<String>,
    /// Shares of the flow at which outlets are parted.
    #[serde(default)]
    pub splits: Vec<f64>,
    #[serde(default)]
    pub file: Option<FlowFileDigest>,
}

/// A flow from a file: what it was before it was brought to the rate, and how well it is known ([`crate::flow::Chart::doubts`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowFileDigest {
    /// Its file.
    pub name: String,
    /// Its own rate [mL/min].
    pub rate_ml_per_min: f64,
    /// Nodes that it was brought to.
    pub nodes: usize,
    /// How far the flow through one cross-section differs from the mean of all, as a share of that.
    pub differs_along: f64,
    /// Divergence, as a share of the gradients that it consists of.
    pub divergence: f64,
    /// Velocity along the walls over the mean velocity.
    pub slip: f64,
    /// Velocity through the walls over the mean velocity.
    pub leak: f64,
    /// Share of the flow through an end that goes backwards.
    pub backwards: f64,
    /// What linear interpolation may miss, over the mean velocity.
    pub interpolation: f64,
}

/// An inlet, and what comes in with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct InletDigest {
    pub name: String,
    /// Where it begins and ends, as shares of the flow.
    pub share: [f64; 2],
    pub rate_ml_per_min: f64,
    pub species: Vec<String>,
}

/// A part of the programme in which a pump, a valve or the magnets are changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct PhaseDigest {
    pub length_s: f64,
    pub rate_ml_per_min: f64,
    pub magnets: bool,
    #[serde(default)]
    pub outlet: Option<u32>,
    /// Speed of the rotor at its start and at its end; none on the bench.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpm: Option<[f64; 2]>,
}

/// The collectors of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct MatrixDigest {
    pub porosity: f64,
    pub fluid_ml: f64,
    /// The pull on a cell is its mobility times this.
    pub magnetic_velocity_over_mobility_kg_per_m2_s2: f64,
    pub capacity_cells: Option<f64>,
    pub released: f64,
    /// By species.
    pub unspecific: BTreeMap<String, f64>,
    pub dispersivity_mm: f64,
}

/// How far the forces of the field's table are off, as shares: at the worst of so many points, and in the mean square.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity")]
pub struct TableErrorDigest {
    pub force_worst: f64,
    #[serde(default)]
    pub force_worst_at_walls: Option<f64>,
    pub force_mean_square: f64,
    pub points: u64,
}

/// By what magnets pull on a species.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub enum MagneticDigest {
    Mobility {
        mobility_m3_s_per_kg: f64,
        spread: f64,
        saturation_field_t: Option<f64>,
    },
    FreeBead {
        susceptibility: f64,
        saturation_t: f64,
    },
    Beads {
        bead_diameter_um: f64,
        bead_diameter_cv: f64,
        bead_susceptibility: f64,
        bead_saturation_t: f64,
        mean_beads: f64,
        without_a_bead_expected: f64,
        susceptibility: f64,
    },
}

fn ml_per_min(rate: f64) -> f64 {
    rate / MILLILITRE * 60.0 * SECOND
}

fn in_mm(x: f64) -> f64 {
    x / MILLIMETRE
}

impl SetupDigest {
    pub(super) fn of(s: &Setup, table: Option<&Table>) -> Self {
        let bench = s.rotor.mounting.on_bench();
        let steady = matches!(s.rotor.mounting, Mounting::Bench { .. } | Mounting::Fixed { .. });
        Self {
            seed: s.seed,
            parcels: s.parcels() as u64,
            grid: s.cells,
            chamber: ChamberDigest::of(&s.chamber),
            volume_ml: s.chamber.volume() / MILLILITRE,
            sample_ml: s.sample() / MILLILITRE,
            duration_s: s.protocol.duration() / SECOND,
            fluid_density_g_per_ml: s.fluid.density,
            fluid_viscosity_mpa_s: s.fluid.viscosity,
            rotor: (!bench).then(|| RotorDigest::of(s)),
            gravity_m_per_s2: (steady && s.channel.is_none())
                .then(|| s.gravity().to_array().map(|g| g * 1e6)),
            suspension: match s.physics.suspension {
                Suspension::Dense => "dense",
                Suspension::Dilute => "dilute",
            }
            .to_owned(),
            lateral: Some(
                match s.physics.lateral {
                    Lateral::Mixed => "mixed",
                    Lateral::Resolved => "resolved",
                }
                .to_owned(),
            ),
            hindrance_exponent: (s.physics.suspension == Suspension::Dense).then_some(s.physics.exponent),
            packing_limit: Some(s.physics.packing_limit),
            flow: FlowDigest::of(s),
            feed_s: match s.ports.feed {
                Feed::Inlets { over } => Some(over / SECOND),
                Feed::Filled => None,
            },
            inlets: inlets(s),
            // a rotor that is told its speeds has segments, too, and neither pump nor magnets
            phases: s
                .phases()
                .iter()
                .filter(|_| s.stream.is_some() || s.field.is_some() || s.matrix.is_some())
                .map(|p| PhaseDigest {
                    length_s: p.duration.us() / SECOND,
                    rate_ml_per_min: ml_per_min(p.rate),
                    magnets: p.magnets,
                    outlet: Some(p.outlet),
                    rpm: (!bench).then(|| [p.omega_start, p.omega_end].map(|omega| omega / RPM)),
                })
                .collect(),
            holds: holds(s),
            coverage: s.coverage,
            matrix: s.matrix.as_ref().map(|m| MatrixDigest::of(s, m)),
            magnets: s.field.as_ref().map(magnets),
            table_error: table.map(|t| TableErrorDigest {
                force_worst: t.error().force_max,
                force_worst_at_walls: Some(t.error().force_wall),
                force_mean_square: t.error().force_rms,
                points: t.error().points as u64,
            }),
        }
    }

    /// Length of the chamber along z [mm].
    pub fn height_mm(&self) -> f64 {
        match self.chamber {
            ChamberDigest::Tube { height_mm, .. } | ChamberDigest::Sector { height_mm, .. } => height_mm,
            ChamberDigest::Duct { length_mm, .. } => length_mm,
        }
    }

    /// Height of a grid cell along z [mm].
    pub fn cell_mm(&self) -> f64 {
        self.height_mm() / f64::from(self.grid[2].max(1))
    }
}

impl ChamberDigest {
    fn of(chamber: &Chamber) -> Self {
        match chamber {
            Chamber::Tube(t) => Self::Tube {
                radius_mm: Some(in_mm(t.radius)),
                height_mm: in_mm(t.height),
            },
            Chamber::Sector(s) => Self::Sector {
                meniscus_radius_mm: Some(in_mm(s.meniscus_radius)),
                height_mm: in_mm(s.height),
                angle_deg: Some(s.angle.to_degrees()),
                thickness_mm: Some(in_mm(s.thickness)),
            },
            Chamber::Duct(d) => Self::Duct {
                section: match d.section {
                    Section::Tube { radius } => SectionDigest::Tube {
                        radius_mm: in_mm(radius),
                    },
                    Section::Annulus { inner, outer } => SectionDigest::Annulus {
                        inner_radius_mm: in_mm(inner),
                        outer_radius_mm: in_mm(outer),
                    },
                    Section::Channel { width, height } => SectionDigest::Channel {
                        width_mm: in_mm(width),
                        height_mm: in_mm(height),
                    },
                },
                length_mm: in_mm(d.length),
            },
        }
    }
}

impl RotorDigest {
    fn of(s: &Setup) -> Self {
        let peak = s.protocol.peak_omega();
        Self {
            mounting: match s.rotor.mounting {
                Mounting::Bench { .. } => "bench",
                Mounting::SwingOut => "swing-out",
                Mounting::Horizontal => "horizontal",
                Mounting::Fixed { .. } => "fixed",
            }
            .to_owned(),
            // that of a sector is part of its shape
            meniscus_radius_mm: Some(in_mm(match s.chamber {
                Chamber::Sector(x) => x.meniscus_radius,
                _ => s.rotor.meniscus_radius,
            })),
            bottom_radius_mm: in_mm(s.rotor.bottom_radius),
            peak_rpm: peak / RPM,
            peak_rcf_bottom: rcf(&s.rotor, peak, s.rotor.bottom_radius),
        }
    }
}

impl FlowDigest {
    fn of(s: &Setup) -> Option<Self> {
        let stream = s.stream.as_ref()?;
        Some(Self {
            rate_ml_per_min: ml_per_min(s.rate()),
            profile: Some(
                match &stream.profile {
                    Profile::Plug => "plug",
                    Profile::Laminar => "laminar",
                    Profile::Plates => "plates",
                    Profile::Given(_) => "file",
                }
                .to_owned(),
            ),
            streams: Some(
                match stream.across {
                    Across::Lanes => "across",
                    Across::Width => "over the width",
                }
                .to_owned(),
            ),
            splits: s.ports.splits.clone(),
            file: match &stream.profile {
                Profile::Given(chart) => {
                    let d = chart.doubts();
                    Some(FlowFileDigest {
                        name: chart.name().to_owned(),
                        rate_ml_per_min: ml_per_min(chart.rate()),
                        nodes: chart.size(),
                        differs_along: d.uneven,
                        divergence: d.divergence,
                        slip: d.slip,
                        leak: d.leak,
                        backwards: d.back,
                        interpolation: d.coarse,
                    })
                }
                _ => None,
            },
        })
    }
}

/// Where the sample comes in, and what with it; empty where it fills the chamber.
fn inlets(s: &Setup) -> Vec<InletDigest> {
    if s.stream.is_none() || s.ports.feed == Feed::Filled {
        return Vec::new();
    }
    let inlets = s.ports.inlets.iter().enumerate();
    inlets
        .map(|(k, inlet)| InletDigest {
            name: inlet.name.clone(),
            share: inlet.share,
            rate_ml_per_min: ml_per_min(s.rate() * inlet.width()),
            species: s
                .components
                .iter()
                .filter(|c| c.inlet == k)
                .map(|c| c.species.name.clone())
                .collect(),
        })
        .collect()
}

/// Names of the walls that hold.
fn holds(s: &Setup) -> Vec<String> {
    let Chamber::Duct(duct) = &s.chamber else {
        return Vec::new();
    };
    let h = s.holding;
    duct.section
        .surfaces()
        .into_iter()
        .zip([h.inner, h.outer, h.low_y, h.high_y, h.end])
        .filter_map(|(name, holds)| name.filter(|_| holds))
        .map(str::to_owned)
        .collect()
}

impl MatrixDigest {
    fn of(s: &Setup, m: &Matrix) -> Self {
        let names = s.components.iter().map(|c| c.species.name.clone());
        Self {
            porosity: m.porosity,
            fluid_ml: s.room() / MILLILITRE,
            magnetic_velocity_over_mobility_kg_per_m2_s2: m.strength * MOBILITY_SI,
            capacity_cells: m.capacity,
            released: m.released,
            unspecific: names.zip(m.unspecific.iter().copied()).collect(),
            dispersivity_mm: in_mm(m.dispersivity),
        }
    }
}

fn magnets(field: &Field) -> Vec<String> {
    let word = |s: &Source| {
        s.name()
            .split_once(' ')
            .map_or(String::new(), |(_, rest)| rest.to_owned())
    };
    field.sources().iter().map(word).collect()
}

impl MagneticDigest {
    pub(super) fn of(response: &MagneticResponse) -> Option<Self> {
        Some(match response {
            MagneticResponse::None => return None,
            MagneticResponse::Mobility {
                median,
                spread,
                per_field,
            } => Self::Mobility {
                mobility_m3_s_per_kg: median / MOBILITY_SI,
                spread: *spread,
                saturation_field_t: (*per_field > 0.0).then(|| 3.0 / per_field),
            },
            MagneticResponse::FreeBead { curve } => Self::FreeBead {
                susceptibility: curve.susceptibility(),
                saturation_t: curve.saturation(),
            },
            MagneticResponse::Beads {
                bead,
                loading,
                susceptibility,
            } => Self::Beads {
                bead_diameter_um: bead.diameter,
                bead_diameter_cv: bead.diameter_cv,
                bead_susceptibility: bead.curve.susceptibility(),
                bead_saturation_t: bead.curve.saturation(),
                mean_beads: loading.mean(),
                without_a_bead_expected: loading.without(),
                susceptibility: *susceptibility,
            },
        })
    }
}
