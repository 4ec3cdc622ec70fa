//! Ducts that spin, against paths that can be worked out by hand.

use super::*;
use crate::setups::{Maker, backends};
use buffycoat::model::Segment;

/// Radius of the core and of the wall, and length [um].
const CORE: f64 = 23.0 * MILLIMETRE;
const WALL: f64 = 25.0 * MILLIMETRE;
const LONG: f64 = 100.0 * MILLIMETRE;

/// An upright annulus that turns about its own axis at `omega` rad/s; lymphocytes come in with all of the flow, whose outer 40 % has an outlet
/// of its own.
fn annulus(omega: f64, profile: Profile, parcels: usize) -> Setup {
    let duct = Duct {
        section: Section::Annulus {
            inner: CORE,
            outer: WALL,
        },
        length: LONG,
    };
    let rate = 120.0 * MILLILITRE / (60.0 * SECOND);
    let end = Time::seconds(120.0);
    let omega = omega / SECOND;
    Setup {
        seed: 3,
        components: vec![cells("lymphocyte", parcels, MagneticResponse::None)],
        cells: [16, 16, 64],
        rotor: Rotor::fixed(DVec3::Z * -STANDARD_GRAVITY, DVec3::ZERO, [CORE, WALL]),
        protocol: Protocol::new(omega).then(Segment {
            omega_start: omega,
            omega_end: omega,
            ..Segment::resting(end, rate)
        }),
        stream: Some(Stream::new(profile)),
        ports: Ports {
            feed: Feed::Inlets { over: 10.0 * SECOND },
            inlets: vec![Inlet::of([0.0, 1.0])],
            splits: vec![0.6],
        },
        sampling: every(10.0),
        ..Setup::carried(duct, library::medium("saline", 22.0).unwrap().fluid)
    }
}

fn finished(s: &Setup, make: &Maker) -> (Parcels, Outcome) {
    let (parcels, table) = drawn(s);
    let mut backend = make(&Program::new(s, &parcels, table.as_ref()).unwrap());
    let end = engine::run(s, &parcels, backend.as_mut(), &mut |_| ControlFlow::Continue(())).unwrap();
    (parcels, end)
}

/// Sedimentation coefficient of a parcel [us].
fn coefficient(s: &Setup, parcels: &Parcels, i: usize) -> f64 {
    f64::from(parcels.mobility[i]) * f64::from(parcels.excess[i]) / s.fluid.viscosity
}

/// Plug flow through an annulus that turns about its own axis. A cell goes outwards as r = r0 exp(s omega^2 t) until its surface meets the
/// wall, and with the flow less its weight along the axis. So the outlet of each parcel, and when it leaves, follow from where it came in.
/// Plug flow is parted by area: 60 % of it are within a radius of sqrt(0.6 25^2 + 0.4 23^2) = 24.22 mm. Nothing is fitted.
#[test]
fn cells_go_outwards_exponentially() {
    const OMEGA: f64 = 100.0;
    let s = annulus(OMEGA, Profile::Plug, 4000);
    let flow = s.flow().unwrap().mean;
    let square = (OMEGA / SECOND).powi(2);
    let edge = (0.6 * WALL * WALL + 0.4 * CORE * CORE).sqrt();
    for make in backends() {
        let (parcels, end) = finished(&s, make.as_ref());
        let grid = s.grid();
        let (mut outer, mut unclear) = (0, 0);
        for i in 0..parcels.len() {
            let [x, y] = [0, 1].map(|k| grid.position(k, parcels.position[k][i] as f64 / 4_294_967_296.0));
            let c = coefficient(&s, &parcels, i);
            let radius = 0.5 * (18.0 * f64::from(parcels.mobility[i])).sqrt();
            let through = LONG / (flow - c * STANDARD_GRAVITY);
            let r = (x.hypot(y) * (c * square * through).exp()).min(WALL - radius);
            let [entered, ended] = end.fates.clock[i].map(f64::from);
            // an f32 clock of up to two minutes is exact to 8 us
            assert!(
                ((ended - entered) / through - 1.0).abs() < 1e-4,
                "parcel {i} took {} us, not {through}",
                ended - entered
            );
            // lanes part the flow at nodes, between which its share is interpolated
            if (r - edge).abs() < 5.0 {
                unclear += 1;
                continue;
            }
            outer += u32::from(r > edge);
            assert_eq!(end.fates.fate[i], OUT + u32::from(r > edge), "parcel {i} at {r}");
        }
        // both outlets are seen often
        assert!(
            (2000..3600).contains(&outer) && unclear < 60,
            "{outer} outer, {unclear} unclear"
        );
    }
}

/// A channel beside the axis: what is heavier than the fluid goes outwards by s omega^2 r, uniform but for r, and what is lighter inwards.
/// From the middle of the channel a cell drifts by (R + y0)(exp(s omega^2 t) - 1); along the motion the channel is straight and leads away
/// from the axis at both ends, so that a cell is carried on along z by s omega^2 (z - L/2), too.
#[test]
fn a_channel_beside_the_axis() {
    const OMEGA: f64 = 60.0;
    const RADIUS: f64 = 150.0 * MILLIMETRE;
    let duct = Duct {
        section: Section::Channel {
            width: 10.0 * MILLIMETRE,
            height: 4.0 * MILLIMETRE,
        },
        length: 20.0 * MILLIMETRE,
    };
    let omega = OMEGA / SECOND;
    let length = duct.length;
    let s = Setup {
        components: vec![cells("lymphocyte", 500, MagneticResponse::None)],
        cells: [8, 8, 16],
        rotor: Rotor::fixed(
            DVec3::X * -STANDARD_GRAVITY,
            DVec3::new(0.0, RADIUS, -0.5 * length),
            [RADIUS - 2.0 * MILLIMETRE, RADIUS + 2.1 * MILLIMETRE],
        ),
        // at rest, then up to speed: the ramp counts a third of its length at full speed
        protocol: Protocol::new(0.0).ramp(omega, 3.0 * SECOND).hold(2.0 * SECOND),
        sampling: every(1.0),
        ..Setup::carried(duct, library::medium("saline", 22.0).unwrap().fluid)
    };
    let turned = omega * omega * (1.0 + 2.0) * SECOND;
    for make in backends() {
        let (parcels, end) = finished(&s, make.as_ref());
        let grid = s.grid();
        let mut seen = 0;
        for i in 0..parcels.len() {
            let start = [0, 1, 2].map(|k| grid.position(k, parcels.position[k][i] as f64 / 4_294_967_296.0));
            let c = coefficient(&s, &parcels, i);
            let grown = (c * turned).exp();
            let expected = [
                start[0] - c * STANDARD_GRAVITY * 5.0 * SECOND,
                (RADIUS + start[1]) * grown - RADIUS,
                // what speeds up leaves the cell behind, by s omega R
                0.5 * length + (start[2] - 0.5 * length) * grown - c * omega * RADIUS,
            ];
            // those that come to no wall
            let free = expected[0].abs() < 4.9 * MILLIMETRE
                && expected[1].abs() < 1.9 * MILLIMETRE
                && (0.1 * MILLIMETRE..length - 0.1 * MILLIMETRE).contains(&expected[2]);
            if !free {
                continue;
            }
            seen += 1;
            let drift = expected[1] - start[1];
            for k in 0..3 {
                let found = f64::from(end.snapshot.position[k][i]);
                assert!(
                    (found - expected[k]).abs() < 2e-3 * drift,
                    "parcel {i}, axis {k}: {found}, not {expected:?}"
                );
            }
        }
        assert!(seen > 100, "{seen}");
    }
}

/// A rotor about another direction than gravity, a duct that swings out, a speed that is no number, and one on the bench are refused.
#[test]
fn what_cannot_spin() {
    let good = annulus(150.0, Profile::Plug, 100);
    assert!(good.check().is_ok());
    let slanted = Setup {
        rotor: Rotor::fixed(DVec3::Z * STANDARD_GRAVITY, DVec3::new(1e5, 0.0, 1.0), [0.0, 1e5]),
        ..good.clone()
    };
    let said = slanted.check().unwrap_err().to_string();
    assert!(said.contains("across gravity"), "{said}");
    let swings = Setup {
        rotor: Rotor {
            mounting: buffycoat::model::Mounting::SwingOut,
            ..good.rotor
        },
        ..good.clone()
    };
    let said = swings.check().unwrap_err().to_string();
    assert!(said.contains("neither swings out"), "{said}");
    let backwards = Setup {
        protocol: Protocol::new(0.0).ramp(f64::NAN, 1e6).at_rate(good.rate()),
        ..good.clone()
    };
    let said = backwards.check().unwrap_err().to_string();
    assert!(said.contains("a finite number, not negative"), "{said}");
    let bench = Setup {
        rotor: Rotor::lying(DVec3::Z * STANDARD_GRAVITY),
        ..good
    };
    let said = bench.check().unwrap_err().to_string();
    assert!(said.contains("zero on the bench"), "{said}");
}

/// A closed tube that spins, with a magnet beside it. Cells without beads feel only the rotor: along the radius each goes as
/// r = r0 exp(s omega^2 t). Of the cells with beads almost all are held by the wall beside the magnet.
#[test]
fn a_magnet_beside_a_tube_that_spins() {
    let text = buffycoat::scenario::BUNDLED
        .iter()
        .find(|(n, _)| *n == "spinning_rack");
    let mut scene = buffycoat::scenario::Scene::from_str("spinning_rack.toml", text.unwrap().1).unwrap();
    scene.rescale(3000);
    let s = scene.setup;
    let length = s.chamber.height();
    let (omega, time) = (s.protocol.peak_omega(), s.duration().us());
    for make in backends() {
        let (parcels, end) = finished(&s, make.as_ref());
        let grid = s.grid();
        let (mut unpulled, mut held, mut labelled) = (0, 0, 0);
        for i in 0..parcels.len() {
            labelled += u32::from(parcels.beads[i] > 0);
            if parcels.magnetic[i][0] != 0.0 {
                held += u32::from(end.fates.fate[i] != FREE);
                continue;
            }
            assert_eq!(end.fates.fate[i], FREE, "nothing pulls parcel {i} onto the wall");
            let z = grid.position(2, parcels.position[2][i] as f64 / 4_294_967_296.0);
            let way = (coefficient(&s, &parcels, i) * omega * omega * time).exp();
            let there = ((100.0 * MILLIMETRE + z) * way - 100.0 * MILLIMETRE).min(length);
            let found = f64::from(end.snapshot.position[2][i]);
            // an f32 of 40 mm is exact to 4 nm; midpoints of parts in which a velocity changes by up to an eighth are exact to 1e-4 of the way
            assert!(
                (found - there).abs() < 2e-4 * (there - z) + 0.5,
                "parcel {i} from {z} to {found}, not {there}"
            );
            unpulled += 1;
        }
        // neutrophils, and the 6 % of the lymphocytes that have no bead
        assert!((1050..1150).contains(&unpulled), "{unpulled}");
        assert!(held > labelled * 99 / 100, "{held} of {labelled} held");
    }
}
