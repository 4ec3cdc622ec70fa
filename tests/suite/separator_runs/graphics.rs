//! The same on a graphics adapter.

use super::*;
use buffycoat::engine::Readings;
use buffycoat::gpu::GpuBackend;

fn on_graphics(s: &Setup, page: u64) -> Outcome {
    let parts = drawn(s);
    let mut gpu = GpuBackend::on(
        crate::parity::gpu(),
        &Program::new(s, &parts.0, parts.1.as_ref()).unwrap(),
        page,
    )
    .unwrap();
    go(s, &parts.0, &mut gpu).unwrap()
}

/// The sorter at the five flow rates there, with a tenth of the parcels. Which outlet a cell takes follows from the lane it starts
/// in, and these are spread evenly: with 1000 of them a share is off by (1 + ln 1000)/1000 = 0.8 percentage points at most, the
/// discrepancy of the best sequences.
#[test]
fn a_quadrupole_sorter_and_its_quadrature_on_graphics() {
    const PARCELS: usize = 1_000;
    let n = PARCELS as f64;
    let bound = (1.0 + n.ln()) / n;
    for rate in RATES {
        let end = on_graphics(&sorter(rate, PARCELS), u64::MAX);
        let share = last(&end, 0, OUT + 1) as f64 / n;
        let expected = quadrature(rate);
        println!(
            "{rate} mL/min: {share:.4}, by quadrature {expected:.4}; {} steps",
            end.steps
        );
        assert!(
            (share - expected).abs() < bound,
            "{rate} mL/min: {share} for {expected}"
        );
        assert_eq!(last(&end, 1, OUT), PARCELS as u64);
    }
}

/// A single parcel is the same on both back-ends, on every page; one that waits comes in when it is told to, others keep their
/// times; and a parcel that there is not is refused.
#[test]
fn single_parcels_are_the_same() {
    let s = sorter(12.0, 700);
    let parts = drawn(&s);
    let mut cpu = Cpu::new(&job(&s, &parts), 1).unwrap();
    // pages of a few hundred
    let mut gpu = GpuBackend::on(
        crate::parity::gpu(),
        &Program::new(&s, &parts.0, parts.1.as_ref()).unwrap(),
        300,
    )
    .unwrap();
    let some = [0, 1, 255, 256, 511, 700, 1023, 1024, 1399];
    let mut all = Vec::new();
    for backend in [&mut cpu as &mut dyn Backend, &mut gpu] {
        let before: Vec<_> = some.map(|i| backend.parcel(i).unwrap()).into();
        backend.retime(&|t| 2.0 * t + 1.0).unwrap();
        for (i, old) in some.iter().zip(&before) {
            let (old, new) = (old.carried.unwrap(), backend.parcel(*i).unwrap().carried.unwrap());
            let due = match old.fate {
                WAITING => (2.0 * f64::from(old.clock[0]) + 1.0) as f32,
                _ => old.clock[0],
            };
            assert_eq!(
                (new.clock[0], new.clock[1], new.fate),
                (due, old.clock[1], old.fate)
            );
        }
        assert!(before.iter().any(|p| p.carried.unwrap().fate == WAITING));
        assert!(backend.parcel(1400).unwrap_err().to_string().contains("1400"));
        all.push(before);
    }
    assert_eq!(all[0], all[1]);
}

/// Rows of a buffer are the same on both back-ends, also where they lie on several pages, and what is written is read. Names, rows,
/// types and entries that there are not are refused.
#[test]
fn rows_of_buffers_are_the_same() {
    let s = sorter(12.0, 700);
    let parts = drawn(&s);
    let mut cpu = Cpu::new(&job(&s, &parts), 1).unwrap();
    let mut gpu = GpuBackend::on(
        crate::parity::gpu(),
        &Program::new(&s, &parts.0, parts.1.as_ref()).unwrap(),
        300,
    )
    .unwrap();
    let mut all = Vec::new();
    for backend in [&mut cpu as &mut dyn Backend, &mut gpu] {
        let columns = ["position_z", "excess", "magnetic", "kind"];
        let before = columns.map(|name| backend.read(name, 250..950).unwrap());
        let new: Vec<f32> = (0..700).map(|i| i as f32).collect();
        backend.write("excess", 250, &(&new).into()).unwrap();
        assert_eq!(backend.read("excess", 250..950).unwrap(), new.into());
        let around = [249..250, 950..1400].map(|rows| backend.read("excess", rows).unwrap());
        let refused = |got: Result<(), Error>, part: &str| {
            let text = got.unwrap_err().to_string();
            assert!(text.contains(part), "{text}");
        };
        refused(backend.read("temperature", 0..1).map(drop), "`temperature`");
        refused(backend.read("tally", 0..1).map(drop), "`tally`");
        refused(backend.read("fate", 1399..1401).map(drop), "1400 rows");
        refused(backend.write("census", 0, &vec![1_u32].into()), "`census`");
        refused(backend.write("excess", 1400, &vec![1.0_f32].into()), "1400 rows");
        refused(backend.write("excess", 0, &vec![1_u32].into()), "another type");
        refused(backend.write("kind", 0, &vec![0_u32, 7].into()), "not 7");
        assert!(backend.read("kind", 1400..1400).unwrap().is_empty());
        all.push((before, around));
    }
    assert!(all[0] == all[1]);
}

/// The same in a channel, closed, with gravity.
#[test]
fn both_back_ends_agree_in_a_channel() {
    let s = pulled_aside(DVec3::NEG_Y, 3_000);
    let (cpu, gpu) = (run(&s), on_graphics(&s, u64::MAX));
    assert!(cpu.fates.fate == gpu.fates.fate);
    let apart = cpu.snapshot.position[2]
        .iter()
        .zip(&gpu.snapshot.position[2])
        .map(|(a, b)| (a - b).abs());
    assert!(apart.fold(0.0, f32::max) < 1.0);
}

/// Both back-ends send the same cells the same way, but for a few at an edge; pages change nothing.
#[test]
fn both_back_ends_agree() {
    let mut s = sorter(6.0, 6_000);
    s.holding.outer = true;
    let (cpu, gpu) = (run(&s), on_graphics(&s, u64::MAX));
    let apart = cpu
        .fates
        .fate
        .iter()
        .zip(&gpu.fates.fate)
        .filter(|(a, b)| a != b)
        .count();
    assert!(apart <= 12, "{apart} of 12 000 fates differ");
    let pages = on_graphics(&s, 5_000);
    assert!(gpu.snapshot.position == pages.snapshot.position && gpu.fates == pages.fates);
}

#[test]
fn a_lost_device_ends_a_separator() {
    let s = sorter(12.0, 500);
    let parts = drawn(&s);
    let mut gpu = GpuBackend::on(
        crate::parity::gpu(),
        &Program::new(&s, &parts.0, parts.1.as_ref()).unwrap(),
        u64::MAX,
    )
    .unwrap();
    gpu.lose();
    assert_eq!(go(&s, &parts.0, &mut gpu).unwrap_err().exit_code(), 5);
    assert_eq!(gpu.fates().unwrap_err().exit_code(), 5);
}
