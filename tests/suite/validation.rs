//! VALIDATION.md is what the program would write now, as far as that can be said without running every case; and a crowded
//! case is run on the graphics adapter.

use crate::read;
use buffycoat::cpu::Cpu;
use buffycoat::library::{self, Expectation, Margin, ValidationCase};
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

/// The numbers in what is expected or allowed, as the document shows them: "0.5", "70 to 80".
fn numbers(text: &str) -> Vec<f64> {
    text.split(" to ")
        .map(|x| x.parse().unwrap_or(f64::NAN))
        .collect()
}

/// The numbers of something that is expected, to be compared.
fn numbers_of(e: &Expectation) -> Vec<f64> {
    [e.value, e.low, e.high].into_iter().flatten().collect()
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-6 * b.abs()
}

/// Expected values that follow from numbers of the data by a line of arithmetic: the case, the quantity, the names of what it
/// follows from, and how.
type Derived = (
    &'static str,
    &'static str,
    &'static [&'static str],
    fn(&[f64]) -> f64,
);
const DERIVED: &[Derived] = &[
    // the interface falls from 1 to its height at t1
    (
        "C10",
        "constant rate until t1 [v0]",
        &["t1", "interface height at t1"],
        |n| (1.0 - n[1]) / n[0],
    ),
    // from the meniscus at 0.10 m and from the bottom at 0.15 m, in mm
    (
        "C11",
        "path of the interface until T = 0.2 [mm]",
        &["interface radius at T = {T}"],
        |n| 1e3 * n[0] - 100.0,
    ),
    (
        "C11",
        "height of the final bed [mm]",
        &["radius of the final bed"],
        |n| 150.0 - 1e3 * n[0],
    ),
];

/// What a row of the document should have: the expected numbers and their tolerance; and the names in the data that it compares.
fn wanted<'a>(case: &'a ValidationCase, title: &str) -> Option<(Vec<f64>, Tolerance, Vec<&'a str>)> {
    let derived = DERIVED.iter().find(|d| d.0 == case.id && d.1 == title);
    if let Some((_, _, names, from)) = derived {
        let all: Vec<&Expectation> = names.iter().filter_map(|n| case.expectation(n).ok()).collect();
        let values: Vec<f64> = all.iter().filter_map(|e| e.value).collect();
        assert_eq!(values.len(), names.len(), "{}: {title}", case.id);
        let names = all.iter().map(|e| e.of.as_str()).collect();
        return Some((vec![from(&values)], case.tolerance_of(all[0])?, names));
    }
    let e = case.expected.iter().find(|e| match e.unit.as_str() {
        "" => title == e.label,
        unit => title == format!("{} [{unit}]", e.label),
    })?;
    Some((numbers_of(e), case.tolerance_of(e)?, vec![&e.of]))
}

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
    let mut compared = Vec::new();
    for [quantity, expected, limit, source] in &rows {
        let title = quantity.replace(" (set from it)", "");
        let Some((values, tolerance, names)) = wanted(case, &title) else {
            out.push(format!("{}, {quantity}: the data expect no such thing", case.id));
            continue;
        };
        compared.extend(names);
        let shown = numbers(expected);
        if shown.len() != values.len() || !shown.iter().zip(&values).all(|(a, b)| same(*a, *b)) {
            out.push(format!(
                "{}, {quantity}: `{expected}` expected, not {values:?}",
                case.id
            ));
        }
        let right = match (tolerance, limit.strip_suffix(" %")) {
            (Tolerance::Relative(t), Some(percent)) => same(numbers(percent)[0] / 100.0, t),
            (Tolerance::Absolute(t), None) => same(numbers(limit)[0], t),
            _ => false,
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
    for e in &case.expected {
        match (&e.not_compared, compared.contains(&e.of.as_str())) {
            (None, false) => out.push(format!("{}: `{}` is nowhere in its table", case.id, e.label)),
            (Some(_), true) => out.push(format!("{}: `{}` is compared", case.id, e.label)),
            (None, true) if e.missed.is_some() => {
                let why = e.missed.as_deref().unwrap_or_default();
                if !text.contains(&format!("Missed: {}; likely because {why}.", e.label)) {
                    out.push(format!(
                        "{}: it does not say why `{}` is missed",
                        case.id, e.label
                    ));
                }
            }
            (Some(why), false) if !text.contains(&format!("Expected, but not compared: {e}; {why}.")) => {
                out.push(format!("{}: it does not say why not `{}`", case.id, e.label));
            }
            _ => {}
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
    assert!(!document.contains("**failed**"));
}

/// What is known to be missed is missed. Where it comes out, `missed` is to be taken out of the data.
#[test]
fn what_is_known_to_be_missed_is_missed() {
    let all = library::recorded().unwrap().iter().flat_map(|r| &r.checks);
    let known: Vec<_> = all.filter(|c| c.missed.is_some()).collect();
    assert!(!known.is_empty());
    for check in known {
        assert!(!check.passed, "{check}");
    }
    // and the record knows the same causes as the data
    for report in library::recorded().unwrap() {
        let case = library::case(&report.id).unwrap();
        for check in &report.checks {
            let data = case.expected.iter().find(|e| e.label == check.quantity);
            let cause = data.and_then(|e| e.missed.clone());
            assert_eq!(check.missed, cause, "{}: {}", report.id, check.quantity);
        }
    }
}

/// The test above notices what it is there for.
#[test]
fn a_stale_document_is_noticed() {
    fn last(case: &mut ValidationCase) -> &mut Expectation {
        case.expected.last_mut().unwrap()
    }
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
            (
                "one more thing",
                another(|c| {
                    let mut more = c.expected[0].clone();
                    more.of.push_str(" again");
                    more.label.push_str(" again");
                    c.expected.push(more);
                }),
            ),
            ("another name", another(|c| last(c).label.push('x'))),
            ("another unit", another(|c| last(c).unit.push('x'))),
            (
                "another number",
                another(|c| {
                    let e = &mut c.expected[0];
                    for x in [&mut e.value, &mut e.low].into_iter().flatten() {
                        *x = if *x == 0.0 { 1e-5 } else { *x * (1.0 + 1e-5) };
                    }
                }),
            ),
            (
                "another tolerance",
                another(|c| {
                    let own = &mut c.expected[0].tolerance;
                    *own = Some(Margin::Relative(0.0123));
                }),
            ),
            (
                "left out",
                another(|c| c.expected[0].not_compared = Some("no time".into())),
            ),
            (
                "missed for another reason",
                another(|c| c.expected[0].missed = Some("no time".into())),
            ),
        ] {
            complains(what, &document, &other, run.method);
        }
        let rows = rows(section(&document, case).unwrap());
        let limit = &rows[0][2];
        let wider = document.replace(
            &format!(" | {limit} | {}", case.source),
            &format!(" | 99 | {}", case.source),
        );
        complains("tolerance", &wider, case, run.method);
    }
    assert_eq!(spoilt, 13 * validate::ALL.len());
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
#[ignore = "takes two minutes on a software adapter; `validate --write` runs it with all others"]
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
