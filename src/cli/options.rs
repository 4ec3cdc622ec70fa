//! Options that commands share: which scene, on what.

use super::count::whole;
use super::failure::{Failure, colour};
use super::say;
use buffycoat::Error;
use buffycoat::devices::{Choice, Wanted};
use buffycoat::library::nearest;
use buffycoat::scenario::amend::{self, Amended};
use buffycoat::scenario::{BUNDLED, MAX_PARCELS, Scene};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Which scene.
#[derive(Args, Clone, Debug, Default)]
pub struct SceneOptions {
    /// A scene file, - for standard input, or the name of a bundled scene (see `buffycoat list scenes`) [default: whole_blood]
    pub scene: Option<PathBuf>,
    /// Number of parcels, instead of the scene's; the species keep their shares
    #[arg(long, value_name = "N", value_parser = parcels, allow_negative_numbers = true)]
    pub parcels: Option<u64>,
    #[command(flatten)]
    pub changes: Changes,
}

/// What is changed of a scene before it is checked.
#[derive(Args, Clone, Debug, Default)]
pub struct Changes {
    /// Seed of the random numbers, instead of the scene's
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Changes a value of the scene, e.g. --set sample.haematocrit="35 %" or --set protocol[1].hold="5 min"; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = change)]
    pub set: Vec<(String, String)>,
}

fn change(text: &str) -> Result<(String, String), String> {
    let (path, value) = text
        .split_once('=')
        .ok_or("a key and its value are needed, such as sample.haematocrit=\"35 %\"")?;
    Ok((path.trim().to_owned(), value.trim().to_owned()))
}

/// A scene, and where it came from.
pub struct Loaded {
    pub scene: Scene,
    amended: Amended,
    /// The scene for the folder of its results: what the command line changed is in it, and its files are found from anywhere.
    pub copy: String,
    /// Options that changed the scene.
    pub options: Vec<String>,
    /// Those of them that the copy has not in it.
    pub left_out: Vec<String>,
    /// The file of the scene, if it is one, and those that it names.
    pub sources: Vec<PathBuf>,
}

impl Loaded {
    /// The warnings with their places, with colours for a terminal or without; empty if there are none.
    pub fn render_warnings(&self, colour: bool) -> String {
        let scene = &self.scene;
        self.amended.render(&scene.path, &scene.warnings, colour)
    }

    /// BLAKE3 hashes of the files that the scene names, of the bytes that were read when it was.
    pub fn inputs(&self) -> BTreeMap<String, String> {
        let files = &self.scene.files;
        files.iter().map(|f| (f.name.clone(), f.blake3.clone())).collect()
    }
}

/// Number of parcels, by species.
fn parcels_each(scene: &Scene) -> Vec<usize> {
    scene.setup.components.iter().map(|c| c.parcels).collect()
}

/// A file that a scene at `path` names.
fn beside(path: &str, name: &str) -> PathBuf {
    Path::new(path).parent().unwrap_or(Path::new("")).join(name)
}

fn parcels(text: &str) -> Result<u64, String> {
    whole(text, 1..=MAX_PARCELS as u64)
}

fn seed(text: &str) -> Result<u64, String> {
    whole(text, 0..=i64::MAX as u64)
}

/// A number of threads.
pub fn threads(text: &str) -> Result<u16, String> {
    whole(text, 0..=4096).map(|n| n as u16)
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
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads, allow_negative_numbers = true)]
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

    /// The threads of a channel, which no graphics adapter computes.
    ///
    /// # Errors
    /// [`Error::Input`] where one is asked for.
    pub fn threads_alone(&self) -> Result<rayon::ThreadPool, Error> {
        if matches!(self.backend, BackendName::Gpu) || self.device.is_some() {
            return Err(Error::Input(
                "a channel is computed on the processor in this version: leave out `--backend gpu` and `--device`".into(),
            ));
        }
        rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(self.threads))
            .build()
            .map_err(|e| Error::Device(e.to_string()))
    }
}

impl SceneOptions {
    /// Reads the scene: a file, or else a bundled scene of that name.
    pub fn load(&self) -> Result<Scene, Failure> {
        Ok(self.load_all()?.scene)
    }

    /// As [`Self::load`], with where it came from.
    pub fn load_all(&self) -> Result<Loaded, Failure> {
        let (name, text, file) = self.text()?;
        let mut amended = Amended::new(&text);
        let mut options = Vec::new();
        if let Some(seed) = self.changes.seed {
            let said = format!("--seed {seed}");
            amended.set(&said, "seed", &seed.to_string())?;
            options.push(said);
        }
        for (path, value) in &self.changes.set {
            let said = format!("--set {path}={value}");
            amended.set(&said, path, value)?;
            options.push(said);
        }
        let read = |text: &str| Scene::from_str(&name, text);
        let mut scene = read(&amended.text).map_err(|e| {
            if amended.is_empty() {
                Failure::from(e)
            } else {
                Failure::Amended(amended.render(&name, &e.problems, colour()))
            }
        })?;
        let named = amend::files(&amended.text);
        let mut copy = Amended::new(&amended.text);
        for (path, name_of_file) in &named {
            let absolute =
                std::path::absolute(beside(&name, name_of_file)).map_err(Error::disk(name_of_file))?;
            copy.set("file", path, &toml_text(&absolute))?;
        }
        let mut left_out = Vec::new();
        if scene.setup.channel.is_some() && self.parcels.is_some() {
            return Err(
                Error::Input("a channel is computed without parcels: leave out `--parcels`".into()).into(),
            );
        }
        if let Some(parcels) = self.parcels {
            scene.rescale(parcels as usize);
            let run = scene.setup.parcels();
            if run as u64 != parcels {
                say(&format!(
                    "warning: every species needs at least one parcel, so {run} parcels are run, not {parcels} (--parcels)"
                ));
            }
            let said = format!("--parcels {parcels}");
            let mut fewer = copy.clone();
            let same = fewer.set(&said, "sample.parcels", &parcels.to_string()).is_ok()
                && Scene::from_str("copy.toml", &fewer.text)
                    .is_ok_and(|s| parcels_each(&s) == parcels_each(&scene));
            if same {
                copy = fewer;
            } else {
                left_out.push(said.clone());
            }
            options.push(said);
        }
        let mut text = copy.text;
        if !left_out.is_empty() {
            text = format!(
                "# to run this again as it was run: {}\n{text}",
                left_out.join(" ")
            );
        }
        let sources = file
            .into_iter()
            .chain(named.iter().map(|(_, n)| beside(&name, n)))
            .collect();
        Ok(Loaded {
            scene,
            amended,
            copy: text,
            options,
            left_out,
            sources,
        })
    }

    /// Name and text of the scene, and its file.
    fn text(&self) -> Result<(String, String, Option<PathBuf>), Failure> {
        let of = |(name, text): (&str, &str)| (format!("{name}.toml"), text.to_owned(), None);
        match &self.scene {
            None => Ok(of((BUNDLED[0].0, BUNDLED[0].1))),
            Some(path) if path.as_os_str() == "-" => {
                let text = Scene::read("/dev/stdin").map_err(|e| unread(path, e))?;
                Ok(("stdin".into(), text, None))
            }
            Some(path) => match bundled(path) {
                Some(bundled) if !path.exists() => Ok(of(bundled)),
                _ => {
                    let text = Scene::read(path).map_err(|e| unread(path, e))?;
                    Ok((path.to_string_lossy().into_owned(), text, Some(path.clone())))
                }
            },
        }
    }
}

/// A path as text of TOML.
fn toml_text(path: &Path) -> String {
    toml::Value::String(path.to_string_lossy().into_owned()).to_string()
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
    let whole = path.with_added_extension("toml");
    if whole.is_file() {
        return format!("{} is there: add the ending", whole.display());
    }
    let beside = std::fs::read_dir(
        path.parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new(".")),
    );
    let scenes: Vec<String> = beside
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    let name = path.file_name().map(|s| s.to_string_lossy()).unwrap_or_default();
    let stems = scenes.iter().filter_map(|s| s.strip_suffix(".toml"));
    let bare = name.strip_suffix(".toml").unwrap_or(&name);
    if let Some(near) = nearest(bare, stems) {
        let near = path.with_file_name(format!("{near}.toml"));
        return format!("did you mean {}?", near.display());
    }
    let stem = path.file_stem().map(|s| s.to_string_lossy()).unwrap_or_default();
    match nearest(&stem, BUNDLED.iter().map(|(n, _)| *n)) {
        Some(name) => format!("the bundled scene `{name}` runs by its name"),
        None => "`buffycoat list scenes` names the scenes that run without a file".into(),
    }
}
