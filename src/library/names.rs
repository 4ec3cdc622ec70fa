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

/// What somebody may have meant by a name that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// Nothing that is known here.
    Nothing,
    /// One of these; several where each of them contains what was written.
    OneOf(Vec<String>),
    /// All of these at once: what a word like "leukocytes" stands for.
    Each(Vec<String>),
}

impl Meant {
    /// The same with every name changed by `f`.
    #[must_use]
    pub fn map(self, f: impl FnMut(String) -> String) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            Self::OneOf(names) => Self::OneOf(names.into_iter().map(f).collect()),
            Self::Each(names) => Self::Each(names.into_iter().map(f).collect()),
        }
    }

    /// What may have been meant by the same name in one place or another.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::OneOf(mut names), Self::OneOf(more)) => {
                names.extend(more);
                Self::OneOf(names)
            }
            (Self::Nothing, other) => other,
            (this, _) => this,
        }
    }

    /// The names.
    pub fn names(&self) -> &[String] {
        match self {
            Self::Nothing => &[],
            Self::OneOf(names) | Self::Each(names) => names,
        }
    }

    /// What to write instead, each name between two `quote`s: "did you mean `platelet`?". None where nothing may have been meant.
    pub fn advice(&self, quote: &str) -> Option<String> {
        let all: Vec<String> = self
            .names()
            .iter()
            .map(|n| format!("{quote}{n}{quote}"))
            .collect();
        let list = |word: &str| match all.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [rest @ .., last] => format!("{} {word} {last}", rest.join(", ")),
        };
        match self {
            _ if all.is_empty() => None,
            Self::Each(_) if all.len() > 1 => Some(format!("give each kind its own amount: {}", list("and"))),
            _ => Some(format!("did you mean {}?", list("or"))),
        }
    }
}

/// Least letters of a name of which all names that contain it are told; fewer are in too many.
const LEAST_PART: usize = 3;

/// Whether `name` is a part of `whole` that begins with one of its words, but for what people vary.
fn part(name: &str, whole: &str) -> bool {
    let name = plain(name);
    let begins = |at: usize| plain(whole.get(at..).unwrap_or("")).starts_with(&name);
    let words = whole.match_indices(['_', '-', ' ']).map(|(i, _)| i + 1);
    name.chars().count() >= LEAST_PART && std::iter::once(0).chain(words).any(begins)
}

/// The names that may have been meant by `name`: one that is the same but for what people vary, or all that contain it, or else the
/// nearest one.
pub fn near<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Meant {
    let all: Vec<&str> = names.collect();
    let one_of = |names: Vec<&str>| Meant::OneOf(names.into_iter().map(str::to_owned).collect());
    if let Some(same) = all.iter().find(|n| plain(n) == plain(name)) {
        return one_of(vec![*same]);
    }
    let containing: Vec<&str> = all.iter().copied().filter(|n| part(name, n)).collect();
    if !containing.is_empty() {
        return one_of(containing);
    }
    nearest(name, all.into_iter()).map_or(Meant::Nothing, |n| one_of(vec![n]))
}

/// The name in `names` nearest to `name`, if it is near enough to have been meant.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|n| (alike(name, n), n))
        .filter(|(score, _)| *score > NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, n)| n)
}

/// The entries that `name` may have been meant to name. `entries` are those that there are, each with the words for it.
pub(super) fn meant<'a>(name: &str, entries: impl Iterator<Item = (&'a str, &'a [String])> + Clone) -> Meant {
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
    let best = singles
        .chain(families)
        .map(|(word, kinds)| (alike_word(name, word), kinds))
        .filter(|(score, kinds)| *score > NEAR && kinds.iter().all(|k| known(k)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
    // an entry's own name, but for what people vary, is certain; another word for it may be a part of the names of others
    let certain = entries.clone().any(|(entry, _)| plain(entry) == plain(name));
    let exact = best.as_ref().is_some_and(|b| b.0 >= 1.0);
    let mut containing: Vec<&str> = best
        .iter()
        .filter(|(_, kinds)| exact && kinds.len() == 1)
        .flat_map(|(_, kinds)| kinds.clone())
        .collect();
    for (entry, also) in entries.clone() {
        let mut words = std::iter::once(entry).chain(also.iter().map(String::as_str).filter(|_| !exact));
        if !containing.contains(&entry) && words.any(|word| part(name, word)) {
            containing.push(entry);
        }
    }
    match best {
        Some((_, kinds)) if exact && kinds.len() > 1 => Meant::Each(owned(kinds)),
        _ if !certain && !containing.is_empty() => Meant::OneOf(owned(containing)),
        Some((_, kinds)) if kinds.len() > 1 => Meant::Each(owned(kinds)),
        Some((_, kinds)) => Meant::OneOf(owned(kinds)),
        None => Meant::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All names that contain what was written are told, and no others; the same name, but for what people vary, is the only one.
    #[test]
    fn every_name_that_contains_what_was_written() {
        const NAMES: [&str; 5] = [
            "dynabeads_m450",
            "dynabeads_m280",
            "inner_radius",
            "radius",
            "duration",
        ];
        for (written, advice) in [
            (
                "dynabeads",
                Some("did you mean `dynabeads_m450` or `dynabeads_m280`?"),
            ),
            (
                "Dynabead",
                Some("did you mean `dynabeads_m450` or `dynabeads_m280`?"),
            ),
            ("m450", Some("did you mean `dynabeads_m450`?")),
            ("inner", Some("did you mean `inner_radius`?")),
            ("Radius", Some("did you mean `radius`?")),
            ("radus", Some("did you mean `radius`?")),
            // within a word it says nothing
            ("ratio", Some("did you mean `duration`?")),
            ("dy", None),
            ("", None),
        ] {
            assert_eq!(
                near(written, NAMES.into_iter()).advice("`").as_deref(),
                advice,
                "{written}"
            );
        }
    }
}
