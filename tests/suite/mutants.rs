//! Parity has teeth: every one-token change of a WGSL law, library function or kernel has to fail it.
//!
//! A mutant counts as killed when its output misses a tolerance, or when it no longer validates. A survivor needs a
//! written reason below.

use crate::parity::gpu;
use buffycoat::gpu::{Gpu, Harness};
use buffycoat::kernels::{self, Fixture, Kernel, Reference, compare};
use buffycoat::shaders;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Why a mutant may survive. It excuses the mutants of exactly this file, line and change, and as many as it says: an
/// excuse that matches fewer or more than that is stale, and fails the test like a survivor does.
struct Excuse {
    file: &'static str,
    /// The line, without indentation.
    line: &'static str,
    /// As [`Mutant::change`].
    change: &'static str,
    /// How many tokens of such lines it speaks of.
    times: usize,
    why: &'static str,
}

/// Mutants that change nothing that can be observed.
const EQUIVALENT: &[Excuse] = &[
    Excuse {
        file: "magnets/cuboid",
        line: "var reach = (r - h) * sqrt(h);",
        change: "`sqrt(` -> `abs(`",
        times: 1,
        why: "from which end the faces are seen: every choice gives the same field, the best one a digit more",
    },
    Excuse {
        file: "kernels/splat",
        line: "let beyond = vec2<u32>(clamp(middle + r + 1.0, vec2<f32>(0.0), size));",
        change: "`1.0` -> `1.03`",
        times: 1,
        why: "a pixel more is looked at now and then, and gets nothing",
    },
    Excuse {
        file: "kernels/splat",
        line: "let first = vec2<u32>(clamp(middle - r, vec2<f32>(0.0), size));",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "rounded down both are the first pixel",
    },
    Excuse {
        file: "kernels/splat",
        line: "let beyond = vec2<u32>(clamp(middle + r + 1.0, vec2<f32>(0.0), size));",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "rounded down both are none",
    },
    Excuse {
        file: "kernels/tint",
        line: "image[i] = pack4x8unorm(vec4<f32>(pow(light, vec3<f32>(1.0 / 2.2)), 1.0));",
        change: "`1.0` -> `1.03`",
        times: 1,
        why: "the opacity: levels end at one",
    },
    Excuse {
        file: "magnets/cuboid",
        line: "return Flux(sign * b, diagonal / size, sign.yzx * sign.zxy * rest / size);",
        change: "`*` -> `/`",
        times: 1,
        why: "signs are 1 or -1",
    },
    Excuse {
        file: "kernels/field",
        line: "let p = field_poles(vec3<f32>(r.xy - radius * node.xy, r.z), size.z, node.z * radius * radius);",
        change: "`-` -> `+`",
        times: 1,
        why: "the nodes of a ring lie in pairs on opposite sides of its axis",
    },
    Excuse {
        file: "lib/position",
        line: "return (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u;",
        change: "`0x7f800000u` -> `0x7f800010u`",
        times: 1,
        why: "only a NaN with that bit in its payload would tell, and arithmetic keeps no payloads",
    },
    Excuse {
        file: "lib/random",
        line: "v.z += v.x * v.y;",
        change: "`*` -> `/`",
        times: 1,
        why: "of the second round: the third word is not used",
    },
    Excuse {
        file: "lib/random",
        line: "v.z += v.x * v.y;",
        change: "`+=` -> `-=`",
        times: 1,
        why: "of the second round: the third word is not used",
    },
    Excuse {
        file: "laws/hindrance",
        line: "return exp2((exponent - 2.0) * log2(max(1.0 - phi, 1e-6)));",
        change: "`1e-6` -> `1.0299999999999999e-6`",
        times: 1,
        why: "reached at volume fractions above 0.999999, where packing has long made the mobility zero",
    },
    Excuse {
        file: "laws/mixing",
        line: "return clamp(8.0 * phi, 0.0, 1.0);",
        change: "`1.0` -> `1.03`",
        times: 1,
        why: "all are mixed at a share of one",
    },
    Excuse {
        file: "laws/schiller_naumann",
        line: "let k = 0.15 * exp2(0.687 * log2(max(re, 1e-12)));",
        change: "`1e-12` -> `1.03e-12`",
        times: 1,
        why: "at a Reynolds number of 1e-12 the correction is below rounding",
    },
    Excuse {
        file: "laws/schiller_naumann",
        line: "var f = 1.0;",
        change: "`1.0` -> `1.03`",
        times: 1,
        why: "Newton's method comes to the same root",
    },
    Excuse {
        file: "laws/schiller_naumann",
        line: "for (var i = 0u; i < 12u; i++) {",
        change: "`0u` -> `1u`",
        times: 1,
        why: "converged before",
    },
    Excuse {
        file: "laws/schiller_naumann",
        line: "for (var i = 0u; i < 12u; i++) {",
        change: "`12u` -> `13u`",
        times: 1,
        why: "converged before",
    },
    Excuse {
        file: "laws/schiller_naumann",
        line: "let slope = 1.0 + 1.687 * p;",
        change: "`1.0` -> `1.03`",
        times: 1,
        why: "same root by a near slope",
    },
    Excuse {
        file: "laws/schiller_naumann",
        line: "let slope = 1.0 + 1.687 * p;",
        change: "`1.687` -> `1.73761`",
        times: 1,
        why: "same root by a near slope",
    },
    Excuse {
        file: "laws/schiller_naumann",
        line: "f = max(f - excess / slope, 1e-6);",
        change: "`1e-6` -> `1.0299999999999999e-6`",
        times: 1,
        why: "no factor gets near it",
    },
    Excuse {
        file: "laws/stiffness",
        line: "var slope = exponent / max(1.0 - phi, 1e-6);",
        change: "`1e-6` -> `1.0299999999999999e-6`",
        times: 1,
        why: "far below where the result is cut to 100",
    },
    Excuse {
        file: "laws/stiffness",
        line: "slope += 1.0 / max(limit - phi, 1e-6);",
        change: "`1e-6` -> `1.0299999999999999e-6`",
        times: 1,
        why: "far below where the result is cut to 100",
    },
    Excuse {
        file: "laws/crossing",
        line: "if room <= 0.0 {",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "a place within 1e-4 um of the wall, nearer than f32 knows it",
    },
    Excuse {
        file: "laws/crossing",
        line: "return room / (speed + sqrt(max(speed * speed + square, 0.0)));",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "negative only by rounding, for a way that touches the wall",
    },
    Excuse {
        file: "laws/saturation",
        line: "if s < 4.0 {",
        change: "`4.0` -> `4.12`",
        times: 1,
        why: "both forms give the same beside the border",
    },
    Excuse {
        file: "laws/saturation",
        line: "return 3.0 / (3.0 + s / (5.0 + s / (7.0 + s / (9.0 + s / 11.0))));",
        change: "`11.0` -> `11.33`",
        times: 1,
        why: "changes the result by 1e-6 at most",
    },
    Excuse {
        file: "laws/saturation",
        line: "let coth = 1.0 + 2.0 / (exp(2.0 * min(x, 20.0)) - 1.0);",
        change: "`20.0` -> `20.6`",
        times: 1,
        why: "beyond it the second term is below a float's last bit",
    },
    Excuse {
        file: "kernels/advance_matrix",
        line: "let late = clamp(clock[i].x - params.time, 0.0, params.omega.w);",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "in 0.3 us nobody moves as far as the tolerance",
    },
    Excuse {
        file: "kernels/advance_matrix",
        line: "if dt <= 0.0 {",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "in 0.3 us nobody moves as far as the tolerance",
    },
    Excuse {
        file: "kernels/advance_matrix",
        line: "if lane == 0u {",
        change: "`0u` -> `1u`",
        times: 1,
        why: "any one thread of the workgroup may report",
    },
    Excuse {
        file: "kernels/advance_matrix",
        line: "if lane == 0u {",
        change: "`==` -> `!=`",
        times: 1,
        why: "a maximum may be reported more than once",
    },
    Excuse {
        file: "lib/pull",
        line: "let i = min(vec3<u32>(c), n - 1u);",
        change: "`-` -> `+`",
        times: 1,
        why: "on the last corner the weight of the one beyond it is zero",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "let i = min(u32(x), passage.lanes - 1u);",
        change: "`-` -> `+`",
        times: 1,
        why: "on the last lane the weight of the one beyond it is zero",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "if is_bad(d.x) || is_bad(d.y) || is_bad(d.z) {",
        change: "`||` -> `&&`",
        times: 2,
        why: "what makes one axis bad is a factor of all three",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "if dt <= 0.0 {",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "in 0.3 us nobody moves as far as the tolerance",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "if lane == 0u {",
        change: "`0u` -> `1u`",
        times: 1,
        why: "any one thread of the workgroup may report",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "if lane == 0u {",
        change: "`==` -> `!=`",
        times: 1,
        why: "a maximum may be reported more than once",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "stop = wall(stop, inner, INNER, layer, dot(q.xy + inner * d.xy, pulled.xy) < 0.0);",
        change: "`+` -> `-`",
        times: 1,
        why: "the normal where the wall is met differs from that a step before by the step's angle",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "stop = wall(stop, inner, INNER, layer, dot(q.xy + inner * d.xy, pulled.xy) < 0.0);",
        change: "`*` -> `/`",
        times: 1,
        why: "the normal where the wall is met differs from that a step before by the step's angle",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "stop = wall(stop, outer, OUTER, layer, dot(q.xy + outer * d.xy, pulled.xy) > 0.0);",
        change: "`*` -> `/`",
        times: 1,
        why: "the normal where the wall is met differs from that a step before by the step's angle",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "if abs(x + d) <= half || d == 0.0 {",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "nobody moves by just 0.3 um",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "if d.z > 0.0 && d.z >= room {",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "ways of less than 0.3 um at the very end",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "if now >= HELD + END || q.z + d.z >= passage.wall.z {",
        change: "`+` -> `-`",
        times: 1,
        why: "a way that ends at the end comes there but for a rounding, and the other condition says so",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "stop = wall(stop, x, select(INNER, OUTER, d.x > 0.0), layer, sign(pulled.x) == sign(d.x));",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "ways of less than 0.3 um; beside a wall f32 does not know places well enough to compare them",
    },
    Excuse {
        file: "kernels/advance_carried",
        line: "stop = wall(stop, y, select(LOW_Y, HIGH_Y, d.y > 0.0), layer, sign(pulled.y) == sign(d.y));",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "ways of less than 0.3 um; beside a wall f32 does not know places well enough to compare them",
    },
    Excuse {
        file: "kernels/advance_dense",
        line: "var behind = 0.0;",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "what comes from behind counts only where it is negative",
    },
    Excuse {
        file: "kernels/advance_dense",
        line: "if lane == 0u {",
        change: "`0u` -> `1u`",
        times: 1,
        why: "any one thread of the workgroup may report",
    },
    Excuse {
        file: "kernels/advance_dilute",
        line: "if lane == 0u {",
        change: "`0u` -> `1u`",
        times: 1,
        why: "any one thread of the workgroup may report",
    },
    Excuse {
        file: "kernels/advance_dilute",
        line: "if lane == 0u {",
        change: "`==` -> `!=`",
        times: 1,
        why: "a maximum may be reported more than once",
    },
    Excuse {
        file: "kernels/advance_dilute",
        line: "if is_bad(d.x) || is_bad(d.y) || is_bad(d.z) {",
        change: "`||` -> `&&`",
        times: 2,
        why: "the three come from one sum over all of them, so they go bad together",
    },
    Excuse {
        file: "kernels/advance_dilute",
        line: "if params.origin.w > 0.0 {",
        change: "`0.0` -> `0.3`",
        times: 1,
        why: "no tube has a radius of less than 0.3 um",
    },
];

/// A change of one token: the file and its altered text.
struct Mutant {
    file: &'static str,
    text: String,
    /// The line it is in, without indentation.
    line: String,
    /// Number of that line.
    number: usize,
    /// Old and new token.
    change: String,
}

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
            number: line + 1,
            change: format!("`{}` -> `{}`", old.trim(), new.trim()),
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
    let mut all = Vec::new();
    for (file, source) in shaders::SOURCES {
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
    let complaints = complaints(&survivors, EQUIVALENT);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    // fewer would mean that the search for tokens has gone blind
    assert!(killed > 200, "only {killed} mutants");
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
