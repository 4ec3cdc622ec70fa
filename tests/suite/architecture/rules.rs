//! The rules, each a function from sources to problems, so that each can be seen to find one.

use super::source::{blank, paths, without_tests};
use std::collections::{BTreeMap, BTreeSet};

/// Lines of a source file that are too many, and those that are nearly.
pub const MOST_LINES: usize = 500;
const MANY_LINES: usize = 400;

/// Which layer a module is in: `engine` 5, `engine::setup` 3, ...
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layers {
    of: BTreeMap<String, usize>,
    /// Names in parentheses: modules that may be absent.
    optional: BTreeSet<String>,
}

impl Layers {
    /// Reads the table that follows the line `<!-- layers -->`: a number and module names in backticks in each row;
    /// ```(`name`)``` may be absent.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (_, table) = text
            .split_once("<!-- layers -->")
            .ok_or("ARCHITECTURE.md has no `<!-- layers -->` before its layer table")?;
        let mut out = Self {
            of: BTreeMap::new(),
            optional: BTreeSet::new(),
        };
        let rows = table
            .lines()
            .skip_while(|l| !l.starts_with('|'))
            .take_while(|l| l.starts_with('|'));
        for row in rows.skip(2) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let layer: usize = cells[1]
                .parse()
                .map_err(|_| format!("layer table: no number in {row}"))?;
            for (i, name) in cells[2].split('`').enumerate().filter(|(i, _)| i % 2 == 1) {
                let before = cells[2].split('`').nth(i - 1).unwrap_or("");
                if before.ends_with('(') {
                    out.optional.insert(name.to_owned());
                }
                if out.of.insert(name.to_owned(), layer).is_some() {
                    return Err(format!("layer table: {name} is in it twice"));
                }
            }
        }
        if out.of.is_empty() {
            return Err("the layer table is empty".into());
        }
        Ok(out)
    }

    /// The entry that a module path falls under: the longest that begins it.
    fn entry(&self, path: &[String]) -> Option<(&str, usize)> {
        (1..=path.len()).rev().find_map(|n| {
            let (name, layer) = self.of.get_key_value(&path[..n].join("::"))?;
            Some((name.as_str(), *layer))
        })
    }
}

/// A source file.
#[derive(Clone, Debug)]
pub struct Source {
    /// `src/engine/run.rs`.
    pub file: String,
    /// `["engine", "run"]`; `lib` and `main` for the roots.
    pub module: Vec<String>,
    lines: usize,
    /// Without comments, strings and tests.
    code: String,
    /// Files that hold only tests.
    test_files: Vec<String>,
}

impl Source {
    pub fn new(file: &str, text: &str) -> Self {
        let path = file.trim_start_matches("src/").trim_end_matches(".rs");
        let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|m| m == "mod") {
            module.pop();
        }
        let (code, declared) = without_tests(text, &blank(text));
        let folder = if file.ends_with("/mod.rs") || module == ["lib"] || module == ["main"] {
            file.rsplit_once('/').map_or("", |(f, _)| f).to_owned()
        } else {
            file.trim_end_matches(".rs").to_owned()
        };
        let beside = file.rsplit_once('/').map_or("", |(f, _)| f);
        let test_files = declared
            .iter()
            .map(|d| match d.strip_suffix(".rs") {
                Some(_) => format!("{beside}/{d}"),
                None => format!("{folder}/{d}"),
            })
            .collect();
        Self {
            file: file.to_owned(),
            module,
            lines: text.lines().count(),
            code,
            test_files,
        }
    }

    fn find(&self, word: &str) -> Vec<usize> {
        self.code
            .match_indices(word)
            .filter(|(at, _)| {
                let edge = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                let (before, after) = (&self.code[..*at], &self.code[at + word.len()..]);
                edge(before.chars().next_back()) && (word.ends_with('!') || edge(after.chars().next()))
            })
            .map(|(at, _)| self.code[..at].matches('\n').count() + 1)
            .collect()
    }
}

/// Leaves out the files that only tests declare.
pub fn without_test_files(all: Vec<Source>) -> Vec<Source> {
    let tests: Vec<String> = all.iter().flat_map(|s| s.test_files.clone()).collect();
    let is_test = |file: &str| {
        tests.iter().any(|t| {
            file == t
                || file
                    .strip_prefix(t.as_str())
                    .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        })
    };
    all.into_iter().filter(|s| !is_test(&s.file)).collect()
}

fn is_root(source: &Source) -> bool {
    source.module == ["lib"]
}

/// Names of a module in a higher layer, or in another module of the same one.
pub fn upward(layers: &Layers, sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    let exports = exports(sources);
    for source in sources.iter().filter(|s| !is_root(s)) {
        let Some((own, layer)) = layers.entry(&source.module) else {
            continue; // `unlisted` says so
        };
        for mut named in paths(&source.code, &source.module) {
            if let Some(home) = named.path.first().and_then(|p| exports.get(p)) {
                named.path.insert(0, home.clone());
            }
            let at = format!("{}:{}", source.file, named.line);
            let path = named.path.join("::");
            if path == "*" {
                out.push(format!("{at}: `crate::*` hides what is used; name it"));
                continue;
            }
            match layers.entry(&named.path) {
                // a glob over the own module, as in `use super::*` of an inner module
                _ if path.trim_end_matches("::*").is_empty() => {}
                None => out.push(format!("{at}: `{path}` is in no module of the layer table")),
                Some((other, _)) if other == own => {}
                Some((_, below)) if below < layer => {}
                Some((other, above)) => out.push(format!(
                    "{at}: {own} (layer {layer}) uses {other} (layer {above}) by `{path}`"
                )),
            }
        }
    }
    out
}

/// Paths that [`upward`] looks at.
pub fn count(sources: &[Source]) -> usize {
    sources.iter().map(|s| paths(&s.code, &s.module).len()).sum()
}

/// What lib.rs exports at the root, with its module: `Error` is `error::Error`.
fn exports(sources: &[Source]) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for source in sources.iter().filter(|s| is_root(s)) {
        for line in source.code.lines() {
            let Some(path) = line
                .trim()
                .strip_prefix("pub use ")
                .and_then(|l| l.strip_suffix(';'))
            else {
                continue;
            };
            if let Some((module, name)) = path.split_once("::") {
                out.insert(name.trim().to_owned(), module.trim().to_owned());
            }
        }
    }
    out
}

/// Files outside the table, and names in the table without a file.
pub fn unlisted(layers: &Layers, sources: &[Source]) -> Vec<String> {
    let mut out: Vec<String> = sources
        .iter()
        .filter(|s| !is_root(s) && layers.entry(&s.module).is_none())
        .map(|s| format!("{}: module {} is in no layer", s.file, s.module.join("::")))
        .collect();
    for name in layers.of.keys().filter(|n| !layers.optional.contains(*n)) {
        let inside = format!("{name}::");
        if !sources.iter().any(|s| {
            let module = s.module.join("::");
            module == *name || module.starts_with(&inside)
        }) {
            out.push(format!("{name} is in the table, but not in src/"));
        }
    }
    out
}

/// `wgpu` outside the GPU back-end.
pub fn wgpu(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|s| s.module[0] != "gpu")
        .flat_map(|s| {
            s.find("wgpu")
                .into_iter()
                .map(|line| format!("{}:{line}: wgpu", s.file))
        })
        .collect()
}

/// Types of what is run in a back-end, which knows its program alone.
pub fn domain(sources: &[Source]) -> Vec<String> {
    // `model` is the module of parcels and species
    const TYPES: [&str; 9] = [
        "Setup",
        "Chamber",
        "Outcome",
        "Component",
        "model",
        "Parcel",
        "Plate",
        "Census",
        "Fates",
    ];
    let mut out = Vec::new();
    for s in sources
        .iter()
        .filter(|s| ["cpu", "gpu"].contains(&s.module[0].as_str()))
    {
        for word in TYPES {
            out.extend(
                s.find(word)
                    .iter()
                    .map(|line| format!("{}:{line}: {word}", s.file)),
            );
        }
    }
    out
}

/// Printing outside the command line.
pub fn prints(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for s in sources
        .iter()
        .filter(|s| s.module[0] != "cli" && s.module[0] != "main")
    {
        for word in [
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "dbg!",
            "stdout",
            "stderr",
        ] {
            out.extend(
                s.find(word)
                    .into_iter()
                    .map(|line| format!("{}:{line}: {word}", s.file)),
            );
        }
    }
    out
}

/// Files near the limit, and files beyond it.
pub fn sizes(sources: &[Source]) -> (Vec<String>, Vec<String>) {
    let longer = |least: usize, most: usize| {
        sources
            .iter()
            .filter(|s| s.lines > least && s.lines <= most)
            .map(|s| format!("{}: {} lines", s.file, s.lines))
            .collect()
    };
    (longer(MANY_LINES, MOST_LINES), longer(MOST_LINES, usize::MAX))
}

/// Folders in which people and build machines keep their work.
const MACHINE: &[&str] = &["home", "root", "Users", "work", "mnt", "srv", "builds"];

/// Paths in `text` that mean something on one machine only, or lead out of the repository.
pub fn outside(file: &str, text: &str, exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut out = Vec::new();
    let folder: Vec<&str> = file
        .rsplit_once('/')
        .map_or(Vec::new(), |(f, _)| f.split('/').collect());
    for (number, line) in text.lines().enumerate() {
        let at = format!("{file}:{}", number + 1);
        for name in MACHINE {
            let path = format!("/{name}/");
            for (i, _) in line.match_indices(&path) {
                if !line[..i].ends_with(|c: char| c.is_alphanumeric() || "._-/$}>)".contains(c)) {
                    out.push(format!("{at}: a path of one machine, `{path}`"));
                }
            }
        }
        let mut from = 0;
        while let Some(i) = line[from..].find("../").map(|i| i + from) {
            let word: String = line[i..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || "._-/".contains(*c))
                .collect();
            from = i + word.len();
            if line[..i].ends_with(['.', '/']) {
                continue;
            }
            let mut place: Vec<&str> = folder.clone();
            let mut left = false;
            for part in word.split('/').filter(|p| !p.is_empty()) {
                match part {
                    ".." => left |= place.pop().is_none(),
                    "." => {}
                    part => place.push(part),
                }
            }
            let target = place.join("/");
            if left {
                out.push(format!("{at}: `{word}` leads out of the repository"));
            } else if !exists(target.trim_end_matches('.')) {
                out.push(format!("{at}: `{word}` is not there"));
            }
        }
    }
    out
}

/// What each rule has to catch; seen to fail here, because in the sources it never should.
#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "x\n<!-- layers -->\n\n| layer | modules |\n|---|---|\n| 0 | `low`, `error` |\n| 1 | \
                         `high::plain`, `side` |\n| 2 | `high`, (`later`) |\n\n`after` the table";

    fn layers() -> Layers {
        Layers::parse(TABLE).unwrap()
    }

    fn check(file: &str, text: &str) -> Vec<String> {
        let root = Source::new("src/lib.rs", "pub mod low;\npub use error::Error;\n");
        upward(&layers(), &[root, Source::new(file, text)])
    }

    #[test]
    fn the_table_is_read() {
        let l = layers();
        assert_eq!(l.of.len(), 6);
        assert_eq!(l.of["high::plain"], 1);
        assert!(l.optional.contains("later") && !l.of.contains_key("after"));
        assert!(Layers::parse("no table").is_err());
        assert!(
            Layers::parse("<!-- layers -->\n|a|b|\n|-|-|\n|0|`a`|\n|1|`a`|")
                .unwrap_err()
                .contains("twice")
        );
    }

    #[test]
    fn a_use_of_a_higher_layer_is_reported_with_its_line() {
        assert_eq!(
            check(
                "src/low/a.rs",
                "//! crate::high in a comment is nothing\n\nuse crate::high::Thing;\n"
            ),
            ["src/low/a.rs:3: low (layer 0) uses high (layer 2) by `high::Thing`"]
        );
        let found = check(
            "src/low.rs",
            "use crate::{\n    Error,\n    high::{self, plain::X},\n};\n",
        );
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found[0].starts_with("src/low.rs:2: low (layer 0) uses error (layer 0)"),
            "{found:?}"
        );
        assert!(
            found[1].starts_with("src/low.rs:3:") && found[2].contains("high::plain (layer 1)"),
            "{found:?}"
        );
        assert_eq!(
            check("src/low.rs", "fn f() { let x = super::high::new(); }").len(),
            1
        );
        assert_eq!(check("src/low/a.rs", "type T = super::super::high::X;").len(), 1);
        assert_eq!(check("src/high/plain.rs", "use super::run::Run;").len(), 1);
        assert_eq!(
            check("src/side.rs", "use crate::high::plain::X;").len(),
            1,
            "same layer, other module"
        );
        assert_eq!(check("src/side.rs", "use crate::nowhere::X;").len(), 1);
    }

    #[test]
    fn downward_own_and_test_uses_are_not() {
        for text in [
            "use crate::low::X; use crate::Error; use super::plain::Y;",
            "#[cfg(test)]\nmod tests { use crate::later::Z; }",
            "const S: &str = \"crate::later::Z\";",
            "use crate::high::inner::*;",
        ] {
            assert_eq!(check("src/high/run.rs", text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn files_that_only_tests_declare_are_left_out() {
        let all = vec![
            Source::new("src/low/mod.rs", "#[cfg(test)]\npub(crate) mod made_up;"),
            Source::new("src/low/made_up.rs", "use crate::high::X;"),
            Source::new(
                "src/high/run.rs",
                "#[cfg(test)]\n#[path = \"run_tests.rs\"]\nmod tests;",
            ),
            Source::new("src/high/run_tests.rs", "use crate::later::X;"),
        ];
        let left: Vec<String> = without_test_files(all).into_iter().map(|s| s.file).collect();
        assert_eq!(left, ["src/low/mod.rs", "src/high/run.rs"]);
    }

    #[test]
    fn missing_and_stale_entries_are_reported() {
        let found = unlisted(
            &layers(),
            &[Source::new("src/low.rs", ""), Source::new("src/new/mod.rs", "")],
        );
        assert!(
            found
                .iter()
                .any(|p| p == "src/new/mod.rs: module new is in no layer"),
            "{found:?}"
        );
        assert!(
            found.iter().any(|p| p == "side is in the table, but not in src/"),
            "{found:?}"
        );
        assert!(!found.iter().any(|p| p.contains("later")), "{found:?}");
    }

    #[test]
    fn wgpu_and_prints_are_found_outside_their_rooms() {
        let text = "fn f() {\n    println!(\"x\");\n    wgpu::X\n}";
        let at = |file: &str| Source::new(file, text);
        assert_eq!(
            wgpu(&[at("src/low.rs"), at("src/gpu/mod.rs")]),
            ["src/low.rs:3: wgpu"]
        );
        assert_eq!(
            prints(&[at("src/low.rs"), at("src/cli/run.rs"), at("src/main.rs")]),
            ["src/low.rs:2: println!"]
        );
        assert_eq!(
            prints(&[Source::new("src/low.rs", "// println!()\nlet x = my_print!(1);")]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn long_files_are_reported() {
        let of = |n: usize| Source::new("src/low.rs", &"\n".repeat(n));
        assert_eq!(sizes(&[of(400), of(450), of(501)]).0, ["src/low.rs: 450 lines"]);
        assert_eq!(sizes(&[of(400), of(450), of(501)]).1, ["src/low.rs: 501 lines"]);
    }

    #[test]
    fn paths_out_of_the_repository_are_reported() {
        let up = "..";
        let find = |file: &str, text: String| outside(file, &text, &|p| p == "data/x.toml");
        assert_eq!(
            find("src/a/b.rs", format!("\"{up}/{up}/data/x.toml\" 0..n {up}.")),
            Vec::<String>::new()
        );
        assert_eq!(
            find("README.md", format!("a\nsee {up}/notes")),
            [format!("README.md:2: `{up}/notes` leads out of the repository")]
        );
        assert_eq!(
            find("src/b.rs", format!("{up}/gone")),
            [format!("src/b.rs:1: `{up}/gone` is not there")]
        );
        assert_eq!(find("a.md", format!("in /{}/me", "home")).len(), 1);
        assert_eq!(
            find("a.md", format!("https://example.org/{}/me", "home")),
            Vec::<String>::new()
        );
    }
}
