//! Whether there are parcels enough for the grid.

use super::node::Span;
use super::problem::{Problem, Problems};
use crate::engine::{Setup, Suspension};
use crate::units::{counted, digits};

/// Parcels in a grid layer, averaged over the sample, below which their noise (a tenth of the mean for 100) is worth a
/// warning: the hindrance is a steep and convex function of the volume fraction, so noise in the one biases the other.
const ENOUGH: f64 = 100.0;

/// Layers of the grid of a dense suspension below which boundaries are not found well enough: they are smeared over two or three grid
/// cells, which is then several per cent of the sample. A buffy coat of 0.7 mm with 260 layers came out
/// 8 mm thick with 10 (measured with this program).
pub const LEAST_LAYERS: u32 = 100;

/// Parcels from which on the volume of a layer of a millimetre does not scatter by more than a few per cent between seeds.
const SMOOTH: u64 = 500_000;

/// Parcels below which shares of them say little, where nothing else depends on how many there are.
const FEW: usize = 100;

/// Parcels that are proposed instead.
const PLENTY: f64 = 10_000.0;

/// Warns at `at` where parcels are few. In a dilute suspension only the uncertainty of what is counted depends on it. `written` is what the scene says
/// there, if it is not what is run.
pub fn warn(setup: &Setup, at: &Span, written: Option<usize>, problems: &mut Problems<'_>) {
    let (parcels, layers) = (setup.parcels(), setup.layers());
    let each = parcels as f64 / f64::from(layers.max(1));
    if setup.physics.suspension == Suspension::Dilute {
        return alone(parcels, at, written, problems);
    }
    if each >= ENOUGH {
        return;
    }
    let enough = ENOUGH as u64 * u64::from(layers);
    let fewer = (parcels as f64 / ENOUGH).floor();
    let layers = counted(layers, "grid layer");
    let problem = problems
        .warning(
            at,
            format!(
                "{}{} in {layers} are few, {} in each: their noise biases the hindrance",
                counted(parcels, "parcel"),
                instead(written),
                digits(each, 2)
            ),
            format!(
                "{ENOUGH} in each, {enough} in all, are enough for boundaries; below {SMOOTH} the volumes of thin \
                 layers scatter more"
            ),
        )
        .help(if fewer >= f64::from(LEAST_LAYERS) {
            format!(
                "take {enough} parcels or more, or at most {fewer} `layers` in [numerics], which are then coarser and so are all \
                 boundaries"
            )
        } else {
            format!("take {enough} parcels or more")
        });
    problem.sparse = true;
}

/// What the scene says, if it is not what is run.
fn instead(written: Option<usize>) -> String {
    written.map_or_else(String::new, |n| format!(", instead of {n} as written,"))
}

/// Warns at `at` where there are so few parcels of cells that do not affect each other that shares of them are hardly known. `written` as
/// in [`warn`].
pub fn alone(parcels: usize, at: &Span, written: Option<usize>, problems: &mut Problems<'_>) {
    if parcels >= FEW {
        return;
    }
    // of a share of a half, in 19 of 20 runs
    let spread = |n: f64| digits(196.0 * 0.5 / n.sqrt(), 2);
    let problem = problems
        .warning(
            at,
            format!("{}{} are few", counted(parcels, "parcel"), instead(written)),
            format!(
                "a share of half of them has an uncertainty of {} percentage points",
                spread(parcels as f64)
            ),
        )
        .help(format!(
            "take {PLENTY} parcels or more: it is then {} percentage points",
            spread(PLENTY)
        ));
    problem.sparse = true;
}

/// Forgets such a warning: the number of parcels has changed.
pub fn forget(warnings: &mut Vec<Problem>) {
    warnings.retain(|w| !w.sparse);
}
