//! The WGSL sources, embedded, and the linker that joins a kernel with what it imports.

pub(crate) mod shared;

pub(crate) use shared::{gpu_constants, gpu_struct};

macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../shaders/", $name, ".wgsl")))),*]
    };
}

/// Every file under `shaders/`, by its path without the ending. A test compares this list with the folder.
pub const SOURCES: &[(&str, &str)] = &sources![
    "lib/across",
    "lib/angles",
    "lib/carried",
    "lib/carrier_along",
    "lib/carrier_given",
    "lib/corners",
    "lib/disc",
    "lib/displacement",
    "lib/flux",
    "lib/params",
    "lib/passage",
    "lib/patches",
    "lib/position",
    "lib/pull",
    "lib/random",
    "lib/report",
    "lib/shot",
    "lib/statistics",
    "laws/acceleration",
    "laws/capture_row",
    "laws/collector_field",
    "laws/collector_flow",
    "laws/collector_pull",
    "laws/coriolis",
    "laws/crossing",
    "laws/hindrance",
    "laws/look_ahead",
    "laws/mixing",
    "laws/packing",
    "laws/pollock",
    "laws/saturation",
    "laws/schiller_naumann",
    "laws/slip",
    "laws/stiffness",
    "laws/tube_wall",
    "magnets/cuboid",
    "magnets/cylinder",
    "magnets/dipole",
    "magnets/multipole",
    "magnets/poles",
    "magnets/uniform",
    "magnets/wire",
    "kernels/advance_carried",
    "kernels/advance_dense",
    "kernels/advance_dilute",
    "kernels/advance_guided",
    "kernels/advance_matrix",
    "kernels/advect",
    "kernels/approach",
    "kernels/census",
    "kernels/deposit",
    "kernels/field",
    "kernels/fields",
    "kernels/profile",
    "kernels/release",
    "kernels/settle",
    "kernels/slip_speed",
    "kernels/splat",
    "kernels/tint",
];

/// Why a kernel could not be linked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// No such file.
    #[error("{file}.wgsl:{line}: unknown import `{name}`; the known ones are {known}")]
    Unknown {
        /// The importing file.
        file: String,
        /// Its line.
        line: usize,
        /// What it asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The kernel itself is not there.
    #[error("no shader `{0}`")]
    Missing(String),
}

/// The embedded text of one file.
pub fn source(name: &str) -> Option<&'static str> {
    SOURCES.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}

/// One text out of `name` and everything it imports, each file once, imports first.
///
/// # Errors
/// [`LinkError`] naming file and line of an import that does not exist.
pub fn link(name: &str) -> Result<String, LinkError> {
    link_with(name, &|n| source(n).map(str::to_owned))
}

/// As [`link`], from other sources; the mutation tests pass altered ones.
///
/// # Errors
/// As [`link`].
pub fn link_with(name: &str, find: &dyn Fn(&str) -> Option<String>) -> Result<String, LinkError> {
    let mut done = Vec::new();
    let mut out = String::new();
    let text = find(name).ok_or_else(|| LinkError::Missing(name.into()))?;
    append(name, &text, find, &mut done, &mut out)?;
    Ok(out)
}

fn append(
    file: &str,
    text: &str,
    find: &dyn Fn(&str) -> Option<String>,
    done: &mut Vec<String>,
    out: &mut String,
) -> Result<(), LinkError> {
    done.push(file.to_owned());
    let mut own = String::new();
    for (line, content) in text.lines().enumerate() {
        let Some(import) = content.strip_prefix("#import ").map(str::trim) else {
            own.push_str(content);
            own.push('\n');
            continue;
        };
        if done.iter().any(|d| d == import) {
            continue;
        }
        let inner = find(import).ok_or_else(|| LinkError::Unknown {
            file: file.into(),
            line: line + 1,
            name: import.into(),
            known: SOURCES
                .iter()
                .map(|(n, _)| *n)
                .filter(|n| !n.starts_with("kernels/"))
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        append(import, &inner, find, done, out)?;
    }
    out.push_str(&own);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_links_and_each_import_appears_once() {
        for (name, _) in SOURCES.iter().filter(|(n, _)| n.starts_with("kernels/")) {
            let text = link(name).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(text.matches("struct Params").count(), 1, "{name}");
            assert!(!text.contains("#import"), "{name}");
        }
    }

    #[test]
    fn an_unknown_import_names_its_line() {
        let find = |n: &str| (n == "a").then(|| "// x\n#import laws/slipp\n".to_owned());
        let message = link_with("a", &find).unwrap_err().to_string();
        assert!(
            message.starts_with("a.wgsl:2: unknown import `laws/slipp`"),
            "{message}"
        );
    }
}
