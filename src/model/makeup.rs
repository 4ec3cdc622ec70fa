//! What suspends the cells of a sample, and what was added to the blood.

use serde::{Deserialize, Serialize};

/// The fluid of a sample in a person's units, as `check` and `summary.json` show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Makeup {
    /// Its name: "plasma with acd_a at 4 degC".
    pub medium: String,
    /// Temperature [degC].
    pub temperature_degc: f64,
    /// Density of the fluid without cells [g/mL].
    pub density_g_per_ml: f64,
    /// Viscosity of the fluid without cells [mPa s].
    pub viscosity_mpa_s: f64,
    /// What was added to the blood, in this order: "1 volume of acd_a to 9 of blood".
    pub added: Vec<String>,
    /// Share of plasma in the volume of the fluid; none where the scene gives the fluid's own numbers and does not say that red cells
    /// aggregate in it as in plasma.
    pub plasma_share: Option<f64>,
    /// Volume of red cells per volume of blood, before anything was added.
    pub haematocrit_of_blood: f64,
    /// Volume of red cells per volume of the sample.
    pub haematocrit: f64,
    /// Factor on the mobility of red cells by rouleaux; none without red cells.
    pub red_cell_aggregation: Option<f64>,
    /// What was assumed of the fluid, and how far off it may be.
    pub assumed: Vec<String>,
}

impl Makeup {
    /// Whether plasma is in the fluid, diluted or not: what is clear above the cells is then called plasma.
    pub fn has_plasma(&self) -> bool {
        self.plasma_share.is_some_and(|share| share > 0.0)
    }
}
