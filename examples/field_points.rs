//! Flux density and gradient of magnets at random points outside them, as comma-separated text for an independent
//! comparison (`tests/magpylib/compare.py`).
//!
//! `cargo run --example field_points -- 10000 cpu` or `gpu`
//!
//! A line `# magnet` describes each magnet: lengths in mm, polarisation in T, moment in A m2, rotation as a quaternion
//! x y z w. Then a row for each point: magnet, x y z [mm], B [T], dB_i/dx_j [T/mm] row by row,
//! distance to the surface [mm], and 1 where the host computed it in f64, as all with the CPU back-end and with the GPU's what
//! lies so near to a magnet that f32 cannot tell; else 0.
#![expect(clippy::print_stdout, reason = "that is what this program is for")]

use buffycoat::constants::MILLIMETRE as MM;
use buffycoat::devices::{Choice, Wanted};
use buffycoat::magnets::{Cuboid, Cylinder, Dipole, Field, MagnetError, Pose, Source};
use buffycoat::rng::unit_vector;
use glam::{DQuat, DVec3};

/// Name, what the reader of the text needs to know, source, radius around it [mm].
type Magnet = (String, String, Source, f64);

fn words(v: &[f64]) -> String {
    v.iter().map(|x| format!("{x:e}")).collect::<Vec<_>>().join(" ")
}

fn magnets() -> Result<Vec<Magnet>, MagnetError> {
    let centre = DVec3::new(3.0, -4.0, 5.0);
    let turn = DQuat::from_euler(glam::EulerRot::XYZ, 0.3, -1.1, 2.0).normalize();
    let pose = Pose::turned(centre * MM, turn)?;
    let place = format!(
        "centre {} rotation {}",
        words(&centre.to_array()),
        words(&turn.to_array())
    );
    let mut out: Vec<Magnet> = Vec::new();
    for (name, sides) in [
        ("block", DVec3::new(10.0, 20.0, 5.0)),
        ("plate", DVec3::new(20.0, 20.0, 0.5)),
        ("bar", DVec3::new(1.0, 2.0, 30.0)),
    ] {
        let j = DVec3::new(0.5, -0.7, 1.0);
        let what = format!(
            "cuboid {place} sides {} polarisation {}",
            words(&sides.to_array()),
            words(&j.to_array())
        );
        let source = Source::Cuboid(Cuboid::new(pose, sides * MM, j)?);
        out.push((name.into(), what, source, 0.5 * sides.length()));
    }
    for (name, radius, height) in [("cylinder", 5.0, 12.0), ("disc", 12.0, 0.6), ("rod", 0.5, 25.0)] {
        let what = format!("cylinder {place} radius {radius} height {height} polarisation 1.25");
        let source = Source::Cylinder(Cylinder::new(pose, radius * MM, height * MM, 1.25)?);
        out.push((name.into(), what, source, f64::hypot(radius, 0.5 * height)));
    }
    let what = format!("ring {place} inner 4 outer 9 height 6 polarisation 1.25");
    let ring = Cylinder::ring(pose, 4.0 * MM, 9.0 * MM, 6.0 * MM, 1.25)?;
    out.push(("ring".into(), what, Source::Cylinder(ring), 9.5));
    let moment = DVec3::new(0.2, 0.3, -0.9);
    let what = format!("dipole {place} moment {}", words(&moment.to_array()));
    out.push((
        "dipole".into(),
        what,
        Source::Dipole(Dipole::new(centre * MM, moment)?),
        5.0,
    ));
    Ok(out)
}

/// Number `i` of the points around magnet `k`, from its centre: half of them around it, half at any order of distance up to a
/// hundred times its radius.
fn point(k: u64, i: u64, radius: f64) -> DVec3 {
    let [a, b, c, d] = unit_vector(k, i);
    if i.is_multiple_of(2) {
        return 1.5 * radius * (2.0 * DVec3::new(a, b, c) - 1.0);
    }
    let (z, angle) = (2.0 * a - 1.0, std::f64::consts::TAU * b);
    let across = (1.0 - z * z).sqrt();
    radius * 100.0_f64.powf(d) * DVec3::new(across * angle.cos(), across * angle.sin(), z)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wanted: usize = std::env::args().nth(1).map_or(Ok(1000), |n| n.parse())?;
    let backend = match std::env::args().nth(2).as_deref() {
        None | Some("cpu") => Wanted::Cpu,
        Some("gpu") => Wanted::Gpu,
        Some(other) => return Err(format!("`{other}` is no back-end; cpu and gpu are").into()),
    };
    let choice = Choice {
        backend,
        ..Choice::default()
    };
    let pilot = choice.decide()?.pilot()?;
    println!("# computed on {}", pilot.name());
    let centre = DVec3::new(3.0, -4.0, 5.0);
    for (k, (name, what, source, radius)) in magnets()?.into_iter().enumerate() {
        println!("# magnet {name} {what}");
        let points: Vec<DVec3> = (0..)
            .map(|i| centre * MM + point(k as u64, i, radius * MM))
            .filter(|q| !source.contains(*q))
            .take(wanted)
            .collect();
        let field = Field::new(vec![source.clone()])?;
        for (q, p) in points.iter().zip(pilot.field(&field, &points)?) {
            let p = p?;
            // a sum in f32 does not come to the same bits
            let on_host = f64::from(u8::from(field.at(*q)? == p));
            let rows = p.gradient.transpose().to_cols_array().map(|g| g * MM);
            let numbers: Vec<String> = (*q / MM)
                .to_array()
                .into_iter()
                .chain(p.b.to_array())
                .chain(rows)
                .chain([source.clearance(*q) / MM, on_host])
                .map(|x| format!("{x:e}"))
                .collect();
            println!("{name},{}", numbers.join(","));
        }
    }
    Ok(())
}
