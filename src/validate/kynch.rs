//! What the columns of Kynch's theory (C09, C10, C11) share: one species, and the fronts seen in its profiles.

use super::lab::{Seen, cell, crowd_of, dense};
use super::track::{fit, value};
use crate::chamber::Chamber;
use crate::engine::{Profile, Setup};
use crate::model::{Fluid, Protocol, Rotor};
use crate::observe::interface::{bed_top, shock};

/// Diameter [um] of the particles and their density above the fluid's [g/mL]. They only set the scales.
const DIAMETER: f64 = 10.0;
const EXCESS: f64 = 0.1;
const FLUID: Fluid = Fluid {
    density: 1.0,
    viscosity: 1.0,
};

/// Sedimentation coefficient of a particle alone [us], which times the acceleration is the unit of velocity.
pub(super) fn coefficient() -> f64 {
    DIAMETER * DIAMETER * EXCESS / (18.0 * FLUID.viscosity)
}

/// A column of volume fraction `fraction`.
pub(super) struct Column {
    pub(super) fraction: f64,
    pub(super) packing_limit: f64,
    pub(super) packing_width: f64,
    pub(super) exponent: f64,
    pub(super) layers: u32,
    pub(super) parcels_per_layer: usize,
}

impl Column {
    pub(super) fn setup(&self, chamber: Chamber, rotor: Rotor, protocol: Protocol, samples: usize) -> Setup {
        let particle = cell("particle", DIAMETER, FLUID.density + EXCESS);
        let parcels = self.layers as usize * self.parcels_per_layer;
        let mut s = dense(
            FLUID,
            chamber,
            rotor,
            protocol,
            vec![crowd_of(particle, self.fraction, parcels)],
            self.layers,
            samples,
        );
        s.physics.exponent = self.exponent;
        s.physics.packing_limit = self.packing_limit;
        s.physics.packing_width = self.packing_width;
        s
    }
}

/// The two fronts against time, in units of the caller.
#[derive(Clone, Debug, Default)]
pub(super) struct Fronts {
    /// Depth of the boundary of clear fluid.
    pub(super) interface: Vec<(f64, f64)>,
    /// Depth of the top of the bed, where there is one.
    pub(super) bed: Vec<(f64, f64)>,
}

impl Fronts {
    /// Of all profiles; times are divided by `time`, depths by `length`.
    pub(super) fn of(seen: &Seen, time: f64, length: f64) -> Self {
        let track = |find: fn(&Profile, Option<usize>) -> Option<f64>| {
            seen.profiles
                .iter()
                .filter_map(|p| Some((p.time / time, find(p, None)? / length)))
                .collect()
        };
        Self {
            interface: track(shock),
            bed: track(bed_top),
        }
    }

    /// Where and when the fronts meet: parabolas of `degree` through both tracks while they are between 0.1 and 0.5 of
    /// the depth apart, continued to each other. The last tenth is left out because both fronts are a few grid cells
    /// thick and run into each other there.
    pub(super) fn meeting(&self, degree: usize) -> (f64, f64) {
        let apart = |t: f64, z: f64| {
            let bed = self.bed.iter().find(|b| b.0 == t)?.1;
            (0.1..0.5).contains(&(bed - z)).then_some(bed)
        };
        let both: Vec<(f64, f64, f64)> = self
            .interface
            .iter()
            .filter_map(|(t, z)| Some((*t, *z, apart(*t, *z)?)))
            .collect();
        let upper = fit(&both.iter().map(|b| (b.0, b.1)).collect::<Vec<_>>(), degree);
        let lower = fit(&both.iter().map(|b| (b.0, b.2)).collect::<Vec<_>>(), degree);
        let gap = |t: f64| value(lower, t) - value(upper, t);
        let (Some(start), Some(end)) = (both.first().map(|b| b.0), both.last().map(|b| b.0)) else {
            return (f64::NAN, f64::NAN);
        };
        // the gap closes steadily: halve the interval in which it does
        let (mut a, mut b) = (end, end + 2.0 * (end - start));
        if gap(a) <= 0.0 || gap(b) >= 0.0 {
            return (f64::NAN, f64::NAN);
        }
        for _ in 0..60 {
            let m = 0.5 * (a + b);
            if gap(m) > 0.0 { a = m } else { b = m }
        }
        (a, value(upper, a))
    }
}

/// The points with `from <= x <= to`.
pub(super) fn between(points: &[(f64, f64)], from: f64, to: f64) -> Vec<(f64, f64)> {
    points
        .iter()
        .copied()
        .filter(|p| (from..=to).contains(&p.0))
        .collect()
}

/// Volume fraction of all cells in bin `i`.
pub(super) fn fraction(p: &Profile, i: usize) -> f64 {
    p.volume.iter().map(|row| row[i]).sum::<f64>() / p.bin_volume[i]
}

/// Mean volume fraction of all cells over the bins wholly between two depths [um].
pub(super) fn mean(p: &Profile, top: f64, bottom: f64) -> f64 {
    let (mut cells, mut space) = (0.0, 0.0);
    for i in (0..p.bins()).filter(|i| p.edges[*i] >= top && p.edges[*i + 1] <= bottom) {
        cells += p.volume.iter().map(|row| row[i]).sum::<f64>();
        space += p.bin_volume[i];
    }
    cells / space
}
