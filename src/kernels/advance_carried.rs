//! One step of a cell that a flow carries or a field pulls, until a wall holds it or it leaves.
//!
//! Overdamped: the velocity is the sum of what the body acceleration, the magnetic field and the flow give it, and the step
//! is taken by the midpoint rule (second order).

use super::passage::{ANNULUS, CHANNEL, END, FREE, HELD, HIGH_Y, INNER, LOW_Y, OUT, OUTER};
use super::{Compare, Data, Environment, Fixture, Kernel, Output, Over, Passage, Reference, Step, fixture};
use crate::fixed;
use crate::laws::crossing::{NEVER, crossing};
use crate::laws::{acceleration::acceleration, saturation::saturation};
use glam::{DVec2, DVec3};

const MOVED: &str = "f32 roundings (6e-8 each) in the place, which at the far end of the vessel is 1e3 steps, in the field \
                     between eight corners and in the way to a wall; relative to the greatest displacement";

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "advance_carried",
    entry: "advance_carried",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[
        Output {
            buffer: "position_x",
            compare: Compare::Displacement,
            tolerance: 2e-5,
            reason: MOVED,
        },
        Output {
            buffer: "position_y",
            compare: Compare::Displacement,
            tolerance: 2e-5,
            reason: MOVED,
        },
        Output {
            buffer: "position_z",
            compare: Compare::Displacement,
            tolerance: 2e-5,
            reason: MOVED,
        },
        Output {
            buffer: "fate",
            compare: Compare::Exact,
            tolerance: 0.0,
            reason: "integers; no parcel of the fixtures passes an edge within a rounding",
        },
        Output {
            buffer: "clock",
            compare: Compare::Columns(2),
            tolerance: 1e-5,
            reason: "times since the start in f32, and the place where a wall is met (2e-5 of a step)",
        },
        Output {
            buffer: "stats",
            compare: Compare::Statistics,
            tolerance: 2e-5,
            reason: MOVED,
        },
    ],
    fixtures,
    twin,
};

/// A cell, as far as it matters to how it is carried.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// m0 A [um2].
    pub mobility: f64,
    /// Density above the fluid's [pg/um3].
    pub excess: f64,
    /// Magnetic mobility [um3 us/pg].
    pub magnetic: f64,
    /// One over the field at which it saturates [1/T].
    pub per_field: f64,
}

/// What surrounds the cells.
struct Surroundings<'a> {
    env: &'a Environment,
    step: &'a Step,
    passage: &'a Passage,
    pull: &'a [f32],
    lane_speed: &'a [f32],
}

impl Surroundings<'_> {
    /// grad(B2)/(2 mu0) and |B|: the mean of the eight corners, weighted by the volumes opposite.
    fn pull(&self, q: DVec3) -> (DVec3, f64) {
        let n = self.env.cells.map(|n| n as usize);
        let c = ((q - self.env.origin) / self.env.size).to_array();
        let low: [usize; 3] = std::array::from_fn(|k| (c[k].max(0.0) as usize).min(n[k] - 1));
        let mut sum = [0.0; 4];
        for corner in 0..8 {
            let (mut weight, mut index) = (1.0, [0; 3]);
            for k in 0..3 {
                let t = (c[k] - low[k] as f64).clamp(0.0, 1.0);
                let high = corner >> k & 1;
                weight *= if high == 1 { t } else { 1.0 - t };
                index[k] = low[k] + high;
            }
            let node = (index[2] * (n[1] + 1) + index[1]) * (n[0] + 1) + index[0];
            for (s, v) in sum.iter_mut().zip(&self.pull[4 * node..]) {
                *s += weight * f64::from(*v);
            }
        }
        (DVec3::new(sum[0], sum[1], sum[2]), sum[3])
    }

    fn wall(&self) -> DVec3 {
        let w = self.passage.wall;
        DVec3::new(w[0].into(), w[1].into(), w[2].into())
    }

    /// The walls as the centre of a cell meets them: a radius before the cell's surface would be in them.
    fn reach(&self, radius: f64) -> DVec3 {
        let w = self.wall();
        let inner = match self.passage.shape {
            CHANNEL => w.x - radius,
            ANNULUS => w.x + radius,
            _ => 0.0,
        };
        DVec3::new(inner, w.y - radius, w.z)
    }

    fn lane(&self, q: DVec3) -> f64 {
        let w = self.wall();
        if self.passage.shape == CHANNEL {
            (q.y + w.y) / (2.0 * w.y)
        } else {
            (q.truncate().length() - w.x) / (w.y - w.x)
        }
    }

    fn flow(&self, q: DVec3) -> f64 {
        let x = self.lane(q).clamp(0.0, 1.0) * f64::from(self.passage.lanes);
        let i = (x as usize).min(self.passage.lanes as usize - 1);
        let [a, b] = [i, i + 1].map(|k| f64::from(self.lane_speed[k]));
        self.step.flow * (a + (b - a) * (x - i as f64))
    }

    /// Velocity, and the part of it that the magnetic field makes.
    fn drift(&self, q: DVec3, cell: &Cell) -> (DVec3, DVec3) {
        let (field, b) = self.pull(q);
        let pulled = field * (cell.magnetic * saturation(b * cell.per_field));
        let a = acceleration(
            q,
            self.step.acceleration.gradient,
            self.step.acceleration.constant,
        );
        let sinking = a * (cell.mobility * cell.excess / self.env.viscosity);
        (sinking + pulled + DVec3::Z * self.flow(q), pulled)
    }

    /// Every side wall that a way meets: at which fraction of it, which one, and its normal out of the vessel there.
    fn met(&self, q: DVec2, d: DVec2, radius: f64) -> Vec<(f64, u32, DVec2)> {
        let w = self.reach(radius);
        let mut met = Vec::new();
        if self.passage.shape == CHANNEL {
            for (axis, half, low, high) in [(DVec2::X, w.x, INNER, OUTER), (DVec2::Y, w.y, LOW_Y, HIGH_Y)] {
                let (x, d) = (q.dot(axis), d.dot(axis));
                if (x + d).abs() > half && d != 0.0 {
                    let at = (half - x.abs()).max(0.0) / d.abs();
                    met.push((at, if d > 0.0 { high } else { low }, axis * d.signum()));
                }
            }
            return met;
        }
        if self.passage.shape == ANNULUS {
            let at = crossing(q, d, w.x, false);
            met.push((at, INNER, -(q + at * d)));
        }
        let at = crossing(q, d, w.y, true);
        met.push((at, OUTER, q + at * d));
        met.retain(|(at, ..)| *at < NEVER);
        met
    }

    /// The nearest place that the centre of a cell can have.
    fn within(&self, q: DVec2, radius: f64) -> DVec2 {
        let w = self.reach(radius);
        match self.passage.shape {
            CHANNEL => q.clamp(-w.truncate(), w.truncate()),
            ANNULUS => q.clamp_length(w.x, w.y),
            _ => q.clamp_length_max(w.y),
        }
    }
}

/// What a step makes of a cell.
struct Moved {
    d: DVec3,
    fate: u32,
    /// Part of the step until then.
    part: f64,
}

/// A cell stops where it first meets a wall that holds it, or at the end; else it goes all its way, and where that leads out of
/// the vessel it is brought back.
fn moved(q: DVec3, d: DVec3, pulled: DVec3, radius: f64, s: &Surroundings<'_>) -> Moved {
    let p = s.passage;
    let holds = |surface: u32| p.holding >> surface & 1 == 1;
    let length = s.wall().z;
    let mut stops: Vec<(f64, u32)> = s
        .met(q.truncate(), d.truncate(), radius)
        .into_iter()
        .filter(|(_, surface, normal)| holds(*surface) && pulled.truncate().dot(*normal) > 0.0)
        .map(|(at, surface, _)| (at, HELD + surface))
        .collect();
    if d.z > 0.0 && q.z + d.z >= length {
        let at = (length - q.z).max(0.0) / d.z;
        if p.open == 1 {
            stops.push((at, OUT));
        } else if holds(END) && pulled.z > 0.0 {
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
        let lane = s.lane(to);
        fate += p.splits[..3]
            .iter()
            .filter(|split| lane > f64::from(**split))
            .count() as u32;
    }
    Moved {
        d: to - q,
        fate,
        part,
    }
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let (env, step) = f.params.split();
    let s = Surroundings {
        env: &env,
        step: &step,
        passage: &f.passage,
        pull: f.floats("pull"),
        lane_speed: f.floats("lane_speed"),
    };
    let names = ["position_x", "position_y", "position_z"];
    let mut positions = names.map(|k| f.positions(k));
    let mut fate = f.words("fate").to_vec();
    let mut clock: Vec<f64> = f.floats("clock").iter().map(|t| f64::from(*t)).collect();
    let mut stats = f.statistics();
    for i in 0..f.items {
        let p: [u64; 3] = std::array::from_fn(|k| positions[k][i]);
        let parcel = f.page.first + i as u32;
        if !fixed::inside(p, env.cells) {
            stats.report(step.number, parcel);
            continue;
        }
        let late = (clock[2 * i] - step.time).max(0.0);
        if fate[i] >= HELD || late >= step.dt {
            continue;
        }
        let dt = step.dt - late;
        let real = |name: &str, k: usize| f64::from(f.floats(name)[k]);
        let cell = Cell {
            mobility: real("mobility", i),
            excess: real("excess", i),
            magnetic: real("magnetic", 2 * i),
            per_field: real("magnetic", 2 * i + 1),
        };
        let at = DVec3::from_array(p.map(fixed::to_cells));
        let q = env.origin + env.size * at;
        let half_way = q + s.drift(q, &cell).0 * (0.5 * dt);
        let (velocity, pulled) = s.drift(half_way, &cell);
        let d = velocity * dt;
        if !d.is_finite() {
            stats.report(step.number, parcel);
            continue;
        }
        stats.greatest = stats.greatest.max((d / env.size).abs().max_element());
        // the diameter of the sphere of the same mobility
        let radius = 0.5 * (18.0 * cell.mobility).sqrt();
        let m = moved(q, d, pulled, radius, &s);
        let to = (at + m.d / env.size).to_array();
        for k in 0..3 {
            positions[k][i] = fixed::from_cells(to[k], env.cells[k]);
        }
        fate[i] = m.fate;
        if m.fate != FREE {
            clock[2 * i + 1] = step.time + late + m.part * dt;
        }
    }
    let mut out: Vec<(&'static str, Reference)> = names
        .into_iter()
        .zip(positions)
        .map(|(n, v)| (n, Reference::Positions(v)))
        .collect();
    out.push(("fate", Reference::Words(fate)));
    out.push(("clock", Reference::Reals(clock)));
    out.push(("stats", Reference::Statistics(stats)));
    out
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(&format!("{n} parcels in an annulus"), n, annulus()))
        .collect();
    let mut closed = annulus();
    (closed.open, closed.holding) = (0, 0b1_0001);
    all.push(build("an annulus with a closed end that holds", 5_003, closed));
    closed.holding = 0b10;
    all.push(build(
        "an annulus with a closed end that lets slide",
        3_001,
        closed,
    ));
    let mut tube = annulus();
    (tube.shape, tube.wall[0], tube.splits) = (super::passage::TUBE, 0.0, [0.8, 2.0, 2.0, 2.0]);
    all.push(build("a tube", 3_001, tube));
    let mut channel = annulus();
    (channel.shape, channel.wall) = (CHANNEL, [1000.0, 880.0, 2050.0, 0.0]);
    all.push(build("a channel whose outer walls hold", 5_003, channel));
    channel.holding = 0b0_0101;
    all.push(build("a channel whose lower walls hold", 5_003, channel));
    channel.holding = 0;
    all.push(build("a channel that lets slide", 3_001, channel));
    // the walls are those of the box, so that the middle of a step may lie beyond the last corners of the field
    channel.wall = [1100.0, 900.0, 2100.0, 0.0];
    channel.open = 0;
    all.push(build("a channel as wide as the grid", 5_003, channel));
    // on the floor of a channel, on the closed end and in the corner of both: what lies on one wall meets the others too
    channel.wall = [1000.0, 880.0, 2050.0, 0.0];
    channel.holding = 0b0_0010;
    let mut floor = build("on the floor and the end", 3_001, channel);
    let (size, origin) = (floor.params.size, floor.params.origin);
    let put = |words: &mut [u32], axis: usize, at: f32, from: usize| {
        let cells = f64::from((at - origin[axis]) / size[axis]);
        let p = fixed::from_cells(cells, 7);
        for (i, w) in words.chunks_exact_mut(2).enumerate() {
            if i % 3 == from || i % 3 == 2 {
                (w[0], w[1]) = (p as u32, (p >> 32) as u32);
            }
        }
    };
    for (name, data) in &mut floor.buffers {
        match (*name, data) {
            ("position_y", Data::U32(v)) => put(v, 1, -877.0, 0),
            ("position_z", Data::U32(v)) => put(v, 2, 2049.99, 1),
            _ => {}
        }
    }
    floor.params.row_y = [0.0, 0.0, 0.0, -2.1e-3];
    all.push(floor);
    let mut rows = build("several rows of workgroups", 5_003, annulus());
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    let mut broken = build("parcels that are not sound", 777, channel);
    for (name, data) in &mut broken.buffers {
        match (*name, data) {
            ("excess", Data::F32(v)) => (v[321], v[400]) = (f32::NAN, f32::NEG_INFINITY),
            ("magnetic", Data::F32(v)) => v[2 * 333] = f32::NAN,
            ("fate", Data::U32(v)) => v.fill(FREE),
            ("clock", Data::F32(v)) => v.fill(0.0),
            _ => {}
        }
    }
    all.push(broken.clone());
    broken.label = "a bad parcel after a bad step".into();
    let step = broken.params.step;
    fixture::set(&mut broken, fixture::later_statistics(step));
    all.push(broken);
    all.push(fixture::escaped(build("parcels outside of the grid", 777, tube)));
    all
}

/// Between 0.35 and 0.85 mm: both walls lie within the box of the fixtures.
fn annulus() -> Passage {
    Passage {
        wall: [350.0, 850.0, 2050.0, 0.0],
        splits: [0.3, 0.55, 0.8, 2.0],
        shape: ANNULUS,
        open: 1,
        holding: 0b0_1010,
        lanes: 37,
    }
}

fn build(label: &str, items: usize, passage: Passage) -> Fixture {
    let mut params = fixture::box_params();
    params.origin = [-1100.0, -900.0, 0.0, 0.0];
    params.size = [440.0, 450.0, 300.0, params.size[3]];
    params.omega[3] = 41_000.0;
    params.flow = 2.9e-3;
    let mut s = fixture::Stream::new(items as u32 + 57);
    let n = items + fixture::PADDING;
    let cells = [params.cells[0], params.cells[1], params.cells[2]];
    let mut places: [Vec<u32>; 3] = Default::default();
    for _ in 0..n {
        let [x, y] = loop {
            let q = DVec2::new(s.between(-1050.0, 1050.0), s.between(-890.0, 890.0));
            let wall = passage.wall.map(f64::from);
            let inside = match passage.shape {
                CHANNEL => q.x.abs() < wall[0] && q.y.abs() < wall[1],
                _ => q.length() > wall[0] && q.length() < wall[1],
            };
            if inside {
                break q.to_array();
            }
        };
        let q = [x, y, s.between(0.0, f64::from(passage.wall[2]))];
        for k in 0..3 {
            let cell = (q[k] - f64::from(params.origin[k])) / f64::from(params.size[k]);
            let p = fixed::from_cells(cell, cells[k]);
            places[k].extend([p as u32, (p >> 32) as u32]);
        }
    }
    let [x, y, z] = places;
    let mut buffers = vec![
        ("position_x", Data::U32(x)),
        ("position_y", Data::U32(y)),
        ("position_z", Data::U32(z)),
    ];
    buffers.extend(fixture::cells(&mut s, items));
    let nodes: usize = cells.iter().map(|c| *c as usize + 1).product();
    let pull = (0..nodes)
        .flat_map(|_| {
            let mut f = || s.between(-0.011, 0.012);
            [f(), f(), f(), s.between(0.05, 1.4)]
        })
        .map(|v| v as f32)
        .collect();
    let magnetic = (0..n)
        .flat_map(|i| {
            // unlabelled, weakly and strongly saturated, repelled
            let m = [0.0, 0.9, 0.9, -0.5][i % 4] * s.between(0.2, 1.0);
            [
                m as f32,
                [0.0, 2.0, 5.0, 40.0, 1.0][i % 5] * s.between(0.5, 1.5) as f32,
            ]
        })
        .collect();
    let start = f64::from(params.time);
    let dt = f64::from(params.omega[3]);
    let fate = (0..n).map(|i| [0, 0, 0, 1, 1, 3, 9][i % 7]).collect();
    let clock = (0..n)
        .flat_map(|i| {
            let enter = match i % 7 {
                // in the middle of this step, and after it
                3 => start + s.between(0.1, 0.9) * dt,
                4 => start + s.between(1.1, 9.0) * dt,
                _ => s.between(0.0, start),
            };
            [enter as f32, -1.0]
        })
        .collect();
    let lane_speed = (0..=passage.lanes).map(|_| s.between(0.1, 2.0) as f32).collect();
    buffers.extend([
        ("magnetic", Data::F32(magnetic)),
        ("fate", Data::U32(fate)),
        ("clock", Data::F32(clock)),
        ("pull", Data::F32(pull)),
        ("lane_speed", Data::F32(lane_speed)),
        fixture::statistics(),
    ]);
    Fixture {
        label: label.into(),
        items,
        params,
        passage,
        page: fixture::page(items),
        buffers,
    }
}
