//! Flows and ports through whole runs: what comes in by a strip leaves by it, a flow of a file goes where it leads, and a channel with all
//! its walls keeps its fluid for as long as it should.

use crate::setups::{courant, every};
use buffycoat::chamber::Chamber;
use buffycoat::chamber::duct::{Duct, Section};
use buffycoat::constants::{MICROLITRE, SECOND};
use buffycoat::cpu::Cpu;
use buffycoat::engine::{self, Backend, Feed, Inlet, Outcome, Ports, Program, Setup, Stream};
use buffycoat::flow::{Across, Chart, Profile};
use buffycoat::grids::VectorGrid;
use buffycoat::kernels::passage::OUT;
use buffycoat::library;
use buffycoat::model::Parcels;
use buffycoat::model::{Amount, Component, Fluid, Protocol, Rotor};
use buffycoat::times::Time;
use glam::DVec3;
use std::f64::consts::PI;
use std::ops::ControlFlow;
use std::sync::Arc;

const CHANNEL: Section = Section::Channel {
    width: 900.0,
    height: 300.0,
};
const LENGTH: f64 = 5_000.0;
/// Mean velocity [um/us].
const MEAN: f64 = 1e-3;

/// Points that are no heavier than the fluid.
fn cells(name: &str, parcels: usize, inlet: usize) -> Component {
    let mut species = library::species("platelet", None).unwrap();
    species.name = name.into();
    (species.diameter, species.density) = (0.2, 1.0);
    (species.diameter_sd, species.density_sd, species.drag_factor) = (0.0, 0.0, 1.0);
    Component::new(species, Amount::Concentration(100.0 / MICROLITRE), parcels).by_inlet(inlet)
}

fn separator(section: Section, profile: Profile, components: Vec<Component>) -> Setup {
    let duct = Duct {
        section,
        length: LENGTH,
    };
    let fluid = Fluid {
        density: 1.0,
        viscosity: 1.0,
    };
    Setup {
        seed: 3,
        components,
        // coarse, so that steps are long: nothing but the flow moves these cells
        cells: [4, 4, 10],
        rotor: Rotor::lying(DVec3::ZERO),
        protocol: Protocol::steady(Time::seconds(600.0), MEAN * section.area()),
        stream: Some(Stream::new(profile)),
        ports: Ports {
            feed: Feed::Inlets { over: 4.0 * SECOND },
            inlets: vec![Inlet::of([0.0, 1.0])],
            splits: Vec::new(),
        },
        sampling: every(600.0),
        stepping: courant(0.25),
        ..Setup::carried(duct, fluid)
    }
}

fn job<'a>(s: &'a Setup, charge: &'a Parcels) -> Program<'a> {
    Program::new(s, charge, None).unwrap()
}

fn go(s: &Setup, charge: &Parcels, backend: &mut dyn Backend) -> Outcome {
    engine::run(s, charge, backend, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// The run on each back-end that there is.
fn runs(s: &Setup) -> Vec<(Parcels, Outcome)> {
    let charge = s.draw().unwrap();
    let cpu = go(s, &charge, &mut Cpu::new(&job(s, &charge), 0).unwrap());
    #[cfg(feature = "gpu")]
    let out = {
        use buffycoat::gpu::GpuBackend;
        let mut gpu = GpuBackend::on(
            crate::parity::gpu(),
            &Program::new(s, &charge, None).unwrap(),
            u64::MAX,
        )
        .unwrap();
        vec![cpu, go(s, &charge, &mut gpu)]
    };
    #[cfg(not(feature = "gpu"))]
    let out = vec![cpu];
    out.into_iter().map(|end| (charge.clone(), end)).collect()
}

/// Three inlets side by side and outlets at their edges: each species leaves where its inlet is, over the height and over the width, whatever
/// the profile. Nothing pulls and nothing sinks, so that only rounding at an edge sends one astray.
#[test]
fn what_comes_in_by_a_strip_leaves_by_it() {
    for (across, profile) in [
        (Across::Lanes, Profile::Laminar),
        (Across::Width, Profile::Laminar),
        (Across::Width, Profile::Plates),
        (Across::Lanes, Profile::Plug),
    ] {
        let shares = [[0.5, 0.9], [0.1, 0.2], [0.2, 0.5]];
        let parcels = 900;
        let components = (0..3).map(|k| cells(["a", "b", "c"][k], parcels, k)).collect();
        let mut s = separator(CHANNEL, profile, components);
        s.stream.as_mut().unwrap().across = across;
        s.ports.inlets = (0..3)
            .map(|k| Inlet {
                name: ["one", "two", "three"][k].into(),
                share: shares[k],
            })
            .collect();
        s.ports.splits = vec![0.1, 0.2, 0.5];
        // by hand: 100 a microlitre in four tenths, a tenth and three tenths of 0.27 uL/s over 4 s
        for (c, expected) in s.components.iter().zip([43.2, 10.8, 32.4]) {
            let number = s.sample_of(c) * 100.0 / MICROLITRE;
            assert!((number / expected - 1.0).abs() < 1e-12, "{number}");
        }
        for (charge, end) in runs(&s) {
            for (k, outlet) in [3, 1, 2].into_iter().enumerate() {
                let all = &end.counts.last().unwrap().1[k];
                let right = all[(OUT + outlet) as usize];
                assert!(
                    right + 2 >= parcels as u64,
                    "{across:?} {}: {all:?}",
                    ["a", "b", "c"][k]
                );
            }
            let cells: f64 = charge.weight.iter().map(|w| w * parcels as f64).sum();
            assert!((cells / 86.4 - 1.0).abs() < 1e-6, "{cells}");
        }
    }
}

/// The mean time in a duct of cells that come with the flow is its volume over its rate, whatever the profile (by hand: the integral of L/u
/// times u over the area). The time of a cell beside a wall has no bound, and that of a sample no variance: of 5000 it is seen to be
/// within 2.5 %, of 20 000 within 2 %.
#[test]
fn the_mean_passage_is_volume_over_rate() {
    for section in [
        CHANNEL,
        Section::Channel {
            width: 300.0,
            height: 700.0,
        },
        Section::Annulus {
            inner: 200.0,
            outer: 500.0,
        },
    ] {
        let s = separator(section, Profile::Laminar, vec![cells("a", 5_000, 0)]);
        for (charge, end) in runs(&s) {
            let times = end.fates.clock.iter().zip(&charge.enter);
            let mean: f64 =
                times.map(|(out, enter)| f64::from(out[1] - enter)).sum::<f64>() / charge.len() as f64;
            let expected = LENGTH / MEAN;
            println!("{section:?}: {:.4}", mean / expected);
            assert!(
                (mean / expected - 1.0).abs() < 0.04,
                "{section:?}: {}",
                mean / expected
            );
        }
    }
}

/// A flow of a file that turns like a screw, once around over 1.6 lengths of the duct: u around = 2 pi r/(1.6 L) u along, so that every cell
/// turns by the same angle, 225 degrees, and keeps its radius.
#[test]
fn a_flow_of_a_file_leads_cells_around() {
    const RADIUS: f64 = 500.0;
    let pitch = 2.0 * PI / (1.6 * LENGTH);
    let n = [101, 101, 5];
    let spacing = DVec3::new(2.0 * RADIUS / 100.0, 2.0 * RADIUS / 100.0, LENGTH / 4.0);
    let origin = DVec3::new(-RADIUS, -RADIUS, 0.0);
    let vectors = (0..n.iter().product())
        .map(|i| {
            let at = [i % n[0], i / n[0] % n[1], i / (n[0] * n[1])];
            let q = origin + spacing * DVec3::from_array(at.map(|k| k as f64));
            // beyond the wall the same parabola, so that the file has no kink there
            let along = 2e-3 * (1.0 - q.truncate().length_squared() / (RADIUS * RADIUS));
            along * DVec3::new(-pitch * q.y, pitch * q.x, 1.0)
        })
        .collect();
    let grid = VectorGrid::even(origin, spacing, n, vectors);
    let section = Section::Tube { radius: RADIUS };
    let duct = Duct {
        section,
        length: LENGTH,
    };
    let chart = Chart::new("screw.csv", &grid, &duct).unwrap();
    let mut s = separator(
        section,
        Profile::Given(Arc::new(chart)),
        vec![cells("a", 2_000, 0)],
    );
    s.cells = [12, 12, 40];
    // an inner part of the flow: near the wall a cell takes forever
    s.ports.inlets = vec![Inlet::of([0.02, 0.6])];
    for (charge, end) in runs(&s) {
        let mut worst = [0.0_f64; 2];
        let grid = s.grid();
        for i in 0..charge.len() {
            assert_eq!(end.fates.fate[i], OUT);
            let from = [0, 1].map(|k| grid.position(k, buffycoat::fixed::to_cells(charge.position[k][i])));
            let to = [0, 1].map(|k| f64::from(end.snapshot.position[k][i]));
            let [r0, r1] = [from, to].map(|q| q[0].hypot(q[1]));
            let turned = (to[1].atan2(to[0]) - from[1].atan2(from[0])).rem_euclid(2.0 * PI);
            worst[0] = worst[0].max((turned - 1.25 * PI).abs());
            worst[1] = worst[1].max((r1 / r0 - 1.0).abs());
        }
        println!("angle {:.4}, radius {:.4}", worst[0], worst[1]);
        // nodes are 0.02 of the radius apart, straight between: (pi/157)2/2 = 2e-4 of the radius in each, and the steps' own error
        assert!(worst[0] < 0.02 && worst[1] < 0.01, "{worst:?}");
    }
}

/// A flow that rests at the walls of the channel, on 11 x 11 points.
fn bowl(i: usize) -> DVec3 {
    let [x, y] = [i % 11, i / 11 % 11].map(|k| k as f64 / 5.0 - 1.0);
    DVec3::Z * ((1.0 - x * x) * (1.0 - y * y))
}

fn duct(section: Section, length: f64) -> Chamber {
    Chamber::Duct(Duct { section, length })
}

#[test]
fn unsound_ports_are_refused() {
    type Spoil = fn(&mut Setup);
    let cases: [(&str, Spoil); 6] = [
        (
            "the share of the flow of the inlets is [[0.1, 0.3], [0.2, 0.4]]",
            |s| s.ports.inlets = vec![Inlet::of([0.2, 0.4]), Inlet::of([0.1, 0.3])],
        ),
        ("the share of the flow of inlet is [0.4, 1.2]", |s| {
            s.ports.inlets = vec![Inlet::of([0.4, 1.2])]
        }),
        ("the inlet of a is number 1", |s| s.components[0].inlet = 1),
        ("over the width of a channel only", |s| {
            s.chamber = duct(Section::Tube { radius: 400.0 }, LENGTH);
            s.stream.as_mut().unwrap().across = Across::Width;
        }),
        ("there are outlets, but there is no flow", |s| {
            (s.stream, s.ports.feed, s.ports.splits) = (None, Feed::Filled, vec![0.5])
        }),
        ("the flow of u.csv was read for another duct", |s| {
            let grid = VectorGrid::even(
                DVec3::new(-450.0, -150.0, 0.0),
                DVec3::new(90.0, 30.0, LENGTH),
                [11, 11, 2],
                (0..242).map(bowl).collect(),
            );
            let chart = Chart::new("u.csv", &grid, &s.duct()).unwrap();
            s.stream.as_mut().unwrap().profile = Profile::Given(Arc::new(chart));
            s.chamber = duct(CHANNEL, 2.0 * LENGTH);
        }),
    ];
    for (what, spoil) in cases {
        let mut s = separator(CHANNEL, Profile::Laminar, vec![cells("a", 10, 0)]);
        s.check().unwrap();
        spoil(&mut s);
        let error = s.check().unwrap_err();
        assert!(
            error.exit_code() == 2 && error.to_string().contains(what),
            "{what}: {error}"
        );
        assert!(s.draw().is_err());
    }
}
