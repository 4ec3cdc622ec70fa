//! Values that may have slipped by a unit or a power of ten, and what is proposed for them.

use super::super::*;
use super::with;

fn warned(text: &str) -> Vec<(String, Option<String>)> {
    let scene = Scene::from_str("scene.toml", text).unwrap_or_else(|e| unreachable!("{e}"));
    let told = |p: &Problem| (format!("{} | {}", p.title, p.label), p.help.clone());
    scene.warnings.iter().map(told).collect()
}

/// What to replace, what is warned of, and what may have been meant; which is then warned of no more.
#[test]
fn slips_are_asked_about() {
    let before = warned(Scene::bundled_text());
    for (from, to, warning, help) in [
        (
            "\"170 mm\"",
            "\"1.7 m\"",
            "a bottom radius of 1.7 m is unusual | usually 30 mm to 275 mm: the largest rotors for blood have about 260 mm",
            "did you mean \"170 mm\"?",
        ),
        (
            "\"170 mm\"",
            "\"32 cm\"",
            "a bottom radius of 320 mm is unusual | usually 30 mm to 275 mm: the largest rotors for blood have about 260 mm",
            "did you mean \"160 mm\"? 320 mm is the diameter then",
        ),
        (
            "\"14 mm\"",
            "\"14 um\"",
            "an inner diameter of 14 um is unusual | usually 300 um to 150 mm",
            "write \"14 mm\" or \"14 cm\", whichever is meant",
        ),
        (
            "\"65 mm\"",
            "\"65 um\"",
            "a fill height of 65 um is unusual | usually 1 mm to 500 mm",
            "did you mean \"65 mm\"?",
        ),
        (
            "\"1500 x g\"",
            "\"1.5 x g\"",
            "1.5 x g at the bottom is little for a centrifuge | usually 10 to 30000 x g",
            "did you mean \"1500 x g\"?",
        ),
        (
            "\"1500 x g\"",
            "\"3 rpm\"",
            "0.00171 x g at the bottom is little for a centrifuge | usually 10 to 30000 x g",
            "did you mean \"3000 rpm\"?",
        ),
        (
            "\"42 %\"",
            "\"0.42 %\"",
            "a haematocrit of 0.42 % is unusual | blood has about 100 times as much",
            "did you mean \"42 %\"?",
        ),
        (
            "\"2000 /uL\"",
            "\"2 /uL\"",
            "2 /uL of `lymphocyte` is unusual in blood | usually 1000 /uL to 4000 /uL",
            "did you mean \"2 x10^9/L\"?",
        ),
        (
            "\"2000 /uL\"",
            "\"200 /uL\"",
            "200 /uL of `lymphocyte` is unusual in blood | usually 1000 /uL to 4000 /uL",
            "did you mean \"2000 /uL\"?",
        ),
        (
            "\"450 /uL\"",
            "{ concentration = \"450 /uL\", diameter = \"110 um\", diameter_sd = \"0.1 um\" }",
            "a diameter of 110 um is unusual | usually 20 nm to 100 um",
            "did you mean \"110 nm\"?",
        ),
    ] {
        let told = warned(&with(from, to));
        let found = told.iter().find(|w| w.0 == warning);
        assert_eq!(found.map(|w| w.1.as_deref()), Some(Some(help)), "{to}: {told:#?}");
        // whatever is proposed is taken, and quiet
        for meant in help.split('"').skip(1).step_by(2).filter(|m| *m != "14 cm") {
            let text = with(
                from,
                &to.replace(
                    to.split('"')
                        .find(|p| p.contains(|c: char| c.is_ascii_digit()))
                        .unwrap_or(to),
                    meant,
                ),
            );
            if !to.contains('{') {
                assert_eq!(warned(&text), before, "{meant}");
            }
        }
    }
}

/// What was written as a radius is called one, and compared with what is usual of one; so with every key that has two names.
#[test]
fn a_radius_is_compared_with_radii() {
    for (written, warning, help) in [
        (
            "radius = \"7 um\"",
            "a radius of 7 um is unusual | usually 150 um to 75 mm",
            "write \"7 mm\" or \"7 cm\", whichever is meant",
        ),
        (
            "radius = \"100 mm\"",
            "a radius of 100 mm is unusual | usually 150 um to 75 mm",
            "did you mean \"10 mm\"?",
        ),
    ] {
        let told = warned(&with("inner_diameter = \"14 mm\"", written));
        let found = told.iter().find(|w| w.0 == warning);
        assert!(found.is_some(), "{written}: {told:#?}");
        assert_eq!(found.and_then(|w| w.1.as_deref()), Some(help), "{written}");
    }
    // 80 mm are a usual diameter, 160 mm are none
    assert_eq!(
        warned(&with("inner_diameter = \"14 mm\"", "inner_diameter = \"100 mm\"")),
        warned(Scene::bundled_text())
    );
    let duct = super::separators::RACK.replace("radius = \"6.5 mm\"", "inner_diameter = \"8 um\"");
    let s = Scene::from_str("s.toml", &duct).unwrap_or_else(|e| unreachable!("{e}"));
    let told: Vec<String> = s
        .warnings
        .iter()
        .map(|w| format!("{} | {}", w.title, w.label))
        .collect();
    let wanted = "an inner diameter of 8 um is unusual | usually 10 um to 400 mm";
    assert!(told.iter().any(|t| t == wanted), "{told:?}");
}

/// What is no blood is not measured by it: another medium, a product, diluted blood.
#[test]
fn only_blood_is_like_blood() {
    let blood = |text: &str| warned(text).iter().filter(|w| w.0.contains("in blood")).count();
    let half = with("\"42 %\"", "\"21 %\"");
    assert_eq!(blood(&half), 1, "red cells alone are few");
    let diluted = half
        .replace("\"2000 /uL\"", "\"500 /uL\"")
        .replace("\"450 /uL\"", "\"110 /uL\"");
    assert_eq!(blood(&diluted), 0);
    assert_eq!(blood(&half.replace("\"plasma\"", "\"saline\"")), 0);
    // however the medium is written
    assert_eq!(blood(&half.replace("\"plasma\"", "\"Plasma\"")), 1);
    let product = with("\"42 %\"", "\"1 %\"").replace("\"2000 /uL\"", "\"20000 /uL\"");
    assert_eq!(blood(&product), 0);
    assert_eq!(blood(Scene::bundled_text()), 0);
}

/// A bare number: all that it may be, each of which is then taken.
#[test]
fn bare_numbers_have_readings() {
    for (from, bare, readings) in [
        ("\"42 %\"", "0.42", &["42 %", "0.42 %"][..]),
        ("\"42 %\"", "42", &["42 %"]),
        ("\"14 mm\"", "14", &["14 mm", "14 cm"]),
        ("\"1500 x g\"", "1500", &["1500 rpm", "1500 x g"]),
        ("\"450 /uL\"", "450", &["450 /uL"]),
        ("\"22 degC\"", "22", &["22 degC"]),
        ("\"22 degC\"", "295.15", &["295.15 K"]),
        ("\"170 mm\"", "0.17", &["0.17 m"]),
        // what is usual of a rotor and of a tube: neither 16 um nor 16 mm of a bottom radius
        ("\"170 mm\"", "16", &["16 cm"]),
        ("\"1500 x g\"", "3000", &["3000 rpm", "3000 x g"]),
    ] {
        // in quotes or not
        let quoted = Scene::from_str("scene.toml", &with(from, &format!("\"{bare}\""))).expect_err(bare);
        let e = Scene::from_str("scene.toml", &with(from, bare)).expect_err(bare);
        let help = e.problems.iter().find_map(|p| p.help.clone()).unwrap_or_default();
        let same = quoted.problems.iter().find_map(|p| p.help.clone());
        assert_eq!(same.as_deref(), Some(help.as_str()), "{bare} in quotes");
        let told: Vec<&str> = help.split('"').skip(1).step_by(2).collect();
        assert!(readings.iter().all(|r| told.contains(r)), "{bare}: {help}");
        assert_eq!(told.len() == 1, readings.len() == 1, "{bare}: {help}");
        for reading in told {
            let again = Scene::from_str("scene.toml", &with(from, &format!("\"{reading}\"")));
            let unit = |e: &SceneError| e.problems.iter().any(|p| p.title.contains("unit"));
            assert!(again.as_ref().map_or_else(|e| !unit(e), |_| true), "{reading}");
        }
    }
}

/// An amount of nothing: what is to be left out can be.
#[test]
fn nothing_is_left_out() {
    let e = Scene::from_str("scene.toml", &with("\"450 /uL\"", "\"0 /uL\"")).expect_err("nothing");
    let help = e.problems.iter().find_map(|p| p.help.clone());
    assert_eq!(
        help.as_deref(),
        Some("leave `monocyte` out of the cells where there are none")
    );
}

/// Out of a key's range by a unit.
#[test]
fn out_of_range_by_a_unit() {
    let fluid = "fluid = { density = \"1.02 kg/m3\", viscosity = \"1.2 mPa s\" }";
    let text = Scene::bundled_text().replace("medium      = \"plasma\"", fluid);
    assert!(text.contains(fluid), "{text}");
    let e = Scene::from_str("scene.toml", &text).expect_err("thin");
    let help = e.problems.iter().find_map(|p| p.help.clone());
    assert_eq!(help.as_deref(), Some("did you mean \"1.02 g/mL\"?"));
}

/// "1.375 rpm" may be 1375 rpm to who writes points between groups of digits. It is asked about where that is plausible of the key, and
/// what is proposed is taken.
#[test]
fn a_point_between_groups_of_digits() {
    for (from, to, readings) in [
        ("\"1500 x g\"", "1.375 rpm", &["1375 rpm"][..]),
        ("\"1500 x g\"", "12.375 x g", &["12375 x g", "12.3750 x g"]),
        ("\"1500 x g\"", "99.125 x g", &[]),
        ("\"170 mm\"", "17.125 cm", &[]),
        ("\"14 mm\"", "14.125 mm", &[]),
        ("\"14 mm\"", "14.125 um", &["14125 um"]),
        ("\"2000 /uL\"", "2.125 /uL", &["2125 /uL", "2.1250 /uL"]),
        ("\"2000 /uL\"", "2.125 x10^9/L", &[]),
        ("\"42 %\"", "42.125 %", &[]),
        ("\"12 min\"", "12.125 min", &[]),
        ("\"12 min\"", "720.125 s", &[]),
        ("\"12 min\"", "1.375 s", &["1375 s", "1.3750 s"]),
        ("\"22 degC\"", "22.125 degC", &[]),
    ] {
        let told = |value: &str| match Scene::from_str("scene.toml", &with(from, &format!("\"{value}\""))) {
            Ok(_) => None,
            Err(e) => e
                .problems
                .into_iter()
                .find(|p| p.title.contains("two ways"))
                .map(|p| p.help.unwrap_or_default()),
        };
        let help = told(to);
        assert_eq!(help.is_some(), !readings.is_empty(), "{to}: {help:?}");
        let help = help.unwrap_or_default();
        let meant: Vec<&str> = help.split('"').skip(1).step_by(2).collect();
        assert_eq!(meant, readings, "{to}");
        for reading in meant {
            assert_eq!(told(reading), None, "{reading}");
        }
    }
}

/// 11 mm are the bore of a blood tube, not its radius; those of a conical tube of 50 mL are. What is advised is quiet.
#[test]
fn a_bore_that_was_written_as_a_radius() {
    let radius = |r: &str| warned(&with("inner_diameter = \"14 mm\"", &format!("radius = \"{r}\"")));
    let told = radius("11 mm");
    assert_eq!(
        told,
        [(
            "a radius of 11 mm makes a bore of 22 mm | wider than blood tubes, 6.5 mm to 16 mm".to_owned(),
            Some("if 11 mm is the bore, write `inner_diameter = \"11 mm\"` instead of `radius`".to_owned())
        )]
    );
    for quiet in ["5.5 mm", "7 mm", "13.7 mm"] {
        assert_eq!(radius(quiet), [], "{quiet}");
    }
    assert_eq!(warned(&with("\"14 mm\"", "\"11 mm\"")), []);
}

/// What was written as a haematocrit is told as one.
#[test]
fn a_share_is_told_as_a_share() {
    let told = warned(&with("\"42 %\"", "\"20 %\""));
    // 3.9 and 5.9 million red cells of 90 fL, with their spread, are 35.3 and 53.4 %
    assert_eq!(
        told[0].0,
        "a haematocrit of 20 % is unusual in blood | usually 35.3 % to 53.4 %"
    );
    let counted = warned(
        &with("haematocrit = \"42 %\"", "").replace("cells = {", "cells = { erythrocyte = \"2500000 /uL\","),
    );
    assert_eq!(
        counted[0].0,
        "2500000 /uL of `erythrocyte` is unusual in blood | usually 3900000 /uL to 5900000 /uL"
    );
}

/// Blood with an anticoagulant and a forgotten haematocrit, or one with a thousandth of the red cells, is asked about; plasma is not.
#[test]
fn blood_without_red_cells() {
    let acda = "anticoagulant = { solution = \"acd_a\", ratio = \"1:9\" }\namounts = \"blood\"";
    let of = |text: &str| {
        let all = warned(text);
        all.iter()
            .filter(|w| w.0.starts_with("the blood has"))
            .cloned()
            .collect::<Vec<_>>()
    };
    let help =
        Some("give `haematocrit` if the sample is blood; what was added is mixed with its plasma".to_owned());
    let none = with("haematocrit = \"42 %\"", acda);
    assert_eq!(
        of(&none),
        [(
            "the blood has no red cells | only these cells are in it".to_owned(),
            help.clone()
        )]
    );
    let few = none.replacen("cells = {", "cells = { erythrocyte = \"5e3 /uL\",", 1);
    let told = of(&few);
    assert_eq!(told.len(), 1, "{few}");
    assert!(
        told[0].0.starts_with("the blood has a haematocrit of 0.045"),
        "{told:?}"
    );
    assert_eq!(told[0].1, help);
    assert_eq!(
        of(&with(
            "haematocrit = \"42 %\"",
            &format!("{acda}\nhaematocrit = \"42 %\"")
        )),
        []
    );
    assert_eq!(of(&with("haematocrit = \"42 %\"", "")), []);
}

/// Warnings of a separator's scene, each with its help.
fn separator_warned(text: &str) -> Vec<(String, Option<String>)> {
    let scene = super::separators::read(text);
    let told = |p: &Problem| (format!("{} | {}", p.title, p.label), p.help.clone());
    scene.warnings.iter().map(told).collect()
}

/// Magnets, times and amounts far from what laboratories have: what to replace, what is warned of, and what may have been meant.
#[test]
fn implausible_values_of_separators_and_programmes() {
    use super::separators::RACK;
    for (from, to, warning, help) in [
        (
            "\"1.3 T\"",
            "\"1.3 mT\"",
            "a remanence of 1.3 mT is unusual | usually 100 mT to 1.5 T",
            "did you mean \"1.3 T\"?",
        ),
        (
            "\"10 mm\", \"20 mm\"",
            "\"30 um\", \"20 mm\"",
            "a side of 30 um is unusual | usually 100 um to 1 m",
            "write \"30 mm\" or \"30 cm\", whichever is meant",
        ),
        (
            "duration = \"5 min\"",
            "duration = \"5 us\"",
            "a duration of 5 us is unusual | usually 10 ms to 7 d",
            "write \"5 s\", \"5 min\" or \"5 h\", whichever is meant",
        ),
    ] {
        assert!(RACK.contains(from), "{from}");
        let told = separator_warned(&RACK.replace(from, to));
        let found = told.iter().find(|w| w.0 == warning);
        assert_eq!(found.map(|w| w.1.as_deref()), Some(Some(help)), "{to}: {told:#?}");
    }
    for (from, to, warning, help) in [
        (
            "over    = \"30 s\"",
            "over = \"0.4 ms\"",
            "a ramp of 400 us is unusual | usually 100 ms to 60 min",
            "write \"0.4 s\", \"0.4 min\" or \"0.4 h\", whichever is meant",
        ),
        (
            "\"12 min\"",
            "\"12 ms\"",
            "a hold of 12 ms is unusual | usually 100 ms to 7 d",
            "write \"12 s\", \"12 min\" or \"12 h\", whichever is meant",
        ),
    ] {
        let told = warned(&with(from, to));
        let found = told.iter().find(|w| w.0 == warning);
        assert_eq!(found.map(|w| w.1.as_deref()), Some(Some(help)), "{to}: {told:#?}");
    }
    // a field that is strong is held against what it is made of, and not asked about twice
    let strong = separator_warned(&RACK.replace("\"1.3 T\"", "\"1.6 T\""));
    assert_eq!(strong.len(), 1, "{strong:?}");
}

/// Labels in a scene whose magnets were deleted pull nothing.
#[test]
fn labels_without_a_magnet() {
    use super::separators::{MAGNET, RACK};
    let without = RACK.replace(&format!("[[magnet]]\n{MAGNET}\n"), "");
    assert_ne!(without, RACK);
    let told = separator_warned(&without);
    assert_eq!(
        told,
        [(
            "nothing pulls lymphocyte: the scene has no magnet | these cells follow flow and weight alone"
                .to_owned(),
            Some("add a `[[magnet]]`, or leave the labels out if that is meant".to_owned())
        )]
    );
    let labels = without.find("[labels").unwrap_or(without.len());
    assert_eq!(separator_warned(&without[..labels]), []);
}

/// By hand: of three parcels a half is known to 1.96 sqrt(1/4/3) = 57 %, of 100 to 9.8 %.
#[test]
fn a_handful_of_parcels() {
    const LONE: &str = include_str!("../../../examples/scenes/dilute_platelets.toml");
    let of = |n: &str| warned(&LONE.replace("100_000", n));
    assert_eq!(
        of("3"),
        [(
            "3 parcels are few | a share of half of them has an uncertainty of 57 percentage points"
                .to_owned(),
            Some("take 10000 parcels or more: it is then 0.98 percentage points".to_owned())
        )]
    );
    assert_eq!(of("100"), []);
    let duct = super::separators::RACK
        .replace("60_000", "99")
        .replace(", parcels = 40_000", "");
    let told = separator_warned(&duct);
    assert!(
        told.iter().any(|w| w.0.starts_with("99 parcels are few")),
        "{told:?}"
    );
    // more of them on the command line
    let mut scene = super::separators::read(&duct);
    scene.rescale(10_000);
    assert!(scene.warnings.iter().all(|w| !w.title.contains("are few")));
    // or fewer
    scene.rescale(50);
    assert!(
        scene
            .warnings
            .iter()
            .any(|w| w.title == "50 parcels, instead of 99 as written, are few"),
        "{:?}",
        scene.warnings
    );
}

/// The units that are named for a key are those in which usual values of it are written.
#[test]
fn units_suit_the_key() {
    let label = |from: &str, to: &str| {
        let e = Scene::from_str("scene.toml", &with(from, to)).expect_err(to);
        let p = e.problems.into_iter().next();
        p.map(|p| (p.label, p.help.unwrap_or_default()))
            .unwrap_or_default()
    };
    for (from, to) in [
        ("inner_diameter = \"14 mm\"", "inner_diameter = 14"),
        ("fill_height    = \"65 mm\"", "fill_height = \"65 mL\""),
        ("bottom_radius = \"170 mm\"", "bottom_radius = \"170\""),
    ] {
        assert_eq!(label(from, to).0, "a length is needed, e.g. mm, cm", "{to}");
    }
    assert!(
        label(", bottom_radius = \"170 mm\"", "")
            .1
            .starts_with("add `bottom_radius = \"... mm\"`")
    );
    // of what may have been meant only what is usual of the key
    assert_eq!(
        label("\"14 mm\"", "\"14 u\"").1,
        "write \"14 cm\" or \"14 mm\", whichever is meant"
    );
    let cell = label("\"450 /uL\"", "{ concentration = \"450 /uL\", diameter = 9 }");
    assert_eq!(cell.0, "a length is needed, e.g. um, nm");
}
