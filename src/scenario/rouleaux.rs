//! How red cells aggregate in the sample: by the library, by the scene, less in diluted plasma, not at all when dilute.

use super::components::Draft;
use super::medium::{Mixed, Recipe};
use super::node::{Entry, Node};
use super::physics::Wish;
use super::problem::Problems;
use super::sample::overrides;
use crate::engine::Suspension;
use crate::library::{self, PLASMA, diluted_aggregation, least_aggregation};
use crate::model::CellClass;
use crate::units::{Dimension, digits, show};

/// How far apart two estimates of the factor in diluted plasma may lie before it is warned of. Normal donors differ more (their
/// sedimentation rates by a factor of two and more).
const WIDE: f64 = 1.5;

/// Sets the factor of every kind of red cell, and says what it rests on.
pub fn set(
    drafts: &mut [Draft],
    recipe: &Recipe,
    mixed: &mut Mixed,
    node: &Node,
    wish: &Wish,
    problems: &mut Problems<'_>,
) {
    let dense = wish.suspension() == Suspension::Dense;
    let own = |d: &Draft| {
        let same = |e: &&Entry| e.name == d.species.name;
        node.map("cells")
            .iter()
            .find(same)
            .is_some_and(|e| overrides(e, "aggregation"))
    };
    let of_fluid = node.table("fluid").and_then(|f| f.number("aggregation"));
    let said = node
        .table("fluid")
        .is_some_and(|f| f.given("aggregation") || f.attempted("aggregation"));
    let share = mixed.medium.share;
    let in_plasma = |d: &Draft| library::species(&d.kind, Some(PLASMA)).map_or(1.0, |s| s.aggregation);
    let mut diluted = None;
    for d in drafts
        .iter_mut()
        .filter(|d| d.species.class == CellClass::Erythrocyte)
    {
        if own(d) {
            continue;
        }
        let full = d.species.aggregation;
        d.species.aggregation = match wish.rouleaux.or(of_fluid) {
            Some(factor) if wish.rouleaux.is_some() || dense => factor,
            // single cells far from each other do not form rouleaux
            _ if !dense => 1.0,
            _ if share < 1.0 && full > 1.0 && library::species_entry(&d.kind).is_ok() => {
                diluted = Some((diluted_aggregation(full, share), least_aggregation(full, share)));
                diluted_aggregation(full, share)
            }
            _ => full,
        };
        let silent = recipe.is_own() && dense && !said && wish.rouleaux.is_none();
        if silent && in_plasma(d) > 1.0 {
            problems
                .warning(
                    &node.at("fluid"),
                    "red cells do not aggregate in this fluid unless you say so",
                    format!("`aggregation` is not given; in plasma they sink {} times faster", digits(in_plasma(d), 3)),
                )
                .help(
                    "add `aggregation = \"plasma\"` to `fluid` where it has the proteins of plasma, or `aggregation = 1` where it has \
                     none",
                );
        }
    }
    if let Some((factor, least)) = diluted {
        let (factor, least_text) = (digits(factor, 3), digits(least, 3));
        let share_text = show((100.0 * share).round() / 100.0, Dimension::Fraction);
        mixed.makeup.assumed.push(format!(
            "plasma is {share_text} of the fluid: red cells are assumed to sink {factor} times faster than single cells (in proportion to the plasma, as \
             read for fibrinogen, R91); by another estimate {least_text} times"
        ));
        if diluted_wide(diluted) {
            let key = if node.given("diluted_with") {
                "diluted_with"
            } else {
                "anticoagulant"
            };
            problems
                .warning(
                    &node.at(key),
                    format!("aggregation in diluted plasma is uncertain: a factor between {least_text} and {factor}"),
                    format!("plasma is {share_text} of the fluid; {factor} is assumed"),
                )
                .help(format!(
                    "give `rouleaux` in [physics], and try {least_text} and {factor}: the true result should lie between the two"
                ));
        }
    }
    let mut red = drafts
        .iter()
        .filter(|d| d.species.class == CellClass::Erythrocyte);
    let most = |a: f64, d: &Draft| a.max(d.species.aggregation);
    mixed.makeup.red_cell_aggregation = red.next().map(|d| red.fold(d.species.aggregation, most));
}

fn diluted_wide(diluted: Option<(f64, f64)>) -> bool {
    diluted.is_some_and(|(factor, least)| factor > WIDE * least)
}
