//! The cells and the plasma that cases C01, C13 and C14 give.

use super::lab::cell;
use super::reference::Quoted;
use crate::Error;
use crate::model::{Fluid, Species};

/// Plasma of C01.
pub(super) fn plasma() -> Result<Fluid, Error> {
    let c = Quoted::case("C01")?;
    Ok(Fluid {
        density: c.given("plasma 1026")? / 1e3,
        viscosity: c.given("plasma 1026, 1.24")?,
    })
}

/// A cell whose diameter [um] and density [kg/m3] are quoted from a case.
fn quoted(name: &str, case: &str, diameter: &str, density: &str) -> Result<Species, Error> {
    let c = Quoted::case(case)?;
    Ok(cell(name, c.given(diameter)?, c.given(density)? / 1e3))
}

pub(super) fn red_cell() -> Result<Species, Error> {
    quoted("red cell", "C01", "RBC-eq sphere 5.56", "RBC-eq sphere 5.56/1098")
}

pub(super) fn platelet() -> Result<Species, Error> {
    quoted("platelet", "C01", "platelet 2.3", "platelet 2.3um/1065")
}

pub(super) fn lymphocyte() -> Result<Species, Error> {
    quoted("lymphocyte", "C01", "lymphocyte 7.3", "lymphocyte 7.3/1068")
}

pub(super) fn neutrophil() -> Result<Species, Error> {
    quoted("neutrophil", "C01", "neutrophil 8.6", "neutrophil 8.6/1086")
}

pub(super) fn monocyte() -> Result<Species, Error> {
    quoted("monocyte", "C13", "mono 9.0", "mono 9.0/1066")
}

pub(super) fn stem_cell() -> Result<Species, Error> {
    quoted("CD34+ cell", "C13", "CD34 9.0", "CD34 9.0/1064")
}
