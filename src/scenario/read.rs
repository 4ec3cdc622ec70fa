//! Reads scenes from texts and files.

use super::keys::{self, SCHEMA};
use super::problem::{Problems, Severity};
use super::syntax::{self, Mended};
use super::{Problem, Scene, SceneError, build, reader};
use super::{channel, separator};
use crate::{Error, reading};
use std::path::Path;
use toml::de::DeTable;

impl Scene {
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
        let channel = written("channel") && !written("chamber") && !written("duct");
        let scene = if channel {
            channel::build(path, text, &root, &mut problems)
        } else if duct {
            separator::build(path, text, &root, &mut problems)
        } else {
            build(path, text, &root, &mut problems)
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
        let text = Scene::read(&path)?;
        Ok(Self::from_str(&path.as_ref().to_string_lossy(), &text)?)
    }

    /// The text of a scene's file, not looked into.
    ///
    /// # Errors
    /// As [`reading::text`] for a [`reading::SCENE`].
    pub fn read(path: impl AsRef<Path>) -> Result<String, Error> {
        reading::text(path, reading::SCENE)
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
