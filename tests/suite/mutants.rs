//! Parity has teeth: every one-token change of a WGSL law, library function or kernel has to fail it.
//!
//! A mutant counts as killed when its output misses a tolerance, or when it no longer validates. A survivor needs a
//! written reason in `mutants/excuses.rs`.
//!
//! A test run tries a quarter of them. Which quarter depends on the text of the shaders: each change of a shader draws another one.
//! All of them, or those of some files:
//!
//! ```sh
//! BUFFYCOAT_MUTANTS=all cargo test --test suite mutants -- --nocapture
//! BUFFYCOAT_MUTANTS=lib/carried,kernels/advance_carried cargo test --test suite mutants
//! ```

mod changes;
mod constants;
mod excuses;
mod kinds;

use crate::parity::gpu;
use buffycoat::gpu::{Gpu, Harness};
use buffycoat::kernels::{self, Fixture, Kernel, Reference, compare};
use buffycoat::shaders;
use changes::{Mutant, mutants};
use constants::CONSTANTS;
use excuses::{EQUIVALENT, Excuse};
use std::cmp::Reverse;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

impl Mutant {
    fn excused_by(&self, e: &Excuse) -> bool {
        e.file == self.file && e.line == self.line && e.change == self.change
    }
}

/// Of the mutants that survive those that nothing excuses, and the excuses that do not fit what survives. Mutants that were not tried may
/// survive or not.
fn complaints(survivors: &[&Mutant], untried: &[&Mutant], excuses: &[Excuse]) -> Vec<String> {
    let unexcused = survivors
        .iter()
        .filter(|m| !excuses.iter().any(|e| m.excused_by(e)))
        .map(|m| format!("survives: shaders/{}.wgsl:{}: {}", m.file, m.number, m.change));
    let stale = excuses.iter().filter_map(|e| {
        let of = |mutants: &[&Mutant]| mutants.iter().filter(|m| m.excused_by(e)).count();
        let (least, most) = (of(survivors), of(survivors) + of(untried));
        (!(least..=most).contains(&e.times)).then(|| {
            format!(
                "stale excuse: {}: `{}` {}: {least} to {most} such mutants survive, not {} ({})",
                e.file, e.line, e.change, e.times, e.why
            )
        })
    });
    unexcused.chain(stale).collect()
}

/// The mutants that a test run tries.
enum Asked {
    All,
    /// Those of some files.
    Files(Vec<String>),
    /// One of [`SHARE`], from this one on.
    Share(usize),
}

/// A test run tries one mutant of so many: all of them take ten minutes on two cores.
const SHARE: usize = 4;

impl Asked {
    fn read(variable: Option<&str>) -> Self {
        match variable {
            Some("all") => Self::All,
            Some(files) => {
                let files: Vec<String> = files.split(',').map(str::to_owned).collect();
                for file in &files {
                    assert!(
                        shaders::source(file).is_some(),
                        "BUFFYCOAT_MUTANTS: no shader {file}"
                    );
                }
                Self::Files(files)
            }
            None => {
                let mut hasher = std::hash::DefaultHasher::new();
                shaders::SOURCES.hash(&mut hasher);
                Self::Share(hasher.finish() as usize % SHARE)
            }
        }
    }

    /// Whether the mutant of this number is tried.
    fn has(&self, number: usize, mutant: &Mutant) -> bool {
        match self {
            Self::All => true,
            Self::Files(files) => files.iter().any(|f| f == mutant.file),
            Self::Share(first) => number % SHARE == *first,
        }
    }
}

/// An input of a kernel and what its outputs have to be.
struct Case {
    fixture: Fixture,
    twin: Vec<(&'static str, Reference)>,
    /// Mutants that it has killed.
    kills: AtomicUsize,
}

/// A kernel with its cases, worked out once for all of its mutants, when the first of them comes. The largest fixture is left out: it adds
/// time and no case that the others lack.
struct Bench {
    kernel: &'static Kernel,
    text: String,
    meaning: String,
    cases: OnceLock<Vec<Case>>,
    /// Kinds of magnets with which alone the kernel has been found to be itself.
    narrowed: Mutex<Vec<String>>,
}

impl Bench {
    fn new(kernel: &'static Kernel) -> Self {
        let text = shaders::link(&kernel.source()).unwrap();
        let meaning = meaning(&text).unwrap();
        Self {
            kernel,
            text,
            meaning,
            cases: OnceLock::new(),
            narrowed: Mutex::default(),
        }
    }

    fn cases(&self, gpu: &Gpu) -> &[Case] {
        self.cases.get_or_init(|| {
            let fixtures = (self.kernel.fixtures)().into_iter();
            let cases: Vec<Case> = fixtures
                .filter(|f| f.items < 50_000)
                // the fixtures with special content come last and kill most
                .rev()
                .map(|fixture| Case {
                    twin: (self.kernel.twin)(&fixture),
                    fixture,
                    kills: AtomicUsize::new(0),
                })
                .collect();
            assert!(
                !self.notices(cases.iter(), gpu, &self.text),
                "{} fails its own parity",
                self.kernel.name
            );
            cases
        })
    }

    /// True if parity notices the text. Most of the time goes into compiling, so a text that means the same as that of the kernel, or
    /// nothing at all, does not get as far as that.
    fn kills(&self, gpu: &Gpu, file: &str, text: &str) -> bool {
        match meaning(text) {
            None => true,
            Some(meaning) if meaning == self.meaning => false,
            Some(_) => {
                let of_one_kind = |kind: &&str| self.notices_of(kind, gpu, text);
                (self.kernel.name == "field" && kinds::noticed_by(file).iter().any(of_one_kind))
                    || self.notices(self.cases(gpu).iter(), gpu, text)
            }
        }
    }

    /// As [`Bench::notices`], for the kernel `field` with magnets of one kind.
    fn notices_of(&self, kind: &str, gpu: &Gpu, text: &str) -> bool {
        let cases = || {
            let all = self.cases(gpu).iter();
            all.filter(|c| kinds::has_only(&c.fixture, &self.text, kind))
        };
        let sound = || !self.notices(cases(), gpu, &kinds::narrowed(&self.text, kind));
        {
            let mut known = self.narrowed.lock().unwrap();
            if !known.iter().any(|k| k == kind) {
                assert!(sound(), "with {kind} alone the kernel fails its own parity");
                assert!(cases().count() > 1, "cases with {kind} alone");
                known.push(kind.to_owned());
            }
        }
        self.notices(cases(), gpu, &kinds::narrowed(text, kind))
    }

    /// Whether the compiled text has other outputs than the kernel in one of the cases.
    fn notices<'c>(&self, cases: impl Iterator<Item = &'c Case>, gpu: &Gpu, text: &str) -> bool {
        let Ok(harness) = Harness::from_text(gpu, self.kernel, text) else {
            return true;
        };
        // what has killed most is tried first
        let mut order: Vec<&Case> = cases.collect();
        order.sort_by_key(|c| Reverse(c.kills.load(Ordering::Relaxed)));
        let killer = order.into_iter().find(|case| {
            let measured = harness.run(&case.fixture).unwrap();
            self.kernel.outputs.iter().any(|output| {
                let (_, reference) = case.twin.iter().find(|(n, _)| *n == output.buffer).unwrap();
                let (_, got) = measured.iter().find(|(n, _)| *n == output.buffer).unwrap();
                !compare(output, &case.fixture, reference, got).is_ok_and(|a| a.worst <= output.tolerance)
            })
        });
        if let Some(case) = killer {
            case.kills.fetch_add(1, Ordering::Relaxed);
        }
        killer.is_some()
    }
}

/// What a compiler makes of a text, less what its entry point does not use; none if it is not valid. Two texts of the same meaning give
/// the same program.
fn meaning(text: &str) -> Option<String> {
    let mut module = naga::front::wgsl::parse_str(text).ok()?;
    naga::valid::Validator::new(
        naga::valid::ValidationFlags::all(),
        naga::valid::Capabilities::empty(),
    )
    .validate(&module)
    .ok()?;
    naga::compact::compact(&mut module, naga::compact::KeepUnused::No);
    // without the places in the text
    let all = format!("{module:?}");
    let mut parts = all.split("Span { ");
    let mut out = parts.next()?.to_owned();
    out.extend(parts.filter_map(|p| p.split_once('}')).map(|(_, rest)| rest));
    Some(out)
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

/// Most of the time goes into compiling, and most of that into optimising what runs for milliseconds. Software adapters of Mesa ask for
/// these when they are loaded, so that the mutants need a process of their own; other adapters do not know them.
const COMPILED_QUICKLY: [(&str, &str); 2] = [("GALLIVM_PERF", "nopt"), ("LP_NATIVE_VECTOR_WIDTH", "128")];

#[test]
fn mutants_of_all_shaders_are_killed() {
    if std::env::var_os(COMPILED_QUICKLY[0].0).is_some() {
        return kill_all();
    }
    let own = std::env::current_exe().unwrap();
    let output = std::process::Command::new(own)
        .args([
            "--exact",
            "mutants::mutants_of_all_shaders_are_killed",
            "--nocapture",
        ])
        .envs(COMPILED_QUICKLY)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    // a name that is no test's would be a success, too
    assert!(
        output.status.success() && said.contains("mutants killed"),
        "see above"
    );
}

fn kill_all() {
    let benches: Vec<Bench> = kernels::ALL.iter().map(|k| Bench::new(k)).collect();
    let asked = Asked::read(std::env::var("BUFFYCOAT_MUTANTS").ok().as_deref());
    let mut all = Vec::new();
    for (file, source) in shaders::SOURCES {
        let mut using: Vec<&Bench> = benches
            .iter()
            .filter(|b| files_of(b.kernel).contains(file))
            .collect();
        // a short text is compiled sooner
        using.sort_by_key(|b| b.text.len());
        assert!(!using.is_empty(), "no kernel uses {file}");
        all.extend(mutants(file, source).into_iter().map(|m| (using.clone(), m)));
    }
    let mut number = 0..;
    let (tried, untried): (Vec<_>, Vec<_>) = all
        .iter()
        .partition(|(_, m)| asked.has(number.next().unwrap_or(0), m));
    let untried: Vec<&Mutant> = untried.into_iter().map(|(_, m)| m).collect();
    // a driver compiles on one thread
    let (next, survivors) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let killed = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let gpu = gpu();
                while let Some((using, m)) = tried.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let find = |n: &str| {
                        if n == m.file {
                            Some(m.text.clone())
                        } else {
                            shaders::source(n).map(str::to_owned)
                        }
                    };
                    let dead = using.iter().any(|b| {
                        let text = shaders::link_with(&b.kernel.source(), &find).unwrap();
                        b.kills(&gpu, m.file, &text)
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
    println!(
        "{killed} mutants killed, {} survive, {} not tried",
        survivors.len(),
        untried.len()
    );
    let excuses: Vec<Excuse> = EQUIVALENT.iter().chain(CONSTANTS).copied().collect();
    let complaints = complaints(&survivors, &untried, &excuses);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Mutants that there are; a few more or less come with every change of a shader.
const ABOUT: usize = 2220;

/// Without this the search for tokens could go blind and nobody would notice.
#[test]
fn there_are_mutants_of_everything() {
    let mut all = 0;
    for (file, text) in shaders::SOURCES {
        let mutants = mutants(file, text);
        all += mutants.len();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            let of_line = || mutants.iter().filter(|m| m.number == number);
            if line.starts_with("const ") {
                assert!(of_line().count() > 0, "no mutant of {file}: {line}");
            }
            if line.ends_with("Barrier();") {
                let gone = |m: &Mutant| {
                    m.text.lines().count() == text.lines().count()
                        && !m.text.lines().nth(number - 1).unwrap().contains("Barrier")
                };
                assert_eq!(
                    of_line().filter(|m| gone(m)).count(),
                    1,
                    "no mutant of {file}: {line}"
                );
            }
        }
    }
    assert!(
        all.abs_diff(ABOUT) <= ABOUT / 50,
        "{all} mutants, not about {ABOUT}"
    );
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
    let said = |survivors: &[Mutant], times| {
        complaints(&survivors.iter().collect::<Vec<_>>(), &[], &[excuse(times)])
    };
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
    // what was not tried may survive or not, and cannot be more than there is
    let (a, b) = (fits(), fits());
    let with_untried = |times| complaints(&[&a], &[&b], &[excuse(times)]).len();
    assert_eq!([0, 1, 2, 3].map(with_untried), [1, 0, 0, 1]);
}

/// Each quarter is another one, together they are all.
#[test]
fn each_mutant_is_in_one_quarter() {
    let mutant = &mutants(shaders::SOURCES[0].0, shaders::SOURCES[0].1)[0];
    for number in 0..9 {
        let tried = (0..SHARE).filter(|first| Asked::Share(*first).has(number, mutant));
        assert_eq!(tried.count(), 1, "{number}");
    }
    assert!(matches!(Asked::read(None), Asked::Share(first) if first < SHARE));
    assert!(Asked::read(Some("all")).has(3, mutant));
    assert!(Asked::read(Some(mutant.file)).has(3, mutant));
    assert!(!Asked::read(Some("laws/slip,lib/carried")).has(3, mutant) || mutant.file == "laws/slip");
}
