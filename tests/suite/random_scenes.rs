//! Mutated scenes and random ones, in numbers (F5, F6). The short forms run with every check; the long ones are in `slow_faults`.

use buffycoat::cpu::Cpu;
use buffycoat::engine::{self, Backend, Program, Readings, Setup, run};
use buffycoat::fixed;
use buffycoat::magnets::Table;
use buffycoat::model::Parcels;
use buffycoat::scenario::{BUNDLED, Scene};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Numbers that are the same in every run of a test (SplitMix64, Steele, Lea & Flood 2014).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % n as u64) as usize
    }

    /// Between two numbers above zero, evenly in the logarithm.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        let x = self.roll() as f64 / u64::MAX as f64;
        low * (high / low).powf(x)
    }
}

/// Time that this thread has had a processor; that which has passed where the system does not tell.
fn busy(since: Instant) -> Duration {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// What a person or a program may do to a scene file.
const PIECES: [&str; 20] = [
    "-1",
    "nan",
    "inf",
    "0",
    "\"1e300 m\"",
    "\"-5 mm\"",
    "99999999999999999999",
    "\u{b5}",
    "\u{0}",
    "[sample]\n",
    "[[magnet]]\n",
    "[",
    "]",
    "\"",
    "= ",
    "#",
    "{}",
    "\n",
    "true",
    "1979-05-27",
];

fn mutated(dice: &mut Dice) -> String {
    let mut text: Vec<char> = BUNDLED[dice.below(BUNDLED.len())].1.chars().collect();
    for _ in 0..=dice.below(5) {
        let at = dice.below(text.len() + 1);
        let end = (at + dice.below(12)).min(text.len());
        // something else, something else again, or nothing
        let piece = match dice.below(3) {
            0 => PIECES[dice.below(PIECES.len())].to_owned(),
            1 => char::from_u32(dice.roll() as u32 % 0x2_0000)
                .unwrap_or('\u{fffd}')
                .to_string(),
            _ => String::new(),
        };
        text.splice(at..end, piece.chars());
    }
    text.into_iter().collect()
}

/// F5. Panics if the reader does, if a refusal has no line and column, or if one takes 50 ms of an optimised build's time.
pub fn mutated_scenes(count: usize, seed: u64) {
    let mut dice = Dice(seed);
    let (mut read, mut worst) = (0, Duration::ZERO);
    // a build for tests is up to ten times slower than the program that is shipped
    let most = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 50 });
    for i in 0..count {
        let text = mutated(&mut dice);
        let start = Instant::now();
        let before = busy(start);
        let answer = Scene::from_str("m.toml", &text);
        let took = busy(start).saturating_sub(before);
        worst = worst.max(took);
        assert!(took < most, "scene {i}: {took:?}\n{text}");
        match answer {
            Ok(_) => read += 1,
            Err(e) => {
                let said = e.to_string();
                let place = said.split("m.toml:").nth(1).map(|rest| {
                    let mut parts = rest.split(|c: char| !c.is_ascii_digit());
                    [parts.next(), parts.next()].map(|p| p.and_then(|p| p.parse::<u32>().ok()))
                });
                assert!(
                    matches!(place, Some([Some(_), Some(_)])),
                    "scene {i} is refused without line and column: {said}\n{text}"
                );
            }
        }
    }
    println!(
        "F5: {count} mutated scenes, {read} read, {} refused with line and column, {worst:?} at most",
        count - read
    );
    // neither all of them broken nor none
    assert!(
        read > count / 100 && read < count - count / 100,
        "{read} of {count}"
    );
}

#[test]
fn f5_mutated_scenes() {
    mutated_scenes(1_500, 5);
}

/// A bundled scene with other numbers, each up to twice as large or as small.
fn varied(dice: &mut Dice) -> (&'static str, String) {
    let all = crate::setups::with_parcels();
    let (name, text) = all[dice.below(all.len())];
    let mut out = String::new();
    for line in text.lines() {
        // whole values with a unit: what is a share, a list or a number of parcels stays as it is
        let number = line.split_once("= \"").and_then(|(key, value)| {
            let (number, unit) = value.split_once(' ')?;
            let number: f64 = number.parse().ok()?;
            (!line.trim_start().starts_with('#')).then_some((key, number, unit))
        });
        match number.filter(|_| dice.below(3) == 0) {
            Some((key, number, unit)) => {
                out += &format!("{key}= \"{:.4} {unit}\n", number * dice.between(0.5, 2.0));
            }
            None => out += &format!("{line}\n"),
        }
    }
    (name, out)
}

/// Parcels of each component that a back-end of a vessel counts.
fn counted(backend: &mut dyn Backend) -> Vec<u64> {
    let tally = backend.tally().unwrap();
    tally
        .iter()
        .map(|row| row.iter().map(|t| t.parcels).sum())
        .collect()
}

/// Mean place of every component along the vessel, as a share of it.
fn means(backend: &mut dyn Backend, kind: &[u32], components: usize, cells: u32) -> Vec<f64> {
    let z = backend.positions().unwrap()[2].clone();
    let mut sums = vec![(0.0, 0.0); components];
    for (z, k) in z.iter().zip(kind) {
        let sum = &mut sums[*k as usize];
        *sum = (sum.0 + fixed::to_cells(*z) / f64::from(cells), sum.1 + 1.0);
    }
    sums.into_iter()
        .map(|(sum, n): (f64, f64)| sum / n.max(1.0))
        .collect()
}

/// Every back-end of this build with a job.
fn back_ends(job: &Program<'_>) -> Vec<Box<dyn Backend>> {
    #[cfg_attr(
        not(feature = "gpu"),
        expect(unused_mut, reason = "only a graphics back-end is added")
    )]
    let mut all: Vec<Box<dyn Backend>> = vec![Box::new(Cpu::new(job, 2).unwrap())];
    #[cfg(feature = "gpu")]
    all.push(Box::new(
        buffycoat::gpu::GpuBackend::new(job, &buffycoat::gpu::Selector::Default).unwrap(),
    ));
    all
}

/// Shares of the vessel by which back-ends may differ in the mean place of a component: they round differently, and a parcel that
/// meets an edge within a rounding may go another way; of 600 one does.
const APART: f64 = 2.0 / 600.0;

/// What both back-ends make of a vessel within a moment of it: parcels by component, and their mean places.
fn vessel(s: &Setup, p: &Parcels, what: &str) {
    let mut found: Vec<(Result<(), i32>, Vec<f64>)> = Vec::new();
    for mut backend in back_ends(&Program::new(s, p, None).unwrap()) {
        let end = run(s, p, backend.as_mut(), &mut |_| ControlFlow::Continue(()));
        let put_in: Vec<u64> = s.components.iter().map(|c| c.parcels as u64).collect();
        assert_eq!(
            counted(backend.as_mut()),
            put_in,
            "{what} on {}",
            backend.device()
        );
        let ended = end.map(drop).map_err(|e| i32::from(e.exit_code()));
        // what may not be run further is told so, and is no other kind of failure
        assert!(matches!(ended, Ok(()) | Err(3)), "{what}: {ended:?}");
        let at = means(backend.as_mut(), &p.kind, s.components.len(), s.layers());
        found.push((ended, at));
    }
    agree(&found, what);
}

fn agree(found: &[(Result<(), i32>, Vec<f64>)], what: &str) {
    for other in &found[1..] {
        assert_eq!(found[0].0, other.0, "{what}");
        for (a, b) in found[0].1.iter().zip(&other.1) {
            assert!((a - b).abs() < APART, "{what}: {found:?}");
        }
    }
}

/// The same of a separator: counts by fate are conserved, and shares by fate agree.
fn separator(s: &Setup, charge: &Parcels, table: Option<&Table>, what: &str) {
    let job = Program::new(s, charge, table).unwrap();
    let mut found: Vec<(Result<(), i32>, Vec<f64>)> = Vec::new();
    for mut backend in back_ends(&job) {
        let end = engine::run(s, charge, backend.as_mut(), &mut |_| ControlFlow::Continue(()));
        let census = backend.census().unwrap();
        for (c, put_in) in census.iter().zip(charge.counts()) {
            assert_eq!(c.iter().sum::<u64>(), put_in, "{what} on {}", backend.device());
        }
        let shares = census
            .iter()
            .flat_map(|c| c.iter().map(|n| *n as f64 / c.iter().sum::<u64>().max(1) as f64));
        let ended = end.map(drop).map_err(|e| i32::from(e.exit_code()));
        assert!(matches!(ended, Ok(()) | Err(3)), "{what}: {ended:?}");
        found.push((ended, shares.collect()));
    }
    agree(&found, what);
}

/// F6. Random scenes that are valid, a moment of each on every back-end.
pub fn random_scenes(count: usize, seed: u64) {
    let mut dice = Dice(seed);
    let (mut vessels, mut separators, mut refused) = (0, 0, 0);
    while vessels + separators < count {
        let (name, text) = varied(&mut dice);
        let what = format!(
            "{name}, scene {} of seed {seed}:\n{text}",
            vessels + separators + refused
        );
        match Scene::from_str("m.toml", &text) {
            Err(_) => refused += 1,
            Ok(mut scene) if !scene.setup.carries() => {
                scene.rescale(600 * scene.setup.components.len());
                // so few cells that a layer is not overfilled by chance
                scene.setup.cells[2] = 6;
                let most = scene
                    .setup
                    .sampling
                    .every
                    .min(scene.setup.protocol.end().part(50));
                scene.setup.protocol = scene.setup.protocol.until(most);
                scene.setup.sampling.every = most;
                vessel(&scene.setup, &scene.setup.draw().unwrap(), &what);
                vessels += 1;
            }
            // a column takes a survey first, which has a test of its own
            Ok(scene) if scene.collector.is_some() => refused += 1,
            Ok(mut scene) => {
                scene.rescale(600 * scene.setup.components.len());
                let s = &mut scene.setup;
                // as coarse as it begins; both have the same
                let Ok(table) = s.table() else {
                    refused += 1;
                    continue;
                };
                if s.protocol.is_steady() {
                    s.protocol = s.protocol.lasting(s.duration().part(20));
                }
                separator(s, &s.draw().unwrap(), table.as_ref(), &what);
                separators += 1;
            }
        }
    }
    println!(
        "F6: {vessels} random vessels and {separators} separators on every back-end, {refused} more refused"
    );
    assert!(vessels > 0 && separators > 0);
}

#[test]
fn f6_random_scenes() {
    random_scenes(12, 6);
}
