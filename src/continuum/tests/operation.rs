//! Runs of the channel against exact answers, with red cells alone.

use super::*;

/// Sedimentation of a lone red cell at 3 mm below the inner wall [um/us].
fn lone(g: f64, depth: f64) -> f64 {
    let a = g * STANDARD_GRAVITY / 123.5e3 * (120e3 + depth);
    let c = red_cells(0.0);
    let mobility = c.species.diameter.powi(2) / (18.0 * c.species.drag_factor) * c.aggregation;
    mobility * (c.species.density - PLASMA.density) / PLASMA.viscosity * a
}

/// The greatest flow of plasma is A v (1 - H)^n. By hand at 50 x g and a haematocrit of 0.40 x 12/13: 54.76 mL/min. That an interface turns
/// round there is a case of `validate`.
#[test]
fn capacity() {
    let h = anticoagulated(0.40);
    let limit = channel(1, 96, h).greatest_plasma(phase(50.0, 1.0, 0.5, None).omega) / ML_PER_MIN;
    let by_hand = 500e3 * 30e3 * lone(50.0, 3.5e3) * (1.0 - h).powf(4.65) / ML_PER_MIN;
    assert!(
        (limit - 54.76).abs() < 0.01 && (by_hand - 54.76).abs() < 0.01,
        "{limit} {by_hand}"
    );
}

/// The rate that the red-cell pump needs: values worked out by bisection by another program.
#[test]
fn the_rate_that_a_pump_needs() {
    for (g, haematocrit, rate, packed) in [
        (50.0, 0.30, 18.064, 0.7665),
        (100.0, 0.40, 23.184, 0.7963),
        (900.0, 0.50, 25.940, 0.8896),
    ] {
        let c = channel(1, 200, anticoagulated(haematocrit));
        let point = c.operating_point(&phase(g, 50.0, 20.0, None), 3e3).unwrap();
        assert!(
            (point.rate / ML_PER_MIN / rate - 1.0).abs() < 1e-3,
            "{g}: {point:?}"
        );
        assert!((point.haematocrit - packed).abs() < 1e-3, "{g}: {point:?}");
    }
    let mut clear = channel(1, 200, 0.3);
    clear.components[0].species.class = CellClass::Platelet;
    assert_eq!(clear.operating_point(&phase(100.0, 50.0, 20.0, None), 3e3), None);
}

/// Every cell and every drop is accounted for, no level is fuller than cells pack, none has less than nothing, and with twice or half of the time
/// between solves the red cells go the same way.
#[test]
fn balance_and_bounds() {
    let mut packed = Vec::new();
    for interval in [0.1, 0.2, 0.5] {
        let mut c = channel(12, 72, anticoagulated(0.40));
        c.numerics.interval = interval * SECOND;
        let mut run = ChannelRun::new(c).unwrap().with_bed(3e3, 0.85);
        let p = phase(200.0, 50.0, 21.0, Some((3e3, 60.0)));
        watch(&mut run, &p, 120.0);
        let found = watch(&mut run, &p, 60.0);
        assert!(found.imbalance < 1e-11, "{}", found.imbalance);
        assert!(run.carrier().imbalance(run.mesh()) < 1e-12 * 50.0 * ML_PER_MIN);
        let volumes: f64 = found.ports.iter().map(|p| p.volume).sum();
        assert!((volumes / (50.0 * ML_PER_MIN * 60.0 * SECOND) - 1.0).abs() < 1e-12);
        let moment = run.moment();
        assert!(moment.fullest <= 0.94 + 1e-9, "{}", moment.fullest);
        let least = (0..12)
            .flat_map(|i| run.fractions(i, 0).iter())
            .copied()
            .fold(1.0, f64::min);
        assert!(least >= 0.0, "{least}");
        packed.push(found.ports[2].haematocrit);
    }
    assert!((packed[0] - packed[2]).abs() < 0.003, "{packed:?}");
}

/// The same bits with one thread and with several.
#[test]
fn threads_do_not_matter() {
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut run = ChannelRun::new(channel(6, 36, 0.37)).unwrap().with_bed(3e3, 0.85);
            watch(&mut run, &phase(100.0, 50.0, 24.0, Some((3e3, 60.0))), 5.0);
            (run.ledger().clone(), run.moment())
        })
    };
    assert_eq!(of(1), of(3));
}

/// What cannot be run is refused with the number that decides.
#[test]
fn refused() {
    let says = |change: &dyn Fn(&mut Channel), words: &str| {
        let mut c = channel(4, 20, 0.37);
        c.phases = vec![phase(100.0, 50.0, 24.0, Some((3e3, 60.0)))];
        change(&mut c);
        let text = c.check().map_err(|e| e.to_string()).err().unwrap_or_default();
        assert!(text.contains(words), "{text} instead of {words}");
    };
    let mut sound = channel(4, 20, 0.37);
    sound.phases = vec![phase(100.0, 50.0, 24.0, Some((3e3, 60.0)))];
    assert!(sound.check().is_ok());
    says(
        &|c| c.numerics.columns = 1000,
        "1000 columns and 20 levels cannot be",
    );
    says(&|c| c.numerics.interval = 2.0 * SECOND, "2 s between two solves");
    says(&|c| c.classes.clear(), "no cells come in");
    says(&|c| c.ports[0].along = [500e3, 500.0001e3], "`plasma` is at");
    says(
        &|c| c.phases[0].draw[2] = Draw::Rate(51.0 * ML_PER_MIN),
        "50 mL/min come in and the pumps of the ports draw 51: 1 more",
    );
    says(
        &|c| (c.phases[0].draw[0], c.phases[0].control) = (Draw::Rate(20.0 * ML_PER_MIN), None),
        "draw 44: 6 less",
    );
    says(
        &|c| c.phases[0].draw[1] = Draw::Rest,
        "2 ports take the rest; one can",
    );
    says(&|c| c.ports[1].depth = [6e3, 8e3], "`collect` is at");
    says(
        &|c| c.ports[1].depth = [0.5e3, 2e3],
        "the ports `plasma` and `collect` draw from the same place",
    );
    says(
        &|c| c.components[0] = red_cells(0.97),
        "97 % of what comes in by inlet 0 are cells; they pack to 94 %",
    );
    says(
        &|c| c.phases[0].control.as_mut().unwrap().1.depth = 9e3,
        "the interface cannot be held at 9 mm of a depth of 7 mm",
    );
    says(
        &|c| c.phases[0].control.as_mut().unwrap().0 = 0,
        "held by a port with a pump",
    );
    says(&|c| c.size[1] = f64::NAN, "the depth of the channel is NaN");
    says(&|c| c.inlets[0].along = [-1.0, 3e3], "inlet 0 is at");
    // a channel that cannot clear so much plasma is warned of
    let mut c = channel(4, 20, anticoagulated(0.40));
    c.phases = vec![phase(20.0, 50.0, 24.0, None)];
    assert!(c.check().is_ok());
    let told = c.overdrawn(&c.phases[0]).unwrap();
    assert!(
        told.contains("`plasma` draws 26 mL/min. At 20 x g this channel clears 21.9 mL/min"),
        "{told}"
    );
    assert!(c.overdrawn(&phase(100.0, 50.0, 24.0, None)).is_none());
    assert!(c.unresolved().unwrap().contains("half a level 175 um"));
}

/// Cells that come into an empty channel settle faster than any that are there. No step is too long for them, at any speed and flow.
#[test]
fn an_empty_channel_fills() {
    for (g, inlet) in [(900.0, 45.0), (200.0, 10.0)] {
        let mut run = ChannelRun::new(channel(12, 144, anticoagulated(0.40))).unwrap();
        assert_eq!(run.sensed(), None);
        for _ in 0..20 {
            watch(&mut run, &phase(g, inlet, 0.4 * inlet, None), 0.4);
            let least = (0..12)
                .flat_map(|i| run.fractions(i, 0).iter())
                .copied()
                .fold(1.0, f64::min);
            assert!(least >= 0.0, "{g} x g: {least}");
        }
        let moment = run.moment();
        assert!(moment.fullest <= 0.94 + 1e-9, "{}", moment.fullest);
    }
}

/// Platelets alone, and pumps that stand: nothing is lost, and there is no interface to hold.
#[test]
fn without_red_cells_and_without_a_flow() {
    let mut c = channel(6, 36, 0.37);
    c.components[0].species.class = CellClass::Platelet;
    c.components[0].aggregation = 1.0;
    c.components[0].amount = Amount::VolumeFraction(0.002);
    c.classes = classes(&c.components, &PLASMA, |_| 1).unwrap();
    let mut run = ChannelRun::new(c).unwrap().with_bed(3e3, 0.85);
    assert_eq!(run.ledger().inside, [0.0]);
    let held = phase(100.0, 50.0, 24.0, Some((3e3, 60.0)));
    let fed = watch(&mut run, &held, 30.0);
    assert!(
        fed.imbalance < 1e-11 && fed.ports[1].haematocrit == 0.0,
        "{fed:?}"
    );
    assert!(run.doubts(&held)[0].contains("there is no interface at `collect`"));
    let mut still = phase(100.0, 0.0, 0.0, None);
    let before = run.ledger().inside.clone();
    let found = watch(&mut run, &still, 30.0);
    assert_eq!((found.fed[0], found.stored[0], found.come), (0.0, None, 0.0));
    assert!((run.ledger().inside[0] / before[0] - 1.0).abs() < 1e-12);
    // and with a controller that has nothing to do with
    still.control = held.control;
    still.draw[2] = Draw::Rate(0.0);
    watch(&mut run, &still, 5.0);
    assert!(run.ledger().inside[0].is_finite());
}

/// Clear fluid that comes in by a second inlet brings no cells, and dilutes what leaves.
#[test]
fn two_inlets() {
    let haematocrit = |rinse: f64| {
        let mut c = channel(6, 36, 0.37);
        c.inlets.push(Inlet {
            along: [400e3, 500e3],
            spread: 500.0,
        });
        let mut run = ChannelRun::new(c).unwrap().with_bed(3e3, 0.8);
        let mut p = phase(100.0, 50.0, 20.0 + rinse, None);
        p.feed.push(rinse * ML_PER_MIN);
        let found = watch(&mut run, &p, 60.0);
        assert!(found.imbalance < 1e-11, "{}", found.imbalance);
        let fed = 50.0 * ML_PER_MIN * 60.0 * SECOND * 0.37 / red_cells(0.0).species.mean_volume();
        assert!((found.fed[0] / fed - 1.0).abs() < 1e-12);
        assert!((found.come / ((50.0 + rinse) * ML_PER_MIN * 60.0 * SECOND) - 1.0).abs() < 1e-12);
        found.ports[2].haematocrit
    };
    assert!(haematocrit(10.0) < haematocrit(0.0));
}

/// Ekman's layers hold the flow back: the interface is tilted more.
#[test]
fn ekman_layers_tilt_the_interface() {
    let tilt = |ekman: bool| {
        let mut c = channel(12, 72, anticoagulated(0.40));
        c.ekman = ekman;
        let mut run = ChannelRun::new(c).unwrap().with_bed(3e3, 0.8);
        watch(&mut run, &phase(100.0, 50.0, 23.0, Some((3e3, 40.0))), 60.0);
        run.interface(11).unwrap() - run.interface(1).unwrap()
    };
    let (with, without) = (tilt(true), tilt(false));
    assert!(with > without && without > 0.0, "{with} {without}");
}

/// The pump that holds the interface goes on from phase to phase at the rate that it had found, and the last fifth of a phase is a part of it.
#[test]
fn phases_follow_each_other() {
    let mut c = channel(1, 72, anticoagulated(0.40));
    c.ports.iter_mut().for_each(|p| p.along = [0.0, 500e3]);
    let long = |seconds: f64| Phase {
        duration: seconds * SECOND,
        ..phase(100.0, 50.0, 20.0, Some((3e3, 40.0)))
    };
    c.phases = vec![long(400.0), long(10.0)];
    let mut rates = Vec::new();
    let mut run = ChannelRun::new(c).unwrap().with_bed(3e3, 0.85);
    let stages = run
        .run(0.33 * SECOND, &mut |_, run| {
            rates.push((run.time() / SECOND, run.moment().rates[2] / ML_PER_MIN));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    let before = rates.iter().rfind(|r| r.0 <= 400.0).unwrap().1;
    let after = rates.iter().find(|r| r.0 > 400.0).unwrap().1;
    assert!(
        (before - 20.0).abs() > 1.0 && (after - before).abs() < 0.1,
        "{before} {after}"
    );
    assert_eq!(stages.len(), 2);
    // both phases together: what came in, and where it went
    let whole = Findings::together(&[&stages[0].whole, &stages[1].whole]).unwrap();
    let minutes = 410.0 / 60.0;
    assert!((whole.come / (50.0 * ML_PER_MIN * 60.0 * SECOND) / minutes - 1.0).abs() < 1e-9);
    let of = |p: usize, s: usize| stages[s].whole.ports[p].volume;
    assert!((whole.ports[2].volume / (of(2, 0) + of(2, 1)) - 1.0).abs() < 1e-12);
    let red = [0, 1].map(|s| stages[s].whole.ports[2].species[0].cells);
    let fed = stages[0].whole.fed[0] + stages[1].whole.fed[0];
    let share = whole.ports[2].species[0].share.unwrap();
    assert!((share / ((red[0] + red[1]) / fed) - 1.0).abs() < 1e-12);
    let cells = red_cells(0.0).species.mean_volume() * (red[0] + red[1]);
    assert!((whole.ports[2].haematocrit * whole.ports[2].volume / cells - 1.0).abs() < 1e-9);
    assert!((stages[0].late.time[0] / SECOND - 320.0).abs() < 1e-6);
    assert!((stages[1].whole.time[1] / SECOND - 410.0).abs() < 1e-6);
    // looks that do not fit the time between two solves do not cut it short
    assert!((rates[0].0 - 0.4).abs() < 1e-9, "{}", rates[0].0);
}

/// A pump that cannot hold the interface is told of, and how far off that is.
#[test]
fn doubts() {
    let mut c = channel(1, 72, anticoagulated(0.40));
    c.ports.iter_mut().for_each(|p| p.along = [0.0, 500e3]);
    let mut run = ChannelRun::new(c).unwrap().with_bed(1.5e3, 0.85);
    let held = phase(100.0, 50.0, 24.0, Some((6e3, 40.0)));
    watch(&mut run, &held, 20.0);
    let told = run.doubts(&held).join("\n");
    for words in [
        "and was to be held at 6 mm",
        "`plasma` draws 2 % of what comes in, which is the least",
    ] {
        assert!(told.contains(words), "{told}");
    }
    // the interface in front of the plasma port
    let mut run = ChannelRun::new(channel(4, 72, anticoagulated(0.40)))
        .unwrap()
        .with_bed(1.1e3, 0.85);
    let open = phase(100.0, 50.0, 24.0, None);
    watch(&mut run, &open, 2.0);
    assert!(
        run.doubts(&open)
            .join("\n")
            .contains("`plasma` draws from a layer of"),
        "{:?}",
        run.doubts(&open)
    );
}
