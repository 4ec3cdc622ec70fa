//! C33: immunomagnetic selection of CD34+ cells.

use super::reference::Reference;
use super::selection::{CD34, LYMPHOCYTE, column, load, select};
use super::{Case, Check, Lab};
use crate::Error;
use crate::model::MagneticResponse;
use crate::units::Dimension;

pub(super) const CASE: Case = Case {
    id: "C33",
    method: "the column of examples/scenes/cd34_selection_column.toml, fed in 10 min with the leukocytes of the case; washed, and \
             eluted without the field; what is in the eluate, its log depletion of lymphocytes for that of T cells. Set from \
             this case, so no predictions: 82 % of what is held comes off (from the recovery); the bed keeps 0.004 % of the \
             lymphocytes (from the T cells) and 0.057 % of the others (from the purity) without a label. Assumed: \
             geometry, field, label, what else is in the product. Computed: that the column catches the labelled cells, whether it \
             fills, and what wash and elution bring out of it",
    on_host: false,
    run,
};

/// Parcels by species: a few of a hundred thousand lymphocytes come through.
const PARCELS: [usize; 4] = [5_000, 120_000, 5_000, 5_000];

/// Share of the mobility that is at the low end of what is known of such labels (0.3e-13 of 1e-13 m3 s/kg).
const WEAK: f64 = 0.3;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let leukocytes = c.number("leukocytes", "")?;
    let cd34 = c.given("CD34+ share", Dimension::Fraction)?;
    let mut scene = column(lab, PARCELS)?;
    load(&mut scene.setup, leukocytes, cd34);
    let got = select(lab, &mut scene)?;
    let lymphocytes = &got.species[LYMPHOCYTE];
    let percent = |x: f64| 100.0 * x;

    for component in &mut scene.setup.components {
        if let MagneticResponse::Mobility { median, .. } = &mut component.response {
            *median *= WEAK;
        }
    }
    scene.setup.components[LYMPHOCYTE].parcels = PARCELS[0];
    let weak = select(lab, &mut scene)?;
    lab.note(format!(
        "The matrix caught {:.2} % of the CD34+ cells; with {WEAK} of the mobility it would be {:.2} %: a label would have to be much \
         weaker for the recovery to tell. The depletion rests on {} parcels.",
        percent(got.caught),
        percent(weak.caught),
        lymphocytes.parcels
    ));
    let (recovery, purity) = (got.species[CD34].recovery, got.species[CD34].purity);
    [
        ("recovery of CD34+ cells", "%", percent(recovery)),
        ("purity", "%", percent(purity.unwrap_or(f64::NAN))),
        (
            "depletion of T cells",
            "log10",
            lymphocytes.depletion.unwrap_or(f64::NAN),
        ),
    ]
    .into_iter()
    .map(|(of, unit, measured)| Ok(c.check(of, unit, measured)?.set_from_it()))
    .collect()
}
