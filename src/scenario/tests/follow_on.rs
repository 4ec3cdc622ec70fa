//! One cause, one report: what could not be read, or is not there, is told once, and nothing that follows from it.

use super::super::*;
use super::separators::{RACK, SORTER};

/// Titles of the errors of a scene, with their labels.
fn told(text: &str) -> Vec<String> {
    match Scene::from_str("scene.toml", text) {
        Ok(_) => Vec::new(),
        Err(e) => e
            .problems
            .iter()
            .map(|p| {
                let help = p.help.as_deref().unwrap_or("-");
                format!("{}:{} {} | {} | {help}", p.line, p.column, p.title, p.label)
            })
            .collect(),
    }
}

/// The text without the table (or all tables of that name) that `name` begins.
fn without(text: &str, name: &str) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            let header = line.trim().trim_matches(['[', ']']);
            inside = header == name || header.starts_with(&format!("{name}."));
        }
        if !inside {
            out.push_str(line);
        }
    }
    assert!(out.len() < text.len(), "{name} is not there");
    out
}

/// A table that is missing is missed once.
#[test]
fn a_missing_table_is_one_error() {
    let mut wrong = Vec::new();
    for (scene, text) in BUNDLED
        .iter()
        .copied()
        .chain([("rack", RACK), ("sorter", SORTER)])
    {
        let mut names: Vec<&str> = text
            .lines()
            .filter(|l| l.starts_with('['))
            .map(|l| {
                l.split(']')
                    .next()
                    .unwrap_or(l)
                    .trim_matches('[')
                    .split('.')
                    .next()
                    .unwrap_or(l)
            })
            .collect();
        names.dedup();
        for name in names {
            let all = told(&without(text, name));
            if all.len() > 1 {
                wrong.push(format!("{scene} without {name}:\n  {}", all.join("\n  ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What people write that is not TOML: where it is told, with what, and the help; and what the line should have been, where the help
/// quotes it. One slip is one error, and what is wrong elsewhere is told all the same.
#[rustfmt::skip] // a table: one case a line
const SLIPS: &[(&str, &str, &str)] = &[
    ("haematocrit = \"42 %\"", "haematocrit = 45,5", "10:17 this is not TOML | TOML has no decimal comma, and a value with a unit needs quotes | write \"45.5 %\" if that is meant: a unit is never guessed"),
    ("haematocrit = \"42 %\"", "haematocrit = 45,5 %", "10:17 this is not TOML | TOML has no decimal comma, and a value with a unit needs quotes | write haematocrit = \"45.5 %\""),
    ("\"1500 x g\"       #", "1,500 x g #", "21:12 this is not TOML | TOML has no decimal comma, and a value with a unit needs quotes | did you mean \"1500 x g\"?"),
    ("\"12 min\"", "12 min", "25:8 this is not TOML | a number with a unit has to be in quotes | write hold = \"12 min\""),
    ("\"12 min\"", "\"12\" min", "25:13 this is not TOML | all of the value belongs inside the quotes | write hold = \"12 min\""),
    ("\"12 min\"", "\"12 min", "25:15 this is not TOML | there is only one quote | write hold = \"12 min\""),
    ("\"12 min\"", "\"12 min\";", "25:16 this is not TOML | nothing may follow the value | write hold = \"12 min\""),
    ("hold =", "hold :", "25:6 this is not TOML | a key and its value have `=` between them | write hold = \"12 min\""),
    ("\"swing-out\"", "\u{201c}swing-out\u{201d}", "18:31 this is not TOML | these quotes are not plain ones (\") | write rotor = { mounting = \"swing-out\", bottom_radius = \"170 mm\" }"),
    ("lymphocyte = \"2000 /uL\",", "T cell = \"2000 /uL\",", "12:13 this is not TOML | a name with a blank in it needs quotes | did you mean `lymphocyte`?"),
    ("{ lymphocyte = \"2000 /uL\",", "{\n  T cell = \"2000 /uL\",\n", "13:5 this is not TOML | a name with a blank in it needs quotes | did you mean `lymphocyte`?"),
    ("[sample]", "[sample", "7:8 this is not TOML | unclosed table, expected `]` | -"),
    ("[chamber]", "[species.my cell]\nsource = \"x\"\nclass = \"leukocyte\"\ndiameter = \"7 um\"\ndensity = \"1.06 g/mL\"\n[chamber]", "14:12 this is not TOML | a name with a blank in it needs quotes | write [species.\"my cell\"]"),
    ("\"250000 /uL\" }", "\"250000 /uL\"", "12:1 this is not TOML | a bracket is not closed here | -"),
    ("\"450 /uL\", ", "\"450 /uL\" ", "12:57 this is not TOML | missing comma between key-value pairs, expected `,` | -"),
    ("[output]", "[chamber]\nshape = \"tube\"\nfill_height = \"1 mm\"\n[output]", "30:2 this is not TOML | duplicate key | -"),
    ("[[protocol]]", "[protocol]", "24:2 this is not TOML | each of several tables has double brackets | write [[protocol]]"),
    ("[output]", "[physics]\nbrownian = True\n[output]", "31:12 this is not TOML | write true and false in lower case | leave it out: `check` and every result say how far it would spread each species"),
    ("# Whole blood", "// Whole blood", "1:1 this is not TOML | a comment begins with # | -"),
    ("\"Whole blood, buffy-coat spin\"", "\"C:\\Users\\me\"", "4:15 this is not TOML | a backslash in text between \" begins a special character; single quotes take it as it is | write title = 'C:\\Users\\me'"),
    ("\"Whole blood, buffy-coat spin\"", "\"\"\"Whole blood", "4:10 this is not TOML | the text that begins here has no end | -"),
];

#[test]
fn slips_of_toml() {
    let mut wrong = Vec::new();
    for (from, to, expected) in SLIPS {
        let text = super::with(from, to);
        let all = told(&text);
        if all != [(*expected).to_owned()] {
            wrong.push(format!("{to}:\n  {}\nand not\n  {expected}", all.join("\n  ")));
        }
        // what is written as it is told to be is taken
        if let Some((_, line)) = expected
            .split_once("| write ")
            .filter(|l| l.1.contains(" = ") || l.1.starts_with('['))
        {
            let line_of = expected
                .split(':')
                .next()
                .and_then(|n| n.parse::<usize>().ok())
                .unwrap_or(0);
            let mended: String = text
                .lines()
                .enumerate()
                .map(|(i, l)| {
                    let again = l.trim() == line.replace("[[", "[").replace("]]", "]");
                    let new = if i + 1 == line_of || again { line } else { l };
                    format!("{new}\n")
                })
                .collect();
            let left = told(&mended);
            if left.iter().any(|l| l.contains("TOML")) {
                wrong.push(format!("`{line}` leads to {left:?}"));
            }
        }
        // and what is wrong elsewhere is told, where the rest of the text is not lost
        let also = told(&text.replace("\"60 s\"", "\"60 mL\""));
        let lost = expected.contains("has no end");
        if also.len() != if lost { 1 } else { 2 } {
            wrong.push(format!("{to} and a wrong unit:\n  {}", also.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A habit that is in every line is told once, and another file in hand too.
#[test]
fn one_habit_is_told_once() {
    let semicolons: String = Scene::bundled_text()
        .lines()
        .map(|l| {
            if l.ends_with('"') {
                format!("{l};\n")
            } else {
                format!("{l}\n")
            }
        })
        .collect();
    let all = told(&semicolons);
    assert_eq!(all.len(), 1, "{}", all.join("\n"));
    assert!(
        all[0].contains("nothing may follow the value; likewise in"),
        "{all:?}"
    );
    let table = "x,y,z\n".to_owned() + &"1,2,3\n".repeat(200);
    let all = told(&table);
    assert_eq!(all.len(), 1, "{}", all.join("\n"));
    assert!(
        all[0].ends_with("likewise in 9 other lines or more | -"),
        "{all:?}"
    );
}

/// A line that was mended is longer or shorter than it was: what is said of it ends between two characters all the same.
#[test]
fn places_in_mended_text_end_between_characters() {
    for more in [
        "title = [\n \"a\", \"b\u{201d}]",
        "title = [\n \"a\", \"b\u{201c}\u{b5}\u{b0}\u{201e}]\n",
    ] {
        for text in [
            more.to_owned(),
            super::with(
                "\"Whole blood, buffy-coat spin\"",
                more.trim_start_matches("title = "),
            ),
        ] {
            let said = Scene::from_str("m.toml", &text).unwrap_err();
            assert!(said.render(false).contains("m.toml:"), "{text}");
        }
    }
}

/// A broken line after very many open brackets is found about as soon as any other.
#[test]
fn many_open_brackets_take_little_time() {
    // a machine that is busy with something else slows both sizes alike
    let took = |size: usize, last: &str| {
        let table = "x = [\n".to_owned() + &"{a=[\n1]},\n".repeat(size / 10);
        let began = std::time::Instant::now();
        assert!(!told(&(table + last)).is_empty());
        began.elapsed().as_secs_f64()
    };
    for last in ["]\ny = = 1\n", "= = \n", "{b=[\n"] {
        // eight times as much text: a search in proportion takes eight times as long, a quadratic one 64 times. Other work that begins in
        // between slows one size alone, but not three times in a row.
        let mut tries = Vec::new();
        let sound = (0..3).any(|_| {
            let [few, all] = [took(32 * 1024, last), took(256 * 1024, last)];
            tries.push([few, all]);
            all < 25.0 * few.max(0.01)
        });
        assert!(sound, "{last:?}: seconds of both sizes {tries:.3?}");
    }
}
