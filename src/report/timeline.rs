//! `profile.csv` read back: the profile at every sample, and what was observed of it, by the same functions that made the
//! summary.

use super::files::{Row, Source};
use crate::Error;
use crate::constants::{MICROLITRE, MILLILITRE, MILLIMETRE, RPM, SECOND};
use crate::engine::Profile;
use crate::observe::{self, Contents, LayerKind, Layers, Specimen, interface};
use crate::output::summary::{ChamberDigest, LayerResults, ShareRow, Summary};

/// What was observed of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// Time [s].
    pub time: f64,
    /// Force at the bottom [x g].
    pub rcf: f64,
    /// Mean depth of the cells, by volume [mm].
    pub depth: f64,
    /// Depth below which there are cells [mm].
    pub front: Option<f64>,
    /// Layers.
    pub layers: Layers,
    /// What they hold.
    pub contents: Contents,
}

/// A run of a vessel over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// All samples.
    pub moments: Vec<Moment>,
    /// Profiles at some of them: from the first to the last, the more the cells sink the closer.
    pub profiles: Vec<Profile>,
}

/// How far the cells have sunk, of their whole way, where profiles are kept besides the first and the last.
const KEPT: [f64; 4] = [0.25, 0.5, 0.75, 0.95];

/// How far a time or a depth may be off that of the summary, relatively: seven digits are written.
const DIGITS: f64 = 1e-5;

/// More parcels than any run has: sums of as many are still whole numbers.
const MOST_PARCELS: u64 = 1 << 40;

/// The columns of the table.
fn columns(summary: &Summary) -> Vec<String> {
    let names = || summary.species.iter().map(|s| &s.species);
    ["time_s", "rpm", "rcf_bottom", "radius_mm", "depth_mm"]
        .into_iter()
        .map(String::from)
        .chain(names().map(|n| format!("{n}_fraction")))
        .chain(names().map(|n| format!("{n}_per_uL")))
        .collect()
}

/// Reads the table.
///
/// # Errors
/// [`Error::Input`] with file and line for what is no such table, is cut off, or belongs to another run than the summary.
pub fn read(source: &Source, summary: &Summary, found: &LayerResults) -> Result<Timeline, Error> {
    let specimen = specimen(summary, found);
    let mut moments: Vec<Moment> = Vec::new();
    each(source, summary, &mut |profile, rcf| {
        moments.push(moment(profile, rcf, &specimen));
    })?;
    let Some(last) = moments.last() else {
        return Err(source.fault(1, "there is no sample in the table"));
    };
    let ended = summary.run.simulated_seconds;
    if (last.time - ended).abs() > DIGITS * ended {
        let lines = source.text.lines().count();
        let what = format!(
            "the table ends at {} s, the run at {ended} s: is the file cut off, or of another run?",
            last.time
        );
        return Err(source.fault(lines, &what));
    }
    if let Some(last) = moments.last_mut() {
        (last.layers, last.contents) = told(summary, found);
    }
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else {
        return Err(source.fault(1, "there is no sample in the table"));
    };
    let way = |m: &Moment| (m.depth - first.depth) / (last.depth - first.depth);
    let mut kept: Vec<usize> = vec![0];
    kept.extend(
        KEPT.iter()
            .filter_map(|part| moments.iter().position(|m| way(m) >= *part)),
    );
    kept.push(moments.len() - 1);
    kept.sort_unstable();
    kept.dedup();
    let (mut profiles, mut i) = (Vec::new(), 0);
    each(source, summary, &mut |profile, _| {
        if kept.contains(&i) {
            profiles.push(profile.clone());
        }
        i += 1;
    })?;
    Ok(Timeline { moments, profiles })
}

/// What the observables need to know of the run besides its profiles.
fn specimen(summary: &Summary, found: &LayerResults) -> Specimen {
    let setup = &summary.setup;
    let dense = setup.suspension == "dense";
    Specimen {
        classes: summary.species.iter().map(|s| s.class).collect(),
        light: summary.species.iter().map(|s| s.lighter_than_fluid).collect(),
        packing_limit: setup.packing_limit.unwrap_or(1.0),
        cell: if dense { setup.cell_mm() * MILLIMETRE } else { 0.0 },
        // the fluid has the name that it has at the end
        plasma: !found.layers.iter().any(|l| l.kind == LayerKind::Supernatant),
    }
}

/// The layers at the end and what they hold, as the summary has them: it was made with the depths of all parcels where those are
/// known, which profile.csv does not have.
fn told(summary: &Summary, found: &LayerResults) -> (Layers, Contents) {
    let place = |name: &str| summary.species.iter().position(|s| s.species == name);
    let missing = f64::NAN;
    let share = |s: &ShareRow| {
        let component = place(&s.species)?;
        let species = &summary.species[component];
        let ends = s.recovery_95.unwrap_or([missing; 2]);
        Some(observe::Share {
            component,
            cells: s.cells,
            parcels: s.parcels.unwrap_or(0),
            of: species.parcels_end,
            all: species.cells,
            cells_95: ends.map(|x| x * species.cells),
            elsewhere: s.parcels_counted_elsewhere.unwrap_or(0),
            concentration: s.per_ul.unwrap_or(missing),
            concentration_95: s.per_ul_95.unwrap_or([missing; 2]),
            recovery: s.recovery.unwrap_or(missing),
            purity: s.purity.unwrap_or(missing),
            purity_without_red_cells: s.purity_without_red_cells,
        })
    };
    let contents = found.layers.iter().map(|l| observe::LayerContent {
        layer: observe::Layer {
            kind: l.kind,
            top: l.top_mm * MILLIMETRE,
            bottom: l.bottom_mm * MILLIMETRE,
            volume: l.volume_ml * MILLILITRE,
        },
        ends_95: [l.top_mm_95, l.bottom_mm_95].map(|e| e.unwrap_or([missing; 2]).map(|x| x * MILLIMETRE)),
        volume_95: l.volume_ml_95.unwrap_or([missing; 2]).map(|x| x * MILLILITRE),
        haematocrit: l.haematocrit.unwrap_or(missing),
        haematocrit_95: l.haematocrit_95.unwrap_or([missing; 2]),
        front: l.boundary_zone_mm.unwrap_or(missing) * MILLIMETRE,
        shares: l.species.iter().filter_map(share).collect(),
    });
    let near = found.leukocytes_near_surface.iter();
    let contents = Contents {
        layers: contents.collect(),
        platelets_above_red_cells: found.platelets_above_red_cells,
        platelets_above_red_cells_95: found.platelets_above_red_cells_95,
        near_surface: found
            .near_surface_mm
            .map(|[a, b]| (a * MILLIMETRE, b * MILLIMETRE)),
        leukocytes_near_surface: near
            .filter_map(|n| Some((place(&n.species)?, n.recovery)))
            .collect(),
    };
    let surface = found.red_cell_surface_mm.map(|x| x * MILLIMETRE);
    (Layers::told(&contents, surface), contents)
}

fn moment(profile: &Profile, rcf: f64, specimen: &Specimen) -> Moment {
    let layers = Layers::find(profile, specimen, None);
    let contents = Contents::of(profile, specimen, &layers);
    let [mut all, mut moment] = [0.0; 2];
    for row in &profile.volume {
        for (i, v) in row.iter().enumerate() {
            all += v;
            moment += v * 0.5 * (profile.edges[i] + profile.edges[i + 1]);
        }
    }
    Moment {
        time: profile.time / SECOND,
        rcf,
        depth: if all > 0.0 { moment / all / MILLIMETRE } else { 0.0 },
        front: interface::shock(profile, None).map(|x| x / MILLIMETRE),
        layers,
        contents,
    }
}

/// Hands out the profile and the force of every sample.
fn each(source: &Source, summary: &Summary, hand: &mut dyn FnMut(&Profile, f64)) -> Result<(), Error> {
    let mut sample = Sample::default();
    let mut bins = None;
    let mut end = |sample: &mut Sample, bins: &mut Option<usize>| -> Result<(), Error> {
        let whole = *bins.get_or_insert(sample.depth.len());
        if sample.depth.len() != whole {
            let what = format!(
                "the sample at {} s has {} rows, and the first {whole}: is the file cut off?",
                sample.time,
                sample.depth.len()
            );
            return Err(source.fault(sample.line, &what));
        }
        hand(&sample.profile(source, summary)?, sample.rcf);
        Ok(())
    };
    source.table(&columns(summary))?.rows(|row| {
        let time = row.number(0)?;
        if !sample.depth.is_empty() && time != sample.time {
            if time < sample.time {
                return Err(row.fault(&format!("time goes back from {} s to {time} s", sample.time)));
            }
            end(&mut sample, &mut bins)?;
            sample = Sample::default();
        }
        sample.add(&row, summary.species.len())
    })?;
    if sample.depth.is_empty() {
        return Ok(());
    }
    end(&mut sample, &mut bins)
}

/// The rows of one sample.
#[derive(Default)]
struct Sample {
    time: f64,
    rpm: f64,
    rcf: f64,
    /// Line of the last row.
    line: usize,
    depth: Vec<f64>,
    /// By species and bin.
    fraction: Vec<Vec<f64>>,
    per_ul: Vec<Vec<f64>>,
}

impl Sample {
    fn add(&mut self, row: &Row<'_>, species: usize) -> Result<(), Error> {
        [self.time, self.rpm, self.rcf] = [row.number(0)?, row.number(1)?, row.number(2)?];
        self.line = row.line;
        self.depth.push(row.number(4)?);
        self.fraction.resize_with(species, Vec::new);
        self.per_ul.resize_with(species, Vec::new);
        for k in 0..species {
            self.fraction[k].push(row.number(5 + k)?);
            self.per_ul[k].push(row.number(5 + species + k)?);
        }
        Ok(())
    }

    /// The profile that the rows were made from.
    fn profile(&self, source: &Source, summary: &Summary) -> Result<Profile, Error> {
        let bins = self.depth.len();
        let height = summary.setup.height_mm();
        let edges: Vec<f64> = (0..=bins).map(|i| i as f64 / bins as f64 * height).collect();
        let off =
            (0..bins).find(|i| (0.5 * (edges[*i] + edges[i + 1]) - self.depth[*i]).abs() > DIGITS * height);
        if let Some(i) = off {
            let what = format!(
                "row {} of the sample at {} s is at a depth of {} mm; {bins} rows over {height} mm put it elsewhere: is the \
                 file cut off, or of another run?",
                i + 1,
                self.time,
                self.depth[i]
            );
            return Err(source.fault(self.line + 1 + i - bins, &what));
        }
        let bin_volume = volumes(summary, &edges);
        let mut parcels = Vec::new();
        let mut volume = Vec::new();
        for (k, s) in summary.species.iter().enumerate() {
            let row: Vec<u64> = (0..bins)
                .map(|i| {
                    (self.per_ul[k][i] * bin_volume[i] / MICROLITRE / s.weight)
                        .round()
                        .max(0.0) as u64
                })
                .collect();
            // counts of a table that is none may be beyond all bounds
            let all = row.iter().fold(0u64, |a, b| a.saturating_add(*b));
            if all > MOST_PARCELS || all.abs_diff(s.parcels_end) as f64 > DIGITS * s.parcels_end as f64 {
                let what = format!(
                    "the sample at {} s holds {all} parcels of `{}`, the run {}: is the table of another run than \
                     summary.json?",
                    self.time, s.species, s.parcels_end
                );
                return Err(source.fault(self.line, &what));
            }
            parcels.push(row);
            volume.push((0..bins).map(|i| self.fraction[k][i] * bin_volume[i]).collect());
        }
        Ok(Profile {
            time: self.time * SECOND,
            omega: self.rpm * RPM,
            edges: edges.iter().map(|x| x * MILLIMETRE).collect(),
            bin_volume,
            parcels,
            volume,
            weight: summary.species.iter().map(|s| s.weight).collect(),
        })
    }
}

/// Volumes between edges [um3]: equal in a tube, growing with the radius in a sector.
pub(super) fn volumes(summary: &Summary, edges: &[f64]) -> Vec<f64> {
    let setup = &summary.setup;
    let above = |depth: f64| match setup.chamber {
        ChamberDigest::Sector {
            meniscus_radius_mm: Some(r),
            ..
        } => depth * (r + 0.5 * depth),
        _ => depth,
    };
    let whole = above(setup.height_mm());
    edges
        .windows(2)
        .map(|e| setup.volume_ml * MILLILITRE * (above(e[1]) - above(e[0])) / whole)
        .collect()
}

impl Moment {
    /// Depth of the boundary above (or, `below`, under) the layer of that kind [mm]; NaN where there is none.
    pub fn boundary(&self, kind: LayerKind, below: bool) -> f64 {
        self.layers
            .get(kind)
            .map_or(f64::NAN, |l| if below { l.bottom_mm() } else { l.top_mm() })
    }
}
