//! What became of each species as bars, and which colour is whose.

use super::super::canvas::{BOLD, Canvas, GREY, INK, Place, SMALL, fit};
use super::super::tube::grouped;
use crate::engine::Setup;
use crate::kernels::passage::OUT;
use crate::model::Parcels;
use crate::observe::{Fraction, Separation};
use crate::output::table::hundredths;
use crate::units::counted;

/// Lowest edge of the bars [pixels].
const BOTTOM: i32 = 800;

/// How much of each species ended where.
pub(super) fn bars(
    canvas: &mut Canvas,
    (left, top, whole): (i32, i32, f64),
    s: &Setup,
    separation: &Separation,
) {
    canvas.text(
        "share of each species [%]",
        (left, top - 30),
        Place::Left,
        BOLD,
        INK,
    );
    let some = |f: &&Fraction| f.place.end || f.species.iter().any(|c| c.parcels > 0);
    let mut shown: Vec<(&Fraction, &str)> = separation
        .fractions
        .iter()
        .filter(some)
        .map(|f| {
            (
                f,
                if f.place.end && f.place.fate < OUT {
                    "held: "
                } else {
                    ""
                },
            )
        })
        .collect();
    // what was caught comes first: the rest is where it went
    if let Some(before) = &separation.released {
        let caught = before.fractions.iter().map(|f| (f, "caught: "));
        shown.splice(0..0, caught);
    }
    let rows: usize = shown.iter().map(|f| f.0.species.len()).sum();
    let room = f64::from(BOTTOM - top - 24 * shown.len() as i32);
    let thick = (room / rows.max(1) as f64).clamp(3.0, 18.0);
    let mut y = f64::from(top);
    for (fraction, what) in shown {
        let what = if fraction.place.fate >= OUT { "out: " } else { what };
        let name = format!("{what}{}", fraction.place.name);
        canvas.text(
            &fit(&name, 360, SMALL),
            (left, y as i32 + 4),
            Place::Left,
            SMALL,
            INK,
        );
        y += 15.0;
        for (component, content) in s.components.iter().zip(&fraction.species) {
            let at = (left, y.round() as i32);
            let deep = (thick - 2.0).max(1.0) as u32;
            canvas.fill(at, (whole as u32, deep), [238, 240, 243]);
            let long = (whole * content.recovery).round() as u32;
            if long > 0 {
                canvas.fill(at, (long, deep), component.species.colour);
            }
            if thick >= 11.0 {
                canvas.text(
                    &hundredths(content.recovery),
                    (left + whole as i32 + 10, at.1 + deep as i32 / 2),
                    Place::Left,
                    SMALL,
                    INK,
                );
            }
            y += thick;
        }
        y += 9.0;
    }
}

/// The colours of the species, from `at` on; free beads are said to be no cells.
pub(super) fn legend(canvas: &mut Canvas, (x, y): (i32, i32), s: &Setup, charge: &Parcels) {
    let mut y = y;
    for component in &s.components {
        let species = &component.species;
        canvas.fill((x, y - 8), (16, 16), species.colour);
        let bead = if component.response.is_free_bead() {
            " (no cells)"
        } else {
            ""
        };
        let name = fit(&format!("{}{bead}", species.name), 230, SMALL);
        canvas.text(&name, (x + 24, y), Place::Left, SMALL, INK);
        y += 22;
    }
    y += 6;
    for line in [
        counted(grouped(charge.len()), "parcel"),
        "each species relative".into(),
        "to its mean in the view".into(),
    ] {
        canvas.text(&line, (x, y), Place::Left, SMALL, GREY);
        y += 16;
    }
}
