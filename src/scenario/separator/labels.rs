//! `[labels]` and `[beads]`: what a field does to each species.

use super::super::beads;
use super::super::node::{Node, Span, Value};
use super::super::problem::Problems;
use super::super::sample::Sample;
use super::mobility::mobility;
use super::ports::inlet_named;
use crate::constants::{BOLTZMANN, ICE_POINT};
use crate::library::{self, near};
use crate::magnets::{
    Bead, Binding, Labelled, Loading, MOBILITY_SI, MagnetError, Shared, encounter_rate, intrinsic,
};
use crate::model::{CellClass, Component, MagneticResponse};
use crate::units::{Dimension, digits, show};
use std::f64::consts::PI;

/// Largest spread of a mobility's logarithm.
const WIDEST: f64 = 3.0;

/// Share of the cells that may be cut to one layer of beads before it is said.
const CUT: f64 = 1e-3;

/// Temperature at which the mobility of red cells is taken to have been measured [degC].
const ROOM: f64 = 22.0;

/// The components of the sample with what a field does to them.
pub fn labels(
    root: &Node,
    sample: Option<&Sample>,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<Vec<Component>> {
    let mut sound = beads::own_beads(root, problems);
    let sample = sample?;
    let entries = root.map("labels");
    for entry in entries {
        let names = || sample.components.iter().map(|c| c.species.name.as_str());
        if !names().any(|n| n == entry.name) {
            sound = false;
            let p = problems.error(
                &entry.span,
                format!("there is no `{}` in the sample", entry.name),
                "nothing to label",
            );
            if let Some(help) = near(&entry.name, names()).advice("`") {
                p.help(help);
            }
        }
    }
    let all: Vec<Option<Label<'_>>> = sample
        .components
        .iter()
        .map(|component| {
            let entry = entries.iter().find(|e| e.name == component.species.name)?;
            match &entry.value {
                Value::Table(node) => Some(Label {
                    node,
                    component,
                    sample,
                    inlet: inlet(root, &component.species.name),
                }),
                _ => None,
            }
        })
        .collect();
    let components: Vec<Option<Component>> = sample
        .components
        .iter()
        .zip(&all)
        .map(|(component, label)| {
            let response = match (label, free(root, component)) {
                (None, None) => MagneticResponse::None,
                (Some(label), None) => label.response(root, all.iter().flatten(), notes, problems)?,
                (None, Some((bead, at))) => MagneticResponse::FreeBead {
                    // what is unverified of it has been noted with the sample
                    curve: beads::named(root, bead, &at, &mut Vec::new(), problems)?.curve,
                },
                (Some(label), Some(_)) => {
                    problems.error(
                        &label.node.span,
                        format!("`{}` are free beads", component.species.name),
                        "free beads are magnetic by themselves: leave this out",
                    );
                    return None;
                }
            };
            Some(component.clone().with_response(response))
        })
        .collect();
    if !sound {
        return None;
    }
    components.into_iter().collect()
}

/// The kind of free bead that a component is, and where the scene says so.
fn free<'a>(root: &'a Node, component: &Component) -> Option<(&'a str, Span)> {
    let entries = root.table("sample")?.map("cells");
    beads::of_entry(entries.iter().find(|e| e.name == component.species.name)?)
}

/// The inlet of a species.
fn inlet<'a>(root: &'a Node, species: &str) -> Option<&'a str> {
    let cells = root.table("sample").map(|s| s.map("cells")).unwrap_or_default();
    let named = cells
        .iter()
        .find(|e| e.name == species)
        .and_then(|e| match &e.value {
            Value::Table(node) => node.text("inlet"),
            _ => None,
        });
    inlet_named(root, named)
}

/// A table of `[labels]` and the species that it is about.
struct Label<'a> {
    node: &'a Node,
    component: &'a Component,
    sample: &'a Sample,
    /// By which its cells come in, where the scene names inlets: those of another are labelled elsewhere.
    inlet: Option<&'a str>,
}

/// How many beads a cell carries.
struct Number {
    mean: f64,
    /// Sites of a cell and the share of them that is taken, where a labelling step says so.
    sites: Option<[f64; 2]>,
}

impl Label<'_> {
    fn response<'a>(
        &self,
        root: &Node,
        all: impl Iterator<Item = &'a Label<'a>>,
        notes: &mut Vec<String>,
        problems: &mut Problems<'_>,
    ) -> Option<MagneticResponse> {
        let (node, species) = (self.node, &self.component.species);
        if !node.whole() {
            return None;
        }
        let spread = node.number("spread")?;
        if !node.given("beads") && spread > WIDEST {
            problems.error(
                &node.at("spread"),
                format!(
                    "mobilities that differ by more than a factor of {} from cell to cell",
                    digits(WIDEST.exp(), 1)
                ),
                format!("at most {WIDEST} for a mobility"),
            );
            return None;
        }
        let viscosity = self.sample.fluid.viscosity;
        if node.given("mobility") {
            return mobility(root, node, species, viscosity, notes, problems);
        }
        if let Some(saturation) = node.quantity("oxygenation") {
            if species.class != CellClass::Erythrocyte {
                problems.error(
                    &node.at("oxygenation"),
                    format!("`{}` carries no oxygen", species.name),
                    "only red cells have haemoglobin",
                );
                return None;
            }
            let median = intrinsic::red_cell_mobility(saturation).ok()?;
            let water = library::water_viscosity(ROOM);
            notes.push(format!(
                "`{}`: the mobility was measured on washed cells; that their fluid was as viscous as water at {} ({}) is an \
                 assumption",
                species.name,
                show(ROOM, Dimension::Temperature),
                show(water, Dimension::Viscosity)
            ));
            if saturation > 0.0 {
                let (low, high) = intrinsic::OXYGENATED;
                notes.push(format!(
                    "`{}`: oxygenated red cells had {} to {} m3 s/kg over donors, on both sides of zero; the middle, {}, is taken \
                     for the part with oxygen: whether a magnet draws or repels it is not known",
                    species.name,
                    digits(low / MOBILITY_SI, 2),
                    digits(high / MOBILITY_SI, 2),
                    digits(0.5 * (low + high) / MOBILITY_SI, 2)
                ));
            }
            return Some(MagneticResponse::Mobility {
                median: median * water / viscosity,
                spread,
                per_field: 0.0,
            });
        }
        let bead = self.bead(root, notes, problems)?;
        let Number { mean, sites } = self.number(&bead, all, notes, problems)?;
        let most = Labelled::most_beads(species.diameter, bead.diameter);
        if mean > most {
            let key = if node.given("mean") { "mean" } else { "binding" };
            problems.error(
                &node.at(key),
                format!("{} beads on a cell of `{}`", digits(mean, 3), species.name),
                format!("one layer around it holds {most:.0}"),
            );
            return None;
        }
        let loading = match sites {
            Some([capacity, taken]) => Loading::on_sites(capacity, taken, spread),
            None => Loading::overdispersed(mean, spread),
        };
        match loading {
            Ok(loading) => {
                let cut = 1.0 - loading.at_most(most as u32);
                if cut > CUT {
                    problems.warning(
                        &node.at(if node.given("mean") { "mean" } else { "binding" }),
                        format!(
                            "{} of the cells of `{}` would carry more beads than there is room for",
                            show(cut, Dimension::Fraction),
                            species.name
                        ),
                        format!("one layer around them holds {most:.0}, and that is what they get"),
                    );
                }
                Some(MagneticResponse::Beads {
                    bead,
                    loading,
                    susceptibility: node.number("susceptibility").unwrap_or(0.0),
                })
            }
            Err(e) => {
                problems.error(&node.at("spread"), e.to_string(), "cannot be drawn from");
                None
            }
        }
    }

    fn bead(&self, root: &Node, notes: &mut Vec<String>, problems: &mut Problems<'_>) -> Option<Bead> {
        let name = self.node.text("beads")?;
        beads::named(root, name, &self.node.at("beads"), notes, problems)
    }

    /// Mean number of beads a cell: as given, or from the labelling step.
    fn number<'a>(
        &self,
        bead: &Bead,
        all: impl Iterator<Item = &'a Label<'a>>,
        notes: &mut Vec<String>,
        problems: &mut Problems<'_>,
    ) -> Option<Number> {
        let node = self.node;
        if node.attempted("mean") || node.attempted("binding") {
            // what is wrong with it has been said
            return None;
        }
        match (node.given("mean"), node.given("binding")) {
            (true, false) => node.number("mean").map(|mean| Number { mean, sites: None }),
            (false, true) => self.bound(bead, all, node.table("binding")?, notes, problems),
            (both, _) => {
                problems.error(
                    &node.at(if both { "binding" } else { "beads" }),
                    format!(
                        "how many beads does a cell of `{}` carry?",
                        self.component.species.name
                    ),
                    if both {
                        "one of `mean` and `binding` is needed, not both"
                    } else {
                        "`mean` or `binding` is needed"
                    },
                );
                None
            }
        }
    }

    /// Sites of a cell: what it can bind, or the room on its surface where that is less.
    fn capacity(&self, bead: &Bead) -> Option<f64> {
        let room = Labelled::most_beads(self.component.species.diameter, bead.diameter);
        Some(self.node.table("binding")?.number("capacity")?.min(room))
    }

    /// The labelling step as it is written; none if a key is missing or wrong, which has been said.
    fn step(&self, bead: &Bead) -> Option<Result<Binding, MagnetError>> {
        let step = self.node.table("binding")?;
        let cells = step
            .quantity("cells")
            .unwrap_or_else(|| self.component.amount.concentration(&self.component.species));
        let (beads, rate) = (step.quantity("beads")?, step.quantity("rate")?);
        Some(Binding::new(cells, self.capacity(bead)?, beads, rate))
    }

    /// What the labelling step comes to, with all species that take from the same beads.
    fn bound<'a>(
        &self,
        bead: &Bead,
        all: impl Iterator<Item = &'a Label<'a>>,
        step: &Node,
        notes: &mut Vec<String>,
        problems: &mut Problems<'_>,
    ) -> Option<Number> {
        let species = &self.component.species;
        let time = step.quantity("time")?;
        let binding = match self.step(bead)? {
            Ok(binding) => binding,
            Err(e) => {
                problems.error(&step.span, e.to_string(), "cells cannot be labelled like this");
                return None;
            }
        };
        let k_t = BOLTZMANN * (self.sample.makeup.temperature_degc + ICE_POINT);
        let diameters = [species.diameter, bead.diameter];
        let diffusion = diameters.map(|d| k_t / (3.0 * PI * self.sample.fluid.viscosity * d));
        if let Err(e) = binding.below(encounter_rate(diffusion, diameters)) {
            problems.warning(
                &step.at("rate"),
                e.to_string(),
                "only stirring or settling could bring more",
            );
        }
        let (mut steps, mut others, mut mine) = (Vec::new(), Vec::new(), 0);
        for other in all.filter(|o| o.node.text("beads") == self.node.text("beads") && o.inlet == self.inlet)
        {
            let Some(Ok(theirs)) = other.step(bead) else {
                continue;
            };
            let their_name = &other.component.species.name;
            if *their_name == species.name {
                mine = steps.len();
            } else {
                self.one_vessel(step, other, problems)?;
                others.push(format!("`{their_name}`"));
            }
            steps.push(theirs);
        }
        let shared = match Shared::new(steps) {
            Ok(shared) => shared,
            Err(e) => {
                problems.error(
                    &step.at("beads"),
                    e.to_string(),
                    "cells cannot be labelled like this",
                );
                return None;
            }
        };
        let taken = *shared.taken(time).get(mine)?;
        let capacity = self.capacity(bead)?;
        let per_microlitre = shared.free(time) * crate::constants::MICROLITRE;
        notes.push(format!(
            "`{}`: {} beads a cell after {} ({} of the places){}, {} beads/uL left free, which \
             are in the run only as a species of their own (`bead = \"{}\"` in [sample.cells])",
            species.name,
            digits(capacity * taken, 3),
            show(time, Dimension::Time),
            show(taken, Dimension::Fraction),
            if others.is_empty() {
                String::new()
            } else {
                format!(", which {} took from, too", others.join(", "))
            },
            digits(per_microlitre, 3),
            self.node.text("beads").unwrap_or("..")
        ));
        Some(Number {
            mean: capacity * taken,
            sites: Some([capacity, taken]),
        })
    }

    /// Refuses labelling steps with the same beads that cannot be in one vessel.
    fn one_vessel(&self, step: &Node, other: &Label<'_>, problems: &mut Problems<'_>) -> Option<()> {
        let theirs = other.node.table("binding")?;
        for (key, dimension) in [("time", Dimension::Time), ("beads", Dimension::Concentration)] {
            let (a, b) = (step.quantity(key)?, theirs.quantity(key)?);
            if (a - b).abs() > 1e-9 * b {
                problems
                    .error(
                        &step.at(key),
                        format!(
                            "`{}` and `{}` take from the same beads, but their `binding.{key}` differ",
                            self.component.species.name, other.component.species.name
                        ),
                        format!("`{}` has {}", other.component.species.name, show(b, dimension)),
                    )
                    .help("both are in one vessel with the beads; give one kind another name in [beads] if they are not");
                return None;
            }
        }
        Some(())
    }
}
