use super::*;
use crate::chamber::Chamber;
use crate::cpu::Cpu;
use crate::engine::{Setup, Suspension};
use crate::model::{CellClass, MagneticResponse};

fn cpu(job: &Program<'_>) -> Result<Box<dyn Backend>, Error> {
    Ok(Box::new(Cpu::new(job, 0)?))
}

fn examined(id: &str, tamper: impl Fn(&mut Setup)) -> Report {
    let r = examine(case(id).unwrap(), Lab::tampered(&cpu, tamper)).unwrap();
    println!(
        "{} {:.1} s, {} runs, {} steps, {} parcels; {}",
        r.id, r.seconds, r.runs, r.steps, r.parcels, r.note
    );
    for c in &r.checks {
        println!(
            "   {} {:50} {:?} {:.6} +- {:?} error {:.5} of {:?}",
            if c.passed { "ok  " } else { "MISS" },
            c.quantity,
            c.expected,
            c.measured,
            c.uncertainty,
            c.error,
            c.tolerance
        );
    }
    r
}

/// `cargo test --release --lib validate::tests::all -- --ignored --nocapture`, with CASE=C09 for one.
#[test]
#[ignore = "takes a minute optimised; `buffycoat validate` runs the same"]
fn all() {
    let only = std::env::var("CASE").ok();
    let chosen = ALL
        .iter()
        .filter(|c| only.as_deref().is_none_or(|o| o.eq_ignore_ascii_case(c.id)));
    let reports: Vec<Report> = chosen.map(|c| examined(c.id, |_| {})).collect();
    if std::env::var_os("MARKDOWN").is_some() {
        println!("{}", markdown(&reports));
    }
    assert!(!reports.is_empty() && reports.iter().all(Report::passed));
}

/// The dilute cases pass, each of their numbers.
#[test]
fn dilute_cases_pass() {
    for id in ["C01", "C02", "C03", "C04"] {
        assert!(examined(id, |_| {}).passed(), "{id}");
    }
}

/// The magnetic cases pass, and fail with another field, size or mobility.
#[test]
fn magnetic_cases_pass_and_can_fail() {
    fn examined(id: &str, tamper: fn(&mut Setup)) -> Report {
        examine(case(id).unwrap(), Lab::with_other_separators(&cpu, tamper)).unwrap()
    }
    let stronger = |s: &mut Setup| {
        for c in &mut s.components {
            if let MagneticResponse::Mobility { median, .. } = &mut c.response {
                *median *= 1.01;
            }
        }
    };
    for id in ["C30", "C31"] {
        let r = examined(id, |_| {});
        assert!(r.passed(), "{r:?}");
        assert!(!examined(id, stronger).passed(), "{id}: mobility 1 % too high");
    }
    let sized = |s: &mut Setup| s.components[0].species.diameter = 12.0;
    assert!(
        !examined("C31", sized).passed(),
        "cells of 12 um do not cross the whole gap"
    );
}

/// Platelets of the annulus pass, and fail in another annulus or at another speed.
#[test]
fn the_annulus_passes_and_can_fail() {
    fn examined(tamper: fn(&mut Setup)) -> Report {
        examine(case("C35").unwrap(), Lab::with_other_separators(&cpu, tamper)).unwrap()
    }
    let r = examined(|_| {});
    assert!(r.passed(), "{r:?}");
    let faster = |s: &mut Setup| {
        let length = s.protocol.duration();
        let omega = 1.01 * s.protocol.peak_omega();
        let rate = s.rate();
        s.protocol = crate::model::Protocol::new(omega).then(crate::model::Segment {
            omega_start: omega,
            omega_end: omega,
            ..crate::model::Segment::resting(crate::times::Time::from_us(length), rate)
        });
    };
    assert!(!examined(faster).passed(), "1 % too fast");
    let laminar = |s: &mut Setup| s.stream = Some(crate::flow::Stream::new(crate::flow::Profile::Laminar));
    assert!(!examined(laminar).passed(), "laminar flow");
}

/// The wire catches what it should, and fails where it is a ball, sticks to the fluid or disturbs the field.
#[test]
fn the_single_wire_passes_and_can_fail() {
    use crate::magnets::{Collector, Past, Shape, Soft};
    use glam::DVec3;
    fn examined(tamper: fn(&mut Collector)) -> Report {
        examine(case("C32").unwrap(), Lab::with_other_collectors(&cpu, tamper)).unwrap()
    }
    fn other(shape: Shape, past: Past, saturation: f64, b0: DVec3) -> Collector {
        let soft = Soft {
            susceptibility: 1e3,
            saturation,
        };
        Collector::new(shape, 25.0, soft, b0, past, 0.05).unwrap()
    }
    let r = examined(|_| {});
    assert!(r.passed(), "{r:?}");
    for (what, tamper) in [
        (
            "a ball",
            (|c| *c = other(Shape::Sphere, Past::Potential, 1e-6, DVec3::Z)) as fn(&mut Collector),
        ),
        ("creeping flow", |c| {
            *c = other(Shape::Wire, Past::Creeping, 1e-6, DVec3::Z)
        }),
        ("K = 0.1", |c| {
            *c = other(Shape::Wire, Past::Potential, 0.2, DVec3::Z)
        }),
    ] {
        assert!(!examined(tamper).passed(), "{what}");
    }
}

/// The selections pass, each of their numbers; and fail where the bed catches nothing, keeps what carries no label, lets go of
/// less, or never fills.
#[test]
fn selections_pass_and_can_fail() {
    fn examined(id: &str, tamper: fn(&mut Setup)) -> Report {
        let r = examine(case(id).unwrap(), Lab::with_other_separators(&cpu, tamper)).unwrap();
        println!(
            "{id} {:.1} s {} steps: {:?} {}",
            r.seconds, r.steps, r.checks, r.note
        );
        r
    }
    fn fewer(s: &mut Setup) {
        s.components[1].parcels = s.components[1].parcels.min(30_000);
    }
    for id in ["C33", "C34"] {
        assert!(examined(id, |_| {}).passed(), "{id}");
    }
    type Change = fn(&mut Setup);
    let wrong: [(&str, &str, Change); 4] = [
        ("C33", "no field", |s| {
            fewer(s);
            s.components[0].response = MagneticResponse::None;
        }),
        ("C33", "a bed that keeps 0.2 % of everything", |s| {
            fewer(s);
            if let Some(m) = &mut s.matrix {
                m.unspecific = vec![0.002; 4];
            }
        }),
        ("C33", "two thirds come off", |s| {
            fewer(s);
            if let Some(m) = &mut s.matrix {
                m.released = 0.66;
            }
        }),
        ("C34", "a bed that does not fill", |s| {
            if let Some(m) = &mut s.matrix {
                m.capacity = None;
            }
        }),
    ];
    for (id, what, change) in wrong {
        assert!(!examined(id, change).passed(), "{id}: {what}");
    }
}

/// A wrong setting, under which a case has to fail.
type Sabotage = (&'static str, &'static str, fn(&mut Setup));

const DILUTE: &[Sabotage] = &[
    ("C01", "drag 1 % too high", |s| drag(s, 1.01)),
    ("C01", "water for plasma", |s| s.fluid.density = 1.0),
    ("C02", "the tube 1 mm further out", |s| {
        s.rotor.meniscus_radius += 1e3
    }),
    ("C02", "drag 1 % too high", |s| drag(s, 1.01)),
    ("C03", "the tube 1 mm further out", |s| {
        s.rotor.meniscus_radius += 1e3
    }),
    ("C04", "tube and sector exchanged", exchange),
    ("C04", "one field for the whole tube", one_field),
];

/// On a coarse grid, to be quick.
const COARSE: &[Sabotage] = &[
    ("C09", "exponent 4.5", |s| s.physics.exponent = 4.5),
    ("C09", "packing limit 0.62", |s| s.physics.packing_limit = 0.62),
    ("C11", "a sector for the tube", exchange),
    ("C11", "one field for the whole tube", one_field),
];

/// At full size.
const FULL: &[Sabotage] = &[
    ("C10", "exponent 4.5", |s| s.physics.exponent = 4.5),
    ("C10", "cells alone", alone),
    ("C13", "density of the plasma, no backflow, no hindrance", alone),
    ("C13", "exponent 4.5", |s| s.physics.exponent = 4.5),
    ("C14", "density of the plasma, no backflow, no hindrance", alone),
    ("C14", "red cells lighter by 3 kg/m3", |s| {
        s.components[0].species.density -= 0.003
    }),
    ("C23", "no rouleaux", |s| {
        for c in s
            .components
            .iter_mut()
            .filter(|c| c.species.class == CellClass::Erythrocyte)
        {
            c.aggregation = 1.0;
        }
    }),
];

fn drag(s: &mut Setup, factor: f64) {
    s.components
        .iter_mut()
        .for_each(|c| c.species.drag_factor *= factor);
}

fn alone(s: &mut Setup) {
    s.physics.suspension = Suspension::Dilute;
    s.stepping.longest = s.protocol.duration() / 200.0;
}

fn exchange(s: &mut Setup) {
    s.chamber = match s.chamber {
        Chamber::Tube(t) => lab::sector(s.rotor.meniscus_radius, s.rotor.meniscus_radius + t.height),
        other => lab::tube(other.height()),
    };
}

/// The acceleration at mid-height everywhere: the rotor's axis a hundred times as far away, the square of its speed as
/// much less.
fn one_field(s: &mut Setup) {
    let middle = s.rotor.meniscus_radius + 0.5 * s.chamber.height();
    let omega = s.protocol.final_omega() / 10.0;
    s.rotor.meniscus_radius += 99.0 * middle;
    s.rotor.bottom_radius += 99.0 * middle;
    s.protocol = crate::model::Protocol::new(omega).hold(s.protocol.duration());
}

/// Half of the layers and half of the parcels in each.
fn coarse(s: &mut Setup) {
    s.cells[2] /= 2;
    s.sampling.bins /= 2;
    s.components.iter_mut().for_each(|c| c.parcels /= 4);
}

#[test]
fn dilute_cases_fail_when_the_physics_is_broken() {
    for (id, what, break_it) in DILUTE {
        assert!(!examined(id, *break_it).passed(), "{id} passed with {what}");
    }
}

#[test]
fn kynch_columns_fail_when_the_physics_is_broken() {
    // half of the layers are not enough for every number; only the speeds and the plateau are asked for
    let asked = |r: &Report| {
        let names = [
            "interface speed",
            "bed speed",
            "bed height",
            "plateau at T = 0.2",
            "end T",
        ];
        r.checks
            .iter()
            .filter(|c| names.contains(&c.quantity.as_str()))
            .all(|c| c.passed)
    };
    for id in ["C09", "C11"] {
        assert!(asked(&examined(id, coarse)), "{id}");
    }
    for (id, what, break_it) in COARSE {
        let r = examined(id, |s| {
            coarse(s);
            break_it(s);
        });
        assert!(!asked(&r), "{id} passed with {what}");
    }
}

#[test]
#[ignore = "takes minutes"]
fn crowded_cases_fail_when_the_physics_is_broken() {
    for (id, what, break_it) in FULL {
        println!("{what}:");
        assert!(!examined(id, *break_it).passed(), "{id} passed with {what}");
    }
}

/// Reports of a run that fails are reports, not errors, and what is unknown is said.
#[test]
fn unknown_cases_are_named() {
    let said = |id: &str| case(id).unwrap_err().to_string();
    assert!(said("C99").starts_with("there is no case `C99`; those that are run: C01, C02"));
    assert!(said("C36").contains("not run yet"));
    assert_eq!(case("c09").unwrap().id, "C09");
}

/// C02 and C03 give a sedimentation coefficient; C02's is that of C01's platelet.
#[test]
fn the_platelet_of_c02_is_that_of_c01() {
    let (p, f) = (blood::platelet().unwrap(), blood::plasma().unwrap());
    let s = p.diameter * p.diameter * (p.density - f.density) / (18.0 * f.viscosity);
    let given = Reference::case("C02")
        .unwrap()
        .given("sedimentation coefficient", crate::units::Dimension::Time)
        .unwrap();
    approx::assert_relative_eq!(s, given, max_relative = 1e-6);
}

/// The channel passes where the answer is exact, and fails with another law, another size and another feed.
#[test]
fn channels_pass_and_can_fail() {
    use crate::continuum::Channel;
    fn examined(id: &str, tamper: fn(&mut Channel)) -> Report {
        examine(case(id).unwrap(), Lab::with_other_channels(&cpu, tamper)).unwrap()
    }
    for id in ["V2", "V3", "V4", "V5", "V7", "V8", "V9"] {
        let r = examined(id, |_| {});
        assert!(r.passed() && r.parcels == 0 && r.layers > 0, "{r:?}");
    }
    type Change = fn(&mut Channel);
    let wrong: [(&str, &str, Change); 7] = [
        ("V2", "1 % deeper", |c| c.size[1] *= 1.01),
        ("V3", "2 % longer", |c| c.size[0] *= 1.02),
        ("V4", "5 % wider", |c| c.size[2] *= 1.05),
        ("V5", "8 levels for 96", |c| c.numerics.levels = 8),
        ("V7", "exponent 4.5", |c| c.settling.exponent = 4.5),
        ("V8", "2.5 % wider", |c| c.size[2] *= 1.025),
        ("V9", "cells that pack less", |c| c.settling.packing_limit = 0.7),
    ];
    for (id, what, change) in wrong {
        let r = examined(id, change);
        assert!(!r.passed(), "{id}, {what}: {r:?}");
    }
    // the chart, in one of its twelve points
    let chart = |c: &mut Channel| c.settling.exponent = 4.5;
    assert!(!examined("V1", chart).passed());
}
