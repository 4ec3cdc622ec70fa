//! Every kind of bad input, with the place it is reported at and what is said.

use super::super::*;
use super::with;

fn report(text: &str) -> String {
    Scene::from_str("scene.toml", text).unwrap_err().to_string()
}

/// Text to find in the bundled scene, its replacement, line:column, title, label.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip] // a table: one case a line
const CASES: &[Case] = &[
    ("schema = 1", "schema = 2", "3:10", "schema 2 is not known to this version", "1 is needed"),
    ("schema = 1", "", "1:1", "`schema` is missing in the scene", "a whole number is needed"),
    ("seed   = 7", "seed = -7", "5:8", "`seed` is out of range", "has to be 0 or more"),
    ("seed   = 7", "seed = 18446744073709551615", "5:8", "`seed` is out of range", "has to be at most 9223372036854775807"),
    ("seed   = 7", "seed = \"7\"", "5:8", "`seed` is text", "a whole number is needed"),
    ("[sample]", "[sampel]", "7:2", "unknown key `sampel` in the scene", "not a key of this table"),
    ("haematocrit =", "hematocrit =", "10:1", "unknown key `hematocrit` in [sample]", "not a key of this table"),
    ("\"42 %\"", "0.42", "10:15", "`sample.haematocrit` has no unit", "a fraction is needed, e.g. %, L/L"),
    ("\"42 %\"", "\"142 %\"", "10:15", "`sample.haematocrit` is out of range", "has to be at most 100 %"),
    ("\"42 %\"", "\"0 %\"", "10:15", "`sample.haematocrit` is out of range", "has to be above 0 %"),
    ("\"42 %\"", "\"97 %\"", "10:15", "the cells fill 97.38 % of the sample", "they pack at 94 %"),
    ("\"65 mm\"", "65", "17:18", "`chamber.fill_height` has no unit", "a length is needed, e.g. mm, cm"),
    ("\"65 mm\"", "\"65\"", "17:18", "`chamber.fill_height`: `65` has no unit", "a length is needed, e.g. mm, cm"),
    ("\"65 mm\"", "\"8 mL\"", "17:18", "`chamber.fill_height`: `8 mL` is a volume", "a length is needed, e.g. mm, cm"),
    ("\"65 mm\"", "\"-65 mm\"", "17:18", "`chamber.fill_height` is out of range", "has to lie between 1 um and 10 m"),
    ("\"65 mm\"", "\"6,5 cm\"", "17:18", "`chamber.fill_height`: `6,5 cm` has a decimal comma; write a point", "a length is needed, e.g. mm, cm"),
    ("\"170 mm\"", "\"17 mm\"", "18:60", "the sample would reach across the rotor's axis: its bottom is 17 mm from it, and it is 65 mm high", "has to be larger than fill_height"),
    (", bottom_radius = \"170 mm\"", "", "18:18", "`bottom_radius` is missing in [chamber.rotor]", "a length with its unit, in quotes is needed"),
    ("swing-out", "bench", "18:40", "`bottom_radius` does not go with mounting = \"bench\"", "belongs to mounting = \"swing-out\" or \"horizontal\""),
    ("swing-out", "swingout", "18:31", "`chamber.rotor.mounting` cannot be \"swingout\"", "\"swing-out\", \"horizontal\" or \"bench\" is needed"),
    ("swing-out", "fixed-angle", "18:31", "chamber.rotor.mounting = \"fixed-angle\" is not supported yet", "fixed-angle rotors will come later"),
    ("\"tube\"", "\"stl\"", "15:18", "chamber.shape = \"stl\" is not supported yet", "chambers from STL files will come later"),
    ("\"tube\"", "\"sector\"", "14:1", "`angle` is missing in [chamber]", "an angle with its unit, in quotes is needed"),
    ("\"plasma\"", "\"plasna\"", "8:15", "there is no medium `plasna`", "not in the library"),
    ("\"plasma\"", "\"whole_blood\"", "8:15", "whole_blood cannot be used here", "whole blood is not a suspending fluid: its cells are what is simulated"),
    ("\"22 degC\"", "\"1 degC\"", "9:15", "plasma is not known at this temperature", "has to lie between 2 and 42 degC"),
    ("lymphocyte", "lymfocyte", "12:11", "there is no species `lymfocyte`", "neither in the library nor in [species]"),
    ("\"450 /uL\"", "450", "12:47", "`sample.cells.monocyte` has no unit", "a concentration or a fraction is needed, e.g. /uL, /mL, /L, %, L/L"),
    ("\"450 /uL\"", "{ parcels = 5 }", "12:47", "how many cells of `monocyte` are there?", "no concentration is given"),
    ("\"450 /uL\"", "{ concentration = \"450 /uL\", parcels = 0 }", "12:86", "`sample.cells.monocyte.parcels` is out of range", "has to lie between 1 and 2147483647"),
    ("\"450 /uL\"", "{ concentration = \"450 /uL\", diameter_sd = \"4 um\" }", "12:47", "the diameter of `monocyte` reaches zero within three standard deviations", "9 with a spread of 4"),
    ("cells = {", "cells = { erythrocyte = \"5e6 /uL\",", "12:25", "red cells are given twice", "`haematocrit` says how many there are"),
    ("500_000", "3_000_000_000", "11:15", "`sample.parcels` is out of range", "has to lie between 1 and 2147483647"),
    ("500_000", "4", "11:15", "4 parcels for 5 species", "at least 5 are needed"),
    ("\"1500 x g\"", "\"1500\"", "21:11", "`protocol.ramp_to`: `1500` has no unit", "a rotor speed or a relative centrifugal force is needed, e.g. rpm, rad/s, x g"),
    ("\"1500 x g\"", "\"5e6 x g\"", "21:11", "at 5000000 x g the bottom of the vessel moves at 2887 m/s: every rotor would burst", "no material withstands 2000 m/s"),
    ("over    = \"30 s\"", "", "20:1", "[protocol] needs `ramp_to` with `over`", "`over` is missing"),
    ("over    = \"30 s\"", "over = \"30 s\"\nat_radius = \"5 mm\"", "23:13", "5 mm lies far outside the sample", "it reaches from 105 mm to 170 mm"),
    ("\"12 min\"", "\"-12 min\"", "25:8", "`protocol.hold` is out of range", "has to be above 0 s"),
    ("hold = \"12 min\"", "hold = \"12 min\"\nbrake_over = \"1 s\"", "26:1", "[protocol] takes only one of `ramp_to` with `over`, `hold`, `brake_over`", "a second one"),
    ("hold = \"12 min\"", "", "24:1", "[protocol] needs one of `ramp_to` with `over`, `hold`, `brake_over`", "none of them is given"),
    ("hold = \"12 min\"", "brake_over = \"1 min\"", "28:14", "the rotor does not turn here", "nothing to brake"),
    ("[output]", "[window]", "30:2", "`window` is not supported yet", "keys of the window will come later"),
    ("[output]", "[flow]\nrate = \"1 mL/min\"\n[output]", "30:2", "`flow` belongs to a table with `duct`", "there is no `duct`"),
    ("profile = {", "counts = { every = \"1 s\" }\nprofile = {", "31:10", "`output.counts` belongs to a separator", "a vessel has `output.profile`"),
    ("[output]", "[physics]\nbrownian = true\n[output]", "31:1", "`physics.brownian` is not supported yet", "Brownian motion will come later"),
    ("[output]", "[physics]\nlateral = \"resolved\"\n[output]", "31:11", "`lateral` cannot have this value in a dense suspension", "only with suspension = \"dilute\""),
    ("[output]", "[physics]\nsuspension = \"dilute\"\ncoriolis = true\n[output]", "32:12", "the Coriolis acceleration acts across the vessel, where motion is not followed", "needs lateral = \"resolved\""),
    ("[output]", "[physics]\nsuspension = \"dilute\"\n[output]", "31:14", "the cells fill 42.38 % of the sample, too much to compute each as if it were alone", "at most 5 % is possible here"),
    ("[output]", "[physics]\nrouleaux = true\n[output]", "31:12", "`physics.rouleaux` is a truth value", "a number is needed"),
    ("[output]", "[physics]\nhindrance_exponent = nan\n[output]", "31:22", "`physics.hindrance_exponent` is out of range", "has to lie between 2 and 20"),
    ("[output]", "[physics]\npacking_limit = \"4 %\"\n[output]", "31:17", "the packing width reaches down to zero", "has to be smaller than the packing limit"),
    ("[output]", "[numerics]\ncourant = 0.9\n[output]", "31:11", "`numerics.courant` is out of range", "has to lie between 0.000001 and 0.5"),
    ("[output]", "[species.mine]\n[output]", "30:1", "`source` is missing in [species.mine]", "text in quotes is needed"),
    ("[output]", "[species.monocyte]\nsource = \"x\"\n[output]", "30:10", "`monocyte` is in the library already", "another name is needed"),
    ("title  = \"", "title  = ", "4:10", "this is not TOML", "there is only one quote"),
    ("haematocrit = ", "haematocrit = \"4 %\"\nhaematocrit = ", "11:1", "this is not TOML", "duplicate key"),
];

#[test]
fn each_is_reported_at_its_place() {
    let mut missing: Vec<String> = Vec::new();
    for (from, to, place, title, label) in CASES {
        let error = Scene::from_str("scene.toml", &with(from, to)).unwrap_err();
        let found: Vec<String> = error
            .problems
            .iter()
            .map(|p| format!("{}:{} {} | {}", p.line, p.column, p.title, p.label))
            .collect();
        let wanted = format!("{place} {title} | {label}");
        if !found.contains(&wanted) {
            missing.push(format!(
                "{wanted}
is not in
{}
",
                found.join(
                    "
"
                )
            ));
            continue;
        }
        assert!(
            error.to_string().contains(&format!("--> scene.toml:{place}")),
            "{error}"
        );
        assert_eq!(crate::Error::from(error).exit_code(), 2);
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// One problem is one problem: nothing that follows from it is reported too.
#[test]
fn one_cause_one_report() {
    for (from, to, .., title, _) in CASES {
        let error = Scene::from_str("scene.toml", &with(from, to)).unwrap_err();
        let errors = error
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .count();
        // several keys go with a table of another shape, a misspelt table is both unknown and missing, blood is not dilute, ...
        let several = [
            "\"sector\"",
            "[sampel]",
            "title  = ",
            "[species.mine]\n[output]",
            "bench",
        ];
        assert!(
            errors == 1
                || several.contains(to)
                || ["\"4 %\"\n", "[species.", "coriolis"]
                    .iter()
                    .any(|x| to.contains(x)),
            "{title}\n{error}"
        );
    }
}

#[test]
fn reports_in_full() {
    let both = with("haematocrit =", "hematocrit =").replace("\"65 mm\"", "\"8 mL\"");
    assert_eq!(
        report(&both),
        r#"error: unknown key `hematocrit` in [sample]
  --> scene.toml:10:1
   |
10 | hematocrit = "42 %"
   | ^^^^^^^^^^ not a key of this table
   |
   = help: did you mean `haematocrit`?

error: `chamber.fill_height`: `8 mL` is a volume
  --> scene.toml:17:18
   |
17 | fill_height    = "8 mL"   # 10 mL
   |                  ^^^^^^ a length is needed, e.g. mm, cm

2 problems in scene.toml"#
    );
    assert!(
        report(&with("\"42 %\"", "\"0 %\"")).ends_with("= help: leave it out where there are no red cells")
    );
    assert_eq!(
        report(&with("\"12 min\"", "12")),
        r#"error: `protocol.hold` has no unit
  --> scene.toml:25:8
   |
25 | hold = 12
   |        ^^ a time is needed, e.g. s, min, h
   |
   = help: write "12 s" or "12 min", whichever is meant"#
    );
    assert_eq!(
        report(&with("[sample]", "[sample")),
        r#"error: this is not TOML
 --> scene.toml:7:8
  |
7 | [sample
  |        ^ unclosed table, expected `]`"#
    );
}

/// A broken line does not hide what is wrong elsewhere.
#[test]
fn syntax_and_sense_together() {
    let text = with("seed   = 7", "seed = = 7").replace("\"65 mm\"", "\"8 mL\"");
    let text = report(&text);
    assert!(
        text.contains("this is not TOML") && text.contains("`8 mL` is a volume"),
        "{text}"
    );
}

/// What is found out only when all is put together is reported at the key that it follows from.
#[test]
fn unsound_setups_are_reported_at_their_keys() {
    let out = "profile = { every = \"10 s\", bins = 260 }";
    let pellet = "\"450 /uL\"";
    for (replace, place, title) in [
        // too many profiles: by the interval, by the programme where no interval is written
        (
            vec![(out, "profile = { every = \"1 ms\" }")],
            "31:21",
            "`output.profile.every` is 1 ms, and the programme takes 13.5 min: more than 100000 profiles; it has to be at \
             least 8.1 ms",
        ),
        (
            vec![(out, ""), ("12 min", "3000 d")],
            "25:8",
            "`output.profile.every` is 10 s",
        ),
        (
            vec![(out, ""), ("\"60 s\"", "\"3000 d\"")],
            "28:14",
            "`output.profile.every` is 10 s",
        ),
        // too many steps
        (
            vec![
                ("12 min", "60 min"),
                ("[output]", "[numerics]\nlongest_step = \"1 us\"\n[output]"),
            ],
            "31:16",
            "`numerics.longest_step` is 1 us",
        ),
        // bins times layers
        (
            vec![(out, "profile = { bins = 100_000 }\n[numerics]\nlayers = 50_000")],
            "31:20",
            "`output.profile.bins` is 100000;",
        ),
        // a sector that is followed across
        (
            vec![
                ("\"tube\"", "\"sector\""),
                (
                    "inner_diameter = \"14 mm\"",
                    "angle = \"5 deg\"\nthickness = \"10 mm\"",
                ),
                ("swing-out", "horizontal"),
                ("42 %", "4 %"),
                (
                    "[output]",
                    "[physics]\nsuspension = \"dilute\"\nlateral = \"resolved\"\n[output]",
                ),
            ],
            "33:11",
            "`physics.lateral` is \"resolved\" in a vessel other than a tube",
        ),
        // the packing limit is that of the species with the largest volume
        (
            vec![
                ("haematocrit = \"42 %\"", ""),
                (pellet, "\"450 /uL\", bead = \"2 %\""),
                (
                    "[output]",
                    "[species.bead]\nsource = \"x\"\nclass = \"particle\"\ndiameter = \"5 um\"\ndensity = \"1.1 \
                     g/mL\"\npacking_limit = \"4 %\"\n[output]",
                ),
            ],
            "35:17",
            "`physics.packing_width` is 5 %;",
        ),
        (
            vec![
                ("haematocrit = \"42 %\"", ""),
                (pellet, "\"450 /uL\", bead = \"2 %\""),
                (
                    "[output]",
                    "[species.bead]\nsource = \"x\"\nclass = \"particle\"\ndiameter = \"5 um\"\ndensity = \"1.1 \
                     g/mL\"\npacking_limit = \"20 %\"\n[physics]\npacking_width = \"30 %\"\n[output]",
                ),
            ],
            "37:17",
            "`physics.packing_width` is 30 %;",
        ),
    ] {
        let mut text = Scene::bundled_text().to_owned();
        for (from, to) in &replace {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        let error = Scene::from_str("scene.toml", &text).unwrap_err();
        let found: Vec<String> = error
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .map(|p| format!("{}:{} {}", p.line, p.column, p.title))
            .collect();
        assert!(
            found.len() == 1 && found[0].starts_with(&format!("{place} {title}")),
            "{place} {title}\n{error}"
        );
    }
}

/// Few parcels are warned of at the key that says how many, with what would do; a dilute suspension needs no more.
#[test]
fn few_parcels() {
    let warned = |scene: &Scene| -> Vec<String> {
        scene
            .warnings
            .iter()
            .map(|p| {
                format!(
                    "{}:{} {} | {} | {}",
                    p.line,
                    p.column,
                    p.title,
                    p.label,
                    p.help.as_deref().unwrap_or("")
                )
            })
            .collect()
    };
    let read = |text: &str| Scene::from_str("scene.toml", text).unwrap_or_else(|e| unreachable!("{e}"));
    let few = "11:15 20000 parcels in 260 grid layers are few, 77 in each: their noise biases the hindrance | 100 in \
               each, 26000 in all, are enough for boundaries; below 500000 the volumes of thin layers scatter more \
               | take 26000 parcels or more, or at most 200 `layers` in [numerics], which are then coarser and so are all boundaries";
    let mut scene = read(&with("500_000", "20_000"));
    assert_eq!(warned(&scene), [few]);
    scene.rescale(26_000);
    assert_eq!(warned(&scene), [""; 0]);
    // from another number back to that of the scene
    scene.rescale(20_000);
    assert_eq!(warned(&scene), [few]);
    // no grid so coarse that nothing can be read from it is advised
    let mut fewer = read(&with("500_000", "9_900"));
    let [said] = &warned(&fewer)[..] else {
        unreachable!()
    };
    assert!(said.ends_with("| take 26000 parcels or more"), "{said}");
    fewer.rescale(10_000);
    assert!(
        warned(&fewer)[0].contains("at most 100 `layers`"),
        "{:?}",
        warned(&fewer)
    );
    // such a grid is warned of itself, however many parcels there are
    let grid = |layers: u32| {
        read(&with(
            "[output]",
            &format!("[numerics]\nlayers = {layers}\n[output]"),
        ))
    };
    let coarse = grid(65).render_warnings(false);
    for words in [
        "boundaries are smeared over several grid cells of 1 mm",
        "residual cells and thin layers are too uncertain to use",
        "take at least 100 `layers`",
    ] {
        assert!(coarse.contains(words), "{coarse}");
    }
    assert!(!grid(100).render_warnings(false).contains("smeared"));
    let dilute = with("500_000", "20_000")
        .replace("42 %", "4 %")
        .replace("[output]", "[physics]\nsuspension = \"dilute\"\n[output]");
    assert!(warned(&read(&dilute)).iter().all(|w| !w.contains("few")));
}

/// A force below that at which the packing limit was read is warned of where it is set.
#[test]
fn weak_forces_are_warned_of_at_their_step() {
    let place = |text: &str| {
        let scene = Scene::from_str("scene.toml", text).unwrap_or_else(|e| unreachable!("{e}"));
        let p = scene
            .warnings
            .iter()
            .find(|p| p.title.starts_with("the packing limit of red cells"))
            .unwrap_or_else(|| unreachable!("{}", scene.render_warnings(false)));
        (p.line, p.column)
    };
    // the second ramp is the stronger one, though its number is the smaller
    let two =
        with("hold = \"12 min\"", "ramp_to = \"700 x g\"\nover = \"10 s\"").replace("1500 x g", "1000 rpm");
    assert_eq!(place(&two), (25, 11));
    let bench = with("swing-out", "bench")
        .replace(", bottom_radius = \"170 mm\"", "")
        .replace("ramp_to = \"1500 x g\"", "#")
        .replace("over    = \"30 s\"", "hold = \"1 h\"")
        .replace("brake_over", "hold");
    assert_eq!(place(&bench), (18, 31));
}

/// Warnings let a scene run: what to replace, line:column, title.
#[test]
fn warnings() {
    for (from, to, place, title) in [
        (
            "\"1500 x g\"",
            "\"40000 x g\"",
            "21:11",
            "40000 x g at the bottom of the vessel is more than blood tubes and their rotors withstand",
        ),
        (
            "\"2000 /uL\"",
            "\"9000 /uL\"",
            "12:24",
            "9000 /uL of `lymphocyte` is unusual in blood",
        ),
        (
            "\"42 %\"",
            "\"20 %\"",
            "10:15",
            "a haematocrit of 20 % is unusual in blood",
        ),
        (
            "\"1500 x g\"",
            "\"100 x g\"",
            "21:11",
            "the packing limit of red cells was measured above 1430 x g; this scene reaches 100 x g",
        ),
        (
            "over    = \"30 s\"",
            "over = \"30 s\"\nat_radius = \"90 mm\"",
            "23:13",
            "90 mm lies outside the sample",
        ),
        (
            "\"450 /uL\"",
            "{ concentration = \"450 /uL\", parcels = 100_000_000 }\nparcels = 200_000_000\n#",
            "12:47",
            "100000000 parcels for 4502688 cells of `monocyte`",
        ),
    ] {
        let text = if to.contains('#') {
            // the rest of the line goes with the comment; close the table again and drop the first total
            with(from, &to.replace("\nparcels = 200_000_000\n#", " } #")).replace("500_000", "200_000_000")
        } else {
            with(from, to)
        };
        let scene = Scene::from_str("scene.toml", &text).unwrap_or_else(|e| unreachable!("{e}"));
        let found: Vec<String> = scene
            .warnings
            .iter()
            .map(|p| format!("{}:{} {}", p.line, p.column, p.title))
            .collect();
        assert!(
            found.contains(&format!("{place} {title}")),
            "{place} {title}\nis not in\n{}",
            found.join("\n")
        );
        assert!(scene.warnings.iter().all(|p| p.severity == Severity::Warning));
    }
}
