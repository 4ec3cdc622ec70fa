//! Parity has teeth: every one-token change of a WGSL law, library function or kernel has to fail it.
//!
//! A mutant counts as killed when its output misses a tolerance, or when it no longer validates. A survivor needs a
//! written reason in `mutants/excuses.rs`.

mod changes;
mod excuses;

use crate::parity::gpu;
use buffycoat::gpu::{Gpu, Harness};
use buffycoat::kernels::{self, Fixture, Kernel, Reference, compare};
use buffycoat::shaders;
use changes::{Mutant, mutants};
use excuses::{EQUIVALENT, Excuse};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

impl Mutant {
    fn excused_by(&self, e: &Excuse) -> bool {
        e.file == self.file && e.line == self.line && e.change == self.change
    }
}

/// Of the mutants that survive those that nothing excuses, and the excuses that do not fit what survives.
fn complaints(survivors: &[&Mutant], excuses: &[Excuse]) -> Vec<String> {
    let unexcused = survivors
        .iter()
        .filter(|m| !excuses.iter().any(|e| m.excused_by(e)))
        .map(|m| format!("survives: shaders/{}.wgsl:{}: {}", m.file, m.number, m.change));
    let stale = excuses.iter().filter_map(|e| {
        let found = survivors.iter().filter(|m| m.excused_by(e)).count();
        (found != e.times).then(|| {
            format!(
                "stale excuse: {}: `{}` {}: {found} such mutants survive, not {} ({})",
                e.file, e.line, e.change, e.times, e.why
            )
        })
    });
    unexcused.chain(stale).collect()
}

/// References of a kernel, worked out once for all of its mutants. The largest fixture is left out: it adds time and
/// no case that the others lack.
struct Bench {
    kernel: &'static Kernel,
    cases: Vec<(Fixture, Vec<(&'static str, Reference)>)>,
}

impl Bench {
    fn new(kernel: &'static Kernel) -> Self {
        let cases = (kernel.fixtures)()
            .into_iter()
            .filter(|f| f.items < 50_000)
            .map(|f| {
                let twin = (kernel.twin)(&f);
                (f, twin)
            })
            .collect();
        Self { kernel, cases }
    }

    /// True if parity notices the text.
    fn kills(&self, gpu: &Gpu, text: &str) -> bool {
        let Ok(harness) = Harness::from_text(gpu, self.kernel, text) else {
            return true;
        };
        // the fixtures with special content first: they kill most
        self.cases.iter().rev().any(|(fixture, twin)| {
            let measured = harness.run(fixture).unwrap();
            self.kernel.outputs.iter().any(|output| {
                let (_, reference) = twin.iter().find(|(n, _)| *n == output.buffer).unwrap();
                let (_, got) = measured.iter().find(|(n, _)| *n == output.buffer).unwrap();
                !compare(output, fixture, reference, got).is_ok_and(|a| a.worst <= output.tolerance)
            })
        })
    }
}

/// Files that a kernel is linked from, its own included.
fn files_of(kernel: &Kernel) -> Vec<&'static str> {
    let linked = shaders::link(&kernel.source()).unwrap();
    shaders::SOURCES
        .iter()
        .filter(|(name, text)| {
            let body: String = text
                .lines()
                .filter(|l| !l.starts_with("#import"))
                .map(|l| format!("{l}\n"))
                .collect();
            (!name.starts_with("kernels/") || *name == kernel.source()) && linked.contains(&body)
        })
        .map(|(n, _)| *n)
        .collect()
}

#[test]
fn every_mutant_of_every_shader_is_killed() {
    let gpu = gpu();
    let benches: Vec<Bench> = kernels::ALL.iter().map(|k| Bench::new(k)).collect();
    for b in &benches {
        let own = shaders::link(&b.kernel.source()).unwrap();
        assert!(!b.kills(&gpu, &own), "{} fails its own parity", b.kernel.name);
    }
    // while a shader is being written, its own mutants are enough: BUFFYCOAT_MUTANTS=lib/carried,kernels/advance_carried
    let only = std::env::var("BUFFYCOAT_MUTANTS").ok();
    let asked = |file: &str| {
        only.as_ref()
            .is_none_or(|only| only.split(',').any(|f| f == file))
    };
    let mut all = Vec::new();
    for (file, source) in shaders::SOURCES.iter().filter(|(file, _)| asked(file)) {
        let using: Vec<&Bench> = benches
            .iter()
            .filter(|b| files_of(b.kernel).contains(file))
            .collect();
        assert!(!using.is_empty(), "no kernel uses {file}");
        all.extend(mutants(file, source).into_iter().map(|m| (using.clone(), m)));
    }
    // most of the time goes into compiling, which a driver does on one thread
    let (next, survivors) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let killed = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let gpu = crate::parity::gpu();
                while let Some((using, m)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let find = |n: &str| {
                        if n == m.file {
                            Some(m.text.clone())
                        } else {
                            shaders::source(n).map(str::to_owned)
                        }
                    };
                    let dead = using.iter().any(|b| {
                        let text = shaders::link_with(&b.kernel.source(), &find).unwrap();
                        b.kills(&gpu, &text)
                    });
                    if dead {
                        killed.fetch_add(1, Ordering::Relaxed);
                    } else {
                        survivors.lock().unwrap().push(m);
                    }
                }
            });
        }
    });
    let killed = killed.into_inner();
    let mut survivors = survivors.into_inner().unwrap();
    survivors.sort_by_key(|m| (m.file, m.number));
    println!("{killed} mutants killed, {} survive", survivors.len());
    let excuses: Vec<Excuse> = EQUIVALENT.iter().copied().filter(|e| asked(e.file)).collect();
    let complaints = complaints(&survivors, &excuses);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    // fewer would mean that the search for tokens has gone blind
    assert!(killed > 200 || only.is_some(), "only {killed} mutants");
}

/// An excuse holds for its own line and change alone: when either is altered, or another mutant like it appears, it says
/// nothing any more.
#[test]
fn an_excuse_that_no_longer_fits_is_stale() {
    let survivor = |line: &str, change: &str| Mutant {
        file: "laws/slip",
        text: String::new(),
        line: line.into(),
        number: 3,
        change: change.into(),
    };
    let excuse = |times| Excuse {
        file: "laws/slip",
        line: "return a + 1.0;",
        change: "`+` -> `-`",
        times,
        why: "a test",
    };
    let fits = || survivor("return a + 1.0;", "`+` -> `-`");
    let said =
        |survivors: &[Mutant], times| complaints(&survivors.iter().collect::<Vec<_>>(), &[excuse(times)]);
    assert_eq!(said(&[fits()], 1), Vec::<String>::new());
    assert_eq!(said(&[fits(), fits()], 2), Vec::<String>::new());
    // another survivor on the line does not keep the excuse alive
    let other_change = said(&[survivor("return a + 1.0;", "`1.0` -> `1.03`")], 1);
    assert!(
        other_change.len() == 2
            && other_change[0].starts_with("survives: shaders/laws/slip.wgsl:3: `1.0`")
            && other_change[1].starts_with("stale excuse: laws/slip"),
        "{other_change:?}"
    );
    let other_line = said(&[survivor("return b + 1.0;", "`+` -> `-`")], 1);
    assert_eq!(other_line.len(), 2, "{other_line:?}");
    // a change that only ends alike is another one
    assert_eq!(said(&[survivor("return a + 1.0;", "`x``+` -> `-`")], 1).len(), 2);
    assert_eq!(said(&[], 1).len(), 1);
    assert_eq!(said(&[fits(), fits()], 1).len(), 1);
}
