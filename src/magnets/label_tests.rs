use super::*;
use crate::{library, magnets::Uniform, units};

const CELL: Carrier = Carrier {
    diameter: 7.5,
    density: 1.065,
    drag_factor: 1.0,
    susceptibility: 0.0,
};

/// The bead of data/beads.toml called `key`.
fn bead(key: &str) -> Bead {
    let b = &library::beads().unwrap()[key];
    let read = |text: &Option<String>, d| units::parse(text.as_ref().unwrap(), d).unwrap();
    Bead::from_mass(
        read(&b.diameter, units::Dimension::Length),
        read(&b.density, units::Dimension::Density),
        b.mass_susceptibility_m3_per_kg.unwrap(),
        b.saturation_am2_per_kg.unwrap(),
    )
    .unwrap()
}

fn calibrated(b: f64, gradient: f64) -> FieldPoint {
    Uniform::calibrated(DVec3::ZERO, b, gradient, DVec3::Y, DVec3::X)
        .unwrap()
        .at(DVec3::ZERO)
}

/// By hand for the M-450 of the library: chi = 7e-4 * 1500 = 1.05, Js = 1.2566e-6 * 19.6 * 1500 = 36.9 mT; volume
/// 47.713 um3; saturated in 1.4 T with 131 T/m: F = V Ms grad B = 47.713e-18 * 29400 * 131 * 0.9916 (Langevin, x = 119.4)
/// = 182.2 pN.
#[test]
fn a_saturated_bead() {
    let m450 = bead("dynabeads_m450");
    assert!((m450.curve.susceptibility() - 1.05).abs() < 1e-12);
    assert!((m450.curve.saturation() - 0.036_945_1).abs() < 1e-6);
    assert!((m450.volume() - 47.7129).abs() < 1e-4);
    let force = m450.force(&calibrated(1.4, 0.131e-3));
    assert!((force.x - 0.182_22).abs() < 1e-4 && force.y == 0.0, "{force}");
    // twice the field at the same gradient pulls no more
    let double = m450.force(&calibrated(2.8, 0.131e-3));
    assert!((double.x / force.x - 1.0).abs() < 5e-3);
}

/// By hand, in a weak field (1 mT, 1 T/m): F = V chi B grad B / mu0 = 47.713e-18 * 1.05 * 1e-3 / 1.25664e-6 = 3.987e-14 N,
/// less 1/15 x2 = 0.5e-3 of it.
#[test]
fn an_unsaturated_bead() {
    let force = bead("dynabeads_m450").force(&calibrated(1e-3, 1e-6));
    assert!((force.x / 3.986_7e-5 - 1.0).abs() < 1e-3, "{}", force.x);
}

/// By hand: one M-450 on a lymphocyte of 7.5 um: 220.893 + 47.713 = 268.606 um3, mass 235.251 + 71.569 = 306.82 pg,
/// density 1.14227 g/mL, diameter 8.0052 um; at 1.4 T chi_eff = 0.03664/1.4 = 0.02617, in 1 mPa s
/// m = 47.713 * 0.02617 / (3 pi 8.0052) = 0.016550 um3 us/pg = 1.65e-11 m3 s/kg.
#[test]
fn a_cell_with_one_bead() {
    let cell = Labelled::new(CELL, bead("dynabeads_m450"), 1.0).unwrap();
    assert!((cell.volume() - 268.606).abs() < 1e-3);
    assert!((cell.mass() - 306.82).abs() < 1e-2);
    assert!((cell.density() - 1.142_27).abs() < 1e-5);
    assert!((cell.diameter() - 8.0052).abs() < 1e-4);
    assert_eq!(cell.outer_diameter(), 16.5);
    assert!(
        (cell.mobility(1.4, 1.0) - 0.016_550).abs() < 5e-6,
        "{}",
        cell.mobility(1.4, 1.0)
    );
    // velocity by mobility is velocity by force
    let p = calibrated(1.4, 0.131e-3);
    let drag = 3.0 * PI * cell.diameter();
    assert!((cell.mobility(1.4, 1.0) * p.force_density().x * drag / cell.force(&p).x - 1.0).abs() < 1e-12);
    let bare = Labelled::new(CELL, bead("dynabeads_m450"), 0.0).unwrap();
    assert_eq!(bare.mobility(1.4, 1.0), 0.0);
    assert!((bare.diameter() - 7.5).abs() < 1e-12 && bare.outer_diameter() == 7.5);
    assert!((bead("dynabeads_m450").mobility(1.4, 1.0) - 47.713 * 0.026_17 / (3.0 * PI * 4.5)).abs() < 1e-5);
}

/// By hand: around 7.5 um, beads of 4.5 um: 0.9069 * 4 * (8/3)2 = 25.8.
#[test]
fn more_beads_than_fit_are_refused() {
    assert_eq!(Labelled::most_beads(7.5, 4.5), 25.0);
    assert!(Labelled::new(CELL, bead("dynabeads_m450"), 25.0).is_ok());
    let said = Labelled::new(CELL, bead("dynabeads_m450"), 26.0)
        .unwrap_err()
        .to_string();
    assert!(said.contains("holds 25"), "{said}");
    assert!(Labelled::new(CELL, bead("dynabeads_m450"), -1.0).is_err());
    assert!(Bead::from_mass(0.0, 1.0, 1e-4, 10.0).is_err());
    assert!(Bead::from_mass(1.0, 1.5, 1e-2, 10.0).is_err());
}

/// By hand: 1e-13 m3 s/kg in the reference field (1.459e8 T A/m2) are 14.6 um/s; in twice the viscosity 7.3.
#[test]
fn a_measured_mobility() {
    let m = measured_mobility(1e-13, 1.0, 1.0).unwrap();
    let u = m * calibrated(1.4, 0.131e-3).force_density().x * 1e6;
    assert!((u - 14.594).abs() < 1e-3, "{u}");
    assert!((measured_mobility(1e-13, 1.0, 2.0).unwrap() / m - 0.5).abs() < 1e-15);
    assert!(measured_mobility(f64::NAN, 1.0, 1.0).is_err() && measured_mobility(1.0, 0.0, 1.0).is_err());
}

/// By hand: 220.893 um3 of susceptibility 3.88e-6 in the reference field: 220.893 * 3.88e-6 * 0.14594 nN, and
/// 220.893 * 3.88e-6 / (3 pi 7.5 * 1.2) um3 us/pg in 1.2 mPa s; with twice the drag half of it.
#[test]
fn a_cell_by_itself() {
    let cell = |drag_factor| Carrier {
        susceptibility: 3.88e-6,
        drag_factor,
        ..CELL
    };
    let of = |drag| Labelled::new(cell(drag), bead("dynabeads_m450"), 0.0).unwrap();
    assert!((of(1.0).force(&calibrated(1.4, 0.131e-3)).x / 1.250_81e-4 - 1.0).abs() < 1e-4);
    assert!((of(1.0).mobility(1.4, 1.2) / 1.010_42e-5 - 1.0).abs() < 1e-4);
    assert!((of(2.0).mobility(1.4, 1.2) / 5.0521e-6 - 1.0).abs() < 1e-4);
    // with a bead the two forces add
    let both = Labelled::new(cell(1.0), bead("dynabeads_m450"), 1.0).unwrap();
    let p = calibrated(1e-3, 1e-6);
    let sum = of(1.0).force(&p) + bead("dynabeads_m450").force(&p);
    assert!(both.force(&p).distance(sum) < 1e-12 * sum.length());
    let drag = 3.0 * PI * both.diameter();
    assert!((both.mobility(1e-3, 1.0) * p.force_density().x * drag / sum.x - 1.0).abs() < 1e-12);
}

/// By hand, for a coefficient of variation of 0.3: (1.09)^3 = 1.295029 times the volume in the mean; that of one bead varies by
/// sqrt(1.09^9 - 1) = 1.083013, of four by half of it.
#[test]
fn beads_of_many_sizes() {
    let one = bead("dynabeads_m450");
    assert_eq!(one.volume_of(3.0, 2.0), 3.0 * one.volume());
    let b = one.spread(0.3).unwrap();
    assert!((b.mean_volume() / b.volume() - 1.295_029).abs() < 1e-6);
    for (number, cv) in [(1.0, 1.083_013), (4.0, 0.541_506_5)] {
        let score = |i: i32| {
            use statrs::distribution::{ContinuousCDF, Normal};
            Normal::standard().inverse_cdf((f64::from(i) + 0.5) / 400_000.0)
        };
        let drawn: Vec<f64> = (0..400_000).map(|i| b.volume_of(number, score(i))).collect();
        let mean = drawn.iter().sum::<f64>() / 4e5;
        let variance = drawn.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 4e5;
        assert!((mean / (number * b.mean_volume()) - 1.0).abs() < 1e-3, "{mean}");
        // the tail beyond the last of the ranks is missing
        assert!(
            (variance.sqrt() / mean / cv - 1.0).abs() < 1e-2,
            "{}",
            variance.sqrt() / mean
        );
    }
    // a cell with it: twice the volume of beads is twice the force and more mass
    let cell = Labelled::new(CELL, b, 2.0).unwrap();
    let p = calibrated(1.4, 0.131e-3);
    let more = cell.with_beads_of(4.0 * b.mean_volume()).unwrap();
    assert!((more.force(&p).x / cell.force(&p).x - 2.0).abs() < 1e-12);
    assert!((more.mass() - cell.mass() - 2.0 * b.mean_volume() * b.density).abs() < 1e-9);
    assert!(cell.with_beads_of(f64::NAN).is_err() && one.spread(-0.1).is_err() && one.spread(1.1).is_err());
}
