//! The numbers beside the picture: what is plotted while the run goes on.

use super::sim::Work;
use crate::constants::{MILLIMETRE, SECOND};
use crate::engine::{Backend, Feed, Live, Profile, Readings, Setup};
use crate::kernels::passage::{FREE, HELD, OUT, WAITING};
use crate::model::CellClass;
use crate::observe::{Contents, Depths, LayerKind, Layers, Specimen, classes, interface, places};
use crate::output::readings::joined;
use crate::{Error, fixed};

/// Bins across a duct, or along a column.
const BINS: usize = 40;

/// A line of a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it shows.
    pub name: String,
    /// Component whose colour it has; none for all cells.
    pub component: Option<usize>,
    /// Place [mm], and share there [%].
    pub points: Vec<[f64; 2]>,
}

/// Where cells are, by species.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// A layer, an outlet or a surface.
    pub name: String,
    /// Share of all cells of each component that is there [%].
    pub recovery: Vec<f64>,
    /// Share that each component has of the cells there [%]; NaN where there are none, and of free beads.
    pub purity: Vec<f64>,
}

/// What was read at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Simulated time [s].
    pub time: f64,
    /// What the places of [`Reading::profile`] are.
    pub along: &'static str,
    /// The profile: volume fraction of the cells by depth in a vessel; in a duct the share of each species' cells inside, by
    /// how far they are from its axis, core or wall, in a column from its inlet.
    pub profile: Vec<Curve>,
    /// Where layers begin [mm]; none in a duct.
    pub interfaces: Vec<(&'static str, f64)>,
    /// Layers, or outlets and surfaces.
    pub groups: Vec<Group>,
    /// Parcels of a duct by what has become of them; none in a vessel, which keeps all.
    pub counts: Vec<(&'static str, u64)>,
}

/// All that a surface holds or that has left, by whatever outlet.
const GONE: &str = "held or out";

/// The outlet or surface for whose sake a separator is run: the outlet of the last phase; of several lanes the last; else what holds,
/// or the first outlet there is.
pub fn target(s: &Setup, outlets: &[String]) -> Option<String> {
    let places = places(s, outlets);
    let outlet = match s.protocol.segments().last() {
        Some(last) if s.ports.splits.is_empty() && s.outlets() > 1 => Some(OUT + last.outlet),
        _ if !s.ports.splits.is_empty() => Some(OUT + s.ports.splits.len() as u32),
        _ => None,
    };
    let held = |fate: u32| (HELD..OUT).contains(&fate);
    let fate = outlet
        .or_else(|| places.iter().map(|p| p.fate).find(|f| held(*f)))
        .unwrap_or(OUT);
    places.into_iter().find(|p| p.fate == fate).map(|p| p.name)
}

/// Takes a reading; `weight` is the number of real cells per parcel, by component.
///
/// # Errors
/// [`Error::Device`] when the back-end fails.
pub fn read(work: &Work, live: &Live, weight: &[f64], backend: &mut dyn Backend) -> Result<Reading, Error> {
    let Some(profile) = live.profile(backend)? else {
        let outlets = &work.origin.outlets;
        return of_duct(&work.setup, (outlets, weight), live.time(), backend);
    };
    let depths = Depths::now(&work.setup, backend)?;
    let plasma = work.origin.plasma;
    Ok(of_vessel(&work.setup, plasma, &profile, depths.as_ref()))
}

fn of_vessel(setup: &Setup, plasma: bool, profile: &Profile, depths: Option<&Depths>) -> Reading {
    let classes = classes(setup);
    let specimen = Specimen::of(setup, plasma);
    let layers = Layers::find(profile, &specimen, depths);
    let contents = Contents::of(profile, &specimen, &layers);
    let red = |k: usize| classes.get(k) == Some(&CellClass::Erythrocyte);
    let any_red = (0..classes.len()).any(red);
    let fraction = |bin: usize| -> f64 {
        (0..classes.len())
            .filter(|k| !any_red || red(*k))
            .map(|k| profile.fraction(k, bin))
            .sum()
    };
    let middle = |i: usize| 0.5 * (profile.edges[i] + profile.edges[i + 1]) / MILLIMETRE;
    let points = (0..profile.bins())
        .map(|i| [middle(i), 100.0 * fraction(i)])
        .collect();
    let mut interfaces: Vec<(&'static str, f64)> = layers
        .layers
        .iter()
        .skip(1)
        .map(|l| (l.kind.name(), l.top / MILLIMETRE))
        .collect();
    let parted = layers.layers.iter().any(|l| l.kind != LayerKind::Suspension);
    if let (false, Some(front)) = (parted, interface::shock(profile, None)) {
        interfaces.push(("front", front / MILLIMETRE));
    }
    let groups = contents
        .layers
        .iter()
        .filter(|l| l.layer.kind != LayerKind::Suspension)
        .map(|l| Group {
            name: l.layer.kind.name().to_owned(),
            recovery: l.shares.iter().map(|s| 100.0 * s.recovery).collect(),
            purity: l.shares.iter().map(|s| 100.0 * s.purity).collect(),
        })
        .collect();
    Reading {
        time: profile.time / SECOND,
        along: "depth, mm",
        profile: vec![Curve {
            name: if any_red { "haematocrit" } else { "volume fraction" }.to_owned(),
            // in ink: red is where the layer of red cells begins
            component: None,
            points,
        }],
        interfaces,
        groups,
        counts: Vec::new(),
    }
}

fn of_duct(
    s: &Setup,
    (outlets, weight): (&[String], &[f64]),
    time: f64,
    backend: &mut dyn Backend,
) -> Result<Reading, Error> {
    let census = backend.census()?;
    let put_in: Vec<f64> = census.iter().map(|c| c.iter().sum::<u64>() as f64).collect();
    let group = |name: &str, here: &dyn Fn(usize) -> f64| {
        // free beads are no cells
        let bead = |k: &usize| s.components[*k].response.is_free_bead();
        let of_cells = |k: usize| if bead(&k) { f64::NAN } else { here(k) * weight[k] };
        let all: f64 = (0..census.len()).filter(|k| !bead(k)).map(of_cells).sum();
        Group {
            name: name.to_owned(),
            recovery: (0..census.len())
                .map(|k| 100.0 * here(k) / put_in[k].max(1.0))
                .collect(),
            purity: (0..census.len()).map(|k| 100.0 * of_cells(k) / all).collect(),
        }
    };
    let gone = |k: usize| census[k][HELD as usize..].iter().sum::<u64>() as f64;
    let mut groups = vec![group(GONE, &gone)];
    groups.extend(
        places(s, outlets)
            .iter()
            .map(|p| group(&p.name, &|k| census[k][p.fate as usize] as f64)),
    );
    let parcels = |fates: std::ops::Range<u32>| -> u64 {
        let range = fates.start as usize..fates.end as usize;
        census.iter().map(|c| c[range.clone()].iter().sum::<u64>()).sum()
    };
    let last = census.first().map_or(OUT, |c| c.len() as u32);
    let mut counts = vec![
        ("free", parcels(FREE..FREE + 1)),
        ("held", parcels(HELD..OUT)),
        ("out", parcels(OUT..last)),
    ];
    if matches!(s.ports.feed, Feed::Inlets { .. }) {
        counts.insert(0, ("not yet in", parcels(WAITING..WAITING + 1)));
    }
    let (along, profile) = inside(s, backend)?;
    Ok(Reading {
        time: time / SECOND,
        along,
        profile,
        interfaces: Vec::new(),
        groups,
        counts,
    })
}

/// Where the cells inside are, by species: the share of those inside that is in each bin.
fn inside(s: &Setup, backend: &mut dyn Backend) -> Result<(&'static str, Vec<Curve>), Error> {
    let grid = s.grid();
    let position = backend.positions()?;
    let fates = backend.fates()?.fate;
    let column = s.matrix.is_some();
    // where streams lie side by side over the width of a channel, that is across
    let over_width = s.over_width();
    let (along, start, length) = match s.duct().section {
        _ if column => ("from the inlet, mm", 0.0, s.duct().length),
        crate::chamber::duct::Section::Tube { radius } => ("from the axis, mm", 0.0, radius),
        crate::chamber::duct::Section::Annulus { inner, outer } => {
            ("from the axis, mm", inner, outer - inner)
        }
        crate::chamber::duct::Section::Channel { width, .. } if over_width => {
            ("width x, mm", -0.5 * width, width)
        }
        crate::chamber::duct::Section::Channel { height, .. } => ("height y, mm", -0.5 * height, height),
    };
    let mut first = 0;
    let mut out = Vec::new();
    for (k, c) in s.components.iter().enumerate() {
        let mut count = [0_u64; BINS];
        let range = first..first + c.parcels;
        first = range.end;
        for i in range {
            let fate = fates.get(i).copied().unwrap_or(OUT);
            // in a column what is caught has its place, too
            if fate != FREE && !(column && (HELD..OUT).contains(&fate)) {
                continue;
            }
            let [x, y, z] = [0, 1, 2].map(|axis: usize| {
                let p = position[axis].get(i).copied().unwrap_or(0);
                grid.position(axis, fixed::to_cells(p))
            });
            let at = if column {
                z / length
            } else if over_width {
                (x - start) / length
            } else {
                s.duct().section.lane([x, y])
            };
            let bin = (at.clamp(0.0, 1.0) * BINS as f64) as usize;
            count[bin.min(BINS - 1)] += 1;
        }
        let all = count.iter().sum::<u64>().max(1) as f64;
        out.push(Curve {
            name: c.species.name.clone(),
            component: Some(k),
            points: count
                .iter()
                .enumerate()
                .map(|(i, n)| {
                    let at = (i as f64 + 0.5) / BINS as f64;
                    [(start + at * length) / MILLIMETRE, 100.0 * *n as f64 / all]
                })
                .collect(),
        });
    }
    Ok((along, out))
}

/// Readings over time, thinned out as they become many.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// All that are kept, in order.
    pub readings: Vec<Reading>,
    /// Least time between two that are kept [s].
    every: f64,
}

/// Readings that are kept at most.
const MOST: usize = 600;

impl Record {
    /// Adds one. The last is always the latest; those before it are at even distances.
    pub fn add(&mut self, reading: Reading) {
        let n = self.readings.len();
        if n >= 2 && reading.time < self.readings[n - 2].time + self.every {
            self.readings[n - 1] = reading;
            return;
        }
        self.readings.push(reading);
        if self.readings.len() > MOST {
            let last = self.readings.len() - 1;
            let mut i = 0;
            self.readings.retain(|_| {
                i += 1;
                i % 2 == 1 || i > last
            });
            let span = self.readings.last().map_or(0.0, |r| r.time) - self.readings[0].time;
            self.every = span / (MOST / 2) as f64;
        }
        // of profiles only the last is shown
        let n = self.readings.len();
        if n >= 2 {
            self.readings[n - 2].profile.clear();
        }
    }

    /// The names of all groups that ever were.
    pub fn groups(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for group in self.readings.iter().flat_map(|r| &r.groups) {
            if !names.contains(&group.name.as_str()) {
                names.push(&group.name);
            }
        }
        names
    }

    /// The names of all interfaces that ever were.
    pub fn interfaces(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for (name, _) in self.readings.iter().flat_map(|r| &r.interfaces) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
        names
    }

    /// Where an interface was, over time [s, mm]: pieces that a line may join.
    pub fn interface(&self, name: &str) -> Vec<Vec<[f64; 2]>> {
        let at = |r: &Reading| {
            r.interfaces
                .iter()
                .find(|i| i.0 == name)
                .map_or(f64::NAN, |i| i.1)
        };
        let points: Vec<[f64; 2]> = self.readings.iter().map(|r| [r.time, at(r)]).collect();
        let deepest = points.iter().map(|p| p[1]).fold(0.0, f64::max);
        joined(&points, deepest)
    }

    /// Counts of the last reading until `time` [us]; none in a vessel, and before there is a reading.
    pub fn counts(&self, time: f64) -> Option<&[(&'static str, u64)]> {
        let until = self.readings.partition_point(|r| r.time <= time / SECOND);
        let reading = self.readings.get(until.checked_sub(1)?)?;
        (!reading.counts.is_empty()).then_some(reading.counts.as_slice())
    }

    /// Recovery, or purity, of a component in a group, over time [s, %]: pieces that a line may join.
    pub fn share(&self, group: &str, component: usize, purity: bool) -> Vec<Vec<[f64; 2]>> {
        let at = |r: &Reading| {
            let g = r.groups.iter().find(|g| g.name == group)?;
            let list = if purity { &g.purity } else { &g.recovery };
            list.get(component).copied()
        };
        let points: Vec<[f64; 2]> = self
            .readings
            .iter()
            .map(|r| [r.time, at(r).unwrap_or(f64::NAN)])
            .collect();
        joined(&points, 100.0)
    }
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
