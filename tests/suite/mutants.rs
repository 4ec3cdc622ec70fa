//! Parity has teeth: every one-token change of a WGSL law, library function or kernel has to fail it.
//!
//! A mutant counts as killed when its output misses a tolerance, or when it no longer validates. A survivor needs a
//! written reason below.

use crate::parity::gpu;
use buffycoat::gpu::{Gpu, Harness};
use buffycoat::kernels::{self, Fixture, Kernel, Reference, compare};
use buffycoat::shaders;

/// Mutants that change nothing that can be observed: file, line, change, and the reason.
const EQUIVALENT: &[(&str, &str, &str, &str)] = &[
    (
        "lib/position",
        "return (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u;",
        "`0x7f800000u` -> `0x7f800010u`",
        "only a NaN with that bit in its payload would tell, and arithmetic keeps no payloads",
    ),
    (
        "lib/random",
        "v.z += v.x * v.y;",
        "`*` -> `/`",
        "of the second round: the third word is not used",
    ),
    (
        "lib/random",
        "v.z += v.x * v.y;",
        "`+=` -> `-=`",
        "of the second round: the third word is not used",
    ),
    (
        "laws/hindrance",
        "return exp2((exponent - 2.0) * log2(max(1.0 - phi, 1e-6)));",
        "`1e-6` -> `1.0299999999999999e-6`",
        "reached at volume fractions above 0.999999, where packing has long made the mobility zero",
    ),
    (
        "laws/mixing",
        "return clamp(8.0 * phi, 0.0, 1.0);",
        "`1.0` -> `1.03`",
        "all are mixed at a share of one",
    ),
    (
        "laws/schiller_naumann",
        "let k = 0.15 * exp2(0.687 * log2(max(re, 1e-12)));",
        "`1e-12` -> `1.03e-12`",
        "at a Reynolds number of 1e-12 the correction is below rounding",
    ),
    (
        "laws/schiller_naumann",
        "var f = 1.0;",
        "`1.0` -> `1.03`",
        "Newton's method comes to the same root",
    ),
    (
        "laws/schiller_naumann",
        "for (var i = 0u; i < 12u; i++) {",
        "`0u` -> `1u`",
        "converged before",
    ),
    (
        "laws/schiller_naumann",
        "for (var i = 0u; i < 12u; i++) {",
        "`12u` -> `13u`",
        "converged before",
    ),
    (
        "laws/schiller_naumann",
        "let slope = 1.0 + 1.687 * p;",
        "`1.0` -> `1.03`",
        "same root by a near slope",
    ),
    (
        "laws/schiller_naumann",
        "let slope = 1.0 + 1.687 * p;",
        "`1.687` -> `1.73761`",
        "same root by a near slope",
    ),
    (
        "laws/schiller_naumann",
        "f = max(f - excess / slope, 1e-6);",
        "`1e-6` -> `1.0299999999999999e-6`",
        "no factor gets near it",
    ),
    (
        "kernels/advance_dense",
        "var behind = 0.0;",
        "`0.0` -> `0.3`",
        "what comes from behind counts only where it is negative",
    ),
    (
        "kernels/advance_dense",
        "if lane == 0u {",
        "`0u` -> `1u`",
        "any one thread of the workgroup may report",
    ),
    (
        "kernels/advance_dilute",
        "if lane == 0u {",
        "`0u` -> `1u`",
        "any one thread of the workgroup may report",
    ),
    (
        "kernels/advance_dilute",
        "if lane == 0u {",
        "`==` -> `!=`",
        "a maximum may be reported more than once",
    ),
    (
        "kernels/advance_dilute",
        "if is_bad(d.x) || is_bad(d.y) || is_bad(d.z) {",
        "`||` -> `&&`",
        "the three come from one sum over all of them, so they go bad together",
    ),
    (
        "kernels/advance_dilute",
        "if params.origin.w > 0.0 {",
        "`0.0` -> `0.3`",
        "no tube has a radius of less than 0.3 um",
    ),
];

/// A change of one token: the file, its altered text, and what was changed.
struct Mutant {
    file: &'static str,
    text: String,
    /// The line it is in, without indentation.
    line: String,
    /// File, line number and change.
    what: String,
}

impl Mutant {
    fn excused(&self) -> bool {
        EQUIVALENT.iter().any(|(file, line, change, _)| {
            *file == self.file && *line == self.line && self.what.ends_with(change)
        })
    }
}

/// Tokens and what they become.
const SWAPS: &[(&str, &[&str])] = &[
    (" + ", &[" - "]),
    (" - ", &[" + "]),
    (" * ", &[" / "]),
    (" / ", &[" * "]),
    (" < ", &[" >= "]),
    (" > ", &[" <= "]),
    (" >= ", &[" < "]),
    (" <= ", &[" > "]),
    (" == ", &[" != "]),
    (" != ", &[" == "]),
    (" && ", &[" || "]),
    (" || ", &[" && "]),
    (" >> ", &[" << "]),
    (" += ", &[" -= "]),
    (" *= ", &[" /= "]),
    (" ^= ", &[" += "]),
    (" & ", &[" | "]),
    ("min(", &["max("]),
    ("max(", &["min("]),
    ("floor(", &["ceil("]),
    ("round(", &["floor("]),
    ("log2(", &["exp2("]),
    ("exp2(", &["log2("]),
    ("sqrt(", &["abs("]),
    ("cross(b, v)", &["cross(v, b)"]),
    ("atomicMax(", &["atomicMin("]),
    ("atomicMin(", &["atomicMax("]),
    ("atomicAdd(", &["atomicSub("]),
];

/// All mutants of one file: operators and functions as above, and every number literal by one.
fn mutants(file: &'static str, source: &str) -> Vec<Mutant> {
    let mut out = Vec::new();
    let mut push = |at: usize, old: &str, new: &str| {
        let line = source[..at].matches('\n').count();
        out.push(Mutant {
            file,
            line: source.lines().nth(line).unwrap_or_default().trim().to_owned(),
            text: format!("{}{new}{}", &source[..at], &source[at + old.len()..]),
            what: format!(
                "shaders/{file}.wgsl:{}: `{}` -> `{}`",
                line + 1,
                old.trim(),
                new.trim()
            ),
        });
    };
    let code = |at: usize| {
        let start = source[..at].rfind('\n').map_or(0, |p| p + 1);
        let line = &source[start..];
        let line = &line[..line.find('\n').unwrap_or(line.len())];
        // declarations are checked by the layout tests; a workgroup's size changes no result
        let declaration = [
            "//",
            "@group",
            "@compute",
            "#import",
            "const ",
            "fn ",
            "var<workgroup>",
        ]
        .iter()
        .any(|p| line.trim_start().starts_with(p));
        !declaration && !source[start..at].contains("//")
    };
    for (old, news) in SWAPS {
        for (at, _) in source.match_indices(old) {
            let inside_a_word = old.ends_with('(')
                && source[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|c| c.is_alphanumeric() || c == '_');
            if code(at) && !inside_a_word {
                news.iter().for_each(|new| push(at, old, new));
            }
        }
    }
    for (at, literal) in numbers(source) {
        if code(at) {
            push(at, literal, &bumped(literal));
        }
    }
    out
}

/// Number literals that stand alone (not part of a name such as `vec3`), with their places.
fn numbers(source: &str) -> Vec<(usize, &str)> {
    let bytes = source.as_bytes();
    let (mut out, mut i) = (Vec::new(), 0);
    while i < bytes.len() {
        let starts = bytes[i].is_ascii_digit()
            && !(i > 0 && (bytes[i - 1].is_ascii_alphanumeric() || b"_.".contains(&bytes[i - 1])));
        if !starts {
            i += 1;
            continue;
        }
        let mut end = i;
        while end < bytes.len()
            && (bytes[end].is_ascii_alphanumeric()
                || bytes[end] == b'.'
                || (b"+-".contains(&bytes[end])
                    && bytes[end - 1] == b'e'
                    && !source[i..end].starts_with("0x")))
        {
            end += 1;
        }
        out.push((i, &source[i..end]));
        i = end;
    }
    out
}

/// A literal changed by one, or by a few per cent where it is a float.
fn bumped(literal: &str) -> String {
    if let Some(hex) = literal.strip_prefix("0x") {
        let value = u32::from_str_radix(hex.trim_end_matches('u'), 16).unwrap();
        return format!("0x{:x}u", value ^ 0x10);
    }
    if literal.contains(['.', 'e']) {
        let value: f64 = literal.parse().unwrap();
        return format!("{:?}", if value == 0.0 { 0.3 } else { value * 1.03 });
    }
    let value: u32 = literal.trim_end_matches('u').parse().unwrap();
    format!(
        "{}{}",
        value.wrapping_add(1),
        if literal.ends_with('u') { "u" } else { "" }
    )
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
    let (mut killed, mut survivors, mut excused) = (0, Vec::new(), Vec::new());
    for (file, source) in shaders::SOURCES {
        let using: Vec<&Bench> = benches
            .iter()
            .filter(|b| files_of(b.kernel).contains(file))
            .collect();
        assert!(!using.is_empty(), "no kernel uses {file}");
        for m in mutants(file, source) {
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
                killed += 1;
            } else if m.excused() {
                excused.push((m.file, m.line));
            } else {
                survivors.push(m.what);
            }
        }
    }
    println!("{killed} mutants killed, {} excused", excused.len());
    assert!(
        survivors.is_empty(),
        "{} mutants survive:\n{}",
        survivors.len(),
        survivors.join("\n")
    );
    for (file, line, change, _) in EQUIVALENT {
        let used = excused.iter().any(|(f, l)| f == file && l == line);
        assert!(used, "{file}: `{line}` {change} needs no excuse any more");
    }
    // fewer would mean that the search for tokens has gone blind
    assert!(killed > 200, "only {killed} mutants");
}
