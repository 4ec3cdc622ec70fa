//! How large a parcel is drawn. One that stands for a single cell is a disc as large as that. One that stands for many is spread over
//! what it stands for, so that some of them lie over every point: the picture then has the fraction of volume there, whatever the number
//! of parcels and however much it is enlarged.

use super::{Colouring, Look, Subject, View, outline, slab};
use crate::engine::Profile;
use crate::kernels::shot::{Blot, disc, ink};
use crate::kernels::{Plate, Shown};
use crate::model::Component;
use glam::DVec3;
use std::f64::consts::PI;

/// How many parcels of a component lie over a point on the average: an even sample is even to a third. More of them take more
/// time, and blur more.
pub const ENOUGH: f64 = 8.0;
/// How far a parcel is drawn from its place at most, in distances of parcels: far enough that rows of them, which may be three such
/// distances apart, are not seen.
const ASTRAY: f64 = 2.5;
/// The same on a rolled-out wall, where angles and depths form a lattice whose rows are further apart.
const ASTRAY_ROLLED: f64 = 4.0;
/// How many times as large, and as small, as in an even sample a disc may become.
const RANGE: f64 = 4.0;
/// Least radius of a disc [pixels].
pub const LEAST: f64 = 0.5;
/// Greatest radius of a disc [pixels]; a picture is no larger.
pub const MOST: f64 = 1e5;
/// Share of the vessel that the parcels cover at least, if that makes them no larger than [`FEW`].
const COVERED: f64 = 0.1;
/// Least radius where they are few, in a picture that is not enlarged [pixels].
const FEW: f64 = 2.0;
/// Greatest radius of what is spread, in shares of the short side of the vessel.
const WIDEST: f64 = 0.25;
/// Greatest amount of a pixel in the middle of a disc: f32 has all numbers up to there.
const FULL: f64 = 1_048_576.0;
/// Cosine between the line of sight and the axis from which on all depths lie behind one another.
const ALONG: f64 = 0.7;

/// What the discs of a picture have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Blots {
    /// Radius of an even sample's discs [um], by component.
    even: Vec<f64>,
    /// Pixels a um.
    scale: f64,
    /// Amount in the middle of the smallest disc.
    full: f64,
    /// How far parcels are drawn from their places, in radii; zero where they are cells.
    stray: Vec<f64>,
    /// Whether discs differ from depth to depth.
    banded: bool,
    /// Whether a value is shown, whose sums are coarser.
    value: bool,
}

impl Blots {
    /// For parcels of which `part` lie in the picture's cut; `scale` in pixels a um.
    pub fn new(
        subject: Subject<'_>,
        look: &Look,
        (shape, scale, part): (&outline::Shape, f64, f64),
        full: f64,
    ) -> Self {
        let (components, expected) = (subject.components(), subject.expected());
        let area = shape.area();
        let eye = look.colouring == Colouring::Eye;
        let duct = subject.carries();
        let volumes = subject.volumes();
        let few = (COVERED * area / expected.iter().sum::<f64>().max(1.0) / PI).sqrt();
        let few = |most: f64| few.clamp(LEAST, most.max(LEAST));
        let rolled = look.view == View::Unrolled;
        let astray = if rolled { ASTRAY_ROLLED } else { ASTRAY };
        let (mut even, mut stray) = (Vec::new(), Vec::new());
        for (k, c) in components.iter().enumerate() {
            let cell = 0.5 * c.species.diameter;
            let own = c.species.mean_volume();
            let weight = volumes[k] / own / expected[k].max(1.0);
            // pixels that one parcel has to itself
            let room = area / (expected[k] * part).max(1.0);
            let wide = (ENOUGH * room / PI).sqrt().min(WIDEST * shape.short());
            // cells that a surface holds, and single ones, lie where they lie
            let (radius, shift) = match (weight > 1.5, duct && !eye) {
                (false, _) => ((cell * scale).max(few(FEW)), 0.0),
                // enlarged like all else
                (true, true) => ((cell * scale).max(few(FEW * look.zoom)), ASTRAY * room.sqrt()),
                (true, false) => ((cell * scale).max(wide), astray * room.sqrt()),
            };
            let radius: f64 = radius.max(LEAST);
            even.push(radius / scale);
            stray.push(shift.min(WIDEST * shape.short()) / radius);
        }
        let sight = {
            let [across, down] = look.view.axes(subject.lying());
            across.cross(down)
        };
        Self {
            even,
            scale,
            full: full.min(FULL),
            stray,
            banded: !duct && sight.dot(DVec3::Z).abs() < ALONG,
            value: look.colouring.shown() != Shown::Class,
        }
    }

    /// The ink of a parcel of component `k`, whatever the size of its disc.
    pub fn ink(&self, k: usize) -> f64 {
        self.full * ink((self.even[k] * self.scale / RANGE).max(LEAST))
    }

    /// Whether it pays to ask how many parcels there are in every depth.
    pub fn wants_depths(&self) -> bool {
        let spread = |k: usize| self.stray[k] > 0.0 && self.even[k] * self.scale > 2.0 * LEAST;
        self.banded && (0..self.even.len()).any(spread)
    }

    /// From how far around a depth its density may be taken [um].
    pub fn reach(&self, k: usize) -> f64 {
        self.even[k]
    }

    /// The discs of component `k` where parcels are `times` as dense as in an even sample.
    fn blot(&self, k: usize, times: f64) -> Blot {
        let most = if self.value { 1.0 } else { RANGE };
        let by = match self.stray[k] > 0.0 {
            true => times.max(1e-9).powf(-0.5).clamp(1.0 / RANGE, most),
            false => 1.0,
        };
        let radius = (self.even[k] * by).max(LEAST / self.scale);
        Blot {
            radius: radius as f32,
            amount: (self.ink(k) / ink(radius * self.scale)) as f32,
            shift: (radius * self.stray[k]) as f32,
            spare: 0.0,
        }
    }

    /// Whether any parcels are spread.
    pub fn spread(&self) -> bool {
        self.stray.iter().any(|s| *s > 0.0)
    }

    /// The discs of an even sample, for any depth.
    pub fn all_even(&self) -> Vec<Blot> {
        (0..self.even.len()).map(|k| self.blot(k, 1.0)).collect()
    }

    /// Gives a plate discs for every depth, from the number of parcels there over that in an even sample, by component.
    pub fn by_depth(&self, plate: &mut Plate, times: &[Vec<f64>]) {
        plate.shot.bands = times.first().map_or(1, |row| row.len().max(1)) as u32;
        plate.blots = times
            .iter()
            .enumerate()
            .flat_map(|(k, row)| row.iter().map(move |times| self.blot(k, *times)))
            .collect();
    }
}

/// How many times as dense as in an even sample the parcels are around each bin, from their numbers and the volumes of the bins: over as
/// many bins as hold twice [`ENOUGH`], but no more than `reach` to either side.
pub fn density(parcels: &[u64], volume: &[f64], reach: usize) -> Vec<f64> {
    let whole = parcels.iter().sum::<u64>() as f64 / volume.iter().sum::<f64>();
    (0..parcels.len())
        .map(|i| {
            let (mut low, mut high) = (i, i + 1);
            let count = |low: usize, high: usize| parcels[low..high].iter().sum::<u64>() as f64;
            while count(low, high) < 2.0 * ENOUGH && i - low < reach && (low, high) != (0, parcels.len()) {
                (low, high) = (low.saturating_sub(1), (high + 1).min(parcels.len()));
            }
            let here = count(low, high) / volume[low..high].iter().sum::<f64>();
            if whole > 0.0 { here / whole } else { 1.0 }
        })
        .collect()
}

/// A parcel of `final.png`, which the host draws.
#[derive(Clone, Copy, Debug)]
pub struct Speck {
    /// Radius, and how far it is drawn from its place at most along each side [pixels].
    radius: f64,
    pub shift: f64,
    /// What its ink is divided by, so that it is one.
    whole: f64,
}

impl Speck {
    /// Adds it to the pixels of a plane, with its middle at a column and a row.
    pub fn add(&self, plane: &mut [f32], (width, height): (usize, usize), (column, row): (f64, f64)) {
        let range = |middle: f64, n: usize| {
            let [low, high] = [middle - self.radius - 0.5, middle + self.radius + 1.5];
            [low, high].map(|x| x.clamp(0.0, n as f64) as usize)
        };
        let ([left, right], [top, bottom]) = (range(column, width), range(row, height));
        for y in top..bottom {
            for x in left..right {
                let d = (x as f64 + 0.5 - column).hypot(y as f64 + 0.5 - row);
                plane[y * width + x] += (disc(d, self.radius) / self.whole) as f32;
            }
        }
    }
}

/// How component `k` of a profile is drawn from the side, by bin; the vessel covers `area` pixels of `pixel` [um], and is `half` wide
/// to either side of its axis [um].
pub fn specks(
    profile: &Profile,
    k: usize,
    component: &Component,
    (area, pixel, half): (f64, f64, f64),
) -> Vec<Speck> {
    let Some(parcels) = profile.parcels.get(k) else {
        return Vec::new();
    };
    let room = area / (parcels.iter().sum::<u64>() as f64).max(1.0);
    let cell = 0.5 * component.species.diameter / pixel;
    let (even, shift) = match profile.weight[k] > 1.5 {
        true => {
            let wide = (ENOUGH * room / PI).sqrt().min(WIDEST * 2.0 * half / pixel);
            (cell.max(wide), ASTRAY * room.sqrt() / wide)
        }
        false => (cell, 0.0),
    };
    let bin = profile.edges.last().map_or(1.0, |z| z / profile.bins() as f64);
    let reach = (even * pixel / bin).ceil() as usize;
    density(parcels, &profile.bin_volume, reach)
        .into_iter()
        .map(|times| {
            let by = if shift > 0.0 {
                times.max(1e-9).powf(-0.5).clamp(1.0 / RANGE, RANGE)
            } else {
                1.0
            };
            // softer than a pixel, so that none flickers between two
            let radius = (even * by).max(2.0 * LEAST);
            Speck {
                radius,
                shift: shift * even * by,
                whole: ink(radius),
            }
        })
        .collect()
}

/// Share of the parcels that a view's cut leaves.
pub fn part(subject: Subject<'_>, look: &Look) -> f64 {
    let thin = look.view.thin(subject.lying());
    thin.map_or(1.0, |n| slab::share(subject, n))
}
