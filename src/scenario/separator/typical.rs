//! The cell by which a person judges a separator before it runs.

use crate::Error;
use crate::laws::saturation::saturation;
use crate::magnets::{Carrier, Curve, Labelled};
use crate::model::{Component, Fluid, MagneticResponse};

/// The mean cell of a component with the mean number of beads, or with the median mobility.
pub(super) struct Typical {
    /// Diameter with what it carries [um].
    pub diameter: f64,
    /// Diameter over beads on both sides [um]; none without beads.
    pub outer: Option<f64>,
    /// Density with what it carries [g/mL].
    pub density: f64,
    /// Magnetic mobility in a weak field [um3 us/pg], as a parcel has it that is drawn like this.
    pub mobility: f64,
    pull: Pull,
    viscosity: f64,
}

enum Pull {
    /// A measured mobility, one over the field at which it saturates [1/T].
    Measured(f64),
    Labelled(Labelled),
    FreeBead {
        per_susceptibility: f64,
        curve: Curve,
    },
}

impl Typical {
    /// Of a component in this fluid.
    ///
    /// # Errors
    /// [`Error::Input`] for a cell that cannot carry its beads.
    pub fn of(c: &Component, fluid: Fluid) -> Result<Self, Error> {
        let d = &c.species;
        let drag = 18.0 * d.drag_factor * fluid.viscosity;
        let (diameter, density, pull) = match &c.response {
            MagneticResponse::None | MagneticResponse::Mobility { .. } => {
                (d.diameter, d.density, Pull::Measured(c.response.per_field()))
            }
            MagneticResponse::FreeBead { curve } => (
                d.diameter,
                d.density,
                Pull::FreeBead {
                    per_susceptibility: d.diameter.powi(2) / drag,
                    curve: *curve,
                },
            ),
            MagneticResponse::Beads {
                bead,
                loading,
                susceptibility,
            } => {
                let carrier = Carrier {
                    diameter: d.diameter,
                    density: d.density,
                    drag_factor: d.drag_factor,
                    susceptibility: *susceptibility,
                };
                let both = Labelled::new(carrier, *bead, loading.mean())?;
                (both.diameter(), both.density(), Pull::Labelled(both))
            }
        };
        let mobility = match c.response {
            MagneticResponse::Mobility { median, .. } => median,
            _ => 0.0,
        };
        let outer = match &pull {
            Pull::Labelled(both) => Some(both.outer_diameter()),
            _ => None,
        };
        let mut out = Self {
            diameter,
            outer,
            density,
            mobility,
            pull,
            viscosity: fluid.viscosity,
        };
        out.mobility = out.at(0.0);
        Ok(out)
    }

    /// Effective mobility where |B| is `b` [T], in um3 us/pg: less than in a weak field where beads saturate.
    pub fn at(&self, b: f64) -> f64 {
        match &self.pull {
            Pull::Measured(per_field) => self.mobility * saturation(b * per_field),
            Pull::Labelled(both) => both.mobility(b, self.viscosity),
            Pull::FreeBead {
                per_susceptibility,
                curve,
            } => per_susceptibility * curve.effective_susceptibility(b),
        }
    }
}
