//! What is known of a kind of cell: size, density, drag, packing, each with its source.

use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_PI_6;

/// How well a number of the library is known (the tags of the reference dossier).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Read in the named source itself.
    Read,
    /// Computed exactly from numbers that were read.
    Derived,
    /// Our interpolation through numbers that were read.
    Fit,
    /// From memory; nothing readable was found. Do not quote as fact.
    Unverified,
}

/// The family a species belongs to; decides in which layer it counts as a target or a contaminant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellClass {
    /// Red cells: they aggregate (rouleaux) and deform (pack to 0.94 and more).
    Erythrocyte,
    /// White cells and their precursors.
    Leukocyte,
    /// Platelets.
    Platelet,
    /// Rigid particles: beads, fixed cells.
    Particle,
}

/// One species. Diameters are volume-equivalent, in micrometres; densities in g/mL (= pg/um3).
///
/// Diameter and density are drawn jointly from a normal distribution with the stated correlation c: two independent
/// normal variates a and b, each cut off at three, give the diameter a, and the density c a + sqrt(1 - c^2) b, in standard
/// deviations from their means. So no diameter lies further than 3 of them from its mean; a density may lie up to
/// 3 (|c| + sqrt(1 - c^2)) from its own, 3 where c is 0 or 1 and at most 4.24, where c^2 is 1/2.
#[derive(Clone, Debug, PartialEq)]
pub struct Species {
    /// The key by which scenes name it: `erythrocyte`, `lymphocyte`, ...
    pub name: String,
    /// Family.
    pub class: CellClass,
    /// Mean volume-equivalent diameter [um].
    pub diameter: f64,
    /// Standard deviation of the diameter [um].
    pub diameter_sd: f64,
    /// Mean density [g/mL].
    pub density: f64,
    /// Standard deviation of the density [g/mL].
    pub density_sd: f64,
    /// Correlation of diameter and density, -1..1 (large platelets are denser, R10 of the dossier).
    pub correlation: f64,
    /// Drag relative to the sphere of equal volume (>= 1).
    pub drag_factor: f64,
    /// Volume fraction at which the species alone packs.
    pub packing_limit: f64,
    /// Factor on the mobility of this species when it aggregates (rouleaux); 1 where it does not.
    pub aggregation: f64,
    /// Colour in pictures, sRGB.
    pub colour: [u8; 3],
    /// Where the numbers come from.
    pub source: String,
    /// How well they are known.
    pub status: Status,
}

/// How many standard deviations from its mean a diameter may lie, and the density of a cell of the mean size.
pub const CUT: f64 = 3.0;

/// Variance of a standard normal distribution that is cut off at [`CUT`] on either side: 1 - 2 c p(c)/(1 - 2 P(-c)), by hand
/// 1 - 6 x 0.004_431_848/0.997_300_2.
const CUT_VARIANCE: f64 = 0.973_337;

impl Species {
    /// Mean volume of a cell [um3], over the whole spread of diameters: pi/6 (d^3 + 3 d s^2). A cell of the mean diameter is smaller.
    pub fn mean_volume(&self) -> f64 {
        let (d, s) = (self.diameter, self.diameter_sd);
        FRAC_PI_6 * d * (d * d + 3.0 * CUT_VARIANCE * s * s)
    }
}
