//! What stands on the page of each kind of run, in which order.

mod separator;
mod vessel;

pub(super) use separator::page as separator;
pub(super) use vessel::page as vessel;

use super::Run;
use super::cases::{self, Case};
use super::page::Page;
use super::summary;
use super::text::{escape, grouped, number, powers, short, whole};
use crate::model::Status;
use crate::observe::chance::none;
use crate::output::SCENE_FILE;
use crate::output::folder::about;
use crate::units::significant;
use crate::units::{clock, rough_clock};

/// Warnings of the scene and of the run, or that there are none.
fn warnings(page: &mut Page, scene: &summary::Scene, run: &summary::Run, notes: &[String]) {
    let all: Vec<String> = scene.warnings.iter().chain(&run.warnings).cloned().collect();
    if all.is_empty() && notes.iter().any(|n| n.starts_with("unverified")) {
        page.good("No warnings, but some input values are unverified; see the notes.");
    } else if all.is_empty() {
        page.good("The run gave no warnings.");
    } else {
        page.say("Warnings", &all);
    }
    if !notes.is_empty() {
        page.say("Notes", notes);
    }
}

/// How a status is said.
fn status(s: Status) -> &'static str {
    match s {
        Status::Read => "read in its source",
        Status::Derived => "derived",
        Status::Fit => "fit",
        Status::Unverified => "unverified",
    }
}

/// What was run on what, and in which steps.
fn facts_of_run(version: &str, seed: u64, parcels: u64, run: &summary::Run) -> Vec<(&'static str, String)> {
    let threads = match run.threads {
        0 => String::new(),
        1 => ", 1 thread".into(),
        n => format!(", {n} threads"),
    };
    let step = &run.time_step;
    let range = match (step.shortest_s, step.longest_s) {
        (Some(a), Some(b)) if b > 1.01 * a => format!(" (from {} to {} s)", number(a), number(b)),
        _ => String::new(),
    };
    let mut out = vec![
        ("program", format!("buffycoat {}", escape(version))),
        (
            "device",
            format!(
                "{} ({} back-end{threads})",
                escape(&run.device),
                escape(&run.backend)
            ),
        ),
        ("parcels", format!("{}, seed {seed}", whole(parcels))),
        (
            "simulated time",
            format!(
                "{} ({} s)",
                clock(run.simulated_seconds),
                short(run.simulated_seconds, 6)
            ),
        ),
        ("computing time", rough_clock(run.wall_seconds)),
        ("time steps", whole(run.steps)),
        (
            "time step",
            format!("{} s on average{range}", number(step.mean_s)),
        ),
    ];
    if let (Some(n), Some(all)) = (run.bounded, run.parcel_steps) {
        out.push((
            "moves cut to the bound of a step",
            format!("{} of {}", whole(n), number(all as f64)),
        ));
    }
    out
}

/// Half the width of the band in which two of three recoveries lie when each of `n` parcels falls here or there by itself, at
/// most [per cent].
fn scatter(n: u64) -> f64 {
    50.0 / (n.max(1) as f64).sqrt()
}

/// The parcels of the species that has fewest, and what that means.
fn counting(page: &mut Page, species: &[(&str, u64)]) {
    let Some((name, n)) = species.iter().filter(|s| s.1 > 0).min_by_key(|s| s.1) else {
        return;
    };
    page.paragraph(&format!(
        "Counting: {} parcels stand for {name}, the fewest of any species. By chance alone its recoveries are off by up to {:.1} \
         points (one standard error), those of the others by no more; where no parcel is, its share is below {} % at 95 %.",
        grouped(*n),
        scatter(*n),
        powers(&significant(100.0 * none(*n)))
    ));
}

/// How far to trust the page: nearest cases, and what is known to fail.
fn trust(page: &mut Page, cases: &[Case], gpu: bool, limits: (&str, &[String])) {
    let ids = |pick: &dyn Fn(&Case) -> bool| {
        let ids: Vec<&str> = cases.iter().filter(|c| pick(c)).map(|c| c.id).collect();
        ids.join(", ")
    };
    let measured = ids(&|c| c.not_run.is_none() && c.measured());
    let exact = ids(&|c| c.not_run.is_none() && !c.measured());
    let mut say =
        "The validation cases nearest to this scene follow; all are in VALIDATION.md of the program."
            .to_owned();
    say += &if measured.is_empty() {
        " **The program was compared with no experiment like it.**".to_owned()
    } else {
        format!(" It was compared with experiment: {measured}.")
    };
    if !exact.is_empty() {
        say += &format!(
            " {exact}: exact solutions of the same equations, which say that the program solves them, not that cells obey them."
        );
    }
    if cases
        .iter()
        .flat_map(|c| &c.checks)
        .any(|c| c.quantity.contains("set from it"))
    {
        say += " Where a quantity is \u{201c}set from it\u{201d}, a number of the model was chosen so that it comes out: that \
                agreement predicts nothing.";
    }
    page.paragraph(&say);
    page.jumps(&cases.iter().map(|c| c.id).collect::<Vec<_>>());
    for case in cases {
        page.case(case, gpu);
    }
    page.paragraph(&format!(
        "The record was made on: {}.",
        cases::devices().join("; ")
    ));
    page.lesser(limits.0);
    page.list(limits.1);
}

/// The text of the scene.
fn scene(page: &mut Page, about: &summary::Scene, run: &Run) {
    page.heading("The scene");
    match &run.scene {
        Ok(text) => {
            page.paragraph(&format!(
                "{SCENE_FILE} as it was run, with what the command line changed in it."
            ));
            page.verbatim(text);
        }
        Err(why) => page.paragraph(&format!("Not shown: {why}.")),
    }
    if let Some(hash) = &about.hash {
        page.paragraph(&format!("BLAKE3 hash of the text: {hash}"));
    }
}

fn footer(version: &str, run: &Run) -> String {
    format!(
        "Made by buffycoat {} from the files of a run by buffycoat {version}; {}. Not a medical device: do \
         not decide with it about a patient or a product.",
        env!("CARGO_PKG_VERSION"),
        about(&run.mark)
    )
}
