//! A steady flow from a file, in a duct's own coordinates.

use super::plane::{Plane, fine, passing};
use super::sampled::{at, cells, coarse, covers, from_walls, own};
use super::{Across, Nodes};
use crate::chamber::duct::{Duct, Section};
use crate::grids::{GridError, Outlier, VectorGrid, millimetres};
use crate::units::digits;
use glam::{DMat3, DVec3};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Most that the flow through a cross-section may differ from the mean of all before a file is refused: what comes in has to leave.
const UNEVEN: f64 = 0.05;

/// Largest divergence before a file is refused, over what it is the sum of: the slope of each component along its own axis, root mean
/// squares over the cells inside. Swapped columns, a wrong sign or a missing component come to some tens of per cent and more, what
/// interpolation leaves of a right flow to a few. A flow that is parallel has no such slopes, and rounding for divergence.
const DIVERGENT: f64 = 0.3;

/// Share of the whole gradient that slopes along their own axes count for at least: below it is what rounding and interpolation leave.
const FLOOR: f64 = 0.02;

/// Most of the mean velocity that may go through the walls, root mean square, before a file is refused.
const LEAKING: f64 = 0.1;

/// Most of the mean velocity that may go along the walls, and that straight lines between the points of the file may miss, root mean
/// squares, before a file is refused: it is then of another duct, of no viscous fluid, or too coarse to say.
const SLIPPING: f64 = 0.5;
const COARSE: f64 = 0.2;

/// Most of the flow through an end of the duct that may go backwards: what is fed comes in by the one and leaves by the other.
const BACK: f64 = 0.01;

/// Most nodes of a chart.
const MOST_NODES: usize = 1 << 22;

/// Fewest intervals across and around.
const LEAST: [usize; 2] = [4, 8];

/// How well a file describes a flow through its duct.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChartDoubts {
    /// Most that the flow through a cross-section differs from the mean of all, as a share of it.
    pub uneven: f64,
    /// Divergence over the slopes that it is the sum of (at least a fiftieth of the whole gradient), root mean squares over the cells
    /// of the file that lie inside.
    pub divergence: f64,
    /// Velocity along the walls in the file, root mean square over the mean velocity; it is taken as none.
    pub slip: f64,
    /// Velocity through the walls, the same way; it is taken as none.
    pub leak: f64,
    /// Share of the flow that goes backwards through an end, the greater of both.
    pub back: f64,
    /// What the straight lines between the points of the file may miss, root mean square over the mean velocity, by the change of
    /// its slopes.
    pub coarse: f64,
}

/// A steady flow through a duct, from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    name: String,
    duct: Duct,
    counts: [usize; 3],
    /// Velocities over the mean.
    values: Arc<[[f32; 3]]>,
    rate: f64,
    doubts: ChartDoubts,
    outlier: Option<(DVec3, Option<u64>, Outlier)>,
}

impl Chart {
    /// The flow of a file through `duct`, in its coordinates; `name` is what errors call the file. Fluid sticks to the walls,
    /// whatever the file has there.
    ///
    /// # Errors
    /// [`GridError`] for a file that does not cover the duct, is too coarse for it, flows backwards, through walls or from nowhere.
    pub fn new(name: &str, grid: &VectorGrid, duct: &Duct) -> Result<Self, GridError> {
        let fault = |what: String| GridError {
            file: name.to_owned(),
            line: None,
            what,
        };
        grid.check(2, "velocity").map_err(fault)?;
        let grid = &own(grid, duct).map_err(fault)?;
        covers(grid, duct).map_err(fault)?;
        let divergence = divergence(grid, duct).map_err(fault)?;
        let counts = counts(grid, duct).map_err(fault)?;
        let nodes = counts.iter().map(|n| n + 1).product();
        let mut velocity = Vec::with_capacity(nodes);
        for k in 0..=counts[2] {
            for j in 0..=counts[1] {
                for i in 0..=counts[0] {
                    velocity.push(at(name, grid, duct, node(duct, &counts, [i, j, k]))?);
                }
            }
        }
        let walls = stick(duct, &counts, &mut velocity);
        from_walls(duct, &counts, &mut velocity).map_err(|q| {
            fault(format!(
                "there is no velocity near {}, at a wall; resample it on a finer grid",
                millimetres(q)
            ))
        })?;
        let flows: Vec<f64> = (0..=counts[2])
            .map(|k| through(duct, &counts, &velocity, k))
            .collect();
        let rate = flows.iter().sum::<f64>() / flows.len() as f64;
        // written so that what is not a number is refused, too
        let sound = rate > 0.0 && rate.is_finite();
        if !sound {
            return Err(fault(format!(
                "the file has no flow from z = 0 to the end of the duct ({} mL/min). Check the order of the columns, their signs, and `axes`",
                per_minute(rate)
            )));
        }
        let mean = rate / duct.section.area();
        let uneven = flows.iter().map(|f| (f / rate - 1.0).abs());
        let uneven = uneven.fold(0.0, |most, x| if x > most || x.is_nan() { x } else { most });
        let doubts = ChartDoubts {
            uneven,
            divergence,
            slip: walls[1] / mean,
            leak: walls[0] / mean,
            back: 0.0,
            coarse: coarse(grid, duct) / mean,
        };
        let beyond = |x: f64, most: f64| x.is_nan() || x > most;
        if beyond(doubts.leak, LEAKING) {
            return Err(fault(format!(
                "the flow passes through the walls of the duct at {} % of the mean velocity. Check that the file is for this duct, and its length unit",
                digits(100.0 * doubts.leak, 2)
            )));
        }
        if beyond(doubts.slip, SLIPPING) {
            return Err(fault(format!(
                "the fluid slips along the walls of the duct, with {} % of the mean velocity: is it a file of this duct? For the same velocity \
                 everywhere there is `profile = \"plug\"`",
                digits(100.0 * doubts.slip, 2)
            )));
        }
        if beyond(doubts.coarse, COARSE) {
            return Err(fault(format!(
                "interpolating between its points loses {} % of the mean velocity. The grid is too coarse, or some points are wrong",
                digits(100.0 * doubts.coarse, 2)
            )));
        }
        if beyond(uneven, UNEVEN) {
            let [least, most] = [f64::min, f64::max]
                .map(|of: fn(f64, f64) -> f64| per_minute(flows.iter().copied().fold(rate, of)));
            return Err(fault(format!(
                "what comes in does not leave: through some cross-sections go {least}, through others {most} mL/min; {} % apart at \
                 most are possible",
                100.0 * UNEVEN
            )));
        }
        if beyond(divergence, DIVERGENT) {
            return Err(fault(format!(
                "its divergence is {} % of its velocity gradients; {} % is allowed. Columns or signs are mixed up, or the grid is too \
                 coarse",
                digits(100.0 * divergence, 2),
                100.0 * DIVERGENT
            )));
        }
        let values = velocity
            .iter()
            .map(|v| (*v / mean).to_array().map(|x| x as f32))
            .collect();
        let inside = |q: DVec3| duct.distance(q.to_array()) >= 0.0;
        let outlier = grid
            .outlier(inside, inside)
            .map(|o| (grid.node(o.node), grid.line(o.node), o));
        let mut chart = Self {
            name: name.to_owned(),
            duct: *duct,
            counts,
            values,
            rate,
            doubts,
            outlier,
        };
        for (end, what) in [(0.0, "z = 0"), (1.0, "the end of the duct")] {
            let back = Plane::new(&duct.section, Across::Lanes, &chart.nodes(), end).back();
            chart.doubts.back = chart.doubts.back.max(back);
            if beyond(back, BACK) {
                return Err(fault(format!(
                    "{} % of the flow through {what} goes backwards. Cells enter at one end and leave at the other",
                    digits(100.0 * back, 2)
                )));
            }
        }
        Ok(chart)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The duct that it was read for.
    pub fn duct(&self) -> &Duct {
        &self.duct
    }

    /// The flow that the file has [um3/us].
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Number of nodes.
    pub fn size(&self) -> usize {
        self.values.len()
    }

    /// How well the file describes it.
    pub fn doubts(&self) -> ChartDoubts {
        self.doubts
    }

    /// The point of the file inside that stands out most of its neighbours: where [um], in which line, and by how much.
    pub fn outlier(&self) -> Option<(DVec3, Option<u64>, Outlier)> {
        self.outlier
    }

    pub(super) fn nodes(&self) -> Nodes {
        Nodes::All {
            counts: self.counts,
            values: Arc::clone(&self.values),
        }
    }
}

fn per_minute(rate: f64) -> String {
    use crate::constants::{MILLILITRE, SECOND};
    digits(rate / MILLILITRE * 60.0 * SECOND, 4)
}

/// Intervals across, around and along that are as fine as the file.
fn counts(grid: &VectorGrid, duct: &Duct) -> Result<[usize; 3], String> {
    // an uneven grid as its finest steps, as far as there is room
    let least = DVec3::from_array([0, 1, 2].map(|k| grid.step(k)));
    let (from, to) = grid.bounds();
    let mean = (to - from) / DVec3::from_array(grid.counts().map(|n| n as f64 - 1.0));
    intervals(least, duct).or_else(|_| intervals(mean, duct))
}

fn intervals(h: DVec3, duct: &Duct) -> Result<[usize; 3], String> {
    let round = h.x.min(h.y);
    let [across, around] = match duct.section {
        Section::Tube { radius } => [radius / round, TAU * radius / round],
        Section::Annulus { inner, outer } => [(outer - inner) / round, TAU * outer / round],
        Section::Channel { width, height } => [height / h.y, width / h.x],
    };
    // a rounding more is no interval more
    let whole = |x: f64, least: usize| ((x - 1e-6).ceil().max(0.0) as usize).max(least);
    let counts = [
        whole(across, LEAST[0]),
        whole(around, LEAST[1]),
        whole(duct.length / h.z, 1),
    ];
    let nodes = counts
        .iter()
        .try_fold(1_usize, |all, n| all.checked_mul(n + 1))
        .filter(|n| *n <= MOST_NODES);
    let [a, b, c] = counts;
    nodes.map(|_| counts).ok_or_else(|| {
        format!("{a} x {b} x {c} intervals across, around and along are more than {MOST_NODES} nodes. Use a coarser grid")
    })
}

pub(super) fn node(duct: &Duct, counts: &[usize; 3], at: [usize; 3]) -> DVec3 {
    let own: [f64; 3] = std::array::from_fn(|k| at[k] as f64 / counts[k] as f64);
    let [x, y] = duct.section.on_lane(own[0], own[1]);
    DVec3::new(x, y, own[2] * duct.length)
}

/// Stops the fluid at the walls; what went through them and along them, root mean square.
fn stick(duct: &Duct, counts: &[usize; 3], velocity: &mut [DVec3]) -> [f64; 2] {
    let (mut squares, mut walls) = ([0.0, 0.0], 0.0_f64);
    let [a, b, _] = *counts;
    for (n, v) in velocity.iter_mut().enumerate() {
        let (i, j, k) = (n % (a + 1), n / (a + 1) % (b + 1), n / ((a + 1) * (b + 1)));
        let q = node(duct, counts, [i, j, k]);
        let outwards = match duct.section {
            Section::Channel { .. } if i == 0 || i == a => DVec3::Y,
            Section::Channel { .. } if j == 0 || j == b => DVec3::X,
            Section::Tube { .. } if i == a => DVec3::new(q.x, q.y, 0.0).normalize(),
            Section::Annulus { .. } if i == 0 || i == a => DVec3::new(q.x, q.y, 0.0).normalize(),
            _ => continue,
        };
        if v.is_nan() {
            *v = DVec3::ZERO;
            continue;
        }
        let normal = v.dot(outwards);
        squares[0] += normal * normal;
        squares[1] += (*v - normal * outwards).length_squared();
        walls += 1.0;
        *v = DVec3::ZERO;
    }
    squares.map(|s| (s / walls.max(1.0)).sqrt())
}

/// The flow along z through layer `k` of nodes [um3/us].
fn through(duct: &Duct, counts: &[usize; 3], velocity: &[DVec3], k: usize) -> f64 {
    let [a, b, _] = *counts;
    let row = |i: usize| -> f64 {
        let at = |j: usize| velocity[(k * (b + 1) + j) * (a + 1) + i].z;
        (0..b).map(|j| 0.5 * (at(j) + at(j + 1))).sum::<f64>() / b as f64
    };
    let rows: Vec<f64> = (0..=a).map(row).collect();
    let all = passing(
        &duct.section,
        Across::Lanes,
        &fine(&duct.section, Across::Lanes, &rows),
    );
    all.last().copied().unwrap_or(0.0) * duct.section.area()
}

/// Divergence over the slopes that it is the sum of, root mean squares over the cells inside.
fn divergence(grid: &VectorGrid, duct: &Duct) -> Result<f64, String> {
    let (mut div, mut own, mut all, mut least, mut any) = (0.0, 0.0, 0.0, 0.0, false);
    // a velocity that is the same everywhere has rounding for slopes
    let (from, to) = grid.bounds();
    let size = (to - from).max_element();
    for (c, step) in cells(grid, duct) {
        any = true;
        // in the middle of the cell
        let slope = |k: usize| {
            (0..8)
                .map(|i| if i >> k & 1 == 1 { c[i] } else { -c[i] })
                .sum::<DVec3>()
                / (4.0 * step[k])
        };
        let gradient = DMat3::from_cols(slope(0), slope(1), slope(2));
        let slopes = [0, 1, 2].map(|k: usize| gradient.col(k)[k]);
        div += slopes.iter().sum::<f64>().powi(2);
        least += (1e-4 * c[0].length() / size).powi(2);
        own += slopes.iter().map(|s| s * s).sum::<f64>();
        all += gradient.to_cols_array().iter().map(|g| g * g).sum::<f64>();
    }
    if !any {
        return Err("no cell of the grid lies inside the duct. Use a finer grid".into());
    }
    let scale = own + FLOOR * FLOOR * all + least;
    Ok(if scale > 0.0 { (div / scale).sqrt() } else { 0.0 })
}
