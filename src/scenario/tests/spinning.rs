//! `duct.rotor`: where the rotor's axis is, how fast it turns, and what cannot be.

use super::super::*;
use crate::constants::RPM;
use crate::model::Mounting;
use glam::DVec3;

const ANNULUS: &str = include_str!("../../../examples/scenes/spinning_annulus.toml");
const CHANNEL: &str = include_str!("../../../examples/scenes/microchannel.toml");

fn read(text: &str) -> Scene {
    Scene::from_str("scene.toml", text).unwrap_or_else(|e| panic!("{e}"))
}

fn channel(rotor: &str) -> String {
    CHANNEL.replace("gravity = \"-y\"", &format!("gravity = \"-y\"\nrotor = {rotor}"))
}

/// By hand: 1000 rpm is 1e3 2 pi/60e6 rad/us; the annulus turns about its axis and reaches from 23 to 25 mm.
#[test]
fn about_its_own_axis() {
    let s = read(ANNULUS).setup;
    assert!((s.protocol.peak_omega() / (1000.0 * RPM) - 1.0).abs() < 1e-12);
    assert_eq!([s.rotor.meniscus_radius, s.rotor.bottom_radius], [23e3, 25e3]);
    let Mounting::Fixed { gravity, arm } = s.rotor.mounting else {
        panic!("{:?}", s.rotor)
    };
    assert!(arm == DVec3::ZERO && gravity.z < 0.0 && gravity.x == 0.0);
    let force = read(&ANNULUS.replace("1000 rpm", "27.96 x g")).setup;
    assert!((force.protocol.peak_omega() / (1000.0 * RPM) - 1.0).abs() < 1e-3);
}

/// By hand, in a channel of 2 x 0.2 x 30 mm with gravity along -y. Outwards along x at 100 mm it reaches from 99 mm to the corner at
/// hypot(101, 15); outwards along z from its inlet at 100 mm to hypot(130, 1); against z the inlet is the furthest.
#[test]
fn beside_the_axis() {
    for (outward, arm, reach) in [
        ("x", DVec3::new(100e3, 0.0, -15e3), [99e3, 101e3_f64.hypot(15e3)]),
        (
            "-x",
            DVec3::new(-100e3, 0.0, -15e3),
            [99e3, 101e3_f64.hypot(15e3)],
        ),
        ("z", DVec3::new(0.0, 0.0, 100e3), [100e3, 130e3_f64.hypot(1e3)]),
        ("-z", DVec3::new(0.0, 0.0, -100e3), [70e3, 100e3_f64.hypot(1e3)]),
    ] {
        let s = read(&channel(&format!(
            "{{ outward = \"{outward}\", radius = \"100 mm\", speed = \"1000 rpm\" }}"
        )))
        .setup;
        let Mounting::Fixed { arm: found, .. } = s.rotor.mounting else {
            panic!("{:?}", s.rotor)
        };
        assert!((found - arm).length() < 1e-6, "{outward}: {found}");
        let found = [s.rotor.meniscus_radius, s.rotor.bottom_radius];
        assert!(
            (0..2).all(|k| (found[k] - reach[k]).abs() < 1e-6),
            "{outward}: {found:?}"
        );
    }
}

/// The speed changes linearly over a phase, and stays where a phase does not say.
#[test]
fn phases_change_the_speed() {
    let phases = "[[phase]]\nname = \"a\"\nover = \"1 min\"\n[[phase]]\nname = \"b\"\nover = \"20 s\"\nspeed = \"0 rpm\"\n[[phase]]\nname = \"c\"\nover = \"20 s\"";
    let p = read(&format!("{ANNULUS}\n{phases}")).setup.protocol;
    let rpm = |t: f64| (p.omega(t * 1e6) / RPM).round();
    assert_eq!(
        [0.0, 30.0, 60.0, 70.0, 80.0, 90.0].map(rpm),
        [1e3, 1e3, 1e3, 500.0, 0.0, 0.0]
    );
}

/// What is refused, with what helps.
#[test]
fn what_cannot_be() {
    for (text, title, help) in [
        (
            ANNULUS.replace("rotor  ", "holds = [\"outer wall\"]\nrotor  "),
            "no magnet pulls cells onto",
            "leave `holds` out",
        ),
        (
            channel("{ speed = \"1000 rpm\" }"),
            "a horizontal duct cannot turn about its own axis",
            "add both to `rotor`",
        ),
        (
            channel("{ outward = \"x\", speed = \"1000 rpm\" }"),
            "how far is the duct",
            "add `radius",
        ),
        (
            channel("{ radius = \"100 mm\", speed = \"1000 rpm\" }"),
            "in which direction",
            "add `outward`",
        ),
        (
            channel("{ outward = \"y\", radius = \"100 mm\", speed = \"1000 rpm\" }"),
            "the rotor's axis is vertical",
            "is given by `axis` and `gravity`",
        ),
        (
            channel("{ outward = \"-z\", radius = \"20 mm\", speed = \"1000 rpm\" }"),
            "across the rotor's axis",
            "`radius` is the distance",
        ),
        (
            channel("{ outward = \"x\", radius = \"100 mm\", speed = \"300000 rpm\" }"),
            "every rotor would burst",
            "",
        ),
        (
            include_str!("../../../examples/scenes/cd34_selection_column.toml")
                .replace("axis   =", "rotor = { speed = \"100 rpm\" }\naxis ="),
            "a column does not spin",
            "leave `rotor` out",
        ),
        (
            CHANNEL.to_owned() + "\n[[phase]]\nname = \"a\"\nover = \"6 s\"\nspeed = \"100 rpm\"",
            "the duct is not in a rotor",
            "",
        ),
    ] {
        let e = Scene::from_str("scene.toml", &text).unwrap_err();
        let hit = e.problems.iter().any(|p| {
            p.title.contains(title) && (help.is_empty() || p.help.as_ref().is_some_and(|h| h.contains(help)))
        });
        assert!(hit, "{title}: {e}");
    }
    // followed to the letter, they read
    for text in [
        channel("{ outward = \"x\", radius = \"100 mm\", speed = \"1000 rpm\" }"),
        ANNULUS.to_owned(),
        include_str!("../../../examples/scenes/cd34_selection_column.toml").to_owned(),
    ] {
        let _ = read(&text);
    }
}

/// What the model leaves out of a spinning flow goes with the result. By hand: saline at 1000 rpm across 0.2 mm: 0.972 mPa s / (1.005 g/mL
/// 104.7 /s 0.04 mm2) = 0.231. About its own axis a flow has no Coriolis force across it.
#[test]
fn coriolis_on_the_flow_is_told() {
    let said = |text: &str| read(text).caveats(None).join("\n");
    let across = said(&channel(
        "{ outward = \"x\", radius = \"100 mm\", speed = \"1000 rpm\" }",
    ));
    assert!(
        across.contains("Coriolis force on the flow") && across.contains("Ekman number 0.23"),
        "{across}"
    );
    let slow = said(&channel(
        "{ outward = \"x\", radius = \"100 mm\", speed = \"100 rpm\" }",
    ));
    assert!(!slow.contains("Coriolis"), "{slow}");
    assert!(!said(ANNULUS).contains("Coriolis"));
}

/// By hand: at 1000 rpm the force is (104.72 /s)^2 23 mm / 9.80665 m/s2 = 25.7 x g at the core, 27.96 at the wall, and 27.96 times what a
/// cell settles at 1 g.
#[test]
fn check_tells_the_forces() {
    let scene = read(ANNULUS);
    let f = scene.forecast_carried(None).unwrap();
    let text = f.table();
    assert!(
        text.contains("1000 rpm at most: 25.72 x g at 23 mm from its axis, 27.96 x g at 25 mm"),
        "{text}"
    );
    assert!(text.contains("settling, 28 x g"), "{text}");
    for s in &f.species {
        assert!(
            (s.spun.unwrap() / s.settling / 27.955 - 1.0).abs() < 1e-3,
            "{s:?}"
        );
    }
    assert!(read(CHANNEL).forecast_carried(None).unwrap().rotor.is_none());
}
