//! Columns with a matrix, surfaces that fill, and phases, through whole runs on both back-ends.

use crate::setups::every;
use buffycoat::chamber::Chamber;
use buffycoat::chamber::duct::{Duct, Section};
use buffycoat::constants::{MICROLITRE, MILLILITRE, MILLIMETRE, SECOND};
use buffycoat::cpu::Cpu;
use buffycoat::engine::{self, Backend, Feed, Inlet, Matrix, Outcome, Ports, Program, Setup, Stream};
use buffycoat::flow::Profile;
use buffycoat::kernels::passage::{FREE, HELD, MATRIX, OUT, OUTER, WAITING};
use buffycoat::laws::capture_row::{CAPTURE_ROWS, ratio_at};
use buffycoat::library;
use buffycoat::magnets::MOBILITY_SI;
use buffycoat::model::Parcels;
use buffycoat::model::{Amount, Component, MagneticResponse, Protocol, Rotor, Segment};
use buffycoat::times::Time;
use glam::DVec3;
use std::ops::ControlFlow;

const LENGTH: f64 = 20.0 * MILLIMETRE;
/// Means of the way until a cell is caught, in the length of the column, at a ratio of one.
const DEPTHS: f64 = 1.7;

fn cells(parcels: usize, response: MagneticResponse) -> Component {
    let species = library::species("lymphocyte", None).unwrap();
    Component::new(species, Amount::Concentration(1000.0 / MICROLITRE), parcels).with_response(response)
}

fn rate(millilitres_a_minute: f64) -> f64 {
    millilitres_a_minute * MILLILITRE / (60.0 * SECOND)
}

/// A column without gravity, fed for a minute, of which six tenths are solid; its filter coefficient is proportional to the
/// ratio of pull to flow, and labelled cells have a ratio of one.
fn column(parcels: usize) -> Setup {
    let radius = 5.0 * MILLIMETRE;
    let rate = rate(2.0);
    let superficial = rate / (std::f64::consts::PI * radius * radius);
    let strength = 0.05;
    let labelled = MagneticResponse::Mobility {
        median: superficial / strength,
        spread: 0.0,
        per_field: 0.0,
    };
    let row: Vec<f64> = (0..CAPTURE_ROWS).map(|i| DEPTHS / LENGTH * ratio_at(i)).collect();
    let duct = Duct {
        section: Section::Tube { radius },
        length: LENGTH,
    };
    Setup {
        seed: 11,
        components: vec![cells(parcels, labelled), cells(parcels, MagneticResponse::None)],
        cells: [1, 1, 100],
        rotor: Rotor::lying(DVec3::ZERO),
        protocol: Protocol::steady(Time::seconds(300.0), rate),
        stream: Some(Stream::new(Profile::Plug)),
        ports: Ports {
            feed: Feed::Inlets { over: 60.0 * SECOND },
            inlets: vec![Inlet::of([0.0, 1.0])],
            splits: Vec::new(),
        },
        matrix: Some(Matrix {
            porosity: 0.4,
            strength,
            capture: vec![row.clone(), row],
            unspecific: vec![0.0, 0.0],
            capacity: None,
            dispersivity: 0.0,
            released: 1.0,
        }),
        sampling: every(10.0),
        ..Setup::carried(duct, library::medium("saline", 22.0).unwrap().fluid)
    }
}

/// Every back-end there is, by name, loaded with the parcels.
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

fn share(end: &Outcome, component: usize, fate: u32) -> f64 {
    let census = &end.counts.last().unwrap().1[component];
    census[fate as usize] as f64 / census.iter().sum::<u64>() as f64
}

fn phase(seconds: f64, rate: f64, magnets: bool, outlet: u32) -> Segment {
    Segment {
        magnets,
        outlet,
        ..Segment::resting(Time::seconds(seconds), rate)
    }
}

/// The phases one after the other.
fn programme(phases: impl IntoIterator<Item = Segment>) -> Protocol {
    phases.into_iter().fold(Protocol::new(0.0), Protocol::then)
}

/// By hand: exp(-1.7) = 18.27 % pass; what is held lies as exp(-1.7 z/L), whose mean is at L (1/1.7 - q/(1 - q)) = 0.3647 L with
/// q = exp(-1.7); cells without a label all pass. Draws are stratified, so that 4000 parcels tell a tenth of a per cent.
#[test]
fn a_column_catches_exponentially() {
    on_all(&column(4_000), |name, _, end| {
        let passed = share(&end, 0, OUT);
        assert!((passed - 0.1827).abs() < 0.002, "{name}: {passed}");
        assert!((share(&end, 0, HELD + MATRIX) - 0.8173).abs() < 0.002, "{name}");
        assert_eq!(share(&end, 1, OUT), 1.0, "{name}");
        let held: Vec<f64> = (0..4_000)
            .filter(|i| end.fates.fate[*i] == HELD + MATRIX)
            .map(|i| f64::from(end.snapshot.position[2][i]) / LENGTH)
            .collect();
        let mean = held.iter().sum::<f64>() / held.len() as f64;
        assert!((mean - 0.3647).abs() < 0.002, "{name}: {mean}");
        // at once: 20 mm of a column of 78.5 mm2, 0.4 of it fluid, at 2 mL/min take 18.85 s
        let passage = f64::from(end.fates.clock[4_001][1] - end.fates.clock[4_001][0]) / SECOND;
        assert!((passage - 18.85).abs() < 0.01, "{name}: {passage}");
    });
}

/// By hand: at twice the flow the ratio is one half, so exp(-0.85) = 42.74 % pass; at half of the table's lowest ratio in
/// proportion; and a share that is kept without a label is kept, magnets or no.
#[test]
fn the_flow_and_what_has_no_label() {
    let mut s = column(4_000);
    let double = rate(4.0);
    s.protocol = s.protocol.at_rate(double);
    s.matrix.as_mut().unwrap().unspecific[1] = 0.25;
    on_all(&s, |name, _, end| {
        assert!((share(&end, 0, OUT) - 0.4274).abs() < 0.002, "{name}");
        assert!((share(&end, 1, HELD + MATRIX) - 0.25).abs() < 0.002, "{name}");
    });
    // half of the table's first entry at half of its ratio, with the same coefficient there as at a ratio of one
    let matrix = s.matrix.as_mut().unwrap();
    let low = ratio_at(0);
    matrix.capture[0].fill(DEPTHS / LENGTH);
    matrix.strength *= 2.0 * 0.5 * low;
    on_all(&s, |name, _, end| {
        let passed = share(&end, 0, OUT);
        assert!((passed - 0.4274).abs() < 0.002, "{name}: {passed}");
    });
}

/// A matrix for half of the cells fills: never beyond its capacity but for what arrives in one step, and the same on every
/// back-end. By hand: in a full bed nothing more is caught; a column whose front has gone through holds its capacity.
#[test]
fn a_column_overloads() {
    let mut s = column(20_000);
    // 2 mL of 1000 a microlitre
    let fed = 2e6;
    let matrix = s.matrix.as_mut().unwrap();
    matrix.capacity = Some(0.5 * fed);
    for row in &mut matrix.capture {
        row.iter_mut().for_each(|l| *l *= 10.0);
    }
    let mut seen = Vec::new();
    on_all(&s, |name, _, end| {
        let held = share(&end, 0, HELD + MATRIX);
        assert!((held - 0.5).abs() < 0.006, "{name}: {held}");
        // no tenth holds more than its share
        for tenth in 0..10 {
            let inside = (0..20_000).filter(|i| {
                let z = f64::from(end.snapshot.position[2][*i]) / LENGTH * 10.0;
                end.fates.fate[*i] == HELD + MATRIX && z as usize == tenth
            });
            let filled = inside.count() as f64 / 1000.0;
            assert!(
                filled < 1.02,
                "{name}: tenth {tenth} holds {filled} of its capacity"
            );
        }
        seen.push(held);
    });
    assert!(seen.windows(2).all(|w| (w[0] - w[1]).abs() < 1e-3), "{seen:?}");
}

/// Loading, washing, eluting: the matrix lets go when the magnets go off, all or a share, and what comes off is in the
/// eluate. Wash and load share an outlet or have their own; the sum stays whole.
#[test]
fn phases_of_a_column() {
    let mut s = column(4_000);
    let r = s.rate();
    s.protocol = programme([
        phase(60.0, r, true, 0),
        phase(60.0, r, true, 1),
        phase(60.0, 3.0 * r, false, 2),
    ]);
    s.matrix.as_mut().unwrap().released = 0.8;
    on_all(&s, |name, charge, end| {
        let kept = share(&end, 0, HELD + MATRIX);
        assert!((kept - 0.2 * 0.8173).abs() < 0.02, "{name}: {kept}");
        let eluted = share(&end, 0, OUT + 2);
        assert!((eluted + kept - 0.8173).abs() < 0.002, "{name}: {eluted}");
        // by hand: what enters in the last 18.85 s of loading leaves in the wash, 31.4 %
        assert!((share(&end, 1, OUT + 1) - 0.3142).abs() < 0.002, "{name}");
        assert!((share(&end, 1, OUT) - 0.6858).abs() < 0.002, "{name}");
        // what was held before is told, and lay where it was caught
        let held = end.held.unwrap();
        assert_eq!(held.time, 120.0 * SECOND, "{name}");
        let before = held.fates.fate.iter().filter(|f| **f == HELD + MATRIX).count();
        assert!((before as f64 / 4_000.0 - 0.8173).abs() < 0.002, "{name}");
        // nobody left with the eluate before it began
        for (fate, clock) in end.fates.fate.iter().zip(&end.fates.clock) {
            assert!(
                *fate != OUT + 2 || f64::from(clock[1]) >= 120.0 * SECOND,
                "{name}"
            );
        }
        assert_eq!(charge.len(), 8_000);
    });
    // magnets that come on again catch again what was let go a moment before
    s.protocol = programme([
        phase(60.0, r, true, 0),
        phase(1.0, 1e-3 * r, false, 1),
        phase(119.0, 1e-3 * r, true, 2),
    ]);
    s.matrix.as_mut().unwrap().released = 1.0;
    on_all(&s, |name, _, end| {
        // counts are on round times before and after a phase ends beside them
        for (time, _) in &end.counts {
            let number = time / s.sampling.every.us();
            let ends = [60.0, 61.0].map(|t| t * SECOND).contains(time) || *time == end.time;
            assert!(ends || (number - number.round()).abs() < 1e-9, "{name}: {time}");
        }
        let again = share(&end, 0, HELD + MATRIX);
        // as slow as that the ratio is a thousand, and a fifth of a millimetre is 17 depths
        assert!(again > 0.78, "{name}: {again}");
        assert_eq!(
            share(&end, 0, FREE)
                + share(&end, 0, WAITING)
                + share(&end, 0, OUT)
                + again
                + share(&end, 0, OUT + 1)
                + share(&end, 0, OUT + 2),
            1.0,
            "{name}"
        );
    });
}

/// By hand: windings of dispersivity a spread the places after a way x by sqrt(2 a x), so the times of passage by
/// sqrt(2 a/L) of their mean: 0.1 at a = L/200, but for terms of order a/L.
#[test]
fn windings_spread_the_passage() {
    let mut s = column(4_000);
    s.matrix.as_mut().unwrap().dispersivity = LENGTH / 200.0;
    on_all(&s, |name, _, end| {
        let times: Vec<f64> = end.fates.clock[4_000..]
            .iter()
            .map(|c| f64::from(c[1] - c[0]) / SECOND)
            .collect();
        let mean = times.iter().sum::<f64>() / 4_000.0;
        let spread = (times.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / 4_000.0).sqrt();
        assert!((mean / 18.85 - 1.0).abs() < 0.015, "{name}: {mean}");
        assert!((spread / mean - 0.1).abs() < 0.008, "{name}: {}", spread / mean);
    });
}

/// The same bits for any number of threads, though they add to the same patches.
#[test]
fn threads_change_nothing_in_a_column() {
    let mut s = column(40_000);
    let matrix = s.matrix.as_mut().unwrap();
    (matrix.capacity, matrix.dispersivity) = (Some(1e6), 100.0);
    let charge = s.draw().unwrap();
    let job = Program::new(&s, &charge, None).unwrap();
    let run = |threads| {
        let mut cpu = Cpu::new(&job, threads).unwrap();
        engine::run(&s, &charge, &mut cpu, &mut |_| ControlFlow::Continue(())).unwrap()
    };
    let (one, three) = (run(1), run(3));
    assert_eq!(one.fates, three.fates);
    assert_eq!(one.snapshot.position, three.snapshot.position);
    assert_eq!(one.counts, three.counts);
}

/// A wall that may be covered to a share holds that much and not a cell more than arrive in a step; the others slide on, and
/// what it held leaves when the magnets go off.
#[test]
fn a_wall_fills_up_and_lets_go() {
    let mut s = column(6_000);
    s.matrix = None;
    s.components.truncate(1);
    s.components[0].response = MagneticResponse::Mobility {
        median: 1e-13 * MOBILITY_SI,
        spread: 0.0,
        per_field: 0.0,
    };
    let (width, height) = (2.0 * MILLIMETRE, 0.2 * MILLIMETRE);
    s.chamber = Chamber::Duct(Duct {
        section: Section::Channel { width, height },
        length: LENGTH,
    });
    s.cells = [8, 4, 20];
    let slope = glam::DMat3::from_diagonal(DVec3::new(-0.5, 1.0, -0.5)) * 1e-4;
    let field = buffycoat::magnets::Uniform::new(DVec3::ZERO, DVec3::Y, slope).unwrap();
    s.field = Some(buffycoat::magnets::Field::new(vec![buffycoat::magnets::Source::Uniform(field)]).unwrap());
    s.holding.high_y = true;
    let r = rate(0.02);
    s.protocol = programme([phase(60.0, r, true, 0), phase(40.0, 5.0 * r, false, 1)]);
    // room for 40 % of the 20 000 cells that are fed
    let species = &s.components[0].species;
    let area = std::f64::consts::FRAC_PI_4 * (species.diameter.powi(2));
    s.coverage = Some(0.4 * 2e4 * area / (width * LENGTH));
    on_all(&s, |name, charge, end| {
        let held = end.held.as_ref().unwrap();
        // the cross-section of the sphere of the same mobility, d^2 / 18
        let sections = charge
            .mobility
            .iter()
            .map(|m| f64::from(*m) * 18.0 * std::f64::consts::FRAC_PI_4);
        let mean = sections.sum::<f64>() / charge.len() as f64;
        let room = 0.4 * 6_000.0 * area / mean / f64::from(s.cells[2]);
        let mut patches = vec![0.0_f64; s.cells[2] as usize];
        for (fate, z) in held.fates.fate.iter().zip(&held.position[2]) {
            if *fate == HELD + 3 {
                patches[(f64::from(*z) / LENGTH * f64::from(s.cells[2])) as usize] += 1.0;
            }
        }
        // A step fills a patch by one parcel of 119, up to three where chance has it, of which two are too many. When the patch before the
        // last is full, all cells that slide over it come to the last one, which fills faster from one step to the next: 13 parcels are
        // held in one step.
        let (last, others) = patches.split_last().unwrap();
        assert!(*last <= 1.12 * room, "{name}: {last} of {room}");
        let most = others.iter().copied().fold(0.0, f64::max);
        assert!(
            most <= room * 1.01 + 2.0,
            "{name}: {most} of {room} in {patches:?}"
        );
        let before = patches.iter().sum::<f64>() / 6_000.0;
        assert!(
            (0.95..1.02).contains(&(before * 6_000.0 / room / 20.0)),
            "{name}: {before}, {patches:?}"
        );
        assert_eq!(share(&end, 0, HELD + 3), 0.0, "{name}");
        assert!(share(&end, 0, OUT + 1) > 0.9 * before, "{name}");
    });
    // without a limit the wall takes all that gets there
    s.coverage = None;
    on_all(&s, |name, _, end| {
        let held = end.held.as_ref().unwrap();
        let before = held.fates.fate.iter().filter(|f| **f == HELD + 3).count() as f64 / 6_000.0;
        assert!(before > 0.6, "{name}: {before}");
    });
    assert_eq!(OUTER, 1);
}

/// What a column cannot be is refused before it runs.
#[test]
fn an_unsound_column_is_refused() {
    type Change = fn(&mut Setup);
    let wrong: [(&str, Change); 13] = [
        ("porosity", |s| s.matrix.as_mut().unwrap().porosity = 1.0),
        ("dispersivity", |s| {
            s.matrix.as_mut().unwrap().dispersivity = f64::NAN
        }),
        ("released", |s| s.matrix.as_mut().unwrap().released = 1.1),
        ("capacity", |s| s.matrix.as_mut().unwrap().capacity = Some(0.0)),
        ("unspecific", |s| s.matrix.as_mut().unwrap().unspecific[0] = 1.0),
        ("coefficients", |s| {
            s.matrix.as_mut().unwrap().capture[1][7] = -1.0
        }),
        ("plug flow", |s| {
            s.stream.as_mut().unwrap().profile = Profile::Laminar
        }),
        ("one grid cell across", |s| s.cells[0] = 2),
        ("a phase of 0 us", |s| {
            s.protocol = programme([phase(300.0, 1.0, true, 0), phase(0.0, 1.0, true, 0)])
        }),
        ("a duct neither swings out nor", |s| {
            s.rotor.mounting = buffycoat::model::Mounting::Horizontal
        }),
        ("every cell is alone", |s| {
            s.physics.suspension = buffycoat::engine::Suspension::Dense
        }),
        ("the speed of the rotor is 0.0001", |s| {
            s.protocol = programme([Segment {
                omega_end: 1e-4,
                ..phase(300.0, 1.0, true, 0)
            }])
        }),
        ("the longest step is NaN", |s| s.stepping.longest = f64::NAN),
    ];
    for (word, change) in wrong {
        let mut s = column(10);
        change(&mut s);
        let said = s.draw().unwrap_err().to_string();
        assert!(said.contains(word), "{word}: {said}");
    }
}
