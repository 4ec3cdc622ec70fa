//! Separators through whole runs: a quadrupole sorter against its quadrature, walls that hold, counts that stay whole.

use crate::setups::{courant, every};
use buffycoat::chamber::Chamber;
use buffycoat::chamber::duct::{Duct, Section};
use buffycoat::constants::{
    MICROLITRE, MILLILITRE, MILLIMETRE, SECOND, STANDARD_GRAVITY, VACUUM_PERMEABILITY,
};
use buffycoat::cpu::Cpu;
use buffycoat::engine::{self, Backend, Feed, Holding, Inlet, Outcome, Ports, Program, Setup, Stream};
use buffycoat::flow::Profile;
use buffycoat::kernels::passage::{END, FREE, HELD, OUT, OUTER, WAITING};
use buffycoat::magnets::{Field, Loading, MOBILITY_SI, Multipole, Pose, Source, Table};
use buffycoat::model::Parcels;
use buffycoat::model::{Amount, Component, MagneticResponse, Protocol, Rotor};
use buffycoat::times::Time;
use buffycoat::{Error, library};
use glam::DVec3;
use std::ops::ControlFlow;

const INNER: f64 = 3.98 * MILLIMETRE;
const OUTSIDE: f64 = 4.36 * MILLIMETRE;
const LENGTH: f64 = 203.0 * MILLIMETRE;
/// B0/r0 [T/um].
const SLOPE: f64 = 286e-6;
/// Of a labelled lymphocyte [m3 s/kg].
const MOBILITY: f64 = 1e-13;

fn cells(name: &str, parcels: usize, response: MagneticResponse) -> Component {
    let species = library::species(name, None).unwrap();
    Component::new(species, Amount::Concentration(2000.0 / MICROLITRE), parcels).with_response(response)
}

fn quadrupole() -> Field {
    let pose = Pose::about(DVec3::ZERO, DVec3::Z).unwrap();
    let tip = 2.0 * OUTSIDE;
    Field::new(vec![Source::Multipole(
        Multipole::quadrupole(pose, SLOPE * tip, tip, true).unwrap(),
    )])
    .unwrap()
}

/// A sorter without gravity, whose sample enters in the inner fifth of the flow and whose outer outlet takes the outer 30 %.
fn sorter(millilitres_a_minute: f64, parcels: usize) -> Setup {
    let labelled = MagneticResponse::Mobility {
        median: MOBILITY * MOBILITY_SI,
        spread: 0.0,
        per_field: 0.0,
    };
    let duct = Duct {
        section: Section::Annulus {
            inner: INNER,
            outer: OUTSIDE,
        },
        length: LENGTH,
    };
    let rate = millilitres_a_minute * MILLILITRE / (60.0 * SECOND);
    Setup {
        seed: 7,
        components: vec![
            cells("lymphocyte", parcels, labelled),
            cells("neutrophil", parcels, MagneticResponse::None),
        ],
        cells: [48, 48, 64],
        rotor: Rotor::lying(DVec3::ZERO),
        protocol: Protocol::steady(Time::seconds(3600.0), rate),
        field: Some(quadrupole()),
        stream: Some(Stream::new(Profile::Laminar)),
        ports: Ports {
            feed: Feed::Inlets { over: 20.0 * SECOND },
            inlets: vec![Inlet::of([0.0, 0.2])],
            splits: vec![0.7],
        },
        sampling: every(10.0),
        stepping: courant(0.25),
        ..Setup::carried(duct, library::medium("plasma", 37.0).unwrap().fluid)
    }
}

fn drawn(s: &Setup) -> (Parcels, Option<Table>) {
    (s.draw().unwrap(), s.table().unwrap())
}

fn job<'a>(s: &'a Setup, (charge, table): &'a (Parcels, Option<Table>)) -> Program<'a> {
    Program::new(s, charge, table.as_ref()).unwrap()
}

fn go(s: &Setup, charge: &Parcels, backend: &mut dyn Backend) -> Result<Outcome, Error> {
    engine::run(s, charge, backend, &mut |_| ControlFlow::Continue(()))
}

fn run(s: &Setup) -> Outcome {
    let parts = drawn(s);
    go(s, &parts.0, &mut Cpu::new(&job(s, &parts), 0).unwrap()).unwrap()
}

fn last(end: &Outcome, component: usize, fate: u32) -> u64 {
    end.counts.last().unwrap().1[component][fate as usize]
}

/// Share of the labelled cells that the outer outlet gets, by quadrature: dz/dr = v(r)/(k r), and the flux up to a radius.
/// The annular profile is written as the sum of a parabola and a logarithm that vanishes at both walls, in mm.
fn quadrature(millilitres_a_minute: f64) -> f64 {
    let (a, b) = (INNER / 1e3, OUTSIDE / 1e3);
    let shape = |r: f64| b * b - r * r - (b * b - a * a) * (b / r).ln() / (b / a).ln();
    let n = 20_000;
    let step = (b - a) / f64::from(n);
    let middle = |i: i32| a + (f64::from(i) + 0.5) * step;
    let flux: Vec<f64> = (0..n).map(|i| shape(middle(i)) * middle(i)).collect();
    let whole: f64 = flux.iter().sum();
    // mm/s per unit of shape
    let scale = millilitres_a_minute * 1e3 / 60.0 / (2.0 * std::f64::consts::PI * whole * step);
    let k = MOBILITY * (SLOPE * 1e6).powi(2) / (VACUUM_PERMEABILITY * 1e-3);
    // from the split inwards, until the way along the axis is as long as the duct
    let mut below = 0.0;
    let split = (0..n)
        .find(|i| {
            below += flux[*i as usize] / whole;
            below >= 0.7
        })
        .unwrap();
    let (mut way, mut share) = (0.0, 0.7);
    for i in (0..=split).rev() {
        way += scale * shape(middle(i)) / (k * middle(i)) * step;
        share -= flux[i as usize] / whole;
        if way >= LENGTH / 1e3 {
            break;
        }
    }
    ((0.2 - share) / 0.2).clamp(0.0, 1.0)
}

/// Flow rates at which it matters [mL/min].
const RATES: [f64; 5] = [12.0, 14.0, 15.0, 16.0, 17.0];

/// What the outer outlet of the sorter gets at five flow rates, within 0.5 percentage points of the quadrature.
#[test]
fn a_quadrupole_sorter_and_its_quadrature() {
    let mut seen = Vec::new();
    for rate in RATES {
        let end = run(&sorter(rate, 10_000));
        let share = last(&end, 0, OUT + 1) as f64 / 10_000.0;
        let expected = quadrature(rate);
        println!(
            "{rate} mL/min: {share:.4}, by quadrature {expected:.4}; {} steps",
            end.steps
        );
        assert!(
            (share - expected).abs() < 5e-3,
            "{rate} mL/min: {share} for {expected}"
        );
        // without a label all stay in the inner outlet
        assert_eq!(last(&end, 1, OUT), 10_000);
        seen.push(share);
    }
    // the rates are such that it matters
    assert!(seen[0] > 0.7 && seen[4] < 0.3, "{seen:?}");
}

/// Counts are whole at every count, the end comes when nothing is on its way, and nobody leaves before it entered.
#[test]
fn every_parcel_is_somewhere() {
    let mut s = sorter(5.0, 3_000);
    s.holding.outer = true;
    let parts = drawn(&s);
    let end = go(&s, &parts.0, &mut Cpu::new(&job(&s, &parts), 0).unwrap()).unwrap();
    assert!(end.time < s.duration().us() && end.counts.len() > 3);
    for (_, census) in &end.counts {
        for component in census {
            assert_eq!(component.iter().sum::<u64>(), 3_000);
        }
    }
    for fate in [FREE, WAITING] {
        assert_eq!(last(&end, 0, fate) + last(&end, 1, fate), 0);
    }
    // the wall holds the labelled, and only them
    assert!(last(&end, 0, HELD + OUTER) > 500);
    assert_eq!(last(&end, 1, HELD + OUTER), 0);
    for (i, [enter, leave]) in end.fates.clock.iter().enumerate() {
        assert!(leave > enter, "{i}: in at {enter} us, out at {leave} us");
        if end.fates.fate[i] == HELD + OUTER {
            let r = f64::from(end.snapshot.position[0][i]).hypot(f64::from(end.snapshot.position[1][i]));
            let radius = 0.5 * (18.0 * f64::from(parts.0.mobility[i])).sqrt();
            assert!((r + radius - OUTSIDE).abs() < 1e-2, "held at {r} um");
        } else {
            assert!((f64::from(end.snapshot.position[2][i]) - LENGTH).abs() < 0.1);
        }
    }
    // the fastest lane is 3/2 of the mean and nothing is slower than that
    let mean = s.rate() / s.duct().section.area();
    let least = LENGTH / (1.52 * mean);
    let residence = end.fates.clock.iter().map(|[a, b]| f64::from(b - a));
    for (t, fate) in residence.zip(&end.fates.fate) {
        assert!(*fate == HELD + OUTER || t > least, "{t} us");
    }
}

/// Cells settle out of a resting tube at Stokes' velocity while a field pulls them to the end, which holds only what the
/// field pulls.
#[test]
fn gravity_and_a_field_together() {
    let mut s = sorter(1.0, 2_000);
    (s.stream, s.ports) = (None, Ports::default());
    s.protocol = s.protocol.at_rate(0.0);
    s.rotor = Rotor::bench();
    s.holding = Holding {
        end: true,
        outer: true,
        ..Holding::default()
    };
    s.protocol = s.protocol.lasting(Time::seconds(100.0));
    let parts = drawn(&s);
    let end = go(&s, &parts.0, &mut Cpu::new(&job(&s, &parts), 0).unwrap()).unwrap();
    let start = &parts.0.position[2];
    let grid = s.grid();
    let (mut sum, mut n) = (0.0, 0.0);
    for (i, p) in start.iter().enumerate().skip(2_000) {
        let z = grid.position(2, buffycoat::fixed::to_cells(*p));
        let expected = f64::from(parts.0.mobility[i]) * f64::from(parts.0.excess[i]) / s.fluid.viscosity
            * STANDARD_GRAVITY
            * s.duration().us();
        if z + expected < LENGTH {
            sum += (f64::from(end.snapshot.position[2][i]) - z) / expected;
            n += 1.0;
        }
    }
    assert!((sum / n - 1.0).abs() < 1e-3, "{} of Stokes", sum / n);
    // a quadrupole has no force along its axis: the end holds nobody, the wall the labelled
    assert_eq!(last(&end, 0, HELD + END) + last(&end, 1, HELD + END), 0);
    assert!(last(&end, 0, HELD + OUTER) > 1_900 && last(&end, 1, HELD + OUTER) == 0);
}

/// Cells without a bead go where the unlabelled go.
#[test]
fn cells_without_a_bead_are_lost() {
    let mut s = sorter(4.0, 1_000);
    let bead = buffycoat::magnets::Bead::from_mass(1.05, 1.8, 8.1e-4, 23.5).unwrap();
    s.components[0].response = MagneticResponse::Beads {
        bead,
        loading: Loading::poisson(2.0).unwrap(),
        susceptibility: 0.0,
    };
    let parts = drawn(&s);
    let end = go(&s, &parts.0, &mut Cpu::new(&job(&s, &parts), 0).unwrap()).unwrap();
    let without = parts.0.beads[..1_000].iter().filter(|b| **b == 0).count();
    // by hand: e^-2 = 0.1353
    assert!((without as f64 / 1_000.0 - 0.1353).abs() < 2e-3, "{without}");
    for i in 0..1_000 {
        let lost = end.fates.fate[i] == OUT;
        assert_eq!(
            lost,
            parts.0.beads[i] == 0,
            "{} beads, fate {}",
            parts.0.beads[i],
            end.fates.fate[i]
        );
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let s = sorter(12.0, 20_000);
    let parts = drawn(&s);
    let with = |threads| go(&s, &parts.0, &mut Cpu::new(&job(&s, &parts), threads).unwrap()).unwrap();
    let one = with(1);
    for threads in [2, 5] {
        let other = with(threads);
        assert!(one.snapshot.position == other.snapshot.position && one.fates == other.fates);
    }
}

/// The sorter's duct with another cross-section.
fn ring(section: Section) -> Chamber {
    Chamber::Duct(Duct {
        section,
        length: LENGTH,
    })
}

#[test]
fn an_unsound_separator_is_refused() {
    type Spoil = fn(&mut Setup);
    let cases: [(&str, Spoil); 8] = [
        ("the gap is -3980", |s| {
            s.chamber = ring(Section::Annulus {
                inner: 3980.0,
                outer: 0.0,
            })
        }),
        ("the flow rate is NaN", |s| {
            s.protocol = s.protocol.clone().at_rate(f64::NAN)
        }),
        ("there is no flow", |s| s.stream = None),
        ("the outlets' split of the flow is [0.7, 0.2]", |s| {
            s.ports.splits = vec![0.7, 0.2]
        }),
        ("the share of the flow of inlet is [0.3, 0.2]", |s| {
            s.ports.feed = Feed::Inlets { over: 1.0 };
            s.ports.inlets = vec![Inlet::of([0.3, 0.2])];
        }),
        ("there are no cells", |s| s.components.clear()),
        ("a number of grid cells is [0, 1, 1]", |s| s.cells = [0, 1, 1]),
        ("the Courant number is 2", |s| s.stepping.courant = 2.0),
    ];
    for (what, spoil) in cases {
        let mut s = sorter(12.0, 100);
        spoil(&mut s);
        let error = s.check().unwrap_err();
        assert!(
            error.exit_code() == 2 && error.to_string().contains(what),
            "{error}"
        );
        assert!(s.draw().is_err());
    }
    // a duct wider than the bore of its magnet
    let mut s = sorter(12.0, 100);
    s.chamber = ring(Section::Annulus {
        inner: INNER,
        outer: 2.5 * OUTSIDE,
    });
    assert!(s.table().is_err());
}

#[cfg(feature = "gpu")]
mod graphics;
mod spinning;

/// A flat channel, closed, filled with labelled lymphocytes that are pulled along x by a uniform gradient, under gravity along
/// `gravity`.
fn pulled_aside(gravity: DVec3, parcels: usize) -> Setup {
    let mut s = sorter(1.0, parcels);
    s.components.truncate(1);
    s.chamber = Chamber::Duct(Duct {
        section: Section::Channel {
            width: 2.0 * MILLIMETRE,
            height: 0.2 * MILLIMETRE,
        },
        length: 3.0 * MILLIMETRE,
    });
    s.cells = [16, 8, 16];
    // 10 T/m at 1 T
    let slope = glam::DMat3::from_diagonal(DVec3::new(1.0, -0.5, -0.5)) * 1e-5;
    let field = buffycoat::magnets::Uniform::new(DVec3::ZERO, DVec3::X, slope).unwrap();
    s.field = Some(Field::new(vec![Source::Uniform(field)]).unwrap());
    (s.stream, s.ports) = (None, Ports::default());
    s.protocol = s.protocol.at_rate(0.0);
    s.rotor = Rotor::lying(gravity * STANDARD_GRAVITY);
    s.holding = Holding {
        outer: true,
        ..Holding::default()
    };
    s.protocol = s.protocol.lasting(Time::seconds(7200.0));
    s.sampling.every = Time::seconds(600.0);
    s
}

/// What lies on the floor, or on the closed end, is still pulled to the wall that holds: a wall that does not hold hides none
/// that does, and down is like up.
#[test]
fn settled_cells_are_pulled_on() {
    for gravity in [DVec3::NEG_Y, DVec3::Y, DVec3::Z, DVec3::NEG_Z] {
        let s = pulled_aside(gravity, 1_000);
        let end = run(&s);
        assert_eq!(last(&end, 0, HELD + OUTER), 1_000, "gravity along {gravity}");
        // nearly all of them had settled long before: 3 mm take 50 minutes, 0.2 mm three
        let flat = gravity.y != 0.0;
        let settled = end.snapshot.position[if flat { 1 } else { 2 }]
            .iter()
            .filter(|x| {
                let x = f64::from(**x);
                if flat {
                    x.abs() > 90.0
                } else {
                    !(20.0..2980.0).contains(&x)
                }
            });
        let settled = settled.count();
        assert!(
            settled > 300,
            "{settled} of 1000 were held where they had settled, gravity along {gravity}"
        );
    }
}
