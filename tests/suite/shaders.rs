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
        let entry = format!("@compute @workgroup_size({})\nfn {}(", k.workgroup, k.entry);
        assert!(text.contains(&entry), "{}.wgsl has no `{entry}`", k.source());
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
