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

mod components;
mod forecast;
mod keys;
mod node;
mod physics;
mod place;
mod problem;
mod reader;
mod sample;
mod schema;
mod sparse;
mod spec;
mod validity;
mod vessel;

pub use forecast::{Forecast, SpeciesForecast};
pub use keys::{MAX_PARCELS, SCHEMA};
pub use problem::{Problem, SceneError, Severity, render};
pub use schema::json_schema;

use crate::Error;
use crate::engine::{Field, Setup};
use problem::Problems;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use toml::de::DeTable;

/// A scene that can be run.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// File stem, or what stands for it; names the output folder.
    pub name: String,
    /// Title; the name if the scene gives none.
    pub title: String,
    /// The engine's input.
    pub setup: Setup,
    /// What suspends the cells, in words: "plasma at 22 degC".
    pub medium: String,
    /// Temperature of the sample [degC].
    pub temperature: f64,
    /// What the reader decided for the user, to be shown by `check`: at which radius a centrifugal force is
    /// meant, how parcels were shared, ...
    pub notes: Vec<String>,
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
}

/// Largest scene file that is read [bytes]: a hundred times the bundled one.
const MAX_BYTES: u64 = 256 * 1024;

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
        "washed_cells_saline",
        include_str!("../../examples/scenes/washed_cells_saline.toml"),
    ),
    (
        "dilute_platelets",
        include_str!("../../examples/scenes/dilute_platelets.toml"),
    ),
];

impl Scene {
    /// Reads a scene from `text`; `path` names it in messages, and its file stem names the scene.
    ///
    /// # Errors
    /// [`SceneError`] with everything that is wrong.
    pub fn from_str(path: &str, text: &str) -> Result<Self, SceneError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut problems = Problems::new(text);
        let (document, mut syntax) = DeTable::parse_recoverable(text);
        // of a file that is something else there is no need to hear more
        syntax.truncate(problem::MOST);
        for e in &syntax {
            let span = e.span().unwrap_or(0..0);
            problems.error(&span, "this is not TOML", e.message().trim());
        }
        let root = reader::table(
            &keys::SCENE,
            document.get_ref(),
            &document.span(),
            "",
            &mut problems,
        );
        let scene = build(path, text, &root, &mut problems);
        let errors = problems.any_errors();
        let mut problems = problems.finish();
        if !syntax.is_empty() {
            forget_consequences(&mut problems, text, &syntax);
        }
        match scene {
            Some(mut scene) if !errors => {
                scene.warnings = problems;
                Ok(scene)
            }
            _ => Err(SceneError {
                name: path.to_owned(),
                text: text.to_owned(),
                problems,
            }),
        }
    }

    /// Reads a scene from a file.
    ///
    /// # Errors
    /// [`Error::Input`] with everything that is wrong, [`Error::Disk`] if it cannot be read.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let text = Self::read(&path)?;
        Ok(Self::from_str(&path.as_ref().to_string_lossy(), &text)?)
    }

    /// The text of a scene's file, not looked into.
    ///
    /// # Errors
    /// [`Error::Disk`] if it cannot be read, [`Error::Input`] if it is not text or larger than 256 KiB, of which no more
    /// is then read.
    pub fn read(path: impl AsRef<Path>) -> Result<String, Error> {
        let path = path.as_ref();
        let mut bytes = Vec::new();
        // no further than that: a device or a pipe may have no end
        std::fs::File::open(path)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
            .map_err(Error::disk(path))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Error::Input(format!(
                "{}: larger than {} KiB; a scene is a short text, so this is another file",
                path.display(),
                MAX_BYTES / 1024
            )));
        }
        String::from_utf8(bytes).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&e.as_bytes()[..at]);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
            Error::Input(format!(
                "{}:{line}:{column}: byte {at} ({:#04x}) is not UTF-8 text; save the file as UTF-8",
                path.display(),
                e.as_bytes()[at]
            ))
        })
    }

    /// Makes it a scene of so many parcels, shared among the species as before; each keeps at least one. Whether they
    /// are too few for the grid is looked at again.
    pub fn rescale(&mut self, parcels: usize) {
        let before = self.setup.parcels().max(1) as f64;
        let (mut sum, mut given) = (0, 0);
        for c in &mut self.setup.components {
            // the share of all so far, rounded, less what was given: the rounding does not add up
            sum += c.parcels;
            let until = (sum as f64 / before * parcels as f64).round() as usize;
            c.parcels = until.saturating_sub(given).max(1);
            given += c.parcels;
        }
        sparse::forget(&mut self.warnings);
        let mut problems = Problems::new(&self.text);
        let written = Some(self.written_parcels).filter(|n| *n != self.setup.parcels());
        sparse::warn(&self.setup, &self.parcels_at, written, &mut problems);
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

    /// What follows from the scene.
    pub fn forecast(&self) -> Forecast {
        Forecast::new(&self.setup, self.temperature)
    }
}

/// Where the syntax is broken, the rest of a statement is lost: what it would have said is not missing.
fn forget_consequences(problems: &mut Vec<Problem>, text: &str, syntax: &[toml::de::Error]) {
    let line = |i: usize| text.as_bytes().iter().take(i).filter(|b| **b == b'\n').count() + 1;
    let broken: Vec<usize> = syntax
        .iter()
        .map(|e| line(e.span().map_or(0, |s| s.start)))
        .collect();
    problems.retain(|p| {
        p.severity == Severity::Error
            && !p.absence
            && (p.title == "this is not TOML" || !broken.contains(&p.line))
    });
}

/// Everything that needs more than one key. Goes on as far as it can, so as to find all problems.
fn build(path: &str, text: &str, root: &node::Node, problems: &mut Problems<'_>) -> Option<Scene> {
    if let Some(n) = root.integer("schema").filter(|n| *n != SCHEMA) {
        problems.error(
            &root.at("schema"),
            format!("schema {n} is not known to this version"),
            format!("{SCHEMA} is needed"),
        );
    }
    let mut notes = Vec::new();
    let vessel = vessel::vessel(root, &mut notes, problems);
    let protocol = vessel::protocol(root, vessel.as_ref(), &mut notes, problems);
    let physics = physics::physics(root, problems);
    let sample = sample::sample(root, vessel.as_ref(), &physics, &mut notes, problems);
    let name = Path::new(path)
        .file_stem()
        .map_or_else(|| "scene".into(), |s| s.to_string_lossy().into_owned());
    let (vessel, protocol, sample) = (vessel?, protocol?, sample?);
    physics::loose_bed(root, &vessel, &protocol, &sample, problems);
    // in one line, whatever it was written in
    let title: Vec<&str> = root.text("title").unwrap_or("").split_whitespace().collect();
    let title = if title.is_empty() {
        name.clone()
    } else {
        title.join(" ")
    };
    let numerics = root.table("numerics")?;
    let profile = root.table("output")?.table("profile")?;
    let setup = Setup {
        seed: u64::try_from(root.integer("seed")?).ok()?,
        fluid: sample.fluid,
        chamber: vessel.chamber,
        layers: u32::try_from(numerics.integer("layers")?).ok()?,
        rotor: vessel.rotor,
        protocol,
        physics: physics.finish(&sample),
        components: sample.components,
        sampling: crate::engine::Sampling {
            every: profile.quantity("every")?,
            bins: u32::try_from(profile.integer("bins")?).ok()?,
        },
        stepping: crate::engine::Stepping {
            courant: numerics.number("courant")?,
            longest: numerics.quantity("longest_step")?,
        },
    };
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
    validity::warn(&setup, sample.temperature, root, problems);
    let written_parcels = setup.parcels();
    Some(Scene {
        title,
        setup,
        medium: sample.medium,
        temperature: sample.temperature,
        notes,
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
