//! `summary.json` of a separator's run, for other programs. Missing numbers are `null`; fractions are 0 to 1, times seconds. What
//! ends with `_95` is the pair of numbers between which the one before lies in 19 of 20 runs, by the number of parcels.

use super::Finished;
use crate::Error;
use crate::chamber::duct::Section;
use crate::constants::{MILLILITRE, MILLIMETRE, SECOND};
use crate::engine::{Feed, Matrix, Setup};
use crate::flow::{Across, Profile};
use crate::magnets::{Field, MOBILITY_SI, Source, Table};
use crate::model::MagneticResponse;
use crate::observe::{Fraction, Steady};
use crate::output::atomic::{self, Ready};
use crate::output::folder::seal;
use crate::output::summary::Scene;
use serde_json::{Value, json};
use std::path::Path;

/// Version of the file's layout; it rises when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 2;

/// The whole file.
pub fn summary(scene: &Scene, f: &Finished<'_>, table: Option<&Table>) -> Value {
    let s = f.separation;
    let names = f.names();
    let species: Vec<Value> = f
        .separator
        .components
        .iter()
        .enumerate()
        .map(|(k, c)| {
            json!({
                "species": names[k],
                "class": c.species.class,
                "status": c.species.status,
                "parcels": s.parcels[k],
                "cells": s.cells[k],
                "free_beads": s.beads[k],
                "purity": (!s.is_free_bead(k)).then(|| s.purity_before(k)),
                "attraction": attraction(&c.response),
                "without_a_bead": s.without[k],
            })
        })
        .collect();
    let took = |t: Option<[f64; 3]>| t.map(|t| t.map(|x| x / SECOND));
    let fraction = |part: &Fraction| {
        let inside: Vec<Value> = part
            .species
            .iter()
            .zip(&names)
            .map(|(c, name)| {
                json!({
                    "species": name,
                    "parcels": c.parcels,
                    "cells": c.cells,
                    "free_beads": c.beads,
                    "recovery": c.recovery,
                    "recovery_95": c.recovery_range,
                    "purity": c.purity,
                    "purity_95": c.purity_range,
                    "enrichment": c.enrichment,
                    "enrichment_95": c.enrichment_range,
                    "log10_depletion": c.depletion.filter(|_| c.parcels > 0),
                    "log10_depletion_95": c.depletion_range,
                    "log10_depletion_above": c.depletion.filter(|_| c.parcels == 0),
                    "time_from_entry_s": took(c.took),
                })
            })
            .collect();
        json!({
            "place": part.place.name,
            "kind": kind(part.place.fate, part.place.end),
            "cells": part.cells,
            "free_beads": part.beads,
            "time_from_entry_s": took(part.took),
            "species": inside,
        })
    };
    let fractions: Vec<Value> = s.fractions.iter().map(fraction).collect();
    let released = s.released.as_ref().map(|before| {
        json!({
            "time_s": before.time / SECOND,
            "fractions": before.fractions.iter().map(fraction).collect::<Vec<_>>(),
        })
    });
    let run = f.run;
    json!({
        "schema": SCHEMA,
        "kind": "separator",
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "record": scene.record,
        "scene": scene,
        "setup": setup(f, table),
        "run": {
            "device": format!("{}, {}", run.device.name, run.device.driver),
            "backend": run.device.backend,
            "threads": run.device.threads,
            "wall_seconds": run.wall.as_secs_f64(),
            "simulated_seconds": run.time / SECOND,
            "steps": run.steps,
            "time_step": f.time_step(),
            "final_state": run.state,
            "warnings": f.warnings(),
        },
        "species": species,
        "fractions": fractions,
        "held_until_release": released,
        "matrix_filled": f.filled().map(|full| full.0),
        "parcels_conserved": s.conserved,
        "throughput_cells_per_s": s.throughput,
        "steady": f.steady.map(|x| steady(f, x)),
        "notes": f.notes,
    })
}

/// Since when the rates are steady: of all cells, and of every species by itself.
fn steady(f: &Finished<'_>, x: &Steady) -> Value {
    let rates = |rate: &[f64], what: &str| {
        f.separation
            .fractions
            .iter()
            .filter(|p| p.place.end)
            .map(|p| {
                json!({
                    "place": p.place.name,
                    what: rate.get(p.place.fate as usize),
                })
            })
            .collect::<Vec<_>>()
    };
    let species: Vec<Value> = f
        .names()
        .iter()
        .zip(&x.species)
        .enumerate()
        .map(|(k, (name, one))| {
            let free = f.separation.is_free_bead(k);
            let (fed, came) = match free {
                true => ("fed_free_beads_per_s", "free_beads_per_s"),
                false => ("fed_cells_per_s", "cells_per_s"),
            };
            json!({
                "species": name,
                "since_s": one.since.map(|t| t / SECOND),
                fed: one.fed,
                "seen_above": (one.fed > 0.0).then_some(one.within),
                came: rates(&one.rate, came),
            })
        })
        .collect();
    json!({
        "since_s": x.since.map(|t| t / SECOND),
        "fed_cells_per_s": x.fed,
        "cells_per_s": rates(&x.rate, "cells_per_s"),
        "species": species,
    })
}

fn kind(fate: u32, end: bool) -> &'static str {
    match end {
        true if fate >= crate::kernels::passage::OUT => "outlet",
        true => "surface",
        false => "on the way",
    }
}

fn attraction(a: &MagneticResponse) -> Value {
    match a {
        MagneticResponse::None => json!(null),
        MagneticResponse::Mobility {
            median,
            spread,
            per_field,
        } => json!({
            "mobility_m3_s_per_kg": median / MOBILITY_SI,
            "spread": spread,
            "saturation_field_t": (*per_field > 0.0).then(|| 3.0 / per_field),
        }),
        MagneticResponse::FreeBead { curve } => json!({
            "free_bead_susceptibility": curve.susceptibility(),
            "free_bead_saturation_t": curve.saturation(),
        }),
        MagneticResponse::Beads {
            bead,
            loading,
            susceptibility,
        } => json!({
            "bead_diameter_um": bead.diameter,
            "bead_diameter_cv": bead.diameter_cv,
            "bead_susceptibility": bead.curve.susceptibility(),
            "bead_saturation_t": bead.curve.saturation(),
            "mean_beads": loading.mean(),
            "without_a_bead_expected": loading.without(),
            "susceptibility": susceptibility,
        }),
    }
}

/// The setup in a person's units.
fn setup(f: &Finished<'_>, table: Option<&Table>) -> Value {
    let s = f.separator;
    let mm = |x: f64| x / MILLIMETRE;
    let section = match s.duct().section {
        Section::Tube { radius } => json!({ "shape": "tube", "radius_mm": mm(radius) }),
        Section::Annulus { inner, outer } => {
            json!({ "shape": "annulus", "inner_radius_mm": mm(inner), "outer_radius_mm": mm(outer) })
        }
        Section::Channel { width, height } => {
            json!({ "shape": "channel", "width_mm": mm(width), "height_mm": mm(height) })
        }
    };
    json!({
        "seed": s.seed,
        "parcels": s.parcels(),
        "duct": section,
        "length_mm": mm(s.duct().length),
        "volume_ml": s.duct().volume() / MILLILITRE,
        "sample_ml": s.sample() / MILLILITRE,
        "grid": s.cells,
        "flow_ml_per_min": s.stream.as_ref().map(|_| s.rate() / MILLILITRE * 60.0 * SECOND),
        "profile": s.stream.as_ref().map(|x| match &x.profile {
            Profile::Plug => "plug",
            Profile::Laminar => "laminar",
            Profile::Plates => "plates",
            Profile::Given(_) => "file",
        }),
        // of a flow from a file what it was before it was brought to the rate, and how well it is known
        "flow_file": s.stream.as_ref().and_then(|x| match &x.profile {
            Profile::Given(chart) => {
                let d = chart.doubts();
                Some(json!({
                    "name": chart.name(),
                    "rate_ml_per_min": chart.rate() / MILLILITRE * 60.0 * SECOND,
                    "nodes": chart.size(),
                    "differs_along": d.uneven,
                    "divergence": d.divergence,
                    "slip": d.slip,
                    "leak": d.leak,
                    "backwards": d.back,
                    "interpolation": d.coarse,
                }))
            }
            _ => None,
        }),
        "streams": s.stream.as_ref().map(|x| match x.across {
            Across::Lanes => "across",
            Across::Width => "over the width",
        }),
        // of the one inlet; where there are several each has its own
        "feed_share": match (s.ports.feed, s.ports.inlets.as_slice()) {
            (Feed::Inlets { .. }, [one]) => json!(one.share),
            _ => json!(null),
        },
        "inlets": inlets(s),
        "feed_s": match s.ports.feed {
            Feed::Inlets { over } => json!(over / SECOND),
            Feed::Filled => json!(null),
        },
        "splits": s.ports.splits,
        "phases": phases(s),
        "holds": holds(s),
        "coverage": s.coverage,
        "matrix": s.matrix.as_ref().map(|m| matrix(f, m)),
        "magnets": s.field.as_ref().map(magnets),
        "fluid_density_g_per_ml": s.fluid.density,
        "fluid_viscosity_mpa_s": s.fluid.viscosity,
        "gravity_m_per_s2": s.gravity().to_array().map(|g| g * 1e6),
        "table_error": table.map(|t| json!({
            "force_worst": t.error().force_max,
            "force_worst_at_walls": t.error().force_wall,
            "force_mean_square": t.error().force_rms,
            // the worst are the worst of so many places
            "points": t.error().points,
        })),
    })
}

/// Where the sample comes in, and what with it; empty where it fills the duct.
fn inlets(s: &Setup) -> Vec<Value> {
    if s.stream.is_none() || s.ports.feed == Feed::Filled {
        return Vec::new();
    }
    s.ports
        .inlets
        .iter()
        .enumerate()
        .map(|(k, inlet)| {
            let with = s.components.iter().filter(|c| c.inlet == k);
            json!({
                "name": inlet.name,
                "share": inlet.share,
                "rate_ml_per_min": s.rate() * inlet.width() / MILLILITRE * 60.0 * SECOND,
                "species": with.map(|c| c.species.name.clone()).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// The programme; empty where the flow goes on as it is.
fn phases(s: &Setup) -> Vec<Value> {
    s.phases()
        .iter()
        .map(|p| {
            json!({
                "length_s": p.duration.us() / SECOND,
                "rate_ml_per_min": p.rate / MILLILITRE * 60.0 * SECOND,
                "magnets": p.magnets,
                "outlet": p.outlet,
            })
        })
        .collect()
}

/// Names of the walls that hold.
fn holds(s: &Setup) -> Vec<&'static str> {
    let h = s.holding;
    s.duct()
        .section
        .surfaces()
        .into_iter()
        .zip([h.inner, h.outer, h.low_y, h.high_y, h.end])
        .filter_map(|(name, holds)| name.filter(|_| holds))
        .collect()
}

fn matrix(f: &Finished<'_>, m: &Matrix) -> Value {
    let unspecific: serde_json::Map<String, Value> = f
        .names()
        .into_iter()
        .zip(&m.unspecific)
        .map(|(name, share)| (name.to_owned(), json!(share)))
        .collect();
    json!({
        "porosity": m.porosity,
        "fluid_ml": f.separator.room() / MILLILITRE,
        // pull = mobility times this: [m/s] over [m3 s/kg]
        "magnetic_velocity_over_mobility_kg_per_m2_s2": m.strength * MOBILITY_SI,
        "capacity_cells": m.capacity,
        "released": m.released,
        "unspecific": unspecific,
        "dispersivity_mm": m.dispersivity / MILLIMETRE,
    })
}

/// What makes the field, source by source; sizes and places are in the scene.
fn magnets(field: &Field) -> Vec<&'static str> {
    let word = |s: &Source| s.name().split_once(' ').map_or("", |(_, rest)| rest);
    field.sources().iter().map(word).collect()
}

/// Prepares the file, sealed.
///
/// # Errors
/// [`Error::Disk`] where it cannot be written.
pub fn prepare(summary: &Value, path: impl AsRef<Path>) -> Result<Ready, Error> {
    atomic::prepare(path, |out| {
        let text = serde_json::to_string_pretty(summary)? + "\n";
        out.write_all(seal(&text).as_bytes())
    })
}
