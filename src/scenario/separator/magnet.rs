//! One `[[magnet]]`: from its keys to a source, held against what it is made of.

use super::super::node::Node;
use super::grid_file::{self, FileRead};
use crate::constants::MILLIMETRE;
use crate::grids::FLUX_DENSITY;
use crate::magnets::{
    Array, Cuboid, Cylinder, Dipole, Doubt, FieldMap, Interpolation, LIMIT, MagnetError, Material, Multipole,
    Nature, Pose, Repeat, Soft, Source, Sphere, Uniform, Wire, material_named,
};
use glam::DVec3;
use std::sync::Arc;

/// What a permanent magnet is made of where the scene does not say: the strongest there is.
const STRONGEST: &str = "NdFeB";

/// What poles, wires and spheres are made of where the scene does not say.
const IRON: &str = "iron";

/// What to do where poles hardly give what is asked of them.
const STRONGER: &str = "`material` can name another, e.g. \"cobalt iron\" or \"superconductor\"; `kind = \"halbach\"` is another way";

/// What makes the strongest background there is.
const COIL: &str = "superconductor";

/// What to do where a permanent magnet is stronger than known grades.
const GRADE: &str = "keep it if its data sheet says so; `material` can name what it is made of";

/// What to do where a number is larger than known.
const UNIT: &str = "keep it if it was measured; is its unit right?";

/// What to do where a map is stronger than magnets are.
const STRONGER_MAP: &str = "are its units right? `material` can name what makes it, e.g. \"superconductor\"";

/// A magnet as it is checked, and as it is tabulated where that differs.
pub struct Made {
    pub source: Source,
    /// The same field without its end at the poles, for the corners of the table beyond the wall of a round duct. That
    /// the duct itself stays within the poles is checked with `source`.
    pub endless: Option<Source>,
    /// The file of a map.
    pub file: Option<FileRead>,
}

/// Why a magnet cannot be: the key that decides, and the reason.
pub type Refusal = (&'static str, String);

/// Why a magnet can hardly be: the key that decides, the reason, and what else it could be.
pub type Doubts = Vec<(&'static str, String, &'static str)>;

/// Refuses what cannot be, and notes what can hardly be.
fn doubted(
    found: Result<Doubt, MagnetError>,
    key: &'static str,
    way: &'static str,
    doubts: &mut Doubts,
) -> Result<(), Refusal> {
    let doubt = found.map_err(|e| (key, e.to_string()))?;
    doubts.extend(doubt.map(|why| (key, why, way)));
    Ok(())
}

/// A magnet; none if a key is missing or wrong, which has been said.
pub fn magnet(node: &Node, path: &str, doubts: &mut Doubts) -> Option<Result<Made, Refusal>> {
    let kind = node.text("kind")?;
    if node.given("centre") && node.quantities::<3>("centre").is_none() {
        return None;
    }
    let centre = DVec3::from_array(node.quantities("centre").unwrap_or_default());
    let vector = |key: &str| node.quantities::<3>(key).map(DVec3::from_array);
    let number = |key: &str| node.quantity(key);
    let made = match kind {
        "gradient" => {
            let (field, force) = (number("field")?, vector("force")?);
            let across = force.any_orthogonal_vector();
            let along = vector("field_along").unwrap_or(across);
            let uniform = Uniform::calibrated(centre, field, number("gradient")?, along, force);
            of(node, IRON)
                .and_then(|m| doubted(m.check_pole(field), "field", STRONGER, doubts))
                .and_then(|()| plain(uniform.map(Source::Uniform), "force"))
        }
        "quadrupole" => {
            let (tip, bore) = (number("pole_tip")?, number("tip_radius")?);
            let limited = Pose::at(centre).and_then(|p| Multipole::quadrupole(p, tip, bore, true));
            of(node, IRON)
                .and_then(|m| doubted(m.check_pole(tip), "pole_tip", STRONGER, doubts))
                .and_then(|()| multipole(limited).map_err(|e| ("tip_radius", e.to_string())))
        }
        "halbach" => {
            let order = u32::try_from(node.integer("order")?).ok()?;
            let (inner, outer, tesla) = (
                number("inner_radius")?,
                number("outer_radius")?,
                number("remanence")?,
            );
            permanent(node, tesla, doubts).and_then(|m| {
                let ring = Pose::at(centre)
                    .and_then(|p| Multipole::halbach(p, order, tesla, inner, outer))
                    .map_err(|e| ("outer_radius", e.to_string()))?;
                doubted(m.check_bore(ring.at_radius(inner)), "outer_radius", GRADE, doubts)?;
                multipole(Ok(ring)).map_err(|e| ("outer_radius", e.to_string()))
            })
        }
        "block" => {
            let (sides, direction, tesla) = (vector("size")?, vector("magnetised")?, number("remanence")?);
            let polarisation = tesla * direction.normalize_or_zero();
            let block = Pose::at(centre).and_then(|p| Cuboid::new(p, sides, polarisation));
            permanent(node, tesla, doubts).and_then(|_| plain(block.map(Source::Cuboid), "magnetised"))
        }
        "cylinder" | "ring" => {
            let (height, axis, tesla) = (number("height")?, vector("magnetised")?, number("remanence")?);
            let pose = Pose::about(centre, axis);
            let (rod, key) = if kind == "ring" {
                let (inner, outer) = (number("inner_radius")?, number("outer_radius")?);
                let ring = pose.and_then(|p| Cylinder::ring(p, inner, outer, height, tesla));
                (
                    ring,
                    if outer > inner {
                        "magnetised"
                    } else {
                        "inner_radius"
                    },
                )
            } else {
                let radius = number("radius")?;
                (
                    pose.and_then(|p| Cylinder::new(p, radius, height, tesla)),
                    "magnetised",
                )
            };
            permanent(node, tesla, doubts).and_then(|_| plain(rod.map(Source::Cylinder), key))
        }
        "dipole" => {
            let (moment, direction) = (number("moment")?, vector("magnetised")?);
            dipole(node, centre, moment, direction, doubts)
        }
        "wire" | "sphere" => {
            let (radius, b0) = (number("radius")?, vector("background")?);
            let susceptibility = node.number("susceptibility")?;
            let along = if kind == "wire" {
                Some(vector("along")?)
            } else {
                None
            };
            let soft = soft(node, susceptibility, doubts).and_then(|soft| {
                let found = material_named(COIL).and_then(|coil| coil.check_around(b0.length()));
                doubted(found, "background", UNIT, doubts)?;
                Ok(soft)
            });
            soft.and_then(|soft| match along {
                Some(along) => {
                    let wire = Wire::new(centre, along, radius, soft, b0);
                    let key = if along == DVec3::ZERO {
                        "along"
                    } else {
                        "background"
                    };
                    plain(wire.map(Source::Wire), key)
                }
                None => plain(
                    Sphere::new(centre, radius, soft, b0).map(Source::Sphere),
                    "background",
                ),
            })
        }
        _ => map(node, path, doubts)?.map(|(file, map)| Made {
            source: Source::Map(Arc::new(map)),
            endless: None,
            file: Some(file),
        }),
    };
    Some(match repeats(node)? {
        repeats if repeats.is_empty() => made,
        repeats => made.and_then(|m| {
            apart(node, &m.source, &repeats)?;
            plain(Array::new(&m.source, &repeats).map(Source::Array), "repeat")
        }),
    })
}

fn plain(made: Result<Source, MagnetError>, key: &'static str) -> Result<Made, Refusal> {
    made.map_err(|e| (key, e.to_string())).map(|source| Made {
        source,
        endless: None,
        file: None,
    })
}

/// The material that a magnet names, or `default`.
fn of(node: &Node, default: &str) -> Result<&'static Material, Refusal> {
    material_named(node.text("material").unwrap_or(default)).map_err(|e| ("material", e.to_string()))
}

/// The material of a permanent magnet that has a remanence of `tesla`.
fn permanent(node: &Node, tesla: f64, doubts: &mut Doubts) -> Result<&'static Material, Refusal> {
    let material = of(node, STRONGEST)?;
    if !material.permanent() {
        let why = format!("{} is soft and has no remanence to speak of", material.name);
        let coil = format!("{} has no remanence", material.name);
        return Err((
            "material",
            if material.nature == Nature::Soft {
                why
            } else {
                coil
            },
        ));
    }
    doubted(material.check(tesla), "remanence", GRADE, doubts)?;
    Ok(material)
}

/// The soft material of a wire or sphere, with its saturation.
fn soft(node: &Node, susceptibility: f64, doubts: &mut Doubts) -> Result<Soft, Refusal> {
    let material = of(node, IRON)?;
    let soft = material
        .soft(susceptibility)
        .map_err(|e| ("material", e.to_string()))?;
    match node.quantity("saturation") {
        None => Ok(soft),
        Some(saturation) => {
            doubted(material.check(saturation), "saturation", UNIT, doubts)?;
            Ok(Soft { saturation, ..soft })
        }
    }
}

fn dipole(
    node: &Node,
    centre: DVec3,
    moment: f64,
    direction: DVec3,
    doubts: &mut Doubts,
) -> Result<Made, Refusal> {
    let vector = moment * direction.normalize_or_zero();
    let Some(radius) = node.quantity("ball_radius") else {
        if node.given("material") {
            return Err((
                "material",
                "a point has no material; `ball_radius` says how large the magnet is".into(),
            ));
        }
        return plain(Dipole::new(centre, vector).map(Source::Dipole), "magnetised");
    };
    let material = of(node, STRONGEST)?;
    doubted(material.check_moment(moment, radius), "moment", GRADE, doubts)?;
    plain(
        Dipole::ball(centre, vector, radius).map(Source::Dipole),
        "magnetised",
    )
}

/// Refuses a source without a body, or with one that is nowhere told, that in the duct is stronger than anything; notes one that is
/// stronger than what is known to make it. `b` is the strongest flux density [T] of it in the duct, `at` where [um].
pub fn possible(node: &Node, source: &Source, at: DVec3, b: f64, doubts: &mut Doubts) -> Result<(), Refusal> {
    let (key, material, way) = match source {
        Source::Uniform(_) => ("gradient", of(node, IRON)?, STRONGER),
        Source::Dipole(_) if !node.given("ball_radius") => (
            "moment",
            of(node, STRONGEST)?,
            "a point stands for a magnet that is far away; `ball_radius` says how large it is",
        ),
        _ => return Ok(()),
    };
    // to the nanometre, so that a sine of pi is none; and none without a sign
    let [x, y, z] = (at / MILLIMETRE)
        .to_array()
        .map(|v| crate::units::digits((v * 1e6).round() / 1e6 + 0.0, 4));
    let place = |why: String| format!("in the duct at ({x}, {y}, {z}) mm: {why}");
    let found = material
        .check_around(b)
        .map(|doubt| doubt.map(&place))
        .map_err(|e| MagnetError::Invalid(place(e.to_string())));
    doubted(found, key, way, doubts)
}

/// Refuses wires and spheres that are repeated into each other.
fn apart(node: &Node, source: &Source, repeats: &[Repeat]) -> Result<(), Refusal> {
    let (Source::Wire(_) | Source::Sphere(_), Some(radius)) = (source, node.quantity("radius")) else {
        return Ok(());
    };
    let along = node
        .quantities::<3>("along")
        .and_then(|a| DVec3::from_array(a).try_normalize());
    for repeat in repeats.iter().filter(|r| r.count > 1) {
        let across = along.map_or(repeat.step, |a| repeat.step - repeat.step.dot(a) * a);
        if across.length() < 2.0 * radius {
            return Err((
                "repeat",
                format!(
                    "each {} would lie in the next: they are {} um apart and {} um thick",
                    if along.is_some() { "wire" } else { "sphere" },
                    crate::units::digits(across.length(), 4),
                    crate::units::digits(2.0 * radius, 4)
                ),
            ));
        }
    }
    Ok(())
}

/// Poles around the duct, with and without their end at the bore.
fn multipole(limited: Result<Multipole, MagnetError>) -> Result<Made, MagnetError> {
    let limited = limited?;
    let endless = limited.endless();
    Ok(Made {
        source: Source::Multipole(limited),
        endless: Some(Source::Multipole(endless)),
        file: None,
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
fn map(node: &Node, path: &str, doubts: &mut Doubts) -> Option<Result<(FileRead, FieldMap), Refusal>> {
    let interpolation = match node.text("interpolation") {
        Some("linear") => Interpolation::Linear,
        _ => Interpolation::Cubic,
    };
    let (file, grid) = match grid_file::read(node, path, &FLUX_DENSITY)? {
        Ok(read) => read,
        Err(refusal) => return Some(Err(refusal)),
    };
    let map = FieldMap::new(&file.name, grid, interpolation, LIMIT);
    let made = map.map_err(|e| ("file", e.to_string())).and_then(|map| {
        let (at, strongest) = map.strongest();
        let [x, y, z] = (at / MILLIMETRE).to_array().map(|v| crate::units::digits(v, 4));
        let place = |why: String| format!("{} at ({x}, {y}, {z}) mm: {why}", file.name);
        let found = of(node, STRONGEST)?
            .check_around(strongest)
            .map(|doubt| doubt.map(&place))
            .map_err(|e| MagnetError::Invalid(place(e.to_string())));
        doubted(found, "file", STRONGER_MAP, doubts)?;
        Ok((file, map))
    });
    Some(made)
}
