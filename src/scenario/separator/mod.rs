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
mod typical;

pub use forecast::{
    Charged as SpeciesOfSeparator, InletForecast as InletOfSeparator, PhaseForecast as PhaseOfSeparator,
    SeparatorForecast,
};

use super::frames::{self, Frames};
use super::node::Node;
use super::physics::Wish;
use super::problem::Problems;
use super::{Problem, render, sample, share_again, stem, title, usual};
use crate::Error;
use crate::chamber::duct::Section;
use crate::engine::{Feed, Holding, Separator, parcels_held};
use crate::magnets::{Collector, Table};
use crate::model::Makeup;
use crate::units::{Dimension, show};
use duct::Run;
pub use grid_file::FileRead;
pub(super) use ports::inlet_named;
use std::ops::Range;

/// A separator that can be run.
#[derive(Clone, Debug)]
pub struct SeparatorScene {
    /// File stem, or what stands for it; names the output folder.
    pub name: String,
    /// Title; the name if the scene gives none.
    pub title: String,
    /// The engine's input. Its grid is a first guess until [`SeparatorScene::tabulate`] where the scene gives none.
    pub separator: Separator,
    /// Names of the outlets, from strip 0.
    pub outlets: Vec<String>,
    /// What suspends the cells, in words.
    pub medium: String,
    /// Its temperature [degC].
    pub celsius: f64,
    /// What its fluid is made of.
    pub makeup: Makeup,
    /// What the reader decided for the user, and what is not verified.
    pub notes: Vec<String>,
    /// Files that it names: of a flow, then of magnets.
    pub files: Vec<FileRead>,
    /// Pictures that it takes of itself while it runs.
    pub frames: Option<Frames>,
    /// Warnings: the scene runs, but perhaps not as meant.
    pub warnings: Vec<Problem>,
    /// Path or name of the scene, for messages.
    pub path: String,
    /// The text as it was read.
    pub text: String,
    /// Where its duct is described.
    pub(super) duct_at: Range<usize>,
    /// What its matrix is made of, if it is a column.
    pub collector: Option<Collector>,
    /// Whether the scene gives the grid.
    grid_given: bool,
    /// Why [`SeparatorScene::tabulate`] refined the grid no further, where the table is not as good as it wanted.
    stopped: Option<&'static str>,
}

/// Error of the tabulated force at which a grid is fine enough, relative, at the worst of the points where it is measured.
const TABLE_ERROR: f64 = 0.01;

/// Nodes of a table up to which the grid is refined by itself: 128 MB, as much as every graphics driver binds.
const MOST_NODES: f64 = 8e6;

/// Cells along an axis at most where the grid is refined by itself. A step hardly depends on their size; they take memory and time to
/// fill.
const MOST_CELLS: u32 = 2000;

/// Rounds of refinement: each doubles an axis at most.
const ROUNDS: u32 = 12;

impl SeparatorScene {
    /// The field as a table, none without magnets. Where the scene gives no grid, it is refined until the table's worst
    /// error, on the walls too, is below 1 %; or it has 8 million nodes, 2000 cells an axis or was refined twelve times, which the
    /// forecast then says.
    ///
    /// # Errors
    /// [`Error::Input`] where the duct reaches into a magnet or out of a map.
    pub fn tabulate(&mut self) -> Result<Option<Table>, Error> {
        self.tabulate_within(MOST_NODES)
    }

    /// The same with no more than so many nodes.
    pub(super) fn tabulate_within(&mut self, most: f64) -> Result<Option<Table>, Error> {
        let mut table = self.separator.table();
        self.stopped = None;
        if self.grid_given {
            return Ok(table?);
        }
        let mut full = false;
        for round in 0..=ROUNDS {
            let before = self.separator.cells;
            let (error, wish) = match &table {
                Ok(None) => break,
                Ok(Some(t)) if t.error().force_max <= TABLE_ERROR => {
                    self.stopped = None;
                    break;
                }
                Ok(Some(t)) => (t.error().force_max, t.advice(0.8 * TABLE_ERROR)),
                // a cell may be too coarse to tell a magnet beside the duct from one inside
                Err(_) => (f64::INFINITY, before.map(|c| 2 * c)),
            };
            let (cells, bound) = if full {
                (shared(before, wish, most), Some(FULL))
            } else {
                refined(before, wish, most)
            };
            self.stopped = Some(bound.unwrap_or("twelve rounds of refinement"));
            if cells == before || round == ROUNDS {
                break;
            }
            self.separator.cells = cells;
            let other = std::mem::replace(&mut table, self.separator.table());
            if full {
                if !matches!(&table, Ok(Some(t)) if t.error().force_max < error) {
                    (self.separator.cells, table) = (before, other);
                }
                break;
            }
            full = bound == Some(FULL);
        }
        Ok(table?)
    }

    /// An input error that only the drawing of cells finds out, with the place of what the cells are put into.
    pub fn placed(&self, e: Error) -> Error {
        let Error::Input(what) = e else { return e };
        let (document, _) = toml::de::DeTable::parse_recoverable(&self.text);
        let at = document
            .get_ref()
            .get_key_value("duct")
            .map_or(0, |(k, _)| k.span().start);
        let before = self.text.get(..at).unwrap_or("");
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.chars().rev().take_while(|c| *c != '\n').count();
        Error::Input(format!("{}:{line}:{column}: {what}", self.path))
    }

    /// Makes it a scene of so many parcels, shared among the species as before; each keeps at least one.
    pub fn rescale(&mut self, parcels: usize) {
        share_again(
            self.separator
                .components
                .iter_mut()
                .map(|c| &mut c.component.parcels),
            parcels,
        );
    }

    /// The warnings with their places, with colours for a terminal or without; empty if there are none.
    pub fn render_warnings(&self, colour: bool) -> String {
        render(&self.path, &self.text, &self.warnings, colour)
    }

    /// What the results of this scene leave out or take as ideal, and which of their numbers nobody has verified, each in a sentence; with
    /// the table of its field if it has one.
    pub fn caveats(&self, table: Option<&Table>) -> Vec<String> {
        let s = &self.separator;
        let mut out = self.brownian(table);
        if let Some(matrix) = &s.matrix {
            if matrix.capacity.is_none() {
                out.push(
                    "taken as ideal: the matrix never fills, as no `matrix.capacity` is given".to_owned(),
                );
            }
            if matrix.released >= 1.0 && s.phases.iter().any(|p| !p.magnets) {
                out.push(
                    "taken as ideal: all that is held comes off without the magnets, `matrix.released` being 100 %: yields are upper bounds"
                        .into(),
                );
            }
            let ideal: Vec<&str> = s
                .components
                .iter()
                .zip(&matrix.unspecific)
                .filter(|(c, share)| **share == 0.0 && !c.attraction.is_free_bead())
                .map(|(c, _)| c.component.species.name.as_str())
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

    /// What follows from the scene, with the table of its field if it has one.
    ///
    /// # Errors
    /// [`Error::Input`] for cells that cannot carry their beads.
    pub fn forecast(&self, table: Option<&Table>) -> Result<SeparatorForecast, Error> {
        SeparatorForecast::new(self, table)
    }
}

/// Why a grid is refined no further.
const FULL: &str = "8 million nodes";

fn nodes(cells: [u32; 3]) -> f64 {
    cells.iter().map(|n| f64::from(*n) + 1.0).product()
}

/// The next grid towards the one that is wished for, and the bound that it met. No axis is more than doubled at once: where a field changes
/// within a cell, what it would take is not known yet, and an axis that was made too fine would leave no nodes for the others. Where the
/// nodes run out, every axis goes as much of its way.
fn refined(before: [u32; 3], wish: [u32; 3], most_nodes: f64) -> ([u32; 3], Option<&'static str>) {
    let most = |k: usize| MOST_CELLS.max(before[k]);
    let bound = (0..3)
        .any(|k| wish[k] > most(k))
        .then_some("2000 cells along an axis");
    let cells = std::array::from_fn(|k| wish[k].clamp(before[k], (2 * before[k]).min(most(k))));
    if nodes(cells) <= most_nodes {
        return (cells, bound);
    }
    let on_the_way = |part: f64| -> [u32; 3] {
        std::array::from_fn(|k| {
            let (from, to) = (f64::from(before[k]), f64::from(cells[k]));
            (from * (to / from).powf(part)) as u32
        })
    };
    let parts = (0..=100).rev().map(|k| f64::from(k) / 100.0);
    let cells = parts
        .map(on_the_way)
        .find(|c| nodes(*c) <= most_nodes)
        .unwrap_or(before);
    (cells, Some(FULL))
}

/// As many nodes as there may be, shared among the axes as the wish has it: what each needs is known once the field is resolved.
fn shared(before: [u32; 3], wish: [u32; 3], most_nodes: f64) -> [u32; 3] {
    let scaled = |part: f64| -> [u32; 3] {
        std::array::from_fn(|k| ((f64::from(wish[k]) * part) as u32).clamp(1, MOST_CELLS.max(before[k])))
    };
    let parts = (1..=200).rev().map(|k| f64::from(k) / 200.0);
    parts
        .map(scaled)
        .find(|c| nodes(*c) <= most_nodes)
        .unwrap_or(before)
}

/// Everything that needs more than one key. Goes on as far as it can, so as to find all problems.
pub fn build(path: &str, text: &str, root: &Node, problems: &mut Problems<'_>) -> Option<SeparatorScene> {
    others(root, problems);
    let (mut notes, mut files) = (Vec::new(), Vec::new());
    let vessel = duct::vessel(root, problems);
    let run = duct::run(root, path, vessel.as_ref(), &mut notes, &mut files, problems);
    let programme = phases::phases(root, run, problems);
    let (run, phases) = match programme {
        Some((run, phases)) => (Some(run), phases),
        None => (None, Vec::new()),
    };
    let volume = |inlet: Option<&str>| match (vessel.as_ref()?, run.as_ref()?) {
        (
            _,
            Run {
                feed: Feed::Inlets { over },
                stream: Some(s),
                inlets,
                ..
            },
        ) => {
            let named = inlets.iter().find(|i| inlet == Some(i.name.as_str()));
            Some(s.rate * named.or(inlets.first())?.width() * over)
        }
        (v, _) => Some(v.room),
    };
    usual::warn(root, problems);
    let sample = sample::sample(root, &volume, &Wish::alone(), &mut notes, problems);
    let cells = sample.as_ref().map(|s| s.components.as_slice());
    let bed = matrix::matrix(root, vessel.as_ref(), cells, &mut notes, problems);
    let magnets = field::field(root, path, vessel.as_ref(), &mut files, problems);
    let mut attractions = labels::labels(root, sample.as_ref(), &mut notes, problems);
    if let (Some(run), Some(cells)) = (&run, &mut attractions) {
        // what it refuses is counted with the other problems
        let _ = ports::assign(root, &run.inlets, cells, problems);
    }
    let (vessel, run, sample, magnets) = (vessel?, run?, sample?, magnets?);
    let (collector, matrix) = bed?.unzip();

    let name = stem(path);
    let title = title(root, &name);
    let separator = Separator {
        seed: u64::try_from(root.integer("seed")?).ok()?,
        fluid: sample.fluid,
        components: attractions?,
        duct: vessel.duct,
        cells: vessel.cells,
        gravity: vessel.gravity,
        field: magnets,
        stream: run.stream,
        feed: run.feed,
        inlets: run.inlets,
        splits: run.splits,
        holding: vessel.holding,
        coverage: vessel.coverage,
        matrix,
        phases,
        duration: run.duration,
        every: run.every,
        courant: root.table("numerics")?.number("courant")?,
    };
    let filmed = frames::Filmed {
        every: separator.every,
        key: "output.counts.every",
        duration: separator.duration,
        separator: true,
        crowded: false,
        round: !matches!(separator.duct.section, Section::Channel { .. }),
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
        let name = &separator.components[k].component.species.name;
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
    notes.extend(files.iter().map(|f: &FileRead| f.told.clone()));
    Some(SeparatorScene {
        name,
        title,
        separator,
        outlets: run.outlets,
        medium: sample.makeup.medium.clone(),
        celsius: sample.makeup.temperature_degc,
        makeup: sample.makeup,
        notes,
        files,
        frames,
        warnings: Vec::new(),
        path: path.to_owned(),
        text: text.to_owned(),
        duct_at: root.at("duct"),
        collector,
        grid_given: vessel.grid_given,
        stopped: None,
    })
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
