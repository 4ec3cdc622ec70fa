//! Whether magnets are put into each other, which no magnets can be: a block that stands there twice has twice the field of one.

use super::source::Source;
use crate::grids::millimetres;
use glam::DVec3;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Share of the thinner one's thickness by which two bodies may reach into each other: magnets are made no better than to a
/// thousandth, and scenes round their coordinates.
const SLACK: f64 = 1e-3;

/// Boxes that are looked at for all pairs together, and for one pair at least and at most. Bodies that reach into each other are
/// found in a few; only those that touch along turned or round faces take all, and then count as touching.
const BOXES: usize = 4_000_000;
const BOXES_A_PAIR: [usize; 2] = [64, 20_000];

/// Two bodies in one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap {
    /// The sources that they belong to, by their place in the list; the same where an array puts its magnets into each other.
    pub sources: [usize; 2],
    /// A place in both [um].
    pub at: DVec3,
}

impl std::fmt::Display for Overlap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "both fill {}", millimetres(self.at))
    }
}

/// The first two of `sources` whose bodies reach into each other. Touching faces do not, nor does a body in the bore of another.
/// Poles fill all that is beyond their bore; dipoles without a ball, gradients and maps have no body.
pub fn overlap(sources: &[Source]) -> Option<Overlap> {
    let mut bodies = Vec::new();
    for (owner, source) in sources.iter().enumerate() {
        match source {
            Source::Array(array) => {
                bodies.extend(array.members().iter().filter_map(|m| Body::of(owner, &m.0)))
            }
            one => bodies.extend(Body::of(owner, one)),
        }
    }
    let pairs = near(&mut bodies);
    let each = (BOXES / pairs.len().max(1)).clamp(BOXES_A_PAIR[0], BOXES_A_PAIR[1]);
    pairs.into_iter().find_map(|(i, j)| {
        let (a, b) = (&bodies[i], &bodies[j]);
        let at = match (&a.endless, &b.endless) {
            (Some(x), Some(y)) => x.meets(y),
            _ => a.shares(b, each),
        }?;
        let mut sources = [a.owner, b.owner];
        sources.sort_unstable();
        Some(Overlap { sources, at })
    })
}

/// A solid, with the box around it.
struct Body<'a> {
    owner: usize,
    source: &'a Source,
    lo: DVec3,
    hi: DVec3,
    /// If it goes on without an end.
    endless: Option<Shaft>,
}

/// What has no ends: a wire, or what is around a bore.
struct Shaft {
    point: DVec3,
    axis: DVec3,
    inner: f64,
    outer: f64,
}

impl<'a> Body<'a> {
    fn of(owner: usize, source: &'a Source) -> Option<Self> {
        let everywhere = DVec3::INFINITY;
        let (centre, half, endless) = match source {
            Source::Cuboid(s) => {
                let (centre, half) = s.extent();
                (centre, half, None)
            }
            Source::Cylinder(s) => {
                let (centre, half) = s.extent();
                (centre, half, None)
            }
            Source::Sphere(s) => {
                let (centre, radius) = s.ball();
                (centre, DVec3::splat(radius), None)
            }
            Source::Dipole(s) => {
                let (centre, radius) = s.ball_around()?;
                (centre, DVec3::splat(radius), None)
            }
            Source::Wire(s) => {
                let (point, axis, outer) = s.line();
                // no end in any direction that it has a part in
                let half = DVec3::from_array(
                    axis.to_array()
                        .map(|a| if a == 0.0 { outer } else { f64::INFINITY }),
                );
                let inner = 0.0;
                (
                    point,
                    half,
                    Some(Shaft {
                        point,
                        axis,
                        inner,
                        outer,
                    }),
                )
            }
            Source::Multipole(s) => {
                let (point, axis, [inner, outer]) = s.shell()?;
                (
                    point,
                    everywhere,
                    Some(Shaft {
                        point,
                        axis,
                        inner,
                        outer,
                    }),
                )
            }
            Source::Uniform(_) | Source::Map(_) | Source::Array(_) => return None,
        };
        let (lo, hi) = (centre - half, centre + half);
        Some(Self {
            owner,
            source,
            lo,
            hi,
            endless,
        })
    }

    /// Signed distance to the solid [um], negative in it: no surface is nearer.
    fn distance(&self, q: DVec3) -> f64 {
        match &self.endless {
            Some(shaft) if shaft.inner > 0.0 => {
                let off = shaft.across(q - shaft.point).length();
                (shaft.inner - off).max(off - shaft.outer)
            }
            _ => self.source.clearance(q),
        }
    }

    /// How far it may reach into another [um].
    fn slack(&self) -> f64 {
        match &self.endless {
            Some(shaft) => shaft.slack(),
            None => SLACK * (self.hi - self.lo).min_element(),
        }
    }

    /// A place in this and in `other`, one of which has ends: the larger of two signed distances is bounded below on a box by what
    /// it is in the middle less half the diagonal, so boxes are halved where that is least.
    fn shares(&self, other: &Self, boxes: usize) -> Option<DVec3> {
        let slack = self.slack().min(other.slack());
        let (lo, hi) = (self.lo.max(other.lo), self.hi.min(other.hi));
        // nothing is deeper in both than half of what their boxes share
        if (hi - lo).min_element() <= slack {
            return None;
        }
        let look = |centre: DVec3, half: DVec3| {
            let depth = self.distance(centre).max(other.distance(centre));
            let least = depth - half.length();
            Cell {
                least,
                depth,
                centre,
                half,
            }
        };
        let mut open = BinaryHeap::from([look(0.5 * (lo + hi), 0.5 * (hi - lo))]);
        for _ in 0..boxes {
            let cell = open.pop()?;
            if cell.depth < -0.5 * slack {
                return Some(cell.centre);
            }
            if cell.least >= -0.5 * slack {
                return None;
            }
            let axis = DVec3::AXES[cell.half.max_position()];
            let shift = 0.5 * cell.half * axis;
            open.push(look(cell.centre - shift, cell.half - shift));
            open.push(look(cell.centre + shift, cell.half - shift));
        }
        None
    }
}

impl Shaft {
    /// How far it may reach into another [um]: of its thickness, or of the bore where what is around it has no end.
    fn slack(&self) -> f64 {
        SLACK
            * 2.0
            * if self.outer.is_finite() {
                self.outer
            } else {
                self.inner
            }
    }

    /// The part of `v` across the axis.
    fn across(&self, v: DVec3) -> DVec3 {
        v - v.dot(self.axis) * self.axis
    }

    /// A place in both, if they are not beside each other or one in the bore of the other.
    fn meets(&self, other: &Self) -> Option<DVec3> {
        let slack = self.slack().min(other.slack());
        let between = other.point - self.point;
        let normal = self.axis.cross(other.axis);
        if normal.length() > 1e-9 {
            // across each other: no bore is so wide that what has no end stays in it
            let n = normal.normalize();
            let apart = between.dot(n);
            return (apart.abs() < self.outer + other.outer - slack).then(|| {
                let along = between.cross(other.axis).dot(normal) / normal.length_squared();
                self.point + along * self.axis + 0.5 * apart * n
            });
        }
        let off = self.across(between);
        let apart = off.length();
        let beside = apart >= self.outer + other.outer - slack;
        let within = |a: &Self, b: &Self| apart + a.outer <= b.inner + slack;
        if beside || within(self, other) || within(other, self) {
            return None;
        }
        // on the line through both axes, or any across them: the middle of what both fill on its far side
        let way = off
            .try_normalize()
            .unwrap_or_else(|| self.axis.any_orthogonal_vector());
        let mine = [-self.outer, -self.inner, self.inner, self.outer];
        let theirs = [-other.outer, -other.inner, other.inner, other.outer].map(|x| x + apart);
        let parts = |s: [f64; 4]| [[s[0], s[1]], [s[2], s[3]]];
        let shared = parts(mine).into_iter().flat_map(|a| {
            parts(theirs)
                .into_iter()
                .map(move |b| [a[0].max(b[0]), a[1].min(b[1])])
        });
        let [from, to] = shared.max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
        let middle = match (from.is_finite(), to.is_finite()) {
            (true, true) => 0.5 * (from + to),
            (true, false) => from,
            (false, true) => to,
            (false, false) => 0.0,
        };
        Some(self.point + middle * way)
    }
}

/// A box of the search.
struct Cell {
    least: f64,
    depth: f64,
    centre: DVec3,
    half: DVec3,
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Cell {}

impl PartialOrd for Cell {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cell {
    /// The least first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.least.total_cmp(&self.least)
    }
}

/// Pairs whose boxes share more than they may, in a sweep along the axis on which they are spread most.
fn near(bodies: &mut [Body<'_>]) -> Vec<(usize, usize)> {
    let finite = |x: f64| if x.is_finite() { x } else { 0.0 };
    let spread = DVec3::from_array(std::array::from_fn(|k| {
        let all = || bodies.iter().map(|b| finite(b.lo[k]));
        all().fold(f64::MIN, f64::max) - all().fold(f64::MAX, f64::min)
    }));
    let axis = if bodies.is_empty() {
        0
    } else {
        spread.max_position()
    };
    bodies.sort_by(|a, b| a.lo[axis].total_cmp(&b.lo[axis]));
    let mut pairs = Vec::new();
    for (i, a) in bodies.iter().enumerate() {
        for (j, b) in bodies.iter().enumerate().skip(i + 1) {
            if b.lo[axis] >= a.hi[axis] {
                break;
            }
            if (a.hi.min(b.hi) - a.lo.max(b.lo)).min_element() > a.slack().min(b.slack()) {
                pairs.push((i, j));
                if pairs.len() == BOXES {
                    return pairs;
                }
            }
        }
    }
    pairs
}

#[cfg(test)]
#[path = "overlap_tests.rs"]
mod tests;
