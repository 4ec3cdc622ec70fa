//! Pictures that a run takes of itself, and pictures of every scene in every view.

use crate::{names, text};
use buffycoat::cpu::Cpu;
use buffycoat::devices::{Choice, Wanted};
use buffycoat::engine::{self, Backend, Program};
use buffycoat::render::Caption;
use buffycoat::render::photo::{Colouring, Look, Moment, Shots, Subject, View};
use buffycoat::scenario::Scene;
use image::RgbImage;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The bundled scene with another `[output]`, short and with few parcels.
fn scene(folder: &Path, name: &str, output: &str) -> std::path::PathBuf {
    let text = Scene::bundled_text();
    let head = text.split("[output]").next().unwrap();
    let head = head.replace("500_000", "20_000").replace("12 min", "30 s");
    let path = folder.join(name).with_extension("toml");
    std::fs::write(&path, format!("{head}[output]\n{output}\n")).unwrap();
    path
}

fn run(scene: &Path, out: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_buffycoat"));
    command
        .stdin(Stdio::null())
        .args(["run", "-q", "--backend", "cpu"]);
    command.arg(scene).arg("--out").arg(out).output().unwrap()
}

/// 120 s in all, a picture each 50: at 0, 50, 100 and the end. They differ, are the same again, leave alone what the run did not make, and
/// change nothing in it.
#[test]
fn a_run_takes_pictures_of_itself() {
    let folder = tempfile::tempdir().unwrap();
    let profile = "profile = { every = \"10 s\", bins = 130 }";
    let frames = "frames = { every = \"50 s\", size = \"400x320\", colour = \"slip\" }";
    let plain = scene(folder.path(), "plain", profile);
    let filmed = scene(folder.path(), "filmed", &format!("{profile}\n{frames}"));
    let (out, again) = (folder.path().join("out"), folder.path().join("again"));
    std::fs::create_dir_all(out.join("frames")).unwrap();
    std::fs::write(out.join("frames/0007.png"), "somebody's own").unwrap();
    std::fs::write(out.join("frames/notes.txt"), "somebody's own").unwrap();
    for out in [&out, &again] {
        let output = run(&filmed, out);
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains("frames"), "{}", text(&output));
        assert!(text(&output).contains("4 pictures"), "{}", text(&output));
    }
    let expected = ["0000.png", "0001.png", "0002.png", "0003.png"];
    assert_eq!(names(&again.join("frames")), expected);
    assert_eq!(names(&out.join("frames"))[..4], expected);
    assert_eq!(names(&out.join("frames"))[4..], ["0007.png", "notes.txt"]);
    let bytes = |out: &Path, name: &str| std::fs::read(out.join("frames").join(name)).unwrap();
    for name in expected {
        assert!(
            bytes(&out, name) == bytes(&again, name),
            "{name} differs the second time"
        );
        assert_eq!(image::open(out.join("frames").join(name)).unwrap().width(), 400);
    }
    assert!(bytes(&out, "0000.png") != bytes(&out, "0001.png"));
    let other = folder.path().join("plain_out");
    assert!(run(&plain, &other).status.success());
    let profile = |out: &Path| std::fs::read(out.join("profile.csv")).unwrap();
    assert!(profile(&out) == profile(&other), "the pictures changed the run");
    // a run without pictures leaves none of an older one beside its results
    for (out, left) in [(&out, &["0007.png", "notes.txt"][..]), (&again, &[])] {
        assert!(run(&plain, out).status.success());
        let there = out.join("frames").is_dir();
        let frames = if there {
            names(&out.join("frames"))
        } else {
            Vec::new()
        };
        assert_eq!(frames, left);
    }
}

/// Ten seconds after the start nothing is on its way in the channel any more, though it is followed for twelve: pictures at 0, 4, 8 s
/// and of that end.
#[test]
fn a_run_that_is_over_early_shows_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(crate::root().join("examples/scenes/microchannel.toml")).unwrap();
    let few = text.replace("32_000", "600").replace("16_000", "300");
    let path = folder.path().join("early.toml");
    let output = "[output]\ncounts = { every = \"1 s\" }\nframes = { every = \"4 s\", size = \"400x320\" }\n";
    std::fs::write(&path, format!("{few}\n{output}")).unwrap();
    let out = folder.path().join("out");
    let done = run(&path, &out);
    assert!(done.status.success(), "{}", self::text(&done));
    assert_eq!(
        names(&out.join("frames")),
        ["0000.png", "0001.png", "0002.png", "0003.png"]
    );
}

#[test]
fn frames_that_cannot_be_are_said_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let profile = "profile = { every = \"10 s\" }";
    for (frames, words) in [
        ("\"15 s\"", &["31:10", "output.profile.every", "10 s"][..]),
        ("\"5 s\"", &["31:10", "give a multiple of it"]),
        ("5", &["31:10", "output.frames"]),
        ("{ view = \"side\" }", &["`every` is missing"]),
        (
            "{ every = \"10 s\", view = \"front\" }",
            &["31:35", "front", "cut:ANGLE"],
        ),
        (
            "{ every = \"10 s\", colour = \"load\" }",
            &["31:37", "load", "separator"],
        ),
        (
            "{ every = \"10 s\", colour = \"red\" }",
            &["31:37", "red", "haematocrit"],
        ),
        (
            "{ every = \"10 s\", size = \"10x10\" }",
            &["31:35", "10 x 10", "960x540"],
        ),
        ("{ every = \"10 s\", size = \"large\" }", &["large", "960x540"]),
        ("{ every = \"10 s\", speed = 1 }", &["unknown key `speed`"]),
        // all at once
        (
            "{ every = \"13 s\", view = \"perspective:30\" }",
            &["every 13 s", "needs two numbers", "perspective:30,20"],
        ),
    ] {
        let path = scene(folder.path(), "wrong", &format!("frames = {frames}\n{profile}"));
        let output = run(&path, &folder.path().join("out"));
        let said = text(&output);
        assert_eq!(output.status.code(), Some(2), "{frames}: {said}");
        for word in words {
            assert!(said.contains(word), "{frames}: `{word}` is missing: {said}");
        }
    }
}

fn look(view: View, colouring: Colouring, components: usize) -> Look {
    Look {
        view,
        colouring,
        size: [420, 340],
        hidden: vec![false; components],
        magnets: true,
        zoom: 1.0,
        pan: [0.0; 2],
    }
}

const VIEWS: [&str; 8] = [
    "side",
    "top",
    "along",
    "cut",
    "cut:60",
    "unrolled",
    "orbit:30,20",
    "perspective:30,20",
];

/// Takes every view of a subject, twice: as the parcels are, and with all of them left out.
fn every_view(
    subject: Subject<'_>,
    moment: Moment,
    backend: &mut dyn Backend,
) -> Vec<(&'static str, RgbImage)> {
    let caption = Caption::default();
    let n = subject.components().len();
    let mut taken = Vec::new();
    for name in VIEWS {
        let view: View = name.parse().unwrap();
        if view == View::Unrolled && !subject.round() {
            continue;
        }
        let full = look(view, Colouring::Species, n);
        let empty = Look {
            hidden: vec![true; n],
            ..full.clone()
        };
        let mut shoot = |look| {
            let mut shots = Shots::new(subject, look, false).unwrap();
            shots.take(moment, &caption, backend).unwrap()
        };
        let (full, empty) = (shoot(full), shoot(empty));
        // right of the picture is the legend
        let cells = full
            .enumerate_pixels()
            .filter(|(x, y, p)| *x < 220 && empty.get_pixel(*x, *y) != *p)
            .count();
        assert!(cells > 15, "{name}: {cells} pixels show cells");
        taken.push((name, full));
    }
    taken
}

/// Every scene that is part of the program, after a twentieth of its programme, from everywhere: cells are seen in each picture, and no
/// two are the same.
#[test]
fn every_scene_in_every_view() {
    for (name, text) in crate::setups::with_parcels() {
        let mut scene = Scene::from_str(&format!("{name}.toml"), text).unwrap();
        scene.rescale(3_000);
        let mut taken = Vec::new();
        scene.setup.sampling.every = scene.setup.duration().part(20);
        if !scene.setup.carries() {
            // few parcels are too few for the scene's layers
            scene.setup.cells[2] = scene.setup.layers().min(40);
        }
        let field = scene.tabulate().unwrap();
        if scene.collector.is_some() {
            let choice = Choice {
                backend: Wanted::Cpu,
                ..Choice::default()
            };
            let pilot = choice.decide().unwrap().pilot().unwrap();
            scene.survey(&mut |c, starts| pilot.fly(c, starts)).unwrap();
        }
        let s = &scene.setup;
        let parcels = s.draw().unwrap();
        let mut cpu = Cpu::new(&Program::new(s, &parcels, field.as_ref()).unwrap(), 0).unwrap();
        engine::run_watched(s, &parcels, &mut cpu, &mut |event, backend| {
            let Some(time) = event.counted().filter(|t| *t > 0.0) else {
                return ControlFlow::Continue(());
            };
            let moment = Moment {
                time,
                omega: s.protocol.omega(time),
                rate: None,
            };
            taken = every_view(Subject(s), moment, backend);
            ControlFlow::Break(())
        })
        .unwrap();
        assert!(taken.len() >= VIEWS.len() - 1, "{name}: {}", taken.len());
        for (i, (a, picture)) in taken.iter().enumerate() {
            for (b, other) in &taken[..i] {
                assert!(picture != other, "{name}: {a} looks like {b}");
            }
        }
        println!("{name}: {} views", taken.len());
    }
}
