//! One explicit step of one column: settling by the look-ahead rule, and what the flow carries through its faces.

use super::carrier::Carrier;
use super::classes::Class;
use super::mesh::Mesh;
use crate::laws::{hindrance::hindrance, packing::packing};
use crate::model::Fluid;
use multiversion::multiversion;

/// What settling follows from, beside the classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settling {
    /// The suspending fluid.
    pub fluid: Fluid,
    /// Exponent n of the hindrance `(1 - phi)^(n - 2)`.
    pub exponent: f64,
    /// Volume fraction at which cells pack.
    pub packing_limit: f64,
    /// Width below the limit over which the mobility falls to zero (volume fraction).
    pub packing_width: f64,
    /// Length over which pump strokes and rouleaux mix what settles [um]: cells disperse along their slip v as with a diffusivity of that
    /// length times v. Half of a level's depth is in the scheme already, and no less can be had.
    pub mixing_length: f64,
    /// Greatest sedimentation coefficient of any cell [us]. It holds back rouleaux in nearly clear plasma, where there are none.
    pub fastest: f64,
}

impl Settling {
    /// Factor on the difference between a cell and the next that adds what the scheme lacks of the mixing length.
    fn steepening(&self, mesh: &Mesh) -> f64 {
        (self.mixing_length / mesh.step() - 0.5).max(0.0)
    }
}

/// What the cells of a level together do to each of them.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// Volume fraction of all cells.
    pub fraction: Vec<f64>,
    /// Hindrance times packing, over the viscosity of the fluid [um us/pg].
    hindrance: Vec<f64>,
    /// Density of the mixture above the fluid's [pg/um3].
    pub mixture: Vec<f64>,
    /// Volume backflow over the acceleration [us].
    backflow: Vec<f64>,
    moments: [Vec<f64>; 2],
}

impl Fields {
    /// For so many levels.
    pub fn new(levels: usize) -> Self {
        let zero = || vec![0.0; levels];
        Self {
            fraction: zero(),
            hindrance: zero(),
            mixture: zero(),
            backflow: zero(),
            moments: [zero(), zero()],
        }
    }

    /// Of a column with these volume fractions, level by level and class after class. Returns the greatest of all cells.
    pub fn fill(&mut self, phi: &[f64], classes: &[Class], laws: &Settling) -> f64 {
        let levels = self.fraction.len();
        let [mobile, pulled] = &mut self.moments;
        for all in [&mut self.fraction, &mut self.mixture, &mut *mobile, &mut *pulled] {
            all.fill(0.0);
        }
        for (class, phi) in classes.iter().zip(phi.chunks_exact(levels)) {
            let (m, e) = (class.mobility, class.excess);
            for (k, p) in phi.iter().enumerate() {
                self.fraction[k] += p;
                self.mixture[k] += p * e;
                mobile[k] += p * m;
                pulled[k] += p * m * e;
            }
        }
        let mut greatest = 0.0_f64;
        for k in 0..levels {
            let phi = self.fraction[k];
            greatest = greatest.max(phi);
            let free = packing(phi, laws.packing_limit, laws.packing_width) * hindrance(phi, laws.exponent);
            let h = free / laws.fluid.viscosity;
            self.hindrance[k] = h;
            self.backflow[k] = h * (pulled[k] - self.mixture[k] * mobile[k]);
        }
        greatest
    }

    /// Velocity of a class where a level receives it, over the acceleration: a sedimentation coefficient [us], outwards.
    #[inline(always)]
    fn settles(&self, k: usize, class: &Class, laws: &Settling) -> f64 {
        let free = class.mobility * self.hindrance[k] * (class.excess - self.mixture[k]) - self.backflow[k];
        free.clamp(-laws.fastest, laws.fastest)
    }
}

/// What a step of a column needs to know beside its contents.
#[derive(Debug)]
pub struct Step<'a> {
    /// The grid.
    pub mesh: &'a Mesh,
    /// The classes.
    pub classes: &'a [Class],
    /// The laws of settling.
    pub laws: &'a Settling,
    /// Acceleration at the faces between levels [um/us2].
    pub acceleration: &'a [f64],
    /// The flow, and what comes in and leaves.
    pub carrier: &'a Carrier,
    /// Volume fraction of every class in what comes in, by inlet.
    pub fed: &'a [Vec<f64>],
    /// Length of the step [us].
    pub dt: f64,
    /// The same over the volume of a cell, by level [us/um3].
    pub share: &'a [f64],
}

/// Room for the work on one column.
#[derive(Clone, Debug)]
pub struct Room {
    fields: Fields,
    /// Sedimentation coefficient of a class in each level [us].
    coefficient: Vec<f64>,
    /// Volume a time through the faces between levels [um3/us].
    through: Vec<f64>,
}

impl Room {
    /// For so many levels.
    pub fn new(levels: usize) -> Self {
        Self {
            fields: Fields::new(levels),
            coefficient: vec![0.0; levels],
            through: vec![0.0; levels + 1],
        }
    }
}

impl Step<'_> {
    /// The contents of column `i` after the step. `old` are those of all columns; `taken` gets the volumes that its ports took, by port and class
    /// [um3]. Returns the greatest volume fraction of all cells before the step.
    pub fn column(&self, i: usize, old: &[f64], new: &mut [f64], taken: &mut [f64], room: &mut Room) -> f64 {
        let (mesh, carrier, count) = (self.mesh, self.carrier, self.classes.len());
        let levels = mesh.levels;
        let contents = |c: usize| &old[c * count * levels..(c + 1) * count * levels];
        let greatest = room.fields.fill(contents(i), self.classes, self.laws);
        // nothing passes through the end walls, so that what is behind them does not matter
        let (before, behind) = (i.saturating_sub(1), (i + 1).min(mesh.columns - 1));
        let (sinks, sources) = (carrier.sinks(i), carrier.sources(i));
        let some = |of: &[f64]| of.iter().any(|q| *q != 0.0);
        let (feeds, draws) = (some(carrier.fed(i)), some(carrier.drawn(i)));
        for (q, class) in self.classes.iter().enumerate() {
            let of = |c: usize| &contents(c)[q * levels..(q + 1) * levels];
            let (phi, out) = (of(i), &mut new[q * levels..(q + 1) * levels]);
            self.settle(class, phi, carrier.across(i), room);
            carry(
                [of(before), phi, of(behind)],
                [carrier.along(i), carrier.along(i + 1)],
                carrier.drawn(i),
                &room.through,
                out,
            );
            for (source, fed) in sources.chunks_exact(levels).zip(self.fed).filter(|_| feeds) {
                for (net, s) in out.iter_mut().zip(source) {
                    *net += s * fed[q];
                }
            }
            for ((net, phi), share) in out.iter_mut().zip(phi).zip(self.share) {
                *net = phi + share * *net;
            }
            for (port, sink) in sinks.chunks_exact(levels).enumerate().filter(|_| draws) {
                let volume: f64 = sink.iter().zip(phi).map(|(s, p)| s * p).sum();
                taken[port * count + q] += self.dt * volume;
            }
        }
        greatest
    }

    /// What passes through the faces between levels, by settling and with the flow.
    fn settle(&self, class: &Class, phi: &[f64], across: &[f64], room: &mut Room) {
        let Room {
            fields,
            coefficient,
            through,
        } = room;
        coefficients(fields, class, self.laws.fastest, coefficient);
        let x = self.laws.steepening(self.mesh);
        pass(
            x,
            phi,
            [coefficient, self.acceleration, &self.mesh.area, across],
            through,
        );
    }
}

/// Velocity of a class where each level receives it, over the acceleration [us].
#[multiversion(targets("x86_64+avx+avx2"))]
fn coefficients(fields: &Fields, class: &Class, fastest: f64, out: &mut [f64]) {
    let n = out.len();
    let (h, mixture, back) = (
        &fields.hindrance[..n],
        &fields.mixture[..n],
        &fields.backflow[..n],
    );
    for k in 0..n {
        let free = class.mobility * h[k] * (class.excess - mixture[k]) - back[k];
        out[k] = free.clamp(-fastest, fastest);
    }
}

/// Volume a time through the faces between levels, but for the walls. Wider registers change no bit: no product is fused with a sum.
#[multiversion(targets("x86_64+avx+avx2"))]
fn pass(x: f64, phi: &[f64], [coefficient, acceleration, area, across]: [&[f64]; 4], through: &mut [f64]) {
    let n = phi.len() - 1;
    let (inner, outer) = (&phi[..n], &phi[1..=n]);
    let (receives, gives) = (&coefficient[1..=n], &coefficient[..n]);
    let (acceleration, area, across) = (&acceleration[1..=n], &area[1..=n], &across[1..=n]);
    let through = &mut through[1..=n];
    for k in 0..n {
        let (up, down) = (inner[k], outer[k]);
        let steep = x * (up - down);
        // outwards as the level that receives allows, and inwards
        let outwards = receives[k].max(0.0) * (up + steep).max(0.0);
        let inwards = gives[k].min(0.0) * (down - steep).max(0.0);
        let flow = across[k].max(0.0) * up + across[k].min(0.0) * down;
        through[k] = (outwards + inwards) * acceleration[k] * area[k] + flow;
    }
}

/// What every level gains in a time, but from inlets.
#[multiversion(targets("x86_64+avx+avx2"))]
fn carry(
    [before, phi, behind]: [&[f64]; 3],
    [left, right]: [&[f64]; 2],
    drawn: &[f64],
    through: &[f64],
    net: &mut [f64],
) {
    let n = phi.len();
    let (before, behind, left, right) = (&before[..n], &behind[..n], &left[..n], &right[..n]);
    let (drawn, inner, outer, net) = (&drawn[..n], &through[..n], &through[1..=n], &mut net[..n]);
    for k in 0..n {
        let come = left[k].max(0.0) * before[k] + left[k].min(0.0) * phi[k];
        let go = right[k].max(0.0) * phi[k] + right[k].min(0.0) * behind[k];
        net[k] = inner[k] - outer[k] + come - go - drawn[k] * phi[k];
    }
}

/// Greatest slip in a column [um/us]: a step has to be short enough for it.
pub fn greatest_slip(
    phi: &[f64],
    classes: &[Class],
    laws: &Settling,
    acceleration: &[f64],
    fields: &Fields,
) -> f64 {
    let levels = fields.fraction.len();
    let mut greatest = 0.0_f64;
    for (class, phi) in classes.iter().zip(phi.chunks_exact(levels)) {
        for k in 1..levels {
            for (receiver, donor) in [(k, phi[k - 1]), (k - 1, phi[k])] {
                if donor > 0.0 {
                    greatest = greatest.max((acceleration[k] * fields.settles(receiver, class, laws)).abs());
                }
            }
        }
    }
    greatest
}

/// Greatest sedimentation coefficient of a lone cell of these classes [us]: cells that come in may settle so fast before the next look.
pub fn fastest_alone(classes: &[Class], laws: &Settling) -> f64 {
    let alone = |c: &Class| (c.mobility * c.excess / laws.fluid.viscosity).abs();
    classes.iter().map(alone).fold(0.0, f64::max).min(laws.fastest)
}
