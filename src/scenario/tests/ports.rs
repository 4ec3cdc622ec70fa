//! Flows and ports of separators: what scenes of them come to, and what is refused where.

use super::super::*;
use super::separators::{SORTER, read};
use crate::flow::{Across, Profile};

const CHANNEL: &str = include_str!("../../../examples/scenes/microchannel.toml");
const TWO: &str = include_str!("../../../examples/scenes/two_samples.toml");

fn refused(text: &str) -> SceneError {
    Scene::from_str("scene.toml", text).unwrap_err()
}

/// What is said of a scene that is refused, and the text that it points at.
fn said(text: &str) -> (String, String) {
    let error = refused(text);
    let p = &error.problems[0];
    (
        format!(
            "{} | {} | {}",
            p.title,
            p.label,
            p.help.clone().unwrap_or_default()
        ),
        text[p.span.clone()].to_owned(),
    )
}

fn swap(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// By hand: 4 mL/min are 66.7 uL/s, of which an inlet of 15 % brings 10 uL/s, 60 uL in 6 s: 30 000 lymphocytes of 500 a microlitre.
#[test]
fn two_inlets_with_cells_of_their_own() {
    let scene = read(TWO);
    let s = &scene.setup;
    let names: Vec<&str> = s.ports.inlets.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["sample 1", "sample 2"]);
    assert_eq!(s.ports.inlets[1].share, [0.55, 0.7]);
    assert_eq!(s.stream.as_ref().unwrap().across, Across::Width);
    assert_eq!(s.stream.as_ref().unwrap().profile, Profile::Laminar);
    for c in &s.components {
        let name = &c.species.name;
        let inlet = usize::from(name.ends_with('2'));
        assert_eq!(c.inlet, inlet, "{name}");
        assert!((s.sample_of(c) / 60e9 - 1.0).abs() < 1e-9);
        // the numbers are those of the library's species
        assert!(c.species.diameter > 6.0);
    }
    assert!((s.sample() / 120e9 - 1.0).abs() < 1e-9);
    let forecast = scene.forecast_carried(None).unwrap();
    assert!((forecast.species[0].cells / 30_000.0 - 1.0).abs() < 1e-9);
    let table = forecast.table();
    assert!(
        table.contains("sample 1, 30 % to 45 % of the flow, 0.6 mL/min: lymphocyte_1, neutrophil_1\n"),
        "{table}"
    );
    // what the library knows from memory alone is said of the species, once
    let note = scene
        .notes
        .iter()
        .find(|n| n.contains("unverified library data"))
        .unwrap();
    assert_eq!(note.matches("lymphocyte (").count(), 1, "{note}");
}

/// A cell that is there twice has a lighter colour the second time, unless the scene gives it one; others keep theirs.
#[test]
fn species_of_one_colour_are_told_apart() {
    let colours = |text: &str| -> Vec<[u8; 3]> {
        let s = read(text).setup;
        s.components.iter().map(|c| c.species.colour).collect()
    };
    let [a, b, c, d] = colours(TWO)[..] else {
        panic!("four species")
    };
    // by hand: half way to white
    let lighter = |colour: [u8; 3]| colour.map(|x| ((f64::from(x) + 255.0) / 2.0) as u8);
    assert_eq!((c, d), (lighter(a), lighter(b)));
    let own = swap(
        TWO,
        "{ species = \"neutrophil\",",
        "{ species = \"neutrophil\", colour = \"#123456\",",
    );
    assert_eq!(colours(&own)[1..], [[0x12, 0x34, 0x56], c, b]);
}

#[test]
fn inlets_that_cannot_be() {
    for (from, to, title, at) in [
        (
            "inlet = \"sample 1\" }",
            "inlet = \"sampel 1\" }",
            "there is no inlet \"sampel 1\" | \"sample 1\" or \"sample 2\" is possible | did you mean \"sample 1\"?",
            "\"sampel 1\"",
        ),
        (
            "[\"55 %\", \"70 %\"]",
            "[\"40 %\", \"70 %\"]",
            "the inlets \"sample 1\" and \"sample 2\" take the same flow",
            "[\"40 %\", \"70 %\"]",
        ),
        (
            "[\"55 %\", \"70 %\"]",
            "[\"70 %\", \"55 %\"]",
            "there is no flow between these shares",
            "[\"70 %\", \"55 %\"]",
        ),
        (
            "name  = \"sample 2\"",
            "name  = \"sample 1\"",
            "an inlet cannot be called \"sample 1\"",
            "\"sample 1\"",
        ),
        (
            "[feed]\n",
            "[feed]\nshare = [\"0 %\", \"10 %\"]\n",
            "the inlets have shares of their own",
            "[\"0 %\", \"10 %\"]",
        ),
        (
            "lymphocyte_1 = {",
            "monocyte = {",
            "`monocyte` is another cell of the library",
            "monocyte",
        ),
        (
            "species = \"neutrophil\"",
            "species = \"neutrofil\"",
            "there is no species `neutrofil` | neither in the library nor in [species] | did you mean `neutrophil`?",
            "neutrophil_1",
        ),
        (
            "side_by_side = \"width\"",
            "side_by_side = \"depth\"",
            "depth",
            "\"depth\"",
        ),
    ] {
        let (said, there) = said(&swap(TWO, from, to));
        assert!(said.contains(title), "{title}: {said}");
        assert_eq!(there, at, "{said}");
    }
    // an inlet without a feed, a name without inlets, and either in a vessel
    let cut = |text: &str, from: &str, to: &str| {
        let (a, b) = (text.find(from).unwrap(), text.find(to).unwrap());
        format!("{}{}", &text[..a], &text[b..])
    };
    assert!(
        refused(&cut(TWO, "[feed]", "[[inlet]]"))
            .to_string()
            .contains("inlet")
    );
    let one = swap(
        SORTER,
        "\"400 /uL\"",
        "{ concentration = \"400 /uL\", inlet = \"side\" }",
    );
    assert!(
        said(&one).0.contains("this scene has no [[inlet]]"),
        "{}",
        said(&one).0
    );
    let vessel = swap(
        Scene::bundled_text(),
        "lymphocyte = \"2000 /uL\"",
        "lymphocyte = { concentration = \"2000 /uL\", inlet = \"side\" }",
    );
    assert!(
        said(&vessel).0.contains("a vessel has no inlets"),
        "{}",
        said(&vessel).0
    );
}

/// An inlet that no cells name brings clear fluid, which is said; cells that name none come in by the first.
#[test]
fn an_inlet_without_cells() {
    let text = TWO.replace(", inlet = \"sample 2\"", "");
    let scene = read(&text);
    let warned = scene.render_warnings(false);
    assert!(warned.contains("nothing comes in by \"sample 2\""), "{warned}");
    assert!(scene.setup.components.iter().all(|c| c.inlet == 0));
}

#[test]
fn profiles_of_a_shape() {
    let plates = swap(CHANNEL, "rate = ", "profile = \"plates\"\nrate = ");
    let s = read(&plates).setup;
    assert_eq!(s.stream.unwrap().profile, Profile::Plates);
    let round = swap(SORTER, "rate = ", "profile = \"plates\"\nrate = ");
    assert!(said(&round).0.contains("this duct is round and has no plates"));
    let wide = swap(SORTER, "rate = ", "side_by_side = \"width\"\nrate = ");
    assert!(said(&wide).0.contains("only a channel has a width and a height"));
    // in a channel that is not flat the plates are doubted, the walls are not
    let square = |text: &str| {
        let scene = read(&swap(text, "height  = \"0.2 mm\"", "height  = \"1 mm\""));
        scene.forecast_carried(None).unwrap().warnings.join("\n")
    };
    assert!(square(&plates).contains("side walls, left out by it"));
    assert!(!square(CHANNEL).contains("side walls"));
}

/// The profile of a channel as a file beside the scene: its rate is that of the file or scaled, which is warned of; what is wrong with
/// the file or its units is said at their key.
#[test]
fn a_flow_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.toml").to_string_lossy().into_owned();
    // by hand: 6 t (1 - t) over the height, and 1 - x4 over the width, of which the mean is 4/5, with 104.17 mm/s: 83.33 in the mean over
    // 2 x 0.2 mm, 2 mL/min
    let mut csv = String::from("x [mm],y [mm],z [mm],vx [mm/s],vy [mm/s],vz [mm/s]\n");
    for z in [0.0, 30.0] {
        for j in 0..=40 {
            for i in -20..=20 {
                let (t, x) = (f64::from(j) / 40.0, f64::from(i) / 20.0);
                let v = 104.166_67 * 6.0 * t * (1.0 - t) * (1.0 - x.powi(4));
                csv.push_str(&format!("{x},{},{z},0,0,{v}\n", 0.2 * (t - 0.5)));
            }
        }
    }
    std::fs::write(folder.path().join("u.csv"), &csv).unwrap();
    let with = |more: &str| swap(CHANNEL, "rate = ", &format!("profile = \"file\"\n{more}rate = "));
    let read = |text: &str| Scene::from_str(&path, text).unwrap();
    let said = |text: &str| Scene::from_str(&path, text).unwrap_err().to_string();
    let scene = read(&with("file = \"u.csv\"\n"));
    let Profile::Given(chart) = &scene.setup.stream.as_ref().unwrap().profile else {
        panic!("no file")
    };
    // lines between 41 points leave out h2/12 of the slopes at the ends
    let rate = chart.rate() / (2e12 / 60e6);
    assert!((0.99..1.0).contains(&rate), "{rate}");
    assert_eq!(scene.render_warnings(false), "");
    let faster = read(&with("file = \"u.csv\"\n").replace("2 mL/min", "3 mL/min"));
    let warned = faster.render_warnings(false);
    assert!(
        warned.contains("the flow of the file is scaled by 1.5"),
        "{warned}"
    );
    let note = scene.notes.iter().find(|n| n.contains("flow of u.csv")).unwrap();
    assert!(
        note.contains("mL/min in the file. Between sections the rate differs by 0 %"),
        "{note}"
    );
    assert!(
        said(&with("")).contains("`file` is missing"),
        "{}",
        said(&with(""))
    );
    assert!(said(&with("file = \"v.csv\"\n")).contains("v.csv: No such file"));
    assert!(said(&with("file = \"u.csv\"\nvelocity_unit = \"m/s\"\n")).contains("Remove `velocity_unit`"));
    let longer = with("file = \"u.csv\"\n").replace("length  = \"30 mm\"", "length  = \"31 mm\"");
    assert!(
        said(&longer).contains("the file covers (-1, -0.1, 0) mm"),
        "{}",
        said(&longer)
    );
    std::fs::write(folder.path().join("u.vtk"), "# vtk DataFile Version 3.0\n").unwrap();
    assert!(
        said(&with("file = \"u.vtk\"\n")).contains("`length_unit = \"mm\"` and `velocity_unit = \"m/s\"`")
    );
    std::fs::write(folder.path().join("t.csv"), csv.replace("vx [mm/s]", "vx [T]")).unwrap();
    assert!(
        said(&with("file = \"t.csv\"\n")).contains("column vx: `T` is a flux density; a velocity is needed")
    );
    // one number in the middle of twenty sections that is 10 % too high
    let mut long = String::from("x [mm],y [mm],z [mm],vx [mm/s],vy [mm/s],vz [mm/s]\n");
    for k in 0..=20 {
        for j in 0..=40 {
            for i in -20..=20 {
                let (t, x) = (f64::from(j) / 40.0, f64::from(i) / 20.0);
                let wrong = if (i, j, k) == (0, 20, 10) { 1.1 } else { 1.0 };
                let v = wrong * 104.166_67 * 6.0 * t * (1.0 - t) * (1.0 - x.powi(4));
                long.push_str(&format!(
                    "{x},{},{},0,0,{v}\n",
                    0.2 * (t - 0.5),
                    1.5 * f64::from(k)
                ));
            }
        }
    }
    std::fs::write(folder.path().join("slip.csv"), &long).unwrap();
    let warned = read(&with("file = \"slip.csv\"\n")).render_warnings(false);
    // the header and 10 sections of 41 x 41 points, 20 rows of 41, 20 points, and it
    let line = 1 + 10 * 41 * 41 + 20 * 41 + 20 + 1;
    let wanted = format!(
        "slip.csv, line {line}: the point (0, 0, 15) mm differs by 10.02 % from what its neighbours predict"
    );
    assert!(warned.contains(&wanted), "{wanted}\n{warned}");
}

/// By hand: half of 60 000 parcels go to the red cells, whatever their names, and the other half to the two others.
#[test]
fn red_cells_under_two_names_share_their_half() {
    let text = TWO
        .replace("species = \"lymphocyte\"", "species = \"erythrocyte\"")
        .replace(", parcels = 15_000", "");
    let cut = text.find("[labels.lymphocyte_1]").unwrap();
    let rest = text.find("[numerics]").unwrap();
    let scene = read(&format!("{}{}", &text[..cut], &text[rest..]));
    let parcels: Vec<usize> = scene.setup.components.iter().map(|c| c.parcels).collect();
    assert_eq!(parcels, [15_000; 4]);
    // a haematocrit says nothing of red cells by another name, and nothing is cells and beads
    let both = swap(
        &text,
        "parcels     = 60_000",
        "parcels     = 60_000\nhaematocrit = \"1 %\"",
    );
    assert!(said(&both).0.contains("which red cells"), "{}", said(&both).0);
    let bead = swap(
        TWO,
        "{ species = \"lymphocyte\",",
        "{ species = \"lymphocyte\", bead = \"dynabeads_m280\",",
    );
    assert!(
        said(&bead).0.contains("cannot be cells and free beads"),
        "{}",
        said(&bead).0
    );
}

/// What comes in by one inlet is together, named or not; what comes in by two is not.
#[test]
fn cells_crowd_inlet_by_inlet() {
    let dense = |percent: u32, one: &str, two: &str| {
        TWO.replace(
            "{ species = \"neutrophil\", concentration = \"2000 /uL\", inlet = \"sample 1\" }",
            &format!("{{ species = \"neutrophil\", concentration = \"{percent} %\"{one} }}"),
        )
        .replace(
            "{ species = \"neutrophil\", concentration = \"2000 /uL\", inlet = \"sample 2\" }",
            &format!("{{ species = \"neutrophil\", concentration = \"{percent} %\"{two} }}"),
        )
    };
    let [one, two] = [", inlet = \"sample 1\"", ", inlet = \"sample 2\""];
    let apart = read(&dense(3, one, two)).render_warnings(false);
    assert!(apart.contains("the cells fill 3."), "{apart}");
    for one in [one, ""] {
        // together they are more than can be computed as if each were alone
        let (refused, _) = said(&dense(3, one, ""));
        assert!(
            refused.contains("the cells fill 6.") && refused.contains("at most 5 % is possible here"),
            "{refused}"
        );
        let (refused, _) = said(&dense(60, one, ""));
        assert!(refused.contains("the cells fill 120"), "{refused}");
    }
}

/// By hand: 30 000 cells of 15 000 parcels, two a parcel, of 42.2 um2 each, on a wall of 0.5 x 30 mm: 178 000 parcels.
#[test]
fn room_is_for_the_cells_of_an_inlet() {
    let text = swap(TWO, "holds   = [", "coverage = \"100 %\"\nholds   = [");
    let s = read(&text).setup;
    let (_, [_, all]) = crate::engine::parcels_held(&s).unwrap();
    let d = s.components[0].species.diameter;
    let expected = 15e6 / (2.0 * 0.25 * std::f64::consts::PI * d * d);
    assert!(
        (all / expected - 1.0).abs() < 1e-9 && (expected / 178e3 - 1.0).abs() < 0.01,
        "{all}"
    );
}

/// Two samples are labelled in two vessels: neither takes the beads of the other.
#[test]
fn labels_are_shared_within_an_inlet() {
    let step = "binding = { time = \"2 h\", beads = \"2000 /uL\", rate = \"3e10 L/(mol s)\", capacity = 20 }";
    let bound = TWO.replace("mean   = 4\nspread = 0.5", step);
    let beads = |text: &str| -> Vec<f64> {
        let s = read(text).setup;
        let mean = |c: &crate::model::Component| match c.response {
            crate::model::MagneticResponse::Beads { loading, .. } => loading.mean(),
            _ => 0.0,
        };
        [0, 2].map(|k: usize| mean(&s.components[k])).into()
    };
    let apart = beads(&bound);
    let together = beads(&bound.replace("inlet = \"sample 2\"", "inlet = \"sample 1\""));
    assert!(
        apart[0] == apart[1] && together[0] == together[1],
        "{apart:?} {together:?}"
    );
    // with as many cells again for the same beads each gets fewer
    assert!(together[0] < 0.8 * apart[0], "{apart:?} {together:?}");
}
