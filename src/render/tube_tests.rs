use super::*;
use crate::observe::synthetic::{BLOOD, fresh_blood, hard_spin, soft_spin, specimen};
use crate::output::fixture;
use crate::render::save_png;
use image::Rgb;

/// Parcels laid out as the profile says, `n` of each species.
fn snapshot(setup: &Setup, profile: &Profile, n: &[usize]) -> Snapshot {
    let mut out = Snapshot {
        time: profile.time,
        position: [Vec::new(), Vec::new(), Vec::new()],
        kind: Vec::new(),
    };
    for (k, n) in n.iter().enumerate() {
        let total: f64 = profile.volume[k].iter().sum();
        let shift = crate::rng::unit_vector(3, k as u64);
        let (mut bin, mut passed) = (0, 0.0);
        for i in 0..*n {
            let rank = (i as f64 + 0.5) / *n as f64 * total;
            while passed + profile.volume[k][bin] < rank && bin + 1 < profile.bins() {
                passed += profile.volume[k][bin];
                bin += 1;
            }
            let part = ((rank - passed) / profile.volume[k][bin]).clamp(0.0, 1.0);
            let z = profile.edges[bin] + part * (profile.edges[bin + 1] - profile.edges[bin]);
            let u = crate::rng::roberts4(i as u64, shift);
            let place = setup.chamber.place(0.5, u[0], u[1]);
            for (axis, x) in [place[0], place[1], z].into_iter().enumerate() {
                out.position[axis].push(x as f32);
            }
            out.kind.push(k as u32);
        }
    }
    out
}

fn draw(profile: &Profile) -> RgbImage {
    let setup = fixture::setup();
    let snapshot = snapshot(&setup, profile, &[300_000, 40_000, 40_000, 120_000]);
    let caption = Caption {
        title: "Whole blood, buffy-coat spin".into(),
        footer: "buffycoat 0.1.0, a made-up sample for a test".into(),
        outlets: Vec::new(),
    };
    let layers = Layers::find(profile, &specimen(profile, &BLOOD), None);
    picture(&setup, &snapshot, profile, &layers, &caption)
}

fn spun(mut profile: Profile) -> Profile {
    profile.time = 750.0 * SECOND;
    profile.omega = 2.942e-4;
    profile
}

/// Colours where one knows them: plasma straw, red cells red, buffy coat pale; the same bytes twice. With
/// `BUFFYCOAT_PICTURES=folder` the pictures are kept to be looked at.
#[test]
fn colours_are_where_they_belong() -> Result<(), Box<dyn std::error::Error>> {
    let profile = spun(hard_spin(260));
    let image = draw(&profile);
    assert!(image == draw(&profile));
    let frame = vessel(&fixture::setup().chamber);
    let x = beside(&frame).left as u32 + frame.width / 2;
    let at = |mm: f64| {
        image
            .get_pixel(x, frame.y(mm * MILLIMETRE) as u32)
            .0
            .map(i32::from)
    };
    let plasma = at(15.0);
    assert!(
        plasma[0] > 200 && plasma[1] > 180 && plasma[2] < 180,
        "{plasma:?}"
    );
    let red = at(50.0);
    assert!(red[0] > 100 && red[1] < 50 && red[2] < 50, "{red:?}");
    let buffy = at(34.4);
    assert!(buffy.iter().all(|c| *c > 150), "{buffy:?}");
    // by species: the bed is red, whatever little else is in it
    let x = frame.left as u32 + frame.width / 2;
    let Rgb([r, g, b]) = *image.get_pixel(x, frame.y(50e3) as u32);
    assert!(r > 120 && g < r && b < r, "{r} {g} {b}");
    if let Some(folder) = std::env::var_os("BUFFYCOAT_PICTURES") {
        let folder = std::path::Path::new(&folder);
        save_png(&image, folder.join("hard.png"))?;
        save_png(&draw(&spun(soft_spin(260))), folder.join("soft.png"))?;
        save_png(&draw(&fresh_blood(260)), folder.join("fresh.png"))?;
    }
    Ok(())
}

#[test]
fn saved_picture_reads_back() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("final.png");
    let image = draw(&fresh_blood(130));
    save_png(&image, &path)?;
    assert!(image::open(&path)?.to_rgb8() == image);
    let error = save_png(&image, path.join("below-a-file.png"));
    assert!(matches!(error, Err(crate::Error::Disk { .. })));
    Ok(())
}

/// Hostile snapshots: unknown species, positions that are no numbers or far outside, nothing at all.
#[test]
fn odd_input_does_not_panic() {
    let (setup, profile) = (fixture::setup(), fresh_blood(10));
    let snapshot = Snapshot {
        time: f64::NAN,
        position: [
            vec![f32::NAN, 1e30, 0.0],
            vec![0.0; 3],
            vec![1.0, -1e30, f32::INFINITY],
        ],
        kind: vec![0, 1, 99],
    };
    let caption = Caption {
        title: "x".repeat(500),
        footer: "\u{4e2d}\u{6587}".into(),
        outlets: Vec::new(),
    };
    let image = picture(&setup, &snapshot, &profile, &Layers::default(), &caption);
    assert_eq!((image.width(), image.height()), PAGE);
}

#[test]
fn round_numbers() {
    for (x, y) in [(9285.0, 5000.0), (1333.0, 1000.0), (5000.0, 5000.0), (0.3, 0.2)] {
        assert!((nice(x) / y - 1.0).abs() < 1e-9, "{x}");
    }
    assert_eq!(
        (millimetres(2500.0, 500.0), millimetres(10_000.0, 5000.0)),
        ("2.5".into(), "10".into())
    );
    assert_eq!((grouped(500_000), grouped(12)), ("500 000".into(), "12".into()));
}

/// By hand: moments 30 ms apart have hundredths, and more where they are needed; those of minutes none.
#[test]
fn times_are_as_fine_as_moments_are_apart() {
    use crate::constants::SECOND;
    for (t, apart, text) in [
        (0.03, 0.03, "t = 0.03 s"),
        (0.3, 0.12, "t = 0.3 s"),
        (3.0, 0.12, "t = 3.0 s"),
        (0.0, 0.12, "t = 0.0 s"),
        (0.0215, 5e-4, "t = 0.0215 s"),
        (20.0, 8.1, "t = 20.0 s"),
        (120.0, 8.1, "t = 2 min 00 s"),
        (65.25, 0.25, "t = 1 min 05.25 s"),
        (125.4, 8.1, "t = 2 min 05 s"),
    ] {
        assert_eq!(super::time_to(t * SECOND, apart * SECOND), text);
    }
}
