//! How much of the stream one wire or sphere of a matrix clears of cells, from trajectories that a back-end flies.
//!
//! Cells start at many distances from the axis, on one or more rays; wherever a caught and a passing neighbour stand side by
//! side the place between them is searched again, so that rings and strips off the axis count like those about it. The result
//! is a cross-section over that of the collector: of a wire the width it clears over 2 a, of a sphere the area over pi a2.

use crate::Error;
use crate::kernels::approach::{End, Fate, Start};
use crate::magnets::{Collector, Shape};

/// Distances on a ray: each is a sixth more than the one before, at worst, so that a strip of that width is not missed.
const POINTS: usize = 128;

/// Parts into which a stretch between caught and passing is divided, twice: the border is known to 1e-4 of its distance.
const PARTS: usize = 32;
const ROUNDS: usize = 2;

/// Rays on the half of the stream that mirrors the other in the plane of stream and field.
const RAYS: usize = 16;

/// Distance of the first point over the cross-section that is to be expected; what lies within counts like it.
const NEAREST: f64 = 3e-4;

/// Below this a component of a direction is none.
const NONE: f64 = 1e-9;

/// What flies cells past a collector: a back-end.
pub type Fly<'a> = dyn FnMut(&[Start]) -> Result<Vec<End>, Error> + 'a;

/// The directions across the stream in which cells start; by symmetry they stand for all.
fn rays(collector: &Collector) -> Vec<[f64; 2]> {
    let h = collector.direction();
    let aside = h.x.hypot(h.y);
    let (some, all) = (vec![[0.0, 1.0]], vec![[0.0, 1.0], [0.0, -1.0]]);
    match collector.shape() {
        Shape::Wire if h.y.abs() < NONE || h.z.abs() < NONE => some,
        Shape::Wire => all,
        // the same all round the axis
        Shape::Sphere if aside < NONE => some,
        Shape::Sphere => {
            // a field straight across looks the same from behind: a quarter is enough
            let (count, arc) = if h.z.abs() < NONE {
                (RAYS / 2, 0.5 * std::f64::consts::PI)
            } else {
                (RAYS, std::f64::consts::PI)
            };
            let from = h.y.atan2(h.x);
            (0..count)
                .map(|i| {
                    let (sin, cos) = (from + arc * (i as f64 + 0.5) / count as f64).sin_cos();
                    [cos, sin]
                })
                .collect()
        }
    }
}

/// A stretch of a ray between two distances of which one is caught.
struct Stretch {
    line: usize,
    from: f64,
    to: f64,
    /// Whether the nearer end is caught.
    caught: bool,
}

/// Cross-sections of `collector` for cells with these ratios of magnetic velocity to that of the stream, for the argument
/// `saturation` of `laws::saturation` in the background (0 for what does not saturate). Cells that are undecided, on the
/// edge of being caught, count as passed.
///
/// # Errors
/// [`Error::Input`] for a ratio that is not finite; as `fly`.
pub fn survey(
    collector: &Collector,
    ratios: &[f64],
    saturation: f64,
    fly: &mut Fly<'_>,
) -> Result<Vec<f64>, Error> {
    if let Some(bad) = ratios.iter().find(|r| !r.is_finite()) {
        return Err(Error::Input(format!(
            "the ratio of magnetic velocity to that of the stream is {bad}; it has to be finite"
        )));
    }
    let rays = rays(collector);
    // the border of the cell is no start: cells there do not come in
    let far = collector.reach() * (1.0 - 1e-6);
    let start = |line: usize, s: f64| {
        let [x, y] = rays[line % rays.len()];
        Start {
            across: [x * s, y * s].map(|x| x as f32),
            ratio: ratios[line / rays.len()] as f32,
            saturation: saturation as f32,
        }
    };
    let mut caught = |starts: &[Start]| -> Result<Vec<bool>, Error> {
        let ends = fly(starts)?;
        if ends.len() != starts.len() {
            return Err(Error::Internal(format!(
                "{} of {} trajectories came back",
                ends.len(),
                starts.len()
            )));
        }
        Ok(ends.iter().map(|e| e.fate == Fate::Caught).collect())
    };

    // all rays of all ratios at once, so that a wide device has enough to do
    let lines = ratios.len() * rays.len();
    let points: Vec<Vec<f64>> = ratios.iter().map(|r| distances(collector, *r, far)).collect();
    let at = |line: usize| &points[line / rays.len()];
    let starts: Vec<Start> = (0..lines)
        .flat_map(|line| at(line).iter().map(move |s| (line, *s)))
        .map(|(line, s)| start(line, s))
        .collect();
    let seen = caught(&starts)?;
    let mut first = Vec::with_capacity(lines);
    let mut stretches = Vec::new();
    for (line, seen) in seen.chunks(POINTS).enumerate() {
        first.push(seen.first().copied().unwrap_or(false));
        changes(&mut stretches, line, at(line), seen);
    }
    for _ in 0..ROUNDS {
        let inner = |s: &Stretch, k: usize| s.from + (s.to - s.from) * k as f64 / PARTS as f64;
        let starts: Vec<Start> = stretches
            .iter()
            .flat_map(|s| (1..PARTS).map(move |k| start(s.line, inner(s, k))))
            .collect();
        let seen = caught(&starts)?;
        let mut finer = Vec::new();
        for (s, seen) in stretches.iter().zip(seen.chunks(PARTS - 1)) {
            let places: Vec<f64> = (0..=PARTS).map(|k| inner(s, k)).collect();
            let mut states = vec![s.caught];
            states.extend(seen);
            states.push(!s.caught);
            changes(&mut finer, s.line, &places, &states);
        }
        stretches = finer;
    }

    // integral of d(s^p) over what is caught, as the mean of the rays
    let power = match collector.shape() {
        Shape::Wire => 1,
        Shape::Sphere => 2,
    };
    let mut sums = vec![0.0; lines];
    let mut last = first;
    for s in &stretches {
        let border = (0.5 * (s.from + s.to)).powi(power);
        sums[s.line] += if s.caught { border } else { -border };
        last[s.line] = !s.caught;
    }
    for (sum, last) in sums.iter_mut().zip(last) {
        if last {
            *sum += collector.reach().powi(power);
        }
    }
    Ok(sums
        .chunks(rays.len())
        .map(|rays| rays.iter().sum::<f64>() / rays.len() as f64)
        .collect())
}

/// Distances from the axis at which cells of a ratio start: evenly spaced in their logarithm.
fn distances(collector: &Collector, ratio: f64, far: f64) -> Vec<f64> {
    // what is caught of weak cells is a cross-section of the order of the ratio
    let weak = ratio.abs().clamp(1e-6, 1.0);
    let near = NEAREST
        * match collector.shape() {
            Shape::Wire => weak,
            Shape::Sphere => weak.sqrt(),
        };
    (0..POINTS)
        .map(|i| near * (far / near).powf(i as f64 / (POINTS - 1) as f64))
        .collect()
}

/// The stretches of `places` at whose ends cells differ.
fn changes(out: &mut Vec<Stretch>, line: usize, places: &[f64], caught: &[bool]) {
    for (place, seen) in places.windows(2).zip(caught.windows(2)) {
        if seen[0] != seen[1] {
            out.push(Stretch {
                line,
                from: place[0],
                to: place[1],
                caught: seen[0],
            });
        }
    }
}

/// Cross-sections of a collector for any ratio, from a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    collector: Collector,
    rows: Vec<(f64, f64)>,
}

/// Ratios of a table: 2^-10 to 2^10 in steps of a factor sqrt 2.
const STEPS: i32 = 20;

impl Capture {
    /// Flies what a table needs; arguments and errors are those of [`survey`]. A row is the greatest cross-section up to its
    /// ratio: in a narrow cell of fluid a strong field pushes cells out again where it repels (Happel's 60 % of spheres, field across
    /// the stream: from ratio 4 on up to a fifth of them). They come to a neighbour, of which this collector knows nothing, and
    /// do not make a bed that attracts more catch less.
    ///
    /// # Errors
    /// As [`survey`].
    pub fn survey(collector: &Collector, saturation: f64, fly: &mut Fly<'_>) -> Result<Self, Error> {
        let ratios: Vec<f64> = (-STEPS..=STEPS).map(|k| (0.5 * f64::from(k)).exp2()).collect();
        let found = survey(collector, &ratios, saturation, fly)?;
        let greatest = found.into_iter().scan(0.0, |most: &mut f64, x| {
            *most = most.max(x);
            Some(*most)
        });
        Ok(Self {
            collector: *collector,
            rows: ratios.into_iter().zip(greatest).collect(),
        })
    }

    /// Ratios and cross-sections of the table.
    pub fn rows(&self) -> &[(f64, f64)] {
        &self.rows
    }

    /// The collector.
    pub fn collector(&self) -> &Collector {
        &self.collector
    }

    /// Cross-section over that of the collector, [1]: the power law between the neighbours in the table. Below it in proportion to
    /// the ratio: weak cells are caught from the fluid that their own velocity brings to the surface, and at the lowest ratio,
    /// 1e-3, what they are short of that limit is some per cent. Above it the power law of the last two rows, never more than the
    /// border of the cell in creeping flow lets in. A cell that the field repels (a ratio not above zero) is taken as not
    /// caught.
    pub fn cross_section(&self, ratio: f64) -> f64 {
        let (Some(first), Some(last)) = (self.rows.first(), self.rows.last()) else {
            return 0.0;
        };
        if ratio.is_nan() || ratio <= 0.0 {
            return 0.0;
        }
        if ratio <= first.0 {
            return first.1 * ratio / first.0;
        }
        let most = match self.collector.shape() {
            Shape::Wire => self.collector.reach(),
            Shape::Sphere => self.collector.reach().powi(2),
        };
        let above = self.rows.partition_point(|r| r.0 < ratio);
        let pair = above.clamp(1, self.rows.len() - 1);
        let (a, b) = (self.rows[pair - 1], self.rows[pair]);
        if ratio <= last.0 {
            return between(a, b, ratio);
        }
        between(a, b, ratio).min(most)
    }

    /// What a bed of such collectors takes out of the stream per length [1/um]: cells fall off as exp(-lambda z). `ratio` is over
    /// the superficial velocity, to which the cross-section refers. Wires lie across the stream: per volume of bed there is a
    /// length F/(pi a2) of them, of spheres a number 3 F/(4 pi a3).
    pub fn per_length(&self, ratio: f64) -> f64 {
        let (a, f) = (self.collector.radius(), self.collector.solid_fraction());
        let per_radius = match self.collector.shape() {
            Shape::Wire => 2.0 / std::f64::consts::PI,
            Shape::Sphere => 0.75,
        };
        per_radius * f / a * self.cross_section(ratio)
    }
}

/// The power law through two rows, or the straight line where there is none.
fn between(a: (f64, f64), b: (f64, f64), ratio: f64) -> f64 {
    let part = (ratio / a.0).ln() / (b.0 / a.0).ln();
    if a.1 > 0.0 && b.1 > 0.0 {
        a.1 * (b.1 / a.1).powf(part)
    } else {
        a.1 + (b.1 - a.1) * (ratio - a.0) / (b.0 - a.0)
    }
}

#[cfg(test)]
#[path = "capture_tests.rs"]
mod tests;
