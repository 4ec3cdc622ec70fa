//! What `check` says of a separator: the numbers that a person decides by.

use super::separators::{HALBACH, MAGNET, RACK, read};
use crate::magnets::MOBILITY_SI;

const COLUMN: &str = include_str!("../../../examples/scenes/cd34_selection_column.toml");
const CHANNEL: &str = include_str!("../../../examples/scenes/microchannel.toml");

/// By hand: 4.021 mL, of which 40 % are fluid, 1.608 mL, pass in 19.30 s at 5 mL/min, 9.65 s at 10 and 2.413 s at 40; between the spheres
/// the fluid has 0.4145 mm/s / 0.4 = 1.036 mm/s. The magnets are on in the first two phases, and what is held comes off in the third.
#[test]
fn a_column_has_less_room_and_phases() {
    let scene = read(COLUMN);
    let f = scene.forecast_carried(None).unwrap();
    let [_, speed, passage, _, _] = f.flow.unwrap();
    assert!((passage / 19.30e6 - 1.0).abs() < 1e-3, "{passage}");
    assert!((speed / 1.036e-3 - 1.0).abs() < 1e-3, "{speed}");
    for (phase, passage) in f.phases.iter().zip([19.30e6, 9.651e6, 2.413e6]) {
        assert!((phase.passage / passage - 1.0).abs() < 1e-3, "{phase:?}");
    }
    let of = |f: &super::SeparatorForecast, pick: fn(&super::PhaseOfSeparator) -> bool| {
        f.phases.iter().map(pick).collect::<Vec<_>>()
    };
    assert_eq!(of(&f, |p| p.magnets), [true, true, false]);
    assert_eq!(of(&f, |p| p.lets_go), [false, false, true]);
    assert!(f.warnings.is_empty(), "{:?}", f.warnings);
    // with the magnets off while the sample comes in nothing is held, nor is the matrix overloaded
    let off = COLUMN
        .replacen(
            "over = \"60 min\"\n\n[[phase]]",
            "over = \"60 min\"\nmagnets = false\n\n[[phase]]",
            1,
        )
        .replace("capacity   = 6e8", "capacity   = 6e5");
    let f = read(&off).forecast_carried(None).unwrap();
    assert_eq!(of(&f, |p| p.magnets), [false, true, false]);
    let warned = |text: &str| f.warnings.iter().any(|w| w.contains(text));
    assert!(
        warned("off in the first phase") && !warned("it overloads"),
        "{:?}",
        f.warnings
    );
    // 12 000 cells in a layer, and a parcel of CD34+ cells stands for 7650
    assert!(
        warned("is full with 1.6 parcels of `cd34_mobilised`"),
        "{:?}",
        f.warnings
    );
    let on = read(&COLUMN.replace("capacity   = 6e8", "capacity   = 6e5"))
        .forecast_carried(None)
        .unwrap();
    assert!(
        on.warnings.iter().any(|w| w.contains("it overloads")),
        "{:?}",
        on.warnings
    );
}

/// The mobility in the table of `check` is that in a weak field, as a run's own tables have it of each parcel, and the one with
/// which it pulls is beside it. By hand, of an M-280 (11.494 fL, chi 0.756, saturated at 19.00 mT): in a field of B its weak
/// mobility falls to 3 L(x)/x of it, x = 3 chi B/Js.
#[test]
fn mobility_means_one_thing() {
    let mut scene = read(CHANNEL);
    let table = scene.tabulate().unwrap();
    let f = scene.forecast_carried(table.as_ref()).unwrap();
    let charge = scene.setup.draw().unwrap();
    let beads = &f.species[2];
    // of the parcels, which scatter by 3 cv of a square
    let mine = (0..charge.len()).filter(|i| charge.kind[*i] == 2);
    let drawn: Vec<f64> = mine.map(|i| f64::from(charge.magnetic[i][0])).collect();
    let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
    assert!(
        (beads.mobility / mean - 1.0).abs() < 0.01,
        "{} {mean}",
        beads.mobility
    );
    let [b, force] = f.field.unwrap();
    let x = 3.0 * 0.756 * b / 0.0190;
    let expected = beads.mobility * 3.0 * (1.0 / x.tanh() - 1.0 / x) / x;
    assert!(
        (beads.mobility_there / expected - 1.0).abs() < 2e-3,
        "{} {expected}",
        beads.mobility_there
    );
    assert!((beads.magnetic / (beads.mobility_there * force) - 1.0).abs() < 1e-12);
    assert!(beads.free_bead && !f.species[0].free_bead);
    // in a column the same: 1e-13 in 1.4 T are 2.8337e-12 in a weak field where a label's saturation field is 50 mT
    let column = read(COLUMN).forecast_carried(None).unwrap();
    assert!((column.species[0].mobility / MOBILITY_SI / 2.833_735e-12 - 1.0).abs() < 1e-6);
}

/// An even gradient is even at its centre. By hand: 1 T along z that rises by 0.1 T/mm along x bends as B = (g z, 0, B0 + g x) from
/// the centre, so that on the axis the force is g/mu0 (B0, 0, g z): 7.958e7 T A/m2 there, and 20 mm further, where g z is 2 T, sqrt 5
/// of it, 1.7794e8, of which 1.5916e8 along the axis.
#[test]
fn an_even_gradient_is_not_even() {
    let even = |centre: &str| {
        let magnet = format!(
            "kind = \"gradient\"\ncentre = [\"0 mm\", \"0 mm\", \"{centre}\"]\nfield = \"1 T\"\ngradient = \"100 T/m\"\nforce = [1, 0, 0]\n\
             field_along = [0, 0, 1]\nmaterial = \"superconductor\""
        );
        let mut scene = read(
            &RACK
                .replace(MAGNET, &magnet)
                .replace("[duct]", "[duct]\ngrid = [8, 8, 64]"),
        );
        let table = scene.tabulate().unwrap();
        scene.forecast_carried(table.as_ref()).unwrap()
    };
    let f = even("20 mm");
    // nN/um3 are 1e9 T A/m2
    for (found, hand) in f.uneven.unwrap().into_iter().zip([0.079_58, 0.177_94, 0.159_16]) {
        assert!((found / hand - 1.0).abs() < 2e-3, "{found} for {hand}");
    }
    assert!(f.table().contains("even at its centre alone"), "{}", f.table());
    // from the inlet, where it is if the scene says nothing, the other end is twice as far
    assert!((even("0 mm").uneven.unwrap()[1] / 0.328_10 - 1.0).abs() < 2e-3);
    let mut halbach = read(HALBACH);
    let table = halbach.tabulate().unwrap();
    assert_eq!(halbach.forecast_carried(table.as_ref()).unwrap().uneven, None);
}
