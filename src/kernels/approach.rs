//! A cell on its way past one wire or sphere of a matrix, from upstream until it is caught or has gone by.
//!
//! Overdamped: its velocity is that of the fluid and what the field gives it (`laws::collector_flow`, `laws::collector_pull`);
//! lengths in radii of the collector, velocities in that of the stream, which comes along z. A cell is a point and is caught
//! when its centre comes to the surface.

use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, fixture};
use crate::Error;
use crate::laws::collector_field::collector_field;
use crate::laws::collector_flow::collector_flow;
use crate::laws::collector_pull::collector_pull;
use crate::laws::saturation::saturation;
use crate::magnets::{Collector, Past, Shape, Soft};
use crate::shaders::{gpu_constants, gpu_struct};
use glam::DVec3;

const FLOWN: &str = "kernel and back-ends take Runge-Kutta steps of a tenth of the distance from the axis and land on the border \
                     along their velocity; the twin is exact to 1e-7. In f32 a place at the reach is known to 1e-6 of a radius";

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "approach",
    over: Over::Rows("starts"),
    workgroup: 256,
    outputs: &[
        Output {
            buffer: "ends",
            compare: Compare::Columns(4),
            tolerance: 2e-4,
            reason: FLOWN,
        },
        Output {
            buffer: "spent",
            compare: Compare::Columns(1),
            tolerance: 2e-4,
            reason: FLOWN,
        },
    ],
    fixtures,
    twin,
};

gpu_struct! {
    /// Twin of `Start` in `shaders/kernels/approach.wgsl`: where a cell comes from and what it is.
    pub struct Start {
        /// Place across the stream where it comes within reach [radii]; along a wire, x, it does not matter.
        pub across: [f32; 2],
        /// Its magnetic velocity over that of the stream; below zero for a cell that the field repels.
        pub ratio: f32,
        /// The argument of `laws::saturation` in the background; 0 for what does not saturate.
        pub saturation: f32,
    }
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It went by.
    Passed,
    /// It came to the surface.
    Caught,
    /// It took [`MOST`] steps and was still there.
    Undecided,
}

impl Fate {
    /// The number by which the kernel calls it.
    pub fn number(self) -> f32 {
        match self {
            Self::Passed => PASSED,
            Self::Caught => CAUGHT,
            Self::Undecided => UNDECIDED,
        }
    }
}

/// Where a trajectory ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// Place [radii].
    pub place: [f32; 3],
    /// What became of it.
    pub fate: Fate,
    /// How long it took [radii over the velocity of the stream].
    pub time: f32,
}

impl End {
    /// From a row of `ends` and the time; what the kernel does not write is undecided.
    pub fn from_row(row: [f32; 4], time: f32) -> Self {
        let [x, y, z, number] = row;
        let all = [Fate::Passed, Fate::Caught];
        let fate = all.into_iter().find(|f| f.number() == number);
        Self {
            place: [x, y, z],
            fate: fate.unwrap_or(Fate::Undecided),
            time,
        }
    }
}

/// Cells that are flown in one go: at some hundred steps each they take a small part of a second also where the device is a program
/// on the CPU.
pub const TOGETHER: usize = 1 << 15;

gpu_constants! {
    /// Most steps of a trajectory.
    pub const MOST: usize = 4000;
    /// Longest step over the distance from the axis or centre, or over the width of a narrow cell of fluid.
    pub const LENGTH: f64 = 0.1;
    /// How much shorter it is where the velocity turns.
    pub const TURN: f64 = 6.0;
    /// Slower than anything that moves [velocity of the stream].
    pub const STILL: f64 = 1e-9;
    /// Number of [`Fate::Passed`].
    const PASSED: f32 = 0.0;
    /// Number of [`Fate::Caught`].
    const CAUGHT: f32 = 1.0;
    /// Number of [`Fate::Undecided`].
    const UNDECIDED: f32 = 2.0;
}

/// Refuses what no trajectory can start from.
///
/// # Errors
/// [`Error::Input`] with the number of the start.
pub fn check(collector: &Collector, starts: &[Start]) -> Result<(), Error> {
    let reach = collector.reach();
    let wrong = |s: &Start| {
        let [x, y] = s.across.map(f64::from);
        let square = x * x + y * y;
        // not "at least", so that NaN is refused
        !(square < reach * reach && s.ratio.is_finite() && (0.0..f32::INFINITY).contains(&s.saturation))
    };
    match starts.iter().enumerate().find(|(_, s)| wrong(s)) {
        None => Ok(()),
        Some((i, s)) => Err(Error::Input(format!(
            "trajectory {i} starts {:?} radii off the axis of a collector with the velocity ratio {} and the saturation {}; it has \
             to start within {reach} radii, and the numbers have to be finite",
            s.across, s.ratio, s.saturation
        ))),
    }
}

/// A collector and the stream past it, as `collector` describes them.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    flow: [f64; 5],
    direction: DVec3,
    induced: f64,
    reach: f64,
    wire: bool,
}

impl Around {
    /// From [`Collector::words`].
    pub fn new(words: [f32; 12]) -> Self {
        let w = words.map(f64::from);
        Self {
            flow: [w[0], w[1], w[2], w[3], w[8]],
            direction: DVec3::new(w[4], w[5], w[6]),
            induced: w[7],
            reach: w[9],
            wire: w[10] == 0.0,
        }
    }

    /// How far trajectories are followed [radii].
    pub fn reach(&self) -> f64 {
        self.reach
    }

    /// Velocity at `q` [radii] of the cell that `start` describes, in that of the stream.
    #[inline(always)]
    pub fn velocity(&self, q: DVec3, start: &Start) -> DVec3 {
        let r = q.length();
        let n = q / r;
        let b = collector_field(n, r, self.direction, self.induced, self.wire);
        let share = f64::from(start.ratio) * saturation(f64::from(start.saturation) * b);
        collector_flow(n, r, self.flow, self.wire)
            + share * collector_pull(n, r, self.direction, self.induced, self.wire)
    }

    /// Where it comes within reach.
    pub fn upstream(&self, start: &Start) -> DVec3 {
        let [x, y] = start.across.map(f64::from);
        let x = if self.wire { 0.0 } else { x };
        DVec3::new(x, y, -(self.reach * self.reach - x * x - y * y).sqrt())
    }
}

/// Exact to about `error` of a radius in place: classical Runge-Kutta steps, each against two of half its length, and
/// bisection to the border. None if it does not end.
fn exact(around: &Around, start: &Start, error: f64) -> Option<(DVec3, Fate, f64)> {
    let step = |q: DVec3, h: f64| {
        let v = |q| around.velocity(q, start);
        let k1 = v(q);
        let k2 = v(q + k1 * (h / 2.0));
        let k3 = v(q + k2 * (h / 2.0));
        let k4 = v(q + k3 * h);
        q + (k1 + k2 * 2.0 + k3 * 2.0 + k4) * (h / 6.0)
    };
    let outside = |q: DVec3| q.length() <= 1.0 || q.length() > around.reach;
    let mut q = around.upstream(start);
    let (mut t, mut h) = (0.0, 1e-3 / around.velocity(q, start).length());
    for _ in 0..200_000 {
        // a stage must not come near the axis, where there is nothing
        h = h.min(0.2 * q.length() / around.velocity(q, start).length().max(1e-12));
        let whole = step(q, h);
        let halves = step(step(q, h / 2.0), h / 2.0);
        let off = (whole - halves).length() / 15.0;
        let fit = h * 0.9 * (error / off.max(1e-30)).powf(0.2).clamp(0.1, 3.0);
        if off > error {
            h = fit;
            continue;
        }
        if outside(halves) {
            let (mut inside, mut beyond) = (0.0, h);
            for _ in 0..60 {
                let middle = 0.5 * (inside + beyond);
                if outside(step(step(q, middle / 2.0), middle / 2.0)) {
                    beyond = middle;
                } else {
                    inside = middle;
                }
            }
            let end = step(step(q, inside / 2.0), inside / 2.0);
            let fate = if end.length() < 0.5 * (1.0 + around.reach) {
                Fate::Caught
            } else {
                Fate::Passed
            };
            return Some((end, fate, t + inside));
        }
        q = halves;
        t += h;
        h = fit;
    }
    None
}

/// The collector of a fixture.
pub fn around(f: &Fixture) -> Around {
    let mut words = [0.0; 12];
    words
        .iter_mut()
        .zip(f.floats("collector"))
        .for_each(|(w, x)| *w = *x);
    Around::new(words)
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let around = around(f);
    let mut ends: Vec<f64> = f.floats("ends").iter().map(|x| f64::from(*x)).collect();
    let mut spent: Vec<f64> = f.floats("spent").iter().map(|x| f64::from(*x)).collect();
    let starts: &[Start] = bytemuck::cast_slice(f.words("starts"));
    for (i, start) in starts.iter().take(f.items).enumerate() {
        let (q, fate, t) = exact(&around, start, 1e-7).unwrap_or((DVec3::NAN, Fate::Undecided, f64::NAN));
        ends[4 * i..][..4].copy_from_slice(&[q.x, q.y, q.z, fate.number().into()]);
        spent[i] = t;
    }
    vec![
        ("ends", Reference::Reals(ends)),
        ("spent", Reference::Reals(spent)),
    ]
}

fn fixtures() -> Vec<Fixture> {
    let (y, z) = (DVec3::Y, DVec3::Z);
    let mut all: Vec<Fixture> = [0, 1, 255, 256, 257]
        .into_iter()
        .map(|n| {
            let c = collector(Shape::Sphere, Past::Creeping, y + 0.3 * z, 0.6);
            build(&format!("spheres of a bed, field across, {n}"), n, c, 0.0)
        })
        .collect();
    let oblique = DVec3::new(0.3, 0.8, -0.6);
    for (label, shape, past, b0, f, saturation) in [
        (
            "a wire along the field",
            Shape::Wire,
            Past::Potential,
            0.5 * z,
            0.1,
            0.0,
        ),
        (
            "a wire in an oblique field",
            Shape::Wire,
            Past::Potential,
            0.3 * (y + z),
            0.1,
            0.0,
        ),
        (
            "wool, beads that saturate",
            Shape::Wire,
            Past::Creeping,
            0.4 * y - 0.2 * z,
            0.03,
            3.0,
        ),
        (
            "dense wool",
            Shape::Wire,
            Past::Creeping,
            0.3 * y + 0.5 * z,
            0.3,
            0.0,
        ),
        (
            "a ball in an oblique field",
            Shape::Sphere,
            Past::Potential,
            oblique,
            0.1,
            0.0,
        ),
        (
            "a few balls, beads that saturate",
            Shape::Sphere,
            Past::Creeping,
            oblique,
            0.01,
            3.0,
        ),
    ] {
        all.push(build(label, 300, collector(shape, past, b0, f), saturation));
    }
    let c = collector(Shape::Sphere, Past::Potential, 0.6 * y + 0.2 * z, 0.1);
    let mut rows = build("several rows of workgroups", 1_200, c, 1.0);
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    all
}

/// A collector of soft iron; `None` where its numbers would be refused, which those of the fixtures are not.
fn collector(shape: Shape, past: Past, b0: DVec3, solid_fraction: f64) -> Option<Collector> {
    let soft = Soft {
        susceptibility: 1e3,
        saturation: 1.5,
    };
    Collector::new(shape, 25.0, soft, b0, past, solid_fraction).ok()
}

/// `items` cells, each of which with its neighbours has one fate, so that no rounding can change it.
fn build(label: &str, items: usize, collector: Option<Collector>, saturation: f32) -> Fixture {
    let mut words = collector.map_or([0.0; 12], |c| c.words());
    // nearer than a run follows them, where f32 knows places better
    words[9] = words[9].min(8.0);
    words[11] = words[9] - 1.0;
    let around = Around::new(words);
    let mut s = fixture::Stream::new(items as u32 + label.len() as u32);
    let n = items + fixture::PADDING;
    let drawn = (0..100 * n).map(|_| {
        // near the axis as often as far from it
        let offset = around.reach * s.between(-6.0, -0.1).exp2();
        let (sin, cos) = s.between(0.0, std::f64::consts::TAU).sin_cos();
        let repelled = s.word().is_multiple_of(8);
        Start {
            across: [offset * cos, offset * sin].map(|x| x as f32),
            ratio: (s.between(-5.0, 5.0).exp2() * if repelled { -1.0 } else { 1.0 }) as f32,
            saturation: saturation * s.between(0.0, 2.0) as f32,
        }
    });
    let starts: Vec<Start> = drawn.filter(|s| steady(&around, s)).take(n).collect();
    Fixture {
        label: label.into(),
        items,
        params: fixture::tube_params(),
        passage: Default::default(),
        page: fixture::page(items),
        buffers: vec![
            ("collector", Data::F32(words.into())),
            ("starts", Data::F32(bytemuck::cast_slice(&starts).into())),
            ("ends", Data::F32(vec![0.25; 4 * n])),
            ("spent", Data::F32(vec![0.25; n])),
        ],
    }
}

/// Whether cells that start a little beside it come to nearly the same place in nearly the same time.
fn steady(around: &Around, start: &Start) -> bool {
    const BESIDE: f32 = 0.01;
    let end = |dx: f32, dy: f32| {
        let [x, y] = start.across;
        let across = [x * (1.0 + dx), y * (1.0 + dy)];
        exact(around, &Start { across, ..*start }, 1e-5)
    };
    // one that comes in along the border may be out again and back within a step
    let (q, u) = (
        around.upstream(start),
        around.velocity(around.upstream(start), start),
    );
    if q.dot(u).abs() < 0.2 * q.length() * u.length() {
        return false;
    }
    let Some((q, fate, t)) = end(0.0, 0.0) else {
        return false;
    };
    [(BESIDE, 0.0), (0.0, BESIDE), (-BESIDE, -BESIDE)]
        .iter()
        .all(|(dx, dy)| {
            end(*dx, *dy)
                .is_some_and(|(p, other, s)| fate == other && p.distance(q) < 0.2 && (s - t).abs() < 0.5)
        })
}
