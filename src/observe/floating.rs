//! What floats, and the fluid that it has left.
//!
//! **What floats** is a cream under the meniscus, of species part of which is lighter than the fluid, placed like a bed upside
//! down. Below it is what still rises, and below that the subnatant: fluid that they have left. Where no front parts the two,
//! all below the cream is the subnatant.

use super::bed::{self, Cut};
use super::curve::Curve;
use super::interface;
use super::layers::{LayerKind, Layers, NO_PELLET, layer, no_layers, packed_to};
use super::specimen::{Depths, Specimen};
use crate::engine::Profile;

/// Parcels that would be in a clear zone if it were not clear, for it to be told from a gap by chance.
const CLEAR: f64 = 10.0;

/// Puts what floats, and the fluid that it has left, among the layers.
pub(super) fn floating(profile: &Profile, specimen: &Specimen, depths: Option<&Depths>, out: &mut Layers) {
    let n = profile.bins();
    let bottom = profile.edges[n];
    let upside_down = mirrored(profile);
    let turned = depths.map(Depths::mirrored);
    let light: Vec<usize> = (0..profile.parcels.len())
        .filter(|k| specimen.light.get(*k) == Some(&true))
        .filter(|k| {
            let mine = |other: usize| other == *k;
            let top = bed::bed(&upside_down, specimen, turned.as_ref(), &mine).is_some();
            top || clear_end(&upside_down, specimen, &mine).is_some()
        })
        .collect();
    let keep = |k: usize| light.contains(&k);
    if light.is_empty() {
        return;
    }
    let cream = bed::bed(&upside_down, specimen, turned.as_ref(), &keep);
    let alone = out.get(LayerKind::Suspension).is_some();
    let height = specimen.cell.max(bed::width(profile));
    let clear = clear_end(&upside_down, specimen, &keep)
        .map(|cut| cut.mirrored(n, bottom).counted(depths))
        .filter(|_| alone);
    if let Some(cream) = cream {
        let assumed = cream.assumed;
        let cut = cream.cut.mirrored(n, bottom).counted(depths);
        if cut.depth >= out.layers[0].bottom {
            return;
        }
        let depth = cut.depth;
        out.notes
            .extend(assumed.map(|limit| packed_to(LayerKind::Cream, limit)));
        out.layers[0] = layer(profile, out.layers[0].kind, depth, out.layers[0].bottom);
        out.layers
            .insert(0, layer(profile, LayerKind::Cream, profile.edges[0], depth));
        out.cuts.insert(0, cut);
        if alone {
            out.notes.retain(|n| n != &no_layers(NO_PELLET));
            match clear.filter(|c| c.depth > depth + CLEAR_BINS * height) {
                Some(clear) => part_clear(profile, out, clear),
                None => out.layers[1].kind = LayerKind::Subnatant,
            }
        }
    } else if let Some(clear) = clear {
        out.notes.retain(|n| n != &no_layers(NO_PELLET));
        part_clear(profile, out, clear);
    }
}

/// Bins or grid cells that a clear zone, and what is between it and a bed, has at least.
const CLEAR_BINS: f64 = 4.0;

/// Parts the last layer in suspension and subnatant.
fn part_clear(profile: &Profile, out: &mut Layers, cut: Cut) {
    let Some(last) = out.layers.pop() else { return };
    out.layers
        .push(layer(profile, LayerKind::Suspension, last.top, cut.depth));
    out.layers
        .push(layer(profile, LayerKind::Subnatant, cut.depth, last.bottom));
    out.cuts.push(cut);
}

/// The front that what is picked by `keep` leaves behind, in a profile in which it sinks; `None` where the zone that it has left
/// may be a gap by chance.
fn clear_end(profile: &Profile, specimen: &Specimen, keep: &dyn Fn(usize) -> bool) -> Option<Cut> {
    let reach = bed::reach(profile, specimen);
    let curve = Curve::of(profile, keep).reaching(reach);
    let front = interface::front(&curve)?;
    let height = specimen.cell.max(bed::width(profile));
    let whole: f64 = profile.bin_volume.iter().sum();
    let zone = layer(profile, LayerKind::Suspension, profile.edges[0], front).volume;
    let parcels: u64 = (0..profile.parcels.len())
        .filter(|k| keep(*k))
        .map(|k| profile.parcels[k].iter().sum::<u64>())
        .sum();
    let expected = parcels as f64 * super::curve::ratio(zone, whole);
    if front < profile.edges[0] + CLEAR_BINS * height || expected < CLEAR {
        return None;
    }
    let around = (front - 2.0 * height, front + 2.0 * height);
    let sinks = vec![true; profile.parcels.len()];
    let mut cut = Cut::at(profile, front, around, sinks, reach);
    cut.off = [bed::unresolved(profile, specimen); 2];
    Some(cut)
}

/// The same profile upside down.
fn mirrored(profile: &Profile) -> Profile {
    let bottom = profile.edges[profile.bins()];
    let mut out = profile.clone();
    out.edges = profile.edges.iter().rev().map(|z| bottom - z).collect();
    out.bin_volume.reverse();
    out.parcels.iter_mut().for_each(|row| row.reverse());
    out.volume.iter_mut().for_each(|row| row.reverse());
    out
}
