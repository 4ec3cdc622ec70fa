//! Scenes of separators: what they come to, and what is refused where.

use super::super::*;
use crate::chamber::duct::Section;
use crate::engine::Feed;
use crate::magnets::MOBILITY_SI;
use crate::model::MagneticResponse;
use proptest::prelude::*;

pub(super) const SORTER: &str = include_str!("../../../examples/scenes/quadrupole_sorter.toml");
pub(super) const RACK: &str = include_str!("../../../examples/scenes/rack_separation.toml");
pub(super) const HALBACH: &str = include_str!("../../../examples/scenes/halbach_flow_through.toml");
const RED: &str = include_str!("../../../examples/scenes/deoxygenated_red_cells.toml");

/// The magnet of the rack, as it stands in its scene.
pub(super) const MAGNET: &str = "kind       = \"block\"\ncentre     = [\"12.5 mm\", \"0 mm\", \"20 mm\"]\nsize       = [\"10 mm\", \"20 mm\", \"40 mm\"]\nremanence  = \"1.3 T\"\nmaterial   = \"NdFeB\"\nmagnetised = [-1, 0, 0]";

pub(super) fn read(text: &str) -> Scene {
    match Scene::from_str("scene.toml", text) {
        Ok(scene) => scene,
        other => panic!("{other:?}"),
    }
}

fn refused(text: &str) -> SceneError {
    Scene::from_str("scene.toml", text).unwrap_err()
}

/// By hand: 1.42 T / 4.965 mm = 286 T/m; at r = 4.17 mm B = 1.1926 T and the force density r (286 T/m)^2/mu0 = 0.27143 nN/um3.
/// A fifth of 14 mL/min over 2 min are 5.6 mL, with 500 lymphocytes a microlitre 2.8e6.
#[test]
fn the_quadrupole_sorter() {
    let scene = read(SORTER);
    let s = &scene.setup;
    assert_eq!(
        s.duct().section,
        Section::Annulus {
            inner: 3980.0,
            outer: 4360.0
        }
    );
    assert_eq!(scene.outlets, ["unlabelled", "labelled"]);
    assert_eq!(s.ports.splits, [0.5]);
    assert!(s.gravity().z < 0.0 && s.gravity().x == 0.0);
    assert!(s.holding.outer && !s.holding.inner && !s.holding.end);
    assert!(matches!(s.ports.feed, Feed::Inlets { over } if over == 120e6));
    assert_eq!(s.ports.inlets[0].share, [0.0, 0.2]);
    let p = s
        .field
        .as_ref()
        .unwrap()
        .at(glam::DVec3::new(0.0, 4170.0, 5e4))
        .unwrap();
    assert!((p.magnitude() - 1.1926).abs() < 1e-4, "{}", p.magnitude());
    assert!((p.force_density().length() / 0.271_43 - 1.0).abs() < 1e-3);
    let charge = s.draw().unwrap();
    assert!((charge.weight[0] * 60_000.0 / 2.8e6 - 1.0).abs() < 1e-9);
    assert!(matches!(
        s.components[0].response,
        MagneticResponse::Mobility { median, spread, per_field: 0.0 } if (median - 1e-13 * MOBILITY_SI).abs() < 1e-12 && spread == 0.3
    ));
    assert_eq!(s.components[1].response, MagneticResponse::None);
}

/// The forecast, by hand: 2.0211 mL at 14 mL/min pass in 8.662 s, at 23.44 mm/s; the hydraulic width is 0.76 mm, so Re =
/// 1.0045 * 0.02344 * 760 / 0.97 = 18.4 (saline at 22 degC, within 5 %).
#[test]
fn forecasts() {
    let mut scene = read(SORTER);
    let table = scene.tabulate().unwrap();
    let f = scene.forecast_carried(table.as_ref()).unwrap();
    let [_, speed, passage, reynolds, _] = f.flow.unwrap();
    assert!((passage / 8.662e6 - 1.0).abs() < 1e-3 && (speed / 0.023_44 - 1.0).abs() < 1e-3);
    assert!((reynolds / 18.4 - 1.0).abs() < 0.05, "{reynolds}");
    assert!(f.warnings.is_empty(), "{:?}", f.warnings);
    assert!(f.error.unwrap().force_max < 1e-4);
    assert!(f.table().contains("fed over 2 min"), "{}", f.table());
    // 6.25 % without a bead: (1 + 4/4)^-4
    let mut rack = read(&RACK.replace("[duct]", "[duct]\ngrid = [12, 12, 24]"));
    let table = rack.tabulate().unwrap();
    assert_eq!(rack.setup.cells, [12, 12, 24]);
    let (mean, without) = rack.forecast_carried(table.as_ref()).unwrap().species[0]
        .beads
        .unwrap();
    assert!(mean == 4.0 && (without - 0.0625).abs() < 1e-9);
    // forty times the flow: Re = 18.4 * 200 is beyond laminar
    let fast = read(&SORTER.replace("14 mL/min", "2800 mL/min"));
    let doubts = fast.forecast_carried(None).unwrap().warnings;
    assert!(doubts[0].contains("need not be laminar"), "{doubts:?}");
}

/// What is to be said before a run: a feed that is longer than the run, wires that would magnetise each other, a table that is
/// too coarse with what would do, and why it was refined no further.
#[test]
fn doubts_with_what_to_do() {
    let short = read(&SORTER.replacen("[sample]", "duration = \"30 s\"\n[sample]", 1));
    let said = short.render_warnings(false);
    assert!(
        said.contains("ends after 30 s, before the feed does: 75 % of the sample never enters"),
        "{said}"
    );
    assert!(
        said.contains("duration = \"30 s\"\n") && said.contains("`feed.over` is 2 min"),
        "{said}"
    );
    // by hand: 2.16/2 (0.2/0.5)2 = 0.1728 T of 1.5 T
    let wires = "kind = \"wire\"\ncentre = [\"7 mm\", \"0 mm\", \"0 mm\"]\nradius = \"0.2 mm\"\nsusceptibility = 1000\n\
                 along = [0, 0, 1]\nbackground = [\"1.5 T\", \"0 T\", \"0 T\"]\nrepeat = [{ step = [\"0.5 mm\", \"0 mm\", \"9 mm\"], \
                 count = 3 }]";
    let said = read(&RACK.replace(MAGNET, wires)).render_warnings(false);
    assert!(
        said.contains("each disturbs the background of the next by 12 %"),
        "{said}"
    );
    let warned = |grid: &str| {
        let mut scene = read(&RACK.replace("[duct]", &format!("[duct]\n{grid}")));
        let table = scene.tabulate().unwrap();
        let mut said = scene.forecast_carried(table.as_ref()).unwrap().warnings;
        said.retain(|w| w.starts_with("the table"));
        said
    };
    let coarse = warned("grid = [12, 12, 24]");
    assert!(
        coarse.len() == 1 && coarse[0].contains("`duct.grid` is coarse; `grid = ["),
        "{coarse:?}"
    );
    // and what it says does
    let wish = coarse[0].split('`').nth(3).unwrap();
    assert_eq!(warned(wish), [""; 0]);
    assert_eq!(warned(""), [""; 0]);
    // a needle of a magnet beside the wall cannot be resolved in so few nodes
    let needle = MAGNET
        .replace(
            "\"10 mm\", \"20 mm\", \"40 mm\"",
            "\"0.4 mm\", \"0.4 mm\", \"0.4 mm\"",
        )
        .replace("12.5 mm", "6.9 mm");
    let mut scene = read(&RACK.replace(MAGNET, &needle));
    let table = scene.tabulate_within(2e5).unwrap();
    let said = scene.forecast_carried(table.as_ref()).unwrap().warnings;
    assert!(
        said.iter()
            .any(|w| w.contains("refining it stopped at 200000 nodes")),
        "{said:?}"
    );
}

/// A thin gap or core needs no finer grid, and a scene with one is not refused: no part of a step is longer than a quarter of it.
#[test]
fn thin_gaps_bound_the_parts_of_a_step() {
    for (inner, narrowest) in [("4.26 mm", 100.0), ("0.1 mm", 200.0)] {
        let s = read(&SORTER.replace("\"3.98 mm\"", &format!("\"{inner}\""))).setup;
        assert_eq!(s.cells, [16, 16, 64]);
        let [x, y, z] = s.stride(s.flow().as_ref()).to_array();
        assert!((x / narrowest - 0.25).abs() < 1e-9 && y == x, "{inner}: {x} {y}");
        // along it eight times the Courant number in cells of 203 mm / 64
        assert!((z / (8.0 * 0.4 * 203e3 / 64.0) - 1.0).abs() < 1e-9, "{z}");
    }
}

/// Species that take from the same beads get fewer: by hand, of like cells and as many beads as sites of one of them. Alone a
/// cell has A (1 - 1/(1 + k A n t)) = A/2 at k A n t = 1; two share L = A n: the sites are 2 A n, and with x = exp(-k A n t)
/// = 1/e the share of the beads is (1 - x)/(1 - x/2), of the sites half of that: 0.38730. Counts are binomial.
#[test]
fn two_species_of_one_vessel() {
    // A n = 100 * 1e4/mL = 1e6/mL, 1e9/L: with k = 1e8 L/(mol s) k A n = 1.66054e-7 /s
    let step = "binding = { time = \"6022140.76 s\", beads = \"1e6 /mL\", cells = \"1e4 /mL\", capacity = 100, rate = \"1e8 L/(mol s)\" }";
    let label = |species: &str| format!("[labels.{species}]\nbeads = \"dynabeads_myone\"\n{step}\n");
    let at = SORTER.find("[labels").unwrap();
    let loading = |labels: &str, k: usize| {
        let scene = read(&format!("{}{labels}", &SORTER[..at]));
        match scene.setup.components[k].response {
            MagneticResponse::Beads { loading, .. } => (loading, scene.notes.join("\n")),
            _ => panic!("{labels}"),
        }
    };
    let (alone, _) = loading(&label("lymphocyte"), 0);
    assert!((alone.mean() - 50.0).abs() < 1e-3, "{}", alone.mean());
    assert!((alone.variance() - 25.0).abs() < 1e-2, "{}", alone.variance());
    let both = label("lymphocyte") + &label("monocyte");
    for k in [0, 1] {
        let (shared, notes) = loading(&both, k);
        assert!((shared.mean() - 38.730).abs() < 1e-2, "{}", shared.mean());
        assert!(notes.contains("which `monocyte` took from, too"), "{notes}");
    }
    // other beads are others' beads
    let other = label("lymphocyte") + &label("monocyte").replace("myone", "m280");
    assert!((loading(&other, 0).0.mean() - 50.0).abs() < 1e-3);
}

/// Beads that differ in size: of the cells with one bead and of those with four the moments have the mean and the spread of the
/// sum. By hand, for 0.3: 1.295 times the volume of the mean bead for each; coefficients of variation 1.083 and half of it. What
/// three standard deviations of the logarithm (0.88 and 0.51) leave out is 0.3 % of the cells, and a few per cent of the spread.
#[test]
fn moments_follow_the_sizes_of_beads() {
    let label = "beads = \"mine\"\nmean = 2\n[beads.mine]\nsource = \"a test\"\ndiameter = \"2 um\"\ndiameter_cv = 0.3\n\
                 density = \"1.5 g/mL\"\nsusceptibility = 1.2\nsaturation = \"30 mT\"";
    let s = read(&SORTER.replace("mobility = \"1e-13 m3 s/kg\"\nspread   = 0.3", label)).setup;
    let charge = s.draw().unwrap();
    let drag = 3.0 * std::f64::consts::PI * s.fluid.viscosity * s.components[0].species.drag_factor;
    for (number, cv) in [(1, 1.083), (4, 0.5415)] {
        // the volume of the beads: the mobility times the drag over their susceptibility, of a sphere of 2 um 4.18879 um3
        let volumes: Vec<f64> = (0..charge.len())
            .filter(|i| charge.beads[*i] == number)
            .map(|i| {
                let f = s.components[0].species.drag_factor;
                let d = (18.0 * f * f64::from(charge.mobility[i])).sqrt();
                f64::from(charge.magnetic[i][0]) * drag * d / 1.2 / 4.188_79 / f64::from(number)
            })
            .collect();
        let n = volumes.len() as f64;
        let mean = volumes.iter().sum::<f64>() / n;
        let sd = (volumes.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        assert!(
            n > 4000.0 && (mean / 1.295_029 - 1.0).abs() < 0.02,
            "{number}: {mean}"
        );
        assert!((sd / mean / cv - 1.0).abs() < 0.12, "{number}: {}", sd / mean);
    }
}

/// The grid is refined until the table is as good as it says.
#[test]
fn the_grid_follows_the_field() {
    let mut scene = read(RACK);
    let before = scene.setup.cells;
    let error = scene.tabulate().unwrap().unwrap().error().force_max;
    assert!(error < 0.01, "{error}");
    assert!((0..3).all(|k| scene.setup.cells[k] >= before[k]) && scene.setup.cells != before);
}

/// By hand: 1.3 T between 3 and 12 mm are 1.95 T at the bore of a quadrupole, 1.625 T at the wall of the tube, 2.5 mm.
#[test]
fn the_halbach_bore() {
    let s = read(HALBACH).setup;
    let at = |x: f64| {
        s.field
            .as_ref()
            .unwrap()
            .at(glam::DVec3::new(x, 0.0, 1.0))
            .unwrap()
            .magnitude()
    };
    assert!((at(2500.0) - 1.625).abs() < 1e-9 && (at(-1000.0) - 0.65).abs() < 1e-9);
    assert!(s.gravity().y < 0.0);
}

/// Labels: a mobility in the fluid it was measured in, beads by binding, own beads.
#[test]
fn labels() {
    let of = |label: &str| {
        read(&SORTER.replace("mobility = \"1e-13 m3 s/kg\"\nspread   = 0.3", label))
            .setup
            .components[0]
            .response
    };
    let MagneticResponse::Mobility { median, .. } =
        of("mobility = \"1e-4 mm3/(T A s)\"\nmeasured_in = \"2 mPa s\"")
    else {
        panic!()
    };
    let viscosity = read(SORTER).setup.fluid.viscosity;
    assert!((median - 1e-4 * 2.0 / viscosity).abs() < 1e-12);
    // by hand: 6.022e12 /L are 1e-11 mol/L, k L = 1e-3 /s, and in excess of beads A (1 - exp(-1)) = 63.21
    let binding = "beads = \"dynabeads_myone\"\nbinding = { time = \"1000 s\", beads = \"6.022e12 /L\", cells = \"1 /mL\", \
                   capacity = 100, rate = \"1e8 L/(mol s)\" }";
    let MagneticResponse::Beads { loading, .. } = of(binding) else {
        panic!()
    };
    assert!((loading.mean() - 63.21).abs() < 0.01, "{}", loading.mean());
    let own = format!(
        "beads = \"mine\"\nmean = 2\n[beads.mine]\nsource = \"a test\"\ndiameter = \"2 um\"\ndensity = \"1.5 g/mL\"\nsusceptibility = {}\nsaturation = \"30 mT\"",
        1.2
    );
    let MagneticResponse::Beads { bead, .. } = of(&own) else {
        panic!()
    };
    assert_eq!((bead.diameter, bead.curve.saturation()), (2.0, 0.03));
    let red = read(RED);
    let median = |k: usize| match red.setup.components[k].response {
        MagneticResponse::Mobility { median, .. } => median / MOBILITY_SI,
        _ => 0.0,
    };
    assert!((median(0) / 3.86e-15 - 1.0).abs() < 0.03 && (median(1) / 0.05e-15 - 1.0).abs() < 0.03);
    assert!(
        red.notes.iter().any(|n| n.contains("assumption")),
        "{:?}",
        red.notes
    );
    let rack = read(RACK);
    assert!(
        rack.notes
            .iter()
            .any(|n| n.contains("bead dynabeads_m450 (UNVERIFIED)"))
    );
}

/// All at once.
#[test]
fn all_problems() {
    let text = RACK
        .replace("\"1.3 T\"", "\"2.6 T\"")
        .replace("mean   = 4", "mean = 400")
        .replace("\"6.5 mm\"", "6.5");
    let error = refused(&text);
    assert_eq!(error.problems.len(), 3, "{error}");
}

/// A map that covers the duct is taken, one that does not is refused at its file.
#[test]
fn maps() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("scene.toml");
    let text = |file: &str| {
        let a = RACK.find("[[magnet]]").unwrap();
        let b = RACK.find("[labels").unwrap();
        format!(
            "{}[[magnet]]\nkind = \"map\"\nfile = \"{file}\"\n{}",
            &RACK[..a],
            &RACK[b..]
        )
    };
    // B = (G x, -G y, 0) with G = 20 T/m, every 2 mm
    let map = |half: i32| {
        let mut csv = String::from("x [mm],y [mm],z [mm],Bx [T],By [T],Bz [T]\n");
        for x in -half..=half {
            for y in -half..=half {
                for z in -1..=21 {
                    let (x, y, z) = (2.0 * f64::from(x), 2.0 * f64::from(y), 2.0 * f64::from(z));
                    csv.push_str(&format!("{x},{y},{z},{},{},0\n", 0.02 * x, -0.02 * y));
                }
            }
        }
        csv
    };
    std::fs::write(folder.path().join("wide.csv"), map(4)).unwrap();
    std::fs::write(folder.path().join("narrow.csv"), map(3)).unwrap();
    let path = scene.to_string_lossy();
    let mut wide = Scene::from_str(&path, &text("wide.csv")).unwrap();
    wide.setup.cells = [8, 8, 8];
    assert!(wide.tabulate().unwrap().is_some());
    let error = Scene::from_str(&path, &text("narrow.csv")).unwrap_err();
    let p = &error.problems[0];
    assert!(error.text[p.span.clone()].contains("narrow.csv"), "{error}");
    assert!(p.title.contains("6 mm") || p.title.contains("(-6"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Any mutation of a separator is read or refused with a report.
    #[test]
    fn mutated_separators(at in any::<usize>(), remove in 0usize..12, piece in "\\PC{0,6}|[\\[\\]{}=\",.#\\n ]{1,4}|-1|nan|\"1e300 m\"") {
        let mut chars: Vec<char> = RACK.chars().collect();
        let at = at % (chars.len() + 1);
        let end = (at + remove).min(chars.len());
        chars.splice(at..end, piece.chars());
        let text: String = chars.into_iter().collect();
        match Scene::from_str("m.toml", &text) {
            Ok(scene) => prop_assert!(scene.setup.parcels() > 0),
            Err(e) => prop_assert!(e.problems.iter().any(|p| p.severity == Severity::Error)),
        }
    }
}

/// A channel beside a row of alternating magnets, with every other kind of magnet: they all are read, and end where they
/// should.
#[test]
fn every_kind_of_magnet() {
    let text = r#"
schema = 1
[sample]
medium = "saline"
parcels = 1000
cells = { lymphocyte = "100 /uL" }
[duct]
shape = "channel"
width = "1 mm"
height = "0.1 mm"
length = "20 mm"
axis = "horizontal"
gravity = "-y"
holds = ["high x"]
[flow]
rate = "10 uL/min"
profile = "plug"
[[magnet]]
kind = "block"
centre = ["2 mm", "0 mm", "2 mm"]
size = ["2 mm", "2 mm", "2 mm"]
remanence = "1.2 T"
magnetised = [1, 0, 0]
repeat = [{ step = ["0 mm", "0 mm", "4 mm"], count = 5, alternating = true }]
[[magnet]]
kind = "cylinder"
centre = ["0 mm", "5 mm", "10 mm"]
radius = "2 mm"
height = "3 mm"
remanence = "0.4 T"
material = "ferrite"
magnetised = [0, 1, 0]
[[magnet]]
kind = "dipole"
centre = ["-10 mm", "0 mm", "0 mm"]
moment = "2 mA m2"
magnetised = [0, 0, 3]
[[magnet]]
kind = "gradient"
field = "100 mT"
gradient = "1 T/m"
force = [0, 1, 0]
field_along = [0, 0, 1]
[[magnet]]
kind = "ring"
centre = ["0 mm", "0 mm", "-5 mm"]
inner_radius = "2 mm"
outer_radius = "4 mm"
height = "3 mm"
remanence = "1.2 T"
magnetised = [0, 0, 1]
[[magnet]]
kind = "wire"
centre = ["0 mm", "0.2 mm", "11.5 mm"]
radius = "50 um"
along = [1, 0, 0]
susceptibility = 1000
background = ["0 T", "1.5 T", "0 T"]
repeat = [{ step = ["0 mm", "0 mm", "0.5 mm"], count = 3 }]
[[magnet]]
kind = "sphere"
centre = ["-1 mm", "0 mm", "10 mm"]
radius = "0.2 mm"
susceptibility = 50
material = "nickel"
saturation = "0.5 T"
background = ["0 T", "1.5 T", "0 T"]
[[magnet]]
kind = "dipole"
centre = ["0 mm", "-10 mm", "0 mm"]
moment = "0.5 A m2"
ball_radius = "5 mm"
magnetised = [0, 1, 0]
"#;
    let scene = read(text);
    let s = scene.setup;
    let sources = s.field.as_ref().unwrap().sources();
    let names: Vec<&str> = sources.iter().map(crate::magnets::Source::name).collect();
    assert_eq!(
        names,
        [
            "a uniform gradient",
            "an array",
            "a cylinder",
            "a dipole",
            "a uniform gradient",
            "a cylinder",
            "an array",
            "a sphere",
            "a dipole"
        ]
    );
    // the background once; what a wire adds to it, by hand: 2.16 T (a/d)2/2, saturated as 1.5 T is above 1.08 T
    let at = |k: usize, q| sources[k].at(q).unwrap().b;
    let q = glam::DVec3::new(0.0, 100.0, 11.5e3);
    assert_eq!(at(0, q), glam::DVec3::Y * 1.5);
    let of_one = match &sources[6] {
        crate::magnets::Source::Array(a) => a.members()[0].0.at(q).unwrap().b.y,
        _ => 0.0,
    };
    assert!((of_one - 0.27).abs() < 1e-9, "{of_one}");
    // a sphere with 0.5 T adds 2 J/3 (a/d)3 along the field
    let pole = at(7, glam::DVec3::new(-1e3, 400.0, 10e3)).y;
    assert!((pole - 1.0 / 24.0).abs() < 1e-9, "{pole}");
    let said = render("scene.toml", text, &scene.warnings, false);
    assert!(
        said.contains("an array beside soft bodies does not magnetise them"),
        "{said}"
    );
    assert!(!said.contains("disturbs"), "{said}");
    assert!(s.holding.outer && s.stream.as_ref().unwrap().profile == crate::flow::Profile::Plug);
    // by hand: B grad B / mu0 = 0.1 T * 1 T/m / mu0 = 79 577 T A/m2
    let gradient = crate::magnets::Field::new(vec![sources[4].clone()]).unwrap();
    let f = gradient.force_density(glam::DVec3::ZERO).unwrap();
    assert!(
        (f.y * 1e9 / 79_577.5 - 1.0).abs() < 1e-5 && f.x.abs() < 1e-12,
        "{f}"
    );
    // followed for ten passages of 2 uL at 10 uL/min
    assert!((s.duration().us() / (10.0 * 12.0 * 1e6) - 1.0).abs() < 1e-9);
}
