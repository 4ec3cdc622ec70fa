//! VALIDATION.md is what the program would write now, as far as that can be said without running every case; and a crowded
//! case is run on the graphics adapter.

use crate::read;
use buffycoat::cpu::Cpu;
use buffycoat::library::{self, ValidationCase};
use buffycoat::validate::reference::Quoted;
use buffycoat::validate::{self, Report, Tolerance};

/// A row of the table of a case: quantity, expected, tolerance, source.
type Row = [String; 4];

/// The section of a case in a document, from its heading to the next.
fn section<'a>(document: &'a str, case: &ValidationCase) -> Result<&'a str, String> {
    let heading = format!("\n## {} {}\n", case.id, case.topic);
    let start = document
        .find(&heading)
        .ok_or(format!("{}: no section `{}`", case.id, heading.trim()))?
        + heading.len();
    let rest = &document[start..];
    Ok(&rest[..rest.find("\n## ").unwrap_or(rest.len())])
}

/// The rows of the table in a section.
fn rows(section: &str) -> Vec<Row> {
    section
        .lines()
        .filter(|l| l.starts_with("| ") && !l.starts_with("| quantity"))
        .map(|l| {
            let cells: Vec<&str> = l.trim_matches('|').split(" | ").map(str::trim).collect();
            [0, 1, 5, 6].map(|k| cells.get(k).copied().unwrap_or_default().to_owned())
        })
        .collect()
}

/// The numbers in a text, without those that belong to a name such as `t1`; signs are left out.
fn numbers(text: &str) -> Vec<f64> {
    let (mut all, mut rest, mut before) = (Vec::new(), text, ' ');
    while let Some(c) = rest.chars().next() {
        let mut length = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        // a power of ten belongs to the number before it
        if let Some(power) = rest[length..].strip_prefix("e-").filter(|_| length > 0) {
            length += 2 + power.find(|c: char| !c.is_ascii_digit()).unwrap_or(power.len());
        }
        let number = rest[..length].trim_end_matches('.').parse::<f64>();
        match number {
            Ok(x) if !before.is_alphanumeric() => all.push(x),
            _ => {}
        }
        let step = length.max(c.len_utf8());
        before = rest[..step].chars().next_back().unwrap_or(' ');
        rest = &rest[step..];
    }
    all
}

/// Expected values that follow from numbers of the data by a line of arithmetic.
type Derived = (&'static str, &'static str, fn(&[f64]) -> Option<f64>);
const DERIVED: &[Derived] = &[
    // the interface falls from 1 to its height at t1
    ("C10", "constant rate until t1", |n| {
        Some((1.0 - n.get(1)?) / n.first()?)
    }),
    // from the meniscus at 0.10 m and from the bottom at 0.15 m, in mm
    ("C11", "path of the interface", |n| Some(1e3 * n.first()? - 100.0)),
    ("C11", "height of the final bed", |n| {
        Some(150.0 - 1e3 * n.get(4)?)
    }),
];

/// Numbers of the data that no case compares.
const NOT_COMPARED: &[(&str, f64, &str)] = &[
    ("C10", 3.46925, "t1 is in the constant rate until then"),
    ("C33", 6.0, "the standard error of the recovery"),
    ("C13", 1054.8, "the density of the mixture is no velocity"),
    (
        "C23",
        5.0,
        "the enrichment depends on a volume that the case does not name",
    ),
];

/// Quantities held to less than the tolerance of their case: id, beginning of the quantity, what is allowed, why.
const STRICTER: &[(&str, &str, f64, &str)] = &[(
    "C33",
    "depletion of T cells",
    0.0,
    "the points of the tolerance are of percentages; logarithms have to lie within what was read",
)];

/// What of a case does not stand in the document as the data and the program have it.
fn stale(document: &str, case: &ValidationCase, method: &str) -> Vec<String> {
    let text = match section(document, case) {
        Ok(text) => text,
        Err(e) => return vec![e],
    };
    let mut out = Vec::new();
    for line in [
        format!("Given: {}.", case.setup.trim_end_matches('.')),
        format!("Measured: {method}."),
    ] {
        if !text.contains(&line) {
            out.push(format!("{}: it does not say `{line}`", case.id));
        }
    }
    if !document.contains(&format!("\n| {} | {} | {} | ", case.id, case.topic, case.kind)) {
        out.push(format!("{}: no line in the table of all cases", case.id));
    }
    let rows = rows(text);
    if rows.is_empty() {
        out.push(format!("{}: no numbers", case.id));
    }
    let tolerance = Quoted::case(&case.id).unwrap().tolerance().unwrap();
    let given = numbers(&case.expected);
    let same = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs();
    let mut found = Vec::new();
    for [quantity, expected, limit, source] in &rows {
        let derived = DERIVED
            .iter()
            .find(|(id, what, _)| *id == case.id && quantity.starts_with(what))
            .and_then(|(_, _, from)| from(&given));
        let values = numbers(expected);
        if values.is_empty() {
            out.push(format!("{}, {quantity}: `{expected}` is not a number", case.id));
        }
        for x in &values {
            if !(derived.is_some_and(|d| same(*x, d)) || given.iter().any(|g| same(*x, *g))) {
                out.push(format!("{}, {quantity}: {x} is not in the data", case.id));
            }
        }
        found.extend(values);
        found.extend(numbers(quantity));
        let (share, number) = match limit.strip_suffix(" %") {
            Some(n) => (true, n),
            None => (false, limit.as_str()),
        };
        let number: f64 = number.parse().unwrap_or(f64::NAN);
        let own = STRICTER
            .iter()
            .find(|(id, what, _, _)| *id == case.id && quantity.starts_with(what));
        let right = match own.map_or(tolerance, |s| Tolerance::Absolute(s.2)) {
            Tolerance::Relative(t) => share && same(number / 100.0, t),
            Tolerance::Absolute(t) => !share && (same(number, t) || number == t),
        };
        if !right {
            out.push(format!(
                "{}, {quantity}: {limit} allowed, not {tolerance:?}",
                case.id
            ));
        }
        if *source != format!("{} ({})", case.source, case.status) {
            out.push(format!("{}, {quantity}: source `{source}`", case.id));
        }
    }
    for x in given {
        let excused = NOT_COMPARED
            .iter()
            .any(|(id, n, _)| *id == case.id && same(x, *n));
        if !excused && !found.iter().any(|f| same(*f, x)) {
            out.push(format!("{}: the data's {x} is nowhere in its table", case.id));
        }
    }
    out
}

/// Every case that is run has its section, with the set-up, method, expected values, tolerances and source of now; the
/// others have their reasons; and what stands around them, the version of the program first, is what it writes now.
#[test]
fn the_document_is_that_of_the_data() {
    let document = read("VALIDATION.md");
    // without any report: the head, the limits, and every case among those not run
    let bare = validate::markdown(&[]);
    let head = &bare[..bare.find("\n| case |").unwrap()];
    assert!(head.contains(concat!("`buffycoat ", env!("CARGO_PKG_VERSION"), "`")));
    let limits = &bare[bare.find("\n## Where").unwrap()..bare.find("\n| C01 ").unwrap()];
    let mut complaints = Vec::new();
    for text in [head, limits] {
        if !document.contains(text) {
            complaints.push(format!("it does not say:\n{text}"));
        }
    }
    for case in library::cases().unwrap() {
        let line = bare
            .lines()
            .find(|l| l.starts_with(&format!("| {} |", case.id)))
            .unwrap();
        match validate::ALL.iter().find(|c| c.id == case.id) {
            Some(run) => complaints.extend(stale(&document, case, run.method)),
            None if section(&document, case).is_ok() => {
                complaints.push(format!("{}: has a section and is not run", case.id));
            }
            None if !document.lines().any(|l| l == line) => {
                complaints.push(format!("it does not say: {line}"))
            }
            None => {}
        }
    }
    assert!(
        complaints.is_empty(),
        "VALIDATION.md is stale (`buffycoat validate --write` writes it anew):\n{}",
        complaints.join("\n")
    );
    assert!(!document.contains("**failed**") && !document.contains("**missed**"));
}

/// The test above notices what it is there for.
#[test]
fn a_stale_document_is_noticed() {
    let document = read("VALIDATION.md");
    let mut spoilt = 0;
    for run in validate::ALL {
        let case = library::case(run.id).unwrap();
        let mut complains = |what: &str, document: &str, case: &ValidationCase, method: &str| {
            assert!(!stale(document, case, method).is_empty(), "{}: {what}", case.id);
            spoilt += 1;
        };
        let cut = document.replace(&format!("\n## {} ", case.id), "\n## ");
        complains("section cut out", &cut, case, run.method);
        complains("another method", &document, case, "by eye");
        let another = |change: fn(&mut ValidationCase)| {
            let mut other = case.clone();
            change(&mut other);
            assert!(other != *case);
            other
        };
        for (what, other) in [
            ("setup", another(|c| c.setup.push_str(" at noon"))),
            ("source", another(|c| c.source.push('x'))),
            ("status", another(|c| c.status.push('x'))),
            ("one more number", another(|c| c.expected.push_str("; 17.25"))),
            (
                "another number",
                another(|c| {
                    // the last digit of the first number that is not part of a name
                    let cut = |x: char| !x.is_ascii_alphanumeric() && x != '.';
                    let word = c.expected.split(cut).find(|w| w.parse::<f64>().is_ok()).unwrap();
                    let end = c.expected.find(word).unwrap() + word.len();
                    let digit = if c.expected.as_bytes()[end - 1] == b'7' {
                        "8"
                    } else {
                        "7"
                    };
                    c.expected.replace_range(end - 1..end, digit);
                }),
            ),
        ] {
            complains(what, &document, &other, run.method);
        }
        // the tolerance is asked from the library, so the document is spoilt
        let rows = rows(section(&document, case).unwrap());
        let limit = &rows[0][2];
        let wider = document.replace(
            &format!(" | {limit} | {}", case.source),
            &format!(" | 99 | {}", case.source),
        );
        complains("tolerance", &wider, case, run.method);
    }
    assert_eq!(spoilt, 8 * validate::ALL.len());
}

/// The rows that a report gives now, from the document that it would be written into.
fn rows_of(report: &Report) -> Vec<Row> {
    let text = validate::markdown(std::slice::from_ref(report));
    rows(section(&text, library::case(&report.id).unwrap()).unwrap())
}

fn stands_in_the_document(report: &Report) {
    let document = read("VALIDATION.md");
    let case = library::case(&report.id).unwrap();
    assert_eq!(
        rows_of(report),
        rows(section(&document, case).unwrap()),
        "{}",
        case.id
    );
}

/// The document is the record in words: reports read the record, people the document.
#[test]
fn the_document_is_made_from_the_record() {
    let record = library::recorded().unwrap();
    assert!(!record.is_empty());
    assert!(
        validate::markdown(record) == read("VALIDATION.md"),
        "VALIDATION.md is not what data/validation.json says; `buffycoat validate --write` writes both"
    );
    // written again it is the same file
    assert_eq!(validate::record(record), read("data/validation.json"));
}

/// What reports say of separators stands in their documentation, word for word.
#[test]
fn what_separators_leave_out_is_said_in_the_same_words() {
    let document = read("docs/separators.md");
    let (_, said) = document.split_once("\n## What it does not do\n").unwrap();
    let limits = &library::limits().unwrap().separators;
    let said: Vec<&str> = said.lines().filter_map(|l| l.strip_prefix("* ")).collect();
    assert_eq!(&said, limits);
    assert!(limits.len() >= 10 && library::limits().unwrap().blood.len() >= 5);
}

/// Where running is quick the document is compared with a run: the same quantities, expected values and tolerances.
#[test]
fn quick_cases_stand_in_the_document() {
    for id in ["C01", "C02", "C03", "C04"] {
        let report = validate::run(validate::case(id).unwrap(), &|job| {
            Ok(Box::new(Cpu::new(job, 0)?))
        })
        .unwrap();
        assert!(report.passed(), "{report:?}");
        stands_in_the_document(&report);
    }
}

/// A crowded case with an exact answer on the graphics adapter, within the tolerance of the data.
#[cfg(feature = "gpu")]
#[test]
fn kynch_on_the_graphics_adapter() {
    use buffycoat::gpu::{GpuBackend, Selector};
    let report = validate::run(validate::case("C09").unwrap(), &|job| {
        Ok(Box::new(GpuBackend::new(job, &Selector::Default)?))
    })
    .unwrap();
    println!(
        "{} in {:.1} s: {:?}",
        report.device, report.seconds, report.checks
    );
    assert_eq!((report.backend.as_str(), report.checks.len()), ("gpu", 4));
    assert!(report.passed(), "{:?}", report.checks);
    stands_in_the_document(&report);
}
