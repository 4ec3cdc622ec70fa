//! The fluid of a sample as rows of a table.

use crate::model::Makeup;
use crate::units::{Dimension, digits, show};

/// Label and text of what the fluid is, what was added to the blood, and how red cells are in it.
pub fn rows(m: &Makeup) -> Vec<(&'static str, String)> {
    let percent = |x: f64| show(x, Dimension::Fraction);
    let mut rows = vec![(
        "fluid",
        format!(
            "{} g/mL, {} mPa s",
            digits(m.density_g_per_ml, 5),
            digits(m.viscosity_mpa_s, 4)
        ),
    )];
    for (i, words) in m.added.iter().enumerate() {
        rows.push((if i == 0 { "added" } else { "" }, words.clone()));
    }
    if let Some(share) = m
        .plasma_share
        .filter(|share| *share < 1.0 && (*share > 0.0 || !m.added.is_empty()))
    {
        rows.push(("plasma", format!("{} of the fluid", percent(share))));
    }
    if let Some(factor) = m.red_cell_aggregation {
        let of = if m.added.is_empty() {
            percent(m.haematocrit)
        } else {
            format!(
                "{} of the blood, {} of the sample",
                percent(m.haematocrit_of_blood),
                percent(m.haematocrit)
            )
        };
        rows.push(("haematocrit", of));
        let rouleaux = if factor > 1.0 {
            format!(
                "red cells sink {} times faster than single ones",
                digits(factor, 3)
            )
        } else {
            "none: red cells sink as single ones".into()
        };
        rows.push(("rouleaux", rouleaux));
    }
    rows
}
