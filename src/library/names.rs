//! Which entry somebody may have meant by a name that is none: another word for it, or one that is spelt alike.

/// Words for several entries at once, and what these are.
const FAMILIES: &[(&[&str], &[&str])] = &[
    (
        &[
            "wbc",
            "white blood cell",
            "white cell",
            "leukocyte",
            "leucocyte",
            "leukozyt",
            "leucocito",
            "globule blanc",
            "globulo blanco",
            "buffy coat",
        ],
        &["neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil"],
    ),
    (
        &["pbmc", "mnc", "mononuclear cell", "mononukleäre Zelle"],
        &["lymphocyte", "monocyte"],
    ),
];

/// Letters for letters with marks.
const MARKS: &[(&str, char)] = &[
    ("àáâãäå", 'a'),
    ("èéêë", 'e'),
    ("ìíîï", 'i'),
    ("òóôõö", 'o'),
    ("ùúûü", 'u'),
    ("ç", 'c'),
    ("ñ", 'n'),
];

/// A name without what people vary: case, marks, blanks and hyphens, and the ending of a plural.
fn plain(name: &str) -> String {
    let letters: String = name
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| MARKS.iter().find(|m| m.0.contains(c)).map_or(c, |m| m.1))
        .collect();
    let singular = letters.strip_suffix("en").or_else(|| letters.strip_suffix('s'));
    match singular {
        Some(s) if s.len() > 2 => s.to_owned(),
        _ => letters,
    }
}

/// How alike two names are: 1 if they are the same.
fn alike(a: &str, b: &str) -> f64 {
    let written = strsim::jaro_winkler(&a.to_lowercase(), &b.to_lowercase());
    written.max(strsim::jaro_winkler(&plain(a), &plain(b)))
}

/// The same of a word for something; one of three letters is another word with each.
fn alike_word(a: &str, b: &str) -> f64 {
    if b.chars().count() > 3 {
        return alike(a, b);
    }
    f64::from(u8::from(plain(a) == plain(b)))
}

/// Least likeness of a name that may have been meant.
const NEAR: f64 = 0.8;

/// The name in `names` nearest to `name`, if it is near enough to have been meant.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|n| (alike(name, n), n))
        .filter(|(score, _)| *score > NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, n)| n)
}

/// The entries that `name` may have been meant to name. `entries` are those that there are, each with the words for it.
pub(super) fn meant<'a>(
    name: &str,
    entries: impl Iterator<Item = (&'a str, &'a [String])> + Clone,
) -> Vec<String> {
    let known = |n: &str| entries.clone().any(|(e, _)| e == n);
    let singles = entries.clone().flat_map(|(entry, also)| {
        std::iter::once(entry)
            .chain(also.iter().map(String::as_str))
            .map(move |word| (word, vec![entry]))
    });
    let families = FAMILIES.iter().flat_map(|(words, kinds)| {
        let kinds: Vec<&str> = kinds.to_vec();
        words.iter().map(move |word| (*word, kinds.clone()))
    });
    singles
        .chain(families)
        .map(|(word, kinds)| (alike_word(name, word), kinds))
        .filter(|(score, kinds)| *score > NEAR && kinds.iter().all(|k| known(k)))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, kinds)| kinds.into_iter().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// "did you mean `platelet`?", or what to take instead of a word for several.
pub fn did_you_mean(names: &[String], quote: char) -> Option<String> {
    let all: Vec<String> = names.iter().map(|n| format!("{quote}{n}{quote}")).collect();
    match all.as_slice() {
        [] => None,
        [one] => Some(format!("did you mean {one}?")),
        [rest @ .., last] => Some(format!(
            "give each kind its own amount: {} and {last}",
            rest.join(", ")
        )),
    }
}
