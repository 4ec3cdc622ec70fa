//! What follows from a separator before it runs.

use super::{SeparatorScene, TABLE_ERROR};
use crate::Error;
use crate::chamber::duct::Section;
use crate::constants::{MILLILITRE, SECOND, STANDARD_GRAVITY};
use crate::engine::{Attraction, Feed, Separator, parcels_held};
use crate::laws::saturation::saturation;
use crate::magnets::{Carrier, Labelled, MOST_NODES, Table, TableError};
use crate::model::{Amount, Profile};
use crate::units::{Dimension, counted, digits, show};
use glam::DVec3;
use std::f64::consts::PI;

/// Reynolds number above which a flow through a pipe may become turbulent (Rott, Annu. Rev. Fluid Mech. 22:1-11, 1990).
const TURBULENT: f64 = 2000.0;

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
    /// Cells fed or filled in.
    pub cells: f64,
    /// Settling velocity of the mean cell with its mean beads [um/us], positive where it sinks.
    pub settling: f64,
    /// Effective magnetic mobility of the same cell where the force is greatest [um3 us/pg].
    pub mobility: f64,
    /// Its velocity there [um/us].
    pub magnetic: f64,
    /// Mean number of beads, and the share of cells without one.
    pub beads: Option<(f64, f64)>,
}

/// What follows from a separator's scene.
#[derive(Clone, Debug, PartialEq)]
pub struct SeparatorForecast {
    /// Of the duct [um3].
    pub volume: f64,
    /// Of the sample that is fed or filled in [um3].
    pub sample: f64,
    /// Flow [um3/us], mean velocity [um/us], mean passage [us], Reynolds number, length in which a laminar profile develops
    /// [um]; none without a flow.
    pub flow: Option<[f64; 5]>,
    /// Longest time [us].
    pub duration: f64,
    /// How long sample is fed [us].
    pub over: Option<f64>,
    /// Greatest |B| [T] and force density [nN/um3] in the duct; none without magnets.
    pub field: Option<[f64; 2]>,
    /// Error of the table.
    pub error: Option<TableError>,
    /// Cells of the grid.
    pub grid: [u32; 3],
    /// By species.
    pub species: Vec<Charged>,
    /// What a person should look at before running it.
    pub warnings: Vec<String>,
}

impl SeparatorForecast {
    pub(super) fn new(scene: &SeparatorScene, table: Option<&Table>) -> Result<Self, Error> {
        let s = &scene.separator;
        let flow = s.flow().map(|f| {
            let (width, speed) = (hydraulic(&s.duct.section), f.mean);
            let reynolds = s.fluid.density * speed * width / s.fluid.viscosity;
            let developing = ENTRANCE * reynolds * width;
            [f.rate, speed, s.duct.length / speed, reynolds, developing]
        });
        let strongest = table.map(|t| strongest(s, t));
        let species = s
            .components
            .iter()
            .map(|c| {
                let (b, force) = strongest.unwrap_or_default();
                let d = &c.component.species;
                let carrier = |susceptibility| Carrier {
                    diameter: d.diameter,
                    density: d.density,
                    drag_factor: d.drag_factor,
                    susceptibility,
                };
                let (diameter, density, mobility, beads) = match &c.attraction {
                    Attraction::None => (d.diameter, d.density, 0.0, None),
                    Attraction::Mobility {
                        median, per_field, ..
                    } => (d.diameter, d.density, median * saturation(b * per_field), None),
                    Attraction::FreeBead { curve } => {
                        let drag = 18.0 * d.drag_factor * s.fluid.viscosity;
                        let mobility = d.diameter.powi(2) * curve.effective_susceptibility(b) / drag;
                        (d.diameter, d.density, mobility, None)
                    }
                    Attraction::Beads {
                        bead,
                        loading,
                        susceptibility,
                    } => {
                        let both = Labelled::new(carrier(*susceptibility), *bead, loading.mean())?;
                        let mobility = both.mobility(b, s.fluid.viscosity);
                        let without = Some((loading.mean(), loading.without()));
                        (both.diameter(), both.density(), mobility, without)
                    }
                };
                let drag = 18.0 * d.drag_factor * s.fluid.viscosity;
                let each = match c.component.amount {
                    Amount::Concentration(n) => n,
                    Amount::VolumeFraction(phi) => phi / (PI / 6.0 * d.diameter.powi(3)),
                };
                Ok(Charged {
                    name: d.name.clone(),
                    parcels: c.component.parcels,
                    cells: each * s.sample(),
                    settling: diameter.powi(2) * (density - s.fluid.density) * STANDARD_GRAVITY / drag,
                    mobility,
                    magnetic: mobility * force,
                    beads,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let mut out = Self {
            volume: s.duct.volume(),
            sample: s.sample(),
            flow,
            duration: s.duration,
            over: match s.feed {
                Feed::Inlet { over, .. } => Some(over),
                Feed::Filled => None,
            },
            field: strongest.map(|(b, f)| [b, f]),
            error: table.map(Table::error),
            grid: s.cells,
            species,
            warnings: Vec::new(),
        };
        out.warnings = out.doubts(s);
        out.warnings.extend(grainy(s));
        out.warnings.extend(scene.column_doubts());
        out.warnings.extend(table.and_then(|t| coarse(scene, t)));
        Ok(out)
    }

    fn doubts(&self, s: &Separator) -> Vec<String> {
        let mut out = Vec::new();
        let laminar = s.stream.is_some_and(|f| f.profile == Profile::Laminar);
        if let Some([_, _, _, reynolds, developing]) = self.flow.filter(|_| laminar) {
            if reynolds > TURBULENT {
                out.push(format!(
                    "the Reynolds number is {}: above {TURBULENT} a flow need not be laminar",
                    digits(reynolds, 3)
                ));
            } else if developing > 0.1 * s.duct.length {
                out.push(format!(
                    "the profile develops over {} of the duct's {}; the run takes it as developed from the inlet on",
                    show(developing, Dimension::Length),
                    show(s.duct.length, Dimension::Length)
                ));
            }
        }
        if let Section::Channel { width, height } = s.duct.section
            && laminar
            && height > 0.2 * width
        {
            out.push(
                "the profile is that between two plates; side walls, left out here, matter where a channel is not much \
                 wider (x) than high (y)"
                    .into(),
            );
        }
        out
    }

    /// As text.
    pub fn table(&self) -> String {
        let mut rows: Vec<(&str, String)> = vec![
            ("duct", show(self.volume, Dimension::Volume)),
            (
                "sample",
                match self.over {
                    Some(over) => format!(
                        "{}, fed over {}",
                        show(self.sample, Dimension::Volume),
                        show(over, Dimension::Time)
                    ),
                    None => format!("{}, fills the duct", show(self.sample, Dimension::Volume)),
                },
            ),
            ("followed for at most", show(self.duration, Dimension::Time)),
        ];
        if let Some([rate, speed, passage, reynolds, _]) = self.flow {
            rows.push((
                "flow",
                format!(
                    "{} mL/min, {} in the mean, {} for the length",
                    digits(rate / MILLILITRE * 60.0 * SECOND, 4),
                    show(speed, Dimension::Velocity),
                    show(passage, Dimension::Time)
                ),
            ));
            rows.push(("Reynolds number", digits(reynolds, 3)));
        }
        if let Some([b, force]) = self.field {
            rows.push((
                "strongest pull",
                // 1 nN/um3 = 1e9 T A/m2
                format!(
                    "{}, force density {:.3e} T A/m2",
                    show(b, Dimension::FluxDensity),
                    force * 1e9
                ),
            ));
        }
        let [x, y, z] = self.grid;
        if let Some(e) = self.error {
            rows.push((
                "field table",
                format!(
                    "{x} x {y} x {z} cells, error of the force {} at worst ({} at the walls), {} in the mean square",
                    percent(e.force_max),
                    percent(e.force_wall),
                    percent(e.force_rms)
                ),
            ));
        }
        let wide = rows.iter().map(|r| r.0.len()).max().unwrap_or(0);
        let mut out: String = rows.iter().map(|(a, b)| format!("{a:wide$}  {b}\n")).collect();
        out.push('\n');
        out.push_str(&self.species_table());
        for w in &self.warnings {
            out.push_str(&format!("warning: {w}\n"));
        }
        out
    }

    fn species_table(&self) -> String {
        let mut rows: Vec<[String; 9]> = vec![
            [
                "",
                "",
                "",
                "cells per",
                "settling",
                "mobility",
                "magnetic",
                "beads",
                "without",
            ],
            [
                "species", "parcels", "cells", "parcel", "um/s", "m3 s/kg", "um/s", "a cell", "a bead",
            ],
        ]
        .into_iter()
        .map(|r| r.map(str::to_owned))
        .collect();
        for s in &self.species {
            let (mean, without) = s
                .beads
                .map_or(("-".into(), "-".into()), |(m, w)| (digits(m, 3), percent(w)));
            rows.push([
                s.name.clone(),
                s.parcels.to_string(),
                format!("{:.3e}", s.cells),
                digits(s.cells / s.parcels.max(1) as f64, 3),
                digits(s.settling * 1e6, 3),
                if s.mobility == 0.0 {
                    "-".into()
                } else {
                    format!("{:.2e}", s.mobility / crate::magnets::MOBILITY_SI)
                },
                // in a column the matrix pulls, of which its own table tells
                if s.magnetic == 0.0 {
                    "-".into()
                } else {
                    digits(s.magnetic * 1e6, 3)
                },
                mean,
                without,
            ]);
        }
        let width: [usize; 9] = std::array::from_fn(|k| rows.iter().map(|r| r[k].len()).max().unwrap_or(0));
        let line = |r: &[String; 9]| {
            let cells = (0..9).map(|k| match k {
                0 => format!("{:w$}", r[k], w = width[k]),
                _ => format!("{:>w$}", r[k], w = width[k]),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        let parcels: usize = self.species.iter().map(|s| s.parcels).sum();
        rows.iter().map(line).collect::<String>()
            + &format!(
                "{}; velocities of the mean cell with its mean beads, magnetic: where the force is greatest\n",
                counted(parcels, "parcel")
            )
    }
}

/// What is to be said of surfaces or a matrix that fill by parcels too large for them.
fn grainy(s: &Separator) -> Option<String> {
    let (k, [layer, _]) = parcels_held(s).filter(|(_, held)| held[0] < 1.0)?;
    Some(format!(
        "a layer of what fills has room for {} of a parcel of `{}`: each takes one, and it holds up to {} times what it should; \
         give more `parcels`, or fewer cells along z in `duct.grid`",
        percent(layer),
        s.components[k].component.species.name,
        digits(1.0 / layer, 2)
    ))
}

/// What is to be said of a table that is not as good as it should be, and what to do.
fn coarse(scene: &SeparatorScene, table: &Table) -> Option<String> {
    let e = table.error();
    if e.force_max <= TABLE_ERROR {
        return None;
    }
    // an estimate, so with something to spare
    let wish = table.advice(0.5 * TABLE_ERROR);
    let [x, y, z] = std::array::from_fn(|k| wish[k].max(scene.separator.cells[k]));
    let possible = [x, y, z].iter().all(|n| *n <= MOST_CELLS_GIVEN)
        && [x, y, z].iter().map(|n| u64::from(*n) + 1).product::<u64>() <= MOST_NODES;
    let why = scene.stopped.map_or("`duct.grid` is coarse".to_owned(), |bound| {
        format!("refining it stopped at {bound}")
    });
    Some(format!(
        "the table of the field misses the force by up to {}, where 1 % is wanted: {why}; {}",
        percent(e.force_max),
        if possible {
            format!("`grid = [{x}, {y}, {z}]` in [duct] would do")
        } else {
            "no `duct.grid` that is possible would do: the magnet is too near to the duct, or too small"
                .into()
        }
    ))
}

/// A share for people.
fn percent(x: f64) -> String {
    format!("{} %", digits(100.0 * x, 2))
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
fn strongest(s: &Separator, table: &Table) -> (f64, f64) {
    let part = |i: u32| f64::from(i) / f64::from(PLACES);
    let mut best = (0.0, 0.0);
    for i in 0..=PLACES {
        for j in 0..=PLACES {
            for k in 0..=PLACES {
                let q = s.duct.place(part(i), part(j), part(k));
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
