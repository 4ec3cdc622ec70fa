//! Where the layers of a spun sample begin and end.
//!
//! **Red-cell surface.** The uppermost depth at which the erythrocytes reach [`SURFACE`] of the mean fraction of
//! all that lies below. The reference is the bed itself, not the packing limit: the surface is the same front
//! while the bed is still loose. Half height is where a front smeared symmetrically (by bins, by size) would be
//! if it were sharp.
//!
//! **Buffy coat.** What a haematologist sees and an apheresis operator collects: the whitish band on the red cells.
//! It is the stretch next to the red-cell surface in which leukocytes and platelets together fill more than
//! [`ENRICHMENT`] times their mean fraction in the sample and more than [`PEAK_SHARE`] of their peak. Low
//! thresholds put the boundaries where hardly any of those cells are, so that recoveries do not hang on a
//! tenth of a bin; the price is a layer up to a bin wider on each side than a sharp one. A layer bears the
//! name only if it holds at least [`MAJORITY`] of all leukocytes by volume (where there are none, of all platelets).
//! After a soft spin the leukocytes lie on the red cells and most platelets are still above: then the coat is thin,
//! and the plasma over it is platelet-rich plasma. Nobody who draws that off counts the coat as plasma.
//!
//! **Without a red-cell layer** there are supernatant and pellet, parted where the fraction of all cells passes midway
//! between the suspension above and the bed ([`super::interface::bed_top`]). That is so without red cells, and where they
//! are so few that they nowhere fill [`PACKED`] of a bin: a haematologist calls the speck under a washed or thinned
//! suspension a pellet, whatever it is made of, and no buffy coat lies on it.
//!
//! **Nothing has parted** (the start, or a suspension too stable): one layer, the suspension.

use super::curve::Curve;
use super::interface;
use crate::constants::{MILLILITRE, MILLIMETRE};
use crate::engine::Profile;
use crate::model::CellClass;
use crate::units::{Dimension, counted, show};

/// Volume fraction that red cells have to reach in some bin to make a red-cell layer: that of the blood itself. A bed is
/// never looser (60-75 % at 100-300 x g); a layer thinner than about half a bin is not told from a pellet.
pub const PACKED: f64 = 0.4;

/// Fraction of the bed's mean erythrocyte fraction that marks the red-cell surface.
pub const SURFACE: f64 = 0.5;

/// How many times their mean fraction in the sample leukocytes and platelets fill in a buffy coat. Platelets
/// swept out of the red cells by the backflow make the lowest plasma 2-4 times richer than the sample even
/// where nothing has settled on the red cells; above 5 there is a deposit.
pub const ENRICHMENT: f64 = 5.0;

/// Share of the peak of leukocytes and platelets that still belongs to the buffy coat: in a sharp layer
/// (peak 100 times the mean) it keeps tails of a few per cent out.
pub const PEAK_SHARE: f64 = 0.05;

/// Share of all leukocytes (where there are none, of all platelets) that a layer has to hold to be called a buffy coat.
pub const MAJORITY: f64 = 0.5;

/// How far from the red-cell surface the peak of a buffy coat may lie [um]. Leukocytes as dense as young red
/// cells (neutrophils) are found up to 3 mm deep.
pub const REACH: f64 = 3.0 * MILLIMETRE;

/// Enriched stretches closer than this are one layer [um]: bins a quarter of a millimetre wide can part a
/// band of platelets from the band of leukocytes under it by one bin.
pub const BRIDGE: f64 = 0.3 * MILLIMETRE;

/// Bins of a profile below which no layers are looked for: a bin and its neighbours, over which fronts are smoothed, would
/// be a sixth of the sample.
pub const LEAST_BINS: usize = 20;

/// Uppermost part of the sample, by volume, in which particles lighter than the fluid count as risen to the meniscus.
pub const TOP: f64 = 0.1;

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
    /// The whole sample, not parted.
    Suspension,
}

impl Layers {
    /// The same layers in a fluid that is not plasma: what stands above the red cells is then a supernatant.
    pub fn in_other_fluid(mut self) -> Self {
        for layer in &mut self.layers {
            if layer.kind == LayerKind::Plasma {
                layer.kind = LayerKind::Supernatant;
            }
        }
        self
    }

    /// With a note on every species of particles most of which has risen to the meniscus: no layer is named for it.
    /// `names` are those of the components.
    pub fn with_floating(mut self, profile: &Profile, classes: &[CellClass], names: &[&str]) -> Self {
        let bins = profile.bins();
        if bins < LEAST_BINS {
            return self;
        }
        let whole: f64 = profile.bin_volume.iter().sum();
        let mut sum = 0.0;
        let top = profile.bin_volume.iter().position(|v| {
            sum += v;
            sum >= TOP * whole * (1.0 - 1e-9)
        });
        let depth = profile.edges[top.map_or(bins, |i| i + 1)];
        let mut any = false;
        for (k, name) in names.iter().enumerate() {
            if classes.get(k) != Some(&CellClass::Particle) {
                continue;
            }
            let curve = Curve::of(profile, |i| i == k);
            let share = curve.between(profile.edges[0], depth) / curve.total();
            if share > MAJORITY {
                any = true;
                self.notes.push(format!(
                    "{:.0} % of `{name}` has risen to within {} of the meniscus; what floats there is not named as a layer",
                    100.0 * share,
                    show(depth, Dimension::Length)
                ));
            }
        }
        if any {
            // it has not sunk, but it has parted
            self.notes.retain(|n| n != &no_layers(NO_PELLET));
        }
        self
    }
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
    /// Why an expected layer is absent, in words.
    pub notes: Vec<String>,
}

impl Layers {
    /// Finds the layers of `profile`, whose components belong to `classes`.
    pub fn find(profile: &Profile, classes: &[CellClass]) -> Self {
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
        let is = |class: CellClass| move |k: usize| classes.get(k) == Some(&class);
        let red = Curve::of(profile, is(CellClass::Erythrocyte));
        if red.total() <= 0.0 {
            return without_red_cells(profile);
        }
        let bottom = profile.edges[bins];
        let Some(surface) = red_cell_surface(profile, &red) else {
            return suspension(
                profile,
                "the red cells have not left the meniscus by more than a bin",
            );
        };
        let most = (0..red.len()).map(|i| red.at(i)).fold(0.0, f64::max);
        if most < PACKED {
            let mut out = without_red_cells(profile);
            out.notes.push(format!(
                "no red-cell layer: red cells fill at most {} of a bin, where they are a layer at least {}",
                show(most, Dimension::Fraction),
                show(PACKED, Dimension::Fraction)
            ));
            return out;
        }
        let mut out = Self {
            red_cell_surface: Some(surface),
            ..Self::default()
        };
        match buffy_coat(profile, classes, surface) {
            Ok((a, b)) => {
                if a > profile.edges[0] {
                    out.layers
                        .push(layer(profile, LayerKind::Plasma, profile.edges[0], a));
                }
                out.layers.push(layer(profile, LayerKind::BuffyCoat, a, b));
                if b < bottom {
                    out.layers.push(layer(profile, LayerKind::RedCells, b, bottom));
                }
            }
            Err(why) => {
                out.layers
                    .push(layer(profile, LayerKind::Plasma, profile.edges[0], surface));
                out.layers
                    .push(layer(profile, LayerKind::RedCells, surface, bottom));
                out.notes.extend(why);
            }
        }
        out
    }

    /// The layer of that kind, if there is one.
    pub fn get(&self, kind: LayerKind) -> Option<&Layer> {
        self.layers.iter().find(|l| l.kind == kind)
    }
}

fn layer(profile: &Profile, kind: LayerKind, top: f64, bottom: f64) -> Layer {
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
        red_cell_surface: None,
        notes: vec![no_layers(why)],
    }
}

fn no_layers(why: &str) -> String {
    format!("no layers: {why}")
}

const NO_PELLET: &str = "no pellet has formed";

fn without_red_cells(profile: &Profile) -> Layers {
    let all = Curve::of(profile, |_| true);
    if all.total() <= 0.0 {
        return suspension(profile, "there are no cells");
    }
    let Some(bed) = interface::bed_top(profile, None) else {
        return suspension(profile, NO_PELLET);
    };
    let bottom = profile.edges[profile.bins()];
    Layers {
        layers: vec![
            layer(profile, LayerKind::Supernatant, profile.edges[0], bed),
            layer(profile, LayerKind::Pellet, bed, bottom),
        ],
        ..Layers::default()
    }
}

/// Depth of the red-cell surface [um]; `None` while it is within a bin of the meniscus.
fn red_cell_surface(profile: &Profile, red: &Curve) -> Option<f64> {
    let n = red.len();
    let below = |i: isize| red.mean(((i + 1).max(0) as usize).min(n - 1), n);
    let i = (-1..n as isize).find(|i| red.smooth(*i) >= SURFACE * below(*i) && red.smooth(*i) > 0.0)?;
    let depth = red.crossing(i, SURFACE * below(i));
    (depth > profile.edges[1]).then_some(depth)
}

/// Upper and lower boundary of the buffy coat [um], or why there is none (nothing to say where the sample holds
/// neither leukocytes nor platelets).
fn buffy_coat(profile: &Profile, classes: &[CellClass], surface: f64) -> Result<(f64, f64), Option<String>> {
    let of = |class: CellClass| Curve::of(profile, move |k| classes.get(k) == Some(&class));
    let (white, platelets) = (of(CellClass::Leukocyte), of(CellClass::Platelet));
    let both = Curve::of(profile, |k| {
        matches!(classes.get(k), Some(CellClass::Leukocyte | CellClass::Platelet))
    });
    let n = both.len();
    if both.total() <= 0.0 {
        return Err(None);
    }
    let near = |i: &usize| (both.middle(*i as isize) - surface).abs() <= REACH;
    let peak = (0..n)
        .filter(near)
        .max_by(|a, b| both.at(*a).total_cmp(&both.at(*b)))
        .ok_or(None)?;
    let threshold = (ENRICHMENT * both.mean(0, n)).max(PEAK_SHARE * both.at(peak));
    if both.at(peak) <= threshold {
        return Err(Some(format!(
            "no buffy coat: at the red cells leukocytes and platelets are at most {:.1} times as dense as in the \
             sample (a buffy coat: {ENRICHMENT})",
            both.at(peak) / both.mean(0, n)
        )));
    }
    let top = edge(profile, &both, peak, threshold, -1);
    let bottom = edge(profile, &both, peak, threshold, 1);
    let share = |c: &Curve| (c.total() > 0.0).then(|| c.between(top, bottom) / c.total());
    let (w, p) = (share(&white), share(&platelets));
    if w.or(p).is_some_and(|x| x < MAJORITY) {
        let say = |x: Option<f64>, what: &str| x.map(|x| format!("{:.0} % of the {what}", 100.0 * x));
        let parts: Vec<String> = [say(w, "leukocytes"), say(p, "platelets")]
            .into_iter()
            .flatten()
            .collect();
        return Err(Some(format!(
            "no buffy coat: the enriched band on the red cells ({:.1}-{:.1} mm) holds {} by volume; a buffy coat holds \
             at least {:.0} % of the leukocytes",
            top / MILLIMETRE,
            bottom / MILLIMETRE,
            parts.join(" and "),
            100.0 * MAJORITY
        )));
    }
    Ok((top, bottom))
}

/// From the peak in direction `step` to where the curve falls below `threshold` for good, bridging gaps of up to
/// [`BRIDGE`] [um].
fn edge(profile: &Profile, curve: &Curve, peak: usize, threshold: f64, step: isize) -> f64 {
    let inside = |i: isize| i >= 0 && (i as usize) < curve.len();
    let mut last = peak as isize;
    let mut i = last + step;
    while inside(i) && (curve.middle(i) - curve.middle(last)).abs() <= BRIDGE + width(profile, last) {
        if curve.at(i as usize) >= threshold {
            last = i;
        }
        i += step;
    }
    let next = last + step;
    if !inside(next) {
        let end = if step < 0 { 0 } else { curve.len() };
        return profile.edges[end];
    }
    // the next bin is taken in as far as it comes to the threshold, so that the boundary moves steadily as a bin
    // fills, and stands at the edge of the last enriched bin where nothing lies beyond
    let outer = profile.edges[if step < 0 { last } else { next } as usize];
    outer + step as f64 * width(profile, next) * (curve.at(next as usize) / threshold).clamp(0.0, 1.0)
}

fn width(profile: &Profile, i: isize) -> f64 {
    let i = i as usize;
    profile.edges[i + 1] - profile.edges[i]
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
