//! Where a part of a step ends: at a wall that holds, at the end of the duct, or where it leads.

use super::super::passage::{END, FREE, HELD, OUT};
use super::Surroundings;
use glam::DVec3;

/// What a part of a step makes of a cell.
pub(super) struct Moved {
    pub d: DVec3,
    pub fate: u32,
    /// Share of it until then.
    pub part: f64,
}

/// A cell stops where it first meets a wall that holds it, or at the end; else it goes all its way, and where that leads out of
/// the vessel it is brought back.
pub(super) fn moved(q: DVec3, d: DVec3, pulled: DVec3, radius: f64, s: &Surroundings<'_>) -> Moved {
    let p = s.passage;
    // a surface has room or none where it is met
    let holds = |surface: u32, at: f64| {
        let layers = s.env.cells[2];
        let layer = (q.z + at * d.z) / s.env.size.z;
        let patch = surface * layers + (layer.max(0.0) as u32).min(layers - 1);
        p.holding >> surface & 1 == 1 && s.vacant[patch as usize] > 0.0
    };
    let length = s.wall().z;
    let mut stops: Vec<(f64, u32)> = s
        .met(q.truncate(), d.truncate(), radius)
        .into_iter()
        .filter(|(at, surface, normal)| holds(*surface, *at) && pulled.truncate().dot(*normal) > 0.0)
        .map(|(at, surface, _)| (at, HELD + surface))
        .collect();
    if d.z > 0.0 && q.z + d.z >= length {
        let at = (length - q.z).max(0.0) / d.z;
        if p.open == 1 {
            stops.push((at, OUT));
        } else if holds(END, at) && pulled.z > 0.0 {
            stops.push((at, HELD + END));
        }
    }
    // the first of equals is the one that was found first
    let first = stops
        .into_iter()
        .reduce(|best, next| if next.0 < best.0 { next } else { best });
    let (part, mut fate) = first.unwrap_or((1.0, FREE));
    let to = q + d * part;
    let across = s.within(to.truncate(), radius);
    let z = if fate >= HELD + END {
        length
    } else {
        to.z.min(length)
    };
    let to = across.extend(z);
    if fate == OUT {
        let strip = s.strip(to);
        fate += s.step.outlet;
        fate += p.splits[..3]
            .iter()
            .filter(|split| strip > f64::from(**split))
            .count() as u32;
    }
    Moved {
        d: to - q,
        fate,
        part,
    }
}
