//! The suspending fluid at one temperature.

/// Density and viscosity of the suspending fluid (plasma, saline, ...), without cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fluid {
    /// Density [g/mL = pg/um3].
    pub density: f64,
    /// Dynamic viscosity [mPa s = pg/(um us)].
    pub viscosity: f64,
}
