//! Warnings of scenes whose results would not mean what they seem to, and refusals of what is no scene.

use super::super::*;
use super::with;

fn read(text: &str) -> Scene {
    Scene::from_str("scene.toml", text).unwrap_or_else(|e| unreachable!("{e}"))
}

/// line:column title | label | help, of the warnings that hold `word`.
fn warned(text: &str, word: &str) -> Vec<String> {
    let warnings = read(text).warnings;
    let all = warnings.iter().map(|p| {
        format!(
            "{}:{} {} | {} | {}",
            p.line,
            p.column,
            p.title,
            p.label,
            p.help.as_deref().unwrap_or("")
        )
    });
    all.filter(|w| w.contains(word)).collect()
}

/// Layers are found on the bins: coarser ones than the grid's undo its resolution. A dilute run has no grid.
#[test]
fn coarse_bins() {
    let coarse = with("bins = 260", "bins = 20");
    assert_eq!(
        warned(&coarse, "coarser"),
        [
            "31:36 profile bins of 3.25 mm are coarser than grid layers of 250 um | boundaries of layers, and what lies \
          between them, are off by up to 3.25 mm | take `bins = 260` in [output] profile, as many as there are \
          `layers`"
        ]
    );
    assert_eq!(warned(Scene::bundled_text(), ""), [""; 0]);
    let dilute = coarse
        .replace("42 %", "0.9 %")
        .replace("[output]", "[physics]\nsuspension = \"dilute\"\n[output]");
    assert_eq!(warned(&dilute, "coarser"), [""; 0]);
}

/// A bead of the scene's own, in a dilute sample of nothing else.
fn beads(diameter: &str, density: &str) -> String {
    with("haematocrit = \"42 %\"", "")
        .replace("cells = { ", "cells = { bead = \"100 /uL\" } #")
        .replace(
            "[output]",
            &format!(
                "[physics]\nsuspension = \"dilute\"\n[species.bead]\nsource = \"x\"\nclass = \"particle\"\ndiameter = \
                 \"{diameter}\"\ndensity = \"{density}\"\n[output]"
            ),
        )
}

/// A bead of 20 nm: by hand D = kT/(3 pi mu d) = 12.6 um2/s in 1.72 mPa s, over 13.5 min sqrt(2 D t) = 143 um, of which 2.563 are 366 um, and layers are
/// 250 um. A Peclet number of hundreds, which passes for none, does not save a boundary.
#[test]
fn brownian_motion() {
    let said = warned(&beads("20 nm", "1.076 g/mL"), "Brownian");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with(
            "12:11 Brownian motion of `bead` is not negligible: over the programme it makes boundaries up to 366 um wide"
        ),
        "{said:?}"
    );
    assert!(said[0].contains("as sharp as 250 um"), "{said:?}");
    let caveats = read(&beads("20 nm", "1.076 g/mL")).caveats(None);
    assert!(
        caveats[0].contains("boundaries of `bead` up to 370 um wide (10 to 90 %)"),
        "{caveats:?}"
    );
    assert_eq!(warned(&beads("1 um", "1.076 g/mL"), ""), [""; 0]);
}

/// 30 um, 0.05 g/mL, 1500 x g at the bottom: v = 0.03 m/s, Re = 0.7. With the drag law for it all is well.
#[test]
fn inertia() {
    let text = beads("30 um", "1.076 g/mL");
    let said = warned(&text, "Reynolds");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with("12:11 a single `bead` reaches a particle Reynolds number of 0.")
            && said[0].ends_with("add `drag = \"schiller-naumann\"` to [physics]"),
        "{said:?}"
    );
    let corrected = text.replace("\"dilute\"", "\"dilute\"\ndrag = \"schiller-naumann\"");
    assert_eq!(warned(&corrected, ""), [""; 0]);
    // red cells are given by the haematocrit; they are not the ones that are fast
    let hard = with("1500 x g", "25000 x g");
    let said = warned(&hard, "Reynolds");
    assert!(
        said.iter().any(|w| w.contains("`neutrophil`")) && said.iter().all(|w| !w.contains("schiller")),
        "{said:?}"
    );
}

/// 82 profiles of 260 bins are 2.1 MB; 80 000 of them are more than anybody opens.
#[test]
fn large_files() {
    assert!(read(Scene::bundled_text()).forecast().table().contains("2.1 MB"));
    let said = warned(&with("every = \"10 s\"", "every = \"10 ms\""), "profile.csv");
    assert_eq!(
        said,
        [
            "31:21 profile.csv will take about 2.1 GB | a row for every time and bin | take a longer `every` or fewer \
          `bins` in [output] profile"
        ]
    );
}

/// What is not a scene is not read to its end.
#[test]
fn large_scenes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.toml");
    let mut text = Scene::bundled_text().to_owned();
    text.push_str(&"#".repeat(256 * 1024 - text.len()));
    std::fs::write(&file, &text).unwrap();
    assert!(Scene::from_file(&file).is_ok());
    std::fs::write(&file, text + "#").unwrap();
    let error = Scene::from_file(&file).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(
        error.to_string().contains("large.toml: larger than 256 KiB"),
        "{error}"
    );
    if cfg!(target_os = "linux") {
        let error = Scene::from_file("/dev/zero").unwrap_err();
        assert!(error.to_string().contains("this is a device"), "{error}");
    }
}

/// Many mistakes take no longer than few: places are counted once, and no more are shown than anybody reads.
#[test]
fn many_problems() {
    let begin = std::time::Instant::now();
    let keys = "schema = 1\n".to_owned() + &(0..20_000).map(|i| format!("k{i} = 1\n")).collect::<String>();
    let said = Scene::from_str("scene.toml", &keys).unwrap_err().to_string();
    let count = "20002 problems in scene.toml; the first 100 are shown";
    assert!(said.ends_with(count), "{}", &said[said.len() - 200..]);
    assert_eq!(said.matches("--> scene.toml").count(), 100);
    // of what is not TOML one line says all
    let said = Scene::from_str("scene.toml", &"= 1\n".repeat(60_000))
        .unwrap_err()
        .to_string();
    assert_eq!(said.matches("--> scene.toml:1:").count(), 1, "{said}");
    // a second in a debug build on a busy machine; it was minutes
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}

/// A scene does not speak to the terminal, neither by what it says of itself nor by what is said of it.
#[test]
fn no_control_characters() {
    for (from, to) in [
        ("title  = \"", "title  = \"\\u001b[31m"),
        ("title  =", "\"tit\\u001b[31mle\" ="),
        ("\"plasma\"", "\"plas\\u0007ma\""),
        ("cells = {", "cells = { \"ly\\u001bmph\" = \"5 /uL\","),
        ("title  = \"", "title  = \"\u{9b}31m"),
    ] {
        let said = Scene::from_str("scene.toml", &with(from, to))
            .unwrap_err()
            .to_string();
        assert!(
            !said.chars().any(|c| c.is_control() && c != '\n'),
            "{to}\n{said:?}"
        );
    }
    let two_lines = with("title  = \"", "title  = \"One\\n\\t");
    assert_eq!(read(&two_lines).title, "One Whole blood, buffy-coat spin");
}

/// Another number of parcels than the one that the warning points at is said to be another.
#[test]
fn parcels_that_are_not_the_scenes() {
    let mut scene = read(Scene::bundled_text());
    scene.rescale(1);
    let said = scene.render_warnings(false);
    assert!(
        said.contains("warning: 5 parcels, instead of 500000 as written, in 260 grid layers are few"),
        "{said}"
    );
}

/// Blood in a duct would run as lone cells: above 5 % it is refused, with the way on, from 1 % it is warned of. By hand:
/// (1 - 0.0437)^4.65 = 0.813, so cells move up to 19 % too fast.
#[test]
fn crowded_cells_that_are_computed_as_if_alone() {
    let dilute = |percent: u32| {
        with("\"42 %\"", &format!("\"{percent} %\""))
            .replace("[output]", "[physics]\nsuspension = \"dilute\"\n[output]")
    };
    let said = warned(&dilute(4), "dilute");
    assert_eq!(
        said,
        [
            "31:14 the cells fill 4.375 % of the sample, which is not dilute | each is computed as if alone: they move up to 19 % \
          too fast | "
        ]
    );
    assert!(Scene::from_str("scene.toml", &dilute(5)).is_err());
    let blood = super::separators::SORTER.replace("lymphocyte = {", "erythrocyte = \"42 %\"\nlymphocyte = {");
    let error = Scene::from_str("scene.toml", &blood).unwrap_err();
    let p = &error.problems[0];
    assert_eq!(error.problems.len(), 1, "{error}");
    assert!(
        p.title.contains("too much to compute each as if it were alone"),
        "{error}"
    );
    assert!(
        p.help
            .as_ref()
            .is_some_and(|h| h.contains("Dilute the sample at least 9-fold")),
        "{error}"
    );
    // followed, it runs
    let diluted = blood.replace("\"42 %\"", "\"4.6 %\"");
    assert!(Scene::from_str("scene.toml", &diluted).is_ok());
}

/// What people ask for and cannot say yet: one error a thing, with the way on, and nothing that follows from it.
#[test]
fn what_will_come_later() {
    let vessel = |from: &str, to: &str| with(from, to);
    for (text, count, word, way) in [
        (
            vessel(
                "parcels     = 500_000",
                "layers = [{ medium = \"ficoll_paque\", height = \"25 mm\" }]\nparcels = 500_000",
            ),
            1,
            "layers of different media",
            "there is no substitute yet",
        ),
        (
            vessel(
                "medium      = \"plasma\"",
                "gradient = { top = \"1.03 g/mL\", bottom = \"1.12 g/mL\" }",
            ),
            1,
            "density gradients",
            "the fluid has one density",
        ),
        (
            vessel(
                "mounting = \"swing-out\"",
                "mounting = \"fixed-angle\", angle = \"24 deg\"",
            ),
            1,
            "fixed-angle rotors",
            "sink across the tube",
        ),
        (
            vessel(
                "mounting = \"swing-out\"",
                "mounting = \"swing-out\", tilt = \"30 deg\"",
            ),
            1,
            "tilted tubes",
            "Boycott",
        ),
        (
            vessel(
                "shape          = \"tube\"",
                "shape = \"conical\"\nvolume = \"15 mL\"",
            ),
            1,
            "a conical or a round bottom",
            "a pellet in the cone stands higher",
        ),
        (
            vessel("shape          = \"tube\"", "shape = \"cone\"\nports = [\"top\"]"),
            2,
            "flow through a vessel that spins",
            "Elutriation cannot be computed",
        ),
        (
            vessel("hold = \"12 min\"", "remove = \"red cells\""),
            1,
            "steps between spins",
            "Write a second scene",
        ),
        (
            vessel("[output]", "[output]\nfractions = [\"0-2 mL\"]"),
            1,
            "fractions by volume",
            "profile.csv",
        ),
        (
            vessel("[output]", "[physics]\nbrownian = true\n[output]"),
            1,
            "Brownian motion",
            "say how far it would spread",
        ),
    ] {
        let error = Scene::from_str("scene.toml", &text).unwrap_err();
        assert_eq!(error.problems.len(), count, "{error}");
        let hit = error
            .problems
            .iter()
            .any(|p| p.label.contains(word) && p.help.as_ref().is_some_and(|h| h.contains(way)));
        assert!(hit, "{word}, {way}: {error}");
    }
}

/// What a result leaves out goes with it. By hand: the tube of the bundled scene reaches from 105 to 170 mm, and paths spread in the
/// plane of rotation alone, so 1 - 105/170 = 38 % of what sinks through it hits the wall; its 42 % of red cells in 65 mm stand 0.42 65 (1/0.90 - 1/0.94) = 1.3 mm
/// too high, or more: in a run whose bed is filled to 85.9 % it is 27.3 (1/0.859 - 1/0.94) = 2.7 mm.
#[test]
fn what_is_left_out_is_said_in_the_result() {
    let caveats = |text: &str| read(text).caveats(None).join("\n");
    let hard = caveats(Scene::bundled_text());
    assert!(
        hard.contains("about 38 % of the cells that sink its full length would meet the wall"),
        "{hard}"
    );
    assert!(
        hard.contains("and 94 % in a real tube: their surface is at least 1.3 mm too high"),
        "{hard}"
    );
    let run = |bed| read(Scene::bundled_text()).caveats_of_run(None, bed).join("\n");
    let found = run(Some(0.859));
    assert!(
        found.contains(
            "fill 85.9 % of their bed here, and 94 % in a real tube: their surface is about 2.7 mm too high"
        ),
        "{found}"
    );
    // of a bed as firm as a real one, or none, there is nothing to say
    assert!(!run(Some(0.94)).contains("compression") && !run(None).contains("compression"));
    assert!(hard.contains("unverified library data"), "{hard}");
    // settled long since, so that nothing is left of the start
    assert!(
        !hard.contains("rouleaux") && !hard.contains("Coriolis") && !hard.contains("Brownian"),
        "{hard}"
    );
    // too short for either bed to be firm
    let short = caveats(&with("12 min", "1 min"));
    assert!(!short.contains("compression"), "{short}");
    let soft = caveats(&with("1500 x g", "300 x g"));
    assert!(!soft.contains("compression"), "{soft}");
    let esr = BUNDLED.iter().find(|b| b.0 == "bench_esr").unwrap().1;
    let slow = caveats(esr);
    assert!(
        slow.contains("rouleaux need about 16 min to form") && !slow.contains("wall"),
        "{slow}"
    );
    let washed = caveats(&with("\"plasma\"", "\"saline\""));
    assert!(!washed.contains("rouleaux"), "{washed}");
}

/// The share at the wall against cells that are followed: from an even grid over the meniscus each goes along the centrifugal field
/// of the engine's own law, in small steps, until it is at the radius of the bottom or outside of the tube.
#[test]
fn the_share_at_the_wall_is_that_of_paths() {
    use glam::DVec3;
    let pull = crate::laws::centrifugal::gradient(1.0);
    let (r0, r1, radius) = (105.0, 170.0, 7.0);
    let (mut all, mut hit) = (0u32, 0u32);
    for (i, j) in (-60..=60).flat_map(|i| (-60..=60).map(move |j| (f64::from(i), f64::from(j)))) {
        let mut at = DVec3::new(r0, i * radius / 60.0, j * radius / 60.0);
        if at.y.hypot(at.z) > radius {
            continue;
        }
        all += 1;
        while at.x < r1 {
            at += pull * at * 0.01;
            if at.y.hypot(at.z) > radius {
                hit += 1;
                break;
            }
        }
    }
    let share = f64::from(hit) / f64::from(all);
    // the grid has 121 points across, the last step may go a hundredth too far
    assert!((share - (1.0 - r0 / r1)).abs() < 0.02, "{share}");
    let said = read(Scene::bundled_text()).caveats(None).join("\n");
    let told = format!("about {} % of the cells", (100.0 * (1.0 - r0 / r1)).round());
    assert!(said.contains(&told), "{said}");
    // the walls of a sector are radii
    let sector = BUNDLED.iter().find(|b| b.0 == "dilute_platelets").unwrap().1;
    let said = read(sector).caveats(None).join("\n");
    assert!(!said.contains("wall"), "{said}");
}

/// By hand for the bundled scene: 1500 x g at 170 mm are (294.16 /s)^2 = 86 529 /s2, for a third of 30 s, 720 s and a third of 60 s: 6.49e7
/// /s; ln(170/105)/86 529 1e13/3600 = 15 468 S h, so a cell of 1e6 S, 1e-7 s, takes 55.7 s.
#[test]
fn numbers_of_centrifuges() {
    let mut f = read(Scene::bundled_text()).forecast();
    assert!(
        (f.omega_squared_t() / 6.4897e7 - 1.0).abs() < 1e-3,
        "{}",
        f.omega_squared_t()
    );
    assert!(
        (f.k_factor().unwrap() / 15_468.0 - 1.0).abs() < 1e-3,
        "{:?}",
        f.k_factor()
    );
    f.species[0].coefficient = 0.1;
    let clears = f.clearing(&f.species[0], f.height) / crate::constants::SECOND;
    assert!((clears / 55.69 - 1.0).abs() < 1e-3, "{clears}");
    let table = f.table();
    assert!(
        table.contains("k factor") && table.contains("omega^2 t") && table.contains("clears in"),
        "{table}"
    );
    // on the bench by the height alone
    let bench = Scene::from_str("b.toml", BUNDLED.iter().find(|b| b.0 == "bench_esr").unwrap().1).unwrap();
    let f = bench.forecast();
    assert!(f.k_factor().is_none() && !f.table().contains("k factor"));
    assert_eq!(
        f.clearing(&f.species[0], f.height),
        f.height / f.species[0].stokes
    );
}
