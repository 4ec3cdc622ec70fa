//! From a scene as a person writes it to the engine's input, or to all that is wrong with it.
//!
//! The format is TOML with `schema = 1`; `keys` describes it once, and [`json_schema`] prints that description.
//!
//! ```
//! use buffycoat::scenario::Scene;
//! let scene = Scene::bundled()?;
//! assert_eq!(scene.setup.components.len(), 5);
//! let error = Scene::from_str("mine.toml", "schema = 1\nsampel = {}").unwrap_err();
//! assert!(error.to_string().contains("did you mean `sample`?"));
//! # Ok::<(), buffycoat::scenario::SceneError>(())
//! ```

mod added;
pub mod amend;
mod beads;
mod channel;
mod components;
mod forecast;
mod frames;
mod keys;
mod makeup;
mod medium;
mod needs;
mod neglected;
mod node;
mod physics;
mod place;
mod plausible;
mod problem;
mod quantity;
mod ratio;
mod read;
mod reader;
mod reference;
mod repairs;
mod rouleaux;
mod sample;
mod schema;
mod separator;
mod sparse;
mod spec;
mod steered;
mod syntax;
mod turning;
mod usual;
mod validity;
mod vessel;

pub use forecast::{Forecast, SpeciesForecast};
pub use frames::Frames;
pub use keys::{MAX_PARCELS, SCHEMA};
pub use problem::{Problem, SceneError, Severity, render};
pub use reference::{key_reference, key_tables, keys_of};
pub use schema::json_schema;
pub use separator::{FileRead, InletOfSeparator, PhaseOfSeparator, SeparatorForecast, SpeciesOfSeparator};
pub use steered::as_steered;

use crate::chamber::Chamber;
use crate::engine::{Field, Setup, Suspension};
use crate::magnets::{Collector, Table};
use crate::model::Makeup;
use crate::times::Time;
use crate::{Error, plain};
use problem::Problems;
use std::ops::Range;
use std::path::Path;

/// A scene that can be run.
#[derive(Clone, Debug)]
pub struct Scene {
    /// File stem, or what stands for it; names the output folder.
    pub name: String,
    /// Title; the name if the scene gives none.
    pub title: String,
    /// The engine's input. Where the scene gives no grid for a field, its grid is a first guess until [`Scene::tabulate`].
    pub setup: Setup,
    /// Names of the outlets of a flow, from strip 0.
    pub outlets: Vec<String>,
    /// What suspends the cells, in words: "plasma at 22 degC".
    pub medium: String,
    /// Temperature of the sample [degC].
    pub temperature: f64,
    /// What its fluid is made of, and how much of it is red cells.
    pub makeup: Makeup,
    /// What the reader decided for the user, to be shown by `check`: at which radius a centrifugal force is
    /// meant, how parcels were shared, what is not verified, ...
    pub notes: Vec<String>,
    /// Files that it names: of a flow, then of magnets.
    pub files: Vec<FileRead>,
    /// What the matrix of a column is made of.
    pub collector: Option<Collector>,
    /// Pictures that it takes of itself while it runs.
    pub frames: Option<Frames>,
    /// Warnings: the scene runs, but perhaps not as meant. [`Scene::render_warnings`] shows them.
    pub warnings: Vec<Problem>,
    /// Path or name of the scene, for messages.
    pub path: String,
    /// The text as it was read.
    pub text: String,
    /// Where it says how many parcels there are.
    parcels_at: Range<usize>,
    /// How many these are.
    written_parcels: usize,
    /// Whether the scene gives the grid of a field.
    grid_given: bool,
    /// Why [`Scene::tabulate`] refined the grid no further, where the table is not as good as it wanted.
    stopped: Option<String>,
}

/// Name and text of the scenes that are part of the program; the first runs when none is named.
pub const BUNDLED: &[(&str, &str)] = &[
    (
        "whole_blood",
        include_str!("../../examples/scenes/whole_blood.toml"),
    ),
    (
        "prp_soft_spin",
        include_str!("../../examples/scenes/prp_soft_spin.toml"),
    ),
    ("bench_esr", include_str!("../../examples/scenes/bench_esr.toml")),
    (
        "level_channel",
        include_str!("../../examples/scenes/level_channel.toml"),
    ),
    (
        "washed_cells_saline",
        include_str!("../../examples/scenes/washed_cells_saline.toml"),
    ),
    (
        "dilute_platelets",
        include_str!("../../examples/scenes/dilute_platelets.toml"),
    ),
    (
        "deoxygenated_red_cells",
        include_str!("../../examples/scenes/deoxygenated_red_cells.toml"),
    ),
    (
        "quadrupole_sorter",
        include_str!("../../examples/scenes/quadrupole_sorter.toml"),
    ),
    (
        "rack_separation",
        include_str!("../../examples/scenes/rack_separation.toml"),
    ),
    (
        "microchannel",
        include_str!("../../examples/scenes/microchannel.toml"),
    ),
    (
        "two_samples",
        include_str!("../../examples/scenes/two_samples.toml"),
    ),
    (
        "halbach_flow_through",
        include_str!("../../examples/scenes/halbach_flow_through.toml"),
    ),
    (
        "spinning_annulus",
        include_str!("../../examples/scenes/spinning_annulus.toml"),
    ),
    (
        "spinning_rack",
        include_str!("../../examples/scenes/spinning_rack.toml"),
    ),
    (
        "leukapheresis_mnc",
        include_str!("../../examples/scenes/leukapheresis_mnc.toml"),
    ),
    (
        "leukapheresis_cd34",
        include_str!("../../examples/scenes/leukapheresis_cd34.toml"),
    ),
    (
        "leukoreduction_cml",
        include_str!("../../examples/scenes/leukoreduction_cml.toml"),
    ),
    ("platelets", include_str!("../../examples/scenes/platelets.toml")),
    (
        "plasma_exchange",
        include_str!("../../examples/scenes/plasma_exchange.toml"),
    ),
    (
        "cd34_selection_column",
        include_str!("../../examples/scenes/cd34_selection_column.toml"),
    ),
];

/// What follows from a scene before it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Prospect {
    /// A table for people.
    pub text: String,
    /// What has to be warned of and follows only from the field and the matrix; the rest was warned of where the scene was read.
    pub warnings: Vec<String>,
}

impl Scene {
    /// Makes it a scene of so many parcels, shared among the species as before; each keeps at least one. Whether they
    /// are too few for the grid is looked at again.
    pub fn rescale(&mut self, parcels: usize) {
        share_again(self.setup.components.iter_mut().map(|c| &mut c.parcels), parcels);
        sparse::forget(&mut self.warnings);
        let mut problems = Problems::new(&self.text);
        let written = Some(self.written_parcels).filter(|n| *n != self.setup.parcels());
        if self.setup.carries() {
            sparse::alone(self.setup.parcels(), &self.parcels_at, written, &mut problems);
        } else {
            sparse::warn(&self.setup, &self.parcels_at, written, &mut problems);
        }
        self.warnings.extend(problems.finish());
    }

    /// The scene that is part of the program: whole blood, spun for its buffy coat.
    ///
    /// # Errors
    /// None but by a defect of this program.
    pub fn bundled() -> Result<Self, SceneError> {
        let (name, text) = BUNDLED[0];
        Self::from_str(&format!("{name}.toml"), text)
    }

    /// The text of the bundled scene, as a start for one's own.
    pub fn bundled_text() -> &'static str {
        BUNDLED[0].1
    }

    /// The warnings with their places, with colours for a terminal or without; empty if there are none.
    pub fn render_warnings(&self, colour: bool) -> String {
        render(&self.path, &self.text, &self.warnings, colour)
    }

    /// What follows from it, with the table of its field if it has one.
    ///
    /// # Errors
    /// [`Error::Input`] for cells that cannot carry their beads, with the place in the scene.
    pub fn prospect(&self, table: Option<&Table>) -> Result<Prospect, Error> {
        if let Some(channel) = &self.setup.channel {
            return Ok(Prospect {
                text: self.channel_table(channel),
                warnings: Vec::new(),
            });
        }
        if self.setup.carries() {
            let forecast = self.forecast_carried(table).map_err(|e| self.placed(e))?;
            return Ok(Prospect {
                text: forecast.table() + &self.column_table(),
                warnings: forecast.warnings,
            });
        }
        Ok(Prospect {
            text: self.forecast().table(),
            warnings: Vec::new(),
        })
    }

    /// What follows from the scene of a closed vessel.
    pub fn forecast(&self) -> Forecast {
        Forecast {
            makeup: Some(self.makeup.clone()),
            ..Forecast::new(&self.setup, self.temperature)
        }
    }
}

/// Shares `total` parcels as they were shared before; each keeps at least one.
fn share_again<'a>(all: impl Iterator<Item = &'a mut usize>, total: usize) {
    let all: Vec<&mut usize> = all.collect();
    let before = all.iter().map(|p| **p).sum::<usize>().max(1) as f64;
    let (mut sum, mut given) = (0, 0);
    for parcels in all {
        // the share of all so far, rounded, less what was given: the rounding does not add up
        sum += *parcels;
        let until = (sum as f64 / before * total as f64).round() as usize;
        *parcels = until.saturating_sub(given).max(1);
        given += *parcels;
    }
}

/// File stem of `path`, or what stands for it.
fn stem(path: &str) -> String {
    let stem = Path::new(path)
        .file_stem()
        .map(|s| s.to_string_lossy().into_owned());
    // that of `...toml` is the folder above: no name for a folder of results
    stem.filter(|s| s.contains(|c| c != '.'))
        .unwrap_or_else(|| "scene".into())
}

/// Title of a scene, in one line, whatever it was written in; its name if it gives none.
fn title(root: &node::Node, name: &str) -> String {
    let words: Vec<&str> = root.text("title").unwrap_or("").split_whitespace().collect();
    if words.is_empty() {
        plain::line(name)
    } else {
        plain::line(&words.join(" "))
    }
}

/// Everything that needs more than one key. Goes on as far as it can, so as to find all problems.
fn build(path: &str, text: &str, root: &node::Node, problems: &mut Problems<'_>) -> Option<Scene> {
    if let Some(counts) = root
        .table("output")
        .filter(|o| o.given("counts") && !root.given("duct"))
    {
        problems.error(
            &counts.at("counts"),
            "`output.counts` belongs to a separator",
            "a vessel has `output.profile`",
        );
    }
    let mut notes = Vec::new();
    let vessel = vessel::vessel(root, &mut notes, problems);
    let protocol = vessel::protocol(root, vessel.as_ref(), &mut notes, problems);
    let physics = physics::physics(root, problems);
    let sample = sample::sample(
        root,
        &|_| vessel.as_ref().map(|v| v.chamber.volume()),
        &physics,
        &mut notes,
        problems,
    );
    let name = stem(path);
    let (vessel, protocol, sample) = (vessel?, protocol?, sample?);
    usual::warn(root, problems);
    usual::force(root, &vessel, &protocol, problems);
    physics::loose_bed(root, &vessel, &protocol, &sample, problems);
    let title = title(root, &name);
    let numerics = root.table("numerics")?;
    let profile = root.table("output")?.table("profile")?;
    let setup = Setup {
        seed: u64::try_from(root.integer("seed")?).ok()?,
        components: sample.components.clone(),
        cells: [1, 1, u32::try_from(numerics.integer("layers")?).ok()?],
        rotor: vessel.rotor,
        protocol,
        physics: physics.finish(&sample),
        sampling: crate::engine::Sampling {
            every: Time::from_us(profile.quantity("every")?),
            bins: u32::try_from(profile.integer("bins")?).ok()?,
        },
        stepping: crate::engine::Stepping {
            courant: numerics.number("courant")?,
            longest: numerics.quantity("longest_step")?,
        },
        ..Setup::new(vessel.chamber, sample.fluid)
    };
    let filmed = frames::Filmed {
        every: setup.sampling.every,
        key: "output.profile.every",
        duration: setup.protocol.end(),
        separator: false,
        crowded: setup.physics.suspension == Suspension::Dense,
        round: matches!(setup.chamber, Chamber::Tube(_)),
    };
    let frames = frames::frames(root, &filmed, problems);
    // the keys have ranges of their own; this is for what only follows from several of them
    let refused = if problems.any_errors() {
        None
    } else {
        setup.sound().err()
    };
    if let Some(fault) = refused {
        let what = place::words(&fault, &setup);
        problems.error(&place::place(fault.field, root), what, "cannot be run");
        return None;
    }
    let parcels_at = place::place(Field::Components, root);
    sparse::warn(&setup, &parcels_at, None, problems);
    validity::warn(&setup, sample.makeup.temperature_degc, root, problems);
    let written_parcels = setup.parcels();
    Some(Scene {
        title,
        setup,
        medium: sample.makeup.medium.clone(),
        temperature: sample.makeup.temperature_degc,
        makeup: sample.makeup,
        notes,
        outlets: Vec::new(),
        files: Vec::new(),
        collector: None,
        grid_given: true,
        stopped: None,
        frames,
        warnings: Vec::new(),
        path: path.to_owned(),
        text: text.to_owned(),
        parcels_at,
        written_parcels,
        name,
    })
}

#[cfg(test)]
mod tests;
