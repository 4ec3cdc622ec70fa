//! The folder of a run's results: which files, where they go, and what tells the run from others.

use super::options::Loaded;
use super::place::spare;
use super::say;
use buffycoat::engine::{Device, Setup};
use buffycoat::output::SCENE_FILE;
use buffycoat::output::atomic::{self, Ready};
use buffycoat::output::folder::{Folder, Record, SUMMARY};
use buffycoat::output::summary;
use buffycoat::render::Caption;
use buffycoat::scenario::Scene;
use buffycoat::units::counted;
use buffycoat::{Error, plain};
use std::path::{Path, PathBuf};

/// Takes the folder of the results, and says what is to be known of it.
pub fn take(out: &Path, paths: &Paths, loaded: &Loaded) -> Result<Folder, Error> {
    let names: Vec<&str> = paths.names().collect();
    for name in &names {
        spare(&out.join(name), &loaded.sources)?;
    }
    let mut folder = Folder::take(out, &names)?;
    for note in folder.notes.drain(..) {
        say(&format!("note: {note}"));
    }
    Ok(folder)
}

/// Gives all files their names, or none, and says what of an older run stays or went.
pub fn publish(folder: Folder, files: Vec<Ready>, summary: Ready) -> Result<(), Error> {
    for note in folder.publish(files, summary)? {
        say(&format!("note: {note}"));
    }
    Ok(())
}

/// What is under a picture: nothing that differs between two runs of one scene on one machine.
pub fn caption(title: &str, name: &str, parcels: usize, seed: u64, device: &str) -> Caption {
    Caption {
        title: plain::line(title),
        outlets: Vec::new(),
        footer: plain::line(&format!(
            "buffycoat {}  \u{b7}  {name}  \u{b7}  {}  \u{b7}  {device}",
            env!("CARGO_PKG_VERSION"),
            match parcels {
                0 => "finite volumes".to_owned(),
                n => format!("{}, seed {seed}", counted(n, "parcel")),
            },
        )),
    }
}

/// Where a run came from, and what tells it from others: what its scene was read from, what computes, and the files that it leaves in its
/// folder.
pub fn origin(
    scene: &Scene,
    loaded: &Loaded,
    device: &Device,
    (folder, files): (&Folder, &[Ready]),
) -> (summary::Scene, Record) {
    let hash = atomic::digest(loaded.copy.as_bytes());
    let mut record = Record {
        id: String::new(),
        options: loaded.options.iter().map(|o| plain::line(o)).collect(),
        left_out: loaded.left_out.clone(),
        inputs: loaded.inputs(),
        files: folder.record(files),
    };
    // what differs between two runs that agree in all else is when they were
    let moment = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |t| t.as_nanos());
    let all = format!(
        "{} {hash} {record:?} {device:?} {moment} {}",
        env!("CARGO_PKG_VERSION"),
        std::process::id()
    );
    record.id = atomic::digest(all.as_bytes()).chars().take(32).collect();
    let about = summary::Scene {
        title: scene.title.clone(),
        hash: Some(hash),
        warnings: scene
            .warnings
            .iter()
            .map(|w| format!("{} (line {} of the scene: {})", w.title, w.line, w.label))
            .collect(),
        sample: Some(scene.makeup.clone()),
    };
    (about, record)
}

/// Where the results go.
pub struct Paths(Vec<(&'static str, &'static str, PathBuf)>);

impl Paths {
    /// Of the files that a run of this setup leaves in `folder`.
    pub fn of(setup: &Setup, folder: &Path) -> Self {
        let found: &[(&str, &str)] = match &setup.channel {
            Some(_) => &CHANNEL,
            None if setup.carries() => &PLACES,
            None => &LAYERS,
        };
        let first = [("summary", SUMMARY)];
        let last = [("picture", "final.png"), ("scene", SCENE_FILE)];
        let all = first.iter().chain(found).chain(&last);
        Self(
            all.map(|(what, name)| (*what, *name, folder.join(name)))
                .collect(),
        )
    }

    /// Names of the files.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|f| f.1)
    }

    /// Path of what is called `what`; none of what the run does not leave.
    pub fn get(&self, what: &str) -> Option<&Path> {
        self.0.iter().find(|f| f.0 == what).map(|f| f.2.as_path())
    }

    /// The same of what every run leaves.
    pub fn at(&self, what: &str) -> &Path {
        self.get(what).unwrap_or(Path::new(""))
    }

    /// All of them, a line each.
    pub fn list(&self) -> String {
        let wide = self.0.iter().map(|f| f.0.len()).max().unwrap_or(0);
        self.0
            .iter()
            .map(|(what, _, path)| format!("{what:wide$}  {}\n", path.display()))
            .collect()
    }
}

/// What a vessel leaves besides: its layers and profiles.
const LAYERS: [(&str, &str); 2] = [("layers", "layers.csv"), ("profile", "profile.csv")];

/// What a channel leaves besides: its interface and its ports over time.
const CHANNEL: [(&str, &str); 1] = [("channel", "channel.csv")];

/// What a duct leaves besides: counts by place, where cells are held, and their mobilities.
const PLACES: [(&str, &str); 3] = [
    ("counts", "counts.csv"),
    ("surfaces", "surface.csv"),
    ("mobilities", "mobility.csv"),
];
