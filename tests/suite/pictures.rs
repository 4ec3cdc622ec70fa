//! Pictures through the whole program: against golden ones on both back-ends, byte for byte on repetition, and as a person asks
//! for them.
//!
//! A golden picture that is missing fails; `BUFFYCOAT_GOLDEN=write cargo test pictures` writes them anew. What differs is left
//! beside the goldens' copies under `target/golden/`.

use crate::text;
use image::{ImageReader, RgbImage, imageops};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn render(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_buffycoat"));
    command.stdin(Stdio::null()).arg("render").args(arguments);
    command.output().unwrap()
}

fn picture(out: &Path, arguments: &[&str]) -> RgbImage {
    let out = out.to_str().unwrap();
    let mut all = vec!["-q", "-o", out];
    if !arguments.contains(&"--size") {
        all.extend(["--size", "480x360"]);
    }
    all.extend(arguments);
    let output = render(&all);
    assert!(output.status.success(), "{}", text(&output));
    ImageReader::open(out).unwrap().decode().unwrap().into_rgb8()
}

/// What an eye sees of a picture at arm's length: means over squares of 4 by 4 pixels, in linear light and back.
fn blurred(image: &RgbImage) -> Vec<[f64; 3]> {
    let (w, h) = (image.width() / 4, image.height() / 4);
    (0..h)
        .flat_map(|y| (0..w).map(move |x| (x, y)))
        .map(|(x, y)| {
            let mut sum = [0.0; 3];
            for (dx, dy) in (0..4).flat_map(|a| (0..4).map(move |b| (a, b))) {
                let p = image.get_pixel(4 * x + dx, 4 * y + dy);
                for (s, c) in sum.iter_mut().zip(p.0) {
                    *s += (f64::from(c) / 255.0).powf(2.2) / 16.0;
                }
            }
            sum.map(|s| 255.0 * s.powf(1.0 / 2.2))
        })
        .collect()
}

/// Mean and greatest difference of two blurred pictures, in levels of 255.
fn apart(a: &RgbImage, b: &RgbImage) -> (f64, f64) {
    assert_eq!(a.dimensions(), b.dimensions());
    let differences: Vec<f64> = blurred(a)
        .iter()
        .zip(blurred(b))
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max))
        .collect();
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    (mean, differences.into_iter().fold(0.0, f64::max))
}

/// Levels of 255 by which a picture may differ from its golden one, in the mean and anywhere. Measured between both back-ends, whose
/// roundings differ: below 0.001 and 0.8. Another processor may round elsewhere, so that a parcel comes to lie in another pixel.
const TOLERANCE: (f64, f64) = (0.02, 4.0);

/// Height of what is below a picture: what it is of, and on which device it was made [pixels].
const FOOT: u32 = 28;

#[track_caller]
fn is_golden(name: &str, backend: &str, image: &RgbImage) {
    let golden = crate::root()
        .join("tests/golden")
        .join(name)
        .with_extension("png");
    if std::env::var_os("BUFFYCOAT_GOLDEN").is_some_and(|v| v == "write") && backend == "cpu" {
        image.save(&golden).unwrap();
    }
    let expected = ImageReader::open(&golden)
        .unwrap_or_else(|e| panic!("{}: {e}; a golden picture is missing", golden.display()))
        .decode()
        .unwrap()
        .into_rgb8();
    // the line at the foot names the device
    let above = |i: &RgbImage| imageops::crop_imm(i, 0, 0, i.width(), i.height() - FOOT).to_image();
    let (mean, worst) = apart(&above(&expected), &above(image));
    println!("{name} on {backend}: {mean:.3} levels apart in the mean, {worst:.1} at most");
    if mean > TOLERANCE.0 || worst > TOLERANCE.1 {
        let left: PathBuf = crate::root().join("target/golden");
        std::fs::create_dir_all(&left).unwrap();
        let difference = RgbImage::from_fn(image.width(), image.height(), |x, y| {
            let (a, b) = (expected.get_pixel(x, y), image.get_pixel(x, y));
            image::Rgb(std::array::from_fn(|c| a.0[c].abs_diff(b.0[c]).saturating_mul(4)))
        });
        image.save(left.join(format!("{name}.{backend}.png"))).unwrap();
        difference
            .save(left.join(format!("{name}.{backend}.difference.png")))
            .unwrap();
        panic!(
            "{name} on {backend} is {mean:.3} levels off in the mean and {worst:.1} at most (allowed {} and {}); see {}",
            TOLERANCE.0,
            TOLERANCE.1,
            left.display()
        );
    }
}

/// Of whole blood a minute is as long as the parcels of both back-ends are in the same places: in a crowd a difference of rounding grows.
const VIEWS: [(&str, &[&str]); 11] = [
    (
        "rack_perspective",
        &[
            "rack_separation",
            "--parcels",
            "6000",
            "--at",
            "1 min",
            "--view",
            "perspective:30,20",
        ],
    ),
    (
        "rack_fate",
        &[
            "rack_separation",
            "--parcels",
            "6000",
            "--at",
            "20 s",
            "--colour",
            "fate",
            "--view",
            "along",
        ],
    ),
    (
        "blood_density",
        &[
            "whole_blood",
            "--parcels",
            "20000",
            "--at",
            "1 min",
            "--colour",
            "density",
            "--view",
            "cut",
        ],
    ),
    (
        "blood_slip",
        &[
            "whole_blood",
            "--parcels",
            "20000",
            "--at",
            "1 min",
            "--colour",
            "slip",
            "--view",
            "cut:30",
        ],
    ),
    (
        "rack_slip",
        &[
            "rack_separation",
            "--parcels",
            "6000",
            "--at",
            "20 s",
            "--colour",
            "slip",
        ],
    ),
    (
        "platelets_beside",
        &[
            "dilute_platelets",
            "--parcels",
            "5000",
            "--at",
            "30 s",
            "--colour",
            "slip",
            "--beside",
            "--size",
            "800x360",
        ],
    ),
    (
        "blood_side",
        &["whole_blood", "--parcels", "20000", "--at", "1 min"],
    ),
    (
        "blood_orbit",
        &[
            "whole_blood",
            "--parcels",
            "20000",
            "--at",
            "1 min",
            "--view",
            "orbit:30,25",
            "--colour",
            "haematocrit",
        ],
    ),
    (
        "blood_eye",
        &[
            "whole_blood",
            "--parcels",
            "20000",
            "--at",
            "1 min",
            "--colour",
            "eye",
        ],
    ),
    (
        "rack_top",
        &[
            "rack_separation",
            "--parcels",
            "6000",
            "--at",
            "1 min",
            "--view",
            "top",
        ],
    ),
    (
        "sorter_wall",
        &[
            "quadrupole_sorter",
            "--parcels",
            "12000",
            "--at",
            "40 s",
            "--view",
            "unrolled",
            "--colour",
            "load",
        ],
    ),
];

#[test]
fn golden_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let backends: &[&str] = if cfg!(feature = "gpu") {
        &["cpu", "gpu"]
    } else {
        &["cpu"]
    };
    for (name, arguments) in VIEWS {
        for backend in backends {
            let mut all = arguments.to_vec();
            all.extend(["--backend", backend]);
            let image = picture(&folder.path().join("a.png"), &all);
            is_golden(name, backend, &image);
        }
    }
}

/// The metric sees what a person would: another colouring, a missing species, a view turned by some degrees; and not nothing.
#[test]
fn the_metric_sees_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let at = |more: &[&str]| {
        let mut all = vec![
            "whole_blood",
            "--parcels",
            "20000",
            "--at",
            "10 s",
            "--backend",
            "cpu",
        ];
        all.extend(more);
        picture(&folder.path().join("a.png"), &all)
    };
    let plain = at(&[]);
    assert_eq!(apart(&plain, &at(&[])), (0.0, 0.0));
    for other in [
        &["--colour", "density"][..],
        &["--hide", "platelet"],
        &["--view", "orbit:0,4"],
        &["--view", "cut"],
    ] {
        let (mean, worst) = apart(&plain, &at(other));
        assert!(
            mean > TOLERANCE.0 || worst > TOLERANCE.1,
            "{other:?}: {mean} {worst}"
        );
    }
}

/// The same bytes again, on either back-end, and for any number of threads.
#[test]
fn a_picture_repeats_itself() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let mut all = vec!["whole_blood", "--parcels", "20000", "--at", "20 s"];
        all.extend(more);
        picture(&out, &all);
        std::fs::read(&out).unwrap()
    };
    let one = ["--backend", "cpu", "--threads", "1"];
    let once = at("a.png", &one);
    assert!(once == at("b.png", &one), "another picture the second time");
    assert!(
        once == at("c.png", &["--backend", "cpu", "--threads", "3"]),
        "another picture on three threads"
    );
    if cfg!(feature = "gpu") {
        let gpu = ["--backend", "gpu"];
        assert!(
            at("d.png", &gpu) == at("e.png", &gpu),
            "another picture the second time on the GPU back-end"
        );
    }
}

/// With all species hidden there is an empty vessel, not an error.
#[test]
fn an_empty_vessel() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = vec![
        "bench_esr",
        "--parcels",
        "2000",
        "--at",
        "1 s",
        "--backend",
        "cpu",
    ];
    let full = picture(&folder.path().join("a.png"), &all);
    all.extend(["--hide", "erythrocyte"]);
    let empty = picture(&folder.path().join("b.png"), &all);
    assert!(full != empty);
    let inside = empty.get_pixel(170, 200);
    assert!(inside.0.iter().all(|c| *c < 40), "{inside:?}");
}

#[test]
fn what_cannot_be_rendered_is_said() {
    for (arguments, words) in [
        (
            &["whole_blood", "--view", "front"][..],
            &["front", "unrolled", "orbit"][..],
        ),
        (&["whole_blood", "--view", "cut:left"], &["cut:left", "cut:ANGLE"]),
        (
            &["whole_blood", "--beside", "--size", "600x400"],
            &["600 x 400", "640"],
        ),
        (&["whole_blood", "--at", "5"], &["5", "min"]),
        (&["whole_blood", "--at", "-1 s"], &["--at", "cannot be negative"]),
        (
            &["whole_blood", "--size", "-5x20"],
            &["--size", "cannot be negative"],
        ),
        (
            &["whole_blood", "--parcels", "-3"],
            &["--parcels", "cannot be negative"],
        ),
        (&["whole_blood", "--fps", "9"], &["--fps", "--movie"]),
        (&["whole_blood", "--every", "9 s"], &["--every", "--movie"]),
        (
            &["whole_blood", "-o", "no/such/folder/a.png"],
            &["no/such", "a.png"],
        ),
        (&["whole_blood", "--at", "5 h"], &["--at", "13.5 min"]),
        (&["whole_blood", "--size", "10x10"], &["10 x 10", "320"]),
        (&["whole_blood", "--size", "large"], &["large", "1920x1080"]),
        (
            &["whole_blood", "--hide", "plateletts"],
            &["plateletts", "platelet"],
        ),
        (&["whole_blood", "--colour", "load"], &["load", "separator"]),
        (&["whole_blood", "-o", "a.jpg"], &["a.jpg", ".png"]),
        (&["whole_blood", "--movie", "a.avi"], &["a.avi", ".gif", ".mp4"]),
        (
            &["whole_blood", "--movie", "a.gif", "--every", "0 s"],
            &["10 000 pictures"],
        ),
        (
            &["quadrupole_sorter", "--colour", "haematocrit"],
            &["haematocrit", "vessel"],
        ),
    ] {
        let output = render(arguments);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{arguments:?}: `{word}` is missing: {said}");
        }
        assert!(said.matches("unrolled").count() < 2, "the views twice: {said}");
    }
}

/// A programme of 610 s is printed as one of 10 min 10 s, which is 610.2 s: what is printed can be asked for.
#[test]
fn the_end_as_it_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("short.toml");
    let blood = buffycoat::scenario::Scene::bundled_text();
    std::fs::write(&scene, blood.replace("12 min", "520 s")).unwrap();
    let scene = scene.to_str().unwrap();
    let all = [scene, "--parcels", "20000", "--backend", "cpu", "--at"];
    let late = render(&[&all[..], &["11 min"]].concat());
    assert!(text(&late).contains("610 s"), "{}", text(&late));
    picture(&folder.path().join("a.png"), &[&all[..], &["610 s"]].concat());
}

/// Where no picture can be written it is said before anything is computed, with the option that there is.
#[cfg(target_os = "linux")]
#[test]
fn a_place_that_takes_no_file_is_said_at_once() {
    for (option, file) in [("--output", "/proc/x.png"), ("--movie", "/proc/x.gif")] {
        let output = render(&["whole_blood", "-q", option, file]);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(
            said.contains(file.split('.').next().unwrap()) || said.contains("/proc"),
            "{said}"
        );
        assert!(said.contains(option) && !said.contains("--out "), "{said}");
    }
}
