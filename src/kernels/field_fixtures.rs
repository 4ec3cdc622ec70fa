//! Magnets of every kind and points around them, for the kernel `field`: bands of distance from 1e-4 of a magnet to a thousand,
//! each by itself, so that what is far is not drowned by what is near.

use super::{Data, Fixture, fixture};
use crate::magnets::{
    Array, Cuboid, Cylinder, Dipole, Field, MagnetError, Multipole, Packed, Pose, Repeat, Soft, Source,
    Uniform, Wire,
};
use glam::{DMat3, DQuat, DVec3};

/// Points of a fixture.
const POINTS: usize = 150;

/// Bands of the distance to the surface over half the diagonal.
const BANDS: [(f64, f64); 4] = [(3e-4, 1e-2), (1e-2, 0.3), (0.3, 1.0), (1.0, 3.0)];

/// Distances from the centre over half the diagonal, far away.
const FAR: [f64; 2] = [12.0, 1000.0];

/// A body, half the sides of the box around it in its own axes [um], and where it is.
struct Body {
    label: &'static str,
    source: Source,
    half: DVec3,
    centre: DVec3,
    turn: DQuat,
}

fn bodies(turn: DQuat) -> Result<Vec<Body>, MagnetError> {
    let centre = DVec3::new(3e3, -4e3, 5e3);
    let pose = Pose::turned(centre, turn)?;
    let mut out = Vec::new();
    let mut body = |label, source, half: DVec3| {
        out.push(Body {
            label,
            source,
            half,
            centre,
            turn,
        });
    };
    let j = DVec3::new(0.5, -0.7, 1.0);
    for (label, x, y, z) in [
        ("a block", 10e3, 20e3, 5e3),
        ("a plate", 20e3, 20e3, 500.0),
        ("a bar", 1e3, 2e3, 30e3),
    ] {
        let sides = DVec3::new(x, y, z);
        body(label, Source::Cuboid(Cuboid::new(pose, sides, j)?), 0.5 * sides);
    }
    for (label, bore, radius, height) in [
        ("a cylinder", 0.0, 5e3, 12e3),
        ("a disc", 0.0, 12e3, 600.0),
        ("a rod", 0.0, 500.0, 25e3),
        ("a ring", 4e3, 9e3, 6e3),
        ("a thin ring", 8.7e3, 9e3, 4e3),
    ] {
        let source = if bore > 0.0 {
            Cylinder::ring(pose, bore, radius, height, 1.25)?
        } else {
            Cylinder::new(pose, radius, height, -1.25)?
        };
        body(
            label,
            Source::Cylinder(source),
            DVec3::new(radius, radius, 0.5 * height),
        );
    }
    Ok(out)
}

/// Points that are a distance of `low` to `high` half diagonals from the surface of `body`.
fn band(body: &Body, low: f64, high: f64, stream: &mut fixture::Stream) -> Vec<DVec3> {
    let diagonal = body.half.length();
    let reach = body.half + high * diagonal;
    let mut out = Vec::new();
    for _ in 0..1_000_000 {
        let mut draw = || stream.between(-1.0, 1.0);
        let q = body.centre + body.turn * (reach * DVec3::new(draw(), draw(), draw()));
        if (low * diagonal..high * diagonal).contains(&body.source.clearance(q)) {
            out.push(q);
        }
        if out.len() == POINTS {
            break;
        }
    }
    out
}

/// Points at one distance from `centre`.
fn sphere(centre: DVec3, distance: f64, stream: &mut fixture::Stream) -> Vec<DVec3> {
    (0..POINTS)
        .map(|_| {
            let z = stream.between(-1.0, 1.0);
            let (sin, cos) = stream.between(0.0, std::f64::consts::TAU).sin_cos();
            let across = (1.0 - z * z).sqrt();
            centre + distance * DVec3::new(across * cos, across * sin, z)
        })
        .collect()
}

/// On the axis, on the extensions of edges and rims, in the planes of faces and in the middle planes, and a hair beside them.
fn special(body: &Body) -> Vec<DVec3> {
    let h = body.half;
    let lines = [-2.0, -1.0, -0.4, 0.0, 0.3, 1.0, 1.7];
    let mut out = Vec::new();
    for x in lines {
        for y in lines {
            for z in lines {
                for hair in [0.0, 1e-6] {
                    let q = body.centre + body.turn * (h * DVec3::new(x + hair, y - hair, z + hair));
                    if body.source.clearance(q) > 0.1 * h.length() {
                        out.push(q);
                    }
                }
            }
        }
    }
    out
}

/// Near the axis above an end, where what grows with the distance from the axis is small.
fn near_axis(body: &Body, stream: &mut fixture::Stream) -> Vec<DVec3> {
    let draw = |_| {
        let (sin, cos) = stream.between(0.0, std::f64::consts::TAU).sin_cos();
        let rho = stream.between(0.08, 0.1) * body.half.x;
        let z = body.half.z + stream.between(0.9, 1.1) * body.half.x;
        body.centre + body.turn * DVec3::new(rho * cos, rho * sin, z)
    };
    (0..POINTS).map(draw).collect()
}

/// Within, and so near that the kernel must not answer; and as many clear of it.
fn within(body: &Body, stream: &mut fixture::Stream) -> Vec<DVec3> {
    let mut out = band(body, -0.5, 3e-5, stream);
    out.extend(band(body, 3e-4, 0.5, stream));
    out
}

pub(super) fn fixtures() -> Vec<Fixture> {
    // nothing below is refused; if it were, the count of the fixtures' elements would say so
    all().unwrap_or_default()
}

fn all() -> Result<Vec<Fixture>, MagnetError> {
    let mut s = fixture::Stream::new(31);
    let mut out = Vec::new();
    let turn = DQuat::from_euler(glam::EulerRot::XYZ, 0.3, -1.1, 2.0);
    for (body, straight) in bodies(turn)?.iter().zip(&bodies(DQuat::IDENTITY)?) {
        let label = body.label;
        let one = vec![body.source.clone()];
        for (low, high) in BANDS {
            let points = band(body, low, high, &mut s);
            out.push(build(&format!("{label}, {low} to {high} off"), &one, &points)?);
        }
        for far in FAR {
            let points = sphere(body.centre, far * body.half.length(), &mut s);
            out.push(build(&format!("{label}, {far} away"), &one, &points)?);
        }
        let plain = [straight.source.clone()];
        out.push(build(
            &format!("{label}, lines and planes of it"),
            &plain,
            &special(straight),
        )?);
        out.push(build(
            &format!("{label}, near its axis"),
            &one,
            &near_axis(body, &mut s),
        )?);
        out.push(build(&format!("{label}, in it"), &one, &within(body, &mut s))?);
    }
    for (label, source, centre, lengths) in simple(turn)? {
        for d in lengths {
            let points = sphere(centre, d, &mut s);
            out.push(build(
                &format!("{label}, {d} um"),
                std::slice::from_ref(&source),
                &points,
            )?);
        }
    }
    out.extend(together(&mut s)?);
    Ok(out)
}

/// A label, a source, a centre and distances from it [um].
type Simple = (&'static str, Source, DVec3, Vec<f64>);

/// The other kinds.
fn simple(turn: DQuat) -> Result<Vec<Simple>, MagnetError> {
    let centre = DVec3::new(-2e3, 1e3, 4e3);
    let pose = Pose::turned(centre, turn)?;
    let moment = DVec3::new(0.2, 0.3, -0.9);
    let iron = Soft {
        susceptibility: 1e3,
        saturation: 2.0,
    };
    let axis = turn * DVec3::Z;
    let b0 = turn * DVec3::new(0.8, 0.5, 0.0);
    let rows = [[7e-8, 2e-8, -3e-8], [2e-8, 5e-8, 4e-8], [-3e-8, 4e-8, -12e-8]];
    let gradient = DMat3::from_cols_array_2d(&rows);
    Ok(vec![
        (
            "a gradient",
            Source::Uniform(Uniform::new(centre, DVec3::new(0.3, -0.2, 0.1), gradient)?),
            centre,
            vec![3e6, 1e3],
        ),
        (
            "a dipole",
            Source::Dipole(Dipole::new(centre, moment)?),
            centre,
            vec![10.0, 1e4, 1e6],
        ),
        (
            "a ball",
            Source::Dipole(Dipole::ball(centre, moment, 3e3)?),
            centre,
            vec![2.9e3, 3.001e3, 1e4, 1e6],
        ),
        (
            "a wire",
            Source::Wire(Wire::new(centre, axis, 25.0, iron, b0)?),
            centre,
            vec![24.0, 26.0, 500.0],
        ),
        (
            "a dipole magnet",
            Source::Multipole(Multipole::new(pose, 1, 0.9, 5e3, None)?),
            centre,
            vec![4e3],
        ),
        (
            "a quadrupole",
            Source::Multipole(Multipole::new(pose, 2, 1.1, 5e3, Some(5e3))?),
            centre,
            vec![4e3, 10e3],
        ),
        (
            "a Halbach array of order 5",
            Source::Multipole(Multipole::new(pose, 5, 1.1, 5e3, Some(6e3))?),
            centre,
            vec![5e3, 300.0],
        ),
    ])
}

/// Superposition, opposite poles, many points, and what was there before.
fn together(s: &mut fixture::Stream) -> Result<Vec<Fixture>, MagnetError> {
    let body = &bodies(DQuat::IDENTITY)?[0];
    let row = [Repeat {
        step: DVec3::new(12e3, 0.0, 0.0),
        count: 3,
        alternating: true,
    }];
    let bodies = vec![
        Source::Uniform(Uniform::background(DVec3::new(0.1, -0.2, 0.3))?),
        Source::Array(Array::new(&body.source, &row)?),
        Source::Dipole(Dipole::ball(DVec3::new(-2e4, 0.0, 0.0), DVec3::Z, 2e3)?),
    ];
    let mut out = Vec::new();
    for n in [0, 1, 255, 256, 257, 1200] {
        let points: Vec<DVec3> = (0..n)
            .map(|_| 3e4 * DVec3::new(s.between(-1.0, 1.0), s.between(-1.0, 1.0), s.between(-1.0, 1.0)))
            // where the answer is the same in every arithmetic
            .map(|q| {
                if bodies.iter().any(|b| b.clearance(q).abs() < 50.0) {
                    4e4 * DVec3::Y
                } else {
                    q
                }
            })
            .collect();
        let mut f = build(&format!("several magnets, {n}"), &bodies, &points)?;
        if n == 1200 {
            f.page.row = 512;
            for (k, name) in ["flux", "gradient"].into_iter().enumerate() {
                let before = (0..[3, 5][k] * (n + fixture::PADDING)).map(|_| s.between(-0.1, 0.1) as f32);
                fixture::set(&mut f, (name, Data::F32(before.collect())));
            }
        }
        out.push(f);
    }
    Ok(out)
}

fn build(label: &str, sources: &[Source], points: &[DVec3]) -> Result<Fixture, MagnetError> {
    let field = Field::new(sources.to_vec())?;
    // so wide that a place takes both halves of its 64 bits
    let (lo, hi) = (DVec3::splat(-1e9), DVec3::splat(1e9));
    let ends = points
        .iter()
        .fold((lo, hi), |(lo, hi), q| (lo.min(*q), hi.max(*q)));
    let packed = Packed::new(&field, ends.0, ends.1)?;
    let items = points.len();
    let n = items + fixture::PADDING;
    let beyond = [DVec3::ZERO; fixture::PADDING];
    let places = points.iter().chain(&beyond).flat_map(|q| packed.place(*q));
    let mut page = fixture::page(items);
    page.spare = packed.count() as u32;
    Ok(Fixture {
        label: label.into(),
        items,
        params: fixture::tube_params(),
        passage: Default::default(),
        page,
        buffers: vec![
            ("places", Data::U32(places.collect())),
            ("magnets", Data::U32(packed.magnets.clone())),
            (
                "nodes",
                Data::F32(packed.nodes.iter().flatten().copied().collect()),
            ),
            ("flux", Data::F32(vec![0.0; 3 * n])),
            ("gradient", Data::F32(vec![0.0; 5 * n])),
            ("within", Data::U32(vec![0; n])),
        ],
    })
}
