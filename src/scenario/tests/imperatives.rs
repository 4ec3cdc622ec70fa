//! What messages tell people to do, but for the helps of scenes, which `advice` follows: labels, titles, warnings of the forecast, and
//! all that is said outside of scenes. A sentence in the sources that begins with what to do is followed in a test, which is
//! named here, or listed with the reason why no test can follow it.

use super::advice::given;
use std::path::{Path, PathBuf};

/// How such sentences begin.
const VERBS: &[&str] = &[
    "add",
    "build",
    "choose",
    "close",
    "did you mean",
    "end",
    "give",
    "leave",
    "make",
    "move",
    "name",
    "remove",
    "rename",
    "run",
    "save",
    "say",
    "set",
    "take",
    "try",
    "use",
    "wait",
    "write",
];

/// A part of a sentence, and where it is followed, or why it is not.
#[rustfmt::skip] // a table: one sentence a line
const KNOWN: &[(&str, &str)] = &[
    ("take Rotor::fixed, or hold it on the bench", "for who builds a setup in Rust: a scene makes no other"),
    ("add the ending", "the file is there, which the message has looked up"),
    ("give it at least one or leave it out", "for who builds a setup in Rust: a scene gives each a parcel"),
    ("Use a coarser grid", "which grid is the person's, who has the file"),
    ("Use a finer grid", "which grid is the person's, who has the file"),
    ("take a coarser grid, or only the part", "which grid is the person's, who has the file"),
    ("save the file as UTF-8", "done in an editor; what is not UTF-8 is shown in scenario::tests::exit_codes"),
    ("write what comes out of it to a file first", "done in a shell"),
    ("name a file", "which is the person's"),
    ("Use more cells", "how many is the person's; `duct.grid` in scenario::tests::separators"),
    ("give the mixture's own numbers", "followed in scenario::tests::advice"),
    ("give a `mobility` instead", "what was measured is the person's"),
    ("did you mean {", "followed in scenario::tests::advice, library::tests::other_words_for_cells and picture's own tests"),
    ("did you mean \"{one}\"?", "every reading is parsed in units::tests::never_panics"),
    ("give each kind its own amount", "how many of each is the person's"),
    ("give `{}` instead of `medium`", "the numbers are the person's; followed in scenario::tests::mixtures::advice_keeps_rouleaux"),
    ("use Lateral::Mixed or a tube", "for who builds a setup in Rust; a scene's own help is followed in scenario::tests::advice"),
    ("take more of them or fewer [numerics] layers", "by how much is the person's"),
    ("run it again or on another back-end", "of a device that fails"),
    ("leave it out or give a measured mobility", "what was measured is the person's"),
    ("save the picture, the scene as it was steered", "what a key of the window does"),
    ("run the scene again", "of results that are damaged"),
    ("set from it", "no advice: what a case was set from"),
    ("give more levels, or a greater length", "both are followed in scenario::tests::channel"),
    ("leave out `--backend gpu` and `--device`", "followed in the suite's channel::what_a_channel_has_not"),
    ("leave out `--parcels`", "followed in the suite's channel::what_a_channel_has_not"),
    ("write a point", "the reading with a point is parsed in units::tests::refused::readings"),
    ("whichever is meant", "every reading is parsed in units::tests::never_panics"),
    ("Write it on a regular grid", "done in another program"),
    ("write it as ImageData packed", "done in another program; each of the three is read in files::vtk_of_every_kind_is_the_same_field"),
    ("save the sheet as CSV", "done in another program"),
    ("write the field as .csv, .vti or .vtk", "done in another program"),
    ("write the numbers with writematrix", "done in another program"),
    ("Use a .csv or another text table", "done in another program"),
    ("Add `symmetry = \"planar\"` if", "followed in files_placed::planes_stand_for_what_is_said"),
    ("use x, y and z once each", "which is which is the person's"),
    ("leave one out, or `columns`", "which is the person's; `columns` in files"),
    ("write `{name} [{example}]` in the file", "followed in files and files_odd::what_cannot_be_known_is_asked_for"),
    ("Add `decimal = \",\"` for the first", "followed in files_odd::what_cannot_be_known_is_asked_for"),
    ("DATAPACKING=POINT", "done in another program"),
    ("save a plain matrix of numbers", "done in NumPy"),
    ("save it with `{way}`", "done in NumPy; an array of `<f8` is read in files::an_array_of_numpy"),
    ("use the CPU, or build it with the feature `gpu`", "another build"),
    ("leave one of them out", "followed in cli: `--device` without `--backend cpu`"),
    ("add a name to show only that entry", "which is the person's; `list species NAME` in cli"),
    ("Move it, or choose another", "of files that are not this program's"),
    ("wait until it ends, or choose another folder", "followed in folder: a second run into another folder"),
    ("choose another folder with {option}", "the option is that of the command, cli::main"),
    ("set RUST_BACKTRACE=1 to see more", "of a defect"),
    ("make this one first", "of folders"),
    ("Write to another file", "which is the person's"),
    ("take fewer nodes with --grid", "followed in fields: a smaller grid"),
    ("run by `validate`", "no advice: where a kernel is proved"),
    ("close other programs", "of the machine"),
    ("use --backend cpu", "of a machine without an adapter, as all other tests run"),
    ("name one with --movie FILE", "followed in movies"),
    ("take a smaller one", "of a machine without memory for it"),
    ("take fewer parcels", "of a machine without memory for them"),
    ("Set from this case", "no advice: what a case set"),
    ("take fewer with --threads", "of a machine without threads"),
    ("take fewer grid cells", "of a device without memory for them"),
    ("try again, with fewer parcels, or with --backend cpu", "of a device that fails"),
    ("end what else uses it", "of a device that fails"),
    ("end it sooner, or take longer steps", "four thousand million steps are no test"),
    ("add those it was written in", "followed in files_named"),
    ("write \"{one}\" if that is meant", "followed in scenario::tests::advice"),
    ("write its unit after it, in quotes", "which unit is the person's"),
    ("leave `{name}` out of the cells", "followed in scenario::tests::advice"),
    ("leave it out where there are no red cells", "followed in scenario::tests::usual"),
    ("write `ratio = ", "followed in scenario::tests::advice"),
    ("use \"mixed\", or a tube", "followed in scenario::tests::advice"),
    ("add `{} = ", "of missing keys: followed in scenario::tests::advice"),
    ("add `concentration = ", "followed in scenario::tests::advice"),
    ("set by the scene", "no advice: who set it"),
    ("write `medium = \"plasma\"`", "followed in scenario::tests::advice"),
    ("name what was added to it", "followed in scenario::tests::advice"),
    ("give one of them", "which is the person's"),
    ("write for example sample.haematocrit", "each is set in scenario::amend_tests"),
    ("name the table that it is in", "each that it names is set in scenario::amend_tests"),
    ("name one of them", "each that it names is set in scenario::amend_tests"),
    ("name a key of it", "which is the person's"),
    ("name one of its entries", "each that it names is set in scenario::amend_tests"),
    ("add the key in the scene itself", "done in an editor"),
    ("write it as tables, [[protocol]] or [[phase]]", "done in an editor"),
    ("say where the numbers come from", "the person's to say"),
    ("write true and false in lower case", "followed in scenario::tests::follow_on"),
    ("give the smaller one first", "followed in scenario::tests::advice"),
    ("leave `up_to` out, or give 100 %", "followed in scenario::tests::advice"),
    ("use [[phase]] with `collect`", "as scenes/cd34_selection_column.toml does"),
    ("leave it out beside a negative mobility", "followed in scenario::tests::advice"),
    ("leave it and `measured_at` out", "followed in scenario::tests::advice"),
    ("leave by another outlet", "no advice: what cells do"),
    ("leave it out, or add a [flow]", "the flow is the person's"),
    ("leave it out", "each is followed in scenario::tests::advice"),
    ("leave this out", "each is followed in scenario::tests::advice"),
    ("leave them out", "followed in scenario::tests::advice, and for units in units::tests::refused::readings"),
    ("give more `parcels`", "how many is the person's"),
    ("take more with --grid", "followed in fields: a larger grid"),
];

/// The texts in quotes of a source, without comments and tests; a line that goes on is one.
fn texts(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or(source);
    let mut out = Vec::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => while chars.next().is_some_and(|c| c != '\n') {},
            // a quote as a character, and not the name of a lifetime
            '\'' => {
                let mut ahead = chars.clone();
                let first = ahead.next();
                let length = if first == Some('\\') { 3 } else { 2 };
                if ahead.nth(length - 2) == Some('\'') {
                    chars.nth(length - 1);
                }
            }
            '"' => {
                let mut text = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => match chars.next() {
                            Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                            Some(c) => text.push(c),
                            None => {}
                        },
                        c => text.push(c),
                    }
                }
                out.push(text);
            }
            _ => {}
        }
    }
    out
}

/// The sentences of a text that tell what to do.
fn told(text: &str) -> Vec<&str> {
    let begins = |s: &str| {
        let lower = s.to_lowercase();
        VERBS
            .iter()
            .any(|v| lower.strip_prefix(v).is_some_and(|rest| rest.starts_with(' ')))
    };
    text.split("; ")
        .flat_map(|s| s.split(". "))
        .flat_map(|s| s.split(": "))
        .map(str::trim)
        .filter(|s| s.split(' ').count() > 2 && begins(s))
        .collect()
}

#[test]
fn every_imperative_is_followed_or_listed() {
    fn sources(folder: PathBuf, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .file_name()
                .map(|n| n.to_string_lossy().into_owned())
                .unwrap_or_default();
            // keys are described there, and the reference is generated from that
            if path.is_dir() && !["tests", "keys"].contains(&name.as_str()) {
                sources(path, out);
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
                out.push(path);
            }
        }
    }
    let mut files = Vec::new();
    sources(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let (mut new, mut used) = (Vec::new(), vec![false; KNOWN.len()]);
    for file in &files {
        let source = std::fs::read_to_string(file).unwrap();
        let helps = if file.components().any(|part| part.as_os_str() == "scenario") {
            given(&source)
        } else {
            Vec::new()
        };
        for text in texts(&source).into_iter().filter(|t| !helps.contains(t)) {
            for sentence in told(&text) {
                let before = new.len();
                new.push(format!("{}: {sentence}", file.display()));
                for (k, _) in KNOWN
                    .iter()
                    .enumerate()
                    .filter(|(_, (part, _))| sentence.contains(part))
                {
                    used[k] = true;
                    new.truncate(before);
                }
            }
        }
    }
    assert!(files.len() > 100, "{} sources", files.len());
    assert!(new.is_empty(), "neither followed nor listed:\n{}", new.join("\n"));
    let stale: Vec<&str> = KNOWN
        .iter()
        .zip(used)
        .filter(|(_, used)| !used)
        .map(|(k, _)| k.0)
        .collect();
    assert!(stale.is_empty(), "no message says {stale:?} any more");
}
