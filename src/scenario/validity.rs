//! Scenes that run, but whose results would not mean what they seem to: outside of the model's validity, recorded too
//! coarsely, or in files too large to use.

use super::forecast::Forecast;
use super::neglected::{resolution, smeared};
use super::node::{Node, Span};
use super::place::place;
use super::problem::Problems;
use super::sparse::LEAST_LAYERS;
use crate::engine::{Drag, Field, Setup, Suspension};
use crate::units::{Dimension, digits, rounded, show};

/// Particle Reynolds number above which Stokes' drag is worth a warning: by Schiller & Naumann's law it is 3 % too small
/// there.
const REYNOLDS: f64 = 0.1;

/// Size of `profile.csv` from which on a warning is due [bytes].
const LARGE: f64 = 1e9;

/// Warns of what follows from `setup` at a temperature [degC].
pub fn warn(setup: &Setup, celsius: f64, root: &Node, problems: &mut Problems<'_>) {
    coarse_grid(setup, root, problems);
    coarse_bins(setup, root, problems);
    large_file(setup, root, problems);
    let forecast = Forecast::new(setup, celsius);
    for (c, s) in setup.components.iter().zip(&forecast.species) {
        let name = &s.name;
        let (width, tells) = (smeared(setup, s), resolution(setup));
        if width > tells {
            problems.warning(
                &species(name, root),
                format!(
                    "Brownian motion of `{name}` is not negligible: over the programme it makes boundaries up to {} wide",
                    show(width.round(), Dimension::Length)
                ),
                format!(
                    "this version has none: the run shows them as sharp as {}",
                    show(tells.round(), Dimension::Length)
                ),
            );
        }
        // the force is greatest at the bottom; in engine units a Reynolds number needs no factor
        let fastest = s.stokes_peak.abs() * forecast.force[2] / forecast.force[1];
        let reynolds = setup.fluid.density * fastest * c.species.diameter / setup.fluid.viscosity;
        if reynolds > REYNOLDS && setup.physics.drag == Drag::Stokes {
            let problem = problems.warning(
                &species(name, root),
                format!(
                    "a single `{name}` reaches a particle Reynolds number of {} at the peak force",
                    digits(reynolds, 2)
                ),
                format!(
                    "Stokes' drag holds below {REYNOLDS}: there it sinks or rises up to {} % too fast",
                    digits(15.0 * reynolds.powf(0.687), 2)
                ),
            );
            if setup.physics.suspension == Suspension::Dilute {
                problem.help("add `drag = \"schiller-naumann\"` to [physics]");
            }
        }
    }
}

fn coarse_grid(setup: &Setup, root: &Node, problems: &mut Problems<'_>) {
    let layers = setup.layers();
    if layers >= LEAST_LAYERS || setup.physics.suspension == Suspension::Dilute {
        return;
    }
    let cell = show(
        rounded(setup.chamber.height() / f64::from(layers), 2),
        Dimension::Length,
    );
    problems
        .warning(
            &place(Field::Layers, root),
            format!("boundaries are smeared over several grid cells of {cell}"),
            "residual cells and thin layers are too uncertain to use",
        )
        .help(format!("take at least {LEAST_LAYERS} `layers` in [numerics]"));
}

/// Layers are found on the profile's bins, however fine the grid is. A dilute suspension has no grid to speak of.
fn coarse_bins(setup: &Setup, root: &Node, problems: &mut Problems<'_>) {
    let (bins, layers) = (setup.sampling.bins, setup.layers());
    if bins >= layers || setup.physics.suspension == Suspension::Dilute {
        return;
    }
    let of = |n: u32| show(setup.chamber.height() / f64::from(n), Dimension::Length);
    problems
        .warning(
            &place(Field::Bins, root),
            format!(
                "profile bins of {} are coarser than grid layers of {}",
                of(bins),
                of(layers)
            ),
            format!(
                "boundaries of layers, and what lies between them, are off by up to {}",
                of(bins)
            ),
        )
        .help(format!(
            "take `bins = {layers}` in [output] profile, as many as there are `layers`"
        ));
}

fn large_file(setup: &Setup, root: &Node, problems: &mut Problems<'_>) {
    let bytes = Forecast::profile_bytes(setup) as f64;
    if bytes > LARGE {
        problems
            .warning(
                &place(Field::Every, root),
                format!("profile.csv will take about {} GB", digits(bytes / 1e9, 2)),
                "a row for every time and bin",
            )
            .help("take a longer `every` or fewer `bins` in [output] profile");
    }
}

/// Where the scene asks for a species.
fn species(name: &str, root: &Node) -> Span {
    let sample = root.table("sample");
    let entry = sample.and_then(|n| n.map("cells").iter().find(|e| e.name == name));
    match (entry, sample) {
        (Some(e), _) => e.span.clone(),
        (None, Some(n)) => n.at("haematocrit"),
        (None, None) => root.span.clone(),
    }
}
