//! `[[magnet]]`: from its keys to a field, and whether the duct fits between the magnets.

use super::super::node::{Node, Span};
use super::super::problem::Problems;
use super::duct::Vessel;
use crate::magnets::{
    Array, Cuboid, Cylinder, Dipole, Field, FieldMap, Interpolation, MagnetError, Multipole, Pose, Repeat,
    Source, Uniform, material_named,
};
use glam::DVec3;
use std::path::Path;
use std::sync::Arc;

/// What a permanent magnet is made of where the scene does not say: the strongest there is.
const STRONGEST: &str = "NdFeB";

/// A magnet as it is checked, and as it is tabulated where that differs.
struct Made {
    source: Source,
    /// The same field without its end at the poles, for the corners of the table beyond the wall of a round duct. That
    /// the duct itself stays within the poles is checked with `source`.
    endless: Option<Source>,
}

/// Why a magnet cannot be: the key that decides, and the reason.
type Refusal = (&'static str, String);

/// Reads all magnets; `Some(None)` if there is none.
pub fn field(
    root: &Node,
    path: &str,
    vessel: Option<&Vessel>,
    problems: &mut Problems<'_>,
) -> Option<Option<Field>> {
    let nodes = root.tables("magnet");
    if nodes.is_empty() {
        return (!root.given("magnet")).then_some(None);
    }
    let mut sources = Vec::new();
    let mut sound = true;
    for node in nodes {
        // what its keys lack has been said
        let Some(made) = magnet(node, path) else {
            sound = false;
            continue;
        };
        let made = made.and_then(|made| {
            if let Some(v) = vessel {
                fits(&made.source, v)?;
            }
            Ok(made)
        });
        match made {
            Ok(made) => sources.push(made.endless.unwrap_or(made.source)),
            Err((key, why)) => {
                sound = false;
                problems.error(&place(node, key), why, "this magnet cannot be");
            }
        }
    }
    if !sound {
        return None;
    }
    Field::new(sources).ok().map(Some)
}

/// The value of the key that decides, or of what stands for it.
fn place(node: &Node, key: &str) -> Span {
    [key, "centre", "tip_radius", "inner_radius", "file", "kind"]
        .into_iter()
        .find(|k| node.given(k))
        .map_or_else(|| node.span.clone(), |k| node.at(k))
}

/// A magnet; none if a key is missing or wrong, which has been said.
fn magnet(node: &Node, path: &str) -> Option<Result<Made, Refusal>> {
    let kind = node.text("kind")?;
    if node.given("centre") && node.quantities::<3>("centre").is_none() {
        return None;
    }
    let centre = DVec3::from_array(node.quantities("centre").unwrap_or_default());
    let vector = |key: &str| node.quantities::<3>(key).map(DVec3::from_array);
    let number = |key: &str| node.quantity(key);
    let plain = |made: Result<Source, MagnetError>, key: &'static str| {
        made.map_err(|e| (key, e.to_string())).map(|source| Made {
            source,
            endless: None,
        })
    };
    let remanence = match number("remanence") {
        Some(tesla) => {
            let material = material_named(node.text("material").unwrap_or(STRONGEST));
            let material = match material {
                Ok(m) if m.permanent => m,
                Ok(m) => {
                    return Some(Err((
                        "material",
                        format!("{} is soft and has no remanence to speak of", m.name),
                    )));
                }
                Err(e) => return Some(Err(("material", e.to_string()))),
            };
            match material.check(tesla) {
                Ok(tesla) => tesla,
                Err(e) => return Some(Err(("remanence", e.to_string()))),
            }
        }
        None => 0.0,
    };
    let pose = Pose::at(centre);
    let made = match kind {
        "gradient" => {
            let force = vector("force")?;
            let across = force.any_orthogonal_vector();
            let along = vector("field_along").unwrap_or(across);
            let uniform = Uniform::calibrated(centre, number("field")?, number("gradient")?, along, force);
            plain(uniform.map(Source::Uniform), "force")
        }
        "quadrupole" | "halbach" => {
            let (quadrupole, order) = (kind == "quadrupole", node.integer("order"));
            let order = if quadrupole {
                2
            } else {
                u32::try_from(order?).ok()?
            };
            let (bore, limited) = if quadrupole {
                let (tip, radius) = (number("pole_tip")?, number("tip_radius")?);
                (
                    radius,
                    pose.and_then(|p| Multipole::quadrupole(p, tip, radius, true)),
                )
            } else {
                let (inner, outer) = (number("inner_radius")?, number("outer_radius")?);
                let ring = pose.and_then(|p| Multipole::halbach(p, order, remanence, inner, outer));
                (inner, ring)
            };
            multipole(limited, centre, order, bore).map_err(|e| {
                (
                    if quadrupole { "tip_radius" } else { "outer_radius" },
                    e.to_string(),
                )
            })
        }
        "block" => {
            let (sides, direction) = (vector("size")?, vector("magnetised")?);
            let polarisation = remanence * direction.normalize_or_zero();
            let block = pose.and_then(|p| Cuboid::new(p, sides, polarisation));
            plain(block.map(Source::Cuboid), "magnetised")
        }
        "cylinder" => {
            let (radius, height, axis) = (number("radius")?, number("height")?, vector("magnetised")?);
            let rod = Pose::about(centre, axis).and_then(|p| Cylinder::new(p, radius, height, remanence));
            plain(rod.map(Source::Cylinder), "magnetised")
        }
        "dipole" => {
            let moment = number("moment")? * vector("magnetised")?.normalize_or_zero();
            plain(Dipole::new(centre, moment).map(Source::Dipole), "magnetised")
        }
        _ => map(node, path)?.map(|map| Made {
            source: Source::Map(Arc::new(map)),
            endless: None,
        }),
    };
    Some(match repeats(node)? {
        repeats if repeats.is_empty() => made,
        repeats => made.and_then(|m| plain(Array::new(&m.source, &repeats).map(Source::Array), "repeat")),
    })
}

/// Poles around the duct, with and without their end at `bore`.
fn multipole(
    limited: Result<Multipole, MagnetError>,
    centre: DVec3,
    order: u32,
    bore: f64,
) -> Result<Made, MagnetError> {
    let limited = limited?;
    let half = limited.at(centre + 0.5 * bore * DVec3::X)?.magnitude();
    let strength = half * 2f64.powi(order as i32 - 1);
    let endless = Multipole::new(Pose::at(centre)?, order, strength, bore, None)?;
    Ok(Made {
        source: Source::Multipole(limited),
        endless: Some(Source::Multipole(endless)),
    })
}

fn repeats(node: &Node) -> Option<Vec<Repeat>> {
    node.tables("repeat")
        .iter()
        .map(|r| {
            Some(Repeat {
                step: DVec3::from_array(r.quantities("step")?),
                count: u32::try_from(r.integer("count")?).ok()?,
                alternating: r.bool("alternating")?,
            })
        })
        .collect()
}

/// A field from a file beside the scene.
fn map(node: &Node, path: &str) -> Option<Result<FieldMap, Refusal>> {
    let name = node.text("file")?;
    let file = Path::new(path).parent().unwrap_or(Path::new("")).join(name);
    let interpolation = match node.text("interpolation") {
        Some("linear") => Interpolation::Linear,
        _ => Interpolation::Cubic,
    };
    let bytes = match std::fs::read(&file) {
        Ok(bytes) => bytes,
        Err(e) => return Some(Err(("file", format!("{}: {e}", file.display())))),
    };
    let ending = file.extension().map(|e| e.to_string_lossy().to_lowercase());
    let map = match ending.as_deref() {
        Some("vtk") => FieldMap::from_vtk(name, &bytes, "mm", "T", interpolation),
        _ => FieldMap::from_csv(name, &String::from_utf8_lossy(&bytes), interpolation),
    };
    Some(map.map_err(|e| ("file", e.to_string())))
}

/// Refuses a magnet that the duct touches, and a map that does not cover it.
fn fits(source: &Source, vessel: &Vessel) -> Result<(), Refusal> {
    let duct = vessel.duct;
    let (lo, hi) = duct.bounds();
    let (lo, hi) = (DVec3::from_array(lo), DVec3::from_array(hi));
    if let Source::Map(map) = source {
        return map.covers(lo, hi).map_err(|e| ("file", e.to_string()));
    }
    let [x, y] = duct.section.half();
    let tolerance = 0.02 * x.min(y).min(duct.length);
    let touched = Field::new(vec![source.clone()])
        .and_then(|f| f.touches(|q| duct.distance(q.to_array()), lo, hi, tolerance));
    match touched {
        Ok(None) => Ok(()),
        Ok(Some(at)) => {
            let [x, y, z] = (at / 1e3).to_array().map(|v| crate::units::digits(v, 3));
            Err((
                "centre",
                format!(
                    "the duct at ({x}, {y}, {z}) mm is {}",
                    match source {
                        Source::Multipole(_) => "not within the poles".into(),
                        other => format!("in or on {}", other.name()),
                    }
                ),
            ))
        }
        Err(e) => Err(("centre", e.to_string())),
    }
}
