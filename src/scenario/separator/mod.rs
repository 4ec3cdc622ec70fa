//! A scene with a `[duct]`: a flow that carries cells, magnets that pull them.

mod bed;
mod duct;
mod field;
mod forecast;
mod grid_file;
mod labels;
mod magnet;
mod matrix;
mod mobility;
mod neglected;
mod phases;
mod ports;
mod refine;
mod rotor;
mod typical;

pub use forecast::{
    Charged as SpeciesOfSeparator, InletForecast as InletOfSeparator, PhaseForecast as PhaseOfSeparator,
    SeparatorForecast,
};

use super::frames::{self};
use super::node::Node;
use super::physics::Wish;
use super::problem::Problems;
use super::{Scene, place, sample, sparse, stem, title, usual};
use crate::Error;
use crate::chamber::duct::Section;
use crate::engine::{Feed, Field, Holding, Ports, Sampling, Setup, Stepping, parcels_held};
use crate::magnets::Table;
use crate::model::MagneticResponse;
use crate::units::{Dimension, show};
use duct::Run;
pub use grid_file::FileRead;
pub(super) use ports::inlet_named;

impl Scene {
    /// An input error that only the drawing of cells finds out, with the place of what the cells are put into.
    pub fn placed(&self, e: Error) -> Error {
        let Error::Input(what) = e else { return e };
        let (document, _) = toml::de::DeTable::parse_recoverable(&self.text);
        let table = |name: &str| document.get_ref().get_key_value(name);
        let at = table("duct")
            .or_else(|| table("chamber"))
            .map_or(0, |(k, _)| k.span().start);
        let before = self.text.get(..at).unwrap_or("");
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.chars().rev().take_while(|c| *c != '\n').count();
        Error::Input(format!("{}:{line}:{column}: {what}", self.path))
    }

    /// What the results of this scene leave out or take as ideal, and which of their numbers nobody has verified, each in a sentence; with
    /// the table of its field if it has one.
    pub(in crate::scenario) fn caveats_of_carried(&self, table: Option<&Table>) -> Vec<String> {
        let s = &self.setup;
        let mut out = self.brownian(table);
        out.extend(neglected::coriolis(s));
        if let Some(matrix) = &s.matrix {
            if matrix.capacity.is_none() {
                out.push(
                    "taken as ideal: the matrix never fills, as no `matrix.capacity` is given".to_owned(),
                );
            }
            if matrix.released >= 1.0 && s.protocol.segments().iter().any(|p| !p.magnets) {
                out.push(
                    "taken as ideal: all that is held comes off without the magnets, `matrix.released` being 100 %: yields are upper bounds"
                        .into(),
                );
            }
            let ideal: Vec<&str> = s
                .components
                .iter()
                .zip(&matrix.unspecific)
                .filter(|(c, share)| **share == 0.0 && !c.response.is_free_bead())
                .map(|(c, _)| c.species.name.as_str())
                .collect();
            if !ideal.is_empty() {
                out.push(format!(
                    "taken as ideal: no nonspecific retention of {}, as `matrix.unspecific` does not name {}: purity and depletion are upper \
                     bounds",
                    ideal.join(", "),
                    if ideal.len() == 1 { "it" } else { "them" }
                ));
            }
        }
        if s.holding != Holding::default() && s.coverage.is_none() {
            out.push("taken as ideal: surfaces never fill, as no `duct.coverage` is given".into());
        }
        let unverified = self.notes.iter().filter(|n| n.starts_with("unverified"));
        out.extend(unverified.cloned());
        out
    }

    /// What follows from a scene in which a flow or a field carries cells, with the table of its field if it has one.
    ///
    /// # Errors
    /// [`Error::Input`] for cells that cannot carry their beads.
    pub fn forecast_carried(&self, table: Option<&Table>) -> Result<SeparatorForecast, Error> {
        SeparatorForecast::new(self, table)
    }
}

/// Everything that needs more than one key. Goes on as far as it can, so as to find all problems.
pub fn build(path: &str, text: &str, root: &Node, problems: &mut Problems<'_>) -> Option<Scene> {
    others(root, problems);
    let (mut notes, mut files) = (Vec::new(), Vec::new());
    let vessel = duct::vessel(root, &mut notes, problems);
    let run = duct::run(root, path, vessel.as_ref(), &mut notes, &mut files, problems);
    let programme = phases::phases(root, run, vessel.as_ref(), &mut notes, problems);
    let (run, protocol) = programme.unzip();
    let volume = |inlet: Option<&str>| match (vessel.as_ref()?, run.as_ref()?) {
        (
            _,
            Run {
                feed: Feed::Inlets { over },
                stream: Some(_),
                rate,
                inlets,
                ..
            },
        ) => {
            let named = inlets.iter().find(|i| inlet == Some(i.name.as_str()));
            Some(rate * named.or(inlets.first())?.width() * over)
        }
        (v, _) => Some(v.room),
    };
    usual::warn(root, problems);
    let sample = sample::sample(root, &volume, &Wish::alone(), &mut notes, problems);
    let cells = sample.as_ref().map(|s| s.components.as_slice());
    let bed = matrix::matrix(root, vessel.as_ref(), cells, &mut notes, problems);
    let magnets = field::field(root, path, vessel.as_ref(), &mut files, problems);
    let mut components = labels::labels(root, sample.as_ref(), &mut notes, problems);
    if let (Some(run), Some(cells)) = (&run, &mut components) {
        // what it refuses is counted with the other problems
        let _ = ports::assign(root, &run.inlets, cells, problems);
    }
    let (vessel, run, sample, magnets) = (vessel?, run?, sample?, magnets?);
    let (collector, matrix) = bed?.unzip();

    let name = stem(path);
    let title = title(root, &name);
    let separator = Setup {
        seed: u64::try_from(root.integer("seed")?).ok()?,
        components: components?,
        cells: vessel.cells,
        rotor: vessel.mounted.rotor,
        protocol: protocol?,
        stream: run.stream,
        ports: Ports {
            feed: run.feed,
            inlets: run.inlets,
            splits: run.splits,
        },
        field: magnets,
        matrix,
        holding: vessel.holding,
        coverage: vessel.coverage,
        sampling: Sampling {
            every: run.every,
            bins: 1,
        },
        stepping: Stepping {
            courant: root.table("numerics")?.number("courant")?,
            longest: f64::INFINITY,
        },
        ..Setup::carried(vessel.duct, sample.fluid)
    };
    let filmed = frames::Filmed {
        every: separator.sampling.every,
        key: "output.counts.every",
        duration: separator.duration(),
        separator: true,
        crowded: false,
        round: !matches!(separator.duct().section, Section::Channel { .. }),
    };
    let frames = frames::frames(root, &filmed, problems);
    if problems.any_errors() {
        return None;
    }
    if let Err(e) = separator.check() {
        problems.error(&root.at("duct"), e.to_string(), "cannot be run");
        return None;
    }
    if let Some((k, [_, all])) = parcels_held(&separator).filter(|(_, held)| held[1] < 1.0) {
        let (table, key) = if separator.matrix.is_some() {
            ("matrix", "capacity")
        } else {
            ("duct", "coverage")
        };
        let name = &separator.components[k].species.name;
        problems
            .error(
                &root.table(table)?.at(key),
                format!("less room than a parcel of `{name}` takes"),
                format!("{} of one", show(all, Dimension::Fraction)),
            )
            .help(
                "a parcel stands for many cells and is held whole: check this number; if it is right, give more `parcels`",
            );
        return None;
    }
    let parcels_at = place::place(Field::Components, root);
    sparse::alone(separator.parcels(), &parcels_at, None, problems);
    unpulled(root, &separator, problems);
    let written_parcels = separator.parcels();
    notes.extend(files.iter().map(|f: &FileRead| f.told.clone()));
    Some(Scene {
        name,
        title,
        setup: separator,
        outlets: run.outlets,
        medium: sample.makeup.medium.clone(),
        temperature: sample.makeup.temperature_degc,
        makeup: sample.makeup,
        notes,
        files,
        frames,
        warnings: Vec::new(),
        path: path.to_owned(),
        text: text.to_owned(),
        parcels_at,
        written_parcels,
        collector,
        grid_given: vessel.grid_given,
        stopped: None,
    })
}

/// Warns of cells that a field would pull where there is none.
fn unpulled(root: &Node, separator: &Setup, problems: &mut Problems<'_>) {
    if separator.field.is_some() || separator.matrix.is_some() {
        return;
    }
    let pulled: Vec<&str> = separator
        .components
        .iter()
        .filter(|c| c.response != MagneticResponse::None)
        .map(|c| c.species.name.as_str())
        .collect();
    let Some(first) = pulled.first() else { return };
    let at = root.map("labels").iter().find(|e| e.name == *first);
    problems
        .warning(
            &at.map_or_else(|| root.at("duct"), |e| e.span.clone()),
            format!("nothing pulls {}: the scene has no magnet", pulled.join(", ")),
            "these cells follow flow and weight alone",
        )
        .help("add a `[[magnet]]`, or leave the labels out if that is meant");
}

/// Refuses keys of the other kind of scene.
fn others(root: &Node, problems: &mut Problems<'_>) {
    let mut refuse = |node: Option<&Node>, key: &str, place: &str, why: &str| {
        if let Some(node) = node.filter(|n| n.given(key)) {
            problems
                .error(
                    &node.at(key),
                    format!("`{place}` belongs to a vessel with a [chamber]"),
                    why,
                )
                .help("leave it out");
        }
    };
    refuse(
        Some(root),
        "physics",
        "physics",
        "in a separator, cells do not interact",
    );
    let output = root.table("output");
    refuse(
        output,
        "profile",
        "output.profile",
        "a separator has `output.counts`",
    );
    let numerics = root.table("numerics");
    refuse(
        numerics,
        "layers",
        "numerics.layers",
        "a separator has `duct.grid`",
    );
    refuse(
        numerics,
        "longest_step",
        "numerics.longest_step",
        "a separator's step follows from its fastest cell",
    );
}
