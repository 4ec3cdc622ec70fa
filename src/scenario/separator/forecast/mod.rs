//! What follows from a separator before it runs.

mod doubts;
mod table;

use super::refine::TABLE_ERROR;
use super::typical::Typical;
use crate::Error;
use crate::chamber::duct::Section;
use crate::constants::STANDARD_GRAVITY;
use crate::engine::{Feed, Setup};
use crate::flow::Profile;
use crate::magnets::{MOST_NODES, Source, Table, TableError};
use crate::model::{MagneticResponse, Makeup};
use crate::scenario::Scene;
use glam::DVec3;
pub(super) use table::percent;

/// Length over diameter and Reynolds number in which a laminar profile develops (White, Viscous Fluid Flow, section 3-3).
const ENTRANCE: f64 = 0.06;

/// Most cells along an axis that `duct.grid` takes.
const MOST_CELLS_GIVEN: u32 = 4096;

/// Places along each coordinate of the duct at which the field is looked at.
const PLACES: u32 = 24;

/// What follows for one species.
#[derive(Clone, Debug, PartialEq)]
pub struct Charged {
    /// Its name.
    pub name: String,
    /// Parcels.
    pub parcels: usize,
    /// Cells, or free beads, fed or filled in.
    pub cells: f64,
    /// Whether they are free beads, and no cells.
    pub free_bead: bool,
    /// Settling velocity of the mean cell with its mean beads at 1 g [um/us], positive where it sinks.
    pub settling: f64,
    /// The same in a rotor at its greatest speed, at the place of the duct that is furthest from the axis [um/us].
    pub spun: Option<f64>,
    /// Magnetic mobility of the same cell, or the median, in a weak field [um3 us/pg]: what a run's tables give of each parcel.
    pub mobility: f64,
    /// Its effective mobility where the force is greatest [um3 us/pg]: less where beads saturate.
    pub mobility_there: f64,
    /// Its velocity there [um/us].
    pub magnetic: f64,
    /// Mean number of beads, and the share of cells without one.
    pub beads: Option<(f64, f64)>,
}

/// An inlet by its name.
#[derive(Clone, Debug, PartialEq)]
pub struct InletForecast {
    /// Its name.
    pub name: String,
    /// From and to this share of the flow.
    pub share: [f64; 2],
    /// Flow [um3/us].
    pub rate: f64,
    /// What comes in with it.
    pub species: Vec<String>,
}

impl InletForecast {
    /// Of every inlet where there are several.
    fn all(s: &Setup) -> Vec<Self> {
        let several = s.ports.inlets.len() > 1 && matches!(s.ports.feed, Feed::Inlets { .. });
        if s.stream.is_none() || !several {
            return Vec::new();
        }
        let of = |k: usize| {
            let with = s.components.iter().filter(move |c| c.inlet == k);
            with.map(|c| c.species.name.clone()).collect()
        };
        s.ports
            .inlets
            .iter()
            .enumerate()
            .map(|(k, inlet)| Self {
                name: inlet.name.clone(),
                share: inlet.share,
                rate: s.rate() * inlet.width(),
                species: of(k),
            })
            .collect()
    }
}

/// A phase of the programme.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseForecast {
    /// The outlet that collects.
    pub name: String,
    /// How long it lasts [us].
    pub length: f64,
    /// Flow [um3/us].
    pub rate: f64,
    /// How long the fluid takes through the duct [us].
    pub passage: f64,
    /// Speeds of the rotor at its start and its end [rad/us]; none on the bench.
    pub speeds: Option<[f64; 2]>,
    /// Whether the magnets are on.
    pub magnets: bool,
    /// Whether they were on before and go off here: what is held comes off.
    pub lets_go: bool,
}

impl PhaseForecast {
    /// Of every phase of a scene.
    pub(super) fn all(scene: &Scene) -> Vec<Self> {
        let s = &scene.setup;
        let mut on = false;
        s.phases()
            .iter()
            .map(|p| {
                let before = std::mem::replace(&mut on, p.magnets);
                Self {
                    name: scene.outlets.get(p.outlet as usize).cloned().unwrap_or_default(),
                    length: p.duration.us(),
                    rate: p.rate,
                    passage: s.room() / p.rate,
                    speeds: (!s.rotor.mounting.on_bench()).then_some([p.omega_start, p.omega_end]),
                    magnets: p.magnets,
                    lets_go: before && !p.magnets,
                }
            })
            .collect()
    }
}

/// Share of the duct that is fluid.
fn fluid_share(s: &Setup) -> f64 {
    s.matrix.as_ref().map_or(1.0, |m| m.porosity)
}

/// What follows from a separator's scene.
#[derive(Clone, Debug, PartialEq)]
pub struct SeparatorForecast {
    /// Of the duct [um3].
    pub volume: f64,
    /// Of the sample that is fed or filled in [um3].
    pub sample: f64,
    /// Flow [um3/us], mean velocity [um/us] (in a column that of the fluid between the collectors), mean passage [us], Reynolds
    /// number (in a column that of a collector), length in which a laminar profile develops [um]; none without a flow.
    pub flow: Option<[f64; 5]>,
    /// Who provides the velocity of the flow, in words; none without a flow and in a column.
    pub profile: Option<String>,
    /// Greatest speed of the rotor [rad/us], and the distances of the nearest and the furthest place of the duct from its axis [um]; none
    /// on the bench.
    pub rotor: Option<[f64; 3]>,
    /// Inlets, where there are several.
    pub inlets: Vec<InletForecast>,
    /// The programme; empty where all goes on as it is.
    pub phases: Vec<PhaseForecast>,
    /// Longest time [us].
    pub duration: f64,
    /// How long sample is fed [us].
    pub over: Option<f64>,
    /// Greatest |B| [T] and force density [nN/um3] in the duct; none without magnets.
    pub field: Option<[f64; 2]>,
    /// Least and greatest force density along the middle of the duct [nN/um3], and its greatest part along the duct [nN/um3];
    /// none without a `gradient`, which is even at its centre alone.
    pub uneven: Option<[f64; 3]>,
    /// Error of the table.
    pub error: Option<TableError>,
    /// Cells of the grid.
    pub grid: [u32; 3],
    /// What the fluid is made of.
    pub makeup: Makeup,
    /// Whether it is a column.
    pub column: bool,
    /// By species.
    pub species: Vec<Charged>,
    /// What a person should look at before running it.
    pub warnings: Vec<String>,
}

impl SeparatorForecast {
    pub(super) fn new(scene: &Scene, table: Option<&Table>) -> Result<Self, Error> {
        let s = &scene.setup;
        let flow = s.flow().map(|f| {
            // in a bed the fluid has less room, and what a Reynolds number says is that of a collector
            let width = match &scene.collector {
                Some(collector) => 2.0 * collector.radius(),
                None => hydraulic(&s.duct().section),
            };
            let reynolds = s.fluid.density * f.mean * width / s.fluid.viscosity;
            let (speed, developing) = (f.mean / fluid_share(s), ENTRANCE * reynolds * width);
            [f.rate, speed, s.duct().length / speed, reynolds, developing]
        });
        let strongest = table.map(|t| strongest(s, t));
        let rotor = (!s.rotor.mounting.on_bench()).then(|| {
            [
                s.protocol.peak_omega(),
                s.rotor.meniscus_radius,
                s.rotor.bottom_radius,
            ]
        });
        let species = s
            .components
            .iter()
            .map(|c| {
                let (b, force) = strongest.unwrap_or_default();
                let (d, typical) = (&c.species, Typical::of(c, s.fluid)?);
                let drag = 18.0 * d.drag_factor * s.fluid.viscosity;
                let excess = typical.density - s.fluid.density;
                let coefficient = typical.diameter.powi(2) * excess / drag;
                Ok(Charged {
                    name: d.name.clone(),
                    parcels: c.parcels,
                    cells: c.amount.concentration(d) * s.sample_of(c),
                    free_bead: c.response.is_free_bead(),
                    settling: coefficient * STANDARD_GRAVITY,
                    spun: rotor.map(|[omega, _, furthest]| coefficient * omega * omega * furthest),
                    mobility: typical.mobility,
                    mobility_there: typical.at(b),
                    magnetic: typical.at(b) * force,
                    beads: match &c.response {
                        MagneticResponse::Beads { loading, .. } => Some((loading.mean(), loading.without())),
                        _ => None,
                    },
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let mut out = Self {
            volume: s.duct().volume(),
            sample: s.sample(),
            flow,
            profile: s
                .stream
                .as_ref()
                .filter(|_| s.matrix.is_none())
                .map(|f| match &f.profile {
                    Profile::Plug => "plug: the same velocity everywhere".to_owned(),
                    Profile::Laminar => "laminar, with all walls".to_owned(),
                    Profile::Plates => "laminar between two plates, without side walls".to_owned(),
                    Profile::Given(chart) => format!("of the file {}", chart.name()),
                }),
            rotor,
            inlets: InletForecast::all(s),
            duration: s.duration().us(),
            over: match s.ports.feed {
                Feed::Inlets { over } => Some(over),
                Feed::Filled => None,
            },
            field: strongest.map(|(b, f)| [b, f]),
            uneven: table.and_then(|t| uneven(s, t)),
            phases: PhaseForecast::all(scene),
            error: table.map(Table::error),
            grid: s.cells,
            makeup: scene.makeup.clone(),
            column: s.matrix.is_some(),
            species,
            warnings: Vec::new(),
        };
        out.warnings = doubts::all(&out, scene, strongest)?;
        out.warnings.extend(scene.column_doubts());
        out.warnings.extend(table.and_then(|t| coarse(scene, t)));
        Ok(out)
    }
}

/// What is to be said of a table that is not as good as it should be, and what to do.
fn coarse(scene: &Scene, table: &Table) -> Option<String> {
    let e = table.error();
    if e.force_max <= TABLE_ERROR {
        return None;
    }
    // an estimate, so with something to spare
    let wish = table.advice(0.5 * TABLE_ERROR);
    let [x, y, z] = std::array::from_fn(|k| wish[k].max(scene.setup.cells[k]));
    let possible = [x, y, z].iter().all(|n| *n <= MOST_CELLS_GIVEN)
        && [x, y, z].iter().map(|n| u64::from(*n) + 1).product::<u64>() <= MOST_NODES;
    let why = scene
        .stopped
        .as_ref()
        .map_or("`duct.grid` is coarse".to_owned(), |bound| {
            format!("refining it stopped at {bound}")
        });
    Some(format!(
        "the table of the field misses the force by {} at the worst of {} places, where 1 % is wanted: {why}; {}",
        percent(e.force_max),
        e.points,
        if possible {
            format!("`grid = [{x}, {y}, {z}]` in [duct] would do")
        } else {
            "no `duct.grid` that is possible would do: the magnet is too near to the duct, or too small"
                .into()
        }
    ))
}

/// Four times the area over the wetted perimeter [um].
fn hydraulic(section: &Section) -> f64 {
    match *section {
        Section::Tube { radius } => 2.0 * radius,
        Section::Annulus { inner, outer } => 2.0 * (outer - inner),
        Section::Channel { width, height } => 2.0 * width * height / (width + height),
    }
}

/// |B| [T] and force density [nN/um3] where the force is greatest, of places all over the duct, its walls among them.
fn strongest(s: &Setup, table: &Table) -> (f64, f64) {
    let part = |i: u32| f64::from(i) / f64::from(PLACES);
    let mut best = (0.0, 0.0);
    for i in 0..=PLACES {
        for j in 0..=PLACES {
            for k in 0..=PLACES {
                let q = s.duct().place(part(i), part(j), part(k));
                let Some(p) = table.at(DVec3::from_array(q)) else {
                    continue;
                };
                let force = p.force_density.length();
                if force > best.1 {
                    best = (p.magnitude, force);
                }
            }
        }
    }
    best
}

/// Least and greatest force density [nN/um3] along the middle of the duct, and its greatest part along it, where the scene has a
/// `gradient`: Maxwell's equations let none be even.
fn uneven(s: &Setup, table: &Table) -> Option<[f64; 3]> {
    // a background, which has no gradient, has no force
    let even = |source: &Source| matches!(source, Source::Uniform(u) if u.unevenness(1.0).is_finite());
    if !s.field.as_ref()?.sources().iter().any(even) {
        return None;
    }
    let (lane, around) = match s.duct().section {
        Section::Tube { .. } => (0.0, 0.0),
        Section::Annulus { .. } | Section::Channel { .. } => (0.5, 0.5),
    };
    let [x, y] = s.duct().section.on_lane(lane, around);
    let mut out = [f64::INFINITY, 0.0, 0.0];
    for i in 0..=PLACES {
        let z = s.duct().length * f64::from(i) / f64::from(PLACES);
        let force = table.at(DVec3::new(x, y, z))?.force_density;
        let size = force.length();
        out = [out[0].min(size), out[1].max(size), out[2].max(force.z.abs())];
    }
    Some(out)
}
