//! `data/cases.toml`: published and exact results that the engine is compared with.

use super::{LibraryError, damaged, unknown};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// One published or exact result. All of it is text as it stands in the reference; a case that is run holds
/// its own numbers and quotes this.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationCase {
    /// `C01` ... `C50`.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// Cells, fluid, vessel, speed.
    pub setup: String,
    /// What is compared.
    pub observable: String,
    /// What should come out.
    pub expected: String,
    /// How near it should come.
    pub tolerance: String,
    /// The formula behind it, where there is one.
    pub formula: String,
    /// Exact, experiment, regression, band, ...
    pub kind: String,
    /// Where it comes from.
    pub source: String,
    /// How well it is known: read, derived, unverified, or a mixture in words.
    pub status: String,
    /// Why no run is compared with it; none where one is.
    pub not_run: Option<String>,
}

/// All cases, in the order of the file.
///
/// # Errors
/// [`LibraryError::Data`] if the embedded file is damaged.
pub fn cases() -> Result<&'static [ValidationCase], LibraryError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        case: Vec<ValidationCase>,
    }
    static ALL: LazyLock<Result<Vec<ValidationCase>, LibraryError>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../../data/cases.toml"))
            .map_err(|e| damaged("data/cases.toml", e))?;
        Ok(file.case)
    });
    ALL.as_deref().map_err(Clone::clone)
}

/// The case with this id.
///
/// # Errors
/// [`LibraryError::Unknown`].
pub fn case(id: &str) -> Result<&'static ValidationCase, LibraryError> {
    let all = cases()?;
    all.iter().find(|c| c.id.eq_ignore_ascii_case(id)).ok_or_else(|| {
        unknown(
            "validation case",
            id,
            all.iter().map(|c| (c.id.as_str(), &[][..])),
        )
    })
}
