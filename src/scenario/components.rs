//! From amounts to components: what the scene changes of a species, what is plausible, who gets how many parcels.

use super::keys::MAX_PARCELS;
use super::node::{Entry, Node, Span, Value};
use super::physics::Wish;
use super::problem::Problems;
use crate::engine::Suspension;
use crate::model::{Amount, Component, Species};
use crate::units::{Dimension, Quantity, counted, digits, show};

/// Share of cells above which a "dilute" sample is worth a warning, and above which it is refused. By Richardson & Zaki's
/// (1 - phi)^4.65 cells then sink 5 and 21 % too fast; the fluid that they drag along is not even in that.
const DILUTE: [f64; 2] = [0.01, 0.05];

/// The same in a column. There the flow brings cells to within a radius of a collector, which crowding does not change; only
/// the last of their way is slowed, by (1 - phi)^4.65 at most (a fifth at the first share, a half at the second), and with it the
/// filter coefficient.
const DILUTE_IN_A_COLUMN: [f64; 2] = [0.05, 0.14];

/// One species on its way to a component.
pub struct Draft {
    pub species: Species,
    /// What the library calls it: an entry may have a name of its own.
    pub kind: String,
    /// The inlet that it names.
    pub inlet: Option<String>,
    pub amount: Amount,
    /// Share of the blood in the sample, the rest of which is anticoagulant and diluent.
    pub blood: f64,
    /// Whether its density is the library's, which holds at room temperature.
    pub expands: bool,
    /// As the scene fixes it.
    pub parcels: Option<usize>,
    pub span: Span,
}

impl Draft {
    /// Share of the sample's volume.
    pub fn fraction(&self) -> f64 {
        self.amount.fraction(&self.species)
    }

    /// Makes an amount of what it was counted in one of the sample, of which the blood is a share.
    pub fn scale(&mut self, factor: f64, blood: f64) {
        self.blood = blood;
        self.amount = match self.amount {
            Amount::VolumeFraction(phi) => Amount::VolumeFraction(phi * factor),
            Amount::Concentration(c) => Amount::Concentration(c * factor),
        };
    }
}

/// A species with its amount, and with what the scene changes of it.
pub fn draft(entry: &Entry, mut species: Species, node: &Node, problems: &mut Problems<'_>) -> Option<Draft> {
    let is_red = entry.name == "erythrocyte";
    let haematocrit = node
        .quantity("haematocrit")
        .filter(|_| is_red && node.given("haematocrit"));
    let (given, parcels, span) = match &entry.value {
        Value::Quantity(q) => (Some(*q), None, entry.value_span.clone()),
        Value::Table(n) => {
            change(&mut species, n);
            let parcels = n.integer("parcels").and_then(|p| usize::try_from(p).ok());
            if n.given("concentration") && n.measured("concentration").is_none() {
                return None;
            }
            (n.measured("concentration"), parcels, entry.value_span.clone())
        }
        _ => return None,
    };
    let amount = match (given, haematocrit) {
        (Some(_), Some(_)) => {
            problems
                .error(
                    &span,
                    "red cells are given twice",
                    "`haematocrit` says how many there are",
                )
                .help("leave out one of the two");
            return None;
        }
        (Some(q), None) => amount(q),
        (None, Some(h)) => Amount::VolumeFraction(h),
        (None, None) => {
            let help = if is_red {
                "add `concentration = \"... /uL\"`, or `haematocrit` to [sample]"
            } else {
                "add `concentration = \"... /uL\"`"
            };
            problems
                .error(
                    &span,
                    format!("how many cells of `{}` are there?", entry.name),
                    "no concentration is given",
                )
                .help(help)
                .absent();
            return None;
        }
    };
    for (what, mean, sd) in [
        ("diameter", species.diameter, species.diameter_sd),
        ("density", species.density, species.density_sd),
    ] {
        if mean <= 3.0 * sd {
            problems.error(
                &span,
                format!(
                    "the {what} of `{}` reaches zero within three standard deviations",
                    entry.name
                ),
                format!("{} with a spread of {}", digits(mean, 4), digits(sd, 4)),
            );
            return None;
        }
    }
    let (kind, inlet) = match &entry.value {
        Value::Table(n) => (n.text("species"), n.text("inlet").map(str::to_owned)),
        _ => (None, None),
    };
    Some(Draft {
        kind: kind.unwrap_or(&entry.name).to_owned(),
        inlet,
        species,
        amount,
        blood: 1.0,
        expands: false,
        parcels,
        span,
    })
}

fn amount(q: Quantity) -> Amount {
    if q.dimension == Dimension::Fraction {
        Amount::VolumeFraction(q.value)
    } else {
        Amount::Concentration(q.value)
    }
}

/// What a scene changes of a species, and leaves a trace of in its source.
fn change(species: &mut Species, n: &Node) {
    let mut changed = Vec::new();
    for (key, slot) in [
        ("diameter", &mut species.diameter),
        ("diameter_sd", &mut species.diameter_sd),
        ("density", &mut species.density),
        ("density_sd", &mut species.density_sd),
        ("correlation", &mut species.correlation),
        ("drag_factor", &mut species.drag_factor),
        ("aggregation", &mut species.aggregation),
    ] {
        if let Some(x) = n.quantity(key).or_else(|| n.number(key)) {
            *slot = x;
            changed.push(key);
        }
    }
    if let Some(colour) = n.colour("colour") {
        species.colour = colour;
    }
    if !changed.is_empty() {
        species.source = format!("{}; set by the scene: {}", species.source, changed.join(", "));
    }
}

/// Volume of what comes in by an inlet, of the first where a species names none, or of the whole vessel [um3]; none if it is not known.
pub type VolumeOf<'a> = &'a dyn Fn(Option<&str>) -> Option<f64>;

/// What is possible, and what is likely.
pub fn plausible(
    drafts: &[Draft],
    plasma: bool,
    root: &Node,
    volume: VolumeOf<'_>,
    wish: &Wish,
    problems: &mut Problems<'_>,
) {
    let inlet = |d: &Draft| super::separator::inlet_named(root, d.inlet.as_deref()).map(str::to_owned);
    let mut inlets: Vec<Option<String>> = drafts.iter().map(inlet).collect();
    inlets.sort();
    inlets.dedup();
    for one in inlets {
        let together: Vec<&Draft> = drafts.iter().filter(|d| inlet(d) == one).collect();
        crowded(&together, root, wish, problems);
    }
    for d in drafts {
        whole(d, volume(d.inlet.as_deref()), problems);
    }
    super::usual::blood(drafts, plasma, wish, problems);
}

/// Whether the cells that come together have room, and each feels none of the others where it is taken to.
fn crowded(drafts: &[&Draft], root: &Node, wish: &Wish, problems: &mut Problems<'_>) {
    let total: f64 = drafts.iter().map(|d| d.fraction()).sum();
    let Some(largest) = drafts.iter().max_by(|a, b| a.fraction().total_cmp(&b.fraction())) else {
        return;
    };
    let limit = wish.packing_limit().unwrap_or(largest.species.packing_limit);
    let percent = |x: f64| show(x, Dimension::Fraction);
    let dense = wish.suspension() == Suspension::Dense;
    let [dilute, crowded] = if root.given("matrix") {
        DILUTE_IN_A_COLUMN
    } else {
        DILUTE
    };
    let suspension = || {
        root.table("physics")
            .filter(|p| p.given("suspension"))
            .map_or_else(|| largest.span.clone(), |p| p.at("suspension"))
    };
    if total >= if dense { limit } else { 1.0 } {
        problems
            .error(
                &largest.span,
                format!("the cells fill {} of the sample", percent(total)),
                format!("they pack at {}", percent(if dense { limit } else { 1.0 })),
            )
            .help("check the unit of each concentration");
    } else if !dense && total > crowded {
        let wrong = problems.error(
            &suspension(),
            format!(
                "the cells fill {} of the sample, too much to compute each as if it were alone",
                percent(total)
            ),
            format!("at most {} is possible here", percent(crowded)),
        );
        // a vessel of the same shape, if that is all the duct is
        let shape = root.table("duct").and_then(|d| d.text("shape"));
        let rests = !["flow", "magnet", "matrix"].iter().any(|part| root.given(part));
        let shape = shape.filter(|s| rests && *s != "annulus");
        let dilution = digits((total / crowded).ceil(), 6);
        wrong.help(match (shape, root.given("duct")) {
            (Some(shape), _) => format!(
                "a [duct] has no crowding. Dilute the sample at least {dilution}-fold and give the diluted numbers, or use a [chamber] with shape = \"{shape}\""
            ),
            (None, true) => {
                format!("a [duct] has no crowding. Dilute the sample at least {dilution}-fold and give the diluted numbers")
            }
            (None, false) => {
                "use suspension = \"dense\", which has crowding (with Stokes' drag only, and without motion across the vessel), or dilute the \
                 sample and give the diluted numbers"
                    .into()
            }
        });
    } else if !dense && total > dilute {
        let slower = 1.0 - (1.0 - total).powf(4.65);
        problems.warning(
            &suspension(),
            format!(
                "the cells fill {} of the sample, which is not dilute",
                percent(total)
            ),
            format!(
                "each is computed as if alone: they move up to {} too fast",
                percent((slower * 100.0).round() / 100.0)
            ),
        );
    }
}

/// Whether each parcel stands for a cell at least.
fn whole(d: &Draft, volume: Option<f64>, problems: &mut Problems<'_>) {
    if let Some(volume) = volume {
        let cells = d.amount.concentration(&d.species) * volume;
        if let Some(parcels) = d.parcels.filter(|p| *p as f64 > cells) {
            problems.warning(
                &d.span,
                format!(
                    "{} for {} of `{}`",
                    counted(parcels, "parcel"),
                    counted(digits(cells, 3), "cell"),
                    d.species.name
                ),
                "each stands for less than one cell",
            );
        }
    }
}

/// Shares `sample.parcels`: species that name their own number keep it; of the rest half goes to the
/// erythrocytes where there are others too, and the others take equal parts. Red cells are the many: they
/// carry the moments, while the others are tracers in them.
pub fn share(drafts: &[Draft], node: &Node, problems: &mut Problems<'_>) -> Option<Vec<Component>> {
    let total = usize::try_from(node.integer("parcels")?).ok()?;
    let fixed = drafts
        .iter()
        .filter_map(|d| d.parcels)
        .try_fold(0usize, |a, b| a.checked_add(b))?;
    let open = drafts.iter().filter(|d| d.parcels.is_none()).count();
    if open == 0 && node.given("parcels") && fixed != total {
        problems.warning(
            &node.at("parcels"),
            format!("every species names its own number of parcels, {fixed} in all"),
            "has no effect",
        );
    }
    if fixed as i64 > MAX_PARCELS {
        problems.error(
            &node.at("cells"),
            format!("{fixed} parcels in all are too many"),
            format!("at most {MAX_PARCELS} fit into 32-bit indices"),
        );
        return None;
    }
    let total = if open == 0 { fixed } else { total };
    let Some(rest) = total.checked_sub(fixed).filter(|rest| *rest >= open) else {
        problems
            .error(
                &node.at("parcels"),
                format!("{} for {} species", counted(total, "parcel"), drafts.len()),
                format!("at least {} are needed", fixed.saturating_add(open)),
            )
            .help("raise `parcels`; a few thousand per species give smooth layers");
        return None;
    };
    let red = |d: &Draft| d.kind == "erythrocyte" && d.parcels.is_none();
    let reds = drafts.iter().filter(|d| red(d)).count();
    let others = open - reds;
    let for_others = match (reds, others) {
        (0, _) => rest,
        (_, 0) => 0,
        (_, _) => (rest / 2).max(others).min(rest - reds),
    };
    // the first few take one more where it does not divide
    let part = |all: usize, count: usize, rank: usize| all / count + usize::from(rank <= all % count);
    let (mut rank, mut red_rank) = (0, 0);
    let components = drafts
        .iter()
        .map(|d| {
            let parcels = match d.parcels {
                Some(p) => p,
                None if red(d) => {
                    red_rank += 1;
                    part(rest - for_others, reds, red_rank)
                }
                None => {
                    rank += 1;
                    part(for_others, others, rank)
                }
            };
            Component::new(d.species.clone(), d.amount, parcels)
        })
        .collect::<Vec<_>>();
    Some(components)
}
