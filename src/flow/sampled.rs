//! What a file has of a flow at places in a duct.

use super::chart::node;
use crate::chamber::duct::{Duct, Section};
use crate::grids::{Gap, GridError, Interpolation, Symmetry, VectorGrid, millimetres};
use glam::DVec3;

/// Most nodes that a flow around an axis is brought to.
const MOST_NODES: f64 = 4e6;

/// The flow with the nodes that are told of this duct: what is around an axis on nodes in space, and what stands for nothing outside of
/// the duct as nothing. Other tools write zeros there, and fluid that rests beyond the wall would slow that before it.
pub(super) fn own(grid: &VectorGrid, duct: &Duct) -> Result<VectorGrid, String> {
    let mut out = match grid.symmetry {
        Symmetry::None => grid.clone(),
        Symmetry::Planar(_) => {
            return Err(
                "a flow that is the same all along an axis has no side walls, and a duct does".into(),
            );
        }
        Symmetry::Around { centre, axis, .. } => in_space(grid, duct, centre, axis)?,
    };
    let outside = |i: usize| {
        let step = [0, 1, 2]
            .map(|k| grid.step(k))
            .into_iter()
            .fold(f64::INFINITY, f64::min);
        duct.distance(out.node(i).to_array()) < -1e-6 * step
    };
    let blank: Vec<usize> = (0..out.vectors.len())
        .filter(|i| out.vectors[*i] == DVec3::ZERO && outside(*i))
        .collect();
    if !blank.is_empty() && out.gaps.is_empty() {
        out.gaps = vec![false; out.vectors.len()];
    }
    for i in blank {
        out.gaps[i] = true;
        out.vectors[i] = DVec3::NAN;
    }
    Ok(out)
}

/// A flow around an axis that lies along the duct, on nodes as far apart as those away from the axis.
fn in_space(grid: &VectorGrid, duct: &Duct, centre: DVec3, axis: DVec3) -> Result<VectorGrid, String> {
    if axis.z.abs() < 0.5 {
        return Err(
            "the axis of the flow has to point along the duct, its z. A file of r and z, x and z, or y and z needs no `axes`; one of x and y \
             needs `axes = [\"y\", \"z\", \"x\"]`"
                .into(),
        );
    }
    let (lo, hi) = duct.bounds();
    let mut along: Vec<f64> = grid.axes[2].iter().map(|z| centre.z + axis.z * z).collect();
    along.sort_by(f64::total_cmp);
    let size = [0, 1].map(|k: usize| hi[k] - lo[k]);
    let room = (size[0] * size[1] * along.len() as f64 / MOST_NODES).sqrt();
    let step = grid.step(0).max(room);
    let even = |k: usize| -> Vec<f64> {
        let n = (size[k] / step).ceil().max(2.0);
        (0..=n as usize).map(|i| lo[k] + size[k] * i as f64 / n).collect()
    };
    let axes = [even(0), even(1), along];
    let total = axes.iter().map(Vec::len).product();
    let mut out = VectorGrid::on(axes, vec![DVec3::NAN; total]);
    out.gaps = vec![true; total];
    for i in 0..total {
        if let Ok((v, _)) = grid.at(out.node(i), Interpolation::Cubic) {
            (out.vectors[i], out.gaps[i]) = (v, false);
        }
    }
    Ok(out)
}

/// Refuses a file that ends within the duct.
pub(super) fn covers(grid: &VectorGrid, duct: &Duct) -> Result<(), String> {
    let (lo, hi) = duct.bounds();
    let (lo, hi) = (DVec3::from_array(lo), DVec3::from_array(hi));
    let (from, to) = grid.bounds();
    // as the numbers of a file are rounded
    let slack = 1e-6 * (hi - lo);
    if (from - slack).cmple(lo).all() && (to + slack).cmpge(hi).all() {
        return Ok(());
    }
    Err(format!(
        "the file covers {} to {}, the duct needs {} to {}. Check the length unit, or set `centre` and `axes`",
        millimetres(from),
        millimetres(to),
        millimetres(lo),
        millimetres(hi)
    ))
}

/// The velocity at a place: linear between the points; not a number where one of them lies outside of the duct and has no value.
pub(super) fn at(name: &str, grid: &VectorGrid, duct: &Duct, q: DVec3) -> Result<DVec3, GridError> {
    let (from, to) = grid.bounds();
    match grid.at(q.clamp(from, to), Interpolation::Linear) {
        Ok((v, _)) => Ok(v),
        Err(Gap::Node(i)) if duct.distance(grid.node(i).to_array()) < 0.0 => Ok(DVec3::NAN),
        Err(Gap::Node(i)) => Err(GridError {
            file: name.to_owned(),
            line: grid.line(i),
            what: format!(
                "there is no velocity at {}, which lies in the duct",
                millimetres(grid.node(i))
            ),
        }),
        Err(Gap::Outside) => Ok(DVec3::NAN),
    }
}

/// Fills what is unknown beside walls: from rest at the wall the parabola through the next two nodes that are known, across, and along x
/// in a channel where there is none. The place of what stays unknown.
pub(super) fn from_walls(duct: &Duct, counts: &[usize; 3], velocity: &mut [DVec3]) -> Result<(), DVec3> {
    if !velocity.iter().any(|v| v.is_nan()) {
        return Ok(());
    }
    let [a, b, _] = *counts;
    let known = velocity.to_vec();
    let mut left = None;
    for n in (0..velocity.len()).filter(|n| known[*n].is_nan()) {
        let at = [n % (a + 1), n / (a + 1) % (b + 1), n / ((a + 1) * (b + 1))];
        let across = |up: bool| match (duct.section, up) {
            (Section::Tube { .. }, false) => None,
            _ => filled(duct, counts, &known, at, 0, up),
        };
        let aside = |up: bool| match duct.section {
            Section::Channel { .. } => filled(duct, counts, &known, at, 1, up),
            _ => None,
        };
        // from the nearer wall
        let ways = [2 * at[0] >= a, 2 * at[0] < a];
        let found = ways.into_iter().find_map(across);
        let ways = [2 * at[1] >= b, 2 * at[1] < b];
        match found.or_else(|| ways.into_iter().find_map(aside)) {
            Some(v) => velocity[n] = v,
            None => left = left.or(Some(node(duct, counts, at))),
        }
    }
    left.map_or(Ok(()), Err)
}

/// At a node `at` of direction `k`, from the wall at its end (`up`) or start.
fn filled(
    duct: &Duct,
    counts: &[usize; 3],
    known: &[DVec3],
    at: [usize; 3],
    k: usize,
    up: bool,
) -> Option<DVec3> {
    let [a, b, _] = *counts;
    let index = |p: [usize; 3]| p[0] + (a + 1) * (p[1] + (b + 1) * p[2]);
    let last = counts[k];
    let with = |i: usize| {
        let mut p = at;
        p[k] = i;
        p
    };
    let wall = node(duct, counts, with(if up { last } else { 0 }));
    let far = |i: usize| node(duct, counts, with(i)).distance(wall);
    // away from the wall, the node itself first; a channel's walls beside it are at rest, and known
    let inwards: Vec<usize> = if up {
        (1..at[k]).rev().collect()
    } else {
        (at[k] + 1..last).collect()
    };
    let mut next = inwards.into_iter().filter(|i| !known[index(with(*i))].is_nan());
    let (first, second) = (next.next()?, next.next()?);
    let (d, d1, d2) = (far(at[k]), far(first), far(second));
    let share = |own: f64, other: f64| d * (d - other) / (own * (own - other));
    Some(share(d1, d2) * known[index(with(first))] + share(d2, d1) * known[index(with(second))])
}

/// The corners of every cell of the file that lies inside the duct, by bits of x, y, z, and its size [um].
pub(super) fn cells<'a>(
    grid: &'a VectorGrid,
    duct: &'a Duct,
) -> impl Iterator<Item = ([DVec3; 8], DVec3)> + 'a {
    let n = grid.counts();
    let place = |at: [usize; 3]| DVec3::from_array([0, 1, 2].map(|k| grid.axes[k][at[k]]));
    let all = (n[0] - 1) * (n[1] - 1) * (n[2] - 1);
    (0..all).filter_map(move |i| {
        let low = [
            i % (n[0] - 1),
            i / (n[0] - 1) % (n[1] - 1),
            i / ((n[0] - 1) * (n[1] - 1)),
        ];
        let corners: [[usize; 3]; 8] =
            std::array::from_fn(|c| std::array::from_fn(|k| low[k] + (c >> k & 1)));
        let inside = |at: &[usize; 3]| duct.distance(place(*at).to_array()) >= 0.0;
        let vectors = corners.map(|[x, y, z]| grid.vectors[x + n[0] * (y + n[1] * z)]);
        let sound = corners.iter().all(inside) && vectors.iter().all(|v| v.is_finite());
        sound.then(|| (vectors, place(corners[7]) - place(corners[0])))
    })
}

/// What a straight line misses of the parabola through three points in the middle between two of them, root mean square over the points
/// inside.
pub(super) fn coarse(grid: &VectorGrid, duct: &Duct) -> f64 {
    let n = grid.counts();
    let inside = |i: usize| grid.known(i) && duct.distance(grid.node(i).to_array()) >= 0.0;
    let (mut sum, mut points) = (0.0, 0.0_f64);
    for i in (0..grid.vectors.len()).filter(|i| inside(*i)) {
        points += 1.0;
        let mut bend = DVec3::ZERO;
        let at = grid.indices(i);
        for (k, step) in [1, n[0], n[0] * n[1]].into_iter().enumerate() {
            // at a wall the slope changes for another reason, and the wall is a line of nodes
            if at[k] > 0 && at[k] + 1 < n[k] && inside(i - step) && inside(i + step) {
                let x = [at[k] - 1, at[k], at[k] + 1].map(|j| grid.axes[k][j]);
                let [before, after] = [x[1] - x[0], x[2] - x[1]];
                let slopes = [
                    (grid.vectors[i] - grid.vectors[i - step]) / before,
                    (grid.vectors[i + step] - grid.vectors[i]) / after,
                ];
                let second = 2.0 * (slopes[1] - slopes[0]) / (before + after);
                bend += second.abs() * before.max(after).powi(2) / 8.0;
            }
        }
        sum += bend.length_squared();
    }
    (sum / points.max(1.0)).sqrt()
}
