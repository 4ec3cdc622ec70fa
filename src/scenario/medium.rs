//! What suspends the cells: a medium of the library, what was added to the blood, or the scene's own fluid; and of what the amounts
//! of cells are meant.
//!
//! A cell has one density at one temperature, whatever fluid it is in. The library's densities of cells were read, where at all, in
//! gradients at room temperature. Below and above it cells expand as plasma does, which was measured (R90): more than water.
//! By the same source (blood of 45 %, derived) red cells have 1100 at 4 degC and 1087 kg/m3 at 37 degC, 69 and 67 more than plasma; here
//! 1099 and 1089, 68 and 69 more. Its ranges leave 2.6 kg/m3 for the difference.

use super::added::{Added, addition, counted_with, not_watery};
use super::components::Draft;
use super::node::{Node, Span};
use super::problem::Problems;
use crate::library::{self, LibraryError, Medium, MediumEntry};
use crate::model::{CellClass, Fluid, Makeup, Status};
use crate::units::{Dimension, digits, show};
use std::ops::RangeInclusive;

/// Temperatures at which the library's densities of cells hold [degC]. Few sources say theirs; gradients are spun at room temperature.
const ROOM: [f64; 2] = [20.0, 25.0];

/// A temperature at which every watery medium is known [degC].
const BODY: f64 = 37.0;

/// Temperatures at which a sample may be spun [degC]. Outside of them it freezes, or its proteins do not last: the number or its unit is
/// wrong, not the choice of the fluid.
const LIQUID: RangeInclusive<f64> = -0.5..=55.0;

/// What to write where whole blood was given as the suspending fluid.
const PLASMA_MEANT: &str = "write `medium = \"plasma\"`, which suspends the cells of blood; `haematocrit` and `cells` say how many there are, and \
     what was added to the blood stays as it is";

/// What the scene says of the fluid, before its cells are known.
pub struct Recipe {
    base: Base,
    added: Vec<Added>,
    /// How many of `added` are in what the amounts are of.
    counted_with: usize,
    celsius: f64,
    /// Where the scene says how warm it is, if it does.
    warm_at: Option<Span>,
    /// Keys beside `medium` that go with it, in quotes.
    keys: Vec<&'static str>,
}

enum Base {
    Library(&'static MediumEntry, Span),
    Own(Medium),
}

/// The fluid, once it is known how much of the blood is cells.
pub struct Mixed {
    pub medium: Medium,
    pub makeup: Makeup,
}

/// The suspending fluid and what was added to it.
pub fn recipe(node: &Node, problems: &mut Problems<'_>) -> Option<Recipe> {
    let celsius = node.quantity("temperature")?;
    let base = if let Some(fluid) = node.table("fluid") {
        Base::Own(Medium {
            fluid: Fluid {
                density: fluid.quantity("density")?,
                viscosity: fluid.quantity("viscosity")?,
            },
            aggregation: fluid.text("aggregation").map(str::to_owned),
            share: 1.0,
            assumed: Vec::new(),
            source: "given in the scene".into(),
            // the scene answers for it, not the library
            status: Status::Read,
        })
    } else {
        match library::medium_entry(node.text("medium")?) {
            Ok(entry) if entry.refused.is_some() => {
                no_medium(&node.at("medium"), entry, PLASMA_MEANT, problems);
                return None;
            }
            Ok(entry) => Base::Library(entry, node.at("medium")),
            Err(e) => {
                refuse(&node.at("medium"), &e, problems);
                return None;
            }
        }
    };
    if let Base::Library(entry, at) = &base
        && entry.anticoagulant
    {
        alone(node, entry, at, problems);
    }
    let mut added = Vec::new();
    for (key, medium) in [("anticoagulant", "solution"), ("diluted_with", "medium")] {
        if node.given(key) {
            let table = node.table(key)?;
            let to = if added.is_empty() { "blood" } else { "that" };
            added.push(addition(table, medium, key == "anticoagulant", to, problems)?);
        } else if node.attempted(key) {
            return None;
        }
    }
    if let (Base::Library(entry, at), Some(first)) = (&base, added.first())
        && !entry.watery()
    {
        not_watery(at, entry, &first.entry.name, problems);
        return None;
    }
    if node.given("anticoagulant")
        && let Base::Library(entry, _) = &base
        && !entry.parts.is_empty()
    {
        problems
            .error(
                &node.at("anticoagulant"),
                format!("{} has its anticoagulant already", entry.name),
                "a second one",
            )
            .help("give `medium = \"plasma\"` beside `anticoagulant`");
        return None;
    }
    let counted_with = counted_with(node, &added, problems)?;
    Some(Recipe {
        base,
        added,
        counted_with,
        celsius,
        warm_at: node.given("temperature").then(|| node.at("temperature")),
        keys: [
            ("anticoagulant", "`anticoagulant`"),
            ("diluted_with", "`diluted_with`"),
            ("amounts", "`amounts`"),
        ]
        .into_iter()
        .filter(|k| node.given(k.0))
        .map(|k| k.1)
        .collect(),
    })
}

impl Recipe {
    /// Which column of the species' aggregation tables holds.
    pub fn column(&self) -> Option<&str> {
        match &self.base {
            Base::Own(medium) => medium.aggregation.as_deref(),
            Base::Library(entry, _) => {
                let column = |e: &MediumEntry| e.aggregation.as_deref() == Some(library::PLASMA);
                if self.added.iter().any(|a| column(a.entry)) {
                    return Some(library::PLASMA);
                }
                entry.aggregation.as_deref()
            }
        }
    }

    /// What the density of the library's cells is to be multiplied with: the expansion of plasma from room temperature, at which they
    /// are what the library says. Where plasma freezes or is cooked, that of water goes on.
    pub fn expansion(&self) -> f64 {
        let listed = self.celsius.clamp(ROOM[0], ROOM[1]);
        let water = |from: f64, to: f64| library::water_density(to) / library::water_density(from);
        let plasma = |celsius: f64| library::medium(library::PLASMA, celsius).map(|m| m.fluid.density);
        let within = match library::medium_entry(library::PLASMA).map(MediumEntry::range) {
            Ok((low, high)) => self.celsius.clamp(low, high),
            Err(_) => listed,
        };
        match (plasma(listed), plasma(within)) {
            (Ok(from), Ok(to)) => to / from * water(within, self.celsius),
            _ => water(listed, self.celsius),
        }
    }

    /// What was assumed of the library's cells away from room temperature.
    fn assumption(&self) -> Option<String> {
        // of a cell of 1.07 g/mL
        let shift = 1070.0 * (self.expansion() - 1.0);
        let than = if shift < 0.0 { "lower" } else { "higher" };
        (shift != 0.0).then(|| {
            format!(
                "densities of the library's cells are {} kg/m3 {than} than at {} to {} degC: cells are assumed to expand as plasma does. \
                 The density of red cells, and its difference to plasma, are then right within 3 kg/m3 (derived from R90). \
                 Rouleaux are assumed to be those of room temperature (no source)",
                digits(shift.abs(), 2),
                ROOM[0],
                ROOM[1]
            )
        })
    }

    /// True if the scene gives the fluid's own numbers.
    pub fn is_own(&self) -> bool {
        matches!(self.base, Base::Own(_))
    }

    /// Mixes: the cells' amounts become those of the sample, and what was added joins the plasma between them.
    pub fn mix(&self, drafts: &mut [Draft], problems: &mut Problems<'_>) -> Option<Mixed> {
        let kept: f64 = self.added.iter().map(|a| a.kept).product();
        let counted: f64 = self
            .added
            .iter()
            .take(self.counted_with)
            .map(|a| a.kept)
            .product();
        let cells = crowd(drafts) / counted;
        let volume = |d: &&Draft| crowd(std::slice::from_ref(*d));
        let most = drafts.iter().max_by(|a, b| volume(a).total_cmp(&volume(b)));
        if let (true, Some(most)) = (cells >= 1.0 && !self.added.is_empty(), most) {
            let percent = |x: f64| show(x, Dimension::Fraction);
            problems
                .error(
                    &most.span,
                    format!("the cells would fill {} of the blood", percent(cells)),
                    format!("most of them are these, {}", percent(volume(&most) / counted)),
                )
                .help("check this amount, then `amounts` and the ratios of what was added");
            return None;
        }
        for d in drafts.iter_mut() {
            d.scale(kept / counted, kept);
        }
        let mut medium = self.fluid(cells, [kept, counted], problems)?;
        if drafts.iter().any(|d| d.expands) {
            medium.assumed.extend(self.assumption());
        }
        let red: Vec<&Draft> = drafts
            .iter()
            .filter(|d| d.species.class == CellClass::Erythrocyte)
            .collect();
        let haematocrit: f64 = red.iter().map(|d| d.fraction()).sum();
        let names: Vec<&str> = self.added.iter().map(|a| a.entry.name.as_str()).collect();
        let base = match &self.base {
            Base::Own(_) => "the scene's own fluid",
            Base::Library(entry, _) => &entry.name,
        };
        let with = if names.is_empty() { "" } else { " with " };
        let at = digits(self.celsius, 4);
        Some(Mixed {
            makeup: Makeup {
                medium: format!("{base}{with}{} at {at} degC", names.join(" and ")),
                temperature_degc: self.celsius,
                density_g_per_ml: medium.fluid.density,
                viscosity_mpa_s: medium.fluid.viscosity,
                added: self.added.iter().map(|a| a.words.clone()).collect(),
                plasma_share: match (&self.base, medium.aggregation.as_deref()) {
                    (_, Some(library::PLASMA)) => Some(medium.share),
                    (Base::Own(_), _) => None,
                    _ => Some(0.0),
                },
                haematocrit_of_blood: haematocrit / kept,
                haematocrit,
                red_cell_aggregation: None,
                assumed: medium.assumed.clone(),
            },
            medium,
        })
    }

    /// The fluid between cells that were so much of the blood, of which a part is `kept` in the sample.
    fn fluid(&self, cells: f64, [kept, counted]: [f64; 2], problems: &mut Problems<'_>) -> Option<Medium> {
        let (entry, at) = match &self.base {
            Base::Own(medium) => return Some(medium.clone()),
            Base::Library(entry, at) => (entry, at),
        };
        if self.added.is_empty() {
            let medium = entry.at(self.celsius);
            return medium.map_err(|e| self.refuse(at, &e, problems)).ok();
        }
        let mut parts = vec![(entry.name.as_str(), kept * (1.0 - cells))];
        // of a volume of the sample, what is left of it after all that was added later
        let mut rest = 1.0;
        for a in self.added.iter().rev() {
            parts.push((a.entry.name.as_str(), rest * (1.0 - a.kept)));
            rest *= a.kept;
        }
        let at = self.added.first().map_or(at, |a| &a.at);
        match library::mixture(&parts, self.celsius) {
            Ok(medium) => Some(medium),
            Err(e @ LibraryError::Temperature { asked, .. }) => {
                self.refuse(at, &e, problems);
                if let Some(p) = problems.last().filter(|_| LIQUID.contains(&asked)) {
                    let mixture = self.own_numbers(&parts, kept / counted);
                    p.help(mixture);
                }
                None
            }
            Err(e) => {
                self.refuse(at, &e, problems);
                None
            }
        }
    }

    /// What to write instead of a mixture, so that nothing else changes: rouleaux as in so much plasma, and amounts of the sample, which has
    /// `scale` times those that are given.
    fn own_numbers(&self, parts: &[(&str, f64)], scale: f64) -> String {
        let share = library::mixture(parts, BODY).map_or(0.0, |m| m.share);
        let full = library::species("erythrocyte", Some(library::PLASMA)).map_or(1.0, |s| s.aggregation);
        let aggregation = digits(library::diluted_aggregation(full, share), 4);
        let mut keys: Vec<&str> = vec!["`medium`"];
        keys.extend(&self.keys);
        let last = keys.pop().unwrap_or_default();
        let amounts = if (scale - 1.0).abs() < 1e-12 {
            String::new()
        } else {
            let times = digits(scale, 6);
            format!(
                ". Multiply `haematocrit` and the amounts of `cells` by {times}: they are then those of the sample"
            )
        };
        format!(
            "give the mixture's own numbers, `fluid = {{ density = \"... g/mL\", viscosity = \"... mPa s\", aggregation = {aggregation} }}`, \
             instead of {} and {last}{amounts}",
            keys.join(", ")
        )
    }

    /// Says why there is no such fluid, at the temperature if that is why.
    fn refuse(&self, at: &Span, e: &LibraryError, problems: &mut Problems<'_>) {
        match (e, &self.warm_at) {
            (LibraryError::Temperature { .. }, Some(warm)) => refuse(warm, e, problems),
            _ => refuse(at, e, problems),
        }
    }
}

/// Asks about an anticoagulant as the suspending fluid: it is added to blood, whose cells plasma suspends.
fn alone(node: &Node, entry: &MediumEntry, at: &Span, problems: &mut Problems<'_>) {
    let name = &entry.name;
    let help = if node.given("anticoagulant") {
        "for blood write `medium = \"plasma\"`; `anticoagulant` says what was added to it".to_owned()
    } else {
        format!(
            "for blood write `medium = \"plasma\"` with e.g. `anticoagulant = {{ solution = \"{name}\", ratio = \"1:9\" }}` and \
             `amounts = \"blood\"`"
        )
    };
    problems
        .warning(
            at,
            format!("the cells are in {name} without plasma"),
            "an anticoagulant is added to blood",
        )
        .help(help);
}

/// Says why a medium cannot suspend cells, and what to do.
pub fn no_medium(at: &Span, entry: &MediumEntry, help: &str, problems: &mut Problems<'_>) {
    let why = entry.refused.clone().unwrap_or_default();
    problems
        .error(at, format!("{} cannot be used here", entry.name), why)
        .help(help);
}

/// Share of the cells in the volume that they are counted in: where they come by several inlets, of the fullest.
fn crowd(drafts: &[Draft]) -> f64 {
    let of = |inlet: &Option<String>| {
        let together = drafts.iter().filter(|d| d.inlet == *inlet);
        together.map(Draft::fraction).sum::<f64>()
    };
    drafts.iter().map(|d| of(&d.inlet)).fold(0.0, f64::max)
}

/// Says why the library has no answer.
pub fn refuse(span: &Span, e: &LibraryError, problems: &mut Problems<'_>) {
    match e {
        LibraryError::Unknown {
            kind, name, meant, ..
        } => {
            let p = problems.error(span, format!("there is no {kind} `{name}`"), "not in the library");
            p.help(meant.advice("\"").unwrap_or_else(|| {
                "`buffycoat list media` shows what there is; or give its numbers in the scene".into()
            }));
        }
        LibraryError::Temperature {
            medium,
            low,
            high,
            asked,
        } => {
            problems
                .error(
                    span,
                    format!("{medium} is not known at this temperature"),
                    format!(
                        "has to lie between {} and {} degC{}",
                        digits(*low, 4),
                        digits(*high, 4),
                        match LIQUID.contains(asked) {
                            true => String::new(),
                            false => format!("; this is {} degC", digits(*asked, 3)),
                        }
                    ),
                )
                .help(if !LIQUID.contains(asked) {
                    "give the temperature of the sample during the run, e.g. \"4 degC\" or \"22 degC\"".into()
                } else {
                    format!(
                        "give the density and viscosity of `{medium}` at your temperature: `{}`, instead of `medium`",
                        library::medium_entry(medium).map_or_else(|_| String::new(), MediumEntry::own_numbers)
                    )
                });
        }
        LibraryError::Unusable { medium, why } => {
            problems.error(span, format!("{medium} cannot be used here"), why.clone());
        }
        LibraryError::Data { .. } => {
            problems.error(span, e.to_string(), "a defect of this program");
        }
    }
}
