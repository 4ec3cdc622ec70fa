use super::*;
use crate::grids::VectorGrid;
use statrs::function::erf::erf;
use std::f64::consts::PI;

const TUBE: Section = Section::Tube { radius: 7.0 };
const RING: Section = Section::Annulus {
    inner: 3980.0,
    outer: 4360.0,
};
const FLAT: Section = Section::Channel {
    width: 30.0,
    height: 2.0,
};

fn duct(section: Section) -> Duct {
    Duct {
        section,
        length: 100.0,
    }
}

fn flow(section: Section, profile: Profile) -> Flow {
    Flow::new(&duct(section), &profile, Across::Lanes, 3.0)
}

fn middle(section: &Section, lane: f64) -> DVec3 {
    let [x, y] = section.on_lane(lane, 0.5);
    DVec3::new(x, y, 40.0)
}

/// By hand: twice the mean on the axis of a tube, 3/2 between plates; a narrow annulus is a pair of plates.
#[test]
fn greatest_velocities() {
    let tube = flow(TUBE, Profile::Laminar);
    assert_eq!(tube.at(middle(&TUBE, 0.0)), DVec3::new(0.0, 0.0, 2.0));
    assert_eq!(tube.at(middle(&TUBE, 1.0)), DVec3::ZERO);
    assert_eq!(tube.greatest(), DVec3::new(0.0, 0.0, 2.0));
    let plates = flow(FLAT, Profile::Plates);
    assert_eq!(plates.at(middle(&FLAT, 0.5)).z, 1.5);
    assert_eq!(plates.mean, 0.05);
    let narrow = Section::Annulus {
        inner: 9990.0,
        outer: 10_000.0,
    };
    let annulus = flow(narrow, Profile::Laminar);
    for i in 0..=100 {
        let lane = f64::from(i) / 100.0;
        let [a, b] = [annulus.at(middle(&narrow, lane)), plates.at(middle(&FLAT, lane))];
        assert!((a - b).length() < 2e-3, "{lane}");
    }
    let plug = flow(RING, Profile::Plug);
    assert_eq!(plug.at(middle(&RING, 1.0)), DVec3::Z);
}

/// Half of the flow through a tube passes within sqrt(1 - sqrt(1/2)) of its radius (by hand: 1 - (1 - r2)2 = 1/2), half
/// of that between plates below the middle; and the profile's mean over the area is one.
#[test]
fn shares() {
    let tube = flow(TUBE, Profile::Laminar);
    assert!((tube.inlet.strip(0.5) - (1.0 - 0.5_f64.sqrt()).sqrt()).abs() < 1e-5);
    for section in [TUBE, RING, FLAT] {
        let f = flow(section, Profile::Plates);
        for share in [0.0, 0.1, 0.5, 0.93, 1.0] {
            let back = f.outlet.share(f.outlet.strip(share));
            assert!((back - share).abs() < 1e-12, "{section:?}: {back} for {share}");
        }
        let n = 100_000;
        let mean: f64 = (0..n)
            .map(|i| {
                let lane = section.lane_of_area((f64::from(i) + 0.5) / f64::from(n));
                lanes::relative(&section, lane) / f64::from(n)
            })
            .sum();
        assert!((mean - 1.0).abs() < 1e-6, "{section:?}: {mean}");
        assert_eq!(f.inlet.back(), 0.0);
    }
}

/// Greatest over mean velocity in a square and in a channel twice as wide as high: 2.0962 and 1.9918 (R. K. Shah & A. L. London, Laminar
/// Flow Forced Convection in Ducts, 1978, table 42, from memory), and far from the sides of a wide one 3/2 over 1 - 0.63/30 (Bruus, section
/// 3.4.5). Either side may be the short one.
#[test]
fn rectangles() {
    let centre = |width: f64, height: f64| {
        let f = flow(Section::Channel { width, height }, Profile::Laminar);
        f.at(DVec3::Z).z
    };
    assert!((centre(5.0, 5.0) - 2.0962).abs() < 2e-4, "{}", centre(5.0, 5.0));
    assert!((centre(10.0, 5.0) - 1.9918).abs() < 2e-4, "{}", centre(10.0, 5.0));
    assert_eq!(centre(5.0, 10.0), centre(10.0, 5.0));
    let wide = 1.5 / (1.0 - 0.63 * 2.0 / 60.0);
    assert!((centre(60.0, 2.0) - wide).abs() < 2e-4);
}

/// The equation itself: the Laplacian of the profile is the same everywhere, that of a finite difference in the middle of a square too;
/// at the walls nothing flows; and the mean over the area is one.
#[test]
fn a_rectangle_obeys_stokes() {
    let section = Section::Channel {
        width: 3.0,
        height: 2.0,
    };
    let f = flow(section, Profile::Laminar);
    let Nodes::Sheet { counts, speed } = &f.nodes else {
        panic!("no sheet")
    };
    let [a, b] = *counts;
    assert_eq!([a, b], [64, 96]);
    let at = |i: usize, j: usize| f64::from(speed[j * (a + 1) + i]);
    // intervals are squares, so that a sum of four neighbours does; f32 rounding of 1e-7 in differences of 4e-3
    let bend = |i, j| at(i + 1, j) + at(i - 1, j) + at(i, j + 1) + at(i, j - 1) - 4.0 * at(i, j);
    let here = bend(32, 48);
    for (i, j) in [(32, 20), (10, 48), (20, 30), (50, 80), (8, 8)] {
        assert!((bend(i, j) / here - 1.0).abs() < 2e-3, "{i} {j}: {}", bend(i, j));
    }
    for i in 0..=a {
        assert_eq!([at(i, 0), at(i, b)], [0.0; 2]);
    }
    let sum: f64 = (0..=b)
        .flat_map(|j| (0..=a).map(move |i| (i, j)))
        .map(|(i, j)| at(i, j))
        .sum();
    // the trapezoid falls short by 1/(12 n2) of the slopes at the walls
    assert!((sum / (a * b) as f64 - 1.0).abs() < 1e-3, "{sum}");
}

/// Equal ranks have equal flows: of many places half of those of a strip lie where half of its flow passes.
#[test]
fn places_follow_the_flow() {
    let section = Section::Channel {
        width: 3.0,
        height: 2.0,
    };
    for across in [Across::Lanes, Across::Width] {
        let f = Flow::new(&duct(section), &Profile::Laminar, across, 1.0);
        let n = 200;
        let mut mean = 0.0;
        for i in 0..n {
            for j in 0..n {
                let [u, v] = [i, j].map(|k| (f64::from(k) + 0.5) / f64::from(n));
                let strip = f.inlet.strip(u);
                let [x, y] = f.inlet.place(strip, v);
                assert!((f.inlet.strip_of([x, y]) - strip).abs() < 1e-12);
                mean += f.at(DVec3::new(x, y, 0.0)).z / f64::from(n * n);
            }
        }
        // of places that are drawn by the flow the mean velocity is that of its square over that of itself, over the area
        let mut powers = [0.0; 2];
        for i in 0..300 {
            for j in 0..300 {
                let [x, y] = section.on_lane((f64::from(i) + 0.5) / 300.0, (f64::from(j) + 0.5) / 300.0);
                let u = f.at(DVec3::new(x, y, 0.0)).z;
                powers = [powers[0] + u, powers[1] + u * u];
            }
        }
        let expected = powers[1] / powers[0];
        assert!(
            (mean / expected - 1.0).abs() < 1e-3,
            "{across:?}: {mean} {expected}"
        );
        assert!((f.inlet.strip(0.5) - 0.5).abs() < 1e-9);
        assert!((f.inlet.place(0.3, 0.5)[usize::from(across == Across::Width)]).abs() < 1e-9);
    }
    // over the width of plates the flow is even
    let plates = Flow::new(&duct(section), &Profile::Plates, Across::Width, 1.0);
    assert!((plates.outlet.strip(0.3) - 0.3).abs() < 1e-12);
    assert_eq!(plates.outlet.at(0.3, 0.25), section.on_lane(0.25, 0.3));
}

/// A file of a velocity on a grid over a box of half widths `half` and the length 100, `n` points an axis.
fn file(half: [f64; 2], n: [usize; 3], velocity: impl Fn(DVec3) -> DVec3) -> VectorGrid {
    let origin = DVec3::new(-half[0], -half[1], 0.0);
    let size = DVec3::new(2.0 * half[0], 2.0 * half[1], 100.0);
    let spacing = size / DVec3::from_array(n.map(|n| n as f64 - 1.0));
    let vectors = (0..n.iter().product())
        .map(|i| {
            let at = [i % n[0], i / n[0] % n[1], i / (n[0] * n[1])];
            velocity(origin + spacing * DVec3::from_array(at.map(|k| k as f64)))
        })
        .collect();
    VectorGrid::even(origin, spacing, n, vectors)
}

/// Poiseuille's profile of a tube of radius 7 with a mean velocity of 0.01; nothing outside.
fn poiseuille(q: DVec3) -> DVec3 {
    let r = q.truncate().length() / 7.0;
    DVec3::Z * (0.02 * (1.0 - r * r).max(0.0))
}

/// The file of a profile is that profile, by the rate that it has: pi 49 * 0.01 = 1.539.
#[test]
fn a_file_of_a_profile() {
    let grid = file([7.0, 7.0], [81, 81, 3], poiseuille);
    let tube = duct(TUBE);
    let chart = Chart::new("u.csv", &grid, &tube).unwrap();
    assert!(
        (chart.rate() / (49.0 * PI * 0.01) - 1.0).abs() < 2e-3,
        "{}",
        chart.rate()
    );
    let d = chart.doubts();
    assert!(d.uneven < 1e-9 && d.divergence < 1e-9 && d.leak == 0.0, "{d:?}");
    let given = flow(TUBE, Profile::Given(Arc::new(chart)));
    let known = flow(TUBE, Profile::Laminar);
    let mut squares = 0.0;
    for i in 0..3000 {
        let [u, v, w, _] = crate::rng::unit_vector(5, i);
        let [x, y] = TUBE.on_lane(u.sqrt(), v);
        let q = DVec3::new(x, y, 100.0 * w);
        let error = (given.at(q) - known.at(q)).length();
        assert!(error < 0.01, "{q}");
        squares += error * error / 3000.0;
    }
    // what it says of itself is what it is, for better or worse by a factor of two
    let error = squares.sqrt();
    assert!((0.5..2.0).contains(&(d.coarse / error)), "{} {error}", d.coarse);
    // by hand: 80 intervals over 14, as fine around, and two along
    let apart = given.changes_over().unwrap();
    assert!(
        (apart - DVec3::new(0.175, 0.175, 50.0)).abs().max_element() < 2e-3,
        "{apart}"
    );
    assert_eq!(known.changes_over(), None);
    for share in [0.1, 0.5, 0.9] {
        let [a, b] = [&given.inlet, &known.outlet].map(|p| p.strip(share));
        assert!((a - b).abs() < 2e-3, "{share}: {a} {b}");
    }
}

/// A jet in a channel that widens on its way: at z it is w = 6 + 0.03 z wide, u = exp(-(x/w)2)/w along and 0.03 x/w of that across, which has no
/// divergence. Its strips at the inlet are narrow, at the outlet half as wide again.
#[test]
fn a_flow_that_changes_along_the_duct() {
    let section = Section::Channel {
        width: 30.0,
        height: 20.0,
    };
    let f = |y: f64| (1.0 - y * y / 100.0).max(0.0);
    let shape = |q: DVec3| {
        let wide = 6.0 + 0.03 * q.z;
        let s = q.x / wide;
        let jet = (-s * s).exp();
        f(q.y) / wide * jet * DVec3::new(0.03 * s, 0.0, 1.0)
    };
    let grid = file([15.0, 10.0], [121, 61, 41], shape);
    let chart = Chart::new("jet.csv", &grid, &duct(section)).unwrap();
    let d = chart.doubts();
    assert!(d.uneven < 0.02 && d.divergence < 0.05, "{d:?}");
    let f = Flow::new(
        &duct(section),
        &Profile::Given(Arc::new(chart)),
        Across::Width,
        1.0,
    );
    // what goes within one width of the jet, of what goes within the channel
    for (plane, wide) in [(&f.inlet, 6.0), (&f.outlet, 9.0)] {
        let [low, high] = [-wide, wide].map(|x: f64| plane.share(x / 30.0 + 0.5));
        let expected = erf(1.0) / erf(15.0 / wide);
        assert!((high - low - expected).abs() < 0.01, "{wide}: {}", high - low);
    }
    // in the middle of the height, at every place along
    for (x, z) in [(0.0, 10.0), (5.0, 50.0), (-6.0, 93.0), (3.0, 25.0)] {
        let q = DVec3::new(x, 0.0, z);
        let (got, want) = (f.at(q), shape(q));
        let scale = f.at(DVec3::ZERO).z / shape(DVec3::ZERO).z;
        assert!(
            (got - want * scale).length() < 0.01 * f.at(DVec3::ZERO).z,
            "{q}: {got}"
        );
    }
}

/// Files of flows whose components differ, in a channel and a ring: x is the width and y the height, and angles go from x towards y.
#[test]
fn files_of_a_channel_and_a_ring() {
    let channel = Section::Channel {
        width: 30.0,
        height: 20.0,
    };
    // faster where x is high and y is low
    let skew = |q: DVec3| {
        let bowl = (1.0 - q.x * q.x / 225.0) * (1.0 - q.y * q.y / 100.0);
        DVec3::Z * (bowl * (1.0 + 0.02 * q.x - 0.04 * q.y))
    };
    let grid = file([15.0, 10.0], [91, 61, 3], skew);
    let chart = Arc::new(Chart::new("u.csv", &grid, &duct(channel)).unwrap());
    let flow = |across| Flow::new(&duct(channel), &Profile::Given(Arc::clone(&chart)), across, 1.0);
    let (by_height, by_width) = (flow(Across::Lanes), flow(Across::Width));
    let mean = 4.0 / 9.0;
    for (x, y) in [(5.0, 3.0), (-11.0, 6.0), (13.0, -8.0)] {
        let q = DVec3::new(x, y, 33.0);
        assert!((by_height.at(q) - skew(q) / mean).length() < 2e-3, "{q}");
    }
    // by hand: of (1 - s2)(1 + b s) over -1 to 1 the upper half has (2/3 + b/4)/(4/3) = 1/2 + 3 b/16; b is 0.3 over x, -0.4 over y
    assert!((by_width.outlet.share(0.5) - (0.5 - 3.0 * 0.3 / 16.0)).abs() < 1e-3);
    assert!((by_height.outlet.share(0.5) - (0.5 + 3.0 * 0.4 / 16.0)).abs() < 1e-3);
    // a ring that flows faster around x than around -x
    let ring = Section::Annulus {
        inner: 4.0,
        outer: 10.0,
    };
    let known = Flow::new(&duct(ring), &Profile::Laminar, Across::Lanes, 1.0);
    let lopsided = |q: DVec3| {
        let r = q.truncate().length();
        if (4.0..=10.0).contains(&r) {
            known.at(q) * (1.0 + 0.5 * q.x / r)
        } else {
            DVec3::ZERO
        }
    };
    let grid = file([10.0, 10.0], [201, 201, 3], lopsided);
    let chart = Chart::new("u.csv", &grid, &duct(ring)).unwrap();
    let given = Flow::new(&duct(ring), &Profile::Given(Arc::new(chart)), Across::Lanes, 1.0);
    for angle in [0.1, 1.3, 2.9, 4.0, 5.9, 6.27] {
        let q = DVec3::new(7.0 * f64::cos(angle), 7.0 * f64::sin(angle), 60.0);
        assert!((given.at(q) - lopsided(q)).length() < 0.01, "{angle}");
    }
    for share in [0.1, 0.5, 0.9] {
        let [a, b] = [&given.inlet, &known.inlet].map(|p| p.strip(share));
        assert!((a - b).abs() < 5e-3, "{share}: {a} {b}");
    }
    // walls of a channel by their own normals: through the sides, through floor and ceiling
    for through in [DVec3::X, DVec3::Y] {
        let leaky = file([15.0, 10.0], [31, 31, 3], |q| skew(q) + 0.3 * through);
        let said = Chart::new("u.csv", &leaky, &duct(channel))
            .unwrap_err()
            .to_string();
        assert!(said.contains("through the walls"), "{said}");
    }
}

/// In a round duct the width of a strip changes over an interval of a coarse file; shares are those of the flow between its nodes all the
/// same: of a tube with a file of nine points across, four intervals of the radius, within a thousandth.
#[test]
fn shares_of_a_coarse_file() {
    let grid = file([7.0, 7.0], [9, 9, 3], poiseuille);
    let chart = Chart::new("u.csv", &grid, &duct(TUBE)).unwrap();
    let f = flow(TUBE, Profile::Given(Arc::new(chart)));
    let n = 4000;
    let mut passed = vec![0.0];
    for i in 0..n {
        let r = (f64::from(i) + 0.5) / f64::from(n);
        let around: f64 = (0..64)
            .map(|j| {
                let [x, y] = TUBE.on_lane(r, f64::from(j) / 64.0);
                f.at(DVec3::new(x, y, 50.0)).z / 64.0
            })
            .sum();
        passed.push(passed[i as usize] + around * r);
    }
    for lane in [0.125, 0.25, 0.4, 0.7, 0.9] {
        let expected = passed[(lane * f64::from(n)) as usize] / passed[n as usize];
        assert!(
            (f.inlet.share(lane) - expected).abs() < 1e-3,
            "{lane}: {expected}"
        );
    }
}

/// A flow that turns around a tube's axis while it goes along: a quarter of a turn puts x where y was, at every angle.
#[test]
fn a_swirl_keeps_its_sense() {
    let grid = file([7.0, 7.0], [57, 57, 3], |q| {
        poiseuille(q) + 0.1 * DVec3::new(-q.y, q.x, 0.0) * poiseuille(q).z
    });
    let chart = Chart::new("u.csv", &grid, &duct(TUBE)).unwrap();
    let f = flow(TUBE, Profile::Given(Arc::new(chart)));
    for i in 0..40 {
        let angle = f64::from(i) * 0.157 + 0.01;
        let out = DVec3::new(angle.cos(), angle.sin(), 0.0);
        let v = f.at(3.0 * out + DVec3::Z * 20.0);
        let along = 2.0 * (1.0 - 9.0 / 49.0);
        let around = DVec3::Z.cross(out);
        assert!((v.z / along - 1.0).abs() < 0.01, "{angle}: {v}");
        assert!((v.dot(around) / (0.3 * along) - 1.0).abs() < 0.01, "{angle}: {v}");
        assert!(v.dot(out).abs() < 0.003, "{angle}: {v}");
    }
}

/// A file that is none of a flow through the duct is refused with what is wrong.
#[test]
fn files_that_are_no_flow() {
    let n = [41, 41, 5];
    let said = |grid: &VectorGrid| Chart::new("u.csv", grid, &duct(TUBE)).unwrap_err().to_string();
    for (what, grid) in [
        ("no flow from z = 0", file([7.0, 7.0], n, |q| -poiseuille(q))),
        ("slips along the walls", file([7.0, 7.0], n, |_| DVec3::Z)),
        (
            "loses",
            file([7.0, 7.0], n, |q| {
                poiseuille(q) * if q.x.abs() < 0.1 { 4.0 } else { 1.0 }
            }),
        ),
        ("the duct needs", file([6.0, 7.0], n, poiseuille)),
        (
            "through the walls",
            file([7.0, 7.0], n, |q| poiseuille(q) + DVec3::X * 0.005),
        ),
        (
            "what comes in does not leave: through some cross-sections go",
            file([7.0, 7.0], n, |q| poiseuille(q) * (1.0 + 0.002 * q.z)),
        ),
        (
            "Columns or signs are mixed up",
            // a screw in which one sign is wrong
            file([7.0, 7.0], n, |q| {
                poiseuille(q) + 0.06 * DVec3::new(q.y, q.x, 0.0) * poiseuille(q).z
            }),
        ),
        ("lies inside the duct", file([7.0, 7.0], [2, 2, 2], poiseuille)),
        (
            "of the flow through z = 0 goes backwards",
            file([7.0, 7.0], n, |q| {
                let r2 = q.truncate().length_squared() / 49.0;
                poiseuille(q) * (1.0 - 1.8 * r2)
            }),
        ),
    ] {
        assert!(said(&grid).contains(what), "{what}: {}", said(&grid));
    }
    let mut broken = file([7.0, 7.0], n, poiseuille);
    broken.vectors[77].x = f64::NAN;
    assert!(said(&broken).contains("not finite"));
}
