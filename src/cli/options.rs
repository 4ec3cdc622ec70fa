//! Options that commands share: which scene, on what.

use super::failure::Failure;
use super::say;
use buffycoat::Error;
use buffycoat::devices::{Choice, Wanted};
use buffycoat::library::nearest;
use buffycoat::scenario::{AnyScene, BUNDLED, MAX_PARCELS, Scene};
use clap::{Args, ValueEnum};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Which scene.
#[derive(Args, Clone, Debug, Default)]
pub struct SceneOptions {
    /// A scene file, or the name of a bundled scene (see `buffycoat list scenes`) [default: whole_blood]
    pub scene: Option<PathBuf>,
    /// Number of parcels, instead of the scene's; the species keep their shares
    #[arg(long, value_name = "N", value_parser = parcels, allow_negative_numbers = true)]
    pub parcels: Option<u64>,
}

fn parcels(text: &str) -> Result<u64, String> {
    if text.starts_with('-') {
        return Err("a number of parcels cannot be negative".into());
    }
    match text.parse::<u64>() {
        Ok(n) if (1..=MAX_PARCELS as u64).contains(&n) => Ok(n),
        Ok(_) => Err(format!("1 to {MAX_PARCELS} parcels can be run")),
        Err(_) => Err(format!("a whole number is needed, 1 to {MAX_PARCELS}")),
    }
}

/// On what.
#[derive(Args, Clone, Debug, Default)]
pub struct DeviceOptions {
    /// What computes; `auto` is a hardware GPU if there is one, else the CPU
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendName,
    /// Graphics adapter: its number or a part of its name (see `buffycoat doctor`)
    #[arg(long, value_name = "N|NAME")]
    pub device: Option<String>,
    /// Threads of the CPU back-end; 0 is one a logical processor
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=4096))]
    pub threads: u16,
}

/// The back-ends as they are written on the command line.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum BackendName {
    #[default]
    Auto,
    Cpu,
    Gpu,
}

impl DeviceOptions {
    pub fn choice(&self) -> Choice {
        Choice {
            backend: match self.backend {
                BackendName::Auto => Wanted::Auto,
                BackendName::Cpu => Wanted::Cpu,
                BackendName::Gpu => Wanted::Gpu,
            },
            device: self.device.clone(),
            threads: usize::from(self.threads),
        }
    }
}

impl SceneOptions {
    /// Reads the scene: a file, or else a bundled scene of that name.
    pub fn load(&self) -> Result<AnyScene, Failure> {
        let mut scene = match &self.scene {
            None => AnyScene::Vessel(Box::new(Scene::bundled()?)),
            Some(path) => match bundled(path) {
                Some((name, text)) if !path.exists() => AnyScene::from_str(&format!("{name}.toml"), text)?,
                _ => {
                    let text = Scene::read(path).map_err(|e| unread(path, e))?;
                    AnyScene::from_str(&path.to_string_lossy(), &text)?
                }
            },
        };
        if let Some(parcels) = self.parcels {
            scene.rescale(parcels as usize);
            let run = scene.parcels();
            if run as u64 != parcels {
                say(&format!(
                    "warning: every species takes at least one parcel: {run} are run, not {parcels} (--parcels)"
                ));
            }
        }
        Ok(scene)
    }
}

/// The bundled scene that is named by `path`, with or without `.toml`.
fn bundled(path: &Path) -> Option<(&'static str, &'static str)> {
    let name = path.to_str()?;
    let name = name.strip_suffix(".toml").unwrap_or(name);
    BUNDLED.iter().copied().find(|(n, _)| *n == name)
}

/// What to do about a scene that cannot be read.
fn unread(path: &Path, e: Error) -> Failure {
    let kind = match &e {
        Error::Disk { source, .. } => source.kind(),
        _ => return e.into(),
    };
    let advice = match kind {
        ErrorKind::NotFound => named_like(path),
        _ if path.is_dir() => within(path),
        ErrorKind::PermissionDenied => "this user may not read it".into(),
        ErrorKind::NotADirectory => "a part of its path is a file, not a folder".into(),
        _ => "nothing was run".into(),
    };
    Failure::Unread(e, advice)
}

/// A folder instead of a scene: name one that is in it.
fn within(folder: &Path) -> String {
    let mut scenes: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    scenes.sort();
    match scenes.first() {
        Some(first) => format!("a scene is a file, not a folder; for example {}", first.display()),
        None => {
            "a scene is a file, not a folder; `buffycoat list scenes` names those that run without a file"
                .into()
        }
    }
}

/// A scene that is not there: one of the bundled ones may have been meant.
fn named_like(path: &Path) -> String {
    let stem = path.file_stem().map(|s| s.to_string_lossy()).unwrap_or_default();
    match nearest(&stem, BUNDLED.iter().map(|(n, _)| *n)) {
        Some(name) => format!("the bundled scene `{name}` runs by its name"),
        None => "`buffycoat list scenes` names the scenes that run without a file".into(),
    }
}
