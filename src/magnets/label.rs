//! Beads and the cells that carry them.
//!
//! A bead whose moment follows the field feels F = V (J/mu0) grad|B| = V (J/B) grad(B2)/(2 mu0), from the first slope of
//! its curve to saturation. A velocity is a mobility times the force density; the mobility is that of McCloskey, Chalmers &
//! Zborowski (Anal. Chem. 75:6868-6874, 2003: number of labels times their susceptibility and volume over the cell's
//! drag; what it depends on was read, the formula is from memory), with what the cell itself adds.

use super::fault::{MagnetError, invalid, positive};
use super::langevin::Curve;
use super::point::FieldPoint;
use crate::constants::VACUUM_PERMEABILITY;
use glam::DVec3;
use std::f64::consts::PI;

/// Engine units [um3 us/pg] in a mobility of 1 m3 s/kg; 1e-13 m3 s/kg is also written 1e-4 mm3/(T A s).
pub const MOBILITY_SI: f64 = 1e9;

/// A magnetic bead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bead {
    /// Mean diameter [um].
    pub diameter: f64,
    /// Standard deviation of the diameter over its mean [1]; diameters are taken to be log-normal.
    pub diameter_cv: f64,
    /// Density [pg/um3 = g/mL].
    pub density: f64,
    /// Its magnetisation.
    pub curve: Curve,
}

impl Bead {
    /// From what suppliers print: `diameter` [um], `density` [g/mL], mass susceptibility [m3/kg], saturation
    /// magnetisation [A m2/kg]. Printed susceptibilities can be off by a factor (Shevkoplyas et al., Lab Chip 7:1294,
    /// 2007); where the field saturates the beads they do not matter.
    ///
    /// # Errors
    /// If a number is not above zero, or the susceptibility more than a sphere can have.
    pub fn from_mass(
        diameter: f64,
        density: f64,
        mass_susceptibility: f64,
        saturation: f64,
    ) -> Result<Self, MagnetError> {
        positive(diameter, "the diameter of a bead [um]")?;
        let kg_per_m3 = 1e3 * positive(density, "the density of a bead [g/mL]")?;
        // mu0 in T2/kPa is 1e3 times the SI's T m/A
        let tesla = VACUUM_PERMEABILITY * 1e-3 * saturation * kg_per_m3;
        Ok(Self {
            diameter,
            diameter_cv: 0.0,
            density,
            curve: Curve::new(mass_susceptibility * kg_per_m3, tesla)?,
        })
    }

    /// The same bead with a spread of diameters, a standard deviation of `cv` times their mean.
    ///
    /// # Errors
    /// If it is not within 0 and 1.
    pub fn spread(self, cv: f64) -> Result<Self, MagnetError> {
        if !(0.0..=1.0).contains(&cv) {
            return invalid(format!(
                "a spread of {cv} of the diameters of beads; it lies between 0 and 1"
            ));
        }
        Ok(Self {
            diameter_cv: cv,
            ..self
        })
    }

    /// Volume of a bead of the mean diameter [um3].
    pub fn volume(&self) -> f64 {
        PI / 6.0 * self.diameter.powi(3)
    }

    /// Mean volume [um3]. Of a log-normal diameter of mean d and coefficient of variation c the k-th moment is
    /// d^k (1 + c2)^(k (k-1)/2) (from exp(k mu + k2 s2/2) with s2 = ln(1 + c2)), so this is (1 + c2)^3 times
    /// [`Bead::volume`].
    pub fn mean_volume(&self) -> f64 {
        self.volume() * (1.0 + self.diameter_cv.powi(2)).powi(3)
    }

    /// Volume of `number` beads together [um3], for the cell whose beads are `score` standard deviations (of the logarithm)
    /// larger than the median. It is log-normal with the mean and the variance of the sum: the squared coefficient of variation
    /// of one is (1 + c2)^9 - 1 (the sixth moment over the square of the third), of the sum that over the number. For one bead
    /// that is exact; the sum of several is only nearly log-normal. Source: L. F. Fenton, IRE Trans. Commun. Syst. 8:57-67
    /// (1960), from memory.
    pub fn volume_of(&self, number: f64, score: f64) -> f64 {
        let mean = number * self.mean_volume();
        if number <= 0.0 || self.diameter_cv == 0.0 {
            return mean;
        }
        let squared = ((1.0 + self.diameter_cv.powi(2)).powi(9) - 1.0) / number;
        let s = squared.ln_1p().sqrt();
        mean * (s * score - 0.5 * s * s).exp()
    }

    /// Force in the field `p` [nN].
    pub fn force(&self, p: &FieldPoint) -> DVec3 {
        self.volume() * self.curve.effective_susceptibility(p.magnitude()) * p.force_density()
    }

    /// Mobility of a free bead where |B| is `b` [T], in a fluid of `viscosity` [mPa s], in um3 us/pg.
    pub fn mobility(&self, b: f64, viscosity: f64) -> f64 {
        self.volume() * self.curve.effective_susceptibility(b) / (3.0 * PI * viscosity * self.diameter)
    }
}

/// A cell before it is labelled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carrier {
    /// Volume-equivalent diameter [um].
    pub diameter: f64,
    /// Density [pg/um3 = g/mL].
    pub density: f64,
    /// Drag over that of the volume-equivalent sphere [1].
    pub drag_factor: f64,
    /// Its own susceptibility less the fluid's [1], SI; slightly negative for most cells.
    pub susceptibility: f64,
}

/// A cell with its beads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Labelled {
    carrier: Carrier,
    bead: Bead,
    number: f64,
    /// Of all its beads [um3].
    beads: f64,
}

impl Labelled {
    /// `carrier` with `number` beads on its surface.
    ///
    /// # Errors
    /// If a number is none that can be, or the beads are more than one layer around the cell holds.
    pub fn new(carrier: Carrier, bead: Bead, number: f64) -> Result<Self, MagnetError> {
        positive(carrier.diameter, "the diameter of a cell [um]")?;
        positive(carrier.density, "the density of a cell [g/mL]")?;
        positive(carrier.drag_factor, "the drag factor of a cell")?;
        if !(number >= 0.0 && number.is_finite() && carrier.susceptibility.is_finite()) {
            return invalid(format!("{number} beads on a cell"));
        }
        let most = Self::most_beads(carrier.diameter, bead.diameter);
        if number > most {
            return invalid(format!(
                "{number:.0} beads on a cell; one layer around it holds {most:.0}"
            ));
        }
        Ok(Self {
            carrier,
            bead,
            number,
            beads: number * bead.mean_volume(),
        })
    }

    /// The same cell, whose beads have the volume `beads` [um3] in all; as made it is that of as many mean ones.
    ///
    /// # Errors
    /// If it is not finite, or negative.
    pub fn with_beads_of(self, beads: f64) -> Result<Self, MagnetError> {
        if !(beads >= 0.0 && beads.is_finite()) {
            return invalid(format!("beads of {beads} um3 on a cell"));
        }
        Ok(Self { beads, ..self })
    }

    /// Beads of diameter `d` [um] in one close layer (0.9069 of the area) around a cell of diameter `cell` [um], centres on
    /// the sphere between both: 0.9069 4 (1 + cell/d)2, one at least.
    pub fn most_beads(cell: f64, d: f64) -> f64 {
        (0.9069 * 4.0 * (1.0 + cell / d).powi(2)).floor().max(1.0)
    }

    /// Volume of cell and beads [um3].
    pub fn volume(&self) -> f64 {
        PI / 6.0 * self.carrier.diameter.powi(3) + self.beads
    }

    /// Mass [pg].
    pub fn mass(&self) -> f64 {
        let cell = PI / 6.0 * self.carrier.diameter.powi(3) * self.carrier.density;
        cell + self.beads * self.bead.density
    }

    /// Mass over volume [pg/um3 = g/mL].
    pub fn density(&self) -> f64 {
        self.mass() / self.volume()
    }

    /// Diameter of the sphere of their volume [um]: with the drag factor, the least drag that they can have.
    pub fn diameter(&self) -> f64 {
        (6.0 / PI * self.volume()).cbrt()
    }

    /// Outer diameter [um], cell and a bead on both sides: what moves with them when the layer is closed, so the most drag
    /// that they can have. A few beads lie in between, nearer to [`Labelled::diameter`].
    pub fn outer_diameter(&self) -> f64 {
        if self.number > 0.0 {
            self.carrier.diameter + 2.0 * self.bead.diameter
        } else {
            self.carrier.diameter
        }
    }

    /// Force in the field `p` [nN], the cell's own included.
    pub fn force(&self, p: &FieldPoint) -> DVec3 {
        let own = PI / 6.0 * self.carrier.diameter.powi(3) * self.carrier.susceptibility;
        let beads = self.beads * self.bead.curve.effective_susceptibility(p.magnitude());
        (own + beads) * p.force_density()
    }

    /// Effective mobility where |B| is `b` [T], in a fluid of `viscosity` [mPa s], in um3 us/pg: velocity over force
    /// density, with the drag of [`Labelled::diameter`].
    pub fn mobility(&self, b: f64, viscosity: f64) -> f64 {
        let own = PI / 6.0 * self.carrier.diameter.powi(3) * self.carrier.susceptibility;
        let beads = self.beads * self.bead.curve.effective_susceptibility(b);
        (own + beads) / (3.0 * PI * viscosity * self.carrier.drag_factor * self.diameter())
    }
}

/// A measured mobility [m3 s/kg], in a fluid of viscosity `measured_in`, in one of `viscosity` [both mPa s]: um3 us/pg. The
/// velocity is u = m grad(B2)/(2 mu0). It holds for fields like the one it was measured in: saturated labels lose mobility
/// as 1/B.
///
/// # Errors
/// If it is not finite, or a viscosity not above zero.
pub fn measured_mobility(si: f64, measured_in: f64, viscosity: f64) -> Result<f64, MagnetError> {
    if !si.is_finite() {
        return invalid("a measured mobility that is not finite");
    }
    positive(measured_in, "the viscosity a mobility was measured in [mPa s]")?;
    positive(viscosity, "the viscosity [mPa s]")?;
    Ok(si * MOBILITY_SI * measured_in / viscosity)
}

#[cfg(test)]
#[path = "label_tests.rs"]
mod tests;
