//! A column's matrix as the engine knows it: how often a cell is caught per length, how much it holds, what it lets go.

use crate::Error;
use crate::laws::capture_row::CAPTURE_ROWS;

/// What fills a column. Which collectors it is made of, and how cells come to them, is in its filter coefficients.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Share of the column that is fluid.
    pub porosity: f64,
    /// Magnetic velocity at a collector over magnetic mobility [pg/(um2 us2)]: field times polarisation over vacuum
    /// permeability times radius.
    pub strength: f64,
    /// Filter coefficient [1/um] of the empty matrix by component, at the ratios of magnetic to superficial velocity that
    /// [`ratio_at`](crate::laws::capture_row::ratio_at) gives; [`CAPTURE_ROWS`] each. A cell is caught within a length x
    /// with probability 1 - exp(-coefficient x).
    pub capture: Vec<Vec<f64>>,
    /// Share of the cells of each component that the empty column would keep on one passage without any label or field.
    pub unspecific: Vec<f64>,
    /// Cells that it holds when it is full; none if that is not known.
    pub capacity: Option<f64>,
    /// Dispersivity [um]: the variance of places grows by twice this times the way of the flow.
    pub dispersivity: f64,
    /// Share of the held cells that come off when the magnets are off.
    pub released: f64,
}

impl Matrix {
    /// Refuses what cannot be.
    ///
    /// # Errors
    /// [`Error::Input`] naming the number and what it may be.
    pub fn check(&self, components: usize) -> Result<(), Error> {
        let wrong = |what: &str, value: f64, may_be: &str| {
            Err(Error::Input(format!(
                "{what} of the matrix is {value}; it has to be {may_be}"
            )))
        };
        if !(self.porosity > 0.0 && self.porosity < 1.0) {
            return wrong("the porosity", self.porosity, "above 0 and below 1");
        }
        if !(self.strength.is_finite() && self.strength > 0.0) {
            return wrong("the pull", self.strength, "a finite number above zero");
        }
        if !(self.dispersivity.is_finite() && self.dispersivity >= 0.0) {
            return wrong("the dispersivity", self.dispersivity, "a finite length");
        }
        if !(0.0..=1.0).contains(&self.released) {
            return wrong("the released share", self.released, "from 0 to 1");
        }
        if let Some(c) = self.capacity.filter(|c| !(c.is_finite() && *c >= 1.0)) {
            return wrong("the capacity", c, "at least one cell");
        }
        if let Some(u) = self.unspecific.iter().find(|u| !(0.0..1.0).contains(*u)) {
            return wrong("an unspecific share", *u, "at least 0 and below 1");
        }
        let sound =
            |row: &Vec<f64>| row.len() == CAPTURE_ROWS && row.iter().all(|l| l.is_finite() && *l >= 0.0);
        if self.unspecific.len() != components
            || self.capture.len() != components
            || !self.capture.iter().all(sound)
        {
            return Err(Error::Input(format!(
                "the matrix needs {CAPTURE_ROWS} finite filter coefficients, and a share kept without a label, for each of the \
                 {components} components"
            )));
        }
        Ok(())
    }

    /// The filter coefficients as kernels read them: logarithms to base 2 of 1/um, and one entry more, of no weight.
    pub fn rows(&self) -> Vec<f32> {
        // what is caught nowhere is caught once in 1e30 um
        let row = |l: &f64| l.max(1e-30).log2() as f32;
        self.capture.iter().flatten().map(row).chain([0.0]).collect()
    }

    /// Filter coefficients for cells without a label [1/um], of a column of this length.
    pub fn unlabelled(&self, length: f64) -> Vec<f32> {
        self.unspecific
            .iter()
            .map(|share| (-(1.0 - share).ln() / length) as f32)
            .collect()
    }
}
