//! Columns: what their scenes come to.

use super::separators::read;

/// A column without a feed is filled with sample, of which its pores alone hold some. By hand: a bore of pi 4.5^2 25 mm3 = 1590.4 uL, of
/// which 40 % are fluid, 636.17 uL; with 20 000 monocytes/uL 1.2723e7 of them; at 1 mL/min the fluid takes 38.17 s through it.
#[test]
fn a_column_holds_sample_in_its_pores_alone() {
    let text = r#"
schema = 1
[sample]
medium = "saline"
parcels = 2000
cells = { monocyte = "20000 /uL", lymphocyte = "1 %" }
[duct]
shape = "tube"
radius = "4.5 mm"
length = "25 mm"
axis = "down"
[flow]
rate = "1 mL/min"
[matrix]
field = "across"
collectors = "spheres"
radius = "140 um"
porosity = "40 %"
background = "0.5 T"
"#;
    let scene = read(text);
    // what is not given is taken as ideal, and said
    let caveats = scene.caveats(None).join("\n");
    for word in ["never fills", "no nonspecific retention of monocyte, lymphocyte"] {
        assert!(caveats.contains(word), "{word}: {caveats}");
    }
    let s = &scene.setup;
    let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-4, "{a} and not {b}");
    near(s.sample() / crate::constants::MICROLITRE, 636.17);
    // ten times the passage where nothing says how long
    near(s.duration().us() / crate::constants::SECOND, 381.7);
    let forecast = scene.forecast_carried(None).unwrap();
    near(forecast.species[0].cells, 1.2723e7);
    // the draw, whose weights every table and file counts with; of a volume fraction in cells by volume
    let charge = s.draw().unwrap();
    near(charge.weight[0] * charge.counts()[0] as f64, 1.2723e7);
    let volume: f64 = (0..charge.len())
        .filter(|i| charge.kind[*i] == 1)
        .map(|i| {
            std::f64::consts::PI / 6.0 * (18.0 * f64::from(charge.mobility[i])).powf(1.5) * charge.weight[1]
        })
        .sum();
    near(volume / crate::constants::MICROLITRE, 6.3617);
}
