//! Where the layers of a spun sample begin and end.
//!
//! **Red-cell surface.** The uppermost depth at which the erythrocytes reach [`SURFACE`] of the mean fraction right
//! below. The reference is the bed there, not the packing limit: the surface is the same front
//! while the bed is still loose, and a bed that is denser at its bottom does not move it. Half height is where a front
//! smeared symmetrically (by bins, by size) would be if it were sharp. A buffy coat ends there.
//!
//! **Buffy coat.** See `coat`.
//!
//! **Without a red-cell layer** there are supernatant and pellet, parted at the surface of the bed, which is placed by content
//! (see `bed`). That is so without red cells, and where they are so few that they nowhere fill [`PACKED`] of a bin: a
//! haematologist calls the speck under a washed or thinned suspension a pellet, whatever it is made of, and no buffy coat lies
//! on it.
//!
//! **What floats.** See `floating`.
//!
//! **Nothing has parted** (the start, or a suspension too stable): one layer, the suspension.

use super::bed::{self, Cut, SIGMAS};
use super::coat::buffy_coat;
use super::curve::Curve;
use super::floating::floating;
use super::interface;
use super::recovery::Contents;
use super::specimen::{Depths, Specimen};
use crate::constants::{MILLILITRE, MILLIMETRE};
use crate::engine::Profile;
use crate::model::CellClass;
use crate::units::{Dimension, counted, show};

/// Volume fraction that red cells have to reach in some bin to make a red-cell layer: that of the blood itself. A bed is
/// never looser (60-75 % at 100-300 x g); a layer thinner than about half a bin is not told from a pellet.
pub const PACKED: f64 = 0.4;

/// Fraction of the erythrocyte fraction right below that marks the red-cell surface.
pub const SURFACE: f64 = 0.5;

/// Bins of a profile below which no layers are looked for: a bin and its neighbours, over which fronts are smoothed, would
/// be a sixth of the sample.
pub const LEAST_BINS: usize = 20;

/// What a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerKind {
    /// Fluid above the red cells (and above the buffy coat); it may hold platelets.
    Plasma,
    /// Leukocytes and platelets on the red cells.
    BuffyCoat,
    /// The red-cell bed.
    RedCells,
    /// Fluid above a pellet without red cells.
    Supernatant,
    /// Bed of a sample without red cells.
    Pellet,
    /// What floats under the meniscus.
    Cream,
    /// Fluid below what floats.
    Subnatant,
    /// The whole sample, not parted; or the part of it in which cells still rise.
    Suspension,
}

impl LayerKind {
    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plasma => "plasma",
            Self::BuffyCoat => "buffy coat",
            Self::RedCells => "red cells",
            Self::Supernatant => "supernatant",
            Self::Pellet => "pellet",
            Self::Cream => "cream",
            Self::Subnatant => "subnatant",
            Self::Suspension => "suspension",
        }
    }
}

/// One layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer {
    /// What it is.
    pub kind: LayerKind,
    /// Depth of its upper boundary below the meniscus [um].
    pub top: f64,
    /// Depth of its lower boundary below the meniscus [um].
    pub bottom: f64,
    /// Its volume [um3].
    pub volume: f64,
}

impl Layer {
    /// Depth of the upper boundary [mm].
    pub fn top_mm(&self) -> f64 {
        self.top / MILLIMETRE
    }

    /// Depth of the lower boundary [mm].
    pub fn bottom_mm(&self) -> f64 {
        self.bottom / MILLIMETRE
    }

    /// Height [mm].
    pub fn height_mm(&self) -> f64 {
        (self.bottom - self.top) / MILLIMETRE
    }

    /// Volume [mL].
    pub fn volume_ml(&self) -> f64 {
        self.volume / MILLILITRE
    }
}

/// The layers of a sample from the meniscus down; they touch and together are the whole sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layers {
    /// From the top.
    pub layers: Vec<Layer>,
    /// Depth of the red-cell surface [um], where there are red cells and they have left the meniscus.
    pub red_cell_surface: Option<f64>,
    /// What to know of them, in words: why an expected one is absent, how one was placed.
    pub notes: Vec<String>,
    /// The boundaries between them.
    pub(super) cuts: Vec<Cut>,
}

impl Layers {
    /// Finds the layers of `profile`. `depths` are those of the parcels at the same time, where they are known.
    pub fn find(profile: &Profile, specimen: &Specimen, depths: Option<&Depths>) -> Self {
        let bins = profile.bins();
        if bins == 0 {
            return Self::default();
        }
        if bins < LEAST_BINS {
            return suspension(
                profile,
                &format!(
                    "the profile has {}, too few to find layers on; at least {LEAST_BINS} are needed",
                    counted(bins, "bin")
                ),
            );
        }
        let mut out = under_red_cells(profile, specimen, depths);
        floating(profile, specimen, depths, &mut out);
        if !specimen.plasma {
            for layer in &mut out.layers {
                if layer.kind == LayerKind::Plasma {
                    layer.kind = LayerKind::Supernatant;
                }
            }
        }
        out
    }

    /// Layers that were found before, with the red-cell surface [um] of then.
    pub(crate) fn told(contents: &Contents, red_cell_surface: Option<f64>) -> Self {
        Self {
            layers: contents.layers.iter().map(|l| l.layer).collect(),
            red_cell_surface,
            ..Self::default()
        }
    }

    /// The layer of that kind, if there is one.
    pub fn get(&self, kind: LayerKind) -> Option<&Layer> {
        self.layers.iter().find(|l| l.kind == kind)
    }

    /// The depth at which a buffy coat shows [um]: a grid blurs its top, so that some of its cells are above it.
    pub(super) fn coat_shows_from(&self) -> Option<f64> {
        let coat = self.layers.iter().position(|l| l.kind == LayerKind::BuffyCoat)?;
        let cut = coat.checked_sub(1).and_then(|i| self.cuts.get(i));
        Some(cut.map_or(self.layers[coat].top, |c| c.doubt.min(c.depth)))
    }

    /// Cuts the sample at `cuts`, from the top.
    fn cut(profile: &Profile, kinds: &[LayerKind], cuts: Vec<Cut>) -> Self {
        let mut top = profile.edges[0];
        let ends = cuts
            .iter()
            .map(|c| c.depth)
            .chain([profile.edges[profile.bins()]]);
        let layers = kinds
            .iter()
            .zip(ends)
            .map(|(kind, end)| layer(profile, *kind, std::mem::replace(&mut top, end), end))
            .collect();
        Self {
            layers,
            cuts,
            ..Self::default()
        }
    }
}

/// Layers of what is heavier than the fluid.
fn under_red_cells(profile: &Profile, specimen: &Specimen, depths: Option<&Depths>) -> Layers {
    let reach = bed::reach(profile, specimen);
    let is_red = |k: usize| specimen.is(k, CellClass::Erythrocyte);
    let red = Curve::of(profile, is_red).reaching(reach);
    if red.total() <= 0.0 {
        return without_red_cells(profile, specimen, depths);
    }
    let Some(front) = red_cell_surface(profile, &red) else {
        return suspension(
            profile,
            "the red cells have not left the meniscus by more than a bin",
        );
    };
    let most = (0..red.len()).map(|i| red.at(i)).fold(0.0, f64::max);
    if most < PACKED {
        let mut out = without_red_cells(profile, specimen, depths);
        let why = format!(
            "no red-cell layer: red cells fill at most {} of a bin, where they are a layer at least {}",
            show(most, Dimension::Fraction),
            show(PACKED, Dimension::Fraction)
        );
        out.notes.insert(0, why);
        return out;
    }
    // what rests on the red cells lies above them
    let sinks: Vec<bool> = (0..profile.parcels.len()).map(is_red).collect();
    let Some(bed) = bed::placed(profile, &red, specimen, front, sinks) else {
        return suspension(profile, "the red cells are nowhere denser than in the sample");
    };
    // half height and content agree on a front; a thin bed has no height to take half of
    let mut cut = bed.cut;
    if cut.plain[1].1 - cut.plain[1].0 >= interface::PLATEAU_BINS * reach {
        cut.depth = front;
        let chance = SIGMAS * bed::shaken(profile, &is_red, cut.plain[1], reach);
        cut.off = [bed::unresolved(profile, specimen).hypot(chance); 2];
    }
    let surface = cut.depth;
    let mut out = match buffy_coat(profile, specimen, &cut) {
        Ok(top) => {
            let mut kinds = vec![LayerKind::Plasma, LayerKind::BuffyCoat, LayerKind::RedCells];
            // their front may be blurred over its grid cell, and then some of it is in the coat
            cut.by_content = false;
            let mut cuts = vec![top, cut];
            if cuts[0].depth <= profile.edges[0] {
                kinds.remove(0);
                cuts.remove(0);
            }
            Layers::cut(profile, &kinds, cuts)
        }
        Err(why) => {
            let mut out = Layers::cut(profile, &[LayerKind::Plasma, LayerKind::RedCells], vec![cut]);
            out.notes.extend(why);
            out.notes
                .extend(bed.assumed.map(|limit| packed_to(LayerKind::RedCells, limit)));
            out
        }
    };
    out.red_cell_surface = Some(surface);
    for cut in &mut out.cuts {
        *cut = cut.clone().counted(depths);
    }
    out
}

pub(super) fn packed_to(kind: LayerKind, limit: f64) -> String {
    format!(
        "the {} is too thin to resolve. Its volume assumes packing to {}",
        kind.name(),
        show(limit, Dimension::Fraction)
    )
}

pub(super) fn layer(profile: &Profile, kind: LayerKind, top: f64, bottom: f64) -> Layer {
    let volume = (0..profile.bins())
        .map(|i| profile.bin_volume[i] * super::curve::overlap(profile, i, top, bottom))
        .sum();
    Layer {
        kind,
        top,
        bottom,
        volume,
    }
}

fn suspension(profile: &Profile, why: &str) -> Layers {
    let (top, bottom) = (profile.edges[0], profile.edges[profile.bins()]);
    Layers {
        layers: vec![layer(profile, LayerKind::Suspension, top, bottom)],
        notes: vec![no_layers(why)],
        ..Layers::default()
    }
}

pub(super) fn no_layers(why: &str) -> String {
    format!("no layers: {why}")
}

pub(super) const NO_PELLET: &str = "no pellet has formed";

fn without_red_cells(profile: &Profile, specimen: &Specimen, depths: Option<&Depths>) -> Layers {
    if Curve::of(profile, |_| true).total() <= 0.0 {
        return suspension(profile, "there are no cells");
    }
    let Some(bed) = bed::bed(profile, specimen, depths, &|_| true) else {
        return suspension(profile, NO_PELLET);
    };
    let mut out = Layers::cut(
        profile,
        &[LayerKind::Supernatant, LayerKind::Pellet],
        vec![bed.cut.counted(depths)],
    );
    out.notes
        .extend(bed.assumed.map(|limit| packed_to(LayerKind::Pellet, limit)));
    out
}

/// Depth of the red-cell surface [um]; `None` while it is within a bin of the meniscus.
fn red_cell_surface(profile: &Profile, red: &Curve) -> Option<f64> {
    let n = red.len();
    let reach = red.reach();
    let first = |i: isize| ((i + reach as isize).max(0) as usize).min(n - 1);
    let below = |i: isize| red.mean(first(i), first(i) + interface::PLATEAU_BINS * reach);
    let i = (-1..n as isize).find(|i| {
        let here = below(*i);
        // what trails behind the bed has a front of its own
        here >= SURFACE * red.mean(first(*i), n) && red.smooth(*i) >= SURFACE * here && red.smooth(*i) > 0.0
    })?;
    let depth = red.crossing(i, SURFACE * below(i));
    (depth > profile.edges[1]).then_some(depth)
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
