//! `[sample]` and `[species]`: the fluid, the cells in it, and how many parcels carry them.

use super::beads;
use super::components::{Draft, VolumeOf, draft, plausible, share};
use super::medium::{recipe, refuse};
use super::node::{Entry, Node, Span, Value};
use super::physics::Wish;
use super::problem::Problems;
use super::rouleaux;
use crate::library::{self, LibraryError, Medium};
use crate::model::{Amount, CellClass, Component, Fluid, Makeup, Species, Status};

/// Fluid and cells.
#[derive(Clone, Debug)]
pub struct Sample {
    pub fluid: Fluid,
    pub makeup: Makeup,
    pub components: Vec<Component>,
    /// Packing limit of the species with the largest volume.
    pub packing_limit: f64,
}

/// Reads `[sample]` and `[species]`; `volume` says how much of the sample a species is in.
pub fn sample(
    root: &Node,
    volume: VolumeOf<'_>,
    wish: &Wish,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<Sample> {
    let custom: Vec<(&Entry, Option<Species>)> = root
        .map("species")
        .iter()
        .map(|e| (e, own_species(e, problems)))
        .collect();
    let node = root.table("sample")?;
    let recipe = recipe(node, problems);
    let aggregation = recipe.as_ref().and_then(|r| r.column());
    let expansion = recipe.as_ref().map_or(1.0, |r| r.expansion());
    let of_library = |name: &str| {
        let species = library::species(name, aggregation)?;
        let factor = if expands(&species) { expansion } else { 1.0 };
        let density = species.density * factor;
        Ok(Species { density, ..species })
    };
    let mut drafts = Vec::new();
    // of what could not be read it has been said
    let mut complete = !["cells", "haematocrit"].iter().any(|key| node.attempted(key));
    let entries = node.map("cells");
    let red_is_listed = entries.iter().any(|e| e.name == "erythrocyte");
    if let Some(other) = entries
        .iter()
        .find(|e| kind(e) == "erythrocyte" && e.name != "erythrocyte")
        && node.given("haematocrit")
    {
        problems
            .error(
                &node.at("haematocrit"),
                format!(
                    "which red cells does this count: those of `erythrocyte` or of `{}`?",
                    other.name
                ),
                "the sample has red cells by another name",
            )
            .help("leave it out, and give each a concentration or a volume fraction of its own");
        return None;
    }
    if node.given("haematocrit") && !red_is_listed {
        match of_library("erythrocyte") {
            Ok(species) => drafts.push(Draft {
                kind: species.name.clone(),
                inlet: None,
                species,
                amount: Amount::VolumeFraction(node.quantity("haematocrit")?),
                blood: 1.0,
                expands: true,
                parcels: None,
                span: node.at("haematocrit"),
            }),
            Err(e) => refuse(&node.at("haematocrit"), &e, problems),
        }
    }
    for entry in entries {
        if let Value::Table(of) = &entry.value
            && !of.whole()
        {
            complete = false;
            continue;
        }
        if let Value::Table(of) = &entry.value
            && of.given("inlet")
            && (root.given("chamber") || root.attempted("chamber"))
            && !(root.given("duct") || root.attempted("duct"))
        {
            problems
                .error(
                    &of.at("inlet"),
                    "a vessel has no inlets",
                    "for separators with [duct], [feed] and [[inlet]]",
                )
                .help("leave it out");
        }
        let kind = kind(entry);
        if let Value::Table(of) = &entry.value
            && of.given("species")
            && of.given("bead")
        {
            problems
                .error(
                    &of.at("bead"),
                    format!("`{}` cannot be cells and free beads", entry.name),
                    "`species` says that it is a cell",
                )
                .help("leave out one of the two");
            complete = false;
            continue;
        }
        let own = custom.iter().find(|(e, _)| e.name == kind);
        if kind != entry.name && library::species_entry(&entry.name).is_ok() {
            problems.error(
                &entry.span,
                format!("`{}` is another cell of the library", entry.name),
                format!("`{kind}` needs a name of its own"),
            );
            complete = false;
            continue;
        }
        let species = match (own, beads::of_entry(entry)) {
            (None, Some((kind, at))) => free_beads(root, entry, kind, &at, notes, problems),
            (Some(_), Some((_, at))) => {
                problems.error(
                    &at,
                    format!("`{}` is in [species] already", entry.name),
                    "a bead needs no other numbers",
                );
                None
            }
            (Some((_, species)), None) => species.clone(),
            (None, None) => match of_library(kind) {
                Ok(s) => Some(s),
                // it may be in the misspelt one
                Err(_) if root.attempted("species") => None,
                Err(e) => {
                    refuse_species(entry, &e, &custom, problems);
                    None
                }
            },
        };
        let species = species.map(|s| Species {
            name: entry.name.clone(),
            ..s
        });
        match species.and_then(|s| draft(entry, s, node, problems)) {
            Some(d) => drafts.push(Draft {
                expands: own.is_none() && expands(&d.species) && !overrides(entry, "density"),
                ..d
            }),
            None => complete = false,
        }
    }
    for (entry, _) in &custom {
        if !entries.iter().any(|e| kind(e) == entry.name) {
            problems.warning(
                &entry.span,
                format!("[species.{}] is not in the sample", entry.name),
                "never used",
            );
        }
    }
    if entries.is_empty() && !node.given("haematocrit") {
        if !complete {
            return None;
        }
        problems
            .error(
                &node.span,
                "there are no cells in the sample",
                "a haematocrit or `cells` is needed",
            )
            .absent();
        return None;
    }
    let mut mixed = recipe.as_ref().and_then(|r| r.mix(&mut drafts, problems));
    if let (Some(recipe), Some(mixed)) = (&recipe, &mut mixed) {
        rouleaux::set(&mut drafts, recipe, mixed, node, wish, problems);
    }
    tell_apart(&mut drafts, entries);
    let plasma = mixed.as_ref().is_some_and(|m| m.makeup.has_plasma());
    // of amounts that could not be mixed it has been said
    if mixed.is_some() || recipe.is_none() {
        plausible(&drafts, plasma, root, volume, wish, problems);
    }
    let components = if complete {
        share(&drafts, node, problems)
    } else {
        None
    };
    let mixed = mixed?;
    notes.extend(mixed.makeup.assumed.iter().cloned());
    notes.extend(unverified(&drafts, entries, &mixed.medium, &mixed.makeup.medium));
    let largest = drafts
        .iter()
        .max_by(|a, b| a.fraction().total_cmp(&b.fraction()))?;
    Some(Sample {
        fluid: mixed.medium.fluid,
        makeup: mixed.makeup,
        components: components?,
        packing_limit: largest.species.packing_limit,
    })
}

/// Says which numbers of the library that the scene rests on are from memory only. For what it sets itself the scene
/// answers.
fn unverified(drafts: &[Draft], entries: &[Entry], medium: &Medium, name: &str) -> Option<String> {
    let set = |species: &str, number: &str| {
        let key = match number {
            "spread of diameters" => "diameter_sd",
            "spread of densities" => "density_sd",
            "drag factor" => "drag_factor",
            other => other,
        };
        entries.iter().any(|e| kind(e) == species && overrides(e, key))
    };
    let mut all: Vec<String> = drafts
        .iter()
        .filter_map(|d| {
            let entry = library::species_entry(&d.kind).ok()?;
            let mut numbers = entry.unverified(medium.aggregation.as_deref());
            numbers.retain(|number| !set(&entry.name, number));
            (!numbers.is_empty()).then(|| format!("{} ({})", entry.name, numbers.join(", ")))
        })
        .collect();
    if medium.status == Status::Unverified {
        all.push(format!("{name} (density, viscosity)"));
    }
    // a species may be there twice
    let mut told = Vec::new();
    all.retain(|x| {
        let new = !told.contains(x);
        told.push(x.clone());
        new
    });
    (!all.is_empty()).then(|| format!("unverified library data: {}", all.join("; ")))
}

/// Makes species lighter or darker that have the colour of one before: one cell may be in the sample under two names. A colour that the scene gives
/// stays.
fn tell_apart(drafts: &mut [Draft], entries: &[Entry]) {
    for i in 1..drafts.len() {
        let (before, rest) = drafts.split_at_mut(i);
        let Some(this) = rest.first_mut() else { return };
        let given = |e: &&Entry| e.name == this.species.name && overrides(e, "colour");
        if entries.iter().any(|e| given(&e)) {
            continue;
        }
        let colour = &mut this.species.colour;
        let own = *colour;
        // lighter, darker, nearly white, nearly black: then eyes give up, too
        let mixed = |towards: u8, part: f64| {
            own.map(|c| (f64::from(c) + (f64::from(towards) - f64::from(c)) * part) as u8)
        };
        let shades = [
            own,
            mixed(255, 0.5),
            mixed(0, 0.45),
            mixed(255, 0.75),
            mixed(0, 0.7),
        ];
        let free = shades
            .iter()
            .find(|shade| before.iter().all(|d| d.species.colour != **shade));
        *colour = *free.unwrap_or(&own);
    }
}

/// What an entry of `sample.cells` is a name for: itself, or the species that it names.
fn kind(entry: &Entry) -> &str {
    match &entry.value {
        Value::Table(node) => node.text("species").unwrap_or(&entry.name),
        _ => &entry.name,
    }
}

/// Free beads of a kind, as a species with the name of the entry.
fn free_beads(
    root: &Node,
    entry: &Entry,
    kind: &str,
    at: &Span,
    notes: &mut Vec<String>,
    problems: &mut Problems<'_>,
) -> Option<Species> {
    if library::species_entry(&entry.name).is_ok() {
        problems.error(
            &entry.span,
            format!("`{}` is a cell of the library", entry.name),
            "beads need another name",
        );
        return None;
    }
    let bead = beads::named(root, kind, at, notes, problems)?;
    Some(beads::species(&entry.name, &bead, kind))
}

fn refuse_species(
    entry: &Entry,
    e: &LibraryError,
    custom: &[(&Entry, Option<Species>)],
    problems: &mut Problems<'_>,
) {
    if let LibraryError::Unknown { name, meant, .. } = e {
        let own = library::near(name, custom.iter().map(|c| c.0.name.as_str()));
        let p = problems.error(
            &entry.span,
            format!("there is no species `{name}`"),
            "neither in the library nor in [species]",
        );
        p.help(own.or(meant.clone()).advice("`").unwrap_or_else(|| {
            format!("`buffycoat list species` shows what there is; a new one goes into [species.{name}]")
        }));
    } else {
        refuse(&entry.span, e, problems);
    }
}

/// Whether its density changes with temperature: that of cells, not that of beads.
fn expands(species: &Species) -> bool {
    species.class != CellClass::Particle
}

/// True if an entry of the sample says this of its species itself.
pub fn overrides(entry: &Entry, key: &str) -> bool {
    matches!(&entry.value, Value::Table(n) if n.given(key))
}

/// A species of `[species]`.
fn own_species(entry: &Entry, problems: &mut Problems<'_>) -> Option<Species> {
    let Value::Table(node) = &entry.value else {
        return None;
    };
    if library::species_entry(&entry.name).is_ok() {
        problems
            .error(&entry.span, format!("`{}` is in the library already", entry.name), "another name is needed")
            .help(format!(
                "to change some of its numbers, use cells = {{ {} = {{ concentration = .., diameter = .. }} }}",
                entry.name
            ));
        return None;
    }
    let class = match node.text("class")? {
        "erythrocyte" => CellClass::Erythrocyte,
        "platelet" => CellClass::Platelet,
        "particle" => CellClass::Particle,
        _ => CellClass::Leukocyte,
    };
    let source = node.text("source")?;
    if source.trim().is_empty() {
        problems.error(
            &node.at("source"),
            "the source is empty",
            "say where the numbers come from",
        );
        return None;
    }
    Some(Species {
        name: entry.name.clone(),
        class,
        diameter: node.quantity("diameter")?,
        diameter_sd: node.quantity("diameter_sd")?,
        density: node.quantity("density")?,
        density_sd: node.quantity("density_sd")?,
        correlation: node.number("correlation")?,
        drag_factor: node.number("drag_factor")?,
        packing_limit: node.quantity("packing_limit").unwrap_or(match class {
            // random close packing of rigid spheres; cells sit in the red-cell bed and share its limit
            CellClass::Particle => beads::PACKING,
            _ => 0.94,
        }),
        aggregation: node.number("aggregation")?,
        colour: node.colour("colour")?,
        source: source.to_owned(),
        status: match node.text("status")? {
            "read" => Status::Read,
            "derived" => Status::Derived,
            "fit" => Status::Fit,
            _ => Status::Unverified,
        },
    })
}
