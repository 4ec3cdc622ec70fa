//! Labelling before the run: beads find sites and stay.
//!
//! dC/dt = k (A - C)(L - C): sites A, beads L, bound C, irreversible and with both used up. Its closed form is every
//! textbook's of second-order kinetics (e.g. Atkins, Physical Chemistry); with beads in excess it becomes
//! N(t) = A (1 - exp(-k L t)), the law measured for 150 nm beads (Int. J. Mol. Sci. 15:8821, 2014; the law was read). The rate
//! is bounded by diffusion: M. v. Smoluchowski, Z. phys. Chem. 92:129-168 (1917).
//!
//! Several species in one vessel compete for the beads: dCi/dt = ki (Ai - Ci) L, the law of mass action for each kind of site, and
//! the beads that are free are L = L0 - C1 - C2 - ... In the time that beads themselves experience, tau = integral of L dt, each
//! kind of site is of first order, Ai - Ci = Ai exp(-ki tau), so that one equation is left, dtau/dt = L(tau). Substitution of
//! competing second-order reactions: Frost & Pearson, Kinetics and Mechanism, 2nd ed. (1961), chapter 8, from memory.

use super::fault::{MagnetError, invalid, positive};
use std::f64::consts::PI;

/// A labelling step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Binding {
    cells: f64,
    capacity: f64,
    beads: f64,
    rate: f64,
}

impl Binding {
    /// `cells` and `beads` per volume [1/um3], `capacity`: beads a cell can bind (antibody binding capacity, or the room on
    /// its surface where that is less), `rate`: of one bead and one site [um3/us]; 1 L/(mol s) = 1.6605e-15 um3/us.
    ///
    /// # Errors
    /// If a number is not above zero.
    pub fn new(cells: f64, capacity: f64, beads: f64, rate: f64) -> Result<Self, MagnetError> {
        Ok(Self {
            cells: positive(cells, "the concentration of cells [1/um3]")?,
            capacity: positive(capacity, "the binding capacity of a cell")?,
            beads: positive(beads, "the concentration of beads [1/um3]")?,
            rate: positive(rate, "the rate of binding [um3/us]")?,
        })
    }

    /// The same, refused if the cells would catch beads faster than diffusion brings them: `encounter` from
    /// [`encounter_rate`] [um3/us] for a whole cell.
    ///
    /// # Errors
    /// As [`Binding::new`]; if all sites of a cell together are faster than the encounters.
    pub fn below(self, encounter: f64) -> Result<Self, MagnetError> {
        let whole = self.rate * self.capacity;
        if whole > encounter {
            return invalid(format!(
                "a cell would bind {whole:.3e} um3/us, but diffusion brings only {encounter:.3e} um3/us"
            ));
        }
        Ok(self)
    }

    /// Bound beads per volume [1/um3] after `time` [us].
    pub fn bound(&self, time: f64) -> f64 {
        let sites = self.cells * self.capacity;
        let (less, more) = (sites.min(self.beads), sites.max(self.beads));
        // (1 - exp(-k (more - less) t))/(more - less), which is k t where both are equal
        let x = self.rate * (more - less) * time.max(0.0);
        let phi = if x > 0.0 {
            -(-x).exp_m1() / (more - less)
        } else {
            self.rate * time.max(0.0)
        };
        if phi.is_finite() {
            less * more * phi / (1.0 + less * phi)
        } else {
            less
        }
    }

    /// Mean number of beads on a cell after `time` [us].
    pub fn per_cell(&self, time: f64) -> f64 {
        self.bound(time) / self.cells
    }

    /// Share of the sites that are taken after `time` [us].
    pub fn taken(&self, time: f64) -> f64 {
        self.per_cell(time) / self.capacity
    }

    /// Beads left free after `time` [1/um3]: a species of their own in the run.
    pub fn free(&self, time: f64) -> f64 {
        (self.beads - self.bound(time)).max(0.0)
    }
}

/// Several species of cells in one vessel with one supply of beads.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    steps: Vec<Binding>,
    beads: f64,
}

/// Relative error of the time that [`Shared`] allows itself: far below what is known of any rate.
const TIME_ERROR: f64 = 1e-8;

/// Share of the beads below which none is left.
const NONE_LEFT: f64 = 1e-15;

impl Shared {
    /// The labelling steps of all species that are in the vessel, with the same beads.
    ///
    /// # Errors
    /// If there is none, or they do not agree on how many beads there are.
    pub fn new(steps: Vec<Binding>) -> Result<Self, MagnetError> {
        let Some(beads) = steps.first().map(|s| s.beads) else {
            return invalid("nothing binds the beads");
        };
        if steps.iter().any(|s| (s.beads - beads).abs() > 1e-9 * beads) {
            return invalid(
                "species in one vessel have the same beads around them; their concentrations differ",
            );
        }
        Ok(Self { steps, beads })
    }

    /// Share of the sites of each species that are taken after `time` [us].
    pub fn taken(&self, time: f64) -> Vec<f64> {
        let tau = self.experienced(time);
        self.steps.iter().map(|s| -(-s.rate * tau).exp_m1()).collect()
    }

    /// Mean number of beads on a cell of each species after `time` [us].
    pub fn per_cell(&self, time: f64) -> Vec<f64> {
        let taken = self.taken(time);
        taken
            .iter()
            .zip(&self.steps)
            .map(|(p, s)| p * s.capacity)
            .collect()
    }

    /// Beads left free after `time` [1/um3].
    pub fn free(&self, time: f64) -> f64 {
        let bound: f64 = self
            .per_cell(time)
            .iter()
            .zip(&self.steps)
            .map(|(n, s)| n * s.cells)
            .sum();
        (self.beads - bound).max(0.0)
    }

    /// The integral of the free beads over `time` [us/um3]. Between two values of it the free beads, a convex function, are
    /// taken as linear, for which the time is a logarithm; steps are such that they are wrong by [`TIME_ERROR`] of themselves at
    /// most, and so is the time.
    fn experienced(&self, time: f64) -> f64 {
        let (mut tau, mut left) = (0.0, time);
        while left > 0.0 {
            let (mut free, mut slope, mut curvature) = (self.beads, 0.0, 0.0);
            for s in &self.steps {
                let sites = s.cells * s.capacity;
                let open = sites * (-s.rate * tau).exp();
                free -= sites - open;
                slope += s.rate * open;
                curvature += s.rate * s.rate * open;
            }
            if free <= NONE_LEFT * self.beads {
                break;
            }
            // no further than half way to where a straight line has no beads left, nor than beads can go in the time left
            let fine = (8.0 * TIME_ERROR * free / curvature).sqrt();
            let step = fine.min(0.5 * free / slope).min(free * left);
            if !(step.is_finite() && tau + step > tau) {
                // nothing is open any more (or nothing changes): the rest of the time goes by as it is
                return tau + free * left;
            }
            let after: f64 = self.steps.iter().fold(self.beads, |free, s| {
                free + s.cells * s.capacity * (-s.rate * (tau + step)).exp_m1()
            });
            let fall = (free - after) / (step * free);
            // ln(1/(1 - x))/x, which is 1 where nothing is bound
            let x = fall * step;
            let takes = step / free * if x > 0.0 { -(-x).ln_1p() / x } else { 1.0 };
            if takes >= left {
                let part = fall * free * left;
                let share = if part > 0.0 { -(-part).exp_m1() / part } else { 1.0 };
                return tau + free * left * share;
            }
            (tau, left) = (tau + step, left - takes);
        }
        tau
    }
}

/// Most encounters of one cell with beads by diffusion, per concentration [um3/us]: 2 pi (D1 + D2)(d1 + d2), diameters [um],
/// diffusion coefficients [um2/us]. Stirring and settling can add to it for beads of micrometres.
pub fn encounter_rate(diffusion: [f64; 2], diameters: [f64; 2]) -> f64 {
    2.0 * PI * (diffusion[0] + diffusion[1]) * (diameters[0] + diameters[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: equal amounts a = 2e-3/um3, k a t = 1: half is bound; k a t = 3: three quarters.
    #[test]
    fn equal_amounts() {
        let b = Binding::new(1e-5, 200.0, 2e-3, 5e-7).unwrap();
        assert!((b.bound(1e9) - 1e-3).abs() < 1e-15);
        assert!((b.taken(3e9) - 0.75).abs() < 1e-12);
        assert!((b.per_cell(1e9) - 100.0).abs() < 1e-9);
        assert_eq!(b.bound(0.0), 0.0);
        assert_eq!(b.bound(-1.0), 0.0);
    }

    /// By hand: twice as many beads as sites, k A t = ln 2: C = A L (1 - 1/2)/(L - A/2) = A 2/3; the other way round the
    /// same share of the beads.
    #[test]
    fn unequal_amounts() {
        let t = 2.0_f64.ln() / 1e-3 / 1e-6;
        let many = Binding::new(1e-5, 100.0, 2e-3, 1e-6).unwrap();
        assert!((many.taken(t) - 2.0 / 3.0).abs() < 1e-12);
        assert!((many.free(t) - (2e-3 - 1e-3 * 2.0 / 3.0)).abs() < 1e-15);
        let few = Binding::new(2e-5, 100.0, 1e-3, 1e-6).unwrap();
        assert!((few.bound(t) - 1e-3 * 2.0 / 3.0).abs() < 1e-15);
        // nearly equal amounts meet the equal ones
        let near = Binding::new(1e-5, 100.0, 1e-3 * (1.0 + 1e-12), 1e-6).unwrap();
        assert!((near.taken(1e9) - 0.5).abs() < 1e-9);
    }

    /// With beads in plenty N(t) = A (1 - exp(-k L t)); in the end everything that can be is bound.
    #[test]
    fn in_excess_and_in_the_end() {
        let b = Binding::new(1e-6, 100.0, 1.0, 1e-9).unwrap();
        assert!((b.per_cell(1e9) - 100.0 * (1.0 - (-1.0_f64).exp())).abs() < 1e-2);
        assert_eq!(b.taken(1e30), 1.0);
        assert!((b.free(f64::INFINITY) - (1.0 - 1e-4)).abs() < 1e-12);
        let equal = Binding::new(1e-6, 100.0, 1e-4, 1e-9).unwrap();
        assert!((equal.bound(f64::INFINITY) / 1e-4 - 1.0).abs() < 1e-15);
        // against the equation itself, by small steps
        let b = Binding::new(1e-6, 100.0, 2.5e-4, 1e-3).unwrap();
        let (mut c, dt) = (0.0, 1e3);
        for _ in 0..10_000 {
            let slope = |c: f64| 1e-3 * (1e-4 - c) * (2.5e-4 - c);
            c += dt * slope(c + 0.5 * dt * slope(c));
        }
        assert!((b.bound(1e7) / c - 1.0).abs() < 1e-6, "{} {c}", b.bound(1e7));
    }

    /// By hand: beads of 0.15 um diffuse at 2.86e-6 um2/us: with a cell of 8 um 2 pi * 2.86e-6 * 8.15 = 1.465e-4 um3/us.
    #[test]
    fn not_faster_than_diffusion() {
        let most = encounter_rate([2.86e-6, 0.0], [0.15, 8.0]);
        assert!((most - 1.4645e-4).abs() < 1e-8);
        let b = Binding::new(1e-5, 1e4, 1e-2, 1e-7).unwrap();
        assert!(b.below(most).is_err());
        assert!(Binding::new(1e-5, 1e4, 1e-2, 1e-8).unwrap().below(most).is_ok());
        assert!(Binding::new(0.0, 1.0, 1.0, 1.0).is_err());
    }

    /// By hand: two species with as many sites A each, the second twice as fast, and 2 A beads. With x = exp(-k tau) the first
    /// has bound 1 - x, the second 1 - x2, free are A x (1 + x), so dx/dt = -k A x2 (1 + x) and
    /// k A t = 1/x - 1 + ln 2 - ln((1 + x)/x): for x = 1/2 it is 1 + ln 2 - ln 3 = 0.594535.
    #[test]
    fn two_species_share_the_beads() {
        let (k, sites) = (1e-6, 1e-3);
        let one = |rate| Binding::new(1e-5, 100.0, 2.0 * sites, rate).unwrap();
        let both = Shared::new(vec![one(k), one(2.0 * k)]).unwrap();
        let time = (1.0 + 2.0_f64.ln() - 3.0_f64.ln()) / (k * sites);
        let taken = both.taken(time);
        assert!(
            (taken[0] - 0.5).abs() < 1e-7 && (taken[1] - 0.75).abs() < 1e-7,
            "{taken:?}"
        );
        assert!((both.per_cell(time)[1] - 75.0).abs() < 1e-5);
        assert!((both.free(time) - 0.75 * sites).abs() < 1e-9);
        // each by itself would have taken more
        assert!(one(k).taken(time) > 0.6 && one(2.0 * k).taken(time) > 0.8);
        assert_eq!(both.taken(0.0), [0.0, 0.0]);
    }

    /// Alone, and with its own kind, a species binds as the closed form says; when beads run out, by hand: 1.25 A beads are used
    /// up at x = 1/2; and beads in plenty take every site.
    #[test]
    fn alone_with_its_like_and_in_the_end() {
        for beads in [5e-4, 1e-3, 2.5e-3] {
            let one = Binding::new(1e-5, 100.0, beads, 1e-6).unwrap();
            let half = Binding::new(0.5e-5, 100.0, beads, 1e-6).unwrap();
            for time in [1e7, 1e9, 1e11] {
                let alone = Shared::new(vec![one]).unwrap().taken(time)[0];
                let like = Shared::new(vec![half, half]).unwrap().taken(time);
                assert!(
                    (alone / one.taken(time) - 1.0).abs() < 1e-6,
                    "{alone} {}",
                    one.taken(time)
                );
                assert!((like[0] - alone).abs() < 1e-9 && like[0] == like[1]);
            }
        }
        let of = |beads, rate| Binding::new(1e-5, 100.0, beads, rate).unwrap();
        let scarce = Shared::new(vec![of(1.25e-3, 1e-6), of(1.25e-3, 2e-6)]).unwrap();
        for time in [1e14, f64::INFINITY] {
            let taken = scarce.taken(time);
            assert!(
                (taken[0] - 0.5).abs() < 1e-9 && (taken[1] - 0.75).abs() < 1e-9,
                "{taken:?}"
            );
        }
        let plenty = Shared::new(vec![of(1.0, 1e-6), of(1.0, 1e-12)]).unwrap();
        assert_eq!(plenty.taken(f64::INFINITY), [1.0, 1.0]);
        assert!(Shared::new(vec![]).is_err());
        assert!(Shared::new(vec![of(1.0, 1.0), of(2.0, 1.0)]).is_err());
    }
}
