use super::*;
use crate::constants::MILLIMETRE;
use crate::observe::Specimen;
use crate::observe::synthetic::{BLOOD, Sample, fresh_blood, hard_spin, jammed, noisy, soft_spin, specimen};

fn find(profile: &Profile, classes: &[CellClass]) -> Layers {
    Layers::find(profile, &specimen(profile, classes), None)
}

fn depths(layers: &Layers) -> Vec<(LayerKind, f64, f64)> {
    layers
        .layers
        .iter()
        .map(|l| (l.kind, l.top_mm(), l.bottom_mm()))
        .collect()
}

#[test]
fn fresh_blood_has_no_layers() {
    for relative in [0.0, 0.03] {
        let found = find(&noisy(&fresh_blood(260), relative, 1), &BLOOD);
        assert_eq!(depths(&found), [(LayerKind::Suspension, 0.0, 65.0)]);
        assert_eq!(found.red_cell_surface, None);
        assert!(found.notes[0].contains("meniscus"));
    }
}

/// By hand: the red cells begin at 65 (1 - 0.42/0.90) = 34.667 mm, the band 0.5 mm above. The boundaries of
/// the buffy coat lie at most one bin outside.
#[test]
fn hard_spin_has_a_buffy_coat() {
    for bins in [200, 260, 333] {
        let bin = 65.0 / bins as f64;
        let found = find(&hard_spin(bins), &BLOOD);
        let surface = found.red_cell_surface.unwrap_or(f64::NAN) / MILLIMETRE;
        assert!((surface - 34.667).abs() < 0.05, "{bins} bins: {surface}");
        let d = depths(&found);
        assert_eq!(d.len(), 3, "{d:?} {:?}", found.notes);
        assert_eq!(d[1].0, LayerKind::BuffyCoat);
        assert!(d[1].1 > 34.167 - bin && d[1].1 < 34.167 + 0.1, "{d:?}");
        assert!(d[1].2 < 34.667 + bin && d[1].2 > 34.667 - 0.1, "{d:?}");
        // they touch and fill the vessel: 65 mm of 0.1 mL/mm
        assert_eq!((d[0].1, d[0].2, d[1].2, d[2].2), (0.0, d[1].1, d[2].1, 65.0));
        let volume: f64 = found.layers.iter().map(Layer::volume_ml).sum();
        assert!((volume - 6.5).abs() < 1e-9);
    }
}

/// What two back-ends may differ by: sampling noise. Issue: boundaries within 0.2 mm.
#[test]
fn noise_moves_boundaries_by_less_than_a_fifth_of_a_millimetre() {
    for make in [hard_spin, soft_spin] {
        let clean = find(&make(260), &BLOOD);
        for seed in 0..50 {
            let found = find(&noisy(&make(260), 0.05, seed), &BLOOD);
            assert_eq!(
                found.layers.len(),
                clean.layers.len(),
                "seed {seed}: {:?}",
                found.notes
            );
            for (a, b) in clean.layers.iter().zip(&found.layers) {
                assert!(
                    (a.bottom_mm() - b.bottom_mm()).abs() < 0.1,
                    "seed {seed}: {a:?} {b:?}"
                );
            }
        }
    }
}

/// The leukocytes lie on the red cells, the platelets are still above: a thin coat under platelet-rich plasma.
#[test]
fn soft_spin_has_a_thin_one() {
    let found = find(&soft_spin(260), &BLOOD);
    let d = depths(&found);
    assert_eq!(d.len(), 3, "{d:?}");
    let surface = 65.0 * (1.0 - 0.42 / 0.73);
    assert!(
        d[1].0 == LayerKind::BuffyCoat && (d[1].2 - surface).abs() < 0.3,
        "{d:?}"
    );
    // half a millimetre of leukocytes, and up to a bin on either side
    assert!(d[1].2 - d[1].1 < 1.01, "{d:?}");
}

/// Above the red cells, which begin at 30 mm, leukocytes fill 0.1, 0.3, 0.4 and 0.4 of four bins of 0.25 mm. By hand they are 0.3 mm, and the
/// mean one of them is where they fill (0.01 + 0.09 + 0.16 + 0.16)/1.2 = 0.35: the coat is 0.3/0.35 mm thick, all of it is in it, and
/// its volume is between what its cells pack to and that with half a grid cell more at the top.
#[test]
fn a_blurred_coat_is_as_thick_as_its_cells_fill() {
    let mut sample = Sample::new(65e3, 260, &[1e3, 10.0]).slab(0, 30e3, 65e3, 0.8);
    for (i, fraction) in [0.1, 0.3, 0.4, 0.4].into_iter().enumerate() {
        let top = 29e3 + 250.0 * i as f64;
        sample = sample.slab(1, top, top + 250.0, fraction);
    }
    let p = sample.profile();
    let specimen = specimen(&p, &[CellClass::Erythrocyte, CellClass::Leukocyte]);
    let found = Layers::find(&p, &specimen, None);
    let coat = found.get(LayerKind::BuffyCoat).unwrap();
    assert!((coat.bottom - 30e3).abs() < 1.0, "{coat:?}");
    assert!((coat.bottom - coat.top - 300.0 / 0.35).abs() < 1.0, "{coat:?}");
    let contents = Contents::of(&p, &specimen, &found);
    let l = contents.get(LayerKind::BuffyCoat).unwrap();
    assert!((l.shares[1].recovery - 1.0).abs() < 1e-9, "{l:?}");
    let [low, high] = l.volume_95.map(|v| v / (0.1 * crate::constants::MILLILITRE));
    // two grid cells thinner at most, but not below 0.3 mm at 94 %; at its bottom half a grid cell either way as well
    assert!((low - 0.3 / 0.94).abs() < 0.03, "{low}");
    assert!((high - 0.857 - 0.125 * 2f64.sqrt()).abs() < 0.02, "{high}");
}

/// Without rouleaux the leukocytes jam in the red cells; a band that holds a third of them is no buffy coat.
#[test]
fn jammed_leukocytes_make_none_and_the_note_says_why() {
    let found = find(&jammed(260), &BLOOD);
    let d = depths(&found);
    assert_eq!(d.len(), 2, "{d:?}");
    assert_eq!((d[0].0, d[1].0), (LayerKind::Plasma, LayerKind::RedCells));
    assert!(found.notes[0].starts_with("no buffy coat"), "{:?}", found.notes);
    assert!(
        found.notes[0].contains("30 % of the leukocytes"),
        "{:?}",
        found.notes
    );
}

/// In saline nothing is called plasma.
#[test]
fn another_fluid_is_a_supernatant() {
    let p = soft_spin(260);
    let specimen = Specimen {
        plasma: false,
        ..specimen(&p, &BLOOD)
    };
    let found = Layers::find(&p, &specimen, None);
    assert_eq!(found.layers[0].kind, LayerKind::Supernatant);
    assert!(found.get(LayerKind::Plasma).is_none());
}

/// A band of neutrophils one bin thick pushes the red cells under the top of the bed aside; the surface stays.
#[test]
fn a_band_in_the_bed_is_not_its_surface() {
    let p = Sample::new(65e3, 260, &[1e3, 10.0, 10.0, 100.0])
        .slab(0, 30e3, 30.5e3, 0.85)
        .slab(0, 30.5e3, 30.75e3, 0.30)
        .slab(0, 30.75e3, 65e3, 0.85)
        .slab(2, 30.5e3, 30.75e3, 0.5)
        .profile();
    let surface = find(&p, &BLOOD).red_cell_surface.unwrap_or(f64::NAN);
    assert!((surface - 30e3).abs() < 50.0, "{surface}");
}

#[test]
fn red_cells_alone_need_no_buffy_coat() {
    let p = Sample::new(65e3, 260, &[1e3]).slab(0, 40e3, 65e3, 0.9).profile();
    let found = find(&p, &[CellClass::Erythrocyte]);
    assert_eq!(found.layers.len(), 2);
    assert!(found.notes.is_empty());
}

/// 0.01 % of red cells among leukocytes and platelets: a speck at the bottom is a pellet, not a layer of red cells with a
/// buffy coat on it. Half a millimetre of packed red cells is a layer, found to a bin.
#[test]
fn a_speck_of_red_cells_is_no_layer() {
    let bottom = |red: f64| {
        let bed = 65e3 - 65e3 * red / 0.9;
        Sample::new(65e3, 260, &[1e-3, 1e-3, 1e-3, 1e-3])
            .slab(0, bed, 65e3, 0.9)
            .slab(1, bed - 500.0, bed, 0.06)
            .slab(3, 0.0, 65e3, 0.0016)
            .profile()
    };
    let found = find(&bottom(1e-4), &BLOOD);
    let kinds: Vec<LayerKind> = found.layers.iter().map(|l| l.kind).collect();
    assert_eq!(kinds, [LayerKind::Supernatant, LayerKind::Pellet]);
    assert_eq!(found.red_cell_surface, None);
    assert!(
        found.notes[0].starts_with("no red-cell layer: red cells fill at most 2.6 % of a bin"),
        "{:?}",
        found.notes
    );
    let found = find(&bottom(7e-3), &BLOOD);
    assert!(found.get(LayerKind::RedCells).is_some(), "{found:?}");
    let surface = found.red_cell_surface.unwrap_or(f64::NAN);
    assert!((surface - 64.494e3).abs() < 250.0, "{surface}");
}

/// Dilute leukocytes: half still suspended at 0.0005 above 59 mm, half in a pellet from there.
#[test]
fn pellet_without_red_cells() {
    let p = Sample::new(60e3, 240, &[1.0])
        .slab(0, 0.0, 59e3, 0.0005)
        .slab(0, 59e3, 60e3, 0.03)
        .profile();
    let found = find(&p, &[CellClass::Leukocyte]);
    let d = depths(&found);
    assert_eq!(d.len(), 2);
    assert_eq!((d[0].0, d[1].0), (LayerKind::Supernatant, LayerKind::Pellet));
    assert!((d[1].1 - 59.0).abs() < 0.02, "{d:?}");
    let even = Sample::new(60e3, 240, &[1.0]).slab(0, 0.0, 60e3, 0.001).profile();
    let found = find(&noisy(&even, 0.05, 3), &[CellClass::Leukocyte]);
    assert_eq!(depths(&found), [(LayerKind::Suspension, 0.0, 60.0)]);
}

#[test]
fn no_cells_and_no_bins() {
    let empty = Sample::new(60e3, 240, &[1.0]).profile();
    assert_eq!(find(&empty, &[CellClass::Particle]).layers.len(), 1);
}

/// On a handful of bins nothing is said of layers, least of all that nothing has sunk.
#[test]
fn too_few_bins() {
    for bins in [1, LEAST_BINS - 1] {
        let found = find(&hard_spin(bins), &BLOOD);
        let kinds: Vec<LayerKind> = found.layers.iter().map(|l| l.kind).collect();
        assert_eq!(kinds, [LayerKind::Suspension]);
        assert!(
            found.notes[0].contains("too few to find layers") && !found.notes[0].contains("meniscus"),
            "{found:?}"
        );
    }
    assert!(find(&hard_spin(LEAST_BINS), &BLOOD).red_cell_surface.is_some());
}

/// Coats down to 1 um at the top of a bin of 250 um, of parcels so coarse that chance alone may bring more red cells to one than it has room for.
/// What may be in a layer does not exceed that: 94 % of its largest volume, or 0.94/100 um3 cells.
#[test]
fn no_layer_may_hold_more_than_it_has_room_for() {
    let mut thin = 0;
    for height in [1.0, 10.0, 100.0] {
        let surface = 30e3 + height;
        let p = Sample::new(65e3, 260, &[1e7, 1e3, 1e3, 1e3])
            .slab(0, surface, 65e3, 0.85)
            .slab(1, 30e3, surface, 0.4)
            .slab(3, 30e3, surface, 0.4)
            .profile();
        let specimen = specimen(&p, &BLOOD);
        let c = Contents::of(&p, &specimen, &Layers::find(&p, &specimen, None));
        thin += u32::from(c.get(LayerKind::BuffyCoat).is_some());
        for l in &c.layers {
            let [low, high] = l.haematocrit_95;
            assert!(low <= l.haematocrit && l.haematocrit <= high, "{l:?}");
            assert!(high <= 0.94 * (1.0 + 1e-12), "{height}: {high}");
            for s in &l.shares {
                let densest = 0.94 / 100.0 * (1.0 + 1e-4);
                assert!(
                    s.concentration_95[1] <= densest * crate::constants::MICROLITRE,
                    "{height}: {s:?}"
                );
                assert!(s.cells_95[1] <= densest * l.volume_95[1], "{height}: {s:?}");
                assert!(s.cells <= s.cells_95[1] && s.concentration <= s.concentration_95[1]);
            }
        }
    }
    assert!(thin > 0, "no coat was found");
}
