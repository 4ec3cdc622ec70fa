//! Beads that are on no cell are particles of their own: they are pulled, saturate, sink, and take room.

use crate::setups::every;
use buffycoat::chamber::Chamber;
use buffycoat::chamber::duct::{Duct, Section};
use buffycoat::constants::{MICROLITRE, SECOND, STANDARD_GRAVITY};
use buffycoat::cpu::Cpu;
use buffycoat::engine::{self, Backend, Feed, Inlet, Matrix, Outcome, Program, Setup, Stream};
use buffycoat::flow::Profile;
use buffycoat::kernels::passage::{HELD, MATRIX};
use buffycoat::laws::capture_row::CAPTURE_ROWS;
use buffycoat::library;
use buffycoat::magnets::{Field, Source, Uniform};
use buffycoat::model::Parcels;
use buffycoat::model::{Amount, Component, Fluid, MagneticResponse, Protocol, Rotor};
use buffycoat::times::Time;
use glam::{DMat3, DVec3};
use std::ops::ControlFlow;

/// So many Dynabeads M-280 of the same size, 2.8 um and 1.4 g/mL, as a species.
fn beads(parcels: usize) -> Component {
    let (bead, _) = library::bead("dynabeads_m280").unwrap();
    let mut species = library::species("lymphocyte", None).unwrap();
    (species.name, species.diameter, species.density) = ("beads".into(), bead.diameter, bead.density);
    (species.diameter_sd, species.density_sd, species.drag_factor) = (0.0, 0.0, 1.0);
    Component::new(species, Amount::Concentration(100.0 / MICROLITRE), parcels)
        .with_response(MagneticResponse::FreeBead { curve: bead.curve })
}

/// A closed channel of 400 um full of beads in water of 1 mPa s, in a field of `b` [T] along y that rises by `slope` [T/m].
fn channel(b: f64, slope: f64, gravity: DVec3, seconds: f64) -> Setup {
    let rise = DMat3::from_diagonal(DVec3::new(-0.5, 1.0, -0.5)) * slope * 1e-6;
    let field = Uniform::new(DVec3::ZERO, DVec3::Y * b, rise).unwrap();
    let duct = Duct {
        section: Section::Channel {
            width: 40.0,
            height: 400.0,
        },
        length: 40.0,
    };
    let fluid = Fluid {
        density: 1.0,
        viscosity: 1.0,
    };
    Setup {
        seed: 5,
        components: vec![beads(2_000)],
        cells: [4, 64, 4],
        rotor: Rotor::lying(gravity),
        protocol: Protocol::steady(Time::seconds(seconds), 0.0),
        field: Some(Field::new(vec![Source::Uniform(field)]).unwrap()),
        sampling: every(seconds),
        ..Setup::carried(duct, fluid)
    }
}

fn on_all(s: &Setup, mut look: impl FnMut(&str, &Parcels, Outcome)) {
    let charge = s.draw().unwrap();
    let table = s.table().unwrap();
    let go = |backend: &mut dyn Backend| {
        engine::run(s, &charge, backend, &mut |_| ControlFlow::Continue(())).unwrap()
    };
    let job = Program::new(s, &charge, table.as_ref()).unwrap();
    look("cpu", &charge, go(&mut Cpu::new(&job, 2).unwrap()));
    #[cfg(feature = "gpu")]
    {
        use buffycoat::gpu::GpuBackend;
        let mut gpu = GpuBackend::on(crate::parity::gpu(), &job, 3_000).unwrap();
        look("gpu", &charge, go(&mut gpu));
    }
}

/// Mean velocity along y [um/s] of those that begin within 40 um of the middle.
fn velocity(s: &Setup, charge: &Parcels, end: &Outcome) -> f64 {
    let grid = s.grid();
    let ways: Vec<f64> = (0..charge.len())
        .filter_map(|i| {
            let from = grid.position(1, buffycoat::fixed::to_cells(charge.position[1][i]));
            (from.abs() < 40.0).then(|| f64::from(end.snapshot.position[1][i]) - from)
        })
        .collect();
    ways.iter().sum::<f64>() / ways.len() as f64 / (s.duration().us() / SECOND)
}

/// By hand, of a bead of 11.494 fL, 5.4e-4 m3/kg * 1400 kg/m3 = 0.756 and 10.8 A m2/kg * 1400 kg/m3 = 15 120 A/m (19.00 mT):
/// at 1 T it is saturated to 1 - 1/119.4 = 99.16 % and feels 11.494 fL * 14 993 A/m * 10 T/m = 1.7233 pN, against a drag of 3 pi
/// 1 mPa s 2.8 um: 65.30 um/s. At 2 mT it is as its susceptibility says but for 0.38 % (x2/15 at x = 0.239): 11.494 fL * 0.756 *
/// 0.9962 * 2 mT * 1 T/m / mu0 = 13.78 fN, 0.5221 um/s.
#[test]
fn a_free_bead_in_a_gradient() {
    for (b, slope, seconds, expected) in [(1.0, 10.0, 1.0, 65.30), (2e-3, 1.0, 20.0, 0.5221)] {
        let s = channel(b, slope, DVec3::ZERO, seconds);
        on_all(&s, |name, charge, end| {
            let v = velocity(&s, charge, &end);
            assert!((v / expected - 1.0).abs() < 0.006, "{name}, {b} T: {v} um/s");
        });
    }
}

/// By hand: 7.84 um2 * 0.4 g/mL * 9.80665 m/s2 / (18 * 1 mPa s) = 1.7085 um/s, and with the field of above against it 63.59.
#[test]
fn free_beads_sink() {
    let down = -DVec3::Y * STANDARD_GRAVITY;
    let mut s = channel(1.0, 10.0, down, 1.0);
    on_all(&s, |name, charge, end| {
        let v = velocity(&s, charge, &end);
        assert!((v / 63.59 - 1.0).abs() < 0.006, "{name}: {v}");
    });
    s.field = None;
    s.protocol = s.protocol.lasting(Time::seconds(20.0));
    on_all(&s, |name, charge, end| {
        let v = velocity(&s, charge, &end);
        assert!((v / -1.7085 - 1.0).abs() < 1e-3, "{name}: {v}");
    });
}

/// A cell with one M-450 drags and sinks as both together. By hand: 7.5 um of 1.065 g/mL with 47.713 um3 of 1.5 g/mL are 8.0052 um of
/// 1.14227 g/mL, so d2/18 = 3.5602 um2, and sinks at 3.5602 * 0.14227 * 9.80665 = 4.967 um/s in a fluid of 1 mPa s; without a bead at
/// 3.125 * 0.065 * 9.80665 = 1.992.
#[test]
fn cells_sink_and_drag_with_their_beads() {
    let down = -DVec3::Y * STANDARD_GRAVITY;
    let mut s = channel(1.0, 10.0, down, 10.0);
    s.field = None;
    let (bead, _) = library::bead("dynabeads_m450").unwrap();
    let cell = &mut s.components[0];
    (cell.species.diameter, cell.species.density) = (7.5, 1.065);
    cell.response = MagneticResponse::Beads {
        bead: buffycoat::magnets::Bead {
            diameter_cv: 0.0,
            ..bead
        },
        loading: buffycoat::magnets::Loading::poisson(1.0).unwrap(),
        susceptibility: 0.0,
    };
    on_all(&s, |name, charge, end| {
        let grid = s.grid();
        for (number, expected) in [(0, 1.992), (1, 4.967)] {
            let ways: Vec<f64> = (0..charge.len())
                .filter(|i| charge.beads[*i] == number)
                .filter_map(|i| {
                    let from = grid.position(1, buffycoat::fixed::to_cells(charge.position[1][i]));
                    (from.abs() < 100.0).then(|| from - f64::from(end.snapshot.position[1][i]))
                })
                .collect();
            let v = ways.iter().sum::<f64>() / ways.len() as f64 / 10.0;
            assert!((v / expected - 1.0).abs() < 1e-3, "{name}, {number}: {v}");
        }
    });
}

/// A column whose matrix catches all at once and holds as many cells as are fed: alone they find room. Beads take the part of a
/// cell's place that their cross-section is. By hand: with 3 beads of half the diameter to a cell there are 1.75 places to a
/// place, and of what is as easily caught 57.1 % is held.
#[test]
fn free_beads_take_room_in_a_matrix() {
    let mut s = channel(1.0, 10.0, DVec3::ZERO, 60.0);
    s.field = None;
    s.components.push(beads(3_000));
    let [cells, loose] = [0, 1];
    let cell = &mut s.components[cells];
    cell.parcels = 1_000;
    (cell.species.diameter, cell.species.diameter_sd) = (5.6, 0.0);
    // weak fields only, so that both are pulled alike: d2 chi/(18 mu) of the bead
    let mobility = 2.8f64.powi(2) * 0.756 / 18.0;
    cell.response = MagneticResponse::Mobility {
        median: mobility,
        spread: 0.0,
        per_field: 0.0,
    };
    s.components[loose].amount = Amount::Concentration(300.0 / MICROLITRE);
    s.chamber = Chamber::Duct(Duct {
        section: Section::Tube { radius: 2_000.0 },
        length: 10_000.0,
    });
    s.cells = [1, 1, 20];
    // what arrives in a step finds the room of before: the shorter it is, the less comes too much
    s.stepping.courant = 0.05;
    s.stream = Some(Stream::new(Profile::Plug));
    s.protocol = s.protocol.at_rate(5e3);
    s.ports.feed = Feed::Inlets { over: 30.0 * SECOND };
    s.ports.inlets = vec![Inlet::of([0.0, 1.0])];
    s.matrix = Some(Matrix {
        porosity: 0.4,
        strength: 1e-3,
        capture: vec![vec![0.1; CAPTURE_ROWS]; 2],
        unspecific: vec![0.0; 2],
        // 100 a microlitre of 150 uL
        capacity: Some(15_000.0),
        dispersivity: 0.0,
        released: 1.0,
    });
    let held = |end: &Outcome, k: usize| {
        let census = &end.counts.last().unwrap().1[k];
        census[(HELD + MATRIX) as usize] as f64 / census.iter().sum::<u64>() as f64
    };
    on_all(&s, |name, _, end| {
        let both = [held(&end, cells), held(&end, loose)];
        for share in both {
            assert!((share - 1.0 / 1.75).abs() < 0.03, "{name}: {both:?}");
        }
        let filled = both[0] + 0.75 * both[1];
        assert!((filled - 1.0).abs() < 0.03, "{name}: {filled}");
    });
    s.components.truncate(1);
    let matrix = s.matrix.as_mut().unwrap();
    matrix.capture.truncate(1);
    matrix.unspecific.truncate(1);
    on_all(&s, |name, _, end| {
        assert!(held(&end, cells) > 0.9, "{name}: {}", held(&end, cells));
    });
}
