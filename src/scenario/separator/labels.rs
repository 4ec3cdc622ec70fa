//! `[labels]` and `[beads]`: what a field does to each species.

use super::super::node::{Entry, Node, Value};
use super::super::problem::Problems;
use super::super::sample::Sample;
use crate::constants::{BOLTZMANN, ICE_POINT};
use crate::engine::{Attraction, Charged};
use crate::library::{self, LibraryError, nearest};
use crate::magnets::{Bead, Binding, Curve, Labelled, Loading, encounter_rate, intrinsic};
use crate::model::{Amount, CellClass, Component};
use crate::units::{Dimension, digits, show};
use std::f64::consts::PI;

/// Largest spread of a mobility's logarithm.
const WIDEST: f64 = 3.0;

/// Temperature at which the mobility of red cells is taken to have been measured [degC].
const ROOM: f64 = 22.0;

/// The components of the sample with what a field does to them.
pub fn labels(
    root: &Node,
    sample: Option<&Sample>,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<Vec<Charged>> {
    let own: Vec<(&Entry, Option<Bead>)> = root
        .map("beads")
        .iter()
        .map(|e| (e, own_bead(e, problems)))
        .collect();
    let sample = sample?;
    let entries = root.map("labels");
    let mut sound = own.iter().all(|b| b.1.is_some());
    for entry in entries {
        let names = || sample.components.iter().map(|c| c.species.name.as_str());
        if !names().any(|n| n == entry.name) {
            sound = false;
            let p = problems.error(
                &entry.span,
                format!("there is no `{}` in the sample", entry.name),
                "nothing to label",
            );
            if let Some(near) = nearest(&entry.name, names()) {
                p.help(format!("did you mean `{near}`?"));
            }
        }
    }
    let components: Vec<Option<Charged>> = sample
        .components
        .iter()
        .map(|component| {
            let entry = entries.iter().find(|e| e.name == component.species.name);
            let attraction = match entry {
                None => Attraction::None,
                Some(entry) => {
                    let Value::Table(node) = &entry.value else {
                        return None;
                    };
                    let label = Label {
                        node,
                        component,
                        sample,
                    };
                    label.attraction(&own, notes, problems)?
                }
            };
            Some(Charged {
                component: component.clone(),
                attraction,
            })
        })
        .collect();
    if !sound {
        return None;
    }
    components.into_iter().collect()
}

/// A table of `[labels]` and the species that it is about.
struct Label<'a> {
    node: &'a Node,
    component: &'a Component,
    sample: &'a Sample,
}

impl Label<'_> {
    fn attraction(
        &self,
        own: &[(&Entry, Option<Bead>)],
        notes: &mut Vec<String>,
        problems: &mut Problems<'_>,
    ) -> Option<Attraction> {
        let (node, species) = (self.node, &self.component.species);
        let spread = node.number("spread")?;
        if !node.given("beads") && spread > WIDEST {
            problems.error(
                &node.at("spread"),
                "mobilities that differ by more than a factor of twenty from cell to cell",
                format!("at most {WIDEST} for a mobility"),
            );
            return None;
        }
        let viscosity = self.sample.fluid.viscosity;
        if let Some(mobility) = node.quantity("mobility") {
            let measured_in = node.quantity("measured_in").unwrap_or(viscosity);
            return Some(Attraction::Mobility {
                median: mobility * measured_in / viscosity,
                spread,
            });
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
            return Some(Attraction::Mobility {
                median: median * water / viscosity,
                spread,
            });
        }
        let bead = self.bead(own, notes, problems)?;
        let mean = self.mean(&bead, notes, problems)?;
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
        match Loading::overdispersed(mean, spread) {
            Ok(loading) => Some(Attraction::Beads {
                bead,
                loading,
                susceptibility: node.number("susceptibility").unwrap_or(0.0),
            }),
            Err(e) => {
                problems.error(&node.at("spread"), e.to_string(), "cannot be drawn from");
                None
            }
        }
    }

    fn bead(
        &self,
        own: &[(&Entry, Option<Bead>)],
        notes: &mut Vec<String>,
        problems: &mut Problems<'_>,
    ) -> Option<Bead> {
        let name = self.node.text("beads")?;
        if let Some((_, bead)) = own.iter().find(|(e, _)| e.name == name) {
            return *bead;
        }
        match library::bead(name) {
            Ok((bead, entry)) => {
                let note = format!("unverified in the library: bead {name} ({})", entry.status);
                if entry.unverified() && !notes.contains(&note) {
                    notes.push(note);
                }
                Some(bead)
            }
            Err(LibraryError::Unknown { suggestion, .. }) => {
                problems
                    .error(
                        &self.node.at("beads"),
                        format!("there is no bead `{name}`"),
                        "neither in the library nor in [beads]",
                    )
                    .help(match suggestion {
                        Some(s) => format!("did you mean \"{s}\"?"),
                        None => "`buffycoat list beads` shows what there is".into(),
                    });
                None
            }
            Err(e) => {
                problems.error(&self.node.at("beads"), e.to_string(), "cannot be used as beads");
                None
            }
        }
    }

    /// Mean number of beads a cell: as given, or from the labelling step.
    fn mean(&self, bead: &Bead, notes: &mut Vec<String>, problems: &mut Problems<'_>) -> Option<f64> {
        let node = self.node;
        match (node.given("mean"), node.given("binding")) {
            (true, false) => node.number("mean"),
            (false, true) => self.bound(bead, node.table("binding")?, notes, problems),
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

    fn bound(
        &self,
        bead: &Bead,
        step: &Node,
        notes: &mut Vec<String>,
        problems: &mut Problems<'_>,
    ) -> Option<f64> {
        let species = &self.component.species;
        let cells = step.quantity("cells").unwrap_or(match self.component.amount {
            Amount::Concentration(c) => c,
            Amount::VolumeFraction(phi) => phi / (PI / 6.0 * species.diameter.powi(3)),
        });
        let room = Labelled::most_beads(species.diameter, bead.diameter);
        let capacity = step.number("capacity")?.min(room);
        let (beads, rate, time) = (
            step.quantity("beads")?,
            step.quantity("rate")?,
            step.quantity("time")?,
        );
        let binding = match Binding::new(cells, capacity, beads, rate) {
            Ok(binding) => binding,
            Err(e) => {
                problems.error(&step.span, e.to_string(), "this labelling cannot be");
                return None;
            }
        };
        let k_t = BOLTZMANN * (self.sample.temperature + ICE_POINT);
        let diameters = [species.diameter, bead.diameter];
        let diffusion = diameters.map(|d| k_t / (3.0 * PI * self.sample.fluid.viscosity * d));
        if let Err(e) = binding.below(encounter_rate(diffusion, diameters)) {
            problems.warning(
                &step.at("rate"),
                e.to_string(),
                "only stirring or settling could bring more",
            );
        }
        let per_microlitre = binding.free(time) * crate::constants::MICROLITRE;
        notes.push(format!(
            "`{}`: {} beads a cell after {} ({} of the places), {} beads/uL left free, which the run leaves out",
            species.name,
            digits(binding.per_cell(time), 3),
            show(time, Dimension::Time),
            show(binding.taken(time), Dimension::Fraction),
            digits(per_microlitre, 3)
        ));
        Some(binding.per_cell(time))
    }
}

/// A bead of `[beads]`.
fn own_bead(entry: &Entry, problems: &mut Problems<'_>) -> Option<Bead> {
    let Value::Table(node) = &entry.value else {
        return None;
    };
    let curve = Curve::new(node.number("susceptibility")?, node.quantity("saturation")?);
    match curve {
        Ok(curve) => Some(Bead {
            diameter: node.quantity("diameter")?,
            density: node.quantity("density")?,
            curve,
        }),
        Err(e) => {
            problems.error(
                &node.at("susceptibility"),
                e.to_string(),
                "no superparamagnetic bead is like that",
            );
            None
        }
    }
}
