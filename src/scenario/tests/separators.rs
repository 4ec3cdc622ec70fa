//! Scenes of separators: what they come to, and what is refused where.

use super::super::*;
use crate::chamber::duct::Section;
use crate::engine::{Attraction, Charge, Feed};
use crate::magnets::MOBILITY_SI;
use proptest::prelude::*;

const SORTER: &str = include_str!("../../../examples/scenes/quadrupole_sorter.toml");
const RACK: &str = include_str!("../../../examples/scenes/rack_separation.toml");
const HALBACH: &str = include_str!("../../../examples/scenes/halbach_flow_through.toml");
const RED: &str = include_str!("../../../examples/scenes/deoxygenated_red_cells.toml");

fn read(text: &str) -> SeparatorScene {
    match AnyScene::from_str("scene.toml", text) {
        Ok(AnyScene::Separator(scene)) => *scene,
        other => panic!("{other:?}"),
    }
}

fn refused(text: &str) -> SceneError {
    AnyScene::from_str("scene.toml", text).unwrap_err()
}

/// By hand: 1.42 T / 4.965 mm = 286 T/m; at r = 4.17 mm B = 1.1926 T and the force density r (286 T/m)^2/mu0 = 0.27143 nN/um3.
/// A fifth of 14 mL/min over 2 min are 5.6 mL, with 500 lymphocytes a microlitre 2.8e6.
#[test]
fn the_quadrupole_sorter() {
    let scene = read(SORTER);
    let s = &scene.separator;
    assert_eq!(
        s.duct.section,
        Section::Annulus {
            inner: 3980.0,
            outer: 4360.0
        }
    );
    assert_eq!(scene.outlets, ["unlabelled", "labelled"]);
    assert_eq!(s.splits, [0.5]);
    assert!(s.gravity.z < 0.0 && s.gravity.x == 0.0);
    assert!(s.holding.outer && !s.holding.inner && !s.holding.end);
    assert!(matches!(s.feed, Feed::Inlet { share: [0.0, 0.2], over } if over == 120e6));
    let p = s
        .field
        .as_ref()
        .unwrap()
        .at(glam::DVec3::new(0.0, 4170.0, 5e4))
        .unwrap();
    assert!((p.magnitude() - 1.1926).abs() < 1e-4, "{}", p.magnitude());
    assert!((p.force_density().length() / 0.271_43 - 1.0).abs() < 1e-3);
    let charge = Charge::draw(s).unwrap();
    assert!((charge.weight[0] * 60_000.0 / 2.8e6 - 1.0).abs() < 1e-9);
    assert!(matches!(
        s.components[0].attraction,
        Attraction::Mobility { median, spread } if (median - 1e-13 * MOBILITY_SI).abs() < 1e-12 && spread == 0.3
    ));
    assert_eq!(s.components[1].attraction, Attraction::None);
}

/// The forecast, by hand: 2.0211 mL at 14 mL/min pass in 8.662 s, at 23.44 mm/s; the hydraulic width is 0.76 mm, so Re =
/// 1.0045 * 0.02344 * 760 / 0.97 = 18.4 (saline at 22 degC, within 5 %).
#[test]
fn forecasts() {
    let mut scene = read(SORTER);
    let table = scene.tabulate().unwrap();
    let f = scene.forecast(table.as_ref()).unwrap();
    let [_, speed, passage, reynolds, _] = f.flow.unwrap();
    assert!((passage / 8.662e6 - 1.0).abs() < 1e-3 && (speed / 0.023_44 - 1.0).abs() < 1e-3);
    assert!((reynolds / 18.4 - 1.0).abs() < 0.05, "{reynolds}");
    assert!(f.warnings.is_empty(), "{:?}", f.warnings);
    assert!(f.error.unwrap().force_max < 1e-4);
    assert!(f.table().contains("fed over 2 min"), "{}", f.table());
    // 6.25 % without a bead: (1 + 4/4)^-4
    let mut rack = read(&RACK.replace("[duct]", "[duct]\ngrid = [12, 12, 24]"));
    let table = rack.tabulate().unwrap();
    assert_eq!(rack.separator.cells, [12, 12, 24]);
    let (mean, without) = rack.forecast(table.as_ref()).unwrap().species[0].beads.unwrap();
    assert!(mean == 4.0 && (without - 0.0625).abs() < 1e-9);
    // forty times the flow: Re = 18.4 * 200 is beyond laminar
    let fast = read(&SORTER.replace("14 mL/min", "2800 mL/min"));
    let doubts = fast.forecast(None).unwrap().warnings;
    assert!(doubts[0].contains("need not be laminar"), "{doubts:?}");
}

/// The grid is refined until the table is as good as it says.
#[test]
fn the_grid_follows_the_field() {
    let mut scene = read(RACK);
    let before = scene.separator.cells;
    let error = scene.tabulate().unwrap().unwrap().error().force_max;
    assert!(error < 0.01, "{error}");
    assert!((0..3).all(|k| scene.separator.cells[k] >= before[k]) && scene.separator.cells != before);
}

/// By hand: 1.3 T between 3 and 12 mm are 1.95 T at the bore of a quadrupole, 1.625 T at the wall of the tube, 2.5 mm.
#[test]
fn the_halbach_bore() {
    let s = read(HALBACH).separator;
    let at = |x: f64| {
        s.field
            .as_ref()
            .unwrap()
            .at(glam::DVec3::new(x, 0.0, 1.0))
            .unwrap()
            .magnitude()
    };
    assert!((at(2500.0) - 1.625).abs() < 1e-9 && (at(-1000.0) - 0.65).abs() < 1e-9);
    assert!(s.gravity.y < 0.0);
}

/// Labels: a mobility in the fluid it was measured in, beads by binding, own beads.
#[test]
fn labels() {
    let of = |label: &str| {
        read(&SORTER.replace("mobility = \"1e-13 m3 s/kg\"\nspread   = 0.3", label))
            .separator
            .components[0]
            .attraction
    };
    let Attraction::Mobility { median, .. } =
        of("mobility = \"1e-4 mm3/(T A s)\"\nmeasured_in = \"2 mPa s\"")
    else {
        panic!()
    };
    let viscosity = read(SORTER).separator.fluid.viscosity;
    assert!((median - 1e-4 * 2.0 / viscosity).abs() < 1e-12);
    // by hand: 6.022e12 /L are 1e-11 mol/L, k L = 1e-3 /s, and in excess of beads A (1 - exp(-1)) = 63.21
    let binding = "beads = \"dynabeads_myone\"\nbinding = { time = \"1000 s\", beads = \"6.022e12 /L\", cells = \"1 /mL\", \
                   capacity = 100, rate = \"1e8 L/(mol s)\" }";
    let Attraction::Beads { loading, .. } = of(binding) else {
        panic!()
    };
    assert!((loading.mean() - 63.21).abs() < 0.01, "{}", loading.mean());
    let own = format!(
        "beads = \"mine\"\nmean = 2\n[beads.mine]\nsource = \"a test\"\ndiameter = \"2 um\"\ndensity = \"1.5 g/mL\"\nsusceptibility = {}\nsaturation = \"30 mT\"",
        1.2
    );
    let Attraction::Beads { bead, .. } = of(&own) else {
        panic!()
    };
    assert_eq!((bead.diameter, bead.curve.saturation()), (2.0, 0.03));
    let red = read(RED);
    let median = |k: usize| match red.separator.components[k].attraction {
        Attraction::Mobility { median, .. } => median / MOBILITY_SI,
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

/// Scene, text to find in it, its replacement, the text that the error's caret points at, title, label or help.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip] // a table: one case a line
const CASES: &[Case] = &[
    // magnets that cannot be
    (RACK, "\"12.5 mm\"", "\"11 mm\"", "[\"11 mm\"", "mm is in or on a cuboid"),
    (RACK, "\"1.3 T\"", "\"1.6 T\"", "\"1.6 T\"", "NdFeB has at most 1.48 T"),
    (RACK, "\"NdFeB\"", "\"ferrite\"", "\"1.3 T\"", "ferrite has at most 0.45 T"),
    (RACK, "\"NdFeB\"", "\"iron\"", "\"iron\"", "iron is soft and has no remanence"),
    (RACK, "\"NdFeB\"", "\"NdFeBo\"", "\"NdFeBo\"", "no material `NdFeBo`"),
    (RACK, "[-1, 0, 0]", "[0, 0, 0]", "[0, 0, 0]", "polarisation"),
    (RACK, "[-1, 0, 0]", "[0, 1]", "[0, 1]", "`magnet.magnetised` is a list of 2"),
    (RACK, "size       =", "radius = \"1 mm\"\nsize       =", "radius =", "`radius` does not go with kind = \"block\""),
    (RACK, "\"block\"", "\"wire\"", "\"wire\"", "columns with a matrix"),
    (HALBACH, "\"3 mm\"", "\"2.4 mm\"", "\"2.4 mm\"", "not within the poles"),
    (HALBACH, "\"12 mm\"", "\"2 mm\"", "\"2 mm\"", "larger than the inner one"),
    (SORTER, "\"4.965 mm\"", "\"4 mm\"", "\"4 mm\"", "not within the poles"),
    (SORTER, "pole_tip   = \"1.42 T\"", "pole_tip = \"1.42 mm\"", "\"1.42 mm\"", "is a length"),
    (SORTER, "kind       = \"quadrupole\"\npole_tip   = \"1.42 T\"\ntip_radius = \"4.965 mm\"", "kind = \"map\"\nfile = \"no_such.csv\"", "\"no_such.csv\"", "no_such.csv"),
    // ducts and flows that cannot be
    (SORTER, "\"4.36 mm\"", "\"3.9 mm\"", "\"3.9 mm\"", "the core is as wide as the wall"),
    (SORTER, "[\"outer wall\"]", "[\"end\"]", "[\"end\"]", "has no \"end\" that could hold"),
    (SORTER, "[\"outer wall\"]", "[\"outer\"]", "\"outer\"", "cannot be \"outer\""),
    (SORTER, "[\"0 %\", \"20 %\"]", "[\"20 %\", \"20 %\"]", "[\"20 %\", \"20 %\"]", "no flow is between these shares"),
    (SORTER, "up_to = \"50 %\"", "", "[[outlet]]", "up to which share of the flow does `unlabelled` take it?"),
    (SORTER, "name = \"labelled\"", "name = \"inside\"", "\"inside\"", "an outlet cannot be called \"inside\""),
    (SORTER, "name = \"labelled\"", "name = \"labelled\"\nup_to = \"60 %\"", "\"60 %\"", "the last outlet takes the rest"),
    (RACK, "duration = \"5 min\"", "", "[duct]", "for how long do the magnets pull?"),
    (RACK, "[duct]", "[feed]\nover = \"1 s\"\n[duct]", "feed]", "`feed` belongs to a table with `flow`"),
    (HALBACH, "gravity = \"-y\"", "", "[duct]", "`gravity` is missing in [duct]"),
    // labels that cannot be
    (SORTER, "[labels.lymphocyte]", "[labels.lymfocyte]", "lymfocyte", "there is no `lymfocyte` in the sample"),
    (SORTER, "spread   = 0.3", "oxygenation = \"0 %\"", "oxygenation", "takes only one of"),
    (SORTER, "mobility = \"1e-13 m3 s/kg\"", "oxygenation = \"0 %\"", "\"0 %\"", "`lymphocyte` carries no oxygen"),
    (SORTER, "spread   = 0.3", "spread = 5", "5", "at most 3 for a mobility"),
    (RACK, "mean   = 4", "", "\"dynabeads_m450\"", "how many beads does a cell of `lymphocyte` carry?"),
    (RACK, "mean   = 4", "mean = 400", "400", "400 beads on a cell of `lymphocyte`"),
    (RACK, "\"dynabeads_m450\"", "\"dynabeads_m540\"", "\"dynabeads_m540\"", "did you mean \"dynabeads_m450\"?"),
    (RACK, "\"dynabeads_m450\"", "\"macs_cd34_or_cd4_nanobead\"", "\"macs_cd34_or_cd4_nanobead\"", "its magnetisation is not known"),
    (RACK, "[labels.lymphocyte]", "[beads.mine]\nsource = \"x\"\ndiameter = \"1 um\"\ndensity = \"1.5 g/mL\"\nsusceptibility = -0.5\nsaturation = \"30 mT\"\n[labels.lymphocyte]", "-0.5", "the susceptibility of a bead is -0.5; it has to be above zero"),
    // keys of the other kind
    (RACK, "[duct]", "[physics]\nsuspension = \"dense\"\n[duct]", "[physics]", "`physics` belongs to a vessel with a [chamber]"),
    (RACK, "[duct]", "[output]\nprofile = { bins = 10 }\n[duct]", "{ bins", "`output.profile` belongs to a vessel"),
    (RACK, "[duct]", "[numerics]\nlayers = 10\n[duct]", "10", "`numerics.layers` belongs to a vessel"),
    (RACK, "[duct]", "[[protocol]]\nhold = \"1 s\"\n[duct]", "duct]", "the scene takes only one of"),
];

#[test]
fn each_is_refused_at_its_place() {
    let mut wrong = Vec::new();
    for (scene, from, to, at, said) in CASES {
        assert!(scene.contains(from), "{from}");
        let text = scene.replacen(from, to, 1);
        let Err(error) = AnyScene::from_str("scene.toml", &text) else {
            wrong.push(format!("{to} is taken"));
            continue;
        };
        let hit = error.problems.iter().any(|p| {
            let whole = format!(
                "{} | {} | {}",
                p.title,
                p.label,
                p.help.clone().unwrap_or_default()
            );
            whole.contains(said) && text[p.span.start..].starts_with(at.trim_start_matches('['))
                || whole.contains(said) && text[p.span.start..].starts_with(at)
        });
        if !hit || error.problems.len() > 2 {
            wrong.push(format!("`{said}` is not at `{at}`:\n{error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// All at once, and a separator where a vessel is needed.
#[test]
fn all_problems_and_the_wrong_kind() {
    let text = RACK
        .replace("\"1.3 T\"", "\"1.6 T\"")
        .replace("mean   = 4", "mean = 400")
        .replace("\"6.5 mm\"", "6.5");
    let error = refused(&text);
    assert_eq!(error.problems.len(), 3, "{error}");
    let error = Scene::from_str("scene.toml", RACK).unwrap_err();
    assert!(error.to_string().contains("this scene is a separator"), "{error}");
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
    let Ok(AnyScene::Separator(mut wide)) = AnyScene::from_str(&path, &text("wide.csv")) else {
        panic!("refused")
    };
    wide.separator.cells = [8, 8, 8];
    assert!(wide.tabulate().unwrap().is_some());
    let error = AnyScene::from_str(&path, &text("narrow.csv")).unwrap_err();
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
        match AnyScene::from_str("m.toml", &text) {
            Ok(scene) => prop_assert!(scene.parcels() > 0),
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
"#;
    let s = read(text).separator;
    let sources = s.field.as_ref().unwrap().sources();
    let names: Vec<&str> = sources.iter().map(crate::magnets::Source::name).collect();
    assert_eq!(
        names,
        ["an array", "a cylinder", "a dipole", "a uniform gradient"]
    );
    assert!(s.holding.outer && s.stream.unwrap().profile == crate::model::Profile::Plug);
    // by hand: B grad B / mu0 = 0.1 T * 1 T/m / mu0 = 79 577 T A/m2
    let gradient = crate::magnets::Field::new(vec![sources[3].clone()]).unwrap();
    let f = gradient.force_density(glam::DVec3::ZERO).unwrap();
    assert!(
        (f.y * 1e9 / 79_577.5 - 1.0).abs() < 1e-5 && f.x.abs() < 1e-12,
        "{f}"
    );
    // followed for ten passages of 2 uL at 10 uL/min
    assert!((s.duration / (10.0 * 12.0 * 1e6) - 1.0).abs() < 1e-9);
}
