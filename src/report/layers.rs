//! Figures of the layers along a vessel.

use super::axis::{Axis, time_unit};
use super::chart::{Figure, Look, Mark, Panel};
use super::palette;
use super::timeline::{Moment, Timeline};
use crate::constants::{MILLIMETRE, SECOND};
use crate::engine::Profile;
use crate::observe::LayerKind;
use crate::output::readings::{self, STEP};
use crate::output::summary::{LayerResults, Summary};
use crate::units::{clock, counted, digits, stretch};

/// Least volume fraction shown on a logarithmic axis: a hundred-thousandth is where leukocytes in plasma begin to matter.
const LEAST_FRACTION: f64 = 1e-5;

/// How far around the red-cell surface the enlarged plot goes [mm].
const AROUND: f64 = 4.0;

/// How far beyond the deepest boundary the axis goes.
const SHOWN: f64 = 1.15;

/// All figures of the run.
pub fn figures(summary: &Summary, found: &LayerResults, timeline: &Timeline) -> Vec<Figure> {
    let mut out = vec![boundaries(summary, timeline)];
    out.extend(layers(summary, found, timeline));
    out.push(profiles(summary, timeline));
    out.extend(enlarged(summary, found, timeline));
    out
}

pub(super) fn looks(summary: &Summary) -> Vec<Look> {
    summary
        .species
        .iter()
        .enumerate()
        .map(|(k, s)| palette::species(&s.species, k))
        .collect()
}

/// The time axis of the run, and how many seconds its unit has.
fn time(timeline: &Timeline) -> (Axis, f64) {
    let last = timeline.moments.last().map_or(0.0, |m| m.time);
    let (unit, seconds) = time_unit(last);
    (
        Axis::linear(format!("time [{unit}]"), [0.0, last / seconds]),
        seconds,
    )
}

fn over_time(timeline: &Timeline, unit: f64, y: impl Fn(&Moment) -> f64) -> Vec<[f64; 2]> {
    timeline.moments.iter().map(|m| [m.time / unit, y(m)]).collect()
}

/// From how many readings curves are drawn.
fn how_many(timeline: &Timeline) -> String {
    format!(
        "{} of the run; no line joins two that are further apart than {:.0} % of the axis: what was between them was not read.",
        counted(timeline.moments.len(), "reading"),
        100.0 * STEP
    )
}

/// Where the boundaries are, what lies on the red cells, and how hard it is spun.
fn boundaries(summary: &Summary, timeline: &Timeline) -> Figure {
    let (x, unit) = time(timeline);
    let line = |label: &str, k: usize, y: &dyn Fn(&Moment) -> f64| {
        Mark::Readings(palette::nth(label, k), over_time(timeline, unit, y))
    };
    let surface = |m: &Moment| m.layers.red_cell_surface.map_or(f64::NAN, |x| x / MILLIMETRE);
    let coat = |m: &Moment| [false, true].map(|below| m.boundary(LayerKind::BuffyCoat, below));
    let mut marks = Vec::new();
    let any = |f: &dyn Fn(&Moment) -> f64| timeline.moments.iter().any(|m| f(m).is_finite());
    if any(&|m| coat(m)[0]) {
        let band = timeline
            .moments
            .iter()
            .map(|m| [m.time / unit, coat(m)[0], coat(m)[1]])
            .collect();
        let look = Look {
            label: "buffy coat".into(),
            colour: [0xe3, 0xc7, 0x8f],
            pattern: 0,
        };
        marks.push(Mark::Band(look, band));
        marks.push(line("top of the buffy coat", 5, &|m| coat(m)[0]));
    }
    if any(&surface) {
        marks.push(line("red-cell surface", 1, &surface));
    }
    let pellet = |m: &Moment| m.boundary(LayerKind::Pellet, false);
    let cream = |m: &Moment| m.boundary(LayerKind::Cream, true);
    let clear = |m: &Moment| m.boundary(LayerKind::Subnatant, false);
    for (label, k, found) in [
        ("top of the pellet", 0, &pellet as &dyn Fn(&Moment) -> f64),
        ("bottom of the cream", 3, &cream),
        ("top of the subnatant", 4, &clear),
    ] {
        if any(found) {
            marks.push(line(label, k, found));
        }
    }
    if !any(&surface) && !any(&clear) {
        marks.push(line("upper edge of the cells", 2, &|m| {
            m.front.unwrap_or(f64::NAN)
        }));
    }
    // as deep as there is something to see: an hour at 1 x g clears a few of 200 mm
    let height = summary.setup.height_mm();
    let deepest = marks.iter().flat_map(Mark::heights).fold(0.0, f64::max);
    let mut depth = Axis::from_zero(format!("depth [mm], of {}", digits(height, 4)), SHOWN * deepest);
    depth.range[1] = depth.range[1].min(height);
    let mut panels = vec![Panel {
        title: "Boundaries".into(),
        x: x.clone(),
        y: depth.down(),
        marks,
    }];
    if summary.setup.rotor.is_some() {
        let most = timeline.moments.iter().map(|m| m.rcf).fold(0.0, f64::max);
        panels.push(Panel {
            title: "Force at the bottom".into(),
            x,
            y: Axis::from_zero("force [x g]", most),
            marks: vec![force(over_time(timeline, unit, |m| m.rcf))],
        });
    }
    Figure {
        name: "boundaries",
        title: "Boundaries against time".into(),
        caption: format!(
            "Depth of the boundaries below the meniscus at every sample; in a rotor, the force at the inner bottom. A \
             boundary is drawn from when it is found. {}",
            how_many(timeline)
        ),
        columns: panels.len(),
        panels,
        height: 250.0,
    }
}

/// The force at every sample. It is set, not found: it is a line, unless the samples are too few to follow a ramp.
fn force(points: Vec<[f64; 2]>) -> Mark {
    let look = palette::rest("", 0);
    if points.len() > readings::FEW {
        Mark::Line(look, points)
    } else {
        Mark::Readings(look, points)
    }
}

/// Recovery and purity of every species in every layer that there is at the end, and the two figures by which spins are
/// compared.
fn layers(summary: &Summary, found: &LayerResults, timeline: &Timeline) -> Option<Figure> {
    let looks = looks(summary);
    let (x, unit) = time(timeline);
    let kinds: Vec<LayerKind> = found
        .layers
        .iter()
        .map(|l| l.kind)
        .filter(|k| *k != LayerKind::Suspension)
        .collect();
    if kinds.is_empty() {
        return None;
    }
    let rows = [
        ("Recovery in the ", "of all of the species [%]"),
        ("Purity of the ", "of all cells there [%]"),
    ];
    let panels = rows
        .iter()
        .enumerate()
        .flat_map(|(row, (title, label))| kinds.iter().map(move |k| (row, *title, *label, *k)))
        .map(|(row, title, label, kind)| Panel {
            title: format!("{title}{}", kind.name()),
            x: x.clone(),
            y: Axis::linear(label, [0.0, 100.0]),
            marks: looks
                .iter()
                .enumerate()
                .map(|(k, look)| {
                    let of = |m: &Moment| {
                        let share = m
                            .contents
                            .get(kind)
                            .and_then(|c| c.shares.iter().find(|s| s.component == k));
                        share.map_or(f64::NAN, |s| 100.0 * if row == 0 { s.recovery } else { s.purity })
                    };
                    Mark::Readings(look.clone(), over_time(timeline, unit, of))
                })
                .collect(),
        })
        .collect();
    Some(Figure {
        name: "recovery_and_purity",
        title: "Recovery and purity against time".into(),
        caption: format!(
            "Above, how much of each species lies in a layer; below, of which cells the layer consists, by number. Lines \
             begin when the layer is found. {}",
            how_many(timeline)
        ),
        panels,
        columns: kinds.len().min(3),
        height: 190.0,
    })
}

/// Volume fractions against depth at several times.
fn profiles(summary: &Summary, timeline: &Timeline) -> Figure {
    let looks = looks(summary);
    let panels = timeline
        .profiles
        .iter()
        .map(|p| Panel {
            title: if p.time > 0.0 {
                format!("after {}", clock(p.time / SECOND))
            } else {
                "at the start".into()
            },
            x: Axis::linear("depth [mm]", [0.0, summary.setup.height_mm()]),
            y: Axis::log("volume fraction", [LEAST_FRACTION, 1.0]),
            marks: looks
                .iter()
                .enumerate()
                .map(|(k, look)| Mark::Line(look.clone(), fractions(p, k)))
                .collect(),
        })
        .collect();
    Figure {
        name: "profiles",
        title: "Volume fractions against depth".into(),
        caption: format!(
            "At the start, when the cells have sunk {} % of their way (mean depth, by volume), and at the end. The axis is \
             logarithmic; what is below {LEAST_FRACTION:e} is not shown.",
            "25, 50, 75 and 95"
        ),
        panels,
        columns: 3,
        height: 190.0,
    }
}

fn fractions(profile: &Profile, k: usize) -> Vec<[f64; 2]> {
    (0..profile.bins())
        .map(|i| {
            let depth = 0.5 * (profile.edges[i] + profile.edges[i + 1]) / MILLIMETRE;
            [depth, profile.fraction(k, i)]
        })
        .collect()
}

/// What lies around the red-cell surface at the end, on a linear axis.
fn enlarged(summary: &Summary, found: &LayerResults, timeline: &Timeline) -> Option<Figure> {
    let surface = found.red_cell_surface_mm?;
    let last = timeline.profiles.last()?;
    let looks = looks(summary);
    let [top, bottom] = [
        (surface - AROUND).max(0.0),
        (surface + AROUND).min(summary.setup.height_mm()),
    ];
    let marks: Vec<Mark> = looks
        .iter()
        .enumerate()
        .map(|(k, look)| {
            // a bar for every bin, on those of the species before
            let bars = (0..last.bins())
                .map(|i| {
                    let [from, to] = [last.edges[i], last.edges[i + 1]].map(|x| x / MILLIMETRE);
                    [from, to, last.fraction(k, i)]
                })
                .filter(|[from, to, _]| *from < bottom && *to > top)
                .collect();
            Mark::Bars(look.clone(), bars)
        })
        .collect();
    Some(Figure {
        name: "red_cell_surface",
        title: "Around the red-cell surface at the end".into(),
        caption: format!(
            "Volume fractions, stacked, {} at the end. The red-cell surface is at {surface:.2} mm. \
             One bar is one bin of profile.csv.",
            stretch(top, bottom)
        ),
        panels: vec![Panel {
            title: format!("after {}", clock(last.time / SECOND)),
            x: Axis::linear("depth [mm]", [top, bottom]),
            y: Axis::linear("volume fraction", [0.0, 1.0]),
            marks,
        }],
        columns: 1,
        height: 220.0,
    })
}
