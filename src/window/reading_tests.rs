use super::*;

fn reading(time: f64, recovery: f64) -> Reading {
    Reading {
        time,
        along: "depth, mm",
        profile: vec![Curve {
            name: "haematocrit".into(),
            component: None,
            points: vec![[1.0, 42.0]],
        }],
        interfaces: vec![("red cells", 0.1 * time)],
        groups: vec![Group {
            name: "buffy coat".into(),
            recovery: vec![recovery],
            purity: vec![f64::NAN],
        }],
        counts: Vec::new(),
    }
}

/// However long a run is, the first and the last reading are there, and not more than there is room for.
#[test]
fn a_record_is_bounded() {
    let mut record = Record::default();
    for i in 0..10 * MOST {
        record.add(reading(i as f64, i as f64));
        assert!(record.readings.len() <= MOST + 1);
    }
    assert_eq!(record.readings[0].time, 0.0);
    assert_eq!(record.readings.last().unwrap().time, (10 * MOST - 1) as f64);
    assert!(record.readings.len() > MOST / 4);
    assert!(record.readings.windows(2).all(|w| w[0].time < w[1].time));
    // profiles are long, and only the last is shown
    let kept = record.readings.iter().filter(|r| !r.profile.is_empty()).count();
    assert_eq!(kept, 1);
}

#[test]
fn series_are_found_by_name() {
    let mut record = Record::default();
    for i in 0..3 {
        record.add(reading(f64::from(i), 10.0 * f64::from(i)));
    }
    assert_eq!(record.groups(), ["buffy coat"]);
    assert_eq!(record.interfaces(), ["red cells"]);
    assert_eq!(
        record.interface("red cells"),
        // each is more than a seventh of the depth from the next
        [[[0.0, 0.0]], [[1.0, 0.1]], [[2.0, 0.2]]]
    );
    assert_eq!(
        record.share("buffy coat", 0, false),
        [[[0.0, 0.0], [1.0, 10.0], [2.0, 20.0]]]
    );
    // where no cell is there is no purity
    assert!(record.share("buffy coat", 0, true).is_empty());
    assert!(record.share("plasma", 0, false).is_empty());
    assert!(record.share("buffy coat", 7, false).is_empty());
}

/// A reading in which the layer was not found leaves a gap.
#[test]
fn no_line_across_a_gap() {
    let mut record = Record::default();
    for i in 0..4 {
        let mut one = reading(f64::from(i), 50.0);
        if i == 1 {
            (one.groups, one.interfaces) = (Vec::new(), Vec::new());
        }
        record.add(one);
    }
    assert_eq!(
        record.share("buffy coat", 0, false),
        [vec![[0.0, 50.0]], vec![[2.0, 50.0], [3.0, 50.0]]]
    );
    assert_eq!(record.interface("red cells")[0], [[0.0, 0.0]]);
}

/// A made-up hard spin: its haematocrit, surface and coat are known.
#[test]
fn a_vessel_is_read() {
    use crate::observe::synthetic::hard_spin;
    let setup = crate::output::fixture::setup();
    let profile = hard_spin(260);
    let r = of_vessel(&setup, true, &profile, None);
    let haematocrit: f64 = r.profile[0].points.iter().map(|p| p[1]).sum::<f64>() / 260.0;
    // the mean over the tube is that of the blood
    assert!((haematocrit - 42.0).abs() < 0.1, "{haematocrit}");
    // by hand: 65 mm - 65 mm 0.42/0.90
    let red = r.interfaces.iter().find(|i| i.0 == "red cells").unwrap().1;
    assert!((red - 34.667).abs() < 0.3, "{red}");
    let coat = r.groups.iter().find(|g| g.name == "buffy coat").unwrap();
    assert!((coat.recovery[3] - 92.0).abs() < 0.5, "{coat:?}");
    let all: f64 = coat.purity.iter().sum();
    assert!((all - 100.0).abs() < 1e-6);
    assert_eq!(r.groups[0].name, "plasma");
    assert_eq!(
        of_vessel(&setup, false, &profile, None).groups[0].name,
        "supernatant"
    );
}

/// All cells of a separator are somewhere: inside, held, out or not yet in; and what is held or out is that at all ends.
#[test]
fn a_separator_is_read() {
    use crate::constants::SECOND;
    use crate::cpu::Cpu;
    use crate::engine::Program;
    let (work, _) = crate::window::run::tests::work("quadrupole_sorter", 3_000);
    let (s, table) = (&work.setup, &work.table);
    let charge = s.draw().unwrap();
    let job = Program::new(s, &charge, table.as_ref()).unwrap();
    let mut cpu = Cpu::new(&job, 0).unwrap();
    let mut live = Live::new((**s).clone(), &charge).unwrap();
    live.advance(&mut cpu, 60.0 * SECOND, std::time::Duration::from_secs(600))
        .unwrap();
    let r = read(&work, &live, &charge.weight, &mut cpu).unwrap();
    let names: Vec<&str> = r.groups.iter().map(|g| g.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "held or out",
            "unlabelled",
            "labelled",
            "outer wall",
            "inside",
            "not yet in"
        ]
    );
    for k in 0..3 {
        let places: f64 = r.groups[1..].iter().map(|g| g.recovery[k]).sum();
        assert!((places - 100.0).abs() < 1e-9, "{r:?}");
        let ends: f64 = r.groups[1..4].iter().map(|g| g.recovery[k]).sum();
        assert!((r.groups[0].recovery[k] - ends).abs() < 1e-9);
        assert!((r.profile[k].points.iter().map(|p| p[1]).sum::<f64>() - 100.0).abs() < 1e-9);
    }
    // half of the feed is in, and labelled lymphocytes leave by their outlet
    assert!((r.groups[5].recovery[0] - 50.0).abs() < 2.0, "{r:?}");
    assert!(r.groups[2].purity[0] > 90.0, "{r:?}");
    let parcels: Vec<&str> = r.counts.iter().map(|c| c.0).collect();
    assert_eq!(parcels, ["not yet in", "free", "held", "out"]);
    assert_eq!(r.counts.iter().map(|c| c.1).sum::<u64>(), 3_000);
    assert!(r.counts.iter().all(|c| c.1 > 0 || c.0 == "held"), "{r:?}");
    // in the gap, from 3.98 to 4.36 mm
    assert!(r.profile[0].points.iter().all(|p| (3.98..4.36).contains(&p[0])));
}

/// What each of the separators is run for.
#[test]
fn separators_have_a_target() {
    for (scene, name) in [
        ("quadrupole_sorter", "labelled"),
        ("microchannel", "labelled"),
        ("deoxygenated_red_cells", "outer"),
        ("cd34_selection_column", "CD34+"),
        ("rack_separation", "outer wall"),
        ("halbach_flow_through", "outer wall"),
    ] {
        let (work, _) = crate::window::run::tests::work(scene, 3_000);
        assert_eq!(
            target(&work.setup, &work.origin.outlets).as_deref(),
            Some(name),
            "{scene}"
        );
    }
}

/// Counts are those of the last reading until a moment.
#[test]
fn counts_of_a_moment() {
    let mut record = Record::default();
    for i in 1..4 {
        record.add(Reading {
            counts: vec![("free", i)],
            ..reading(i as f64, 0.0)
        });
    }
    let free = |time: f64| record.counts(time * SECOND).map(|c| c[0].1);
    assert_eq!(
        [free(0.5), free(1.0), free(2.9), free(9.0)],
        [None, Some(1), Some(2), Some(3)]
    );
    let mut vessel = Record::default();
    vessel.add(reading(1.0, 0.0));
    assert_eq!(vessel.counts(2e6), None);
}

/// In a dilute run the depths of all parcels are known: the window's layers are those of the table at the end of a run.
#[test]
fn a_dilute_vessel_is_read_parcel_by_parcel() {
    use crate::constants::SECOND;
    use crate::cpu::Cpu;
    use crate::engine::{Program, Snapshot, run};
    let (work, _) = crate::window::run::tests::work("dilute_platelets", 2_000);
    let (setup, origin) = (&work.setup, &work.origin);
    let parcels = setup.draw().unwrap();
    let mut cpu = Cpu::new(&Program::new(setup, &parcels, None).unwrap(), 0).unwrap();
    let outcome = run(setup, &parcels, &mut cpu, &mut |_| {
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    let depths = |s: &Snapshot| Depths::of(setup, s);
    let counted = depths(&outcome.snapshot);
    assert!(counted.is_some());
    assert_eq!(counted, Depths::now(setup, &mut cpu).unwrap());
    let mut cpu = Cpu::new(&Program::new(setup, &parcels, None).unwrap(), 0).unwrap();
    let mut live = Live::new((**setup).clone(), &parcels).unwrap();
    let long = std::time::Duration::from_secs(600);
    live.advance(&mut cpu, live.duration(), long).unwrap();
    let r = read(&work, &live, &parcels.weight, &mut cpu).unwrap();
    assert!((r.time - outcome.time / SECOND).abs() < 1e-6 * r.time);
    let layers = Layers::find(
        &outcome.profile,
        &Specimen::of(setup, origin.plasma),
        counted.as_ref(),
    );
    assert!(layers.layers.len() > 1, "{layers:?}");
    for (shown, layer) in r.interfaces.iter().zip(layers.layers.iter().skip(1)) {
        assert!((shown.1 - layer.top_mm()).abs() < 1e-6, "{shown:?} {layer:?}");
    }
}
