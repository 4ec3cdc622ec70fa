//! C34: a column that gets more CD34+ cells than it is specified for.

use super::reference::Reference;
use super::selection::{CD34, Eluate, column, load, select};
use super::{Case, Check, Lab};
use crate::Error;
use crate::units::Dimension;

pub(super) const CASE: Case = Case {
    id: "C34",
    method: "the column of case C33, which holds 6e8 cells, with 3e8 (within) and 1e9 CD34+ cells (above specification) of a \
             product like that of C33. The case says neither how many cells were loaded nor what a column holds: 600e6 are what a vial \
             of reagent is specified for, 1000e6 what R30 found it to do with similar recovery, so that the reagent was not the \
             limit; both stand in for what is not known of the column. Set from this case: the share of the held cells that comes off, by the recovery within \
             specification, which is therefore no prediction. Predicted: the recovery above, from the capacity, and the purity of \
             both runs together, with what the bed keeps without a label as set in C33",
    on_host: false,
    run,
};

const PARCELS: [usize; 4] = [20_000, 5_000, 12_000, 12_000];

/// CD34+ cells that the matrix holds, those loaded within the specification, and above it. 600e6 and 1000e6 CD34+ cells are what a
/// vial of reagent is specified for and what it was found to do (R30, read). That the matrix holds the first, that the
/// second were loaded above the specification, and half of the first within, are assumptions.
const CAPACITY: f64 = 6e8;
const WITHIN: f64 = 3e8;
const ABOVE: f64 = 1e9;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let cd34 = Reference::case("C33")?.given("CD34+ share", Dimension::Fraction)?;
    let within = "recovery within specification";
    let mut scene = column(lab, PARCELS)?;
    if let Some(matrix) = &mut scene.setup.matrix {
        (matrix.capacity, matrix.released) = (Some(CAPACITY), c.value(within, "%")? / 100.0);
    }
    let mut got = Vec::new();
    for cells in [WITHIN, ABOVE] {
        load(&mut scene.setup, cells / cd34, cd34);
        got.push(select(lab, &mut scene)?);
    }
    let wanted: f64 = got.iter().map(|e| e.species[CD34].cells).sum();
    let all: f64 = got.iter().flat_map(|e| &e.species).map(|s| s.cells).sum();
    lab.note(format!(
        "The matrix caught {:.1} % of the CD34+ cells within and {:.1} % above specification. The recovery above is nearly capacity over \
         load, so it tests that the column fills and lets the rest pass, and says little of a real one: it would be within the \
         tolerance for loads from about 7.3e8 to 1.14e9 cells, and for one of 1e9 not at all if the column held as many.",
        100.0 * got[0].caught,
        100.0 * got[1].caught
    ));
    let recovery = |e: &Eluate| 100.0 * e.species[CD34].recovery;
    Ok(vec![
        c.check(within, "%", recovery(&got[0]))?.set_from_it(),
        c.check("recovery above specification", "%", recovery(&got[1]))?,
        c.check("purity, both runs together", "%", 100.0 * wanted / all)?,
    ])
}
