//! The cells and the plasma that cases C01, C13 and C14 give.

use super::lab::cell;
use super::reference::Reference;
use crate::Error;
use crate::model::{Fluid, Species};
use crate::units::Dimension;

/// Plasma of C01.
pub(super) fn plasma() -> Result<Fluid, Error> {
    let c = Reference::case("C01")?;
    Ok(Fluid {
        density: c.given("plasma density", Dimension::Density)?,
        viscosity: c.given("plasma viscosity", Dimension::Viscosity)?,
    })
}

/// A cell whose diameter and density a case gives.
fn given(name: &str, case: &str) -> Result<Species, Error> {
    let c = Reference::case(case)?;
    Ok(cell(
        name,
        c.given(&format!("{name} diameter"), Dimension::Length)?,
        c.given(&format!("{name} density"), Dimension::Density)?,
    ))
}

pub(super) fn red_cell() -> Result<Species, Error> {
    given("red cell", "C01")
}

pub(super) fn platelet() -> Result<Species, Error> {
    given("platelet", "C01")
}

pub(super) fn lymphocyte() -> Result<Species, Error> {
    given("lymphocyte", "C01")
}

pub(super) fn neutrophil() -> Result<Species, Error> {
    given("neutrophil", "C01")
}

pub(super) fn monocyte() -> Result<Species, Error> {
    given("monocyte", "C13")
}

pub(super) fn stem_cell() -> Result<Species, Error> {
    given("CD34+ cell", "C13")
}
