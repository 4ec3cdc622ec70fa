//! The shader folder against the list in the library and the folders of Rust that mirror it. Text alone: what naga
//! makes of the shaders, and what an adapter makes of them, is tested where there is a GPU back-end.

use crate::{files, read};
use buffycoat::{kernels, shaders};
use std::collections::BTreeSet;

/// The names of the WGSL files in `shaders/`, without the ending.
fn folder() -> BTreeSet<String> {
    files("shaders")
        .iter()
        .map(|f| {
            let name = f
                .strip_prefix("shaders")
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            let name = name.strip_suffix(".wgsl").map(str::to_owned);
            name.unwrap_or_else(|| panic!("{}: only WGSL belongs into shaders/", f.display()))
        })
        .collect()
}

/// The names of the Rust files in a folder of `src/`.
fn rust(folder: &str) -> BTreeSet<String> {
    let names = files(folder)
        .into_iter()
        .map(|f| f.file_stem().unwrap().to_string_lossy().into_owned());
    names.filter(|n| n != "mod").collect()
}

#[test]
fn the_list_is_the_folder() {
    let listed: BTreeSet<String> = shaders::SOURCES.iter().map(|(n, _)| (*n).to_owned()).collect();
    assert_eq!(listed.len(), shaders::SOURCES.len(), "a name is listed twice");
    assert_eq!(listed, folder(), "left: `shaders::SOURCES`, right: shaders/");
}

#[test]
fn every_shader_begins_with_what_it_is() {
    for (name, text) in shaders::SOURCES {
        let first = text.lines().next().unwrap_or("");
        assert!(
            first.strip_prefix("// ").is_some_and(|c| c.len() >= 20),
            "shaders/{name}.wgsl begins with `{first}`; it should begin with a comment that says what it is"
        );
    }
}

#[test]
fn a_law_has_one_name_in_both_languages() {
    for law in folder().iter().filter_map(|n| n.strip_prefix("laws/")) {
        assert!(
            rust("src/laws").contains(law),
            "shaders/laws/{law}.wgsl has no src/laws/{law}.rs"
        );
        for file in [format!("shaders/laws/{law}.wgsl"), format!("src/laws/{law}.rs")] {
            assert!(
                read(&file).contains(&format!("fn {law}(")),
                "{file} has no function `{law}`"
            );
        }
        let tests = read(format!("src/laws/{law}.rs"));
        assert!(
            tests.contains("#[test]") || law == "acceleration",
            "src/laws/{law}.rs has no test with a value worked out by hand"
        );
    }
}

/// What a kernel declares in Rust is what its text says; without this a workgroup of another size would leave parcels
/// out, or a kernel could be listed under the text of another.
#[test]
fn a_kernel_declares_what_its_text_says() {
    let declared: BTreeSet<String> = kernels::ALL.iter().map(|k| k.source()).collect();
    let written: BTreeSet<String> = folder()
        .into_iter()
        .filter(|n| n.starts_with("kernels/"))
        .collect();
    assert_eq!(declared, written, "left: `kernels::ALL`, right: shaders/kernels");
    for k in kernels::ALL {
        assert!(
            rust("src/kernels").contains(k.name),
            "src/kernels/{}.rs is not there",
            k.name
        );
        let text = shaders::source(&k.source()).unwrap();
        let entry = format!("@compute @workgroup_size({})\nfn {}", k.workgroup, k.name);
        assert!(text.contains(&entry), "{}.wgsl has no `{entry}`", k.source());
        assert_eq!(text.matches("@compute").count(), 1, "{}.wgsl", k.source());
        for output in k.outputs {
            assert!(
                text.contains(&format!("var<storage, read_write> {}:", output.buffer)),
                "{}.wgsl does not write `{}`",
                k.source(),
                output.buffer
            );
            assert!(
                !output.reason.is_empty(),
                "{}: the tolerance of {} has no reason",
                k.name,
                output.buffer
            );
        }
    }
}

/// The blocks of a macro of `shaders::shared` in the sources.
pub fn declared(by: &str) -> Vec<String> {
    let begin = format!("\n{by}! {{\n");
    let mut out = Vec::new();
    for file in files("src") {
        let text = read(&file);
        let blocks = text.split(&begin).skip(1);
        out.extend(blocks.map(|b| b.split_once("\n}\n").unwrap().0.to_owned()));
    }
    out
}

/// WGSL constants that Rust has no counterpart of: file, name, why.
const ONLY_IN_WGSL: &[(&str, &[&str], &str)] = &[
    (
        "lib/angles",
        &["HALVINGS", "LAST"],
        "terms of a series for f32; the twin has the functions of the standard library",
    ),
    (
        "lib/carrier_given",
        &["HALF_TURN"],
        "pi, which WGSL does not have",
    ),
    (
        "magnets/cuboid",
        &["LARGE"],
        "where two forms of the same angle meet, of which f32 needs both",
    ),
    (
        "magnets/cylinder",
        &["ROUNDS", "TERMS", "SMALL", "AXIS", "BESIDE", "LEAST"],
        "elliptic integrals for f32; the twin has other forms, in f64",
    ),
    (
        "kernels/deposit",
        &["ROOM", "MOMENTS"],
        "how a workgroup divides its memory, which no result tells; and the words of a row of moments",
    ),
];

/// The macro compares a constant with the one of its name; here, that WGSL has none without it.
#[test]
fn every_constant_is_declared_by_the_macro_or_has_a_reason_not_to_be() {
    let blocks = declared("gpu_constants");
    let declared: BTreeSet<&str> = blocks
        .iter()
        .flat_map(|block| block.lines())
        .filter_map(|line| line.split_once("const ")?.1.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    let mut left: Vec<(&str, &str)> = ONLY_IN_WGSL
        .iter()
        .flat_map(|(file, names, _)| names.iter().map(|n| (*file, *n)))
        .collect();
    let mut constants = 0;
    for (file, text) in shaders::SOURCES {
        for line in text.lines().filter(|l| l.trim_start().starts_with("const ")) {
            let name = line.strip_prefix("const ").and_then(|l| l.split_once(": "));
            let (name, _) = name.unwrap_or_else(|| {
                panic!("shaders/{file}.wgsl: `{line}` has to be outside of functions, and have a type")
            });
            constants += 1;
            match left.iter().position(|l| *l == (*file, name)) {
                Some(at) => {
                    left.remove(at);
                    assert!(!declared.contains(name), "{name} is declared in Rust, too");
                }
                None => assert!(
                    declared.contains(name),
                    "shaders/{file}.wgsl: {name} is neither in `gpu_constants!` in src/ nor listed in this test"
                ),
            }
        }
    }
    assert!(left.is_empty(), "these are not there any more: {left:?}");
    assert!(constants >= 60, "only {constants} constants");
}
