use super::*;
use crate::chamber::duct::{Duct, Section};
use crate::constants::SECOND;
use crate::engine::{Fates, Holding, Inlet, Outcome, Ports, Snapshot, Stream};
use crate::flow::Profile;
use crate::kernels::passage::FATES;
use crate::model::Parcels;
use crate::model::{Amount, CellClass, Component, Fluid, MagneticResponse, Protocol, Rotor, Species, Status};
use crate::observe::held::{Along, BINS, mobilities, on_surface};
use crate::observe::{Findings, Sorting, steady};
use crate::times::Time;

fn component(name: &str, parcels: usize) -> Component {
    Component::new(
        Species {
            name: name.into(),
            class: CellClass::Leukocyte,
            diameter: 7.0,
            diameter_sd: 0.0,
            density: 1.07,
            density_sd: 0.0,
            correlation: 0.0,
            drag_factor: 1.0,
            packing_limit: 0.94,
            aggregation: 1.0,
            colour: [0; 3],
            source: "made up for a test".into(),
            status: Status::Unverified,
        },
        Amount::Concentration(1e-6),
        parcels,
    )
}

/// A tube with two outlets and a wall that holds, fed for 20 s.
fn separator() -> Setup {
    let duct = Duct {
        section: Section::Tube { radius: 100.0 },
        length: 1000.0,
    };
    let fluid = Fluid {
        density: 1.0,
        viscosity: 1.0,
    };
    Setup {
        components: vec![component("wanted", 4), component("other", 4)],
        cells: [4, 4, 4],
        rotor: Rotor::lying(glam::DVec3::ZERO),
        protocol: Protocol::steady(Time::seconds(100.0), 1.0),
        stream: Some(Stream::new(Profile::Plug)),
        ports: Ports {
            feed: Feed::Inlets { over: 20.0 * SECOND },
            inlets: vec![Inlet::of([0.0, 1.0])],
            splits: vec![0.5],
        },
        holding: Holding {
            outer: true,
            ..Holding::default()
        },
        ..Setup::carried(duct, fluid)
    }
}

/// Parcels with component, fate, times [s], place; weights 10 and 30.
fn run(parcels: &[(u32, u32, [f32; 2], [f32; 3])]) -> (Parcels, Outcome) {
    let charge = Parcels {
        magnetic: parcels.iter().map(|p| [0.1 * (p.0 as f32 + 1.0), 0.0]).collect(),
        beads: vec![0; parcels.len()],
        depth: vec![1.0; parcels.len()],
        kind: parcels.iter().map(|p| p.0).collect(),
        weight: vec![10.0, 30.0],
        ..Parcels::default()
    };
    let mut census = vec![[0; FATES as usize]; 2];
    for p in parcels {
        census[p.0 as usize][p.1 as usize] += 1;
    }
    let separated = Outcome {
        counts: vec![(100e6, census)],
        fates: Fates {
            fate: parcels.iter().map(|p| p.1).collect(),
            clock: parcels.iter().map(|p| p.2.map(|t| t * 1e6)).collect(),
        },
        snapshot: Snapshot {
            time: 100e6,
            position: std::array::from_fn(|k| parcels.iter().map(|p| p.3[k]).collect()),
            kind: charge.kind.clone(),
        },
        steps: 1,
        time: 100e6,
        over: true,
        step: [1.0, 1.0],
        ..Outcome::default()
    };
    (charge, separated)
}

const WALL: u32 = HELD + 1;

fn example() -> (Parcels, Outcome) {
    let o = [0.0; 3];
    run(&[
        (0, OUT + 1, [0.0, 5.0], o),
        (0, OUT + 1, [1.0, 7.0], o),
        (0, WALL, [0.0, 1.0], [0.0, 100.0, 250.0]),
        (0, FREE, [0.0, 0.0], o),
        (1, OUT, [0.0, 3.0], o),
        (1, OUT, [0.0, 4.0], o),
        (1, OUT, [2.0, 4.0], o),
        (1, OUT + 1, [0.0, 9.0], o),
    ])
}

/// The table at the end of such a run.
fn table(s: &Setup, charge: &Parcels, run: &Outcome, sorting: Sorting) -> String {
    use crate::output::summary::{Counted, Summary};
    let found = Findings {
        channel: None,
        layers: None,
        separation: Some(sorting),
    };
    let report = crate::output::RunReport::of(s, run, charge.len(), &[]);
    let counted = Counted::of(charge, run, &found);
    let summary = Summary::new(
        Default::default(),
        (s, None),
        report,
        &counted,
        &found,
        Vec::new(),
    );
    crate::output::table::text("title", &summary, &[])
}

/// By hand: put in 40 wanted and 120 others (a quarter). The second outlet gets two parcels of 10 and one of 30: 20 of 50 cells
/// are wanted, 0.4, enriched 1.6 times; half of the wanted, log10 2 = 0.301 depleted. Its times are 5, 6 and 9 s with
/// weights 10, 10, 30: the median is 9 s, of the wanted alone 5 s.
#[test]
fn shares_by_hand() {
    let s = separator();
    let (charge, run) = example();
    let names = ["first".to_owned(), "second".to_owned()];
    let all = Separation::of(&s, &charge, &run, &names);
    let names: Vec<&str> = all.fractions.iter().map(|f| f.place.name.as_str()).collect();
    assert_eq!(names, ["first", "second", "outer wall", "inside", "not yet in"]);
    assert!(all.conserved);
    assert_eq!(
        (all.cells.as_slice(), all.purity_before(0)),
        (&[40.0, 120.0][..], 0.25)
    );
    assert_eq!(all.throughput, Some(8.0));
    let second = &all.fractions[1];
    let wanted = &second.species[0];
    assert_eq!((second.cells, wanted.parcels, wanted.recovery), (50.0, 2, 0.5));
    assert_eq!((wanted.purity, wanted.enrichment), (Some(0.4), Some(1.6)));
    assert!((wanted.depletion.unwrap() - 2f64.log10()).abs() < 1e-12);
    assert_eq!(second.took.unwrap(), [5e6, 9e6, 9e6]);
    assert_eq!(wanted.took.unwrap(), [5e6, 5e6, 6e6]);
    // nothing of the wanted in the first: of four parcels that is at most z2/(4 + z2) = 0.4899, by Wilson
    let first = &all.fractions[0].species[0];
    assert!(first.parcels == 0 && (first.depletion.unwrap() - 0.309_9).abs() < 1e-4);
    assert_eq!(first.depletion_range, Some((first.depletion.unwrap(), None)));
    // of two of four the middle is 1/2 and half the width z sqrt(1/16 + z2/64)/(1 + z2/4) = 0.3500
    let [low, high] = wanted.recovery_range;
    assert!(
        (low - 0.150_0).abs() < 1e-4 && (high - 0.850_0).abs() < 1e-4,
        "{low} {high}"
    );
    let [low, high] = wanted.purity_range.unwrap();
    assert!(
        low > 0.05 && low < 0.4 && high > 0.4 && high < 0.95,
        "{low} {high}"
    );
    let ends = wanted.enrichment_range.unwrap();
    assert!((ends[0] - 4.0 * low).abs() < 1e-12 && (ends[1] - 4.0 * high).abs() < 1e-12);
    assert_eq!(first.purity, Some(0.0));
    assert_eq!(all.fractions[4].species[0].purity, None);
    assert_eq!(all.fractions[3].took, None);
}

/// The others are free beads. By hand: the cells that were put in are the 40 wanted, all of them; the second outlet gets 20 of them,
/// pure, and one parcel of 30 beads of 120, a quarter, 1.5 to a cell. Two cells a second are fed, not eight of whatever.
#[test]
fn free_beads_are_no_cells() {
    let mut s = separator();
    let curve = crate::magnets::Curve::new(1.0, 0.02).unwrap();
    s.components[1].response = MagneticResponse::FreeBead { curve };
    let (charge, run) = example();
    let all = Separation::of(&s, &charge, &run, &[]);
    assert!(all.conserved && all.is_free_bead(1) && !all.is_free_bead(0));
    assert_eq!(
        (all.cells.as_slice(), all.beads.as_slice()),
        (&[40.0, 0.0][..], &[0.0, 120.0][..])
    );
    assert_eq!((all.purity_before(0), all.throughput), (1.0, Some(2.0)));
    let second = &all.fractions[1];
    assert_eq!((second.cells, second.beads), (20.0, 30.0));
    let [wanted, beads] = [&second.species[0], &second.species[1]];
    assert_eq!((wanted.purity, wanted.enrichment), (Some(1.0), Some(1.0)));
    assert_eq!(wanted.purity_range, Some([1.0, 1.0]));
    assert_eq!((beads.cells, beads.beads, beads.recovery), (0.0, 30.0, 0.25));
    assert_eq!(
        (beads.purity, beads.purity_range, beads.enrichment),
        (None, None, None)
    );
    assert!((beads.depletion.unwrap() - 4f64.log10()).abs() < 1e-12);
    // that of the cells, 5 and 6 s, without the bead that took 9
    assert_eq!(second.took.unwrap(), [5e6, 5e6, 6e6]);
    // where only beads are there is no cell, and no purity
    assert_eq!(
        (all.fractions[0].cells, all.fractions[0].species[0].purity),
        (0.0, None)
    );
    let steady = steady(&s, &charge, &run).unwrap();
    assert_eq!((steady.fed, steady.species[1].fed), (2.0, 6.0));
    assert_eq!(steady.rate[OUT as usize], 0.0);
    let text = table(
        &s,
        &charge,
        &run,
        Sorting {
            separation: all.clone(),
            steady: Some(steady.clone()),
        },
    );
    let rows: Vec<Vec<&str>> = text.lines().map(|l| l.split_whitespace().collect()).collect();
    assert!(
        text.contains("40 cells in 20") && text.contains(", 2 cells a second"),
        "{text}"
    );
    assert!(
        text.contains("120 free beads (other) in 4 parcels, not counted as cells"),
        "{text}"
    );
    assert!(
        rows.iter()
            .any(|r| r.starts_with(&["other", "1", "30", "25.00", "%"]) && r.ends_with(&["1.5", "0.60"])),
        "{text}"
    );
    assert!(
        rows.iter()
            .any(|r| r.starts_with(&["wanted", "2", "20", "50.00", "%"]) && r.contains(&"100.00")),
        "{text}"
    );
}

#[test]
fn a_lost_parcel_is_noticed() {
    let s = separator();
    let (charge, mut run) = example();
    run.counts[0].1[1][OUT as usize] -= 1;
    assert!(!Separation::of(&s, &charge, &run, &[]).conserved);
}

#[test]
fn where_it_sits_and_with_what_mobility() {
    let s = separator();
    let (charge, run) = example();
    let places = places(&s, &[]);
    let wall = places.iter().find(|p| p.name == "outer wall").unwrap();
    let h = on_surface(&s, &charge, &run, wall);
    assert_eq!((h[0].along, h[1].along), (Along::Z, Along::Angle));
    // a quarter of the way along; at 90 degrees, three quarters around from -180
    assert_eq!(h[0].parcels[0][BINS / 4], 1);
    assert_eq!(h[1].parcels[0][3 * BINS / 4], 1);
    assert_eq!(h[0].parcels[1].iter().sum::<u64>(), 0);
    assert!(on_surface(&s, &charge, &run, &places[0]).is_empty());
    let m = mobilities(&charge, &run, &places);
    assert_eq!(m.len(), 2);
    assert_eq!(m[0].parcels[0], [[0, 0], [2, 0], [0, 1], [1, 0], [0, 0]]);
    assert_eq!(m[1].parcels[1], [[3, 0], [1, 0], [0, 0], [0, 0], [0, 0]]);
}

/// A wall that held one of four and two of the other four until 12 s, and lets all but one go into the second outlet: what was
/// caught, with which mobility, and where it was, is that of before; where it is in the end is told beside it.
#[test]
fn what_was_held_before_it_was_let_go() {
    let s = separator();
    let (o, wall) = ([0.0; 3], HELD + 1);
    let at = [0.0, 100.0, 250.0];
    let (charge, mut run) = run(&[
        (0, OUT, [0.0, 3.0], o),
        (0, OUT + 1, [1.0, 15.0], o),
        (0, OUT, [2.0, 5.0], o),
        (0, OUT, [3.0, 6.0], o),
        (1, OUT + 1, [0.0, 16.0], o),
        (1, wall, [1.0, 7.0], at),
        (1, OUT, [2.0, 5.0], o),
        (1, OUT, [3.0, 6.0], o),
    ]);
    let mut fates = run.fates.clone();
    for (i, clock) in [(1, [1e6, 4e6]), (4, [0.0, 9e6])] {
        (fates.fate[i], fates.clock[i]) = (wall, clock);
    }
    let mut position = run.snapshot.position.clone();
    for i in [1, 4, 5] {
        (position[1][i], position[2][i]) = (100.0, 250.0);
    }
    run.held = Some(crate::engine::Moment {
        time: 12e6,
        fates,
        position,
    });
    let all = Separation::of(&s, &charge, &run, &[]);
    let before = all.released.as_ref().unwrap();
    assert_eq!((before.time, before.fractions.len()), (12e6, 1));
    let part = &before.fractions[0];
    assert_eq!(part.place.name, "outer wall");
    let [wanted, other] = [&part.species[0], &part.species[1]];
    assert_eq!((wanted.parcels, other.parcels), (1, 2));
    assert_eq!((wanted.recovery, other.recovery), (0.25, 0.5));
    // 10 of 10 + 2 * 30
    assert_eq!(wanted.purity, Some(1.0 / 7.0));
    assert_eq!(wanted.took, Some([3e6; 3]));
    // in the end one is still held
    assert_eq!(all.fractions[2].species[1].parcels, 1);
    let places = places(&s, &[]);
    let h = on_surface(&s, &charge, &run, &places[2]);
    assert_eq!((h[0].parcels[0][BINS / 4], h[0].parcels[1][BINS / 4]), (1, 2));
    let m = mobilities(&charge, &run, &places);
    assert_eq!(m[0].parcels[0], [[3, 0], [0, 1], [0, 0], [0, 0], [0, 0]]);
    assert_eq!(m[1].parcels[1], [[2, 0], [0, 1], [0, 1], [0, 0], [0, 0]]);
    // what came to the wall while it was fed is told by the rates, though most of it has left since
    let steady = steady(&s, &charge, &run).unwrap();
    assert_eq!(steady.rate[OUT as usize + 1], 0.0);
}

/// Cells enter evenly over 20 s and take 4 s: nothing comes in the first fifth, then as much as is fed. With another outlet
/// from half of the time on there is no steady state that lasts; what settles in the last quarter alone does not count.
#[test]
fn steady_states() {
    let s = separator();
    let leaving = |fate: &dyn Fn(f32) -> u32| {
        let parcels: Vec<_> = (0..8000)
            .map(|i| {
                let t = i as f32 / 400.0;
                (0, fate(t + 4.0), [t, t + 4.0], [0.0; 3])
            })
            .collect();
        let (charge, run) = run(&parcels);
        steady(&s, &charge, &run).unwrap()
    };
    let plain = leaving(&|_| OUT);
    assert_eq!(plain.since, Some(4e6));
    assert!((plain.fed - 4000.0).abs() < 1e-6);
    assert!(
        (plain.rate[OUT as usize] - 4000.0).abs() < 20.0,
        "{:?}",
        plain.rate
    );
    assert_eq!(
        leaving(&|t| if t < 12.0 { OUT } else { OUT + 1 }).since,
        Some(12e6)
    );
    assert_eq!(leaving(&|t| if t < 17.0 { OUT } else { OUT + 1 }).since, None);
    // three quarters: what begins there is not seen for long enough
    let late = leaving(&|t| if t < 15.0 { OUT } else { OUT + 1 });
    assert_eq!(late.since, None);
    let nothing = leaving(&|_| FREE);
    assert_eq!(nothing.since, None);
    // every fifth comes, at an even rate, and the others pile up in the duct: that is no steady state
    let piling = leaving(&|t| {
        if ((t * 400.0) as u32).is_multiple_of(5) {
            OUT
        } else {
            FREE
        }
    });
    assert_eq!(piling.since, None);
    assert!(
        (piling.rate[OUT as usize] - 800.0).abs() < 20.0,
        "{:?}",
        piling.rate
    );
}

/// A component of which nothing was put in: no purity to compare with, nothing depleted, and no number that is none.
#[test]
fn a_species_that_is_not_there() {
    let s = separator();
    let o = [0.0; 3];
    let (charge, run) = run(&[(0, OUT, [0.0, 3.0], o), (0, OUT + 1, [0.0, 4.0], o)]);
    let all = Separation::of(&s, &charge, &run, &[]);
    assert_eq!((all.purity_before(0), all.purity_before(1)), (1.0, 0.0));
    for part in &all.fractions {
        let none = &part.species[1];
        assert_eq!(
            (none.enrichment, none.depletion, none.recovery),
            (None, None, 0.0)
        );
    }
    let steady = steady(&s, &charge, &run).unwrap();
    assert_eq!((steady.species[1].fed, steady.species[1].within), (0.0, 0.0));
    let text = table(
        &s,
        &charge,
        &run,
        Sorting {
            separation: all.clone(),
            steady: Some(steady.clone()),
        },
    );
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    // one parcel of two is half, of the other species there is not a number
    let rows: Vec<Vec<&str>> = text.lines().map(|l| l.split_whitespace().collect()).collect();
    assert!(
        rows.iter()
            .any(|r| r.ends_with(&["50.00", "%", "9.5-90.5", "100.00", "%", "100-100", "1", "0.30"])),
        "{text}"
    );
    assert!(
        rows.iter()
            .any(|r| r.contains(&"other") && r.ends_with(&["-", "-"])),
        "{text}"
    );
}

/// One rare cell in two hundred changes its outlet after 12 s: of all cells that is half a per cent, of its own all. What
/// changes by 5 % of itself is not seen with as few parcels, and it says so.
#[test]
fn a_rare_species_is_judged_by_itself() {
    let s = separator();
    let with = |rare: usize, fate: &dyn Fn(usize, f32) -> u32| {
        let of = |kind: u32, n: usize| {
            (0..n).map(move |i| {
                let t = 20.0 * i as f32 / n as f32;
                let to = if kind == 0 { fate(i, t + 4.0) } else { OUT };
                (kind, to, [t, t + 4.0], [0.0; 3])
            })
        };
        let parcels: Vec<_> = of(0, rare).chain(of(1, 8000)).collect();
        let (mut charge, run) = run(&parcels);
        charge.weight = vec![0.5, 10.0];
        steady(&s, &charge, &run).unwrap()
    };
    let turning = with(800, &|_, t| if t < 12.0 { OUT } else { OUT + 1 });
    assert_eq!(turning.species[1].since, Some(4e6));
    assert_eq!(
        (turning.species[0].since, turning.since),
        (Some(12e6), Some(12e6))
    );
    let late = with(800, &|_, t| if t < 17.0 { OUT } else { OUT + 1 });
    assert_eq!((late.species[0].since, late.since), (None, None));
    // by hand: 40 parcels a window, 3 % + (1 + 3 sqrt(48))/40 = 0.5746
    assert!(
        (late.species[0].within - 0.5746).abs() < 1e-4,
        "{}",
        late.species[0].within
    );
    assert!((late.species[0].fed - 20.0).abs() < 1e-9 && (late.fed - 4020.0).abs() < 1e-9);
    assert!((late.rate[OUT as usize] + late.rate[OUT as usize + 1] - 4020.0).abs() < 25.0);
    // every hundredth goes astray, as even as it can be: chance, not a change
    let astray = with(800, &|i, _| if i % 100 == 50 { OUT + 1 } else { OUT });
    assert_eq!(astray.since, Some(4e6));
}
