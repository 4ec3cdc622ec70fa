//! Beds whose volume is known by hand: that of their cells over the fraction to which they pack.

use crate::engine::Profile;
use crate::model::CellClass::{self, Erythrocyte, Leukocyte, Particle};
use crate::observe::synthetic::{AREA, CELL, Sample};
use crate::observe::{Contents, LayerKind, Layers, Specimen};

/// `limit`: to what cells pack; `cell`: height of a grid cell [um].
fn seen(p: &Profile, classes: &[CellClass], limit: f64, cell: f64) -> (Layers, Contents) {
    let specimen = Specimen::blood(classes, limit, cell);
    let layers = Layers::find(p, &specimen, None);
    let contents = Contents::of(p, &specimen, &layers);
    (layers, contents)
}

fn share(c: &Contents, kind: LayerKind, k: usize) -> crate::observe::Share {
    c.get(kind)
        .map(|l| l.shares[k])
        .unwrap_or_else(|| panic!("no {kind:?} in {c:?}"))
}

fn volume(c: &Contents, kind: LayerKind) -> f64 {
    c.get(kind).map_or(f64::NAN, |l| l.layer.volume)
}

/// The settled beads of a trial: 0.1 mm of cells at 0.64 are 1.5625 grid cells of 0.1 mm, in two of them. All of them are in the
/// pellet, and of the supernatant it is known how well: 1e4 parcels, none there, so fewer than 3/1e4 of all.
#[test]
fn a_bed_of_two_grid_cells() {
    let top = 50e3 - 100.0 / 0.64;
    let p = Sample::new(50e3, 500, &[10.0]).slab(0, top, 50e3, 0.64).profile();
    for cell in [100.0, 50.0, 0.01] {
        let (layers, c) = seen(&p, &[Particle], 0.64, cell);
        let pellet = volume(&c, LayerKind::Pellet);
        assert!((pellet / (AREA * 100.0 / 0.64) - 1.0).abs() < 1e-3, "{layers:?}");
        let above = share(&c, LayerKind::Supernatant, 0);
        assert_eq!((above.cells, above.parcels), (0.0, 0));
        // 0.1 mm of 0.1 mL/mm are 1e10 um3, 1e8 cells of 100 um3 in 1e7 parcels; 2.9957/1e7 of them in 4.984 mL
        assert!((above.cells_95[1] / 29.957 - 1.0).abs() < 0.01, "{above:?}");
        let rate = above.concentration_95[1];
        assert!((rate / (29.957 / 4984.4) - 1.0).abs() < 0.01, "{rate}");
    }
}

/// A pellet of 2 nL in a last bin of 20 uL is 2 nL packed to the limit, not a bin that is a little denser.
#[test]
fn a_pellet_of_nanolitres() {
    let cells = 1e6 * 0.64 * 2.0;
    for (above, cell) in [(0.0, 200.0), (0.0, 0.0), (1e-5, 200.0), (1e-5, 0.0)] {
        let p = Sample::new(50e3, 250, &[1.0])
            .slab(0, 0.0, 50e3, above)
            .slab(0, 49_800.0, 50e3, cells / (200.0 * AREA))
            .profile();
        let (layers, c) = seen(&p, &[Leukocyte], 0.64, cell);
        let pellet = volume(&c, LayerKind::Pellet);
        assert!((pellet / 2e6 - 1.0).abs() < 0.02, "{pellet} {layers:?}");
        assert!(layers.notes[0].contains("too thin to resolve") && layers.notes[0].contains("64 %"));
        // what is suspended in the last bin is in the supernatant: 50 mm of it
        let suspended = share(&c, LayerKind::Supernatant, 0).cells;
        let hand = above * 50e3 * AREA / CELL;
        assert!((suspended - hand).abs() <= 0.01 * hand, "{suspended} {hand}");
    }
}

/// A suspension of 2 % below 20 mm, and a bed of 0.6 in the lowest 0.83 mm, whose top lies anywhere in a grid cell.
#[test]
fn half_settled() {
    for bed in [830.0, 800.0, 777.7, 700.0] {
        let p = Sample::new(50e3, 500, &[10.0])
            .slab(0, 20e3, 50e3 - bed, 0.02)
            .slab(0, 50e3 - bed, 50e3, 0.6)
            .profile();
        let (_, c) = seen(&p, &[Particle], 0.64, 100.0);
        let pellet = volume(&c, LayerKind::Pellet);
        assert!((pellet / (AREA * bed) - 1.0).abs() < 0.005, "{pellet}");
        let suspended = share(&c, LayerKind::Supernatant, 0).cells * CELL;
        let hand = 0.02 * (30e3 - bed) * AREA;
        assert!((suspended / hand - 1.0).abs() < 0.005, "{suspended} {hand}");
    }
}

/// Red cells alone, packed to 0.9: in plasma there are none, wherever the bed ends, be it in the last half of the last bin.
#[test]
fn no_red_cells_in_clear_plasma() {
    for bed in [12_345.0, 12_250.0, 501.0, 300.0, 125.0] {
        let p = Sample::new(40e3, 160, &[100.0])
            .slab(0, 40e3 - bed, 40e3, 0.9)
            .profile();
        let (layers, c) = seen(&p, &[Erythrocyte], 0.9, 250.0);
        assert_eq!(share(&c, LayerKind::Plasma, 0).cells, 0.0, "{bed}: {layers:?}");
        let red = volume(&c, LayerKind::RedCells);
        assert!((red / (AREA * bed) - 1.0).abs() < 0.02, "{bed}: {red}");
        let surface = layers.red_cell_surface.unwrap_or(f64::NAN);
        assert!((surface - 40e3 + bed).abs() < 10.0, "{bed}: {surface}");
        assert_eq!(surface, layers.layers[1].top);
    }
}

/// A tail of slow red cells over 3 mm of the plasma is no noise of a boundary: it stays there, but for the grid cell at the bed.
#[test]
fn what_trails_behind_stays_in_the_plasma() {
    let p = Sample::new(40e3, 160, &[10.0])
        .slab(0, 25e3, 28e3, 0.01)
        .slab(0, 28e3, 40e3, 0.85)
        .profile();
    let (_, c) = seen(&p, &[Erythrocyte], 0.94, 250.0);
    let found = share(&c, LayerKind::Plasma, 0).cells * CELL;
    let hand = 0.01 * 3e3 * AREA;
    assert!((found / hand - 1.0).abs() < 0.01, "{found} {hand}");
}

/// Grid cells four bins high: the one at the surface is 30 % full, its cells anywhere in it.
#[test]
fn bins_finer_than_the_grid() {
    for (part, bed) in [(0.3, 2000.0), (0.3, 400.0), (0.7, 2000.0), (0.04, 2000.0)] {
        let p = Sample::new(40e3, 400, &[10.0])
            .slab(0, 40e3 - bed - 400.0, 40e3 - bed, 0.6 * part)
            .slab(0, 40e3 - bed, 40e3, 0.6)
            .profile();
        for class in [Particle, Erythrocyte] {
            let (layers, c) = seen(&p, &[class], 0.64, 400.0);
            let (above, below) = match class {
                Erythrocyte => (LayerKind::Plasma, LayerKind::RedCells),
                _ => (LayerKind::Supernatant, LayerKind::Pellet),
            };
            assert_eq!(share(&c, above, 0).cells, 0.0, "{part} {bed}: {layers:?}");
            let hand = AREA * (bed + 400.0 * part);
            let found = volume(&c, below);
            assert!((found / hand - 1.0).abs() < 0.02, "{part} {bed}: {found} {hand}");
        }
    }
}

/// Three parcels that happen to be in the last bin are no pellet; thirty are.
#[test]
fn chance_makes_no_pellet() {
    for (extra, pellet) in [(3.0, false), (30.0, true)] {
        let one = CELL / (200.0 * AREA);
        let p = Sample::new(40e3, 200, &[1.0])
            .slab(0, 0.0, 40e3, one)
            .slab(0, 39.8e3, 40e3, extra * one)
            .profile();
        let (layers, _) = seen(&p, &[Particle], 0.64, 0.0);
        assert_eq!(
            layers.get(LayerKind::Pellet).is_some(),
            pellet,
            "{extra}: {layers:?}"
        );
    }
}

/// The settled beads upside down, and halfway: a cream, what still rises, and the fluid below.
#[test]
fn what_floats() {
    let floats = |p: &Profile| {
        let specimen = Specimen {
            light: vec![true],
            ..Specimen::blood(&[Particle], 0.64, 100.0)
        };
        let layers = Layers::find(p, &specimen, None);
        let contents = Contents::of(p, &specimen, &layers);
        (layers, contents)
    };
    let kinds = |l: &Layers| l.layers.iter().map(|l| l.kind).collect::<Vec<_>>();
    let settled = Sample::new(50e3, 500, &[10.0])
        .slab(0, 0.0, 156.25, 0.64)
        .profile();
    let (layers, c) = floats(&settled);
    assert_eq!(kinds(&layers), [LayerKind::Cream, LayerKind::Subnatant]);
    assert_eq!(share(&c, LayerKind::Subnatant, 0).cells, 0.0);
    assert!((layers.layers[0].bottom - 156.25).abs() < 0.1, "{layers:?}");
    assert!(layers.notes.is_empty(), "{layers:?}");
    // by hand: of 50 mm at 0.002, those of 10 mm are in the cream: 0.03125 mm of 0.64
    let half = Sample::new(50e3, 500, &[10.0])
        .slab(0, 0.0, 31.25, 0.64)
        .slab(0, 31.25, 40e3, 0.002)
        .profile();
    let (layers, c) = floats(&half);
    let three = [LayerKind::Cream, LayerKind::Suspension, LayerKind::Subnatant];
    assert_eq!(kinds(&layers), three, "{layers:?}");
    assert!((layers.layers[0].bottom / 31.25 - 1.0).abs() < 0.01, "{layers:?}");
    assert!((layers.layers[1].bottom - 40e3).abs() < 10.0, "{layers:?}");
    assert_eq!(share(&c, LayerKind::Subnatant, 0).parcels, 0);
    // the same that cannot float is a suspension
    assert_eq!(
        kinds(&seen(&half, &[Particle], 0.64, 100.0).0),
        [LayerKind::Suspension]
    );
}

/// Haze of 1 % in the grid cell above a bed, which fills half of the next one: by the rule it is the bed's, and the upper end of the
/// interval has all of it.
#[test]
fn haze_above_a_bed_is_within_the_interval() {
    let top = 30e3 - 125.0;
    for (class, above, below) in [
        (Particle, LayerKind::Supernatant, LayerKind::Pellet),
        (Erythrocyte, LayerKind::Plasma, LayerKind::RedCells),
    ] {
        let p = Sample::new(40e3, 160, &[10.0])
            .slab(0, 29.5e3, 29.75e3, 0.01)
            .slab(0, top, 40e3, 0.85)
            .profile();
        let (_, c) = seen(&p, &[class], 0.94, 250.0);
        let haze = 0.01 * 250.0 * AREA / CELL;
        let s = share(&c, above, 0);
        assert_eq!(s.cells, 0.0);
        let [low, high] = s.cells_95;
        // and no more than chance on top, 3 of some millions of parcels
        assert!(
            low == 0.0 && high >= 0.99 * haze && high < 1.05 * haze,
            "{high} {haze}"
        );
        assert!((s.elsewhere as f64 * 10.0 / haze - 1.0).abs() < 0.01, "{s:?}");
        let thick = c.get(above).map_or(f64::NAN, |l| l.front);
        assert!((thick - 375.0).abs() < 150.0, "{thick}");
        // what the bed has too much may be as little as without it
        let bed = share(&c, below, 0);
        assert!(bed.cells_95[0] <= bed.cells - 0.99 * haze, "{bed:?} {haze}");
    }
    // a clear front has nothing of the kind
    let p = Sample::new(40e3, 160, &[10.0]).slab(0, top, 40e3, 0.85).profile();
    let (_, c) = seen(&p, &[Particle], 0.94, 250.0);
    assert_eq!(share(&c, LayerKind::Supernatant, 0).elsewhere, 0);
}

/// A coat ends within the grid cell of the front of the red cells. Between a sharp front and an even one, the interval has both.
#[test]
fn red_cells_of_a_coat_are_between_a_sharp_front_and_an_even_one() {
    let mut doubtful = 0;
    for step in 0..25 {
        let surface = 30e3 + 10.0 * f64::from(step);
        let p = Sample::new(40e3, 160, &[10.0, 1.0])
            .slab(1, surface - 500.0, surface, 0.5)
            .slab(0, surface, 40e3, 0.85)
            .profile();
        let (_, c) = seen(&p, &[Erythrocyte, Leukocyte], 0.94, 250.0);
        let coat = c.get(LayerKind::BuffyCoat).unwrap_or_else(|| panic!("{c:?}"));
        let s = coat.shares[0];
        let sharp = (coat.layer.bottom - surface).max(0.0) * 0.85 * AREA / CELL;
        let even: f64 = crate::observe::recovery::cells(&p, 0, 0.0, coat.layer.bottom);
        for (what, n) in [("sharp", sharp), ("even", even)] {
            let [low, high] = s.cells_95;
            assert!(
                low <= 1.01 * n && n <= 1.01 * high + 1.0,
                "{surface}: {what} {n} {low} {high}"
            );
        }
        let [low, high] = coat.haematocrit_95;
        assert!(low <= coat.haematocrit && coat.haematocrit <= high);
        doubtful += usize::from(s.elsewhere > 0);
    }
    assert!(doubtful > 0);
}
