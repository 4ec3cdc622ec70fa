//! Free beads in scenes.

use super::super::*;
use super::separators::{RACK, read};

/// Free beads are a species with the numbers of their kind, of the library or of the scene; by hand: 20.25 um2 * 1.05/(18 * 0.972
/// mPa s) = 1.215 um3 us/pg in a weak field, and 3 * 1.05/36.95 mT = 85.3 /T.
#[test]
fn free_beads_are_a_species() {
    let more = "free = { concentration = \"1000 /uL\", bead = \"dynabeads_m450\" }\nmine = { concentration = \"1 /uL\", bead = \"other\" }\n\
                neutrophil = \"4000 /uL\"";
    let own = "\n[beads.other]\nsource = \"a test\"\ndiameter = \"2 um\"\ndensity = \"1.5 g/mL\"\nsusceptibility = 1.2\n\
               saturation = \"30 mT\"\n";
    let text = RACK.replace("neutrophil = \"4000 /uL\"", more) + own;
    let scene = read(&text);
    let s = &scene.setup;
    let [free, mine] = ["free", "mine"].map(|name| {
        let found = s.components.iter().position(|c| c.species.name == name);
        found.unwrap()
    });
    let (of_free, of_mine) = (&s.components[free].species, &s.components[mine].species);
    assert_eq!((of_free.diameter, of_free.density), (4.5, 1.5));
    assert!((of_free.diameter_sd - 0.09).abs() < 1e-12 && of_free.packing_limit == 0.64);
    assert_eq!((of_mine.diameter, of_mine.diameter_sd), (2.0, 0.0));
    assert!((s.components[free].response.per_field() - 85.3).abs() < 0.2);
    assert!((s.components[mine].response.per_field() - 120.0).abs() < 1e-9);
    let charge = s.draw().unwrap();
    let weak: Vec<f64> = (0..charge.len())
        .filter(|i| charge.kind[*i] as usize == free)
        .map(|i| f64::from(charge.magnetic[i][0]))
        .collect();
    let mean = weak.iter().sum::<f64>() / weak.len() as f64;
    assert!((mean - 1.215).abs() < 0.005, "{mean}");
    assert!(scene.notes.join("\n").contains("bead dynabeads_m450 (UNVERIFIED"));
    let forecast = scene.forecast_carried(None).unwrap();
    // sinks by 20.25 um2 * 0.495 g/mL * 9.80665 m/s2 / (18 * 0.972 mPa s) = 5.62 um/s
    assert!((forecast.species[free].settling * 1e6 - 5.62).abs() < 0.02);
    // a vessel takes them as the particles that they are
    let vessel = Scene::bundled_text().replace(
        "platelet =",
        "free = { concentration = \"1000 /uL\", bead = \"dynabeads_m450\" }, platelet =",
    );
    assert!(Scene::from_str("vessel.toml", &vessel).is_ok());
}
