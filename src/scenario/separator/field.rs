//! `[[magnet]]`: the field of all magnets, and whether the duct fits between them.

use super::super::node::{Node, Span};
use super::super::problem::Problems;
use super::duct::Vessel;
use super::grid_file::FileRead;
use super::magnet::{Doubts, Refusal, magnet, possible};
use crate::grids::{Outlier, millimetres};
use crate::magnets::{Field, FieldMap, Source, overlap};
use crate::units::{Dimension, show};
use glam::DVec3;

/// Share of the background by which a neighbour may disturb it before it is said that they magnetise each other.
const DISTURBED: f64 = 0.1;

/// Reads all magnets; `Some(None)` if there is none.
pub fn field(
    root: &Node,
    path: &str,
    vessel: Option<&Vessel>,
    files: &mut Vec<FileRead>,
    problems: &mut Problems<'_>,
) -> Option<Option<Field>> {
    let nodes = root.tables("magnet");
    if nodes.is_empty() {
        return (!root.given("magnet")).then_some(None);
    }
    let mut sources = Vec::new();
    let mut bodies = Vec::new();
    let mut sound = true;
    for node in nodes {
        let mut doubts = Doubts::new();
        // what its keys lack has been said
        let Some(made) = magnet(node, path, &mut doubts).filter(|_| node.whole()) else {
            sound = false;
            continue;
        };
        let made = made.and_then(|made| {
            if let Some(v) = vessel {
                fits(&made.source, v)?;
                if let Some((at, b)) = strongest(&made.source, v) {
                    possible(node, &made.source, at, b, &mut doubts)?;
                }
            }
            Ok(made)
        });
        for (key, why, way) in doubts {
            problems
                .warning(&place(node, key), why, "beyond its known range; used as given")
                .help(way);
        }
        match made {
            Ok(made) => {
                bodies.push(made.source.clone());
                if let (Source::Map(map), Some(v)) = (&made.source, vessel) {
                    odd(node, map, v, problems);
                }
                files.extend(made.file);
                sources.push((node, made.endless.unwrap_or(made.source)));
            }
            Err((key, why)) => {
                sound = false;
                problems.error(&place(node, key), why, "there can be no such magnet");
            }
        }
    }
    if !sound {
        return None;
    }
    apart(&bodies, &sources, path, problems)?;
    let background = background(&sources, problems)?;
    let sources: Vec<Source> = sources.into_iter().map(|s| s.1).collect();
    let field = match background {
        Some(b0) => Field::in_background(b0, sources),
        None => Field::new(sources),
    };
    match field {
        Ok(field) => Some(Some(field)),
        Err(e) => {
            problems.error(
                &root.at("magnet"),
                e.to_string(),
                "these magnets do not go together",
            );
            None
        }
    }
}

/// Refuses magnets that are put into each other, with both places.
fn apart(
    bodies: &[Source],
    sources: &[(&Node, Source)],
    path: &str,
    problems: &mut Problems<'_>,
) -> Option<()> {
    let Some(found) = overlap(bodies) else {
        return Some(());
    };
    let [first, second] = found.sources.map(|k| sources[k].0);
    let kind = |node: &Node| node.text("kind").unwrap_or_default().to_owned();
    if found.sources[0] == found.sources[1] {
        problems.error(
            &place(first, "repeat"),
            format!("each {} would lie in the next", kind(first)),
            found.to_string(),
        );
        return None;
    }
    let (line, column) = problems.line_and_column(&first.span);
    problems
        .error(
            &second.span,
            format!(
                "this {} lies in the {} at {path}:{line}:{column}",
                kind(second),
                kind(first)
            ),
            found.to_string(),
        )
        .help("no two magnets can be in one place; touching faces, and what stands in a bore, are fine");
    None
}

/// The background that all soft bodies share, `Some(None)` without any; refuses a second one. Warns of what the sum leaves out.
fn background(sources: &[(&Node, Source)], problems: &mut Problems<'_>) -> Option<Option<DVec3>> {
    let mut soft = sources
        .iter()
        .filter_map(|(node, source)| Some((*node, source, source.background()?)));
    let Some((first, source, b0)) = soft.next() else {
        return Some(None);
    };
    let mut sound = true;
    crowded(first, source, b0, problems);
    for (node, source, other) in soft {
        crowded(node, source, b0, problems);
        if other.distance(b0) > 1e-9 * b0.length() {
            sound = false;
            problems
                .error(
                    &node.at("background"),
                    "this background differs from that of the first wire or sphere",
                    "all wires and spheres of a scene lie in the same background",
                )
                .help("all wires and spheres share one background; give the same one everywhere");
        }
    }
    if let Some((node, other)) = sources.iter().find(|s| s.1.background().is_none()) {
        problems.warning(
            &node.at("kind"),
            format!("{} beside soft bodies does not magnetise them", other.name()),
            "only `background` does. If this field is not much weaker, use a `map` of both",
        );
    }
    sound.then_some(Some(b0))
}

/// Warns of repeated soft bodies that are so near to each other that they would magnetise each other.
fn crowded(node: &Node, source: &Source, b0: DVec3, problems: &mut Problems<'_>) {
    let Source::Array(array) = source else { return };
    let along = node
        .quantities::<3>("along")
        .and_then(|a| DVec3::from_array(a).try_normalize());
    for step in node.tables("repeat") {
        let Some(way) = step.quantities("step").map(DVec3::from_array) else {
            continue;
        };
        let way = along.map_or(way, |a| way - way.dot(a) * a).length();
        let disturbed = match array.members().first() {
            Some((Source::Wire(w), _)) => w.influence(way),
            Some((Source::Sphere(s), _)) => s.influence(way),
            _ => 0.0,
        };
        let alone = step.integer("count") == Some(1);
        if disturbed > DISTURBED * b0.length() && !alone {
            problems.warning(
                &step.at("step"),
                format!(
                    "each disturbs the background of the next by {:.0} %",
                    100.0 * disturbed / b0.length()
                ),
                "they would magnetise each other, which is not modelled",
            );
        }
    }
}

/// The value of the key that decides, or of what stands for it.
fn place(node: &Node, key: &str) -> Span {
    [key, "centre", "tip_radius", "inner_radius", "file", "kind"]
        .into_iter()
        .find(|k| node.given(k))
        .map_or_else(|| node.span.clone(), |k| node.at(k))
}

/// Places along each coordinate of the duct at which a source's strength is looked at.
const PLACES: u32 = 12;

/// Where in the duct, its walls and ends among it, the field of a source is strongest [um], and how strong [T]; none of a source
/// that tells of itself at no place of it.
fn strongest(source: &Source, vessel: &Vessel) -> Option<(DVec3, f64)> {
    let field = Field::new(vec![source.clone()]).ok()?;
    let part = |i: u32| f64::from(i) / f64::from(PLACES);
    let places = (0..=PLACES).flat_map(|i| (0..=PLACES).map(move |j| (i, j)));
    places
        .flat_map(|(i, j)| (0..=PLACES).map(move |k| [part(i), part(j), part(k)]))
        .filter_map(|[i, j, k]| {
            let q = DVec3::from_array(vessel.duct.place(i, j, k));
            Some((q, field.at(q).ok()?.b.length()))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Refuses a map that has no value at some place in the duct.
fn known(map: &FieldMap, vessel: &Vessel) -> Result<(), String> {
    let grid = map.grid();
    if grid.gaps.is_empty() {
        return Ok(());
    }
    let part = |i: u32| f64::from(i) / f64::from(PLACES);
    for i in 0..=PLACES {
        for j in 0..=PLACES {
            for k in 0..=PLACES {
                let q = DVec3::from_array(vessel.duct.place(part(i), part(j), part(k)));
                map.at(q).map_err(|e| e.to_string())?;
            }
        }
    }
    // and what lies between these places
    for i in (0..grid.vectors.len()).filter(|i| !grid.known(*i)) {
        let node = grid.node(i);
        if vessel.duct.distance(node.to_array()) >= 0.0 {
            map.at(node).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

/// Warns of a node near the duct that stands out of its neighbours.
fn odd(node: &Node, map: &FieldMap, vessel: &Vessel, problems: &mut Problems<'_>) {
    let grid = map.grid();
    let steps = [0, 1, 2]
        .map(|k| grid.step(k))
        .into_iter()
        .filter(|s| s.is_finite());
    let near = 2.0 * steps.fold(0.0, f64::max);
    let Some(found) = map.outlier(|q| vessel.duct.distance(q.to_array()) >= -near) else {
        return;
    };
    problems.warning(
        &node.at("file"),
        stands_out(
            node.text("file").unwrap_or_default(),
            grid.node(found.node),
            grid.line(found.node),
            &found,
        ),
        "is this a typing error? The error of the force is larger still",
    );
}

/// Says where a node of a file is, and how far it is from what its neighbours predict.
pub fn stands_out(file: &str, at: DVec3, line: Option<u64>, found: &Outlier) -> String {
    let line = line.map_or(String::new(), |l| format!(", line {l}"));
    let more = match found.count {
        1 => String::new(),
        n => format!("; {n} points differ, this one most"),
    };
    format!(
        "{file}{line}: the point {} differs by {} from what its neighbours predict{more}",
        millimetres(at),
        show(found.share, Dimension::Fraction)
    )
}

/// Refuses a magnet that the duct touches, and a map that does not cover it.
fn fits(source: &Source, vessel: &Vessel) -> Result<(), Refusal> {
    let duct = vessel.duct;
    let (lo, hi) = duct.bounds();
    let (lo, hi) = (DVec3::from_array(lo), DVec3::from_array(hi));
    if let Source::Map(map) = source {
        return map
            .covers(lo, hi)
            .map_err(|e| e.to_string())
            .and_then(|()| known(map, vessel))
            .map_err(|e| ("file", e));
    }
    let [x, y] = duct.section.half();
    let tolerance = 0.02 * x.min(y).min(duct.length);
    let touched = Field::new(vec![source.clone()])
        .and_then(|f| f.touches(|q| duct.distance(q.to_array()), Some(DVec3::Z), lo, hi, tolerance));
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
                        other => format!(
                            "in {}, or nearer to it than {}",
                            other.name(),
                            show(tolerance, Dimension::Length)
                        ),
                    }
                ),
            ))
        }
        Err(e) => Err(("centre", e.to_string())),
    }
}
