//! The search against made-up collectors, whose caught strips and rings are known. Trajectories are in `tests/suite/capture.rs`.

use super::*;
use crate::magnets::{Past, Soft};
use glam::DVec3;

fn collector(shape: Shape, b0: DVec3, solid_fraction: f64) -> Collector {
    let soft = Soft {
        susceptibility: 1e3,
        saturation: 1.5,
    };
    Collector::new(shape, 25.0, soft, b0, Past::Creeping, solid_fraction).unwrap()
}

/// Catches what `test` says: place across the stream and ratio.
fn made_up(test: impl Fn(f64, f64, f64) -> bool) -> impl FnMut(&[Start]) -> Result<Vec<End>, Error> {
    move |starts| {
        Ok(starts
            .iter()
            .map(|s| End {
                place: [0.0; 3],
                fate: if test(s.across[0].into(), s.across[1].into(), s.ratio.into()) {
                    Fate::Caught
                } else {
                    Fate::Passed
                },
                time: 0.0,
            })
            .collect())
    }
}

#[test]
fn strips_on_either_side_are_found() {
    let oblique = collector(Shape::Wire, DVec3::new(0.0, 0.3, 0.4), 0.01);
    // reach 10: 0.2 to 1.7 above and 3 to 3.9 below, together 2.4 over 2
    let mut fly = made_up(|_, y, _| (0.2..1.7).contains(&y) || (3.0..3.9).contains(&-y));
    let found = survey(&oblique, &[1.0], 0.0, &mut fly).unwrap();
    assert!((found[0] - 1.2).abs() < 3e-4, "{found:?}");
    // everything up to the border, and nothing, and a strip as wide as the ratio about the axis
    let along = collector(Shape::Wire, DVec3::Z, 0.01);
    let mut fly = made_up(|_, y, ratio| ratio > 50.0 || (ratio < 2.0 && y.abs() < 0.5 * ratio));
    let found = survey(&along, &[100.0, 10.0, 1.0, 1e-3], 0.0, &mut fly).unwrap();
    assert!((found[0] - 10.0).abs() < 1e-9 && found[1] == 0.0, "{found:?}");
    assert!(
        (found[2] - 0.5).abs() < 1e-4 && (found[3] - 5e-4).abs() < 1e-7,
        "{found:?}"
    );
}

#[test]
fn areas_off_the_axis_are_found() {
    // an ellipse of 2 x 0.5 along the field, which lies aside at 30 degrees to x; and a ring
    let (sin, cos) = 30_f64.to_radians().sin_cos();
    for h in [DVec3::new(cos, sin, 0.0), DVec3::new(cos, sin, 0.7)] {
        let c = collector(Shape::Sphere, h, 1e-3);
        let mut fly = made_up(|x, y, ratio| {
            let (along, aside) = (x * cos + y * sin, y * cos - x * sin);
            if ratio < 2.0 {
                (along / 2.0).powi(2) + (aside / 0.5).powi(2) < 1.0
            } else {
                (1.5..3.0).contains(&x.hypot(y))
            }
        });
        let found = survey(&c, &[1.0, 3.0], 0.0, &mut fly).unwrap();
        // 16 rays take the square of the ellipse's radius to 2 (1/4)^16 in a half
        assert!((found[0] - 1.0).abs() < 1e-3, "{h}: {found:?}");
        assert!((found[1] - 6.75).abs() < 2e-3, "{h}: {found:?}");
    }
    // an axial field needs one ray
    let c = collector(Shape::Sphere, DVec3::Z, 1e-3);
    let mut flown = 0;
    let mut disc = made_up(|x, y, _| x.hypot(y) < 2.0);
    let found = survey(&c, &[1.0], 0.0, &mut |s| {
        flown += s.len();
        disc(s)
    });
    assert!((found.unwrap()[0] - 4.0).abs() < 1e-3);
    assert_eq!(flown, POINTS + ROUNDS * (PARTS - 1));
}

/// Made-up cross-sections sqrt(ratio), cut at 8, and ratio2, cut at the border.
#[test]
fn tables_follow_power_laws() {
    let c = collector(Shape::Wire, DVec3::Z, 0.01);
    let mut fly = made_up(|_, y, ratio| y.abs() < ratio.sqrt().min(8.0));
    let t = Capture::survey(&c, 0.0, &mut fly).unwrap();
    assert_eq!(t.rows().len(), 41);
    let close = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 5e-4, "{a} {b}");
    close(t.cross_section(3.0), 3.0_f64.sqrt());
    close(t.cross_section(0.03), 0.03_f64.sqrt());
    // a hundredth of the lowest row's 2^-5
    close(t.cross_section(0.01 / 1024.0), 0.01 / 32.0);
    // the last rows are alike
    close(t.cross_section(1e9), 8.0);
    assert_eq!([0.0, -1.0, f64::NAN].map(|r| t.cross_section(r)), [0.0; 3]);
    // 2 a sigma F/(pi a2) of wires of 25 um, and pi a2 sigma 3 F/(4 pi a3) of spheres
    close(
        t.per_length(4.0),
        2.0 * 2.0 * 0.01 / (std::f64::consts::PI * 25.0),
    );
    let balls = collector(Shape::Sphere, DVec3::Z, 0.001);
    let mut fly = made_up(|x, y, ratio| x.hypot(y) < ratio);
    let t = Capture::survey(&balls, 0.0, &mut fly).unwrap();
    close(t.per_length(2.0), 4.0 * 0.75 * 0.001 / 25.0);
    // ratios above 10, the border, are cut there; so is what the power law says beyond the table
    close(t.cross_section(30.0), 100.0);
    close(t.cross_section(1e6), 100.0);
}

#[test]
fn what_comes_back_is_counted() {
    let c = collector(Shape::Wire, DVec3::Z, 0.01);
    let short = survey(&c, &[1.0], 0.0, &mut |_| Ok(Vec::new()));
    assert!(matches!(short, Err(Error::Internal(_))));
    let nan = survey(&c, &[f64::NAN], 0.0, &mut made_up(|_, _, _| true));
    assert!(matches!(nan, Err(Error::Input(_))));
    assert_eq!(
        survey(&c, &[], 0.0, &mut made_up(|_, _, _| true)).unwrap(),
        Vec::<f64>::new()
    );
}
