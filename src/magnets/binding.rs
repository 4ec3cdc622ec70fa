//! Labelling before the run: beads find sites and stay.
//!
//! dC/dt = k (A - C)(L - C): sites A, beads L, bound C, irreversible and with both used up. Its closed form is every
//! textbook's of second-order kinetics (e.g. Atkins, Physical Chemistry); with beads in excess it becomes
//! N(t) = A (1 - exp(-k L t)), the law measured for 150 nm beads (Int. J. Mol. Sci. 15:8821, 2014; the law was read). The rate
//! is bounded by diffusion: M. v. Smoluchowski, Z. phys. Chem. 92:129-168 (1917).

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
}
