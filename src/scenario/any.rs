//! A scene of either kind: a vessel with a rotor programme, or a separator.

use super::keys::{self, SCHEMA};
use super::problem::{Problems, Severity};
use super::separator::{self, SeparatorScene};
use super::syntax::{self, Mended};
use super::{Problem, Scene, SceneError, build, reader};
use crate::Error;
use std::path::Path;
use toml::de::DeTable;

/// A scene that can be run.
#[derive(Clone, Debug)]
pub enum AnyScene {
    /// A closed vessel in a rotor or on the bench.
    Vessel(Box<Scene>),
    /// A duct through which a flow goes or in which magnets pull.
    Separator(Box<SeparatorScene>),
}

impl AnyScene {
    /// Reads a scene from `text`; `path` names it in messages, its file stem names the scene, and files that the scene
    /// names are looked for beside it.
    ///
    /// # Errors
    /// [`SceneError`] with everything that is wrong.
    pub fn from_str(path: &str, text: &str) -> Result<Self, SceneError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mended = syntax::mend(text);
        let readable = mended.as_ref().map_or(text, |m| m.text.as_str());
        let mut problems = Problems::new(readable);
        let (document, _) = DeTable::parse_recoverable(readable);
        let raw = document.get_ref();
        let root = reader::table(&keys::SCENE, raw, &document.span(), "", &mut problems);
        if let Some(n) = root.integer("schema").filter(|n| *n != SCHEMA) {
            problems.error(
                &root.at("schema"),
                format!("schema {n} is not known to this version"),
                format!("{SCHEMA} is needed"),
            );
        }
        let written = |key: &str| raw.contains_key(key) || root.attempted(key);
        let duct = written("duct") && !written("chamber");
        let scene = if duct {
            separator::build(path, text, &root, &mut problems).map(|s| Self::Separator(Box::new(s)))
        } else {
            build(path, text, &root, &mut problems).map(|s| Self::Vessel(Box::new(s)))
        };
        let errors = problems.any_errors();
        let mut problems = match &mended {
            Some(mended) => beside_syntax(problems.finish(), text, mended),
            None => problems.finish(),
        };
        let errors = errors || problems.iter().any(|p| p.severity == Severity::Error);
        // what a warning says may rest on what could not be read
        problems.retain(|p| !errors || p.severity == Severity::Error);
        match scene {
            Some(mut scene) if !errors => {
                match &mut scene {
                    Self::Vessel(s) => s.warnings = problems,
                    Self::Separator(s) => s.warnings = problems,
                }
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
        let text = Scene::read(&path)?;
        Ok(Self::from_str(&path.as_ref().to_string_lossy(), &text)?)
    }

    /// Makes it a scene of so many parcels, shared among the species as before.
    pub fn rescale(&mut self, parcels: usize) {
        match self {
            Self::Vessel(s) => s.rescale(parcels),
            Self::Separator(s) => s.rescale(parcels),
        }
    }

    /// Its title.
    pub fn title(&self) -> &str {
        match self {
            Self::Vessel(s) => &s.title,
            Self::Separator(s) => &s.title,
        }
    }

    /// Number of its parcels.
    pub fn parcels(&self) -> usize {
        match self {
            Self::Vessel(s) => s.setup.parcels(),
            Self::Separator(s) => s.separator.parcels(),
        }
    }

    /// Number of its parcels, by species.
    pub fn parcels_each(&self) -> Vec<usize> {
        match self {
            Self::Vessel(s) => s.setup.components.iter().map(|c| c.parcels).collect(),
            Self::Separator(s) => s
                .separator
                .components
                .iter()
                .map(|c| c.component.parcels)
                .collect(),
        }
    }

    /// Length of its run at most [us].
    pub fn duration(&self) -> f64 {
        match self {
            Self::Vessel(s) => s.setup.protocol.duration(),
            Self::Separator(s) => s.separator.duration.us(),
        }
    }

    /// The warnings with their places, with colours for a terminal or without; empty if there are none.
    pub fn render_warnings(&self, colour: bool) -> String {
        match self {
            Self::Vessel(s) => s.render_warnings(colour),
            Self::Separator(s) => s.render_warnings(colour),
        }
    }
}

/// What is wrong with a text that is not TOML: that, and all that is wrong elsewhere and does not follow from it.
fn beside_syntax(mut problems: Vec<Problem>, text: &str, mended: &Mended) -> Vec<Problem> {
    let broken = |p: &Problem| mended.faults.iter().any(|f| f.line + 1 == p.line);
    let advice: Vec<(usize, String)> = problems
        .iter()
        .filter(|p| broken(p) && !p.absence && !p.unknown)
        .filter_map(|p| Some((p.line - 1, p.help.clone()?)))
        .collect();
    problems.retain(|p| mended.sound && p.severity == Severity::Error && !p.absence && !broken(p));
    for p in &mut problems {
        p.span = syntax::original(text, &mended.text, &p.span);
    }
    let mut all = Problems::new(text);
    all.extend(problems);
    syntax::tell(&mended.faults, &advice, &mut all);
    all.finish()
}
