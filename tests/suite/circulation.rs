//! Fluid that circulates in a closed channel, and what goes with it: paths that are known, suspensions that stay as thick as they are, and
//! crowds on grids of several columns.

use crate::setups::{Maker, backends, blood};
use buffycoat::chamber::Chamber;
use buffycoat::chamber::duct::{Duct, Section};
use buffycoat::constants::{MICROLITRE, MILLIMETRE, STANDARD_GRAVITY};
use buffycoat::engine::{self, Outcome, Physics, Program, Readings, Sampling, Setup, Stepping, Suspension};
use buffycoat::flow::Fluxes;
use buffycoat::library;
use buffycoat::model::{Amount, Component, Parcels, Protocol, Rotor};
use buffycoat::times::Time;
use glam::DVec3;
use std::f64::consts::PI;
use std::ops::ControlFlow;

/// Width, thickness and height of the channel [um].
const WIDE: f64 = 8.0 * MILLIMETRE;
const THICK: f64 = 2.0 * MILLIMETRE;
const HIGH: f64 = 6.0 * MILLIMETRE;

/// A channel of so many cells along its width and its height.
fn channel(cells: [u32; 2], components: Vec<Component>, suspension: Suspension, seconds: f64) -> Setup {
    let duct = Duct {
        section: Section::Channel {
            width: WIDE,
            height: THICK,
        },
        length: HIGH,
    };
    let end = Time::seconds(seconds);
    Setup {
        seed: 5,
        components,
        cells: [cells[0], 1, cells[1]],
        protocol: Protocol::new(0.0).hold(end.us()),
        physics: Physics {
            suspension,
            ..Physics::default()
        },
        sampling: Sampling { every: end, bins: 30 },
        ..Setup::new(
            Chamber::Duct(duct),
            library::medium("plasma", 22.0).unwrap().fluid,
        )
    }
}

/// Cells that are all alike, so much denser than the fluid [g/mL].
fn alike(excess: f64, amount: Amount, parcels: usize) -> Component {
    let fluid = library::medium("plasma", 22.0).unwrap().fluid;
    let mut species = library::species("lymphocyte", None).unwrap();
    (species.diameter_sd, species.density_sd) = (0.0, 0.0);
    species.density = fluid.density + excess;
    Component::new(species, amount, parcels)
}

/// A vortex whose fastest fluid goes about `speed` [um/us]: its stream function between nodes, through the thickness of the channel.
fn vortex(s: &Setup, speed: f64) -> Fluxes {
    let [nx, _, nz] = s.cells.map(f64::from);
    let hump = |i: u32, n: f64| (PI * f64::from(i) / n).sin();
    let most = speed * THICK * WIDE.min(HIGH) / PI;
    Fluxes::of_stream_function(s.cells, [0, 2], |i, k| most * hump(i, nx) * hump(k, nz))
}

/// The stream function at a place in grid cells, linear along both axes between the nodes: as the velocity is within a cell.
fn stream_function(s: &Setup, fluxes: &Fluxes, x: f64, z: f64) -> f64 {
    let n = s.cells.map(|n| n as usize);
    // the sum of fluxes across x below a node
    let node = |i: usize, k: usize| -> f64 {
        (0..k)
            .map(|k| match i {
                0 => 0.0,
                i => fluxes.of([i - 1, 0, k], 0)[1],
            })
            .sum()
    };
    let (i, k) = ((x as usize).min(n[0] - 1), (z as usize).min(n[2] - 1));
    let (u, v) = (x - i as f64, z - k as f64);
    (1.0 - u) * ((1.0 - v) * node(i, k) + v * node(i, k + 1))
        + u * ((1.0 - v) * node(i + 1, k) + v * node(i + 1, k + 1))
}

fn finished(s: &Setup, make: &Maker) -> (Parcels, Outcome) {
    let parcels = s.draw().unwrap();
    let mut backend = make(&Program::new(s, &parcels, None).unwrap());
    let end = engine::run(s, &parcels, backend.as_mut(), &mut |_| ControlFlow::Continue(())).unwrap();
    (parcels, end)
}

/// Places of a parcel at the start and at the end, in grid cells along x and z.
fn places(s: &Setup, parcels: &Parcels, end: &Outcome, i: usize) -> [[f64; 2]; 2] {
    let grid = s.grid();
    let start = [0, 2].map(|k| parcels.position[k][i] as f64 / 4_294_967_296.0);
    let there = [0, 2].map(|k| grid.coordinate(k, f64::from(end.snapshot.position[k][i])));
    [start, there]
}

/// Cells as dense as the fluid go round in a vortex for some twenty turns. Along a path the stream function stays what it is; that of the fluxes
/// of a grid is linear between its nodes. Paths are exact, so what is left are roundings: of f32 places at the end 3e-7 of the channel, and
/// in a GPU of some thousand faces.
#[test]
fn fluid_keeps_to_its_stream_lines() {
    let cells = vec![alike(0.0, Amount::Concentration(10.0 / MICROLITRE), 500)];
    let mut s = channel([16, 12], cells, Suspension::Dilute, 200.0);
    let fluxes = vortex(&s, 0.003);
    s.circulation = Some(fluxes.clone());
    let most = fluxes.through().iter().fold(0.0_f64, |m, f| m.max(f.abs()));
    for make in backends() {
        let (parcels, end) = finished(&s, make.as_ref());
        let mut gone = 0.0_f64;
        for i in 0..parcels.len() {
            let [a, b] = places(&s, &parcels, &end, i);
            let psi = [a, b].map(|p| stream_function(&s, &fluxes, p[0], p[1]));
            gone = gone.max((a[0] - b[0]).abs());
            assert!(
                (psi[0] - psi[1]).abs() < 2e-4 * most,
                "{}: parcel {i} from {a:?} to {b:?}, {psi:?} of {most}",
                end.device.name
            );
        }
        // they did go somewhere
        assert!(gone > 8.0, "{gone}");
    }
}

/// Cells that sink through a vortex go along lines of psi - v x (Stommel 1949): the velocity of both together has that stream function. Where the
/// fluid rises faster than they sink these lines close, and the cells stay up for ever. Each step carries a cell with the fluid and lets it sink by
/// turns, which errs by a share that is proportional to the step.
#[test]
fn cells_that_sink_through_a_vortex() {
    let cells = vec![alike(0.06, Amount::Concentration(10.0 / MICROLITRE), 2000)];
    let mut s = channel([16, 12], cells, Suspension::Dilute, 6500.0);
    let fluxes = vortex(&s, 20e-6);
    s.circulation = Some(fluxes.clone());
    let fluid = s.fluid;
    for make in backends() {
        let mut errors = Vec::new();
        for longest in [4e6, 2e6] {
            s.stepping = Stepping {
                longest,
                ..Stepping::default()
            };
            let (parcels, end) = finished(&s, make.as_ref());
            let sinks = f64::from(parcels.mobility[0]) * f64::from(parcels.excess[0]) * STANDARD_GRAVITY
                / fluid.viscosity;
            // through a cell along x, of its thickness
            let across = sinks * THICK * WIDE / f64::from(s.cells[0]);
            let (mut aloft, mut worst) = (0, 0.0_f64);
            for i in 0..parcels.len() {
                let [a, b] = places(&s, &parcels, &end, i);
                // what has come to the bottom slides along it
                if b[1] > f64::from(s.cells[2]) - 1.0 {
                    continue;
                }
                let value = |p: [f64; 2]| stream_function(&s, &fluxes, p[0], p[1]) - across * p[0];
                worst = worst.max((value(a) - value(b)).abs());
                aloft += 1;
            }
            let most = WIDE * THICK * 20e-6 / PI;
            errors.push(worst / most);
            // without the vortex all would have come down
            assert!(
                sinks * s.duration().us() > HIGH && (500..1990).contains(&aloft),
                "{aloft} aloft, {sinks} um/us"
            );
        }
        assert!(errors[0] < 0.02 && errors[1] < 0.6 * errors[0], "{errors:?}");
    }
}

/// A crowd that is as dense as the fluid is stirred for some turns of the vortex. No grid cell becomes fuller or emptier than the parcels' number
/// lets it by chance: the variance over the cells is that of random places, and no cell is five standard deviations off. And it is stirred: many
/// parcels of the left half are in the right one.
#[test]
fn what_is_stirred_stays_as_thick_as_it_is() {
    let parcels = 20_000;
    let cells = vec![alike(0.0, Amount::VolumeFraction(0.4), parcels)];
    let mut s = channel([20, 15], cells, Suspension::Dense, 20.0);
    s.circulation = Some(vortex(&s, 0.003));
    for make in backends() {
        let p = s.draw().unwrap();
        let mut backend = make(&Program::new(&s, &p, None).unwrap());
        let end = engine::run(&s, &p, backend.as_mut(), &mut |_| ControlFlow::Continue(())).unwrap();
        let crossed = (0..p.len()).filter(|i| {
            let [a, b] = places(&s, &p, &end, *i);
            a[0] < 10.0 && b[0] > 10.0
        });
        assert!(crossed.count() > parcels / 8);
        let fields = backend.fields().unwrap();
        let mean = fields.iter().map(|f| f.fraction).sum::<f64>() / fields.len() as f64;
        assert!((mean / 0.4 - 1.0).abs() < 1e-4, "{mean}");
        let off = |f: f64| f / mean - 1.0;
        let variance = fields.iter().map(|f| off(f.fraction).powi(2)).sum::<f64>() / fields.len() as f64;
        let chance = fields.len() as f64 / parcels as f64;
        // of 300 cells a variance is known to 8 %
        assert!(
            (0.5..1.25).contains(&(variance / chance)),
            "{variance} where chance gives {chance}"
        );
        let worst = fields.iter().map(|f| off(f.fraction).abs()).fold(0.0, f64::max);
        assert!(worst < 5.0 * chance.sqrt(), "{worst}");
    }
}

/// Red cells that sink while the fluid carries them round. At rest the uppermost tenth of the channel is clear after 25 minutes; a vortex twenty
/// times as fast as they sink keeps them up everywhere. No grid cell overfills, though parcels are carried into cells that others leave.
#[test]
fn a_crowd_sinks_and_circulates() {
    let parcels = 36_000;
    let red = || {
        let species = library::species("erythrocyte", None).unwrap();
        vec![Component {
            aggregation: 12.0,
            ..Component::new(species, Amount::VolumeFraction(0.4), parcels)
        }]
    };
    let mut s = channel([12, 15], red(), Suspension::Dense, 1500.0);
    for make in backends() {
        let mut of = |circulation: Option<Fluxes>| {
            s.circulation = circulation;
            let end = finished(&s, make.as_ref()).1;
            let upper: u64 = end.profile.parcels[0][..3].iter().sum();
            (upper as f64 / parcels as f64, end.greatest_fraction)
        };
        let (clear, rests) = of(None);
        let fluxes = vortex(&channel([12, 15], red(), Suspension::Dense, 1.0), 14e-6);
        let (stirred, goes) = of(Some(fluxes));
        assert!(
            clear < 0.005 && stirred > 0.05,
            "{clear} at rest, {stirred} stirred"
        );
        assert!(rests < 1.0 && goes < 1.0, "{rests} at rest, {goes} stirred");
    }
}

/// Blood at rest in many columns of grid cells separates as it does in one column of their width: nothing goes from column to column. Its
/// layers lie where they lie there, to half a grid cell; each column has but an eighth of the parcels.
#[test]
fn many_columns_settle_as_one() {
    let of = |columns: u32, make: &Maker| {
        let tube = blood(64_000, 200.0);
        let length = tube.chamber.height();
        let section = Section::Channel {
            width: WIDE,
            height: THICK,
        };
        let mut s = Setup {
            chamber: Chamber::Duct(Duct { section, length }),
            cells: [columns, 1, 65],
            ..tube
        };
        s.sampling.bins = 65;
        let (p, end) = finished(&s, make);
        for i in 0..p.len() {
            let [a, b] = places(&s, &p, &end, i);
            assert!(
                (a[0] - b[0]).abs() < 1e-4,
                "parcel {i} went from column to column"
            );
        }
        end
    };
    for make in backends() {
        let (one, many) = (of(1, make.as_ref()), of(8, make.as_ref()));
        // depth above which so many of the red cells lie, in grid cells
        let depth = |out: &Outcome, share: f64| {
            let row = &out.profile.parcels[0];
            let all = row.iter().sum::<u64>() as f64;
            let mut sum = 0.0;
            for (i, n) in row.iter().enumerate() {
                if sum + *n as f64 >= share * all {
                    return i as f64 + (share * all - sum) / *n as f64;
                }
                sum += *n as f64;
            }
            f64::NAN
        };
        for share in [0.01, 0.1, 0.5, 0.9] {
            let [a, b] = [depth(&one, share), depth(&many, share)];
            assert!((a - b).abs() < 0.5, "{share}: {a} in one column, {b} in eight");
        }
    }
}

/// A circulation has to fit its grid, and belongs into a closed vessel.
#[test]
fn a_circulation_where_it_cannot_be() {
    let cells = || vec![alike(0.0, Amount::Concentration(10.0 / MICROLITRE), 50)];
    let mut s = channel([4, 4], cells(), Suspension::Dilute, 1.0);
    s.circulation = Some(Fluxes::of_stream_function([4, 1, 5], [0, 2], |_, _| 1.0));
    let error = s.check().unwrap_err().to_string();
    assert!(
        error.contains("on [4, 1, 5] cells, and the vessel has [4, 1, 4]"),
        "{error}"
    );
    let Chamber::Duct(duct) = s.chamber else { panic!() };
    let carried = Setup {
        components: cells(),
        protocol: Protocol::steady(Time::seconds(1.0), 0.0),
        rotor: Rotor::lying(DVec3::Y * STANDARD_GRAVITY),
        circulation: s.circulation.clone(),
        ..Setup::carried(duct, s.fluid)
    };
    let error = carried.check().unwrap_err().to_string();
    assert!(error.contains("a circulation needs a closed vessel"), "{error}");
}
